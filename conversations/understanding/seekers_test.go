package understanding

import (
	"strings"
	"testing"

	"ehrenamt/matching"
)

// seekers are ways of asking for news and of asking what there is: "%c" a cause, "%d" a day, "%p" a place, "%r" how far.
var seekers = map[Intent][]string{
	Subscribe: {
		"sag mir Bescheid wenn %d in %p was mit %c ist, %r", "Bitte benachrichtigt mich, wenn es %d in %p etwas mit %c gibt (%r)", "Schreibt mir, sobald in %p %d was mit %c gesucht wird, %r", "Ich möchte informiert werden über alles mit %c in %p, %d, %r",
		"Abo: %c, %p, %d, %r", "gebt mir bescheid, sobald %d hilfe bei %c in %p gebraucht wird, %r", "Ich hätte gern eine Nachricht, wenn %d in %p Leute für was mit %c gesucht werden, %r", "Könnt ihr mich künftig informieren, wenn in %p %d was mit %c ansteht? %r",
		"nehmt mich in den verteiler für %c in %p, %d, %r", "Wenn es %d in %p was mit %c zu tun gibt, meldet euch bei mir, %r",
	},
	Search: {
		"Was gibt es %d in %p mit %c? %r", "wo kann ich %d in %p was mit %c machen? %r", "Zeig mir alles mit %c in %p %d, %r", "Gibt es %d in %p etwas mit %c? %r", "Welche Einsätze mit %c gibt es %d in %p? %r", "Ich suche ein Ehrenamt mit %c in %p, %d, %r",
		"suche was mit %c in %p, %d, %r", "habt ihr %d was mit %c in %p? %r",
	},
}

// TestSeekersInManyWords asks for the same things in many ways, as people type them.
func TestSeekersInManyWords(t *testing.T) {
	r := newReader(t)
	now, front := wednesday(t), aachen(t, r)
	all, bad, shown := 0, 0, map[string]bool{}
	for intent, ways := range seekers {
		for _, way := range ways {
			for cause, want := range map[string]matching.Category{"Kindern": "children_youth", "Senioren": "seniors", "Hunden": "animals", "Musik": "culture_music"} {
				for place, named := range map[string]string{"Brand": "Brand", "Stolberg": "Stolberg", "52066": "52066"} {
					for far, km := range map[string]float64{"max 5 km": 5, "Umkreis 20 km": 20} {
						for i, style := range styles[:4] {
							text := style(strings.NewReplacer("%c", cause, "%p", place, "%d", "samstags", "%r", far).Replace(way))
							x := r.Read(Request{Text: text, Now: now, Front: front})
							p := PredictionOf("", x)
							at := ""
							if d := x.Draft.Place; d != nil {
								at = d.Postcode + " " + d.District + " " + d.Municipality
							}
							all++
							if x.Intent != intent || x.Draft.Category != want || !strings.Contains(at, named) || x.Draft.Radius == nil || *x.Draft.Radius != km || p.Recurrence == nil && x.Draft.Slots == 0 {
								if bad++; !shown[way+cause+place] && len(shown) < 40 {
									shown[way+cause+place] = true
									t.Logf("%q (style %d): %s %.2f %s %q %v", text, i, x.Intent, x.IntentConfidence, x.Draft.Category, at, x.Draft.Radius)
								}
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d of %d right", all-bad, all)
	if float64(bad) > 0.03*float64(all) {
		t.Errorf("only %d of %d are read right", all-bad, all)
	}
}
