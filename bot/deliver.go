package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

const (
	sendLease   = 2 * time.Minute // after which a claim of a process that died is void
	sendWorkers = 64              // default of Config.Workers
	giveUp      = 48 * time.Hour  // a delivery is buried after that
)

// deliverLoop sends what is due on one account, whenever it is woken or something becomes due, for as long
// as this process holds the account. Sends run beside each other; what became of them is recorded in batches.
func (b *Bot) deliverLoop(ctx, work context.Context, a Account) {
	results := make(chan result, b.Workers)
	recorded := make(chan struct{})
	go func() {
		defer close(recorded)
		b.recordAll(work, a, results)
	}()
	var flying sync.WaitGroup
	free := make(chan struct{}, b.Workers)
	for ctx.Err() == nil {
		wait := time.Second
		if room := b.Workers - len(free); room > 0 && b.holds(a) {
			ds, next, err := b.claim(work, a, room)
			if err != nil && work.Err() == nil {
				b.Log.Error("claim", "account", a.Account, "error", err)
			}
			for _, d := range ds {
				free <- struct{}{}
				flying.Go(func() {
					results <- b.sendOne(work, a, d)
					<-free
				})
			}
			if len(ds) > 0 {
				wait = 0
			} else if !next.IsZero() {
				wait = min(wait, max(next.Sub(b.Now()), time.Millisecond))
			}
		}
		b.pauseOrPoke(ctx, a, wait)
	}
	flying.Wait()
	close(results)
	<-recorded
}

func (b *Bot) pauseOrPoke(ctx context.Context, a Account, wait time.Duration) {
	if wait == 0 {
		return
	}
	var poke chan struct{}
	if n := b.lines.get(a.key()); n != nil {
		poke = n.poke
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-poke:
	case <-timer.C:
	}
}

// recordAll records results as they come, together where several are there.
func (b *Bot) recordAll(work context.Context, a Account, results <-chan result) {
	for r := range results {
		batch := []result{r}
		for more := true; more && len(batch) < b.Workers; {
			select {
			case r, ok := <-results:
				if more = ok; ok {
					batch = append(batch, r)
				}
			default:
				more = false
			}
		}
		for try := range 5 {
			err := b.Store.Update(context.WithoutCancel(work), func(ctx context.Context, tx *storage.Tx) error {
				return b.record(ctx, tx, batch)
			})
			if err == nil {
				break
			}
			b.Log.Error("record", "account", a.Account, "error", err)
			pause(work, time.Second<<try)
		}
		b.wake(a.key())
	}
}

// Deliver sends once what may be sent on the account now, and records it. It returns how many that were, and
// when to come again, zero if nothing is waiting.
func (b *Bot) Deliver(ctx context.Context, account string) (int, time.Time, error) {
	n := b.lines.get(account)
	if n == nil {
		return 0, time.Time{}, errors.New("no such account")
	}
	a := n.Account
	ds, next, err := b.claim(ctx, a, b.Workers)
	if err != nil || len(ds) == 0 {
		return 0, next, err
	}
	rs := make([]result, len(ds))
	var wg sync.WaitGroup
	for i, d := range ds {
		wg.Go(func() { rs[i] = b.sendOne(ctx, a, d) })
	}
	wg.Wait()
	err = b.Store.Update(context.WithoutCancel(ctx), func(ctx context.Context, tx *storage.Tx) error {
		return b.record(ctx, tx, rs)
	})
	return len(ds), b.Now(), err
}

// claim takes what may be sent now: of any priority where the pace of the network allows it, else only what
// cannot wait. What its own address must wait for goes back at once.
func (b *Bot) claim(ctx context.Context, a Account, room int) ([]storage.Delivery, time.Time, error) {
	now := b.Now()
	paced, _ := a.Channel.(channels.Paced)
	any, urgent := room, 0
	var again time.Time
	if paced != nil {
		n, next := paced.Slots(now, false)
		u, nextUrgent := paced.Slots(now, true)
		any, urgent = min(room, n), max(0, min(room, u)-max(0, min(room, n)))
		if again = nextUrgent; any <= 0 && urgent <= 0 {
			return nil, again, nil
		}
		if any <= 0 {
			again = next
		}
	}
	var ds []storage.Delivery
	var next time.Time
	err := b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		ds = nil
		c := storage.Claim{Channel: a.Channel.Name(), Account: a.Account, Holder: b.Holder, Now: now, Lease: sendLease}
		for _, part := range []struct {
			limit int
			max   storage.Priority
		}{{any, -1}, {urgent, storage.UrgentPriority}} {
			if c.Limit, c.MaxPriority = part.limit, part.max; c.Limit <= 0 {
				continue
			}
			got, err := tx.Outbox.Claim(ctx, c)
			if err != nil {
				return err
			}
			ds = append(ds, got...)
		}
		var err error
		if ds, err = useful(ctx, tx, now, ds); err != nil {
			return err
		}
		if ds, err = b.reserve(ctx, tx, paced, now, ds); err != nil || len(ds) > 0 {
			return err
		}
		next, err = tx.Outbox.NextDue(ctx, c.Channel, c.Account, now)
		return err
	})
	if err == nil && any <= 0 && !next.IsZero() && next.Before(again) {
		next = again
	}
	return ds, next, err
}

// useful drops what comes too late to be of use, such as a reminder of something that has begun.
func useful(ctx context.Context, tx *storage.Tx, now time.Time, ds []storage.Delivery) ([]storage.Delivery, error) {
	var ready []storage.Delivery
	var late []storage.Outcome
	for _, d := range ds {
		if !d.Until.IsZero() && !now.Before(d.Until) {
			late = append(late, storage.Outcome{ID: d.ID, Fence: d.Fence, State: storage.Dropped, Code: "late", At: now})
			continue
		}
		ready = append(ready, d)
	}
	if len(late) == 0 {
		return ready, nil
	}
	return ready, tx.Outbox.Settle(ctx, late...)
}

// reserve keeps the deliveries whose address may be written to now, and puts the others back.
func (b *Bot) reserve(ctx context.Context, tx *storage.Tx, paced channels.Paced, now time.Time, ds []storage.Delivery) ([]storage.Delivery, error) {
	if paced == nil {
		return ds, nil
	}
	var ready []storage.Delivery
	var back []storage.Outcome
	for _, d := range ds {
		key := d.Key
		if d.Edit != "" {
			key = channels.EditKey(d.To, d.Edit)
		}
		if wait := paced.Reserve(now, key, d.To, d.Priority <= storage.UrgentPriority); wait > 0 {
			back = append(back, storage.Outcome{ID: d.ID, Fence: d.Fence, State: storage.Queued, Due: now.Add(wait), Code: "pace", At: now})
			continue
		}
		ready = append(ready, d)
	}
	if len(back) == 0 {
		return ready, nil
	}
	return ready, tx.Outbox.Settle(ctx, back...)
}

// result is what became of one send.
type result struct {
	d     storage.Delivery
	o     storage.Outcome
	gone  bool
	moved *channels.Address
}

// sendOne sends or edits one delivery and classifies the outcome.
func (b *Bot) sendOne(ctx context.Context, a Account, d storage.Delivery) result {
	r := result{d: d, o: storage.Outcome{ID: d.ID, Fence: d.Fence, State: storage.Delivered}}
	var err error
	if d.Edit != "" {
		if e, ok := a.Channel.(channels.Editor); ok {
			err = e.Edit(ctx, d.To, d.Edit, d.Reply)
			r.o.Ref = d.Edit
		}
	} else {
		r.o.Ref, err = a.Channel.Send(ctx, d.Key, d.To, d.Reply)
	}
	r.o.At = b.Now()
	if err == nil {
		return r
	}
	var again *channels.RetryAfter
	var moved *channels.MovedError
	switch {
	case errors.As(err, &moved):
		r.moved = &moved.To
		r.o.State, r.o.Due, r.o.Code = storage.Queued, r.o.At, "moved"
	case errors.Is(err, channels.ErrGone):
		r.gone = true
		r.o.State, r.o.Code = storage.Buried, "gone"
	case errors.Is(err, channels.ErrUndeliverable):
		r.o.State, r.o.Code = storage.Buried, "undeliverable"
	case errors.As(err, &again):
		r.o.State, r.o.Due, r.o.Code = storage.Queued, r.o.At.Add(again.Wait), "pace"
		if r.o.At.Sub(d.Created) > giveUp {
			r.o.State, r.o.Code = storage.Buried, "temporary"
		}
	case errors.Is(err, channels.ErrUncertain):
		r.o.State, r.o.Due, r.o.Code = storage.Uncertain, r.o.At.Add(backoff(d.Attempts)), "uncertain"
	default:
		r.o.State, r.o.Due, r.o.Code = storage.Queued, r.o.At.Add(backoff(d.Attempts)), "temporary"
		if r.o.At.Sub(d.Created) > giveUp {
			r.o.State = storage.Buried
		}
	}
	if r.o.Code != "pace" {
		b.Log.Warn("send", "delivery", d.ID, "state", string(r.o.State), "code", r.o.Code, "attempt", d.Attempts, "error", err)
	}
	return r
}

// backoff is 1 s, 2 s, 4 s … up to ten minutes.
func backoff(attempts int) time.Duration {
	return min(time.Second<<min(max(attempts-1, 0), 20), 10*time.Minute)
}

// record settles what was sent, and notes what the network said about addresses.
func (b *Bot) record(ctx context.Context, tx *storage.Tx, rs []result) error {
	outcomes := make([]storage.Outcome, len(rs))
	for i, r := range rs {
		outcomes[i] = r.o
	}
	if err := tx.Outbox.Settle(ctx, outcomes...); err != nil {
		return err
	}
	for _, r := range rs {
		if r.moved != nil {
			if err := tx.Addresses.MoveAddress(ctx, r.d.To, *r.moved); err != nil && !errors.Is(err, storage.ErrNotFound) {
				return err
			}
		}
		if r.gone {
			rec, err := tx.Addresses.Owner(ctx, r.d.To)
			if err == nil {
				rec.State, rec.Cause = storage.AddressClosed, "gone"
				err = tx.Addresses.SaveAddress(ctx, rec)
			}
			if err != nil && !errors.Is(err, storage.ErrNotFound) {
				return err
			}
		}
		if r.o.State == storage.Buried {
			if err := b.newTurn(tx).elsewhere(ctx, r.d); err != nil {
				return err
			}
		}
		if err := b.settleAlert(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

// settleAlert carries the fate of an alert's delivery over to the alert, or to all that a digest told of.
func (b *Bot) settleAlert(ctx context.Context, tx *storage.Tx, r result) error {
	if person, name, ok := digestOf(r.d.Key); ok {
		person, err := tx.Unions.WhoIs(ctx, person)
		if err != nil {
			return err
		}
		return b.settleDigest(ctx, tx, person, name, r.o.State)
	}
	person, posting, ok := alertOf(r.d.Key)
	if !ok {
		return nil
	}
	state, ok := alertFates[r.o.State]
	if !ok {
		return nil
	}
	person, err := tx.Unions.WhoIs(ctx, person)
	if err != nil {
		return err
	}
	return b.newTurn(tx).alertIs(ctx, person, posting, state)
}
