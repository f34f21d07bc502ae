package index

import (
	"math"
	"math/bits"
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
	plan  plan
	found []found
}

// found is a row whose attributes fit.
type found struct {
	seg *segment
	row int32
}

// plan is a query made ready for a layout.
type plan struct {
	q     Query
	from  globe.From
	box   globe.Box // within which a circle must reach
	lay   *layout
	never bool
	and   []int16   // columns of which all must be set
	any   [][]int16 // of each list one must be set
	not   []int16   // columns that must not be set
	lists [3][]int16
	slots []slotColumn
	anyAt [2]int16 // bitAnyTime, bitAnyCategory
	lost  bool     // the point is none
}

type slotColumn struct {
	at   int16
	slot matching.Slots
}

// Match appends all subscriptions that the query fits, in no order, each once. It never waits.
func (x *Subscriptions) Match(q Query, out []Candidate) []Candidate {
	s := x.pool.Get().(*scratch)
	out = x.match(s, q, out)
	x.pool.Put(s)
	return out
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
		root := x.trees[class].Load()
		if root == nil {
			continue
		}
		s.found = s.found[:0]
		for gi := range root.boxes {
			if p.box.Meets(root.boxes[gi].load()) {
				s.group(root.groups[gi].Load())
			}
		}
		out = s.measure(class < seriesClasses, out)
	}
	end := x.last.Load()
	if settled && start == end {
		return out
	}
	if settled {
		start = start.next.Load()
	}
	return s.mend(start, end, base, out)
}

// group finds the rows of a group whose attributes fit.
func (s *scratch) group(g *group) {
	p := &s.plan
	var acc [capacity / 64]uint64
	for i := range g.boxes {
		if !p.box.Meets(g.boxes[i].load()) {
			continue
		}
		seg := &g.segs[i]
		if seg.lay != p.lay {
			p.compile(seg.lay)
		}
		if p.never {
			continue
		}
		p.attributes(seg, &acc, atomic.LoadUint32(&g.away[i]) != 0)
		for w, word := range acc[:seg.words] {
			for ; word != 0; word &= word - 1 {
				s.found = append(s.found, found{seg, int32(w<<6 + bits.TrailingZeros64(word))})
			}
		}
	}
}

// attributes sets the bits of the rows whose attributes fit.
func (p *plan) attributes(seg *segment, acc *[capacity / 64]uint64, away bool) {
	n := int(seg.words)
	a := acc[:n]
	first := column(seg, p.and[0])
	for w := range a {
		a[w] = atomic.LoadUint64(&first[w])
	}
	for _, at := range p.and[1:] {
		c := column(seg, at)
		for w := range a {
			a[w] &= atomic.LoadUint64(&c[w])
		}
	}
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
	o := int(at) * int(seg.words)
	return seg.cols[o : o+int(seg.words)]
}

// measure appends those of the found rows that are near enough.
func (s *scratch) measure(series bool, out []Candidate) []Candidate {
	p := &s.plan
	reach := globe.Limit(p.q.Reach)
	if p.q.Reach > classes[seriesClasses-1] {
		series = false
	}
	for _, f := range s.found {
		r := &f.seg.rows[f.row]
		chord, ok := p.from.Chord(r.lat, r.lon)
		if !ok || !series {
			out = p.exactly(f.seg, int(f.row), out)
			continue
		}
		limit := max(reach, globe.Limit(float64(r.radius)*(1/radiusUnit)))
		switch globe.Judge(chord, limit) {
		case globe.In:
			out = p.add(f.seg, int(f.row), globe.KM(chord), out)
		case globe.Unsure:
			out = p.exactly(f.seg, int(f.row), out)
		}
	}
	return out
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
	c := Candidate{Key: seg.key(i), KM: km, AnyTime: seg.bit(p.anyAt[0], i), AnyCategory: seg.bit(p.anyAt[1], i)}
	for _, s := range p.slots {
		if seg.bit(s.at, i) {
			c.Slots |= s.slot
		}
	}
	return append(out, c)
}

// mend looks again at everybody whose row appeared while the match was under way: found twice, once
// or not at all before, they are judged by their new row now.
func (s *scratch) mend(link, end *insertion, base int, out []Candidate) []Candidate {
	p := &s.plan
	for ; link != nil; link = link.next.Load() {
		for i := base; i < len(out); i++ {
			if out[i].Key == link.key {
				out[i] = out[len(out)-1]
				out = out[:len(out)-1]
				i--
			}
		}
		if p.fits(&link.seg, link.row) {
			out = p.exactly(&link.seg, link.row, out)
		}
		if link == end {
			break
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

func (p *plan) reset(q Query) {
	p.q, p.from, p.lay = q, globe.NewFrom(q.Point), nil
	p.lost = math.IsNaN(q.Point.Lat) || math.IsNaN(q.Point.Lon)
	p.box = globe.At(q.Point)
	if q.Reach > 0 {
		p.box = globe.Around(q.Point, q.Reach)
	}
}

// compile makes the plan ready for a layout.
func (p *plan) compile(lay *layout) {
	p.lay, p.never = lay, false
	p.and, p.any, p.not, p.slots = p.and[:0], p.any[:0], p.not[:0], p.slots[:0]
	p.anyAt = [2]int16{lay.at[bitAnyTime], lay.at[bitAnyCategory]}
	kind := kindBit(p.q.Kind)
	if p.q.Kind == "" {
		kind = kindBit(matching.Need)
	}
	if p.q.Categories == 0 {
		p.all(lay, bitLive, 1) // what else the other queries see by the category
	}
	p.one(0, lay, bitCategory, uint64(p.q.Categories))
	p.one(1, lay, bitSlot, uint64(p.q.Slots&matching.AllSlots))
	p.all(lay, bitQualified, p.q.Required)
	p.all(lay, bitKind, uint64(kind))
	p.one(2, lay, bitLanguage, uint64(p.q.Languages))
	p.never = p.never || kind == 0 || p.q.Slots != 0 && p.q.Slots&matching.AllSlots == 0
	for m := uint64(p.q.Slots & matching.AllSlots); m != 0; m &= m - 1 {
		b := bits.TrailingZeros64(m)
		p.slots = append(p.slots, slotColumn{lay.at[bitSlot+b], 1 << b})
	}
	if len(p.and) == 0 {
		p.all(lay, bitLive, 1)
	}
	if p.q.Without&Away == Away {
		p.not = append(p.not, lay.at[bitAway])
		return
	}
	for m := p.q.Without & Away; m != 0; m &= m - 1 {
		p.not = append(p.not, lay.at[bitState+bits.TrailingZeros8(uint8(m))])
	}
}

// all asks for every bit of a mask.
func (p *plan) all(lay *layout, first int, m uint64) {
	for ; m != 0; m &= m - 1 {
		switch at := lay.at[first+bits.TrailingZeros64(m)]; at {
		case none:
			p.never = true
		case every:
		default:
			p.and = append(p.and, at)
		}
	}
}

// one asks for any bit of a mask, if there are any.
func (p *plan) one(list int, lay *layout, first int, m uint64) {
	if m == 0 {
		return
	}
	l := p.lists[list][:0]
	for ; m != 0; m &= m - 1 {
		switch at := lay.at[first+bits.TrailingZeros64(m)]; at {
		case none:
		case every:
			return
		default:
			l = append(l, at)
		}
	}
	p.lists[list] = l
	switch len(l) {
	case 0:
		p.never = true
	case 1:
		p.and = append(p.and, l[0])
	default:
		p.any = append(p.any, l)
	}
}
