package email

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

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
	if err := errors.Join(m.FromFormat(oneLine(cfg.Name), cfg.Address), m.To(to.ID), m.EnvelopeFrom(out.from), m.ReplyToFormat(oneLine(cfg.Name), out.from)); err != nil {
		return out, fmt.Errorf("compose: %w", channels.ErrUndeliverable)
	}
	m.SetMessageIDWithValue(strings.Trim(out.ref, "<>"))
	m.SetDateWithValue(now)
	m.Subject(subject(cfg, r, token))
	if r.Thread != "" {
		root := "<et." + derive(cfg.Secret, "thread:"+r.Thread) + "@" + domain + ">"
		m.SetGenHeader(mail.HeaderInReplyTo, root)
		m.SetGenHeader(mail.HeaderReferences, root)
	}
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetGenHeader("X-Ehrenamt", "1")
	if lang := oneLine(r.Lang); lang != "" {
		m.SetGenHeader(mail.HeaderContentLang, lang)
	}
	m.SetBodyString(mail.TypeTextPlain, strings.ReplaceAll(strings.ReplaceAll(channels.Plain(r), "\r\n", "\n"), "\n", "\r\n")+"\r\n")
	if err := attach(m, r.Files); err != nil {
		return out, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return out, fmt.Errorf("compose: %w", channels.ErrUndeliverable)
	}
	out.data = b.Bytes()
	return out, nil
}

func attach(m *mail.Msg, files []channels.FileInfo) error {
	for _, f := range files {
		typ, _ := mediaType(f.Type)
		if typ == "" || strings.ContainsAny(typ, "\r\n") {
			typ = "application/octet-stream"
		}
		err := m.AttachReader(oneLine(f.Name), io.Reader(bytes.NewReader(f.Data)), mail.WithFileContentType(mail.ContentType(typ)))
		if err != nil {
			return fmt.Errorf("attach: %w", channels.ErrUndeliverable)
		}
	}
	return nil
}

// subject is the title, else the beginning of the text.
func subject(cfg Config, r channels.Reply, token string) string {
	s := oneLine(r.Title)
	if s == "" {
		first, _, _ := strings.Cut(strings.TrimSpace(r.Text), "\n")
		s = oneLine(first)
	}
	if s == "" {
		s = oneLine(cfg.Name)
	}
	if runes := []rune(s); len(runes) > maxSubject {
		s = strings.TrimSpace(string(runes[:maxSubject-1])) + "…"
	}
	if cfg.NoPlus {
		s += " [#" + token + "]"
	}
	return s
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
