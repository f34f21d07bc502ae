package flows

import (
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
)

// willing tells whether somebody says that they would like to do something, and not what: no skill, no thing, no number, at
// most when, where and what about. They are shown what there is, and may still publish it as an offer from there.
func (b *Book) willing(m *channels.Message, d *understanding.Draft, env conversations.Env) bool {
	if len(d.Things) > 0 || d.Title != "" && len(d.Required)+len(d.Welcome) > 0 || d.Helpers != nil || d.GroupMax > 0 || d.Carrier != "" {
		return false
	}
	w, said := b.say(env), " "+channels.Fold(m.Text)+" "
	if !slices.ContainsFunc(splitWords(w.T("say.willing")), func(x string) bool { return strings.Contains(said, " "+channels.Fold(x)+" ") }) &&
		!slices.ContainsFunc(splitWords(w.T("say.spare")), func(x string) bool { return containsAll(foldedWords(said), foldedWords(x)) }) {
		return false
	}
	titled := channels.Fold(d.Title)
	if titled != "" && slices.ContainsFunc(splitWords(w.T("say.liked")), func(x string) bool { return strings.Contains(said, " "+channels.Fold(x)+" "+titled) }) {
		return true
	}
	for word := range strings.FieldsSeq(titled) { // what a title names beside being willing is what they offer
		liked := slices.ContainsFunc(splitWords(w.T("say.liked")), func(x string) bool { return strings.Contains(said, " "+channels.Fold(x)+" "+word) })
		if !liked && !slices.Contains(foldedWords(w.T("say.willing_verbs")), word) && len(word) > 3 {
			return false
		}
	}
	return true
}

// nods tells whether a message says no more than that all is well: "ok", "super, alles klar".
func (b *Book) nods(said string, env conversations.Env) bool {
	words := strings.Fields(channels.Fold(said))
	return len(words) > 0 && len(words) < 5 && containsAll(foldedWords(b.say(env).T("say.nods")), words)
}

func containsAll(words, all []string) bool {
	return !slices.ContainsFunc(all, func(x string) bool { return !slices.Contains(words, x) })
}

// closing tells whether a message only ends a conversation: "super, bis dann!", "danke und schönen Abend".
func (b *Book) closing(said string, env conversations.Env) bool {
	w, words := b.say(env), strings.Fields(channels.Fold(said))
	ends, beside := foldedWords(w.T("say.closing")), foldedWords(w.T("say.beside_closing"))
	return slices.ContainsFunc(words, func(x string) bool { return slices.Contains(ends, x) }) &&
		!slices.ContainsFunc(words, func(x string) bool { return !slices.Contains(ends, x) && !slices.Contains(beside, x) })
}

// withoutHello is a message, folded, without a greeting it begins with.
func (b *Book) withoutHello(said string, env conversations.Env) string {
	said = channels.Fold(said)
	for _, hello := range splitWords(b.say(env).T("say.hello")) {
		if rest, ok := strings.CutPrefix(said, channels.Fold(hello)+" "); ok {
			return rest
		}
	}
	return said
}

// fragment asks what is to be done with a day, a place or a topic that somebody says without saying what for.
func (b *Book) fragment(m *channels.Message, r understanding.Reading, env conversations.Env) (channels.Reply, bool) {
	d := &r.Draft
	if len(strings.Fields(m.Text)) > 12 || d.Place == nil && len(d.Dates) == 0 && d.Slots == 0 && d.Recurrence == "" && d.Helpers == nil &&
		(d.Category == "" || r.IntentConfidence >= 0.9) {
		return channels.Reply{}, false
	}
	w := b.say(env)
	q := channels.Reply{Text: w.T("home.bare_piece", "Said", clip(strings.TrimSpace(m.Text), 60))}
	q.Choices = []channels.Choice{
		choice(w, "/"+Search, "home.fragment.search"), choice(w, "/"+Subscribe, "home.fragment.tell"), choice(w, "/"+Post+" need", "home.fragment.need"), choice(w, "/"+Post+" offer", "home.fragment.offer"),
	}
	for i := range q.Choices {
		q.Choices[i].Key += "\n" + clip(m.Text, 2000)
	}
	return q, true
}
