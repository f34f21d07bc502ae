package flows

import (
	"slices"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// JoinConsent is the version of the text people agree to by joining.
const JoinConsent = "join-1"

// subscribeDraft is a subscription on its way; the first one is how people join.
type subscribeDraft struct {
	trail
	Draft      understanding.Draft   `json:"draft"`
	Categories []matching.Category   `json:"categories,omitempty"`
	Chosen     bool                  `json:"chosen,omitempty"` // interests were asked or said
	Cadence    matching.Cadence      `json:"cadence,omitempty"`
	Doubts     []understanding.Doubt `json:"doubts,omitempty"`
	Heard      bool                  `json:"heard,omitempty"`
	Page       int                   `json:"page,omitempty"`
	Me         Me                    `json:"me,omitzero"`
}

const (
	qWhere     = "where"
	qInterests = "interests"
)

func (b *Book) subscribe() conversations.Runner {
	f := &form[subscribeDraft, *subscribeDraft]{book: b, name: Subscribe, version: 1}
	f.questions = []question[subscribeDraft]{
		{qWhere, subscribeNeedsPlace, b.askWhere, b.parseWhere},
		{qInterests, func(d subscribeDraft, _ conversations.Env) bool { return !d.Chosen }, b.askInterests, b.parseInterests},
	}
	f.take = b.takeSubscription
	f.review = question[subscribeDraft]{name: reviewStep}
	f.decide = func(subscribeDraft, conversations.Input, conversations.Env) (conversations.Turn[subscribeDraft], bool) {
		return conversations.Turn[subscribeDraft]{}, false
	}
	f.open = func(o conversations.Opening, env conversations.Env) conversations.Turn[subscribeDraft] {
		var d subscribeDraft
		if o.Said != nil && o.Said.Kind == channels.Text && !strings.HasPrefix(o.Said.Text, "/") && o.Args == "" {
			b.takeSubscription(&d, conversations.Input{Said: o.Said}, env, "")
			d.Chosen = true
		}
		return conversations.Turn[subscribeDraft]{Data: d, Next: "me", Do: []conversations.Command{WhoAmI{}}}
	}
	next := func(d subscribeDraft, env conversations.Env, say ...channels.Reply) conversations.Turn[subscribeDraft] {
		t := f.next(d, env, say...)
		if t.Next == reviewStep {
			return conversations.Turn[subscribeDraft]{
				Data: d, Next: "saved", Say: say,
				Do: []conversations.Command{SaveSubscription{Subscription: d.subscription(env), Consent: JoinConsent}},
			}
		}
		return t
	}
	f.then = next
	f.steps = map[string]conversations.Step[subscribeDraft]{
		"me": {Hear: func(d subscribeDraft, in conversations.Input, env conversations.Env) conversations.Turn[subscribeDraft] {
			me, _ := in.Fact.(Me)
			d.Me = me
			if d.Draft.Place == nil && me.Joined && !me.Place.IsZero() {
				d.Draft.Place = &me.Place
			}
			return next(d, env)
		}},
		"saved": {Hear: b.hearSaved},
	}
	f.topic = func(subscribeDraft, conversations.Env) string { return "" }
	return conversations.Run(f.flow())
}

func (b *Book) takeSubscription(d *subscribeDraft, in conversations.Input, env conversations.Env, expect string) bool {
	if in.Said == nil || strings.TrimSpace(in.Said.Text) == "" {
		return false
	}
	var base *understanding.Draft
	if d.Heard {
		base = &d.Draft
	}
	field := understanding.FieldNone
	if expect == qWhere {
		field = understanding.FieldPlace
	}
	if expect == qInterests {
		field = understanding.FieldCategory
	}
	r := b.read(in.Said, env, field, base, understanding.Subscribe)
	if r.Draft.Category == matching.OtherCategory { // a reading that found no category
		r.Draft.Category = ""
	}
	found := len(r.Changed) > 0
	if base == nil {
		found = r.Draft.Place != nil || r.Draft.Category != "" || r.Draft.Radius != nil || r.Draft.Slots != 0
	}
	if !found {
		return false
	}
	d.Draft, d.Doubts, d.Heard = r.Draft, r.Doubts, true
	if c := r.Draft.Category; c != "" && !slices.Contains(d.Categories, c) {
		d.Categories = append(d.Categories, c)
		d.Chosen = true
	}
	if r.Cadence != "" {
		d.Cadence = matching.Cadence(r.Cadence)
	}
	return true
}

func (d *subscribeDraft) subscription(env conversations.Env) matching.Subscription {
	s := matching.Subscription{Front: env.Front, Person: env.Person, Categories: d.Categories, Cadence: d.Cadence, Radius: matching.DefaultRadius}
	if d.Draft.Place != nil {
		s.Place = *d.Draft.Place
		s.Place.Point = matching.Snap(s.Place.Point)
	}
	if r := d.Draft.Radius; r != nil && *r > 0 {
		s.Radius = min(*r, matching.MaxRadius)
	}
	if s.Cadence == "" {
		s.Cadence = matching.AtOnce
	}
	s.Slots, s.Qualifications = d.Draft.Slots, d.Draft.Required
	s.StepFree = d.Draft.StepFree
	s.Kinds = []matching.Kind{matching.Need}
	return s
}

func subscribeNeedsPlace(d subscribeDraft, _ conversations.Env) bool {
	return d.Draft.Place == nil
}

func (b *Book) askWhere(d subscribeDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Ask: channels.AskLocation, Text: w.T("join.where")}
	for _, x := range d.Doubts {
		if x.Field == understanding.FieldPlace && x.Kind == understanding.UnknownPlace {
			r.Text = w.T("join.unknown_place", "Place", clip(x.Text, 60))
		}
	}
	if len(d.Draft.Places) > 1 && d.Draft.Place == nil {
		r.Text = w.T("join.which_place")
		for i, p := range d.Draft.Places[:min(6, len(d.Draft.Places))] {
			r.Choices = append(r.Choices, channels.Choice{Key: "place:" + strconv.Itoa(i), Label: placeLabel(p)})
		}
	} else if env.Place.Name != "" {
		r.Choices = []channels.Choice{{Key: "front", Label: w.T("join.somewhere_in", "Place", env.Place.Name)}}
	}
	if !d.Me.Joined && len(d.Asked) <= 1 {
		r.Text += "\n" + w.T("join.consent")
	}
	return r
}

func (b *Book) parseWhere(d *subscribeDraft, in conversations.Input, env conversations.Env) bool {
	p, ok := b.pickedPlace(in, env, d.Draft.Places)
	if ok {
		d.Draft.Place, d.Draft.Places, d.Doubts = &p, nil, nil
		return true
	}
	if in.Picked != "" || in.Said == nil {
		return false
	}
	r := b.read(in.Said, env, understanding.FieldPlace, nil, understanding.Subscribe)
	if r.Draft.Place == nil {
		if len(r.Draft.Places) > 1 {
			d.Draft.Places = r.Draft.Places
			return true
		}
		d.Doubts = r.Doubts
		return false
	}
	return b.takeSubscription(d, in, env, qWhere)
}

// interests are the choices offered first; everything else can be written.
var interests = []matching.Category{
	matching.ChildrenYouth, matching.Seniors, matching.Sport, matching.CultureMusic, matching.EnvironmentNature,
	matching.Animals, matching.SocialPoverty, matching.RefugeesIntegration,
}

func (b *Book) askInterests(d subscribeDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	place := ""
	if d.Draft.Place != nil {
		place = d.Draft.Place.Name
	}
	r := text(w.T("join.interests", "Place", place))
	r.Choices = append(r.Choices, choice(w, "all", "choice.everything"))
	for _, c := range interests {
		r.Choices = append(r.Choices, channels.Choice{Key: "cat:" + string(c), Label: w.Category(c)})
	}
	return r
}

// parseInterests takes several at once: "2, 5 und Tiere".
func (b *Book) parseInterests(d *subscribeDraft, in conversations.Input, env conversations.Env) bool {
	if in.Picked == "all" {
		d.Categories, d.Chosen = nil, true
		return true
	}
	offered := b.askInterests(*d, env).Choices
	add := func(key string) bool {
		c, ok := strings.CutPrefix(key, "cat:")
		if !ok {
			return false
		}
		if !slices.Contains(d.Categories, matching.Category(c)) {
			d.Categories = append(d.Categories, matching.Category(c))
		}
		d.Chosen = true
		return true
	}
	if in.Said != nil && in.Said.Kind == channels.Press {
		return add(in.Picked)
	}
	took := false
	for part := range strings.FieldsFuncSeq(in.Text(), func(r rune) bool { return r == ',' || r == ';' || r == '+' || r == '&' || r == '/' }) {
		for word := range strings.SplitSeq(part, " und ") {
			if c, ok := channels.Pick(word, offered); ok && add(c.Key) {
				took = true
				continue
			}
			m := *in.Said
			m.Text = word
			if r := b.read(&m, env, understanding.FieldCategory, nil, understanding.Subscribe); r.Draft.Category != "" && r.Draft.Category != matching.OtherCategory {
				took = add("cat:"+string(r.Draft.Category)) || took
			}
		}
	}
	return took
}

func (b *Book) hearSaved(d subscribeDraft, in conversations.Input, env conversations.Env) conversations.Turn[subscribeDraft] {
	w := b.say(env)
	var r channels.Reply
	switch fact := in.Fact.(type) {
	case SubscriptionSaved:
		s := fact.Subscription
		about := w.T("join.about_everything")
		if len(s.Categories) > 0 {
			about = w.Categories(s.Categories)
		}
		r.Text = w.T("join.done", "Place", s.Place.Name, "KM", strconv.FormatFloat(s.Radius, 'f', -1, 64), "About", about, "When", w.Slots(s.Slots))
		if fact.Matches > 0 {
			r.Text += "\n" + w.T("join.matches", "Count", fact.Matches)
		}
		if fact.First {
			r.Text += "\n" + w.T("join.change")
		}
	case Refused:
		r.Text = w.T("refused." + string(fact.Why))
	}
	return conversations.Turn[subscribeDraft]{Data: d, End: true, Say: []channels.Reply{r}}
}
