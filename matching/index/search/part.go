package search

import (
	"cmp"
	"math"
	"slices"

	"ehrenamt/matching"
	"ehrenamt/matching/index/globe"
)

const (
	segmentRows  = 128
	segmentWords = segmentRows / 64
	groupSegs    = 64
)

// bits of a row's columns: categories, kinds, slots; then one for each qualification.
const (
	bitCategory = 0
	bitKind     = 32
	bitSlot     = 34
	bitRequired = 64
	columnBits  = 128
)

// part is a set of postings that never changes.
type part struct {
	docs   []Doc             // along the curve; their Text is empty, see text
	points []matching.Point  // of the rows
	due    []due             // of the rows
	at     [columnBits]int16 // column of a bit, -1 where no row has it
	width  int               // columns
	cols   []uint64          // segment after segment, column after column
	segs   []summary
	low    []uint32 // where on the curve the segments begin
	groups []summary
	text   *text
}

// due is when a row is.
type due struct {
	first Span // the only date, or the first of many
	dates int
}

// summary is what can be said of many rows at once.
type summary struct {
	box     globe.Box
	shade   float64
	from    int64 // the first date begins
	to      int64 // the last one ends
	undated bool
}

func (s *summary) add(d *Doc) {
	s.box = s.box.Join(globe.At(d.Point))
	s.undated = s.undated || len(d.Dates) == 0
	for _, x := range d.Dates {
		s.from, s.to = min(s.from, x.From), max(s.to, x.To)
	}
}

var nothing = summary{box: globe.Nothing, from: math.MaxInt64, to: math.MinInt64}

func (d *Doc) mask() [2]uint64 {
	m := [2]uint64{1 << (bitCategory + d.Category&31), d.Required}
	if i := slices.Index(matching.Kinds, d.Kind); i >= 0 {
		m[0] |= 1 << (bitKind + i)
	}
	slots := d.Slots & matching.AllSlots
	if slots == 0 {
		slots = matching.AllSlots
	}
	m[0] |= uint64(slots) << bitSlot
	return m
}

// entry is a posting with the words of its text.
type entry struct {
	doc   Doc
	words []string
}

// newPart makes a part of entries, which it sorts.
func newPart(es []entry) *part {
	type placed struct {
		curve uint32
		i     int32
	}
	order := make([]placed, len(es))
	for i := range es {
		order[i] = placed{globe.Hilbert(es[i].doc.Point), int32(i)}
	}
	slices.SortFunc(order, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.curve, b.curve), cmp.Compare(a.i, b.i))
	})
	p := &part{docs: make([]Doc, len(es)), points: make([]matching.Point, len(es)), due: make([]due, len(es))}
	lists := make([][]string, len(es))
	var some [2]uint64
	for k, o := range order {
		e := &es[o.i]
		d := e.doc
		d.Text = ""
		if k%segmentRows == 0 {
			p.low = append(p.low, o.curve)
		}
		p.docs[k], lists[k] = d, e.words
		p.points[k], p.due[k].dates = d.Point, len(d.Dates)
		if len(d.Dates) > 0 {
			p.due[k].first = d.Dates[0]
		}
		m := d.mask()
		some[0] |= m[0]
		some[1] |= m[1]
	}
	p.columns(some)
	p.summaries()
	p.text = newText(lists)
	return p
}

func (p *part) columns(some [2]uint64) {
	for b := range p.at {
		p.at[b] = -1
		if some[b>>6]>>(b&63)&1 != 0 {
			p.at[b] = int16(p.width)
			p.width++
		}
	}
	segs := (len(p.docs) + segmentRows - 1) / segmentRows
	p.cols = make([]uint64, segs*p.width*segmentWords)
	for i := range p.docs {
		m := p.docs[i].mask()
		for b, at := range p.at {
			if at >= 0 && m[b>>6]>>(b&63)&1 != 0 {
				p.cols[p.word(i, at)] |= 1 << (i & 63)
			}
		}
	}
}

// word is the index in cols of the word that holds a row's bit of a column.
func (p *part) word(i int, at int16) int {
	return (i/segmentRows*p.width+int(at))*segmentWords + i%segmentRows>>6
}

func (p *part) summaries() {
	for from := 0; from < len(p.docs); from += segmentRows {
		s := nothing
		for i := from; i < min(from+segmentRows, len(p.docs)); i++ {
			s.add(&p.docs[i])
		}
		s.shade = s.box.Shade()
		p.segs = append(p.segs, s)
	}
	for from := 0; from < len(p.segs); from += groupSegs {
		g := nothing
		for _, s := range p.segs[from:min(from+groupSegs, len(p.segs))] {
			g.box = g.box.Join(s.box)
			g.from, g.to = min(g.from, s.from), max(g.to, s.to)
			g.undated = g.undated || s.undated
		}
		g.shade = g.box.Shade()
		p.groups = append(p.groups, g)
	}
}

// entries is the way back, for the rows that live.
func (p *part) entries(live []uint64, out []entry) []entry {
	for i := range p.docs {
		if live[i>>6]>>(i&63)&1 != 0 {
			out = append(out, entry{p.docs[i], p.text.wordsOf(i)})
		}
	}
	return out
}
