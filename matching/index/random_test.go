package index

import (
	"math"
	"math/rand/v2"

	"ehrenamt/matching"
)

// random makes crowds for tests that are too large to be drawn one by one.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 2))} }

func (r random) point() matching.Point {
	return matching.Point{Lat: 50.7 + r.NormFloat64()*0.2, Lon: 6.1 + r.NormFloat64()*0.3}
}

func (r random) entry(id string) Entry {
	return Entry{
		ID: id, Point: r.point(), Radius: 2 * math.Pow(15, r.Float64()), Revision: 1,
		Categories:     1<<r.IntN(24) | 1<<r.IntN(24),
		Slots:          matching.Slots(r.Uint32()&r.Uint32()) & matching.AllSlots,
		Qualifications: 1<<r.IntN(12) | 1<<r.IntN(12),
	}
}

func (r random) query() Query {
	return Query{
		Point: r.point(), Without: Away,
		Categories: 1 << r.IntN(24), Slots: 1 << r.IntN(28), Required: 1 << r.IntN(12) * uint64(r.IntN(2)),
	}
}
