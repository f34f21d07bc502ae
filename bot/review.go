package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// review files a posting that waits with the editors.
func (t *turn) review(ctx context.Context, p *matching.Posting, why []string) error {
	c := caseOn(storage.PostingCase, p.Front, "posting:"+p.ID)
	c.About, c.Why = p.Author, why
	return t.file(ctx, &c)
}

// reviewAgain shows a changed posting to whoever was asked about it, in place of what they were shown before.
func (t *turn) reviewAgain(ctx context.Context, k *talk, p *matching.Posting, why []string) error {
	c, open, err := t.openCase(ctx, storage.PostingCase, "posting:"+p.ID)
	if err != nil {
		return err
	}
	if err := t.setEnd(ctx, p); err != nil {
		return err
	}
	if !open {
		return t.review(ctx, p, why)
	}
	if err := t.caseOver(ctx, &c, "", k.person.Name); err != nil {
		return err
	}
	c.Why = why
	if err := t.tx.Cases.SaveCase(ctx, &c); err != nil {
		return fmt.Errorf("case: %w", err)
	}
	return t.showCase(ctx, &c, c.Asked, false)
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
	case flows.LookAtCase:
		fact, err = t.lookAtCase(ctx, k, c)
	case flows.Judge:
		fact, err = t.judge(ctx, k, c)
	case flows.DecideCase:
		fact, err = t.decide(ctx, k, c)
	case flows.Merge:
		fact, err = t.merge(ctx, k, c)
	case flows.LookAtBlocked:
		fact, err = t.lookAtBlocked(ctx, k)
	case flows.Unblock:
		fact, err = t.unblock(ctx, k, c)
	case flows.Reword:
		fact, err = t.reword(ctx, k, c)
	case flows.AskBack:
		fact, err = t.askBack(ctx, k, c)
	case flows.ReplyBack:
		fact, err = t.replyBack(ctx, k, c)
	case flows.LookAtReportable:
		fact, err = t.reportable(ctx, k)
	case flows.Report:
		fact, err = t.report(ctx, k, c)
	case flows.LookAtDecisions:
		fact, err = t.decisions(ctx, k)
	case flows.Complain:
		fact, err = t.complain(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// becomeEditor uses the code of an operator: it makes an editor of a front, or another operator.
func (t *turn) becomeEditor(ctx context.Context, k *talk, c flows.BecomeEditor) (conversations.Fact, error) {
	if tok, err := t.tx.Tokens.Peek(ctx, operatorToken, plainCode(c.Code), t.now); err == nil {
		return t.becomeOperator(ctx, k, c.Code, tok)
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("token: %w", err)
	}
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
	open, err := t.tx.Cases.OpenCases(ctx, f.ID, casesListed)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	return flows.EditorNow{Front: f.Name, Waiting: len(open)}, t.audit(ctx, k, "editor", "front:"+f.ID)
}

func (t *turn) becomeOperator(ctx context.Context, k *talk, code string, _ storage.Token) (conversations.Fact, error) {
	if _, why, err := t.redeem(ctx, k, operatorToken, code); err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if _, err := t.tx.Tokens.Take(ctx, operatorToken, plainCode(code), t.now); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if err := t.tx.Operators.AddOperator(ctx, k.person.ID, t.now); err != nil {
		return nil, fmt.Errorf("operator: %w", err)
	}
	t.menus = true
	return flows.EditorNow{}, t.audit(ctx, k, "operator", "person:"+k.person.ID)
}

// Waiting counts what waits for the editors of a front.
func Waiting(ctx context.Context, tx *storage.Tx, front string) (int, error) {
	open, err := tx.Cases.OpenCases(ctx, front, 10000)
	return len(open), err
}

// edits tells whether the person is an editor of a front right now.
func (t *turn) edits(ctx context.Context, k *talk, front string) (bool, error) {
	f, err := t.tx.Fronts.Front(ctx, front)
	if err != nil {
		return false, fmt.Errorf("front: %w", err)
	}
	return slices.Contains(f.Editors, k.person.ID), nil
}

// queue is what the person may decide here: of this front as its editor, of all fronts what came to the operators.
func (t *turn) queue(ctx context.Context, k *talk) (conversations.Fact, error) {
	edits, err := t.edits(ctx, k, k.front.ID)
	if err != nil {
		return nil, err
	}
	ops, err := t.tx.Operators.AllOperators(ctx)
	if err != nil {
		return nil, fmt.Errorf("operators: %w", err)
	}
	operates := slices.Contains(ops, k.person.ID)
	if !edits && !operates {
		return refused(flows.NotEditor)
	}
	front := k.front.ID
	if operates {
		front = ""
	}
	open, err := t.tx.Cases.OpenCases(ctx, front, casesListed)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	var queued flows.Queued
	for i := range open {
		if open[i].Front != k.front.ID && !open[i].Operator {
			continue
		}
		why, err := t.mayDecide(ctx, k, &open[i])
		if err != nil {
			return nil, err
		}
		if gone, err := t.moot(ctx, &open[i]); err != nil {
			return nil, err
		} else if why != "" || gone {
			continue
		}
		x, err := t.waitingOf(ctx, &open[i])
		if err != nil {
			return nil, err
		}
		queued.All = append(queued.All, x)
	}
	return queued, nil
}

// toReview loads a posting for an editor to judge. Whoever may not is told so before anything is told of it.
func (t *turn) toReview(ctx context.Context, k *talk, id string) (p matching.Posting, c storage.Case, why flows.Refusal, err error) {
	p, err = t.tx.Postings.LockPosting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return p, c, flows.NotEditor, nil
	}
	if err != nil {
		return p, c, "", fmt.Errorf("posting: %w", err)
	}
	c, open, err := t.openCase(ctx, storage.PostingCase, "posting:"+p.ID)
	if err != nil {
		return p, c, "", err
	}
	if !open {
		c = caseOn(storage.PostingCase, p.Front, "posting:"+p.ID)
		c.About, c.State = p.Author, storage.CaseDecided
	}
	why, err = t.mayDecide(ctx, k, &c)
	switch {
	case err != nil || why != "" && why != flows.Decided:
		return p, c, why, err
	case p.State.Over():
		return p, c, flows.Over, nil
	case p.State != matching.Review:
		return p, c, flows.Decided, nil
	}
	return p, c, "", nil
}

func (t *turn) lookAtReview(ctx context.Context, k *talk, c flows.LookAtReview) (conversations.Fact, error) {
	_, file, why, err := t.toReview(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	x, err := t.waitingOf(ctx, &file)
	return flows.UnderReview{Waiting: x}, err
}

func (t *turn) lookAtCase(ctx context.Context, k *talk, c flows.LookAtCase) (conversations.Fact, error) {
	file, why, err := t.toDecide(ctx, k, c.Case)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	x, err := t.waitingOf(ctx, &file)
	return flows.UnderReview{Waiting: x}, err
}

// toDecide loads a case for whoever may decide it.
func (t *turn) toDecide(ctx context.Context, k *talk, id string) (storage.Case, flows.Refusal, error) {
	c, err := t.tx.Cases.Case(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return c, flows.NotEditor, nil
	}
	if err != nil {
		return c, "", fmt.Errorf("case: %w", err)
	}
	why, err := t.mayDecide(ctx, k, &c)
	return c, why, err
}

// judge lets a posting out, or rejects it. What was changed since the editor saw it has to be seen again.
func (t *turn) judge(ctx context.Context, k *talk, c flows.Judge) (conversations.Fact, error) {
	p, file, why, err := t.toReview(ctx, k, c.Posting)
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
	if c.Approve {
		if judged.Left, err = t.foundGood(ctx, p.Organisation); err != nil {
			return nil, err
		}
		if judged.Asked, err = t.letOut(ctx, &p); err != nil {
			return nil, err
		}
	} else if err := t.reject(ctx, &p, c.Reason); err != nil {
		return nil, err
	}
	v, piece := flows.Fine, flows.Piece{Kind: flows.NewsApproved, Taken: judged.Asked}
	if !c.Approve {
		v, piece = flows.Rejected, flows.Piece{Kind: flows.NewsRejected, Text: c.Reason}
	}
	if err := t.closeCase(ctx, k, &file, v, c.Reason); err != nil {
		return nil, err
	}
	piece.Posting, piece.Waiting = p, decisionOf(&file)
	if err := t.tellPoster(ctx, &p, piece); err != nil {
		return nil, err
	}
	judged.Posting = p
	return judged, t.audit(ctx, k, string(piece.Kind), "posting:"+p.ID)
}

// decisionOf is what a statement of reasons names of a case: that it can be complained about, and how it began.
func decisionOf(c *storage.Case) flows.Waiting {
	return flows.Waiting{Case: c.ID, Kind: flows.CaseKind(c.Kind), Why: c.Why, Verdict: flows.Verdict(c.Verdict)}
}

// letOut publishes a posting, and returns how many people were asked at once.
func (t *turn) letOut(ctx context.Context, p *matching.Posting) (int, error) {
	p.State, p.Reason = matching.Open, ""
	if p.Published.IsZero() {
		p.Published = t.now
	}
	if err := t.savePosting(ctx, p); err != nil {
		return 0, fmt.Errorf("posting: %w", err)
	}
	live, err := t.goLive(ctx, p)
	return live.Asked, err
}

// reject takes a posting out of sight. Its author can mend it.
func (t *turn) reject(ctx context.Context, p *matching.Posting, reason string) error {
	shown := p.State.Visible()
	p.State, p.Reason = matching.Rejected, reason
	if err := t.savePosting(ctx, p); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if !shown {
		return nil
	}
	if err := t.stopAsking(ctx, p); err != nil {
		return err
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	for _, a := range answers { // their answers stay: it may come back
		if !a.State.Live() || t.over(ctx, p, a.Date) {
			continue
		}
		if _, err := t.tell(ctx, a.Person, "", flows.Piece{Kind: flows.NewsOffline, Posting: p.Public(), Answer: a}, urgent("posting:"+p.ID)); err != nil {
			return err
		}
	}
	return nil
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
	p, _, why, err := t.toReview(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if err := t.tellPoster(ctx, &p, flows.Piece{Kind: flows.NewsAsked, Posting: p, Text: c.Text}); err != nil {
		return nil, err
	}
	return flows.AskedBack{Posting: p}, t.audit(ctx, k, "asked-back", "posting:"+p.ID)
}

// replyBack carries the author's answer to the editors who were asked about the posting.
func (t *turn) replyBack(ctx context.Context, k *talk, c flows.ReplyBack) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	file, open, err := t.openCase(ctx, storage.PostingCase, "posting:"+p.ID)
	if err != nil {
		return nil, err
	}
	if p.State != matching.Review || !open {
		return refused(flows.Already)
	}
	piece, err := t.pieceOf(ctx, &file)
	if err != nil {
		return nil, err
	}
	piece.Kind, piece.Text = flows.NewsReplied, c.Text
	for _, e := range file.Asked {
		if e == inGroup {
			err = t.tellGroup(ctx, p.Front, "reply:"+t.now.UTC().Format(time.RFC3339Nano)+file.ID, piece, "case:"+file.ID)
		} else {
			_, err = t.tell(ctx, e, "", piece, urgent("case:"+file.ID))
		}
		if err != nil {
			return nil, err
		}
	}
	return flows.RepliedBack{Posting: p}, nil
}
