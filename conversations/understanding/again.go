package understanding

import (
	"regexp"
	"strconv"
	"strings"

	"ehrenamt/channels"
)

// Resize is what somebody says about the number of people of a posting that exists: "noch zwei mehr",
// "es sind doch 6". Exactly one of By and To is not zero.
type Resize struct {
	By int // more, or fewer if negative
	To int // the new number
}

// maxResize is the largest number taken for a number of people.
const maxResize = 10000

var (
	resizeBy = regexp.MustCompile(`^(?:(?:bitte|wir|ich|brauchen|brauche|braeuchten|braeuchte|suchen|suche|doch|nun|jetzt|auch|we|need|please)\s+)*` +
		`(?:(noch|nochmal|one|another)\s+)?(\pL+|\d{1,5})\s+(?:(?:leute|helfer|helferinnen|helfende|menschen|personen|plaetze|people|helpers|places)\s+)?(mehr|dazu|zusaetzlich|weitere|weniger|more|fewer|less)$`)
	resizeMore = regexp.MustCompile(`^(?:(?:bitte|wir|ich|brauchen|brauche|suchen|suche|doch|jetzt|we|need)\s+)*(?:noch|another)\s+(\pL+|\d{1,5})(?:\s+(?:weitere|mehr))?` +
		`(?:\s+(?:leute|helfer|helferinnen|helfende|menschen|personen|plaetze|people|helpers))?$`)
	resizeTo = regexp.MustCompile(`^(?:es sind|wir sind|wir brauchen|ich brauche|wir braeuchten|wir suchen|brauchen|brauche|we need|its|it is|make it)\s+(?:jetzt\s+)?(?:doch|nun|jetzt|nur|actually|now)\s+(?:nur\s+)?(?:noch\s+)?(\pL+|\d{1,5})` +
		`(?:\s+(?:leute|helfer|helferinnen|helfende|menschen|personen|plaetze|people|helpers))?$`)
)

// ReadResize reads a change of the number of people, said about a posting that exists already. A whole
// sentence with a place or a time in it is none.
func ReadResize(text string) (Resize, bool) {
	t := channels.Fold(text)
	if len(t) > 80 {
		return Resize{}, false
	}
	if m := resizeBy.FindStringSubmatch(t); m != nil {
		if n, ok := smallNumber(m[2]); ok {
			if m[3] == "weniger" || m[3] == "fewer" || m[3] == "less" {
				n = -n
			}
			return Resize{By: n}, true
		}
	}
	if m := resizeMore.FindStringSubmatch(t); m != nil {
		if n, ok := smallNumber(m[1]); ok {
			return Resize{By: n}, true
		}
	}
	if m := resizeTo.FindStringSubmatch(t); m != nil {
		if n, ok := smallNumber(m[1]); ok {
			return Resize{To: n}, true
		}
	}
	return Resize{}, false
}

// smallNumber reads a folded number or number word, at least 1.
func smallNumber(word string) (int, bool) {
	if n, err := strconv.Atoi(word); err == nil {
		return n, n >= 1 && n <= maxResize
	}
	words := map[string]int{
		"ein": 1, "eine": 1, "einen": 1, "eins": 1, "einer": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6,
		"sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwoelf": 12, "fuenfzehn": 15, "zwanzig": 20, "dreissig": 30,
		"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
	}
	n, ok := words[word]
	return n, ok
}

var again = regexp.MustCompile(`(?i)^\s*(?:bitte\s+)?(?:(?:noch ?mal|nochmals|wieder|das)\s+)*(?:(?:so\s+|genau(?:so)?\s+|das gleiche\s+|dasselbe\s+)*wie\s+(?:beim\s+|das\s+)?(?:letzte[sn]?|voriges|vorige|vergangenes)\s+(?:mal|woche|jahr|samstag|sonntag|montag|dienstag|mittwoch|donnerstag|freitag)` +
	`|(?:das gleiche|dasselbe)\s+(?:noch ?mal|nochmals|wieder|noch einmal)|noch ?mal (?:das gleiche|dasselbe)|same as last (?:time|week))`)

// ReadAgain reads "wie letztes Mal, aber Sonntag": the wish for what there was before. It returns what was
// said beside it, which may be nothing.
func ReadAgain(text string) (rest string, ok bool) {
	at := again.FindStringIndex(text)
	if at == nil {
		return "", false
	}
	rest = strings.TrimLeft(text[at[1]:], " ,.;:!-–\n\t")
	for _, word := range []string{"nur ", "aber ", "but ", "bitte "} {
		if len(rest) >= len(word) && strings.EqualFold(rest[:len(word)], word) {
			rest = rest[len(word):]
		}
	}
	return strings.TrimSpace(rest), true
}
