package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb/pgtest"
)

// editorial is every command that only editors, or operators in their place, may give; each with all ids in its fields.
func (x *office) editorial() []conversations.Command {
	var all []conversations.Command
	for _, c := range append(slices.Clone(x.cases), "", "x", x.waiting.ID) {
		all = append(all, flows.LookAtCase{Case: c})
		for _, v := range []flows.Verdict{flows.Fine, flows.Rejected, flows.Down, flows.Ended, flows.Block, flows.Upheld, flows.Reversed, "x"} {
			all = append(all, flows.DecideCase{Case: c, Verdict: v, Reason: "weil"})
		}
	}
	for _, p := range []string{x.waiting.ID, x.waiting.Code, x.other.ID, x.other.Code, "", "x"} {
		all = append(all, flows.LookAtReview{Posting: p}, flows.AskBack{Posting: p, Text: "Wer?"}, flows.Reword{Posting: p, Text: "Kommt!"},
			flows.Judge{Posting: p, Revision: x.waiting.Revision, Approve: true}, flows.Judge{Posting: p, Revision: x.waiting.Revision, Reason: "nein"},
			flows.Merge{Posting: p, Into: x.open.ID}, flows.Merge{Posting: x.waiting.ID, Into: p})
	}
	for _, p := range append(x.people(), "", "x") {
		all = append(all, flows.Unblock{Person: p})
	}
	return append(all, flows.Queue{}, flows.LookAtBlocked{}, flows.LookAtFigures{}, flows.LookAtFigures{Ago: 1},
		flows.BecomeEditor{Code: "0000-0000-0000"}, flows.BecomeEditor{})
}

// anybodys is every other command: what it may do depends on whose things it is about.
func anybodys() []conversations.Command {
	return []conversations.Command{
		flows.WhoAmI{}, flows.Publish{}, flows.SaveSubscription{}, flows.Respond{}, flows.Settle{}, flows.LookAt{}, flows.Wake{}, flows.Halt{},
		flows.DropBelow{}, flows.MyOrganisations{}, flows.LookAtOrganisation{}, flows.Invite{}, flows.Enter{}, flows.AskIn{}, flows.Admit{},
		flows.Promote{}, flows.Dismiss{}, flows.Leave{}, flows.Describe{}, flows.ReplyBack{}, flows.LookAtReportable{}, flows.Report{},
		flows.LookAtDecisions{}, flows.Complain{}, flows.MyThings{}, flows.LookAtMine{}, flows.Withdraw{}, flows.Finish{}, flows.Enlarge{},
		flows.LastPosting{}, flows.TakeUp{}, flows.Export{}, flows.ErasureOf{}, flows.Erase{}, flows.Stay{}, flows.Find{}, flows.CalendarEntry{},
		flows.LookAtMe{}, flows.Adjust{}, flows.Lessen{}, flows.Restore{}, flows.LookAtText{}, flows.Agree{}, flows.LinkBegin{}, flows.LinkAnswer{},
		flows.LookAtAddresses{}, flows.LinkCode{}, flows.Detach{}, flows.Prefer{}, flows.LinkMail{}, flows.Renew{}, flows.Pass{}, flows.BlockThread{},
		flows.ReportThread{}, flows.MyHours{}, flows.ThreadWith{}, flows.SetRelease{}, flows.SayWhoCame{}, flows.ConfirmComing{}, flows.MyThreads{},
		flows.ShareContact{}, flows.SayVisit{}, flows.DatesOf{}, flows.ListWho{}, flows.ToAll{}, flows.HoldAnyway{}, flows.MoveDate{},
		flows.LeaveOut{}, flows.GiveAway{}, flows.StayAway{}, flows.LookAtLoans{}, flows.SetLending{}, flows.LoanEntry{}, flows.LookAtClaims{}, flows.TakeOver{}, flows.Disclaim{},
	}
}

// office is a town whose editors have everything to decide that there is, beside two other fronts.
type office struct {
	*town
	cases   []string
	handles []string // of buttons that editors, former editors and their group were shown
}

const clerksGroup = "redaktionsgruppe"

// outsiders are those who may decide nothing in Aachen, by role, and from where they write.
var outsiders = map[string]channels.Address{
	"a stranger":                      {Channel: "test", Account: "a", ID: "gast"},
	"a volunteer":                     {Channel: "test", Account: "a", ID: "dora"},
	"whoever posted what waits":       {Channel: "test", Account: "a", ID: "vera"},
	"a member of the organisation":    {Channel: "test", Account: "a", ID: "willi"},
	"whoever is reported":             {Channel: "test", Account: "a", ID: "carla"},
	"a former editor":                 {Channel: "test", Account: "a", ID: "fritz"},
	"a former editor, by mail":        {Channel: "email", Account: "m", ID: "frieda@post.example"},
	"an editor of another front":      {Channel: "test", Account: "b", ID: "dieter"},
	"an editor of a suspended front":  {Channel: "test", Account: "c", ID: "sven"},
	"an operator, who is not needed":  {Channel: "test", Account: "a", ID: "olga"},
	"somebody blocked by the editors": {Channel: "test", Account: "a", ID: "uwe"},
}

func newOffice(t *testing.T, dsn string) *office {
	t.Helper()
	x := &office{town: newTownAt(t, dsn)}
	c := x.bot.Config
	stop, code := "", ""
	c.Accounts = []bot.Account{
		{Channel: x.net, Account: "a", Front: "aachen"}, {Channel: x.net, Account: "b", Front: "dueren"}, {Channel: x.net, Account: "c", Front: "juelich"},
		{Channel: mailNet{x.net, &stop, &code}, Account: "m", Front: "aachen", AskAll: true},
	}
	much := bot.Limit{Most: 1 << 40, Within: time.Hour}
	c.Limits.Codes, c.Limits.Guesses, c.Limits.Mails = much, much, much
	for id, name := range map[string]string{"dueren": "Düren", "juelich": "Jülich"} {
		x.change(func(ctx context.Context, tx *storage.Tx) error {
			f := storage.Front{ID: id, Name: name, Zone: "Europe/Berlin", Languages: []string{"de"}, Place: aachen(t)}
			return tx.Fronts.SaveFront(ctx, &f)
		})
	}
	var err error
	if x.bot, err = bot.New(c); err != nil {
		t.Fatal(err)
	}
	x.staff()
	x.waits()
	return x
}

func (x *office) change(f func(context.Context, *storage.Tx) error) {
	x.t.Helper()
	if err := x.store.Update(x.t.Context(), f); err != nil {
		x.t.Fatal(err)
	}
}

// from lets somebody write from an address.
func (x *office) from(a channels.Address, text, group, handle string) {
	x.t.Helper()
	m := x.message(a.ID)
	m.From, m.Text, m.Group, m.Handle = a, text, group, handle
	if handle != "" {
		m.Kind = channels.Press
	}
	if err := x.bot.Hear(x.t.Context(), m); err != nil {
		x.t.Fatalf("%v says %q in %q, presses %q: %v", a, text, group, handle, err)
	}
}

func (x *office) deliver() {
	x.t.Helper()
	for n := 1; n > 0; {
		if err := x.bot.Tick(x.t.Context()); err != nil {
			x.t.Fatal(err)
		}
		n = 0
		for _, account := range []string{"test:a", "test:b", "test:c", "email:m"} {
			sent, _, err := x.bot.Deliver(x.t.Context(), account)
			if err != nil {
				x.t.Fatal(err)
			}
			n += sent
		}
	}
}

// staff appoints editors of all three fronts and an operator; two of them will have been.
func (x *office) staff() {
	x.t.Helper()
	for role, front := range map[string]string{"a former editor": "aachen", "a former editor, by mail": "aachen", "an editor of another front": "dueren", "an editor of a suspended front": "juelich"} {
		code, err := bot.InviteEditor(x.t.Context(), x.store, rand.NewChaCha8([32]byte{byte(len(role)), 1}), x.now, front)
		if err != nil {
			x.t.Fatal(err)
		}
		x.from(outsiders[role], "/redaktion "+code, "", "")
	}
	code, err := bot.InviteOperator(x.t.Context(), x.store, rand.NewChaCha8([32]byte{9}), x.now)
	if err != nil {
		x.t.Fatal(err)
	}
	x.from(outsiders["an operator, who is not needed"], "/redaktion "+code, "", "")
	x.deliver()
	if err := bot.Suspend(x.t.Context(), x.store, "juelich", true, x.now); err != nil {
		x.t.Fatal(err)
	}
}

// waits brings one case of each kind before the editors, and blocks somebody; then two of them are dismissed.
func (x *office) waits() {
	x.t.Helper()
	berta := address("berta")
	x.from(address("dora"), "/melden "+x.other.Code, "", "")
	uwe := storage.Block{Front: "aachen", Person: x.person["uwe"], By: x.person["berta"], Reason: "Betrug", At: x.now}
	x.change(func(ctx context.Context, tx *storage.Tx) error {
		thread := storage.Thread{Answer: x.answer, Posting: x.other.ID, Front: "aachen", Person: x.person["anna"], Author: x.person["carla"], State: storage.ThreadOpen, At: x.now}
		if err := tx.Threads.SaveThread(ctx, &thread); err != nil {
			return err
		}
		before := storage.Case{Front: "aachen", Kind: storage.ReportCase, Subject: "posting:" + x.other.ID, About: x.person["uwe"], State: storage.CaseDecided,
			Verdict: string(flows.Block), Reason: "Betrug", DecidedBy: "gone", Opened: x.now, Decided: x.now}
		if err := tx.Cases.SaveCase(ctx, &before); err != nil {
			return err
		}
		for _, c := range []storage.Case{
			{Kind: storage.ReportCase, Subject: "person:" + x.person["carla"], About: x.person["carla"], Person: x.person["anna"], Why: []string{"spam"}},
			{Kind: storage.ReportCase, Subject: "thread:" + thread.ID, About: x.person["carla"], Person: x.person["anna"], Why: []string{"thread"}},
			{Kind: storage.OrganisationCase, Subject: "organisation:" + x.choir, About: x.person["carla"]},
			{Kind: storage.ComplaintCase, Subject: "case:" + before.ID, Person: x.person["uwe"], Text: "Das war ich nicht."},
		} {
			c.Front, c.State, c.Opened = "aachen", storage.CaseOpen, x.now
			if err := tx.Cases.SaveCase(ctx, &c); err != nil {
				return err
			}
		}
		open, err := tx.Cases.OpenCases(ctx, "aachen", 99)
		for _, c := range open {
			x.cases = append(x.cases, c.ID)
		}
		x.cases = append(x.cases, before.ID)
		return err
	})
	clerks := []channels.Address{berta, outsiders["a former editor"], outsiders["a former editor, by mail"]}
	for _, a := range clerks { // everything is shown to each of them
		x.from(a, "/redaktion", "", "")
		for _, c := range x.cases {
			if _, err := x.bot.Perform(x.t.Context(), a, flows.LookAtCase{Case: c}); err != nil {
				x.t.Fatal(err)
			}
		}
		x.deliver()
		x.pressAll(a)
	}
	x.from(berta, "/redaktion hier", clerksGroup, "")
	x.change(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Blocks.SetBlock(ctx, uwe); err != nil {
			return err
		}
		f, err := tx.Fronts.Front(ctx, "aachen")
		if err != nil {
			return err
		}
		f.Editors = []string{x.person["berta"]}
		return tx.Fronts.SaveFront(ctx, &f)
	})
	x.change(func(ctx context.Context, tx *storage.Tx) error {
		for _, a := range append(clerks, channels.Address{Channel: "test", Account: "a", ID: clerksGroup}) {
			all, err := tx.Shown.Latest(ctx, a, 200)
			if err != nil {
				return err
			}
			for _, s := range all {
				for i := range s.Choices {
					x.handles = append(x.handles, fmt.Sprintf("%s.%d", s.ID, i))
				}
			}
		}
		return nil
	})
}

// pressAll lets somebody look at each thing in their list, so that they were shown the buttons of all of them.
func (x *office) pressAll(a channels.Address) {
	x.t.Helper()
	var look []string
	x.change(func(ctx context.Context, tx *storage.Tx) error {
		all, err := tx.Shown.Latest(ctx, a, 100)
		for _, s := range all {
			for i, c := range s.Choices {
				if strings.HasPrefix(c.Key, "/"+flows.Moderate+" case ") {
					look = append(look, fmt.Sprintf("%s.%d", s.ID, i))
				}
			}
		}
		return err
	})
	for _, h := range look {
		x.from(a, "", "", h)
	}
}

func (x *office) people() []string {
	var all []string
	for _, id := range x.person {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

// decided is everything only editors may change.
func (x *office) decided() string {
	x.t.Helper()
	all := []any{x.facts()}
	x.change(func(ctx context.Context, tx *storage.Tx) error {
		for _, id := range x.cases {
			c, err := tx.Cases.Case(ctx, id)
			if err != nil {
				return err
			}
			all = append(all, c)
		}
		fs, err := tx.Fronts.AllFronts(ctx)
		if err != nil {
			return err
		}
		ops, err := tx.Operators.AllOperators(ctx)
		if err != nil {
			return err
		}
		all = append(all, ops)
		for _, f := range fs {
			if f.ID != "aachen" { // its own editors may choose its group
				f.Group, f.Rev = channels.Address{}, 0
			}
			all = append(all, f)
			bs, err := tx.Blocks.BlocksOf(ctx, f.ID, 99)
			if err != nil {
				return err
			}
			all = append(all, bs)
		}
		return nil
	})
	data, err := json.Marshal(all)
	if err != nil {
		x.t.Fatal(err)
	}
	return string(data)
}

// TestEveryCommandIsEditorialOrAnybodys: a new command has to say which of the two it is.
func TestEveryCommandIsEditorialOrAnybodys(t *testing.T) {
	t.Parallel()
	x := &office{town: &town{}}
	said := map[string]string{}
	for _, c := range x.editorial() {
		said[reflect.TypeOf(c).Name()] = "editorial"
	}
	for _, c := range anybodys() {
		name := reflect.TypeOf(c).Name()
		if said[name] != "" {
			t.Errorf("%s is said to be both", name)
		}
		said[name] = "anybody's"
	}
	for name := range performed(t) {
		if said[name] == "" {
			t.Errorf("is %s for editors alone? Name it in editorial or anybodys.", name)
		}
		delete(said, name)
	}
	for name := range said {
		t.Errorf("%s is no command", name)
	}
}

// TestOnlyEditorsDecide lets everybody who may decide nothing try it in every way there is, thousands of times.
func TestOnlyEditorsDecide(t *testing.T) {
	t.Parallel()
	tries := 6000
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		tries = 60000
	}
	var server pgtest.Server
	t.Cleanup(server.Stop)
	for db, c := range map[string]struct {
		dsn   func(*testing.T) string
		tries int
	}{
		"sqlite":   {func(t *testing.T) string { return filepath.Join(quickDir(t), "office.db") }, tries},
		"postgres": {func(t *testing.T) string { return server.Schema(t) }, tries / 6},
	} {
		t.Run(db, func(t *testing.T) {
			x := newOffice(t, c.dsn(t))
			x.tryAll(c.tries, rand.New(rand.NewPCG(11, 7)))
		})
	}
}

func (x *office) tryAll(tries int, random *rand.Rand) {
	x.t.Helper()
	commands, roles := x.editorial(), sortedRoles()
	if len(x.handles) < 60 || len(commands) < 100 {
		x.t.Fatalf("only %d handles and %d commands", len(x.handles), len(commands))
	}
	before := x.decided()
	if fact, err := x.bot.Try(x.t.Context(), address("berta"), flows.DecideCase{Case: x.report, Verdict: flows.Fine}); err != nil {
		x.t.Fatal(err)
	} else if _, no := fact.(flows.Refused); no {
		x.t.Fatalf("an editor may not: %+v", fact)
	}
	var since []string
	ways := map[string]int{}
	for n := range tries {
		role := roles[random.IntN(len(roles))]
		way, what := x.try(outsiders[role], role, commands, random)
		ways[way]++
		if since = append(since, role+", "+way+": "+what); n%100 == 99 || n == tries-1 {
			if after := x.decided(); after != before {
				i := 0
				for i < len(before) && i < len(after) && before[i] == after[i] {
					i++
				}
				from := max(0, i-200)
				x.t.Fatalf("something was decided by one of\n%s\nbefore …%.400s\nafter  …%.400s", strings.Join(since, "\n"), before[from:], after[from:])
			}
			since = nil
		}
	}
	x.t.Logf("%d tries, %d commands, %d handles: %v", tries, len(commands), len(x.handles), ways)
	if len(ways) < 6 {
		x.t.Errorf("only these ways were tried: %v", ways)
	}
}

func sortedRoles() []string {
	var roles []string
	for role := range outsiders {
		roles = append(roles, role)
	}
	slices.Sort(roles)
	return roles
}

// try is one attempt of somebody to decide something.
func (x *office) try(a channels.Address, role string, commands []conversations.Command, random *rand.Rand) (way, what string) {
	x.t.Helper()
	handle := x.handles[random.IntN(len(x.handles))]
	id, _, _ := strings.Cut(handle, ".")
	switch random.IntN(8) {
	case 0: // what a flow that was tricked would ask for
		cmd := commands[random.IntN(len(commands))]
		fact, err := x.bot.Perform(x.t.Context(), a, cmd)
		if err != nil {
			x.t.Fatalf("%s: %T: %v", role, cmd, err)
		}
		if r, no := fact.(flows.Refused); (!no || r.Why == "") && !mayHave(role, cmd) {
			x.t.Errorf("%s is answered %+v to %#v", role, fact, cmd)
		}
		return "command", fmt.Sprintf("%#v", cmd)
	case 1:
		x.from(a, "", "", handle)
		return "button replayed or forwarded", handle
	case 2:
		x.from(a, "", clerksGroup, handle)
		return "button in the group", handle
	case 3:
		x.from(a, "", "eine andere Gruppe", handle)
		return "button in another group", handle
	case 4:
		if _, _, err := x.bot.AnswerByLink(x.t.Context(), handle); err != nil {
			x.t.Fatal(err)
		}
		return "page of a mail", handle
	case 5:
		guess := []byte(id)
		guess[random.IntN(len(guess))] = "abcdefghijklmnopqrstuvwxyz234567"[random.IntN(32)]
		h := fmt.Sprintf("%s.%d", guess, random.IntN(7)-1)
		if string(guess) == id {
			h = id + ".99"
		}
		x.from(a, "", "", h)
		_, _, err := x.bot.AnswerByLink(x.t.Context(), h)
		if err != nil {
			x.t.Fatal(err)
		}
		return "handle guessed", h
	case 6:
		text := x.typed(random)
		x.from(a, text, "", "")
		return "typed", text
	}
	text := x.typed(random)
	x.from(a, text, clerksGroup, "")
	return "typed in the group", text
}

// typed is a way to ask in words for what editors do, or the words that would follow a button of theirs.
func (x *office) typed(random *rand.Rand) string {
	c := x.cases[random.IntN(len(x.cases))]
	texts := []string{
		"/redaktion", "/redaktion gesperrt", "/redaktion hier", "/redaktion weg", "/redaktion 0000-0000-0000", "/zahlen", "/redaktion case " + c,
		"/moderate case " + c, "/moderate verdict fine " + c, "/moderate verdict block " + c, fmt.Sprintf("/moderate yes %s %d", x.waiting.ID, x.waiting.Revision),
		"/moderate unblock " + x.person["uwe"], "/moderate merge " + x.waiting.ID + " " + x.other.ID, "Das passt nicht zu unseren Regeln", "Freigeben",
		"Person sperren", "Bleibt, wie es ist", "1", "2", "3", "weil es so ist", "abbrechen",
	}
	return texts[random.IntN(len(texts))]
}

// mayHave tells whether somebody is allowed to be answered, at their own front.
func mayHave(role string, cmd conversations.Command) bool {
	switch cmd.(type) {
	case flows.Queue: // operators see what came to them, editors what is theirs
		return strings.HasPrefix(role, "an editor of") || strings.HasPrefix(role, "an operator")
	case flows.LookAtBlocked, flows.LookAtFigures:
		return strings.HasPrefix(role, "an editor of")
	}
	return false
}
