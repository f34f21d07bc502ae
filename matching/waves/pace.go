package waves

import "time"

// Class is how urgent a message is by its nature. A lower class always goes first.
type Class int

// The classes, the most urgent first.
const (
	Reply     Class = iota // to somebody who has just written, and whatever people rely on
	FirstWave              // the first people a need is told to
	LaterWave
	Digest
)

// Priority is the order in which messages leave one bot or mailbox, smallest first: by class, then
// by deadline. It is meant to be stored with the message, so that sending is one ordered query.
// Deadlines: for replies when they were queued, for waves Policy.Deadline, for digests when due.
func Priority(c Class, deadline time.Time) int64 {
	const bits = 48 // of milliseconds since 1970: until the year 10889
	ms := min(max(deadline.UnixMilli(), 0), 1<<bits-1)
	return int64(c)<<bits | ms
}

// Wave is the class of a need's next wave. A need has one wave in the queue at most, see Need.Queued.
func (n *Need) Wave() Class {
	if n.Waves == 0 {
		return FirstWave
	}
	return LaterWave
}

// Deadline orders the waves of different needs: first waves by the start, later ones by how much time
// will be left once the open places have had the time that answers take (their slack).
func (p *Policy) Deadline(n *Need) time.Time {
	start := n.Start
	if start.IsZero() {
		start = n.Published.Add(p.Undated)
	}
	if n.Wave() == FirstWave {
		return start
	}
	return start.Add(-time.Duration(max(0, n.Open)) * p.Delay.Median())
}

// Pace says when one bot may send its next message: so many a second in all, some of which are kept
// for replies. Messages are spaced evenly, so that no second ever sees more. It is not safe for
// concurrent use.
type Pace struct {
	all, rest         time.Duration // between two messages, and between two that are not replies
	nextAll, nextRest time.Time
}

// NewPace allows perSecond messages, kept of them for replies alone. At least one message a second is
// left for everything else.
func NewPace(perSecond, kept float64) *Pace {
	perSecond = max(perSecond, 1)
	rest := max(perSecond-max(kept, 0), 1)
	gap := func(n float64) time.Duration { return time.Duration(float64(time.Second) / n) }
	return &Pace{all: gap(perSecond), rest: gap(rest)}
}

// Wait is how long a message of this class still has to wait; 0: it may leave now.
func (p *Pace) Wait(c Class, now time.Time) time.Duration {
	at := p.nextAll
	if c != Reply && p.nextRest.After(at) {
		at = p.nextRest
	}
	// A clock set back must not stop the bot: what was sent counts as sent now.
	return min(max(0, at.Sub(now)), p.rest)
}

// Sent notes that a message of this class left.
func (p *Pace) Sent(c Class, now time.Time) {
	p.nextAll = now.Add(p.all)
	if c != Reply {
		p.nextRest = now.Add(p.rest)
	}
}
