package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// linkable is the network whose choices can be answered by a link: only there the handles travel to nobody but the person.
const linkable = "email"

// Linked is the answer that a link in a mail stands for.
type Linked struct {
	Label string // the choice
	About string // what the mail was about
	Name  string // whose answer it is
	Lang  string
}

// LookAtLink tells which answer a link would give. It changes nothing, for programs look at links, too.
func (b *Bot) LookAtLink(ctx context.Context, handle string) (Linked, Used, error) {
	var l Linked
	used := UsedUnknown
	err := b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		l, used = Linked{}, UsedUnknown
		s, i, err := choiceOf(ctx, tx, handle)
		if err != nil || i < 0 {
			return err
		}
		p, err := tx.People.Person(ctx, s.Person)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("person: %w", err)
		}
		l.Label, l.Name, l.Lang = s.Choices[i].Label, p.Name, p.Lang
		d, err := tx.Sent.ByKey(ctx, s.Delivery)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("delivery: %w", err)
		}
		l.About, used = topicOf(&d.Reply), UsedNow
		if d.Reply.Lang != "" {
			l.Lang = d.Reply.Lang
		}
		return nil
	})
	if err != nil {
		return Linked{}, UsedUnknown, fmt.Errorf("look at link: %w", err)
	}
	return l, used, nil
}

// AnswerByLink hears the choice of a link as if it had been pressed, once, and returns what was said to it.
func (b *Bot) AnswerByLink(ctx context.Context, handle string) (said string, used Used, err error) {
	m := channels.Message{ID: "link:" + handle, Kind: channels.Press, Handle: handle, Trust: channels.Authenticated, Sent: b.Now()}
	t, err := b.change(ctx, func(ctx context.Context, t *turn) error {
		tx := t.tx
		used = UsedUnknown
		s, i, err := choiceOf(ctx, tx, handle)
		if err != nil || i < 0 {
			return err
		}
		if _, ours := b.account(s.Address.Channel, s.Address.Account); !ours {
			return nil
		}
		m.From = s.Address
		d, err := tx.Sent.ByKey(ctx, s.Delivery)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("delivery: %w", err)
		}
		if m.Letter = nil; d.Ref != "" {
			m.Letter = &channels.Letter{ID: d.Ref, Subject: topicOf(&d.Reply)}
		}
		fresh, err := tx.Inbox.Accept(ctx, arrival(m, t.now))
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		if used = UsedBefore; !fresh {
			return nil
		}
		used = UsedNow
		return t.hear(ctx, m)
	})
	if err != nil {
		return "", UsedUnknown, fmt.Errorf("answer by link: %w", err)
	}
	b.after(t)
	return t.said, used, nil
}

// choiceOf finds the choice behind the handle of a link; i is negative where there is none.
func choiceOf(ctx context.Context, tx *storage.Tx, handle string) (s storage.Shown, i int, err error) {
	id, index, _ := strings.Cut(handle, ".")
	if i, err = strconv.Atoi(index); err != nil || id == "" || strconv.Itoa(i) != index { // one choice has one handle
		return s, -1, nil
	}
	s, err = tx.Shown.Get(ctx, id)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return s, -1, nil
	case err != nil:
		return s, -1, fmt.Errorf("shown: %w", err)
	case i < 0 || i >= len(s.Choices) || s.Address.Channel != linkable:
		return s, -1, nil
	}
	return s, i, nil
}

// topicOf is what a mail was about, as its subject says.
func topicOf(r *channels.Reply) string {
	switch {
	case r.Answers != nil && r.Answers.Subject != "":
		return r.Answers.Subject
	case r.Subject != "":
		return r.Subject
	}
	return r.Title
}
