package sqldb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

type subscriptions struct{ *txn }

const subscriptionColumns = "id, person, revision, body"

func (t subscriptions) Subscription(ctx context.Context, id string) (matching.Subscription, error) {
	found, err := t.find(ctx, "id = ?1", id)
	if err == nil && len(found) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return matching.Subscription{}, err
	}
	return found[0], nil
}

func (t subscriptions) OfSubscriber(ctx context.Context, person string) ([]matching.Subscription, error) {
	return t.find(ctx, "person = ?1 ORDER BY id", person)
}

func (t subscriptions) find(ctx context.Context, where string, args ...any) ([]matching.Subscription, error) {
	var all []matching.Subscription
	err := t.scan(ctx, func(s matching.Subscription) bool { all = append(all, s); return true }, where, args...)
	return all, err
}

// scan reads subscriptions until take returns false.
func (t subscriptions) scan(ctx context.Context, take func(matching.Subscription) bool, where string, args ...any) error {
	err := t.rows(ctx, "SELECT "+subscriptionColumns+" FROM subscriptions WHERE "+where, args, func(r *rows) error {
		var s matching.Subscription
		var id, person string
		var revision int64
		var body []byte
		if err := r.Scan(&id, &person, &revision, &body); err != nil {
			return err
		}
		if err := t.s.vault.unseal("subscriptions.body"+id, body, &s); err != nil {
			return err
		}
		s.ID, s.Person, s.Revision = id, person, revision
		if !take(s) {
			return errEnough
		}
		return nil
	})
	if err == errEnough {
		return nil
	}
	return err
}

func kindMask(kinds []matching.Kind) (mask int64) {
	for i, k := range matching.Kinds {
		for _, x := range kinds {
			if x == k {
				mask |= 1 << i
			}
		}
	}
	return mask
}

func kindsOf(mask int64) (kinds []matching.Kind) {
	for i, k := range matching.Kinds {
		if mask&(1<<i) != 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func (t subscriptions) SaveSubscription(ctx context.Context, s *matching.Subscription, when time.Time) error {
	c := *s
	if c.ID == "" {
		c.ID = t.s.newID()
	}
	c.Revision++
	body, err := t.s.vault.seal("subscriptions.body"+c.ID, c)
	if err != nil {
		return err
	}
	p := c.Place.Point
	b := boxAround(p, c.Radius)
	query := `UPDATE subscriptions SET person = ?2, front = ?3, lat = ?4, lon = ?5, radius = ?6, south = ?7, north = ?8, west = ?9, east = ?10,
		categories = ?11, kinds = ?12, slots = ?13, qualifications = ?14, languages = ?15, stopped = ?16, paused_until = ?17, revision = ?18,
		body = ?19 WHERE id = ?1 AND revision = ?18 - 1`
	if s.Revision == 0 {
		query = `INSERT INTO subscriptions (id, person, front, lat, lon, radius, south, north, west, east, categories, kinds, slots,
			qualifications, languages, stopped, paused_until, revision, body)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19) ON CONFLICT DO NOTHING`
	}
	n, err := t.exec(ctx, query, c.ID, c.Person, c.Front, p.Lat, p.Lon, c.Radius, b.south, b.north, b.west, b.east,
		int64(matching.CategoryMask(c.Categories)), kindMask(c.Kinds), int64(c.Slots), int64(matching.QualificationMask(c.Qualifications)),
		strings.Join(c.Languages, ","), bit(c.Stopped), ms(c.PausedUntil), c.Revision, body)
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("subscription: %w", err)
	}
	*s = c
	return t.changed(ctx, subscriptionChange, c.ID, c.Revision, c.Stopped, when)
}

func (t subscriptions) RemoveSubscription(ctx context.Context, id string, when time.Time) error {
	var revision int64
	err := t.row(ctx, "DELETE FROM subscriptions WHERE id = ?1 RETURNING revision", []any{id}, &revision)
	if err != nil {
		return fmt.Errorf("subscription: %w", err)
	}
	return t.changed(ctx, subscriptionChange, id, revision+1, true, when)
}

// Around reads a box of the index and compares distances itself.
func (t subscriptions) Around(ctx context.Context, p matching.Point, c matching.Category, limit int) ([]matching.Subscription, error) {
	var all []matching.Subscription
	err := t.scan(ctx, func(s matching.Subscription) bool {
		if !s.Place.Point.IsZero() && matching.DistanceKM(s.Place.Point, p) <= s.Radius {
			all = append(all, s)
		}
		return limit <= 0 || len(all) < limit
	}, `stopped = 0 AND south <= ?1 AND north >= ?1 AND west <= ?2 AND east >= ?2 AND (categories = 0 OR categories & ?3 <> 0) ORDER BY id`,
		p.Lat, p.Lon, int64(matching.CategoryMask([]matching.Category{c})))
	return all, err
}

// FartherAround lets the database compare distances on a plane, generously, and then compares the true ones.
func (t subscriptions) FartherAround(ctx context.Context, p matching.Point, c matching.Category, factor float64, limit int) ([]matching.Subscription, error) {
	const kmPerDegree = matching.EarthRadiusKM * math.Pi / 180
	out := matching.MaxRadius * (factor - 1) / kmPerDegree // degrees a box may be beside the point
	cos := math.Max(0.1, math.Cos(p.Lat*math.Pi/180))
	var all []matching.Subscription
	err := t.scan(ctx, func(s matching.Subscription) bool {
		if km := matching.DistanceKM(s.Place.Point, p); !s.Place.Point.IsZero() && km > s.Radius && km <= s.Radius*factor {
			all = append(all, s)
		}
		return limit <= 0 || len(all) < limit
	}, `stopped = 0 AND south <= ?1 AND north >= ?2 AND west <= ?3 AND east >= ?4 AND (categories = 0 OR categories & ?5 <> 0)
		AND ((lat - ?6) * (lat - ?6) + (lon - ?7) * (lon - ?7) * ?8) <= radius * radius * ?9 ORDER BY id`,
		p.Lat+out, p.Lat-out, p.Lon+out/cos, p.Lon-out/cos, int64(matching.CategoryMask([]matching.Category{c})),
		p.Lat, p.Lon, cos*cos, 1.1*factor*factor/(kmPerDegree*kmPerDegree))
	return all, err
}

func (t subscriptions) StreamSubscriptions(ctx context.Context) iter.Seq2[matching.Subscription, error] {
	return func(yield func(matching.Subscription, error) bool) {
		for last := ""; ; {
			found, err := t.find(ctx, "id > ?1 ORDER BY id LIMIT ?2", last, page)
			if err != nil {
				yield(matching.Subscription{}, err)
				return
			}
			for _, s := range found {
				if !yield(s, nil) {
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

type positions struct{ *txn }

// StreamPositions reads all rows with one statement, for paging costs more than the rows do.
func (t positions) StreamPositions(ctx context.Context) iter.Seq2[matching.SubscriptionRow, error] {
	return func(yield func(matching.SubscriptionRow, error) bool) {
		err := t.rows(ctx, `SELECT id, revision, lat, lon, radius, categories, kinds, slots, qualifications, languages, stopped, paused_until
			FROM subscriptions`, nil, func(r *rows) error {
			var s matching.SubscriptionRow
			var categories, kinds, slots, qualifications, stopped, paused int64
			var languages string
			err := r.Scan(&s.ID, &s.Revision, &s.Point.Lat, &s.Point.Lon, &s.Radius, &categories, &kinds, &slots, &qualifications,
				&languages, &stopped, &paused)
			if err != nil {
				return err
			}
			s.Categories, s.Kinds, s.Slots, s.Qualifications = uint32(categories), kindsOf(kinds), matching.Slots(slots), uint64(qualifications)
			s.Stopped, s.PausedUntil = stopped != 0, at(paused)
			if languages != "" {
				s.Languages = strings.Split(languages, ",")
			}
			if !yield(s, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(matching.SubscriptionRow{}, err)
		}
	}
}
