package sqldb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"ehrenamt/storage"
	"ehrenamt/storage/storagetest"
)

var noon = time.Date(2026, 11, 28, 13, 0, 0, 0, time.UTC)

// tables lists the tables of the database.
func tables(t testing.TB, s *Store) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if s.dialect == postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name"
	}
	r, err := s.read.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var names []string
	for r.Next() {
		var n string
		if err := r.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	return names
}

// cells calls visit for every value in the database.
func cells(t testing.TB, s *Store, visit func(table, column string, value any)) {
	t.Helper()
	for _, table := range tables(t, s) {
		r, err := s.read.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := r.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		for r.Next() {
			if err := r.Scan(targets...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				visit(table, columns[i], v)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// holding lists where any of the words stands in the database, whatever their case.
func holding(t testing.TB, s *Store, words ...string) []string {
	t.Helper()
	var where []string
	cells(t, s, func(table, column string, value any) {
		text := strings.ToLower(fmt.Sprint(value))
		if b, ok := value.([]byte); ok {
			text = strings.ToLower(string(b))
		}
		for _, w := range words {
			if strings.Contains(text, strings.ToLower(w)) {
				where = append(where, table+"."+column)
			}
		}
	})
	return where
}

func TestNothingPersonalIsReadableAtRest(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			c := d.fresh(t)
			s := opened(t, c)
			if _, err := storagetest.Fill(t.Context(), s, noon); err != nil {
				t.Fatal(err)
			}
			// "Aufbau" is the title of a posting, "Hausmeister" what only accepted people may know
			if where := holding(t, s, storagetest.Marker, "Hausmeister", "Aufbau"); len(where) > 0 {
				t.Errorf("readable in %v", where)
			}
			if s.dialect == postgres {
				return
			}
			for _, suffix := range []string{"", "-wal"} {
				raw, err := os.ReadFile(c.DSN + suffix)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(storagetest.Marker))) {
					t.Errorf("readable in the file%s", suffix)
				}
			}
		})
	}
}

// With sealing off, everything that is left of a person can be seen.
func TestErasingLeavesNothing(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			s := opened(t, d.fresh(t), hooks{plain: true})
			id, err := storagetest.Fill(t.Context(), s, noon)
			if err != nil {
				t.Fatal(err)
			}
			if where := holding(t, s, storagetest.Marker, id); len(where) < 40 {
				t.Fatalf("the test sees too little: %v", where)
			}
			err = s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return tx.People.ErasePerson(ctx, id, noon) })
			if err != nil {
				t.Fatal(err)
			}
			if where := holding(t, s, storagetest.Marker, id); len(where) > 0 {
				t.Errorf("left in %v", where)
			}
		})
	}
}

func TestWhatIsSealedCannotBeMovedOrChanged(t *testing.T) {
	s := opened(t, dialects[0].fresh(t))
	var ids []string
	for _, name := range []string{"Anna", "Berta"} {
		p := storage.Person{Name: name, Created: noon}
		err := s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return tx.People.Create(ctx, &p) })
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	read := func() error {
		return s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.People.Person(ctx, ids[0])
			return err
		})
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	for what, query := range map[string]string{
		"taken from another row": "UPDATE persons SET body = (SELECT body FROM persons WHERE id = ?2) WHERE id = ?1",
		"cut":                    "UPDATE persons SET body = substr(body, 1, 9) WHERE id = ?1 AND ?2 <> ''",
		"empty":                  "UPDATE persons SET body = x'' WHERE id = ?1 AND ?2 <> ''",
	} {
		if _, err := s.write.Exec(query, ids[0], ids[1]); err != nil {
			t.Fatal(err)
		}
		if err := read(); !errors.Is(err, storage.ErrKey) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
