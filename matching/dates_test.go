package matching_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ehrenamt/matching"
)

func at(z *time.Location, month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, z)
}

func span(start time.Time) matching.Span {
	return matching.Span{Start: start, End: start.Add(2 * time.Hour)}
}

func keysOf(ds []matching.Span) []int {
	var keys []int
	for _, d := range ds {
		keys = append(keys, d.Key)
	}
	return keys
}

func TestDatesKeepTheirKeysWhateverBecomesOfThem(t *testing.T) {
	z := berlin(t)
	now := at(z, 11, 23, 10)
	sat, sun, mon := span(at(z, 11, 28, 10)), span(at(z, 11, 29, 10)), span(at(z, 11, 30, 10))
	later := span(at(z, 11, 28, 14))
	over := span(at(z, 11, 20, 10))
	for name, c := range map[string]struct {
		before, after []matching.Span
		want          []int
	}{
		"new ones are numbered":                    {nil, []matching.Span{sat, sun}, []int{0, 1}},
		"nothing changed":                          {[]matching.Span{sat, sun}, []matching.Span{sat, sun}, []int{0, 1}},
		"the order does not matter":                {[]matching.Span{sat, sun}, []matching.Span{sun, sat}, []int{1, 0}},
		"the first is gone":                        {[]matching.Span{sat, sun}, []matching.Span{sun}, []int{1}},
		"one is new":                               {[]matching.Span{sat, sun}, []matching.Span{sat, mon, sun}, []int{0, 2, 1}},
		"moved within its day":                     {[]matching.Span{sat, sun}, []matching.Span{later, sun}, []int{0, 1}},
		"moved to another day":                     {[]matching.Span{sat}, []matching.Span{mon}, []int{0}},
		"one of two was moved":                     {[]matching.Span{sat, sun}, []matching.Span{mon, sun}, []int{0, 1}},
		"what is over is not moved":                {[]matching.Span{over}, []matching.Span{sat}, []int{1}},
		"gone and replaced by two: nobody's place": {[]matching.Span{sat}, []matching.Span{sun, mon}, []int{1, 2}},
	} {
		var old, p matching.Posting
		old.Dates = c.before
		old.KeepKeys(&matching.Posting{}, now, z)
		p.Dates = c.after
		p.KeepKeys(&old, now, z)
		if got := keysOf(p.Dates); !slices.Equal(got, c.want) {
			t.Errorf("%s: keys %v, want %v", name, got, c.want)
		}
	}
	// A key is never given twice, not even after its date is gone.
	a := matching.Posting{Dates: []matching.Span{sat, sun}}
	a.KeepKeys(&matching.Posting{}, now, z)
	b := matching.Posting{Dates: []matching.Span{sat}}
	b.KeepKeys(&a, now, z)
	c := matching.Posting{Dates: []matching.Span{sat, mon}}
	c.KeepKeys(&b, now, z)
	if got := keysOf(c.Dates); !slices.Equal(got, []int{0, 2}) {
		t.Errorf("a key came back: %v", got)
	}
}

func TestASeriesGoesOnAfterItsFirstDate(t *testing.T) {
	z := berlin(t)
	p := matching.Posting{Author: "toni", State: matching.Open, Kind: matching.Need, Place: matching.Place{Point: north(1)}, Category: matching.Sport,
		Dates: []matching.Span{span(at(z, 9, 1, 16))}, Recurrence: "FREQ=WEEKLY"}
	now := at(z, 11, 23, 10)
	next, ok := p.Next(now, z)
	if !ok || !next.Start.Equal(at(z, 11, 24, 16)) || next.Key != 20261124 {
		t.Fatalf("next is %v %v", next, ok)
	}
	s := matching.Subscription{Place: matching.Place{Point: north(0)}, Radius: 5}
	if f := matching.Match(&s, &p, now, z); !f.OK || f.Occasion != 20261124 {
		t.Errorf("a series that began long ago: %+v", f)
	}
	ahead := p.Ahead(now, z)
	if f := matching.Match(&s, &ahead, now, z); !f.OK || f.Occasion != 20261124 {
		t.Errorf("listed date by date: %+v", f)
	}
	s.Slots = matching.SlotOf(time.Wednesday, matching.Afternoon)
	if f := matching.Match(&s, &p, now, z); f.OK {
		t.Error("it is on Tuesdays")
	}
	p.Exceptions = []matching.Exception{{Key: 20261124, Skip: true}, {Key: 20261201, Span: span(at(z, 12, 2, 14))}}
	if next, _ = p.Next(now, z); !next.Start.Equal(at(z, 12, 2, 14)) || next.Key != 20261201 {
		t.Errorf("left out and moved: %v", next)
	}
	if _, ok := p.On(20261124, z); ok {
		t.Error("what is left out takes place")
	}
	if d, ok := p.Planned(20261124, z); !ok || !d.Start.Equal(at(z, 11, 24, 16)) {
		t.Errorf("what was planned: %v %v", d, ok)
	}
	if f := matching.Match(&s, &p, now, z); !f.OK || f.Occasion != 20261201 {
		t.Errorf("moved to a Wednesday: %+v", f)
	}
	if _, ok := p.On(20261125, z); ok {
		t.Error("there is no Wednesday in the rule")
	}
}

// TestKeysNameDates draws postings: each date has a key of its own, by which it is found again, in winter and summer.
func TestKeysNameDates(t *testing.T) {
	z := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		start := at(z, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), rapid.IntRange(0, 22).Draw(t, "hour"))
		p := matching.Posting{Dates: []matching.Span{span(start)}}
		for range rapid.IntRange(0, 3).Draw(t, "more dates") {
			p.Dates = append(p.Dates, span(start.AddDate(0, 0, rapid.IntRange(1, 40).Draw(t, "days later"))))
		}
		p.Recurrence = rapid.SampledFrom([]string{"", "FREQ=WEEKLY", "FREQ=DAILY;BYHOUR=9,17", "FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=TU,SA"}).Draw(t, "rule")
		p.KeepKeys(&matching.Posting{}, start.AddDate(0, 0, -1), z)
		all := p.Occurrences(start, start.AddDate(0, 0, 60), z)
		seen := map[int]bool{}
		for _, d := range all {
			if seen[d.Key] {
				t.Fatalf("key %d names two dates: %v", d.Key, all)
			}
			seen[d.Key] = true
			if got, ok := p.On(d.Key, z); !ok || !got.Start.Equal(d.Start) || got.Key != d.Key {
				t.Fatalf("key %d names %v, not %v", d.Key, got, d)
			}
		}
		if len(all) == 0 {
			t.Fatal("no dates")
		}
		d := all[rapid.IntRange(0, len(all)-1).Draw(t, "left out")]
		p.Exceptions = []matching.Exception{{Key: d.Key, Skip: true}}
		if slices.Contains(keysOf(p.Occurrences(start, start.AddDate(0, 0, 60), z)), d.Key) {
			t.Fatalf("%d is left out and takes place", d.Key)
		}
	})
}
