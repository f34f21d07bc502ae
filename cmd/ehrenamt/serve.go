package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/channels/web"
	"ehrenamt/storage/sqldb"
)

func newServeCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the service until it is interrupted",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := configOf(cmd)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), s.config, cmd.ErrOrStderr())
		},
	}
}

// serve runs everything that is configured. A channel that cannot go on (a wrong token) is reported and does
// not stop the others; without any channel the service still answers over HTTP.
func serve(ctx context.Context, c config, stderr io.Writer) error {
	log := newLogger(c.Log, stderr)
	unlock, err := lockDatabase(c)
	if err != nil {
		return &exitError{exitStore, err}
	}
	defer unlock()
	s, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() {
		if err := s.Close(); err != nil {
			log.Error("close", "error", err)
		}
	}()
	marks, err := landmarksOf(ctx, s)
	if err != nil {
		return &exitError{storeExit(err), err}
	}
	r, err := openRoomsWith(marks)
	if err != nil {
		return err
	}
	if err := seedFronts(ctx, s, c, r.gazetteer); err != nil {
		return &exitError{storeExit(err), err}
	}
	accounts, err := telegramAccounts(ctx, c, s, r.words, log)
	if err != nil {
		return &exitError{storeExit(err), err}
	}
	mailboxes, err := emailAccounts(c, r.words, log)
	if err != nil {
		return &exitError{exitConfig, err}
	}
	accounts = append(accounts, mailboxes...)
	own := &roster{config: c, store: s, words: r.words, log: log}
	b, err := newBot(s, r, accounts, own.accounts, holderName(c), c.PublicURL, log)
	if err != nil {
		return &exitError{exitConfig, err}
	}
	if b.Records, err = recordsKey(c); err != nil {
		return &exitError{exitStore, err}
	}
	beside := sqldb.ErasedFile(c.Database.reveal())
	added, again, err := eraseAgain(ctx, s, b, beside)
	if err != nil {
		return &exitError{exitStore, err}
	}
	if added > 0 || again > 0 {
		log.Warn("the database is older than its erasures; they were made again", "erasures", added, "persons", again)
	}
	if own, err := own.accounts(ctx); err == nil && len(own) == 0 { // nobody is puzzled where fronts bring their own
		sayOff(c, stderr)
	}
	site, err := web.New(web.Config{
		Front: c.Fronts[c.onlyFront()].Name, Langs: r.words.Languages(), Words: sayIn(r.words),
		Confirmer: pages{b}, Unsubscriber: pages{b}, Answerer: pages{b}, Log: log,
		Showcase: showcase{b}, Now: time.Now,
	})
	if err != nil {
		return err
	}
	following, stopFollowing := context.WithCancel(ctx)
	defer stopFollowing()
	if marks, err := landmarksOf(ctx, s); err == nil {
		go followLandmarks(following, s, r, marks, log)
	}
	return runAll(ctx, c, s, b, accounts, own, site, log)
}

func runAll(ctx context.Context, c config, s *sqldb.Store, b *bot.Bot, accounts []bot.Account, own, site http.Handler, log *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	if c.Listen != "" {
		ready := func(ctx context.Context) error {
			if !b.Receiving() {
				return fmt.Errorf("a channel does not receive yet")
			}
			return s.Ready(ctx)
		}
		front, err := listen(c.Listen, ready, log)
		if err != nil {
			return &exitError{exitConfig, err}
		}
		front.handle("/", site)
		front.handle(webhookPath("{account}"), own)
		for _, a := range accounts {
			if hook, ok := a.Channel.(http.Handler); ok && c.Telegram[a.Account].Webhook {
				front.handle(webhookPath(a.Account), hook)
			}
		}
		log.Info("listening", "address", front.addr())
		wg.Go(func() {
			if err := front.serve(ctx); err != nil {
				log.Error("http", "error", err)
			}
		})
	}
	if path := sqldb.ErasedFile(c.Database.reveal()); path != "" {
		wg.Go(func() { noteErased(ctx, s, path, log) })
	}
	debug.FreeOSMemory() // what reading the gazetteer and the words took is not needed again
	log.Info("running", "version", versionText())
	if err := b.Run(ctx); err != nil {
		log.Error("a channel stopped; the others go on", "error", err)
	}
	<-ctx.Done()
	log.Info("stopped")
	return nil
}

// sayOff tells which channels are off and how to switch them on.
func sayOff(c config, w io.Writer) {
	for _, off := range c.switchedOff() {
		fmt.Fprintf(w, "%s is off; to switch it on set %s.\n", off.name, off.switchOn)
	}
}

// lockDatabase keeps a second service off the same SQLite file for as long as this process lives.
func lockDatabase(c config) (unlock func(), err error) {
	if c.Database.isURL() {
		return func() {}, nil
	}
	name := c.Database.reveal() + ".lock"
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if err := flock(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another ehrenamt is running on %s", c.Database)
	}
	return func() { _ = f.Close() }, nil
}
