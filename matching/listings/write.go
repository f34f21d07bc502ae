package listings

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ehrenamt/matching"
)

// Of is a posting as a table carries it: only what anybody may know.
func Of(p *matching.Posting, link string) Listing {
	l := Listing{
		ExternalID: p.Code, Code: p.Code, Kind: p.Kind, Title: p.Title, Description: p.Description, Organisation: p.Carrier, Actor: p.Actor,
		Category: string(p.Category), Place: p.Place.Name, Postcode: p.Place.Postcode, Point: p.Place.Point, Dates: p.Dates, Recurrence: p.Recurrence,
		Helpers: p.Places, MinAge: p.MinAge, Languages: p.Languages, Link: link,
	}
	if !l.Point.IsZero() {
		l.Point = matching.Snap(l.Point)
	}
	for _, q := range p.Required {
		l.Qualifications = append(l.Qualifications, string(q))
	}
	for _, q := range p.Welcome {
		l.Welcome = append(l.Welcome, string(q))
	}
	return l
}

// Writer writes entries; Close ends the file.
type Writer interface {
	Write(Listing) error
	Close() error
}

// NewWriter writes a file of the format. Times are written in zone.
func NewWriter(w io.Writer, f Format, zone *time.Location) (Writer, error) {
	switch f {
	case CSV:
		c := &csvWriter{csv: csv.NewWriter(w), zone: zone}
		return c, c.csv.Write(Columns)
	case JSON:
		return &jsonWriter{w: w, zone: zone, entry: object, open: "[", shut: "\n]\n"}, nil
	case JSONLD:
		return &jsonWriter{w: w, zone: zone, entry: linked, open: `{"@context":"https://schema.org","@graph":[`, shut: "\n]}\n"}, nil
	}
	return nil, fmt.Errorf("format %q: %w", f, ErrFile)
}

// cells are the values of an entry by column.
func cells(l Listing, zone *time.Location) map[string]string {
	v := map[string]string{
		"external_id": l.ExternalID, "kind": string(l.Kind), "title": l.Title, "description": l.Description, "organisation": l.Organisation,
		"actor": string(l.Actor), "category": l.Category, "place": l.Place, "postcode": l.Postcode, "address": l.Address,
		"recurrence": l.Recurrence, "qualifications": strings.Join(l.Qualifications, "|"), "welcome": strings.Join(l.Welcome, "|"),
		"languages": strings.Join(l.Languages, "|"), "contact_name": l.ContactName, "contact_email": l.ContactEmail, "link": l.Link, "code": l.Code,
	}
	if l.Helpers > 0 {
		v["helpers"] = strconv.Itoa(l.Helpers)
	}
	if l.MinAge > 0 {
		v["min_age"] = strconv.Itoa(l.MinAge)
	}
	if !l.Point.IsZero() {
		v["lat"], v["lon"] = strconv.FormatFloat(l.Point.Lat, 'f', 4, 64), strconv.FormatFloat(l.Point.Lon, 'f', 4, 64)
	}
	var starts, ends []string
	for _, d := range l.Dates {
		start, end := stamps(d, zone)
		starts, ends = append(starts, start), append(ends, end)
	}
	v["start"] = strings.Join(starts, "|")
	v["end"] = strings.TrimRight(strings.Join(ends, "|"), "|")
	return v
}

// stamps are the start and the end of a span: dates for whole days, the last one included.
func stamps(d matching.Span, zone *time.Location) (start, end string) {
	if d.AllDay {
		start = d.Start.In(zone).Format(time.DateOnly)
		if !d.End.IsZero() {
			end = d.End.In(zone).AddDate(0, 0, -1).Format(time.DateOnly)
		}
		return start, end
	}
	start = d.Start.In(zone).Format(time.RFC3339)
	if !d.End.IsZero() {
		end = d.End.In(zone).Format(time.RFC3339)
	}
	return start, end
}

type csvWriter struct {
	csv  *csv.Writer
	zone *time.Location
}

func (c *csvWriter) Write(l Listing) error {
	v := cells(l, c.zone)
	row := make([]string, len(Columns))
	for i, name := range Columns {
		row[i] = harmless(v[name])
	}
	return c.csv.Write(row)
}

func (c *csvWriter) Close() error {
	c.csv.Flush()
	return c.csv.Error()
}

// harmless keeps a spreadsheet from taking a text for a formula (OWASP, CSV injection). Numbers stay numbers.
func harmless(s string) string {
	if s == "" || !strings.ContainsRune(formula, rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

type jsonWriter struct {
	w          io.Writer
	zone       *time.Location
	entry      func(Listing, *time.Location) any
	open, shut string
	n          int
}

func (j *jsonWriter) Write(l Listing) error {
	b, err := json.Marshal(j.entry(l, j.zone))
	if err != nil {
		return fmt.Errorf("entry %d: %w", j.n+1, err)
	}
	before := ",\n"
	if j.n == 0 {
		before = j.open + "\n"
	}
	j.n++
	_, err = io.WriteString(j.w, before+string(b))
	return err
}

func (j *jsonWriter) Close() error {
	end := j.shut
	if j.n == 0 {
		end = j.open + end
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// object is an entry with its columns as names, those without a value left out.
func object(l Listing, zone *time.Location) any {
	o := map[string]any{}
	for name, v := range cells(l, zone) {
		if v != "" {
			o[name] = v
		}
	}
	for name, all := range map[string][]string{"qualifications": l.Qualifications, "welcome": l.Welcome, "languages": l.Languages} {
		if len(all) > 0 {
			o[name] = all
		}
	}
	for name, n := range map[string]int{"helpers": l.Helpers, "min_age": l.MinAge} {
		if n > 0 {
			o[name] = n
		}
	}
	return o
}
