package matching

import (
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// Bounds of what is worked out of a recurrence.
const (
	maxOccurrences = 400  // returned at most
	maxSteps       = 4000 // of the rule at most, those before the window included
	maxInterval    = 1000
	ahead          = 92 // days looked ahead where no end is given
)

// Occurrences are the dates of a posting that are not over at from and begin before until, soonest first, each
// with its key. Single dates that were left out are missing, those that were moved are where they were moved to.
// A zero until looks a quarter of a year ahead along a recurrence, and at every date given. Wall times of
// a recurrence stay the same in zone, whatever summer time does. A rule that cannot be read, or that is
// finer than daily, adds nothing to the dates given.
func (p *Posting) Occurrences(from, until time.Time, zone *time.Location) []Span {
	var out []Span
	take := func(d Span) {
		d, ok := p.except(d)
		if ok && d.Until().After(from) && (until.IsZero() || d.Start.Before(until)) {
			out = append(out, d)
		}
	}
	listed := p.Listed()
	for _, d := range listed {
		take(d)
	}
	if p.Recurrence != "" && p.Dated() {
		for _, d := range p.recurring(from, until, zone) {
			if !slices.ContainsFunc(listed, func(l Span) bool { return l.Start.Equal(d.Start) && l.Until().Equal(d.Until()) }) {
				take(d)
			}
		}
		for _, e := range p.Exceptions { // those moved here from outside of the window
			if d, ok := p.Planned(e.Key, zone); ok && !e.Skip && !slices.ContainsFunc(out, func(s Span) bool { return s.Key == e.Key }) {
				take(d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Span) int { return a.Start.Compare(b.Start) })
	return slices.CompactFunc(out, func(a, b Span) bool { return a.Start.Equal(b.Start) && a.Until().Equal(b.Until()) })
}

// outOfMonth tells a tenth Friday, which the library looks for beyond the end of its tables.
func outOfMonth(d rrule.Weekday) bool { return d.N() > 5 || d.N() < -5 }

// recurring are the dates that the rule gives, before anything was moved or left out.
func (p *Posting) recurring(from, until time.Time, zone *time.Location) (out []Span) {
	defer func() {
		if recover() != nil { // the rule comes from outside, and the library trusts rules
			out = nil
		}
	}()
	if zone == nil {
		zone = time.UTC
	}
	o, err := rrule.StrToROption(p.Recurrence)
	if err != nil || o.Freq > rrule.DAILY || o.Interval < 0 || o.Interval > maxInterval || slices.ContainsFunc(o.Byweekday, outOfMonth) {
		return nil
	}
	first := p.Dates[0]
	o.Dtstart = first.Start.In(zone)
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return nil
	}
	if until.IsZero() {
		until = from.AddDate(0, 0, ahead)
	}
	next := r.Iterator()
	day, nth := 0, 0 // of the date before
	for range maxSteps {
		start, ok := next()
		if !ok || !start.Before(until) || len(out) == maxOccurrences {
			break
		}
		s := first
		s.Start = start
		nth++
		if k := dayKey(start, 0); k != day {
			day, nth = k, 0
		}
		s.Key = dayKey(start, nth)
		if !first.End.IsZero() {
			s.End = sameLength(first, start, zone)
		}
		if s.Until().After(from) {
			out = append(out, s)
		}
	}
	return out
}

// sameLength is the end of an occurrence that lasts as long by the clock on the wall as the first one.
func sameLength(first Span, start time.Time, zone *time.Location) time.Time {
	a, b := first.Start.In(zone), first.End.In(zone)
	noon := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) }
	days := int(noon(b).Sub(noon(a)) / (24 * time.Hour))
	return time.Date(start.Year(), start.Month(), start.Day()+days, b.Hour(), b.Minute(), b.Second(), 0, zone)
}
