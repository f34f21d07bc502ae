package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// profile is what somebody may see and change of themselves.
func (t *turn) profile(ctx context.Context, k *talk) (flows.Profile, error) {
	p := &k.person
	out := flows.Profile{
		Name: p.Name, Age: p.Age, Place: p.Place, Qualifications: p.Qualifications, PerWeek: p.PerWeek, PerDay: p.PerDay,
		QuietFrom: p.QuietFrom, QuietTo: p.QuietTo, PausedUntil: p.PausedUntil, Stopped: p.Stopped,
	}
	var err error
	if out.Subscriptions, err = t.tx.Subscriptions.OfSubscriber(ctx, p.ID); err != nil {
		return out, fmt.Errorf("subscriptions: %w", err)
	}
	at, err := t.addresses(ctx, k)
	if err != nil {
		return out, err
	}
	out.Addresses = at.All
	seen := map[string]bool{}
	for _, s := range out.Subscriptions {
		for _, id := range s.Muted {
			if seen[id] {
				continue
			}
			seen[id] = true
			o, err := t.tx.Organisations.Organisation(ctx, id)
			if err != nil && !errors.Is(err, storage.ErrNotFound) {
				return out, fmt.Errorf("organisation: %w", err)
			}
			out.Muted = append(out.Muted, flows.MutedCarrier{ID: id, Name: o.Name})
		}
	}
	return out, nil
}

// adjust changes how the person is told and spoken to. Only what is theirs can be reached.
func (t *turn) adjust(ctx context.Context, k *talk, c flows.Adjust) (conversations.Fact, error) {
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	if c.Subscription != "" && !slices.ContainsFunc(subs, func(s matching.Subscription) bool { return s.ID == c.Subscription }) {
		return refused(flows.Unknown)
	}
	bad, err := t.adjustPerson(ctx, k, &c, subs)
	if err != nil {
		return nil, err
	}
	ended := ""
	for _, s := range subs {
		mine := c.Subscription == "" || s.ID == c.Subscription
		if c.Wishes.End && mine && c.Subscription != "" {
			ended = s.Place.Name
			if err := t.tx.Subscriptions.RemoveSubscription(ctx, s.ID, t.now); err != nil {
				return nil, fmt.Errorf("subscription: %w", err)
			}
			continue
		}
		next := s
		adjustAll(&next, &c, &k.person)
		if mine {
			adjustOne(&next, &c)
		}
		if same(&s, &next) {
			continue
		}
		if err := t.tx.Subscriptions.SaveSubscription(ctx, &next, t.now); err != nil {
			return nil, fmt.Errorf("subscription: %w", err)
		}
	}
	if err := t.unwanted(ctx, &k.person); err != nil {
		return nil, err
	}
	p, err := t.profile(ctx, k)
	return flows.Adjusted{Profile: p, Ended: ended, Bad: bad}, err
}

// adjustPerson changes what holds for everything they subscribed to.
func (t *turn) adjustPerson(ctx context.Context, k *talk, c *flows.Adjust, subs []matching.Subscription) ([]understanding.Doubt, error) {
	p, w := &k.person, &c.Wishes
	var bad []understanding.Doubt
	set(&p.Name, w.Name)
	set(&p.Lang, w.Lang)
	set(&p.Register, w.Register)
	setTo(&p.Age, w.Age)
	setTo(&p.PerWeek, w.PerWeek)
	setTo(&p.PerDay, w.PerDay)
	p.Qualifications = abilities(p.Qualifications, w)
	if w.QuietFrom != nil || w.QuietTo != nil {
		from, to := p.QuietFrom, p.QuietTo
		if from == to {
			from, to = matching.QuietFrom, matching.QuietTo
		}
		setTo(&from, w.QuietFrom)
		setTo(&to, w.QuietTo)
		if awake := (from - to + 24*60) % (24 * 60); awake < leastAwake {
			bad = append(bad, understanding.Doubt{Field: understanding.FieldQuiet, Kind: understanding.OutOfRange})
		} else {
			p.QuietFrom, p.QuietTo = from, to
		}
	}
	if c.Subscription == "" && !w.PauseUntil.IsZero() {
		p.PausedUntil = w.PauseUntil
	}
	if w.Resume {
		p.PausedUntil, p.Stopped = w.PauseUntil, false
	}
	if c.Place != nil && (c.Subscription == "" || len(subs) == 1) {
		p.Place = *c.Place
		p.Place.Point = matching.Snap(p.Place.Point)
	}
	if err := t.tx.People.SavePerson(ctx, p); err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	return bad, nil
}

// leastAwake is how many minutes a day must be left outside of the quiet hours.
const leastAwake = 60

func set(to *string, v string) {
	if v != "" {
		*to = v
	}
}

func setTo(to *int, v *int) {
	if v != nil {
		*to = *v
	}
}

func abilities(had []matching.Qualification, w *understanding.Wishes) []matching.Qualification {
	out := slices.DeleteFunc(slices.Clone(had), func(q matching.Qualification) bool { return slices.Contains(w.Cannot, q) })
	for _, q := range w.Can {
		if !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// adjustAll takes over into a subscription what holds for all of them.
func adjustAll(s *matching.Subscription, c *flows.Adjust, p *storage.Person) {
	w := &c.Wishes
	setTo(&s.Age, w.Age)
	setTo(&s.PerWeek, w.PerWeek)
	setTo(&s.PerDay, w.PerDay)
	s.Qualifications = abilities(s.Qualifications, w)
	if w.Resume && (c.Subscription == "" || c.Subscription == s.ID) {
		s.Stopped, s.PausedUntil = false, w.PauseUntil
	}
	s.Muted = slices.DeleteFunc(slices.Clone(s.Muted), func(id string) bool { return slices.Contains(c.Unmute, id) })
	if s.Age == 0 {
		s.Age = p.Age
	}
}

// adjustOne changes what a subscription is about.
func adjustOne(s *matching.Subscription, c *flows.Adjust) {
	w := &c.Wishes
	if w.Radius != nil {
		s.Radius = min(max(*w.Radius, 1), matching.MaxRadius)
	}
	if w.AnyTime {
		s.Slots = 0
	}
	if w.Slots != 0 {
		s.Slots = w.Slots
	}
	if left := withoutSlots(s.Slots, w.NotSlots); w.NotSlots != 0 && left != 0 {
		s.Slots = left
	}
	if w.Cadence != "" {
		s.Cadence = w.Cadence
	}
	if len(w.Kinds) > 0 {
		s.Kinds = w.Kinds
	}
	if w.StepFree != nil {
		s.StepFree = *w.StepFree
	}
	if c.Subscription != "" && !w.PauseUntil.IsZero() {
		s.PausedUntil = w.PauseUntil
	}
	if c.Place != nil {
		s.Place = *c.Place
		s.Place.Point = matching.Snap(s.Place.Point)
	}
	if w.AllTopics {
		s.Categories = nil
	}
	if len(c.Categories) > 0 {
		s.Categories = topics(s.Categories, c.Categories, w.Topics)
	}
}

func withoutSlots(had, not matching.Slots) matching.Slots {
	if had == 0 {
		had = matching.AllSlots
	}
	return had &^ not
}

// topics are the categories wanted from now on; none means all.
func topics(had, named []matching.Category, how understanding.TopicMode) []matching.Category {
	switch how {
	case understanding.TopicsToo:
		if len(had) == 0 {
			return nil
		}
		out := slices.Clone(had)
		for _, x := range named {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
		if len(out) == len(matching.Categories) {
			return nil
		}
		return out
	case understanding.TopicsWithout:
		if len(had) == 0 {
			had = matching.Categories
		}
		left := slices.DeleteFunc(slices.Clone(had), func(x matching.Category) bool { return slices.Contains(named, x) })
		if len(left) == 0 {
			return had // nothing left would mean everything; whoever wants nothing pauses or ends it
		}
		return left
	}
	return named
}

// same tells whether two versions of a subscription say the same.
func same(a, b *matching.Subscription) bool {
	return a.Place == b.Place && a.Radius == b.Radius && a.Slots == b.Slots && a.Cadence == b.Cadence && a.StepFree == b.StepFree &&
		a.Age == b.Age && a.PerWeek == b.PerWeek && a.PerDay == b.PerDay && a.Stopped == b.Stopped && a.PausedUntil.Equal(b.PausedUntil) &&
		slices.Equal(a.Categories, b.Categories) && slices.Equal(a.Kinds, b.Kinds) && slices.Equal(a.Qualifications, b.Qualifications) &&
		slices.Equal(a.Muted, b.Muted)
}
