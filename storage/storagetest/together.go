package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// together runs fn at the same time n times, in turn on two stores of the same database.
func (b *bench) together(n int, fn func(s storage.Store, i int) error) {
	b.Helper()
	stores := []storage.Store{b.s, b.open()}
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = fn(stores[i%2], i) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			b.Error(err)
		}
	}
}

func racingTurns(b *bench) {
	anna := console("anna")
	b.together(24, func(s storage.Store, i int) error {
		return s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			st, err := tx.Conversations.Load(ctx, anna)
			if err != nil {
				return err
			}
			st.Frames = append(st.Frames, conversations.Frame{Flow: "x", Step: fmt.Sprint(i)})
			return tx.Conversations.Save(ctx, anna, st)
		})
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		st, err := tx.Conversations.Load(ctx, anna)
		b.equal("turns kept", []any{st.Rev, len(st.Frames)}, []any{24, 24})
		return err
	})
}

func racingPlaces(b *bench) {
	p := b.post(need("ac", "author"))
	b.together(16, func(s storage.Store, i int) error {
		return s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			p, err := tx.Postings.LockPosting(ctx, p.ID)
			if err != nil {
				return err
			}
			of, err := tx.Answers.OfPosting(ctx, p.ID)
			if err != nil {
				return err
			}
			taken := 0
			for _, a := range of {
				if a.State.Takes() {
					taken++
				}
			}
			a := matching.Answer{Posting: p.ID, Person: fmt.Sprint(i), State: matching.Waiting, Created: b.now}
			if taken < p.Places {
				a.State = matching.Accepted
			}
			return tx.Answers.SaveAnswer(ctx, &a)
		})
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		of, err := tx.Answers.OfPosting(ctx, p.ID)
		taken := 0
		for _, a := range of {
			if a.State.Takes() {
				taken++
			}
		}
		b.equal("answers, places taken", []any{len(of), taken}, []any{16, 3})
		return err
	})
}

// racingClaims empties an outbox from both sides: no delivery is claimed twice, no address has two in
// flight, and each address gets its own in order.
func racingClaims(b *bench) {
	const addresses, each = 12, 5
	for n := range each {
		for a := range addresses {
			b.enqueue(b.delivery(fmt.Sprintf("%d", n*addresses+a), fmt.Sprint(a), prio(storage.Priority(10*(a%2)), int64(each-n))))
		}
	}
	var mu sync.Mutex
	flying := map[string]bool{}
	got := map[string][]string{}
	var done atomic.Int64
	b.together(6, func(s storage.Store, i int) error {
		for done.Load() < addresses*each {
			var ds []storage.Delivery
			err := s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
				ds, err = tx.Outbox.Claim(ctx, storage.Claim{Channel: "console", Account: "bot", Holder: fmt.Sprint(i), Now: b.now, Lease: time.Minute, Limit: 4, MaxPriority: -1})
				return err
			})
			if err != nil {
				return err
			}
			mu.Lock()
			for _, d := range ds {
				if flying[d.To.ID] {
					b.Errorf("address %s has two in flight", d.To.ID)
				}
				flying[d.To.ID] = true
				got[d.To.ID] = append(got[d.To.ID], d.Key)
			}
			mu.Unlock()
			for _, d := range ds {
				mu.Lock()
				flying[d.To.ID] = false
				mu.Unlock()
				err := s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
					return tx.Outbox.Settle(ctx, storage.Outcome{ID: d.ID, Fence: d.Fence, State: storage.Delivered, At: b.now})
				})
				if err != nil {
					return err
				}
				done.Add(1)
			}
		}
		return nil
	})
	for a := range addresses {
		var want []string
		for n := range each {
			want = append(want, fmt.Sprint(n*addresses+a))
		}
		b.equal(fmt.Sprint("order at address ", a), got[fmt.Sprint(a)], want)
	}
}

func racingOnce(b *bench) {
	var inbox, alert, job, lease, token atomic.Int64
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		return tx.Tokens.PutToken(ctx, "secret", storage.Token{Kind: "k", Uses: 1})
	})
	b.together(12, func(s storage.Store, i int) error {
		count := func(n *atomic.Int64, fn func(ctx context.Context, tx *storage.Tx) (bool, error)) error {
			ok := false
			err := s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
				ok, err = fn(ctx, tx)
				return err
			})
			if ok && err == nil {
				n.Add(1)
			}
			return err
		}
		err := count(&inbox, func(ctx context.Context, tx *storage.Tx) (bool, error) {
			return tx.Inbox.Accept(ctx, storage.Arrival{Channel: "console", Account: "bot", ID: "1", From: console("a"), At: b.now})
		})
		if err != nil {
			return err
		}
		err = count(&alert, func(ctx context.Context, tx *storage.Tx) (bool, error) {
			return tx.Alerts.Raise(ctx, &storage.Alert{Person: "p", Posting: "1", At: b.now})
		})
		if err != nil {
			return err
		}
		err = count(&job, func(ctx context.Context, tx *storage.Tx) (bool, error) {
			return tx.Jobs.StartJob(ctx, "digest", "2026-11-28", fmt.Sprint(i), b.now, time.Minute)
		})
		if err != nil {
			return err
		}
		err = count(&token, func(ctx context.Context, tx *storage.Tx) (bool, error) {
			_, err := tx.Tokens.Take(ctx, "k", "secret", b.now)
			if errors.Is(err, storage.ErrNotFound) {
				return false, nil
			}
			return err == nil, err
		})
		if err != nil {
			return err
		}
		return count(&lease, func(ctx context.Context, tx *storage.Tx) (bool, error) {
			_, ok, err := tx.Leases.Acquire(ctx, "bot", fmt.Sprint(i), b.now, time.Minute)
			return ok, err
		})
	})
	b.equal("inbox, alert, job, token, lease", []any{inbox.Load(), alert.Load(), job.Load(), token.Load(), lease.Load()}, []any{1, 1, 1, 1, 1})
}

// racingFailures lets every third function fail, and every seventh panic, while others succeed.
func racingFailures(b *bench) {
	b.together(60, func(s storage.Store, i int) (err error) {
		defer func() {
			if p := recover(); p != nil && i%7 != 0 {
				err = fmt.Errorf("panic in %d: %v", i, p)
			}
		}()
		err = s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			if err := tx.Cursors.SetCursor(ctx, "console", fmt.Sprint(i), "x"); err != nil {
				return err
			}
			if i%7 == 0 {
				panic("oops")
			}
			if i%3 == 0 {
				return errOops
			}
			return nil
		})
		if i%3 == 0 && errors.Is(err, errOops) {
			return nil
		}
		return err
	})
	for i := range 60 {
		want := "x"
		if i%7 == 0 || i%3 == 0 {
			want = ""
		}
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			c, err := tx.Cursors.Cursor(ctx, "console", fmt.Sprint(i))
			b.equal(fmt.Sprint("cursor ", i), c, want)
			return err
		})
	}
}
