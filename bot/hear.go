package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"unicode"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// maxText is how much of a chat message is read, in characters; mail is bounded by its adapter.
const maxText = 8000

// attempts is how often a message is tried before it is parked and its sender told.
const attempts = 3

// Hear takes one inbound message in one transaction: the inbox row that makes a repeat harmless, the new
// state, every effect, every delivery, and the channel's resume point. After it returned nil the message
// may be acknowledged. It fails only for a cause outside the message (disk full, database away); a message
// that cannot be handled is parked and its sender told.
func (b *Bot) Hear(ctx context.Context, m channels.Message) error {
	clean(&m)
	if _, err := b.finder.open(ctx); err != nil {
		return fmt.Errorf("hear %s: %w", m.ID, err)
	}
	b.finder.hurry(ctx)
	t, err := b.hearOnce(ctx, m)
	if err == nil {
		b.after(t)
		return nil
	}
	if outside(ctx, err) {
		return fmt.Errorf("hear %s: %w", m.ID, err)
	}
	var failed int
	ferr := b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		failed, err = tx.Inbox.Fail(ctx, m.From.Channel, m.From.Account, m.ID, b.Now())
		return err
	})
	if ferr != nil {
		return fmt.Errorf("hear %s: %w", m.ID, errors.Join(err, ferr))
	}
	b.Log.Error("message failed", "id", m.ID, "attempt", failed, "error", err)
	if failed < attempts {
		return fmt.Errorf("hear %s: %w", m.ID, err)
	}
	return b.park(ctx, m)
}

// outside tells whether an error has nothing to do with the message.
func outside(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrBusy) ||
		errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNewer) || errors.Is(err, storage.ErrKey)
}

// hearOnce is one attempt. A panic in a turn is an error of that message, and no reason to stop hearing others.
func (b *Bot) hearOnce(ctx context.Context, m channels.Message) (t *turn, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a turn: %T", p) // what it says may be personal
			b.Log.Error("panic", "id", m.ID, "stack", string(debug.Stack()))
		}
	}()
	return b.change(ctx, func(ctx context.Context, t *turn) error {
		fresh, err := t.tx.Inbox.Accept(ctx, arrival(m, b.Now()))
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		if m.Cursor != "" {
			if err := t.tx.Cursors.SetCursor(ctx, m.From.Channel, m.From.Account, m.Cursor); err != nil {
				return fmt.Errorf("cursor: %w", err)
			}
		}
		if !fresh {
			return nil
		}
		return t.hear(ctx, m)
	})
}

// park keeps the message, tells its sender, and lets the channel go on.
func (b *Bot) park(ctx context.Context, m channels.Message) error {
	var t *turn
	err := b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t = b.newTurn(tx)
		fresh, err := tx.Inbox.Accept(ctx, arrival(m, b.Now()))
		if err != nil || !fresh {
			return err
		}
		if m.Cursor != "" {
			if err := tx.Cursors.SetCursor(ctx, m.From.Channel, m.From.Account, m.Cursor); err != nil {
				return err
			}
		}
		if err := tx.Audit.Append(ctx, storage.Entry{Action: "parked", Subject: "message:" + m.ID, At: b.Now()}); err != nil {
			return err
		}
		return t.apologise(ctx, m)
	})
	if err != nil {
		return fmt.Errorf("park %s: %w", m.ID, err)
	}
	b.after(t)
	return nil
}

// after wakes whoever has something to do now that the turn is committed.
func (b *Bot) after(t *turn) {
	for account := range t.out {
		b.wake(account)
	}
	if t.timers {
		b.wakeTick()
	}
	if t.menus {
		b.wakeMenus()
	}
}

// clean drops control characters and bounds the text.
func clean(m *channels.Message) {
	if !utf8.ValidString(m.Text) || needsCleaning(m.Text) {
		r := make([]rune, 0, len(m.Text))
		for _, c := range m.Text {
			if c == utf8.RuneError || unicode.IsControl(c) && c != '\n' && c != '\t' || unicode.Is(unicode.Bidi_Control, c) {
				continue
			}
			r = append(r, c)
		}
		m.Text = string(r)
	}
}

func needsCleaning(s string) bool {
	for _, c := range s {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || unicode.Is(unicode.Bidi_Control, c) || c == utf8.RuneError {
			return true
		}
	}
	return false
}
