package search

import (
	"math"

	"ehrenamt/matching/index/globe"
)

// limits are how far away a row may at most be to be of interest, by how soon it is: rows can then be told
// apart by a distance that costs no root and no division.
type limits struct {
	worst float64
	words float64
	ready bool
	chord [limitSteps + 2]float64 // of the steps, of all that is later, and of what is undated
}

const (
	limitSteps = 14
	limitShift = 17 // a step is 2^17 seconds, a day and a half
	later      = limitSteps
	undated    = limitSteps + 1
)

// set works the limits out for the worst result so far and what words can count.
func (l *limits) set(s *scratch, words float64) {
	worst := s.least
	if l.ready && l.worst == worst && l.words == words {
		return
	}
	l.ready, l.worst, l.words = true, worst, words
	whole := math.MaxFloat64
	if s.q.Radius > 0 {
		whole = globe.Beyond(s.q.Radius)
	}
	if s.q.Order == Nearest && worst != math.MaxFloat64 {
		whole = min(whole, globe.Beyond(worst))
	}
	for i := range l.chord {
		l.chord[i] = whole
	}
	if s.q.Order != Best || worst == math.MaxFloat64 {
		return
	}
	for i := range l.chord {
		soon := undatedSoon
		if i != undated {
			soon = soonness(int64(i)<<limitShift, 0)
		}
		l.chord[i] = min(whole, s.reach(soon))
	}
}

// reach is the chord beyond which a posting so soon cannot be better than the worst result; -1 if none can.
func (s *scratch) reach(soon float64) float64 {
	w := &weights[min(1, len(s.words))]
	near := (1 - s.least - w.soon*soon - w.words*s.limits.words) / w.near
	if near <= 0 {
		return math.MaxFloat64
	}
	km := halfKM*(1/near-1)*(1+1e-9) + 1e-6
	if km < 0 {
		return -1
	}
	return globe.Beyond(km)
}

// of is the limit of a row at a time.
func (l *limits) of(r *due, now int64) float64 {
	if r.dates == 0 {
		return l.chord[undated]
	}
	return l.chord[min(uint64(max(0, r.first.From-now))>>limitShift, later)]
}

// window is the box outside of which nothing is of interest any more, if there is one.
func (s *scratch) window() (globe.Box, bool) {
	worst := s.worst()
	if !s.place || s.visit != nil || worst == math.MaxFloat64 {
		return globe.Box{}, false
	}
	switch s.q.Order {
	case Nearest:
		return globe.Around(s.q.Point, worst*(1+1e-9)+1e-6), true
	case Best:
		w := &weights[min(1, len(s.words))]
		near := (1 - worst - w.soon - w.words*s.p.most) / w.near
		if near <= 0 {
			return globe.Box{}, false
		}
		return globe.Around(s.q.Point, max(0, halfKM*(1/near-1)*(1+1e-9)+1e-6)), true
	}
	return globe.Box{}, false
}
