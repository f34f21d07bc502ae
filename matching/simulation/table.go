package simulation

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Table writes the report for people to read.
func (r *Report) Table(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d people, %d organisations, %g needs a day, %d days (%d of them warm-up), seeds %d to %d",
		r.People, r.Organisations, r.NeedsPerDay, r.Days, r.WarmUp, r.FirstSeed, r.FirstSeed+uint64(r.Seeds)-1)
	if r.YesRate != 1 || r.Tiredness != 1 {
		fmt.Fprintf(&b, ", yes rate × %g, tiredness × %g", r.YesRate, r.Tiredness)
	}
	fmt.Fprintf(&b, "\na need fits %.0f people on average\n\n", r.Eligible)
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "policy\tplaces filled %\talerts per place\tminutes to full\tover budget\tleft\tunder half\t")
	for _, p := range r.Policies {
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.0f\t%.1f\t%.1f\t%.1f\t\n",
			p.Policy, p.PlacesFilled, p.AlertsPerFilled, p.MinutesToFull, p.OverBudget, p.Left, p.UnderHalf)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	if len(r.Versus) > 0 {
		fmt.Fprintln(&b, "\nsame towns compared, with 95 % intervals over the seeds")
		fmt.Fprintln(t, "policy\tagainst\tplaces ×\t\tpoints\t\talerts per place ×\t\tminutes ×\t")
		for _, v := range r.Versus {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%.2f\t\n", v.Policy, v.Baseline,
				v.PlacesRatio.text(2), v.PlacesPoints.text(1), v.AlertsRatio.text(2), v.MinutesRatio)
		}
		if err := t.Flush(); err != nil {
			return fmt.Errorf("table: %w", err)
		}
	}
	for _, p := range r.Policies {
		if p.Promises > 0 {
			fmt.Fprintf(&b, "\n%s promised a time of filling %.0f times a town; %.0f %% of the promises came true\n", p.Policy, p.Promises, p.PromisesKept)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return nil
}

// text is the value and its interval in two cells.
func (i Interval) text(digits int) string {
	return fmt.Sprintf("%.*f\t[%.*f, %.*f]", digits, i.Value, digits, i.Low, digits, i.High)
}

// Table writes the report for people to read.
func (r *PaceReport) Table(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "one bot of %g messages a second, each need fits %d people, seed %d\n", r.PerSecond, r.Matches, r.Seed)
	fmt.Fprintf(&b, "seconds until the first %d people (or the whole first wave) of a need are told\n\n", paceFirst)
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "needs in the hour\torder\tp50\tp99\twithin 10 s %\tfirst wave\talerts\tof everybody\treplies\t")
	for _, o := range r.Orders {
		fmt.Fprintf(t, "%d\t%s\t%.1f\t%.1f\t%.1f\t%.0f\t%d\t%.3f\t%d\t\n",
			o.Needs, o.Order, o.ToldP50, o.ToldP99, o.In10, o.FirstWave, o.Messages, o.OfEveryone, o.Replies)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return nil
}
