package channels

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Plain renders a reply for networks without buttons: the text, then one numbered
// line for each choice. The numbers are those that Pick understands.
func Plain(r Reply) string {
	var b strings.Builder
	b.WriteString(r.Text)
	for i, c := range r.Choices {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strconv.Itoa(i+1) + ") " + c.Label)
		if c.URL != "" {
			b.WriteString(" " + c.URL)
		}
	}
	return b.String()
}

// PromptOf is the short name of a question: the same text and choices give the same prompt.
func PromptOf(r Reply) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.Text))
	for _, c := range r.Choices {
		_, _ = h.Write([]byte("\x00" + c.Key))
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// Pick finds the choice that was meant: by the key of a press, by its number ("2", "2.", "2)", "(2)"),
// by its label or one of its further words, ignoring case, punctuation, emoji and umlaut spelling.
// An unambiguous beginning of at least three letters of a label counts too.
func Pick(said string, choices []Choice) (Choice, bool) {
	c, rest, ok := PickPrefix(said, choices)
	if !ok || rest != "" {
		return Choice{}, false
	}
	return c, ok
}

// PickPrefix is Pick for answers that go on after the choice ("1, TV Brand"). It returns what follows.
// Only a number with a separator, or a whole label, is taken from the beginning of a longer text.
func PickPrefix(said string, choices []Choice) (c Choice, rest string, ok bool) {
	said = strings.TrimSpace(said)
	if said == "" || len(choices) == 0 {
		return Choice{}, "", false
	}
	for _, c := range choices {
		if c.Key == said {
			return c, "", true
		}
	}
	if n, rest, ok := leadingNumber(said); ok {
		if n >= 1 && n <= len(choices) {
			return choices[n-1], rest, true
		}
		return Choice{}, "", false
	}
	want := Fold(said)
	if want == "" {
		return Choice{}, "", false
	}
	for _, c := range choices {
		if Fold(c.Label) == want {
			return c, "", true
		}
		for _, w := range c.Words {
			if Fold(w) == want {
				return c, "", true
			}
		}
	}
	var found []Choice
	if len([]rune(want)) >= 3 {
		for _, c := range choices {
			if strings.HasPrefix(Fold(c.Label), want) {
				found = append(found, c)
			}
		}
	}
	if len(found) == 1 {
		return found[0], "", true
	}
	for _, sep := range []string{",", ":", " - ", " – ", "\n"} {
		head, tail, cut := strings.Cut(said, sep)
		if !cut {
			continue
		}
		h := Fold(head)
		for _, c := range choices {
			if h != "" && (Fold(c.Label) == h || containsFolded(c.Words, h)) {
				return c, strings.TrimSpace(tail), true
			}
		}
	}
	return Choice{}, "", false
}

func containsFolded(words []string, folded string) bool {
	for _, w := range words {
		if Fold(w) == folded {
			return true
		}
	}
	return false
}

// leadingNumber reads "2", "2.", "2)", "(2)", "#2", "2️⃣" and, before a separator, "2, and more".
func leadingNumber(s string) (n int, rest string, ok bool) {
	t := strings.TrimLeft(s, "(#[ ")
	i := 0
	for i < len(t) && t[i] >= '0' && t[i] <= '9' {
		i++
	}
	if i == 0 || i > 3 {
		return 0, "", false
	}
	n, _ = strconv.Atoi(t[:i])
	tail := strings.TrimLeft(t[i:], "\ufe0f\u20e3")
	if strings.TrimRight(tail, ".)] !") == "" {
		return n, "", true
	}
	if r := []rune(tail)[0]; r == ',' || r == ')' || r == ':' || r == ';' || r == '\n' || (r == '.' && strings.HasPrefix(tail, ". ")) {
		return n, strings.TrimSpace(tail[1:]), true
	}
	return 0, "", false
}

// Fold brings a text into the form in which words are compared: case-folded, umlauts and ß written
// out (ä → ae), other accents dropped, everything that is neither letter nor digit removed but for
// single spaces between words.
func Fold(s string) string {
	if ascii(s) {
		return foldASCII(s)
	}
	s = cases.Fold().String(norm.NFC.String(s))
	var b strings.Builder
	space := false
	for _, r := range s {
		var out string
		switch r {
		case 'ä':
			out = "ae"
		case 'ö':
			out = "oe"
		case 'ü':
			out = "ue"
		case 'ß':
			out = "ss"
		default:
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out = plainLetter(r)
			}
		}
		if out == "" {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteString(out)
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// foldASCII is Fold for the texts that are most: it is called many times in every turn.
func foldASCII(s string) string {
	b := make([]byte, 0, len(s))
	space := false
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
		default:
			space = len(b) > 0
			continue
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = append(b, c)
	}
	return string(b)
}

func plainLetter(r rune) string {
	if r < 0x80 {
		return string(r)
	}
	d := norm.NFD.String(string(r))
	for _, x := range d {
		if !unicode.Is(unicode.Mn, x) {
			return string(x)
		}
	}
	return string(r)
}
