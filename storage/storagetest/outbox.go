package storagetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// delivery is one with sensible values; change modifies it.
func (b *bench) delivery(key, to string, change ...func(*storage.Delivery)) storage.Delivery {
	d := storage.Delivery{Key: key, Person: "p-" + to, Front: "ac", To: console(to), Class: storage.Must, Created: b.now,
		Reply: channels.Reply{Text: "Text " + key, Choices: []channels.Choice{{Key: "k", Label: "Ja"}}}}
	for _, c := range change {
		c(&d)
	}
	return d
}

func (b *bench) enqueue(ds ...storage.Delivery) {
	b.Helper()
	b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.Outbox.Enqueue(ctx, ds...) })
}

// claim claims and returns the deliveries by key.
func (b *bench) claim(now time.Time, limit int, change ...func(*storage.Claim)) []storage.Delivery {
	b.Helper()
	c := storage.Claim{Channel: "console", Account: "bot", Holder: "h", Now: now, Lease: time.Minute, Limit: limit, MaxPriority: -1}
	for _, f := range change {
		f(&c)
	}
	var got []storage.Delivery
	b.do(func(ctx context.Context, tx *storage.Tx) (err error) {
		got, err = tx.Outbox.Claim(ctx, c)
		return err
	})
	return got
}

func (b *bench) claimed(got []storage.Delivery, want string) {
	b.Helper()
	var keys []string
	for _, d := range got {
		keys = append(keys, d.Key)
	}
	b.equal("claimed", strings.Join(keys, " "), want)
}

func (b *bench) settle(ds []storage.Delivery, state storage.DeliveryState, change ...func(*storage.Outcome)) {
	b.Helper()
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for _, d := range ds {
			o := storage.Outcome{ID: d.ID, Fence: d.Fence, State: state, At: b.now}
			if state == storage.Delivered {
				o.Ref = "ref-" + d.Key
			}
			for _, f := range change {
				f(&o)
			}
			if err := tx.Outbox.Settle(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) state(key string, want storage.DeliveryState) {
	b.Helper()
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		d, err := tx.Sent.ByKey(ctx, key)
		b.equal("state of "+key, d.State, want)
		return err
	})
}

func prio(p storage.Priority, rank int64) func(*storage.Delivery) {
	return func(d *storage.Delivery) { d.Priority, d.Rank = p, rank }
}

func nice(d *storage.Delivery)    { d.Class = storage.Nice }
func urgentOnly(c *storage.Claim) { c.MaxPriority = storage.UrgentPriority }
func except(ids ...string) func(*storage.Claim) {
	return func(c *storage.Claim) {
		for _, id := range ids {
			c.Except = append(c.Except, console(id))
		}
	}
}

func outboxOrder(b *bench) {
	b.enqueue(
		b.delivery("digest", "a", prio(storage.DigestPriority, 0)),
		b.delivery("late", "b", prio(storage.FirstWave, 20)),
		b.delivery("soon", "c", prio(storage.FirstWave, 10)),
		b.delivery("soon2", "d", prio(storage.FirstWave, 10)),
		b.delivery("reply1", "a", prio(storage.ReplyPriority, 9)),
		b.delivery("reply2", "a", prio(storage.ReplyPriority, 1)),
		b.delivery("urgent", "e", prio(storage.UrgentPriority, 0)))
	b.Run("the same key twice is one delivery, as it is", func(t *testing.T) {
		b.enqueue(b.delivery("urgent", "f", prio(storage.ReplyPriority, 0)))
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			n, err := tx.Sent.Count(ctx)
			b.equal("queued", n[storage.Queued], 7)
			return err
		})
	})
	b.claimed(b.claim(b.now, 0), "")
	b.claimed(b.claim(b.now, 9, func(c *storage.Claim) { c.Account = "other" }), "")
	b.claimed(b.claim(b.now, 9, urgentOnly, except("a", "x", "y")), "urgent")
	first := b.claim(b.now, 9)
	b.claimed(first, "reply1 soon soon2 late") // one for each address
	d := first[0]
	b.equal("delivery", []any{d.Person, d.Front, d.To, d.Class, d.State, d.Attempts, d.Created, d.Reply.Text, d.Reply.Choices[0].Label},
		[]any{"p-a", "ac", console("a"), storage.Must, storage.Sending, 1, b.now, "Text reply1", "Ja"})
	b.claimed(b.claim(b.now, 9), "")
	b.settle(first, storage.Delivered)
	second := b.claim(b.now, 9)
	b.claimed(second, "reply2")
	b.settle(second, storage.Delivered)
	b.claimed(b.claim(b.now, 9), "digest")
	b.Run("one that is sent again keeps its place", func(t *testing.T) {
		b.enqueue(b.delivery("r1", "g"), b.delivery("r2", "g"), b.delivery("alert", "g", prio(storage.FirstWave, 0)))
		got := b.claim(b.now, 9)
		b.claimed(got, "r1")
		b.settle(got, storage.Queued, func(o *storage.Outcome) { o.Due = b.after(time.Second) })
		got = b.claim(b.now, 9)
		b.claimed(got, "alert")
		b.settle(got, storage.Delivered)
		got = b.claim(b.after(time.Second), 9)
		b.claimed(got, "r1")
		b.equal("attempts", got[0].Attempts, 2)
		b.settle(got, storage.Buried)
		b.claimed(b.claim(b.after(time.Second), 9), "r2")
	})
}

func outboxFairness(b *bench) {
	var ds []storage.Delivery
	front := func(f string) func(*storage.Delivery) { return func(d *storage.Delivery) { d.Front = f } }
	for _, k := range []string{"a1", "a2", "a3", "a4", "a5"} {
		ds = append(ds, b.delivery(k, k, prio(storage.FirstWave, 1), front("ac")))
	}
	ds = append(ds, b.delivery("b1", "b1", prio(storage.FirstWave, 5), front("bn")), b.delivery("b2", "b2", prio(storage.FirstWave, 5), front("bn")),
		b.delivery("c1", "c1", prio(storage.LaterWave, 0), front("ce")))
	b.enqueue(ds...)
	b.claimed(b.claim(b.now, 4), "a1 b1 a2 b2")
	b.claimed(b.claim(b.now, 9), "a3 a4 a5 c1")
}

func outboxClaims(b *bench) {
	b.enqueue(b.delivery("must", "a"), b.delivery("nice", "b", nice))
	old := b.claim(b.now, 9)
	b.claimed(old, "must nice")
	b.claimed(b.claim(b.after(59*time.Second), 9), "")
	again := b.claim(b.after(time.Minute), 9)
	b.claimed(again, "must")
	b.state("nice", storage.Uncertain)
	if again[0].Fence <= old[0].Fence {
		b.Error("the fence did not rise")
	}
	b.settle(old[:1], storage.Buried)
	b.state("must", storage.Sending)
	b.settle(again, storage.Uncertain)
	b.state("must", storage.Queued)
	third := b.claim(b.after(2*time.Minute), 9)
	b.claimed(third, "must")
	b.settle(third, storage.Delivered)
	b.settle(third, storage.Queued)
	b.state("must", storage.Delivered)
	b.Run("a late outcome counts while nobody else has claimed", func(t *testing.T) {
		b.settle(old[1:], storage.Delivered)
		b.state("nice", storage.Delivered)
	})
	b.Run("a nice one that is uncertain stays so", func(t *testing.T) {
		b.enqueue(b.delivery("nice2", "c", nice))
		b.settle(b.claim(b.now, 9), storage.Uncertain)
		b.state("nice2", storage.Uncertain)
		b.claimed(b.claim(b.after(time.Hour), 9), "")
	})
	b.Run("counts", func(t *testing.T) {
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			n, err := tx.Sent.Count(ctx)
			b.equal("counts", n, map[storage.DeliveryState]int{storage.Delivered: 2, storage.Uncertain: 1})
			return err
		})
	})
}

func outboxRecovery(b *bench) {
	b.enqueue(b.delivery("must", "a"), b.delivery("nice", "b", nice), b.delivery("waits", "a"))
	dead := b.claim(b.now, 9)
	b.claimed(dead, "must nice")
	recover := func(account string, want int) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			n, err := tx.Outbox.Recover(ctx, "console", account, b.now)
			b.equal("recovered", n, want)
			return err
		})
	}
	recover("other", 0)
	recover("bot", 2)
	b.state("nice", storage.Uncertain)
	b.settle(dead, storage.Delivered)
	b.state("must", storage.Queued)
	b.claimed(b.claim(b.now, 9), "must")
}

func outboxDue(b *bench) {
	next := func(now, want time.Time) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			at, err := tx.Outbox.NextDue(ctx, "console", "bot", now)
			b.equal("next due", at, want)
			return err
		})
	}
	due := func(t time.Time) func(*storage.Delivery) { return func(d *storage.Delivery) { d.Due = t } }
	next(b.now, time.Time{})
	b.enqueue(b.delivery("later", "a", due(b.after(time.Hour))), b.delivery("other", "b", due(b.after(2*time.Hour))))
	next(b.now, b.after(time.Hour))
	b.claimed(b.claim(b.now, 9), "")
	b.enqueue(b.delivery("now", "a")) // one that is planned for later does not hold it up
	next(b.now, b.now)
	got := b.claim(b.now, 9)
	b.claimed(got, "now")
	next(b.now, b.after(time.Minute)) // when the claim ends
	b.settle(got, storage.Delivered)
	next(b.now, b.after(time.Hour))
	b.claimed(b.claim(b.after(time.Hour), 9), "later")
}

func sentDeliveries(b *bench) {
	about := func(s string) func(*storage.Delivery) { return func(d *storage.Delivery) { d.Subject = s } }
	b.enqueue(b.delivery("k1", "a", about("posting:1")), b.delivery("k2", "a", about("posting:1")), b.delivery("k3", "b", about("posting:2")))
	b.settle(b.claim(b.now, 1), storage.Delivered)
	list := func(what string, get func(context.Context, *storage.Tx) ([]storage.Delivery, error), want string) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			ds, err := get(ctx, tx)
			b.claimed(ds, want)
			if b.Failed() {
				b.Log(what)
			}
			return err
		})
	}
	list("about", func(ctx context.Context, tx *storage.Tx) ([]storage.Delivery, error) {
		return tx.Sent.About(ctx, "posting:1")
	}, "k1 k2")
	list("about, queued", func(ctx context.Context, tx *storage.Tx) ([]storage.Delivery, error) {
		return tx.Sent.About(ctx, "posting:1", storage.Queued, storage.Sending, storage.Buried)
	}, "k2")
	list("of person", func(ctx context.Context, tx *storage.Tx) ([]storage.Delivery, error) {
		return tx.Sent.OfPerson(ctx, "p-a")
	}, "k1 k2")
	list("of nobody", func(ctx context.Context, tx *storage.Tx) ([]storage.Delivery, error) {
		return tx.Sent.OfPerson(ctx, "")
	}, "")
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		d, err := tx.Sent.ByRef(ctx, console("a"), "ref-k1")
		b.equal("by reference", []any{d.Key, d.Ref, d.Subject, d.State}, []any{"k1", "ref-k1", "posting:1", storage.Delivered})
		if err != nil {
			return err
		}
		_, err = tx.Sent.ByRef(ctx, console("b"), "ref-k1")
		b.is("by reference at another address", err, storage.ErrNotFound)
		_, err = tx.Sent.ByKey(ctx, "k9")
		b.is("by unknown key", err, storage.ErrNotFound)
		return nil
	})
	b.Run("keys outlive texts", func(t *testing.T) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			n, err := tx.Sent.ForgetSent(ctx, b.after(time.Hour))
			b.equal("forgotten", n, 1)
			return err
		})
		b.enqueue(b.delivery("k1", "a"))
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			d, err := tx.Sent.ByKey(ctx, "k1")
			b.equal("forgotten delivery", []any{d.Key, d.State, d.Reply.Text, d.Ref}, []any{"k1", storage.Delivered, "", "ref-k1"})
			return err
		})
	})
}

func outboxCancel(b *bench) {
	about := func(d *storage.Delivery) { d.Subject = "posting:1" }
	b.enqueue(b.delivery("n1", "a", about, nice), b.delivery("n2", "b", about, nice), b.delivery("m", "c", about), b.delivery("o", "d", nice))
	got := b.claim(b.now, 1)
	b.claimed(got, "n1")
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Outbox.Cancel(ctx, "posting:1", storage.Nice)
		b.equal("cancelled", n, 1)
		return err
	})
	b.state("n1", storage.Sending)
	b.state("n2", storage.Dropped)
	b.state("m", storage.Queued)
	b.state("o", storage.Queued)
	b.settle(got, storage.Delivered)
	b.claimed(b.claim(b.now, 9), "m o")
}
