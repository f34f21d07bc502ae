package sqldb

import (
	"context"

	"ehrenamt/matching"
)

type batches struct{ *txn }

// batchSize is how many rows one statement reads.
const batchSize = 512

// batched calls read with the IDs of one statement at a time, each ID once.
func batched(ids []string, read func(in string, args []any) error) error {
	seen := make(map[string]bool, len(ids))
	once := make([]string, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			once = append(once, id)
		}
	}
	for len(once) > 0 {
		n := min(batchSize, len(once))
		in, args := marks(1, once[:n])
		once = once[n:]
		if err := read(in, args); err != nil {
			return err
		}
	}
	return nil
}

func (t batches) PostingsOf(ctx context.Context, ids []string) ([]matching.Posting, error) {
	var found []matching.Posting
	err := batched(ids, func(in string, args []any) error {
		return postings(t).scan(ctx, func(p matching.Posting) bool { found = append(found, p); return true },
			"SELECT "+postingColumns+" FROM postings WHERE id IN ("+in+")", args...)
	})
	return found, err
}

func (t batches) SubscriptionsOf(ctx context.Context, ids []string) ([]matching.Subscription, error) {
	var found []matching.Subscription
	err := batched(ids, func(in string, args []any) error {
		return subscriptions(t).scan(ctx, func(s matching.Subscription) bool { found = append(found, s); return true },
			"id IN ("+in+")", args...)
	})
	return found, err
}
