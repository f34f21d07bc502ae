package storage

import (
	"context"
	"encoding/json"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// Arrival is an inbound message as the inbox keeps it. Text and Raw are sealed at rest and are forgotten
// earlier than the identities, which make a late repeat harmless.
type Arrival struct {
	Channel, Account string
	ID               string // channels.Message.ID
	Dedupe           string // channels.Message.Dedupe, "" if there is none
	From             channels.Address
	Kind             channels.Kind
	Text             string
	Raw              []byte
	At               time.Time
}

// Inbox makes the repeat of a message harmless.
type Inbox interface {
	// Accept records the message; fresh is false if its ID or its Dedupe was accepted before at this account.
	// Identities are kept as keyed hashes.
	Accept(ctx context.Context, a Arrival) (fresh bool, err error)
	// Fail counts a failed attempt to handle a message that was not accepted, and returns how many there were.
	Fail(ctx context.Context, channel, account, id string, at time.Time) (attempts int, err error)
	// Forget erases texts and raw contents of messages accepted before t, never their identities, and
	// the counts of failures.
	Forget(ctx context.Context, t time.Time) (rows int, err error)
}

// Cursors keeps the resume point of each account of a channel.
type Cursors interface {
	Cursor(ctx context.Context, channel, account string) (string, error) // "" if there is none
	SetCursor(ctx context.Context, channel, account, cursor string) error
}

// Class says what a delivery is worth.
type Class string

// The classes of delivery.
const (
	Must Class = "must" // at least once: answers, confirmations, relay, cancellations
	Nice Class = "nice" // at most once: alerts, digests; an uncertain one is not repeated
)

// Priority orders deliveries; smaller first.
type Priority int

// The priorities: MATCHING.md of the design calls for replies, then first waves, later waves, digests.
const (
	ReplyPriority  Priority = 0
	UrgentPriority Priority = 10 // reminders, cancellations, relay
	FirstWave      Priority = 20
	LaterWave      Priority = 30
	DigestPriority Priority = 40
)

// DeliveryState is where a delivery is.
type DeliveryState string

// The states of a delivery.
const (
	Queued    DeliveryState = "queued"
	Sending   DeliveryState = "sending"
	Delivered DeliveryState = "sent"
	Uncertain DeliveryState = "uncertain" // may have arrived; only Nice ones stay so
	Buried    DeliveryState = "buried"    // given up
	Dropped   DeliveryState = "cancelled" // withdrawn before it was sent
)

// Delivery is one message on its way out. Reply is sealed at rest.
type Delivery struct {
	ID       string // set by the store
	Key      string // identity: the same key twice is one delivery
	Person   string // "" for addresses of nobody
	Front    string // fairness between fronts
	To       channels.Address
	Reply    channels.Reply
	Edit     string // network reference of the message to be replaced, "" for a new one
	Class    Class
	Priority Priority
	Rank     int64     // among equal priority: smaller first (unix ms of the deadline), 0 is first
	Subject  string    // what it is about, for Cancel: "posting:<id>"
	Due      time.Time // not before; one after Created is planned for later
	Until    time.Time // of no use from then on: it is dropped instead of sent; zero: never
	Attempts int
	State    DeliveryState
	Ref      string // network reference once sent
	Created  time.Time
	Fence    int64 // of the claim; Settle with an older one is ignored
}

// Claim asks for deliveries to be sent now.
type Claim struct {
	Channel, Account string
	Holder           string // who sends
	Now              time.Time
	Lease            time.Duration // after which the claim is void
	Limit            int
	MaxPriority      Priority           // none above it: the zero value claims replies alone; < 0: all
	Except           []channels.Address // cooling down
}

// Outcome is what became of a claimed delivery.
type Outcome struct {
	ID    string
	Fence int64
	State DeliveryState // Delivered, Queued (again, at Due), Uncertain, Buried, Dropped (of no use any more)
	Ref   string
	Due   time.Time
	Code  string // short cause for operators, no personal data
	At    time.Time
}

// Outbox holds what is to be sent.
type Outbox interface {
	// Enqueue adds deliveries as Queued; one whose key exists, in whatever state, is left as it is.
	Enqueue(ctx context.Context, ds ...Delivery) error
	// Claim takes due deliveries: by priority, rank and age, fair between fronts within a priority, at most one
	// in flight for each address and in the order in which they were enqueued among those of one priority:
	// one that has to be sent again holds up those behind it, one that is planned for later does not.
	// Expired claims are settled first: Must ones are queued again, Nice ones become Uncertain.
	Claim(ctx context.Context, c Claim) ([]Delivery, error)
	// Recover settles all claims of the account as expired. Whoever has just got the lease of the account
	// calls it, so that what a dead process was sending need not wait for the end of its claims.
	Recover(ctx context.Context, channel, account string, now time.Time) (rows int, err error)
	// Settle records outcomes. A Must delivery with Uncertain is queued again. The outcome of an expired claim
	// counts as long as nobody has claimed the delivery since.
	Settle(ctx context.Context, os ...Outcome) error
	// Cancel withdraws what is about subject, of that class, and not being sent yet. It returns how many.
	Cancel(ctx context.Context, subject string, class Class) (int, error)
	// NextDue is when the next delivery of the account may be claimed: now, when the next one is due, or when
	// a claim ends that holds others up; zero if there is none.
	NextDue(ctx context.Context, channel, account string, now time.Time) (time.Time, error)
}

// Sent looks up what was sent.
type Sent interface {
	ByKey(ctx context.Context, key string) (Delivery, error)
	// ByRef finds the latest delivery with the network's reference at an address.
	ByRef(ctx context.Context, to channels.Address, ref string) (Delivery, error)
	// About lists deliveries with a subject in any of the states (none: all), oldest first.
	About(ctx context.Context, subject string, states ...DeliveryState) ([]Delivery, error)
	// OfPerson lists what a person was sent, oldest first.
	OfPerson(ctx context.Context, person string, states ...DeliveryState) ([]Delivery, error)
	// Count tells how many deliveries are in each state.
	Count(ctx context.Context) (map[DeliveryState]int, error)
	// ForgetSent erases the texts of deliveries settled before t, never their keys.
	ForgetSent(ctx context.Context, t time.Time) (rows int, err error)
}

// Conversations keeps the state between two turns, per address. States are sealed at rest.
type Conversations interface {
	// Load returns the zero State (Rev 0) for an address that never spoke. In Update it keeps other turns of
	// the address out until the transaction ends.
	Load(ctx context.Context, a channels.Address) (conversations.State, error)
	// Save stores s with Rev+1, if the stored Rev is still s.Rev (0: none is stored); otherwise ErrConflict.
	Save(ctx context.Context, a channels.Address, s conversations.State) error
	// Idle lists addresses with open frames that were last touched before t.
	Idle(ctx context.Context, before time.Time, limit int) ([]channels.Address, error)
	// Drop forgets the conversation.
	Drop(ctx context.Context, a channels.Address) error
}

// Shown is a set of choices that was shown to somebody. Its ID and the position of a choice make the opaque
// handle of a button.
type Shown struct {
	ID       string // 80 random bits
	Address  channels.Address
	Person   string
	Flow     string // the flow that waits for the answer; "" where every choice opens one
	Prompt   string
	Choices  []channels.Choice
	Delivery string // key of the delivery it went out with
	At       time.Time
}

// ShownChoices remembers the choices shown, so that "2" means what stood there as 2.
type ShownChoices interface {
	Put(ctx context.Context, s Shown) error
	Get(ctx context.Context, id string) (Shown, error)
	// Latest lists what was shown at an address, newest first.
	Latest(ctx context.Context, a channels.Address, limit int) ([]Shown, error)
	ForgetShown(ctx context.Context, before time.Time) (rows int, err error)
}

// Token is a secret handed out: an invitation, a link between addresses, a confirmation, an unsubscribe link.
type Token struct {
	Hash    string // of the secret, set by the store; the secret itself is never stored
	Kind    string
	Subject string // what it is for
	Person  string
	Data    json.RawMessage // sealed at rest
	Expires time.Time       // zero: never
	Uses    int             // how often it may still be used; < 0: any number
}

// Tokens keeps secrets handed out.
type Tokens interface {
	PutToken(ctx context.Context, secret string, t Token) error
	// Peek returns a valid token without using it; ErrNotFound if it is unknown, used up or expired.
	Peek(ctx context.Context, kind, secret string, now time.Time) (Token, error)
	// Take uses the token once; Uses is what remains.
	Take(ctx context.Context, kind, secret string, now time.Time) (Token, error)
	Revoke(ctx context.Context, kind, subject string) (int, error)
	ForgetTokens(ctx context.Context, expiredBefore time.Time) (int, error)
}

// Timer is something to happen later.
type Timer struct {
	Key     string // identity: setting it again replaces it
	Kind    string
	Subject string // what it is about, for ClearTimers
	Address channels.Address
	Due     time.Time
	Data    json.RawMessage `json:",omitempty"`
}

// Timers are rows with a due time.
type Timers interface {
	SetTimer(ctx context.Context, t Timer) error
	ClearTimer(ctx context.Context, key string) error
	ClearTimers(ctx context.Context, subject string) (int, error)
	// TakeDue removes and returns timers that are due, earliest first. The transaction that takes them also
	// does what they are for.
	TakeDue(ctx context.Context, now time.Time, limit int) ([]Timer, error)
	NextTimer(ctx context.Context) (time.Time, error) // zero if there is none
}

// Jobs are runs of recurring work, unique per job and local date.
type Jobs interface {
	// StartJob claims the run; false if it is done, or running and leased.
	StartJob(ctx context.Context, job, date, holder string, now time.Time, lease time.Duration) (bool, error)
	// FinishJob closes a run that was started, else ErrNotFound.
	FinishJob(ctx context.Context, job, date string, at time.Time, result string) error
	// LastJob is the finished run with the latest date; "" and zero if there is none.
	LastJob(ctx context.Context, job string) (date string, finished time.Time, err error)
}

// Change is one committed change of a posting or a subscription.
type Change struct {
	Seq      int64
	Kind     string // "posting", "subscription"
	ID       string
	Revision int64
	Gone     bool // a posting that is not visible, a subscription that is stopped or removed
	At       time.Time
}

// Changes is the feed that indexes follow. Sequence numbers may become visible out of order; readers read
// the last minute again.
type Changes interface {
	After(ctx context.Context, seq int64, limit int) ([]Change, error)
	LastSeq(ctx context.Context) (int64, error)
	// Since is the last sequence number at or before t, to begin reading again at; 0 if there is none.
	Since(ctx context.Context, t time.Time) (int64, error)
	ForgetChanges(ctx context.Context, before time.Time) (int, error)
}

// Leases let one process at a time hold a receiver.
type Leases interface {
	// Acquire takes or renews until now + ttl; fence rises with every new holder. ok is false while another
	// one holds it.
	Acquire(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (fence int64, ok bool, err error)
	Release(ctx context.Context, name, holder string) error
}

// Counters count within windows of time, for limits.
type Counters interface {
	// Bump adds n to the window that contains now and returns the new sum. Windows begin at multiples of
	// their length since 1970 UTC. The key is kept as a keyed hash.
	Bump(ctx context.Context, key string, window time.Duration, now time.Time, n int) (int, error)
	ForgetCounters(ctx context.Context, before time.Time) (int, error)
}

// Entry is a line of the audit trail. It names ids, never texts. Detail is sealed at rest.
type Entry struct {
	ID, Front, Actor, Action, Subject string
	Detail                            json.RawMessage
	At                                time.Time
}

// Audit is append-only.
type Audit interface {
	Append(ctx context.Context, e Entry) error
	Entries(ctx context.Context, front, subject string, limit int) ([]Entry, error) // newest first; "" means any
}
