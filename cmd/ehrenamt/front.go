package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/matching/places"
	"ehrenamt/storage"
)

func newFrontCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "front",
		Short: "Add, change and suspend fronts, and appoint their editors",
	}
	cmd.AddCommand(newFrontListCmd(), newFrontShowCmd(), newFrontAddCmd(), newFrontEditCmd(), newFrontTextCmd(),
		newFrontSuspendCmd("suspend", "Let a front rest: its people are told, nothing is lost, its neighbours go on", true),
		newFrontSuspendCmd("resume", "Let a front that rests go on", false), newFrontInviteEditorCmd(), newFrontInviteOperatorCmd(), newFrontAuditCmd(),
		newFrontEditorCmd("add-editor", "Appoint somebody who has written to the front already", addEditor),
		newFrontEditorCmd("remove-editor", "End an appointment", removeEditor))
	return cmd
}

// onStore runs a command on the store of the configuration, with the fronts of the configuration in it.
func onStore(cmd *cobra.Command, do func(ctx context.Context, s storage.Store) error) error {
	return onTown(cmd, func(ctx context.Context, s storage.Store, c config, g *places.Gazetteer) error {
		if err := seedFronts(ctx, s, c, g); err != nil {
			return &exitError{storeExit(err), err}
		}
		return do(ctx, s)
	})
}

// onTown runs a command on the store of the configuration, as it is, with what it needs to know of places.
func onTown(cmd *cobra.Command, do func(ctx context.Context, s storage.Store, c config, g *places.Gazetteer) error) error {
	c, err := configOf(cmd)
	if err != nil {
		return err
	}
	g, err := places.Default()
	if err != nil {
		return fmt.Errorf("places: %w", err)
	}
	s, err := openStore(cmd.Context(), c.config)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return do(cmd.Context(), s, c.config, g)
}

func newFrontListCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the fronts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error { return listFronts(ctx, s, cmd.OutOrStdout()) })
		},
	}
}

func listFronts(ctx context.Context, s storage.Store, out io.Writer) error {
	return s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		fronts, err := tx.Fronts.AllFronts(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "ID\tNAME\tSTATE\tZONE\tACCOUNTS\tEDITORS")
		for _, f := range fronts {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\n", f.ID, f.Name, runs(&f), f.Zone, strings.Join(f.Accounts, ","), len(f.Editors))
		}
		return table.Flush()
	})
}

func newFrontShowCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "show FRONT",
		Short: "Show a front with its editors and what waits for them",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error { return showFront(ctx, s, args[0], cmd.OutOrStdout()) })
		},
	}
}

func showFront(ctx context.Context, s storage.Store, id string, out io.Writer) error {
	return s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, id)
		if err != nil {
			return noFront(id, err)
		}
		waiting, err := bot.Waiting(ctx, tx, id)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		lines, err := frontLines(ctx, tx, &f)
		if err != nil {
			return err
		}
		for _, line := range append(lines, [2]string{"waiting for review", fmt.Sprint(waiting)}) {
			if line[1] != "" {
				_, _ = fmt.Fprintf(table, "%s\t%s\n", line[0], line[1])
			}
		}
		for _, e := range f.Editors {
			p, err := tx.People.Person(ctx, e)
			if err != nil && !errors.Is(err, storage.ErrNotFound) {
				return err
			}
			_, _ = fmt.Fprintf(table, "editor\t%s %s\n", e, p.Name)
		}
		return table.Flush()
	})
}

func noFront(id string, err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return &exitError{exitUsage, fmt.Errorf("there is no front %q; see: ehrenamt front list", id)}
	}
	return err
}

func newFrontInviteEditorCmd() *cobra.Command {
	var front string
	cmd := &cobra.Command{
		Use:   "invite-editor --front FRONT",
		Short: "Print a code that makes whoever sends it to the bot an editor, once and within a week",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				code, err := bot.InviteEditor(ctx, s, rand.Reader, time.Now(), front)
				if err != nil {
					return noFront(front, err)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "/redaktion %s\n", code)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&front, "front", "", "id of the front")
	_ = cmd.MarkFlagRequired("front")
	return cmd
}

func newFrontEditorCmd(use, short string, change func(f *storage.Front, person string) bool) *cobra.Command {
	var front string
	cmd := &cobra.Command{
		Use:   use + " --front FRONT ADDRESS",
		Short: short,
		Long:  short + ".\n\nADDRESS is network:account:id as in telegram:main:4711, or the id of a person as in `front show`.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				return editFront(ctx, s, front, args[0], change, cmd.OutOrStdout())
			})
		},
	}
	cmd.Flags().StringVar(&front, "front", "", "id of the front")
	_ = cmd.MarkFlagRequired("front")
	return cmd
}

func addEditor(f *storage.Front, person string) bool {
	if slices.Contains(f.Editors, person) {
		return false
	}
	f.Editors = append(f.Editors, person)
	return true
}

func removeEditor(f *storage.Front, person string) bool {
	i := slices.Index(f.Editors, person)
	if i < 0 {
		return false
	}
	f.Editors = slices.Delete(f.Editors, i, i+1)
	return true
}

func editFront(ctx context.Context, s storage.Store, id, who string, change func(*storage.Front, string) bool, out io.Writer) error {
	return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, id)
		if err != nil {
			return noFront(id, err)
		}
		person, err := personOf(ctx, tx, who)
		if err != nil {
			return err
		}
		if change(&f, person) {
			if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
				return fmt.Errorf("front %s: %w", id, err)
			}
		}
		_, err = fmt.Fprintf(out, "%s has %d editors.\n", f.ID, len(f.Editors))
		return err
	})
}

// personOf finds a person by address or id.
func personOf(ctx context.Context, tx *storage.Tx, who string) (string, error) {
	unknown := &exitError{exitUsage, fmt.Errorf("nobody known as %q; they have to write to the front first", who)}
	if parts := strings.SplitN(who, ":", 3); len(parts) == 3 {
		rec, err := tx.Addresses.Owner(ctx, channels.Address{Channel: parts[0], Account: parts[1], ID: parts[2]})
		if errors.Is(err, storage.ErrNotFound) {
			return "", unknown
		}
		return rec.Person, err
	}
	p, err := tx.People.Person(ctx, who)
	if errors.Is(err, storage.ErrNotFound) {
		return "", unknown
	}
	return p.ID, err
}
