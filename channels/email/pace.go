package email

import (
	"errors"
	"strings"
	"sync"
	"time"

	"ehrenamt/channels"
)

// How a domain that asks for patience is treated: a pause that doubles while it goes on asking, and a gap between two
// mails that grows with every pause and shrinks with every mail that is taken.
const (
	firstPause = 30 * time.Second
	longPause  = 15 * time.Minute
	firstGap   = 250 * time.Millisecond
	longGap    = 10 * time.Second
	leastGap   = 20 * time.Millisecond // below it there is none

	domainsKept = 5000
)

// A mail that is claimed but waits for a connection counts as uncertain after a crash, and an alert is lost then. So no more
// are claimed than keep the connections busy, and a few that answer somebody.
const (
	perConnection  = 2
	kept           = 4
	reservedAtMost = 5 * time.Minute // a slot that is not used by then is free again
)

// pacer keeps the pace that the domains of recipients can bear: that of the configuration, and a slower one for those
// that answer with 4xx. It is safe for concurrent use.
type pacer struct {
	mu      sync.Mutex
	base    time.Duration // between two mails to one domain
	until   time.Time     // our own submission server wants nothing before
	domains map[string]*domainPace
	room    int                  // how many mails may be under way
	flying  map[string]time.Time // by key: since when
}

type domainPace struct {
	until      time.Time // nothing before
	pause, gap time.Duration
	next       time.Time // of the mail after the last one
}

func newPacer(perSecond float64, connections int) *pacer {
	p := &pacer{domains: map[string]*domainPace{}, room: perConnection * connections, flying: map[string]time.Time{}}
	if perSecond > 0 {
		p.base = time.Duration(float64(time.Second) / perSecond)
	}
	return p
}

// Slots implements channels.Paced.
func (c *Channel) Slots(now time.Time, urgent bool) (int, time.Time) {
	p := c.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.until) {
		return 0, p.until
	}
	for key, since := range p.flying {
		if now.Sub(since) > reservedAtMost {
			delete(p.flying, key)
		}
	}
	room := p.room - len(p.flying)
	if urgent {
		room += kept
	}
	if room > 0 {
		return room, now
	}
	return 0, now.Add(time.Second) // or as soon as one of them is done
}

// Reserve implements channels.Paced. What answers somebody goes before the gap is over, but not into a pause.
func (c *Channel) Reserve(now time.Time, key string, to channels.Address, urgent bool) time.Duration {
	p := c.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := p.reserve(now, to, urgent)
	if wait == 0 {
		p.flying[key] = now
	}
	return wait
}

func (p *pacer) reserve(now time.Time, to channels.Address, urgent bool) time.Duration {
	d := p.domains[recipientDomain(to.ID)]
	if d == nil {
		if p.base == 0 {
			return 0
		}
		d = p.of(to.ID, now)
	}
	switch {
	case now.Before(d.until):
		return d.until.Sub(now)
	case now.Before(d.next) && !urgent:
		return d.next.Sub(now)
	}
	if d.next.Before(now) {
		d.next = now
	}
	d.next = d.next.Add(d.gap)
	return 0
}

// sent learns from what became of a mail.
func (p *pacer) sent(now time.Time, key, to string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.flying, key)
	var again *channels.RetryAfter
	switch {
	case err == nil:
		if d := p.domains[recipientDomain(to)]; d != nil && d.gap > p.base {
			if d.pause, d.gap = 0, d.gap-d.gap/10; d.gap < max(p.base, leastGap) {
				d.gap = p.base
			}
		}
	case !errors.As(err, &again):
	case again.Account:
		p.until = later(p.until, now.Add(again.Wait))
	default:
		d := p.of(to, now)
		if now.Before(d.until) {
			again.Wait = max(again.Wait, d.until.Sub(now))
			return // of those that were under way already
		}
		d.pause = min(max(firstPause, 2*d.pause), longPause)
		d.gap = min(max(firstGap, 2*d.gap), longGap)
		d.until = now.Add(d.pause)
		again.Wait = d.pause
	}
}

func (p *pacer) of(to string, now time.Time) *domainPace {
	name := recipientDomain(to)
	d := p.domains[name]
	if d == nil {
		if len(p.domains) >= domainsKept {
			for k, old := range p.domains {
				if now.After(old.until.Add(longPause)) && now.After(old.next) {
					delete(p.domains, k)
				}
			}
		}
		d = &domainPace{gap: p.base}
		p.domains[name] = d
	}
	return d
}

func recipientDomain(addr string) string { return strings.ToLower(domainOf(addr)) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
