package bot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/waves"
	"ehrenamt/storage"
)

// Names of what has been learnt, in storage.Tallies.
const (
	ratesTally    = "rates:"   // and the cell: alerts; heard, expected and said yes
	delaysTally   = "delays"   // yes; logarithms of minutes, and their squares
	demandTally   = "demand"   // needs whose calls were observed
	promisesTally = "promises" // times of filling promised; how many came true
	standingTally = "org:"     // and organisation and month: needs over; places, those filled
)

const (
	standingMonths = 6                    // of an organisation's past that count
	restBefore     = 3 * 24 * time.Hour   // before what somebody has promised, they are left in peace
	keepOutlooks   = 400 * 24 * time.Hour // and what was learnt of organisations
	leastCall      = 1e-3                 // what calls for somebody less is not noted
)

// learnt is what has been learnt so far and matters to one posting.
type learnt struct {
	policy waves.Policy
	rates  *waves.Rates
	aging  waves.Aging
}

// learnt reads what the stored rows have taught about needs like this one. It reads a few rows, whatever has been
// learnt in all, so that nothing is kept in memory and no process knows more than another.
func (t *turn) learnt(ctx context.Context, p *matching.Posting, local time.Time) (learnt, error) {
	l := learnt{policy: t.b.policy, rates: waves.NewRates(t.b.policy.NearKM), aging: waves.Aging{Half: waves.DemandHalfLife}}
	cells := waves.Cells(t.kase(p, local))
	names := []string{delaysTally, demandTally}
	for _, c := range cells {
		names = append(names, ratesTally+c.String())
	}
	known, err := t.tx.Tallies.TalliesOf(ctx, names...)
	if err != nil {
		return l, err
	}
	for _, c := range cells {
		k := known[ratesTally+c.String()]
		l.rates.Add(c, waves.Lesson{Asked: int(k.N), Heard: k.Sums[0], Expected: k.Sums[1], Yes: k.Sums[2]})
	}
	l.policy.Usual = l.rates.Usual()
	if d, ok := known[delaysTally]; ok {
		l.policy.Delay = waves.NewDelays(int(d.N), d.Sums[0], d.Sums[1])
	}
	l.aging.Began = t.now
	if d, ok := known[demandTally]; ok {
		l.aging.Began = d.Since
	}
	return l, nil
}

// kase is what an alert about a posting that is sent at a local time has in common with others.
func (t *turn) kase(p *matching.Posting, local time.Time) waves.Case {
	c := waves.Case{Category: p.Category, At: local}
	if d, ok := p.Next(local, local.Location()); ok {
		c.Lead = max(d.Start.Sub(local), time.Minute)
	}
	return c
}

// foresee notes, once for each posting, for whom it calls and when it is to be full.
func (t *turn) foresee(ctx context.Context, p *matching.Posting, l *learnt, need *waves.Need, list []waves.Candidate, plan *waves.Plan, local time.Time) error {
	if p.Places == 0 || need.Open == 0 {
		return nil
	}
	o := waves.Outlook{Places: need.Open, Supply: plan.UnderWay + plan.Supply}
	if !need.Start.IsZero() {
		o.Lead = need.Start.Sub(t.now)
	}
	narrow, wide := o.Kinds()
	by, err := t.promise(ctx, l, o, local)
	if err != nil {
		return err
	}
	fresh, err := t.tx.Outlooks.Foresee(ctx, storage.Outlook{Posting: p.ID, Kind: narrow, Wide: wide, Published: t.now, Promised: by})
	if err != nil || !fresh {
		return err
	}
	scarcity := l.policy.Scarcity(need.Open, list, t.now)
	var calls []storage.Record
	for i := range list {
		if call := l.policy.Call(scarcity, &list[i]); call >= leastCall {
			calls = append(calls, storage.Record{Person: list[i].Person, Calls: l.aging.Weight(call, t.now)})
		}
	}
	if err := t.tx.Records.AddRecords(ctx, calls...); err != nil {
		return err
	}
	return t.tx.Tallies.AddTallies(ctx, storage.Tally{Name: demandTally, N: 1, Since: t.now})
}

// promise is the time by which needs like this one were full, zero where too few are known.
func (t *turn) promise(ctx context.Context, l *learnt, o waves.Outlook, local time.Time) (time.Time, error) {
	narrow, wide := o.Kinds()
	fills := func(kind string, wide bool) ([]float64, error) {
		rows, err := t.tx.Outlooks.Fills(ctx, kind, wide, waves.PromiseKeeps)
		for i, m := range rows {
			if m < 0 {
				rows[i] = math.Inf(1)
			}
		}
		return rows, err
	}
	near, err := fills(narrow, false)
	if err != nil {
		return time.Time{}, err
	}
	far, err := fills(wide, true)
	if err != nil {
		return time.Time{}, err
	}
	by, _ := waves.Promise(l.policy.Quiet, o, near, far, local)
	return by, nil
}

// learnDelay learns from the first yes of somebody who was alerted how long it took.
func (t *turn) learnDelay(ctx context.Context, person string, p *matching.Posting) error {
	alerts, err := t.tx.Alerts.AlertsTo(ctx, person, p.Published)
	if err != nil {
		return err
	}
	for _, a := range alerts {
		if a.Posting != p.ID || a.Wave == 0 || !a.Answered.IsZero() {
			continue
		}
		var d waves.Delays
		d.Observe(t.now.Sub(a.At))
		n, sum, squares := d.Sums()
		return t.tx.Tallies.AddTallies(ctx, storage.Tally{Name: delaysTally, N: int64(n), Sums: [3]float64{sum, squares}, Since: t.now})
	}
	return nil
}

// learnFilled notes since when a posting is full, or that it no longer is.
func (t *turn) learnFilled(ctx context.Context, p *matching.Posting) error {
	at := time.Time{}
	if p.State == matching.Filled {
		at = t.now
	}
	return t.tx.Outlooks.SetFilled(ctx, p.ID, at)
}

// learn draws the lessons of a posting that is over: how likely people said yes, who they were, whether it was full in
// the time that was promised, and how the organisation stands. It does so once, however often it ends.
func (t *turn) learn(ctx context.Context, p *matching.Posting) error {
	o, err := t.tx.Outlooks.OutlookOf(ctx, p.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("outlook: %w", err)
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return err
	}
	zone := t.b.fronts.zone(f)
	minutes := -1.0
	if !o.Filled.IsZero() {
		minutes = waves.Minutes(t.b.policy.Quiet, o.Published.In(zone), o.Filled.In(zone))
	}
	fresh, err := t.tx.Outlooks.Conclude(ctx, p.ID, minutes, t.now)
	if err != nil || !fresh {
		return err
	}
	var tallies []storage.Tally
	if !o.Promised.IsZero() {
		kept := 0.0
		if !o.Filled.IsZero() && !o.Filled.After(o.Promised) {
			kept = 1
		}
		tallies = append(tallies, storage.Tally{Name: promisesTally, N: 1, Sums: [3]float64{kept}, Since: t.now})
	}
	lessons, err := t.lessons(ctx, p, zone)
	if err != nil {
		return err
	}
	if p.Organisation != "" && p.Kind == matching.Need {
		th, err := t.counted(ctx, *p)
		if err != nil {
			return err
		}
		places := th.Places
		if !p.Dated() {
			places = p.Places
		}
		tallies = append(tallies, storage.Tally{
			Name: standingOf(p.Organisation, t.now), N: 1, Sums: [3]float64{float64(places), float64(min(th.Taken, places))}, Since: t.now,
		})
	}
	return t.tx.Tallies.AddTallies(ctx, append(tallies, lessons...)...)
}

// lessons are what the alerts about a posting that is over teach of people in general; what they teach of each of those
// people is noted with them.
func (t *turn) lessons(ctx context.Context, p *matching.Posting, zone *time.Location) ([]storage.Tally, error) {
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	rates := waves.NewRates(t.b.policy.NearKM)
	sums := map[string]storage.Tally{}
	var records []storage.Record
	for _, a := range alerts {
		if a.Wave == 0 || a.Heard == 0 || a.State == storage.AlertQueued || a.State == storage.AlertDropped {
			continue
		}
		c := t.kase(p, a.At.In(zone))
		c.KM, c.Inclined, c.Heard = a.KM, a.Inclined, a.Heard
		yes := a.State == storage.AlertYes
		l := rates.Lesson(c, yes)
		for _, cell := range waves.Cells(c) {
			k := sums[ratesTally+cell.String()]
			k.Name, k.Since, k.N = ratesTally+cell.String(), t.now, k.N+int64(l.Asked)
			k.Sums = [3]float64{k.Sums[0] + l.Heard, k.Sums[1] + l.Expected, k.Sums[2] + l.Yes}
			sums[k.Name] = k
		}
		records = append(records, storage.Record{Person: a.Person, Heard: l.Heard, Yes: l.Yes})
	}
	tallies := make([]storage.Tally, 0, len(sums))
	for _, name := range sortedKeys(sums) {
		tallies = append(tallies, sums[name])
	}
	return tallies, t.tx.Records.AddRecords(ctx, records...)
}

func standingOf(organisation string, month time.Time) string {
	return standingTally + organisation + ":" + month.UTC().Format("2006-01")
}

// standing is how an organisation's needs of the last months went.
func (t *turn) standing(ctx context.Context, organisation string) (waves.Standing, error) {
	var s waves.Standing
	if organisation == "" {
		return s, nil
	}
	now := t.now.UTC()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	names := make([]string, standingMonths)
	for i := range names {
		names[i] = standingOf(organisation, first.AddDate(0, -i, 0))
	}
	known, err := t.tx.Tallies.TalliesOf(ctx, names...)
	if err != nil {
		return s, err
	}
	for _, k := range known {
		s.Places += int(k.Sums[0])
		s.Filled += int(k.Sums[1])
	}
	replies, err := t.tx.Replies.PunctualOf(ctx, organisation, first.AddDate(0, 1-standingMonths, 0), t.now)
	if err != nil {
		return s, fmt.Errorf("replies: %w", err)
	}
	if s.ReplyAfter = replies.Median; replies.Asked > 2*replies.Replied { // most were never answered
		s.ReplyAfter = 24 * time.Hour
	}
	return s, nil
}

// serves notes anew until when somebody is busy with what they promised, or when they last were.
func (t *turn) serves(ctx context.Context, person string) error {
	answers, err := t.tx.Answers.OfAnswerer(ctx, person)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	var last time.Time
	for i, a := range answers {
		if i == servesMax {
			break
		}
		if !a.State.Takes() {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("posting: %w", err)
		}
		if d, ok := t.spanOf(ctx, &p, &a); ok && p.Kind == matching.Need && d.Until().After(last) {
			last = d.Until()
		}
	}
	return t.tx.Records.SetServed(ctx, person, last)
}

// servesMax is how many of somebody's latest answers are looked at.
const servesMax = 20

// forgetLearnt drops what is too old to teach anything.
func forgetLearnt(ctx context.Context, tx *storage.Tx, now time.Time) (int, error) {
	n, err := tx.Outlooks.ForgetOutlooks(ctx, now.Add(-keepOutlooks))
	if err != nil {
		return n, err
	}
	m, err := tx.Tallies.ForgetTallies(ctx, standingTally, now.Add(-keepOutlooks))
	return n + m, err
}

// forecast is what was said about when a posting would be full, and how often that has come true.
type forecast struct {
	by         time.Time // zero: nothing
	filled     time.Time
	kept, made int
}

func (t *turn) forecast(ctx context.Context, posting string) (forecast, error) {
	o, err := t.tx.Outlooks.OutlookOf(ctx, posting)
	if errors.Is(err, storage.ErrNotFound) || err == nil && o.Promised.IsZero() {
		return forecast{}, nil
	}
	if err != nil {
		return forecast{}, fmt.Errorf("outlook: %w", err)
	}
	known, err := t.tx.Tallies.TalliesOf(ctx, promisesTally)
	if err != nil {
		return forecast{}, err
	}
	k := known[promisesTally]
	return forecast{by: o.Promised, filled: o.Filled, kept: int(k.Sums[0]), made: int(k.N)}, nil
}
