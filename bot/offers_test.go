package bot_test

import (
	"context"
	"strings"
	"testing"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

// subscribe stores a subscription of somebody who has written before.
func (w *world) subscribe(who string, kinds ...matching.Kind) {
	w.t.Helper()
	w.play(who, "/hilfe")
	err := w.store.Update(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, address(who))
		if err != nil {
			return err
		}
		s := matching.Subscription{Person: rec.Person, Front: "aachen", Place: aachen(w.t), Radius: 20, Kinds: kinds, Cadence: matching.AtOnce}
		return tx.Subscriptions.SaveSubscription(ctx, &s, w.now)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestOffersAreToldToThoseWhoWantOffersAndTheOneWhoOffersDecides(t *testing.T) {
	w := newWorld(t, false)
	w.subscribe("anna", matching.Need)
	w.subscribe("ben", matching.Offer)
	w.subscribe("chris", matching.Need, matching.Offer)
	if _, err := w.Heard(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.play("firma", "Wir verleihen am Samstag 10–16 Uhr unseren Transporter in Brand", "Firma, Müller Umzüge", "ja")
	said, err := w.Heard(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, h := range said {
		told[h.Who] += h.Text
	}
	if told["anna"] != "" {
		t.Errorf("somebody who wants needs alone was told: %s", told["anna"])
	}
	for _, who := range []string{"ben", "chris"} {
		if !strings.Contains(told[who], "Angebot: Transporter") || !strings.Contains(told[who], "bietet jemand etwas an") {
			t.Errorf("%s was told %q", who, told[who])
		}
	}
	w.play("ben", "ja")
	var state matching.AnswerState
	err = w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Kind: matching.Offer})
		if err != nil || len(ps) != 1 || ps[0].AutoAccept {
			t.Fatalf("%v %+v", err, ps)
		}
		as, err := tx.Answers.OfPosting(ctx, ps[0].ID)
		if err != nil || len(as) != 1 {
			t.Fatalf("%v %+v", err, as)
		}
		state = as[0].State
		return nil
	})
	if err != nil || state != matching.Interested {
		t.Errorf("%v: the answer is %s", err, state)
	}
}
