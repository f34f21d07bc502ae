package storage

import (
	"context"
	"encoding/json"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// TelegramUse says what of a front may go over Telegram.
type TelegramUse string

// The uses of Telegram.
const (
	TelegramFull    TelegramUse = ""        // everything that goes anywhere
	TelegramMinimal TelegramUse = "minimal" // of postings title and code alone, of people nothing
	TelegramOff     TelegramUse = "off"     // its bots are not run
)

// Face is how a front looks and speaks, and where it ends; part of Front.
type Face struct {
	Accent     string                       `json:",omitempty"` // "#rrggbb": ground of heads and buttons
	Ink        string                       `json:",omitempty"` // "#rrggbb": words on it; their contrast was checked
	Off        []matching.Category          `json:",omitempty"` // categories that are not offered here
	Renamed    map[matching.Category]string `json:",omitempty"` // in the first language of the front
	Landmarks  []Landmark                   `json:",omitempty"`
	Towns      []string                     `json:",omitempty"` // names of the municipalities of Area, as matching.Place has them
	Neighbours []string                     `json:",omitempty"` // ids of fronts that people are pointed to
	Telegram   TelegramUse                  `json:",omitempty"`
	State      string                       `json:",omitempty"` // ISO 3166-2:DE, "NW": whose holidays editors have
	Page       string                       `json:",omitempty"` // where its pages are, "" for those of the operator
	Group      channels.Address             `json:",omitzero"`  // group chat of the editors
	Texts      map[string]string            `json:",omitempty"` // by kind: the version in force
	Asks       string                       `json:",omitempty"` // the version of the terms everybody has to have agreed to
	AskedFrom  time.Time                    `json:",omitzero"`  // since when: what was agreed to before no longer counts
	Since      time.Time                    `json:",omitzero"`  // of the suspension
}

// Landmark is a name people of a front use for a point.
type Landmark struct {
	Name  string
	Point matching.Point
}

// FrontSecret is an account of a front with all that is needed to run it. Settings are sealed at rest.
type FrontSecret struct {
	Channel, Account, Front string
	Settings                json.RawMessage
	Rev                     int64
}

// FrontSecrets keeps the accounts that fronts bring with them.
type FrontSecrets interface {
	SaveSecret(ctx context.Context, s *FrontSecret) error // Rev as with persons; Rev 0 inserts
	RemoveSecret(ctx context.Context, channel, account string) error
	AllSecrets(ctx context.Context) ([]FrontSecret, error) // by front, channel and account
}

// Kinds of texts of a front.
const (
	PrivacyText = "privacy"
	TermsText   = "terms"
	ImprintText = "imprint"
)

// FrontText is a text of a front in one language and version.
type FrontText struct {
	Front, Kind, Lang, Version, Text string
	Asks                             bool // whoever agreed to an earlier one is asked again
	At                               time.Time
}

// FrontTexts is append-only: what somebody agreed to can be read for ever.
type FrontTexts interface {
	AddText(ctx context.Context, t FrontText) error // ErrConflict if that version exists in that language
	// TextOf finds a version in a language, or in the first one it was written in; ErrNotFound if there is none.
	TextOf(ctx context.Context, front, kind, version, lang string) (FrontText, error)
	TextsOf(ctx context.Context, front string) ([]FrontText, error) // oldest first
}

// FrontArms keeps the picture of a front.
type FrontArms interface {
	SaveArms(ctx context.Context, front, mediaType string, picture []byte, at time.Time) error
	Arms(ctx context.Context, front string) (mediaType string, picture []byte, err error) // ErrNotFound if there is none
}

// CaseKind says what has to be decided.
type CaseKind string

// The kinds of cases.
const (
	PostingCase      CaseKind = "posting"      // may it go out?
	OrganisationCase CaseKind = "organisation" // is it who it says it is?
	ReportCase       CaseKind = "report"       // somebody reports a posting, a person, or what is written in a thread
	ComplaintCase    CaseKind = "complaint"    // somebody complains about a decision
)

// CaseState is where a case is.
type CaseState string

// The states of a case.
const (
	CaseOpen    CaseState = "open"
	CaseDecided CaseState = "decided"
	CaseDropped CaseState = "dropped" // nothing is left to decide
)

// Case is something editors of a front decide. All but what it is found by is sealed at rest.
type Case struct {
	ID, Front string
	Kind      CaseKind
	Subject   string // "posting:<id>", "organisation:<id>", "person:<id>", "thread:<id>", "case:<id>"
	Person    string // who brought it, "" for nobody
	About     string // the person it is about, "" for nobody
	State     CaseState
	Why       []string // what drew attention to it
	Text      string   // of whoever brought it
	Asked     []string // editors asked so far, the present one last
	Operator  bool     // nobody decided in time: operators may
	Verdict   string
	Reason    string
	DecidedBy string
	Opened    time.Time
	Decided   time.Time
	Rev       int64
}

// Cases keeps what waits for editors and what they decided.
type Cases interface {
	// SaveCase: Rev as with persons; Rev 0 inserts, ID is set if empty.
	SaveCase(ctx context.Context, c *Case) error
	Case(ctx context.Context, id string) (Case, error)
	OpenCases(ctx context.Context, front string, limit int) ([]Case, error)    // oldest first; "": of all fronts
	CasesAbout(ctx context.Context, subject string, limit int) ([]Case, error) // newest first
	CasesOf(ctx context.Context, person string, limit int) ([]Case, error)     // brought by them or about them, newest first
	// ForgetCases removes those that were over before t.
	ForgetCases(ctx context.Context, t time.Time) (int, error)
}

// Block keeps somebody out of a front.
type Block struct {
	Front, Person string
	Until, At     time.Time // Until zero: for good
	By, Reason    string    // sealed at rest
}

// Blocks keeps who is kept out. A block holds for every address the person has when it is set and for all they add;
// the keyed hashes of their addresses stay when the person is erased, so that nobody comes back by being forgotten.
type Blocks interface {
	SetBlock(ctx context.Context, b Block) error
	// Blocked finds a block of the person, or of one of the address, that holds now; ErrNotFound if there is none.
	Blocked(ctx context.Context, front, person string, a channels.Address, now time.Time) (Block, error)
	LiftBlock(ctx context.Context, front, person string) (rows int, err error)
	BlocksOf(ctx context.Context, front string, limit int) ([]Block, error) // one for each person known, newest first
}

// Operators keeps who runs the whole, as persons.
type Operators interface {
	AddOperator(ctx context.Context, person string, at time.Time) error
	RemoveOperator(ctx context.Context, person string) error
	AllOperators(ctx context.Context) ([]string, error) // longest first
}
