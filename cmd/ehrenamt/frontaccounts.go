package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ehrenamt/channels/telegram"
	"ehrenamt/storage"
)

// storedBot and storedMailbox are what the store keeps, sealed, of an account that a front brings with it. They are
// the sections of the configuration file with their secrets in them; nothing prints them.
type storedBot struct {
	Token    string
	Endpoint string `json:",omitempty"`
	Rate     int    `json:",omitempty"`
	Secret   string `json:",omitempty"` // that Telegram sends along with each call; "": it is asked for messages
}

type storedMailbox struct {
	Address        string
	AuthservID     string `json:",omitempty"`
	PlusAddressing bool   `json:",omitempty"`
	IMAP, SMTP     storedServer
}

type storedServer struct{ URL, User, Password, XOAUTH2TokenFile string }

// emailNetwork is the name of channels/email in addresses.
const emailNetwork = "email"

// botKey is the number in front of a token: the bot itself, whatever its token is now.
func botKey(token string) string { key, _, _ := strings.Cut(token, ":"); return key }

func (b storedBot) config(front string) telegramConfig {
	t := telegramConfig{Front: front, Token: secret(b.Token), Endpoint: b.Endpoint, Rate: b.Rate}
	if t.Endpoint == "" {
		t.Endpoint = telegramEndpoint
	}
	t.Webhook, t.Secret = b.Secret != "", secret(b.Secret)
	return t
}

func (m storedMailbox) config(front string) emailConfig {
	server := func(s storedServer) mailServer {
		return mailServer{URL: s.URL, User: s.User, Password: secret(s.Password), XOAUTH2TokenFile: s.XOAUTH2TokenFile}
	}
	return emailConfig{Front: front, Address: m.Address, AuthservID: m.AuthservID, PlusAddressing: m.PlusAddressing, IMAP: server(m.IMAP), SMTP: server(m.SMTP)}
}

func accountOptions() []frontOption {
	later := func(*frontChange, []string) error { return nil } // they are put together, see applyAccounts
	var out []frontOption
	for _, o := range []struct{ name, usage string }{
		{"telegram-token-file", "`file` with the token of its bot, - for standard input, or none to let the bot go"},
		{"telegram-endpoint", "base `URL` of the Bot API"},
		{"email-address", "`address` of its mailbox, or none to let it go"},
		{"email-imap-url", "`URL`: imaps://mail.stadt.example"},
		{"email-smtp-url", "`URL`: smtps://mail.stadt.example"},
		{"email-user", "`user` of both; the address if left out"},
		{"email-password-file", "`file` with the password of both, - for standard input"},
		{"email-token-file", "`file` with a current XOAUTH2 token, read at each login"},
		{"email-authserv-id", "whose Authentication-Results are believed"},
	} {
		out = append(out, frontOption{o.name, o.usage, false, later})
	}
	return out
}

func addAccountFlags(flags *pflag.FlagSet) {
	flags.String("account", "", "`name` of the bot or mailbox where a front has several; the front's id if left out")
	flags.Bool("telegram-webhook", false, "Telegram calls public_url of the configuration instead of being asked")
	flags.Bool("email-plus", false, "mail to address+anything arrives, too")
}

// applyAccounts stores the bot and the mailbox that were given, and lists them with the front.
func applyAccounts(c *frontChange, flags *pflag.FlagSet) error {
	name := flags.Lookup("account").Value.String()
	if name == "" {
		name = c.front.ID
	}
	if !frontID.MatchString(name) {
		return fmt.Errorf("--account: %q is no name for an account; small letters, digits and hyphens", name)
	}
	if err := applyBot(c, flags, name); err != nil {
		return err
	}
	if err := applyMailbox(c, flags, name); err != nil {
		return err
	}
	all, err := c.tx.Secrets.AllSecrets(c.ctx)
	if err != nil {
		return err
	}
	c.front.Accounts = frontAccounts(c.config, c.front.ID, all)
	return nil
}

// frontAccounts are those of the configuration and those the front brought with it.
func frontAccounts(c config, front string, all []storage.FrontSecret) []string {
	accounts := c.accountsOf(front)
	for _, s := range all {
		if key := s.Channel + ":" + s.Account; s.Front == front && !slices.Contains(accounts, key) {
			accounts = append(accounts, key)
		}
	}
	slices.Sort(accounts)
	return accounts
}

func applyBot(c *frontChange, flags *pflag.FlagSet, name string) error {
	file, endpoint, hook := flags.Lookup("telegram-token-file"), flags.Lookup("telegram-endpoint"), flags.Lookup("telegram-webhook")
	if !file.Changed && !endpoint.Changed && !hook.Changed {
		return nil
	}
	if file.Value.String() == "none" {
		return removeAccount(c, telegram.Name, name)
	}
	old, has, err := secretOf(c, telegram.Name, name)
	if err != nil {
		return err
	}
	var b storedBot
	if has {
		if err := json.Unmarshal(old.Settings, &b); err != nil {
			return fmt.Errorf("account telegram:%s: %w", name, err)
		}
	}
	if endpoint.Changed {
		b.Endpoint = endpoint.Value.String()
	}
	if file.Changed {
		token, err := readSecret(file.Value.String())
		if err != nil {
			return fmt.Errorf("--telegram-token-file: %w", err)
		}
		if has && botKey(b.Token) != botKey(token) {
			return fmt.Errorf("--telegram-token-file: that is another bot; its chats are others, so give it a name of its own with --account")
		}
		b.Token = token
	}
	if hook.Changed {
		b.Secret = ""
		if hook.Value.String() == "true" {
			b.Secret = rand.Text()
		}
	}
	if err := c.botIsFree(name, b.Token); err != nil {
		return err
	}
	check := config{PublicURL: c.config.PublicURL, Listen: c.config.Listen, Fronts: map[string]frontConfig{c.front.ID: {}}, Telegram: map[string]telegramConfig{name: b.config(c.front.ID)}}
	if err := check.checkTelegram(); err != nil {
		return err
	}
	return saveAccount(c, old, telegram.Name, name, b)
}

// botIsFree finds out that a bot is run already: two who ask Telegram for the same messages lose half of them each.
func (c *frontChange) botIsFree(name, token string) error {
	taken := func(where string) error { return fmt.Errorf("--telegram-token-file: this bot is %s's already", where) }
	for account, t := range c.config.Telegram {
		if account == name {
			return fmt.Errorf("--account: the configuration has a bot %q already", name)
		}
		if botKey(t.Token.reveal()) == botKey(token) {
			return taken("[telegram." + account + "]")
		}
	}
	all, err := c.tx.Secrets.AllSecrets(c.ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		var b storedBot
		if s.Channel != telegram.Name || s.Account == name && s.Front == c.front.ID {
			continue
		}
		if err := json.Unmarshal(s.Settings, &b); err != nil {
			return fmt.Errorf("account telegram:%s: %w", s.Account, err)
		}
		if s.Account == name || botKey(b.Token) == botKey(token) {
			return taken("front " + s.Front)
		}
	}
	return nil
}

func applyMailbox(c *frontChange, flags *pflag.FlagSet, name string) error {
	given := func(flag string) (string, bool) { f := flags.Lookup(flag); return f.Value.String(), f.Changed }
	if address, _ := given("email-address"); address == "none" {
		return removeAccount(c, emailNetwork, name)
	}
	old, has, err := secretOf(c, emailNetwork, name)
	if err != nil {
		return err
	}
	var m storedMailbox
	if has {
		if err := json.Unmarshal(old.Settings, &m); err != nil {
			return fmt.Errorf("account email:%s: %w", name, err)
		}
	}
	changed := false
	set := func(flag string, fields ...*string) {
		if v, ok := given(flag); ok {
			changed = true
			for _, f := range fields {
				*f = v
			}
		}
	}
	set("email-address", &m.Address)
	set("email-imap-url", &m.IMAP.URL)
	set("email-smtp-url", &m.SMTP.URL)
	set("email-user", &m.IMAP.User, &m.SMTP.User)
	set("email-token-file", &m.IMAP.XOAUTH2TokenFile, &m.SMTP.XOAUTH2TokenFile)
	set("email-authserv-id", &m.AuthservID)
	if plus := flags.Lookup("email-plus"); plus.Changed {
		changed, m.PlusAddressing = true, plus.Value.String() == "true"
	}
	if file, ok := given("email-password-file"); ok {
		password, err := readSecret(file)
		if err != nil {
			return fmt.Errorf("--email-password-file: %w", err)
		}
		changed, m.IMAP.Password, m.SMTP.Password = true, password, password
	}
	if !changed {
		return nil
	}
	return c.saveMailbox(old, name, m)
}

func (c *frontChange) saveMailbox(old storage.FrontSecret, name string, m storedMailbox) error {
	for account, e := range c.config.Email {
		if account == name || strings.EqualFold(e.Address, m.Address) {
			return fmt.Errorf("--email-address: the configuration has it as [email.%s] already", account)
		}
	}
	for _, s := range []*storedServer{&m.IMAP, &m.SMTP} {
		if s.User == "" && (s.Password != "" || s.XOAUTH2TokenFile != "") {
			s.User = m.Address
		}
	}
	check := config{Fronts: map[string]frontConfig{c.front.ID: {}}, Email: map[string]emailConfig{name: m.config(c.front.ID)}}
	if err := check.checkEmail(); err != nil {
		return err
	}
	return saveAccount(c, old, emailNetwork, name, m)
}

// secretOf finds an account of the front; one of that name of another front is refused.
func secretOf(c *frontChange, channel, name string) (storage.FrontSecret, bool, error) {
	all, err := c.tx.Secrets.AllSecrets(c.ctx)
	if err != nil {
		return storage.FrontSecret{}, false, err
	}
	for _, s := range all {
		if s.Channel != channel || s.Account != name {
			continue
		}
		if s.Front != c.front.ID {
			return s, false, fmt.Errorf("--account: %s:%s is front %s's", channel, name, s.Front)
		}
		return s, true, nil
	}
	return storage.FrontSecret{}, false, nil
}

func saveAccount(c *frontChange, old storage.FrontSecret, channel, name string, settings any) error {
	data, err := json.Marshal(settings)
	if err != nil {
		return fmt.Errorf("account %s:%s: %w", channel, name, err)
	}
	old.Channel, old.Account, old.Front, old.Settings = channel, name, c.front.ID, data
	return c.tx.Secrets.SaveSecret(c.ctx, &old)
}

func removeAccount(c *frontChange, channel, name string) error {
	if _, has, err := secretOf(c, channel, name); err != nil || !has {
		return errors.Join(err, fmt.Errorf("%s has no account %s:%s", c.front.ID, channel, name))
	}
	return c.tx.Secrets.RemoveSecret(c.ctx, channel, name)
}

// readSecret reads a secret from a file or from standard input: what stands in a command line is seen by everybody on
// the machine.
func readSecret(name string) (string, error) {
	from := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	data, err := io.ReadAll(io.LimitReader(from, 4096))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	value := strings.TrimSpace(string(data))
	if value == "" || strings.ContainsAny(value, "\r\n\x00") {
		return "", fmt.Errorf("%s does not hold one line with a secret", name)
	}
	return value, nil
}
