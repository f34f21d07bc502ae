package bot

import (
	"context"
	"sync"
	"time"
)

// line is an account with what this process does for it.
type line struct {
	Account
	poke  chan struct{} // wakes the deliverer
	menus chan struct{} // wakes whoever sets the menus
	held  flag          // this process has the lease
	fixed bool          // of the configuration: it stays as long as the process does
	stop  func()        // ends its loops, and waits for them; nil while it does not run
}

// lines are the accounts of this process. They come and go while it runs.
type lines struct {
	mu  sync.RWMutex
	all map[string]*line
}

func (l *lines) get(key string) *line {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.all[key]
}

// list is every line there is now, in the order of their keys.
func (l *lines) list() []*line {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]*line, 0, len(l.all))
	for _, k := range sortedKeys(l.all) {
		out = append(out, l.all[k])
	}
	return out
}

// add takes an account in; false if there is one of that key.
func (l *lines) add(a Account, fixed bool) (*line, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[a.key()] != nil {
		return nil, false
	}
	n := &line{Account: a, poke: make(chan struct{}, 1), menus: make(chan struct{}, 1), fixed: fixed}
	if l.all == nil {
		l.all = map[string]*line{}
	}
	l.all[a.key()] = n
	return n, true
}

func (l *lines) remove(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, key)
}

// account is the account of this process with that name; ok is false if it has none.
func (b *Bot) account(channel, name string) (Account, bool) {
	if n := b.lines.get(channel + ":" + name); n != nil {
		return n.Account, true
	}
	return Account{}, false
}

// rosterAgain is how often the roster is asked for accounts that came or went.
const rosterAgain = 5 * time.Second

// crew runs lines and remembers the first error that made one of them useless.
type crew struct {
	b         *Bot
	ctx, work context.Context
	wg        sync.WaitGroup
	mu        sync.Mutex
	err       error
}

// start runs the loops of a line until it is stopped or the process ends.
func (c *crew) start(n *line) {
	ctx, cancel := context.WithCancel(c.ctx)
	var own sync.WaitGroup
	n.stop = func() { cancel(); own.Wait() }
	loop := func(f func()) {
		own.Add(1)
		c.wg.Go(func() { defer own.Done(); f() })
	}
	loop(func() {
		if err := c.b.receive(ctx, c.work, n.Account); err != nil {
			c.b.Log.Error("receiver stopped", "channel", n.Channel.Name(), "account", n.Account.Account, "error", err)
			c.mu.Lock()
			if c.err == nil {
				c.err = err
			}
			c.mu.Unlock()
		}
	})
	loop(func() { c.b.deliverLoop(ctx, c.work, n.Account) })
	loop(func() { c.b.introduceLoop(ctx, n.Account) })
}

// follow takes accounts in and lets them go as the roster says, until ctx ends.
func (c *crew) follow() {
	for {
		if err := c.b.Muster(c.ctx, c.start); err != nil && c.ctx.Err() == nil {
			c.b.Log.Error("roster", "error", err)
		}
		if !pause(c.ctx, rosterAgain) {
			return
		}
	}
}

// Muster asks the roster once: accounts it no longer names are let go, those whose channel is another one begin
// anew, new ones are begun with start (nil: they are known, and nothing runs for them).
func (b *Bot) Muster(ctx context.Context, start func(*line)) error {
	if b.Roster == nil {
		return nil
	}
	want, err := b.Roster(ctx)
	if err != nil {
		return err
	}
	b.fronts.forget() // what was changed of one is in force with its accounts
	named := map[string]Account{}
	for _, a := range want {
		named[a.key()] = a
	}
	for _, n := range b.lines.list() {
		a, wanted := named[n.key()]
		if n.fixed || wanted && a.Channel == n.Channel && a.Front == n.Front && a.AskAll == n.AskAll {
			delete(named, n.key())
			continue
		}
		if n.stop != nil {
			n.stop()
		}
		b.lines.remove(n.key())
		b.Log.Info("account let go", "account", n.key())
	}
	for _, key := range sortedKeys(named) {
		n, ok := b.lines.add(named[key], false)
		if !ok {
			continue
		}
		b.Log.Info("account taken in", "account", key, "front", n.Front)
		if start != nil {
			start(n)
		}
	}
	return nil
}
