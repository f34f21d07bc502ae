package understanding

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

type tokenKind uint8

const (
	wordToken tokenKind = iota
	numberToken
	punctToken
	newlineToken
)

// token is one word, number or mark. norm is case-folded with umlauts written out; gender forms
// ("Helfer*innen", "Fahrer/in", "eine/n") are one word.
type token struct {
	kind     tokenKind
	norm     string
	from, to int // bytes of the text
	val      int // of numbers, -1 when it does not fit
	glued    bool
	upper    bool       // begins with a capital letter
	caps     bool       // all capitals, at least two letters
	time     []timeWord // what the word means as a word of time
	slashIn  bool       // a gender form in the singular: "Fahrer/in", "Kassenwart*in", "eine/n"
}

func (t token) is(words ...string) bool {
	for _, w := range words {
		if t.norm == w {
			return true
		}
	}
	return false
}

const maxText = 16 << 10 // bytes read of one message; what follows is not looked at

func tokenize(text string) []token {
	if len(text) > maxText {
		text = text[:maxText]
	}
	out := make([]token, 0, len(text)/5+8)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		start := i
		switch {
		case r == '\n':
			out = append(out, token{kind: newlineToken, norm: "\n", from: i, to: i + 1})
			i++
			continue
		case unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff':
			i += n
			continue
		case r >= '0' && r <= '9':
			i = endOf(text, i, func(r rune) bool { return r >= '0' && r <= '9' })
			out = append(out, token{kind: numberToken, norm: text[start:i], from: start, to: i, val: smallInt(text[start:i])})
		case unicode.IsLetter(r):
			var t token
			t, i = word(text, i)
			out = append(out, t)
		default:
			i += n
			out = append(out, token{kind: punctToken, norm: mark(r), from: start, to: i})
		}
		if k := len(out) - 1; k > 0 {
			out[k].glued = out[k-1].to == out[k].from
		}
	}
	return out
}

func endOf(s string, i int, in func(rune) bool) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !in(r) {
			break
		}
		i += n
	}
	return i
}

func smallInt(s string) int {
	if len(s) > 9 {
		return -1
	}
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) }

// word reads letters and a gender ending behind them.
func word(s string, i int) (token, int) {
	end := endOf(s, i, isWordRune)
	r, _ := utf8.DecodeRuneInString(s[i:end])
	if unicode.Is(unicode.Cyrillic, r) {
		end = pastApostrophe(s, end)
	}
	raw := s[i:end]
	t := token{kind: wordToken, norm: foldWord(raw), from: i, upper: unicode.IsUpper(r)}
	t.caps = t.upper && len(raw) > 1 && strings.ToUpper(raw) == raw
	ending, to := genderEnding(s, end)
	switch ending {
	case "in":
		t.norm, t.slashIn, end = t.norm+"in", true, to
	case "innen":
		t.norm, end = t.norm+"innen", to
	case "n", "r", "s", "m", "e", "en", "er":
		if strings.HasSuffix(t.norm, "e") || strings.HasSuffix(t.norm, "ein") || ending == "e" {
			t.slashIn, end = true, to
		}
	}
	t.to = end
	return t, end
}

// pastApostrophe reads on behind an apostrophe within a Cyrillic word: "п'ять", "сім’я".
func pastApostrophe(s string, end int) int {
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if r != '\'' && r != '’' {
			return end
		}
		next, _ := utf8.DecodeRuneInString(s[end+n:])
		if !unicode.Is(unicode.Cyrillic, next) {
			return end
		}
		end = endOf(s, end+n, isWordRune)
	}
	return end
}

// genderEnding reads "*in", ":innen", "/-in", "(innen)", "/n" at i.
func genderEnding(s string, i int) (string, int) {
	if i >= len(s) {
		return "", i
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	switch r {
	case '*', ':', '_', '/', '·', '(', '’', '\'':
	default:
		return "", i
	}
	j, closing := i+n, r == '('
	if j < len(s) && s[j] == '-' && (r == '/' || r == '(') {
		j++
	}
	end := endOf(s, j, isWordRune)
	e := s[j:end]
	if r == '\'' || r == '’' || (len(e) < 2 && (r == ':' || r == '_')) {
		return "", i
	}
	if closing {
		if end >= len(s) || s[end] != ')' {
			return "", i
		}
		end++
	}
	switch e {
	case "in", "innen", "In", "Innen", "n", "r", "s", "m", "e", "en", "er":
		return strings.ToLower(e), end
	}
	return "", i
}

// foldWord lower-cases and writes umlauts out (ä → ae, ß → ss), dropping other accents of Latin letters.
func foldWord(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || (c >= 'A' && c <= 'Z') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 4)
	for _, r := range s {
		foldRune(&b, unicode.ToLower(r))
	}
	return b.String()
}

func foldRune(b *strings.Builder, r rune) {
	switch {
	case r == '\'':
	case r < utf8.RuneSelf:
		b.WriteRune(r)
	case r == 'ä' || r == 'æ':
		b.WriteString("ae")
	case r == 'ö' || r == 'ø':
		b.WriteString("oe")
	case r == 'ü':
		b.WriteString("ue")
	case r == 'ß':
		b.WriteString("ss")
	case r == 'ı':
		b.WriteByte('i')
	case unicode.Is(unicode.Mn, r), r == '’', r == 'ʼ':
	case unicode.Is(unicode.Latin, r):
		for _, x := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, x) {
				b.WriteRune(x)
			}
		}
	default:
		b.WriteRune(r)
	}
}

// mark brings dashes, quotes and dots to one form; what is no punctuation becomes "~".
func mark(r rune) string {
	switch r {
	case '-', '–', '—', '‐', '‑', '−', '‒':
		return "-"
	case '’', '\'', '`', '´', '‘':
		return "'"
	case '"', '„', '“', '”', '«', '»':
		return "\""
	case '…':
		return "."
	case '&':
		return "&"
	}
	if r < utf8.RuneSelf && r > ' ' {
		return string(r)
	}
	if r == '€' || r == '§' || r == '°' || r == '¼' || r == '½' || r == '¾' {
		return string(r)
	}
	return "~"
}
