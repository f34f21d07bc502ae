package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// everyMark parts the answer of somebody who comes every time from the key of one date.
const everyMark = "@"

// onDate names one date of somebody who comes every time: each is a visit of its own.
func onDate(a matching.Answer, key int) matching.Answer {
	if a.Date == matching.EveryDate {
		a.ID += everyMark + strconv.Itoa(key)
	}
	return a
}

// visitOf reads that name.
func visitOf(id string) (answer string, key int, every bool) {
	answer, date, every := strings.Cut(id, everyMark)
	key, _ = strconv.Atoi(date)
	return answer, key, every
}

// dateOf is the date a visit is about; ok is false for what has none.
func (t *turn) dateOf(ctx context.Context, p *matching.Posting, a *matching.Answer, key int) (matching.Span, bool) {
	if !p.Dated() {
		return matching.Span{}, false
	}
	if a.Date != matching.EveryDate {
		key = a.Date
	}
	return p.On(key, t.zone(ctx, p))
}

// visited is the visit of an answer on a date, to be saved when something is said about it.
func (t *turn) visited(ctx context.Context, p *matching.Posting, a *matching.Answer, key int) (storage.Visit, error) {
	id := onDate(*a, key).ID
	v, err := t.tx.Visits.Visit(ctx, id)
	if !errors.Is(err, storage.ErrNotFound) {
		return v, err
	}
	v = storage.Visit{Answer: id, Posting: p.ID, Person: a.Person, Carrier: carrierOf(p), At: t.now}
	if d, ok := t.dateOf(ctx, p, a, key); ok {
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
	if a.State == next || a.State.To(next) != nil || a.Date == matching.EveryDate {
		return nil
	}
	a.State = next
	if err := t.tx.Answers.SaveAnswer(ctx, a); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// cameOrNot tells whether anything can be said yet about an answer having been kept.
func (t *turn) cameOrNot(ctx context.Context, p *matching.Posting, a *matching.Answer, key int) bool {
	if !expected(a.State) && a.State != matching.Attended && a.State != matching.NoShow {
		return false
	}
	d, ok := t.dateOf(ctx, p, a, key)
	return ok && !d.Start.After(t.now) || !p.Dated() && p.State.Over()
}

// ownVisit loads an answer for the person themselves, and the date it is about.
func (t *turn) ownVisit(ctx context.Context, k *talk, id string) (a matching.Answer, p matching.Posting, key int, why flows.Refusal, err error) {
	id, key, _ = visitOf(id)
	a, err = t.tx.Answers.Answer(ctx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && a.Person != k.person.ID {
		return a, p, key, flows.Unknown, nil
	}
	if err != nil {
		return a, p, key, "", fmt.Errorf("answer: %w", err)
	}
	p, err = t.tx.Postings.Posting(ctx, a.Posting)
	if err != nil {
		return a, p, key, "", fmt.Errorf("posting: %w", err)
	}
	if !t.cameOrNot(ctx, &p, &a, key) {
		return a, p, key, flows.Over, nil
	}
	return a, p, key, "", nil
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
	a, p, key, why, err := t.ownVisit(ctx, k, c.Answer)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	v, err := t.visited(ctx, &p, &a, key)
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
	said := onDate(a, key)
	if a.Date == matching.EveryDate {
		said.State = outcome(&v)
	}
	return flows.VisitSaid{Posting: p.Public(), Answer: said, Minutes: v.Minutes, Feels: c.Feels, Disputed: v.ByPoster == storage.SaidNo && v.ByPerson == storage.SaidYes}, nil
}

// sayWhoCame notes what those who posted say: that all came, that somebody did not, that it did not take place, and how
// it was.
func (t *turn) sayWhoCame(ctx context.Context, k *talk, c flows.SayWhoCame) (conversations.Fact, error) {
	if c.Answer != "" {
		id, key, every := visitOf(c.Answer)
		a, err := t.tx.Answers.Answer(ctx, id)
		if errors.Is(err, storage.ErrNotFound) {
			return refused(flows.Unknown)
		}
		if err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		if c.Posting, c.Date = a.Posting, a.Date; every {
			c.Date = key
		}
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
		on, _ := t.dateOf(ctx, &p, &a, c.Date)
		on.Key = c.Date
		if !a.On(on) || !t.cameOrNot(ctx, &p, &a, c.Date) {
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
		if err := t.noteResult(ctx, &p, c.Date, fact.Came); err != nil {
			return nil, err
		}
	}
	return fact, nil
}

// sayOne notes what is said about one of them. It returns those of whom nothing has been said yet.
func (t *turn) sayOne(ctx context.Context, p *matching.Posting, a matching.Answer, c flows.SayWhoCame) (left flows.Guest, err error) {
	v, err := t.visited(ctx, p, &a, c.Date)
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
	case c.Said == flows.Missing && c.Answer == v.Answer:
		v.ByPoster = storage.SaidNo
	case c.Said == flows.NotHeld && a.Date == matching.EveryDate:
		return left, nil
	case c.Said == flows.NotHeld && expected(a.State):
		a.State, a.Changed = matching.Lapsed, t.now
		return left, t.tx.Answers.SaveAnswer(ctx, &a)
	}
	if v.ByPoster == storage.SaidNothing {
		name, err := t.nameOf(ctx, a.Person)
		return flows.Guest{Answer: v.Answer, Name: name}, err
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
	_, err = t.tellOn(ctx, a.Person, a.Address, string(kind)+":"+v.Answer, flows.Piece{Kind: kind, Posting: p.Public(), Answer: onDate(a, c.Date), Date: c.Date, Taken: v.Minutes, First: v.PersonFeels == ""}, d)
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
		_, _, every := visitOf(v.Answer) // of those who come every time it is taken that they did
		if outcome(&v) != matching.Attended || !every && v.ByPerson == storage.SaidNothing && v.ByPoster == storage.SaidNothing {
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
	t.signHours(k, &out)
	return out, nil
}
