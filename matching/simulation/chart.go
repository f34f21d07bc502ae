package simulation

import (
	"bytes"
	"fmt"
	"math"
)

// panel is one measure of all policies, drawn as bars.
type panel struct {
	title, note string
	value       func(Outcome) float64
	format      string
	lowIsGood   bool
}

// Sizes in pixels.
const (
	chartWidth  = 1080
	chartLeft   = 120
	chartTop    = 118
	chartRow    = 40
	chartBar    = 22
	panelGap    = 36
	panelCount  = 3
	panelLabel  = 46 // room for the number behind the longest bar
	chartBottom = 78
)

// Chart draws the report as an SVG: a row for each policy, a panel for each measure.
func (r *Report) Chart() []byte {
	var b bytes.Buffer
	height := chartTop + chartRow*len(r.Policies) + chartBottom
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" role="img" aria-label="Alert policies compared">`+"\n", chartWidth, height, chartWidth, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fbfaf7"/>`+"\n", chartWidth, height)
	fmt.Fprintf(&b, `<text x="%d" y="38" font-size="21" font-weight="700" fill="#1d2b36">%s</text>`+"\n", 24, "Whom to ask, and when: alert policies in the same towns")
	fmt.Fprintf(&b, `<text x="%d" y="62" font-size="13" fill="#5b6770">%s</text>`+"\n", 24, r.caption())
	panels := [panelCount]panel{
		{"Places filled", "percent, more is better", func(o Outcome) float64 { return o.PlacesFilled }, "%.1f", false},
		{"Alerts per filled place", "fewer is better", func(o Outcome) float64 { return o.AlertsPerFilled }, "%.1f", true},
		{"Minutes until full", "median of filled needs, fewer is better", func(o Outcome) float64 { return o.MinutesToFull }, "%.0f", true},
	}
	for i, p := range r.Policies {
		y := chartTop + chartRow*i
		if p.Policy == "ours" {
			fmt.Fprintf(&b, `<rect x="12" y="%d" width="%d" height="%d" rx="6" fill="#e3f1ea"/>`+"\n", y-4, chartWidth-24, chartRow-2)
		}
		weight := "400"
		if p.Policy == "ours" {
			weight = "700"
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="14" font-weight="%s" text-anchor="end" fill="#1d2b36">%s</text>`+"\n", chartLeft-12, y+chartBar-5, weight, p.Policy)
	}
	for i, p := range panels {
		r.panel(&b, p, i)
	}
	y := height - 30
	for _, line := range r.footnotes() {
		fmt.Fprintf(&b, `<text x="24" y="%d" font-size="12" fill="#5b6770">%s</text>`+"\n", y, line)
		y += 17
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func (r *Report) caption() string {
	s := fmt.Sprintf("%d people, %g needs a day, %d days, seeds %d to %d", r.People, r.NeedsPerDay, r.Days-r.WarmUp, r.FirstSeed, r.FirstSeed+uint64(r.Seeds)-1)
	if r.YesRate != 1 || r.Tiredness != 1 {
		s += fmt.Sprintf(", yes rate × %g, tiredness × %g", r.YesRate, r.Tiredness)
	}
	return s
}

// footnotes say what the bars do not show.
func (r *Report) footnotes() []string {
	var lines []string
	for _, v := range r.Versus {
		if v.Policy == "ours" {
			lines = append(lines, fmt.Sprintf("ours against %s: places filled × %.2f [%.2f, %.2f], alerts per filled place × %.2f [%.2f, %.2f]",
				v.Baseline, v.PlacesRatio.Value, v.PlacesRatio.Low, v.PlacesRatio.High, v.AlertsRatio.Value, v.AlertsRatio.Low, v.AlertsRatio.High))
		}
	}
	return lines
}

func (r *Report) panel(b *bytes.Buffer, p panel, index int) {
	width := float64(chartWidth-chartLeft-24)/panelCount - panelGap
	x := float64(chartLeft) + float64(index)*(width+panelGap)
	room := width - panelLabel
	top := 0.0
	for _, o := range r.Policies {
		if o.Policy != "ceiling" || !p.lowIsGood {
			top = math.Max(top, p.value(o))
		}
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" font-size="15" font-weight="700" fill="#1d2b36">%s</text>`+"\n", x, chartTop-27, p.title)
	fmt.Fprintf(b, `<text x="%.1f" y="%d" font-size="11.5" fill="#5b6770">%s</text>`+"\n", x, chartTop-11, p.note)
	for i, o := range r.Policies {
		y := chartTop + chartRow*i
		v := p.value(o)
		if o.Policy == "ceiling" && p.lowIsGood {
			fmt.Fprintf(b, `<text x="%.1f" y="%d" font-size="12" fill="#8a949b">nobody tires: no limit to asking</text>`+"\n", x, y+chartBar-6)
			continue
		}
		w := room * ratio(v, top)
		fill, extra := "#9fb3c1", ""
		switch o.Policy {
		case "ours":
			fill = "#1b7f5c"
		case "ceiling":
			fill, extra = "none", ` stroke="#9fb3c1" stroke-dasharray="4 3"`
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" rx="3" fill="%s"%s/>`+"\n", x, y+2, math.Max(w, 1), chartBar, fill, extra)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" font-size="13" fill="#1d2b36">`+p.format+`</text>`+"\n", x+w+6, y+chartBar-4, v)
	}
}
