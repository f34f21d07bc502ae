// Package telegram is the network of Telegram's bots: long polling or a webhook in,
// messages, edits and menus out, one Bot for each token. It is the only place where
// the Bot API's types exist. It never touches the store: what it learns it hands to
// hear, and what must outlive the process travels in Message.Cursor.
//
// The Bot API is described at https://core.telegram.org/bots/api.
package telegram

import (
	"context"
	"hash/fnv"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ehrenamt/channels"
)

// Name is the network's name in addresses.
const Name = "telegram"

// Options describe one bot. Account, Token, Now and Log are needed.
type Options struct {
	Account  string // the Account of its addresses
	Token    string // as given by BotFather
	Endpoint string // with %s for token and method; default Telegram's own server
	Now      func() time.Time
	Log      *slog.Logger
	Notify   func(Event) // told what an operator should know, besides Log; may be nil
	Words    Words
	Webhook  Webhook           // zero: long polling
	Pace     Pace              // zero: Telegram's limits
	LastSeen time.Time         // when this bot was last known to receive; zero: unknown
	Hold     time.Duration     // how long Telegram holds an empty poll; default 50 s
	Pause    time.Duration     // first pause after a failure, doubled up to 30 s; default 500 ms
	Dial     http.RoundTripper // default: own connections with time limits
}

// Words are the few labels that the network needs and no Reply carries.
type Words struct {
	// ShareLocation labels the button that shares one's position, in the language of the reply.
	ShareLocation func(lang string) string
}

// Webhook says that Telegram calls us. Ports 443, 80, 88 and 8443 are allowed by Telegram.
type Webhook struct {
	URL      string // public https address of Bot.ServeHTTP
	Secret   string // 1–256 of A-Za-z0-9_-, expected in X-Telegram-Bot-Api-Secret-Token
	Parallel int    // chats heard at once; default 1. One chat's messages are always heard one after the other
}

// EventKind names what an operator should know.
type EventKind string

// The events.
const (
	Conflict   EventKind = "conflict"   // another process polls this bot, or its webhook is set elsewhere
	Gap        EventKind = "gap"        // not reachable for over 24 hours: Telegram has dropped messages meanwhile
	Denied     EventKind = "denied"     // the token is refused
	Unreadable EventKind = "unreadable" // an update that cannot be read was skipped
	Offline    EventKind = "offline"    // Telegram cannot be reached
	Online     EventKind = "online"     // it can again
)

// Event is something an operator should know. It never contains a token, an address or a text.
type Event struct {
	Kind    EventKind
	Account string
	At      time.Time
	Since   time.Time // for Gap and Online: when it was last reachable
	Detail  string
}

// kept is how long Telegram keeps updates that nobody fetches.
const kept = 24 * time.Hour

// Bot is one bot. It implements channels.Channel, Editor, Commander, Noticer and Paced.
type Bot struct {
	o     Options
	bot   int64 // our own id, the beginning of the token
	http  http.RoundTripper
	pacer *Pacer
	ear   ear

	mu        sync.Mutex // guards what follows
	username  string     // "" until getMe succeeded
	keyboards map[int64]bool
	callbacks map[string]*press
	progress  map[string][]int // message ids already sent of a delivery with several parts
	failures  int              // calls in a row that did not reach Telegram
	lastSeen  time.Time
	told      map[EventKind]time.Time
}

// New returns a bot. It opens no connection; a wrong token shows in Receive and Check.
func New(o Options) *Bot {
	if o.Endpoint == "" {
		o.Endpoint = tgbotapi.APIEndpoint
	}
	if o.Hold <= 0 {
		o.Hold = 50 * time.Second
	}
	if o.Pause <= 0 {
		o.Pause = 500 * time.Millisecond
	}
	if o.Words.ShareLocation == nil {
		o.Words.ShareLocation = func(string) string { return "📍" }
	}
	head, _, _ := strings.Cut(o.Token, ":")
	id, _ := strconv.ParseInt(head, 10, 64) // a malformed token is refused by Telegram, with a plain answer
	b := &Bot{
		o:         o,
		bot:       id,
		http:      o.Dial,
		pacer:     NewPacer(o.Pace),
		keyboards: map[int64]bool{},
		callbacks: map[string]*press{},
		progress:  map[string][]int{},
		lastSeen:  o.LastSeen,
		told:      map[EventKind]time.Time{},
	}
	if b.http == nil {
		b.http = connections()
	}
	return b
}

// connections are HTTP/1.1 connections with a limit on every phase that is not the answer itself, which the
// context of each call limits.
func connections() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       60 * time.Second,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   64,
	}
}

// Name implements channels.Channel.
func (b *Bot) Name() string { return Name }

// Slots implements channels.Paced.
func (b *Bot) Slots(now time.Time, urgent bool) (int, time.Time) { return b.pacer.Slots(now, urgent) }

// Reserve implements channels.Paced.
func (b *Bot) Reserve(now time.Time, key string, to channels.Address, urgent bool) time.Duration {
	t, err := targetOf(to)
	if err != nil {
		return 0 // Send will say what is wrong
	}
	wait, _ := b.pacer.Reserve(now, key, t.pace, urgent)
	return wait
}

// repeatEvent is how long an event of one kind is not told again.
const repeatEvent = 10 * time.Minute

func (b *Bot) report(e Event) {
	e.Account, e.At = b.o.Account, b.o.Now()
	b.mu.Lock()
	last, told := b.told[e.Kind]
	again := told && e.At.Sub(last) < repeatEvent && e.Kind != Online && e.Kind != Unreadable
	if !again {
		b.told[e.Kind] = e.At
	}
	b.mu.Unlock()
	if again {
		return
	}
	level := slog.LevelWarn
	if e.Kind == Online {
		level = slog.LevelInfo
	}
	b.o.Log.Log(context.Background(), level, "telegram event", "kind", e.Kind, "account", e.Account, "detail", e.Detail, "since", e.Since)
	if b.o.Notify != nil {
		b.o.Notify(e)
	}
}

// String tells which bot it is. Neither it nor its options ever print the token.
func (b *Bot) String() string { return Name + ":" + b.o.Account }

// GoString is String.
func (b *Bot) GoString() string { return b.String() }

// String names the bot alone.
func (o Options) String() string { return Name + ":" + o.Account }

// GoString is String.
func (o Options) GoString() string { return o.String() }

// target is the chat that an address means.
type target struct {
	chat  string // chat_id: a number, or @name of a public channel
	pace  int64  // what paces it; negative for groups and channels
	topic string // of a forum, after a slash
}

func (t target) private() bool { return t.pace > 0 }

// targetOf reads an address: a chat's number, behind a slash a topic's, or the @name of a public channel.
func targetOf(a channels.Address) (target, error) {
	id, topic, _ := strings.Cut(a.ID, "/")
	t := target{chat: id, topic: topic}
	if name, ok := strings.CutPrefix(id, "@"); ok && name != "" && a.Channel == Name {
		h := fnv.New64a()
		_, _ = h.Write([]byte(strings.ToLower(name)))
		t.pace = -1 - int64(h.Sum64()>>1)
		return t, nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n == 0 || a.Channel != Name {
		return target{}, errBadAddress
	}
	t.pace = n
	return t, nil
}
