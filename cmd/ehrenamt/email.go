package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels/email"
	"ehrenamt/channels/web"
	"ehrenamt/conversations/wording"
	"ehrenamt/storage/sqldb"
)

// emailAccounts makes a channel of every mailbox in the configuration. The tokens in our mails are derived from
// the key of the database.
func emailAccounts(c config, words *wording.Catalog, log *slog.Logger) ([]bot.Account, error) {
	if len(c.Email) == 0 {
		return nil, nil
	}
	key, err := sqldb.LoadKey(sqldb.KeySource{Value: c.Key.reveal(), File: c.KeyFile})
	if err != nil {
		return nil, err
	}
	var as []bot.Account
	for _, name := range sortedKeys(c.Email) {
		e := c.Email[name]
		secret, err := key.Derive("mail tokens of " + name)
		if err != nil {
			return nil, fmt.Errorf("email.%s: %w", name, err)
		}
		conf := email.Config{
			Account: name, Address: e.Address, Name: c.Fronts[e.Front].Name, AuthServID: e.AuthservID, NoPlus: !e.PlusAddressing,
			Secret: secret, Log: log, Now: time.Now,
			Words: func(lang, key string) string { return words.For(lang, "").T(key) },
		}
		if c.Listen != "" {
			conf.Pages = c.PublicURL
		}
		conf.Senders, conf.PerSec = e.Connections, float64(e.PerDomain)
		if conf.DKIM, err = dkimKeyOf(e); err != nil {
			return nil, fmt.Errorf("email.%s: %w", name, err)
		}
		if e.AuthservID == "" {
			conf.Verifier = &email.Verifier{LookupTXT: lookupTXT}
		}
		if conf.IMAP, err = mailServerOf(e.IMAP, "993", "143"); err == nil {
			conf.SMTP, err = mailServerOf(e.SMTP, "465", "587")
		}
		if err != nil {
			return nil, fmt.Errorf("email.%s: %w", name, err)
		}
		ch, err := email.New(conf)
		if err != nil {
			return nil, fmt.Errorf("email.%s: %w", name, err)
		}
		as = append(as, bot.Account{Channel: ch, Account: name, Front: e.Front, AskAll: true})
	}
	return as, nil
}

func lookupTXT(domain string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return net.DefaultResolver.LookupTXT(ctx, domain)
}

// mailServerOf reads imaps://host, imap://host, smtps://host or smtp://host: with an s TLS from the start,
// without STARTTLS; "?tls=off" is for a server on the same machine.
func mailServerOf(m mailServer, tlsPort, plainPort string) (email.Server, error) {
	u, err := url.Parse(m.URL)
	if err != nil {
		return email.Server{}, fmt.Errorf("url: %w", err)
	}
	s := email.Server{User: m.User, Password: m.Password.reveal(), Security: email.StartTLS}
	port := plainPort
	if strings.HasSuffix(u.Scheme, "s") {
		s.Security, port = email.TLS, tlsPort
	}
	if u.Query().Get("tls") == "off" {
		s.Security = email.Plain
	}
	if u.Port() != "" {
		port = u.Port()
	}
	s.Addr = net.JoinHostPort(u.Hostname(), port)
	if m.XOAUTH2TokenFile != "" {
		s.Token = func(context.Context) (string, error) {
			data, err := os.ReadFile(m.XOAUTH2TokenFile)
			return strings.TrimSpace(string(data)), err
		}
	}
	return s, nil
}

// pages are what links in mails lead to.
type pages struct{ bot *bot.Bot }

// Confirm implements web.Confirmer.
func (p pages) Confirm(ctx context.Context, token string) (web.Outcome, error) {
	used, err := p.bot.Confirm(ctx, token)
	return web.Outcome(used), err
}

// Unsubscribe implements web.Unsubscriber.
func (p pages) Unsubscribe(ctx context.Context, token string) (web.Outcome, error) {
	used, err := p.bot.Unsubscribe(ctx, token)
	return web.Outcome(used), err
}

// Resubscribe implements web.Resubscriber.
func (p pages) Resubscribe(ctx context.Context, token string) (web.Outcome, error) {
	used, err := p.bot.Resubscribe(ctx, token)
	return web.Outcome(used), err
}

// linkHandle is the handle of a choice as a link has it: dots end a sentence, and are left out of links by many a program.
var linkHandle = regexp.MustCompile(`^([a-z0-9]{8,40})-(\d{1,3})$`)

// Look implements web.Answerer.
func (p pages) Look(ctx context.Context, token string) (web.Question, web.Outcome, error) {
	l, used, err := p.bot.LookAtLink(ctx, linkHandle.ReplaceAllString(token, "$1.$2"))
	return web.Question{Label: l.Label, About: l.About, Name: l.Name, Lang: l.Lang}, web.Outcome(used), err
}

// Answer implements web.Answerer.
func (p pages) Answer(ctx context.Context, token string) (string, web.Outcome, error) {
	said, used, err := p.bot.AnswerByLink(ctx, linkHandle.ReplaceAllString(token, "$1.$2"))
	return said, web.Outcome(used), err
}

// sayIn lets pages speak with the words of the catalog.
func sayIn(words *wording.Catalog) func(lang, key string, args map[string]any) string {
	return func(lang, key string, args map[string]any) string {
		var pairs []any
		for _, name := range sortedKeys(args) {
			pairs = append(pairs, name, args[name])
		}
		return words.For(lang, "").T(key, pairs...)
	}
}
