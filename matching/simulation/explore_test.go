package simulation

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ehrenamt/matching/waves"
)

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}

func TestExplore(t *testing.T) {
	seeds, _ := strconv.Atoi(os.Getenv("SEEDS"))
	first, _ := strconv.Atoi(os.Getenv("FIRST"))
	if first == 0 {
		first = 1
	}
	for _, rate := range rates() {
		o := Defaults()
		o.YesRate, o.Tiredness = env("YR", 1), env("TI", 1)
		o.NeedsPerDay = rate
		o.Tune = func(p *waves.Policy) {
			p.Target = env("TARGET", p.Target)
			p.Growth = env("GROW", p.Growth)
			p.Haste = env("HASTE", p.Haste)
			p.Cost = env("COST", p.Cost)
			p.Fairness = env("FAIR", p.Fairness)
			p.Steps = env("STEPS", p.Steps)
			p.LastTarget = env("LAST", p.LastTarget)
			p.Away = time.Duration(float64(p.Away) * env("TAU", 1))
		}
		fmt.Println("== needs per day", rate)
		ps := []struct {
			name  string
			p     func(w *world) policy
			tires bool
		}{{"practice", func(w *world) policy { return practice{} }, true}, {"nearest", func(w *world) policy { return tens{nearestRank} }, true}, {"sparse", func(w *world) policy { return newSparse(w, o) }, true}, {"ours", func(w *world) policy { return newOurs(w, o) }, true}}
		if os.Getenv("ONLY") != "" {
			ps = ps[3:]
		}
		sum := make([]tally, len(ps))
		var el []float64
		for s := first; s < first+seeds; s++ {
			w := newWorld(uint64(s), o)
			for _, n := range w.needs {
				el = append(el, float64(len(n.eligible)))
			}
			for i, p := range ps {
				tw := newTown(w, o, p.p(w), p.tires)
				tw.run()
				y := tw.tally()
				z := &sum[i]
				z.places += y.places
				z.filled += y.filled
				z.alerts += y.alerts
				z.toFull = append(z.toFull, y.toFull...)
				z.over += y.over
				z.left += y.left
				z.under += y.under
				z.quiet += y.quiet
				z.twice += y.twice
			}
		}
		slices.Sort(el)
		fmt.Println("eligible p10, p50, p90", el[len(el)/10], el[len(el)/2], el[len(el)*9/10])
		for i, p := range ps {
			z := sum[i]
			fmt.Printf("%-10s filled %.1f alerts %.1f full %.0f over %.1f left %.1f under %.1f q%d t%d\n", p.name, 100*float64(z.filled)/float64(z.places), float64(z.alerts)/float64(z.filled),
				median(z.toFull), float64(z.over)/float64(seeds), float64(z.left)/float64(seeds), float64(z.under)/float64(seeds), z.quiet, z.twice)
		}
	}
}

func rates() []float64 {
	if os.Getenv("RATES") == "" {
		return []float64{5, 20}
	}
	var out []float64
	for _, s := range strings.Split(os.Getenv("RATES"), ",") {
		f, _ := strconv.ParseFloat(s, 64)
		out = append(out, f)
	}
	return out
}
