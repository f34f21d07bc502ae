package flows

import (
	"time"

	"ehrenamt/matching"
)

// Ground is why something is reported.
type Ground string

// grounds are what things are reported for, in the order in which they are offered.
var grounds = []Ground{"scam", "hateful", "illegal", "wrong", "spam", "other"}

// GroundThread is why a thread is reported, whatever was written in it.
const GroundThread Ground = "thread"

// LookAtReportable asks what the person may want to report.
type LookAtReportable struct{}

// Reportable is what they saw last, and who they have to do with.
type Reportable struct {
	Postings []matching.Posting
	People   []ReportablePerson
	Threads  []ReportablePerson // the other side of what they answered, whether or not anything was written
}

// ReportablePerson is somebody on the other side of an answer.
type ReportablePerson struct{ Answer, Name, Title string }

// Report tells editors about a posting, or about a person the reporter has to do with (DSA, article 16).
type Report struct {
	Posting, Answer string // one of them: id or code of a posting, id of an answer
	Ground          Ground
	Text            string
}

// Reported tells that it is on its way; Before is set where they had reported it already.
type Reported struct{ Before bool }

// LookAtDecisions asks for decisions about the person that they may still complain about.
type LookAtDecisions struct{}

// Decisions are those, newest first.
type Decisions struct{ All []Decision }

// Decision is what was decided about something of a person, and why.
type Decision struct {
	Case    string
	Verdict Verdict
	Title   string
	Reason  string
	At      time.Time
}

// Complain asks somebody else to look at a decision (DSA, article 20).
type Complain struct{ Case, Text string }

// Complained tells that it is on its way.
type Complained struct{ Before bool }
