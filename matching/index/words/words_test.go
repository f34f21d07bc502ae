package words

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func word(t *testing.T, s string) Word {
	t.Helper()
	parts := Split(s)
	if len(parts) != 1 {
		t.Fatalf("%q is %d words", s, len(parts))
	}
	return New(parts[0])
}

func TestKinship(t *testing.T) {
	for _, c := range []struct {
		query, text string
		want        Kinship
	}{
		{"Fest", "Sommerfest", Part},
		{"fest", "Sommerfestes", Part},
		{"Feste", "Gemeindefest", Part},
		{"Kinder", "Kinderbetreuung", Part},
		{"Betreuung", "Kinderbetreuung", Part},
		{"Markt", "Weihnachtsmarktstand", Part},
		{"Hilfe", "Nachbarschaftshilfe", Part},
		{"Garten", "Schulgarten", Part},
		{"Ball", "Fußball", Part},
		{"Häuser", "Haus", Same},
		{"Haeuser", "Häuser", Same},
		{"HÄUSER", "häuser", Same},
		{"Strasse", "Straße", Same},
		{"grün", "gruen", Same},
		{"Bauer", "Bauern", Same},
		{"Helfer", "Helfern", Same},
		{"cleaning", "cleaned", Same},
		{"helpers", "helper", Same},
		{"Café", "cafe", Same},
		{"Sport", "Transport", None},
		{"Sport", "Krankentransport", None},
		{"Sport", "Sportverein", Part},
		{"Fest", "Manifest", None},
		{"Fest", "Festival", None},
		{"Hund", "Katze", None},
		{"ein", "Verein", None},
	} {
		if got := Compare(word(t, c.query), word(t, c.text)); got != c.want {
			t.Errorf("%s in %s: %v, expected %v (%+v, %+v)", c.query, c.text, got, c.want, word(t, c.query), word(t, c.text))
		}
	}
}

func TestOneWrongLetterIsForgiven(t *testing.T) {
	for _, c := range []struct {
		query, text string
		want        bool
	}{
		{"Somerfest", "Sommerfest", true},
		{"Sommerfets", "Sommerfest", true},
		{"Sommmerfest", "Sommerfest", true},
		{"Sommerfesd", "Sommerfest", true},
		{"Summerfset", "Sommerfest", false},
		{"Hofe", "Höfe", true},
		{"ab", "an", false},
	} {
		if got := Mistyped(word(t, c.query), word(t, c.text)); got != c.want {
			t.Errorf("%s for %s: %v", c.query, c.text, got)
		}
	}
}

func TestTyposAreThoseForgiven(t *testing.T) {
	alphabet := []rune("abcж")
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringOfN(rapid.SampledFrom(alphabet), 1, 7, -1).Draw(t, "a")
		b := rapid.StringOfN(rapid.SampledFrom(alphabet), 1, 7, -1).Draw(t, "b")
		found := false
		Typos(a, alphabet, func(v []byte) {
			if !oneOff(a, string(v)) {
				t.Fatalf("%q is no typing error of %q", v, a)
			}
			found = found || string(v) == b
		})
		if found != oneOff(a, b) {
			t.Fatalf("%q, %q: among the typos %v, forgiven %v", a, b, found, oneOff(a, b))
		}
	})
}

func TestATextIsSplitIntoFoldedWords(t *testing.T) {
	got := Split("Wir suchen für's Sommer­fest 5 Helfer*innen – ÄRZTE, Ελλάδα, Київ (Café)!")
	want := []string{"wir", "suchen", "fuer", "s", "sommerfest", "5", "helfer", "innen", "aerzte", "ελλαδα", "киів", "cafe"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := Distinct("der die das"); len(got) != 3 {
		t.Errorf("a query of idle words is %q", got)
	}
	if got := Distinct("der Hund und der Hund"); !slices.Equal(got, []string{"hund"}) {
		t.Errorf("%q", got)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("Straße in Zürich \xff\u0301 ﬁx")
	f.Fuzz(func(t *testing.T, s string) {
		for _, w := range Split(s) {
			a := New(w)
			if again := Split(a.Text); len(again) != 1 || again[0] != w {
				t.Fatalf("%q splits again into %q", w, again)
			}
			if Compare(a, a) != Same {
				t.Fatalf("%q is not itself", w)
			}
		}
	})
}
