package understanding

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// Words about things that are lent.
var (
	givenAway    = regexp.MustCompile(`(?i)\b(?:verschenk\p{L}*|zu verschenken|geschenkt|gratis abzugeben|abzugeben|spende\p{L}*|verkauf\p{L}*|give away|giving away|for sale|free to (?:collect|take))`)
	lentPlace    = regexp.MustCompile(`(?i)\b(?:trainings|sport|bolz|fu[ßs]+ball|tennis|schulungs|seminar|kurs|grill|stell|lager)pl(?:atz|ätze|aetze)\b`)
	pieceCount   = regexp.MustCompile(`(?i)\b(\d{1,3}|zwei|drei|vier|fünf|fuenf|sechs|acht|zehn|zwölf|zwanzig|two|three|four|five|six|ten|twelve|twenty)\s*(?:x\s+|×\s*|stück\s+|stueck\s+)?(?:unserer\s+|der\s+|von den\s+|of the\s+|davon\b)?(\p{L}[\p{L}-]*)?`)
	agreesAtOnce = regexp.MustCompile(`(?i)\b(?:ohne (?:rückfrage|nachfrage|rueckfrage)|(?:sofort|direkt) (?:buchbar|zugesagt|zusagen)|automatisch zu(?:sagen|gesagt)|without asking|instant(?:ly)? book\w*)`)
	borrows      = regexp.MustCompile(`(?i)\b(?:(?:aus|ver)?(?:leih|borg)\p{L}*|mieten|transporter|anhänger|lastenrad|bierb(?:änke|ank)|pavillons?|beamer|zelte?|hüpfburg|(?:seminar|gemeinde|proben?|sitzungs|vereins)?(?:raum|räume|saal|säle)|leiter|bohrmaschine|borrow|lend(?:s|ing)?|trailer|projector)\b`)
	dayPart      = regexp.MustCompile(`(?i)\b(vormittags?|morgens|nachmittags?|mittags|abends?|mornings?|afternoons?|evenings?)\b`)
	clockSaid    = regexp.MustCompile(`(?i)\b\d{1,2}(?:[:.]\d{2})?\s*(?:uhr|h\b|am\b|pm\b)|\b\d{1,2}[:.]\d{2}\b|\d\s*(?:-|–|bis)\s*\d{1,2}\s*uhr`)
	onlyThen     = regexp.MustCompile(`(?i)\b(?:nur|ausschließlich|ausschliesslich|immer|only|always)\b`)
	notThen      = regexp.MustCompile(`(?i)\b(?:nicht|keine?|gesperrt|sperren?|sperr|blockier\p{L}*|blocken|belegt|zu|geschlossen|urlaub|weg|selbst|not|block\p{L}*|closed|unavailable|away|except|außer|ausser)\b`)
	freeAgain    = regexp.MustCompile(`(?i)\b(?:doch|wieder frei|freigeben|frei geben|entsperr\p{L}*|aufheben|free again|unblock\p{L}*|reopen)\b`)
	anyTime      = regexp.MustCompile(`(?i)\b(?:jederzeit|immer|rund um die uhr|ohne einschränkung|egal wann|any ?time|always|around the clock)\b`)
	weekendly    = regexp.MustCompile(`(?i)\b(?:am wochenende|wochenends|an wochenenden|weekends?)\b`)
	workdays     = regexp.MustCompile(`(?i)\b(?:werktags?|wochentags|an werktagen|unter der woche|weekdays?|mo\.?\s*(?:-|–|bis)\s*fr\.?)\b`)
	clockRange   = regexp.MustCompile(`(?i)\b(\d{1,2})(?:[:.](\d{2}))?\s*(?:uhr)?\s*(?:-|–|bis|to|until)\s*(\d{1,2})(?:[:.](\d{2}))?`)
)

// partHours are the hours of a part of the day, for things that are fetched.
var partHours = []struct {
	begins   []string
	from, to int
}{
	{[]string{"vormittag", "morgens", "morning"}, 8, 12},
	{[]string{"mittags"}, 12, 14},
	{[]string{"nachmittag", "afternoon"}, 13, 18},
	{[]string{"abend", "evening"}, 18, 22},
}

// GivenAway tells whether a text gives something away instead of lending it.
func GivenAway(text string) bool { return givenAway.MatchString(text) }

// AgreesAtOnce tells whether whoever lends something wants to agree to every wish without being asked.
func AgreesAtOnce(text string) bool { return agreesAtOnce.MatchString(text) }

// Borrows tells whether a text is about borrowing, or names something that is often lent.
func Borrows(text string) bool { return borrows.MatchString(text) }

// LentPlace is a place that somebody lends like a thing: a pitch, a training place; "" if there is none.
func LentPlace(text string) string { return lentPlace.FindString(text) }

// PartOfDay are the hours that a text names by their part of the day and not by the clock.
func PartOfDay(text string) (from, to int, ok bool) {
	said := strings.ToLower(dayPart.FindString(text))
	if said == "" || clockSaid.MatchString(text) {
		return 0, 0, false
	}
	for _, p := range partHours {
		for _, b := range p.begins {
			if strings.HasPrefix(said, b) {
				return p.from, p.to, true
			}
		}
	}
	return 0, 0, false
}

var spelled = map[string]int{
	"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "fuenf": 5, "sechs": 6, "acht": 8, "zehn": 10, "zwölf": 12, "zwanzig": 20,
	"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "twelve": 12, "twenty": 20,
}

// ReadPieces is how many pieces of a thing a text speaks of; names are what the thing is called. 0 if it says nothing.
func ReadPieces(text string, names ...string) int {
	for _, m := range pieceCount.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = spelled[strings.ToLower(m[1])]
		}
		word, whole := channels.Fold(m[2]), channels.Fold(m[0])
		if n < 1 {
			continue
		}
		if strings.Contains(whole, "stuck") || strings.Contains(whole, "stueck") || strings.Contains(whole, "davon") || word == "pieces" || named(word, names) {
			return n
		}
	}
	return 0
}

// named tells whether a word is one of the names of a thing, or the end of one: "Bänke" of "Bierbänke".
func named(word string, names []string) bool {
	const stem = 4
	if len(word) < stem {
		return false
	}
	return slices.ContainsFunc(names, func(n string) bool {
		return slices.ContainsFunc(strings.Fields(channels.Fold(n)), func(w string) bool {
			short := word[:len(word)-1]
			return strings.HasPrefix(w, word[:stem]) || strings.Contains(w, short) || strings.Contains(plain(w), plain(short))
		})
	})
}

// plain is a folded word without its umlauts: "baenke" and "bank" have a stem in common.
func plain(s string) string {
	return strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "ä", "a", "ö", "o", "ü", "u").Replace(s)
}

// Opening is what a text says about when something may be had.
type Opening struct {
	Always  bool             // at any time
	Hours   []matching.Hours // only then
	Not     bool             // not at the time that is named
	Free    bool             // again, at the time that is named
	Without []matching.Hours // not on these days of any week
}

// ReadOpening reads what a text says about when something may be had; rule is the recurrence that was read of it, "" for
// none. Times that are named once are for the caller to read.
func ReadOpening(text, rule string) Opening {
	var o Opening
	days := daysOf(rule)
	if days == 0 && weekendly.MatchString(text) && !strings.Contains(strings.ToLower(text), "dieses wochenende") {
		days = matching.DayBit(0) | matching.DayBit(6)
	}
	if days == 0 && workdays.MatchString(text) {
		days = matching.AllDays &^ (matching.DayBit(0) | matching.DayBit(6))
	}
	from, to, clock := hoursSaid(text)
	not := notThen.MatchString(text)
	switch {
	case freeAgain.MatchString(text):
		o.Free = true
	case days != 0 && not && !onlyThen.MatchString(text):
		if rest := matching.AllDays &^ days; rest != 0 && !clock {
			o.Without = []matching.Hours{{Days: rest, From: 0, To: 24 * 60}}
		}
		o.Not = true
	case days != 0:
		o.Hours = []matching.Hours{{Days: days, From: from, To: to}}
	case not:
		o.Not = true
	case clock && onlyThen.MatchString(text):
		o.Hours = []matching.Hours{{Days: matching.AllDays, From: from, To: to}}
	case anyTime.MatchString(text):
		o.Always = true
	}
	return o
}

// hoursSaid is a range of the clock, the whole day where none is said.
func hoursSaid(text string) (from, to int, said bool) {
	for _, m := range clockRange.FindAllStringSubmatch(text, -1) {
		from, to = wallMinutes(m[1], m[2]), wallMinutes(m[3], m[4])
		if from < to && to <= 24*60 {
			return from, to, true
		}
	}
	if f, t, ok := PartOfDay(text); ok {
		return f * 60, t * 60, true
	}
	return 0, 24 * 60, false
}

func wallMinutes(h, m string) int {
	hours, _ := strconv.Atoi(h)
	minutes, _ := strconv.Atoi(m)
	return hours*60 + minutes
}

// daysOf are the days of a weekly or daily rule, 0 for any other.
func daysOf(rule string) uint8 {
	var days uint8
	for part := range strings.SplitSeq(rule, ";") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "FREQ":
			if value == "DAILY" {
				days = matching.AllDays
			} else if value != "WEEKLY" {
				return 0
			}
		case "INTERVAL":
			if value != "1" {
				return 0
			}
		case "BYDAY":
			days = 0
			for d := range strings.SplitSeq(value, ",") {
				if i := slices.Index([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}, d); i >= 0 {
					days |= 1 << i
				}
			}
		case "UNTIL", "COUNT":
			return 0
		}
	}
	return days
}

// WeeklyHours are the hours that a weekly rule from a first time on makes; ok is false for other rules.
func WeeklyHours(rule string, first matching.Span) (matching.Hours, bool) {
	days := daysOf(rule)
	if days == 0 {
		return matching.Hours{}, false
	}
	h := matching.Hours{Days: days, To: 24 * 60}
	if !first.AllDay {
		h.From = first.Start.Hour()*60 + first.Start.Minute()
		if to := first.End.In(first.Start.Location()); !first.End.IsZero() && to.Hour()*60+to.Minute() > h.From {
			h.To = to.Hour()*60 + to.Minute()
		}
	}
	return h, true
}
