package sqldb

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

type answers struct{ *txn }

func (t answers) Answer(ctx context.Context, id string) (matching.Answer, error) {
	return t.one(ctx, "id = ?1", id)
}

func (t answers) FindAnswer(ctx context.Context, posting string, date int, person string) (matching.Answer, error) {
	return t.one(ctx, "posting = ?1 AND date = ?2 AND person = ?3", posting, date, person)
}

func (t answers) OfPosting(ctx context.Context, posting string) ([]matching.Answer, error) {
	return t.find(ctx, "posting = ?1 ORDER BY created, id", posting)
}

func (t answers) OfAnswerer(ctx context.Context, person string) ([]matching.Answer, error) {
	return t.find(ctx, "person = ?1 ORDER BY created DESC, id DESC", person)
}

func (t answers) one(ctx context.Context, where string, args ...any) (matching.Answer, error) {
	found, err := t.find(ctx, where, args...)
	if err == nil && len(found) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return matching.Answer{}, err
	}
	return found[0], nil
}

func (t answers) find(ctx context.Context, where string, args ...any) ([]matching.Answer, error) {
	var all []matching.Answer
	err := t.rows(ctx, "SELECT id, person, revision, body FROM answers WHERE "+where, args, func(r *rows) error {
		var a matching.Answer
		var id, person string
		var revision int64
		var body []byte
		if err := r.Scan(&id, &person, &revision, &body); err != nil {
			return err
		}
		err := t.s.vault.unseal("answers.body"+id, body, &a)
		a.ID, a.Person, a.Revision = id, person, revision
		all = append(all, a)
		return err
	})
	return all, err
}

func (t answers) SaveAnswer(ctx context.Context, a *matching.Answer) error {
	c := *a
	if c.ID == "" {
		c.ID = t.s.newID()
	}
	c.Revision++
	body, err := t.s.vault.seal("answers.body"+c.ID, c)
	if err != nil {
		return err
	}
	query := "UPDATE answers SET posting = ?2, date = ?3, person = ?4, state = ?5, created = ?6, changed = ?7, revision = ?8, body = ?9 WHERE id = ?1 AND revision = ?8 - 1"
	if a.Revision == 0 {
		query = `INSERT INTO answers (id, posting, date, person, state, created, changed, revision, body)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING`
	}
	n, err := t.exec(ctx, query, c.ID, c.Posting, c.Date, c.Person, string(c.State), ms(c.Created), ms(c.Changed), c.Revision, body)
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	*a = c
	return nil
}

// Pseudonymise takes postings without dates as ended when they are over and were last changed before.
func (t answers) Pseudonymise(ctx context.Context, before time.Time) (int, error) {
	ids, err := t.strings(ctx, `SELECT a.id FROM answers a JOIN postings p ON p.id = a.posting
		WHERE a.person NOT LIKE 'gone:%' AND (p.ends > 0 AND p.ends < ?1
			OR p.ends = 0 AND p.changed < ?1 AND p.state IN ('done', 'withdrawn', 'expired', 'rejected'))`, ms(before))
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := t.pseudonymise(ctx, id); err != nil {
			return 0, fmt.Errorf("pseudonymise: %w", err)
		}
	}
	return len(ids), nil
}

func (t answers) pseudonymise(ctx context.Context, id string) error {
	a, err := t.one(ctx, "id = ?1"+t.lock(), id)
	if err != nil {
		return err
	}
	a.Person, a.Note, a.Address = gone+t.s.newID(), "", ""
	return t.SaveAnswer(ctx, &a)
}
