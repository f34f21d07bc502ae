package waves

import (
	"math"
	"time"
)

const (
	leastYes   = 0.001
	mostYes    = 0.9
	leastNear  = 0.08 // beyond about 30 km distance no longer tells much: such people chose to go far
	leastHeard = 0.02 // below, an alert is noise
)

// Heard is the chance that a person still hears an alert. Whether they had heard the alert before or
// were away already, the time they stay away from it on has no memory, so only the time since then
// counts. People who serve or have just served are left in peace.
func (p *Policy) Heard(c *Candidate, now time.Time) float64 {
	if !c.ServedAt.IsZero() && now.Before(c.ServedAt.Add(p.Rest)) {
		return 0
	}
	if c.LastAsked.IsZero() {
		return 1
	}
	since := now.Sub(c.LastAsked)
	if since <= 0 {
		return 0
	}
	if p.Away <= 0 {
		return 1
	}
	return -math.Expm1(-float64(since) / float64(p.Away))
}

// Near is by how much distance lowers the chance of a yes, 1 next door.
func (p *Policy) Near(km float64) float64 {
	if p.NearKM <= 0 || math.IsNaN(km) {
		return 1
	}
	return max(leastNear, math.Exp(-max(0, km)/p.NearKM))
}

func (p *Policy) chance(c *Candidate) float64 {
	if !(c.Yes > 0) { // unknown, or not a number
		return max(leastYes, p.Usual*p.Near(c.KM))
	}
	return min(max(c.Yes, leastYes), mostYes)
}

// left is the time until the start.
func (p *Policy) left(n *Need, now time.Time) time.Duration {
	if n.Start.IsZero() {
		return p.Undated
	}
	return n.Start.Sub(now)
}

// underWay is the number of yes still to be expected in time from those told, given their silence.
func (p *Policy) underWay(n *Need, now time.Time) float64 {
	left := p.left(n, now)
	var sum float64
	for _, w := range n.Pending {
		if !(w.Yes > 0) {
			continue
		}
		yes := min(w.Yes, mostYes)
		gone := max(0, now.Sub(w.AskedAt))
		by := p.Delay.By(gone)
		sum += yes * (p.Delay.By(gone+left) - by) / (1 - yes*by)
	}
	return sum
}

// fewer is the chance that a Poisson number of a mean is less than k: that a yes more would still
// find a place.
func fewer(mean float64, k int) float64 {
	term := math.Exp(-mean)
	var sum float64
	for i := 1; i <= k; i++ {
		sum += term
		if sum > 1-1e-12 {
			return 1
		}
		term *= mean / float64(i)
	}
	return sum
}

// Scarcity is the chance that a need stays short of people even if everybody it fits is asked: the
// weight with which it calls for each of them (Demand.Observe). candidates are all it fits, those
// included who may not be asked now.
func (p *Policy) Scarcity(open int, candidates []Candidate, now time.Time) float64 {
	var supply float64
	for i := range candidates {
		c := &candidates[i]
		supply += p.chance(c) * p.Heard(c, now)
	}
	return fewer(supply, open)
}

// weight is how much a yes counts for this organisation: more where its places stay empty, and more
// where people are answered soon.
func (p *Policy) weight(s Standing) float64 {
	const prior = 1
	filled := float64(max(0, s.Filled)+prior) / float64(max(0, s.Places)+2*prior)
	w := 1 + p.Fairness*(0.5-min(filled, 1))
	if s.ReplyAfter > 0 {
		w *= 1.15 - 0.35*min(1, s.ReplyAfter.Hours()/24)
	}
	return min(max(w, 0.5), 3)
}
