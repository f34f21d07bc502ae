package flows

import (
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// LookAtClaims asks for what came with a list and waits for the person to take it over.
type LookAtClaims struct{}

// Claims is that.
type Claims struct {
	Carrier  string // "" where it is for several, or private
	Postings []matching.Posting
}

// TakeOver makes what came with a list the person's own.
type TakeOver struct{}

// TakenOver tells how many postings it was.
type TakenOver struct{ Count int }

// Disclaim removes what came with a list in the person's name.
type Disclaim struct{}

// Disclaimed tells how many postings it was.
type Disclaimed struct{ Count int }

// claimsShown is how many titles of what waits are told.
const claimsShown = 3

type claimDraft struct {
	Carrier string   `json:"carrier,omitempty"`
	Titles  []string `json:"titles,omitempty"`
	Count   int      `json:"count,omitempty"`
	Invited bool     `json:"invited,omitempty"` // we wrote first
}

type claimTurn = conversations.Turn[claimDraft]

// claim is opened by "/claim", and by us with "invited" for somebody a list names as contact.
func (b *Book) claim() conversations.Runner {
	return conversations.Run(conversations.Flow[claimDraft]{
		Name: Claim, Version: 1, Start: "ask",
		Open: func(o conversations.Opening, _ conversations.Env) claimTurn {
			return claimTurn{Data: claimDraft{Invited: o.Args == "invited"}, Next: "told", Do: []conversations.Command{LookAtClaims{}}}
		},
		Steps: map[string]conversations.Step[claimDraft]{
			"ask":  {Ask: b.askClaim, Hear: b.hearClaim},
			"told": {Hear: b.hearClaimed},
		},
	})
}

func (b *Book) askClaim(d claimDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	key := "claim.ask"
	if d.Invited {
		key = "claim.invite"
	}
	said := w.T(key, "Carrier", nameOr(w, d.Carrier), "Count", d.Count, "Place", env.Place.Name)
	for _, t := range d.Titles {
		said += "\n– " + t
	}
	if more := d.Count - len(d.Titles); more > 0 {
		said += "\n" + w.T("claim.more", "Count", more)
	}
	said += "\n\n" + w.T("claim.question")
	if d.Invited {
		said += " " + w.T("claim.otherwise")
	}
	return channels.Reply{
		Title: w.T("claim.title", "Carrier", nameOr(w, d.Carrier)), Text: said, Thread: "claim",
		Choices: []channels.Choice{choice(w, "yes", "claim.choice.yes"), choice(w, "no", "claim.choice.no")},
	}
}

func (b *Book) hearClaim(d claimDraft, in conversations.Input, _ conversations.Env) claimTurn {
	switch {
	case in.Picked == "yes":
		return claimTurn{Data: d, Next: "told", Do: []conversations.Command{TakeOver{}}}
	case in.Picked == "no":
		return claimTurn{Data: d, Next: "told", Do: []conversations.Command{Disclaim{}}}
	}
	return claimTurn{Data: d, Missed: true}
}

func (b *Book) hearClaimed(d claimDraft, in conversations.Input, env conversations.Env) claimTurn {
	w := b.say(env)
	over := func(key string, count int) claimTurn {
		r := text(w.T("claim."+key, "Count", count))
		r.Thread = "claim"
		return claimTurn{Data: d, End: true, Say: []channels.Reply{r}}
	}
	switch f := in.Fact.(type) {
	case Claims:
		if len(f.Postings) == 0 {
			return over("none", 0)
		}
		d.Carrier, d.Count, d.Titles = f.Carrier, len(f.Postings), nil
		for i := range f.Postings[:min(claimsShown, len(f.Postings))] {
			d.Titles = append(d.Titles, short(w, &f.Postings[i], env))
		}
		return claimTurn{Data: d, Next: "ask"}
	case TakenOver:
		return over("taken", f.Count)
	case Disclaimed:
		return over("removed", f.Count)
	}
	return over("none", 0)
}
