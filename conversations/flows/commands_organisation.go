package flows

import (
	"time"

	"ehrenamt/matching"
)

// What flows may ask for about organisations and who acts for them.

// MyOrganisations asks for the organisations the person acts for.
type MyOrganisations struct{}

// Organisations lists them.
type Organisations struct{ All []OrganisationOf }

// LookAtOrganisation asks for one of one's own organisations.
type LookAtOrganisation struct{ Organisation string }

// OrganisationSeen is an organisation as its members see it.
type OrganisationSeen struct {
	Organisation OrganisationOf
	Owner        bool // the person asking leads it
	About        string
	Members      []MemberOf
	Running      int // postings that are not over
	TeamHours    int // that its teams gave, all together
	Trusted      bool
	Release      bool          // places of people who do not say that they come are given away
	Asked        int           // people who waited for a decision in the last months
	Replied      int           // of these, those who got one
	After        time.Duration // mostly after that time
}

// MemberOf is somebody who acts for an organisation.
type MemberOf struct {
	Person string
	Name   string
	Owner  bool
	Self   bool
}

// Invite asks for a code by which others can join.
type Invite struct{ Organisation string }

// Invited is the code, to be passed on.
type Invited struct {
	Organisation OrganisationOf
	Code         string
	Link         string // a link that does the same, "" where the network has none
	Days         int    // how long it is good for
	Uses         int    // for how many people
}

// Enter joins an organisation by a code.
type Enter struct{ Code string }

// Entered tells which one it is.
type Entered struct {
	Organisation OrganisationOf
	Before       bool // was a member already
}

// AskIn asks those who lead an organisation to be let in.
type AskIn struct{ Organisation string }

// AskedIn tells how many could be asked.
type AskedIn struct {
	Organisation OrganisationOf
	Told         int
}

// Admit lets somebody in who asked, or does not.
type Admit struct {
	Organisation, Person string
	Yes                  bool
}

// Admitted tells that it is done.
type Admitted struct {
	Organisation OrganisationOf
	Name         string
	Yes          bool
}

// Promote lets another member lead as well.
type Promote struct{ Organisation, Person string }

// Dismiss ends somebody's membership.
type Dismiss struct{ Organisation, Person string }

// MemberChanged tells that either is done.
type MemberChanged struct {
	Organisation OrganisationOf
	Name         string
	Owner        bool // leads now; false: no longer a member
}

// Leave ends one's own membership. Anyway is needed where nobody would be left.
type Leave struct {
	Organisation string
	Anyway       bool
}

// Left tells that it is done.
type Left struct {
	Organisation OrganisationOf
	Heir         string // who leads now, "" where nothing changed
	Withdrawn    int    // postings taken back because nobody is left
}

// WouldBeEmpty tells that nobody would be left, and asks whether it shall be so.
type WouldBeEmpty struct {
	Organisation OrganisationOf
	Running      int // postings that would be taken back
}

// Describe sets what an organisation says about itself.
type Describe struct{ Organisation, Text string }

// Described tells that it is done.
type Described struct{ Organisation OrganisationOf }

// Refusals about organisations and reviews.
const (
	NotMember   Refusal = "not_member"   // does not act for that organisation, or no longer
	NotOwner    Refusal = "not_owner"    // only those who lead it may
	BadCode     Refusal = "bad_code"     // unknown, used up or expired
	NotEditor   Refusal = "not_editor"   // not an editor of the front
	OwnReview   Refusal = "own_review"   // an editor may not judge what is theirs
	Decided     Refusal = "decided"      // another editor was first
	Outdated    Refusal = "outdated"     // it was changed since it was shown
	Past        Refusal = "past"         // every date is over
	Twice       Refusal = "twice"        // the very same is published already
	Unsuitable  Refusal = "unsuitable"   // no such number of people
	BelowTaken  Refusal = "below_taken"  // fewer places than are taken
	NothingLast Refusal = "nothing_last" // there is no last time
)

// The organisation of a posting, as far as news name it.
func organisationOf(p *matching.Posting) OrganisationOf {
	return OrganisationOf{ID: p.Organisation, Name: p.Carrier, Actor: p.Actor}
}
