package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	_ "time/tzdata" // the zone of the front must resolve on any machine

	"github.com/spf13/cobra"

	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

func newUnderstandCmd() *cobra.Command {
	var explain, at, zone, front, subject, channel string
	cmd := &cobra.Command{
		Use:   "understand",
		Short: "Read messages as the bot would: JSON lines in, predictions out",
		Long: `Reads one message per line from standard input (JSON with id, channel, subject, text, reference_time)
and writes one prediction per line. With --explain it reads one text and shows what was found where, and by which rule.
Nothing is stored and no configuration is read.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			loc, err := time.LoadLocation(zone)
			if err != nil {
				return &exitError{exitUsage, fmt.Errorf("zone %s: %w", zone, err)}
			}
			gazetteer, err := places.Default()
			if err != nil {
				return err
			}
			reader, err := understanding.New(gazetteer)
			if err != nil {
				return err
			}
			home := homeOf(gazetteer, front)
			if !cmd.Flags().Changed("explain") {
				return understandLines(cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), reader, loc, home)
			}
			now := time.Now().In(loc)
			if at != "" {
				if now, err = time.Parse(time.RFC3339, at); err != nil {
					return &exitError{exitUsage, fmt.Errorf("reference time: %w", err)}
				}
				now = now.In(loc)
			}
			return understanding.Explain(cmd.OutOrStdout(), understanding.Request{Text: explain, Subject: subject, Channel: channel, Now: now, Front: home}, reader)
		},
	}
	f := cmd.Flags()
	f.StringVar(&explain, "explain", "", "explain the reading of this text")
	f.StringVar(&at, "at", "", "reference time for --explain, RFC 3339; default now")
	f.StringVar(&zone, "zone", "Europe/Berlin", "time zone of the front")
	f.StringVar(&front, "front", "Aachen", "municipality of the front, for names that several places bear")
	f.StringVar(&subject, "subject", "", "subject of a mail, for --explain")
	f.StringVar(&channel, "channel", "telegram", "channel, for --explain: telegram or email")
	return cmd
}

func homeOf(g *places.Gazetteer, name string) matching.Place {
	if found := g.Lookup(name); len(found) > 0 {
		return found[0]
	}
	return matching.Place{}
}

// understandLines answers every line with one line; a line that cannot be read is answered with its error.
func understandLines(in io.Reader, out, errs io.Writer, r *understanding.Reader, loc *time.Location, front matching.Place) error {
	w := bufio.NewWriter(out)
	defer w.Flush()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	src := bufio.NewReader(in)
	failed := 0
	for n := 1; ; n++ {
		line, err := src.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := understandLine(enc, line, r, loc, front); err != nil {
				failed++
				fmt.Fprintf(errs, "line %d: %v\n", n, err)
				if err := enc.Encode(map[string]any{"line": n, "error": err.Error()}); err != nil {
					return fmt.Errorf("write: %w", err)
				}
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if failed > 0 {
		return &exitError{exitFailure, fmt.Errorf("%d lines could not be read", failed)}
	}
	return nil
}

func understandLine(enc *json.Encoder, line []byte, r *understanding.Reader, loc *time.Location, front matching.Place) error {
	s, now, err := understanding.ParseSample(bytes.TrimSpace(line), loc)
	if err != nil {
		return errors.New(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if err := enc.Encode(r.Predict(s, now, front)); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
