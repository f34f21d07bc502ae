package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
)

// config is everything an operator can set. The koanf tags are the keys in the
// file; deploy/ehrenamt.toml explains each of them.
type config struct {
	Database  location `koanf:"database"`
	KeyFile   string   `koanf:"key_file"`
	Key       secret   `koanf:"key"`
	OldKeys   []secret `koanf:"old_keys"`
	Listen    string   `koanf:"listen"`
	PublicURL string   `koanf:"public_url"`

	Log      logConfig                 `koanf:"log"`
	Telegram map[string]telegramConfig `koanf:"telegram"`
	Email    map[string]emailConfig    `koanf:"email"`
	Fronts   map[string]frontConfig    `koanf:"fronts"`
}

type logConfig struct {
	Level  string `koanf:"level"`
	Format string `koanf:"format"`
}

// telegramConfig is one bot.
type telegramConfig struct {
	Front    string `koanf:"front"`
	Token    secret `koanf:"token"`
	Endpoint string `koanf:"endpoint"` // base URL of the Bot API
	Webhook  bool   `koanf:"webhook"`
	Secret   secret `koanf:"secret"` // that Telegram sends along with every webhook call
	Rate     int    `koanf:"rate"`   // messages a second; 0: what Telegram allows everybody
}

// emailConfig is one mailbox.
type emailConfig struct {
	Front          string     `koanf:"front"`
	Address        string     `koanf:"address"`
	AuthservID     string     `koanf:"authserv_id"` // RFC 8601: whose Authentication-Results count
	PlusAddressing bool       `koanf:"plus_addressing"`
	Connections    int        `koanf:"connections"` // to the SMTP server at once; 0: 2
	PerDomain      int        `koanf:"per_domain"`  // mails a second to one domain; 0: what it bears
	IMAP           mailServer `koanf:"imap"`
	SMTP           mailServer `koanf:"smtp"`
	DKIM           dkimConfig `koanf:"dkim"`
}

// dkimConfig signs what is sent, where the SMTP server does not.
type dkimConfig struct {
	Selector string `koanf:"selector"`
	Domain   string `koanf:"domain"` // that of the address, if left out
	KeyFile  string `koanf:"key_file"`
}

type mailServer struct {
	URL              string `koanf:"url"`
	User             string `koanf:"user"`
	Password         secret `koanf:"password"`
	XOAUTH2TokenFile string `koanf:"xoauth2_token_file"`
}

// frontConfig is what a front starts with; afterwards the store knows better.
type frontConfig struct {
	Name      string   `koanf:"name"`
	Zone      string   `koanf:"zone"` // IANA name
	Place     string   `koanf:"place"`
	Languages []string `koanf:"languages"`
	Register  string   `koanf:"register"`
	Channel   string   `koanf:"channel"` // public channel for open needs: "telegram:main:@name"
}

// The names that need not be said where there is one bot, one mailbox, one front.
const (
	mainAccount  = "main"
	defaultFront = "default"
)

const (
	defaultConfigFile = "ehrenamt.toml"
	telegramEndpoint  = "https://api.telegram.org"
	// credentialName is what the key is called among systemd's credentials.
	credentialName = "ehrenamt.key"
)

// defaultValues are the lowest layer.
func defaultValues() map[string]any {
	return map[string]any{
		"database": "ehrenamt.db",
		"listen":   "127.0.0.1:8080",
		"log":      map[string]any{"level": "info", "format": "auto"},
	}
}

// complete fills in what follows from the rest. credentials is systemd's
// directory of credentials, or "".
func (c *config) complete(credentials string) {
	if c.Listen == "off" { // an empty variable counts as not set, so there has to be a word
		c.Listen = ""
	}
	if c.KeyFile == "" && c.Key == "" {
		c.KeyFile = defaultKeyFile(c.Database, credentials)
	}
	if len(c.Fronts) == 0 {
		c.Fronts = map[string]frontConfig{defaultFront: {Name: impliedName}}
	}
	for id, f := range c.Fronts {
		f.Name = cmp.Or(f.Name, id)
		f.Zone = cmp.Or(f.Zone, "Europe/Berlin")
		f.Register = cmp.Or(f.Register, "du")
		if len(f.Languages) == 0 {
			f.Languages = []string{"de", "en"}
		}
		c.Fronts[id] = f
	}
	for name, t := range c.Telegram {
		t.Front = cmp.Or(t.Front, c.onlyFront())
		t.Endpoint = cmp.Or(t.Endpoint, telegramEndpoint)
		c.Telegram[name] = t
	}
	for name, e := range c.Email {
		e.Front = cmp.Or(e.Front, c.onlyFront())
		for _, s := range []*mailServer{&e.IMAP, &e.SMTP} {
			if s.URL != "" && (s.Password != "" || s.XOAUTH2TokenFile != "") {
				s.User = cmp.Or(s.User, e.Address)
			}
		}
		c.Email[name] = e
	}
}

// impliedName is what the front is called where nobody has named one.
const impliedName = "Ehrenamt"

// implied tells whether the only front is one that nobody named and that has no account: it is for trying things out.
func (c *config) implied() bool {
	f, ok := c.Fronts[defaultFront]
	return ok && len(c.Fronts) == 1 && f.Name == impliedName && f.Place == "" && len(c.Telegram)+len(c.Email) == 0
}

// onlyFront is the front of an account that names none.
func (c *config) onlyFront() string {
	if len(c.Fronts) == 1 {
		for id := range c.Fronts {
			return id
		}
	}
	return defaultFront
}

// defaultKeyFile is the systemd credential if there is one, else a file beside
// the database.
func defaultKeyFile(database location, credentials string) string {
	if credentials != "" {
		name := filepath.Join(credentials, credentialName)
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	if database.isURL() {
		return credentialName
	}
	return database.reveal() + ".key"
}

// accountsOf lists the accounts of a front as the store names them:
// "email:main", "telegram:main".
func (c *config) accountsOf(front string) []string {
	var out []string
	for name, e := range c.Email {
		if e.Front == front {
			out = append(out, "email:"+name)
		}
	}
	for name, t := range c.Telegram {
		if t.Front == front {
			out = append(out, "telegram:"+name)
		}
	}
	slices.Sort(out)
	return out
}

// offChannel is a network that nobody configured.
type offChannel struct {
	name     string
	switchOn string // what to set
}

// switchedOff lists the networks that are off, for the operator who wonders why
// nobody is heard.
func (c *config) switchedOff() []offChannel {
	var off []offChannel
	if len(c.Telegram) == 0 {
		off = append(off, offChannel{"telegram", "EHRENAMT_TELEGRAM_TOKEN or [telegram.main] token"})
	}
	if len(c.Email) == 0 {
		off = append(off, offChannel{"email", "EHRENAMT_EMAIL_ADDRESS, _IMAP_URL and _SMTP_URL or [email.main]"})
	}
	if c.Listen == "" {
		off = append(off, offChannel{"web", "EHRENAMT_LISTEN or listen"})
	}
	return off
}
