package places

import (
	"archive/zip"
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"

	"ehrenamt/matching"
)

// Row is one line of a GeoNames postal code file: a place that a postcode delivers to.
type Row struct {
	Postcode  string
	Place     string
	State     string
	StateCode string
	County    string
	Point     matching.Point
}

// Reasons why a line of a postal file is no Row. Every error of ParsePostal wraps LineError; the
// first two also one of these.
var (
	ErrBulkMail = errors.New("belongs to a bulk-mail customer, not to a place")
	ErrForeign  = errors.New("is not in Germany")
)

// LineError says which line of a file could not be used.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// maxPostalLine is the length up to which a line is read.
const maxPostalLine = 64 << 10

// ParsePostal reads a GeoNames postal code file: the raw form of geonames.org (DE.txt: twelve fields
// separated by tabs, no heading) or a CSV whose heading names the columns. Each line gives a Row or
// a *LineError, and reading goes on behind a bad line; an error that is no *LineError is the last.
func ParsePostal(r io.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in := bufio.NewReaderSize(r, maxPostalLine)
		columns := rawColumns()
		for number := 1; ; number++ {
			line, err := postalLine(in)
			if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				if err != io.EOF {
					yield(Row{}, fmt.Errorf("read postal file: %w", err))
				}
				return
			}
			if number == 1 {
				line = strings.TrimPrefix(line, "\ufeff")
				if heading, ok := headingOf(line); ok {
					columns = heading
					continue
				}
			}
			if err == nil && strings.TrimSpace(line) == "" {
				continue
			}
			row, bad := Row{}, error(errors.New("too long"))
			if err == nil {
				row, bad = columns.row(line)
			}
			if bad != nil {
				row, bad = Row{}, &LineError{Line: number, Err: bad}
			}
			if !yield(row, bad) {
				return
			}
		}
	}
}

// postalLine reads a line without its end. Of a line that is too long the rest is dropped and
// bufio.ErrBufferFull returned.
func postalLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if err == nil || err == io.EOF && len(line) > 0 {
		return strings.TrimRight(string(line), "\r\n"), nil
	}
	if !errors.Is(err, bufio.ErrBufferFull) {
		return "", err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	if err != nil && err != io.EOF {
		return "", err
	}
	return "", bufio.ErrBufferFull
}

// postalColumns says which field of a line holds what; -1 where the file does not have it.
type postalColumns struct {
	comma                                          rune // 0: tabs, no quoting
	country, code, place, state, stateCode, county int
	lat, lon, most                                 int
}

func rawColumns() postalColumns {
	return postalColumns{country: 0, code: 1, place: 2, state: 3, stateCode: 4, county: 7, lat: 9, lon: 10, most: 10}
}

// headingOf reads the heading of a CSV.
func headingOf(line string) (postalColumns, bool) {
	comma := ','
	if strings.Count(line, ";") > strings.Count(line, ",") {
		comma = ';'
	}
	c := postalColumns{comma: comma, country: -1, code: -1, place: -1, state: -1, stateCode: -1, county: -1, lat: -1, lon: -1}
	fields, err := splitCSV(line, comma)
	if err != nil {
		return c, false
	}
	for i, f := range fields {
		var at *int
		switch strings.ToLower(strings.TrimSpace(f)) {
		case "country_code", "country":
			at = &c.country
		case "zipcode", "postal_code", "postcode", "plz":
			at = &c.code
		case "place", "place_name", "ort":
			at = &c.place
		case "state":
			at = &c.state
		case "state_code":
			at = &c.stateCode
		case "community":
			at = &c.county
		case "latitude", "lat":
			at = &c.lat
		case "longitude", "lon", "lng":
			at = &c.lon
		default:
			continue
		}
		*at = i
		c.most = max(c.most, i)
	}
	return c, c.code >= 0 && c.place >= 0 && c.lat >= 0 && c.lon >= 0
}

func splitCSV(line string, comma rune) ([]string, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
	fields, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	return fields, nil
}

// row reads one line.
func (c postalColumns) row(line string) (Row, error) {
	fields := strings.Split(line, "\t")
	if c.comma != 0 {
		var err error
		if fields, err = splitCSV(line, c.comma); err != nil {
			return Row{}, err
		}
	}
	if len(fields) <= c.most {
		return Row{}, fmt.Errorf("%d fields instead of %d", len(fields), c.most+1)
	}
	field := func(i int) string {
		if i < 0 {
			return ""
		}
		return strings.Join(strings.Fields(strings.ToValidUTF8(fields[i], "")), " ")
	}
	if country := field(c.country); country != "" && country != "DE" {
		return Row{}, fmt.Errorf("%s %w", country, ErrForeign)
	}
	r := Row{Postcode: field(c.code), Place: field(c.place), State: field(c.state), StateCode: field(c.stateCode), County: field(c.county)}
	if !isPostcode(r.Postcode) {
		return Row{}, fmt.Errorf("postcode %q", r.Postcode)
	}
	if keyOf(r.Place) == "" || len(r.Place) > 100 {
		return Row{}, fmt.Errorf("postcode %s has no place", r.Postcode)
	}
	var err error
	if r.Point, err = parsePoint(field(c.lat), field(c.lon)); err != nil {
		return Row{}, err
	}
	if r.bulk() {
		return Row{}, fmt.Errorf("%s %w", r.Postcode, ErrBulkMail)
	}
	return r, nil
}

// firm matches what stands in the names of companies and authorities, but in no name of a place.
const firm = `(?i)\b(gmbh|mbh|ag|kg|kgaa|ohg|se|e\.? ?v|ug|ltd|inc|b\.? ?v|co|company|group|holding|bank|volksbank|kasse|` +
	`sparkasse|kreissparkasse|stadtsparkasse|landesbank|postbank|commerzbank|deutsche post|telekom|telecom|vodafone|dhl|` +
	`versicherung|versicherungen|versicherungs|krankenkasse|aok|barmer|finanzamt|amtsgericht|landgericht|bundesamt|landesamt|` +
	`bundesagentur|arbeitsamt|jobcenter|stadtverwaltung|kreisverwaltung|landratsamt|bezirksregierung|polizei|ministerium|` +
	`universität|hochschule|klinikum|stadtwerke|stiftung|verlag|versand|zeitung|inkasso|lotterie|rundfunk|zentrale|filiale|` +
	`niederlassung|postfach|großempfänger|service|services|systeme|direkt|genossenschaft|verband|kommission|deutschland)\b|\d|&|@`

// bulk tells whether a postcode was given to one receiver of much mail. GeoNames carries such lines
// with the name of the receiver as the place and with the state's number instead of its letters.
func (r *Row) bulk() bool {
	if code := r.StateCode; code != "" && code[0] >= '0' && code[0] <= '9' {
		return true
	}
	return firmName.MatchString(r.Place)
}

// firmName tells whether a name is that of a company or an authority.
var firmName = regexp.MustCompile(firm)

// With is the gazetteer with the places of a postal file added. What the table knows of its own
// municipalities and cities stays; elsewhere the rows give the names and the centres of postcodes.
func (g *Gazetteer) With(rows []Row) *Gazetteer {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.Postcode, b.Postcode) })
	t := table{places: g.table.places}
	own := map[string]bool{}
	for _, p := range t.places {
		if p.kind == municipality || p.kind == city {
			own[p.official] = true
		}
	}
	given := map[string]bool{}
	for _, r := range rows {
		given[r.Postcode] = true
	}
	for _, z := range g.table.zips {
		if own[z.name] || !given[z.code] {
			t.zips = append(t.zips, z)
		}
	}
	known := map[string]bool{}
	for _, z := range t.zips {
		known[z.code] = true
	}
	for i := 0; i < len(rows); {
		n := i
		for n < len(rows) && rows[n].Postcode == rows[i].Postcode {
			n++
		}
		t.zips = append(t.zips, g.zipsOf(rows[i:n], known[rows[i].Postcode])...)
		i = n
	}
	slices.SortStableFunc(t.zips, func(a, b zipcode) int { return cmp.Compare(a.code, b.code) })
	var marks []place
	for _, p := range g.places {
		if p.kind == landmark {
			marks = append(marks, p)
		}
	}
	return newGazetteer(t, marks)
}

// zipsOf are the lines of the table that the rows of one postcode make: first the postcode's own with
// the centre of all, then one for each further name.
func (g *Gazetteer) zipsOf(rows []Row, known bool) []zipcode {
	const near = 30 // km around a municipality's centre within which its postcodes lie
	var out []zipcode
	var sum matching.Point
	for _, r := range rows {
		sum.Lat += r.Point.Lat
		sum.Lon += r.Point.Lon
	}
	centre := matching.Point{Lat: sum.Lat / float64(len(rows)), Lon: sum.Lon / float64(len(rows))}
	if now, ok := g.Postcode(rows[0].Postcode); ok {
		at := slices.IndexFunc(rows, func(r Row) bool { return r.Place == now.Municipality })
		if at > 0 {
			rows[0], rows[at] = rows[at], rows[0] // the name that the postcode went by stays the first
		}
	}
	seen := map[string]bool{}
	for _, r := range rows {
		z := zipcode{code: r.Postcode, name: r.Place, point: r.Point}
		for _, id := range g.byKey[keyOf(r.Place)] {
			p := &g.places[id]
			if (p.kind == municipality || p.kind == city) && matching.DistanceKM(p.point, r.Point) < near {
				z.name = p.official
			}
		}
		if seen[z.name] {
			continue
		}
		seen[z.name] = true
		if len(out) == 0 && !known {
			z.point = centre
		}
		out = append(out, z)
	}
	if !known {
		return out
	}
	return slices.DeleteFunc(out, func(z zipcode) bool { return len(g.byKey[keyOf(z.name)]) > 0 })
}

// maxUnpacked is the size up to which a postal file is unpacked.
const maxUnpacked = 1 << 30

// OpenPostal opens a postal file that may be packed with zip, as GeoNames hands it out, and tells its
// unpacked size. Of several files in the archive the CSV or the country's own text is taken.
func OpenPostal(r io.ReaderAt, size int64) (io.ReadCloser, int64, error) {
	magic := make([]byte, 4)
	if n, err := r.ReadAt(magic, 0); err != nil && err != io.EOF {
		return nil, 0, fmt.Errorf("open postal file: %w", err)
	} else if string(magic[:n]) != "PK\x03\x04" {
		return io.NopCloser(io.NewSectionReader(r, 0, size)), size, nil
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, 0, fmt.Errorf("open postal file: %w", err)
	}
	for _, fits := range []func(string) bool{
		func(n string) bool { return n == "de.txt" },
		func(n string) bool { return path.Ext(n) == ".csv" },
		func(n string) bool { return path.Ext(n) == ".txt" && !strings.HasPrefix(n, "readme") },
	} {
		for _, f := range archive.File {
			if !fits(strings.ToLower(path.Base(f.Name))) {
				continue
			}
			if f.UncompressedSize64 > maxUnpacked {
				return nil, 0, fmt.Errorf("open postal file: %s unpacks to %d bytes", f.Name, f.UncompressedSize64)
			}
			in, err := f.Open()
			if err != nil {
				return nil, 0, fmt.Errorf("open postal file: %w", err)
			}
			return in, int64(f.UncompressedSize64), nil
		}
	}
	return nil, 0, errors.New("open postal file: the archive holds no text or CSV")
}
