package simulation

import "math"

// draw names what a random number decides, so that one pair of need and person has one number for
// each question, whatever policy asks it and in whatever order.
type draw uint64

const (
	drawYes draw = iota + 1
	drawDelay
	drawDelay2
	drawRest
	drawLeave
	drawFilled
	drawOrder
)

// mix is the finaliser of splitmix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// uniform is a number in (0,1) that depends on nothing but its arguments.
func uniform(seed uint64, need, person int, d draw) float64 {
	h := mix(mix(mix(mix(seed)^uint64(need))^uint64(person)) ^ uint64(d))
	return (float64(h>>11) + 0.5) / (1 << 53)
}

// normal is a standard normal number (Box and Muller 1958).
func normal(seed uint64, need, person int, a, b draw) float64 {
	return math.Sqrt(-2*math.Log(uniform(seed, need, person, a))) * math.Cos(2*math.Pi*uniform(seed, need, person, b))
}

// exponential is an exponential number of mean 1.
func exponential(seed uint64, need, person int, d draw) float64 {
	return -math.Log(uniform(seed, need, person, d))
}
