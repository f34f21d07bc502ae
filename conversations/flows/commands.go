package flows

import (
	"time"

	"ehrenamt/matching"
)

// The commands flows may ask for, and the facts they return. The bot performs them, one file per
// capability, and checks there whether the person may.

// WhoAmI asks for Me.
type WhoAmI struct{}

// Me is what the exchange knows about the person spoken to.
type Me struct {
	Name          string                  `json:"name,omitempty"`
	Joined        bool                    `json:"joined,omitempty"` // has a subscription
	Place         matching.Place          `json:"place,omitzero"`
	Organisations []OrganisationOf        `json:"organisations,omitempty"`
	Last          string                  `json:"last,omitempty"` // organisation last written for, "-" for privately
	Subscriptions []matching.Subscription `json:"-"`
}

// OrganisationOf is an organisation the person acts for.
type OrganisationOf struct {
	ID    string         `json:"id"`
	Name  string         `json:"name"`
	Actor matching.Actor `json:"actor"`
}

// Publish asks to publish a posting, new or changed.
type Publish struct {
	Posting matching.Posting
	Carrier string // name of an organisation that may not exist yet, "" for the one in Posting or privately
	Consent string // version of the text agreed to by publishing
}

// Published tells what became of it.
type Published struct {
	Posting  matching.Posting
	Waits    bool // for an editor
	Check    bool // it waits because of something in it, not because they are new
	Edited   bool // an editor changed it; its author is told
	Asked    int  // people asked right away
	Eligible int
	Quiet    bool      // those it fits are asleep, and asked in the morning
	Later    bool      // those it fits were asked much already, and are asked later
	Digests  int       // people told with their next digest
	New      bool      // first publication, not a change
	By       time.Time // when it is to be full; zero: nobody can tell yet
	Accepted int       // people accepted who were told of a change

	Nearer NearerFront // the place lies outside of this front's area
}

// NearerFront is a front that a place belongs to, where people write to another one.
type NearerFront struct{ Name, Link string }

// Refused tells that something may not be done, and why.
type Refused struct {
	Why          Refusal
	Again        time.Time        // TooMany: when it can go on; zero: tomorrow
	Organisation OrganisationOf   // TakenName: the one that has it
	Posting      matching.Posting // Twice: the one there is
}

// Refusal says why something cannot be done.
type Refusal string

// The refusals; there are words for each.
const (
	Unknown          Refusal = "unknown"           // there is no such thing
	NotAllowed       Refusal = "not_allowed"       // not yours
	Own              Refusal = "own"               // answering one's own posting
	Over             Refusal = "over"              // withdrawn, done, expired
	Already          Refusal = "already"           // nothing changes
	TakenName        Refusal = "taken_name"        // the organisation exists and you are not one of its members
	TooLong          Refusal = "too_long"          // a text to everybody
	Leak             Refusal = "leak"              // a text to everybody tells an address or a number
	Nobody           Refusal = "nobody"            // nobody comes yet
	OftenEnough      Refusal = "often_enough"      // texts to everybody for today
	TurnedDown       Refusal = "turned_down"       // the other side has said no, or it is full
	TooMany          Refusal = "too_many"          // a limit
	NotHere          Refusal = "not_here"          // the front lets that go by mail alone
	Barred           Refusal = "barred"            // nobody may post for that organisation
	Resting          Refusal = "resting"           // of a front that is suspended
	SubscriptionsMax Refusal = "subscriptions_max" // too many subscriptions
)

// SaveSubscription asks to store a subscription, and what it says about the person.
type SaveSubscription struct {
	Subscription matching.Subscription
	Consent      string // version of the text agreed to
}

// SubscriptionSaved tells that it is, and how many open postings fit right now.
type SubscriptionSaved struct {
	Subscription matching.Subscription
	Matches      int
	First        bool
	PerWeek      int // alerts a week at most
	Nearer       NearerFront
}

// Settle lets the author of a posting accept or decline an answer.
type Settle struct {
	Answer string
	Accept bool
}

// Settled tells what became of it.
type Settled struct {
	Posting matching.Posting
	Answer  matching.Answer
	Name    string
	Free    int
	Before  matching.AnswerState
	Kept    bool // somebody who had a place keeps it, whatever they had written
}

// LookAt asks for a posting by id or code.
type LookAt struct{ Posting string }

// Seen is the posting, as the person may see it.
type Seen struct {
	Posting matching.Posting
	KM      float64 // from the person's place, < 0 if that is not known
	Mine    bool
	Own     []ThingAnswer // what they have answered, as it stands; the posting has what is confided to them then
	About   string        // what the organisation says about itself
}

// Halt stops every message to the person but answers to what they write.
type Halt struct{}

// Halted tells that it is so.
type Halted struct {
	Was      bool
	Promised []matching.Posting // where they are still expected
}

// Wake asks to take Halt back, where it was asked for.
type Wake struct{}

// Woken tells that it is so; Was is false where nothing had been halted.
type Woken struct{ Was bool }
