package figures

import (
	"fmt"

	"github.com/go-analyze/charts"
)

// Words is what a picture says; texts come from whoever knows the language.
type Words struct {
	Title string      // name of the front and the time
	Tiles [][3]string // what, how much, and how it was before
	Parts string      // headline above the bars
	Bars  []Bar
	Foot  string
}

// Bar is one part: how many needs, how many of its places were filled.
type Bar struct {
	Label   string
	Value   int
	Percent float64 // < 0: not told
	Note    string  // behind the bar
}

// Sizes of a picture in pixels.
const (
	chartWidth  = 1080
	chartMargin = 40
	tilesTop    = 92
	tileHeight  = 132
	tilesInRow  = 4
	barsTop     = 56 // below the tiles
	barRow      = 44
	barHeight   = 26
	barLeft     = 330
	barRight    = 196
	footHeight  = 64
)

// The colours keep a contrast of at least 4.5:1 between text and ground (WCAG 2.2, 1.4.3).
var (
	ground = charts.ColorRGB(251, 250, 247)
	ink    = charts.ColorRGB(29, 43, 54)
	faint  = charts.ColorRGB(84, 96, 105)
	tile   = charts.ColorRGB(236, 241, 238)
	need   = charts.ColorRGB(179, 209, 196)
	filled = charts.ColorRGB(24, 119, 88)
)

// Picture formats.
const (
	PNG = charts.ChartOutputPNG
	SVG = charts.ChartOutputSVG
)

// Chart draws figures as a picture.
func Chart(w Words, format string) ([]byte, error) {
	rows := (len(w.Tiles) + tilesInRow - 1) / tilesInRow
	top := tilesTop + rows*(tileHeight+16)
	height := top + footHeight
	if len(w.Bars) > 0 {
		height += barsTop + len(w.Bars)*barRow
	}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: format, Width: chartWidth, Height: height})
	p.FilledRect(0, 0, chartWidth, height, ground, ground, 0)
	p.Text(w.Title, chartMargin, 58, 0, charts.FontStyle{FontSize: 30, FontColor: ink})
	for i, t := range w.Tiles {
		drawTile(p, i, t)
	}
	if len(w.Bars) > 0 {
		p.Text(w.Parts, chartMargin, top+32, 0, charts.FontStyle{FontSize: 19, FontColor: ink})
		drawBars(p, w.Bars, top+barsTop)
	}
	p.Text(w.Foot, chartMargin, height-24, 0, charts.FontStyle{FontSize: 13, FontColor: faint})
	b, err := p.Bytes()
	if err != nil {
		return nil, fmt.Errorf("chart: %w", err)
	}
	return b, nil
}

func drawTile(p *charts.Painter, i int, t [3]string) {
	const gap = 16
	width := (chartWidth - 2*chartMargin - (tilesInRow-1)*gap) / tilesInRow
	x := chartMargin + i%tilesInRow*(width+gap)
	y := tilesTop + i/tilesInRow*(tileHeight+16)
	p.FilledRect(x, y, x+width, y+tileHeight, tile, tile, 0)
	size := 14.0
	for size > 11 && fitted(p, t[0], size, width-36) != t[0] { // a smaller letter before a shorter word
		size--
	}
	p.Text(fitted(p, t[0], size, width-36), x+18, y+32, 0, charts.FontStyle{FontSize: size, FontColor: faint})
	p.Text(fitted(p, t[1], 32, width-36), x+18, y+80, 0, charts.FontStyle{FontSize: 32, FontColor: ink})
	p.Text(fitted(p, t[2], 13, width-36), x+18, y+112, 0, charts.FontStyle{FontSize: 13, FontColor: faint})
}

func drawBars(p *charts.Painter, bars []Bar, top int) {
	most := 1
	for _, b := range bars {
		most = max(most, b.Value)
	}
	for i, b := range bars {
		y := top + i*barRow
		label := fitted(p, b.Label, 15, barLeft-chartMargin-16)
		p.Text(label, chartMargin, y+barHeight-8, 0, charts.FontStyle{FontSize: 15, FontColor: ink})
		width := max(3, (chartWidth-barLeft-chartMargin-barRight)*b.Value/most)
		if b.Value == 0 {
			width = 0
		}
		p.FilledRect(barLeft, y, barLeft+width, y+barHeight, need, need, 0)
		if b.Percent > 0 {
			p.FilledRect(barLeft, y, barLeft+int(float64(width)*min(100, b.Percent)/100), y+barHeight, filled, filled, 0)
		}
		p.Text(b.Note, barLeft+width+12, y+barHeight-8, 0, charts.FontStyle{FontSize: 14, FontColor: faint})
	}
}

// fitted shortens a text to a width.
func fitted(p *charts.Painter, s string, size float64, width int) string {
	style := charts.FontStyle{FontSize: size, FontColor: ink}
	if p.MeasureText(s, 0, style).Width() <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && p.MeasureText(string(r)+"…", 0, style).Width() > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
