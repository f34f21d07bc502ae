package email_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/channeltest"
	"ehrenamt/channels/email"
	"ehrenamt/channels/email/emailtest"
)

// servers are the mail servers that most tests share; each test has mailboxes of its own.
type servers struct {
	once  sync.Once
	stack *emailtest.Stack
	err   error
}

var shared servers

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "10"); err != nil { // these tests wait more than they work
		panic(err)
	}
	code := m.Run()
	if shared.stack != nil {
		shared.stack.Stop()
	}
	os.Exit(code)
}

func stack(t testing.TB) *emailtest.Stack {
	t.Helper()
	shared.once.Do(func() { shared.stack, shared.err = emailtest.New() })
	if shared.err != nil {
		t.Fatalf("mail servers for tests: %v", shared.err)
	}
	return shared.stack
}

// patience is how long a test waits for anything.
const patience = 30 * time.Second

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// mailboxOf is the configuration of a mailbox of ours on the test servers.
func mailboxOf(s *emailtest.Stack, user string) email.Config {
	return email.Config{
		Account: "test", Address: user, Name: "Ehrenamt Test",
		IMAP:   email.Server{Addr: s.IMAP, Security: email.Plain, User: user, Password: emailtest.Password},
		SMTP:   email.Server{Addr: s.Submission, Security: email.Plain, User: user, Password: emailtest.Password},
		Secret: []byte("a secret of the tests"),
		Pause:  10 * time.Millisecond, Timeout: 10 * time.Second, Idle: 5 * time.Second,
	}
}

func open(t testing.TB, cfg email.Config) *email.Channel {
	t.Helper()
	c, err := email.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// written is a mail as somebody writes it.
func written(from, to, id, subject, text string) []byte {
	return fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <%s>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n",
		from, to, mime.QEncoding.Encode("utf-8", subject), id, time.Now().Format(time.RFC1123Z), strings.ReplaceAll(text, "\n", "\r\n"))
}

// effects is what an inbox does with messages: each takes effect once, whatever comes twice.
type effects struct {
	mu      sync.Mutex
	seen    map[string]bool
	heard   []channels.Message
	repeats int
	news    chan struct{}
}

func newEffects() *effects { return &effects{seen: map[string]bool{}, news: make(chan struct{}, 1)} }

func (e *effects) hear(_ context.Context, m channels.Message) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen["id "+m.ID] || e.seen["dedupe "+m.Dedupe] {
		e.repeats++
		return nil
	}
	e.seen["id "+m.ID], e.seen["dedupe "+m.Dedupe] = true, true
	e.heard = append(e.heard, m)
	select {
	case e.news <- struct{}{}:
	default:
	}
	return nil
}

func (e *effects) all() []channels.Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]channels.Message(nil), e.heard...)
}

// wait waits for n effects.
func (e *effects) wait(t testing.TB, ctx context.Context, n int) []channels.Message {
	t.Helper()
	for {
		if got := e.all(); len(got) >= n {
			return got
		}
		select {
		case <-e.news:
		case <-ctx.Done():
			t.Fatalf("%d of %d mails took effect", len(e.all()), n)
		}
	}
}

// receive runs Receive until the test ends and requires that it ends well.
func receive(t testing.TB, c *email.Channel, hear func(context.Context, channels.Message) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Receive(ctx, "", hear) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("receive ended with %v", err)
				}
			case <-time.After(patience):
				t.Errorf("receive did not end")
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// seenText is the text of a mail that we sent, as a mail program shows it.
func seenText(raw []byte) (subject, text string, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", "", err
	}
	subject, _ = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	var body io.Reader = m.Body
	cte := m.Header.Get("Content-Transfer-Encoding")
	if typ, params, _ := mime.ParseMediaType(m.Header.Get("Content-Type")); strings.HasPrefix(typ, "multipart/") {
		part, err := multipart.NewReader(m.Body, params["boundary"]).NextPart() // decodes quoted-printable itself
		if err != nil {
			return subject, "", err
		}
		body, cte = part, part.Header.Get("Content-Transfer-Encoding")
	}
	if strings.EqualFold(cte, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	return subject, string(b), err
}

func TestMailKeepsTheContractOfAChannel(t *testing.T) {
	s := stack(t)
	channeltest.Exercise(t, func(t *testing.T) *channeltest.Subject {
		return subject(t, s)
	})
}

func subject(t *testing.T, s *emailtest.Stack) *channeltest.Subject {
	bot, person := s.User(), s.User()
	imap, smtp := emailtest.NewProxy(t, s.IMAP), emailtest.NewProxy(t, s.Submission)
	cfg := mailboxOf(s, bot)
	cfg.IMAP.Addr, cfg.SMTP.Addr = imap.Addr, smtp.Addr
	said := 0
	return &channeltest.Subject{
		Channel: open(t, cfg),
		Restart: func() channels.Channel { return open(t, cfg) },
		To:      channels.Address{Channel: "email", Account: cfg.Account, ID: person},
		Say: func(_ context.Context, text string) error {
			said++
			return s.Deliver(person, bot, written(person, bot, fmt.Sprintf("%d.%s", said, person), "Hallo", text))
		},
		Arrived: func(ctx context.Context, n int) ([]channeltest.Arrival, error) {
			mails, err := s.WaitMails(ctx, person, "", n)
			// Postfix delivers in no order; what it accepted first has the smaller queue id
			sort.SliceStable(mails, func(i, j int) bool { return queueID(mails[i]) < queueID(mails[j]) })
			var out []channeltest.Arrival
			for _, raw := range mails {
				title, text, err := seenText(raw)
				if err != nil {
					return nil, err
				}
				if !strings.HasPrefix(text, title) { // a subject made of the beginning is shown, but says nothing more
					text = title + "\n" + text
				}
				out = append(out, channeltest.Arrival{Text: text})
			}
			return out, err
		},
		Gone:   channels.Address{Channel: "email", Account: cfg.Account, ID: "gone@users.test"},
		Fault:  func(f channeltest.Fault) { fault(smtp, f) },
		Faults: []channeltest.Fault{channeltest.Down, channeltest.Lost, channeltest.Refused, channeltest.Throttled, channeltest.Garbled},
		Outage: func(down bool) { imap.Down(down); smtp.Down(down) },
		Denied: func() channels.Channel {
			wrong := cfg
			wrong.IMAP.Password = "wrong-" + emailtest.Password
			return open(t, wrong)
		},
		Secrets: []string{emailtest.Password, string(cfg.Secret)},
	}
}

// queueID is the number under which Postfix accepted a mail; it begins with the time.
func queueID(raw []byte) string {
	if m := queued.FindSubmatch(raw); m != nil {
		return string(m[1])
	}
	return ""
}

var queued = regexp.MustCompile(`\(Postfix\) with \S+ id (\S+)`)

// fault makes the submission server meet a fault.
func fault(p *emailtest.Proxy, f channeltest.Fault) {
	p.Down(f == channeltest.Down)
	answer := func(command, with string) emailtest.Rule {
		return func(from emailtest.Side, line []byte) emailtest.Action {
			if from == emailtest.Client && bytes.HasPrefix(bytes.ToUpper(line), []byte(command)) {
				return emailtest.Action{Verdict: emailtest.Swallow, Answer: with + "\r\n"}
			}
			return emailtest.Action{}
		}
	}
	switch f {
	case channeltest.Lost:
		p.Set(lostAnswer())
	case channeltest.Refused:
		p.Set(answer("DATA", "554 5.7.1 we do not like this"))
	case channeltest.Throttled:
		p.Set(answer("MAIL FROM", "451 4.7.1 slow down"))
	case channeltest.Garbled:
		p.Set(answer("MAIL FROM", "<html><body>502 Bad Gateway"))
	default:
		p.Set(nil)
	}
}

// lostAnswer lets a mail through to the server and cuts before its answer.
func lostAnswer() emailtest.Rule {
	var mu sync.Mutex
	dot := false
	return func(from emailtest.Side, line []byte) emailtest.Action {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case from == emailtest.Client && string(line) == ".\r\n":
			dot = true
		case from == emailtest.Server && dot:
			return emailtest.Action{Verdict: emailtest.Cut}
		}
		return emailtest.Action{}
	}
}
