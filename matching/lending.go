package matching

import (
	"slices"
	"time"
)

// Lending is the calendar of a thing that is lent: an offer that has it can be asked for at any time it allows. Who asks
// names a time of their own; the answer's date is the key of that time (WantedKey).
type Lending struct {
	Hours   []Hours `json:"hours,omitempty"`   // when it may be had; none: at any time
	Blocked []Span  `json:"blocked,omitempty"` // not then, soonest first
}

// Hours is a part of some days of every week, by the clock on the wall.
type Hours struct {
	Days uint8 `json:"days"` // bit 0 is Monday
	From int   `json:"from"` // minutes after midnight
	To   int   `json:"to"`   // up to 1440
}

// AllDays are the days of a week as Hours has them.
const AllDays uint8 = 1<<7 - 1

// DayBit is the bit of a weekday in Hours.
func DayBit(d time.Weekday) uint8 { return 1 << ((int(d) + 6) % 7) }

// MaxLoan is how long something may be lent at a time, and LendAhead how far ahead.
const (
	MaxLoan   = 60 * 24 * time.Hour
	LendAhead = 550 * 24 * time.Hour
)

// wantedFrom is the smallest key of a wanted time. Keys of listed and recurring dates stay below.
const (
	wantedFrom = 1 << 40
	lengthBits = 17 // of minutes, which is more than MaxLoan
	dayBit     = 1 << lengthBits
)

// WantedKey is the key of a time that somebody names themselves: the time itself, to the minute. A span without an end
// has none.
func WantedKey(s Span) (int, bool) {
	length := s.End.Sub(s.Start)
	if s.End.IsZero() || length < time.Minute || length > MaxLoan {
		return 0, false
	}
	key := s.Start.Unix()/60<<(lengthBits+1) | int64(length/time.Minute)
	if s.AllDay {
		key |= dayBit
	}
	return int(key), key >= wantedFrom
}

// WantedSpan is the time that a key names; ok is false for other keys.
func WantedSpan(key int) (Span, bool) {
	if key < wantedFrom {
		return Span{}, false
	}
	start := time.Unix(int64(key>>(lengthBits+1))*60, 0).UTC()
	length := time.Duration(key&(dayBit-1)) * time.Minute
	if length <= 0 || length > MaxLoan {
		return Span{}, false
	}
	return Span{Start: start, End: start.Add(length), AllDay: key&dayBit != 0, Key: key}, true
}

// Lent tells whether the posting is a thing with a calendar.
func (p *Posting) Lent() bool { return p.Lending != nil }

// Timed tells whether answers to the posting are about times.
func (p *Posting) Timed() bool { return p.Dated() || p.Lent() }

// Pieces is how many of a thing there are.
func (p *Posting) Pieces() int { return max(1, p.Places) }

// Loan is a time for which some pieces are given away.
type Loan struct {
	Span
	Pieces int
}

// FreePieces is how many pieces are left all through a time.
func (p *Posting) FreePieces(d Span, loans []Loan) int {
	taken, most := 0, 0
	type edge struct {
		at time.Time
		by int
	}
	var edges []edge
	for _, l := range loans {
		if Overlap(l.Span, d) {
			edges = append(edges, edge{l.Start, l.Pieces}, edge{l.Until(), -l.Pieces})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.by - b.by // what comes back can go out again
	})
	for _, e := range edges {
		taken += e.by
		most = max(most, taken)
	}
	return max(0, p.Pieces()-most)
}

// Overlap tells whether two times have a moment in common.
func Overlap(a, b Span) bool { return a.Start.Before(b.Until()) && b.Start.Before(a.Until()) }

// Closed says why a thing cannot be had at a time.
type Closed string

// The reasons; "" is none.
const (
	NotClosed Closed = ""
	OffHours  Closed = "hours"
	Blocked   Closed = "blocked"
)

// Closed tells whether the calendar leaves a time out, whoever has it. Every day of it has to be a day of the hours; it
// has to begin and to end within them.
func (l *Lending) Closed(d Span, zone *time.Location) Closed {
	if zone == nil {
		zone = time.UTC
	}
	for _, b := range l.Blocked {
		if Overlap(b, d) {
			return Blocked
		}
	}
	if len(l.Hours) == 0 {
		return NotClosed
	}
	start, last := d.Start.In(zone), d.Until().In(zone)
	end := minuteOf(last)
	if end == 0 { // until midnight is the end of the day before
		last, end = last.AddDate(0, 0, -1), 24*60
	}
	for day := midnight(start); !day.After(last); day = day.AddDate(0, 0, 1) {
		if !l.openAt(day.Weekday(), -1) {
			return OffHours
		}
	}
	if d.AllDay || l.openAt(start.Weekday(), minuteOf(start)) && l.openAt(last.Weekday(), end) {
		return NotClosed
	}
	return OffHours
}

// openAt tells whether a minute of a weekday is within the hours; -1 is any.
func (l *Lending) openAt(d time.Weekday, minute int) bool {
	return slices.ContainsFunc(l.Hours, func(h Hours) bool {
		return h.Days&DayBit(d) != 0 && (minute < 0 || h.From <= minute && minute <= h.To)
	})
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// nearestDays is how many days before and after a wish are looked through for a time that is free.
const nearestDays = 21

// NearestFree are up to n times of the same length at which enough pieces are free, the nearest first: at the same clock
// on other days, and right before or behind what is in the way.
func (p *Posting) NearestFree(d Span, pieces, n int, loans []Loan, now time.Time, zone *time.Location) []Span {
	if zone == nil {
		zone = time.UTC
	}
	length := d.Until().Sub(d.Start)
	var tries []Span
	add := func(start time.Time, end time.Time) {
		s := Span{Start: start.In(zone), End: end.In(zone), AllDay: d.AllDay}
		if key, ok := WantedKey(s); ok && start.After(now) && !Overlap(s, d) || ok && start.After(now) && !d.AllDay {
			s.Key = key
			tries = append(tries, s)
		}
	}
	local, until := d.Start.In(zone), d.Until().In(zone)
	for i := 1; i <= nearestDays; i++ {
		for _, by := range []int{i, -i} {
			add(local.AddDate(0, 0, by), until.AddDate(0, 0, by))
		}
	}
	if !d.AllDay {
		for _, l := range append(slices.Clone(loans), blockedLoans(p)...) {
			if Overlap(l.Span, d) {
				add(l.Until(), l.Until().Add(length))
				add(l.Start.Add(-length), l.Start)
			}
		}
	}
	tries = slices.DeleteFunc(tries, func(s Span) bool {
		return s.Start.Equal(d.Start) || awake(d.in(zone)) && !awake(s.in(zone)) || p.Lending.Closed(s, zone) != NotClosed || p.FreePieces(s, loans) < pieces
	})
	slices.SortStableFunc(tries, func(a, b Span) int {
		return int(a.Start.Sub(d.Start).Abs()-b.Start.Sub(d.Start).Abs()) / int(time.Minute)
	})
	tries = slices.CompactFunc(tries, func(a, b Span) bool { return a.Key == b.Key })
	return tries[:min(n, len(tries))]
}

// in is the span by the clocks of a zone.
func (s Span) in(zone *time.Location) Span {
	s.Start, s.End = s.Start.In(zone), s.Until().In(zone)
	return s
}

// Hours at which people who are not asked for another one fetch and bring things.
const (
	fetchFrom  = 7
	fetchUntil = 22
)

// awake tells whether a time begins and ends at such hours.
func awake(s Span) bool {
	return s.AllDay || s.Start.Hour() >= fetchFrom && minuteOf(s.Start) <= fetchUntil*60 && s.End.Hour() >= fetchFrom && minuteOf(s.End) <= fetchUntil*60
}

func blockedLoans(p *Posting) []Loan {
	var out []Loan
	for _, b := range p.Lending.Blocked {
		out = append(out, Loan{Span: b})
	}
	return out
}

// Block leaves a time out of the calendar, together with what touches it.
func (l *Lending) Block(d Span) {
	kept := l.Blocked[:0:0]
	for _, b := range l.Blocked {
		if b.Start.After(d.End) || d.Start.After(b.End) {
			kept = append(kept, b)
			continue
		}
		d.AllDay = d.AllDay && b.AllDay
		if b.Start.Before(d.Start) {
			d.Start = b.Start
		}
		if b.End.After(d.End) {
			d.End = b.End
		}
	}
	l.Blocked = append(kept, d)
	slices.SortFunc(l.Blocked, func(a, b Span) int { return a.Start.Compare(b.Start) })
}

// Unblock gives every blocked time free that has a moment in common with one, and returns how many those were.
func (l *Lending) Unblock(d Span) int {
	before := len(l.Blocked)
	l.Blocked = slices.DeleteFunc(slices.Clone(l.Blocked), func(b Span) bool { return Overlap(b, d) })
	return before - len(l.Blocked)
}

// Forget drops what is blocked in the past.
func (l *Lending) Forget(now time.Time) {
	l.Blocked = slices.DeleteFunc(slices.Clone(l.Blocked), func(b Span) bool { return !b.Until().After(now) })
}
