package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels/email/emailtest"
)

// mailRig is a running service with one mailbox on a real Dovecot and Postfix, and people who write to it.
type mailRig struct {
	t     testing.TB
	stack *emailtest.Stack
	us    string
	n     int
	url   string
}

func newMailRig(t testing.TB) *mailRig {
	t.Helper()
	stack := emailtest.Start(t)
	r := &mailRig{t: t, stack: stack, us: stack.User()}
	dir := t.TempDir()
	address := freePort(t)
	r.url = "http://" + address
	conf := filepath.Join(dir, "ehrenamt.toml")
	text := fmt.Sprintf(`
database = %q
listen = %q
public_url = %q
[log]
level = "warn"
[fronts.aachen]
name = "Aachen"
place = "Aachen"
zone = %q
[email.main]
address = %q
authserv_id = "mx.users.test"
plus_addressing = true
imap = { url = "imap://%s?tls=off", user = %q, password = %q }
smtp = { url = "smtp://%s?tls=off", user = %q, password = %q }
`, filepath.Join(dir, "mail.db"), address, r.url, zoneAtNoon(time.Now()), r.us, stack.IMAP, r.us, emailtest.Password, stack.Submission, r.us, emailtest.Password)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"serve", "--config", conf}) }()
	t.Cleanup(func() {
		stop()
		<-done
	})
	return r
}

// write sends a mail to the service; proved says that its own mail server vouches for the sender.
func (r *mailRig) write(from, subject, text string, proved bool) {
	r.t.Helper()
	r.n++
	var b bytes.Buffer
	if proved {
		fmt.Fprintf(&b, "Authentication-Results: mx.users.test; dmarc=pass header.from=users.test\r\n")
	}
	fmt.Fprintf(&b, "From: Somebody <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <m%d.%s>\r\nDate: %s\r\n", from, r.us, subject, r.n, from, time.Now().Format(time.RFC1123Z))
	fmt.Fprintf(&b, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n", text)
	if err := r.stack.Deliver(from, r.us, b.Bytes()); err != nil {
		r.t.Fatal(err)
	}
}

// answer waits for the nth mail in somebody's inbox and returns it, headers and decoded text.
func (r *mailRig) answer(who string, n int) string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 60*time.Second)
	defer cancel()
	mails, err := r.stack.WaitMails(ctx, who, "", n)
	if err != nil {
		r.t.Fatalf("mail %d to %s: %v", n, who, err)
	}
	plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(mails[n-1])))
	if err != nil {
		return string(mails[n-1])
	}
	return string(plain)
}

func (r *mailRig) wants(mail string, parts ...string) {
	r.t.Helper()
	for _, p := range parts {
		if !strings.Contains(mail, p) {
			r.t.Errorf("no %q in\n%s", p, mail)
		}
	}
}

func TestByMailEverythingGoes(t *testing.T) {
	r := newMailRig(t)
	anna, club := r.stack.User(), r.stack.User()
	r.write(anna, "Mithelfen", "Hallo, sagt mir bitte Bescheid, wenn in Aachen Hilfe gebraucht wird, Umkreis 15 km.", true)
	r.wants(r.answer(anna, 1), "Abgemacht", "15 km")
	r.write(club, "Helfer gesucht", "Der Turnverein Brand e.V. sucht am kommenden Samstag von 14 bis 18 Uhr drei Leute zum Aufbau beim Sommerfest in Brand.", true)
	summary := r.answer(club, 1)
	r.wants(summary, "So habe ich es verstanden", "3 Helfende", "14–18 Uhr", "Turnverein Brand", "Auto-Submitted: auto-", "X-Auto-Response-Suppress", "Soll ich es so veröffentlichen?",
		"Subject: Re: Helfer gesucht", "In-Reply-To: <m2."+club+">")
	r.write(club, "Re: Helfer gesucht", "ja", true)
	r.wants(r.answer(club, 2), "Veröffentlicht", "Subject: Re: Helfer gesucht", "In-Reply-To: <m3."+club+">")
	r.wants(r.answer(anna, 2), "Da wird jemand wie du gebraucht", "Turnverein Brand", "1) Ich komme")
	r.write(anna, "Re: Gesucht", "1", true)
	r.wants(r.answer(anna, 3), "Du bist dabei", "METHOD:REQUEST", "SEQUENCE:")
	r.wants(r.answer(club, 3), " kommt: ")
}

// pressLink looks at the link of a choice in a mail, and then presses its button. It returns the page after that.
func (r *mailRig) pressLink(mail, label string) string {
	r.t.Helper()
	link := regexp.MustCompile(`href="(` + regexp.QuoteMeta(r.url) + `/a/[a-z0-9]+-\d+)"[^>]*>\d\)&nbsp; ` + label + `<`).FindStringSubmatch(strings.ReplaceAll(mail, "\n", " "))
	if link == nil {
		r.t.Fatalf("no link %q in\n%s", label, mail)
	}
	get, err := http.Get(link[1])
	if err != nil || get.StatusCode != http.StatusOK {
		r.t.Fatalf("%v %v", get, err)
	}
	page, _ := io.ReadAll(get.Body)
	_ = get.Body.Close()
	r.wants(string(page), label+"</button>")
	post, err := http.Post(link[1], "application/x-www-form-urlencoded", nil)
	if err != nil || post.StatusCode != http.StatusOK {
		r.t.Fatalf("%v %v", post, err)
	}
	defer func() { _ = post.Body.Close() }()
	page, _ = io.ReadAll(post.Body)
	return string(page)
}

func TestWhoeverIsAskedByMailCanAnswerByALink(t *testing.T) {
	r := newMailRig(t)
	anna, club := r.stack.User(), r.stack.User()
	r.write(anna, "Mithelfen", "Hallo, sagt mir bitte Bescheid, wenn in Aachen Hilfe gebraucht wird, Umkreis 15 km.", true)
	r.wants(r.answer(anna, 1), "Abgemacht")
	r.write(club, "Helfer gesucht", "Der Turnverein Brand e.V. sucht am kommenden Samstag von 14 bis 18 Uhr drei Leute zum Aufbau beim Sommerfest in Brand.", true)
	r.wants(r.pressLink(r.answer(club, 1), "Ja"), "Veröffentlicht")
	r.wants(r.answer(club, 2), "Veröffentlicht")
	alert := r.answer(anna, 2)
	if head, _, _ := strings.Cut(alert, "\r\n\r\n"); !strings.Contains(head, "Subject: ") || strings.Contains(head, "Re: ") {
		t.Errorf("the alert says\n%s", head)
	}
	r.wants(r.pressLink(alert, "Ich komme"), "Du bist dabei")
	r.wants(r.answer(anna, 3), "Du bist dabei", "METHOD:REQUEST")
	if page := r.pressLink(alert, "Ich komme"); !strings.Contains(page, "Schon geantwortet") {
		t.Errorf("once more: %s", page)
	}
	r.wants(r.answer(club, 3), " kommt: ")
}

func TestAForgedMailDoesNothingUntilItsOwnerConfirmsIt(t *testing.T) {
	r := newMailRig(t)
	anna, ben := r.stack.User(), r.stack.User()
	r.write(anna, "Mithelfen", "Sagt mir bitte Bescheid, wenn in Aachen Hilfe gebraucht wird.", false)
	ask := r.answer(anna, 1)
	r.wants(ask, "bestätige", r.url+"/c/")
	link := regexp.MustCompile(regexp.QuoteMeta(r.url) + `/c/[0-9A-Z]{12}`).FindString(ask)
	get, err := http.Get(link)
	if err != nil || get.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", get, err)
	}
	page, _ := io.ReadAll(get.Body)
	_ = get.Body.Close()
	r.wants(string(page), "Ja, bestätigen")
	if mails, _ := r.stack.Mails(anna, ""); len(mails) != 1 {
		t.Fatal("looking at the link did something")
	}
	post, err := http.Post(link, "application/x-www-form-urlencoded", nil)
	if err != nil || post.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", post, err)
	}
	_ = post.Body.Close()
	r.wants(r.answer(anna, 2), "Abgemacht")

	r.write(ben, "Mithelfen", "Sagt mir bitte Bescheid, wenn in Aachen Hilfe gebraucht wird.", false)
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(r.answer(ben, 1))
	r.write(ben, "Re: Bitte kurz bestätigen", code, false)
	r.wants(r.answer(ben, 2), "Abgemacht")
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
