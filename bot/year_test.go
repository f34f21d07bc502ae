package bot_test

import (
	"container/heap"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// TestAYear lets two towns live with the exchange, each with a front, one with an editor: people chat, write mails or do
// both, answer one date, several or a whole series, alone or in parties, with conditions, keep silent, change their minds,
// write to each other, stop and delete themselves; dates are skipped and moved, places are given away elsewhere; processes
// die, networks are away, days are missed. After every step nothing may have been said that should
// not have been, and in the end every answer has come to an end. `make soak` plays a year with several seeds, every other
// run a month.
func TestAYear(t *testing.T) {
	seeds, days, people := []uint64{1}, 31, 1000
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		seeds, days, people = []uint64{1, 2, 3}, 365, 2000
	}
	if s, err := strconv.ParseUint(os.Getenv("EHRENAMT_SEED"), 10, 64); err == nil {
		seeds = []uint64{s}
	}
	for _, seed := range seeds {
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			y := newYear(t, seed, people)
			y.live(days, 300*days/365)
			y.over()
		})
	}
}

// year is a town and what happens in it.
type year struct {
	t      *testing.T
	r      *rand.Rand
	seed   uint64
	store  storage.Store
	bot    *bot.Bot
	chat   *yearNet
	mail   *yearNet
	now    time.Time
	ticked time.Time
	n      int
	queue  happenings
	story  []string

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

func (y *year) must(err error) {
	y.t.Helper()
	if err != nil {
		y.fail("%v", err)
	}
}

// fail prints how it came to that: what is known of those it is about, and what came last.
func (y *year) fail(format string, args ...any) {
	y.t.Helper()
	what := fmt.Sprintf(format, args...)
	first, _, _ := strings.Cut(what, "\n")
	var about []string
	for _, line := range y.story {
		for _, name := range named.FindAllString(first, -1) {
			if slices.Contains(named.FindAllString(line, -1), name) {
				about = append(about, line)
				break
			}
		}
	}
	y.t.Fatalf("seed %d, %s: %s\nabout that:\n%s\nbefore that:\n%s", y.seed, y.now.Format(time.RFC1123), what,
		strings.Join(about[max(0, len(about)-60):], "\n"), strings.Join(y.story[max(0, len(y.story)-20):], "\n"))
}

var named = regexp.MustCompile(`\bp\d+\b|Aufbau \d+`)

func (y *year) note(format string, args ...any) {
	y.story = append(y.story, y.now.In(berlin()).Format("02.01. 15:04 ")+fmt.Sprintf(format, args...))
	if len(y.story) > 40000 {
		y.story = y.story[20000:]
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
		for range 2 {
			y.later(time.Duration(d*24+8+y.r.IntN(12))*time.Hour, "", y.rethink)
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
	timer, sends := y.waiting()
	next = timer
	for i, send := range sends {
		if send.IsZero() || y.netOf(yearAccounts[i].Channel).down && !send.After(y.now) {
			continue // it is tried again when the network is back
		}
		if next.IsZero() || send.Before(next) {
			next = send
		}
	}
	return next
}

// waiting is when the next timer is due, and the next delivery of each account; zero for none.
func (y *year) waiting() (timer time.Time, sends []time.Time) {
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) (err error) {
		if timer, err = tx.Timers.NextTimer(ctx); err != nil {
			return err
		}
		sends = nil
		for _, at := range yearAccounts {
			send, err := tx.Outbox.NextDue(ctx, at.Channel, at.Account, y.now)
			if err != nil {
				return err
			}
			sends = append(sends, send)
		}
		return nil
	}))
	return timer, sends
}

// tick does all that is due, and looks at what came of it.
func (y *year) tick() {
	for again := true; again; {
		again = false
		timer, sends := y.waiting()
		if !timer.IsZero() && !timer.After(y.now) || y.now.Sub(y.ticked) >= time.Hour {
			y.must(y.bot.Tick(y.t.Context()))
			y.ticked = y.now
			_, sends = y.waiting()
		}
		for i, at := range yearAccounts {
			if sends[i].IsZero() || sends[i].After(y.now) {
				continue
			}
			n, _, err := y.bot.Deliver(y.t.Context(), at.Channel+":"+at.Account)
			y.must(err)
			again = again || n > 0 && !y.netOf(at.Channel).down
		}
	}
	y.look()
}

// over waits until nothing more can come of anything, and asks how every answer ended.
func (y *year) over() {
	y.chat.down, y.mail.down = false, false
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
	y.t.Logf("%d messages, %d of them by mail, %d relayed, %d reminders; answers: %v; deeds: %v", y.messages, y.mailed, y.relayed, len(y.reminded), counts, y.deeds)
	happened := map[string]int{
		"relayed": y.relayed, "by mail": y.mailed, "reminded": len(y.reminded), "attended": counts[matching.Attended], "cancelled": counts[matching.Cancelled],
	}
	if y.now.Sub(monday) > 300*24*time.Hour { // in a month not everything has to happen
		maps.Copy(happened, map[string]int{
			"no-show": counts[matching.NoShow], "lapsed": counts[matching.Lapsed], "skipped": y.deeds["skip"], "moved": y.deeds["move"],
			"elsewhere": y.deeds["elsewhere"], "approved": y.deeds["Freigeben"], "several dates": y.deeds["several"], "stopped": y.deeds["stop"],
			"deleted": y.deeds["delete"], "in the other front": y.deeds["stolberg"],
		})
	}
	for what, n := range happened {
		if n == 0 {
			y.fail("too little happened to prove anything: nobody was %s", what)
		}
	}
}
