package index

import (
	"math"
	"slices"
	"strings"
	"time"

	"ehrenamt/matching"
)

// State is a set of reasons for which somebody is not to be alerted now.
type State uint8

// The states.
const (
	Paused  State = 1 << iota // until a date, or stopped
	Resting                   // has just served
	Spent                     // has had this week's or this day's alerts
	Away    = Paused | Resting | Spent
)

// Entry is what the index keeps of a subscription, small enough to be read from a store a million
// times in a few seconds. Sets are masks over matching.Categories, matching.Qualifications,
// matching.Kinds and Languages.
type Entry struct {
	ID             string
	Point          matching.Point
	Radius         float64 // km
	Categories     uint32  // 0: all
	Slots          matching.Slots
	Kinds          uint8  // 0: needs
	Languages      uint32 // 0: not said
	Qualifications uint64
	State          State
	Revision       int64
}

// EntryOf is the entry of a subscription at a time; ok is false where the position is not known, so
// that nothing can match. Resting and Spent are not the subscription's: set them by SetState.
func EntryOf(s *matching.Subscription, now time.Time) (e Entry, ok bool) {
	return EntryOfRow(&matching.SubscriptionRow{
		ID: s.ID, Revision: s.Revision, Point: s.Place.Point, Radius: s.Radius, Slots: s.Slots,
		Categories: matching.CategoryMask(s.Categories), Kinds: s.Kinds,
		Qualifications: matching.QualificationMask(s.Qualifications), Languages: s.Languages,
		Stopped: s.Stopped, PausedUntil: s.PausedUntil,
	}, now)
}

// EntryOfRow is EntryOf for what a store streams at start.
func EntryOfRow(r *matching.SubscriptionRow, now time.Time) (e Entry, ok bool) {
	e = Entry{
		ID: r.ID, Point: r.Point, Radius: r.Radius, Slots: r.Slots, Revision: r.Revision, Categories: r.Categories,
		Kinds: kindMask(r.Kinds), Languages: LanguageMask(r.Languages), Qualifications: r.Qualifications,
	}
	if r.Stopped || now.Before(r.PausedUntil) {
		e.State = Paused
	}
	return e, !r.Point.IsZero() && r.Point.Valid()
}

func kindMask(ks []matching.Kind) uint8 {
	var m uint8
	for _, k := range ks {
		m |= kindBit(k)
	}
	return m
}

func kindBit(k matching.Kind) uint8 {
	if i := slices.Index(matching.Kinds, k); i >= 0 {
		return 1 << i
	}
	return 0
}

// otherLanguage is the bit of all languages that have none of their own: they may match each other
// here and are told apart by matching.Match.
const otherLanguage = 31

// LanguageMask is the set of languages, given by their ISO 639-1 codes, as bits: those among
// matching.Qualifications in their order, all others as bit 31.
func LanguageMask(iso []string) uint32 {
	var m uint32
	for _, l := range iso {
		m |= 1 << languageBit(l)
	}
	return m
}

func languageBit(iso string) int {
	i := 0
	for _, q := range matching.Qualifications {
		if l, ok := strings.CutPrefix(string(q), "language_"); ok {
			if l == iso && i < otherLanguage {
				return i
			}
			i++
		}
	}
	return otherLanguage
}

// mask is the attributes of a row, one bit each.
type mask [3]uint64

// The bits of a mask. Categories come first: they are set last and cleared first, so that a query by
// category sees a row only while it is complete.
const (
	bitCategory    = 0
	bitSlot        = 32
	bitKind        = 60
	bitAnyCategory = 62
	bitAnyTime     = 63
	bitQualified   = 64
	bitLanguage    = 128
	bitState       = 160
	bitAway        = 163
	bitLive        = 164
	maskBits       = 192
)

const (
	categoryBits = 1<<32 - 1
	stateBits    = uint64(Away)<<(bitState-128) | 1<<(bitAway-128)
)

func (m *mask) set(bit int)      { m[bit>>6] |= 1 << (bit & 63) }
func (m *mask) has(bit int) bool { return m[bit>>6]>>(bit&63)&1 != 0 }

func (e *Entry) mask() (m mask) {
	if e.Categories == 0 {
		m[0] |= categoryBits
		m.set(bitAnyCategory)
	}
	m[0] |= uint64(e.Categories)
	if e.Slots == 0 {
		m[0] |= uint64(matching.AllSlots) << bitSlot
		m.set(bitAnyTime)
	}
	m[0] |= uint64(e.Slots&matching.AllSlots) << bitSlot
	kinds := e.Kinds & 3
	if e.Kinds == 0 {
		kinds = kindBit(matching.Need)
	}
	if !(e.Radius >= 0) {
		kinds = 0 // a circle without points is never matched, but keeps its revision
	}
	m[0] |= uint64(kinds) << bitKind
	m[1] = e.Qualifications
	if e.Languages == 0 {
		m[2] |= math.MaxUint32
	}
	m[2] |= uint64(e.Languages)
	m.setState(e.State)
	m.set(bitLive)
	return m
}

func (m *mask) setState(s State) {
	m[2] &^= stateBits
	m[2] |= uint64(s&Away) << (bitState - 128)
	if s&Away != 0 {
		m.set(bitAway)
	}
}

func (m *mask) state() State { return State(m[2]>>(bitState-128)) & Away }

// entry is the way back, for those who ask what the index holds.
func (m *mask) entry() (e Entry) {
	if !m.has(bitAnyCategory) {
		e.Categories = uint32(m[0])
	}
	if !m.has(bitAnyTime) {
		e.Slots = matching.Slots(m[0]>>bitSlot) & matching.AllSlots
	}
	e.Kinds = uint8(m[0]>>bitKind) & 3
	e.Qualifications = m[1]
	if l := uint32(m[2]); l != math.MaxUint32 {
		e.Languages = l
	}
	e.State = m.state()
	return e
}
