package understanding

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

// need is what was read of the times in a need, as "start | end | recurrence".
func times(r *Reader, now time.Time, text string) string {
	p := PredictionOf("", r.Read(Request{Text: text, Now: now}))
	show := func(s *string) string {
		if s == nil {
			return "-"
		}
		return strings.TrimSuffix(strings.TrimSuffix(*s, ":00+01:00"), ":00+02:00")
	}
	return show(p.Start) + " | " + show(p.End) + " | " + show(p.Recurrence)
}

func TestTimesAsPeopleWriteThem(t *testing.T) {
	r := newReader(t)
	now := wednesday(t)
	tests := map[string]string{
		"am Samstag um halb drei":               "2026-11-28T14:30 | - | -",
		"am Samstag um dreiviertel acht":        "2026-11-28T07:45 | - | -",
		"Freitag um viertel vor zehn":           "2026-11-27T09:45 | - | -",
		"Dienstag abend halb 8":                 "2026-12-01T19:30 | - | -",
		"Sa. 5.12. 14:00 - 17:30 Uhr":           "2026-12-05T14:00 | 2026-12-05T17:30 | -",
		"Samstag 9.30 bis 13":                   "2026-11-28T09:30 | 2026-11-28T13:00 | -",
		"vom 3. bis 5.6.":                       "2027-06-03 | 2027-06-05 | -",
		"vom 28.12. bis 3.1.":                   "2026-12-28 | 2027-01-03 | -",
		"am 5./6.3.":                            "2027-03-05 | 2027-03-06 | -",
		"Sa/So 10-16 Uhr":                       "2026-11-28T10:00 | 2026-11-29T16:00 | -",
		"am 12. und 13.12. von 10 bis 18 Uhr":   "2026-12-12T10:00 | 2026-12-13T18:00 | -",
		"von Freitag 16 Uhr bis Sonntag 14 Uhr": "2026-11-27T16:00 | 2026-11-29T14:00 | -",
		"Samstag von 22 bis 2 Uhr":              "2026-11-28T22:00 | 2026-11-29T02:00 | -",
		"31.12. 22 Uhr bis 1.1. 6 Uhr":          "2026-12-31T22:00 | 2027-01-01T06:00 | -",
		"Freitag 14 Uhr, dauert etwa 2,5 Std.":  "2026-11-27T14:00 | 2026-11-27T16:30 | -",
		"Freitag ab 14 Uhr, Ende gegen 18 Uhr":  "2026-11-27T14:00 | 2026-11-27T18:00 | -",
		"Freitag ab 14 Uhr, Ende offen":         "2026-11-27T14:00 | - | -",
		"am Samstag, dem 6.12.":                 "- | - | -",
		"am 31. Februar":                        "- | - | -",
		"am 20.11.2026":                         "- | - | -",
		"Anfang Januar":                         "- | - | -",
		"Samstag in einer Woche":                "2026-12-05 | - | -",
		"Donnerstag nächster Woche":             "2026-12-03 | - | -",
		"heute Abend um 7":                      "2026-11-25T19:00 | - | -",
		"übermorgen um 9":                       "2026-11-27T09:00 | - | -",
		"am 4. Advent um 17 Uhr":                "2026-12-20T17:00 | - | -",
		"am Rosenmontag":                        "2027-02-08 | - | -",
		"an Fronleichnam":                       "2027-05-27 | - | -",
		"am Buß- und Bettag":                    "2027-11-17 | - | -",
		"in den Osterferien":                    "2027-03-22 | 2027-04-03 | -",
	}
	rhythms := map[string]string{
		"jeden 2. Dienstag im Monat um 19 Uhr":                 "2026-12-08T19:00 | - | FREQ=MONTHLY;BYDAY=2TU",
		"jeden zweiten Dienstag um 19 Uhr":                     "2026-12-01T19:00 | - | FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
		"alle zwei Wochen dienstags um 19 Uhr":                 "2026-12-01T19:00 | - | FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
		"jeden letzten Freitag im Monat":                       "2026-11-27 | - | FREQ=MONTHLY;BYDAY=-1FR",
		"montags bis freitags von 8 bis 12 Uhr":                "2026-11-26T08:00 | 2026-11-26T12:00 | FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"von April bis Oktober samstags":                       "2027-04-03 | - | FREQ=WEEKLY;BYDAY=SA;UNTIL=20271031",
		"täglich von 8-20 Uhr":                                 "2026-11-26T08:00 | 2026-11-26T20:00 | FREQ=DAILY",
		"am 12.12. um 9 Uhr, bitte bis 5.12. melden":           "2026-12-12T09:00 | - | -",
		"am 24.12. 15–20 Uhr, ab 18!":                          "2026-12-24T15:00 | 2026-12-24T20:00 | -",
		"am Montag, ach nein, am Dienstag um 10 Uhr":           "2026-12-01T10:00 | - | -",
		"bis Ende März 2027, Termine nach Absprache":           "- | 2027-03-31 | -",
		"am ersten Maiwochenende, Samstag und Sonntag ab neun": "2027-05-01T09:00 | 2027-05-02 | -",
	}
	maps.Copy(tests, rhythms)
	for text, want := range tests {
		if got := times(r, now, "Wir suchen Helfer in Aachen, "+text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestTimesInEnglish(t *testing.T) {
	r := newReader(t)
	now := wednesday(t)
	english := map[string]string{
		"on Saturday from 2 to 5pm":           "2026-11-28T14:00 | 2026-11-28T17:00 | -",
		"on 12 June, from 11 a.m. to 4 p.m.":  "2027-06-12T11:00 | 2027-06-12T16:00 | -",
		"Dec 5th, 9:30am-12pm":                "2026-12-05T09:30 | 2026-12-05T12:00 | -",
		"next Monday at noon":                 "2026-11-30T12:00 | - | -",
		"first Saturday of every month, 10-1": "2026-12-05T10:00 | 2026-12-05T13:00 | FREQ=MONTHLY;BYDAY=1SA",
		"every other Thursday at 6pm":         "2026-11-26T18:00 | - | FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
		"from 3 to 7 July":                    "2027-07-03 | 2027-07-07 | -",
		"this weekend":                        "2026-11-28 | 2026-11-29 | -",
	}
	for text, want := range english {
		if got := times(r, now, "We need helpers for the summer fair "+text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestDoubtsAreAskedInsteadOfGuessed(t *testing.T) {
	r := newReader(t)
	for text, want := range map[string]DoubtKind{
		"am Samstag, dem 6.12.":         WeekdayDisagrees,
		"am 31. Februar":                NoSuchDay,
		"am 20.11.2026":                 InThePast,
		"am 20.11.":                     FarAhead,
		"Anfang Januar":                 Vague,
		"nächsten Samstag um 10 Uhr":    SeveralReadings,
		"am Samstag um 3 Uhr":           SeveralReadings,
		"am Samstag, ein paar Leute":    Vague,
		"am Samstag, 5000 Helfer nötig": OutOfRange,
	} {
		x := r.Read(Request{Text: "Wir suchen in Aachen Hilfe, " + text, Now: wednesday(t)})
		found := false
		for _, d := range x.Doubts {
			found = found || d.Kind == want
		}
		if !found {
			t.Errorf("%q: doubts %+v, want %s", text, x.Doubts, want)
		}
	}
}

// TestEveryReferenceDay reads the same messages on 731 days: a weekday named is the weekday shown, nothing lies
// in the past, hours stay hours when the clocks change.
func TestEveryReferenceDay(t *testing.T) {
	r := newReader(t)
	zone := berlin(t)
	names := []string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
	first := time.Date(2026, 10, 1, 0, 0, 0, 0, zone)
	for n := range 731 {
		now := time.Date(first.Year(), first.Month(), first.Day()+n, n%24, 17, 0, 0, zone)
		wd := time.Weekday(n % 7)
		day := now.AddDate(0, 0, 1+n%40)
		for i, text := range []string{
			fmt.Sprintf("Wir suchen am %s von 14 bis 18 Uhr 5 Leute", names[wd]),
			fmt.Sprintf("Wir suchen %ss ab 9 Uhr Hilfe", strings.ToLower(names[wd])),
			fmt.Sprintf("Wir suchen nächsten %s, 10-12 Uhr, Hilfe", names[wd]),
			fmt.Sprintf("Wir suchen am %s, %d.%d., 8:30 Uhr, drei Leute", names[day.Weekday()], day.Day(), day.Month()),
			fmt.Sprintf("Wir suchen am %d.%d.%d von 22 bis 3 Uhr Leute", day.Day(), day.Month(), day.Year()),
			fmt.Sprintf("Wir suchen Leute, jeden 2. %s im Monat um 19 Uhr", names[wd]),
		} {
			x := r.Read(Request{Text: text, Now: now}).Draft
			want := []time.Weekday{wd, wd, wd, day.Weekday(), day.Weekday(), wd}[i]
			hour := []int{14, 9, 10, 8, 22, 19}[i]
			if x.Start.IsZero() || x.Start.DateOnly {
				t.Fatalf("%s, %q: no start", now.Format(time.DateTime), text)
			}
			if x.Start.T.Weekday() != want || x.Start.T.Hour() != hour {
				t.Fatalf("%s, %q: %s", now.Format(time.DateTime), text, x.Start.T)
			}
			if x.Start.T.Before(now) || x.Start.T.Sub(now) > 75*24*time.Hour {
				t.Fatalf("%s, %q: %s is over or far away", now.Format(time.DateTime), text, x.Start.T)
			}
			if !x.End.IsZero() && !x.End.T.After(x.Start.T) {
				t.Fatalf("%s, %q: ends %s before it starts", now.Format(time.DateTime), text, x.End.T)
			}
			if i == 3 && (x.Start.T.Day() != day.Day() || x.Start.T.Month() != day.Month()) {
				t.Fatalf("%s, %q: %s", now.Format(time.DateTime), text, x.Start.T)
			}
			if i == 4 && x.End.T.Hour() != 3 {
				t.Fatalf("%s, %q: ends %s", now.Format(time.DateTime), text, x.End.T)
			}
		}
	}
}
