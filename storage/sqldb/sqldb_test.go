package sqldb

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

func lite(t testing.TB) *Store {
	t.Helper()
	s, err := Open(context.Background(), Config{DSN: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestSmoke(t *testing.T) {
	s := lite(t)
	ctx := context.Background()
	now := time.Now()
	a := channels.Address{Channel: "console", Account: "x", ID: "anna"}
	err := s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		fresh, err := tx.Inbox.Accept(ctx, storage.Arrival{Channel: "console", Account: "x", ID: "1", From: a, At: now})
		if err != nil || !fresh {
			t.Error(fresh, err)
		}
		st, err := tx.Conversations.Load(ctx, a)
		if err != nil {
			return err
		}
		if err := tx.Conversations.Save(ctx, a, st); err != nil {
			return err
		}
		return tx.Outbox.Enqueue(ctx, storage.Delivery{Key: "k", To: a, Class: storage.Must, Created: now, Reply: channels.Reply{Text: "hallo"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		ds, err := tx.Outbox.Claim(ctx, storage.Claim{Channel: "console", Account: "x", Holder: "h", Now: now, Lease: time.Minute, Limit: 5, MaxPriority: -1})
		if err != nil || len(ds) != 1 || ds[0].Reply.Text != "hallo" {
			t.Error(ds, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}
