package bot

import (
	"context"
	"errors"
	"fmt"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// visited is the visit of an answer, to be saved when something is said about it.
func (t *turn) visited(ctx context.Context, p *matching.Posting, a *matching.Answer) (storage.Visit, error) {
	v, err := t.tx.Visits.Visit(ctx, a.ID)
	if !errors.Is(err, storage.ErrNotFound) {
		return v, err
	}
	v = storage.Visit{Answer: a.ID, Posting: p.ID, Person: a.Person, Carrier: carrierOf(p), At: t.now}
	if d, ok := spanOf(p, a); ok {
		v.At = d.Until()
		switch {
		case d.AllDay:
			v.Minutes = workingDay
		case !d.End.IsZero():
			v.Minutes = min(int(d.End.Sub(d.Start).Minutes()), 24*60)
		}
	}
	return v, nil
}

// outcome is the state an answer is in by what both sides say. Where they disagree it does not count against anybody.
func outcome(v *storage.Visit) matching.AnswerState {
	if v.ByPerson == storage.SaidNo && v.ByPoster != storage.SaidYes || v.ByPoster == storage.SaidNo && v.ByPerson != storage.SaidYes {
		return matching.NoShow
	}
	return matching.Attended
}

// saveVisit saves what was said, and lets the answer follow it.
func (t *turn) saveVisit(ctx context.Context, v *storage.Visit, a *matching.Answer) error {
	if err := t.tx.Visits.SaveVisit(ctx, v); err != nil {
		return fmt.Errorf("visit: %w", err)
	}
	next := outcome(v)
	if a.State == next || a.State.To(next) != nil {
		return nil
	}
	a.State = next
	if err := t.tx.Answers.SaveAnswer(ctx, a); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// over tells whether something can be said yet about an answer having been kept.
func (t *turn) cameOrNot(p *matching.Posting, a *matching.Answer) bool {
	if !expected(a.State) && a.State != matching.Attended && a.State != matching.NoShow {
		return false
	}
	d, ok := spanOf(p, a)
	return ok && !d.Start.After(t.now) || !ok && p.State.Over()
}

// ownVisit loads an answer for the person themselves.
func (t *turn) ownVisit(ctx context.Context, k *talk, id string) (matching.Answer, matching.Posting, flows.Refusal, error) {
	a, err := t.tx.Answers.Answer(ctx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && a.Person != k.person.ID {
		return a, matching.Posting{}, flows.Unknown, nil
	}
	if err != nil {
		return a, matching.Posting{}, "", fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.Posting(ctx, a.Posting)
	if err != nil {
		return a, p, "", fmt.Errorf("posting: %w", err)
	}
	if !t.cameOrNot(&p, &a) {
		return a, p, flows.Over, nil
	}
	return a, p, "", nil
}

// performVisits does what is asked for about what was; ok is false for other commands.
func (t *turn) performVisits(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.SayVisit:
		fact, err = t.sayVisit(ctx, k, c)
	case flows.SayWhoCame:
		fact, err = t.sayWhoCame(ctx, k, c)
	case flows.MyHours:
		fact, err = t.myHours(ctx, k)
	case flows.Renew:
		fact, err = t.renew(ctx, k, c)
	case flows.ConfirmComing:
		fact, err = t.confirmComing(ctx, k, c)
	case flows.SetRelease:
		fact, err = t.setRelease(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// sayVisit notes what somebody says about their own visit: whether they came, for how long, and how they felt.
func (t *turn) sayVisit(ctx context.Context, k *talk, c flows.SayVisit) (conversations.Fact, error) {
	a, p, why, err := t.ownVisit(ctx, k, c.Answer)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	v, err := t.visited(ctx, &p, &a)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Feels != "":
		v.PersonFeels = c.Feels
	case c.Minutes > 0:
		v.Minutes, v.ByPerson = min(c.Minutes, 24*60), storage.SaidYes
	case c.Came:
		v.ByPerson = storage.SaidYes
	default:
		v.ByPerson = storage.SaidNo
	}
	if err := t.saveVisit(ctx, &v, &a); err != nil {
		return nil, err
	}
	return flows.VisitSaid{Posting: p.Public(), Answer: a, Minutes: v.Minutes, Feels: c.Feels, Disputed: v.ByPoster == storage.SaidNo && v.ByPerson == storage.SaidYes}, nil
}

// sayWhoCame notes what those who posted say: that all came, that somebody did not, that it did not take place, and how
// it was.
func (t *turn) sayWhoCame(ctx context.Context, k *talk, c flows.SayWhoCame) (conversations.Fact, error) {
	if c.Answer != "" {
		a, err := t.tx.Answers.Answer(ctx, c.Answer)
		if errors.Is(err, storage.ErrNotFound) {
			return refused(flows.Unknown)
		}
		if err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		c.Posting, c.Date = a.Posting, a.Date
	}
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	fact := flows.WhoCame{Posting: p, Date: c.Date, Said: c.Said}
	for _, a := range answers {
		if a.Date != c.Date || !t.cameOrNot(&p, &a) {
			continue
		}
		left, err := t.sayOne(ctx, &p, a, c)
		if err != nil {
			return nil, err
		}
		if left.Answer != "" {
			fact.Left = append(fact.Left, left)
		}
		if a.State == matching.Attended || expected(a.State) {
			fact.Came++
		}
	}
	if c.Said == flows.AllCame || c.Said == flows.RestCame {
		if err := t.noteResult(ctx, &p, fact.Came); err != nil {
			return nil, err
		}
	}
	return fact, nil
}

// sayOne notes what is said about one of them. It returns those of whom nothing has been said yet.
func (t *turn) sayOne(ctx context.Context, p *matching.Posting, a matching.Answer, c flows.SayWhoCame) (left flows.Guest, err error) {
	v, err := t.visited(ctx, p, &a)
	if err != nil {
		return left, err
	}
	before := v.ByPoster
	switch {
	case c.Said == flows.Felt:
		v.PosterFeels = c.Feels
		return left, t.saveVisit(ctx, &v, &a)
	case c.Said == flows.AllCame, c.Said == flows.RestCame && before == storage.SaidNothing:
		v.ByPoster = storage.SaidYes
	case c.Said == flows.Missing && c.Answer == a.ID:
		v.ByPoster = storage.SaidNo
	case c.Said == flows.NotHeld && expected(a.State):
		a.State, a.Changed = matching.Lapsed, t.now
		return left, t.tx.Answers.SaveAnswer(ctx, &a)
	}
	if v.ByPoster == storage.SaidNothing {
		name, err := t.nameOf(ctx, a.Person)
		return flows.Guest{Answer: a.ID, Name: name}, err
	}
	if v.ByPoster == before {
		return left, nil
	}
	if err := t.saveVisit(ctx, &v, &a); err != nil {
		return left, err
	}
	kind := flows.NewsThanks
	if v.ByPoster == storage.SaidNo {
		kind = flows.NewsMissed
	}
	d, err := t.byDay(ctx, a.Person, "after:"+p.ID, t.now.Add(supposed))
	if err != nil {
		return left, err
	}
	_, err = t.tellOn(ctx, a.Person, a.Address, string(kind)+":"+a.ID, flows.Piece{Kind: kind, Posting: p.Public(), Answer: a, Date: a.Date, Taken: v.Minutes, First: v.PersonFeels == ""}, d)
	return left, err
}

// myHours sums up what somebody gave. It is told to nobody else.
func (t *turn) myHours(ctx context.Context, k *talk) (conversations.Fact, error) {
	all, err := t.tx.Visits.OfVisitor(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("visits: %w", err)
	}
	out := flows.Hours{Name: k.person.Name}
	for _, v := range all {
		if outcome(&v) != matching.Attended || v.ByPerson == storage.SaidNothing && v.ByPoster == storage.SaidNothing {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, v.Posting)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, fmt.Errorf("posting: %w", err)
		}
		out.Minutes += v.Minutes
		if v.ByPoster == storage.SaidYes {
			out.Confirmed += v.Minutes
		}
		out.Visits = append(out.Visits, flows.HoursOf{Posting: p.Public(), At: v.At, Minutes: v.Minutes, Confirmed: v.ByPoster == storage.SaidYes})
	}
	return out, nil
}
