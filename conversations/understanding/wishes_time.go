package understanding

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"ehrenamt/matching"
)

// wishDate is a day until which something lasts, as a part of a pattern.
const wishDate = `(?:zum |einschliesslich |incl\.? |the )?(\d{1,2}\. ?\d{1,2}\.?(?: ?\d{4}|\d{2})?|\d{1,2}\.? (?:of )?` + wishMonths + `(?: \d{4})?|(?:ende|anfang|mitte) ` + wishMonths + `|` + wishMonths + `(?: \d{4})?|uebermorgen|morgen|tomorrow|naechste woche|(?:naechsten? |kommenden? |next )?(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:zum )?(?:jahresende|neujahr|ende des jahres))`

const wishMonths = `(?:januar|jaenner|februar|maerz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|march|may|june|july|october|december)`

var wishMonth = map[string]time.Month{
	"jan": 1, "jae": 1, "feb": 2, "mae": 3, "mar": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}

var wishWeekday = map[string]time.Weekday{
	"montag": 1, "dienstag": 2, "mittwoch": 3, "donnerstag": 4, "freitag": 5, "samstag": 6, "sonnabend": 6, "sonntag": 0,
	"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 0,
	"mo": 1, "di": 2, "mi": 3, "do": 4, "fr": 5, "sa": 6, "so": 0,
}

// maxPause is the longest pause; whoever wants more wants to stop.
const maxPause = 400 * 24 * time.Hour

func pauseUntil(r *wishReader, m []string) bool {
	day, ok := r.day(strings.TrimSpace(m[1]))
	switch {
	case !ok:
		r.w.bad(FieldPause, NoSuchDay, m[1])
	case !day.After(r.now):
		r.w.bad(FieldPause, InThePast, m[1])
	case day.Sub(r.now) > maxPause:
		r.w.bad(FieldPause, FarAhead, m[1])
	default:
		r.w.PauseUntil = day
	}
	return true
}

func pauseFor(r *wishReader, m []string) bool {
	n, ok := wishNumber(m[1])
	if !ok {
		return false
	}
	if n < 1 || n > 400 {
		r.w.bad(FieldPause, OutOfRange, m[1]+" "+m[2])
		return true
	}
	until := r.midnight(0)
	switch m[2][0] {
	case 't', 'd':
		until = until.AddDate(0, 0, n)
	case 'w':
		until = until.AddDate(0, 0, 7*n)
	default:
		until = until.AddDate(0, n, 0)
	}
	if until.Sub(r.now) > maxPause {
		r.w.bad(FieldPause, FarAhead, m[1]+" "+m[2])
		return true
	}
	r.w.PauseUntil = until
	return true
}

func (r *wishReader) midnight(days int) time.Time {
	return time.Date(r.now.Year(), r.now.Month(), r.now.Day()+days, 0, 0, 0, 0, r.now.Location())
}

var (
	wishDayMonth = regexp.MustCompile(`^(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4}|\d{2})?$`)
	wishDayName  = regexp.MustCompile(`^(\d{1,2})\.? (?:of )?(\pL+)(?: (\d{4}))?$`)
)

// day is the midnight with which the day begins.
func (r *wishReader) day(s string) (time.Time, bool) {
	switch s {
	case "morgen", "tomorrow":
		return r.midnight(1), true
	case "uebermorgen":
		return r.midnight(2), true
	case "naechste woche":
		return r.midnight((8 - int(r.now.Weekday())) % 7), true
	case "jahresende", "neujahr", "ende des jahres":
		return time.Date(r.now.Year()+1, 1, 1, 0, 0, 0, 0, r.now.Location()), true
	}
	if m := wishDayMonth.FindStringSubmatch(s); m != nil {
		d, _ := strconv.Atoi(m[1])
		mon, _ := strconv.Atoi(m[2])
		y, _ := strconv.Atoi(m[3])
		if len(m[3]) == 2 {
			y += 2000
		}
		return r.dated(y, time.Month(mon), d)
	}
	if m := wishDayName.FindStringSubmatch(s); m != nil {
		d, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[3])
		return r.dated(y, wishMonth[head(m[2])], d)
	}
	words := strings.Fields(s)
	last := words[len(words)-1]
	if wd, ok := wishWeekday[last]; ok {
		days := (int(wd) - int(r.now.Weekday()) + 7) % 7
		if days == 0 {
			days = 7
		}
		return r.midnight(days), true
	}
	y := 0
	if n, err := strconv.Atoi(last); err == nil && len(words) > 1 {
		y, last = n, words[len(words)-2]
	}
	mon, ok := wishMonth[head(last)]
	if !ok {
		return time.Time{}, false
	}
	first, ok := r.dated(y, mon, 1)
	switch words[0] {
	case "mitte":
		return first.AddDate(0, 0, 14), ok
	case "ende":
		return first.AddDate(0, 1, 0), ok
	}
	return first, ok
}

func head(s string) string { return s[:min(3, len(s))] }

// dated is the next such day where no year is given.
func (r *wishReader) dated(y int, mon time.Month, d int) (time.Time, bool) {
	year := y
	if y == 0 {
		year = r.now.Year()
	}
	for range 5 { // 29 February may be some years off
		t := time.Date(year, mon, d, 0, 0, 0, 0, r.now.Location())
		real := t.Month() == mon && t.Day() == d && mon >= 1 && mon <= 12
		if y != 0 {
			return t, real
		}
		if real && t.After(r.now) {
			return t, true
		}
		if !real && !(mon == 2 && d == 29) {
			return t, false
		}
		year++
	}
	return time.Time{}, false
}

func clockMinutes(hour, minute string) (int, bool) {
	h, err := strconv.Atoi(hour)
	if err != nil || h > 24 {
		return 0, false
	}
	m := 0
	if minute != "" {
		if m, err = strconv.Atoi(minute); err != nil || m > 59 {
			return 0, false
		}
	}
	return (h*60 + m) % (24 * 60), true
}

func quietEnds(r *wishReader, m []string) bool {
	t, ok := clockMinutes(m[1], m[2])
	if !ok {
		r.w.bad(FieldQuiet, OutOfRange, m[0])
		return true
	}
	r.w.QuietTo = &t
	return true
}

func quietBegins(r *wishReader, m []string) bool {
	t, ok := clockMinutes(m[1], m[2])
	if !ok {
		r.w.bad(FieldQuiet, OutOfRange, m[0])
		return true
	}
	if strings.HasSuffix(strings.TrimSpace(m[0]), "pm") && t < 12*60 {
		t += 12 * 60
	}
	r.w.QuietFrom = &t
	return true
}

func quietSpan(r *wishReader, m []string) bool {
	from, ok1 := clockMinutes(m[1], m[2])
	to, ok2 := clockMinutes(m[3], m[4])
	if !ok1 || !ok2 || from == to {
		r.w.bad(FieldQuiet, OutOfRange, m[0])
		return true
	}
	r.w.QuietFrom, r.w.QuietTo = &from, &to
	return true
}

const (
	habitDays  = `montags|dienstags|mittwochs|donnerstags|freitags|samstags|sonnabends|sonntags|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays`
	plainDays  = `montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mo|di|mi|do|fr|sa|so`
	otherDays  = `am wochenende|wochenends|an wochenenden|wochenende|werktags|unter der woche|wochentags|on weekends|weekends|weekdays`
	habitParts = `morgens|vormittags|mittags|nachmittags|abends|nachts|mornings|afternoons|evenings`
	plainParts = `morgen|vormittag|nachmittag|abend|nacht`
)

var (
	// A run of days and parts that speaks of a habit: it has a word of habit in it, or "nur", "immer", "jeden" before it.
	slotRun   = regexp.MustCompile(`\b((?:nicht|ausser|nie|not|kein|keine|except) )?((?:nur(?: noch)?|immer|jeden|jede|only|every|lieber|am liebsten|ausschliesslich) (?:am )?)?((?:` + habitDays + `|` + plainDays + `|` + otherDays + `|` + habitParts + `|` + plainParts + `)(?:(?: ?, ?| und | oder | and | or | bis | ?/ ?| ?- ?| am | in der | )(?:` + habitDays + `|` + plainDays + `|` + otherDays + `|` + habitParts + `|` + plainParts + `))*)\b`)
	slotHabit = regexp.MustCompile(`\b(?:` + habitDays + `|` + habitParts + `|wochenends|an wochenenden|werktags|unter der woche|wochentags|on weekends|weekends|weekdays)\b`)
	slotWord  = regexp.MustCompile(habitDays + `|` + otherDays + `|` + habitParts + `|\b(?:` + plainDays + `|` + plainParts + `)\b| bis |-`)
)

// slots reads parts of the week: "nur samstags", "mo-fr abends", "nicht sonntags".
func (r *wishReader) slots() {
	r.all(slotRun, func(r *wishReader, m []string) bool {
		if m[2] == "" && !slotHabit.MatchString(m[3]) {
			return false
		}
		s := slotsOf(m[3])
		if s == 0 {
			return false
		}
		if m[1] != "" {
			r.w.NotSlots |= s
		} else {
			r.w.Slots |= s
		}
		return true
	})
}

// slotsOf is every day named at every part named; no day means all, no part the whole day.
func slotsOf(s string) matching.Slots {
	var days, parts uint8
	last, through := -1, false
	add := func(d int) {
		if through && last >= 0 {
			for x := last; x != d; x = (x + 1) % 7 {
				days |= 1 << x
			}
		}
		days |= 1 << d
		last, through = d, false
	}
	for _, word := range slotWord.FindAllString(s, -1) {
		word = strings.TrimSpace(word)
		switch word {
		case "bis", "-":
			through = true
			continue
		case "am wochenende", "wochenends", "an wochenenden", "wochenende", "on weekends", "weekends":
			days |= 1<<5 | 1<<6
			continue
		case "werktags", "unter der woche", "wochentags", "weekdays":
			days |= 1<<0 | 1<<1 | 1<<2 | 1<<3 | 1<<4
			continue
		case "morgens", "morgen", "vormittags", "vormittag", "mornings":
			parts |= 1 << matching.Morning
			continue
		case "mittags", "nachmittags", "nachmittag", "afternoons":
			parts |= 1 << matching.Afternoon
			continue
		case "abends", "abend", "evenings":
			parts |= 1 << matching.Evening
			continue
		case "nachts", "nacht":
			parts |= 1 << matching.Night
			continue
		}
		if d, ok := wishWeekday[word]; ok {
			add((int(d) + 6) % 7)
		} else if d, ok := wishWeekday[strings.TrimSuffix(word, "s")]; ok {
			add((int(d) + 6) % 7)
		}
	}
	if days == 0 && parts == 0 {
		return 0
	}
	if days == 0 {
		days = 0x7F
	}
	if parts == 0 {
		parts = 1<<matching.Morning | 1<<matching.Afternoon | 1<<matching.Evening
	}
	var out matching.Slots
	for d := range 7 {
		if days&(1<<d) != 0 {
			out |= matching.Slots(parts) << (4 * d)
		}
	}
	return out
}
