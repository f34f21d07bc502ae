package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// tickLoop lets cron ask the database every second what is due. Cron is only the beat: it keeps nothing,
// and its own calendar (which stumbles over summer time) is not used.
func (b *Bot) tickLoop(ctx, work context.Context) {
	c := cron.New(cron.WithLocation(time.UTC), cron.WithChain(cron.Recover(cron.DiscardLogger)))
	if _, err := c.AddFunc("@every 1s", b.wakeTick); err != nil {
		b.Log.Error("cron", "error", err)
		return
	}
	c.Start()
	defer func() { <-c.Stop().Done() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.tick:
		}
		if err := b.Tick(work); err != nil && work.Err() == nil {
			b.Log.Error("tick", "error", err)
			if !pause(ctx, time.Second) {
				return
			}
		}
	}
}

// Tick does everything that is due: timers, each in a transaction of its own, then daily jobs.
func (b *Bot) Tick(ctx context.Context) error {
	if _, err := b.finder.open(ctx); err != nil {
		return err
	}
	if err := b.finder.follow(ctx); err != nil {
		b.Log.Error("follow", "error", err) // nothing is missed: every turn sees what is not followed yet
	}
	var next time.Time
	err := b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		next, err = tx.Timers.NextTimer(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("timers: %w", err)
	}
	for !next.IsZero() && !next.After(b.Now()) {
		more, err := b.tickOnce(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	return b.runJobs(ctx)
}

// retryTimer is when a timer that failed comes again.
const retryTimer = time.Minute

func (b *Bot) tickOnce(ctx context.Context) (bool, error) {
	var due []storage.Timer
	t, err := b.change(ctx, func(ctx context.Context, t *turn) (err error) {
		if due, err = t.tx.Timers.TakeDue(ctx, t.now, 1); err != nil || len(due) == 0 {
			return err
		}
		return t.timed(ctx, due[0])
	})
	if err == nil {
		b.after(t)
		return len(due) > 0, nil
	}
	if len(due) == 0 || outside(ctx, err) {
		return false, fmt.Errorf("timer: %w", err)
	}
	b.Log.Error("timer failed", "kind", due[0].Kind, "subject", due[0].Subject, "error", err)
	err = b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		again := due[0]
		again.Due = b.Now().Add(retryTimer)
		return tx.Timers.SetTimer(ctx, again)
	})
	return err == nil, err
}

// timed does what a timer is for.
func (t *turn) timed(ctx context.Context, tm storage.Timer) error {
	id := tm.Subject[strings.IndexByte(tm.Subject, ':')+1:]
	switch tm.Kind {
	case "wave":
		p, err := t.tx.Postings.LockPosting(ctx, id)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var d waveData
		if err := json.Unmarshal(tm.Data, &d); err != nil {
			d = waveData{} // begins with the nearest again
		}
		_, err = t.wave(ctx, &p, d.Reach)
		return err
	case "gone":
		err := t.gone(ctx, id)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		return err
	case "pair":
		return t.pair(ctx, id)
	case "digest":
		return t.digest(ctx, id)
	case "board":
		return t.board(ctx, id)
	case "case":
		return t.goOnWith(ctx, id)
	case "end":
		return t.end(ctx, id)
	case "remind":
		return t.remind(ctx, id)
	case "silence":
		return t.silent(ctx, id, tm.Data)
	case "lease":
		return t.leased(ctx, id)
	case "after":
		return t.afterwards(ctx, id)
	case "flow":
		return t.flowTimer(ctx, tm)
	case "export":
		return t.export(ctx, tm, id)
	case "offer", "again", "few", "revised":
		return t.placesTimer(ctx, tm, id)
	case "claim":
		return t.askClaim(ctx, id)
	case "figures":
		return t.tellFigures(ctx, id)
	}
	t.b.Log.Warn("timer of an unknown kind dropped", "kind", tm.Kind)
	return nil
}

// end closes a posting whose last date is over.
func (t *turn) end(ctx context.Context, id string) error {
	p, err := t.tx.Postings.LockPosting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.State.Over() || len(p.Dates) == 0 {
		return nil
	}
	if _, ahead := p.Next(t.now, t.zone(ctx, &p)); ahead {
		return t.nextDate(ctx, &p)
	}
	next := matching.Expired
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, a := range answers {
		switch a.State {
		case matching.Accepted, matching.Confirmed:
			if p.State.To(matching.Done) == nil {
				next = matching.Done
			}
		case matching.Interested, matching.Waiting, matching.Offered:
			a.State, a.Changed = matching.Lapsed, t.now
			if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
				return err
			}
		}
	}
	if err := p.State.To(next); err != nil {
		return nil
	}
	p.State = next
	if err := t.savePosting(ctx, &p); err != nil {
		return err
	}
	if err := t.learn(ctx, &p); err != nil {
		return err
	}
	if _, err := t.tx.Outbox.Cancel(ctx, "posting:"+p.ID, storage.Nice); err != nil {
		return err
	}
	return t.tx.Timers.ClearTimer(ctx, "wave:"+p.ID)
}

// flowTimer lets the conversation that set a timer hear it.
func (t *turn) flowTimer(ctx context.Context, tm storage.Timer) error {
	rec, err := t.tx.Addresses.Owner(ctx, tm.Address)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := t.tx.People.Person(ctx, rec.Person)
	if err != nil {
		return err
	}
	k, err := t.talkTo(ctx, p, tm.Address, rec.Front)
	if err != nil {
		return err
	}
	parts := strings.SplitN(tm.Subject, ":", 3)
	n := len(k.state.Frames)
	if len(parts) != 3 || n == 0 || k.state.Frames[n-1].Flow != parts[1] {
		return nil
	}
	if err := t.resume(ctx, k, conversations.Input{Timer: parts[2]}); err != nil {
		return err
	}
	return t.close(ctx, k)
}

// beginFor opens a flow for a person where they are reached, as a command of somebody else's does.
func (t *turn) beginFor(ctx context.Context, person, flow string, o conversations.Opening) (bool, error) {
	rec, ok, err := t.reach(ctx, person)
	if err != nil || !ok {
		return false, err
	}
	p, err := t.tx.People.Person(ctx, person)
	if err != nil {
		return false, err
	}
	k, err := t.talkTo(ctx, p, rec.Address, rec.Front)
	if err != nil {
		return false, err
	}
	if err := t.begin(ctx, k, flow, o); err != nil {
		return false, err
	}
	return true, t.close(ctx, k)
}
