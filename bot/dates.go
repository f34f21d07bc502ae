package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// leaveOut lets one date of a posting fall out, and tells everybody who counted on it. The only date left takes the
// posting with it.
func (t *turn) leaveOut(ctx context.Context, k *talk, c flows.LeaveOut) (conversations.Fact, error) {
	p, fact, err := t.meant(ctx, k, c.Posting, (*matching.Posting).Dated)
	if err != nil || fact != nil {
		return fact, err
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	d, fact := s.dateMeant(c.Date)
	if fact != nil || !p.State.Visible() {
		if fact == nil {
			fact = flows.Refused{Why: flows.Over}
		}
		return fact, nil
	}
	if len(s.dates()) == 1 {
		told, err := t.takeBack(ctx, &p)
		t.forgetChanges(k, p.ID)
		return flows.Withdrew{Posting: p, Told: told}, err
	}
	old := p
	p.Exceptions = slices.DeleteFunc(slices.Clone(p.Exceptions), func(e matching.Exception) bool { return e.Key == d.Key })
	p.Exceptions = append(p.Exceptions, matching.Exception{Key: d.Key, Skip: true})
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	told, err := t.fellOut(ctx, &old, &p, d)
	if err != nil {
		return nil, err
	}
	if s, err = t.even(ctx, &p); err != nil {
		return nil, err
	}
	return flows.DateChanged{Posting: p, Date: d, Out: true, Told: told}, t.dateChanged(ctx, k, &p, "left-out")
}

// fellOut ends the answers to a date that falls out; those who come every time are told, too.
func (t *turn) fellOut(ctx context.Context, old, p *matching.Posting, d matching.Span) (int, error) {
	s, err := t.seats(ctx, p)
	if err != nil {
		return 0, err
	}
	told := 0
	for _, a := range slices.Clone(s.answers) {
		switch {
		case !a.State.Live():
		case a.Date == d.Key:
			if err := t.fallsOut(ctx, s, a, old); err != nil {
				return 0, err
			}
			told++
		case a.Date == matching.EveryDate && a.State.Takes() && a.On(d):
			piece := flows.Piece{Kind: flows.NewsOnceOff, Posting: p.Public(), Answer: a, Date: d.Key}
			ok, err := t.tell(ctx, a.Person, "", piece, urgent("posting:"+p.ID))
			if err != nil {
				return 0, err
			}
			if ok {
				told++
			}
		}
	}
	return told, nil
}

// moveDate moves one date, and asks everybody who comes then whether it still suits them.
func (t *turn) moveDate(ctx context.Context, k *talk, c flows.MoveDate) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	d, ok := s.on(c.Date)
	switch {
	case !p.State.Visible() || !ok || !p.Dated():
		return refused(flows.Over)
	case c.To.Start.IsZero() || !c.To.Until().After(t.now):
		return refused(flows.Past)
	case slices.ContainsFunc(s.dates(), func(x matching.Span) bool { return c.To.Start.Equal(x.Start) && c.To.End.Equal(x.End) }):
		return refused(flows.Already) // then it is, or another date of the same posting
	}
	old := p
	to := matching.Span{Start: c.To.Start, End: c.To.End, AllDay: c.To.AllDay, Places: d.Places, Key: d.Key}
	if i := slices.IndexFunc(p.Listed(), func(l matching.Span) bool { return l.Key == d.Key }); i >= 0 && p.Recurrence == "" {
		p.Dates = p.Listed()
		p.Dates[i] = to
		p.Keys = max(p.Keys, len(p.Dates))
	} else {
		p.Exceptions = slices.DeleteFunc(slices.Clone(p.Exceptions), func(e matching.Exception) bool { return e.Key == d.Key })
		p.Exceptions = append(p.Exceptions, matching.Exception{Key: d.Key, Span: to})
	}
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	n, err := t.carryOver(ctx, &old, &p)
	if err != nil {
		return nil, err
	}
	if s, err = t.even(ctx, &p); err != nil {
		return nil, err
	}
	now, _ := p.On(d.Key, s.zone)
	return flows.DateChanged{Posting: p, Date: now, Told: n}, t.dateChanged(ctx, k, &p, "moved")
}

// dateChanged sets the clocks of a posting anew, and lets those who were asked see how it is now.
func (t *turn) dateChanged(ctx context.Context, k *talk, p *matching.Posting, action string) error {
	if err := t.setEnd(ctx, p); err != nil {
		return err
	}
	if err := t.showChanged(ctx, p); err != nil {
		return err
	}
	return t.audit(ctx, k, action, "posting:"+p.ID)
}

// showChanged lets the alerts that were sent show a changed posting.
func (t *turn) showChanged(ctx context.Context, p *matching.Posting) error {
	if p.State != matching.Open {
		return nil
	}
	return t.timer(ctx, storage.Timer{Key: "revised:" + p.ID, Kind: "revised", Subject: "posting:" + p.ID, Due: t.now})
}

// revised edits the alerts already sent of a posting that has changed.
func (t *turn) revised(ctx context.Context, id string) error {
	p, err := t.tx.Postings.Posting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if p.State != matching.Open {
		return nil
	}
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	next, _ := p.Next(t.now, t.zone(ctx, &p))
	for _, a := range alerts {
		if a.State != storage.AlertSent {
			continue
		}
		d, err := t.tx.Sent.ByKey(ctx, a.Delivery)
		if err != nil {
			return fmt.Errorf("delivery: %w", err)
		}
		if d.Ref == "" {
			continue
		}
		piece := flows.Piece{Kind: flows.NewsAlert, Posting: p.Public(), Date: next.Key}
		edit := storage.Delivery{Class: storage.Nice, Priority: storage.LaterWave, Subject: "posting:" + p.ID, Edit: d.Ref}
		key := fmt.Sprintf("revised:%d:%s", p.Revision, a.Delivery)
		if _, err := t.tell(ctx, a.Person, key, piece, edit); err != nil {
			return err
		}
	}
	return nil
}

// holdAnyway lets a date take place with fewer people than were wished for.
func (t *turn) holdAnyway(ctx context.Context, k *talk, c flows.HoldAnyway) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	d, ok := s.on(c.Date)
	if !ok || !p.State.Visible() {
		return refused(flows.Over)
	}
	if slices.Contains(p.Anyway, d.Key) {
		return refused(flows.Already)
	}
	p.Anyway = append(slices.Clone(p.Anyway), d.Key)
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	return flows.HeldAnyway{Posting: p, Date: d}, t.audit(ctx, k, "held-anyway", "posting:"+p.ID)
}

// When the other side is asked what to do with too few: a day before the start, or halfway there.
const (
	fewBefore = 24 * time.Hour
	fewLate   = 2 * time.Hour // not later than that before the start, if it can be
)

// fewAt is when to ask about a date with too few people; never in the quiet hours if the start allows it.
func fewAt(now, start time.Time, zone *time.Location) time.Time {
	at := start.Add(-fewBefore)
	if half := now.Add(start.Sub(now) / 2); at.Before(half) && start.Sub(now) < 2*fewBefore {
		at = half
	}
	if awake := afterQuiet(at.In(zone), 0, 0); awake.Before(start.Add(-fewLate)) {
		return awake
	}
	evening := at.In(zone)
	evening = time.Date(evening.Year(), evening.Month(), evening.Day(), 20, 30, 0, 0, zone)
	for !evening.Before(start.Add(-fewLate)) || evening.After(at) {
		evening = evening.AddDate(0, 0, -1)
	}
	if evening.After(now) {
		return evening
	}
	return at
}

// setFew sets the clock for the next date that may have too few people.
func (t *turn) setFew(ctx context.Context, p *matching.Posting) error {
	return t.setFewAfter(ctx, p, t.now)
}

// setFewAfter is setFew for dates that begin after a moment: one that was asked about is not asked about again.
func (t *turn) setFewAfter(ctx context.Context, p *matching.Posting, after time.Time) error {
	key := "few:" + p.ID
	if p.PlacesMin <= 1 || p.Kind != matching.Need {
		return t.tx.Timers.ClearTimer(ctx, key)
	}
	zone := t.zone(ctx, p)
	for _, d := range p.Occurrences(t.now, time.Time{}, zone) {
		if at := fewAt(t.now, d.Start, zone); d.Start.After(after) && at.After(t.now) && !slices.Contains(p.Anyway, d.Key) {
			return t.timer(ctx, storage.Timer{Key: key, Kind: "few", Subject: "posting:" + p.ID, Due: at, Data: fmt.Appendf(nil, "%d", d.Key)})
		}
	}
	return t.tx.Timers.ClearTimer(ctx, key)
}

// few asks the other side what to do with a date that has fewer people than it needs.
func (t *turn) few(ctx context.Context, tm storage.Timer, id string) error {
	p, err := t.tx.Postings.LockPosting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if !p.State.Visible() {
		return nil
	}
	key := 0
	if _, err := fmt.Sscanf(string(tm.Data), "%d", &key); err != nil {
		return fmt.Errorf("few: %w", err)
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return err
	}
	after := t.now
	if d, ok := p.Planned(key, t.zone(ctx, &p)); ok && d.Start.After(after) {
		after = d.Start
	}
	if d, ok := s.on(key); ok && !slices.Contains(p.Anyway, key) {
		if taken := s.taken(d, ""); taken < p.PlacesMin {
			piece := flows.Piece{Kind: flows.NewsFew, Posting: p, Date: key, Taken: taken}
			if err := t.tellPoster(ctx, &p, piece); err != nil {
				return err
			}
		}
	}
	return t.setFewAfter(ctx, &p, after)
}

// placesTimer does what a timer about places is for.
func (t *turn) placesTimer(ctx context.Context, tm storage.Timer, id string) error {
	switch tm.Kind {
	case "offer":
		return t.offerOver(ctx, id)
	case "again":
		return t.againOver(ctx, tm, id)
	case "few":
		return t.few(ctx, tm, id)
	default:
		return t.revised(ctx, id)
	}
}

// nextDate goes on with a posting when one of its dates is over and further ones are ahead: who still waited for that
// date waits no longer, and people are looked for again where the next ones lack some.
func (t *turn) nextDate(ctx context.Context, p *matching.Posting) error {
	s, err := t.seats(ctx, p)
	if err != nil {
		return err
	}
	for _, a := range slices.Clone(s.answers) {
		if a.Date == matching.EveryDate && expected(a.State) {
			if err := t.planReminder(ctx, p, &a); err != nil {
				return err
			}
		}
		if a.State != matching.Interested && a.State != matching.Waiting && a.State != matching.Offered || !s.over(a.Date) {
			continue
		}
		a.State, a.Changed, a.Held = matching.Lapsed, t.now, 0
		if err := t.saveAnswer(ctx, s, &a); err != nil {
			return err
		}
		if err := t.forgetAnswer(ctx, &a); err != nil {
			return err
		}
	}
	if err := t.setEnd(ctx, p); err != nil {
		return err
	}
	t.stir(p.ID, true)
	_, err = t.even(ctx, p)
	return err
}
