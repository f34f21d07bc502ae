package sqldb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"ehrenamt/storage"
)

type fronts struct{ *txn }

func (t fronts) Front(ctx context.Context, id string) (storage.Front, error) {
	return t.first(t.fronts(ctx, "SELECT id, rev, body FROM fronts WHERE id = ?1", id))
}

func (t fronts) FrontOf(ctx context.Context, channel, account string) (storage.Front, error) {
	return t.first(t.fronts(ctx, "SELECT id, rev, body FROM fronts WHERE id = (SELECT front FROM front_accounts WHERE account = ?1)",
		channel+":"+account))
}

func (fronts) first(fs []storage.Front, err error) (storage.Front, error) {
	if err == nil && len(fs) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.Front{}, err
	}
	return fs[0], nil
}

func (t fronts) AllFronts(ctx context.Context) ([]storage.Front, error) {
	return t.fronts(ctx, "SELECT id, rev, body FROM fronts ORDER BY id")
}

func (t fronts) fronts(ctx context.Context, query string, args ...any) ([]storage.Front, error) {
	var fs []storage.Front
	err := t.rows(ctx, query, args, func(r *rows) error {
		var f storage.Front
		var id, body string
		var rev int64
		if err := r.Scan(&id, &rev, &body); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &f); err != nil {
			return fmt.Errorf("front %s: %w", id, err)
		}
		f.ID, f.Rev = id, rev
		fs = append(fs, f)
		return nil
	})
	return fs, err
}

func (t fronts) SaveFront(ctx context.Context, f *storage.Front) error {
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("front %s: %w", f.ID, err)
	}
	query := "UPDATE fronts SET rev = ?3, body = ?4 WHERE id = ?1 AND rev = ?2"
	if f.Rev == 0 {
		query = "INSERT INTO fronts (id, rev, body) SELECT ?1, CAST(?3 AS BIGINT), ?4 WHERE CAST(?2 AS BIGINT) = 0 ON CONFLICT DO NOTHING"
	}
	n, err := t.exec(ctx, query, f.ID, f.Rev, f.Rev+1, string(body))
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("front %s: %w", f.ID, err)
	}
	f.Rev++
	if _, err := t.exec(ctx, "DELETE FROM front_accounts WHERE front = ?1", f.ID); err != nil {
		return err
	}
	for _, a := range f.Accounts {
		n, err := t.exec(ctx, "INSERT INTO front_accounts (account, front) VALUES (?1, ?2) ON CONFLICT DO NOTHING", a, f.ID)
		if err == nil && n == 0 {
			err = storage.ErrConflict
		}
		if err != nil {
			return fmt.Errorf("front %s, account %s: %w", f.ID, a, err)
		}
	}
	return nil
}

// replaceEditor puts another person, or nobody, in the place of an editor.
func (t fronts) replaceEditor(ctx context.Context, old, now string) error {
	fs, err := t.AllFronts(ctx)
	if err != nil {
		return err
	}
	for _, f := range fs {
		i := slices.Index(f.Editors, old)
		if i < 0 {
			continue
		}
		f.Editors = slices.Delete(f.Editors, i, i+1)
		if now != "" && !slices.Contains(f.Editors, now) {
			f.Editors = append(f.Editors, now)
		}
		if err := t.SaveFront(ctx, &f); err != nil {
			return err
		}
	}
	return nil
}

type organisations struct{ *txn }

// foldedSize is how many bytes of a folded name count: an index takes no texts of any length.
const foldedSize = 200

// fold makes names that people take for the same the same: case, accents, punctuation and spaces do not count.
func fold(name string) string {
	var b strings.Builder
	space := false
	name = norm.NFKD.String(strings.ToValidUTF8(name[:min(len(name), 8*foldedSize)], " "))
	for _, r := range norm.NFKD.String(cases.Fold().String(name)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
			if b.Len() >= foldedSize {
				return b.String()
			}
		default:
			space = true
		}
	}
	return b.String()
}

func (t organisations) Organisation(ctx context.Context, id string) (storage.Organisation, error) {
	os, err := t.organisations(ctx, "SELECT id, front, rev, body FROM organisations WHERE id = ?1", id)
	if err == nil && len(os) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.Organisation{}, err
	}
	return os[0], nil
}

func (t organisations) Named(ctx context.Context, front, name string) ([]storage.Organisation, error) {
	return t.organisations(ctx, "SELECT id, front, rev, body FROM organisations WHERE front = ?1 AND folded = ?2 ORDER BY created, id", front, fold(name))
}

func (t organisations) OfFront(ctx context.Context, front string) ([]storage.Organisation, error) {
	return t.organisations(ctx, "SELECT id, front, rev, body FROM organisations WHERE front = ?1 ORDER BY folded, id", front)
}

func (t organisations) organisations(ctx context.Context, query string, args ...any) ([]storage.Organisation, error) {
	var all []storage.Organisation
	err := t.rows(ctx, query, args, func(r *rows) error {
		var o storage.Organisation
		var id, front string
		var rev int64
		var body []byte
		if err := r.Scan(&id, &front, &rev, &body); err != nil {
			return err
		}
		err := t.s.vault.unseal("organisations.body"+id, body, &o)
		o.ID, o.Front, o.Rev = id, front, rev
		all = append(all, o)
		return err
	})
	return all, err
}

func (t organisations) SaveOrganisation(ctx context.Context, o *storage.Organisation) error {
	id := o.ID
	if id == "" {
		id = t.s.newID()
	}
	body, err := t.s.vault.seal("organisations.body"+id, o)
	if err != nil {
		return err
	}
	var n int64
	if o.Rev == 0 {
		n, err = t.exec(ctx, "INSERT INTO organisations (id, front, folded, created, rev, body) VALUES (?1, ?2, ?3, ?4, 1, ?5) ON CONFLICT DO NOTHING",
			id, o.Front, fold(o.Name), ms(o.Created), body)
	} else {
		n, err = t.exec(ctx, "UPDATE organisations SET front = ?2, folded = ?3, rev = ?4, body = ?5 WHERE id = ?1 AND rev = ?6",
			id, o.Front, fold(o.Name), o.Rev+1, body, o.Rev)
	}
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("organisation: %w", err)
	}
	o.ID = id
	o.Rev++
	return nil
}

type members struct{ *txn }

func (t members) Join(ctx context.Context, m storage.Member) error {
	_, err := t.exec(ctx, `INSERT INTO members (organisation, person, role, since) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (organisation, person) DO UPDATE SET role = excluded.role`, m.Organisation, m.Person, string(m.Role), ms(m.Since))
	return err
}

func (t members) Leave(ctx context.Context, organisation, person string) error {
	_, err := t.exec(ctx, "DELETE FROM members WHERE organisation = ?1 AND person = ?2", organisation, person)
	return err
}

func (t members) OfOrganisation(ctx context.Context, organisation string) ([]storage.Member, error) {
	return t.members(ctx, "organisation = ?1", organisation)
}

func (t members) OfMember(ctx context.Context, person string) ([]storage.Member, error) {
	return t.members(ctx, "person = ?1", person)
}

func (t members) members(ctx context.Context, where, arg string) ([]storage.Member, error) {
	var ms []storage.Member
	err := t.rows(ctx, "SELECT organisation, person, role, since FROM members WHERE "+where+" ORDER BY since, organisation, person", []any{arg}, func(r *rows) error {
		var m storage.Member
		var since int64
		err := r.Scan(&m.Organisation, &m.Person, &m.Role, &since)
		m.Since = at(since)
		ms = append(ms, m)
		return err
	})
	return ms, err
}
