package email

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"

	"ehrenamt/channels"
)

// maxSubject is how long a subject may be, in characters.
const maxSubject = 150

// letterOut is a mail ready to be handed over.
type letterOut struct {
	from, to string // envelope
	ref      string // Message-ID
	data     []byte
}

// compose writes the mail of one reply. The same key gives the same Message-ID and token, so that a
// repeat is recognised wherever it arrives twice.
func compose(cfg Config, key string, to channels.Address, r channels.Reply, now time.Time) (letterOut, error) {
	domain := domainOf(cfg.Address)
	token := derive(cfg.Secret, key)
	out := letterOut{from: withToken(cfg, token), to: to.ID, ref: ownMessageID(token, domain)}
	if strings.ContainsAny(to.ID, "\r\n\x00 <>") || strings.Count(to.ID, "@") != 1 {
		return out, fmt.Errorf("recipient: %w", channels.ErrUndeliverable)
	}
	m := mail.NewMsg(mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	err := errors.Join(m.FromFormat(oneLine(cfg.Name), cfg.Address), m.To(to.ID), m.EnvelopeFrom(out.from), m.ReplyToFormat(oneLine(cfg.Name), out.from))
	if err != nil {
		return out, fmt.Errorf("compose: %w", channels.ErrUndeliverable)
	}
	m.SetMessageIDWithValue(strings.Trim(out.ref, "<>"))
	m.SetDateWithValue(now)
	about := subject(cfg, r, token)
	m.Subject(about)
	thread(m, cfg, r)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetGenHeader("X-Ehrenamt", "1")
	if lang := oneLine(r.Lang); lang != "" {
		m.SetGenHeader(mail.HeaderContentLang, lang)
	}
	unsubscribable(m, cfg, out.from, r.Stop)
	if err := errors.Join(body(m, cfg, out, about, r, now), attach(m, r.Files)); err != nil {
		return out, fmt.Errorf("compose: %w", errors.Join(channels.ErrUndeliverable, err))
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return out, fmt.Errorf("compose: %w", channels.ErrUndeliverable)
	}
	if out.data, err = sign(cfg.DKIM, b.Bytes()); err != nil {
		return out, fmt.Errorf("sign: %w", err)
	}
	return out, nil
}

// unsubscribable adds the link that ends such mail (RFC 2369, RFC 8058).
func unsubscribable(m *mail.Msg, cfg Config, replyTo, link string) {
	if !stoppable(link) {
		return
	}
	m.SetGenHeader(mail.HeaderListUnsubscribe, "<"+link+">, <mailto:"+replyTo+"?subject=STOPP>")
	m.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
}

// stoppable tells whether a link may stand in List-Unsubscribe.
func stoppable(link string) bool {
	return strings.HasPrefix(link, "https://") && !strings.ContainsAny(link, " <>\r\n\x00,\"")
}

// body adds the text, the same as HTML, and last an invitation, which calendars look for there (RFC 6047).
func body(m *mail.Msg, cfg Config, out letterOut, about string, r channels.Reply, now time.Time) error {
	m.SetBodyString(mail.TypeTextPlain, lines(plain(cfg, r))+"\r\n")
	rich, err := render(cfg, out.from, about, r)
	if err != nil {
		return err
	}
	m.AddAlternativeString(mail.TypeTextHTML, rich)
	if r.Invite == nil {
		return nil
	}
	calendar, method := invitation(cfg, out, *r.Invite, now)
	m.AddAlternativeString(mail.ContentType("text/calendar; method="+method), calendar)
	return m.AttachReader("termin.ics", strings.NewReader(calendar), mail.WithFileContentType("application/ics"))
}

// lines gives every line the ending that mail wants.
func lines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// DKIMKey signs what we send (RFC 6376), where the submission server does not.
type DKIMKey struct {
	Domain, Selector string
	Signer           crypto.Signer // RSA or Ed25519
}

// signedFields are the header fields under the signature; RFC 8058 wants those for unsubscribing among them.
func signedFields() []string {
	return []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References", "MIME-Version", "Content-Type",
		"Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"}
}

func sign(key *DKIMKey, data []byte) ([]byte, error) {
	if key == nil {
		return data, nil
	}
	var b bytes.Buffer
	err := dkim.Sign(&b, bytes.NewReader(data), &dkim.SignOptions{
		Domain: key.Domain, Selector: key.Selector, Signer: key.Signer, HeaderKeys: signedFields(),
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	return b.Bytes(), err
}

func attach(m *mail.Msg, files []channels.FileInfo) error {
	for _, f := range files {
		typ, _ := mediaType(f.Type)
		if typ == "" || strings.ContainsAny(typ, "\r\n") {
			typ = "application/octet-stream"
		}
		err := m.AttachReader(oneLine(f.Name), io.Reader(bytes.NewReader(f.Data)), mail.WithFileContentType(mail.ContentType(typ)))
		if err != nil {
			return fmt.Errorf("attach: %w", err)
		}
	}
	return nil
}

// oneLine makes a value that cannot begin another header field.
func oneLine(s string) string { return strings.Join(strings.Fields(cleanText(s)), " ") }

// withToken is our address with the token in it, where the server knows plus addresses.
func withToken(cfg Config, token string) string {
	if cfg.NoPlus {
		return cfg.Address
	}
	local, domain, _ := strings.Cut(cfg.Address, "@")
	return local + "+" + token + "@" + domain
}
