package wording

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehrenamt/matching"
)

// Day names a day in the zone of t: "Samstag, 28. November", with the year where it is not this one.
func (w Words) Day(t, now time.Time) string {
	args := []any{
		"Weekday", w.T("weekday." + strconv.Itoa(int(t.Weekday()))), "Day", t.Day(),
		"Month", w.T("month." + strconv.Itoa(int(t.Month()))), "Year", t.Year(),
	}
	if t.Year() != now.Year() && t.Sub(now) > 90*24*time.Hour || t.Before(now.AddDate(0, -1, 0)) && t.Year() != now.Year() {
		return w.T("date.day_year", args...)
	}
	return w.T("date.day", args...)
}

// ShortDay names a day for lists: "Sa 28.11.".
func (w Words) ShortDay(t time.Time) string {
	return w.T("date.short", "Weekday", w.T("weekday_short."+strconv.Itoa(int(t.Weekday()))), "Day", t.Day(), "Month", int(t.Month()))
}

// Clock says a wall time: "14 Uhr", "9:30 Uhr".
func (w Words) Clock(t time.Time) string {
	return w.T("date.clock", "Time", clock(w.Lang, t))
}

func clock(lang string, t time.Time) string {
	if lang == "en" {
		if t.Minute() == 0 {
			return strings.ToLower(t.Format("3 PM"))
		}
		return strings.ToLower(t.Format("3:04 PM"))
	}
	if t.Minute() == 0 {
		return strconv.Itoa(t.Hour())
	}
	return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
}

// fromClock is the first of two clocks: in English "2" of "2–6 pm", where both are of the same half of the day.
func fromClock(lang string, start, end time.Time) string {
	s := clock(lang, start)
	if lang == "en" && (start.Hour() < 12) == (end.Hour() < 12) {
		s, _, _ = strings.Cut(s, " ")
	}
	return s
}

// When says a span in the zone: "Samstag, 28. November, 14–18 Uhr".
func (w Words) When(s matching.Span, now time.Time, zone *time.Location) string {
	start, now := s.Start.In(zone), now.In(zone)
	if s.AllDay {
		last := start
		if !s.End.IsZero() {
			last = s.End.In(zone).AddDate(0, 0, -1)
		}
		if !last.After(start) {
			return w.Day(start, now)
		}
		return w.T("date.days", "From", w.Day(start, now), "To", w.Day(last, now))
	}
	if s.End.IsZero() {
		return w.T("date.from", "Day", w.Day(start, now), "Time", clock(w.Lang, start))
	}
	end := s.End.In(zone)
	if end.YearDay() == start.YearDay() && end.Year() == start.Year() || end.Sub(start) < 14*time.Hour {
		return w.T("date.range", "Day", w.Day(start, now), "From", fromClock(w.Lang, start, end), "To", clock(w.Lang, end))
	}
	return w.T("date.span", "From", w.Day(start, now), "FromTime", clock(w.Lang, start), "To", w.Day(end, now), "ToTime", clock(w.Lang, end))
}

// ShortWhen is When for lists: "Sa 28.11., 14–18 Uhr".
func (w Words) ShortWhen(s matching.Span, zone *time.Location) string {
	start := s.Start.In(zone)
	switch {
	case s.AllDay:
		return w.ShortDay(start)
	case s.End.IsZero():
		return w.T("date.short_from", "Day", w.ShortDay(start), "Time", clock(w.Lang, start))
	default:
		return w.T("date.range", "Day", w.ShortDay(start), "From", fromClock(w.Lang, start, s.End.In(zone)), "To", clock(w.Lang, s.End.In(zone)))
	}
}

// Dates says all dates of a posting, or that it has none.
func (w Words) Dates(p *matching.Posting, now time.Time, zone *time.Location) string {
	if p.Lent() {
		return w.T("lend.card", "Hours", w.Opening(p.Lending))
	}
	if !p.Dated() {
		return w.T("date.none")
	}
	var parts []string
	shown := 0
	first := "date.recurring"
	dates := p.Dates
	if next, ok := p.Next(now, zone); ok && p.Recurrence != "" {
		if !next.Start.Equal(p.Dates[0].Start) {
			first = "date.recurring_next"
		}
		dates = []matching.Span{next}
	} else if len(p.Exceptions) > 0 && ok {
		dates = p.Occurrences(now, time.Time{}, zone)
	}
	for _, d := range dates {
		if len(dates) > 1 && !d.Until().After(now) {
			continue
		}
		if shown == 3 {
			parts = append(parts, w.T("date.more", "Count", len(dates)-shown))
			break
		}
		if len(dates) > 1 {
			parts = append(parts, w.ShortWhen(d, zone))
		} else {
			parts = append(parts, w.When(d, now, zone))
		}
		shown++
	}
	if len(parts) == 0 {
		parts = append(parts, w.When(p.Dates[len(p.Dates)-1], now, zone))
	}
	s := strings.Join(parts, "; ")
	if p.Recurrence != "" {
		s = w.T(first, "Rule", w.Recurrence(p.Recurrence), "First", s)
	}
	if p.Flexible {
		s = w.T("date.flexible", "When", s)
	}
	return s
}

// Distance says how far something is without giving a position away: "unter 1 km", "ca. 3 km".
func (w Words) Distance(km float64) string { return w.ToldDistance(matching.ToldKM(km)) }

// ToldDistance is Distance for a figure that is rounded already.
func (w Words) ToldDistance(km int) string {
	if km < 1 {
		return w.T("distance.near")
	}
	return w.T("distance.about", "KM", km)
}

// Reason says why something fits, or why not.
func (w Words) Reason(r matching.Reason) string {
	switch r.Kind {
	case matching.Near:
		return w.ToldDistance(r.KM)
	case matching.AboutCategory:
		return w.Category(r.Category)
	case matching.AtThatTime:
		return w.Slots(r.Slots)
	case matching.Qualified, matching.NotQualified:
		return w.T("reason."+string(r.Kind), "Qualification", w.Qualification(r.Qualification))
	default:
		return w.T("reason." + string(r.Kind))
	}
}

// Reasons says why something fits, best first, separated by commas.
func (w Words) Reasons(rs []matching.Reason) string {
	var parts []string
	for _, r := range rs {
		if r.Category == matching.OtherCategory {
			continue // "Verschiedenes" is no reason
		}
		parts = append(parts, w.Reason(r))
	}
	return strings.Join(parts, ", ")
}

// Category names a category.
func (w Words) Category(c matching.Category) string {
	if name := w.Renamed[c]; name != "" {
		return name
	}
	return w.T("category." + string(c))
}

// Categories lists names of categories;
// nearly all of them are told by those that are missing.
func (w Words) Categories(cs []matching.Category) string {
	var parts []string
	if len(cs) > len(matching.Categories)/2 {
		for _, c := range matching.Categories {
			if !slices.Contains(cs, c) {
				parts = append(parts, w.Category(c))
			}
		}
		if len(parts) == 0 {
			return w.T("list.everything")
		}
		return w.T("list.all_but", "Rest", w.List(parts))
	}
	for _, c := range cs {
		parts = append(parts, w.Category(c))
	}
	return w.List(parts)
}

// Qualification names a qualification.
func (w Words) Qualification(q matching.Qualification) string {
	return w.T("qualification." + string(q))
}

// Qualifications lists names of qualifications.
func (w Words) Qualifications(qs []matching.Qualification) string {
	var parts []string
	for _, q := range qs {
		parts = append(parts, w.Qualification(q))
	}
	return w.List(parts)
}

// Actor names a sort of actor.
func (w Words) Actor(a matching.Actor) string { return w.T("actor." + string(a)) }

// List joins with commas and "und".
func (w Words) List(parts []string) string {
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	}
	if slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(p, w.T("list.and", "Head", "", "Last", "")) }) {
		return strings.Join(parts, ", ") // "Sport, Feste und Veranstaltungen": a further "und" would confuse
	}
	return w.T("list.and", "Head", strings.Join(parts[:len(parts)-1], ", "), "Last", parts[len(parts)-1])
}

var partNames = []string{"morning", "afternoon", "evening", "night"}

// Slots says parts of the week: "Samstag vormittag"; whole days and whole parts are drawn together.
func (w Words) Slots(s matching.Slots) string {
	if s == 0 || s == matching.AllSlots {
		return w.T("slots.any")
	}
	if left := matching.AllSlots &^ s; left.Count() <= 6 {
		return w.T("slots.all_but", "Slots", w.Slots(left))
	}
	const daytime = 0b0111
	var days []string
	var single []string
	for d := range 7 {
		bits := int(s>>(4*d)) & 0xF
		name := w.T("weekday." + strconv.Itoa((d+1)%7))
		if bits&daytime == daytime {
			days = append(days, name)
			continue
		}
		for p := range 4 {
			if bits&(1<<p) != 0 {
				single = append(single, w.T("slots."+partNames[p], "Weekday", name))
			}
		}
	}
	if len(single) > 4 {
		return w.partsOfWeek(s)
	}
	return w.List(append(days, single...))
}

// partsOfWeek summarises many slots by part of the day.
func (w Words) partsOfWeek(s matching.Slots) string {
	var parts []string
	for p := range 4 {
		var days []string
		for d := range 7 {
			if s&(1<<(4*d+p)) != 0 {
				days = append(days, w.T("weekday_short."+strconv.Itoa((d+1)%7)))
			}
		}
		if len(days) == 7 {
			parts = append(parts, w.T("slots.every."+partNames[p]))
		} else if len(days) > 0 {
			parts = append(parts, w.T("slots.part."+partNames[p], "Days", strings.Join(days, ", ")))
		}
	}
	return w.List(parts)
}

// Recurrence says a rule in words; rules it has no words for are said by their frequency.
func (w Words) Recurrence(rule string) string {
	f := map[string]string{}
	for part := range strings.SplitSeq(rule, ";") {
		k, v, _ := strings.Cut(part, "=")
		f[strings.ToUpper(strings.TrimSpace(k))] = strings.ToUpper(strings.TrimSpace(v))
	}
	n, _ := strconv.Atoi(f["INTERVAL"])
	if n < 1 {
		n = 1
	}
	days, nth := w.ruleDays(f["BYDAY"])
	if pos, err := strconv.Atoi(f["BYSETPOS"]); err == nil {
		nth = pos
	}
	switch f["FREQ"] {
	case "DAILY":
		return w.T("recurrence.daily", "Count", n)
	case "WEEKLY":
		if f["BYDAY"] == "MO,TU,WE,TH,FR" && n == 1 && w.Has("recurrence.workdays") {
			return w.T("recurrence.workdays")
		}
		if days != "" && n == 1 {
			return w.T("recurrence.weekly_on", "Days", days)
		}
		if days != "" {
			return w.T("recurrence.weeks_on", "Count", n, "Days", days)
		}
		return w.T("recurrence.weekly", "Count", n)
	case "MONTHLY":
		if days != "" && nth != 0 {
			return w.T("recurrence.monthly_on", "Nth", w.T("ordinal."+strconv.Itoa(nth)), "Days", days)
		}
		return w.T("recurrence.monthly", "Count", n)
	case "YEARLY":
		return w.T("recurrence.yearly")
	}
	return w.T("recurrence.regular")
}

func (w Words) ruleDays(byday string) (string, int) {
	codes := map[string]int{"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}
	var names []string
	nth := 0
	for d := range strings.SplitSeq(byday, ",") {
		if len(d) < 2 {
			continue
		}
		if i, ok := codes[d[len(d)-2:]]; ok {
			names = append(names, w.T("weekday."+strconv.Itoa(i)))
			if n, err := strconv.Atoi(d[:len(d)-2]); err == nil {
				nth = n
			}
		}
	}
	return w.List(names), nth
}
