package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

// following is a transaction in which everything that follows from an answer or a posting being saved (reminders,
// clocks against silence, what was confided) happens with it, whoever saves it.
func (t *turn) following(tx *storage.Tx) *storage.Tx {
	own := *tx
	own.Answers = followedAnswers{tx.Answers, t}
	own.Postings = followedPostings{tx.Postings, t}
	return &own
}

type followedAnswers struct {
	storage.Answers
	t *turn
}

// SaveAnswer saves, and does what follows.
func (f followedAnswers) SaveAnswer(ctx context.Context, a *matching.Answer) error {
	var old matching.Answer
	if a.ID != "" {
		var err error
		if old, err = f.Answer(ctx, a.ID); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	if err := f.Answers.SaveAnswer(ctx, a); err != nil {
		return err
	}
	if stirred, freed := stirs(&old, a); stirred {
		f.t.stir(a.Posting, freed)
	}
	if old.State == a.State && old.Date == a.Date {
		return nil
	}
	p, err := f.t.tx.Postings.Posting(ctx, a.Posting)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	return f.t.answerFollows(ctx, &p, &old, a)
}

// answerFollows does what follows from an answer having become another one.
func (t *turn) answerFollows(ctx context.Context, p *matching.Posting, old, a *matching.Answer) error {
	if err := t.planReminder(ctx, p, a); err != nil {
		return err
	}
	if err := t.planSilence(ctx, p, old, a); err != nil {
		return err
	}
	if expected(old.State) && !expected(a.State) && a.State != matching.Attended && a.State != matching.NoShow {
		return t.takeDetailsBack(ctx, p, a)
	}
	return nil
}

// expected tells whether somebody is counted on.
func expected(s matching.AnswerState) bool { return s == matching.Accepted || s == matching.Confirmed }

type followedPostings struct {
	storage.Postings
	t *turn
}

// SavePosting saves, and does what follows. What has no end is leased when it is first shown.
func (f followedPostings) SavePosting(ctx context.Context, p *matching.Posting, at time.Time) error {
	var old matching.Posting
	if p.ID != "" {
		var err error
		if old, err = f.Posting(ctx, p.ID); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	if endless(p) && p.State.Visible() && p.Lease.IsZero() {
		p.Lease = f.t.now.Add(leaseOf)
	}
	if err := f.Postings.SavePosting(ctx, p, at); err != nil {
		return err
	}
	if p.State.Visible() {
		f.t.stir(p.ID, old.State.Visible() && roomier(&old, p))
	}
	return f.t.postingFollows(ctx, &old, p)
}

// postingFollows does what follows from a posting having become another one.
func (t *turn) postingFollows(ctx context.Context, old, p *matching.Posting) error {
	if err := t.planLease(ctx, p); err != nil {
		return err
	}
	if old.State != p.State || !sameDates(old, p) {
		if err := t.planAfterwards(ctx, old, p); err != nil {
			return err
		}
	}
	if old.ID == "" || sameDates(old, p) {
		return nil
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	for i := range answers {
		if expected(answers[i].State) {
			if err := t.planReminder(ctx, p, &answers[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func sameDates(a, b *matching.Posting) bool {
	if len(a.Dates) != len(b.Dates) || a.Recurrence != b.Recurrence || !slices.EqualFunc(a.Exceptions, b.Exceptions, func(x, y matching.Exception) bool {
		return x.Key == y.Key && x.Skip == y.Skip && x.Span.Start.Equal(y.Span.Start) && x.Span.End.Equal(y.Span.End)
	}) {
		return false
	}
	for i := range a.Dates {
		if !a.Dates[i].Start.Equal(b.Dates[i].Start) || !a.Dates[i].End.Equal(b.Dates[i].End) {
			return false
		}
	}
	return true
}
