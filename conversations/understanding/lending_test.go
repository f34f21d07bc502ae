package understanding

import (
	"reflect"
	"testing"

	"ehrenamt/matching"
)

func TestWhenSomethingMayBeHadIsRead(t *testing.T) {
	work := matching.AllDays &^ (matching.DayBit(0) | matching.DayBit(6))
	for _, c := range []struct {
		text, rule string
		want       Opening
	}{
		{"nur werktags 8-17", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", Opening{Hours: []matching.Hours{{Days: work, From: 480, To: 1020}}}},
		{"nur am Wochenende", "", Opening{Hours: []matching.Hours{{Days: ^work & matching.AllDays, To: 1440}}}},
		{"sonntags nicht", "FREQ=WEEKLY;BYDAY=SU", Opening{Not: true, Without: []matching.Hours{{Days: matching.AllDays &^ matching.DayBit(0), To: 1440}}}},
		{"in den Osterferien nicht", "", Opening{Not: true}},
		{"vom 20.12. bis 6.1. sperren", "", Opening{Not: true}},
		{"am 24.12. doch wieder frei", "", Opening{Free: true}},
		{"jederzeit", "", Opening{Always: true}},
		{"nur von 9 bis 12 Uhr", "", Opening{Hours: []matching.Hours{{Days: matching.AllDays, From: 540, To: 720}}}},
		{"only on weekdays 8 to 17", "", Opening{Hours: []matching.Hours{{Days: work, From: 480, To: 1020}}}},
		{"danke", "", Opening{}},
	} {
		if got := ReadOpening(c.text, c.rule); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestPiecesAreCounted(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       int
	}{
		{"Wir verleihen 10 Bierbänke und 5 Tische", "Bierbänke", 10},
		{"3 Bänke am 12.12. von 9 bis 15 Uhr", "Bierbänke", 3},
		{"3 davon am Samstag", "Bierbänke", 3},
		{"zwei Zelte", "Zelt", 2},
		{"den Transporter am 12.12. von 9 bis 15 Uhr", "Transporter", 0},
		{"am 12. Dezember", "Transporter", 0},
		{"5 Stück bitte", "Stühle", 5},
	} {
		if got := ReadPieces(c.text, c.name); got != c.want {
			t.Errorf("%s: %d, want %d", c.text, got, c.want)
		}
	}
}

func FuzzReadOpening(f *testing.F) {
	f.Add("nur werktags 8-17", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
	f.Add("99:99 bis 3", "INTERVAL=;BYDAY=")
	f.Fuzz(func(t *testing.T, text, rule string) {
		for _, h := range ReadOpening(text, rule).Hours {
			if h.Days == 0 || h.From < 0 || h.To > 24*60 || h.From >= h.To {
				t.Errorf("%+v", h)
			}
		}
		if n := ReadPieces(text, rule); n < 0 {
			t.Error(n)
		}
	})
}
