package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/storage/sqldb"
)

// newHoursCmd is for whoever is shown a record of hours.
func newHoursCmd() *cobra.Command {
	var public string
	check := &cobra.Command{
		Use:   "check FILE",
		Short: "Tell whether a record of hours is word for word as it was issued",
		Long:  "Checks the signature of a record that somebody got with /stunden. With --key anybody can; without it the key of the\nconfigured database is used.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := base64.StdEncoding.DecodeString(public)
			if err != nil {
				return &exitError{exitConfig, fmt.Errorf("--key: %w", err)}
			}
			if public == "" {
				own, err := hoursKey(cmd)
				if err != nil {
					return err
				}
				key = own.Public().(ed25519.PublicKey)
			}
			data, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			text, err := bot.CheckRecord(key, data)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n(the signature is right)\n", text)
			return err
		},
	}
	check.Flags().StringVar(&public, "key", "", "public key, as `hours key` prints it")
	show := &cobra.Command{
		Use: "key", Short: "Print the public key with which records of hours are checked", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			key, err := hoursKey(cmd)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey)))
			return err
		},
	}
	all := &cobra.Command{Use: "hours", Short: "Check records of hours"}
	all.AddCommand(check, show)
	return all
}

func hoursKey(cmd *cobra.Command) (ed25519.PrivateKey, error) {
	s, err := configOf(cmd)
	if err != nil {
		return nil, err
	}
	key, err := recordsKey(s.config)
	if err != nil {
		return nil, &exitError{exitStore, err}
	}
	return key, nil
}

// recordsKey signs records of hours. It comes from the key of the database and gives nothing away about it.
func recordsKey(c config) (ed25519.PrivateKey, error) {
	key, err := sqldb.LoadKey(sqldb.KeySource{Value: c.Key.reveal(), File: c.KeyFile})
	if err != nil {
		return nil, err
	}
	seed, err := key.Derive("records of hours")
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
