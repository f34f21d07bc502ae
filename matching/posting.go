package matching

import (
	"errors"
	"fmt"
	"time"
)

// PostingState is where a posting is in its life.
type PostingState string

// The states of a posting.
const (
	Draft     PostingState = "draft"
	Review    PostingState = "review"    // waits for an editor
	Open      PostingState = "open"      // visible, looking for people
	Filled    PostingState = "filled"    // visible, every place taken
	Done      PostingState = "done"      // over, and it took place
	Withdrawn PostingState = "withdrawn" // taken back by its author
	Expired   PostingState = "expired"   // over or no longer renewed
	Rejected  PostingState = "rejected"  // refused by an editor; can be mended
)

// PostingStates lists all states in the order of a life.
var PostingStates = []PostingState{Draft, Review, Open, Filled, Done, Withdrawn, Expired, Rejected}

var postingSteps = map[PostingState][]PostingState{
	Draft:    {Review, Open, Withdrawn, Expired},
	Review:   {Open, Rejected, Withdrawn, Expired},
	Open:     {Review, Filled, Done, Withdrawn, Expired, Rejected},
	Filled:   {Review, Open, Done, Withdrawn, Expired, Rejected},
	Rejected: {Review, Open, Withdrawn},
	Expired:  {Open, Review, Withdrawn},
}

// ErrStep is returned when a step may not follow the present state.
var ErrStep = errors.New("step not allowed")

// To checks that the posting may go from one state to another.
func (s PostingState) To(next PostingState) error {
	for _, n := range postingSteps[s] {
		if n == next {
			return nil
		}
	}
	return fmt.Errorf("posting %s to %s: %w", s, next, ErrStep)
}

// Visible tells whether the posting may be shown and found.
func (s PostingState) Visible() bool { return s == Open || s == Filled }

// Hidden tells whether nobody but its author and editors may know of the posting.
func (s PostingState) Hidden() bool { return s == Draft || s == Review || s == Rejected }

// Over tells whether nothing further happens to the posting by itself.
func (s PostingState) Over() bool { return s == Done || s == Withdrawn || s == Expired }

// Posting is a need or an offer.
type Posting struct {
	ID           string       `json:"id"`
	Code         string       `json:"code"` // 10 characters of Crockford's base 32, what people see
	Front        string       `json:"front"`
	Author       string       `json:"author"`       // person
	Organisation string       `json:"organisation"` // "" when somebody posts privately
	Carrier      string       `json:"carrier"`      // the name shown as "for whom"
	Actor        Actor        `json:"actor"`
	Kind         Kind         `json:"kind"`
	State        PostingState `json:"state"`
	Revision     int64        `json:"revision"` // rises with every change

	Title       string          `json:"title"`
	Description string          `json:"description"`
	Category    Category        `json:"category"`
	Tasks       []Task          `json:"tasks,omitempty"`
	Place       Place           `json:"place"`
	Dates       []Span          `json:"dates,omitempty"`      // none: undated
	Recurrence  string          `json:"recurrence,omitempty"` // RFC 5545 RRULE value; Dates[0] is the first occurrence
	Exceptions  []Exception     `json:"exceptions,omitempty"` // single dates that are left out or moved
	Keys        int             `json:"keys,omitempty"`       // keys given to dates so far, see KeepKeys
	Flexible    bool            `json:"flexible,omitempty"`   // times by agreement
	Places      int             `json:"places"`               // places per date; 0: any number
	PlacesMin   int             `json:"places_min,omitempty"`
	Required    []Qualification `json:"required,omitempty"`
	Welcome     []Qualification `json:"welcome,omitempty"`
	MinAge      int             `json:"min_age,omitempty"`
	Languages   []string        `json:"languages,omitempty"`  // ISO 639-1, any of them suffices
	Accessible  *bool           `json:"accessible,omitempty"` // nil: not said
	Radius      float64         `json:"radius,omitempty"`     // offers: how far one would go, km
	Things      []string        `json:"things,omitempty"`     // what is lent or needed
	Terms       Terms           `json:"terms,omitzero"`
	Lending     *Lending        `json:"lending,omitempty"` // the calendar of what is lent; such a posting has no dates
	GroupMin    int             `json:"group_min,omitempty"`
	GroupMax    int             `json:"group_max,omitempty"`

	// Only for people accepted.
	Address string `json:"address,omitempty"`
	Private string `json:"private,omitempty"`
	Contact string `json:"contact,omitempty"`

	AutoAccept bool      `json:"auto_accept"`
	Created    time.Time `json:"created"`
	Published  time.Time `json:"published,omitzero"`
	FilledAt   time.Time `json:"filled_at,omitzero"` // when every place was taken for the first time
	Lease      time.Time `json:"lease,omitzero"`     // undated postings: shown until then
	External   int       `json:"external,omitempty"` // places of every date given away elsewhere

	Outside  map[int]int `json:"outside,omitempty"`  // further places given away elsewhere, by the date's key
	Anyway   []int       `json:"anyway,omitempty"`   // keys of dates that take place with fewer people than PlacesMin
	Imported bool        `json:"imported,omitempty"` // came with a list, and nobody has taken it over yet
	Reason   string      `json:"reason,omitempty"`   // of the rejection
}

// Terms are what goes with things that are lent and with groups that come, in the words in which it was said. They
// are public.
type Terms struct {
	Deposit   string `json:"deposit,omitempty"`
	Insurance string `json:"insurance,omitempty"`
	Pickup    string `json:"pickup,omitempty"`
	Ages      string `json:"ages,omitempty"`     // of a class or group
	Duration  string `json:"duration,omitempty"` // of a project
}

// SpontaneousWithin is how soon a dated need must start to be spontaneous.
const SpontaneousWithin = 72 * time.Hour

// Spontaneous tells whether this is a dated need that starts soon.
func (p *Posting) Spontaneous(now time.Time, zone *time.Location) bool {
	s, ok := p.Next(now, zone)
	return p.Kind == Need && ok && s.Start.Sub(now) <= SpontaneousWithin
}

// Dated tells whether the posting has dates.
func (p *Posting) Dated() bool { return len(p.Dates) > 0 }

// Public is the posting without what only accepted people may know, and without what editors said to its author.
func (p Posting) Public() Posting {
	p.Address, p.Private, p.Contact, p.Author, p.Reason = "", "", "", "", ""
	return p
}

// AnswerState is where one person's answer to one posting stands.
type AnswerState string

// The states of an answer.
const (
	Interested AnswerState = "interested" // waits for the other side
	Accepted   AnswerState = "accepted"
	Waiting    AnswerState = "waiting" // on the waiting list
	Offered    AnswerState = "offered" // a place from the waiting list is held for them
	Declined   AnswerState = "declined"
	Confirmed  AnswerState = "confirmed" // reminded, and said again that they come
	Attended   AnswerState = "attended"
	NoShow     AnswerState = "no_show"
	Cancelled  AnswerState = "cancelled" // by the one who answered
	Refused    AnswerState = "refused"   // "Diesmal nicht"
	Lapsed     AnswerState = "lapsed"    // the posting ended before anything came of it
)

// AnswerStates lists all states of an answer.
var AnswerStates = []AnswerState{Interested, Accepted, Waiting, Offered, Declined, Confirmed, Attended, NoShow, Cancelled, Refused, Lapsed}

var answerSteps = map[AnswerState][]AnswerState{
	Interested: {Accepted, Waiting, Declined, Cancelled, Lapsed},
	Waiting:    {Offered, Interested, Accepted, Declined, Cancelled, Lapsed},
	Offered:    {Accepted, Waiting, Declined, Cancelled, Lapsed},
	Accepted:   {Confirmed, Declined, Cancelled, Attended, NoShow, Interested, Lapsed},
	Confirmed:  {Accepted, Declined, Cancelled, Attended, NoShow, Interested, Lapsed},
	Refused:    {Interested, Accepted, Waiting},
	Cancelled:  {Interested, Accepted, Waiting},
	Declined:   {Accepted},
	Lapsed:     {Interested, Accepted, Waiting}, // the offer or the posting came back
	Attended:   {NoShow},
	NoShow:     {Attended},
}

// To checks that an answer may go from one state to another.
func (s AnswerState) To(next AnswerState) error {
	for _, n := range answerSteps[s] {
		if n == next {
			return nil
		}
	}
	return fmt.Errorf("answer %s to %s: %w", s, next, ErrStep)
}

// Takes tells whether an answer in this state takes a place.
func (s AnswerState) Takes() bool {
	return s == Accepted || s == Confirmed || s == Offered || s == Attended || s == NoShow
}

// Live tells whether the answer still waits for something.
func (s AnswerState) Live() bool {
	return s == Interested || s == Accepted || s == Waiting || s == Offered || s == Confirmed
}

// Answer is one person's reply to one date of one posting, or to all of them.
type Answer struct {
	ID       string      `json:"id"`
	Posting  string      `json:"posting"`
	Date     int         `json:"date"` // Span.Key of the date, EveryDate for a whole series; 0 for undated ones
	Person   string      `json:"person"`
	Address  string      `json:"address"` // the address used to answer
	State    AnswerState `json:"state"`
	Party    int         `json:"party"`          // how many people come, at least 1
	Note     string      `json:"note,omitempty"` // "erst ab 16 Uhr"
	Created  time.Time   `json:"created"`
	Changed  time.Time   `json:"changed"`
	HeldTill time.Time   `json:"held_till,omitzero"`
	Revision int64       `json:"revision"`

	Queued   time.Time `json:"queued,omitzero"`    // since when they wait
	Held     int       `json:"held,omitempty"`     // places held for them while Offered, where fewer than Party
	Whole    bool      `json:"whole,omitempty"`    // on the waiting list: only all together
	Approved bool      `json:"approved,omitempty"` // the other side has said yes already
	Pending  bool      `json:"pending,omitempty"`  // has a place; the other side is asked about the note
	Asked    time.Time `json:"asked,omitzero"`     // has a place; asked since then whether a change still suits them
	Away     []Span    `json:"away,omitempty"`     // of a series: times at which they do not come
}

// Seats is how many places the answer takes, or would take.
func (a *Answer) Seats() int {
	if a.State == Offered && a.Held > 0 {
		return a.Held
	}
	return max(1, a.Party)
}

// On tells whether the answer is about a date: given to it, or to the whole series without being away then.
func (a *Answer) On(d Span) bool {
	if a.Date != EveryDate {
		return a.Date == d.Key
	}
	for _, w := range a.Away {
		if d.Start.Before(w.End) && !d.Start.Before(w.Start) {
			return false
		}
	}
	return true
}
