package email_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/email"
	"ehrenamt/channels/email/emailtest"
)

func TestConnectionsAreSecuredInEveryWay(t *testing.T) {
	t.Parallel()
	s := stack(t)
	for name, change := range map[string]func(*email.Config){
		"TLS":      func(c *email.Config) { c.IMAP.Addr, c.IMAP.Security = s.IMAPS, email.TLS },
		"STARTTLS": func(c *email.Config) { c.IMAP.Security, c.SMTP.Security = email.StartTLS, email.StartTLS },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user := s.User()
			cfg := mailboxOf(s, user)
			change(&cfg)
			trusting := &tls.Config{RootCAs: s.Roots}
			cfg.IMAP.TLS, cfg.SMTP.TLS = trusting, trusting
			c := open(t, cfg)
			e := newEffects()
			stop := receive(t, c, e.hear)
			deliver(t, s, user, 0, 1)
			e.wait(t, within(t), 1)
			stop()
			if _, err := c.Send(within(t), "k", channels.Address{Channel: "email", ID: s.User()}, channels.Reply{Text: "Hallo"}); err != nil {
				t.Errorf("send: %v", err)
			}
			cfg.IMAP.TLS, cfg.SMTP.TLS = nil, nil // nobody vouches for the certificate now
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			deliver(t, s, user, 1, 1)
			_ = open(t, cfg).Receive(ctx, "", e.hear)
			if len(e.all()) != 1 {
				t.Error("mail was fetched from a server that nobody vouches for")
			}
			if _, err := open(t, cfg).Send(within(t), "k", channels.Address{Channel: "email", ID: user}, channels.Reply{Text: "Hallo"}); name == "STARTTLS" && err == nil {
				t.Error("mail was handed to a server that nobody vouches for")
			}
		})
	}
}

// TestXOAUTH2 lets a proxy understand XOAUTH2 and log in by password behind it.
func TestXOAUTH2(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user := s.User()
	p := emailtest.NewProxy(t, s.IMAP)
	p.Set(func(from emailtest.Side, line []byte) emailtest.Action {
		words := strings.Fields(string(line))
		switch {
		case from == emailtest.Server && bytes.Contains(line, []byte("AUTH=PLAIN")):
			return emailtest.Action{Instead: strings.Replace(string(line), "AUTH=PLAIN", "AUTH=XOAUTH2", 1)}
		case from == emailtest.Client && len(words) == 4 && words[1] == "AUTHENTICATE":
			said, _ := base64.StdEncoding.DecodeString(words[3])
			if words[2] != "XOAUTH2" || string(said) != "user="+user+"\x01auth=Bearer fresh-2\x01\x01" {
				return emailtest.Action{Verdict: emailtest.Swallow, Answer: words[0] + " NO [AUTHENTICATIONFAILED] wrong\r\n"}
			}
			return emailtest.Action{Instead: fmt.Sprintf("%s LOGIN %s %s\r\n", words[0], user, emailtest.Password)}
		}
		return emailtest.Action{}
	})
	cfg := mailboxOf(s, user)
	cfg.IMAP.Addr, cfg.IMAP.Password = p.Addr, ""
	var asked atomic.Int32
	cfg.IMAP.Token = func(context.Context) (string, error) { return fmt.Sprintf("fresh-%d", asked.Add(1)), nil }
	e := newEffects()
	receive(t, open(t, cfg), e.hear) // the first token is refused, the second is good
	deliver(t, s, user, 0, 1)
	e.wait(t, within(t), 1)
}

func TestPollingWhereIdleIsMissing(t *testing.T) {
	t.Parallel()
	s := stack(t)
	user := s.User()
	p := emailtest.NewProxy(t, s.IMAP)
	var idled atomic.Bool
	p.Set(func(from emailtest.Side, line []byte) emailtest.Action {
		if from == emailtest.Client && bytes.Contains(line, []byte(" IDLE\r")) {
			idled.Store(true)
		}
		if from == emailtest.Server && bytes.Contains(line, []byte(" IDLE")) {
			return emailtest.Action{Instead: strings.ReplaceAll(string(line), " IDLE", "")}
		}
		return emailtest.Action{}
	})
	cfg := mailboxOf(s, user)
	cfg.IMAP.Addr, cfg.Poll = p.Addr, 50*time.Millisecond
	e := newEffects()
	stop := receive(t, open(t, cfg), e.hear)
	deliver(t, s, user, 0, 2)
	e.wait(t, within(t), 2)
	deliver(t, s, user, 2, 2)
	e.wait(t, within(t), 4)
	emptied(t, s, user, 4)
	stop()
	once(t, e.all(), 4)
	if idled.Load() {
		t.Error("IDLE was used although the server has none")
	}
}

// BenchmarkFromDeliveryToHeard measures from the moment the server has a mail to the end of hear, idling in between.
func BenchmarkFromDeliveryToHeard(b *testing.B) {
	s := stack(b)
	user := s.User()
	e := newEffects()
	receive(b, open(b, mailboxOf(s, user)), e.hear)
	deliver(b, s, user, 0, 1)
	e.wait(b, within(b), 1)
	var took []time.Duration
	n := 1
	for b.Loop() {
		deliver(b, s, user, n, 1)
		start := time.Now()
		n++
		e.wait(b, within(b), n)
		took = append(took, time.Since(start))
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
}
