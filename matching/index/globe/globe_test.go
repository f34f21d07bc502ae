package globe

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"ehrenamt/matching"
)

func points() *rapid.Generator[matching.Point] {
	return rapid.Custom(func(t *rapid.T) matching.Point {
		lat := rapid.OneOf(rapid.Float64Range(-90, 90), rapid.Float64Range(50, 51), rapid.SampledFrom([]float64{-90, 90, 89.99, -89.99, 0})).Draw(t, "lat")
		lon := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.Float64Range(6, 7), rapid.SampledFrom([]float64{-180, 180, 179.99, -179.99, 0})).Draw(t, "lon")
		return matching.Point{Lat: lat, Lon: lon}
	})
}

func TestACurveVisitsNeighboursOneAfterTheOther(t *testing.T) {
	// On the whole grid the curve is a bijection whose consecutive cells touch; 65,536² cells are too
	// many, so this walks a patch of 64 × 64 cells aligned to the grid, which the curve fills in one go.
	const side = 64
	at := make(map[uint32][2]int, side*side)
	for x := range side {
		for y := range side {
			p := matching.Point{
				Lat: (float64(y)+0.5)/65536*180 - 90,
				Lon: (float64(x)+0.5)/65536*360 - 180,
			}
			d := Hilbert(p)
			if _, twice := at[d]; twice {
				t.Fatalf("cell %d,%d shares its position with another", x, y)
			}
			at[d] = [2]int{x, y}
		}
	}
	for d := range uint32(side*side - 1) {
		a, ok := at[d]
		b, ok2 := at[d+1]
		if !ok || !ok2 {
			t.Fatalf("position %d missing", d)
		}
		if abs(a[0]-b[0])+abs(a[1]-b[1]) != 1 {
			t.Fatalf("positions %d and %d lie at %v and %v", d, d+1, a, b)
		}
	}
}

func abs(i int) int { return max(i, -i) }

func TestABoxContainsItsCircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, q := points().Draw(t, "centre"), points().Draw(t, "point")
		km := rapid.OneOf(rapid.Float64Range(0, 300), rapid.Float64Range(0, 21000), rapid.SampledFrom([]float64{0, 200})).Draw(t, "km")
		if rapid.Bool().Draw(t, "at the edge") {
			km = matching.DistanceKM(c, q)
		}
		if matching.DistanceKM(c, q) <= km && !Around(c, km).Meets(At(q)) {
			t.Fatalf("%v lies %v km from %v, outside of %+v", q, matching.DistanceKM(c, q), c, Around(c, km))
		}
	})
}

func TestTheCheapVerdictNeverContradictsTheExactDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := points().Draw(t, "centre")
		q := matching.Point{
			Lat: min(90, max(-90, c.Lat+rapid.Float64Range(-6, 6).Draw(t, "dlat"))),
			Lon: c.Lon + rapid.Float64Range(-6, 6).Draw(t, "dlon"),
		}
		km := rapid.Float64Range(0, 500).Draw(t, "km")
		if rapid.Bool().Draw(t, "at the edge") {
			km = matching.DistanceKM(c, q) * rapid.Float64Range(0.999, 1.001).Draw(t, "factor")
		}
		f := NewFrom(c)
		x, y := f.Angles(q.Lat, q.Lon)
		if !f.Reliable(x, y) {
			return
		}
		chord := f.Chord(x, y)
		exact := f.Exact(q.Lat, q.Lon)
		limit := Limit(km)
		if in, out := chord < limit-Margin(limit), chord > limit+Margin(limit); in && exact > km || out && exact <= km {
			t.Fatalf("in %v, out %v at %v km of %v km", in, out, exact, km)
		}
		if math.Abs(KM(chord)-exact) > 1e-4*exact+1e-3 {
			t.Fatalf("cheap %v km, exact %v km", KM(chord), exact)
		}
	})
}

func TestNothingInABoxIsNearerThanItsBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, a, b, in := points().Draw(t, "from"), points().Draw(t, "a"), points().Draw(t, "b"), points().Draw(t, "in")
		box := At(a).Join(At(b))
		in.Lat = min(max(a.Lat, b.Lat), max(min(a.Lat, b.Lat), in.Lat))
		in.Lon = min(max(a.Lon, b.Lon), max(min(a.Lon, b.Lon), in.Lon))
		f := NewFrom(q)
		if d := matching.DistanceKM(q, in); d < f.Quick(&box, box.Shade()) {
			t.Fatalf("%v lies %v km from %v, nearer than %v", in, d, q, f.Quick(&box, box.Shade()))
		}
	})
}
