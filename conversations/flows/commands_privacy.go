package flows

import (
	"time"

	"ehrenamt/matching"
)

// What flows may ask for about what is known of a person.

// Export asks for everything that is known about the person, sent later to the address that asked.
type Export struct{}

// ExportBegun tells that it is being put together.
type ExportBegun struct{}

// ErasureOf asks what would go with the person.
type ErasureOf struct{}

// Erasure is what would go with the person.
type Erasure struct {
	Postings int      // private ones that run and would be withdrawn
	Promises int      // answers that others count on
	Alone    []string // organisations nobody would be left to act for
	Led      []string // organisations somebody else would lead
}

// Erase removes the person and everything about them.
type Erase struct{}

// Erased tells that it is done.
type Erased struct{ Told int } // people who were told that something does not take place

// Stay says that somebody who was silent for long is still there.
type Stay struct{}

// Stayed tells that it was heard.
type Stayed struct{}

// Everything is all that is known about a person, as they are given it. The names of its fields are those
// of the file, and part of what is promised.
type Everything struct {
	Made          time.Time               `json:"made"`
	Person        KnownPerson             `json:"person"`
	Addresses     []KnownAddress          `json:"addresses"`
	Consents      []KnownConsent          `json:"consents"`
	Subscriptions []matching.Subscription `json:"subscriptions"`
	Answers       []KnownAnswer           `json:"answers"`
	Visits        []KnownVisit            `json:"visits"`
	Contacts      []KnownContact          `json:"contacts"`
	Alerts        []KnownAlert            `json:"alerts"`
	Postings      []matching.Posting      `json:"postings"`
	Memberships   []KnownMembership       `json:"memberships"`
	Sent          []KnownMessage          `json:"sent"` // what we wrote, as long as it is kept
}

// KnownPerson is what is known about the person alone.
type KnownPerson struct {
	ID             string                   `json:"id"`
	Front          string                   `json:"front"`
	Name           string                   `json:"name,omitempty"`
	Language       string                   `json:"language,omitempty"`
	Register       string                   `json:"register,omitempty"`
	Place          matching.Place           `json:"place,omitzero"`
	Radius         float64                  `json:"radius,omitempty"`
	Age            int                      `json:"age,omitempty"`
	Qualifications []matching.Qualification `json:"qualifications,omitempty"`
	Languages      []string                 `json:"languages,omitempty"`
	PerWeek        int                      `json:"per_week,omitempty"`
	PerDay         int                      `json:"per_day,omitempty"`
	QuietFrom      int                      `json:"quiet_from,omitempty"`
	QuietTo        int                      `json:"quiet_to,omitempty"`
	PausedUntil    time.Time                `json:"paused_until,omitzero"`
	Stopped        bool                     `json:"stopped,omitempty"`
	Created        time.Time                `json:"created"`
	Active         time.Time                `json:"active"`
	Noted          map[string]any           `json:"noted,omitempty"`
}

// KnownAddress is an address of the person.
type KnownAddress struct {
	Channel string    `json:"channel"`
	Address string    `json:"address"`
	State   string    `json:"state"`
	Cause   string    `json:"cause,omitempty"`
	Since   time.Time `json:"since"`
	Last    time.Time `json:"last"`
	Agreed  time.Time `json:"agreed,omitzero"`   // to alerts there
	Wording string    `json:"wording,omitempty"` // the version agreed to
}

// KnownConsent is what the person agreed to.
type KnownConsent struct {
	Kind      string    `json:"kind"`
	Version   string    `json:"version"`
	Front     string    `json:"front"`
	Language  string    `json:"language,omitempty"`
	At        time.Time `json:"at"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

// KnownAnswer is an answer of the person, with what it was to.
type KnownAnswer struct {
	matching.Answer
	Title string          `json:"title,omitempty"`
	When  []matching.Span `json:"when,omitempty"`
}

// KnownAlert is a posting the person was told of.
type KnownAlert struct {
	Posting  string    `json:"posting"`
	Title    string    `json:"title,omitempty"`
	State    string    `json:"state"`
	At       time.Time `json:"at"`
	Answered time.Time `json:"answered,omitzero"`
}

// KnownMembership is an organisation the person acts for.
type KnownMembership struct {
	Organisation string    `json:"organisation"`
	Name         string    `json:"name"`
	Role         string    `json:"role"`
	Since        time.Time `json:"since"`
}

// KnownMessage is something the person was sent.
type KnownMessage struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// KnownVisit is what both sides say about the person having come.
type KnownVisit struct {
	Title    string    `json:"title"`
	At       time.Time `json:"at"`
	Minutes  int       `json:"minutes"`
	ByPerson string    `json:"by_person,omitempty"` // "yes", "no"
	ByPoster string    `json:"by_poster,omitempty"`
	Feels    string    `json:"feels,omitempty"`
}

// KnownContact is what the person wanted the other side of a thread to have.
type KnownContact struct {
	Title   string `json:"title"`
	Contact string `json:"contact"`
}
