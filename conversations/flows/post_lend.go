package flows

import (
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// lends tells whether what is offered is lent and asked for at times of one's own, and the hours at which it may be had
// where some were said. What is given away, and what is to be had on certain dates, is no such thing.
func (d *postDraft) lends() ([]matching.Hours, bool) {
	x := &d.Draft
	text := x.Title + "\n" + x.Description
	if x.Kind != matching.Offer || x.Category != matching.ResourcesLending && d.Posting.Lending == nil || understanding.GivenAway(text) {
		return nil, false
	}
	if len(x.Things) == 0 && d.Posting.Lending == nil && understanding.LentPlace(text) == "" {
		return nil, false
	}
	if x.Recurrence != "" {
		if len(x.Dates) == 0 {
			return nil, false
		}
		h, ok := understanding.WeeklyHours(x.Recurrence, x.Dates[0])
		return []matching.Hours{h}, ok
	}
	return nil, len(x.Dates) == 0
}

// lend gives a posting its calendar where it lends something. What was blocked in it stays.
func (d *postDraft) lend(p *matching.Posting) {
	hours, ok := d.lends()
	if !ok {
		p.Lending = nil
		return
	}
	l := matching.Lending{Hours: hours}
	if had := d.Posting.Lending; had != nil {
		l.Blocked = had.Blocked
		if len(hours) == 0 {
			l.Hours = had.Hours
		}
	}
	p.Lending, p.Dates, p.Recurrence, p.Flexible = &l, nil, "", false
	text := d.Draft.Title + "\n" + d.Draft.Description
	if n := understanding.ReadPieces(d.Draft.Description, append([]string{d.Draft.Title}, d.Draft.Things...)...); n > 0 && d.Draft.Helpers == nil {
		p.Places = min(n, MaxHelpers)
	}
	p.PlacesMin = 0
	p.AutoAccept = d.Posting.AutoAccept || d.Posting.ID == "" && understanding.AgreesAtOnce(text)
}
