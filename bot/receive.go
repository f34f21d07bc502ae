package bot

import (
	"context"
	"sync/atomic"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// leaseFor is how long a process holds an account without renewing; another one takes over after that.
const leaseFor = 15 * time.Second

// receive holds the lease of an account and receives on it while it is held.
func (b *Bot) receive(ctx, work context.Context, a Account) error {
	name := "account:" + a.key()
	defer func() {
		b.setHeld(a, false)
		_ = b.Store.Update(work, func(ctx context.Context, tx *storage.Tx) error {
			if err := noteSeen(ctx, tx, a); err != nil {
				return err
			}
			return tx.Leases.Release(ctx, name, b.Holder)
		})
	}()
	for ctx.Err() == nil {
		if !b.acquire(ctx, a, name) {
			b.setHeld(a, false)
			if !pause(ctx, leaseFor/3) {
				return nil
			}
			continue
		}
		if err := b.recover(ctx, a); err != nil {
			b.Log.Error("recover", "account", a.Account, "error", err)
			if !pause(ctx, time.Second) {
				return nil
			}
			continue
		}
		b.setHeld(a, true)
		b.wake(a.key())
		if err := b.receiveHeld(ctx, work, a, name); err != nil {
			return err
		}
	}
	return nil
}

// receiveHeld receives until ctx ends or the lease is lost.
func (b *Bot) receiveHeld(ctx, work context.Context, a Account, name string) error {
	held, drop := context.WithCancel(ctx)
	defer drop()
	go func() {
		for pause(held, leaseFor/3) {
			if !b.acquire(held, a, name) && held.Err() == nil {
				b.Log.Warn("lease lost", "account", a.Account)
				b.setHeld(a, false)
				drop()
			}
		}
	}()
	var cursor string
	err := b.Store.View(held, func(ctx context.Context, tx *storage.Tx) (err error) {
		cursor, err = tx.Cursors.Cursor(ctx, a.Channel.Name(), a.Account)
		return err
	})
	if err != nil {
		if held.Err() == nil {
			b.Log.Error("cursor", "account", a.Account, "error", err)
			pause(held, time.Second)
		}
		return nil
	}
	err = a.Channel.Receive(held, cursor, func(_ context.Context, m channels.Message) error {
		// The turn is finished even while the service is being stopped.
		return b.Hear(work, m)
	})
	if err == nil {
		<-held.Done() // a channel whose input has ended can still be sent to
	}
	return err
}

// recover settles what the former holder of the account was sending when it went.
func (b *Bot) recover(ctx context.Context, a Account) error {
	return b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Outbox.Recover(ctx, a.Channel.Name(), a.Account, b.Now())
		if n > 0 {
			b.Log.Info("recovered sends of a former process", "account", a.Account, "count", n)
		}
		return err
	})
}

// acquire takes or renews a lease. A store that cannot be asked counts as lost.
func (b *Bot) acquire(ctx context.Context, a Account, name string) bool {
	var ok bool
	err := b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if _, ok, err = tx.Leases.Acquire(ctx, name, b.Holder, b.Now(), leaseFor); err != nil || !ok {
			return err
		}
		return noteSeen(ctx, tx, a)
	})
	if err != nil && ctx.Err() == nil {
		b.Log.Error("lease", "error", err)
	}
	return err == nil && ok
}

func (b *Bot) setHeld(a Account, held bool) {
	if n := b.lines.get(a.key()); n != nil {
		n.held.Store(held)
	}
}

func (b *Bot) holds(a Account) bool {
	n := b.lines.get(a.key())
	return n != nil && n.held.Load()
}

// Receiving tells whether this process receives on every account it has.
func (b *Bot) Receiving() bool {
	for _, n := range b.lines.list() {
		if n.fixed && !n.held.Load() {
			return false
		}
	}
	return true
}

// pause waits; false if ctx ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// flag is read by other goroutines than the one that sets it.
type flag = atomic.Bool
