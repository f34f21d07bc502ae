package flows

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
)

// Names of the flows about addresses: Connect shows and listens, Link asks what has to be answered.
const (
	Connect = "connect"
	Link    = "link"
)

// linkDraft is what is being done about addresses.
type linkDraft struct {
	Begun  LinkBegun   `json:"begun,omitzero"`
	All    []AddressOf `json:"all,omitempty"`
	Code   string      `json:"code,omitempty"`
	Secret string      `json:"secret,omitempty"`
	Other  AddressOf   `json:"other,omitzero"`
}

type linkTurn = conversations.Turn[linkDraft]

// connect is opened by "/connect" with nothing, a code or a mail address behind it, and by "/connect list",
// "prefer <address>", "drop <address>".
func (b *Book) connect() conversations.Runner {
	return conversations.Run(conversations.Flow[linkDraft]{
		Name: Connect, Version: 1, Start: "told", Quiet: true, Idle: 24 * time.Hour, Open: b.openConnect,
		Steps: map[string]conversations.Step[linkDraft]{
			"told":  {Hear: b.hearLink},
			"begun": {Ask: b.askBegun, Hear: b.hearBegun},
			"list":  {Ask: b.askAddresses, Hear: b.hearBegun},
			"sure":  {Ask: b.askLinkSure, Hear: b.hearLinkSure},
		},
	})
}

// link is opened by "/link <code>", "/link drop <address>" and, at the other side, with what is asked there.
func (b *Book) link() conversations.Runner {
	return conversations.Run(conversations.Flow[linkDraft]{
		Name: Link, Version: 1, Start: "told", Idle: 24 * time.Hour, Open: b.openLink,
		Steps: map[string]conversations.Step[linkDraft]{
			"told":   {Hear: b.hearLink},
			"sure":   {Ask: b.askLinkSure, Hear: b.hearLinkSure},
			"mine":   {Ask: b.askLinkMine, Hear: b.hearLinkMine},
			"detach": {Ask: b.askDetach, Hear: b.hearDetach},
		},
	})
}

var (
	mailAddress = regexp.MustCompile(`(?i)[a-z0-9._%+'-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}`)
	linkCode    = regexp.MustCompile(`(?i)\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`)
	bareCode    = regexp.MustCompile(`(?im)^\W*(?:[a-zäöüß]+\W+){0,2}[0-9A-Z]{4}-[0-9A-Z]{4}\W*$`)
)

// mailIn finds a mail address in what was said.
func mailIn(said string) (string, bool) {
	a := strings.ToLower(mailAddress.FindString(said))
	return a, a != ""
}

// codeIn finds a code of ours: four and four characters with a digit and a letter among them.
func codeIn(said string) (string, bool) {
	for _, c := range linkCode.FindAllString(said, -1) {
		if strings.ContainsAny(c, "0123456789") && strings.ContainsAny(strings.ToUpper(c), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			return strings.ToUpper(c), true
		}
	}
	return "", false
}

// coded routes a code of ours that stands in a line of its own, in a mail in the subject, too.
func coded(m *channels.Message) (Way, bool) {
	for _, text := range []string{m.Text, m.Subject} {
		if code, ok := codeIn(bareCode.FindString(text)); ok {
			return Way{Frame: -1, Open: Link, Args: code}, true
		}
	}
	return Way{}, false
}

// linking routes what is about connecting addresses: a mail address alone, and the words for it. A mail address is left
// to an open question.
func (b *Book) linking(m *channels.Message, waits bool, env conversations.Env) (Way, bool) {
	text := strings.TrimSpace(m.Text)
	address, named := mailIn(text)
	if alone := named && strings.EqualFold(text, address); waits && alone {
		return Way{}, false
	} else if alone {
		return Way{Frame: -1, Open: Connect, Args: address}, true
	}
	w := b.say(env)
	if way, ok := saying(w, channels.Fold(text), []struct{ key, flow, args string }{{"say.connect", Connect, ""}, {"say.addresses", Connect, "list"}}); ok {
		return way, true
	}
	if len(strings.Fields(text)) > 14 || !speaksOf(w, "say.connect_verbs", text) {
		return Way{}, false
	}
	if named || speaksOf(w, "say.connect_things", text) {
		return Way{Frame: -1, Open: Connect, Args: address}, true
	}
	return Way{}, false
}

func (b *Book) openConnect(o conversations.Opening, env conversations.Env) linkTurn {
	verb, arg, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	do := func(cmd conversations.Command) linkTurn {
		return linkTurn{Next: "told", Do: []conversations.Command{cmd}}
	}
	switch verb {
	case "list":
		return do(LookAtAddresses{})
	case "prefer":
		return do(Prefer{Key: arg})
	}
	if a, ok := mailIn(o.Args); ok {
		return do(LinkMail{To: a})
	}
	if c, ok := codeIn(o.Args); ok {
		return useCode(c)
	}
	if o.Args != "" {
		return useCode(o.Args)
	}
	return do(LinkBegin{})
}

func (b *Book) openLink(o conversations.Opening, _ conversations.Env) linkTurn {
	var d linkDraft
	if len(o.Data) > 0 && json.Unmarshal(o.Data, &d) == nil {
		return linkTurn{Data: d, Next: "mine"}
	}
	verb, arg, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	if verb == "drop" {
		d.Code = arg
		return linkTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtAddresses{}}}
	}
	return useCode(verb)
}

// useCode asks to connect by a code, which is kept for when that has to be asked twice.
func useCode(code string) linkTurn {
	return linkTurn{Data: linkDraft{Code: code}, Next: "told", Do: []conversations.Command{LinkCode{Code: code}}}
}

// LinkAsk is what Link has to be opened with at the side that made the code.
func LinkAsk(secret string, other AddressOf) conversations.Opening {
	data, err := json.Marshal(linkDraft{Secret: secret, Other: other})
	if err != nil {
		return conversations.Opening{}
	}
	return conversations.Opening{Data: data}
}

// hearLink tells what became of whatever was asked.
func (b *Book) hearLink(d linkDraft, in conversations.Input, env conversations.Env) linkTurn {
	w := b.say(env)
	end := func(s string) linkTurn {
		return linkTurn{Data: d, End: true, Say: []channels.Reply{{Text: s, Private: true}}}
	}
	switch f := in.Fact.(type) {
	case Addresses:
		return b.hearAddresses(d, f, env)
	case LinkBegun:
		return linkTurn{Data: linkDraft{Begun: f}, Next: "begun"}
	case LinkMailed:
		return end(w.T("link.mailed", "Address", f.To))
	case LinkSure:
		d.Other = f.Other
		return linkTurn{Data: d, Next: "sure"}
	case LinkAsked:
		return end(w.T("link.asked", "Other", addressName(w, f.Other)))
	case Linked:
		return end(b.linked(f, env))
	case LinkDenied:
		return end(w.T("link.denied"))
	case Detached:
		return end(w.T("link.detached", "Address", addressName(w, f.Address)))
	case Preferred:
		if f.Confirm {
			return end(w.T("link.prefer_confirm", "Address", addressName(w, f.Address)))
		}
		return end(w.T("link.preferred", "Address", addressName(w, f.Address)))
	case Refused:
		return end(w.T("refused." + string(f.Why)))
	}
	return linkTurn{Data: d, End: true, Say: []channels.Reply{b.At("nothing", env)}}
}

// hearAddresses goes on to the list, or to the one that is to leave.
func (b *Book) hearAddresses(d linkDraft, f Addresses, env conversations.Env) linkTurn {
	if d.Code == "" {
		return linkTurn{Data: linkDraft{All: f.All}, Next: "list"}
	}
	for _, a := range f.All {
		if a.Key == d.Code {
			d.Other = a
			return linkTurn{Data: d, Next: "detach"}
		}
	}
	return linkTurn{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("refused.unknown"))}}
}

// linked says that two addresses are one person, and where alerts go.
func (b *Book) linked(f Linked, env conversations.Env) string {
	w := b.say(env)
	said := w.T("link.done", "Other", addressName(w, f.Other))
	switch {
	case f.Stopped:
		said += " " + w.T("link.done_stopped")
	case f.Alerts.Key != "":
		said += " " + w.T("link.done_alerts", "Address", addressName(w, f.Alerts))
	}
	return said
}

// addressName is an address as its owner calls it.
func addressName(w wording.Words, a AddressOf) string {
	name := w.T("link.channel.other")
	if key := "link.channel." + a.Channel; w.Has(key) {
		name = w.T(key)
	}
	if a.Name != "" {
		name = w.T("link.address", "Channel", name, "Name", a.Name)
	}
	if a.Here {
		name = w.T("link.here", "Address", name)
	}
	return name
}

// addressNames are the addresses of somebody, and where alerts go.
func addressNames(w wording.Words, all []AddressOf) (names, alerts string) {
	var list []string
	alerts = w.T("link.alerts_nowhere")
	for _, a := range all {
		list = append(list, addressName(w, a))
		if a.Alerts {
			alerts = addressName(w, a)
		}
	}
	return w.List(list), alerts
}

func (b *Book) askBegun(d linkDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	lines := []string{w.T("link.begin")}
	for _, x := range d.Begun.Ways {
		switch {
		case x.Channel == "email":
			lines = append(lines, w.T("link.way.email", "Mailbox", x.Link))
		case x.Link != "":
			lines = append(lines, w.T("link.way.link", "Channel", addressName(w, AddressOf{Channel: x.Channel}), "Link", x.Link))
		default:
			lines = append(lines, w.T("link.way.code", "Channel", addressName(w, AddressOf{Channel: x.Channel})))
		}
	}
	if len(d.Begun.Ways) == 0 {
		lines = append(lines, w.T("link.way.any"))
	}
	lines = append(lines, w.T("link.code", "Code", d.Begun.Code, "Hours", d.Begun.Hours))
	return channels.Reply{Text: strings.Join(lines, "\n"), Private: true}
}

// askAddresses lists the addresses with what can be done about them.
func (b *Book) askAddresses(d linkDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	lines := []string{w.T("link.list")}
	r := channels.Reply{Private: true}
	for _, a := range d.All {
		name := addressName(w, a)
		line := "– " + name
		if a.Alerts {
			line += " · " + w.T("link.alerts_here")
		}
		if a.Closed {
			line += " · " + w.T("link.closed")
		}
		lines = append(lines, line)
		if len(d.All) < 2 {
			continue
		}
		if !a.Alerts && !a.Closed {
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + Connect + " prefer " + a.Key, Label: w.T("link.choice.prefer", "Address", name)})
		}
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Link + " drop " + a.Key, Label: w.T("link.choice.drop", "Address", name)})
	}
	r.Text = strings.Join(lines, "\n")
	r.Choices = append(r.Choices, choice(w, "/"+Connect, "link.choice.more"))
	return r
}

// hearBegun hears a mail address or a code; anything else is meant for something else.
func (b *Book) hearBegun(d linkDraft, in conversations.Input, _ conversations.Env) linkTurn {
	if a, ok := mailIn(in.Text()); ok {
		return linkTurn{Data: d, Next: "told", Do: []conversations.Command{LinkMail{To: a}}}
	}
	if c, ok := codeIn(in.Text()); ok {
		return useCode(c)
	}
	return linkTurn{Data: d, Missed: true}
}

func (b *Book) askLinkSure(d linkDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	return b.asksYes(w.T("link.sure", "Other", addressName(w, d.Other)), env)
}

func (b *Book) askLinkMine(d linkDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := b.asksYes(w.T("link.mine", "Other", addressName(w, d.Other)), env)
	r.Title = w.T("link.mine_title")
	return r
}

func (b *Book) askDetach(d linkDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	return b.asksYes(w.T("link.detach", "Address", addressName(w, d.Other)), env)
}

func (b *Book) asksYes(said string, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Text: said, Private: true, Choices: []channels.Choice{choice(w, "yes", "sure.yes"), choice(w, "no", "sure.no")}}
}

// yesOrNo performs what was asked, or says that all stays as it is.
func (b *Book) yesOrNo(d linkDraft, in conversations.Input, env conversations.Env, yes, no conversations.Command) linkTurn {
	switch {
	case in.Said == nil:
		return linkTurn{Data: d}
	case in.Picked == "yes":
		return linkTurn{Data: d, Next: "told", Do: []conversations.Command{yes}}
	case (in.Word == conversations.Back || in.Picked == "no") && no != nil:
		return linkTurn{Data: d, Next: "told", Do: []conversations.Command{no}}
	case in.Word == conversations.Back || in.Picked == "no":
		return linkTurn{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("link.kept"))}}
	}
	return linkTurn{Data: d, Missed: true}
}

func (b *Book) hearLinkSure(d linkDraft, in conversations.Input, env conversations.Env) linkTurn {
	return b.yesOrNo(d, in, env, LinkCode{Code: d.Code, Sure: true}, nil)
}

func (b *Book) hearLinkMine(d linkDraft, in conversations.Input, env conversations.Env) linkTurn {
	return b.yesOrNo(d, in, env, LinkAnswer{Secret: d.Secret, Yes: true}, LinkAnswer{Secret: d.Secret})
}

func (b *Book) hearDetach(d linkDraft, in conversations.Input, env conversations.Env) linkTurn {
	return b.yesOrNo(d, in, env, Detach{Key: d.Other.Key}, nil)
}

// LinkMailTo is the mail that asks whether an address belongs to whoever named it. It names nobody: what people call
// themselves could be anything.
func (b *Book) LinkMailTo(channel, code, link string, env conversations.Env) channels.Reply {
	w := b.say(env)
	from := addressName(w, AddressOf{Channel: channel})
	return channels.Reply{Title: w.T("link.mail_title"), Text: w.T("link.mail", "Channel", from, "Place", env.Place.Name, "Code", code, "Link", link)}
}

// OptInMail is the mail that asks whether alerts may be sent to an address.
func (b *Book) OptInMail(code, link string, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Title: w.T("link.optin_title"), Text: w.T("link.optin", "Place", env.Place.Name, "Code", code, "Link", link)}
}

// LinkedTo tells an address that it belongs to a person who has another one, too.
func (b *Book) LinkedTo(other AddressOf, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Text: w.T("link.linked_there", "Other", addressName(w, other)), Private: true}
}

// LinkSaid says one of the short things about addresses: "denied_there", "left", "optin_done".
func (b *Book) LinkSaid(what string, env conversations.Env) channels.Reply {
	return channels.Reply{Text: b.say(env).T("link." + what), Private: true}
}
