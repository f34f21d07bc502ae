package storagetest

import (
	"context"
	"fmt"
	"slices"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

func batches(b *bench) {
	const rows = 700 // more than a statement takes
	var ps, subs []string
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		ps, subs = nil, nil
		for i := range rows {
			p, s := need("ac", fmt.Sprintf("p%d", i)), subscription(fmt.Sprintf("p%d", i), 50.74, 6.16, 5)
			if err := tx.Postings.SavePosting(ctx, &p, b.now); err != nil {
				return err
			}
			if err := tx.Subscriptions.SaveSubscription(ctx, &s, b.now); err != nil {
				return err
			}
			ps, subs = append(ps, p.ID), append(subs, s.ID)
		}
		return nil
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		for _, n := range []int{0, 1, 3, rows} {
			foundPs, err := tx.Batches.PostingsOf(ctx, slices.Concat(ps[:n], ps[:n], []string{"unknown"}))
			if err != nil {
				return err
			}
			sameIDs(b, fmt.Sprintf("%d postings", n), foundPs, ps[:n], func(p matching.Posting) string { return p.ID })
			foundSubs, err := tx.Batches.SubscriptionsOf(ctx, slices.Concat([]string{"unknown"}, subs[:n], subs[:n]))
			if err != nil {
				return err
			}
			sameIDs(b, fmt.Sprintf("%d subscriptions", n), foundSubs, subs[:n], func(s matching.Subscription) string { return s.ID })
		}
		one, err := tx.Batches.PostingsOf(ctx, ps[5:6])
		if err != nil {
			return err
		}
		p, err := tx.Postings.Posting(ctx, ps[5])
		b.equal("a posting", one, []matching.Posting{p})
		if err != nil {
			return err
		}
		sub, err := tx.Subscriptions.Subscription(ctx, subs[5])
		if err != nil {
			return err
		}
		some, err := tx.Batches.SubscriptionsOf(ctx, subs[5:6])
		b.equal("a subscription", some, []matching.Subscription{sub})
		return err
	})
}

func sameIDs[T any](b *bench, what string, got []T, want []string, id func(T) string) {
	b.Helper()
	ids := make([]string, 0, len(got))
	for _, x := range got {
		ids = append(ids, id(x))
	}
	slices.Sort(ids)
	want = slices.Sorted(slices.Values(want))
	b.equal(what, ids, append([]string{}, want...))
}
