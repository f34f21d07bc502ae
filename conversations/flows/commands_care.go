package flows

import (
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// What flows may ask for about what follows a match: coming, having been there, and what has no end.

// PlaceGone is the refusal to whoever confirms a place they no longer have.
const PlaceGone Refusal = "place_gone"

// ConfirmComing says once more that one comes. Responded tells that it is noted.
type ConfirmComing struct{ Answer string }

// SayVisit is what somebody says about their own visit: that they came or not, for how long, or how they felt.
type SayVisit struct {
	Answer  string
	Came    bool
	Minutes int    // 0: as planned
	Feels   string // would they come again: "yes", "maybe", "no"
}

// VisitSaid tells that it is noted.
type VisitSaid struct {
	Posting  matching.Posting
	Answer   matching.Answer
	Minutes  int
	Feels    string
	Disputed bool // the other side says that they did not come
}

// SaidOfAll is what those who posted say about a date.
type SaidOfAll string

// What may be said of a date.
const (
	AllCame  SaidOfAll = "all"
	SomeCame SaidOfAll = "some"    // asks who did not
	Missing  SaidOfAll = "missing" // this one did not
	RestCame SaidOfAll = "rest"    // all the others did
	NotHeld  SaidOfAll = "none"    // it did not take place
	Felt     SaidOfAll = "felt"    // how it was
)

// SayWhoCame says it.
type SayWhoCame struct {
	Posting string
	Date    int
	Answer  string // Missing
	Said    SaidOfAll
	Feels   string // Felt: "good", "fair", "poor"
}

// Guest is somebody of whom nothing has been said yet.
type Guest struct{ Answer, Name string }

// WhoCame tells how it stands.
type WhoCame struct {
	Posting matching.Posting
	Date    int
	Said    SaidOfAll
	Came    int
	Left    []Guest
}

// MyHours asks for what I gave.
type MyHours struct{}

// Hours is that, newest first.
type Hours struct {
	Name      string
	Minutes   int
	Confirmed int // of these, confirmed by those who posted
	Visits    []HoursOf
	Record    *channels.FileInfo // all of it, signed; nil where nothing is signed
}

// HoursOf is one visit.
type HoursOf struct {
	Posting   matching.Posting
	At        time.Time
	Minutes   int
	Confirmed bool
}

// Renew says that what has no end still holds.
type Renew struct{ Posting string }

// Renewed tells until when it is shown: Posting.Lease.
type Renewed struct {
	Posting matching.Posting
	Again   bool // it had ended
	Asked   int  // people asked because of it
}

// SetRelease lets an organisation have places back of people who do not say that they come.
type SetRelease struct {
	Organisation string
	On           bool
}

// ReleaseSet tells that it is so.
type ReleaseSet struct {
	Organisation OrganisationOf
	On           bool
}
