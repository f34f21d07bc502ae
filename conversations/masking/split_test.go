package masking_test

import (
	"strings"
	"testing"

	"ehrenamt/conversations/masking"
)

// tell passes texts on one after the other, and returns what arrives.
func tell(texts ...string) []string {
	trace := ""
	var out []string
	for _, s := range texts {
		hidden, _, next := masking.HideAfter(trace, s)
		trace = next
		out = append(out, hidden)
	}
	return out
}

func TestANumberToldInPiecesDoesNotArrive(t *testing.T) {
	for _, texts := range [][]string{
		{"0171", "234", "5678"},
		{"Meine Nummer fängt mit 0171 an", "dann kommt 234", "und zum Schluss 5678, bis Samstag!"},
		{"null eins sieben eins", "zwei drei vier", "fünf sechs sieben"},
		{"+49 17", "12 34", "56 78"},
		{"0", "1", "7", "1", "2", "3", "4", "5", "6"},
		{"0 1 7 1", "Kommst du am 28.11. um 14:30?", "2 3 4", "Danke!", "5 6 7 8"},
		{"01 71", "zwei34", "5 sechs 7"},
		{"０１７１", "٢٣٤", "5678"},
	} {
		got := strings.Join(tell(texts...), " | ")
		n := 0
		for _, r := range strings.NewReplacer("28.11.", "", "14:30", "").Replace(got) {
			if r >= '0' && r <= '9' {
				n++
			}
		}
		if n > 6 || !strings.Contains(got, masking.Hidden) {
			t.Errorf("%q arrives as %q", texts, got)
		}
	}
}

func TestOrdinaryTalkArrivesWhole(t *testing.T) {
	for _, texts := range [][]string{
		{"Wir sind zu zweit", "Kommt um 14 Uhr", "Es gibt 20 Tische und 100 Stühle", "Hausnummer 12", "Bis 17:30 ist alles fertig"},
		{"Ab 08 Uhr ist offen", "28.11.2026 um 10:00", "Raum 204 im 2. Stock", "Bring 3 Kabel mit"},
		{"Meine Adresse kommt noch", "Raum 12", "Es sind 250 Becher da, Kasse 3"},
		{"Passt", "Ja", "Drei Leute reichen", "Vier wären besser"},
	} {
		for i, s := range tell(texts...) {
			if s != texts[i] {
				t.Errorf("%q arrives as %q", texts[i], s)
			}
		}
	}
}

func FuzzNumbersInPieces(f *testing.F) {
	f.Add("0171", "234 5678")
	f.Add("null eins", "")
	f.Fuzz(func(t *testing.T, before, text string) {
		_, _, trace := masking.HideAfter("", before)
		hidden, kinds, next := masking.HideAfter(trace, text)
		if len(kinds) == 0 && hidden != text && len(text) <= masking.Max {
			t.Errorf("%q after %q arrives as %q", text, before, hidden)
		}
		if len(next) > masking.TraceMax {
			t.Errorf("a trace of %d", len(next))
		}
	})
}
