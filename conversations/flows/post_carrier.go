package flows

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// Privately is Me.Last of somebody who last wrote for themselves.
const Privately = "-"

// settleCarrier answers "für wen?" from what was said and from what is known. What was said counts first,
// then what the person did last, and where neither is clear it is asked.
func (d *postDraft) settleCarrier() {
	if d.ForWhom {
		return
	}
	said := d.Draft.Actor
	if said == matching.UnknownActor {
		said = ""
	}
	if d.Draft.Carrier != "" {
		for _, o := range d.Me.Organisations {
			if understanding.SameName(o.Name, d.Draft.Carrier) {
				d.writeFor(o)
				return
			}
		}
		if said != "" && said != matching.Person {
			d.Carrier, d.Actor, d.ForWhom = d.Draft.Carrier, said, true
		}
		return
	}
	if said == matching.Person && d.Guessed && len(d.Me.Organisations) > 0 && d.Me.Last != Privately {
		return // it may be for one of them as well
	}
	if said == matching.Person {
		d.Actor, d.ForWhom = matching.Person, true
		return
	}
	var fits []OrganisationOf
	for _, o := range d.Me.Organisations {
		if said != "" && o.Actor != said {
			continue
		}
		if o.ID == d.Me.Last {
			d.writeFor(o)
			return
		}
		fits = append(fits, o)
	}
	switch {
	case said == "" && d.Me.Last == Privately:
		d.Actor, d.ForWhom = matching.Person, true
	case len(fits) == 1 && (said != "" || d.Me.Last == ""):
		d.writeFor(fits[0])
	case len(fits) == 0 && (said == matching.School || said == matching.Company) && (d.Draft.GroupMax > 0 || !d.Guessed):
		d.Actor = said // a class is a school's: only its name is missing
	}
}

func (d *postDraft) writeFor(o OrganisationOf) {
	d.Organisation, d.Carrier, d.Actor, d.ForWhom = o.ID, o.Name, o.Actor, true
}

// guessed tells whether the reader was not sure of a field.
func guessed(r understanding.Reading, f understanding.Field) bool {
	const sureOfIt = 0.7
	return slices.ContainsFunc(r.Found, func(x understanding.Found) bool { return x.Field == f && x.Confidence < sureOfIt })
}

// aboutNames tells whether a correction may be for whom it is: it changes nothing but what names contain, such
// as places and causes.
func aboutNames(r understanding.Reading) bool {
	for _, f := range r.Changed {
		switch f {
		case understanding.FieldPlace, understanding.FieldCategory, understanding.FieldActor, understanding.FieldCarrier, understanding.FieldTitle, understanding.FieldTasks:
		default:
			return false
		}
	}
	return true
}

// takeCarrier reads for whom it is where nobody asked: "Firma, Müller Umzüge", "privat", "für den TV Brand".
func (b *Book) takeCarrier(d *postDraft, said *channels.Message, env conversations.Env) bool {
	w := b.say(env)
	var actors []channels.Choice
	for _, a := range matching.Actors {
		actors = append(actors, choice(w, string(a), "carrier."+string(a)))
	}
	if first := strings.TrimSpace(said.Text); first[0] < '0' || first[0] > '9' {
		if c, name, ok := channels.PickPrefix(first, actors); ok {
			return b.parseCarrier(d, conversations.Input{Said: said, Picked: c.Key, Rest: name}, env)
		}
	}
	for _, cue := range splitWords(w.T("say.for_whom")) {
		name, ok := cutCue(firstLine(said.Text), cue)
		if !ok || !wordy(name) || utf8.RuneCountInString(name) > MaxTitle {
			continue
		}
		d.forgetCarrier()
		d.Draft.Carrier = name
		m := *said
		m.Text = name
		if r := b.read(&m, env, understanding.FieldCarrier, nil, understanding.Intent(d.Draft.Kind)); r.Draft.Actor != matching.UnknownActor {
			d.Draft.Actor = r.Draft.Actor
		}
		d.settleCarrier()
		return true
	}
	return false
}

// cutCue cuts a word off the beginning of what was said, whatever its case.
func cutCue(said, cue string) (string, bool) {
	if len(said) <= len(cue) || !strings.EqualFold(said[:len(cue)], cue) || said[len(cue)] != ' ' {
		return "", false
	}
	name := strings.TrimRight(strings.TrimSpace(said[len(cue):]), "! ")
	if last := name[strings.LastIndexByte(name, ' ')+1:]; strings.Count(last, ".") == 1 { // the end of a sentence, not "e.V."
		name = strings.TrimSuffix(name, ".")
	}
	return name, true
}

// forgetCarrier asks anew for whom it is.
func (d *postDraft) forgetCarrier() {
	d.ForWhom, d.Organisation, d.Carrier, d.Draft.Carrier, d.Actor, d.Draft.Actor = false, "", "", "", "", ""
}

// notPublished leads on where publishing was refused. Nothing of the draft is lost.
func (b *Book) notPublished(f *form[postDraft, *postDraft], d postDraft, fact Refused, env conversations.Env) postTurn {
	w := b.say(env)
	switch fact.Why {
	case TakenName:
		d.Taken = fact.Organisation
		return postTurn{Data: d, Next: "taken"}
	case NotMember:
		if d.Organisation != "" && d.Organisation == d.Taken.ID {
			return f.next(d, env, text(w.T("org.not_yet", "Organisation", d.Taken.Name)))
		}
		id := d.Organisation
		d.Me.Organisations = slices.DeleteFunc(d.Me.Organisations, func(o OrganisationOf) bool { return o.ID == id })
		d.forgetCarrier()
		return f.next(d, env, b.refusal(fact, env))
	case TooMany: // the draft stays where it is: tomorrow a word is enough
		return postTurn{Data: d, Next: reviewStep, Mute: true, Say: []channels.Reply{b.refusal(fact, env)}}
	case Past, Unsuitable:
		return f.next(d, env, b.refusal(fact, env))
	case Twice:
		r := b.refusal(fact, env)
		p := fact.Posting
		r.Choices = []channels.Choice{choice(w, "/"+Mine+" show "+p.ID, "choice.show"), choice(w, "/"+Post+" change "+p.ID, "choice.change")}
		return postTurn{Data: d, End: true, Say: []channels.Reply{r}}
	}
	return postTurn{Data: d, End: true, Say: []channels.Reply{b.refusal(fact, env)}}
}

// askTaken offers the ways on where an organisation of that name exists and the person is none of its members.
func (b *Book) askTaken(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("post.taken", "Organisation", d.Taken.Name))
	for _, key := range []string{"ask", "rename", "person"} {
		r.Choices = append(r.Choices, choice(w, key, "post.taken_choice."+key))
	}
	return r
}

func (b *Book) hearTaken(f *form[postDraft, *postDraft]) func(postDraft, conversations.Input, conversations.Env) postTurn {
	return func(d postDraft, in conversations.Input, env conversations.Env) postTurn {
		if in.Said == nil {
			return f.next(d, env)
		}
		switch {
		case in.Picked == "ask":
			return postTurn{Data: d, Next: "published", Do: []conversations.Command{AskIn{Organisation: d.Taken.ID}}}
		case in.Picked == "rename" || in.Word == conversations.Back:
			d.Carrier, d.Draft.Carrier, d.ForWhom = "", "", false
			return f.next(d, env)
		case in.Picked == "person":
			d.forgetCarrier()
			d.Actor, d.ForWhom = matching.Person, true
			return f.next(d, env)
		}
		return postTurn{Data: d, Missed: true}
	}
}

func postNeedsCarrier(d postDraft, _ conversations.Env) bool { return !d.ForWhom && d.Actor == "" }

func (b *Book) askCarrier(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(b.understood(d, env) + w.T("post.ask.carrier"))
	for i, o := range d.Me.Organisations {
		if i == 5 {
			break
		}
		r.Choices = append(r.Choices, channels.Choice{Key: "org:" + o.ID, Label: o.Name})
	}
	for _, a := range matching.Actors {
		r.Choices = append(r.Choices, choice(w, string(a), "carrier."+string(a)))
	}
	return r
}

func (b *Book) parseCarrier(d *postDraft, in conversations.Input, env conversations.Env) bool {
	if id, ok := strings.CutPrefix(in.Picked, "org:"); ok {
		for _, o := range d.Me.Organisations {
			if o.ID == id {
				d.writeFor(o)
				return true
			}
		}
		return false
	}
	if in.Picked != "" {
		a := matching.Actor(in.Picked)
		if !slices.Contains(matching.Actors, a) {
			return false
		}
		d.Organisation, d.Carrier, d.Actor, d.ForWhom = "", "", a, a == matching.Person
		if name := clip(firstLine(in.Rest), MaxTitle); name != "" && a != matching.Person {
			d.Carrier, d.ForWhom = name, true
		} else if d.Draft.Carrier != "" && a != matching.Person {
			d.Carrier, d.ForWhom = d.Draft.Carrier, true
		}
		return true
	}
	if in.Said == nil || d.takeAside(in.Said.Text) {
		return in.Said != nil
	}
	t := firstLine(in.Text())
	if !wordy(t) || utf8.RuneCountInString(t) > MaxTitle || b.noName(t, env) || clocked.MatchString(t) {
		return false
	}
	r := b.read(in.Said, env, understanding.FieldCarrier, nil, understanding.Intent(d.Draft.Kind))
	switch {
	case r.Draft.Actor == matching.Person:
		d.Actor, d.ForWhom = matching.Person, true
	case r.Draft.Carrier != "":
		for _, o := range d.Me.Organisations {
			if understanding.SameName(o.Name, r.Draft.Carrier) {
				d.writeFor(o)
				return true
			}
		}
		d.Carrier, d.ForWhom = r.Draft.Carrier, true
		d.Actor = r.Draft.Actor
		if d.Actor == "" || d.Actor == matching.UnknownActor {
			d.Actor = matching.Club
		}
	default:
		return false
	}
	return true
}

func postNeedsName(d postDraft, _ conversations.Env) bool { return !d.ForWhom && d.Actor != "" }

func (b *Book) askCarrierName(d postDraft, env conversations.Env) channels.Reply {
	r := text(b.say(env).T("post.ask.name." + string(d.Actor)))
	if !slices.Contains(d.Asked, qCarrier) { // else it was said with that question
		r.Text = b.understood(d, env) + r.Text
	}
	return r
}

func (b *Book) parseCarrierName(d *postDraft, in conversations.Input, env conversations.Env) bool {
	if in.Said == nil || d.takeAside(in.Said.Text) {
		return in.Said != nil
	}
	t := firstLine(in.Text())
	var actors []channels.Choice
	for _, a := range matching.Actors {
		actors = append(actors, choice(b.say(env), string(a), "carrier."+string(a)))
	}
	if c, name, ok := channels.PickPrefix(t, actors); ok && (t[0] < '0' || t[0] > '9') { // they are something else: "Initiative, …"
		return b.parseCarrier(d, conversations.Input{Said: in.Said, Picked: c.Key, Rest: name}, env)
	}
	if utf8.RuneCountInString(t) < 2 || channels.Fold(t) == "" || b.noName(t, env) || clocked.MatchString(t) {
		return false
	}
	d.Carrier, d.ForWhom = clip(t, MaxTitle), true
	return true
}

// clocked finds a time of day, which is in no name.
var clocked = regexp.MustCompile(`(?i)\b\d{1,2}(?:[:.]\d{2})?\s*(?:uhr|h|am|pm|a\.m|p\.m)\b|\b\d{1,2}:\d{2}\b`)

// noName tells whether words that could be the name of a body are none: a yes or a no, or a question.
func (b *Book) noName(said string, env conversations.Env) bool {
	_, yes := channels.Pick(said, []channels.Choice{choice(b.say(env), "yes", "choice.yes")})
	return yes || b.grants(said, env) || b.nods(said, env) || strings.HasSuffix(said, "?") || b.closing(said, env)
}
