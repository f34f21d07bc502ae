// Package sqldb is the one implementation of storage.Store, on SQLite and on PostgreSQL with the same SQL
// text. It owns the schema, its migrations, the sealing of personal data and the key. It knows no network of
// people, takes no decision about postings, and reads no clock: times come with the calls.
package sqldb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"ehrenamt/storage"
)

// Config says which database to open, and with which key.
type Config struct {
	// DSN is the path of a SQLite file ("./ehrenamt.db") or the URL of a PostgreSQL database ("postgres://…").
	DSN string
	// Key seals what is personal. Where it names no key and the database is new, one is generated: into
	// Key.File, or for SQLite beside the database with the suffix ".key".
	Key KeySource
	// AsIs opens a database to look at it: one whose schema is not that of this program is an ErrOlder or ErrNewer.
	AsIs bool
	// OldKeys are former keys that rows may still be sealed with.
	OldKeys []KeySource
	// Busy is how long to wait for a lock that another process holds; 0: 5 seconds.
	Busy time.Duration
	// Conns is how many connections read (SQLite) or work (PostgreSQL) at once; 0: 4 and 16.
	Conns int
	// NewID makes identities; nil: UUID version 7.
	NewID func() string
	// Rand is where nonces and codes come from; nil: the operating system.
	Rand io.Reader
}

// Store is an open database.
type Store struct {
	dialect dialect
	write   *sql.DB
	read    *sql.DB
	vault   *vault
	newID   func() string
	texts   sync.Map // SQL with ?1 → SQL with $1

	// SQLite writes in groups, see updateLite.
	writing chan struct{}
	queued  atomic.Int64
	open    *group
}

var _ storage.Store = (*Store)(nil)

// Open opens the database, brings its schema up to date and checks the key. Errors wrap storage.ErrNewer,
// storage.ErrKey, storage.ErrBusy or storage.ErrFull where that is the cause.
func Open(ctx context.Context, c Config) (*Store, error) { return open(ctx, c, hooks{}) }

// hooks are for tests: pragmas for every SQLite connection that writes, no sealing, the newest migration.
type hooks struct {
	pragmas []string
	plain   bool
	upTo    int64
}

func open(ctx context.Context, c Config, h hooks) (*Store, error) {
	s := &Store{newID: c.NewID, writing: make(chan struct{}, 1)}
	if s.newID == nil {
		s.newID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	busy := c.Busy
	if busy == 0 {
		busy = busyTimeout
	}
	for waited := time.Duration(0); ; waited += openPause {
		err := s.begin(ctx, c, h)
		if err == nil {
			return s, nil
		}
		// SQLite does not wait for a lock while another process turns an empty file into a database.
		if err = s.wrap(err); s.dialect != sqlite || !errors.Is(err, storage.ErrBusy) || waited >= busy || ctx.Err() != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(openPause):
		}
	}
}

// How long is waited for a lock by default, and between two attempts to open.
const (
	busyTimeout = 5 * time.Second
	openPause   = 25 * time.Millisecond
)

// begin connects and prepares once.
func (s *Store) begin(ctx context.Context, c Config, h hooks) error {
	if err := s.connect(c, h); err != nil {
		return err
	}
	if err := s.prepare(ctx, c, h); err != nil {
		_ = s.Close()
		return err
	}
	return nil
}

func (s *Store) connect(c Config, h hooks) (err error) {
	if c.Busy == 0 {
		c.Busy = busyTimeout
	}
	if strings.HasPrefix(c.DSN, "postgres://") || strings.HasPrefix(c.DSN, "postgresql://") {
		s.dialect = postgres
		s.write, err = openPostgres(c)
		s.read = s.write
		return err
	}
	s.dialect = sqlite
	s.write, s.read, err = openLite(c, h.pragmas)
	return err
}

func (s *Store) prepare(ctx context.Context, c Config, h hooks) error {
	if err := s.write.PingContext(ctx); err != nil {
		return err
	}
	schema := s.migrate
	if c.AsIs {
		schema = s.current
	}
	if err := schema(ctx, h.upTo); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	random := io.Reader(rand.Reader)
	if c.Rand != nil {
		random = &lockedReader{r: c.Rand}
	}
	s.vault = &vault{rand: random, plain: h.plain}
	return s.unlock(ctx, c)
}

// Close closes all connections. Transactions under way fail.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write && s.read != nil {
		if e := s.read.Close(); err == nil {
			err = e
		}
	}
	return s.wrap(err)
}

// Ready writes and commits a row.
func (s *Store) Ready(ctx context.Context) error {
	err := s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Inbox.(inbox).exec(ctx, "UPDATE meta SET value = value WHERE name = ?1", metaLookup)
		return err
	})
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	return nil
}

// View runs fn on one snapshot.
func (s *Store) View(ctx context.Context, fn func(context.Context, *storage.Tx) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if s.dialect == postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	q, err := s.read.BeginTx(s.quiet(ctx), o)
	if err != nil {
		return fmt.Errorf("view: %w", s.wrap(err))
	}
	defer func() { _ = q.Rollback() }()
	t := &txn{s: s, q: q}
	if err := fn(ctx, t.parts()); err != nil {
		return err
	}
	return t.failed
}

// lockedReader makes a source of random bytes safe for concurrent use.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}
