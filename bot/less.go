package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// lessen makes the person hear less of what a posting is an example of, at once and everywhere, and says how
// it was before.
func (t *turn) lessen(ctx context.Context, k *talk, c flows.Lessen) (conversations.Fact, error) {
	p, err := t.posting(ctx, k, c.Posting)
	if errors.Is(err, storage.ErrNotFound) || err == nil && p.State.Hidden() {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	out := flows.Lessened{Why: c.Why, Posting: p.Public(), NoChange: true}
	for _, s := range subs {
		next := s
		if !t.lessenOne(&next, &p, c.Why, k, &out) {
			continue
		}
		out.Before = append(out.Before, wanted(&s))
		out.NoChange = false
		if next.Stopped && !s.Stopped {
			out.Stopped++
		}
		if err := t.tx.Subscriptions.SaveSubscription(ctx, &next, t.now); err != nil {
			return nil, fmt.Errorf("subscription: %w", err)
		}
	}
	if c.Why == flows.LessOften && !out.NoChange {
		k.person.PerWeek = out.PerWeek
		if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
			return nil, fmt.Errorf("person: %w", err)
		}
	}
	if err := t.unwanted(ctx, &k.person); err != nil {
		return nil, err
	}
	if out.NoChange || c.Why == flows.LessOften {
		return out, nil
	}
	// They are not to be asked about this one again, either.
	return out, t.noteAlert(ctx, k.person.ID, p.ID, storage.AlertNo)
}

func wanted(s *matching.Subscription) flows.Wanted {
	return flows.Wanted{
		ID: s.ID, Radius: s.Radius, Slots: s.Slots, Categories: s.Categories, Muted: s.Muted, PerWeek: s.PerWeek, Cadence: s.Cadence, Stopped: s.Stopped,
	}
}

// lessenOne changes a subscription; false if it had nothing to do with the posting.
func (t *turn) lessenOne(s *matching.Subscription, p *matching.Posting, why flows.LessWhy, k *talk, out *flows.Lessened) bool {
	switch why {
	case flows.LessCarrier:
		id := p.Organisation
		if id == "" {
			id = p.Author
		}
		if slices.Contains(s.Muted, id) {
			return false
		}
		s.Muted = append(slices.Clone(s.Muted), id)
	case flows.LessTopic:
		wanted := s.Categories
		if len(wanted) == 0 {
			wanted = matching.Categories
		}
		left := slices.DeleteFunc(slices.Clone(wanted), func(c matching.Category) bool { return c == p.Category })
		if len(left) == len(wanted) {
			return false
		}
		s.Categories, s.Stopped = left, s.Stopped || len(left) == 0
		if len(left) == 0 {
			s.Categories = wanted // for when they want it again
		}
	case flows.LessFar:
		km := matching.DistanceKM(s.Place.Point, p.Place.Point)
		near := nearer(km)
		if km > s.Radius || near == 0 {
			return false
		}
		s.Radius, out.Radius = near, max(out.Radius, near)
	case flows.LessTime:
		gone := t.slotsOf(p, k)
		left := withoutSlots(s.Slots, gone)
		if gone == 0 || left == 0 || s.Slots != 0 && left == s.Slots {
			return false
		}
		s.Slots, out.Slots = left, out.Slots|gone
	case flows.LessOften:
		return lessOften(s, out)
	default:
		return false
	}
	return true
}

// radii are the steps in which a radius shrinks, in km.
var radii = []float64{1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150}

// nearer is the largest step that leaves a distance out; 0 if there is none.
func nearer(km float64) float64 {
	best := 0.0
	for _, r := range radii {
		if r < km {
			best = r
		}
	}
	return best
}

// slotsOf are the parts of the week in which a posting still takes place.
func (t *turn) slotsOf(p *matching.Posting, k *talk) matching.Slots {
	var s matching.Slots
	for _, d := range p.Occurrences(t.now, time.Time{}, k.env.Zone) {
		s |= matching.SpanSlots(d, k.env.Zone)
	}
	return s
}

// lessOften goes down a step: from more than three a week to three, to one, to one message a week with everything.
func lessOften(s *matching.Subscription, out *flows.Lessened) bool {
	now := s.PerWeek
	if now == 0 {
		now = matching.DefaultPerWeek
	}
	switch {
	case now > matching.DefaultPerWeek:
		s.PerWeek = matching.DefaultPerWeek
	case now > 1:
		s.PerWeek = 1
	case s.Cadence != matching.Weekly:
		s.PerWeek, s.Cadence = 1, matching.Weekly
	default:
		return false
	}
	out.PerWeek, out.Cadence = s.PerWeek, s.Cadence
	return true
}

// restore takes lessen back.
func (t *turn) restore(ctx context.Context, k *talk, c flows.Restore) (conversations.Fact, error) {
	for _, b := range c.Before {
		s, err := t.tx.Subscriptions.Subscription(ctx, b.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("subscription: %w", err)
		}
		if s.Person != k.person.ID {
			return refused(flows.NotAllowed)
		}
		s.Radius, s.Slots, s.Categories, s.Muted, s.Cadence, s.Stopped = b.Radius, b.Slots, b.Categories, b.Muted, b.Cadence, b.Stopped
		if s.PerWeek != b.PerWeek {
			s.PerWeek, k.person.PerWeek = b.PerWeek, b.PerWeek
			if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
				return nil, fmt.Errorf("person: %w", err)
			}
		}
		if err := t.tx.Subscriptions.SaveSubscription(ctx, &s, t.now); err != nil {
			return nil, fmt.Errorf("subscription: %w", err)
		}
	}
	return flows.Restored{}, t.planDigest(ctx, k.person.ID, "")
}
