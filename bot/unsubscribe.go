package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ehrenamt/storage"
)

// stopToken stands for whoever got a mail nobody had to send; stopDays is how long its link works.
const (
	stopToken = "unsubscribe"
	stopDays  = 400
)

// stopLink is the link that ends such mails with one click, "" where there are no pages.
func (t *turn) stopLink(ctx context.Context, person string) (string, error) {
	if t.b.PublicURL == "" || person == "" {
		return "", nil
	}
	code, err := newCode(t.b.Rand)
	if err != nil {
		return "", err
	}
	tok := storage.Token{Kind: stopToken, Subject: "person:" + person, Person: person, Expires: t.now.AddDate(0, 0, stopDays), Uses: -1}
	if err := t.tx.Tokens.PutToken(ctx, code, tok); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return strings.TrimRight(t.b.PublicURL, "/") + "/u/" + code, nil
}

// Unsubscribe stops every message to whoever a link was sent to, but for answers to what they write.
func (b *Bot) Unsubscribe(ctx context.Context, code string) (Used, error) {
	return b.byStopLink(ctx, code, func(ctx context.Context, t *turn, k *talk) (bool, error) {
		if k.person.Stopped {
			return false, nil
		}
		_, err := t.halt(ctx, k)
		return true, err
	})
}

// Resubscribe takes Unsubscribe back.
func (b *Bot) Resubscribe(ctx context.Context, code string) (Used, error) {
	return b.byStopLink(ctx, code, func(ctx context.Context, t *turn, k *talk) (bool, error) {
		if !k.person.Stopped {
			return false, nil
		}
		_, err := t.wakeUp(ctx, k)
		return true, err
	})
}

// byStopLink does something for whoever a link was sent to; do tells whether anything changed.
func (b *Bot) byStopLink(ctx context.Context, code string, do func(context.Context, *turn, *talk) (bool, error)) (Used, error) {
	used := UsedUnknown
	t, err := b.change(ctx, func(ctx context.Context, t *turn) error {
		tx := t.tx
		used = UsedUnknown
		token, err := tx.Tokens.Peek(ctx, stopToken, plainCode(code), t.now)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		p, err := tx.People.Person(ctx, token.Person)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		changed, err := do(ctx, t, &talk{person: p})
		used = UsedBefore
		if changed {
			used = UsedNow
		}
		return err
	})
	if err != nil {
		return UsedUnknown, fmt.Errorf("stop link: %w", err)
	}
	b.after(t)
	return used, nil
}
