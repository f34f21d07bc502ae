package flows

import (
	"time"

	"ehrenamt/matching"
)

// What flows may ask for about what editors decide.

// BecomeEditor uses the code an operator gave out.
type BecomeEditor struct{ Code string }

// EditorNow tells for which front; "" for all of them, as an operator.
type EditorNow struct {
	Front   string // its name
	Waiting int    // things that wait for a decision
}

// Queue asks for what waits for a decision.
type Queue struct{}

// Queued is what waits, oldest first.
type Queued struct{ All []Waiting }

// CaseKind says what has to be decided.
type CaseKind string

// The kinds of cases.
const (
	CasePosting      CaseKind = "posting"
	CaseOrganisation CaseKind = "organisation"
	CaseReport       CaseKind = "report"
	CaseComplaint    CaseKind = "complaint"
)

// Waiting is one thing that waits for a decision, as an editor sees it.
type Waiting struct {
	Case    string             `json:"case,omitempty"`
	Kind    CaseKind           `json:"kind,omitempty"`
	Since   time.Time          `json:"since,omitzero"`
	Late    bool               `json:"late,omitempty"`    // somebody else was asked before and did not decide
	Why     []string           `json:"why,omitempty"`     // what drew attention to it
	Text    string             `json:"text,omitempty"`    // of whoever brought it
	Name    string             `json:"name,omitempty"`    // of the author, or of whoever brought it
	About   string             `json:"about,omitempty"`   // the name of an organisation or a person it is about
	Person  bool               `json:"person,omitempty"`  // it is about a person, not about what they posted
	Thread  bool               `json:"thread,omitempty"`  // it is about what they wrote to somebody
	Posting matching.Posting   `json:"posting,omitzero"`  // zero where it is about none
	Like    []matching.Posting `json:"like,omitempty"`    // maybe the same
	Verdict Verdict            `json:"verdict,omitempty"` // complaints: what was decided, and why
	Reason  string             `json:"reason,omitempty"`
	Before  string             `json:"before,omitempty"` // complaints about what was reported of a person: what was said then
	Own     bool               `json:"own,omitempty"`    // complaints: that was you, and there is nobody else
}

// LookAtReview asks for a posting that waits.
type LookAtReview struct{ Posting string }

// LookAtCase asks for anything that waits.
type LookAtCase struct{ Case string }

// UnderReview is what an editor has to see to decide.
type UnderReview struct{ Waiting }

// Judge approves or rejects a posting in the revision that was shown.
type Judge struct {
	Posting  string
	Revision int64
	Approve  bool
	Reason   string // of the rejection; the author is told
}

// Judged tells what became of it.
type Judged struct {
	Posting matching.Posting
	Asked   int // people asked right away
	Left    int // good ones still missing until the organisation goes straight out
}

// Verdict is what is decided about a case.
type Verdict string

// The verdicts.
const (
	Fine     Verdict = "fine"     // nothing is wrong with it
	Rejected Verdict = "rejected" // a posting does not go out, an organisation is not taken
	Down     Verdict = "down"     // a posting is taken down
	Ended    Verdict = "ended"    // two people can no longer write to each other
	Block    Verdict = "block"    // a person is kept out
	Upheld   Verdict = "upheld"   // a complaint changes nothing
	Reversed Verdict = "reversed" // a complaint was right
)

// DecideCase decides about an organisation, a report or a complaint.
type DecideCase struct {
	Case    string
	Verdict Verdict
	Reason  string // whoever it concerns is told
}

// CaseDecided tells what was done.
type CaseDecided struct {
	Kind    CaseKind
	Verdict Verdict
	About   string
	Posting matching.Posting
}

// Merge puts a posting together with another one that says the same.
type Merge struct{ Posting, Into string }

// MergedPostings tells that it is done.
type MergedPostings struct {
	Posting, Into matching.Posting
	Moved         int // answers taken along
}

// LookAtBlocked asks who is kept out.
type LookAtBlocked struct{}

// BlockedPeople is who is kept out.
type BlockedPeople struct{ All []BlockedPerson }

// BlockedPerson is somebody kept out.
type BlockedPerson struct {
	Person, Name, Reason string
	Since                time.Time
}

// Unblock lets somebody in again.
type Unblock struct{ Person string }

// Unblocked tells who.
type Unblocked struct{ Name string }

// Reword gives a posting that is before an editor another text; "" for none.
type Reword struct{ Posting, Text string }

// AskBack puts a question to the author of a posting that waits.
type AskBack struct {
	Posting, Text string
}

// AskedBack tells that it is on its way.
type AskedBack struct{ Posting matching.Posting }

// ReplyBack answers the question of an editor.
type ReplyBack struct{ Posting, Text string }

// RepliedBack tells that it is on its way.
type RepliedBack struct{ Posting matching.Posting }
