package sqldb

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

type caseRows struct{ *txn }

func (t caseRows) SaveCase(ctx context.Context, c *storage.Case) error {
	id := c.ID
	if id == "" {
		id = t.s.newID()
	}
	body, err := t.s.vault.seal("cases.body"+id, c)
	if err != nil {
		return err
	}
	var n int64
	if c.Rev == 0 {
		n, err = t.exec(ctx, `INSERT INTO cases (id, front, kind, subject, person, about, state, opened, decided, rev, body)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10) ON CONFLICT DO NOTHING`,
			id, c.Front, string(c.Kind), c.Subject, c.Person, c.About, string(c.State), ms(c.Opened), ms(c.Decided), body)
	} else {
		n, err = t.exec(ctx, `UPDATE cases SET front = ?2, kind = ?3, subject = ?4, person = ?5, about = ?6, state = ?7, opened = ?8, decided = ?9,
			rev = ?10, body = ?11 WHERE id = ?1 AND rev = ?12`,
			id, c.Front, string(c.Kind), c.Subject, c.Person, c.About, string(c.State), ms(c.Opened), ms(c.Decided), c.Rev+1, body, c.Rev)
	}
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("case: %w", err)
	}
	c.ID = id
	c.Rev++
	return nil
}

func (t caseRows) Case(ctx context.Context, id string) (storage.Case, error) {
	cs, err := t.cases(ctx, "id = ?1"+t.lock(), id)
	if err == nil && len(cs) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.Case{}, err
	}
	return cs[0], nil
}

func (t caseRows) OpenCases(ctx context.Context, front string, limit int) ([]storage.Case, error) {
	if front == "" {
		return t.cases(ctx, "state = 'open' ORDER BY opened, id LIMIT ?1", limit)
	}
	return t.cases(ctx, "state = 'open' AND front = ?1 ORDER BY opened, id LIMIT ?2", front, limit)
}

func (t caseRows) CasesAbout(ctx context.Context, subject string, limit int) ([]storage.Case, error) {
	return t.cases(ctx, "subject = ?1 ORDER BY opened DESC, id DESC LIMIT ?2", subject, limit)
}

func (t caseRows) CasesOf(ctx context.Context, person string, limit int) ([]storage.Case, error) {
	return t.cases(ctx, "person <> '' AND person = ?1 OR about <> '' AND about = ?1 ORDER BY opened DESC, id DESC LIMIT ?2", person, limit)
}

func (t caseRows) ForgetCases(ctx context.Context, before time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM cases WHERE state <> 'open' AND decided < ?1", ms(before))
	return int(n), err
}

func (t caseRows) cases(ctx context.Context, where string, args ...any) ([]storage.Case, error) {
	var all []storage.Case
	err := t.rows(ctx, "SELECT id, subject, person, about, rev, body FROM cases WHERE "+where, args, func(r *rows) error {
		var c storage.Case
		var id, subject, person, about string
		var rev int64
		var body []byte
		if err := r.Scan(&id, &subject, &person, &about, &rev, &body); err != nil {
			return err
		}
		err := t.s.vault.unseal("cases.body"+id, body, &c)
		c.ID, c.Subject, c.Person, c.About, c.Rev = id, subject, person, about, rev
		all = append(all, c)
		return err
	})
	return all, err
}

type blocks struct{ *txn }

// blockBody is what of a block is sealed.
type blockBody struct{ By, Reason string }

func blockPlace(front string, lookup []byte) string {
	return "blocks.body" + front + ":" + string(lookup)
}

func (t blocks) SetBlock(ctx context.Context, b storage.Block) error {
	lookups := [][]byte{t.s.vault.hash("block", b.Person)}
	err := t.rows(ctx, "SELECT lookup FROM addresses WHERE person = ?1", []any{b.Person}, func(r *rows) error {
		var l []byte
		err := r.Scan(&l)
		lookups = append(lookups, l)
		return err
	})
	for _, l := range lookups {
		if err != nil {
			break
		}
		var body []byte
		if body, err = t.s.vault.seal(blockPlace(b.Front, l), blockBody{b.By, b.Reason}); err == nil {
			_, err = t.exec(ctx, `INSERT INTO blocks (front, lookup, person, until, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
				ON CONFLICT (front, lookup) DO UPDATE SET person = excluded.person, until = excluded.until, at = excluded.at, body = excluded.body`,
				b.Front, l, b.Person, ms(b.Until), ms(b.At), body)
		}
	}
	if err != nil {
		return fmt.Errorf("block: %w", err)
	}
	return nil
}

func (t blocks) Blocked(ctx context.Context, front, person string, a channels.Address, now time.Time) (storage.Block, error) {
	bs, err := t.blocks(ctx, "front = ?1 AND (lookup = ?2 OR person <> '' AND person = ?3) AND (until = 0 OR until > ?4) ORDER BY at DESC LIMIT 1",
		front, t.address(a), person, ms(now))
	if err == nil && len(bs) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.Block{}, err
	}
	return bs[0], nil
}

func (t blocks) LiftBlock(ctx context.Context, front, person string) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM blocks WHERE front = ?1 AND person <> '' AND person = ?2", front, person)
	return int(n), err
}

func (t blocks) BlocksOf(ctx context.Context, front string, limit int) ([]storage.Block, error) {
	all, err := t.blocks(ctx, "front = ?1 AND person <> '' ORDER BY at DESC, person, lookup LIMIT ?2", front, 8*limit)
	var one []storage.Block
	for _, b := range all {
		if n := len(one); (n == 0 || one[n-1].Person != b.Person) && n < limit {
			one = append(one, b)
		}
	}
	return one, err
}

func (t blocks) blocks(ctx context.Context, where string, args ...any) ([]storage.Block, error) {
	var all []storage.Block
	err := t.rows(ctx, "SELECT front, lookup, person, until, at, body FROM blocks WHERE "+where, args, func(r *rows) error {
		var b storage.Block
		var lookup, body []byte
		var until, when int64
		if err := r.Scan(&b.Front, &lookup, &b.Person, &until, &when, &body); err != nil {
			return err
		}
		var sealed blockBody
		err := t.s.vault.unseal(blockPlace(b.Front, lookup), body, &sealed)
		b.Until, b.At, b.By, b.Reason = at(until), at(when), sealed.By, sealed.Reason
		all = append(all, b)
		return err
	})
	return all, err
}

type operators struct{ *txn }

func (t operators) AddOperator(ctx context.Context, person string, when time.Time) error {
	_, err := t.exec(ctx, "INSERT INTO operators (person, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING", person, ms(when))
	return err
}

func (t operators) RemoveOperator(ctx context.Context, person string) error {
	_, err := t.exec(ctx, "DELETE FROM operators WHERE person = ?1", person)
	return err
}

func (t operators) AllOperators(ctx context.Context) ([]string, error) {
	return t.strings(ctx, "SELECT person FROM operators ORDER BY since, person")
}

// eraseModeration takes a person out of what editors decide. Cases about them end; what they brought loses its words.
// Of a block nothing but the hashes stays.
func (t people) eraseModeration(ctx context.Context, id string, when time.Time) error {
	found, err := caseRows{t.txn}.cases(ctx, "person <> '' AND person = ?1 OR about <> '' AND about = ?1 OR subject = 'person:' || CAST(?1 AS TEXT)", id)
	if err != nil {
		return err
	}
	for _, c := range found {
		c.Text, c.Reason = "", ""
		if c.Person == id {
			c.Person = ""
		}
		if c.About == id || c.Subject == "person:"+id {
			c.About = ""
			if c.State == storage.CaseOpen && c.Kind != storage.PostingCase {
				c.State, c.Decided = storage.CaseDropped, when
			}
		}
		if c.Subject == "person:"+id {
			c.Subject = "gone"
		}
		if err := (caseRows{t.txn}).SaveCase(ctx, &c); err != nil {
			return err
		}
	}
	return t.all(ctx, []any{id},
		"DELETE FROM operators WHERE person = ?1",
		"INSERT INTO blocks (front, lookup, person, until, at) SELECT b.front, a.lookup, '', b.until, b.at FROM blocks b "+
			"JOIN addresses a ON a.person = b.person WHERE b.person = ?1 ON CONFLICT DO NOTHING",
		"UPDATE blocks SET person = '', body = NULL WHERE person = ?1")
}
