package bot

import (
	"cmp"
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

// nearestTold is how many free times are named where one is taken.
const nearestTold = 3

// performLending does what is asked for about things that are lent; ok is false for other commands.
func (t *turn) performLending(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.LookAtLoans:
		fact, err = t.lookAtLoans(ctx, k, c)
	case flows.SetLending:
		fact, err = t.setLending(ctx, k, c)
	case flows.LoanEntry:
		fact, err = t.loanEntry(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// loans are the times for which pieces are given away, but for one answer.
func (s *seats) loans(but string) []matching.Loan {
	var out []matching.Loan
	for i := range s.answers {
		a := &s.answers[i]
		if d, ok := s.p.On(a.Date, s.zone); ok && a.State.Takes() && a.ID != but {
			out = append(out, matching.Loan{Span: d, Pieces: a.Seats()})
		}
	}
	if s.p.External > 0 { // given away elsewhere, for good
		out = append(out, matching.Loan{Span: matching.Span{End: s.now.Add(2 * matching.LendAhead)}, Pieces: s.p.External})
	}
	return out
}

// touches tells whether two answers about something lent want it at the same moment.
func (s *seats) touches(a, b *matching.Answer) bool {
	if !s.p.Lent() {
		return false
	}
	x, ok := s.p.On(a.Date, s.zone)
	y, ok2 := s.p.On(b.Date, s.zone)
	return ok && ok2 && matching.Overlap(x, y)
}

// whenWanted asks for a time, and tells which ones are taken.
func (s *seats) whenWanted() flows.WhenWanted {
	out := flows.WhenWanted{Posting: s.p.Public()}
	loans := s.loans("")
	slices.SortFunc(loans, func(a, b matching.Loan) int { return a.Start.Compare(b.Start) })
	for _, l := range loans {
		if l.Until().After(s.now) && !l.Start.IsZero() && s.p.FreePieces(l.Span, loans) == 0 {
			out.Taken = append(out.Taken, l.Span)
		}
	}
	return out
}

// borrow answers somebody who wants something that is lent: with a question where they named no time, with free times
// where theirs is taken, else as every answer is. A new wish replaces one's own that touches it.
func (t *turn) borrow(ctx context.Context, k *talk, s *seats, c flows.Respond) (conversations.Fact, error) {
	d, ok := s.wantedBy(&c)
	if !ok {
		return s.whenWanted(), nil
	}
	if !d.Until().After(t.now) || d.Start.Before(t.now.Add(-startedAgo)) && !d.AllDay {
		return refused(flows.Past)
	}
	if d.Start.After(t.now.Add(matching.LendAhead)) || c.Party > s.p.Pieces() {
		return s.notFree(d, c, matching.NotClosed), nil
	}
	mine := s.of(k.person.ID, d.Key)
	if closed := s.p.Lending.Closed(d, s.zone); closed != matching.NotClosed && !mine.State.Live() {
		return s.notFree(d, c, closed), nil
	}
	old := s.ownTouching(k.person.ID, d)
	for i := range old { // as if it were not there
		s.keep(asCancelled(old[i]))
	}
	if !mine.State.Takes() && !c.Wait && s.free(d, mine.ID) < max(1, c.Party) {
		return s.notFree(d, c, matching.NotClosed), nil
	}
	for _, a := range old {
		if err := t.replace(ctx, s, a); err != nil {
			return nil, err
		}
	}
	c.Dates = []int{d.Key}
	return t.accept(ctx, k, s, c)
}

// startedAgo is how long ago a time may have begun that is still asked for.
const startedAgo = 30 * time.Minute

// wantedBy is the time that an answer names.
func (s *seats) wantedBy(c *flows.Respond) (matching.Span, bool) {
	if !c.Wanted.Start.IsZero() {
		c.Wanted.Start, c.Wanted.End = c.Wanted.Start.Truncate(time.Minute), c.Wanted.End.Truncate(time.Minute)
		key, ok := matching.WantedKey(c.Wanted)
		c.Wanted.Key = key
		return c.Wanted, ok
	}
	for _, key := range c.Dates {
		if d, ok := matching.WantedSpan(key); ok {
			return d, true
		}
	}
	return matching.Span{}, false
}

func (s *seats) notFree(d matching.Span, c flows.Respond, why matching.Closed) flows.NotFree {
	party, loans := max(1, c.Party), s.loans("")
	out := flows.NotFree{Posting: s.p.Public(), Wanted: d, Party: party, Left: s.p.FreePieces(d, loans), Closed: why}
	if party <= s.p.Pieces() { // else no other time helps
		out.Nearest = s.p.NearestFree(d, party, nearestTold, loans, s.now, s.zone)
	}
	return out
}

// ownTouching are somebody's other wishes that touch a time.
func (s *seats) ownTouching(person string, d matching.Span) []matching.Answer {
	var out []matching.Answer
	for _, a := range s.answers {
		if x, ok := s.p.On(a.Date, s.zone); ok && a.Person == person && a.State.Live() && a.Date != d.Key && matching.Overlap(x, d) {
			out = append(out, a)
		}
	}
	return out
}

func asCancelled(a matching.Answer) matching.Answer {
	a.State = matching.Cancelled
	return a
}

// replace takes a wish back in favour of another one of the same person. Whoever lends is told where they counted on it.
func (t *turn) replace(ctx context.Context, s *seats, a matching.Answer) error {
	held := a.State == matching.Accepted || a.State == matching.Confirmed
	a.State, a.Changed, a.Held = matching.Cancelled, t.now, 0
	if err := t.forgetAnswer(ctx, &a); err != nil {
		return err
	}
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return err
	}
	if !held {
		return nil
	}
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return err
	}
	return t.tellPoster(ctx, s.p, flows.Piece{Kind: flows.NewsCancelled, Posting: *s.p, Answer: a, Name: name, Date: a.Date})
}

// outbid puts those on the waiting list whose time was given to somebody else, and tells them at once.
func (t *turn) outbid(ctx context.Context, s *seats) error {
	if !s.p.Lent() {
		return nil
	}
	for _, a := range slices.Clone(s.answers) {
		d, ok := s.on(a.Date)
		if !ok || a.State != matching.Interested || s.free(d, a.ID) >= a.Seats() {
			continue
		}
		a.Queued = s.lastInQueue()
		a.State, a.Changed, a.Whole = matching.Waiting, t.now, true
		if err := t.saveAnswer(ctx, s, &a); err != nil {
			return err
		}
		piece := flows.Piece{Kind: flows.NewsOutbid, Posting: s.p.Public(), Answer: a, Date: a.Date}
		piece.Nearest = s.p.NearestFree(d, a.Seats(), nearestTold, s.loans(a.ID), t.now, s.zone)
		if _, err := t.tell(ctx, a.Person, "", piece, urgent("posting:"+s.p.ID)); err != nil {
			return err
		}
	}
	return nil
}

// lent finds the thing that is meant among those of the person.
func (t *turn) lent(ctx context.Context, k *talk, id string) (matching.Posting, conversations.Fact, error) {
	p, fact, err := t.meant(ctx, k, id, (*matching.Posting).Lent)
	if err == nil && fact == nil && !p.Lent() {
		fact = flows.Refused{Why: flows.Unknown}
	}
	return p, fact, err
}

// loansShown is how many times a calendar lists at once.
const loansShown = 8

func (t *turn) lookAtLoans(ctx context.Context, k *talk, c flows.LookAtLoans) (conversations.Fact, error) {
	p, fact, err := t.lent(ctx, k, c.Posting)
	if err != nil || fact != nil {
		return fact, err
	}
	if c.From.Before(t.now) {
		c.From = t.now
	}
	lines, err := t.loanLines(ctx, &p, matching.Span{Start: c.From, End: c.From.Add(matching.LendAhead)})
	if err != nil {
		return nil, err
	}
	out := flows.Loans{Posting: p, Loans: lines}
	if len(lines) > loansShown {
		out.Loans, out.More = lines[:loansShown], lines[loansShown].Date.Start
	}
	return out, nil
}

// loanLines are the times within another that somebody has, wants, or waits for, soonest first.
func (t *turn) loanLines(ctx context.Context, p *matching.Posting, within matching.Span) ([]flows.LoanLine, error) {
	s, err := t.seats(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []flows.LoanLine
	for _, a := range s.answers {
		d, ok := s.on(a.Date)
		if !ok || !a.State.Live() || !matching.Overlap(d, within) {
			continue
		}
		name, err := t.nameOf(ctx, a.Person)
		if err != nil {
			return nil, err
		}
		out = append(out, flows.LoanLine{Answer: a.ID, Date: d, Name: name, Pieces: a.Seats(), State: a.State})
	}
	slices.SortStableFunc(out, func(a, b flows.LoanLine) int {
		return cmp.Or(a.Date.Start.Compare(b.Date.Start), a.Date.End.Compare(b.Date.End))
	})
	return out, nil
}

// blockedMax is how many times may be blocked in a calendar.
const blockedMax = 50

func (t *turn) setLending(ctx context.Context, k *talk, c flows.SetLending) (conversations.Fact, error) {
	p, fact, err := t.lent(ctx, k, c.Posting)
	if err != nil || fact != nil {
		return fact, err
	}
	if p.State.Over() {
		return refused(flows.Over)
	}
	l := *p.Lending
	l.Forget(t.now)
	out := flows.LendingSet{Set: c}
	if !c.Block.Start.IsZero() {
		switch {
		case !c.Block.Until().After(t.now):
			return refused(flows.Past)
		case len(l.Blocked) >= blockedMax || !c.Block.End.After(c.Block.Start) || c.Block.End.Sub(c.Block.Start) > matching.LendAhead:
			return refused(flows.TooMany)
		}
		l.Block(matching.Span{Start: c.Block.Start, End: c.Block.End, AllDay: c.Block.AllDay})
		lines, err := t.loanLines(ctx, &p, c.Block)
		if err != nil {
			return nil, err
		}
		out.Clash = slices.DeleteFunc(lines, func(x flows.LoanLine) bool { return !x.State.Takes() })
	}
	if !c.Unblock.Start.IsZero() {
		out.Freed = l.Unblock(c.Unblock)
	}
	switch {
	case c.Always:
		l.Hours = nil
	case len(c.Hours) > 0 && len(c.Hours) <= blockedMax:
		l.Hours = c.Hours
	}
	p.Lending = &l
	if c.Auto != nil {
		p.AutoAccept = *c.Auto
	}
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	out.Posting = p
	return out, t.audit(ctx, k, "calendar", "posting:"+p.ID)
}

// loanEntry hands out agreed times as a calendar file.
func (t *turn) loanEntry(ctx context.Context, k *talk, c flows.LoanEntry) (conversations.Fact, error) {
	if c.Answer != "" {
		a, err := t.tx.Answers.Answer(ctx, c.Answer)
		if errors.Is(err, storage.ErrNotFound) {
			return refused(flows.Unknown)
		}
		if err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		c.Posting = a.Posting
	}
	p, err := t.posting(ctx, k, c.Posting)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !p.Lent() {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	if err != nil {
		return nil, err
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	var held []matching.Answer
	for _, a := range s.answers {
		if _, ok := s.on(a.Date); ok && expected(a.State) && (mine || a.Person == k.person.ID) && (c.Answer == "" || a.ID == c.Answer) {
			held = append(held, a)
		}
	}
	if len(held) == 0 {
		return refused(flows.Unknown)
	}
	f, err := t.loanCalendar(ctx, k, s, held, mine)
	return flows.LoanFile{Posting: p.Public(), File: f}, err
}

// wantedFor is the time for which a need wants something lent, and whether it is free then. Everything else is.
func (t *turn) wantedFor(ctx context.Context, need, offer *matching.Posting) (key int, free bool, err error) {
	if !offer.Lent() {
		return 0, true, nil
	}
	d, ok := need.Next(t.now, t.zone(ctx, need))
	if key, ok = matching.WantedKey(d); !ok {
		return 0, true, nil
	}
	s, err := t.seats(ctx, offer)
	if err != nil {
		return 0, false, err
	}
	return key, s.p.Lending.Closed(d, s.zone) == matching.NotClosed && s.free(d, "") > 0, nil
}
