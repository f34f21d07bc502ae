package flows

import (
	"cmp"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// takeGroup keeps what a class or a team that is offered says about itself: how many come, who speaks for them, and a
// title that says what is offered. Who speaks for them is told only to people accepted, and stands nowhere else.
func (d *postDraft) takeGroup(said string) bool {
	x := &d.Draft
	if x.Kind != matching.Offer {
		return false
	}
	g, ok := understanding.ReadGroup(said)
	if !ok {
		return false
	}
	low, high := x.GroupMin, x.GroupMax
	if x.Helpers != nil {
		low, high = *x.Helpers, *x.Helpers
		if x.HelpersMin != nil {
			low = *x.HelpersMin
		}
	}
	if g.Max > 0 {
		low, high = g.Min, g.Max
	}
	if high > 1 {
		x.GroupMin, x.GroupMax, x.Helpers, x.HelpersMin = low, high, nil, nil
	}
	if g.Actor != "" && x.Carrier == "" && (x.Actor == matching.Person || x.Actor == matching.UnknownActor || x.Actor == "") && !d.ForWhom {
		x.Actor = g.Actor
	}
	if firm := understanding.Lawful(said); x.Carrier == "" && x.Actor == matching.Company && firm != "" {
		x.Carrier = firm
	}
	if name, ok := strings.CutSuffix(x.Carrier, "ums"); ok && strings.Contains(said, "des "+x.Carrier) { // "des Gymnasiums"
		x.Carrier = name + "um"
	}
	if g.Vague(x.Title) || x.Title != "" && channels.Fold(x.Title) == channels.Fold(x.Carrier) {
		x.Title = cmp.Or(g.Title(), x.Title)
	}
	if g.Contact != "" {
		if d.Posting.Contact == "" {
			d.Posting.Contact = clip(strings.TrimSpace(strings.TrimLeft(strings.TrimPrefix(g.Contact, "Kontakt"), ": ")), MaxPrivate)
		}
		rest := strings.ReplaceAll(x.Description, g.Contact, "")
		x.Description = strings.TrimRight(strings.TrimSpace(strings.ReplaceAll(rest, " ,", ",")), " ,;:–-")
	}
	return high > 1 || g.Contact != ""
}
