package matching

import (
	"fmt"
	"math"
)

// Point is a position in degrees (WGS 84).
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// IsZero tells that no position is known.
func (p Point) IsZero() bool { return p == Point{} }

// EarthRadiusKM is the mean radius of the earth, R1 of WGS 84.
const EarthRadiusKM = 6371.0088

// DistanceKM is the great-circle distance (haversine).
func DistanceKM(a, b Point) float64 {
	const rad = math.Pi / 180
	sLat := math.Sin((b.Lat - a.Lat) * rad / 2)
	sLon := math.Sin((b.Lon - a.Lon) * rad / 2)
	h := sLat*sLat + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*sLon*sLon
	return 2 * EarthRadiusKM * math.Asin(math.Sqrt(min(1, h)))
}

// Snap moves a point to the centre of its cell of about 1 km (1/108° of latitude, and the number of
// equal columns nearest to that width), so that a home is never stored more exactly. Snapping twice
// changes nothing.
func Snap(p Point) Point {
	const rows = 108.0
	row := math.Floor(p.Lat * rows)
	lat := (row + 0.5) / rows
	cols := math.Max(1, math.Round(rows*360*math.Cos(lat*math.Pi/180)))
	col := math.Floor((p.Lon + 180) / 360 * cols)
	col = math.Mod(col+cols, cols)
	return Point{Lat: lat, Lon: (col+0.5)/cols*360 - 180}
}

// Place is where something happens or somebody lives. Name is what people read ("Aachen-Brand").
type Place struct {
	Name         string  `json:"name"`
	Municipality string  `json:"municipality,omitempty"`
	District     string  `json:"district,omitempty"`
	Postcode     string  `json:"postcode,omitempty"`
	Point        Point   `json:"point,omitzero"`
	Extent       float64 `json:"extent,omitempty"` // radius in km within which the place lies
}

// IsZero tells that no place is known.
func (p Place) IsZero() bool { return p.Name == "" && p.Point.IsZero() }

// Distance in the steps that are told to people, in km: 0 for under 1 km, then whole kilometres, from
// 10 km on multiples of five. Exact distances would give positions away.
func ToldKM(km float64) int {
	switch {
	case km < 1:
		return 0
	case km < 10:
		return int(math.Round(km))
	default:
		return int(math.Round(km/5)) * 5
	}
}

// Valid tells whether the point lies on the globe.
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 && !math.IsNaN(p.Lat) && !math.IsNaN(p.Lon)
}

func (p Point) String() string { return fmt.Sprintf("%.4f,%.4f", p.Lat, p.Lon) }
