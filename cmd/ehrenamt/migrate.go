package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newMigrateCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema of the database up to date (serve does so as well)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := configOf(cmd)
			if err != nil {
				return err
			}
			s, err := openStore(cmd.Context(), c.config)
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is up to date.\n", c.Database)
			return err
		},
	}
}
