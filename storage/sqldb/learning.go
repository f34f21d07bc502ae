package sqldb

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/storage"
)

type tallies struct{ *txn }

func (t tallies) AddTallies(ctx context.Context, ts ...storage.Tally) error {
	for _, x := range ts {
		_, err := t.exec(ctx, `INSERT INTO tallies (name, n, a, b, c, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
			ON CONFLICT (name) DO UPDATE SET n = tallies.n + excluded.n, a = tallies.a + excluded.a, b = tallies.b + excluded.b, c = tallies.c + excluded.c`,
			x.Name, x.N, x.Sums[0], x.Sums[1], x.Sums[2], ms(x.Since))
		if err != nil {
			return fmt.Errorf("tally: %w", err)
		}
	}
	return nil
}

func (t tallies) TalliesOf(ctx context.Context, names ...string) (map[string]storage.Tally, error) {
	found := make(map[string]storage.Tally, len(names))
	for len(names) > 0 {
		n := min(512, len(names))
		in, args := marks(1, names[:n])
		names = names[n:]
		err := t.rows(ctx, "SELECT name, n, a, b, c, since FROM tallies WHERE name IN ("+in+")", args, func(r *rows) error {
			var x storage.Tally
			var since int64
			err := r.Scan(&x.Name, &x.N, &x.Sums[0], &x.Sums[1], &x.Sums[2], &since)
			x.Since = at(since)
			found[x.Name] = x
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("tallies: %w", err)
		}
	}
	return found, nil
}

func (t tallies) ForgetTallies(ctx context.Context, prefix string, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM tallies WHERE SUBSTR(name, 1, ?2) = ?1 AND since < ?3", prefix, len(prefix), ms(before))
	return int(n), err
}

type records struct{ *txn }

func (t records) AddRecords(ctx context.Context, rs ...storage.Record) error {
	for _, x := range rs {
		_, err := t.exec(ctx, `INSERT INTO records (person, calls, heard, yes, served) VALUES (?1, ?2, ?3, ?4, 0)
			ON CONFLICT (person) DO UPDATE SET calls = records.calls + excluded.calls, heard = records.heard + excluded.heard, yes = records.yes + excluded.yes`,
			x.Person, x.Calls, x.Heard, x.Yes)
		if err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	return nil
}

func (t records) SetServed(ctx context.Context, person string, when time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO records (person, calls, heard, yes, served) VALUES (?1, 0, 0, 0, ?2)
		ON CONFLICT (person) DO UPDATE SET served = excluded.served`, person, ms(when))
	return err
}

func (t records) RecordsOf(ctx context.Context, persons []string) (map[string]storage.Record, error) {
	found := make(map[string]storage.Record, len(persons))
	for len(persons) > 0 {
		n := min(512, len(persons))
		in, args := marks(1, persons[:n])
		persons = persons[n:]
		err := t.rows(ctx, "SELECT person, calls, heard, yes, served FROM records WHERE person IN ("+in+")", args, func(r *rows) error {
			var x storage.Record
			var served int64
			err := r.Scan(&x.Person, &x.Calls, &x.Heard, &x.Yes, &served)
			x.Served = at(served)
			found[x.Person] = x
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("records: %w", err)
		}
	}
	return found, nil
}

type outlooks struct{ *txn }

func (t outlooks) Foresee(ctx context.Context, o storage.Outlook) (bool, error) {
	n, err := t.exec(ctx, `INSERT INTO outlooks (posting, kind, wide, published, promised, filled, minutes, ended) VALUES (?1, ?2, ?3, ?4, ?5, 0, -1, 0)
		ON CONFLICT DO NOTHING`, o.Posting, o.Kind, o.Wide, ms(o.Published), ms(o.Promised))
	return n > 0, err
}

func (t outlooks) OutlookOf(ctx context.Context, posting string) (storage.Outlook, error) {
	o := storage.Outlook{Posting: posting}
	var published, promised, filled, ended int64
	err := t.row(ctx, "SELECT kind, wide, published, promised, filled, minutes, ended FROM outlooks WHERE posting = ?1", []any{posting},
		&o.Kind, &o.Wide, &published, &promised, &filled, &o.Minutes, &ended)
	o.Published, o.Promised, o.Filled, o.Ended = at(published), at(promised), at(filled), at(ended)
	return o, err
}

func (t outlooks) SetFilled(ctx context.Context, posting string, when time.Time) error {
	_, err := t.exec(ctx, "UPDATE outlooks SET filled = ?2 WHERE posting = ?1", posting, ms(when))
	return err
}

func (t outlooks) Conclude(ctx context.Context, posting string, minutes float64, when time.Time) (bool, error) {
	n, err := t.exec(ctx, "UPDATE outlooks SET minutes = ?2, ended = ?3 WHERE posting = ?1 AND ended = 0", posting, minutes, ms(when))
	return n > 0, err
}

func (t outlooks) Fills(ctx context.Context, kind string, wide bool, limit int) ([]float64, error) {
	column := "kind"
	if wide {
		column = "wide"
	}
	var all []float64
	err := t.rows(ctx, "SELECT minutes FROM outlooks WHERE "+column+" = ?1 AND ended > 0 ORDER BY ended DESC, posting LIMIT ?2", []any{kind, limit}, func(r *rows) error {
		var m float64
		err := r.Scan(&m)
		all = append(all, m)
		return err
	})
	return all, err
}

func (t outlooks) ForgetOutlooks(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM outlooks WHERE published < ?1", ms(before))
	return int(n), err
}
