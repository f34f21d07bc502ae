package index

import (
	"math"
	"slices"
	"sort"
	"sync/atomic"
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

// group is up to maxGroup segments in the order of the curve. Bounds change in place, the rest never.
type group struct {
	low    []uint32 // least curve position that belongs here
	bounds []bound
	segs   []segment
}

const (
	fillGroup = 16
	maxGroup  = 32
)

// root is the directory of one class. Groups are replaced and bounds widened in place, the rest never
// changes.
type root struct {
	low    []uint32
	bounds []bound
	groups []atomic.Pointer[group]
}

func newRoot(groups []*group) *root {
	r := &root{
		low:    make([]uint32, len(groups)),
		bounds: make([]bound, len(groups)),
		groups: make([]atomic.Pointer[group], len(groups)),
	}
	for i, g := range groups {
		r.low[i] = g.low[0]
		r.groups[i].Store(g)
		r.bounds[i].store(g.extent())
	}
	return r
}

func (g *group) extent() extent {
	e := emptyExtent()
	for i := range g.bounds {
		e.join(g.bounds[i].load())
	}
	return e
}

// widen makes the bounds of a segment and its group contain a row of a word.
func (r *root) widen(gi int, g *group, si, word int, s *staged) {
	e := g.bounds[si].load()
	e.add(word, s)
	g.bounds[si].store(e)
	all := r.bounds[gi].load()
	all.join(e)
	r.bounds[gi].store(all)
}

// place is the last of the sorted low bounds that is not above the position, or the first of all.
func place(low []uint32, curve uint32) int {
	i := sort.Search(len(low), func(i int) bool { return low[i] > curve })
	return max(0, i-1)
}

// part is a new segment with what its group keeps about it.
type part struct {
	seg segment
	low uint32
	extent
}

func newGroup(parts []part) *group {
	g := &group{
		low:    make([]uint32, len(parts)),
		bounds: make([]bound, len(parts)),
		segs:   make([]segment, len(parts)),
	}
	for i, p := range parts {
		g.low[i], g.segs[i] = p.low, p.seg
		g.bounds[i].store(p.extent)
	}
	return g
}

// parts is the way back from newGroup.
func (g *group) parts() []part {
	parts := make([]part, len(g.segs))
	for i := range parts {
		parts[i] = part{g.segs[i], g.low[i], g.bounds[i].load()}
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
