package sqldb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ehrenamt/storage"
)

type replies struct{ *txn }

func (t replies) AskReply(ctx context.Context, r storage.Reply) error {
	_, err := t.exec(ctx, `INSERT INTO replies (answer, carrier, asked, replied) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (answer) DO UPDATE SET carrier = excluded.carrier, asked = excluded.asked, replied = excluded.replied`,
		r.Answer, r.Carrier, ms(r.Asked), ms(r.Replied))
	return err
}

func (t replies) NoteReply(ctx context.Context, answer string, when time.Time) error {
	_, err := t.exec(ctx, "UPDATE replies SET replied = ?2 WHERE answer = ?1 AND replied = 0", answer, ms(when))
	return err
}

func (t replies) DropReply(ctx context.Context, answer string) error {
	_, err := t.exec(ctx, "DELETE FROM replies WHERE answer = ?1 AND replied = 0", answer)
	return err
}

func (t replies) PunctualOf(ctx context.Context, carrier string, since, until time.Time) (storage.Punctual, error) {
	var p storage.Punctual
	var took []time.Duration
	err := t.rows(ctx, "SELECT asked, replied FROM replies WHERE carrier = ?1 AND asked >= ?2 AND asked < ?3", []any{carrier, ms(since), ms(until)}, func(r *rows) error {
		var asked, replied int64
		err := r.Scan(&asked, &replied)
		p.Asked++
		if replied > 0 {
			p.Replied++
			took = append(took, time.Duration(replied-asked)*time.Millisecond)
		}
		return err
	})
	if len(took) > 0 {
		slices.Sort(took)
		p.Median = took[len(took)/2]
	}
	return p, err
}

func (t replies) RepliedTo(ctx context.Context, posting string) ([]time.Duration, error) {
	var took []time.Duration
	err := t.rows(ctx, "SELECT r.replied - r.asked FROM answers a JOIN replies r ON r.answer = a.id WHERE a.posting = ?1 AND r.replied > 0", []any{posting}, func(r *rows) error {
		var n int64
		err := r.Scan(&n)
		took = append(took, time.Duration(n)*time.Millisecond)
		return err
	})
	return took, err
}

func (t replies) ForgetReplies(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM replies WHERE asked < ?1", ms(before))
	return int(n), err
}

type visits struct{ *txn }

// visitBody is what of a visit is sealed.
type visitBody struct {
	PersonFeels string `json:"person_feels,omitempty"`
	PosterFeels string `json:"poster_feels,omitempty"`
}

func (t visits) Visit(ctx context.Context, answer string) (storage.Visit, error) {
	return first(t.visits(ctx, "answer = ?1"+t.lock(), answer))
}

func (t visits) OfVisitor(ctx context.Context, person string) ([]storage.Visit, error) {
	return t.visits(ctx, "person = ?1 ORDER BY at DESC, answer", person)
}

func (t visits) visits(ctx context.Context, where string, args ...any) ([]storage.Visit, error) {
	var all []storage.Visit
	err := t.rows(ctx, "SELECT answer, posting, person, carrier, at, minutes, by_person, by_poster, rev, body FROM visits WHERE "+where, args, func(r *rows) error {
		var x storage.Visit
		var when int64
		var body []byte
		if err := r.Scan(&x.Answer, &x.Posting, &x.Person, &x.Carrier, &when, &x.Minutes, &x.ByPerson, &x.ByPoster, &x.Rev, &body); err != nil {
			return err
		}
		var b visitBody
		err := t.s.vault.unseal("visits.body"+x.Answer, body, &b)
		x.At, x.PersonFeels, x.PosterFeels = at(when), b.PersonFeels, b.PosterFeels
		all = append(all, x)
		return err
	})
	return all, err
}

func (t visits) SaveVisit(ctx context.Context, v *storage.Visit) error {
	body, err := t.s.vault.seal("visits.body"+v.Answer, visitBody{v.PersonFeels, v.PosterFeels})
	if err != nil {
		return err
	}
	query := `UPDATE visits SET posting = ?2, person = ?3, carrier = ?4, at = ?5, minutes = ?6, by_person = ?7, by_poster = ?8, rev = ?9, body = ?10
		WHERE answer = ?1 AND rev = ?9 - 1`
	if v.Rev == 0 {
		query = `INSERT INTO visits (answer, posting, person, carrier, at, minutes, by_person, by_poster, rev, body)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING`
	}
	n, err := t.exec(ctx, query, v.Answer, v.Posting, v.Person, v.Carrier, ms(v.At), v.Minutes, string(v.ByPerson), string(v.ByPoster), v.Rev+1, body)
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("visit: %w", err)
	}
	v.Rev++
	return nil
}

type digestNotes struct{ *txn }

func (t digestNotes) PutNote(ctx context.Context, n storage.DigestNote) error {
	_, err := t.exec(ctx, `INSERT INTO digest_notes (person, posting, kind, front, n, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (person, posting, kind) DO UPDATE SET front = excluded.front, n = excluded.n, at = excluded.at`,
		n.Person, n.Posting, n.Kind, n.Front, n.N, ms(n.At))
	return err
}

func (t digestNotes) TakeNotes(ctx context.Context, person string, limit int) ([]storage.DigestNote, error) {
	var all []storage.DigestNote
	err := t.rows(ctx, "SELECT person, posting, kind, front, n, at FROM digest_notes WHERE person = ?1 ORDER BY at, posting, kind LIMIT ?2"+t.lock(), []any{person, limit}, func(r *rows) error {
		var n storage.DigestNote
		var when int64
		err := r.Scan(&n.Person, &n.Posting, &n.Kind, &n.Front, &n.N, &when)
		n.At = at(when)
		all = append(all, n)
		return err
	})
	for _, n := range all {
		if err == nil {
			_, err = t.exec(ctx, "DELETE FROM digest_notes WHERE person = ?1 AND posting = ?2 AND kind = ?3", n.Person, n.Posting, n.Kind)
		}
	}
	return all, err
}

func (t digestNotes) WaitingNotes(ctx context.Context, limit int) ([]string, error) {
	return t.strings(ctx, "SELECT person FROM digest_notes GROUP BY person ORDER BY MIN(at), person LIMIT ?1", limit)
}

func (t digestNotes) ForgetNotes(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM digest_notes WHERE at < ?1", ms(before))
	return int(n), err
}
