package telegram

import (
	"context"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ehrenamt/channels"
)

// press is a pressed button whose spinner still turns.
type press struct {
	query string // Telegram's id, which an acknowledgement needs
	at    time.Time
	done  bool
}

// pressKept is how long a press can be acknowledged; Telegram refuses it after some seconds anyway.
const pressKept = 2 * time.Minute

// remember keeps the callback's id of a press. Message.ID is a hash of it, because the id contains the person's.
func (b *Bot) remember(m channels.Message, u update) {
	if m.Kind != channels.Press {
		return
	}
	now := b.o.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.callbacks) >= 256 {
		for id, p := range b.callbacks {
			if now.Sub(p.at) > pressKept {
				delete(b.callbacks, id)
			}
		}
	}
	if b.callbacks[m.ID] == nil {
		b.callbacks[m.ID] = &press{query: u.Callback.ID, at: now}
	}
}

// noticeSoon acknowledges a press in the background; more than a few at once wait for each other, never for a turn.
func (b *Bot) noticeSoon(ctx context.Context, m channels.Message, gate chan struct{}, all *sync.WaitGroup) {
	if m.Kind != channels.Press {
		return
	}
	all.Go(func() {
		select {
		case gate <- struct{}{}:
			defer func() { <-gate }()
		case <-ctx.Done():
			return
		}
		_ = b.Notice(ctx, m) // a spinner that turns a little longer is all that is lost
	})
}

// Notice implements channels.Noticer. A Bot acknowledges every press by itself as soon as it arrives; calling this
// again does nothing. A press it does not know any more cannot be acknowledged, which is no error.
func (b *Bot) Notice(ctx context.Context, m channels.Message) error {
	b.mu.Lock()
	p := b.callbacks[m.ID]
	if p == nil || p.done {
		b.mu.Unlock()
		return nil
	}
	p.done = true
	b.mu.Unlock()
	return b.call(ctx, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": p.query}, nil, nil)
}
