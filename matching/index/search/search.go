package search

import (
	"math"
	"math/bits"
	"sort"
	"strings"
	"sync"

	"ehrenamt/matching"
	"ehrenamt/matching/index/globe"
	"ehrenamt/matching/index/words"
)

// defaultLimit is the length of a page if the query does not say.
const defaultLimit = 10

// maxWords is how many words of a query count.
const maxWords = 8

// found is a result before it is shown.
type found struct {
	cost  float64 // what the order goes by, least first
	km    float64
	start int64
	id    string
	rev   int64
}

// bound is a group or segment with the least cost it could offer.
type bound struct {
	cost float64
	i    int32
}

// scratch is what a search works with.
type scratch struct {
	q      Query
	from   globe.From
	curve  uint32 // of the place
	place  bool
	words  []words.Word
	typo   []bool
	need   int // words a posting must have
	limit  int
	top    []found
	visit  func(*Doc) // instead of collecting
	groups []bound
	segs   []bound
	rows   []bound
	limits limits
	least  float64 // worst, as long as rows are only glanced at
	p      partPlan
}

// Search appends the postings that come first, at most Limit, and returns them with the cursor of the
// next page; its Set is false if nothing can follow. It never waits.
func (x *Postings) Search(q Query, out []Hit) ([]Hit, Cursor) {
	s := x.pool.Get().(*scratch)
	defer x.pool.Put(s)
	return x.search(s, q, out)
}

func (x *Postings) search(s *scratch, q Query, out []Hit) ([]Hit, Cursor) {
	s.reset(q, x.lexicon.analyse(q.Words))
	s.run(*x.list.Load())
	for _, f := range s.top {
		out = append(out, Hit{ID: f.id, Revision: f.rev, KM: f.km, Start: f.start, Score: s.score(&f)})
	}
	var next Cursor
	if n := len(s.top); n == s.limit {
		next = Cursor{s.q.Now, s.top[n-1].cost, s.top[n-1].id, true}
	}
	return out, next
}

func (s *scratch) reset(q Query, ws []words.Word) {
	if q.After.Set {
		q.Now = q.After.Now
	}
	s.q, s.place, s.visit, s.limits.ready = q, !q.Point.IsZero(), nil, false
	s.from, s.curve = globe.NewFrom(q.Point), globe.Hilbert(q.Point)
	s.limit = q.Limit
	if s.limit <= 0 {
		s.limit = defaultLimit
	}
	s.top = s.top[:0]
	s.words = ws
	s.need = len(s.words)
	if q.Order == Best {
		s.need = (len(s.words) + 1) / 2
	}
}

// lexicon remembers the words of texts that were searched for.
type lexicon struct {
	mu   sync.RWMutex
	read map[string][]words.Word
}

// remembered is how many texts a lexicon remembers.
const remembered = 4096

// analyse splits the words of a query.
func (l *lexicon) analyse(text string) []words.Word {
	if text == "" {
		return nil
	}
	l.mu.RLock()
	ws, ok := l.read[text]
	l.mu.RUnlock()
	if ok {
		return ws
	}
	for _, w := range words.Distinct(text) {
		if len(ws) < maxWords {
			ws = append(ws, words.New(w))
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.read == nil || len(l.read) >= remembered {
		l.read = map[string][]words.Word{}
	}
	l.read[strings.Clone(text)] = ws
	return ws
}

// run visits all parts.
func (s *scratch) run(list []view) {
	s.typo = s.typo[:0]
	for i := range s.words {
		// Typing errors are forgiven in a word that nobody alive has.
		known := false
		for _, v := range list {
			known = known || v.text.find(&s.words[i], false).anyone(v.live)
		}
		s.typo = append(s.typo, !known)
	}
	for _, v := range list {
		if s.p.compile(s, &v) {
			s.part(&v)
		}
	}
}

// part visits the groups and segments of a part in the order of what they could offer.
func (s *scratch) part(v *view) {
	if s.p.few {
		s.rows, s.least = s.rows[:0], s.worst()
		s.limits.set(s, s.p.most)
		for _, r := range s.p.rows {
			if s.p.fits(v, int(r)) {
				s.glance(v, int(r))
			}
		}
		s.judge(v)
		return
	}
	done := s.nearby(v)
	s.groups = s.groups[:0]
	window, bounded := s.window()
	for i := range v.part.groups {
		if m := &v.part.groups[i]; !bounded || m.box.Meets(window) {
			if c := s.offer(m, s.p.most); c <= s.worst() {
				s.groups = append(s.groups, bound{c, int32(i)})
			}
		}
	}
	for len(s.groups) > 0 {
		g := least(s.groups)
		if s.groups[g].cost > s.worst() {
			return
		}
		first := int(s.groups[g].i) * groupSegs
		s.groups[g] = s.groups[len(s.groups)-1]
		s.groups = s.groups[:len(s.groups)-1]
		s.group(v, first, done)
	}
}

// nearby looks at the segment where the place of the query would lie, so that what is farther away can be left
// out at once. It returns which that was, or -1.
func (s *scratch) nearby(v *view) int {
	if !s.place || s.q.Order == Soonest || s.visit != nil {
		return -1
	}
	k := sort.Search(len(v.part.low), func(i int) bool { return v.part.low[i] > s.curve })
	seg := max(0, k-1)
	if c := s.offer(&v.part.segs[seg], s.p.text(seg)); c <= s.worst() {
		s.segment(v, seg)
	}
	return seg
}

// group visits the segments of a group from the first one on, but for the one that is done.
func (s *scratch) group(v *view, first, done int) {
	s.segs = s.segs[:0]
	window, bounded := s.window()
	for i := first; i < min(first+groupSegs, len(v.part.segs)); i++ {
		m := &v.part.segs[i]
		if i == done || bounded && !m.box.Meets(window) || s.p.set != nil && s.p.set[i*segmentWords]|s.p.set[i*segmentWords+1] == 0 {
			continue
		}
		if c := s.offer(m, s.p.text(i)); c <= s.worst() {
			s.segs = append(s.segs, bound{c, int32(i)})
		}
	}
	for len(s.segs) > 0 {
		k := least(s.segs)
		if s.segs[k].cost > s.worst() {
			return
		}
		i := int(s.segs[k].i)
		s.segs[k] = s.segs[len(s.segs)-1]
		s.segs = s.segs[:len(s.segs)-1]
		s.segment(v, i)
	}
}

func least(bs []bound) int {
	k := 0
	for i := range bs {
		if bs[i].cost < bs[k].cost {
			k = i
		}
	}
	return k
}

// worst is the cost that a posting must not exceed to be of interest.
func (s *scratch) worst() float64 {
	if len(s.top) < s.limit || s.visit != nil {
		return math.MaxFloat64
	}
	return s.top[len(s.top)-1].cost
}

// offer is the least cost that rows of a summary could have whose words count so much; infinite if none of them can be found.
func (s *scratch) offer(m *summary, text float64) float64 {
	after := max(s.q.Now, s.q.From)
	if !m.undated && (m.to <= after || s.q.To != 0 && m.from >= s.q.To) {
		return math.Inf(1)
	}
	km := 0.0
	if s.place {
		if km = s.from.Quick(&m.box, m.shade); s.q.Radius > 0 && km > s.q.Radius {
			return math.Inf(1)
		}
	}
	start, soon := m.from, soonness(m.from, s.q.Now)
	if m.undated {
		soon = max(soon, undatedSoon)
		if m.to <= after {
			start = undatedStart
			soon = undatedSoon
		}
	}
	return s.cost(km, start, soon, text)
}

// undatedStart sorts undated postings behind all others.
const undatedStart = math.MaxInt64 / 4

// cost is what the order goes by, least first.
func (s *scratch) cost(km float64, start int64, soon, text float64) float64 {
	switch s.q.Order {
	case Nearest:
		return km
	case Soonest:
		return float64(max(start, s.q.Now))
	default:
		w := &weights[min(1, len(s.words))]
		near := 0.0
		if s.place {
			near = nearness(km)
		}
		return 1 - (w.near*near + w.soon*soon + w.words*text)
	}
}

// score is what Best goes by, whatever the order.
func (s *scratch) score(f *found) float64 {
	if s.q.Order == Best {
		return 1 - f.cost
	}
	soon := undatedSoon
	if f.start != 0 {
		soon = soonness(f.start, s.q.Now)
	}
	near := 0.0
	if s.place {
		near = nearness(f.km)
	}
	return weights[0].near*near + weights[0].soon*soon
}

// segment looks at the rows of one segment whose attributes fit.
func (s *scratch) segment(v *view, seg int) {
	var acc [segmentWords]uint64
	if !s.p.attributes(v, seg, &acc) {
		return
	}
	s.rows, s.least = s.rows[:0], s.worst()
	text := s.p.text(seg)
	if s.p.all != nil && text > s.p.lacking && s.offer(&v.part.segs[seg], s.p.lacking) > s.least {
		acc[0] &= s.p.all[seg*segmentWords] // who lacks a word is of no interest any more
		acc[1] &= s.p.all[seg*segmentWords+1]
	}
	s.limits.set(s, text)
	for w, word := range acc {
		for ; word != 0; word &= word - 1 {
			s.glance(v, seg*segmentRows+w*64+bits.TrailingZeros64(word))
		}
	}
	s.judge(v)
}

// judge looks closely at the rows glanced at, the most promising first.
func (s *scratch) judge(v *view) {
	for len(s.rows) > 0 {
		k := least(s.rows)
		r := s.rows[k]
		if r.cost > s.worst() {
			return
		}
		s.rows[k] = s.rows[len(s.rows)-1]
		s.rows = s.rows[:len(s.rows)-1]
		s.row(v, int(r.i))
	}
}

// glance notes a row whose attributes fit with a lower bound of its cost, if that is of interest.
func (s *scratch) glance(v *view, i int) {
	km := 0.0
	if s.place {
		at := &v.part.points[i]
		if x, y := s.from.Angles(at.Lat, at.Lon); s.from.Reliable(x, y) {
			chord := s.from.Chord(x, y)
			if s.q.Order == Nearest {
				if chord > s.limits.chord[later] {
					return
				}
			} else if chord > s.limits.of(&v.part.due[i], s.q.Now) {
				return
			}
			km = globe.Within(chord)
		}
	}
	start, soon, ok := s.when(v, i)
	if !ok {
		return
	}
	c := s.cost(km, start, soon, s.limits.words)
	if c > s.least {
		return
	}
	if len(s.words) > 0 {
		have, sum := s.p.weigh(i)
		if have < s.need {
			return
		}
		if c = s.cost(km, start, soon, sum/float64(len(s.words))); c > s.least {
			return
		}
	}
	s.rows = append(s.rows, bound{c, int32(i)})
}

// when is the next date of a row and how soon that is; ok is false if it has none in the time asked for.
func (s *scratch) when(v *view, i int) (start int64, soon float64, ok bool) {
	r := &v.part.due[i]
	if r.dates == 0 {
		return undatedStart, undatedSoon, true
	}
	d := r.first
	if over := d.To <= max(s.q.Now, s.q.From); r.dates > 1 && (over || s.q.To != 0 && d.From >= s.q.To || d.To <= s.q.Now) {
		if !v.part.docs[i].during(s.q.Now, s.q.From, s.q.To) {
			return 0, 0, false
		}
		d, _ = v.part.docs[i].next(s.q.Now)
	} else if over || s.q.To != 0 && d.From >= s.q.To {
		return 0, 0, false
	}
	return d.From, soonness(d.From, s.q.Now), true
}

// row judges one row that was glanced at.
func (s *scratch) row(v *view, i int) {
	start, soon, _ := s.when(v, i)
	km := 0.0
	if s.place {
		km = s.from.Exact(v.part.points[i].Lat, v.part.points[i].Lon)
		if s.q.Radius > 0 && km > s.q.Radius {
			return
		}
	}
	text := 0.0
	if len(s.words) > 0 {
		have, sum := s.p.weigh(i)
		if have < s.need {
			return
		}
		text = sum / float64(len(s.words))
	}
	if s.visit != nil {
		s.visit(&v.part.docs[i])
		return
	}
	s.collect(&v.part.docs[i], s.cost(km, start, soon, text), km, start)
}

// collect keeps a result if it is among the first behind the cursor.
func (s *scratch) collect(d *Doc, cost, km float64, start int64) {
	if cost > s.worst() {
		return
	}
	if c := &s.q.After; c.Set && (cost < c.Cost || cost == c.Cost && d.ID <= c.ID) {
		return
	}
	if start == undatedStart {
		start = 0
	}
	f := found{cost, km, start, d.ID, d.Revision}
	i := len(s.top)
	for i > 0 && f.before(&s.top[i-1]) {
		i--
	}
	if i == s.limit {
		return
	}
	if len(s.top) < s.limit {
		s.top = append(s.top, found{})
	}
	copy(s.top[i+1:], s.top[i:])
	s.top[i] = f
}

func (f *found) before(g *found) bool { return f.cost < g.cost || f.cost == g.cost && f.id < g.id }

// Calendar counts, for each day, the postings with a date on it that the query finds. days are the
// beginnings of the days, in order, and the end of the last one. Undated postings are not counted.
func (x *Postings) Calendar(q Query, days []int64) []int {
	counts := make([]int, max(0, len(days)-1))
	if len(counts) == 0 {
		return counts
	}
	s := x.pool.Get().(*scratch)
	defer x.pool.Put(s)
	q.After = Cursor{}
	q.From = max(q.From, days[0])
	if end := days[len(days)-1]; q.To == 0 || q.To > end {
		q.To = end
	}
	s.reset(q, x.lexicon.analyse(q.Words))
	now := max(q.Now, q.From)
	s.visit = func(d *Doc) { count(d, now, q.To, days, counts) }
	s.run(*x.list.Load())
	s.visit = nil
	return counts
}

// count adds a posting once to every day it has a date on.
func count(d *Doc, now, end int64, days []int64, counts []int) {
	for k := range counts {
		from, to := max(days[k], now), min(days[k+1], end)
		for _, s := range d.Dates {
			if s.To > from && s.From < to && to > from {
				counts[k]++
				break
			}
		}
	}
}

// kindBit is the bit of a kind, 0 for one that does not exist.
func kindBit(k matching.Kind) uint64 {
	for i, known := range matching.Kinds {
		if known == k {
			return 1 << i
		}
	}
	return 0
}
