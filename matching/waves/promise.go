package waves

import (
	"math"
	"slices"
	"strconv"
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
	fills      map[string][]float64 // minutes, the latest at the end; +Inf: never full
	made, kept int
}

const (
	promiseRows  = 25  // of the same kind before anything is promised
	PromiseKeeps = 200 // the latest rows of a kind that count, see Promise
	promiseShare = 0.8 // of needs like it were full by the promised time
)

// NewPromises begins without data.
func NewPromises(quiet Quiet) *Promises {
	return &Promises{quiet: quiet, fills: map[string][]float64{}}
}

// Kinds are the sorts of need an outlook belongs to: by places, supply and lead time, and widely by places and
// supply alone.
func (o Outlook) Kinds() (narrow, wide string) {
	places := min(max(1, o.Places), 2)
	switch {
	case o.Places > 4:
		places = 4
	case o.Places > 2:
		places = 3
	}
	ratio := o.Supply / float64(max(1, o.Places))
	supply := 0
	for _, limit := range [...]float64{0.5, 1, 2, 4, 8} {
		if ratio >= limit {
			supply++
		}
	}
	wide = strconv.Itoa(places) + "/" + strconv.Itoa(supply)
	return wide + "/" + strconv.Itoa(int(leadBand(o.Lead))), wide
}

// Minutes is how long it took to fill a need, quiet hours left out; infinity if it never was full.
func Minutes(quiet Quiet, published, full time.Time) float64 {
	if full.IsZero() {
		return math.Inf(1)
	}
	return quiet.Awake(published, full).Minutes()
}

// Observe learns from a need that is over; full is zero if it never was.
func (s *Promises) Observe(o Outlook, published, full time.Time) {
	minutes := Minutes(s.quiet, published, full)
	narrow, wide := o.Kinds()
	for _, k := range [...]string{narrow, wide} {
		rows := append(s.fills[k], minutes)
		if len(rows) > PromiseKeeps {
			rows = slices.Clone(rows[len(rows)-PromiseKeeps:])
		}
		s.fills[k] = rows
	}
}

// By is the time by which a need published now will be full with the chance of promiseShare; ok is
// false where no promise can be given, or none before the start.
func (s *Promises) By(o Outlook, now time.Time) (by time.Time, ok bool) {
	narrow, wide := o.Kinds()
	return Promise(s.quiet, o, s.fills[narrow], s.fills[wide], now)
}

// Promise is By from the Minutes of the latest PromiseKeeps needs of the same narrow and of the same wide kind,
// in any order.
func Promise(quiet Quiet, o Outlook, narrow, wide []float64, now time.Time) (by time.Time, ok bool) {
	for _, rows := range [...][]float64{narrow, wide} {
		if len(rows) < promiseRows {
			continue
		}
		rows = slices.Clone(rows)
		slices.Sort(rows)
		m := rows[min(len(rows)-1, int(math.Ceil(promiseShare*float64(len(rows)+1)))-1)]
		if math.IsInf(m, 1) {
			return time.Time{}, false
		}
		by = quiet.After(now, time.Duration(m*float64(time.Minute)))
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
