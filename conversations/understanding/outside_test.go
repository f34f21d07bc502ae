package understanding

import "testing"

func TestReadOutside(t *testing.T) {
	for text, want := range map[string]Outside{
		"noch zwei haben am Telefon zugesagt":      {By: 2},
		"Noch 3 Leute haben sich gemeldet":         {By: 3},
		"einer hat telefonisch zugesagt":           {By: 1},
		"two have said yes on the phone":           {By: 2},
		"another two people have signed up":        {By: 2},
		"nur noch 2 frei":                          {Free: 2, Left: true},
		"Es sind nur noch zwei Plätze frei":        {Free: 2, Left: true},
		"noch ein Platz frei":                      {Free: 1, Left: true},
		"only 2 places left":                       {Free: 2, Left: true},
		"wir sind voll":                            {Left: true},
		"Sind voll!":                               {Left: true},
		"alle Plätze vergeben":                     {Left: true},
		"we are full":                              {Left: true},
		"zwei von denen am Telefon haben abgesagt": {By: -2},
	} {
		if got, ok := ReadOutside(text); !ok || got != want {
			t.Errorf("%q: %+v %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "noch zwei mehr", "Wir suchen noch zwei Leute am Samstag in Brand", "ich bin voll dabei", "voll gut", "haben", "frei", "hat jemand zugesagt?", "noch"} {
		if got, ok := ReadOutside(text); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestReadToAll(t *testing.T) {
	for text, want := range map[string]string{
		"an alle: Bitte kommt über den Hof": "Bitte kommt über den Hof", "An alle – es regnet": "es regnet", "to everyone: bring gloves": "bring gloves",
		"Nachricht an alle: Danke!": "Danke!", "an alle:": "",
	} {
		if got, ok := ReadToAll(text); !ok || got != want {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
	for _, text := range []string{"an alle Termine", "alle: ja", "Wer schreibt an alle", ""} {
		if got, ok := ReadToAll(text); ok {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestReadAbsenceAndDropped(t *testing.T) {
	for _, text := range []string{"am Samstag kann ich doch nicht", "nächsten Dienstag kann ich nicht", "im August bin ich weg", "am 1.12. bin ich im Urlaub", "Ich falle am Dienstag aus", "Dienstag schaffe ich es leider nicht", "I can't on Tuesday"} {
		if !ReadAbsence(text) {
			t.Errorf("%q is no absence", text)
		}
	}
	for _, text := range []string{"am 1.12. fällt es aus", "nächsten Dienstag findet es nicht statt", "der Termin am Samstag ist abgesagt", "Tuesday is cancelled"} {
		if !ReadDropped(text) {
			t.Errorf("%q does not fall out", text)
		}
	}
	for _, text := range []string{"am Samstag komme ich", "ich möchte helfen", "Wir suchen 3 Leute"} {
		if ReadAbsence(text) || ReadDropped(text) {
			t.Errorf("%q is taken for a no", text)
		}
	}
}
