package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/transcript"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// say lets people say things one after the other: "anna: ja".
func (w *world) say(lines ...string) {
	w.t.Helper()
	for _, l := range lines {
		who, text, _ := strings.Cut(l, ": ")
		if err := w.Say(w.t.Context(), who, text); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) view(look func(context.Context, *storage.Tx) error) {
	w.t.Helper()
	if err := w.store.View(w.t.Context(), look); err != nil {
		w.t.Fatal(err)
	}
}

func at(who string) channels.Address { return channels.Address{Channel: "test", Account: "a", ID: who} }

func (w *world) personOf(who string) (id string) {
	w.t.Helper()
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.Addresses.Owner(ctx, at(who))
		id = r.Person
		return err
	})
	return id
}

// lastTo is what somebody heard last, "" if nothing.
func lastTo(heard []transcript.Heard, who string) string {
	for i := len(heard) - 1; i >= 0; i-- {
		if heard[i].Who == who {
			return heard[i].Text
		}
	}
	return ""
}

// exchanged is a world in which Anna has done everything one can do.
func exchanged(t *testing.T) *world {
	w := newWorld(t, false)
	w.say("anna: ich möchte helfen", "anna: Brand", "ben: ich möchte helfen", "ben: Aachen",
		"vera: Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "vera: Verein, TV Brand", "vera: ja",
		"anna: ja, aber erst ab 16 Uhr", "anna: Ja, so ausrichten",
		"anna: Ich suche Sonntag 10–12 Uhr 2 Leute zum Streichen in Brand", "anna: ja",
		"anna: Wir suchen Samstag 10–12 Uhr 2 Leute zum Kuchenverkauf in Brand", "anna: Ändern", "anna: Für wen", "anna: Initiative, Kuchenfreunde", "anna: ja")
	return w
}

func TestAnExportHoldsEverythingAboutAPersonAndNothingElse(t *testing.T) {
	w := exchanged(t)
	w.say("anna: /export")
	var files []channels.FileInfo
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		ds, err := tx.Sent.OfPerson(ctx, w.personOf("anna"))
		for _, d := range ds {
			if len(d.Reply.Files) > 0 {
				files = d.Reply.Files
				if d.To != at("anna") {
					t.Errorf("sent to %v", d.To)
				}
			}
		}
		return err
	})
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	var e flows.Everything
	if err := json.Unmarshal(files[1].Data, &e); err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string]int{
		"addresses": len(e.Addresses), "consents": len(e.Consents), "subscriptions": len(e.Subscriptions), "answers": len(e.Answers),
		"alerts": len(e.Alerts), "postings": len(e.Postings), "memberships": len(e.Memberships), "sent": len(e.Sent),
	} {
		if n == 0 {
			t.Errorf("no %s in the export", what)
		}
	}
	text := string(files[0].Data)
	for _, want := range []string{"Anna", "anna", "Aachen-Brand", "Streichen", "Kuchenfreunde", "erst ab 16 Uhr", "Aufbau"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	for _, other := range []string{w.personOf("ben"), w.personOf("vera")} {
		if strings.Contains(text+string(files[1].Data), other) {
			t.Errorf("somebody else's id %s is in the export", other)
		}
	}
	if strings.Contains(text, "export.") || strings.Contains(text, "<no value>") {
		t.Errorf("words are missing in\n%s", text)
	}
}

func TestNothingIsLeftOfWhoeverIsErased(t *testing.T) {
	w := exchanged(t)
	id := w.personOf("anna")
	w.say("anna: ich biete samstags meinen Transporter an", "anna: /löschen", "anna: Ja, alles löschen")
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.People.Person(ctx, id); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("person: %v", err)
		}
		if s, err := tx.Conversations.Load(ctx, at("anna")); err != nil || len(s.Frames) > 0 {
			t.Errorf("an open thread is left: %v %v", s, err)
		}
		if subs, err := tx.Subscriptions.OfSubscriber(ctx, id); err != nil || len(subs) > 0 {
			t.Errorf("subscriptions: %v %v", subs, err)
		}
		if as, err := tx.Answers.OfAnswerer(ctx, id); err != nil || len(as) > 0 {
			t.Errorf("answers: %v %v", as, err)
		}
		if ds, err := tx.Sent.OfPerson(ctx, id); err != nil || len(ds) > 0 {
			t.Errorf("deliveries: %v %v", ds, err)
		}
		if shown, err := tx.Shown.Latest(ctx, at("anna"), 9); err != nil || len(shown) > 0 {
			t.Errorf("choices: %v %v", shown, err)
		}
		if ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: id}); err != nil || len(ps) > 0 {
			t.Errorf("postings: %v %v", ps, err)
		}
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Front: "aachen"})
		for _, p := range ps {
			if p.State != matching.Withdrawn && p.Carrier != "TV Brand" {
				t.Errorf("%s is still %s", p.Title, p.State)
			}
		}
		erased, err2 := tx.Addresses.Erased(ctx, at("anna"))
		if !erased {
			t.Error("no tombstone")
		}
		return errors.Join(err, err2)
	})
	heard, _ := w.Heard(t.Context())
	if got := lastTo(heard, "anna"); !strings.Contains(got, "Alles ist gelöscht") {
		t.Errorf("the last words were %q", got)
	}
	if got := lastTo(heard, "vera"); !strings.Contains(got, "Anna kann leider doch nicht") {
		t.Errorf("Vera heard %q", got)
	}
	w.say("anna: hallo")
	if again := w.personOf("anna"); again == id {
		t.Error("the same person is back")
	}
}

func TestNobodyIsErasedByAMessageThatOnlyClaimsToBeTheirs(t *testing.T) {
	w := exchanged(t)
	w.say("anna: /löschen")
	m := w.message("anna")
	m.Text, m.Trust = "ja", channels.Untrusted
	if err := w.hear(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	heard, _ := w.Heard(t.Context())
	if got := lastTo(heard, "anna"); strings.Contains(got, "gelöscht") || got == "" {
		t.Errorf("answered %q", got)
	}
	w.personOf("anna") // still known
}

// TestWhoeverComesBackWithABackupIsErasedAgain restores a person as an old backup would, beside the tombstone.
func TestWhoeverComesBackWithABackupIsErasedAgain(t *testing.T) {
	w := exchanged(t)
	ctx := t.Context()
	w.say("anna: /löschen", "anna: ja", "ben: /löschen", "ben: ja", "ben: hallo")
	err := w.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		p := storage.Person{Front: "aachen", Name: "Anna", Created: w.now.Add(-time.Hour), Active: w.now}
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: at("anna"), Person: p.ID, Front: "aachen",
			State: storage.AddressOpen, Created: w.now.Add(-time.Hour)})
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Heard(ctx)
	if err := w.Wait(ctx, w.now.Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.Addresses.Owner(ctx, at("anna")); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("Anna is still known: %v", err)
		}
		_, err := tx.Addresses.Owner(ctx, at("ben")) // who wrote again after being erased stays
		return err
	})
	if heard, _ := w.Heard(ctx); lastTo(heard, "anna") != "" {
		t.Errorf("Anna was told %v", heard)
	}
}
