package email

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// toUTF8 turns bytes of a declared charset into text. A charset that is unknown, missing or plainly
// wrong is guessed: UTF-8 if it is valid, else Windows-1252, which is what such mail is in practice.
func toUTF8(b []byte, charset string) string {
	charset = strings.ToLower(strings.Trim(strings.TrimSpace(charset), `"'`))
	switch charset {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "unicode-1-1-utf-8", "unknown-8bit", "x-unknown", "default":
		return guessText(b)
	case "iso-8859-1", "latin1", "iso8859-1":
		if !isASCII(b) && utf8.Valid(b) {
			return string(b) // declared Latin-1, sent UTF-8: a valid multi-byte sequence is no accident
		}
	}
	enc := lookup(charset)
	if enc == nil {
		return guessText(b)
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return guessText(b)
	}
	return string(out)
}

func lookup(charset string) encoding.Encoding {
	if e, err := htmlindex.Get(charset); err == nil {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(charset); err == nil && e != nil {
		return e
	}
	return nil
}

func guessText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// The runes that mark structure of HTML mail for the splitter. They are private use, and taken out
// of everything that comes in.
const (
	markQuote    = '\uE000' // a quoted region begins
	markQuoteEnd = '\uE001'
	markSign     = '\uE002' // a signature begins
	markSignEnd  = '\uE003'
	markTail     = '\uE004' // the header of a quoted mail begins; what follows is not new
)

// cleanText takes out what nobody sees and makes line ends and spaces plain.
func cleanText(s string) string {
	if !strings.ContainsFunc(s, odd) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch r {
		case '\r', '\u2028', '\u2029', '\f', '\v', '\u0085':
			return '\n'
		case '\u00a0', '\u202f', '\u2007', '\u2009', '\u2003', '\u2002':
			return ' '
		}
		if odd(r) {
			return -1
		}
		return r
	}, s)
}

// odd tells the runes that cleanText changes.
func odd(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20 || r == 0x7f, r == '\u0085', r == '\u00a0', r == '\u00ad', r == '\u202f', r == '\u034f', r == '\ufeff':
		return true
	case r >= '\u2000' && r <= '\u200f' && r != '\u200d' && r != '\u200c':
		return r == '\u2002' || r == '\u2003' || r == '\u2007' || r == '\u2009' || r == '\u200b' || r == '\u200e' || r == '\u200f'
	case r >= '\u2028' && r <= '\u202e', r >= '\u2060' && r <= '\u2064', r >= '\u2066' && r <= '\u2069':
		return true
	case r >= markQuote && r <= markTail:
		return true
	}
	return false
}
