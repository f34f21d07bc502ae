package flows

import (
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// What flows may ask for about the calendar of something that is lent, by those it belongs to. Without a Posting it is
// the one thing they lend; where there are several the fact is WhichPosting.

// LookAtLoans asks for the calendar from a day on.
type LookAtLoans struct {
	Posting string
	From    time.Time // zero: now
}

// Loans is that calendar.
type Loans struct {
	Posting matching.Posting
	Loans   []LoanLine // soonest first
	More    time.Time  // when the next one begins that is not listed; zero: none
}

// LoanLine is one time that somebody has or wants. Nothing but the first name is told.
type LoanLine struct {
	Answer string
	Date   matching.Span
	Name   string
	Pieces int
	State  matching.AnswerState
}

// SetLending changes the calendar: what is set of it.
type SetLending struct {
	Posting string
	Block   matching.Span
	Unblock matching.Span
	Hours   []matching.Hours
	Always  bool // no hours any more
	Auto    *bool
}

// LendingSet tells how it is now, and who has something of it within a time that was blocked: that stays agreed.
type LendingSet struct {
	Posting matching.Posting
	Set     SetLending
	Freed   int // blocked times that are free again
	Clash   []LoanLine
}

// LoanEntry asks for an agreed time as an entry for one's own calendar, by whoever has it or lends it; without an Answer,
// for all that is agreed, by those who lend it.
type LoanEntry struct {
	Posting string
	Answer  string
}

// LoanFile is that entry as a file without a name.
type LoanFile struct {
	Posting matching.Posting
	File    channels.FileInfo
}
