package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// calendar hears what somebody's calendar answers to an entry of ours (RFC 5546): "accepted" and "declined" are a yes and
// a no, "tentative" is neither. What the calendar only repeats is met with silence, for it has told its owner already.
// ok is false for what is no such answer: its words are heard like all others.
func (t *turn) calendar(ctx context.Context, k *talk, m *channels.Message) (way flows.Way, silent, ok bool, err error) {
	if m.Kind != channels.Calendar || m.Invite == nil || m.Invite.Method != "REPLY" {
		return way, false, false, nil
	}
	id := flows.AnswerOfEvent(m.Invite.UID)
	if id == "" {
		return way, false, false, nil
	}
	way.Frame = -1
	a, err := t.tx.Answers.Answer(ctx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && a.Person != k.person.ID {
		way.At = "stale" // it was never theirs, or is forgotten
		return way, false, true, nil
	}
	if err != nil {
		return way, false, true, fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.Posting(ctx, a.Posting)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return way, false, true, fmt.Errorf("posting: %w", err)
	}
	held := a.State == matching.Accepted || a.State == matching.Confirmed
	about := a.Posting + " " + strconv.Itoa(a.Date)
	way.Open = flows.Answer
	switch m.Invite.PartStat {
	case "ACCEPTED":
		way.Args, silent = "yes "+about, held
	case "DECLINED":
		way.Args, silent = "no "+about, !a.State.Live()
	default:
		unsure := t.b.Book.Unsure(&p, a.Date, k.env)
		way.Open, way.Ask = "", &unsure
	}
	return way, silent, true, nil
}
