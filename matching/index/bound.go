package index

import (
	"math"
	"sync/atomic"

	"ehrenamt/matching"
	"ehrenamt/matching/index/globe"
)

// bound is where the rows of a segment or group lie, and how far those of each of its eight words
// reach. The writer widens it while readers look at it.
type bound struct {
	lat, lon uint64    // least angle in the upper half, how far the rows go beyond it in the lower
	reach    [2]uint64 // greatest radius of each word, see laneOf; the topmost bit: somebody is Away
	shade    uint64    // least cosine of the latitudes, in shadeUnits
}

const (
	laneBits   = 16
	laneMost   = 1<<(laneBits-1) - 1
	laneOnes   = 1 | 1<<laneBits | 1<<(2*laneBits) | 1<<(3*laneBits)
	laneTops   = laneOnes << (laneBits - 1)
	awayBit    = 1 << 63
	laneWords  = capacity / 64
	shadeUnits = 1 << 16
)

// A chord is a squared distance, from angles in units of coarse. Beyond farthest, which is farther
// than the radii of all classes but the last, all are alike.
const (
	coarseBits = 2
	coarse     = globe.AngleUnit * (1 << coarseBits)
	farthest   = 1<<24 - 1
)

// lanes turn chords into the unit of a class's radii: times mul, shifted by laneShift.
type lanes struct {
	mul   uint64
	scale float64 // of squared angles
}

const laneShift = 32

// laneScales are the lanes of the classes. The last has none: all its radii are 0 and so is every
// distance.
var laneScales = func() (all [classCount]lanes) {
	for i, km := range classes[:seriesClasses] {
		a := km / matching.EarthRadiusKM
		l := &all[i]
		l.scale = (laneMost - 8) / (a * a)
		// The square of an angle up to farthest is at most a thousandth more than its chord.
		l.mul = uint64(l.scale * coarse * coarse * (1 - 1e-3) * (1 << laneShift))
	}
	return all
}()

// laneOf is a radius as a squared angle in 15 bits, rounded up by more than all errors of a distance.
func laneOf(class uint8, km float64) uint64 {
	a := km / matching.EarthRadiusKM
	v := a * a * laneScales[class].scale
	if !(v >= 0) {
		return 0
	}
	return uint64(min(v, laneMost-2)) + 2
}

// extent is a bound as the writer thinks of it.
type extent struct {
	lat, lon interval
	reach    [2]uint64 // without the bit
	away     bool
}

// interval is a range of angles; it is empty if low is above high.
type interval struct{ low, high int64 }

var nowhere = interval{math.MaxInt64, math.MinInt64}

// emptyExtent contains nothing.
func emptyExtent() extent { return extent{lat: nowhere, lon: nowhere} }

func (i *interval) take(o interval) {
	i.low, i.high = min(i.low, o.low), max(i.high, o.high)
}

// packed is the interval as half of a bound keeps it.
func (i interval) packed() uint64 {
	if i.low > i.high {
		return 0
	}
	return uint64(uint32(i.low))<<32 | uint64(min(i.high-i.low, math.MaxUint32))
}

func unpacked(p uint64) interval {
	low := int64(int32(p >> 32))
	return interval{low, low + int64(uint32(p))}
}

// around is the interval of one coordinate.
func around(degrees float64) interval {
	low := int64(int32(globe.Angle(degrees)))
	return interval{low, low + 1}
}

// add makes the extent contain a row of a word.
func (e *extent) add(word int, r *staged) {
	e.lat.take(around(r.point.Lat))
	e.lon.take(around(r.point.Lon))
	shift := word % 4 * laneBits
	lanes := &e.reach[word/4]
	if l := laneOf(r.class, r.radius); l > *lanes>>shift&laneMost {
		*lanes = *lanes&^(laneMost<<shift) | l<<shift
	}
	e.away = e.away || r.mask.has(bitAway)
}

// join makes the extent contain another one, word by word.
func (e *extent) join(o extent) {
	e.lat.take(o.lat)
	e.lon.take(o.lon)
	for i := range e.reach {
		var lanes uint64
		for shift := 0; shift < 64; shift += laneBits {
			lanes |= max(e.reach[i]>>shift&laneMost, o.reach[i]>>shift&laneMost) << shift
		}
		e.reach[i] = lanes
	}
	e.away = e.away || o.away
}

// shade is the least cosine of the latitudes, in shadeUnits.
func (e *extent) shade() uint64 {
	if e.lat.low > e.lat.high {
		return 0
	}
	far := float64(max(e.lat.high, -e.lat.low)+2) * globe.AngleUnit
	return uint64(shadeUnits * max(0, math.Cos(min(far, math.Pi/2))-1e-12))
}

func (b *bound) load() extent {
	e := extent{lat: unpacked(atomic.LoadUint64(&b.lat)), lon: unpacked(atomic.LoadUint64(&b.lon))}
	for i := range b.reach {
		e.reach[i] = atomic.LoadUint64(&b.reach[i])
	}
	e.away = e.reach[1]&awayBit != 0
	e.reach[1] &^= awayBit
	return e
}

func (b *bound) store(e extent) {
	atomic.StoreUint64(&b.shade, e.shade())
	atomic.StoreUint64(&b.lat, e.lat.packed())
	atomic.StoreUint64(&b.lon, e.lon.packed())
	atomic.StoreUint64(&b.reach[0], e.reach[0])
	if e.away {
		e.reach[1] |= awayBit
	}
	atomic.StoreUint64(&b.reach[1], e.reach[1])
}

// touch notes that somebody is Away.
func (b *bound) touch() { atomic.OrUint64(&b.reach[1], awayBit) }

// outlook is what a query and a class ask of bounds.
type outlook struct {
	lat, lon uint32
	cos      uint64 // of the query's latitude, in shadeUnits
	reach    uint64 // chord that is near enough for every radius
	lanes
}

func newOutlook(q *Query, from *globe.From) outlook {
	o := outlook{lat: globe.Angle(q.Point.Lat), lon: globe.Angle(q.Point.Lon), cos: uint64(shadeUnits * max(0, from.Cos()))}
	if a := q.Reach / matching.EarthRadiusKM; a > farthest*coarse {
		o.reach = math.MaxUint64
	} else if a > 0 {
		a = a/coarse + 4
		o.reach = uint64(a * a)
	}
	return o
}

// sight is a bound within reach: which, and what of it.
type sight struct {
	index int
	bits  uint64
}

func (s sight) away() bool { return s.bits&1 != 0 }

// words are those that may have a circle around the point.
func (s sight) words() uint8 {
	const gather = 1<<48 | 1<<33 | 1<<18 | 1<<3 // moves every sixteenth bit to the four above 48
	return uint8(s.bits>>7&laneOnes*gather>>48&15 | s.bits>>15&laneOnes*gather>>44&0xF0)
}

// scan lists the bounds of which a word may have a circle around the point. to has room for one more
// than there are bounds.
func (o *outlook) scan(bounds []bound, to []sight) int {
	o.chords(bounds, to)
	return o.pick(bounds, to)
}

// chords notes, as bits, how far the point is from where the rows lie.
func (o *outlook) chords(bounds []bound, to []sight) {
	fromLat, fromLon, cos := o.lat, o.lon, o.cos
	to = to[:len(bounds)]
	for i := range to {
		b := &bounds[i]
		// How far the point is beyond the interval, on the shorter way.
		lat, lon := atomic.LoadUint64(&b.lat), atomic.LoadUint64(&b.lon)
		x := fromLat - uint32(lat>>32)
		x = min(x-min(x, uint32(lat)), -x) >> coarseBits
		y := fromLon - uint32(lon>>32)
		y = min(y-min(y, uint32(lon)), -y) >> coarseBits
		x2, y2 := uint64(min(x, farthest)), uint64(min(y, farthest))
		to[i].bits = x2*x2 + (y2*y2)*(cos*atomic.LoadUint64(&b.shade)>>16)>>16
	}
}

// pick turns what chords noted into what is within reach. Who that is cannot be predicted, so there is
// no branch: the next one overwrites what was not to stay.
func (o *outlook) pick(bounds []bound, to []sight) int {
	reach, mul := o.reach, o.mul
	n := 0
	for i := range bounds {
		b := &bounds[i]
		chord := to[i].bits
		if chord <= reach {
			chord = 0
		}
		d := min(chord*mul>>laneShift, laneMost+1) * laneOnes
		r0, r1 := atomic.LoadUint64(&b.reach[0]), atomic.LoadUint64(&b.reach[1])
		m := ((r0|laneTops)-d)&laneTops>>8 | ((r1|laneTops)-d)&laneTops
		to[n] = sight{i, m | r1>>63}
		next := n + 1
		if m == 0 {
			next = n
		}
		n = next
	}
	return n
}
