package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/matching/figures"
	"ehrenamt/storage"
)

// FiguresOf sums up what a front achieved in the months from one on and before another, both in the zone of the front.
func FiguresOf(ctx context.Context, tx *storage.Tx, front string, from, to time.Time) (figures.Report, error) {
	var rows []figures.Row
	f, err := tx.Fronts.Front(ctx, front)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return figures.Report{}, fmt.Errorf("front: %w", err)
	}
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) { // a day at a time: a year may be large
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{
			Front: front, CreatedFrom: day, CreatedBefore: day.AddDate(0, 0, 1), Limit: 1 << 30,
		})
		if err != nil {
			return figures.Report{}, fmt.Errorf("postings: %w", err)
		}
		for i := range ps {
			if ps[i].Published.IsZero() {
				continue // it was never seen by anybody
			}
			row, err := figuresRow(ctx, tx, &ps[i])
			if err != nil {
				return figures.Report{}, err
			}
			if len(f.Towns) > 0 && !covers(&f, ps[i].Place) {
				row.District = figures.Outside
			}
			rows = append(rows, row)
		}
	}
	subscribers, err := tx.Crowd.Subscribers(ctx, front)
	if err != nil {
		return figures.Report{}, fmt.Errorf("subscribers: %w", err)
	}
	r := figures.Make(rows, subscribers)
	r.Front, r.From, r.To = front, from, to
	return r, nil
}

// figuresRow is a posting with what came of it.
func figuresRow(ctx context.Context, tx *storage.Tx, p *matching.Posting) (figures.Row, error) {
	r := figures.Row{Kind: p.Kind, Category: p.Category, District: p.Place.Municipality, Places: p.Places * max(1, len(p.Dates))}
	if p.Place.District != "" {
		r.District = strings.TrimPrefix(p.Place.Municipality+"-"+p.Place.District, "-")
	}
	if !p.Imported {
		r.People = append(r.People, p.Author)
	}
	if r.IsFull = !p.FilledAt.IsZero(); r.IsFull {
		r.Full = p.FilledAt.Sub(p.Published)
	}
	as, err := tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return r, fmt.Errorf("answers: %w", err)
	}
	for _, a := range as {
		if a.State.Takes() {
			r.Filled += max(1, a.Party)
		}
		if a.State == matching.Refused {
			continue
		}
		r.People = append(r.People, a.Person)
		if after := a.Created.Sub(p.Published); after >= 0 && (!r.Answered || after < r.FirstAnswer) {
			r.Answered, r.FirstAnswer = true, after
		}
	}
	if r.Replies, err = tx.Replies.RepliedTo(ctx, p.ID); err != nil {
		return r, fmt.Errorf("replies: %w", err)
	}
	alerts, err := tx.Alerts.AlertsOf(ctx, p.ID)
	if err != nil {
		return r, fmt.Errorf("alerts: %w", err)
	}
	for _, a := range alerts {
		if a.State != storage.AlertQueued && a.State != storage.AlertDropped {
			r.Alerts++
		}
	}
	return r, nil
}

// month is the first moment of the month n months away from that of now, in the zone of now.
func month(now time.Time, n int) time.Time {
	return time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, now.Location())
}

func (t *turn) performFigures(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.LookAtFigures:
		fact, err = t.figuresFor(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// figuresFor puts the figures of a month together for an editor.
func (t *turn) figuresFor(ctx context.Context, k *talk, c flows.LookAtFigures) (conversations.Fact, error) {
	editor, err := t.edits(ctx, k, k.front.ID)
	if err != nil {
		return nil, err
	}
	if !editor {
		return refused(flows.NotEditor)
	}
	from := month(k.env.Now, c.Ago)
	if !c.Month.IsZero() {
		from = month(c.Month.In(k.env.Zone), 0)
	}
	if from.After(k.env.Now) {
		return refused(flows.Unknown)
	}
	// Summing up takes longer than a turn may: it comes as a message.
	tm := storage.Timer{
		Key: "figures:" + k.person.ID, Kind: "figures", Subject: "figures:" + k.front.ID + " " + from.Format(time.DateOnly) + " " + k.person.ID, Due: t.now,
	}
	return flows.FiguresComing{}, t.timer(ctx, tm)
}

// monthlyFigures lets every front's editors be told how the last month was, on the first day of the new one.
func (t *turn) monthlyFigures(ctx context.Context) (int, error) {
	fs, err := t.tx.Fronts.AllFronts(ctx)
	if err != nil {
		return 0, fmt.Errorf("fronts: %w", err)
	}
	n := 0
	for _, f := range fs {
		now := t.now.In(t.b.fronts.zone(f))
		if now.Day() != 1 || f.Suspended {
			continue
		}
		from := month(now, -1)
		for _, e := range f.Editors {
			tm := storage.Timer{
				Key: "figures:" + f.ID + ":" + e, Kind: "figures", Subject: "figures:" + f.ID + " " + from.Format(time.DateOnly) + " " + e, Due: t.now,
			}
			if err := t.timer(ctx, tm); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// tellFigures sends an editor the figures of a month: in words, as a table and as a picture.
func (t *turn) tellFigures(ctx context.Context, subject string) error {
	parts := strings.Fields(subject)
	if len(parts) != 3 {
		return nil
	}
	front, person := parts[0], parts[2]
	f, err := t.tx.Fronts.Front(ctx, front)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}
	from, err := time.ParseInLocation(time.DateOnly, parts[1], t.b.fronts.zone(f))
	if err != nil {
		return nil
	}
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	rec, ok, err := t.reach(ctx, person)
	if err != nil || !ok {
		return err
	}
	k, err := t.talkTo(ctx, p, rec.Address, front)
	if err != nil {
		return err
	}
	if editor, err := t.edits(ctx, k, front); err != nil || !editor {
		return err
	}
	report, err := FiguresOf(ctx, t.tx, front, from, month(from, 1))
	if err != nil {
		return err
	}
	before, err := FiguresOf(ctx, t.tx, front, month(from, -1), from)
	if err != nil {
		return err
	}
	r, err := t.b.Book.Figures(report, before, f.Name, k.env)
	if err != nil {
		return fmt.Errorf("figures: %w", err)
	}
	return t.send(ctx, k, r, storage.Must, storage.LaterWave, "figures:"+front)
}
