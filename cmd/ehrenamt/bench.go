package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/matching/index/indexbench"
)

func newBenchCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the index, the mail and a whole process with many fronts, against other ways in the same run",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBenchMatchingCmd(), newBenchSearchCmd(), newBenchMailCmd(), newBenchTownCmd())
	return cmd
}

// The names of the files that --in and --write mean.
const (
	subscriptionsFile = "subs.csv"
	needsFile         = "needs.csv"
)

// sqliteCell is the one engine that --vs knows.
const sqliteCell = "sqlite-cell"

// matchingBench is what the flags of bench matching say.
type matchingBench struct {
	subscriptions, needs, workers, rounds, pace int
	seed                                        uint64
	in, write, vs                               string
	start, table                                bool
	changes                                     time.Duration
}

func newBenchMatchingCmd() *cobra.Command {
	var b matchingBench
	cmd := &cobra.Command{
		Use:   "matching",
		Short: "Measure how fast all subscriptions that a need fits are found",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.vs != "" && b.vs != sqliteCell {
				return &exitError{exitUsage, fmt.Errorf("--vs %s: only %s is known", b.vs, sqliteCell)}
			}
			if b.subscriptions < 0 || b.needs < 0 {
				return &exitError{exitUsage, errors.New("--subscriptions and --needs are counts")}
			}
			return b.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.IntVar(&b.subscriptions, "subscriptions", 1_000_000, "how many subscriptions to make up")
	f.IntVar(&b.needs, "needs", 2000, "how many needs to make up")
	f.Uint64Var(&b.seed, "seed", 1, "of what is made up")
	f.StringVar(&b.in, "in", "", "folder with "+subscriptionsFile+" and "+needsFile+" to measure instead")
	f.StringVar(&b.write, "write", "", "folder to write the two files to")
	f.StringVar(&b.vs, "vs", "", "measure another engine on the same needs: "+sqliteCell)
	f.DurationVar(&b.changes, "changes", 0, "match this long while subscriptions change, too")
	f.IntVar(&b.pace, "pace", 205_000, "changes a second then")
	f.BoolVar(&b.start, "start", false, "measure the way from an SQLite file to a ready index, too")
	f.IntVar(&b.workers, "workers", 0, "goroutines that build; 0: one per processor")
	f.IntVar(&b.rounds, "rounds", 5, "rounds over all needs, of which the calmest counts")
	f.BoolVar(&b.table, "table", false, "for people instead of JSON")
	return cmd
}

func (b *matchingBench) run(ctx context.Context, out, log io.Writer) error {
	set, err := b.set()
	if err != nil {
		return err
	}
	if b.write != "" {
		if err := writeSet(b.write, set); err != nil {
			return err
		}
	}
	m := &indexbench.Bench{
		Set: set, Now: time.Now, Workers: b.workers, Rounds: b.rounds,
		Say: func(s string) { fmt.Fprintln(log, s) },
	}
	report, err := m.Matching()
	if err != nil {
		return err
	}
	if b.vs != "" {
		if err := versusSQLite(ctx, m, report); err != nil {
			return err
		}
	}
	if b.start {
		if report.Start, err = startFromSQLite(ctx, set, b.workers); err != nil {
			return err
		}
	}
	if b.changes > 0 && len(set.Entries) > 0 && len(set.Needs) > 0 {
		report.Changes = m.Churn(b.pace, b.changes)
	}
	return show(out, report, b.table)
}

// set is what is to be measured: read, or made up.
func (b *matchingBench) set() (*indexbench.Set, error) {
	if b.in == "" {
		return indexbench.NewSet(b.seed, b.subscriptions, b.needs), nil
	}
	subs, err := os.Open(filepath.Join(b.in, subscriptionsFile))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer subs.Close()
	needs, err := os.Open(filepath.Join(b.in, needsFile))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer needs.Close()
	set, err := indexbench.ReadSet(bufio.NewReaderSize(subs, 1<<20), bufio.NewReaderSize(needs, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("bench: %s: %w", b.in, err)
	}
	return set, nil
}

func writeSet(dir string, set *indexbench.Set) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	subs, err := os.Create(filepath.Join(dir, subscriptionsFile))
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, subs.Close()) }()
	needs, err := os.Create(filepath.Join(dir, needsFile))
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, needs.Close()) }()
	a, c := bufio.NewWriter(subs), bufio.NewWriter(needs)
	if err := set.WriteSet(a, c); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	return errors.Join(a.Flush(), c.Flush())
}

func newBenchSearchCmd() *cobra.Command {
	var (
		postings, queries, rounds, compare, workers int
		seed                                        uint64
		table                                       bool
	)
	cmd := &cobra.Command{
		Use:   "search",
		Short: "Measure how fast open postings are found",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if postings < 0 || queries < 0 {
				return &exitError{exitUsage, errors.New("--postings and --queries are counts")}
			}
			log := cmd.ErrOrStderr()
			report, err := indexbench.Search(seed, postings, queries, rounds, compare, workers, time.Now, func(s string) { fmt.Fprintln(log, s) })
			if err != nil {
				return err
			}
			return show(cmd.OutOrStdout(), report, table)
		},
	}
	f := cmd.Flags()
	f.IntVar(&postings, "postings", 1_000_000, "how many postings to make up")
	f.IntVar(&queries, "queries", 2000, "how many queries of each kind")
	f.IntVar(&compare, "compare", 50, "how many of them brute force answers, too")
	f.IntVar(&rounds, "rounds", 5, "rounds over all queries, of which the calmest counts")
	f.IntVar(&workers, "workers", 0, "goroutines that build; 0: one per processor")
	f.Uint64Var(&seed, "seed", 1, "of what is made up")
	f.BoolVar(&table, "table", false, "for people instead of JSON")
	return cmd
}

// show writes a report as JSON or as a table of the same names.
func show(w io.Writer, report any, table bool) error {
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if !table {
		_, err = fmt.Fprintf(w, "%s\n", text)
		return err
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	showRows(t, "", tree)
	return t.Flush()
}

func showRows(w io.Writer, prefix string, tree map[string]any) {
	names := make([]string, 0, len(tree))
	for name := range tree {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch v := tree[name].(type) {
		case map[string]any:
			showRows(w, prefix+name+".", v)
		case float64:
			fmt.Fprintf(w, "%s\t%.6g\n", prefix+name, v)
		default:
			fmt.Fprintf(w, "%s\t%v\n", prefix+name, v)
		}
	}
}
