package bot_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/storage"
)

// strict is a network that a front may restrict.
type strict struct{ *network }

func (strict) Name() string { return "telegram" }

// TestOverTelegramGoesWhatTheFrontLets: a front lets title and code alone go over Telegram. Whoever is there is alerted,
// searches, answers and reads all the same, and no place, time, name or note goes over it in either direction.
func TestOverTelegramGoesWhatTheFrontLets(t *testing.T) {
	mail := &network{}
	w := newWorldOn(t, filepath.Join(quickDir(t), "ehrenamt.db"), 1, bot.Account{Channel: mail, Account: "a", Front: "aachen"})
	w.net = mail
	chat := &network{}
	c := w.bot.Config
	c.Accounts = append(c.Accounts, bot.Account{Channel: strict{chat}, Account: "t", Front: "aachen"})
	var err error
	if w.bot, err = bot.New(c); err != nil {
		t.Fatal(err)
	}
	err = w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, "aachen")
		if err != nil {
			return err
		}
		f.Telegram = storage.TelegramMinimal
		return tx.Fronts.SaveFront(ctx, &f)
	})
	if err != nil {
		t.Fatal(err)
	}
	say := func(channel, account, who string, lines ...string) {
		t.Helper()
		for _, l := range lines {
			m := w.message(who)
			m.From, m.Text = channels.Address{Channel: channel, Account: account, ID: who}, l
			if err := w.bot.Hear(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			for _, x := range []string{"test:a", "telegram:t"} {
				w.channel, w.account, _ = strings.Cut(x, ":")
				if err := w.settle(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	say("telegram", "t", "anna", "ich möchte helfen", "Eilendorf", "alles")
	say("test", "a", "vera", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "1, TV Brand",
		"Treffpunkt: Schulhof, Tor 2", "Hinweise: feste Schuhe", "ja")
	code := ""
	for _, h := range mail.heard {
		if _, after, ok := strings.Cut(h.Text, "Code: "); ok {
			code, _, _ = strings.Cut(after, " ")
		}
	}
	err = w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
		if len(ps) == 1 {
			code = ps[0].Code
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	say("telegram", "t", "anna", "/zeig "+code, "/suche alles in Brand", "1", "/termin "+code, "Ich komme", "/meine", "1", "/export", "doch nicht", "Ich komme, aber erst ab 16 Uhr")
	say("telegram", "t", "paul", "Ich suche Sonntag um 11 Uhr jemanden zum Vorlesen in Burtscheid", "privat", "ja", "/meine", "1")
	say("test", "a", "dora", "ich möchte helfen", "Burtscheid", "Ich komme", "ja, und ich bringe Kuchen mit")
	aufbau := 0
	for _, h := range chat.heard {
		if strings.Contains(h.Text, "Aufbau") {
			aufbau++
		}
		all := h.Text + "\n" + strings.Join(h.Choices, "\n")
		for _, word := range []string{"28.", "14–18", "TV Brand", "Schulhof", "Schuhe", "Vera", "Dora", "Kuchen", "Wir suchen Samstag"} {
			if strings.Contains(all, word) {
				t.Errorf("%q goes over Telegram:\n%s", word, all)
			}
		}
	}
	if aufbau < 3 {
		t.Errorf("Anna hears only %d times of what is looked for", aufbau)
	}
}
