package index

import (
	"math"
	"slices"
	"sort"
	"sync/atomic"

	"ehrenamt/matching/index/globe"
)

// classes are the largest radii in km of the classes; the last takes what is larger. Boxes around
// circles of like size waste little.
var classes = [...]float64{4, 8, 15, 30, 60, 120, 250, math.Inf(1)}

const classCount = len(classes)

// seriesClasses is how many classes have radii small enough for globe.Limit.
const seriesClasses = classCount - 1

func classOf(km float64) uint8 {
	for i, c := range classes {
		if km <= c {
			return uint8(i)
		}
	}
	return uint8(classCount - 1) // also NaN
}

// box is a globe.Box that the writer widens while readers look at it.
type box [4]uint32

func (b *box) load() globe.Box {
	return globe.Box{
		MinLat: math.Float32frombits(atomic.LoadUint32(&b[0])),
		MaxLat: math.Float32frombits(atomic.LoadUint32(&b[1])),
		MinLon: math.Float32frombits(atomic.LoadUint32(&b[2])),
		MaxLon: math.Float32frombits(atomic.LoadUint32(&b[3])),
	}
}

func (b *box) store(g globe.Box) {
	atomic.StoreUint32(&b[0], math.Float32bits(g.MinLat))
	atomic.StoreUint32(&b[1], math.Float32bits(g.MaxLat))
	atomic.StoreUint32(&b[2], math.Float32bits(g.MinLon))
	atomic.StoreUint32(&b[3], math.Float32bits(g.MaxLon))
}

// widen makes the box contain g.
func (b *box) widen(g globe.Box) {
	if old := b.load(); !old.Covers(g) {
		b.store(old.Join(g))
	}
}

// group is up to maxGroup segments in the order of the curve. Boxes and flags change in place, the
// rest never.
type group struct {
	low   []uint32 // least curve position that belongs here
	boxes []box
	away  []uint32 // 1: somebody in the segment is Away, so the column has to be looked at
	segs  []segment
}

const (
	fillGroup = 32
	maxGroup  = 64
)

// root is the directory of one class. Groups are replaced and boxes widened in place, the rest never
// changes.
type root struct {
	low    []uint32
	boxes  []box
	groups []atomic.Pointer[group]
}

func newRoot(groups []*group) *root {
	r := &root{
		low:    make([]uint32, len(groups)),
		boxes:  make([]box, len(groups)),
		groups: make([]atomic.Pointer[group], len(groups)),
	}
	for i, g := range groups {
		r.low[i] = g.low[0]
		r.boxes[i].store(g.box())
		r.groups[i].Store(g)
	}
	return r
}

func (g *group) box() globe.Box {
	b := globe.Nothing
	for i := range g.boxes {
		b = b.Join(g.boxes[i].load())
	}
	return b
}

// place is the last of the sorted low bounds that is not above the position, or the first of all.
func place(low []uint32, curve uint32) int {
	i := sort.Search(len(low), func(i int) bool { return low[i] > curve })
	return max(0, i-1)
}

// part is a new segment with what its group keeps about it.
type part struct {
	seg  segment
	low  uint32
	box  globe.Box
	away bool
}

func newGroup(parts []part) *group {
	g := &group{
		low:   make([]uint32, len(parts)),
		boxes: make([]box, len(parts)),
		away:  make([]uint32, len(parts)),
		segs:  make([]segment, len(parts)),
	}
	for i, p := range parts {
		g.low[i], g.segs[i] = p.low, p.seg
		g.boxes[i].store(p.box)
		if p.away {
			g.away[i] = 1
		}
	}
	return g
}

// parts is the way back from newGroup.
func (g *group) parts() []part {
	parts := make([]part, len(g.segs))
	for i := range parts {
		parts[i] = part{g.segs[i], g.low[i], g.boxes[i].load(), atomic.LoadUint32(&g.away[i]) != 0}
	}
	return parts
}

// index of a segment by its number.
func (g *group) index(num uint32) int {
	return slices.IndexFunc(g.segs, func(s segment) bool { return s.num == num })
}

// index of a group.
func (r *root) index(g *group) int {
	for i := range r.groups {
		if r.groups[i].Load() == g {
			return i
		}
	}
	return -1
}

// all lists the groups.
func (r *root) all() []*group {
	gs := make([]*group, len(r.groups))
	for i := range gs {
		gs[i] = r.groups[i].Load()
	}
	return gs
}
