package places

import (
	"strings"
	"testing"
)

func TestTheKeyOfANameIsThatOfItsWords(t *testing.T) {
	for _, name := range []string{
		"Aachen", "St. Augustin", "Bad Münstereifel", "M’gladbach", "Mülheim a. d. Ruhr", "Du\u0308ren", "52062 Aachen", "A4-Nord",
		" - ", "", "\xff", "Vettweiß", "Ешвайлер", "\u0308a", "Castrop-Rauxel", "Frankfurt/Oder", "آخن",
	} {
		var words []string
		for _, w := range tokenise(name) {
			words = append(words, w.key)
		}
		if got, want := keyOf(name), expandSaint(strings.Join(words, " ")); got != want {
			t.Errorf("%q: %q, its words %q", name, got, want)
		}
	}
}

func TestOneApartIsOneSlipOfAFinger(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"aachen", "aachen", false},
		{"aachen", "achen", true},
		{"aachen", "aacheen", true},
		{"aachen", "aacken", true},
		{"aachen", "aahcen", true},
		{"aachen", "aachne", true},
		{"aachen", "ahacen", false},
		{"aachen", "aach", false},
		{"aachen", "bbchen", false},
		{"", "a", true},
		{"a", "", true},
	} {
		if got := oneApart(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %t", c.a, c.b, got)
		}
	}
}
