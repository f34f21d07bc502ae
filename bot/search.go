package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// retrieveMax is how many postings a search looks at.
const retrieveMax = 1000

// find does a search.
func (t *turn) find(ctx context.Context, k *talk, c flows.Find) (conversations.Fact, error) {
	hits, err := t.hits(ctx, k, &c)
	if err != nil {
		return nil, err
	}
	known, err := t.around(ctx, k, &c)
	if err != nil {
		return nil, err
	}
	found := flows.Found{Around: known, Hits: hits[:min(len(hits), flows.FoundMax)], Total: len(hits)}
	for i := range found.Hits {
		found.Hits[i].Posting = found.Hits[i].Posting.Public()
	}
	return found, nil
}

// hits are what a search finds, in the order in which people see them.
func (t *turn) hits(ctx context.Context, k *talk, c *flows.Find) (hits []matching.Hit, err error) {
	if c.ForMe {
		return t.forMe(ctx, k)
	}
	var ps []matching.Posting
	if c.Among != nil {
		ps, err = t.among(ctx, c)
	} else {
		ps, err = t.retrieve(ctx, c.Query)
	}
	if err == nil {
		ps, err = t.awake(ctx, ps)
	}
	if err != nil {
		return nil, err
	}
	hits = matching.Rank(c.Query, ps, t.now, k.env.Zone, channels.Fold)
	if c.Among != nil {
		return inOrder(hits, c.Among), nil
	}
	return t.ordered(ctx, c.Query, hits)
}

// orderedMax is of how many of the best hits it is looked up how people have taken them up.
const orderedMax = 2 * flows.FoundMax

// ordered puts hits that were ranked into the order in which people see them.
func (t *turn) ordered(ctx context.Context, q matching.Query, hits []matching.Hit) ([]matching.Hit, error) {
	n := min(len(hits), orderedMax)
	uptake := make(map[string]matching.Uptake, n)
	replies := map[string]time.Duration{}
	for i := range hits[:n] {
		p := &hits[i].Posting
		u, err := t.uptake(ctx, p)
		if err != nil {
			return nil, err
		}
		after, known := replies[p.Organisation]
		if p.Organisation != "" && !known {
			s, err := t.standing(ctx, p.Organisation)
			if err != nil {
				return nil, err
			}
			after = s.ReplyAfter
			replies[p.Organisation] = after
		}
		u.ReplyAfter = after
		uptake[hits[i].Posting.ID] = u
	}
	return append(matching.Order(q, hits[:n], uptake, t.now), hits[n:]...), nil
}

// uptake is how a posting has been taken up by people.
func (t *turn) uptake(ctx context.Context, p *matching.Posting) (matching.Uptake, error) {
	u := matching.Uptake{Since: p.Published, Taken: p.External}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return u, fmt.Errorf("answers: %w", err)
	}
	for _, a := range answers {
		if a.State != matching.Refused {
			u.Contacts++
		}
		if a.State.Takes() && !over(p, a.Date, t) {
			u.Taken += max(1, a.Party)
		}
	}
	for date := range max(1, len(p.Dates)) {
		if p.Places > 0 && !over(p, date, t) {
			u.Places += placesOf(p, date)
		}
	}
	return u, nil
}

// around tells what is near, whatever else was asked for.
func (t *turn) around(ctx context.Context, k *talk, c *flows.Find) ([]flows.Known, error) {
	if !c.Around {
		return nil, nil
	}
	all := matching.Query{Near: c.Query.Near, Radius: max(flows.AroundKM, c.Query.Radius), Kinds: matching.Kinds, Except: c.Query.Except}
	ps, err := t.retrieve(ctx, all)
	if err != nil {
		return nil, err
	}
	var known []flows.Known
	for _, h := range matching.Rank(all, ps, t.now, k.env.Zone, nil) {
		if len(known) < flows.AroundMax {
			known = append(known, flows.Known{ID: h.Posting.ID, KM: matching.ToldKM(h.KM)})
		}
	}
	return known, nil
}

// reach is how far to look: offers may come from farther away to where somebody is.
func reach(q matching.Query) float64 {
	switch {
	case q.Near.IsZero() || q.Radius <= 0:
		return 0
	case slices.Contains(q.Kinds, matching.Offer):
		return matching.MaxRadius
	}
	return q.Radius
}

// among gets what a search goes on with, as far as it is near enough.
func (t *turn) among(ctx context.Context, c *flows.Find) ([]matching.Posting, error) {
	var ps []matching.Posting
	for _, known := range c.Among {
		if c.Query.Radius > 0 && float64(known.KM) > c.Query.Radius {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, known.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// inOrder puts hits into the order in which they were known, with the distances known.
func inOrder(hits []matching.Hit, known []flows.Known) []matching.Hit {
	var out []matching.Hit
	for _, n := range known {
		for _, h := range hits {
			if h.Posting.ID == n.ID {
				h.KM = float64(n.KM)
				out = append(out, h)
			}
		}
	}
	return out
}
