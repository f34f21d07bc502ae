package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// An alert that waits for the morning does not come to somebody who has said at night that they do not want it.
func TestAnAlertQueuedBeforeTheWordDoesNotComeAfterIt(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(w *world)
		comes bool
	}{
		"nothing said": {func(*world) {}, true},
		"stopp":        {func(w *world) { w.say("anna: stopp") }, false},
		"deleted":      {func(w *world) { w.say("anna: /löschen", "anna: ja, alles löschen") }, false},
		"paused":       {func(w *world) { w.say("anna: pausier bis 1.3.") }, false},
		"ended":        {func(w *world) { w.say("anna: /abos", "anna: 1", "anna: Beenden") }, false},
		"step-free":    {func(w *world) { w.say("anna: nur barrierefrei") }, false},
		"other days":   {func(w *world) { w.say("anna: nur dienstags") }, false},
		"same days":    {func(w *world) { w.say("anna: nur samstags") }, true},
		"blocked":      {func(w *world) { w.network("anna", channels.Blocked) }, false},
		"blocked, opened again": {func(w *world) {
			w.network("anna", channels.Blocked)
			w.network("anna", channels.Unblocked)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false)
			w.say("vera: Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "vera: 1, TV Brand", "vera: ja")
			if err := w.Wait(t.Context(), w.now.Add(12*time.Hour+30*time.Minute)); err != nil { // half past ten at night
				t.Fatal(err)
			}
			w.say("anna: ich möchte helfen", "anna: Brand")
			if n := w.queued(); n != 1 {
				t.Fatalf("%d deliveries wait for the morning, want the alert", n)
			}
			c.do(w)
			_, _ = w.Heard(t.Context())
			w.wait(1)
			heard, _ := w.Heard(t.Context())
			came := strings.Contains(lastTo(heard, "anna"), "Aufbau")
			if came != c.comes {
				t.Errorf("the alert came: %v, want %v; heard %v", came, c.comes, heard)
			}
			if n := w.queued(); n > 0 {
				t.Errorf("%d deliveries still wait", n)
			}
		})
	}
}

// queued counts the deliveries that wait.
func (w *world) queued() (n int) {
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		counts, err := tx.Sent.Count(ctx)
		n = counts[storage.Queued]
		return err
	})
	return n
}

// network lets the network report something about an address.
func (w *world) network(who string, kind channels.Kind) {
	w.t.Helper()
	m := w.message(who)
	m.Kind = kind
	if err := w.hear(w.t.Context(), m); err != nil {
		w.t.Fatal(err)
	}
}
