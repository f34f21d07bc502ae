package bot

import (
	"context"
	"errors"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
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
	err = b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t := b.newTurn(tx)
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
		return then
	})
	return fact, err
}

// WorkingAfter is when so much working time of a state has passed.
func WorkingAfter(state string, from time.Time, work time.Duration) time.Time {
	return calendarFor(state).after(from, work)
}
