package storage

import (
	"context"
	"time"
)

// Tombstone says that an address belonged to somebody who was erased, without saying which: a keyed hash, of use only
// with the database it comes from.
type Tombstone struct {
	Hash []byte
	At   time.Time
}

// Tombstones keeps them, so that a restored backup can be cleaned of whoever was erased after it was made.
type Tombstones interface {
	// Buried lists those of since and later, oldest first.
	Buried(ctx context.Context, since time.Time) ([]Tombstone, error)
	// Bury adds those that are not there, or are there with an earlier time; it returns how many.
	Bury(ctx context.Context, ts ...Tombstone) (int, error)
}
