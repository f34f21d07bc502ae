package index

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"sync"
)

// ErrTooMany is returned where there are more rows than positions.
var ErrTooMany = errors.New("too many subscriptions")

// maxRows leaves room for segments that are half empty.
const maxRows = 1 << (positionBits - 1)

// batch is how many entries go to a worker at a time.
const batch = 4096

// Build makes an index of all entries on several goroutines; workers below 1 means one per processor. Of
// several entries with one id the one of the highest revision counts, among equals the last. It
// stops at the first error of the rows.
func Build(rows iter.Seq2[Entry, error], workers int) (*Subscriptions, error) {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	x := newSubscriptions(nil)
	b := &builder{x: x, workers: workers}
	if err := b.read(rows); err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	if b.total() > maxRows {
		return nil, fmt.Errorf("%d subscriptions: %w", b.total(), ErrTooMany)
	}
	b.distinct()
	b.order()
	b.segments()
	b.directories()
	return x, nil
}

// builder holds the rows by number: batch after batch, in the order in which they came.
type builder struct {
	x       *Subscriptions
	workers int
	batches [][]staged
	late    map[uint64]int64 // revisions by number of the row, where staged.rev is too small
	sorted  []uint64         // class, curve position and number of the rows that count
	spans   []span           // of sorted, one for each segment
	parts   []part           // one for each span
	at      []position       // by number of the row
}

type span struct {
	from, to int
	class    uint8
}

const dropped = 0xFF // class of a row that does not count

func (b *builder) row(i uint64) *staged { return &b.batches[i/batch][i%batch] }

func (b *builder) total() int {
	if len(b.batches) == 0 {
		return 0
	}
	return (len(b.batches)-1)*batch + len(b.batches[len(b.batches)-1])
}

// each runs work for the numbers below n, dealt out evenly.
func (b *builder) each(n int, work func(i int)) {
	var wg sync.WaitGroup
	for w := range b.workers {
		wg.Go(func() {
			for i := w; i < n; i += b.workers {
				work(i)
			}
		})
	}
	wg.Wait()
}

// job is a batch under way to a worker.
type job struct {
	number uint64 // of the first row
	in     []Entry
	out    []staged
}

// read takes all rows, converts them and learns which columns are needed.
func (b *builder) read(rows iter.Seq2[Entry, error]) error {
	jobs := make(chan job, b.workers)
	spent := make(chan []Entry, 2*b.workers+1)
	var wg sync.WaitGroup
	var mu sync.Mutex
	some, all := mask{}, mask{^uint64(0), ^uint64(0), ^uint64(0)}
	b.late = map[uint64]int64{}
	for range b.workers {
		wg.Go(func() {
			or, and, late := b.convert(jobs, spent)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(b.late, late)
			for w := range some {
				some[w] |= or[w]
				all[w] &= and[w]
			}
		})
	}
	in := make([]Entry, 0, batch)
	send := func() {
		out := make([]staged, len(in))
		jobs <- job{uint64(b.total()), in, out}
		b.batches = append(b.batches, out)
		select {
		case in = <-spent:
		default:
			in = make([]Entry, 0, batch)
		}
	}
	var failed error
	for e, err := range rows {
		if err != nil {
			failed = err
			break
		}
		if in = append(in, e); len(in) == batch {
			send()
		}
	}
	if len(in) > 0 {
		send()
	}
	close(jobs)
	wg.Wait()
	if b.total() == 0 {
		b.x.lay = New().lay
	} else {
		b.x.lay = newLayout(some, all)
	}
	return failed
}

// convert stages batches; it returns the bits that some and all rows have, and the revisions by row
// that are too large for one.
func (b *builder) convert(jobs <-chan job, spent chan<- []Entry) (or, and mask, late map[uint64]int64) {
	and = mask{^uint64(0), ^uint64(0), ^uint64(0)}
	late = map[uint64]int64{}
	for j := range jobs {
		for i := range j.in {
			r := b.x.stage(&j.in[i])
			if rev := j.in[i].Revision; rev >= 0 && rev < manyRevisions {
				r.rev = uint32(rev)
			} else {
				r.rev = manyRevisions
				late[j.number+uint64(i)] = rev
			}
			for w := range r.mask {
				or[w] |= r.mask[w]
				and[w] &= r.mask[w]
			}
			j.out[i] = r
		}
		clear(j.in)
		select {
		case spent <- j.in[:0]:
		default:
		}
	}
	return or, and, late
}

// distinct fills the table with the numbers of the rows that count and drops the others.
func (b *builder) distinct() {
	total := b.total()
	b.each(b.workers, func(w int) {
		shards := b.x.table.shards[:]
		for s := w; s < shardCount; s += b.workers {
			shards[s].reserve(total/shardCount + total/shardCount/8)
		}
		n := uint64(0)
		hash := func(p position) uint64 { return b.row(uint64(p)).key.hash() }
		for _, rows := range b.batches {
			for i := range rows {
				h := rows[i].key.hash()
				if int(h>>(64-shardBits))%b.workers == w {
					b.claim(h, n, hash)
				}
				n++
			}
		}
	})
	n := int64(0)
	for i := range b.x.table.shards {
		n += int64(b.x.table.shards[i].live)
	}
	b.x.count.Store(n)
}

// claim enters row n, or drops it or the one that has its id.
func (b *builder) claim(h, n uint64, hash func(position) uint64) {
	s := b.x.table.shard(h)
	r := b.row(n)
	old, there := s.find(h, func(p position) bool { return b.row(uint64(p)).key == r.key })
	if !there {
		s.add(h, position(n), hash)
		return
	}
	o := b.row(uint64(old))
	if b.revision(uint64(old)) > b.revision(n) {
		r.class = dropped
		return
	}
	o.class = dropped
	s.move(h, old, position(n))
}

func (b *builder) revision(n uint64) int64 {
	if rev := b.row(n).rev; rev != manyRevisions {
		return int64(rev)
	}
	return b.late[n]
}

const (
	numberBits = positionBits
	curveShift = numberBits
	classShift = numberBits + 32
)

// order sorts the rows that count by class and curve.
func (b *builder) order() {
	b.sorted = make([]uint64, 0, b.total())
	n := uint64(0)
	for _, rows := range b.batches {
		for i := range rows {
			if rows[i].class != dropped {
				b.sorted = append(b.sorted, uint64(rows[i].class)<<classShift|uint64(rows[i].curve)<<curveShift|n)
			}
			n++
		}
	}
	b.sorted = radixSort(b.sorted, curveShift, 36)
	for from := 0; from < len(b.sorted); {
		class := b.sorted[from] >> classShift
		to := from
		for to < len(b.sorted) && to < from+capacity && b.sorted[to]>>classShift == class {
			to++
		}
		b.spans = append(b.spans, span{from, to, uint8(class)})
		from = to
	}
}

// radixSort sorts by the given bits, stably.
func radixSort(a []uint64, shift, width int) []uint64 {
	const digit = 12
	t := make([]uint64, len(a))
	for ; width > 0; shift, width = shift+digit, width-digit {
		var count [1 << digit]int
		for _, v := range a {
			count[v>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, c := range count {
			count[i] = sum
			sum += c
		}
		for _, v := range a {
			d := v >> shift & (1<<digit - 1)
			t[count[d]] = v
			count[d]++
		}
		a, t = t, a
	}
	return a
}

// segments fills one segment for each span.
func (b *builder) segments() {
	x := b.x
	b.parts = make([]part, len(b.spans))
	b.at = make([]position, b.total())
	x.homes = make([]home, len(b.spans))
	if len(b.spans) >= maxSegments {
		panic("index: more than 260,000 segments")
	}
	b.each(b.workers, func(w int) {
		rows := make([]staged, 0, capacity)
		for num := w; num < len(b.spans); num += b.workers {
			sp := b.spans[num]
			rows = rows[:0]
			low := uint32(b.sorted[sp.from] >> curveShift)
			for i, v := range b.byReach(sp) {
				n := v & (1<<numberBits - 1)
				rows = append(rows, *b.row(n))
				b.at[n] = positionOf(uint32(num), i)
			}
			hi, exact := needs(rows)
			p := &b.parts[num]
			*p = part{seg: newSegment(x.lay, uint32(num), len(rows), hi, exact), low: low}
			p.fill(rows)
			x.homes[num] = home{seg: p.seg, class: sp.class, used: int32(len(rows))}
		}
	})
	b.each(shardCount, func(s int) {
		slots := x.table.shards[s].slots
		for i, v := range slots {
			if v != 0 && v != removed {
				slots[i] = v&^onePastPos | uint32(b.at[v&onePastPos-1]+1)
			}
		}
	})
}

// byReach sorts the rows of a span by their radius, so that those of a word reach about as far, and returns
// them with other things in the upper bits.
func (b *builder) byReach(sp span) []uint64 {
	rows := b.sorted[sp.from:sp.to]
	for i, v := range rows {
		n := v & (1<<numberBits - 1)
		rows[i] = laneOf(sp.class, b.row(n).radius)<<numberBits | n
	}
	slices.Sort(rows)
	return rows
}

// directories hangs the segments into groups and roots.
func (b *builder) directories() {
	for from := 0; from < len(b.parts); {
		class := b.spans[from].class
		to := from
		for to < len(b.parts) && b.spans[to].class == class {
			to++
		}
		var groups []*group
		for chunk := range slices.Chunk(b.parts[from:to], fillGroup) {
			g := newGroup(chunk)
			b.x.adopt(g)
			groups = append(groups, g)
		}
		b.x.trees[class].Store(newRoot(groups))
		from = to
	}
	for n, rev := range b.late {
		if r := b.row(n); r.class != dropped {
			b.x.late[r.key] = rev
		}
	}
}
