package flows

import (
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// subjectKept is how long words may be about what was shown.
const subjectKept = 24 * time.Hour

// spokenOf is what somebody may be talking about: the posting shown or answered last, although something was misunderstood
// or thanked for in between. Whatever else asks for a decision ends it, and so do several postings shown at once.
func spokenOf(offers []conversations.Offer, env conversations.Env) (o conversations.Offer, posting string, ok bool) {
	for _, o := range offers {
		if env.Now.Sub(o.At) > subjectKept {
			break
		}
		id, ids := "", 0
		for _, c := range o.Choices {
			flow, args, _ := strings.Cut(strings.TrimPrefix(c.Key, "/"), " ")
			args, _, _ = strings.Cut(args, "\n")
			verb, rest, _ := strings.Cut(args, " ")
			switch flow {
			case Answer:
				if rest, _, _ = strings.Cut(rest, " "); rest != "" && rest != id {
					id = rest
					ids++
				}
			case Show:
				if verb != id {
					id = verb
					ids++
				}
			case Decide, Moderate, Roster, Mine, ReportFlow:
				if flow != ReportFlow || verb != "posting" {
					return o, "", false
				}
			}
		}
		if ids > 0 {
			return o, id, ids == 1
		}
	}
	return o, "", false
}

// aboutSubject routes what is said about what was shown last: a yes or a no, a question, and, of somebody who comes, a
// word to the other side.
func (b *Book) aboutSubject(m *channels.Message, offers []conversations.Offer, asked channels.Reply, env conversations.Env) (Way, bool) {
	o, posting, ok := spokenOf(offers, env)
	if !ok || m.Ref != "" {
		return Way{}, false
	}
	if _, _, picked := channels.PickPrefix(m.Text, offers[0].Choices); picked {
		return Way{}, false
	}
	// A condition said to what came last is none to what was asked before: "ja, aber erst ab 16 Uhr".
	if _, rest, picked := channels.PickPrefix(m.Text, asked.Choices); picked && (rest == "" || offers[0].Flow != "" || !asksForAnswer(offers[0])) {
		return Way{}, false
	}
	if _, ok := b.wished(m, env); ok {
		return Way{}, false
	}
	w := b.say(env)
	r := b.read(m, env, understanding.FieldNone, nil, "")
	elsewhere := r.IntentConfidence >= 0.8 && len(strings.Fields(m.Text)) >= 4 &&
		slices.Contains([]understanding.Intent{understanding.Need, understanding.Offer, understanding.Subscribe, understanding.Search}, r.Intent)
	_, undecided := saying(w, channels.Fold(m.Text), []struct{ key, flow, args string }{{"say.undecided", Answer, ""}})
	answer := b.read(m, env, understanding.FieldNone, nil, understanding.Answer).Condition
	conditional := answer.Party > 0 || !answer.From.IsZero() || !answer.Until.IsZero() || crowd.MatchString(m.Text)
	switch {
	case conditional && !elsewhere && (!b.questions(m.Text, env) || speaksOf(w, "say.may", m.Text)):
		return b.about(m.Text, answerable(o, posting)), true
	case b.questions(m.Text, env) && !b.whatsOn(m.Text, env) && !(elsewhere && r.Intent == understanding.Search):
		return Way{Frame: -1, Open: Show, Args: "asked " + posting}, true
	case elsewhere && !undecided:
		return Way{}, false
	case len(strings.Fields(m.Text)) > 2 && !r.Condition.No && !undecided && writable(o) != "":
		return b.passOn(m, writable(o), env), true
	case undecided, b.saysYes(m.Text, env), r.Condition.Yes, r.Condition.No, r.Condition.Party > 0, r.Intent == understanding.Answer && r.IntentConfidence >= sure:
		return b.about(m.Text, answerable(o, posting)), true
	}
	return Way{}, false
}

// takenBack routes a no to what was shown or promised last. A no that names a time may be about something else.
func (b *Book) takenBack(m *channels.Message, offers []conversations.Offer, env conversations.Env) (Way, bool) {
	o, _, ok := spokenOf(offers, env)
	if !ok || m.Ref != "" || !asksForAnswer(o) {
		return Way{}, false
	}
	if _, wish := b.wished(m, env); wish {
		return Way{}, false
	}
	_, undecided := saying(b.say(env), channels.Fold(m.Text), []struct{ key, flow, args string }{{"say.undecided", Answer, ""}})
	if !undecided && !understanding.ReadAbsence(m.Text) && !understanding.ReadDropped(m.Text) {
		return Way{}, false
	}
	if d := b.read(m, env, understanding.FieldTime, nil, "").Draft; len(d.Dates) > 0 || d.Slots != 0 {
		return Way{}, false
	}
	for _, c := range o.Choices {
		if strings.HasPrefix(c.Key, "/"+Answer+" no ") {
			return follow(c.Key, -1)
		}
	}
	return b.about(m.Text, o), true
}

// passOn asks whether words are meant for the other side.
func (b *Book) passOn(m *channels.Message, answer string, env conversations.Env) Way {
	w := b.say(env)
	q := text(w.T("relay.pass_on", "Said", clip(strings.TrimSpace(m.Text), 80)))
	q.Choices = []channels.Choice{choice(w, "/"+Relay+" said "+answer, "relay.choice.pass_on"), choice(w, "/"+Home+" thanks", "relay.choice.keep")}
	q.Choices[0].Key += "\n" + clip(m.Text, MaxPassed)
	return Way{Frame: -1, Ask: &q}
}

// lastWritable is the thread of the newest message with choices, "" if it belongs to none.
func lastWritable(offers []conversations.Offer) string {
	if len(offers) == 0 {
		return ""
	}
	return writable(offers[0])
}

// writable is the answer in whose thread one may write to the other side, "" if there is none.
func writable(o conversations.Offer) string {
	for _, c := range o.Choices {
		for _, verb := range []string{" write ", " said "} {
			if id, ok := strings.CutPrefix(c.Key, "/"+Relay+verb); ok {
				id, _, _ = strings.Cut(id, "\n")
				return id
			}
		}
	}
	return ""
}

// ownSpokenOf is the posting of their own that somebody was shown or told of last; ok is false where something else came since.
func ownSpokenOf(offers []conversations.Offer, env conversations.Env) (posting string, ok bool) {
	for _, o := range offers {
		if env.Now.Sub(o.At) > subjectKept {
			return "", false
		}
		for _, c := range o.Choices {
			flow, args, _ := strings.Cut(strings.TrimPrefix(c.Key, "/"), " ")
			verb, id, _ := strings.Cut(args, " ")
			id, _, _ = strings.Cut(id, " ")
			switch flow {
			case Mine, Roster, Post:
				if id != "" && !strings.Contains(id, "\n") && (flow != Post || verb == "change" || verb == "again") {
					return id, true
				}
			case Answer, Show, Moderate:
				return "", false
			}
		}
	}
	return "", false
}

// aboutOwn routes what is said about one's own posting shown last: who comes, a change of it, that it is to go.
func (b *Book) aboutOwn(m *channels.Message, offers []conversations.Offer, shown []channels.Choice, env conversations.Env) (Way, bool) {
	posting, ok := ownSpokenOf(offers, env)
	if !ok || m.Ref != "" || len(strings.Fields(m.Text)) > 40 {
		return Way{}, false
	}
	if _, _, picked := channels.PickPrefix(m.Text, shown); picked {
		return Way{}, false
	}
	if _, ok := b.wished(m, env); ok || b.whatsOn(m.Text, env) {
		return Way{}, false
	}
	w := b.say(env)
	if speaksOf(w, "say.who_comes", m.Text) && speaksOf(w, "say.come", m.Text) && b.questions(m.Text, env) {
		return Way{Frame: -1, Open: Roster, Args: "list " + posting}, true
	}
	r := b.read(m, env, understanding.FieldNone, nil, "")
	if speaksOf(w, "say.changing", m.Text) && (len(r.Draft.Dates) > 0 || r.Draft.Slots != 0 || r.Draft.Helpers != nil || r.Draft.Place != nil || strings.ContainsAny(m.Text, "0123456789")) {
		return Way{Frame: -1, Open: Post, Args: "change " + posting}, true
	}
	if r.IntentConfidence >= sure && len(strings.Fields(m.Text)) >= 4 && (r.Intent != understanding.Need || says(&r.Draft)) &&
		slices.Contains([]understanding.Intent{understanding.Need, understanding.Offer, understanding.Subscribe, understanding.Search}, r.Intent) {
		return Way{}, false
	}
	d := &r.Draft
	later := b.read(m, env, understanding.FieldTime, nil, "").Draft
	switch {
	case speaksOf(w, "say.gone", m.Text):
		return Way{Frame: -1, Open: Mine, Args: "withdraw " + posting}, true
	case speaksOf(w, "say.who_comes", m.Text) && b.questions(m.Text, env):
		return Way{Frame: -1, Open: Roster, Args: "list " + posting}, true
	case strings.ContainsAny(m.Text, "0123456789") && speaksOf(w, "say.begins", m.Text):
		return Way{Frame: -1, Open: Post, Args: "change " + posting}, true
	case speaksOf(w, "say.where_exactly", m.Text), d.Place != nil, len(later.Dates) > 0, d.Slots != 0, d.Helpers != nil, d.MinAge != nil, len(d.Required) > 0, len(d.Welcome) > 0:
		return Way{Frame: -1, Open: Post, Args: "change " + posting}, true
	}
	return Way{}, false
}

// answerable is an offer whose words can be about its posting, also where it was only listed.
func answerable(o conversations.Offer, posting string) conversations.Offer {
	if asksForAnswer(o) {
		return o
	}
	o.Choices = []channels.Choice{{Key: "/" + Answer + " no " + posting}}
	return o
}

// questions tells whether words ask something about what is spoken of.
func (b *Book) questions(said string, env conversations.Env) bool {
	w, words := b.say(env), strings.Fields(b.withoutHello(said, env))
	if len(words) == 0 || len(words) > 25 || slices.Contains(words, channels.Fold(w.T("say.you"))) { // it is about ourselves
		return false
	}
	asks := func(key string, word string) bool {
		return slices.ContainsFunc(splitWords(w.T(key)), func(x string) bool { return channels.Fold(x) == word })
	}
	for len(words) > 1 && asks("say.before_question", words[0]) {
		words = words[1:]
	}
	if asks("say.question", words[0]) && (strings.HasSuffix(strings.TrimSpace(said), "?") || len(words) > 1 && asks("say.question_next", words[1])) {
		return true
	}
	return false
}

// askedAbout is a card that was asked about. Whoever comes is offered to pass the question on.
func (b *Book) askedAbout(d look, fact Seen, card channels.Reply, env conversations.Env) channels.Reply {
	w, p := b.say(env), &fact.Posting
	i := slices.IndexFunc(fact.Own, func(o ThingAnswer) bool { return comes(o.Answer.State) })
	if i < 0 {
		card.Text = w.T("show.asked", "Carrier", p.Carrier) + "\n\n" + card.Text
		return card
	}
	card.Text = w.T("show.asked_coming", "Carrier", p.Carrier) + "\n\n" + card.Text
	pass := choice(w, "/"+Relay+" said "+fact.Own[i].Answer.ID, "show.choice.pass_on")
	pass.Key += "\n" + clip(d.Asked, MaxPassed)
	card.Choices = append([]channels.Choice{pass}, card.Choices...)
	return card
}

func comes(s matching.AnswerState) bool {
	return s == matching.Accepted || s == matching.Confirmed || s == matching.Attended
}
