package flows

import (
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// PageCard is a posting as a page shows it to everybody.
type PageCard struct {
	Title, Headline, When, Place, Carrier, Category string
	Facts                                           []string
	Description                                     string
	State                                           string // what is to be known of it, "" while people are looked for
	Dates                                           []PageDate
}

// PageDate is one date ahead.
type PageDate struct {
	Start time.Time
	When  string
}

// Page makes the card of a posting for a page. Nothing private goes into it, whatever it is given.
func (b *Book) Page(private *matching.Posting, env conversations.Env) PageCard {
	w := b.say(env)
	public := private.Public()
	p := &public
	c := PageCard{
		Title: title(w, p), Headline: headline(w, p), When: upper(w.Dates(p, env.Now, env.Zone)), Place: p.Place.Name, Carrier: p.Carrier,
		Category: w.Category(p.Category), Facts: cardFacts(w, p),
	}
	if p.Kind == matching.Need && p.Places > 0 {
		c.Facts = append([]string{w.T("card.places", "Count", p.Places)}, c.Facts...)
	}
	if channels.Fold(p.Description) != channels.Fold(p.Title) {
		c.Description = p.Description
	}
	if p.State != matching.Open {
		c.State = w.T("state." + string(p.State))
	}
	for _, d := range p.Occurrences(env.Now, time.Time{}, env.Zone) {
		c.Dates = append(c.Dates, PageDate{Start: d.Start.In(env.Zone), When: w.ShortWhen(d, env.Zone)})
	}
	if p.Imported {
		c.Facts = append(c.Facts, strings.TrimSpace(w.T("card.imported")))
	}
	return c
}

// LentTime says a time at which something lent is not to be had.
func (b *Book) LentTime(s matching.Span, env conversations.Env) string {
	return b.say(env).LentTime(s, env.Zone)
}
