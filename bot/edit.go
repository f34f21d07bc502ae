package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// ownOrEdited locks a posting for somebody who may act for it, or for an editor of its front who may mend it: one that
// is before them, because it waits or was reported. What is out and in order is not theirs to change.
func (t *turn) ownOrEdited(ctx context.Context, k *talk, id string) (p matching.Posting, edits bool, why flows.Refusal, err error) {
	p, why, err = t.own(ctx, k, id)
	if err != nil || why == "" {
		return p, false, why, err
	}
	found, err := t.posting(ctx, k, id)
	if errors.Is(err, storage.ErrNotFound) {
		return p, false, why, nil
	}
	if err != nil {
		return p, false, "", fmt.Errorf("posting: %w", err)
	}
	for _, kind := range []storage.CaseKind{storage.PostingCase, storage.ReportCase} {
		c, open, err := t.openCase(ctx, kind, "posting:"+found.ID)
		if err != nil {
			return p, false, "", err
		}
		if !open {
			continue
		}
		if no, err := t.mayDecide(ctx, k, &c); err != nil {
			return p, false, "", err
		} else if no == "" {
			p, err = t.tx.Postings.LockPosting(ctx, found.ID)
			return p, true, "", err
		}
	}
	return matching.Posting{}, false, why, nil
}

// reword gives a posting another text.
func (t *turn) reword(ctx context.Context, k *talk, c flows.Reword) (conversations.Fact, error) {
	p, edits, why, err := t.ownOrEdited(ctx, k, c.Posting)
	switch {
	case err != nil || why != "":
		return flows.Refused{Why: why}, err
	case !edits:
		return refused(flows.OwnReview)
	case p.State.Over():
		return refused(flows.Over)
	}
	changed := p
	changed.Description = c.Text
	return t.edit(ctx, k, &p, changed)
}

// edit stores what an editor changed of somebody's posting. For whom it is, and whose, stays; the former version is
// kept, the trail says who, and the author is told what is different.
func (t *turn) edit(ctx context.Context, k *talk, old *matching.Posting, changed matching.Posting) (conversations.Fact, error) {
	p := changed
	p.ID, p.Code, p.Front, p.Author, p.Created, p.Published = old.ID, old.Code, old.Front, old.Author, old.Created, old.Published
	p.State, p.Revision, p.Lease, p.External, p.Kind, p.Reason = old.State, old.Revision, old.Lease, old.External, old.Kind, old.Reason
	p.Organisation, p.Carrier, p.Actor, p.AutoAccept = old.Organisation, old.Carrier, old.Actor, old.AutoAccept
	diff := t.b.Book.Diff(*old, p, k.env)
	if len(diff) == 0 {
		return refused(flows.Already)
	}
	p.Exceptions, p.Outside, p.Anyway = old.Exceptions, old.Outside, old.Anyway
	p.KeepKeys(old, t.now, t.zone(ctx, &p))
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	detail, err := json.Marshal(diff)
	if err != nil {
		return nil, fmt.Errorf("trail: %w", err)
	}
	e := storage.Entry{Front: p.Front, Actor: k.person.ID, Action: "edited", Subject: "posting:" + p.ID, Detail: detail, At: t.now}
	if err := t.tx.Audit.Append(ctx, e); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	piece := flows.Piece{Kind: flows.NewsEdited, Posting: p, Text: strings.Join(diff, "\n")}
	if err := t.tellPoster(ctx, &p, piece); err != nil {
		return nil, err
	}
	fact := flows.Published{Posting: p, Edited: true}
	if fact.Accepted, err = t.carryOver(ctx, old, &p); err != nil {
		return nil, err
	}
	if p.State != matching.Review {
		return fact, t.goOn(ctx, k, old, &p, &fact, nil)
	}
	c, open, err := t.openCase(ctx, storage.PostingCase, "posting:"+p.ID)
	if err != nil || !open {
		return fact, err
	}
	if !slices.Contains(c.Asked, k.person.ID) {
		c.Asked = append(c.Asked, k.person.ID)
	}
	return fact, t.reviewAgain(ctx, k, &p, stillThere(c.Why, suspected(old), suspected(&p)))
}

// suspected is what the text of a posting is suspected of.
func suspected(p *matching.Posting) []understanding.Suspicion {
	return understanding.Suspicions(strings.Join([]string{p.Title, p.Description, p.Carrier}, "\n"), strings.Join([]string{p.Private, p.Address}, "\n"))
}

// stillThere are the reasons of a case that a new text has not done away with.
func stillThere(why []string, before, now []understanding.Suspicion) []string {
	return slices.DeleteFunc(slices.Clone(why), func(s string) bool {
		x := understanding.Suspicion(s)
		return slices.Contains(before, x) && !slices.Contains(now, x)
	})
}

// someoneDecides tells whether there is anybody who may look at a posting.
func (t *turn) someoneDecides(ctx context.Context, p *matching.Posting) bool {
	f, err := t.tx.Fronts.Front(ctx, p.Front)
	if err != nil {
		return false
	}
	c := caseOn(storage.PostingCase, p.Front, "posting:"+p.ID)
	who, err := t.deciders(ctx, f.Editors, &c)
	return err == nil && len(who) > 0
}

// lookalike lets editors decide about an organisation that is named like another one.
func (t *turn) lookalike(ctx context.Context, k *talk, o *storage.Organisation, why []string) error {
	i := slices.IndexFunc(why, func(s string) bool { return strings.HasPrefix(s, likeName) })
	if o == nil || i < 0 {
		return nil
	}
	subject := "organisation:" + o.ID
	before, err := t.tx.Cases.CasesAbout(ctx, subject, 1)
	if err != nil || len(before) > 0 {
		return err
	}
	c := caseOn(storage.OrganisationCase, o.Front, subject)
	c.About, c.Why = k.person.ID, []string{why[i]}
	return t.file(ctx, &c)
}
