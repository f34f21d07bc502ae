package simulation

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"ehrenamt/matching/waves"
)

// The bot and the hour that RunPace simulates.
const (
	paceMatches   = 224 // people each need fits
	pacePeople    = 300_000
	pacePerSecond = 30.0 // messages of one bot
	paceReplies   = 5.0  // of them kept for replies
	paceFirst     = 20   // people whose telling is timed
	paceNoon      = 12 * time.Hour
)

// order is how messages wait for the bot.
type order int

const (
	firstCome order = iota
	deadlineFirst
	inWaves
)

func (o order) String() string {
	return [...]string{"first come, everybody", "deadline first, everybody", "waves"}[o]
}

// message is one that waits for the bot.
type message struct {
	priority int64
	seq      int
	class    waves.Class
	need     int
	match    int // index into the need's fitting; -1: a reply to somebody who wrote
}

type outbox []message

func (q outbox) Len() int { return len(q) }
func (q outbox) Less(i, j int) bool {
	return q[i].priority < q[j].priority || q[i].priority == q[j].priority && q[i].seq < q[j].seq
}
func (q outbox) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *outbox) Push(x any)   { *q = append(*q, x.(message)) }
func (q *outbox) Pop() any {
	old := *q
	m := old[len(old)-1]
	*q = old[:len(old)-1]
	return m
}

// call is a need in the hour, with what is stored about it.
type call struct {
	places, open     int
	published, start time.Duration
	fitting          []fit
	waves, queued    int
	last             time.Duration
	first            int // alerts of the first wave
	sent             int
	told             time.Duration // when the first people had been told; 0: not yet
	planned          time.Duration
}

type fit struct {
	person      int32
	km          float64
	asked       bool // or waiting to be
	sent        bool
	answered    bool
	at          time.Duration
	yes, expect float64 // the truth, and what the platform expected
}

// rush is the bot's hour, and the time until everything that began in it is over.
type rush struct {
	seed    uint64
	order   order
	policy  waves.Policy
	pace    *waves.Pace
	names   []string
	people  []record
	moods   []mood
	seen    []float64
	calls   []call
	agenda  agenda
	outbox  outbox
	seq     int
	alerts  int
	replies int
}

func newRush(seed uint64, o order, needs int) *rush {
	r := rand.New(rand.NewPCG(seed, 0x70616365))
	p := waves.Default()
	p.Quiet = waves.Quiet{From: quietFrom, To: quietTo}
	h := &rush{seed: seed, order: o, policy: p, pace: waves.NewPace(pacePerSecond, paceReplies), people: make([]record, pacePeople),
		moods: make([]mood, pacePeople), names: make([]string, pacePeople), seen: make([]float64, pacePeople), calls: make([]call, needs)}
	yes := make([]float64, pacePeople)
	for i := range h.people {
		h.people[i].last, h.people[i].served = never, never
		h.names[i] = "p" + strconv.Itoa(i)
		yes[i] = 1 - math.Pow(1-r.Float64(), 1.0/11)
		h.seen[i] = yes[i] * math.Exp(noiseSigma*r.NormFloat64())
	}
	for i := range h.calls {
		n := newNeed(r, 0, organisation{}, 0)
		c := &h.calls[i]
		c.places, c.open, c.last = n.places, n.places, never
		c.published = paceNoon + time.Duration(r.Int64N(int64(time.Hour)))
		c.start = c.published + n.start - n.published
		for _, k := range distinct(r, pacePeople, paceMatches) {
			km := 15 * math.Sqrt(r.Float64())
			c.fitting = append(c.fitting, fit{person: k, km: km, yes: min(1, yesFactor*yes[k]*math.Exp(-km/yesDistance))})
		}
		h.add(c.published, publish, i, 0)
	}
	return h
}

// distinct draws k different numbers below n.
func distinct(r *rand.Rand, n, k int) []int32 {
	seen := make(map[int32]bool, k)
	out := make([]int32, 0, k)
	for len(out) < k {
		if x := int32(r.IntN(n)); !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

func (h *rush) add(at time.Duration, k eventKind, need int, which int32) {
	h.seq++
	heap.Push(&h.agenda, event{at, h.seq, k, need, which})
}

func (h *rush) enqueue(m message, deadline time.Duration) {
	h.seq++
	m.seq = h.seq
	m.priority = waves.Priority(m.class, dayZero().Add(deadline))
	heap.Push(&h.outbox, m)
}

// run plays until nothing waits any more: events as they come, and messages as the pace allows.
func (h *rush) run(ctx context.Context) error {
	now := time.Duration(0)
	for i := 0; len(h.agenda) > 0 || len(h.outbox) > 0; i++ {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if len(h.outbox) > 0 {
			m := h.outbox[0]
			if h.stale(m) {
				heap.Pop(&h.outbox)
				continue
			}
			at := now + h.pace.Wait(m.class, dayZero().Add(now))
			if len(h.agenda) == 0 || at < h.agenda[0].at {
				now = at
				heap.Pop(&h.outbox)
				h.send(m, now)
				continue
			}
		}
		if len(h.agenda) > 0 {
			e := heap.Pop(&h.agenda).(event)
			now = max(now, e.at)
			h.happen(e, now)
		}
	}
	return nil
}

// stale tells whether a waiting alert has lost its purpose: the transaction that fills the last place
// cancels what has not been sent.
func (h *rush) stale(m message) bool { return m.match >= 0 && h.calls[m.need].open == 0 }

func (h *rush) happen(e event, now time.Duration) {
	c := &h.calls[e.need]
	switch e.kind {
	case publish:
		h.add(c.start, begin, e.need, 0)
		if h.order == inWaves {
			h.plan(e.need, now)
			return
		}
		deadline := now
		if h.order == deadlineFirst {
			deadline = c.start
		}
		c.first = len(c.fitting)
		for i := range c.fitting {
			h.enqueue(message{class: waves.FirstWave, need: e.need, match: i}, deadline)
		}
	case plan:
		if e.at == c.planned && c.open > 0 {
			h.plan(e.need, now)
		}
	case reply:
		h.hear(e.need, int(e.person), now)
	case begin:
		h.settle(c, now)
		c.open = 0
	}
}

// settle notes that the first people of a need need not be told any more.
func (h *rush) settle(c *call, now time.Duration) {
	if c.told == 0 {
		c.told = now
	}
}

func (h *rush) send(m message, now time.Duration) {
	h.pace.Sent(m.class, dayZero().Add(now))
	if m.match < 0 {
		h.replies++
		return
	}
	h.alerts++
	c := &h.calls[m.need]
	f := &c.fitting[m.match]
	f.sent, f.at = true, now
	c.queued = max(0, c.queued-1)
	c.sent++
	c.last = now
	if c.told == 0 && c.sent >= min(paceFirst, c.first) {
		c.told = now
	}
	d := &h.moods[f.person]
	if now < d.away || now < d.rest {
		return
	}
	d.away = now + time.Duration(exponential(h.seed, m.need, int(f.person), drawRest)*float64(awayMean))
	if uniform(h.seed, m.need, int(f.person), drawYes) < f.yes {
		z := normal(h.seed, m.need, int(f.person), drawDelay, drawDelay2)
		h.add(now+time.Duration(float64(delayMedian)*math.Exp(delaySigma*z)), reply, m.need, int32(m.match))
	}
}

// hear takes a yes: who wrote is answered, and the organisation is told.
func (h *rush) hear(n, match int, now time.Duration) {
	c := &h.calls[n]
	f := &c.fitting[match]
	f.answered = true
	h.enqueue(message{class: waves.Reply, need: n, match: -1}, now)
	if c.open == 0 {
		return
	}
	c.open--
	h.enqueue(message{class: waves.Reply, need: n, match: -1}, now)
	h.moods[f.person].rest = c.start + restAfter
	h.people[f.person].served = c.start
	if c.open == 0 {
		h.settle(c, now)
	}
}

func (h *rush) plan(n int, now time.Duration) {
	c := &h.calls[n]
	need, candidates, index := h.stored(c, now)
	p := h.policy.Next(need, candidates, dayZero().Add(now))
	deadline := h.policy.Deadline(&need).Sub(dayZero())
	for _, a := range p.Ask {
		i := index[a.Person]
		f := &c.fitting[i]
		f.asked, f.expect = true, a.Yes
		r := &h.people[f.person]
		r.alerts = append(r.alerts, now)
		r.last = now
		h.enqueue(message{class: need.Wave(), need: n, match: i}, deadline)
	}
	if len(p.Ask) > 0 {
		if c.waves == 0 {
			c.first = len(p.Ask)
		}
		c.waves++
		c.queued += len(p.Ask)
		c.last = now
	}
	if !p.Next.IsZero() {
		c.planned = p.Next.Sub(dayZero())
		h.add(c.planned, plan, n, 0)
	}
}

// stored is what the bot would read from its store before planning a need; index finds the fit of a
// candidate by name.
func (h *rush) stored(c *call, now time.Duration) (need waves.Need, candidates []waves.Candidate, index map[string]int) {
	need = waves.Need{Open: c.open, Published: dayZero().Add(c.published), Start: dayZero().Add(c.start),
		Waves: c.waves, LastWave: moment(c.last), Queued: c.queued}
	index = make(map[string]int, len(c.fitting))
	for i := range c.fitting {
		f := &c.fitting[i]
		name := h.names[f.person]
		if f.asked {
			if f.sent && !f.answered {
				need.Pending = append(need.Pending, waves.Pending{Person: name, AskedAt: dayZero().Add(f.at), Yes: f.expect})
			}
			continue
		}
		r := &h.people[f.person]
		week, today := r.recent(now)
		index[name] = i
		candidates = append(candidates, waves.Candidate{Person: name, KM: f.km, Yes: yesFactor * h.seen[f.person] * math.Exp(-f.km/yesDistance),
			LastAsked: moment(r.last), Asked7d: week, AskedToday: today, ServedAt: moment(r.served)})
	}
	return need, candidates, index
}

// PaceReport is how soon one bot tells people, for several orders and loads.
type PaceReport struct {
	Seed      uint64      `json:"seed"`
	PerSecond float64     `json:"messages_per_second"`
	Matches   int         `json:"matches"`
	Orders    []PaceOrder `json:"orders"`
}

// PaceOrder is one order under one load. Told are the seconds from publication until the first 20
// people, or the whole first wave where it is smaller, had been told.
type PaceOrder struct {
	Order      string  `json:"order"`
	Needs      int     `json:"needs"`
	ToldP50    float64 `json:"told_seconds_p50"`
	ToldP99    float64 `json:"told_seconds_p99"`
	In10       float64 `json:"told_within_10s"` // percent of needs
	FirstWave  float64 `json:"first_wave"`      // people, mean
	Messages   int     `json:"messages"`        // alerts
	Replies    int     `json:"replies"`
	OfEveryone float64 `json:"messages_of_broadcast"` // share of the messages of the first order
}

// RunPace lets the given numbers of needs be published within one hour on one bot, in each order.
func RunPace(ctx context.Context, seed uint64, needsPerHour []int) (*PaceReport, error) {
	r := &PaceReport{Seed: seed, PerSecond: pacePerSecond, Matches: paceMatches, Orders: []PaceOrder{}}
	for _, n := range needsPerHour {
		if n < 1 || n > 100_000 {
			return nil, fmt.Errorf("pace of %d needs: %w", n, ErrOptions)
		}
		broadcast := 0
		for _, o := range []order{firstCome, deadlineFirst, inWaves} {
			h := newRush(seed, o, n)
			if err := h.run(ctx); err != nil {
				return nil, fmt.Errorf("pace: %w", err)
			}
			if o == firstCome {
				broadcast = h.alerts
			}
			p := h.outcome()
			p.OfEveryone = ratio(float64(p.Messages), float64(broadcast))
			r.Orders = append(r.Orders, p)
		}
	}
	return r, nil
}

func (h *rush) outcome() PaceOrder {
	p := PaceOrder{Order: h.order.String(), Needs: len(h.calls), Messages: h.alerts, Replies: h.replies}
	told := make([]float64, len(h.calls))
	for i := range h.calls {
		c := &h.calls[i]
		told[i] = (c.told - c.published).Seconds()
		p.FirstWave += float64(c.first) / float64(len(h.calls))
		if told[i] <= 10 {
			p.In10 += 100 / float64(len(h.calls))
		}
	}
	slices.Sort(told)
	p.ToldP50 = median(told)
	p.ToldP99 = told[min(len(told)-1, len(told)*99/100)]
	return p
}
