package waves

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func noon() time.Time { return time.Date(2027, time.March, 3, 12, 0, 0, 0, time.UTC) }

// crowd is n fresh people from near to far.
func crowd(n int) []Candidate {
	cs := make([]Candidate, n)
	for i := range cs {
		cs[i] = Candidate{Person: fmt.Sprintf("p%04d", i), KM: float64(i%100) / 10, Yes: 0.08}
	}
	return cs
}

func dated(open int, lead time.Duration) Need {
	return Need{ID: "n", Open: open, Published: noon(), Start: noon().Add(lead)}
}

func names(asks []Ask) []string {
	var out []string
	for _, a := range asks {
		out = append(out, a.Person)
	}
	return out
}

func TestWhyNobodyIsAskedNow(t *testing.T) {
	night := noon().Add(10 * time.Hour)
	tired, served, asleep, over := crowd(5), crowd(5), crowd(5), crowd(5)
	for i := range tired {
		tired[i].Asked7d = 3
		tired[i].LastAsked = noon().Add(-24 * time.Hour)
		served[i].ServedAt = noon().Add(-6 * 24 * time.Hour)
		asleep[i].Quiet = Quiet{From: 11 * time.Hour, To: 15 * time.Hour}
		over[i].BudgetDay = -1
	}
	long := dated(2, 6*time.Hour)
	with := func(change func(*Need)) Need { n := long; change(&n); return n }
	cases := []struct {
		name       string
		need       Need
		candidates []Candidate
		now        time.Time
		why        Why
		stop       bool
		next       time.Time
	}{
		{"every place is taken", with(func(n *Need) { n.Open = 0 }), crowd(9), noon(), Full, true, time.Time{}},
		{"more people came than were asked for", with(func(n *Need) { n.Open = -1 }), crowd(9), noon(), Full, true, time.Time{}},
		{"it has begun", dated(1, 0), crowd(9), noon(), Over, true, time.Time{}},
		{"it begins within seconds", dated(1, 20*time.Second), crowd(9), noon(), TooLate, true, time.Time{}},
		{"the last wave waits to be sent", with(func(n *Need) { n.Queued = 3 }), crowd(9), noon(), Queued, false, noon().Add(8 * time.Minute)},
		{"the last wave has just left", with(func(n *Need) { n.Waves, n.LastWave = 1, noon().Add(-time.Minute) }), crowd(9), noon(), Waiting, false, noon().Add(29 * time.Minute)},
		{"all have been asked three times this week", long, tired, noon(), Spent, false, noon().Add(30 * time.Minute)},
		{"all served last week", long, served, noon(), Spent, false, noon().Add(30 * time.Minute)},
		{"all want no alerts", long, over, noon(), Spent, false, noon().Add(30 * time.Minute)},
		{"all have a nap", long, asleep, noon(), Quiets, false, noon().Add(3 * time.Hour)},
		{"it is night", with(func(n *Need) { n.Start = noon().Add(48 * time.Hour) }), crowd(9), night, Quiets, false, noon().Add(20 * time.Hour)},
		{"it begins before anybody is awake", with(func(n *Need) { n.Start = night.Add(time.Hour) }), crowd(9), night, Quiets, true, time.Time{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := Default().Next(c.need, c.candidates, c.now)
			if len(p.Ask) > 0 || p.Why != c.why || p.Stop != c.stop || !p.Next.Equal(c.next) {
				t.Errorf("got %+v, want why %s, stop %v, next %s", p, c.why, c.stop, c.next)
			}
		})
	}
}

func TestNobodyEligibleIsSaidAtOnceAndTheSearchWidens(t *testing.T) {
	n := dated(3, 5*time.Hour)
	for reach := Wished; reach < OtherTime; reach++ {
		n.Reach = reach
		p := Default().Next(n, nil, noon())
		if p.Why != Nobody || p.Stop || p.Reach != reach+1 || !p.Next.Equal(noon()) {
			t.Fatalf("at reach %d: %+v", reach, p)
		}
	}
	n.Reach = OtherTime
	if p := Default().Next(n, nil, noon()); p.Why != Nobody || !p.Stop {
		t.Errorf("at the widest: %+v", p)
	}
	n.Reach, n.Organisation.ReplyAfter = Fronts, 30*time.Hour
	if p := Default().Next(n, nil, noon()); p.Reach != Fronts || !p.Stop {
		t.Errorf("an organisation that does not answer reaches no farther: %+v", p)
	}
}

func TestEverybodyAskedStopsOnceNoAnswerIsToBeExpected(t *testing.T) {
	n := dated(1, 100*time.Hour)
	n.Reach, n.Waves, n.LastWave = OtherTime, 2, noon().Add(-3*time.Hour)
	n.Pending = []Pending{{Person: "p0000", AskedAt: noon().Add(-2 * time.Hour), Yes: 0.5}}
	if p := Default().Next(n, nil, noon()); p.Why != Exhausted || p.Stop {
		t.Errorf("an answer may still come: %+v", p)
	}
	n.Pending[0].AskedAt = noon().Add(-90 * 24 * time.Hour)
	if p := Default().Next(n, nil, noon()); p.Why != Exhausted || !p.Stop {
		t.Errorf("none will come: %+v", p)
	}
}

func TestAWaveHoldsAsManyAsItTakes(t *testing.T) {
	p := Default()
	one := p.Next(dated(1, 6*time.Hour), crowd(500), noon())
	four := p.Next(dated(4, 6*time.Hour), crowd(500), noon())
	if one.Why != Asking || one.UnderWay < p.Target || one.UnderWay > p.Quick+0.1 {
		t.Errorf("one place: %d people, %.2f yes under way", len(one.Ask), one.UnderWay)
	}
	if len(four.Ask) < 3*len(one.Ask) {
		t.Errorf("four places: %d people, one place: %d", len(four.Ask), len(one.Ask))
	}
	n := dated(1, 6*time.Hour)
	n.Waves, n.LastWave = 1, noon().Add(-31*time.Minute)
	for i := range 60 {
		n.Pending = append(n.Pending, Pending{Person: fmt.Sprintf("q%d", i), AskedAt: noon().Add(-31 * time.Minute), Yes: 0.1})
	}
	if enough := p.Next(n, crowd(500), noon()); enough.Why != Enough || enough.Next.IsZero() {
		t.Errorf("with sixty answers under way: %+v", enough)
	}
	soon := p.Next(dated(1, 5*time.Minute), crowd(2000), noon())
	if len(soon.Ask) <= len(one.Ask) || len(soon.Ask) > p.MaxWave || !soon.Next.IsZero() {
		t.Errorf("five minutes before the start: %d people, next %s", len(soon.Ask), soon.Next)
	}
}

func TestPeopleWantedElsewhereAreKept(t *testing.T) {
	cs := crowd(400)
	for i := range cs {
		cs[i].KM = 2
		if i < 200 {
			cs[i].Calls = 0.5
		}
	}
	for _, a := range Default().Next(dated(1, 6*time.Hour), cs, noon()).Ask {
		if a.Person < "p0200" {
			t.Fatalf("%s was asked though others need them more", a.Person)
		}
	}
	alone := Default().Next(dated(1, 6*time.Hour), cs[:10], noon())
	if len(alone.Ask) == 0 {
		t.Error("nobody was asked though there was nobody else")
	}
}

func TestTheRecentlyAskedComeLast(t *testing.T) {
	cs := crowd(200)
	for i := range cs {
		cs[i].KM = 2
		if i%2 == 0 {
			cs[i].Asked7d, cs[i].LastAsked = 2, noon().Add(-30*time.Hour)
		}
	}
	for _, a := range Default().Next(dated(1, 6*time.Hour), cs, noon()).Ask {
		if (a.Person[4]-'0')%2 == 0 {
			t.Fatalf("%s was asked again before others", a.Person)
		}
	}
}

func TestOrganisationsLeftAloneGetMore(t *testing.T) {
	n, left := dated(1, 6*time.Hour), dated(1, 6*time.Hour)
	n.Organisation = Standing{Places: 20, Filled: 19}
	left.Organisation = Standing{Places: 20, Filled: 2}
	slow := left
	slow.Organisation.ReplyAfter = 48 * time.Hour
	p := Default()
	a, b, c := len(p.Next(n, crowd(300), noon()).Ask), len(p.Next(left, crowd(300), noon()).Ask), len(p.Next(slow, crowd(300), noon()).Ask)
	if !(a < b && c < b) {
		t.Errorf("well served %d, left alone %d, slow to answer %d", a, b, c)
	}
}

func TestRevisingTenTimesAMinuteSendsOneWave(t *testing.T) {
	n := dated(2, 6*time.Hour)
	cs := crowd(300)
	waves := 0
	for i := range 100 {
		now := noon().Add(time.Duration(i) * 6 * time.Second)
		p := Default().Next(n, cs, now)
		if len(p.Ask) == 0 {
			continue
		}
		waves++
		n.Waves, n.LastWave = n.Waves+1, now
		for _, a := range p.Ask {
			n.Pending = append(n.Pending, Pending{Person: a.Person, AskedAt: now, Yes: a.Yes})
		}
	}
	if waves != 1 {
		t.Errorf("%d waves in ten minutes", waves)
	}
}

func TestTheClockSetBackAnHourTellsNobodyTwiceAndHeals(t *testing.T) {
	n := dated(1, 6*time.Hour)
	n.Waves, n.LastWave = 1, noon().Add(time.Hour)
	cs := crowd(100)
	for i := range 20 {
		n.Pending = append(n.Pending, Pending{Person: cs[i].Person, AskedAt: noon().Add(time.Hour), Yes: 0.01})
		cs[i].LastAsked = noon().Add(time.Hour)
	}
	p := Default().Next(n, cs, noon())
	for _, a := range p.Ask {
		if a.Person < "p0020" {
			t.Errorf("%s told twice", a.Person)
		}
	}
	if p.Why != Asking {
		t.Fatalf("got %s", p.Why)
	}
	n.LastWave = noon()
	if p = Default().Next(n, cs, noon().Add(time.Second)); p.Why != Waiting {
		t.Errorf("a second later: %s", p.Why)
	}
	n.LastWave = noon().Add(3 * time.Second) // two processes, two clocks
	if p = Default().Next(n, cs, noon()); p.Why != Waiting {
		t.Errorf("three seconds in the future: %s", p.Why)
	}
}

func TestTwoFrontsWithTheSamePeopleAskEachOnce(t *testing.T) {
	both := append(crowd(40), crowd(40)...)
	for i := 40; i < 80; i++ {
		both[i].Reach = Fronts
		both[i].KM += 3
	}
	n := dated(4, 6*time.Hour)
	n.Reach = Fronts
	p := Default().Next(n, both, noon())
	got := names(p.Ask)
	slices.Sort(got)
	if len(slices.Compact(got)) != len(p.Ask) || len(p.Ask) != 40 {
		t.Errorf("%d asks of 40 people", len(p.Ask))
	}
}

func TestSomebodyWhoWantsEverythingEverywhereIsAskedLast(t *testing.T) {
	cs := append([]Candidate{{Person: "all", KM: 480, Yes: 0.08, Calls: 40}}, crowd(200)...)
	if got := names(Default().Next(dated(1, 6*time.Hour), cs, noon()).Ask); slices.Contains(got, "all") {
		t.Error("asked before two hundred neighbours")
	}
}

func TestAnyPlanKeepsItsPromises(t *testing.T) {
	p := Default()
	rapid.Check(t, func(r *rapid.T) {
		at := func(name string) time.Time {
			return noon().Add(time.Duration(rapid.IntRange(-20000, 20000).Draw(r, name)) * time.Minute)
		}
		now := at("now")
		n := Need{Open: rapid.IntRange(-1, 50).Draw(r, "open"), Waves: rapid.IntRange(0, 1000).Draw(r, "waves"),
			Queued: rapid.IntRange(0, 1).Draw(r, "queued"), Reach: Reach(rapid.IntRange(0, 3).Draw(r, "reach"))}
		if rapid.Bool().Draw(r, "dated") {
			n.Start = at("start")
		}
		if n.Waves > 0 {
			n.LastWave = at("last")
		}
		person := rapid.StringMatching(`[a-h][0-9]`)
		value := rapid.SampledFrom([]float64{0, 0.01, 0.1, 0.9, 1, 7, -3, math.NaN(), math.Inf(1)})
		var cs []Candidate
		for range rapid.IntRange(0, 60).Draw(r, "n") {
			c := Candidate{Person: person.Draw(r, "person"), KM: value.Draw(r, "km"), Yes: value.Draw(r, "yes"), Calls: value.Draw(r, "calls"),
				Asked7d: rapid.IntRange(0, 4).Draw(r, "week"), AskedToday: rapid.IntRange(0, 3).Draw(r, "today"),
				BudgetWeek: rapid.IntRange(-1, 5).Draw(r, "bw"), BudgetDay: rapid.IntRange(-1, 5).Draw(r, "bd"), Reach: Reach(rapid.IntRange(0, 3).Draw(r, "creach"))}
			if rapid.Bool().Draw(r, "asked") {
				c.LastAsked = at("asked at")
			}
			cs = append(cs, c)
		}
		for range rapid.IntRange(0, 5).Draw(r, "pending") {
			n.Pending = append(n.Pending, Pending{person.Draw(r, "told"), at("told at"), value.Draw(r, "expected")})
		}
		check(r, p, n, cs, now)
	})
}

func check(r *rapid.T, p Policy, n Need, cs []Candidate, now time.Time) {
	plan := p.Next(n, cs, now)
	if math.IsNaN(plan.UnderWay) || math.IsNaN(plan.Supply) {
		r.Fatalf("not a number: %+v", plan)
	}
	if len(plan.Ask) > 0 && (n.Open <= 0 || n.Queued > 0 || !n.Start.IsZero() && !n.Start.After(now) || p.Quiet.At(now)) {
		r.Fatalf("asks %v", plan)
	}
	if !plan.Next.IsZero() && (plan.Next.Before(now) || plan.Stop) {
		r.Fatalf("next %s from %s, stop %v", plan.Next, now, plan.Stop)
	}
	if plan.Next.Equal(now) && plan.Reach == n.Reach {
		r.Fatalf("plans again at once without anything new: %+v", plan)
	}
	if (plan.Why == Asking) != (len(plan.Ask) > 0) || len(plan.Ask) > p.MaxWave {
		r.Fatalf("%s with %d asks", plan.Why, len(plan.Ask))
	}
	seen := map[string]bool{}
	for _, a := range plan.Ask {
		may := slices.ContainsFunc(cs, func(c Candidate) bool {
			return c.Person == a.Person && c.Reach <= n.Reach && within(c.Asked7d, c.BudgetWeek, 3) && within(c.AskedToday, c.BudgetDay, 2)
		})
		told := slices.ContainsFunc(n.Pending, func(w Pending) bool { return w.Person == a.Person })
		if !may || told || seen[a.Person] || !(a.Yes > 0 && a.Yes <= 1) {
			r.Fatalf("asks %+v", a)
		}
		seen[a.Person] = true
	}
	other := slices.Clone(cs)
	slices.Reverse(other)
	if again := p.Next(n, other, now); !slices.Equal(names(again.Ask), names(plan.Ask)) || again.Why != plan.Why {
		r.Fatalf("the order of candidates matters: %v, %v", plan.Ask, again.Ask)
	}
}

func BenchmarkNext2000(b *testing.B) {
	cs := crowd(2000)
	for i := range cs {
		cs[i].Calls = float64(i%17) / 40
		cs[i].LastAsked = noon().Add(-time.Duration(i%200) * time.Hour)
	}
	n := dated(4, 6*time.Hour)
	p := Default()
	b.ReportAllocs()
	for b.Loop() {
		p.Next(n, cs, noon())
	}
}
