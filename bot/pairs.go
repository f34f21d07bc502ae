package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// pairsTold is how many needs and offers are brought together with one posting at once.
const pairsTold = 3

// met is a posting of the other kind that meets one.
type met struct {
	p    matching.Posting
	pair matching.Pair
}

// pair tells whoever posted a need and whoever posted an offer of each other where the two meet: each at most once of
// the same posting, and each with a way to get in touch.
func (t *turn) pair(ctx context.Context, id string) error {
	posting, err := t.tx.Postings.LockPosting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	p := &posting
	if p.State != matching.Open || p.Place.Point.IsZero() {
		return nil
	}
	found, err := t.meets(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range found[:min(len(found), pairsTold)] {
		need, offer := p, &m.p
		if p.Kind == matching.Offer {
			need, offer = offer, need
		}
		wanted, free, err := t.wantedFor(ctx, need, offer)
		if err != nil {
			return err
		}
		if !free {
			continue
		}
		if offer.Lent() {
			m.pair.Offer = wanted
		}
		if err := t.tellPair(ctx, need, offer, m.pair.Offer, m.pair); err != nil {
			return err
		}
		if err := t.tellPair(ctx, offer, need, m.pair.Need, m.pair); err != nil {
			return err
		}
	}
	return nil
}

// meets are the open postings of the other kind that meet p, the best first.
func (t *turn) meets(ctx context.Context, p *matching.Posting) ([]met, error) {
	radius := p.Radius
	if p.Kind == matching.Need || radius <= 0 {
		radius = matching.DefaultRadius
	}
	ps, err := t.retrieve(ctx, matching.Query{Near: p.Place.Point, Radius: radius, Kinds: []matching.Kind{p.Kind.Other()}})
	if err != nil {
		return nil, err
	}
	if ps, err = t.awake(ctx, ps); err != nil {
		return nil, err
	}
	var found []met
	for _, x := range ps {
		need, offer := p, &x
		if p.Kind == matching.Offer {
			need, offer = offer, need
		}
		f, err := t.b.fronts.front(ctx, t.tx, need.Front)
		if err != nil {
			return nil, err
		}
		if pair := matching.Meet(need, offer, t.now, t.b.fronts.zone(f), channels.Fold); pair.OK {
			found = append(found, met{x, pair})
		}
	}
	slices.SortFunc(found, func(a, b met) int {
		return cmp.Or(cmp.Compare(b.pair.Score, a.pair.Score), strings.Compare(a.p.ID, b.p.ID))
	})
	return found, nil
}

// tellPair tells whoever posted mine of other, unless they know of it, want to hear nothing, or heard of enough today.
func (t *turn) tellPair(ctx context.Context, mine, other *matching.Posting, date int, pair matching.Pair) error {
	who, err := t.posterOf(ctx, mine)
	if err != nil || who == "" {
		return err
	}
	if theirs, err := t.mayActFor(ctx, who, other); err != nil || theirs {
		return err
	}
	person, err := t.tx.People.Person(ctx, who)
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	_, reachable, err := t.reach(ctx, who)
	if err != nil || !reachable || person.Stopped {
		return err
	}
	if ok, err := t.count(ctx, t.b.Limits.Pairs, "pairs:"+who); err != nil || !ok {
		return err
	}
	due, err := t.waking(ctx, who)
	if err != nil {
		return err
	}
	key := alertKey(who, other.ID)
	a := storage.Alert{Person: who, Posting: other.ID, Front: mine.Front, State: storage.AlertQueued, Delivery: key, At: t.now, KM: pair.KM}
	fresh, err := t.tx.Alerts.Raise(ctx, &a)
	if err != nil || !fresh {
		return err
	}
	piece := flows.Piece{Kind: flows.NewsMeets, Posting: other.Public(), Mine: mine.Title, Reasons: pair.Reasons, Date: date}
	d := storage.Delivery{Class: storage.Nice, Priority: storage.FirstWave, Subject: "posting:" + other.ID, Due: due}
	if s, ok := other.Next(t.now, t.zone(ctx, other)); ok {
		d.Rank = s.Start.UnixMilli()
	}
	_, err = t.tell(ctx, who, key, piece, d)
	return err
}
