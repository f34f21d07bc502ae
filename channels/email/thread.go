package email

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wneessen/go-mail"

	"ehrenamt/channels"
)

// maxThread is how many Message-IDs of a thread are passed on: the first and the newest.
const maxThread = 12

// thread puts a mail where mail programs look for it: behind the one it answers, and beside the others about the same
// matter. What they have in common is a Message-ID that no mail has (RFC 5322 allows to refer to one that is not there).
func thread(m *mail.Msg, cfg Config, r channels.Reply) {
	var ids []string
	if r.Answers != nil {
		ids = append(ids, r.Answers.References...)
	}
	if r.Thread != "" {
		root := "<et." + derive(cfg.Secret, "thread:"+r.Thread) + "@" + domainOf(cfg.Address) + ">"
		if !slices.Contains(ids, root) {
			ids = append([]string{root}, ids...)
		}
	}
	if r.Answers != nil {
		ids = append(ids, r.Answers.ID)
		if id := messageID(r.Answers.ID); id != "" {
			m.SetGenHeader(mail.HeaderInReplyTo, id)
		}
	}
	for i, id := range ids {
		ids[i] = messageID(id)
	}
	ids = unique(slices.DeleteFunc(ids, func(id string) bool { return id == "" }))
	if len(ids) > maxThread {
		ids = append(ids[:1:1], ids[len(ids)-maxThread+1:]...)
	}
	if len(ids) > 0 {
		m.SetGenHeader(mail.HeaderReferences, strings.Join(ids, " "))
	}
}

var (
	// answerMark is what mail programs put before the subject of an answer.
	answerMark = regexp.MustCompile(`(?i)^\s*(re|aw|antw|antwort|sv|rif|odp|ynt|vs|tr\s*:\s*re)\s*(\[\d+\]|\(\d+\)|\^\d+)?\s*:\s*`)
	// tokenMark is the token of an earlier mail in a subject.
	tokenMark = regexp.MustCompile(`\s*\[#[a-z0-9]{16,64}\]`)
)

// subject keeps that of the mail answered, because mail programs take another one for another thread. Otherwise it is
// the reply's own, its title, or the beginning of its text.
func subject(cfg Config, r channels.Reply, token string) string {
	s := ""
	if r.Answers != nil {
		if s = topic(r.Answers.Subject); s != "" {
			s = "Re: " + s
		}
	}
	for _, other := range []string{r.Subject, r.Title, firstLine(r.Text), cfg.Name} {
		if s == "" {
			s = oneLine(other)
		}
	}
	if runes := []rune(s); len(runes) > maxSubject {
		s = strings.TrimSpace(string(runes[:maxSubject-1])) + "…"
	}
	if cfg.NoPlus {
		s += " [#" + token + "]"
	}
	return s
}

// topic is a subject without the marks of answers and tokens before and behind it.
func topic(subject string) string {
	s := tokenMark.ReplaceAllString(oneLine(subject), "")
	for {
		m := answerMark.FindString(s)
		if m == "" {
			return strings.TrimSpace(s)
		}
		s = s[len(m):]
	}
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return first
}
