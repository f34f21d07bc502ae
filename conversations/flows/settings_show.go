package flows

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// showProfile shows everything there is to change in one card.
func (b *Book) showProfile(d settingsDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &d.Profile
	lines := []string{w.T("settings.title")}
	add := func(key string, pairs ...any) { lines = append(lines, w.T("settings.line."+key, pairs...)) }
	if p.Name != "" {
		add("name", "Name", p.Name)
	}
	if p.Age > 0 {
		add("age", "Age", p.Age)
	}
	add("speech", "Language", b.languageName(env.Lang, env), "Register", b.registerName(env))
	if len(p.Qualifications) > 0 {
		add("can", "Qualifications", w.Qualifications(p.Qualifications))
	}
	switch len(p.Subscriptions) {
	case 0:
		add("no_subscription")
	case 1:
		add("subscription", "Subscription", subscriptionLine(w, &p.Subscriptions[0], env))
	default:
		add("subscriptions", "Count", len(p.Subscriptions))
		for i := range p.Subscriptions {
			lines = append(lines, "  "+subscriptionLine(w, &p.Subscriptions[i], env))
		}
	}
	if len(p.Subscriptions) > 0 {
		add("budget", "Count", perWeekOf(p), "From", clockOf(w, p.quietFrom(), env), "To", clockOf(w, p.quietTo(), env))
	}
	if muted := mutedNames(w, p); muted != "" {
		add("muted", "Names", muted)
	}
	if len(p.Addresses) > 1 {
		names, alerts := addressNames(w, p.Addresses)
		add("addresses", "Addresses", names, "Alerts", alerts)
	}
	if p.PausedUntil.After(env.Now) {
		add("paused", "Until", w.Day(p.PausedUntil.In(env.Zone), env.Now))
	}
	if p.Stopped {
		add("stopped")
	}
	lines = append(lines, w.T("settings.hint"))
	r := channels.Reply{Title: w.T("settings.title"), Text: strings.Join(lines, "\n"), Private: true}
	r.Choices = b.profileChoices(p, env)
	return r
}

func (b *Book) profileChoices(p *Profile, env conversations.Env) []channels.Choice {
	w := b.say(env)
	var cs []channels.Choice
	add := func(key, word string, pairs ...any) {
		cs = append(cs, choice(w, key, "settings.choice."+word, pairs...))
	}
	if len(p.Subscriptions) > 0 {
		add("ask:radius", "radius")
		add("ask:when", "when")
		add("ask:topics", "topics")
		add("ask:often", "often")
		add("ask:quiet", "quiet")
		if p.PausedUntil.After(env.Now) || p.Stopped {
			add("resume:", "resume")
		} else {
			add("ask:pause", "pause")
		}
	}
	add("ask:speech", "speech")
	if len(p.Addresses) > 1 {
		add("/"+Connect+" list", "addresses")
	}
	if len(p.Subscriptions) > 0 {
		add("list:", "subscriptions")
	}
	switch {
	case len(p.Muted) > 0:
		add("ask:muted", "muted")
	case len(p.Subscriptions) < 2:
		add("/"+Subscribe, "new")
	}
	return cs
}

// showSubscriptions lists what somebody wants to be told about.
func (b *Book) showSubscriptions(d settingsDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &d.Profile
	r := channels.Reply{Text: w.T("settings.subs", "Count", len(p.Subscriptions)), Private: true}
	if len(p.Subscriptions) == 0 {
		r.Text = w.T("settings.no_subscription")
	}
	for i := range p.Subscriptions {
		s := &p.Subscriptions[i]
		r.Choices = append(r.Choices, channels.Choice{Key: "sub:" + s.ID, Label: subscriptionLine(w, s, env)})
	}
	r.Choices = append(r.Choices, choice(w, "/"+Subscribe, "settings.choice.new"))
	return r
}

// showSubscription shows one with what can be changed about it.
func (b *Book) showSubscription(d settingsDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	s := d.subscription()
	if s == nil {
		return text(w.T("refused.unknown"))
	}
	r := channels.Reply{Text: subscriptionLine(w, s, env) + "\n" + w.T("settings.sub_hint"), Private: true}
	add := func(key, word string) { r.Choices = append(r.Choices, choice(w, key, "settings.choice."+word)) }
	add("ask:radius", "radius")
	add("ask:when", "when")
	add("ask:topics", "topics")
	add("ask:cadence", "cadence")
	if len(s.Kinds) > 1 {
		add("kinds:need", "no_offers")
	} else {
		add("kinds:both", "offers")
	}
	if s.PausedUntil.After(env.Now) || s.Stopped {
		add("resume:", "resume")
	} else {
		add("ask:pause", "pause")
	}
	add("end:", "end")
	add("back", "back")
	return r
}

func (d *settingsDraft) subscription() *matching.Subscription {
	for i := range d.Profile.Subscriptions {
		if d.Profile.Subscriptions[i].ID == d.Sub {
			return &d.Profile.Subscriptions[i]
		}
	}
	return nil
}

// subscriptionLine says a subscription in one line.
func subscriptionLine(w wording.Words, s *matching.Subscription, env conversations.Env) string {
	state := ""
	switch {
	case s.Stopped:
		state = w.T("settings.sub.stopped")
	case s.PausedUntil.After(env.Now):
		state = w.T("settings.sub.paused", "Until", w.ShortDay(s.PausedUntil.In(env.Zone)))
	}
	kinds, free := "", ""
	if len(s.Kinds) > 1 {
		kinds = w.T("settings.sub.offers")
	} else if len(s.Kinds) == 1 && s.Kinds[0] == matching.Offer {
		kinds = w.T("search.offers")
	}
	if s.StepFree {
		free = w.T("reason.step_free")
	}
	return join(" · ", w.T("search.around", "Place", s.Place.Name, "KM", kilometres(s.Radius)), aboutOf(w, s.Categories), kinds, w.Slots(s.Slots), free,
		w.T("settings.cadence."+string(s.Cadence)), state)
}

func perWeekOf(p *Profile) int {
	if p.PerWeek > 0 {
		return p.PerWeek
	}
	return matching.DefaultPerWeek
}

func (p *Profile) quietFrom() int {
	if p.QuietFrom == p.QuietTo {
		return matching.QuietFrom
	}
	return p.QuietFrom
}

func (p *Profile) quietTo() int {
	if p.QuietFrom == p.QuietTo {
		return matching.QuietTo
	}
	return p.QuietTo
}

func clockOf(w wording.Words, minutes int, env conversations.Env) string {
	return w.Clock(time.Date(env.Now.Year(), 1, 2, minutes/60, minutes%60, 0, 0, env.Zone))
}

func mutedNames(w wording.Words, p *Profile) string {
	var names []string
	for _, m := range p.Muted {
		if m.Name == "" {
			m.Name = w.T("settings.somebody_private")
		}
		names = append(names, m.Name)
	}
	return w.List(names)
}

// askSetting asks for one thing, with the usual answers as choices.
func (b *Book) askSetting(d settingsDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Text: w.T("settings.ask." + d.Topic)}
	add := func(key, word string, pairs ...any) { r.Choices = append(r.Choices, choice(w, key, word, pairs...)) }
	switch d.Topic {
	case "radius":
		for _, km := range []int{2, 5, 10, 20, 40} {
			add("radius:"+strconv.Itoa(km), "settings.choice.km", "KM", km)
		}
	case "when":
		const daytime = matching.Slots(0b0111)
		weekend := daytime<<20 | daytime<<24
		evenings := matching.Slots(0)
		for day := range 7 {
			evenings |= matching.Slots(1) << (4*day + int(matching.Evening))
		}
		add(fmt.Sprintf("slots:%d", weekend), "settings.choice.weekend")
		add(fmt.Sprintf("slots:%d", evenings), "settings.choice.evenings")
		add(fmt.Sprintf("slots:%d", daytime|daytime<<4|daytime<<8|daytime<<12|daytime<<16), "settings.choice.workdays")
		add("slots:0", "settings.choice.any_time")
	case "topics":
		add("any_topic:", "choice.everything")
		for _, c := range interests {
			r.Choices = append(r.Choices, channels.Choice{Key: "cat:" + string(c), Label: w.Category(c)})
		}
	case "often":
		for _, n := range []int{1, 3, 7} {
			add("week:"+strconv.Itoa(n), "settings.choice.week", "Count", n)
		}
		fallthrough
	case "cadence":
		for _, c := range []matching.Cadence{matching.AtOnce, matching.Daily, matching.Weekly} {
			add("cadence:"+string(c), "settings.cadence."+string(c))
		}
	case "muted":
		for _, m := range d.Profile.Muted {
			if m.Name == "" {
				m.Name = w.T("settings.somebody_private")
			}
			r.Choices = append(r.Choices, channels.Choice{Key: "unmute:" + m.ID, Label: m.Name})
		}
	case "pause":
		for _, days := range []int{7, 30, 90} {
			add("pause:"+strconv.Itoa(days), "settings.choice.pause_"+strconv.Itoa(days))
		}
	case "speech":
		for _, l := range b.Languages() {
			if l != env.Lang {
				r.Choices = append(r.Choices, channels.Choice{Key: "lang:" + l, Label: b.languageName(l, env)})
			}
		}
		for _, reg := range []string{"du", "sie", "leicht"} {
			add("register:"+reg, "settings.choice.register_"+reg)
		}
	}
	return r
}

func (b *Book) languageName(lang string, env conversations.Env) string {
	w := b.say(env)
	if lang == "" {
		lang = wording.DefaultLanguage
	}
	return w.Qualification(matching.Language(lang))
}

func (b *Book) languageNames(env conversations.Env) string {
	var names []string
	for _, l := range b.Languages() {
		names = append(names, b.languageName(l, env))
	}
	return b.say(env).List(names)
}

func (b *Book) registerName(env conversations.Env) string {
	w := b.say(env)
	if env.Lang != "" && env.Lang != wording.DefaultLanguage {
		return ""
	}
	reg := env.Register
	if reg == "" {
		reg = "du"
	}
	return w.T("settings.register." + reg)
}

// confirm says in one message what was understood and is so now, and what is not possible.
func (b *Book) confirm(a Adjust, fact Adjusted, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &fact.Profile
	var did []string
	add := func(key string, pairs ...any) { did = append(did, w.T("settings.did."+key, pairs...)) }
	b.confirmPerson(&a, p, add, env)
	if a.aboutSubscription() && fact.Ended == "" {
		for i := range p.Subscriptions {
			if s := &p.Subscriptions[i]; a.Subscription == "" || s.ID == a.Subscription {
				add("subscription", "Subscription", subscriptionLine(w, s, env))
			}
		}
	}
	if fact.Ended != "" {
		add("ended", "Place", fact.Ended)
	}
	var parts []string
	if len(did) > 0 {
		parts = append(parts, w.T("settings.done", "What", strings.Join(did, "\n")))
	}
	if bad, ok := b.impossible(append(a.Wishes.Bad, a.Bad...), env); ok {
		parts = append(parts, bad.Text)
	}
	if len(parts) == 0 {
		parts = append(parts, w.T("refused.already"))
	}
	return channels.Reply{Text: strings.Join(parts, "\n"), Private: true}
}

func (b *Book) confirmPerson(a *Adjust, p *Profile, add func(string, ...any), env conversations.Env) {
	w := b.say(env)
	x := &a.Wishes
	if x.Name != "" {
		add("name", "Name", p.Name)
	}
	if x.Age != nil {
		add("age", "Age", p.Age)
	}
	if x.Lang != "" || x.Register != "" {
		add("speech", "Language", b.languageName(env.Lang, env), "Register", b.registerName(env))
	}
	if len(x.Can) > 0 {
		add("can", "Qualifications", w.Qualifications(x.Can))
	}
	if len(x.Cannot) > 0 {
		add("cannot", "Qualifications", w.Qualifications(x.Cannot))
	}
	if x.PerWeek != nil {
		add("per_week", "Count", p.PerWeek)
	}
	if x.PerDay != nil {
		add("per_day", "Count", p.PerDay)
	}
	if (x.QuietFrom != nil || x.QuietTo != nil) && !hasField(a.Bad, understanding.FieldQuiet) {
		add("quiet", "From", clockOf(w, p.quietFrom(), env), "To", clockOf(w, p.quietTo(), env))
	}
	if !x.PauseUntil.IsZero() {
		add("paused", "Until", w.Day(x.PauseUntil.In(env.Zone), env.Now))
	}
	if x.Resume {
		add("resumed")
	}
	if len(a.Unmute) > 0 {
		add("unmuted")
	}
}

func hasField(ds []understanding.Doubt, f understanding.Field) bool {
	return len(doubtsAbout(ds, f)) > 0
}
