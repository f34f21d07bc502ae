package email

import (
	"regexp"
	"strings"
)

// Bounce is what a delivery report says (RFC 3464), or what can be read from one that keeps to no standard.
type Bounce struct {
	Recipient string // the address that failed, lower case
	Status    string // enhanced status code (RFC 3463), "" if unknown
	Failed    bool
	Delayed   bool
	Final     bool   // the address does not exist or takes no mail: do not use it again
	Original  string // Message-ID of the mail that failed
	Token     string
}

var (
	statusCode  = regexp.MustCompile(`\b([245])\.(\d{1,3})\.(\d{1,3})\b`)
	replyCode   = regexp.MustCompile(`\b(5[0-5]\d)[ -]`)
	failedField = regexp.MustCompile(`(?im)^(?:final|original)-recipient:\s*[^;\n]*;\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$`)
)

// maxRecipients bounds how many recipients of a report are read.
const maxRecipients = 50

// readReport reads a delivery report; nil if the mail is none.
func readReport(h *header, f *found, out *Reading) *Bounce {
	if f.status != "" {
		return readStatus(f)
	}
	typ, params := mediaType(h.get("content-type"))
	if typ == "multipart/report" && !strings.EqualFold(params["report-type"], "delivery-status") || f.mdn {
		return nil
	}
	if h.has("x-failed-recipients") {
		b := &Bounce{Failed: true, Original: originalID(f, out)}
		if a := addresses(h.get("x-failed-recipients")); len(a) > 0 {
			b.Recipient = a[0]
		}
		b.fromText(out.Text + "\n" + out.Forwarded)
		return b
	}
	daemon := mailerName.MatchString(out.From)
	if !daemon && !(nullSender(h) && typ == "multipart/report") {
		return nil
	}
	if autoTopic.MatchString(out.Subject) || len(f.calendars) > 0 {
		return nil
	}
	b := &Bounce{Original: originalID(f, out)}
	switch {
	case delayTopic.MatchString(out.Subject) && !strings.Contains(strings.ToLower(out.Subject), "failure"):
		b.Delayed = true
	case bounceTopic.MatchString(out.Subject) || nullSender(h):
		b.Failed = true
	default:
		return nil
	}
	b.fromText(out.Text + "\n" + out.Forwarded)
	if b.Recipient == "" {
		b.Recipient = firstOther(out.Text, out.From)
	}
	return b
}

// readStatus reads message/delivery-status: groups of fields, the first about the whole report.
func readStatus(f *found) *Bounce {
	b := &Bounce{Original: originalID(f, nil)}
	rest := []byte(f.status)
	for n := 0; len(rest) > 0 && n < maxRecipients; n++ {
		for len(rest) > 0 && (rest[0] == '\n' || rest[0] == '\r') {
			rest = rest[1:]
		}
		var g header
		g, rest = splitHeader(rest)
		action := firstWord(g.get("action"))
		if action == "" && !g.has("status") && !g.has("final-recipient") {
			continue
		}
		b.recipient(&g, action)
		if b.Failed {
			break
		}
	}
	return b
}

func (b *Bounce) recipient(g *header, action string) {
	status := statusCode.FindString(g.get("status"))
	for _, name := range []string{"original-recipient", "final-recipient"} {
		v := g.get(name)
		if i := strings.IndexByte(v, ';'); i >= 0 {
			v = v[i+1:]
		}
		if a := addresses(strings.Trim(strings.TrimSpace(v), "<>")); len(a) > 0 {
			b.Recipient = a[0]
			break
		}
	}
	b.Status = status
	switch {
	case action == "failed", action == "" && strings.HasPrefix(status, "5"):
		b.Failed, b.Delayed = true, false
	case action == "delayed", action == "" && strings.HasPrefix(status, "4"):
		b.Delayed = true
	}
	// "5.0.0" says nothing; the remote server's own words may say more
	if inner := statusCode.FindString(g.get("diagnostic-code")); inner != "" && (status == "" || strings.HasSuffix(status, ".0.0")) {
		b.Status = inner
	}
	if d := g.get("diagnostic-code"); saysNothing(b.Status) && strings.Contains(d, "550") && wordsOfNoBox(d) {
		b.Status = "5.1.1"
	}
	b.settle()
}

// fromText looks for a status code in the words of a report.
func (b *Bounce) fromText(text string) {
	text = text[:min(len(text), 8<<10)]
	if b.Status = statusCode.FindString(text); b.Status == "" {
		if m := replyCode.FindStringSubmatch(text); m != nil && m[1] == "550" {
			if wordsOfNoBox(text) {
				b.Status = "5.1.1"
			}
		}
	}
	if m := failedField.FindStringSubmatch(text); m != nil {
		b.Recipient = strings.ToLower(m[1])
	}
	b.settle()
}

// settle decides whether the address is lost.
func (b *Bounce) settle() {
	b.Final = b.Failed && noSuchBox(b.Status)
}

func originalID(f *found, out *Reading) string {
	if id := messageID(f.returned.get("message-id")); id != "" {
		return id
	}
	if out != nil {
		if out.InReplyTo != "" {
			return out.InReplyTo
		}
		if len(out.References) > 0 {
			return out.References[0]
		}
	}
	return ""
}

func firstOther(text, not string) string {
	for _, a := range looseAddress.FindAllString(text[:min(len(text), 8<<10)], 20) {
		if a = strings.ToLower(strings.Trim(a, ".,;:")); a != not && !mailerName.MatchString(a) {
			return a
		}
	}
	return ""
}
