package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/matching"
	"ehrenamt/matching/index"
	"ehrenamt/matching/index/search"
	"ehrenamt/storage"
)

// fresh are the ids of what this transaction sees changed and the index may not know yet.
func (t *turn) fresh(ctx context.Context, k *picture, kind string) ([]string, error) {
	const page = 1000
	var ids []string
	unknown := 0
	for after := k.settled; ; {
		cs, err := t.tx.Changes.After(ctx, after, page)
		if err != nil {
			return nil, fmt.Errorf("changes: %w", err)
		}
		for _, c := range cs {
			if _, ok := k.beyond[c.Seq]; ok {
				continue
			}
			if unknown++; c.Kind == kind {
				ids = append(ids, c.ID)
			}
		}
		if unknown > muchToRead {
			t.b.finder.behind.Store(true)
		}
		if len(cs) < page {
			return ids, nil
		}
		after = cs[len(cs)-1].Seq
	}
}

// proposed are subscriptions that a query may fit, without those of the ids in except, ordered by id. Where there are
// more than limit, they are the nearest.
func (t *turn) proposed(ctx context.Context, q index.Query, except map[string]bool, limit int) ([]matching.Subscription, error) {
	k, err := t.b.finder.open(ctx)
	if err != nil {
		return nil, err
	}
	if k.overdue(t.now) {
		q.Without = 0
	}
	found := k.subs.Match(q, nil)
	slices.SortFunc(found, func(a, b index.Candidate) int {
		return cmp.Or(cmp.Compare(a.KM, b.KM), cmp.Compare(a.Key.Hi, b.Key.Hi), cmp.Compare(a.Key.Lo, b.Key.Lo))
	})
	ids, err := t.fresh(ctx, k, subscriptionKind)
	if err != nil {
		return nil, err
	}
	for n := 0; len(found) > 0 && n < limit; found = found[1:] {
		if id := k.subs.ID(found[0].Key); !except[id] {
			ids = append(ids, id)
			n++
		}
	}
	subs, err := t.tx.Batches.SubscriptionsOf(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	slices.SortFunc(subs, func(a, b matching.Subscription) int { return strings.Compare(a.ID, b.ID) })
	return subs, nil
}

// fitting are the subscriptions a posting may fit who were not told of it, those who wish another time too if anyTime.
func (t *turn) fitting(ctx context.Context, p *matching.Posting, f *storage.Front, told []storage.Alert, anyTime bool) ([]matching.Subscription, error) {
	q, ok := index.QueryOf(p, t.now, t.b.fronts.zone(*f))
	if !ok {
		return nil, nil
	}
	if anyTime {
		q.Slots = 0
	}
	except := make(map[string]bool, len(told))
	for _, a := range told {
		except[a.Subscription] = true
	}
	return t.proposed(ctx, q, except, candidatesMax)
}

// retrieve gets the open postings that may fit a query, newest first; Rank and Match are exact. Where there are more
// than retrieveMax, they are those nearest and soonest, and those with the words.
func (t *turn) retrieve(ctx context.Context, q matching.Query) ([]matching.Posting, error) {
	k, err := t.b.finder.open(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := t.fresh(ctx, k, postingKind)
	if err != nil {
		return nil, err
	}
	ask := search.Query{
		Now: t.now.Unix() - 1, Point: q.Near, Radius: reach(q), Categories: matching.CategoryMask(q.Categories), Limit: retrieveMax,
	}
	switch len(q.Kinds) {
	case 0:
		ask.Kind = matching.Need
	case 1:
		ask.Kind = q.Kinds[0]
	}
	hits, more := k.posts.Search(ask, nil)
	if more.Set && len(q.Words) > 0 {
		ask.Words = strings.Join(q.Words, " ")
		hits, _ = k.posts.Search(ask, hits)
	}
	return t.b.finder.reader.postings(ctx, t, hits, fresh)
}
