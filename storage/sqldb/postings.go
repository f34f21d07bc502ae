package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

type postings struct{ *txn }

// crockford is the alphabet of codes: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes a code of 10 characters, 50 random bits.
func (t postings) newCode() (string, error) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(t.s.vault.rand, b); err != nil {
		return "", fmt.Errorf("code: %w", err)
	}
	for i := range b {
		b[i] = crockford[b[i]&31]
	}
	return string(b), nil
}

var codeReader = strings.NewReplacer("I", "1", "L", "1", "O", "0", "-", "", " ", "")

func (t postings) Posting(ctx context.Context, id string) (matching.Posting, error) {
	return t.one(ctx, "id = ?1", id)
}

func (t postings) PostingByCode(ctx context.Context, code string) (matching.Posting, error) {
	return t.one(ctx, "code = ?1", codeReader.Replace(strings.ToUpper(code)))
}

func (t postings) LockPosting(ctx context.Context, id string) (matching.Posting, error) {
	return t.one(ctx, "id = ?1"+t.lock(), id)
}

func (t postings) one(ctx context.Context, where, arg string) (matching.Posting, error) {
	var found []matching.Posting
	err := t.scan(ctx, func(p matching.Posting) bool { found = append(found, p); return true },
		"SELECT "+postingColumns+" FROM postings WHERE "+where, arg)
	if err == nil && len(found) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return matching.Posting{}, err
	}
	return found[0], nil
}

const postingColumns = "id, author, revision, body"

// errEnough ends the reading of rows.
var errEnough = errors.New("enough")

// scan reads postings until take returns false.
func (t postings) scan(ctx context.Context, take func(matching.Posting) bool, query string, args ...any) error {
	err := t.rows(ctx, query, args, func(r *rows) error {
		var p matching.Posting
		var id, author string
		var revision int64
		var body []byte
		if err := r.Scan(&id, &author, &revision, &body); err != nil {
			return err
		}
		if err := t.s.vault.unseal("postings.body"+id, body, &p); err != nil {
			return err
		}
		p.ID, p.Author, p.Revision = id, author, revision
		if !take(p) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// ends is when the last date is over; 0 where there is none: undated postings and those that recur.
func ends(p *matching.Posting) int64 {
	if p.Recurrence != "" {
		return 0
	}
	var last time.Time
	for _, d := range p.Dates {
		if u := d.Until(); u.After(last) {
			last = u
		}
	}
	return ms(last)
}

func (t postings) SavePosting(ctx context.Context, p *matching.Posting, when time.Time) error {
	var err error
	if p.Revision == 0 {
		err = t.insert(ctx, p, when)
	} else {
		err = t.replace(ctx, p, when)
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	return t.changed(ctx, postingChange, p.ID, p.Revision, !p.State.Visible(), when)
}

// insert writes a copy and sets p only when it is stored.
func (t postings) insert(ctx context.Context, p *matching.Posting, when time.Time) error {
	c := *p
	c.Revision = 1
	if c.ID == "" {
		c.ID = t.s.newID()
	}
	for range 5 { // a code that exists already is drawn once in a million years
		if p.Code == "" {
			var err error
			if c.Code, err = t.newCode(); err != nil {
				return err
			}
		}
		body, err := t.s.vault.seal("postings.body"+c.ID, c)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO postings (id, code, front, author, organisation, kind, state, lat, lon, ends, created, changed, revision, body)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 1, ?13) ON CONFLICT DO NOTHING`,
			c.ID, c.Code, c.Front, c.Author, c.Organisation, string(c.Kind), string(c.State), c.Place.Point.Lat, c.Place.Point.Lon,
			ends(&c), ms(c.Created), ms(when), body)
		if err != nil {
			return err
		}
		if n > 0 {
			*p = c
			return nil
		}
		if p.Code != "" || p.ID != "" {
			break
		}
	}
	return storage.ErrConflict
}

func (t postings) replace(ctx context.Context, p *matching.Posting, when time.Time) error {
	c := *p
	c.Revision++
	body, err := t.s.vault.seal("postings.body"+c.ID, c)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO posting_revisions (posting, revision, at, body)
		SELECT id, revision, changed, body FROM postings WHERE id = ?1 AND revision = ?2 ON CONFLICT DO NOTHING`, p.ID, p.Revision)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE postings SET code = ?3, front = ?4, author = ?5, organisation = ?6, kind = ?7, state = ?8, lat = ?9, lon = ?10,
		ends = ?11, created = ?12, changed = ?13, revision = ?14, body = ?15 WHERE id = ?1 AND revision = ?2`,
		p.ID, p.Revision, c.Code, c.Front, c.Author, c.Organisation, string(c.Kind), string(c.State), c.Place.Point.Lat, c.Place.Point.Lon,
		ends(&c), ms(c.Created), ms(when), c.Revision, body)
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err == nil {
		*p = c
	}
	return err
}

func (t postings) ListPostings(ctx context.Context, q storage.PostingQuery) ([]matching.Posting, error) {
	where, args := conditions(q)
	if q.Limit <= 0 {
		q.Limit = 1000
	}
	var found []matching.Posting
	err := t.scan(ctx, func(p matching.Posting) bool {
		if q.Within > 0 && (p.Place.Point.IsZero() || matching.DistanceKM(q.Near, p.Place.Point) > q.Within) {
			return true
		}
		found = append(found, p)
		return len(found) < q.Limit
	}, "SELECT "+postingColumns+" FROM postings"+where+" ORDER BY created DESC, id DESC", args...)
	return found, err
}

func conditions(q storage.PostingQuery) (string, []any) {
	var where []string
	var args []any
	add := func(text string, value any) {
		args = append(args, value)
		where = append(where, text+" ?"+digits(len(args)))
	}
	for _, f := range []struct{ column, value string }{
		{"front", q.Front}, {"author", q.Author}, {"organisation", q.Organisation}, {"kind", string(q.Kind)},
	} {
		if f.value != "" {
			add(f.column+" =", f.value)
		}
	}
	if len(q.States) > 0 {
		in, values := marks(len(args)+1, q.States)
		where = append(where, "state IN ("+in+")")
		for _, v := range values {
			args = append(args, string(v.(matching.PostingState)))
		}
	}
	if q.Within > 0 {
		b := boxAround(q.Near, q.Within)
		add("lat >=", b.south)
		add("lat <=", b.north)
		add("lon >=", b.west)
		add("lon <=", b.east)
	}
	if !q.EndsBefore.IsZero() {
		add("ends > 0 AND ends <", ms(q.EndsBefore))
	}
	if !q.CreatedFrom.IsZero() {
		add("created >=", ms(q.CreatedFrom))
	}
	if !q.CreatedBefore.IsZero() {
		add("created <", ms(q.CreatedBefore))
	}
	if len(where) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(where, " AND "), args
}

// page is how many rows a stream reads at once; between pages the transaction is free for other calls.
const page = 2000

func (t postings) StreamPostings(ctx context.Context) iter.Seq2[matching.Posting, error] {
	return func(yield func(matching.Posting, error) bool) {
		for last := ""; ; {
			var found []matching.Posting
			err := t.scan(ctx, func(p matching.Posting) bool { found = append(found, p); return true },
				"SELECT "+postingColumns+" FROM postings WHERE state IN ('open', 'filled') AND id > ?1 ORDER BY id LIMIT ?2", last, page)
			if err != nil {
				yield(matching.Posting{}, err)
				return
			}
			for _, p := range found {
				if !yield(p, nil) {
					return
				}
			}
			if len(found) < page {
				return
			}
			last = found[len(found)-1].ID
		}
	}
}

// box is a rectangle in degrees that contains a circle.
type box struct{ south, north, west, east float64 }

func boxAround(p matching.Point, km float64) box {
	const rad = math.Pi / 180
	d := km / matching.EarthRadiusKM / rad * 1.0001
	b := box{p.Lat - d, p.Lat + d, -180, 180}
	if b.south > -89 && b.north < 89 {
		w := math.Asin(min(1, math.Sin(min(d*rad, math.Pi/2))/math.Cos(p.Lat*rad))) / rad * 1.0001
		if p.Lon-w >= -180 && p.Lon+w <= 180 {
			b.west, b.east = p.Lon-w, p.Lon+w
		}
	}
	return b
}
