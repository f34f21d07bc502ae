package bot

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/matching/waves"
	"ehrenamt/storage"
)

// afterQuiet is when a message may be sent that should go at the local time now: then, or at the end of
// the quiet hours.
func afterQuiet(now time.Time, from, to int) time.Time {
	if from == to {
		from, to = matching.QuietFrom, matching.QuietTo
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

// waking is when a person is not asleep, from now on.
func (t *turn) waking(ctx context.Context, id string) (time.Time, error) {
	person, err := t.tx.People.Person(ctx, id)
	if err != nil {
		return t.now, fmt.Errorf("person: %w", err)
	}
	f, err := t.b.fronts.front(ctx, t.tx, person.Front)
	if err != nil {
		return t.now, err
	}
	return afterQuiet(t.now.In(t.b.fronts.zone(f)), person.QuietFrom, person.QuietTo), nil
}

// alertFates is what becomes of an alert with its delivery.
var alertFates = map[storage.DeliveryState]storage.AlertState{
	storage.Delivered: storage.AlertSent, storage.Uncertain: storage.AlertUncertain, storage.Buried: storage.AlertDropped, storage.Dropped: storage.AlertDropped,
}

// fate is the state of an alert that should have been sent by now: a process that died in between may have left it
// behind, and nobody knows whether it arrived.
func (t *turn) fate(ctx context.Context, a *storage.Alert) (storage.AlertState, error) {
	d, err := t.tx.Sent.ByKey(ctx, a.Delivery)
	if errors.Is(err, storage.ErrNotFound) {
		return a.State, nil
	}
	if err != nil {
		return a.State, fmt.Errorf("delivery: %w", err)
	}
	state, ok := alertFates[d.State]
	if !ok {
		return a.State, nil
	}
	return state, t.alertIs(ctx, a.Person, a.Posting, state)
}

// alertIs notes the state of an alert. One that may not have arrived is told again in a digest.
func (t *turn) alertIs(ctx context.Context, person, posting string, state storage.AlertState) error {
	err := t.tx.Alerts.SetAlert(ctx, person, posting, state, t.now)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // they were erased while it was on its way
	}
	if err == nil && state == storage.AlertUncertain {
		err = t.planDigest(ctx, person, matching.Daily)
	}
	return err
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
		if a.State != storage.AlertQueued || a.Wave == 0 {
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
	case matching.Open, matching.Review:
		return nil // it needs people again
	case matching.Withdrawn:
		kind = flows.NewsWithdrawn
	case matching.Rejected:
		kind = flows.NewsOffline
	}
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	for _, a := range alerts {
		if a.State != storage.AlertSent && a.State != storage.AlertQueued || a.Wave == 0 { // a digest is not rewritten
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
		if err := t.editAt(ctx, a.Person, d.To, "gone:"+string(p.State)+":"+a.Delivery, piece, edit); err != nil {
			return err
		}
	}
	return nil
}

// editAt changes what a person was sent, where it was sent.
func (t *turn) editAt(ctx context.Context, person string, to channels.Address, key string, piece flows.Piece, d storage.Delivery) error {
	rec, err := t.tx.Addresses.Owner(ctx, to)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (rec.Person != person || rec.State != storage.AddressOpen || !t.ours(to)) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	p, err := t.tx.People.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	k, err := t.talkTo(ctx, p, to, rec.Front)
	if err != nil {
		return err
	}
	return t.sendAs(ctx, k, key, t.b.Book.Tell(piece, k.env), d)
}

// offerPresent shows somebody who has just subscribed the best of what is open already, within their budget.
func (t *turn) offerPresent(ctx context.Context, k *talk, s *matching.Subscription) (int, error) {
	open, err := t.retrieve(ctx, matching.Query{Near: s.Place.Point, Radius: s.Radius, Kinds: s.Kinds, Categories: s.Categories})
	if err != nil {
		return 0, err
	}
	if open, err = t.awake(ctx, open); err != nil {
		return 0, err
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
		need := waves.Need{ID: f.p.ID, Published: f.p.Published}
		if d, ok := f.p.Next(t.now); ok {
			need.Start = d.Start
		}
		ok, err := t.alert(ctx, &f.p, candidate{sub: *s, fit: f.fit}, &need, t.b.policy.Deadline(&need))
		if err != nil {
			return 0, err
		}
		if ok {
			shown++
		}
	}
	return len(fits), nil
}
