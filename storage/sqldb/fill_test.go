package sqldb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

// fillSubscriptions writes n random subscriptions.
func fillSubscriptions(tb testing.TB, s *Store, n int) {
	tb.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for from := 0; from < n; from += 1000 {
		err := s.Update(tb.Context(), func(ctx context.Context, tx *storage.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				x := matching.Subscription{Person: fmt.Sprint("p", i), Front: "ac", Radius: 2 + 28*r.Float64(), Slots: matching.Slots(r.Uint32N(1 << 28)),
					Categories:     []matching.Category{matching.Categories[r.IntN(24)], matching.Categories[r.IntN(24)]},
					Qualifications: []matching.Qualification{matching.Qualifications[r.IntN(12)]}, Cadence: matching.AtOnce,
					Place: matching.Place{Name: "Brand", Point: matching.Point{Lat: 47.5 + 7*r.Float64(), Lon: 6 + 9*r.Float64()}}}
				if err := tx.Subscriptions.SaveSubscription(ctx, &x, time.UnixMilli(int64(i+1))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}
