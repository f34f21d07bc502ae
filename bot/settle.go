package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

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
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	for _, x := range s.answers {
		if x.ID == a.ID {
			a = x // as it is now that nobody else may change it
		}
	}
	if p.State.Over() || s.over(a.Date) {
		return refused(flows.Over)
	}
	if c.Accept && a.State.Takes() {
		return t.keepPlace(ctx, s, a)
	}
	next := matching.Declined
	if c.Accept {
		next = matching.Accepted
		if free := s.freeFor(a.Date, a.ID); free >= 0 && a.Party > free {
			next = matching.Waiting
		}
	}
	switch {
	case a.State == next && a.Approved == c.Accept:
		return refused(flows.Already)
	case a.State != next && a.State.To(next) != nil:
		return refused(flows.Over)
	case p.Lent() && (a.State == matching.Cancelled || a.State == matching.Refused): // they no longer want it
		return refused(flows.PlaceGone)
	}
	before := a.State
	a.State, a.Changed, a.Approved, a.Pending, a.Held = next, t.now, c.Accept, false, 0
	if next == matching.Waiting && before != matching.Waiting {
		a.Queued = s.lastInQueue()
	}
	s.giveWay(&a)
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return nil, err
	}
	if err := t.serves(ctx, a.Person); err != nil {
		return nil, err
	}
	return t.settled(ctx, s, a, before)
}

// keepPlace lets somebody keep a place they have, whatever they attached to it.
func (t *turn) keepPlace(ctx context.Context, s *seats, a matching.Answer) (conversations.Fact, error) {
	if !a.Pending && a.Asked.IsZero() {
		return refused(flows.Already)
	}
	tell := a.Pending
	a.Pending, a.Changed, a.Asked = false, t.now, time.Time{}
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return nil, err
	}
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return nil, err
	}
	if tell {
		piece := flows.Piece{Kind: flows.NewsSuits, Posting: *s.p, Answer: a, Date: a.Date}
		if _, err := t.tell(ctx, a.Person, "", piece, urgent("posting:"+s.p.ID)); err != nil {
			return nil, err
		}
	}
	return flows.Settled{Posting: *s.p, Answer: a, Name: name, Before: a.State, Kept: true}, nil
}

func (t *turn) settled(ctx context.Context, s *seats, a matching.Answer, before matching.AnswerState) (conversations.Fact, error) {
	p := s.p
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return nil, err
	}
	piece := flows.Piece{Posting: p.Public(), Answer: a, Date: a.Date, Held: before.Takes()}
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
	if a.State == matching.Accepted && a.Date == matching.EveryDate {
		if err := t.onlySeries(ctx, s, a.Person); err != nil {
			return nil, err
		}
	}
	if a.State == matching.Accepted {
		if err := t.outbid(ctx, s); err != nil {
			return nil, err
		}
	}
	if s, err = t.even(ctx, p); err != nil {
		return nil, err
	}
	free := 0
	if d, ok := s.on(a.Date); ok && p.Timed() {
		free = max(0, s.free(d, ""))
	}
	return flows.Settled{Posting: *p, Answer: a, Name: name, Free: free, Before: before}, nil
}
