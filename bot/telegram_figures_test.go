package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/channels/telegram"
	"ehrenamt/channels/telegram/telegramtest"
	"ehrenamt/storage"
)

// service is the whole of it in real time: bot, SQLite file and adapter, running, before the strict double.
type service struct {
	*world
	adapter *telegram.Bot
	fake    *telegramtest.Bot
	options telegram.Options
	stop    func() // ends it in good order
}

const serviceToken = "4712:service"

// newService starts a service; change may change the options of the adapter.
func newService(t testing.TB, double telegramtest.Options, change func(*telegram.Options)) *service {
	t.Helper()
	server := telegramtest.New(double)
	s := &service{fake: server.Bot(serviceToken, "ehrenamt_bot")}
	o := telegram.Options{
		Account: "a", Token: serviceToken, Endpoint: "http://telegram.test/bot%s/%s", Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Dial: server.Transport(),
	}
	if change != nil {
		change(&o)
	}
	s.options = o
	s.adapter = telegram.New(o)
	account := bot.Account{Channel: s.adapter, Account: "a", Front: "aachen"}
	s.world = newWorldOn(t, filepath.Join(t.TempDir(), "service.db"), 1, account)
	book, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	s.bot, err = bot.New(bot.Config{
		Store: s.store, Book: book, Now: time.Now, Rand: rand.NewChaCha8([32]byte{1}), Log: slog.New(slog.DiscardHandler), Accounts: []bot.Account{account},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.bot.Run(ctx)
	}()
	s.stop = func() { stop(); <-done }
	t.Cleanup(func() { s.stop(); server.Close() })
	return s
}

// alert enqueues one message to somebody new for each id.
func (s *service) alert(prio storage.Priority, text string, from, n int64) {
	s.t.Helper()
	for i := range n {
		s.fake.User(from + i).Meet()
	}
	err := s.store.Update(s.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ds := make([]storage.Delivery, n)
		now := time.Now()
		for i := range ds {
			id := strconv.FormatInt(from+int64(i), 10)
			ds[i] = storage.Delivery{
				Key: text + id, Front: "aachen", To: channels.Address{Channel: telegram.Name, Account: "a", ID: id},
				Reply: channels.Reply{Text: text}, Class: storage.Nice, Priority: prio, Due: now, Created: now,
			}
		}
		return tx.Outbox.Enqueue(ctx, ds...)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestAlertsAtFullPaceLeaveRoomForPeople sends digests as fast as Telegram allows, in real time, while people write
// and are answered, and an urgent wave comes in between.
func TestAlertsAtFullPaceLeaveRoomForPeople(t *testing.T) {
	t.Parallel()
	const wave, waveFrom = 20, 9_000_000
	n := int64(240)
	soak := os.Getenv("EHRENAMT_SOAK") == "1"
	if soak {
		n = 3000
	}
	s := newService(t, telegramtest.Options{}, nil)
	began := time.Now()
	s.alert(storage.DigestPriority, "Übersicht", 1, n)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	var all sync.WaitGroup
	var typed sync.Map // by chat: when
	finished := make(chan struct{})
	all.Go(func() {
		tick := time.NewTicker(700 * time.Millisecond)
		defer tick.Stop()
		for id := int64(5_000_000); ; id++ {
			select {
			case <-finished:
				return
			case <-tick.C:
				typed.Store(id, time.Now())
				s.fake.User(id).Say("/hilfe")
			}
		}
	})
	if err := s.fake.Until(ctx, func() bool { return int64(s.fake.SentCount()) >= n/3 }); err != nil {
		t.Fatal(err)
	}
	waveAt := time.Now()
	s.alert(storage.FirstWave, "Dringend", waveFrom, wave)
	looked, alerts := 0, int64(0)
	arrived := func() bool {
		for _, m := range s.fake.SentSince(looked) {
			looked++
			if m.Text == "Übersicht" || m.Text == "Dringend" {
				alerts++
			}
		}
		return alerts == n+wave
	}
	if err := s.fake.Until(ctx, arrived); err != nil {
		t.Fatal(err)
	}
	close(finished)
	all.Wait()
	took := time.Since(began)
	var replies []time.Duration
	var digests, after int64
	var waveTook time.Duration
	waved := 0
	for _, m := range s.fake.Sent() {
		if at, ok := typed.Load(m.Chat); ok {
			replies = append(replies, m.At.Sub(at.(time.Time)))
			continue
		}
		if m.Text == "Dringend" {
			waveTook, after = m.At.Sub(waveAt), 0
			waved++
			continue
		}
		digests++
		after++
	}
	slices.Sort(replies)
	p95 := replies[len(replies)*95/100]
	rate := float64(s.fake.SentCount()) / took.Seconds()
	t.Logf("%d alerts and %d replies: %.1f messages a second (%.1f %% of 30), reply p95 %v, urgent wave of %d in %v, busiest second %d, refused %d",
		digests+wave, len(replies), rate, rate/30*100, p95.Round(time.Millisecond), wave, waveTook.Round(time.Millisecond), s.fake.Busiest(), s.fake.Refused())
	if v := s.fake.Violations(); len(v) > 0 || s.fake.Refused() > 0 {
		t.Errorf("%d refused, violations %v", s.fake.Refused(), v)
	}
	if digests != n || waved != wave || after < n/4 {
		t.Errorf("%d of %d digests, %d of %d urgent ones, %d digests after them", digests, n, waved, wave, after)
	}
	if soak && (rate < 0.95*30 || p95 >= time.Second || waveTook > 2*time.Second) {
		t.Errorf("want 95 %% of 30 a second, replies within a second, the wave within two")
	}
}

// BenchmarkTelegramTurns is what somebody waits for: from the update to the reply at Telegram's, eight people at
// once, without Telegram's pace, everything durable in SQLite in between.
func BenchmarkTelegramTurns(b *testing.B) {
	s := newService(b, telegramtest.Options{Limits: telegramtest.Limits{Off: true}}, func(o *telegram.Options) {
		o.Pace.PerSecond = -1
		o.Webhook = telegram.Webhook{URL: "https://ehrenamt.example/hook", Secret: "geheim", Parallel: 16}
	})
	hook := s.hook(b)
	script := []string{"/start", "1", "52064", "alles"}
	var serial, person atomic.Int64
	person.Store(1_000_000)
	var mu sync.Mutex
	var all []time.Duration
	runtime.GC()
	b.ResetTimer()
	began := time.Now()
	var wg sync.WaitGroup
	for range people {
		wg.Go(func() {
			for serial.Load() < int64(b.N) {
				who := person.Add(1)
				for i, text := range script {
					n := serial.Add(1)
					if n > int64(b.N) {
						return
					}
					at := time.Now()
					s.fake.User(who).Meet()
					if err := hook(updateOf(n, who, text)); err != nil {
						b.Error(err)
						return
					}
					if _, err := s.fake.Arrived(b.Context(), who, i+1); err != nil {
						b.Error(err)
						return
					}
					took := time.Since(at)
					mu.Lock()
					all = append(all, took)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	rate := float64(len(all)) / time.Since(began).Seconds()
	b.StopTimer()
	slices.Sort(all)
	b.ReportMetric(rate, "turns/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkTelegramWebhook is updates a second over HTTP, each a whole turn, durable in SQLite before the 200.
func BenchmarkTelegramWebhook(b *testing.B) {
	s := newService(b, telegramtest.Options{Limits: telegramtest.Limits{Off: true}}, func(o *telegram.Options) {
		o.Webhook = telegram.Webhook{URL: "https://ehrenamt.example/hook", Secret: "geheim", Parallel: 16}
	})
	hook := s.hook(b)
	var serial atomic.Int64
	b.SetParallelism(20)
	before := processorTime(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := serial.Add(1)
			if err := hook(updateOf(n, n%500+1, "/hilfe")); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
	b.ReportMetric(bareCommits(b), "commits/s")
}

// hook returns what calls the webhook over HTTP as Telegram does, once the service receives.
func (s *service) hook(tb testing.TB) func(body string) error {
	tb.Helper()
	ours := httptest.NewServer(s.adapter)
	tb.Cleanup(ours.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	tb.Cleanup(client.CloseIdleConnections)
	call := func(body string) error {
		req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, ours.URL, bytes.NewReader([]byte(body)))
		if err != nil {
			return err
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", "geheim")
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", resp.StatusCode)
		}
		return nil
	}
	for call(`{"update_id":1}`) != nil { // until it receives
		runtime.Gosched()
	}
	return call
}

// updateOf is one text as Telegram tells of it.
func updateOf(n, who int64, text string) string {
	entities := ""
	if strings.HasPrefix(text, "/") {
		entities = fmt.Sprintf(`,"entities":[{"type":"bot_command","offset":0,"length":%d}]`, len(text))
	}
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"first_name":"Anna","language_code":"de"},"text":%s%s}}`,
		n, n, time.Now().Unix(), who, who, strconv.Quote(text), entities)
}

// processorTime is what this process has used of the processors, the double and its people included.
func processorTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
