package bot_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// Where somebody is just now is used for the answer and then forgotten: neither the conversation nor the
// person has it.
func TestAPassingPlaceIsNotKept(t *testing.T) {
	for name, ask := range map[string]func(*world, context.Context) error{
		"words": func(w *world, ctx context.Context) error {
			return w.Say(ctx, "lea", "Ich habe bis 18 Uhr Zeit, bin am Elisenbrunnen")
		},
		"pin": func(w *world, ctx context.Context) error { return w.Share(ctx, "lea", 50.7743, 6.0866) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			w := newWorld(t, false)
			w.seedTown()
			if err := ask(w, ctx); err != nil {
				t.Fatal(err)
			}
			for _, more := range []string{"näher", "egal wann", "nur samstags"} {
				if err := w.Say(ctx, "lea", more); err != nil {
					t.Fatal(err)
				}
			}
			err := w.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
				a := channels.Address{Channel: "test", Account: "a", ID: "lea"}
				rec, err := tx.Addresses.Owner(ctx, a)
				if err != nil {
					return err
				}
				p, err := tx.People.Person(ctx, rec.Person)
				if err != nil {
					return err
				}
				if !p.Place.IsZero() {
					t.Errorf("the person keeps %v", p.Place)
				}
				s, err := tx.Conversations.Load(ctx, a)
				if err != nil {
					return err
				}
				state, err := json.Marshal(s)
				if len(s.Frames) != 1 || s.Frames[0].Flow != "search" {
					t.Errorf("the search is not open: %s", state)
				}
				for _, trace := range []string{"50.77", "6.08", `\"near\"`, `"near"`} {
					if strings.Contains(string(state), trace) {
						t.Errorf("the conversation keeps %q: %s", trace, state)
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A page shows what was found when it was asked for, whatever is published meanwhile.
func TestPagesDoNotShift(t *testing.T) {
	ctx := t.Context()
	w := newWorld(t, false)
	w.seedTown()
	say := func(text string) []string {
		if err := w.Say(ctx, "lea", text); err != nil {
			t.Fatal(err)
		}
		heard, err := w.Heard(ctx)
		if err != nil || len(heard) == 0 {
			t.Fatalf("%v %v", heard, err)
		}
		return heard[len(heard)-1].Choices[:5]
	}
	first := say("/suche")
	err := w.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		p := matching.Posting{
			Front: "aachen", Author: "nobody", Kind: matching.Need, State: matching.Open, Title: "Ganz neu", Category: matching.Sport,
			Place: aachen(t), Dates: []matching.Span{{Start: monday.Add(time.Hour), End: monday.Add(2 * time.Hour)}}, Created: monday,
		}
		return tx.Postings.SavePosting(ctx, &p, monday)
	})
	if err != nil {
		t.Fatal(err)
	}
	second := say("mehr")
	for _, a := range first {
		for _, b := range second {
			if a == b {
				t.Errorf("%q is on both pages", a)
			}
		}
	}
	if again := say("zurück"); strings.Join(again, "\n") != strings.Join(first, "\n") {
		t.Errorf("the first page became %q", again)
	}
	if fresh := say("/suche"); !strings.HasPrefix(fresh[0], "Ganz neu") {
		t.Errorf("a new search begins with %q", fresh[0])
	}
}
