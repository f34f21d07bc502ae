// Package words brings words together that mean the same in a search: capital and
// small letters, umlauts and their spellings, inflected forms in German and
// English, compounds and their parts, and one wrong letter. It compares words and
// nothing else; it knows no texts, no languages of people and no store.
package words

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/german"
	"golang.org/x/text/unicode/norm"
)

// Word is a word as it is compared.
type Word struct {
	Text   string // folded: small letters, ae oe ue ss, no accents
	German string // stem, without traces of umlauts
	Stem   string // English stem
}

// New analyses one folded word.
func New(folded string) Word {
	plain := plainVowels(folded)
	de := snowballstem.NewEnv(plain)
	german.Stem(de)
	stem := de.Current()
	// The stemmer takes the end of "Sommerfest" for that of a superlative.
	if rest, ok := strings.CutPrefix(plain, stem); ok && strings.HasPrefix(rest, "est") {
		stem += "est"
	}
	en := snowballstem.NewEnv(folded)
	english.Stem(en)
	return Word{Text: folded, German: stem, Stem: en.Current()}
}

// plainVowels takes the e away that stands for dots on the vowel before it, so that the spellings
// ä, ae and a of one word have one stem. An ue after a, e or q is none ("Bauer", "neue", "bequem").
func plainVowels(s string) string {
	if !strings.Contains(s, "ae") && !strings.Contains(s, "oe") && !strings.Contains(s, "ue") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		dots := s[i] == 'e' && i > 0 && (s[i-1] == 'a' || s[i-1] == 'o' ||
			s[i-1] == 'u' && (i < 2 || !strings.ContainsRune("aeq", rune(s[i-2]))))
		if !dots {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// maxWord is how many bytes of a word count.
const maxWord = 64

// Split lists the folded words of a text in their order, with repetitions.
func Split(text string) []string {
	var out []string
	var b []byte
	flush := func() {
		if len(b) > 0 {
			out = append(out, string(b[:min(len(b), maxWord)]))
			b = b[:0]
		}
	}
	for _, r := range norm.NFKC.String(text) {
		r = unicode.ToLower(r)
		switch {
		case r == 'ä':
			b = append(b, "ae"...)
		case r == 'ö':
			b = append(b, "oe"...)
		case r == 'ü':
			b = append(b, "ue"...)
		case r == 'ß':
			b = append(b, "ss"...)
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b = append(b, byte(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			for _, d := range norm.NFD.String(string(r)) {
				if !unicode.Is(unicode.Mn, d) {
					b = append(b, string(d)...)
				}
			}
		case unicode.Is(unicode.Mn, r), r == '\u00AD': // stray accents, soft hyphens
		default:
			flush()
		}
	}
	flush()
	for i, w := range out {
		out[i] = strings.ToValidUTF8(w, "")
	}
	return slices.DeleteFunc(out, func(w string) bool { return w == "" })
}

// Distinct lists the words of a text that say something, once each; if none does, all.
func Distinct(text string) []string {
	all := Split(text)
	var out []string
	for _, w := range all {
		if !idle[w] && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	if len(out) > 0 {
		return out
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Kinship is how near two words are, better ones higher.
type Kinship int

// Kinships.
const (
	None Kinship = iota
	Typo         // one letter is wrong, missing, too many, or two are swapped
	Part         // the first is part of the second, a compound
	Same         // the same word, perhaps inflected
)

// Weights of the kinships in a score.
var weights = [...]float64{None: 0, Typo: 0.5, Part: 0.7, Same: 1}

// Weight is what a kinship counts in a score, between 0 and 1.
func (k Kinship) Weight() float64 { return weights[k] }

// Compare tells how the word w of a text is kin to the word q of a query, typing errors left aside.
func Compare(q, w Word) Kinship {
	switch {
	case q.Text == w.Text, q.German == w.German, q.Stem == w.Stem:
		return Same
	case PartOf(q.German, w.German):
		return Part
	}
	return None
}

// Least lengths, in bytes, of a part in a compound and of what is beside it.
const (
	leastPart   = 4
	leastInside = 5
	leastBeside = 3
)

// PartOf tells whether a stem is part of a compound's stem: its head ("Fest" of "Sommerfest"), its
// beginning ("Kinder" of "Kinderbetreuung"), or, if it is long enough to be no accident, in between.
func PartOf(part, whole string) bool {
	if len(part) < leastPart || len(part) >= len(whole) {
		return false
	}
	for from := 0; ; {
		i := strings.Index(whole[from:], part)
		if i < 0 {
			return false
		}
		i += from
		if partAt(part, whole, i) {
			return true
		}
		from = i + 1
	}
}

func partAt(part, whole string, i int) bool {
	before, after := whole[:i], whole[i+len(part):]
	switch {
	case after == "":
		if len(before) < leastBeside || !spoken(before) {
			return false
		}
	case before == "":
		if len(after) < leastBeside || !spoken(after) {
			return false
		}
	default:
		if len(part) < leastInside || len(before) < leastBeside || len(after) < leastBeside || !spoken(before) || !spoken(after) {
			return false
		}
	}
	// "Sport" is no part of "Krankentransport": it lies within a word that is none of it.
	for _, u := range undivided {
		if u == part || !strings.Contains(u, part) {
			continue
		}
		for from := 0; ; {
			k := strings.Index(whole[from:], u)
			if k < 0 {
				break
			}
			k += from
			if k <= i && i+len(part) <= k+len(u) {
				return false
			}
			from = k + 1
		}
	}
	return true
}

// spoken tells whether letters can be a word: they have a vowel, or are not Latin.
func spoken(s string) bool {
	return strings.ContainsAny(s, "aeiouy") || strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) >= 0
}

// leastTypo is the least length, in letters, of a word whose typing errors are forgiven.
const leastTypo = 4

// Mistyped tells whether q may be w with one typing error, in the word or in its stem.
func Mistyped(q, w Word) bool { return oneOff(q.Text, w.Text) || oneOff(q.German, w.German) }

func oneOff(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < leastTypo || len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return slices.Equal(x[i:], y[i+1:])
	}
	if i == len(x) {
		return true
	}
	if slices.Equal(x[i+1:], y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}

// Typos calls yield with every word that Mistyped would forgive for this one, over an alphabet, some of
// them more than once. The bytes are only lent.
func Typos(word string, alphabet []rune, yield func([]byte)) {
	w := []rune(word)
	v := make([]rune, 0, len(w)+1)
	var b []byte
	emit := func() {
		b = b[:0]
		for _, r := range v {
			b = append(b, string(r)...)
		}
		yield(b)
	}
	for i := range len(w) + 1 {
		if len(w) >= leastTypo {
			for _, r := range alphabet {
				v = append(append(append(v[:0], w[:i]...), r), w[i:]...)
				emit()
			}
		}
		if i == len(w) || len(w) < leastTypo {
			continue
		}
		if len(w) > leastTypo {
			v = append(append(v[:0], w[:i]...), w[i+1:]...)
			emit()
		}
		for _, r := range alphabet {
			v = append(v[:0], w...)
			v[i] = r
			emit()
		}
		if i+1 < len(w) {
			v = append(v[:0], w...)
			v[i], v[i+1] = v[i+1], v[i]
			emit()
		}
	}
}

// idle words say nothing in a search.
var idle = set(`aber alle als am an auch auf aus bei beim bin bis bitte da dann das dass dein deine dem den der des die
	dies diese dieser doch dort du ein eine einem einen einer eines er es etwas fuer gern gerne haben hat hier ich ihr im in ist
	kann kein keine mal man mein meine mich mir mit nach nicht noch nur ob oder ohne schon sein sich sie sind so suche suchen
	sucht ueber um und uns unser unsere unter vom von vor was wer wie will wir wird wo zu zum zur
	a an and any are as at be but by can do for from have i in is it me my no not of on or our please that the their there
	they this to want we what when where who will with you your`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// undivided words hold letters that look like a part and are none.
var undivided = strings.Fields(`transport export import passport support report rapport manifest protest attest contest kontest
	latest greatest interest festival restaurant portier rentier papier ballon ballett kapital spital hospital diskont
	arrest schwester polyester orchester semester gericht bericht unterricht nachricht vorsicht ansicht absicht richtung
	einrichtung verrichtung berlin garantie material digital original kindl kindle`)
