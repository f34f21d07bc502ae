package storagetest

import (
	"context"
	"errors"
	"time"

	"ehrenamt/storage"
)

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
