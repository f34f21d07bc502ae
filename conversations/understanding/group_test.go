package understanding

import (
	"testing"

	"ehrenamt/matching"
)

func TestAGroupSaysWhoComesAndWhatTheyWant(t *testing.T) {
	for _, c := range []struct {
		text, title, contact string
		actor                matching.Actor
		low, high            int
	}{
		{
			"Unsere Klasse 9b mit 24 Jugendlichen möchte in der Projektwoche vom 7. bis 11.6. etwas Soziales machen, Ansprechpartnerin Frau Schmidt",
			"Klasse 9b mit 24 Jugendlichen: etwas Soziales", "Ansprechpartnerin Frau Schmidt", matching.School, 24, 24,
		},
		{"Die 10a sucht im Juni ein soziales Projekt, 27 Schülerinnen und Schüler, Kontakt: Herr Weber", "10a: soziales Projekt", "Kontakt: Herr Weber", matching.School, 27, 27},
		{"Wir bieten am Freitag ein Team von 8 bis 12 Leuten zum Streichen an", "Team von 8 bis 12 Leuten", "", "", 8, 12},
		{"Unsere Firma schickt am 12.12. ein Team mit 12 Leuten", "Team mit 12 Leuten", "", matching.Company, 12, 12},
		{"Our class of 24 pupils would like to do something useful, teacher Ms Brown", "Class of 24 pupils: something useful", "teacher Ms Brown", matching.School, 24, 24},
		{"15 Mitarbeitende der Nordlicht AG helfen gern einen Tag", "15 Mitarbeitende", "", matching.Company, 15, 15},
	} {
		g, ok := ReadGroup(c.text)
		if !ok || g.Title() != c.title || g.Contact != c.contact || g.Actor != c.actor || g.Min != c.low || g.Max != c.high {
			t.Errorf("%s\n%q %+v", c.text, g.Title(), g)
		}
	}
	for _, none := range []string{"Wir suchen 5 Leute zum Aufbau", "Ich biete Nachhilfe in Mathe", "Wir verleihen 10 Bierbänke"} {
		if g, ok := ReadGroup(none); ok {
			t.Errorf("%s: %+v", none, g)
		}
	}
}

func TestAFirmIsNamedWithItsLegalForm(t *testing.T) {
	for text, want := range map[string]string{
		"Wir von der Nordlicht Solar GmbH helfen": "Nordlicht Solar GmbH", "einen Tag anpacken. Müller GmbH": "Müller GmbH", "AG": "", "wir helfen gern": "",
		"Becker & Söhne KG, Düren": "Becker & Söhne KG",
	} {
		if got := Lawful(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func FuzzReadGroup(f *testing.F) {
	f.Add("Unsere Klasse 9b mit 24 Jugendlichen möchte etwas Soziales machen")
	f.Add("Team von 8 bis 12 Leuten")
	f.Fuzz(func(t *testing.T, text string) {
		g, ok := ReadGroup(text)
		if !ok && (g.Max != 0 || g.Name != "") || g.Min > g.Max {
			t.Errorf("%+v", g)
		}
		_, _, _ = g.Title(), g.Vague(text), Lawful(text)
	})
}
