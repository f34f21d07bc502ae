package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/telegram/telegramtest"
)

// notes collects events.
type notes struct {
	mu  sync.Mutex
	all []Event
}

func (n *notes) add(e Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, e)
}

func (n *notes) of(k EventKind) []Event {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(n.all), func(e Event) bool { return e.Kind != k })
}

// listening runs Receive until the test ends; what is heard goes to the channel.
func listening(t *testing.T, b *Bot, cursor string) <-chan channels.Message {
	t.Helper()
	heard := make(chan channels.Message, 1000)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := b.Receive(ctx, cursor, func(_ context.Context, m channels.Message) error { heard <- m; return nil }); err != nil {
			t.Errorf("receive: %v", err)
		}
	}()
	t.Cleanup(func() { stop(); <-done })
	return heard
}

func TestUpdateNumbersThatBeginAnewAreTakenAsTheyCome(t *testing.T) {
	for _, first := range []int64{17, 900_000_000} {
		b := newBench(t, telegramtest.Options{})
		heard := listening(t, New(b.o), "500000")
		b.fake.User(7).Say("vor der Pause")
		<-heard
		confirmed := func() bool { return b.fake.Pending() == 0 }
		if err := b.fake.Until(t.Context(), confirmed); err != nil {
			t.Fatal(err)
		}
		b.fake.RestartNumbers(first)
		b.fake.User(7).Say("nach der Pause")
		b.fake.User(7).Say("und noch eins")
		if m := <-heard; m.Text != "nach der Pause" {
			t.Errorf("heard %q", m.Text)
		}
		if m := <-heard; m.Text != "und noch eins" || m.Cursor != fmt.Sprint(first+3) {
			t.Errorf("heard %q with cursor %s", m.Text, m.Cursor)
		}
		if err := b.fake.Until(t.Context(), confirmed); err != nil {
			t.Error(err)
		}
	}
}

func TestGetMeFailingStopsNothing(t *testing.T) {
	b := newBench(t, telegramtest.Options{})
	b.fake.Fail(func(method string) (telegramtest.Failure, bool) {
		return telegramtest.Failure{Code: 500, Text: "Internal Server Error"}, method == "getMe"
	})
	bot := New(b.o)
	heard := listening(t, bot, "")
	b.fake.User(7).Say("Hallo")
	if m := <-heard; m.Text != "Hallo" {
		t.Errorf("heard %q", m.Text)
	}
	b.fake.Fail(nil)
	b.fake.User(7).Say("noch da?")
	<-heard
	for bot.name() == "" { // asked again before each poll
		b.fake.User(7).Say("x")
		<-heard
	}
	b.fake.User(7).In(-100, 0).Say("@ehrenamt_bot ja")
	for m := range heard {
		if m.Group != "" {
			if !m.Mention || m.Text != "ja" {
				t.Errorf("heard %+v", m)
			}
			break
		}
	}
}

func TestASecondPollerIsReportedAndDoesNotStopUs(t *testing.T) {
	b := newBench(t, telegramtest.Options{})
	var n notes
	b.o.Notify = n.add
	heard := listening(t, New(b.o), "")
	b.fake.User(7).Say("eins")
	<-heard
	if err := b.fake.Until(t.Context(), func() bool { return b.fake.Pending() == 0 }); err != nil { // our next poll is held
		t.Fatal(err)
	}
	resp, err := http.Get(fmt.Sprintf(b.o.Endpoint, token, "getUpdates?timeout=0"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	b.fake.User(7).Say("zwei")
	if m := <-heard; m.Text != "zwei" {
		t.Errorf("heard %q", m.Text)
	}
	if e := n.of(Conflict); len(e) != 1 || !strings.Contains(e[0].Detail, "another process") {
		t.Errorf("events: %+v", e)
	}
}

func TestAForgottenWebhookIsRemovedWhenPolling(t *testing.T) {
	b := newBench(t, telegramtest.Options{})
	resp, err := http.Get(fmt.Sprintf(b.o.Endpoint, token, "setWebhook?url=https://old.example/x"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	var n notes
	b.o.Notify = n.add
	heard := listening(t, New(b.o), "")
	b.fake.User(7).Say("Hallo")
	if m := <-heard; m.Text != "Hallo" || len(n.of(Conflict)) != 1 {
		t.Errorf("heard %q, events %+v", m.Text, n.of(Conflict))
	}
}

func TestAGapOfMoreThanADayIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, bot := calm(t, telegramtest.Options{}, token)
		var n notes
		bot.o.Notify = n.add
		bot.lastSeen = time.Now().Add(-25 * time.Hour)
		heard := listening(t, bot, "")
		fake.User(7).Say("Hallo")
		<-heard
		if e := n.of(Gap); len(e) != 1 || e[0].At.Sub(e[0].Since) < 25*time.Hour {
			t.Errorf("after the start: %+v", e)
		}
		fake.Fail(func(string) (telegramtest.Failure, bool) {
			return telegramtest.Failure{Code: 500, Text: "Internal Server Error"}, true
		})
		time.Sleep(10 * time.Second) // the poll that is held ends
		fake.User(7).Say("verloren")
		time.Sleep(26 * time.Hour) // of fake time
		fake.Fail(nil)
		time.Sleep(time.Minute)
		fake.User(7).Say("nach dem Ausfall")
		if m := <-heard; m.Text != "nach dem Ausfall" {
			t.Errorf("heard %q", m.Text)
		}
		if e := n.of(Gap); len(e) != 2 {
			t.Errorf("after the outage: %+v", e)
		}
		if len(n.of(Offline)) == 0 || len(n.of(Online)) != 1 {
			t.Errorf("offline %d, online %d times", len(n.of(Offline)), len(n.of(Online)))
		}
	})
}

func TestWhatCannotBeReadIsSkippedAndReported(t *testing.T) {
	b := newBench(t, telegramtest.Options{})
	var n notes
	b.o.Notify = n.add
	heard := listening(t, New(b.o), "")
	b.fake.Inject(`{"update_id":%d,"message":"nonsense"}`)
	b.fake.Inject(`{"update_id":%d,"message":{"message_id":5,"chat":[]}}`)
	b.fake.Inject(`{"update_id":%d,"something_new":{}}`)
	b.fake.User(7).Say("danach")
	if m := <-heard; m.Text != "danach" {
		t.Errorf("heard %q", m.Text)
	}
	if len(n.of(Unreadable)) != 2 {
		t.Errorf("events %+v", n.all)
	}
}

func TestAPressIsAcknowledgedWhileATurnHangs(t *testing.T) {
	b := newBench(t, telegramtest.Options{})
	bot := New(b.o)
	u := b.fake.User(anna).Meet()
	r := channels.Reply{Text: "Kommst du?", Choices: choicesOf("Ja", "Nein")}
	if _, err := bot.Send(t.Context(), "k", chatAddress("aachen", anna), r); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = bot.Receive(ctx, "", func(ctx context.Context, m channels.Message) error {
			if err := bot.Notice(ctx, m); err != nil && ctx.Err() == nil { // once more does no harm
				t.Errorf("notice: %v", err)
			}
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	answered := func() bool {
		return !slices.ContainsFunc(b.fake.Presses(), func(p telegramtest.Press) bool { return p.AnsweredAt.IsZero() })
	}
	for range 2 { // the second time behind a turn that has begun and never ends
		for range 6 {
			if !u.PressLast("Ja") {
				t.Fatal("no such button")
			}
		}
		if err := b.fake.Until(t.Context(), answered); err != nil {
			t.Error(err)
		}
	}
	if n := b.fake.Calls("answerCallbackQuery"); n != 12 {
		t.Errorf("%d acknowledgements of 12 presses", n)
	}
	stop()
	<-done
}

func TestTheWebhookRefusesWhatIsNotFromTelegram(t *testing.T) {
	var mu sync.Mutex
	var fail error
	url, b := webhookBot(t, func(context.Context, channels.Message) error {
		mu.Lock()
		defer mu.Unlock()
		return fail
	})
	for _, tc := range []struct {
		name, secret, body string
		fail               error
		want               int
	}{
		{"a message", "geheim", textUpdate(1), nil, 200},
		{"no secret", "", textUpdate(2), nil, 401},
		{"a wrong secret", "geheim2", textUpdate(2), nil, 401},
		{"a message that could not be saved", "geheim", textUpdate(2), errors.New("disk full"), 500},
		{"nonsense", "geheim", `{"update_id":`, nil, 200},
		{"a wrong kind of object", "geheim", `{"update_id":3,"message":[]}`, nil, 200},
		{"nothing", "geheim", ``, nil, 200},
		{"a mebibyte", "geheim", `{"update_id":4,"x":"` + strings.Repeat("a", 1<<20-22) + `"}`, nil, 200},
		{"a byte more", "geheim", `{"update_id":4,"x":"` + strings.Repeat("a", 1<<20-21) + `"}`, nil, 413},
	} {
		mu.Lock()
		fail = tc.fail
		mu.Unlock()
		if got := postUpdate(url, tc.secret, tc.body); got != tc.want {
			t.Errorf("%s: status %d, want %d", tc.name, got, tc.want)
		}
	}
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 405 {
		t.Errorf("GET: status %d", resp.StatusCode)
	}
	idle := New(b.o) // Receive does not run
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(textUpdate(9)))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "geheim")
	if idle.ServeHTTP(w, r); w.Code != 503 {
		t.Errorf("before Receive: status %d", w.Code)
	}
	open := New(Options{Token: token, Now: time.Now, Log: quiet()}) // polls: no secret can be right
	w = httptest.NewRecorder()
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "")
	if open.ServeHTTP(w, r); w.Code != 401 {
		t.Errorf("without a configured secret: status %d", w.Code)
	}
}

func TestPollingObeysRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, bot := calm(t, telegramtest.Options{}, token)
		fake.Fail(func(method string) (telegramtest.Failure, bool) {
			return telegramtest.Failure{Code: 429, Text: "Too Many Requests: retry after 40", Retry: 40}, method == "getUpdates"
		})
		listening(t, bot, "")
		time.Sleep(190 * time.Second)
		if n := fake.Calls("getUpdates"); n != 5 {
			t.Errorf("%d polls in 190 s, want one every 40 s", n)
		}
	})
}

func TestAnOutageRestsAndItsEndIsNoticedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, bot := calm(t, telegramtest.Options{}, token)
		heard := listening(t, bot, "")
		fake.User(7).Say("Hallo")
		<-heard
		fake.SetFaults(telegramtest.Faults{BadGateway: 1, Polls: true})
		time.Sleep(10 * time.Minute)
		tries := fake.Calls("getUpdates")
		_, err := bot.Send(t.Context(), "k", chatAddress("aachen", 7), channels.Reply{Text: "x"})
		var wait *channels.RetryAfter
		if !errors.As(err, &wait) || !wait.Account || fake.Calls("sendMessage") != 0 {
			t.Errorf("during an outage: %v after %d calls", err, fake.Calls("sendMessage"))
		}
		if tries > 60 {
			t.Errorf("%d polls in ten minutes of outage", tries)
		}
		fake.SetFaults(telegramtest.Faults{})
		fake.User(7).Say("wieder da?")
		<-heard
		if _, err := bot.Send(t.Context(), "k", chatAddress("aachen", 7), channels.Reply{Text: "x"}); err != nil {
			t.Errorf("after the outage: %v", err)
		}
	})
}

func TestNothingSecretLeavesInErrorsLogsOrEvents(t *testing.T) {
	for name, faults := range map[string]func(*bench){
		"no connection":   func(b *bench) { b.cable.cut.Store(true) },
		"reset":           func(b *bench) { b.fake.SetFaults(telegramtest.Faults{Reset: 1, Polls: true}) },
		"dropped":         func(b *bench) { b.fake.SetFaults(telegramtest.Faults{Drop: 1, Polls: true}) },
		"502":             func(b *bench) { b.fake.SetFaults(telegramtest.Faults{BadGateway: 1, Polls: true}) },
		"429":             func(b *bench) { b.fake.SetFaults(telegramtest.Faults{TooMany: 1}) },
		"talkative 400":   func(b *bench) { b.refuseEcho(400) },
		"talkative 401":   func(b *bench) { b.refuseEcho(401) },
		"talkative 403":   func(b *bench) { b.refuseEcho(403) },
		"talkative 404":   func(b *bench) { b.refuseEcho(404) },
		"talkative 409":   func(b *bench) { b.refuseEcho(409) },
		"talkative 500":   func(b *bench) { b.refuseEcho(500) },
		"not JSON":        func(b *bench) { b.refuseEcho(0) },
		"a bad endpoint":  func(b *bench) { b.o.Endpoint = "http://127.0.0.1:1\x7f/bot%s/%s" },
		"an unknown host": func(b *bench) { b.o.Endpoint = "ftp://x/bot%s/%s" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, telegramtest.Options{})
			b.fake.User(anna).Meet()
			var log bytes.Buffer
			var n notes
			b.o.Log, b.o.Notify = slog.New(slog.NewTextHandler(&log, nil)), n.add
			faults(b)
			bot := New(b.o)
			ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer stop()
			told := []error{bot.Receive(ctx, "", func(context.Context, channels.Message) error { return nil })}
			r := channels.Reply{Text: "Geheimnis der Anna", Title: "Titelgeheimnis", Files: []channels.FileInfo{{Name: "akte.pdf", Data: []byte("x")}}}
			_, err := bot.Send(t.Context(), "k", chatAddress("aachen", anna), r)
			told = append(told, err,
				bot.Edit(t.Context(), chatAddress("aachen", anna), "1", r),
				bot.SetCommands(t.Context(), "de", []channels.Command{{Name: "hilfe", Description: "Hilfe"}}),
				bot.SetProfile(t.Context(), channels.Profile{Name: "Ehrenamt"}))
			said := fmt.Sprintf("%v %+v %#v %v %#v %s", bot, bot, bot, b.o, b.o, log.String()) + fmt.Sprint(n.all) + fmt.Sprint(bot.Check(t.Context()))
			for _, e := range told {
				for ; e != nil; e = errors.Unwrap(e) {
					said += fmt.Sprintf("%v %+v %#v\n", e, e, e)
				}
			}
			if err == nil {
				t.Errorf("the fault did not strike")
			}
			for _, secret := range []string{token, "s3cr3t", fmt.Sprint(anna), "Geheimnis", "geheimnis", "akte"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q shows up in %s", secret, said)
				}
			}
		})
	}
}

// refuseEcho answers every call with everything it must not repeat.
func (b *bench) refuseEcho(code int) {
	text := fmt.Sprintf("Oops: https://api.telegram.org/bot%s/x for %d: Geheimnis der Anna", token, anna)
	b.fake.Fail(func(string) (telegramtest.Failure, bool) { return telegramtest.Failure{Code: code, Text: text}, true })
}
