// Package storagetest is the contract that every storage.Store keeps, as tests. It knows no SQL and no
// implementation.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// Fresh makes an empty database for a test. Each call of what it returns opens another store on that
// database; they are closed when the test ends.
type Fresh func(t *testing.T) (open func() storage.Store)

// Exercise checks every promise of package storage.
func Exercise(t *testing.T, fresh Fresh) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*bench)
	}{
		{"transactions", transactions},
		{"views", views},
		{"updates that cannot be", misuse},
		{"odd text", oddText},
		{"inbox", inboxes},
		{"cursors", cursors},
		{"outbox: order and priority", outboxOrder},
		{"outbox: fair between fronts", outboxFairness},
		{"outbox: claims, leases and fences", outboxClaims},
		{"outbox: claims of the dead", outboxRecovery},
		{"outbox: due times", outboxDue},
		{"outbox: what was sent", sentDeliveries},
		{"outbox: cancel", outboxCancel},
		{"outbox: recall", outboxRecall},
		{"conversations", talks},
		{"shown choices", shownChoices},
		{"tokens", tokens},
		{"timers", timers},
		{"jobs", jobs},
		{"changes", changes},
		{"leases", leases},
		{"counters", counters},
		{"audit", audits},
		{"people", people},
		{"addresses", addresses},
		{"moving an address", moving},
		{"consents", consents},
		{"fronts", fronts},
		{"accounts of fronts", frontSecrets},
		{"texts of fronts", frontTexts},
		{"arms of fronts", frontArms},
		{"cases", caseFiles},
		{"blocks", frontBlocks},
		{"operators", frontOperators},
		{"organisations", organisations},
		{"members", members},
		{"postings", postings},
		{"lists of postings", postingLists},
		{"subscriptions", subscriptions},
		{"subscriptions around a point", subscriptionsAround},
		{"subscriptions as streams", subscriptionStreams},
		{"rows by their ids", batches},
		{"answers", answers},
		{"alerts", alerts},
		{"tallies", tallies},
		{"records", records},
		{"outlooks", outlooks},
		{"digests", digests},
		{"threads", threads},
		{"replies", replies},
		{"visits", visits},
		{"notes for the next digest", digestNotes},
		{"imports", imports},
		{"counting people", crowds},
		{"erasing a person", erasing},
		{"merging persons", merging},
		{"merging persons who have anything", mergingAnything},
		{"who is who, and addresses that leave", unions},
		{"tombstones", tombstones},
		{"two stores: turns of one address", racingTurns},
		{"two stores: the last place", racingPlaces},
		{"two stores: claims", racingClaims},
		{"two stores: failures among others", racingFailures},
		{"two stores: one repeat, one alert, one job, one lease", racingOnce},
	} {
		t.Run(c.name, func(t *testing.T) {
			open := fresh(t)
			c.test(&bench{T: t, open: open, s: open(), ctx: t.Context(), now: time.Date(2026, 11, 28, 13, 0, 0, 0, time.UTC)})
		})
	}
}

// bench is what a test works with.
type bench struct {
	*testing.T
	open func() storage.Store
	s    storage.Store
	ctx  context.Context
	now  time.Time
}

// Run runs a subtest on the same database.
func (b *bench) Run(name string, fn func(t *testing.T)) {
	outer := b.T
	defer func() { b.T = outer }()
	outer.Run(name, func(t *testing.T) {
		b.T = t
		fn(t)
	})
}

// do runs fn in a transaction that has to succeed.
func (b *bench) do(fn func(ctx context.Context, tx *storage.Tx) error) {
	b.Helper()
	if err := b.s.Update(b.ctx, fn); err != nil {
		b.Fatal(err)
	}
}

// see runs fn on a view that has to succeed.
func (b *bench) see(fn func(ctx context.Context, tx *storage.Tx) error) {
	b.Helper()
	if err := b.s.View(b.ctx, fn); err != nil {
		b.Fatal(err)
	}
}

// is fails the test when err does not wrap want.
func (b *bench) is(what string, err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// equal compares by what is printed.
func (b *bench) equal(what string, got, want any) {
	b.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		b.Errorf("%s: got %s, want %s", what, g, w)
	}
}

func (b *bench) after(d time.Duration) time.Time { return b.now.Add(d) }

func console(id string) channels.Address {
	return channels.Address{Channel: "console", Account: "bot", ID: id}
}

func need(front, author string) matching.Posting {
	start := time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)
	return matching.Posting{
		Front: front, Author: author, Actor: matching.Club, Kind: matching.Need, State: matching.Open,
		Title: "Aufbau", Category: matching.EventsFestivals,
		Place:  matching.Place{Name: "Aachen-Brand", Point: matching.Point{Lat: 50.74, Lon: 6.16}},
		Dates:  []matching.Span{{Start: start, End: start.Add(4 * time.Hour)}},
		Places: 3, Address: "Ringstraße 1", Private: "Schlüssel beim Hausmeister", Contact: "0241 123",
		Created: time.Date(2026, 11, 28, 13, 0, 0, 0, time.UTC),
	}
}

var errOops = errors.New("oops")

func transactions(b *bench) {
	b.Run("nothing of a function that failed is kept", func(t *testing.T) {
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			if err := tx.Cursors.SetCursor(ctx, "console", "bot", "7"); err != nil {
				return err
			}
			return errOops
		})
		b.is("update", err, errOops)
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			c, err := tx.Cursors.Cursor(ctx, "console", "bot")
			b.equal("cursor", c, "")
			return err
		})
	})
	b.Run("a panic leaves nothing and blocks nobody", func(t *testing.T) {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was lost")
				}
			}()
			_ = b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
				if err := tx.Cursors.SetCursor(ctx, "console", "bot", "8"); err != nil {
					return err
				}
				panic("oops")
			})
		}()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			c, err := tx.Cursors.Cursor(ctx, "console", "bot")
			b.equal("cursor", c, "")
			return err
		})
	})
	b.Run("a conflict runs the function again, a few times", func(t *testing.T) {
		runs := 0
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			if runs++; runs < 3 {
				return fmt.Errorf("lost: %w", storage.ErrConflict)
			}
			return tx.Cursors.SetCursor(ctx, "console", "bot", "9")
		})
		b.equal("runs", runs, 3)
		runs = 0
		err := b.s.Update(b.ctx, func(context.Context, *storage.Tx) error { runs++; return storage.ErrConflict })
		b.is("for ever", err, storage.ErrConflict)
		if runs < 2 || runs > 20 {
			t.Errorf("%d runs", runs)
		}
	})
}

func views(b *bench) {
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		return tx.Cursors.SetCursor(ctx, "console", "bot", "9")
	})
	b.Run("a view writes nothing", func(t *testing.T) {
		err := b.s.View(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			_ = tx.Cursors.SetCursor(ctx, "console", "bot", "10")
			return nil
		})
		if err == nil {
			t.Error("writing in a view was no error")
		}
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			c, err := tx.Cursors.Cursor(ctx, "console", "bot")
			b.equal("cursor", c, "9")
			return err
		})
	})
	b.Run("a view sees one state", func(t *testing.T) {
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			before, err := tx.Cursors.Cursor(ctx, "console", "bot")
			if err != nil {
				return err
			}
			b.do(func(ctx context.Context, tx *storage.Tx) error {
				return tx.Cursors.SetCursor(ctx, "console", "bot", "11")
			})
			after, err := tx.Cursors.Cursor(ctx, "console", "bot")
			b.equal("cursor", after, before)
			return err
		})
	})
}

func misuse(b *bench) {
	b.Run("a context that has ended ends it", func(t *testing.T) {
		ctx, cancel := context.WithCancel(b.ctx)
		cancel()
		err := b.s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return tx.Cursors.SetCursor(ctx, "console", "bot", "12")
		})
		b.is("update", err, context.Canceled)
	})
	b.Run("no update in an update", func(t *testing.T) {
		err := b.s.Update(b.ctx, func(ctx context.Context, _ *storage.Tx) error {
			return b.s.Update(ctx, func(context.Context, *storage.Tx) error { return nil })
		})
		if err == nil {
			t.Error("it was no error")
		}
	})
	b.Run("ready", func(t *testing.T) {
		if err := b.s.Ready(b.ctx); err != nil {
			t.Error(err)
		}
	})
}

// oddText puts into every kind of text what people and networks send and databases refuse.
func oddText(b *bench) {
	for _, odd := range []string{"\x00", "a\x00b", "\xff\xfe", "\u202e\U0001f600", strings.Repeat("x", 1<<20)} {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			for what, find := range map[string]func() error{
				"posting":      func() error { _, err := tx.Postings.Posting(ctx, odd); return err },
				"by code":      func() error { _, err := tx.Postings.PostingByCode(ctx, odd); return err },
				"shown":        func() error { _, err := tx.Shown.Get(ctx, odd); return err },
				"person":       func() error { _, err := tx.People.Person(ctx, odd); return err },
				"token":        func() error { _, err := tx.Tokens.Take(ctx, odd, odd, b.now); return err },
				"address":      func() error { _, err := tx.Addresses.Owner(ctx, console(odd)); return err },
				"front":        func() error { _, err := tx.Fronts.FrontOf(ctx, odd, odd); return err },
				"organisation": func() error { _, err := tx.Organisations.Organisation(ctx, odd); return err },
			} {
				b.is(what, find(), storage.ErrNotFound)
			}
			if err := tx.Cursors.SetCursor(ctx, "console", "bot", odd[:min(len(odd), 100)]); err != nil {
				return err
			}
			o := storage.Organisation{Front: "ac", Name: odd, Created: b.now}
			if err := tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
				return err
			}
			p := need("ac", "p")
			p.Title, p.Description = odd, odd
			if err := tx.Postings.SavePosting(ctx, &p, b.now); err != nil {
				return err
			}
			a := storage.Arrival{Channel: "console", Account: "bot", ID: odd, From: console(odd), Text: odd, Raw: []byte(odd), At: b.now}
			fresh, err := tx.Inbox.Accept(ctx, a)
			b.equal("fresh", fresh, true)
			if err != nil {
				return err
			}
			fresh, err = tx.Inbox.Accept(ctx, a)
			b.equal("fresh again", fresh, false)
			return err
		})
	}
}
