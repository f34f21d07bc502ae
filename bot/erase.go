package bot

import (
	"context"
	"errors"
	"fmt"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// erasureOf tells what would go with a person.
func (t *turn) erasureOf(ctx context.Context, k *talk) (conversations.Fact, error) {
	ps, err := t.privatePostings(ctx, k.person.ID)
	if err != nil {
		return nil, err
	}
	as, err := t.promises(ctx, k.person.ID)
	if err != nil {
		return nil, err
	}
	e := flows.Erasure{Postings: len(ps), Promises: len(as)}
	of, err := t.tx.Members.OfMember(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	for _, x := range of {
		m, why, err := t.belongs(ctx, k, x.Organisation, false)
		if err != nil {
			return nil, err
		}
		if why != "" {
			continue
		}
		led := 0
		for _, o := range m.members {
			if o.Role == storage.Owner && o.Person != k.person.ID {
				led++
			}
		}
		switch {
		case len(m.members) == 1:
			e.Alone = append(e.Alone, m.org.Name)
		case led == 0:
			e.Led = append(e.Led, m.org.Name)
		}
	}
	return e, nil
}

// privatePostings are those that run and that nobody but the person can look after.
func (t *turn) privatePostings(ctx context.Context, person string) ([]matching.Posting, error) {
	all, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: person, States: running})
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	var own []matching.Posting
	for _, p := range all {
		if p.Organisation == "" {
			own = append(own, p)
		}
	}
	return own, nil
}

// promises are the answers that others still count on.
func (t *turn) promises(ctx context.Context, person string) ([]matching.Answer, error) {
	all, err := t.tx.Answers.OfAnswerer(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	var live []matching.Answer
	for _, a := range all {
		if !a.State.Live() {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		if p.State.Visible() && !t.over(ctx, &p, a.Date) {
			live = append(live, a)
		}
	}
	return live, nil
}

// erase removes the person of k. First everybody who counts on them is told, as if they had taken everything
// back themselves; then all that is known of them goes, and what is said to them afterwards is said to their
// address and to nobody.
func (t *turn) erase(ctx context.Context, k *talk) (conversations.Fact, error) {
	ps, err := t.privatePostings(ctx, k.person.ID)
	if err != nil {
		return nil, err
	}
	told := 0
	for i := range ps {
		n, err := t.takeBack(ctx, &ps[i])
		if err != nil {
			return nil, err
		}
		told += n
	}
	if err := t.supposeAll(ctx, k.person.ID); err != nil {
		return nil, err
	}
	as, err := t.promises(ctx, k.person.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range as {
		if _, err := t.respond(ctx, k, flows.Respond{Posting: a.Posting, Dates: []int{a.Date}}); err != nil {
			return nil, err
		}
	}
	of, err := t.tx.Members.OfMember(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	for _, m := range of {
		if _, err := t.leave(ctx, k, flows.Leave{Organisation: m.Organisation, Anyway: true}); err != nil {
			return nil, err
		}
	}
	if err := t.remove(ctx, k.person.ID); err != nil {
		return nil, err
	}
	t.b.fronts.forget() // they may have been an editor
	k.erased = true
	return flows.Erased{Told: told}, nil
}

// supposeAll takes it of those who were expected at what somebody posted privately, and nobody said anything yet, that they
// came: nobody will say more.
func (t *turn) supposeAll(ctx context.Context, person string) error {
	over, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: person, States: []matching.PostingState{matching.Done, matching.Expired}})
	if err != nil {
		return fmt.Errorf("postings: %w", err)
	}
	for _, p := range over {
		if p.Organisation != "" {
			continue
		}
		answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
		if err != nil {
			return fmt.Errorf("answers: %w", err)
		}
		for _, a := range answers {
			if !expected(a.State) {
				continue
			}
			a.State = matching.Attended
			if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
				return fmt.Errorf("answer: %w", err)
			}
		}
	}
	return nil
}

// remove is the end of a person.
func (t *turn) remove(ctx context.Context, person string) error {
	if _, err := t.tx.Timers.ClearTimers(ctx, "person:"+person); err != nil {
		return fmt.Errorf("timers: %w", err)
	}
	if err := t.tx.People.ErasePerson(ctx, person, t.now); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return t.tx.Audit.Append(ctx, storage.Entry{Action: "erased", At: t.now})
}

// farewell sends the last words to the address of somebody who is no longer known. There is nothing to press
// in them: no handle may belong to nobody.
func (t *turn) farewell(ctx context.Context, k *talk, r channels.Reply) error {
	r.Choices, r.Prompt, r.Ask = nil, "", ""
	k.person = storage.Person{}
	return t.send(ctx, k, r, storage.Must, storage.ReplyPriority, "")
}
