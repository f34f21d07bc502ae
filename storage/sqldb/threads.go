package sqldb

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/storage"
)

type threads struct{ *txn }

// threadBody is what of a thread is sealed.
type threadBody struct {
	Last          string `json:"last,omitempty"`
	InRow         int    `json:"in_row,omitempty"`
	FromPerson    int    `json:"from_person,omitempty"`
	FromPoster    int    `json:"from_poster,omitempty"`
	PersonContact string `json:"person_contact,omitempty"`
	PosterContact string `json:"poster_contact,omitempty"`
	BlockedBy     string `json:"blocked_by,omitempty"`
	PersonTrace   string `json:"person_trace,omitempty"`
	PosterTrace   string `json:"poster_trace,omitempty"`
}

func (t threads) Thread(ctx context.Context, id string) (storage.Thread, error) {
	return first(t.threads(ctx, "id = ?1"+t.lock(), id))
}

func (t threads) ThreadOf(ctx context.Context, answer string) (storage.Thread, error) {
	return first(t.threads(ctx, "answer = ?1"+t.lock(), answer))
}

// first is the only row asked for.
func first[T any](all []T, err error) (T, error) {
	var none T
	if err == nil && len(all) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return none, err
	}
	return all[0], nil
}

func (t threads) threads(ctx context.Context, where string, args ...any) ([]storage.Thread, error) {
	var all []storage.Thread
	err := t.rows(ctx, "SELECT id, answer, posting, front, person, author, organisation, speaker, state, closes, at, rev, body FROM threads WHERE "+where, args, func(r *rows) error {
		var x storage.Thread
		var closes, when int64
		var body []byte
		err := r.Scan(&x.ID, &x.Answer, &x.Posting, &x.Front, &x.Person, &x.Author, &x.Organisation, &x.Speaker, &x.State, &closes, &when, &x.Rev, &body)
		if err != nil {
			return err
		}
		var b threadBody
		if err := t.s.vault.unseal("threads.body"+x.ID, body, &b); err != nil {
			return err
		}
		x.Closes, x.At = at(closes), at(when)
		x.Last, x.InRow, x.FromPerson, x.FromPoster = b.Last, b.InRow, b.FromPerson, b.FromPoster
		x.PersonContact, x.PosterContact, x.BlockedBy = b.PersonContact, b.PosterContact, b.BlockedBy
		x.PersonTrace, x.PosterTrace = b.PersonTrace, b.PosterTrace
		all = append(all, x)
		return nil
	})
	return all, err
}

func (t threads) SaveThread(ctx context.Context, x *storage.Thread) error {
	c := *x
	if c.ID == "" {
		c.ID = t.s.newID()
	}
	c.Rev++
	body, err := t.s.vault.seal("threads.body"+c.ID, threadBody{c.Last, c.InRow, c.FromPerson, c.FromPoster, c.PersonContact, c.PosterContact, c.BlockedBy, c.PersonTrace, c.PosterTrace})
	if err != nil {
		return err
	}
	query := `UPDATE threads SET answer = ?2, posting = ?3, front = ?4, person = ?5, author = ?6, organisation = ?7, state = ?8, closes = ?9, at = ?10,
		rev = ?11, body = ?12, speaker = ?13 WHERE id = ?1 AND rev = ?11 - 1`
	if x.Rev == 0 {
		query = `INSERT INTO threads (id, answer, posting, front, person, author, organisation, state, closes, at, rev, body, speaker)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING`
	}
	n, err := t.exec(ctx, query, c.ID, c.Answer, c.Posting, c.Front, c.Person, c.Author, c.Organisation, string(c.State), ms(c.Closes), ms(c.At), c.Rev, body, c.Speaker)
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("thread: %w", err)
	}
	*x = c
	return nil
}

func (t threads) ThreadsOf(ctx context.Context, person string, organisations []string, limit int) ([]storage.Thread, error) {
	where := "person = ?1 OR (organisation = '' AND author = ?1)"
	args := []any{person, limit}
	if len(organisations) > 0 {
		in, more := marks(3, organisations)
		where += " OR (organisation <> '' AND organisation IN (" + in + "))"
		args = append(args, more...)
	}
	return t.threads(ctx, "("+where+") ORDER BY at DESC, id LIMIT ?2", args...)
}

func (t threads) ForgetThreads(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM threads WHERE closes > 0 AND closes < ?1", ms(before))
	return int(n), err
}
