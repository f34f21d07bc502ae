package sqldb

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

type timers struct{ *txn }

func (t timers) SetTimer(ctx context.Context, r storage.Timer) error {
	lookup := t.s.vault.hash("timer", r.Key)
	body, err := t.s.vault.seal("timers.body"+string(lookup), r)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO timers (lookup, subject_hash, address_hash, due, body) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (lookup) DO UPDATE SET subject_hash = excluded.subject_hash, address_hash = excluded.address_hash, due = excluded.due,
		body = excluded.body`, lookup, t.subject(r.Subject), t.address(r.Address), ms(r.Due), body)
	return err
}

func (t timers) ClearTimer(ctx context.Context, key string) error {
	_, err := t.exec(ctx, "DELETE FROM timers WHERE lookup = ?1", t.s.vault.hash("timer", key))
	return err
}

func (t timers) ClearTimers(ctx context.Context, subject string) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM timers WHERE subject_hash = ?1", t.subject(subject))
	return int(n), err
}

func (t timers) TakeDue(ctx context.Context, now time.Time, limit int) ([]storage.Timer, error) {
	ts, err := t.timers(ctx, `DELETE FROM timers WHERE lookup IN
		(SELECT lookup FROM timers WHERE due <= ?1 ORDER BY due LIMIT ?2`+t.skip()+`) RETURNING lookup, due, body`, ms(now), limit)
	slices.SortStableFunc(ts, func(a, b storage.Timer) int { return a.Due.Compare(b.Due) })
	return ts, err
}

func (t timers) timers(ctx context.Context, query string, args ...any) ([]storage.Timer, error) {
	var ts []storage.Timer
	err := t.rows(ctx, query, args, func(r *rows) error {
		var lookup, body []byte
		var due int64
		if err := r.Scan(&lookup, &due, &body); err != nil {
			return err
		}
		var x storage.Timer
		err := t.s.vault.unseal("timers.body"+string(lookup), body, &x)
		x.Due = at(due)
		ts = append(ts, x)
		return err
	})
	return ts, err
}

// move gives timers of one address to another.
func (t timers) move(ctx context.Context, from, to channels.Address) error {
	ts, err := t.timers(ctx, "DELETE FROM timers WHERE address_hash = ?1 RETURNING lookup, due, body", t.address(from))
	if err != nil {
		return err
	}
	for _, x := range ts {
		x.Address = to
		if err := t.SetTimer(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

func (t timers) NextTimer(ctx context.Context) (time.Time, error) {
	var due *int64
	if err := t.row(ctx, "SELECT MIN(due) FROM timers", nil, &due); err != nil || due == nil {
		return time.Time{}, err
	}
	return at(*due), nil
}

type jobs struct{ *txn }

func (t jobs) StartJob(ctx context.Context, job, date, holder string, now time.Time, lease time.Duration) (bool, error) {
	n, err := t.exec(ctx, `INSERT INTO jobs (job, date, holder, lease, finished, result) VALUES (?1, ?2, ?3, ?4, 0, '')
		ON CONFLICT (job, date) DO UPDATE SET holder = excluded.holder, lease = excluded.lease
		WHERE jobs.finished = 0 AND jobs.lease <= ?5`, job, date, holder, ms(now.Add(lease)), ms(now))
	return n > 0, err
}

func (t jobs) FinishJob(ctx context.Context, job, date string, when time.Time, result string) error {
	n, err := t.exec(ctx, "UPDATE jobs SET finished = ?3, lease = 0, result = ?4 WHERE job = ?1 AND date = ?2", job, date, ms(when), result)
	if err == nil && n == 0 {
		return storage.ErrNotFound
	}
	return err
}

func (t jobs) LastJob(ctx context.Context, job string) (string, time.Time, error) {
	var date string
	var finished int64
	err := t.row(ctx, "SELECT date, finished FROM jobs WHERE job = ?1 AND finished > 0 ORDER BY date DESC LIMIT 1", []any{job}, &date, &finished)
	if errors.Is(err, storage.ErrNotFound) {
		return "", time.Time{}, nil
	}
	return date, at(finished), err
}
