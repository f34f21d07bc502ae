// Package listings reads postings from the tables of other platforms and writes ours for them: CSV, JSON
// and schema.org's JSON-LD. It knows columns, not stores or people: whoever imports decides what becomes of a
// Listing. It opens no file and reads no clock.
package listings

import (
	"errors"
	"fmt"
	"io"
	"time"

	"ehrenamt/matching"
)

// Listing is one posting as a table carries it. Texts that name a category or qualification in words instead
// of by id are left to whoever can read words.
type Listing struct {
	Line int // where the entry begins: the line of a CSV file, the number of an element of JSON, from 1

	ExternalID     string
	Kind           matching.Kind
	Title          string
	Description    string
	Organisation   string
	Actor          matching.Actor
	Category       string // id or words
	Place          string // name
	Postcode       string
	Point          matching.Point
	Address        string // only for people accepted
	Dates          []matching.Span
	Recurrence     string // RFC 5545 RRULE value
	Helpers        int
	MinAge         int
	Qualifications []string // required: ids or words
	Welcome        []string
	Languages      []string // ISO 639-1
	ContactName    string
	ContactEmail   string
	Link           string
	Code           string // only written
}

// Limits of what an entry may hold; whatever is longer is an error of its line, never cut off silently.
const (
	MaxRecord = 1 << 20 // bytes
	MaxTitle  = 200     // characters
	MaxText   = 4000    // characters
	MaxDates  = 60
)

// Why says what is wrong with an entry.
type Why string

// What can be wrong.
const (
	Missing    Why = "missing"
	Malformed  Why = "malformed"
	TooLong    Why = "too long"
	OutOfRange Why = "out of range"
	Broken     Why = "broken syntax"
	Twice      Why = "twice in the file"
	Unknown    Why = "unknown"
)

// LineError is what is wrong with one entry; the next ones can still be read. It never repeats the value.
type LineError struct {
	Line  int
	Field string // "" where it is the whole entry
	Why   Why
}

func (e *LineError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Why)
	}
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Field, e.Why)
}

// ErrFile means that the file as a whole cannot be read.
var ErrFile = errors.New("unreadable file")

// Format is how a file is written.
type Format string

// The formats. JSONLD is only written.
const (
	CSV    Format = "csv"
	JSON   Format = "json"
	JSONLD Format = "jsonld"
)

// Reader yields the entries of a file, one at a time.
type Reader interface {
	// Next returns the next entry, a *LineError for one that is wrong, or io.EOF. Any other error ends the file.
	Next() (Listing, error)
	// Ignored are the columns that were not understood, in their order.
	Ignored() []string
}

// NewReader reads a file of the format. Times without an offset are in zone.
func NewReader(r io.Reader, f Format, zone *time.Location) (Reader, error) {
	switch f {
	case CSV:
		return newCSV(r, zone)
	case JSON:
		return newJSON(r, zone)
	}
	return nil, fmt.Errorf("format %q: %w", f, ErrFile)
}

// Columns are the names of the columns, in the order they are written.
var Columns = []string{
	"external_id", "kind", "title", "description", "organisation", "actor", "category", "place", "postcode", "lat", "lon", "address",
	"start", "end", "recurrence", "helpers", "min_age", "qualifications", "welcome", "languages", "contact_name", "contact_email", "link", "code",
}

// aliases are other names of columns, folded: as lists of municipalities and agencies call them.
var aliases = map[string]string{
	"id": "external_id", "nr": "external_id", "nummer": "external_id", "kennung": "external_id", "externalid": "external_id",
	"art": "kind", "typ": "kind",
	"titel": "title", "name": "title", "bezeichnung": "title", "angebot": "title", "taetigkeit": "title",
	"beschreibung": "description", "text": "description", "aufgabe": "description", "aufgaben": "description",
	"organization": "organisation", "verein": "organisation", "traeger": "organisation", "einrichtung": "organisation", "anbieter": "organisation",
	"akteur": "actor", "organisationsform": "actor",
	"kategorie": "category", "bereich": "category", "engagementbereich": "category", "thema": "category",
	"ort": "place", "stadt": "place", "stadtteil": "place", "einsatzort": "place", "gemeinde": "place",
	"plz": "postcode", "postleitzahl": "postcode", "zip": "postcode",
	"breite": "lat", "latitude": "lat", "laenge": "lon", "longitude": "lon", "lng": "lon",
	"adresse": "address", "anschrift": "address", "strasse": "address", "treffpunkt": "address",
	"beginn": "start", "von": "start", "anfang": "start", "datum": "start", "ende": "end", "bis": "end",
	"wiederholung": "recurrence", "rrule": "recurrence",
	"helfende": "helpers", "anzahl": "helpers", "plaetze": "helpers", "personen": "helpers",
	"mindestalter": "min_age", "alter": "min_age", "minage": "min_age",
	"qualifikation": "qualifications", "qualifikationen": "qualifications", "voraussetzung": "qualifications", "voraussetzungen": "qualifications",
	"erwuenscht": "welcome", "sprachen": "languages", "sprache": "languages",
	"ansprechperson": "contact_name", "ansprechpartner": "contact_name", "ansprechpartnerin": "contact_name", "kontakt": "contact_name",
	"email": "contact_email", "mail": "contact_email", "emailadresse": "contact_email", "kontaktemail": "contact_email",
	"url": "link", "webseite": "link", "website": "link",
}
