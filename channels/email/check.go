package email

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"ehrenamt/channels"
)

// Level says how bad a finding is.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warning"
	Bad  Level = "error"
)

// Finding is one thing that Check found, in words for operators. It contains no password and no token.
type Finding struct {
	Level Level
	What  string // "imap", "smtp", "round trip", "plus addresses", "mx", "spf", "dkim", "dmarc"
	Says  string
}

// checkWait is how long a mail to ourselves may take.
const checkWait = 15 * time.Second

// Check logs in at both servers, sends a mail to itself and looks at the DNS records of the domain. The mail is one that the
// service ignores; beside it nothing changes. Without a resolver the records are left out.
func (c *Channel) Check(ctx context.Context, dns Resolver) []Finding {
	in, out := c.checkIMAP(ctx), c.checkSMTP(ctx)
	found := []Finding{in, out}
	var came []byte
	if in.Level == Bad || out.Level == Bad {
		found = append(found, Finding{Warn, "round trip", "not tried, because it needs both servers"})
	} else {
		var trip []Finding
		trip, came = c.checkRoundTrip(ctx)
		found = append(found, trip...)
	}
	if dns != nil {
		found = append(found, checkDNS(ctx, dns, c.cfg, came)...)
	}
	return found
}

func (c *Channel) checkIMAP(ctx context.Context) Finding {
	box, err := c.open(ctx)
	if err != nil {
		return Finding{Bad, "imap", c.cfg.IMAP.trouble("IMAP", err)}
	}
	defer box.close()
	says := "logged in at " + c.cfg.IMAP.Addr + c.cfg.IMAP.how()
	b, ok := box.(*imapBox)
	if ok {
		n, err := b.count()
		if err != nil {
			return Finding{Bad, "imap", "the mailbox " + c.cfg.Inbox + " cannot be looked at"}
		}
		says += fmt.Sprintf("; %d mails wait in %s", n, c.cfg.Inbox)
		if !b.idle {
			return Finding{Warn, "imap", says + fmt.Sprintf("; the server has no IDLE, so mails are heard only every %v", c.cfg.Poll)}
		}
	}
	return c.cfg.IMAP.open(Finding{OK, "imap", says})
}

func (c *Channel) checkSMTP(ctx context.Context) Finding {
	conn, err := c.smtp.dial(ctx)
	if err != nil {
		return Finding{Bad, "smtp", c.cfg.SMTP.trouble("SMTP", err)}
	}
	defer conn.quit()
	says := "greeted at " + c.cfg.SMTP.Addr + c.cfg.SMTP.how()
	switch {
	case c.cfg.SMTP.User != "" || c.cfg.SMTP.Token != nil:
		says += ", logged in"
	default:
		says += ", without a login"
	}
	if size, ok := conn.client.MaxMessageSize(); ok && size > 0 {
		says += fmt.Sprintf("; takes mails of up to %d MB", size>>20)
	}
	return c.cfg.SMTP.open(Finding{OK, "smtp", says})
}

func (s Server) how() string {
	switch s.Security {
	case TLS:
		return " over TLS"
	case StartTLS:
		return " over STARTTLS"
	}
	return " without TLS"
}

// open warns of passwords that leave the machine in the clear.
func (s Server) open(f Finding) Finding {
	ip := net.ParseIP(s.host())
	if s.Security == Plain && s.host() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		f.Level, f.Says = Warn, f.Says+"; the password travels without encryption: leave out tls=off"
	}
	return f
}

// trouble says what an error means for whoever set the server up.
func (s Server) trouble(protocol string, err error) string {
	var lookup *net.DNSError
	var refused *smtp.SMTPError
	text := err.Error()
	switch {
	case errors.Is(err, errRefused) || strings.Contains(text, "login at the submission server refused"):
		return "the " + protocol + " server " + s.Addr + " refuses this user and password; many providers want a password made for applications"
	case errors.As(err, &lookup):
		return "there is no server called " + s.host() + ": is the URL right?"
	case strings.Contains(text, "connection refused"):
		return "nobody listens at " + s.Addr + ": is the port right, is the server up?"
	case strings.Contains(text, "certificate"):
		return "the certificate of " + s.Addr + " is not valid for " + s.host() + ": use the name that stands in it"
	case strings.Contains(text, "tls") || strings.Contains(text, "starttls"):
		return "no secure connection to " + s.Addr + ": " + s.otherWay(protocol)
	case errors.Is(err, context.DeadlineExceeded) || strings.Contains(text, "timeout"):
		return s.Addr + " does not answer in time: a firewall may be in between"
	case errors.As(err, &refused):
		return s.Addr + " says " + status(refused)
	}
	return s.Addr + ": " + text
}

// otherWay names the URL that the server might want.
func (s Server) otherWay(protocol string) string {
	scheme := strings.ToLower(protocol)
	if s.Security == TLS {
		return "perhaps it wants STARTTLS, which is " + scheme + "://"
	}
	return "perhaps it wants TLS from the start, which is " + scheme + "s://"
}

// checkRoundTrip sends a mail to our own address, with and without a token in it, and waits for it. It returns the header
// that came back, too.
func (c *Channel) checkRoundTrip(ctx context.Context) ([]Finding, []byte) {
	ctx, cancel := context.WithTimeout(ctx, 2*checkWait+c.cfg.Timeout)
	defer cancel()
	token := freshToken()
	plus := c.cfg
	plus.NoPlus = false
	took, head, err := c.roundTrip(ctx, withToken(plus, token))
	if err == nil {
		found := []Finding{{OK, "round trip", fmt.Sprintf("a mail to ourselves arrives after %v", took.Round(time.Millisecond))}}
		if c.cfg.NoPlus {
			found = append(found, Finding{Warn, "plus addresses", "they arrive: set plus_addressing = true, which is surer than tokens in subjects"})
		} else {
			found = append(found, Finding{OK, "plus addresses", "they arrive"})
		}
		return append(found, c.checkResults(head)...), head
	}
	took, head, plainErr := c.roundTrip(ctx, c.cfg.Address)
	if plainErr != nil {
		return []Finding{{Bad, "round trip", "a mail to ourselves " + plainErr.Error()}}, nil
	}
	found := []Finding{{OK, "round trip", fmt.Sprintf("a mail to ourselves arrives after %v", took.Round(time.Millisecond))}}
	if c.cfg.NoPlus {
		found = append(found, Finding{OK, "plus addresses", "they do not arrive, and are not used"})
	} else {
		found = append(found, Finding{Bad, "plus addresses", "they do not arrive: set recipient_delimiter at the server, or plus_addressing = false here"})
	}
	return append(found, c.checkResults(head)...), head
}

// checkResults tells whose Authentication-Results could be believed, where none are.
func (c *Channel) checkResults(raw []byte) []Finding {
	h, _ := splitHeader(raw)
	if c.cfg.AuthServID == "" {
		if v := h.get("authentication-results"); v != "" {
			id, _, _ := strings.Cut(v, ";")
			return []Finding{{Warn, "authserv_id", "the server adds Authentication-Results as " + oneLine(id) + ": set authserv_id to that if it is your own"}}
		}
	}
	return nil
}

// roundTrip sends a mail and waits until it is there. A service that runs beside us takes it away, so it is looked for among
// what was processed, too.
func (c *Channel) roundTrip(ctx context.Context, to string) (time.Duration, []byte, error) {
	l, err := compose(c.cfg, "check "+freshToken(), channels.Address{Channel: network, Account: c.cfg.Account, ID: to}, channels.Reply{Text: "ehrenamt doctor", Lang: "en"}, c.cfg.Now())
	if err != nil {
		return 0, nil, errors.New("cannot be written: " + err.Error())
	}
	began := c.cfg.Now()
	if err := c.smtp.send(ctx, l); err != nil {
		return 0, nil, errors.New("is not taken: " + err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, checkWait)
	defer cancel()
	found, err := c.open(ctx)
	if err != nil {
		return 0, nil, errors.New("cannot be looked for")
	}
	defer found.close()
	box, ok := found.(*imapBox)
	for ok {
		for _, folder := range []string{c.cfg.Inbox, c.cfg.Processed, c.cfg.Failed} {
			raw, err := box.find(ctx, folder, l.ref)
			if err != nil {
				return 0, nil, errors.New("cannot be looked for")
			}
			if raw != nil {
				return c.cfg.Now().Sub(began), raw, nil
			}
		}
		if !sleep(ctx, 300*time.Millisecond) {
			break
		}
	}
	return 0, nil, fmt.Errorf("does not arrive within %v", checkWait)
}

// find reads the header of a mail in a folder, by its Message-ID, and files it as processed; nil if it is not there.
func (b *imapBox) find(ctx context.Context, folder, id string) (raw []byte, err error) {
	var uids []imap.UID
	err = b.guarded(func() error {
		if _, err := b.client.Select(folder, nil).Wait(); err != nil {
			return err
		}
		data, err := b.client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}, nil).Wait()
		if err == nil {
			uids = data.AllUIDs()
		}
		return err
	})
	if err != nil || len(uids) == 0 {
		return nil, err
	}
	if raw, err = b.fetch(ctx, uint32(uids[0]), 64<<10); err != nil || raw == nil {
		return nil, err
	}
	if folder == b.cfg.Inbox {
		err = b.move(ctx, uint32(uids[0]), b.cfg.Processed)
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return head, err
}

func freshToken() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	return "check" + hex.EncodeToString(b[:])
}
