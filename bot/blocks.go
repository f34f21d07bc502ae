package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// keepOut blocks the person a report is about at the front: what they post there privately is taken back, and they
// are told why. Editors are dismissed by the operator, not by each other.
func (t *turn) keepOut(ctx context.Context, k *talk, c *storage.Case, reason string) (flows.Refusal, error) {
	f, err := t.tx.Fronts.Front(ctx, c.Front)
	if err != nil {
		return "", fmt.Errorf("front: %w", err)
	}
	if c.About == "" {
		return flows.Unknown, nil
	}
	if slices.Contains(f.Editors, c.About) {
		return flows.NotAllowed, nil
	}
	if err := t.tx.Blocks.SetBlock(ctx, storage.Block{Front: c.Front, Person: c.About, At: t.now, By: k.person.ID, Reason: reason}); err != nil {
		return "", err
	}
	ps, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Front: c.Front, Author: c.About, States: running})
	if err != nil {
		return "", fmt.Errorf("postings: %w", err)
	}
	for i := range ps {
		if ps[i].Organisation == "" && ps[i].State.To(matching.Withdrawn) == nil {
			if _, err := t.takeBack(ctx, &ps[i]); err != nil {
				return "", err
			}
		}
	}
	if err := t.shutThread(ctx, c, storage.ThreadOpen, storage.ThreadClosed); err != nil {
		return "", err
	}
	if err := t.closeCase(ctx, k, c, flows.Block, reason); err != nil {
		return "", err
	}
	piece := flows.Piece{Kind: flows.NewsBlocked, Name: f.Name, Text: reason, Waiting: decisionOf(c)}
	if _, err := t.tell(ctx, c.About, "", piece, urgent("person:"+c.About)); err != nil {
		return "", err
	}
	return "", t.audit(ctx, k, "blocked", "person:"+c.About)
}

// blockedAt is the block that holds for somebody at a front, if there is one.
func (t *turn) blockedAt(ctx context.Context, front, person string, a channels.Address) (storage.Block, bool, error) {
	b, err := t.tx.Blocks.Blocked(ctx, front, person, a, t.now)
	if errors.Is(err, storage.ErrNotFound) {
		return b, false, nil
	}
	return b, err == nil, err
}

// stopped answers whoever is blocked where they write. What is theirs they can still see, take back, delete and
// complain about.
func (t *turn) stopped(ctx context.Context, k *talk, way flows.Way) (bool, error) {
	b, blocked, err := t.blockedAt(ctx, k.front.ID, k.person.ID, k.addr)
	if err != nil || !blocked {
		return false, err
	}
	if stillTheirs(k, way) || way.Open == flows.ReportFlow && (strings.HasPrefix(way.Args, "complain") || way.Args == "decisions") ||
		way.Frame >= 0 && way.Frame < len(k.state.Frames) && k.state.Frames[way.Frame].Flow == flows.ReportFlow {
		return false, nil
	}
	k.say = append(k.say, t.b.Book.KeptOut(k.front.Name, b.Reason, k.env))
	return true, nil
}

// stillTheirs tells whether a message leads to what nobody can be kept from: their data, an end to messages, and
// taking back what they promised.
func stillTheirs(k *talk, way flows.Way) bool {
	verb, _, _ := strings.Cut(way.Args, " ")
	switch {
	case way.Word == conversations.Cancel, way.Open == flows.Privacy, way.Open == flows.Home && verb == "stop", way.Open == flows.Answer && verb == "no", way.Open == flows.Care:
		return true
	}
	return way.Frame >= 0 && way.Frame < len(k.state.Frames) && k.state.Frames[way.Frame].Flow == flows.Privacy
}

func (t *turn) lookAtBlocked(ctx context.Context, k *talk) (conversations.Fact, error) {
	if edits, err := t.edits(ctx, k, k.front.ID); err != nil || !edits {
		return flows.Refused{Why: flows.NotEditor}, err
	}
	all, err := t.tx.Blocks.BlocksOf(ctx, k.front.ID, 10)
	if err != nil {
		return nil, fmt.Errorf("blocks: %w", err)
	}
	var out flows.BlockedPeople
	for _, b := range all {
		name, err := t.nameOf(ctx, b.Person)
		if err != nil {
			return nil, err
		}
		out.All = append(out.All, flows.BlockedPerson{Person: b.Person, Name: name, Reason: b.Reason, Since: b.At})
	}
	return out, nil
}

func (t *turn) unblock(ctx context.Context, k *talk, c flows.Unblock) (conversations.Fact, error) {
	if edits, err := t.edits(ctx, k, k.front.ID); err != nil || !edits {
		return flows.Refused{Why: flows.NotEditor}, err
	}
	if c.Person == k.person.ID {
		return refused(flows.OwnReview)
	}
	n, err := t.tx.Blocks.LiftBlock(ctx, k.front.ID, c.Person)
	if err != nil {
		return nil, fmt.Errorf("block: %w", err)
	}
	if n == 0 {
		return refused(flows.Already)
	}
	if _, err := t.tell(ctx, c.Person, "", flows.Piece{Kind: flows.NewsUnblocked, Name: k.front.Name}, urgent("person:"+c.Person)); err != nil {
		return nil, err
	}
	name, err := t.nameOf(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	return flows.Unblocked{Name: name}, t.audit(ctx, k, "unblocked", "person:"+c.Person)
}
