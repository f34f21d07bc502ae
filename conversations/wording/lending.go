package wording

import (
	"strconv"
	"strings"
	"time"

	"ehrenamt/matching"
)

// Opening says when something that is lent may be had: "Mo–Fr 8–17 Uhr"; "" for at any time.
func (w Words) Opening(l *matching.Lending) string {
	if l == nil || len(l.Hours) == 0 {
		return ""
	}
	var parts []string
	for _, h := range l.Hours {
		days := w.weekDays(h.Days)
		if h.From > 0 || h.To < 24*60 {
			from, to := wall(h.From), wall(h.To)
			days = strings.TrimSpace(w.T("lend.open", "Days", days, "From", fromClock(w.Lang, from, to), "To", clockOf(w.Lang, h.To)))
		}
		parts = append(parts, days)
	}
	return strings.Join(parts, ", ")
}

// wall is a minute of the day as a time.
func wall(minute int) time.Time { return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC) }

// clockOf is clock for the end of a time: midnight is 24 o'clock where days have that.
func clockOf(lang string, minute int) string {
	if minute == 24*60 && lang != "en" {
		return "24"
	}
	return clock(lang, wall(minute))
}

// weekDays names days of the week, three and more in a row as a range; "" for all of them.
func (w Words) weekDays(days uint8) string {
	if days == matching.AllDays {
		return ""
	}
	name := func(i int) string { return w.T("weekday_short." + strconv.Itoa((i+1)%7)) }
	var parts []string
	for i := 0; i < 7; i++ {
		if days&(1<<i) == 0 {
			continue
		}
		j := i
		for j+1 < 7 && days&(1<<(j+1)) != 0 {
			j++
		}
		switch {
		case j-i >= 2:
			parts = append(parts, name(i)+"–"+name(j))
		case j > i:
			parts = append(parts, name(i), name(j))
		default:
			parts = append(parts, name(i))
		}
		i = j
	}
	return strings.Join(parts, ", ")
}

// LentTime says a time something is lent for, in lists: "Sa 12.12., 9–15 Uhr", "Sa 12.12. bis So 13.12.".
func (w Words) LentTime(s matching.Span, zone *time.Location) string {
	start, end := s.Start.In(zone), s.Until().In(zone)
	if s.AllDay {
		last := end.AddDate(0, 0, -1)
		if !last.After(start) {
			return w.ShortDay(start)
		}
		return w.T("lend.days", "From", w.ShortDay(start), "To", w.ShortDay(last))
	}
	if start.YearDay() == end.YearDay() && start.Year() == end.Year() {
		return w.ShortWhen(s, zone)
	}
	return w.T("lend.span", "From", w.ShortDay(start), "FromTime", w.Clock(start), "To", w.ShortDay(end), "ToTime", w.Clock(end))
}
