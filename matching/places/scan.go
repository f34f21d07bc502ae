package places

import (
	"strings"
	"unicode/utf8"
)

// before and after are the neighbouring words, folded; "" at the ends of the text.
func (s *scan) before(i int) string {
	if i <= 0 || i > len(s.tokens) {
		return ""
	}
	return s.tokens[i-1].key
}

func (s *scan) after(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.tokens[i].key
}

// gapBefore is what stands between a token and the one before it.
func (s *scan) gapBefore(i int) string {
	switch {
	case i < 0 || i > len(s.tokens) || len(s.tokens) == 0:
		return ""
	case i == len(s.tokens):
		return s.text[s.tokens[i-1].end:]
	case i == 0:
		return s.text[:s.tokens[0].start]
	}
	return s.text[s.tokens[i-1].end:s.tokens[i].start]
}

// joined tells whether a token and the next may be parts of one name.
func (s *scan) joined(i int) bool {
	switch s.gapBefore(i + 1) {
	case " ", "-", "/", ".", ". ", "'", "’", " (", "\n", "- ", " / ", "–":
		return true
	}
	return false
}

// cueBefore tells whether the word before says that a place follows.
func (s *scan) cueBefore(i int) bool {
	if i == 0 {
		return false
	}
	gap := s.gapBefore(i)
	return s.g.lexicon.cues[s.before(i)] && (strings.TrimLeft(gap, " ") == "" || gap == ": " || gap == "\n")
}

// streetAfter tells whether the token is a word for streets, so that the name before it is part of one.
func (s *scan) streetAfter(i int) bool {
	gap := s.gapBefore(i)
	return s.g.lexicon.streets[s.after(i)] && (gap == " " || gap == "-" || gap == "\n")
}

// insideAddress tells whether a token is part of a mail address, a link or a handle.
func (s *scan) insideAddress(i int) bool {
	const far = 256
	t := &s.tokens[i]
	if (t.start == 0 || !isMark(s.text[t.start-1])) && (t.end == len(s.text) || !isMark(s.text[t.end])) {
		return false
	}
	from, to := t.start, t.end
	for from > 0 && t.start-from < far && !isSpace(s.text[from-1]) {
		from--
	}
	for to < len(s.text) && to-t.end < far && !isSpace(s.text[to]) {
		to++
	}
	chunk := strings.TrimRight(s.text[from:to], ".,;:!?)>")
	if strings.ContainsAny(chunk, "@#_") || strings.Contains(chunk, "://") || strings.HasPrefix(chunk, "www.") {
		return true
	}
	for _, end := range []string{".de", ".org", ".com", ".net", ".eu", ".nrw", ".info"} {
		if strings.HasSuffix(chunk, end) || strings.Contains(chunk, end+"/") {
			return true
		}
	}
	return false
}

func isSpace(b byte) bool {
	return b == ' ' || b == '\n' || b == '\t' || b == '\r' || b == '<' || b == '>'
}

// isMark tells whether a byte may hold the parts of an address together.
func isMark(b byte) bool { return strings.IndexByte("@.-_/:#", b) >= 0 }

// postcodeAt accepts five digits as a postcode: known, and no part of a telephone number, an amount
// or an account.
func (s *scan) postcodeAt(i int) hit {
	t := &s.tokens[i]
	if len(t.key) != 5 {
		return hit{}
	}
	z, ok := s.g.zips[t.key]
	if !ok || s.insideAddress(i) {
		return hit{}
	}
	before, _ := utf8.DecodeLastRuneInString(s.text[:t.start])
	after, _ := utf8.DecodeRuneInString(s.text[t.end:])
	if strings.ContainsRune("+,.:/_#=€$", before) && t.start > 0 && !strings.HasSuffix(s.text[:t.start], "\n") {
		return hit{}
	}
	if strings.ContainsRune("€%_=", after) && t.end < len(s.text) {
		return hit{}
	}
	if i > 0 && s.tokens[i-1].digits && strings.Trim(s.gapBefore(i), " -/()") == "" && s.gapBefore(i) != "\n" {
		return hit{}
	}
	if i+1 < len(s.tokens) {
		n := &s.tokens[i+1]
		gap := s.gapBefore(i + 1)
		counted := s.g.lexicon.quantities[n.key] && gap == " " && s.before(i) != "in" && s.before(i) != "plz" // "in 52066 Leute sucht"
		if n.digits && len(gap) == 1 || counted || strings.Contains(gap, "€") {
			return hit{}
		}
		if n.digits && strings.TrimSpace(gap) == "" && !strings.Contains(gap, "\n") {
			return hit{}
		}
	}
	switch s.before(i) {
	case "tel", "telefon", "fax", "nr", "konto", "iban", "blz", "mobil", "handy", "nummer", "kundennummer", "code", "pin", "euro", "eur":
		return hit{}
	}
	h := hit{first: i, words: 1, zip: z + 1, rule: ByPostcode, cue: s.cueBefore(i) || s.before(i) == "plz"}
	return s.withVillage(h)
}

// withVillage adds the name behind a postcode that only the postcodes know: "54516 Wittlich".
func (s *scan) withVillage(h hit) hit {
	const longest, near = 4, 15 // words, km
	key := ""
	for n := 1; n <= longest && h.first+n < len(s.tokens) && (n == 1 && s.gapBefore(h.first+1) == " " || n > 1 && s.joined(h.first+n-1)); n++ {
		key = strings.TrimSpace(key + " " + s.tokens[h.first+n].key)
		for _, id := range s.g.byKey[key] {
			p := &s.g.places[id]
			if p.kind == village && roughKM(p.point, s.g.table.zips[h.zip-1].point) < near && (s.tokens[h.first+1].upper || s.quiet) {
				h.words, h.named, h.cue = 1+n, p.official, true
			}
		}
	}
	return h
}
