package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/channels/telegram"
	"ehrenamt/channels/telegram/telegramtest"
	"ehrenamt/conversations/transcript"
)

// screens is Telegram as the people of a story see it: the real adapter, the strict double behind it without a
// network, and after every message or edit what the chat really shows.
type screens struct {
	*telegram.Bot
	fake *telegramtest.Bot

	mu     sync.Mutex
	names  map[int64]string
	heard  []transcript.Heard
	seen   map[string][]button // by person: all buttons ever shown, those of the newest message first
	last   map[string][]button // by person: those of the newest message that had any
	code   string
	links  []string // parameters of links that open a conversation here
	broken []string // what no reader should see
}

// button is one that somebody saw: an inline one, or one of a reply keyboard that says its label.
type button struct {
	label, data string
	message     int64
}

// links are offered where there are some: "Hier entlang: https://t.me/…".
var links = regexp.MustCompile(` [^ ]+ [^ ]+: https://t\.me/ehrenamt_bot\?start=([A-Za-z0-9_-]+)`)

// locationLabel is the button that only Telegram has.
const locationLabel = "📍"

func (s *screens) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	ref, err := s.Bot.Send(ctx, key, to, r)
	if err == nil {
		s.look(to, ref, r, false)
	}
	return ref, err
}

func (s *screens) Edit(ctx context.Context, to channels.Address, ref string, r channels.Reply) error {
	err := s.Bot.Edit(ctx, to, ref, r)
	if err == nil {
		s.look(to, ref, r, true)
	}
	return err
}

// look writes down what the chat shows of the message that was just sent or edited. What is documented to differ from
// a plain chat is taken away, and only that: the title above the text, the list of choices in the text where a
// telephone would cut a label, the numbers on the buttons then, the button that shares one's location, and links that
// open a conversation.
func (s *screens) look(to channels.Address, ref string, r channels.Reply, edited bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat, _ := strconv.ParseInt(to.ID, 10, 64)
	var texts, files []string
	var buttons []button
	for _, m := range s.fake.To(chat) {
		if !slices.Contains(strings.Split(ref, ","), strconv.FormatInt(m.ID, 10)) {
			continue
		}
		texts = append(texts, m.Text)
		for _, row := range m.Buttons {
			for _, b := range row {
				buttons = append(buttons, button{b.Text, b.Data, m.ID})
			}
		}
		for _, row := range m.Keyboard {
			for _, b := range row {
				if b.Text != locationLabel {
					buttons = append(buttons, button{b.Text, "", m.ID})
				}
			}
		}
	}
	text := strings.Join(texts, "\n")
	if !edited && len(r.Files) > 0 { // they come as documents behind the text
		all := s.fake.To(chat)
		for _, m := range all[len(all)-len(r.Files):] {
			files = append(files, "["+m.Document+"]")
		}
	}
	if _, _, within := channels.CutTitle(r.Text, r.Title); r.Title != "" && !within { // within the text it is written in bold instead
		var ok bool
		if text, ok = strings.CutPrefix(text, r.Title+"\n"); !ok {
			s.broken = append(s.broken, "no title above: "+text)
		}
	}
	who := s.names[chat]
	h := transcript.Heard{Who: who, Edited: edited}
	list := ""
	for i := range buttons {
		n := strconv.Itoa(i+1) + ") "
		buttons[i].label = strings.TrimPrefix(buttons[i].label, n)
		h.Choices = append(h.Choices, buttons[i].label)
		list += "\n" + n + buttons[i].label
	}
	text = strings.Join(append([]string{strings.TrimSuffix(text, "\n"+list)}, files...), "\n")
	if c := codes.FindAllString(text, -1); len(c) > 0 {
		s.code = strings.TrimPrefix(c[len(c)-1], "Code: ")
	}
	for _, l := range links.FindAllStringSubmatch(text, -1) {
		s.links = append(s.links, l[1])
	}
	text = links.ReplaceAllString(text, "")
	h.Text = codes.ReplaceAllStringFunc(text, func(c string) string {
		return strings.TrimRight(c, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-") + "{code}"
	})
	s.heard = append(s.heard, h)
	s.seen[who] = append(slices.Clone(buttons), s.seen[who]...)
	if len(buttons) > 0 {
		s.last[who] = buttons
	}
}

// telegramWorld is a world whose people use Telegram.
type telegramWorld struct {
	*world
	s    *screens
	fake *telegramtest.Bot
	ids  map[string]int64

	messages map[string][]int64 // by person: what they wrote
	clock    atomic.Pointer[time.Time]
}

func newTelegramWorld(t testing.TB) *telegramWorld { return newTelegramWorldOf(t, "aachen") }

// newTelegramWorldOf is one whose bot belongs to a front, or to all of them.
func newTelegramWorldOf(t testing.TB, front string) *telegramWorld {
	w := &telegramWorld{ids: map[string]int64{}, messages: map[string][]int64{}}
	w.clock.Store(&monday)
	now := func() time.Time { return *w.clock.Load() }
	server := telegramtest.New(telegramtest.Options{Now: now, Limits: telegramtest.Limits{Off: true}})
	const token = "4711:story"
	w.fake = server.Bot(token, "ehrenamt_bot")
	w.s = &screens{
		fake: w.fake, names: map[int64]string{}, seen: map[string][]button{}, last: map[string][]button{},
		Bot: telegram.New(telegram.Options{
			Account: "a", Token: token, Endpoint: "http://telegram.test/bot%s/%s", Now: now, Log: slog.New(slog.DiscardHandler),
			Dial: server.Transport(), Pace: telegram.Pace{PerSecond: -1}, Pause: time.Millisecond,
			Words: telegram.Words{ShareLocation: func(string) string { return locationLabel }},
		}),
	}
	w.world = newWorldOn(t, filepath.Join(t.TempDir(), "ehrenamt.db"), 1, bot.Account{Channel: w.s, Account: "a", Front: front})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.s.Receive(ctx, "", w.bot.Hear); err != nil {
			t.Errorf("receive: %v", err)
		}
	}()
	t.Cleanup(func() { stop(); <-done; server.Close() })
	return w
}

// user is the person of that name.
func (w *telegramWorld) user(who string) *telegramtest.User {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if w.ids[who] == 0 {
		w.ids[who] = 1000 + int64(len(w.ids))
		w.s.names[w.ids[who]] = who
	}
	u := w.fake.User(w.ids[who])
	u.First = strings.ToUpper(who[:1]) + who[1:]
	return u
}

// handled waits until what was written is handled, and does all that follows.
func (w *telegramWorld) handled(ctx context.Context) error {
	if err := w.fake.Until(ctx, func() bool { return w.fake.Pending() == 0 }); err != nil {
		return err
	}
	return w.settle(ctx)
}

func (w *telegramWorld) Say(ctx context.Context, who, text string) error {
	w.s.mu.Lock()
	text = strings.ReplaceAll(text, "{code}", w.s.code)
	w.s.mu.Unlock()
	w.messages[who] = append(w.messages[who], w.user(who).Say(text))
	return w.handled(ctx)
}

func (w *telegramWorld) Press(ctx context.Context, who, choice string) error {
	w.s.mu.Lock()
	b, ok := find(w.s.last[who], w.s.seen[who], choice)
	w.s.mu.Unlock()
	if !ok {
		return fmt.Errorf("%s sees no button %q", who, choice)
	}
	if b.data == "" {
		return w.Say(ctx, who, b.label)
	}
	w.user(who).Replay(b.message, b.data)
	return w.handled(ctx)
}

// find is the button that a story means: a number or a label of the newest, "older" of one before it.
func find(last, seen []button, choice string) (button, bool) {
	if n, err := strconv.Atoi(choice); err == nil && n >= 1 && n <= len(last) {
		return last[n-1], true
	}
	label, older := strings.CutPrefix(choice, "older ")
	if i := slices.IndexFunc(last, func(b button) bool { return b.label == choice }); i >= 0 {
		return last[i], true
	}
	for _, b := range seen {
		if b.label != label {
			continue
		}
		if !older {
			return b, true
		}
		older = false
	}
	return button{}, false
}

func (w *telegramWorld) Share(ctx context.Context, who string, lat, lon float64) error {
	w.user(who).Share(lat, lon)
	return w.handled(ctx)
}

func (w *telegramWorld) Send(ctx context.Context, who, kind string) error {
	u := w.user(who)
	if text, ok := strings.CutPrefix(kind, "edit "); ok {
		said := w.messages[who]
		id := said[len(said)-1]
		if older, ok := strings.CutPrefix(text, "older "); ok {
			id, text = said[0], older
		}
		u.Edit(id, text)
		return w.handled(ctx)
	}
	switch kind {
	case "appointed":
		code, err := w.editorCode(ctx, who)
		w.s.code = code
		return err
	case "operates":
		code, err := bot.InviteOperator(ctx, w.store, rand.NewChaCha8([32]byte{7}), w.now)
		w.s.code = code
		return err
	case "front suspended", "front resumed", "new terms":
		return errors.Join(w.operate(ctx, kind), w.settle(ctx))
	case "en", "sie", "leicht":
		return w.speak(ctx, channels.Address{Channel: telegram.Name, Account: "a", ID: strconv.FormatInt(u.ID, 10)}, u.First, kind)
	case "photo":
		u.Send(map[string]any{"photo": []map[string]any{{"file_id": "f", "width": 1, "height": 1, "file_size": 9}}})
	case "voice", "document":
		u.Send(map[string]any{kind: map[string]any{"file_id": "f"}})
	case "sticker":
		u.Send(map[string]any{kind: map[string]any{"file_id": "f", "emoji": "😊"}})
	case "contact":
		u.Send(map[string]any{"contact": map[string]any{"phone_number": "1", "first_name": "A"}})
	case "blocked":
		u.Block()
	case "unblocked":
		u.Unblock()
	default:
		return fmt.Errorf("Telegram has no %s", kind)
	}
	return w.handled(ctx)
}

func (w *telegramWorld) Wait(ctx context.Context, until time.Time) error {
	err := w.world.Wait(ctx, until)
	w.clock.Store(&until)
	return err
}

func (w *telegramWorld) Heard(context.Context) ([]transcript.Heard, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	h := w.s.heard
	w.s.heard = nil
	return h, nil
}

// TestStoriesGoTheSameOnTelegram plays every story of the chat through the real adapter and the strict double, and
// compares what people see there with the written story.
func TestStoriesGoTheSameOnTelegram(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".mail.txt") {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			story, err := transcript.Parse(strings.NewReader(string(data)))
			if err != nil {
				t.Fatal(err)
			}
			w := newTelegramWorld(t)
			w.furnish(file)
			got, err := transcript.Play(t.Context(), story, w)
			if err != nil {
				t.Fatalf("%v\n%s", err, got)
			}
			if want := string(data); got != want {
				t.Errorf("the story goes differently on Telegram, first here:\n%s", firstDifference(got, want))
			}
			for _, b := range w.s.broken {
				t.Error(b)
			}
			if v := w.fake.Violations(); len(v) > 0 {
				t.Errorf("violations: %v", v)
			}
			acknowledged(t, w.fake)
		})
	}
}

// acknowledged sees to it that no pressed button is left spinning.
func acknowledged(t *testing.T, fake *telegramtest.Bot) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	err := fake.Until(ctx, func() bool {
		return !slices.ContainsFunc(fake.Presses(), func(p telegramtest.Press) bool { return p.AnsweredAt.IsZero() })
	})
	if err != nil {
		t.Error("a pressed button was never acknowledged")
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return "got  " + strings.Join(g[max(0, i-2):min(len(g), i+6)], "\n     ") + "\nwant " + strings.Join(w[min(i, len(w)):min(len(w), i+6)], "\n     ")
		}
	}
	return "it ends early; want " + strings.Join(w[len(g):], "\n")
}
