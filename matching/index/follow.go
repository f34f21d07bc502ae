package index

import (
	"context"
	"fmt"
	"time"
)

// Change says that something was changed in the store: which, and in which order it was written.
type Change struct {
	Seq      int64
	Kind     string // "subscription", "posting"
	ID       string
	Revision int64
	Gone     bool
	At       time.Time
}

// Source is the store as an index follows it. Sequence numbers may become visible out of order.
type Source interface {
	// After lists changes with greater sequence numbers in their order, at most limit.
	After(ctx context.Context, seq int64, limit int) ([]Change, error)
	// Since is the last sequence number at or before t, 0 if there is none.
	Since(ctx context.Context, t time.Time) (int64, error)
}

// Reread is how long after it was written a change may still become visible.
const Reread = time.Minute

// Follower applies the changes of a store to indexes, its own process's and those of others. Applying
// must be idempotent and must not let an older revision win, as Put and Remove promise.
type Follower struct {
	Source Source
	Now    func() time.Time
	// Apply reads what the changes are about as it is now and puts it into the index. It gets each id once
	// a round, with its newest change.
	Apply func(ctx context.Context, changes []Change) error
	// Tidy, if set, runs after each round: Forget, pauses that are over.
	Tidy func(now time.Time)

	next int64               // everything up to here is applied and too old to be late
	seen map[int64]time.Time // when what was applied beyond next was written

	polled time.Time // when the last round began that went through
}

// followLimit is how many changes are read at a time.
const followLimit = 5000

// Start begins with the changes of the last minute before the index was built from the store.
func (f *Follower) Start(ctx context.Context, built time.Time) error {
	seq, err := f.Source.Since(ctx, built.Add(-Reread))
	if err != nil {
		return fmt.Errorf("follow since %s: %w", built.UTC().Format(time.RFC3339), err)
	}
	f.next, f.seen = seq, map[int64]time.Time{}
	return nil
}

// Saw takes note of changes that were visible when the rows were read from which the index was built.
func (f *Follower) Saw(changes []Change) {
	for _, c := range changes {
		f.seen[c.Seq] = c.At
	}
	f.settle(f.next)
}

// Poll applies everything new, including what became visible late, and returns how many changes that
// were. After an error the same changes come again.
func (f *Follower) Poll(ctx context.Context) (int, error) {
	if f.seen == nil {
		f.seen = map[int64]time.Time{}
	}
	now := f.Now()
	floor, err := f.Source.Since(ctx, now.Add(-Reread))
	if err != nil {
		return 0, fmt.Errorf("follow: %w", err)
	}
	total := 0
	for after := f.next; ; {
		changes, err := f.Source.After(ctx, after, followLimit)
		if err != nil {
			return total, fmt.Errorf("follow after %d: %w", after, err)
		}
		if len(changes) == 0 {
			break
		}
		after = changes[len(changes)-1].Seq
		n, err := f.apply(ctx, changes)
		total += n
		if err != nil {
			return total, err
		}
	}
	f.polled = now
	f.settle(floor)
	if f.Tidy != nil {
		f.Tidy(now)
	}
	return total, nil
}

// settle moves next to floor, and on for as long as no number is missing: what is complete is not read again.
func (f *Follower) settle(floor int64) {
	if floor > f.next {
		f.next = floor
		for seq := range f.seen {
			if seq <= floor {
				delete(f.seen, seq)
			}
		}
	}
	for {
		if _, ok := f.seen[f.next+1]; !ok {
			return
		}
		f.next++
		delete(f.seen, f.next)
	}
}

// apply hands on the changes not seen before, one for each id.
func (f *Follower) apply(ctx context.Context, changes []Change) (int, error) {
	type subject struct{ kind, id string }
	newest := map[subject]int{}
	var fresh []Change
	n := 0
	for _, c := range changes {
		if _, ok := f.seen[c.Seq]; ok {
			continue
		}
		n++
		s := subject{c.Kind, c.ID}
		if i, ok := newest[s]; ok {
			fresh[i] = c
			continue
		}
		newest[s] = len(fresh)
		fresh = append(fresh, c)
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	if err := f.Apply(ctx, fresh); err != nil {
		return 0, fmt.Errorf("apply %d changes: %w", len(fresh), err)
	}
	for _, c := range changes {
		f.seen[c.Seq] = c.At
	}
	return n, nil
}

// Known tells what the indexes hold since the last round: everything up to a sequence number, but for what
// becomes visible longer than late after it was written, and which changes beyond it.
func (f *Follower) Known(late time.Duration) (settled int64, beyond map[int64]struct{}) {
	settled = f.next
	for seq, at := range f.seen {
		if at.Before(f.polled.Add(-late)) {
			settled = max(settled, seq)
		}
	}
	for { // where no number is missing nothing can come late
		if _, ok := f.seen[settled+1]; !ok {
			break
		}
		settled++
	}
	beyond = map[int64]struct{}{}
	for seq := range f.seen {
		if seq > settled {
			beyond[seq] = struct{}{}
		}
	}
	return settled, beyond
}

// Run polls at every tick until the context ends. Failed rounds go to report and are repeated.
func (f *Follower) Run(ctx context.Context, tick <-chan time.Time, report func(error)) error {
	for {
		if _, err := f.Poll(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick:
		}
	}
}

// Pauses wakes subscriptions whose pause ends by itself. It is not safe for concurrent use.
type Pauses struct {
	until map[string]time.Time
}

// Note remembers until when a subscription is paused; the zero time forgets it.
func (p *Pauses) Note(id string, until time.Time) {
	if until.IsZero() {
		delete(p.until, id)
		return
	}
	if p.until == nil {
		p.until = map[string]time.Time{}
	}
	p.until[id] = until
}

// Next is when the first pause ends, zero if there is none.
func (p *Pauses) Next() (next time.Time) {
	for _, t := range p.until {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	return next
}

// Wake clears the pauses that are over.
func (p *Pauses) Wake(x *Subscriptions, now time.Time) {
	for id, t := range p.until {
		if !now.Before(t) {
			x.SetState(id, Paused, false)
			delete(p.until, id)
		}
	}
}
