package indexbench

import (
	"os"
	"testing"

	"ehrenamt/matching/index"
	"ehrenamt/matching/index/search"
)

// size is how much a benchmark works on: a tenth of the full size unless EHRENAMT_SOAK=1.
func size(n int) int {
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		return n
	}
	return n / 10
}

func BenchmarkBuild(b *testing.B) {
	s := NewSet(1, size(1_000_000), 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := index.Build(s.All(), 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	s := NewSet(1, size(1_000_000), 2000)
	x, err := index.Build(s.All(), 0)
	if err != nil {
		b.Fatal(err)
	}
	var out []index.Candidate
	b.ReportAllocs()
	i, n := 0, 0
	for b.Loop() {
		out = x.Match(s.Needs[i%len(s.Needs)].Query, out[:0])
		n += len(out)
		i++
	}
	b.ReportMetric(float64(n)/float64(i), "matches/op")
}

func BenchmarkChange(b *testing.B) {
	s := NewSet(1, size(1_000_000), 0)
	x, err := index.Build(s.All(), 0)
	if err != nil {
		b.Fatal(err)
	}
	list := s.changes(3, 1_000_000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		list[i%len(list)].apply(x)
		i++
	}
}

func BenchmarkSearch(b *testing.B) {
	x, err := search.Build(Docs(1, size(1_000_000)), 0)
	if err != nil {
		b.Fatal(err)
	}
	for name, qs := range newPosts(2).searches(1000) {
		b.Run(name, func(b *testing.B) {
			var hits []search.Hit
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				hits, _ = x.Search(qs[i%len(qs)], hits[:0])
				i++
			}
		})
	}
}
