package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// town is a world with two clubs, an editor, somebody who has left and a stranger.
type town struct {
	*world
	club            string                     // of vera, who leads it, willi, a member, and lena, who has left it
	open, waiting   matching.Posting           // of the club; lena wrote the first, vera the second
	other           matching.Posting           // of the choir
	report          string                     // case: anna reports what the choir has posted
	answer          string                     // of dora to what the choir has posted
	choir           string                     // of carla alone
	person          map[string]string          // ids by name
	shown           map[string][]storage.Shown // by name
	stranger, guest string
}

func (w *world) play(who string, lines ...string) {
	w.t.Helper()
	for _, l := range lines {
		if err := w.Say(w.t.Context(), who, l); err != nil {
			w.t.Fatal(err)
		}
	}
}

// appoint makes somebody an editor.
func (w *world) appoint(who string) {
	w.t.Helper()
	if err := w.Send(w.t.Context(), who, "appointed"); err != nil {
		w.t.Fatal(err)
	}
	w.play(who, "/redaktion {code}")
}

func newTown(t *testing.T) *town {
	t.Helper()
	return newTownAt(t, filepath.Join(quickDir(t), "ehrenamt.db"))
}

func newTownAt(t *testing.T, dsn string) *town {
	t.Helper()
	w := newWorldAt(t, dsn, false, 1)
	x := &town{world: w, person: map[string]string{}, shown: map[string][]storage.Shown{}, stranger: "uwe", guest: "gast"}
	w.play("lena", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "1, TV Brand", "ja", "/verein", "Einladen")
	w.play("vera", "/verein {code}")
	w.play("willi", "/verein {code}")
	w.play("uwe", "Wir suchen Sonntag 10–12 Uhr 2 Leute zum Kuchenverkauf in Brand", "1, TV Brand", "ja", "fragen")
	w.play("lena", "/verein", "Verlassen", "ja")
	w.play("anna", "ich möchte helfen", "1")
	w.play("gast", "/hilfe")
	w.play("carla", "Wir suchen Freitag 16–18 Uhr 2 Leute zum Kuchenverkauf in Brand", "1, Chor Brand", "ja")
	w.appoint("berta")
	w.play("vera", "Wir suchen Freitag 16–18 Uhr 2 Leute zum Abbau in Brand", "ja")
	w.play("dora", "ich möchte helfen", "Brand", "alles")
	for _, who := range []string{"dora", "anna"} {
		code := ""
		err := w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{States: []matching.PostingState{matching.Open}})
			for _, p := range ps {
				if p.Carrier == "Chor Brand" {
					code = p.Code
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if who == "dora" {
			w.play(who, "/zeig "+code, "Ich komme")
			continue
		}
		w.play(who, "abbrechen", "/melden "+code, "Betrug", "Die gibt es gar nicht.", "ja")
	}
	x.look()
	return x
}

// look finds the ids of what there is.
func (x *town) look() {
	x.t.Helper()
	err := x.store.View(x.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, name := range []string{"lena", "vera", "willi", "uwe", "anna", "gast", "carla", "berta"} {
			rec, err := tx.Addresses.Owner(ctx, address(name))
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			x.person[name] = rec.Person
			if x.shown[name], err = tx.Shown.Latest(ctx, address(name), 100); err != nil {
				return err
			}
		}
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
		if err != nil {
			return err
		}
		for _, p := range ps {
			switch {
			case p.State == matching.Review:
				x.waiting, x.club = p, p.Organisation
			case p.Carrier == "TV Brand":
				x.open = p
			case p.Carrier == "Chor Brand":
				x.choir, x.other = p.Organisation, p
			}
		}
		cs, err := tx.Cases.OpenCases(ctx, "aachen", 9)
		if err != nil {
			return err
		}
		for _, c := range cs {
			if c.Kind == storage.ReportCase {
				x.report = c.ID
			}
		}
		as, err := tx.Answers.OfPosting(ctx, x.other.ID)
		if err != nil || len(as) == 0 {
			return fmt.Errorf("answers: %v %w", as, err)
		}
		x.answer = as[0].ID
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
	if x.open.ID == "" || x.waiting.ID == "" || x.choir == "" {
		x.t.Fatalf("the town is not as it should be: %+v", x)
	}
}

func address(who string) channels.Address {
	return channels.Address{Channel: "test", Account: "a", ID: who}
}

// facts is everything whose change needs a right, as text.
func (x *town) facts() string {
	x.t.Helper()
	var all []any
	err := x.store.View(x.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
		if err != nil {
			return err
		}
		for _, p := range ps {
			as, err := tx.Answers.OfPosting(ctx, p.ID)
			if err != nil {
				return err
			}
			all = append(all, p, as)
		}
		os, err := tx.Organisations.OfFront(ctx, "aachen")
		if err != nil {
			return err
		}
		for _, o := range os {
			ms, err := tx.Members.OfOrganisation(ctx, o.ID)
			if err != nil {
				return err
			}
			all = append(all, o, ms)
		}
		f, err := tx.Fronts.Front(ctx, "aachen")
		all = append(all, f)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	data, err := json.Marshal(all)
	if err != nil {
		x.t.Fatal(err)
	}
	return string(data)
}

// commands is every command that needs a right, about the club and its postings.
func (x *town) commands() map[string]conversations.Command {
	changed, mended := x.open, x.waiting
	mended.Title = "Abbau der Bühne"
	changed.Title = "Etwas ganz anderes"
	stolen := matching.Posting{Kind: matching.Need, Title: "Im Namen des Vereins", Actor: matching.Club, Organisation: x.club, Places: 1, Place: x.open.Place}
	return map[string]conversations.Command{
		"publish for it":       flows.Publish{Posting: stolen},
		"publish by its name":  flows.Publish{Posting: matching.Posting{Kind: matching.Need, Title: "x", Actor: matching.Club, Places: 1}, Carrier: "tv-brand e.V."},
		"change":               flows.Publish{Posting: changed},
		"take up":              flows.TakeUp{Posting: x.open.ID},
		"take up what waits":   flows.TakeUp{Posting: x.waiting.ID},
		"repeat":               flows.LastPosting{Posting: x.open.ID},
		"look at as mine":      flows.LookAtMine{Posting: x.open.ID},
		"withdraw":             flows.Withdraw{Posting: x.open.ID},
		"withdraw by code":     flows.Withdraw{Posting: x.open.Code},
		"withdraw what waits":  flows.Withdraw{Posting: x.waiting.ID},
		"finish":               flows.Finish{Posting: x.open.ID},
		"enlarge":              flows.Enlarge{Posting: x.open.ID, By: 1},
		"list who comes":       flows.ListWho{Posting: x.open.ID},
		"give away":            flows.GiveAway{Posting: x.open.ID, Date: flows.NoDate, By: 1},
		"leave a date out":     flows.LeaveOut{Posting: x.open.ID, Date: flows.NoDate},
		"move a date":          flows.MoveDate{Posting: x.open.ID, To: matching.Span{Start: x.now.AddDate(0, 0, 9)}},
		"hold it anyway":       flows.HoldAnyway{Posting: x.open.ID},
		"reply to the editors": flows.ReplyBack{Posting: x.waiting.ID, Text: "Bitte schnell"},
		"look at it":           flows.LookAtOrganisation{Organisation: x.club},
		"leave it":             flows.Leave{Organisation: x.club, Anyway: true},
		"invite":               flows.Invite{Organisation: x.club},
		"describe":             flows.Describe{Organisation: x.club, Text: "Wir sind jetzt woanders."},
		"promote":              flows.Promote{Organisation: x.club, Person: x.person["willi"]},
		"dismiss":              flows.Dismiss{Organisation: x.club, Person: x.person["willi"]},
		"admit":                flows.Admit{Organisation: x.club, Person: x.person["uwe"], Yes: true},
		"approve":              flows.Judge{Posting: x.waiting.ID, Revision: x.waiting.Revision, Approve: true},
		"reject":               flows.Judge{Posting: x.waiting.ID, Revision: x.waiting.Revision, Reason: "nein"},
		"ask back":             flows.AskBack{Posting: x.waiting.ID, Text: "Wer seid ihr?"},
		"look at the review":   flows.LookAtReview{Posting: x.waiting.ID},
		"see the queue":        flows.Queue{},
		"reword":               flows.Reword{Posting: x.waiting.ID, Text: "Kommt!"},
		"change what waits":    flows.Publish{Posting: mended},
		"look at the case":     flows.LookAtCase{Case: x.report},
		"take it down":         flows.DecideCase{Case: x.report, Verdict: flows.Down, Reason: "nein"},
		"let it be":            flows.DecideCase{Case: x.report, Verdict: flows.Fine},
		"keep somebody out":    flows.DecideCase{Case: x.report, Verdict: flows.Block, Reason: "nein"},
		"merge":                flows.Merge{Posting: x.waiting.ID, Into: x.other.ID},
		"see who is kept out":  flows.LookAtBlocked{},
		"complain for others":  flows.Complain{Case: x.report, Text: "das war gut so"},
		"report a stranger":    flows.Report{Answer: x.answer, Ground: "spam", Text: "nervt"},
		"be an editor":         flows.BecomeEditor{Code: "0000-0000-0000"},
		"join without a code":  flows.Enter{Code: "0000-0000-0000"},
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	member := []string{
		"publish for it", "publish by its name", "change", "take up", "take up what waits", "repeat", "look at as mine", "withdraw",
		"withdraw by code", "withdraw what waits", "finish", "enlarge",
		"list who comes", "give away", "leave a date out", "move a date", "hold it anyway", "reply to the editors", "look at it", "leave it",
	}
	owner := append([]string{"invite", "describe", "promote", "dismiss", "admit"}, member...)
	editor := []string{"approve", "reject", "ask back", "look at the review", "see the queue", "take up what waits", "change what waits",
		"reword", "look at the case", "take it down", "let it be", "keep somebody out", "merge", "see who is kept out"}
	member = append(member, "change what waits")
	owner = append(owner, "change what waits")
	may := map[string][]string{
		"gast": nil, "anna": nil, "uwe": nil, "carla": {"report a stranger"}, "lena": nil, "willi": member, "vera": owner, "berta": editor,
	}
	x := newTown(t)
	before := x.facts()
	for who, allowed := range may {
		for name, cmd := range x.commands() {
			t.Run(who+" may "+name, func(t *testing.T) {
				ok := slices.Contains(allowed, name)
				do := x.bot.Perform
				if ok {
					do = x.bot.Try // the town stays as it is
				}
				fact, err := do(t.Context(), address(who), cmd)
				if err != nil {
					t.Fatal(err)
				}
				refused, no := fact.(flows.Refused)
				if ok == no {
					t.Errorf("allowed %v, but %+v", ok, fact)
				}
				if no && refused.Why == "" {
					t.Error("refused without a reason")
				}
				if no && x.facts() != before {
					t.Error("refused, and changed all the same")
				}
			})
		}
	}
}

func TestAnEditorDoesNotJudgeTheirOwn(t *testing.T) {
	x := newTown(t)
	x.appoint("edgar")
	x.play("vera", "/verein", "Einladen")
	x.play("berta", "/verein {code}") // belongs to the club now
	before := x.facts()
	for name, cmd := range x.commands() {
		switch cmd.(type) {
		case flows.Judge, flows.AskBack, flows.LookAtReview:
			fact, err := x.bot.Perform(t.Context(), address("berta"), cmd)
			if r, no := fact.(flows.Refused); err != nil || !no || r.Why != flows.OwnReview {
				t.Errorf("%s: %+v %v", name, fact, err)
			}
		}
	}
	if x.facts() != before {
		t.Error("something changed")
	}
}

// Handles of others, and those nobody was ever given, do nothing.
func TestHandlesOfOthersAndGuessedOnesDoNothing(t *testing.T) {
	x := newTown(t)
	x.play("vera", "/verein", "/meine")
	x.look()
	before := x.facts()
	press := func(who, handle string) {
		t.Helper()
		m := x.message(who)
		m.Kind, m.Handle = channels.Press, handle
		if err := x.hear(t.Context(), m); err != nil {
			t.Fatalf("%s presses %s: %v", who, handle, err)
		}
	}
	n := 0
	for owner, shown := range x.shown {
		for _, s := range shown {
			for i := range s.Choices {
				for _, who := range []string{"gast", "uwe", "lena"} {
					if who != owner {
						press(who, fmt.Sprintf("%s.%d", s.ID, i))
						n++
					}
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d handles were tried", n)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		id := make([]byte, 16)
		for i := range id {
			id[i] = "abcdefghijklmnopqrstuvwxyz234567"[random.IntN(32)]
		}
		press("gast", fmt.Sprintf("%s.%d", id, random.IntN(5)-1))
	}
	for _, odd := range []string{"", ".", "x", "/moderate yes " + x.waiting.ID, "/org promote " + x.club, strings.Repeat("9", 300), x.shown["vera"][0].ID + ".99", x.shown["vera"][0].ID + ".-1"} {
		press("gast", odd)
		press("vera", odd)
	}
	if x.facts() != before {
		t.Error("something changed")
	}
}

// Whoever has left may press every button they ever saw.
func TestOldButtonsOfSomebodyWhoLeftDoNothing(t *testing.T) {
	x := newTown(t)
	x.play("willi", "/verein", "/meine", "1")
	x.play("vera", "/verein")
	x.look()
	if _, err := x.bot.Perform(t.Context(), address("vera"), flows.Dismiss{Organisation: x.club, Person: x.person["willi"]}); err != nil {
		t.Fatal(err)
	}
	before := x.facts()
	for _, who := range []string{"willi", "lena"} {
		for _, s := range x.shown[who] {
			for i := range s.Choices {
				m := x.message(who)
				m.Kind, m.Handle = channels.Press, fmt.Sprintf("%s.%d", s.ID, i)
				if err := x.hear(t.Context(), m); err != nil {
					t.Fatal(err)
				}
				x.play(who, "ja", "abbrechen")
			}
		}
	}
	if x.facts() != before {
		t.Error("something changed")
	}
}

// Codes cannot be guessed at length.
func TestTryingCodesIsSlowedDown(t *testing.T) {
	x := newTown(t)
	for i := range 12 {
		fact, err := x.bot.Perform(t.Context(), address("gast"), flows.Enter{Code: fmt.Sprintf("%012d", i)})
		if err != nil {
			t.Fatal(err)
		}
		want := flows.BadCode
		if i >= 10 {
			want = flows.TooMany
		}
		if r, _ := fact.(flows.Refused); r.Why != want {
			t.Errorf("try %d: %+v, want %s", i, fact, want)
		}
	}
	x.play("vera", "/verein", "Einladen")
	code := x.net.code
	fact, err := x.bot.Perform(t.Context(), address("gast"), flows.Enter{Code: code})
	if r, _ := fact.(flows.Refused); err != nil || r.Why != flows.TooMany {
		t.Errorf("a good code after too many bad ones: %+v %v", fact, err)
	}
	fact, err = x.bot.Perform(t.Context(), address("anna"), flows.Enter{Code: strings.ToLower(code)})
	if in, _ := fact.(flows.Entered); err != nil || in.Organisation.ID != x.club {
		t.Errorf("%+v %v", fact, err)
	}
}

func TestNobodyAnswersTheirOwnPosting(t *testing.T) {
	x := newTown(t)
	for who, want := range map[string]flows.Refusal{"vera": flows.Own, "willi": flows.Own, "lena": "", "anna": ""} {
		fact, err := x.bot.Try(t.Context(), address(who), flows.Respond{Posting: x.open.ID, Yes: true, Party: 1})
		if r, _ := fact.(flows.Refused); err != nil || r.Why != want {
			t.Errorf("%s: %+v %v, want %q", who, fact, err, want)
		}
	}
	for _, who := range []string{"anna", "vera"} {
		fact, err := x.bot.Try(t.Context(), address(who), flows.Respond{Posting: x.waiting.ID, Yes: true, Party: 1})
		if _, no := fact.(flows.Refused); err != nil || !no {
			t.Errorf("%s answers what waits for a review: %+v %v", who, fact, err)
		}
	}
}
