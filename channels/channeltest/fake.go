package channeltest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"ehrenamt/channels"
)

// Sent is one message that a Fake sent, as it is now.
type Sent struct {
	Key    string
	To     channels.Address
	Reply  channels.Reply // the newest edit, if there was one
	Ref    string
	Edits  int
	At     time.Time
	Unsure bool // took effect although Send returned an error
}

// Fake is a Channel without a network: what is pushed is heard, what is sent is
// kept. It keeps the contract of Exercise. Its zero hooks let everything succeed.
type Fake struct {
	name, account string
	net           *fakeNet

	// Pause is the time between two offers of a message that was not handled; default 1 ms.
	Pause time.Duration
	// Now is the clock for Message.Sent and Sent.At; default time.Now.
	Now func() time.Time
	// OnSend decides each Send: nil lets it succeed. An error that wraps channels.ErrUncertain takes effect.
	// Set it before the Fake is used, or use FailNext.
	OnSend func(key string, to channels.Address, r channels.Reply) error
}

// fakeNet is what outlives the process: the network's queue and what arrived.
type fakeNet struct {
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change
	queue    []channels.Message
	acked    int
	sent     []Sent
	noticed  []channels.Message
	commands map[string][]channels.Command
	gone     map[string]bool
	failing  []error
	fault    error
	down     bool
	serial   int
}

var errDown = errors.New("fake network: down")

// NewFake returns a Fake on a network of its own.
func NewFake(name, account string) *Fake {
	return &Fake{name: name, account: account, net: &fakeNet{
		changed:  make(chan struct{}),
		commands: map[string][]channels.Command{},
		gone:     map[string]bool{},
	}}
}

// Restart returns another Fake on the same network, as after the end of the process.
func (f *Fake) Restart() *Fake {
	g := *f
	return &g
}

// Address is the address of somebody on this network.
func (f *Fake) Address(id string) channels.Address {
	return channels.Address{Channel: f.name, Account: f.account, ID: id}
}

// Name implements channels.Channel.
func (f *Fake) Name() string { return f.name }

func (f *Fake) now() time.Time {
	if f.Now != nil {
		return f.Now()
	}
	return time.Now()
}

func (n *fakeNet) wake() {
	close(n.changed)
	n.changed = make(chan struct{})
}

// Push queues a message and returns it as it will be heard: an empty ID, Cursor, Kind, Sent and From.Channel
// are filled in, and Trust becomes Authenticated unless a Raw text says that the caller chose it.
func (f *Fake) Push(m channels.Message) channels.Message {
	n := f.net
	n.mu.Lock()
	defer n.mu.Unlock()
	n.serial++
	if m.ID == "" {
		m.ID = "m" + strconv.Itoa(n.serial)
	}
	if m.Kind == "" {
		m.Kind = channels.Text
	}
	if m.From.Channel == "" {
		m.From.Channel, m.From.Account = f.name, f.account
	}
	if m.Sent.IsZero() {
		m.Sent = f.now()
	}
	if m.Trust == channels.Untrusted && m.Raw == nil {
		m.Trust = channels.Authenticated
	}
	m.Cursor = strconv.Itoa(len(n.queue) + 1)
	n.queue = append(n.queue, m)
	n.wake()
	return m
}

// Say pushes a text of a person.
func (f *Fake) Say(id, text string) channels.Message {
	return f.Push(channels.Message{From: f.Address(id), Text: text})
}

// Press pushes a pressed button of a person; label is looked up in the newest message sent to them that offers
// it. It reports whether there was one.
func (f *Fake) Press(id, label string) (channels.Message, bool) {
	var handle, ref string
	for _, s := range f.To(id) {
		for _, c := range s.Reply.Choices {
			if c.Label == label && c.URL == "" {
				handle, ref = c.Key, s.Ref
			}
		}
	}
	if ref == "" {
		return channels.Message{}, false
	}
	return f.Push(channels.Message{From: f.Address(id), Kind: channels.Press, Handle: handle, Ref: ref}), true
}

// Receive implements channels.Channel. Without a cursor it begins behind what was acknowledged.
func (f *Fake) Receive(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	n := f.net
	at := -1
	if cursor != "" {
		i, err := strconv.Atoi(cursor)
		if err != nil {
			return fmt.Errorf("fake: cursor: %w", err)
		}
		at = i
	}
	for ctx.Err() == nil {
		n.mu.Lock()
		if at < 0 {
			at = n.acked
		}
		changed, down := n.changed, n.down
		var m channels.Message
		offer := at < len(n.queue) && !down
		if offer {
			m = n.queue[at]
		}
		n.mu.Unlock()
		if !offer {
			wait(ctx, changed, nil)
			continue
		}
		if err := hear(ctx, m); err != nil {
			f.pause(ctx)
			continue
		}
		at++
		n.mu.Lock()
		n.acked = max(n.acked, at)
		n.wake()
		n.mu.Unlock()
	}
	return nil
}

func (f *Fake) pause(ctx context.Context) {
	t := time.NewTimer(max(f.Pause, time.Millisecond))
	defer t.Stop()
	wait(ctx, nil, t.C)
}

func wait(ctx context.Context, changed <-chan struct{}, timer <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-changed:
	case <-timer:
	}
}

// Send implements channels.Channel.
func (f *Fake) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("fake: send: %w", err)
	}
	n := f.net
	n.mu.Lock()
	err := n.fault
	if n.gone[to.ID] {
		err = channels.ErrGone
	}
	if len(n.failing) > 0 {
		err, n.failing = n.failing[0], n.failing[1:]
	}
	n.mu.Unlock()
	if err == nil && f.OnSend != nil {
		err = f.OnSend(key, to, r)
	}
	if err != nil && !errors.Is(err, channels.ErrUncertain) {
		return "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	ref := "r" + strconv.Itoa(len(n.sent)+1)
	n.sent = append(n.sent, Sent{Key: key, To: to, Reply: r, Ref: ref, At: f.now(), Unsure: err != nil})
	n.wake()
	if err != nil {
		return "", err
	}
	return ref, nil
}

// Edit implements channels.Editor.
func (f *Fake) Edit(ctx context.Context, to channels.Address, ref string, r channels.Reply) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("fake: edit: %w", err)
	}
	n := f.net
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range n.sent {
		if n.sent[i].Ref == ref && n.sent[i].To == to {
			n.sent[i].Reply = r
			n.sent[i].Edits++
			n.wake()
			return nil
		}
	}
	return fmt.Errorf("fake: edit: no such message: %w", channels.ErrUndeliverable)
}

// Notice implements channels.Noticer.
func (f *Fake) Notice(_ context.Context, m channels.Message) error {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	f.net.noticed = append(f.net.noticed, m)
	return nil
}

// SetCommands implements channels.Commander.
func (f *Fake) SetCommands(_ context.Context, lang string, commands []channels.Command) error {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	f.net.commands[lang] = commands
	return nil
}
