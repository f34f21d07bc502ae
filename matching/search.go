package matching

import (
	"slices"
	"strings"
	"time"
)

// Query is what somebody looks for now. Empty fields do not restrict.
type Query struct {
	Near           Point           `json:"near,omitzero"`
	Radius         float64         `json:"radius,omitempty"` // km around Near
	Kinds          []Kind          `json:"kinds,omitempty"`  // none: needs
	Categories     []Category      `json:"categories,omitempty"`
	Slots          Slots           `json:"slots,omitempty"`
	From           time.Time       `json:"from,omitzero"`
	Until          time.Time       `json:"until,omitzero"`
	Inside         bool            `json:"inside,omitempty"`         // it must be over by Until, too
	Qualifications []Qualification `json:"qualifications,omitempty"` // one of them is needed or welcome
	StepFree       bool            `json:"step_free,omitempty"`
	Age            int             `json:"age,omitempty"`
	Words          []string        `json:"words,omitempty"` // folded; those who have more of them come first
	Except         string          `json:"except,omitempty"`
}

// Hit is a posting that a query found.
type Hit struct {
	Posting Posting
	KM      float64 // from Query.Near; < 0 if either place is not known
	Dates   []Span  // those that fit, soonest first; none where times are by agreement
	Words   int     // how many of Query.Words it has
}

// Weights of the order of hits: a day later counts like three kilometres further, and what has no date like
// something in a week. Beyond two weeks later is no worse.
const (
	kmPerDay    = 3.0
	undatedDays = 7.0
	latestDays  = 14.0
)

// Rank finds what fits a query among postings and puts it into order: most words first, then nearest and
// soonest, what has no date behind what has one if a time was asked for, and by id among equals, so that the order is always the same. fold brings the words of a posting
// into the form of Query.Words; without it words are not looked for.
func Rank(q Query, ps []Posting, now time.Time, zone *time.Location, fold func(string) string) []Hit {
	type ranked struct {
		Hit
		cost float64
	}
	var found []ranked
	for i := range ps {
		h, ok := q.fits(&ps[i], now, zone)
		if !ok {
			continue
		}
		if fold != nil {
			h.Words = countWords(q.Words, &ps[i], fold)
		}
		found = append(found, ranked{h, q.cost(&h, now)})
	}
	slices.SortFunc(found, func(a, b ranked) int {
		switch {
		case a.Words != b.Words:
			return b.Words - a.Words
		case q.asksTime() && (len(a.Dates) == 0) != (len(b.Dates) == 0):
			return len(b.Dates) - len(a.Dates) // one of them has none
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return strings.Compare(a.Posting.ID, b.Posting.ID)
	})
	out := make([]Hit, len(found))
	for i := range found {
		out[i] = found[i].Hit
	}
	return out
}

func (q *Query) asksTime() bool { return q.Slots != 0 || !q.From.IsZero() || !q.Until.IsZero() }

func (q *Query) cost(h *Hit, now time.Time) float64 {
	days := undatedDays
	if len(h.Dates) > 0 {
		days = min(max(h.Dates[0].Start.Sub(now).Hours()/24, 0), latestDays)
	}
	km := h.KM
	if km < 0 {
		km = q.Radius
	}
	return km + kmPerDay*days
}

func (q *Query) fits(p *Posting, now time.Time, zone *time.Location) (Hit, bool) {
	h := Hit{Posting: *p, KM: -1}
	switch {
	case p.State != Open,
		q.Except != "" && p.Author == q.Except,
		!wantsKind(q.Kinds, p.Kind),
		len(q.Categories) > 0 && !slices.Contains(q.Categories, p.Category),
		q.Age > 0 && p.MinAge > q.Age,
		q.StepFree && (p.Accessible == nil || !*p.Accessible):
		return h, false
	}
	if len(q.Qualifications) > 0 && !slices.ContainsFunc(q.Qualifications, func(x Qualification) bool {
		return slices.Contains(p.Required, x) || slices.Contains(p.Welcome, x)
	}) {
		return h, false
	}
	if !q.Near.IsZero() {
		if p.Place.Point.IsZero() {
			return h, false
		}
		h.KM = DistanceKM(q.Near, p.Place.Point)
		if reach := max(q.Radius, radiusOfOffer(p)); q.Radius > 0 && h.KM > reach {
			return h, false
		}
	}
	return h, q.timely(&h, now, zone)
}

func radiusOfOffer(p *Posting) float64 {
	if p.Kind == Offer {
		return p.Radius
	}
	return 0
}

// timely collects the dates that fit. What has no date, or is flexible, fits any time but one that must be
// kept inside.
func (q *Query) timely(h *Hit, now time.Time, zone *time.Location) bool {
	p := &h.Posting
	from := now
	if q.From.After(now) {
		from = q.From
	}
	for _, d := range p.Occurrences(from, q.Until, zone) {
		if q.Slots != 0 && q.Slots&SpanSlots(d, zone) == 0 {
			continue
		}
		if q.Inside && (d.AllDay || d.endOrHour().After(q.Until)) {
			continue
		}
		h.Dates = append(h.Dates, d)
	}
	if len(h.Dates) > 0 {
		return true
	}
	return !q.Inside && (!p.Dated() || p.Flexible && len(p.Occurrences(now, time.Time{}, zone)) > 0)
}

// endOrHour is the end, or an hour after an open start.
func (s Span) endOrHour() time.Time {
	if s.End.IsZero() {
		return s.Start.Add(time.Hour)
	}
	return s.End
}

func countWords(words []string, p *Posting, fold func(string) string) int {
	if len(words) == 0 {
		return 0
	}
	text := fold(strings.Join(append([]string{p.Title, p.Description, p.Carrier}, p.Things...), " "))
	n := 0
	for _, w := range words {
		if strings.Contains(text, w) {
			n++
		}
	}
	return n
}

// Day is a day of a calendar and what is on it.
type Day struct {
	Date    time.Time // midnight in the zone
	Entries []Entry   // by time, whole days first
}

// Entry is one date of a hit.
type Entry struct {
	Hit  int // index into the hits
	Span Span
}

// Calendar sorts the dates of hits into the days from from to until, days without any left out. What lasts
// several days is on each of them.
func Calendar(hits []Hit, from, until time.Time, zone *time.Location) []Day {
	byDay := map[time.Time][]Entry{}
	for i, h := range hits {
		for _, s := range h.Dates {
			start, end := s.Start.In(zone), s.Until().In(zone)
			if start.Before(from) {
				start = from.In(zone)
			}
			first := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, zone)
			for d := first; d.Before(end) && d.Before(until); d = d.AddDate(0, 0, 1) {
				if night := end.Sub(d) <= 6*time.Hour && d.After(first) && !s.AllDay; !night {
					byDay[d] = append(byDay[d], Entry{Hit: i, Span: s})
				}
			}
		}
	}
	out := make([]Day, 0, len(byDay))
	for d, es := range byDay {
		slices.SortFunc(es, func(a, b Entry) int {
			if a.Span.AllDay != b.Span.AllDay {
				if a.Span.AllDay {
					return -1
				}
				return 1
			}
			if c := a.Span.Start.Compare(b.Span.Start); c != 0 {
				return c
			}
			return a.Hit - b.Hit
		})
		out = append(out, Day{Date: d, Entries: es})
	}
	slices.SortFunc(out, func(a, b Day) int { return a.Date.Compare(b.Date) })
	return out
}
