package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

type outbox struct{ *txn }

// head is what a delivery holds, beside the reply, that is sealed.
type head struct {
	Key     string           `json:"key"`
	To      channels.Address `json:"to"`
	Subject string           `json:"subject,omitempty"`
	Edit    string           `json:"edit,omitempty"`
	Until   int64            `json:"until,omitempty"`
}

func (t *txn) key(key string) []byte         { return t.s.vault.hash("delivery", key) }
func (t *txn) subject(subject string) []byte { return t.s.vault.hash("subject", subject) }

func (t *txn) ref(to channels.Address, ref string) []byte {
	return t.s.vault.hash("ref", to.Channel, to.Account, to.ID, ref)
}

func (t outbox) Enqueue(ctx context.Context, ds ...storage.Delivery) error {
	for i := range ds {
		if err := t.enqueue(ctx, &ds[i]); err != nil {
			return fmt.Errorf("enqueue: %w", err)
		}
	}
	return nil
}

func (t outbox) enqueue(ctx context.Context, d *storage.Delivery) error {
	lookup := t.key(d.Key)
	h, err := t.s.vault.seal("deliveries.head"+string(lookup), head{d.Key, d.To, d.Subject, d.Edit, ms(d.Until)})
	if err != nil {
		return err
	}
	body, err := t.s.vault.seal("deliveries.body"+string(lookup), d.Reply)
	if err != nil {
		return err
	}
	var subject []byte
	if d.Subject != "" {
		subject = t.subject(d.Subject)
	}
	ready := !d.Due.After(d.Created)
	_, err = t.exec(ctx, `INSERT INTO deliveries (lookup, person, front, channel, account, to_hash, subject_hash, class, priority, rank,
			due, ready, attempts, state, fence, holder, lease, created, settled, head, body)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 'queued', 0, '', 0, ?13, 0, ?14, ?15) ON CONFLICT DO NOTHING`,
		lookup, d.Person, d.Front, d.To.Channel, d.To.Account, t.address(d.To), subject, string(d.Class), int64(d.Priority),
		d.Rank, ms(d.Due), bit(ready), ms(d.Created), h, body)
	return err
}

// Settle takes outcomes of claims that nobody has taken over since, even if their lease ran out.
func (t outbox) Settle(ctx context.Context, outcomes ...storage.Outcome) error {
	for _, o := range outcomes {
		if err := t.settle(ctx, o); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
	}
	return nil
}

func (t outbox) settle(ctx context.Context, o storage.Outcome) error {
	seq, err := strconv.ParseInt(o.ID, 10, 64)
	if err != nil {
		return fmt.Errorf("delivery %q: %w", o.ID, storage.ErrNotFound)
	}
	var class string
	var lookup, sealed []byte
	err = t.row(ctx, "SELECT class, lookup, head FROM deliveries WHERE seq = ?1 AND fence = ?2 AND holder <> ''"+t.lock(),
		[]any{seq, o.Fence}, &class, &lookup, &sealed)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.State == storage.Uncertain && storage.Class(class) == storage.Must {
		o.State = storage.Queued
	}
	var ref, refHash []byte
	if o.Ref != "" {
		var h head
		if err := t.s.vault.unseal("deliveries.head"+string(lookup), sealed, &h); err != nil {
			return err
		}
		refHash = t.ref(h.To, o.Ref)
		if ref, err = t.s.vault.sealBytes("deliveries.ref"+string(lookup), []byte(o.Ref)); err != nil {
			return err
		}
	}
	settled := ms(o.At)
	ready := o.Due.IsZero() || !o.Due.After(o.At)
	if o.State == storage.Queued {
		settled = 0
	}
	_, err = t.exec(ctx, `UPDATE deliveries SET state = ?2, holder = '', lease = 0, ref = COALESCE(?3, ref), ref_hash = COALESCE(?4, ref_hash),
		due = ?5, ready = ?6, settled = ?7, cause = ?8 WHERE seq = ?1`,
		seq, string(o.State), ref, refHash, ms(o.Due), bit(ready), settled, o.Code)
	return err
}

func (t outbox) Cancel(ctx context.Context, subject string, class storage.Class) (int, error) {
	n, err := t.exec(ctx, `UPDATE deliveries SET state = 'cancelled', holder = '', lease = 0, settled = created
		WHERE subject_hash = ?1 AND class = ?2 AND state = 'queued'`, t.subject(subject), string(class))
	return int(n), err
}

// blocked is true for a delivery d whose address has one in flight, or an earlier one of its priority
// that waits: to be sent now, or to be sent again.
const blocked = `(EXISTS (SELECT 1 FROM deliveries f WHERE f.to_hash = d.to_hash AND f.state = 'sending')
	OR EXISTS (SELECT 1 FROM deliveries e WHERE e.to_hash = d.to_hash AND e.state = 'queued' AND e.priority = d.priority
		AND e.seq < d.seq AND (e.ready = 1 OR e.attempts > 0)))`

func (t outbox) NextDue(ctx context.Context, channel, account string, now time.Time) (time.Time, error) {
	var due int64
	err := t.row(ctx, `SELECT due FROM deliveries d WHERE channel = ?1 AND account = ?2 AND state = 'queued' AND ready = 1
		AND NOT `+blocked+` LIMIT 1`, []any{channel, account}, &due)
	if err == nil {
		return now, nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return time.Time{}, err
	}
	var later, lease *int64
	err = t.row(ctx, `SELECT
		(SELECT MIN(due) FROM deliveries WHERE channel = ?1 AND account = ?2 AND state = 'queued' AND ready = 0),
		(SELECT MIN(lease) FROM deliveries WHERE channel = ?1 AND account = ?2 AND state = 'sending')`,
		[]any{channel, account}, &later, &lease)
	if err != nil {
		return time.Time{}, err
	}
	if later == nil || lease != nil && *lease < *later {
		later = lease
	}
	if later == nil {
		return time.Time{}, nil
	}
	return at(*later), nil
}
