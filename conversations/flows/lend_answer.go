package flows

import (
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// lendMenu is what somebody who wants something lent is asked with.
type lendMenu struct {
	Posting matching.Posting `json:"posting"`
	Taken   []matching.Span  `json:"taken,omitempty"`
	NotFree *NotFree         `json:"not_free,omitempty"`
	Begun   string           `json:"begun,omitempty"` // what was said about the beginning, where the end is missing
}

// takenShown is how many times that are taken are named.
const takenShown = 4

// wantedAt takes a time from what was said about something lent, or asks for it.
func (b *Book) wantedAt(d answerDraft, fact WhenWanted, env conversations.Env) answerTurn {
	d.Posting, d.Dates = fact.Posting.ID, nil
	d.Lend = &lendMenu{Posting: fact.Posting, Taken: fact.Taken}
	if d.Said == "" {
		return answerTurn{Data: d, Next: "when"}
	}
	if t, ok := b.hearTime(d, d.Said, env); ok {
		return t
	}
	return answerTurn{Data: d, Next: "when"}
}

// hearTime takes the time that is wanted; ok is false where nothing was said about it.
func (b *Book) hearTime(d answerDraft, said string, env conversations.Env) (answerTurn, bool) {
	p := &d.Lend.Posting
	if n := understanding.ReadPieces(said, append([]string{p.Title}, p.Things...)...); n > 0 {
		d.Party = n
	}
	span, ok := b.timeWanted(said, env)
	switch {
	case !ok:
		m := &channels.Message{Text: said, Kind: channels.Text}
		if c := b.read(m, env, understanding.FieldNone, nil, understanding.Answer).Condition; c.No {
			d.Word, d.Lend = "no", nil
			return respond(d), true
		}
		return answerTurn{Data: d}, false
	case span.End.IsZero():
		d.Lend.Begun, d.Lend.NotFree = said, nil
		return answerTurn{Data: d, Next: "until"}, true
	}
	d.Word, d.Wanted, d.Dates, d.Wait = "yes", span, nil, false
	return respond(d), true
}

// timeWanted reads one time, from its first day or hour to its last. An end that was not said is zero.
func (b *Book) timeWanted(said string, env conversations.Env) (matching.Span, bool) {
	m := &channels.Message{Text: said, Kind: channels.Text}
	r := b.read(m, env, understanding.FieldTime, nil, understanding.Need)
	dates := slices.DeleteFunc(slices.Clone(r.Draft.Dates), func(s matching.Span) bool { return s.Start.IsZero() })
	if len(dates) == 0 {
		return matching.Span{}, false
	}
	slices.SortFunc(dates, func(a, b matching.Span) int { return a.Start.Compare(b.Start) })
	span := dates[0]
	for _, s := range dates[1:] {
		if !s.AllDay || !span.AllDay || s.Start.After(span.Until()) {
			break
		}
		span.End = s.End
	}
	span.Start = span.Start.In(env.Zone)
	if from, to, ok := understanding.PartOfDay(said); ok && span.AllDay {
		day, last := span.Start, span.Until().In(env.Zone).AddDate(0, 0, -1)
		span.Start = time.Date(day.Year(), day.Month(), day.Day(), from, 0, 0, 0, env.Zone)
		span.End = time.Date(last.Year(), last.Month(), last.Day(), to, 0, 0, 0, env.Zone)
		span.AllDay = false
	}
	if span.AllDay && span.End.IsZero() {
		span.End = span.Start.AddDate(0, 0, 1)
	}
	return matching.Span{Start: span.Start, End: span.End, AllDay: span.AllDay}, true
}

// askTime asks when something lent is wanted, and offers free times where it was not to be had.
func (b *Book) askTime(d answerDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	if d.Lend == nil {
		return text(w.T("refused.over"))
	}
	p := &d.Lend.Posting
	r := channels.Reply{Thread: "posting:" + p.ID}
	if d.Lend.NotFree != nil {
		r.Text, r.Choices = b.notFree(d.Lend.NotFree, env)
		return r
	}
	r.Text = w.T("lend.when", "Title", title(w, p))
	if hours := w.Opening(p.Lending); hours != "" {
		r.Text += "\n" + w.T("lend.only", "Hours", hours)
	}
	var taken []string
	for i, s := range d.Lend.Taken {
		if i == takenShown {
			taken = append(taken, w.T("date.more", "Count", len(d.Lend.Taken)-i))
			break
		}
		taken = append(taken, w.LentTime(s, env.Zone))
	}
	if len(taken) > 0 {
		r.Text += "\n" + w.T("lend.taken", "Times", strings.Join(taken, "; "))
	}
	if p.Pieces() > 1 {
		r.Text += "\n" + w.T("lend.how_many", "Count", p.Pieces())
	}
	return r
}

// notFree tells why a time is not to be had, and what is.
func (b *Book) notFree(f *NotFree, env conversations.Env) (string, []channels.Choice) {
	w := b.say(env)
	p := &f.Posting
	key := "lend.not_free"
	wait := true
	switch {
	case f.Party > p.Pieces():
		key, wait = "lend.not_so_many", false
	case f.Closed != matching.NotClosed:
		key, wait = "lend.closed_"+string(f.Closed), false
	case !f.Wanted.Start.Before(env.Now.Add(matching.LendAhead)):
		key, wait = "lend.too_far", false
	case f.Left > 0:
		key = "lend.not_enough"
	}
	said := w.T(key, "Title", title(w, p), "When", w.LentTime(f.Wanted, env.Zone), "Hours", w.Opening(p.Lending), "Count", f.Left, "Pieces", p.Pieces())
	var choices []channels.Choice
	yes := func(key, party int) string {
		s := "/" + Answer + " yes " + p.ID + " " + itoa(key)
		if party > 1 {
			s += " p" + itoa(party)
		}
		return s
	}
	for _, s := range f.Nearest {
		choices = append(choices, dateChoice(w, yes(s.Key, min(f.Party, p.Pieces())), w.LentTime(s, env.Zone), s, env))
	}
	if (wait || f.Party > p.Pieces()) && f.Left > 0 {
		choices = append(choices, choice(w, yes(f.Wanted.Key, f.Left), "lend.choice.fewer", "Count", f.Left))
	}
	if wait {
		choices = append(choices, choice(w, yes(f.Wanted.Key, f.Party)+" w", "lend.choice.wait"))
	}
	if f.Before != "" {
		said += " " + f.Before
	}
	switch {
	case len(f.Nearest) > 0:
		said += " " + w.T("lend.nearest")
	case f.Party <= p.Pieces():
		said += " " + w.T("lend.other")
	}
	return said, choices
}

func (b *Book) hearWhen(d answerDraft, in conversations.Input, env conversations.Env) answerTurn {
	if d.Lend == nil {
		return answerTurn{Data: d, End: true}
	}
	if in.Said == nil || in.Text() == "" || in.Picked != "" {
		return answerTurn{Data: d, Missed: true}
	}
	t, ok := b.hearTime(d, clip(strings.TrimSpace(in.Text()), 600), env)
	if !ok {
		return answerTurn{Data: d, Missed: true}
	}
	return t
}

// askUntil asks for the end of a time whose beginning is known.
func (b *Book) askUntil(d answerDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	if d.Lend == nil {
		return text(w.T("refused.over"))
	}
	return channels.Reply{Text: w.T("lend.until", "Title", title(w, &d.Lend.Posting)), Thread: "posting:" + d.Lend.Posting.ID}
}

// hearUntil reads the end together with the beginning that was said before.
func (b *Book) hearUntil(d answerDraft, in conversations.Input, env conversations.Env) answerTurn {
	if d.Lend == nil {
		return answerTurn{Data: d, End: true}
	}
	if in.Word == conversations.Back {
		d.Lend.Begun = ""
		return answerTurn{Data: d, Next: "when"}
	}
	said := clip(strings.TrimSpace(in.Text()), 200)
	if in.Said == nil || said == "" {
		return answerTurn{Data: d, Missed: true}
	}
	first, _ := b.timeWanted(d.Lend.Begun, env)
	until := b.say(env).T("lend.until_word")
	for _, whole := range []string{d.Lend.Begun + " " + said, d.Lend.Begun + " " + until + " " + said, said} {
		span, ok := b.timeWanted(whole, env)
		if !ok || span.End.IsZero() || whole == said && span.Start.Before(first.Start) || whole != said && !span.Start.Equal(first.Start) {
			continue
		}
		d.Word, d.Wanted, d.Dates, d.Wait, d.Lend.Begun = "yes", span, nil, false, ""
		return respond(d)
	}
	return answerTurn{Data: d, Missed: true}
}

// lentChoices are the ways on from an answer to something lent.
func (b *Book) lentChoices(key string, g Given, at string, p *matching.Posting, env conversations.Env) []channels.Choice {
	w := b.say(env)
	choices := []channels.Choice{choice(w, "/"+Answer+" no "+at, "choice.cancel_answer")}
	if key != "accepted" && key != "accepted_already" {
		return choices
	}
	if !env.AskAll { // a mail carries the entry itself
		choices = append(choices, choice(w, "/"+Lend+" mine "+g.Answer.ID, "choice.entry"))
	}
	return append(choices, writeTo(w, g.Answer.ID, p.Carrier)...)
}

// lends tells whether what was shown last is something lent: its yes names no date, or an answer to it a wanted time.
func lends(o conversations.Offer) bool {
	return o.Flow == "" && slices.ContainsFunc(o.Choices, func(c channels.Choice) bool {
		parts := strings.Fields(c.Key)
		if len(parts) < 3 || parts[0] != "/"+Answer {
			return false
		}
		if len(parts) == 3 {
			return parts[1] == "yes"
		}
		_, ok := matching.WantedSpan(atoi(parts[3]))
		return ok
	})
}
