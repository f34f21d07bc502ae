package bot_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// TestDeepLinksLeadWhereTheySay follows each kind of link as somebody does who has never been here: Telegram opens the
// chat and sends /start with the parameter.
func TestDeepLinksLeadWhereTheySay(t *testing.T) {
	w := newTelegramWorldOf(t, "")
	ctx := t.Context()
	err := w.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f := storage.Front{ID: "dueren", Name: "Düren", Zone: "Europe/Berlin", Languages: []string{"de"}, Register: "sie"}
		return tx.Fronts.SaveFront(ctx, &f)
	})
	if err != nil {
		t.Fatal(err)
	}
	follow := func(who, start string) string {
		t.Helper()
		if err := w.Say(ctx, who, "/start "+start); err != nil {
			t.Fatal(err)
		}
		all := w.fake.To(w.user(who).ID)
		return all[len(all)-1].Text
	}
	for _, l := range []string{"Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "1, TV Brand", "ja"} {
		if err := w.Say(ctx, "vera", l); err != nil {
			t.Fatal(err)
		}
	}
	posting := follow("anna", "p_"+w.s.code)
	if !strings.Contains(posting, "Aufbau") || w.s.last["anna"][0].label != "Ich komme" {
		t.Errorf("p_ shows %q", posting)
	}
	if got := follow("anna", "p_ZZZZZZZZZZ"); strings.Contains(got, "Aufbau") || got == "" {
		t.Errorf("a wrong p_ shows %q", got)
	}
	if err := w.Say(ctx, "vera", "/verein"); err != nil {
		t.Fatal(err)
	}
	if err := w.Press(ctx, "vera", "Einladen"); err != nil {
		t.Fatal(err)
	}
	link := w.s.links[len(w.s.links)-1]
	if !strings.HasPrefix(link, "o_") {
		t.Fatalf("invited with %q", link)
	}
	if got := follow("willi", link); !strings.HasPrefix(got, "Willkommen bei TV Brand") {
		t.Errorf("o_ says %q", got)
	}
	front := func(who string) (front string) {
		t.Helper()
		a := channels.Address{Channel: "telegram", Account: "a", ID: strconv.FormatInt(w.user(who).ID, 10)}
		err := w.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
			rec, err := tx.Addresses.Owner(ctx, a)
			front = rec.Front
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return front
	}
	if got := follow("otto", "t_dueren"); !strings.Contains(got, "möchten Sie") || front("otto") != "dueren" {
		t.Errorf("t_ greets with %q at %s", got, front("otto"))
	}
	if follow("anna", "t_dueren"); front("anna") != "dueren" {
		t.Errorf("whoever was here before stays at %s", front("anna"))
	}
	if follow("otto", "t_nowhere"); front("otto") != "dueren" {
		t.Errorf("a wrong t_ leads to %s", front("otto"))
	}
}
