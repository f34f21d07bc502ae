package flows

import (
	"regexp"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// answerDraft is an answer to a posting being given. Almost always it is over in the turn it began in.
type answerDraft struct {
	Posting   string        `json:"posting"`
	Dates     []int         `json:"dates,omitempty"` // keys
	Word      string        `json:"word,omitempty"`  // yes, no, never, said, dates
	Party     int           `json:"party,omitempty"`
	Note      string        `json:"note,omitempty"`
	Condition bool          `json:"condition,omitempty"` // the other side decides about the note
	Wait      bool          `json:"wait,omitempty"`
	Said      string        `json:"said,omitempty"`
	Shown     []int         `json:"shown,omitempty"` // keys, in the order of the choices that were answered
	Choose    *dateMenu     `json:"choose,omitempty"`
	Wanted    matching.Span `json:"wanted,omitzero"` // of something lent
	Lend      *lendMenu     `json:"lend,omitempty"`
	From      int           `json:"from,omitempty"` // the first of the dates shown to choose from
}

// dateMenu is what can be chosen from.
type dateMenu struct {
	Posting matching.Posting `json:"posting"`
	Dates   []OpenDate       `json:"dates"`
	Every   bool             `json:"every,omitempty"`
}

type answerTurn = conversations.Turn[answerDraft]

// answer is opened by "/answer yes <posting> [keys] [p<party>] [w]", by "no" and "never", by "contact <posting> <key> <title of
// one's own posting>", by "dates" to choose among
// all dates, and by "said <posting> <keys shown>" with free words.
func (b *Book) answer() conversations.Runner {
	return conversations.Run(conversations.Flow[answerDraft]{
		Name: Answer, Version: 1, Start: "hear",
		Open: b.openAnswer,
		Steps: map[string]conversations.Step[answerDraft]{
			"hear":  {Hear: b.hearResponded},
			"read":  {Hear: b.readAnswer},
			"which": {Ask: b.askWhich, Hear: b.hearWhich},
			"dates": {Ask: b.askDates, Hear: b.hearDates},
			"away":  {Ask: b.askAway, Hear: b.hearAway},
			"when":  {Ask: b.askTime, Hear: b.hearWhen},
			"until": {Ask: b.askUntil, Hear: b.hearUntil},
		},
	})
}

func (b *Book) openAnswer(o conversations.Opening, env conversations.Env) answerTurn {
	parts := strings.Fields(o.Args)
	var d answerDraft
	if len(parts) > 0 && parts[0] == "away" {
		return b.openAway(o, parts, env)
	}
	if len(parts) > 0 {
		d.Word = parts[0]
	}
	if len(parts) > 1 {
		d.Posting = parts[1]
	}
	own := ""
	if d.Word == "contact" && len(parts) > 3 {
		own, parts = strings.Join(parts[3:], " "), parts[:3]
	}
	for _, part := range parts[min(2, len(parts)):] {
		switch {
		case part == "w":
			d.Wait = true
		case part[0] == 'p':
			d.Party = atoi(part[1:])
		default:
			for key := range strings.SplitSeq(part, ",") {
				d.Dates = append(d.Dates, atoi(key))
			}
		}
	}
	switch d.Word {
	case "contact": // with one's own posting: the other side decides
		d.Word, d.Condition, d.Note = "yes", true, b.say(env).T("answer.contact_note", "Title", clip(own, 60))
	case "said":
		d.Shown, d.Dates = d.Dates, nil
		if o.Said != nil {
			d.Said = clip(strings.TrimSpace(o.Said.Text), 600)
		}
		return answerTurn{Data: d, Next: "read", Do: []conversations.Command{DatesOf{Posting: d.Posting}}}
	case "dates":
		return answerTurn{Data: d, Next: "read", Do: []conversations.Command{DatesOf{Posting: d.Posting}}}
	}
	return respond(d)
}

// readAnswer reads free words about a posting by its dates: "ja, aber erst ab 16 Uhr", "wir kommen zu dritt", "1 und 3".
func (b *Book) readAnswer(d answerDraft, in conversations.Input, env conversations.Env) answerTurn {
	if lent, ok := in.Fact.(WhenWanted); ok {
		return b.wantedAt(d, lent, env)
	}
	c, ok := in.Fact.(Choose)
	if !ok {
		return b.hearResponded(d, in, env)
	}
	if d.Word == "dates" {
		d.Word = "yes"
		return choosing(d, c)
	}
	keys := d.Shown
	if len(keys) == 0 {
		for _, o := range c.Dates {
			keys = append(keys, o.Date.Key)
		}
	}
	if d.read(b, d.Said, keys, c.Dates, c.Every, env) {
		return respond(d)
	}
	d.Note = clip(d.Said, 300)
	return answerTurn{Data: d, Next: "which"}
}

// read takes free words into the answer; false if they are neither yes nor no.
func (d *answerDraft) read(b *Book, said string, shown []int, dates []OpenDate, every bool, env conversations.Env) bool {
	if n, ok := numbersOf(said, len(shown)); ok {
		d.Word = "yes"
		for _, i := range n {
			d.Dates = append(d.Dates, shown[i-1])
		}
		return true
	}
	m := &channels.Message{Text: said, Kind: channels.Text}
	base := &understanding.Draft{}
	if len(dates) > 0 {
		base.Start = understanding.Moment{T: dates[0].Date.Start}
	}
	c := b.read(m, env, understanding.FieldNone, base, understanding.Answer).Condition
	d.Dates = b.datesNamed(said, dates, every, env)
	if come, ok := b.butNot(said, dates, env); ok && c.No {
		c.No, c.Yes, d.Dates = false, true, come
		c.Note = ""
	}
	switch {
	case c.No:
		d.Word = "no"
	case c.Yes || c.Party > 0 || len(d.Dates) > 0 || b.saysYes(said, env):
		d.Word = "yes"
	default:
		return false
	}
	d.Party, d.Note = c.Party, ""
	if m := crowd.FindStringSubmatch(said); m != nil {
		d.Party = atoi(m[1])
	}
	if d.Condition = b.attached(said, c, env); d.Condition || len(strings.Fields(c.Note)) > 4 {
		d.Note = clip(c.Note, 300)
	}
	return true
}

// crowd is a number of people that nobody takes along.
var crowd = regexp.MustCompile(`(?i)\b(?:zu|mit|of|with)\s+(\d{3,5})\b`)

func respond(d answerDraft) answerTurn {
	cmd := Respond{
		Posting: d.Posting, Dates: d.Dates, Wanted: d.Wanted, Yes: d.Word == "yes", Never: d.Word == "never",
		Party: d.Party, Note: d.Note, Condition: d.Condition, Wait: d.Wait,
	}
	return answerTurn{Data: d, Next: "hear", Do: []conversations.Command{cmd}}
}

func choosing(d answerDraft, c Choose) answerTurn {
	d.Choose = &dateMenu{Posting: c.Posting, Dates: c.Dates, Every: c.Every}
	d.Posting = c.Posting.ID
	return answerTurn{Data: d, Next: "dates"}
}

// askWhich asks what free words about an alert were meant to be.
func (b *Book) askWhich(d answerDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{
		Text:    w.T("answer.which", "Said", clip(d.Note, 80)),
		Choices: []channels.Choice{choice(w, "yes", "answer.yes_with_note"), choice(w, "no", "answer.no")},
	}
}

func (b *Book) hearWhich(d answerDraft, in conversations.Input, env conversations.Env) answerTurn {
	if in.Picked == "yes" || in.Picked == "no" {
		d.Word, d.Condition = in.Picked, in.Picked == "yes"
		return respond(d)
	}
	if in.Said != nil && in.Text() != "" && in.Picked == "" {
		d.Word, d.Said = "said", clip(strings.TrimSpace(in.Text()), 600)
		if (&answerDraft{}).read(b, d.Said, d.Shown, nil, false, env) {
			return answerTurn{Data: d, Next: "read", Do: []conversations.Command{DatesOf{Posting: d.Posting}}}
		}
	}
	return answerTurn{Data: d, Missed: true}
}

// datesShown is how many dates are shown at a time to choose from.
const datesShown = 6

// askDates asks which dates are meant.
func (b *Book) askDates(d answerDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	if d.Choose == nil {
		return text(w.T("refused.over"))
	}
	key := "answer.when_yes"
	if d.Word == "no" {
		key = "answer.when_no"
	}
	r := text(w.T(key, "Title", title(w, &d.Choose.Posting)))
	for i, o := range d.Choose.Dates[min(d.From, len(d.Choose.Dates)):] {
		if i == datesShown {
			r.Choices = append(r.Choices, choice(w, "more", "answer.choice.more"))
			break
		}
		label := w.ShortWhen(o.Date, env.Zone)
		if o.Free == 0 {
			label = w.T("answer.choice.full", "When", label)
		}
		r.Choices = append(r.Choices, dateChoice(w, "k:"+itoa(o.Date.Key), label, o.Date, env))
	}
	if d.Choose.Every {
		r.Choices = append(r.Choices, choice(w, "every", "answer.choice.every", "Rule", w.Recurrence(d.Choose.Posting.Recurrence)))
	} else if len(d.Choose.Dates) > 1 {
		r.Choices = append(r.Choices, choice(w, "all", "answer.choice.all"))
	}
	return r
}

func (b *Book) hearDates(d answerDraft, in conversations.Input, env conversations.Env) answerTurn {
	if d.Choose == nil {
		return answerTurn{Data: d, End: true}
	}
	key, one := strings.CutPrefix(in.Picked, "k:")
	switch {
	case one && in.Rest == "":
		d.Dates = []int{atoi(key)}
	case in.Picked == "every":
		d.Dates = []int{matching.EveryDate}
	case in.Picked == "all":
		for _, o := range d.Choose.Dates {
			d.Dates = append(d.Dates, o.Date.Key)
		}
	case in.Picked == "more":
		d.From += datesShown
		return answerTurn{Data: d}
	case in.Said != nil && in.Text() != "":
		var shown []int
		for _, o := range d.Choose.Dates[min(d.From, len(d.Choose.Dates)):min(d.From+datesShown, len(d.Choose.Dates))] {
			shown = append(shown, o.Date.Key)
		}
		said := answerDraft{Word: d.Word}
		if !said.read(b, in.Text(), shown, d.Choose.Dates, d.Choose.Every, env) || said.Word == "yes" && len(said.Dates) == 0 {
			return answerTurn{Data: d, Missed: true}
		}
		d.Dates = said.Dates
		if said.Word == "no" && len(said.Dates) == 0 {
			d.Word = "no"
		}
		if said.Party > 0 {
			d.Party = said.Party
		}
		if said.Note != "" {
			d.Note, d.Condition = said.Note, said.Condition
		}
	default:
		return answerTurn{Data: d, Missed: true}
	}
	d.Choose, d.From = nil, 0
	return respond(d)
}

func (b *Book) hearResponded(d answerDraft, in conversations.Input, env conversations.Env) answerTurn {
	switch fact := in.Fact.(type) {
	case Refused:
		r := text(b.say(env).T("refused." + string(fact.Why)))
		if d.Word == "yes" && (fact.Why == Over || fact.Why == TurnedDown) { // whoever wanted to help may find something else
			r.Choices = []channels.Choice{choice(b.say(env), "/"+Search, "home.choice.search")}
		}
		return answerTurn{Data: d, End: true, Say: []channels.Reply{r}}
	case Choose:
		return choosing(d, fact)
	case WhenWanted:
		return b.wantedAt(d, fact, env)
	case NotFree:
		d.Wanted, d.Lend = matching.Span{}, &lendMenu{Posting: fact.Posting, NotFree: &fact}
		return answerTurn{Data: d, Next: "when"}
	case Responded:
		return answerTurn{Data: d, End: true, Say: []channels.Reply{b.respondedReply(d, fact, env)}}
	}
	return answerTurn{Data: d, End: true}
}

// numbersOf reads "1, 2" and "1 und 3": nothing but numbers of choices, at least one of them.
func numbersOf(said string, n int) ([]int, bool) {
	var out []int
	for _, f := range strings.FieldsFunc(strings.ToLower(said), func(r rune) bool { return strings.ContainsRune(" ,;+&/.", r) }) {
		if f == "und" || f == "and" {
			continue
		}
		i, err := strconv.Atoi(f)
		if err != nil || i < 1 || i > n {
			return nil, false
		}
		out = append(out, i)
	}
	return out, len(out) > 0
}

func isNumbers(said string, n int) bool {
	_, ok := numbersOf(said, n)
	return ok
}
