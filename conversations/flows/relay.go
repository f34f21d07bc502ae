package flows

import (
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/masking"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
)

// Relay is the flow in which two sides write to each other.
const Relay = "relay"

// relayDraft is a message, a contact or a report under way.
type relayDraft struct {
	Answer string `json:"answer,omitempty"`
	Verb   string `json:"verb,omitempty"` // write, share, report, block
	Other  string `json:"other,omitempty"`
	Title  string `json:"title,omitempty"`
	Wanted bool   `json:"wanted,omitempty"`
	Text   string `json:"text,omitempty"` // a message whose receiver is not clear
	Files  bool   `json:"files,omitempty"`

	Which []relayChoice `json:"which,omitempty"`
}

type relayChoice struct {
	Answer string `json:"answer"`
	Label  string `json:"label"`
}

type relayTurn = conversations.Turn[relayDraft]

// relay is opened by "/relay write <answer>", "share", "report" and "block", by "said <answer>" with a message for that
// thread, by "pick" with one for whoever wrote last, and by "list"; "block" without an answer asks whom.
func (b *Book) relay() conversations.Runner {
	return conversations.Run(conversations.Flow[relayDraft]{
		Name: Relay, Version: 1, Start: "told", Open: b.openRelay,
		Topic: func(d relayDraft, env conversations.Env) string {
			if d.Verb != "write" || d.Other == "" {
				return ""
			}
			return b.say(env).T("relay.topic", "Other", d.Other)
		},
		Steps: map[string]conversations.Step[relayDraft]{
			"told":    {Hear: b.hearRelayed},
			"text":    {Ask: b.askMessage, Hear: b.hearMessage},
			"contact": {Ask: b.askContact, Hear: b.hearContact},
			"report":  {Ask: b.askReport, Hear: b.hearReport},
			"block":   {Ask: b.askBlock, Hear: b.hearBlock},
			"which":   {Ask: b.askReceiver, Hear: b.hearReceiver},
		},
	})
}

func (b *Book) openRelay(o conversations.Opening, _ conversations.Env) relayTurn {
	verb, id, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	d := relayDraft{Answer: id, Verb: verb}
	var cmd conversations.Command = ThreadWith{Answer: id}
	switch verb {
	case "said", "pick":
		if o.Said != nil {
			d.Text, d.Files = o.Said.Text, len(o.Said.Files) > 0
		}
		if len([]rune(d.Text)) > MaxPassed { // it is refused; what is kept of it until then is little
			d.Text = clip(d.Text, MaxPassed+10)
		}
		cmd = Pass{Answer: id, Text: d.Text, Files: d.Files}
	case "list", "":
		d.Verb, cmd = "write", MyThreads{}
	case "block":
		if id == "" {
			cmd = MyThreads{}
		}
	}
	return relayTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
}

func (b *Book) hearRelayed(d relayDraft, in conversations.Input, env conversations.Env) relayTurn {
	w := b.say(env)
	end := func(r channels.Reply) relayTurn { return relayTurn{Data: d, End: true, Say: []channels.Reply{r}} }
	switch f := in.Fact.(type) {
	case ThreadSeen:
		return b.into(d, f, env)
	case ThreadsOfMine:
		if len(f.Threads) == 1 {
			d.Answer = f.Threads[0].Answer
			return b.into(d, f.Threads[0], env)
		}
		return b.choose(d, f.Threads, env)
	case WhichThread:
		return b.choose(d, f.Threads, env)
	case Passed:
		return end(b.passedReply(f, env))
	case ContactShared:
		if f.Theirs != "" {
			return end(channels.Reply{Text: w.T("relay.exchanged", "Other", f.Other, "Contact", f.Theirs), Private: true})
		}
		return end(text(w.T("relay.contact_waits", "Other", f.Other)))
	case ThreadReported:
		return end(b.threadReported(f, env))
	case ThreadBlocked:
		return end(text(w.T("relay.blocked", "Other", f.Other)))
	case Refused:
		return end(b.refusal(f, env))
	}
	return relayTurn{Data: d, End: true}
}

func (b *Book) threadReported(f ThreadReported, env conversations.Env) channels.Reply {
	w := b.say(env)
	said := w.T("relay.reported", "Other", f.Other)
	if f.Before {
		said = w.T("report.before")
	}
	return menu(channels.Reply{Text: said, Choices: []channels.Choice{choice(w, "/"+Relay+" block "+f.Answer, "relay.choice.block")}})
}

// into goes to the question of what is to be done in a thread.
func (b *Book) into(d relayDraft, f ThreadSeen, env conversations.Env) relayTurn {
	w := b.say(env)
	d.Other, d.Title, d.Wanted = f.Other, title(w, &f.Posting), f.Wanted
	switch d.Verb {
	case "share":
		if f.Mine != "" {
			return relayTurn{Data: d, End: true, Say: []channels.Reply{text(w.T("relay.contact_waits", "Other", f.Other))}}
		}
		return relayTurn{Data: d, Next: "contact"}
	case "report":
		return relayTurn{Data: d, Next: "report"}
	case "block":
		return relayTurn{Data: d, Next: "block"}
	}
	return relayTurn{Data: d, Next: "text"}
}

func (b *Book) choose(d relayDraft, threads []ThreadSeen, env conversations.Env) relayTurn {
	w := b.say(env)
	for _, t := range threads {
		if len(d.Which) == 6 {
			break
		}
		d.Which = append(d.Which, relayChoice{t.Answer, clip(join(" · ", t.Other, title(w, &t.Posting)), 60)})
	}
	return relayTurn{Data: d, Next: "which"}
}

func (b *Book) passedReply(f Passed, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Text: w.T("relay.passed", "Other", f.Other), Thread: "relay:" + f.Answer}
	if len(f.Hidden) > 0 {
		r.Text += " " + w.T("relay.hidden", "What", hidden(w, f.Hidden))
		if f.Mine == "" {
			r.Choices = []channels.Choice{choice(w, "/"+Relay+" share "+f.Answer, "relay.choice.share")}
			r = menu(r)
		}
	}
	if f.Files {
		r.Text += " " + w.T("relay.no_files")
	}
	return r
}

func hidden(w wording.Words, kinds []masking.Kind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, w.T("relay.kind."+string(k)))
	}
	return w.List(names)
}

func (b *Book) askMessage(d relayDraft, env conversations.Env) channels.Reply {
	return channels.Reply{Text: b.say(env).T("relay.ask", "Other", d.Other, "Title", d.Title), Thread: "relay:" + d.Answer}
}

func (b *Book) hearMessage(d relayDraft, in conversations.Input, env conversations.Env) relayTurn {
	files := in.Said != nil && len(in.Said.Files) > 0
	said := strings.TrimSpace(in.Text())
	switch {
	case files && said == "":
		return relayTurn{Data: d, Say: []channels.Reply{text(b.say(env).T("relay.no_files"))}}
	case in.Said == nil || in.Word == conversations.Back || !wordy(said) && !strings.ContainsAny(said, "?!"):
		return relayTurn{Data: d, Missed: true}
	}
	return relayTurn{Data: d, Next: "told", Do: []conversations.Command{Pass{Answer: d.Answer, Text: said, Files: files}}}
}

func (b *Book) askContact(d relayDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	key := "relay.ask_contact"
	if d.Wanted {
		key = "relay.ask_contact_back"
	}
	r := text(w.T(key, "Other", d.Other))
	if env.Address.Channel == "email" {
		r.Choices = append(r.Choices, channels.Choice{Key: "mail", Label: env.Address.ID})
	}
	r.Choices = append(r.Choices, choice(w, "no", "relay.choice.not_now"))
	return r
}

func (b *Book) hearContact(d relayDraft, in conversations.Input, env conversations.Env) relayTurn {
	w := b.say(env)
	contact := strings.Join(strings.Fields(in.Text()), " ")
	switch {
	case in.Picked == "no":
		return relayTurn{Data: d, End: true, Say: []channels.Reply{text(w.T("relay.contact_no", "Other", d.Other))}}
	case in.Picked == "mail":
		contact = env.Address.ID
	case in.Said == nil || in.Word == conversations.Back || contact == "":
		return relayTurn{Data: d, Missed: true}
	default:
		if _, kinds := masking.Hide(contact); len(kinds) == 0 || len([]rune(contact)) > MaxContact {
			return relayTurn{Data: d, Say: []channels.Reply{text(w.T("relay.no_contact"))}}
		}
	}
	return relayTurn{Data: d, Next: "told", Do: []conversations.Command{ShareContact{Answer: d.Answer, Contact: contact}}}
}

func (b *Book) askReport(d relayDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Text: w.T("relay.ask_report", "Other", d.Other), Choices: []channels.Choice{choice(w, "only", "relay.choice.only_report")}}
}

func (b *Book) hearReport(d relayDraft, in conversations.Input, _ conversations.Env) relayTurn {
	said := clip(strings.TrimSpace(in.Text()), MaxReason)
	if in.Picked == "only" {
		said = in.Rest
	} else if in.Said == nil || in.Word == conversations.Back || !wordy(said) {
		return relayTurn{Data: d, Missed: true}
	}
	return relayTurn{Data: d, Next: "told", Do: []conversations.Command{ReportThread{Answer: d.Answer, Text: said}}}
}

func (b *Book) askBlock(d relayDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Text: w.T("relay.ask_block", "Other", d.Other), Choices: []channels.Choice{choice(w, "yes", "relay.choice.block_yes"), choice(w, "no", "sure.no")}}
}

func (b *Book) hearBlock(d relayDraft, in conversations.Input, env conversations.Env) relayTurn {
	switch in.Picked {
	case "yes":
		return relayTurn{Data: d, Next: "told", Do: []conversations.Command{BlockThread{Answer: d.Answer}}}
	case "no":
		return relayTurn{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("relay.block_no"))}}
	}
	return relayTurn{Data: d, Missed: true}
}

func (b *Book) askReceiver(d relayDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	key := "relay.to_whom"
	if d.Verb == "block" {
		key = "relay.block_whom"
	}
	r := text(w.T(key))
	for _, c := range d.Which {
		r.Choices = append(r.Choices, channels.Choice{Key: c.Answer, Label: c.Label})
	}
	r.Choices = append(r.Choices, choice(w, "nobody", "relay.choice.nobody"))
	return r
}

func (b *Book) hearReceiver(d relayDraft, in conversations.Input, env conversations.Env) relayTurn {
	i := slices.IndexFunc(d.Which, func(c relayChoice) bool { return c.Answer == in.Picked })
	switch {
	case in.Picked == "nobody":
		if d.Verb == "block" {
			return relayTurn{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("relay.block_no"))}}
		}
		return relayTurn{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("relay.to_nobody"))}}
	case i < 0:
		return relayTurn{Data: d, Missed: true}
	}
	d.Answer = d.Which[i].Answer
	if d.Verb == "write" || d.Verb == "block" {
		return relayTurn{Data: d, Next: "told", Do: []conversations.Command{ThreadWith{Answer: d.Answer}}}
	}
	return relayTurn{Data: d, Next: "told", Do: []conversations.Command{Pass{Answer: d.Answer, Text: d.Text, Files: d.Files}}}
}

// relayed routes what is said to a message of a thread: a reply to it, or words said when nothing newer was shown and
// nothing else is open. Whatever clearly asks for something of ours does not go there.
func (b *Book) relayed(m *channels.Message, offers []conversations.Offer, waits bool, env conversations.Env) (Way, bool) {
	if m.Ref != "" {
		for _, o := range offers {
			if id, ok := threadOf(o); ok && o.Ref == m.Ref {
				if c, ok := channels.Pick(m.Text, o.Choices); ok {
					return follow(c.Key, -1)
				}
				return Way{Frame: -1, Open: Relay, Args: "said " + id}, true
			}
		}
	}
	if waits || len(offers) == 0 {
		return Way{}, false
	}
	if !isMessage(offers[0]) {
		return Way{}, false
	}
	if c, ok := channels.Pick(m.Text, offers[0].Choices); ok {
		return follow(c.Key, -1)
	}
	if to, ok := b.spoken(m, nil, false, env); ok && to.Open != Home {
		return Way{}, false
	}
	if _, ok := b.wished(m, env); ok {
		return Way{}, false
	}
	r := b.read(m, env, understanding.FieldNone, nil, "")
	if asksUs := slices.Contains([]understanding.Intent{understanding.Need, understanding.Offer, understanding.Subscribe, understanding.Search}, r.Intent); asksUs &&
		r.IntentConfidence >= 0.8 && len(strings.Fields(m.Text)) >= 4 {
		return Way{}, false
	}
	return Way{Frame: -1, Open: Relay, Args: "pick"}, true
}

// threadOf is the thread that words about something shown belong to, where they are no answer to it.
func threadOf(o conversations.Offer) (id string, ok bool) {
	for _, c := range o.Choices {
		if strings.HasPrefix(c.Key, "/"+Answer+" yes ") {
			return "", false
		}
		if after, found := strings.CutPrefix(c.Key, "/"+Relay+" write "); found {
			id, ok = after, o.Flow == ""
		}
	}
	return id, ok
}

// isMessage tells whether what was shown belongs to writing to the other side, more than a chance to do so.
func isMessage(o conversations.Offer) bool {
	if o.Flow != "" || len(o.Choices) == 0 {
		return o.Flow == Relay
	}
	if strings.HasPrefix(o.Choices[0].Key, "/"+Relay+" said ") { // a question that may be passed on
		return false
	}
	return strings.HasPrefix(o.Choices[0].Key, "/"+Relay+" ") && (len(o.Choices) > 1 || !strings.HasPrefix(o.Choices[0].Key, "/"+Relay+" write "))
}

// tellRelay says what happened in a thread; ok is false for other news.
func (b *Book) tellRelay(n Piece, env conversations.Env) (r channels.Reply, ok bool) {
	w := b.say(env)
	id := n.Answer.ID
	args := []any{"Title", title(w, &n.Posting), "Name", nameOr(w, n.Name), "Text", n.Text, "What", n.Text}
	r = channels.Reply{Text: w.T("news."+string(n.Kind), args...), Private: true, Thread: "relay:" + id}
	at := func(verb, key string) channels.Choice {
		return choice(w, "/"+Relay+" "+verb+" "+id, "relay.choice."+key)
	}
	switch n.Kind {
	case NewsPassed:
		r.Title = title(w, &n.Posting)
		if n.First && len(n.Hidden) > 0 {
			r.Text += "\n\n" + w.T("relay.warning", "What", hidden(w, n.Hidden))
		}
		r.Choices = []channels.Choice{at("write", "answer"), at("share", "share"), at("report", "report"), at("block", "block")}
	case NewsWantsContact:
		r.Choices = []channels.Choice{at("share", "share_too"), at("write", "answer")}
	case NewsExchanged:
		r.Choices = []channels.Choice{at("write", "answer"), at("block", "block")}
	default:
		return r, false
	}
	return menu(r), true
}

// writeTo is the choice of writing to the other side of an answer.
func writeTo(w wording.Words, answer, name string) []channels.Choice {
	if answer == "" {
		return nil
	}
	c := choice(w, "/"+Relay+" write "+answer, "relay.choice.write", "Name", clip(name, 30))
	return []channels.Choice{c}
}

// askTo is the choice of asking somebody something before deciding.
func askTo(w wording.Words, answer string) []channels.Choice {
	if answer == "" {
		return nil
	}
	return []channels.Choice{choice(w, "/"+Relay+" write "+answer, "relay.choice.ask")}
}
