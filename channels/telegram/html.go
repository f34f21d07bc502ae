package telegram

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/rivo/uniseg"

	"ehrenamt/channels"
)

// maxText is the longest text of a message in UTF-16 units, after its tags are taken off.
const maxText = 4096

// style is how a span is shown. There is one tag for each but plain, and no other way to write a tag.
type style string

const (
	plain style = ""
	bold  style = "b"
)

// span is a piece of text in one style.
type span struct {
	style style
	text  string
}

// rich is a text as Telegram shows it.
type rich []span

// compose puts a title in bold above a text; a text that says its title itself keeps it once.
func compose(title, text string) rich {
	title, text = legible(title), legible(text)
	if title == "" {
		return rich{{plain, text}}
	}
	if before, after, ok := channels.CutTitle(text, title); ok {
		if before == "" {
			return rich{{bold, title}, {plain, after}}
		}
		return rich{{plain, before}, {bold, title}, {plain, after}}
	}
	if text == "" {
		return rich{{bold, title}}
	}
	return rich{{bold, title}, {plain, "\n" + text}}
}

// legible drops control characters, which Telegram refuses or swallows.
func legible(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// HTML writes the text in the markup of Telegram's parse_mode HTML.
func (t rich) HTML() string {
	var b strings.Builder
	for _, s := range t {
		if s.text == "" {
			continue
		}
		if s.style != plain {
			b.WriteString("<" + string(s.style) + ">")
		}
		b.WriteString(escape.Replace(s.text))
		if s.style != plain {
			b.WriteString("</" + string(s.style) + ">")
		}
	}
	return b.String()
}

// escape writes the only four named entities that Telegram knows.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// String is the text without its styles.
func (t rich) String() string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(s.text)
	}
	return b.String()
}

func (t rich) blank() bool { return strings.TrimSpace(t.String()) == "" }

// split cuts the text into pieces of at most limit UTF-16 units: after a paragraph, else a line, a sentence, a word,
// else between characters as they are seen. White space at a cut is dropped; pieces without anything else as well.
func (t rich) split(limit int) []rich {
	var pieces []rich
	var piece rich
	room := limit
	flush := func() {
		if !piece.blank() {
			pieces = append(pieces, piece)
		}
		piece, room = nil, limit
	}
	for _, s := range t {
		for s.text != "" {
			if room == limit {
				s.text = strings.TrimLeft(s.text, " \n\t")
			}
			at := fit(s.text, room)
			if at == len(s.text) {
				piece = append(piece, s)
				room -= units(s.text)
				break
			}
			if at = cut(s.text[:at], room < limit); at > 0 {
				piece = append(piece, span{s.style, strings.TrimRight(s.text[:at], " \n\t")})
			}
			s.text = s.text[at:]
			flush()
		}
	}
	flush()
	return pieces
}

// fit is the length in bytes of the longest beginning of s within room UTF-16 units.
func fit(s string, room int) int {
	for i, r := range s {
		if room -= utf16.RuneLen(r); room < 0 {
			return i
		}
	}
	return len(s)
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cut finds where to end a piece that begins with head. It gives up at most half of it; if another piece may be
// begun instead, it may give up all.
func cut(head string, mayBeEmpty bool) int {
	for _, sep := range []string{"\n\n", "\n", ". ", " "} {
		if i := strings.LastIndex(head, sep); i >= len(head)/2 {
			return i + len(sep)
		}
	}
	if mayBeEmpty && len(head) < maxText/4 {
		return 0
	}
	// Between characters, so that no emoji is torn apart; the last one may be unfinished and is left.
	last := 0
	state, rest, end := -1, head, 0
	for rest != "" {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		last, end = end, end+len(c)
	}
	if last == 0 {
		return len(head)
	}
	return last
}
