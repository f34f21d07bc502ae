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

// AtLeast is a lower bound in km of the distance from the point to anything in the box.
func (f *From) AtLeast(b Box) float64 {
	dLat := max(0, float64(b.MinLat)-f.Point.Lat, f.Point.Lat-float64(b.MaxLat))
	dLon := apart(f.Point.Lon, b)
	if dLon == 0 {
		return less(dLat * rad * matching.EarthRadiusKM)
	}
	// The nearest point of the box lies on its nearer meridian, or at a parallel where the box ends. Along
	// all latitudes of the box the cosine is at least that of the latitude farthest from the equator.
	far := max(math.Abs(float64(b.MinLat)), math.Abs(float64(b.MaxLat)))
	s := math.Sin(dLat * rad / 2)
	l := math.Sin(min(dLon, 180) * rad / 2)
	h := s*s + f.cos*math.Max(0, cosLow(far*rad))*l*l
	return less(2 * matching.EarthRadiusKM * math.Asin(math.Sqrt(min(1, h))))
}

// less takes off what rounding may have added.
func less(km float64) float64 { return max(0, km*(1-1e-9)-1e-6) }

// cosLow is a lower bound of the cosine on [0, π/2].
func cosLow(x float64) float64 { return math.Cos(x) - 1e-15 }

// apart is how many degrees of longitude lie between a longitude and a box.
func apart(lon float64, b Box) float64 {
	lo, hi := float64(b.MinLon), float64(b.MaxLon)
	if lon >= lo && lon <= hi || lon+360 <= hi || lon-360 >= lo {
		return 0
	}
	west := math.Mod(lo-lon+720, 360)
	east := math.Mod(lon-hi+720, 360)
	return min(west, east)
}
