package bot_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// helpers lets people subscribe to everything in Aachen.
func (w *world) helpers(names ...string) {
	w.t.Helper()
	for _, n := range names {
		w.subscribe(n, matching.Need)
	}
}

var many = []string{"anna", "ben", "cem", "dora", "eva", "fritz", "gerd", "hanna"}

// publish publishes a need of one place, as somebody's own, that starts after a while.
func (w *world) publish(who string, lead time.Duration, change func(*matching.Posting)) flows.Published {
	w.t.Helper()
	start := w.now.Add(lead)
	p := matching.Posting{
		Actor: matching.Person, Kind: matching.Need, Title: "Tragen " + start.Format(time.DateTime), Category: matching.NeighbourhoodHelp,
		Place: aachen(w.t), Places: 1, AutoAccept: true, Dates: []matching.Span{{Start: start, End: start.Add(time.Hour)}},
	}
	if change != nil {
		change(&p)
	}
	fact, err := w.bot.Perform(w.t.Context(), address(who), flows.Publish{Posting: p})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.settle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	out, ok := fact.(flows.Published)
	if !ok {
		w.t.Fatalf("not published: %+v", fact)
	}
	return out
}

// remember notes needs of one place, of whatever supply, half of which were full after 20 minutes and all after 80.
func (w *world) remember(each int) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for supply := range 6 {
			for n := range each {
				o := storage.Outlook{Posting: fmt.Sprintf("old-%d-%d", supply, n), Kind: fmt.Sprintf("1/%d/2", supply), Wide: fmt.Sprintf("1/%d", supply), Published: w.now}
				if _, err := tx.Outlooks.Foresee(ctx, o); err != nil {
					return err
				}
				if _, err := tx.Outlooks.Conclude(ctx, o.Posting, []float64{20, 80}[n%2], w.now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) alertsOf(posting string) (all []storage.Alert) {
	w.t.Helper()
	w.view(func(ctx context.Context, tx *storage.Tx) (err error) {
		all, err = tx.Alerts.AlertsOf(ctx, posting)
		return err
	})
	return all
}

func (w *world) respond(person, posting string, yes bool) {
	w.t.Helper()
	for _, who := range many {
		if w.personOf(who) == person {
			if _, err := w.bot.Perform(w.t.Context(), address(who), flows.Respond{Posting: posting, Yes: yes}); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	if err := w.settle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// The bot lives through some days in which somebody always comes, after 20 minutes. What that teaches is stored. Once
// enough is known, a time of filling is promised; it is the same after a restart, is shown to whoever posted, and is
// judged in the end.
func TestTheBotLearnsFromWhatIsStored(t *testing.T) {
	file := filepath.Join(quickDir(t), "ehrenamt.db")
	w := newWorldAt(t, file, false, 1)
	w.play("paula", "/start")
	w.helpers(many...)
	came := 0
	for day := range 5 {
		if err := w.Wait(t.Context(), monday.AddDate(0, 0, day)); err != nil {
			t.Fatal(err)
		}
		fact := w.publish("paula", 4*time.Hour, nil)
		if !fact.By.IsZero() {
			t.Fatal("promised although hardly anything is known")
		}
		if err := w.Wait(t.Context(), w.now.Add(20*time.Minute)); err != nil {
			t.Fatal(err)
		}
		for i, a := range w.alertsOf(fact.Posting.ID) {
			w.respond(a.Person, fact.Posting.ID, i == 0)
			came += max(0, 1-i)
		}
	}
	if err := w.Wait(t.Context(), monday.AddDate(0, 0, 7)); err != nil {
		t.Fatal(err)
	}
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		known, err := tx.Tallies.TalliesOf(ctx, "rates:*/*/*", "rates:neighbourhood_help/*/*", "delays", "demand", "promises")
		if err != nil {
			return err
		}
		all := known["rates:*/*/*"]
		if all.N < 8 || all.Sums[2] != float64(came) || known["rates:neighbourhood_help/*/*"].N != all.N {
			t.Errorf("alerts: %+v", known)
		}
		if d := known["delays"]; d.N != int64(came) {
			t.Errorf("delays: %+v", d)
		}
		if known["demand"].N != 5 || !known["demand"].Since.Equal(monday) {
			t.Errorf("demand: %+v", known["demand"])
		}
		var sum storage.Record
		for _, who := range many {
			rs, err := tx.Records.RecordsOf(ctx, []string{w.personOf(who)})
			if err != nil {
				return err
			}
			r := rs[w.personOf(who)]
			sum.Heard, sum.Calls, sum.Yes = sum.Heard+r.Heard, sum.Calls+r.Calls, sum.Yes+r.Yes
			if (r.Yes > 0) != !r.Served.IsZero() {
				t.Errorf("%s: %+v", who, r)
			}
		}
		if sum.Yes != float64(came) || came < 3 || sum.Heard < float64(came) || sum.Calls == 0 {
			t.Errorf("all together: %+v", sum)
		}
		return nil
	})
	w.remember(30)
	again := newWorldAt(t, file, false, 2)
	again.now = w.now
	probe := func(w *world) time.Time {
		fact, err := w.bot.Try(t.Context(), address("paula"), flows.Publish{Posting: matching.Posting{
			Actor: matching.Person, Kind: matching.Need, Title: "Probe", Category: matching.NeighbourhoodHelp, Place: aachen(t), Places: 1, AutoAccept: true,
			Dates: []matching.Span{{Start: w.now.Add(4 * time.Hour), End: w.now.Add(5 * time.Hour)}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return fact.(flows.Published).By
	}
	if a, b := probe(w), probe(again); !a.Equal(b) || a.IsZero() {
		t.Errorf("promised %s before a restart and %s after it", a, b)
	}
	last := w.publish("paula", 4*time.Hour, nil)
	if last.By.IsZero() || !last.By.Equal(w.now.Add(80*time.Minute)) {
		t.Fatalf("promised by %s at %s", last.By, w.now)
	}
	seen, err := w.bot.Perform(t.Context(), address("paula"), flows.LookAtMine{Posting: last.Posting.ID})
	if mine, ok := seen.(flows.MineSeen); err != nil || !ok || !mine.By.Equal(last.By) {
		t.Errorf("the author sees %+v, %v", seen, err)
	}
	judged := func() (n int64) {
		w.view(func(ctx context.Context, tx *storage.Tx) error {
			known, err := tx.Tallies.TalliesOf(ctx, "promises")
			n = known["promises"].N
			return err
		})
		return n
	}
	before := judged()
	if err := w.Wait(t.Context(), w.now.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if after := judged(); after != before+1 {
		t.Errorf("%d promises were judged, then %d", before, after)
	}
}

// An organisation whose places stayed empty counts more from then on; nothing is counted twice.
func TestAnOrganisationsStandingIsKept(t *testing.T) {
	w := newWorld(t, false)
	w.play("verein", "Wir suchen Dienstag 10–12 Uhr 3 Leute zum Aufbau in Brand", "1, TV Brand", "ja")
	var org string
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
		if len(ps) == 1 {
			org = ps[0].Organisation
		}
		return err
	})
	for range 2 {
		if err := w.Wait(t.Context(), w.now.AddDate(0, 0, 3)); err != nil {
			t.Fatal(err)
		}
		w.view(func(ctx context.Context, tx *storage.Tx) error {
			name := fmt.Sprintf("org:%s:2026-11", org)
			known, err := tx.Tallies.TalliesOf(ctx, name)
			if k := known[name]; k.N != 1 || k.Sums[0] != 3 || k.Sums[1] != 0 {
				t.Errorf("standing of %q: %+v", name, k)
			}
			return err
		})
	}
}
