package index

import (
	"math"
	"math/bits"

	"ehrenamt/matching"
	"ehrenamt/matching/index/globe"
)

// plan is a query made ready for a layout.
type plan struct {
	q        Query
	from     globe.From
	out      outlook
	lay      *layout
	never    bool
	and      []int16   // columns of which all must be set
	any      [][]int16 // of each list one must be set
	few      bool      // nothing but the columns of first, of which some may be the same
	first    [3]int16
	not      []int16 // columns that must not be set
	lists    [3][]int16
	slots    []slotColumn
	common   matching.Slots // of everybody found: the only slot asked for
	anyAt    [2]int16       // bitAnyTime, bitAnyCategory
	mayBeAny bool           // somebody has one of these
	lost     bool           // the point is none
}

type slotColumn struct {
	at   int16
	slot matching.Slots
}

func (p *plan) reset(q Query) {
	p.q, p.from, p.lay = q, globe.NewFrom(q.Point), nil
	p.lost = math.IsNaN(q.Point.Lat) || math.IsNaN(q.Point.Lon)
	p.out = newOutlook(&p.q, &p.from)
}

// compile makes the plan ready for a layout.
func (p *plan) compile(lay *layout) {
	p.lay, p.never = lay, false
	p.and, p.any, p.not, p.slots = p.and[:0], p.any[:0], p.not[:0], p.slots[:0]
	p.anyAt = [2]int16{lay.at[bitAnyTime], lay.at[bitAnyCategory]}
	p.mayBeAny = p.anyAt != [2]int16{none, none}
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
	p.common = 0
	slots := uint64(p.q.Slots & matching.AllSlots)
	if bits.OnesCount64(slots) == 1 {
		p.common, slots = matching.Slots(slots), 0
	}
	for m := slots; m != 0; m &= m - 1 {
		b := bits.TrailingZeros64(m)
		p.slots = append(p.slots, slotColumn{lay.at[bitSlot+b], 1 << b})
	}
	if len(p.and) == 0 {
		p.all(lay, bitLive, 1)
	}
	if p.q.Without&Away == Away {
		p.not = append(p.not, lay.at[bitAway])
	} else {
		for m := p.q.Without & Away; m != 0; m &= m - 1 {
			p.not = append(p.not, lay.at[bitState+bits.TrailingZeros8(uint8(m))])
		}
	}
	p.few = len(p.any) == 0 && len(p.and) <= len(p.first) && len(p.not) == 1
	for i := range p.first {
		p.first[i] = p.and[min(i, len(p.and)-1)]
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
