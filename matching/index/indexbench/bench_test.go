package indexbench

import (
	"iter"
	"runtime"
	"testing"
	"time"

	"ehrenamt/matching/index"
)

func all(es []index.Entry) iter.Seq2[index.Entry, error] {
	return func(yield func(index.Entry, error) bool) {
		for i := range es {
			if !yield(es[i], nil) {
				return
			}
		}
	}
}

func testTry(t *testing.T) {
	s := NewSet(1, 1000000, 2000)
	runtime.GC()
	runtime.GC()
	var m0, m1 runtime.MemStats
	runtime.ReadMemStats(&m0)
	t0 := time.Now()
	x, err := index.Build(all(s.Entries), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("build", time.Since(t0))
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m1)
	t.Log("bytes", float64(m1.HeapAlloc-m0.HeapAlloc)/float64(len(s.Entries)))
	var out []index.Candidate
	mins := make([]time.Duration, len(s.Needs))
	for i := range mins {
		mins[i] = time.Hour
	}
	for range 60 {
		for i := range s.Needs {
			t0 := time.Now()
			out = x.Match(s.Needs[i].Query, out[:0])
			mins[i] = min(mins[i], time.Since(t0))
		}
	}
	var sum time.Duration
	for _, d := range mins {
		sum += d
	}
	t.Log("calm mean", sum/time.Duration(len(mins)))
	b := NewBrute(s.Entries)
	var want []int32
	bad := 0
	t0 = time.Now()
	for i := range s.Needs[:30] {
		want = b.Match(&s.Needs[i].Query, want[:0])
		out = x.Match(s.Needs[i].Query, out[:0])
		if !b.Same(x, out, want) {
			bad++
		}
	}
	t.Log("brute", time.Since(t0)/300, "bad", bad)
}
