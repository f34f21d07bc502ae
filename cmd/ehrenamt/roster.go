package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
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
	hook bool   // Telegram calls us
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
			made, err := r.make(ctx, s, f)
			if err != nil {
				r.log.Error("account cannot be used", "account", key, "error", err)
			}
			made.from = from
			a = made
		}
		made[key] = a
		if a.Channel != nil {
			out = append(out, a.Account)
		}
	}
	r.made = made
	return out, nil
}

func (r *roster) make(ctx context.Context, s storage.FrontSecret, f storage.Front) (madeAccount, error) {
	c, err := storedConfig(r.config, s, f)
	switch {
	case err != nil:
		return madeAccount{}, err
	case len(c.Telegram) == 0:
		a, err := only(emailAccounts(c, r.words, r.log))
		return madeAccount{Account: a}, err
	}
	if t := c.Telegram[s.Account]; t.Webhook && !hooksReach(c) {
		r.log.Warn("a bot is asked for messages, for Telegram cannot call us: public_url or listen is missing", "account", s.Account)
		t.Webhook = false
		c.Telegram[s.Account] = t
	}
	a, err := only(telegramAccounts(ctx, c, r.store, r.words, r.log))
	return madeAccount{Account: a, hook: c.Telegram[s.Account].Webhook}, err
}

// hooksReach tells whether Telegram can call us.
func hooksReach(c config) bool { return strings.HasPrefix(c.PublicURL, "https://") && c.Listen != "" }

// storedConfig is a configuration with nothing but an account that a front brings with it.
func storedConfig(own config, s storage.FrontSecret, f storage.Front) (config, error) {
	c := config{Key: own.Key, KeyFile: own.KeyFile, PublicURL: own.PublicURL, Listen: own.Listen, Fronts: map[string]frontConfig{f.ID: {Name: f.Name}}}
	switch s.Channel {
	case telegram.Name:
		var b storedBot
		if err := json.Unmarshal(s.Settings, &b); err != nil {
			return c, fmt.Errorf("settings: %w", err)
		}
		c.Telegram = map[string]telegramConfig{s.Account: b.config(f.ID)}
	case emailNetwork:
		var m storedMailbox
		if err := json.Unmarshal(s.Settings, &m); err != nil {
			return c, fmt.Errorf("settings: %w", err)
		}
		c.Email = map[string]emailConfig{s.Account: m.config(f.ID)}
	default:
		return c, fmt.Errorf("no such network %q", s.Channel)
	}
	return c, nil
}

// ServeHTTP takes the calls of Telegram for the bots that fronts bring with them: each at webhookPath of its account.
// Whoever calls for another one learns nothing.
func (r *roster) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	a := r.made[telegram.Name+":"+req.PathValue("account")]
	r.mu.Unlock()
	if hook, ok := a.Channel.(http.Handler); ok && a.hook {
		hook.ServeHTTP(w, req)
		return
	}
	http.NotFound(w, req)
}

func only(as []bot.Account, err error) (bot.Account, error) {
	if err != nil || len(as) == 0 {
		return bot.Account{}, err
	}
	return as[0], nil
}
