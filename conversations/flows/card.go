package flows

import (
	"strconv"
	"strings"

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
	add(headline(w, p))
	add(join(" · ", w.Dates(p, env.Now, env.Zone), p.Place.Name))
	if p.Carrier != "" {
		add(w.T("card.carrier", "Carrier", p.Carrier))
	}
	if len(p.Things) > 0 {
		add(w.T("card.things", "Things", w.List(p.Things)))
	}
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
	if p.Accessible != nil && *p.Accessible {
		add(w.T("card.accessible"))
	}
	if p.Kind == matching.Offer && p.Radius > 0 {
		add(w.T("card.radius", "KM", strconv.FormatFloat(p.Radius, 'f', -1, 64)))
	}
	return strings.Join(lines, "\n")
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
	if p.Places > 0 {
		return w.T("card.need", "Count", p.Places, "Title", what)
	}
	return w.T("card.need_any", "Title", what)
}

// short is a posting in one line of a list.
func short(w wording.Words, p *matching.Posting, env conversations.Env) string {
	when := w.T("date.none")
	if d, ok := p.Next(env.Now); ok {
		when = w.ShortWhen(d, env.Zone)
	}
	return join(" · ", title(w, p), when, p.Place.Name)
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
