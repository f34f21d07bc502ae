package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// allowedTags are those of https://core.telegram.org/bots/api#html-style.
const allowedTags = " b strong i em u ins s strike del span tg-spoiler a tg-emoji code pre blockquote "

var tagText = regexp.MustCompile(`^(/?)([a-z-]+)((?: [a-z-]+(?:="[^"<>]*")?)*)$`)

// ParseHTML reads Telegram's HTML and returns the text alone, or what Telegram would object to.
func ParseHTML(s string) (string, error) {
	var b strings.Builder
	var open []string
	for s != "" {
		switch s[0] {
		case '<':
			end := strings.IndexByte(s, '>')
			if end < 0 {
				return "", fmt.Errorf("unclosed tag at the end")
			}
			m := tagText.FindStringSubmatch(s[1:end])
			if m == nil || !strings.Contains(allowedTags, " "+m[2]+" ") {
				return "", fmt.Errorf("unsupported tag %q", s[:end+1])
			}
			if m[1] == "" {
				open = append(open, m[2])
			} else if len(open) == 0 || open[len(open)-1] != m[2] {
				return "", fmt.Errorf("unexpected end tag %q", m[2])
			} else {
				open = open[:len(open)-1]
			}
			s = s[end+1:]
		case '>':
			return "", fmt.Errorf("unescaped >")
		case '&':
			r, n := entityAt(s)
			if n == 0 {
				return "", fmt.Errorf("unescaped &")
			}
			b.WriteRune(r)
			s = s[n:]
		default:
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	if len(open) > 0 {
		return "", fmt.Errorf("can't find end tag of %q", open[len(open)-1])
	}
	return b.String(), nil
}

// entityAt reads one of the four named entities or a numeric one.
func entityAt(s string) (rune, int) {
	name, _, ok := strings.Cut(s[1:], ";")
	if !ok || len(name) > 10 {
		return 0, 0
	}
	switch name {
	case "lt":
		return '<', 4
	case "gt":
		return '>', 4
	case "amp":
		return '&', 5
	case "quot":
		return '"', 6
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if x, hex := strings.CutPrefix(digits, "x"); hex {
		digits, base = x, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if name[:min(1, len(name))] != "#" || err != nil {
		return 0, 0
	}
	return rune(n), len(name) + 2
}

// Units is the length of a text as Telegram counts.
func Units(s string) int { return len(utf16.Encode([]rune(s))) }

// Button is a button of an inline keyboard.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
	URL  string `json:"url"`
}

// ReplyButton is a button of a reply keyboard.
type ReplyButton struct {
	Text     string `json:"text"`
	Location bool   `json:"request_location"`
	Contact  bool   `json:"request_contact"`
}

type markup struct {
	Inline [][]Button      `json:"inline_keyboard"`
	Reply  [][]ReplyButton `json:"keyboard"`
	Remove bool            `json:"remove_keyboard"`
}

// parseMarkup checks a keyboard as strictly as Telegram does.
func parseMarkup(s string, private bool) (markup, string) {
	var m markup
	if s == "" {
		return m, ""
	}
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		return m, "can't parse reply keyboard markup JSON object"
	}
	total := 0
	for _, row := range m.Inline {
		if len(row) > 8 {
			return m, "REPLY_MARKUP_TOO_LONG"
		}
		for _, b := range row {
			total++
			if strings.TrimSpace(b.Text) == "" {
				return m, "text buttons must have a non-empty text"
			}
			switch {
			case b.URL != "" && b.Data != "":
				return m, "buttons must have exactly one action"
			case b.URL != "":
				u, err := url.Parse(b.URL)
				if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "tg" {
					return m, "BUTTON_URL_INVALID"
				}
			case len(b.Data) < 1 || len(b.Data) > 64:
				return m, "BUTTON_DATA_INVALID"
			}
		}
	}
	for _, row := range m.Reply {
		for _, b := range row {
			total++
			if strings.TrimSpace(b.Text) == "" {
				return m, "keyboard button text must be non-empty"
			}
			if (b.Location || b.Contact) && !private {
				return m, "location and phone number can be requested in private chats only"
			}
		}
	}
	if total > 100 {
		return m, "REPLY_MARKUP_TOO_LONG"
	}
	return m, ""
}
