package bot_test

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb/pgtest"
)

// borders is a world in which people come to every limit there is.
type borders struct {
	*world
	answer  string // of anna to what vera posted
	posting matching.Posting
	org     string // vera leads it, and an editor trusts it
	fresh   string // vera leads it
}

func newBorders(t *testing.T, dsn string) *borders {
	t.Helper()
	w := newWorldAt(t, dsn, false, 1)
	net := &network{}
	w.net = net
	w.channel, w.account = net.Name(), "a"
	w.bot = newBotWithin(t, w, 1, bot.Limits{}, bot.Account{Channel: net, Account: "a", Front: "aachen"})
	x := &borders{world: w}
	w.pledge(t, monday, matching.Span{Start: monday.Add(200 * 24 * time.Hour), End: monday.Add(200*24*time.Hour + 4*time.Hour)})
	x.answer = w.answer(t, "anna")
	posting := w.posting(t)
	x.update(func(ctx context.Context, tx *storage.Tx) (err error) {
		x.posting, err = tx.Postings.Posting(ctx, posting)
		return err
	})
	x.org, x.fresh = x.organisation("TV Brand", 3), x.organisation("Chor Brand", 0)
	return x
}

// organisation is one that vera leads.
func (x *borders) organisation(name string, good int) string {
	x.t.Helper()
	o := storage.Organisation{Front: "aachen", Name: name, Actor: matching.Club, Good: good, Created: x.now}
	x.update(func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, x.address("vera"))
		if err != nil {
			return err
		}
		if err := tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
			return err
		}
		return tx.Members.Join(ctx, storage.Member{Organisation: o.ID, Person: rec.Person, Role: storage.Owner, Since: x.now})
	})
	return o.ID
}

func (x *borders) update(f func(context.Context, *storage.Tx) error) {
	x.t.Helper()
	if err := x.store.Update(x.t.Context(), f); err != nil {
		x.t.Fatal(err)
	}
}

// need is something new by vera, past the limit of postings.
func (x *borders) need(i int) string {
	x.t.Helper()
	p := matching.Posting{
		Front: "aachen", Kind: matching.Need, Title: fmt.Sprintf("Aufgabe %d", i), Actor: matching.Person, Places: 1, State: matching.Open,
		Code: fmt.Sprintf("ZZZZZ%05d", i), Place: aachen(x.t), Created: x.now, Published: x.now,
	}
	x.update(func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, x.address("vera"))
		if err != nil {
			return err
		}
		p.Author = rec.Person
		return tx.Postings.SavePosting(ctx, &p, x.now)
	})
	return p.ID
}

func (x *borders) publish(org string, i int) conversations.Command {
	p := x.posting
	p.ID, p.Title, p.Organisation, p.Author = "", fmt.Sprintf("Arbeit %d am Haus", i), org, ""
	p.Dates = []matching.Span{{Start: x.now.Add(time.Duration(24*(i+3)) * time.Hour)}}
	if org != "" {
		p.Actor = matching.Club
	}
	return flows.Publish{Posting: p}
}

// bound is a limit, and what counts towards it.
type bound struct {
	limit string // its name in bot.Limits
	who   string
	do    func(x *borders, i int) conversations.Command
	undo  func(x *borders)
	quiet flows.Refusal // what is said instead of TooMany
}

func bounds() []bound {
	own := func(limit, who string, cmd conversations.Command) bound {
		return bound{limit: limit, who: who, do: func(*borders, int) conversations.Command { return cmd }}
	}
	answering := bound{limit: "Answers", who: "anna"}
	answering.do = func(x *borders, _ int) conversations.Command {
		return flows.Respond{Posting: x.posting.ID, Yes: true, Party: 1}
	}
	answering.undo = func(x *borders) { x.perform(x.t, "anna", flows.Respond{Posting: x.posting.ID}) }
	return []bound{
		{limit: "Postings", who: "anna", do: func(x *borders, i int) conversations.Command { return x.publish("", i) }},
		{limit: "Postings", who: "vera", do: func(x *borders, i int) conversations.Command { return x.publish(x.fresh, i) }},
		{limit: "PostingsTrusted", who: "vera", do: func(x *borders, i int) conversations.Command { return x.publish(x.org, 50+i) }},
		{limit: "Passed", who: "anna", do: func(x *borders, i int) conversations.Command {
			return flows.Pass{Answer: x.answer, Text: fmt.Sprint("Nachricht ", i)}
		}, undo: func(x *borders) { x.perform(x.t, "vera", flows.Pass{Answer: x.answer, Text: "Danke"}) }},
		{limit: "ToAll", who: "vera", quiet: flows.OftenEnough, do: func(x *borders, _ int) conversations.Command {
			return flows.ToAll{Posting: x.posting.ID, Text: "Bis bald!"}
		}},
		{limit: "Subscriptions", who: "anna", do: func(x *borders, i int) conversations.Command {
			return flows.SaveSubscription{Subscription: matching.Subscription{Place: aachen(x.t), Radius: float64(2 + i), Slots: ^matching.Slots(0), Cadence: matching.Weekly}}
		}, undo: (*borders).unsubscribe},
		{limit: "Invitations", who: "vera", do: func(x *borders, _ int) conversations.Command { return flows.Invite{Organisation: x.org} }},
		{limit: "AskIns", who: "anna", do: func(x *borders, i int) conversations.Command {
			return flows.AskIn{Organisation: x.organisation(fmt.Sprint("Gruppe ", i), 0)}
		}},
		{limit: "Reports", who: "anna", do: func(x *borders, i int) conversations.Command {
			return flows.Report{Posting: x.need(i), Ground: "spam", Text: "Werbung"}
		}},
		own("Exports", "anna", flows.Export{}),
		own("Links", "anna", flows.LinkBegin{}),
		own("Codes", "anna", flows.Enter{Code: "0000-0000-0000"}),
		own("Codes", "vera", flows.LinkCode{Code: "ABCD-2345"}),
		own("Codes", "mallory", flows.BecomeEditor{Code: "0000-0000-0000"}),
		own("Guesses", "anna", flows.LookAt{Posting: "ABCDEFGH23"}),
		own("Guesses", "vera", flows.Respond{Posting: "ABCDEFGH23", Yes: true}),
		own("Guesses", "mallory", flows.Report{Posting: "ABCDEFGH23", Ground: "spam"}),
		answering, // takes back in the end what others need
	}
}

func (x *borders) unsubscribe() {
	x.update(func(ctx context.Context, tx *storage.Tx) error {
		rec, err := tx.Addresses.Owner(ctx, x.address("anna"))
		if err != nil {
			return err
		}
		all, err := tx.Subscriptions.OfSubscriber(ctx, rec.Person)
		for _, s := range all {
			if err == nil {
				err = tx.Subscriptions.RemoveSubscription(ctx, s.ID, x.now)
			}
		}
		return err
	})
}

// TestEveryLimitHoldsAtItsBorder does each thing as often as it may be done, once more, once more after a restart, just
// before the time is over, and when it is.
func TestEveryLimitHoldsAtItsBorder(t *testing.T) {
	t.Parallel()
	var server pgtest.Server
	t.Cleanup(server.Stop)
	for db, dsn := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(quickDir(t), "limits.db") },
		"postgres": func() string { return server.Schema(t) },
	} {
		t.Run(db, func(t *testing.T) {
			x := newBorders(t, dsn())
			x.play("mallory", "hallo")
			day := monday
			for _, b := range bounds() {
				day = day.AddDate(0, 0, 2) // what was counted before is over
				x.now = day
				t.Run(b.limit+" of "+b.who, func(t *testing.T) { x.border(t, b) })
			}
		})
	}
}

func (x *borders) border(t *testing.T, b bound) {
	l := reflect.ValueOf(bot.DefaultLimits()).FieldByName(b.limit).Interface().(bot.Limit)
	again := x.now.Truncate(l.Within).Add(l.Within)
	n := 0
	try := func(when string, free bool) {
		t.Helper()
		n++
		fact := x.perform(t, b.who, b.do(x, n))
		want := b.quiet
		if want == "" {
			want = flows.TooMany
		}
		r, no := fact.(flows.Refused)
		if (no && r.Why == want) == free {
			t.Fatalf("%s, try %d at %s: %+v", when, n, x.now, fact)
		}
		if !free && b.quiet == "" && !r.Again.Equal(again) {
			t.Errorf("told to go on at %s instead of %s", r.Again, again)
		}
		if free && b.undo != nil {
			b.undo(x)
		}
	}
	for range l.Most {
		try("within", true)
	}
	try("one more", false)
	x.bot = newBotWithin(t, x.world, 2, bot.Limits{}, bot.Account{Channel: x.net, Account: "a", Front: "aachen"})
	try("after a restart", false)
	x.now = again.Add(-time.Millisecond)
	try("just before it is over", false)
	x.now = again
	try("when it is over", true)
}

// TestWhoWritesTooFastIsToldOnce: a chat is heard 120 times a minute, the next message is answered kindly, the ones after
// it not at all, and what was begun goes on afterwards.
func TestWhoWritesTooFastIsToldOnce(t *testing.T) {
	t.Parallel()
	x := newBorders(t, filepath.Join(quickDir(t), "fast.db"))
	x.now = x.now.Add(24 * time.Hour).Truncate(time.Minute).Add(59 * time.Second)
	x.play("anna", "Ich suche Samstag 14–18 Uhr 2 Leute zum Umzug")
	most := bot.DefaultLimits().Messages.Most
	for range most - 1 {
		x.play("anna", "x")
	}
	for i, want := range []string{"lese ich weiter", "", ""} {
		x.net.heard = nil
		x.play("anna", "in Brand")
		if got := x.heardBy("anna"); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("message %d: %q", most+1+i, got)
		}
	}
	x.net.heard = nil
	x.play("vera", "hallo")
	if got := x.heardBy("vera"); got == "" || strings.Contains(got, "lese ich weiter") {
		t.Errorf("another one is told %q", got)
	}
	x.now = x.now.Add(time.Second)
	x.net.heard = nil
	x.play("anna", "in Brand")
	if got := x.heardBy("anna"); !strings.Contains(got, "Umzug") || !strings.Contains(got, "Brand") {
		t.Errorf("what was begun did not go on: %q", got)
	}
}

// TestCodesAreNotFoundByTrying: whoever tries codes is soon told to stop, finds nothing from then on, and does not begin
// anew by having themselves deleted. What is there and hidden is answered like what is not there.
func TestCodesAreNotFoundByTrying(t *testing.T) {
	t.Parallel()
	x := newBorders(t, filepath.Join(quickDir(t), "codes.db"))
	hidden := x.posting
	x.update(func(ctx context.Context, tx *storage.Tx) error {
		hidden.ID, hidden.Code, hidden.State, hidden.Revision = "", "ZZZZZ99999", matching.Review, 0
		return tx.Postings.SavePosting(ctx, &hidden, x.now)
	})
	hear := func(line string) string {
		x.net.heard = nil
		x.play("uwe", line)
		return x.heardBy("uwe")
	}
	nothing := hear("/zeig ABCDEFGH00")
	for i := range bot.DefaultLimits().Guesses.Most - 1 {
		code := fmt.Sprintf("ABCDEFGH%02d", i+1)
		if i%2 == 0 {
			code = hidden.Code
		}
		if got := hear("/zeig " + code); got != nothing {
			t.Fatalf("try %d is told %q instead of %q", i+2, got, nothing)
		}
	}
	for _, code := range []string{"ABCDEFGH77", hidden.Code, x.posting.Code} {
		if got := hear("/zeig " + code); !strings.Contains(got, "geht es weiter") {
			t.Errorf("%s: %q", code, got)
		}
	}
	x.play("uwe", "/löschen", "ja")
	if got := hear("/zeig " + x.posting.Code); !strings.Contains(got, "geht es weiter") {
		t.Errorf("after having themselves deleted: %q", got)
	}
	x.now = x.now.Add(time.Hour)
	if got := hear("/zeig " + x.posting.Code); !strings.Contains(got, x.posting.Title) {
		t.Errorf("an hour later: %q", got)
	}
}

// TestMailIsAnsweredOnlySoOften: the twelfth mail within an hour is answered, the next one told, then nothing is said.
func TestMailIsAnsweredOnlySoOften(t *testing.T) {
	t.Parallel()
	w := newTwoNets(t)
	for i := range bot.DefaultLimits().Mails.Most + 3 {
		w.net.heard = nil
		err := w.write(t.Context(), "anna@post.example", func(m *channels.Message) { m.Text = "/hilfe" })
		if err != nil {
			t.Fatal(err)
		}
		got := lastTo(w.net.heard, "anna@post.example")
		told := strings.Contains(got, "lese ich weiter")
		switch over := i - bot.DefaultLimits().Mails.Most; {
		case over < 0 && (got == "" || told), over == 0 && !told, over > 0 && got != "":
			t.Errorf("mail %d: %q", i+1, got)
		}
	}
}
