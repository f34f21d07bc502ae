package understanding

import (
	"regexp"
	"strings"
	"time"
)

// Spare is what somebody says about where they are and how long they have time right now: "Ich habe bis
// 18 Uhr Zeit, bin am Elisenbrunnen". The place itself is for a Reader to find.
type Spare struct {
	Until time.Time // zero: not said
	Here  bool      // the place named is where they are, not where they live
}

var (
	spareUntil = regexp.MustCompile(`\b(?:zeit|frei|time|free)(?: \pL+){0,3} (?:bis|until|till) (?:um )?(\d{1,2})(?:[:.](\d{2}))?(?: ?uhr| ?(pm))?(?:[ ,;.]|$)`)
	spareTill  = regexp.MustCompile(`\b(?:bis|until|till) (?:um |ca\.? |etwa )?(\d{1,2})(?:[:.](\d{2}))?(?: ?uhr| ?(pm))?(?: \pL+){0,2} (?:zeit|frei|free|time)\b`)
	spareHours = regexp.MustCompile(`\b(?:ich|i|wir|we|hab|habe|haben|haette|got|have)\b.*\b` + wishCount + ` (stunden?|std\.?|hours?|minuten|minutes) (?:\pL+ )?(?:zeit|frei|free|time)\b`)
	spareHere  = regexp.MustCompile(`\b(?:bin|sind|stehe|sitze|warte|i'm|i am) (?:gerade |grad |jetzt |heute |hier |just |now |right now )*(?:am|im|in|an|bei|beim|auf|vor|at|in|near)\b`)
)

// ReadSpare reads how long somebody has time now. An hour that is over today is meant in the afternoon, or
// tomorrow.
func ReadSpare(text string, now time.Time) Spare {
	var s Spare
	if len(text) > maxWishes {
		return s
	}
	t := " " + unmark(text) + " "
	s.Here = spareHere.MatchString(t)
	m := spareUntil.FindStringSubmatch(t)
	if m == nil {
		m = spareTill.FindStringSubmatch(t)
	}
	if m != nil {
		minutes, ok := clockMinutes(m[1], m[2])
		if !ok {
			return s
		}
		if m[3] == "pm" && minutes < 12*60 {
			minutes += 12 * 60
		}
		s.Until = nextClock(minutes, now)
		return s
	}
	if m := spareHours.FindStringSubmatch(t); m != nil {
		n, ok := wishNumber(m[1])
		unit := time.Hour
		if m[2][0] == 'm' {
			unit = time.Minute
		}
		if ok && n > 0 && time.Duration(n)*unit <= 24*time.Hour {
			s.Until = now.Add(time.Duration(n) * unit)
		}
	}
	return s
}

func nextClock(minutes int, now time.Time) time.Time {
	at := func(m int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day(), m/60, m%60, 0, 0, now.Location())
	}
	for _, m := range []int{minutes, minutes + 12*60, minutes + 24*60} {
		if m == minutes+12*60 && minutes > 12*60 {
			continue
		}
		if at(m).After(now) {
			return at(m)
		}
	}
	return at(minutes + 24*60)
}

var barePlace = regexp.MustCompile(`^(?:(?i:und|oder|lieber|bitte|ich wohne|wir wohnen|aus)\s+)*(?:(?i:in|bei|um|rund um|near|aus)\s+)?((?:\d{5}\s*)?[\pL][\pL.'’ -]{1,40}|\d{5})[.!]?$`)

// BarePlace reads an answer that can only be the name of a place, known or not: one to three words.
func BarePlace(text string) (string, bool) {
	m := barePlace.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || len(strings.Fields(m[1])) > 3 {
		return "", false
	}
	return m[1], true
}

var namedPlace = regexp.MustCompile(`^(?:(?i:und|oder|lieber|doch|bitte|was ist)\s+)*(?i:in|bei|near)\s+(\p{Lu}[\pL.'’-]+(?:\s\p{Lu}[\pL.'’-]+)?)[.!?]?$`)

// NamedPlace reads "in Hintertupfingen" where nothing but a place is said.
func NamedPlace(text string) (string, bool) {
	if m := namedPlace.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
		return m[1], true
	}
	return "", false
}
