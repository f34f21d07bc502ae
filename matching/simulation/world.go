package simulation

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"ehrenamt/matching"
)

// The town, as docs/matching.md describes it. Distances in km.
const (
	townSpread     = 3.5
	villageSpread  = 1.0
	villages       = 8
	villageNearest = 8.0
	villageFarest  = 25.0
	townShare      = 0.45

	categories     = 24
	weekSlots      = 28
	qualifications = 12

	// The k-th category is chosen with a weight of k to the power of minus this, by people and by
	// organisations, so that the mean need fits more people than the median one. Needs ask for all
	// qualifications alike, whether many or few people have them.
	categorySkew      = 0.75
	qualificationSkew = 1.0
	organisationSkew  = 0.8

	yesFactor   = 1.35
	yesDistance = 12.0 // km at which the chance of a yes has fallen to 1/e
	noiseSigma  = 0.5  // of the logarithm of the chance as the platform sees it
)

// dayZero is the first midnight of every simulated town, a Monday.
func dayZero() time.Time { return time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC) }

// person is one volunteer as the world knows them.
type person struct {
	id     string
	x, y   float64
	radius float64
	wants  uint32 // categories
	slots  matching.Slots
	can    uint16  // qualifications
	yes    float64 // b: the inclination to say yes, next door and awake
	seen   float64 // b as the platform sees it
}

// match is one person a need fits.
type match struct {
	person int32
	km     float64
}

// need is one call for help.
type need struct {
	organisation int
	x, y         float64
	category     int
	qualified    int // index of the qualification asked, or -1
	places       int
	published    time.Duration // since dayZero
	start        time.Duration
	eligible     []match // by person
}

// world is one seeded town with everything that will happen to it from outside.
type world struct {
	seed   uint64
	people []person
	needs  []need // by time of publication
}

type spot struct{ x, y, spread float64 }

func newWorld(seed uint64, o Options) *world {
	r := rand.New(rand.NewPCG(seed, 0x6568726e))
	spots := make([]spot, 0, villages+1)
	spots = append(spots, spot{spread: townSpread})
	for range villages {
		d := villageNearest + r.Float64()*(villageFarest-villageNearest)
		a := 2 * math.Pi * r.Float64()
		spots = append(spots, spot{d * math.Cos(a), d * math.Sin(a), villageSpread})
	}
	w := &world{seed: seed, people: make([]person, o.People)}
	for i := range w.people {
		w.people[i] = newPerson(r, i, spots)
	}
	w.needs = newNeeds(r, spots, o)
	for i := range w.needs {
		w.needs[i].eligible = w.fitting(&w.needs[i])
	}
	return w
}

// somewhere is a point in the town or in one of the villages.
func somewhere(r *rand.Rand, spots []spot) (x, y float64) {
	s := spots[0]
	if r.Float64() >= townShare {
		s = spots[1+r.IntN(villages)]
	}
	return s.x + s.spread*r.NormFloat64(), s.y + s.spread*r.NormFloat64()
}

// some is a set of between least and most of n bits, the earlier ones the more popular.
func some(r *rand.Rand, n, least, most int, skew float64) uint32 {
	var m uint32
	for k := least + r.IntN(most-least+1); k > 0; {
		if b := uint32(1) << popular(r, n, skew); m&b == 0 {
			m |= b
			k--
		}
	}
	return m
}

// popular is one of n, the k-th with a weight of k to the power of -skew.
func popular(r *rand.Rand, n int, skew float64) int {
	var sum float64
	for k := range n {
		sum += math.Pow(float64(k+1), -skew)
	}
	u := r.Float64() * sum
	for k := range n {
		if u -= math.Pow(float64(k+1), -skew); u < 0 {
			return k
		}
	}
	return n - 1
}

func newPerson(r *rand.Rand, i int, spots []spot) person {
	p := person{id: "p" + strconv.Itoa(i)}
	p.x, p.y = somewhere(r, spots)
	p.radius = 2 * math.Exp(r.Float64()*math.Log(15))
	p.wants = some(r, categories, 2, 6, categorySkew)
	p.slots = matching.Slots(some(r, weekSlots, 5, 12, 0))
	p.can = uint16(some(r, qualifications, 0, 2, qualificationSkew))
	p.yes = 1 - math.Pow(1-r.Float64(), 1.0/11) // Beta(1,11)
	p.seen = p.yes * math.Exp(noiseSigma*r.NormFloat64())
	return p
}

// organisation is one that asks for help, always at its own place and for its own cause.
type organisation struct {
	x, y  float64
	cause int
}

func newNeeds(r *rand.Rand, spots []spot, o Options) []need {
	organisations := make([]organisation, o.Organisations)
	share := make([]float64, o.Organisations)
	var sum float64
	for i := range organisations {
		g := &organisations[i]
		g.x, g.y = somewhere(r, spots)
		g.cause = popular(r, categories, categorySkew)
		sum += math.Pow(float64(i+1), -organisationSkew)
		share[i] = sum
	}
	var all []need
	for d := range o.Days {
		for range poisson(r, o.NeedsPerDay) {
			i, _ := slices.BinarySearch(share, r.Float64()*sum)
			i = min(i, o.Organisations-1)
			all = append(all, newNeed(r, i, organisations[i], d))
		}
	}
	slices.SortStableFunc(all, func(a, b need) int { return cmp.Compare(a.published, b.published) })
	return all
}

func newNeed(r *rand.Rand, index int, g organisation, d int) need {
	n := need{organisation: index, x: g.x, y: g.y, category: g.cause, qualified: -1}
	n.places = [10]int{1, 1, 1, 1, 1, 1, 1, 2, 2, 4}[r.IntN(10)]
	if r.IntN(4) == 0 {
		n.qualified = r.IntN(qualifications)
	}
	n.published = time.Duration(d)*day + time.Duration((7+15*r.Float64())*float64(time.Hour))
	lead := min(max(6*math.Exp(r.NormFloat64()), 0.75), 120) // hours
	n.start = n.published + time.Duration(lead*float64(time.Hour))
	return n
}

func (w *world) fitting(n *need) []match {
	slot := matching.SlotAt(dayZero().Add(n.start))
	var out []match
	for i := range w.people {
		p := &w.people[i]
		if p.wants>>n.category&1 == 0 || p.slots&slot == 0 || (n.qualified >= 0 && p.can>>n.qualified&1 == 0) {
			continue
		}
		if d := math.Hypot(p.x-n.x, p.y-n.y); d <= p.radius {
			out = append(out, match{int32(i), d})
		}
	}
	return out
}

// poisson is a Poisson number by counting exponential gaps (exact, and fast enough below 100).
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for t := r.ExpFloat64(); t < mean; t += r.ExpFloat64() {
		n++
	}
	return n
}
