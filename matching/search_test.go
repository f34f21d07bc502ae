package matching_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ehrenamt/matching"
)

func berlin(t testing.TB) *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// north is a point so many kilometres north of the cathedral.
func north(km float64) matching.Point {
	return matching.Point{Lat: 50.7747 + km/111.195, Lon: 6.0839}
}

type change func(*matching.Posting)

func posting(t testing.TB, id string, km float64, day int, changes ...change) matching.Posting {
	start := time.Date(2026, 11, 23+day, 14, 0, 0, 0, berlin(t))
	p := matching.Posting{
		ID: id, Author: "toni", Kind: matching.Need, State: matching.Open, Category: matching.ChildrenYouth,
		Place: matching.Place{Name: "x", Point: north(km)}, Dates: []matching.Span{{Start: start, End: start.Add(2 * time.Hour)}},
	}
	for _, c := range changes {
		c(&p)
	}
	return p
}

func undated(p *matching.Posting) { p.Dates = nil }

func TestRankFindsWhatFitsInOrder(t *testing.T) {
	z := berlin(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, z)
	here := matching.Query{Near: north(0), Radius: 10}
	with := func(f func(*matching.Query)) matching.Query { q := here; f(&q); return q }
	yes := true
	for _, c := range []struct {
		name string
		q    matching.Query
		ps   []matching.Posting
		want string
	}{
		{"near comes before far", here, []matching.Posting{posting(t, "far", 8, 1), posting(t, "near", 1, 1)}, "near far"},
		{"soon comes before late", here, []matching.Posting{posting(t, "late", 1, 5), posting(t, "soon", 1, 1)}, "soon late"},
		{"a day later counts like three kilometres", here, []matching.Posting{posting(t, "a", 0, 2), posting(t, "b", 2.9, 1), posting(t, "c", 3.1, 1)}, "b a c"},
		{"equals are told apart by their id", here, []matching.Posting{posting(t, "b", 1, 1), posting(t, "a", 1, 1)}, "a b"},
		{"beyond the radius is left out", here, []matching.Posting{posting(t, "in", 9.9, 1), posting(t, "out", 10.1, 1)}, "in"},
		{"no place, no radius: everything", matching.Query{}, []matching.Posting{posting(t, "x", 500, 1)}, "x"},
		{"what is over is left out", here, []matching.Posting{posting(t, "x", 1, -1)}, ""},
		{"what runs still counts", here, []matching.Posting{posting(t, "x", 1, 0, func(p *matching.Posting) { p.Dates[0].Start = now.Add(-time.Hour) })}, "x"},
		{"filled, withdrawn and own ones are left out", with(func(q *matching.Query) { q.Except = "me" }), []matching.Posting{
			posting(t, "filled", 1, 1, func(p *matching.Posting) { p.State = matching.Filled }),
			posting(t, "gone", 1, 1, func(p *matching.Posting) { p.State = matching.Withdrawn }),
			posting(t, "mine", 1, 1, func(p *matching.Posting) { p.Author = "me" }),
		}, ""},
		{"needs unless offers are asked for", here, []matching.Posting{posting(t, "offer", 1, 1, func(p *matching.Posting) { p.Kind = matching.Offer })}, ""},
		{"an offer comes as far as it goes", with(func(q *matching.Query) { q.Kinds = []matching.Kind{matching.Offer} }), []matching.Posting{
			posting(t, "comes", 30, 1, func(p *matching.Posting) { p.Kind, p.Radius = matching.Offer, 40 }),
			posting(t, "stays", 30, 1, func(p *matching.Posting) { p.Kind, p.Radius = matching.Offer, 5 }),
		}, "comes"},
		{"topics", with(func(q *matching.Query) { q.Categories = []matching.Category{matching.Animals} }), []matching.Posting{
			posting(t, "children", 1, 1), posting(t, "animals", 1, 1, func(p *matching.Posting) { p.Category = matching.Animals }),
		}, "animals"},
		{"a window", with(func(q *matching.Query) {
			q.From, q.Until = time.Date(2026, 11, 28, 0, 0, 0, 0, z), time.Date(2026, 11, 30, 0, 0, 0, 0, z)
		}), []matching.Posting{posting(t, "fri", 1, 4), posting(t, "sat", 1, 5), posting(t, "sun", 1, 6), posting(t, "mon", 1, 7)}, "sat sun"},
		{"in a window what has no date comes last", with(func(q *matching.Query) { q.Until = time.Date(2026, 12, 24, 0, 0, 0, 0, z) }), []matching.Posting{
			posting(t, "any", 0, 0, undated), posting(t, "dated", 9, 20),
		}, "dated any"},
		{"without one it is like in a week", here, []matching.Posting{posting(t, "any", 0, 0, undated), posting(t, "later", 0, 8), posting(t, "sooner", 0, 6)}, "sooner any later"},
		{"until six it must be over by six", with(func(q *matching.Query) { q.Until, q.Inside = time.Date(2026, 11, 23, 18, 0, 0, 0, z), true }), []matching.Posting{
			posting(t, "over", 1, 0), posting(t, "any", 1, 0, undated),
			posting(t, "longer", 1, 0, func(p *matching.Posting) { p.Dates[0].End = p.Dates[0].Start.Add(5 * time.Hour) }),
		}, "over"},
		{"parts of the week", with(func(q *matching.Query) { q.Slots = matching.SlotOf(time.Saturday, matching.Afternoon) }), []matching.Posting{
			posting(t, "fri", 1, 4), posting(t, "sat", 1, 5),
		}, "sat"},
		{"too young", with(func(q *matching.Query) { q.Age = 15 }), []matching.Posting{posting(t, "x", 1, 1, func(p *matching.Posting) { p.MinAge = 16 })}, ""},
		{"step-free only if it says so", with(func(q *matching.Query) { q.StepFree = true }), []matching.Posting{
			posting(t, "unknown", 1, 1), posting(t, "free", 1, 1, func(p *matching.Posting) { p.Accessible = &yes }),
		}, "free"},
		{"where a licence is of use", with(func(q *matching.Query) { q.Qualifications = []matching.Qualification{matching.DrivingLicenceB} }), []matching.Posting{
			posting(t, "none", 1, 1), posting(t, "welcome", 1, 1, func(p *matching.Posting) { p.Welcome = []matching.Qualification{matching.DrivingLicenceB} }),
		}, "welcome"},
		{"more words come first", with(func(q *matching.Query) { q.Words = []string{"zelt", "fest"} }), []matching.Posting{
			posting(t, "none", 0, 0), posting(t, "one", 5, 3, func(p *matching.Posting) { p.Title = "Sommerfest" }),
			posting(t, "two", 9, 9, func(p *matching.Posting) { p.Title = "Zelt beim Fest" }),
		}, "two one none"},
		{"no place to be found at", here, []matching.Posting{posting(t, "x", 1, 1, func(p *matching.Posting) { p.Place.Point = matching.Point{} })}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, h := range matching.Rank(c.q, c.ps, now, z, strings.ToLower) {
				got = append(got, h.Posting.ID)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// However postings come in, the order is the same, and pages of it never overlap.
func TestRankDoesNotDependOnTheOrderOfItsInput(t *testing.T) {
	z := berlin(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, z)
	r := rand.New(rand.NewPCG(1, 2))
	var ps []matching.Posting
	for i := range 200 {
		p := posting(t, fmt.Sprintf("p%03d", i), float64(r.IntN(12)), r.IntN(6))
		if r.IntN(5) == 0 {
			p.Dates = nil
		}
		ps = append(ps, p)
	}
	q := matching.Query{Near: north(0), Radius: 10, Slots: matching.AllSlots}
	ids := func() []string {
		var out []string
		for _, h := range matching.Rank(q, ps, now, z, nil) {
			out = append(out, h.Posting.ID)
		}
		return out
	}
	want := ids()
	if len(want) == 0 || len(want) == len(ps) {
		t.Fatalf("%d of %d", len(want), len(ps))
	}
	for range 20 {
		r.Shuffle(len(ps), func(i, j int) { ps[i], ps[j] = ps[j], ps[i] })
		if got := ids(); !slices.Equal(got, want) {
			t.Fatal("the order changed")
		}
	}
}

func TestOccurrencesKeepTheHoursOnTheWall(t *testing.T) {
	z := berlin(t)
	p := matching.Posting{Recurrence: "FREQ=WEEKLY;BYDAY=SA", Dates: []matching.Span{{
		Start: time.Date(2026, 10, 17, 22, 0, 0, 0, z), End: time.Date(2026, 10, 18, 1, 0, 0, 0, z), // summer time
	}}}
	var got []string
	for _, s := range p.Occurrences(time.Date(2026, 10, 18, 0, 30, 0, 0, z), time.Date(2026, 11, 8, 0, 0, 0, 0, z), z) {
		got = append(got, s.Start.In(z).Format("2.1. 15:04")+"-"+s.End.In(z).Format("15:04"))
	}
	want := []string{"17.10. 22:00-01:00", "24.10. 22:00-01:00", "31.10. 22:00-01:00", "7.11. 22:00-01:00"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOccurrencesOfRulesThatCannotBeReadAreTheDatesGiven(t *testing.T) {
	z := berlin(t)
	start := time.Date(2026, 11, 28, 10, 0, 0, 0, z)
	for _, rule := range []string{"FREQ=SECONDLY", "FREQ=HOURLY", "nonsense", "FREQ=", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=DAILY;INTERVAL=-3", "FREQ=DAILY;COUNT=1"} {
		p := matching.Posting{Recurrence: rule, Dates: []matching.Span{{Start: start, End: start.Add(time.Hour)}}}
		if got := p.Occurrences(start.Add(-time.Hour), start.AddDate(3, 0, 0), z); len(got) == 0 || !got[0].Start.Equal(start) || len(got) > 401 {
			t.Errorf("%s: %d dates", rule, len(got))
		}
	}
}

func FuzzOccurrences(f *testing.F) {
	for _, s := range []string{"FREQ=WEEKLY;BYDAY=SA", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;UNTIL=20270101T000000Z", "FREQ=YEARLY;BYWEEKNO=53", "FREQ=MINUTELY"} {
		f.Add(s)
	}
	z := berlin(f)
	f.Fuzz(func(t *testing.T, rule string) {
		start := time.Date(2026, 11, 28, 10, 0, 0, 0, z)
		p := matching.Posting{Recurrence: rule, Dates: []matching.Span{{Start: start, End: start.Add(time.Hour)}}}
		got := p.Occurrences(start, start.AddDate(0, 3, 0), z)
		for i, s := range got {
			if !s.Until().After(start) || i > 0 && s.Start.Before(got[i-1].Start) {
				t.Fatalf("%q: %v", rule, s)
			}
		}
	})
}

func TestCalendarHasEveryDayThatSomethingIsOn(t *testing.T) {
	z := berlin(t)
	day := func(d, h int) time.Time { return time.Date(2026, 11, d, h, 0, 0, 0, z) }
	hits := []matching.Hit{
		{Dates: []matching.Span{{Start: day(28, 14), End: day(28, 16)}, {Start: day(30, 14), End: day(30, 16)}}},
		{Dates: []matching.Span{{Start: day(27, 0), End: day(30, 0), AllDay: true}}},
		{Dates: []matching.Span{{Start: day(28, 22), End: day(29, 2)}}}, // a night belongs to the day it begins on
		{Dates: []matching.Span{{Start: day(20, 9), End: day(20, 10)}}},
		{},
	}
	var got []string
	for _, d := range matching.Calendar(hits, day(23, 10), day(30, 0), z) {
		s := d.Date.Format("2.1.:")
		for _, e := range d.Entries {
			s += fmt.Sprintf(" %d", e.Hit)
		}
		got = append(got, s)
	}
	want := []string{"27.11.: 1", "28.11.: 1 0 2", "29.11.: 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
