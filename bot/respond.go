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

// respond records a person's answer to a posting, for one or several of its dates. The posting is locked first,
// so that two people cannot take the same last place.
func (t *turn) respond(ctx context.Context, k *talk, c flows.Respond) (conversations.Fact, error) {
	p, err := t.posting(ctx, k, c.Posting)
	if err == nil {
		p, err = t.tx.Postings.LockPosting(ctx, p.ID)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	if err != nil {
		return nil, err
	}
	if mine {
		return refused(flows.Own)
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	if p.State.Hidden() && !slices.ContainsFunc(s.answers, func(a matching.Answer) bool { return a.Person == k.person.ID }) {
		return refused(flows.Unknown) // nobody was told of it
	}
	if !c.Yes {
		return t.refuse(ctx, k, s, c)
	}
	if !p.State.Visible() {
		return refused(flows.Over)
	}
	if rests, err := t.rests(ctx, p.Front); err != nil || rests {
		return flows.Refused{Why: flows.Resting}, err
	}
	if c.Party < 0 || c.Party > flows.MaxHelpers {
		return refused(flows.Unsuitable)
	}
	if p.Lent() {
		return t.borrow(ctx, k, s, c)
	}
	if len(c.Dates) == 0 {
		all := s.dates()
		switch {
		case !p.Dated():
			c.Dates = []int{0}
		case len(all) == 1:
			c.Dates = []int{all[0].Key}
		case len(all) > 1:
			return s.choose(c, all), nil
		}
	}
	c.Dates = slices.DeleteFunc(slices.Clone(c.Dates), func(key int) bool { _, ok := s.on(key); return !ok })
	if len(c.Dates) == 0 {
		return refused(flows.Over)
	}
	return t.accept(ctx, k, s, c)
}

// choose asks which dates were meant.
func (s *seats) choose(c flows.Respond, dates []matching.Span) flows.Choose {
	out := flows.Choose{Posting: s.p.Public(), Respond: c, Every: s.p.Recurrence != "" && c.Yes}
	for _, d := range dates {
		out.Dates = append(out.Dates, flows.OpenDate{Date: d, Free: s.free(d, "")})
	}
	return out
}

// accept gives the person places, a question to the author, or places on the waiting list.
func (t *turn) accept(ctx context.Context, k *talk, s *seats, c flows.Respond) (conversations.Fact, error) {
	if err := t.limit(ctx, t.b.Limits.Answers, ofBoth("yes", k)...); err != nil {
		return nil, err
	}
	var err error
	fact := flows.Responded{Name: k.person.Name}
	series := slices.Contains(c.Dates, matching.EveryDate)
	if series {
		c.Dates = []int{matching.EveryDate}
	}
	for _, key := range c.Dates {
		g, why, err := t.acceptOn(ctx, k, s, key, c)
		if err != nil {
			return nil, err
		}
		if why != "" && len(c.Dates) == 1 {
			return refused(why)
		}
		if why == "" {
			fact.Given = append(fact.Given, g)
		}
	}
	if len(fact.Given) == 0 {
		return refused(flows.Already)
	}
	if err := t.learnDelay(ctx, k.person.ID, s.p); err != nil {
		return nil, fmt.Errorf("delay: %w", err)
	}
	if err := t.serves(ctx, k.person.ID); err != nil {
		return nil, err
	}
	if err := t.noteAlert(ctx, k.person.ID, s.p.ID, storage.AlertYes); err != nil {
		return nil, fmt.Errorf("alert: %w", err)
	}
	if series && fact.Given[0].Answer.State.Live() {
		if err := t.onlySeries(ctx, s, k.person.ID); err != nil {
			return nil, err
		}
	}
	if err := t.tellAuthor(ctx, k, s, fact.Given); err != nil {
		return nil, err
	}
	if s, err = t.even(ctx, s.p); err != nil {
		return nil, err
	}
	fact.Others = s.others(k.person.ID)
	return t.responded(s.p, fact), nil
}

// others are the dates with free places that somebody who comes to one has not answered.
func (s *seats) others(person string) []flows.OpenDate {
	var out []flows.OpenDate
	if s.of(person, matching.EveryDate).State.Live() {
		return nil
	}
	for _, d := range s.soon() {
		if n := s.free(d, ""); n != 0 && s.of(person, d.Key).State == "" {
			out = append(out, flows.OpenDate{Date: d, Free: n})
		}
	}
	return out
}

// acceptOn is a yes to one date.
func (t *turn) acceptOn(ctx context.Context, k *talk, s *seats, key int, c flows.Respond) (flows.Given, flows.Refusal, error) {
	d, _ := s.on(key)
	a := s.of(k.person.ID, key)
	if a.Posting == "" {
		a = matching.Answer{Posting: s.p.ID, Date: key, Person: k.person.ID, Created: t.now, Party: 1}
	}
	g := flows.Given{Key: key, Before: a.State, Date: d, Party: max(1, c.Party)}
	if g.Party == 1 && c.Party == 0 && a.State.Live() {
		g.Party = max(1, a.Party)
	}
	if regular := s.of(k.person.ID, matching.EveryDate); key != matching.EveryDate && regular.State.Takes() && c.Party == 0 {
		return t.comeBack(ctx, s, regular, d)
	}
	if ok, err := t.goesOn(ctx, s, &a, &g, c); err != nil || ok {
		g.Answer = a
		return g, "", err
	}
	free := s.freeFor(key, a.ID)
	next := matching.Interested
	approved := a.Approved && a.State == matching.Lapsed && g.Party <= max(1, a.Party) // a hold ran out; the yes of the other side stands
	switch {
	case free >= 0 && g.Party > free && free > 0 && !c.Wait:
		g.Free = free
		if a.State.Live() {
			g.Answer = a
		}
		return g, "", nil
	case free >= 0 && g.Party > free:
		next = matching.Waiting
	case (s.p.AutoAccept || approved) && !c.Condition:
		next = matching.Accepted
	}
	if a.State != "" && a.State != next && a.State.To(next) != nil {
		return g, flows.TurnedDown, nil
	}
	fresh := a.State != matching.Waiting
	a.Party, a.Note, a.Address, a.Changed, a.State = g.Party, c.Note, k.addr.Channel, t.now, next
	a.Whole, a.Approved, a.Pending, a.Held, a.HeldTill, a.Asked = c.Wait, approved, false, 0, time.Time{}, time.Time{}
	if next == matching.Waiting && fresh {
		a.Queued = s.lastInQueue()
	}
	a.Away = nil
	s.giveWay(&a)
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return g, "", err
	}
	g.Answer, g.Ahead = a, s.ahead(&a)
	return g, "", nil
}

// goesOn takes a yes of somebody whose answer is alive: it changes how many come, says a condition, takes the place
// that is held, or says again what was said. False if it has to be answered anew.
func (t *turn) goesOn(ctx context.Context, s *seats, a *matching.Answer, g *flows.Given, c flows.Respond) (bool, error) {
	same := g.Party == max(1, a.Party) && (c.Note == "" || c.Note == a.Note)
	switch {
	case a.State == matching.Offered && c.Wait: // not with fewer
		a.State, a.Whole, a.Changed, a.Held = matching.Waiting, true, t.now, 0
	case a.State == matching.Offered:
		a.Party, a.State, a.Changed = a.Seats(), matching.Accepted, t.now
		a.Held, a.HeldTill = 0, time.Time{}
		if err := t.forgetAnswer(ctx, a); err != nil {
			return false, err
		}
	case a.State != matching.Accepted && a.State != matching.Confirmed:
		g.Ahead = s.ahead(a)
		return a.State.Live() && same && !c.Wait, nil
	case same && a.Asked.IsZero():
		return true, nil
	default:
		if n := s.freeFor(a.Date, a.ID); n >= 0 && g.Party > max(n, a.Party) {
			g.Free = n
			return true, nil
		}
		g.Kept = !a.Asked.IsZero() && same
		a.Party, a.Changed, a.Asked = g.Party, t.now, time.Time{}
		s.giveWay(a)
		if c.Note != "" && c.Note != a.Note {
			a.Note, a.Pending = c.Note, c.Condition
		}
	}
	return true, t.saveAnswer(ctx, s, a)
}

// comeBack lets somebody who comes every time come to a date they wanted to stay away from.
func (t *turn) comeBack(ctx context.Context, s *seats, a matching.Answer, d matching.Span) (flows.Given, flows.Refusal, error) {
	g := flows.Given{Key: d.Key, Answer: a, Before: a.State, Date: d, Party: a.Seats()}
	if a.On(d) {
		return g, "", nil
	}
	if n := s.free(d, a.ID); n >= 0 && n < a.Seats() {
		return g, flows.TurnedDown, nil
	}
	g.Before = matching.Cancelled // the other side is told
	a.Away = slices.DeleteFunc(slices.Clone(a.Away), func(w matching.Span) bool {
		return d.Start.Before(w.End) && !d.Start.Before(w.Start)
	})
	a.Changed = t.now
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return g, "", err
	}
	g.Answer = a
	return g, "", nil
}

// onlySeries takes back answers to single dates of somebody who comes every time now.
func (t *turn) onlySeries(ctx context.Context, s *seats, person string) error {
	for _, a := range slices.Clone(s.answers) {
		if a.Person != person || a.Date == matching.EveryDate || !a.State.Live() {
			continue
		}
		a.State, a.Changed = matching.Cancelled, t.now
		if err := t.saveAnswer(ctx, s, &a); err != nil {
			return err
		}
	}
	return nil
}

// saveAnswer stores an answer and counts with it from then on.
func (t *turn) saveAnswer(ctx context.Context, s *seats, a *matching.Answer) error {
	if err := t.tx.Answers.SaveAnswer(ctx, a); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	s.keep(*a)
	return nil
}

// tellAuthor says that somebody comes, or would.
func (t *turn) tellAuthor(ctx context.Context, k *talk, s *seats, given []flows.Given) error {
	pieces := map[flows.PieceKind]*flows.Piece{}
	var order []flows.PieceKind
	for _, g := range given {
		a := g.Answer
		kind := flows.NewsAnswered
		changed := a.State != g.Before && a.State != ""
		switch {
		case a.State == matching.Interested || a.Pending:
			kind = flows.NewsAsks
			changed = changed || a.Changed.Equal(t.now)
		case !a.State.Takes():
			continue
		case g.Before.Takes() && g.Before != matching.Offered && g.Free == 0:
			kind = flows.NewsParty
			changed = a.Changed.Equal(t.now) && g.Party > 1
		}
		if !changed {
			continue
		}
		if pieces[kind] == nil || kind == flows.NewsAsks {
			n := &flows.Piece{Kind: kind, Posting: *s.p, Answer: a, Name: k.person.Name, Date: a.Date, Taken: s.taken(g.Date, "")}
			if kind == flows.NewsAsks && pieces[kind] != nil {
				if err := t.tellPoster(ctx, s.p, *n); err != nil {
					return err
				}
				continue
			}
			pieces[kind] = n
			order = append(order, kind)
		}
		pieces[kind].Dates = append(pieces[kind].Dates, g.Key)
	}
	for _, kind := range order {
		if err := t.tellPoster(ctx, s.p, *pieces[kind]); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) responded(p *matching.Posting, fact flows.Responded) flows.Responded {
	fact.Posting = p.Public()
	if slices.ContainsFunc(fact.Given, func(g flows.Given) bool {
		return g.Answer.State == matching.Accepted || g.Answer.State == matching.Confirmed
	}) {
		fact.Posting = *p
		fact.Posting.Author = ""
	}
	return fact
}

// of is a person's answer to a date, zero if there is none.
func (s *seats) of(person string, key int) matching.Answer {
	for _, a := range s.answers {
		if a.Person == person && (a.Date == key || !s.p.Timed()) {
			return a
		}
	}
	return matching.Answer{}
}

// noteAlert notes how somebody answered who was alerted; others found the posting by themselves.
func (t *turn) noteAlert(ctx context.Context, person, posting string, state storage.AlertState) error {
	err := t.tx.Alerts.SetAlert(ctx, person, posting, state, t.now)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// never takes a category out of everything the person subscribed to.
func (t *turn) never(ctx context.Context, k *talk, p *matching.Posting) error {
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID)
	if err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	for _, s := range subs {
		wanted := s.Categories
		if len(wanted) == 0 {
			wanted = matching.Categories
		}
		left := slices.DeleteFunc(slices.Clone(wanted), func(c matching.Category) bool { return c == p.Category })
		if len(left) == len(wanted) {
			continue
		}
		s.Categories = left
		s.Stopped = s.Stopped || len(left) == 0
		if err := t.tx.Subscriptions.SaveSubscription(ctx, &s, t.now); err != nil {
			return fmt.Errorf("subscription: %w", err)
		}
	}
	return t.unwanted(ctx, &k.person)
}

// datesOf are the dates of a posting that can be answered.
func (t *turn) datesOf(ctx context.Context, k *talk, c flows.DatesOf) (conversations.Fact, error) {
	p, err := t.posting(ctx, k, c.Posting)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	if p.State.Over() {
		return refused(flows.Over)
	}
	if !p.State.Visible() {
		return refused(flows.Unknown)
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	if p.Lent() {
		return s.whenWanted(), nil
	}
	return s.choose(flows.Respond{Posting: p.ID, Yes: true}, s.dates()), nil
}
