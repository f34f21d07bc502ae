package search

import (
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ehrenamt/matching/index/words"
)

// Postings is the index of open postings. Any number of goroutines may search at any time and never
// wait; changes wait for each other. Make one with New or Build.
type Postings struct {
	list    atomic.Pointer[[]view] // larger parts first
	pool    sync.Pool              // of *scratch
	lexicon lexicon

	mu   sync.Mutex // held while changing; guards all below
	at   map[string]place
	gone [2]map[string]int64 // revisions of what was removed since the last and the last but one Forget
}

// view is a part with those of its rows that live. It never changes; changes replace it.
type view struct {
	*part
	live []uint64
	left int
}

type place struct {
	part *part
	row  int
}

// New is an empty index.
func New() *Postings {
	x := &Postings{at: map[string]place{}, gone: [2]map[string]int64{{}, {}}}
	x.pool.New = func() any { return new(scratch) }
	x.list.Store(&[]view{})
	return x
}

// chunk is how many postings a worker reads the texts of at a time.
const chunk = 2048

// Build makes an index of all postings on several goroutines; workers below 1 means one per processor.
// Of several with one id the one of the highest revision counts, among equals the last. It stops at the first error.
func Build(docs iter.Seq2[Doc, error], workers int) (*Postings, error) {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	x := New()
	var es []entry
	last := map[string]int{}
	for d, err := range docs {
		if err != nil {
			return nil, fmt.Errorf("read postings: %w", err)
		}
		if i, ok := last[d.ID]; !ok {
			last[d.ID] = len(es)
			es = append(es, entry{doc: d})
		} else if es[i].doc.Revision <= d.Revision {
			es[i].doc = d
		}
	}
	chunks := slices.Collect(slices.Chunk(es, chunk))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(chunks); i += workers {
				for k := range chunks[i] {
					chunks[i][k].read()
				}
			}
		})
	}
	wg.Wait()
	if len(es) > 0 {
		x.list.Store(&[]view{x.settle(newPart(es))})
	}
	return x, nil
}

func (e *entry) read() {
	e.words = words.Distinct(e.doc.Text)
	e.doc.Text = ""
}

// settle notes where the postings of a new part are.
func (x *Postings) settle(p *part) view {
	v := view{p, make([]uint64, (len(p.docs)+segmentRows-1)/segmentRows*segmentWords), len(p.docs)}
	for i := range p.docs {
		v.live[i>>6] |= 1 << (i & 63)
		x.at[p.docs[i].ID] = place{p, i}
	}
	return v
}

// Len is the number of postings.
func (x *Postings) Len() int {
	n := 0
	for _, v := range *x.list.Load() {
		n += v.left
	}
	return n
}

// Put adds or replaces postings and returns how many it took: one older than what the index has, or
// than its removal, changes nothing. Postings put together appear together.
func (x *Postings) Put(docs ...Doc) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	taken := map[string]int{}
	var es []entry
	for _, d := range docs {
		if at, ok := x.at[d.ID]; ok && at.part.docs[at.row].Revision > d.Revision {
			continue
		}
		if x.removedAt(d.ID, d.Revision) {
			continue
		}
		e := entry{doc: d}
		e.read()
		if i, ok := taken[d.ID]; !ok {
			taken[d.ID] = len(es)
			es = append(es, e)
		} else if es[i].doc.Revision <= d.Revision {
			es[i] = e
		}
		delete(x.gone[0], d.ID)
		delete(x.gone[1], d.ID)
	}
	if len(es) == 0 {
		return 0
	}
	list := slices.Clone(*x.list.Load())
	for _, e := range es {
		if at, ok := x.at[e.doc.ID]; ok {
			hide(list, at)
		}
	}
	list = append(list, x.settle(newPart(es)))
	x.publish(list)
	return len(es)
}

// Remove takes a posting out and tells whether it was there. It does nothing if the index has a newer
// revision; what it removed stays known to Put until Forget was called twice.
func (x *Postings) Remove(id string, revision int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	at, ok := x.at[id]
	if ok && at.part.docs[at.row].Revision > revision {
		return false
	}
	x.gone[0][id] = max(revision, x.gone[0][id], x.gone[1][id])
	if !ok {
		return false
	}
	delete(x.at, id)
	list := slices.Clone(*x.list.Load())
	hide(list, at)
	x.publish(list)
	return true
}

// Forget lets go of removals from before the last Forget. Call it now and then, at longer intervals
// than old changes may come in again.
func (x *Postings) Forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.gone[0], x.gone[1] = map[string]int64{}, x.gone[0]
}

func (x *Postings) removedAt(id string, revision int64) bool {
	for _, m := range x.gone {
		if r, ok := m[id]; ok && r >= revision {
			return true
		}
	}
	return false
}

// hide takes a row out of a list that nobody sees yet.
func hide(list []view, at place) {
	for i := range list {
		if v := &list[i]; v.part == at.part {
			v.live = slices.Clone(v.live)
			v.live[at.row>>6] &^= 1 << (at.row & 63)
			v.left--
			return
		}
	}
}

// publish shows a list, after joining parts of like size and renewing those half empty, so that there
// are at most about as many parts as the size has binary digits and every posting is moved seldom.
func (x *Postings) publish(list []view) {
	list = slices.DeleteFunc(list, func(v view) bool { return v.left == 0 })
	slices.SortStableFunc(list, func(a, b view) int { return b.left - a.left })
	for n := len(list); n > 1; n = len(list) {
		if list[n-2].left > 2*list[n-1].left {
			break
		}
		var es []entry
		for _, v := range list[n-2:] {
			es = v.entries(v.live, es)
		}
		list = append(list[:n-2], x.settle(newPart(es)))
		slices.SortStableFunc(list, func(a, b view) int { return b.left - a.left })
	}
	for i, v := range list {
		if v.left*2 < len(v.docs) {
			list[i] = x.settle(newPart(v.entries(v.live, nil)))
		}
	}
	x.list.Store(&list)
}
