package waves

import (
	"math"
	"time"
)

// Delays is how long people take from an alert to their yes: lognormal, learnt from stored replies,
// which weigh against a prior as strong as priorDelays of them. The zero value is the prior.
type Delays struct {
	n        float64
	sum, sq  float64 // of the logarithms of minutes
	prepared bool
	mu, sd   float64
}

// The prior: half of the yes come within 12 minutes.
const (
	priorDelays = 30.0
	priorMedian = 12.0 // minutes
	priorSpread = 1.2  // of the logarithm
)

// NewDelays goes on from what Sums told.
func NewDelays(n int, sum, squares float64) Delays {
	d := Delays{n: float64(max(0, n)), sum: sum, sq: squares}
	d.mu, d.sd = d.fit()
	d.prepared = true
	return d
}

// Sums is what has been learnt: the number of yes, and the sums of the logarithms of their minutes and of the squares
// of these. They may be added to those of others.
func (d *Delays) Sums() (n int, sum, squares float64) { return int(d.n), d.sum, d.sq }

// Observe learns from one yes. Negative times, from clocks that were set, count as one second.
func (d *Delays) Observe(after time.Duration) {
	x := math.Log(max(after, time.Second).Minutes())
	d.n++
	d.sum += x
	d.sq += x * x
	d.mu, d.sd = d.fit()
	d.prepared = true
}

func (d *Delays) fit() (mu, sd float64) {
	m0 := math.Log(priorMedian)
	mu = (priorDelays*m0 + d.sum) / (priorDelays + d.n)
	v := (priorDelays*(priorSpread*priorSpread+m0*m0) + d.sq) / (priorDelays + d.n)
	return mu, math.Sqrt(max(v-mu*mu, 0.01))
}

// By is the share of all yes that come within a time.
func (d *Delays) By(within time.Duration) float64 {
	if within <= 0 {
		return 0
	}
	mu, sd := d.mu, d.sd
	if !d.prepared {
		mu, sd = math.Log(priorMedian), priorSpread
	}
	return 0.5 * math.Erfc(-(math.Log(within.Minutes())-mu)/(sd*math.Sqrt2))
}

// Median is the time within which half of all yes come.
func (d *Delays) Median() time.Duration {
	mu := math.Log(priorMedian)
	if d.prepared {
		mu = d.mu
	}
	return time.Duration(math.Exp(mu) * float64(time.Minute))
}
