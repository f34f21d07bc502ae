package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/matching/waves"
	"ehrenamt/storage"
)

// candidatesMax is how many subscriptions that a posting fits are looked at for one wave, the nearest first.
const candidatesMax = 3000

// personally is up to how many candidates each one's own quiet hours are looked up before the plan; beyond that
// the usual ones are planned with, and everybody's own are kept when sending.
const personally = 300

// anyNumber is how many people are looked for at a time where a posting takes any number.
const anyNumber = 3

// wavePolicy is the measured policy with the product's quiet hours.
func wavePolicy() waves.Policy {
	p := waves.Default()
	p.Quiet = waves.Quiet{From: matching.QuietFrom * time.Minute, To: matching.QuietTo * time.Minute}
	return p
}

// candidate is a person a posting fits, by the best of their subscriptions.
type candidate struct {
	sub   matching.Subscription
	fit   matching.Fit
	reach waves.Reach
	yes   float64 // as planned
	heard float64

	inclined float64       // what the chance rests on
	rested   time.Duration // since their last alert
}

// waveData is what the timer of the next wave keeps.
type waveData struct {
	Reach waves.Reach `json:"reach"`
}

// asking is the outcome of planning a wave.
type asking struct {
	Asked    int // now
	Eligible int
	Quiet    bool      // those who fit are asleep
	Later    bool      // they were asked much already, and are asked later
	Digests  int       // people who are told with their next digest
	By       time.Time // when it is to be full, zero where that cannot be told yet
}

// wave asks the next people about a posting and sets the clock for the wave after it. Where those near by do not suffice
// it looks farther at once, as far as the policy allows.
func (t *turn) wave(ctx context.Context, p *matching.Posting, reach waves.Reach) (a asking, err error) {
	if p.State != matching.Open {
		return a, nil
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return a, err
	}
	if f.Suspended { // it goes on when the front does
		return a, nil
	}
	need, told, err := t.need(ctx, p)
	if err != nil {
		return a, err
	}
	if need.Organisation, err = t.standing(ctx, p.Organisation); err != nil {
		return a, err
	}
	local := t.now.In(t.b.fronts.zone(f))
	l, err := t.learnt(ctx, p, local)
	if err != nil {
		return a, err
	}
	for need.Reach = reach; ; {
		cs, digests, err := t.candidates(ctx, p, &f, told, need.Reach)
		if err != nil {
			return a, err
		}
		list, err := t.listed(ctx, p, &l, local, cs)
		if err != nil {
			return a, err
		}
		plan := l.policy.Next(need, list, local)
		if len(plan.Ask) == 0 && plan.Reach > need.Reach && !plan.Next.IsZero() && !plan.Next.After(local) {
			need.Reach = plan.Reach
			continue
		}
		if err := t.foresee(ctx, p, &l, &need, list, &plan, local); err != nil {
			return a, err
		}
		a.Eligible, a.Digests = len(cs), digests
		a.Quiet, a.Later = plan.Why == waves.Quiets, plan.Why == waves.Spent || plan.Why == waves.Enough
		if a.Asked, err = t.ask(ctx, p, cs, &need, &l, plan.Ask); err != nil {
			return a, err
		}
		if o, err := t.forecast(ctx, p.ID); err != nil {
			return a, err
		} else if o.by.After(t.now) {
			a.By = o.by
		}
		if err := t.stalled(ctx, p, &need, &plan); err != nil {
			return a, err
		}
		return a, t.nextWave(ctx, p, plan)
	}
}

// ask alerts those the policy has chosen, and counts whom it could.
func (t *turn) ask(ctx context.Context, p *matching.Posting, cs map[string]candidate, need *waves.Need, l *learnt, asks []waves.Ask) (int, error) {
	n := 0
	for _, ask := range asks {
		c := cs[ask.Person]
		c.yes, c.heard = ask.Yes, ask.Heard
		ok, err := t.alert(ctx, p, c, need, l.policy.Deadline(need))
		if err != nil {
			return n, err
		}
		if ok {
			n++
		}
	}
	return n, nil
}

// stalled tells whoever posted, once, that everybody a need fits has been asked and places are still open. Right after
// publishing the answer to that says so.
func (t *turn) stalled(ctx context.Context, p *matching.Posting, need *waves.Need, plan *waves.Plan) error {
	done := plan.Why == waves.Exhausted && plan.Stop || plan.Why == waves.Nobody && !p.Published.Equal(t.now)
	if !done || p.Kind != matching.Need || p.Places == 0 {
		return nil
	}
	th, err := t.thing(ctx, *p)
	if err != nil {
		return err
	}
	who, err := t.posterOf(ctx, p)
	if err != nil || who == "" {
		return err
	}
	due, err := t.waking(ctx, who)
	if err != nil {
		return err
	}
	piece := flows.Piece{Kind: flows.NewsStalled, Posting: *p, Taken: th.Taken, Told: th.Told, No: th.No}
	d := storage.Delivery{Class: storage.Must, Priority: storage.UrgentPriority, Subject: "posting:" + p.ID, Due: due}
	_, err = t.tell(ctx, who, "stalled:"+p.ID+":"+strconv.Itoa(p.Places), piece, d)
	return err
}

// nextWave sets the timer of the wave after this one.
func (t *turn) nextWave(ctx context.Context, p *matching.Posting, plan waves.Plan) error {
	if plan.Next.IsZero() {
		return t.tx.Timers.ClearTimer(ctx, "wave:"+p.ID)
	}
	if !plan.Next.After(t.now) { // the policy wants to look farther at once, and has nowhere farther to look
		plan.Next = t.now.Add(t.b.policy.MinStep)
	}
	data, err := json.Marshal(waveData{Reach: plan.Reach})
	if err != nil {
		return fmt.Errorf("wave: %w", err)
	}
	tm := storage.Timer{Key: "wave:" + p.ID, Kind: "wave", Subject: "posting:" + p.ID, Due: plan.Next, Data: data}
	if err := t.timer(ctx, tm); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	return nil
}

// need is a posting as the policy sees it, and who was told of it.
func (t *turn) need(ctx context.Context, p *matching.Posting) (waves.Need, []storage.Alert, error) {
	n := waves.Need{ID: p.ID, Published: p.Published}
	if d, ok := p.Next(t.now, t.zone(ctx, p)); ok {
		n.Start = d.Start
	}
	s, err := t.seats(ctx, p)
	if err != nil {
		return n, nil, err
	}
	n.Open = s.wanted()
	told, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return n, nil, fmt.Errorf("alerts: %w", err)
	}
	for i, a := range told {
		if a.Wave == 0 {
			continue // a digest
		}
		n.Waves = max(n.Waves, a.Wave)
		if a.At.After(n.LastWave) {
			n.LastWave = a.At
		}
		if a.State == storage.AlertQueued && t.now.Sub(a.At) > sendLease {
			if a.State, err = t.fate(ctx, &a); err != nil {
				return n, nil, err
			}
			told[i].State = a.State
		}
		switch a.State {
		case storage.AlertQueued:
			n.Queued++
			n.Pending = append(n.Pending, waves.Pending{Person: a.Person, AskedAt: a.At, Yes: a.Yes})
		case storage.AlertSent, storage.AlertUncertain:
			n.Pending = append(n.Pending, waves.Pending{Person: a.Person, AskedAt: a.At, Yes: a.Yes})
		}
	}
	return n, told, nil
}

// candidates are the people a posting fits who have not been told of it, each by the best of their subscriptions, and how
// many others it fits who want to be told daily or weekly.
func (t *turn) candidates(ctx context.Context, p *matching.Posting, f *storage.Front, told []storage.Alert, reach waves.Reach) (best map[string]candidate, digests int, err error) {
	subs, err := t.fitting(ctx, p, f, told, reach >= waves.OtherTime)
	if err != nil {
		return nil, 0, fmt.Errorf("subscriptions: %w", err)
	}
	if reach >= waves.Farther {
		more, err := t.tx.Farther.FartherAround(ctx, p.Place.Point, p.Category, fartherBy, candidatesMax)
		if err != nil {
			return nil, 0, fmt.Errorf("subscriptions: %w", err)
		}
		subs = append(subs, more...)
	}
	asked, err := t.concerned(ctx, p)
	if err != nil {
		return nil, 0, err
	}
	for _, a := range told {
		asked[a.Person] = true
	}
	best = map[string]candidate{}
	ahead := p.Ahead(t.now, t.b.fronts.zone(*f))
	collected := map[string]bool{}
	for _, s := range subs {
		if asked[s.Person] {
			continue
		}
		if s.Front != p.Front {
			if rests, err := t.rests(ctx, s.Front); err != nil {
				return nil, 0, err
			} else if rests {
				continue
			}
		}
		c := candidate{sub: s}
		c.fit, c.reach = fitAt(&s, &ahead, t.now, t.b.fronts.zone(*f))
		if !c.fit.OK || c.reach > max(reach, waves.Fronts) {
			continue
		}
		if s.Cadence != matching.AtOnce {
			collected[s.Person] = collected[s.Person] || c.reach <= waves.Fronts
			continue
		}
		if old, ok := best[s.Person]; !ok || c.reach < old.reach || c.reach == old.reach && c.fit.Score > old.fit.Score {
			best[s.Person] = c
		}
	}
	for person, so := range collected {
		if _, now := best[person]; so && !now {
			digests++
		}
	}
	return best, digests, nil
}

// concerned are the people who stand behind a posting and are not asked about it.
func (t *turn) concerned(ctx context.Context, p *matching.Posting) (map[string]bool, error) {
	them := map[string]bool{p.Author: true}
	if p.Organisation == "" {
		return them, nil
	}
	ms, err := t.tx.Members.OfOrganisation(ctx, p.Organisation)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	for _, m := range ms {
		them[m.Person] = true
	}
	return them, nil
}

// fartherBy is how much farther than they wished people are asked to go where nearer ones do not suffice.
const fartherBy = 1.5

// fitAt is how a posting fits a wish, and how far one has to reach beyond what was wished for it to do so.
func fitAt(s *matching.Subscription, p *matching.Posting, now time.Time, zone *time.Location) (matching.Fit, waves.Reach) {
	fit := matching.Match(s, p, now, zone)
	if fit.OK {
		if s.Front != p.Front {
			return fit, waves.Fronts
		}
		return fit, waves.Wished
	}
	if len(fit.Reasons) != 1 || p.Kind != matching.Need {
		return fit, waves.Wished
	}
	wider, reach, why := *s, waves.Farther, matching.FartherThanWished
	switch fit.Reasons[0].Kind {
	case matching.TooFar:
		wider.Radius *= fartherBy
	case matching.WrongTime:
		wider.Slots, reach, why = s.Slots.Wider(), waves.OtherTime, matching.NearlyThatTime
	default:
		return fit, waves.Wished
	}
	if fit = matching.Match(&wider, p, now, zone); fit.OK {
		fit.Reasons = append([]matching.Reason{{Kind: why}}, fit.Reasons...)
	}
	return fit, reach
}

// listed turns candidates into what the policy wants to know of them.
func (t *turn) listed(ctx context.Context, p *matching.Posting, l *learnt, local time.Time, cs map[string]candidate) ([]waves.Candidate, error) {
	ids := sortedKeys(cs)
	times, err := t.tx.Alerts.AlertTimes(ctx, ids, t.now.Add(-alertsCount))
	if err != nil {
		return nil, fmt.Errorf("alert times: %w", err)
	}
	records, err := t.tx.Records.RecordsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	kase := t.kase(p, local)
	list := make([]waves.Candidate, 0, len(ids))
	for _, id := range ids {
		c, r := cs[id], records[id]
		w := waves.Candidate{
			Person: id, KM: c.fit.KM, BudgetWeek: c.sub.PerWeek, BudgetDay: c.sub.PerDay, Reach: c.reach,
			Calls: l.aging.PerDay(r.Calls, t.now),
		}
		if r.Served.Before(t.now.Add(restBefore)) {
			w.ServedAt = r.Served
		}
		for _, at := range times[id] {
			if at.After(t.now.Add(-7 * 24 * time.Hour)) {
				w.Asked7d++
			}
			if !at.Before(midnight) {
				w.AskedToday++
			}
			w.LastAsked = at
		}
		if !w.LastAsked.IsZero() {
			c.rested = max(t.now.Sub(w.LastAsked), time.Millisecond)
		}
		c.inclined = waves.Inclination(t.b.policy.Usual, r.Yes, r.Heard)
		cs[id] = c
		kase.KM, kase.Inclined = c.fit.KM, c.inclined
		w.Yes = l.rates.Yes(kase)
		if len(ids) <= personally {
			person, err := t.tx.People.Person(ctx, id)
			if err != nil {
				return nil, fmt.Errorf("person: %w", err)
			}
			if person.Stopped || t.now.Before(person.PausedUntil) {
				continue
			}
			if person.QuietFrom != person.QuietTo {
				w.Quiet = waves.Quiet{From: time.Duration(person.QuietFrom) * time.Minute, To: time.Duration(person.QuietTo) * time.Minute}
			}
		}
		list = append(list, w)
	}
	return list, nil
}

// alertsCount is how far back alerts are looked at: beyond it, somebody is as attentive as if there had been none.
const alertsCount = 28 * 24 * time.Hour

// hasAnswered tells whether a person has answered a posting, whatever became of it.
func (t *turn) hasAnswered(ctx context.Context, person, posting string) (bool, error) {
	all, err := t.tx.Answers.OfAnswerer(ctx, person)
	if err != nil {
		return false, fmt.Errorf("answers: %w", err)
	}
	return slices.ContainsFunc(all, func(a matching.Answer) bool { return a.Posting == posting }), nil
}

// alert tells one person about a posting, unless they were told, have answered it, or cannot be reached in time.
func (t *turn) alert(ctx context.Context, p *matching.Posting, c candidate, need *waves.Need, deadline time.Time) (bool, error) {
	person, err := t.tx.People.Person(ctx, c.sub.Person)
	if err != nil {
		return false, fmt.Errorf("person: %w", err)
	}
	if person.Stopped || t.now.Before(person.PausedUntil) {
		return false, nil
	}
	rec, reachable, err := t.reachFor(ctx, person.ID, storage.Nice)
	if err != nil || !reachable {
		return false, err
	}
	f, err := t.b.fronts.front(ctx, t.tx, c.sub.Front)
	if err != nil {
		return false, err
	}
	if no, err := t.unwelcome(ctx, &person, rec, f); err != nil || no {
		return false, err
	}
	if knows, err := t.hasAnswered(ctx, person.ID, p.ID); err != nil || knows {
		return false, err // they found it themselves
	}
	due := afterQuiet(t.now.In(t.b.fronts.zone(f)), person.QuietFrom, person.QuietTo)
	if d, ok := p.Next(t.now, t.zone(ctx, p)); ok && !due.Before(d.Start) {
		return false, nil // it would be too late after the night
	}
	key := alertKey(person.ID, p.ID)
	a := storage.Alert{
		Person: person.ID, Posting: p.ID, Subscription: c.sub.ID, Front: c.sub.Front, Wave: need.Waves + 1,
		State: storage.AlertQueued, Delivery: key, Yes: c.yes, At: t.now,
		Heard: c.heard, KM: c.fit.KM, Inclined: c.inclined, Rested: c.rested,
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
	if need.Wave() != waves.FirstWave {
		prio = storage.LaterWave
	}
	piece := flows.Piece{Kind: flows.NewsAlert, Posting: p.Public(), Reasons: c.fit.Reasons, Date: c.fit.Occasion, First: len(prior) <= 1}
	d := storage.Delivery{Class: storage.Nice, Priority: prio, Rank: deadline.UnixMilli(), Subject: "posting:" + p.ID, Due: due}
	return t.tell(ctx, person.ID, key, piece, d)
}
