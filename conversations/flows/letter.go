package flows

import (
	"strings"
	"time"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// placeMax is how much of a place stands in a subject: what is to be done has to be seen within 40 characters, too.
const placeMax = 14

// subject says of a posting when, where and what, in the order that telephones cut least: "Sa 28.11. 14 Uhr, Brand: Aufbau".
func subject(w wording.Words, p *matching.Posting, date int, env conversations.Env) string {
	span, dated := p.On(date, env.Zone)
	if !dated {
		if span, dated = p.Next(env.Now, env.Zone); !dated {
			span, dated = p.Planned(date, env.Zone)
		}
	}
	when := ""
	if dated {
		start := span.Start.In(env.Zone)
		when = w.ShortDay(start)
		if !span.AllDay {
			when += " " + w.Clock(start)
		}
	}
	place := p.Place.Name
	if home := env.Place.Name; home != "" && len(place) > len(home)+1 {
		if part, ok := strings.CutPrefix(place, home+"-"); ok {
			place = part
		}
	}
	if i := strings.LastIndexAny(place, "- "); i > 0 && utf8.RuneCountInString(place) > placeMax {
		place = place[i+1:]
	}
	return join(": ", join(", ", when, clip(place, placeMax)), title(w, p))
}

// subjectOf is the subject of a piece of news; "" where its first line says enough.
func subjectOf(w wording.Words, n *Piece, env conversations.Env) string {
	about := subject(w, &n.Posting, n.Date, env)
	switch n.Kind {
	case NewsAlert:
		return about
	case NewsAccepted, NewsDeclined, NewsOffer, NewsWithdrawn, NewsChanged, NewsFilled:
		return w.T("subject."+string(n.Kind), "What", about)
	case NewsAnswered, NewsAsks, NewsCancelled:
		return w.T("subject."+string(n.Kind), "What", about, "Name", nameOr(w, n.Name))
	case NewsParty, NewsAway, NewsPassedOn, NewsSuits, NewsUnsure, NewsCrowded, NewsOnceOff, NewsToAll, NewsFew:
		return about
	}
	return ""
}

// careSubject is the subject of what follows a match: what is asked or told, and then when, where and what.
func careSubject(w wording.Words, n *Piece, env conversations.Env) string {
	about := subject(w, &n.Posting, n.Date, env)
	switch n.Kind {
	case NewsComing:
		return w.T("subject.coming", "What", about)
	case NewsSoon:
		return w.T("subject.soon", "What", about)
	case NewsReleased:
		return w.T("subject.released", "What", about)
	case NewsReturn, NewsBack:
		return w.T("subject.return", "What", title(w, &n.Posting))
	case NewsFetched:
		return w.T("subject.fetched", "What", about)
	}
	return about
}

// event is the calendar entry of an answer, or takes it out of the calendar again; nil where there is no time, and in a
// chat, where nobody's calendar reads along. It is the same entry for the same answer for ever, and each change of
// either side makes it newer.
func event(w wording.Words, p *matching.Posting, a *matching.Answer, env conversations.Env) *channels.Event {
	span, ok := p.On(a.Date, env.Zone)
	if a.Date == matching.EveryDate && p.Dated() {
		span, ok = p.Dates[0], true
	}
	if !ok { // it falls out
		span, ok = p.Planned(a.Date, env.Zone)
	}
	if !env.AskAll || a.ID == "" || !ok {
		return nil
	}
	e := &channels.Event{
		UID: a.ID + eventMark, Sequence: int(p.Revision + a.Revision), Start: span.Start.In(env.Zone), End: span.End.In(env.Zone), AllDay: span.AllDay,
		Summary: title(w, p), Location: join(", ", p.Address, p.Place.Name), Agreed: a.State == matching.Accepted || a.State == matching.Confirmed,
		Description: join("\n", p.Carrier, p.Private, p.Contact, w.T("subject.code", "Code", p.Code)),
	}
	if span.End.IsZero() {
		e.End = time.Time{}
	}
	if a.Date == matching.EveryDate {
		e.RRule, e.Zone = p.Recurrence, env.Zone.String()
		e.Left, e.Moved = Excepted(p, a, env.Zone)
	}
	_, on := p.On(a.Date, env.Zone)
	e.Cancelled = !a.State.Live() || !on && a.Date != matching.EveryDate
	return e
}

// Excepted are the dates of a series that do not take place, by when they would have begun, and those that were moved; for
// somebody's own calendar also those they stay away from (a, else nil).
func Excepted(p *matching.Posting, a *matching.Answer, zone *time.Location) (left []time.Time, moved []channels.Shift) {
	for _, e := range p.Exceptions {
		was, ok := p.Planned(e.Key, zone)
		switch {
		case !ok:
		case e.Skip:
			left = append(left, was.Start.In(zone))
		case a == nil || a.On(e.Span):
			moved = append(moved, channels.Shift{Was: was.Start.In(zone), Start: e.Span.Start.In(zone), End: e.Span.End.In(zone)})
		}
	}
	if a == nil {
		return left, moved
	}
	for _, w := range a.Away {
		for _, d := range p.Occurrences(w.Start.Add(-1), w.End, zone) {
			if was, ok := p.Planned(d.Key, zone); ok && !a.On(d) {
				left = append(left, was.Start.In(zone))
			}
		}
	}
	return left, moved
}

// eventsOf are the entries of several answers as one file, for a mail; none in a chat.
func (b *Book) eventsOf(p *matching.Posting, given []Given, env conversations.Env) []channels.FileInfo {
	w := b.say(env)
	var all []channels.Event
	for _, g := range given {
		if e := event(w, p, &g.Answer, env); e != nil {
			all = append(all, *e)
		}
	}
	if len(all) == 0 {
		return nil
	}
	data := channels.CalendarFile(p.Front, env.Now, all...)
	return []channels.FileInfo{{Name: w.T("entry.file"), Type: "text/calendar", Data: data, Size: int64(len(data))}}
}

// eventMark ends the ids of our calendar entries; before it stands the id of the answer.
const eventMark = "@answer.ehrenamt"

// AnswerOfEvent is the id of the answer that a calendar entry of ours stands for; "" if it is none of ours.
func AnswerOfEvent(uid string) string {
	id, ok := strings.CutSuffix(uid, eventMark)
	if !ok {
		return ""
	}
	return id
}
