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

// merge takes a posting that waits back in favour of one that says the same and is out. Who has answered it already
// keeps their answer there, as far as it has the same date.
func (t *turn) merge(ctx context.Context, k *talk, c flows.Merge) (conversations.Fact, error) {
	p, file, why, err := t.toReview(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	into, err := t.tx.Postings.LockPosting(ctx, c.Into)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (into.Front != p.Front || into.ID == p.ID || !into.State.Visible()) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	moved, err := t.moveAnswers(ctx, &p, &into)
	if err != nil {
		return nil, err
	}
	if err := t.closeCase(ctx, k, &file, flows.Rejected, into.Code); err != nil {
		return nil, err
	}
	if _, err := t.takeBack(ctx, &p); err != nil {
		return nil, err
	}
	piece := flows.Piece{Kind: flows.NewsMerged, Posting: into.Public(), Text: p.Title, Waiting: decisionOf(&file)}
	if err := t.tellPoster(ctx, &p, piece); err != nil {
		return nil, err
	}
	if moved > 0 {
		if _, err := t.even(ctx, &into); err != nil {
			return nil, err
		}
	}
	return flows.MergedPostings{Posting: p, Into: into, Moved: moved}, t.audit(ctx, k, "merged", "posting:"+p.ID)
}

// moveAnswers moves what was answered to one posting to the other where dates agree and there is room.
func (t *turn) moveAnswers(ctx context.Context, from, to *matching.Posting) (int, error) {
	answers, err := t.tx.Answers.OfPosting(ctx, from.ID)
	if err != nil {
		return 0, fmt.Errorf("answers: %w", err)
	}
	room, err := t.seats(ctx, to)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, a := range answers {
		date, ok := sameDate(from, to, a.Date, room.zone)
		if !a.State.Live() || !ok {
			continue
		}
		if _, err := t.tx.Answers.FindAnswer(ctx, to.ID, date, a.Person); err == nil {
			continue
		} else if !errors.Is(err, storage.ErrNotFound) {
			return n, fmt.Errorf("answer: %w", err)
		}
		if free := room.freeFor(date, ""); a.State.Takes() && free >= 0 && free < a.Seats() {
			continue
		}
		moved := a
		moved.ID, moved.Revision, moved.Posting, moved.Date, moved.Changed = "", 0, to.ID, date, t.now
		a.State, a.Changed = matching.Lapsed, t.now
		for _, x := range []*matching.Answer{&a, &moved} {
			if err := t.tx.Answers.SaveAnswer(ctx, x); err != nil {
				return n, fmt.Errorf("answer: %w", err)
			}
		}
		room.keep(moved)
		n++
	}
	return n, nil
}

// sameDate is the date of one posting that begins when that of another does.
func sameDate(from, to *matching.Posting, date int, zone *time.Location) (int, bool) {
	if !from.Dated() || !to.Dated() {
		return 0, !from.Dated() && !to.Dated()
	}
	if date == matching.EveryDate {
		return date, from.Recurrence == to.Recurrence && from.Dates[0].Start.Equal(to.Dates[0].Start)
	}
	was, ok := from.On(date, zone)
	if !ok {
		return 0, false
	}
	for _, d := range to.Occurrences(was.Start.Add(-1), was.Until(), zone) {
		if d.Start.Equal(was.Start) {
			return d.Key, true
		}
	}
	return 0, false
}
