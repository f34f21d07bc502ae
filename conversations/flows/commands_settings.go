package flows

import (
	"time"

	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// LookAtMe asks for Profile.
type LookAtMe struct{}

// Profile is everything about the person that they may change by a message.
type Profile struct {
	Name           string                   `json:"name,omitempty"`
	Age            int                      `json:"age,omitempty"`
	Place          matching.Place           `json:"place,omitzero"`
	Qualifications []matching.Qualification `json:"qualifications,omitempty"`
	PerWeek        int                      `json:"per_week,omitempty"`
	PerDay         int                      `json:"per_day,omitempty"`
	QuietFrom      int                      `json:"quiet_from,omitempty"` // minutes after midnight
	QuietTo        int                      `json:"quiet_to,omitempty"`
	PausedUntil    time.Time                `json:"paused_until,omitzero"`
	Stopped        bool                     `json:"stopped,omitempty"`
	Subscriptions  []matching.Subscription  `json:"subscriptions,omitempty"`
	Muted          []MutedCarrier           `json:"muted,omitempty"`
	Addresses      []AddressOf              `json:"addresses,omitempty"`
}

// MutedCarrier is somebody the person does not want to hear of; Name is "" for somebody private.
type MutedCarrier struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Adjust asks to change how the person is told and spoken to.
type Adjust struct {
	Wishes       understanding.Wishes  `json:"wishes"`
	Subscription string                `json:"subscription,omitempty"` // what is about one: this one; "": all of them
	Place        *matching.Place       `json:"place,omitempty"`
	Categories   []matching.Category   `json:"categories,omitempty"` // named, see Topics of the wishes
	Unmute       []string              `json:"unmute,omitempty"`     // ids
	Bad          []understanding.Doubt `json:"bad,omitempty"`
}

// Adjusted tells what is so now.
type Adjusted struct {
	Profile Profile
	Ended   string // name of the place of a subscription given up
	Bad     []understanding.Doubt
}

// LessWhy is what somebody wants less of.
type LessWhy string

// The reasons for wanting less.
const (
	LessCarrier LessWhy = "carrier" // never from these
	LessTopic   LessWhy = "topic"   // never about this
	LessFar     LessWhy = "far"     // too far away
	LessTime    LessWhy = "time"    // the wrong time of the week
	LessOften   LessWhy = "often"   // too many altogether
)

// Lessen asks to hear less of what a posting is an example of.
type Lessen struct {
	Posting string
	Why     LessWhy
}

// Lessened tells what is so now, and how it was before.
type Lessened struct {
	Why      LessWhy
	Posting  matching.Posting
	Radius   float64
	Slots    matching.Slots // no longer
	PerWeek  int
	Cadence  matching.Cadence
	Stopped  int // subscriptions in which nothing was left
	Before   []Wanted
	NoChange bool
}

// Wanted is the part of a subscription that Lessen changes.
type Wanted struct {
	ID         string              `json:"id"`
	Radius     float64             `json:"radius"`
	Slots      matching.Slots      `json:"slots,omitempty"`
	Categories []matching.Category `json:"categories,omitempty"`
	Muted      []string            `json:"muted,omitempty"`
	PerWeek    int                 `json:"per_week,omitempty"`
	Cadence    matching.Cadence    `json:"cadence,omitempty"`
	Stopped    bool                `json:"stopped,omitempty"`
}

// Restore asks to take Lessen back.
type Restore struct{ Before []Wanted }

// Restored tells that it is so.
type Restored struct{}
