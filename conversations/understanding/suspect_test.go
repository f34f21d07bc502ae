package understanding

import (
	"slices"
	"strings"
	"testing"
)

func TestSuspicions(t *testing.T) {
	for _, c := range []struct {
		public, private string
		want            []Suspicion
	}{
		{"Wir suchen Samstag 14–18 Uhr 5 Leute zum Aufbau beim Sommerfest in Brand, Führerschein wäre gut", "", nil},
		{"Wir suchen am 28.11.2026 von 14:00 bis 18:00 Uhr 5 Leute, PLZ 52078, Hausnummer 12", "Treffpunkt: Marktplatz 4, Kontakt 0241 123456", nil},
		{"Hilfe beim Ausfüllen von Anträgen in der Grundschule, 2 Stunden pro Woche, bei der TV-Halle", "", nil},
		{"Spielen mit Kindern, vom 2.12. bis 2.1.", "", nil},
		{"Bitte Festes Schuhwerk! Danke!", "", nil},
		{"Mehr auf www.turnverein-brand.de/fest", "", []Suspicion{Linked}},
		{"Schau auf turnverein.de", "", []Suspicion{Linked}},
		{"Fragen an info@tv-brand.de", "", []Suspicion{Mailed}},
		{"Fragen an info (at) tv-brand.de", "", []Suspicion{Mailed}},
		{"Ruft an: 0241 / 123456", "", []Suspicion{Numbered}},
		{"Ruf an +49 171 2345678", "", []Suspicion{Numbered}},
		{"Putzhilfe gesucht, 15 € die Stunde", "", []Suspicion{Paid}},
		{"DRINGEND HELFER GESUCHT FÜR MORGEN FRÜH IN AACHEN BRAND", "", []Suspicion{Shouted}},
		{"Bitte die Anmeldegebühr vorab überweisen", "", []Suspicion{Advance}},
		{"Leute zum Testen gesucht, bitte vorab 50 Euro überweisen", "", []Suspicion{Paid, Advance}},
		{"Ihr müsst vorher nur kurz eine kleine Sicherheit per Paypal schicken", "", []Suspicion{Advance}},
		{"Bezahlt wird das Material von euch im Voraus", "", []Suspicion{Advance}},
		{"Bitte vorab 20 EUR schicken, kommt zurück", "", []Suspicion{Paid, Advance}},
		{"Für die Anmeldung Gutscheine im Laden besorgen", "", []Suspicion{Advance}},
		{"Als Dank gibt es Gutscheine, bitte vorher kurz anmelden", "", nil},
		{"Bitte vorher die Kisten zählen und die Schilder verteilen", "", nil},
		{"Wir verkaufen Gutscheine am Stand", "", nil},
		{"Wir brauchen Google Play Karten für die Kinder", "", []Suspicion{Advance}},
		{"Testperson für Krypto-App gesucht", "", []Suspicion{Coined}},
		{"Testperson für Вitсoin gesucht", "", []Suspicion{Coined}}, // В and с are Cyrillic
		{"Schick uns zur Anmeldung ein Foto vom Ausweis", "", []Suspicion{Documents}},
		{"Hilfe gesucht", "Bringt eine Kopie des Ausweises mit oder schickt deine IBAN", []Suspicion{Documents}},
		{"Schreib mir auf WhatsApp: 0171 2345678", "", []Suspicion{Numbered, Elsewhere}},
		{"WhatsApp me +49 171 2345678", "", []Suspicion{Numbered, Elsewhere}},
		{"Melde dich auf Telegram @schnell", "", []Suspicion{Elsewhere}},
		{"Wer hilft Senioren, WhatsApp zu lernen?", "", nil},
		{"Taschengeld Treffen gesucht", "", []Suspicion{Adult}},
	} {
		if got := Suspicions(c.public, c.private); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.public+"|"+c.private, got, c.want)
		}
	}
}

func TestNearNames(t *testing.T) {
	for _, c := range []struct {
		a, b string
		near bool
	}{
		{"TV Brand", "TV Brandt", true}, {"Turnverein Brand", "Brand Turnverein", true}, {"Caritas Aachen", "Carltas Aachen", true},
		{"Burgerverein", "Burgerverien", true}, {"Tafel Aachen", "Tafel Aachem", true}, {"Modern Art e. V.", "Modem Art", true},
		{"TV Brand", "TV Brand e.V.", false}, // the same, which is told elsewhere
		{"TV Brand", "TC Brand", true}, {"DRK", "DLRG", false}, {"ASB", "AWB", false}, {"Chor Brand", "Sportverein Eilendorf", false}, {"", "x", false},
		{"Car1tas Aachen", "Caritas Aachen", true}, {"Verein p52", "Verein p53", false}, {"Grundschule 5", "Grundschule 6", false}, {"TV 1880 Brand", "TV 1881 Brand", false},
	} {
		if got := NearName(c.a, c.b); got != c.near {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

// FuzzSuspicions: no text takes long or is suspected of nothing known, and what is found in one is found in a longer
// one.
func FuzzSuspicions(f *testing.F) {
	for _, s := range []string{"Ruf an +49 171 2345678", "a@b.de", "bitcoin", strings.Repeat("0 ", 400), "www."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		alone := Suspicions("", s)
		for _, x := range alone {
			if !x.Grave() {
				t.Fatalf("%q: %v of what only people accepted see", s, x)
			}
		}
		longer := Suspicions("", s+"\nund noch etwas")
		for _, x := range alone {
			if !slices.Contains(longer, x) && x != Elsewhere {
				t.Fatalf("%q: %v is gone in a longer text", s, x)
			}
		}
	})
}
