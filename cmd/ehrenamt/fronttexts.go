package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ehrenamt/storage"
)

// maxFrontText is how long a text of a front may be, in bytes.
const maxFrontText = 200_000

var textVersion = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,20}$`)

func textOptions() []frontOption {
	later := func(*frontChange, []string) error { return nil } // they need --text-version, see applyTexts
	return []frontOption{
		{storage.PrivacyText, "`file` with the privacy text; give --text-version with it", false, later},
		{storage.TermsText, "`file` with the terms of use; give --text-version with it", false, later},
		{storage.ImprintText, "`file` with the imprint; give --text-version with it", false, later},
	}
}

func addTextFlags(flags *pflag.FlagSet) {
	flags.String("text-version", "", "`version` of the texts given, 2027-01; what was agreed to once is never rewritten")
	flags.String("text-lang", "", "`language` of the texts given; the front's own if left out")
	flags.Bool("ask-again", false, "whoever agreed to earlier terms is asked again before anything further is sent to them")
}

// applyTexts adds the texts that were given, and puts their version in force.
func applyTexts(c *frontChange, flags *pflag.FlagSet) error {
	version, lang := flags.Lookup("text-version").Value.String(), flags.Lookup("text-lang").Value.String()
	again := flags.Lookup("ask-again").Changed
	if lang == "" {
		lang = c.front.Languages[0]
	}
	given := false
	for _, o := range textOptions() {
		f := flags.Lookup(o.name)
		if !f.Changed {
			continue
		}
		given = true
		if !textVersion.MatchString(version) {
			return fmt.Errorf("--%s: say with --text-version which one it is, for example 2027-01", o.name)
		}
		text, err := readText(f.Value.String())
		if err != nil {
			return fmt.Errorf("--%s: %w", o.name, err)
		}
		t := storage.FrontText{Front: c.front.ID, Kind: o.name, Lang: lang, Version: version, Text: text, Asks: again && o.name != storage.ImprintText, At: c.now}
		if err := c.tx.Texts.AddText(c.ctx, t); errors.Is(err, storage.ErrConflict) {
			return fmt.Errorf("--%s: there is a version %s in %s; what was agreed to is never rewritten, take another version", o.name, version, lang)
		} else if err != nil {
			return err
		}
		if c.front.Texts == nil {
			c.front.Texts = map[string]string{}
		}
		c.front.Texts[o.name] = version
		if t.Asks {
			c.front.Asks, c.front.AskedFrom = version, c.now
		}
	}
	if !given && (again || version != "") {
		return errors.New("--text-version and --ask-again are about --privacy, --terms and --imprint")
	}
	return nil
}

func readText(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFrontText+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", name, err)
	case len(data) > maxFrontText:
		return "", fmt.Errorf("%s is longer than %d bytes", name, maxFrontText)
	case !utf8.Valid(data) || strings.ContainsRune(string(data), 0):
		return "", fmt.Errorf("%s is not a text in UTF-8", name)
	case strings.TrimSpace(string(data)) == "":
		return "", fmt.Errorf("%s is empty", name)
	}
	return strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n")), nil
}

func newFrontTextCmd() *cobra.Command {
	var version, lang string
	cmd := &cobra.Command{
		Use:   "text FRONT privacy|terms|imprint",
		Short: "Print a text of a front, the one in force or an earlier version",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				return s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
					f, err := tx.Fronts.Front(ctx, args[0])
					if err != nil {
						return noFront(args[0], err)
					}
					if version == "" {
						version = f.Texts[args[1]]
					}
					if lang == "" {
						lang = f.Languages[0]
					}
					t, err := tx.Texts.TextOf(ctx, f.ID, args[1], version, lang)
					if errors.Is(err, storage.ErrNotFound) {
						return &exitError{exitUsage, fmt.Errorf("%s has no %s text %s", f.ID, args[1], version)}
					}
					if err != nil {
						return err
					}
					_, err = fmt.Fprintln(cmd.OutOrStdout(), t.Text)
					return err
				})
			})
		},
	}
	cmd.Flags().StringVar(&version, "text-version", "", "`version`; the one in force if left out")
	cmd.Flags().StringVar(&lang, "text-lang", "", "`language`")
	return cmd
}
