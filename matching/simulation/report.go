package simulation

import (
	"math/rand/v2"
	"slices"
)

// Report is the outcome of a comparison.
type Report struct {
	Options
	FirstSeed uint64    `json:"first_seed"`
	Seeds     int       `json:"seeds"`
	Needs     float64   `json:"needs"`    // counted, mean per seed
	Eligible  float64   `json:"eligible"` // people a need fits, mean
	Policies  []Outcome `json:"policies"`
	Versus    []Versus  `json:"versus"`
}

// Outcome is what one policy did: means over the seeds, medians over all their needs.
type Outcome struct {
	Policy          string  `json:"policy"`
	PlacesFilled    float64 `json:"places_filled"` // percent
	AlertsPerFilled float64 `json:"alerts_per_filled"`
	MinutesToFull   float64 `json:"minutes_to_full_p50"`
	OverBudget      float64 `json:"over_budget"` // people told more than 3 times in 7 days or 2 on a day
	Left            float64 `json:"left"`        // people who left for good
	UnderHalf       float64 `json:"organisations_under_half"`
	QuietAlerts     float64 `json:"quiet_alerts"`    // alerts in quiet hours
	RepeatedAlerts  float64 `json:"repeated_alerts"` // of one need to one person
	Promises        float64 `json:"promises"`        // times of filling promised
	PromisesKept    float64 `json:"promises_kept"`   // percent of them; 0 without promises
}

// Versus compares a policy with a baseline in the same towns.
type Versus struct {
	Policy       string   `json:"policy"`
	Baseline     string   `json:"baseline"`
	PlacesRatio  Interval `json:"places_ratio"`
	PlacesPoints Interval `json:"places_points"` // difference of percentages
	AlertsRatio  Interval `json:"alerts_ratio"`
	MinutesRatio float64  `json:"minutes_ratio"`
}

// Interval is a value with the 95 % interval of a paired bootstrap over the seeds. With few seeds it is
// too narrow, and with one it says nothing.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func report(o Options, first uint64, run []entry, tallies [][]tally) *Report {
	r := &Report{Options: o, FirstSeed: first, Seeds: len(tallies), Policies: []Outcome{}, Versus: []Versus{}}
	for p, e := range run {
		column := make([]tally, len(tallies))
		for i := range tallies {
			column[i] = tallies[i][p]
		}
		r.Policies = append(r.Policies, outcome(e.name, column))
		if p == 0 {
			r.Needs = mean(column, func(y tally) float64 { return float64(y.needs) })
			r.Eligible = ratio(mean(column, func(y tally) float64 { return float64(y.eligible) }), r.Needs)
		}
	}
	for _, base := range []string{"practice", "nearest"} {
		b := slices.IndexFunc(run, func(e entry) bool { return e.name == base })
		for p, e := range run {
			if b >= 0 && e.name != base && e.name != "ceiling" {
				v := versus(tallies, p, b)
				v.Policy, v.Baseline = e.name, base
				v.MinutesRatio = ratio(r.Policies[p].MinutesToFull, r.Policies[b].MinutesToFull)
				r.Versus = append(r.Versus, v)
			}
		}
	}
	return r
}

func outcome(name string, ys []tally) Outcome {
	var minutes []float64
	var kept, promises int
	for _, y := range ys {
		minutes = append(minutes, y.toFull...)
		kept += y.kept
		promises += y.promises
	}
	return Outcome{
		Policy:          name,
		PlacesFilled:    mean(ys, filledPercent),
		AlertsPerFilled: mean(ys, alertsPerFilled),
		MinutesToFull:   median(minutes),
		OverBudget:      mean(ys, func(y tally) float64 { return float64(y.over) }),
		Left:            mean(ys, func(y tally) float64 { return float64(y.left) }),
		UnderHalf:       mean(ys, func(y tally) float64 { return float64(y.half) }),
		QuietAlerts:     mean(ys, func(y tally) float64 { return float64(y.quiet) }),
		RepeatedAlerts:  mean(ys, func(y tally) float64 { return float64(y.twice) }),
		Promises:        float64(promises) / float64(len(ys)),
		PromisesKept:    100 * ratio(float64(kept), float64(promises)),
	}
}

func filledPercent(y tally) float64   { return 100 * ratio(float64(y.filled), float64(y.places)) }
func alertsPerFilled(y tally) float64 { return ratio(float64(y.alerts), float64(y.filled)) }

// versus resamples the seeds, always the same policy and baseline together.
func versus(tallies [][]tally, p, b int) Versus {
	const samples = 2000
	n := len(tallies)
	measure := func(pick func(int) int) (places, points, alerts float64) {
		var fp, fb, ap, ab float64
		for i := range n {
			row := tallies[pick(i)]
			fp += filledPercent(row[p])
			fb += filledPercent(row[b])
			ap += alertsPerFilled(row[p])
			ab += alertsPerFilled(row[b])
		}
		return ratio(fp, fb), (fp - fb) / float64(n), ratio(ap, ab)
	}
	r := rand.New(rand.NewPCG(uint64(n), uint64(p)<<8|uint64(b)))
	places, points, alerts := make([]float64, samples), make([]float64, samples), make([]float64, samples)
	for s := range samples {
		places[s], points[s], alerts[s] = measure(func(int) int { return r.IntN(n) })
	}
	var v Versus
	v.PlacesRatio.Value, v.PlacesPoints.Value, v.AlertsRatio.Value = measure(func(i int) int { return i })
	v.PlacesRatio.bounds(places)
	v.PlacesPoints.bounds(points)
	v.AlertsRatio.bounds(alerts)
	return v
}

func (i *Interval) bounds(samples []float64) {
	slices.Sort(samples)
	i.Low, i.High = samples[len(samples)*25/1000], samples[len(samples)*975/1000]
}

func mean(ys []tally, of func(tally) float64) float64 {
	var sum float64
	for _, y := range ys {
		sum += of(y)
	}
	return ratio(sum, float64(len(ys)))
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// median is the middle of the values, or 0 without any.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return (s[len(s)/2-1] + s[len(s)/2]) / 2
}
