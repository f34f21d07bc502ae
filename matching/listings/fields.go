package listings

import (
	"errors"
	"math"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/teambition/rrule-go"
	"golang.org/x/text/unicode/norm"

	"ehrenamt/matching"
)

// fold makes names of columns and values comparable: lower case, letters and digits only, ä as ae.
func fold(s string) string {
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(norm.NFC.String(s)))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// column is the name of a column by any of its names, "" for one we do not know.
func column(name string) string {
	f := fold(name)
	for _, c := range Columns {
		if fold(c) == f {
			return c
		}
	}
	return aliases[f]
}

var kinds = map[string]matching.Kind{
	"": matching.Need, "need": matching.Need, "gesuch": matching.Need, "gesucht": matching.Need, "suche": matching.Need, "bedarf": matching.Need,
	"offer": matching.Offer, "angebot": matching.Offer, "biete": matching.Offer, "geboten": matching.Offer,
}

var actors = map[string]matching.Actor{
	"": matching.Club, "club": matching.Club, "verein": matching.Club, "verband": matching.Club, "stiftung": matching.Club,
	"person": matching.Person, "privat": matching.Person, "privatperson": matching.Person,
	"company": matching.Company, "firma": matching.Company, "unternehmen": matching.Company, "betrieb": matching.Company,
	"school": matching.School, "schule": matching.School, "hochschule": matching.School, "kita": matching.School,
	"initiative": matching.Initiative, "gruppe": matching.Initiative, "nachbarschaft": matching.Initiative,
	"municipality": matching.Municipality, "stadt": matching.Municipality, "gemeinde": matching.Municipality, "kommune": matching.Municipality, "amt": matching.Municipality,
}

// listing makes an entry of the values of its columns.
func listing(line int, value map[string]string, zone *time.Location) (Listing, error) {
	p := parser{value: value, line: line}
	l := Listing{
		Line:       line,
		ExternalID: p.text("external_id", MaxTitle, true), Title: p.text("title", MaxTitle, true), Description: p.text("description", MaxText, false),
		Organisation: p.text("organisation", MaxTitle, false), Category: p.text("category", MaxTitle, false),
		Place: p.text("place", MaxTitle, false), Postcode: p.postcode(), Point: p.point(), Address: p.text("address", MaxTitle, false),
		Helpers: p.number("helpers", 0, 1000), MinAge: p.number("min_age", 0, 99),
		Qualifications: p.list("qualifications"), Welcome: p.list("welcome"), Languages: p.languages(),
		ContactName: p.text("contact_name", MaxTitle, false), ContactEmail: p.address(), Link: p.link(),
		Recurrence: p.recurrence(),
	}
	l.Kind = named(&p, "kind", kinds)
	l.Actor = named(&p, "actor", actors)
	l.Dates = p.dates(zone)
	if l.Organisation == "" && l.Actor != matching.Person {
		p.fail("organisation", Missing)
	}
	if l.Place == "" && l.Postcode == "" && l.Point.IsZero() {
		p.fail("place", Missing)
	}
	if l.Recurrence != "" && len(l.Dates) == 0 {
		p.fail("start", Missing)
	}
	if p.err != nil {
		return l, p.err
	}
	return l, nil
}

// parser reads the values of one entry and keeps the first thing that is wrong.
type parser struct {
	value map[string]string
	line  int
	err   *LineError
}

func (p *parser) fail(field string, why Why) {
	if p.err == nil {
		p.err = &LineError{Line: p.line, Field: field, Why: why}
	}
}

func (p *parser) text(field string, most int, needed bool) string {
	s := clean(p.value[field])
	switch {
	case s == "" && needed:
		p.fail(field, Missing)
	case utf8.RuneCountInString(s) > most:
		p.fail(field, TooLong)
		return ""
	}
	return s
}

// clean takes control characters and the quoting of spreadsheets (="…" and a leading apostrophe before what they would
// take for a formula) off a value.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u00a0' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == '\ufeff' || r == utf8.RuneError:
			return -1
		}
		return r
	}, s))
	if len(s) > 3 && strings.HasPrefix(s, `="`) && strings.HasSuffix(s, `"`) {
		s = s[2 : len(s)-1]
	}
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune(formula, rune(s[1])) {
		s = s[1:]
	}
	return norm.NFC.String(s)
}

func (p *parser) number(field string, least, most int) int {
	s := clean(p.value[field])
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		p.fail(field, Malformed)
		return 0
	case n < least || n > most:
		p.fail(field, OutOfRange)
		return 0
	}
	return n
}

func (p *parser) postcode() string {
	s := strings.TrimPrefix(strings.TrimPrefix(clean(p.value["postcode"]), "D-"), "DE-")
	if s == "" {
		return ""
	}
	if n, err := strconv.Atoi(s); err != nil || n < 0 || len(s) > 5 {
		p.fail("postcode", Malformed)
		return ""
	}
	return strings.Repeat("0", 5-len(s)) + s // spreadsheets eat leading zeros
}

func (p *parser) point() matching.Point {
	lat, lon := clean(p.value["lat"]), clean(p.value["lon"])
	if lat == "" && lon == "" {
		return matching.Point{}
	}
	decimal := func(s string) float64 {
		f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
		if err != nil {
			return math.NaN()
		}
		return f
	}
	at := matching.Point{Lat: decimal(lat), Lon: decimal(lon)}
	if !at.Valid() {
		p.fail("lat", Malformed)
		return matching.Point{}
	}
	return at
}

// split divides a list: at bars and semicolons, and at commas where there is neither.
func split(s string) []string {
	at := "|;"
	if !strings.ContainsAny(s, at) {
		at = ","
	}
	var parts []string
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(at, r) }) {
		if x = strings.TrimSpace(x); x != "" {
			parts = append(parts, x)
		}
	}
	return parts
}

func (p *parser) list(field string) []string {
	all := split(p.text(field, MaxText, false))
	if len(all) > 20 {
		p.fail(field, TooLong)
		return nil
	}
	return all
}

func (p *parser) languages() []string {
	all := p.list("languages")
	for i, l := range all {
		all[i] = strings.ToLower(l)
		if len(l) != 2 {
			p.fail("languages", Malformed)
		}
	}
	return all
}

func (p *parser) address() string {
	s := clean(p.value["contact_email"])
	if s == "" {
		return ""
	}
	a, err := mail.ParseAddress(s)
	if err != nil || len(a.Address) > 254 {
		p.fail("contact_email", Malformed)
		return ""
	}
	return strings.ToLower(a.Address)
}

func (p *parser) link() string {
	s := clean(p.value["link"])
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(s) > 2000 {
		p.fail("link", Malformed)
		return ""
	}
	return u.String()
}

func (p *parser) recurrence() string {
	s := strings.TrimPrefix(strings.ToUpper(clean(p.value["recurrence"])), "RRULE:")
	if s == "" {
		return ""
	}
	if len(s) > MaxTitle {
		p.fail("recurrence", TooLong)
		return ""
	}
	o, err := rrule.StrToROption(s)
	if err != nil || o.Freq > rrule.DAILY {
		p.fail("recurrence", Malformed)
		return ""
	}
	return s
}

func named[V any](p *parser, field string, of map[string]V) V {
	v, ok := of[fold(p.value[field])]
	if !ok {
		p.fail(field, Unknown)
	}
	return v
}

// dates reads start and end, each a time or several divided by bars or semicolons.
func (p *parser) dates(zone *time.Location) []matching.Span {
	starts, ends := moments(p.value["start"]), moments(p.value["end"])
	if len(starts) > MaxDates {
		p.fail("start", TooLong)
		return nil
	}
	if len(ends) > len(starts) {
		p.fail("start", Missing)
		return nil
	}
	var spans []matching.Span
	for i, s := range starts {
		start, whole, err := moment(s, zone)
		if err != nil {
			p.fail("start", Malformed)
			return nil
		}
		span := matching.Span{Start: start, AllDay: whole}
		if i < len(ends) {
			if !p.end(&span, ends[i], zone) {
				return nil
			}
		} else if whole {
			span.End = start.AddDate(0, 0, 1)
		}
		spans = append(spans, span)
	}
	return spans
}

func (p *parser) end(s *matching.Span, text string, zone *time.Location) bool {
	end, whole, err := moment(text, zone)
	switch {
	case err != nil && !s.AllDay: // only a time of the day: that of the start
		clock, bad := time.ParseInLocation("15:04", strings.TrimSpace(text), zone)
		if bad != nil {
			p.fail("end", Malformed)
			return false
		}
		from := s.Start.In(zone)
		end = time.Date(from.Year(), from.Month(), from.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
		if !end.After(s.Start) {
			end = end.AddDate(0, 0, 1)
		}
	case err != nil:
		p.fail("end", Malformed)
		return false
	case whole && s.AllDay:
		end = end.AddDate(0, 0, 1)
	case whole || s.AllDay:
		p.fail("end", Malformed)
		return false
	}
	if !end.After(s.Start) || end.Sub(s.Start) > 366*24*time.Hour {
		p.fail("end", OutOfRange)
		return false
	}
	s.End = end
	return true
}

func moments(s string) []string {
	var parts []string
	for _, x := range strings.FieldsFunc(clean(s), func(r rune) bool { return r == '|' || r == ';' }) {
		if x = strings.TrimSpace(x); x != "" {
			parts = append(parts, x)
		}
	}
	return parts
}

// layouts of times, with and without a time of the day.
var (
	clocks = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05", "2.1.2006 15:04", "2.1.2006, 15:04", "2.1.2006 15:04 Uhr", "2.1.2006 15:04:05", "2.1.2006 15 Uhr"}
	days   = []string{time.DateOnly, "2.1.2006"}
)

var errMoment = errors.New("no time")

// moment reads a time; whole tells that it is a whole day.
func moment(s string, zone *time.Location) (at time.Time, whole bool, err error) {
	s = strings.TrimSpace(s)
	if at, err = time.Parse(time.RFC3339, s); err == nil {
		return sensible(at, false)
	}
	for _, l := range clocks {
		if at, err = time.ParseInLocation(l, s, zone); err == nil {
			return sensible(at, false)
		}
	}
	for _, l := range days {
		if at, err = time.ParseInLocation(l, s, zone); err == nil {
			return sensible(at, true)
		}
	}
	return time.Time{}, false, errMoment
}

func sensible(at time.Time, whole bool) (time.Time, bool, error) {
	if at.Year() < 1990 || at.Year() > 2200 {
		return time.Time{}, false, errMoment
	}
	return at, whole, nil
}
