package places

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ehrenamt/matching"
)

// The table is UTF-8 text, one place a line, the fields separated by tabs. The first field tells the
// sort of line; # begins a comment.
//
//	m name lat lon class flags AGS postcodes aliases   municipality of North Rhine-Westphalia
//	k name lat lon class flags AGS postcodes aliases   county (Kreis)
//	c name lat lon class flags AGS postcodes aliases   city elsewhere in Germany, or a town just over the border
//	d name lat lon class flags municipality postcodes aliases   district
//	z postcode lat lon name   delivery postcode and what it is called
//
// Postcodes are separated by spaces, aliases by semicolons. The class of population is 1 below
// 10,000, then 2 below 20,000, 3 below 50,000, 4 below 100,000, 5 below 250,000, 6 below 500,000 and 7.
// Flags: w an ordinary German word, l such a word where it has no capital, a used with an article, g Gemeinde (else Stadt).

// tableHead is the first line of a table. Readers refuse what begins otherwise.
const tableHead = "# places 1"

// maxTable is the size up to which a table is read, unpacked.
const maxTable = 64 << 20

// Errors of a table.
var (
	ErrNoTable  = errors.New("not a table of places")
	ErrTableBig = errors.New("table of places is too large")
)

type kind uint8

const (
	village kind = iota // a name that only the postcodes know
	district
	city
	municipality
	county
	landmark
)

// place is one line of the table or one landmark.
type place struct {
	name      string // as people say it
	official  string
	of        string // of a district: its municipality's official name
	ags       string
	postcodes []string
	aliases   []string
	point     matching.Point
	class     uint8
	kind      kind
	word      bool // also an ordinary word
	small     bool // an ordinary word when written without a capital: "siegen"
	article   bool // used with an article: "in der Soers"
	rural     bool // a Gemeinde, not a Stadt
}

type zipcode struct {
	code  string
	name  string
	point matching.Point
}

// table is what a file of places holds.
type table struct {
	places []place
	zips   []zipcode
}

// readTable reads a table, packed with gzip or not.
func readTable(r io.Reader) (*table, error) {
	in := bufio.NewReader(r)
	if magic, err := in.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("unpack places: %w", err)
		}
		in = bufio.NewReader(unpacked)
	}
	limited := &io.LimitedReader{R: in, N: maxTable + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	t := &table{}
	number := 0
	for lines.Scan() {
		number++
		line := lines.Text()
		if number == 1 && line != tableHead {
			return nil, ErrNoTable
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if err := t.add(line); err != nil {
			return nil, fmt.Errorf("places line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	if limited.N <= 0 {
		return nil, ErrTableBig
	}
	if number == 0 {
		return nil, ErrNoTable
	}
	return t, nil
}

func (t *table) add(line string) error {
	f := strings.Split(line, "\t")
	if f[0] == "z" {
		if len(f) != 5 {
			return fmt.Errorf("%d fields instead of 5", len(f))
		}
		if !isPostcode(f[1]) {
			return fmt.Errorf("postcode %q", f[1])
		}
		at, err := parsePoint(f[2], f[3])
		if err != nil {
			return err
		}
		t.zips = append(t.zips, zipcode{code: f[1], name: f[4], point: at})
		return nil
	}
	if len(f) != 9 {
		return fmt.Errorf("%d fields instead of 9", len(f))
	}
	p := place{official: f[1], name: spoken(f[1]), postcodes: strings.Fields(f[7])}
	switch f[0] {
	case "m":
		p.kind, p.ags = municipality, f[6]
	case "k":
		p.kind, p.ags = county, f[6]
	case "c":
		p.kind, p.ags = city, f[6]
	case "d":
		p.kind, p.of = district, f[6]
	default:
		return fmt.Errorf("sort %q", f[0])
	}
	if p.official == "" || p.kind == district && p.of == "" {
		return errors.New("a name is missing")
	}
	at, err := parsePoint(f[2], f[3])
	if err != nil {
		return err
	}
	size, err := strconv.ParseUint(f[4], 10, 8)
	if err != nil || size > 7 {
		return fmt.Errorf("class %q", f[4])
	}
	p.point, p.class = at, uint8(size)
	p.word, p.article = strings.Contains(f[5], "w"), strings.Contains(f[5], "a")
	p.small = strings.Contains(f[5], "l")
	p.rural = strings.Contains(f[5], "g")
	for a := range strings.SplitSeq(f[8], ";") {
		if a != "" {
			p.aliases = append(p.aliases, a)
		}
	}
	if p.word && p.name != p.official {
		p.name = p.official // "Halle (Westf.)" reads better than a hall
	}
	t.places = append(t.places, p)
	return nil
}

// spoken is an official name without what it carries in brackets or behind a slash.
func spoken(official string) string {
	name, _, _ := strings.Cut(official, " (")
	name, _, _ = strings.Cut(name, "/")
	return name
}

func parsePoint(lat, lon string) (matching.Point, error) {
	y, err := strconv.ParseFloat(lat, 64)
	if err != nil {
		return matching.Point{}, fmt.Errorf("latitude %q", lat)
	}
	x, err := strconv.ParseFloat(lon, 64)
	if err != nil {
		return matching.Point{}, fmt.Errorf("longitude %q", lon)
	}
	p := matching.Point{Lat: y, Lon: x}
	if !p.Valid() || p.IsZero() {
		return matching.Point{}, fmt.Errorf("position %q, %q is not on the globe", lat, lon)
	}
	return p, nil
}

func isPostcode(s string) bool {
	if len(s) != 5 {
		return false
	}
	for i := range 5 {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "00000"
}

// write writes the table in the form that readTable reads, packed with gzip.
func (t *table) write(w io.Writer) error {
	packed := gzip.NewWriter(w)
	out := bufio.NewWriter(packed)
	fmt.Fprintln(out, tableHead)
	for i := range t.places {
		p := &t.places[i]
		sort, last := "m", p.ags
		switch p.kind {
		case county:
			sort = "k"
		case city:
			sort = "c"
		case district:
			sort, last = "d", p.of
		case village, landmark:
			continue
		}
		flags := ""
		for _, f := range []struct {
			set  bool
			sign string
		}{{p.word, "w"}, {p.small, "l"}, {p.article, "a"}, {p.rural, "g"}} {
			if f.set {
				flags += f.sign
			}
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", sort, p.official, degrees(p.point), p.class, flags, last,
			strings.Join(p.postcodes, " "), strings.Join(p.aliases, ";"))
	}
	for _, z := range t.zips {
		fmt.Fprintf(out, "z\t%s\t%s\t%s\n", z.code, degrees(z.point), z.name)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write places: %w", err)
	}
	if err := packed.Close(); err != nil {
		return fmt.Errorf("write places: %w", err)
	}
	return nil
}

func degrees(p matching.Point) string { return fmt.Sprintf("%.3f\t%.3f", p.Lat, p.Lon) }
