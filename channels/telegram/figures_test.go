package telegram

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/telegram/telegramtest"
)

// soak tells whether the long forms are wanted.
func soak() bool { return os.Getenv("EHRENAMT_SOAK") == "1" }

func TestRealTimePaceOverHTTP(t *testing.T) {
	n := 60
	if soak() {
		n = 3000
	}
	b := newBench(t, telegramtest.Options{})
	r := hold(t, b.fake, New(b.o), n)
	r.print(t)
	if soak() {
		r.check(t)
	}
	if r.missing != 0 || len(r.violations) > 0 {
		t.Errorf("%d alerts missing, violations %v", r.missing, r.violations)
	}
}

// ledger is the least durable effect: one line of a file for each message, flushed before hear returns; a repeat
// adds none.
type ledger struct {
	mu   sync.Mutex
	file *os.File
	seen map[string]bool
}

func (l *ledger) hear(_ context.Context, m channels.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[m.ID] {
		return nil
	}
	if _, err := fmt.Fprintln(l.file, m.ID); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	l.seen[m.ID] = true
	return nil
}

func newLedger(tb testing.TB) *ledger {
	f, err := os.Create(filepath.Join(tb.TempDir(), "ledger"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	return &ledger{file: f, seen: map[string]bool{}}
}

// webhookBot is a bot with a webhook on a server of ours.
func webhookBot(tb testing.TB, hear func(context.Context, channels.Message) error) (url string, b *Bot) {
	double := telegramtest.New(telegramtest.Options{})
	double.Bot(token, "ehrenamt_bot")
	b = New(Options{
		Account: "aachen", Token: token, Endpoint: "http://telegram.test/bot%s/%s", Now: time.Now, Log: quiet(), Dial: double.Transport(),
		Webhook: Webhook{URL: "https://ehrenamt.example/hook", Secret: "geheim"},
	})
	tb.Cleanup(double.Close)
	ours := httptest.NewServer(b)
	tb.Cleanup(ours.Close)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.Receive(ctx, "", hear)
	}()
	tb.Cleanup(func() { stop(); <-done })
	for b.take(update{ID: 1}) != http.StatusOK { // until Receive has begun
		runtime.Gosched()
	}
	return ours.URL, b
}

func postUpdate(url, secret, body string) int {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return 0
	}
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func textUpdate(i int) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1795000000,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"first_name":"A"},"text":"Hallo %d"}}`, i, i, i%500+1, i%500+1, i)
}

func TestConcurrentAndRepeatedWebhookCallsHaveOneEffectEach(t *testing.T) {
	const n, callers = 300, 8
	l := newLedger(t)
	url, _ := webhookBot(t, l.hear)
	var all sync.WaitGroup
	var failed atomic.Int32
	for range callers { // every caller delivers everything
		all.Go(func() {
			for i := range n {
				if postUpdate(url, "geheim", textUpdate(i+1)) != http.StatusOK {
					failed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if len(l.seen) != n || failed.Load() != 0 {
		t.Errorf("%d effects of %d updates delivered %d times each, %d calls failed", len(l.seen), n, callers, failed.Load())
	}
}

// BenchmarkWebhook is updates a second over HTTP with a durable effect each, 40 calls at once as Telegram makes them.
func BenchmarkWebhook(b *testing.B) {
	l := newLedger(b)
	url, _ := webhookBot(b, l.hear)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	var serial atomic.Int64
	b.SetParallelism(20)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(textUpdate(int(serial.Add(1))))))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("X-Telegram-Bot-Api-Secret-Token", "geheim")
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("status %d", resp.StatusCode)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}
