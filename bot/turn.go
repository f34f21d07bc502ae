package bot

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// rounds is how often facts may lead to further commands within one turn.
const rounds = 4

// turn is the work of one transaction.
type turn struct {
	b      *Bot
	tx     *storage.Tx
	now    time.Time
	out    map[string]bool // accounts with new deliveries
	timers bool
	menus  bool // somebody's role changed
	serial int
	cause  string // random; begins the keys of this turn's deliveries

	unedited map[string]bool // answers of which something confided could not be taken back by an edit
	said     string          // to whoever was heard
	uneven   map[string]bool // postings whose places have to be settled again; whether some became free
}

func (b *Bot) newTurn(tx *storage.Tx) *turn {
	t := &turn{b: b, now: b.Now(), out: map[string]bool{}}
	t.tx = t.following(tx)
	return t
}

func arrival(m channels.Message, now time.Time) storage.Arrival {
	return storage.Arrival{
		Channel: m.From.Channel, Account: m.From.Account, ID: m.ID, Dedupe: m.Dedupe, From: m.From,
		Kind: m.Kind, Text: m.Text, Raw: m.Raw, At: now,
	}
}

// talk is the conversation with one address, loaded for a turn.
type talk struct {
	addr   channels.Address
	person storage.Person
	front  storage.Front
	env    conversations.Env
	state  conversations.State
	loaded bool
	say    []channels.Reply
	asked  string // flow whose question ends say, "" if none
	prio   storage.Priority
	erased bool   // the person is no longer known
	did    bool   // something was done that cannot be said again
	about  string // subject of what is said, so that it can be taken back; "" for none
	heard  *conversations.Heard
	letter *channels.Letter // the mail that is answered
}

// hear routes one fresh message.
func (t *turn) hear(ctx context.Context, m channels.Message) error {
	switch m.Kind {
	case channels.Auto:
		return nil
	case channels.Unreadable: // nobody to answer; it is kept, and the trail tells a human
		t.b.Log.Warn("a message cannot be read", "channel", m.From.Channel, "account", m.From.Account)
		return t.tx.Audit.Append(ctx, storage.Entry{Action: "unreadable", Subject: "account:" + m.From.Channel + ":" + m.From.Account, At: t.now})
	case channels.Blocked, channels.Unblocked, channels.Moved, channels.Failure, channels.Bounced:
		return t.network(ctx, m)
	}
	k, err := t.open(ctx, m)
	if err != nil {
		return err
	}
	if m.Group != "" {
		return t.group(ctx, m, k)
	}
	if m.From.Channel != "email" {
		if much, err := t.flooded(ctx, k, &m); err != nil || much {
			return err
		}
	}
	if done, err := t.mailedBack(ctx, k, &m); done || err != nil {
		return err
	}
	if !proved(&m) {
		return t.confirmFirst(ctx, k, m)
	}
	if m.From.Channel == "email" {
		if much, err := t.flooded(ctx, k, &m); err != nil || much {
			return err
		}
	}
	if utf8.RuneCountInString(m.Text) > maxText && m.From.Channel != "email" {
		k.say = append(k.say, t.b.Book.At("long", k.env))
		return t.close(ctx, k)
	}
	if m.Kind == channels.Edit {
		if ok, err := t.corrected(ctx, k, &m); err != nil || !ok {
			return err
		}
	}
	var offers []conversations.Offer
	pressed := ""
	if m.Kind == channels.Press {
		pressed, offers, err = t.pressed(ctx, m, k)
	} else if m.Kind != channels.Edit { // what was shown since is not what it answers
		offers, err = t.offers(ctx, k.addr, m.Ref)
	}
	if err != nil {
		return err
	}
	t.expire(k)
	if err := t.inTheirTongue(ctx, k, &m); err != nil {
		return err
	}
	way, silent, ok, err := t.calendar(ctx, k, &m)
	if err != nil || silent {
		return err
	}
	before := slices.Clone(k.state.Frames)
	k.away()
	if !ok {
		way = t.b.Book.Route(&m, k.state.Frames, offers, pressed, k.env)
	}
	for _, kept := range []func(context.Context, *talk, flows.Way) (bool, error){t.resting, t.stopped} {
		if yes, err := kept(ctx, k, way); err != nil {
			return err
		} else if yes {
			return t.close(ctx, k)
		}
	}
	if err := t.follow(ctx, k, way, m); err != nil {
		return err
	}
	if len(k.say) == 0 {
		t.neverSilent(k)
	}
	k.remembers(&m, before)
	return t.close(ctx, k)
}

// neverSilent says what is open, or what is possible, where a turn would have said nothing: a button that led back
// to a conversation which only listens, for example.
func (t *turn) neverSilent(k *talk) {
	if t.askTop(k); len(k.say) == 0 {
		k.say = append(k.say, t.b.Book.At("nothing", k.env))
	}
}

// follow does what the router decided.
func (t *turn) follow(ctx context.Context, k *talk, way flows.Way, m channels.Message) error {
	if way.Text != "" {
		m.Text, m.Kind = way.Text, channels.Text
	}
	switch {
	case way.Ask != nil:
		k.say = append(k.say, *way.Ask)
		return nil
	case way.Note != nil:
		k.say = append(k.say, *way.Note)
		if n := len(k.state.Frames); way.Lead && n > 0 {
			f := k.state.Frames[n-1]
			if r := t.b.Book.Runner(f.Flow); r != nil {
				if led, err := t.leadBack(ctx, k, r, f, t.now.Sub(f.Touched) > awayTime); led || err != nil {
					return err
				}
			}
		}
		t.askAgain(k)
		return nil
	case way.Word == conversations.Cancel:
		if way.Frame > 0 && k.state.Frames[way.Frame].Flow == flows.Return {
			way.Frame-- // what is cancelled is what it asks about
		}
		k.state.Frames = k.state.Frames[:way.Frame]
		k.say = append(k.say, t.b.Book.At("cancelled", k.env))
		return t.resumeBelow(ctx, k)
	case way.At != "":
		k.say = append(k.say, t.b.Book.At(way.At, k.env))
		t.askAgain(k)
		return nil
	case way.Frame >= 0:
		k.state.Frames = k.state.Frames[:way.Frame+1]
		in := conversations.Input{Said: &m, Picked: way.Picked, Rest: way.Rest, Word: way.Word}
		return t.resume(ctx, k, in)
	}
	return t.begin(ctx, k, way.Open, conversations.Opening{Said: &m, Args: way.Args})
}

// begin opens a flow on top of whatever is open.
func (t *turn) begin(ctx context.Context, k *talk, name string, o conversations.Opening) error {
	r := t.b.Book.Runner(name)
	if r == nil {
		k.say = append(k.say, t.b.Book.At("lost", k.env))
		return nil
	}
	before := len(k.state.Frames)
	out, err := r.Open(o, k.env)
	if err != nil {
		return err
	}
	// A flow that begins again replaces its unfinished self.
	for i, f := range k.state.Frames {
		if f.Flow == name {
			k.state.Frames = append(k.state.Frames[:i:i], k.state.Frames[i+1:]...)
			break
		}
	}
	if r.Quiet() {
		t.hush(k)
	}
	k.state.Frames = append(k.state.Frames, out.Frame)
	if n := len(k.state.Frames); n > conversations.MaxFrames {
		k.state.Frames = k.state.Frames[n-conversations.MaxFrames:]
	}
	if err := t.carry(ctx, k, r, out); err != nil {
		return err
	}
	if before > 0 && k.asked == "" && !menu(k.say) {
		return t.resumeBelow(ctx, k)
	}
	return nil
}

// resume lets the topmost frame hear something.
func (t *turn) resume(ctx context.Context, k *talk, in conversations.Input) error {
	f := k.state.Frames[len(k.state.Frames)-1]
	r := t.b.Book.Runner(f.Flow)
	if r == nil {
		return fmt.Errorf("flow %s: %w", f.Flow, conversations.ErrUnknown)
	}
	out, err := r.Resume(f, in, k.env)
	if errors.Is(err, conversations.ErrUnknown) {
		// A step that no longer exists cannot be asked again: the conversation ends kindly.
		k.state.Frames = k.state.Frames[:len(k.state.Frames)-1]
		k.say = append(k.say, t.b.Book.At("stale", k.env))
		return nil
	}
	if err != nil {
		return err
	}
	if out.Missed && in.Said != nil {
		if f.Flow == flows.Return {
			return t.through(ctx, k, in)
		}
		if way, ok := t.b.Book.Elsewhere(in.Said, f.Flow, k.env); ok {
			return t.begin(ctx, k, way.Open, conversations.Opening{Said: in.Said, Args: way.Args})
		}
		if r.Quiet() && in.Word == conversations.NoWord && in.Said.Kind != channels.Press {
			return t.pass(ctx, k, *in.Said)
		}
		k.say = append(k.say, t.b.Book.Missed(k.env))
		if led, err := t.leadBack(ctx, k, r, f, t.now.Sub(f.Touched) > awayTime); led || err != nil {
			return err
		}
	}
	had := len(k.state.Frames)
	if err := t.carry(ctx, k, r, out); err != nil {
		return err
	}
	if had > 1 && len(k.state.Frames) < had && k.asked == "" && !menu(k.say) {
		if f.Flow == flows.Return && len(k.state.Frames) == had-1 {
			t.askTop(k)
			return nil
		}
		return t.resumeBelow(ctx, k)
	}
	return nil
}

// carry takes the outcome of a flow's turn, performs its commands and lets it hear the facts.
func (t *turn) carry(ctx context.Context, k *talk, r conversations.Runner, out conversations.Outcome) error {
	for round := 0; ; round++ {
		top := len(k.state.Frames) - 1
		k.state.Frames[top] = out.Frame
		k.say = append(k.say, out.Say...)
		k.asked = ""
		if out.Asked {
			k.asked = r.Name()
		}
		if err := t.wakes(ctx, k, r, out); err != nil {
			return err
		}
		if len(out.Do) == 0 {
			if out.End {
				k.state.Frames = k.state.Frames[:top]
			}
			return nil
		}
		if round == rounds {
			return fmt.Errorf("flow %s: more than %d rounds", r.Name(), rounds)
		}
		next := conversations.Outcome{Frame: out.Frame}
		for _, cmd := range out.Do {
			fact, err := t.perform(ctx, k, cmd)
			if err != nil {
				return fmt.Errorf("%T: %w", cmd, err)
			}
			if fact == nil {
				continue
			}
			t.setEnv(k) // commands may have changed the person
			o, err := r.Resume(next.Frame, conversations.Input{Fact: fact}, k.env)
			if err != nil {
				return err
			}
			o.Say, o.Do = append(next.Say, o.Say...), append(next.Do, o.Do...)
			next = o
		}
		out = next
	}
}

// wakes sets the named timers of a conversation.
func (t *turn) wakes(ctx context.Context, k *talk, r conversations.Runner, out conversations.Outcome) error {
	for name, due := range out.Wake {
		key := "flow:" + k.addr.String() + ":" + r.Name() + ":" + name
		if due.IsZero() {
			if err := t.tx.Timers.ClearTimer(ctx, key); err != nil {
				return err
			}
			continue
		}
		if err := t.timer(ctx, storage.Timer{Key: key, Kind: "flow", Subject: "flow:" + r.Name() + ":" + name, Address: k.addr, Due: due}); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) timer(ctx context.Context, tm storage.Timer) error {
	t.timers = true
	return t.tx.Timers.SetTimer(ctx, tm)
}

// menu tells whether what was said ends with choices that ask for something themselves: another question
// behind them would take their place.
func menu(rs []channels.Reply) bool {
	n := len(rs)
	return n > 0 && rs[n-1].Prompt != "" && len(rs[n-1].Choices) > 0
}

// close saves the conversation and sends what was said as one delivery.
func (t *turn) close(ctx context.Context, k *talk) error {
	if k.erased {
		return t.farewell(ctx, k, join(k.say))
	}
	k.state.Seen, k.state.Heard = t.now, k.heard
	if err := t.tx.Conversations.Save(ctx, k.addr, k.state); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if len(k.say) == 0 {
		return nil
	}
	r := join(k.say)
	t.said = r.Text
	return t.send(ctx, k, r, storage.Must, k.prio, k.about)
}

// join makes consecutive replies one: their texts, and the choices of the last that has any.
func join(rs []channels.Reply) channels.Reply {
	last := rs[len(rs)-1]
	out := last
	var texts []string
	for _, r := range rs {
		if r.Text != "" {
			texts = append(texts, r.Text)
		}
		if out.Title == "" {
			out.Title = r.Title
		}
		if out.Thread == "" {
			out.Thread = r.Thread
		}
		if out.Invite == nil {
			out.Invite = r.Invite
		}
		if len(r.Choices) > 0 && len(last.Choices) == 0 && last.Prompt == "" {
			out.Choices = r.Choices
		}
	}
	out.Files = nil
	for _, r := range rs {
		out.Files = append(out.Files, r.Files...)
	}
	out.Text = strings.Join(texts, "\n\n")
	return out
}

// send enqueues a reply to the address of k, and remembers its choices under an opaque handle.
func (t *turn) send(ctx context.Context, k *talk, r channels.Reply, class storage.Class, prio storage.Priority, subject string) error {
	if t.cause == "" {
		var err error
		if t.cause, err = t.b.handle(); err != nil {
			return err
		}
	}
	t.serial++
	key := t.cause + "-" + strconv.Itoa(t.serial)
	return t.sendAs(ctx, k, key, r, storage.Delivery{Class: class, Priority: prio, Subject: subject})
}

func (t *turn) sendAs(ctx context.Context, k *talk, key string, r channels.Reply, d storage.Delivery) error {
	if len(r.Choices) > 0 {
		id, err := t.b.handle()
		if err != nil {
			return err
		}
		shown := storage.Shown{ID: id, Address: k.addr, Person: k.person.ID, Flow: k.asked, Prompt: r.Prompt, Choices: r.Choices, Delivery: key, At: t.now}
		if err := t.tx.Shown.Put(ctx, shown); err != nil {
			return fmt.Errorf("shown: %w", err)
		}
		wired := make([]channels.Choice, len(r.Choices))
		for i, c := range r.Choices {
			wired[i] = channels.Choice{Key: id + "." + strconv.Itoa(i), Label: c.Label, URL: c.URL}
		}
		r.Choices = wired
	}
	if r.Lang == "" {
		r.Lang = k.env.Lang
	}
	if r.Answers == nil {
		r.Answers = k.letter
	}
	if d.Class == storage.Nice && d.Edit == "" && k.addr.Channel == "email" {
		var err error
		if r.Stop, err = t.stopLink(ctx, k.person.ID); err != nil {
			return err
		}
	}
	d.Key, d.Person, d.Front, d.To, d.Reply, d.Created = key, k.person.ID, k.front.ID, k.addr, r, t.now
	if d.Due.IsZero() {
		d.Due = t.now
	}
	t.out[k.addr.Channel+":"+k.addr.Account] = true
	return t.tx.Outbox.Enqueue(ctx, d)
}

// handle makes 80 random bits, in lower-case letters and digits.
func (b *Bot) handle() (string, error) {
	var raw [10]byte
	if _, err := io.ReadFull(b.Rand, raw[:]); err != nil {
		return "", fmt.Errorf("randomness: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw[:])), nil
}
