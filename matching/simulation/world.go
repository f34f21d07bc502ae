package simulation

import (
	"cmp"
	"math"
	"math/rand/v2"
	"os"
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

	categories     = 24
	weekSlots      = 28
	qualifications = 12

	yesFactor   = 1.35
	yesDistance = 12.0 // km at which the chance of a yes has fallen to 1/e
	noiseSigma  = 0.5  // of the logarithm of the chance as the platform sees it
)

// dayZero is the first midnight of every simulated town, a Monday.
var dayZero = time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)

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
	if r.Float64() >= TownShare {
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
	p.wants = some(r, categories, 2, 6, Skew)
	p.slots = matching.Slots(some(r, weekSlots, 5, 12, 0))
	p.can = uint16(some(r, qualifications, 0, 2, QSkew))
	p.yes = 1 - math.Pow(1-r.Float64(), 1.0/11) // Beta(1,11)
	p.seen = p.yes * math.Exp(noiseSigma*r.NormFloat64())
	return p
}

func newNeeds(r *rand.Rand, spots []spot, o Options) []need {
	type home struct {
		x, y float64
		cats []int
		q    int
	}
	homes := make([]home, o.Organisations)
	share := make([]float64, o.Organisations)
	var sum float64
	for i := range homes {
		homes[i].x, homes[i].y = somewhere(r, spots)
		for range int(OrgCats) {
			homes[i].cats = append(homes[i].cats, popular(r, categories, Skew))
		}
		sum += math.Pow(float64(i+1), -0.8)
		share[i] = sum
	}
	var all []need
	for day := range o.Days {
		for range poisson(r, o.NeedsPerDay) {
			n := need{qualified: -1, category: popular(r, categories, Skew)}
			n.organisation, _ = slices.BinarySearch(share, r.Float64()*sum)
			n.organisation = min(n.organisation, o.Organisations-1)
			if OrgCats > 0 {
				c := homes[n.organisation].cats
				n.category = c[r.IntN(len(c))]
			}
			n.x, n.y = homes[n.organisation].x, homes[n.organisation].y
			n.places = [10]int{1, 1, 1, 1, 1, 1, 1, 2, 2, 4}[r.IntN(10)]
			if r.IntN(4) == 0 {
				n.qualified = r.IntN(qualifications)
			}
			n.published = time.Duration(day)*24*time.Hour + time.Duration((7+15*r.Float64())*float64(time.Hour))
			lead := min(max(6*math.Exp(r.NormFloat64()), 0.75), 120)
			n.start = n.published + time.Duration(lead*float64(time.Hour))
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b need) int { return cmp.Compare(a.published, b.published) })
	return all
}

func (w *world) fitting(n *need) []match {
	slot := matching.SlotAt(dayZero.Add(n.start))
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

var Skew, QSkew, TownShare = env("SKEW", 0.75), env("QSKEW", 1), env("TOWN", 0.45)
var OrgCats = env("OC", 1)

func env(k string, d float64) float64 {
	if v, err := strconv.ParseFloat(os.Getenv(k), 64); err == nil {
		return v
	}
	return d
}
