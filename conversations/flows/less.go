package flows

import (
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// lessDraft is a wish to hear less of what an alert is an example of.
type lessDraft struct {
	Posting string           `json:"posting"`
	About   matching.Posting `json:"about,omitzero"`
	KM      float64          `json:"km,omitempty"`
	Before  []Wanted         `json:"before,omitempty"` // to take it back
	Said    string           `json:"said,omitempty"`   // what was confirmed
}

// less is opened by "/less <posting>" from an alert. It asks of what, does it at once, and offers to take it back.
func (b *Book) less() conversations.Runner {
	return conversations.Run(conversations.Flow[lessDraft]{
		Name: Less, Version: 1, Start: "what", Quiet: true, Idle: 48 * time.Hour,
		Open: func(o conversations.Opening, _ conversations.Env) conversations.Turn[lessDraft] {
			d := lessDraft{Posting: strings.TrimSpace(o.Args)}
			return conversations.Turn[lessDraft]{Data: d, Next: "seen", Do: []conversations.Command{LookAt{Posting: d.Posting}}}
		},
		Steps: map[string]conversations.Step[lessDraft]{
			"seen": {Hear: b.hearExample},
			"what": {Ask: b.askLess, Hear: b.hearLess},
			"done": {Hear: b.hearLessened},
			"undo": {Ask: b.askUndo, Hear: b.hearUndo},
			"over": {Hear: b.hearRestored},
		},
	})
}

func (b *Book) hearExample(d lessDraft, in conversations.Input, env conversations.Env) conversations.Turn[lessDraft] {
	fact, ok := in.Fact.(Seen)
	if !ok {
		return conversations.Turn[lessDraft]{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("refused.unknown"))}}
	}
	d.About, d.KM = fact.Posting.Public(), fact.KM
	d.About.Description = ""
	return conversations.Turn[lessDraft]{Data: d, Next: "what"}
}

func (b *Book) askLess(d lessDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Text: w.T("less.ask", "Title", title(w, &d.About)), Private: true}
	add := func(why LessWhy, pairs ...any) {
		r.Choices = append(r.Choices, choice(w, string(why), "less.choice."+string(why), pairs...))
	}
	if d.About.Carrier != "" {
		add(LessCarrier, "Carrier", clip(d.About.Carrier, 30))
	} else {
		r.Choices = append(r.Choices, choice(w, string(LessCarrier), "less.choice.private"))
	}
	add(LessTopic, "Category", w.Category(d.About.Category))
	if d.KM >= 1 {
		add(LessFar)
	}
	if d.About.Dated() {
		add(LessTime)
	}
	add(LessOften)
	return r
}

func (b *Book) hearLess(d lessDraft, in conversations.Input, env conversations.Env) conversations.Turn[lessDraft] {
	if in.Said == nil || in.Picked == "" {
		return conversations.Turn[lessDraft]{Data: d, Missed: true}
	}
	return conversations.Turn[lessDraft]{Data: d, Next: "done", Do: []conversations.Command{Lessen{Posting: d.Posting, Why: LessWhy(in.Picked)}}}
}

func (b *Book) hearLessened(d lessDraft, in conversations.Input, env conversations.Env) conversations.Turn[lessDraft] {
	w := b.say(env)
	fact, ok := in.Fact.(Lessened)
	if !ok {
		r := w.T("refused.unknown")
		if no, is := in.Fact.(Refused); is {
			r = w.T("refused." + string(no.Why))
		}
		return conversations.Turn[lessDraft]{Data: d, End: true, Say: []channels.Reply{text(r)}}
	}
	if fact.NoChange {
		return conversations.Turn[lessDraft]{Data: d, End: true, Say: []channels.Reply{text(w.T("less.nothing." + string(fact.Why)))}}
	}
	d.Before = fact.Before
	key := "less.done." + string(fact.Why)
	if fact.Why == LessCarrier && fact.Posting.Carrier == "" {
		key = "less.done.private"
	}
	if fact.Why == LessOften && fact.Cadence == matching.Weekly {
		key = "less.done.weekly"
	}
	d.Said = w.T(key, "Carrier", fact.Posting.Carrier, "Category", w.Category(fact.Posting.Category), "KM", kilometres(fact.Radius),
		"When", w.Slots(fact.Slots), "Count", fact.PerWeek)
	if fact.Stopped > 0 {
		d.Said += " " + w.T("less.stopped")
	}
	return conversations.Turn[lessDraft]{Data: d, Next: "undo"}
}

func (b *Book) askUndo(d lessDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{
		Text: d.Said + " " + w.T("less.change"), Private: true,
		Choices: []channels.Choice{choice(w, "undo", "less.choice.undo"), choice(w, "/"+Settings, "less.choice.settings")},
	}
}

func (b *Book) hearUndo(d lessDraft, in conversations.Input, _ conversations.Env) conversations.Turn[lessDraft] {
	if in.Picked == "undo" || in.Word == conversations.Back {
		return conversations.Turn[lessDraft]{Data: d, Next: "over", Do: []conversations.Command{Restore{Before: d.Before}}}
	}
	return conversations.Turn[lessDraft]{Data: d, Missed: true}
}

func (b *Book) hearRestored(d lessDraft, _ conversations.Input, env conversations.Env) conversations.Turn[lessDraft] {
	return conversations.Turn[lessDraft]{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("less.undone"))}}
}
