package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/matching/waves"
	"ehrenamt/storage"
)

// change does something in one transaction. Before it is committed the places of every posting that was touched by it
// are evened out.
func (b *Bot) change(ctx context.Context, do func(context.Context, *turn) error) (t *turn, err error) {
	err = b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t = b.newTurn(tx)
		if err := do(ctx, t); err != nil {
			return err
		}
		return t.evenAll(ctx)
	})
	return t, err
}

// stir notes that something about the places of a posting is another way now, and whether some may have become free.
func (t *turn) stir(posting string, freed bool) {
	if t.uneven == nil {
		t.uneven = map[string]bool{}
	}
	t.uneven[posting] = t.uneven[posting] || freed
}

// evenAll evens out all that was stirred.
func (t *turn) evenAll(ctx context.Context) error {
	for len(t.uneven) > 0 {
		id := slices.Min(slices.Collect(maps.Keys(t.uneven)))
		p, err := t.tx.Postings.LockPosting(ctx, id)
		if errors.Is(err, storage.ErrNotFound) {
			delete(t.uneven, id)
			continue
		}
		if err != nil {
			return fmt.Errorf("posting: %w", err)
		}
		if _, err := t.even(ctx, &p); err != nil {
			return err
		}
	}
	return nil
}

// even settles who has which place of a posting, and whether anybody is still looked for: those who come every time
// stay away where a date has become too full, free places go to the waiting list in its order, and the posting is open
// exactly while a date lacks people. Every answer and every posting that is saved leads here before its transaction
// ends, whoever saves it (follow.go, change); who wants to tell how it went comes earlier. The posting has to be locked.
func (t *turn) even(ctx context.Context, p *matching.Posting) (*seats, error) {
	s, err := t.seats(ctx, p)
	if err != nil {
		return nil, err
	}
	defer func() { delete(t.uneven, p.ID) }() // what it does itself is even
	if !p.State.Visible() {
		return s, nil
	}
	if err := t.relieve(ctx, s); err != nil {
		return nil, err
	}
	freed := t.uneven[p.ID]
	if err := t.callUp(ctx, s); err != nil {
		return nil, err
	}
	switch full := s.full(); {
	case full && p.State == matching.Open:
		return s, t.fill(ctx, s)
	case !full && p.State == matching.Filled && len(s.soon()) > 0:
		if err := t.reopen(ctx, p); err != nil {
			return nil, err
		}
		freed = true
	}
	if freed && p.State == matching.Open {
		if _, err := t.wave(ctx, p, waves.Wished); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// fill closes a posting whose every date is full: alerts not yet sent are withdrawn, those sent are edited.
func (t *turn) fill(ctx context.Context, s *seats) error {
	s.p.State = matching.Filled
	if err := t.savePosting(ctx, s.p); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if err := t.stopAsking(ctx, s.p); err != nil {
		return err
	}
	if err := t.learnFilled(ctx, s.p); err != nil {
		return fmt.Errorf("outlook: %w", err)
	}
	o, err := t.forecast(ctx, s.p.ID)
	if err != nil {
		return err
	}
	piece := flows.Piece{Kind: flows.NewsFilled, Posting: *s.p, By: o.by}
	for _, d := range s.soon() {
		piece.Dates = append(piece.Dates, d.Key)
		piece.Date = d.Key
	}
	return t.tellPoster(ctx, s.p, piece)
}

// reopen looks for people again.
func (t *turn) reopen(ctx context.Context, p *matching.Posting) error {
	p.State = matching.Open
	if err := t.savePosting(ctx, p); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if err := t.learnFilled(ctx, p); err != nil {
		return fmt.Errorf("outlook: %w", err)
	}
	return nil
}

// stirs tells whether a changed answer changes anything about places, and whether it frees some.
func stirs(old, a *matching.Answer) (stirred, freed bool) {
	freed = old.State.Takes() && (!a.State.Takes() || a.Seats() < old.Seats() || a.Date != old.Date || len(a.Away) > len(old.Away))
	stirred = old.State != a.State || old.Date != a.Date || old.Seats() != a.Seats() || old.Whole != a.Whole ||
		old.Approved != a.Approved || !old.Queued.Equal(a.Queued) || len(old.Away) != len(a.Away) || old.Posting != a.Posting
	return stirred, freed
}

// roomier tells whether a posting has places now that it had not.
func roomier(old, p *matching.Posting) bool {
	if p.External < old.External || placesGrew(old, p) || !sameDates(old, p) {
		return true
	}
	for i, d := range p.Dates {
		if d.Places != old.Dates[i].Places {
			return true
		}
	}
	for key, n := range old.Outside {
		if p.Outside[key] < n {
			return true
		}
	}
	return false
}
