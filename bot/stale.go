package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// What has no end is shown for as long as somebody says now and then that it still holds.
const (
	leaseOf    = 30 * 24 * time.Hour
	leaseAsk   = 5 * 24 * time.Hour // before its end it is asked whether it still holds
	leaseAgain = 24 * time.Hour     // and once more
	leaseGrace = 3 * 24 * time.Hour // longer, where nobody could be asked in time
)

// endless tells whether a posting does not end by itself.
func endless(p *matching.Posting) bool {
	if !p.Dated() {
		return true
	}
	return p.Recurrence != "" && !strings.Contains(p.Recurrence, "UNTIL=") && !strings.Contains(p.Recurrence, "COUNT=")
}

// planLease sets the clock for the next thing to be asked about what has no end.
func (t *turn) planLease(ctx context.Context, p *matching.Posting) error {
	key := "lease:" + p.ID
	if !endless(p) || !p.State.Visible() || p.Lease.IsZero() {
		return t.tx.Timers.ClearTimer(ctx, key)
	}
	due := p.Lease
	for _, before := range []time.Duration{leaseAgain, leaseAsk} {
		if at := p.Lease.Add(-before); at.After(t.now) {
			due = at
		}
	}
	return t.timer(ctx, storage.Timer{Key: key, Kind: "lease", Subject: "posting:" + p.ID, Due: due})
}

// leased asks whether a posting without end still holds, and ends it where nobody says so. Where nobody could be asked
// because nothing ran, it is asked now and held a little longer.
func (t *turn) leased(ctx context.Context, id string) error {
	p, err := t.tx.Postings.LockPosting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if !endless(&p) || !p.State.Visible() || p.Lease.IsZero() {
		return nil
	}
	key := func(stage string) string {
		return "lease:" + p.ID + ":" + stage + ":" + strconv.FormatInt(p.Lease.UnixMilli(), 10)
	}
	left := p.Lease.Sub(t.now)
	if left <= 0 {
		asked, err := t.wasAsked(ctx, key("1"), key("2"))
		if err != nil {
			return err
		}
		until, err := t.lentUntil(ctx, &p)
		if err != nil {
			return err
		}
		if asked && !until.After(t.now) {
			return t.lapse(ctx, &p)
		}
		p.Lease = t.now.Add(leaseGrace)
		if until.After(p.Lease) { // what is agreed keeps it alive
			p.Lease = until.Add(leaseGrace)
		}
		if err := t.savePosting(ctx, &p); err != nil {
			return fmt.Errorf("posting: %w", err)
		}
	}
	stage := "1"
	if left <= leaseAgain && left > 0 {
		stage = "2"
	}
	who, err := t.responsibleFor(ctx, &p, "")
	if err != nil {
		return err
	}
	if who != "" && left <= leaseAsk {
		d, err := t.byDay(ctx, who, "posting:"+p.ID, p.Lease)
		if err != nil {
			return err
		}
		if _, err := t.tell(ctx, who, key(stage), flows.Piece{Kind: flows.NewsStillOn, Posting: p}, d); err != nil {
			return err
		}
	}
	return t.planLease(ctx, &p)
}

// wasAsked tells whether any of the deliveries arrived.
func (t *turn) wasAsked(ctx context.Context, keys ...string) (bool, error) {
	for _, key := range keys {
		d, err := t.tx.Sent.ByKey(ctx, key)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return false, fmt.Errorf("sent: %w", err)
		}
		if err == nil && d.State != storage.Queued && d.State != storage.Dropped {
			return true, nil
		}
	}
	return false, nil
}

// lapse ends a posting that nobody renewed, and tells those it concerns.
func (t *turn) lapse(ctx context.Context, p *matching.Posting) error {
	if err := t.conclude(ctx, p, matching.Expired); err != nil {
		return err
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	for _, a := range answers {
		if !a.State.Live() || expected(a.State) {
			continue
		}
		a.State, a.Changed = matching.Lapsed, t.now
		if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		d, err := t.byDay(ctx, a.Person, "posting:"+p.ID, time.Time{})
		if err != nil {
			return err
		}
		if _, err := t.tellOn(ctx, a.Person, a.Address, "lapsed:"+a.ID+":"+strconv.FormatInt(t.now.UnixMilli(), 10), flows.Piece{Kind: flows.NewsNoLonger, Posting: p.Public(), Answer: a, Date: a.Date}, d); err != nil {
			return err
		}
	}
	who, err := t.responsibleFor(ctx, p, "")
	if err != nil || who == "" {
		return err
	}
	d, err := t.byDay(ctx, who, "posting:"+p.ID, time.Time{})
	if err != nil {
		return err
	}
	_, err = t.tell(ctx, who, "expired:"+p.ID+":"+strconv.FormatInt(p.Lease.UnixMilli(), 10), flows.Piece{Kind: flows.NewsExpired, Posting: *p}, d)
	return err
}

// renew says that a posting without end still holds, also one that was ended because nobody said so.
func (t *turn) renew(ctx context.Context, k *talk, c flows.Renew) (conversations.Fact, error) {
	p, why, err := t.own(ctx, k, c.Posting)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	switch {
	case !endless(&p):
		return refused(flows.Over)
	case p.State.Visible():
	case p.State != matching.Expired || p.State.To(matching.Open) != nil:
		return refused(flows.Over)
	}
	again := p.State == matching.Expired
	p.Lease = t.now.Add(leaseOf)
	if again {
		p.State, p.Published = matching.Open, t.now
	}
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	fact := flows.Renewed{Posting: p, Again: again}
	if again {
		live, err := t.goLive(ctx, &p)
		if err != nil {
			return nil, err
		}
		fact.Asked = live.Asked
		if _, err := t.even(ctx, &p); err != nil { // whoever had a place has it still
			return nil, err
		}
	}
	return fact, t.audit(ctx, k, "renewed", "posting:"+p.ID)
}
