// Package indexbench makes up volunteers, needs and postings like those of a
// country of towns, and measures the index against brute force over the same
// rows. Everything comes from a seed; it opens no file, and the time comes from
// the caller.
package indexbench

import (
	"math"
	"math/rand/v2"
	"sort"
	"strconv"

	"ehrenamt/matching"
	"ehrenamt/matching/index"
)

// country is a set of towns whose sizes fall by rank, as those of German municipalities do.
type country struct {
	towns []town
	upTo  []float64 // sums of the sizes
}

type town struct {
	centre matching.Point
	sigma  float64 // km
}

// towns and rankOffset are such that a tenth of the people live in the five largest towns and a point where
// somebody lives lies in about 17,000 of a million circles.
const (
	towns      = 400
	rankOffset = 3
)

func newCountry(r *rand.Rand) *country {
	c := &country{}
	sum := 0.0
	for i := range towns {
		size := 1 / (float64(i) + rankOffset)
		sum += size
		c.towns = append(c.towns, town{
			centre: matching.Point{Lat: 50.4 + 2.0*r.Float64(), Lon: 6 + 3.2*r.Float64()},
			sigma:  1 + 7*math.Pow(size*rankOffset, 0.35),
		})
		c.upTo = append(c.upTo, sum)
	}
	return c
}

// home is where somebody lives.
func (c *country) home(r *rand.Rand) matching.Point {
	x := r.Float64() * c.upTo[len(c.upTo)-1]
	t := c.towns[min(len(c.towns)-1, sort.SearchFloat64s(c.upTo, x))]
	const degree = 111.195 // km
	p := matching.Point{Lat: t.centre.Lat + r.NormFloat64()*t.sigma/degree}
	p.Lon = t.centre.Lon + r.NormFloat64()*t.sigma/degree/math.Cos(p.Lat*math.Pi/180)
	return matching.Point{Lat: round(p.Lat, 1e6), Lon: round(p.Lon, 1e6)}
}

func round(f, unit float64) float64 { return math.Round(f*unit) / unit }

// some is a set of between least and most of n things.
func some(r *rand.Rand, n, least, most int) uint64 {
	var m uint64
	for want := least + r.IntN(most-least+1); want > 0; {
		if b := uint64(1) << r.IntN(n); m&b == 0 {
			m |= b
			want--
		}
	}
	return m
}

// Figures of the made-up subscriptions.
const (
	categoryCount      = 24
	slotCount          = 28
	qualificationCount = 12
	leastRadius        = 2.0
	mostRadius         = 30.0
)

// Set is a matching task: subscriptions and the needs that look for them.
type Set struct {
	Entries []index.Entry
	Needs   []Need
}

// Need is a query with a name.
type Need struct {
	ID    string
	Query index.Query
}

// NewSet makes up n subscriptions (radius 2–30 km log-uniform, 1–4 of 24 categories, 3–10 of 28 slots, 0–2 of
// 12 qualifications) and needs of one category and one slot, half of which ask for a qualification.
func NewSet(seed uint64, n, needs int) *Set {
	r := rand.New(rand.NewPCG(seed, 1))
	c := newCountry(r)
	s := &Set{Entries: make([]index.Entry, n), Needs: make([]Need, needs)}
	for i := range s.Entries {
		s.Entries[i] = newEntry(r, c, strconv.Itoa(i+1))
	}
	for i := range s.Needs {
		s.Needs[i] = Need{ID: strconv.Itoa(i + 1), Query: newQuery(r, c)}
	}
	return s
}

func newEntry(r *rand.Rand, c *country, id string) index.Entry {
	return index.Entry{
		ID: id, Point: c.home(r), Revision: 1,
		Radius:         round(leastRadius*math.Pow(mostRadius/leastRadius, r.Float64()), 1e3),
		Categories:     uint32(some(r, categoryCount, 1, 4)),
		Slots:          matching.Slots(some(r, slotCount, 3, 10)),
		Qualifications: some(r, qualificationCount, 0, 2),
	}
}

func newQuery(r *rand.Rand, c *country) index.Query {
	q := index.Query{
		Point: c.home(r), Kind: matching.Need, Without: index.Away,
		Categories: 1 << r.IntN(categoryCount),
		Slots:      1 << r.IntN(slotCount),
	}
	if r.IntN(2) == 0 {
		q.Required = 1 << r.IntN(qualificationCount)
	}
	return q
}
