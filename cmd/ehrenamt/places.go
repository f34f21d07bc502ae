package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ehrenamt/matching/places"
)

func newPlacesCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "places",
		Short: "Look at and extend the places that the exchange knows",
	}
	cmd.AddCommand(newPlacesImportCmd(), newPlacesFindCmd())
	return cmd
}

func newPlacesImportCmd() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the postcodes of a GeoNames postal file",
		Long: "Reads a GeoNames postal code file (DE.txt or a CSV with a heading, packed with zip or not),\n" +
			"adds its places to those that come with the program, and writes all into one file of places.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return importPlaces(args[0], out, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&out, "out", "places.tsv.gz", "file of places to write")
	return cmd
}

// importPlaces reads a postal file and writes the file of places, whole or not at all.
func importPlaces(from, to string, stdout, stderr io.Writer) error {
	base, err := places.Default()
	if err != nil {
		return fmt.Errorf("import places: %w", err)
	}
	rows, tally, err := readPostal(from, stderr)
	if err != nil {
		return fmt.Errorf("import places: %w", err)
	}
	for _, e := range tally.first {
		fmt.Fprintf(stderr, "%s: %v\n", from, e)
	}
	if more := tally.bad - len(tally.first); more > 0 {
		fmt.Fprintf(stderr, "%s: %d more lines could not be read\n", from, more)
	}
	fmt.Fprintf(stdout, "rows %d, bulk-mail customers left out %d, other countries left out %d, bad lines %d\n",
		len(rows), tally.bulk, tally.foreign, tally.bad)
	if len(rows) == 0 {
		return fmt.Errorf("import places: %s holds no place: is it a GeoNames postal code file?", from)
	}
	g := base.With(rows)
	if err := writeWhole(to, g.Write); err != nil {
		return fmt.Errorf("import places: %w", err)
	}
	hadPlaces, hadCodes := base.Size()
	nowPlaces, nowCodes := g.Size()
	fmt.Fprintf(stdout, "%s: %d postcodes (%+d), %d places (%+d)\n", to, nowCodes, nowCodes-hadCodes, nowPlaces, nowPlaces-hadPlaces)
	return nil
}

// importTally counts the lines that became no place and keeps the first errors for the reader.
type importTally struct {
	bulk, foreign, bad int
	first              []error
}

func readPostal(from string, stderr io.Writer) ([]places.Row, importTally, error) {
	const shown = 10
	var tally importTally
	f, err := os.Open(from)
	if err != nil {
		return nil, tally, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, tally, err
	}
	in, size, err := places.OpenPostal(f, info.Size())
	if err != nil {
		return nil, tally, err
	}
	defer in.Close()
	reader, done := withProgress(in, size, "places", stderr)
	defer done()
	var rows []places.Row
	for row, err := range places.ParsePostal(reader) {
		var line *places.LineError
		switch {
		case err == nil:
			rows = append(rows, row)
		case errors.Is(err, places.ErrBulkMail):
			tally.bulk++
		case errors.Is(err, places.ErrForeign):
			tally.foreign++
		case errors.As(err, &line):
			tally.bad++
			if len(tally.first) < shown {
				tally.first = append(tally.first, err)
			}
		default:
			return nil, tally, err
		}
	}
	return rows, tally, nil
}

// withProgress shows on a terminal how much has been read.
func withProgress(in io.Reader, size int64, what string, stderr io.Writer) (io.Reader, func()) {
	file, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return in, func() {}
	}
	bar := progressbar.NewOptions64(size, progressbar.OptionSetWriter(stderr), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish())
	shown := progressbar.NewReader(in, bar)
	return &shown, func() { _ = bar.Finish() }
}

// writeWhole writes a file beside its place and moves it there once it is complete.
func writeWhole(to string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(to), ".places-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	out := bufio.NewWriter(f)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), to)
}

func newPlacesFindCmd() *cobra.Command {
	var file, home string
	cmd := &cobra.Command{
		Use:   "find TEXT",
		Short: "Show which places a text names",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := openPlaces(file)
			if err != nil {
				return fmt.Errorf("find places: %w", err)
			}
			marks, err := places.ExampleLandmarks()
			if err != nil {
				return fmt.Errorf("find places: %w", err)
			}
			g = g.WithLandmarks(marks)
			at := firstOf(g.Lookup(home))
			for _, m := range g.Find(args[0], at) {
				fmt.Fprintf(cmd.OutOrStdout(), "%d-%d\t%s\t%s\t%s\t%s\tcue=%t ambiguous=%t\n", m.Start, m.End,
					args[0][m.Start:m.End], m.Place.Name, m.Place.Point, m.Rule, m.Cue, m.Ambiguous)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "places", "", "file of places that import has written")
	cmd.Flags().StringVar(&home, "home", "", "municipality of the front")
	return cmd
}

func firstOf[T any](list []T) (first T) {
	if len(list) > 0 {
		first = list[0]
	}
	return first
}

// openPlaces is the gazetteer of a file of places, or the one that comes with the program.
func openPlaces(file string) (*places.Gazetteer, error) {
	if file == "" {
		return places.Default()
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return places.Load(f)
}
