package bot_test

import (
	"strings"
	"testing"
)

// TestTwoMailsAreEnough does everything people come for with at most two mails of theirs, however little the first one says.
func TestTwoMailsAreEnough(t *testing.T) {
	for _, x := range []struct{ name, first, second, done string }{
		{"joining in a sentence", "sag mir Bescheid, wenn in Brand was los ist", "", "Abgemacht"},
		{"joining", "ich möchte helfen", "Brand", "Abgemacht"},
		{"joining by numbers", "Ich möchte helfen", "1. Brand\n2. Tiere und Sport", "Tiere und Sport"},
		{"joining in prose", "Guten Tag, ich möchte gern helfen.", "In Eilendorf, am liebsten was mit Kindern", "Aachen-Eilendorf"},
		{"subscribing once more", "/helfen", "samstags in 52066, max 5 km", "Samstag"},
		{"posting in a sentence", "Der Turnverein Brand sucht am Samstag von 14 bis 18 Uhr drei Leute zum Aufbau beim Sommerfest in Brand.", "ja", "Veröffentlicht"},
		{"posting, for whom is missing", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "1, TV Brand\nja", "Veröffentlicht"},
		{"posting, the name and ja in one line", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "Verein, TV Brand, ja.", "Für: TV Brand"},
		{"posting, much is missing", "Wir suchen Leute zum Aufbau beim Sommerfest", "1. in Brand\n2. Samstag 14-18 Uhr\n3. fünf\n4. Verein, TV Brand\nJa!", "5 Helfende"},
		{"posting, in any words", "Wir suchen Leute zum Aufbau beim Sommerfest", "Das ist am Samstag von 14 bis 18 Uhr in Brand, wir brauchen 5 Leute,\nprivat\nja", "Veröffentlicht"},
		{"offering", "Ich biete am Samstag 10–12 Uhr meinen Transporter für Umzüge in Brand an", "privat, ja", "Veröffentlicht"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, true)
			said := ""
			for _, mail := range []string{x.first, x.second} {
				if mail == "" {
					continue
				}
				if err := w.Say(t.Context(), "kim", mail); err != nil {
					t.Fatal(err)
				}
				heard, err := w.Heard(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				var all []string
				for _, h := range heard {
					all = append(all, h.Text)
				}
				said = strings.Join(all, "\n")
			}
			if !strings.Contains(said, x.done) {
				t.Errorf("the end is not %q but\n%s", x.done, said)
			}
		})
	}
}
