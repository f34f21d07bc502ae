package index

// position is where a row lies: segment number and row.
type position uint32

const (
	rowBits      = 9 // capacity rows
	positionBits = 27
	maxSegments  = 1 << (positionBits - rowBits)
)

func positionOf(num uint32, row int) position { return position(num<<rowBits | uint32(row)) }

func (p position) num() uint32 { return uint32(p) >> rowBits }
func (p position) row() int    { return int(p & (capacity - 1)) }

// table finds rows by key: open addressing over shards small enough to grow without a noticeable
// pause. It keeps positions and five bits of the hash; keys stay in the rows. Only the writer uses it.
type table struct{ shards [shardCount]shard }

const (
	shardBits  = 8
	shardCount = 1 << shardBits
)

type shard struct {
	slots []uint32 // 0: never used, removed: used before; else 1 + position below five bits of the hash
	used  int      // slots that are not 0
	live  int
}

const (
	removed    = 1<<positionBits - 1 // no position: the last segment number is not given out
	markShift  = positionBits
	onePastPos = 1<<positionBits - 1
)

func mark(h uint64) uint32 { return uint32(h>>40) << markShift }

func (t *table) shard(h uint64) *shard { return &t.shards[h>>(64-shardBits)] }

// start is the first slot to look at.
func (s *shard) start(h uint64) int { return int((h & 0xFFFFFFFF) * uint64(len(s.slots)) >> 32) }

// find returns the position for which same says yes.
func (s *shard) find(h uint64, same func(position) bool) (position, bool) {
	if len(s.slots) == 0 {
		return 0, false
	}
	m := mark(h)
	for i := s.start(h); ; {
		v := s.slots[i]
		if v == 0 {
			return 0, false
		}
		if v != removed && v&^onePastPos == m {
			if p := position(v&onePastPos) - 1; same(p) {
				return p, true
			}
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
}

// move replaces a position by another one.
func (s *shard) move(h uint64, from, to position) {
	want := mark(h) | uint32(from+1)
	for i := s.start(h); ; {
		switch s.slots[i] {
		case want:
			s.slots[i] = mark(h) | uint32(to+1)
			return
		case 0:
			return
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
}

// remove forgets a position.
func (s *shard) remove(h uint64, p position) {
	want := mark(h) | uint32(p+1)
	for i := s.start(h); ; {
		switch s.slots[i] {
		case want:
			s.slots[i] = removed
			s.live--
			return
		case 0:
			return
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
}

// add puts a position that is not there yet. hash gives the hash of any position, for growing.
func (s *shard) add(h uint64, p position, hash func(position) uint64) {
	if (s.used+1)*8 > len(s.slots)*7 {
		s.grow(hash)
	}
	s.put(h, p)
}

func (s *shard) put(h uint64, p position) {
	i := s.start(h)
	for s.slots[i] != 0 && s.slots[i] != removed {
		if i++; i == len(s.slots) {
			i = 0
		}
	}
	if s.slots[i] == 0 {
		s.used++
	}
	s.slots[i] = mark(h) | uint32(p+1)
	s.live++
}

func (s *shard) grow(hash func(position) uint64) {
	old := s.slots
	*s = shard{slots: make([]uint32, s.live+s.live/3+16)}
	for _, v := range old {
		if v != 0 && v != removed {
			p := position(v&onePastPos) - 1
			s.put(hash(p), p)
		}
	}
}

// reserve makes an empty shard for n positions.
func (s *shard) reserve(n int) { *s = shard{slots: make([]uint32, n+n/4+16)} }
