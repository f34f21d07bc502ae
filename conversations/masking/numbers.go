package masking

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How many digits make a number by which somebody could be called.
const (
	longEnough  = 7 // whatever stands between them
	inOnePiece  = 6
	whereCalled = 4 // behind "Tel." and the like
	spelledOut  = 6
)

var (
	// run is digits with nothing but signs and spaces between them.
	run = regexp.MustCompile(`\+?\d(?:[^\p{L}\d]{0,6}\d)*`)

	piece = regexp.MustCompile(`\d{6,}`)

	// called stands before a number that is meant to be called.
	called = regexp.MustCompile(`(?i)(?:\btel\b|telefon|handy|mobil|nummer|\bnr\b|\bruf|anruf|whatsapp|festnetz|durchwahl|phone|\bcall\b|number|text me|\bsms\b|erreichbar)[^\d]{0,25}$`)

	// harmless is a run of digits that tells when or where.
	harmless = regexp.MustCompile(`^(?:` +
		date + `(?:\s*[-–—]\s*` + date + `)?(?:[\s,]+(?:` + clocks + `|` + clock + `|\d{1,2}))?` +
		`|` + clocks + `|` + clock +
		`|(?:19|20)\d\d-(?:0\d|1[0-2])-[0-3]\d(?:\s+(?:` + clocks + `|` + clock + `))?` +
		`|(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d` +
		`)$`)

	// houseAndTown is a house number and a postcode, where a town follows.
	houseAndTown = regexp.MustCompile(`^\d{1,3},?\s+\d{5}$`)
)

const (
	date   = `(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.?(?:\s?(?:19|20)\d\d|\d\d)?`
	clock  = `(?:[01]?\d|2[0-4])[:.][0-5]\d`
	clocks = `(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?\s?[-–—]\s?(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?`
)

// numbers finds what could be called, or paid to.
func numbers(s string) []span {
	var all []span
	for _, m := range run.FindAllStringIndex(s, -1) {
		text := s[m[0]:m[1]]
		n := digits(text)
		switch {
		case n < whereCalled, harmless.MatchString(text), houseAndTown.MatchString(text) && townFollows(s[m[1]:]):
			continue
		case n >= longEnough, piece.MatchString(text), called.MatchString(s[max(0, m[0]-60):m[0]]):
			all = append(all, span{m[0], m[1], Number})
		}
	}
	return all
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

func townFollows(rest string) bool {
	trimmed := strings.TrimLeft(rest, " ")
	r, _ := utf8.DecodeRuneInString(trimmed)
	return trimmed != rest && unicode.IsUpper(r)
}

// numerals are the words for numbers, in German and English, with how many digits each stands for. Longer ones come
// before those they begin with.
var numerals = []struct {
	word   string
	digits int
}{
	{"dreizehn", 2}, {"vierzehn", 2}, {"fünfzehn", 2}, {"fuenfzehn", 2}, {"sechzehn", 2}, {"siebzehn", 2}, {"achtzehn", 2}, {"neunzehn", 2},
	{"zwanzig", 2}, {"dreissig", 2}, {"dreißig", 2}, {"vierzig", 2}, {"fünfzig", 2}, {"fuenfzig", 2}, {"sechzig", 2}, {"siebzig", 2}, {"achtzig", 2}, {"neunzig", 2},
	{"thirteen", 2}, {"fourteen", 2}, {"fifteen", 2}, {"sixteen", 2}, {"seventeen", 2}, {"eighteen", 2}, {"nineteen", 2},
	{"twenty", 2}, {"thirty", 2}, {"forty", 2}, {"fifty", 2}, {"sixty", 2}, {"seventy", 2}, {"eighty", 2}, {"ninety", 2},
	{"null", 1}, {"eins", 1}, {"zwei", 1}, {"zwo", 1}, {"drei", 1}, {"vier", 1}, {"fünf", 1}, {"fuenf", 1}, {"sechs", 1}, {"sieben", 1}, {"acht", 1},
	{"neun", 1}, {"zehn", 2}, {"elf", 2}, {"zwölf", 2}, {"zwoelf", 2}, {"einund", 0}, {"und", 0}, {"ein", 1},
	{"zero", 1}, {"one", 1}, {"two", 1}, {"three", 1}, {"four", 1}, {"five", 1}, {"six", 1}, {"seven", 1}, {"eight", 1}, {"nine", 1}, {"ten", 2},
	{"eleven", 2}, {"twelve", 2},
}

// fillers may stand between the words of a number.
var fillers = []string{"und", "dann", "and", "then", "doppel", "double", "triple", "plus", "strich", "minus", "schrägstrich", "slash", "oh", "o"}

var tokens = regexp.MustCompile(`\p{L}+|\d+`)

// spelled finds numbers that are written out, wholly or in part.
func spelled(s string) []span {
	var all []span
	from, to, n, words, singles := -1, 0, 0, 0, 0
	flush := func() {
		if n >= spelledOut && words >= 2 && singles >= 4 {
			all = append(all, span{from, to, Number})
		}
		from, n, words, singles = -1, 0, 0, 0
	}
	for _, m := range tokens.FindAllStringIndex(s, -1) {
		token := strings.ToLower(s[m[0]:m[1]])
		switch d, pieces := value(token); {
		case from >= 0 && m[0]-to > 8:
			flush()
			fallthrough
		case d > 0:
			if d == 0 {
				continue
			}
			if from < 0 {
				from = m[0]
			}
			to, n = m[1], n+d
			singles += pieces
			if token[0] > '9' {
				words += pieces
			}
		case from >= 0 && isFiller(token):
		default:
			flush()
		}
	}
	flush()
	return all
}

func isFiller(token string) bool {
	for _, f := range fillers {
		if f == token {
			return true
		}
	}
	return false
}

// value is how many digits a token stands for and of how many numbers it is made; 0 where it is none.
func value(token string) (n, pieces int) {
	if token[0] >= '0' && token[0] <= '9' {
		return len(token), 1
	}
	rest := token
	for rest != "" {
		before := rest
		for _, w := range numerals {
			if after, ok := strings.CutPrefix(rest, w.word); ok {
				rest, n = after, n+w.digits
				if w.digits > 0 {
					pieces++
				}
				break
			}
		}
		if rest == before {
			return 0, 0
		}
	}
	return n, pieces
}
