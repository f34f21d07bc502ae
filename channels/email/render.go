package email

import (
	_ "embed" // the template is a file
	"html/template"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"ehrenamt/channels"
)

//go:embed mail.html
var mailSource string

// mailTemplate is parsed once; it has no state.
var mailTemplate = template.Must(template.New("mail").Parse(mailSource))

// piece is a stretch of text, or a link.
type piece struct{ Text, URL string }

// button is one choice: its number, its words, and where pressing leads.
type button struct {
	Number, Label string
	URL           template.URL
}

// page is what the template shows.
type page struct {
	Lang, Title string
	Paragraphs  [][][]piece // paragraphs of lines of pieces
	Buttons     []button
}

// render writes the reply as HTML: the same words, and every choice something to press. A choice without
// an address of its own becomes a mail to us that says its number.
func render(cfg Config, replyTo string, subject []string, r channels.Reply) (string, error) {
	p := page{Lang: r.Lang, Title: oneLine(r.Title)}
	if p.Title == "" {
		p.Title = oneLine(cfg.Name)
	}
	for _, para := range strings.Split(strings.ReplaceAll(strings.TrimSpace(r.Text), "\r\n", "\n"), "\n\n") {
		var out [][]piece
		for _, l := range strings.Split(strings.Trim(para, "\n"), "\n") {
			out = append(out, linked(l))
		}
		p.Paragraphs = append(p.Paragraphs, out)
	}
	about := "Re: " + strings.Join(subject, " ")
	for i, c := range r.Choices {
		n := strconv.Itoa(i + 1)
		b := button{Number: n, Label: c.Label, URL: template.URL(mailto(replyTo, about, n))}
		if strings.HasPrefix(c.URL, "https://") || strings.HasPrefix(c.URL, "http://") {
			if u, err := url.Parse(c.URL); err == nil {
				b.URL = template.URL(u.String())
			}
		}
		p.Buttons = append(p.Buttons, b)
	}
	var b strings.Builder
	if err := mailTemplate.Execute(&b, p); err != nil {
		return "", err
	}
	return lines(b.String()), nil
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
