package sqldb

import (
	"context"
	"fmt"

	"ehrenamt/storage"
)

type digests struct{ *txn }

func (t digests) Carry(ctx context.Context, person, digest string, postings []string) error {
	for _, p := range postings {
		if _, err := t.exec(ctx, "UPDATE alerts SET digest = ?3 WHERE person = ?1 AND posting = ?2", person, p, digest); err != nil {
			return fmt.Errorf("carry: %w", err)
		}
	}
	return nil
}

func (t digests) SettleDigest(ctx context.Context, person, digest string, state storage.AlertState) error {
	_, err := t.exec(ctx, "UPDATE alerts SET state = ?3 WHERE person = ?1 AND digest = ?2 AND digest <> '' AND state IN ('queued', 'uncertain', 'dropped')",
		person, digest, string(state))
	if err != nil {
		return fmt.Errorf("settle digest: %w", err)
	}
	return nil
}
