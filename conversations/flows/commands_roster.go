package flows

import (
	"time"

	"ehrenamt/matching"
)

// What flows may ask for about who comes to something of mine. Without a Posting it is the one that is running;
// where there are several the fact is WhichPosting.

// ListWho asks who comes.
type ListWho struct{ Posting string }

// Who is who comes, date by date.
type Who struct {
	Posting  matching.Posting
	Dates    []WhoDate
	Regulars []string // who wait for a place in every week of a series
}

// WhoDate is one date and who has answered to it; the zero Span for undated postings.
type WhoDate struct {
	Date    matching.Span
	Taken   int
	Places  int // 0: any number
	Outside int // of Taken, given away elsewhere
	People  []WhoComes
}

// WhoComes is one answer. Nothing but the first name is told.
type WhoComes struct {
	Name  string
	Party int
	State matching.AnswerState
	Note  string
	Every bool // comes every time
	Asked bool // has not said yet whether a change suits them
}

// ToAll asks to pass a text on to everybody who has a place.
type ToAll struct{ Posting, Text string }

// ToldAll tells how many got it.
type ToldAll struct {
	Posting matching.Posting
	Count   int
}

// GiveAway tells of places given away elsewhere, at a date; NoDate for the only one there is.
type GiveAway struct {
	Posting string
	Date    int
	By      int  // so many more, or fewer
	Free    int  // so many are left, with Left
	Left    bool // Free was said
}

// NoDate is the key of no date.
const NoDate = -2

// GivenAway tells how the date stands now.
type GivenAway struct {
	Posting matching.Posting
	Date    matching.Span
	Free    int
	Outside int
	Clipped bool // there were not as many places left
	Was     int  // Outside before, to take it back
}

// WhichDate asks which date of a posting was meant.
type WhichDate struct {
	Posting matching.Posting
	Dates   []WhoDate
}

// LeaveOut lets one date fall out. All of a posting with one date only is withdrawn by Withdraw.
type LeaveOut struct {
	Posting string
	Date    int
}

// MoveDate moves one date.
type MoveDate struct {
	Posting string
	Date    int
	To      matching.Span
}

// DateChanged tells that it is so, and how many were told or asked.
type DateChanged struct {
	Posting matching.Posting
	Date    matching.Span // as it is now, or was
	Out     bool
	Told    int
}

// HoldAnyway lets a date take place with fewer people than were wished for.
type HoldAnyway struct {
	Posting string
	Date    int
}

// HeldAnyway tells that it does.
type HeldAnyway struct {
	Posting matching.Posting
	Date    matching.Span
}

// StayAway takes back what somebody promised within a time: single dates, and those of a series.
type StayAway struct {
	Posting     string // "" for all
	From, Until time.Time
}

// StayedAway tells what was taken back; none is no promise within that time.
type StayedAway struct {
	Given []Responded
}
