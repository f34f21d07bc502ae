package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// onceEach fails where somebody was told of a posting twice, and returns the number of waves.
func (w *world) onceEach(posting string) (n int) {
	w.t.Helper()
	seen := map[string]bool{}
	for _, a := range w.alertsOf(posting) {
		if seen[a.Person] {
			w.t.Errorf("%s was told twice", a.Person)
		}
		seen[a.Person] = true
		n = max(n, a.Wave)
	}
	return n
}

func TestANeedRevisedTenTimesInAMinuteHasOneWave(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.helpers(many...)
	p := w.publish("paula", 6*time.Hour, nil).Posting
	told := len(w.alertsOf(p.ID))
	for i := range 10 {
		w.now = w.now.Add(6 * time.Second)
		p.Description = strings.Repeat("neu ", i+1)
		fact, err := w.bot.Perform(t.Context(), address("paula"), flows.Publish{Posting: p})
		if err != nil {
			t.Fatal(err)
		}
		if changed, ok := fact.(flows.Published); ok {
			p = changed.Posting
		}
		if err := w.settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.onceEach(p.ID); told == 0 || n != 1 || len(w.alertsOf(p.ID)) != told {
		t.Errorf("%d waves, %d people instead of %d", n, len(w.alertsOf(p.ID)), told)
	}
}

func TestAClockSetBackTellsNobodyTwice(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.helpers(many...)
	p := w.publish("paula", 30*time.Hour, nil).Posting
	w.until(w.now.Add(3 * time.Hour))
	w.now = w.now.Add(-time.Hour)
	before := w.onceEach(p.ID)
	if err := w.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.onceEach(p.ID); n > before+1 {
		t.Errorf("%d waves instead of %d", n, before)
	}
	w.until(w.now.Add(40 * time.Hour))
	w.onceEach(p.ID)
}

func TestANeedThatStartsInFiveMinutesAsksAtOnceAndStops(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.helpers(many...)
	fact := w.publish("paula", 5*time.Minute, nil)
	if fact.Asked == 0 {
		t.Errorf("nobody was asked: %+v", fact)
	}
	w.until(w.now.Add(10 * time.Minute))
	told := len(w.alertsOf(fact.Posting.ID))
	w.until(w.now.Add(24 * time.Hour))
	if n := len(w.alertsOf(fact.Posting.ID)); n != told {
		t.Errorf("%d people were told after it had begun", n-told)
	}
}

func TestNothingWaitsToBeSentOnceANeedIsFull(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.helpers(many...)
	w.now = time.Date(2026, 11, 23, 20, 30, 0, 0, berlin())
	p := w.publish("paula", 20*time.Hour, nil).Posting
	as := w.alertsOf(p.ID)
	if len(as) == 0 {
		t.Fatal("nobody was asked")
	}
	w.respond(as[0].Person, p.ID, true)
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		waiting, err := tx.Sent.About(ctx, "posting:"+p.ID, storage.Queued)
		for _, d := range waiting {
			if d.Class == storage.Nice {
				t.Errorf("waits: %s", d.Key)
			}
		}
		return err
	})
	w.until(w.now.Add(30 * time.Hour))
	for _, a := range w.alertsOf(p.ID) {
		if a.At.After(p.Published) {
			t.Errorf("asked after it was full: %+v", a)
		}
	}
}

// A subscription over the whole country with everything is alerted within its budget.
func TestWhoeverWantsEverythingIsStillToldNoMoreThanTheirBudget(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.wishes("alles", matching.AtOnce, func(s *matching.Subscription) { s.Radius, s.Categories, s.Slots = matching.MaxRadius, nil, 0 })
	for i := range 10 {
		w.publish("paula", time.Duration(40+i)*time.Hour, nil)
		w.until(w.now.Add(3 * time.Hour))
	}
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		times, err := tx.Alerts.AlertTimes(ctx, []string{w.personIn(ctx, tx, "alles")}, monday)
		all := times[w.personIn(ctx, tx, "alles")]
		days := map[string]int{}
		for _, at := range all {
			days[at.In(berlin()).Format(time.DateOnly)]++
		}
		for day, n := range days {
			if n > matching.DefaultPerDay {
				t.Errorf("%d alerts on %s", n, day)
			}
		}
		if len(all) == 0 || len(all) > matching.DefaultPerWeek {
			t.Errorf("%d alerts", len(all))
		}
		return err
	})
}

// Two fronts with the same person: somebody with a wish at each is told once.
func TestSomebodyWithWishesAtTwoFrontsIsToldOnce(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.wishes("anna", matching.AtOnce, nil)
	err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f := storage.Front{ID: "wuerselen", Name: "Würselen", Zone: "Europe/Berlin", Languages: []string{"de"}, Place: aachen(t)}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return err
		}
		s := matching.Subscription{Person: w.personIn(ctx, tx, "anna"), Front: "wuerselen", Place: aachen(t), Radius: 20, Cadence: matching.AtOnce}
		if err := tx.Subscriptions.SaveSubscription(ctx, &s, w.now); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p := w.publish("paula", 30*time.Hour, nil).Posting
	w.until(w.now.Add(29 * time.Hour))
	w.onceEach(p.ID)
	if n := len(w.alertsOf(p.ID)); n != 1 {
		t.Errorf("%d alerts", n)
	}
}

// Where nobody near by fits, the search goes farther at once, and says so.
func TestWhereNobodyFitsTheSearchGoesFartherAtOnce(t *testing.T) {
	w := newWorld(t, false)
	w.play("paula", "/start")
	w.wishes("fern", matching.AtOnce, func(s *matching.Subscription) { s.Radius, s.Place.Point.Lat = 8, s.Place.Point.Lat+0.09 })
	w.wishes("weit", matching.AtOnce, func(s *matching.Subscription) { s.Radius, s.Place.Point.Lat = 3, s.Place.Point.Lat+0.09 })
	if _, err := w.Heard(t.Context()); err != nil {
		t.Fatal(err)
	}
	fact := w.publish("paula", 30*time.Hour, nil)
	if fact.Asked != 1 {
		t.Errorf("asked: %+v", fact)
	}
	heard, err := w.Heard(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if said := lastTo(heard, "fern"); !strings.Contains(said, "etwas weiter als gewünscht") {
		t.Errorf("fern heard %q", said)
	}
	if said := lastTo(heard, "weit"); said != "" {
		t.Errorf("weit heard %q", said)
	}
}
