package globe

import (
	"math"

	"ehrenamt/matching"
)

// From measures distances from one point. The cheap measure is the square of the angle's chord,
// from a series around the point; see Chord.
type From struct {
	Point    matching.Point
	sin, cos float64 // of the latitude
}

// NewFrom prepares measuring from a point.
func NewFrom(p matching.Point) From {
	s, c := math.Sincos(p.Lat * rad)
	return From{p, s, c}
}

// Cos is the cosine of the point's latitude.
func (f *From) Cos() float64 { return f.cos }

// AngleUnit is the unit of Angle in radians: a full turn has 2^32.
const AngleUnit = 2 * math.Pi / (1 << 32)

// Angle is an angle in degrees as a number that wraps around with the angle, rounded down.
func Angle(degrees float64) uint32 { return uint32(int64(math.Floor(degrees * (1 << 32 / 360.)))) }

// Bounds of the series. Within reach of 0.1 in both angles and away from the poles its relative error
// is below 5e-5; band is twice that, and floor (squared radians, 2 m) covers what is left where
// everything is small.
const (
	reach = 0.1
	band  = 1e-4
	floor = 1e-13
	polar = 0.2 // least cosine of the latitude
)

// Angles are the differences in latitude and longitude from the point, in radians.
func (f *From) Angles(lat, lon float64) (x, y float64) {
	return (lat - f.Point.Lat) * rad, (lon - f.Point.Lon) * rad
}

// Reliable tells whether Chord can be relied on within Margin: not near the poles, across the date
// line and far away.
func (f *From) Reliable(x, y float64) bool {
	return x*x < reach*reach && y*y < reach*reach && f.cos > polar
}

// Chord is the squared chord, on a globe of radius 1, over the angles.
func (f *From) Chord(x, y float64) float64 {
	x2, y2 := x*x, y*y
	c := f.cos*(1-x2*(1./2)) - f.sin*x*(1-x2*(1./6))
	return x2*(1-x2*(1./12)) + f.cos*c*y2*(1-y2*(1./12))
}

// Limit is the squared chord of a circle's radius in km, for radii up to 500 km.
func Limit(km float64) float64 {
	a := km * (1 / matching.EarthRadiusKM)
	a *= a
	return a * (1 - a*(1./12))
}

// Margin is how far a reliable chord may be from a limit, or the other way, before the comparison
// needs the exact distance.
func Margin(limit float64) float64 { return limit*band + floor }

// KM is the length of a reliable chord's arc in km, within a hundredth of a per cent.
func KM(chord float64) float64 {
	return math.Sqrt(chord) * (1 + chord/24) * matching.EarthRadiusKM
}

// Exact is the distance as everything else in the exchange measures it.
func (f *From) Exact(lat, lon float64) float64 {
	return matching.DistanceKM(f.Point, matching.Point{Lat: lat, Lon: lon})
}

// Shade is what Quick needs of a box: the least cosine of its latitudes.
func (b Box) Shade() float64 {
	far := max(math.Abs(float64(b.MinLat)), math.Abs(float64(b.MaxLat)))
	return max(0, math.Cos(min(far, 90)*rad)-1e-12)
}

// Quick is a lower bound in km of the distance from the point to anything in the box, from its Shade.
func (f *From) Quick(b *Box, shade float64) float64 {
	x := max(0, float64(b.MinLat)-f.Point.Lat, f.Point.Lat-float64(b.MaxLat)) * rad
	west, east := float64(b.MinLon)-f.Point.Lon, f.Point.Lon-float64(b.MaxLon)
	y := 0.0
	if west > 0 {
		y = max(0, min(west, east+360)) * rad
	} else if east > 0 {
		y = max(0, min(east, west+360)) * rad
	}
	// The series of 4 sin² ends with a term below the truth, and a chord is shorter than its arc.
	x2, y2 := x*x, y*y
	h := x2*(1-x2*(1./12)) + f.cos*shade*y2*(1-y2*(1./12))
	return max(0, math.Sqrt(max(0, h))*(matching.EarthRadiusKM*(1-1e-9))-1e-6)
}

// Within is a lower bound in km of the arc over a reliable chord between exact positions.
func Within(chord float64) float64 { return math.Sqrt(chord) * (matching.EarthRadiusKM * (1 - 1e-4)) }

// Beyond is a chord above which Within is more than so many km.
func Beyond(km float64) float64 {
	a := km / (matching.EarthRadiusKM * (1 - 1e-4))
	return a*a*(1+1e-12) + floor
}
