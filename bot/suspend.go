package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// Suspend lets a front rest, or run again. Nothing of it is lost meanwhile: its people are told when they write, its
// postings are neither shown nor asked for, what was agreed stays agreed. Its neighbours go on.
func Suspend(ctx context.Context, s storage.Store, front string, suspended bool, now time.Time) error {
	return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, front)
		if err != nil {
			return err
		}
		if f.Suspended == suspended {
			return nil
		}
		f.Suspended, f.Since = suspended, time.Time{}
		action := "resumed"
		if suspended {
			action, f.Since = "suspended", now
		}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return fmt.Errorf("front %s: %w", front, err)
		}
		if !suspended {
			if err := wakePostings(ctx, tx, front, now); err != nil {
				return err
			}
		}
		return tx.Audit.Append(ctx, storage.Entry{Front: front, Actor: "operator", Action: action, Subject: "front:" + front, At: now})
	})
}

// wakePostings lets the search for people go on for every open posting of a front.
func wakePostings(ctx context.Context, tx *storage.Tx, front string, now time.Time) error {
	ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Front: front, States: []matching.PostingState{matching.Open}, Limit: 100000})
	if err != nil {
		return fmt.Errorf("postings: %w", err)
	}
	for _, p := range ps {
		tm := storage.Timer{Key: "wave:" + p.ID, Kind: "wave", Subject: "posting:" + p.ID, Due: now}
		if err := tx.Timers.SetTimer(ctx, tm); err != nil {
			return fmt.Errorf("timer: %w", err)
		}
	}
	return nil
}

// rests tells whether a front is suspended. A front nobody knows any more rests, too.
func (t *turn) rests(ctx context.Context, front string) (bool, error) {
	f, err := t.b.fronts.front(ctx, t.tx, front)
	if errors.Is(err, storage.ErrNotFound) {
		return true, nil
	}
	return f.Suspended, err
}

// awake leaves out the postings of fronts that rest.
func (t *turn) awake(ctx context.Context, ps []matching.Posting) ([]matching.Posting, error) {
	var failed error
	ps = slices.DeleteFunc(ps, func(p matching.Posting) bool {
		rests, err := t.rests(ctx, p.Front)
		failed = errors.Join(failed, err)
		return rests
	})
	return ps, failed
}

// resting answers whoever writes to a front that is suspended. What is theirs they can still see, take back and
// delete; everything else has to wait, and they are told so.
func (t *turn) resting(ctx context.Context, k *talk, way flows.Way) (bool, error) {
	if !k.front.Suspended || stillTheirs(k, way) {
		return false, nil
	}
	var others []string
	for _, id := range k.front.Neighbours {
		f, err := t.b.fronts.front(ctx, t.tx, id)
		if errors.Is(err, storage.ErrNotFound) || err == nil && f.Suspended {
			continue
		}
		if err != nil {
			return true, err
		}
		others = append(others, f.Name)
	}
	promised, err := t.promised(ctx, k)
	if err != nil {
		return true, err
	}
	k.say = append(k.say, t.b.Book.Resting(k.front.Name, others, promised, k.env))
	return true, nil
}

// promisedMax is how many promises are offered to be taken back while a front rests.
const promisedMax = 5

// promised are the postings the person has agreed to and that are still ahead.
func (t *turn) promised(ctx context.Context, k *talk) ([]matching.Posting, error) {
	answers, err := t.tx.Answers.OfAnswerer(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	var out []matching.Posting
	for _, a := range answers {
		if !a.State.Live() || len(out) == promisedMax || slices.ContainsFunc(out, func(p matching.Posting) bool { return p.ID == a.Posting }) {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) || err == nil && (!p.State.Visible() || over(&p, a.Date, t)) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		out = append(out, p.Public())
	}
	return out, nil
}
