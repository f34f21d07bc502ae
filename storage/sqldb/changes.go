package sqldb

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ehrenamt/storage"
)

type changes struct{ *txn }

// The kinds of change.
const (
	postingChange      = "posting"
	subscriptionChange = "subscription"
)

// changed writes a change row.
func (t *txn) changed(ctx context.Context, kind, id string, revision int64, gone bool, when time.Time) error {
	_, err := t.exec(ctx, "INSERT INTO changes (kind, id, revision, gone, at) VALUES (?1, ?2, ?3, ?4, ?5)", kind, id, revision, bit(gone), ms(when))
	return err
}

func (t changes) After(ctx context.Context, seq int64, limit int) ([]storage.Change, error) {
	var cs []storage.Change
	err := t.rows(ctx, "SELECT seq, kind, id, revision, gone, at FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2", []any{seq, limit}, func(r *rows) error {
		var c storage.Change
		var gone, when int64
		err := r.Scan(&c.Seq, &c.Kind, &c.ID, &c.Revision, &gone, &when)
		c.Gone, c.At = gone != 0, at(when)
		cs = append(cs, c)
		return err
	})
	return cs, err
}

func (t changes) LastSeq(ctx context.Context) (int64, error) {
	return t.seq(ctx, "SELECT MAX(seq) FROM changes")
}

func (t changes) Since(ctx context.Context, when time.Time) (int64, error) {
	return t.seq(ctx, "SELECT MAX(seq) FROM changes WHERE at <= ?1", ms(when))
}

func (t changes) seq(ctx context.Context, query string, args ...any) (int64, error) {
	var seq *int64
	if err := t.row(ctx, query, args, &seq); err != nil || seq == nil {
		return 0, err
	}
	return *seq, nil
}

func (t changes) ForgetChanges(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM changes WHERE at < ?1", ms(before))
	return int(n), err
}

type leases struct{ *txn }

func (t leases) Acquire(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (int64, bool, error) {
	var fence int64
	n := 0
	err := t.rows(ctx, `INSERT INTO leases (name, holder, until, fence) VALUES (?1, ?2, ?3, 1)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
			fence = leases.fence + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END
		WHERE leases.holder = excluded.holder OR leases.until <= ?4 RETURNING fence`,
		[]any{name, holder, ms(now.Add(ttl)), ms(now)}, func(r *rows) error { n++; return r.Scan(&fence) })
	return fence, n > 0, err
}

func (t leases) Release(ctx context.Context, name, holder string) error {
	_, err := t.exec(ctx, "UPDATE leases SET holder = '', until = 0 WHERE name = ?1 AND holder = ?2", name, holder)
	return err
}

type counters struct{ *txn }

func (t counters) Bump(ctx context.Context, key string, window time.Duration, now time.Time, n int) (int, error) {
	w := max(1, window.Milliseconds())
	start := ms(now) / w * w
	var sum int
	err := t.row(ctx, `INSERT INTO counters (lookup, start, until, n) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (lookup, start, until) DO UPDATE SET n = counters.n + excluded.n RETURNING n`,
		[]any{t.s.vault.hash("counter", key), start, start + w, n}, &sum)
	return sum, err
}

func (t counters) ForgetCounters(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM counters WHERE until <= ?1", ms(before))
	return int(n), err
}

type audit struct{ *txn }

func (t audit) Append(ctx context.Context, e storage.Entry) error {
	if e.ID == "" {
		e.ID = t.s.newID()
	}
	var detail []byte
	if e.Detail != nil {
		var err error
		if detail, err = t.s.vault.sealBytes("audit.detail"+e.ID, e.Detail); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "INSERT INTO audit (id, front, actor, action, subject, at, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		e.ID, e.Front, e.Actor, e.Action, e.Subject, ms(e.At), detail)
	return err
}

func (t audit) Entries(ctx context.Context, front, subject string, limit int) ([]storage.Entry, error) {
	var where []string
	var args []any
	for _, f := range []struct{ column, value string }{{"front", front}, {"subject", subject}} {
		if f.value != "" {
			args = append(args, f.value)
			where = append(where, f.column+" = ?"+digits(len(args)))
		}
	}
	query := "SELECT id, front, actor, action, subject, at, detail FROM audit"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	var es []storage.Entry
	args = append(slices.Clip(args), limit)
	err := t.rows(ctx, query+" ORDER BY seq DESC LIMIT ?"+digits(len(args)), args, func(r *rows) error {
		var e storage.Entry
		var when int64
		var detail []byte
		if err := r.Scan(&e.ID, &e.Front, &e.Actor, &e.Action, &e.Subject, &when, &detail); err != nil {
			return err
		}
		plain, err := t.s.vault.openBytes("audit.detail"+e.ID, detail)
		e.Detail, e.At = json.RawMessage(plain), at(when)
		es = append(es, e)
		return err
	})
	return es, err
}
