package flows

import (
	"cmp"

	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// takeTerms keeps what was said about deposit, insurance and picking up where things are lent, and about age and
// duration where a group comes. What is said later counts. It returns whether there was any of it.
func (d *postDraft) takeTerms(said string) bool {
	t := understanding.ReadTerms(said)
	have := &d.Posting.Terms
	before := *have
	if len(d.Draft.Things) > 0 {
		have.Deposit, have.Insurance, have.Pickup = cmp.Or(t.Deposit, have.Deposit), cmp.Or(t.Insurance, have.Insurance), cmp.Or(t.Pickup, have.Pickup)
	}
	if d.Draft.GroupMax > 0 || d.Draft.GroupMin > 0 || d.Actor == matching.School || d.Draft.Actor == matching.School {
		have.Ages, have.Duration = cmp.Or(t.Ages, have.Ages), cmp.Or(t.Duration, have.Duration)
	}
	return *have != before
}

// termsLine shows the terms of a posting, "" if there are none.
func termsLine(w wording.Words, p *matching.Posting) string {
	said := join(" · ", p.Terms.Ages, p.Terms.Duration, p.Terms.Deposit, p.Terms.Insurance, p.Terms.Pickup)
	if said == "" {
		return ""
	}
	return w.T("card.terms", "Terms", said)
}

// termsHint tells what may be added where nothing was said yet, and what a school must leave out.
func (b *Book) termsHint(p *matching.Posting, env conversations.Env) string {
	w := b.say(env)
	switch {
	case p.Kind == matching.Offer && len(p.Things) > 0 && p.Terms.Deposit == "" && p.Terms.Insurance == "" && p.Terms.Pickup == "":
		return w.T("post.hint.lending") + "\n"
	case p.Actor == matching.School && p.GroupMax > 0:
		return w.T("post.hint.school") + "\n"
	}
	return ""
}
