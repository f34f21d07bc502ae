package email

import (
	"bytes"
	"encoding/base64"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Bounds of a header block. What lies beyond is ignored and counted as malformed.
const (
	maxHeaderBytes  = 256 << 10
	maxHeaderFields = 1000
)

// field is one header field: its name in canonical lower case and its unfolded value.
type field struct{ name, value string }

// header holds the fields of one entity in their order, topmost first.
type header struct {
	fields    []field
	malformed int    // lines that are neither a field nor a continuation
	folded    []byte // value of the last field while its lines are being read
}

// splitHeader cuts an entity into its header and its body. It never fails: odd lines are counted.
func splitHeader(raw []byte) (h header, body []byte) {
	defer func() { h.unfold() }()
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	rest, seen := raw, 0
	first := true
	for len(rest) > 0 {
		line, after := cutLine(rest)
		seen += len(rest) - len(after)
		rest = after
		if len(bytes.TrimRight(line, " \t")) == 0 {
			return h, rest
		}
		if seen > maxHeaderBytes || len(h.fields) >= maxHeaderFields {
			h.malformed++
			return h, skipHeader(rest)
		}
		if first && (bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))) {
			first = false
			continue
		}
		first = false
		h.add(line)
	}
	return h, nil
}

// skipHeader drops the remaining lines of a header that is too long.
func skipHeader(rest []byte) []byte {
	if i := bytes.Index(rest, []byte("\r\n\r\n")); i >= 0 {
		return rest[i+4:]
	}
	if i := bytes.Index(rest, []byte("\n\n")); i >= 0 {
		return rest[i+2:]
	}
	return nil
}

func (h *header) add(line []byte) {
	if line[0] == ' ' || line[0] == '\t' {
		if len(h.fields) > 0 {
			h.folded = append(append(h.folded, ' '), bytes.TrimSpace(line)...)
			return
		}
		h.malformed++
		return
	}
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		h.malformed++
		return
	}
	name := bytes.TrimRight(line[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			h.malformed++
			return
		}
	}
	h.unfold()
	h.fields = append(h.fields, field{name: strings.ToLower(string(name))})
	h.folded = append(h.folded, bytes.TrimSpace(line[i+1:])...)
}

// unfold ends the last field.
func (h *header) unfold() {
	if n := len(h.fields); n > 0 && h.fields[n-1].value == "" {
		h.fields[n-1].value = string(bytes.TrimSpace(h.folded))
	}
	h.folded = h.folded[:0]
}

// cutLine returns the first line without its ending, and what follows.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimSuffix(b, []byte("\r")), nil
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), b[i+1:]
}

// get returns the topmost value of a field, undecoded.
func (h *header) get(name string) string {
	for _, f := range h.fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// all returns every value of a field, topmost first.
func (h *header) all(name string) []string {
	var out []string
	for _, f := range h.fields {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

func (h *header) has(name string) bool {
	for _, f := range h.fields {
		if f.name == name {
			return true
		}
	}
	return false
}

// text returns the decoded value of an unstructured field such as Subject.
func (h *header) text(name string) string {
	return strings.Join(strings.Fields(cleanText(decodeWords(h.get(name)))), " ")
}

// date reads the Date field; the zero time if there is none that can be read.
func (h *header) date() time.Time {
	t, err := mail.ParseDate(h.get("date"))
	if err != nil || t.Year() < 1980 || t.Year() > 9000 {
		return time.Time{}
	}
	return t
}

var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes RFC 2047 words. Adjacent words of one charset are joined before the charset is
// applied, because many clients cut a character in two; undeclared 8-bit text is guessed.
func decodeWords(s string) string {
	found := encodedWord.FindAllStringSubmatchIndex(s, 500)
	if found == nil {
		return guessText([]byte(s))
	}
	var out strings.Builder
	var run []byte
	charset, last := "", 0
	flush := func() {
		out.WriteString(toUTF8(run, charset))
		run = nil
	}
	for n, m := range found {
		between := s[last:m[0]]
		name, _, _ := strings.Cut(strings.ToLower(s[m[2]:m[3]]), "*")
		if n == 0 || strings.TrimSpace(between) != "" || name != charset {
			flush()
			if n == 0 || strings.TrimSpace(between) != "" {
				out.WriteString(guessText([]byte(between)))
			}
		}
		charset, last = name, m[1]
		run = append(run, decodeWord(s[m[4]:m[5]], s[m[6]:m[7]])...)
	}
	flush()
	out.WriteString(guessText([]byte(s[last:])))
	return out.String()
}

func decodeWord(encoding, text string) []byte {
	if strings.EqualFold(encoding, "b") {
		return decodeBase64([]byte(text), len(text))
	}
	return decodeQuoted([]byte(strings.ReplaceAll(text, "_", " ")), len(text))
}

// decodeBase64 decodes as much as can be decoded, ignoring what does not belong to the alphabet.
func decodeBase64(b []byte, limit int) []byte {
	clean := make([]byte, 0, min(len(b), limit/3*4+8))
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean = append(clean, c)
		}
		if len(clean) >= limit/3*4+8 {
			break
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean)
	return out[:min(n, limit)]
}

// decodeQuoted decodes quoted-printable text and leaves alone what is not properly encoded.
func decodeQuoted(b []byte, limit int) []byte {
	out := make([]byte, 0, min(len(b), limit))
	for i := 0; i < len(b) && len(out) < limit; i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		if n, ok := softBreak(b[i+1:]); ok {
			i += n
			continue
		}
		if i+2 < len(b) {
			hi, lo := unhex(b[i+1]), unhex(b[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, '=')
	}
	return out
}

// softBreak tells how many bytes a soft line break takes after its "=".
func softBreak(b []byte) (int, bool) {
	n := 0
	for n < len(b) && (b[n] == ' ' || b[n] == '\t') {
		n++
	}
	switch {
	case n == len(b):
		return n, true
	case b[n] == '\n':
		return n + 1, true
	case b[n] == '\r' && n+1 < len(b) && b[n+1] == '\n':
		return n + 2, true
	}
	return 0, false
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// mediaType reads a Content-Type or Content-Disposition leniently: "" only if there is nothing to read.
func mediaType(v string) (string, map[string]string) {
	t, params, err := mime.ParseMediaType(v)
	if err == nil {
		return t, params
	}
	pieces := strings.Split(v, ";")
	params = map[string]string{}
	for _, p := range pieces[1:min(len(pieces), 50)] {
		k, val, _ := strings.Cut(p, "=")
		k = strings.ToLower(strings.TrimSpace(k))
		if _, twice := params[k]; k != "" && !twice {
			params[k] = strings.Trim(strings.TrimSpace(val), `"'`)
		}
	}
	return strings.ToLower(strings.TrimSpace(pieces[0])), params
}

var looseAddress = regexp.MustCompile(`[^\s<>"(),:;@\[\]\\]+@[^\s<>"(),:;@\[\]\\]+`)

// maxAddresses bounds what is read from one address field.
const maxAddresses = 500

// addresses reads the mail addresses of a field in lower case, leniently.
func addresses(v string) []string {
	var out []string
	if list, err := mail.ParseAddressList(v); err == nil {
		for _, a := range list[:min(len(list), maxAddresses)] {
			out = append(out, strings.ToLower(a.Address))
		}
		return out
	}
	for _, a := range looseAddress.FindAllString(v, maxAddresses) {
		out = append(out, strings.ToLower(a))
	}
	return out
}

// sender reads the From field: the address in lower case, the display name, and whether it
// names exactly one address (RFC 5322 allows more; nobody's word counts then).
func (h *header) sender() (addr, name string, one bool) {
	all := h.all("from")
	if len(all) == 0 {
		return "", "", false
	}
	v := all[0]
	list := addresses(v)
	if len(list) == 0 {
		return "", "", false
	}
	if a, err := mail.ParseAddress(v); err == nil {
		name = decodeWords(a.Name)
	} else if i := strings.LastIndexByte(v, '<'); i > 0 {
		name = decodeWords(strings.Trim(strings.TrimSpace(v[:i]), `"`))
		if m := looseAddress.FindString(v[i:]); m != "" {
			list = []string{strings.ToLower(m)}
		}
	}
	name = strings.Join(strings.Fields(cleanText(name)), " ")
	return list[0], name, len(list) == 1 && len(all) == 1
}
