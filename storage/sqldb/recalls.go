package sqldb

import (
	"context"
	"fmt"
)

type recalls struct{ *txn }

func (t recalls) Recall(ctx context.Context, keys ...string) ([]string, error) {
	var done []string
	for _, k := range keys {
		n, err := t.exec(ctx, `UPDATE deliveries SET state = 'cancelled', holder = '', lease = 0, settled = created
			WHERE lookup = ?1 AND state = 'queued'`, t.key(k))
		if err != nil {
			return nil, fmt.Errorf("recall: %w", err)
		}
		if n > 0 {
			done = append(done, k)
		}
	}
	return done, nil
}
