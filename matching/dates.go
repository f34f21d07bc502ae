package matching

import (
	"slices"
	"strconv"
	"time"
)

// EveryDate is the date of an answer to a whole series.
const EveryDate = -1

// Exception is a single date of a posting that is left out or moved.
type Exception struct {
	Key  int  `json:"key"`
	Skip bool `json:"skip,omitempty"`
	Span Span `json:"span,omitzero"` // where it was moved to
}

// Listed are the dates given one by one, each with its key. Dates whose keys were never given are numbered
// from 0 in their order. Exceptions do not count here.
func (p *Posting) Listed() []Span {
	out := slices.Clone(p.Dates)
	if len(out) > 1 && !slices.ContainsFunc(out, func(s Span) bool { return s.Key != 0 }) {
		for i := range out {
			out[i].Key = i
		}
	}
	return out
}

// except moves a date where that was said; false if it is left out.
func (p *Posting) except(d Span) (Span, bool) {
	for _, e := range p.Exceptions {
		switch {
		case e.Key != d.Key:
		case e.Skip:
			return d, false
		default:
			moved := e.Span
			moved.Key = d.Key
			if moved.Places == 0 {
				moved.Places = d.Places
			}
			return moved, true
		}
	}
	return d, true
}

// Next is the first date that is not over; ok is false for undated postings and past ones.
func (p *Posting) Next(now time.Time, zone *time.Location) (Span, bool) {
	if p.Recurrence == "" && len(p.Exceptions) == 0 {
		var best Span
		found := false
		for _, d := range p.Listed() {
			if d.Until().After(now) && (!found || d.Start.Before(best.Start)) {
				best, found = d, true
			}
		}
		return best, found
	}
	if ds := p.Occurrences(now, time.Time{}, zone); len(ds) > 0 {
		return ds[0], true
	}
	ds := p.Occurrences(now, now.AddDate(1, 1, 0), zone) // a yearly one
	if len(ds) > 0 {
		return ds[0], true
	}
	return Span{}, false
}

// On is the date of a key as it stands now; ok is false if there is no such date (any more), or it is left out.
func (p *Posting) On(key int, zone *time.Location) (Span, bool) {
	d, ok := p.Planned(key, zone)
	if !ok {
		return d, false
	}
	return p.except(d)
}

// Planned is the date of a key before anything was moved or left out.
func (p *Posting) Planned(key int, zone *time.Location) (Span, bool) {
	if p.Lent() {
		return WantedSpan(key)
	}
	listed := p.Listed()
	for _, d := range listed {
		if d.Key == key {
			return d, true
		}
	}
	if p.Recurrence == "" || key < firstDay {
		return Span{}, false
	}
	if zone == nil {
		zone = time.UTC
	}
	day := time.Date(key/10000%10000, time.Month(key/100%100), key%100, 0, 0, 0, 0, zone)
	for _, d := range p.recurring(day, day.AddDate(0, 0, 1), zone) {
		if d.Key != key {
			continue
		}
		if i := slices.IndexFunc(listed, func(l Span) bool { return l.Start.Equal(d.Start) }); i >= 0 {
			return listed[i], true
		}
		return d, true
	}
	return Span{}, false
}

// firstDay is the smallest key of a date that a recurrence gives: year, month and day, and before them the number
// of the date on its day where there are several. Keys of listed dates stay far below.
const firstDay = 1000_00_00

// dayKey is the key of the nth date of a recurrence on a day.
func dayKey(start time.Time, nth int) int {
	return nth*10000_00_00 + start.Year()*10000 + int(start.Month())*100 + start.Day()
}

// Ahead is the posting with everything still ahead listed date by date, for whoever looks at it again and again.
func (p Posting) Ahead(now time.Time, zone *time.Location) Posting {
	if p.Recurrence == "" && len(p.Exceptions) == 0 || !p.Dated() {
		return p
	}
	dates := p.Occurrences(now, time.Time{}, zone)
	if len(dates) == 0 {
		dates = p.Listed() // it stays a dated posting, which is over
	}
	p.Dates, p.Recurrence, p.Exceptions = dates, "", nil
	return p
}

// KeepKeys gives the dates of a changed posting their keys: a date that stands as before, or was moved, keeps
// its key, so that answers stay with it; a new date gets one that was never used. What is over at now is not moved.
// old may be the zero Posting.
func (p *Posting) KeepKeys(old *Posting, now time.Time, zone *time.Location) {
	had := old.Listed()
	p.Dates, p.Keys = slices.Clone(p.Dates), old.Keys
	for _, d := range had {
		p.Keys = max(p.Keys, d.Key+1)
	}
	if zone == nil {
		zone = time.UTC
	}
	sameDay := func(a, b Span) bool {
		x, y := a.Start.In(zone), b.Start.In(zone)
		return x.Year() == y.Year() && x.YearDay() == y.YearDay()
	}
	keyed := make([]bool, len(p.Dates))
	pair := func(alike func(a, b Span) bool) {
		for i := range p.Dates {
			if keyed[i] {
				continue
			}
			if j := slices.IndexFunc(had, func(d Span) bool { return alike(d, p.Dates[i]) }); j >= 0 {
				p.Dates[i].Key, keyed[i] = had[j].Key, true
				had = slices.Delete(had, j, j+1)
			}
		}
	}
	pair(func(a, b Span) bool { return a.Start.Equal(b.Start) && a.End.Equal(b.End) })
	pair(func(a, b Span) bool { return a.Start.Equal(b.Start) })
	had = slices.DeleteFunc(had, func(d Span) bool { return !d.Until().After(now) })
	pair(sameDay)
	left := 0
	for _, k := range keyed {
		if !k {
			left++
		}
	}
	if left == len(had) { // each was moved
		pair(func(Span, Span) bool { return true })
	}
	for i := range p.Dates {
		if !keyed[i] {
			p.Dates[i].Key = p.Keys
			p.Keys++
		}
	}
}

// PlacesOn is how many places a date has; 0 where there is no limit.
func (p *Posting) PlacesOn(d Span) int {
	if d.Places > 0 {
		return d.Places
	}
	return p.Places
}

// UID is the name of a date in calendars (RFC 5545). It stays when the date is moved.
func (p *Posting) UID(key int) string {
	if key == EveryDate {
		return p.ID + "-series@ehrenamt"
	}
	return p.ID + "-" + strconv.Itoa(key) + "@ehrenamt"
}
