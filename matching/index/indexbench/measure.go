package indexbench

import (
	"fmt"
	"iter"
	"runtime"
	"slices"
	"time"

	"ehrenamt/matching/index"
)

// Matching is the outcome of measuring the index of subscriptions. Times are those of the calmest of
// Rounds rounds over all needs; the calm ones take each need from its own calmest round, which says more on a
// machine that others use, too.
type Matching struct {
	Subscriptions int     `json:"subscriptions"`
	Needs         int     `json:"needs"`
	Rounds        int     `json:"rounds"`
	Build         float64 `json:"build_s"`
	Bytes         float64 `json:"bytes_per_subscription"`
	Mean          float64 `json:"mean_us"`
	P50           float64 `json:"p50_us"`
	P99           float64 `json:"p99_us"`
	Max           float64 `json:"max_us"`
	CalmMean      float64 `json:"calm_mean_us"`
	CalmP99       float64 `json:"calm_p99_us"`
	Matches       int     `json:"matches"`
	Brute         float64 `json:"brute_mean_us"`
	BruteRatio    float64 `json:"brute_ratio"`
	Equal         bool    `json:"equal"`

	Vs      *Rivalry `json:"vs,omitempty"`
	Changes *Churn   `json:"changes,omitempty"`
	Start   *Start   `json:"start,omitempty"`
}

// Rivalry is how another engine did on the same needs.
type Rivalry struct {
	Name  string  `json:"name"`
	Build float64 `json:"build_s"`
	Mean  float64 `json:"mean_us"`
	P50   float64 `json:"p50_us"`
	P99   float64 `json:"p99_us"`
	Ratio float64 `json:"ratio"` // of the means
	Equal bool    `json:"equal"`
}

// Start is how long a process takes from opening a database to a ready index.
type Start struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"s"`
	Same    bool    `json:"same"` // as many subscriptions as were written
}

// Bench holds what measuring needs.
type Bench struct {
	Set     *Set
	Now     func() time.Time
	Workers int
	Rounds  int
	Say     func(string) // progress

	x   *index.Subscriptions
	ids [][]string // of each need's matches, sorted
}

// Index is the index that Matching built.
func (b *Bench) Index() *index.Subscriptions { return b.x }

// All is the set's entries as a store would stream them.
func (s *Set) All() iter.Seq2[index.Entry, error] {
	return func(yield func(index.Entry, error) bool) {
		for i := range s.Entries {
			if !yield(s.Entries[i], nil) {
				return
			}
		}
	}
}

// Matching builds the index, asks every need Rounds times, and compares with brute force.
func (b *Bench) Matching() (*Matching, error) {
	m := &Matching{Subscriptions: len(b.Set.Entries), Needs: len(b.Set.Needs), Rounds: max(1, b.Rounds)}
	before := heap()
	began := b.Now()
	x, err := index.Build(b.Set.All(), b.Workers)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	m.Build = b.Now().Sub(began).Seconds()
	b.x = x
	if n := len(b.Set.Entries); n > 0 {
		m.Bytes = max(0, heap()-before) / float64(n)
	}
	b.Say(fmt.Sprintf("built %d subscriptions in %.2f s", m.Subscriptions, m.Build))
	var out []index.Candidate
	ask := func(i int) { out = x.Match(b.Set.Needs[i].Query, out[:0]) }
	for i := range b.Set.Needs {
		ask(i)
		m.Matches += len(out)
	}
	t := b.calmest(m.Rounds, ask)
	m.Mean, m.P50, m.P99, m.Max, m.CalmMean, m.CalmP99 = t.mean, t.p50, t.p99, t.max, t.calmMean, t.calmP99
	b.brute(m)
	return m, nil
}

// brute asks brute force the same, and compares.
func (b *Bench) brute(m *Matching) {
	brute := NewBrute(b.Set.Entries)
	m.Equal = true
	b.ids = make([][]string, len(b.Set.Needs))
	var want []int32
	var got []index.Candidate
	var spent time.Duration
	for i := range b.Set.Needs {
		q := &b.Set.Needs[i].Query
		began := b.Now()
		want = brute.Match(q, want[:0])
		spent += b.Now().Sub(began)
		got = b.x.Match(*q, got[:0])
		for _, k := range want {
			b.ids[i] = append(b.ids[i], brute.ids[k])
		}
		slices.Sort(b.ids[i])
		if !b.same(i, got) {
			m.Equal = false
		}
		if i%200 == 199 {
			b.Say(fmt.Sprintf("brute force: %d of %d needs", i+1, len(b.Set.Needs)))
		}
	}
	if n := len(b.Set.Needs); n > 0 {
		m.Brute = micro(spent) / float64(n)
		m.BruteRatio = m.Brute / m.Mean
	}
}

func (b *Bench) same(need int, got []index.Candidate) bool {
	ids := make([]string, len(got))
	for i := range got {
		ids[i] = b.x.ID(got[i].Key)
	}
	slices.Sort(ids)
	return slices.Equal(ids, b.ids[need])
}

// Versus asks another engine every need once, after warming up with a tenth of them.
func (b *Bench) Versus(m *Matching, name string, build time.Duration, match func(index.Query) ([]string, error)) error {
	v := &Rivalry{Name: name, Build: build.Seconds(), Equal: true}
	for i := range b.Set.Needs[:len(b.Set.Needs)/10] {
		if _, err := match(b.Set.Needs[i].Query); err != nil {
			return fmt.Errorf("bench %s: %w", name, err)
		}
	}
	var all []time.Duration
	for i := range b.Set.Needs {
		began := b.Now()
		ids, err := match(b.Set.Needs[i].Query)
		all = append(all, b.Now().Sub(began))
		if err != nil {
			return fmt.Errorf("bench %s: %w", name, err)
		}
		slices.Sort(ids)
		v.Equal = v.Equal && slices.Equal(ids, b.ids[i])
	}
	t := sum(all)
	v.Mean, v.P50, v.P99 = t.mean, t.p50, t.p99
	if m.Mean > 0 {
		v.Ratio = v.Mean / m.Mean
	}
	m.Vs = v
	return nil
}

// times are in microseconds.
type times struct{ mean, p50, p99, max, calmMean, calmP50, calmP99 float64 }

// calmest runs rounds over all needs and sums up the one with the least mean.
func (b *Bench) calmest(rounds int, ask func(int)) times {
	return calmest(b.Now, rounds, len(b.Set.Needs), ask)
}

func calmest(now func() time.Time, rounds, n int, ask func(int)) times {
	var best times
	all, least := make([]time.Duration, n), make([]time.Duration, n)
	for round := range rounds {
		for i := range n {
			began := now()
			ask(i)
			all[i] = now().Sub(began)
			if round == 0 || all[i] < least[i] {
				least[i] = all[i]
			}
		}
		if t := sum(all); round == 0 || t.mean < best.mean {
			best = t
		}
	}
	calm := sum(least)
	best.calmMean, best.calmP50, best.calmP99 = calm.mean, calm.p50, calm.p99
	return best
}

func sum(all []time.Duration) times {
	if len(all) == 0 {
		return times{}
	}
	s := slices.Clone(all)
	slices.Sort(s)
	var total time.Duration
	for _, d := range s {
		total += d
	}
	return times{
		mean: micro(total) / float64(len(s)), p50: micro(s[len(s)/2]),
		p99: micro(s[min(len(s)-1, len(s)*99/100)]), max: micro(s[len(s)-1]),
	}
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// heap is the bytes in use after a collection.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
