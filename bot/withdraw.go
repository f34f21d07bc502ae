package bot

import (
	"context"
	"fmt"
	"slices"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// withdraw takes a posting back.
func (t *turn) withdraw(ctx context.Context, k *talk, c flows.Withdraw) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if p.State == matching.Withdrawn {
		return refused(flows.Already)
	}
	if p.State.To(matching.Withdrawn) != nil {
		return refused(flows.Over)
	}
	told, err := t.takeBack(ctx, &p)
	if err != nil {
		return nil, err
	}
	t.forgetChanges(k, p.ID)
	return flows.Withdrew{Posting: p, Told: told}, t.audit(ctx, k, "withdrawn", "posting:"+p.ID)
}

// forgetChanges drops a change of a posting that is under way in this conversation, now that it is over.
func (t *turn) forgetChanges(k *talk, posting string) {
	last := len(k.state.Frames) - 1
	if last < 0 {
		return
	}
	under := slices.DeleteFunc(slices.Clone(k.state.Frames[:last]), func(f conversations.Frame) bool {
		return t.b.Book.Concerns(f, posting)
	})
	k.state.Frames = append(under, k.state.Frames[last])
}

// takeBack withdraws a posting: what is not sent yet is cancelled, what is sent is edited, everybody whose
// answer was live is told, and editors need no longer look at it. It returns how many people were told.
func (t *turn) takeBack(ctx context.Context, p *matching.Posting) (int, error) {
	reviewed := p.State == matching.Review
	if err := t.conclude(ctx, p, matching.Withdrawn); err != nil {
		return 0, err
	}
	if reviewed {
		if err := t.dropCase(ctx, storage.PostingCase, "posting:"+p.ID); err != nil {
			return 0, err
		}
	}
	s, err := t.seats(ctx, p)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, a := range slices.Clone(s.answers) {
		if !a.State.Live() {
			continue
		}
		late := s.over(a.Date)
		held := a.State.Takes()
		a.State, a.Changed = matching.Lapsed, t.now
		if err := t.saveAnswer(ctx, s, &a); err != nil {
			return 0, err
		}
		if err := t.forgetAnswer(ctx, &a); err != nil {
			return 0, err
		}
		if late {
			continue
		}
		told, err := t.tell(ctx, a.Person, "", flows.Piece{Kind: flows.NewsWithdrawn, Posting: p.Public(), Answer: a, Date: a.Date, Held: held}, urgent("posting:"+p.ID))
		if err != nil {
			return 0, err
		}
		if told {
			n++
		}
	}
	return n, nil
}

// conclude ends a posting: nobody is asked any more.
func (t *turn) conclude(ctx context.Context, p *matching.Posting, state matching.PostingState) error {
	if err := p.State.To(state); err != nil {
		return err
	}
	p.State = state
	if err := t.savePosting(ctx, p); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if err := t.tx.Timers.ClearTimer(ctx, "end:"+p.ID); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	if state == matching.Done {
		if err := t.learn(ctx, p); err != nil {
			return err
		}
	}
	return t.stopAsking(ctx, p)
}

// finish marks a posting as done. Those who had no place yet are not kept waiting.
func (t *turn) finish(ctx context.Context, k *talk, c flows.Finish) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if p.State == matching.Done {
		return refused(flows.Already)
	}
	if p.State.To(matching.Done) != nil {
		return refused(flows.Over)
	}
	if ok, err := t.giveAway(ctx, &p); err != nil || ok {
		t.forgetChanges(k, p.ID)
		return flows.Finished{Posting: p}, err
	}
	if err := t.conclude(ctx, &p, matching.Done); err != nil {
		return nil, err
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	for _, a := range answers {
		if a.State != matching.Interested && a.State != matching.Waiting && a.State != matching.Offered {
			continue
		}
		a.State, a.Changed = matching.Lapsed, t.now
		if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		if _, err := t.tell(ctx, a.Person, "", flows.Piece{Kind: flows.NewsGone, Posting: p.Public(), Answer: a, Date: a.Date}, urgent("posting:"+p.ID)); err != nil {
			return nil, err
		}
	}
	t.forgetChanges(k, p.ID)
	return flows.Finished{Posting: p}, t.audit(ctx, k, "done", "posting:"+p.ID)
}

// giveAway closes an offer that somebody has got and that is still ahead: it stays alive for them, and whoever
// asks now has to wait.
func (t *turn) giveAway(ctx context.Context, p *matching.Posting) (bool, error) {
	_, ahead := p.Next(t.now, t.zone(ctx, p))
	if p.Kind != matching.Offer || p.State != matching.Open || !ahead {
		return false, nil
	}
	s, err := t.seats(ctx, p)
	if err != nil {
		return false, err
	}
	most := 0
	for _, d := range s.dates() {
		most = max(most, s.taken(d, ""))
	}
	if most == 0 {
		return false, nil
	}
	if p.Places, p.State = most, matching.Filled; len(s.dates()) > 1 { // nor on the dates that nobody took
		for _, d := range s.dates() {
			p.Outside = mapsWith(p.Outside, d.Key, p.Outside[d.Key]+max(0, p.PlacesOn(d)-s.taken(d, "")))
		}
	}
	if err := t.savePosting(ctx, p); err != nil {
		return false, fmt.Errorf("posting: %w", err)
	}
	return true, t.stopAsking(ctx, p)
}

// tellPoster says a piece of news to whoever is responsible for a posting: its author, or another one of the
// organisation where the author has left it. Where nobody is left nobody is told.
func (t *turn) tellPoster(ctx context.Context, p *matching.Posting, piece flows.Piece) error {
	if p.Imported {
		return t.tellUnclaimed(ctx, p, piece)
	}
	who, err := t.posterOf(ctx, p)
	if err != nil || who == "" {
		return err
	}
	_, err = t.tell(ctx, who, "", piece, urgent("posting:"+p.ID))
	return err
}

// posterOf is whoever is responsible for a posting, "" if nobody is left.
func (t *turn) posterOf(ctx context.Context, p *matching.Posting) (string, error) {
	if p.Organisation == "" || p.Imported {
		return p.Author, nil
	}
	members, err := t.tx.Members.OfOrganisation(ctx, p.Organisation)
	if err != nil {
		return "", fmt.Errorf("members: %w", err)
	}
	return responsible(members, p.Author), nil
}

// responsible is the author while they are a member, else the one who leads longest, else who is there longest.
func responsible(members []storage.Member, author string) string {
	best := ""
	led := false
	for _, m := range members {
		switch {
		case m.Person == author:
			return author
		case best == "", m.Role == storage.Owner && !led:
			best, led = m.Person, m.Role == storage.Owner
		}
	}
	return best
}
