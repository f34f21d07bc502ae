package index

import (
	"math"
	"sync"
	"sync/atomic"

	"ehrenamt/matching/index/globe"
)

// Subscriptions is the index of subscriptions. Any number of goroutines may Match at any time and
// never wait; changes wait for each other. Make one with New or Build.
type Subscriptions struct {
	trees [classCount]atomic.Pointer[root]
	last  atomic.Pointer[insertion]
	count atomic.Int64
	names names
	pool  sync.Pool // of *scratch

	mu    sync.Mutex // held while changing; guards all below
	table table
	homes []home // by segment number
	free  []uint32
	lay   *layout
	late  map[Key]int64    // revisions that do not fit into row.rev
	gone  [2]map[Key]int64 // revisions of what was removed since the last and the last but one Forget

	// Scratch.
	rows, swapRows []staged
	from, swapFrom []position
	order          []uint64
}

// home is what the writer knows of a segment.
type home struct {
	seg        segment
	group      *group
	class      uint8
	used, dead int32
}

// insertion is a link of the chain of rows that appeared, so that a reader who was under way finds
// again whom it may have missed at the old place or met at both. The link is there before the row is
// shown, the row is shown before the old one is hidden.
type insertion struct {
	next    atomic.Pointer[insertion]
	shown   atomic.Bool // the row is
	settled atomic.Bool // the old row is hidden
	key     Key
	seg     segment
	row     int
}

// New is an empty index.
func New() *Subscriptions {
	var all mask
	all[0] = math.MaxUint64
	all[1] = math.MaxUint64
	all[2] = math.MaxUint64 >> (maskBits - 1 - bitLive)
	return newSubscriptions(newLayout(all, mask{}))
}

func newSubscriptions(lay *layout) *Subscriptions {
	x := &Subscriptions{lay: lay, gone: [2]map[Key]int64{{}, {}}, late: map[Key]int64{}}
	x.pool.New = func() any { return new(scratch) }
	first := &insertion{}
	first.settled.Store(true)
	x.last.Store(first)
	return x
}

// Len is the number of subscriptions.
func (x *Subscriptions) Len() int { return int(x.count.Load()) }

// Key is the key under which candidates with this id come; ok is false for an id never seen.
func (x *Subscriptions) Key(id string) (Key, bool) { return x.names.known(id) }

// ID is the id behind the key of a candidate.
func (x *Subscriptions) ID(k Key) string { return x.names.id(k) }

// Put adds or replaces a subscription and tells whether it did: an entry older than what the index
// has, or than its removal, changes nothing. Of State only Paused replaces what a subscription
// already there has; the other states are SetState's.
func (x *Subscriptions) Put(e Entry) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.stage(&e)
	h := r.key.hash()
	old, there := x.find(h, r.key)
	if !there {
		if x.removedAt(r.key) >= e.Revision {
			return false
		}
		x.keepRevision(&r, e.Revision)
		p, link := x.insert(&r)
		x.table.shard(h).add(h, p, x.hashAt)
		link.settled.Store(true)
		x.count.Add(1)
		delete(x.gone[0], r.key)
		delete(x.gone[1], r.key)
		return true
	}
	home := &x.homes[old.num()]
	if x.revision(r.key, home.seg.rows[old.row()].rev) > e.Revision {
		return false
	}
	state := home.seg.state(old.row())
	r.mask.setState(r.mask.state()&Paused | state&^Paused)
	x.keepRevision(&r, e.Revision)
	if sameRow(&home.seg, old.row(), &r) {
		home.seg.rows[old.row()].rev = r.rev
		x.setState(old, state, r.mask.state())
		return true
	}
	p, link := x.insert(&r)
	// Making room may have moved the old row.
	old, _ = x.find(h, r.key)
	x.table.shard(h).move(h, old, p)
	x.drop(old)
	link.settled.Store(true)
	return true
}

// Remove takes a subscription out and tells whether it was there. It does nothing if the index has a
// newer revision; what it removed stays known to Put until Forget was called twice.
func (x *Subscriptions) Remove(id string, revision int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	k := x.names.key(id)
	h := k.hash()
	p, there := x.find(h, k)
	if there && x.revision(k, x.homes[p.num()].seg.rows[p.row()].rev) > revision {
		return false
	}
	x.gone[0][k] = max(revision, x.removedAt(k))
	if !there {
		return false
	}
	delete(x.late, k)
	x.table.shard(h).remove(h, p)
	x.drop(p)
	x.count.Add(-1)
	return true
}

// Forget lets go of removals from before the last Forget. Call it now and then, at longer intervals
// than old changes may come in again.
func (x *Subscriptions) Forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.gone[0], x.gone[1] = map[Key]int64{}, x.gone[0]
}

// SetState sets or clears states of a subscription and tells whether it is there.
func (x *Subscriptions) SetState(id string, s State, on bool) bool {
	k, ok := x.names.known(id)
	if !ok {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	p, ok := x.find(k.hash(), k)
	if !ok {
		return false
	}
	had := x.homes[p.num()].seg.state(p.row())
	if on {
		x.setState(p, had, had|s)
	} else {
		x.setState(p, had, had&^s)
	}
	return true
}

// Get is what the index holds of a subscription.
func (x *Subscriptions) Get(id string) (Entry, bool) {
	k, ok := x.names.known(id)
	if !ok {
		return Entry{}, false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	p, ok := x.find(k.hash(), k)
	if !ok {
		return Entry{}, false
	}
	s := &x.homes[p.num()].seg
	m := s.mask(p.row())
	e := m.entry()
	r := s.staged(p.row(), m)
	e.ID, e.Point, e.Radius = id, r.point, r.radius
	e.Revision = x.revision(k, r.rev)
	return e, true
}

func (x *Subscriptions) stage(e *Entry) staged {
	return staged{
		key: x.names.key(e.ID), point: e.Point, radius: e.Radius, mask: e.mask(),
		class: classOf(e.Radius), curve: globe.Hilbert(e.Point),
	}
}

// keepRevision puts a revision into the row, or beside it if it is too large.
func (x *Subscriptions) keepRevision(r *staged, revision int64) {
	if revision >= 0 && revision < manyRevisions {
		r.rev = uint32(revision)
		delete(x.late, r.key)
		return
	}
	r.rev = manyRevisions
	x.late[r.key] = revision
}

func (x *Subscriptions) revision(k Key, rev uint32) int64 {
	if rev == manyRevisions {
		return x.late[k]
	}
	return int64(rev)
}

func (x *Subscriptions) removedAt(k Key) int64 {
	at := int64(math.MinInt64)
	for _, m := range x.gone {
		if v, ok := m[k]; ok {
			at = max(at, v)
		}
	}
	return at
}

func (x *Subscriptions) find(h uint64, k Key) (position, bool) {
	return x.table.shard(h).find(h, func(p position) bool { return x.homes[p.num()].seg.key(p.row()) == k })
}

func (x *Subscriptions) hashAt(p position) uint64 { return x.homes[p.num()].seg.key(p.row()).hash() }

// sameRow tells whether only states and revision differ, which change in place.
func sameRow(s *segment, i int, r *staged) bool {
	if s.rows[i].lat != r.point.Lat || s.rows[i].lon != r.point.Lon || s.radius(i) != r.radius {
		return false
	}
	m := s.mask(i)
	m.setState(r.mask.state())
	return m == r.mask
}

// setState changes the states of a row in place.
func (x *Subscriptions) setState(p position, had, want State) {
	if had == want {
		return
	}
	home := &x.homes[p.num()]
	if want != 0 {
		home.group.bounds[home.group.index(p.num())].touch()
	}
	var before, after mask
	before.setState(had)
	after.setState(want)
	home.seg.changeStates(p.row(), after[2]&^before[2], true)
	home.seg.changeStates(p.row(), before[2]&^after[2], false)
}

// chain tells readers under way of a row that is about to be shown.
func (x *Subscriptions) chain(k Key, seg *segment, row int) *insertion {
	link := &insertion{key: k, seg: *seg, row: row}
	x.last.Load().next.Store(link)
	x.last.Store(link)
	return link
}
