package email

import (
	_ "embed" // the template is a file
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ehrenamt/channels"
)

//go:embed mail.html
var mailSource string

// mailTemplate is parsed once; it has no state.
var mailTemplate = template.Must(template.New("mail").Parse(mailSource))

// The sentences around a reply, as Config.Words knows them.
const (
	wordHint   = "mail.hint"    // that one may simply reply
	wordByMail = "mail.by_mail" // before the numbers that open a mail
	wordStop   = "mail.stop"    // the link that ends such mails
)

// piece is a stretch of text, or a link.
type piece struct{ Text, URL string }

// button is one choice: its number, its words, where pressing leads, and the mail that says the same.
type button struct {
	Number, Label string
	URL, Mail     template.URL
	First         bool // of several
}

// line is one line of text.
type line struct {
	Pieces   []piece
	Numbered bool // begins with the number of a question
}

// page is what the template shows.
type page struct {
	Lang, From, Title, Preview string
	Filler                     []struct{} // keeps what stands behind it out of the preview
	Paragraphs                 [][]line
	Buttons                    []button
	ByMail, Hint               string
	Stop                       *piece
}

// Lengths of a preview, in characters.
const (
	previewMax = 120
	fillerMax  = 80
)

// render writes the reply as HTML: the same words, and every choice something to press: the page where it is given, and
// beside it a mail to us that says its number. Where there are no pages the mail is all there is.
func render(cfg Config, replyTo, subject string, r channels.Reply) (string, error) {
	p := page{Lang: r.Lang, From: oneLine(cfg.Name), Preview: preview(r), Filler: make([]struct{}, fillerMax)}
	text := strings.ReplaceAll(strings.TrimSpace(r.Text), "\r\n", "\n")
	p.Title = topic(subject)
	if first := firstLine(text); oneLine(first) == p.Title {
		text = strings.TrimPrefix(text, first)
	}
	for _, para := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		var out []line
		for _, l := range strings.Split(strings.Trim(para, "\n"), "\n") {
			out = append(out, line{Pieces: linked(l), Numbered: numberedLine.MatchString(l)})
		}
		if para != "" {
			p.Paragraphs = append(p.Paragraphs, out)
		}
	}
	paged := false
	for i, c := range r.Choices {
		n := strconv.Itoa(i + 1)
		b := button{Number: n, Label: c.Label, First: i == 0 && len(r.Choices) > 1, Mail: template.URL(mailto(replyTo, "Re: "+strings.TrimPrefix(subject, "Re: "), n))}
		b.URL = b.Mail
		if link := choiceLink(cfg, c); link != "" {
			b.URL, paged = template.URL(link), true
		}
		p.Buttons = append(p.Buttons, b)
	}
	if p.Hint = hint(cfg, r); paged {
		p.ByMail = cfg.words(r.Lang, wordByMail)
	}
	if words := cfg.words(r.Lang, wordStop); words != "" && stoppable(r.Stop) {
		p.Stop = &piece{Text: words, URL: r.Stop}
	}
	var b strings.Builder
	if err := mailTemplate.Execute(&b, p); err != nil {
		return "", err
	}
	return lines(b.String()), nil
}

// plain is the mail as text.
func plain(cfg Config, r channels.Reply) string {
	parts := []string{channels.Plain(r), hint(cfg, r)}
	if words := cfg.words(r.Lang, wordStop); words != "" && stoppable(r.Stop) {
		parts = append(parts, words+": "+r.Stop)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
}

// hint says that one may simply reply, where something can be chosen.
func hint(cfg Config, r channels.Reply) string {
	if len(r.Choices) == 0 {
		return ""
	}
	return cfg.words(r.Lang, wordHint)
}

// numberedLine begins a line that asks or lists something.
var numberedLine = regexp.MustCompile(`^\d{1,2}\. `)

// handleShape is how the handles of choices look that can be answered by a link.
var handleShape = regexp.MustCompile(`^[a-z0-9]{8,40}\.\d{1,3}$`)

// choiceLink is where a choice is given by pressing: its own address, or our page for it; "" if there is neither.
func choiceLink(cfg Config, c channels.Choice) string {
	if strings.HasPrefix(c.URL, "https://") || strings.HasPrefix(c.URL, "http://") {
		if u, err := url.Parse(c.URL); err == nil {
			return u.String()
		}
	}
	if cfg.Pages == "" || !handleShape.MatchString(c.Key) {
		return ""
	}
	return strings.TrimRight(cfg.Pages, "/") + "/a/" + strings.ReplaceAll(c.Key, ".", "-")
}

// preview is what lists of mails show beside the subject: what comes after the first line that only leads to it.
func preview(r channels.Reply) string {
	all := strings.FieldsFunc(r.Text, func(c rune) bool { return c == '\n' || c == '\r' })
	if len(all) > 1 && strings.HasSuffix(strings.TrimSpace(all[0]), ":") {
		all = all[1:]
	}
	for i, c := range r.Choices {
		all = append(all, strconv.Itoa(i+1)+") "+c.Label)
	}
	for i, l := range all {
		all[i] = oneLine(l)
	}
	s := []rune(strings.Join(all, " · "))
	if len(s) > previewMax {
		return strings.TrimSpace(string(s[:previewMax-1])) + "…"
	}
	return string(s)
}

// mailto makes a link that opens a mail with subject and text (RFC 6068).
func mailto(to, subject, text string) string {
	esc := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "mailto:" + strings.NewReplacer("%40", "@", "%2B", "+").Replace(url.QueryEscape(to)) + "?subject=" + esc(subject) + "&body=" + esc(text)
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)\]]`)

// linked cuts a line into text and web addresses.
func linked(l string) []piece {
	var out []piece
	at := 0
	for _, m := range webAddress.FindAllStringIndex(l, 20) {
		if m[0] > at {
			out = append(out, piece{Text: l[at:m[0]]})
		}
		out = append(out, piece{Text: l[m[0]:m[1]], URL: l[m[0]:m[1]]})
		at = m[1]
	}
	if at < len(l) || len(out) == 0 {
		out = append(out, piece{Text: l[at:]})
	}
	return out
}
