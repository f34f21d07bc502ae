package bot

import (
	"context"
	"fmt"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// refuse records a no, or takes an earlier yes back.
func (t *turn) refuse(ctx context.Context, k *talk, s *seats, c flows.Respond) (conversations.Fact, error) {
	state := storage.AlertNo
	if c.Never {
		state = storage.AlertNever
		if err := t.never(ctx, k, s.p); err != nil {
			return nil, err
		}
	}
	if len(c.Dates) == 0 {
		live := s.liveOf(k.person.ID)
		if len(live) > 1 && !c.Never {
			return s.chooseOwn(c, live), nil
		}
		for _, a := range live {
			c.Dates = append(c.Dates, a.Date)
		}
	}
	if len(c.Dates) == 0 {
		d, _ := s.p.Next(t.now, s.zone)
		c.Dates = []int{d.Key}
	}
	if err := t.noteAlert(ctx, k.person.ID, s.p.ID, state); err != nil {
		return nil, fmt.Errorf("alert: %w", err)
	}
	if s.p.State.Over() && !c.Never {
		return refused(flows.Over)
	}
	fact := flows.Responded{Name: k.person.Name}
	took := false
	var gone []flows.Given
	for _, key := range c.Dates {
		g, err := t.refuseOn(ctx, k, s, key, c)
		if err != nil {
			return nil, err
		}
		fact.Given = append(fact.Given, g)
		took = took || g.Before.Takes() && (g.Away || !g.Answer.State.Takes())
		if g.Away || g.Before.Live() && !g.Answer.State.Live() && g.Before != matching.Waiting && g.Before != matching.Offered {
			gone = append(gone, g)
		}
	}
	if len(gone) > 0 {
		piece := flows.Piece{Kind: flows.NewsCancelled, Posting: *s.p, Answer: gone[0].Answer, Name: k.person.Name, Date: gone[0].Answer.Date}
		if gone[0].Away {
			piece.Kind = flows.NewsAway
			piece.Date = gone[0].Date.Key
		}
		for _, g := range gone {
			piece.Dates = append(piece.Dates, g.Key)
		}
		if err := t.tellPoster(ctx, s.p, piece); err != nil {
			return nil, err
		}
	}
	if took {
		if err := t.serves(ctx, k.person.ID); err != nil {
			return nil, err
		}
	}
	if _, err := t.even(ctx, s.p); err != nil {
		return nil, err
	}
	return t.responded(s.p, fact), nil
}

// liveOf are a person's answers that are alive and still ahead.
func (s *seats) liveOf(person string) []matching.Answer {
	var live []matching.Answer
	for _, a := range s.answers {
		if a.Person == person && a.State.Live() && !s.over(a.Date) {
			live = append(live, a)
		}
	}
	return live
}

// chooseOwn asks which of one's own dates was meant.
func (s *seats) chooseOwn(c flows.Respond, live []matching.Answer) flows.Choose {
	out := flows.Choose{Posting: s.p.Public(), Respond: c}
	for _, a := range live {
		if a.Date == matching.EveryDate {
			out.Every = true
			continue
		}
		if d, ok := s.on(a.Date); ok {
			out.Dates = append(out.Dates, flows.OpenDate{Date: d, Free: -1})
		}
	}
	return out
}

// refuseOn is a no to one date.
func (t *turn) refuseOn(ctx context.Context, k *talk, s *seats, key int, c flows.Respond) (flows.Given, error) {
	d, ahead := s.on(key)
	if !ahead { // it may have been left out or be over
		d, _ = s.p.Planned(key, s.zone)
	}
	a := s.of(k.person.ID, key)
	if regular := s.of(k.person.ID, matching.EveryDate); key != matching.EveryDate && regular.State.Takes() && !a.State.Live() && ahead {
		g := flows.Given{Key: key, Answer: regular, Before: regular.State, Date: d}
		if !regular.On(d) {
			return g, nil
		}
		regular.Away = append(regular.Away, matching.Span{Start: d.Start, End: d.Start.Add(1)})
		regular.Changed = t.now
		err := t.saveAnswer(ctx, s, &regular)
		g.Answer, g.Away = regular, true
		return g, err
	}
	if a.Posting == "" {
		a = matching.Answer{Posting: s.p.ID, Date: key, Person: k.person.ID, Created: t.now, Party: 1, Address: k.addr.Channel}
	}
	g := flows.Given{Key: key, Before: a.State, Date: d}
	switch {
	case a.State == "":
		a.State = matching.Refused
	case a.State.Live():
		a.State = matching.Cancelled
	default:
		g.Answer = a
		return g, nil
	}
	a.Changed, a.Note, a.Held, a.Pending = t.now, c.Note, 0, false
	if err := t.forgetAnswer(ctx, &a); err != nil {
		return g, err
	}
	if err := t.saveAnswer(ctx, s, &a); err != nil {
		return g, err
	}
	g.Answer = a
	return g, nil
}
