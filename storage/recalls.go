package storage

import "context"

// Recalls takes back what is on its way.
type Recalls interface {
	// Recall withdraws the deliveries with these keys that are not being sent yet, and returns the keys of those it
	// withdrew. Others, and keys there are none of, are left out.
	Recall(ctx context.Context, keys ...string) ([]string, error)
}
