package simulation

import (
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/waves"
)

// ours is the product's own policy, fed with what the product would have stored and nothing else.
type ours struct {
	policy     waves.Policy
	demand     *waves.Demand
	rates      *waves.Rates
	standing   []waves.Standing // of organisations
	index      map[string]int32 // person by name
	promises   *waves.Promises
	outlooks   []waves.Outlook // of needs, at their first plan
	promise    []time.Time     // of needs; zero: none
	candidates []waves.Candidate
	pending    []waves.Pending
}

func newOurs(w *world, o Options) *ours {
	p := waves.Default()
	p.Quiet = waves.Quiet{From: quietFrom, To: quietTo}
	if o.Tune != nil {
		o.Tune(&p)
	}
	u := &ours{policy: p, demand: waves.NewDemand(dayZero(), waves.DemandHalfLife), rates: waves.NewRates(p.NearKM),
		promises: waves.NewPromises(p.Quiet), outlooks: make([]waves.Outlook, len(w.needs)), promise: make([]time.Time, len(w.needs)),
		standing: make([]waves.Standing, o.Organisations), index: make(map[string]int32, len(w.people))}
	for i := range w.people {
		u.index[w.people[i].id] = int32(i)
	}
	return u
}

// kase is an alert's circumstances as the platform knows them.
func (u *ours) kase(t *town, n int, p int32, km float64, at time.Duration) waves.Case {
	nd := &t.needs[n]
	return waves.Case{Category: matching.Categories[nd.category], At: dayZero().Add(at), Lead: nd.start - at,
		KM: km, Inclined: yesFactor * t.people[p].seen}
}

// moment is a stored time; before everything there is none.
func moment(d time.Duration) time.Time {
	if d == never {
		return time.Time{}
	}
	return dayZero().Add(d)
}

func (u *ours) candidate(t *town, n int, m match, now time.Duration) waves.Candidate {
	r := &t.records[m.person]
	week, today := r.recent(now)
	return waves.Candidate{Person: t.people[m.person].id, KM: m.km, Yes: u.rates.Yes(u.kase(t, n, m.person, m.km, now)),
		LastAsked: moment(r.last), Asked7d: week, AskedToday: today, ServedAt: moment(r.served),
		Calls: u.demand.Calls(t.people[m.person].id, dayZero().Add(now))}
}

func (u *ours) next(t *town, n int, now time.Duration) step {
	nd, a := &t.needs[n], &t.asking[n]
	at := dayZero().Add(now)
	u.policy.Usual = u.rates.Usual()
	u.candidates = u.candidates[:0]
	for _, m := range nd.eligible {
		if t.askable(n, m.person) {
			u.candidates = append(u.candidates, u.candidate(t, n, m, now))
		}
	}
	if now == nd.published {
		u.demand.Observe(&u.policy, at, u.policy.Scarcity(nd.places, u.candidates, at), u.candidates)
	}
	u.pending = u.pending[:0]
	for _, w := range a.told {
		if !w.answered {
			u.pending = append(u.pending, waves.Pending{Person: t.people[w.person].id, AskedAt: dayZero().Add(w.at), Yes: w.yes})
		}
	}
	plan := u.policy.Next(waves.Need{
		Open: a.open, Published: dayZero().Add(nd.published), Start: dayZero().Add(nd.start), Waves: a.waves,
		LastWave: moment(a.last), Pending: u.pending, Organisation: u.standing[nd.organisation],
	}, u.candidates, at)
	if now == nd.published {
		o := waves.Outlook{Places: nd.places, Lead: nd.start - now, Supply: plan.UnderWay + plan.Supply}
		u.outlooks[n] = o
		u.promise[n], _ = u.promises.By(o, at)
	}
	var s step
	for _, k := range plan.Ask {
		s.ask = append(s.ask, asked{person: u.index[k.Person], yes: k.Yes, heard: k.Heard})
	}
	if !plan.Next.IsZero() {
		s.next = plan.Next.Sub(dayZero())
	}
	return s
}

func (u *ours) answered(_ *town, _ int, after time.Duration) { u.policy.Delay.Observe(after) }

// over learns from a need that has begun.
func (u *ours) over(t *town, n int) {
	nd, a := &t.needs[n], &t.asking[n]
	full := time.Time{}
	if a.open == 0 {
		full = dayZero().Add(a.full)
	}
	u.promises.Observe(u.outlooks[n], dayZero().Add(nd.published), full)
	if !u.promise[n].IsZero() {
		u.promises.Judge(u.promise[n], full)
	}
	s := &u.standing[nd.organisation]
	s.Places += nd.places
	s.Filled += nd.places - a.open
	for _, w := range a.told {
		k := u.kase(t, n, w.person, t.km(n, w.person), w.at)
		k.Heard = w.heard
		u.rates.Observe(k, w.answered)
	}
}

func (u *ours) promised() (kept, made int) { return u.promises.Kept() }
