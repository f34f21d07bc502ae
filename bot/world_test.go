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
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/transcript"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
	"ehrenamt/matching/places"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// world is a whole exchange in one process: a real store, the real bot, a network that records, a clock
// that stands still until a story moves it.
type world struct {
	t     testing.TB
	store storage.Store
	bot   *bot.Bot
	net   *network
	now   time.Time
	n     int
	fail  int // messages that could not be heard

	said map[string]string // by person: the message they wrote last

	channel, account string // of the address everybody here writes from
}

// monday is when stories begin unless they say otherwise.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, berlin())

func berlin() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}

// parts are loaded once: they are immutable.
var parts = sync.OnceValues(func() (*flows.Book, error) {
	g, err := places.Default()
	if err != nil {
		return nil, err
	}
	marks, err := places.ExampleLandmarks()
	if err != nil {
		return nil, err
	}
	g = g.WithLandmarks(marks)
	r, err := understanding.New(g)
	if err != nil {
		return nil, err
	}
	w, err := wording.Load()
	if err != nil {
		return nil, err
	}
	return flows.New(w, r, g), nil
})

func aachen(t testing.TB) matching.Place {
	t.Helper()
	p, err := home()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// home is looked up once, for reading the gazetteer takes longer than most stories.
var home = sync.OnceValues(func() (matching.Place, error) {
	g, err := places.Default()
	if err != nil {
		return matching.Place{}, err
	}
	return g.Lookup("Aachen")[0], nil
})

// newWorld makes a world whose people speak over a chat, or by mail if askAll.
func newWorld(t testing.TB, askAll bool) *world {
	t.Helper()
	return newWorldAt(t, filepath.Join(quickDir(t), "ehrenamt.db"), askAll, 1)
}

// quickDir is a directory of the test in memory where there is one: stories make thousands of durable commits,
// and nothing about the disk is tried here.
func quickDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "ehrenamt-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// newWorldAt opens a store that may be older; seed makes its randomness unlike that of other worlds.
func newWorldAt(t testing.TB, dsn string, askAll bool, seed byte) *world {
	t.Helper()
	net := &network{}
	account := bot.Account{Channel: net, Account: "a", Front: "aachen", AskAll: askAll}
	if askAll {
		account.Channel = letters{net}
	}
	w := newWorldOn(t, dsn, seed, account)
	w.net = net
	return w
}

// letters is a network on which what was sent cannot be changed any more, like mail.
type letters struct{ net *network }

func (l letters) Name() string { return l.net.Name() }

func (l letters) Receive(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	return l.net.Receive(ctx, cursor, hear)
}

func (l letters) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	return l.net.Send(ctx, key, to, r)
}

// newWorldOn is a world on any network.
func newWorldOn(t testing.TB, dsn string, seed byte, account bot.Account, more ...bot.Account) *world {
	t.Helper()
	ctx := t.Context()
	ids := 0
	s, err := sqldb.Open(ctx, sqldb.Config{
		DSN: dsn, Key: sqldb.KeySource{Value: strings.Repeat("ab", 32)}, Rand: rand.NewChaCha8([32]byte{2, seed}),
		NewID: func() string { ids++; return fmt.Sprintf("id%d%05d", seed, ids) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := &world{t: t, store: s, now: monday, said: map[string]string{}, channel: account.Channel.Name(), account: account.Account}
	err = s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.Fronts.Front(ctx, "aachen"); err == nil {
			return nil // a store that was used before
		}
		f := storage.Front{ID: "aachen", Name: "Aachen", Zone: "Europe/Berlin", Languages: []string{"de", "en"}, Place: aachen(t)}
		return tx.Fronts.SaveFront(ctx, &f)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.bot = newBotOn(t, w, seed, append([]bot.Account{account}, more...)...)
	return w
}

// newBotOn is one process on the store of a world.
func newBotOn(t testing.TB, w *world, seed byte, accounts ...bot.Account) *bot.Bot {
	t.Helper()
	still := bot.Limits{Messages: bot.Limit{Most: 1 << 40, Within: time.Minute}} // the clock stands still
	return newBotWithin(t, w, seed, still, accounts...)
}

// newBotWithin is such a process with limits of its own.
func newBotWithin(t testing.TB, w *world, seed byte, l bot.Limits, accounts ...bot.Account) *bot.Bot {
	t.Helper()
	book, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	b, err := bot.New(bot.Config{
		Store: w.store, Book: book, Now: func() time.Time { return w.now }, Rand: rand.NewChaCha8([32]byte{1, seed}),
		Log:      slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Accounts: accounts,
		Limits:   l,
		Workers:  1, // so that the order in which people hear of things is always the same
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// network records what is sent; people are names.
type network struct {
	mu    sync.Mutex
	heard []transcript.Heard
	last  map[string][]channels.Choice // by person: of the newest message with choices
	old   map[string][]channels.Choice // by person: of all messages, newest first
	uid   map[string]string            // by person: of the newest calendar entry
	code  string                       // told last
	fail  error
	n     int
}

func (n *network) Name() string { return "test" }

func (n *network) Receive(ctx context.Context, _ string, _ func(context.Context, channels.Message) error) error {
	<-ctx.Done()
	return nil
}

func (n *network) Send(_ context.Context, _ string, to channels.Address, r channels.Reply) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail != nil {
		return "", n.fail
	}
	n.n++
	n.record(to, r, false)
	return strconv.Itoa(n.n), nil
}

func (n *network) Edit(_ context.Context, to channels.Address, _ string, r channels.Reply) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.record(to, r, true)
	return nil
}

func (n *network) record(to channels.Address, r channels.Reply, edited bool) {
	if c := codes.FindAllString(r.Text, -1); len(c) > 0 {
		n.code = strings.TrimPrefix(c[len(c)-1], "Code: ")
	}
	text := codes.ReplaceAllStringFunc(r.Text, func(c string) string {
		return strings.TrimRight(c, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-") + "{code}"
	})
	h := transcript.Heard{Who: to.ID, Text: text, Edited: edited}
	for _, f := range r.Files {
		h.Text += "\n[" + f.Name + "]"
	}
	if e := r.Invite; e != nil {
		if n.uid == nil {
			n.uid = map[string]string{}
		}
		method := "REQUEST"
		if e.Cancelled {
			method = "CANCEL"
		}
		n.uid[to.ID] = e.UID
		h.Text += fmt.Sprintf("\n[%s %s #%d]", method, e.Start.Format("02.01. 15:04"), e.Sequence)
	}
	for _, c := range r.Choices {
		h.Choices = append(h.Choices, c.Label)
	}
	if n.last == nil {
		n.last, n.old = map[string][]channels.Choice{}, map[string][]channels.Choice{}
	}
	n.old[to.ID] = append(slices.Clone(r.Choices), n.old[to.ID]...)
	if len(r.Choices) > 0 {
		n.last[to.ID] = r.Choices
	}
	n.heard = append(n.heard, h)
}

// codes are random: stories say {code} for the one told last.
var codes = regexp.MustCompile(`Code: [0-9A-Z]{10}\b|\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b|\b[0-9A-Z]{4}-[0-9A-Z]{4}\b|\bl_[0-9A-Z]{8}\b|/c/[0-9A-Z]{12}\b`)

func (w *world) message(who string) channels.Message {
	w.n++
	return channels.Message{
		ID: strconv.Itoa(w.n), Kind: channels.Text, From: channels.Address{Channel: w.channel, Account: w.account, ID: who},
		Name: strings.ToUpper(who[:1]) + who[1:], Trust: channels.Authenticated, Sent: w.now,
	}
}

func (w *world) hear(ctx context.Context, m channels.Message) error {
	for {
		if err := w.bot.Hear(ctx, m); err == nil {
			break
		} else if w.fail++; w.fail > 5 {
			return err
		}
	}
	return w.settle(ctx)
}

// settle does all that is due.
func (w *world) settle(ctx context.Context) error {
	for {
		if err := w.bot.Tick(ctx); err != nil {
			return err
		}
		n, _, err := w.bot.Deliver(ctx, w.channel+":"+w.account)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

func (w *world) Say(ctx context.Context, who, text string) error {
	m := w.message(who)
	m.Text = strings.ReplaceAll(text, "{code}", w.net.code)
	w.said[who] = m.ID
	if start, ok := strings.CutPrefix(m.Text, "/start "); ok {
		m.Start = strings.ReplaceAll(start, "-", "")
	}
	return w.hear(ctx, m)
}

func (w *world) Press(ctx context.Context, who, choice string) error {
	cs := w.net.last[who]
	var c channels.Choice
	if n, err := strconv.Atoi(choice); err == nil && n >= 1 && n <= len(cs) {
		c = cs[n-1]
	}
	for _, x := range cs {
		if x.Label == choice {
			c = x
		}
	}
	label, older := strings.CutPrefix(choice, "older ") // not the newest of that label
	for _, x := range w.net.old[who] {
		if x.Label != label || c.Key != "" {
			continue
		}
		if older {
			older = false
			continue
		}
		c = x
	}
	if c.Key == "" {
		return fmt.Errorf("%s sees no button %q", who, choice)
	}
	m := w.message(who)
	m.Kind, m.Handle = channels.Press, c.Key
	return w.hear(ctx, m)
}

func (w *world) Share(ctx context.Context, who string, lat, lon float64) error {
	m := w.message(who)
	m.Kind, m.Point = channels.Location, &channels.Point{Lat: lat, Lon: lon}
	return w.hear(ctx, m)
}

func (w *world) Send(ctx context.Context, who, kind string) error {
	m := w.message(who)
	if text, ok := strings.CutPrefix(kind, "edit "); ok {
		m.Kind, m.Original, m.Text = channels.Edit, w.said[who], text
		if older, ok := strings.CutPrefix(text, "older "); ok {
			m.Original, m.Text = "1", older
		}
		return w.hear(ctx, m)
	}
	switch kind {
	case "appointed":
		code, err := w.editorCode(ctx, who)
		w.net.code = code
		return err
	case "operates":
		code, err := bot.InviteOperator(ctx, w.store, rand.NewChaCha8([32]byte{7}), w.now)
		w.net.code = code
		return err
	case "front suspended", "front resumed", "new terms":
		return errors.Join(w.operate(ctx, kind), w.settle(ctx))
	case "en", "sie", "leicht": // how they have chosen to be spoken to
		return w.speak(ctx, m.From, m.Name, kind)
	case "accepted", "declined", "tentative": // pressed in a calendar, for the newest entry
		m.Kind, m.Invite = channels.Calendar, &channels.Invite{UID: w.net.uid[who], Method: "REPLY", PartStat: strings.ToUpper(kind)}
		m.Text = who + " has answered this invitation."
	case "photo", "voice", "document":
		m.Kind, m.Files = channels.File, []channels.FileInfo{{Name: kind}}
	default:
		m.Kind = channels.Kind(kind)
	}
	return w.hear(ctx, m)
}

// operate does what an operator does at the command line.
func (w *world) operate(ctx context.Context, kind string) error {
	w.now = w.now.Add(time.Minute) // the service follows by then
	if kind == "new terms" {
		return w.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			f, err := tx.Fronts.Front(ctx, "aachen")
			if err != nil {
				return err
			}
			f.Texts, f.Asks, f.AskedFrom = map[string]string{storage.TermsText: "2027-01"}, "2027-01", w.now
			x := storage.FrontText{Front: "aachen", Kind: storage.TermsText, Lang: "de", Version: "2027-01", Text: "Seid nett zueinander.", Asks: true, At: w.now}
			if err := tx.Texts.AddText(ctx, x); err != nil {
				return err
			}
			return tx.Fronts.SaveFront(ctx, &f)
		})
	}
	return bot.Suspend(ctx, w.store, "aachen", kind == "front suspended", w.now.Add(-time.Minute))
}

// speak sets the language or register of somebody, who is known from then on.
func (w *world) speak(ctx context.Context, a channels.Address, name, voice string) error {
	return w.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		p := storage.Person{Front: "aachen", Name: name, Lang: "de", Register: voice, Created: w.now, Active: w.now}
		if voice == "en" {
			p.Lang, p.Register = voice, ""
		}
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		r := storage.AddressRecord{Address: a, Person: p.ID, Front: "aachen", State: storage.AddressOpen, Last: w.now, Created: w.now}
		return tx.Addresses.SaveAddress(ctx, r)
	})
}

// editorCode makes the code of an editor, as an operator does.
func (w *world) editorCode(ctx context.Context, who string) (string, error) {
	return bot.InviteEditor(ctx, w.store, rand.NewChaCha8([32]byte{byte(len(who))}), w.now, "aachen")
}

func (w *world) Wait(ctx context.Context, until time.Time) error {
	for w.now.Before(until) {
		next := w.now.Add(4 * time.Hour) // the daily jobs
		if until.Sub(w.now) > 100*24*time.Hour {
			next = w.now.Add(24 * time.Hour)
		}
		err := w.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
			timer, err := tx.Timers.NextTimer(ctx)
			if err != nil {
				return err
			}
			send, err := tx.Outbox.NextDue(ctx, w.channel, w.account, w.now)
			for _, t := range []time.Time{timer, send} {
				if t.After(w.now) && t.Before(next) {
					next = t
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		if next.After(until) {
			next = until
		}
		w.now = next.In(until.Location())
		if err := w.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) Now() time.Time { return w.now }

func (w *world) Heard(context.Context) ([]transcript.Heard, error) {
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	h := w.net.heard
	w.net.heard = nil
	return h, nil
}
