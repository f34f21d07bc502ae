package sqldb

import (
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

func TestContract(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			storagetest.Exercise(t, func(t *testing.T) func() storage.Store {
				c := d.fresh(t)
				return func() storage.Store { return opened(t, c) }
			})
		})
	}
}
