package bot_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/matching/places"
	"ehrenamt/storage"
)

// ether is a network on which everything is noted that is sent anew; it is called chat or mail.
type ether struct {
	name string
	mu   *sync.Mutex
	told *[]telling
}

// telling is a message that somebody was sent.
type telling struct {
	to   channels.Address
	text string
}

func (e ether) Name() string { return e.name }

func (e ether) Receive(ctx context.Context, _ string, _ func(context.Context, channels.Message) error) error {
	<-ctx.Done()
	return nil
}

func (e ether) Send(_ context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	*e.told = append(*e.told, telling{to, r.Title + "\n" + r.Text})
	return key, nil
}

// chatter can change what was sent.
type chatter struct{ ether }

func (chatter) Edit(context.Context, channels.Address, string, channels.Reply) error { return nil }

// borderland is three fronts next to each other and some people with addresses at all of them.
type borderland struct {
	*world
	random    *rand.Rand
	told      []telling
	addresses []channels.Address
	towns     []matching.Place
	posted    []matching.Posting
	links     int
	before    map[string][]channels.Address // by title: who was told of it
	history   []string
}

var accountsThere = []struct{ channel, account, front, town string }{
	{"test", "a", "aachen", "Aachen"}, {"test", "b", "dueren", "Düren"}, {"test", "c", "juelich", "Jülich"}, {"email", "m", "aachen", "Aachen"},
}

func newBorderland(t *testing.T, seed uint64) *borderland {
	t.Helper()
	x := &borderland{random: rand.New(rand.NewPCG(seed, 1)), before: map[string][]channels.Address{}}
	var mu sync.Mutex
	g, err := places.Default()
	if err != nil {
		t.Fatal(err)
	}
	var accounts []bot.Account
	for _, a := range accountsThere {
		e := ether{a.channel, &mu, &x.told}
		account := bot.Account{Channel: chatter{e}, Account: a.account, Front: a.front}
		if a.channel == "email" {
			account.Channel, account.AskAll = e, true
		}
		accounts = append(accounts, account)
		x.towns = append(x.towns, g.Lookup(a.town)[0])
	}
	x.world = newWorldOn(t, filepath.Join(quickDir(t), "ehrenamt.db"), byte(seed), accounts[0], accounts[1:]...)
	for i, a := range accountsThere[1:3] {
		err := x.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			f := storage.Front{ID: a.front, Name: a.town, Zone: "Europe/Berlin", Languages: []string{"de"}, Place: x.towns[i+1]}
			return tx.Fronts.SaveFront(ctx, &f)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for human := range 5 {
		for _, a := range accountsThere {
			id := fmt.Sprintf("mensch%d", human)
			if a.channel == "email" {
				id += "@post.example"
			}
			x.addresses = append(x.addresses, channels.Address{Channel: a.channel, Account: a.account, ID: id})
		}
	}
	for _, a := range append(slices.Clone(x.addresses), authors()...) {
		x.says(a, "/hilfe")
	}
	return x
}

// authors post at each of the fronts.
func authors() (all []channels.Address) {
	for _, a := range accountsThere[:3] {
		all = append(all, channels.Address{Channel: a.channel, Account: a.account, ID: "verein"})
	}
	return all
}

func (x *borderland) says(a channels.Address, text string) {
	x.t.Helper()
	m := x.message(a.ID)
	m.From, m.Text = a, text
	if err := x.bot.Hear(x.t.Context(), m); err != nil {
		x.t.Fatal(err)
	}
}

func (x *borderland) settle() {
	x.t.Helper()
	for n := 1; n > 0; {
		if err := x.bot.Tick(x.t.Context()); err != nil {
			x.t.Fatal(err)
		}
		n = 0
		for _, a := range accountsThere {
			sent, _, err := x.bot.Deliver(x.t.Context(), a.channel+":"+a.account)
			if err != nil {
				x.t.Fatal(err)
			}
			n += sent
		}
	}
	x.judge()
}

func (x *borderland) ownerOf(a channels.Address) (id string) {
	x.t.Helper()
	x.view(func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.Addresses.Owner(ctx, a)
		id = r.Person
		return err
	})
	return id
}

var taskTold = regexp.MustCompile(`Aufgabe [A-Z]+\b`)

// afterwards tells everybody who was asked how it went, which is no alert.
var afterwards = regexp.MustCompile(`„[^“]*“ hat geklappt`)

// judge looks whether somebody was told of the same a second time, on whichever of their addresses.
func (x *borderland) judge() {
	x.t.Helper()
	for _, m := range x.told {
		if m.to.ID == "verein" {
			continue
		}
		titles := taskTold.FindAllString(afterwards.ReplaceAllString(m.text, ""), -1)
		slices.Sort(titles)
		for _, title := range slices.Compact(titles) {
			for _, a := range x.before[title] {
				if x.ownerOf(a) == x.ownerOf(m.to) {
					x.t.Fatalf("%v was told of %q, and %v before, which is the same person:\n%s\nafter\n%s", m.to, title, a, m.text, strings.Join(x.history, "\n"))
				}
			}
			x.before[title] = append(x.before[title], m.to)
		}
	}
	x.told = nil
}

// happens lets something random happen.
func (x *borderland) happens() {
	x.t.Helper()
	a := x.addresses[x.random.IntN(len(x.addresses))]
	town := x.towns[x.random.IntN(3)]
	switch n := x.random.IntN(12); {
	case n < 4:
		s := matching.Subscription{Place: town, Radius: []float64{5, 20, 50}[x.random.IntN(3)], Slots: matching.AllSlots, PerWeek: 50, PerDay: 20,
			Cadence: []matching.Cadence{matching.AtOnce, matching.AtOnce, matching.Daily}[x.random.IntN(3)]}
		x.note("%v subscribes to %s, %v km, %s", a, town.Name, s.Radius, s.Cadence)
		if _, err := x.bot.Perform(x.t.Context(), a, flows.SaveSubscription{Subscription: s, Consent: "join-1"}); err != nil {
			x.t.Fatal(err)
		}
	case n < 7 && len(x.posted) < 20:
		by := authors()[len(x.posted)%3]
		p := matching.Posting{Actor: matching.Person, Kind: matching.Need, Title: "Aufgabe " + strings.Repeat(string(rune('A'+len(x.posted))), 3), Place: town,
			Category: matching.Categories[0], Places: 1 + x.random.IntN(30), AutoAccept: true, Dates: []matching.Span{{Start: x.now.Add(time.Duration(30+x.random.IntN(200)) * time.Hour)}}}
		fact, err := x.bot.Perform(x.t.Context(), by, flows.Publish{Posting: p})
		if err != nil {
			x.t.Fatal(err)
		}
		x.note("%v posts %s in %s: %T", by, p.Title, town.Name, fact)
		if out, ok := fact.(flows.Published); ok {
			x.posted = append(x.posted, out.Posting)
		} else {
			x.posted = append(x.posted, p)
		}
	case n < 9:
		x.connect(a)
	case n < 10 && len(x.posted) > 0:
		i := x.random.IntN(len(x.posted))
		p := x.posted[i]
		if p.ID == "" {
			return
		}
		p.Place, p.Description = town, fmt.Sprint("jetzt in ", town.Name)
		fact, err := x.bot.Perform(x.t.Context(), authors()[i%3], flows.Publish{Posting: p})
		if err != nil {
			x.t.Fatal(err)
		}
		x.note("%s moves to %s: %T", p.Title, town.Name, fact)
	case n < 11:
		x.note("%v writes start", a)
		x.says(a, "start")
	default:
		x.now = x.now.Add(time.Duration(1+x.random.IntN(20)) * time.Hour)
		x.note("it is %s", x.now.Format("Mon 15:04"))
	}
	x.settle()
}

func (x *borderland) note(format string, args ...any) {
	x.history = append(x.history, fmt.Sprintf(format, args...))
}

// connect lets somebody make two of their addresses one person.
func (x *borderland) connect(a channels.Address) {
	x.t.Helper()
	human, _, _ := strings.Cut(a.ID, "@")
	for _, b := range x.random.Perm(len(x.addresses)) {
		to := x.addresses[b]
		other, _, _ := strings.Cut(to.ID, "@")
		if to == a || other != human || x.ownerOf(to) == x.ownerOf(a) {
			continue
		}
		fact, err := x.bot.Perform(x.t.Context(), a, flows.LinkBegin{})
		if err != nil {
			x.t.Fatal(err)
		}
		begun, ok := fact.(flows.LinkBegun)
		if !ok {
			return // the limit of a day
		}
		if _, err := x.bot.Perform(x.t.Context(), to, flows.LinkCode{Code: begun.Code, Sure: true}); err != nil {
			x.t.Fatal(err)
		}
		x.says(a, "ja")
		if x.ownerOf(a) == x.ownerOf(to) {
			x.links++
		}
		x.note("%v and %v: %v", a, to, x.ownerOf(a) == x.ownerOf(to))
		return
	}
}

// TestNobodyIsToldTwice: whatever fronts and addresses somebody has, however they come together, and whatever becomes of
// a posting, they are told of it once.
func TestNobodyIsToldTwice(t *testing.T) {
	t.Parallel()
	histories := 12
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		histories = 400
	}
	told, links, crossed := 0, 0, 0
	for seed := range histories {
		x := newBorderland(t, uint64(seed))
		for range 60 {
			x.happens()
		}
		x.now = x.now.Add(24 * time.Hour)
		x.settle()
		links += x.links
		for _, to := range x.before {
			told += len(to)
			fronts := map[string]bool{}
			for _, a := range to {
				fronts[a.Account] = true
			}
			if len(fronts) > 1 {
				crossed++
			}
		}
	}
	t.Logf("%d histories: %d alerts, %d postings told at several fronts, %d addresses connected", histories, told, crossed, links)
	if told < 10*histories || links < 2*histories || crossed < histories {
		t.Error("too little happened")
	}
}
