package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

func accept(ctx context.Context, s *Store, id string, size int) error {
	return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Inbox.Accept(ctx, storage.Arrival{Channel: "c", Account: "a", ID: id, From: channels.Address{ID: "x"}, Raw: make([]byte, size), At: noon})
		if err != nil {
			return err
		}
		return tx.Cursors.SetCursor(ctx, "c", id, id)
	})
}

// Several callers share a commit; what was acknowledged is there, and what failed is not, wherever the
// disk became full.
func TestAFullDiskLosesNothingThatWasAcknowledged(t *testing.T) {
	c := dialects[0].fresh(t)
	s := opened(t, c, hooks{pragmas: []string{"max_page_count = 600"}})
	var mu sync.Mutex
	outcome := map[string]error{}
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for n := range 60 {
				id := fmt.Sprint(i, "-", n)
				err := accept(t.Context(), s, id, 1000+10000*(i%2))
				mu.Lock()
				outcome[id] = err
				mu.Unlock()
			}
		})
	}
	all.Wait()
	full := 0
	for id, err := range outcome {
		if err != nil {
			full++
			if !errors.Is(err, storage.ErrFull) {
				t.Errorf("%s: %v", id, err)
			}
		}
		err := s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			got, e := tx.Cursors.Cursor(ctx, "c", id)
			if (got == id) != (err == nil) {
				t.Errorf("%s: acknowledged with %v, found %q", id, err, got)
			}
			return e
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if full == 0 || full == len(outcome) {
		t.Errorf("%d of %d failed: the test shows nothing", full, len(outcome))
	}
	if err := accept(t.Context(), s, "0-0", 0); err != nil {
		t.Errorf("a repeat that needs no room: %v", err)
	}
}

// A function that swallows an error of the database is not half kept.
func TestASwallowedErrorKeepsNothing(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			s := opened(t, d.fresh(t))
			err := s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				if err := tx.Cursors.SetCursor(ctx, "c", "a", "1"); err != nil {
					return err
				}
				if _, err := tx.Inbox.(inbox).exec(ctx, "INSERT INTO nowhere VALUES (1)"); err == nil {
					t.Error("no error")
				}
				_ = tx.Cursors.SetCursor(ctx, "c", "b", "2")
				return nil
			})
			if err == nil {
				t.Error("the error was lost")
			}
			err = s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				for _, a := range []string{"a", "b"} {
					if c, err := tx.Cursors.Cursor(ctx, "c", a); err != nil || c != "" {
						t.Errorf("cursor %q, %v", c, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestALockedDatabaseIsBusy(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			c := d.fresh(t)
			c.Busy = 50 * time.Millisecond
			s, other := opened(t, c), opened(t, c)
			q, err := other.write.Begin() // on SQLite the one lock there is
			if err != nil {
				t.Fatal(err)
			}
			if s.dialect == postgres {
				if _, err := q.Exec("LOCK TABLE inbox"); err != nil {
					t.Fatal(err)
				}
			}
			if err := accept(t.Context(), s, "1", 1); !errors.Is(err, storage.ErrBusy) {
				t.Errorf("locked: %v", err)
			}
			if err := s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.Cursors.Cursor(ctx, "c", "1")
				return err
			}); err != nil {
				t.Errorf("reading while locked: %v", err)
			}
			if err := q.Rollback(); err != nil {
				t.Fatal(err)
			}
			if err := accept(t.Context(), s, "1", 1); err != nil {
				t.Errorf("free again: %v", err)
			}
		})
	}
}

func TestADeadlockIsRunAgain(t *testing.T) {
	s := opened(t, dialects[1].fresh(t))
	addresses := []channels.Address{{ID: "a"}, {ID: "b"}}
	var both sync.WaitGroup
	both.Add(2)
	var all sync.WaitGroup
	for i := range 2 {
		all.Go(func() {
			first := sync.OnceFunc(func() { both.Done(); both.Wait() }) // in the first run only
			err := s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				for n := range 2 {
					a := addresses[(i+n)%2]
					st, err := tx.Conversations.Load(ctx, a)
					if err != nil {
						return err
					}
					if err := tx.Conversations.Save(ctx, a, st); err != nil {
						return err
					}
					first()
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	err := s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, a := range addresses {
			st, err := tx.Conversations.Load(ctx, a)
			if err != nil || st.Rev != 2 {
				t.Errorf("rev %d, %v", st.Rev, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			c := d.fresh(t)
			s := opened(t, c)
			if _, err := s.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
				t.Fatal(err)
			}
			if err := tryOpen(t, c); !errors.Is(err, storage.ErrNewer) || !strings.Contains(err.Error(), "9999") {
				t.Error(err)
			}
		})
	}
}

func TestSeveralStartAtOnceOnAnEmptyDatabase(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			c := d.fresh(t)
			stores := make([]*Store, 4)
			var all sync.WaitGroup
			for i := range stores {
				all.Go(func() {
					var err error
					if stores[i], err = Open(t.Context(), c); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			for i, s := range stores {
				if s == nil {
					continue
				}
				if err := accept(t.Context(), s, fmt.Sprint(i), 1); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	for _, dsn := range []string{"", ":memory:", dir, dir + "/none/x.db", write(t, dir+"/text.db", strings.Repeat("no database ", 1000)),
		"postgres://user:secretword@%zz/", "postgres://user:secretword@127.0.0.1:1/x?connect_timeout=1"} {
		err := tryOpen(t, Config{DSN: dsn, Key: KeySource{Value: hexKey}})
		if err == nil || strings.Contains(err.Error(), "secretword") {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

func TestOddPathsAreFiles(t *testing.T) {
	c := Config{DSN: t.TempDir() + "/a b?c=d%20#e.db"}
	if err := tryOpen(t, c); err != nil {
		t.Fatal(err)
	}
	if err := tryOpen(t, c); err != nil {
		t.Error(err)
	}
}

func TestInjectedIDsAndRandomness(t *testing.T) {
	n := 0
	c := dialects[0].fresh(t)
	c.NewID = func() string { n++; return fmt.Sprint("id-", n) }
	c.Rand = &counting{}
	s := opened(t, c)
	p := storage.Person{}
	if err := s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return tx.People.Create(ctx, &p) }); err != nil || p.ID != "id-1" {
		t.Error(p.ID, err)
	}
}

// counting is a predictable source.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}
