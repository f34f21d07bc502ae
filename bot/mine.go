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

// How much of what is over is still listed as mine.
const (
	overKept  = 30 * 24 * time.Hour
	overShown = 3
	mineMax   = 30

	// countedMax is for how many of them answers are counted; a list shows no more.
	countedMax = 8
)

// performMine does what is asked for about one's own things; ok is false for other commands.
func (t *turn) performMine(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.MyThings:
		fact, err = t.things(ctx, k)
	case flows.LookAtMine:
		fact, err = t.lookAtMine(ctx, k, c)
	case flows.Withdraw:
		fact, err = t.withdraw(ctx, k, c)
	case flows.Finish:
		fact, err = t.finish(ctx, k, c)
	case flows.Enlarge:
		fact, err = t.enlarge(ctx, k, c)
	case flows.LastPosting:
		fact, err = t.lastPosting(ctx, k, c)
	case flows.TakeUp:
		fact, err = t.takeUp(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// own locks a posting for somebody who may act for it; everybody else is refused.
func (t *turn) own(ctx context.Context, k *talk, id string) (matching.Posting, flows.Refusal, error) {
	p, err := t.posting(ctx, k, id)
	if err == nil {
		p, err = t.tx.Postings.LockPosting(ctx, p.ID)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return p, flows.Unknown, nil
	}
	if err != nil {
		return p, "", fmt.Errorf("posting: %w", err)
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	if err != nil {
		return p, "", err
	}
	if !mine {
		if p.State.Visible() {
			return matching.Posting{}, flows.NotAllowed, nil
		}
		return matching.Posting{}, flows.Unknown, nil // others need not learn that it exists
	}
	return p, "", nil
}

// myPostings are those the person may act for, newest first.
func (t *turn) myPostings(ctx context.Context, k *talk, states ...matching.PostingState) ([]matching.Posting, error) {
	all, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: k.person.ID, States: states, Limit: 200})
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	members, err := t.tx.Members.OfMember(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	acts := map[string]bool{"": true}
	for _, m := range members {
		acts[m.Organisation] = true
		ps, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Organisation: m.Organisation, States: states, Limit: 200})
		if err != nil {
			return nil, fmt.Errorf("postings: %w", err)
		}
		all = append(all, ps...)
	}
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(p matching.Posting) bool {
		twice := seen[p.ID]
		seen[p.ID] = true
		return twice || !acts[p.Organisation]
	})
	slices.SortStableFunc(all, func(a, b matching.Posting) int { return b.Created.Compare(a.Created) })
	return all, nil
}

func (t *turn) things(ctx context.Context, k *talk) (conversations.Fact, error) {
	var out flows.Things
	ps, err := t.myPostings(ctx, k)
	if err != nil {
		return nil, err
	}
	var over []matching.Posting
	for _, p := range ps {
		if p.State.Over() {
			if len(over) < overShown && (len(p.Dates) == 0 || p.Dates[len(p.Dates)-1].Until().After(t.now.Add(-overKept))) {
				over = append(over, p)
			}
			continue
		}
		if len(out.Postings) < mineMax {
			out.Postings = append(out.Postings, flows.ThingPosting{Posting: p})
		}
	}
	slices.SortStableFunc(out.Postings, func(a, b flows.ThingPosting) int {
		return start(&a.Posting, t.now, k.env.Zone).Compare(start(&b.Posting, t.now, k.env.Zone))
	})
	for i := range min(len(out.Postings), countedMax) {
		if out.Postings[i], err = t.counted(ctx, out.Postings[i].Posting); err != nil {
			return nil, err
		}
	}
	for _, p := range over {
		out.Postings = append(out.Postings, flows.ThingPosting{Posting: p})
	}
	answers, err := t.tx.Answers.OfAnswerer(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	for _, a := range answers {
		if !a.State.Live() || len(out.Answers) >= mineMax {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) || err == nil && (p.State.Over() || t.over(ctx, &p, a.Date)) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		th := flows.ThingAnswer{Posting: p.Public(), Answer: a}
		if a.State == matching.Waiting {
			s, err := t.seats(ctx, &p)
			if err != nil {
				return nil, err
			}
			th.Ahead = s.ahead(&a)
		}
		out.Answers = append(out.Answers, th)
	}
	out.Subscriptions, err = t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID)
	return out, err
}

// start is when a posting is next, far ahead where it has no date.
func start(p *matching.Posting, now time.Time, zone *time.Location) time.Time {
	if d, ok := p.Next(now, zone); ok {
		return d.Start
	}
	return now.AddDate(10, 0, 0)
}

// counted is how the answers to a posting stand.
func (t *turn) counted(ctx context.Context, p matching.Posting) (flows.ThingPosting, error) {
	th := flows.ThingPosting{Posting: p}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return th, err
	}
	dates := slices.DeleteFunc(p.Listed(), func(d matching.Span) bool { _, on := p.On(d.Key, s.zone); return !on })
	switch next, ok := p.Next(t.now, s.zone); {
	case p.Lent():
		dates = nil
		for _, a := range s.answers {
			if _, ok := s.on(a.Date); ok && expected(a.State) {
				th.Taken++
			}
		}
	case !p.Dated():
		dates = []matching.Span{{}}
	case p.Recurrence != "" && ok:
		dates = []matching.Span{next} // how it stands for the next time
	}
	for _, d := range dates {
		th.Taken += s.taken(d, "")
		if p.Dated() {
			th.Places += p.PlacesOn(d)
		}
	}
	for _, a := range s.answers {
		if s.over(a.Date) {
			continue
		}
		switch a.State {
		case matching.Interested:
			th.Asking++
		case matching.Waiting, matching.Offered:
			th.Waiting++
		}
	}
	return th, nil
}

// comradesMax is how many of those who come are named.
const comradesMax = 12

// thing is how a posting stands, with who comes and how those who were alerted answered.
func (t *turn) thing(ctx context.Context, p matching.Posting) (flows.ThingPosting, error) {
	th, err := t.counted(ctx, p)
	if err != nil {
		return th, err
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return th, fmt.Errorf("answers: %w", err)
	}
	named := map[string]bool{}
	for _, a := range answers {
		if !a.State.Takes() || len(th.Comrades) == comradesMax || named[a.Person] || p.Lent() {
			continue
		}
		named[a.Person] = true
		name, err := t.nameOf(ctx, a.Person)
		if err != nil {
			return th, err
		}
		if name != "" {
			th.Comrades = append(th.Comrades, name)
		}
	}
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return th, fmt.Errorf("alerts: %w", err)
	}
	for _, a := range alerts {
		switch a.State {
		case storage.AlertDropped, storage.AlertQueued:
		case storage.AlertNo, storage.AlertNever:
			th.Told++
			th.No++
		default:
			th.Told++
		}
	}
	o, err := t.forecast(ctx, p.ID)
	if th.By, th.Filled = o.by, o.filled; o.made >= promisesSaid {
		th.Kept = 10 * o.kept / o.made
	}
	return th, err
}

// promisesSaid is after how many promised times it is said how many of them came true.
const promisesSaid = 10

func (t *turn) lookAtMine(ctx context.Context, k *talk, c flows.LookAtMine) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	th, err := t.thing(ctx, p)
	if err != nil {
		return nil, err
	}
	begun := !p.Dated() || !p.Dates[0].Start.After(t.now)
	return flows.MineSeen{ThingPosting: th, CanChange: !p.State.Over(), CanFinish: p.State.Visible() && !p.Lent() && (begun || p.Kind == matching.Offer)}, nil
}

func (t *turn) takeUp(ctx context.Context, k *talk, c flows.TakeUp) (conversations.Fact, error) {
	p, _, why, err := t.ownOrEdited(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if p.State.Over() {
		return refused(flows.Over)
	}
	me, err := t.me(ctx, k)
	return flows.TakenUp{Posting: p, Me: me}, err
}

// lastPosting finds what is to be had once more: the given posting, or the last one that was not withdrawn.
func (t *turn) lastPosting(ctx context.Context, k *talk, c flows.LastPosting) (conversations.Fact, error) {
	me, err := t.me(ctx, k)
	if err != nil {
		return nil, err
	}
	if c.Posting != "" {
		p, why, err := t.own(ctx, k, c.Posting)
		if err != nil || why != "" {
			return flows.Refused{Why: why}, err
		}
		return flows.Repeated{Posting: p, Me: me}, nil
	}
	ps, err := t.myPostings(ctx, k)
	if err != nil {
		return nil, err
	}
	for _, withdrawn := range []bool{false, true} {
		for _, p := range ps {
			if (p.State == matching.Withdrawn) == withdrawn && p.State != matching.Rejected {
				return flows.Repeated{Posting: p, Me: me}, nil
			}
		}
	}
	return refused(flows.NothingLast)
}

// enlarge changes how many people a posting asks for, and asks further ones for the places that are new.
func (t *turn) enlarge(ctx context.Context, k *talk, c flows.Enlarge) (conversations.Fact, error) {
	if c.Posting == "" {
		ps, err := t.myPostings(ctx, k, running...)
		if err != nil {
			return nil, err
		}
		ps = slices.DeleteFunc(ps, func(p matching.Posting) bool {
			return p.Kind != matching.Need || p.Places == 0 || past(&p, t.now, t.zone(ctx, &p))
		})
		switch len(ps) {
		case 0:
			return refused(flows.NothingLast)
		case 1:
			c.Posting = ps[0].ID
		default:
			for i := range ps {
				ps[i] = ps[i].Public()
			}
			return flows.WhichPosting{Postings: ps}, nil
		}
	}
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if p.State.Over() {
		return refused(flows.Over)
	}
	if why, err = t.setPlaces(ctx, &p, c); err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	before, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	if p.State.Visible() {
		if _, err := t.even(ctx, &p); err != nil {
			return nil, err
		}
	}
	if p.State == matching.Review {
		if err := t.reviewAgain(ctx, k, &p, nil); err != nil {
			return nil, err
		}
	}
	after, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	return flows.Enlarged{Posting: p, Asked: len(after) - len(before)}, t.audit(ctx, k, "resized", "posting:"+p.ID)
}

// ownStanding adds what somebody has answered to a posting, and what only they may know if they have a place.
func (t *turn) ownStanding(ctx context.Context, k *talk, p *matching.Posting, seen *flows.Seen) error {
	s, err := t.seats(ctx, p)
	if err != nil {
		return err
	}
	public := p.Public()
	for _, a := range s.answers {
		if a.Person != k.person.ID || p.State.Visible() && s.over(a.Date) {
			continue
		}
		seen.Own = append(seen.Own, flows.ThingAnswer{Posting: public, Answer: a, Ahead: s.ahead(&a)})
		if !expected(a.State) || !p.State.Visible() {
			continue
		}
		seen.Posting = *p
		seen.Posting.Author, seen.Posting.Reason = "", ""
		if len(confided(p)) > 0 {
			k.about = aboutDetails(&a)
		}
	}
	return nil
}

// setPlaces works out the new number of places, of the posting and of dates that have their own.
func (t *turn) setPlaces(ctx context.Context, p *matching.Posting, c flows.Enlarge) (flows.Refusal, error) {
	places := func(n int) int {
		if c.To != 0 {
			return c.To
		}
		return n + c.By
	}
	if p.Places == 0 && c.To == 0 {
		return flows.Unsuitable, nil
	}
	p.Dates = slices.Clone(p.Dates)
	was := p.Places
	p.Places = places(p.Places)
	for i := range p.Dates {
		if p.Dates[i].Places > 0 {
			p.Dates[i].Places = places(p.Dates[i].Places)
		}
	}
	if p.Places == was {
		return flows.Already, nil
	}
	if p.Places < 1 || p.Places > flows.MaxHelpers {
		return flows.Unsuitable, nil
	}
	s, err := t.seats(ctx, p)
	if err != nil {
		return "", err
	}
	for _, d := range s.dates() {
		n := p.PlacesOn(d)
		if n < 1 || n > flows.MaxHelpers {
			return flows.Unsuitable, nil
		}
		if n < s.taken(d, "") {
			return flows.BelowTaken, nil
		}
	}
	p.PlacesMin = 0
	return "", nil
}

// past tells whether every date of a posting is over.
func past(p *matching.Posting, now time.Time, zone *time.Location) bool {
	if !p.Dated() {
		return false
	}
	_, ahead := p.Next(now, zone)
	return !ahead
}
