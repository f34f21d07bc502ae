package bot_test

import (
	"context"
	"strings"
	"testing"

	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// inGroup lets somebody write in, or press a button of, a group chat.
func (w *world) inGroup(who, text, label string) {
	w.t.Helper()
	m := w.message(who)
	m.Group, m.Text = "redaktionsgruppe", text
	if label != "" {
		m.Kind = channels.Press
		for _, c := range w.net.last[m.Group] {
			if c.Label == label {
				m.Handle = c.Key
			}
		}
		if m.Handle == "" {
			w.t.Fatalf("the group sees no %q: %v", label, w.net.last[m.Group])
		}
	}
	if err := w.hear(w.t.Context(), m); err != nil {
		w.t.Fatal(err)
	}
}

// heardBy is everything somebody, or a group, was told since it was last asked.
func (w *world) heardBy(who string) string {
	var all []string
	hs, _ := w.Heard(w.t.Context())
	for _, h := range hs {
		if h.Who == who {
			all = append(all, h.Text)
		}
	}
	w.net.heard = hs
	return strings.Join(all, "\n\n")
}

// TestEditorsShareAGroupChat: an editor makes a group theirs. What waits is shown there without anything personal;
// whoever is an editor decides with its buttons and is answered in private; nobody else can.
func TestEditorsShareAGroupChat(t *testing.T) {
	w := newWorld(t, false)
	w.appoint("berta")
	w.appoint("edgar")
	w.inGroup("uwe", "/redaktion hier", "")
	if got := w.heardBy("redaktionsgruppe"); !strings.Contains(got, "direkt") {
		t.Errorf("a stranger in the group is told %q", got)
	}
	w.inGroup("berta", "/redaktion hier", "")
	if got := w.heardBy("redaktionsgruppe"); !strings.Contains(got, "ab jetzt hier") {
		t.Errorf("the group is told %q", got)
	}
	w.net.heard = nil
	w.play("vera", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "1, TV Brand", "Treffpunkt: Schulhof, Tor 2", "ja")
	got := w.heardBy("redaktionsgruppe")
	if !strings.Contains(got, "Aufbau") || strings.Contains(got, "Vera") || strings.Contains(got, "Schulhof") {
		t.Errorf("the group is shown\n%s", got)
	}
	if own := w.heardBy("berta") + w.heardBy("edgar"); strings.Contains(own, "Aufbau") {
		t.Errorf("they are told in private, too: %s", own)
	}
	state := func() (s matching.PostingState) {
		err := w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
			if err == nil {
				s = ps[0].State
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	w.inGroup("uwe", "", "Freigeben")
	w.inGroup("vera", "", "Freigeben")
	if state() != matching.Review {
		t.Fatal("somebody who is no editor let it out")
	}
	w.net.heard = nil
	w.inGroup("edgar", "", "Freigeben")
	if state() != matching.Open {
		t.Fatal("an editor could not let it out")
	}
	if got := w.heardBy("edgar"); !strings.Contains(got, "Freigegeben") {
		t.Errorf("Edgar is told %q", got)
	}
	if got := w.heardBy("redaktionsgruppe"); !strings.Contains(got, "Erledigt: „Aufbau“ ist freigegeben (Edgar)") {
		t.Errorf("the group is told %q", got)
	}
	w.inGroup("berta", "", "Freigeben")
	if got := w.heardBy("berta"); !strings.Contains(got, "schon jemand aus der Redaktion entschieden") {
		t.Errorf("Berta, too late, is told %q", got)
	}
	w.inGroup("berta", "/redaktion weg", "")
	w.play("vera", "Wir suchen Sonntag 10–12 Uhr 2 Leute zum Kuchenverkauf in Brand", "ja")
	if got := w.heardBy("redaktionsgruppe"); strings.Contains(got, "Kuchenverkauf") {
		t.Error("the group is still told")
	}
}
