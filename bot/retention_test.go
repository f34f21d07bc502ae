package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

// wait lets days pass.
func (w *world) wait(days int) {
	w.t.Helper()
	if err := w.Wait(w.t.Context(), w.now.AddDate(0, 0, days)); err != nil {
		w.t.Fatal(err)
	}
}

// texts counts what is still readable of what somebody was sent.
func (w *world) texts(person string) (n int) {
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		ds, err := tx.Sent.OfPerson(ctx, person)
		for _, d := range ds {
			if d.Reply.Text != "" {
				n++
			}
		}
		return err
	})
	return n
}

func TestTextsAreForgottenAfterTwoWeeks(t *testing.T) {
	w := newWorld(t, false)
	w.say("anna: hallo", "anna: hilfe")
	id := w.personOf("anna")
	w.wait(13)
	if n := w.texts(id); n != 2 {
		t.Errorf("after 13 days %d texts are left, want 2", n)
	}
	w.wait(2)
	if n := w.texts(id); n != 0 {
		t.Errorf("after 15 days %d texts are left", n)
	}
}

func TestDraftsAreForgottenAfterAWeek(t *testing.T) {
	w := newWorld(t, false)
	w.say("anna: Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand")
	frames := func() (n int) {
		w.view(func(ctx context.Context, tx *storage.Tx) error {
			s, err := tx.Conversations.Load(ctx, at("anna"))
			n = len(s.Frames)
			return err
		})
		return n
	}
	w.wait(6)
	if frames() != 1 {
		t.Error("the draft is gone after 6 days")
	}
	w.wait(2)
	if frames() != 0 {
		t.Error("the draft is still there after 8 days")
	}
}

func TestAnswersLoseTheirPersonAfterSixMonths(t *testing.T) {
	w := newWorld(t, false)
	w.say("anna: ich möchte helfen", "anna: Brand",
		"vera: Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "vera: Verein, TV Brand", "vera: ja", "anna: ich komme")
	id := w.personOf("anna")
	answers := func() []matching.Answer {
		var as []matching.Answer
		w.view(func(ctx context.Context, tx *storage.Tx) (err error) {
			as, err = tx.Answers.OfAnswerer(ctx, id)
			return err
		})
		return as
	}
	w.wait(180) // the work was five days after the beginning
	if n := len(answers()); n != 1 {
		t.Fatalf("%d answers are Anna's before six months are over, want 1", n)
	}
	posting := answers()[0].Posting
	w.wait(14)
	if n := len(answers()); n != 0 {
		t.Errorf("%d answers are still Anna's", n)
	}
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		as, err := tx.Answers.OfPosting(ctx, posting)
		if len(as) != 1 || as[0].Person == id || as[0].Note != "" {
			t.Errorf("the answer itself should stay, of nobody: %+v", as)
		}
		return err
	})
}

func TestOldChoicesAreForgotten(t *testing.T) {
	w := newWorld(t, false)
	w.say("anna: hallo")
	shown := func() (n int) {
		w.view(func(ctx context.Context, tx *storage.Tx) error {
			s, err := tx.Shown.Latest(ctx, at("anna"), 9)
			n = len(s)
			return err
		})
		return n
	}
	w.wait(59)
	if shown() == 0 {
		t.Error("choices are gone after 59 days")
	}
	w.wait(3)
	if shown() != 0 {
		t.Error("choices are still there after 62 days")
	}
}

// TestSilenceIsAskedAboutOnceAndThenRespected follows two people through the years: one answers by writing about
// something else, the other one cannot be reached any more.
func TestSilenceIsAskedAboutOnceAndThenRespected(t *testing.T) {
	w := newWorld(t, false)
	ctx := t.Context()
	w.say("anna: ich möchte helfen", "anna: Brand", "ben: ich möchte helfen", "ben: Brand")
	if err := w.Send(ctx, "ben", "blocked"); err != nil {
		t.Fatal(err)
	}
	anna := w.personOf("anna")
	_, _ = w.Heard(ctx)
	w.wait(740)
	heard, _ := w.Heard(ctx)
	asked := 0
	for _, h := range heard {
		if h.Who == "ben" {
			t.Errorf("Ben heard %q", h.Text)
		}
		if strings.Contains(h.Text, "dabeibleiben") {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("Anna was asked %d times", asked)
	}
	w.say("anna: /meine")
	w.wait(40)
	if w.personOf("anna") != anna {
		t.Error("Anna answered and is gone")
	}
	w.view(func(ctx context.Context, tx *storage.Tx) error {
		gone, err := tx.Addresses.Erased(ctx, at("ben"))
		if !gone {
			t.Error("Ben is still known")
		}
		ids, err2 := tx.People.InactiveSince(ctx, w.now.Add(-365*24*time.Hour), 9)
		if len(ids) > 0 || err2 != nil {
			t.Errorf("silent people are left: %v %v", ids, err2)
		}
		return err
	})
}
