package storagetest

import (
	"context"
	"time"

	"ehrenamt/storage"
)

func tombstones(b *bench) {
	hash := func(c byte) []byte {
		h := make([]byte, 16)
		h[0] = c
		return h
	}
	bury := func(want int, ts ...storage.Tombstone) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			n, err := tx.Tombstones.Bury(ctx, ts...)
			b.equal("new", n, want)
			return err
		})
	}
	buried := func(since time.Time, want ...storage.Tombstone) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			got, err := tx.Tombstones.Buried(ctx, since)
			b.equal("buried", got, want)
			return err
		})
	}
	early, late := storage.Tombstone{Hash: hash(1), At: b.now}, storage.Tombstone{Hash: hash(2), At: b.after(time.Hour)}
	bury(2, late, early)
	bury(0, early, late)
	buried(time.Time{}, early, late)
	buried(b.after(time.Minute), late)
	again := storage.Tombstone{Hash: hash(1), At: b.after(2 * time.Hour)}
	bury(1, again)
	bury(0, early) // what is known to be later stays so
	buried(time.Time{}, late, again)
}
