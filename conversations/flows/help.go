package flows

import (
	"slices"
	"sort"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
)

// here says what is possible at the open question, before it is asked again: an example of an answer where
// there is one, how to press or write it, and the ways out.
func (b *Book) here(frames []conversations.Frame, asked channels.Reply, env conversations.Env) channels.Reply {
	w := b.say(env)
	f := frames[len(frames)-1]
	var lines []string
	if r := b.Runner(f.Flow); r != nil {
		if topic := r.Topic(f, env); topic != "" {
			lines = append(lines, w.T("help.about", "Topic", clip(topic, 60)))
		}
	}
	for _, key := range []string{"help.step." + f.Flow + "." + f.Step, "help.step." + f.Flow + ".any"} {
		if w.Has(key) {
			lines = append(lines, w.T(key))
			break
		}
	}
	switch {
	case len(asked.Choices) > 0 && asked.Ask == channels.AskLocation:
		lines = append(lines, w.T("help.choose_or_place"))
	case len(asked.Choices) > 0:
		lines = append(lines, w.T("help.choose"))
	}
	lines = append(lines, w.T("help.out"))
	return text(strings.Join(lines, "\n"))
}

// afterwards says how to react to what was shown last: an alert, somebody's answer. ok is false where nothing
// of that sort was shown.
func (b *Book) afterwards(offers []conversations.Offer, env conversations.Env) (channels.Reply, bool) {
	if len(offers) == 0 || offers[0].Flow != "" {
		return channels.Reply{}, false
	}
	w := b.say(env)
	for _, c := range offers[0].Choices {
		switch flow, _, _ := strings.Cut(strings.TrimPrefix(c.Key, "/"), " "); flow {
		case Answer, Decide, Moderate, Relay:
			key := "help.after." + flow
			if strings.HasPrefix(c.Key, "/"+Answer+" no") {
				key = "help.after.accepted" // one may only take back what was promised
			}
			return channels.Reply{Text: w.T(key), Choices: offers[0].Choices}, true
		}
	}
	return channels.Reply{}, false
}

// help says what is possible here and now.
func (b *Book) help(frames []conversations.Frame, offers []conversations.Offer, asked channels.Reply, waits bool, env conversations.Env) Way {
	r := b.At("help", env)
	if waits && !b.Runner(frames[len(frames)-1].Flow).Quiet() { // a quiet question is not asked again
		r = b.here(frames, asked, env)
	} else if after, ok := b.afterwards(offers, env); ok {
		r = after
	}
	return Way{Frame: -1, Note: &r}
}

// wordless declines what has no words in it: towards the open question, towards what was shown last, or home.
func (b *Book) wordless(kind channels.Kind, frames []conversations.Frame, offers []conversations.Offer, waits bool, env conversations.Env) Way {
	w := b.say(env)
	r := b.At(string(kind), env)
	quiet := waits && b.Runner(frames[len(frames)-1].Flow).Quiet()
	if after, ok := b.afterwards(offers, env); waits && !quiet {
		r = text(w.T("help.wordless." + string(kind)))
	} else if ok {
		r = after
		r.Text = w.T("help.wordless."+string(kind)) + "\n" + r.Text
	}
	return Way{Frame: -1, Note: &r}
}

// likely is one thing somebody may have meant.
type likely struct {
	key, label string  // the choice
	words      string  // key of words that speak for it
	weight     float64 // before anything was read
}

// likelies are all things that can be offered to somebody who was not understood, the usual ones first.
var likelies = []likely{
	{"/" + Subscribe, "home.choice.help", "likely.help", 0.3},
	{"/" + Post + " need", "home.choice.need", "likely.need", 0.2},
	{"/" + Post + " offer", "home.choice.offer", "likely.offer", 0.1},
	{"/" + Mine + " list", "likely.choice.mine", "likely.mine", 0},
	{"/" + Org + " said", "likely.choice.org", "likely.org", 0},
	{"/" + Privacy + " short", "likely.choice.privacy", "likely.privacy", 0},
	{"/" + Privacy + " delete", "privacy.choice.delete", "likely.delete", 0},
	{"/" + Home + " stop", "likely.choice.stop", "likely.stop", 0},
	{"/" + Home + " help", "likely.choice.how", "likely.how", 0},
}

// guesses are the two or three likeliest things, by the words of a message and by how it was read. What is chosen
// takes the message along, so that nothing has to be written twice.
func (b *Book) guesses(m *channels.Message, r understanding.Reading, env conversations.Env) []channels.Choice {
	w := b.say(env)
	said := strings.Fields(channels.Fold(m.Text))
	read := map[understanding.Intent]string{
		understanding.Need: "likely.need", understanding.Offer: "likely.offer", understanding.Subscribe: "likely.help", understanding.Search: "likely.help",
	}[r.Intent]
	all := append([]likely(nil), likelies...)
	for i := range all {
		for _, word := range splitWords(w.T(all[i].words)) {
			if among(channels.Fold(word), said) {
				all[i].weight += 1.5
			}
		}
		if all[i].words == read {
			all[i].weight += 2 * r.IntentConfidence
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].weight > all[j].weight })
	n := 3
	if all[0].weight >= 1 && all[1].weight < 1 { // one thing stands out: do not bury it
		n = 2
	}
	var cs []channels.Choice
	for _, l := range all[:n] {
		c := choice(w, l.key, l.label)
		if strings.HasPrefix(l.key, "/"+Post) || l.key == "/"+Subscribe {
			c.Key += "\n" + clip(m.Text, 2000)
		}
		cs = append(cs, c)
	}
	return cs
}

// aboutUs tells whether a message is rather about us and what we do than about anything to be done: it has a word
// of privacy or of wanting to be left alone in it, and neither place nor time nor number.
func (b *Book) aboutUs(m *channels.Message, r understanding.Reading, env conversations.Env) bool {
	d := r.Draft
	if d.Place != nil || len(d.Dates) > 0 || d.Slots != 0 || d.Helpers != nil || d.Recurrence != "" || r.IntentConfidence >= 0.95 {
		return false
	}
	w, said := b.say(env), strings.Fields(channels.Fold(m.Text))
	for _, key := range []string{"likely.privacy", "likely.delete", "likely.stop"} {
		for _, word := range splitWords(w.T(key)) {
			if among(channels.Fold(word), said) {
				return true
			}
		}
	}
	return false
}

// among tells whether one of the words begins with a stem of at least four letters, or is a shorter one.
func among(stem string, words []string) bool {
	if strings.Contains(stem, " ") {
		return strings.Contains(" "+strings.Join(words, " ")+" ", " "+stem+" ")
	}
	for _, w := range words {
		if w == stem || len(stem) >= 4 && strings.HasPrefix(w, stem) {
			return true
		}
	}
	return false
}

// speaksOf tells whether a message has one of the words under a key in it.
func speaksOf(w wording.Words, key, said string) bool {
	words := strings.Fields(channels.Fold(said))
	return slices.ContainsFunc(splitWords(w.T(key)), func(stem string) bool { return among(channels.Fold(stem), words) })
}

// notUnderstood offers the likeliest things, or says at the open question that the message made no sense.
func (b *Book) notUnderstood(m *channels.Message, offers []conversations.Offer, waits bool, env conversations.Env) Way {
	if name, _, ok := conversations.SplitCommand(m.Text); ok && waits {
		r := text(b.say(env).T("help.no_command", "Command", clip(name, 30)))
		return Way{Frame: -1, Note: &r}
	}
	read := b.read(m, env, understanding.FieldNone, nil, "")
	if r, ok := b.fragment(m, read, env); ok && !waits {
		return Way{Frame: -1, Note: &r}
	}
	if id := lastWritable(offers); id != "" && !waits && len(strings.Fields(m.Text)) > 2 {
		return b.passOn(m, id, env)
	}
	r := text(b.say(env).T("home.lost"))
	r.Choices = append(b.tongue(m, env), b.guesses(m, read, env)...)
	return Way{Frame: -1, Note: &r}
}

// tongue offers to go on in another language to whoever writes in it: at least two of its commonest words, and
// more than of the present one.
func (b *Book) tongue(m *channels.Message, env conversations.Env) []channels.Choice {
	best, most, present := b.heardIn(m.Text, env)
	if most <= max(1, present) {
		return nil
	}
	return []channels.Choice{{Key: "/" + Settings + " lang:" + best, Label: b.catalog.For(best, "").T("home.choice.in_this_language")}}
}

// heardIn is the other language of which a text has most of the commonest words, how many, and how many of the present one.
func (b *Book) heardIn(text string, env conversations.Env) (best string, most, present int) {
	said := strings.Fields(channels.Fold(text))
	count := func(lang string) (n int) {
		w := b.catalog.For(lang, "")
		if !w.Has("say.common") {
			return 0
		}
		common := strings.Fields(w.T("say.common"))
		for _, x := range said {
			if slices.Contains(common, x) {
				n++
			}
		}
		return n
	}
	for _, lang := range b.Languages() {
		if n := count(lang); lang != env.Lang && n > most {
			best, most = lang, n
		}
	}
	return best, most, count(env.Lang)
}

// SpokenIn is the language that a text is clearly in, if it is another one than the present: three of its commonest words, and
// more than twice as many as of the present one.
func (b *Book) SpokenIn(text string, env conversations.Env) (lang string, ok bool) {
	best, most, present := b.heardIn(text, env)
	return best, most >= 3 && most > 2*present
}
