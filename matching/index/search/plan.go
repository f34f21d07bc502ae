package search

import (
	"math/bits"
	"slices"

	"ehrenamt/matching"
)

// partPlan is a query made ready for one part.
type partPlan struct {
	and     []int16 // columns that must be set
	or      [3][]int16
	ors     int
	not     []int16 // columns that must not be set
	matches []*matches
	few     bool     // rows holds all that can be found
	rows    []uint32 // rows with one of the words
	set     []uint64 // the same as bits; nil if no words are asked for
	all     []uint64 // rows with all of the words; nil if that is not known
	most    float64  // the best that words could count in a row of the part
	lacking float64  // the same for a row that lacks one of the words
	buffers [3][]uint64
}

// compile makes the plan; false if nothing can be found.
func (p *partPlan) compile(s *scratch, v *view) bool {
	p.and, p.not, p.ors = p.and[:0], p.not[:0], 0
	q := &s.q
	ok := p.oneOf(v, bitCategory, uint64(q.Categories)) && p.oneOf(v, bitSlot, uint64(q.Slots&matching.AllSlots))
	if q.Kind != "" {
		bit := kindBit(q.Kind)
		ok = ok && bit != 0 && p.oneOf(v, bitKind, bit)
	}
	if q.Slots != 0 && q.Slots&matching.AllSlots == 0 {
		return false
	}
	for m := q.Required; m != 0; m &= m - 1 {
		at := v.at[bitRequired+bits.TrailingZeros64(m)]
		if at < 0 {
			return false
		}
		p.and = append(p.and, at)
	}
	if q.Fitting {
		for m := ^q.Have; m != 0; m &= m - 1 {
			if at := v.at[bitRequired+bits.TrailingZeros64(m)]; at >= 0 {
				p.not = append(p.not, at)
			}
		}
	}
	return ok && p.words(s, v)
}

// oneOf asks for any bit of a mask, if there are any; false if no row has one.
func (p *partPlan) oneOf(v *view, first int, m uint64) bool {
	if m == 0 {
		return true
	}
	l := p.or[p.ors][:0]
	for ; m != 0; m &= m - 1 {
		if at := v.at[first+bits.TrailingZeros64(m)]; at >= 0 {
			l = append(l, at)
		}
	}
	p.or[p.ors] = l
	switch len(l) {
	case 0:
		return false
	case 1:
		p.and = append(p.and, l[0])
	default:
		p.ors++
	}
	return true
}

// words finds the rows with the words asked for; false if there cannot be enough of them.
func (p *partPlan) words(s *scratch, v *view) bool {
	p.matches, p.few, p.set, p.all, p.most, p.lacking = p.matches[:0], false, nil, nil, 0, 0
	if len(s.words) == 0 {
		return true
	}
	many, rest := 0, 0
	best := -1 // word with the fewest rows
	for i := range s.words {
		m := v.text.find(&s.words[i], s.typo[i])
		p.matches = append(p.matches, m)
		if m.many() {
			many++
		} else if rest++; best < 0 || len(m.rows) < len(p.matches[best].rows) {
			best = i
		}
	}
	p.bounds()
	if s.need == len(s.words) && best >= 0 {
		p.few, p.rows = true, append(p.rows[:0], p.matches[best].rows...)
		return len(p.rows) > 0
	}
	if many == 0 {
		p.few, p.rows = true, p.rows[:0]
		for _, m := range p.matches {
			p.rows = append(p.rows, m.rows...)
		}
		slices.Sort(p.rows)
		p.rows = slices.Compact(p.rows)
		return len(p.rows) > 0
	}
	p.sets(len(v.live), s.need == len(s.words))
	return true
}

// bounds works out what the words can count.
func (p *partPlan) bounds() {
	sum, least := 0.0, 1.0
	for _, m := range p.matches {
		w := m.best.Weight()
		sum, least = sum+w, min(least, w)
	}
	n := float64(len(p.matches))
	p.most, p.lacking = sum/n, (sum-least)/n
}

// sets works out who has one of the words and who has all; if all are needed, nobody else counts.
func (p *partPlan) sets(size int, needed bool) {
	for i := range p.buffers {
		p.buffers[i] = slices.Grow(p.buffers[i][:0], size)[:size]
	}
	one, all, each := p.buffers[0], p.buffers[1], p.buffers[2]
	clear(one)
	for i, m := range p.matches {
		clear(each)
		m.mark(each)
		for k, w := range each {
			one[k] |= w
			if i > 0 {
				w &= all[k]
			}
			all[k] = w
		}
	}
	p.set, p.all = one, all
	if needed {
		p.set = all
	}
}

// text is the best that words could count in a segment.
func (p *partPlan) text(seg int) float64 {
	if p.all != nil && p.all[seg*segmentWords]|p.all[seg*segmentWords+1] == 0 {
		return p.lacking
	}
	return p.most
}

func (m *matches) many() bool {
	for _, s := range m.sets {
		if s != nil {
			return true
		}
	}
	return false
}

// weigh is how many of the words a row has and the sum of their weights.
func (p *partPlan) weigh(row int) (have int, sum float64) {
	for _, m := range p.matches {
		if k := m.of(row); k > 0 {
			have++
			sum += k.Weight()
		}
	}
	return have, sum
}

// attributes sets the bits of the living rows of a segment whose attributes fit, and tells whether
// there are any.
func (p *partPlan) attributes(v *view, seg int, acc *[segmentWords]uint64) bool {
	at := seg * segmentWords
	a, b := v.live[at], v.live[at+1]
	if p.set != nil {
		a &= p.set[at]
		b &= p.set[at+1]
	}
	cols := v.cols[seg*v.width*segmentWords:][:v.width*segmentWords]
	for _, c := range p.and {
		a &= cols[int(c)*segmentWords]
		b &= cols[int(c)*segmentWords+1]
	}
	for _, list := range p.or[:p.ors] {
		var x, y uint64
		for _, c := range list {
			x |= cols[int(c)*segmentWords]
			y |= cols[int(c)*segmentWords+1]
		}
		a &= x
		b &= y
	}
	for _, c := range p.not {
		a &^= cols[int(c)*segmentWords]
		b &^= cols[int(c)*segmentWords+1]
	}
	acc[0], acc[1] = a, b
	return a|b != 0
}

// fits is attributes for one row.
func (p *partPlan) fits(v *view, i int) bool {
	if v.live[i>>6]>>(i&63)&1 == 0 {
		return false
	}
	has := func(c int16) bool { return v.cols[v.word(i, c)]>>(i&63)&1 != 0 }
	for _, c := range p.and {
		if !has(c) {
			return false
		}
	}
	for _, list := range p.or[:p.ors] {
		if !slices.ContainsFunc(list, has) {
			return false
		}
	}
	return !slices.ContainsFunc(p.not, has)
}
