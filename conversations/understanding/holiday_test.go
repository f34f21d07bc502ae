package understanding

import (
	"testing"
	"time"

	"github.com/rickar/cal/v2/de"
)

// TestPublicHolidaysAgreeWithTheCalendar reads each public holiday of North Rhine-Westphalia by its name, over many years.
func TestPublicHolidaysAgreeWithTheCalendar(t *testing.T) {
	r := newReader(t)
	front := aachen(t, r)
	said := map[string]string{"Weihnachtstag": "1. Weihnachtstag", "Zweiter Weihnachtsfeiertag": "2. Weihnachtsfeiertag"}
	for _, h := range de.HolidaysNW {
		name := h.Name
		if other, ok := said[name]; ok {
			name = other
		}
		for year := 2026; year <= 2045; year++ {
			day, _ := h.Calc(year)
			want := day.Format(time.DateOnly)
			now := time.Date(day.Year(), day.Month(), day.Day()-40, 10, 0, 0, 0, berlin(t))
			d := r.Read(Request{Text: "Wir suchen am " + name + " drei Helfer", Now: now, Front: front}).Draft
			if got := d.Start.T.Format(time.DateOnly); got != want {
				t.Errorf("%s %d: %s instead of %s", name, year, got, want)
			}
		}
	}
}
