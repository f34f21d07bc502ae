package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// leoOfBoth is Leo, who chats and mails, promised to help, and is told of it in the chat.
func leoOfBoth(t *testing.T) *twoNets {
	w := newTwoNets(t)
	w.say("leo: ich möchte helfen", "leo: Brand",
		"vera: Wir suchen Samstag 14–18 Uhr 2 Leute zum Aufbau in Brand", "vera: Verein, TV Brand", "vera: ja",
		"leo: ich komme", "leo: /verbinden", "leo@post.example: {code}", "leo: ja")
	if a, b := w.personOf("leo"), w.personOf("leo@post.example"); a != b {
		t.Fatal("Leo is two persons")
	}
	if _, err := w.Heard(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWhatMustArriveGoesToTheOtherAddress(t *testing.T) {
	w := leoOfBoth(t)
	w.now = w.now.Add(10 * time.Minute)
	w.say("leo: hallo") // the chat is where he wrote last
	w.gone = true
	w.say("vera: /meine", "vera: 1", "vera: Zurückziehen", "vera: ja")
	heard, _ := w.Heard(t.Context())
	if said := lastTo(heard, "leo@post.example"); !strings.Contains(said, "Aufbau") {
		t.Errorf("Leo was not told by mail: %q in %v", said, heard)
	}
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.Addresses.Owner(ctx, at("leo"))
		if r.State != storage.AddressClosed {
			t.Errorf("the chat is %s", r.State)
		}
		return err
	})
}

func TestAlertsDoNotFollowToAnAddressThatAgreedToNone(t *testing.T) {
	w := leoOfBoth(t)
	w.gone = true
	w.now = w.now.Add(48 * time.Hour)
	w.say("vera: Wir suchen Freitag 14–18 Uhr 2 Leute zum Abbau in Brand", "vera: ja")
	if err := w.Wait(t.Context(), w.now.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	heard, _ := w.Heard(t.Context())
	for _, h := range heard {
		if h.Who == "leo@post.example" && strings.Contains(h.Text, "Abbau") {
			t.Errorf("an alert went by mail: %s", h.Text)
		}
	}
}

// Codes cannot be tried at will, and the count outlives the process.
func TestCodesCannotBeGuessedAtWill(t *testing.T) {
	w := newTwoNets(t)
	w.say("anna: /verbinden")
	good := w.net.code
	for range 10 {
		w.say("mallory: /verbinden ABCD-2345")
	}
	_, _ = w.Heard(t.Context())
	w.say("mallory: /verbinden " + good)
	heard, _ := w.Heard(t.Context())
	if len(heard) != 1 || !strings.Contains(heard[0].Text, "Morgen geht es weiter") {
		t.Errorf("the eleventh code was tried: %v", heard)
	}
	if w.personOf("mallory") == w.personOf("anna") {
		t.Error("Mallory is Anna")
	}
	w.now = w.now.Add(25 * time.Hour)
	w.say("mallory: /verbinden " + good)
	if heard, _ = w.Heard(t.Context()); !strings.Contains(lastTo(heard, "mallory"), "gilt nicht") {
		t.Errorf("a code of yesterday was taken: %v", heard)
	}
}

// A button that asks whether an address is mine works for nobody else, and once.
func TestTheQuestionWhoseAddressItIsIsAskedOnce(t *testing.T) {
	w := newTwoNets(t)
	w.say("anna: ich möchte helfen", "anna: Brand", "anna: /verbinden", "mallory: /verbinden {code}")
	yes := w.net.last["anna"][0]
	for _, who := range []string{"mallory", "eve"} {
		if err := w.write(t.Context(), who, func(m *channels.Message) { m.Kind, m.Handle = channels.Press, yes.Key }); err != nil {
			t.Fatal(err)
		}
	}
	if w.personOf("mallory") == w.personOf("anna") {
		t.Fatal("Mallory confirmed for Anna")
	}
	w.say("anna: nein")
	if err := w.write(t.Context(), "anna", func(m *channels.Message) { m.Kind, m.Handle = channels.Press, yes.Key }); err != nil {
		t.Fatal(err)
	}
	if w.personOf("mallory") == w.personOf("anna") {
		t.Error("a no was turned into a yes by the old button")
	}
}

// What is stricter on one side holds on both.
func TestTheStricterWishHoldsForBoth(t *testing.T) {
	w := newTwoNets(t)
	w.say("anna: ich möchte helfen", "anna: Brand", "anna: Ruhe von 22 bis 7 Uhr", "anna: höchstens 1 pro Woche",
		"anna@post.example: Ich möchte in Walheim helfen, egal was, sag mir Bescheid", "anna@post.example: nicht vor 9 Uhr", "anna@post.example: stopp",
		"anna: /verbinden", "anna@post.example: {code}", "anna@post.example: ja", "anna: ja")
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		p, err := tx.People.Person(ctx, w.personOf("anna"))
		if err != nil {
			return err
		}
		if !p.Stopped || p.PerWeek != 1 || p.QuietFrom != 21*60 || p.QuietTo != 9*60 {
			t.Errorf("stopped %v, %d a week, quiet from %d to %d", p.Stopped, p.PerWeek, p.QuietFrom, p.QuietTo)
		}
		subs, err := tx.Subscriptions.OfSubscriber(ctx, p.ID)
		if len(subs) != 2 {
			t.Errorf("%d subscriptions", len(subs))
		}
		for _, s := range subs {
			if !s.Stopped || s.PerWeek != 1 {
				t.Errorf("subscription %+v", s)
			}
		}
		return err
	})
}
