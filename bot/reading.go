package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"ehrenamt/matching"
	"ehrenamt/matching/index/search"
)

// readMax is how many postings are kept as they were read; some 1.5 KB each.
const readMax = 20_000

// reader keeps postings as the store gave them, by id, so that a search decodes only what is new. What it keeps is shared
// and must not be changed.
type reader struct {
	kept *lru.Cache[string, *matching.Posting]
}

func newReader() (*reader, error) {
	kept, err := lru.New[string, *matching.Posting](readMax)
	if err != nil {
		return nil, fmt.Errorf("postings read: %w", err)
	}
	return &reader{kept}, nil
}

// postings are those of hits in the revision in which the index has them, and those of fresh, of which the index may not
// know the latest, as the transaction sees them; newest first. The fresh ones are not kept: this transaction may have
// written them, and until it is committed the same revision may yet be written with something else.
func (r *reader) postings(ctx context.Context, t *turn, hits []search.Hit, fresh []string) ([]matching.Posting, error) {
	changed := make(map[string]bool, len(hits)+len(fresh)) // or only seen, if false
	for _, id := range fresh {
		changed[id] = true
	}
	found := make([]*matching.Posting, 0, len(hits)+len(fresh))
	missing := slices.Clip(fresh)
	for _, h := range hits {
		if _, seen := changed[h.ID]; seen {
			continue
		}
		changed[h.ID] = false
		if p, ok := r.kept.Get(h.ID); ok && p.Revision == h.Revision {
			found = append(found, p)
			continue
		}
		missing = append(missing, h.ID)
	}
	read, err := t.tx.Batches.PostingsOf(ctx, missing)
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	for i := range read {
		p := &read[i]
		found = append(found, p)
		if !changed[p.ID] {
			own := *p // the batch would stay as long as one of it
			r.kept.Add(p.ID, &own)
		}
	}
	slices.SortFunc(found, func(a, b *matching.Posting) int {
		return cmp.Or(b.Created.Compare(a.Created), strings.Compare(b.ID, a.ID))
	})
	ps := make([]matching.Posting, len(found))
	for i, p := range found {
		ps[i] = *p
	}
	return ps, nil
}
