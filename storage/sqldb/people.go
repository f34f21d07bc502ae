package sqldb

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/storage"
)

type people struct{ *txn }

func (t people) Create(ctx context.Context, p *storage.Person) error {
	if p.ID == "" {
		p.ID = t.s.newID()
	}
	body, err := t.s.vault.seal("persons.body"+p.ID, p)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, "INSERT INTO persons (id, front, created, active, rev, body) VALUES (?1, ?2, ?3, ?4, 1, ?5) ON CONFLICT DO NOTHING",
		p.ID, p.Front, ms(p.Created), ms(p.Active), body)
	if err == nil && n == 0 {
		return fmt.Errorf("person: %w", storage.ErrConflict)
	}
	if err == nil {
		p.Rev = 1
	}
	return err
}

func (t people) Person(ctx context.Context, id string) (p storage.Person, err error) {
	var rev, active int64
	var body []byte
	if err = t.row(ctx, "SELECT rev, active, body FROM persons WHERE id = ?1", []any{id}, &rev, &active, &body); err != nil {
		return p, err
	}
	err = t.s.vault.unseal("persons.body"+id, body, &p)
	p.ID, p.Rev, p.Active = id, rev, at(active)
	return p, err
}

func (t people) SavePerson(ctx context.Context, p *storage.Person) error {
	body, err := t.s.vault.seal("persons.body"+p.ID, p)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, "UPDATE persons SET front = ?3, active = ?4, rev = ?5, body = ?6 WHERE id = ?1 AND rev = ?2",
		p.ID, p.Rev, p.Front, ms(p.Active), p.Rev+1, body)
	if err == nil && n == 0 {
		return fmt.Errorf("person: %w", storage.ErrConflict)
	}
	if err == nil {
		p.Rev++
	}
	return err
}

func (t people) InactiveSince(ctx context.Context, when time.Time, limit int) ([]string, error) {
	return t.strings(ctx, "SELECT id FROM persons WHERE active < ?1 ORDER BY active, id LIMIT ?2", ms(when), limit)
}

func (t people) Returned(ctx context.Context, limit int) ([]string, error) {
	return t.strings(ctx, `SELECT DISTINCT a.person FROM addresses a JOIN tombstones b ON b.lookup = a.lookup
		WHERE a.created < b.at ORDER BY a.person LIMIT ?1`, limit)
}

// strings reads one column of text.
func (t *txn) strings(ctx context.Context, query string, args ...any) ([]string, error) {
	var all []string
	err := t.rows(ctx, query, args, func(r *rows) error {
		var s string
		err := r.Scan(&s)
		all = append(all, s)
		return err
	})
	return all, err
}

// all runs statements with the same arguments.
func (t *txn) all(ctx context.Context, args []any, queries ...string) error {
	for _, q := range queries {
		if _, err := t.exec(ctx, q, args...); err != nil {
			return err
		}
	}
	return nil
}
