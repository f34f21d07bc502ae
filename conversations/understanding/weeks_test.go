package understanding

import "testing"

// TestWeeksAndExceptions reads what is reckoned from weeks, feasts and other days.
func TestWeeksAndExceptions(t *testing.T) {
	r, now := newReader(t), wednesday(t)
	for text, want := range map[string]string{
		"in KW 50":                                        "2026-12-07 | 2026-12-13 | -",
		"in der 50. Kalenderwoche":                        "2026-12-07 | 2026-12-13 | -",
		"KW 2/3 2027":                                     "2027-01-11 | 2027-01-24 | -",
		"in KW 3":                                         "2027-01-18 | 2027-01-24 | -",
		"jeden Tag außer Sonntag":                         "2026-11-26 | - | FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA",
		"täglich außer mittwochs um 8 Uhr":                "2026-11-26T08:00 | - | FREQ=WEEKLY;BYDAY=MO,TU,TH,FR,SA,SU",
		"every day except Monday and Tuesday at 9":        "2026-11-26T09:00 | - | FREQ=WEEKLY;BYDAY=WE,TH,FR,SA,SU",
		"am Samstag nach Dreikönig":                       "2027-01-09 | - | -",
		"am Sonntag vor Rosenmontag um 11 Uhr":            "2027-02-07T11:00 | - | -",
		"für die Dienstags- und Donnerstagstour":          "2026-11-26 | - | FREQ=WEEKLY;BYDAY=TU,TH",
		"an Samstagen":                                    "2026-11-28 | - | FREQ=WEEKLY;BYDAY=SA",
		"freitags von halb sechs bis halb acht":           "2026-11-27T17:30 | 2026-11-27T19:30 | FREQ=WEEKLY;BYDAY=FR",
		"am Samstag von neun bis fünf":                    "2026-11-28T09:00 | 2026-11-28T17:00 | -",
		"am Freitag ab 9 Uhr, gegen 16 Uhr wieder da":     "2026-11-27T09:00 | 2026-11-27T16:00 | -",
		"am Freitag um 15 Uhr für eine Dreiviertelstunde": "2026-11-27T15:00 | 2026-11-27T15:45 | -",
		"am 9., 10. und 12. Dezember um 17.30 Uhr":        "2026-12-09T17:30 | - | -",
		"im Dezember, nur nicht am 24.12.":                "2026-12-01 | 2026-12-31 | -",
		"Friday 4 December, 10 pm to 7 am":                "2026-12-04T22:00 | 2026-12-05T07:00 | -",
		"щосуботи з 10 до 13":                             "2026-11-28T10:00 | 2026-11-28T13:00 | FREQ=WEEKLY;BYDAY=SA",
		"jeden Freitag, das erste Mal im Januar":          "2027-01-01 | - | FREQ=WEEKLY;BYDAY=FR",
	} {
		lead := "Wir suchen Helfer "
		if got := times(r, now, lead+text); got != want {
			t.Errorf("%q: %s instead of %s", text, got, want)
		}
	}
}
