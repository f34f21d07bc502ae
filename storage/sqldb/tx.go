package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"ehrenamt/storage"
)

// txn is one transaction; the parts of storage.Tx are thin types around it.
type txn struct {
	s      *Store
	q      *sql.Tx
	update bool
	failed error // the first error of the database: nothing may be kept after it
}

func (t *txn) parts() *storage.Tx {
	return &storage.Tx{
		Inbox: inbox{t}, Cursors: cursors{t}, Outbox: outbox{t}, Recalls: recalls{t}, Sent: sent{t}, Conversations: talks{t},
		Shown: shown{t}, Tokens: tokens{t}, People: people{t}, Addresses: addresses{t}, Unions: unions{t}, Tombstones: tombstones{t}, Consents: consents{t},
		Fronts: fronts{t}, Organisations: organisations{t}, Members: members{t}, Postings: postings{t},
		Subscriptions: subscriptions{t}, Positions: positions{t}, Batches: batches{t}, Answers: answers{t}, Alerts: alerts{t},
		Timers: timers{t}, Jobs: jobs{t}, Changes: changes{t}, Leases: leases{t}, Counters: counters{t},
		Audit: audit{t}, Imports: imports{t}, Crowd: crowd{t}, Secrets: secrets{t}, Texts: frontTexts{t}, Arms: arms{t}, Cases: caseRows{t},
		Blocks: blocks{t}, Operators: operators{t},
		Tallies: tallies{t}, Records: records{t}, Outlooks: outlooks{t}, Digests: digests{t}, Farther: subscriptions{t},
		Threads: threads{t}, Replies: replies{t}, Visits: visits{t}, DigestNotes: digestNotes{t},
	}
}

// exec runs a statement and returns how many rows it touched.
func (t *txn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.may(ctx); err != nil {
		return 0, err
	}
	r, err := t.q.ExecContext(t.s.quiet(ctx), t.s.text(query), clean(args)...)
	if err != nil {
		return 0, t.fail(err)
	}
	return r.RowsAffected()
}

// row reads one row; storage.ErrNotFound if there is none.
func (t *txn) row(ctx context.Context, query string, args []any, dest ...any) error {
	if err := t.may(ctx); err != nil {
		return err
	}
	err := t.q.QueryRowContext(t.s.quiet(ctx), t.s.text(query), clean(args)...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return storage.ErrNotFound
	}
	return t.fail(err)
}

// rows calls scan for each row. scan must not use the transaction.
func (t *txn) rows(ctx context.Context, query string, args []any, scan func(*rows) error) error {
	if err := t.may(ctx); err != nil {
		return err
	}
	r, err := t.q.QueryContext(t.s.quiet(ctx), t.s.text(query), clean(args)...)
	if err != nil {
		return t.fail(err)
	}
	defer func() { _ = r.Close() }()
	for r.Next() {
		if err := scan(r); err != nil {
			return err
		}
	}
	return t.fail(r.Err())
}

// clean replaces what PostgreSQL refuses in a text: NUL and what is no UTF-8. People and networks send both.
func clean(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			args[i] = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
		}
	}
	return args
}

func (t *txn) may(ctx context.Context) error {
	if t.failed != nil {
		return t.failed
	}
	return ctx.Err()
}

func (t *txn) fail(err error) error {
	if err == nil {
		return nil
	}
	err = t.s.wrap(err)
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// lock is appended to a SELECT whose rows other transactions shall wait for.
func (t *txn) lock() string {
	if t.update && t.s.dialect == postgres {
		return " FOR UPDATE"
	}
	return ""
}

// skip is appended to a SELECT whose rows other transactions shall pass by.
func (t *txn) skip() string {
	if t.update && t.s.dialect == postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// marks is a list of placeholders from the nth on, as many as there are values, filled up to a power of two
// by repeating the last one, so that few different statements arise. It returns the values to append.
func marks[T any](from int, values []T) (string, []any) {
	size := 1
	for size < len(values) {
		size *= 2
	}
	var b strings.Builder
	args := make([]any, size)
	for i := range args {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('?')
		b.WriteString(digits(from + i))
		args[i] = values[min(i, len(values)-1)]
	}
	return b.String(), args
}

// ms is a time as stored; 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func at(v int64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMilli(v).UTC()
}

// rows are what scan reads from.
type rows = sql.Rows

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
