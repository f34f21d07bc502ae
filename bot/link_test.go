package bot_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations/transcript"
	"ehrenamt/storage"
)

// twoNets is a world with a chat and a mailbox. People whose name is a mail address write mail.
type twoNets struct {
	*world
	trust channels.Trust // of the mails written from now on
	stop  string
	gone  bool
	code  string
}

// mailNet is the mailbox, recorded like the chat.
type mailNet struct {
	*network
	stop *string // the latest link that ends such mails
	code *string // the latest code that confirms something
}

func (mailNet) Name() string    { return "email" }
func (mailNet) Mailbox() string { return "hilfe@aachen.example" }

func (m mailNet) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	if c := confirmCode.FindString(r.Text); c != "" {
		*m.code = c
	}
	if r.Title != "" {
		r.Text = "[" + r.Title + "]\n" + r.Text
	}
	if r.Stop != "" {
		r.Text += "\n[abbestellen mit einem Klick]"
		*m.stop = r.Stop[strings.LastIndexByte(r.Stop, '/')+1:]
	}
	return m.network.Send(ctx, key, to, r)
}

var confirmCode = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b`)

// Edit hides that of the chat: a mail cannot be changed.
func (mailNet) Edit() {}

// chatNet is the chat with links that open it.
type chatNet struct {
	*network
	gone *bool // nobody can be reached on it any more
}

func (c chatNet) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	if *c.gone {
		return "", channels.ErrGone
	}
	return c.network.Send(ctx, key, to, r)
}

func (chatNet) Link(start string) string { return "https://chat.example/?start=" + start }

func newTwoNets(t testing.TB) *twoNets {
	t.Helper()
	net := &network{}
	w := &twoNets{trust: channels.Authenticated}
	w.world = newWorldOn(t, filepath.Join(quickDir(t), "ehrenamt.db"), 1,
		bot.Account{Channel: chatNet{net, &w.gone}, Account: "a", Front: "aachen"},
		bot.Account{Channel: mailNet{net, &w.stop, &w.code}, Account: "m", Front: "aachen", AskAll: true})
	w.net = net
	w.bot.PublicURL = "https://ehrenamt.example"
	return w
}

func (w *twoNets) at(who string) channels.Address {
	if strings.Contains(who, "@") {
		return channels.Address{Channel: "email", Account: "m", ID: who}
	}
	return at(who)
}

func (w *twoNets) write(ctx context.Context, who string, change func(*channels.Message)) error {
	m := w.message(who)
	m.From, m.Trust = w.at(who), channels.Authenticated
	if m.From.Channel == "email" {
		m.Trust, m.Name = w.trust, ""
	}
	change(&m)
	for range 3 {
		if err := w.bot.Hear(ctx, m); err == nil {
			break
		} else if w.fail++; w.fail > 5 {
			return err
		}
	}
	return w.settle(ctx)
}

// settle does all that is due on both.
func (w *twoNets) settle(ctx context.Context) error {
	for {
		if err := w.bot.Tick(ctx); err != nil {
			return err
		}
		sent := 0
		for _, account := range []string{"test:a", "email:m"} {
			n, _, err := w.bot.Deliver(ctx, account)
			if err != nil {
				return err
			}
			sent += n
		}
		if sent == 0 {
			return nil
		}
	}
}

func (w *twoNets) Say(ctx context.Context, who, text string) error {
	return w.write(ctx, who, func(m *channels.Message) {
		m.Text = strings.ReplaceAll(text, "{code}", w.net.code)
		if start, ok := strings.CutPrefix(m.Text, "/start "); ok {
			m.Start = strings.ReplaceAll(start, "-", "")
		}
		if subject, ok := strings.CutPrefix(m.Text, "Betreff: "); ok {
			m.Subject, m.Text, _ = strings.Cut(subject, "\n")
		}
	})
}

func (w *twoNets) Press(ctx context.Context, who, label string) error {
	for _, c := range w.net.last[who] {
		if c.Label == label {
			return w.write(ctx, who, func(m *channels.Message) { m.Kind, m.Handle = channels.Press, c.Key })
		}
	}
	return w.world.Press(ctx, who, label)
}

func (w *twoNets) Send(ctx context.Context, who, kind string) error {
	switch kind {
	case "unproved", "proved": // what the mail server finds out about mails from now on
		w.trust = map[string]channels.Trust{"unproved": channels.Untrusted, "proved": channels.Authenticated}[kind]
		return nil
	case "unsubscribe", "back": // with one click
		do := w.bot.Unsubscribe
		if kind == "back" {
			do = w.bot.Resubscribe
		}
		used, err := do(ctx, w.stop)
		if again, _ := do(ctx, w.stop); err != nil || used != bot.UsedNow || again != bot.UsedBefore {
			return fmt.Errorf("%s, then %s: %w", used, again, err)
		}
		return w.settle(ctx)
	case "click": // on the link in the mail
		used, err := w.bot.Confirm(ctx, w.code)
		if again, _ := w.bot.Confirm(ctx, w.code); err != nil || used != bot.UsedNow || again != bot.UsedBefore {
			return fmt.Errorf("%s, then %s: %w", used, again, err)
		}
		return w.settle(ctx)
	}
	return w.write(ctx, who, func(m *channels.Message) { m.Kind = channels.Kind(kind) })
}

func (w *twoNets) Wait(ctx context.Context, until time.Time) error {
	for w.now.Before(until) {
		w.now = w.now.Add(30 * time.Minute)
		if w.now.After(until) {
			w.now = until
		}
		if err := w.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// say lets people say things one after the other: "anna: ja".
func (w *twoNets) say(lines ...string) {
	w.t.Helper()
	for _, l := range lines {
		who, text, _ := strings.Cut(l, ": ")
		if err := w.Say(w.t.Context(), who, text); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *twoNets) personOf(who string) (id string) {
	w.t.Helper()
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.Addresses.Owner(ctx, w.at(who))
		id = r.Person
		return err
	})
	return id
}

// TestStoriesOfTwoNetworks plays what somebody does who writes in a chat and by mail.
func TestStoriesOfTwoNetworks(t *testing.T) {
	files, err := filepath.Glob("testdata/two_networks/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
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
			got, err := transcript.Play(t.Context(), story, newTwoNets(t))
			if err != nil {
				t.Fatalf("%v\n%s", err, got)
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(data) {
				t.Errorf("the story went differently:\n%s", got)
			}
		})
	}
}
