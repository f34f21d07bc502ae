package index

import (
	"math"
	"math/bits"
	"sync/atomic"

	"ehrenamt/matching"
	"ehrenamt/matching/index/globe"
)

// capacity is the most rows of a segment: a column is then one cache line.
const capacity = 512

// row is what a column cannot hold. It is written once, before its bits are set. Only the writer
// reads or changes rev.
type row struct {
	lat, lon float64
	lo       uint64 // of the key; see cold.hi
	radius   uint32 // in millionths of a km; if that is not exact or too small, see cold.exact
	rev      uint32 // manyRevisions: see Subscriptions.late
}

const (
	manyRevisions = math.MaxUint32
	radiusUnit    = 1e6
	maxRadiusUnit = math.MaxUint32
)

// layout tells which columns are stored, and where: -1 says that no row has the bit, -2 that every
// row has it.
type layout struct {
	at     [maskBits]int16
	bits   []uint8 // of the stored columns, in their order
	absent mask    // bits of value -1
	always mask    // bits of value -2
}

const (
	none  = -1
	every = -2
)

// newLayout stores the columns in which rows differ, given the bits that some and that all of them have.
func newLayout(some, all mask) *layout {
	l := &layout{}
	for b := range maskBits {
		fixed := b >= bitState && b <= bitLive // changed in place, so always there
		switch {
		case !fixed && !some.has(b):
			l.at[b] = none
			l.absent.set(b)
		case !fixed && all.has(b) && b >= bitSlot: // categories are cleared when a row goes
			l.at[b] = every
			l.always.set(b)
		default:
			l.at[b] = int16(len(l.bits))
			l.bits = append(l.bits, uint8(b))
		}
	}
	return l
}

// fits tells whether a row can be put into a segment of this layout.
func (l *layout) fits(m *mask) bool {
	for i := range m {
		if m[i]&l.absent[i] != 0 || ^m[i]&l.always[i] != 0 {
			return false
		}
	}
	return true
}

// with is a layout that also stores what m needs.
func (l *layout) with(m *mask) *layout {
	var some, all mask
	for i := range m {
		some[i] = ^l.absent[i] | m[i]
		all[i] = l.always[i] & m[i]
	}
	return newLayout(some, all)
}

// segment is a bag of rows. Its fields never change; cols changes by atomic steps, rows beyond those
// in use are written before a bit of theirs is set. What a match reads of it fills one cache line.
type segment struct {
	cols []uint64 // column after column, words each
	rows []row
	lay  *layout
	*cold
}

// cold is what is seldom read.
type cold struct {
	num   uint32
	hi    []uint64  // of the keys; nil where all are 0
	exact []float64 // radii in km; nil where row.radius says it all
}

// words is the length of a column.
func (s *segment) words() int { return len(s.rows) >> 6 }

// staged is a row outside of a segment.
type staged struct {
	key    Key
	point  matching.Point
	radius float64
	mask   mask
	rev    uint32
	class  uint8
	curve  uint32
}

// fixedRadius is a radius in the unit of row.radius, and whether nothing is lost.
func fixedRadius(km float64) (uint32, bool) {
	f := math.Round(km * radiusUnit)
	if !(f >= 0) {
		return 0, false
	}
	if f > maxRadiusUnit {
		return maxRadiusUnit, false
	}
	u := uint32(f)
	return u, float64(u)/radiusUnit == km
}

// newSegment makes an empty segment for n rows, with side arrays where the rows need them.
func newSegment(lay *layout, num uint32, n int, hi, exact bool) segment {
	n = min(capacity, (n+63)/64*64)
	s := segment{
		cols: make([]uint64, len(lay.bits)*n/64), rows: make([]row, n), lay: lay,
		cold: &cold{num: num},
	}
	if hi {
		s.hi = make([]uint64, n)
	}
	if exact {
		s.exact = make([]float64, n)
	}
	return s
}

// takes tells whether the segment has the columns and arrays that a row needs.
func (s *segment) takes(r *staged) bool {
	_, lossless := fixedRadius(r.radius)
	return s.lay.fits(&r.mask) && (s.hi != nil || r.key.Hi == 0) && (s.exact != nil || lossless)
}

// write puts a row's fields, not its bits.
func (s *segment) write(i int, r *staged) {
	units, _ := fixedRadius(r.radius)
	s.rows[i] = row{r.point.Lat, r.point.Lon, r.key.Lo, units, r.rev}
	if s.hi != nil {
		s.hi[i] = r.key.Hi
	}
	if s.exact != nil {
		s.exact[i] = r.radius
	}
}

// fill writes rows and bits of a segment that nobody sees yet.
func (s *segment) fill(rows []staged) {
	var block [3][64]uint64
	for from := 0; from < len(rows); from += 64 {
		part := rows[from:min(from+64, len(rows))]
		clear(block[0][len(part):])
		clear(block[1][len(part):])
		clear(block[2][len(part):])
		for i := range part {
			s.write(from+i, &part[i])
			block[0][i], block[1][i], block[2][i] = part[i].mask[0], part[i].mask[1], part[i].mask[2]
		}
		s.putBlock(from/64, &block)
	}
}

// putBlock stores the masks of 64 rows as columns.
func (s *segment) putBlock(word int, block *[3][64]uint64) {
	for i := range block {
		transpose(&block[i])
	}
	for c, b := range s.lay.bits {
		s.cols[c*s.words()+word] = block[b>>6][b&63]
	}
}

// masks reads the masks of 64 rows; rows that are gone have no bitLive.
func (s *segment) masks(word int, block *[3][64]uint64) {
	for b, at := range s.lay.at {
		switch at {
		case none:
			block[b>>6][b&63] = 0
		case every:
			block[b>>6][b&63] = math.MaxUint64
		default:
			block[b>>6][b&63] = s.cols[int(at)*s.words()+word]
		}
	}
	for i := range block {
		transpose(&block[i])
	}
}

// alive appends the rows that are not gone. Only the writer calls it.
func (s *segment) alive(used int, out []staged) []staged {
	var block [3][64]uint64
	for word := 0; word*64 < used; word++ {
		s.masks(word, &block)
		for i := range min(64, used-word*64) {
			m := mask{block[0][i], block[1][i], block[2][i]}
			if m.has(bitLive) {
				out = append(out, s.staged(word*64+i, m))
			}
		}
	}
	return out
}

// staged reads a row back. Its class is the caller's to know.
func (s *segment) staged(i int, m mask) staged {
	r := &s.rows[i]
	p := matching.Point{Lat: r.lat, Lon: r.lon}
	return staged{key: s.key(i), point: p, radius: s.radius(i), mask: m, rev: r.rev, curve: globe.Hilbert(p)}
}

func (s *segment) key(i int) Key {
	k := Key{0, s.rows[i].lo}
	if s.hi != nil {
		k.Hi = s.hi[i]
	}
	return k
}

// radius of a row in km, exactly.
func (s *segment) radius(i int) float64 {
	if s.exact != nil {
		return s.exact[i]
	}
	return float64(s.rows[i].radius) / radiusUnit
}

// mask reads the bits of one row.
func (s *segment) mask(i int) (m mask) {
	for c, b := range s.lay.bits {
		m[b>>6] |= atomic.LoadUint64(&s.cols[c*s.words()+i>>6]) >> (i & 63) & 1 << (b & 63)
	}
	for w := range m {
		m[w] |= s.lay.always[w]
	}
	return m
}

// state reads the states of one row.
func (s *segment) state(i int) (st State) {
	for k := range 3 {
		if s.bit(s.lay.at[bitState+k], i) {
			st |= 1 << k
		}
	}
	return st
}

// changeStates sets or clears bits of the third word of a mask that are always stored.
func (s *segment) changeStates(i int, m uint64, on bool) {
	one := uint64(1) << (i & 63)
	for ; m != 0; m &= m - 1 {
		at := int(s.lay.at[128+bits.TrailingZeros64(m)])
		if p := &s.cols[at*s.words()+i>>6]; on {
			atomic.OrUint64(p, one)
		} else {
			atomic.AndUint64(p, ^one)
		}
	}
}

// bit reads one bit of a row.
func (s *segment) bit(at int16, i int) bool {
	switch at {
	case none:
		return false
	case every:
		return true
	}
	return atomic.LoadUint64(&s.cols[int(at)*s.words()+i>>6])>>(i&63)&1 != 0
}

// show sets the bits of a written row, categories and bitLive last.
func (s *segment) show(i int, m mask) {
	first := m
	first[0] &^= categoryBits
	first[2] &^= 1 << (bitLive - 128)
	s.change(i, &first, true)
	last := mask{m[0] & categoryBits, 0, 1 << (bitLive - 128)}
	s.change(i, &last, true)
}

// hide takes a row away for good.
func (s *segment) hide(i int) {
	gone := mask{categoryBits, 0, 1 << (bitLive - 128)}
	s.change(i, &gone, false)
}

func (s *segment) change(i int, m *mask, on bool) {
	one := uint64(1) << (i & 63)
	for c, b := range s.lay.bits {
		if !m.has(int(b)) {
			continue
		}
		if p := &s.cols[c*s.words()+i>>6]; on {
			atomic.OrUint64(p, one)
		} else {
			atomic.AndUint64(p, ^one)
		}
	}
}

// transpose turns a square of 64 × 64 bits over its diagonal: bit c of word r becomes bit r of word c.
// The method is that of Warren, Hacker's Delight, 7-3.
func transpose(a *[64]uint64) {
	m := uint64(math.MaxUint32)
	for j := 32; j != 0; {
		for k := 0; k < 64; k = (k + j + 1) &^ j {
			t := (a[k&63]>>j ^ a[(k+j)&63]) & m
			a[k&63] ^= t << j
			a[(k+j)&63] ^= t
		}
		j >>= 1
		m ^= m << j
	}
}
