package simulation

import (
	"math"
	"slices"
	"time"
)

type dem struct{ w float64; at time.Duration }

type proto struct {
	target, grow, c, kappa, half, price, stepDiv, urgent, fair float64
	theta0 float64
	plain bool
	d []dem
	seenNeed map[int]bool
	org [][2]float64
}

func newProto() *proto {
	return &proto{target: env("TARGET", 0.8), grow: env("GROW", 0.5), c: env("C", 0.001), kappa: env("KAPPA", 1), half: env("HALF", 21), price: env("PRICE", 1), stepDiv: env("STEP", 12), urgent: env("URG", 3), fair: env("FAIR",0), plain: env("PLAIN",0)>0, theta0: env("THETA0",0.0)}
}

func phi(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
func delayCDF(d time.Duration) float64 {
	if d <= 0 { return 0 }
	return phi(math.Log(float64(d)/float64(delayMedian)) / delaySigma)
}
func tail(mu float64, k int) float64 { // P(Pois(mu) < k)
	term, s := math.Exp(-mu), 0.0
	for i := 0; i < k; i++ { s += term; term *= mu / float64(i+1) }
	return s
}

type asked2 struct{ p float64 }
var _ = asked2{}

func (q *proto) next(t *town, n int, now time.Duration) step {
	if q.d == nil {
		q.d = make([]dem, len(t.people)); q.seenNeed = map[int]bool{}; q.org = make([][2]float64, 200)
	}
	nd, a := &t.needs[n], &t.asking[n]
	left := nd.start - now
	P := func(p int32) float64 {
		km := math.Hypot(t.people[p].x-nd.x, t.people[p].y-nd.y)
		return min(0.9, yesFactor*t.people[p].seen*math.Exp(-km/yesDistance))
	}
	lam := math.Ln2 / q.half / float64(day)
	theta := func(p int32) float64 {
		d := q.d[p]
		w := d.w * math.Exp(-lam*float64(now-d.at)) * lam * float64(day) // per day
		if el := float64(now) * lam; el < 50 { w /= 1 - math.Exp(-el-1e-3) }
		w = q.kappa * 4 * (w + q.theta0)
		return w / (1 + w)
	}
	if !q.seenNeed[n] {
		q.seenNeed[n] = true
		S := 0.0
		for _, m := range nd.eligible { if t.askable(n, m.person) { S += P(m.person) * t.awake(m.person, now) } }
		pi := tail(S*q.price, nd.places)
		for _, m := range nd.eligible {
			d := &q.d[m.person]
			d.w = d.w*math.Exp(-lam*float64(now-d.at)) + math.Exp(-m.km/yesDistance)*pi
			d.at = now
		}
		q.org[nd.organisation][0] += float64(nd.places)
	}
	mu := 0.0
	for _, x := range a.told {
		if x.answered { continue }
		e := now - x.at
		pa := x.p
		g := delayCDF(e)
		gl := delayCDF(e + left)
		mu += pa * (gl - g) / (1 - pa*g)
	}
	type cand struct { p int32; mu, k float64 }
	var cs []cand
	ontime := delayCDF(left)
	for _, m := range nd.eligible {
		if !t.askable(n, m.person) { continue }
		wk, td := t.records[m.person].recent(now)
		if wk >= budgetWeek || td >= budgetDay { continue }
		aw := t.awake(m.person, now)
		if aw < 0.02 { continue }
		p := P(m.person) 
		c := cand{p: m.person, mu: p * aw}
		if q.plain {
			c.k = -p*aw*math.Pow(0.7, float64(wk))
		} else {
			c.k = theta(m.person)*math.Exp(m.km/yesDistance) + q.c/c.mu*(1+float64(wk))
		}
		cs = append(cs, c)
	}
	slices.SortFunc(cs, func(x, y cand) int { if x.k < y.k { return -1 }; if x.k > y.k { return 1 }; return int(x.p - y.p) })
	st := min(max(left/time.Duration(q.stepDiv), 8*time.Minute), 90*time.Minute)
	tgt := q.target * float64(a.open) * (1 + q.grow*float64(a.waves))
	if left <= 90*time.Minute { tgt = q.urgent * float64(a.open) }
	var out step
	for _, c := range cs {
		if mu >= tgt { break }
		if !q.plain && tail(mu, a.open) < c.k { break }
		mu += c.mu * ontime
		out.ask = append(out.ask, c.p)
		q.mark(a, c.p, c.mu)
	}
	out.next = waking(now + st)
	return out
}
func (q *proto) mark(a *asking, p int32, mu float64) { if a.p == nil { a.p = map[int32]float64{} }; a.p[p] = mu }
