package storagetest

import (
	"context"

	"ehrenamt/storage"
)

func outboxRecall(b *bench) {
	b.enqueue(b.delivery("n1", "a", nice), b.delivery("n2", "b", nice), b.delivery("m", "c"), b.delivery("o", "d"))
	b.claimed(b.claim(b.now, 1, func(c *storage.Claim) { c.MaxPriority = -1 }), "n1")
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		keys, err := tx.Recalls.Recall(ctx, "n1", "m", "n2", "unknown")
		b.equal("recalled", keys, []string{"m", "n2"})
		if err != nil {
			return err
		}
		keys, err = tx.Recalls.Recall(ctx, "m")
		b.equal("recalled again", keys, []string{})
		return err
	})
	b.state("n1", storage.Sending)
	b.state("n2", storage.Dropped)
	b.state("m", storage.Dropped)
	b.state("o", storage.Queued)
}
