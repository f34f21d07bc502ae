package index

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ehrenamt/matching"
)

// late is a store whose changes become visible out of order, as those of PostgreSQL do.
type late struct {
	changes []Change
	visible []time.Time
	now     *time.Time
	rows    map[string]Entry
	fail    bool
}

var errDown = errors.New("down")

func (l *late) After(_ context.Context, seq int64, limit int) ([]Change, error) {
	if l.fail {
		return nil, errDown
	}
	var out []Change
	for i, c := range l.changes {
		if c.Seq > seq && !l.visible[i].After(*l.now) && len(out) < limit {
			out = append(out, c)
		}
	}
	return out, nil
}

func (l *late) Since(_ context.Context, t time.Time) (int64, error) {
	var seq int64
	for i, c := range l.changes {
		if !c.At.After(t) && !l.visible[i].After(*l.now) {
			seq = max(seq, c.Seq)
		}
	}
	return seq, nil
}

func TestAFollowerMissesNothingThatBecomesVisibleLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		l := &late{now: &now, rows: map[string]Entry{}}
		x := New()
		f := &Follower{Source: l, Now: func() time.Time { return now }}
		f.Apply = func(_ context.Context, changes []Change) error {
			for _, c := range changes {
				if e, ok := l.rows[c.ID]; ok {
					x.Put(e)
				} else {
					x.Remove(c.ID, c.Revision)
				}
			}
			return nil
		}
		if err := f.Start(context.Background(), now); err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(1, 60).Draw(t, "changes") {
			id := strconv.Itoa(rapid.IntRange(0, 5).Draw(t, "id"))
			gone := rapid.IntRange(0, 3).Draw(t, "gone") == 0
			rev := int64(i + 1)
			if gone {
				delete(l.rows, id)
			} else {
				l.rows[id] = Entry{ID: id, Revision: rev, Radius: float64(i), Point: matching.Point{Lat: 50, Lon: 6}}
			}
			l.changes = append(l.changes, Change{Seq: int64(i + 1), Kind: "subscription", ID: id, Revision: rev, Gone: gone, At: now})
			l.visible = append(l.visible, now.Add(time.Duration(rapid.IntRange(0, 55).Draw(t, "late"))*time.Second))
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "pass")) * time.Second)
			l.fail = rapid.IntRange(0, 5).Draw(t, "down") == 0
			if _, err := f.Poll(context.Background()); (err != nil) != l.fail {
				t.Fatalf("poll: %v", err)
			}
		}
		l.fail = false
		now = now.Add(56 * time.Second)
		if _, err := f.Poll(context.Background()); err != nil {
			t.Fatal(err)
		}
		for id := range 6 {
			id := strconv.Itoa(id)
			want, there := l.rows[id]
			if e, ok := x.Get(id); ok != there || e.Radius != want.Radius || e.Revision != want.Revision {
				t.Fatalf("%s is %+v, expected %+v", id, e, want)
			}
		}
		if n, _ := f.Poll(context.Background()); n != 0 {
			t.Fatalf("%d changes came twice", n)
		}
	})
}

func TestAFollowerRepeatsWhatFailed(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	l := &late{now: &now, changes: []Change{{Seq: 1, ID: "a", At: now}}, visible: []time.Time{now}}
	var got []string
	down := true
	f := &Follower{Source: l, Now: func() time.Time { return now }, Apply: func(_ context.Context, cs []Change) error {
		if down {
			return errDown
		}
		for _, c := range cs {
			got = append(got, c.ID)
		}
		return nil
	}}
	ctx, stop := context.WithCancel(context.Background())
	tick := make(chan time.Time)
	done := make(chan error)
	failed := make(chan error, 1)
	go func() { done <- f.Run(ctx, tick, func(err error) { failed <- err }) }()
	if err := <-failed; !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	down = false
	tick <- now
	tick <- now
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) || !slices.Equal(got, []string{"a"}) {
		t.Fatalf("%v, applied %v", err, got)
	}
}

func TestAPauseEndsByItself(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	s := &matching.Subscription{ID: "a", Radius: 5, PausedUntil: now.Add(time.Hour), Place: matching.Place{Point: matching.Point{Lat: 50, Lon: 6}}}
	e, ok := EntryOf(s, now)
	if !ok || e.State != Paused {
		t.Fatalf("%+v", e)
	}
	x := New()
	x.Put(e)
	var p Pauses
	p.Note("a", s.PausedUntil)
	q := Query{Point: s.Place.Point, Without: Away}
	p.Wake(x, now)
	if len(x.Match(q, nil)) != 0 {
		t.Error("alerted in the pause")
	}
	p.Wake(x, now.Add(time.Hour))
	if len(x.Match(q, nil)) != 1 {
		t.Error("never woken")
	}
}

// TestTheIndexProposesWhateverMatches compares proposals with the exact rule, on drawn subscriptions and
// postings: whoever fits by matching.Match is among them.
func TestTheIndexProposesWhateverMatches(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		near := func(name string) matching.Place {
			return matching.Place{Point: matching.Point{Lat: 50.7 + rapid.Float64Range(0, 0.3).Draw(t, name), Lon: 6.1}}
		}
		p := matching.Posting{
			State: matching.Open, Author: "author", Place: near("posting"), Revision: 1,
			Kind:      rapid.SampledFrom(matching.Kinds).Draw(t, "kind"),
			Category:  rapid.SampledFrom(matching.Categories).Draw(t, "category"),
			Languages: rapid.SliceOfN(rapid.SampledFrom([]string{"de", "uk", "xx", "yy"}), 0, 2).Draw(t, "languages"),
			Required:  rapid.SliceOfN(rapid.SampledFrom(matching.Qualifications[:4]), 0, 2).Draw(t, "required"),
			Flexible:  rapid.Bool().Draw(t, "flexible"), Radius: rapid.Float64Range(0, 20).Draw(t, "reach"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "dates") {
			start := now.Add(time.Duration(rapid.IntRange(-30, 100).Draw(t, "in hours")) * time.Hour)
			p.Dates = append(p.Dates, matching.Span{Start: start, End: start.Add(3 * time.Hour)})
		}
		s := matching.Subscription{
			ID: "s", Person: "p", Place: near("home"), Radius: rapid.Float64Range(0, 30).Draw(t, "radius"),
			Categories:     rapid.SliceOfN(rapid.SampledFrom(matching.Categories), 0, 9).Draw(t, "categories"),
			Kinds:          rapid.SliceOfN(rapid.SampledFrom(matching.Kinds), 0, 2).Draw(t, "kinds"),
			Slots:          matching.Slots(rapid.Uint32().Draw(t, "slots")) & matching.AllSlots,
			Qualifications: rapid.SliceOfN(rapid.SampledFrom(matching.Qualifications[:4]), 0, 4).Draw(t, "qualifications"),
			Languages:      rapid.SliceOfN(rapid.SampledFrom([]string{"de", "uk", "xx", "yy"}), 0, 2).Draw(t, "speaks"),
		}
		e, ok := EntryOf(&s, now)
		q, ask := QueryOf(&p, now, time.UTC)
		x := New()
		x.Put(e)
		proposed := ok && ask && len(x.Match(q, nil)) == 1
		if fit := matching.Match(&s, &p, now, time.UTC); fit.OK && !proposed {
			t.Fatalf("%+v fits %+v and is not proposed: %+v, %+v", s, p, e, q)
		}
	})
}

// TestAFollowerTellsWhatItKnows: every change that is visible is either known or will be met beyond what is settled,
// however late it became visible within the margin.
func TestAFollowerTellsWhatItKnows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const margin = 10 * time.Second
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		l := &late{now: &now, rows: map[string]Entry{}}
		applied := map[string]bool{}
		f := &Follower{Source: l, Now: func() time.Time { return now }}
		f.Apply = func(_ context.Context, changes []Change) error {
			for _, c := range changes {
				applied[c.ID] = true
			}
			return nil
		}
		for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 8000).Draw(t, "wait")) * time.Millisecond)
			delay := time.Duration(rapid.IntRange(0, 9000).Draw(t, "late")) * time.Millisecond
			l.changes = append(l.changes, Change{Seq: int64(step + 1), Kind: "subscription", ID: strconv.Itoa(step), At: now})
			l.visible = append(l.visible, now.Add(delay))
			if rapid.Bool().Draw(t, "poll") {
				if _, err := f.Poll(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			settled, beyond := f.Known(margin)
			for i, c := range l.changes {
				_, known := beyond[c.Seq]
				if met := c.Seq > settled && !known; !l.visible[i].After(now) && applied[c.ID] == met {
					t.Fatalf("change %d of %s: applied %v, met %v, settled %d", c.Seq, c.At, applied[c.ID], met, settled)
				}
				if l.visible[i].After(now) && (known || c.Seq <= settled) {
					t.Fatalf("change %d is taken for known before anybody can see it", c.Seq)
				}
			}
		}
	})
}
