package bot_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"ehrenamt/bot"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
	"ehrenamt/storage/sqldb/pgtest"
)

// rush is a race for last places, as a process runs its part of it.
type rush struct {
	DSN      string
	People   []int    // of this process
	Postings []string // one place each
	Start    time.Time
}

// step is one thing somebody did about a posting, and what became of it.
type step struct {
	Posting   int
	Person    int
	Yes       bool
	State     matching.AnswerState
	Rank      int
	Call, End int64
}

const rushKey = "5566778899aabbccddeeff00112233445566778899aabbccddeeff0011223344"

// runRush lets each of the people answer every posting, all at once. Every fifth takes it back and comes again.
func runRush(ctx context.Context, r rush, now time.Time) ([]step, error) {
	s, err := sqldb.Open(ctx, sqldb.Config{DSN: r.DSN, Key: sqldb.KeySource{Value: rushKey}})
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	book, err := parts()
	if err != nil {
		return nil, err
	}
	b, err := bot.New(bot.Config{
		Store: s, Book: book, Now: func() time.Time { return now }, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Accounts: []bot.Account{{Channel: &network{}, Account: "a", Front: "aachen"}},
	})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var all []step
	var failed error
	var busy sync.WaitGroup
	<-time.After(time.Until(r.Start)) // several processes begin together
	for _, who := range r.People {
		busy.Go(func() {
			for i, id := range r.Postings {
				says := []bool{true}
				if who%5 == i%5 {
					says = []bool{true, false, true}
				}
				for _, yes := range says {
					st := step{Posting: i, Person: who, Yes: yes, Call: time.Now().UnixNano()}
					fact, err := b.Perform(ctx, address(fmt.Sprint("r", who)), flows.Respond{Posting: id, Yes: yes})
					st.End = time.Now().UnixNano()
					given, ok := fact.(flows.Responded)
					mu.Lock()
					if ok {
						st.State, st.Rank = given.Given[0].Answer.State, given.Given[0].Ahead
						all = append(all, st)
					} else if failed == nil {
						failed = fmt.Errorf("person %d, posting %d: %v %+v", who, i, err, fact)
					}
					mu.Unlock()
				}
			}
		})
	}
	busy.Wait()
	return all, failed
}

// prepareRush makes people and postings with one place each.
func prepareRush(t *testing.T, dsn string, people, postings int, now time.Time) []string {
	t.Helper()
	s, err := sqldb.Open(t.Context(), sqldb.Config{DSN: dsn, Key: sqldb.KeySource{Value: rushKey}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var ids []string
	err = s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f := storage.Front{ID: "aachen", Name: "Aachen", Zone: "Europe/Berlin", Languages: []string{"de"}, Place: aachen(t)}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return err
		}
		for i := range people + 1 {
			p := storage.Person{Front: "aachen", Name: fmt.Sprint("R", i), Lang: "de", Created: now, Active: now}
			if err := tx.People.Create(ctx, &p); err != nil {
				return err
			}
			r := storage.AddressRecord{Address: address(fmt.Sprint("r", i)), Person: p.ID, Front: "aachen", State: storage.AddressOpen, Last: now, Created: now}
			if err := tx.Addresses.SaveAddress(ctx, r); err != nil {
				return err
			}
			if i < people {
				continue
			}
			for range postings { // the last one posts
				start := now.Add(72 * time.Hour)
				x := matching.Posting{
					Front: "aachen", Author: p.ID, Kind: matching.Need, State: matching.Open, Title: "Aufbau", Category: matching.Sport, Place: aachen(t),
					Dates: []matching.Span{{Start: start, End: start.Add(time.Hour)}}, Places: 1, AutoAccept: true, Created: now, Published: now,
				}
				if err := tx.Postings.SavePosting(ctx, &x, now); err != nil {
					return err
				}
				ids = append(ids, x.ID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// lastPlace is what one posting with one place must look like if everything happened one after the other: who has the
// place, or has it held, and who waits in which order.
type lastPlace struct {
	has  int // -1: nobody
	held bool
	wait string // persons as bytes
}

func (l lastPlace) pass() lastPlace {
	l.has, l.held = -1, false
	if l.wait != "" {
		l.has, l.held, l.wait = int(l.wait[0]), true, l.wait[1:]
	}
	return l
}

var lastPlaceModel = porcupine.Model{
	Init: func() any { return lastPlace{has: -1} },
	Step: func(state, input, output any) (bool, any) {
		l, in, out := state.(lastPlace), input.(step), output.(step)
		at := strings.IndexByte(l.wait, byte(in.Person))
		switch {
		case in.Yes && l.has == in.Person:
			l.held = false
			return out.State == matching.Accepted, l
		case in.Yes && at >= 0:
			return out.State == matching.Waiting && out.Rank == at, l
		case in.Yes && l.has < 0:
			l.has = in.Person
			return out.State == matching.Accepted, l
		case in.Yes:
			l.wait += string([]byte{byte(in.Person)})
			return out.State == matching.Waiting && out.Rank == len(l.wait)-1, l
		case l.has == in.Person:
			return out.State == matching.Cancelled, l.pass()
		case at >= 0:
			l.wait = l.wait[:at] + l.wait[at+1:]
			return out.State == matching.Cancelled, l
		}
		return false, l
	},
	Equal: func(a, b any) bool { return a == b },
}

// checkRush holds a history against the model, posting by posting, and what is stored against both.
func checkRush(t *testing.T, dsn string, ids []string, steps []step) {
	t.Helper()
	byPosting := make([][]porcupine.Operation, len(ids))
	for _, st := range steps {
		byPosting[st.Posting] = append(byPosting[st.Posting], porcupine.Operation{ClientId: st.Person, Input: st, Output: st, Call: st.Call, Return: st.End})
	}
	for i, ops := range byPosting {
		if got := porcupine.CheckOperationsTimeout(lastPlaceModel, ops, time.Minute); got != porcupine.Ok {
			slices.SortFunc(ops, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
			t.Fatalf("posting %d did not go as if one came after the other (%s): %+v", i, got, ops)
		}
	}
	s, err := sqldb.Open(t.Context(), sqldb.Config{DSN: dsn, Key: sqldb.KeySource{Value: rushKey}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	err = s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, id := range ids {
			as, err := tx.Answers.OfPosting(ctx, id)
			if err != nil {
				return err
			}
			taken := 0
			for _, a := range as {
				if a.State.Takes() {
					taken += a.Seats()
				}
			}
			if taken != 1 {
				t.Errorf("posting %s: %d people have the one place", id, taken)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestLastPlaceIsNeverSoldTwice lets fifty people tap at once for each last place, on SQLite in one process and on
// PostgreSQL in two. The whole of it is 200 places; without EHRENAMT_SOAK a few.
func TestLastPlaceIsNeverSoldTwice(t *testing.T) {
	const people = 50
	places := 4
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		places = 200
	}
	now := time.Now().Truncate(time.Second)
	everybody := make([]int, people)
	for i := range everybody {
		everybody[i] = i
	}
	t.Run("sqlite", func(t *testing.T) {
		dsn := filepath.Join(quickDir(t), "race.db")
		ids := prepareRush(t, dsn, people, places, now)
		began := time.Now()
		steps, err := runRush(t.Context(), rush{DSN: dsn, People: everybody, Postings: ids, Start: began}, now)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d answers in %v", len(steps), time.Since(began))
		checkRush(t, dsn, ids, steps)
	})
	t.Run("postgres, two processes", func(t *testing.T) {
		var server pgtest.Server
		t.Cleanup(server.Stop)
		dsn := server.Schema(t)
		ids := prepareRush(t, dsn, people, places, now)
		began := time.Now()
		var mu sync.Mutex
		var steps []step
		var both sync.WaitGroup
		for half := range 2 {
			both.Go(func() {
				part := rush{DSN: dsn, People: everybody[half*people/2 : (half+1)*people/2], Postings: ids, Start: began.Add(3 * time.Second)}
				got, err := otherProcess(t, part, now)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				steps = append(steps, got...)
			})
		}
		both.Wait()
		t.Logf("%d answers in %v", len(steps), time.Since(began))
		if !t.Failed() {
			checkRush(t, dsn, ids, steps)
		}
	})
}

// otherProcess runs a part of the race in a process of its own: this test again.
func otherProcess(t *testing.T, r rush, now time.Time) ([]step, error) {
	spec, err := json.Marshal(struct {
		Rush rush
		Now  time.Time
	}{r, now})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRushOfAnotherProcess$", "-test.count=1")
	cmd.Env = append(os.Environ(), "EHRENAMT_RUSH="+string(spec))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("other process: %w\n%s%s", err, out.String(), errs.String())
	}
	for line := range strings.Lines(out.String()) {
		if data, ok := strings.CutPrefix(line, "steps "); ok {
			var steps []step
			return steps, json.Unmarshal([]byte(data), &steps)
		}
	}
	return nil, fmt.Errorf("other process said nothing: %s", out.String())
}

// TestRushOfAnotherProcess is what TestLastPlaceIsNeverSoldTwice runs in other processes; by itself it does nothing.
func TestRushOfAnotherProcess(t *testing.T) {
	spec := os.Getenv("EHRENAMT_RUSH")
	if spec == "" {
		return
	}
	var in struct {
		Rush rush
		Now  time.Time
	}
	if err := json.Unmarshal([]byte(spec), &in); err != nil {
		t.Fatal(err)
	}
	steps, err := runRush(t.Context(), in.Rush, in.Now)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(steps)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("steps %s\n", data)
}
