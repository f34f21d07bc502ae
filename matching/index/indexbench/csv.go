package indexbench

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"

	"ehrenamt/matching"
	"ehrenamt/matching/index"
)

// The columns of the two files. The last three of subscriptions and the last of needs are bit sets in
// hexadecimal; category and slot of a need are numbers of bits, empty or -1 for none.
var (
	subscriptionColumns = []string{"id", "lat", "lon", "radius_km", "categories", "slots", "qualifications"}
	needColumns         = []string{"id", "lat", "lon", "category", "slot", "qualifications"}
)

// ErrRow is returned for a line that cannot be read.
var ErrRow = errors.New("bad line")

// ReadSet reads subscriptions and needs from CSV, with or without a line of column names. Of several
// subscriptions with one id the last counts.
func ReadSet(subscriptions, needs io.Reader) (*Set, error) {
	s := &Set{}
	at := map[string]int{}
	err := readRows(subscriptions, len(subscriptionColumns), func(f []string) error {
		e, err := parseEntry(f)
		if err != nil {
			return err
		}
		if i, ok := at[e.ID]; ok {
			s.Entries[i] = e
			return nil
		}
		at[e.ID] = len(s.Entries)
		s.Entries = append(s.Entries, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	err = readRows(needs, len(needColumns), func(f []string) error {
		n, err := parseNeed(f)
		s.Needs = append(s.Needs, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("needs: %w", err)
	}
	return s, nil
}

func readRows(r io.Reader, columns int, take func([]string) error) error {
	c := csv.NewReader(r)
	c.ReuseRecord = true
	c.FieldsPerRecord = columns
	c.TrimLeadingSpace = true
	for line := 1; ; line++ {
		f, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if line == 1 && strings.EqualFold(strings.TrimPrefix(f[0], "\ufeff"), "id") {
			continue
		}
		if err := take(f); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func parseEntry(f []string) (index.Entry, error) {
	p, err := parsePoint(f[1], f[2])
	if err != nil {
		return index.Entry{}, err
	}
	radius, err := strconv.ParseFloat(strings.TrimSpace(f[3]), 64)
	if err != nil || radius != radius {
		return index.Entry{}, fmt.Errorf("%w: radius %q", ErrRow, f[3])
	}
	categories, err1 := parseSet(f[4], 32)
	slots, err2 := parseSet(f[5], 28)
	qualifications, err3 := parseSet(f[6], 64)
	return index.Entry{
		ID: strings.Clone(f[0]), Point: p, Radius: radius, Revision: 1,
		Categories: uint32(categories), Slots: matching.Slots(slots), Qualifications: qualifications,
	}, errors.Join(err1, err2, err3)
}

func parseNeed(f []string) (Need, error) {
	p, err := parsePoint(f[1], f[2])
	if err != nil {
		return Need{}, err
	}
	category, err1 := parseBit(f[3], 32)
	slot, err2 := parseBit(f[4], 28)
	required, err3 := parseSet(f[5], 64)
	return Need{ID: strings.Clone(f[0]), Query: index.Query{
		Point: p, Kind: matching.Need, Without: index.Away,
		Categories: uint32(category), Slots: matching.Slots(slot), Required: required,
	}}, errors.Join(err1, err2, err3)
}

func parsePoint(lat, lon string) (matching.Point, error) {
	a, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	b, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	p := matching.Point{Lat: a, Lon: b}
	if err1 != nil || err2 != nil || !p.Valid() {
		return p, fmt.Errorf("%w: position %q, %q", ErrRow, lat, lon)
	}
	return p, nil
}

// parseSet reads a set of n bits in hexadecimal, with or without 0x; empty is the empty set.
func parseSet(s string, n int) (uint64, error) {
	t := strings.TrimSpace(s)
	if len(t) > 1 && (t[:2] == "0x" || t[:2] == "0X") {
		t = t[2:]
	}
	if t == "" {
		return 0, nil
	}
	v, err := strconv.ParseUint(t, 16, 64)
	if err != nil || bits.Len64(v) > n {
		return 0, fmt.Errorf("%w: set %q", ErrRow, s)
	}
	return v, nil
}

// parseBit reads the number of a bit.
func parseBit(s string, n int) (uint64, error) {
	t := strings.TrimSpace(s)
	if t == "" || t == "-1" {
		return 0, nil
	}
	v, err := strconv.Atoi(t)
	if err != nil || v < 0 || v >= n {
		return 0, fmt.Errorf("%w: number %q", ErrRow, s)
	}
	return 1 << v, nil
}

// WriteSet writes a set as ReadSet reads it.
func (s *Set) WriteSet(subscriptions, needs io.Writer) error {
	hex := func(v uint64) string { return strconv.FormatUint(v, 16) }
	num := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	bit := func(m uint64) string {
		if m == 0 {
			return ""
		}
		return strconv.Itoa(bits.TrailingZeros64(m))
	}
	w := csv.NewWriter(subscriptions)
	err := w.Write(subscriptionColumns)
	for i := range s.Entries {
		e := &s.Entries[i]
		err = errors.Join(err, w.Write([]string{e.ID, num(e.Point.Lat), num(e.Point.Lon), num(e.Radius),
			hex(uint64(e.Categories)), hex(uint64(e.Slots)), hex(e.Qualifications)}))
	}
	w.Flush()
	err = errors.Join(err, w.Error())
	w = csv.NewWriter(needs)
	err = errors.Join(err, w.Write(needColumns))
	for i := range s.Needs {
		q := &s.Needs[i].Query
		err = errors.Join(err, w.Write([]string{s.Needs[i].ID, num(q.Point.Lat), num(q.Point.Lon),
			bit(uint64(q.Categories)), bit(uint64(q.Slots)), hex(q.Required)}))
	}
	w.Flush()
	return errors.Join(err, w.Error())
}
