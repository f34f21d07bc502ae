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

// claimAfter is when somebody a list names is asked to take over what came with it, so that a long list is asked about
// once.
const claimAfter = time.Minute

func (t *turn) performClaim(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch cmd.(type) {
	case flows.LookAtClaims:
		fact, err = t.claims(ctx, k)
	case flows.TakeOver:
		fact, err = t.takeOver(ctx, k)
	case flows.Disclaim:
		fact, err = t.disclaim(ctx, k)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// unclaimed are the postings that wait for a person to take them over.
func (t *turn) unclaimed(ctx context.Context, person string) ([]matching.Posting, error) {
	var found []matching.Posting
	add := func(q storage.PostingQuery, private bool) error {
		q.States = []matching.PostingState{matching.Open, matching.Filled}
		ps, err := t.tx.Postings.ListPostings(ctx, q)
		if err != nil {
			return fmt.Errorf("postings: %w", err)
		}
		for _, p := range ps {
			if p.Imported && (p.Organisation == "") == private {
				found = append(found, p)
			}
		}
		return nil
	}
	if err := add(storage.PostingQuery{Author: person}, true); err != nil {
		return nil, err
	}
	ms, err := t.tx.Members.OfMember(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	for _, m := range ms {
		if err := add(storage.PostingQuery{Organisation: m.Organisation}, false); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (t *turn) claims(ctx context.Context, k *talk) (conversations.Fact, error) {
	ps, err := t.unclaimed(ctx, k.person.ID)
	if err != nil {
		return nil, err
	}
	c := flows.Claims{}
	for i, p := range ps {
		if c.Postings = append(c.Postings, p.Public()); i == 0 {
			c.Carrier = p.Carrier
		} else if c.Carrier != p.Carrier {
			c.Carrier = ""
		}
	}
	return c, nil
}

// takeOver makes the person answer for what came with a list; from now on people are asked about it. Whoever the
// municipality's own list names as contact acts for an organisation that it knows.
func (t *turn) takeOver(ctx context.Context, k *talk) (conversations.Fact, error) {
	ps, err := t.unclaimed(ctx, k.person.ID)
	if err != nil {
		return nil, err
	}
	if err := t.opened(ctx, k); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for i := range ps {
		p := &ps[i]
		p.Imported, p.Author = false, k.person.ID
		p.AutoAccept = p.Kind == matching.Need && p.Dated() && len(p.Required) == 0 && p.MinAge == 0
		if err := t.savePosting(ctx, p); err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		if p.State == matching.Open { // each in a transaction of its own: there may be hundreds
			if err := t.timer(ctx, storage.Timer{Key: "wave:" + p.ID, Kind: "wave", Subject: "posting:" + p.ID, Due: t.now}); err != nil {
				return nil, fmt.Errorf("timer: %w", err)
			}
		}
		if err := t.tellWaiting(ctx, p); err != nil {
			return nil, err
		}
		if p.Organisation == "" || known[p.Organisation] {
			continue
		}
		known[p.Organisation] = true
		o, err := t.tx.Organisations.Organisation(ctx, p.Organisation)
		if err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
		if o.Verified = true; p.Front == k.front.ID {
			if err := t.tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
				return nil, fmt.Errorf("organisation: %w", err)
			}
		}
		if err := t.audit(ctx, k, "taken-over", "org:"+o.ID); err != nil {
			return nil, err
		}
	}
	return flows.TakenOver{Count: len(ps)}, nil
}

// tellWaiting tells who answered while nobody was there to be told.
func (t *turn) tellWaiting(ctx context.Context, p *matching.Posting) error {
	as, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	for _, a := range as {
		if a.State != matching.Interested || t.over(ctx, p, a.Date) {
			continue
		}
		name, err := t.nameOf(ctx, a.Person)
		if err != nil {
			return err
		}
		if err := t.tellPoster(ctx, p, flows.Piece{Kind: flows.NewsAsks, Posting: *p, Answer: a, Name: name, Date: a.Date}); err != nil {
			return err
		}
	}
	return nil
}

// opened notes that the owner of an address said themselves that we may write there.
func (t *turn) opened(ctx context.Context, k *talk) error {
	rec, err := t.tx.Addresses.Owner(ctx, k.addr)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if rec.State == storage.AddressOpen {
		return nil
	}
	rec.State, rec.Cause, rec.Last = storage.AddressOpen, "", t.now
	if err := t.tx.Addresses.SaveAddress(ctx, rec); err != nil {
		return fmt.Errorf("address: %w", err)
	}
	return nil
}

// disclaim removes what came with a list.
func (t *turn) disclaim(ctx context.Context, k *talk) (conversations.Fact, error) {
	ps, err := t.unclaimed(ctx, k.person.ID)
	if err != nil {
		return nil, err
	}
	for i := range ps {
		if _, err := t.takeBack(ctx, &ps[i]); err != nil {
			return nil, err
		}
		if err := t.audit(ctx, k, "disclaimed", "posting:"+ps[i].ID); err != nil {
			return nil, err
		}
	}
	return flows.Disclaimed{Count: len(ps)}, nil
}

// claimSoon lets a person be asked whether they take over what came with a list.
func (t *turn) claimSoon(ctx context.Context, person string) error {
	return t.timer(ctx, storage.Timer{Key: "claim:" + person, Kind: "claim", Subject: "claim:" + person, Due: t.now.Add(claimAfter)})
}

// askClaim asks, at an address that may never have written: that is what the list gave it to us for. It is asked
// once a week at most, and not at all once they said stop.
func (t *turn) askClaim(ctx context.Context, person string) error {
	ps, err := t.unclaimed(ctx, person)
	if err != nil || len(ps) == 0 {
		return err
	}
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	rec, ok, err := t.reach(ctx, person)
	if err != nil {
		return err
	}
	if !ok {
		all, err := t.tx.Addresses.OfOwner(ctx, person)
		if err != nil {
			return fmt.Errorf("addresses: %w", err)
		}
		for _, r := range all {
			if r.State == storage.AddressUnconfirmed {
				rec, ok = r, true
			}
		}
	}
	if !ok || p.Stopped {
		return nil
	}
	ok, err = t.count(ctx, t.b.Limits.Claims, "claim:"+person)
	if err != nil || !ok {
		return err
	}
	k, err := t.talkTo(ctx, p, rec.Address, rec.Front)
	if err != nil {
		return err
	}
	if err := t.begin(ctx, k, flows.Claim, conversations.Opening{Args: "invited"}); err != nil {
		return err
	}
	return t.close(ctx, k)
}

// tellUnclaimed is tellPoster for what came with a list and nobody has taken over: whoever could is asked to, and
// the editors, who know the organisation, are told as well.
func (t *turn) tellUnclaimed(ctx context.Context, p *matching.Posting, piece flows.Piece) error {
	if piece.Kind != flows.NewsAsks && piece.Kind != flows.NewsAnswered {
		return nil
	}
	if p.Author != "" {
		if err := t.claimSoon(ctx, p.Author); err != nil {
			return err
		}
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return err
	}
	for _, e := range f.Editors {
		news := flows.Piece{Kind: flows.NewsUnclaimed, Posting: p.Public()}
		if _, err := t.tell(ctx, e, "", news, storage.Delivery{Class: storage.Must, Subject: "posting:" + p.ID}); err != nil {
			return err
		}
	}
	return nil
}
