package main

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/email/emailtest"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// TestNoMailIsLostHoweverOftenTheServiceIsKilled runs the real binary on a real Dovecot and Postfix, and kills it with SIGKILL
// while a mail is being handed over: before and after the server has taken it, and between that and the commit. In between
// connections are cut and mailboxes are full. Everybody who asked has an answer then; what came twice has one Message-ID, and
// no alert came twice.
func TestNoMailIsLostHoweverOftenTheServiceIsKilled(t *testing.T) {
	kills, people := 8, 12
	if soak() {
		kills, people = 100, 150
	}
	k := newMailKillRig(t)
	for i := range people { // who is alerted later
		k.write(fmt.Sprint("join", i), k.person(i), "Sagt mir bitte Bescheid, wenn in Aachen Hilfe gebraucht wird, Umkreis 20 km.")
	}
	k.start()
	for n := range kills {
		if n == kills/2 { // a wave of alerts in the middle of it
			k.write("need", k.club, "Der Turnverein Brand sucht übermorgen von 14 bis 18 Uhr neun Leute zum Aufbau in Aachen.")
			k.until(k.club, 1)
			k.write("yes", k.club, "ja")
		}
		k.write(fmt.Sprint("ask", n), k.person(n%people), "/meine")
		k.armed(n)
		k.start()
	}
	k.proxy.Set(k.faults)
	k.wait()
	k.stop()
	k.compare(people, kills)
}

type mailKillRig struct {
	t        *testing.T
	stack    *emailtest.Stack
	proxy    *emailtest.Proxy
	bin, dir string
	us, club string
	persons  map[int]string
	cmd      *exec.Cmd
	mu       sync.Mutex
	commands int
	asked    int
}

func newMailKillRig(t *testing.T) *mailKillRig {
	t.Helper()
	dir := t.TempDir()
	k := &mailKillRig{t: t, stack: emailtest.Start(t), dir: dir, bin: filepath.Join(dir, "ehrenamt"), persons: map[int]string{}}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", k.bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	k.us, k.club, k.proxy = k.stack.User(), k.stack.User(), emailtest.NewProxy(t, k.stack.Submission)
	text := fmt.Sprintf(`
database = %q
key = %q
listen = "off"
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
`, k.database(), killKey, zoneAtNoon(time.Now()), k.us, k.stack.IMAP, k.us, emailtest.Password, k.proxy.Addr, k.us, emailtest.Password)
	if err := os.WriteFile(filepath.Join(dir, "ehrenamt.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *mailKillRig) database() string { return filepath.Join(k.dir, "kill.db") }

func (k *mailKillRig) person(i int) string {
	if k.persons[i] == "" {
		k.persons[i] = k.stack.User()
	}
	return k.persons[i]
}

func (k *mailKillRig) write(id, from, text string) {
	k.t.Helper()
	k.asked++
	raw := fmt.Appendf(nil, "Authentication-Results: mx.users.test; dmarc=pass header.from=users.test\r\nFrom: <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@%s>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n",
		from, k.us, id, id, strings.ReplaceAll(from, "@", "."), time.Now().Format(time.RFC1123Z), text)
	if err := k.stack.Deliver(from, k.us, raw); err != nil {
		k.t.Fatal(err)
	}
}

func (k *mailKillRig) start() {
	out, err := os.OpenFile(filepath.Join(k.dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	k.cmd = exec.Command(k.bin, "serve", "--config", filepath.Join(k.dir, "ehrenamt.toml"))
	k.cmd.Env, k.cmd.Stdout, k.cmd.Stderr = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + k.dir}, out, out
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
}

// armed kills the service at the next mail it hands over, at a place that n chooses.
func (k *mailKillRig) armed(n int) {
	hit := make(chan struct{})
	var once sync.Once
	taken := func(from emailtest.Side, line []byte) bool {
		return from == emailtest.Server && bytes.Contains(line, []byte("queued as"))
	}
	said := func(from emailtest.Side, line []byte, what string) bool {
		return from == emailtest.Client && string(line) == what+"\r\n"
	}
	places := []func(emailtest.Side, []byte) (bool, emailtest.Verdict){
		func(s emailtest.Side, l []byte) (bool, emailtest.Verdict) { return taken(s, l), emailtest.Hang },
		func(s emailtest.Side, l []byte) (bool, emailtest.Verdict) { return taken(s, l), emailtest.Pass },
		func(s emailtest.Side, l []byte) (bool, emailtest.Verdict) { return said(s, l, "."), emailtest.Hang },
		func(s emailtest.Side, l []byte) (bool, emailtest.Verdict) { return said(s, l, "DATA"), emailtest.Hang },
	}
	place := places[n%len(places)]
	k.proxy.Set(func(from emailtest.Side, line []byte) emailtest.Action {
		struck, verdict := place(from, line)
		if !struck {
			return emailtest.Action{}
		}
		once.Do(func() { close(hit) })
		return emailtest.Action{Verdict: verdict}
	})
	select {
	case <-hit:
	case <-time.After(60 * time.Second):
		k.t.Fatalf("nothing was sent before kill %d\n%s", n, k.log())
	}
	_ = k.cmd.Process.Signal(syscall.SIGKILL)
	_ = k.cmd.Wait()
	k.proxy.Set(nil)
	k.proxy.CutAll()
}

// faults cuts a connection here, and says that a mailbox is locked there.
func (k *mailKillRig) faults(from emailtest.Side, line []byte) emailtest.Action {
	k.mu.Lock()
	defer k.mu.Unlock()
	text := string(line)
	if from == emailtest.Server || text != ".\r\n" && text != "DATA\r\n" && !strings.HasPrefix(text, "MAIL FROM") && !strings.HasPrefix(text, "RCPT TO") {
		return emailtest.Action{}
	}
	switch k.commands++; {
	case k.commands%11 == 0:
		return emailtest.Action{Verdict: emailtest.Cut}
	case k.commands%5 == 0 && strings.HasPrefix(text, "RCPT TO"):
		return emailtest.Action{Verdict: emailtest.Swallow, Answer: "450 4.2.1 mailbox locked\r\n"}
	}
	return emailtest.Action{}
}

func (k *mailKillRig) stop() {
	_ = k.cmd.Process.Signal(syscall.SIGTERM)
	if err := k.cmd.Wait(); err != nil {
		k.t.Errorf("an orderly stop ends with %v", err)
	}
}

func (k *mailKillRig) log() string {
	data, _ := os.ReadFile(filepath.Join(k.dir, "log"))
	return string(data[max(0, len(data)-4000):])
}

// until waits for the nth mail to somebody.
func (k *mailKillRig) until(who string, n int) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 90*time.Second)
	defer cancel()
	if _, err := k.stack.WaitMails(ctx, who, "", n); err != nil {
		k.t.Fatalf("mail %d to %s: %v\n%s", n, who, err, k.log())
	}
}

// wait waits until nothing is to be heard or sent any more.
func (k *mailKillRig) wait() {
	k.t.Helper()
	end := time.Now().Add(3 * time.Minute)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for calm := 0; calm < 5; <-tick.C {
		if time.Now().After(end) {
			k.t.Fatalf("it never came to rest\n%s", k.log())
		}
		inbox, err := k.stack.Mails(k.us, "")
		if err != nil {
			k.t.Fatal(err)
		}
		counts := map[storage.DeliveryState]int{}
		k.look(func(ctx context.Context, tx *storage.Tx) (err error) {
			counts, err = tx.Sent.Count(ctx)
			return err
		})
		if calm++; len(inbox) > 0 || counts[storage.Queued]+counts[storage.Sending] > 0 {
			calm = 0
		}
	}
}

func (k *mailKillRig) look(fn func(context.Context, *storage.Tx) error) {
	k.t.Helper()
	s, err := sqldb.Open(k.t.Context(), sqldb.Config{DSN: k.database(), Key: sqldb.KeySource{Value: killKey}})
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.View(k.t.Context(), fn); err != nil {
		k.t.Fatal(err)
	}
}

// compare holds the mails people have against what they asked and what the store says.
func (k *mailKillRig) compare(people, kills int) {
	t := k.t
	answers, repeats, alerts, uncertain := 0, 0, 0, 0
	everybody := []string{k.club}
	for i := range people {
		everybody = append(everybody, k.person(i))
	}
	answered := map[string]map[string]int{} // the mail that was answered → Message-IDs of its answers
	for _, who := range everybody {
		mails, err := k.stack.Mails(who, "")
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]int{}
		for _, raw := range mails {
			m, err := mail.ReadMessage(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			id, to := m.Header.Get("Message-ID"), m.Header.Get("In-Reply-To")
			if to == "" && m.Header.Get("List-Unsubscribe") == "" && !strings.Contains(m.Header.Get("Subject"), "Aufbau") {
				t.Errorf("a mail that is neither an answer nor an alert: %s", m.Header.Get("Subject"))
			}
			if to == "" {
				told[id]++
				continue
			}
			if answered[to] == nil {
				answered[to] = map[string]int{}
			}
			answered[to][id]++
			answers++
		}
		for id, n := range told {
			alerts++
			if n > 1 {
				t.Errorf("alert %s came %d times", id, n)
			}
		}
	}
	for to, ids := range answered {
		if len(ids) != 1 {
			t.Errorf("%s has answers of %d Message-IDs", to, len(ids))
		}
		for _, n := range ids {
			repeats += n - 1
		}
	}
	if len(answered) != k.asked {
		t.Errorf("%d of %d mails were answered\n%s", len(answered), k.asked, k.log())
	}
	k.look(func(ctx context.Context, tx *storage.Tx) error {
		counts, err := tx.Sent.Count(ctx)
		uncertain = counts[storage.Uncertain]
		if counts[storage.Buried] > 0 {
			t.Errorf("%d deliveries were given up", counts[storage.Buried])
		}
		return err
	})
	if alerts+uncertain < people {
		mails, _ := k.stack.Mails(k.club, "")
		for _, m := range mails {
			t.Logf("%s", m[:min(len(m), 2500)])
		}
		t.Errorf("%d alerts came and %d are uncertain, of %d", alerts, uncertain, people)
	}
	if repeats > kills {
		t.Errorf("%d mails came again after %d kills", repeats, kills)
	}
	t.Logf("%d kills, %d mails asked, %d answers of which %d again under the same Message-ID, %d alerts, %d uncertain", kills, k.asked, answers, repeats, alerts, uncertain)
}

var _ channels.Channel = sendOnly{}
