package matching

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAWantedTimeIsItsOwnKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Span{Start: time.Unix(60*rapid.Int64Range(26_000_000, 60_000_000).Draw(t, "start"), 0).UTC(), AllDay: rapid.Bool().Draw(t, "all day")}
		s.End = s.Start.Add(time.Duration(rapid.IntRange(1, int(MaxLoan/time.Minute)).Draw(t, "minutes")) * time.Minute)
		key, ok := WantedKey(s)
		back, ok2 := WantedSpan(key)
		if !ok || !ok2 || !back.Start.Equal(s.Start) || !back.End.Equal(s.End) || back.AllDay != s.AllDay || back.Key != key || key < dayKey(s.Start, 200) {
			t.Fatalf("%v → %d → %v", s, key, back)
		}
	})
	for _, key := range []int{0, 3, EveryDate, 20261124, dayKey(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), 900)} {
		if s, ok := WantedSpan(key); ok {
			t.Errorf("%d is %v", key, s)
		}
	}
}

// TestFreePiecesCountsEveryMinute holds the sweep against counting minute by minute.
func TestFreePiecesCountsEveryMinute(t *testing.T) {
	start := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	span := func(t *rapid.T, name string) Span {
		from := rapid.IntRange(0, 60).Draw(t, name)
		return Span{Start: start.Add(time.Duration(from) * time.Minute), End: start.Add(time.Duration(from+rapid.IntRange(1, 30).Draw(t, name)) * time.Minute)}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := Posting{Lending: &Lending{}, Places: rapid.IntRange(0, 6).Draw(t, "places")}
		d := span(t, "wanted")
		var loans []Loan
		for range rapid.IntRange(0, 6).Draw(t, "loans") {
			loans = append(loans, Loan{span(t, "loan"), rapid.IntRange(1, 3).Draw(t, "pieces")})
		}
		most := 0
		for at := d.Start; at.Before(d.End); at = at.Add(time.Minute) {
			n := 0
			for _, l := range loans {
				if Overlap(l.Span, d) && !at.Before(l.Start) && at.Before(l.End) {
					n += l.Pieces
				}
			}
			most = max(most, n)
		}
		if got := p.FreePieces(d, loans); got != max(0, p.Pieces()-most) {
			t.Fatalf("%d free, but a minute has %d of %d taken", got, most, p.Pieces())
		}
	})
}

func TestTheNearestFreeTimesAreFreeAndOpen(t *testing.T) {
	zone := berlin(t)
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, zone)
	at := func(day, from, to int) Span {
		return Span{Start: time.Date(2026, 12, day, from, 0, 0, 0, zone), End: time.Date(2026, 12, day, to, 0, 0, 0, zone)}
	}
	p := Posting{Lending: &Lending{Hours: []Hours{{Days: 0b0011111, From: 8 * 60, To: 17 * 60}}}}
	loans := []Loan{{at(8, 11, 13), 1}}
	got := p.NearestFree(at(8, 9, 12), 1, 3, loans, now, zone)
	if len(got) != 3 {
		t.Fatalf("%v", got)
	}
	if !got[0].Start.Equal(at(8, 8, 11).Start) || !got[1].Start.Equal(at(8, 13, 16).Start) {
		t.Errorf("before and behind what is in the way come first: %v", got)
	}
	for _, s := range got {
		if p.Lending.Closed(s, zone) != NotClosed || p.FreePieces(s, loans) == 0 {
			t.Errorf("%v is not to be had", s)
		}
	}
}

func TestHoursHoldOnEveryDayOfALoan(t *testing.T) {
	zone := berlin(t)
	l := Lending{Hours: []Hours{{Days: 0b0011111, From: 8 * 60, To: 17 * 60}}}
	l.Block(Span{Start: time.Date(2026, 12, 21, 0, 0, 0, 0, zone), End: time.Date(2027, 1, 7, 0, 0, 0, 0, zone), AllDay: true})
	day := func(d, h int) time.Time { return time.Date(2026, 12, d, h, 0, 0, 0, zone) }
	for name, c := range map[string]struct {
		span Span
		want Closed
	}{
		"within":                 {Span{Start: day(8, 8), End: day(8, 17)}, NotClosed},
		"too early":              {Span{Start: day(8, 7), End: day(8, 10)}, OffHours},
		"too late":               {Span{Start: day(8, 15), End: day(8, 18)}, OffHours},
		"overnight":              {Span{Start: day(8, 16), End: day(9, 9)}, NotClosed},
		"over a weekend":         {Span{Start: day(11, 16), End: day(14, 9)}, OffHours},
		"whole days":             {Span{Start: day(8, 0), End: day(10, 0), AllDay: true}, NotClosed},
		"a whole Saturday":       {Span{Start: day(12, 0), End: day(13, 0), AllDay: true}, OffHours},
		"into a blocked time":    {Span{Start: day(18, 9), End: day(22, 9)}, Blocked},
		"a blocked day":          {Span{Start: day(23, 9), End: day(23, 12)}, Blocked},
		"behind the blocked one": {Span{Start: time.Date(2027, 1, 7, 8, 0, 0, 0, zone), End: time.Date(2027, 1, 7, 9, 0, 0, 0, zone)}, NotClosed},
	} {
		if got := l.Closed(c.span, zone); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if n := l.Unblock(Span{Start: day(24, 0), End: day(25, 0)}); n != 1 || len(l.Blocked) != 0 {
		t.Errorf("%d given free, %v left", n, l.Blocked)
	}
}
