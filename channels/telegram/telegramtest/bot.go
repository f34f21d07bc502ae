package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Bot is one bot as Telegram sees it.
type Bot struct {
	s        *Server
	ID       int64
	Username string

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every change
	next    int64         // the next update's number
	queue   []queued
	polls   int64 // number of the newest poll
	hook    hook

	hookError   string
	hookErrorAt time.Time

	chats    map[int64]*chatState
	public   map[string]int64 // public channels by name
	sent     []Sent
	presses  map[string]*Press
	pace     *pace
	faults   Faults
	failing  func(method string) (Failure, bool)
	calls    map[string]int
	refused  int
	commands map[string]json.RawMessage
	texts    map[string]string
}

// Failure is an answer put in place of the real one; with Code 0 the Text is sent with status 200.
type Failure struct {
	Code  int
	Text  string
	Retry int // retry_after in seconds
}

type chatState struct {
	messages    int64
	sent        []int // indices into Bot.sent
	blocked     bool
	deactivated bool
	movedTo     int64
	keyboard    [][]ReplyButton // the reply keyboard that stands there
}

type queued struct {
	id   int64
	chat int64
	kind string
	at   time.Time
	body json.RawMessage
}

// keep is how long updates wait.
const keep = 24 * time.Hour

func (b *Bot) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// SetFaults replaces the faults from now on.
func (b *Bot) SetFaults(f Faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = f
}

// Fail asks fail before every call; nil ends that.
func (b *Bot) Fail(fail func(method string) (Failure, bool)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failing = fail
}

// RestartNumbers lets update numbers go on at first, as Telegram does after an idle week.
func (b *Bot) RestartNumbers(first int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next = first
}

// push queues an update; body gets its number.
func (b *Bot) push(chat int64, kind string, body map[string]any) {
	b.next++
	id := b.next
	raw, err := json.Marshal(map[string]any{"update_id": id, kind: body})
	if err != nil {
		panic(err) // maps of plain values
	}
	b.queue = append(b.queue, queued{id, chat, kind, b.s.o.Now(), raw})
	b.wake()
}

// Inject queues an update as raw JSON; %d in it becomes its number.
func (b *Bot) Inject(raw string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	raw = string(bytes.Replace([]byte(raw), []byte("%d"), []byte(strconv.FormatInt(b.next, 10)), 1))
	b.queue = append(b.queue, queued{b.next, 0, "", b.s.o.Now(), json.RawMessage(raw)})
	b.wake()
}

// getUpdates confirms everything below offset and holds until there is something. An offset far beyond the newest
// number confirms nothing and asks from the beginning, as after a restart of the numbers.
func (b *Bot) getUpdates(r *http.Request) answer {
	offset, _ := strconv.ParseInt(r.Form.Get("offset"), 10, 64)
	limit, _ := strconv.Atoi(r.Form.Get("limit"))
	hold, _ := strconv.Atoi(r.Form.Get("timeout"))
	if limit <= 0 || limit > 100 {
		limit = 100
	}
	var allowed []string
	_ = json.Unmarshal([]byte(r.Form.Get("allowed_updates")), &allowed)
	timer := time.NewTimer(time.Duration(hold) * time.Second)
	defer timer.Stop()
	b.mu.Lock()
	if b.hook.url != "" {
		b.mu.Unlock()
		return bad(http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	b.polls++
	mine := b.polls
	if offset > 0 && offset <= b.next+1 {
		b.queue = slices.DeleteFunc(b.queue, func(q queued) bool { return q.id < offset })
	}
	b.wake()
	for {
		old := b.s.o.Now().Add(-keep)
		b.queue = slices.DeleteFunc(b.queue, func(q queued) bool {
			return q.at.Before(old) || len(allowed) > 0 && q.kind != "" && !slices.Contains(allowed, q.kind)
		})
		switch {
		case b.polls != mine:
			b.mu.Unlock()
			return bad(http.StatusConflict, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
		case len(b.queue) > 0 || hold <= 0:
			var batch []json.RawMessage
			for _, q := range b.queue[:min(limit, len(b.queue))] {
				batch = append(batch, q.body)
			}
			b.mu.Unlock()
			if batch == nil {
				batch = []json.RawMessage{}
			}
			return good(batch)
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-timer.C:
			hold = 0
		case <-r.Context().Done():
			return good([]json.RawMessage{})
		}
		b.mu.Lock()
	}
}

// Sent returns all messages that reached their chats, in order.
func (b *Bot) Sent() []Sent { return b.SentSince(0) }

// SentSince returns all messages but the first n.
func (b *Bot) SentSince(n int) []Sent {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sent[min(n, len(b.sent)):])
}

// SentCount is the number of messages that reached their chats.
func (b *Bot) SentCount() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.sent)
}

// To returns the messages of one chat that are not deleted.
func (b *Bot) To(chat int64) []Sent {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Sent
	if c := b.chats[chat]; c != nil {
		for _, i := range c.sent {
			if !b.sent[i].Deleted {
				all = append(all, b.sent[i])
			}
		}
	}
	return all
}

// Calls is how often a method was called, refused calls included.
func (b *Bot) Calls(method string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[method]
}

// Refused is how many messages were answered with 429.
func (b *Bot) Refused() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refused
}

// Violations lists how the bot broke the limits: too fast, or before retry_after was over.
func (b *Bot) Violations() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.pace.violations)
}

// Busiest is the largest number of messages that arrived within one second.
func (b *Bot) Busiest() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pace.busiest
}

// Pending is the number of updates that were not confirmed.
func (b *Bot) Pending() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.queue)
}

// Presses returns all pressed buttons and when they were acknowledged.
func (b *Bot) Presses() []Press {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Press
	for _, p := range b.presses {
		all = append(all, *p)
	}
	return all
}

// Commands is the menu for a scope (JSON, "" for everybody) and language, as sent.
func (b *Bot) Commands(scope, lang string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.commands[scope+"|"+lang])
}

// Profile is "name", "description" or "short_description" in a language.
func (b *Bot) Profile(field, lang string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.texts[field+"|"+lang]
}

// Until waits until done is true; it is asked at once and after every change.
func (b *Bot) Until(ctx context.Context, done func() bool) error {
	for {
		b.mu.Lock()
		changed := b.changed
		b.mu.Unlock()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Arrived waits until at least n messages reached a chat and returns all of them.
func (b *Bot) Arrived(ctx context.Context, chat int64, n int) ([]Sent, error) {
	err := b.Until(ctx, func() bool { return len(b.To(chat)) >= n })
	return b.To(chat), err
}

// Channel makes a public channel known in which the bot may post, and returns its number.
func (b *Bot) Channel(name string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := -1_000_000_000_000 - int64(len(b.public)+1)
	b.public[name] = id
	b.chats[id] = &chatState{}
	return id
}

// Queue returns the updates that were not confirmed, as JSON.
func (b *Bot) Queue() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, q := range b.queue {
		all = append(all, string(q.body))
	}
	return all
}
