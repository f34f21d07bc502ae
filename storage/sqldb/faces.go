package sqldb

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/storage"
)

type secrets struct{ *txn }

func secretPlace(channel, account string) string {
	return "front_secrets.body" + channel + ":" + account
}

func (t secrets) SaveSecret(ctx context.Context, s *storage.FrontSecret) error {
	body, err := t.s.vault.sealBytes(secretPlace(s.Channel, s.Account), s.Settings)
	if err != nil {
		return err
	}
	var n int64
	if s.Rev == 0 {
		n, err = t.exec(ctx, "INSERT INTO front_secrets (channel, account, front, rev, body) VALUES (?1, ?2, ?3, 1, ?4) ON CONFLICT DO NOTHING",
			s.Channel, s.Account, s.Front, body)
	} else {
		n, err = t.exec(ctx, "UPDATE front_secrets SET front = ?3, rev = ?4, body = ?5 WHERE channel = ?1 AND account = ?2 AND rev = ?6",
			s.Channel, s.Account, s.Front, s.Rev+1, body, s.Rev)
	}
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("account %s:%s: %w", s.Channel, s.Account, err)
	}
	s.Rev++
	return nil
}

func (t secrets) RemoveSecret(ctx context.Context, channel, account string) error {
	n, err := t.exec(ctx, "DELETE FROM front_secrets WHERE channel = ?1 AND account = ?2", channel, account)
	if err == nil && n == 0 {
		err = storage.ErrNotFound
	}
	return err
}

func (t secrets) AllSecrets(ctx context.Context) ([]storage.FrontSecret, error) {
	var all []storage.FrontSecret
	err := t.rows(ctx, "SELECT channel, account, front, rev, body FROM front_secrets ORDER BY front, channel, account", nil, func(r *rows) error {
		var s storage.FrontSecret
		var body []byte
		if err := r.Scan(&s.Channel, &s.Account, &s.Front, &s.Rev, &body); err != nil {
			return err
		}
		plain, err := t.s.vault.openBytes(secretPlace(s.Channel, s.Account), body)
		s.Settings = plain
		all = append(all, s)
		return err
	})
	return all, err
}

type frontTexts struct{ *txn }

func (t frontTexts) AddText(ctx context.Context, x storage.FrontText) error {
	n, err := t.exec(ctx, `INSERT INTO front_texts (front, kind, lang, version, asks, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT DO NOTHING`, x.Front, x.Kind, x.Lang, x.Version, bit(x.Asks), ms(x.At), x.Text)
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("text %s %s: %w", x.Kind, x.Version, err)
	}
	return nil
}

func (t frontTexts) TextOf(ctx context.Context, front, kind, version, lang string) (storage.FrontText, error) {
	all, err := t.texts(ctx, "front = ?1 AND kind = ?2 AND version = ?3 ORDER BY CASE WHEN lang = ?4 THEN 0 ELSE 1 END, seq LIMIT 1", front, kind, version, lang)
	if err == nil && len(all) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.FrontText{}, err
	}
	return all[0], nil
}

func (t frontTexts) TextsOf(ctx context.Context, front string) ([]storage.FrontText, error) {
	return t.texts(ctx, "front = ?1 ORDER BY seq", front)
}

func (t frontTexts) texts(ctx context.Context, where string, args ...any) ([]storage.FrontText, error) {
	var all []storage.FrontText
	err := t.rows(ctx, "SELECT front, kind, lang, version, asks, at, body FROM front_texts WHERE "+where, args, func(r *rows) error {
		var x storage.FrontText
		var asks, when int64
		err := r.Scan(&x.Front, &x.Kind, &x.Lang, &x.Version, &asks, &when, &x.Text)
		x.Asks, x.At = asks == 1, at(when)
		all = append(all, x)
		return err
	})
	return all, err
}

type arms struct{ *txn }

func (t arms) SaveArms(ctx context.Context, front, mediaType string, picture []byte, when time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO front_arms (front, type, at, body) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (front) DO UPDATE SET type = excluded.type, at = excluded.at, body = excluded.body`, front, mediaType, ms(when), picture)
	return err
}

func (t arms) Arms(ctx context.Context, front string) (mediaType string, picture []byte, err error) {
	err = t.row(ctx, "SELECT type, body FROM front_arms WHERE front = ?1", []any{front}, &mediaType, &picture)
	return mediaType, picture, err
}
