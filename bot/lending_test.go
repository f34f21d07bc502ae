package bot_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
	"ehrenamt/storage/sqldb/pgtest"
)

// shop is a store with people in it, and a posting that lends something, looked at by several processes.
type shop struct {
	bots  []*bot.Bot
	store *sqldb.Store
	id    string
	now   time.Time
}

func newShop(t *testing.T, dsn string, people, pieces, processes int) *shop {
	t.Helper()
	x := &shop{now: time.Date(2026, 11, 23, 10, 0, 0, 0, berlin())}
	x.id = prepareRush(t, dsn, people, 1, x.now)[0]
	for range processes {
		s, err := sqldb.Open(t.Context(), sqldb.Config{DSN: dsn, Key: sqldb.KeySource{Value: rushKey}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		book, err := parts()
		if err != nil {
			t.Fatal(err)
		}
		b, err := bot.New(bot.Config{
			Store: s, Book: book, Now: func() time.Time { return x.now }, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
			Accounts: []bot.Account{{Channel: &network{}, Account: "a", Front: "aachen"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		x.bots, x.store = append(x.bots, b), s
	}
	err := x.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		p, err := tx.Postings.Posting(ctx, x.id)
		if err != nil {
			return err
		}
		p.Kind, p.Category, p.Dates, p.Places, p.AutoAccept = matching.Offer, matching.ResourcesLending, nil, pieces, true
		p.Title, p.Things, p.Lending, p.Address = "Bierbänke", []string{"Bierbänke"}, &matching.Lending{}, "Hüttenstraße 7"
		return tx.Postings.SavePosting(ctx, &p, x.now)
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// hours is a time on a day of December, by the clock.
func hours(day, from, to int) matching.Span {
	return matching.Span{Start: time.Date(2026, 12, day, from, 0, 0, 0, berlin()), End: time.Date(2026, 12, day, to, 0, 0, 0, berlin())}
}

// TestTheSameHourIsLentOnce lets everybody want overlapping hours at once, of one van and of some benches: at no moment
// more is given away than there is, the van to exactly one, and everybody else is told at once.
func TestTheSameHourIsLentOnce(t *testing.T) {
	const people = 24
	play := func(t *testing.T, dsn string, pieces, processes int) {
		x := newShop(t, dsn, people, pieces, processes)
		facts := make([]conversations.Fact, people)
		var busy sync.WaitGroup
		for who := range people {
			busy.Go(func() {
				wish := flows.Respond{Posting: x.id, Yes: true, Wanted: hours(12, 9+who%3, 14+who%3), Party: 1 + who%min(2, pieces)}
				fact, err := x.bots[who%processes].Perform(t.Context(), address(fmt.Sprint("r", who)), wish)
				if err != nil {
					t.Error(err)
				}
				facts[who] = fact
			})
		}
		busy.Wait()
		given, told := 0, 0
		for who, fact := range facts {
			switch f := fact.(type) {
			case flows.Responded:
				if f.Given[0].Answer.State != matching.Accepted || f.Posting.Address == "" {
					t.Errorf("%d: %+v", who, f.Given[0])
				}
				given += f.Given[0].Answer.Seats()
			case flows.NotFree:
				if f.Posting.Address != "" || len(f.Nearest) == 0 {
					t.Errorf("%d is told %+v", who, f)
				}
				told++
			default:
				t.Errorf("%d: %+v", who, fact)
			}
		}
		x.neverTooMuch(t, pieces)
		// every wish holds 11 to 14 o'clock: what was given is all there is, or one less where only pairs were left over
		if given > pieces || given < pieces-1 || pieces == 1 && (given != 1 || told != people-1) {
			t.Errorf("%d pieces given of %d, %d told", given, pieces, told)
		}
	}
	for _, pieces := range []int{1, 5} {
		t.Run(fmt.Sprint("sqlite, pieces ", pieces), func(t *testing.T) {
			play(t, filepath.Join(quickDir(t), "lend.db"), pieces, 2)
		})
		t.Run(fmt.Sprint("postgres, pieces ", pieces), func(t *testing.T) {
			var server pgtest.Server
			t.Cleanup(server.Stop)
			play(t, server.Schema(t), pieces, 2)
		})
	}
}

// neverTooMuch counts hour by hour.
func (x *shop) neverTooMuch(t *testing.T, pieces int) {
	t.Helper()
	var all []matching.Answer
	err := x.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) (err error) {
		all, err = tx.Answers.OfPosting(ctx, x.id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for hour := range 24 {
		at, n := hours(12, hour, hour+1), 0
		for _, a := range all {
			if d, ok := matching.WantedSpan(a.Date); ok && a.State.Takes() && matching.Overlap(d, at) {
				n += a.Seats()
			}
		}
		if n > pieces {
			t.Errorf("%d o'clock: %d of %d", hour, n, pieces)
		}
	}
}

// TestWhoMaySeeAndSetACalendar: names, blocked times and files are for those who lend, a file of one's own time for
// whoever has it, and the address for nobody before it is agreed.
func TestWhoMaySeeAndSetACalendar(t *testing.T) {
	x := newShop(t, filepath.Join(quickDir(t), "lend.db"), 3, 1, 1)
	do := func(who int, cmd conversations.Command) conversations.Fact {
		t.Helper()
		fact, err := x.bots[0].Perform(t.Context(), address(fmt.Sprint("r", who)), cmd)
		if err != nil {
			t.Fatal(err)
		}
		return fact
	}
	off := false
	const lender = 3 // who posts in a rush
	if f, ok := do(lender, flows.SetLending{Posting: x.id, Auto: &off}).(flows.LendingSet); !ok || f.Posting.AutoAccept {
		t.Fatalf("%+v", f)
	}
	asked, ok := do(0, flows.Respond{Posting: x.id, Yes: true, Wanted: hours(12, 9, 12)}).(flows.Responded)
	if !ok || asked.Given[0].Answer.State != matching.Interested || asked.Posting.Address != "" {
		t.Fatalf("%+v", asked)
	}
	answer := asked.Given[0].Answer.ID
	refused := func(what string, fact conversations.Fact) {
		t.Helper()
		if _, ok := fact.(flows.Refused); !ok {
			t.Errorf("%s: %+v", what, fact)
		}
	}
	refused("a file before it is agreed", do(0, flows.LoanEntry{Answer: answer}))
	refused("somebody else's calendar", do(1, flows.LookAtLoans{Posting: x.id}))
	refused("blocking what is not mine", do(1, flows.SetLending{Posting: x.id, Block: hours(12, 9, 12)}))
	refused("agreeing for others", do(1, flows.Settle{Answer: answer, Accept: true}))
	refused("borrowing one's own", do(lender, flows.Respond{Posting: x.id, Yes: true, Wanted: hours(13, 9, 12)}))
	if f, ok := do(lender, flows.Settle{Answer: answer, Accept: true}).(flows.Settled); !ok || f.Answer.State != matching.Accepted {
		t.Fatalf("%+v", f)
	}
	refused("a file of somebody else's time", do(1, flows.LoanEntry{Answer: answer}))
	refused("a file of all times", do(1, flows.LoanEntry{Posting: x.id}))
	for who, want := range map[int]string{0: "Hüttenstraße 7", lender: "Bierbänke: R0"} {
		f, ok := do(who, flows.LoanEntry{Posting: x.id, Answer: answer}).(flows.LoanFile)
		if !ok || !strings.Contains(strings.ReplaceAll(string(f.File.Data), "\r\n ", ""), want) || strings.Count(string(f.File.Data), "BEGIN:VEVENT") != 1 {
			t.Errorf("%d: %s", who, f.File.Data)
		}
	}
	seen, ok := do(lender, flows.LookAtLoans{}).(flows.Loans)
	if !ok || len(seen.Loans) != 1 || seen.Loans[0].Name != "R0" {
		t.Errorf("%+v", seen)
	}
	blocked, ok := do(lender, flows.SetLending{Posting: x.id, Block: hours(12, 8, 20)}).(flows.LendingSet)
	if !ok || len(blocked.Clash) != 1 {
		t.Errorf("what is agreed within a blocked time is named: %+v", blocked)
	}
	if f, ok := do(1, flows.Respond{Posting: x.id, Yes: true, Wanted: hours(12, 14, 15)}).(flows.NotFree); !ok || f.Closed != matching.Blocked {
		t.Errorf("%+v", f)
	}
	refused("a time that is over", do(1, flows.Respond{Posting: x.id, Yes: true, Wanted: matching.Span{Start: x.now.Add(-5 * time.Hour), End: x.now.Add(-time.Hour)}}))
	if _, ok := do(1, flows.Respond{Posting: x.id, Yes: true, Dates: []int{0, 7, matching.EveryDate}}).(flows.WhenWanted); !ok {
		t.Error("keys that name no time are asked for")
	}
}
