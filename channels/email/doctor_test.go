package email_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels/email"
	"ehrenamt/channels/email/emailtest"
)

// TestCheckSaysWhatIsWrong looks at a mailbox that is set up well, and at others.
func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := stack(t)
	well := func() email.Config { return mailboxOf(s, s.User()) }
	change := func(f func(*email.Config)) email.Config {
		c := well()
		c.Timeout = 3 * time.Second
		f(&c)
		return c
	}
	secured := func(c *email.Config) {
		c.SMTP.Security, c.IMAP.Security = email.StartTLS, email.StartTLS
		c.SMTP.TLS, c.IMAP.TLS = nil, nil
	}
	noPlus := emailtest.NewProxy(t, s.Submission)
	noPlus.Set(func(from emailtest.Side, line []byte) emailtest.Action {
		if from == emailtest.Client && strings.HasPrefix(string(line), "RCPT TO:") && strings.Contains(string(line), "+check") {
			return emailtest.Action{Verdict: emailtest.Swallow, Answer: "550 5.1.1 no such user\r\n"}
		}
		return emailtest.Action{}
	})
	for _, x := range []struct {
		name string
		cfg  email.Config
		want []string // "level what: part of the sentence"
	}{
		{"all is well", well(), []string{"ok imap: logged in", "ok smtp: logged in", "ok round trip: arrives after", "ok plus addresses: they arrive"}},
		{"plus addresses not used", change(func(c *email.Config) { c.NoPlus = true }), []string{"ok round trip: arrives", "warning plus addresses: plus_addressing = true"}},
		{"plus addresses that do not arrive", change(func(c *email.Config) { c.SMTP.Addr = noPlus.Addr }), []string{"ok round trip: arrives", "error plus addresses: plus_addressing = false"}},
		{"a wrong IMAP password", change(func(c *email.Config) { c.IMAP.Password = "wrong" }), []string{"error imap: refuses this user and password", "ok smtp: logged in", "warning round trip: not tried"}},
		{"a wrong SMTP password", change(func(c *email.Config) { c.SMTP.Password = "wrong" }), []string{"ok imap: ", "error smtp: refuses this user and password"}},
		{"nobody there", change(func(c *email.Config) { c.SMTP.Addr = "127.0.0.1:1" }), []string{"error smtp: nobody listens at 127.0.0.1:1"}},
		{"no such server", change(func(c *email.Config) { c.IMAP.Addr = "mail.nowhere.invalid:993" }), []string{"error imap: mail.nowhere.invalid"}},
		{"a certificate of nobody", change(secured), []string{"error imap: certificate", "error smtp: "}},
		{"TLS where there is none", change(func(c *email.Config) { c.IMAP.Security = email.TLS }), []string{"error imap: imap://"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range open(t, x.cfg).Check(within(t), nil) {
				got = append(got, string(f.Level)+" "+f.What+": "+f.Says)
			}
			for _, w := range x.want {
				head, part, _ := strings.Cut(w, ": ")
				if !slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, head+": ") && strings.Contains(l, part) }) {
					t.Errorf("no %q in\n%s", w, strings.Join(got, "\n"))
				}
			}
			if all := strings.Join(got, "\n"); strings.Contains(all, emailtest.Password) || strings.Contains(all, "wrong\"") {
				t.Errorf("a password in %s", all)
			}
		})
	}
}
