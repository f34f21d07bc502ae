package bot

import (
	"context"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
)

// When what was lent is asked back, before it is due.
const (
	backLead = time.Hour
	backHour = 16 // on the last day, where only days were said
)

// returned is when somebody is reminded to bring something back. It is never before they have it.
func returned(d matching.Span, zone *time.Location, q quietHours) reminder {
	end := d.Until().In(zone)
	at := end.Add(-min(backLead, end.Sub(d.Start)/2))
	if d.AllDay {
		at = time.Date(end.Year(), end.Month(), end.Day()-1, backHour, 0, 0, 0, zone)
	}
	if awake := q.outside(at, end); awake.After(d.Start) {
		at = awake
	}
	return reminder{stageReturn, at}
}

// remindLender tells whoever lends something that it is fetched, and that it comes back; each once.
func (t *turn) remindLender(ctx context.Context, p *matching.Posting, a *matching.Answer, stage, key string, until time.Time) error {
	piece := flows.Piece{Posting: *p, Answer: *a, Date: a.Date}
	switch stage {
	case stageAsk:
		piece.Kind = flows.NewsFetched
	case stageReturn:
		piece.Kind = flows.NewsBack
	default:
		return nil
	}
	who, err := t.posterOf(ctx, p)
	if err != nil || who == "" {
		return err
	}
	if piece.Name, err = t.nameOf(ctx, a.Person); err != nil {
		return err
	}
	q, err := t.quietOf(ctx, who)
	if err != nil {
		return err
	}
	del := urgent(aboutReminder(a.ID))
	del.Due, del.Until = afterQuiet(t.now.In(q.zone), q.from, q.to), until
	if !del.Due.Before(until) {
		return nil
	}
	_, err = t.tell(ctx, who, key, piece, del)
	return err
}

// lentUntil is when the last agreed time of something lent is over; zero where there is none ahead.
func (t *turn) lentUntil(ctx context.Context, p *matching.Posting) (time.Time, error) {
	var last time.Time
	if !p.Lent() {
		return last, nil
	}
	s, err := t.seats(ctx, p)
	if err != nil {
		return last, err
	}
	for _, a := range s.answers {
		if d, ok := s.on(a.Date); ok && expected(a.State) && d.Until().After(last) {
			last = d.Until()
		}
	}
	return last, nil
}
