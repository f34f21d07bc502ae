package indexbench

import (
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ehrenamt/matching/index"
)

// Churn is how matching does while subscriptions change.
type Churn struct {
	PerSecond float64 `json:"per_s"` // changes made while matching
	Mean      float64 `json:"mean_us"`
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
	Max       float64 `json:"max_us"`        // longest match
	Longest   float64 `json:"longest_us"`    // longest change
	P99Ratio  float64 `json:"p99_ratio"`     // to matching alone, right before
	Peak      float64 `json:"peak_per_s"`    // changes a second without pacing, while matching
	Bytes     float64 `json:"bytes_after"`   // per subscription, afterwards
	Equal     bool    `json:"equal"`         // to brute force over what is left, afterwards
	AloneP99  float64 `json:"alone_p99_us"`  // of matching right before
	AloneMean float64 `json:"alone_mean_us"` // of matching right before
}

// change is one change made ready before the clock runs.
type change struct {
	kind  uint8 // see the constants
	entry index.Entry
}

const (
	put uint8 = iota
	remove
	rest
	wake
)

// changes makes up n changes: of ten, four set or clear a state, three move somebody, one changes what
// somebody wants, one removes and one adds somebody.
func (s *Set) changes(seed uint64, n int) []change {
	r := rand.New(rand.NewPCG(seed, 9))
	c := newCountry(rand.New(rand.NewPCG(seed, 1)))
	total := len(s.Entries)
	out := make([]change, n)
	for i := range out {
		old := s.Entries[r.IntN(total)]
		old.Revision = int64(i + 2)
		out[i] = change{put, old}
		switch i % 10 {
		case 0, 1:
			out[i].kind = rest
		case 2, 3:
			out[i].kind = wake
		case 4, 5, 6:
			out[i].entry.Point = c.home(r)
		case 7:
			out[i].entry.Categories = uint32(some(r, categoryCount, 1, 4))
		case 8:
			out[i].kind = remove
		default:
			out[i].entry = newEntry(r, c, strconv.Itoa(total+1+i))
			out[i].entry.Revision = int64(i + 2)
		}
	}
	return out
}

func (c *change) apply(x *index.Subscriptions) {
	switch c.kind {
	case put:
		x.Put(c.entry)
	case remove:
		x.Remove(c.entry.ID, c.entry.Revision)
	default:
		x.SetState(c.entry.ID, index.Resting, c.kind == rest)
	}
}

// Churn matches while changes go on at a pace a second, then as fast as they can, for a time each.
// Afterwards it compares with brute force over what is left.
func (b *Bench) Churn(pace int, lasting time.Duration) *Churn {
	ch := &Churn{}
	n := int(float64(pace)*lasting.Seconds()) + 1
	list := b.Set.changes(3, 3*n)
	alone, _ := b.under(lasting, func(*atomic.Bool) {})
	a := sum(alone)
	ch.AloneP99, ch.AloneMean = a.p99, a.mean
	done := 0
	var longest time.Duration
	times, took := b.under(lasting, func(stop *atomic.Bool) {
		began := b.Now()
		for done < n && !stop.Load() {
			due := int(float64(pace) * b.Now().Sub(began).Seconds())
			if done >= due {
				runtime.Gosched()
				continue
			}
			for ; done < min(due, n); done++ {
				at := b.Now()
				list[done].apply(b.x)
				longest = max(longest, b.Now().Sub(at))
			}
		}
	})
	t := sum(times)
	ch.PerSecond = float64(done) / took.Seconds()
	ch.Mean, ch.P50, ch.P99, ch.Max, ch.Longest = t.mean, t.p50, t.p99, t.max, micro(longest)
	ch.P99Ratio = t.p99 / a.p99
	paced := done
	_, took = b.under(lasting, func(stop *atomic.Bool) {
		for done < len(list) && !stop.Load() {
			list[done].apply(b.x)
			done++
		}
	})
	ch.Peak = float64(done-paced) / took.Seconds()
	b.after(ch, list[:done])
	return ch
}

// under matches needs over and over, for a time, beside other work; took is how long that work went on. Garbage
// of the time before is collected first: most of it is the bench's own.
func (b *Bench) under(lasting time.Duration, work func(stop *atomic.Bool)) (all []time.Duration, took time.Duration) {
	runtime.GC()
	var stop atomic.Bool
	var wg sync.WaitGroup
	began := b.Now()
	wg.Go(func() {
		work(&stop)
		took = b.Now().Sub(began)
	})
	var out []index.Candidate
	for i := 0; b.Now().Sub(began) < lasting; i++ {
		at := b.Now()
		out = b.x.Match(b.Set.Needs[i%len(b.Set.Needs)].Query, out[:0])
		all = append(all, b.Now().Sub(at))
	}
	stop.Store(true)
	wg.Wait()
	return all, took
}

// after compares the changed index with brute force over the entries that are left.
func (b *Bench) after(ch *Churn, list []change) {
	left := map[string]index.Entry{}
	for _, e := range b.Set.Entries {
		left[e.ID] = e
	}
	for _, c := range list {
		old, there := left[c.entry.ID]
		switch {
		case c.kind == put:
			e := c.entry
			if there {
				e.State = old.State
			}
			left[e.ID] = e
		case c.kind == remove:
			delete(left, c.entry.ID)
		case there && c.kind == rest:
			old.State |= index.Resting
			left[c.entry.ID] = old
		case there:
			old.State &^= index.Resting
			left[c.entry.ID] = old
		}
	}
	var awake []index.Entry
	for _, e := range left {
		if e.State == 0 {
			awake = append(awake, e)
		}
	}
	ch.Equal = b.x.Len() == len(left)
	brute := NewBrute(awake)
	var want []int32
	var got []index.Candidate
	for _, n := range b.Set.Needs[:min(100, len(b.Set.Needs))] {
		want = brute.Match(&n.Query, want[:0])
		got = b.x.Match(n.Query, got[:0])
		ch.Equal = ch.Equal && brute.Same(b.x, got, want)
	}
	with := heap()
	count := float64(max(1, b.x.Len()))
	b.x = nil
	ch.Bytes = max(0, with-heap()) / count
	runtime.KeepAlive(b.Set)
	runtime.KeepAlive(list)
	runtime.KeepAlive(left)
	runtime.KeepAlive(awake)
	runtime.KeepAlive(brute)

}
