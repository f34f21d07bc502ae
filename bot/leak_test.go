package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// everyCommand is one of each command a flow may ask for. A command of the bot that is missing here fails the test.
func everyCommand() []conversations.Command {
	return []conversations.Command{
		flows.WhoAmI{}, flows.Publish{}, flows.SaveSubscription{}, flows.Respond{}, flows.Settle{}, flows.LookAt{}, flows.Wake{}, flows.Halt{},
		flows.DropBelow{}, flows.MyOrganisations{}, flows.LookAtOrganisation{}, flows.Invite{}, flows.Enter{}, flows.AskIn{}, flows.Admit{},
		flows.Promote{}, flows.Dismiss{}, flows.Leave{}, flows.Describe{}, flows.BecomeEditor{}, flows.Queue{}, flows.LookAtReview{}, flows.LookAtCase{},
		flows.Judge{}, flows.DecideCase{}, flows.Merge{}, flows.LookAtBlocked{}, flows.Unblock{}, flows.AskBack{}, flows.ReplyBack{}, flows.Reword{},
		flows.LookAtReportable{}, flows.Report{}, flows.LookAtDecisions{}, flows.Complain{}, flows.MyThings{}, flows.LookAtMine{}, flows.Withdraw{},
		flows.Finish{}, flows.Enlarge{}, flows.LastPosting{}, flows.TakeUp{}, flows.Export{}, flows.ErasureOf{}, flows.Erase{}, flows.Stay{}, flows.Find{},
		flows.CalendarEntry{}, flows.LookAtMe{}, flows.Adjust{}, flows.Lessen{}, flows.Restore{}, flows.LookAtText{}, flows.Agree{}, flows.LinkBegin{}, flows.LinkAnswer{}, flows.LookAtAddresses{}, flows.LinkCode{}, flows.Detach{},
		flows.Prefer{}, flows.LinkMail{},
		flows.Renew{}, flows.Pass{}, flows.BlockThread{}, flows.ReportThread{}, flows.MyHours{}, flows.ThreadWith{}, flows.SetRelease{}, flows.SayWhoCame{},
		flows.ConfirmComing{}, flows.MyThreads{}, flows.ShareContact{}, flows.SayVisit{},
		flows.DatesOf{}, flows.ListWho{}, flows.ToAll{}, flows.HoldAnyway{}, flows.MoveDate{}, flows.LeaveOut{}, flows.GiveAway{}, flows.StayAway{},
		flows.LookAtLoans{}, flows.SetLending{}, flows.LoanEntry{},
		flows.LookAtFigures{}, flows.LookAtClaims{}, flows.TakeOver{}, flows.Disclaim{},
	}
}

// performed lists the commands the bot performs, as its source says.
func performed(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(fn.Name.Name, "perform") {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				clause, ok := n.(*ast.CaseClause)
				if !ok {
					return true
				}
				for _, e := range clause.List {
					if s, ok := e.(*ast.SelectorExpr); ok {
						if x, ok := s.X.(*ast.Ident); ok && x.Name == "flows" {
							names[s.Sel.Name] = true
						}
					}
				}
				return true
			})
		}
	}
	return names
}

// border is two fronts side by side on one backend. Whatever may not cross from Düren is marked with one of secrets.
type border struct {
	*world
	ids   []string          // of everything there is in Düren
	who   map[string]string // in Aachen: role → name
	has   map[string]int    // how many of each
	marks *regexp.Regexp
}

// marker marks what may not cross the border, and nothing else.
const marker = "Geheimnis"

func newBorder(t *testing.T) *border {
	net := &network{}
	w := newWorldOn(t, filepath.Join(quickDir(t), "ehrenamt.db"), 1, bot.Account{Channel: net, Account: "a", Front: "aachen"})
	w.net = net
	book, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f := storage.Front{ID: "dueren", Name: "Düren", Zone: "Europe/Berlin", Languages: []string{"de"}, Place: aachen(t)}
		return tx.Fronts.SaveFront(ctx, &f)
	})
	if err != nil {
		t.Fatal(err)
	}
	c := w.bot.Config
	c.Book = book
	c.Accounts = []bot.Account{{Channel: net, Account: "a", Front: "aachen"}, {Channel: net, Account: "b", Front: "dueren"}}
	if w.bot, err = bot.New(c); err != nil {
		t.Fatal(err)
	}
	x := &border{world: w, marks: regexp.MustCompile(`(?i)geheim\w*`), who: map[string]string{}, has: map[string]int{}}
	x.fill()
	return x
}

// say lets somebody write to one of the fronts.
func (x *border) say(account, who string, lines ...string) {
	x.t.Helper()
	for _, l := range lines {
		m := x.message(who)
		m.From.Account, m.Text = account, strings.ReplaceAll(l, "{code}", x.net.code)
		m.Name = who
		if err := x.bot.Hear(x.t.Context(), m); err != nil {
			x.t.Fatalf("%s says %s: %v", who, l, err)
		}
		for _, account := range []string{"a", "b"} {
			x.account = account
			if err := x.settle(x.t.Context()); err != nil {
				x.t.Fatal(err)
			}
		}
	}
}

func (x *border) editor(front string) {
	x.t.Helper()
	code, err := bot.InviteEditor(x.t.Context(), x.store, rand.NewChaCha8([32]byte{front[0]}), x.now, front)
	if err != nil {
		x.t.Fatal(err)
	}
	x.net.code = code
}

// fill lets things happen on both sides. In Düren: an editor, a club with a posting that is out and one that waits, with
// meeting points, notes and contacts; answers; a report with words of its own; somebody who is blocked; a draft.
func (x *border) fill() {
	x.editor("dueren")
	x.say("b", marker+"redakteurin", "/redaktion {code}")
	x.say("b", marker+"vera", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "1, TV Düren", "ja")
	x.say("b", marker+"redakteurin", "Freigeben")
	x.say("b", marker+"dora", "ich möchte helfen", "Brand", "Ich komme")
	x.say("b", marker+"hans", "ich möchte helfen", "Brand", "Ich komme")
	x.say("b", marker+"vera", "abbrechen", "Wir suchen Sonntag 10–12 Uhr 2 Leute zum "+marker+"verkauf in Brand", "ja")
	x.say("b", marker+"dora", "/melden", "1", "Betrug", "Das ist ein "+marker+" und falsch.", "ja")
	x.say("b", marker+"willi", "Wir suchen Freitag 16–18 Uhr 2 Leute zum "+marker+"aufbau in Brand")
	x.editor("aachen")
	x.say("a", "berta", "/redaktion {code}")
	x.say("a", "carla", "Wir suchen Freitag 16–18 Uhr 2 Leute zum Kuchenverkauf in Brand", "1, Chor Brand", "ja")
	x.say("a", "berta", "Freigeben")
	x.say("a", "anna", "ich möchte helfen", "Brand")
	x.say("a", "gast", "/hilfe")
	maps.Copy(x.who, map[string]string{"editor": "berta", "organisation": "carla", "volunteer": "anna", "guest": "gast"})
	ctx := x.t.Context()
	err := x.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error { return x.mark(ctx, tx) })
	if err != nil {
		x.t.Fatal(err)
	}
	for what, most := range map[string]int{"postings": 2, "answers": 2, "organisations": 1, "cases": 2, "editors": 1} {
		if x.has[what] < most {
			x.t.Fatalf("too little happens in Düren: %v", x.has)
		}
	}
}

// mark adds what cannot be said in a sentence, and collects the ids of everything there is in Düren.
func (x *border) mark(ctx context.Context, tx *storage.Tx) error {
	ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Front: "dueren"})
	if err != nil {
		return err
	}
	for _, p := range ps {
		p.Address, p.Private, p.Contact, p.Reason = marker+" Hof", marker+" Schlüssel", marker+" Frau Weber", marker
		if err := tx.Postings.SavePosting(ctx, &p, x.now); err != nil {
			return err
		}
		x.ids = append(x.ids, p.ID, p.Code, p.Author)
		x.has["postings"]++
		as, err := tx.Answers.OfPosting(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, a := range as {
			a.Note = marker + " Notiz"
			if err := tx.Answers.SaveAnswer(ctx, &a); err != nil {
				return err
			}
			x.ids = append(x.ids, a.ID, a.Person)
			x.has["answers"]++
		}
	}
	os, err := tx.Organisations.OfFront(ctx, "dueren")
	if err != nil {
		return err
	}
	for _, o := range os {
		x.ids = append(x.ids, o.ID)
		x.has["organisations"]++
	}
	cs, err := tx.Cases.OpenCases(ctx, "dueren", 99)
	if err != nil {
		return err
	}
	for _, c := range cs {
		c.Reason = marker + " Grund"
		if err := tx.Cases.SaveCase(ctx, &c); err != nil {
			return err
		}
		x.ids = append(x.ids, c.ID)
		x.has["cases"]++
	}
	f, err := tx.Fronts.Front(ctx, "dueren")
	if err != nil {
		return err
	}
	x.ids, x.has["editors"] = append(x.ids, f.Editors...), len(f.Editors)
	if err := tx.Blocks.SetBlock(ctx, storage.Block{Front: "dueren", Person: x.ids[2], At: x.now, Reason: marker + " gesperrt"}); err != nil {
		return err
	}
	if err := tx.Audit.Append(ctx, storage.Entry{Front: "dueren", Actor: "x", Action: "edited", Subject: "y", Detail: json.RawMessage(`"` + marker + `"`), At: x.now}); err != nil {
		return err
	}
	slices.Sort(x.ids)
	x.ids = slices.Compact(x.ids)
	return nil
}

// aimed makes a command with every id of Düren in every field that may hold one.
func aimed(cmd conversations.Command, id string) []conversations.Command {
	base := reflect.New(reflect.TypeOf(cmd)).Elem()
	fillIDs(base, id)
	out := []conversations.Command{base.Interface()}
	for i := range base.NumField() { // and in each of them alone
		one := reflect.New(base.Type()).Elem()
		if fillIDs(one.Field(i), id) {
			out = append(out, one.Interface())
		}
	}
	return out
}

func fillIDs(v reflect.Value, id string) bool {
	if !v.CanSet() {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[string]():
			v.SetString(id)
		case reflect.TypeFor[flows.Verdict]():
			v.SetString(string(flows.Down))
		case reflect.TypeFor[matching.Kind]():
			v.SetString(string(matching.Need))
		case reflect.TypeFor[matching.Actor]():
			v.SetString(string(matching.Club))
		}
		return true
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		any := false
		for i := range v.NumField() {
			any = fillIDs(v.Field(i), id) || any
		}
		return any
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String || v.Type().Elem().Kind() == reflect.Struct {
			one := reflect.New(v.Type().Elem()).Elem()
			if fillIDs(one, id) {
				v.Set(reflect.Append(v, one))
				return true
			}
		}
	}
	return false
}

// TestNothingPrivateCrossesTheBorder aims every command there is, with every id of one front in every field, at it
// from every role of the other, and looks for what may not cross in what comes back.
func TestNothingPrivateCrossesTheBorder(t *testing.T) {
	x := newBorder(t)
	have := map[string]bool{}
	n, leaks := 0, 0
	for _, cmd := range everyCommand() {
		name := reflect.TypeOf(cmd).Name()
		have[name] = true
		for role, who := range x.who {
			for _, id := range append([]string{""}, x.ids...) {
				for _, c := range aimed(cmd, id) {
					fact, err := x.bot.Try(t.Context(), channels.Address{Channel: "test", Account: "a", ID: who}, c)
					if err != nil {
						continue // it would undo the turn, and say nothing
					}
					n++
					if r, ok := fact.(flows.Responded); ok && r.Given[0].Answer.State.Takes() { // whoever comes has to know where
						r.Posting = r.Posting.Public()
						fact = r
					}
					if found := x.marks.FindString(told(fact)); found != "" && leaks < 20 {
						leaks++
						t.Errorf("%s of Aachen learns %q by %T %.200s", role, found, c, fmt.Sprintf("%+v: %T", c, fact))
					}
				}
			}
		}
	}
	for name := range performed(t) {
		if !have[name] {
			t.Errorf("command %s is performed and not tried here: add it to everyCommand", name)
		}
	}
	t.Logf("%d commands tried", n)
	if n < 5000 {
		t.Errorf("only %d commands were tried", n)
	}
}

// told is everything in a fact, as text.
func told(fact conversations.Fact) string {
	data, err := json.Marshal(fact)
	if err != nil {
		return fmt.Sprintf("%+v", fact)
	}
	return string(data) + fmt.Sprintf("%+v", fact)
}

// TestNothingPrivateIsSaidAcrossTheBorder says every word that opens something, with everything there is to name in
// Düren behind it, as everybody in Aachen, and reads what they are told, in answer or by themselves.
func TestNothingPrivateIsSaidAcrossTheBorder(t *testing.T) {
	x := newBorder(t)
	x.net.heard = nil
	n := 0
	for _, who := range x.who {
		for _, word := range flows.Words() {
			for _, id := range append([]string{""}, x.ids...) {
				m := x.message(who)
				m.Text = strings.TrimSpace("/" + word + " " + id)
				if err := x.bot.Hear(t.Context(), m); err != nil {
					t.Fatal(err)
				}
				n++
			}
			x.say("a", who, "abbrechen")
		}
		x.say("a", who, "Was gibt es am Samstag in Brand?", "1", "Was gibt es?", "2", "/meine", "/redaktion", "1")
	}
	// What is public crosses: the posting of Düren is found in Aachen.
	crossed := false
	for _, h := range x.net.heard {
		if strings.HasPrefix(h.Who, marker) {
			continue
		}
		crossed = crossed || strings.Contains(h.Text+strings.Join(h.Choices, " "), "Aufbau") && strings.Contains(h.Text, "TV Düren")
		if strings.HasPrefix(h.Text, "Super, danke! Du bist dabei") { // whoever comes has to know where
			h.Text, _, _ = strings.Cut(h.Text, "\n")
		}
		if found := x.marks.FindString(h.Text + strings.Join(h.Choices, "\n")); found != "" {
			t.Errorf("%s is told %q:\n%s", h.Who, found, h.Text)
		}
	}
	if !crossed {
		t.Error("nothing public crosses the border either")
	}
	t.Logf("%d words said", n)
}

// editorial is everything editors decide about, at every front, as text.
func (x *border) editorial() string {
	x.t.Helper()
	var all []any
	err := x.store.View(x.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
		if err != nil {
			return err
		}
		for _, p := range ps {
			if p.State == matching.Filled { // by somebody's answer, which anybody may give
				p.State = matching.Open
			}
			all = append(all, []string{p.ID, string(p.State), p.Title, p.Description, p.Organisation, p.Reason})
		}
		for _, front := range []string{"aachen", "dueren"} {
			cs, err := tx.Cases.OpenCases(ctx, front, 99)
			if err != nil {
				return err
			}
			bs, err := tx.Blocks.BlocksOf(ctx, front, 99)
			if err != nil {
				return err
			}
			f, err := tx.Fronts.Front(ctx, front)
			if err != nil {
				return err
			}
			os, err := tx.Organisations.OfFront(ctx, front)
			if err != nil {
				return err
			}
			all = append(all, cs, bs, f, os)
		}
		return nil
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

// TestNoEditorsDeedByOthers: whoever is no editor of a front, the editors of the other one among them, presses what
// editors were shown, over and over, in any order, from here and there, in chats and in groups, with positions nobody
// was shown and handles nobody was given. Nothing editors decide about changes.
func TestNoEditorsDeedByOthers(t *testing.T) {
	x := newBorder(t)
	x.say("a", "carla", "abbrechen", "Wir suchen Donnerstag 16–18 Uhr 2 Leute zum Abbau in Brand", "ja")
	x.say("a", "berta", "/redaktion", "/redaktion gesperrt", "/redaktion", "1", "Ablehnen")
	x.say("b", marker+"redakteurin", "/redaktion", "2", "/redaktion gesperrt", "/redaktion", "1")
	var handles []string
	err := x.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for account, editor := range map[string]string{"a": "berta", "b": marker + "redakteurin"} {
			shown, err := tx.Shown.Latest(ctx, channels.Address{Channel: "test", Account: account, ID: editor}, 100)
			if err != nil {
				return err
			}
			for _, s := range shown {
				for i := range s.Choices {
					handles = append(handles, fmt.Sprintf("%s.%d", s.ID, i))
				}
			}
		}
		return nil
	})
	if err != nil || len(handles) < 20 {
		t.Fatalf("%d handles: %v", len(handles), err)
	}
	slices.Sort(handles)
	before, presses := x.editorial(), 0
	rapid.Check(t, func(r *rapid.T) {
		handle := rapid.OneOf(rapid.SampledFrom(handles),
			rapid.Custom(func(r *rapid.T) string {
				return fmt.Sprintf("%s.%d", rapid.StringMatching(`[a-z2-7]{16}`).Draw(r, "id"), rapid.IntRange(-1, 6).Draw(r, "at"))
			}),
			rapid.Custom(func(r *rapid.T) string {
				return "/moderate verdict down " + rapid.SampledFrom(x.ids).Draw(r, "id")
			})).Draw(r, "handle")
		m := x.message(rapid.SampledFrom([]string{"anna", "carla", "gast", marker + "dora", marker + "vera", "berta", marker + "redakteurin", "neu"}).Draw(r, "who"))
		m.From.Account = rapid.SampledFrom([]string{"a", "b"}).Draw(r, "account")
		if m.From.ID == "berta" && m.From.Account == "a" || m.From.ID == marker+"redakteurin" && m.From.Account == "b" {
			return // these may
		}
		m.Kind, m.Handle = channels.Press, handle
		if rapid.Bool().Draw(r, "in a group") {
			m.Group = "group"
		}
		if err := x.bot.Hear(t.Context(), m); err != nil {
			r.Fatal(err)
		}
		m.ID, m.Kind, m.Handle, m.Text = m.ID+"t", channels.Text, "", rapid.SampledFrom([]string{"Freigeben", "1", "weil ich es will", "ja"}).Draw(r, "says")
		if err := x.bot.Hear(t.Context(), m); err != nil {
			r.Fatal(err)
		}
		presses++
		if now := x.editorial(); now != before {
			i := 0
			for i < min(len(now), len(before)) && now[i] == before[i] {
				i++
			}
			t.Logf("before %.300s\nnow %.300s", before[max(0, i-100):], now[max(0, i-100):])
			r.Fatalf("%s (%s) presses %s, and something changes", m.From.ID, m.From.Account, handle)
		}
	})
	t.Logf("%d handles of editors, %d presses by others", len(handles), presses)
}
