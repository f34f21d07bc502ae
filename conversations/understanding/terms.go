package understanding

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// termLength is how long what was said about one of the terms may be, in characters; the rest stays in the description.
const termLength = 120

// clauses divides a text at the ends of sentences and lines, at semicolons and at commas; not within numbers, nor behind
// abbreviations like "z. B." and "ca.".
func clauses(text string) []string {
	var parts []string
	from := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '!', '?', ';', '\n':
		case '.', ',':
			digits := i > 0 && i+1 < len(text) && isDigit(text[i-1]) && isDigit(text[i+1])
			word := text[strings.LastIndexAny(text[:i], " (\n")+1 : i]
			if digits || text[i] == '.' && len(word) <= 2 && word != "" && !isDigit(word[0]) {
				continue
			}
		default:
			continue
		}
		parts = append(parts, text[from:i])
		from = i + 1
	}
	return append(parts, text[from:])
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// Words by which a clause is about one of the terms, folded.
var (
	depositWords   = []string{"kaution", "pfand", "leihgebuhr", "leihgebuehr", "deposit"}
	insuranceWords = []string{"versicher", "haftpflicht", "kasko", "insur"}
	pickupWords    = []string{"abhol", "abzuhol", "abgeholt", "zuruckbring", "zurueckbring", "zuruckgeb", "zurueckgeb", "ubergabe", "uebergabe", "pick up", "pickup", "collect it", "bring it back"}
)

// What groups of pupils and the like say of themselves.
var (
	agesSaid = regexp.MustCompile(`(?i)(?:\b\d{1,2}\s*(?:-|–|bis|to)\s*)?\b\d{1,2}\s*(?:-\s*jährige\w*|jährige\w*|jahre\w*(?:\s+alt)?|[ -]years?[ -]olds?)|\b(?:klassen?|jahrgangs?stufe|stufe|jahrgang|grade|year)\s*\d{1,2}\s?[a-f]?\b|\b\d{1,2}\.\s*(?:klasse|jahrgang|stufe)\w*`)
	longSaid = regexp.MustCompile(`(?i)\b(?:über|für|während|for|over)?\s*(?:\d{1,2}|ein|eine|einer|zwei|drei|vier|fünf|sechs|sieben|acht|zehn|zwölf|one|two|three|four|six|eight)\s+(?:wochen?|weeks?|monate?n?|months?|schulhalbjahre?|halbjahre?)\b|\b(?:projektwochen?|project weeks?|schul(?:halb)?jahr|schoolyear|school year|halbjahr)\b`)
)

// ReadTerms takes what goes with things that are lent (deposit, insurance, how they are picked up) and with a group
// that comes (age, for how long) from a text, in the words in which it was said.
func ReadTerms(text string) matching.Terms {
	var t matching.Terms
	for _, c := range clauses(text) {
		said := strings.TrimSpace(strings.TrimLeft(c, " -–•*:"))
		if said == "" || strings.Contains(said, "@") {
			continue
		}
		folded := channels.Fold(said)
		for _, x := range []struct {
			words []string
			to    *string
		}{{depositWords, &t.Deposit}, {insuranceWords, &t.Insurance}, {pickupWords, &t.Pickup}} {
			if *x.to == "" && containsAny(folded, x.words) {
				*x.to = cutTo(said, termLength)
				break
			}
		}
	}
	for _, said := range agesSaid.FindAllString(text, 2) { // the class, and how old they are
		t.Ages = strings.TrimPrefix(t.Ages+", "+strings.TrimSpace(said), ", ")
	}
	t.Duration = strings.TrimSpace(longSaid.FindString(text))
	return t
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func cutTo(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n-1])) + "…"
}
