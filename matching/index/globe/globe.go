// Package globe is the geometry beneath the index: a curve that keeps neighbours
// together, boxes around circles, and distances cheap enough to be asked a
// thousand times per posting, with the exact formula wherever the cheap one could
// err. It knows nothing of what lies at the points and touches nothing outside
// its arguments.
package globe

import (
	"math"

	"ehrenamt/matching"
)

// Hilbert is the position of a point on a Hilbert curve over a grid of 65,536 × 65,536 cells of
// latitude and longitude, each at most 0.61 km wide.
func Hilbert(p matching.Point) uint32 {
	x := cell((p.Lon + 180) / 360)
	y := cell((p.Lat + 90) / 180)
	var d, state uint32
	for shift := 14; shift >= 0; shift -= 2 {
		in := state<<4 | (x>>shift&3)<<2 | y>>shift&3
		out := hilbertSteps[in]
		d = d<<4 | uint32(out&15)
		state = uint32(out >> 4)
	}
	return d
}

func cell(f float64) uint32 {
	if !(f > 0) { // also NaN
		return 0
	}
	return uint32(min(f*65536, 65535))
}

// hilbertSteps takes two levels of the curve at once: [state, two bits of x, two bits of y] to
// [next state, four bits of the position].
var hilbertSteps = func() (t [64]uint8) {
	for s := range uint8(4) {
		for x := range uint8(4) {
			for y := range uint8(4) {
				high, mid := hilbertStep(s, x>>1, y>>1)
				low, end := hilbertStep(mid, x&1, y&1)
				t[s<<4|x<<2|y] = end<<4 | high<<2 | low
			}
		}
	}
	return t
}()

// hilbertStep is one level: the rank of the quadrant (x, y) and the state within it. Bit 1 of a state
// swaps the axes, bit 0 turns both around.
func hilbertStep(state, x, y uint8) (rank, next uint8) {
	if state&2 != 0 {
		x, y = y, x
	}
	x ^= state & 1
	y ^= state & 1
	next = state
	if y == 0 {
		next ^= 2 | x
	}
	return 3*x ^ y, next
}

// Box is a range of latitude and longitude in degrees, rounded outwards. A box that crosses the date
// line goes on beyond ±180.
type Box struct{ MinLat, MaxLat, MinLon, MaxLon float32 }

// Nothing is the box that contains no point; joined with another it leaves that one as it is.
var Nothing = Box{math.MaxFloat32, -math.MaxFloat32, math.MaxFloat32, -math.MaxFloat32}

const (
	rad = math.Pi / 180
	// pad is what a box is widened by, in degrees: a centimetre, far above the error of the formulas.
	pad = 1e-7
)

// Around is the box around a circle.
func Around(p matching.Point, km float64) Box {
	if !(km >= 0) {
		return Nothing
	}
	a := km / matching.EarthRadiusKM
	deg := a/rad + pad
	b := Box{down(p.Lat - deg), up(p.Lat + deg), -180, 180}
	if a >= 1.5 || p.Lat+deg >= 90 || p.Lat-deg <= -90 {
		if a >= 1.5 {
			b.MinLat, b.MaxLat = -90, 90
		}
		return b
	}
	sin := math.Sin(a) / math.Cos(p.Lat*rad)
	if sin >= 1-1e-9 {
		return b
	}
	w := math.Asin(sin)/rad*(1+1e-9) + pad
	b.MinLon, b.MaxLon = down(p.Lon-w), up(p.Lon+w)
	return b
}

// At is the box of a single point.
func At(p matching.Point) Box {
	return Box{down(p.Lat), up(p.Lat), down(p.Lon), up(p.Lon)}
}

func down(f float64) float32 {
	g := float32(f)
	if float64(g) > f {
		g = math.Nextafter32(g, -math.MaxFloat32)
	}
	return g
}

func up(f float64) float32 {
	g := float32(f)
	if float64(g) < f {
		g = math.Nextafter32(g, math.MaxFloat32)
	}
	return g
}

// Join is the smallest box around both.
func (b Box) Join(o Box) Box {
	return Box{min(b.MinLat, o.MinLat), max(b.MaxLat, o.MaxLat), min(b.MinLon, o.MinLon), max(b.MaxLon, o.MaxLon)}
}

// Covers tells whether o lies within b.
func (b Box) Covers(o Box) bool {
	return b.MinLat <= o.MinLat && b.MaxLat >= o.MaxLat && b.MinLon <= o.MinLon && b.MaxLon >= o.MaxLon
}

// Meets tells whether the boxes have a point of the globe in common.
func (b Box) Meets(o Box) bool {
	if b.MinLat > o.MaxLat || b.MaxLat < o.MinLat {
		return false
	}
	return b.MinLon <= o.MaxLon && b.MaxLon >= o.MinLon || b.meetsBeyond(o)
}

// meetsBeyond is for boxes that only meet across the date line.
func (b *Box) meetsBeyond(o Box) bool {
	if b.MinLon > -180 && b.MaxLon < 180 && o.MinLon > -180 && o.MaxLon < 180 {
		return false
	}
	return b.MinLon <= o.MaxLon+360 && b.MaxLon >= o.MinLon+360 || b.MinLon <= o.MaxLon-360 && b.MaxLon >= o.MinLon-360
}
