package flows

import (
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
)

// openAway is "/answer away [posting]": somebody who promised to come does not at a time, which may be said already.
func (b *Book) openAway(o conversations.Opening, parts []string, env conversations.Env) answerTurn {
	d := answerDraft{Word: "away"}
	if len(parts) > 1 {
		d.Posting = parts[1]
	}
	if o.Said != nil && o.Said.Kind != channels.Press && !strings.HasPrefix(o.Said.Text, "/") {
		if cmd, ok := b.absence(d, o.Said, env); ok {
			return answerTurn{Data: d, Next: "away", Do: []conversations.Command{cmd}}
		}
		if d.Posting == "" { // no time in it: what there is can be taken back there
			return answerTurn{Data: d, Next: "away", Do: []conversations.Command{MyThings{}}}
		}
	}
	return answerTurn{Data: d, Next: "away"}
}

// absence reads at what time somebody does not come.
func (b *Book) absence(d answerDraft, said *channels.Message, env conversations.Env) (StayAway, bool) {
	x := b.read(said, env, understanding.FieldTime, nil, "").Draft
	if len(x.Dates) == 0 {
		return StayAway{}, false
	}
	c := StayAway{Posting: d.Posting}
	for _, s := range x.Dates {
		from, until := midnight(s.Start.In(env.Zone)), midnight(s.Start.In(env.Zone)).AddDate(0, 0, 1)
		if s.AllDay && s.End.After(until) {
			until = s.End
		}
		if c.From.IsZero() || from.Before(c.From) {
			c.From = from
		}
		if until.After(c.Until) {
			c.Until = until
		}
	}
	week := containsWords(strings.Fields(channels.Fold(said.Text)), []string{"woche"}) || containsWords(strings.Fields(channels.Fold(said.Text)), []string{"week"})
	if week && c.Until.Sub(c.From) <= 25*time.Hour {
		c.Until = c.From.AddDate(0, 0, 7)
	}
	return c, true
}

func (b *Book) askAway(_ answerDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("answer.ask_away"))
}

func (b *Book) hearAway(d answerDraft, in conversations.Input, env conversations.Env) answerTurn {
	w := b.say(env)
	switch fact := in.Fact.(type) {
	case StayedAway:
		if len(fact.Given) == 0 {
			return answerTurn{Data: d, End: true, Say: []channels.Reply{text(w.T("answer.away_nothing"))}}
		}
		var say []channels.Reply
		no := answerDraft{Word: "no"}
		for _, r := range fact.Given {
			say = append(say, b.respondedReply(no, r, env))
		}
		return answerTurn{Data: d, End: true, Say: say}
	case Things:
		return answerTurn{Data: d, End: true, Say: []channels.Reply{menu(b.things(fact, env))}}
	case Refused:
		return answerTurn{Data: d, End: true, Say: []channels.Reply{b.refusal(fact, env)}}
	}
	if in.Said != nil && in.Word != conversations.Back {
		if cmd, ok := b.absence(d, in.Said, env); ok {
			return answerTurn{Data: d, Next: "away", Do: []conversations.Command{cmd}}
		}
	}
	return answerTurn{Data: d, Missed: true}
}
