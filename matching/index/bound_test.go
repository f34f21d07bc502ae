package index

import (
	"testing"

	"pgregory.net/rapid"

	"ehrenamt/matching"
	"ehrenamt/matching/index/globe"
)

// TestABoundNeverHidesWhoReachesThePoint draws rows of a segment anywhere, and points at their borders.
func TestABoundNeverHidesWhoReachesThePoint(t *testing.T) {
	deepen(t, "2000000")
	rapid.Check(t, func(t *rapid.T) {
		near := town(t)
		class := uint8(rapid.IntRange(0, classCount-1).Draw(t, "class"))
		e, group := emptyExtent(), emptyExtent()
		rows := make([]staged, rapid.IntRange(1, 5).Draw(t, "rows"))
		words := make([]int, len(rows))
		for i := range rows {
			most := min(classes[class], 20016)
			r := staged{point: near("at"), class: class, radius: rapid.Float64Range(0, most).Draw(t, "radius")}
			if rapid.IntRange(0, 4).Draw(t, "as far as it goes") == 0 {
				r.radius = most
			}
			rows[i], words[i] = r, rapid.IntRange(0, laneWords-1).Draw(t, "word")
			e.add(words[i], &rows[i])
		}
		q := Query{Point: near("from"), Reach: rapid.SampledFrom([]float64{0, 0, 1, 30, 200, 900, 30000}).Draw(t, "reach")}
		if i := rapid.IntRange(-1, len(rows)-1).Draw(t, "at the border of"); i >= 0 && int(class) < classCount-1 {
			if km := matching.DistanceKM(rows[i].point, q.Point); km <= classes[class] {
				rows[i].radius = km
				e.add(words[i], &rows[i])
			}
		}
		group.join(e)
		bounds := make([]bound, 2)
		bounds[0].store(e)
		bounds[1].store(group)
		from := globe.NewFrom(q.Point)
		o := newOutlook(&q, &from)
		o.lanes = laneScales[class]
		seen := make([]sight, len(bounds)+1)
		seen = seen[:o.scan(bounds, seen)]
		for i := range rows {
			km := matching.DistanceKM(rows[i].point, q.Point)
			if km > max(rows[i].radius, q.Reach) {
				continue
			}
			if len(seen) != len(bounds) {
				t.Fatalf("%d of %d bounds seen by %v of %+v at %v km", len(seen), len(bounds), q.Point, rows[i].point, km)
			}
			for _, s := range seen {
				if s.words()>>words[i]&1 == 0 {
					t.Fatalf("word %d of bound %d hidden from %v: %v at %v km, radius %v", words[i], s.index, q.Point, rows[i].point, km, rows[i].radius)
				}
			}
		}
	})
}

// TestABoundHidesWhoIsFarAway makes sure that bounds leave something out.
func TestABoundHidesWhoIsFarAway(t *testing.T) {
	e := emptyExtent()
	aachen := matching.Point{Lat: 50.7753, Lon: 6.0839}
	for i, km := range []float64{1, 2, 3, 4} {
		e.add(i, &staged{point: aachen, radius: km})
	}
	b := make([]bound, 1)
	b[0].store(e)
	for north, want := range map[float64]uint8{0: 0xFF, 0.5: 0xF, 1.5: 0xE, 2.5: 0xC, 3.5: 0x8, 4.5: 0, 20000: 0} {
		q := Query{Point: matching.Point{Lat: aachen.Lat - north/111.195, Lon: aachen.Lon}}
		from := globe.NewFrom(q.Point)
		o := newOutlook(&q, &from)
		o.lanes = laneScales[0]
		seen := make([]sight, 2)
		got := uint8(0)
		if o.scan(b, seen) > 0 {
			got = seen[0].words()
		}
		if north == 0 {
			got |= 0xF0 // words without rows reach nowhere, and are seen at distance 0 alone
		}
		if got != want {
			t.Errorf("%v km south: words %08b, expected %08b", north, got, want)
		}
	}
}
