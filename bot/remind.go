package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// When people are reminded, by the clock on the wall where it takes place.
const (
	askHour      = 12            // the day before: "Kommst du?"
	askAgainHour = 18            // the day before, where they said nothing
	releaseHour  = 21            // the day before, where the morning would be too late
	releaseLead  = 4 * time.Hour // else that long before
	soonLead     = 2 * time.Hour
	justSaid     = 12 * time.Hour   // whoever said yes that shortly before need not be asked whether they come
	soonSaid     = 3 * time.Hour    // nor told where, that shortly before it begins
	soonAtLeast  = 45 * time.Minute // a reminder that quiet hours move is of use until then
	beforeQuiet  = 15 * time.Minute // else it comes that long before they begin
	heedWithin   = 2 * time.Hour    // how long somebody has to answer before their place is given away
)

// The stages of reminding.
const (
	stageAsk     = "ask"
	stageAgain   = "again"
	stageRelease = "release"
	stageSoon    = "soon"
	stageReturn  = "return" // of what was lent
)

type reminder struct {
	stage string
	at    time.Time
}

// aboutReminder is the subject of what somebody is reminded with.
func aboutReminder(answer string) string { return "remind:" + answer }

// quietHours are somebody's, in the zone they live in.
type quietHours struct {
	zone     *time.Location
	from, to int // minutes after midnight, as in storage.Person
}

// outside moves a time that should be before start out of the quiet hours: behind them where that is early enough, else
// before them.
func (q quietHours) outside(at, start time.Time) time.Time {
	after := afterQuiet(at.In(q.zone), q.from, q.to)
	if after.Equal(at) || !after.After(start.Add(-soonAtLeast)) {
		return after
	}
	from := q.from
	if q.from == q.to {
		from = matching.QuietFrom
	}
	local := at.In(q.zone)
	before := time.Date(local.Year(), local.Month(), local.Day(), from/60, from%60, 0, 0, q.zone).Add(-beforeQuiet)
	if before.After(at) {
		before = time.Date(local.Year(), local.Month(), local.Day()-1, from/60, from%60, 0, 0, q.zone).Add(-beforeQuiet)
	}
	return before
}

// reminders are the stages for somebody who said yes at that time, soonest first.
func reminders(d matching.Span, said time.Time, zone *time.Location, q quietHours, confirmed, release bool) []reminder {
	start := d.Start.In(zone)
	before := func(hour int) time.Time {
		return q.outside(time.Date(start.Year(), start.Month(), start.Day()-1, hour, 0, 0, 0, zone), start)
	}
	var all []reminder
	if ask := before(askHour); !confirmed && !said.After(ask.Add(-justSaid)) {
		all = append(all, reminder{stageAsk, ask}, reminder{stageAgain, before(askAgainHour)})
		if release {
			at := start.Add(-releaseLead)
			if at.Hour() < matching.QuietTo/60 || at.Day() != start.Day() {
				at = time.Date(start.Year(), start.Month(), start.Day()-1, releaseHour, 0, 0, 0, zone)
			}
			all = append(all, reminder{stageRelease, at})
		}
	}
	soon := start.Add(-soonLead)
	if d.AllDay {
		soon = time.Date(start.Year(), start.Month(), start.Day(), matching.QuietTo/60, 0, 0, 0, zone)
		start = soon.Add(soonLead)
	}
	if !said.After(start.Add(-soonSaid)) {
		all = append(all, reminder{stageSoon, q.outside(soon, start)})
	}
	return all
}

// planReminder sets the clock for what somebody is to be reminded of next, or takes it away with all that is not sent.
func (t *turn) planReminder(ctx context.Context, p *matching.Posting, a *matching.Answer) error {
	key := "remind:" + a.ID
	d, ok := t.spanOf(ctx, p, a)
	if !ok || !expected(a.State) || !d.Start.After(t.now) && !d.AllDay && a.Date != matching.EveryDate && !p.Lent() {
		if _, err := t.tx.Outbox.Cancel(ctx, aboutReminder(a.ID), storage.Must); err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		return t.tx.Timers.ClearTimer(ctx, key)
	}
	dates := []matching.Span{d}
	if a.Date == matching.EveryDate {
		dates = p.Occurrences(t.now, time.Time{}, t.zone(ctx, p))
	}
	for _, d := range dates {
		all, err := t.remindersOf(ctx, p, a, d)
		if err != nil {
			return err
		}
		for _, r := range all {
			if r.at.After(t.now) && (a.Date != matching.EveryDate || a.On(d)) {
				return t.timer(ctx, storage.Timer{Key: key, Kind: "remind", Subject: "answer:" + a.ID, Due: r.at})
			}
		}
	}
	return t.tx.Timers.ClearTimer(ctx, key)
}

func (t *turn) remindersOf(ctx context.Context, p *matching.Posting, a *matching.Answer, d matching.Span) ([]reminder, error) {
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return nil, err
	}
	q, err := t.quietOf(ctx, a.Person)
	if err != nil {
		return nil, err
	}
	release, err := t.wantsRelease(ctx, p)
	if err != nil {
		return nil, err
	}
	all := reminders(d, a.Changed, t.b.fronts.zone(f), q, a.State == matching.Confirmed, release)
	if p.Lent() {
		all = append(all, returned(d, t.b.fronts.zone(f), q))
	}
	if a.Date == matching.EveryDate { // who comes every time is asked once, and keeps the place
		all = slices.DeleteFunc(all, func(r reminder) bool { return r.stage == stageAgain || r.stage == stageRelease })
	}
	return all, nil
}

// quietOf are the quiet hours of a person.
func (t *turn) quietOf(ctx context.Context, person string) (quietHours, error) {
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return quietHours{zone: time.UTC}, nil
	}
	if err != nil {
		return quietHours{}, fmt.Errorf("person: %w", err)
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if errors.Is(err, storage.ErrNotFound) {
		return quietHours{zone: time.UTC, from: p.QuietFrom, to: p.QuietTo}, nil
	}
	if err != nil {
		return quietHours{}, err
	}
	return quietHours{zone: t.b.fronts.zone(f), from: p.QuietFrom, to: p.QuietTo}, nil
}

// remind does what is due for somebody who is expected: one thing at most, the latest that still makes sense, however
// long nothing could be done.
func (t *turn) remind(ctx context.Context, answer string) error {
	a, err := t.tx.Answers.Answer(ctx, answer)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.LockPosting(ctx, a.Posting)
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	d, ok := t.spanOf(ctx, &p, &a)
	if !ok || !expected(a.State) || !p.State.Visible() || !d.Until().After(t.now) {
		return nil
	}
	all, err := t.remindersOf(ctx, &p, &a, d)
	if err != nil {
		return err
	}
	latest := ""
	for _, r := range all {
		if !r.at.After(t.now) {
			latest = r.stage
		}
	}
	if err := t.remindNow(ctx, &p, &a, d, latest); err != nil {
		return err
	}
	if now, err := t.tx.Answers.Answer(ctx, answer); err != nil || !expected(now.State) {
		return err
	}
	return t.planReminder(ctx, &p, &a)
}

func (t *turn) remindNow(ctx context.Context, p *matching.Posting, a *matching.Answer, d matching.Span, stage string) error {
	key := func(stage string) string {
		return "remind:" + stage + ":" + a.ID + ":" + strconv.FormatInt(d.Start.UnixMilli(), 10)
	}
	piece := flows.Piece{Kind: flows.NewsComing, Posting: p.Public(), Answer: *a, Date: a.Date}
	if a.Date == matching.EveryDate {
		piece.Date = d.Key
	}
	until := d.Start
	switch stage {
	case "":
		return nil
	case stageRelease:
		heard, err := t.unheeded(ctx, key(stageAsk), key(stageAgain))
		if err != nil || !heard {
			return err
		}
		return t.release(ctx, p, *a)
	case stageAgain:
		before, err := t.tx.Sent.ByKey(ctx, key(stageAsk))
		switch {
		case errors.Is(err, storage.ErrNotFound):
			stage, piece.First = stageAsk, true // nobody could ask the first time
		case err != nil:
			return fmt.Errorf("sent: %w", err)
		default:
			piece.First = before.State != storage.Delivered && before.State != storage.Sending // it never arrived
		}
	case stageAsk:
		piece.First = true
	case stageReturn:
		piece.Kind, until = flows.NewsReturn, d.Until()
	case stageSoon:
		piece.Kind, piece.Posting = flows.NewsSoon, *p
		if d.AllDay {
			until = d.Until()
		}
	}
	if _, err := t.tx.Outbox.Cancel(ctx, aboutReminder(a.ID), storage.Must); err != nil { // what was held up is replaced
		return fmt.Errorf("outbox: %w", err)
	}
	q, err := t.quietOf(ctx, a.Person)
	if err != nil {
		return err
	}
	due := afterQuiet(t.now.In(q.zone), q.from, q.to)
	if !due.Before(until) {
		return nil
	}
	del := urgent(aboutReminder(a.ID))
	del.Due, del.Until = due, until
	if _, err = t.tellOn(ctx, a.Person, a.Address, key(stage), piece, del); err != nil || !p.Lent() {
		return err
	}
	return t.remindLender(ctx, p, a, stage, key("lender:"+stage), until)
}

// unheeded tells whether messages arrived, and nobody answered the last of them for long enough.
func (t *turn) unheeded(ctx context.Context, keys ...string) (bool, error) {
	for _, key := range keys {
		d, err := t.tx.Sent.ByKey(ctx, key)
		if errors.Is(err, storage.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("sent: %w", err)
		}
		if d.State != storage.Delivered || t.now.Sub(d.Due) < heedWithin {
			return false, nil
		}
	}
	return true, nil
}

// release gives the place of somebody away who did not say that they come.
func (t *turn) release(ctx context.Context, p *matching.Posting, a matching.Answer) error {
	if a.State != matching.Accepted {
		return nil
	}
	a.State, a.Changed = matching.Cancelled, t.now
	if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return err
	}
	if _, err := t.tellOn(ctx, a.Person, a.Address, "", flows.Piece{Kind: flows.NewsReleased, Posting: p.Public(), Answer: a, Date: a.Date}, urgent("posting:"+p.ID)); err != nil {
		return err
	}
	if err := t.tellPoster(ctx, p, flows.Piece{Kind: flows.NewsSilentLeft, Posting: *p, Answer: a, Name: name, Date: a.Date}); err != nil {
		return err
	}
	_, err = t.even(ctx, p)
	return err
}

// wantsRelease tells whether whoever posted wants places back of people who do not say that they come.
func (t *turn) wantsRelease(ctx context.Context, p *matching.Posting) (bool, error) {
	if p.Organisation == "" {
		return false, nil
	}
	o, err := t.tx.Organisations.Organisation(ctx, p.Organisation)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("organisation: %w", err)
	}
	return profileOf(&o).Release, nil
}

// setRelease is the wish of an organisation about that.
func (t *turn) setRelease(ctx context.Context, k *talk, c flows.SetRelease) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, true)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	x := profileOf(&m.org)
	x.Release = c.On
	if err := saveProfile(ctx, t.tx, &m.org, x); err != nil {
		return nil, err
	}
	return flows.ReleaseSet{Organisation: named(&m.org), On: c.On}, nil
}

// confirmComing notes that somebody who was reminded said again that they come.
func (t *turn) confirmComing(ctx context.Context, k *talk, c flows.ConfirmComing) (conversations.Fact, error) {
	a, err := t.tx.Answers.Answer(ctx, c.Answer)
	if errors.Is(err, storage.ErrNotFound) || err == nil && a.Person != k.person.ID {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.LockPosting(ctx, a.Posting)
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	d, ok := t.spanOf(ctx, &p, &a)
	switch {
	case !p.State.Visible() || ok && !d.Until().After(t.now):
		return refused(flows.Over)
	case !expected(a.State):
		return refused(flows.PlaceGone)
	}
	before := a.State
	if a.State == matching.Accepted && a.Date != matching.EveryDate {
		a.State = matching.Confirmed // Changed stays: it is when they said yes
		if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
	}
	fact := flows.Responded{Posting: p, Given: []flows.Given{{Key: a.Date, Answer: a, Before: before, Date: d}}, Name: k.person.Name, Again: true}
	fact.Posting.Author = ""
	t.confide(k, fact)
	return fact, nil
}

// unremind withdraws what waits to be said to somebody and answers nothing they wrote.
func (t *turn) unremind(ctx context.Context, person string) error {
	waiting, err := t.tx.Sent.OfPerson(ctx, person, storage.Queued)
	if err != nil {
		return fmt.Errorf("sent: %w", err)
	}
	var keys []string
	for _, d := range waiting {
		if d.Priority == storage.UrgentPriority && d.Edit == "" {
			keys = append(keys, d.Key)
		}
	}
	return t.recall(ctx, keys...)
}

// expectedAt are the postings where somebody is expected.
func (t *turn) expectedAt(ctx context.Context, person string) ([]matching.Posting, error) {
	answers, err := t.promises(ctx, person)
	if err != nil {
		return nil, err
	}
	var out []matching.Posting
	for _, a := range answers {
		if !expected(a.State) {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		out = append(out, p.Public())
	}
	return out, nil
}
