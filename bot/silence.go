package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// patienceOf is how long somebody waits at most for whoever posted: until those are nudged, until an editor hears of it,
// and until they are shown something else; in each case no longer than a part of the time left.
var patienceOf = [...]struct {
	most time.Duration
	part time.Duration // of the time left
}{{24 * time.Hour, 8}, {48 * time.Hour, 4}, {72 * time.Hour, 2}}

// alternativesShown is how many other things somebody is shown who was not answered.
const alternativesShown = 3

// nudgeAgain is how long one nudge speaks for all who wait for the same.
const nudgeAgain = 12 * time.Hour

// silence is what the clock of an answer keeps that waits.
type silence struct {
	Stage int       `json:"stage"`
	Asked time.Time `json:"asked"`
}

// carrierOf is whom reply times are counted for.
func carrierOf(p *matching.Posting) string {
	if p.Organisation != "" {
		return p.Organisation
	}
	return "person:" + p.Author
}

// planSilence starts the clock when an answer begins to wait for whoever posted, and stops it when that is over.
func (t *turn) planSilence(ctx context.Context, p *matching.Posting, old, a *matching.Answer) error {
	waits, waited := a.State == matching.Interested, old.State == matching.Interested
	switch {
	case waits && !waited:
		if err := t.tx.Replies.AskReply(ctx, storage.Reply{Answer: a.ID, Carrier: carrierOf(p), Asked: t.now}); err != nil {
			return fmt.Errorf("reply: %w", err)
		}
		return t.setSilence(ctx, p, a, silence{Asked: t.now})
	case waited && !waits:
		if err := t.tx.Timers.ClearTimer(ctx, "silence:"+a.ID); err != nil {
			return fmt.Errorf("timer: %w", err)
		}
		if err := t.noteReplied(ctx, p, a); err != nil {
			return fmt.Errorf("reply: %w", err)
		}
	}
	return nil
}

// noteReplied notes how the waiting ended: whoever took their answer back was not let down, and what was taken back or
// done by those who posted was decided by them.
func (t *turn) noteReplied(ctx context.Context, p *matching.Posting, a *matching.Answer) error {
	switch {
	case a.State == matching.Cancelled:
		return t.tx.Replies.DropReply(ctx, a.ID)
	case a.State == matching.Lapsed && p.State != matching.Withdrawn && p.State != matching.Done:
		return nil
	}
	return t.tx.Replies.NoteReply(ctx, a.ID, t.now)
}

// setSilence sets the clock of the next stage.
func (t *turn) setSilence(ctx context.Context, p *matching.Posting, a *matching.Answer, s silence) error {
	if s.Stage >= len(patienceOf) {
		return nil
	}
	wait := patienceOf[s.Stage].most
	if d, ok := t.spanOf(ctx, p, a); ok {
		wait = min(wait, max(0, d.Start.Sub(s.Asked))/patienceOf[s.Stage].part)
	}
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("silence: %w", err)
	}
	return t.timer(ctx, storage.Timer{Key: "silence:" + a.ID, Kind: "silence", Subject: "answer:" + a.ID, Due: s.Asked.Add(wait), Data: data})
}

// silent does what is due for an answer that still waits. After a time in which nothing could be done, one step is taken
// and the next one not before those it speaks to could react.
func (t *turn) silent(ctx context.Context, answer string, data json.RawMessage) error {
	a, err := t.tx.Answers.Answer(ctx, answer)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.Posting(ctx, a.Posting)
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if d, ok := t.spanOf(ctx, &p, &a); a.State != matching.Interested || !p.State.Visible() || ok && !d.Start.After(t.now) {
		return nil
	}
	var s silence
	if err := json.Unmarshal(data, &s); err != nil {
		s = silence{Asked: a.Changed}
	}
	switch s.Stage {
	case 0:
		err = t.nudge(ctx, &p, a)
	case 1:
		err = t.tellSilent(ctx, &p, a)
	default:
		err = t.showOthers(ctx, &p, a)
	}
	if err != nil {
		return err
	}
	if late := t.now.Sub(s.Asked); s.Stage == 0 && late > patienceOf[0].most+time.Hour { // the nudge comes late: its time begins now
		s.Asked = t.now.Add(-patienceOf[0].most)
	}
	s.Stage++
	return t.setSilence(ctx, &p, &a, s)
}

// byDay is a must-delivery that waits for the end of somebody's quiet hours.
func (t *turn) byDay(ctx context.Context, person, subject string, until time.Time) (storage.Delivery, error) {
	q, err := t.quietOf(ctx, person)
	d := urgent(subject)
	d.Due, d.Until = afterQuiet(t.now.In(q.zone), q.from, q.to), until
	return d, err
}

// nudge asks whoever posted once more. One nudge speaks for all who wait.
func (t *turn) nudge(ctx context.Context, p *matching.Posting, a matching.Answer) error {
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	others := 0
	for _, x := range answers {
		if x.State == matching.Interested && x.ID != a.ID {
			others++
		}
	}
	who, err := t.responsibleFor(ctx, p, "")
	if err != nil || who == "" {
		return err
	}
	name, err := t.nameOf(ctx, a.Person)
	if err != nil {
		return err
	}
	d, err := t.byDay(ctx, who, "posting:"+p.ID, t.startOf(ctx, p, &a))
	if err != nil {
		return err
	}
	key := "nudge:" + p.ID + ":" + strconv.FormatInt(t.now.UnixMilli()/nudgeAgain.Milliseconds(), 10)
	piece := flows.Piece{Kind: flows.NewsNudge, Posting: *p, Answer: a, Name: name, Date: a.Date, Taken: others}
	_, err = t.tell(ctx, who, key, piece, d)
	return err
}

// startOf is when what an answer is about begins; zero where it has no date.
func (t *turn) startOf(ctx context.Context, p *matching.Posting, a *matching.Answer) time.Time {
	d, _ := t.spanOf(ctx, p, a)
	return d.Start
}

// tellSilent tells the editors of the front, once for a posting, that nobody is answered there.
func (t *turn) tellSilent(ctx context.Context, p *matching.Posting, a matching.Answer) error {
	f, err := t.tx.Fronts.Front(ctx, p.Front)
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}
	who, err := t.reviewers(ctx, f, p)
	if err != nil {
		return err
	}
	for _, e := range who {
		if e == a.Person {
			continue
		}
		d, err := t.byDay(ctx, e, "silent:"+p.ID, t.startOf(ctx, p, &a))
		if err != nil {
			return err
		}
		if _, err := t.tell(ctx, e, "silent:"+p.ID+":"+e, flows.Piece{Kind: flows.NewsSilent, Posting: p.Public(), Answer: a, Date: a.Date}, d); err != nil {
			return err
		}
	}
	return nil
}

// showOthers shows somebody who was not answered what else there is. Their answer stands.
func (t *turn) showOthers(ctx context.Context, p *matching.Posting, a matching.Answer) error {
	others, err := t.alternatives(ctx, p, a.Person)
	if err != nil {
		return err
	}
	d, err := t.byDay(ctx, a.Person, "answer:"+a.ID, t.startOf(ctx, p, &a))
	if err != nil {
		return err
	}
	piece := flows.Piece{Kind: flows.NewsOthers, Posting: p.Public(), Answer: a, Date: a.Date, Others: others}
	_, err = t.tellOn(ctx, a.Person, a.Address, "others:"+a.ID+":"+strconv.FormatInt(a.Changed.UnixMilli(), 10), piece, d)
	return err
}

// alternatives are open postings that fit somebody, best first: what they subscribed to before what is merely near and
// alike, what is certain at once before what somebody has to decide.
func (t *turn) alternatives(ctx context.Context, p *matching.Posting, person string) ([]matching.Posting, error) {
	who, err := t.tx.People.Person(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	near, within := who.Place.Point, max(who.Radius, 10)
	if near.IsZero() {
		near = p.Place.Point
	}
	open, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{States: []matching.PostingState{matching.Open}, Kind: p.Kind, Near: near, Within: within, Limit: 100})
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	subs, err := t.tx.Subscriptions.OfSubscriber(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	answered, err := t.tx.Answers.OfAnswerer(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	had := map[string]bool{p.ID: true}
	for _, x := range answered {
		had[x.Posting] = true
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return nil, err
	}
	zone := t.b.fronts.zone(f)
	type found struct {
		p     matching.Posting
		score float64
	}
	var all []found
	for _, x := range open {
		mine, err := t.mayActFor(ctx, person, &x)
		if err != nil {
			return nil, err
		}
		if had[x.ID] || mine || past(&x, t.now, t.zone(ctx, &x)) || x.Imported {
			continue
		}
		f := found{p: x.Public()}
		for i := range subs {
			if fit := matching.Match(&subs[i], &x, t.now, zone); fit.OK {
				f.score = max(f.score, 1+fit.Score)
			}
		}
		if f.score == 0 && x.Category != p.Category {
			continue
		}
		if x.AutoAccept {
			f.score += 0.5
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	var out []matching.Posting
	for _, f := range all[:min(len(all), alternativesShown)] {
		out = append(out, f.p)
	}
	return out, nil
}

// punctualSince is how far back reply times are looked at; what was asked in the last days is still open.
const (
	punctualSince = 183 * 24 * time.Hour
	punctualUntil = 72 * time.Hour
)

// punctual is how whoever posted answered people in the last months.
func (t *turn) punctual(ctx context.Context, carrier string) (storage.Punctual, error) {
	p, err := t.tx.Replies.PunctualOf(ctx, carrier, t.now.Add(-punctualSince), t.now.Add(-punctualUntil))
	if err != nil {
		return p, fmt.Errorf("replies: %w", err)
	}
	return p, nil
}
