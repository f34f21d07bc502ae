package understanding

import (
	"time"

	"github.com/rickar/cal/v2"
)

// civil is a day as a count from 1970-01-01, free of zones.
type civil int

func civilOf(y, m, d int) civil {
	return civil(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func civilAt(t time.Time) civil {
	y, m, d := t.Date()
	return civilOf(y, int(m), d)
}

func (c civil) date() (y, m, d int) {
	y, month, d := time.Unix(int64(c)*86400, 0).UTC().Date()
	return y, int(month), d
}

// weekday is 1 for Monday to 7 for Sunday.
func (c civil) weekday() int { return int((c+3)%7+7)%7 + 1 }

func (c civil) year() int  { y, _, _ := c.date(); return y }
func (c civil) month() int { _, m, _ := c.date(); return m }
func (c civil) day() int   { _, _, d := c.date(); return d }

// at is the day's wall time in a zone, minutes after midnight (24:00 and later fall on the next day).
func (c civil) at(minutes int, zone *time.Location) time.Time {
	y, m, d := c.date()
	return time.Date(y, time.Month(m), d, 0, minutes, 0, 0, zone)
}

// next is the first day with the weekday at or after c.
func (c civil) next(weekday int) civil { return c + civil((weekday-c.weekday()+7)%7) }

// monday is the first day of the week of c.
func (c civil) monday() civil { return c - civil(c.weekday()-1) }

func daysIn(y, m int) int { return civilOf(y, m+1, 0).day() }

// validDay tells whether the day exists in some year (29 February does), or in year y if that is not 0.
func validDay(d, m, y int) bool {
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	if y == 0 {
		y = 2024 // a leap year
	}
	return d <= daysIn(y, m)
}

// nthWeekday is the n-th (or, from -1, last) such weekday of a month; ok is false if there is none.
func nthWeekday(y, m, n, weekday int) (civil, bool) {
	if n < 0 {
		last := civilOf(y, m, daysIn(y, m))
		return last - civil((last.weekday()-weekday+7)%7), true
	}
	c := civilOf(y, m, 1).next(weekday) + civil(7*(n-1))
	return c, c.month() == m && n > 0
}

// easter is Easter Sunday of the Gregorian calendar.
func easter(y int) civil {
	return civilAt(cal.CalcEasterOffset(&cal.Holiday{}, y))
}

// advent is the n-th Sunday of Advent, 1 to 4.
func advent(y, n int) civil {
	christmas := civilOf(y, 12, 25)
	fourth := christmas - civil(christmas.weekday())
	return fourth - civil(7*(4-n))
}
