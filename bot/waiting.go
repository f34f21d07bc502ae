package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// How long a place is held for somebody on the waiting list: an eighth of the time left, within these.
const (
	holdMost  = 45 * time.Minute
	holdLeast = 2 * time.Minute
)

// queue are those who wait, in their order.
func (s *seats) queue() []matching.Answer {
	var list []matching.Answer
	for _, a := range s.answers {
		if a.State == matching.Waiting {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b matching.Answer) int {
		return cmp.Or(since(&a).Compare(since(&b)), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// lastInQueue is a moment behind everybody who waits, whatever clock put them there.
func (s *seats) lastInQueue() time.Time {
	at := s.now
	for _, a := range s.answers {
		if a.State == matching.Waiting && !since(&a).Before(at) {
			at = since(&a).Add(time.Millisecond)
		}
	}
	return at
}

func since(a *matching.Answer) time.Time {
	if a.Queued.IsZero() {
		return a.Created
	}
	return a.Queued
}

// ahead is how many wait for the same date before an answer.
func (s *seats) ahead(a *matching.Answer) int {
	if a.State != matching.Waiting {
		return 0
	}
	n := 0
	for _, x := range s.queue() {
		if x.ID == a.ID {
			break
		}
		if x.Date == a.Date || s.touches(&x, a) {
			n++
		}
	}
	return n
}

// callUp gives places that are free to the waiting list, in its order.
func (t *turn) callUp(ctx context.Context, s *seats) error {
	asked := map[int]int{} // places the other side is asked about
	var loans []matching.Loan
	for _, a := range s.queue() {
		if s.over(a.Date) {
			continue
		}
		free := s.freeFor(a.Date, a.ID)
		if free < 0 {
			free = a.Seats() + asked[a.Date]
		}
		if d, ok := s.on(a.Date); ok && s.p.Lent() {
			free = s.p.FreePieces(d, append(loans, s.loans(a.ID)...))
		}
		free -= asked[a.Date]
		switch {
		case free <= 0, a.Whole && a.Party > free:
			continue
		case s.p.AutoAccept || a.Approved:
			if err := t.offer(ctx, s, a, min(free, max(1, a.Party))); err != nil {
				return err
			}
		case a.Party <= free: // the other side decides
			if err := t.moveUp(ctx, s, a); err != nil {
				return err
			}
			if d, ok := s.on(a.Date); ok && s.p.Lent() { // other times may touch this one
				loans = append(loans, matching.Loan{Span: d, Pieces: a.Party})
				continue
			}
			asked[a.Date] += a.Party
		}
	}
	return nil
}

// offer holds places for somebody on the waiting list and tells them until when. Whoever sleeps is told in the
// morning and has their time from then on, unless it would be too late by then.
func (t *turn) offer(ctx context.Context, s *seats, a matching.Answer, places int) error {
	person, err := t.tx.People.Person(ctx, a.Person)
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	at := afterQuiet(t.now.In(s.zone), person.QuietFrom, person.QuietTo)
	d, dated := s.on(a.Date)
	dated = dated && s.p.Timed()
	if dated && !at.Add(holdMost).Before(d.Start) {
		at = t.now
	}
	hold := holdMost
	if dated {
		hold = max(holdLeast, min(hold, d.Start.Sub(at)/8))
	}
	a.State, a.Changed, a.Held, a.HeldTill = matching.Offered, t.now, places, at.Add(hold)
	s.giveWay(&a)
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return err
	}
	tm := storage.Timer{Key: "offer:" + a.ID, Kind: "offer", Subject: "answer:" + a.ID, Due: a.HeldTill}
	if err := t.timer(ctx, tm); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	d2 := urgent("offer:" + a.ID)
	d2.Due = at
	key := fmt.Sprintf("offer:%s:%d", a.ID, a.Revision)
	told, err := t.tell(ctx, a.Person, key, flows.Piece{Kind: flows.NewsOffer, Posting: s.p.Public(), Answer: a, Date: a.Date}, d2)
	if err != nil || told {
		return err
	}
	tm.Due = t.now // nobody can be reached there: the next in line
	return t.timer(ctx, tm)
}

// offerOver passes a place on that was held for somebody who has not answered.
func (t *turn) offerOver(ctx context.Context, id string) error {
	a, p, err := t.lockAnswer(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if a.State != matching.Offered {
		return nil
	}
	a.State, a.Changed, a.Held = matching.Lapsed, t.now, 0
	if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if _, err := t.tx.Outbox.Cancel(ctx, "offer:"+a.ID, storage.Must); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	piece := flows.Piece{Kind: flows.NewsPassedOn, Posting: p.Public(), Answer: a, Date: a.Date}
	if _, err := t.tell(ctx, a.Person, "", piece, urgent("posting:"+p.ID)); err != nil {
		return err
	}
	_, err = t.even(ctx, &p)
	return err
}

// moveUp asks the other side about somebody on the waiting list.
func (t *turn) moveUp(ctx context.Context, s *seats, a matching.Answer) error {
	a.State, a.Changed = matching.Interested, t.now
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return err
	}
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return err
	}
	return t.tellPoster(ctx, s.p, flows.Piece{Kind: flows.NewsAsks, Posting: *s.p, Answer: a, Name: name, Date: a.Date})
}
