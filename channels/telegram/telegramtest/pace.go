package telegramtest

import (
	"fmt"
	"time"
)

// Limits are the rates that the server enforces with 429. Telegram publishes no exact ones; these are those of its
// FAQ, with as much slack as the way between two processes of one machine needs.
type Limits struct {
	Off       bool
	PerSecond int           // default 30 in any second
	Slack     int           // messages a second more, as arrival is less even than sending; default 2, none if negative
	ChatEvery time.Duration // in one chat in the long run; default 1 s
	ChatBurst int           // in one chat at once; default 3
	PerMinute int           // default 20 in a group in any minute
}

// pace measures one bot.
type pace struct {
	l          Limits
	all        []time.Time
	chats      map[int64]*chatRate
	until      time.Time // retry_after of the last 429
	told       time.Time // when that was said
	violations []string
	busiest    int // most messages that arrived within one second
}

type chatRate struct {
	due  time.Time
	sent []time.Time
}

func newPace(l Limits) *pace {
	if l.PerSecond == 0 {
		l.PerSecond = 30
	}
	if l.Slack == 0 {
		l.Slack = 2
	}
	if l.ChatEvery == 0 {
		l.ChatEvery = time.Second
	}
	if l.ChatBurst == 0 {
		l.ChatBurst = 3
	}
	if l.PerMinute == 0 {
		l.PerMinute = 20
	}
	l.Slack = max(l.Slack, 0)
	return &pace{l: l, chats: map[int64]*chatRate{}}
}

func (p *pace) violate(format string, args ...any) {
	p.violations = append(p.violations, fmt.Sprintf(format, args...))
}

// refuse notes a 429 and when it will be over, and returns the whole seconds to tell.
func (p *pace) refuse(now time.Time, wait time.Duration) int {
	seconds := int((wait + time.Second - 1) / time.Second)
	seconds = max(seconds, 1)
	if until := now.Add(time.Duration(seconds) * time.Second); until.After(p.until) {
		p.until = until
	}
	p.told = now
	return seconds
}

// check decides about one message that arrives now: 0, or the seconds of retry_after.
func (p *pace) check(now time.Time, chat int64, grace time.Duration) int {
	if p.l.Off {
		return 0
	}
	if early := p.until.Sub(now); early > 0 {
		if now.Sub(p.told) > max(grace, 0) {
			p.violate("a message came %v before retry_after was over", early)
		}
		return int((early + time.Second - 1) / time.Second) // the same end as told before
	}
	p.all = trim(p.all, now.Add(-time.Second))
	if len(p.all) >= p.l.PerSecond+p.l.Slack {
		p.violate("more than %d messages in a second", p.l.PerSecond)
		return p.refuse(now, time.Second)
	}
	c := p.chats[chat]
	if c == nil {
		c = &chatRate{}
		p.chats[chat] = c
	}
	if wait := c.due.Add(-time.Duration(p.l.ChatBurst-1) * p.l.ChatEvery).Sub(now); wait > 0 {
		p.violate("a chat got more than one message every %v", p.l.ChatEvery)
		return p.refuse(now, wait)
	}
	if chat < 0 {
		c.sent = trim(c.sent, now.Add(-time.Minute))
		if len(c.sent) >= p.l.PerMinute {
			p.violate("a group got more than %d messages in a minute", p.l.PerMinute)
			return p.refuse(now, c.sent[0].Add(time.Minute).Sub(now))
		}
		c.sent = append(c.sent, now)
	}
	if c.due.Before(now) {
		c.due = now
	}
	c.due = c.due.Add(p.l.ChatEvery)
	p.all = append(p.all, now)
	p.busiest = max(p.busiest, len(p.all))
	return 0
}

func trim(times []time.Time, from time.Time) []time.Time {
	for len(times) > 0 && !times[0].After(from) {
		times = times[1:]
	}
	return times
}
