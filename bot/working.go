package bot

import (
	"maps"
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/de"
)

// When editors of a front are at work, local time. Nobody is expected to decide anything outside of that.
const (
	workFrom = 9
	workTo   = 17
)

// holidaysOf are the public holidays of each state of Germany, by ISO 3166-2:DE.
func holidaysOf() map[string][]*cal.Holiday {
	return map[string][]*cal.Holiday{
		"BW": de.HolidaysBW, "BY": de.HolidaysBY, "BE": de.HolidaysBE, "BB": de.HolidaysBB, "HB": de.HolidaysHB, "HH": de.HolidaysHH,
		"HE": de.HolidaysHE, "MV": de.HolidaysMV, "NI": de.HolidaysNI, "NW": de.HolidaysNW, "RP": de.HolidaysRP, "SL": de.HolidaysSL,
		"SN": de.HolidaysSN, "ST": de.HolidaysST, "SH": de.HolidaysSH, "TH": de.HolidaysTH,
	}
}

// homeState is where holidays are known of a front that names no state.
const homeState = "NW"

// States lists the states whose holidays are known.
func States() []string { return slices.Sorted(maps.Keys(holidaysOf())) }

// calendar knows the working days of a state.
type calendar struct{ holidays []*cal.Holiday }

func calendarFor(state string) calendar {
	if hs := holidaysOf()[state]; hs != nil {
		return calendar{hs}
	}
	return calendar{holidaysOf()[homeState]}
}

func (c calendar) works(day time.Time) bool {
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	return !slices.ContainsFunc(c.holidays, func(h *cal.Holiday) bool {
		actual, _ := h.Calc(day.Year())
		y, m, d := actual.Date()
		return y == day.Year() && m == day.Month() && d == day.Day()
	})
}

// after is when so much working time has passed since t, in the zone of t.
func (c calendar) after(t time.Time, work time.Duration) time.Time {
	for range 10 * 366 {
		from := time.Date(t.Year(), t.Month(), t.Day(), workFrom, 0, 0, 0, t.Location())
		to := time.Date(t.Year(), t.Month(), t.Day(), workTo, 0, 0, 0, t.Location())
		if c.works(t) && t.Before(to) {
			if t.Before(from) {
				t = from
			}
			if left := to.Sub(t); work <= left {
				return t.Add(work)
			} else {
				work -= left
			}
		}
		t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
	}
	return t
}
