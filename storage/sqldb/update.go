package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ehrenamt/storage"
)

// attempts is how often Update runs a function that meets a conflict.
const attempts = 6

// groupSize is how many functions share one commit on SQLite at most.
const groupSize = 8

// inUpdate marks the context of a function that runs in Update.
type inUpdate struct{}

// Update runs fn in a transaction, and again after a conflict.
func (s *Store) Update(ctx context.Context, fn func(context.Context, *storage.Tx) error) error {
	if ctx.Value(inUpdate{}) == s {
		return errors.New("update within an update")
	}
	ctx = context.WithValue(ctx, inUpdate{}, s)
	for n := 1; ; n++ {
		var err error
		if s.dialect == sqlite {
			err = s.updateLite(ctx, fn, n > 1)
		} else {
			err = s.updatePostgres(ctx, fn)
		}
		if err == nil || n == attempts || !errors.Is(err, storage.ErrConflict) {
			return err
		}
		if s.dialect == sqlite {
			continue
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(rand.Int64N(int64(n) * int64(2*time.Millisecond)))):
		}
	}
}

func (s *Store) updatePostgres(ctx context.Context, fn func(context.Context, *storage.Tx) error) error {
	q, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", s.wrap(err))
	}
	defer func() { _ = q.Rollback() }()
	t := &txn{s: s, q: q, update: true}
	if err := fn(ctx, t.parts()); err != nil {
		return err
	}
	if t.failed != nil {
		return t.failed
	}
	if err := q.Commit(); err != nil {
		return fmt.Errorf("commit: %w", s.wrap(err))
	}
	return nil
}

// errLost is what those get whose work was rolled back with that of another one; it makes them run again.
var errLost = fmt.Errorf("group rolled back: %w", storage.ErrConflict)

// group is a SQLite transaction that several functions write in, one after the other, each within a
// savepoint. None of them returns before the commit.
type group struct {
	q    *sql.Tx
	n    int           // functions whose work is in it
	done chan struct{} // closed after the end
	err  error         // of the commit; read after done
}

// updateLite waits for the right to write, runs fn in the open group or in a new one, and commits unless
// somebody waits who will. Whoever waits never gives up before having had the turn, so that an open group
// always finds its end. A function that runs again does so alone: it may have lost its work to the trouble of
// another one.
func (s *Store) updateLite(ctx context.Context, fn func(context.Context, *storage.Tx) error, alone bool) error {
	s.queued.Add(1)
	s.writing <- struct{}{}
	s.queued.Add(-1)
	g, err := s.turn(ctx, fn, alone)
	if err != nil {
		return err
	}
	<-g.done
	return g.err
}

// turn has the right to write, and gives it back.
func (s *Store) turn(ctx context.Context, fn func(context.Context, *storage.Tx) error, alone bool) (*group, error) {
	defer func() {
		if s.open != nil && (alone || s.open.n >= groupSize || s.queued.Load() == 0) {
			s.end(s.open.q.Commit())
		}
		<-s.writing
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.open != nil && alone {
		s.end(s.open.q.Commit())
	}
	if s.open == nil {
		q, err := s.write.BeginTx(s.quiet(ctx), nil)
		if err != nil {
			return nil, fmt.Errorf("begin: %w", s.wrap(err))
		}
		s.open = &group{q: q, done: make(chan struct{})}
	}
	g := s.open
	if err := s.run(ctx, g, fn); err != nil {
		return nil, err
	}
	return g, nil
}

// run runs fn and leaves nothing of it in the group if it fails or panics.
func (s *Store) run(ctx context.Context, g *group, fn func(context.Context, *storage.Tx) error) error {
	t := &txn{s: s, q: g.q, update: true}
	first, kept := g.n == 0, false
	defer func() {
		switch {
		case kept:
		case first:
			_ = g.q.Rollback()
			s.open = nil
		default:
			t.failed = nil
			if t.all(context.WithoutCancel(ctx), nil, "ROLLBACK TO fn", "RELEASE fn") != nil {
				s.end(errLost) // the database has rolled back everything by itself
			}
		}
	}()
	if !first {
		if _, err := t.exec(ctx, "SAVEPOINT fn"); err != nil {
			return err
		}
	}
	if err := fn(ctx, t.parts()); err != nil {
		return err
	}
	if !first {
		if _, err := t.exec(ctx, "RELEASE fn"); err != nil {
			return err
		}
	}
	if t.failed != nil {
		return t.failed
	}
	g.n++
	kept = true
	return nil
}

// end tells everybody in the open group how it ended.
func (s *Store) end(err error) {
	g := s.open
	s.open = nil
	if err != nil {
		_ = g.q.Rollback()
		if g.n > 1 {
			err = errLost // alone, each learns its own fate
		}
		g.err = fmt.Errorf("commit: %w", s.wrap(err))
	}
	close(g.done)
}
