package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// alertKey is the key of the delivery that alerts a person to a posting.
func alertKey(person, posting string) string { return "alert:" + person + ":" + posting }

// alertOf reads the key of an alert's delivery.
func alertOf(key string) (person, posting string, ok bool) {
	rest, ok := strings.CutPrefix(key, "alert:")
	if !ok {
		return "", "", false
	}
	person, posting, ok = strings.Cut(rest, ":")
	return person, posting, ok
}

// recall withdraws deliveries that wait, and the alerts among them.
func (t *turn) recall(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	done, err := t.tx.Recalls.Recall(ctx, keys...)
	if err != nil {
		return fmt.Errorf("recall: %w", err)
	}
	for _, k := range done {
		if person, posting, ok := alertOf(k); ok {
			if person, err = t.tx.Unions.WhoIs(ctx, person); err != nil {
				return fmt.Errorf("who is: %w", err)
			}
			if err := t.noteAlert(ctx, person, posting, storage.AlertDropped); err != nil {
				return fmt.Errorf("alert: %w", err)
			}
		}
		if person, name, ok := digestOf(k); ok { // it belongs into the next one
			if err := t.tx.Digests.SettleDigest(ctx, person, name, storage.AlertUncertain); err != nil {
				return err
			}
		}
	}
	return nil
}

// hushed withdraws everything nobody asked for that waits for a person, but for edits of what they have; at, where
// it is set, restricts that to one of their addresses.
func (t *turn) hushed(ctx context.Context, person string, at channels.Address) error {
	waiting, err := t.tx.Sent.OfPerson(ctx, person, storage.Queued)
	if err != nil {
		return fmt.Errorf("sent: %w", err)
	}
	var keys []string
	for _, d := range waiting {
		if d.Class == storage.Nice && d.Edit == "" && (at == channels.Address{} || d.To == at) {
			keys = append(keys, d.Key)
		}
	}
	return t.recall(ctx, keys...)
}

// alertsWait is how far back an alert may have been raised that still waits for the end of a night.
const alertsWait = 3 * 24 * time.Hour

// unwanted withdraws the alerts waiting for a person that they would no longer get: they want something else now,
// or nothing for a while, or the posting is their own. Their next digest is planned anew.
func (t *turn) unwanted(ctx context.Context, p *storage.Person) error {
	if err := t.planDigest(ctx, p.ID, ""); err != nil {
		return err
	}
	alerts, err := t.tx.Alerts.AlertsTo(ctx, p.ID, t.now.Add(-alertsWait))
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	alerts = slices.DeleteFunc(alerts, func(a storage.Alert) bool { return a.State != storage.AlertQueued })
	if len(alerts) == 0 {
		return nil
	}
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	var keys []string
	for _, a := range alerts {
		wanted, err := t.wants(ctx, p, subs, a.Posting)
		if err != nil {
			return err
		}
		if !wanted {
			keys = append(keys, a.Delivery)
		}
	}
	return t.recall(ctx, keys...)
}

// wants tells whether a posting would be told to a person now.
func (t *turn) wants(ctx context.Context, p *storage.Person, subs []matching.Subscription, posting string) (bool, error) {
	if p.Stopped || t.now.Before(p.PausedUntil) {
		return false, nil
	}
	x, err := t.tx.Postings.Posting(ctx, posting)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("posting: %w", err)
	}
	if mine, err := t.mayActFor(ctx, p.ID, &x); err != nil || mine {
		return false, err
	}
	f, err := t.b.fronts.front(ctx, t.tx, x.Front)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(subs, func(s matching.Subscription) bool {
		return matching.Match(&s, &x, t.now, t.b.fronts.zone(f)).OK
	}), nil
}
