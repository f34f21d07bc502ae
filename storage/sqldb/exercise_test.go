package sqldb

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"ehrenamt/storage"
	"ehrenamt/storage/sqldb/pgtest"
	"ehrenamt/storage/storagetest"
)

var server pgtest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// the dialects, each with a function that makes the configuration of an empty database.
var dialects = []struct {
	name  string
	fresh func(t testing.TB) Config
}{
	{"sqlite", func(t testing.TB) Config { return Config{DSN: filepath.Join(t.TempDir(), "ehrenamt.db")} }},
	{"postgres", func(t testing.TB) Config {
		return Config{DSN: server.Schema(t), Key: KeySource{File: filepath.Join(t.TempDir(), "key")}}
	}},
}

// opened opens a store and closes it at the end of the test.
func opened(t testing.TB, c Config, h ...hooks) *Store {
	t.Helper()
	var hook hooks
	if len(h) > 0 {
		hook = h[0]
	}
	s, err := open(t.Context(), c, hook)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// emptied hands out one database again and again, emptied after each use: making the schema takes longer than
// most tests.
type emptied struct {
	all  *testing.T
	make func(testing.TB) Config
	free []Config
}

func (e *emptied) fresh(t *testing.T) Config {
	if len(e.free) == 0 {
		c := e.make(e.all)
		c.Key = KeySource{Value: hexKey}
		e.free = []Config{c}
	}
	c := e.free[0]
	e.free = e.free[1:]
	t.Cleanup(func() {
		s, err := Open(context.Background(), c)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = s.Close() }()
		for _, table := range tables(t, s) {
			if table == "meta" || table == "goose_db_version" {
				continue
			}
			if _, err := s.write.Exec("DELETE FROM " + table); err != nil {
				t.Error(err)
			}
		}
		e.free = append(e.free, c)
	})
	return c
}

func TestContract(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			e := &emptied{all: t, make: d.fresh}
			storagetest.Exercise(t, func(t *testing.T) func() storage.Store {
				c := e.fresh(t)
				return func() storage.Store { return opened(t, c) }
			})
		})
	}
}
