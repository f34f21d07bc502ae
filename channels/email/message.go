package email

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"ehrenamt/channels"
)

// network is the name of this channel in addresses.
const network = "email"

// maxRaw is how much of a doubtful mail travels along; the whole stays in the mailbox.
const maxRaw = 256 << 10

// Message turns a mail into what everybody else understands. account is the mailbox's name, id its
// identity in the mailbox, and received stands in for a Date that cannot be read.
func (r Reader) Message(account, id string, raw []byte, received time.Time) channels.Message {
	m := r.Read(raw)
	out := channels.Message{
		ID:       id,
		Dedupe:   dedupe(raw, m),
		Kind:     messageKind(m),
		From:     channels.Address{Channel: network, Account: account, ID: m.From},
		Text:     m.Text,
		Subject:  m.Subject,
		Doubtful: m.Doubtful,
		Lang:     strings.ToLower(strings.SplitN(m.Lang, "-", 2)[0]),
		Name:     m.Name,
		Ref:      r.Ref(m.Token),
		Answers:  m.Answers,
		Files:    m.Files,
		Trust:    trustLevel(m.Trust),
		Sent:     m.Date,
	}
	if m.Forwarded != "" {
		out.Text = strings.TrimSpace(m.Text + "\n\n" + m.Forwarded)
	}
	if out.Ref == "" {
		out.Ref = m.InReplyTo
	}
	if m.MessageID != "" {
		out.Letter = &channels.Letter{ID: m.MessageID, References: m.References, Subject: m.Subject}
	}
	if out.Sent.IsZero() || out.Sent.After(received.Add(time.Hour)) {
		out.Sent = received
	}
	if m.Doubtful || out.Kind == channels.Unreadable {
		out.Raw = firstBytes(raw, maxRaw)
	}
	switch out.Kind {
	case channels.Calendar:
		invited(&out, m)
	case channels.Failure, channels.Bounced:
		bounced(&out, m)
	}
	return out
}

// messageKind says what a kind of mail is to everybody else. A bounce counts only with a token of ours:
// without one anybody could close anybody's address.
func messageKind(m Reading) channels.Kind {
	switch m.Kind {
	case KindMessage:
		if m.Text == "" && m.Forwarded == "" && len(m.Files) > 0 {
			return channels.File
		}
		return channels.Text
	case KindCalendar:
		return channels.Calendar
	case KindEncrypted:
		return channels.Encrypted
	case KindUnreadable:
		return channels.Unreadable
	case KindBounce:
		switch {
		case m.Token == "":
			return channels.Auto
		case m.Bounce.Final:
			return channels.Failure
		}
		return channels.Bounced
	}
	return channels.Auto
}

// invited fills in a calendar answer. It speaks for its attendee alone, so one in another's name is not trusted.
func invited(out *channels.Message, m Reading) {
	out.Invite = &channels.Invite{UID: m.Calendar.UID, Method: m.Calendar.Method, PartStat: m.Calendar.PartStat, Attendee: m.Calendar.Attendee}
	if m.Calendar.Attendee != m.From && out.Trust == channels.Authenticated {
		out.Trust = channels.Untrusted
		if m.Token != "" {
			out.Trust = channels.Routed
		}
	}
}

// bounced names the address that failed; who sent the report does not matter.
func bounced(out *channels.Message, m Reading) {
	out.From.ID, out.Name, out.Text = m.Bounce.Recipient, "", m.Bounce.Status
	if out.Trust == channels.Authenticated {
		out.Trust = channels.Routed
	}
}

// dedupe identifies the mail itself, however often and by whatever way it is delivered: Message-ID and a
// hash of what its writer wrote, without the lines that servers add.
func dedupe(raw []byte, m Reading) string {
	h, body := splitHeader(raw)
	sum := sha256.New()
	for _, name := range []string{"from", "to", "date", "subject", "message-id"} {
		_, _ = sum.Write([]byte(h.get(name) + "\x00"))
	}
	_, _ = sum.Write(withCRLF(body))
	id := m.MessageID
	if len(id) > 100 {
		id = ""
	}
	return id + "#" + hex.EncodeToString(sum.Sum(nil))[:32]
}
