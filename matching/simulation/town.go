package simulation

import (
	"container/heap"
	"math"
	"slices"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day

	// From an alert that is heard to its yes: lognormal.
	delayMedian = 12 * time.Minute
	delaySigma  = 1.2

	// An alert that is heard starts a time in which no other is: exponential (Manshadi and Rodilitz).
	awayMean = 4 * day
	// With this chance each alert beyond the weekly budget makes a person leave.
	leaveChance = 0.02
	// A yes that comes too late costs, with this chance, as much time.
	filledShare = 0.2
	filledAway  = 14 * day
	// After the start of what they came for, people rest.
	restAfter = 7 * day

	budgetWeek = 3
	budgetDay  = 2
	quietFrom  = 22 * time.Hour
	quietTo    = 7 * time.Hour
)

// mood is the hidden state of a person. No policy may read it, but for who has left: those have
// unsubscribed.
type mood struct {
	away time.Duration // deaf to alerts until then
	rest time.Duration // has said yes, serves and rests until then
	left bool
}

// record is what the platform has stored about a person.
type record struct {
	alerts []time.Duration // of the last seven days
	last   time.Duration   // of the last alert, or before everything
	served time.Duration   // end of the last service, or before everything
	over   bool            // has been told more than the budget allows
}

const never = -1000 * day

// asking is what the platform has stored about a need.
type asking struct {
	open    int
	told    []asked
	is      map[int32]bool
	waves   int
	last    time.Duration
	planned time.Duration // the plan that counts; others are stale
	full    time.Duration
	done    bool
}

// asked is one alert to one person.
type asked struct {
	person   int32
	at       time.Duration
	answered bool
	yes      float64 // as the policy expected it
	heard    float64
}

type eventKind int

const (
	publish eventKind = iota
	reply
	plan
	begin
)

type event struct {
	at     time.Duration
	order  int
	kind   eventKind
	need   int
	person int32
}

type agenda []event

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].order < a[j].order
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(event)) }
func (a *agenda) Pop() any {
	old := *a
	e := old[len(old)-1]
	*a = old[:len(old)-1]
	return e
}

// step is what a policy wants done now: whom to ask, and when it wants to be asked again (0: never).
type step struct {
	ask  []asked
	next time.Duration
}

// policy decides for one need at a time from what the platform has stored.
type policy interface {
	next(t *town, n int, now time.Duration) step
}

// learner is a policy that learns from what the platform is told.
type learner interface {
	answered(t *town, n int, after time.Duration) // a yes came
	over(t *town, n int)                          // the need has begun
}

// town is one run of one policy in one world.
type town struct {
	*world
	o       Options
	tires   bool
	policy  policy
	learner learner // the policy, if it learns
	moods   []mood
	records []record
	asking  []asking
	agenda  agenda
	order   int
	quiet   int // alerts sent in quiet hours
	twice   int // alerts to somebody who had been told already
}

func newTown(w *world, o Options, p policy, tires bool) *town {
	t := &town{world: w, o: o, policy: p, tires: tires,
		moods: make([]mood, len(w.people)), records: make([]record, len(w.people)), asking: make([]asking, len(w.needs))}
	t.learner, _ = p.(learner)
	for i := range t.records {
		t.records[i].last, t.records[i].served = never, never
	}
	for i := range w.needs {
		t.asking[i] = asking{open: w.needs[i].places, is: map[int32]bool{}, last: never}
		t.add(w.needs[i].published, publish, i, 0)
	}
	return t
}

func (t *town) add(at time.Duration, k eventKind, need int, person int32) {
	t.order++
	heap.Push(&t.agenda, event{at, t.order, k, need, person})
}

// run plays the whole time.
func (t *town) run() {
	for len(t.agenda) > 0 {
		e := heap.Pop(&t.agenda).(event)
		switch e.kind {
		case publish:
			t.add(t.needs[e.need].start, begin, e.need, 0)
			t.plan(e.need, e.at)
		case plan:
			if e.at == t.asking[e.need].planned {
				t.plan(e.need, e.at)
			}
		case reply:
			t.hear(e.need, e.person, e.at)
		case begin:
			t.asking[e.need].done = true
			if t.learner != nil {
				t.learner.over(t, e.need)
			}
		}
	}
}

func isQuiet(at time.Duration) bool {
	h := at % day
	return h >= quietFrom || h < quietTo
}

// waking is the first moment from at on that is not quiet.
func waking(at time.Duration) time.Duration {
	switch h := at % day; {
	case h >= quietFrom:
		return at - h + day + quietTo
	case h < quietTo:
		return at - h + quietTo
	}
	return at
}

func (t *town) plan(n int, now time.Duration) {
	a := &t.asking[n]
	if a.done || a.open == 0 {
		return
	}
	s := t.policy.next(t, n, now)
	if len(s.ask) > 0 {
		a.waves++
		a.last = now
	}
	for _, p := range s.ask {
		t.tell(n, p, now)
	}
	if s.next > now && s.next < t.needs[n].start {
		a.planned = s.next
		t.add(s.next, plan, n, 0)
	}
}

// recent counts a person's alerts of the last seven days and of the calendar day.
func (r *record) recent(now time.Duration) (inWeek, today int) {
	for len(r.alerts) > 0 && r.alerts[0] <= now-week {
		r.alerts = r.alerts[1:]
	}
	for _, at := range slices.Backward(r.alerts) {
		if at < now-now%day {
			break
		}
		today++
	}
	return len(r.alerts), today
}

// km is the distance between a person and a need.
func (t *town) km(n int, p int32) float64 {
	return math.Hypot(t.people[p].x-t.needs[n].x, t.people[p].y-t.needs[n].y)
}

func (t *town) chance(n int, p int32, km float64) float64 {
	return min(1, yesFactor*t.o.YesRate*t.people[p].yes*math.Exp(-km/yesDistance))
}

func (t *town) tell(n int, ask asked, now time.Duration) {
	p := ask.person
	a, r, m := &t.asking[n], &t.records[p], &t.moods[p]
	if a.is[p] {
		t.twice++
		return
	}
	if isQuiet(now) {
		t.quiet++
	}
	a.is[p] = true
	ask.at = now
	a.told = append(a.told, ask)
	r.alerts = append(r.alerts, now)
	r.last = now
	km := t.km(n, p)
	inWeek, today := r.recent(now)
	if inWeek > budgetWeek || today > budgetDay {
		r.over = true
	}
	if t.tires && inWeek > budgetWeek && uniform(t.seed, n, int(p), drawLeave) < leaveChance*t.o.Tiredness {
		m.left = true
	}
	if m.left || now < m.away || now < m.rest {
		return
	}
	if t.tires {
		m.away = now + time.Duration(exponential(t.seed, n, int(p), drawRest)*t.o.Tiredness*float64(awayMean))
	}
	if uniform(t.seed, n, int(p), drawYes) < t.chance(n, p, km) {
		z := normal(t.seed, n, int(p), drawDelay, drawDelay2)
		t.add(now+time.Duration(float64(delayMedian)*math.Exp(delaySigma*z)), reply, n, p)
	}
}

// hear takes a yes that arrives.
func (t *town) hear(n int, p int32, now time.Duration) {
	a, m := &t.asking[n], &t.moods[p]
	for i := range a.told {
		if a.told[i].person == p {
			a.told[i].answered = true
			if t.learner != nil {
				t.learner.answered(t, n, now-a.told[i].at)
			}
		}
	}
	if a.open == 0 || a.done {
		if t.tires && uniform(t.seed, n, int(p), drawFilled) < filledShare {
			m.away = max(m.away, now+time.Duration(float64(filledAway)*t.o.Tiredness))
		}
		return
	}
	a.open--
	m.rest = t.needs[n].start + restAfter
	t.records[p].served = t.needs[n].start
	if a.open == 0 {
		a.full = now
	}
}
