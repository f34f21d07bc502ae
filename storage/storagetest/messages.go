package storagetest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/storage"
)

func inboxes(b *bench) {
	arrival := func(account, id, dedupe string) storage.Arrival {
		return storage.Arrival{Channel: "console", Account: account, ID: id, Dedupe: dedupe, From: console("anna"), Kind: channels.Text,
			Text: "hallo", Raw: []byte{0, 1}, At: b.now}
	}
	accept := func(a storage.Arrival, want bool) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			fresh, err := tx.Inbox.Accept(ctx, a)
			b.equal("fresh", fresh, want)
			return err
		})
	}
	accept(arrival("bot", "1", ""), true)
	accept(arrival("bot", "1", ""), false)
	accept(arrival("other", "1", ""), true)
	accept(arrival("bot", "2", "<m@x>"), true)
	accept(arrival("bot", "3", "<m@x>"), false)
	accept(arrival("other", "3", "<m@x>"), true)
	b.Run("failures are counted for each message", func(t *testing.T) {
		for want := 1; want <= 3; want++ {
			b.do(func(ctx context.Context, tx *storage.Tx) error {
				n, err := tx.Inbox.Fail(ctx, "console", "bot", "9", b.now)
				b.equal("attempts", n, want)
				return err
			})
		}
		accept(arrival("bot", "9", ""), true)
	})
	b.Run("identities outlive texts", func(t *testing.T) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			n, err := tx.Inbox.Forget(ctx, b.after(time.Hour))
			b.equal("rows", n, 5)
			if err != nil {
				return err
			}
			n, err = tx.Inbox.Forget(ctx, b.after(time.Hour))
			b.equal("rows again", n, 0)
			return err
		})
		accept(arrival("bot", "1", ""), false)
		accept(arrival("bot", "4", "<m@x>"), false)
	})
}

func cursors(b *bench) {
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		c, err := tx.Cursors.Cursor(ctx, "telegram", "bot")
		b.equal("no cursor", c, "")
		if err != nil {
			return err
		}
		for _, v := range []string{"17", "18"} {
			if err := tx.Cursors.SetCursor(ctx, "telegram", "bot", v); err != nil {
				return err
			}
		}
		c, err = tx.Cursors.Cursor(ctx, "telegram", "bot")
		b.equal("cursor", c, "18")
		if err != nil {
			return err
		}
		c, err = tx.Cursors.Cursor(ctx, "telegram", "other")
		b.equal("cursor of another account", c, "")
		return err
	})
}

func talks(b *bench) {
	anna := console("anna")
	frames := []conversations.Frame{{Flow: "post", Version: 1, Step: "place", Answers: json.RawMessage(`{"title":"Aufbau"}`), Touched: b.now}}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		s, err := tx.Conversations.Load(ctx, anna)
		b.equal("rev of an address that never spoke", s.Rev, 0)
		if err != nil {
			return err
		}
		s.Frames, s.Lang, s.Seen = frames, "de", b.now
		return tx.Conversations.Save(ctx, anna, s)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		s, err := tx.Conversations.Load(ctx, anna)
		b.equal("state", s, conversations.State{Rev: 1, Frames: frames, Lang: "de", Seen: b.now})
		return err
	})
	for _, rev := range []int64{0, 2, -1} {
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			return tx.Conversations.Save(ctx, anna, conversations.State{Rev: rev})
		})
		b.is("save with another rev", err, storage.ErrConflict)
	}
	b.Run("idle lists open frames alone", func(t *testing.T) {
		idle := func(before time.Time, want ...channels.Address) {
			t.Helper()
			b.see(func(ctx context.Context, tx *storage.Tx) error {
				as, err := tx.Conversations.Idle(ctx, before, 10)
				b.equal("idle", as, want)
				return err
			})
		}
		idle(b.now)
		idle(b.after(time.Second), anna)
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Conversations.Save(ctx, anna, conversations.State{Rev: 1, Lang: "de"})
		})
		idle(b.after(time.Second))
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Conversations.Drop(ctx, anna); err != nil {
			return err
		}
		s, err := tx.Conversations.Load(ctx, anna)
		b.equal("dropped", s, conversations.State{})
		return err
	})
}

func shownChoices(b *bench) {
	anna := console("anna")
	put := func(id string, at time.Time) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Shown.Put(ctx, storage.Shown{ID: id, Address: anna, Person: "p", Flow: "post", Prompt: "x", Delivery: "k", At: at,
				Choices: []channels.Choice{{Key: "yes", Label: "Ja", Words: []string{"jo"}}}})
		})
	}
	put("A", b.now)
	put("B", b.now)
	put("C", b.after(time.Minute))
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		s, err := tx.Shown.Get(ctx, "A")
		b.equal("shown", []any{s.ID, s.Address, s.Person, s.Flow, s.Prompt, s.Delivery, s.At, s.Choices},
			[]any{"A", anna, "p", "post", "x", "k", b.now, []channels.Choice{{Key: "yes", Label: "Ja", Words: []string{"jo"}}}})
		if err != nil {
			return err
		}
		_, err = tx.Shown.Get(ctx, "Z")
		b.is("unknown", err, storage.ErrNotFound)
		all, err := tx.Shown.Latest(ctx, anna, 2)
		if len(all) != 2 || all[0].ID != "C" || all[1].ID != "B" {
			b.Errorf("latest: %v", all)
		}
		return err
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Shown.ForgetShown(ctx, b.after(time.Second))
		b.equal("forgotten", n, 2)
		return err
	})
}

func tokens(b *bench) {
	put := func(secret string, uses int, expires time.Time) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Tokens.PutToken(ctx, secret, storage.Token{Kind: "link", Subject: "person:p", Person: "p", Data: json.RawMessage(`{"a":1}`), Expires: expires, Uses: uses})
		})
	}
	take := func(secret string, want error) {
		b.Helper()
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.Tokens.Take(ctx, "link", secret, b.now)
			return err
		})
		if want == nil && err != nil || want != nil {
			b.is("take "+secret, err, want)
		}
	}
	put("once", 1, b.after(time.Hour))
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		k, err := tx.Tokens.Peek(ctx, "link", "once", b.now)
		b.equal("token", []any{k.Kind, k.Subject, k.Person, string(k.Data), k.Expires, k.Uses}, []any{"link", "person:p", "p", `{"a":1}`, b.after(time.Hour), 1})
		if err != nil {
			return err
		}
		_, err = tx.Tokens.Peek(ctx, "other", "once", b.now)
		b.is("of another kind", err, storage.ErrNotFound)
		return nil
	})
	take("once", nil)
	take("once", storage.ErrNotFound)
	take("never", storage.ErrNotFound)
	put("late", 1, b.now)
	take("late", storage.ErrNotFound)
	put("often", -1, b.after(time.Hour))
	take("often", nil)
	take("often", nil)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Tokens.ForgetTokens(ctx, b.after(time.Second))
		b.equal("expired", n, 1)
		if err != nil {
			return err
		}
		n, err = tx.Tokens.Revoke(ctx, "link", "person:p")
		b.equal("revoked", n, 2)
		return err
	})
	take("often", storage.ErrNotFound)
}

func timers(b *bench) {
	set := func(key, subject string, due time.Time) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Timers.SetTimer(ctx, storage.Timer{Key: key, Kind: "remind", Subject: subject, Address: console("anna"), Due: due, Data: json.RawMessage(`1`)})
		})
	}
	next := func(want time.Time) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			at, err := tx.Timers.NextTimer(ctx)
			b.equal("next timer", at, want)
			return err
		})
	}
	take := func(limit int, want ...string) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			ts, err := tx.Timers.TakeDue(ctx, b.after(10*time.Minute), limit)
			var keys []string
			for _, x := range ts {
				keys = append(keys, x.Key)
				b.equal("timer", []any{x.Kind, x.Address, string(x.Data)}, []any{"remind", console("anna"), "1"})
			}
			b.equal("due", keys, want)
			return err
		})
	}
	next(time.Time{})
	set("c", "s", b.after(3*time.Minute))
	set("a", "s", b.after(time.Minute))
	set("b", "s", b.after(2*time.Minute))
	set("late", "s", b.after(time.Hour))
	set("a", "s", b.after(4*time.Minute)) // set again
	next(b.after(2 * time.Minute))
	take(2, "b", "c")
	take(9, "a")
	take(9)
	set("x", "t", b.now)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Timers.ClearTimer(ctx, "x"); err != nil {
			return err
		}
		n, err := tx.Timers.ClearTimers(ctx, "s")
		b.equal("cleared", n, 1)
		return err
	})
	next(time.Time{})
	b.Run("what fails gives the timers back", func(t *testing.T) {
		set("y", "t", b.now)
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			ts, err := tx.Timers.TakeDue(ctx, b.now, 9)
			b.equal("taken", len(ts), 1)
			if err != nil {
				return err
			}
			return errOops
		})
		b.is("update", err, errOops)
		take(9, "y")
	})
}

func jobs(b *bench) {
	start := func(date, holder string, now time.Time, want bool) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			ok, err := tx.Jobs.StartJob(ctx, "digest", date, holder, now, time.Minute)
			b.equal("started", ok, want)
			return err
		})
	}
	start("2026-11-28", "a", b.now, true)
	start("2026-11-28", "b", b.now, false)
	start("2026-11-28", "a", b.now, false)
	start("2026-11-28", "b", b.after(time.Minute), true)
	start("2026-11-29", "b", b.now, true)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		date, finished, err := tx.Jobs.LastJob(ctx, "digest")
		b.equal("no last", []any{date, finished}, []any{"", time.Time{}})
		if err != nil {
			return err
		}
		if err := tx.Jobs.FinishJob(ctx, "digest", "2026-11-28", b.after(time.Minute), "ok"); err != nil {
			return err
		}
		date, finished, err = tx.Jobs.LastJob(ctx, "digest")
		b.equal("last", []any{date, finished}, []any{"2026-11-28", b.after(time.Minute)})
		return err
	})
	start("2026-11-28", "b", b.after(time.Hour), false)
}

func leases(b *bench) {
	acquire := func(holder string, now time.Time, fence int64, want bool) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			f, ok, err := tx.Leases.Acquire(ctx, "telegram:bot", holder, now, time.Minute)
			b.equal("acquired", ok, want)
			if ok {
				b.equal("fence", f, fence)
			}
			return err
		})
	}
	acquire("a", b.now, 1, true)
	acquire("a", b.after(30*time.Second), 1, true)
	acquire("b", b.after(80*time.Second), 0, false)
	acquire("b", b.after(90*time.Second), 2, true)
	acquire("a", b.after(91*time.Second), 0, false)
	b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.Leases.Release(ctx, "telegram:bot", "a") })
	acquire("a", b.after(92*time.Second), 0, false)
	b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.Leases.Release(ctx, "telegram:bot", "b") })
	acquire("a", b.after(92*time.Second), 3, true)
}

func counters(b *bench) {
	bump := func(key string, now time.Time, n, want int) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			sum, err := tx.Counters.Bump(ctx, key, time.Hour, now, n)
			b.equal("sum", sum, want)
			return err
		})
	}
	bump("x", b.now, 1, 1)
	bump("x", b.after(59*time.Minute), 2, 3)
	bump("y", b.now, 1, 1)
	bump("x", b.after(time.Hour), 1, 1)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Counters.ForgetCounters(ctx, b.after(time.Hour))
		b.equal("forgotten", n, 2)
		return err
	})
	bump("x", b.after(time.Hour), 0, 1)
}

func audits(b *bench) {
	for i, e := range []storage.Entry{
		{Front: "ac", Actor: "p", Action: "approve", Subject: "s1", Detail: json.RawMessage(`{"a":1}`)},
		{Front: "ac", Actor: "p", Action: "reject", Subject: "s2"},
		{Front: "dn", Actor: "q", Action: "block", Subject: "s1"},
	} {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			e.At = b.after(time.Duration(i))
			return tx.Audit.Append(ctx, e)
		})
	}
	list := func(front, subject string, limit int, want ...string) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			es, err := tx.Audit.Entries(ctx, front, subject, limit)
			var actions []string
			for _, e := range es {
				actions = append(actions, e.Action)
			}
			b.equal("entries", actions, want)
			return err
		})
	}
	list("", "", 9, "block", "reject", "approve")
	list("ac", "", 1, "reject")
	list("", "s1", 9, "block", "approve")
	list("ac", "s1", 9, "approve")
}
