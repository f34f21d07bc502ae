package sqldb

import (
	"context"
	"errors"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// address is the keyed hash of an address.
func (t *txn) address(a channels.Address) []byte {
	return t.s.vault.hash("address", a.Channel, a.Account, a.ID)
}

type inbox struct{ *txn }

// heard is what an arrival holds that is sealed.
type heard struct {
	From channels.Address `json:"from"`
	Kind channels.Kind    `json:"kind"`
	Text string           `json:"text,omitempty"`
	Raw  []byte           `json:"raw,omitempty"`
}

func (t inbox) Accept(ctx context.Context, a storage.Arrival) (bool, error) {
	lookup := t.s.vault.hash("inbox", a.Channel, a.Account, a.ID)
	var dedupe []byte
	if a.Dedupe != "" {
		dedupe = t.s.vault.hash("dedupe", a.Channel, a.Account, a.Dedupe)
	}
	body, err := t.s.vault.seal("inbox.body"+string(lookup), heard{a.From, a.Kind, a.Text, a.Raw})
	if err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO inbox (lookup, dedupe, sender, at, body) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING`,
		lookup, dedupe, t.address(a.From), ms(a.At), body)
	return n > 0, err
}

func (t inbox) Fail(ctx context.Context, channel, account, id string, when time.Time) (int, error) {
	var n int
	err := t.row(ctx, `INSERT INTO inbox_failures (lookup, attempts, at) VALUES (?1, 1, ?2)
		ON CONFLICT (lookup) DO UPDATE SET attempts = inbox_failures.attempts + 1, at = excluded.at RETURNING attempts`,
		[]any{t.s.vault.hash("inbox", channel, account, id), ms(when)}, &n)
	return n, err
}

func (t inbox) Forget(ctx context.Context, before time.Time) (int, error) {
	if _, err := t.exec(ctx, "DELETE FROM inbox_failures WHERE at < ?1", ms(before)); err != nil {
		return 0, err
	}
	n, err := t.exec(ctx, "UPDATE inbox SET body = NULL WHERE at < ?1 AND body IS NOT NULL", ms(before))
	return int(n), err
}

type cursors struct{ *txn }

func (t cursors) Cursor(ctx context.Context, channel, account string) (string, error) {
	var c string
	err := t.row(ctx, "SELECT cursor FROM cursors WHERE channel = ?1 AND account = ?2", []any{channel, account}, &c)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	return c, err
}

func (t cursors) SetCursor(ctx context.Context, channel, account, cursor string) error {
	_, err := t.exec(ctx, `INSERT INTO cursors (channel, account, cursor) VALUES (?1, ?2, ?3)
		ON CONFLICT (channel, account) DO UPDATE SET cursor = excluded.cursor`, channel, account, cursor)
	return err
}
