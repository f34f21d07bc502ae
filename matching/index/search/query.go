package search

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"

	"ehrenamt/matching"
)

// Order says what comes first.
type Order int

// The orders. Equals are ordered by id.
const (
	Best    Order = iota // by Score
	Nearest              // by distance
	Soonest              // by the next date; undated ones last
)

// Query asks for postings. Zero values ask nothing.
type Query struct {
	Now        int64          // seconds since 1970; dates over by then do not count
	Point      matching.Point // zero: no place
	Radius     float64        // km; 0: any distance
	Kind       matching.Kind
	Categories uint32         // one of these
	Slots      matching.Slots // one of these, or any time
	From, To   int64          // a date must lie at least partly between these
	Required   uint64         // asks for all of these qualifications
	Fitting    bool           // asks for no qualification beyond Have
	Have       uint64
	Words      string
	Order      Order
	Limit      int    // 0: 10
	After      Cursor // where the page before ended
}

// Hit is a posting found.
type Hit struct {
	ID       string
	Revision int64   // as the index has it
	KM       float64 // 0 without a place
	Start    int64   // of the next date; 0 if undated
	Score    float64 // 0..1, what Best goes by
}

// The score is the sum of nearness, soonness and words, each 0..1, in these weights; the first row is
// for queries without words.
var weights = [2]struct{ near, soon, words float64 }{{0.7, 0.3, 0}, {0.4, 0.2, 0.4}}

const (
	halfKM      = 5.0           // distance at which nearness is a half
	halfSeconds = 7 * 24 * 3600 // waiting time at which soonness is a half
	undatedSoon = 0.3
)

func nearness(km float64) float64 { return 1 / (1 + km/halfKM) }

func soonness(start, now int64) float64 {
	return 1 / (1 + float64(max(0, start-now))/halfSeconds)
}

// Cursor is where a page ended. The zero cursor is before the first page. It keeps the page's present,
// so that scores do not change from page to page.
type Cursor struct {
	Now  int64
	Cost float64
	ID   string
	Set  bool
}

// ErrCursor is returned for a text that is no cursor.
var ErrCursor = errors.New("not a cursor")

// String is the cursor as a short text for links and buttons; "" for the zero cursor.
func (c Cursor) String() string {
	if !c.Set {
		return ""
	}
	b := binary.AppendVarint(nil, c.Now)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(c.Cost))
	return base64.RawURLEncoding.EncodeToString(append(b, c.ID...))
}

// ParseCursor reads a cursor back.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}, ErrCursor
	}
	now, n := binary.Varint(b)
	if n <= 0 || len(b) < n+8 {
		return Cursor{}, ErrCursor
	}
	c := Cursor{Now: now, Cost: math.Float64frombits(binary.BigEndian.Uint64(b[n:])), ID: string(b[n+8:]), Set: true}
	if math.IsNaN(c.Cost) {
		return Cursor{}, ErrCursor
	}
	return c, nil
}
