package waves

import (
	"math"
	"slices"
	"time"
)

// Outlook is what is known of a need when its first wave is planned.
type Outlook struct {
	Places int
	Lead   time.Duration // until the start; 0: undated
	Supply float64       // Plan.UnderWay + Plan.Supply of the first plan
}

// Promises learns from needs that are over how long it took to fill them, and promises a time by
// which a need like them will be full. It promises nothing before it has seen enough, and nothing
// where too many stayed open. Quiet hours do not count as time. It is rebuilt from stored needs.
type Promises struct {
	quiet      Quiet
	fills      map[outlook][]float64 // minutes, the latest at the end; +Inf: never full
	made, kept int
}

const (
	promiseRows  = 25  // of the same kind before anything is promised
	promiseKeeps = 200 // the latest rows of a kind that count
	promiseShare = 0.8 // of needs like it were full by the promised time
)

// outlook is a kind of need. lead is anyBand where all leads are taken together.
type outlook struct{ places, supply, lead int8 }

// NewPromises begins without data.
func NewPromises(quiet Quiet) *Promises {
	return &Promises{quiet: quiet, fills: map[outlook][]float64{}}
}

func kinds(o Outlook) [2]outlook {
	var k outlook
	switch {
	case o.Places <= 2:
		k.places = int8(max(1, o.Places))
	case o.Places <= 4:
		k.places = 3
	default:
		k.places = 4
	}
	ratio := o.Supply / float64(max(1, o.Places))
	for _, limit := range [...]float64{0.5, 1, 2, 4, 8} {
		if ratio >= limit {
			k.supply++
		}
	}
	k.lead = leadBand(o.Lead)
	return [2]outlook{k, {k.places, k.supply, anyBand}}
}

// Observe learns from a need that is over; full is zero if it never was.
func (s *Promises) Observe(o Outlook, published, full time.Time) {
	minutes := math.Inf(1)
	if !full.IsZero() {
		minutes = s.quiet.Awake(published, full).Minutes()
	}
	for _, k := range kinds(o) {
		rows := append(s.fills[k], minutes)
		if len(rows) > promiseKeeps {
			rows = slices.Clone(rows[len(rows)-promiseKeeps:])
		}
		s.fills[k] = rows
	}
}

// By is the time by which a need published now will be full with the chance of promiseShare; ok is
// false where no promise can be given, or none before the start.
func (s *Promises) By(o Outlook, now time.Time) (by time.Time, ok bool) {
	for _, k := range kinds(o) {
		rows := s.fills[k]
		if len(rows) < promiseRows {
			continue
		}
		rows = slices.Clone(rows)
		slices.Sort(rows)
		m := rows[min(len(rows)-1, int(math.Ceil(promiseShare*float64(len(rows)+1)))-1)]
		if math.IsInf(m, 1) {
			return time.Time{}, false
		}
		by = s.quiet.After(now, time.Duration(m*float64(time.Minute)))
		if o.Lead > 0 && !by.Before(now.Add(o.Lead)) {
			return time.Time{}, false
		}
		return by, true
	}
	return time.Time{}, false
}

// Judge notes how true a promise was; full is zero if the need never was.
func (s *Promises) Judge(promised, full time.Time) {
	s.made++
	if !full.IsZero() && !full.After(promised) {
		s.kept++
	}
}

// Kept is how many promises were made and how many of them were kept.
func (s *Promises) Kept() (kept, made int) { return s.kept, s.made }
