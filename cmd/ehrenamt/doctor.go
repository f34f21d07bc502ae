package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/channels/email"
	"ehrenamt/channels/telegram"
	"ehrenamt/conversations/wording"
)

// doctorTime is how long each part may take.
const doctorTime = 20 * time.Second

var errUnwell = errors.New("something needs attention")

func newDoctorCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check the configuration and what it leads to; changes nothing, but for a mail to each mailbox of ours",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := configOf(cmd)
			if err != nil {
				return err
			}
			return examine(cmd.Context(), s.config, cmd.OutOrStdout())
		},
	}
}

// examine prints one line for each thing that was looked at, and returns an error if one of them is bad.
func examine(ctx context.Context, c config, w io.Writer) error {
	d := &doctor{w: w}
	d.say(telegram.OK, "configuration", "can be read")
	if len(c.Telegram) == 0 {
		d.say(telegram.OK, "telegram", "off, no bot is configured")
	}
	for _, name := range sortedKeys(c.Telegram) {
		part, cancel := context.WithTimeout(ctx, doctorTime)
		for _, f := range telegram.New(telegramOptions(c, name)).Check(part) {
			d.say(f.Level, "telegram."+name+" "+f.What, f.Says)
		}
		cancel()
	}
	d.mail(ctx, c)
	if d.err != nil {
		return fmt.Errorf("doctor: %w", d.err)
	}
	if d.bad > 0 {
		return &exitError{exitFailure, errUnwell}
	}
	return nil
}

// mail looks at every mailbox.
func (d *doctor) mail(ctx context.Context, c config) {
	if len(c.Email) == 0 {
		d.say(telegram.OK, "email", "off, no mailbox is configured")
		return
	}
	words, err := wording.Load()
	if err != nil {
		d.err = errors.Join(d.err, err)
		return
	}
	accounts, err := emailAccounts(c, words, slog.New(slog.DiscardHandler))
	if err != nil {
		d.say(telegram.Bad, "email", err.Error())
		return
	}
	for _, a := range accounts {
		ch, ok := a.Channel.(*email.Channel)
		if !ok {
			continue
		}
		part, cancel := context.WithTimeout(ctx, mailTime)
		for _, f := range ch.Check(part, net.DefaultResolver) {
			d.say(telegram.Level(f.Level), "email."+a.Account+" "+f.What, f.Says)
		}
		cancel()
		_ = ch.Close()
	}
}

// mailTime is how long one mailbox may take: mails to ourselves need some time.
const mailTime = 90 * time.Second

// doctor counts what is bad.
type doctor struct {
	w   io.Writer
	bad int
	err error
}

func (d *doctor) say(level telegram.Level, part, says string) {
	if level == telegram.Bad {
		d.bad++
	}
	if _, err := fmt.Fprintf(d.w, "%-8s %-28s %s\n", level, part, strings.Join(strings.Fields(says), " ")); err != nil {
		d.err = errors.Join(d.err, err)
	}
}
