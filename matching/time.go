package matching

import (
	"math/bits"
	"time"
)

// Slots is a set of the 28 parts of a week: seven days from Monday, each with four parts. Bit
// 4·day + part, day 0 being Monday.
type Slots uint32

// Part is a part of the day.
type Part int

// The parts of a day in local time. The night belongs to the day on which it begins.
const (
	Morning   Part = iota // 06–12
	Afternoon             // 12–17
	Evening               // 17–22
	Night                 // 22–06
)

// AllSlots is the whole week.
const AllSlots Slots = 1<<28 - 1

// SlotOf is the single slot of a weekday and part of the day.
func SlotOf(d time.Weekday, p Part) Slots {
	return 1 << (4*((int(d)+6)%7) + int(p))
}

// SlotAt is the slot that contains the local wall time of t.
func SlotAt(t time.Time) Slots {
	switch h := t.Hour(); {
	case h < 6:
		return SlotOf(t.AddDate(0, 0, -1).Weekday(), Night)
	case h < 12:
		return SlotOf(t.Weekday(), Morning)
	case h < 17:
		return SlotOf(t.Weekday(), Afternoon)
	case h < 22:
		return SlotOf(t.Weekday(), Evening)
	default:
		return SlotOf(t.Weekday(), Night)
	}
}

// SlotsBetween are the slots that a time from start to end touches, in the zone of start. An end
// that is missing or not after start counts as start alone; an hour at the edge does not add a slot
// if the span is longer than that slot's share of it by far: a slot counts when at least 30 minutes
// of it, or the start, are inside.
func SlotsBetween(start, end time.Time) Slots {
	s := SlotAt(start)
	if !end.After(start) {
		return s
	}
	if end.Sub(start) >= 7*24*time.Hour {
		return AllSlots
	}
	for t := start.Add(30 * time.Minute); !t.After(end); t = t.Add(30 * time.Minute) {
		// t-1ns lies inside the half hour that ended at t
		in := t.Add(-1)
		if SlotAt(t.Add(-30*time.Minute)) == SlotAt(in) {
			s |= SlotAt(in)
		}
	}
	return s
}

// Wider are the slots and those right before and after each of them.
func (s Slots) Wider() Slots {
	s &= AllSlots
	return (s | s<<1 | s>>27 | s>>1 | s<<27) & AllSlots
}

// Count is the number of slots in the set.
func (s Slots) Count() int { return bits.OnesCount32(uint32(s)) }

// Span is a time from Start to End. A zero End means that the end is open. AllDay means that only
// the dates are known: Start is the first local midnight and End the local midnight after the last day.
type Span struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end,omitzero"`
	AllDay bool      `json:"all_day,omitempty"`
	Places int       `json:"places,omitempty"` // places of this date or shift; 0: the posting's
}

// IsZero tells that no time was given.
func (s Span) IsZero() bool { return s.Start.IsZero() && s.End.IsZero() }

// Until is when the span is over: its end, or six hours after an open start.
func (s Span) Until() time.Time {
	if !s.End.IsZero() {
		return s.End
	}
	if s.Start.IsZero() {
		return time.Time{}
	}
	return s.Start.Add(6 * time.Hour)
}
