package masking

import (
	"regexp"
	"slices"
	"strings"
)

// TraceMax is how long a trace gets, in bytes.
const TraceMax = 48

// units stand behind numbers that count or tell the time.
var units = regexp.MustCompile(`^\s*(?i:uhr|h\b|std|stunden?|minuten?|min\b|€|euro?|leute|personen|menschen|kinder|helfer|tische|stühle|bänke|kisten|kg|km|m\b|cm|liter|l\b|stück|%|o'clock|am\b|pm\b|people|chairs|tables|hours?|minutes?)`)

// bit is a number in a text: digits in a row, or a word for some.
type bit struct {
	from, to int
	digits   string // as many as it stands for; of words only whether it is a zero counts
}

// HideAfter is Hide for a text that may go on with a number begun in others. before is the trace of those, next that of
// this one with them: digits, and nothing else that was said. Dates, times and what is counted leave no trace, and neither
// does a number that was hidden whole.
func HideAfter(before, text string) (hidden string, kinds []Kind, next string) {
	text = clipped(text)
	plain := flatten(text)
	found := bits(plain)
	if goesOn(strings.Fields(before), found) {
		var spans []span
		for _, b := range found {
			spans = append(spans, span{b.from, b.to, Number})
		}
		hidden, more := Hide(without(plain, spans, &kinds))
		for _, k := range more {
			if !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
		return hidden, kinds, before
	}
	own := 0
	for _, b := range found {
		own += digits(b.digits)
	}
	if hidden, kinds = Hide(text); len(kinds) > 0 && own >= longEnough {
		found = bits(hidden)
	}
	parts := strings.Fields(before)
	for _, b := range found {
		parts = append(parts, b.digits)
	}
	for len(strings.Join(parts, " ")) > TraceMax {
		parts = parts[1:]
	}
	return hidden, kinds, strings.Join(parts, " ")
}

// goesOn tells whether what was found goes on with a number begun before.
func goesOn(before []string, found []bit) bool {
	more := 0
	for _, b := range found {
		more += digits(b.digits)
	}
	for i, p := range before {
		if begins(p) && more > 0 && digits(strings.Join(before[i:], ""))+more >= longEnough {
			return true
		}
	}
	return false
}

// begins tells whether a number to be called begins like this.
func begins(digits string) bool {
	return strings.HasPrefix(digits, "0") || strings.HasPrefix(digits, "+") || strings.HasPrefix(digits, "49")
}

// bits are the numbers of a text, but for dates, times and what is counted.
func bits(s string) []bit {
	var all []bit
	quiet := [][]int{}
	for _, m := range run.FindAllStringIndex(s, -1) {
		if harmless.MatchString(s[m[0]:m[1]]) && digits(s[m[0]:m[1]]) > 2 && strings.ContainsAny(s[m[0]:m[1]], ".:-–—") {
			quiet = append(quiet, m)
		}
	}
	for _, m := range tokens.FindAllStringIndex(s, -1) {
		token := strings.ToLower(s[m[0]:m[1]])
		if slices.ContainsFunc(quiet, func(q []int) bool { return m[0] >= q[0] && m[1] <= q[1] }) || units.MatchString(s[m[1]:]) {
			continue
		}
		b := bit{from: m[0], to: m[1]}
		if token[0] >= '0' && token[0] <= '9' {
			if b.digits = token; m[0] > 0 && s[m[0]-1] == '+' {
				b.digits, b.from = "+"+token, m[0]-1
			}
		} else if n, _ := value(token); n > 0 && token != "ein" && token != "eine" && token != "one" {
			b.digits = strings.Repeat("1", n)
			if strings.HasPrefix(token, "null") || strings.HasPrefix(token, "zero") {
				b.digits = strings.Repeat("0", n)
			}
		}
		if b.digits != "" {
			all = append(all, b)
		}
	}
	return all
}
