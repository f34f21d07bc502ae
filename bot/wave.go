package bot

import (
	"context"
	"encoding/json"
	"fmt"
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
}

// waveData is what the timer of the next wave keeps.
type waveData struct {
	Reach waves.Reach `json:"reach"`
}

// asking is the outcome of planning a wave.
type asking struct {
	Asked    int // now
	Eligible int
	Quiet    bool // those who fit are asleep
	Later    bool // they were asked much already, and are asked later
}

// wave asks the next people about a posting and sets the clock for the wave after it.
func (t *turn) wave(ctx context.Context, p *matching.Posting, reach waves.Reach) (a asking, err error) {
	if p.State != matching.Open || p.Imported {
		return a, nil // of what came with a list nobody is told until somebody answers for it
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
	need.Reach = reach
	cs, err := t.candidates(ctx, p, &f, told, reach)
	if err != nil {
		return a, err
	}
	list, err := t.listed(ctx, p, &f, cs)
	if err != nil {
		return a, err
	}
	plan := t.b.policy.Next(need, list, t.now.In(t.b.fronts.zone(f)))
	a.Eligible, a.Quiet, a.Later = len(cs), plan.Why == waves.Quiets, plan.Why == waves.Spent
	for _, ask := range plan.Ask {
		c := cs[ask.Person]
		c.yes = ask.Yes
		ok, err := t.alert(ctx, p, c, need)
		if err != nil {
			return a, err
		}
		if ok {
			a.Asked++
		}
	}
	return a, t.nextWave(ctx, p, plan)
}

// nextWave sets the timer of the wave after this one.
func (t *turn) nextWave(ctx context.Context, p *matching.Posting, plan waves.Plan) error {
	if plan.Next.IsZero() {
		return t.tx.Timers.ClearTimer(ctx, "wave:"+p.ID)
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
	if d, ok := p.Next(t.now); ok {
		n.Start = d.Start
	}
	for date := range max(1, len(p.Dates)) {
		if over(p, date, t) {
			continue
		}
		free, err := t.free(ctx, p, date, "")
		if err != nil {
			return n, nil, err
		}
		if free < 0 {
			free = anyNumber
		}
		n.Open = max(n.Open, free)
	}
	told, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return n, nil, fmt.Errorf("alerts: %w", err)
	}
	for _, a := range told {
		n.Waves = max(n.Waves, a.Wave)
		if a.At.After(n.LastWave) {
			n.LastWave = a.At
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

// candidates are the people a posting fits who have not been told of it, each by the best of their subscriptions.
func (t *turn) candidates(ctx context.Context, p *matching.Posting, f *storage.Front, told []storage.Alert, reach waves.Reach) (map[string]candidate, error) {
	subs, err := t.fitting(ctx, p, f, told, reach >= waves.OtherTime)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
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
	for _, s := range subs {
		if asked[s.Person] || s.Cadence != matching.AtOnce {
			continue
		}
		if s.Front != p.Front {
			if rests, err := t.rests(ctx, s.Front); err != nil {
				return nil, err
			} else if rests {
				continue
			}
		}
		c := candidate{sub: s, reach: waves.Wished}
		if s.Front != p.Front {
			c.reach = waves.Fronts
		}
		c.fit = matching.Match(&s, p, t.now, t.b.fronts.zone(*f))
		if !c.fit.OK && reach >= waves.OtherTime && len(c.fit.Reasons) == 1 && c.fit.Reasons[0].Kind == matching.WrongTime {
			anyTime := s
			anyTime.Slots = 0
			c.fit, c.reach = matching.Match(&anyTime, p, t.now, t.b.fronts.zone(*f)), waves.OtherTime
		}
		if !c.fit.OK || c.reach > max(reach, waves.Fronts) {
			continue
		}
		if old, ok := best[s.Person]; !ok || c.fit.Score > old.fit.Score {
			best[s.Person] = c
		}
	}
	return best, nil
}

// listed turns candidates into what the policy wants to know of them.
func (t *turn) listed(ctx context.Context, p *matching.Posting, f *storage.Front, cs map[string]candidate) ([]waves.Candidate, error) {
	ids := sortedKeys(cs)
	times, err := t.tx.Alerts.AlertTimes(ctx, ids, t.now.Add(-7*24*time.Hour))
	if err != nil {
		return nil, fmt.Errorf("alert times: %w", err)
	}
	local := t.now.In(t.b.fronts.zone(*f))
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	lead := time.Duration(0)
	if d, ok := p.Next(t.now); ok {
		lead = d.Start.Sub(t.now)
	}
	list := make([]waves.Candidate, 0, len(ids))
	for _, id := range ids {
		c := cs[id]
		w := waves.Candidate{
			Person: id, KM: c.fit.KM, BudgetWeek: c.sub.PerWeek, BudgetDay: c.sub.PerDay, Reach: c.reach,
			Yes: t.b.rates.Yes(waves.Case{Category: p.Category, At: local, Lead: lead, KM: c.fit.KM}),
		}
		for _, at := range times[id] {
			w.Asked7d++
			if !at.Before(midnight) {
				w.AskedToday++
			}
			w.LastAsked = at
		}
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

// alert tells one person about a posting, unless they were told or cannot be reached in time.
func (t *turn) alert(ctx context.Context, p *matching.Posting, c candidate, need waves.Need) (bool, error) {
	person, err := t.tx.People.Person(ctx, c.sub.Person)
	if err != nil {
		return false, fmt.Errorf("person: %w", err)
	}
	if person.Stopped || t.now.Before(person.PausedUntil) {
		return false, nil
	}
	_, reachable, err := t.reachFor(ctx, person.ID, storage.Nice)
	if err != nil || !reachable {
		return false, err
	}
	f, err := t.b.fronts.front(ctx, t.tx, c.sub.Front)
	if err != nil {
		return false, err
	}
	due := afterQuiet(t.now.In(t.b.fronts.zone(f)), person.QuietFrom, person.QuietTo)
	if d, ok := p.Next(t.now); ok && !due.Before(d.Start) {
		return false, nil // it would be too late after the night
	}
	key := alertKey(person.ID, p.ID)
	a := storage.Alert{
		Person: person.ID, Posting: p.ID, Subscription: c.sub.ID, Front: c.sub.Front, Wave: need.Waves + 1,
		State: storage.AlertQueued, Delivery: key, Yes: c.yes, At: t.now,
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
	d := storage.Delivery{Class: storage.Nice, Priority: prio, Rank: t.b.policy.Deadline(&need).UnixMilli(), Subject: "posting:" + p.ID, Due: due}
	return t.tell(ctx, person.ID, key, piece, d)
}
