package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// goodEnough is how many postings an editor has to find good until an organisation goes straight out.
const goodEnough = 3

// trusted tells whether postings of an organisation go straight out.
func trusted(f storage.Front, o *storage.Organisation) bool {
	return len(f.Editors) == 0 || o.Verified || o.Good >= goodEnough
}

// waits tells whether an editor has to look at a posting first: one of an organisation nobody knows yet,
// where the front has an editor who may. Private postings go out.
func (t *turn) waits(ctx context.Context, p *matching.Posting, o *storage.Organisation) (bool, error) {
	if p.Actor == matching.Person || o == nil {
		return false, nil
	}
	f, err := t.tx.Fronts.Front(ctx, p.Front)
	if err != nil {
		return false, fmt.Errorf("front: %w", err)
	}
	if trusted(f, o) {
		return false, nil
	}
	who, err := t.reviewers(ctx, f, p)
	return len(who) > 0, err
}

// reviewers are the editors of a front who may judge a posting: those whose own it is not.
func (t *turn) reviewers(ctx context.Context, f storage.Front, p *matching.Posting) ([]string, error) {
	var who []string
	for _, e := range f.Editors {
		mine, err := t.mayActFor(ctx, e, p)
		if err != nil {
			return nil, err
		}
		if !mine {
			who = append(who, e)
		}
	}
	return who, nil
}

// askReviewers shows a posting that waits to everybody who may judge it. A revision is shown once.
func (t *turn) askReviewers(ctx context.Context, p *matching.Posting, piece flows.Piece) error {
	f, err := t.tx.Fronts.Front(ctx, p.Front)
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}
	who, err := t.reviewers(ctx, f, p)
	if err != nil {
		return err
	}
	if piece.Name, err = t.nameOf(ctx, p.Author); err != nil {
		return err
	}
	piece.Posting = *p
	for _, e := range who {
		key := ""
		if piece.Kind == flows.NewsReview {
			key = "review:" + p.ID + ":" + strconv.FormatInt(p.Revision, 10) + ":" + e
		}
		if _, err := t.tell(ctx, e, key, piece, urgent("review:"+p.ID)); err != nil {
			return err
		}
	}
	return nil
}

// reviewOver edits what editors were shown of a posting, so that nobody decides twice; but the one who did.
func (t *turn) reviewOver(ctx context.Context, p *matching.Posting, by, name string) error {
	subject := "review:" + p.ID
	if _, err := t.tx.Outbox.Cancel(ctx, subject, storage.Must); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	shown, err := t.tx.Sent.About(ctx, subject, storage.Delivered)
	if err != nil {
		return fmt.Errorf("sent: %w", err)
	}
	for _, d := range shown {
		if d.Person == by || d.Edit != "" || d.Ref == "" {
			continue
		}
		person, err := t.tx.People.Person(ctx, d.Person)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("person: %w", err)
		}
		k, err := t.talkTo(ctx, person, d.To, d.Front)
		if err != nil {
			return err
		}
		r := t.b.Book.Tell(flows.Piece{Kind: flows.NewsReviewed, Posting: p.Public(), Name: name}, k.env)
		edit := storage.Delivery{Class: storage.Nice, Priority: storage.UrgentPriority, Subject: "reviewed:" + p.ID, Edit: d.Ref}
		if err := t.sendAs(ctx, k, "reviewed:"+d.Key, r, edit); err != nil {
			return err
		}
	}
	return nil
}

// performReview does what is asked for about reviews; ok is false for other commands.
func (t *turn) performReview(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.BecomeEditor:
		fact, err = t.becomeEditor(ctx, k, c)
	case flows.Queue:
		fact, err = t.queue(ctx, k)
	case flows.LookAtReview:
		fact, err = t.lookAtReview(ctx, k, c)
	case flows.Judge:
		fact, err = t.judge(ctx, k, c)
	case flows.AskBack:
		fact, err = t.askBack(ctx, k, c)
	case flows.ReplyBack:
		fact, err = t.replyBack(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// becomeEditor uses the code of an operator.
func (t *turn) becomeEditor(ctx context.Context, k *talk, c flows.BecomeEditor) (conversations.Fact, error) {
	tok, why, err := t.redeem(ctx, k, editorToken, c.Code)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	f, err := t.tx.Fronts.Front(ctx, strings.TrimPrefix(tok.Subject, "front:"))
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.BadCode)
	}
	if err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	if _, err := t.tx.Tokens.Take(ctx, editorToken, plainCode(c.Code), t.now); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if !slices.Contains(f.Editors, k.person.ID) {
		f.Editors = append(f.Editors, k.person.ID)
		if err := t.tx.Fronts.SaveFront(ctx, &f); err != nil {
			return nil, fmt.Errorf("front: %w", err)
		}
		t.menus = true
	}
	queue, err := waiting(ctx, t.tx, f.ID)
	if err != nil {
		return nil, err
	}
	return flows.EditorNow{Front: f.Name, Waiting: len(queue)}, t.audit(ctx, k, "editor", "front:"+f.ID)
}

// Waiting counts the postings of a front that wait for a review.
func Waiting(ctx context.Context, tx *storage.Tx, front string) (int, error) {
	ps, err := waiting(ctx, tx, front)
	return len(ps), err
}

func waiting(ctx context.Context, tx *storage.Tx, front string) ([]matching.Posting, error) {
	ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Front: front, States: []matching.PostingState{matching.Review}})
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	slices.Reverse(ps)
	return ps, nil
}

// edits tells whether the person is an editor of a front right now.
func (t *turn) edits(ctx context.Context, k *talk, front string) (bool, error) {
	f, err := t.tx.Fronts.Front(ctx, front)
	if err != nil {
		return false, fmt.Errorf("front: %w", err)
	}
	return slices.Contains(f.Editors, k.person.ID), nil
}

func (t *turn) queue(ctx context.Context, k *talk) (conversations.Fact, error) {
	ok, err := t.edits(ctx, k, k.front.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return refused(flows.NotEditor)
	}
	ps, err := waiting(ctx, t.tx, k.front.ID)
	if err != nil {
		return nil, err
	}
	var queued flows.Queued
	for _, p := range ps {
		mine, err := t.mayActFor(ctx, k.person.ID, &p)
		if err != nil {
			return nil, err
		}
		if !mine {
			queued.Postings = append(queued.Postings, p)
		}
	}
	queued.Reports, err = t.reportsFor(ctx, k)
	return queued, err
}

// toReview loads a posting for an editor to judge. Whoever may not is told so before anything is told of it.
func (t *turn) toReview(ctx context.Context, k *talk, id string) (matching.Posting, flows.Refusal, error) {
	p, err := t.tx.Postings.LockPosting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return p, flows.NotEditor, nil
	}
	if err != nil {
		return p, "", fmt.Errorf("posting: %w", err)
	}
	ok, err := t.edits(ctx, k, p.Front)
	if err != nil {
		return p, "", err
	}
	if !ok {
		return p, flows.NotEditor, nil
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	switch {
	case err != nil:
		return p, "", err
	case mine:
		return p, flows.OwnReview, nil
	case p.State.Over():
		return p, flows.Over, nil
	case p.State != matching.Review:
		return p, flows.Decided, nil
	}
	return p, "", nil
}

func (t *turn) lookAtReview(ctx context.Context, k *talk, c flows.LookAtReview) (conversations.Fact, error) {
	p, why, err := t.toReview(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	name, err := t.nameOf(ctx, p.Author)
	return flows.UnderReview{Posting: p, Name: name}, err
}

// judge lets a posting out, or rejects it. What was changed since the editor saw it has to be seen again.
func (t *turn) judge(ctx context.Context, k *talk, c flows.Judge) (conversations.Fact, error) {
	p, why, err := t.toReview(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if p.Revision != c.Revision {
		return refused(flows.Outdated)
	}
	if c.Approve && past(&p, t.now, t.zone(ctx, &p)) {
		return refused(flows.Past)
	}
	judged := flows.Judged{}
	piece := flows.Piece{Kind: flows.NewsApproved}
	p.Reason = ""
	if c.Approve {
		p.State, p.Published = matching.Open, t.now
		if judged.Left, err = t.foundGood(ctx, p.Organisation); err != nil {
			return nil, err
		}
	} else {
		p.State, p.Reason = matching.Rejected, c.Reason
		piece.Kind, piece.Text = flows.NewsRejected, c.Reason
	}
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	if c.Approve {
		live, err := t.goLive(ctx, &p)
		if err != nil {
			return nil, err
		}
		judged.Asked = live.Asked
	}
	piece.Posting, piece.Taken = p, judged.Asked
	if err := t.tellPoster(ctx, &p, piece); err != nil {
		return nil, err
	}
	if err := t.reviewOver(ctx, &p, k.person.ID, k.person.Name); err != nil {
		return nil, err
	}
	judged.Posting = p
	return judged, t.audit(ctx, k, string(piece.Kind), "posting:"+p.ID)
}

// foundGood counts a good posting of an organisation, and returns how many it still needs.
func (t *turn) foundGood(ctx context.Context, organisation string) (int, error) {
	o, err := t.tx.Organisations.Organisation(ctx, organisation)
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("organisation: %w", err)
	}
	o.Good++
	if err := t.tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
		return 0, fmt.Errorf("organisation: %w", err)
	}
	return max(0, goodEnough-o.Good), nil
}

func (t *turn) askBack(ctx context.Context, k *talk, c flows.AskBack) (conversations.Fact, error) {
	p, why, err := t.toReview(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if err := t.tellPoster(ctx, &p, flows.Piece{Kind: flows.NewsAsked, Posting: p, Text: c.Text}); err != nil {
		return nil, err
	}
	return flows.AskedBack{Posting: p}, t.audit(ctx, k, "asked-back", "posting:"+p.ID)
}

// replyBack carries the author's answer to the editors.
func (t *turn) replyBack(ctx context.Context, k *talk, c flows.ReplyBack) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if p.State != matching.Review {
		return refused(flows.Already)
	}
	if err := t.askReviewers(ctx, &p, flows.Piece{Kind: flows.NewsReplied, Text: c.Text}); err != nil {
		return nil, err
	}
	return flows.RepliedBack{Posting: p}, nil
}
