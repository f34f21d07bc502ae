package email

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

// nested is a mail of multiparts inside each other.
func nested(levels int) []byte {
	var b bytes.Buffer
	b.WriteString("From: a@x.example\r\nSubject: deep\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n")
	for i := range levels {
		fmt.Fprintf(&b, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i+1)
	}
	return b.Bytes()
}

func TestWorkIsBounded(t *testing.T) {
	head := "From: a@x.example\r\nSubject: s\r\n"
	var flat strings.Builder
	flat.WriteString(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n")
	for flat.Len() < 1<<20 {
		flat.WriteString("--b\r\nContent-Type: text/plain\r\n\r\nhallo\r\n")
	}
	mails := map[string][]byte{
		"100,000 levels":          nested(100_000),
		"many small parts":        []byte(flat.String()),
		"one large text":          []byte(head + "\r\n" + strings.Repeat("Wir suchen Leute am Samstag. \r\n", 1<<20/31)),
		"one line":                []byte(head + "\r\n" + strings.Repeat("a ", 1<<19)),
		"flowed without end":      []byte(head + "Content-Type: text/plain; format=flowed\r\n\r\n" + strings.Repeat("wort \r\n", 1<<20/7)),
		"quotes in quotes":        []byte(head + "\r\n" + strings.Repeat(strings.Repeat(">", 200)+"\r\n", 1<<20/202)),
		"continuation lines":      []byte(head + "X-Y: a\r\n" + strings.Repeat(" b\r\n", 1<<20/4)),
		"header fields":           []byte(strings.Repeat("X-Y: a\r\n", 1<<20/8) + head + "\r\nhallo"),
		"base64":                  []byte(head + "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("QUJD", 1<<18)),
		"open tags":               []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote><div class=gmail_attr>", 1<<20/34)),
		"closing tags":            []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<b>", 400) + strings.Repeat("</i>", 1<<18)),
		"attributions":            []byte(head + "\r\n" + strings.Repeat("Am 12.03.26 um 10:15 schrieb\r\n", 1<<20/32)),
		"labels":                  []byte(head + "\r\n" + strings.Repeat("Von: a@x\r\nAn: b@y\r\n", 1<<20/20)),
		"closings":                []byte(head + "\r\n" + strings.Repeat("Viele Grüße\r\nAnna\r\n", 1<<20/22)),
		"numbers":                 []byte(head + "References: <a@b>\r\n\r\n" + strings.Repeat("1. ja 2. nein 3. doch\r\n", 1<<20/23)),
		"calendar lines":          []byte(head + "Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n" + strings.Repeat(" x\r\n", 1<<18)),
		"encoded words":           []byte("From: a@x.example\r\nSubject: " + strings.Repeat("=?utf-8?q?a?= ", 1<<14) + "\r\n\r\nx"),
		"references":              []byte(head + "References: " + strings.Repeat("<a@b> ", 1<<15) + "\r\n\r\nx"),
		"region marks":            []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div class=gmail_attr>a", 1<<20/23)),
		"boundary inside a line":  []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("x--b\r\n", 1<<20/6)),
		"300 recipients in a row": []byte(head + "To: " + strings.Repeat("p@x.example, ", 300) + "\r\n\r\nx"),
	}
	for name, raw := range mails {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			m := mailbox().Read(raw)
			if m.Work.Parts > maxParts || m.Work.Decoded > maxDecoded || m.Work.Depth > maxDepth+1 {
				t.Errorf("work: %+v", m.Work)
			}
			if len(m.Text)+len(m.Signature)+len(m.Forwarded) > 4*maxDecoded {
				t.Errorf("%d bytes of text", len(m.Text))
			}
			t.Logf("%d KB in %v, %+v", len(raw)>>10, time.Since(start).Round(time.Millisecond), m.Work)
		})
	}
}

// corpus feeds the mails of testdata to a fuzz target.
func corpus(f *testing.F, add func([]byte)) {
	f.Helper()
	files, err := filepath.Glob("testdata/mails/*.eml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no mails: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		add(raw)
	}
}

func FuzzRead(f *testing.F) {
	corpus(f, func(raw []byte) { f.Add(raw) })
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := mailbox().Read(raw)
		if m.Work.Parts > maxParts || m.Work.Decoded > maxDecoded || m.Work.Depth > maxDepth+1 {
			t.Errorf("work: %+v", m.Work)
		}
		if strings.ContainsFunc(m.Text+m.Signature+m.Forwarded+m.Subject, func(r rune) bool { return r >= markQuote && r <= markTail }) {
			t.Error("a mark is left in the text")
		}
		if m.Kind == "" || m.Trust == "" || m.Answers == nil || m.Attachments == nil {
			t.Error("incomplete reading")
		}
		one, two := mailbox().Message("a", "1:1", raw, time.Time{}), mailbox().Message("a", "1:1", raw, time.Time{})
		if one.Dedupe != two.Dedupe || one.Text != two.Text {
			t.Error("the same mail reads differently the second time")
		}
	})
}

func FuzzSplit(f *testing.F) {
	corpus(f, func(raw []byte) {
		_, body := splitHeader(raw)
		f.Add(string(body), true, false, "Anna Schmidt")
	})
	f.Fuzz(func(t *testing.T, text string, reply, forward bool, name string) {
		clean := cleanText(strings.ToValidUTF8(text, ""))
		s := &splitter{reply: reply, forward: forward, name: name}
		p := s.split(textLines(clean))
		if grown := len(p.text) + len(p.signature) + len(p.forwarded); grown > len(clean)+64 {
			t.Errorf("%d bytes became %d", len(clean), grown)
		}
		for n, a := range p.answers {
			if a == "" || n < 1 {
				t.Errorf("answer %d is %q", n, a)
			}
		}
	})
}

func FuzzAuthenticationResults(f *testing.F) {
	for _, s := range []string{
		"mx.ehrenamt.example; dkim=pass header.d=x.example; dmarc=pass header.from=x.example",
		"mx.ehrenamt.example 1; dkim=pass (a (b) c) header.i=@x.example",
		"mx.ehrenamt.example; none", "x (mx.ehrenamt.example; dmarc=pass)", `"mx.ehrenamt.example"; dmarc=pass header.from="x.example"`,
	} {
		f.Add(s, "x.example")
	}
	f.Fuzz(func(t *testing.T, v, domain string) {
		if !vouched(v, domain) {
			return
		}
		low := strings.ToLower(v)
		if !strings.Contains(low, "pass") || !strings.Contains(low, "dkim") && !strings.Contains(low, "dmarc") {
			t.Errorf("vouched without a pass: %q", v)
		}
	})
}

func FuzzTokens(f *testing.F) {
	f.Add("bot+k7q2mxw4zt3hn6pd@ehrenamt.example", "Re: x [#k7q2mxw4zt3hn6pd]", "<ea.k7q2mxw4zt3hn6pd@ehrenamt.example>")
	f.Fuzz(func(t *testing.T, to, subject, refs string) {
		h := header{fields: []field{{"to", to}, {"subject", subject}}}
		token := mailbox().token(&h, &found{}, messageIDs(refs))
		if token != "" && !IsToken(token) {
			t.Errorf("%q is no token", token)
		}
	})
}

func FuzzCalendar(f *testing.F) {
	f.Add("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=\"a;b:c\":mailto:a@x\r\n .example\r\nEND:VEVENT\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := readCalendar(text)
		if ok && (len(c.UID) > 500 || len(c.PartStat) > 30 || len(c.Method) > 30 || strings.ContainsAny(c.Method+c.PartStat, "\r\n ;:")) {
			t.Errorf("%+v", c)
		}
	})
}

func FuzzHTML(f *testing.F) {
	f.Add(`<div class="gmail_attr">Am … schrieb:</div><blockquote>q</blockquote><ol start=3><li>a</ol>`)
	f.Fuzz(func(t *testing.T, s string) {
		if out := htmlText(s); len(out) > 25*len(s)+maxPlain/8 {
			t.Errorf("%d bytes became %d", len(s), len(out))
		}
	})
}

// large is a mail of about 100 KB as an office writes it: text and HTML, signature and a long thread.
func large() []byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("wir suchen für das Sommerfest am Samstag noch helfende Hände beim Aufbau und am Grill bitte meldet euch bei Maria")
	para := func(prefix string) string {
		var b strings.Builder
		for range 12 {
			b.WriteString(prefix)
			for range 11 {
				b.WriteString(words[rnd.IntN(len(words))] + " ")
			}
			b.WriteString("\r\n")
		}
		return b.String() + prefix + "\r\n"
	}
	var plain, rich strings.Builder
	plain.WriteString("Guten Tag,\r\n\r\n" + para("") + "Mit freundlichen Grüßen\r\nMaria Schmitz\r\n\r\nAm 12.03.26 um 10:15 schrieb Ehrenamt Aachen <bot@ehrenamt.example>:\r\n")
	rich.WriteString("<html><body><p>Guten Tag,</p><div class=gmail_attr>Am 12.03.26 um 10:15 schrieb Ehrenamt:</div><blockquote>")
	for plain.Len() < 48<<10 {
		plain.WriteString(para("> "))
		rich.WriteString("<p style=\"margin:0\">" + para("") + "</p>\r\n")
	}
	return []byte("From: Maria <maria@x.example>\r\nSubject: Re: Fest\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
		plain.String() + "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + rich.String() + "</blockquote></body></html>\r\n--b--\r\n")
}

// BenchmarkRead100KB reports the median over all runs; it is to stay under 5 ms.
func BenchmarkRead100KB(b *testing.B) {
	raw := large()
	b.SetBytes(int64(len(raw)))
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if m := mailbox().Read(raw); !m.HasQuote || m.Signature == "" {
			b.Fatalf("misread: quote=%v signature=%q", m.HasQuote, m.Signature)
		}
		took = append(took, time.Since(start))
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
}
