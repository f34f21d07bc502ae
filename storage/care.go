package storage

import (
	"context"
	"time"
)

// ThreadState tells whether people can still write to each other in a thread.
type ThreadState string

// The states of a thread.
const (
	ThreadOpen    ThreadState = "open"
	ThreadBlocked ThreadState = "blocked" // one side wants no more of it
	ThreadClosed  ThreadState = "closed"  // one side is gone
)

// Thread is what is known of two sides writing to each other about one answer, without seeing each other's
// address: whoever answered, and those responsible for the posting. What they write is not kept in it.
// Everything but ids, state and times is sealed at rest.
type Thread struct {
	ID, Answer, Posting, Front string
	Person                     string // who answered
	Author                     string // of the posting
	Organisation               string // "" where somebody posted privately
	State                      ThreadState
	Closes                     time.Time // nothing passes from then on; zero while the posting has no end
	Speaker                    string    // who wrote last for the posting's side
	Last                       string    // side that wrote last: "person" or "poster", "" for none
	InRow                      int       // messages of that side since the other one wrote
	FromPerson, FromPoster     int       // messages passed on
	PersonContact              string    // what the sides want the other one to have, "" for nothing yet
	PosterContact              string
	PersonTrace                string // what masking remembers of what the sides wrote last: digits, no words
	PosterTrace                string
	BlockedBy                  string // side
	At                         time.Time
	Rev                        int64
}

// Threads keeps who may write to whom.
type Threads interface {
	Thread(ctx context.Context, id string) (Thread, error)
	ThreadOf(ctx context.Context, answer string) (Thread, error)
	// SaveThread: Rev as with persons; Rev 0 inserts, ID set if empty. A second thread of an answer is an ErrConflict.
	SaveThread(ctx context.Context, t *Thread) error
	// ThreadsOf lists those a person takes part in: as who answered, as who posted privately, or for one of the
	// organisations. The one written in last comes first.
	ThreadsOf(ctx context.Context, person string, organisations []string, limit int) ([]Thread, error)
	// ForgetThreads removes those that closed before t.
	ForgetThreads(ctx context.Context, t time.Time) (int, error)
}

// Reply tells when somebody's question was put to whoever posted, and when it was decided.
type Reply struct {
	Answer  string
	Carrier string // organisation, or "person:" and the author
	Asked   time.Time
	Replied time.Time // zero: not yet, or never
}

// Punctual is how a carrier answered people.
type Punctual struct {
	Asked   int
	Replied int
	Median  time.Duration // of the time it took where it was answered; 0 where it never was
}

// Replies keeps how long people wait for those who posted.
type Replies interface {
	// AskReply notes that an answer waits. Asked again, it waits anew.
	AskReply(ctx context.Context, r Reply) error
	// NoteReply notes that it was decided; nothing happens where it does not wait.
	NoteReply(ctx context.Context, answer string, at time.Time) error
	// DropReply forgets that it waits: the person took it back before it was decided.
	DropReply(ctx context.Context, answer string) error
	// PunctualOf sums up what was asked of a carrier from since on and before until; what has not been decided by
	// then counts as not answered.
	PunctualOf(ctx context.Context, carrier string, since, until time.Time) (Punctual, error)
	// RepliedTo tells how long those waited who were answered about a posting, in no order.
	RepliedTo(ctx context.Context, posting string) ([]time.Duration, error)
	ForgetReplies(ctx context.Context, before time.Time) (int, error)
}

// Said is what one side says about a visit.
type Said string

// What may be said.
const (
	SaidNothing Said = ""
	SaidYes     Said = "yes"
	SaidNo      Said = "no"
)

// Visit is what both sides say about somebody having come. It is private to the two of them. What was felt about it is
// sealed at rest.
type Visit struct {
	Answer, Posting, Person string
	Carrier                 string // as in Reply
	At                      time.Time
	Minutes                 int // what the person gave, as planned or as they say
	ByPerson, ByPoster      Said
	PersonFeels             string // "yes", "maybe", "no": would they come again
	PosterFeels             string // "good", "fair", "poor"
	Rev                     int64
}

// Visits keeps who came.
type Visits interface {
	Visit(ctx context.Context, answer string) (Visit, error)
	SaveVisit(ctx context.Context, v *Visit) error // Rev as with persons; Rev 0 inserts
	// OfVisitor lists the visits of a person, newest first.
	OfVisitor(ctx context.Context, person string) ([]Visit, error)
}

// DigestNote is something a person is told with their next digest and for which nobody is disturbed.
type DigestNote struct {
	Person, Front, Posting string
	Kind                   string // "result": how a posting went that they were asked about
	N                      int    // "result": how many people came
	At                     time.Time
}

// DigestNotes keeps what waits for the next digest.
type DigestNotes interface {
	// PutNote keeps one note for each person, posting and kind; a later one replaces it as long as it waits.
	PutNote(ctx context.Context, n DigestNote) error
	// TakeNotes removes and returns what waits for a person, oldest first, at most limit.
	TakeNotes(ctx context.Context, person string, limit int) ([]DigestNote, error)
	// WaitingNotes tells for whom notes wait, at most limit persons.
	WaitingNotes(ctx context.Context, limit int) ([]string, error)
	ForgetNotes(ctx context.Context, before time.Time) (int, error)
}
