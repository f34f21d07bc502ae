package flows

import "ehrenamt/matching"

// What flows may ask for about the places of a posting.

// Respond answers a posting, for one or several of its dates.
type Respond struct {
	Posting   string
	Wanted    matching.Span // of a thing that is lent: the time somebody names
	Dates     []int         // keys; none: the only date there is, or Choose is asked
	Yes       bool
	Never     bool // "nie so etwas"
	Party     int  // how many come; 0: not said
	Note      string
	Condition bool // the other side decides about the note
	Wait      bool // rather wait for places for all of the party than come with fewer
}

// Given is the answer to one date.
type Given struct {
	Key    int             // the date that was answered
	Answer matching.Answer // zero State: nothing was done yet, see Free
	Before matching.AnswerState
	Date   matching.Span // zero for undated postings
	Ahead  int           // people before this one on the waiting list
	Free   int           // places left, fewer than the party: who comes has to be decided
	Party  int           // that was asked for
	Kept   bool          // a change still suits them
	Away   bool          // somebody who comes every time stays away from this date
}

// Responded tells where the answers stand now.
type Responded struct {
	Posting matching.Posting // with Address and Private if accepted
	Given   []Given          // at least one
	Name    string           // of the person, as the other side sees it
	Again   bool             // said once more, when reminded
	Forget  bool             // what was confided can be taken back only by asking to forget it
	Others  []OpenDate       // further dates with free places that the person has not answered
}

// Choose asks which dates were meant.
type Choose struct {
	Posting matching.Posting
	Dates   []OpenDate
	Every   bool // all of a series can be chosen
	Respond Respond
}

// OpenDate is a date that can be chosen.
type OpenDate struct {
	Date matching.Span
	Free int // places left; < 0 where there is no limit
}

// DatesOf asks for the dates of a posting that are still ahead, to read an answer in free words by them.
type DatesOf struct{ Posting string }

// WhenWanted asks when a thing that is lent is wanted.
type WhenWanted struct {
	Posting matching.Posting
	Taken   []matching.Span // times ahead at which no piece is left, soonest first
}

// NotFree tells that a thing cannot be had at a time, and when it can.
type NotFree struct {
	Posting matching.Posting
	Wanted  matching.Span
	Party   int             // pieces that were asked for
	Left    int             // pieces that are left then
	Closed  matching.Closed // the calendar leaves it out; then there is no waiting for it
	Nearest []matching.Span // when as many are free
	Before  string          `json:"-"` // said before them
}
