// Package simulation is a seeded town in which alert policies are compared: who is told of which
// need, who hears it, who comes, and who is lost on the way. Every policy meets the same people, the
// same needs and the same luck, so that differences are differences of policy. It runs the product's
// own matching/waves beside policies from practice and from the literature. It never touches a store,
// a clock or a network; the same options and seeds give the same bytes. The model: docs/matching.md.
package simulation

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"ehrenamt/matching/waves"
)

// Options of a simulated town.
type Options struct {
	People        int     `json:"people"`
	Organisations int     `json:"organisations"`
	NeedsPerDay   float64 `json:"needs_per_day"`
	Days          int     `json:"days"`
	WarmUp        int     `json:"warm_up"`   // first days, which are lived through but not counted
	YesRate       float64 `json:"yes_rate"`  // how much likelier people say yes than the model has it
	Tiredness     float64 `json:"tiredness"` // how much longer people stay away after an alert, and how much sooner they leave

	// Tune changes the product's policy before a run, for those who measure it again.
	Tune func(*waves.Policy) `json:"-"`
}

// Defaults are the options that docs/matching.md reports.
func Defaults() Options {
	return Options{People: 3000, Organisations: 80, NeedsPerDay: 10, Days: 90, WarmUp: 15, YesRate: 1, Tiredness: 1}
}

// ErrOptions is returned for options no town can be built from.
var ErrOptions = errors.New("options out of range")

// Check tells what is wrong with the options.
func (o Options) Check() error {
	switch {
	case o.People < 1 || o.People > 1_000_000:
		return fmt.Errorf("people %d: %w", o.People, ErrOptions)
	case o.Organisations < 1 || o.Organisations > 100_000:
		return fmt.Errorf("organisations %d: %w", o.Organisations, ErrOptions)
	case !(o.NeedsPerDay > 0 && o.NeedsPerDay <= 2000):
		return fmt.Errorf("needs per day %v: %w", o.NeedsPerDay, ErrOptions)
	case o.WarmUp < 0 || o.Days <= o.WarmUp || o.Days > 3660:
		return fmt.Errorf("%d days of which %d warm up: %w", o.Days, o.WarmUp, ErrOptions)
	case !(o.YesRate > 0 && o.YesRate <= 100):
		return fmt.Errorf("yes rate %v: %w", o.YesRate, ErrOptions)
	case !(o.Tiredness >= 0 && o.Tiredness <= 100):
		return fmt.Errorf("tiredness %v: %w", o.Tiredness, ErrOptions)
	}
	return nil
}

// entry is a policy with its name.
type entry struct {
	name  string
	make  func(*world, Options) policy
	tires bool // whether people tire; only the ceiling's do not
}

func entries() []entry {
	return []entry{
		{"everyone", func(*world, Options) policy { return everyone{} }, true},
		{"practice", func(*world, Options) policy { return practice{} }, true},
		{"nearest", func(*world, Options) policy { return tens{nearestRank} }, true},
		{"likeliest", func(*world, Options) policy { return tens{likeliestRank} }, true},
		{"random", func(*world, Options) policy { return tens{randomRank} }, true},
		{"sparse", newSparse, true},
		{"ours", func(w *world, o Options) policy { return newOurs(w, o) }, true},
		{"ceiling", func(*world, Options) policy { return everyone{} }, false},
	}
}

// Policies are the names of all policies, in the order in which they are reported.
func Policies() []string {
	var names []string
	for _, e := range entries() {
		names = append(names, e.name)
	}
	return names
}

// ErrPolicy is returned for a policy that does not exist.
var ErrPolicy = errors.New("no such policy")

// Run lives through one town for each seed from first on, once with each of the named policies (none:
// all), and reports them in the order of Policies. Towns run side by side on all processors; the
// report does not depend on how many there are.
func Run(ctx context.Context, o Options, first uint64, seeds int, names []string) (*Report, error) {
	if err := o.Check(); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	if seeds < 1 || seeds > 10_000 {
		return nil, fmt.Errorf("simulate %d seeds: %w", seeds, ErrOptions)
	}
	for _, n := range names {
		if !slices.Contains(Policies(), n) {
			return nil, fmt.Errorf("simulate %q (there are %s): %w", n, strings.Join(Policies(), ", "), ErrPolicy)
		}
	}
	var run []entry
	for _, e := range entries() {
		if len(names) == 0 || slices.Contains(names, e.name) {
			run = append(run, e)
		}
	}
	tallies := make([][]tally, seeds)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range seeds {
		g.Go(func() error {
			w := newWorld(first+uint64(i), o)
			for _, e := range run {
				if err := ctx.Err(); err != nil {
					return err
				}
				t := newTown(w, o, e.make(w, o), e.tires)
				t.run()
				tallies[i] = append(tallies[i], t.tally())
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	return report(o, first, run, tallies), nil
}
