package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// settingsDraft is what somebody sees of their settings and what they are about to change.
type settingsDraft struct {
	Profile Profile `json:"profile,omitzero"`
	Sub     string  `json:"sub,omitempty"`     // the subscription that is open
	Topic   string  `json:"topic,omitempty"`   // what is being asked for, one of settingTopics
	Pending *Adjust `json:"pending,omitempty"` // to be done, once it is known for which subscription
	List    bool    `json:"list,omitempty"`    // came for the subscriptions
}

// settings is opened by "/settings", "/settings subs" and by anything one may want changed, in free words.
func (b *Book) settings() conversations.Runner {
	return conversations.Run(conversations.Flow[settingsDraft]{
		Name: Settings, Version: 1, Start: "card", Quiet: true, Idle: 24 * time.Hour,
		Open: b.openSettings,
		Steps: map[string]conversations.Step[settingsDraft]{
			"profile":  {Hear: b.hearProfile},
			"adjusted": {Hear: b.hearAdjusted},
			"card":     {Ask: b.showProfile, Hear: b.hearSettings},
			"subs":     {Ask: b.showSubscriptions, Hear: b.hearSettings},
			"sub":      {Ask: b.showSubscription, Hear: b.hearSettings},
			"topic":    {Ask: b.askSetting, Hear: b.hearSetting},
			"which":    {Ask: b.askWhichSubscription, Hear: b.hearWhichSubscription},
		},
	})
}

func (b *Book) openSettings(o conversations.Opening, env conversations.Env) conversations.Turn[settingsDraft] {
	var d settingsDraft
	args := strings.TrimSpace(o.Args)
	switch {
	case args == "subs":
		d.List = true
	case strings.Contains(args, ":"):
		if w, ok := wishOf(args, env); ok {
			d.Pending = &Adjust{Wishes: w}
		}
	case o.Said != nil:
		m := *o.Said
		if args != "" || strings.HasPrefix(strings.TrimSpace(m.Text), "/") || m.Kind == channels.Press {
			m.Text = args
		}
		d.Pending = b.readAdjust(&m, d, env)
	}
	return conversations.Turn[settingsDraft]{Data: d, Next: "profile", Do: []conversations.Command{LookAtMe{}}}
}

// freshly looks up how things are before a change is made or a card shown: they may have changed elsewhere.
func (b *Book) freshly(d settingsDraft, a *Adjust) conversations.Turn[settingsDraft] {
	d.Pending, d.Topic = a, ""
	return conversations.Turn[settingsDraft]{Data: d, Next: "profile", Do: []conversations.Command{LookAtMe{}}}
}

func (b *Book) hearProfile(d settingsDraft, in conversations.Input, env conversations.Env) conversations.Turn[settingsDraft] {
	d.Profile, _ = in.Fact.(Profile)
	if d.Pending != nil {
		return b.adjust(d, *d.Pending, env)
	}
	return conversations.Turn[settingsDraft]{Data: d, Next: d.home()}
}

// home is the step that shows what is open.
func (d *settingsDraft) home() string {
	if d.Sub != "" {
		return "sub"
	}
	if d.List {
		return "subs"
	}
	return "card"
}

// readAdjust reads what a message wants changed; nil if nothing.
func (b *Book) readAdjust(said *channels.Message, d settingsDraft, env conversations.Env) *Adjust {
	if strings.TrimSpace(said.Text) == "" && said.Point == nil {
		return nil
	}
	if said.Point != nil {
		if p, ok := b.pickedPlace(conversations.Input{Said: said}, env, nil); ok {
			return &Adjust{Place: &p, Subscription: d.Sub}
		}
		return nil
	}
	a := &Adjust{Wishes: understanding.ReadWishes(said.Text, env.Now), Subscription: d.Sub}
	if again := a.Wishes.Again; again != "" {
		for _, m := range d.Profile.Muted {
			if m.Name != "" && strings.Contains(channels.Fold(again), channels.Fold(m.Name)) {
				a.Unmute = append(a.Unmute, m.ID)
			}
		}
		m := *said
		m.Text = again
		if cs := b.topics(&m, env); len(cs) > 0 && len(a.Unmute) == 0 {
			a.Categories, a.Wishes.Topics = cs, understanding.TopicsToo
		}
	}
	if a.Wishes.Rest != "" {
		m := *said
		m.Text = a.Wishes.Rest
		a.Categories = append(a.Categories, b.topics(&m, env)...)
		if r := b.read(&m, env, understanding.FieldPlace, nil, understanding.Subscribe); r.Draft.Place != nil {
			p := *r.Draft.Place
			p.Point = matching.Snap(p.Point)
			a.Place = &p
		}
	}
	if !a.Wishes.Any() && a.Place == nil && len(a.Categories) == 0 {
		return nil
	}
	return a
}

// adjust asks for a change, after asking which subscription is meant if that is not clear.
func (b *Book) adjust(d settingsDraft, a Adjust, env conversations.Env) conversations.Turn[settingsDraft] {
	w := b.say(env)
	d.Pending, d.Topic = nil, ""
	if lang := a.Wishes.Lang; lang != "" && !slices.Contains(b.Languages(), lang) {
		return conversations.Turn[settingsDraft]{Data: d, Next: d.home(), Mute: true, Say: []channels.Reply{text(w.T("settings.bad.lang", "Languages", b.languageNames(env)))}}
	}
	if a.Wishes.Pause {
		d.Topic = "pause"
		return conversations.Turn[settingsDraft]{Data: d, Next: "topic"}
	}
	if a.Wishes.Again != "" && len(a.Unmute) == 0 && len(a.Categories) == 0 {
		return b.again(d, a, env)
	}
	if a.Wishes.End && d.Sub == "" && len(d.Profile.Subscriptions) == 1 {
		a.Subscription = d.Profile.Subscriptions[0].ID
	}
	if a.Subscription == "" && a.aboutSubscription() {
		switch n := len(d.Profile.Subscriptions); {
		case n == 0 && !a.aboutPerson():
			r := text(w.T("settings.no_subscription"))
			r.Choices = []channels.Choice{choice(w, "/"+Subscribe, "settings.choice.new")}
			return conversations.Turn[settingsDraft]{Data: d, End: true, Say: []channels.Reply{r}}
		case n > 1:
			d.Pending = &a
			return conversations.Turn[settingsDraft]{Data: d, Next: "which"}
		}
	}
	d.Pending = &a
	return conversations.Turn[settingsDraft]{Data: d, Next: "adjusted", Do: []conversations.Command{a}}
}

// again finds whom somebody wants to hear of again, now that the profile is known.
func (b *Book) again(d settingsDraft, a Adjust, env conversations.Env) conversations.Turn[settingsDraft] {
	for _, m := range d.Profile.Muted {
		if m.Name != "" && strings.Contains(channels.Fold(a.Wishes.Again), channels.Fold(m.Name)) {
			a.Unmute = append(a.Unmute, m.ID)
		}
	}
	if len(a.Unmute) == 0 {
		return conversations.Turn[settingsDraft]{
			Data: d, Next: d.home(), Mute: true, Say: []channels.Reply{text(b.say(env).T("settings.not_muted", "Said", clip(a.Wishes.Again, 40)))},
		}
	}
	return b.adjust(d, a, env)
}

// aboutSubscription tells whether the change is of what somebody wants to hear of.
func (a *Adjust) aboutSubscription() bool {
	w := &a.Wishes
	return w.Radius != nil || w.Slots != 0 || w.NotSlots != 0 || w.AnyTime || w.Cadence != "" || w.End || len(w.Kinds) > 0 || w.StepFree != nil ||
		w.AllTopics || len(a.Categories) > 0 || a.Place != nil
}

// aboutPerson tells whether there is something in it that holds for everything.
func (a *Adjust) aboutPerson() bool {
	w := &a.Wishes
	return w.Name != "" || w.Lang != "" || w.Register != "" || w.Age != nil || len(w.Can) > 0 || len(w.Cannot) > 0 || w.QuietFrom != nil ||
		w.QuietTo != nil || w.PerWeek != nil || w.PerDay != nil || !w.PauseUntil.IsZero() || w.Resume || len(a.Unmute) > 0 || len(w.Bad) > 0
}

func (b *Book) hearAdjusted(d settingsDraft, in conversations.Input, env conversations.Env) conversations.Turn[settingsDraft] {
	switch fact := in.Fact.(type) {
	case Adjusted:
		d.Profile = fact.Profile
		a := Adjust{}
		if d.Pending != nil {
			a = *d.Pending
		}
		a.Bad = fact.Bad
		if fact.Ended != "" {
			d.Sub = ""
		}
		d.Pending = nil
		return conversations.Turn[settingsDraft]{Data: d, Next: d.home(), Mute: true, Say: []channels.Reply{b.confirm(a, fact, env)}}
	case Refused:
		d.Pending = nil
		return conversations.Turn[settingsDraft]{Data: d, Next: d.home(), Mute: true, Say: []channels.Reply{text(b.say(env).T("refused." + string(fact.Why)))}}
	}
	return conversations.Turn[settingsDraft]{Data: d, Next: d.home()}
}

// hearSettings hears what is said to a card.
func (b *Book) hearSettings(d settingsDraft, in conversations.Input, env conversations.Env) conversations.Turn[settingsDraft] {
	if in.Said == nil {
		return conversations.Turn[settingsDraft]{Data: d}
	}
	if in.Word == conversations.Back {
		d.Sub = ""
		return conversations.Turn[settingsDraft]{Data: d, Next: d.home()}
	}
	name, arg, _ := strings.Cut(in.Picked, ":")
	switch name {
	case "":
	case "ask":
		d.Topic = arg
		return conversations.Turn[settingsDraft]{Data: d, Next: "topic"}
	case "list":
		d.List, d.Sub = true, ""
		return b.freshly(d, nil)
	case "sub":
		d.Sub = arg
		return conversations.Turn[settingsDraft]{Data: d, Next: "sub"}
	case "back":
		d.Sub = ""
		return conversations.Turn[settingsDraft]{Data: d, Next: d.home()}
	default:
		if w, ok := wishOf(in.Picked, env); ok {
			return b.freshly(d, &Adjust{Wishes: w, Subscription: d.Sub})
		}
	}
	if a := b.readAdjust(in.Said, d, env); a != nil && in.Picked == "" {
		return b.freshly(d, a)
	}
	return conversations.Turn[settingsDraft]{Data: d, Missed: true}
}

// hearSetting hears the answer to a question about one thing.
func (b *Book) hearSetting(d settingsDraft, in conversations.Input, env conversations.Env) conversations.Turn[settingsDraft] {
	if in.Said == nil || in.Word == conversations.Back {
		return conversations.Turn[settingsDraft]{Data: d, Next: d.home()}
	}
	if in.Picked != "" {
		if c, ok := strings.CutPrefix(in.Picked, "cat:"); ok {
			return b.freshly(d, &Adjust{Categories: []matching.Category{matching.Category(c)}, Subscription: d.Sub})
		}
		if w, ok := wishOf(in.Picked, env); ok {
			return b.freshly(d, &Adjust{Wishes: w, Subscription: d.Sub})
		}
		if id, ok := strings.CutPrefix(in.Picked, "unmute:"); ok {
			return b.freshly(d, &Adjust{Unmute: []string{id}})
		}
		return conversations.Turn[settingsDraft]{Data: d, Say: []channels.Reply{b.Missed(env)}}
	}
	m := *in.Said
	if lead := b.settingLead(d.Topic); lead != "" && !understandsAlone(m.Text, env) {
		m.Text = lead + " " + m.Text
	}
	if a := b.readAdjust(&m, d, env); a != nil && !(a.Wishes.Pause && d.Topic == "pause") {
		return b.freshly(d, a)
	}
	return conversations.Turn[settingsDraft]{Data: d, Say: []channels.Reply{b.Missed(env)}}
}

// understandsAlone tells whether a text is a wish without the question it answers.
func understandsAlone(said string, env conversations.Env) bool {
	w := understanding.ReadWishes(said, env.Now)
	return w.Any()
}

// settingLead is what makes a bare answer a wish: "5" to the question how far, "1.3." to until when.
func (b *Book) settingLead(topic string) string { return understanding.WishLead(topic) }

func (b *Book) askWhichSubscription(d settingsDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("settings.which"))
	for i, s := range d.Profile.Subscriptions {
		r.Choices = append(r.Choices, channels.Choice{Key: strconv.Itoa(i), Label: subscriptionLine(w, &s, env)})
	}
	if d.Pending == nil || !d.Pending.Wishes.End {
		r.Choices = append(r.Choices, choice(w, "all", "settings.choice.all"))
	}
	return r
}

func (b *Book) hearWhichSubscription(d settingsDraft, in conversations.Input, env conversations.Env) conversations.Turn[settingsDraft] {
	if in.Said == nil || in.Word == conversations.Back || d.Pending == nil {
		d.Pending = nil
		return conversations.Turn[settingsDraft]{Data: d, Next: d.home()}
	}
	a := *d.Pending
	switch i, err := strconv.Atoi(in.Picked); {
	case in.Picked == "all":
		return conversations.Turn[settingsDraft]{Data: d, Next: "adjusted", Do: []conversations.Command{a}}
	case err == nil && i < len(d.Profile.Subscriptions):
		a.Subscription = d.Profile.Subscriptions[i].ID
		return b.adjust(d, a, env)
	}
	if other := b.readAdjust(in.Said, d, env); other != nil && in.Picked == "" {
		return b.freshly(d, other)
	}
	return conversations.Turn[settingsDraft]{Data: d, Say: []channels.Reply{b.Missed(env)}}
}

// wishOf reads the key of a choice: "radius:5", "lang:en".
func wishOf(key string, env conversations.Env) (understanding.Wishes, bool) {
	name, arg, _ := strings.Cut(key, ":")
	var w understanding.Wishes
	n, err := strconv.Atoi(arg)
	switch name {
	case "radius":
		km := float64(n)
		w.Radius = &km
	case "slots":
		w.Slots = matching.Slots(n) & matching.AllSlots
		w.AnyTime = n == 0
	case "week":
		w.PerWeek = &n
	case "cadence":
		w.Cadence, err = matching.Cadence(arg), nil
	case "pause":
		w.PauseUntil = midnight(env.Now).AddDate(0, 0, n)
	case "resume":
		w.Resume, err = true, nil
	case "lang":
		w.Lang, err = arg, nil
	case "register":
		w.Register, err = arg, nil
	case "kinds":
		w.Kinds, err = []matching.Kind{matching.Need}, nil
		if arg == "both" {
			w.Kinds = matching.Kinds
		}
	case "any_topic":
		w.AllTopics, err = true, nil
	case "end":
		w.End, err = true, nil
	default:
		return w, false
	}
	return w, err == nil
}
