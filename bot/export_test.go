package bot

import (
	"context"
	"errors"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

var errTried = errors.New("tried")

// Try is Perform, and undoes it.
func (b *Bot) Try(ctx context.Context, a channels.Address, cmd conversations.Command) (fact conversations.Fact, err error) {
	if fact, err = b.perform(ctx, a, cmd, errTried); errors.Is(err, errTried) {
		err = nil
	}
	return fact, err
}

// Perform does a command for whoever an address belongs to, past every menu, as a flow that was tricked would.
func (b *Bot) Perform(ctx context.Context, a channels.Address, cmd conversations.Command) (conversations.Fact, error) {
	return b.perform(ctx, a, cmd, nil)
}

func (b *Bot) perform(ctx context.Context, a channels.Address, cmd conversations.Command, then error) (fact conversations.Fact, err error) {
	_, err = b.change(ctx, func(ctx context.Context, t *turn) error {
		tx := t.tx
		rec, err := tx.Addresses.Owner(ctx, a)
		if err != nil {
			return err
		}
		p, err := tx.People.Person(ctx, rec.Person)
		if err != nil {
			return err
		}
		k, err := t.talkTo(ctx, p, a, rec.Front)
		if err != nil {
			return err
		}
		if fact, err = t.perform(ctx, k, cmd); err != nil {
			return err
		}
		if err := t.evenAll(ctx); err != nil {
			return err
		}
		return then
	})
	return fact, err
}

// WorkingAfter is when so much working time of a state has passed.
func WorkingAfter(state string, from time.Time, work time.Duration) time.Time {
	return calendarFor(state).after(from, work)
}

// Fitting are the subscriptions that the index proposes for a posting.
func (b *Bot) Fitting(ctx context.Context, tx *storage.Tx, p *matching.Posting) ([]matching.Subscription, error) {
	t := b.newTurn(tx)
	f, err := b.fronts.front(ctx, tx, p.Front)
	if err != nil {
		return nil, err
	}
	return t.fitting(ctx, p, &f, nil, false)
}

// Retrieve are the postings that the index proposes for a query.
func (b *Bot) Retrieve(ctx context.Context, tx *storage.Tx, q matching.Query) ([]matching.Posting, error) {
	return b.newTurn(tx).retrieve(ctx, q)
}

// Follow brings changes into the index.
func (b *Bot) Follow(ctx context.Context) error { return b.finder.follow(ctx) }

// ForgetFronts lets fronts be read anew.
func (b *Bot) ForgetFronts() { b.fronts.forget() }
