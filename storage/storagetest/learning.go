package storagetest

import (
	"context"
	"testing"
	"time"

	"ehrenamt/storage"
)

func tallies(b *bench) {
	add := func(name string, n int64, x float64, since time.Time) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Tallies.AddTallies(ctx, storage.Tally{Name: name, N: n, Sums: [3]float64{x, 2 * x, -x}, Since: since})
		})
	}
	add("rates:a", 1, 0.25, b.now)
	add("rates:a", 2, 0.5, b.after(time.Hour))
	add("rates:b", 5, 1, b.after(-time.Hour))
	add("other:b", 5, 1, b.after(-time.Hour))
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		found, err := tx.Tallies.TalliesOf(ctx, "rates:a", "rates:b", "rates:none")
		b.equal("found", len(found), 2)
		b.equal("sum", found["rates:a"], storage.Tally{Name: "rates:a", N: 3, Sums: [3]float64{0.75, 1.5, -0.75}, Since: b.now})
		if err != nil {
			return err
		}
		found, err = tx.Tallies.TalliesOf(ctx)
		b.equal("nothing asked", len(found), 0)
		return err
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Tallies.ForgetTallies(ctx, "rates:", b.now)
		b.equal("forgotten", n, 1)
		if err != nil {
			return err
		}
		found, err := tx.Tallies.TalliesOf(ctx, "rates:a", "rates:b", "other:b")
		b.equal("left", len(found), 2)
		return err
	})
	b.Run("those who add at the same time do not disturb each other", func(t *testing.T) {
		other := b.open()
		done := make(chan error, 2)
		for _, s := range []storage.Store{b.s, other} {
			go func() {
				var err error
				for range 20 {
					if err == nil {
						err = s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
							return tx.Tallies.AddTallies(ctx, storage.Tally{Name: "race", N: 1, Sums: [3]float64{1}})
						})
					}
				}
				done <- err
			}()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			found, err := tx.Tallies.TalliesOf(ctx, "race")
			b.equal("counted", []any{found["race"].N, found["race"].Sums[0]}, []any{40, 40})
			return err
		})
	})
}

func records(b *bench) {
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for range 2 {
			err := tx.Records.AddRecords(ctx, storage.Record{Person: "p", Calls: 0.5, Heard: 1, Yes: 1}, storage.Record{Person: "q", Calls: 2})
			if err != nil {
				return err
			}
		}
		if err := tx.Records.SetServed(ctx, "p", b.now); err != nil {
			return err
		}
		if err := tx.Records.SetServed(ctx, "new", b.after(time.Hour)); err != nil {
			return err
		}
		return tx.Records.SetServed(ctx, "new", b.now)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		found, err := tx.Records.RecordsOf(ctx, []string{"p", "q", "new", "nobody"})
		b.equal("found", len(found), 3)
		b.equal("p", found["p"], storage.Record{Person: "p", Calls: 1, Heard: 2, Yes: 2, Served: b.now})
		b.equal("q", found["q"], storage.Record{Person: "q", Calls: 4})
		b.equal("new", found["new"].Served, b.now)
		if err != nil {
			return err
		}
		found, err = tx.Records.RecordsOf(ctx, nil)
		b.equal("of nobody", len(found), 0)
		return err
	})
}

func outlooks(b *bench) {
	foresee := func(o storage.Outlook, want bool) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			fresh, err := tx.Outlooks.Foresee(ctx, o)
			b.equal("fresh", fresh, want)
			return err
		})
	}
	first := storage.Outlook{Posting: "1", Kind: "2/3/4", Wide: "2/3", Published: b.now, Promised: b.after(time.Hour)}
	foresee(first, true)
	foresee(storage.Outlook{Posting: "1", Kind: "other"}, false)
	foresee(storage.Outlook{Posting: "2", Kind: "2/3/5", Wide: "2/3", Published: b.now}, true)
	conclude := func(posting string, minutes float64, at time.Time, want bool) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			fresh, err := tx.Outlooks.Conclude(ctx, posting, minutes, at)
			b.equal("concluded", fresh, want)
			return err
		})
	}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Outlooks.SetFilled(ctx, "1", b.after(time.Minute)); err != nil {
			return err
		}
		return tx.Outlooks.SetFilled(ctx, "none", b.now)
	})
	conclude("1", 12.5, b.after(time.Hour), true)
	conclude("1", 99, b.after(2*time.Hour), false)
	conclude("2", -1, b.after(3*time.Hour), true)
	conclude("3", 1, b.now, false)
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		o, err := tx.Outlooks.OutlookOf(ctx, "1")
		first.Filled, first.Minutes, first.Ended = b.after(time.Minute), 12.5, b.after(time.Hour)
		b.equal("outlook", o, first)
		if err != nil {
			return err
		}
		_, err = tx.Outlooks.OutlookOf(ctx, "3")
		b.is("none", err, storage.ErrNotFound)
		for _, c := range []struct {
			kind  string
			wide  bool
			limit int
			want  []float64
		}{{"2/3/4", false, 9, []float64{12.5}}, {"2/3", true, 9, []float64{-1, 12.5}}, {"2/3", true, 1, []float64{-1}}, {"2/3", false, 9, nil}} {
			got, err := tx.Outlooks.Fills(ctx, c.kind, c.wide, c.limit)
			b.equal("fills of "+c.kind, got, c.want)
			if err != nil {
				return err
			}
		}
		return nil
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Outlooks.ForgetOutlooks(ctx, b.after(time.Second))
		b.equal("forgotten", n, 2)
		return err
	})
}

func digests(b *bench) {
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for _, a := range []storage.Alert{{Posting: "1"}, {Posting: "2", State: storage.AlertUncertain, Wave: 1}, {Posting: "3", State: storage.AlertSent, Wave: 1}} {
			a.Person, a.At = "p", b.now
			if _, err := tx.Alerts.Raise(ctx, &a); err != nil {
				return err
			}
		}
		return tx.Digests.Carry(ctx, "p", "2026-11-28", []string{"1", "2"})
	})
	states := func(want ...storage.AlertState) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			all, err := tx.Alerts.AlertsTo(ctx, "p", time.Time{})
			got := map[string]storage.AlertState{}
			for _, a := range all {
				got[a.Posting] = a.State
			}
			b.equal("states", []storage.AlertState{got["1"], got["2"], got["3"]}, want)
			return err
		})
	}
	settle := func(person, digest string, state storage.AlertState) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Digests.SettleDigest(ctx, person, digest, state)
		})
	}
	settle("p", "2026-11-28", storage.AlertUncertain)
	states(storage.AlertUncertain, storage.AlertUncertain, storage.AlertSent)
	settle("p", "", storage.AlertSent)
	settle("q", "2026-11-28", storage.AlertSent)
	states(storage.AlertUncertain, storage.AlertUncertain, storage.AlertSent)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Digests.Carry(ctx, "p", "2026-11-29", []string{"1", "2", "3", "none"}); err != nil {
			return err
		}
		return tx.Alerts.SetAlert(ctx, "p", "1", storage.AlertYes, b.now)
	})
	settle("p", "2026-11-28", storage.AlertDropped)
	settle("p", "2026-11-29", storage.AlertSent)
	states(storage.AlertYes, storage.AlertSent, storage.AlertSent)
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		times, err := tx.Alerts.AlertTimes(ctx, []string{"p"}, b.now)
		b.equal("digests count towards no budget", len(times["p"]), 2)
		if err != nil {
			return err
		}
		all, err := tx.Alerts.AlertsTo(ctx, "p", time.Time{})
		for _, a := range all {
			b.equal("told last by", a.Digest, "2026-11-29")
		}
		return err
	})
}
