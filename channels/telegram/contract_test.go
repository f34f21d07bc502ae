package telegram

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/channeltest"
	"ehrenamt/channels/telegram/telegramtest"
)

const (
	token = "123456:AAG-s3cr3t_token"
	anna  = 4242424242
)

// bench is one bot under test with its Telegram.
type bench struct {
	server *telegramtest.Server
	fake   *telegramtest.Bot
	o      Options
	cable  *cable
}

// cable is the way to Telegram; it can be cut.
type cable struct {
	http.Transport
	cut atomic.Bool
}

func newCable() *cable {
	c := &cable{}
	c.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if c.cut.Load() {
			return nil, errors.New("connection refused: " + token)
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	return c
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func newBench(t *testing.T, o telegramtest.Options) *bench {
	t.Helper()
	server := telegramtest.Start(t, o)
	c := newCable()
	t.Cleanup(c.CloseIdleConnections)
	return &bench{
		server: server,
		fake:   server.Bot(token, "ehrenamt_bot"),
		cable:  c,
		o: Options{
			Account: "aachen", Token: token, Endpoint: server.Endpoint(), Now: time.Now, Log: quiet(),
			Hold: 5 * time.Second, Pause: time.Millisecond, Dial: c,
		},
	}
}

func (b *bench) subject(t *testing.T, start func(Options) *Bot) *channeltest.Subject {
	user := b.fake.User(anna).Meet()
	gone := b.fake.User(777777777).Meet()
	gone.Vanish()
	s := &channeltest.Subject{
		Channel: start(b.o),
		Restart: func() channels.Channel { return start(b.o) },
		To:      channels.Address{Channel: Name, Account: "aachen", ID: strconv.Itoa(anna)},
		Gone:    channels.Address{Channel: Name, Account: "aachen", ID: "777777777"},
		Say: func(_ context.Context, text string) error {
			user.Say(text)
			return nil
		},
		Arrived: func(ctx context.Context, n int) ([]channeltest.Arrival, error) {
			sent, err := b.fake.Arrived(ctx, anna, n)
			var all []channeltest.Arrival
			for _, m := range sent {
				all = append(all, channeltest.Arrival{Ref: strconv.FormatInt(m.ID, 10), Text: m.Text, Buttons: m.Labels()})
			}
			return all, err
		},
		Fault:   b.fault,
		Faults:  []channeltest.Fault{channeltest.Down, channeltest.Lost, channeltest.Refused, channeltest.Throttled, channeltest.Garbled},
		Secrets: []string{token, "s3cr3t"},
		Denied: func() channels.Channel {
			o := b.o
			o.Token = "999:" + token[7:]
			return start(o)
		},
	}
	return s
}

func (b *bench) fault(f channeltest.Fault) {
	b.cable.cut.Store(f == channeltest.Down)
	b.cable.CloseIdleConnections()
	b.fake.Fail(nil)
	b.fake.SetFaults(telegramtest.Faults{})
	switch f {
	case channeltest.Lost:
		b.fake.SetFaults(telegramtest.Faults{Reset: 1})
	case channeltest.Throttled:
		b.fake.SetFaults(telegramtest.Faults{TooMany: 1, RetryMax: 1})
	case channeltest.Garbled:
		b.fake.SetFaults(telegramtest.Faults{BadGateway: 1})
	case channeltest.Refused:
		b.fake.Fail(func(method string) (telegramtest.Failure, bool) {
			return telegramtest.Failure{Code: 400, Text: "Bad Request: something about wird nicht genommen"}, method == "sendMessage"
		})
	}
}

func TestPollingKeepsTheContract(t *testing.T) {
	channeltest.Exercise(t, func(t *testing.T) *channeltest.Subject {
		b := newBench(t, telegramtest.Options{Limits: telegramtest.Limits{Off: true}})
		b.o.Pace.PerSecond = -1
		s := b.subject(t, New)
		s.Outage = func(down bool) {
			b.cable.cut.Store(down)
			if err := b.server.Down(down); err != nil {
				t.Errorf("outage: %v", err)
			}
		}
		return s
	})
}

func TestWebhookKeepsTheContract(t *testing.T) {
	channeltest.Exercise(t, func(t *testing.T) *channeltest.Subject {
		b := newBench(t, telegramtest.Options{Limits: telegramtest.Limits{Off: true}, Repeat: time.Millisecond})
		b.o.Pace.PerSecond = -1
		var bot atomic.Pointer[Bot]
		ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { bot.Load().ServeHTTP(w, r) }))
		t.Cleanup(ours.Close)
		t.Cleanup(b.server.Close) // ends the calls first
		b.o.Webhook = Webhook{URL: ours.URL + "/telegram", Secret: "geheim-7"}
		s := b.subject(t, func(o Options) *Bot {
			x := New(o)
			bot.Store(x)
			return x
		})
		s.Secrets = append(s.Secrets, "geheim-7")
		return s
	})
}

func TestContractHoldsWithRealPace(t *testing.T) {
	b := newBench(t, telegramtest.Options{})
	bot := New(b.o)
	b.fake.User(anna).Meet()
	to := channels.Address{Channel: Name, Account: "aachen", ID: strconv.Itoa(anna)}
	var waits int
	for i := range 5 {
		_, err := bot.Send(t.Context(), "k"+strconv.Itoa(i), to, channels.Reply{Text: "eins"})
		var wait *channels.RetryAfter
		if errors.As(err, &wait) {
			waits++
			if wait.Account || wait.Wait > 2200*time.Millisecond {
				t.Errorf("a chat that got enough makes the account wait: %+v", wait)
			}
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if waits != 2 || len(b.fake.Violations()) > 0 {
		t.Errorf("%d of 5 at once had to wait, want the 2 behind a burst of 3; violations %v", waits, b.fake.Violations())
	}
}
