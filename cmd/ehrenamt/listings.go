package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/matching"
	"ehrenamt/matching/listings"
	"ehrenamt/storage"
)

// importBatch is how many entries are brought in by one transaction.
const importBatch = 250

// importErrors is how many wrong lines are told one by one.
const importErrors = 50

func newImportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Bring what other platforms have into the exchange",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newImportPostingsCmd())
	return cmd
}

func newImportPostingsCmd() *cobra.Command {
	var l list
	cmd := &cobra.Command{
		Use:   "postings FILE",
		Short: "Bring a list of needs and offers into a front",
		Long: "Reads a CSV file with a header, or JSON, and brings its entries into a front. The same file again changes\n" +
			"nothing; an entry that changed is changed. Whoever an entry names as contact_email is asked once to take it\n" +
			"over; until then it is only found by searching, marked as not taken over.\n\n" +
			"Columns: " + strings.Join(listings.Columns, ", ") + ".\n" +
			"Needed are external_id, title, organisation (but for actor person) and place, postcode or lat and lon;\n" +
			"German names of columns are understood, too. See docs/listings.md.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l.file = args[0]
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				return l.bringIn(ctx, s, cmd.OutOrStdout(), cmd.ErrOrStderr())
			})
		},
	}
	cmd.Flags().StringVar(&l.front, "front", "", "id of the front")
	cmd.Flags().StringVar(&l.format, "format", "", "csv or json; otherwise the ending of the file tells")
	cmd.Flags().BoolVar(&l.dry, "dry-run", false, "only say what would happen")
	_ = cmd.MarkFlagRequired("front")
	return cmd
}

// list is a file of postings on its way in or out.
type list struct {
	front, file, format string
	dry                 bool
}

func (l *list) bringIn(ctx context.Context, s storage.Store, stdout, stderr io.Writer) error {
	r, err := openRooms()
	if err != nil {
		return err
	}
	b, err := newBot(s, r, nil, nil, "import", "", slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	im, err := b.NewImporter(ctx, l.front, l.dry)
	if err != nil {
		return noFront(l.front, err)
	}
	f, err := os.Open(l.file)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	in, done := withProgress(f, info.Size(), "postings", stderr)
	defer done()
	format := listings.Format(cmp.Or(l.format, strings.TrimPrefix(strings.ToLower(filepath.Ext(l.file)), ".")))
	reader, err := listings.NewReader(in, format, im.Zone())
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", l.file, err)}
	}
	t := importTallyOf{file: l.file, out: stderr, counts: map[bot.ImportOutcome]int{}}
	broken := t.all(ctx, reader, im)
	done()
	t.sum(stdout, reader.Ignored(), l.dry)
	if broken != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", l.file, broken)}
	}
	return nil
}

// importTallyOf counts what became of the entries of a file and tells what is wrong with them.
type importTallyOf struct {
	file   string
	out    io.Writer
	counts map[bot.ImportOutcome]int
	wrong  int
}

func (t *importTallyOf) all(ctx context.Context, r listings.Reader, im *bot.Importer) error {
	var batch []listings.Listing
	flush := func() error {
		results, err := im.Take(ctx, batch)
		for _, x := range results {
			if t.counts[x.Outcome]++; x.Outcome == bot.ImportedWrong {
				t.tell(fmt.Sprintf("line %d: %s: not understood", x.Line, x.Column))
			}
		}
		batch = batch[:0]
		return err
	}
	for {
		l, err := r.Next()
		var line *listings.LineError
		switch {
		case errors.Is(err, io.EOF):
			return flush()
		case errors.As(err, &line):
			t.counts[bot.ImportedWrong]++
			t.tell(line.Error())
			continue
		case err != nil:
			return errors.Join(err, flush()) // what was read before is kept
		}
		if batch = append(batch, l); len(batch) == importBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

func (t *importTallyOf) tell(what string) {
	if t.wrong++; t.wrong <= importErrors {
		fmt.Fprintf(t.out, "%s: %s\n", t.file, what)
	}
}

func (t *importTallyOf) sum(stdout io.Writer, ignored []string, dry bool) {
	if more := t.wrong - importErrors; more > 0 {
		fmt.Fprintf(t.out, "%s: %d more entries could not be understood\n", t.file, more)
	}
	if len(ignored) > 0 {
		fmt.Fprintf(t.out, "%s: columns not used: %s\n", t.file, strings.Join(ignored, ", "))
	}
	var parts []string
	for _, o := range bot.ImportOutcomes {
		parts = append(parts, fmt.Sprintf("%s %d", o, t.counts[o]))
	}
	if dry {
		parts = append(parts, "(dry run: nothing was changed)")
	}
	fmt.Fprintln(stdout, strings.Join(parts, ", "))
}

func newExportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write down what the exchange has, for others",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newExportPostingsCmd())
	return cmd
}

func newExportPostingsCmd() *cobra.Command {
	var l list
	cmd := &cobra.Command{
		Use:   "postings",
		Short: "Write the open postings, with what anybody may know of them",
		Long: "Writes the visible postings of a front, or of all: as CSV, as JSON, or as JSON-LD in the vocabulary of\n" +
			"schema.org. Persons, exact addresses and what only accepted people may know are never among it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				if l.file == "" {
					return l.write(ctx, s, cmd.OutOrStdout())
				}
				return writeWhole(l.file, func(w io.Writer) error { return l.write(ctx, s, w) })
			})
		},
	}
	cmd.Flags().StringVar(&l.front, "front", "", "id of the front; all without it")
	cmd.Flags().StringVar(&l.format, "format", string(listings.CSV), "csv, json or jsonld")
	cmd.Flags().StringVar(&l.file, "out", "", "file to write; the standard output without it")
	return cmd
}

func (l *list) write(ctx context.Context, s storage.Store, w io.Writer) error {
	return s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		zone := time.UTC
		fronts, err := tx.Fronts.AllFronts(ctx)
		if err != nil {
			return err
		}
		there := l.front == ""
		for _, f := range fronts {
			if z, err := time.LoadLocation(f.Zone); err == nil && (l.front == "" || f.ID == l.front) {
				zone = z
			}
			there = there || f.ID == l.front
		}
		if !there {
			return noFront(l.front, storage.ErrNotFound)
		}
		out := bufio.NewWriter(w)
		lw, err := listings.NewWriter(out, listings.Format(l.format), zone)
		if err != nil {
			return &exitError{exitUsage, fmt.Errorf("--format %s: csv, json and jsonld are known", l.format)}
		}
		for p, err := range tx.Postings.StreamPostings(ctx) {
			if err != nil {
				return err
			}
			if l.front != "" && p.Front != l.front || p.State != matching.Open && p.State != matching.Filled {
				continue
			}
			if err := lw.Write(listings.Of(&p, "")); err != nil {
				return err
			}
		}
		if err := lw.Close(); err != nil {
			return err
		}
		return out.Flush()
	})
}
