// Package bot combines the rooms: it hears messages, delivers replies and does what is
// due. Hear, Deliver and Tick are the only ways anything happens. It performs the commands
// of flows (one file per capability) and checks rights there. It speaks to networks and
// the database through channels.Channel and storage.Store only and does no I/O itself.
package bot

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching/waves"
	"ehrenamt/storage"
)

// Account is one channel account and the front it belongs to.
type Account struct {
	Channel channels.Channel
	Account string // as in channels.Address
	Front   string
	AskAll  bool // ask everything at once: mail
}

func (a Account) key() string { return a.Channel.Name() + ":" + a.Account }

// Config is what a Bot is made of.
type Config struct {
	Store    storage.Store
	Book     *flows.Book
	Accounts []Account
	// Roster names the accounts there are besides; it is asked while the bot runs, so that they may come and go.
	// An account that stays the same has the same Channel each time. nil: there are none.
	Roster func(context.Context) ([]Account, error)
	Now    func() time.Time
	Rand   io.Reader // for handles
	Log    *slog.Logger
	// PublicURL is where the pages are reached, for links in mails; "" where there are none.
	PublicURL string
	Records   ed25519.PrivateKey // signs records of hours; nil: they are not signed
	Holder    string             // names this process in leases
	Limits    Limits             // what says nothing is as in DefaultLimits
	Workers   int                // sends under way at once on one account; 0: 64
}

// Bot is one process of the exchange.
type Bot struct {
	Config
	lines    lines
	fronts   frontCache
	finder   finder
	tick     chan struct{}
	policy   waves.Policy
	rates    *waves.Rates
	jobsDone string            // local date whose jobs are done; only Tick touches it
	jobsRun  map[string]string // the latest date of each job that was run; only Tick touches it
}

// New checks the configuration.
func New(c Config) (*Bot, error) {
	if c.Store == nil || c.Book == nil || c.Now == nil || c.Rand == nil {
		return nil, errors.New("bot: store, book, clock and randomness are needed")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Holder == "" {
		c.Holder = "one"
	}
	if c.Workers <= 0 {
		c.Workers = sendWorkers
	}
	reader, err := newReader()
	if err != nil {
		return nil, err
	}
	c.Limits = c.Limits.filled()
	b := &Bot{Config: c, tick: make(chan struct{}, 1), jobsRun: map[string]string{}}
	b.fronts.now = c.Now
	b.finder.store, b.finder.now, b.finder.reader = c.Store, c.Now, reader
	b.finder.zone = func(ctx context.Context, tx *storage.Tx, front string) (*time.Location, error) {
		f, err := b.fronts.front(ctx, tx, front)
		if errors.Is(err, storage.ErrNotFound) {
			return time.UTC, nil
		}
		return b.fronts.zone(f), err
	}
	b.policy = wavePolicy()
	b.rates = waves.NewRates(b.policy.NearKM)
	for _, a := range c.Accounts {
		if _, ok := b.lines.add(a, true); !ok {
			return nil, fmt.Errorf("bot: account %s is configured twice", a.key())
		}
	}
	return b, nil
}

// Run receives, delivers and ticks until ctx ends, then stops in order: no new message is taken, the turn
// and the sends under way are finished. It returns the first error that made going on useless.
func (b *Bot) Run(ctx context.Context) error {
	// Turns and sends under way outlive ctx, but not by long.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, cancel) })
	if _, err := b.finder.open(ctx); err != nil && ctx.Err() == nil {
		b.Log.Error("read for the index", "error", err) // whoever needs it tries again
	}
	c := &crew{b: b, ctx: ctx, work: work}
	for _, n := range b.lines.list() {
		c.start(n)
	}
	if b.Roster != nil {
		c.wg.Go(c.follow)
	}
	c.wg.Go(func() { b.tickLoop(ctx, work) })
	c.wg.Wait()
	return c.err
}

// stopWithin is how long work under way may go on after the end was asked for.
const stopWithin = 8 * time.Second

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Settled tells whether nothing is to be sent or done right now.
func (b *Bot) Settled(ctx context.Context) (bool, error) {
	settled := true
	err := b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		now := b.Now()
		counts, err := tx.Sent.Count(ctx)
		if err != nil {
			return err
		}
		settled = counts[storage.Sending] == 0
		for _, a := range b.lines.list() {
			next, err := tx.Outbox.NextDue(ctx, a.Channel.Name(), a.Account.Account, now)
			if err != nil {
				return err
			}
			settled = settled && (next.IsZero() || next.After(now))
		}
		next, err := tx.Timers.NextTimer(ctx)
		settled = settled && (next.IsZero() || next.After(now))
		return err
	})
	return settled, err
}

// wake lets the deliverer of an account look again.
func (b *Bot) wake(account string) {
	if n := b.lines.get(account); n != nil {
		select {
		case n.poke <- struct{}{}:
		default:
		}
	}
}

func (b *Bot) wakeTick() {
	select {
	case b.tick <- struct{}{}:
	default:
	}
}
