package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// showCase shows a case to people, or in the group. The same state of it is shown once to each.
func (t *turn) showCase(ctx context.Context, c *storage.Case, who []string, late bool) error {
	if len(who) == 0 {
		return nil
	}
	piece, err := t.pieceOf(ctx, c)
	if err != nil {
		return err
	}
	piece.Waiting.Late = late
	for _, e := range who {
		key := "case:" + c.ID + ":" + strconv.FormatInt(piece.Posting.Revision, 10) + ":" + e
		if e == inGroup {
			err = t.tellGroup(ctx, c.Front, key, piece, "case:"+c.ID)
		} else {
			_, err = t.tell(ctx, e, key, piece, urgent("case:"+c.ID))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pieceOf is a case as news to whoever is to decide it.
func (t *turn) pieceOf(ctx context.Context, c *storage.Case) (flows.Piece, error) {
	x, err := t.waitingOf(ctx, c)
	return flows.Piece{Kind: flows.NewsReview, Posting: x.Posting, Waiting: x, Name: x.Name}, err
}

// waitingOf gathers what somebody has to see to decide a case.
func (t *turn) waitingOf(ctx context.Context, c *storage.Case) (x flows.Waiting, err error) {
	x = flows.Waiting{Case: c.ID, Kind: flows.CaseKind(c.Kind), Since: c.Opened, Text: c.Text, Person: onPerson(c), Thread: subjectOf(c, "thread") != ""}
	for _, why := range c.Why {
		if id, ok := strings.CutPrefix(why, doubleOf); ok {
			if p, err := t.tx.Postings.Posting(ctx, id); err == nil && p.State.Visible() {
				x.Like = append(x.Like, p.Public())
			}
			continue
		}
		x.Why = append(x.Why, why)
	}
	if c.Person != "" {
		if x.Name, err = t.nameOf(ctx, c.Person); err != nil {
			return x, err
		}
	}
	about := *c
	if c.Kind == storage.ComplaintCase {
		before, err := t.tx.Cases.Case(ctx, subjectOf(c, "case"))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return x, fmt.Errorf("case: %w", err)
		}
		about, x.Verdict, x.Reason = before, flows.Verdict(before.Verdict), before.Reason
		if onPerson(&before) {
			x.Before = before.Text
		}
		x.Own = len(c.Asked) > 0 && c.Asked[len(c.Asked)-1] == before.DecidedBy
	}
	return x, t.subjectInto(ctx, &about, &x)
}

// subjectInto adds what a case is about.
func (t *turn) subjectInto(ctx context.Context, c *storage.Case, x *flows.Waiting) (err error) {
	if id := subjectOf(c, "organisation"); id != "" {
		o, err := t.tx.Organisations.Organisation(ctx, id)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("organisation: %w", err)
		}
		x.About = o.Name
		if x.Name == "" {
			x.Name, err = t.nameOf(ctx, c.About)
		}
		return err
	}
	if id := subjectOf(c, "posting"); id != "" {
		p, err := t.tx.Postings.Posting(ctx, id)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("posting: %w", err)
		}
		x.Posting, x.About = p, p.Title
		if c.Kind == storage.PostingCase && x.Name == "" {
			x.Name, err = t.nameOf(ctx, p.Author)
		}
		return err
	}
	if c.About != "" && onPerson(c) {
		if x.About, err = t.nameOf(ctx, c.About); err != nil {
			return err
		}
	}
	thread, err := t.reportedThread(ctx, c)
	if err == nil {
		var p matching.Posting
		p, err = t.tx.Postings.Posting(ctx, thread.Posting)
		x.Posting = p.Public()
	}
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// shownTo is the talk a delivery went to: with a person, or with the group of editors.
func (t *turn) shownTo(ctx context.Context, d storage.Delivery) (*talk, bool, error) {
	if d.Person == "" {
		k, err := t.groupTalk(ctx, d.Front, d.To)
		return k, err == nil, err
	}
	person, err := t.tx.People.Person(ctx, d.Person)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("person: %w", err)
	}
	k, err := t.talkTo(ctx, person, d.To, d.Front)
	return k, err == nil, err
}

// groupTalk is a talk in which nothing personal is said.
func (t *turn) groupTalk(ctx context.Context, front string, to channels.Address) (*talk, error) {
	f, err := t.b.fronts.front(ctx, t.tx, front)
	if err != nil {
		return nil, err
	}
	k := &talk{addr: to, front: f}
	t.setEnv(k)
	k.env.Group, k.env.AskAll = true, false
	return k, nil
}

// tellGroup shows a case in the group chat of the editors.
func (t *turn) tellGroup(ctx context.Context, front, key string, piece flows.Piece, subject string) error {
	f, err := t.tx.Fronts.Front(ctx, front)
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}
	if _, ours := t.b.account(f.Group.Channel, f.Group.Account); !ours {
		return nil
	}
	k, err := t.groupTalk(ctx, front, f.Group)
	if err != nil {
		return err
	}
	return t.sendAs(ctx, k, key, t.b.Book.Tell(piece, k.env), urgent(subject))
}
