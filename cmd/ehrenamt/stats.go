package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/matching/figures"
	"ehrenamt/storage"
)

// stats is what the flags of the command say.
type stats struct {
	front, month, chart string
	months              int
	json                bool
}

func newStatsCmd() *cobra.Command {
	var st stats
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Show what a front achieved: needs, offers, places filled, times, by area, category and district",
		Long: "Sums up whole months of a front. Numbers that stand for fewer than five people or postings are not shown,\n" +
			"nor those from which they could be worked out.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error { return st.run(ctx, s, cmd.OutOrStdout()) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&st.front, "front", "", "id of the front")
	f.StringVar(&st.month, "month", "", "first month, as in 2026-10; the last one that is over without it")
	f.IntVar(&st.months, "months", 1, "how many months")
	f.BoolVar(&st.json, "json", false, "for programs")
	f.StringVar(&st.chart, "chart", "", "draw a picture into this file: .svg or .png")
	_ = cmd.MarkFlagRequired("front")
	return cmd
}

func (st *stats) run(ctx context.Context, s storage.Store, out io.Writer) error {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(st.chart)), ".")
	if st.chart != "" && format != figures.SVG && format != figures.PNG {
		return &exitError{exitUsage, fmt.Errorf("--chart %s: the file ends with .svg or .png", st.chart)}
	}
	if st.months < 1 || st.months > 120 {
		return &exitError{exitUsage, errors.New("--months is from 1 to 120")}
	}
	var front storage.Front
	var now, before figures.Report
	err := s.View(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if front, err = tx.Fronts.Front(ctx, st.front); err != nil {
			return noFront(st.front, err)
		}
		zone, err := time.LoadLocation(front.Zone)
		if err != nil {
			return fmt.Errorf("zone of %s: %w", front.ID, err)
		}
		today := time.Now().In(zone)
		from := time.Date(today.Year(), today.Month()-1, 1, 0, 0, 0, 0, zone)
		if st.month != "" {
			if from, err = time.ParseInLocation("2006-01", st.month, zone); err != nil {
				return &exitError{exitUsage, fmt.Errorf("--month %s: a month as in 2026-10", st.month)}
			}
		}
		if now, err = bot.FiguresOf(ctx, tx, front.ID, from, from.AddDate(0, st.months, 0)); err != nil {
			return err
		}
		before, err = bot.FiguresOf(ctx, tx, front.ID, from.AddDate(0, -st.months, 0), from)
		return err
	})
	if err != nil {
		return err
	}
	if st.chart != "" {
		if err := st.draw(now, before, front, format); err != nil {
			return err
		}
	}
	if st.json {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(now)
	}
	return statsTable(out, &now, &before)
}

func (st *stats) draw(now, before figures.Report, front storage.Front, format string) error {
	r, err := openRooms()
	if err != nil {
		return err
	}
	lang := "de"
	if len(front.Languages) > 0 {
		lang = front.Languages[0]
	}
	picture, err := r.book.FiguresPicture(now, before, cmp.Or(front.Name, front.ID), lang, format)
	if err != nil {
		return err
	}
	return writeWhole(st.chart, func(w io.Writer) error { _, err := w.Write(picture); return err })
}

func statsTable(out io.Writer, now, before *figures.Report) error {
	count := func(c figures.Count) string {
		if c.Hidden {
			return "<5"
		}
		return fmt.Sprint(c.N)
	}
	share := func(s *figures.Share) string {
		if s == nil {
			return "-"
		}
		return fmt.Sprintf("%.0f %% (%d of %d)", s.Percent, s.Filled, s.Places)
	}
	span := func(s figures.Span) string {
		if !s.Told {
			return "-"
		}
		return time.Duration(s.Minutes * float64(time.Minute)).Round(time.Minute).String()
	}
	alerts := func(r *figures.Times) string {
		if r.PerFilled == 0 {
			return "-"
		}
		return fmt.Sprintf("%.1f", r.PerFilled)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	months := func(r *figures.Report) string {
		return r.From.Format("2006-01") + " to " + r.To.AddDate(0, -1, 0).Format("2006-01")
	}
	_, _ = fmt.Fprintf(t, "%s\t%s\tbefore: %s\n", now.Front, months(now), months(before))
	for _, l := range [][3]string{
		{"needs", count(now.Needs), count(before.Needs)}, {"offers", count(now.Offers), count(before.Offers)},
		{"places filled", share(now.Filled), share(before.Filled)}, {"time to first answer", span(now.FirstAnswer), span(before.FirstAnswer)},
		{"time to full", span(now.Full), span(before.Full)}, {"reply time", span(now.Reply), span(before.Reply)},
		{"alerts per filled place", alerts(&now.Times), alerts(&before.Times)}, {"active people", count(now.People), count(before.People)},
		{"subscribers now", count(now.Subscribers), ""},
	} {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\n", l[0], l[1], l[2])
	}
	for _, part := range []struct {
		name  string
		lines []figures.Line
	}{{"AREA", now.Areas}, {"CATEGORY", now.Categories}, {"DISTRICT", now.Districts}} {
		_, _ = fmt.Fprintf(t, "\n%s\tNEEDS\tOFFERS\tFILLED\tFIRST ANSWER\tFULL\tREPLY\tALERTS\tPEOPLE\n", part.name)
		for _, l := range part.lines {
			_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Key, count(l.Needs), count(l.Offers), share(l.Filled),
				span(l.FirstAnswer), span(l.Full), span(l.Reply), alerts(&l.Times), count(l.People))
		}
	}
	return t.Flush()
}
