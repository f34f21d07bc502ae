package bot

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/index"
	"ehrenamt/matching/index/search"
	"ehrenamt/storage"
)

// finder is this process's index of subscriptions and open postings: built from the store, following its changes,
// those of other processes too. It only proposes. The transaction that asks is told what changed since the index
// followed last as well, and judges by the rows that it reads itself, so that it misses nothing it can see.
type finder struct {
	store  storage.Store
	now    func() time.Time
	zone   func(ctx context.Context, tx *storage.Tx, front string) (*time.Location, error)
	shown  atomic.Pointer[picture]
	reader *reader // of the postings that the index proposes
	// behind says that turns have much to read which the index does not know yet.
	behind atomic.Bool

	mu       sync.Mutex // held while building and following, outside of transactions that write; guards all below
	follower index.Follower
	pauses   index.Pauses
	followed time.Time
	forgot   time.Time
}

// picture is the indexes and how much of the store is in them. It never changes, but for the indexes.
type picture struct {
	subs    *index.Subscriptions
	posts   *search.Postings
	settled int64              // changes up to here are in them
	beyond  map[int64]struct{} // and these
	wake    time.Time          // when the first pause ends, zero if there is none
}

// The rhythm of following. A change is seen at once anyway; what is not yet in the index only costs its reading.
const (
	followEvery = 500 * time.Millisecond
	// lateAfter is how long after it was written a change may become visible to be seen at once.
	lateAfter   = 10 * time.Second
	forgetEvery = 10 * index.Reread
	// muchToRead is how many changes make it worth while to follow before it is time.
	muchToRead = 64
	// followPage is how many changes are read at a time.
	followPage = 5000
)

// The kinds of change that are followed.
const (
	subscriptionKind = "subscription"
	postingKind      = "posting"
)

// open is the index, built if it is not there yet: call it before a transaction begins, for whoever waits for the building
// while holding a connection may be what it waits for.
func (f *finder) open(ctx context.Context) (*picture, error) {
	if k := f.shown.Load(); k != nil {
		return k, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if k := f.shown.Load(); k != nil {
		return k, nil
	}
	k := &picture{}
	now := f.now()
	f.follower = index.Follower{Source: feed{f.store}, Now: f.now, Apply: f.apply}
	if err := f.follower.Start(ctx, now); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	err := f.store.View(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		f.pauses = index.Pauses{}
		if err := f.saw(ctx, tx); err != nil {
			return err
		}
		if k.subs, err = index.Build(f.entries(ctx, tx, now), 0); err == nil {
			k.posts, err = search.Build(f.docs(ctx, tx), 0)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	f.forgot = now
	f.publish(k.subs, k.posts)
	return f.shown.Load(), nil
}

// saw notes which changes are in what this transaction reads.
func (f *finder) saw(ctx context.Context, tx *storage.Tx) error {
	seq, err := tx.Changes.Since(ctx, f.now().Add(-index.Reread))
	for err == nil {
		var found []storage.Change
		if found, err = tx.Changes.After(ctx, seq, followPage); err != nil || len(found) == 0 {
			break
		}
		f.follower.Saw(changesOf(found))
		seq = found[len(found)-1].Seq
	}
	return err
}

// entries are the subscriptions as the index takes them.
func (f *finder) entries(ctx context.Context, tx *storage.Tx, now time.Time) func(func(index.Entry, error) bool) {
	return func(yield func(index.Entry, error) bool) {
		for r, err := range tx.Positions.StreamPositions(ctx) {
			if err != nil {
				yield(index.Entry{}, err)
				return
			}
			e, ok := index.EntryOfRow(&r, now)
			if !ok {
				continue
			}
			if !r.Stopped && now.Before(r.PausedUntil) {
				f.pauses.Note(r.ID, r.PausedUntil)
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// docs are the open postings as the index takes them.
func (f *finder) docs(ctx context.Context, tx *storage.Tx) func(func(search.Doc, error) bool) {
	return func(yield func(search.Doc, error) bool) {
		for p, err := range tx.Postings.StreamPostings(ctx) {
			if err != nil {
				yield(search.Doc{}, err)
				return
			}
			d, ok, err := f.doc(ctx, tx, &p)
			if (ok || err != nil) && !yield(d, err) {
				return
			}
		}
	}
}

func (f *finder) doc(ctx context.Context, tx *storage.Tx, p *matching.Posting) (search.Doc, bool, error) {
	zone, err := f.zone(ctx, tx, p.Front)
	if err != nil {
		return search.Doc{}, false, err
	}
	d, ok := search.DocOf(p, zone)
	return d, ok, nil
}

// publish shows what the follower has done.
func (f *finder) publish(subs *index.Subscriptions, posts *search.Postings) {
	k := &picture{subs: subs, posts: posts, wake: f.pauses.Next()}
	k.settled, k.beyond = f.follower.Known(lateAfter)
	f.shown.Store(k)
}

// follow brings what changed into the index, unless it did so a moment ago.
func (f *finder) follow(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now().Sub(f.followed).Abs() < followEvery {
		return nil
	}
	return f.catchUp(ctx)
}

// hurry follows if turns have much to read and nobody else is at it. Trouble is told by the next follow.
func (f *finder) hurry(ctx context.Context) {
	if !f.behind.Load() || !f.mu.TryLock() {
		return
	}
	defer f.mu.Unlock()
	if f.behind.Load() {
		_ = f.catchUp(ctx)
	}
}

// catchUp follows. The caller holds the lock.
func (f *finder) catchUp(ctx context.Context) error {
	k, now := f.shown.Load(), f.now()
	if k == nil {
		return nil
	}
	f.followed = now
	f.behind.Store(false)
	n, err := f.follower.Poll(ctx)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	f.pauses.Wake(k.subs, now)
	if now.Sub(f.forgot) > forgetEvery {
		f.forgot = now
		k.subs.Forget()
		k.posts.Forget()
	}
	if settled, _ := f.follower.Known(lateAfter); n > 0 || settled != k.settled || !k.wake.Equal(f.pauses.Next()) {
		f.publish(k.subs, k.posts)
	}
	return nil
}

// overdue tells whether pauses are over that the index still keeps.
func (k *picture) overdue(now time.Time) bool { return !k.wake.IsZero() && !now.Before(k.wake) }

// apply brings the rows that changes are about into the index as they are now.
func (f *finder) apply(ctx context.Context, changes []index.Change) error {
	k := f.shown.Load()
	return f.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		var subs, posts []string
		for _, c := range changes {
			switch c.Kind {
			case subscriptionKind:
				subs = append(subs, c.ID)
			case postingKind:
				posts = append(posts, c.ID)
			}
		}
		ss, err := tx.Batches.SubscriptionsOf(ctx, subs)
		if err != nil {
			return fmt.Errorf("subscriptions: %w", err)
		}
		ps, err := tx.Batches.PostingsOf(ctx, posts)
		if err != nil {
			return fmt.Errorf("postings: %w", err)
		}
		there := make(map[string]bool, len(ss)+len(ps))
		now := f.now()
		for i := range ss {
			there[ss[i].ID] = true
			f.takeSubscription(k.subs, &ss[i], now)
		}
		var docs []search.Doc
		for i := range ps {
			d, ok, err := f.doc(ctx, tx, &ps[i])
			if err != nil {
				return err
			}
			if there[ps[i].ID] = ok; ok {
				docs = append(docs, d)
			}
		}
		k.posts.Put(docs...)
		for _, c := range changes {
			switch {
			case there[c.ID]:
			case c.Kind == subscriptionKind:
				k.subs.Remove(c.ID, c.Revision)
				f.pauses.Note(c.ID, time.Time{})
			case c.Kind == postingKind:
				k.posts.Remove(c.ID, c.Revision)
				f.reader.kept.Remove(c.ID)
			}
		}
		return nil
	})
}

func (f *finder) takeSubscription(x *index.Subscriptions, s *matching.Subscription, now time.Time) {
	f.pauses.Note(s.ID, time.Time{})
	e, ok := index.EntryOf(s, now)
	if !ok {
		x.Remove(s.ID, s.Revision)
		return
	}
	if !s.Stopped && now.Before(s.PausedUntil) {
		f.pauses.Note(s.ID, s.PausedUntil)
	}
	x.Put(e)
}

// feed is the store as the follower reads it.
type feed struct{ store storage.Store }

func (s feed) After(ctx context.Context, seq int64, limit int) (cs []index.Change, err error) {
	err = s.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		found, err := tx.Changes.After(ctx, seq, limit)
		cs = changesOf(found)
		return err
	})
	return cs, err
}

func changesOf(found []storage.Change) []index.Change {
	cs := make([]index.Change, len(found))
	for i, c := range found {
		cs[i] = index.Change(c)
	}
	return cs
}

func (s feed) Since(ctx context.Context, t time.Time) (seq int64, err error) {
	err = s.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		seq, err = tx.Changes.Since(ctx, t)
		return err
	})
	return seq, err
}
