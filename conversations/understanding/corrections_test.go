package understanding

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// drafts are readings that somebody may want to correct: all on Saturday the 28th in Brand, for five people, or without one of these.
var correctable = []string{
	"Wir suchen Sa 14-18 Uhr 5 Leute zum Aufbau beim Sommerfest in Brand",
	"Der Chor braucht am Samstag, 28.11., von 14 bis 18 Uhr in Aachen-Brand fünf Helfer am Kuchenbuffet",
	"We need 5 people on Saturday from 2pm to 6pm in Brand to paint a fence",
}

// said are ways of saying one correction; "%s" is what is new, "%o" what was.
var (
	sayDay = []string{"nein, %s", "nee %s", "doch %s", "doch erst am %s", "es ist am %s", "nicht %o, sondern %s", "%s statt %o", "ich meinte %s", "am %s, nicht am %o", "Korrektur: %s", "sorry, %s", "lieber %s",
		"können wir %s nehmen", "es soll doch %s sein", "das Datum stimmt nicht, es ist %s", "falscher Tag, %s ist richtig", "ups, %s", "am %s bitte", "verschieben wir es auf %s", "bitte auf %s ändern", "%s passt besser", "ne, am %s", "quatsch, %s"}
	sayCount = []string{"es sind doch %s", "nein, %s", "%s statt 5", "wir brauchen %s", "wir brauchen nur %s Leute", "%s reichen", "mach %s draus", "doch %s Leute", "nicht 5, sondern %s", "%s Personen", "lieber %s", "make it %s", "eher %s Helfer",
		"ich meinte %s Leute", "es fehlen %s", "bitte %s statt 5", "%s Leute wären besser", "insgesamt %s", "eigentlich %s", "Korrektur: %s Helfer", "5 sind zu wenig, %s bitte", "es müssen %s sein", "sagen wir %s", "wir nehmen %s Leute"}
	sayHours = []string{"nein, %s", "%s", "von %s", "doch %s", "es geht %s", "die Uhrzeit ist %s", "Zeit: %s", "lieber %s", "nicht 14-18, sondern %s", "%s statt 14-18 Uhr", "ich meinte %s", "Korrektur: %s", "bitte %s"}
	sayPlace = []string{"nicht in Brand, in %s", "nein, %s", "in %s", "doch in %s", "es ist in %s", "%s statt Brand", "nicht Brand sondern %s", "ich meinte %s", "Ort: %s", "das ist in %s, nicht in Brand", "falscher Ort, es ist %s", "wir treffen uns in %s",
		"Korrektur: %s", "lieber in %s", "der Ort ist %s", "in %s und nicht in Brand"}
)

// styles are ways of typing the same.
var styles = []func(string) string{
	func(s string) string { return s },
	strings.ToLower,
	func(s string) string { return s + "!" },
	func(s string) string { return "Hallo, " + s },
	func(s string) string { return s + ", danke" },
}

type correction struct{ say, start, end, place, count string }

func corrections() []correction {
	var out []correction
	for _, say := range sayDay {
		for new, date := range map[string]string{"Sonntag": "29.11.", "Freitag": "27.11.", "5.12.": "05.12.", "6. Dezember": "06.12."} {
			s := strings.NewReplacer("%s", new, "%o", "Samstag").Replace(say)
			if strings.Contains(new, ".") {
				s = strings.NewReplacer("nein, 5", "nein, am 5", "nein, 6", "nein, am 6", "nee ", "nee am ", "doch 5", "doch am 5", "doch 6", "doch am 6", "sondern ", "sondern am ", "auf ", "auf den ", "ist 5", "ist der 5", "ist 6", "ist der 6",
					"meinte ", "meinte den ", "wir 5", "wir den 5", "wir 6", "wir den 6").Replace(s)
			}
			out = append(out, correction{s, date + " 14:00", date + " 18:00", "Brand", "5"})
		}
	}
	for _, say := range sayCount {
		for new, n := range map[string]string{"6": "6", "acht": "8", "12": "12", "zwei": "2", "3": "3"} {
			out = append(out, correction{strings.ReplaceAll(say, "%s", new), "28.11. 14:00", "28.11. 18:00", "Brand", n})
		}
	}
	for _, say := range sayHours {
		for new, h := range map[string][2]string{"15 bis 19 Uhr": {"15:00", "19:00"}, "9-12 Uhr": {"09:00", "12:00"}, "10 Uhr bis 14:30 Uhr": {"10:00", "14:30"}} {
			out = append(out, correction{strings.ReplaceAll(say, "%s", new), "28.11. " + h[0], "28.11. " + h[1], "Brand", "5"})
		}
	}
	for _, say := range sayPlace {
		for _, new := range []string{"Eilendorf", "Stolberg", "Würselen", "Jülich"} {
			out = append(out, correction{strings.ReplaceAll(say, "%s", new), "28.11. 14:00", "28.11. 18:00", new, "5"})
		}
	}
	for _, say := range []string{"no, %s", "sorry, %s", "it's %s", "make it %s", "%s instead", "not Saturday but %s", "on %s please", "actually %s", "I meant %s", "let's do %s"} {
		out = append(out, correction{strings.ReplaceAll(say, "%s", "Sunday"), "29.11. 14:00", "29.11. 18:00", "Brand", "5"})
	}
	for _, say := range []string{"no, %s", "make it %s", "%s people", "we need %s", "actually %s", "not 5 but %s", "only %s", "%s instead of 5", "better %s", "I meant %s people"} {
		out = append(out, correction{strings.ReplaceAll(say, "%s", "7"), "28.11. 14:00", "28.11. 18:00", "Brand", "7"})
	}
	for _, say := range []string{"no, in %s", "it's in %s", "not in Brand, in %s", "%s instead of Brand", "in %s please", "the place is %s"} {
		out = append(out, correction{strings.ReplaceAll(say, "%s", "Eilendorf"), "28.11. 14:00", "28.11. 18:00", "Eilendorf", "5"})
	}
	slices.SortFunc(out, func(a, b correction) int { return strings.Compare(a.say, b.say) })
	return out
}

func shownDraft(d Draft) string {
	n, place := "-", d.PlaceNamed
	if d.Helpers != nil {
		n = fmt.Sprint(*d.Helpers)
	}
	if d.Place != nil {
		if place = d.Place.District; place == "" {
			place, _, _ = strings.Cut(d.Place.Municipality, " (")
		}
	}
	show := func(m Moment) string {
		if m.IsZero() {
			return "-"
		}
		return m.T.Format("02.01. 15:04")
	}
	return show(d.Start) + " | " + show(d.End) + " | " + place + " | " + n
}

// TestCorrectionsInManyWords says each correction in many ways, to several drafts and as people type: what is named
// changes, everything else stays.
func TestCorrectionsInManyWords(t *testing.T) {
	r := newReader(t)
	now, front := wednesday(t), aachen(t, r)
	all, wrong := 0, map[string]int{}
	for _, text := range correctable {
		first := r.Read(Request{Text: text, Now: now, Front: front}).Draft
		if got := shownDraft(first); got != "28.11. 14:00 | 28.11. 18:00 | Brand | 5" {
			t.Fatalf("%q: %s", text, got)
		}
		for _, c := range corrections() {
			for i, style := range styles {
				base := first
				got := r.Read(Request{Text: style(c.say), Now: now, Front: front, Base: &base, Kind: Need}).Draft
				all++
				if want := c.start + " | " + c.end + " | " + c.place + " | " + c.count; shownDraft(got) != want {
					if wrong[c.say]++; wrong[c.say] == 1 {
						t.Logf("%q (style %d): %s", style(c.say), i, shownDraft(got))
					}
				}
			}
		}
	}
	bad := 0
	for _, n := range wrong {
		bad += n
	}
	share := 1 - float64(bad)/float64(all)
	t.Logf("%d of %d corrections right, %.1f %%", all-bad, all, 100*share)
	if share < 0.97 {
		t.Errorf("only %.1f %% of %d corrections are read right", 100*share, all)
	}
}

// TestConditionsInManyWords says the same conditions of a yes in many ways.
func TestConditionsInManyWords(t *testing.T) {
	r := newReader(t)
	now, front := wednesday(t), aachen(t, r)
	base := r.Read(Request{Text: correctable[0], Now: now, Front: front}).Draft
	yes := []string{"ja, ", "Ja ", "gern, ", "klar! ", "ich bin dabei, ", "ok, ", "na klar, ", "ich komme, "}
	tests := map[string]Condition{}
	at := func(h int) Moment { return Moment{T: time.Date(2026, 11, 28, h, 0, 0, 0, berlin(t))} }
	for _, say := range []string{"aber erst ab 16 Uhr", "kann aber erst um 16 Uhr", "allerdings erst ab 16", "ich kann ab 16 Uhr", "aber ich schaffe es erst gegen 16 Uhr", "nur ab 16 Uhr", "komme um 16 Uhr"} {
		tests[say] = Condition{Yes: true, From: at(16)}
	}
	for _, say := range []string{"aber nur bis 17 Uhr", "muss um 17 Uhr weg", "kann aber nur bis 17 Uhr bleiben", "bis 17 Uhr geht", "spätestens um 17 Uhr muss ich los"} {
		tests[say] = Condition{Yes: true, Until: at(17)}
	}
	for _, say := range []string{"aber nur von 15 bis 17 Uhr", "zwischen 15 und 17 Uhr"} {
		tests[say] = Condition{Yes: true, From: at(15), Until: at(17)}
	}
	for say, n := range map[string]int{"wir kommen zu dritt": 3, "zu zweit": 2, "ich bringe meinen Mann mit": 2, "wir sind 4": 4, "mit 2 Freunden": 3, "wir kommen mit 5 Leuten": 5, "+1": 2, "ich bringe noch zwei Leute mit": 3, "meine Frau kommt auch mit": 2} {
		tests[say] = Condition{Yes: true, Party: n}
	}
	all, bad := 0, 0
	for say, want := range tests {
		for _, lead := range yes {
			for _, style := range styles {
				text := style(lead + say)
				c := r.Read(Request{Text: text, Now: now, Front: front, Base: &base, Kind: Answer}).Condition
				all++
				c.Note = ""
				if c.Yes != want.Yes || c.No != want.No || c.Party != want.Party || !c.From.T.Equal(want.From.T) || !c.Until.T.Equal(want.Until.T) {
					if bad++; lead == yes[0] {
						t.Logf("%q: %+v", text, c)
					}
				}
			}
		}
	}
	t.Logf("%d of %d conditions right", all-bad, all)
	if float64(bad) > 0.03*float64(all) {
		t.Errorf("only %d of %d conditions are read right", all-bad, all)
	}
}
