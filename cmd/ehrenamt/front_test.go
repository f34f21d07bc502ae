package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// ask runs the real command line on a store of its own and returns what it prints.
func ask(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(append([]string{"--config", filepath.Join(dir, "ehrenamt.toml")}, args...))
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestAnOperatorAppointsEditors(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "e.db")
	conf := "database = " + `"` + db + `"` + "\n[fronts.aachen]\nname = \"Aachen\"\nzone = \"Europe/Berlin\"\n"
	if err := os.WriteFile(filepath.Join(dir, "ehrenamt.toml"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := ask(t, dir, "front", "list")
	if err != nil || !strings.Contains(out, "aachen") {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = ask(t, dir, "front", "invite-editor", "--front", "aachen")
	if err != nil || !strings.HasPrefix(out, "/redaktion ") || len(strings.TrimSpace(out)) != len("/redaktion ")+14 {
		t.Errorf("%v %q", err, out)
	}
	for _, wrong := range [][]string{
		{"front", "show", "koeln"}, {"front", "invite-editor", "--front", "koeln"}, {"front", "add-editor", "--front", "aachen", "telegram:main:1"},
		{"front", "add-editor", "--front", "aachen", "nobody"}, {"front", "invite-editor"},
	} {
		if out, err := ask(t, dir, wrong...); err == nil {
			t.Errorf("%v went well: %s", wrong, out)
		}
	}
	know(t, db)
	for _, step := range []struct{ verb, want string }{{"add-editor", "1 editors"}, {"add-editor", "1 editors"}, {"remove-editor", "0 editors"}} {
		if out, err := ask(t, dir, "front", step.verb, "--front", "aachen", "telegram:main:4711"); err != nil || !strings.Contains(out, step.want) {
			t.Errorf("%s: %v %s", step.verb, err, out)
		}
	}
	if out, err := ask(t, dir, "front", "show", "aachen"); err != nil || !strings.Contains(out, "waiting for review  0") {
		t.Errorf("%v\n%s", err, out)
	}
}

// know lets somebody have written to the front.
func know(t *testing.T, db string) {
	t.Helper()
	s, err := sqldb.Open(t.Context(), sqldb.Config{DSN: db})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	err = s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
		p := storage.Person{Front: "aachen", Name: "Berta", Created: now, Active: now}
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		a := channels.Address{Channel: "telegram", Account: "main", ID: "4711"}
		return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: a, Person: p.ID, Front: "aachen", State: storage.AddressOpen, Last: now, Created: now})
	})
	if err != nil {
		t.Fatal(err)
	}
}
