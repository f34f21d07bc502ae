package sqldb

import (
	"context"
	"fmt"
	"time"
)

// Recover raises the fence, so that the former holder can no longer settle what it was sending.
func (t outbox) Recover(ctx context.Context, channel, account string, now time.Time) (int, error) {
	n, err := t.exec(ctx, `UPDATE deliveries SET state = CASE WHEN class = 'nice' THEN 'uncertain' ELSE 'queued' END, ready = 1, lease = 0,
			fence = fence + 1, settled = CASE WHEN class = 'nice' THEN CAST(?3 AS BIGINT) ELSE 0 END
		WHERE state = 'sending' AND channel = ?1 AND account = ?2`, channel, account, ms(now))
	if err != nil {
		return 0, fmt.Errorf("recover: %w", err)
	}
	return int(n), nil
}
