package channels

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CutTitle finds the title of a reply within its own text, as whole words at the end of a line or before a bracket, so that a network
// without a subject line need not say it twice. Where ok is false, before is "" and after is the whole text.
func CutTitle(text, title string) (before, after string, ok bool) {
	if title == "" {
		return "", text, false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], title)
		if i < 0 {
			return "", text, false
		}
		i += from
		from = i + len(title)
		last, _ := utf8.DecodeLastRuneInString(text[:i])
		if rest := text[from:]; (i == 0 || unicode.IsSpace(last)) && (rest == "" || rest[0] == '\n' || strings.HasPrefix(rest, " (")) {
			return text[:i], rest, true
		}
	}
}
