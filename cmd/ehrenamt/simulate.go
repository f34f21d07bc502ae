package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"ehrenamt/matching/simulation"
)

// simulateFlags are what the command line says.
type simulateFlags struct {
	options   simulation.Options
	seeds     int
	firstSeed uint64
	policies  []string
	asJSON    bool
	chart     string
	pace      bool
	perHour   []int
}

func newSimulateCmd() *cobra.Command {
	f := simulateFlags{options: simulation.Defaults()}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Compare alert policies in a simulated town",
		Long: "Lives through a seeded town with each policy and compares whom they told, who came and who was lost.\n" +
			"The same seeds give the same output. With --pace it measures instead how soon one bot tells people.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := f.run(cmd.Context(), cmd.OutOrStdout())
			if errors.Is(err, simulation.ErrOptions) || errors.Is(err, simulation.ErrPolicy) {
				return &exitError{exitUsage, err}
			}
			return err
		},
	}
	fl := cmd.Flags()
	fl.IntVar(&f.seeds, "seeds", 20, "number of towns")
	fl.Uint64Var(&f.firstSeed, "first-seed", 1, "seed of the first town; the others follow")
	fl.StringSliceVar(&f.policies, "policy", nil, "policies to run (default: all): everyone, practice, nearest, likeliest, random, sparse, ours, ceiling")
	fl.Float64Var(&f.options.NeedsPerDay, "needs-per-day", f.options.NeedsPerDay, "needs published a day, on average")
	fl.IntVar(&f.options.Days, "days", f.options.Days, "days to live through")
	fl.IntVar(&f.options.WarmUp, "warm-up", f.options.WarmUp, "first days, which do not count")
	fl.IntVar(&f.options.People, "people", f.options.People, "volunteers in the town")
	fl.IntVar(&f.options.Organisations, "organisations", f.options.Organisations, "organisations in the town")
	fl.Float64Var(&f.options.YesRate, "yes-rate", f.options.YesRate, "multiplies how likely people say yes; no policy is told")
	fl.Float64Var(&f.options.Tiredness, "tiredness", f.options.Tiredness, "multiplies how long alerts tire people and how soon they leave; no policy is told")
	fl.BoolVar(&f.asJSON, "json", false, "print the report as JSON")
	fl.StringVar(&f.chart, "chart", "", "also draw the report into this SVG file")
	fl.BoolVar(&f.pace, "pace", false, "measure how soon one bot of 30 messages a second tells the first people of each need")
	fl.IntSliceVar(&f.perHour, "needs-per-hour", []int{200, 600, 2000}, "with --pace: needs published within one hour")
	return cmd
}

func (f *simulateFlags) run(ctx context.Context, out io.Writer) error {
	if f.pace {
		return f.runPace(ctx, out)
	}
	r, err := simulation.Run(ctx, f.options, f.firstSeed, f.seeds, f.policies)
	if err != nil {
		return err
	}
	if f.chart != "" {
		if err := os.WriteFile(f.chart, r.Chart(), 0o644); err != nil {
			return fmt.Errorf("chart: %w", err)
		}
	}
	if f.asJSON {
		return printJSON(out, r)
	}
	return r.Table(out)
}

func (f *simulateFlags) runPace(ctx context.Context, out io.Writer) error {
	r, err := simulation.RunPace(ctx, f.firstSeed, f.perHour)
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(out, r)
	}
	return r.Table(out)
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	return nil
}
