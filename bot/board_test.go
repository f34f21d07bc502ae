package bot_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/storage"
)

func TestThePublicChannelShowsWhatIsOpenAndNothingPrivate(t *testing.T) {
	w := newTelegramWorld(t)
	channel := w.fake.Channel("aachen_hilft")
	err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, "aachen")
		if err != nil {
			return err
		}
		if f.Extra, err = json.Marshal(bot.FrontExtra{Channel: "telegram:a:@aachen_hilft"}); err != nil {
			return err
		}
		return tx.Fronts.SaveFront(ctx, &f)
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	say := func(who string, lines ...string) {
		t.Helper()
		for _, l := range lines {
			if err := w.Say(ctx, who, l); err != nil {
				t.Fatal(err)
			}
		}
	}
	board := func() (text string, buttons [][2]string) {
		t.Helper()
		if err := w.Wait(ctx, w.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		all := w.fake.To(channel)
		if len(all) != 1 {
			t.Fatalf("%d messages in the channel", len(all))
		}
		for _, row := range all[0].Buttons {
			for _, b := range row {
				buttons = append(buttons, [2]string{b.Text, b.URL})
				if b.Data != "" {
					t.Errorf("a button that answers in a public channel: %q", b.Text)
				}
			}
		}
		return all[0].Text, buttons
	}
	say("vera", "Wir suchen Samstag 14–18 Uhr 1 Person zum Aufbau in Brand, Treffpunkt Ringstraße 12, Klingel bei Meier, Tel. 0241 123456", "1, TV Brand", "ja")
	text, buttons := board()
	if !strings.Contains(text, "Aufbau") || !strings.Contains(text, "Aachen-Brand") || len(buttons) != 1 {
		t.Fatalf("the channel shows %q with %v", text, buttons)
	}
	for _, private := range []string{"Ringstr", "Klingel", "Meier", "123456", "Vera"} {
		if strings.Contains(text, private) {
			t.Errorf("the channel tells %q: %q", private, text)
		}
	}
	_, start, ok := strings.Cut(buttons[0][1], "https://t.me/ehrenamt_bot?start=p_")
	if !ok {
		t.Fatalf("the button leads to %q", buttons[0][1])
	}
	say("anna", "/start p_"+start)
	if err := w.Press(ctx, "anna", "Ich komme"); err != nil {
		t.Fatal(err)
	}
	if text, buttons = board(); !strings.HasPrefix(text, "✅ Besetzt") || len(buttons) != 0 || strings.Contains(text, "Anna") {
		t.Errorf("filled: %q %v", text, buttons)
	}
	say("vera", "/meine")
	if err := w.Press(ctx, "vera", "1"); err != nil {
		t.Fatal(err)
	}
	if err := w.Press(ctx, "vera", "Zurückziehen"); err != nil {
		t.Fatal(err)
	}
	if err := w.Press(ctx, "vera", "1"); err != nil {
		t.Fatal(err)
	}
	if text, _ = board(); !strings.HasPrefix(text, "Abgesagt") {
		t.Errorf("withdrawn: %q", text)
	}
	// What was never open is never shown: an offer, and what waits for an editor.
	say("otto", "Ich biete einen Anhänger zum Ausleihen in Brand", "2", "ja")
	if _, buttons = board(); len(buttons) != 0 {
		t.Errorf("buttons %v", buttons)
	}
	if v := w.fake.Violations(); len(v) > 0 {
		t.Error(v)
	}
}
