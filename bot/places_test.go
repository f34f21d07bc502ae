package bot_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// circle is a few people, somebody who posts, and one posting, about which anything may happen in any order.
type circle struct {
	*world
	t       *rapid.T
	id      string
	poster  string
	before  map[string]matching.AnswerState
	history []string
}

const circleSize = 6

func person(i int) string { return fmt.Sprint("person", i) }

// TestPlacesStayRightWhateverHappens draws postings and what is done about them. After every step no place is both
// free and taken, nobody waits for a place that is free, every answer went on as the rules allow, and the posting says
// that it is filled exactly while it is. Every run draws the same few histories; with EHRENAMT_SOAK=1, or with
// -rapid.seed or -rapid.checks, it draws others.
func TestPlacesStayRightWhateverHappens(t *testing.T) {
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case os.Getenv("EHRENAMT_SOAK") == "1":
		placesStayRight(t, 200)
	case given["rapid.seed"], given["rapid.checks"]:
		placesStayRight(t, 25)
	default:
		defer func() {
			_ = flag.Set("rapid.seed", "0")
			_ = flag.Set("rapid.checks", "100")
		}()
		for seed := range 6 {
			if err := errors.Join(flag.Set("rapid.seed", fmt.Sprint(seed+1)), flag.Set("rapid.checks", "40")); err != nil {
				t.Fatal(err)
			}
			t.Run(fmt.Sprint("seed ", seed+1), func(t *testing.T) { placesStayRight(t, 25) })
		}
	}
}

func placesStayRight(t *testing.T, steps int) {
	w := newWorld(t, false)
	for i := range circleSize {
		w.settleIn(person(i))
	}
	posters := 0
	rapid.Check(t, func(rt *rapid.T) {
		w.now = monday
		c := &circle{world: w, t: rt, before: map[string]matching.AnswerState{}}
		posters++ // nobody may post that much
		c.poster = fmt.Sprint("poster", posters)
		w.settleIn(c.poster)
		c.post()
		for range rapid.IntRange(3, steps).Draw(rt, "steps") {
			c.step()
			c.check()
		}
		c.perform(c.poster, flows.Withdraw{Posting: c.id})
		_ = w.settle(t.Context())
		c.check()
	})
}

// settleIn makes somebody known.
func (w *world) settleIn(who string) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		p := storage.Person{Front: "aachen", Name: who, Lang: "de", Created: w.now, Active: w.now}
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		r := storage.AddressRecord{Address: address(who), Person: p.ID, Front: "aachen", State: storage.AddressOpen, Last: w.now, Created: w.now}
		return tx.Addresses.SaveAddress(ctx, r)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// post publishes something with one date, several, or every week; sometimes the poster decides about everybody.
func (c *circle) post() {
	start := monday.AddDate(0, 0, 5).Add(4 * time.Hour)
	p := matching.Posting{
		Kind: matching.Need, Actor: matching.Person, Title: fmt.Sprint("Aufbau ", rapid.IntRange(1, 1<<30).Draw(c.t, "title")), Category: matching.Sport, Place: aachen(c.world.t),
		Dates: []matching.Span{{Start: start, End: start.Add(2 * time.Hour)}}, Places: rapid.IntRange(1, 4).Draw(c.t, "places"), AutoAccept: rapid.Bool().Draw(c.t, "auto"),
	}
	switch rapid.IntRange(0, 2).Draw(c.t, "dates") {
	case 1:
		next := start.AddDate(0, 0, 1)
		p.Dates = append(p.Dates, matching.Span{Start: next, End: next.Add(2 * time.Hour), Places: rapid.IntRange(0, 3).Draw(c.t, "own places")})
	case 2:
		p.Recurrence = "FREQ=WEEKLY"
	}
	p.PlacesMin = rapid.IntRange(0, p.Places).Draw(c.t, "least")
	fact := c.perform(c.poster, flows.Publish{Posting: p})
	published, ok := fact.(flows.Published)
	if !ok {
		c.t.Fatalf("not published: %+v", fact)
	}
	c.id = published.Posting.ID
}

func (c *circle) perform(who string, cmd conversations.Command) conversations.Fact {
	fact, err := c.bot.Perform(c.world.t.Context(), address(who), cmd)
	if err != nil {
		c.t.Fatalf("%s %T %+v: %v\n%s", who, cmd, cmd, err, strings.Join(c.history, "\n"))
	}
	c.history = append(c.history, fmt.Sprintf("%s %T%+v: %T", who, cmd, cmd, fact))
	return fact
}

// load reads the posting and its answers.
func (c *circle) load() (p matching.Posting, as []matching.Answer) {
	err := c.store.View(c.world.t.Context(), func(ctx context.Context, tx *storage.Tx) (err error) {
		if p, err = tx.Postings.Posting(ctx, c.id); err != nil {
			return err
		}
		as, err = tx.Answers.OfPosting(ctx, c.id)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return p, as
}

// step does one thing at random.
func (c *circle) step() {
	p, as := c.load()
	dates := p.Occurrences(c.now, c.now.AddDate(0, 0, 30), berlin())
	who := person(rapid.IntRange(0, circleSize-1).Draw(c.t, "who"))
	var keys []int
	for _, d := range dates {
		if rapid.Bool().Draw(c.t, "this date") {
			keys = append(keys, d.Key)
		}
	}
	key := matching.EveryDate
	if len(dates) > 0 {
		key = dates[rapid.IntRange(0, len(dates)-1).Draw(c.t, "date")].Key
	}
	switch rapid.IntRange(0, 16).Draw(c.t, "what") {
	case 0, 1, 2, 3, 4:
		c.perform(who, flows.Respond{Posting: c.id, Dates: keys, Yes: true, Party: rapid.IntRange(0, 3).Draw(c.t, "party"), Wait: rapid.Bool().Draw(c.t, "wait")})
	case 5:
		c.perform(who, flows.Respond{Posting: c.id, Dates: []int{matching.EveryDate}, Yes: true})
	case 6:
		c.perform(who, flows.Respond{Posting: c.id, Dates: []int{key}, Yes: true, Note: "erst ab 16 Uhr", Condition: true})
	case 7, 8:
		c.perform(who, flows.Respond{Posting: c.id, Dates: keys})
	case 9, 10:
		if len(as) > 0 {
			a := as[rapid.IntRange(0, len(as)-1).Draw(c.t, "answer")]
			c.perform(c.poster, flows.Settle{Answer: a.ID, Accept: rapid.Bool().Draw(c.t, "accept")})
		}
	case 11:
		c.perform(c.poster, flows.Enlarge{Posting: c.id, To: rapid.IntRange(1, 5).Draw(c.t, "places now")})
	case 12:
		c.perform(c.poster, flows.GiveAway{Posting: c.id, Date: key, By: rapid.IntRange(-2, 2).Draw(c.t, "elsewhere")})
	case 13:
		c.perform(c.poster, flows.LeaveOut{Posting: c.id, Date: key})
	case 14:
		if d, ok := p.On(key, berlin()); ok {
			to := d.Start.Add(time.Duration(rapid.IntRange(-30, 80).Draw(c.t, "moved by")) * time.Hour)
			c.perform(c.poster, flows.MoveDate{Posting: c.id, Date: key, To: matching.Span{Start: to, End: to.Add(2 * time.Hour)}})
		}
	case 15:
		c.now = c.now.Add(time.Duration(rapid.IntRange(1, 48*60).Draw(c.t, "minutes")) * time.Minute)
		c.history = append(c.history, "it is "+c.now.String())
		if err := c.settle(c.world.t.Context()); err != nil {
			c.t.Fatal(err)
		}
	case 16:
		c.perform(who, flows.StayAway{From: c.now, Until: c.now.AddDate(0, 0, rapid.IntRange(1, 9).Draw(c.t, "days away"))})
	}
}

// check holds the posting and its answers against what must always be so.
func (c *circle) check() {
	p, as := c.load()
	fail := func(format string, args ...any) {
		c.t.Fatalf(format+"\n%s\n%+v\n%+v", append(args, strings.Join(c.history, "\n"), p, as)...)
	}
	for _, a := range as {
		if was, now := c.before[a.ID], a.State; was != now && !reachable(was, now) {
			fail("%s went from %q to %q", a.Person, was, now)
		}
		c.before[a.ID] = a.State
		if a.State == matching.Offered && a.HeldTill.IsZero() {
			fail("%s has a place held for ever", a.Person)
		}
		if p.State.Over() && a.State.Live() && a.State != matching.Accepted && a.State != matching.Confirmed {
			fail("%s still waits for something that is over", a.Person)
		}
	}
	if !p.State.Visible() {
		return
	}
	if wrong := wrongPlaces(&p, as, c.now); wrong != "" {
		fail("%s", wrong)
	}
}

// wrongPlaces is what is wrong about the places of a posting, "" where nothing is: no date has more taken than there are,
// nobody waits for what is free, and the posting is filled exactly while nobody is looked for in the next four weeks.
func wrongPlaces(p *matching.Posting, as []matching.Answer, now time.Time) string {
	window := now.Add(28 * 24 * time.Hour)
	if p.Recurrence == "" {
		window = time.Time{}
	}
	lacking, ahead := false, 0
	for _, d := range p.Occurrences(now, time.Time{}, berlin()) {
		taken, places := p.External+p.Outside[d.Key], p.PlacesOn(d)
		for _, a := range as {
			if a.State.Takes() && a.On(d) {
				taken += a.Seats()
			}
		}
		if taken > places {
			return fmt.Sprintf("%d places of %d are taken at %s", taken, places, d.Start)
		}
		if window.IsZero() || d.Start.Before(window) {
			ahead++
			lacking = lacking || taken < places
		}
		free := places - taken
		for _, a := range as {
			if a.State == matching.Interested && a.Date == d.Key && !a.Queued.IsZero() { // first in line; the other side is being asked
				free -= max(1, a.Party)
			}
		}
		for _, a := range as {
			if a.State == matching.Waiting && a.Date == d.Key && (p.AutoAccept || a.Approved) && free > 0 && (!a.Whole || a.Party <= free) {
				return fmt.Sprintf("%s waits although %d places are free at %s", a.Person, free, d.Start)
			}
		}
	}
	if ahead > 0 && (p.State == matching.Filled) == lacking {
		return fmt.Sprintf("the posting is %s, and places are free: %v", p.State, lacking)
	}
	return ""
}

// reachable tells whether an answer may have gone from one state to another within one message: by at most three steps.
func reachable(from, to matching.AnswerState) bool {
	if from == "" {
		return true
	}
	states := []matching.AnswerState{from}
	for range 3 {
		var next []matching.AnswerState
		for _, s := range states {
			for _, n := range matching.AnswerStates {
				if s.To(n) == nil {
					next = append(next, n)
				}
			}
		}
		if slices.Contains(next, to) {
			return true
		}
		states = next
	}
	return false
}
