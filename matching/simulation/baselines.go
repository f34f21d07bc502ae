package simulation

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// everyone asks all who fit at once.
type everyone struct{}

func (everyone) next(t *town, n int, now time.Duration) step {
	return step{ask: all(t, n, math.Inf(1))}
}

// practice asks all within 8 km at once and all others after 15 minutes.
type practice struct{}

func (practice) next(t *town, n int, now time.Duration) step {
	if now == t.needs[n].published {
		return step{ask: all(t, n, 8), next: waking(now + 15*time.Minute)}
	}
	return step{ask: all(t, n, math.Inf(1))}
}

func all(t *town, n int, within float64) []asked {
	var out []asked
	for _, m := range t.needs[n].eligible {
		if m.km <= within && t.askable(n, m.person) {
			out = append(out, asked{person: m.person})
		}
	}
	return out
}

// tens asks the next ten in an order of its own every 30 minutes.
type tens struct {
	rank func(t *town, n int, m match) float64 // smallest first
}

const (
	waveOfTens = 10
	tensEvery  = 30 * time.Minute
)

func (p tens) next(t *town, n int, now time.Duration) step {
	ask := byRank(t, n, p.rank)
	if len(ask) <= waveOfTens {
		return step{ask: ask}
	}
	return step{ask: ask[:waveOfTens], next: waking(now + tensEvery)}
}

func byRank(t *town, n int, rank func(*town, int, match) float64) []asked {
	type ranked struct {
		person int32
		rank   float64
	}
	var rs []ranked
	for _, m := range t.needs[n].eligible {
		if t.askable(n, m.person) {
			rs = append(rs, ranked{m.person, rank(t, n, m)})
		}
	}
	slices.SortFunc(rs, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.person, b.person))
	})
	out := make([]asked, len(rs))
	for i, r := range rs {
		out[i] = asked{person: r.person}
	}
	return out
}

func nearestRank(_ *town, _ int, m match) float64 { return m.km }

func likeliestRank(t *town, _ int, m match) float64 {
	return -t.people[m.person].seen * math.Exp(-m.km/yesDistance)
}

func randomRank(t *town, n int, m match) float64 {
	return uniform(t.seed, n, int(m.person), drawOrder)
}

// awake is how likely a person hears an alert, as far as the platform can tell: whatever happened
// before, the time deaf after an alert has no memory, and people who serve rest.
func (t *town) awake(p int32, now time.Duration) float64 {
	r := &t.records[p]
	if now < r.served+restAfter {
		return 0
	}
	return 1 - math.Exp(-float64(now-r.last)/float64(awayMean))
}

// sparse asks once: everybody's coin lands so that nobody is called more often than attention grows
// back, and of those the likeliest are told until enough yes are to be expected. It stands for the
// static policies of Manshadi and Rodilitz, with the rate of calls counted instead of known.
type sparse struct {
	calls []int // needs so far, by person
}

const sparseTarget = 2.5

func newSparse(w *world, _ Options) policy { return &sparse{calls: make([]int, len(w.people))} }

func (p *sparse) next(t *town, n int, now time.Duration) step {
	var ask []asked
	var expected float64
	for _, m := range t.needs[n].eligible {
		p.calls[m.person]++
	}
	days := now.Hours()/24 + 7
	for _, k := range byRank(t, n, likeliestRank) {
		a := t.awake(k.person, now)
		share := days / (awayMean.Hours() / 24 * float64(p.calls[k.person]))
		if uniform(t.seed, n, int(k.person), drawOrder) > share {
			continue
		}
		if expected >= sparseTarget*float64(t.needs[n].places) {
			break
		}
		ask = append(ask, k)
		expected += a * yesFactor * t.people[k.person].seen * math.Exp(-t.km(n, k.person)/yesDistance)
	}
	return step{ask: ask}
}

// askable tells whether a person may still be told of a need.
func (t *town) askable(n int, p int32) bool { return !t.asking[n].is[p] && !t.moods[p].left }
