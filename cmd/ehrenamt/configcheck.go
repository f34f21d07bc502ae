package main

import (
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/channels/telegram"
)

// keyError says which key is wrong and why; it never repeats a secret.
type keyError struct {
	key string
	err error
}

func (e *keyError) Error() string { return e.key + ": " + e.err.Error() }
func (e *keyError) Unwrap() error { return e.err }

func wrong(key, format string, args ...any) error {
	return &keyError{key, fmt.Errorf(format, args...)}
}

// check finds the first value that cannot work, in a fixed order.
func (c *config) check() error {
	for _, check := range []func() error{c.checkStore, c.checkHTTP, c.checkLog, c.checkFronts, c.checkTelegram, c.checkEmail} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *config) checkStore() error {
	if c.Database == "" {
		return wrong("database", "is empty; give a file name or a postgres:// URL")
	}
	if c.Database.isURL() {
		u, err := url.Parse(c.Database.reveal())
		if err != nil { // the cause would repeat the password
			return wrong("database", "is not a readable URL")
		}
		if u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return wrong("database", "unknown kind %q; give a file name or a postgres:// URL", u.Scheme)
		}
	} else if strings.Contains(c.Database.reveal(), "host=") || strings.Contains(c.Database.reveal(), "dbname=") {
		return wrong("database", "write it as a URL: postgres://user@host/name")
	}
	if c.Key != "" && c.KeyFile != "" {
		return wrong("key", "set key or key_file, not both")
	}
	return nil
}

func (c *config) checkHTTP() error {
	if c.Listen != "" {
		_, port, err := net.SplitHostPort(c.Listen)
		if err != nil {
			return wrong("listen", "%q is not host:port", c.Listen)
		}
		if _, err := net.LookupPort("tcp", port); err != nil {
			return wrong("listen", "%q has no usable port", c.Listen)
		}
	}
	if c.PublicURL != "" {
		return checkURL("public_url", c.PublicURL, "https", "http")
	}
	return nil
}

// checkURL wants a scheme, a host and no password, because URLs are shown.
func checkURL(key, value string, schemes ...string) error {
	want := strings.Join(schemes, ":// or ") + "://"
	u, err := url.Parse(value)
	switch {
	case err != nil:
		return wrong(key, "is not a readable URL; expected %s…", want)
	case u.User != nil:
		return wrong(key, "must not contain a user or password; they have keys of their own")
	case u.Host == "" || !slices.Contains(schemes, u.Scheme):
		return wrong(key, "%q is not a %s URL", value, want)
	}
	return nil
}

func oneOf(key, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return wrong(key, "%q is none of %s", value, strings.Join(allowed, ", "))
}

func (c *config) checkLog() error {
	if err := oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error"); err != nil {
		return err
	}
	return oneOf("log.format", c.Log.Format, "auto", "text", "json")
}

// languageTag is the simple part of BCP 47 that names a file of wording.
var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func (c *config) checkFronts() error {
	for _, id := range slices.Sorted(maps.Keys(c.Fronts)) {
		f, key := c.Fronts[id], "fronts."+id
		if _, err := time.LoadLocation(f.Zone); err != nil {
			return wrong(key+".zone", "%q is not a time zone such as Europe/Berlin", f.Zone)
		}
		if err := oneOf(key+".register", f.Register, "du", "sie", "leicht"); err != nil {
			return err
		}
		if a, ok := bot.ChannelAddress(f.Channel); f.Channel != "" && (!ok || c.frontOf(a) != id) {
			return wrong(key+".channel", "%q is not telegram:<bot of this front>:@<channel>", f.Channel)
		}
		for _, l := range f.Languages {
			if !languageTag.MatchString(l) {
				return wrong(key+".languages", "%q is not a language such as de or en", l)
			}
		}
	}
	return nil
}

// checkFront finds a misspelt front before it becomes a new one.
func (c *config) checkFront(key, front string) error {
	if _, ok := c.Fronts[front]; ok {
		return nil
	}
	known := slices.Sorted(maps.Keys(c.Fronts))
	if front == defaultFront {
		return wrong(key, "is missing; say which of %s it is", strings.Join(known, ", "))
	}
	return wrong(key, "there is no [fronts.%s]%s", front, didYouMean(front, known))
}

// Shapes that Telegram gives or accepts. The token goes into a URL path.
var (
	telegramToken  = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
	telegramSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

func (c *config) checkTelegram() error {
	for _, name := range slices.Sorted(maps.Keys(c.Telegram)) {
		t, key := c.Telegram[name], "telegram."+name
		if t.Token == "" {
			return wrong(key+".token", "is missing; @BotFather gives one")
		}
		if !telegramToken.MatchString(t.Token.reveal()) {
			return wrong(key+".token", "does not look like a token of @BotFather: digits, a colon and letters (123456:ABC…)")
		}
		if err := c.checkFront(key+".front", t.Front); err != nil {
			return err
		}
		if err := checkURL(key+".endpoint", t.Endpoint, "https", "http"); err != nil {
			return err
		}
		if t.Rate < 0 || t.Rate > 1000 {
			return wrong(key+".rate", "is 1 to 1000 messages a second, or 0 for what Telegram allows everybody")
		}
		if !t.Webhook {
			continue
		}
		switch {
		case !strings.HasPrefix(c.PublicURL, "https://"):
			return wrong(key+".webhook", "needs public_url to be an https:// URL")
		case c.Listen == "":
			return wrong(key+".webhook", "needs listen, which is off")
		case !telegramSecret.MatchString(t.Secret.reveal()):
			return wrong(key+".secret", "a webhook needs 1 to 256 characters of A-Z a-z 0-9 _ - here")
		}
	}
	return nil
}

func (c *config) checkEmail() error {
	for _, name := range slices.Sorted(maps.Keys(c.Email)) {
		e, key := c.Email[name], "email."+name
		if a, err := mail.ParseAddress(e.Address); err != nil || a.Address != e.Address {
			return wrong(key+".address", "%q is not a mail address such as ehrenamt@stadt.example", e.Address)
		}
		if err := c.checkFront(key+".front", e.Front); err != nil {
			return err
		}
		if err := checkMailServer(key+".imap", e.IMAP, "imaps", "imap"); err != nil {
			return err
		}
		if err := checkMailServer(key+".smtp", e.SMTP, "smtps", "smtp"); err != nil {
			return err
		}
		if e.Connections < 0 || e.Connections > 50 {
			return wrong(key+".connections", "has to be between 0 and 50")
		}
		if e.PerDomain < 0 {
			return wrong(key+".per_domain", "is a number of mails a second, or 0")
		}
		if (e.DKIM.Selector == "") != (e.DKIM.KeyFile == "") {
			return wrong(key+".dkim", "needs selector and key_file, or neither")
		}
		if _, err := dkimKeyOf(e); err != nil {
			return wrong(key+".dkim.key_file", "%w", err)
		}
	}
	return nil
}

func checkMailServer(key string, s mailServer, schemes ...string) error {
	if s.URL == "" {
		return wrong(key+".url", "is missing, such as %s://mail.stadt.example", schemes[0])
	}
	if err := checkURL(key+".url", s.URL, schemes...); err != nil {
		return err
	}
	if s.Password != "" && s.XOAUTH2TokenFile != "" {
		return wrong(key+".password", "set password or xoauth2_token_file, not both")
	}
	if s.XOAUTH2TokenFile != "" {
		if _, err := os.Stat(s.XOAUTH2TokenFile); err != nil {
			return wrong(key+".xoauth2_token_file", "%w", err)
		}
	}
	return nil
}

// frontOf is the front of the Telegram bot that an address belongs to, "" if there is no such bot.
func (c *config) frontOf(a channels.Address) string {
	if a.Channel != telegram.Name {
		return ""
	}
	return c.Telegram[a.Account].Front
}
