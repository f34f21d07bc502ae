package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"
)

// Security says how a connection is protected.
type Security string

// The ways to protect a connection. Plain is for servers on the same machine.
const (
	TLS      Security = "tls"
	StartTLS Security = "starttls"
	Plain    Security = "plain"
)

// Server is where a mail server listens and how to log in. With Token set, XOAUTH2 is used; it is asked
// for every connection and may refresh. With neither Token nor User nobody logs in.
type Server struct {
	Addr     string // host:port
	Security Security
	TLS      *tls.Config // optional
	User     string
	Password string
	Token    func(context.Context) (string, error)
}

func (s Server) host() string {
	h, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return s.Addr
	}
	return h
}

func (s Server) tlsConfig() *tls.Config {
	c := &tls.Config{}
	if s.TLS != nil {
		c = s.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = s.host()
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	return c
}

// Config describes one mailbox of ours.
type Config struct {
	Account string   // its name, as in Address.Account
	Address string   // bot@example.org
	Aliases []string // further addresses that end up in it
	Name    string   // display name of the sender, such as "Ehrenamt Aachen"

	IMAP Server
	SMTP Server

	Inbox, Processed, Failed string // mailboxes; default INBOX, Processed, Failed

	AuthServID string    // name of our own MX in Authentication-Results; "" believes none
	Verifier   *Verifier // own check of DKIM and DMARC where there are none
	NoPlus     bool      // the server knows no plus addresses: tokens go into the subject
	Pages      string    // where choices are answered by pressing, https; "" where there are no pages
	DKIM       *DKIMKey  // signs what is sent; nil where the submission server signs
	Secret     []byte    // makes tokens unguessable; at least 16 bytes, the same for ever

	Timeout  time.Duration // of one command; default 30 s
	Idle     time.Duration // renewal of IDLE, and the slowest poll; default 7 min
	Poll     time.Duration // where the server has no IDLE; default 30 s
	MaxBytes int64         // how much of one mail is fetched; default 4 MiB
	Pause    time.Duration // first pause after an error, doubled up to a minute; default 1 s
	Senders  int           // connections that send at once; default 2
	Reuse    int           // mails over one connection; default 100
	PerSec   float64       // mails a second to one domain of recipients; 0: what it bears

	// Words are the few sentences around a reply, in a language; nil or "": none.
	Words func(lang, key string) string

	Log *slog.Logger
	Now func() time.Time
}

func (c Config) words(lang, key string) string {
	if c.Words == nil {
		return ""
	}
	return oneLine(c.Words(lang, key))
}

func (c Config) withDefaults() (Config, error) {
	if strings.Count(c.Address, "@") != 1 || strings.HasPrefix(c.Address, "@") || strings.ContainsAny(c.Address, " <>\r\n+") {
		return c, errors.New("email: Address is not a plain mail address")
	}
	if len(c.Secret) < 16 {
		return c, errors.New("email: Secret needs at least 16 bytes")
	}
	for _, s := range []Server{c.IMAP, c.SMTP} {
		switch s.Security {
		case TLS, StartTLS, Plain:
		case "":
			if s.Addr != "" {
				return c, errors.New("email: Security is not set")
			}
		default:
			return c, fmt.Errorf("email: unknown Security %q", s.Security)
		}
	}
	c.Address = strings.ToLower(c.Address)
	orText(&c.Account, c.Address)
	orText(&c.Inbox, "INBOX")
	orText(&c.Processed, "Processed")
	orText(&c.Failed, "Failed")
	orTime(&c.Timeout, 30*time.Second)
	orTime(&c.Idle, 7*time.Minute)
	orTime(&c.Poll, 30*time.Second)
	orTime(&c.Pause, time.Second)
	if c.MaxBytes <= 0 {
		c.MaxBytes = 4 << 20
	}
	if c.Senders <= 0 {
		c.Senders = 2
	}
	if c.Reuse <= 0 {
		c.Reuse = 100
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

func orText(p *string, v string) {
	if *p == "" {
		*p = v
	}
}

func orTime(p *time.Duration, v time.Duration) {
	if *p <= 0 {
		*p = v
	}
}

// Channel is one mailbox: it receives over IMAP and sends over SMTP.
type Channel struct {
	cfg    Config
	reader Reader
	open   func(context.Context) (inbox, error)
	smtp   *submitter
	pace   *pacer
}

// New makes the Channel of a mailbox. It opens no connection.
func New(cfg Config) (*Channel, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Channel{
		cfg:    cfg,
		reader: Reader{Addresses: append([]string{cfg.Address}, cfg.Aliases...), AuthServID: cfg.AuthServID, Verifier: cfg.Verifier},
		smtp:   newSubmitter(cfg),
		pace:   newPacer(cfg.PerSec, cfg.Senders),
	}
	c.open = func(ctx context.Context) (inbox, error) { return openIMAP(ctx, cfg) }
	return c, nil
}

// Name implements channels.Channel.
func (c *Channel) Name() string { return network }

// Close ends idle connections to the SMTP server. Receive ends with its context.
func (c *Channel) Close() error { return c.smtp.close() }
