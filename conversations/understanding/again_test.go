package understanding

import (
	"strings"
	"testing"
)

func TestAChangeOfTheNumberIsReadAlone(t *testing.T) {
	for text, want := range map[string]Resize{
		"noch zwei mehr": {By: 2}, "Noch 2 mehr!": {By: 2}, "noch drei Leute": {By: 3}, "Wir brauchen noch fünf": {By: 5},
		"zwei mehr": {By: 2}, "bitte noch einen mehr": {By: 1}, "zwei weniger": {By: -2}, "noch 4 Helfer dazu": {By: 4},
		"es sind doch 6": {To: 6}, "Es sind doch sechs Leute.": {To: 6}, "wir brauchen doch nur 3": {To: 3}, "wir brauchen jetzt 12 Helfer": {To: 12},
		"two more": {By: 2}, "we need now five people": {To: 5},
	} {
		if got, ok := ReadResize(text); !ok || got != want {
			t.Errorf("%q: got %+v %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"Wir suchen Samstag noch 5 Leute zum Aufbau in Brand", "noch was mehr", "ja", "6", "", "es sind doch alle da", "noch keine Leute",
		"noch 99999999 mehr", "wir brauchen 6 Leute", strings.Repeat("noch zwei mehr ", 50), "noch 0 mehr", "-3 mehr Leute bitte nicht",
	} {
		if got, ok := ReadResize(text); ok {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

func TestTheWishForTheSameAgainKeepsWhatElseWasSaid(t *testing.T) {
	for text, want := range map[string]string{
		"wie letztes Mal": "", "Wie letztes Mal, aber Sonntag 10–14 Uhr": "Sonntag 10–14 Uhr", "nochmal wie letztes Mal, nur 4 Leute": "4 Leute",
		"Das Gleiche nochmal": "", "Bitte wieder wie beim letzten Mal": "", "same as last time": "", "genau wie letzte Woche, aber 6 Leute": "6 Leute",
		"nochmal dasselbe": "",
	} {
		if got, ok := ReadAgain(text); !ok || got != want {
			t.Errorf("%q: got %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"Wir suchen 5 Leute", "letztes Mal war schön", "", "wie geht das?"} {
		if _, ok := ReadAgain(text); ok {
			t.Errorf("%q was read as a wish for the same again", text)
		}
	}
}

func TestLabelledPartsLeaveTheText(t *testing.T) {
	text := "Wir suchen Samstag 3 Leute zum Aufbau in Brand.\nTreffpunkt: Schulhof, Eingang Nord\nHinweis: Handschuhe mitbringen. Kontakt: Frau Meier"
	labels, rest := ReadLabels(text)
	if rest != "Wir suchen Samstag 3 Leute zum Aufbau in Brand." {
		t.Errorf("rest %q", rest)
	}
	if labels[LabelAddress] != "Schulhof, Eingang Nord" || labels[LabelPrivate] != "Handschuhe mitbringen." || labels[LabelContact] != "Frau Meier" {
		t.Errorf("labels %q", labels)
	}
	labels, rest = ReadLabels("Aufbau in Brand. Treffpunkt: Trierer Str. 5, Tor 2")
	if labels[LabelAddress] != "Trierer Str. 5, Tor 2" || rest != "Aufbau in Brand." {
		t.Errorf("%q %q", labels, rest)
	}
	if labels, rest = ReadLabels("Achtung: am Treffpunkt wird es voll"); len(labels) > 0 || rest == "" {
		t.Errorf("%q %q", labels, rest)
	}
}

func TestNamesThatLookTheSameAreTheSame(t *testing.T) {
	for _, p := range [][2]string{
		{"TV Brand", "tv brand e.V."}, {"TV Brand", "ТV Brаnd"}, {"Turnverein Brand e. V.", "Der Turnverein Brand"}, {"Haus Müller gGmbH", "Haus Mueller"},
		{"T V Brand", "TV-Brand"}, {"TV Brand e.V", "TV Brand"}, {"TV Brand EV", "TV Brand"},
	} {
		if !SameName(p[0], p[1]) {
			t.Errorf("%q and %q", p[0], p[1])
		}
	}
	for _, p := range [][2]string{
		{"TV Brand", "TV Brand 1908 Jugend"}, {"", ""}, {"!!!", "???"}, {"Українська громада", "TV Brand"}, {"Stiftung", "GmbH"}, {"德中友好协会", "德中协会"},
	} {
		if SameName(p[0], p[1]) {
			t.Errorf("%q and %q are taken for the same", p[0], p[1])
		}
	}
}

func FuzzShortReadings(f *testing.F) {
	for _, s := range []string{"noch zwei mehr", "wie letztes Mal, aber Sonntag", "Treffpunkt: hier. Kontakt: da", "Treffpunkt: Treffpunkt: x", "a.\nHinweis: \xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, ok := ReadResize(s); ok && (r.By == 0) == (r.To == 0) {
			t.Errorf("%q: %+v", s, r)
		}
		if rest, ok := ReadAgain(s); ok && len(rest) >= len(s) {
			t.Errorf("%q: rest %q", s, rest)
		}
		labels, rest := ReadLabels(s)
		for _, v := range labels {
			if v == "" {
				t.Errorf("%q: an empty label", s)
			}
		}
		if more, _ := ReadLabels(rest); len(more) > 0 && len(labels) > 0 && len(rest) >= len(s) {
			t.Errorf("%q: labels stay in %q", s, rest)
		}
		SameName(s, rest)
	})
}
