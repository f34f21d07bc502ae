package understanding

import (
	"testing"
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

func newReader(t testing.TB) *Reader {
	t.Helper()
	g, err := places.Default()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(g)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func aachen(t testing.TB, r *Reader) matching.Place {
	t.Helper()
	found := r.gazetteer().Lookup("Aachen")
	if len(found) == 0 {
		t.Fatal("Aachen is not known")
	}
	return found[0]
}

// wednesday is the reference time of the tables below: 25 November 2026, 10:00.
func wednesday(t testing.TB) time.Time { return time.Date(2026, 11, 25, 10, 0, 0, 0, berlin(t)) }

func TestCorrectionsChangeWhatTheyName(t *testing.T) {
	r := newReader(t)
	now := wednesday(t)
	first := r.Read(Request{Text: "Wir suchen Sa 14-18 Uhr 5 Leute zum Aufbau beim Sommerfest in Brand, Führerschein wäre gut", Now: now, Front: aachen(t, r)})
	if first.Intent != Need || first.Draft.Start.T.Format(time.RFC3339) != "2026-11-28T14:00:00+01:00" || first.Draft.Helpers == nil || *first.Draft.Helpers != 5 {
		t.Fatalf("first reading: %+v", PredictionOf("", first))
	}
	tests := []struct {
		said, start, end, place string
		helpers                 int
		changed                 Field
	}{
		{"nein, Sonntag", "2026-11-29T14:00:00+01:00", "2026-11-29T18:00:00+01:00", "Brand", 5, FieldTime},
		{"doch erst am 5.12.", "2026-12-05T14:00:00+01:00", "2026-12-05T18:00:00+01:00", "Brand", 5, FieldTime},
		{"15 bis 19 Uhr", "2026-11-28T15:00:00+01:00", "2026-11-28T19:00:00+01:00", "Brand", 5, FieldTime},
		{"es sind doch 6", "2026-11-28T14:00:00+01:00", "2026-11-28T18:00:00+01:00", "Brand", 6, FieldHelpers},
		{"wir brauchen nur 4 Leute", "2026-11-28T14:00:00+01:00", "2026-11-28T18:00:00+01:00", "Brand", 4, FieldHelpers},
		{"nicht in Brand, in Eilendorf", "2026-11-28T14:00:00+01:00", "2026-11-28T18:00:00+01:00", "Eilendorf", 5, FieldPlace},
		{"6 statt 5", "2026-11-28T14:00:00+01:00", "2026-11-28T18:00:00+01:00", "Brand", 6, FieldHelpers},
	}
	for _, tt := range tests {
		d := first.Draft
		got := r.Read(Request{Text: tt.said, Now: now, Front: aachen(t, r), Base: &d})
		g := got.Draft
		if g.Start.T.Format(time.RFC3339) != tt.start || g.End.T.Format(time.RFC3339) != tt.end || g.PlaceNamed != tt.place && g.Place.District != tt.place || *g.Helpers != tt.helpers {
			t.Errorf("%q: %s – %s, %q, %d", tt.said, g.Start.T.Format(time.RFC3339), g.End.T.Format(time.RFC3339), g.PlaceNamed, *g.Helpers)
		}
		if len(got.Changed) != 1 || got.Changed[0] != tt.changed {
			t.Errorf("%q changed %v", tt.said, got.Changed)
		}
		if first.Draft.PlaceNamed != "Brand" || *first.Draft.Helpers != 5 {
			t.Fatalf("%q changed the draft it was given", tt.said)
		}
	}
}

func TestBareAnswersAreReadAsWhatWasAsked(t *testing.T) {
	r := newReader(t)
	front := aachen(t, r)
	read := func(f Field, text string) Reading {
		return r.Read(Request{Text: text, Now: wednesday(t), Front: front, Expect: f, Kind: Need})
	}
	for text, want := range map[string]int{"5": 5, "fünf": 5, "5-6": 6, "so zehn": 10, "zu dritt": 3, "2 Personen": 2} {
		if h := read(FieldHelpers, text).Draft.Helpers; h == nil || *h != want {
			t.Errorf("helpers %q: %v", text, h)
		}
	}
	if x := read(FieldHelpers, "ein paar"); x.Draft.Helpers != nil || len(x.Doubts) != 1 || x.Doubts[0].Kind != Vague {
		t.Errorf("a few: %+v", x.Doubts)
	}
	for text, want := range map[string]float64{"10 km": 10, "5": 5, "-1 km": -1, "5000 km": 5000, "2,5 km": 2.5} {
		x := read(FieldRadius, text)
		if x.Draft.Radius == nil || *x.Draft.Radius != want {
			t.Errorf("radius %q: %v", text, x.Draft.Radius)
		}
		if doubt := len(x.Doubts) > 0; doubt != (want < 0 || want > 200) {
			t.Errorf("radius %q: doubts %v", text, x.Doubts)
		}
	}
	for text, want := range map[string]string{"Samstag": "2026-11-28", "morgen": "2026-11-26", "sa": "2026-11-28", "Samstag 14 Uhr": "2026-11-28T14:00:00+01:00", "5.12. 9-12": "2026-12-05T09:00:00+01:00", "am 12. Dezember ab zehn": "2026-12-12T10:00:00+01:00"} {
		s := read(FieldTime, text).Draft.Start.text()
		if s == nil || *s != want {
			t.Errorf("time %q: %v", text, s)
		}
	}
	for _, text := range []string{"Brand", "in Brand", "brand", "Aachen-Brand"} {
		if p := read(FieldPlace, text).Draft.Place; p == nil || p.District != "Brand" {
			t.Errorf("place %q: %+v", text, p)
		}
	}
	if x := read(FieldPlace, "Xyzdorf"); x.Draft.Place != nil || len(x.Doubts) != 1 || x.Doubts[0].Kind != UnknownPlace {
		t.Errorf("unknown place: %+v", x)
	}
	if c := read(FieldCarrier, "wir sind der TV Brand e.V.").Draft.Carrier; c != "TV Brand e.V" && c != "TV Brand e.V." {
		t.Errorf("carrier %q", c)
	}
	sat := matching.SlotOf(time.Saturday, matching.Morning) | matching.SlotOf(time.Saturday, matching.Afternoon) | matching.SlotOf(time.Saturday, matching.Evening)
	if s := r.Read(Request{Text: "nur samstags", Now: wednesday(t), Expect: FieldSlots, Kind: Subscribe}).Draft.Slots; s != sat {
		t.Errorf("saturdays: %b", s)
	}
	var eve matching.Slots
	for d := time.Monday; d <= time.Friday; d++ {
		eve |= matching.SlotOf(d, matching.Evening)
	}
	if s := r.Read(Request{Text: "abends unter der Woche", Now: wednesday(t), Expect: FieldSlots, Kind: Subscribe}).Draft.Slots; s != eve {
		t.Errorf("evenings: %b, want %b", s, eve)
	}
}

func TestConditionsOfAnAnswer(t *testing.T) {
	r := newReader(t)
	base := Draft{Start: Moment{T: time.Date(2026, 11, 28, 14, 0, 0, 0, berlin(t))}}
	tests := []struct {
		said, from, until string
		yes, no           bool
		party             int
	}{
		{"ja, aber erst ab 16 Uhr", "2026-11-28T16:00:00+01:00", "", true, false, 0},
		{"wir kommen zu dritt", "", "", true, false, 3},
		{"gern, kann aber nur bis 17 Uhr", "", "2026-11-28T17:00:00+01:00", true, false, 0},
		{"leider nicht, bin krank", "", "", false, true, 0},
		{"Ja! Ich bringe meine Freundin mit", "", "", true, false, 2},
		{"yes but only from 4pm", "2026-11-28T16:00:00+01:00", "", true, false, 0},
		{"klar, muss aber um 17 Uhr weg", "", "2026-11-28T17:00:00+01:00", true, false, 0},
	}
	for _, tt := range tests {
		c := r.Read(Request{Text: tt.said, Now: wednesday(t), Base: &base, Kind: Answer}).Condition
		show := func(m Moment) string {
			if m.IsZero() {
				return ""
			}
			return m.T.Format(time.RFC3339)
		}
		if show(c.From) != tt.from || show(c.Until) != tt.until || c.Yes != tt.yes || c.No != tt.no || c.Party != tt.party {
			t.Errorf("%q: %+v", tt.said, c)
		}
	}
	if x := r.Read(Request{Text: "ja, aber erst ab 16 Uhr", Now: wednesday(t)}); x.Intent != Answer {
		t.Errorf("without a form: %s", x.Intent)
	}
}
