package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// How long somebody has to say whether a changed time or place still suits them: a quarter of the time left, within
// these.
const (
	againMost  = 24 * time.Hour
	againLeast = 30 * time.Minute
)

// carryOver takes the answers to a posting over into its changed version: whoever has a place at a date whose time
// or place is another one now is asked again; what was answered to a date that is gone lapses. It returns how many
// were asked.
func (t *turn) carryOver(ctx context.Context, old, p *matching.Posting) (int, error) {
	s, err := t.seats(ctx, p)
	if err != nil {
		return 0, err
	}
	asked := map[string][]matching.Answer{}
	var order []string
	for _, a := range slices.Clone(s.answers) {
		if !a.State.Live() {
			continue
		}
		was, ahead := s.before(old, &a)
		if !ahead {
			continue // it was over before the change
		}
		if err := t.rekey(ctx, s, &a, was); err != nil {
			return 0, err
		}
		if s.over(a.Date) {
			if err := t.fallsOut(ctx, s, a, old); err != nil {
				return 0, err
			}
			continue
		}
		now, _ := s.on(a.Date)
		moved := !now.Start.Equal(was.Start) || !now.End.Equal(was.End) || old.Place.Point != p.Place.Point || old.Recurrence != p.Recurrence && a.Date == matching.EveryDate
		if !moved || a.State != matching.Accepted && a.State != matching.Confirmed {
			continue
		}
		if asked[a.Person] == nil {
			order = append(order, a.Person)
		}
		asked[a.Person] = append(asked[a.Person], a)
	}
	n := 0
	for _, person := range order {
		told, err := t.askStillFits(ctx, s, asked[person])
		if err != nil {
			return 0, err
		}
		if told {
			n++
		}
	}
	return n, nil
}

// before is the date of an answer in the former version of its posting; false if it was over by now.
func (s *seats) before(old *matching.Posting, a *matching.Answer) (matching.Span, bool) {
	o := &seats{p: old, now: s.now, zone: s.zone}
	d, ok := o.on(a.Date)
	return d, ok
}

// rekey moves an answer to the date of a changed series that takes the place of its own: the one in the same week.
func (t *turn) rekey(ctx context.Context, s *seats, a *matching.Answer, was matching.Span) error {
	if a.Date == matching.EveryDate || s.p.Recurrence == "" || was.Start.IsZero() {
		return nil
	}
	if _, ok := s.p.Planned(a.Date, s.zone); ok {
		return nil
	}
	year, week := was.Start.In(s.zone).ISOWeek()
	for _, d := range s.p.Occurrences(s.now, time.Time{}, s.zone) {
		y, w := d.Start.In(s.zone).ISOWeek()
		if y != year || w != week || s.of(a.Person, d.Key).ID != "" {
			continue
		}
		a.Date = d.Key
		return t.saveAnswer(ctx, s, a)
	}
	return nil
}

// fallsOut ends an answer to a date that no longer takes place, and tells the person.
func (t *turn) fallsOut(ctx context.Context, s *seats, a matching.Answer, old *matching.Posting) error {
	held := a.State.Takes()
	a.State, a.Changed, a.Held, a.Asked = matching.Lapsed, t.now, 0, time.Time{}
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return err
	}
	if err := t.forgetAnswer(ctx, &a); err != nil {
		return err
	}
	_, err := t.tell(ctx, a.Person, "", flows.Piece{Kind: flows.NewsWithdrawn, Posting: old.Public(), Answer: a, Date: a.Date, Held: held}, urgent("posting:"+s.p.ID))
	return err
}

// forgetAnswer drops what is still to be sent or to happen about an answer.
func (t *turn) forgetAnswer(ctx context.Context, a *matching.Answer) error {
	if _, err := t.tx.Outbox.Cancel(ctx, "offer:"+a.ID, storage.Must); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	for _, key := range []string{"offer:", "again:"} {
		if err := t.tx.Timers.ClearTimer(ctx, key+a.ID); err != nil {
			return fmt.Errorf("timer: %w", err)
		}
	}
	return nil
}

// askStillFits asks somebody who has places whether a change still suits them, and sets the clock.
func (t *turn) askStillFits(ctx context.Context, s *seats, answers []matching.Answer) (bool, error) {
	piece := flows.Piece{Kind: flows.NewsChanged, Posting: *s.p, Answer: answers[0], Date: answers[0].Date}
	due := t.now.Add(againMost)
	for i := range answers {
		a := &answers[i]
		a.Asked, a.State = t.now, matching.Accepted
		if err := t.saveAnswer(ctx, s, a); err != nil {
			return false, err
		}
		piece.Dates = append(piece.Dates, a.Date)
		if d, ok := s.on(a.Date); ok && s.p.Dated() {
			if at := t.now.Add(max(againLeast, d.Start.Sub(t.now)/4)); at.Before(due) {
				due = at
			}
		}
	}
	for i := range answers {
		if err := t.askAgainAt(ctx, &answers[i], again{Since: t.now}, due); err != nil {
			return false, err
		}
	}
	return t.tell(ctx, answers[0].Person, suitsKey(1, &answers[0]), piece, urgent("posting:"+s.p.ID))
}

// suitsKey is the key of asking somebody for the first or second time whether a change suits them.
func suitsKey(n int, a *matching.Answer) string {
	return fmt.Sprintf("suits:%d:%s:%s:%d", n, a.Posting, a.Person, a.Asked.UnixMilli())
}

// again is what the clock of askStillFits keeps.
type again struct {
	Since time.Time `json:"since"`
	Twice bool      `json:"twice,omitempty"` // they were asked once more
}

func (t *turn) askAgainAt(ctx context.Context, a *matching.Answer, d again, due time.Time) error {
	data, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("again: %w", err)
	}
	tm := storage.Timer{Key: "again:" + a.ID, Kind: "again", Subject: "answer:" + a.ID, Due: due, Data: data}
	if err := t.timer(ctx, tm); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	return nil
}

// againOver asks somebody once more who has not said whether a change still suits them. After that their place is given
// away where the organisation wants that and both messages arrived; else the other side is told, and decides.
func (t *turn) againOver(ctx context.Context, tm storage.Timer, id string) error {
	a, p, err := t.lockAnswer(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var d again
	if err := json.Unmarshal(tm.Data, &d); err != nil {
		return fmt.Errorf("again: %w", err)
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return err
	}
	if a.Asked.IsZero() || a.Asked.UnixMilli() != d.Since.UnixMilli() || !a.State.Takes() || !p.State.Visible() || s.over(a.Date) {
		return nil
	}
	if !d.Twice {
		if asked, err := t.askTwice(ctx, s, &a, d); err != nil || asked {
			return err
		}
	}
	if a.Date != matching.EveryDate { // who comes every time keeps the place
		release, err := t.wantsRelease(ctx, &p)
		if err != nil {
			return err
		}
		heard, err := t.unheeded(ctx, suitsKey(1, &a), suitsKey(2, &a))
		if err != nil {
			return err
		}
		if release && heard {
			return t.release(ctx, &p, a)
		}
	}
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return err
	}
	return t.tellPoster(ctx, &p, flows.Piece{Kind: flows.NewsUnsure, Posting: p, Answer: a, Name: name, Date: a.Date})
}

// askTwice asks somebody for the second time, about all dates they were asked about together; false where it is too late
// for that, or nobody can be reached.
func (t *turn) askTwice(ctx context.Context, s *seats, a *matching.Answer, d again) (bool, error) {
	due := t.now.Add(againMost)
	piece := flows.Piece{Kind: flows.NewsChanged, Posting: *s.p, Answer: *a, Date: a.Date, Again: true}
	for _, x := range s.answers {
		if x.Person != a.Person || x.Asked.UnixMilli() != d.Since.UnixMilli() || !x.State.Takes() || s.over(x.Date) {
			continue
		}
		piece.Dates = append(piece.Dates, x.Date)
		on, ok := s.on(x.Date)
		if !ok || !s.p.Dated() {
			continue
		}
		if at := t.now.Add(max(heedWithin, on.Start.Sub(t.now)/4)); at.Before(due) {
			due = at
		}
		if !due.Before(on.Start) {
			return false, nil
		}
	}
	at, err := t.waking(ctx, a.Person)
	if err != nil {
		return false, err
	}
	if due = due.Add(at.Sub(t.now)); s.p.Dated() {
		if on, ok := s.on(a.Date); ok && !due.Before(on.Start) {
			return false, nil // the night is between
		}
	}
	del := urgent("posting:" + s.p.ID)
	del.Due = at
	told, err := t.tell(ctx, a.Person, suitsKey(2, a), piece, del)
	if err != nil || !told {
		return false, err
	}
	return true, t.askAgainAt(ctx, a, again{Since: d.Since, Twice: true}, due)
}

// lockAnswer locks the posting of an answer and reads the answer as it is then.
func (t *turn) lockAnswer(ctx context.Context, id string) (matching.Answer, matching.Posting, error) {
	a, err := t.tx.Answers.Answer(ctx, id)
	if err != nil {
		return a, matching.Posting{}, fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.LockPosting(ctx, a.Posting)
	if err != nil {
		return a, p, fmt.Errorf("posting: %w", err)
	}
	if a, err = t.tx.Answers.Answer(ctx, id); err != nil {
		return a, p, fmt.Errorf("answer: %w", err)
	}
	return a, p, nil
}

// relieve keeps those who come every time away from dates that have become too full for them: a date that was moved
// into their absence, or one with fewer places.
func (t *turn) relieve(ctx context.Context, s *seats) error {
	for _, d := range s.dates() {
		for _, a := range slices.Backward(slices.Clone(s.answers)) {
			places := s.p.PlacesOn(d)
			if places == 0 || s.taken(d, "") <= places {
				break
			}
			if a.Date != matching.EveryDate || !a.State.Takes() || !a.On(d) {
				continue
			}
			a.Away = append(slices.Clone(a.Away), matching.Span{Start: d.Start, End: d.Start.Add(time.Second)})
			if err := t.saveAnswer(ctx, s, &a); err != nil {
				return err
			}
			piece := flows.Piece{Kind: flows.NewsCrowded, Posting: s.p.Public(), Answer: a, Date: d.Key}
			if _, err := t.tell(ctx, a.Person, "", piece, urgent("posting:"+s.p.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}
