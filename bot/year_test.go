package bot_test

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// TestAYear lets a town live with the exchange: people answer, keep silent, change their minds, stop and delete
// themselves; processes die, networks are away, days are missed. After every step nothing may have been said that should
// not have been, and in the end every answer has come to an end. `make soak` plays a year with several seeds, every other
// run a month.
func TestAYear(t *testing.T) {
	seeds, days := []uint64{1}, 31
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		seeds, days = []uint64{1, 2, 3}, 365
	}
	if s, err := strconv.ParseUint(os.Getenv("EHRENAMT_SEED"), 10, 64); err == nil {
		seeds = []uint64{s}
	}
	for _, seed := range seeds {
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			y := newYear(t, seed, 2000)
			y.live(days, 300*days/365)
			y.over()
		})
	}
}

// year is a town and what happens in it.
type year struct {
	t     *testing.T
	r     *rand.Rand
	seed  uint64
	store storage.Store
	bot   *bot.Bot
	net   *yearNet
	now   time.Time
	n     int
	queue happenings
	story []string

	rules
}

// happening is something somebody does, or that befalls everybody.
type happening struct {
	at  time.Time
	n   int // among those at one time: in the order in which they were thought of
	do  func() error
	who string
}

type happenings []happening

func (q happenings) Len() int { return len(q) }
func (q happenings) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].n < q[j].n
}
func (q happenings) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *happenings) Push(x any)   { *q = append(*q, x.(happening)) }
func (q *happenings) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// yearNet is a network that is sometimes away.
type yearNet struct {
	down bool
	n    int
	sent []sentMessage
}

type sentMessage struct {
	who    string
	r      channels.Reply
	edited bool
}

func (n *yearNet) Name() string { return "test" }

func (n *yearNet) Receive(ctx context.Context, _ string, _ func(context.Context, channels.Message) error) error {
	<-ctx.Done()
	return nil
}

var errAway = errors.New("away")

func (n *yearNet) Send(_ context.Context, _ string, to channels.Address, r channels.Reply) (string, error) {
	if n.down {
		return "", errAway
	}
	n.n++
	n.sent = append(n.sent, sentMessage{who: to.ID, r: r})
	return strconv.Itoa(n.n), nil
}

func (n *yearNet) Edit(_ context.Context, to channels.Address, _ string, r channels.Reply) error {
	if n.down {
		return errAway
	}
	n.sent = append(n.sent, sentMessage{who: to.ID, r: r, edited: true})
	return nil
}

// newYear settles people around Aachen, each with something they would like to do.
func newYear(t *testing.T, seed uint64, people int) *year {
	t.Helper()
	y := &year{t: t, r: rand.New(rand.NewPCG(seed, 11)), seed: seed, net: &yearNet{}, now: monday, rules: newRules()}
	ids := 0
	var err error
	y.store, err = sqldb.Open(t.Context(), sqldb.Config{
		DSN: filepath.Join(quickDir(t), "year.db"), Key: sqldb.KeySource{Value: strings.Repeat("ab", 32)}, Rand: rand.NewChaCha8([32]byte{2, byte(seed)}),
		NewID: func() string { ids++; return fmt.Sprintf("y%07d", ids) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.store.Close() })
	y.start()
	y.must(y.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f := storage.Front{ID: "aachen", Name: "Aachen", Zone: "Europe/Berlin", Languages: []string{"de"}, Place: aachen(t)}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return err
		}
		for i := range people {
			if err := y.settleOne(ctx, tx, i, f.Place); err != nil {
				return err
			}
		}
		return nil
	}))
	return y
}

func (y *year) settleOne(ctx context.Context, tx *storage.Tx, i int, town matching.Place) error {
	who := fmt.Sprintf("p%d", i)
	p := storage.Person{Front: "aachen", Name: strings.ToUpper(who), Lang: "de", Created: y.now, Active: y.now, Place: town}
	p.Place.Point.Lat += y.r.NormFloat64() * 0.03
	p.Place.Point.Lon += y.r.NormFloat64() * 0.05
	if err := tx.People.Create(ctx, &p); err != nil {
		return err
	}
	y.ids[who], y.names[p.ID] = p.ID, who
	if err := tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: y.address(who), Person: p.ID, Front: "aachen", State: storage.AddressOpen, Last: y.now, Created: y.now}); err != nil {
		return err
	}
	s := matching.Subscription{Person: p.ID, Front: "aachen", Place: p.Place, Cadence: matching.AtOnce, Radius: 2 * math.Exp(y.r.Float64()*math.Log(15))}
	s.Place.Point = matching.Snap(s.Place.Point)
	for range 2 + y.r.IntN(5) {
		s.Categories = append(s.Categories, matching.Categories[y.r.IntN(len(matching.Categories))])
	}
	return tx.Subscriptions.SaveSubscription(ctx, &s, y.now)
}

// start begins a new process on what is stored.
func (y *year) start() {
	book, err := parts()
	y.must(err)
	y.n++
	y.bot, err = bot.New(bot.Config{
		Store: y.store, Book: book, Now: func() time.Time { return y.now }, Rand: rand.NewChaCha8([32]byte{1, byte(y.seed), byte(y.n), byte(y.n >> 8)}),
		Log:      slog.New(slog.NewTextHandler(y.t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Accounts: []bot.Account{{Channel: y.net, Account: "a", Front: "aachen"}}, Workers: 1,
	})
	y.must(err)
}

func (y *year) address(who string) channels.Address {
	return channels.Address{Channel: "test", Account: "a", ID: who}
}

func (y *year) must(err error) {
	y.t.Helper()
	if err != nil {
		y.fail("%v", err)
	}
}

// fail prints how it came to that.
func (y *year) fail(format string, args ...any) {
	y.t.Helper()
	y.t.Fatalf("seed %d, %s: %s\nbefore that:\n%s", y.seed, y.now.Format(time.RFC1123), fmt.Sprintf(format, args...), strings.Join(y.story[max(0, len(y.story)-40):], "\n"))
}

func (y *year) note(format string, args ...any) {
	y.story = append(y.story, y.now.In(berlin()).Format("02.01. 15:04 ")+fmt.Sprintf(format, args...))
	if len(y.story) > 4000 {
		y.story = y.story[2000:]
	}
}

// later lets something happen.
func (y *year) later(d time.Duration, who string, do func() error) {
	y.n++
	heap.Push(&y.queue, happening{at: y.now.Add(d), n: y.n, do: do, who: who})
}

// live lets days pass, with so many postings spread over them.
func (y *year) live(days, postings int) {
	for range postings {
		y.later(time.Duration(y.r.Float64()*float64(days)*24)*time.Hour, "", y.publish)
	}
	for d := range days {
		y.later(time.Duration(d)*24*time.Hour+time.Duration(y.r.IntN(24))*time.Hour, "", y.misfortune)
		for range 3 {
			y.later(time.Duration(d*24+8+y.r.IntN(12))*time.Hour, "", y.whim)
		}
	}
	y.until(y.now.AddDate(0, 0, days))
}

// until does everything up to a time, step by step.
func (y *year) until(end time.Time) {
	for y.now.Before(end) {
		next := end
		if len(y.queue) > 0 && y.queue[0].at.Before(next) {
			next = y.queue[0].at
		}
		if due := y.due(); !due.IsZero() && due.Before(next) {
			next = due
		}
		if next.After(y.now) {
			y.now = next
		}
		y.tick()
		for len(y.queue) > 0 && !y.queue[0].at.After(y.now) {
			h := heap.Pop(&y.queue).(happening)
			y.must(h.do())
			y.tick()
		}
	}
}

// due is when the exchange has something to do next.
func (y *year) due() (next time.Time) {
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		timer, err := tx.Timers.NextTimer(ctx)
		if err != nil {
			return err
		}
		send, err := tx.Outbox.NextDue(ctx, "test", "a", y.now)
		if next = timer; next.IsZero() || !send.IsZero() && send.Before(next) {
			next = send
		}
		if !next.After(y.now) && y.net.down {
			next = y.now.Add(time.Minute)
		}
		return err
	}))
	return next
}

// tick does all that is due, and looks at what came of it.
func (y *year) tick() {
	for {
		y.must(y.bot.Tick(y.t.Context()))
		n, _, err := y.bot.Deliver(y.t.Context(), "test:a")
		y.must(err)
		if n == 0 || y.net.down {
			break
		}
	}
	y.look()
}

// misfortune befalls the service on some days: it is started anew, its network is away for hours, or nothing runs for days.
func (y *year) misfortune() error {
	switch n := y.r.IntN(30); {
	case n < 4:
		y.note("the process is started anew")
		y.start()
	case n < 7:
		away := time.Duration(1+y.r.IntN(30)) * time.Hour
		y.note("the network is away for %s", away)
		y.net.down = true
		y.later(away, "", func() error { y.net.down = false; y.note("the network is back"); return nil })
	case n == 7:
		off := time.Duration(1+y.r.IntN(72)) * time.Hour
		y.note("nothing runs for %s", off)
		y.now = y.now.Add(off)
		y.start()
	}
	return nil
}

// over waits until nothing more can come of anything, and asks how every answer ended.
func (y *year) over() {
	y.net.down = false
	y.until(y.now.AddDate(0, 0, 60))
	counts := map[matching.AnswerState]int{}
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Limit: 10000})
		if err != nil {
			return err
		}
		for _, p := range ps {
			answers, err := tx.Answers.OfPosting(ctx, p.ID)
			if err != nil {
				return err
			}
			for _, a := range answers {
				counts[a.State]++
				if a.State.Live() && (p.Dated() || !p.State.Visible()) {
					y.fail("%s: the answer of %s is still %s although the posting is %s", p.Title, y.names[a.Person], a.State, p.State)
				}
			}
		}
		return nil
	}))
	y.t.Logf("%d messages, %d relayed, %d reminders; answers: %v", y.messages, y.relayed, len(y.reminded), counts)
	if y.relayed == 0 || len(y.reminded) == 0 || counts[matching.Attended] == 0 || counts[matching.Cancelled] == 0 || counts[matching.NoShow] == 0 {
		y.fail("too little happened to prove anything")
	}
}

// publish lets somebody ask for help.
func (y *year) publish() error {
	n := len(y.postings)
	author := fmt.Sprintf("p%d", y.r.IntN(60)) // clubs are few
	if y.ids[author] == "" || y.silent[author] {
		return nil
	}
	lead := time.Duration(math.Exp(y.r.NormFloat64())*30*60) * time.Minute
	start := y.now.Add(min(max(lead, time.Hour), 9*24*time.Hour)).Truncate(15 * time.Minute)
	if hour := start.In(berlin()).Hour(); hour < 7 || hour > 20 {
		start = start.Add(12 * time.Hour)
	}
	p := matching.Posting{
		Actor: matching.Club, Kind: matching.Need, Title: fmt.Sprintf("Aufbau %d", n), Category: matching.Categories[y.r.IntN(len(matching.Categories))],
		Place: aachen(y.t), Places: 1 + y.r.IntN(4), AutoAccept: y.r.IntN(3) > 0, Address: fmt.Sprintf("GEHEIM-%d Weg 5", n), Private: fmt.Sprintf("Code GEHEIM-%d", n),
		Dates: []matching.Span{{Start: start, End: start.Add(time.Duration(1+y.r.IntN(5)) * time.Hour)}},
	}
	switch y.r.IntN(10) {
	case 0:
		p.Dates = nil
	case 1:
		next := p.Dates[0]
		next.Start, next.End = next.Start.AddDate(0, 0, 1), next.End.AddDate(0, 0, 1)
		p.Dates = append(p.Dates, next)
	}
	carrier := "Verein " + author
	if y.r.IntN(4) == 0 {
		p.Actor, carrier = matching.Person, ""
	}
	fact, err := y.bot.Perform(y.t.Context(), y.address(author), flows.Publish{Posting: p, Carrier: carrier})
	if err != nil {
		return err
	}
	if pub, ok := fact.(flows.Published); ok {
		y.note("%s publishes %s with %d places, begins %s", author, p.Title, p.Places, start.In(berlin()).Format("02.01. 15:04"))
		y.postings = append(y.postings, pub.Posting.ID)
		y.authors = append(y.authors, author)
		return nil
	}
	y.postings, y.authors = append(y.postings, ""), append(y.authors, author)
	return nil
}
