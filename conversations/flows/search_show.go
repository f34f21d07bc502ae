package flows

import (
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// The views of a search.
const (
	listView    = "list"
	weekendView = "weekend"
	weekView    = "week"
	monthView   = "month"
)

func viewOf(name string) string {
	switch name {
	case weekendView, weekView, monthView:
		return name
	}
	return listView
}

// viewWindow is the time a view shows: what is left of this weekend (on a Sunday evening still this one),
// of the week, or of the month.
func viewWindow(view string, now time.Time) (from, until time.Time) {
	today := midnight(now)
	monday := today.AddDate(0, 0, -(int(now.Weekday())+6)%7)
	switch view {
	case weekendView:
		from, until = monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 7)
		if from.Before(now) {
			from = now
		}
		return from, until
	case weekView:
		return now, monday.AddDate(0, 0, 7)
	default:
		return now, time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, now.Location())
	}
}

// dayLine is a day of a calendar; only the first few entries are kept.
type dayLine struct {
	Date  time.Time `json:"date"`
	Count int       `json:"count"`
	Hits  []hitLine `json:"hits,omitempty"`
}

const (
	perDay   = 4  // lines of a day in a calendar
	perShown = 14 // lines of a calendar
)

func lineOf(w wording.Words, h *matching.Hit) hitLine {
	l := hitLine{ID: h.Posting.ID, Kind: h.Posting.Kind, Title: clip(title(w, &h.Posting), 50), Place: h.Posting.Place.Name, KM: -1}
	if h.KM >= 0 {
		l.KM = matching.ToldKM(h.KM)
	}
	if len(h.Dates) > 0 {
		d := h.Dates[0]
		l.Date, l.More = &d, len(h.Dates)-1
	}
	return l
}

func dayLines(w wording.Words, hits []matching.Hit, from, until time.Time, env conversations.Env) []dayLine {
	var out []dayLine
	shown := 0
	for _, day := range matching.Calendar(hits, from, until, env.Zone) {
		l := dayLine{Date: day.Date, Count: len(day.Entries)}
		for i, e := range day.Entries {
			if i == perDay || shown == perShown {
				break
			}
			h := lineOf(w, &hits[e.Hit])
			h.Date = &e.Span
			l.Hits, shown = append(l.Hits, h), shown+1
		}
		out = append(out, l)
	}
	return out
}

// showFound shows a page of the list, or the calendar.
func (b *Book) showFound(d searchDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	if d.View != listView {
		return b.showCalendar(d, env)
	}
	if len(d.Hits) == 0 {
		r := text(w.T("search.none", "What", b.looked(d, env)))
		r.Choices = b.refinements(d, env)
		return r
	}
	first, last := d.Page*pageSize, min((d.Page+1)*pageSize, len(d.Hits))
	args := []any{"Count", d.Total, "What", b.looked(d, env), "Words", strings.Join(d.Unfound, " ")}
	if len(d.Hits) > pageSize {
		args = append(args, "From", first+1, "To", last)
	} else {
		args = append(args, "From", 0, "To", 0)
	}
	lines := []string{w.T("search.found", args...)}
	if len(d.Unfound) > 0 {
		lines[0] = w.T("search.unfound", args...)
	}
	if last == len(d.Hits) && d.Total > len(d.Hits) {
		lines = append(lines, w.T("search.too_many"))
	}
	switch {
	case d.Passing && !d.Asked:
		lines = append(lines, w.T("search.passing"))
	case !d.Asked && d.Page == 0:
		lines = append(lines, w.T("search.hint"))
	}
	r := text(strings.Join(lines, "\n"))
	for _, l := range d.Hits[first:last] {
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Show + " " + l.ID, Label: lineText(w, l, env)})
	}
	more := b.refinements(d, env)
	r.Choices = append(r.Choices, more[:min(len(more), maxChoices-len(r.Choices))]...)
	return r
}

func lineText(w wording.Words, l hitLine, env conversations.Env) string {
	when := w.T("date.none")
	if l.Date != nil {
		when = w.ShortWhen(*l.Date, env.Zone)
		if l.More > 0 {
			when += " " + w.T("search.more_dates", "Count", l.More)
		}
	}
	km := ""
	if l.KM >= 0 {
		km = w.ToldDistance(l.KM)
	}
	what := l.Title
	if l.Kind == matching.Offer {
		what = w.T("card.offer", "Title", what)
	}
	return join(" · ", what, when, l.Place, km)
}

// looked says what was looked for: topics, time, place and radius.
func (b *Book) looked(d searchDraft, env conversations.Env) string {
	w := b.say(env)
	if d.ForMe {
		return w.T("search.for_me")
	}
	q := d.Query
	var parts []string
	if len(q.Kinds) == 1 && q.Kinds[0] == matching.Offer {
		parts = append(parts, w.T("search.offers"))
	}
	if len(q.Categories) > 0 {
		parts = append(parts, aboutOf(w, q.Categories))
	}
	if len(q.Words) > 0 {
		parts = append(parts, w.T("search.words", "Words", strings.Join(q.Words, " ")))
	}
	if len(q.Qualifications) > 0 {
		parts = append(parts, w.Qualifications(q.Qualifications))
	}
	if s := b.lookedWhen(q, env); s != "" {
		parts = append(parts, s)
	}
	if d.Place != "" {
		parts = append(parts, w.T("search.around", "Place", d.Place, "KM", kilometres(q.Radius)))
	}
	return strings.Join(parts, ", ")
}

func (b *Book) lookedWhen(q matching.Query, env conversations.Env) string {
	w := b.say(env)
	when := ""
	switch {
	case q.Inside:
		when = w.T("search.until", "Time", w.Clock(q.Until.In(env.Zone)))
	case !q.From.IsZero() && !q.Until.IsZero():
		from, last := q.From.In(env.Zone), q.Until.In(env.Zone).Add(-time.Minute)
		when = w.ShortDay(from)
		if midnight(from) != midnight(last) {
			when = w.T("date.days", "From", w.ShortDay(from), "To", w.ShortDay(last))
		}
		if day := matching.SpanSlots(matching.Span{Start: midnight(from), End: midnight(last).AddDate(0, 0, 1), AllDay: true}, env.Zone); q.Slots == 0 || q.Slots&day == day {
			return when
		}
		if parts := partsOf(q.Slots); len(parts) == 1 {
			return when + " " + w.T("slots.every."+parts[0])
		}
		return when
	}
	if q.Slots != 0 {
		return join(", ", when, w.Slots(q.Slots))
	}
	return when
}

// partsOf names the parts of the day that slots have.
func partsOf(s matching.Slots) []string {
	var out []string
	for p, name := range []string{"morning", "afternoon", "evening", "night"} {
		for d := range 7 {
			if s&(1<<(4*d+p)) != 0 {
				out = append(out, name)
				break
			}
		}
	}
	return out
}

// aboutOf names topics; nearly all of them are said by what is left out.
func aboutOf(w wording.Words, cs []matching.Category) string {
	if len(cs) == 0 || len(cs) == len(matching.Categories) {
		return w.T("join.about_everything")
	}
	if len(cs) <= len(matching.Categories)/2 {
		return w.Categories(cs)
	}
	var out []matching.Category
	for _, c := range matching.Categories {
		if !containsCategory(cs, c) {
			out = append(out, c)
		}
	}
	return w.T("join.about_all_but", "About", w.Categories(out))
}

func containsCategory(cs []matching.Category, c matching.Category) bool {
	return matching.CategoryMask(cs)&matching.CategoryMask([]matching.Category{c}) != 0
}

func kilometres(km float64) string { return strconv.FormatFloat(km, 'f', -1, 64) }

// refinements are the ways on from a list, the likeliest first; the last ones are dropped where the list
// needs their places, and still understood.
func (b *Book) refinements(d searchDraft, env conversations.Env) []channels.Choice {
	w := b.say(env)
	var cs []channels.Choice
	add := func(key, word string, pairs ...any) { cs = append(cs, choice(w, key, word, pairs...)) }
	q := d.Query
	if d.View == listView && (d.Page+1)*pageSize < len(d.Hits) {
		add("more", "search.choice.more")
	}
	if len(d.Hits) == 0 && d.View == listView {
		if !d.Passing && q.Radius < widerRadius {
			add("radius:"+strconv.Itoa(int(widerRadius)), "search.choice.wider", "KM", int(widerRadius))
		}
		if !q.Until.IsZero() || q.Slots != 0 {
			add("any_time", "search.choice.any_time")
		}
		if len(q.Categories) > 0 || len(q.Qualifications) > 0 {
			add("any_topic", "search.choice.any_topic")
		}
		add("remember", "search.choice.remember_none")
		if d.Willing != "" {
			add("/"+Post+" offer\n"+d.Willing, "search.choice.publish")
		}
		return cs
	}
	add("remember", "search.choice.remember")
	if d.Willing != "" {
		add("/"+Post+" offer\n"+d.Willing, "search.choice.publish")
	}
	if q.Until.IsZero() && q.Slots == 0 {
		add("weekend", "search.choice.weekend")
	} else {
		add("any_time", "search.choice.any_time")
	}
	if near := q.Radius / 2; near >= 1 {
		add("radius:"+strconv.Itoa(int(near)), "search.choice.nearer", "KM", int(near))
	}
	add("topic", "search.choice.topic")
	add("view:week", "search.choice.calendar")
	add("radius:"+strconv.Itoa(int(min(q.Radius*2, matching.MaxRadius))), "search.choice.farther")
	return cs
}

// showCalendar lists the days of a view: with what is on, or for a month how much.
func (b *Book) showCalendar(d searchDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	lines := []string{w.T("search.calendar."+d.View, "What", b.looked(calendarOf(d), env))}
	if len(d.Days) == 0 {
		lines = append(lines, w.T("search.calendar.none"))
	}
	var cs []channels.Choice
	for _, day := range d.Days {
		if d.View == monthView {
			lines = append(lines, w.T("search.calendar.count", "Day", w.ShortDay(day.Date.In(env.Zone)), "Count", day.Count))
			continue
		}
		lines = append(lines, w.Day(day.Date.In(env.Zone), env.Now))
		for _, l := range day.Hits {
			lines = append(lines, "  "+calendarLine(w, l, env))
		}
		if n := day.Count - len(day.Hits); n > 0 {
			lines = append(lines, "  "+w.T("search.calendar.more", "Count", n))
		}
		cs = append(cs, channels.Choice{Key: "day:" + day.Date.In(env.Zone).Format(time.DateOnly), Label: w.Day(day.Date.In(env.Zone), env.Now)})
	}
	for _, view := range []string{weekendView, weekView, monthView} {
		if view != d.View {
			cs = append(cs, choice(w, "view:"+view, "search.choice.view_"+view))
		}
	}
	cs = append(cs, choice(w, "view:"+listView, "search.choice.view_list"))
	return channels.Reply{Text: strings.Join(lines, "\n"), Choices: cs}
}

// calendarOf is the search without its own window, which a view replaces.
func calendarOf(d searchDraft) searchDraft {
	d.Query.From, d.Query.Until, d.Query.Inside = time.Time{}, time.Time{}, false
	return d
}

func calendarLine(w wording.Words, l hitLine, env conversations.Env) string {
	when := w.T("search.calendar.all_day")
	if !l.Date.AllDay {
		when = w.Clock(l.Date.Start.In(env.Zone))
	}
	return join(" · ", when, l.Title, l.Place)
}

// impossible says kindly what cannot be and what can.
func (b *Book) impossible(ds []understanding.Doubt, env conversations.Env) (channels.Reply, bool) {
	w := b.say(env)
	for _, x := range ds {
		if key := "settings.bad." + string(x.Field); x.Kind != understanding.UnknownPlace && w.Has(key) {
			return text(w.T(key, "Said", x.Text, "Max", int(matching.MaxRadius), "MaxWeek", understanding.MaxPerWeek, "MaxDay", understanding.MaxPerDay,
				"MinAge", understanding.MinAge)), true
		}
	}
	return channels.Reply{}, false
}

func placeChoices(ps []matching.Place) []channels.Choice {
	var cs []channels.Choice
	for i, p := range ps[:min(6, len(ps))] {
		cs = append(cs, channels.Choice{Key: "place:" + strconv.Itoa(i), Label: placeLabel(p)})
	}
	return cs
}
