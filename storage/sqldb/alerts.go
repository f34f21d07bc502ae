package sqldb

import (
	"context"
	"time"

	"ehrenamt/storage"
)

type alerts struct{ *txn }

func (t alerts) Raise(ctx context.Context, a *storage.Alert) (bool, error) {
	c := *a
	if c.ID == "" {
		c.ID = t.s.newID()
	}
	if c.State == "" {
		c.State = storage.AlertQueued
	}
	delivery, err := t.s.vault.sealBytes("alerts.delivery"+c.ID, []byte(c.Delivery))
	if err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO alerts (person, posting, id, subscription, front, wave, state, yes, at, answered, delivery,
			heard, km, inclined, rested, digest)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) ON CONFLICT DO NOTHING`,
		c.Person, c.Posting, c.ID, c.Subscription, c.Front, c.Wave, string(c.State), c.Yes, ms(c.At), ms(c.Answered), delivery,
		c.Heard, c.KM, c.Inclined, c.Rested.Milliseconds(), c.Digest)
	if err != nil || n == 0 {
		return false, err
	}
	*a = c
	return true, nil
}

func (t alerts) SetAlert(ctx context.Context, person, posting string, state storage.AlertState, when time.Time) error {
	answered := int64(0)
	switch state {
	case storage.AlertYes, storage.AlertNo, storage.AlertNever:
		answered = ms(when)
	}
	n, err := t.exec(ctx, "UPDATE alerts SET state = ?3, answered = CASE WHEN CAST(?4 AS BIGINT) > 0 THEN CAST(?4 AS BIGINT) ELSE answered END WHERE person = ?1 AND posting = ?2",
		person, posting, string(state), answered)
	if err == nil && n == 0 {
		return storage.ErrNotFound
	}
	return err
}

func (t alerts) AlertsOf(ctx context.Context, posting string) ([]storage.Alert, error) {
	return t.alerts(ctx, "posting = ?1 ORDER BY at, id", posting)
}

func (t alerts) AlertsTo(ctx context.Context, person string, since time.Time) ([]storage.Alert, error) {
	return t.alerts(ctx, "person = ?1 AND at >= ?2 ORDER BY at, id", person, ms(since))
}

func (t alerts) alerts(ctx context.Context, where string, args ...any) ([]storage.Alert, error) {
	var all []storage.Alert
	err := t.rows(ctx, "SELECT id, person, posting, subscription, front, wave, state, yes, at, answered, delivery, heard, km, inclined, rested, digest FROM alerts WHERE "+where, args, func(r *rows) error {
		var a storage.Alert
		var raised, answered, rested int64
		var delivery []byte
		err := r.Scan(&a.ID, &a.Person, &a.Posting, &a.Subscription, &a.Front, &a.Wave, &a.State, &a.Yes, &raised, &answered, &delivery,
			&a.Heard, &a.KM, &a.Inclined, &rested, &a.Digest)
		if err != nil {
			return err
		}
		plain, err := t.s.vault.openBytes("alerts.delivery"+a.ID, delivery)
		a.At, a.Answered, a.Delivery, a.Rested = at(raised), at(answered), string(plain), time.Duration(rested)*time.Millisecond
		all = append(all, a)
		return err
	})
	return all, err
}

func (t alerts) AlertTimes(ctx context.Context, persons []string, since time.Time) (map[string][]time.Time, error) {
	times := make(map[string][]time.Time, len(persons))
	for len(persons) > 0 {
		n := min(512, len(persons))
		in, args := marks(2, persons[:n])
		persons = persons[n:]
		err := t.rows(ctx, "SELECT person, at FROM alerts WHERE at >= ?1 AND state <> 'dropped' AND wave > 0 AND person IN ("+in+") ORDER BY at",
			append([]any{ms(since)}, args...), func(r *rows) error {
				var person string
				var when int64
				err := r.Scan(&person, &when)
				times[person] = append(times[person], at(when))
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return times, nil
}
