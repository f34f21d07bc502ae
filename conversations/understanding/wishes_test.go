package understanding_test

import (
	"encoding/json"
	"testing"
	"time"

	"ehrenamt/conversations/understanding"
)

// wishesNow is a Monday.
func wishesNow() time.Time {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 11, 23, 10, 0, 0, 0, z)
}

func TestWishesAreRead(t *testing.T) {
	for _, c := range []struct{ said, want string }{
		{"Radius 10 km", `{"radius":10,"whole":true}`},
		{"bitte nur bis 5 km", `{"radius":5,"whole":true}`},
		{"Umkreis auf 2,5 Kilometer", `{"radius":2.5,"whole":true}`},
		{"Umkreis 7", `{"radius":7,"whole":true}`},
		{"Radius 5 km, und nur am Wochenende", `{"radius":5,"slots":124780544,"whole":true}`},
		{"Radius −1", `{"bad":[{"field":"radius","kind":"out_of_range","text":"-1 km"}],"whole":true}`},
		{"Radius 5.000 km", `{"bad":[{"field":"radius","kind":"out_of_range","text":"5000 km"}],"whole":true}`},
		{"5000 km", `{"bad":[{"field":"radius","kind":"out_of_range","text":"5000 km"}],"whole":true}`},
		{"0 km", `{"bad":[{"field":"radius","kind":"out_of_range","text":"0 km"}],"whole":true}`},
		{"nur samstags", `{"slots":7340032,"whole":true}`},
		{"only Saturdays", `{"slots":7340032,"whole":true}`},
		{"samstags und sonntags", `{"slots":124780544,"whole":true}`},
		{"nur am Wochenende", `{"slots":124780544,"whole":true}`},
		{"mo-fr abends", `{"slots":279620,"whole":true}`},
		{"nicht sonntags", `{"not_slots":117440512,"whole":true}`},
		{"immer samstags", `{"slots":7340032,"whole":true}`},
		{"jederzeit", `{"any_time":true,"whole":true}`},
		{"Samstag 14 Uhr Aufbau", `{"rest":"samstag 14 uhr aufbau"}`},
		{"täglich reicht", `{"cadence":"daily","whole":true}`},
		{"bitte nur wöchentlich", `{"cadence":"weekly","whole":true}`},
		{"höchstens 1 pro Woche", `{"per_week":1,"whole":true}`},
		{"nicht mehr als zweimal am Tag", `{"per_day":2,"whole":true}`},
		{"höchstens 0 pro Woche", `{"bad":[{"field":"budget","kind":"out_of_range","text":"0"}],"whole":true}`},
		{"nicht vor 9 Uhr", `{"quiet_to":540,"whole":true}`},
		{"bitte nicht nach 20:30 Uhr", `{"quiet_from":1230,"whole":true}`},
		{"Ruhe von 22 bis 7 Uhr", `{"quiet_from":1320,"quiet_to":420,"whole":true}`},
		{"nicht vor 99 Uhr", `{"bad":[{"field":"quiet","kind":"out_of_range","text":"nicht vor 99 uhr"}],"whole":true}`},
		{"pausier bis 1.3.", `{"pause_until":"2027-03-01T00:00:00+01:00","whole":true}`},
		{"Pause bis 24.12.", `{"pause_until":"2026-12-24T00:00:00+01:00","whole":true}`},
		{"Pause bis Freitag bitte", `{"pause_until":"2026-11-27T00:00:00+01:00","whole":true}`},
		{"mach mal Pause für zwei Wochen", `{"pause_until":"2026-12-07T00:00:00+01:00","whole":true}`},
		{"pausiere bis Ende Januar", `{"pause_until":"2027-02-01T00:00:00+01:00","whole":true}`},
		{"Pause bis 31.2.", `{"bad":[{"field":"pause","kind":"no_such_day","text":"31.2."}],"whole":true}`},
		{"Pause bis 1.3.2020", `{"bad":[{"field":"pause","kind":"in_the_past","text":"1.3.2020"}],"whole":true}`},
		{"Pause", `{"pause":true,"whole":true}`},
		{"Pause beenden", `{"resume":true,"whole":true}`},
		{"auf Englisch bitte", `{"lang":"en","whole":true}`},
		{"English please", `{"lang":"en","whole":true}`},
		{"sag Sie zu mir", `{"register":"sie","whole":true}`},
		{"Bitte duzen Sie mich", `{"register":"du","whole":true}`},
		{"in leichter Sprache", `{"register":"leicht","whole":true}`},
		{"mein Name ist Jo", `{"name":"Jo","whole":true}`},
		{"ich heiße Çağla-Nur und bin 17", `{"name":"Çağla-Nur","age":17,"whole":true}`},
		{"ich bin 17", `{"age":17,"whole":true}`},
		{"Ich bin 17 Jahre alt.", `{"age":17,"whole":true}`},
		{"ich bin 300", `{"bad":[{"field":"age","kind":"out_of_range","text":"300"}],"whole":true}`},
		{"ich habe einen Führerschein", `{"can":["driving_licence_b"],"whole":true}`},
		{"Ich habe keinen Führerschein", `{"cannot":["driving_licence_b"],"whole":true}`},
		{"ich spreche Türkisch und Englisch", `{"can":["language_tr","language_en"],"whole":true}`},
		{"auch Angebote", `{"kinds":["need","offer"],"whole":true}`},
		{"nur barrierefrei", `{"step_free":true,"whole":true}`},
		{"wieder von TV Brand", `{"again":"tv brand","whole":true}`},
		{"keine Kinder", `{"topics":"without","rest":"kinder"}`},
		{"auch Tiere", `{"topics":"too","rest":"tiere"}`},
		{"Radius 5 km und nur samstags", `{"radius":5,"slots":7340032,"whole":true}`},
		{"sag mir Bescheid wenn samstags in 52066 was mit Kindern ist, max 5 km", `{"radius":5,"slots":7340032,"rest":"sag bescheid wenn in 52066 was kindern"}`},
	} {
		t.Run(c.said, func(t *testing.T) {
			w := understanding.ReadWishes(c.said, wishesNow())
			got, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// What is no wish must not be taken for one, at least not as a whole.
func TestOtherSentencesAreNoWishes(t *testing.T) {
	for _, said := range []string{
		"Wir suchen Samstag 14–18 Uhr 5 Leute zum Aufbau in Brand", "ja, aber erst ab 16 Uhr", "ich komme mit 2 Leuten", "Danke!", "ja", "2",
		"ich bin dabei", "Ich biete Deutsch für Anfänger", "Sonntag", "nein, Sonntag", "wir sind 17", "Führerschein wäre gut", "am Samstag von 10 bis 12",
		"Wenden Sie sich an mich", "in Brand", "52066", "es sind doch 6", "egal", "",
	} {
		if w := understanding.ReadWishes(said, wishesNow()); w.Whole {
			t.Errorf("%q is taken for %+v", said, w)
		}
	}
}

func FuzzWishes(f *testing.F) {
	for _, s := range []string{"Radius 10 km", "pausier bis 31.2.", "nicht vor 9:75 Uhr", "mo-fr bis so abends", "ich heiße \xff", "Pause für 99999 Wochen"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := understanding.ReadWishes(s, wishesNow())
		if w.Radius != nil && (*w.Radius < 1 || *w.Radius > 200) {
			t.Errorf("radius %v", *w.Radius)
		}
		if !w.PauseUntil.IsZero() && !w.PauseUntil.After(wishesNow()) {
			t.Errorf("pause until %v", w.PauseUntil)
		}
		if w.Age != nil && (*w.Age < understanding.MinAge || *w.Age > understanding.MaxAge) {
			t.Errorf("age %d", *w.Age)
		}
		for _, q := range []*int{w.QuietFrom, w.QuietTo} {
			if q != nil && (*q < 0 || *q >= 24*60) {
				t.Errorf("quiet %d", *q)
			}
		}
	})
}
