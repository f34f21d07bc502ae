package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// wishes stores a subscription to everything in Aachen of somebody, to be told at a cadence.
func (w *world) wishes(who string, cadence matching.Cadence, change func(*matching.Subscription)) {
	w.t.Helper()
	w.play(who, "Ich möchte helfen")
	w.play(who, "52062")
	w.play(who, "1")
	err := w.store.Update(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		subs, err := tx.Subscriptions.OfSubscriber(ctx, w.personIn(ctx, tx, who))
		if err != nil || len(subs) != 1 {
			return fmt.Errorf("%d subscriptions: %w", len(subs), err)
		}
		if change != nil {
			change(&subs[0])
		}
		return tx.Subscriptions.SaveSubscription(ctx, &subs[0], w.now)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.bot.Perform(w.t.Context(), address(who), flows.Adjust{Wishes: understanding.Wishes{Cadence: cadence}}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) personIn(ctx context.Context, tx *storage.Tx, who string) string {
	rec, err := tx.Addresses.Owner(ctx, address(who))
	if err != nil {
		w.t.Fatal(err)
	}
	return rec.Person
}

// overviews are the digests somebody got since the last look.
func (w *world) overviews(who string) (all []string) {
	heard, err := w.Heard(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, h := range heard {
		if h.Who == who && strings.Contains(h.Text, "Überblick") {
			all = append(all, strings.Join(h.Choices, "\n"))
		}
	}
	return all
}

func (w *world) until(at time.Time) {
	w.t.Helper()
	if err := w.Wait(w.t.Context(), at); err != nil {
		w.t.Fatal(err)
	}
}

func TestADigestHasTheBestEightAndTellsNothingTwice(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.wishes("mia", matching.Daily, nil)
	for i := range 10 {
		if i == 5 { // nobody publishes more than five a day
			w.play("petra", "/start")
		}
		w.publish([]string{"paula", "petra"}[i/5], time.Duration(30+i)*time.Hour, nil)
	}
	w.until(monday.Add(8 * time.Hour))
	first := w.overviews("mia")
	if len(first) != 1 || strings.Count(first[0], "\n") != 7 {
		t.Fatalf("the first digest: %q", first)
	}
	w.until(monday.Add(32 * time.Hour))
	second := w.overviews("mia")
	if len(second) != 1 || strings.Count(second[0], "\n") != 1 {
		t.Fatalf("the second digest: %q", second)
	}
	for line := range strings.SplitSeq(second[0], "\n") {
		if strings.Contains(first[0], line) {
			t.Errorf("told twice: %s", line)
		}
	}
	w.until(monday.Add(4 * 24 * time.Hour))
	if more := w.overviews("mia"); len(more) != 0 {
		t.Errorf("digests without anything in them: %q", more)
	}
}

func TestAnAlertThatMayNotHaveArrivedIsInTheNextDigest(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.wishes("anna", matching.AtOnce, nil)
	w.overviews("anna")
	w.net.fail = channels.ErrUncertain
	p := w.publish("paula", 72*time.Hour, nil).Posting
	w.net.fail = nil
	if as := w.alertsOf(p.ID); len(as) != 1 || as[0].State != storage.AlertUncertain {
		t.Fatalf("alerts: %+v", as)
	}
	w.until(monday.Add(8 * time.Hour))
	if got := w.overviews("anna"); len(got) != 1 || !strings.Contains(got[0], p.Title) {
		t.Fatalf("overviews: %q", got)
	}
	if as := w.alertsOf(p.ID); as[0].State != storage.AlertSent {
		t.Errorf("afterwards: %+v", as[0])
	}
	w.until(monday.Add(56 * time.Hour))
	if got := w.overviews("anna"); len(got) != 0 {
		t.Errorf("again: %q", got)
	}
}

// A digest that may not have arrived, and one that was taken back before it was sent, are told with the next.
func TestADigestThatMayNotHaveArrivedIsToldAgain(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.wishes("mia", matching.Daily, nil)
	p := w.publish("paula", 96*time.Hour, nil).Posting
	w.until(monday.Add(6 * time.Hour))
	w.net.fail = channels.ErrUncertain
	w.until(monday.Add(8 * time.Hour))
	w.net.fail = nil
	if as := w.alertsOf(p.ID); len(as) != 1 || as[0].State != storage.AlertUncertain || as[0].Wave != 0 {
		t.Fatalf("alerts: %+v", as)
	}
	w.overviews("mia")
	w.until(monday.Add(32 * time.Hour))
	if got := w.overviews("mia"); len(got) != 1 || !strings.Contains(got[0], p.Title) {
		t.Errorf("overviews: %q", got)
	}
}

func TestDigestsKeepWishesAndTimes(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.wishes("woche", matching.Weekly, nil)
	w.wishes("pause", matching.Daily, nil)
	w.play("pause", "pausier bis 1.12.")
	w.wishes("stopp", matching.Daily, nil)
	w.play("stopp", "stopp")
	w.wishes("eule", matching.Daily, nil)
	w.play("eule", "Ruhe von 16 bis 18 Uhr")
	w.wishes("paula", matching.Daily, nil)
	w.publish("paula", 6*24*time.Hour, nil)
	heard := map[string][]time.Time{}
	for at := monday; at.Before(monday.AddDate(0, 0, 5)); at = at.Add(30 * time.Minute) {
		w.until(at)
		all, err := w.Heard(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range all {
			if strings.Contains(h.Text, "Überblick") {
				heard[h.Who] = append(heard[h.Who], at)
			}
		}
	}
	thursday := time.Date(2026, 11, 26, 17, 0, 0, 0, berlin())
	if got := heard["woche"]; len(got) != 1 || !got[0].Equal(thursday) {
		t.Errorf("weekly at %v", got)
	}
	if got := heard["eule"]; len(got) != 1 || !got[0].Equal(monday.Add(8*time.Hour)) {
		t.Errorf("after the quiet hours at %v", got)
	}
	for _, who := range []string{"pause", "stopp", "paula"} {
		if len(heard[who]) > 0 {
			t.Errorf("%s was told at %v", who, heard[who])
		}
	}
}
