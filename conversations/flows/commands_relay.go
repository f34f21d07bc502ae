package flows

import (
	"ehrenamt/conversations/masking"
	"ehrenamt/matching"
)

// What flows may ask for about the threads in which two sides write to each other about one answer. A thread is named
// by its answer; the other side is a first name and, where somebody acts for an organisation, its name.

// MaxPassed is how long a message may be that is passed on, in characters.
const MaxPassed = 2000

// MaxContact is how long a contact may be, in characters.
const MaxContact = 200

// Refusals of threads.
const (
	ThreadOver    Refusal = "thread_over"     // ended by one side, or long past
	ThreadGone    Refusal = "thread_gone"     // there is nobody on the other side any more
	ThreadAway    Refusal = "thread_away"     // the other side wants no messages
	ThreadPatient Refusal = "thread_patient"  // too many messages without an answer
	ThreadNone    Refusal = "thread_none"     // there is nobody to write to
	ThreadLong    Refusal = "thread_too_long" // a message that is too long
)

// ThreadWith asks whom one would write to.
type ThreadWith struct{ Answer string }

// ThreadSeen is a thread as one of its sides sees it.
type ThreadSeen struct {
	Posting matching.Posting
	Answer  string
	Other   string // "Anna", "Ben (TV Brand)"
	Mine    string // contact I have offered
	Wanted  bool   // the other side has offered theirs
	Newest  bool   // the other side wrote last, not long ago
}

// MyThreads asks for the threads one can write in.
type MyThreads struct{}

// ThreadsOfMine lists them, the one written in last first.
type ThreadsOfMine struct{ Threads []ThreadSeen }

// Pass passes a message on. Without an Answer it is the thread in which the other side wrote last, if that is clear.
type Pass struct {
	Answer string
	Text   string
	Files  bool // something was attached that is not passed on
}

// Passed tells that it is on its way.
type Passed struct {
	ThreadSeen
	Hidden []masking.Kind // what was left out
	Files  bool
}

// WhichThread tells that it is not clear whom a message is for.
type WhichThread struct{ Threads []ThreadSeen }

// ShareContact offers a contact to the other side. Both get the other's once both have offered one.
type ShareContact struct{ Answer, Contact string }

// ContactShared tells where that stands.
type ContactShared struct {
	ThreadSeen
	Theirs string // "" until both have
}

// ReportThread puts a thread before the editors.
type ReportThread struct{ Answer, Text string }

// ThreadReported tells that it is noted; Before is set where they had reported it already.
type ThreadReported struct {
	ThreadSeen
	Before bool
}

// BlockThread ends a thread for good.
type BlockThread struct{ Answer string }

// ThreadBlocked tells that it is ended.
type ThreadBlocked struct{ ThreadSeen }
