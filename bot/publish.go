package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// publish stores a posting and sends it on its way: to the editors, or straight to the people it fits.
func (t *turn) publish(ctx context.Context, k *talk, c flows.Publish) (conversations.Fact, error) {
	p := c.Posting
	if p.ID != "" {
		return t.change(ctx, k, c)
	}
	p.Author, p.Front, p.Created, p.State = k.person.ID, k.front.ID, t.now, matching.Draft
	org, why, err := t.carrier(ctx, k, &p, c.Carrier)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return refused(why)
	}
	state := matching.Open
	if waits(k.front, p.Actor, org) {
		state = matching.Review
	}
	if err := p.State.To(state); err != nil {
		return nil, err
	}
	p.State = state
	if state == matching.Open {
		p.Published = t.now
	}
	if err := t.tx.Postings.SavePosting(ctx, &p, t.now); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	if err := t.consent(ctx, k, "publish", c.Consent); err != nil {
		return nil, err
	}
	if err := t.audit(ctx, k, "published", "posting:"+p.ID); err != nil {
		return nil, err
	}
	fact := flows.Published{Posting: p, New: true, Waits: state == matching.Review}
	if state == matching.Open {
		if fact.Asked, fact.Eligible, err = t.goLive(ctx, &p); err != nil {
			return nil, err
		}
	}
	return fact, nil
}

// waits tells whether an editor has to look at it first: organisations nobody knows yet, where the front
// has editors. Private postings go out; so do those of organisations with three good ones.
func waits(f storage.Front, a matching.Actor, o *storage.Organisation) bool {
	return len(f.Editors) > 0 && a != matching.Person && (o == nil || !o.Verified && o.Good < 3)
}

// carrier finds or founds the organisation a posting is for.
func (t *turn) carrier(ctx context.Context, k *talk, p *matching.Posting, name string) (*storage.Organisation, flows.Refusal, error) {
	if p.Actor == matching.Person {
		p.Organisation, p.Carrier = "", ""
		return nil, "", nil
	}
	if p.Organisation != "" {
		o, err := t.tx.Organisations.Organisation(ctx, p.Organisation)
		if errors.Is(err, storage.ErrNotFound) {
			return nil, flows.NotAllowed, nil
		}
		if err != nil {
			return nil, "", fmt.Errorf("organisation: %w", err)
		}
		member, err := t.member(ctx, o.ID, k.person.ID)
		if err != nil {
			return nil, "", err
		}
		if !member {
			return nil, flows.NotAllowed, nil
		}
		p.Carrier, p.Actor = o.Name, o.Actor
		return &o, "", nil
	}
	known, err := t.tx.Organisations.Named(ctx, k.front.ID, name)
	if err != nil {
		return nil, "", fmt.Errorf("organisation: %w", err)
	}
	for _, o := range known {
		member, err := t.member(ctx, o.ID, k.person.ID)
		if err != nil {
			return nil, "", err
		}
		if member {
			p.Organisation, p.Carrier, p.Actor = o.ID, o.Name, o.Actor
			return &o, "", nil
		}
	}
	if len(known) > 0 {
		return nil, flows.TakenName, nil
	}
	o := storage.Organisation{Front: k.front.ID, Name: name, Actor: p.Actor, Created: t.now}
	if err := t.tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
		return nil, "", fmt.Errorf("organisation: %w", err)
	}
	if err := t.tx.Members.Join(ctx, storage.Member{Organisation: o.ID, Person: k.person.ID, Role: storage.Owner, Since: t.now}); err != nil {
		return nil, "", fmt.Errorf("member: %w", err)
	}
	p.Organisation, p.Carrier = o.ID, o.Name
	return &o, "", nil
}

func (t *turn) member(ctx context.Context, organisation, person string) (bool, error) {
	ms, err := t.tx.Members.OfOrganisation(ctx, organisation)
	if err != nil {
		return false, fmt.Errorf("members: %w", err)
	}
	return slices.ContainsFunc(ms, func(m storage.Member) bool { return m.Person == person }), nil
}

// goLive begins the search for people, and sets the clock for the end.
func (t *turn) goLive(ctx context.Context, p *matching.Posting) (asked, eligible int, err error) {
	if n := len(p.Dates); n > 0 && p.Recurrence == "" {
		tm := storage.Timer{Key: "end:" + p.ID, Kind: "end", Subject: "posting:" + p.ID, Due: p.Dates[n-1].Until()}
		if err := t.timer(ctx, tm); err != nil {
			return 0, 0, fmt.Errorf("timer: %w", err)
		}
	}
	return t.wave(ctx, p)
}

// change stores a changed posting and asks those accepted again if its time or place is another one.
func (t *turn) change(ctx context.Context, k *talk, c flows.Publish) (conversations.Fact, error) {
	old, err := t.tx.Postings.LockPosting(ctx, c.Posting.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &old)
	if err != nil {
		return nil, err
	}
	if !mine {
		return refused(flows.NotAllowed)
	}
	if old.State.Over() {
		return refused(flows.Over)
	}
	p := c.Posting
	p.ID, p.Code, p.Front, p.Author, p.Created, p.Published = old.ID, old.Code, old.Front, old.Author, old.Created, old.Published
	p.State, p.Revision, p.Lease, p.External = old.State, old.Revision, old.Lease, old.External
	if err := t.tx.Postings.SavePosting(ctx, &p, t.now); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	fact := flows.Published{Posting: p}
	if !sameTimeAndPlace(&old, &p) {
		answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
		if err != nil {
			return nil, fmt.Errorf("answers: %w", err)
		}
		for _, a := range answers {
			if a.State != matching.Accepted && a.State != matching.Confirmed {
				continue
			}
			piece := flows.Piece{Kind: flows.NewsChanged, Posting: p.Public(), Answer: a, Date: a.Date}
			told, err := t.tell(ctx, a.Person, "", piece, urgent("posting:"+p.ID))
			if err != nil {
				return nil, err
			}
			if told {
				fact.Accepted++
			}
		}
	}
	if p.State == matching.Open {
		if _, fact.Eligible, err = t.goLive(ctx, &p); err != nil {
			return nil, err
		}
	}
	return fact, nil
}

func sameTimeAndPlace(a, b *matching.Posting) bool {
	return a.Place.Point == b.Place.Point && slices.EqualFunc(a.Dates, b.Dates, func(x, y matching.Span) bool {
		return x.Start.Equal(y.Start) && x.End.Equal(y.End)
	})
}

// urgent is a must-delivery about something that concerns a person right now.
func urgent(subject string) storage.Delivery {
	return storage.Delivery{Class: storage.Must, Priority: storage.UrgentPriority, Subject: subject}
}

func (t *turn) audit(ctx context.Context, k *talk, action, subject string) error {
	e := storage.Entry{Front: k.front.ID, Actor: k.person.ID, Action: action, Subject: subject, At: t.now}
	if err := t.tx.Audit.Append(ctx, e); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}
