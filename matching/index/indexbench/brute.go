package indexbench

import (
	"slices"

	"ehrenamt/matching"
	"ehrenamt/matching/index"
)

// Brute is what the index has to beat and to equal: arrays of all subscriptions, looked through from
// end to end, cheapest test first.
type Brute struct {
	ids            []string
	points         []matching.Point
	radius         []float64
	categories     []uint32
	slots          []uint32
	qualifications []uint64
}

// NewBrute takes entries that want needs and are not away. Of several with one id the last counts.
func NewBrute(entries []index.Entry) *Brute {
	b := &Brute{}
	for i := range entries {
		e := &entries[i]
		b.ids = append(b.ids, e.ID)
		b.points = append(b.points, e.Point)
		b.radius = append(b.radius, e.Radius)
		b.categories = append(b.categories, e.Categories)
		b.slots = append(b.slots, uint32(e.Slots))
		b.qualifications = append(b.qualifications, e.Qualifications)
	}
	return b
}

// Match returns the numbers of the entries that fit.
func (b *Brute) Match(q *index.Query, out []int32) []int32 {
	category, slots, required := q.Categories, uint32(q.Slots), q.Required
	for i, c := range b.categories {
		if category != 0 && c != 0 && c&category == 0 {
			continue
		}
		if s := b.slots[i]; slots != 0 && s != 0 && s&slots == 0 {
			continue
		}
		if b.qualifications[i]&required != required {
			continue
		}
		if matching.DistanceKM(b.points[i], q.Point) <= b.radius[i] {
			out = append(out, int32(i))
		}
	}
	return out
}

// Same tells whether candidates and numbers are the same subscriptions, each once.
func (b *Brute) Same(x *index.Subscriptions, got []index.Candidate, want []int32) bool {
	if len(got) != len(want) {
		return false
	}
	a, w := make([]string, len(got)), make([]string, len(want))
	for i := range got {
		a[i] = x.ID(got[i].Key)
		w[i] = b.ids[want[i]]
	}
	slices.Sort(a)
	slices.Sort(w)
	return slices.Equal(a, w)
}
