package sqldb

import (
	"context"
	"os"
	"strings"
	"testing"

	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/storagetest"
)

// restore runs the statements of a dump on an empty database.
func restore(t *testing.T, s *Store, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := s.write.Exec(statement); err != nil {
			t.Fatalf("%v in %.200s", err, statement)
		}
	}
}

// The first schema, as it was when it was frozen, with data: everything in it is read after the upgrade, and
// the database goes on living.
func TestTheFirstSchemaIsUpgraded(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			c := d.fresh(t)
			c.Key = KeySource{Value: hexKey}
			old := &Store{writing: make(chan struct{}, 1)}
			if err := old.connect(Config{DSN: c.DSN, Busy: 1e9}, hooks{}); err != nil {
				t.Fatal(err)
			}
			restore(t, old, "testdata/first-"+d.name+".sql")
			if v, err := old.Schema(t.Context()); err != nil || v != 1 {
				t.Fatal(v, err)
			}
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
			s := opened(t, c)
			if v, err := s.Schema(t.Context()); err != nil || v < 2 {
				t.Fatal(v, err)
			}
			var person string
			if err := s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) (err error) {
				person, err = readFirst(ctx, t, tx)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return tx.People.ErasePerson(ctx, person, noon) }); err != nil {
				t.Fatal(err)
			}
			if _, err := storagetest.Fill(t.Context(), s, noon); err == nil {
				t.Error("a front was inserted twice")
			}
			if err := turn(t.Context(), s, addPerson(t, s), channels.Address{Channel: "telegram", Account: "bot", ID: "7"}, 1, noon); err != nil {
				t.Error(err)
			}
		})
	}
}

func addPerson(t *testing.T, s *Store) string {
	t.Helper()
	p := storage.Person{Created: noon}
	err := s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: channels.Address{Channel: "telegram", Account: "bot", ID: "7"}, Person: p.ID})
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// readFirst reads what the frozen database holds, and returns the person in it.
func readFirst(ctx context.Context, t *testing.T, tx *storage.Tx) (string, error) {
	me := channels.Address{Channel: "console", Account: "bot", ID: strings.ToLower(storagetest.Marker)}
	owner, err := tx.Addresses.Owner(ctx, me)
	if err != nil {
		return "", err
	}
	p, err := tx.People.Person(ctx, owner.Person)
	if err != nil || p.Name != storagetest.Marker {
		t.Errorf("person %+v, %v", p, err)
	}
	st, err := tx.Conversations.Load(ctx, me)
	if err != nil || len(st.Frames) != 1 {
		t.Errorf("state %+v, %v", st, err)
	}
	d, err := tx.Sent.ByKey(ctx, "a"+storagetest.Marker)
	if err != nil || d.Reply.Text != storagetest.Marker || d.State != storage.Delivered || d.Ref != storagetest.Marker {
		t.Errorf("delivery %+v, %v", d, err)
	}
	ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: p.ID, States: []matching.PostingState{matching.Open}})
	if err != nil || len(ps) != 1 || ps[0].Private != storagetest.Marker || ps[0].Revision != 2 {
		t.Errorf("postings %+v, %v", ps, err)
	}
	as, err := tx.Answers.OfAnswerer(ctx, p.ID)
	if err != nil || len(as) != 1 || as[0].Note != storagetest.Marker {
		t.Errorf("answers %+v, %v", as, err)
	}
	ss, err := tx.Subscriptions.OfSubscriber(ctx, p.ID)
	if err != nil || len(ss) != 1 || ss[0].Radius != 5 {
		t.Errorf("subscriptions %+v, %v", ss, err)
	}
	if k, err := tx.Tokens.Peek(ctx, "link", storagetest.Marker, noon); err != nil || k.Person != p.ID {
		t.Errorf("token %+v, %v", k, err)
	}
	if cursor, err := tx.Cursors.Cursor(ctx, "console", "bot"); err != nil || cursor != "42" {
		t.Errorf("cursor %q, %v", cursor, err)
	}
	if date, _, err := tx.Jobs.LastJob(ctx, "digest"); err != nil || date != "2026-11-28" {
		t.Errorf("job %q, %v", date, err)
	}
	if os, err := tx.Organisations.Named(ctx, "ac", "turnverein brand"); err != nil || len(os) != 1 {
		t.Errorf("organisations %v, %v", os, err)
	}
	if gone, err := tx.Addresses.Erased(ctx, channels.Address{Channel: "console", Account: "bot", ID: "gerda"}); err != nil || !gone {
		t.Errorf("erased %v, %v", gone, err)
	}
	if cs, err := tx.Changes.After(ctx, 0, 99); err != nil || len(cs) != 4 {
		t.Errorf("changes %v, %v", cs, err)
	}
	return p.ID, nil
}
