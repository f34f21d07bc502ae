package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels/telegram"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
	"ehrenamt/matching/places"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// rooms are the parts that are loaded once and shared by everything.
type rooms struct {
	gazetteer *places.Gazetteer
	reader    *understanding.Reader
	words     *wording.Catalog
	book      *flows.Book
}

func openRooms() (rooms, error) { return openRoomsWith(nil) }

// landmarksOf are those the fronts of a store bring with them.
func landmarksOf(ctx context.Context, s storage.Store) ([]places.Landmark, error) {
	var own []places.Landmark
	err := s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		all, err := tx.Fronts.AllFronts(ctx)
		for _, f := range all {
			for _, l := range f.Landmarks {
				own = append(own, places.Landmark{Municipality: cmp.Or(f.Place.Municipality, f.Place.Name), Name: l.Name, Point: l.Point})
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("landmarks: %w", err)
	}
	return own, nil
}

// openRoomsWith loads the rooms with further landmarks.
func openRoomsWith(own []places.Landmark) (rooms, error) {
	g, err := gazetteerWith(own)
	if err != nil {
		return rooms{}, fmt.Errorf("places: %w", err)
	}
	reader, err := understanding.New(g)
	if err != nil {
		return rooms{}, fmt.Errorf("understanding: %w", err)
	}
	words, err := wording.Load()
	if err != nil {
		return rooms{}, err
	}
	return rooms{gazetteer: g, words: words, reader: reader, book: flows.New(words, reader, g)}, nil
}

// openStore opens the database of the configuration. What stops it is told in one line, with an exit code.
func openStore(ctx context.Context, c config) (*sqldb.Store, error) {
	return openStoreAs(ctx, c, false)
}

// openStoreAs opens it, asIs without bringing it up to this program.
func openStoreAs(ctx context.Context, c config, asIs bool) (*sqldb.Store, error) {
	var old []sqldb.KeySource
	for _, k := range c.OldKeys {
		old = append(old, sqldb.KeySource{Value: k.reveal()})
	}
	s, err := sqldb.Open(ctx, sqldb.Config{
		DSN:     c.Database.reveal(),
		Key:     sqldb.KeySource{Value: c.Key.reveal(), File: c.KeyFile},
		OldKeys: old,
		AsIs:    asIs,
	})
	if err != nil {
		return nil, &exitError{storeExit(err), fmt.Errorf("%s: %w", c.Database, err)}
	}
	return s, nil
}

func storeExit(err error) int {
	if errors.Is(err, storage.ErrKey) || errors.Is(err, storage.ErrNewer) {
		return exitConfig
	}
	return exitStore
}

// seedFronts brings fronts of the configuration that the store does not know yet into it, and tells it which
// accounts belong to which.
func seedFronts(ctx context.Context, s storage.Store, c config, g *places.Gazetteer) error {
	return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		secrets, err := tx.Secrets.AllSecrets(ctx)
		if err != nil {
			return err
		}
		if others, err := tx.Fronts.AllFronts(ctx); err != nil || c.implied() && len(others) > 0 {
			return err // the fronts are those of the store, and the file names none
		}
		for _, id := range sortedKeys(c.Fronts) {
			conf := c.Fronts[id]
			f, err := tx.Fronts.Front(ctx, id)
			if err != nil && !errors.Is(err, storage.ErrNotFound) {
				return err
			}
			if f.ID == "" {
				f = storage.Front{ID: id, Name: conf.Name, Zone: conf.Zone, Languages: conf.Languages, Register: conf.Register}
			}
			if f.Place.IsZero() {
				f.Place = frontPlace(g, cmp.Or(conf.Place, conf.Name))
			}
			accounts := frontAccounts(c, id, secrets)
			extra, err := withChannel(f.Extra, conf.Channel)
			if err != nil {
				return fmt.Errorf("front %s: %w", id, err)
			}
			if f.Rev > 0 && slices.Equal(f.Accounts, accounts) && bytes.Equal(f.Extra, extra) {
				continue
			}
			f.Accounts, f.Extra = accounts, extra
			if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
				return fmt.Errorf("front %s: %w", id, err)
			}
		}
		return nil
	})
}

// withChannel puts the public channel of the configuration into what a front has besides; without one there it stays
// as it is.
func withChannel(extra json.RawMessage, channel string) (json.RawMessage, error) {
	if channel == "" {
		return extra, nil
	}
	all := map[string]any{}
	if len(extra) > 0 {
		if err := json.Unmarshal(extra, &all); err != nil {
			return nil, fmt.Errorf("extra: %w", err)
		}
	}
	if all["channel"] = channel; channel == "none" {
		delete(all, "channel")
	}
	return json.Marshal(all)
}

// frontPlace finds the municipality of a front by postcode or name; the zero Place if there is none.
func frontPlace(g *places.Gazetteer, name string) matching.Place {
	if p, ok := g.Postcode(name); ok {
		return p
	}
	if ps := g.Lookup(name); len(ps) > 0 {
		return ps[0]
	}
	return matching.Place{}
}

// telegramAccounts makes a channel of every bot in the configuration.
func telegramAccounts(ctx context.Context, c config, s storage.Store, words *wording.Catalog, log *slog.Logger) ([]bot.Account, error) {
	var as []bot.Account
	for _, name := range sortedKeys(c.Telegram) {
		if off, err := telegramOff(ctx, s, c.Telegram[name].Front); err != nil {
			return nil, fmt.Errorf("telegram %s: %w", name, err)
		} else if off {
			log.Warn("a bot is not run, for its front has Telegram switched off", "account", name)
			continue
		}
		o := telegramOptions(c, name)
		o.Log = log
		var err error
		if o.LastSeen, err = bot.LastSeen(ctx, s, telegram.Name, name); err != nil {
			return nil, fmt.Errorf("telegram %s: %w", name, err)
		}
		o.Notify = func(e telegram.Event) { tellOperator(s, c.Telegram[name].Front, e, log) }
		o.Words.ShareLocation = func(lang string) string { return words.For(lang, "").T("choice.share_location") }
		as = append(as, bot.Account{Channel: telegram.New(o), Account: name, Front: c.Telegram[name].Front})
	}
	return as, nil
}

// telegramOff tells whether a front wants nothing to go over Telegram.
func telegramOff(ctx context.Context, s storage.Store, front string) (off bool, err error) {
	err = s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, front)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		off = f.Telegram == storage.TelegramOff
		return err
	})
	return off, err
}

// tellOperator keeps in the audit trail, beside the log, what an operator has to know weeks later, too: that messages
// were lost, and why nothing was heard. An outage that costs nothing is in the log alone.
func tellOperator(s storage.Store, front string, e telegram.Event, log *slog.Logger) {
	switch e.Kind {
	case telegram.Gap:
		log.Error("Telegram was not asked for more than 24 hours; what people wrote before that is lost",
			"account", e.Account, "since", e.Since, "until", e.At)
	case telegram.Denied, telegram.Conflict:
	default:
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	err := s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Audit.Append(ctx, storage.Entry{Front: front, Action: "telegram-" + string(e.Kind), Subject: "account:" + telegram.Name + ":" + e.Account, At: e.At})
	})
	if err != nil {
		log.Error("audit", "error", err)
	}
}

// hooksAtOnce is how many chats of a webhook are heard at once; their turns share commits.
const hooksAtOnce = 16

// telegramOptions are what the configuration says about one bot.
func telegramOptions(c config, name string) telegram.Options {
	t := c.Telegram[name]
	o := telegram.Options{
		Account: name, Token: t.Token.reveal(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Endpoint: strings.TrimRight(t.Endpoint, "/") + "/bot%s/%s",
		Pace:     telegram.Pace{PerSecond: t.Rate},
	}
	if t.Webhook {
		o.Webhook = telegram.Webhook{URL: strings.TrimRight(c.PublicURL, "/") + webhookPath(name), Secret: t.Secret.reveal(), Parallel: hooksAtOnce}
	}
	return o
}

// webhookPath is where Telegram calls for one bot.
func webhookPath(name string) string { return "/telegram/" + name }

// newBot ties the rooms together.
func newBot(s storage.Store, r rooms, accounts []bot.Account, roster func(context.Context) ([]bot.Account, error), holder, publicURL string, log *slog.Logger) (*bot.Bot, error) {
	return bot.New(bot.Config{
		Store: s, Roster: roster, Book: r.book, Accounts: accounts, Now: time.Now, Rand: rand.Reader, Log: log, Holder: holder, PublicURL: publicURL,
	})
}

// holderName names this process in leases. A SQLite file has one service at a time, which is made sure of by
// its lock, so that a restarted one need not wait for the lease of its former self.
func holderName(c config) string {
	if !c.Database.isURL() {
		return "service"
	}
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	return fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())
}
