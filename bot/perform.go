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

// perform does one command and returns its outcome. Whatever may not be done comes back as flows.Refused;
// an error undoes the whole turn.
func (t *turn) perform(ctx context.Context, k *talk, cmd conversations.Command) (conversations.Fact, error) {
	if k.env.Minimal && tooMuch(cmd) {
		return refused(flows.NotHere)
	}
	fact, err := t.performAny(ctx, k, cmd)
	var much tooMany
	if errors.As(err, &much) {
		return refusedFor(much), nil
	}
	if k.env.Minimal {
		fact = lessOf(fact)
	}
	return fact, err
}

func (t *turn) performAny(ctx context.Context, k *talk, cmd conversations.Command) (conversations.Fact, error) {
	k.did = k.did || !reads(cmd)
	switch c := cmd.(type) {
	case flows.WhoAmI:
		return t.me(ctx, k)
	case flows.Publish:
		if err := t.stirred(ctx, k); err != nil {
			return nil, err
		}
		return t.publish(ctx, k, c)
	case flows.SaveSubscription:
		return t.saveSubscription(ctx, k, c)
	case flows.Respond:
		return t.answered(ctx, k, c)
	case flows.DatesOf:
		return t.datesOf(ctx, k, c)
	case flows.Settle:
		return t.settle(ctx, k, c)
	case flows.LookAt:
		return t.lookAt(ctx, k, c)
	case flows.Wake:
		return t.wakeUp(ctx, k)
	case flows.Halt:
		return t.halt(ctx, k)
	case flows.DropBelow:
		return t.dropBelow(k), nil
	}
	for _, capability := range []func(context.Context, *talk, conversations.Command) (conversations.Fact, bool, error){
		t.performLink, t.performLending,
		t.performRelay, t.performVisits,
		t.performOrganised, t.performReview, t.performTerms, t.performMine, t.performPrivacy, t.performClaim, t.performFigures, t.performRoster, t.performOwn,
	} {
		if fact, ok, err := capability(ctx, k, cmd); ok {
			return fact, err
		}
	}
	return nil, fmt.Errorf("command %T is not known", cmd)
}

// performOwn does what concerns nobody but the person: looking, and how they are told and spoken to.
func (t *turn) performOwn(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.Find:
		fact, err = t.find(ctx, k, c)
	case flows.CalendarEntry:
		fact, err = t.entry(ctx, k, c)
	case flows.LookAtMe:
		fact, err = t.profile(ctx, k)
	case flows.Adjust:
		fact, err = t.adjust(ctx, k, c)
	case flows.Lessen:
		fact, err = t.lessen(ctx, k, c)
	case flows.Restore:
		fact, err = t.restore(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

func refused(why flows.Refusal) (conversations.Fact, error) { return flows.Refused{Why: why}, nil }

// posting finds one by id or by the code people see. Codes are not to be found by trying: one that leads to nothing,
// or to what is hidden from the person, counts, and after too many of them none leads anywhere for a while.
func (t *turn) posting(ctx context.Context, k *talk, id string) (matching.Posting, error) {
	p, err := t.tx.Postings.Posting(ctx, id)
	if !errors.Is(err, storage.ErrNotFound) {
		return p, err
	}
	l, keys := t.b.Limits.Guesses, ofBoth("guess", k)
	if much, err := t.reached(ctx, l, keys...); err != nil {
		return p, err
	} else if much {
		return p, tooMany{l.again(t.now)}
	}
	p, err = t.tx.Postings.PostingByCode(ctx, id)
	hidden := errors.Is(err, storage.ErrNotFound)
	if err == nil && p.State.Hidden() {
		mine, err := t.mayActFor(ctx, k.person.ID, &p)
		if err != nil {
			return p, err
		}
		hidden = !mine
	}
	if hidden {
		if _, err := t.count(ctx, l, keys...); err != nil {
			return p, err
		}
	}
	return p, err
}

func (t *turn) lookAt(ctx context.Context, k *talk, c flows.LookAt) (conversations.Fact, error) {
	p, err := t.posting(ctx, k, c.Posting)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, err
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	if err != nil {
		return nil, err
	}
	if !mine && (p.State == matching.Draft || p.State == matching.Review || p.State == matching.Rejected) {
		return refused(flows.Unknown)
	}
	if rests, err := t.rests(ctx, p.Front); err != nil || rests && !mine {
		return flows.Refused{Why: flows.Resting}, err
	}
	seen := flows.Seen{Posting: p, KM: -1, Mine: mine}
	if !mine {
		seen.Posting = p.Public()
		if err := t.ownStanding(ctx, k, &p, &seen); err != nil {
			return nil, err
		}
	}
	if p.Organisation != "" {
		o, err := t.tx.Organisations.Organisation(ctx, p.Organisation)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, fmt.Errorf("organisation: %w", err)
		}
		seen.About = about(&o)
	}
	if !k.person.Place.Point.IsZero() && !p.Place.Point.IsZero() {
		seen.KM = matching.DistanceKM(k.person.Place.Point, p.Place.Point)
	}
	return seen, nil
}

func (t *turn) halt(ctx context.Context, k *talk) (conversations.Fact, error) {
	was := k.person.Stopped
	if _, err := t.setStopped(ctx, k, true); err != nil {
		return nil, err
	}
	// What is queued for them and was not asked for must not follow the goodbye.
	if err := t.hushed(ctx, k.person.ID, channels.Address{}); err != nil {
		return nil, err
	}
	if err := t.unremind(ctx, k.person.ID); err != nil {
		return nil, err
	}
	held, err := t.expectedAt(ctx, k.person.ID)
	return flows.Halted{Was: was, Promised: held}, err
}

// setStopped marks the person and all their subscriptions, and returns how many those are.
func (t *turn) setStopped(ctx context.Context, k *talk, stopped bool) (int, error) {
	k.person.Stopped = stopped
	if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
		return 0, fmt.Errorf("person: %w", err)
	}
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID)
	if err != nil {
		return 0, fmt.Errorf("subscriptions: %w", err)
	}
	for _, s := range subs {
		s.Stopped = stopped
		if err := t.tx.Subscriptions.SaveSubscription(ctx, &s, t.now); err != nil {
			return 0, fmt.Errorf("subscription: %w", err)
		}
	}
	return len(subs), t.planDigest(ctx, k.person.ID, "")
}

// wakeUp takes halt back: whoever says "start" after "stopp" is told again.
func (t *turn) wakeUp(ctx context.Context, k *talk) (conversations.Fact, error) {
	if !k.person.Stopped {
		return flows.Woken{}, nil
	}
	subs, err := t.setStopped(ctx, k, false)
	if err != nil {
		return nil, err
	}
	return flows.Woken{Was: subs > 0}, nil
}

// maxSubscriptions is how many subscriptions one person may have.
const maxSubscriptions = 10

func (t *turn) saveSubscription(ctx context.Context, k *talk, c flows.SaveSubscription) (conversations.Fact, error) {
	s := c.Subscription
	s.Person, s.Front = k.person.ID, k.front.ID
	s.Place.Point = matching.Snap(s.Place.Point)
	had, err := t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	if i := slices.IndexFunc(had, func(x matching.Subscription) bool { return x.ID != s.ID && alike(&x, &s) }); s.ID == "" && i >= 0 {
		again := had[i] // the same wish once more
		again.Stopped, again.PausedUntil = false, time.Time{}
		s = again
	}
	if s.ID == "" && len(had) >= maxSubscriptions {
		return refused(flows.SubscriptionsMax)
	}
	if s.ID == "" {
		if err := t.limit(ctx, t.b.Limits.Subscriptions, ofBoth("subscriptions", k)...); err != nil {
			return nil, err
		}
	}
	inherit(&s, &k.person, had)
	if err := t.tx.Subscriptions.SaveSubscription(ctx, &s, t.now); err != nil {
		return nil, fmt.Errorf("subscription: %w", err)
	}
	k.person.Stopped = false
	if k.person.PerWeek == 0 {
		k.person.PerWeek = s.PerWeek
	}
	if len(had) == 0 || k.person.Place.Point.IsZero() {
		k.person.Place = s.Place
	}
	if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	if err := t.planDigest(ctx, k.person.ID, ""); err != nil {
		return nil, err
	}
	if err := t.consent(ctx, k, "join", c.Consent); err != nil {
		return nil, err
	}
	if err := t.agreedHere(ctx, k, c.Consent); err != nil {
		return nil, err
	}
	n, err := t.offerPresent(ctx, k, &s)
	if err != nil {
		return nil, err
	}
	saved := flows.SubscriptionSaved{Subscription: s, Matches: n, First: len(had) == 0, PerWeek: s.PerWeek}
	if saved.Nearer, err = t.nearer(ctx, &k.front, s.Place); err != nil {
		return nil, err
	}
	if saved.PerWeek == 0 {
		saved.PerWeek = matching.DefaultPerWeek
	}
	return saved, nil
}

// alike tells whether two subscriptions ask for the same.
func alike(a, b *matching.Subscription) bool {
	return a.Place.Name == b.Place.Name && a.Place.Point == b.Place.Point && a.Radius == b.Radius && a.Slots == b.Slots && a.Cadence == b.Cadence &&
		a.StepFree == b.StepFree && slices.Equal(a.Categories, b.Categories) && slices.Equal(a.Kinds, b.Kinds) &&
		slices.Equal(a.Qualifications, b.Qualifications)
}

// inherit takes over into a new subscription what holds for all of a person's.
func inherit(s *matching.Subscription, p *storage.Person, had []matching.Subscription) {
	if s.Age == 0 {
		s.Age = p.Age
	}
	if s.PerWeek == 0 {
		s.PerWeek = p.PerWeek
	}
	if s.PerDay == 0 {
		s.PerDay = p.PerDay
	}
	for _, q := range p.Qualifications {
		if !slices.Contains(s.Qualifications, q) {
			s.Qualifications = append(s.Qualifications, q)
		}
	}
	for _, old := range had {
		for _, id := range old.Muted {
			if !slices.Contains(s.Muted, id) {
				s.Muted = append(s.Muted, id)
			}
		}
	}
}

func (t *turn) consent(ctx context.Context, k *talk, kind, version string) error {
	if version == "" {
		return nil
	}
	if terms := k.front.Texts[storage.TermsText]; terms != "" { // what they could read of the front then
		version += "@" + terms
	}
	c := storage.Consent{Person: k.person.ID, Front: k.front.ID, Kind: kind, Version: version, Lang: k.env.Lang, At: t.now}
	if err := t.tx.Consents.Grant(ctx, c); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	return nil
}
