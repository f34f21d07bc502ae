package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/storage"
)

func newFrontInviteOperatorCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "invite-operator",
		Short: "Print a code that makes whoever sends it to a bot an operator: told of what no editor decides in time",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				code, err := bot.InviteOperator(ctx, s, rand.Reader, time.Now())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "/redaktion %s\n", code)
				return err
			})
		},
	}
}

func newFrontAuditCmd() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "audit FRONT",
		Short: "Print the trail of a front, newest first: who did what, by ids alone",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				return s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
					if _, err := tx.Fronts.Front(ctx, args[0]); err != nil {
						return noFront(args[0], err)
					}
					entries, err := tx.Audit.Entries(ctx, args[0], "", limit)
					if err != nil {
						return err
					}
					table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
					for _, e := range entries {
						_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", e.At.Format(time.RFC3339), e.Action, e.Subject, e.Actor)
					}
					return table.Flush()
				})
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "`number` of lines")
	return cmd
}
