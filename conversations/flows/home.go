package flows

import (
	"maps"
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// home is where one is when nothing else is open: greeting, help, and what was not understood. It is
// opened by "/home <what>" and waits for nothing; its choices open flows.
func (b *Book) home() conversations.Runner {
	return conversations.Run(conversations.Flow[struct{}]{
		Name: Home, Version: 1, Start: "over",
		Open: func(o conversations.Opening, env conversations.Env) conversations.Turn[struct{}] {
			what, _, _ := strings.Cut(o.Args, " ")
			if what == "stop" {
				return conversations.Turn[struct{}]{Next: "over", Do: []conversations.Command{Halt{}}}
			}
			if what == "start" {
				return conversations.Turn[struct{}]{Next: "over", Do: []conversations.Command{Wake{}}}
			}
			return conversations.Turn[struct{}]{End: true, Say: []channels.Reply{b.At(what, env)}}
		},
		Steps: map[string]conversations.Step[struct{}]{"over": {
			Hear: func(_ struct{}, in conversations.Input, env conversations.Env) conversations.Turn[struct{}] {
				if woken, ok := in.Fact.(Woken); ok {
					what := "greet"
					if woken.Was {
						what = "back"
					}
					return conversations.Turn[struct{}]{End: true, Say: []channels.Reply{b.At(what, env)}}
				}
				w := b.say(env)
				r := text(w.T("home.stopped"))
				if halted, ok := in.Fact.(Halted); ok && len(halted.Promised) > 0 {
					var titles []string
					for i := range halted.Promised {
						titles = append(titles, w.T("relay.quoted", "Title", title(w, &halted.Promised[i])))
					}
					r.Text += " " + w.T("home.still_expected", "Titles", w.List(titles))
				}
				return conversations.Turn[struct{}]{End: true, Say: []channels.Reply{r}}
			},
		}},
	})
}

// At says what is to be said at home: "greet", "help", "lost" (not understood), "file", "sticker", "contact",
// "location", "thanks", "stale", "foreign", "cancelled", "nothing" (to cancel), "long", "empty", "encrypted".
func (b *Book) At(what string, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Text: w.T("home."+what, "Name", env.Name, "Place", env.Place.Name)}
	switch what {
	case "stale", "foreign", "cancelled", "long", "edited", "thanks", "encrypted":
		return r
	}
	r.Choices = []channels.Choice{
		choice(w, "/"+Subscribe, "home.choice.help"),
		choice(w, "/"+Post+" need", "home.choice.need"),
		choice(w, "/"+Post+" offer", "home.choice.offer"),
		choice(w, "/"+Search, "home.choice.search"),
	}
	if what == "greet" {
		r.Choices = append(r.Choices, b.otherLanguage(env)...)
	}
	return r
}

// Way is what a router makes of a message: resume a frame, open a flow, or say something at home.
type Way struct {
	Frame  int // index to resume, -1 for none
	Picked string
	Rest   string
	Text   string // what was said, where it was said before the question which of two it meant
	Word   conversations.Universal
	Open   string // flow to open
	Args   string
	At     string // what to say at home
	Ask    *channels.Reply
	Note   *channels.Reply // to be said before the open question is asked again
	Lead   bool            // with Note: after a long silence ask first whether to go on
}

// commands are what one may write with a slash; the language does not matter.
var commands = map[string][2]string{
	"start": {Home, "start"}, "hilfe": {Home, "help"}, "help": {Home, "help"},
	"privacy": {Privacy, "short"}, "datenschutz": {Privacy, "short"}, "export": {Privacy, "export"}, "auskunft": {Privacy, "export"},
	"delete": {Privacy, "delete"}, "löschen": {Privacy, "delete"}, "loeschen": {Privacy, "delete"},
	"stopp": {Home, "stop"}, "stop": {Home, "stop"},
	"gesuch": {Post, "need"}, "suche_hilfe": {Post, "need"}, "need": {Post, "need"},
	"angebot": {Post, "offer"}, "offer": {Post, "offer"},
	"abo": {Subscribe, ""}, "helfen": {Subscribe, ""}, "join": {Subscribe, ""}, "subscribe": {Subscribe, ""},
	"zeig": {Show, ""}, "show": {Show, ""},
	"meine": {Mine, "list"}, "mine": {Mine, "list"}, "nochmal": {Post, "again"},
	"verein": {Org, "said"}, "gruppe": {Org, "said"}, "organisation": {Org, "said"}, "group": {Org, "said"},
	"redaktion": {Moderate, "said"}, "editor": {Moderate, "said"},
	"impressum": {TermsFlow, "show imprint"}, "imprint": {TermsFlow, "show imprint"}, "bedingungen": {TermsFlow, "show terms"},
	"nutzungsbedingungen": {TermsFlow, "show terms"}, "terms": {TermsFlow, "show terms"},
	"melden": {ReportFlow, "said"}, "report": {ReportFlow, "said"}, "beschwerde": {ReportFlow, "decisions"}, "complaint": {ReportFlow, "decisions"},
	"suche": {Search, ""}, "search": {Search, ""}, "kalender": {Search, "view week"}, "calendar": {Search, "view week"},
	"einstellungen": {Settings, ""}, "settings": {Settings, ""}, "abos": {Settings, "subs"}, "subscriptions": {Settings, "subs"},
	"termin":  {EntryFlow, ""},
	"verleih": {Lend, ""}, "verleihen": {Lend, ""}, "lending": {Lend, ""}, "lend": {Lend, ""},
	"liste": {Roster, "list"}, "list": {Roster, "list"},
	"zahlen": {Figures, ""}, "figures": {Figures, ""},
	"uebernehmen": {Claim, ""}, "übernehmen": {Claim, ""}, "claim": {Claim, ""},
	"verbinden": {Connect, ""}, "connect": {Connect, ""}, "adressen": {Connect, "list"}, "addresses": {Connect, "list"},
	"trennen": {Connect, "list"}, "disconnect": {Connect, "list"},
	"nachricht": {Relay, "list"}, "message": {Relay, "list"}, "blockieren": {Relay, "block"}, "block": {Relay, "block"},
	"stunden": {Care, "sum"}, "hours": {Care, "sum"},
}

// Words lists what one may write with a slash.
func Words() []string { return slices.Sorted(maps.Keys(commands)) }

// Route decides where a message belongs. frames are open conversations, the last one being the present one;
// offers are the choices shown at the address, newest first. Presses come with their key already in pressed.
func (b *Book) Route(m *channels.Message, frames []conversations.Frame, offers []conversations.Offer, pressed string, env conversations.Env) Way {
	top := len(frames) - 1
	var asked channels.Reply
	waits := false
	if top >= 0 {
		if r := b.Runner(frames[top].Flow); r != nil {
			asked, waits = r.Ask(frames[top], env)
		}
	}
	if m.Kind == channels.Press {
		return b.press(pressed, offers, frames, asked, waits)
	}
	if m.Start != "" {
		return deepLink(m.Start)
	}
	switch m.Kind {
	case channels.File, channels.Sticker, channels.Contact:
		if channels.Fold(m.Text) == "" { // the emoji of a sticker are no words either
			return b.wordless(m.Kind, frames, offers, waits, env)
		}
	case channels.Location:
		if waits && asked.Ask == channels.AskLocation {
			return Way{Frame: top}
		}
		return Way{Frame: -1, Open: Search}
	}
	if conversations.UniversalOf(m.Text) == conversations.Help {
		return b.help(frames, offers, asked, waits, env)
	}
	if w, ok := b.word(m.Text, top, waits); ok {
		return w
	}
	if name, args, ok := conversations.SplitCommand(m.Text); ok {
		c, known := commands[name]
		if !known {
			return b.notUnderstood(m, offers, waits, env)
		}
		return Way{Frame: -1, Open: c[0], Args: strings.TrimSpace(c[1] + " " + args)}
	}
	if m.Kind == channels.Encrypted {
		return Way{Frame: -1, At: "encrypted"}
	}
	if w, ok := coded(m); ok {
		return w
	}
	if m.Text == "" || channels.Fold(m.Text) == "" {
		return Way{Frame: -1, At: "empty"}
	}
	quiet := waits && b.Runner(frames[top].Flow).Quiet()
	shown := asked.Choices
	if !waits && len(offers) > 0 {
		shown = offers[0].Choices
	}
	m = b.pointed(m, shown, env)
	if w, ok := b.linking(m, waits, env); ok {
		return w
	}
	if w, ok := b.relayed(m, offers, waits && (!quiet || len(offers) > 0 && offers[0].Flow == frames[top].Flow), env); ok {
		return w
	}
	if !waits || quiet {
		if w, ok := b.takenBack(m, offers, env); ok {
			return w
		}
	}
	if w, ok := b.spoken(m, frames, waits && !quiet, env); ok {
		return w
	}
	if _, _, picked := channels.PickPrefix(m.Text, shown); !picked && b.closing(m.Text, env) {
		if waits && !quiet {
			r := text(b.say(env).T("home.thanks"))
			return Way{Frame: -1, Note: &r}
		}
		return Way{Frame: -1, Open: Home, Args: "thanks"}
	}
	if !waits || quiet {
		if w, ok := b.aboutSubject(m, offers, asked, env); ok {
			return w
		}
		if w, ok := b.aboutOwn(m, offers, shown, env); ok && (!waits || frames[top].Flow == Search) {
			return w
		}
	}
	if quiet {
		return b.quietly(m, frames, offers, asked, env)
	}
	return b.words(m, frames, offers, asked, waits, env)
}

// press routes a pressed button.
func (b *Book) press(key string, offers []conversations.Offer, frames []conversations.Frame, asked channels.Reply, waits bool) Way {
	if key == "" {
		return Way{Frame: -1, At: "foreign"}
	}
	if w, ok := follow(key, len(frames)-1); ok {
		return w
	}
	if len(offers) > 0 && waits && offers[0].Flow == frames[len(frames)-1].Flow && (offers[0].Prompt == asked.Prompt || b.still(key, frames, asked)) {
		return Way{Frame: len(frames) - 1, Picked: key}
	}
	return Way{Frame: -1, At: "stale"}
}

// follow reads a key that leads somewhere by itself: "/answer yes …" opens a flow, "/post need\nwords" opens it
// with words said before, "=key\nwords" takes words said before to the question that was open then.
func follow(key string, top int) (Way, bool) {
	if k, ok := strings.CutPrefix(key, "/"); ok {
		k, said, _ := strings.Cut(k, "\n")
		flow, args, _ := strings.Cut(k, " ")
		return Way{Frame: -1, Open: flow, Args: args, Text: said}, true
	}
	if k, ok := strings.CutPrefix(key, "="); ok && top >= 0 {
		picked, said, _ := strings.Cut(k, "\n")
		return Way{Frame: top, Picked: picked, Text: said}, true
	}
	return Way{Frame: -1, At: "stale"}, false
}

// deepLink routes the parameter of a start link: p_<code> shows a posting, o_<code> joins an organisation, l_<code>
// connects two addresses. t_<front> greets; which front is meant is known by then.
func deepLink(start string) Way {
	if code, ok := strings.CutPrefix(start, "p_"); ok {
		return Way{Frame: -1, Open: Show, Args: code}
	}
	if code, ok := strings.CutPrefix(start, "o_"); ok {
		return Way{Frame: -1, Open: Org, Args: "join " + code}
	}
	if code, ok := strings.CutPrefix(start, "l_"); ok {
		return Way{Frame: -1, Open: Link, Args: code}
	}
	return Way{Frame: -1, Open: Home, Args: "greet"}
}

// word routes the universal words.
func (b *Book) word(said string, top int, waits bool) (Way, bool) {
	switch conversations.UniversalOf(said) {
	case conversations.Cancel:
		if top < 0 {
			return Way{Frame: -1, At: "nothing"}, true
		}
		return Way{Frame: top, Word: conversations.Cancel}, true
	case conversations.Back:
		if top < 0 || !waits {
			return Way{Frame: -1, At: "nothing"}, true
		}
		return Way{Frame: top, Word: conversations.Back}, true
	case conversations.Stop:
		return Way{Frame: -1, Open: Home, Args: "stop"}, true
	case conversations.Start:
		return Way{Frame: -1, Open: Home, Args: "start"}, true
	}
	return Way{}, false
}

// words routes free text: to the message it replies to, to the newest question, or to the flow it asks for.
func (b *Book) words(m *channels.Message, frames []conversations.Frame, offers []conversations.Offer, asked channels.Reply, waits bool, env conversations.Env) Way {
	top := len(frames) - 1
	if m.Ref != "" {
		for _, o := range offers {
			if o.Ref == m.Ref && o.Flow == "" {
				return b.about(m.Text, o)
			}
		}
	}
	var formKey, formRest string
	if waits {
		if c, rest, ok := channels.PickPrefix(m.Text, asked.Choices); ok {
			formKey, formRest = c.Key, rest
		}
	}
	if len(offers) > 0 && offers[0].Flow == "" {
		if c, ok := channels.Pick(m.Text, offers[0].Choices); ok && len(offers[0].Choices) > 0 {
			switch {
			case !waits || named(m.Text, c) || (formKey == "" && !b.couldAnswer(m, frames[top], env)):
				w, _ := follow(c.Key, top)
				return w
			case formKey != "" || len(asked.Choices) == 0:
				return b.both(m.Text, c, asked, formKey, env)
			}
		}
	}
	if w, ok := opens(formKey, formRest); waits && ok {
		return w
	}
	if w, ok := b.another(m, asked, formKey, env); waits && ok {
		return w
	}
	if waits {
		return Way{Frame: top, Picked: formKey, Rest: formRest}
	}
	if len(offers) > 0 && offers[0].Flow != "" {
		if _, ok := channels.Pick(m.Text, offers[0].Choices); ok {
			return Way{Frame: -1, At: "nothing"} // nobody pressed anything
		}
	}
	if len(offers) > 0 && offers[0].Flow == "" && asksForAnswer(offers[0]) && (b.saysYes(m.Text, env) || isNumbers(m.Text, len(offers[0].Choices))) {
		return b.about(m.Text, offers[0])
	}
	if len(offers) > 0 && lends(offers[0]) {
		if _, ok := b.timeWanted(m.Text, env); ok {
			return b.about(m.Text, offers[0])
		}
	}
	return b.intent(m, offers, env)
}

// named tells whether a choice was meant by all its words, so that nothing else can have been.
func named(said string, c channels.Choice) bool {
	want := channels.Fold(c.Label)
	return len(want) >= 5 && channels.Fold(said) == want
}

// couldAnswer tells whether a text that is also a choice of an alert may be meant for the form: a bare
// number or a short word is, where the form asks for free words.
func (b *Book) couldAnswer(_ *channels.Message, f conversations.Frame, env conversations.Env) bool {
	r := b.Runner(f.Flow)
	if r == nil {
		return false
	}
	q, ok := r.Ask(f, env)
	return ok && len(q.Choices) == 0
}

// both asks which of two things was meant: an alert's choice or the form's.
func (b *Book) both(said string, alert channels.Choice, asked channels.Reply, formKey string, env conversations.Env) Way {
	w := b.say(env)
	form := firstLine(asked.Text)
	for _, c := range asked.Choices {
		if c.Key == formKey {
			form = c.Label
		}
	}
	r := channels.Reply{Text: w.T("home.both", "Said", clip(said, 40))}
	r.Choices = []channels.Choice{
		alert,
		{Key: "=" + formKey + "\n" + said, Label: clip(form, 60)},
	}
	return Way{Frame: -1, Ask: &r}
}

// about routes words about something shown: one of its choices, or an answer in free words.
func (b *Book) about(said string, o conversations.Offer) Way {
	if c, ok := channels.Pick(said, o.Choices); ok {
		if w, ok := follow(c.Key, -1); ok {
			return w
		}
	}
	posting, keys := "", []string(nil)
	for _, c := range o.Choices {
		if rest, ok := strings.CutPrefix(c.Key, "/"+Answer+" yes "); ok {
			id, key, _ := strings.Cut(rest, " ")
			posting = id
			if !strings.Contains(key, " ") && !strings.Contains(key, ",") {
				keys = append(keys, key)
			}
		}
	}
	for _, c := range o.Choices { // of somebody who has answered: more about it
		if rest, ok := strings.CutPrefix(c.Key, "/"+Answer+" no "); ok && posting == "" {
			posting, _, _ = strings.Cut(rest, " ")
		}
	}
	if posting != "" {
		return Way{Frame: -1, Open: Answer, Args: "said " + posting + " " + strings.Join(keys, ",")}
	}
	return Way{Frame: -1, At: "lost"}
}

// sure is the confidence from which an intent opens a flow.
const sure = 0.5

// intent routes free text when nothing is open.
func (b *Book) intent(m *channels.Message, offers []conversations.Offer, env conversations.Env) Way {
	if c, ok := channels.Pick(m.Text, b.At("greet", env).Choices); ok { // the words of a button nobody has seen yet
		w, _ := follow(c.Key, -1)
		return w
	}
	if w, ok := b.wished(m, env); ok {
		return w
	}
	if b.nods(m.Text, env) {
		return Way{Frame: -1, Open: Home, Args: "thanks"}
	}
	if w, ok := saying(b.say(env), b.withoutHello(m.Text, env), []struct{ key, flow, args string }{{"say.need", Post, "need"}}); ok {
		return w
	}
	if w, ok := saying(b.say(env), channels.Fold(m.Text), []struct{ key, flow, args string }{{"say.undecided", Mine, "list"}}); ok {
		return w // there it can be taken back
	}
	r := b.read(m, env, understanding.FieldNone, nil, "")
	if r.IntentConfidence < sure && b.whatsOn(m.Text, env) {
		return Way{Frame: -1, Open: Search}
	}
	if r.IntentConfidence < sure {
		return b.lost(m, offers, env)
	}
	if b.aboutUs(m, r, env) {
		return b.notUnderstood(m, offers, false, env)
	}
	switch r.Intent {
	case understanding.Offer:
		if b.willing(m, &r.Draft, env) {
			if d := &r.Draft; len(d.Dates) == 0 && (d.Place != nil || d.Slots != 0) || d.Recurrence != "" {
				return Way{Frame: -1, Open: Subscribe} // for longer than a day
			}
			return Way{Frame: -1, Open: Search, Args: "willing"}
		}
		if !says(&r.Draft) { // "ich will …" and nothing that could be offered
			if speaksOf(b.say(env), "likely.help", m.Text) {
				return Way{Frame: -1, Open: Subscribe}
			}
			return b.lost(m, offers, env)
		}
		return Way{Frame: -1, Open: Post, Args: string(r.Intent)}
	case understanding.Need:
		return Way{Frame: -1, Open: Post, Args: string(r.Intent)}
	case understanding.Subscribe:
		return Way{Frame: -1, Open: Subscribe}
	case understanding.Search:
		return Way{Frame: -1, Open: Search}
	case understanding.Answer:
		return b.lost(m, offers, env)
	}
	return b.notUnderstood(m, offers, false, env)
}

// says tells whether a draft holds anything that a posting could be made of.
func says(d *understanding.Draft) bool {
	return d.Title != "" || d.Category != "" && d.Category != matching.OtherCategory || len(d.Tasks) > 0 || len(d.Things) > 0 ||
		len(d.Dates) > 0 || d.Recurrence != "" || d.Slots != 0 || len(d.Required) > 0 || d.Place != nil || d.GroupMax > 0
}

// lost tries what was said on the newest alert before giving up.
func (b *Book) lost(m *channels.Message, offers []conversations.Offer, env conversations.Env) Way {
	if len(offers) > 0 && offers[0].Flow == "" {
		if w := b.about(m.Text, offers[0]); w.At == "" {
			return w
		}
	}
	return b.notUnderstood(m, offers, false, env)
}

// Elsewhere is the flow a message asks for that made no sense to the form it was said to; ok is false if it
// is not clearly meant for another one.
func (b *Book) Elsewhere(m *channels.Message, present string, env conversations.Env) (Way, bool) {
	if w, ok := b.wished(m, env); ok && w.Open != present {
		return w, true
	}
	r := b.read(m, env, understanding.FieldNone, nil, "")
	if r.IntentConfidence < 0.8 || len(strings.Fields(m.Text)) < 4 {
		return Way{}, false
	}
	w := b.intent(m, nil, env)
	return w, w.Open != "" && w.Open != present
}

// Missed says that what was said made no sense at the present question.
func (b *Book) Missed(env conversations.Env) channels.Reply { return text(b.say(env).T("home.missed")) }

// Again leads back to a conversation that was interrupted.
func (b *Book) Again(topic string, env conversations.Env) channels.Reply {
	return text(b.say(env).T("home.again", "Topic", topic))
}

// Confirm asks whether a mail was really written by the owner of its address.
func (b *Book) Confirm(code, link string, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Title: w.T("home.confirm.title"), Text: w.T("home.confirm", "Code", code[:4]+"-"+code[4:8]+"-"+code[8:], "Link", link)}
}
