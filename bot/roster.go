package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/masking"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// performRoster does what is asked for about who comes; ok is false for other commands.
func (t *turn) performRoster(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.ListWho:
		fact, err = t.listWho(ctx, k, c)
	case flows.ToAll:
		fact, err = t.toAll(ctx, k, c)
	case flows.GiveAway:
		fact, err = t.giveElsewhere(ctx, k, c)
	case flows.LeaveOut:
		fact, err = t.leaveOut(ctx, k, c)
	case flows.MoveDate:
		fact, err = t.moveDate(ctx, k, c)
	case flows.HoldAnyway:
		fact, err = t.holdAnyway(ctx, k, c)
	case flows.StayAway:
		fact, err = t.stayAway(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// meant is the posting of mine that is meant: the one named, else the only one that is running and suits. The fact
// is what to answer where that is not settled.
func (t *turn) meant(ctx context.Context, k *talk, id string, suits func(*matching.Posting) bool) (matching.Posting, conversations.Fact, error) {
	if id == "" {
		ps, err := t.myPostings(ctx, k, matching.Open, matching.Filled)
		if err != nil {
			return matching.Posting{}, nil, err
		}
		ps = slices.DeleteFunc(ps, func(p matching.Posting) bool { return past(&p, t.now, t.zone(ctx, &p)) || !suits(&p) })
		switch len(ps) {
		case 0:
			return matching.Posting{}, flows.Refused{Why: flows.NothingLast}, nil
		case 1:
			id = ps[0].ID
		default:
			for i := range ps {
				ps[i] = ps[i].Public()
			}
			return matching.Posting{}, flows.WhichPosting{Postings: ps}, nil
		}
	}
	p, why, err := t.own(ctx, k, id)
	if err != nil {
		return p, nil, err
	}
	if why != "" {
		return p, flows.Refused{Why: why}, nil
	}
	return p, nil, nil
}

func anything(*matching.Posting) bool { return true }

// listWho lists who comes, and who would, date by date.
func (t *turn) listWho(ctx context.Context, k *talk, c flows.ListWho) (conversations.Fact, error) {
	p, fact, err := t.meant(ctx, k, c.Posting, anything)
	if err != nil || fact != nil {
		return fact, err
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	dates := s.soon()
	if len(dates) == 0 && p.Dated() {
		dates = p.Listed()
	}
	if !p.Dated() {
		dates = []matching.Span{{}}
	}
	out := flows.Who{Posting: p}
	for _, a := range s.queue() {
		if a.Date == matching.EveryDate {
			name, err := t.nameOf(ctx, a.Person)
			if err != nil {
				return nil, err
			}
			out.Regulars = append(out.Regulars, name)
		}
	}
	names := map[string]string{}
	for _, d := range dates {
		places := p.PlacesOn(d)
		if !p.Dated() {
			places = 0
		}
		w := flows.WhoDate{Date: d, Taken: s.taken(d, ""), Places: places, Outside: p.External + p.Outside[d.Key]}
		for _, a := range s.inOrder() {
			if a.Date == matching.EveryDate && !a.State.Takes() {
				continue
			}
			if p.Dated() && !a.On(d) || !a.State.Live() && a.State != matching.Attended && a.State != matching.NoShow {
				continue
			}
			if _, ok := names[a.Person]; !ok {
				if names[a.Person], err = t.nameOf(ctx, a.Person); err != nil {
					return nil, err
				}
			}
			w.People = append(w.People, flows.WhoComes{
				Name: names[a.Person], Party: a.Seats(), State: a.State, Note: a.Note, Every: a.Date == matching.EveryDate, Asked: !a.Asked.IsZero() && a.State.Takes(),
			})
		}
		out.Dates = append(out.Dates, w)
	}
	return out, nil
}

// inOrder are the answers as they are listed: those who come, those who are asked about, the waiting list.
func (s *seats) inOrder() []matching.Answer {
	var come, ask []matching.Answer
	for _, a := range s.answers {
		switch {
		case a.State.Takes():
			come = append(come, a)
		case a.State == matching.Interested:
			ask = append(ask, a)
		}
	}
	return slices.Concat(come, ask, s.queue())
}

// toAllMax is how long a message to everybody may be, in characters.
const toAllMax = 600

// toAll passes a text on to everybody who has a place still ahead, once each.
func (t *turn) toAll(ctx context.Context, k *talk, c flows.ToAll) (conversations.Fact, error) {
	p, fact, err := t.meant(ctx, k, c.Posting, anything)
	if err != nil || fact != nil {
		return fact, err
	}
	text := strings.TrimSpace(c.Text)
	if !p.State.Visible() {
		return refused(flows.Over)
	}
	if utf8.RuneCountInString(text) > toAllMax {
		return refused(flows.TooLong)
	}
	if tellsContact(text) {
		return refused(flows.Leak)
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	var people []string
	for _, a := range s.answers {
		if (a.State == matching.Accepted || a.State == matching.Confirmed) && !s.over(a.Date) && !slices.Contains(people, a.Person) {
			people = append(people, a.Person)
		}
	}
	if len(people) == 0 {
		return refused(flows.Nobody)
	}
	if ok, err := t.count(ctx, t.b.Limits.ToAll, "to-all:"+p.ID); err != nil || !ok {
		return flows.Refused{Why: flows.OftenEnough}, err
	}
	told := 0
	for _, person := range people {
		ok, err := t.tell(ctx, person, "", flows.Piece{Kind: flows.NewsToAll, Posting: p.Public(), Text: text}, urgent("posting:"+p.ID))
		if err != nil {
			return nil, err
		}
		if ok {
			told++
		}
	}
	return flows.ToldAll{Posting: p, Count: told}, t.audit(ctx, k, "to-all", "posting:"+p.ID)
}

// dateMeant is the date of a posting that is meant: the one named, else the only one ahead.
func (s *seats) dateMeant(key int) (matching.Span, conversations.Fact) {
	if key != flows.NoDate {
		if d, ok := s.on(key); ok && s.p.Dated() {
			return d, nil
		}
		return matching.Span{}, flows.Refused{Why: flows.Over}
	}
	ds := s.soon()
	switch len(ds) {
	case 0:
		return matching.Span{}, flows.Refused{Why: flows.Unsuitable}
	case 1:
		return ds[0], nil
	}
	which := flows.WhichDate{Posting: s.p.Public()}
	for _, d := range ds {
		which.Dates = append(which.Dates, flows.WhoDate{Date: d, Taken: s.taken(d, ""), Places: s.p.PlacesOn(d)})
	}
	return matching.Span{}, which
}

// giveElsewhere notes places that were given away elsewhere. Nobody loses a place by it: at most what is free is gone.
func (t *turn) giveElsewhere(ctx context.Context, k *talk, c flows.GiveAway) (conversations.Fact, error) {
	p, fact, err := t.meant(ctx, k, c.Posting, func(p *matching.Posting) bool { return p.Places > 0 && p.Dated() && p.Kind == matching.Need })
	if err != nil || fact != nil {
		return fact, err
	}
	if !p.State.Visible() {
		return refused(flows.Over)
	}
	s, err := t.seats(ctx, &p)
	if err != nil {
		return nil, err
	}
	d, fact := s.dateMeant(c.Date)
	if fact != nil {
		if which, ok := fact.(flows.WhichDate); ok {
			which.Posting = p
			return which, nil
		}
		return fact, nil
	}
	places := p.PlacesOn(d)
	if places == 0 {
		return refused(flows.Unsuitable)
	}
	out := flows.GivenAway{Date: d, Was: p.Outside[d.Key]}
	ours := s.taken(d, "") - out.Was // by way of the exchange
	want := out.Was + c.By
	if c.Left {
		want = places - ours - c.Free
	}
	now := max(0, min(want, places-ours))
	out.Clipped = now != want
	if now == out.Was && !out.Clipped {
		return refused(flows.Already)
	}
	p.Outside = mapsWith(p.Outside, d.Key, now)
	if err := t.savePosting(ctx, &p); err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	if s, err = t.even(ctx, &p); err != nil {
		return nil, err
	}
	out.Posting, out.Outside, out.Free = p, now, s.free(d, "")
	return out, t.audit(ctx, k, "outside", "posting:"+p.ID)
}

func mapsWith(m map[int]int, key, n int) map[int]int {
	out := map[int]int{}
	for k, v := range m {
		out[k] = v
	}
	out[key] = n
	if n == 0 {
		delete(out, key)
	}
	return out
}

// stayAway takes back what the person promised within a time.
func (t *turn) stayAway(ctx context.Context, k *talk, c flows.StayAway) (conversations.Fact, error) {
	all, err := t.tx.Answers.OfAnswerer(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	keys := map[string][]int{}
	var order []string
	for _, a := range all {
		if !a.State.Live() || c.Posting != "" && a.Posting != c.Posting {
			continue
		}
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		for _, d := range p.Occurrences(maxTime(t.now, c.From), c.Until, t.zone(ctx, &p)) {
			if !a.On(d) || d.Start.Before(c.From) || !p.State.Visible() {
				continue
			}
			if keys[p.ID] == nil {
				order = append(order, p.ID)
			}
			if !slices.Contains(keys[p.ID], d.Key) {
				keys[p.ID] = append(keys[p.ID], d.Key)
			}
		}
	}
	var out flows.StayedAway
	for _, id := range order {
		fact, err := t.respond(ctx, k, flows.Respond{Posting: id, Dates: keys[id]})
		if err != nil {
			return nil, err
		}
		if r, ok := fact.(flows.Responded); ok {
			out.Given = append(out.Given, r)
		}
	}
	return out, nil
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// tellsContact tells whether a text gives an address, a link or a number away.
func tellsContact(text string) bool {
	_, found := masking.Hide(text)
	return len(found) > 0
}
