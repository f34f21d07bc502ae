package bot_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// kept is what the store has of somebody.
func (w *world) kept(who string) (p storage.Person, subs []matching.Subscription) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, channels.Address{Channel: "test", Account: "a", ID: who})
		if err != nil {
			return err
		}
		if p, err = tx.People.Person(ctx, rec.Person); err != nil {
			return err
		}
		subs, err = tx.Subscriptions.OfSubscriber(ctx, rec.Person)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return p, subs
}

// One message changes what it says, for good, and nothing else; what is not possible changes nothing.
func TestOneMessageChangesWhatItSays(t *testing.T) {
	saturday := matching.SlotOf(time.Saturday, matching.Morning) | matching.SlotOf(time.Saturday, matching.Afternoon) | matching.SlotOf(time.Saturday, matching.Evening)
	march := time.Date(2027, 3, 1, 0, 0, 0, 0, berlin())
	for _, c := range []struct {
		said string
		want func(p *storage.Person, s *matching.Subscription)
	}{
		{"Radius 5 km", func(_ *storage.Person, s *matching.Subscription) { s.Radius = 5 }},
		{"nur samstags", func(_ *storage.Person, s *matching.Subscription) { s.Slots = saturday }},
		{"nicht samstags", func(_ *storage.Person, s *matching.Subscription) { s.Slots = matching.AllSlots &^ saturday }},
		{"bitte nur täglich", func(_ *storage.Person, s *matching.Subscription) { s.Cadence = matching.Daily }},
		{"auch Angebote", func(_ *storage.Person, s *matching.Subscription) { s.Kinds = matching.Kinds }},
		{"nur barrierefrei", func(_ *storage.Person, s *matching.Subscription) { s.StepFree = true }},
		{"höchstens 1 pro Woche", func(p *storage.Person, s *matching.Subscription) { p.PerWeek, s.PerWeek = 1, 1 }},
		{"höchstens zweimal am Tag", func(p *storage.Person, s *matching.Subscription) { p.PerDay, s.PerDay = 2, 2 }},
		{"nicht vor 9 Uhr", func(p *storage.Person, _ *matching.Subscription) { p.QuietFrom, p.QuietTo = 21*60, 9*60 }},
		{"Ruhe von 22 bis 7 Uhr", func(p *storage.Person, _ *matching.Subscription) { p.QuietFrom, p.QuietTo = 22*60, 7*60 }},
		{"pausier bis 1.3.", func(p *storage.Person, _ *matching.Subscription) { p.PausedUntil = march }},
		{"auf Englisch bitte", func(p *storage.Person, _ *matching.Subscription) { p.Lang = "en" }},
		{"sag Sie zu mir", func(p *storage.Person, _ *matching.Subscription) { p.Register = "sie" }},
		{"in leichter Sprache", func(p *storage.Person, _ *matching.Subscription) { p.Register = "leicht" }},
		{"mein Name ist Jo", func(p *storage.Person, _ *matching.Subscription) { p.Name = "Jo" }},
		{"ich bin 17", func(p *storage.Person, s *matching.Subscription) { p.Age, s.Age = 17, 17 }},
		{"ich habe einen Führerschein", func(p *storage.Person, s *matching.Subscription) {
			p.Qualifications = []matching.Qualification{matching.DrivingLicenceB}
			s.Qualifications = p.Qualifications
		}},
		{"Radius -1", nil}, {"Radius 5.000 km", nil}, {"höchstens 0 pro Woche", nil}, {"nicht vor 99 Uhr", nil}, {"Ruhe von 9 bis 9 Uhr", nil},
		{"ruhe von 9 bis 8:30 uhr", nil}, {"Pause bis 31.2.", nil}, {"Pause bis 1.3.2020", nil}, {"ich bin 300", nil}, {"auf Türkisch bitte", nil},
	} {
		t.Run(c.said, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false)
			if err := w.Say(t.Context(), "mia", "sag mir Bescheid, wenn in Brand was los ist"); err != nil {
				t.Fatal(err)
			}
			p, subs := w.kept("mia")
			if err := w.Say(t.Context(), "mia", c.said); err != nil {
				t.Fatal(err)
			}
			s := subs[0]
			if c.want != nil {
				c.want(&p, &s)
			}
			gotP, got := w.kept("mia")
			g := got[0]
			if len(got) != 1 || g.Radius != s.Radius || g.Slots != s.Slots || g.Cadence != s.Cadence || g.StepFree != s.StepFree || g.Age != s.Age ||
				g.PerWeek != s.PerWeek || g.PerDay != s.PerDay || !slices.Equal(g.Kinds, s.Kinds) || !slices.Equal(g.Qualifications, s.Qualifications) ||
				g.Place != s.Place || g.Stopped {
				t.Errorf("the subscription is %+v, want %+v", g, s)
			}
			if gotP.Name != p.Name || gotP.Age != p.Age || gotP.Lang != p.Lang || gotP.Register != p.Register || gotP.PerWeek != p.PerWeek ||
				gotP.PerDay != p.PerDay || gotP.QuietFrom != p.QuietFrom || gotP.QuietTo != p.QuietTo || !gotP.PausedUntil.Equal(p.PausedUntil) ||
				!slices.Equal(gotP.Qualifications, p.Qualifications) {
				t.Errorf("the person is %+v, want %+v", gotP, p)
			}
		})
	}
}

// The network guesses a language; the front's own is one tap away.
func TestWhoeverIsGreetedInAnotherLanguageIsOfferedTheFronts(t *testing.T) {
	w := newWorld(t, false)
	m := w.message("olena")
	m.Lang, m.Text = "en-GB", "/start"
	if err := w.hear(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	heard, err := w.Heard(t.Context())
	if err != nil || len(heard) != 1 || len(heard[0].Choices) == 0 {
		t.Fatalf("%v %v", heard, err)
	}
	last := heard[0].Choices[len(heard[0].Choices)-1]
	if last != "Weiter auf Deutsch" {
		t.Fatalf("offered %q", heard[0].Choices)
	}
	if err := w.Press(t.Context(), "olena", last); err != nil {
		t.Fatal(err)
	}
	if p, _ := w.kept("olena"); p.Lang != "de" {
		t.Errorf("spoken to in %q", p.Lang)
	}
}
