package storage

import (
	"context"

	"ehrenamt/matching"
)

// Batches reads many rows at once, by their IDs and in no particular order. IDs that do not exist are left out.
type Batches interface {
	PostingsOf(ctx context.Context, ids []string) ([]matching.Posting, error)
	SubscriptionsOf(ctx context.Context, ids []string) ([]matching.Subscription, error)
}
