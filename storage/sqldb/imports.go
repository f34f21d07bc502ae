package sqldb

import (
	"context"

	"ehrenamt/storage"
)

type imports struct{ *txn }

type crowd struct{ *txn }

func (t crowd) Subscribers(ctx context.Context, front string) (n int, err error) {
	err = t.row(ctx, "SELECT COUNT(DISTINCT person) FROM subscriptions WHERE front = ?1 AND stopped = 0", []any{front}, &n)
	return n, err
}

func (t imports) Imported(ctx context.Context, front, external string) (storage.Imported, error) {
	i := storage.Imported{Front: front, External: external}
	var when int64
	err := t.row(ctx, "SELECT posting, digest, at FROM imports WHERE front = ?1 AND external = ?2", []any{front, external}, &i.Posting, &i.Digest, &when)
	i.At = at(when)
	return i, err
}

func (t imports) SaveImported(ctx context.Context, i storage.Imported) error {
	_, err := t.exec(ctx, `INSERT INTO imports (front, external, posting, digest, at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (front, external) DO UPDATE SET posting = excluded.posting, digest = excluded.digest, at = excluded.at`,
		i.Front, i.External, i.Posting, i.Digest, ms(i.At))
	return err
}
