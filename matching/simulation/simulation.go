// Package simulation is a seeded town in which alert policies are compared.
package simulation

import (
	"time"

	"ehrenamt/matching/waves"
)

// Options of a simulation.
type Options struct {
	People, Organisations int
	NeedsPerDay           float64
	Days, WarmUp          int
	YesRate, Tiredness    float64
	Tune                  func(*waves.Policy)
}

// Defaults of MATCHING
func Defaults() Options {
	return Options{People: 3000, Organisations: 80, NeedsPerDay: 10, Days: 90, WarmUp: 15, YesRate: 1, Tiredness: 1}
}

type tally struct {
	places, filled, alerts int
	toFull                 []float64
	over, left, under      int
	quiet, twice           int
}

func (t *town) tally() tally {
	var y tally
	org := make([][2]int, t.o.Organisations)
	for i := range t.needs {
		n, a := &t.needs[i], &t.asking[i]
		if n.published < time.Duration(t.o.WarmUp)*day {
			continue
		}
		y.places += n.places
		y.filled += a.arrived
		y.alerts += a.alerts
		org[n.organisation][0] += n.places
		org[n.organisation][1] += a.arrived
		if a.open == 0 {
			y.toFull = append(y.toFull, (a.full - n.published).Minutes())
		}
	}
	for i := range t.people {
		if t.records[i].over {
			y.over++
		}
		if t.moods[i].left {
			y.left++
		}
	}
	for _, o := range org {
		if o[0] > 0 && 2*o[1] < o[0] {
			y.under++
		}
	}
	y.quiet, y.twice = t.quiet, t.twice
	return y
}
