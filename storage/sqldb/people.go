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

func (t people) MergePersons(ctx context.Context, keep, gone string, when time.Time) error {
	if keep == gone {
		return nil
	}
	n, err := t.exec(ctx, "DELETE FROM persons WHERE id = ?1", gone)
	if err == nil && n == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	// what both have is kept once: the keeper's
	err = t.all(ctx, []any{keep, gone},
		`DELETE FROM answers WHERE person = ?2 AND EXISTS (SELECT 1 FROM answers k WHERE k.person = ?1 AND k.posting = answers.posting AND k.date = answers.date)`,
		`DELETE FROM alerts WHERE person = ?2 AND EXISTS (SELECT 1 FROM alerts k WHERE k.person = ?1 AND k.posting = alerts.posting)`,
		`DELETE FROM members WHERE person = ?2 AND EXISTS (SELECT 1 FROM members k WHERE k.person = ?1 AND k.organisation = members.organisation)`,
		`UPDATE answers SET person = ?1, revision = revision + 1 WHERE person = ?2`,
		`UPDATE alerts SET person = ?1 WHERE person = ?2`,
		`UPDATE members SET person = ?1 WHERE person = ?2`,
		`UPDATE addresses SET person = ?1 WHERE person = ?2`,
		`UPDATE consents SET person = ?1 WHERE person = ?2`,
		`UPDATE deliveries SET person = ?1 WHERE person = ?2`,
		`UPDATE shown SET person = ?1 WHERE person = ?2`,
		`UPDATE tokens SET person = ?1 WHERE person = ?2`,
		`UPDATE threads SET person = ?1 WHERE person = ?2`,
		`UPDATE threads SET author = ?1 WHERE author = ?2`,
		`UPDATE threads SET speaker = ?1 WHERE speaker <> '' AND speaker = ?2`,
		`UPDATE reports SET reporter = ?1 WHERE reporter = ?2`,
		`UPDATE reports SET about = ?1 WHERE about = ?2`,
		`UPDATE replies SET carrier = 'person:' || CAST(?1 AS TEXT) WHERE carrier = 'person:' || CAST(?2 AS TEXT)`,
		`UPDATE visits SET carrier = 'person:' || CAST(?1 AS TEXT) WHERE carrier = 'person:' || CAST(?2 AS TEXT)`,
		`UPDATE visits SET person = ?1 WHERE person = ?2`,
		`DELETE FROM digest_notes WHERE person = ?2 AND EXISTS (SELECT 1 FROM digest_notes k WHERE k.person = ?1 AND k.posting = digest_notes.posting AND k.kind = digest_notes.kind)`,
		`UPDATE digest_notes SET person = ?1 WHERE person = ?2`,
		`UPDATE cases SET person = ?1, rev = rev + 1 WHERE person = ?2`,
		`UPDATE cases SET about = ?1, rev = rev + 1 WHERE about = ?2`,
		`UPDATE cases SET subject = 'person:' || CAST(?1 AS TEXT), rev = rev + 1 WHERE subject = 'person:' || CAST(?2 AS TEXT)`,
		`UPDATE blocks SET person = ?1 WHERE person = ?2`,
		`INSERT INTO operators (person, since) SELECT CAST(?1 AS TEXT), since FROM operators WHERE person = ?2 ON CONFLICT DO NOTHING`,
		`DELETE FROM operators WHERE person = ?2 AND person <> CAST(?1 AS TEXT)`,
		`UPDATE subscriptions SET person = ?1, revision = revision + 1 WHERE person = ?2`,
		`UPDATE postings SET author = ?1, revision = revision + 1 WHERE author = ?2`)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	err = t.all(ctx, []any{keep, ms(when)},
		`INSERT INTO changes (kind, id, revision, gone, at) SELECT 'subscription', id, revision, 0, CAST(?2 AS BIGINT) FROM subscriptions WHERE person = ?1`,
		`INSERT INTO changes (kind, id, revision, gone, at) SELECT 'posting', id, revision, 0, CAST(?2 AS BIGINT) FROM postings WHERE author = ?1`)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	return fronts{t.txn}.replaceEditor(ctx, gone, keep)
}
