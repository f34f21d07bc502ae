// Package emailtest is the other side of the mail channel for tests: a real Dovecot
// and a real Postfix on loopback, and a proxy that cuts, silences and answers in
// their stead. It is used by tests alone; nothing it starts reaches another machine.
package emailtest

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Packages are the Debian packages that have to be installed.
const Packages = "dovecot-imapd dovecot-lmtpd postfix"

// Password is everybody's password on the test servers.
const Password = "hush-hush-password"

// users is how many mailboxes a Stack has.
const users = 400

// patience is how long a server may take to come up.
const patience = 20 * time.Second

// Stack is one Dovecot and one Postfix. Mail to u000@users.test … arrives in Dovecot, plus addresses
// included; mail to anybody@bounce.test is accepted and then returned by a real delivery report;
// gone@users.test is refused at once; mail to anybody@discard.test vanishes; nothing else is relayed.
type Stack struct {
	Dir        string
	IMAP       string // address, without TLS
	IMAPS      string // with TLS
	LMTP       string
	SMTP       string // takes mail from anybody for our domains, as an MX does
	Submission string // wants a login
	Roots      *x509.CertPool

	sasl    string
	owner   *user.User
	next    atomic.Int32
	mu      sync.Mutex
	dovecot *exec.Cmd
	guard   *exec.Cmd
	alive   *os.File // closing it tells the guard to clean up
}

// Start brings both servers up and takes them down at the end of the test, or when the process dies.
// A missing server fails the test.
func Start(t testing.TB) *Stack {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatalf("mail servers for tests: %v", err)
	}
	t.Cleanup(s.Stop)
	return s
}

// New is Start for a TestMain; the caller has to Stop.
func New() (*Stack, error) {
	if err := installed(); err != nil {
		return nil, err
	}
	var last error
	for range 3 { // a port chosen free may be taken meanwhile
		s, err := start()
		if err == nil {
			return s, nil
		}
		last = err
	}
	return nil, last
}

func installed() error {
	for _, name := range []string{"dovecot", "postfix"} {
		if _, err := exec.LookPath(name); err != nil {
			if _, err := os.Stat("/usr/sbin/" + name); err != nil {
				return fmt.Errorf("%s is missing; as root: apt-get install --no-install-recommends %s (or run .ci/peers)", name, Packages)
			}
		}
	}
	if os.Getuid() != 0 {
		return errors.New("Postfix starts as root only; run these tests as root (a container will do)")
	}
	return nil
}

func start() (*Stack, error) {
	dir, err := os.MkdirTemp("/tmp", "ehm") // short: sockets below it have at most 108 characters
	if err != nil {
		return nil, err
	}
	s := &Stack{Dir: dir}
	if err := s.up(); err != nil {
		s.Stop()
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *Stack) up() error {
	var err error
	if s.owner, err = user.Lookup("dovecot"); err != nil {
		return fmt.Errorf("the user of the Dovecot package: %w", err)
	}
	ports, err := freePorts(6)
	if err != nil {
		return err
	}
	s.IMAP, s.IMAPS, s.LMTP, s.SMTP, s.Submission, s.sasl = ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]
	if err := s.configure(); err != nil {
		return err
	}
	if err := s.watch(); err != nil {
		return err
	}
	if err := s.StartIMAP(); err != nil {
		return err
	}
	out, err := exec.Command("postfix", "-c", s.path("postfix"), "start").CombinedOutput()
	if err != nil {
		return fmt.Errorf("postfix start: %w: %s", err, out)
	}
	for _, addr := range []string{s.SMTP, s.Submission} {
		if err := listening(addr, "220"); err != nil {
			log, _ := os.ReadFile(s.path("postfix", "mail.log"))
			return fmt.Errorf("postfix: %w\n%s", err, tail(log))
		}
	}
	return nil
}

func (s *Stack) path(parts ...string) string {
	return filepath.Join(append([]string{s.Dir}, parts...)...)
}

// watch starts a shell that cleans up when this process has gone, however it went.
func (s *Stack) watch() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	script := `cat >/dev/null; postfix -c "$0/postfix" abort; [ -f "$0/dovecot.pid" ] && kill -9 -$(cat "$0/dovecot.pid"); rm -rf "$0"`
	s.guard = exec.Command("sh", "-c", script, s.Dir)
	s.guard.Stdin = r
	s.guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s.alive = w
	if err := s.guard.Start(); err != nil {
		return err
	}
	return r.Close()
}

// Stop ends both servers and removes everything.
func (s *Stack) Stop() {
	if s.alive == nil {
		return
	}
	s.KillIMAP()
	_ = s.alive.Close()
	_ = s.guard.Wait()
	_ = os.RemoveAll(s.Dir)
	s.alive = nil
}

// StartIMAP starts Dovecot again after KillIMAP.
func (s *Stack) StartIMAP() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	uid, gid := ids(s.owner)
	run := s.path("dovecot", "run") // of one that was killed
	if err := errors.Join(os.RemoveAll(run), os.Mkdir(run, 0o755), os.Chown(run, int(uid), int(gid))); err != nil {
		return err
	}
	// a killed process leaves its lock files; Dovecot waits two minutes before it breaks one
	locks, _ := filepath.Glob(s.path("mail", "*", "*.lock"))
	for _, l := range locks {
		_ = os.Remove(l)
	}
	cmd := exec.Command("dovecot", "-F", "-c", s.path("dovecot", "dovecot.conf"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("dovecot: %w", err)
	}
	if err := os.WriteFile(s.path("dovecot.pid"), fmt.Appendf(nil, "%d", cmd.Process.Pid), 0o644); err != nil {
		return err
	}
	s.dovecot = cmd
	for addr, greeting := range map[string]string{s.IMAP: "* OK", s.LMTP: "220"} {
		if err := listening(addr, greeting); err != nil {
			log, _ := os.ReadFile(s.path("dovecot", "dovecot.log"))
			return fmt.Errorf("dovecot: %w\n%s\n%s", err, out.String(), tail(log))
		}
	}
	return nil
}

// KillIMAP kills Dovecot and all its processes at once.
func (s *Stack) KillIMAP() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dovecot == nil {
		return
	}
	_ = syscall.Kill(-s.dovecot.Process.Pid, syscall.SIGKILL)
	_ = s.dovecot.Wait()
	end := time.Now().Add(patience)
	for tick := time.NewTicker(2 * time.Millisecond); inGroup(s.dovecot.Process.Pid) && time.Now().Before(end); {
		<-tick.C
	}
	s.dovecot = nil
}

// inGroup tells whether a process of the group still runs; one that only waits to be reaped does not.
func inGroup(group int) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		if w := strings.Fields(rest); len(w) > 2 && w[2] == strconv.Itoa(group) && w[0] != "Z" && w[0] != "X" {
			return true
		}
	}
	return false
}

// User hands out a mailbox that nobody else uses.
func (s *Stack) User() string {
	return fmt.Sprintf("u%03d@users.test", s.next.Add(1)-1)
}

// Deliver puts a mail into a mailbox, as the MX does at the end; it returns when it is there.
func (s *Stack) Deliver(from, to string, raw []byte) error {
	return hand(s.LMTP, "LHLO test", from, to, raw)
}

// Submit hands a mail to Postfix, which delivers or returns it.
func (s *Stack) Submit(from, to string, raw []byte) error {
	return hand(s.SMTP, "EHLO test", from, to, raw)
}

func hand(addr, hello, from, to string, raw []byte) error {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(patience))
	l := &dialogue{c: c}
	l.expect("220")
	l.say(hello, "250")
	l.say("MAIL FROM:<"+from+">", "250")
	l.say("RCPT TO:<"+to+">", "250")
	l.say("DATA", "354")
	l.say(dotted(raw)+"\r\n.", "250")
	return l.err
}

// Mails reads the mails of a folder in order of arrival; "" is the inbox.
func (s *Stack) Mails(user, folder string) ([][]byte, error) {
	base := s.maildir(user, folder)
	var files []string
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(base, sub))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			files = append(files, filepath.Join(base, sub, e.Name()))
		}
	}
	sort.Slice(files, func(i, j int) bool { return arrivalOf(files[i]) < arrivalOf(files[j]) })
	var out [][]byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if errors.Is(err, os.ErrNotExist) {
			continue // moved from new to cur meanwhile
		}
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// arrivalOf makes maildir names (seconds.M<microseconds>P<pid>…) comparable.
func arrivalOf(file string) string {
	name := filepath.Base(file)
	sec, rest, _ := strings.Cut(name, ".M")
	micro, rest, _ := strings.Cut(rest, "P")
	return fmt.Sprintf("%s.%06s%s", sec, micro, rest)
}

func (s *Stack) maildir(user, folder string) string {
	dir := s.path("mail", user)
	if folder != "" && folder != "INBOX" {
		dir = filepath.Join(dir, "."+folder)
	}
	return dir
}

// WaitMails waits until at least n mails are in a folder.
func (s *Stack) WaitMails(ctx context.Context, user, folder string, n int) ([][]byte, error) {
	return s.waitFor(ctx, user, folder, func(got int) bool { return got >= n })
}

// WaitEmpty waits until no mail is left in a folder.
func (s *Stack) WaitEmpty(ctx context.Context, user, folder string) error {
	_, err := s.waitFor(ctx, user, folder, func(got int) bool { return got == 0 })
	return err
}

func (s *Stack) waitFor(ctx context.Context, user, folder string, enough func(int) bool) ([][]byte, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Close() }()
	base := s.maildir(user, folder)
	uid, gid := ids(s.owner)
	for _, d := range []string{s.path("mail", user), base, filepath.Join(base, "new"), filepath.Join(base, "cur"), filepath.Join(base, "tmp")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
		_ = os.Chown(d, int(uid), int(gid))
		if err := w.Add(d); err != nil {
			return nil, err
		}
	}
	for {
		got, err := s.Mails(user, folder)
		if err != nil || enough(len(got)) {
			return got, err
		}
		select {
		case <-w.Events:
		case err := <-w.Errors:
			return got, err
		case <-ctx.Done():
			return got, fmt.Errorf("%d mails there: %w", len(got), ctx.Err())
		}
	}
}

// ChangeValidity gives the inbox of a user a new UIDVALIDITY, as a restored backup does. Dovecot has to be down.
func (s *Stack) ChangeValidity(user string) error {
	list := s.path("mail", user, "dovecot-uidlist")
	old, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var version, validity int
	if _, err := fmt.Sscanf(string(old), "%d V%d", &version, &validity); err != nil {
		return fmt.Errorf("uidlist: %w", err)
	}
	files, err := filepath.Glob(s.path("mail", user, "dovecot*"))
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	uid, gid := ids(s.owner)
	return errors.Join(os.WriteFile(list, fmt.Appendf(nil, "%d V%d N1\n", version, validity+1000), 0o600), os.Chown(list, int(uid), int(gid)))
}
