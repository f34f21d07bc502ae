package email

import (
	"strings"
	"time"

	"ehrenamt/channels"
)

// The kinds of mail, as Reading.Kind names them.
const (
	KindMessage    = "message"    // somebody wrote
	KindAuto       = "auto"       // an automatic answer, or we ourselves
	KindBounce     = "bounce"     // something of ours could not be delivered
	KindDelayed    = "delayed"    // it is still being tried
	KindList       = "list"       // a mailing list or newsletter
	KindReceipt    = "receipt"    // "was read", "was delivered"
	KindCalendar   = "calendar"   // an answer to an invitation, or an invitation
	KindEncrypted  = "encrypted"  // S/MIME or PGP
	KindUnreadable = "unreadable" // its header or body is broken; a human has to look
)

// Reading is what one mail says. The fields with JSON names are what `ehrenamt read` prints.
type Reading struct {
	Kind        string         `json:"kind"`
	Subject     string         `json:"subject"`
	Text        string         `json:"text"`        // what was newly written
	Answers     map[int]string `json:"answers"`     // number of the question → answer, where numbered or interleaved
	Signature   string         `json:"signature"`   // closing formula, name, contact lines, "sent from my …"
	HasQuote    bool           `json:"has_quote"`   // something of ours or of others is quoted
	Forwarded   string         `json:"forwarded"`   // text of the mail passed on
	Attachments []string       `json:"attachments"` // names only
	Calendar    *CalendarReply `json:"calendar"`
	Token       string         `json:"token"` // names the mail of ours that this answers
	Trust       string         `json:"trust"` // none, routed, authenticated

	Doubtful   bool                `json:"-"` // something was cut that might have been meant
	From       string              `json:"-"` // address in lower case
	Name       string              `json:"-"` // display name
	MessageID  string              `json:"-"`
	InReplyTo  string              `json:"-"` // of our own mails the newest that is referred to, else ""
	References []string            `json:"-"`
	Date       time.Time           `json:"-"`
	Lang       string              `json:"-"` // Content-Language, if the client tells
	Files      []channels.FileInfo `json:"-"`
	Bounce     *Bounce             `json:"-"`
	Work       Work                `json:"-"`
}

// Reader reads mail of one mailbox. The zero value reads with no knowledge of the mailbox: no
// Authentication-Results is believed and any token-shaped plus address counts.
type Reader struct {
	Addresses  []string // our own, without token
	AuthServID string   // the name our own MX signs its Authentication-Results with
	// AuthServByTrace takes that name from the mail: the server whose results come first, if it also took the
	// mail in. For looking at mail only; whoever writes the whole header can claim it.
	AuthServByTrace bool
	Verifier        *Verifier
}

// Read reads a whole mail. It never fails and its work is bounded: what cannot be read is KindUnreadable.
func (r Reader) Read(raw []byte) Reading {
	h, body := splitHeader(raw)
	f := walk(h, body)
	var out Reading
	out.Answers, out.Attachments = map[int]string{}, []string{}
	out.Subject = h.text("subject")
	from, name, single := h.sender()
	out.From, out.Name = from, name
	out.MessageID = messageID(h.get("message-id"))
	out.References = unique(messageIDs(h.get("references") + " " + h.get("in-reply-to")))
	out.InReplyTo = r.ours(out.References)
	out.Date = h.date()
	out.Lang = strings.TrimSpace(strings.SplitN(h.get("content-language"), ",", 2)[0])
	out.Files, out.Work, out.Doubtful = f.files, f.work, f.cut
	for _, file := range f.files {
		out.Attachments = append(out.Attachments, file.Name)
	}
	out.Calendar = readCalendars(f.calendars)
	r.readText(&h, f, &out)
	out.Bounce = readReport(&h, f, &out)
	out.Token = r.token(&h, f, out.References)
	out.Kind = r.kind(&h, f, &out)
	out.Trust = r.trust(&h, raw, single, out.From, out.Token)
	return out
}

// readText chooses among the forms of the text and takes the best one apart.
func (r Reader) readText(h *header, f *found, out *Reading) {
	s := &splitter{
		reply:   replyTopic.MatchString(out.Subject) || len(out.References) > 0,
		forward: forwardTopic.MatchString(out.Subject),
		name:    out.Name + " " + nameOfAddress(out.From),
	}
	if !s.forward && !s.reply {
		s.forward = true // a quoted header in a mail that answers nothing can only have been passed on
	}
	plain, rich := texts(f.segments)
	plain, secret := unarmour(plain)
	f.encrypted = f.encrypted || secret
	p := s.split(textLines(plain))
	if rich != "" && !secret {
		q := s.split(textLines(rich))
		if betterHTML(p, q, plain) {
			p = q
		}
	}
	out.Text, out.Signature, out.Forwarded = p.text, p.signature, p.forwarded
	out.HasQuote, out.Doubtful = p.quote, out.Doubtful || p.doubtful
	if p.answers != nil {
		out.Answers = p.answers
	}
	if out.Forwarded == "" {
		for _, e := range f.embedded {
			inner, _ := texts(e.segments)
			if t := joinLines(textLines(inner)); t != "" {
				out.Forwarded = t
				break
			}
		}
	}
}

// nameOfAddress is what the part before the @ tells about a name.
func nameOfAddress(addr string) string {
	local, _, _ := strings.Cut(addr, "@")
	return strings.NewReplacer(".", " ", "_", " ", "-", " ", "+", " ").Replace(local)
}

// texts joins the segments: once with plain text preferred, once as the HTML says.
func texts(segments []segment) (plain, rich string) {
	var a, b []string
	some := false
	for _, s := range segments {
		p := s.plain
		if s.flowed {
			p = unflow(p, s.delSp)
		}
		if !s.hasHTML {
			a, b = append(a, p), append(b, p)
			continue
		}
		t := htmlText(s.html)
		if !s.hasPlain || stub(p, t) {
			p = t
		}
		some = some || p != t
		a, b = append(a, p), append(b, t)
	}
	plain = strings.Join(a, "\n\n")
	if !some {
		return plain, ""
	}
	return plain, strings.Join(b, "\n\n")
}

// stub tells whether the plain form only says that there is an HTML form.
func stub(plain, rich string) bool {
	p := strings.TrimSpace(plain)
	if p == "" {
		return true
	}
	low := strings.ToLower(p)
	return len(p) < 300 && len(strings.TrimSpace(rich)) > 0 && strings.Contains(low, "html") &&
		(strings.Contains(low, "support") || strings.Contains(low, "unterstütz") || strings.Contains(low, "anzeig") || strings.Contains(low, "view"))
}

// betterHTML tells whether the structure of the HTML form shows a quote or signature that plain text hides.
func betterHTML(plain, rich parts, raw string) bool {
	if !rich.marked && !rich.quote || strings.TrimSpace(rich.text+rich.forwarded) == "" {
		return false
	}
	return rich.quote && !plain.quote && plain.forwarded == "" || rich.forwarded != "" && plain.forwarded == "" ||
		rich.marked && rich.signature != "" && plain.signature == ""
}

// unarmour unwraps inline PGP: signed text loses its frame, encrypted text cannot be read.
func unarmour(s string) (text string, encrypted bool) {
	const begin, signed, signature, end = "-----BEGIN PGP MESSAGE-----", "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
	if i := strings.Index(s, begin); i >= 0 && (i == 0 || s[i-1] == '\n') {
		return s[:i], true
	}
	i, j := strings.Index(s, signed), strings.Index(s, signature)
	if i < 0 || j < i || i > 0 && s[i-1] != '\n' {
		return s, false
	}
	before, inner, after := s[:i], s[i+len(signed):j], ""
	if k := strings.Index(s[j:], end); k >= 0 {
		after = s[j+k+len(end):]
	}
	inner = strings.ReplaceAll(inner, "\r\n", "\n")
	if k := strings.Index(inner, "\n\n"); k >= 0 {
		inner = inner[k+2:] // behind the armour's own header
	}
	inner = strings.ReplaceAll("\n"+inner, "\n- ", "\n")
	return before + inner + after, false
}
