package sqldb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/storage"
)

type talks struct{ *txn }

func (t talks) Load(ctx context.Context, a channels.Address) (conversations.State, error) {
	lookup := t.address(a)
	s, err := t.load(ctx, lookup)
	if !errors.Is(err, storage.ErrNotFound) {
		return s, err
	}
	if !t.update || t.s.dialect == sqlite {
		return conversations.State{}, nil
	}
	// there is no row to lock yet: make one, which others wait for
	_, err = t.exec(ctx, "INSERT INTO conversations (lookup, rev, idle) VALUES (?1, 0, 0) ON CONFLICT DO NOTHING", lookup)
	if err != nil {
		return s, err
	}
	s, err = t.load(ctx, lookup)
	if errors.Is(err, storage.ErrNotFound) {
		return s, fmt.Errorf("conversation dropped: %w", storage.ErrConflict)
	}
	return s, err
}

func (t talks) load(ctx context.Context, lookup []byte) (s conversations.State, err error) {
	var rev int64
	var body []byte
	err = t.row(ctx, "SELECT rev, body FROM conversations WHERE lookup = ?1"+t.lock(), []any{lookup}, &rev, &body)
	if err != nil {
		return s, err
	}
	err = t.s.vault.unseal("conversations.body"+string(lookup), body, &s)
	s.Rev = rev
	return s, err
}

func (t talks) Save(ctx context.Context, a channels.Address, s conversations.State) error {
	lookup := t.address(a)
	address, err := t.s.vault.seal("conversations.address"+string(lookup), a)
	if err != nil {
		return err
	}
	body, err := t.s.vault.seal("conversations.body"+string(lookup), s)
	if err != nil {
		return err
	}
	var idle int64 // when an open frame was last touched
	for _, f := range s.Frames {
		idle = max(idle, ms(f.Touched), 1)
	}
	query := "UPDATE conversations SET rev = ?2, idle = ?3, address = ?4, body = ?5 WHERE lookup = ?1 AND rev = ?6"
	if s.Rev == 0 {
		query = `INSERT INTO conversations (lookup, rev, idle, address, body) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT (lookup) DO UPDATE SET rev = excluded.rev, idle = excluded.idle, address = excluded.address, body = excluded.body
			WHERE conversations.rev = ?6`
	}
	n, err := t.exec(ctx, query, lookup, s.Rev+1, idle, address, body, s.Rev)
	if err == nil && n == 0 {
		return fmt.Errorf("conversation: %w", storage.ErrConflict)
	}
	return err
}

func (t talks) Idle(ctx context.Context, before time.Time, limit int) ([]channels.Address, error) {
	var as []channels.Address
	err := t.rows(ctx, "SELECT lookup, address FROM conversations WHERE idle > 0 AND idle < ?1 ORDER BY idle LIMIT ?2",
		[]any{ms(before), limit}, func(r *rows) error {
			var lookup, sealed []byte
			if err := r.Scan(&lookup, &sealed); err != nil {
				return err
			}
			var a channels.Address
			err := t.s.vault.unseal("conversations.address"+string(lookup), sealed, &a)
			as = append(as, a)
			return err
		})
	return as, err
}

func (t talks) Drop(ctx context.Context, a channels.Address) error {
	_, err := t.exec(ctx, "DELETE FROM conversations WHERE lookup = ?1", t.address(a))
	return err
}

type shown struct{ *txn }

func (t shown) Put(ctx context.Context, s storage.Shown) error {
	body, err := t.s.vault.seal("shown.body"+s.ID, s)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO shown (id, address_hash, person, at, body) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING",
		s.ID, t.address(s.Address), s.Person, ms(s.At), body)
	return err
}

func (t shown) Get(ctx context.Context, id string) (storage.Shown, error) {
	all, err := t.choices(ctx, "SELECT id, person, body FROM shown WHERE id = ?1", id)
	if err == nil && len(all) == 0 {
		return storage.Shown{}, storage.ErrNotFound
	}
	if err != nil {
		return storage.Shown{}, err
	}
	return all[0], nil
}

func (t shown) Latest(ctx context.Context, a channels.Address, limit int) ([]storage.Shown, error) {
	return t.choices(ctx, "SELECT id, person, body FROM shown WHERE address_hash = ?1 ORDER BY seq DESC LIMIT ?2", t.address(a), limit)
}

func (t shown) choices(ctx context.Context, query string, args ...any) ([]storage.Shown, error) {
	var all []storage.Shown
	err := t.rows(ctx, query, args, func(r *rows) error {
		var s storage.Shown
		var id, person string
		var body []byte
		if err := r.Scan(&id, &person, &body); err != nil {
			return err
		}
		err := t.s.vault.unseal("shown.body"+id, body, &s)
		s.Person = person
		all = append(all, s)
		return err
	})
	return all, err
}

func (t shown) ForgetShown(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM shown WHERE at < ?1", ms(before))
	return int(n), err
}
