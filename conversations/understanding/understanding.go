// Package understanding turns what somebody wrote into what they meant: an intent
// (need, offer, subscribe, search, answer, other) and a draft with actor,
// category, place, times, people and qualifications. Each field carries its span,
// the rule that found it and a confidence; what is not certain stays empty and is
// returned as a doubt to be asked.
//
// It reads text and tables only. It never touches a clock (the reference time is
// given), a store or a network, keeps nothing of what it read, and says no
// sentence to anybody: doubts are typed, words come from conversations/wording.
package understanding

import (
	"time"

	"ehrenamt/matching"
)

// Intent is what a message is for.
type Intent string

// The intents.
const (
	Need      Intent = "need"      // asks for people, help or things
	Offer     Intent = "offer"     // gives time, skill, things, room
	Subscribe Intent = "subscribe" // wants to be told in future
	Search    Intent = "search"    // wants to be shown now
	Answer    Intent = "answer"    // a reply to something shown: "ja, aber erst ab 16 Uhr"
	Other     Intent = "other"     // thanks, spam, questions about the service, cancellations …
)

// Field names a part of a draft.
type Field string

// The fields.
const (
	FieldNone           Field = ""
	FieldIntent         Field = "intent"
	FieldActor          Field = "actor"
	FieldCarrier        Field = "carrier"
	FieldCategory       Field = "category"
	FieldTasks          Field = "tasks"
	FieldTitle          Field = "title"
	FieldPlace          Field = "place"
	FieldTime           Field = "time" // start, end and recurrence together
	FieldStart          Field = "start"
	FieldEnd            Field = "end"
	FieldRecurrence     Field = "recurrence"
	FieldFlexible       Field = "flexible"
	FieldDeadline       Field = "deadline"
	FieldHelpers        Field = "helpers"
	FieldQualifications Field = "qualifications"
	FieldMinAge         Field = "min_age"
	FieldRadius         Field = "radius"
	FieldThings         Field = "things"
	FieldGroup          Field = "group"
	FieldSlots          Field = "slots"
)

// Moment is a point in time as exact as it was said: with DateOnly, T is the local midnight of a day.
type Moment struct {
	T        time.Time `json:"t"`
	DateOnly bool      `json:"date_only,omitempty"`
}

// IsZero tells that nothing was said.
func (m Moment) IsZero() bool { return m.T.IsZero() }

// Draft is what a message says about a posting, a subscription or a search. Zero values were not said.
type Draft struct {
	Kind     matching.Kind     `json:"kind,omitempty"` // for need and offer
	Actor    matching.Actor    `json:"actor,omitempty"`
	Carrier  string            `json:"carrier,omitempty"` // name of the organisation, where it is named
	Category matching.Category `json:"category,omitempty"`
	Tasks    []matching.Task   `json:"tasks,omitempty"`
	// Categories are all causes named, for searches and subscriptions; the first is Category.
	Categories []matching.Category `json:"categories,omitempty"`

	Title       string `json:"title,omitempty"`       // a noun phrase of at most 60 characters
	Description string `json:"description,omitempty"` // what was written, without greeting, signature and quotation

	Place      *matching.Place  `json:"place,omitempty"`
	PlaceNamed string           `json:"place_named,omitempty"` // as it was written
	Places     []matching.Place `json:"places,omitempty"`      // all, the first being Place

	Start      Moment          `json:"start,omitzero"`       // of the first day
	End        Moment          `json:"end,omitzero"`         // of the last day; a DateOnly end is inclusive
	Dates      []matching.Span `json:"dates,omitempty"`      // the same as spans: one for each day or shift
	Recurrence string          `json:"recurrence,omitempty"` // RFC 5545 RRULE value
	Flexible   bool            `json:"flexible,omitempty"`
	Deadline   time.Time       `json:"deadline,omitzero"` // for answering, not of the work
	Slots      matching.Slots  `json:"slots,omitempty"`   // weekdays and parts of the day

	Helpers    *int                     `json:"helpers,omitempty"` // upper bound of a range
	HelpersMin *int                     `json:"helpers_min,omitempty"`
	Required   []matching.Qualification `json:"required,omitempty"` // of offers: what they can do
	Welcome    []matching.Qualification `json:"welcome,omitempty"`
	MinAge     *int                     `json:"min_age,omitempty"`
	Radius     *float64                 `json:"radius,omitempty"` // km
	Things     []string                 `json:"things,omitempty"`
	GroupMin   int                      `json:"group_min,omitempty"`
	GroupMax   int                      `json:"group_max,omitempty"`
	StepFree   bool                     `json:"step_free,omitempty"`
}

// Found tells where in the text a field was read, by which rule and how surely (0 to 1).
type Found struct {
	Field      Field   `json:"field"`
	From       int     `json:"from"` // bytes of Request.Text; -1 if it came from the subject or the whole
	To         int     `json:"to"`
	Rule       string  `json:"rule"`
	Confidence float64 `json:"confidence"`
	Value      string  `json:"value"`
}

// DoubtKind says why something has to be asked.
type DoubtKind string

// The doubts.
const (
	WeekdayDisagrees DoubtKind = "weekday_disagrees" // "Samstag, 6.12." and the 6th is a Sunday
	NoSuchDay        DoubtKind = "no_such_day"       // 31 February
	InThePast        DoubtKind = "in_the_past"       // a date with a year that is over
	FarAhead         DoubtKind = "far_ahead"         // the next such day is most of a year away
	SeveralReadings  DoubtKind = "several_readings"  // the readings are in Doubt.Values
	EndBeforeStart   DoubtKind = "end_before_start"
	OutOfRange       DoubtKind = "out_of_range" // a radius of 5000 km, 800 helpers, age 130
	Vague            DoubtKind = "vague"        // "ein paar Leute"
	UnknownPlace     DoubtKind = "unknown_place"
	AmbiguousPlace   DoubtKind = "ambiguous_place" // the candidates are in Draft.Places
)

// Doubt is something to be asked instead of guessed.
type Doubt struct {
	Field  Field     `json:"field"`
	Kind   DoubtKind `json:"kind"`
	Text   string    `json:"text,omitempty"` // the words in doubt
	Values []Moment  `json:"values,omitempty"`
}

// Condition is what somebody attaches to a yes: "ja, aber erst ab 16 Uhr", "wir kommen zu dritt".
type Condition struct {
	Yes   bool   `json:"yes,omitempty"`
	No    bool   `json:"no,omitempty"`
	From  Moment `json:"from,omitzero"`
	Until Moment `json:"until,omitzero"`
	Party int    `json:"party,omitempty"` // how many come, 0 if not said
	Note  string `json:"note,omitempty"`  // the condition as written
}

// Reading is the outcome.
type Reading struct {
	Intent           Intent    `json:"intent"`
	IntentConfidence float64   `json:"intent_confidence"`
	Lang             string    `json:"lang"` // de, en, tr, uk
	Plain            bool      `json:"plain,omitempty"`
	Draft            Draft     `json:"draft"`
	Found            []Found   `json:"found,omitempty"`
	Doubts           []Doubt   `json:"doubts,omitempty"`
	Condition        Condition `json:"condition,omitzero"`
	Until            time.Time `json:"until,omitzero"`    // searches: how long somebody has time
	Cadence          string    `json:"cadence,omitempty"` // subscriptions: now, daily, weekly
	Changed          []Field   `json:"changed,omitempty"` // corrections: what is different from Base
}

// Request is one message with what is known about it.
type Request struct {
	Text    string
	Subject string
	Channel string         // "email", "telegram" …
	Lang    string         // of the person, if known; the text decides first
	Now     time.Time      // the reference time, in the zone of the front
	Front   matching.Place // municipality and point of the front
	Expect  Field          // what a form has just asked for; bare answers are read as that
	Base    *Draft         // the draft being corrected or completed
	Kind    Intent         // the kind of form that is being filled, if any
}
