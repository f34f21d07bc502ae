package bot_test

import (
	"context"
	"strings"
	"testing"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/storage"
)

// taken counts the places that are taken.
func (w *world) taken(ctx context.Context) (n int) {
	w.t.Helper()
	err := w.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Limit: 10})
		if err != nil {
			return err
		}
		for _, p := range ps {
			as, err := tx.Answers.OfPosting(ctx, p.ID)
			if err != nil {
				return err
			}
			for _, a := range as {
				if a.State.Takes() {
					n++
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// TestALinkGivesItsAnswerOnceAndForItsPersonAlone presses the links of an alert.
func TestALinkGivesItsAnswerOnceAndForItsPersonAlone(t *testing.T) {
	w := newMailWorld(t)
	ctx := t.Context()
	for _, s := range [][2]string{
		{"anna", "sag mir Bescheid, wenn in Aachen was ist"}, {"ben", "sag mir Bescheid, wenn in Aachen was ist"},
		{"vera", "Wir suchen Samstag 14–18 Uhr 2 Leute zum Aufbau in Brand"}, {"vera", "privat"}, {"vera", "ja"},
	} {
		if err := w.Say(ctx, s[0], s[1]); err != nil {
			t.Fatal(err)
		}
	}
	yes := w.net.last["anna"][0]
	if yes.Label != "Ich komme" {
		t.Fatalf("Anna can choose %q", yes.Label)
	}
	for range 3 { // scanners look, too
		l, used, err := w.bot.LookAtLink(ctx, yes.Key)
		if err != nil || used != bot.UsedNow || l.Label != "Ich komme" || l.Name != "Anna" || l.About != "Sa 28.11. 14 Uhr, Brand: Aufbau" {
			t.Fatalf("%+v %s %v", l, used, err)
		}
	}
	if n := w.taken(ctx); n != 0 {
		t.Fatal("looking answered")
	}
	said, used, err := w.bot.AnswerByLink(ctx, yes.Key)
	if err != nil || used != bot.UsedNow || !strings.HasPrefix(said, "Super, danke!") {
		t.Fatalf("%q %s %v", said, used, err)
	}
	if err := w.settle(ctx); err != nil {
		t.Fatal(err)
	}
	if n := w.taken(ctx); n != 1 {
		t.Errorf("%d places are taken", n)
	}
	if said, used, err := w.bot.AnswerByLink(ctx, yes.Key); err != nil || used != bot.UsedBefore || said != "" {
		t.Errorf("once more: %q %s %v", said, used, err)
	}
	for _, wrong := range []string{"", ".", "x.0", yes.Key + "0", strings.TrimSuffix(yes.Key, "0") + "99", strings.TrimSuffix(yes.Key, "0") + "-1", strings.Repeat("a", 16) + ".0"} {
		if _, used, err := w.bot.AnswerByLink(ctx, wrong); err != nil || used != bot.UsedUnknown {
			t.Errorf("%q: %s %v", wrong, used, err)
		}
		if _, used, err := w.bot.LookAtLink(ctx, wrong); err != nil || used != bot.UsedUnknown {
			t.Errorf("looking at %q: %s %v", wrong, used, err)
		}
	}
}

// TestAButtonOfAChatIsNoLink tries the handle of a chat's button as a link.
func TestAButtonOfAChatIsNoLink(t *testing.T) {
	w := newWorld(t, false)
	if err := w.Say(t.Context(), "anna", "hallo"); err != nil {
		t.Fatal(err)
	}
	if _, used, err := w.bot.AnswerByLink(t.Context(), w.net.last["anna"][0].Key); err != nil || used != bot.UsedUnknown {
		t.Errorf("%s %v", used, err)
	}
}

// TestAnAnswerByLinkJoinsTheThreadOfItsMail looks at what the answer to a pressed link refers to.
func TestAnAnswerByLinkJoinsTheThreadOfItsMail(t *testing.T) {
	w := newMailWorld(t)
	ctx := t.Context()
	m := w.message("anna")
	m.Text, m.Letter = "hilfe", &channels.Letter{ID: "<1@x>", Subject: "Eine Frage"}
	if err := w.hear(ctx, m); err != nil {
		t.Fatal(err)
	}
	if _, used, err := w.bot.AnswerByLink(ctx, w.net.last["anna"][3].Key); err != nil || used != bot.UsedNow {
		t.Fatalf("%s %v", used, err)
	}
	if err := w.settle(ctx); err != nil {
		t.Fatal(err)
	}
	err := w.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, m.From)
		if err != nil {
			return err
		}
		all, err := tx.Sent.OfPerson(ctx, rec.Person)
		if err != nil {
			return err
		}
		if len(all) != 2 || all[0].Reply.Answers.ID != "<1@x>" || all[1].Reply.Answers.ID != all[0].Ref || all[1].Reply.Answers.Subject != "Eine Frage" {
			t.Errorf("%+v", all)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
