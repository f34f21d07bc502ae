package storage

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// Person is one human, sealed at rest as a whole. Like that of Front, Organisation, Shown and Timer, the stored
// form is JSON with the names of the fields: renaming one needs a migration.
type Person struct {
	ID             string
	Front          string // where they first came
	Name           string // first name
	Lang           string // "" not chosen
	Register       string // "" the front's
	Place          matching.Place
	Radius         float64
	Age            int
	Qualifications []matching.Qualification
	Languages      []string
	PerWeek        int // alerts a week, 0: the default
	PerDay         int
	QuietFrom      int // minutes after local midnight; QuietFrom == QuietTo: the default
	QuietTo        int
	Preferred      string // key of the address preferred for alerts (Address.String sealed), "" the last one used
	PausedUntil    time.Time
	Stopped        bool // wants nothing but answers to what they write
	BlockedBy      string
	Created        time.Time
	Active         time.Time       // last wrote
	Extra          json.RawMessage `json:",omitempty"`
	Rev            int64
}

// People keeps persons.
type People interface {
	// Create sets ID if it is empty, and Rev to 1; ErrConflict if the ID exists.
	Create(ctx context.Context, p *Person) error
	Person(ctx context.Context, id string) (Person, error)
	// SavePerson stores p with Rev+1 if the stored Rev is p.Rev, else ErrConflict; it sets p.Rev.
	SavePerson(ctx context.Context, p *Person) error
	// ErasePerson removes the person and everything about them: addresses, conversations, shown choices,
	// subscriptions, alerts, consents, memberships, tokens, timers, texts in inbox and outbox, unsent deliveries;
	// answers are pseudonymised; what they posted privately is withdrawn and blanked, what they posted for an
	// organisation loses its author and contact, and former revisions are removed; a tombstone (keyed hashes of
	// the addresses) stays so that a restored backup can be cleaned again. What others were told about them
	// goes with ForgetSent. ErrNotFound if there is no such person. Whoever is told goodbye is told so by a
	// delivery enqueued afterwards, to the address and to nobody.
	ErasePerson(ctx context.Context, id string, at time.Time) error
	// InactiveSince lists persons who last wrote before t, the longest silent first.
	InactiveSince(ctx context.Context, t time.Time, limit int) ([]string, error)
	// Returned lists persons with an address whose owner was erased after it was first used: they came back
	// with a restored backup. Whoever wrote again after being erased is not among them.
	Returned(ctx context.Context, limit int) ([]string, error)
	// MergePersons moves everything of gone to keep and removes gone; Unions then knows who gone is. Consents stay as
	// they are, each with its front. Of what both have one stays: the answer that binds more, else the later one; the
	// alert that got further; the membership that may do more. ErrNotFound if there is no gone or no keep.
	MergePersons(ctx context.Context, keep, gone string, at time.Time) error
}

// AddressState tells whether an address can be used.
type AddressState string

// The states of an address.
const (
	AddressOpen        AddressState = "open"
	AddressUnconfirmed AddressState = "unconfirmed" // mail: no double opt-in yet
	AddressClosed      AddressState = "closed"      // blocked, bounced, deactivated
)

// AddressRecord is an address of a person. The ID part is sealed at rest and found by keyed hash.
type AddressRecord struct {
	Address channels.Address
	Person  string
	Front   string // the front of the account it belongs to
	State   AddressState
	Cause   string    // why it is closed
	Soft    int       // temporary failures in a row
	Agreed  time.Time // mail: when its owner agreed to be sent alerts and digests there; zero: never
	Wording string    // the version of the words agreed to
	Last    time.Time
	Created time.Time
}

// Addresses keeps who is reached where.
type Addresses interface {
	Owner(ctx context.Context, a channels.Address) (AddressRecord, error)
	SaveAddress(ctx context.Context, r AddressRecord) error              // inserts or replaces
	OfOwner(ctx context.Context, person string) ([]AddressRecord, error) // oldest first
	// MoveAddress renames an address (a group became a supergroup), with its conversation, shown choices, timers
	// and deliveries. What the new address has already (an owner, a conversation) stays.
	MoveAddress(ctx context.Context, from, to channels.Address) error
	// Erased tells whether the address belonged to somebody who was erased, even if they came back since.
	Erased(ctx context.Context, a channels.Address) (bool, error)
}

// Consent is what a person agreed to, at a front.
type Consent struct {
	Person, Front, Kind, Version, Lang string
	At                                 time.Time
	Withdrawn                          time.Time
}

// Consents are kept for each person and front.
type Consents interface {
	// Grant records a consent; one that holds already, in the same version, stays as it is.
	Grant(ctx context.Context, c Consent) error
	// Withdraw ends all versions that hold. The record stays.
	Withdraw(ctx context.Context, person, front, kind string, at time.Time) error
	OfConsenter(ctx context.Context, person string) ([]Consent, error) // oldest first, withdrawn ones too
}

// Front is one municipality's face on the shared backend.
type Front struct {
	ID        string
	Name      string
	Zone      string // IANA name
	Languages []string
	Register  string
	Place     matching.Place
	Area      []string // AGS of its municipalities
	Editors   []string // persons
	Accounts  []string // "telegram:<account>", "email:<account>" …
	Suspended bool
	Face
	Extra json.RawMessage `json:",omitempty"`
	Rev   int64
}

// Fronts keeps the fronts.
type Fronts interface {
	Front(ctx context.Context, id string) (Front, error)
	FrontOf(ctx context.Context, channel, account string) (Front, error)
	AllFronts(ctx context.Context) ([]Front, error) // by ID
	// SaveFront: Rev as with persons; Rev 0 inserts. An account of another front is an ErrConflict.
	SaveFront(ctx context.Context, f *Front) error
}

// Organisation is a club, company, school, initiative or office.
type Organisation struct {
	ID       string
	Front    string
	Name     string
	Actor    matching.Actor
	Verified bool
	Good     int             // postings an editor found good
	Barred   bool            `json:",omitempty"` // an editor decided that nobody may post for it
	Profile  json.RawMessage `json:",omitempty"`
	Created  time.Time
	Rev      int64
}

// Organisations keeps organisations. Folded names are not sealed, everything else is.
type Organisations interface {
	Organisation(ctx context.Context, id string) (Organisation, error)
	// Named finds organisations of a front by folded name: case, accents, punctuation and spaces do not count.
	Named(ctx context.Context, front, name string) ([]Organisation, error)
	SaveOrganisation(ctx context.Context, o *Organisation) error // Rev as with persons; Rev 0 inserts, ID set if empty
	OfFront(ctx context.Context, front string) ([]Organisation, error)
}

// Role of a member.
type Role string

// The roles.
const (
	Owner Role = "owner"
	Helps Role = "member"
)

// Member is somebody who acts for an organisation.
type Member struct {
	Organisation, Person string
	Role                 Role
	Since                time.Time
}

// Members keeps who acts for whom.
type Members interface {
	Join(ctx context.Context, m Member) error // again: changes the role
	Leave(ctx context.Context, organisation, person string) error
	OfOrganisation(ctx context.Context, organisation string) ([]Member, error)
	OfMember(ctx context.Context, person string) ([]Member, error)
}

// PostingQuery selects postings; empty fields do not restrict.
type PostingQuery struct {
	Front, Author, Organisation string
	States                      []matching.PostingState
	Kind                        matching.Kind
	Near                        matching.Point // with Within
	Within                      float64        // km
	EndsBefore                  time.Time      // last date over before; undated ones and those that recur never end
	CreatedFrom, CreatedBefore  time.Time
	Limit                       int // 0: 1000
}

// Postings keeps needs and offers, sealed at rest but for what they are found by.
type Postings interface {
	Posting(ctx context.Context, id string) (matching.Posting, error)
	PostingByCode(ctx context.Context, code string) (matching.Posting, error) // any case, I L O read as digits
	// LockPosting is Posting, and keeps other transactions that lock it out until this one ends.
	LockPosting(ctx context.Context, id string) (matching.Posting, error)
	// SavePosting stores p with Revision+1 if the stored one is p.Revision (0 inserts; ID and Code are set if
	// empty), else ErrConflict; it sets p.Revision and writes a Change and the former revision.
	SavePosting(ctx context.Context, p *matching.Posting, at time.Time) error
	ListPostings(ctx context.Context, q PostingQuery) ([]matching.Posting, error) // newest first
	// StreamPostings yields all visible ones, for building an index. Other calls may come between two of them.
	StreamPostings(ctx context.Context) iter.Seq2[matching.Posting, error]
}

// Subscriptions keeps what people want to be told about. The place is sealed at rest; position,
// which is snapped, and what the index needs are not.
type Subscriptions interface {
	Subscription(ctx context.Context, id string) (matching.Subscription, error)
	// SaveSubscription as SavePosting, without code and former revisions.
	SaveSubscription(ctx context.Context, s *matching.Subscription, at time.Time) error
	// RemoveSubscription writes a Change with the next revision; ErrNotFound if there is none.
	RemoveSubscription(ctx context.Context, id string, at time.Time) error
	OfSubscriber(ctx context.Context, person string) ([]matching.Subscription, error)
	// Around lists subscriptions that are not stopped, whose circle contains the point and that want the
	// category, in no particular order, at most limit (0: all). Paused ones are among them. It is made for up to
	// 100,000 subscriptions; matching beyond that is the index's.
	Around(ctx context.Context, p matching.Point, c matching.Category, limit int) ([]matching.Subscription, error)
	StreamSubscriptions(ctx context.Context) iter.Seq2[matching.Subscription, error]
}

// Positions gives an index what it needs of all subscriptions, fast.
type Positions interface {
	// StreamPositions yields all subscriptions, stopped ones too, in no particular order. No other call may come
	// between two of them.
	StreamPositions(ctx context.Context) iter.Seq2[matching.SubscriptionRow, error]
}

// Answers keeps who answered what. Notes are sealed at rest.
type Answers interface {
	Answer(ctx context.Context, id string) (matching.Answer, error)
	// SaveAnswer as SavePosting, without Change; unique per posting, date and person, else ErrConflict.
	SaveAnswer(ctx context.Context, a *matching.Answer) error
	FindAnswer(ctx context.Context, posting string, date int, person string) (matching.Answer, error)
	OfPosting(ctx context.Context, posting string) ([]matching.Answer, error) // oldest first
	OfAnswerer(ctx context.Context, person string) ([]matching.Answer, error) // newest first
	// Pseudonymise replaces the person and erases notes and addresses of answers whose posting ended before t:
	// its last date, or its last change where it has no dates and is over. It returns how many.
	Pseudonymise(ctx context.Context, before time.Time) (int, error)
}

// AlertState is what became of an alert.
type AlertState string

// The states of an alert.
const (
	AlertQueued    AlertState = "queued"
	AlertSent      AlertState = "sent"
	AlertUncertain AlertState = "uncertain"
	AlertDropped   AlertState = "dropped"
	AlertYes       AlertState = "yes"
	AlertNo        AlertState = "no"
	AlertNever     AlertState = "never"
)

// Alert is one posting told to one person, at most once.
type Alert struct {
	ID, Person, Posting, Subscription, Front string
	Wave                                     int // from 1; 0: told in a digest, which is no alert in the sense of budgets
	State                                    AlertState
	Delivery                                 string // key
	Yes                                      float64
	At, Answered                             time.Time

	// What the chance of a yes rested on, to learn from.
	Heard    float64       // chance that it is heard at all; 0: not known
	KM       float64       // distance
	Inclined float64       // the person's own chance next door; 0: not known
	Rested   time.Duration // since the person's last alert; 0: there was none
	Digest   string        // the latest digest that told of it
}

// Alerts keeps who was told what.
type Alerts interface {
	// Raise records the alert and sets its ID; fresh is false if the person was told of the posting before.
	Raise(ctx context.Context, a *Alert) (fresh bool, err error)
	// SetAlert sets the state, and Answered if that is an answer; ErrNotFound if there is no such alert.
	SetAlert(ctx context.Context, person, posting string, state AlertState, at time.Time) error
	AlertsOf(ctx context.Context, posting string) ([]Alert, error)                 // oldest first
	AlertsTo(ctx context.Context, person string, since time.Time) ([]Alert, error) // oldest first
	// AlertTimes tells when people were alerted to anything, oldest first; dropped alerts and digests do not count.
	AlertTimes(ctx context.Context, persons []string, since time.Time) (map[string][]time.Time, error)
}
