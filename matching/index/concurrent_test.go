package index

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"ehrenamt/matching"
)

// TestWhoMovesIsFoundExactlyOnce lets a writer move people to and fro between places at all of which
// they match, among strangers who come and go: every match under way must find each of them once.
func TestWhoMovesIsFoundExactlyOnce(t *testing.T) {
	const people = 300
	moves := 30000
	if soak() {
		moves = 3000000
	}
	r := newRandom(3)
	aachen := matching.Point{Lat: 50.7753, Lon: 6.0839}
	friend := func(id string, revision int64) Entry {
		p := aachen
		p.Lat += r.NormFloat64() * 0.02
		return Entry{
			ID: id, Point: p, Radius: 10 + 100*r.Float64(), Revision: revision,
			Categories: 1 | 1<<r.IntN(24), Slots: matching.Slots(1 | 1<<r.IntN(28)), Qualifications: r.Uint64() & 0xFFF,
		}
	}
	var list []Entry
	for i := range people {
		list = append(list, friend("friend "+strconv.Itoa(i), 1))
	}
	for i := range 5000 {
		e := r.entry(strconv.Itoa(i))
		e.Categories = 2
		list = append(list, e)
	}
	x, err := Build(sequence(list), 2)
	if err != nil {
		t.Fatal(err)
	}
	stop := watch(t, x, Query{Point: aachen, Categories: 1, Slots: 1, Without: Away}, people)
	for i := range moves {
		switch i % 3 {
		case 0, 1:
			x.Put(friend("friend "+strconv.Itoa(r.IntN(people)), int64(i+2)))
		default:
			e := r.entry(strconv.Itoa(r.IntN(6000)))
			e.Categories, e.Revision = 2, int64(i+2)
			if r.IntN(3) == 0 {
				x.Remove(e.ID, e.Revision)
			} else {
				x.Put(e)
			}
		}
	}
	stop()
}

// watch matches again and again, beside what the test does until it calls stop, and expects so many people.
func watch(t *testing.T, x *Subscriptions, q Query, people int) (stop func()) {
	var done atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			var out []Candidate
			seen := map[Key]bool{}
			for !done.Load() {
				out = x.Match(q, out[:0])
				clear(seen)
				for _, c := range out {
					if seen[c.Key] {
						t.Errorf("%s found twice", x.ID(c.Key))
					}
					seen[c.Key] = true
				}
				if len(seen) != people {
					t.Errorf("%d of %d found", len(seen), people)
				}
			}
		})
	}
	return func() {
		done.Store(true)
		wg.Wait()
	}
}
