package storagetest

import (
	"context"
	"errors"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

func crowds(b *bench) {
	for _, s := range []matching.Subscription{
		{Person: "p", Front: "ac"}, {Person: "p", Front: "ac"}, {Person: "q", Front: "ac"}, {Person: "r", Front: "ac", Stopped: true}, {Person: "s", Front: "k"},
	} {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Subscriptions.SaveSubscription(ctx, &s, b.now)
		})
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Crowd.Subscribers(ctx, "ac")
		if n != 2 {
			b.Errorf("%d subscribers", n)
		}
		return err
	})
}

func imports(b *bench) {
	first := storage.Imported{Front: "ac", External: "7", Posting: "p", Digest: "d", At: b.now}
	second := first
	second.Posting, second.Digest, second.At = "q", "e", b.now.Add(time.Hour)
	for _, i := range []storage.Imported{first, second} {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			if err := tx.Imports.SaveImported(ctx, i); err != nil {
				return err
			}
			got, err := tx.Imports.Imported(ctx, "ac", "7")
			if err == nil && got != i {
				b.Errorf("got %+v, want %+v", got, i)
			}
			return err
		})
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		for _, other := range [][2]string{{"ac", "8"}, {"k", "7"}, {"", ""}} {
			if _, err := tx.Imports.Imported(ctx, other[0], other[1]); !errors.Is(err, storage.ErrNotFound) {
				b.Errorf("%v: %v", other, err)
			}
		}
		return nil
	})
}
