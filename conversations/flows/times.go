package flows

import (
	"time"

	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// timeOn is the wall time of clock on the day of day.
func timeOn(day, clock time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, day.Location())
}

// spanOf makes a span of two moments; a bare end date is inclusive.
func spanOf(start, end understanding.Moment) matching.Span {
	s := matching.Span{Start: start.T, End: end.T}
	if start.DateOnly {
		s.AllDay = true
		last := start.T
		if end.T.After(last) {
			last = end.T
		}
		s.End = time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, last.Location())
	}
	return s
}
