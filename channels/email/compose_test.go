package email

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/html"

	"ehrenamt/channels"
)

func ours(t testing.TB) Config {
	t.Helper()
	cfg, err := Config{Address: "bot@ehrenamt.example", Name: "Ehrenamt Aachen", Secret: []byte("0123456789abcdef")}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

var (
	anna = channels.Address{Channel: "email", ID: "anna@x.example"}
	noon = time.Date(2026, 3, 12, 11, 0, 0, 0, time.UTC)
)

func alert() channels.Reply {
	return channels.Reply{
		Title: "Sa 14. März, 14 Uhr, Brand: Aufbau", Lang: "de", Thread: "posting:42", Stop: "https://ehrenamt.example/u/abc",
		Text:    "Der TV Brand sucht 5 Helfende.\n\nMehr: https://ehrenamt.example/p/42.",
		Choices: []channels.Choice{{Key: "h1", Label: "Ich komme"}, {Key: "h2", Label: "Auf der Karte", URL: "https://ehrenamt.example/k/42"}},
		Invite:  &channels.Event{UID: "posting-42@ehrenamt.example", Sequence: 3, Start: noon, End: noon.Add(time.Hour), Summary: "Aufbau; mit, Sonderzeichen\nund Zeile", RRule: "FREQ=WEEKLY\r\nX-EVIL:1"},
	}
}

// opened is one part of a composed mail.
type opened struct{ typ, disposition, text string }

// unpack parses a mail with nothing of ours.
func unpack(t testing.TB, raw []byte) (mail.Header, []opened) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in %q", err, raw)
	}
	var out []opened
	var walk func(typ string, params map[string]string, disposition, cte string, body io.Reader)
	walk = func(typ string, params map[string]string, disposition, cte string, body io.Reader) {
		if !strings.HasPrefix(typ, "multipart/") {
			b, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			if strings.EqualFold(cte, "base64") {
				b, _ = base64.StdEncoding.DecodeString(strings.ReplaceAll(string(b), "\r\n", ""))
			}
			if params["method"] != "" {
				typ += ";" + params["method"]
			}
			out = append(out, opened{typ, disposition, string(b)})
			return
		}
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			typ, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
			if err != nil {
				t.Fatal(err)
			}
			d, _, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
			walk(typ, params, d, p.Header.Get("Content-Transfer-Encoding"), p)
		}
	}
	typ, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	walk(typ, params, "", m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return m.Header, out
}

func TestAMailSaysWhatItIs(t *testing.T) {
	cfg := ours(t)
	out, err := compose(cfg, "alert:42:anna", anna, alert(), noon)
	if err != nil {
		t.Fatal(err)
	}
	h, got := unpack(t, out.data)
	for name, want := range map[string]string{
		"Message-Id": out.ref, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Content-Language": "de",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "To": "<anna@x.example>",
	} {
		if h.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, h.Get(name), want)
		}
	}
	if !strings.Contains(h.Get("Reply-To"), out.from) || !strings.HasPrefix(out.from, "bot+") || h.Get("References") == "" ||
		!strings.HasPrefix(h.Get("List-Unsubscribe"), "<https://ehrenamt.example/u/abc>, <mailto:bot+") {
		t.Errorf("%v", h)
	}
	again, _ := compose(cfg, "alert:42:anna", anna, alert(), noon.Add(time.Hour))
	other, _ := compose(cfg, "alert:43:anna", anna, alert(), noon)
	if again.ref != out.ref || other.ref == out.ref {
		t.Error("the Message-ID does not belong to the key")
	}
	var kinds []string
	for _, p := range got {
		kinds = append(kinds, strings.TrimSpace(p.typ+" "+p.disposition))
	}
	if s := strings.Join(kinds, ", "); s != "text/plain, text/html, text/calendar;REQUEST, application/ics attachment" {
		t.Errorf("parts: %s", s)
	}
	if want := "Der TV Brand sucht 5 Helfende.\r\n\r\nMehr: https://ehrenamt.example/p/42.\r\n1) Ich komme\r\n2) Auf der Karte https://ehrenamt.example/k/42"; strings.TrimSpace(got[0].text) != want {
		t.Errorf("text: %q", got[0].text)
	}
	for _, want := range []string{`href="https://ehrenamt.example/p/42"`, `href="https://ehrenamt.example/k/42"`, `href="mailto:bot`, `body=1"`, `lang="de"`} {
		if !strings.Contains(got[1].text, want) {
			t.Errorf("HTML lacks %s", want)
		}
	}
	if strings.Contains(got[1].text, "<img") || strings.Contains(got[1].text, "<script") {
		t.Error("something is loaded")
	}
}

func TestAnswersFindTheirWayBack(t *testing.T) {
	cfg := ours(t)
	out, err := compose(cfg, "k", anna, channels.Reply{Text: "Kommst du?"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, head := range map[string]string{
		"Reply-To":    "To: " + out.from + "\r\n",
		"envelope":    "Delivered-To: " + out.from + "\r\n",
		"In-Reply-To": "To: bot@ehrenamt.example\r\nIn-Reply-To: " + out.ref + "\r\n",
	} {
		if m := mailbox().Message("a", "1:1", []byte("From: anna@x.example\r\n"+head+"\r\nja\r\n"), noon); m.Ref != out.ref {
			t.Errorf("by %s: %q, want %q", name, m.Ref, out.ref)
		}
	}
	cfg.NoPlus = true
	out, _ = compose(cfg, "k", anna, channels.Reply{Text: "Kommst du?"}, noon)
	h, _ := unpack(t, out.data)
	subject, _ := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if m := mailbox().Message("a", "1:1", []byte("From: anna@x.example\r\nSubject: AW: "+subject+"\r\n\r\nja\r\n"), noon); m.Ref != out.ref || out.from != cfg.Address {
		t.Errorf("by subject: %q, want %q", m.Ref, out.ref)
	}
	if m := mailbox().Message("a", "1:1", out.data, noon); m.Kind != channels.Auto {
		t.Errorf("our own mail is %s to ourselves", m.Kind)
	}
}

func TestAnInvitationCanBeAnswered(t *testing.T) {
	out, err := compose(ours(t), "k", anna, alert(), noon)
	if err != nil {
		t.Fatal(err)
	}
	_, got := unpack(t, out.data)
	text := got[2].text
	for _, want := range []string{"METHOD:REQUEST\r\n", "DTSTART:20260312T110000Z\r\n", "DTEND:20260312T120000Z\r\n", "SEQUENCE:3\r\n", `SUMMARY:Aufbau\; mit\, Sonderzeichen und Zeile` + "\r\n", "UID:posting-42@ehrenamt.example\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "EVIL") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Errorf("injected or bare lines:\n%s", text)
	}
	c, ok := readCalendar(text)
	if !ok || c.Attendee != "anna@x.example" || c.UID != "posting-42@ehrenamt.example" {
		t.Errorf("%+v", c)
	}
	r := alert()
	r.Invite.Cancelled = true
	out, _ = compose(ours(t), "k2", anna, r, noon)
	if _, got := unpack(t, out.data); got[2].typ != "text/calendar;CANCEL" || !strings.Contains(got[2].text, "STATUS:CANCELLED") {
		t.Errorf("%+v", got[2])
	}
}

func TestWhatWeSendCanBeSigned(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := ours(t)
	cfg.DKIM = &DKIMKey{Domain: "ehrenamt.example", Selector: "s1", Signer: private}
	out, err := compose(cfg, "k", anna, alert(), noon)
	if err != nil {
		t.Fatal(err)
	}
	z := zone{"s1._domainkey.ehrenamt.example": "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(out.data), &dkim.VerifyOptions{LookupTXT: z.lookup})
	if err != nil || len(found) != 1 || found[0].Err != nil {
		t.Fatalf("%v %+v", err, found)
	}
	signed := strings.ToLower(strings.Join(found[0].HeaderKeys, " "))
	if !strings.Contains(signed, "list-unsubscribe-post") || !strings.Contains(signed, "reply-to") {
		t.Errorf("signed: %s", signed)
	}
}

// FuzzCompose looks for a way to add a header field or a recipient, or to smuggle markup.
func FuzzCompose(f *testing.F) {
	f.Add("k", "anna@x.example", "Titel\r\nBcc: eve@x.example", "Text\r\n.\r\nQUIT", "de\r\nX-Evil: 1", "<b>1</b>\n", "https://x.example/\r\nX-Evil: 1", "t\nX-Evil: 1")
	f.Add("k", "anna@x.example", "AW: Re: Titel\r\n\r\n<script>", "<a@b> <ü@b>\r\n .\r\n", "de", "Ja", "https://x.example/c", "<a@b>\r\nBcc: <eve@x.example>")
	f.Fuzz(func(t *testing.T, key, to, title, text, lang, label, link, thread string) {
		r := channels.Reply{
			Title: title, Subject: label, Text: text, Lang: lang, Thread: thread, Stop: link,
			Answers: &channels.Letter{ID: thread, Subject: title, References: []string{text, link}}, Choices: []channels.Choice{{Label: label, URL: link}},
			Files: []channels.FileInfo{{Name: title, Type: lang, Data: []byte(text)}}, Invite: &channels.Event{UID: "u" + thread, Summary: title, Description: text, Location: label, RRule: lang, Start: noon},
		}
		out, err := compose(ours(t), key, channels.Address{ID: to}, r, noon)
		if err != nil {
			return
		}
		h, _ := splitHeader(out.data)
		known := map[string]bool{"from": true, "to": true, "subject": true, "date": true, "message-id": true, "reply-to": true, "in-reply-to": true, "references": true,
			"mime-version": true, "content-type": true, "auto-submitted": true, "x-auto-response-suppress": true, "x-ehrenamt": true, "content-language": true,
			"list-unsubscribe": true, "list-unsubscribe-post": true, "content-transfer-encoding": true}
		for _, field := range h.fields {
			if !known[field.name] {
				t.Errorf("field %s", field.name)
			}
		}
		if h.malformed > 0 || len(h.all("to")) != 1 || len(h.all("from")) != 1 || strings.ContainsAny(out.to+out.from, "\r\n <>") {
			t.Errorf("header: %+v", h)
		}
		if bytes.Contains(bytes.ReplaceAll(out.data, []byte("\r\n"), nil), []byte("\n")) {
			t.Error("a bare line feed")
		}
	})
}

func TestHTMLKeepsWordsAsWords(t *testing.T) {
	r := channels.Reply{Text: "5 < 7 & <script>alert(1)</script>\n<a href='javascript:x'>hier</a>", Choices: []channels.Choice{{Label: "<b>Ja</b>", URL: "javascript:alert(1)"}}}
	out, err := render(ours(t), "bot@ehrenamt.example", "S", r)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "b") {
			t.Errorf("<%s> in %s", n.Data, out)
		}
		for _, a := range n.Attr {
			if a.Key == "href" && !strings.HasPrefix(a.Val, "mailto:") {
				t.Errorf("link to %s", a.Val)
			}
		}
	}
	if !strings.Contains(text.String(), "5 < 7 & <script>alert(1)</script>") {
		t.Errorf("%q", text.String())
	}
}
