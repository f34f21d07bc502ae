package sqldb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

type addresses struct{ *txn }

const addressColumns = "SELECT lookup, person, front, channel, account, state, cause, soft, last, created, agreed, wording, body FROM addresses"

func (t addresses) Owner(ctx context.Context, a channels.Address) (storage.AddressRecord, error) {
	rs, err := t.records(ctx, addressColumns+" WHERE lookup = ?1", t.address(a))
	if err == nil && len(rs) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.AddressRecord{}, err
	}
	return rs[0], nil
}

func (t addresses) OfOwner(ctx context.Context, person string) ([]storage.AddressRecord, error) {
	return t.records(ctx, addressColumns+" WHERE person = ?1 ORDER BY created, lookup", person)
}

func (t addresses) records(ctx context.Context, query string, args ...any) ([]storage.AddressRecord, error) {
	var all []storage.AddressRecord
	err := t.rows(ctx, query, args, func(r *rows) error {
		var x storage.AddressRecord
		var lookup, body []byte
		var last, created, agreed int64
		err := r.Scan(&lookup, &x.Person, &x.Front, &x.Address.Channel, &x.Address.Account, &x.State, &x.Cause, &x.Soft, &last, &created,
			&agreed, &x.Wording, &body)
		if err != nil {
			return err
		}
		id, err := t.s.vault.openBytes("addresses.body"+string(lookup), body)
		x.Address.ID, x.Last, x.Created, x.Agreed = string(id), at(last), at(created), at(agreed)
		all = append(all, x)
		return err
	})
	return all, err
}

func (t addresses) SaveAddress(ctx context.Context, r storage.AddressRecord) error {
	lookup := t.address(r.Address)
	body, err := t.s.vault.sealBytes("addresses.body"+string(lookup), []byte(r.Address.ID))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO addresses (lookup, person, front, channel, account, state, cause, soft, last, created, body, agreed, wording)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (lookup) DO UPDATE SET person = excluded.person,
		front = excluded.front, state = excluded.state, cause = excluded.cause, soft = excluded.soft, last = excluded.last,
		created = excluded.created, body = excluded.body, agreed = excluded.agreed, wording = excluded.wording`,
		lookup, r.Person, r.Front, r.Address.Channel, r.Address.Account, string(r.State), r.Cause, r.Soft, ms(r.Last), ms(r.Created), body,
		ms(r.Agreed), r.Wording)
	return err
}

func (t addresses) MoveAddress(ctx context.Context, from, to channels.Address) error {
	if from == to {
		return nil
	}
	for _, step := range []func(context.Context, channels.Address, channels.Address) error{
		t.moveDeliveries, t.moveRecord, t.moveConversation, t.moveShown, timers{t.txn}.move,
	} {
		if err := step(ctx, from, to); err != nil {
			return fmt.Errorf("move address: %w", err)
		}
	}
	return nil
}

// moveRecord leaves a record that the new address has.
func (t addresses) moveRecord(ctx context.Context, from, to channels.Address) error {
	old, err := t.Owner(ctx, from)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM addresses WHERE lookup = ?1", t.address(from)); err != nil {
		return err
	}
	if _, err := t.Owner(ctx, to); !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	old.Address = to
	return t.SaveAddress(ctx, old)
}

func (t addresses) moveConversation(ctx context.Context, from, to channels.Address) error {
	c := talks{t.txn}
	s, err := c.Load(ctx, from)
	if err != nil {
		return err
	}
	if err := c.Drop(ctx, from); err != nil || s.Rev == 0 {
		return err
	}
	there, err := c.Load(ctx, to)
	if err != nil || there.Rev > 0 {
		return err
	}
	s.Rev = 0
	return c.Save(ctx, to, s)
}

func (t addresses) moveDeliveries(ctx context.Context, from, to channels.Address) error {
	type row struct {
		seq         int64
		lookup, ref []byte
		head        head
	}
	var all []row
	// those of nobody, those of the owner, and those of anybody that wait
	err := t.rows(ctx, `SELECT seq, lookup, head, ref FROM deliveries WHERE to_hash = ?1 AND person = ''
		UNION SELECT seq, lookup, head, ref FROM deliveries WHERE to_hash = ?1 AND person <> '' AND person = (SELECT person FROM addresses WHERE lookup = ?1)
		UNION SELECT seq, lookup, head, ref FROM deliveries WHERE to_hash = ?1 AND state = 'queued'`, []any{t.address(from)}, func(r *rows) error {
		var x row
		var sealed []byte
		if err := r.Scan(&x.seq, &x.lookup, &sealed, &x.ref); err != nil {
			return err
		}
		err := t.s.vault.unseal("deliveries.head"+string(x.lookup), sealed, &x.head)
		all = append(all, x)
		return err
	})
	if err != nil {
		return err
	}
	for _, x := range all {
		x.head.To = to
		sealed, err := t.s.vault.seal("deliveries.head"+string(x.lookup), x.head)
		if err != nil {
			return err
		}
		var refHash []byte
		if x.ref != nil {
			plain, err := t.s.vault.openBytes("deliveries.ref"+string(x.lookup), x.ref)
			if err != nil {
				return err
			}
			refHash = t.ref(to, string(plain))
		}
		_, err = t.exec(ctx, "UPDATE deliveries SET channel = ?2, account = ?3, to_hash = ?4, head = ?5, ref_hash = ?6 WHERE seq = ?1",
			x.seq, to.Channel, to.Account, t.address(to), sealed, refHash)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t addresses) moveShown(ctx context.Context, from, to channels.Address) error {
	all, err := shown{t.txn}.choices(ctx, "SELECT id, person, body FROM shown WHERE address_hash = ?1 ORDER BY seq", t.address(from))
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM shown WHERE address_hash = ?1", t.address(from)); err != nil {
		return err
	}
	for _, s := range all {
		s.Address = to
		if err := (shown{t.txn}).Put(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (t addresses) Erased(ctx context.Context, a channels.Address) (bool, error) {
	var n int
	err := t.row(ctx, "SELECT COUNT(*) FROM tombstones WHERE lookup = ?1", []any{t.address(a)}, &n)
	return n > 0, err
}

type consents struct{ *txn }

func (t consents) Grant(ctx context.Context, c storage.Consent) error {
	n, err := t.exec(ctx, "UPDATE consents SET lang = lang WHERE person = ?1 AND front = ?2 AND kind = ?3 AND version = ?4 AND withdrawn = 0",
		c.Person, c.Front, c.Kind, c.Version)
	if err != nil || n > 0 {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO consents (person, front, kind, version, lang, at, withdrawn) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
		c.Person, c.Front, c.Kind, c.Version, c.Lang, ms(c.At))
	return err
}

func (t consents) Withdraw(ctx context.Context, person, front, kind string, when time.Time) error {
	_, err := t.exec(ctx, "UPDATE consents SET withdrawn = ?4 WHERE person = ?1 AND front = ?2 AND kind = ?3 AND withdrawn = 0",
		person, front, kind, ms(when))
	return err
}

func (t consents) OfConsenter(ctx context.Context, person string) ([]storage.Consent, error) {
	var cs []storage.Consent
	err := t.rows(ctx, "SELECT person, front, kind, version, lang, at, withdrawn FROM consents WHERE person = ?1 ORDER BY seq", []any{person}, func(r *rows) error {
		var c storage.Consent
		var granted, withdrawn int64
		err := r.Scan(&c.Person, &c.Front, &c.Kind, &c.Version, &c.Lang, &granted, &withdrawn)
		c.At, c.Withdrawn = at(granted), at(withdrawn)
		cs = append(cs, c)
		return err
	})
	return cs, err
}
