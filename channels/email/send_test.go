package email_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/email"
	"ehrenamt/channels/email/emailtest"
)

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user, person := s.User(), s.User()
	p := emailtest.NewProxy(t, s.Submission)
	cfg := mailboxOf(s, user)
	cfg.SMTP.Addr = p.Addr
	c := open(t, cfg)
	send := func(key string) {
		t.Helper()
		if _, err := c.Send(within(t), key, channels.Address{Channel: "email", ID: person}, channels.Reply{Text: key}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		send(fmt.Sprint("first ", i))
	}
	if n := p.Connections(); n != 1 {
		t.Errorf("%d connections for five mails one after the other", n)
	}
	p.CutAll() // as a server does with an idle one
	send("second")
	if got, err := s.WaitMails(within(t), person, "", 6); err != nil || len(got) != 6 {
		t.Errorf("%d mails arrived (%v)", len(got), err)
	}
}

func TestRefusalsSayWhetherARepeatHelps(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user, person := s.User(), s.User()
	p := emailtest.NewProxy(t, s.Submission)
	cfg := mailboxOf(s, user)
	cfg.SMTP.Addr = p.Addr
	cfg.Timeout = 2 * time.Second
	c := open(t, cfg)
	for _, f := range []struct {
		at, answer          string
		final, gone, unsure bool
	}{
		{"MAIL FROM", "421 4.3.2 shutting down", false, false, false},
		{"RCPT TO", "450 4.2.1 greylisted", false, false, false},
		{"RCPT TO", "451 4.3.0 later", false, false, false},
		{"RCPT TO", "452 4.2.2 mailbox full", false, false, false},
		{"RCPT TO", "550 5.1.1 unknown", true, true, false},
		{"RCPT TO", "550 5.7.1 rejected by policy", true, false, false},
		{"RCPT TO", "552 5.2.2 over quota", true, false, false},
		{"RCPT TO", "550 no such user", true, true, false},
		{"RCPT TO", "550 5.0.0 <x@y>... User unknown", true, true, false},
		{"RCPT TO", "550 5.2.1 mailbox disabled", true, true, false},
		{"RCPT TO", "550 Blocked: see our policy, user unknown to us", true, false, false},
		{"RCPT TO", "554 5.1.8 bad sender", true, false, false},
		{"RCPT TO", "550 not liked", true, false, false},
		{"RCPT TO", "552 5.7.1 content", true, false, false},
		{".", "552 5.3.4 too big", true, false, false},
		{".", "550 5.1.1 unknown, said at the end", true, false, false},
		{"DATA", "554 5.7.1 spam", true, false, false},
		{"DATA", "503 5.5.1 bad sequence", false, false, false},
		{".", "550 5.7.1 content", true, false, false},
		{".", "451 4.7.1 content", false, false, false},
		{".", "nonsense", false, false, true},
	} {
		p.Set(instead(f.at, f.answer))
		_, err := c.Send(within(t), f.at+f.answer, channels.Address{Channel: "email", ID: person}, channels.Reply{Text: "Hallo"})
		if err == nil || errors.Is(err, channels.ErrUndeliverable) != f.final || errors.Is(err, channels.ErrGone) != f.gone || errors.Is(err, channels.ErrUncertain) != f.unsure {
			t.Errorf("%s at %s gave %v", f.answer, f.at, err)
		}
		p.Set(nil)
		if _, err := c.Send(within(t), "after "+f.at+f.answer, channels.Address{Channel: "email", ID: person}, channels.Reply{Text: "Hallo"}); err != nil {
			t.Errorf("after %s at %s the next mail gave %v", f.answer, f.at, err)
		}
	}
}

// instead answers a command, or the end of the mail, in place of the server.
func instead(at, answer string) emailtest.Rule {
	return func(from emailtest.Side, line []byte) emailtest.Action {
		hit := at == "." && string(line) == ".\r\n" || at != "." && len(line) >= len(at) && string(line[:len(at)]) == at
		if from != emailtest.Client || !hit {
			return emailtest.Action{}
		}
		return emailtest.Action{Verdict: emailtest.Swallow, Answer: answer + "\r\n"}
	}
}

func TestASilentServerLeavesNoDoubtBeforeTheEnd(t *testing.T) {
	t.Parallel()
	s := stack(t)
	for at, unsure := range map[string]bool{"EHLO": false, "MAIL FROM": false, "RCPT TO": false, "DATA": false, ".": true} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			p := emailtest.NewProxy(t, s.Submission)
			p.Set(func(from emailtest.Side, line []byte) emailtest.Action {
				if a := instead(at, "")(from, line); a.Verdict == emailtest.Swallow {
					return emailtest.Action{Verdict: emailtest.Hang}
				}
				return emailtest.Action{}
			})
			cfg := mailboxOf(s, s.User())
			cfg.SMTP.Addr, cfg.Timeout = p.Addr, 500*time.Millisecond
			_, err := open(t, cfg).Send(within(t), "k", channels.Address{Channel: "email", ID: s.User()}, channels.Reply{Text: "Hallo"})
			if err == nil || errors.Is(err, channels.ErrUncertain) != unsure || errors.Is(err, channels.ErrUndeliverable) {
				t.Errorf("silence at %s gave %v", at, err)
			}
		})
	}
}

// handOver sends b.N alerts from several goroutines.
func handOver(b *testing.B, sendOne func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				i := int(next.Add(1))
				if i > b.N {
					return
				}
				if err := sendOne(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkHandOver hands alerts to Postfix; 10,000 of them are to take less than a minute. The two
// figures beside each other are the gain of using connections again.
func BenchmarkHandOver(b *testing.B) {
	s := stack(b)
	cfg := mailboxOf(s, s.User())
	cfg.Senders = 8
	reply := channels.Reply{Title: "Sa 14. März, 14 Uhr, Brand: Aufbau", Text: "Der TV Brand sucht 5 Helfende. Kommst du?", Choices: []channels.Choice{{Key: "a", Label: "Ich komme"}, {Key: "b", Label: "Diesmal nicht"}}}
	to := func(i int) channels.Address {
		return channels.Address{Channel: "email", ID: fmt.Sprintf("p%d@discard.test", i)}
	}
	b.Run("connections used again", func(b *testing.B) {
		c := open(b, cfg)
		handOver(b, func(i int) error {
			_, err := c.Send(context.Background(), fmt.Sprint("again ", b.N, i), to(i), reply)
			return err
		})
	})
	b.Run("one connection for each mail", func(b *testing.B) {
		handOver(b, func(i int) error {
			c, err := email.New(cfg)
			if err != nil {
				return err
			}
			defer func() { _ = c.Close() }()
			_, err = c.Send(context.Background(), fmt.Sprint("each ", b.N, i), to(i), reply)
			return err
		})
	})
}

// BenchmarkFromQuestionToAnswer measures from a mail's delivery to us until our answer is in the sender's mailbox.
func BenchmarkFromQuestionToAnswer(b *testing.B) {
	s := stack(b)
	bot, person := s.User(), s.User()
	c := open(b, mailboxOf(s, bot))
	var sent atomic.Int32
	receive(b, c, answering(c, &sent))
	var took []time.Duration
	for n := 1; b.Loop(); n++ {
		raw := written(person, bot, fmt.Sprintf("q%d.%s", n, person), "Hallo", "Wer ist da?")
		if err := s.Deliver(person, bot, raw); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if _, err := s.WaitMails(within(b), person, "", n); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
}
