package waves

import (
	"math"
	"time"
)

// Aging turns what happened at some time into weights that can be added in any order, and whose sum, read at
// any later time, counts what is older less (forward decay: Cormode, Shkapenyuk, Srivastava and Xu 2009).
type Aging struct {
	Half  time.Duration // after which something counts half
	Began time.Time     // since when has been observed
}

// era is from when on weights grow. With a half-life of weeks they stay finite for half a century.
const era = 1767225600 // seconds since 1970: 2026-01-01

func (g Aging) grown(at time.Time) float64 {
	return math.Exp2(float64(at.Unix()-era) / g.Half.Seconds())
}

// Weight is what to add for something of a size that happens at a time.
func (g Aging) Weight(size float64, at time.Time) float64 { return size * g.grown(at) }

// PerDay is how much there has lately been a day, by the sum of the weights.
func (g Aging) PerDay(sum float64, now time.Time) float64 {
	if !(sum > 0) {
		return 0
	}
	days := g.Half.Hours() / 24 / math.Ln2
	seen := 1.0 // the share of the window that has been observed
	if now.After(g.Began) && !g.Began.IsZero() {
		seen -= math.Exp2(-float64(now.Sub(g.Began)) / float64(g.Half))
	}
	return sum / g.grown(now) / (days * max(seen, 1/days))
}

// Demand remembers how much the needs of the last weeks called for each person, so that those whom
// scarce needs want (a rare qualification, a remote village, a wide subscription) are kept for them
// and those whom nothing else wants are asked first. It is the sum of the calls of published needs, in any
// order. It is not safe for concurrent use.
type Demand struct {
	aging Aging
	calls map[string]float64
}

// DemandHalfLife is how fast calls are forgotten.
const DemandHalfLife = 21 * 24 * time.Hour

// NewDemand begins to observe at a moment.
func NewDemand(since time.Time, half time.Duration) *Demand {
	return &Demand{aging: Aging{half, since}, calls: map[string]float64{}}
}

// Observe notes that a need was published which called for all these people, each with Policy.Call.
func (d *Demand) Observe(p *Policy, at time.Time, scarcity float64, fitting []Candidate) {
	for i := range fitting {
		d.calls[fitting[i].Person] += d.aging.Weight(p.Call(scarcity, &fitting[i]), at)
	}
}

// Call is how much a need calls for somebody it fits: its scarcity (Policy.Scarcity) times their nearness.
func (p *Policy) Call(scarcity float64, c *Candidate) float64 { return scarcity * p.Near(c.KM) }

// Calls is how often a day, on average, needs have lately called for a person, scarce and near ones
// counting 1 and others less.
func (d *Demand) Calls(person string, now time.Time) float64 {
	return d.aging.PerDay(d.calls[person], now)
}

// Forget drops people whom nothing has called for lately.
func (d *Demand) Forget(now time.Time) {
	grown := d.aging.grown(now)
	for person, sum := range d.calls {
		if sum/grown < 1e-3 {
			delete(d.calls, person)
		}
	}
}

// Len is the number of people remembered.
func (d *Demand) Len() int { return len(d.calls) }
