package understanding

import "testing"

func TestCorrectionsInOneBreath(t *testing.T) {
	r := newReader(t)
	now := wednesday(t)
	first := r.Read(Request{Text: "Wir suchen Sa 14-18 Uhr 5 Leute zum Aufbau beim Sommerfest in Brand", Now: now, Front: aachen(t, r)})
	tests := []struct {
		said, start, end string
		helpers, age     int
	}{
		{"make it 6", "28.11. 14:00", "28.11. 18:00", 6, 0},
		{"mach 8 draus", "28.11. 14:00", "28.11. 18:00", 8, 0},
		{"ab 16 statt 18 Jahren", "28.11. 14:00", "28.11. 18:00", 5, 16},
		{"eine Stunde später", "28.11. 15:00", "28.11. 19:00", 5, 0},
		{"eine halbe Stunde früher", "28.11. 13:30", "28.11. 17:30", 5, 0},
		{"an hour later", "28.11. 15:00", "28.11. 19:00", 5, 0},
		{"morgen früh", "26.11. 00:00", "", 5, 0}, // the afternoon hours do not stay
		{"lieber Freitag 10-12", "27.11. 10:00", "27.11. 12:00", 5, 0},
	}
	for _, test := range tests {
		base := first.Draft
		x := r.Read(Request{Text: test.said, Now: now, Front: aachen(t, r), Base: &base, Kind: Need}).Draft
		end, age := "", 0
		if !x.End.IsZero() {
			end = x.End.T.Format("02.01. 15:04")
		}
		if x.MinAge != nil {
			age = *x.MinAge
		}
		if got := x.Start.T.Format("02.01. 15:04"); got != test.start || end != test.end || *x.Helpers != test.helpers || age != test.age {
			t.Errorf("%q: %s to %s, %d helpers, from %d years", test.said, got, end, *x.Helpers, age)
		}
	}
}

// TestNumbersOfPeople keeps single rules apart from whole messages.
func TestNumbersOfPeople(t *testing.T) {
	r := newReader(t)
	tests := []struct {
		text    string
		helpers int // 0: not said
	}{
		{"Acht Wanderfreunde für die Wegemarkierung gesucht", 8},
		{"Noch 3 fleißige Bienchen für den Kuchenverkauf gesucht", 3},
		{"Dafür suchen wir zwei, die mit anpacken", 2},
		{"Der Chor sucht eine Dirigentin", 1},
		{"Wir brauchen je zwei Personen für Einlass und Garderobe", 4},
		{"Brauchen Sa u So je 3 Helfer beim Reitturnier", 3},
		{"Pro Schicht 3 Leute, zwei Schichten, insgesamt 6 Personen gesucht", 6},
		{"Wir brauchen noch Leute für Samstag, so 5 Stück", 5},
		{"Gesucht: 2. Vorsitzende/r und Jugendwart/in", 2},
		{"Wir brauchen Parcourshelfer (8) und Leute für den Grill (2)", 10},
		{"Wir suchen einen Tanzpartner-Pool", 0},
		{"Wir sind 5 Leute und brauchen Hilfe beim Umzug", 0},
		{"Unser Team aus 12 Ehrenamtlichen sucht Verstärkung", 0},
		{"Gassigeher für 12 Hunde gesucht", 0},
		{"Wir suchen am 10.10. zwischen 9 und 12 fleißige Hände", 0},
	}
	for _, test := range tests {
		d := r.Read(Request{Text: test.text, Now: wednesday(t), Front: aachen(t, r), Kind: Need}).Draft
		got := 0
		if d.Helpers != nil {
			got = *d.Helpers
		}
		if got != test.helpers {
			t.Errorf("%q: %d helpers instead of %d", test.text, got, test.helpers)
		}
	}
}
