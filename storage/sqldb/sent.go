package sqldb

import (
	"context"
	"strconv"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

type sent struct{ *txn }

// columns of a delivery, as list scans them.
const columns = `seq, lookup, person, front, channel, account, class, priority, rank, due, attempts, state, fence, created, head, body, ref`

// list reads deliveries.
func (t *txn) list(ctx context.Context, query string, args ...any) ([]storage.Delivery, error) {
	var ds []storage.Delivery
	err := t.rows(ctx, query, args, func(r *rows) error {
		var d storage.Delivery
		var seq, due, created int64
		var lookup, sealedHead, body, ref []byte
		err := r.Scan(&seq, &lookup, &d.Person, &d.Front, &d.To.Channel, &d.To.Account, &d.Class, &d.Priority, &d.Rank, &due, &d.Attempts,
			&d.State, &d.Fence, &created, &sealedHead, &body, &ref)
		if err != nil {
			return err
		}
		d.ID, d.Due, d.Created = strconv.FormatInt(seq, 10), at(due), at(created)
		h := head{To: d.To}
		if err := t.s.vault.unseal("deliveries.head"+string(lookup), sealedHead, &h); err != nil {
			return err
		}
		d.Key, d.To, d.Subject, d.Edit, d.Until = h.Key, h.To, h.Subject, h.Edit, at(h.Until)
		if err := t.s.vault.unseal("deliveries.body"+string(lookup), body, &d.Reply); err != nil {
			return err
		}
		plain, err := t.s.vault.openBytes("deliveries.ref"+string(lookup), ref)
		d.Ref = string(plain)
		ds = append(ds, d)
		return err
	})
	return ds, err
}

func (t *txn) one(ctx context.Context, query string, args ...any) (storage.Delivery, error) {
	ds, err := t.list(ctx, query, args...)
	if err != nil {
		return storage.Delivery{}, err
	}
	if len(ds) == 0 {
		return storage.Delivery{}, storage.ErrNotFound
	}
	return ds[0], nil
}

func (t sent) ByKey(ctx context.Context, key string) (storage.Delivery, error) {
	d, err := t.one(ctx, "SELECT "+columns+" FROM deliveries WHERE lookup = ?1", t.key(key))
	if err == nil {
		d.Key = key
	}
	return d, err
}

func (t sent) ByRef(ctx context.Context, to channels.Address, ref string) (storage.Delivery, error) {
	return t.one(ctx, "SELECT "+columns+" FROM deliveries WHERE ref_hash = ?1 ORDER BY seq DESC LIMIT 1", t.ref(to, ref))
}

func (t sent) About(ctx context.Context, subject string, states ...storage.DeliveryState) ([]storage.Delivery, error) {
	return t.among(ctx, "subject_hash = ?1", t.subject(subject), states)
}

func (t sent) OfPerson(ctx context.Context, person string, states ...storage.DeliveryState) ([]storage.Delivery, error) {
	return t.among(ctx, "person <> '' AND person = ?1", person, states)
}

func (t sent) among(ctx context.Context, where string, arg any, states []storage.DeliveryState) ([]storage.Delivery, error) {
	args := []any{arg}
	if len(states) > 0 {
		in, more := marks(2, states)
		where += " AND state IN (" + in + ")"
		for _, s := range more {
			args = append(args, string(s.(storage.DeliveryState)))
		}
	}
	return t.list(ctx, "SELECT "+columns+" FROM deliveries WHERE "+where+" ORDER BY seq", args...)
}

func (t sent) ForgetSent(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "UPDATE deliveries SET body = NULL WHERE settled > 0 AND settled < ?1 AND body IS NOT NULL", ms(before))
	return int(n), err
}

func (t sent) Count(ctx context.Context) (map[storage.DeliveryState]int, error) {
	counts := map[storage.DeliveryState]int{}
	err := t.rows(ctx, "SELECT state, COUNT(*) FROM deliveries GROUP BY state", nil, func(r *rows) error {
		var state storage.DeliveryState
		var n int
		if err := r.Scan(&state, &n); err != nil {
			return err
		}
		counts[state] = n
		return nil
	})
	return counts, err
}
