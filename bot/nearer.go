package bot

import (
	"context"
	"fmt"
	"slices"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// farBeyond is how far beyond the extent of its municipality a place is no longer a front's, where no area was said.
const farBeyond = 5.0 // km

// covers tells whether a place lies in the area of a front: in one of its municipalities, or, where the municipality is
// not known or no area was said, near enough.
func covers(f *storage.Front, p matching.Place) bool {
	switch {
	case p.Municipality != "" && (p.Municipality == f.Place.Municipality || p.Municipality == f.Place.Name):
		return true
	case p.Municipality != "" && len(f.Towns) > 0:
		return slices.Contains(f.Towns, p.Municipality)
	case p.Point.IsZero():
		return true
	}
	return matching.DistanceKM(f.Place.Point, p.Point) <= max(f.Place.Extent, 1)+farBeyond
}

// nearer is the front that a place outside of a front's area belongs to, or is clearly nearer to; a neighbour before
// others. The zero value is none.
func (t *turn) nearer(ctx context.Context, f *storage.Front, p matching.Place) (flows.NearerFront, error) {
	if p.Point.IsZero() || covers(f, p) {
		return flows.NearerFront{}, nil
	}
	all, err := t.tx.Fronts.AllFronts(ctx)
	if err != nil {
		return flows.NearerFront{}, fmt.Errorf("fronts: %w", err)
	}
	best, least := -1, matching.DistanceKM(f.Place.Point, p.Point)*2/3
	for i := range all {
		o := &all[i]
		if o.ID == f.ID || o.Suspended {
			continue
		}
		km := matching.DistanceKM(o.Place.Point, p.Point)
		if covers(o, p) {
			km /= 10
		}
		if slices.Contains(f.Neighbours, o.ID) {
			km *= 0.9
		}
		if km < least {
			best, least = i, km
		}
	}
	if best < 0 {
		return flows.NearerFront{}, nil
	}
	page := t.frontPage(ctx, &all[best])
	link := page.Telegram
	if link == "" {
		link = page.Page
	}
	if link == "" {
		link = page.Mail
	}
	return flows.NearerFront{Name: all[best].Name, Link: link}, nil
}
