package flows

import (
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// MaxAbout is how long the text of an organisation about itself may be, in characters.
const MaxAbout = 300

// orgDraft is something being done about an organisation.
type orgDraft struct {
	Organisation string `json:"organisation,omitempty"`
	Person       string `json:"person,omitempty"`
	Name         string `json:"name,omitempty"`
	Count        int    `json:"count,omitempty"`
}

type orgTurn = conversations.Turn[orgDraft]

// organisation is opened by "/org" and a verb: list, show, members, member, invite, join, code, ask, admit,
// refuse, promote, dismiss, leave, about. "said" takes what somebody wrote behind the command: a code, or
// nothing.
func (b *Book) organisation() conversations.Runner {
	hear := func(d orgDraft, in conversations.Input, env conversations.Env) orgTurn {
		return b.hearOrganisation(d, in.Fact, env)
	}
	return conversations.Run(conversations.Flow[orgDraft]{
		Name: Org, Version: 1, Start: "told", Open: b.openOrganisation,
		Steps: map[string]conversations.Step[orgDraft]{
			"told":    {Hear: hear},
			"members": {Hear: b.hearMembers},
			"member":  {Hear: b.hearMember},
			"code":    {Ask: b.askCode, Hear: b.hearCode},
			"about":   {Ask: b.askAbout, Hear: b.hearAbout},
			"leave":   {Ask: b.askLeave, Hear: b.hearLeave},
			"sure":    {Ask: b.askLeaveEmpty, Hear: b.hearLeave},
		},
	})
}

func (b *Book) openOrganisation(o conversations.Opening, env conversations.Env) orgTurn {
	verb, args, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	id, person, _ := strings.Cut(args, " ")
	d := orgDraft{Organisation: id, Person: person}
	do := func(step string, cmd conversations.Command) orgTurn {
		return orgTurn{Data: d, Next: step, Do: []conversations.Command{cmd}}
	}
	if verb == "said" {
		if verb = "join"; args == "" {
			verb = "list"
		}
	}
	switch verb {
	case "show":
		return do("told", LookAtOrganisation{Organisation: id})
	case "members":
		return do("members", LookAtOrganisation{Organisation: id})
	case "member":
		return do("member", LookAtOrganisation{Organisation: id})
	case "invite":
		return do("told", Invite{Organisation: id})
	case "join":
		return do("told", Enter{Code: args})
	case "ask":
		return do("told", AskIn{Organisation: id})
	case "admit", "refuse":
		return do("told", Admit{Organisation: id, Person: person, Yes: verb == "admit"})
	case "promote":
		return do("told", Promote{Organisation: id, Person: person})
	case "dismiss":
		return do("told", Dismiss{Organisation: id, Person: person})
	case "code", "about", "leave":
		return orgTurn{Data: d, Next: verb}
	}
	return do("told", MyOrganisations{})
}

func orgEnd(d orgDraft, r channels.Reply) orgTurn {
	return orgTurn{Data: d, End: true, Say: []channels.Reply{menu(r)}}
}

// hearOrganisation tells what became of whatever was asked.
func (b *Book) hearOrganisation(d orgDraft, fact conversations.Fact, env conversations.Env) orgTurn {
	w := b.say(env)
	said := func(key string, o OrganisationOf, pairs ...any) orgTurn {
		return orgEnd(d, text(w.T("org."+key, append([]any{"Organisation", o.Name}, pairs...)...)))
	}
	switch f := fact.(type) {
	case Organisations:
		return b.listOrganisations(d, f, env)
	case OrganisationSeen:
		return orgEnd(d, b.organisationCard(f, env))
	case Invited:
		return orgEnd(d, b.invitation(f, env))
	case Entered:
		if f.Before {
			return said("entered_before", f.Organisation)
		}
		t := said("entered", f.Organisation)
		t.Say[0].Choices = []channels.Choice{choice(w, "/"+Post+" need", "home.choice.need"), choice(w, "/"+Org+" show "+f.Organisation.ID, "org.choice.show")}
		return t
	case AskedIn:
		if f.Told == 0 {
			return said("asked_nobody", f.Organisation)
		}
		return said("asked", f.Organisation)
	case Admitted:
		if f.Yes {
			return said("admitted", f.Organisation, "Name", nameOr(w, f.Name))
		}
		return said("not_admitted", f.Organisation, "Name", nameOr(w, f.Name))
	case MemberChanged:
		if f.Owner {
			return said("promoted", f.Organisation, "Name", nameOr(w, f.Name))
		}
		return said("dismissed", f.Organisation, "Name", nameOr(w, f.Name))
	case WouldBeEmpty:
		d.Name, d.Count = f.Organisation.Name, f.Running
		return orgTurn{Data: d, Next: "sure"}
	case Left:
		if f.Heir != "" {
			return said("left_heir", f.Organisation, "Heir", f.Heir)
		}
		return said("left", f.Organisation, "Count", f.Withdrawn)
	case Described:
		return said("described", f.Organisation)
	case Refused:
		return orgEnd(d, b.refusal(f, env))
	}
	return orgTurn{Data: d, End: true}
}

// TooFast tells whoever writes more than can be heard when to go on.
func (b *Book) TooFast(again time.Time, env conversations.Env) channels.Reply {
	w := b.say(env)
	return text(w.T("home.too_fast", "Clock", w.Clock(again.In(env.Zone))))
}

// refusal says why something cannot be done.
func (b *Book) refusal(f Refused, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("refused." + string(f.Why)))
	if f.Why == TooMany && !f.Again.IsZero() && f.Again.Sub(env.Now) <= time.Hour {
		r.Text = w.T("refused.too_many_soon", "Clock", w.Clock(f.Again.In(env.Zone)))
	}
	if f.Why == Over { // said to whoever would have helped
		r.Text = w.T("refused.gone")
	}
	if f.Why == BadCode {
		r.Choices = []channels.Choice{choice(w, "/"+Org+" code", "org.choice.code")}
	}
	return r
}

func (b *Book) listOrganisations(d orgDraft, f Organisations, env conversations.Env) orgTurn {
	w := b.say(env)
	switch len(f.All) {
	case 0:
		r := text(w.T("org.none"))
		r.Choices = []channels.Choice{choice(w, "/"+Post+" need", "home.choice.need"), choice(w, "/"+Org+" code", "org.choice.code")}
		return orgEnd(d, r)
	case 1:
		d.Organisation = f.All[0].ID
		return orgTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtOrganisation{Organisation: d.Organisation}}}
	}
	r := text(w.T("org.list", "Count", len(f.All)))
	for i, o := range f.All {
		if i == 10 {
			break
		}
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Org + " show " + o.ID, Label: o.Name})
	}
	return orgEnd(d, r)
}

// organisationCard shows an organisation to one of its members.
func (b *Book) organisationCard(f OrganisationSeen, env conversations.Env) channels.Reply {
	w := b.say(env)
	o := f.Organisation
	lines := []string{w.T("org.card", "Organisation", o.Name, "Actor", w.Actor(o.Actor))}
	if f.About != "" {
		lines = append(lines, f.About)
	}
	lines = append(lines, w.T("org.members", "Members", w.List(b.memberNames(f, env))), w.T("org.running", "Count", f.Running))
	if f.TeamHours > 0 {
		lines = append(lines, w.T("org.team_hours", "Count", f.TeamHours))
	}
	if !f.Trusted {
		lines = append(lines, w.T("org.untrusted"))
	}
	if f.Asked > 0 {
		after := ""
		if f.Replied > 0 {
			after = hoursOf(w, max(1, int(f.After.Minutes())))
			if f.After > 2*time.Hour {
				after = hoursOf(w, 60*int(f.After.Hours()))
			}
		}
		lines = append(lines, w.T("care.punctual", "Count", f.Asked, "Taken", f.Replied, "Hours", after))
	}
	r := channels.Reply{Title: o.Name, Text: strings.Join(lines, "\n")}
	add := func(verb string) {
		r.Choices = append(r.Choices, choice(w, "/"+Org+" "+verb+" "+o.ID, "org.choice."+verb))
	}
	if f.Owner {
		add("invite")
		add("about")
		if len(f.Members) > 1 {
			add("members")
		}
		if f.Release {
			r.Choices = append(r.Choices, choice(w, "/"+Care+" release "+o.ID+" off", "care.choice.release_off"))
		} else {
			r.Choices = append(r.Choices, choice(w, "/"+Care+" release "+o.ID+" on", "care.choice.release_on"))
		}
	}
	add("leave")
	return r
}

func (b *Book) memberNames(f OrganisationSeen, env conversations.Env) []string {
	w := b.say(env)
	var names []string
	for i, m := range f.Members {
		if i == 12 {
			names = append(names, w.T("org.more_members", "Count", len(f.Members)-i))
			break
		}
		name := nameOr(w, m.Name)
		if m.Self {
			name = w.T("org.self")
		}
		if m.Owner {
			name = w.T("org.leads", "Name", name)
		}
		names = append(names, name)
	}
	return names
}

// invitation is the text to be passed on: it says by itself what to do with it.
func (b *Book) invitation(f Invited, env conversations.Env) channels.Reply {
	w := b.say(env)
	args := []any{"Organisation", f.Organisation.Name, "Code", f.Code, "Link", f.Link, "Days", f.Days, "Count", f.Uses}
	return text(w.T("org.invited", args...) + "\n\n" + w.T("org.invitation", args...))
}

// hearMembers shows those who lead whom they can do something about.
func (b *Book) hearMembers(d orgDraft, in conversations.Input, env conversations.Env) orgTurn {
	f, ok := in.Fact.(OrganisationSeen)
	if !ok || !f.Owner {
		return b.hearOrganisation(d, in.Fact, env)
	}
	w := b.say(env)
	r := text(w.T("org.members", "Members", w.List(b.memberNames(f, env))) + "\n" + w.T("org.whom"))
	for _, m := range f.Members {
		if !m.Self && len(r.Choices) < 10 {
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + Org + " member " + f.Organisation.ID + " " + m.Person, Label: nameOr(w, m.Name)})
		}
	}
	return orgEnd(d, r)
}

// hearMember shows what can be done about one of them.
func (b *Book) hearMember(d orgDraft, in conversations.Input, env conversations.Env) orgTurn {
	w := b.say(env)
	f, ok := in.Fact.(OrganisationSeen)
	if !ok {
		return b.hearOrganisation(d, in.Fact, env)
	}
	for _, m := range f.Members {
		if m.Person != d.Person || m.Self || !f.Owner {
			continue
		}
		at := f.Organisation.ID + " " + m.Person
		r := text(w.T("org.member", "Name", nameOr(w, m.Name), "Organisation", f.Organisation.Name))
		if !m.Owner {
			r.Choices = append(r.Choices, choice(w, "/"+Org+" promote "+at, "org.choice.promote"))
		}
		r.Choices = append(r.Choices, choice(w, "/"+Org+" dismiss "+at, "org.choice.dismiss"), choice(w, "/"+Org+" show "+f.Organisation.ID, "org.choice.back"))
		return orgEnd(d, r)
	}
	return b.hearOrganisation(d, f, env)
}

func (b *Book) askCode(_ orgDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("org.code"))
}

func (b *Book) hearCode(d orgDraft, in conversations.Input, env conversations.Env) orgTurn {
	said := strings.TrimSpace(in.Text())
	if in.Said == nil || said == "" || len([]rune(said)) > 60 {
		return orgTurn{Data: d, Missed: true}
	}
	return orgTurn{Data: d, Next: "told", Do: []conversations.Command{Enter{Code: said}}}
}

func (b *Book) askAbout(_ orgDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("org.about", "Max", MaxAbout))
}

func (b *Book) hearAbout(d orgDraft, in conversations.Input, env conversations.Env) orgTurn {
	said := strings.TrimSpace(in.Text())
	switch {
	case in.Word == conversations.Back:
		return orgTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtOrganisation{Organisation: d.Organisation}}}
	case in.Said == nil || !wordy(said):
		return orgTurn{Data: d, Missed: true}
	case len([]rune(said)) > MaxAbout:
		return orgTurn{Data: d, Mute: true, Say: []channels.Reply{text(b.say(env).T("org.about_long", "Count", len([]rune(said)), "Max", MaxAbout))}}
	}
	return orgTurn{Data: d, Next: "told", Do: []conversations.Command{Describe{Organisation: d.Organisation, Text: said}}}
}

func (b *Book) askLeave(_ orgDraft, env conversations.Env) channels.Reply {
	return b.sure("org.leave_sure", env)
}

func (b *Book) askLeaveEmpty(d orgDraft, env conversations.Env) channels.Reply {
	return b.sure("org.leave_empty", env, "Organisation", d.Name, "Count", d.Count)
}

// sure asks before something that cannot be undone.
func (b *Book) sure(key string, env conversations.Env, pairs ...any) channels.Reply {
	w := b.say(env)
	return channels.Reply{Text: w.T(key, pairs...), Choices: []channels.Choice{choice(w, "yes", "sure.yes"), choice(w, "no", "sure.no")}}
}

func (b *Book) hearLeave(d orgDraft, in conversations.Input, env conversations.Env) orgTurn {
	switch {
	case in.Word == conversations.Back || in.Picked == "no":
		return orgTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtOrganisation{Organisation: d.Organisation}}}
	case in.Picked == "yes":
		return orgTurn{Data: d, Next: "told", Do: []conversations.Command{Leave{Organisation: d.Organisation, Anyway: d.Name != ""}}}
	}
	return orgTurn{Data: d, Missed: true}
}
