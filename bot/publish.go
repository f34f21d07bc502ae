package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/matching/waves"
	"ehrenamt/storage"
)

// publish stores a posting and sends it on its way: to the editors, or straight to the people it fits.
func (t *turn) publish(ctx context.Context, k *talk, c flows.Publish) (conversations.Fact, error) {
	if why := t.unfit(ctx, &c.Posting); why != "" {
		return refused(why)
	}
	p := c.Posting
	if p.ID != "" {
		return t.change(ctx, k, c)
	}
	p.Author, p.Front, p.Created, p.State = k.person.ID, k.front.ID, t.now, matching.Draft
	p.Code, p.Revision, p.External, p.Published = "", 0, 0, time.Time{}
	org, refusal, err := t.carrier(ctx, k, &p, c.Carrier)
	if err != nil || refusal != nil {
		return refusal, err
	}
	if slices.Contains(k.front.Off, p.Category) { // the front has switched it off
		p.Category = matching.OtherCategory
	}
	if twin, err := t.twin(ctx, &p); err != nil || twin != nil {
		return twin, err
	}
	if err := t.mayPost(ctx, k, org); err != nil {
		return nil, err
	}
	if err := t.remember(ctx, k, &p); err != nil {
		return nil, err
	}
	why, wait, err := t.waits(ctx, k, &p, org)
	if err != nil {
		return nil, err
	}
	p.Exceptions, p.Outside, p.Anyway, p.Keys = nil, nil, nil, 0
	p.KeepKeys(&matching.Posting{}, t.now, k.env.Zone)
	p.State, p.Published = matching.Open, t.now
	if wait {
		p.State, p.Published = matching.Review, time.Time{}
	}
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	if err := t.consent(ctx, k, "publish", c.Consent); err != nil {
		return nil, err
	}
	if err := t.audit(ctx, k, "published", "posting:"+p.ID); err != nil {
		return nil, err
	}
	nearer, err := t.nearer(ctx, &k.front, p.Place)
	if err != nil {
		return nil, err
	}
	fact := flows.Published{Posting: p, Nearer: nearer, New: true, Waits: wait, Check: wait && !slices.Contains(why, firstOf)}
	if wait {
		if err := t.setEnd(ctx, &p); err != nil {
			return nil, err
		}
		if err := t.lookalike(ctx, k, org, why); err != nil {
			return nil, err
		}
		return fact, t.review(ctx, &p, why)
	}
	live, err := t.goLive(ctx, &p)
	fact.Asked, fact.Eligible, fact.Quiet, fact.Later = live.Asked, live.Eligible, live.Quiet, live.Later
	fact.Digests, fact.By = live.Digests, live.By
	return fact, err
}

// unfit tells what no posting may be, whatever a form let through.
func (t *turn) unfit(ctx context.Context, p *matching.Posting) flows.Refusal {
	switch {
	case past(p, t.now, t.zone(ctx, p)):
		return flows.Past
	case p.Places < 0 || p.Places > flows.MaxHelpers:
		return flows.Unsuitable
	}
	return ""
}

// twin refuses what is published already, word for word, by the same person or organisation. It returns nil
// where there is none.
func (t *turn) twin(ctx context.Context, p *matching.Posting) (conversations.Fact, error) {
	q := storage.PostingQuery{Author: p.Author, States: []matching.PostingState{matching.Review, matching.Open, matching.Filled}, Kind: p.Kind, Limit: 50}
	if p.Organisation != "" {
		q.Author, q.Organisation = "", p.Organisation
	}
	have, err := t.tx.Postings.ListPostings(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	for _, x := range have {
		if x.Organisation == p.Organisation && channels.Fold(x.Title) == channels.Fold(p.Title) && sameTimeAndPlace(&x, p) &&
			x.Recurrence == p.Recurrence && x.Places == p.Places {
			return flows.Refused{Why: flows.Twice, Posting: x}, nil
		}
	}
	return nil, nil
}

// remember notes for whom the person wrote, for the next time.
func (t *turn) remember(ctx context.Context, k *talk, p *matching.Posting) error {
	last := p.Organisation
	if last == "" {
		last = flows.Privately
	}
	changed, err := note(&k.person, lastCarrier, last)
	if err != nil || !changed {
		return err
	}
	if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	return nil
}

// carrier finds or founds the organisation a posting is for. Whoever is no member of it is refused.
func (t *turn) carrier(ctx context.Context, k *talk, p *matching.Posting, name string) (*storage.Organisation, conversations.Fact, error) {
	if p.Actor == matching.Person {
		p.Organisation, p.Carrier = "", ""
		return nil, nil, nil
	}
	if p.Organisation != "" {
		m, why, err := t.belongs(ctx, k, p.Organisation, false)
		if err != nil || why != "" {
			return nil, flows.Refused{Why: why}, err
		}
		if m.org.Barred {
			return nil, flows.Refused{Why: flows.Barred}, nil
		}
		p.Carrier, p.Actor = m.org.Name, m.org.Actor
		return &m.org, nil, nil
	}
	known, err := t.alike(ctx, k.front.ID, name)
	if err != nil {
		return nil, nil, err
	}
	var taken *storage.Organisation
	var empty *storage.Organisation
	for i, o := range known {
		members, err := t.tx.Members.OfOrganisation(ctx, o.ID)
		if err != nil {
			return nil, nil, fmt.Errorf("members: %w", err)
		}
		switch {
		case slices.ContainsFunc(members, func(m storage.Member) bool { return m.Person == k.person.ID }):
			if o.Barred {
				return nil, flows.Refused{Why: flows.Barred}, nil
			}
			p.Organisation, p.Carrier, p.Actor = o.ID, o.Name, o.Actor
			return &known[i], nil, nil
		case len(members) == 0:
			empty = &known[i]
		default:
			taken = &known[i]
		}
	}
	if taken != nil {
		return nil, flows.Refused{Why: flows.TakenName, Organisation: named(taken)}, nil
	}
	o := storage.Organisation{Front: k.front.ID, Name: name, Actor: p.Actor, Created: t.now}
	if empty != nil { // everybody has left it: whoever takes it up begins anew
		o = *empty
		o.Verified, o.Good, o.Profile, o.Actor = false, 0, nil, p.Actor
	}
	if channels.Fold(o.Name) == "" {
		return nil, flows.Refused{Why: flows.Unknown}, nil
	}
	if err := t.tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
		return nil, nil, fmt.Errorf("organisation: %w", err)
	}
	if err := t.tx.Members.Join(ctx, storage.Member{Organisation: o.ID, Person: k.person.ID, Role: storage.Owner, Since: t.now}); err != nil {
		return nil, nil, fmt.Errorf("member: %w", err)
	}
	p.Organisation, p.Carrier = o.ID, o.Name
	return &o, nil, nil
}

// alike finds the organisations of a front that people would take for the one of that name.
func (t *turn) alike(ctx context.Context, front, name string) ([]storage.Organisation, error) {
	all, err := t.tx.Organisations.OfFront(ctx, front)
	if err != nil {
		return nil, fmt.Errorf("organisations: %w", err)
	}
	same := channels.Fold(name)
	return slices.DeleteFunc(all, func(o storage.Organisation) bool {
		return channels.Fold(o.Name) != same && !understanding.SameName(o.Name, name)
	}), nil
}

// goLive begins the search for people, and sets the clock for the end.
func (t *turn) goLive(ctx context.Context, p *matching.Posting) (asking, error) {
	if err := t.setEnd(ctx, p); err != nil {
		return asking{}, err
	}
	live, err := t.wave(ctx, p, waves.Wished)
	if err != nil {
		return live, err
	}
	// After what is said about publishing, so that a number in answer to it means what came last.
	return live, t.timer(ctx, storage.Timer{Key: "pair:" + p.ID, Kind: "pair", Subject: "pair:" + p.ID, Due: t.now})
}

// setEnd sets the clock for the end of the next date, or for the next one of a series that people are looked for, and
// what is to happen before it.
func (t *turn) setEnd(ctx context.Context, p *matching.Posting) error {
	if err := t.setFew(ctx, p); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	next, ahead := p.Next(t.now, t.zone(ctx, p))
	if !ahead {
		if !p.Dated() || p.Recurrence != "" {
			return nil
		}
		next = p.Dates[len(p.Dates)-1]
	}
	due := next.Until()
	if at := (&seats{p: p, now: t.now, zone: t.zone(ctx, p)}).widens(); !at.IsZero() && at.Before(due) {
		due = at
	}
	tm := storage.Timer{Key: "end:" + p.ID, Kind: "end", Subject: "posting:" + p.ID, Due: due}
	if err := t.timer(ctx, tm); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	return nil
}

// change stores a changed posting and asks those accepted again if its time or place is another one. What was
// rejected is reviewed again, what waits is shown to the editors anew.
func (t *turn) change(ctx context.Context, k *talk, c flows.Publish) (conversations.Fact, error) {
	old, edits, why, err := t.ownOrEdited(ctx, k, c.Posting.ID)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if old.State.Over() {
		return refused(flows.Over)
	}
	if edits {
		return t.edit(ctx, k, &old, c.Posting)
	}
	p := c.Posting
	p.ID, p.Code, p.Front, p.Author, p.Created, p.Published = old.ID, old.Code, old.Front, old.Author, old.Created, old.Published
	p.State, p.Revision, p.Lease, p.External, p.Kind = old.State, old.Revision, old.Lease, old.External, old.Kind
	org, refusal, err := t.carrier(ctx, k, &p, c.Carrier)
	if err != nil || refusal != nil {
		return refusal, err
	}
	fact := flows.Published{}
	var reasons []string
	if old.State == matching.Rejected || old.State == matching.Review || p.Organisation != old.Organisation || reworded(&old, &p) {
		if reasons, fact.Waits, err = t.waits(ctx, k, &p, org); err != nil {
			return nil, err
		}
		fact.Waits = fact.Waits || old.State == matching.Rejected && t.someoneDecides(ctx, &p)
	}
	switch {
	case fact.Waits:
		p.State = matching.Review
	case p.State == matching.Rejected, p.State == matching.Review:
		p.State, p.Published = matching.Open, t.now
	}
	p.Reason = ""
	p.Exceptions, p.Outside, p.Anyway = old.Exceptions, old.Outside, old.Anyway
	p.KeepKeys(&old, t.now, t.zone(ctx, &p))
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	fact.Posting = p
	if err := t.audit(ctx, k, "changed", "posting:"+p.ID); err != nil {
		return nil, err
	}
	if fact.Accepted, err = t.carryOver(ctx, &old, &p); err != nil {
		return nil, err
	}
	return fact, t.goOn(ctx, k, &old, &p, &fact, reasons)
}

// reworded tells whether everybody would read something else: what an editor let out was another text.
func reworded(a, b *matching.Posting) bool {
	return a.Title != b.Title || a.Description != b.Description || !slices.Equal(a.Things, b.Things)
}

// goOn goes on with a changed posting as its new state asks for.
func (t *turn) goOn(ctx context.Context, k *talk, old, p *matching.Posting, fact *flows.Published, why []string) (err error) {
	switch {
	case fact.Waits && old.State.Visible(): // it is another organisation's now, or says something else
		if err := t.stopAsking(ctx, p); err != nil {
			return err
		}
		return t.reviewAgain(ctx, k, p, why)
	case fact.Waits:
		return t.reviewAgain(ctx, k, p, why)
	case old.State == matching.Review:
		if err := t.dropCase(ctx, storage.PostingCase, "posting:"+p.ID); err != nil {
			return err
		}
	}
	if !p.State.Visible() {
		return nil
	}
	fact.New = !old.State.Visible()
	if _, err := t.even(ctx, p); err != nil {
		return err
	}
	if p.State == matching.Open {
		live, err := t.goLive(ctx, p)
		fact.Asked, fact.Eligible = fact.Asked+live.Asked, live.Eligible
		if err != nil {
			return err
		}
		return t.showChanged(ctx, p)
	}
	return t.setEnd(ctx, p)
}

func placesGrew(old, p *matching.Posting) bool {
	return p.Places > old.Places || p.Places == 0 && old.Places > 0 || len(p.Dates) > len(old.Dates) || p.Recurrence != old.Recurrence
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
