package bot

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// candidatesMax is how many subscriptions around a posting are looked at for one wave.
const candidatesMax = 20000

// candidate is a person a posting fits, by the best of their subscriptions.
type candidate struct {
	sub   matching.Subscription
	fit   matching.Fit
	asked int // alerts in the last seven days
}

// wave asks the next people about a posting and sets the clock for the wave after it. It returns how many
// are asked now and how many could be.
func (t *turn) wave(ctx context.Context, p *matching.Posting) (asked, eligible int, err error) {
	if p.State != matching.Open {
		return 0, 0, nil
	}
	want, err := t.wanted(ctx, p)
	if err != nil || want == 0 {
		return 0, 0, err
	}
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return 0, 0, fmt.Errorf("alerts: %w", err)
	}
	queued := slices.ContainsFunc(alerts, func(a storage.Alert) bool { return a.State == storage.AlertQueued })
	cs, err := t.candidates(ctx, p, alerts)
	if err != nil {
		return 0, 0, err
	}
	number := 0
	for _, a := range alerts {
		number = max(number, a.Wave)
	}
	if !queued { // never two waves of one posting in the queue
		for _, c := range cs {
			if asked == want {
				break
			}
			ok, err := t.alert(ctx, p, c, number+1)
			if err != nil {
				return 0, 0, err
			}
			if ok {
				asked++
			}
		}
	}
	if len(cs) > asked || queued {
		due := t.now.Add(untilNextWave(p, t.now))
		if err := t.timer(ctx, storage.Timer{Key: "wave:" + p.ID, Kind: "wave", Subject: "posting:" + p.ID, Due: due}); err != nil {
			return 0, 0, fmt.Errorf("timer: %w", err)
		}
	}
	return asked, len(cs), nil
}

// untilNextWave is a twelfth of the time left, between 8 and 90 minutes.
func untilNextWave(p *matching.Posting, now time.Time) time.Duration {
	left := 18 * time.Hour
	if d, ok := p.Next(now); ok {
		left = d.Start.Sub(now)
	}
	return min(max(left/12, 8*time.Minute), 90*time.Minute)
}

// wanted is how many people to ask: eight for every place still open.
func (t *turn) wanted(ctx context.Context, p *matching.Posting) (int, error) {
	if p.Places == 0 {
		return 8, nil
	}
	open := 0
	for date := range max(1, len(p.Dates)) {
		if over(p, date, t) {
			continue
		}
		free, err := t.free(ctx, p, date, "")
		if err != nil {
			return 0, err
		}
		open = max(open, free)
	}
	return open * 8, nil
}

// candidates are the people a posting fits who may be asked now: fewest recently asked first, then nearest.
func (t *turn) candidates(ctx context.Context, p *matching.Posting, told []storage.Alert) ([]candidate, error) {
	subs, err := t.tx.Subscriptions.Around(ctx, p.Place.Point, p.Category, candidatesMax)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return nil, err
	}
	asked := map[string]bool{p.Author: true}
	for _, a := range told {
		asked[a.Person] = true
	}
	if p.Organisation != "" {
		ms, err := t.tx.Members.OfOrganisation(ctx, p.Organisation)
		if err != nil {
			return nil, fmt.Errorf("members: %w", err)
		}
		for _, m := range ms {
			asked[m.Person] = true
		}
	}
	best := map[string]candidate{}
	var order []string
	for _, s := range subs {
		if asked[s.Person] || s.Cadence != matching.AtOnce {
			continue
		}
		fit := matching.Match(&s, p, t.now, zone(f))
		if !fit.OK {
			continue
		}
		old, ok := best[s.Person]
		if !ok {
			order = append(order, s.Person)
		}
		if !ok || fit.Score > old.fit.Score {
			best[s.Person] = candidate{sub: s, fit: fit}
		}
	}
	return t.withinBudget(ctx, best, order)
}

func (t *turn) withinBudget(ctx context.Context, best map[string]candidate, order []string) ([]candidate, error) {
	week, err := t.tx.Alerts.AlertCounts(ctx, order, t.now.Add(-7*24*time.Hour))
	if err != nil {
		return nil, fmt.Errorf("alert counts: %w", err)
	}
	day, err := t.tx.Alerts.AlertCounts(ctx, order, t.now.Add(-24*time.Hour))
	if err != nil {
		return nil, fmt.Errorf("alert counts: %w", err)
	}
	var out []candidate
	for _, id := range order {
		c := best[id]
		perWeek, perDay := c.sub.PerWeek, c.sub.PerDay
		if perWeek == 0 {
			perWeek = matching.DefaultPerWeek
		}
		if perDay == 0 {
			perDay = matching.DefaultPerDay
		}
		if week[id] >= perWeek || day[id] >= perDay {
			continue
		}
		c.asked = week[id]
		out = append(out, c)
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.asked != b.asked {
			return a.asked < b.asked
		}
		if a.fit.KM != b.fit.KM {
			return a.fit.KM < b.fit.KM
		}
		return a.sub.ID < b.sub.ID
	})
	return out, nil
}

// alert tells one person about a posting, unless they were told or cannot be reached in time.
func (t *turn) alert(ctx context.Context, p *matching.Posting, c candidate, number int) (bool, error) {
	person, err := t.tx.People.Person(ctx, c.sub.Person)
	if err != nil {
		return false, fmt.Errorf("person: %w", err)
	}
	if person.Stopped || t.now.Before(person.PausedUntil) {
		return false, nil
	}
	_, reachable, err := t.reach(ctx, person.ID)
	if err != nil || !reachable {
		return false, err
	}
	f, err := t.b.fronts.front(ctx, t.tx, c.sub.Front)
	if err != nil {
		return false, err
	}
	due := afterQuiet(t.now.In(zone(f)), person.QuietFrom, person.QuietTo)
	rank := int64(0)
	if d, ok := p.Next(t.now); ok {
		if !due.Before(d.Start) {
			return false, nil // it would be too late after the night
		}
		rank = d.Start.UnixMilli()
	}
	key := "alert:" + person.ID + ":" + p.ID
	a := storage.Alert{
		Person: person.ID, Posting: p.ID, Subscription: c.sub.ID, Front: c.sub.Front, Wave: number,
		State: storage.AlertQueued, Delivery: key, At: t.now,
	}
	fresh, err := t.tx.Alerts.Raise(ctx, &a)
	if err != nil || !fresh {
		return false, err
	}
	prior, err := t.tx.Alerts.AlertsTo(ctx, person.ID, time.Time{})
	if err != nil {
		return false, fmt.Errorf("alerts: %w", err)
	}
	prio := storage.FirstWave
	if number > 1 {
		prio = storage.LaterWave
	}
	piece := flows.Piece{Kind: flows.NewsAlert, Posting: p.Public(), Reasons: c.fit.Reasons, Date: c.fit.Occasion, First: len(prior) <= 1}
	d := storage.Delivery{Class: storage.Nice, Priority: prio, Rank: rank, Subject: "posting:" + p.ID, Due: due}
	return t.tell(ctx, person.ID, key, piece, d)
}

// Quiet hours where a person has not chosen any, in minutes after midnight.
const (
	quietFrom = 21 * 60
	quietTo   = 8 * 60
)

// afterQuiet is when a message may be sent that should go at the local time now: then, or at the end of
// the quiet hours.
func afterQuiet(now time.Time, from, to int) time.Time {
	if from == to {
		from, to = quietFrom, quietTo
	}
	minute := now.Hour()*60 + now.Minute()
	quiet := minute >= from && minute < to
	if from > to {
		quiet = minute >= from || minute < to
	}
	if !quiet {
		return now
	}
	day := now.Day()
	if minute >= to {
		day++
	}
	return time.Date(now.Year(), now.Month(), day, to/60, to%60, 0, 0, now.Location())
}

// stopAsking withdraws alerts that are not sent and edits those that are.
func (t *turn) stopAsking(ctx context.Context, p *matching.Posting) error {
	subject := "posting:" + p.ID
	if _, err := t.tx.Outbox.Cancel(ctx, subject, storage.Nice); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if err := t.tx.Timers.ClearTimer(ctx, "wave:"+p.ID); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	for _, a := range alerts {
		if a.State != storage.AlertQueued {
			continue
		}
		d, err := t.tx.Sent.ByKey(ctx, a.Delivery)
		if err != nil {
			return fmt.Errorf("delivery: %w", err)
		}
		if d.State == storage.Dropped {
			if err := t.tx.Alerts.SetAlert(ctx, a.Person, p.ID, storage.AlertDropped, t.now); err != nil {
				return fmt.Errorf("alert: %w", err)
			}
		}
	}
	return t.timer(ctx, storage.Timer{Key: "gone:" + p.ID, Kind: "gone", Subject: "gone:" + p.ID, Due: t.now})
}

// gone edits the alerts already sent of a posting that needs nobody any more.
func (t *turn) gone(ctx context.Context, posting string) error {
	p, err := t.tx.Postings.Posting(ctx, posting)
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	kind := flows.NewsGone
	switch p.State {
	case matching.Open:
		return nil // it needs people again
	case matching.Withdrawn:
		kind = flows.NewsWithdrawn
	}
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	for _, a := range alerts {
		if a.State != storage.AlertSent && a.State != storage.AlertQueued {
			continue
		}
		d, err := t.tx.Sent.ByKey(ctx, a.Delivery)
		if err != nil {
			return fmt.Errorf("delivery: %w", err)
		}
		if d.Ref == "" {
			continue
		}
		piece := flows.Piece{Kind: kind, Posting: p.Public()}
		edit := storage.Delivery{Class: storage.Nice, Priority: storage.LaterWave, Subject: "gone:" + p.ID, Edit: d.Ref}
		if _, err := t.tell(ctx, a.Person, "gone:"+string(p.State)+":"+a.Delivery, piece, edit); err != nil {
			return err
		}
	}
	return nil
}

// offerPresent shows somebody who has just subscribed the best of what is open already, within their budget.
func (t *turn) offerPresent(ctx context.Context, k *talk, s *matching.Subscription) (int, error) {
	open, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{
		States: []matching.PostingState{matching.Open}, Near: s.Place.Point, Within: s.Radius, Limit: 200,
	})
	if err != nil {
		return 0, fmt.Errorf("postings: %w", err)
	}
	type found struct {
		p   matching.Posting
		fit matching.Fit
	}
	var fits []found
	for _, p := range open {
		if fit := matching.Match(s, &p, t.now, k.env.Zone); fit.OK {
			fits = append(fits, found{p, fit})
		}
	}
	sort.SliceStable(fits, func(i, j int) bool { return fits[i].fit.Score > fits[j].fit.Score })
	shown := 0
	for _, f := range fits {
		if shown == matching.DefaultPerDay {
			break
		}
		ok, err := t.alert(ctx, &f.p, candidate{sub: *s, fit: f.fit}, 1)
		if err != nil {
			return 0, err
		}
		if ok {
			shown++
		}
	}
	return len(fits), nil
}
