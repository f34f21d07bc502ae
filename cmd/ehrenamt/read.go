package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/spf13/cobra"

	"ehrenamt/channels/email"
)

// maxReadBytes is how much of one file is read; providers refuse larger mail.
const maxReadBytes = 64 << 20

func newReadCmd() *cobra.Command {
	var reader email.Reader
	var dkim bool
	cmd := &cobra.Command{
		Use:   "read FILE.eml…",
		Short: "Show how mails are read: what is new, quoted, signed, and how far the sender is believed",
		Long: `Reads raw mails and prints one line of JSON for each. "-" reads standard input.
Needs no store and sends nothing. The network is used only with --dkim.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			reader.AuthServByTrace = reader.AuthServID == ""
			if dkim {
				reader.Verifier = &email.Verifier{LookupTXT: net.LookupTXT}
			}
			return readMails(cmd, reader, args)
		},
	}
	cmd.Flags().StringVar(&reader.AuthServID, "authserv-id", "", "name with which the own mail server signs Authentication-Results (default: the server that took the mail in)")
	cmd.Flags().StringSliceVar(&reader.Addresses, "address", nil, "own address, repeatable; without one any plus address with a token counts")
	cmd.Flags().BoolVar(&dkim, "dkim", false, "where there are no Authentication-Results, check DKIM and DMARC by DNS")
	return cmd
}

// readMails prints one line for each file. A file that cannot be opened does not stop the others.
func readMails(cmd *cobra.Command, reader email.Reader, files []string) error {
	out := json.NewEncoder(cmd.OutOrStdout())
	out.SetEscapeHTML(false)
	var failed error
	for _, file := range files {
		raw, err := readInput(cmd.InOrStdin(), file)
		if err != nil {
			failed = fmt.Errorf("read: %w", err)
			fmt.Fprintln(cmd.ErrOrStderr(), "ehrenamt:", failed)
			continue
		}
		line := struct {
			File string `json:"file"`
			email.Reading
		}{file, reader.Read(raw)}
		if err := out.Encode(line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return failed
}

func readInput(in io.Reader, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(io.LimitReader(in, maxReadBytes))
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxReadBytes))
}
