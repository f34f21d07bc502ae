package telegram

import (
	"slices"
	"sync"
	"time"
)

// Pace are the limits that a Pacer keeps. Telegram publishes no exact figures; the zero value means those it names
// in its FAQ: about 30 messages a second, 1 a second in one chat (a few more for a moment), 20 a minute in a group.
type Pace struct {
	PerSecond int           // messages of the bot in any second; negative: no limit at all, for tests
	Kept      int           // this many of them are kept for urgent ones, idle otherwise; default none
	ChatEvery time.Duration // between two messages of one chat in the long run
	ChatBurst int           // urgent messages one chat may get at once
	PerMinute int           // messages of one group in any minute
}

func (p Pace) withDefaults() Pace {
	if p.PerSecond == 0 {
		p.PerSecond = 30
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
	second      = 1002 * time.Millisecond // two more, as clocks and edges differ
	minute      = 61 * time.Second        // a second more, as the gaps of one chat
	evenBurst   = 3                       // messages that may catch up after a stall of the sender
	sweepEvery  = 1024
	reserveKept = 30 * time.Second
	measured    = 100 // calls after which the shortest one is looked for anew
	soon        = time.Millisecond
)

// Pacer decides when a bot may send. It is pure but for its own memory: the time is given, nothing sleeps.
//
// The limit of the bot is a sliding window: never more than PerSecond in any second, as the network sees it. A
// message counts from when its call begins until a second after it can at the latest have arrived: when the call
// was answered, less the shortest way there and back seen lately. So a message that was held up on the way does not
// meet later ones in the same second.
//
// What is not urgent is spread evenly over the second, so that a slot comes free every thirtieth of it. Whoever asks
// for urgent messages first therefore waits one such gap for each urgent message before it, and all of the pace is
// theirs while they need it. Nothing has to be kept idle for them. One chat gets a message every ChatEvery; an urgent
// one may borrow up to ChatBurst, and the chat then rests until it has paid back. After Block nothing passes until it
// is over, reserved or not.
//
// It is meant to be asked before anything is claimed from an outbox:
//
//	n, next := Slots(now, true)   // claim up to n urgent deliveries, then with false up to n of the others
//	wait := Reserve(now, key, …)  // for each: send it if 0, else put it back until now+wait
//
// and to be asked again at next, or when something new is waiting. Nothing is queued behind it, so whatever is most
// urgent at that moment is sent at that moment.
type Pacer struct {
	mu       sync.Mutex
	p        Pace
	all      []*slot   // messages of the last second
	even     time.Time // when the next one is due that is not urgent
	until    time.Time // blocked until, because Telegram said so
	outage   time.Time // paused until, because Telegram cannot be reached
	chats    map[int64]*chatPace
	reserved map[string]*slot // by key
	quickest [2]time.Duration // shortest of the calls since calls was last 0, and of the hundred before
	calls    int
	ops      int
}

// slot is the place of one message in the second.
type slot struct {
	at     time.Time // when it was taken, begun, or counts as arrived
	begun  time.Time
	flying bool
}

type chatPace struct {
	due  time.Time   // when the chat has paid back everything
	sent []time.Time // groups: the last minute
}

// NewPacer returns a Pacer that has sent nothing yet.
func NewPacer(p Pace) *Pacer {
	return &Pacer{p: p.withDefaults(), chats: map[int64]*chatPace{}, reserved: map[string]*slot{}}
}

// Block lets nothing pass until then. It never shortens an earlier Block.
func (p *Pacer) Block(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
}

// Pause lets nothing pass until then, or until Resume.
func (p *Pacer) Pause(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outage = until
}

// Resume ends a Pause; a Block goes on.
func (p *Pacer) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outage = time.Time{}
}

// Blocked tells how long nothing passes.
func (p *Pacer) Blocked(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.blocked(now)
}

func (p *Pacer) blocked(now time.Time) time.Duration {
	return max(later(p.until, p.outage).Sub(now), 0)
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
		return p.blocked(now), true
	}
	s, wait, bot := p.take(now, chat, urgent)
	if s != nil {
		p.reserved[key] = s
	}
	return wait, bot
}

// Spend begins a call in the slot reserved for key, or in an urgent one. Done has to follow if wait is 0.
func (p *Pacer) Spend(now time.Time, key string, chat int64) (s *slot, wait time.Duration, bot bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.reserved[key]
	if ok {
		delete(p.reserved, key)
		if wait := p.blocked(now); wait > 0 {
			return nil, wait, true
		}
		if !slices.Contains(p.all, s) { // reserved more than a second ago
			p.all = append(p.all, s)
		}
	} else {
		p.sweep(now)
		if s, wait, bot = p.take(now, chat, true); s == nil {
			return nil, wait, bot
		}
	}
	s.at, s.begun, s.flying = now, now, true
	return s, 0, false
}

// Done ends a call.
func (p *Pacer) Done(now time.Time, s *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if took := now.Sub(s.begun); p.calls == 0 || took < p.quickest[0] {
		p.quickest[0] = took
	}
	s.flying = false
	s.at = later(s.at, now.Add(-min(p.quickest[0], p.quickest[1])))
	if p.calls++; p.calls == measured {
		p.quickest[1], p.calls = p.quickest[0], 0
	}
}

func (p *Pacer) take(now time.Time, chat int64, urgent bool) (s *slot, wait time.Duration, bot bool) {
	s = &slot{at: now}
	if wait := p.botWait(now, urgent); wait > 0 {
		return nil, wait, true
	}
	if p.p.PerSecond < 0 {
		return s, 0, false
	}
	c := p.chats[chat]
	if c == nil {
		c = &chatPace{}
	}
	if wait := p.chatWait(now, chat, c, urgent); wait > 0 {
		return nil, wait, false
	}
	p.chats[chat] = c
	c.due = later(c.due, now).Add(p.p.ChatEvery)
	if chat < 0 {
		c.sent = append(c.sent, now)
	}
	p.all = append(p.all, s)
	if !urgent {
		p.even = later(p.even, now).Add(p.gap())
	}
	return s, 0, false
}

// limit is how many sends of the last second still allow one more.
func (p *Pacer) limit(urgent bool) int {
	if urgent {
		return p.p.PerSecond
	}
	return max(p.p.PerSecond-p.p.Kept, 1)
}

// gap is the even distance of what is not urgent.
func (p *Pacer) gap() time.Duration { return second / time.Duration(p.limit(false)) }

func (p *Pacer) botWait(now time.Time, urgent bool) time.Duration {
	if wait := p.blocked(now); wait > 0 {
		return wait
	}
	if p.p.PerSecond < 0 {
		return 0
	}
	p.all = slices.DeleteFunc(p.all, func(s *slot) bool { return !s.flying && !s.at.After(now.Add(-second)) })
	var wait time.Duration
	if over := len(p.all) - p.limit(urgent); over >= 0 {
		ends := make([]time.Duration, len(p.all))
		for i, s := range p.all {
			ends[i] = s.at.Add(second).Sub(now)
		}
		slices.Sort(ends)
		wait = max(ends[over], soon) // one that is still under way may be answered any moment
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
	for key, s := range p.reserved {
		if now.Sub(s.at) > reserveKept {
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
