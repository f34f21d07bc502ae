package listings

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// jsonReader reads an array of objects, an object with such an array in "postings", or one object a line.
type jsonReader struct {
	dec     *json.Decoder
	budget  *budget
	array   bool
	n       int
	ignored []string
	zone    *time.Location
}

func newJSON(r io.Reader, zone *time.Location) (*jsonReader, error) {
	b := bufio.NewReader(r)
	if bom, err := b.Peek(3); err == nil && bytes.Equal(bom, []byte{0xEF, 0xBB, 0xBF}) {
		_, _ = b.Discard(3)
	}
	first, err := firstByte(b)
	if err != nil {
		return nil, fmt.Errorf("json: %w", errors.Join(ErrFile, err))
	}
	limited := &budget{r: b, left: MaxRecord}
	j := &jsonReader{dec: json.NewDecoder(limited), budget: limited, zone: zone}
	if first == '[' {
		j.array = true
		_, err = j.dec.Token()
	} else if first == '{' && wrapped(b) {
		j.array = true
		err = j.enter()
	} else if first != '{' {
		err = ErrFile
	}
	if err != nil {
		return nil, fmt.Errorf("json: %w", errors.Join(ErrFile, err))
	}
	return j, nil
}

// firstByte skips white space and looks at what comes then.
func firstByte(b *bufio.Reader) (byte, error) {
	for {
		c, err := b.ReadByte()
		if err != nil {
			return 0, err
		}
		if c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			continue
		}
		return c, b.UnreadByte()
	}
}

// wrapped tells whether the object that begins here holds its postings in an array.
func wrapped(b *bufio.Reader) bool {
	head, _ := b.Peek(4096)
	d := json.NewDecoder(bytes.NewReader(head))
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return false
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		case "postings":
			if depth == 1 {
				next, err := d.Token()
				return err == nil && next == json.Delim('[')
			}
		}
	}
}

// enter goes to the first element of the array "postings".
func (j *jsonReader) enter() error {
	if _, err := j.dec.Token(); err != nil {
		return err
	}
	for {
		t, err := j.dec.Token()
		if err != nil {
			return err
		}
		if t == "postings" {
			_, err = j.dec.Token()
			return err
		}
		var skip json.RawMessage
		if err := j.dec.Decode(&skip); err != nil {
			return err
		}
	}
}

func (j *jsonReader) Ignored() []string { return j.ignored }

func (j *jsonReader) Next() (Listing, error) {
	j.budget.left = MaxRecord
	if j.array && !j.dec.More() {
		if _, err := j.dec.Token(); err != nil {
			return Listing{}, j.broken(j.n+1, err)
		}
		return Listing{}, io.EOF
	}
	j.n++
	var raw map[string]any
	j.dec.UseNumber()
	err := j.dec.Decode(&raw)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF) && !j.array:
		return Listing{}, io.EOF
	case errors.As(err, &kind):
		return Listing{}, &LineError{Line: j.n, Why: Broken}
	case err != nil: // behind broken syntax nothing can be found again
		return Listing{}, j.broken(j.n, err)
	}
	value := make(map[string]string, len(raw))
	for name, v := range raw {
		col := column(name)
		if col == "" {
			if !slices.Contains(j.ignored, name) && len(j.ignored) < 50 {
				j.ignored = append(j.ignored, name)
				slices.Sort(j.ignored)
			}
			continue
		}
		s, ok := scalar(v)
		if !ok {
			return Listing{}, &LineError{Line: j.n, Field: col, Why: Malformed}
		}
		if s != "" || value[col] == "" {
			value[col] = s
		}
	}
	return listing(j.n, value, j.zone)
}

// broken is the error of a file that ends or breaks off in an entry. It is no io.EOF.
func (j *jsonReader) broken(entry int, err error) error {
	return fmt.Errorf("entry %d: %w: %v", entry, ErrFile, err)
}

// scalar writes a value as a cell of a table would hold it.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	case []any:
		var parts []string
		for _, x := range v {
			s, ok := scalar(x)
			if !ok {
				return "", false
			}
			if s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "|"), true
	}
	return "", false
}
