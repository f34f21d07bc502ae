package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/channels/console"
)

func newChatCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "chat",
		Short: "Talk to the exchange at this terminal, on the store of the service",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := configOf(cmd)
			if err != nil {
				return err
			}
			return chat(cmd.Context(), s.config, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
}

func chat(ctx context.Context, c config, in io.Reader, out, stderr io.Writer) error {
	if c.Log.Level == "info" {
		c.Log.Level = "error" // the terminal belongs to the conversation
	}
	log := newLogger(c.Log, stderr)
	r, err := openRooms()
	if err != nil {
		return err
	}
	s, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if err := seedFronts(ctx, s, c, r.gazetteer); err != nil {
		return &exitError{storeExit(err), err}
	}
	terminal := terminalOf(in, out, "chat")
	account := bot.Account{Channel: terminal, Account: "chat", Front: c.onlyFront()}
	b, err := newBot(s, r, []bot.Account{account}, nil, "chat", "", log)
	if err != nil {
		return &exitError{exitConfig, err}
	}
	return untilInputEnds(ctx, b, terminal)
}

// terminalOf makes the console of a terminal, with colours where there is one.
func terminalOf(in io.Reader, out io.Writer, account string) *watched {
	o := console.Options{In: in, Out: out, Now: time.Now, Account: account}
	if f, ok := out.(*os.File); ok {
		o.Color, o.Width = console.ForTerminal(f)
	}
	if f, ok := in.(*os.File); !ok || !isTerminal(f) {
		o.Echo = true
	}
	return &watched{Console: console.New(o), ended: make(chan struct{})}
}
