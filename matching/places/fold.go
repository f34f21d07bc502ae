package places

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendFold appends the form in which words are compared: lower case, umlauts and ß written out,
// accents dropped.
func appendFold(dst []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			dst = append(dst, byte(r))
		case r >= 'A' && r <= 'Z':
			dst = append(dst, byte(r)+'a'-'A')
		case r == 0x0308 && len(dst) > 0 && strings.IndexByte("aou", dst[len(dst)-1]) >= 0:
			dst = append(dst, 'e') // a letter and a combining diaeresis, as some phones write ä
		case r < utf8.RuneSelf || unicode.Is(unicode.Mn, r):
		default:
			dst = appendFoldRune(dst, r)
		}
	}
	return dst
}

func appendFoldRune(dst []byte, r rune) []byte {
	switch unicode.ToLower(r) {
	case 'ä', 'æ':
		return append(dst, 'a', 'e')
	case 'ö', 'œ', 'ø':
		return append(dst, 'o', 'e')
	case 'ü':
		return append(dst, 'u', 'e')
	case 'ß', 'ẞ':
		return append(dst, 's', 's')
	case 'à', 'á', 'â', 'ã', 'å':
		return append(dst, 'a')
	case 'è', 'é', 'ê', 'ë':
		return append(dst, 'e')
	case 'ì', 'í', 'î', 'ï', 'ı':
		return append(dst, 'i')
	case 'ò', 'ó', 'ô', 'õ':
		return append(dst, 'o')
	case 'ù', 'ú', 'û':
		return append(dst, 'u')
	case 'ç', 'č':
		return append(dst, 'c')
	case 'ş', 'š':
		return append(dst, 's')
	case 'ğ':
		return append(dst, 'g')
	case 'ñ':
		return append(dst, 'n')
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}

// token is a run of letters or of digits in a text.
type token struct {
	start, end int    // bytes
	key        string // folded
	runes      int
	upper      bool // begins with a capital
	digits     bool
}

// tokenise cuts a text into words and numbers. Everything else stands between them.
func tokenise(text string) []token {
	tokens := make([]token, 0, len(text)/6+1)
	buf := make([]byte, 0, len(text)+len(text)/8)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		class := classOf(r)
		if class == other || r == utf8.RuneError && size == 1 {
			i += size
			continue
		}
		t := token{start: i, digits: class == digit, upper: unicode.IsUpper(r)}
		for i < len(text) {
			r, size = utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 || classOf(r) != class && !(class == letter && unicode.Is(unicode.Mn, r)) {
				break
			}
			t.runes++
			i += size
		}
		t.end = i
		from := len(buf)
		buf = appendFold(buf, text[t.start:t.end])
		t.key = string(buf[from:])
		tokens = append(tokens, t)
	}
	return tokens
}

type class uint8

const (
	other class = iota
	letter
	digit
)

func classOf(r rune) class {
	switch {
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		return letter
	case r >= '0' && r <= '9':
		return digit
	case r < utf8.RuneSelf:
		return other
	case unicode.IsLetter(r):
		return letter
	}
	return other
}

// keyOf is the key of a whole name: its folded words with one space between them.
func keyOf(name string) string {
	buf := make([]byte, 0, len(name)+8)
	last := other
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		c := classOf(r)
		switch {
		case r == utf8.RuneError && size == 1:
			c = other
		case last == letter && unicode.Is(unicode.Mn, r):
			c = letter
		}
		if c != other {
			if c != last && len(buf) > 0 {
				buf = append(buf, ' ')
			}
			buf = appendFold(buf, name[i:i+size])
		}
		last = c
		i += size
	}
	return expandSaint(string(buf))
}

// expandSaint writes the abbreviation of Sankt out.
func expandSaint(key string) string {
	if strings.HasPrefix(key, "st ") {
		return "sankt " + key[3:]
	}
	return strings.ReplaceAll(key, " st ", " sankt ")
}
