package bot_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// crowd makes up rows and changes of them, and asks.
type crowd struct {
	*world
	r     *rand.Rand
	subs  []string
	posts []string
}

func newCrowd(w *world, seed uint64) *crowd {
	return &crowd{world: w, r: rand.New(rand.NewPCG(seed, 1))}
}

func (c *crowd) place() matching.Place {
	if c.r.IntN(20) == 0 {
		return matching.Place{}
	}
	return matching.Place{Name: "Aachen", Point: matching.Point{Lat: 50.77 + 0.4*(c.r.Float64()-0.5), Lon: 6.08 + 0.4*(c.r.Float64()-0.5)}}
}

func (c *crowd) fillSubscription(s *matching.Subscription) {
	s.Place, s.Radius = c.place(), []float64{0, 2, 10, 30, 200}[c.r.IntN(5)]
	s.Categories = pickCategories(c)
	s.Kinds = [][]matching.Kind{nil, {matching.Need}, {matching.Offer}, matching.Kinds}[c.r.IntN(4)]
	s.Slots = matching.Slots(c.r.Uint32()) & matching.Slots(c.r.Uint32()) & matching.AllSlots
	s.Stopped, s.PausedUntil = c.r.IntN(8) == 0, time.Time{}
	if c.r.IntN(4) == 0 {
		s.PausedUntil = c.now.Add(time.Duration(c.r.IntN(48)) * time.Hour)
	}
	if c.r.IntN(3) == 0 {
		s.Qualifications = []matching.Qualification{matching.FirstAid}
	}
	if c.r.IntN(3) == 0 {
		s.Languages = []string{"de", "eo"}[c.r.IntN(2):]
	}
}

func pickCategories(c *crowd) (some []matching.Category) {
	for range c.r.IntN(3) {
		some = append(some, matching.Categories[c.r.IntN(4)])
	}
	return some
}

func (c *crowd) fillPosting(p *matching.Posting) {
	p.Kind, p.Category, p.Place = matching.Kinds[c.r.IntN(2)], matching.Categories[c.r.IntN(4)], c.place()
	p.Title = []string{"Kuchen backen", "Beete pflegen", "Vorlesen"}[c.r.IntN(3)]
	p.State = []matching.PostingState{matching.Open, matching.Open, matching.Open, matching.Filled, matching.Done}[c.r.IntN(5)]
	p.Radius, p.Dates, p.Recurrence = []float64{0, 5, 40}[c.r.IntN(3)], nil, ""
	p.Flexible = c.r.IntN(4) == 0
	for range c.r.IntN(3) {
		start := c.now.Add(time.Duration(c.r.IntN(24*20)-24*2) * time.Hour)
		p.Dates = append(p.Dates, matching.Span{Start: start, End: start.Add(2 * time.Hour)})
	}
	slices.SortFunc(p.Dates, func(a, b matching.Span) int { return a.Start.Compare(b.Start) })
	if len(p.Dates) == 1 && c.r.IntN(2) == 0 {
		p.Recurrence = "FREQ=WEEKLY"
	}
	if c.r.IntN(3) == 0 {
		p.Required = []matching.Qualification{matching.FirstAid}
	}
	if c.r.IntN(4) == 0 {
		p.Languages = []string{"eo"}
	}
}

// change does one thing to the store.
func (c *crowd) change(ctx context.Context, tx *storage.Tx) error {
	switch n := c.r.IntN(10); {
	case n < 2 || len(c.subs) == 0:
		s := matching.Subscription{Person: fmt.Sprintf("person%d", c.r.IntN(50)), Front: "aachen", Cadence: matching.AtOnce}
		c.fillSubscription(&s)
		err := tx.Subscriptions.SaveSubscription(ctx, &s, c.now)
		c.subs = append(c.subs, s.ID)
		return err
	case n < 5:
		s, err := tx.Subscriptions.Subscription(ctx, c.subs[c.r.IntN(len(c.subs))])
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if c.r.IntN(6) == 0 {
			return tx.Subscriptions.RemoveSubscription(ctx, s.ID, c.now)
		}
		c.fillSubscription(&s)
		return tx.Subscriptions.SaveSubscription(ctx, &s, c.now)
	case n < 7 || len(c.posts) == 0:
		p := matching.Posting{Author: "author", Front: "aachen", Created: c.now, Lease: c.now.Add(99 * time.Hour)}
		c.fillPosting(&p)
		err := tx.Postings.SavePosting(ctx, &p, c.now)
		c.posts = append(c.posts, p.ID)
		return err
	}
	p, err := tx.Postings.Posting(ctx, c.posts[c.r.IntN(len(c.posts))])
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c.fillPosting(&p)
	return tx.Postings.SavePosting(ctx, &p, c.now)
}

// compare asks the index, and everything there is.
func (c *crowd) compare(ctx context.Context, tx *storage.Tx) error {
	c.t.Helper()
	var posts []matching.Posting
	for p, err := range tx.Postings.StreamPostings(ctx) {
		if err != nil {
			return err
		}
		posts = append(posts, p)
	}
	for _, p := range posts[:min(len(posts), 20)] {
		if err := c.compareFitting(ctx, tx, &p); err != nil {
			return err
		}
	}
	for range 20 {
		q := matching.Query{Kinds: [][]matching.Kind{nil, {matching.Offer}, matching.Kinds}[c.r.IntN(3)], Categories: pickCategories(c)}
		if c.r.IntN(4) > 0 {
			q.Near, q.Radius = c.place().Point, []float64{0, 3, 20, 200}[c.r.IntN(4)]
		}
		if c.r.IntN(2) == 0 {
			q.From, q.Until = c.now.Add(24*time.Hour), c.now.Add(96*time.Hour)
		}
		if c.r.IntN(3) == 0 {
			q.Words = []string{"kuchen"}
		}
		some, err := c.bot.Retrieve(ctx, tx, q)
		if err != nil {
			return err
		}
		want := found(matching.Rank(q, posts, c.now, berlin(), channels.Fold))
		if got := found(matching.Rank(q, some, c.now, berlin(), channels.Fold)); !slices.Equal(got, want) {
			c.t.Errorf("%+v: %v, expected %v", q, got, want)
		}
	}
	return nil
}

func (c *crowd) compareFitting(ctx context.Context, tx *storage.Tx, p *matching.Posting) error {
	c.t.Helper()
	some, err := c.bot.Fitting(ctx, tx, p)
	if err != nil {
		return err
	}
	for s, err := range tx.Subscriptions.StreamSubscriptions(ctx) {
		if err != nil {
			return err
		}
		if matching.Match(&s, p, c.now, berlin()).OK && !slices.ContainsFunc(some, func(o matching.Subscription) bool { return o.ID == s.ID }) {
			c.t.Errorf("%+v is not proposed for %+v", s, p)
		}
	}
	return nil
}

func found(hits []matching.Hit) (ids []string) {
	for _, h := range hits {
		ids = append(ids, h.Posting.ID)
	}
	return ids
}

var errUndone = errors.New("undone")

// What fits is proposed whatever happened to the store and however far the index is behind: within the transaction that
// changed it, after it, by another process, and after changes that were undone.
func TestTheIndexProposesWhateverFits(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t, false)
	c := newCrowd(w, 7)
	other := &crowd{world: &world{t: t, store: w.store, bot: w.bot, now: w.now}, r: c.r}
	other.bot = newBotOn(t, w, 2, bot.Account{Channel: &network{}, Account: "b", Front: "aachen"})
	for round := range 40 {
		err := w.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			for range 1 + c.r.IntN(20) {
				if err := c.change(ctx, tx); err != nil {
					return err
				}
			}
			if round%4 == 0 {
				if err := c.compare(ctx, tx); err != nil {
					return err
				}
			}
			if round%5 == 3 {
				return errUndone
			}
			return nil
		})
		if err != nil && !errors.Is(err, errUndone) {
			t.Fatal(err)
		}
		if c.r.IntN(2) == 0 {
			w.now = w.now.Add(time.Duration(c.r.IntN(5*3600)) * time.Second)
		}
		other.now = w.now
		if c.r.IntN(3) == 0 {
			if err := w.bot.Follow(ctx); err != nil {
				t.Fatal(err)
			}
		}
		for _, asks := range []*crowd{c, other} {
			if err := w.store.View(ctx, asks.compare); err != nil {
				t.Fatal(err)
			}
		}
	}
}
