package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ehrenamt/matching"
)

// seats counts the places of a posting, by one reading of its answers. Whoever decides by it has locked the posting.
type seats struct {
	p       *matching.Posting
	now     time.Time
	zone    *time.Location
	answers []matching.Answer // oldest first
}

// seats reads the answers of a posting.
func (t *turn) seats(ctx context.Context, p *matching.Posting) (*seats, error) {
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	return &seats{p: p, now: t.now, zone: t.zone(ctx, p), answers: answers}, nil
}

// zone is the zone of a posting's front.
func (t *turn) zone(ctx context.Context, p *matching.Posting) *time.Location {
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return time.UTC
	}
	return t.b.fronts.zone(f)
}

// keep puts a changed answer in the place of what was read.
func (s *seats) keep(a matching.Answer) {
	if i := slices.IndexFunc(s.answers, func(x matching.Answer) bool { return x.ID == a.ID }); i >= 0 {
		s.answers[i] = a
		return
	}
	s.answers = append(s.answers, a)
}

// dates are those still ahead, soonest first; none where there are none.
func (s *seats) dates() []matching.Span { return s.p.Occurrences(s.now, time.Time{}, s.zone) }

// soon are the dates that count for whether anybody is still looked for: all that are listed, and of a series
// those of the next weeks.
func (s *seats) soon() []matching.Span {
	if s.p.Recurrence == "" {
		return s.dates()
	}
	ds := s.p.Occurrences(s.now, s.now.Add(seriesAhead), s.zone)
	if d, ok := s.p.Next(s.now, s.zone); ok && len(ds) == 0 {
		ds = append(ds, d)
	}
	return ds
}

// seriesAhead is how far ahead a series looks for people.
const seriesAhead = 28 * 24 * time.Hour

// widens is when people are looked for on a further date of a series, zero where that is not to be seen yet.
func (s *seats) widens() time.Time {
	if s.p.Recurrence == "" {
		return time.Time{}
	}
	for _, d := range s.dates() {
		if at := d.Start.Add(time.Millisecond - seriesAhead); at.After(s.now) {
			return at
		}
	}
	return time.Time{}
}

// on is a date of the posting that is not over.
func (s *seats) on(key int) (matching.Span, bool) {
	if key == matching.EveryDate {
		d, ok := s.p.Next(s.now, s.zone)
		return d, ok && s.p.Recurrence != ""
	}
	if !s.p.Timed() {
		return matching.Span{}, key == 0
	}
	d, ok := s.p.On(key, s.zone)
	return d, ok && d.Until().After(s.now)
}

// over tells whether nothing can come any more of an answer to a date: it has passed, or it is left out.
func (s *seats) over(key int) bool {
	if !s.p.Timed() {
		return false
	}
	_, ok := s.on(key)
	return !ok
}

// taken counts the places of a date that are taken, but for one answer.
func (s *seats) taken(d matching.Span, but string) int {
	n := s.p.External + s.p.Outside[d.Key]
	for i := range s.answers {
		a := &s.answers[i]
		if a.State.Takes() && a.ID != but && (a.On(d) || !s.p.Dated()) {
			n += a.Seats()
		}
	}
	return n
}

// free counts the places of a date that are left, but for one answer; -1 where there is no limit.
func (s *seats) free(d matching.Span, but string) int {
	if s.p.Lent() {
		return s.p.FreePieces(d, s.loans(but))
	}
	places := s.p.PlacesOn(d)
	if places == 0 || !s.p.Dated() {
		return -1
	}
	return max(0, places-s.taken(d, but))
}

// freeFor counts the places that are left for an answer: those of its date, or those that people who come every
// time may have. One place of each date is kept for newcomers where there are several.
func (s *seats) freeFor(key int, but string) int {
	if key != matching.EveryDate {
		d, ok := s.on(key)
		if !ok {
			return 0
		}
		return s.free(d, but)
	}
	if s.p.Places == 0 {
		return -1
	}
	n := s.p.Places - s.p.External
	if s.p.Places > 1 {
		n--
	}
	for i := range s.answers {
		if a := &s.answers[i]; a.Date == matching.EveryDate && a.State.Takes() && a.ID != but {
			n -= a.Seats()
		}
	}
	return max(0, n)
}

// full tells whether nobody is looked for any more; never where there is no limit, or no date.
func (s *seats) full() bool {
	ds := s.soon()
	if len(ds) == 0 {
		return false
	}
	return !slices.ContainsFunc(ds, func(d matching.Span) bool { return s.free(d, "") != 0 })
}

// giveWay keeps somebody who has a place every time away from the dates ahead that have not as many places left as
// they take.
func (s *seats) giveWay(a *matching.Answer) {
	if a.Date != matching.EveryDate || !a.State.Takes() {
		return
	}
	a.Away = slices.Clone(a.Away)
	for _, d := range s.dates() {
		if n := s.free(d, a.ID); n >= 0 && n < a.Seats() && a.On(d) {
			a.Away = append(a.Away, matching.Span{Start: d.Start, End: d.Start.Add(time.Second)})
		}
	}
}

// wanted is how many people are looked for at a time: for the date that lacks most. Without dates there is no
// counting, only not asking for more at a time than were wished for.
func (s *seats) wanted() int {
	if !s.p.Dated() {
		if s.p.Places == 0 || s.p.Lent() {
			return anyNumber
		}
		return max(0, s.p.Places-s.taken(matching.Span{}, ""))
	}
	n := 0
	for _, d := range s.soon() {
		free := s.free(d, "")
		if free < 0 {
			free = anyNumber
		}
		n = max(n, free)
	}
	return n
}

// over tells whether nothing can come any more of an answer to a date of a posting.
func (t *turn) over(ctx context.Context, p *matching.Posting, key int) bool {
	return (&seats{p: p, now: t.now, zone: t.zone(ctx, p)}).over(key)
}

// spanOf is the date an answer is about, of somebody who comes every time the next one; ok is false where the posting
// has none, or it does not take place.
func (t *turn) spanOf(ctx context.Context, p *matching.Posting, a *matching.Answer) (matching.Span, bool) {
	if !p.Timed() {
		return matching.Span{}, false
	}
	zone := t.zone(ctx, p)
	if a.Date != matching.EveryDate {
		return p.On(a.Date, zone)
	}
	for _, d := range p.Occurrences(t.now, time.Time{}, zone) {
		if a.On(d) {
			return d, true
		}
	}
	return matching.Span{}, false
}
