package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// What follows a date.
const (
	askAfter   = time.Hour          // both sides are asked how it was
	supposed   = 7 * 24 * time.Hour // nobody said anything until then: those who were expected came
	toldAfter  = 2 * 24 * time.Hour // everybody who was asked is told how it went, whether or not somebody said so
	workingDay = 8 * 60             // minutes noted for a whole day
)

// The stages of a date that is over.
var afterStages = []time.Duration{askAfter, toldAfter, supposed}

// planAfterwards sets the clock for what is to be asked and told next once dates are over. What has no date is asked
// about when it is done.
func (t *turn) planAfterwards(ctx context.Context, old, p *matching.Posting) error {
	key := "after:" + p.ID
	if (p.State == matching.Done || p.State == matching.Expired) && old.State.Visible() && !p.Dated() {
		return t.timer(ctx, storage.Timer{Key: key, Kind: "after", Subject: "after:" + p.ID, Due: t.now.Add(askAfter)})
	}
	switch p.State {
	case matching.Open, matching.Filled, matching.Done, matching.Expired:
	default:
		return t.tx.Timers.ClearTimer(ctx, key)
	}
	due, err := t.nextAfter(ctx, p)
	if err != nil || due.IsZero() {
		return err
	}
	return t.timer(ctx, storage.Timer{Key: key, Kind: "after", Subject: "after:" + p.ID, Due: due})
}

// endsOf are the ends of the dates of a posting that are over or next, by their keys.
func (t *turn) endsOf(ctx context.Context, p *matching.Posting) map[int]time.Time {
	ends := map[int]time.Time{}
	for _, d := range p.Occurrences(t.now.Add(-lookedBack), t.now.AddDate(0, 1, 0), t.zone(ctx, p)) {
		ends[d.Key] = d.Until()
	}
	return ends
}

// lookedBack is how long ago a date may be that something still has to be done about.
const lookedBack = supposed + 30*24*time.Hour

// nextAfter is the next time something has to be done about a date of a posting; zero if there is none.
func (t *turn) nextAfter(ctx context.Context, p *matching.Posting) (time.Time, error) {
	var next time.Time
	for _, end := range t.endsOf(ctx, p) {
		for _, wait := range afterStages {
			if at := end.Add(wait); at.After(t.now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next, nil
}

// afterwards does what is due about the dates of a posting that are over.
func (t *turn) afterwards(ctx context.Context, id string) error {
	p, err := t.tx.Postings.LockPosting(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if p.State == matching.Withdrawn || p.State == matching.Rejected {
		return nil
	}
	ends := t.endsOf(ctx, &p)
	if !p.Dated() {
		ends[0] = t.now.Add(-askAfter)
	}
	for _, date := range slices.Sorted(maps.Keys(ends)) {
		since := t.now.Sub(ends[date])
		if since < askAfter || since > lookedBack {
			continue
		}
		if err := t.afterDate(ctx, &p, date, ends[date], since); err != nil {
			return err
		}
	}
	if err := t.endSeries(ctx, &p, ends); err != nil {
		return err
	}
	due, err := t.nextAfter(ctx, &p)
	if err != nil || due.IsZero() {
		return err
	}
	return t.timer(ctx, storage.Timer{Key: "after:" + p.ID, Kind: "after", Subject: "after:" + p.ID, Due: due})
}

// afterDate asks both sides how a date was, tells the result, and at last takes it that those who were expected came.
func (t *turn) afterDate(ctx context.Context, p *matching.Posting, date int, end time.Time, since time.Duration) error {
	undated := !p.Dated()
	on := matching.Span{Key: date, Start: end}
	if d, ok := p.On(date, t.zone(ctx, p)); ok && !undated {
		on = d
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	var came []matching.Answer
	for _, a := range answers {
		if a.On(on) && (expected(a.State) || a.State == matching.Attended) {
			came = append(came, a)
		}
	}
	key := p.ID + ":" + strconv.Itoa(date) + ":" + endKey(p, end)
	if len(came) == 0 {
		if since < supposed && !undated {
			return t.nobodyCame(ctx, p, date, key)
		}
		return nil
	}
	if since >= supposed || undated {
		for _, a := range came {
			if err := t.suppose(ctx, p, a, date); err != nil {
				return err
			}
		}
	}
	if since >= supposed {
		return nil
	}
	if since >= toldAfter {
		if err := t.noteResult(ctx, p, date, len(came)); err != nil {
			return err
		}
	}
	asks := false
	for _, a := range came {
		if !t.asksAfter(ctx, p, &a, on) {
			continue
		}
		asks = true
		d, err := t.byDay(ctx, a.Person, "after:"+p.ID, t.now.Add(supposed))
		if err != nil {
			return err
		}
		if _, err := t.tellOn(ctx, a.Person, a.Address, "visit:"+a.ID+":"+endKey(p, end), flows.Piece{Kind: flows.NewsWereYou, Posting: p.Public(), Answer: onDate(a, date), Date: date}, d); err != nil {
			return err
		}
	}
	if !asks {
		return nil
	}
	return t.askPoster(ctx, p, date, key, came)
}

// asksAfter tells whether somebody is asked how a date was: whoever comes every time after the first one of a month.
func (t *turn) asksAfter(ctx context.Context, p *matching.Posting, a *matching.Answer, d matching.Span) bool {
	if a.Date != matching.EveryDate {
		return true
	}
	zone := t.zone(ctx, p)
	local := d.Start.In(zone)
	month := time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, zone)
	return !slices.ContainsFunc(p.Occurrences(month, d.Start, zone), func(x matching.Span) bool {
		return x.Key != d.Key && !x.Start.Before(month) && x.Start.After(a.Created) && a.On(x)
	})
}

// endKey tells one end of a date from another one, where it is moved.
func endKey(p *matching.Posting, end time.Time) string {
	if p.Dated() {
		return strconv.FormatInt(end.UnixMilli(), 36)
	}
	return "0"
}

func (t *turn) askPoster(ctx context.Context, p *matching.Posting, date int, key string, came []matching.Answer) error {
	who, err := t.responsibleFor(ctx, p, "")
	if err != nil || who == "" {
		return err
	}
	names, err := t.namesOf(ctx, came)
	if err != nil {
		return err
	}
	d, err := t.byDay(ctx, who, "after:"+p.ID, t.now.Add(supposed))
	if err != nil {
		return err
	}
	_, err = t.tell(ctx, who, "done:"+key, flows.Piece{Kind: flows.NewsWasDone, Posting: *p, Date: date, Names: names}, d)
	return err
}

// namesOf are the first names of those who answered.
func (t *turn) namesOf(ctx context.Context, answers []matching.Answer) ([]string, error) {
	var names []string
	for _, a := range answers {
		name, err := t.nameOf(ctx, a.Person)
		if err != nil {
			return nil, err
		}
		if name != "" && len(names) < comradesMax {
			names = append(names, name)
		}
	}
	return names, nil
}

// nobodyCame says kindly to whoever posted that nobody was found, and tells those who were asked.
func (t *turn) nobodyCame(ctx context.Context, p *matching.Posting, date int, key string) error {
	if p.State != matching.Expired {
		return nil
	}
	if err := t.noteResult(ctx, p, date, 0); err != nil {
		return err
	}
	who, err := t.responsibleFor(ctx, p, "")
	if err != nil || who == "" {
		return err
	}
	d, err := t.byDay(ctx, who, "after:"+p.ID, t.now.Add(supposed))
	if err != nil {
		return err
	}
	_, err = t.tell(ctx, who, "nobody:"+key, flows.Piece{Kind: flows.NewsNobody, Posting: *p, Date: date}, d)
	return err
}

// suppose takes it that somebody came of whom nothing else was said. Of those who come every time the hours of each date
// count, and the answer stays as it is.
func (t *turn) suppose(ctx context.Context, p *matching.Posting, a matching.Answer, date int) error {
	if !expected(a.State) {
		return nil
	}
	if a.Date != matching.EveryDate {
		a.State = matching.Attended
		if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		return nil
	}
	if on, ok := t.dateOf(ctx, p, &a, date); !ok || on.Start.Before(a.Created) {
		return nil
	}
	v, err := t.visited(ctx, p, &a, date)
	if err != nil || v.Rev != 0 {
		return err
	}
	return t.saveVisit(ctx, &v, &a)
}

// endSeries ends the answers of those who came every time, some days after the last date of what is over.
func (t *turn) endSeries(ctx context.Context, p *matching.Posting, ends map[int]time.Time) error {
	if !p.State.Over() || p.Recurrence == "" {
		return nil
	}
	for _, end := range ends {
		if t.now.Sub(end) < supposed && (!endless(p) || t.now.Sub(p.Lease) < lookedBack) {
			return nil
		}
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	for _, a := range answers {
		if a.Date != matching.EveryDate || !expected(a.State) {
			continue
		}
		a.State = matching.Attended
		if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return nil
}

// noteResult keeps for the next digest of everybody who was asked, but for those who were there, how it went: of several
// dates after the last, of a series once, after the first. Where nobody came there is nothing to tell.
func (t *turn) noteResult(ctx context.Context, p *matching.Posting, date, n int) error {
	if n == 0 {
		return nil
	}
	if zone := t.zone(ctx, p); p.Dated() {
		ds := p.Occurrences(p.Published, time.Time{}, zone)
		if p.Recurrence == "" {
			slices.Reverse(ds)
		}
		if len(ds) > 0 && ds[0].Key != date {
			return nil
		}
	}
	alerts, err := t.tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	there := map[string]bool{}
	for _, a := range answers {
		there[a.Person] = there[a.Person] || expected(a.State) || a.State == matching.Attended || a.State == matching.NoShow
	}
	for _, a := range alerts {
		if there[a.Person] || a.State == storage.AlertQueued || a.State == storage.AlertDropped || a.State == storage.AlertNever {
			continue
		}
		note := storage.DigestNote{Person: a.Person, Front: a.Front, Posting: p.ID, Kind: "result", N: n, At: t.now}
		if err := t.tx.DigestNotes.PutNote(ctx, note); err != nil {
			return fmt.Errorf("note: %w", err)
		}
	}
	return nil
}
