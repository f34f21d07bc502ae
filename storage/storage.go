// Package storage says what is kept and which promises hold: Store, the transaction
// Tx and the small interfaces in it. It knows no SQL; storage/sqldb is the one
// implementation and storage/storagetest the contract that it keeps.
package storage

import (
	"context"
	"errors"
)

// Errors that callers branch on.
var (
	// ErrNotFound means that there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrConflict means that the row was changed since it was read; run the whole transaction again.
	ErrConflict = errors.New("changed meanwhile")
	// ErrNewer means that the database was written by a newer program.
	ErrNewer = errors.New("database is newer than the program")
	// ErrOlder means that the database was not brought up to this program yet; opening it to work with it does that.
	ErrOlder = errors.New("database is older than the program")
	// ErrKey means that the key is missing or is not the one the database was written with.
	ErrKey = errors.New("key missing or wrong")
	// ErrFull means that the disk is full.
	ErrFull = errors.New("disk full")
	// ErrBusy means that the database is locked by somebody else for too long.
	ErrBusy = errors.New("database locked")
)

// Store keeps everything. It is safe for concurrent use.
type Store interface {
	// Update runs fn in one transaction and commits when it returns nil. fn has no effect outside tx, for it
	// runs again (a few times) after ErrConflict or when the database asks for it; what it reads, it reads
	// inside, so that the next run sees what changed. Nothing of an fn that failed is kept, nor of one that
	// went on after an error of the database. Inside fn no other Update may be begun: with fn's ctx it
	// is an error, without it a deadlock.
	// fn is quick and waits for nothing else, for others wait for it.
	Update(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error
	// View runs fn on one consistent state, read only. Long ones keep the database from reusing space.
	View(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error
	// Ready tells whether a commit would succeed now.
	Ready(ctx context.Context) error
	Close() error
}

// Tx is one transaction, for one goroutine. Its parts share it; none may be used after Update or View
// returned. Times are kept to the millisecond and come back in UTC; the zero time means none.
type Tx struct {
	Inbox         Inbox
	Cursors       Cursors
	Outbox        Outbox
	Recalls       Recalls
	Sent          Sent
	Conversations Conversations
	Shown         ShownChoices
	Tokens        Tokens
	People        People
	Addresses     Addresses
	Unions        Unions
	Tombstones    Tombstones
	Consents      Consents
	Fronts        Fronts
	Organisations Organisations
	Members       Members
	Postings      Postings
	Batches       Batches
	Subscriptions Subscriptions
	Positions     Positions
	Answers       Answers
	Alerts        Alerts
	Timers        Timers
	Jobs          Jobs
	Changes       Changes
	Leases        Leases
	Counters      Counters
	Audit         Audit
	Tallies       Tallies
	Records       Records
	Outlooks      Outlooks
	Digests       Digests
	Farther       Farther
	Threads       Threads
	Replies       Replies
	Visits        Visits
	DigestNotes   DigestNotes
	Secrets       FrontSecrets
	Texts         FrontTexts
	Arms          FrontArms
	Cases         Cases
	Blocks        Blocks
	Operators     Operators
	Imports       Imports
	Crowd         Crowd
}
