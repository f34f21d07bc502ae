package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	"ehrenamt/bot"
	"ehrenamt/channels/telegram"
	"ehrenamt/conversations/wording"
	"ehrenamt/storage"
)

// roster makes channels of the accounts that fronts bring with them. An account stays the same channel as long as
// nothing about it changes.
type roster struct {
	config config
	store  storage.Store
	words  *wording.Catalog
	log    *slog.Logger

	mu   sync.Mutex
	made map[string]madeAccount // by "channel:account"
}

// madeAccount is an account that was made, or could not be: then Channel is nil.
type madeAccount struct {
	bot.Account
	from string // what it was made from, without secrets
}

// accounts is bot.Config.Roster.
func (r *roster) accounts(ctx context.Context) ([]bot.Account, error) {
	var secrets []storage.FrontSecret
	fronts := map[string]storage.Front{}
	err := r.store.View(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if secrets, err = tx.Secrets.AllSecrets(ctx); err != nil {
			return err
		}
		all, err := tx.Fronts.AllFronts(ctx)
		for _, f := range all {
			fronts[f.ID] = f
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("accounts of fronts: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	made := map[string]madeAccount{}
	var out []bot.Account
	for _, s := range secrets {
		f, ok := fronts[s.Front]
		if !ok || s.Channel == telegram.Name && f.Telegram == storage.TelegramOff {
			continue
		}
		key, from := s.Channel+":"+s.Account, fmt.Sprint(s.Rev, " ", s.Front, " ", f.Name)
		a, ok := r.made[key]
		if !ok || a.from != from {
			account, err := r.make(ctx, s, f)
			if err != nil {
				r.log.Error("account cannot be used", "account", key, "error", err)
			}
			a = madeAccount{account, from}
		}
		made[key] = a
		if a.Channel != nil {
			out = append(out, a.Account)
		}
	}
	r.made = made
	return out, nil
}

func (r *roster) make(ctx context.Context, s storage.FrontSecret, f storage.Front) (bot.Account, error) {
	c := config{Key: r.config.Key, KeyFile: r.config.KeyFile, PublicURL: r.config.PublicURL, Listen: r.config.Listen, Fronts: map[string]frontConfig{f.ID: {Name: f.Name}}}
	switch s.Channel {
	case telegram.Name:
		var b storedBot
		if err := json.Unmarshal(s.Settings, &b); err != nil {
			return bot.Account{}, fmt.Errorf("settings: %w", err)
		}
		c.Telegram = map[string]telegramConfig{s.Account: b.config(f.ID)}
		return only(telegramAccounts(ctx, c, r.store, r.words, r.log))
	case emailNetwork:
		var m storedMailbox
		if err := json.Unmarshal(s.Settings, &m); err != nil {
			return bot.Account{}, fmt.Errorf("settings: %w", err)
		}
		c.Email = map[string]emailConfig{s.Account: m.config(f.ID)}
		return only(emailAccounts(c, r.words, r.log))
	}
	return bot.Account{}, fmt.Errorf("no such network %q", s.Channel)
}

func only(as []bot.Account, err error) (bot.Account, error) {
	if err != nil || len(as) == 0 {
		return bot.Account{}, err
	}
	return as[0], nil
}
