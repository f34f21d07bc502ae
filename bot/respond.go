package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/matching/waves"
	"ehrenamt/storage"
)

// respond records a person's answer to a posting. The posting is locked first, so that two people cannot
// take the same last place.
func (t *turn) respond(ctx context.Context, k *talk, c flows.Respond) (conversations.Fact, error) {
	p, err := t.posting(ctx, c.Posting)
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
	if c.Date < 0 || c.Date >= max(1, len(p.Dates)) {
		c.Date = 0
	}
	a, err := t.tx.Answers.FindAnswer(ctx, p.ID, c.Date, k.person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		a = matching.Answer{Posting: p.ID, Date: c.Date, Person: k.person.ID, Created: t.now, Party: 1}
	} else if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if p.State.Hidden() && a.ID == "" {
		return refused(flows.Unknown) // nobody was told of it
	}
	if !c.Yes {
		return t.refuse(ctx, k, &p, a, c)
	}
	if !p.State.Visible() || over(&p, c.Date, t) {
		return refused(flows.Over)
	}
	if rests, err := t.rests(ctx, p.Front); err != nil || rests {
		return flows.Refused{Why: flows.Resting}, err
	}
	return t.accept(ctx, k, &p, a, c)
}

func over(p *matching.Posting, date int, t *turn) bool {
	return date < len(p.Dates) && !p.Dates[date].Until().After(t.now)
}

// accept gives the person a place, a question to the author, or a place on the waiting list.
func (t *turn) accept(ctx context.Context, k *talk, p *matching.Posting, a matching.Answer, c flows.Respond) (conversations.Fact, error) {
	before := a.State
	if a.State.Live() && (c.Note == "" || c.Note == a.Note) && max(1, c.Party) == a.Party {
		return t.responded(ctx, k, p, a, before)
	}
	free, err := t.free(ctx, p, a.Date, a.ID)
	if err != nil {
		return nil, err
	}
	a.Party, a.Note, a.Address, a.Changed = max(1, c.Party), c.Note, k.addr.Channel, t.now
	next := matching.Interested
	switch {
	case free >= 0 && a.Party > free:
		next = matching.Waiting
	case p.AutoAccept && c.Note == "":
		next = matching.Accepted
	}
	if a.State != "" && a.State != next {
		if err := a.State.To(next); err != nil {
			return refused(flows.Already)
		}
	}
	a.State = next
	if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if err := t.learnDelay(ctx, k.person.ID, p); err != nil {
		return nil, fmt.Errorf("delay: %w", err)
	}
	if err := t.serves(ctx, k.person.ID); err != nil {
		return nil, err
	}
	if err := t.noteAlert(ctx, k.person.ID, p.ID, storage.AlertYes); err != nil {
		return nil, fmt.Errorf("alert: %w", err)
	}
	taken, err := t.tellAuthor(ctx, k, p, a, next)
	if err != nil {
		return nil, err
	}
	if next == matching.Accepted && p.Places > 0 && taken >= p.Places {
		if err := t.checkFilled(ctx, p); err != nil {
			return nil, err
		}
	}
	return t.responded(ctx, k, p, a, before)
}

// tellAuthor says that somebody comes, or would; it returns how many places of the date are taken.
func (t *turn) tellAuthor(ctx context.Context, k *talk, p *matching.Posting, a matching.Answer, state matching.AnswerState) (int, error) {
	taken, err := t.taken(ctx, p, a.Date, "")
	if err != nil {
		return 0, err
	}
	kind := flows.NewsAnswered
	switch state {
	case matching.Interested:
		kind = flows.NewsAsks
	case matching.Waiting:
		return taken, nil
	}
	piece := flows.Piece{Kind: kind, Posting: *p, Answer: a, Name: k.person.Name, Date: a.Date, Taken: taken}
	return taken, t.tellPoster(ctx, p, piece)
}

// refuse records a no, or takes an earlier yes back.
func (t *turn) refuse(ctx context.Context, k *talk, p *matching.Posting, a matching.Answer, c flows.Respond) (conversations.Fact, error) {
	before := a.State
	state := storage.AlertNo
	if c.Never {
		state = storage.AlertNever
		if err := t.never(ctx, k, p); err != nil {
			return nil, err
		}
	}
	if err := t.noteAlert(ctx, k.person.ID, p.ID, state); err != nil {
		return nil, fmt.Errorf("alert: %w", err)
	}
	switch {
	case a.State == "":
		a.State = matching.Refused
	case a.State.Live():
		a.State = matching.Cancelled
	default:
		return t.responded(ctx, k, p, a, before)
	}
	a.Changed, a.Note = t.now, c.Note
	if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if before.Live() && before != matching.Waiting {
		piece := flows.Piece{Kind: flows.NewsCancelled, Posting: *p, Answer: a, Name: k.person.Name, Date: a.Date}
		if err := t.tellPoster(ctx, p, piece); err != nil {
			return nil, err
		}
	}
	if before.Takes() {
		if err := t.serves(ctx, k.person.ID); err != nil {
			return nil, err
		}
		if err := t.freed(ctx, p, a.Date); err != nil {
			return nil, err
		}
	}
	return t.responded(ctx, k, p, a, before)
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

// freed gives a place that became free to the waiting list, and else opens the posting again.
func (t *turn) freed(ctx context.Context, p *matching.Posting, date int) error {
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	asked := 0 // people of the waiting list the other side is asked about
	for _, a := range answers {
		if a.State != matching.Waiting || a.Date != date {
			continue
		}
		free, err := t.free(ctx, p, date, "")
		if err != nil {
			return err
		}
		if free >= 0 && a.Party > free-asked {
			continue
		}
		if !p.AutoAccept { // the other side decides
			if err := t.moveUp(ctx, p, a); err != nil {
				return err
			}
			asked += a.Party
			continue
		}
		a.State, a.Changed = matching.Accepted, t.now
		if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		if err := t.serves(ctx, a.Person); err != nil {
			return err
		}
		person, err := t.tx.People.Person(ctx, a.Person)
		if err != nil {
			return fmt.Errorf("person: %w", err)
		}
		if _, err := t.tell(ctx, a.Person, "", flows.Piece{Kind: flows.NewsPlace, Posting: *p, Answer: a, Date: date}, urgent("posting:"+p.ID)); err != nil {
			return err
		}
		piece := flows.Piece{Kind: flows.NewsAnswered, Posting: *p, Answer: a, Name: person.Name, Date: date}
		if piece.Taken, err = t.taken(ctx, p, date, ""); err != nil {
			return err
		}
		if err := t.tellPoster(ctx, p, piece); err != nil {
			return err
		}
	}
	free, err := t.free(ctx, p, date, "")
	if err != nil || free == 0 {
		return err
	}
	if p.State == matching.Filled && !over(p, date, t) {
		p.State = matching.Open
		if err := t.savePosting(ctx, p); err != nil {
			return fmt.Errorf("posting: %w", err)
		}
		if err := t.learnFilled(ctx, p); err != nil {
			return fmt.Errorf("outlook: %w", err)
		}
	}
	if p.State == matching.Open {
		_, err = t.wave(ctx, p, waves.Wished)
	}
	return err
}

// moveUp asks the other side about somebody on the waiting list.
func (t *turn) moveUp(ctx context.Context, p *matching.Posting, a matching.Answer) error {
	a.State, a.Changed = matching.Interested, t.now
	if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return err
	}
	return t.tellPoster(ctx, p, flows.Piece{Kind: flows.NewsAsks, Posting: *p, Answer: a, Name: name, Date: a.Date})
}

// taken counts the places of a date that are taken, but for one answer.
func (t *turn) taken(ctx context.Context, p *matching.Posting, date int, but string) (int, error) {
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return 0, fmt.Errorf("answers: %w", err)
	}
	n := p.External
	for _, a := range answers {
		if a.Date == date && a.State.Takes() && a.ID != but {
			n += max(1, a.Party)
		}
	}
	return n, nil
}

// free counts the places of a date that are left, but for one answer; -1 where there is no limit.
func (t *turn) free(ctx context.Context, p *matching.Posting, date int, but string) (int, error) {
	if p.Places == 0 {
		return -1, nil
	}
	taken, err := t.taken(ctx, p, date, but)
	return max(0, placesOf(p, date)-taken), err
}

func placesOf(p *matching.Posting, date int) int {
	if date < len(p.Dates) && p.Dates[date].Places > 0 {
		return p.Dates[date].Places
	}
	return p.Places
}

// checkFilled closes a posting whose every date is full, in the very transaction that filled it: alerts not
// yet sent are withdrawn, those sent are edited.
func (t *turn) checkFilled(ctx context.Context, p *matching.Posting) error {
	for date := range max(1, len(p.Dates)) {
		if over(p, date, t) {
			continue
		}
		free, err := t.free(ctx, p, date, "")
		if err != nil {
			return err
		}
		if free != 0 {
			return nil
		}
	}
	if p.State != matching.Open {
		return nil
	}
	p.State = matching.Filled
	if err := t.savePosting(ctx, p); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if err := t.stopAsking(ctx, p); err != nil {
		return err
	}
	if err := t.learnFilled(ctx, p); err != nil {
		return fmt.Errorf("outlook: %w", err)
	}
	o, err := t.forecast(ctx, p.ID)
	if err != nil {
		return err
	}
	return t.tellPoster(ctx, p, flows.Piece{Kind: flows.NewsFilled, Posting: *p, By: o.by})
}

func (t *turn) responded(_ context.Context, k *talk, p *matching.Posting, a matching.Answer, before matching.AnswerState) (conversations.Fact, error) {
	fact := flows.Responded{Posting: p.Public(), Answer: a, Before: before, Name: k.person.Name}
	if a.State == matching.Accepted || a.State == matching.Confirmed {
		fact.Posting = *p
		fact.Posting.Author = ""
	}
	return fact, nil
}

// settle lets the author decide about an answer.
func (t *turn) settle(ctx context.Context, k *talk, c flows.Settle) (conversations.Fact, error) {
	a, err := t.tx.Answers.Answer(ctx, c.Answer)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.LockPosting(ctx, a.Posting)
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	if err != nil {
		return nil, err
	}
	if !mine {
		return refused(flows.NotAllowed)
	}
	next := matching.Declined
	if c.Accept {
		next = matching.Accepted
		free, err := t.free(ctx, &p, a.Date, a.ID)
		if err != nil {
			return nil, err
		}
		if free >= 0 && a.Party > free {
			next = matching.Waiting
		}
	}
	if a.State == next || c.Accept && a.State.Takes() {
		return refused(flows.Already)
	}
	if p.State.Over() {
		return refused(flows.Over)
	}
	if a.State.To(next) != nil {
		return refused(flows.Over)
	}
	took := a.State.Takes()
	a.State, a.Changed = next, t.now
	if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if err := t.serves(ctx, a.Person); err != nil {
		return nil, err
	}
	return t.settled(ctx, &p, a, took)
}

func (t *turn) settled(ctx context.Context, p *matching.Posting, a matching.Answer, took bool) (conversations.Fact, error) {
	person, err := t.tx.People.Person(ctx, a.Person)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("person: %w", err)
	}
	piece := flows.Piece{Posting: p.Public(), Answer: a, Date: a.Date, Held: took}
	switch a.State {
	case matching.Accepted:
		piece.Kind, piece.Posting = flows.NewsAccepted, *p
	case matching.Declined:
		piece.Kind = flows.NewsDeclined
	}
	if piece.Kind != "" {
		if _, err := t.tell(ctx, a.Person, "", piece, urgent("posting:"+p.ID)); err != nil {
			return nil, err
		}
	}
	if a.State == matching.Accepted {
		if err := t.checkFilled(ctx, p); err != nil {
			return nil, err
		}
	} else if took {
		if err := t.freed(ctx, p, a.Date); err != nil {
			return nil, err
		}
	}
	free, err := t.free(ctx, p, a.Date, "")
	return flows.Settled{Posting: *p, Answer: a, Name: person.Name, Free: max(0, free)}, err
}
