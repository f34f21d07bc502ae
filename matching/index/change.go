package index

import (
	"slices"
)

// Segments are split when more than splitAt rows live, so that there is room for spare more, and
// joined with a neighbour when both together have at most joinAt.
const (
	spare   = 64
	splitAt = capacity - spare
	joinAt  = capacity * 5 / 8
)

// insert writes a row and makes it visible.
func (x *Subscriptions) insert(r *staged) (position, *insertion) {
	for {
		root := x.tree(r)
		gi := place(root.low, r.curve)
		g := root.groups[gi].Load()
		si := place(g.low, r.curve)
		seg := &g.segs[si]
		home := &x.homes[seg.num]
		if int(home.used) == len(seg.rows) || !seg.takes(r) {
			x.rewrite(r.class, root, gi, si, si+1, r)
			continue
		}
		i := int(home.used)
		home.used++
		seg.write(i, r)
		root.widen(gi, g, si, i/64, r)
		link := x.chain(r.key, seg, i)
		seg.show(i, r.mask)
		link.shown.Store(true)
		return positionOf(seg.num, i), link
	}
}

// tree is the directory for a row, made on first use.
func (x *Subscriptions) tree(r *staged) *root {
	if root := x.trees[r.class].Load(); root != nil {
		return root
	}
	g := newGroup([]part{x.part(r.class, nil, 0, r)})
	x.adopt(g)
	root := newRoot([]*group{g})
	x.trees[r.class].Store(root)
	return root
}

// drop hides a row and gives its room back when half of a segment is gone.
func (x *Subscriptions) drop(p position) {
	home := &x.homes[p.num()]
	home.seg.hide(p.row())
	home.dead++
	if home.dead < spare || home.dead*2 < home.used {
		return
	}
	root := x.trees[home.class].Load()
	g := home.group
	si := g.index(p.num())
	from, to := si, si+1
	live := home.used - home.dead
	if to < len(g.segs) && live+x.live(g, to) <= joinAt {
		to++
	} else if from > 0 && live+x.live(g, from-1) <= joinAt {
		from--
	}
	x.rewrite(home.class, root, root.index(g), from, to, nil)
}

func (x *Subscriptions) live(g *group, si int) int32 {
	h := &x.homes[g.segs[si].num]
	return h.used - h.dead
}

// rewrite replaces the segments [from, to) of a group by new ones with the same living rows, with
// room for one more row of the kind of r (if not nil) where it belongs.
func (x *Subscriptions) rewrite(class uint8, root *root, gi, from, to int, r *staged) {
	g := root.groups[gi].Load()
	x.rows, x.from = x.rows[:0], x.from[:0]
	for si := from; si < to; si++ {
		seg := &g.segs[si]
		n := len(x.rows)
		x.rows = seg.alive(int(x.homes[seg.num].used), x.rows)
		for i := range x.rows[n:] {
			x.rows[n+i].class = class
		}
		x.from = x.positions(seg, x.rows[n:], x.from)
	}
	if r != nil && !x.lay.fits(&r.mask) {
		x.lay = x.lay.with(&r.mask)
	}
	old := g.parts()
	parts := slices.Clone(old[:from])
	if len(x.rows) > splitAt {
		x.sortRows(0, len(x.rows), func(r *staged) uint32 { return r.curve })
		mid := len(x.rows) / 2
		second := x.rows[mid].curve
		x.sortRows(0, mid, byReach)
		x.sortRows(mid, len(x.rows), byReach)
		parts = append(parts, x.part(class, x.rows[:mid], old[from].low, r), x.part(class, x.rows[mid:], second, r))
		x.relocate(parts[from].seg.num, x.rows[:mid], x.from[:mid])
		x.relocate(parts[from+1].seg.num, x.rows[mid:], x.from[mid:])
	} else if len(x.rows) > 0 || len(old) == to-from {
		x.sortRows(0, len(x.rows), byReach)
		parts = append(parts, x.part(class, x.rows, old[from].low, r))
		x.relocate(parts[from].seg.num, x.rows, x.from)
	}
	parts = append(parts, old[to:]...)
	x.swap(class, root, gi, parts)
	for si := from; si < to; si++ {
		num := g.segs[si].num
		x.homes[num] = home{}
		x.free = append(x.free, num)
	}
}

// positions lists where the rows of a segment that are alive lie, in the order of segment.alive.
func (x *Subscriptions) positions(s *segment, rows []staged, out []position) []position {
	i := 0
	for range rows {
		for !s.bit(s.lay.at[bitLive], i) {
			i++
		}
		out = append(out, positionOf(s.num, i))
		i++
	}
	return out
}

// byReach keeps rows that reach about as far in one word.
func byReach(r *staged) uint32 { return uint32(laneOf(r.class, r.radius)) }

// sortRows sorts a range of x.rows and x.from by a number.
func (x *Subscriptions) sortRows(from, to int, by func(*staged) uint32) {
	rows, at := x.rows[from:to], x.from[from:to]
	x.order = x.order[:0]
	for i := range rows {
		x.order = append(x.order, uint64(by(&rows[i]))<<32|uint64(i))
	}
	slices.Sort(x.order)
	x.swapRows, x.swapFrom = append(x.swapRows[:0], rows...), append(x.swapFrom[:0], at...)
	for i, v := range x.order {
		rows[i], at[i] = x.swapRows[uint32(v)], x.swapFrom[uint32(v)]
	}
}

// relocate tells the table where rows have gone.
func (x *Subscriptions) relocate(num uint32, rows []staged, from []position) {
	for i := range rows {
		h := rows[i].key.hash()
		x.table.shard(h).move(h, from[i], positionOf(num, i))
	}
}

// part makes a segment of rows with room to spare, which also takes r.
func (x *Subscriptions) part(class uint8, rows []staged, low uint32, r *staged) part {
	hi, exact := needs(rows)
	if r != nil {
		_, lossless := fixedRadius(r.radius)
		hi, exact = hi || r.key.Hi != 0, exact || !lossless
	}
	p := part{seg: newSegment(x.lay, x.number(), len(rows)+max(spare, len(rows)/4), hi, exact), low: low}
	p.fill(rows)
	x.homes[p.seg.num] = home{seg: p.seg, class: class, used: int32(len(rows))}
	return p
}

// needs tells which side arrays rows ask for.
func needs(rows []staged) (hi, exact bool) {
	for i := range rows {
		_, lossless := fixedRadius(rows[i].radius)
		hi = hi || rows[i].key.Hi != 0
		exact = exact || !lossless
	}
	return hi, exact
}

// fill writes the rows and sums them up.
func (p *part) fill(rows []staged) {
	p.seg.fill(rows)
	p.extent = emptyExtent()
	for i := range rows {
		p.extent.add(i/64, &rows[i])
	}
}

// number is a segment number not in use.
func (x *Subscriptions) number() uint32 {
	if n := len(x.free); n > 0 {
		num := x.free[n-1]
		x.free = x.free[:n-1]
		return num
	}
	if len(x.homes) == maxSegments-1 {
		panic("index: more than 260,000 segments")
	}
	x.homes = append(x.homes, home{})
	return uint32(len(x.homes) - 1)
}

// swap makes parts the group's segments for every reader who comes now.
func (x *Subscriptions) swap(class uint8, r *root, gi int, parts []part) {
	var next []*group
	if len(parts) > maxGroup {
		next = []*group{newGroup(parts[:len(parts)/2]), newGroup(parts[len(parts)/2:])}
	} else if len(parts) > 0 {
		next = []*group{newGroup(parts)}
	}
	for _, g := range next {
		x.adopt(g)
	}
	if len(next) == 1 {
		r.groups[gi].Store(next[0])
		r.bounds[gi].store(next[0].extent())
		return
	}
	x.trees[class].Store(newRoot(slices.Replace(r.all(), gi, gi+1, next...)))
}

// adopt notes the group of each of its segments.
func (x *Subscriptions) adopt(g *group) {
	for i := range g.segs {
		x.homes[g.segs[i].num].group = g
	}
}
