package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/telegram/telegramtest"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

const (
	killToken = "700:kill-TEST-token-of-a-bot"
	killKey   = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

// soak tells whether the long forms of tests are wanted.
func soak() bool { return os.Getenv("EHRENAMT_SOAK") == "1" }

// TestNothingIsLostHoweverOftenTheServiceIsKilled runs the real binary against the strict double of Telegram,
// kills it with SIGKILL at random moments while people join, post and answer, and then compares what the
// people did and saw with what the store says.
func TestNothingIsLostHoweverOftenTheServiceIsKilled(t *testing.T) {
	kills, updates := 20, 400
	if soak() {
		kills, updates = 500, 10000
	}
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		kills, updates = n, 20*n
	}
	k := newKillRig(t, updates)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(90+kills*4)*time.Second)
	defer cancel()
	over := make(chan error, 1)
	go func() { over <- k.live(ctx) }()
	flying := 0
	random := rand.New(rand.NewPCG(1, 2))
	k.start()
	for n := range kills {
		next := k.bot.SentCount() + 1 + random.IntN(max(1, 2*updates/kills))
		_ = k.bot.Until(ctx, func() bool { return k.bot.SentCount() >= next || k.done.Load() })
		if k.done.Load() {
			t.Logf("everybody was done after %d of %d kills", n, kills)
			break
		}
		flying += k.kill()
		k.start()
	}
	t.Logf("everybody was done after %v", time.Since(k.began))
	if err := <-over; err != nil {
		t.Fatalf("people wait in vain: %v; %d updates pending, %d polls, %d messages\n%s", err, k.bot.Pending(), k.bot.Calls("getUpdates"), k.bot.SentCount(), k.log())
	}
	k.stop()
	k.compare(flying)
}

type killRig struct {
	t          *testing.T
	bin, dir   string
	fake       *telegramtest.Server
	bot        *telegramtest.Bot
	cmd        *exec.Cmd
	volunteers int
	clubs      int
	kills      int
	began      time.Time
	done       flagOf

	mu      sync.Mutex
	pressed map[int64]int // volunteers who pressed "Ich komme", and how often they meant it
}

type flagOf struct {
	mu sync.Mutex
	on bool
}

func (f *flagOf) Load() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.on }
func (f *flagOf) Set()       { f.mu.Lock(); f.on = true; f.mu.Unlock() }

func newKillRig(t *testing.T, updates int) *killRig {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "ehrenamt")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	// The limits of Telegram are not what is tried here; the pace has tests of its own.
	fake := telegramtest.Start(t, telegramtest.Options{Limits: telegramtest.Limits{PerSecond: 2000, ChatEvery: time.Millisecond, ChatBurst: 1000}})
	k := &killRig{t: t, bin: bin, dir: dir, fake: fake, bot: fake.Bot(killToken, "kill_bot"), pressed: map[int64]int{}}
	k.clubs = max(2, updates/30)
	k.began = time.Now()
	k.volunteers = max(4, (updates-3*k.clubs)/6)
	return k
}

// zoneAtNoon is a zone where it is about noon now, so that nobody's night holds anything back.
func zoneAtNoon(now time.Time) string {
	offset := 12 - now.UTC().Hour() // hours east of Greenwich; POSIX counts westwards
	return fmt.Sprintf("Etc/GMT%+d", -offset)
}

func (k *killRig) environ() []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + k.dir},
		"EHRENAMT_DATABASE="+filepath.Join(k.dir, "kill.db"), "EHRENAMT_KEY="+killKey, "EHRENAMT_LISTEN=off",
		"EHRENAMT_TELEGRAM_TOKEN="+killToken, "EHRENAMT_TELEGRAM_ENDPOINT="+strings.TrimSuffix(k.fake.Endpoint(), "/bot%s/%s"),
		"EHRENAMT_TELEGRAM_RATE=1000", "EHRENAMT_FRONTS__DEFAULT__NAME=Aachen", "EHRENAMT_FRONTS__DEFAULT__PLACE=Aachen",
		"EHRENAMT_FRONTS__DEFAULT__ZONE="+zoneAtNoon(time.Now()))
}

func (k *killRig) start() {
	out, err := os.OpenFile(filepath.Join(k.dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	k.cmd = exec.Command(k.bin, "serve")
	k.cmd.Env, k.cmd.Stdout, k.cmd.Stderr = k.environ(), out, out
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
}

// kill ends the process at once and returns how many sends were under way.
func (k *killRig) kill() int {
	k.kills++
	_ = k.cmd.Process.Signal(syscall.SIGKILL)
	_ = k.cmd.Wait()
	s := k.open()
	defer func() { _ = s.Close() }()
	n := 0
	err := s.View(k.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		counts, err := tx.Sent.Count(ctx)
		n = counts[storage.Sending]
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return n
}

func (k *killRig) stop() {
	_ = k.cmd.Process.Signal(syscall.SIGTERM)
	began := time.Now()
	if err := k.cmd.Wait(); err != nil {
		k.t.Errorf("an orderly stop ends with %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		k.t.Errorf("stopping took %v", took)
	}
}

func (k *killRig) open() *sqldb.Store {
	s, err := sqldb.Open(k.t.Context(), sqldb.Config{DSN: filepath.Join(k.dir, "kill.db"), Key: sqldb.KeySource{Value: killKey}})
	if err != nil {
		k.t.Fatal(err)
	}
	return s
}

func (k *killRig) log() string {
	data, _ := os.ReadFile(filepath.Join(k.dir, "log"))
	return string(data[max(0, len(data)-4000):])
}

// live lets everybody do what they came for: volunteers join, clubs post, volunteers answer what they are asked.
func (k *killRig) live(ctx context.Context) error {
	defer k.done.Set()
	if err := k.all(ctx, k.volunteers, 1000, k.join); err != nil {
		return err
	}
	answering, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i := range k.volunteers {
		wg.Go(func() { k.answer(answering, int64(1000+i)) })
	}
	err := k.all(ctx, k.clubs, 5000, k.post)
	if err == nil {
		err = k.quiet(ctx)
	}
	stop()
	wg.Wait()
	return err
}

// all runs what each of n people does, a few at a time, and returns the first failure.
func (k *killRig) all(ctx context.Context, n int, first int64, do func(context.Context, int64) error) error {
	var wg sync.WaitGroup
	errs := make(chan error, n)
	room := make(chan struct{}, 8)
	for i := range n {
		wg.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			if err := do(ctx, first+int64(i)); err != nil {
				errs <- fmt.Errorf("person %d: %w", first+int64(i), err)
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// sees waits until somebody is shown a text.
func (k *killRig) sees(ctx context.Context, user int64, text string) error {
	err := k.bot.Until(ctx, func() bool {
		for _, m := range k.bot.To(user) {
			if strings.Contains(m.Text, text) || strings.Contains(strings.Join(m.Labels(), "\n"), text) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("never saw %q: %w", text, err)
	}
	return nil
}

func (k *killRig) press(user int64, label string) {
	if !k.bot.User(user).PressLast(label) {
		k.t.Errorf("person %d sees no button %q", user, label)
	}
}

func (k *killRig) join(ctx context.Context, user int64) error {
	u := k.bot.User(user)
	u.Say("/start")
	if err := k.sees(ctx, user, "Ich möchte helfen"); err != nil {
		return err
	}
	k.press(user, "Ich möchte helfen")
	if err := k.sees(ctx, user, "Wo soll ich"); err != nil { // asked with a keyboard that says its words
		return err
	}
	u.Say("Irgendwo in Aachen")
	if err := k.sees(ctx, user, "Alles Mögliche"); err != nil {
		return err
	}
	k.press(user, "Alles Mögliche")
	return k.sees(ctx, user, "Abgemacht")
}

func (k *killRig) post(ctx context.Context, user int64) error {
	u := k.bot.User(user)
	day := weekdays[time.Now().Add(48*time.Hour).Weekday()]
	u.Say(fmt.Sprintf("Wir suchen %s 14–18 Uhr 3 Leute zum Zeltaufbau %s in Aachen", day, tent(user)))
	if err := k.sees(ctx, user, "Verein"); err != nil {
		return err
	}
	u.Say(fmt.Sprintf("1, Verein %d", user))
	if err := k.sees(ctx, user, "Ja"); err != nil {
		return err
	}
	k.press(user, "Ja")
	return k.sees(ctx, user, "Veröffentlicht")
}

var weekdays = []string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}

// answer presses "Ich komme" under every alert once.
func (k *killRig) answer(ctx context.Context, user int64) {
	answered := map[string]bool{}
	for ctx.Err() == nil {
		_ = k.bot.Until(ctx, func() bool {
			for _, m := range k.bot.To(user) {
				if isAlert(m) && !answered[nameOf(m.Text)] {
					return true
				}
			}
			return false
		})
		for _, m := range k.bot.To(user) {
			name := nameOf(m.Text)
			if ctx.Err() != nil || !isAlert(m) || answered[name] {
				continue
			}
			answered[name] = true
			k.bot.User(user).Press(m.ID, "Ich komme")
			k.mu.Lock()
			k.pressed[user]++
			k.mu.Unlock()
		}
	}
}

func isAlert(m telegramtest.Sent) bool {
	return len(m.Labels()) >= 3 && strings.HasSuffix(m.Labels()[0], "Ich komme")
}

// tent names a posting so that its title is like no other.
func tent(n int64) string {
	name := []byte("Zaaaa")
	for i := range 4 {
		name[4-i] += byte(n % 26)
		n /= 26
	}
	return string(name)
}

var tentName = regexp.MustCompile(`\bZ[a-z]{4}\b`)

// nameOf is the posting a message is about.
func nameOf(text string) string { return tentName.FindString(text) }

// quiet waits until nothing is under way any more, for three looks in a row.
func (k *killRig) quiet(ctx context.Context) error {
	s := k.open()
	defer func() { _ = s.Close() }()
	for calm, last := 0, -1; calm < 3; {
		open := 0
		err := s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
			counts, err := tx.Sent.Count(ctx)
			open = counts[storage.Queued] + counts[storage.Sending]
			return err
		})
		if err != nil {
			return err
		}
		sent := k.bot.SentCount()
		if open+k.bot.Pending() == 0 && sent == last {
			calm++
		} else {
			calm = 0
		}
		last = sent
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d deliveries and %d updates are left: %w", open, k.bot.Pending(), ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// compare holds what people did and saw against the store.
func (k *killRig) compare(flying int) {
	t := k.t
	s := k.open()
	defer func() { _ = s.Close() }()
	err := s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		postings, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Limit: 100000})
		if err != nil {
			return err
		}
		if len(postings) != k.clubs {
			t.Errorf("%d clubs published, the store has %d postings", k.clubs, len(postings))
		}
		alerts, uncertain, missing := 0, 0, 0
		for _, p := range postings {
			as, err := tx.Alerts.AlertsOf(ctx, p.ID)
			if err != nil {
				return err
			}
			for _, a := range as {
				alerts++
				arrived := k.arrived(ctx, tx, a.Person, p.Title)
				if arrived > 1 {
					t.Errorf("an alert of %s arrived %d times, delivery %s", p.Title, arrived, a.Delivery)
				}
				d, err := tx.Sent.ByKey(ctx, a.Delivery)
				if err != nil {
					return err
				}
				if d.State == storage.Uncertain {
					uncertain++
				}
				if arrived == 0 && d.State != storage.Uncertain && d.State != storage.Dropped {
					missing++
				}
			}
			k.compareAnswers(ctx, tx, &p)
		}
		if missing > 0 {
			t.Errorf("%d alerts did not arrive and are not listed as uncertain", missing)
		}
		t.Logf("%d kills, %d updates, %d messages, %d alerts of which %d uncertain, %d sends in flight when killed, %d repeated",
			k.kills, k.volunteers*4+k.clubs*3+k.presses(), k.bot.SentCount(), alerts, uncertain, flying, k.repeated())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := k.repeated(); n > flying {
		t.Errorf("%d messages came twice, more than the %d that were in flight", n, flying)
	}
}

func (k *killRig) presses() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, c := range k.pressed {
		n += c
	}
	return n
}

// arrived counts how often a person was alerted to a posting.
func (k *killRig) arrived(ctx context.Context, tx *storage.Tx, person, posting string) int {
	as, err := tx.Addresses.OfOwner(ctx, person)
	if err != nil || len(as) != 1 {
		k.t.Fatalf("addresses: %v", err)
	}
	chat, _ := strconv.ParseInt(as[0].Address.ID, 10, 64)
	n := 0
	for _, m := range k.bot.To(chat) {
		if nameOf(m.Text) == nameOf(posting) && (isAlert(m) || m.Edits > 0) {
			n++
		}
	}
	return n
}

// compareAnswers checks that each press under a posting's alerts is one answer, and no place taken twice.
func (k *killRig) compareAnswers(ctx context.Context, tx *storage.Tx, p *matching.Posting) {
	answers, err := tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		k.t.Fatal(err)
	}
	taken := 0
	for _, a := range answers {
		if a.State.Takes() {
			taken++
		}
		if a.State != matching.Accepted && a.State != matching.Waiting {
			k.t.Errorf("an answer is %s", a.State)
		}
	}
	if taken > p.Places {
		k.t.Errorf("%d of %d places are taken", taken, p.Places)
	}
}

// repeated counts messages that are the same as the one before them in the same chat.
func (k *killRig) repeated() int {
	n := 0
	for _, first := range []struct {
		id int64
		n  int
	}{{1000, k.volunteers}, {5000, k.clubs}} {
		for i := range first.n {
			seen := map[string]int{}
			for _, m := range k.bot.To(first.id + int64(i)) {
				seen[m.Text]++
			}
			for _, c := range seen {
				n += c - 1
			}
		}
	}
	return n
}

var _ channels.Channel = (*watched)(nil)
