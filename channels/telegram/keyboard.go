package telegram

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"ehrenamt/channels"
)

const (
	maxRows     = 5
	maxButtons  = 2 * maxRows
	maxHandle   = 64 // bytes of callback_data
	wideLabel   = 34 // columns that a button over the whole width shows on a small telephone
	narrowLabel = 16 // columns that one of two buttons side by side shows
)

// The markup objects of the Bot API.

type inlineKeyboard struct {
	Rows [][]inlineButton `json:"inline_keyboard"`
}

type inlineButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

type replyKeyboard struct {
	Rows    [][]replyButton `json:"keyboard"`
	Resize  bool            `json:"resize_keyboard"`
	OneTime bool            `json:"one_time_keyboard"`
}

type replyButton struct {
	Text     string `json:"text"`
	Location bool   `json:"request_location,omitempty"`
}

type removeKeyboard struct {
	Remove bool `json:"remove_keyboard"`
}

// offer is how choices are shown: rows of buttons, and whether the text has to list them with their numbers.
type offer struct {
	rows [][]channels.Choice
	list bool
}

// lay decides how choices are shown. Up to ten become buttons, two in a row where both labels are short or the rows
// would be more than five. More than ten, or one that cannot be a button, are listed in the text, as are all whose
// labels a telephone would cut. Answering by number works in any case: it counts in the order given.
func lay(choices []channels.Choice, asButton func(channels.Choice) bool) offer {
	if len(choices) == 0 {
		return offer{}
	}
	if len(choices) > maxButtons {
		return offer{list: true}
	}
	o := offer{}
	var able []channels.Choice
	for _, c := range choices {
		if asButton(c) {
			able = append(able, c)
		} else {
			o.list = true
		}
	}
	spare := 2*maxRows - len(able) // rows that may hold one button alone, as long as there are five rows
	for i := 0; i < len(able); i++ {
		last := i == len(able)-1
		if last || spare > 0 && (width(able[i]) > narrowLabel || width(able[i+1]) > narrowLabel) {
			o.rows = append(o.rows, able[i:i+1])
			o.list = o.list || width(able[i]) > wideLabel
			spare--
			continue
		}
		o.rows = append(o.rows, able[i:i+2])
		o.list = o.list || width(able[i]) > narrowLabel || width(able[i+1]) > narrowLabel
		i++
	}
	return o
}

func width(c channels.Choice) int { return uniseg.StringWidth(c.Label) }

func inlineAble(c channels.Choice) bool {
	if strings.TrimSpace(c.Label) == "" {
		return false
	}
	if c.URL != "" {
		return linkable(c.URL)
	}
	return c.Key != "" && len(c.Key) <= maxHandle
}

func linkable(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "tg") && (u.Host != "")
}

// replyAble: a button of a reply keyboard says its label, as if it were typed.
func replyAble(c channels.Choice) bool {
	return c.URL == "" && strings.TrimSpace(c.Label) != ""
}

// numbered is the list that goes into the text. It counts as channels.Plain does.
func numbered(choices []channels.Choice) string {
	return channels.Plain(channels.Reply{Choices: choices})
}

// number puts the number before the label where the text has the list, so that the two can be matched.
func number(c channels.Choice, choices []channels.Choice, listed bool) string {
	if !listed {
		return c.Label
	}
	for i := range choices {
		if choices[i].Key == c.Key && choices[i].Label == c.Label && choices[i].URL == c.URL {
			return strconv.Itoa(i+1) + ") " + c.Label
		}
	}
	return c.Label
}

func inlineMarkup(o offer, all []channels.Choice) *inlineKeyboard {
	if len(o.rows) == 0 {
		return nil
	}
	k := &inlineKeyboard{}
	for _, row := range o.rows {
		var buttons []inlineButton
		for _, c := range row {
			btn := inlineButton{Text: number(c, all, o.list), URL: c.URL}
			if c.URL == "" {
				btn.Data = c.Key
			}
			buttons = append(buttons, btn)
		}
		k.Rows = append(k.Rows, buttons)
	}
	return k
}

// locationMarkup asks for the position; choices are further buttons that say their label.
func locationMarkup(label string, o offer) *replyKeyboard {
	k := &replyKeyboard{Resize: true, OneTime: true, Rows: [][]replyButton{{{Text: label, Location: true}}}}
	for _, row := range o.rows {
		var buttons []replyButton
		for _, c := range row {
			buttons = append(buttons, replyButton{Text: c.Label})
		}
		k.Rows = append(k.Rows, buttons)
	}
	return k
}
