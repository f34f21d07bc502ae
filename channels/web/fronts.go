package web

import (
	"context"
	"errors"
	"time"
)

// ErrNone is what a Showcase returns for what is not there, or not for everybody.
var ErrNone = errors.New("web: no such page")

// Front is a municipality's front as its pages show it.
type Front struct {
	ID, Name, Place string
	Langs           []string // its own first
	Accent, Ink     string   // "#rrggbb", checked to be readable; "" for ours
	Arms            string   // version of its picture, "" for none
	Telegram, Mail  string   // where it is written to, "" where it is not
	Page            string   // absolute address of its pages, "" if not known
	Own             bool     // Page is a host of its own: its pages are at its root
	Texts           []string // kinds of texts it has: imprint, privacy, terms
	Neighbours      []Front
	Suspended       bool
}

// Posting is a need or an offer as anybody may see it.
type Posting struct {
	Code, Kind, Category           string // Kind is need or offer, Category an id
	Title, When, Place, Carrier    string
	CategoryName, State, Elsewhere string
	Facts, Taken                   []string
	Description, Telegram          string
	Dated                          bool
	Dates                          []Date
}

// Date is a date of a posting.
type Date struct {
	Start time.Time // in the zone of the front
	When  string
}

// Showcase has what pages show to everybody.
type Showcase interface {
	Fronts(ctx context.Context) ([]Front, error)
	Front(ctx context.Context, id, host string) (Front, error) // by id, or by host where id is ""
	Listed(ctx context.Context, front, lang string) ([]Posting, error)
	Posting(ctx context.Context, front, code, lang string) (Posting, error)
	PostingCalendar(ctx context.Context, front, code, lang string) ([]byte, error) // RFC 5545
	Text(ctx context.Context, front, kind, lang string) (words, version string, err error)
	Arms(ctx context.Context, front string) (mediaType string, picture []byte, err error)
}
