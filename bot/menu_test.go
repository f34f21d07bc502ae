package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/channels/telegram"
	"ehrenamt/channels/telegram/telegramtest"
	"ehrenamt/storage"
)

func TestTheServiceIntroducesItselfAndEditorsSeeMore(t *testing.T) {
	s := newService(t, telegramtest.Options{}, nil)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	shows := func(scope, lang, word string) func() bool {
		return func() bool { return strings.Contains(s.fake.Commands(scope, lang), word) }
	}
	for lang, word := range map[string]string{"": `"gesuch"`, "de": `"gesuch"`, "en": `"need"`} {
		if err := s.until(ctx, shows("", lang, word)); err != nil {
			t.Fatalf("menu in %q: %s", lang, s.fake.Commands("", lang))
		}
		if strings.Contains(s.fake.Commands("", lang), `"redaktion"`) {
			t.Errorf("everybody sees the entry of editors in %q", lang)
		}
	}
	for field, want := range map[string]string{"name": "Ehrenamt Aachen", "short_description": "Mit anpacken", "description": "Nachbarn"} {
		if err := s.until(ctx, func() bool { return strings.Contains(s.fake.Profile(field, "de"), want) }); err != nil {
			t.Errorf("%s is %q", field, s.fake.Profile(field, "de"))
		}
	}
	code, err := bot.InviteEditor(ctx, s.store, strings.NewReader("0123456789ab"), time.Now(), "aachen")
	if err != nil {
		t.Fatal(err)
	}
	s.fake.User(77).Say("/redaktion " + code)
	const scope = `{"type":"chat","chat_id":77}`
	if err := s.until(ctx, shows(scope, "de", `"redaktion"`)); err != nil {
		t.Fatalf("an editor's menu is %q", s.fake.Commands(scope, "de"))
	}
	err = s.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, "aachen")
		if err != nil {
			return err
		}
		f.Editors = nil
		return tx.Fronts.SaveFront(ctx, &f)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.bot.SyncMenus(ctx, "telegram:a"); err != nil {
		t.Fatal(err)
	}
	if got := s.fake.Commands(scope, "de"); got != "" {
		t.Errorf("whoever is no editor any more still sees %s", got)
	}
}

// until asks again and again; calls that set menus wake nobody.
func (s *service) until(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func TestWhenTelegramAnsweredLastOutlivesTheProcess(t *testing.T) {
	s := newService(t, telegramtest.Options{}, nil)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	s.fake.User(5).Say("/hilfe")
	if _, err := s.fake.Arrived(ctx, 5, 1); err != nil {
		t.Fatal(err)
	}
	s.stop()
	at, err := bot.LastSeen(ctx, s.store, "telegram", "a")
	if err != nil || at.IsZero() || time.Since(at) > time.Minute {
		t.Fatalf("last seen %v, %v", at, err)
	}
	// A service that starts two days later with that knowledge tells of the gap.
	gaps := make(chan telegram.Event, 1)
	o := s.options
	o.LastSeen, o.Now = at, func() time.Time { return time.Now().Add(48 * time.Hour) }
	o.Notify = func(e telegram.Event) {
		if e.Kind == telegram.Gap {
			gaps <- e
		}
	}
	later := telegram.New(o)
	s.fake.User(5).Say("/hilfe")
	_ = later.Receive(ctx, "", func(context.Context, channels.Message) error { stop(); return nil })
	select {
	case e := <-gaps:
		if !e.Since.Equal(at) {
			t.Errorf("gap since %v, want %v", e.Since, at)
		}
	default:
		t.Error("nobody was told of the gap")
	}
}
