package waves

import (
	"math"
	"time"
)

// Demand remembers how much the needs of the last weeks called for each person, so that those whom
// scarce needs want (a rare qualification, a remote village, a wide subscription) are kept for them
// and those whom nothing else wants are asked first. It is rebuilt from stored needs by observing
// them in the order of their publication. It is not safe for concurrent use.
type Demand struct {
	half  time.Duration
	since time.Time
	calls map[string]call
}

// call is a sum that halves every half-life, as of a moment.
type call struct {
	sum float64
	at  time.Time
}

// DemandHalfLife is how fast calls are forgotten.
const DemandHalfLife = 21 * 24 * time.Hour

// NewDemand begins to observe at a moment.
func NewDemand(since time.Time, half time.Duration) *Demand {
	return &Demand{half: half, since: since, calls: map[string]call{}}
}

// Observe notes that a need was published which called for all these people, each with the need's
// scarcity (Policy.Scarcity) times their nearness.
func (d *Demand) Observe(p *Policy, at time.Time, scarcity float64, fitting []Candidate) {
	for i := range fitting {
		c := &fitting[i]
		k := d.calls[c.Person]
		as := at
		if as.Before(k.at) {
			as = k.at // a clock set back
		}
		d.calls[c.Person] = call{sum: k.sum*d.fade(k.at, as) + scarcity*p.Near(c.KM), at: as}
	}
}

// Calls is how often a day, on average, needs have lately called for a person, scarce and near ones
// counting 1 and others less.
func (d *Demand) Calls(person string, now time.Time) float64 {
	k, ok := d.calls[person]
	if !ok {
		return 0
	}
	days := float64(d.half) / float64(24*time.Hour) / math.Ln2
	seen := 1 - d.fade(d.since, now) // the share of the window that has been observed
	return k.sum * d.fade(k.at, now) / (days * max(seen, 1/days))
}

// Forget drops people whom nothing has called for lately.
func (d *Demand) Forget(now time.Time) {
	for person, k := range d.calls {
		if k.sum*d.fade(k.at, now) < 1e-3 {
			delete(d.calls, person)
		}
	}
}

// Len is the number of people remembered.
func (d *Demand) Len() int { return len(d.calls) }

func (d *Demand) fade(from, to time.Time) float64 {
	if from.IsZero() || !to.After(from) {
		return 1
	}
	return math.Exp2(-float64(to.Sub(from)) / float64(d.half))
}
