package telegram

import (
	"sync"
	"time"
)

// Pace are the limits that a Pacer keeps. Telegram publishes no exact figures; the zero value means those it names
// in its FAQ: about 30 messages a second, 1 a second in one chat (a few more for a moment), 20 a minute in a group.
type Pace struct {
	PerSecond int           // messages of the bot in any second; negative: no limit at all, for tests
	Kept      int           // at most this many of them are kept for urgent ones
	ChatEvery time.Duration // between two messages of one chat in the long run
	ChatBurst int           // urgent messages one chat may get at once
	PerMinute int           // messages of one group in any minute
}

func (p Pace) withDefaults() Pace {
	if p.PerSecond == 0 {
		p.PerSecond = 30
	}
	if p.Kept == 0 {
		p.Kept = 5
	}
	if p.ChatEvery == 0 {
		p.ChatEvery = 1050 * time.Millisecond // the way to Telegram may shorten a gap
	}
	if p.ChatBurst == 0 {
		p.ChatBurst = 3
	}
	if p.PerMinute == 0 {
		p.PerMinute = 20
	}
	return p
}

const (
	second      = time.Second
	minute      = 61 * time.Second // a second more, as the gaps of one chat
	evenBurst   = 5                // messages that may catch up after a stall of the sender
	sweepEvery  = 1024
	reserveKept = 30 * time.Second
)

// Pacer decides when a bot may send. It is pure but for its own memory: the time is given, nothing sleeps.
//
// The limit of the bot is a sliding window: never more than PerSecond in any second. What is not urgent is spread
// evenly over the second, so that a slot comes free every few hundredths of a second, and leaves at least one slot
// of every second and one more for each urgent message of the last second, up to Kept. An urgent message therefore
// waits one gap at most as long as fewer than PerSecond of them come in a second; without urgent messages all
// slots but one are used. One chat gets a message every ChatEvery; an urgent one may borrow up to ChatBurst, and
// the chat then rests until it has paid back. After Block nothing passes until it is over, reserved or not.
type Pacer struct {
	mu       sync.Mutex
	p        Pace
	all      []time.Time // sends of the last second
	urgent   []time.Time // the urgent ones among them
	even     time.Time   // when the next one is due that is not urgent
	until    time.Time   // blocked until
	chats    map[int64]*chatPace
	reserved map[string]time.Time // by key
	ops      int
}

type chatPace struct {
	due  time.Time   // when the chat has paid back everything
	sent []time.Time // groups: the last minute
}

// NewPacer returns a Pacer that has sent nothing yet.
func NewPacer(p Pace) *Pacer {
	return &Pacer{p: p.withDefaults(), chats: map[int64]*chatPace{}, reserved: map[string]time.Time{}}
}

// Block lets nothing pass until then. It never shortens an earlier Block.
func (p *Pacer) Block(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
}

// Blocked tells how long nothing passes.
func (p *Pacer) Blocked(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.until.Sub(now), 0)
}

// Slots tells how many messages to different chats may be sent now and, when none, when to ask again.
func (p *Pacer) Slots(now time.Time, urgent bool) (int, time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait := p.botWait(now, urgent); wait > 0 {
		return 0, now.Add(wait)
	}
	if p.p.PerSecond < 0 {
		return 1000, now
	}
	n := p.limit(urgent) - len(p.all)
	if !urgent {
		gap := p.gap()
		room := now.Add((evenBurst - 1) * gap).Sub(later(p.even, now))
		n = min(n, int(room/gap)+1)
	}
	return n, now
}

// Reserve takes a slot for key and returns 0, or takes none and returns how long to wait and whether the whole bot
// has to. A second Reserve of a key whose slot was not used yet is granted again without taking another.
func (p *Pacer) Reserve(now time.Time, key string, chat int64, urgent bool) (wait time.Duration, bot bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	if _, ok := p.reserved[key]; ok {
		return max(p.until.Sub(now), 0), true
	}
	wait, bot = p.take(now, chat, urgent)
	if wait == 0 {
		p.reserved[key] = now
	}
	return wait, bot
}

// Spend uses the slot reserved for key, or takes an urgent one.
func (p *Pacer) Spend(now time.Time, key string, chat int64) (wait time.Duration, bot bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.reserved[key]; ok {
		delete(p.reserved, key)
		return max(p.until.Sub(now), 0), true
	}
	p.sweep(now)
	return p.take(now, chat, true)
}

func (p *Pacer) take(now time.Time, chat int64, urgent bool) (wait time.Duration, bot bool) {
	if wait := p.botWait(now, urgent); wait > 0 {
		return wait, true
	}
	if p.p.PerSecond < 0 {
		return 0, false
	}
	c := p.chats[chat]
	if c == nil {
		c = &chatPace{}
	}
	if wait := p.chatWait(now, chat, c, urgent); wait > 0 {
		return wait, false
	}
	p.chats[chat] = c
	c.due = later(c.due, now).Add(p.p.ChatEvery)
	if chat < 0 {
		c.sent = append(c.sent, now)
	}
	p.all = append(p.all, now)
	if urgent {
		p.urgent = append(p.urgent, now)
	} else {
		p.even = later(p.even, now).Add(p.gap())
	}
	return 0, false
}

// limit is how many sends of the last second still allow one more.
func (p *Pacer) limit(urgent bool) int {
	if urgent {
		return p.p.PerSecond
	}
	return max(p.p.PerSecond-min(1+len(p.urgent), p.p.Kept), 1)
}

// gap is the even distance of what is not urgent.
func (p *Pacer) gap() time.Duration { return second / time.Duration(max(p.p.PerSecond-1, 1)) }

func (p *Pacer) botWait(now time.Time, urgent bool) time.Duration {
	if wait := p.until.Sub(now); wait > 0 {
		return wait
	}
	if p.p.PerSecond < 0 {
		return 0
	}
	p.all, p.urgent = since(p.all, now.Add(-second)), since(p.urgent, now.Add(-second))
	var wait time.Duration
	if over := len(p.all) - p.limit(urgent); over >= 0 {
		wait = p.all[over].Add(second).Sub(now)
	}
	if !urgent {
		wait = max(wait, p.even.Add(-(evenBurst-1)*p.gap()).Sub(now))
	}
	return max(wait, 0)
}

func (p *Pacer) chatWait(now time.Time, chat int64, c *chatPace, urgent bool) time.Duration {
	borrow := time.Duration(0)
	if urgent {
		borrow = time.Duration(p.p.ChatBurst-1) * p.p.ChatEvery
	}
	wait := c.due.Add(-borrow).Sub(now)
	if chat < 0 {
		c.sent = since(c.sent, now.Add(-minute))
		if over := len(c.sent) - p.p.PerMinute; over >= 0 {
			wait = max(wait, c.sent[over].Add(minute).Sub(now))
		}
	}
	return max(wait, 0)
}

// sweep forgets chats that have paid back and reservations nobody used, now and then.
func (p *Pacer) sweep(now time.Time) {
	p.ops++
	if p.ops%sweepEvery != 0 {
		return
	}
	for id, c := range p.chats {
		c.sent = since(c.sent, now.Add(-minute))
		if len(c.sent) == 0 && !c.due.After(now) {
			delete(p.chats, id)
		}
	}
	for key, at := range p.reserved {
		if now.Sub(at) > reserveKept {
			delete(p.reserved, key)
		}
	}
}

// since drops the times up to and including from; times are ascending.
func since(times []time.Time, from time.Time) []time.Time {
	i := 0
	for i < len(times) && !times[i].After(from) {
		i++
	}
	if i == len(times) {
		return times[:0]
	}
	return times[i:]
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
