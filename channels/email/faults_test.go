package email_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/email"
	"ehrenamt/channels/email/emailtest"
)

// deliver puts n mails into a mailbox.
func deliver(t testing.TB, s *emailtest.Stack, to string, from, n int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		raw := written("anna@users.test", to, fmt.Sprintf("m%d.%s", i, to), "Hallo", fmt.Sprintf("Nachricht %d", i))
		if err := s.Deliver("anna@users.test", to, raw); err != nil {
			t.Fatal(err)
		}
	}
}

// once requires that the mails 0 to n-1 took effect, each once.
func once(t testing.TB, got []channels.Message, n int) {
	t.Helper()
	count := map[string]int{}
	for _, m := range got {
		count[m.Text]++
	}
	for i := range n {
		if c := count[fmt.Sprintf("Nachricht %d", i)]; c != 1 {
			t.Errorf("mail %d took effect %d times", i, c)
		}
	}
	if len(count) != n {
		t.Errorf("%d different effects of %d mails", len(count), n)
	}
}

// emptied waits until the inbox is empty, which is when every mail is acknowledged.
func emptied(t testing.TB, s *emailtest.Stack, user string, n int) {
	t.Helper()
	if _, err := s.WaitMails(within(t), user, "Processed", n); err != nil {
		t.Fatalf("acknowledged: %v", err)
	}
	if err := s.WaitEmpty(within(t), user, ""); err != nil {
		t.Errorf("inbox: %v", err)
	}
}

func TestConnectionCutAtEachCommand(t *testing.T) {
	s := stack(t)
	command := func(name string) func(emailtest.Side, []byte) bool {
		return func(from emailtest.Side, l []byte) bool {
			return from == emailtest.Client && bytes.Contains(bytes.ToUpper(l), []byte(" "+name))
		}
	}
	reply := func(pattern string) func(emailtest.Side, []byte) bool {
		re := regexp.MustCompile(pattern)
		return func(from emailtest.Side, l []byte) bool { return from == emailtest.Server && re.Match(l) }
	}
	places := map[string]func(emailtest.Side, []byte) bool{
		"greeting":                reply(`^\* OK .*ready`),
		"CAPABILITY":              command("CAPABILITY"),
		"LOGIN":                   command("LOGIN"),
		"SELECT":                  command("SELECT"),
		"CREATE":                  command("CREATE"),
		"FETCH":                   command("FETCH"),
		"UID FETCH":               command("UID FETCH"),
		"UID MOVE":                command("UID MOVE"),
		"IDLE":                    command("IDLE"),
		"answer of SELECT":        reply(`^\* OK \[UIDVALIDITY`),
		"sizes":                   reply(`RFC822\.SIZE`),
		"literal begins":          reply(`BODY\[\]<0> \{`),
		"middle of the literal":   reply(`^Message-ID:`),
		"end of the literal":      reply(`^\)`),
		"answer of the move":      reply(`\[COPYUID`),
		"idling":                  reply(`^\+ idling`),
		"announcement of arrival": reply(`^\* 1 EXISTS`),
	}
	for place, hit := range places {
		for how, verdict := range map[string]emailtest.Verdict{"cut": emailtest.Cut, "cut in the line": emailtest.Half, "cut after": emailtest.After, "silent": emailtest.Hang} {
			t.Run(how+" at "+place, func(t *testing.T) {
				t.Parallel()
				interrupted(t, s, hit, verdict)
			})
		}
	}
}

// interrupted lets one thing go wrong, once, while mails wait and come in.
func interrupted(t *testing.T, s *emailtest.Stack, hit func(emailtest.Side, []byte) bool, verdict emailtest.Verdict) {
	user := s.User()
	p := emailtest.NewProxy(t, s.IMAP)
	var struck atomic.Bool
	hurt := make(chan struct{})
	p.Set(func(from emailtest.Side, line []byte) emailtest.Action {
		if hit(from, line) && struck.CompareAndSwap(false, true) {
			close(hurt)
			return emailtest.Action{Verdict: verdict}
		}
		return emailtest.Action{}
	})
	deliver(t, s, user, 0, 2)
	cfg := mailboxOf(s, user)
	cfg.IMAP.Addr = p.Addr
	cfg.Idle = 300 * time.Millisecond
	if verdict == emailtest.Hang {
		cfg.Timeout = 1500 * time.Millisecond
	}
	e := newEffects()
	stop := receive(t, open(t, cfg), e.hear)
	ctx := within(t)
	e.wait(t, ctx, 2)
	deliver(t, s, user, 2, 1)
	e.wait(t, ctx, 3)
	deliver(t, s, user, 3, 1)
	e.wait(t, ctx, 4)
	select {
	case <-hurt:
	case <-ctx.Done():
		t.Error("the fault never happened")
	}
	emptied(t, s, user, 4)
	stop()
	once(t, e.all(), 4)
}

func TestDovecotKilled(t *testing.T) {
	t.Parallel()
	s := emailtest.Start(t)
	user := s.User()
	e := newEffects()
	stop := receive(t, open(t, mailboxOf(s, user)), e.hear)
	ctx := within(t)
	const rounds, each = 3, 4
	for round := range rounds {
		deliver(t, s, user, round*each, each-1)
		s.KillIMAP()
		if err := s.StartIMAP(); err != nil {
			t.Fatal(err)
		}
		deliver(t, s, user, round*each+each-1, 1)
	}
	e.wait(t, ctx, rounds*each)
	emptied(t, s, user, rounds*each)
	stop()
	once(t, e.all(), rounds*each)
}

// TestRandomDrops cuts connections at random places. EHRENAMT_SOAK=1 makes it 500 drops over 2,000 mails.
func TestRandomDrops(t *testing.T) {
	t.Parallel()
	drops, mails := 50, 200
	if os.Getenv("EHRENAMT_SOAK") != "" {
		drops, mails = 500, 2000
	}
	s := stack(t)
	user := s.User()
	p := emailtest.NewProxy(t, s.IMAP)
	var mu sync.Mutex
	rnd := rand.New(rand.NewPCG(1, 2))
	left, next := drops, 30
	p.Set(func(_ emailtest.Side, line []byte) emailtest.Action {
		mu.Lock()
		defer mu.Unlock()
		if next -= 1; next > 0 || left == 0 {
			return emailtest.Action{}
		}
		left--
		next = 20 + rnd.IntN(mails*40/drops/2)
		return emailtest.Action{Verdict: []emailtest.Verdict{emailtest.Cut, emailtest.Half, emailtest.After}[rnd.IntN(3)]}
	})
	cfg := mailboxOf(s, user)
	cfg.IMAP.Addr, cfg.Pause = p.Addr, time.Millisecond
	e := newEffects()
	stop := receive(t, open(t, cfg), e.hear)
	go func() {
		for i := range mails {
			raw := written("anna@users.test", user, fmt.Sprintf("m%d.%s", i, user), "Hallo", fmt.Sprintf("Nachricht %d", i))
			if err := s.Deliver("anna@users.test", user, raw); err != nil {
				t.Errorf("deliver: %v", err)
			}
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	defer cancel()
	e.wait(t, ctx, mails)
	emptied(t, s, user, mails)
	stop()
	mu.Lock()
	defer mu.Unlock()
	t.Logf("%d drops over %d mails, %d heard again, %d connections", drops-left, mails, e.repeats, p.Connections())
	if left > 0 {
		t.Errorf("only %d of %d drops happened", drops-left, drops)
	}
	once(t, e.all(), mails)
}

func TestUIDValidityChangedAfterAMoveWasLost(t *testing.T) {
	t.Parallel()
	s := emailtest.Start(t)
	user := s.User()
	p := emailtest.NewProxy(t, s.IMAP)
	lost := make(chan struct{})
	var struck atomic.Bool
	p.Set(func(from emailtest.Side, line []byte) emailtest.Action {
		if from == emailtest.Client && bytes.Contains(line, []byte("UID MOVE")) && struck.CompareAndSwap(false, true) {
			close(lost)
			return emailtest.Action{Verdict: emailtest.Cut}
		}
		return emailtest.Action{}
	})
	cfg := mailboxOf(s, user)
	cfg.IMAP.Addr, cfg.Pause = p.Addr, time.Hour
	e := newEffects()
	deliver(t, s, user, 0, 1)
	stop := receive(t, open(t, cfg), e.hear)
	<-lost
	stop()
	s.KillIMAP()
	if err := errors.Join(s.ChangeValidity(user), s.StartIMAP()); err != nil {
		t.Fatal(err)
	}
	cfg.Pause = time.Millisecond
	stop = receive(t, open(t, cfg), e.hear)
	deliver(t, s, user, 1, 1)
	got := e.wait(t, within(t), 2)
	emptied(t, s, user, 2)
	stop()
	once(t, got, 2)
	before, _, _ := strings.Cut(got[0].ID, ":")
	after, _, _ := strings.Cut(got[1].ID, ":")
	if before == after || e.repeats != 1 {
		t.Errorf("validity %s then %s, %d repeats: the mailbox was not the same mail under another UIDVALIDITY", before, after, e.repeats)
	}
}

func TestMailDeliveredTwiceIsOneMail(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user := s.User()
	raw := written("anna@users.test", user, "twice@users.test", "Hallo", "Nachricht 0")
	for _, to := range []string{user, strings.Replace(user, "@", "+k7q2mxw4zt3hn6pd@", 1)} {
		if err := s.Submit("anna@users.test", to, raw); err != nil {
			t.Fatal(err)
		}
	}
	e := newEffects()
	stop := receive(t, open(t, mailboxOf(s, user)), e.hear)
	emptied(t, s, user, 2)
	stop()
	once(t, e.all(), 1)
	if e.repeats != 1 {
		t.Errorf("heard %d repeats, want one", e.repeats)
	}
}

// answering is a minimal bot: it answers what people write, and nothing else.
func answering(c *email.Channel, sent *atomic.Int32) func(context.Context, channels.Message) error {
	return func(ctx context.Context, m channels.Message) error {
		if m.Kind != channels.Text {
			return nil
		}
		sent.Add(1)
		_, err := c.Send(ctx, "answer to "+m.From.Account+m.ID, m.From, channels.Reply{Text: "Das habe ich nicht verstanden.", Title: "Deine Nachricht"})
		return err
	}
}

func TestVacationRespondersAreNotAnswered(t *testing.T) {
	t.Parallel()
	s := stack(t)
	for name, headers := range map[string]string{
		"RFC 3834":             "Auto-Submitted: auto-replied\r\nSubject: Urlaub\r\n",
		"Exchange":             "X-Auto-Response-Suppress: All\r\nAuto-Submitted: auto-generated\r\nSubject: Automatische Antwort: Deine Nachricht\r\n",
		"nothing but the name": "Subject: Abwesenheitsnotiz: Deine Nachricht\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bot, person := s.User(), s.User()
			c := open(t, mailboxOf(s, bot))
			var sent atomic.Int32
			e := newEffects()
			receive(t, c, func(ctx context.Context, m channels.Message) error {
				if err := answering(c, &sent)(ctx, m); err != nil {
					return err
				}
				return e.hear(ctx, m)
			})
			if err := s.Deliver(person, bot, written(person, bot, "1."+person, "Hallo", "Wer ist da?")); err != nil {
				t.Fatal(err)
			}
			answer, err := s.WaitMails(within(t), person, "", 1)
			if err != nil {
				t.Fatal(err)
			}
			back := returnPath.FindSubmatch(answer[0])
			if back == nil {
				t.Fatalf("no envelope sender in %s", answer[0])
			}
			vacation := fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nMessage-ID: <2.%s>\r\n%s\r\nIch bin weg.\r\n", person, back[1], person, headers)
			if err := s.Submit(person, string(back[1]), []byte(vacation)); err != nil {
				t.Fatal(err)
			}
			got := e.wait(t, within(t), 2)
			if got[1].Kind != channels.Auto || got[1].Ref == "" || sent.Load() != 1 {
				t.Errorf("heard %s (ref %q) and sent %d answers", got[1].Kind, got[1].Ref, sent.Load())
			}
		})
	}
}

var returnPath = regexp.MustCompile(`(?m)^Return-Path: <([^>]+)>`)

func TestTwoOfUsDoNotTalkForEver(t *testing.T) {
	t.Parallel()
	s := stack(t)
	one, two := s.User(), s.User()
	a, b := open(t, mailboxOf(s, one)), open(t, mailboxOf(s, two))
	var sent atomic.Int32
	heardA, heardB := newEffects(), newEffects()
	both := func(c *email.Channel, e *effects) func(context.Context, channels.Message) error {
		return func(ctx context.Context, m channels.Message) error {
			return errors.Join(answering(c, &sent)(ctx, m), e.hear(ctx, m))
		}
	}
	receive(t, a, both(a, heardA))
	receive(t, b, both(b, heardB))
	// somebody claims to be the other bot
	if err := s.Submit(two, one, written(two, one, "start@users.test", "Hallo", "Wer bist du?")); err != nil {
		t.Fatal(err)
	}
	heardB.wait(t, within(t), 1)
	emptied(t, s, two, 1)
	if got := heardB.all(); got[0].Kind != channels.Auto || sent.Load() > 1 {
		t.Errorf("the answer was heard as %s and %d answers were sent, want 1", got[0].Kind, sent.Load())
	}
}

func TestARealDeliveryReportClosesTheAddress(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user := s.User()
	c := open(t, mailboxOf(s, user))
	e := newEffects()
	receive(t, c, e.hear)
	ref, err := c.Send(within(t), "to nobody", channels.Address{Channel: "email", Account: "test", ID: "weg@bounce.test"}, channels.Reply{Text: "Kommst du?"})
	if err != nil {
		t.Fatal(err)
	}
	m := e.wait(t, within(t), 1)[0]
	if m.Kind != channels.Failure || m.From.ID != "weg@bounce.test" || m.Ref != ref || m.Trust == channels.Authenticated {
		t.Errorf("heard %s about %s, ref %q want %q, trust %d", m.Kind, m.From.ID, m.Ref, ref, m.Trust)
	}
}

func TestBrokenMailIsKeptApart(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user := s.User()
	if err := s.Deliver("x@users.test", user, []byte("From: <x@users.test>\r\nno header line\r\nSubject: x\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	e := newEffects()
	receive(t, open(t, mailboxOf(s, user)), e.hear)
	m := e.wait(t, within(t), 1)[0]
	if m.Kind != channels.Unreadable || len(m.Raw) == 0 {
		t.Errorf("heard %s with %d raw bytes", m.Kind, len(m.Raw))
	}
	if _, err := s.WaitMails(within(t), user, "Failed", 1); err != nil {
		t.Error(err)
	}
}

func TestAHugeMailIsReadInPart(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user := s.User()
	head := "From: <anna@users.test>\r\nTo: <" + user + ">\r\nSubject: Fotos\r\nMessage-ID: <big@users.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nHier die Fotos.\r\n--b\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	raw := head + strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 25<<20/78) + "--b--\r\n"
	if err := s.Deliver("anna@users.test", user, []byte(raw)); err != nil {
		t.Fatal(err)
	}
	e := newEffects()
	receive(t, open(t, mailboxOf(s, user)), e.hear)
	m := e.wait(t, within(t), 1)[0]
	if m.Text != "Hier die Fotos." || !m.Doubtful || len(m.Files) != 1 || len(m.Raw) > 256<<10 {
		t.Errorf("heard %q doubtful=%v files=%d raw=%d", m.Text, m.Doubtful, len(m.Files), len(m.Raw))
	}
	emptied(t, s, user, 1)
}
