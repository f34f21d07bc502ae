package email

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"ehrenamt/channels"
)

// letter is one mail waiting in the inbox.
type letter struct {
	uid  uint32
	size int64
}

// inbox is the queue of mail. Any error ends the connection; a new one is opened then.
type inbox interface {
	// validity is the UIDVALIDITY: UIDs mean something only together with it.
	validity() uint32
	// waiting lists what is in the inbox, oldest first, without fetching anything of it but the size.
	waiting(ctx context.Context) ([]letter, error)
	// fetch returns at most limit bytes; nil if the mail is no longer there.
	fetch(ctx context.Context, uid uint32, limit int64) ([]byte, error)
	// move takes a mail out of the inbox. A mail that is no longer there is no error.
	move(ctx context.Context, uid uint32, folder string) error
	// wait returns when something may have arrived, at the latest after d.
	wait(ctx context.Context, d time.Duration) error
	close()
}

// errRefused means that the server does not accept our credentials.
var errRefused = errors.New("credentials refused")

// maxRefusals is how often in a row a login may be refused before receiving ends; servers under load
// refuse too.
const maxRefusals = 3

// maxPause is the longest pause between two attempts.
const maxPause = time.Minute

// Receive implements channels.Channel. The inbox itself is the queue, so the cursor means nothing: a mail is
// moved away after hear returned nil, and one that could not be moved is heard again under the same ID.
func (c *Channel) Receive(ctx context.Context, _ string, hear func(context.Context, channels.Message) error) error {
	pause := c.cfg.Pause
	refused := 0
	for ctx.Err() == nil {
		progress, err := c.session(ctx, hear)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errRefused):
			if refused++; refused >= maxRefusals {
				return fmt.Errorf("receive mail: %w", err)
			}
		default:
			refused = 0
		}
		if progress {
			pause = c.cfg.Pause
		}
		c.cfg.Log.Warn("mail connection lost", "account", c.cfg.Account, "pause", pause, "error", err)
		if !sleep(ctx, pause+rand.N(pause/4+1)) {
			return nil
		}
		pause = min(2*pause, maxPause)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// session works through the inbox over one connection until that breaks. progress tells whether a mail was
// handled or waited for.
func (c *Channel) session(ctx context.Context, hear func(context.Context, channels.Message) error) (progress bool, err error) {
	box, err := c.open(ctx)
	if err != nil {
		return false, fmt.Errorf("open mailbox: %w", err)
	}
	defer box.close()
	for ctx.Err() == nil {
		letters, err := box.waiting(ctx)
		if err != nil {
			return progress, fmt.Errorf("list inbox: %w", err)
		}
		for _, l := range letters {
			if err := c.take(ctx, box, l, hear); err != nil {
				return progress, err
			}
			progress = true
		}
		if len(letters) > 0 {
			continue
		}
		if err := box.wait(ctx, c.cfg.Idle); err != nil {
			return progress, fmt.Errorf("wait for mail: %w", err)
		}
		progress = true
	}
	return progress, nil
}

// take hears one mail and moves it away. While hear fails the same mail is offered again, after a pause.
func (c *Channel) take(ctx context.Context, box inbox, l letter, hear func(context.Context, channels.Message) error) error {
	raw, err := box.fetch(ctx, l.uid, c.cfg.MaxBytes)
	if err != nil {
		return fmt.Errorf("fetch mail: %w", err)
	}
	if raw == nil {
		return nil
	}
	id := strconv.FormatUint(uint64(box.validity()), 10) + ":" + strconv.FormatUint(uint64(l.uid), 10)
	reader := c.reader
	cut := l.size > int64(len(raw)) && int64(len(raw)) >= c.cfg.MaxBytes
	if cut {
		reader.Verifier = nil // a signature over what was not fetched cannot be checked
	}
	m := reader.Message(c.cfg.Account, id, raw, c.cfg.Now())
	m.Doubtful = m.Doubtful || cut
	pause := c.cfg.Pause
	for {
		err := hear(ctx, m)
		if err == nil {
			break
		}
		c.cfg.Log.Warn("mail not handled", "account", c.cfg.Account, "id", id, "pause", pause, "error", err)
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
		pause = min(2*pause, maxPause)
	}
	folder := c.cfg.Processed
	if m.Kind == channels.Unreadable {
		folder = c.cfg.Failed
	}
	if err := box.move(ctx, l.uid, folder); err != nil {
		return fmt.Errorf("move mail: %w", err)
	}
	return nil
}
