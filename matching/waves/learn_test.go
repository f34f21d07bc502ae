package waves

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ehrenamt/matching"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestQuietHoursFollowTheWallClock(t *testing.T) {
	zone := berlin(t)
	q := Default().Quiet
	cases := []struct{ name, from, ends, begins string }{
		{"before midnight", "2027-03-03T23:10", "2027-03-04T08:00", "2027-03-04T21:00"},
		{"after midnight", "2027-03-04T02:10", "2027-03-04T08:00", "2027-03-04T21:00"},
		{"by day", "2027-03-04T12:00", "2027-03-04T12:00", "2027-03-04T21:00"},
		{"at the very end", "2027-03-04T08:00", "2027-03-04T08:00", "2027-03-04T21:00"},
		{"at the very beginning", "2027-03-04T21:00", "2027-03-05T08:00", "2027-03-05T21:00"},
		{"the night the clocks go forward", "2027-03-27T22:00", "2027-03-28T08:00", "2027-03-28T21:00"},
		{"the night the clocks go back", "2027-10-30T22:00", "2027-10-31T08:00", "2027-10-31T21:00"},
	}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02T15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range cases {
		end := q.Ends(at(c.from))
		if !end.Equal(at(c.ends)) || !q.Begins(end).Equal(at(c.begins)) {
			t.Errorf("%s: ends %s, begins %s", c.name, end, q.Begins(end))
		}
	}
	if d := q.Awake(at("2027-03-03T20:00"), at("2027-03-05T09:30")); d != 15*time.Hour+30*time.Minute {
		t.Errorf("awake %s", d)
	}
}

func TestQuietHoursOfAnyShapeEnd(t *testing.T) {
	zone := berlin(t)
	rapid.Check(t, func(r *rapid.T) {
		minutes := rapid.IntRange(-1500, 3000)
		q := Quiet{time.Duration(minutes.Draw(r, "from")) * time.Minute, time.Duration(minutes.Draw(r, "to")) * time.Minute}
		a := time.Date(2027, 3, 27, 0, rapid.IntRange(0, 400000).Draw(r, "t"), 0, 0, zone)
		d := time.Duration(rapid.IntRange(0, 100).Draw(r, "d")) * time.Minute
		if end := q.Ends(a); end.Before(a) || q.At(end) || end.Sub(a) > 26*time.Hour {
			r.Fatalf("ends at %s", end)
		}
		if b := q.After(a, d); q.Awake(a, b) != d {
			r.Fatalf("%s awake until %s, not %s", q.Awake(a, b), b, d)
		}
	})
}

func TestDelaysAreLearnt(t *testing.T) {
	var d Delays
	if m := d.By(12 * time.Minute); math.Abs(m-0.5) > 1e-9 {
		t.Errorf("the prior's median: %v", m)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		d.Observe(time.Duration(float64(time.Hour) * math.Exp(0.5*r.NormFloat64())))
	}
	if m := d.Median(); m < 55*time.Minute || m > 65*time.Minute {
		t.Errorf("median %s of replies around an hour", m)
	}
	if d.By(-time.Hour) != 0 || d.By(1000*time.Hour) < 0.99 {
		t.Error("shares outside of what can be")
	}
	d.Observe(-time.Hour)
	if math.IsNaN(d.By(time.Minute)) {
		t.Error("a clock set back breaks the distribution")
	}
}

func TestRatesLearnPerCategoryHourAndLead(t *testing.T) {
	rates := NewRates(12)
	morning := time.Date(2027, 3, 3, 10, 0, 0, 0, time.UTC)
	base := Case{Category: matching.Sport, At: morning, Lead: 5 * time.Hour, KM: 2, Heard: 1}
	prior := rates.Yes(base)
	if prior < 0.05 || prior > 0.12 {
		t.Errorf("prior %v", prior)
	}
	evening, animals := base, base
	evening.At = morning.Add(10 * time.Hour)
	animals.Category = matching.Animals
	r := rand.New(rand.NewPCG(2, 2))
	for range 20000 {
		rates.Observe(base, r.Float64() < 0.3)
		rates.Observe(evening, r.Float64() < 0.03)
		rates.Observe(animals, r.Float64() < 0.15)
	}
	for _, c := range []struct {
		name string
		c    Case
		want float64
	}{{"sport in the morning", base, 0.3}, {"sport in the evening", evening, 0.03}, {"animals in the morning", animals, 0.15}} {
		if got := rates.Yes(c.c); math.Abs(got-c.want) > 0.1*c.want {
			t.Errorf("%s: %.3f, want %.3f", c.name, got, c.want)
		}
	}
	unseen := animals
	unseen.At = evening.At
	if got := rates.Yes(unseen); math.Abs(got-0.15) > 0.02 {
		t.Errorf("an hour without rows follows its category: %.3f", got)
	}
	far := base
	far.KM = 14
	if rates.Yes(far) >= rates.Yes(base)/2 {
		t.Error("distance does not tell")
	}
	if u := rates.Usual(); math.Abs(u-0.16) > 0.02 {
		t.Errorf("usual %v", u)
	}
}

func TestAPersonsOwnRecordTells(t *testing.T) {
	if a, b := Inclination(0.1, 0, 0), Inclination(0.1, 5, 10); a != 0.1 || b != 0.3 {
		t.Errorf("nobody knows them: %v, five of ten: %v", a, b)
	}
	if v := Inclination(0.1, 9, 2); v > 1 {
		t.Errorf("more yes than alerts: %v", v)
	}
}

func TestDemandRemembersWhomScarceNeedsCallFor(t *testing.T) {
	p := Default()
	start := noon()
	d := NewDemand(start, DemandHalfLife)
	for i := range 120 {
		at := start.Add(time.Duration(i) * 12 * time.Hour)
		d.Observe(&p, at, 1, []Candidate{{Person: "rare"}})
		if i%2 == 0 {
			d.Observe(&p, at, 0.01, []Candidate{{Person: "common"}, {Person: "rare", KM: 12}})
		}
	}
	end := start.Add(60 * 24 * time.Hour)
	if v := d.Calls("rare", end); math.Abs(v-2) > 0.25 {
		t.Errorf("called for twice a day: %.2f", v)
	}
	if v := d.Calls("common", end); v > 0.02 || d.Calls("nobody", end) != 0 {
		t.Errorf("hardly called for: %.3f", v)
	}
	d.Forget(end.Add(200 * 24 * time.Hour))
	if d.Len() != 1 {
		t.Errorf("%d people remembered after 200 days", d.Len())
	}
}

func TestAPromiseNeedsDataAndTellsHowTrueItWas(t *testing.T) {
	s := NewPromises(Default().Quiet)
	o := Outlook{Places: 1, Lead: 8 * time.Hour, Supply: 3}
	if _, ok := s.By(o, noon()); ok {
		t.Fatal("promised without data")
	}
	for i := range 40 {
		full := noon().Add(time.Duration(i) * time.Minute)
		if i >= 36 {
			full = time.Time{}
		}
		s.Observe(o, noon(), full)
	}
	by, ok := s.By(o, noon())
	if !ok || by.Before(noon().Add(30*time.Minute)) || by.After(noon().Add(34*time.Minute)) {
		t.Errorf("promised %s, %v", by, ok)
	}
	o.Lead = 20 * time.Hour
	if by, _ = s.By(o, noon().Add(8*time.Hour+50*time.Minute)); by.Hour() != 8 {
		t.Errorf("promised for the night: %s", by)
	}
	short := Outlook{Places: 1, Lead: 10 * time.Minute, Supply: 3}
	if _, ok = s.By(short, noon()); ok {
		t.Error("promised a time after the start")
	}
	poor := Outlook{Places: 1, Lead: 8 * time.Hour, Supply: 0.1}
	for range 40 {
		s.Observe(poor, noon(), time.Time{})
	}
	if _, ok = s.By(poor, noon()); ok {
		t.Error("promised what never came true")
	}
	s.Judge(by, by)
	s.Judge(by, by.Add(time.Second))
	s.Judge(by, time.Time{})
	if kept, made := s.Kept(); kept != 1 || made != 3 {
		t.Errorf("%d of %d kept", kept, made)
	}
}

func TestMessagesLeaveByClassThenDeadline(t *testing.T) {
	p := Default()
	soon, late := dated(1, time.Hour), dated(1, 9*time.Hour)
	again := dated(4, time.Hour)
	again.Waves = 1
	relaxed := dated(1, time.Hour)
	relaxed.Waves = 1
	undated := Need{Published: noon()}
	want := []int64{
		Priority(Reply, noon().Add(99*time.Hour)),
		Priority(soon.Wave(), p.Deadline(&soon)), Priority(late.Wave(), p.Deadline(&late)), Priority(undated.Wave(), p.Deadline(&undated)),
		Priority(again.Wave(), p.Deadline(&again)), Priority(relaxed.Wave(), p.Deadline(&relaxed)),
		Priority(Digest, time.Time{}), Priority(Digest, noon()),
	}
	if !slices.IsSorted(want) || len(slices.Compact(slices.Clone(want))) != len(want) {
		t.Errorf("out of order: %d", want)
	}
}

func TestThePaceIsNeverExceededAndKeepsRoomForReplies(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := NewPace(30, 5)
		now := noon()
		var all, rest []time.Time
		for range 300 {
			c := Class(rapid.IntRange(0, 3).Draw(r, "class"))
			if c != Reply && rapid.Bool().Draw(r, "only replies") {
				c = Reply
			}
			now = now.Add(p.Wait(c, now))
			p.Sent(c, now)
			all = append(all, now)
			if c != Reply {
				rest = append(rest, now)
			}
		}
		if most(all) > 31 || most(rest) > 26 {
			r.Fatalf("%d messages in a second, %d of them not replies", most(all), most(rest))
		}
	})
	p := NewPace(30, 5)
	p.Sent(Digest, noon().Add(time.Hour))
	if w := p.Wait(Digest, noon()); w > time.Second {
		t.Errorf("after the clock was set back nothing is sent for %s", w)
	}
}

// most is the largest number of times within any second.
func most(ts []time.Time) int {
	n := 0
	for i := range ts {
		j := i
		for j < len(ts) && ts[j].Sub(ts[i]) < time.Second {
			j++
		}
		n = max(n, j-i)
	}
	return n
}
