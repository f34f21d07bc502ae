package index

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strconv"
	"sync"
	"sync/atomic"
)

// Key is an id in 16 bytes: numbers and UUIDs as such, other ids of up to 15 bytes as their bytes,
// longer ones as a number under which their index keeps them. Keys compare equal exactly if the ids
// of one index do.
type Key struct{ Hi, Lo uint64 }

// The forms of a key are told apart by the top bits of Lo where an id is no UUID of the usual variant
// (top bits 10): 0 for numbers (Hi is 0) and interned ids (Hi is 1), 11 for short ids.
const (
	variantMask  = 3 << 62
	variantUUID  = 2 << 62
	variantShort = 3 << 62
	internedHi   = 1
	maxNumber    = 1<<62 - 1
)

func (k Key) hash() uint64 {
	h := (k.Lo ^ bits.RotateLeft64(k.Hi, 29)) * 0x9E3779B97F4A7C15
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return h ^ h>>32
}

// names keeps the ids that do not fit into a key, one number each, for good. Readers never wait.
type names struct {
	mu   sync.Mutex
	of   map[string]uint64
	list atomic.Pointer[[]string]
}

// key is the key of an id; ids that do not fit are remembered.
func (n *names) key(id string) Key {
	if k, ok := shortKey(id); ok {
		return k
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.of[id]
	if !ok {
		if n.of == nil {
			n.of = map[string]uint64{}
		}
		var list []string
		if old := n.list.Load(); old != nil {
			list = *old
		}
		i = uint64(len(list))
		n.of[id] = i
		// Readers only look at elements below their own length, so the array may be shared.
		list = append(list, id)
		n.list.Store(&list)
	}
	return Key{internedHi, i}
}

// known is the key of an id if it has one already.
func (n *names) known(id string) (Key, bool) {
	if k, ok := shortKey(id); ok {
		return k, true
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.of[id]
	return Key{internedHi, i}, ok
}

// id is the id behind a key.
func (n *names) id(k Key) string {
	switch {
	case k.Lo&variantMask == variantUUID:
		return uuidText(k)
	case k.Lo&variantMask == variantShort:
		var b [16]byte
		binary.BigEndian.PutUint64(b[0:], k.Hi)
		binary.BigEndian.PutUint64(b[8:], k.Lo<<8)
		return string(b[:k.Lo>>56&15])
	case k.Hi == internedHi:
		if list := n.list.Load(); list != nil && k.Lo < uint64(len(*list)) {
			return (*list)[k.Lo]
		}
		return ""
	default:
		return strconv.FormatUint(k.Lo, 10)
	}
}

func shortKey(id string) (Key, bool) {
	if k, ok := number(id); ok {
		return k, true
	}
	if k, ok := uuidKey(id); ok {
		return k, true
	}
	if len(id) > 15 {
		return Key{}, false
	}
	var b [16]byte
	copy(b[:], id)
	lo := binary.BigEndian.Uint64(b[8:]) >> 8
	return Key{binary.BigEndian.Uint64(b[:]), lo | variantShort | uint64(len(id))<<56}, true
}

// number reads a decimal number as strconv would write it.
func number(id string) (Key, bool) {
	if id == "" || len(id) > 18 || id[0] == '0' && len(id) > 1 {
		return Key{}, false
	}
	var v uint64
	for i := range len(id) {
		c := id[i] - '0'
		if c > 9 {
			return Key{}, false
		}
		v = v*10 + uint64(c)
	}
	return Key{0, v}, v <= maxNumber
}

// uuidKey reads a UUID of the usual variant in lower case.
func uuidKey(id string) (Key, bool) {
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return Key{}, false
	}
	var k Key
	for i := range len(id) {
		var d byte
		switch c := id[i]; {
		case c >= '0' && c <= '9':
			d = c - '0'
		case c >= 'a' && c <= 'f':
			d = c - 'a' + 10
		case i == 8 || i == 13 || i == 18 || i == 23:
			continue
		default:
			return Key{}, false
		}
		k.Hi = k.Hi<<4 | k.Lo>>60
		k.Lo = k.Lo<<4 | uint64(d)
	}
	return k, k.Lo&variantMask == variantUUID
}

func uuidText(k Key) string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[0:], k.Hi)
	binary.BigEndian.PutUint64(raw[8:], k.Lo)
	var b [36]byte
	hex.Encode(b[0:8], raw[0:4])
	hex.Encode(b[9:13], raw[4:6])
	hex.Encode(b[14:18], raw[6:8])
	hex.Encode(b[19:23], raw[8:10])
	hex.Encode(b[24:36], raw[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}
