package storage

import (
	"context"
	"time"
)

// Imported is an entry of a foreign list that became a posting.
type Imported struct {
	Front, External string // the list's own name of the entry
	Posting         string
	Digest          string // of the entry as it was read last
	At              time.Time
}

// Crowd counts people without naming them.
type Crowd interface {
	// Subscribers counts who wants to be told of something at a front.
	Subscribers(ctx context.Context, front string) (int, error)
}

// Imports keeps which entries of foreign lists became which postings, so that the same list again changes nothing.
type Imports interface {
	// Imported returns ErrNotFound for an entry that was never read.
	Imported(ctx context.Context, front, external string) (Imported, error)
	SaveImported(ctx context.Context, i Imported) error // inserts or replaces
}
