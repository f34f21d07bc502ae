package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// Persons who say nothing for long are asked whether they still want to be known, and forgotten if they do
// not answer. Anything they write or press is an answer.
const (
	inactiveMonths = 24
	inactiveGrace  = 30 * 24 * time.Hour
	inactiveLook   = 5000 // the longest silent, looked at a day
	inactiveMax    = 200  // asked or removed a day
	askedInactive  = "asked_inactive"
)

// peopleJobs are the daily jobs that say something to people.
func (b *Bot) peopleJobs() []job {
	with := func(do func(*turn, context.Context) (int, error)) func(context.Context, *storage.Tx, time.Time) (int, error) {
		return func(ctx context.Context, tx *storage.Tx, _ time.Time) (int, error) {
			t := b.newTurn(tx)
			n, err := do(t, ctx)
			return n, errors.Join(err, t.evenAll(ctx))
		}
	}
	return []job{
		{"clean-erased", 0, with((*turn).cleanErased)},
		{"inactive", 10, with((*turn).inactive)}, // by day, outside everybody's quiet hours
		{"figures", 9, with((*turn).monthlyFigures)},
		{"digest-notes", 12, with((*turn).planNotes)},
	}
}

// inactive asks those who are silent for long, and removes those who did not answer.
func (t *turn) inactive(ctx context.Context) (int, error) {
	ids, err := t.tx.People.InactiveSince(ctx, t.now.AddDate(0, -inactiveMonths, 0), inactiveLook)
	if err != nil {
		return 0, fmt.Errorf("inactive: %w", err)
	}
	n := 0
	for _, id := range ids {
		if n == inactiveMax {
			break
		}
		p, err := t.tx.People.Person(ctx, id)
		if err != nil {
			return n, fmt.Errorf("person: %w", err)
		}
		var asked time.Time
		if err := noted(&p, askedInactive, &asked); err != nil {
			return n, err
		}
		switch {
		case !asked.After(p.Active):
			err = t.askInactive(ctx, &p)
		case t.now.Sub(asked) >= inactiveGrace:
			err = t.removeSilent(ctx, p)
		default:
			continue
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// askInactive asks where they are reached; whoever cannot be reached any more has the same time to come back.
func (t *turn) askInactive(ctx context.Context, p *storage.Person) error {
	if _, err := note(p, askedInactive, t.now); err != nil {
		return err
	}
	if err := t.tx.People.SavePerson(ctx, p); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if p.Stopped {
		return nil // they wish to hear nothing
	}
	_, err := t.tell(ctx, p.ID, "", flows.Piece{Kind: flows.NewsInactive}, urgent("person:"+p.ID))
	return err
}

// removeSilent erases somebody as they would themselves, and says so where they were reached.
func (t *turn) removeSilent(ctx context.Context, p storage.Person) error {
	rec, ok, err := t.reach(ctx, p.ID)
	if err != nil {
		return err
	}
	k := &talk{person: p}
	if ok {
		if k, err = t.talkTo(ctx, p, rec.Address, rec.Front); err != nil {
			return err
		}
	} else {
		if k.front, err = t.b.fronts.front(ctx, t.tx, p.Front); err != nil {
			return err
		}
		t.setEnv(k)
	}
	if _, err := t.erase(ctx, k); err != nil || !ok || p.Stopped {
		return err
	}
	return t.farewell(ctx, k, t.b.Book.Tell(flows.Piece{Kind: flows.NewsRemoved}, k.env))
}

// CleanErased removes at once whoever was erased and came back with a restored backup, and returns how many.
func (b *Bot) CleanErased(ctx context.Context) (int, error) {
	for all := 0; ; {
		n := 0
		t, err := b.change(ctx, func(ctx context.Context, t *turn) (err error) {
			n, err = t.cleanErased(ctx)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("clean erased: %w", err)
		}
		b.after(t)
		if all += n; n == 0 {
			return all, nil
		}
	}
}

// cleanErased removes again whoever was erased and came back with a restored backup. They are told nothing: they
// were told when they went.
func (t *turn) cleanErased(ctx context.Context) (int, error) {
	ids, err := t.tx.People.Returned(ctx, inactiveMax)
	if err != nil {
		return 0, fmt.Errorf("returned: %w", err)
	}
	for i, id := range ids {
		p, err := t.tx.People.Person(ctx, id)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return i, fmt.Errorf("person: %w", err)
		}
		k := &talk{person: p}
		if k.front, err = t.b.fronts.front(ctx, t.tx, p.Front); err != nil {
			return i, err
		}
		k.env = conversations.Env{Now: t.now, Zone: t.b.fronts.zone(k.front), Front: k.front.ID, Person: p.ID}
		if _, err := t.erase(ctx, k); err != nil {
			return i, err
		}
	}
	return len(ids), nil
}
