package listings

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// formula are the first characters by which a spreadsheet takes a cell for a formula.
const formula = "=+-@\t\r"

// csvReader reads a table with a header.
type csvReader struct {
	csv     *csv.Reader
	budget  *budget
	columns []string // by position, "" for one that is ignored
	ignored []string
	zone    *time.Location
}

// peeked is how much of a file is looked at to tell its encoding and separator.
const peeked = 64 << 10

func newCSV(r io.Reader, zone *time.Location) (*csvReader, error) {
	b := bufio.NewReaderSize(r, peeked)
	head, err := b.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("header: %w", err)
	}
	text, head := decoded(b, head)
	limited := &budget{r: text, left: MaxRecord}
	c := &csvReader{csv: csv.NewReader(limited), budget: limited, zone: zone}
	c.csv.Comma = separator(head)
	c.csv.FieldsPerRecord = -1
	c.csv.ReuseRecord = true
	c.csv.TrimLeadingSpace = true
	names, err := c.csv.Read()
	if err != nil {
		return nil, fmt.Errorf("header: %w: %v", ErrFile, err)
	}
	for _, n := range names {
		n = utf8Of(n)
		col := column(n)
		if col == "" || slices.Contains(c.columns, col) {
			col = ""
			if n = clean(n); n != "" {
				c.ignored = append(c.ignored, n)
			}
		}
		c.columns = append(c.columns, col)
	}
	for _, needed := range []string{"external_id", "title"} {
		if !slices.Contains(c.columns, needed) {
			return nil, fmt.Errorf("header: no column %s: %w", needed, ErrFile)
		}
	}
	return c, nil
}

func (c *csvReader) Ignored() []string { return c.ignored }

func (c *csvReader) Next() (Listing, error) {
	for {
		c.budget.left = MaxRecord
		fields, err := c.csv.Read()
		var syntax *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return Listing{}, io.EOF
		case errors.Is(err, errBudget):
			return Listing{}, fmt.Errorf("a record is longer than %d bytes, a quote may be missing: %w", MaxRecord, ErrFile)
		case errors.As(err, &syntax):
			return Listing{}, &LineError{Line: syntax.StartLine, Why: Broken}
		case err != nil:
			return Listing{}, fmt.Errorf("read: %w", err)
		}
		line, _ := c.csv.FieldPos(0)
		if !slices.ContainsFunc(fields, func(f string) bool { return strings.TrimSpace(f) != "" }) {
			continue // spreadsheets end with empty rows
		}
		value := make(map[string]string, len(fields))
		for i, f := range fields {
			if i < len(c.columns) && c.columns[i] != "" {
				value[c.columns[i]] = utf8Of(f)
			} else if i >= len(c.columns) && strings.TrimSpace(f) != "" {
				return Listing{}, &LineError{Line: line, Why: Broken}
			}
		}
		return listing(line, value, c.zone)
	}
}

// decoded turns files with a byte order mark into UTF-8 without one.
func decoded(r io.Reader, head []byte) (io.Reader, []byte) {
	var d transform.Transformer
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		d = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		d = unicode.UTF8BOM.NewDecoder()
	default:
		return r, head
	}
	text, _, err := transform.Bytes(d, head)
	if err == nil || len(text) > 0 {
		head = text
	}
	d.Reset()
	return transform.NewReader(r, d), head
}

// utf8Of is a cell in UTF-8: what is none is Windows-1252, as older spreadsheets write it.
func utf8Of(cell string) string {
	if utf8.ValidString(cell) {
		return cell
	}
	text, err := charmap.Windows1252.NewDecoder().String(cell)
	if err != nil {
		return strings.ToValidUTF8(cell, "")
	}
	return text
}

// separator is the one that divides the header into the most columns.
func separator(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', 0
	for _, s := range []rune{',', ';', '\t', '|'} {
		if n := bytes.Count(line, []byte(string(s))); n > most {
			best, most = s, n
		}
	}
	return best
}

var errBudget = errors.New("too much")

// budget ends the reading where one record takes more than its share: a quote that never closes would otherwise
// make a record of the whole file.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBudget
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
