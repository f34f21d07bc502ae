package bot_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// last is what was said to somebody last.
func (w *world) lastTo(who string) string {
	heard, _ := w.Heard(context.Background())
	for i := len(heard) - 1; i >= 0; i-- {
		if heard[i].Who == who {
			return heard[i].Text
		}
	}
	return ""
}

func say(t *testing.T, w *world, who, text string) string {
	t.Helper()
	if err := w.Say(t.Context(), who, text); err != nil {
		t.Fatal(err)
	}
	if w.fail > 0 {
		t.Fatalf("%q could not be heard", text)
	}
	return w.lastTo(who)
}

func TestOddMessagesAreAnsweredKindly(t *testing.T) {
	tests := []struct{ name, said, want string }{
		{"nothing at all", "", "kein Text"},
		{"only blanks and control characters", " \x00\x07\n ", "kein Text"},
		{"only emoji", "🎉🎉", "kein Text"},
		{"a megabyte", strings.Repeat("hallo ", 200000), "mehr, als ich auf einmal lesen kann"},
		{"a command that does not exist", "/gibtesnicht", "nicht verstanden"},
		{"a slash", "/", "kein Text"},
		{"broken bytes", "\xff\xfe\xfd", "kein Text"},
		{"something to cancel where nothing is open", "abbrechen", "nichts offen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := say(t, newWorld(t, false), "anna", tt.said); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestTheSameMessageTwiceIsHeardOnce(t *testing.T) {
	w := newWorld(t, false)
	m := w.message("anna")
	m.Text = "/start"
	for range 3 {
		if err := w.hear(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if heard, _ := w.Heard(t.Context()); len(heard) != 1 {
		t.Errorf("answered %d times", len(heard))
	}
	m.ID, m.Dedupe = "other", "same"
	for range 2 {
		m.ID += "x"
		if err := w.hear(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if heard, _ := w.Heard(t.Context()); len(heard) != 1 {
		t.Errorf("answered %d times to one mail delivered twice", len(heard))
	}
}

func TestAButtonOfSomebodyElseDoesNothing(t *testing.T) {
	w := newWorld(t, false)
	say(t, w, "anna", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand")
	if err := w.Press(t.Context(), "anna", "Privat"); err != nil {
		t.Fatal(err)
	}
	handle := w.net.last["anna"][0].Key // "Ja, veröffentlichen"
	for _, h := range []string{handle, handle + "9", "x.0", ".", "", strings.ToUpper(handle)} {
		m := w.message("mallory")
		m.Kind, m.Handle = channels.Press, h
		if err := w.hear(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if got := w.lastTo("mallory"); !strings.Contains(got, "anderen Gespräch") {
			t.Errorf("handle %q: %q", h, got)
		}
	}
	err := w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
		if len(ps) != 0 {
			t.Errorf("%d postings were published", len(ps))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnOldButtonIsNoAnswerToANewQuestion(t *testing.T) {
	w := newWorld(t, false)
	say(t, w, "anna", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand")
	old := w.net.last["anna"][1].Key
	press := func() string {
		m := w.message("anna")
		m.Kind, m.Handle = channels.Press, old
		if err := w.hear(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		return w.lastTo("anna")
	}
	if got := press(); !strings.Contains(got, "veröffentlichen?") {
		t.Fatalf("got %q", got)
	}
	if got := press(); !strings.Contains(got, "schon erledigt") || !strings.Contains(got, "veröffentlichen?") {
		t.Errorf("the second tap: %q", got)
	}
}

// broken is a store that fails as long as it is told to.
type broken struct {
	storage.Store
	err error
}

func (b *broken) Update(ctx context.Context, fn func(context.Context, *storage.Tx) error) error {
	if b.err != nil {
		return b.err
	}
	return b.Store.Update(ctx, fn)
}

func TestAFullDiskOrALockedDatabaseLosesNothing(t *testing.T) {
	for _, cause := range []error{storage.ErrFull, storage.ErrBusy} {
		w := newWorld(t, false)
		b := &broken{Store: w.store, err: fmt.Errorf("write: %w", cause)}
		w.bot.Store = b
		m := w.message("anna")
		m.Text = "/start"
		for range 5 {
			if err := w.bot.Hear(t.Context(), m); err == nil {
				t.Fatal("a message that was not kept was acknowledged")
			}
		}
		b.err = nil
		if err := w.hear(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if got := w.lastTo("anna"); !strings.Contains(got, "Hallo Anna") {
			t.Errorf("after the trouble: %q", got)
		}
	}
}

func TestWhatCannotBeSentIsTriedAgainAndInTheEndGivenUp(t *testing.T) {
	w := newWorld(t, false)
	w.net.fail = fmt.Errorf("network: %w", context.DeadlineExceeded)
	if err := w.Say(t.Context(), "anna", "/start"); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(t.Context(), w.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.net.fail = nil
	if err := w.Wait(t.Context(), w.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := w.lastTo("anna"); !strings.Contains(got, "Hallo Anna") {
		t.Fatalf("never arrived: %q", got)
	}
	w.net.fail = fmt.Errorf("blocked: %w", channels.ErrGone)
	if err := w.Say(t.Context(), "anna", "hilfe"); err != nil {
		t.Fatal(err)
	}
	w.net.fail = nil
	err := w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, channels.Address{Channel: "test", Account: "a", ID: "anna"})
		if rec.State != storage.AddressClosed {
			t.Errorf("the address of somebody who blocked us is %s", rec.State)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAStoreOutlivesTheProcess(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "e.db")
	w := newWorldAt(t, dsn, false, 1)
	say(t, w, "anna", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand")
	shown := w.net.last["anna"]
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w2 := newWorldAt(t, dsn, false, 2)
	w2.n = 1000
	m := w2.message("anna")
	m.Kind, m.Handle = channels.Press, shown[1].Key
	if err := w2.hear(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := w2.lastTo("anna"); !strings.Contains(got, "veröffentlichen?") {
		t.Errorf("after a restart: %q", got)
	}
}
