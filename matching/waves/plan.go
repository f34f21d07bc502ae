package waves

import (
	"cmp"
	"slices"
	"time"
)

// ranked is a candidate who may be asked now.
type ranked struct {
	person string
	yes    float64 // heard and yes
	heard  float64
	price  float64 // of an expected yes from this person
	reach  Reach
	first  int // position in the list
}

// held says why candidates cannot be asked now.
type held struct {
	quiet, spent int
	wakes        time.Time // the earliest end of quiet hours
}

// Next plans one need. candidates are those found with need.Reach and not yet told; now carries the
// zone whose wall clock counts for quiet hours. The same arguments give the same plan.
//
// People are asked in the order of what an expected yes from them costs: what other needs would lose
// by their attention (Candidate.Calls), and the alert itself. A wave ends where enough yes are to be
// expected, or where the next one would cost more than the chance that it is still needed.
func (p Policy) Next(need Need, candidates []Candidate, now time.Time) Plan {
	left := p.left(&need, now)
	switch {
	case need.Open <= 0:
		return Plan{Stop: true, Why: Full, Reach: need.Reach}
	case left <= 0:
		return Plan{Stop: true, Why: Over, Reach: need.Reach}
	case need.Queued > 0:
		return p.later(Plan{Why: Queued, Reach: need.Reach, UnderWay: p.underWay(&need, now)}, &need, now.Add(p.MinStep))
	}
	step := p.step(left)
	if due, wait := p.due(&need, step, now); wait {
		return p.later(Plan{Why: Waiting, Reach: need.Reach, UnderWay: p.underWay(&need, now)}, &need, due)
	}
	able, held := p.able(&need, candidates, now)
	inTime := p.Delay.By(left)
	plan := Plan{UnderWay: p.underWay(&need, now)}
	for i := range able {
		plan.Supply += able[i].yes * inTime
	}
	plan.Reach = p.wider(&need, plan.UnderWay+plan.Supply)
	if inTime < 0.01 {
		plan.Why, plan.Stop = TooLate, true
		return plan
	}
	p.fill(&plan, &need, able, left, inTime)
	next := now.Add(step)
	switch {
	case len(plan.Ask) > 0:
		plan.Why = Asking
	case len(able) > 0:
		plan.Why = Enough
	case held.quiet > 0:
		plan.Why = Quiets
		next = held.wakes
	case held.spent > 0:
		plan.Why = Spent
	case need.Waves == 0 && len(need.Pending) == 0:
		plan.Why = Nobody
	default:
		plan.Why = Exhausted
	}
	if plan.Why == Nobody || plan.Why == Exhausted {
		if plan.Reach > need.Reach {
			next = now // search again at once
		} else if plan.UnderWay < leastYes {
			plan.Stop = true
			return plan
		}
	}
	if p.Quiet.At(next) && plan.Why != Quiets {
		next = p.Quiet.Ends(next)
	}
	return p.later(plan, &need, next)
}

// later sets the next time of planning; there is none once the need has begun.
func (p *Policy) later(plan Plan, n *Need, next time.Time) Plan {
	if !n.Start.IsZero() && !next.Before(n.Start) {
		plan.Stop = len(plan.Ask) == 0 && plan.Why != Queued && plan.UnderWay < leastYes
		return plan
	}
	plan.Next = next
	return plan
}

func (p *Policy) step(left time.Duration) time.Duration {
	return min(max(time.Duration(float64(left)/max(1, p.Steps)), p.MinStep), p.MaxStep)
}

// due is when the next wave may leave: however often a need is revised or planned, a wave gets its
// time. A last wave that lies clearly in the future was sent before the clock was set back; then one
// wave may leave early, which puts the stored time right again.
func (p *Policy) due(n *Need, step time.Duration, now time.Time) (time.Time, bool) {
	if n.LastWave.IsZero() || n.LastWave.Sub(now) > p.MinStep {
		return now, false
	}
	last := n.LastWave
	if last.After(now) {
		last = now
	}
	due := last.Add(step)
	return due, due.After(now)
}

// able are the candidates who may be asked now, the cheapest yes first.
func (p *Policy) able(n *Need, candidates []Candidate, now time.Time) ([]ranked, held) {
	told := make(map[string]bool, len(n.Pending))
	for _, w := range n.Pending {
		told[w.Person] = true
	}
	var h held
	out := make([]ranked, 0, len(candidates))
	for i := range candidates {
		c := &candidates[i]
		if c.Reach > n.Reach || told[c.Person] || c.Person == "" {
			continue
		}
		heard := p.Heard(c, now)
		if heard < leastHeard || !within(c.Asked7d, c.BudgetWeek, p.PerWeek) || !within(c.AskedToday, c.BudgetDay, p.PerDay) {
			h.spent++
			continue
		}
		if q := p.quiet(c); q.At(now) {
			h.quiet++
			if end := q.Ends(now); h.wakes.IsZero() || end.Before(h.wakes) {
				h.wakes = end
			}
			continue
		}
		r := ranked{person: c.Person, heard: heard, yes: heard * p.chance(c), reach: c.Reach, first: i}
		r.price = p.price(c, r.yes)
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.price, b.price), cmp.Compare(a.person, b.person), cmp.Compare(a.first, b.first))
	})
	return once(out), h
}

// once keeps the best of each person.
func once(rs []ranked) []ranked {
	seen := make(map[string]bool, len(rs))
	return slices.DeleteFunc(rs, func(r ranked) bool {
		again := seen[r.person]
		seen[r.person] = true
		return again
	})
}

func within(asked, budget, usual int) bool {
	if budget == 0 {
		budget = usual
	}
	return asked < budget
}

func (p *Policy) quiet(c *Candidate) Quiet {
	if c.Quiet == (Quiet{}) {
		return p.Quiet
	}
	return c.Quiet
}

// mostCalls a day are as many as anybody can be worth keeping for.
const mostCalls = 1000

// price is what one expected yes from this person costs. An alert takes a person's attention for the
// mean time p.Away; in that time other needs call with the weight Calls a day. By the renewal-reward
// rule an attentive moment is then worth v/(1+v) of a yes next door, with v = Calls × Away; a need
// farther off gets only Near of a yes for it.
func (p *Policy) price(c *Candidate, yes float64) float64 {
	v := 0.0
	if c.Calls > 0 {
		v = min(c.Calls, mostCalls) * p.Away.Hours() / 24
	}
	price := v/(1+v)/p.Near(c.KM) + p.Cost*p.Usual*float64(1+max(0, c.Asked7d))/yes
	return price * (1 + 0.5*float64(c.Reach))
}

// mostGrowth is the number of waves after which targets no longer rise.
const mostGrowth = 10

// fill takes people into the wave.
func (p *Policy) fill(plan *Plan, n *Need, able []ranked, left time.Duration, inTime float64) {
	w := p.weight(n.Organisation)
	target := p.Target * (1 + p.Growth*float64(min(n.Waves, mostGrowth))) * w
	if left <= p.LastCall {
		target = p.LastTarget * w
	}
	sure := 1.0
	if n.Waves == 0 {
		sure = p.Haste
	}
	for _, r := range able {
		worth := w * fewer(sure*plan.UnderWay, n.Open)
		limit := target
		if n.Waves == 0 && 2*r.price <= worth {
			limit = max(target, p.Quick*w)
		}
		if len(plan.Ask) >= p.MaxWave || plan.UnderWay >= limit*float64(n.Open) {
			return
		}
		if worth < r.price && len(n.Pending)+len(plan.Ask) >= p.Least {
			return
		}
		plan.Ask = append(plan.Ask, Ask{Person: r.person, Yes: r.yes, Heard: r.heard})
		plan.UnderWay += r.yes * inTime
	}
}

// wider is the reach of the next search: one step further when all who could be asked do not suffice.
// Organisations that leave people without an answer for a day do not reach beyond wishes, and only
// those that answer within hours reach other times.
func (p *Policy) wider(n *Need, supply float64) Reach {
	most := OtherTime
	switch {
	case n.Organisation.ReplyAfter >= 24*time.Hour:
		most = Fronts
	case n.Organisation.ReplyAfter > 6*time.Hour:
		most = Farther
	}
	if supply >= p.Target*float64(n.Open) {
		return n.Reach
	}
	return max(n.Reach, min(n.Reach+1, most))
}
