package understanding_test

import (
	"testing"

	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

func TestTermsAreReadInThePeoplesOwnWords(t *testing.T) {
	for text, want := range map[string]matching.Terms{
		"Wir verleihen freitags unseren Transporter, Kaution 100 €, Vollkasko mit 500 € Selbstbeteiligung, abzuholen in der Hüttenstraße.": {
			Deposit: "Kaution 100 €", Insurance: "Vollkasko mit 500 € Selbstbeteiligung", Pickup: "abzuholen in der Hüttenstraße",
		},
		"We lend our van. The deposit is 1.000 euros. You pick up the keys on Thursday.":             {Deposit: "The deposit is 1.000 euros", Pickup: "You pick up the keys on Thursday"},
		"Unsere Klasse 9b (24 Jugendliche, 14 bis 15 Jahre alt) möchte sechs Wochen lang mithelfen.": {Ages: "Klasse 9b, 14 bis 15 Jahre alt", Duration: "sechs Wochen"},
		"Projektwoche: 12 Schülerinnen, 15-Jährige, suchen eine Aufgabe":                             {Ages: "15-Jährige", Duration: "Projektwoche"},
		"Wir suchen 5 Leute zum Aufbau, Samstag 14 Uhr":                                              {},
		"": {},
	} {
		if got := understanding.ReadTerms(text); got != want {
			t.Errorf("%q:\ngot  %+v\nwant %+v", text, got, want)
		}
	}
}

func FuzzReadTerms(f *testing.F) {
	f.Add("Kaution 1.000,50 €; abzuholen z. B. in Brand, 14–15 Jahre")
	f.Fuzz(func(t *testing.T, text string) {
		got := understanding.ReadTerms(text)
		for _, s := range []string{got.Deposit, got.Insurance, got.Pickup} {
			if len([]rune(s)) > 120 {
				t.Errorf("%q", s)
			}
		}
	})
}
