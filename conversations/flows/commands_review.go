package flows

import "ehrenamt/matching"

// What flows may ask for about the review of first postings.

// BecomeEditor uses the code an operator gave out.
type BecomeEditor struct{ Code string }

// EditorNow tells for which front.
type EditorNow struct {
	Front   string // its name
	Waiting int    // postings that wait for a review
}

// Queue asks for what waits for a review.
type Queue struct{}

// Queued is what waits, oldest first.
type Queued struct {
	Postings []matching.Posting
	Reports  []ReportSeen
}

// LookAtReview asks for a posting that waits.
type LookAtReview struct{ Posting string }

// UnderReview is the posting as an editor sees it.
type UnderReview struct {
	Posting matching.Posting
	Name    string // of the author
}

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
