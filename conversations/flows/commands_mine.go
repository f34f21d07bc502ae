package flows

import (
	"time"

	"ehrenamt/matching"
)

// What flows may ask for about what is one's own.

// MyThings asks for all that is mine.
type MyThings struct{}

// Things is what is mine.
type Things struct {
	Postings      []ThingPosting // not over first, then the latest that are
	Answers       []ThingAnswer  // live ones, soonest first
	Subscriptions []matching.Subscription
}

// ThingPosting is a posting of mine or of an organisation of mine.
type ThingPosting struct {
	Posting  matching.Posting
	Taken    int // places taken, of all dates
	Asking   int // answers that wait for a decision
	Waiting  int // on the waiting list
	Told     int // people alerted
	No       int // of them, those who said no
	Comrades []string
	By       time.Time // when it is to be full; zero: nobody can tell
	Filled   time.Time // since when it is
	Kept     int       // of ten such times that were told, those that came true; 0: too few to say
}

// ThingAnswer is an answer of mine.
type ThingAnswer struct {
	Posting matching.Posting
	Answer  matching.Answer
}

// LookAtMine asks for one posting of mine with how it stands.
type LookAtMine struct{ Posting string }

// MineSeen is the posting, and what may be done with it.
type MineSeen struct {
	ThingPosting
	CanChange bool
	CanFinish bool // it has begun, or has no date
}

// Withdraw takes a posting back.
type Withdraw struct{ Posting string }

// Withdrew tells how many were told.
type Withdrew struct {
	Posting matching.Posting
	Told    int
}

// Finish marks a posting as done: it needs nobody any more.
type Finish struct{ Posting string }

// Finished tells that it is.
type Finished struct{ Posting matching.Posting }

// Enlarge changes the number of people a posting asks for, by By or to To. Without a Posting it is the one
// posting of mine that is running.
type Enlarge struct {
	Posting string
	By, To  int
}

// Enlarged tells the new number.
type Enlarged struct {
	Posting matching.Posting
	Asked   int // people asked because of it
}

// WhichPosting lists those that could be meant.
type WhichPosting struct{ Postings []matching.Posting }

// LastPosting asks for a posting to be repeated: the given one or the last one of mine.
type LastPosting struct{ Posting string }

// Repeated is that posting, and who I am.
type Repeated struct {
	Posting matching.Posting
	Me      Me
}

// TakeUp asks for a posting of mine to be changed.
type TakeUp struct{ Posting string }

// TakenUp is that posting, and who I am.
type TakenUp struct {
	Posting matching.Posting
	Me      Me
}
