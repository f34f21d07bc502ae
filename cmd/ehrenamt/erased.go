package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/storage/sqldb"
)

// newErasedCmd is for databases that are no file, and for whoever restores one elsewhere.
func newErasedCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "erased FILE",
		Short: "Note in FILE who was erased, and erase again whoever a restored backup brought back",
		Long: "Lets the database and FILE know of the same erasures (keyed hashes and times, nothing else), and erases whoever is\n" +
			"in the database although they were erased. Run it daily, and after restoring a backup before the service starts.\n" +
			"For SQLite the service does so by itself, with <database>.erased.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := configOf(cmd)
			if err != nil {
				return err
			}
			r, err := openRooms()
			if err != nil {
				return err
			}
			unlock, err := lockDatabase(s.config)
			if err != nil {
				return &exitError{exitStore, err}
			}
			defer unlock()
			store, err := openStore(cmd.Context(), s.config)
			if err != nil {
				return err
			}
			defer func() { _ = store.Close() }()
			b, err := newBot(store, r, nil, nil, holderName(s.config), "", slog.New(slog.DiscardHandler))
			if err != nil {
				return &exitError{exitConfig, err}
			}
			added, again, err := eraseAgain(cmd.Context(), store, b, args[0])
			if err != nil {
				return &exitError{exitStore, err}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d erasures were new to the database; %d persons were erased again.\n", added, again)
			return err
		},
	}
}

// eraseAgain brings database and file together, and erases whoever came back.
func eraseAgain(ctx context.Context, s *sqldb.Store, b *bot.Bot, path string) (added, again int, err error) {
	if path != "" {
		if added, err = sqldb.KeepErased(ctx, s, path, time.Time{}); err != nil {
			return 0, 0, err
		}
	}
	again, err = b.CleanErased(ctx)
	return added, again, err
}

// erasedEvery is how often erasures are noted beside the database while the service runs.
const erasedEvery = time.Minute

// noteErased notes erasures until ctx ends, and once more then.
func noteErased(ctx context.Context, s *sqldb.Store, path string, log *slog.Logger) {
	since := time.Now()
	tick := time.NewTicker(erasedEvery)
	defer tick.Stop()
	for done := false; !done; {
		select {
		case <-ctx.Done():
			done = true
		case <-tick.C:
		}
		now := time.Now()
		if _, err := sqldb.KeepErased(context.WithoutCancel(ctx), s, path, since.Add(-erasedEvery)); err != nil {
			log.Error("erasures could not be noted", "error", err)
			continue
		}
		since = now
	}
}
