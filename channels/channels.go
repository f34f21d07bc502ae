// Package channels is the vocabulary that every network shares: who wrote, what
// was said, what is answered and which choices are offered. It knows nothing of
// volunteering, stores nothing and opens no connection; adapters in its
// sub-packages do the input and output of one network each.
package channels

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Address is where somebody is reached.
type Address struct {
	Channel string // the network: "telegram", "email", "console", "web"
	Account string // our bot or mailbox on it, as configured
	ID      string // theirs: chat id, mail address in lower case, terminal name
}

// String names the address for maps and tests; it must never be logged.
func (a Address) String() string { return a.Channel + ":" + a.Account + ":" + a.ID }

// Kind tells what happened on the network.
type Kind string

// The kinds of message. Everything a network can report is one of them, so that
// nothing somebody does is met with silence.
const (
	Text      Kind = "text"      // something written
	Edit      Kind = "edit"      // an earlier text corrected; Message.Original names it
	Press     Kind = "press"     // a button; Message.Handle is its payload
	Location  Kind = "location"  // a point shared
	File      Kind = "file"      // a document, picture or voice message; Message.Files names it
	Sticker   Kind = "sticker"   // something without words
	Contact   Kind = "contact"   // a shared phone contact
	Blocked   Kind = "blocked"   // the address no longer wants or takes messages
	Unblocked Kind = "unblocked" // it does again
	Moved     Kind = "moved"     // the address has a new ID, given in Text
	Failure   Kind = "failure"   // a delivery failed for good; Message.Ref names it if known
	Calendar  Kind = "calendar"  // an answer to an invitation (RFC 5546 REPLY)
	Auto      Kind = "auto"      // an automatic answer; recorded, never answered

	Bounced    Kind = "bounced"    // a delivery failed, the address may still be good; Message.Ref names it, Text is the status code
	Encrypted  Kind = "encrypted"  // end-to-end encrypted; nobody here can read it
	Unreadable Kind = "unreadable" // broken; Raw is what came in, a human has to look
)

// Trust says how far the sender of a message is who they claim to be.
type Trust int

// The levels of trust. Telegram and the console are always Authenticated.
const (
	Untrusted     Trust = iota // only a claim, such as a From line
	Routed                     // carries a token we gave out; routes, proves nothing
	Authenticated              // the network or a signature vouches for the address
)

// Point is a position in degrees (WGS 84).
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// FileInfo names something attached. Incoming files are named and never opened;
// outgoing ones carry their bytes in Data.
type FileInfo struct {
	Name string `json:"name"`
	Type string `json:"type"` // media type, RFC 2045
	Size int64  `json:"size,omitempty"`
	Data []byte `json:"data,omitempty"`
}

// Invite is what a calendar answer says (RFC 5545 and 5546).
type Invite struct {
	UID      string `json:"uid"`
	Method   string `json:"method"`   // REPLY, COUNTER …
	PartStat string `json:"partstat"` // ACCEPTED, DECLINED, TENTATIVE
	Attendee string `json:"attendee"`
}

// Message is one thing that somebody said or did on a network.
type Message struct {
	ID       string // identity for the inbox: chat:message:edit or the callback's id; UIDVALIDITY:UID for mail
	Dedupe   string // a second identity that must not repeat either (mail: Message-ID and hash), or ""
	Cursor   string // resume point once this one is handled; "" where the network itself is the queue
	Kind     Kind
	From     Address
	Group    string // set in a group chat: the group's id
	Mention  bool   // in a group: we were addressed by name
	Text     string
	Subject  string // mail
	Raw      []byte // as received, where the reading may be doubted
	Doubtful bool   // the reading dropped something it was not sure about
	Lang     string // the network's guess, BCP 47
	Name     string // the display name the network tells, for a first greeting
	Handle   string // of the pressed button
	Prompt   string // the prompt answered, if the network says
	Ref      string // the network's reference of the message replied to, pressed or failed
	Original string // for edits: the ID of the message that was changed
	Start    string // parameter of a deep link or invitation
	Answers  map[int]string
	Point    *Point
	Files    []FileInfo
	Invite   *Invite
	Letter   *Letter // mail: by what an answer joins its thread
	Trust    Trust
	Sent     time.Time
}

// Letter is by what mail programs put mails into one thread (RFC 5322, section 3.6.4).
type Letter struct {
	ID         string   `json:"id"`                   // Message-ID, with its brackets
	References []string `json:"references,omitempty"` // the mails before it, oldest first
	Subject    string   `json:"subject,omitempty"`
}

// Choice is one thing that can be answered with a tap, its number or its words.
type Choice struct {
	Key   string   `json:"key"`             // what it means to the flow; on the wire an opaque handle
	Label string   `json:"label"`           // what people see
	URL   string   `json:"url,omitempty"`   // opens a page instead of answering
	Words []string `json:"words,omitempty"` // further words that mean the same
}

// Ask hints at how an answer may be given with the means of the network.
type Ask string

// Hints for the question in a Reply.
const (
	AskNothing  Ask = ""
	AskLocation Ask = "location" // a place is asked: offer the network's location button
)

// Reply is one thing we say. The zero Style is plain text; nothing in Text is markup.
type Reply struct {
	Text    string     `json:"text"`
	Title   string     `json:"title,omitempty"`   // shown in bold where that is possible; subject of a mail without a better one
	Subject string     `json:"subject,omitempty"` // of a mail that answers none: when, where and what within 40 characters
	Choices []Choice   `json:"choices,omitempty"`
	Prompt  string     `json:"prompt,omitempty"` // a short hash of the question; "" if nothing is asked
	Ask     Ask        `json:"ask,omitempty"`
	Files   []FileInfo `json:"files,omitempty"`
	Lang    string     `json:"lang,omitempty"`
	Thread  string     `json:"thread,omitempty"`  // what this belongs to, so that mail threads and edits find each other
	Invite  *Event     `json:"invite,omitempty"`  // a calendar entry to send along
	Answers *Letter    `json:"answers,omitempty"` // mail: the one this answers, whose thread and subject it keeps
	Private bool       `json:"private,omitempty"` // must not be shown in a group
	Stop    string     `json:"stop,omitempty"`    // https link that ends such messages in one click (mail: List-Unsubscribe, RFC 8058)
}

// Event is a calendar entry (RFC 5545). Times are UTC on the wire.
type Event struct {
	UID         string    `json:"uid"`
	Sequence    int       `json:"sequence"`
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	AllDay      bool      `json:"all_day,omitempty"` // only the dates count: midnights in the zone of Start, End after the last day
	Agreed      bool      `json:"agreed,omitempty"`  // whoever gets it has said yes already
	Summary     string    `json:"summary"`
	Location    string    `json:"location,omitempty"`
	Description string    `json:"description,omitempty"`
	Cancelled   bool      `json:"cancelled,omitempty"`
	RRule       string    `json:"rrule,omitempty"` // Start is the first date, whether or not it is left out

	Zone  string      `json:"zone,omitempty"`  // of a recurring one: where its times are those on the wall (IANA)
	Left  []time.Time `json:"left,omitempty"`  // dates of the rule that do not take place, by when they would have begun
	Moved []Shift     `json:"moved,omitempty"` // dates of the rule that take place at another time
}

// Errors of Send. Any other error is temporary: the same Send may succeed later.
var (
	// ErrUndeliverable means that repeating cannot help: the message itself is refused.
	ErrUndeliverable = errors.New("undeliverable")
	// ErrGone means the address does not exist or does not want us; it implies ErrUndeliverable.
	ErrGone = fmt.Errorf("address gone: %w", ErrUndeliverable)
	// ErrUncertain means that the message may have arrived.
	ErrUncertain = errors.New("may have arrived")
)

// RetryAfter is a temporary error of Send that says when, and for how many, to wait.
type RetryAfter struct {
	Wait    time.Duration
	Account bool // the whole account has to wait, not just this address
	Err     error
}

func (e *RetryAfter) Error() string { return "retry after " + e.Wait.String() + ": " + e.Err.Error() }
func (e *RetryAfter) Unwrap() error { return e.Err }

// Moved is returned by Send when the address has a new ID (Telegram: a group became a supergroup).
type MovedError struct{ To Address }

func (e *MovedError) Error() string { return "address moved" }

// Channel is one account on one network.
type Channel interface {
	// Name is the network's name, as in Address.Channel.
	Name() string
	// Receive starts behind cursor and calls hear for one message after the other, until ctx ends.
	// It acknowledges a message to the network only after hear returned nil; after an error it offers the
	// same message again, after a pause. hear tolerates repeats. Receive returns nil when ctx ended, and an
	// error only when going on is useless (a wrong token or password).
	Receive(ctx context.Context, cursor string, hear func(context.Context, Message) error) error
	// Send delivers one reply and returns the network's reference of the sent message, for later edits.
	// key is the delivery's identity (mail: becomes the Message-ID). Errors are temporary unless they wrap
	// ErrUndeliverable or ErrGone; they wrap ErrUncertain when the message may have arrived.
	// No error contains a token, password, name, address or message text.
	Send(ctx context.Context, key string, to Address, r Reply) (ref string, err error)
}

// Editor is a Channel that can change what it sent.
type Editor interface {
	// Edit replaces the message ref. Editing it into what it already says is no error.
	Edit(ctx context.Context, to Address, ref string, r Reply) error
}

// Command is an entry of a command menu.
type Command struct{ Name, Description string }

// Commander is a Channel with a menu of commands, per language ("" for the default).
type Commander interface {
	SetCommands(ctx context.Context, lang string, commands []Command) error
}

// PersonalCommander is a Commander that can show one person another menu than everybody's.
type PersonalCommander interface {
	// SetMenu sets the menu in one chat; without commands it returns to the general one.
	SetMenu(ctx context.Context, to Address, lang string, commands []Command) error
}

// Profile is what people see of us before they write, in one language ("" for all others).
type Profile struct {
	Lang        string
	Name        string
	Description string // shown before the first message
	About       string // shown beside the name, and with links
}

// Profiler is a Channel that can say who we are.
type Profiler interface {
	// SetProfile changes what differs; empty fields stay as they are.
	SetProfile(ctx context.Context, p Profile) error
}

// Watched is a Channel that knows when its network last answered it; zero: not yet.
type Watched interface{ LastSeen() time.Time }

// Linker is a Channel that has links which open a conversation with us.
type Linker interface {
	// Link opens a conversation that begins with start as Message.Start; "" while we do not know our own name.
	Link(start string) string
}

// Postbox is a Channel that is written to at a mail address.
type Postbox interface{ Mailbox() string }

// Noticer is a Channel that can acknowledge a pressed button at once, before the answer is known.
type Noticer interface {
	// Notice must be called for every press and never waits for the turn it belongs to.
	Notice(ctx context.Context, m Message) error
}

// Paced is a Channel whose network limits how much may be sent. What may not be sent yet then need not be claimed,
// so that something more urgent can still overtake it. Urgent is what answers somebody, or cannot wait; a small part
// of the pace is kept for it.
type Paced interface {
	// Slots tells how many messages may be sent now, and, when none, when to ask again.
	Slots(now time.Time, urgent bool) (n int, next time.Time)
	// Reserve takes a slot for the delivery key, so that Send with that key will not be held back, and returns 0.
	// Otherwise it takes nothing and returns how long to wait for this address. Sending without a reservation is
	// allowed: Send then takes an urgent slot itself, or returns *RetryAfter. For an edit the key is EditKey.
	Reserve(now time.Time, key string, to Address, urgent bool) (wait time.Duration)
}

// EditKey is the key under which a slot for an edit is reserved.
func EditKey(to Address, ref string) string { return "edit/" + to.ID + "/" + ref }
