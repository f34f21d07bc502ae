package bot_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// wired is a world in which Anna has said yes to something of Vera's, and the answer between them.
func wired(t *testing.T) (*world, string) {
	t.Helper()
	w := pledged(t, monday, matching.Span{Start: monday.Add(5 * 24 * time.Hour), End: monday.Add(5*24*time.Hour + 4*time.Hour)})
	return w, w.answer(t, "anna")
}

func (w *world) answer(t testing.TB, who string) (id string) {
	t.Helper()
	err := w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, w.address(who))
		if err != nil {
			return err
		}
		all, err := tx.Answers.OfAnswerer(ctx, rec.Person)
		if err == nil && len(all) != 1 {
			err = errors.New("not one answer")
		}
		if err == nil {
			id = all[0].ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) perform(t testing.TB, who string, cmd conversations.Command) conversations.Fact {
	t.Helper()
	fact, err := w.bot.Perform(t.Context(), w.address(who), cmd)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return fact
}

// toldLast is the last thing somebody was told since it was last asked for anybody.
func (w *world) toldLast(t testing.TB, who string) string {
	t.Helper()
	heard, _ := w.Heard(t.Context())
	last := ""
	for _, h := range heard {
		if h.Who == who {
			last = h.Text
		}
	}
	return last
}

func refusedWith(t testing.TB, fact conversations.Fact, why flows.Refusal) {
	t.Helper()
	if r, ok := fact.(flows.Refused); !ok || r.Why != why {
		t.Errorf("got %#v, want the refusal %s", fact, why)
	}
}

func TestTwoMegabytesDoNotPass(t *testing.T) {
	t.Parallel()
	w, id := wired(t)
	for _, n := range []int{flows.MaxPassed + 1, 2 << 20} {
		refusedWith(t, w.perform(t, "anna", flows.Pass{Answer: id, Text: strings.Repeat("a ", n)}), flows.ThreadLong)
	}
	if got := w.toldLast(t, "vera"); got != "" {
		t.Errorf("vera is told %.80q", got)
	}
	if err := w.Press(t.Context(), "vera", "Anna schreiben"); err != nil {
		t.Fatal(err)
	}
	if err := w.Say(t.Context(), "vera", strings.Repeat("Hallo Anna, ", 300)); err != nil {
		t.Fatal(err)
	}
	if heard, _ := w.Heard(t.Context()); !strings.Contains(heard[len(heard)-1].Text, "zu lang") {
		t.Errorf("vera is told %q", heard[len(heard)-1].Text)
	}
}

func TestAPhotoIsNotPassedAndThatIsSaid(t *testing.T) {
	t.Parallel()
	w, id := wired(t)
	w.perform(t, "anna", flows.Pass{Answer: id, Text: "Schau mal", Files: true})
	if got := w.toldLast(t, "vera"); !strings.HasSuffix(got, "Schau mal") {
		t.Errorf("vera is told %q", got)
	}
	if err := w.Press(t.Context(), "vera", "Antworten"); err != nil {
		t.Fatal(err)
	}
	if err := w.Send(t.Context(), "vera", "photo"); err != nil {
		t.Fatal(err)
	}
	heard, _ := w.Heard(t.Context())
	for _, h := range heard {
		if h.Who == "anna" {
			t.Errorf("anna is told %q", h.Text)
		}
	}
	if last := heard[len(heard)-1]; !strings.Contains(last.Text, "ausrichten") {
		t.Errorf("vera is told %q", last.Text)
	}
}

func TestFiveMessagesWithoutAnAnswerAreEnough(t *testing.T) {
	t.Parallel()
	w, id := wired(t)
	for range 5 {
		if _, ok := w.perform(t, "anna", flows.Pass{Answer: id, Text: "Hallo?"}).(flows.Passed); !ok {
			t.Fatal("not passed")
		}
	}
	refusedWith(t, w.perform(t, "anna", flows.Pass{Answer: id, Text: "Hallo?"}), flows.ThreadPatient)
	w.perform(t, "vera", flows.Pass{Answer: id, Text: "Ja?"})
	if _, ok := w.perform(t, "anna", flows.Pass{Answer: id, Text: "Gut"}).(flows.Passed); !ok {
		t.Error("not passed after an answer")
	}
}

func TestOnlyTheTwoSidesWriteAndOnlyWhileTheyMay(t *testing.T) {
	t.Parallel()
	commands := func(id string) []conversations.Command {
		return []conversations.Command{
			flows.ThreadWith{Answer: id}, flows.Pass{Answer: id, Text: "Hallo"}, flows.ShareContact{Answer: id, Contact: "0241 123456"},
			flows.ReportThread{Answer: id}, flows.BlockThread{Answer: id},
		}
	}
	w, id := wired(t)
	w.play("uwe", "hallo")
	for _, cmd := range commands(id) {
		refusedWith(t, w.perform(t, "uwe", cmd), flows.Unknown)
		refusedWith(t, w.perform(t, "anna", about(cmd, "nosuch")), flows.Unknown)
	}
	w.perform(t, "vera", flows.BlockThread{Answer: id})
	_, _ = w.Heard(t.Context())
	for _, who := range []string{"anna", "vera"} {
		refusedWith(t, w.perform(t, who, flows.Pass{Answer: id, Text: "Hallo"}), flows.ThreadOver)
		refusedWith(t, w.perform(t, who, flows.ShareContact{Answer: id, Contact: "0241 123456"}), flows.ThreadOver)
	}
	if heard, _ := w.Heard(t.Context()); len(heard) > 0 {
		t.Errorf("told after the end: %v", heard)
	}

	w, id = wired(t)
	w.perform(t, "anna", flows.Pass{Answer: id, Text: "Bis dann"})
	if err := w.Wait(t.Context(), monday.Add(20*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, w.perform(t, "anna", flows.Pass{Answer: id, Text: "Hallo"}), flows.ThreadOver)
}

func about(cmd conversations.Command, id string) conversations.Command {
	switch c := cmd.(type) {
	case flows.ThreadWith:
		c.Answer = id
		return c
	case flows.Pass:
		c.Answer = id
		return c
	case flows.ShareContact:
		c.Answer = id
		return c
	case flows.ReportThread:
		c.Answer = id
		return c
	case flows.BlockThread:
		c.Answer = id
		return c
	}
	return cmd
}

func TestSomebodyDeletedInAnOpenThread(t *testing.T) {
	t.Parallel()
	w, id := wired(t)
	w.perform(t, "anna", flows.Pass{Answer: id, Text: "Hallo"})
	w.play("anna", "/löschen", "ja, alles löschen")
	_, _ = w.Heard(t.Context())
	fact := w.perform(t, "vera", flows.Pass{Answer: id, Text: "Hallo Anna"})
	if r, ok := fact.(flows.Refused); !ok || r.Why != flows.ThreadGone && r.Why != flows.ThreadOver {
		t.Errorf("vera gets %#v", fact)
	}
	if heard, _ := w.Heard(t.Context()); len(heard) > 0 {
		t.Errorf("told: %v", heard)
	}

	w, id = wired(t)
	w.perform(t, "vera", flows.Pass{Answer: id, Text: "Hallo Anna"})
	w.play("vera", "/löschen", "ja, alles löschen")
	fact = w.perform(t, "anna", flows.Pass{Answer: id, Text: "Hallo"})
	if r, ok := fact.(flows.Refused); !ok || r.Why != flows.ThreadGone && r.Why != flows.ThreadOver {
		t.Errorf("anna gets %#v", fact)
	}
}

func TestWhoeverSaidStopIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	w, id := wired(t)
	w.play("anna", "stopp")
	_, _ = w.Heard(t.Context())
	refusedWith(t, w.perform(t, "vera", flows.Pass{Answer: id, Text: "Hallo"}), flows.ThreadAway)
	if heard, _ := w.Heard(t.Context()); len(heard) > 0 {
		t.Errorf("told: %v", heard)
	}
}

func TestAnOrganisationWhoseOnlyMemberLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.appoint("emil")
	w.play("anna", "ich möchte helfen", "1")
	w.play("verein", "Wir suchen Samstag 14–18 Uhr 2 Leute zum Aufbau in Brand", "1, TV Brand", "ja")
	if err := w.Press(t.Context(), "emil", "Freigeben"); err != nil {
		t.Fatal(err)
	}
	if err := w.Press(t.Context(), "anna", "Ich komme"); err != nil {
		t.Fatal(err)
	}
	id := w.answer(t, "anna")
	w.perform(t, "anna", flows.Pass{Answer: id, Text: "Wo genau?"})
	_, _ = w.Heard(t.Context())
	w.play("verein", "/verein", "Verlassen", "ja", "ja")
	heard, _ := w.Heard(t.Context())
	told := map[string]string{}
	for _, h := range heard {
		told[h.Who] += h.Text + "\n"
	}
	if !strings.Contains(told["emil"], "TV Brand ist niemand mehr") || !strings.Contains(told["anna"], "fällt leider aus") {
		t.Errorf("told: %v", told)
	}
	fact := w.perform(t, "anna", flows.Pass{Answer: id, Text: "Wo genau?"})
	if r, ok := fact.(flows.Refused); !ok || r.Why != flows.ThreadGone && r.Why != flows.ThreadOver {
		t.Errorf("anna gets %#v", fact)
	}
}

// What only those accepted may know is taken out of what they have when they cancel.
func TestWhatWasConfidedIsTakenBack(t *testing.T) {
	t.Parallel()
	w, _ := wired(t)
	if err := w.Wait(t.Context(), monday.Add(5*24*time.Hour-time.Hour)); err != nil { // shortly before, where is said once more
		t.Fatal(err)
	}
	heard, _ := w.Heard(t.Context())
	if last := heard[len(heard)-1]; last.Who != "anna" || !strings.Contains(last.Text, "Ringstraße 5") {
		t.Fatalf("not told where: %v", heard)
	}
	if err := w.Press(t.Context(), "anna", "Doch nicht"); err != nil {
		t.Fatal(err)
	}
	heard, _ = w.Heard(t.Context())
	edits := 0
	for _, h := range heard {
		if strings.Contains(h.Text, "Ringstraße") || strings.Contains(h.Text, "hinten klingeln") {
			t.Errorf("%s is told %q", h.Who, h.Text)
		}
		if h.Who == "anna" && h.Edited {
			edits++
		}
	}
	if edits != 2 { // the confirmation and the reminder
		t.Errorf("%d messages were edited: %v", edits, heard)
	}
}

func TestOnNetworksWithoutEditsPeopleAreAskedToForget(t *testing.T) {
	t.Parallel()
	net := &network{}
	w := newWorldOn(t, filepath.Join(quickDir(t), "ehrenamt.db"), 1, bot.Account{Channel: oneWay{net}, Account: "a", Front: "aachen"})
	w.net = net
	w.pledge(t, monday, matching.Span{Start: monday.Add(5 * 24 * time.Hour), End: monday.Add(5*24*time.Hour + 4*time.Hour)})
	if err := w.Press(t.Context(), "anna", "Doch nicht"); err != nil {
		t.Fatal(err)
	}
	if got := w.toldLast(t, "anna"); !strings.Contains(got, "gelten damit nicht mehr") {
		t.Errorf("anna is told %q", got)
	}
}

func TestReportsReachEditorsAndNobodyElse(t *testing.T) {
	t.Parallel()
	w, id := wired(t)
	w.appoint("emil")
	w.play("uwe", "hallo")
	w.perform(t, "vera", flows.Pass{Answer: id, Text: "Blödes Wetter"})
	_, _ = w.Heard(t.Context())
	w.perform(t, "anna", flows.ReportThread{Answer: id, Text: "Das war unfreundlich"})
	w.perform(t, "anna", flows.ReportThread{Answer: id, Text: "Wirklich"}) // it waits already
	heard, _ := w.Heard(t.Context())
	if len(heard) != 1 || heard[0].Who != "emil" || !strings.Contains(heard[0].Text, "unfreundlich") || !strings.Contains(heard[0].Text, "Blödes Wetter") {
		t.Fatalf("told: %v", heard)
	}
	var report string
	err := w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		all, err := tx.Cases.OpenCases(ctx, "aachen", 9)
		if err == nil && len(all) == 1 {
			report = all[0].ID
		}
		return err
	})
	if err != nil || report == "" {
		t.Fatal(report, err)
	}
	for _, who := range []string{"anna", "vera", "uwe"} {
		refusedWith(t, w.perform(t, who, flows.LookAtCase{Case: report}), flows.NotEditor)
		refusedWith(t, w.perform(t, who, flows.DecideCase{Case: report, Verdict: flows.Ended, Reason: "nein"}), flows.NotEditor)
	}
	refusedWith(t, w.perform(t, "emil", flows.DecideCase{Case: report, Verdict: flows.Down, Reason: "nein"}), flows.Unknown)
	if err := w.Press(t.Context(), "emil", "Gespräch beenden"); err != nil {
		t.Fatal(err)
	}
	w.play("emil", "Bitte freundlich bleiben")
	refusedWith(t, w.perform(t, "emil", flows.DecideCase{Case: report, Verdict: flows.Fine}), flows.Decided)
	refusedWith(t, w.perform(t, "vera", flows.Pass{Answer: id, Text: "Hallo"}), flows.ThreadOver)
}

// Nobody says anything about the visit of somebody else, or before it has begun.
func TestVisitsAreSaidByThoseTheyConcern(t *testing.T) {
	t.Parallel()
	w, id := wired(t)
	w.play("uwe", "hallo")
	p := w.posting(t)
	early := w.perform(t, "anna", flows.SayVisit{Answer: id, Came: true})
	refusedWith(t, early, flows.Over)
	if err := w.Wait(t.Context(), monday.Add(6*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"uwe", "vera"} {
		refusedWith(t, w.perform(t, who, flows.SayVisit{Answer: id, Came: true}), flows.Unknown)
	}
	refusedWith(t, w.perform(t, "uwe", flows.ConfirmComing{Answer: id}), flows.Unknown)
	for _, who := range []string{"uwe", "anna"} {
		if fact, ok := w.perform(t, who, flows.SayWhoCame{Posting: p, Said: flows.AllCame}).(flows.Refused); !ok {
			t.Errorf("%s may say who came: %#v", who, fact)
		}
		if fact, ok := w.perform(t, who, flows.Renew{Posting: p}).(flows.Refused); !ok {
			t.Errorf("%s may renew: %#v", who, fact)
		}
	}
	// They say she was not there, she says she was: it does not count against her, and nobody else sees it.
	w.perform(t, "vera", flows.SayWhoCame{Answer: id, Said: flows.Missing})
	if got := w.toldLast(t, "anna"); !strings.Contains(got, "nicht dabei") {
		t.Errorf("anna is told %q", got)
	}
	if said, ok := w.perform(t, "anna", flows.SayVisit{Answer: id, Came: true}).(flows.VisitSaid); !ok || !said.Disputed || said.Answer.State != matching.Attended {
		t.Errorf("said: %#v", said)
	}
	if hours, ok := w.perform(t, "anna", flows.MyHours{}).(flows.Hours); !ok || hours.Minutes != 240 || hours.Confirmed != 0 {
		t.Errorf("hours: %#v", hours)
	}
}

// oneWay is a network on which nothing can be edited.
type oneWay struct{ net *network }

func (o oneWay) Name() string { return o.net.Name() }

func (o oneWay) Receive(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	return o.net.Receive(ctx, cursor, hear)
}

func (o oneWay) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	return o.net.Send(ctx, key, to, r)
}
