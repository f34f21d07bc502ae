package flows

import (
	"slices"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
)

// spoken routes what is said about things that exist already: "wie letztes Mal", "noch zwei mehr", "meine
// Einträge". While a question is open it only takes what cannot be an answer to it.
func (b *Book) spoken(m *channels.Message, frames []conversations.Frame, waits bool, env conversations.Env) (Way, bool) {
	if _, ok := understanding.ReadAgain(m.Text); ok {
		if top := len(frames) - 1; !waits || frames[top].Flow == Post && frames[top].Step == qWhat {
			return Way{Frame: -1, Open: Post, Args: "again"}, true
		}
	}
	w, said := b.say(env), channels.Fold(m.Text)
	if w, ok := saying(w, said, sayings[:privateSayings]); ok {
		return w, true
	}
	if waits {
		if hello, ok := saying(w, said, sayings[privateSayings:privateSayings+1]); ok && hello.Open == Home {
			r := text(w.T("home.hello"))
			return Way{Frame: -1, Note: &r, Lead: true}, true
		}
		if about, ok := saying(w, said, sayings[privateSayings+1:privateSayings+2]); ok {
			r := text(w.T("home." + about.Args))
			return Way{Frame: -1, Note: &r}, true
		}
		return Way{}, false
	}
	if _, wish := b.wished(m, env); !wish {
		if w, ok := b.aboutPlaces(m); ok {
			return w, true
		}
	}
	if r, ok := understanding.ReadResize(m.Text); ok {
		return Way{Frame: -1, Open: Mine, Args: "resize - " + strconv.Itoa(r.By) + " " + strconv.Itoa(r.To)}, true
	}
	return saying(w, said, sayings[privateSayings:])
}

// another asks whether a need or an offer that is said where only a place was asked for is a new one. It would
// otherwise be taken for its place alone.
func (b *Book) another(m *channels.Message, asked channels.Reply, formKey string, env conversations.Env) (Way, bool) {
	if asked.Ask != channels.AskLocation || formKey != "" || len(strings.Fields(m.Text)) < 5 {
		return Way{}, false
	}
	r := b.read(m, env, understanding.FieldNone, nil, "")
	if r.IntentConfidence < 0.8 || r.Intent != understanding.Need && r.Intent != understanding.Offer || r.Draft.Title == "" {
		return Way{}, false
	}
	w := b.say(env)
	q := text(w.T("home.another."+string(r.Intent), "Title", clip(r.Draft.Title, 60)))
	q.Choices = []channels.Choice{choice(w, "/"+Post+" "+string(r.Intent), "home.another.yes"), choice(w, "=", "home.another.no")}
	for i := range q.Choices {
		q.Choices[i].Key += "\n" + clip(m.Text, 2000)
	}
	return Way{Frame: -1, Ask: &q}, true
}

// whatsOn tells whether a message asks what there is, in any order of its words: "was ist am Wochenende los?".
func (b *Book) whatsOn(text string, env conversations.Env) bool {
	w, said := b.say(env), strings.Fields(channels.Fold(text))
	return w.Has("say.whats_on") && slices.ContainsFunc(splitWords(w.T("say.whats_on")), func(words string) bool {
		return !slices.ContainsFunc(strings.Fields(channels.Fold(words)), func(x string) bool { return !slices.Contains(said, x) })
	})
}

// sayings are whole messages that mean a command. The first ones cannot be an answer to any question.
var sayings = []struct{ key, flow, args string }{
	{"say.export", Privacy, "export"}, {"say.delete", Privacy, "delete"}, {"say.privacy", Privacy, "short"},
	{"say.hello", Home, "greet"}, {"say.about", Home, "about"}, {"say.how", Home, "help"}, {"say.settings", Settings, ""}, {"say.human", TermsFlow, "show imprint"}, {"say.thanks", Home, "thanks"}, {"say.mine", Mine, "list"}, {"say.for_me", Search, "for me"}, {"say.who", Roster, "list -"}, {"say.organisations", Org, "list"}, {"say.hours", Care, "sum"},
	{"say.report", ReportFlow, "said"}, {"say.complain", ReportFlow, "decisions"}, {"say.queue", Moderate, "said"},
}

const privateSayings = 3

func saying(w wording.Words, said string, all []struct{ key, flow, args string }) (Way, bool) {
	for _, to := range all {
		for _, words := range splitWords(w.T(to.key)) {
			if channels.Fold(words) == said {
				return Way{Frame: -1, Open: to.flow, Args: to.args}, true
			}
		}
	}
	return Way{}, false
}

// aboutPlaces routes what is said about who comes: "an alle: …", "nur noch 2 frei", "am Dienstag kann ich nicht", "am 1.12.
// fällt es aus".
func (b *Book) aboutPlaces(m *channels.Message) (Way, bool) {
	if _, ok := understanding.ReadToAll(m.Text); ok {
		return Way{Frame: -1, Open: Roster, Args: "all -"}, true
	}
	if o, ok := understanding.ReadOutside(m.Text); ok {
		how := "b" + strconv.Itoa(o.By)
		if o.Left {
			how = "f" + strconv.Itoa(o.Free)
		}
		return Way{Frame: -1, Open: Roster, Args: "outside - - " + how}, true
	}
	switch {
	case understanding.ReadMoved(m.Text):
		return Way{Frame: -1, Open: Roster, Args: "dates -"}, true
	case understanding.ReadDropped(m.Text):
		return Way{Frame: -1, Open: Roster, Args: "dropped -"}, true
	case understanding.ReadAbsence(m.Text):
		return Way{Frame: -1, Open: Answer, Args: "away"}, true
	}
	return Way{}, false
}
