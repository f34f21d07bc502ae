package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/matching/places"
	"ehrenamt/storage"
)

// townBench is what the flags of bench town say.
type townBench struct {
	fronts, people, postings, turns, at int
	seed                                uint64

	rooms  rooms
	store  storage.Store
	places []matching.Place
	codes  []string
	random *rand.Rand
}

func newBenchTownCmd() *cobra.Command {
	var b townBench
	cmd := &cobra.Command{
		Use:   "town",
		Short: "Measure turns and memory of one process with many fronts and their people, on SQLite with durable commits",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.fronts < 1 || b.people < b.fronts || b.postings < 1 || b.turns < 1 || b.at < 1 {
				return &exitError{exitUsage, errors.New("there have to be fronts, people in each, postings and turns")}
			}
			return b.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.IntVar(&b.fronts, "fronts", 20, "`number` of fronts")
	f.IntVar(&b.people, "people", 200_000, "`number` of persons, each with an address and a subscription")
	f.IntVar(&b.postings, "postings", 20_000, "`number` of open postings")
	f.IntVar(&b.turns, "turns", 4000, "`number` of messages that are heard and measured")
	f.IntVar(&b.at, "at-once", 2, "`number` of messages heard at the same time")
	f.Uint64Var(&b.seed, "seed", 1, "`seed` of the towns")
	return cmd
}

// deaf is a network on which nobody writes; what is sent on it is counted.
type deaf struct{ sent atomic.Int64 }

func (*deaf) Name() string { return "bench" }

func (*deaf) Receive(ctx context.Context, _ string, _ func(context.Context, channels.Message) error) error {
	<-ctx.Done()
	return nil
}

func (d *deaf) Send(context.Context, string, channels.Address, channels.Reply) (string, error) {
	return strconv.FormatInt(d.sent.Add(1), 10), nil
}

func (b *townBench) run(ctx context.Context, out, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "ehrenamt-town-")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if b.rooms, err = openRooms(); err != nil {
		return err
	}
	s, err := openStore(ctx, config{Database: location(filepath.Join(dir, "town.db"))})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	b.store, b.random = s, rand.New(rand.NewPCG(b.seed, 2))
	fmt.Fprintf(stderr, "filling %d fronts with %d people and %d postings …\n", b.fronts, b.people, b.postings)
	began := time.Now()
	if err := b.fill(ctx); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	fmt.Fprintf(stderr, "filled in %s; hearing %d messages …\n", time.Since(began).Round(time.Second), b.turns)
	return b.measure(ctx, out)
}

func frontName(i int) string { return "front-" + strconv.Itoa(i) }

// fill writes fronts, people and postings, in transactions of a thousand.
func (b *townBench) fill(ctx context.Context) error {
	towns := b.rooms.gazetteer.Towns()
	slices.SortStableFunc(towns, func(x, y places.Town) int { return y.Class - x.Class })
	for i := range b.fronts {
		p := frontPlace(b.rooms.gazetteer, towns[i%len(towns)].Name)
		if p.Point.IsZero() {
			p = frontPlace(b.rooms.gazetteer, "Aachen")
		}
		b.places = append(b.places, p)
	}
	now := time.Now()
	err := b.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for i, p := range b.places {
			f := storage.Front{ID: frontName(i), Name: p.Name, Zone: "Europe/Berlin", Languages: []string{"de"}, Register: "du", Place: p,
				Accounts: []string{"bench:" + frontName(i)}}
			if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.inBatches(ctx, b.people, func(ctx context.Context, tx *storage.Tx, i int) error { return b.person(ctx, tx, i, now) }); err != nil {
		return err
	}
	return b.inBatches(ctx, b.postings, func(ctx context.Context, tx *storage.Tx, i int) error { return b.posting(ctx, tx, i, now) })
}

func (b *townBench) inBatches(ctx context.Context, n int, do func(context.Context, *storage.Tx, int) error) error {
	const batch = 1000
	for from := 0; from < n; from += batch {
		err := b.store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			for i := from; i < min(n, from+batch); i++ {
				if err := do(ctx, tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// near is a point some kilometres from the centre of a front.
func (b *townBench) near(front int) matching.Point {
	p := b.places[front].Point
	p.Lat += b.random.NormFloat64() * 0.03
	p.Lon += b.random.NormFloat64() * 0.05
	return p
}

func (b *townBench) person(ctx context.Context, tx *storage.Tx, i int, now time.Time) error {
	front := i % b.fronts
	p := storage.Person{Front: frontName(front), Name: "Anna", Created: now, Active: now}
	if err := tx.People.Create(ctx, &p); err != nil {
		return err
	}
	a := storage.AddressRecord{Person: p.ID, Front: p.Front, State: storage.AddressOpen, Last: now, Created: now,
		Address: channels.Address{Channel: "bench", Account: p.Front, ID: "p" + strconv.Itoa(i)}}
	if err := tx.Addresses.SaveAddress(ctx, a); err != nil {
		return err
	}
	s := matching.Subscription{
		Person: p.ID, Front: p.Front, Place: matching.Place{Name: b.places[front].Name, Point: matching.Snap(b.near(front))}, Radius: 3 + 12*b.random.Float64(),
		Kinds: []matching.Kind{matching.Need}, Cadence: matching.AtOnce, Slots: matching.Slots(b.random.Uint32N(1 << 28)),
		Categories: []matching.Category{matching.Categories[b.random.IntN(24)], matching.Categories[b.random.IntN(24)]},
	}
	return tx.Subscriptions.SaveSubscription(ctx, &s, now)
}

func (b *townBench) posting(ctx context.Context, tx *storage.Tx, i int, now time.Time) error {
	front := i % b.fronts
	start := now.Truncate(time.Hour).Add(time.Duration(2+b.random.IntN(24*30)) * time.Hour)
	p := matching.Posting{
		Front: frontName(front), Carrier: "Verein " + strconv.Itoa(i), Actor: matching.Club, Kind: matching.Need, State: matching.Open, Title: "Aufbau beim Fest " + strconv.Itoa(i),
		Description: strings.Repeat("Zelte aufbauen, Tische tragen, Kabel verlegen. ", 4), Category: matching.Categories[b.random.IntN(24)],
		Place: matching.Place{Name: b.places[front].Name, Point: b.near(front)}, Dates: []matching.Span{{Start: start, End: start.Add(3 * time.Hour)}},
		Places: 1 + b.random.IntN(6), AutoAccept: true, Created: now, Published: now,
	}
	if err := tx.Postings.SavePosting(ctx, &p, now); err != nil {
		return err
	}
	if len(b.codes) < 2000 {
		b.codes = append(b.codes, p.Code)
	}
	return nil
}

// sentence is one thing people say, and how often among a hundred.
type sentence struct {
	what  string
	often int
	says  func(b *townBench, n int) string
}

func fixed(s string) func(*townBench, int) string { return func(*townBench, int) string { return s } }

func sentences() []sentence {
	return []sentence{
		{"greet", 10, fixed("hallo")},
		{"search", 25, fixed("Was gibt es am Wochenende?")},
		{"look", 20, func(b *townBench, n int) string { return "/zeig " + b.codes[n*7919%len(b.codes)] }},
		{"answer", 12, fixed("Ich komme")},
		{"mine", 8, fixed("/meine")},
		{"settings", 10, fixed("Umkreis 5 km")},
		{"join", 10, fixed("ich möchte helfen")},
		{"post", 5, func(_ *townBench, n int) string {
			return "Ich suche Samstag 14–18 Uhr 2 Leute zum Umzug Nummer " + strconv.Itoa(n)
		}},
	}
}

// measure lets people write, while the process sends and does what is due beside it, and prints how long a turn takes.
func (b *townBench) measure(ctx context.Context, out io.Writer) error {
	var accounts []bot.Account
	for i := range b.fronts {
		accounts = append(accounts, bot.Account{Channel: &deaf{}, Account: frontName(i), Front: frontName(i)})
	}
	x, err := newBot(b.store, b.rooms, accounts, nil, "bench", "", slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	for !x.Receiving() {
		if !sleepy(ctx) {
			return ctx.Err()
		}
	}
	var script []sentence
	for _, s := range sentences() {
		for range s.often {
			script = append(script, s)
		}
	}
	took := map[string][]time.Duration{}
	var mu sync.Mutex
	var next atomic.Int64
	var failed error
	var wg sync.WaitGroup
	for range b.at {
		wg.Go(func() {
			for n := int(next.Add(1)); n <= b.turns && ctx.Err() == nil; n = int(next.Add(1)) {
				s := script[n*37%len(script)]
				who := n * 104729 % b.people
				if s.what == "answer" {
					who = (n - 1) * 104729 % b.people
				}
				front := frontName(who % b.fronts)
				m := channels.Message{
					ID: "m" + strconv.Itoa(n), Kind: channels.Text, Trust: channels.Authenticated, Name: "Anna", Text: s.says(b, n), Sent: time.Now(),
					From: channels.Address{Channel: "bench", Account: front, ID: "p" + strconv.Itoa(who)},
				}
				began := time.Now()
				err := x.Hear(ctx, m)
				d := time.Since(began)
				mu.Lock()
				took[s.what] = append(took[s.what], d)
				took["all"] = append(took["all"], d)
				if err != nil && failed == nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	memory := residentMB()
	stop()
	if err := errors.Join(failed, <-done); err != nil {
		return err
	}
	return b.print(out, took, memory)
}

func (b *townBench) print(out io.Writer, took map[string][]time.Duration, memory int) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "turn\tn\tp50 ms\tp99 ms\tmax ms\t")
	for _, what := range sortedKeys(took) {
		ds := took[what]
		slices.Sort(ds)
		at := func(q float64) float64 { return float64(ds[int(q*float64(len(ds)-1))].Microseconds()) / 1000 }
		_, _ = fmt.Fprintf(table, "%s\t%d\t%.1f\t%.1f\t%.1f\t\n", what, len(ds), at(0.5), at(0.99), at(1))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	_, err := fmt.Fprintf(out, "memory: %d MB resident, %d MB of it Go's heap; %d CPUs\n", memory, heap.HeapInuse>>20, runtime.GOMAXPROCS(0))
	return err
}

// sleepy waits a moment; false once ctx has ended.
func sleepy(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(20 * time.Millisecond):
		return true
	}
}

// resident is the memory of this process in MB, 0 where the system does not tell.
func residentMB() int {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(v), " kB"))
			return kb >> 10
		}
	}
	return 0
}
