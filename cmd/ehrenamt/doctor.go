package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/channels/email"
	"ehrenamt/channels/telegram"
	"ehrenamt/conversations/wording"
	"ehrenamt/storage"
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
	own := d.stored(ctx, c)
	if len(c.Telegram)+len(own[telegram.Name]) == 0 {
		d.say(telegram.OK, "telegram", "off, no bot is configured")
	}
	if len(c.Email)+len(own[emailNetwork]) == 0 {
		d.say(telegram.OK, "email", "off, no mailbox is configured")
	}
	for _, part := range append([]config{c}, append(own[telegram.Name], own[emailNetwork]...)...) {
		d.bots(ctx, part)
		d.mail(ctx, part)
	}
	if d.err != nil {
		return fmt.Errorf("doctor: %w", d.err)
	}
	if d.bad > 0 {
		return &exitError{exitFailure, errUnwell}
	}
	return nil
}

// stored are the accounts that fronts bring with them, by network, each as a configuration of its own. The database is
// opened as it is.
func (d *doctor) stored(ctx context.Context, c config) map[string][]config {
	if name := c.Database.reveal(); name == "" {
		return nil
	} else if _, err := os.Stat(name); !c.Database.isURL() && errors.Is(err, fs.ErrNotExist) {
		d.say(telegram.OK, "database", "is not there yet; the first start makes it")
		return nil
	}
	s, err := openStoreAs(ctx, c, true)
	if errors.Is(err, storage.ErrOlder) {
		d.say(telegram.Warn, "database", "is not that of this program yet; the next start brings it up, until then its bots and mailboxes are not looked at")
		return nil
	}
	if err != nil {
		d.say(telegram.Bad, "database", err.Error())
		return nil
	}
	defer func() { _ = s.Close() }()
	out := map[string][]config{}
	err = s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		secrets, err := tx.Secrets.AllSecrets(ctx)
		if err != nil {
			return err
		}
		d.say(telegram.OK, "database", fmt.Sprintf("can be read; %d bots and mailboxes of fronts are in it", len(secrets)))
		for _, x := range secrets {
			f, err := tx.Fronts.Front(ctx, x.Front)
			if err != nil {
				return fmt.Errorf("front %s: %w", x.Front, err)
			}
			if x.Channel == telegram.Name && f.Telegram == storage.TelegramOff {
				d.say(telegram.OK, "telegram."+x.Account, "off, as front "+f.ID+" wants it")
				continue
			}
			part, err := storedConfig(c, x, f)
			if err != nil {
				return fmt.Errorf("account %s:%s: %w", x.Channel, x.Account, err)
			}
			out[x.Channel] = append(out[x.Channel], part)
		}
		return nil
	})
	if err != nil {
		d.say(telegram.Bad, "database", err.Error())
	}
	return out
}

// bots looks at every bot.
func (d *doctor) bots(ctx context.Context, c config) {
	for _, name := range sortedKeys(c.Telegram) {
		if c.Telegram[name].Webhook && !hooksReach(c) {
			d.say(telegram.Warn, "telegram."+name+" webhook", "public_url or listen is missing, so the bot is asked for messages instead")
			t := c.Telegram[name]
			t.Webhook = false
			c.Telegram[name] = t
		}
		part, cancel := context.WithTimeout(ctx, doctorTime)
		for _, f := range telegram.New(telegramOptions(c, name)).Check(part) {
			d.say(f.Level, "telegram."+name+" "+f.What, f.Says)
		}
		cancel()
	}
}

// mail looks at every mailbox.
func (d *doctor) mail(ctx context.Context, c config) {
	if len(c.Email) == 0 {
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
