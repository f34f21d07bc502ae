package index

import (
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/index/globe"
)

// Query is what a posting asks of subscriptions. Its zero sets ask nothing.
type Query struct {
	Point      matching.Point
	Kind       matching.Kind  // "" is a need
	Categories uint32         // one of these is wanted
	Slots      matching.Slots // one of these is wanted
	Required   uint64         // all of these are at hand
	Languages  uint32         // one of these is spoken
	Without    State          // nobody in one of these states
	Reach      float64        // km that are near enough whatever the subscription's radius
}

// QueryOf is the query of a posting; ok is false where nothing can match. The slots are those of the
// dates still ahead, in the zone of the posting's front.
func QueryOf(p *matching.Posting, now time.Time, zone *time.Location) (q Query, ok bool) {
	q = Query{
		Point: p.Place.Point, Kind: p.Kind, Without: Away,
		Categories: matching.CategoryMask([]matching.Category{p.Category}),
		Languages:  LanguageMask(p.Languages),
	}
	if p.Kind == matching.Offer {
		q.Reach = p.Radius
	} else {
		q.Required = matching.QualificationMask(p.Required)
	}
	if zone == nil {
		zone = time.UTC
	}
	ahead := !p.Dated()
	for _, d := range p.Dates {
		if d.Until().After(now) {
			ahead = true
			if !p.Flexible {
				q.Slots |= matching.SpanSlots(d, zone)
			}
		}
	}
	return q, ahead && q.Categories != 0 && !q.Point.IsZero() && q.Point.Valid()
}

// Candidate is a subscription that a query fits, with the ingredients of a score.
type Candidate struct {
	Key         Key
	KM          float64 // within a hundredth of a per cent
	Slots       matching.Slots
	AnyTime     bool // the subscription names no slots
	AnyCategory bool // the subscription names no categories
}

// scratch is what a match works with.
type scratch struct {
	plan     plan
	groups   []sight
	hits     []hit
	found    []found
	kept     []measured
	mostHits int    // in use since the last release
	sum      uint64 // what the touches added up to, so that they are not left out
}

// hit is a segment whose box fits.
type hit struct {
	seg   *segment
	rows  []row // of the segment, once its attributes have been looked at
	words uint8 // that may have a circle around the point
	away  bool  // somebody in the segment is Away, so the column has to be looked at
}

// found is a row whose attributes fit: the number of its hit and of the row.
type found uint32

func rowOf(hit, row int) found { return found(hit<<rowBits | row) }

func (f found) of(hits []hit) (*hit, int) { return &hits[f>>rowBits], int(f & (capacity - 1)) }

// measured is a row that may be near enough; sure says that it is.
type measured struct {
	chord float64
	row   found
	sure  bool
}

// Match appends all subscriptions that the query fits, in no order, each once. It never waits.
func (x *Subscriptions) Match(q Query, out []Candidate) []Candidate {
	s := x.pool.Get().(*scratch)
	out = x.match(s, q, out)
	s.release()
	x.pool.Put(s)
	return out
}

// release lets go of segments, which may be out of use before the next match.
func (s *scratch) release() {
	clear(s.hits[:min(cap(s.hits), s.mostHits)])
	s.mostHits = 0
}

func (x *Subscriptions) match(s *scratch, q Query, out []Candidate) []Candidate {
	base := len(out)
	start := x.last.Load()
	settled := start.settled.Load()
	p := &s.plan
	p.reset(q)
	if p.lost {
		return out
	}
	for class := range x.trees {
		if root := x.trees[class].Load(); root != nil {
			s.look(root, class)
		}
		if class == seriesClasses-1 {
			s.attributes()
			out = s.measure(true, out)
		}
	}
	s.attributes()
	out = s.measure(false, out)
	if settled {
		start = start.next.Load()
	}
	return s.mend(start, base, out)
}

// look finds the segments that may have a circle around the point.
func (s *scratch) look(root *root, class int) {
	o := &s.plan.out
	o.lanes = laneScales[class]
	s.groups = slices.Grow(s.groups[:0], len(root.bounds)+1)[:len(root.bounds)+1]
	var seen [maxGroup + 1]sight
	for _, gs := range s.groups[:o.scan(root.bounds, s.groups)] {
		g := root.groups[gs.index].Load()
		n := o.scan(g.bounds, seen[:])
		s.hits = slices.Grow(s.hits, n)
		for _, v := range seen[:n] {
			s.hits = append(s.hits, hit{seg: &g.segs[v.index], words: v.words(), away: v.away()})
		}
	}
}

// attributes finds the rows of the segments hit whose attributes fit.
func (s *scratch) attributes() {
	p := &s.plan
	s.touchColumns()
	found := s.found[:0]
	var acc, nobody [laneWords]uint64
	for i := range s.hits {
		h := &s.hits[i]
		seg := h.seg
		if seg.lay != p.lay {
			p.compile(seg.lay)
		}
		if p.never {
			continue
		}
		h.rows = seg.rows
		n := len(found)
		found = slices.Grow(found, capacity+2)[:n+capacity+2]
		if words := h.words & uint8(1<<seg.words()-1); p.few && len(seg.rows) == capacity {
			not := &nobody
			if h.away {
				not = fullColumn(seg, p.not[0])
			}
			a, b, c := fullColumn(seg, p.first[0]), fullColumn(seg, p.first[1]), fullColumn(seg, p.first[2])
			n += spread(a, b, c, not, words, rowOf(i, 0), found[n:])
		} else {
			p.attributes(seg, &acc, h.away)
			n += spread(&acc, &acc, &acc, &nobody, words, rowOf(i, 0), found[n:])
		}
		found = found[:n]
	}
	s.found = found
}

func fullColumn(seg *segment, at int16) *[laneWords]uint64 {
	return (*[laneWords]uint64)(seg.cols[int(at)*laneWords:])
}

// spread writes the numbers of the bits that some words have in all three columns and not in the
// fourth, plus base, and returns how many there are. Most words have none, one or two, which nobody can predict: two are
// written anyway.
func spread(a, b, c, not *[laneWords]uint64, words uint8, base found, to []found) int {
	n := 0
	for m := words; m != 0; m &= m - 1 {
		w := bits.TrailingZeros8(m) & (laneWords - 1)
		word := atomic.LoadUint64(&a[w]) & atomic.LoadUint64(&b[w]) & atomic.LoadUint64(&c[w]) &^ atomic.LoadUint64(&not[w])
		first := base | found(w<<6)
		count := bits.OnesCount64(word)
		at := to[n : n+2]
		at[0] = first | found(bits.TrailingZeros64(word))
		word &= word - 1
		at[1] = first | found(bits.TrailingZeros64(word))
		if count > 2 {
			for k := n + 2; k < n+count; k++ {
				word &= word - 1
				to[k] = first | found(bits.TrailingZeros64(word))
			}
		}
		n += count
	}
	return n
}

// touchColumns asks memory for the cache lines that attributes is going to read. One load waits for
// no other here, so that many are under way at a time; that halves the time of a match.
func (s *scratch) touchColumns() {
	p := &s.plan
	var sum uint64
	for i := range s.hits {
		seg := s.hits[i].seg
		if seg.lay != p.lay {
			p.compile(seg.lay)
		}
		for _, at := range p.and {
			sum += atomic.LoadUint64(&seg.cols[int(at)*seg.words()])
		}
		if s.hits[i].away && len(p.not) > 0 {
			sum += atomic.LoadUint64(&seg.cols[int(p.not[0])*seg.words()])
		}
	}
	s.sum = sum
}

// touchRows does the same for near.
func (s *scratch) touchRows() {
	var sum uint64
	for _, f := range s.found {
		h := &s.hits[f>>rowBits]
		sum += h.rows[f&(capacity-1)].lo
	}
	s.sum += sum
}

// attributes sets the bits of the rows whose attributes fit.
func (p *plan) attributes(seg *segment, acc *[capacity / 64]uint64, away bool) {
	n := seg.words()
	for w := range acc {
		acc[w] = math.MaxUint64
	}
	for _, at := range p.and {
		c := column(seg, at)
		if len(c) == len(acc) { // nearly always; the compiler then unrolls
			c := (*[capacity / 64]uint64)(c)
			acc[0] &= atomic.LoadUint64(&c[0])
			acc[1] &= atomic.LoadUint64(&c[1])
			acc[2] &= atomic.LoadUint64(&c[2])
			acc[3] &= atomic.LoadUint64(&c[3])
			acc[4] &= atomic.LoadUint64(&c[4])
			acc[5] &= atomic.LoadUint64(&c[5])
			acc[6] &= atomic.LoadUint64(&c[6])
			acc[7] &= atomic.LoadUint64(&c[7])
			continue
		}
		for w := range c {
			acc[w] &= atomic.LoadUint64(&c[w])
		}
	}
	a := acc[:n]
	for _, list := range p.any {
		var or [capacity / 64]uint64
		for _, at := range list {
			c := column(seg, at)
			for w := range a {
				or[w] |= atomic.LoadUint64(&c[w])
			}
		}
		for w := range a {
			a[w] &= or[w]
		}
	}
	if !away {
		return
	}
	for _, at := range p.not {
		c := column(seg, at)
		for w := range a {
			a[w] &^= atomic.LoadUint64(&c[w])
		}
	}
}

func column(seg *segment, at int16) []uint64 {
	o := int(at) * seg.words()
	return seg.cols[o : o+seg.words()]
}

// measure appends those of the found rows that are near enough, and forgets hits and rows.
func (s *scratch) measure(series bool, out []Candidate) []Candidate {
	p := &s.plan
	if series && p.q.Reach <= classes[seriesClasses-1] {
		near := s.near()
		out = slices.Grow(out, len(near))
		for _, f := range near {
			if h, i := f.row.of(s.hits); f.sure {
				out = p.add(h.seg, i, globe.KM(f.chord), out)
			} else {
				out = p.exactly(h.seg, i, out)
			}
		}
	} else {
		for _, f := range s.found {
			h, i := f.of(s.hits)
			out = p.exactly(h.seg, i, out)
		}
	}
	s.mostHits = max(s.mostHits, len(s.hits))
	s.hits, s.found = s.hits[:0], s.found[:0]
	return out
}

// near drops the rows that are too far for sure. Half of all are, in no order that a processor could
// guess, so there is no branch: the next result overwrites what was not to stay.
func (s *scratch) near() []measured {
	s.touchRows()
	found, hits := s.found, s.hits
	s.kept = slices.Grow(s.kept[:0], len(found))
	near := s.kept[:len(found)]
	from := s.plan.from // a copy, which the loop need not read again
	reach := globe.Limit(s.plan.q.Reach)
	n := 0
	for _, f := range found {
		r := &hits[f>>rowBits].rows[f&(capacity-1)]
		x, y := from.Angles(r.lat, r.lon)
		chord := from.Chord(x, y)
		limit := globe.Limit(float64(r.radius) * (1 / radiusUnit))
		if limit < reach {
			limit = reach
		}
		margin := globe.Margin(limit)
		if !from.Reliable(x, y) {
			chord, limit = 0, 0
		}
		near[n] = measured{chord, f, chord < limit-margin}
		next := n
		if chord <= limit+margin {
			next = n + 1
		}
		n = next
	}
	return near[:n]
}

func (p *plan) exactly(seg *segment, i int, out []Candidate) []Candidate {
	r := &seg.rows[i]
	if km := p.from.Exact(r.lat, r.lon); km <= max(seg.radius(i), p.q.Reach) {
		out = p.add(seg, i, km, out)
	}
	return out
}

func (p *plan) add(seg *segment, i int, km float64, out []Candidate) []Candidate {
	if seg.lay != p.lay {
		p.compile(seg.lay)
	}
	out = append(out, Candidate{Key: seg.key(i), KM: km, Slots: p.common})
	if p.mayBeAny || len(p.slots) > 0 {
		p.more(seg, i, &out[len(out)-1])
	}
	return out
}

// more adds what not everybody found has in common.
func (p *plan) more(seg *segment, i int, c *Candidate) {
	if p.mayBeAny {
		c.AnyTime, c.AnyCategory = seg.bit(p.anyAt[0], i), seg.bit(p.anyAt[1], i)
	}
	for _, s := range p.slots {
		if seg.bit(s.at, i) {
			c.Slots |= s.slot
		}
	}
}

// mend looks again at everybody whose row appeared while the match was under way: found twice, once
// or not at all before, they are judged by their new row now. A row not shown yet was at most found
// beside the old one, which stays until then; a row hidden again has a successor in the chain.
func (s *scratch) mend(link *insertion, base int, out []Candidate) []Candidate {
	p := &s.plan
	for ; link != nil; link = link.next.Load() {
		shown := link.shown.Load()
		keep := !shown
		for i := base; i < len(out); i++ {
			if out[i].Key != link.key {
				continue
			}
			if keep {
				keep = false
				continue
			}
			out[i] = out[len(out)-1]
			out = out[:len(out)-1]
			i--
		}
		if shown && p.fits(&link.seg, link.row) {
			out = p.exactly(&link.seg, link.row, out)
		}
	}
	return out
}

// fits tells whether the attributes of one row fit.
func (p *plan) fits(seg *segment, i int) bool {
	if seg.lay != p.lay {
		p.compile(seg.lay)
	}
	if p.never {
		return false
	}
	for _, at := range p.and {
		if !seg.bit(at, i) {
			return false
		}
	}
	for _, list := range p.any {
		ok := false
		for _, at := range list {
			ok = ok || seg.bit(at, i)
		}
		if !ok {
			return false
		}
	}
	for _, at := range p.not {
		if seg.bit(at, i) {
			return false
		}
	}
	return true
}
