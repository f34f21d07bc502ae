package sqldb

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ehrenamt/storage"
)

// candidate is a delivery that might be sent now.
type candidate struct {
	seq, priority, rank int64
	front               string
	to                  string // keyed hash
	turn                int    // position among those of its front and priority
}

// Claim holds the row of the account, so that claims of one account happen one after the other: otherwise
// two of them might both find an address idle.
func (t outbox) Claim(ctx context.Context, c storage.Claim) ([]storage.Delivery, error) {
	if c.Limit <= 0 {
		return nil, nil
	}
	if t.s.dialect == postgres {
		_, err := t.exec(ctx, "INSERT INTO outboxes (channel, account) VALUES (?1, ?2) ON CONFLICT (channel, account) DO UPDATE SET account = excluded.account",
			c.Channel, c.Account)
		if err != nil {
			return nil, fmt.Errorf("claim: %w", err)
		}
	}
	if err := t.ripen(ctx, c); err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	all, err := t.candidates(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	var ds []storage.Delivery
	for _, x := range choose(all, c.Limit) {
		got, err := t.list(ctx, `UPDATE deliveries SET state = 'sending', attempts = attempts + 1, fence = fence + 1, holder = ?2, lease = ?3
			WHERE seq = ?1 AND state = 'queued' RETURNING `+columns, x.seq, cmp.Or(c.Holder, "?"), ms(c.Now.Add(c.Lease)))
		if err != nil {
			return nil, fmt.Errorf("claim: %w", err)
		}
		ds = append(ds, got...)
	}
	return ds, nil
}

// ripen settles expired claims and readies what has become due.
func (t outbox) ripen(ctx context.Context, c storage.Claim) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET state = CASE WHEN class = 'nice' THEN 'uncertain' ELSE 'queued' END, ready = 1, lease = 0,
			settled = CASE WHEN class = 'nice' THEN CAST(?3 AS BIGINT) ELSE 0 END
		WHERE state = 'sending' AND channel = ?1 AND account = ?2 AND lease <= ?3`, c.Channel, c.Account, ms(c.Now))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE deliveries SET ready = 1
		WHERE state = 'queued' AND ready = 0 AND channel = ?1 AND account = ?2 AND due <= ?3`, c.Channel, c.Account, ms(c.Now))
	return err
}

// candidates are, for each front, the first deliveries that may be sent.
func (t outbox) candidates(ctx context.Context, c storage.Claim) ([]candidate, error) {
	var fronts []string
	err := t.rows(ctx, `WITH RECURSIVE f(front) AS (
			SELECT MIN(front) FROM deliveries WHERE channel = ?1 AND account = ?2 AND state = 'queued' AND ready = 1
			UNION ALL
			SELECT (SELECT MIN(front) FROM deliveries WHERE channel = ?1 AND account = ?2 AND state = 'queued' AND ready = 1 AND front > f.front)
			FROM f WHERE f.front IS NOT NULL)
		SELECT front FROM f WHERE front IS NOT NULL`, []any{c.Channel, c.Account}, func(r *rows) error {
		var front string
		err := r.Scan(&front)
		fronts = append(fronts, front)
		return err
	})
	if err != nil {
		return nil, err
	}
	highest := int64(c.MaxPriority)
	if c.MaxPriority < 0 {
		highest = 1 << 40
	}
	except, hashes := "", []any(nil)
	if len(c.Except) > 0 {
		cooling := make([][]byte, len(c.Except))
		for i, a := range c.Except {
			cooling[i] = t.address(a)
		}
		var in string
		in, hashes = marks(6, cooling)
		except = " AND to_hash NOT IN (" + in + ")"
	}
	var all []candidate
	for _, front := range fronts {
		err := t.rows(ctx, `SELECT seq, priority, rank, to_hash FROM deliveries d
			WHERE channel = ?1 AND account = ?2 AND front = ?3 AND state = 'queued' AND ready = 1 AND priority <= ?4
			AND NOT `+blocked+except+` ORDER BY priority, rank, seq LIMIT ?5`,
			append([]any{c.Channel, c.Account, front, highest, c.Limit * 2}, hashes...), func(r *rows) error {
				x := candidate{front: front}
				var to []byte
				err := r.Scan(&x.seq, &x.priority, &x.rank, &to)
				x.to = string(to)
				all = append(all, x)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// choose takes the first ones by priority, the fronts in turn, rank and age, one for each address.
func choose(all []candidate, limit int) []candidate {
	type lane struct {
		front    string
		priority int64
	}
	turns := map[lane]int{}
	for i := range all { // each front's are in order
		l := lane{all[i].front, all[i].priority}
		all[i].turn = turns[l]
		turns[l]++
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.turn, b.turn), cmp.Compare(a.rank, b.rank), cmp.Compare(a.seq, b.seq))
	})
	taken := map[string]bool{}
	chosen := all[:0]
	for _, x := range all {
		if len(chosen) == limit {
			break
		}
		if !taken[x.to] {
			taken[x.to] = true
			chosen = append(chosen, x)
		}
	}
	return chosen
}
