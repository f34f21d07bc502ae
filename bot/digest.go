package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// When digests are sent: in the late afternoon, by the wall clock of the front; those of a week before its end, so that
// people can still make plans for it.
const (
	digestHour    = 17
	digestWeekday = time.Thursday

	digestItems = 8 // postings in one digest
	digestNotes = 3 // things beside them
)

// digestName is what the digest of a local day is called.
func digestName(local time.Time) string { return local.Format(time.DateOnly) }

func digestKey(person, name string) string { return "digest:" + person + ":" + name }

// digestOf reads the key of a digest's delivery.
func digestOf(key string) (person, name string, ok bool) {
	rest, ok := strings.CutPrefix(key, "digest:")
	if !ok {
		return "", "", false
	}
	person, name, ok = strings.Cut(rest, ":")
	return person, name, ok
}

// nextDigest is the first time after local at which a digest may be due.
func nextDigest(local time.Time, cadence matching.Cadence) time.Time {
	y, m, d := local.Date()
	at := time.Date(y, m, d, digestHour, 0, 0, 0, local.Location())
	for !at.After(local) || cadence == matching.Weekly && at.Weekday() != digestWeekday {
		d++
		at = time.Date(y, m, d, digestHour, 0, 0, 0, local.Location())
	}
	return at
}

// planDigest sets the clock for a person's next digest: of what they want collected, and else, where there is anything to
// be told that is not worth a message of its own (some), on the weekly day. Nothing is planned for whoever wants nothing.
func (t *turn) planDigest(ctx context.Context, person string, some matching.Cadence) error {
	key := "digest:" + person
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return t.tx.Timers.ClearTimer(ctx, key)
	}
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, person)
	if err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	cadence := some
	for _, s := range subs {
		switch {
		case s.Stopped || s.Cadence == matching.AtOnce:
		case s.Cadence == matching.Daily || cadence == "":
			cadence = s.Cadence
		}
	}
	if p.Stopped {
		return t.tx.Timers.ClearTimer(ctx, key)
	}
	if cadence == "" {
		return nil
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return err
	}
	due := nextDigest(t.now.In(t.b.fronts.zone(f)), cadence)
	return t.timer(ctx, storage.Timer{Key: key, Kind: "digest", Subject: "digest:" + person, Due: due})
}

// digest tells a person in one message what fits what they want to be told of daily or weekly, and sets the clock for the
// next one. Where there is nothing to tell nothing is sent.
func (t *turn) digest(ctx context.Context, person string) error {
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if err := t.planDigest(ctx, person, ""); err != nil {
		return err
	}
	if p.Stopped || t.now.Before(p.PausedUntil) {
		return nil
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return err
	}
	local := t.now.In(t.b.fronts.zone(f))
	name := digestName(local)
	hits, again, err := t.collect(ctx, &p, local, name)
	if err != nil {
		return err
	}
	piece := flows.Piece{Kind: flows.NewsDigest}
	if piece.Notes, err = t.digestNotes(ctx, person); err != nil || len(hits)+len(piece.Notes) == 0 {
		return err
	}
	var ids []string
	for _, h := range hits {
		item := flows.DigestItem{Posting: h.Posting.Public(), KM: h.KM}
		item.Posting.Description = ""
		if len(h.Dates) > 0 {
			item.Date = &h.Dates[0]
		}
		piece.Items, ids = append(piece.Items, item), append(ids, h.Posting.ID)
		if again[h.Posting.ID] {
			continue
		}
		a := storage.Alert{Person: person, Posting: h.Posting.ID, Front: f.ID, State: storage.AlertQueued, Delivery: digestKey(person, name), At: t.now, KM: h.KM}
		if _, err := t.tx.Alerts.Raise(ctx, &a); err != nil {
			return err
		}
	}
	if err := t.tx.Digests.Carry(ctx, person, name, ids); err != nil {
		return err
	}
	d := storage.Delivery{
		Class: storage.Nice, Priority: storage.DigestPriority, Subject: "person:" + person, Due: afterQuiet(local, p.QuietFrom, p.QuietTo),
	}
	_, err = t.tell(ctx, person, digestKey(person, name), piece, d)
	return err
}

// collect gathers what belongs into a digest, best first: what fits the subscriptions that are due, without what the
// person was told of, and what they may have missed because nobody knows whether it reached them (again).
func (t *turn) collect(ctx context.Context, p *storage.Person, local time.Time, name string) (hits []matching.Hit, again map[string]bool, err error) {
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, p.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("subscriptions: %w", err)
	}
	var due []matching.Subscription
	for _, s := range subs {
		if s.Cadence == matching.Daily || s.Cadence == matching.Weekly && local.Weekday() == digestWeekday {
			due = append(due, s)
		}
	}
	told, err := t.tx.Alerts.AlertsTo(ctx, p.ID, time.Time{})
	if err != nil {
		return nil, nil, fmt.Errorf("alerts: %w", err)
	}
	known, again := map[string]bool{}, map[string]bool{}
	var missed []matching.Hit
	for _, a := range told {
		known[a.Posting] = true
		if a.State != storage.AlertUncertain && !lost(&a, name) {
			continue
		}
		x, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) || err == nil && (x.State != matching.Open || past(&x, t.now)) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("posting: %w", err)
		}
		if wanted, err := t.wants(ctx, p, subs, x.ID); err != nil || !wanted {
			if err != nil {
				return nil, nil, err
			}
			continue
		}
		h := matching.Hit{Posting: x, KM: a.KM}
		if d, ok := x.Next(t.now); ok {
			h.Dates = []matching.Span{d}
		}
		again[x.ID] = true
		missed = append(missed, h)
	}
	found, err := t.suiting(ctx, p.ID, due, known)
	if err != nil {
		return nil, nil, err
	}
	hits = append(missed, found...)
	return hits[:min(len(hits), digestItems)], again, nil
}

// lost tells of an alert that only a former digest was to tell of, and that was withdrawn with it.
func lost(a *storage.Alert, name string) bool {
	return a.Wave == 0 && a.Digest != "" && a.Digest != name && (a.State == storage.AlertDropped || a.State == storage.AlertQueued)
}

// suiting are the open postings that fit any of a person's subscriptions, in the order of a search, without those known
// and those they have answered.
func (t *turn) suiting(ctx context.Context, person string, subs []matching.Subscription, known map[string]bool) ([]matching.Hit, error) {
	if len(subs) == 0 {
		return nil, nil
	}
	answers, err := t.tx.Answers.OfAnswerer(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	skip := map[string]bool{}
	for _, a := range answers {
		skip[a.Posting] = true
	}
	best := map[string]matching.Hit{}
	for _, s := range subs {
		f, err := t.b.fronts.front(ctx, t.tx, s.Front)
		if err != nil {
			return nil, err
		}
		ps, err := t.retrieve(ctx, matching.Query{Near: s.Place.Point, Radius: s.Radius, Kinds: s.Kinds, Categories: s.Categories})
		if err != nil {
			return nil, err
		}
		if ps, err = t.awake(ctx, ps); err != nil {
			return nil, err
		}
		for _, x := range ps {
			if known[x.ID] || skip[x.ID] {
				continue
			}
			fit := matching.Match(&s, &x, t.now, t.b.fronts.zone(f))
			if old, ok := best[x.ID]; !fit.OK || ok && old.KM <= fit.KM {
				continue
			}
			if mine, err := t.mayActFor(ctx, person, &x); err != nil || mine {
				if err != nil {
					return nil, err
				}
				skip[x.ID] = true
				continue
			}
			h := matching.Hit{Posting: x, KM: fit.KM}
			if fit.Occasion < len(x.Dates) {
				h.Dates = []matching.Span{x.Dates[fit.Occasion]}
			}
			best[x.ID] = h
		}
	}
	hits := make([]matching.Hit, 0, len(best))
	for _, id := range sortedKeys(best) {
		hits = append(hits, best[id])
	}
	return t.ordered(ctx, matching.Query{}, matching.Order(matching.Query{}, hits, nil, t.now))
}

// forMe is what fits what somebody has subscribed to, told before or not.
func (t *turn) forMe(ctx context.Context, k *talk) ([]matching.Hit, error) {
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	for i := range subs {
		subs[i].Stopped, subs[i].PausedUntil = false, time.Time{} // they ask themselves
	}
	return t.suiting(ctx, k.person.ID, subs, nil)
}

// settleDigest notes what became of a digest. One that may not have arrived is told again with the next.
func (b *Bot) settleDigest(ctx context.Context, tx *storage.Tx, person, name string, state storage.DeliveryState) error {
	switch state {
	case storage.Delivered:
		return tx.Digests.SettleDigest(ctx, person, name, storage.AlertSent)
	case storage.Uncertain, storage.Buried, storage.Dropped:
		if err := tx.Digests.SettleDigest(ctx, person, name, storage.AlertUncertain); err != nil {
			return err
		}
		return b.newTurn(tx).planDigest(ctx, person, matching.Daily)
	}
	return nil
}

// digestNotes takes what waits to be told beside postings.
func (t *turn) digestNotes(ctx context.Context, person string) ([]flows.DigestNote, error) {
	waiting, err := t.tx.DigestNotes.TakeNotes(ctx, person, digestNotes)
	if err != nil {
		return nil, fmt.Errorf("notes: %w", err)
	}
	var notes []flows.DigestNote
	for _, n := range waiting {
		p, err := t.tx.Postings.Posting(ctx, n.Posting)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		notes = append(notes, flows.DigestNote{Kind: n.Kind, Title: p.Title, Carrier: p.Carrier, Count: n.N})
	}
	return notes, nil
}

// planNotes sets the clock for those for whom something waits to be told with a digest.
func (t *turn) planNotes(ctx context.Context) (int, error) {
	waiting, err := t.tx.DigestNotes.WaitingNotes(ctx, notesPlanned)
	if err != nil {
		return 0, err
	}
	for _, person := range waiting {
		if err := t.planDigest(ctx, person, matching.Weekly); err != nil {
			return 0, err
		}
	}
	return len(waiting), nil
}

// notesPlanned is for how many people at most planNotes looks in one day.
const notesPlanned = 10000
