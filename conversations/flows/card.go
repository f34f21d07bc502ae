package flows

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// card shows a posting with all that anybody may know; labels come from the wording.
func card(w wording.Words, p *matching.Posting, env conversations.Env) string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	if env.Minimal {
		add(headline(w, p))
		add(w.T("card.minimal", "Code", p.Code, "Page", env.Page))
		return strings.Join(lines, "\n")
	}
	add(headline(w, p))
	if n := len(p.Dates); n > 1 && p.Recurrence == "" {
		add(p.Place.Name)
		lines = append(lines, dateLines(w, p, env)...)
	} else {
		add(upper(join(" · ", w.Dates(p, env.Now, env.Zone), p.Place.Name)))
	}
	if p.Carrier != "" {
		add(w.T("card.carrier", "Carrier", p.Carrier))
	}
	if p.Imported {
		add(w.T("card.imported"))
	}
	for _, fact := range cardFacts(w, p) {
		add(fact)
	}
	return strings.Join(lines, "\n")
}

// cardFacts are what a posting says beside what, when, where and for whom.
func cardFacts(w wording.Words, p *matching.Posting) []string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	if len(p.Things) > 0 {
		add(w.T(forKind(w, "card.things", p), "Things", w.List(p.Things)))
	}
	if p.GroupMax > 0 || p.GroupMin > 0 {
		add(w.T("card.group", "Min", p.GroupMin, "Max", p.GroupMax))
	}
	if p.Lent() && p.Pieces() > 1 {
		add(w.T("card.pieces", "Count", p.Pieces()))
	}
	add(termsLine(w, p))
	if len(p.Required) > 0 {
		key := "card.required"
		if p.Kind == matching.Offer {
			key = "card.has"
		}
		add(w.T(key, "Qualifications", w.Qualifications(p.Required)))
	}
	if len(p.Welcome) > 0 {
		add(w.T("card.welcome", "Qualifications", w.Qualifications(p.Welcome)))
	}
	if p.MinAge > 0 {
		add(w.T("card.min_age", "Age", p.MinAge))
	}
	if p.Accessible != nil {
		key := "card.accessible"
		if !*p.Accessible {
			key = "card.not_accessible"
		}
		add(w.T(key))
	}
	if p.Kind == matching.Offer && p.Radius > 0 {
		add(w.T("card.radius", "KM", strconv.FormatFloat(p.Radius, 'f', -1, 64)))
	}
	return lines
}

// upper begins a line with a capital letter: "Jeden Dienstag".
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// shownDates is how many dates of a posting are listed.
const shownDates = 6

// dateLines lists the dates still ahead, each with its own places where they differ from the posting's.
func dateLines(w wording.Words, p *matching.Posting, env conversations.Env) []string {
	ahead := p.Occurrences(env.Now, time.Time{}, env.Zone)
	if len(ahead) == 0 {
		ahead = p.Dates[len(p.Dates)-1:]
	}
	var lines []string
	for i, d := range ahead {
		if i == shownDates {
			return append(lines, w.T("date.more", "Count", len(ahead)-i))
		}
		line := "– " + w.ShortWhen(d, env.Zone)
		if d.Places > 0 {
			line += " (" + w.T("card.places", "Count", d.Places) + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

// shortOn is short for one date of a posting.
func shortOn(w wording.Words, p *matching.Posting, date int, env conversations.Env) string {
	d, ok := p.On(date, env.Zone)
	switch {
	case env.Minimal:
		return short(w, p, env)
	case ok && p.Lent():
		return join(" · ", clip(title(w, p), 40), w.LentTime(d, env.Zone), p.Place.Name)
	case ok && p.Dated():
		return join(" · ", clip(title(w, p), 40), w.ShortWhen(d, env.Zone), p.Place.Name)
	case date == matching.EveryDate && p.Recurrence != "":
		return join(" · ", clip(title(w, p), 40), w.Recurrence(p.Recurrence), p.Place.Name)
	}
	return short(w, p, env)
}

// headline is the first line: what is looked for or offered.
func headline(w wording.Words, p *matching.Posting) string {
	what := p.Title
	if what == "" {
		what = w.Category(p.Category)
	}
	if p.Kind == matching.Offer {
		return w.T("card.offer", "Title", what)
	}
	if p.PlacesMin > 0 && p.PlacesMin < p.Places {
		return w.T("card.need_range", "Min", p.PlacesMin, "Count", p.Places, "Title", what)
	}
	if p.Places > 0 {
		return w.T("card.need", "Count", p.Places, "Title", what)
	}
	return w.T("card.need_any", "Title", what)
}

// short is a posting in one line of a list.
func short(w wording.Words, p *matching.Posting, env conversations.Env) string {
	if env.Minimal {
		return join(" · ", clip(title(w, p), 40), p.Code)
	}
	when := w.Dates(p, env.Now, env.Zone)
	if p.Dated() {
		when = w.T("date.none")
	}
	if d, ok := p.Next(env.Now, env.Zone); ok {
		when = w.ShortWhen(d, env.Zone)
	} else if n := len(p.Dates); n > 0 {
		when = w.ShortWhen(p.Dates[n-1], env.Zone)
	}
	return join(" · ", clip(title(w, p), 40), when, p.Place.Name)
}

func title(w wording.Words, p *matching.Posting) string {
	if p.Title != "" {
		return p.Title
	}
	return w.Category(p.Category)
}

// join puts the parts that are there together.
func join(sep string, parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, sep)
}
