package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"time"

	"ehrenamt/matching/index"
	"ehrenamt/matching/index/indexbench"
	"ehrenamt/storage/sqldb/cellbench"
)

// cellRows are the entries of a set as the tables take them.
func cellRows(set *indexbench.Set) iter.Seq[cellbench.Row] {
	return func(yield func(cellbench.Row) bool) {
		for i := range set.Entries {
			e := &set.Entries[i]
			if !yield(cellbench.Row{
				ID: e.ID, Point: e.Point, Radius: e.Radius, Categories: e.Categories, Slots: e.Slots, Qualifications: e.Qualifications,
				Kinds: e.Kinds, Languages: e.Languages, State: uint8(e.State), Revision: e.Revision,
			}) {
				return
			}
		}
	}
}

// versusSQLite measures the cell table on the needs of the bench.
func versusSQLite(ctx context.Context, b *indexbench.Bench, m *indexbench.Matching) error {
	dir, err := os.MkdirTemp("", "ehrenamt-bench-")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir)
	b.Say("filling " + sqliteCell)
	began := time.Now()
	t, err := cellbench.Fill(ctx, dir, cellRows(b.Set))
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer t.Close()
	return b.Versus(m, sqliteCell, time.Since(began), func(q index.Query) ([]string, error) {
		return t.Match(ctx, cellbench.Need{Point: q.Point, Categories: q.Categories, Slots: q.Slots, Required: q.Required})
	})
}

// startFromSQLite writes the entries as lean rows and measures the way from opening the file to a ready
// index.
func startFromSQLite(ctx context.Context, set *indexbench.Set, workers int) (*indexbench.Start, error) {
	dir, err := os.MkdirTemp("", "ehrenamt-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := cellbench.WriteLean(ctx, dir, cellRows(set)); err != nil {
		return nil, fmt.Errorf("bench start: %w", err)
	}
	began := time.Now()
	x, err := index.Build(func(yield func(index.Entry, error) bool) {
		for r, err := range cellbench.ReadLean(ctx, dir) {
			if !yield(index.Entry{
				ID: r.ID, Point: r.Point, Radius: r.Radius, Categories: r.Categories, Slots: r.Slots, Qualifications: r.Qualifications,
				Kinds: r.Kinds, Languages: r.Languages, State: index.State(r.State), Revision: r.Revision,
			}, err) {
				return
			}
		}
	}, workers)
	if err != nil {
		return nil, fmt.Errorf("bench start: %w", err)
	}
	return &indexbench.Start{Name: "sqlite", Seconds: time.Since(began).Seconds(), Same: x.Len() == len(set.Entries)}, nil
}
