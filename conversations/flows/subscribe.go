package flows

import (
	"reflect"
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

// MailConsent is the version of the text people agree to by confirming a mail address.
const MailConsent = "mail-1"

// subscribeDraft is a subscription on its way; the first one is how people join.
type subscribeDraft struct {
	trail
	Draft      understanding.Draft   `json:"draft"`
	Categories []matching.Category   `json:"categories,omitempty"`
	Chosen     bool                  `json:"chosen,omitempty"` // interests were asked or said
	Told       bool                  `json:"told,omitempty"`   // what answering agrees to was said
	Cadence    matching.Cadence      `json:"cadence,omitempty"`
	Doubts     []understanding.Doubt `json:"doubts,omitempty"`
	Wishes     understanding.Wishes  `json:"wishes,omitzero"` // what was said beside place and topics
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
			// A wish in a sentence says what it is about, if only by not saying it; by mail a second question costs nothing.
			// A number picked from a list says as little as a button.
			d.Chosen = b.takeSubscription(&d, conversations.Input{Said: o.Said}, env, "") || !env.AskAll && !numeric(o.Said.Text)
		}
		return conversations.Turn[subscribeDraft]{Data: d, Next: "me", Do: []conversations.Command{WhoAmI{}}}
	}
	next := func(d subscribeDraft, env conversations.Env, say ...channels.Reply) conversations.Turn[subscribeDraft] {
		if slices.Contains(d.Asked, allStep) && d.Draft.Place != nil {
			d.Chosen = true // asked once, together with the place; who says nothing to it wants everything
		}
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
			if me.Joined && d.Draft.Place == nil && len(d.Categories) == 0 && !env.AskAll {
				d.Chosen = false // one more wish of somebody who is told already: about what?
			}
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

// numeric tells whether a message is no more than a number, as "1" or "1)".
func numeric(said string) bool {
	_, err := strconv.Atoi(strings.Trim(said, " .)"))
	return err == nil
}

func (b *Book) takeSubscription(d *subscribeDraft, in conversations.Input, env conversations.Env, expect string) bool {
	if in.Said == nil || strings.TrimSpace(in.Said.Text) == "" {
		return false
	}
	field := understanding.FieldNone
	if expect == qWhere {
		field = understanding.FieldPlace
	}
	if expect == qInterests {
		field = understanding.FieldCategory
	}
	said, not := b.wanted(in.Said, env)
	wishes := understanding.ReadWishes(said.Text, env.Now)
	r := b.read(said, env, field, nil, understanding.Subscribe)
	cs := b.topics(said, env)
	if not |= wishes.NotSlots; not != 0 {
		base := wishes.Slots
		if base == 0 {
			base = r.Draft.Slots
		}
		if base == 0 {
			base = matching.AllSlots
		}
		wishes.Slots, r.Draft.Slots = base&^not, 0
	}
	wished := d.wish(&wishes)
	if r.Draft.Place == nil && len(r.Draft.Places) < 2 && len(cs) == 0 && r.Draft.Radius == nil && r.Draft.Slots == 0 && r.Cadence == "" {
		if wished {
			d.Doubts = nil
		}
		return wished
	}
	d.merge(&r.Draft)
	d.Doubts = placeAside(r.Doubts, in.Said.Text)
	how := wishes.Topics
	if how != understanding.TopicsWithout && len(d.Categories) > 0 {
		how = understanding.TopicsToo
	}
	if len(cs) > 0 {
		d.Categories, d.Chosen = withTopics(d.Categories, cs, how), true
	}
	if r.Cadence != "" && wishes.PerWeek == nil && wishes.PerDay == nil {
		d.Cadence = matching.Cadence(r.Cadence)
	}
	return true
}

// wanted is what somebody says without the parts that tell what they do not want: "Dienstags kann ich nicht" is a time not to
// be asked for, "mit Tieren kann ich nichts anfangen" no topic. A message of one part is read as it is.
func (b *Book) wanted(m *channels.Message, env conversations.Env) (*channels.Message, matching.Slots) {
	var not matching.Slots
	var kept []string
	parts := strings.FieldsFunc(m.Text, func(r rune) bool { return strings.ContainsRune(",;.!?\n", r) })
	nots, only := splitWords(b.say(env).T("say.not")), foldedWords(b.say(env).T("say.not_only"))
	for _, part := range parts {
		words := strings.Fields(channels.Fold(part))
		negated := slices.ContainsFunc(nots, func(x string) bool { return containsWords(words, strings.Fields(channels.Fold(x))) }) &&
			!slices.ContainsFunc(words, func(x string) bool { return slices.Contains(only, x) })
		clause := *m
		clause.Text = part
		if negated {
			days := understanding.ReadWishes(part, env.Now)
			slots := days.Slots | days.NotSlots
			if slots == 0 {
				slots = b.read(&clause, env, understanding.FieldTime, nil, understanding.Subscribe).Draft.Slots
			}
			if slots != 0 || len(b.topics(&clause, env)) > 0 {
				not |= slots
				continue
			}
		}
		kept = append(kept, part)
	}
	if len(kept) == len(parts) || len(kept) == 0 {
		return m, 0
	}
	said := *m
	said.Text = strings.TrimSpace(strings.Join(kept, ","))
	return &said, not
}

// placeAside drops the doubt that a whole message names an unknown place, where something else was found in it.
func placeAside(ds []understanding.Doubt, said string) []understanding.Doubt {
	return slices.DeleteFunc(slices.Clone(ds), func(x understanding.Doubt) bool {
		return x.Kind == understanding.UnknownPlace && channels.Fold(x.Text) == channels.Fold(said)
	})
}

// merge takes over what a further message says; the rest stays as it was.
func (d *subscribeDraft) merge(r *understanding.Draft) {
	if r.Place != nil {
		d.Draft.Place, d.Draft.Places = r.Place, nil
	} else if len(r.Places) > 1 {
		d.Draft.Places = r.Places
	}
	if r.Radius != nil {
		d.Draft.Radius = r.Radius
	}
	if r.Slots != 0 {
		d.Draft.Slots = r.Slots
	}
	if len(r.Required) > 0 {
		d.Draft.Required = r.Required
	}
	d.Draft.StepFree = d.Draft.StepFree || r.StepFree
}

// wish takes over what a subscription can say about how, how far and when.
func (d *subscribeDraft) wish(w *understanding.Wishes) bool {
	had := d.Wishes
	if w.Radius != nil {
		d.Wishes.Radius = w.Radius
	}
	if w.Slots != 0 || w.AnyTime {
		d.Wishes.Slots, d.Wishes.AnyTime = w.Slots, w.AnyTime
	}
	if w.Cadence != "" {
		d.Wishes.Cadence = w.Cadence
	}
	if w.PerWeek != nil {
		d.Wishes.PerWeek = w.PerWeek
	}
	if w.Age != nil {
		d.Wishes.Age = w.Age
	}
	if len(w.Kinds) > 0 {
		d.Wishes.Kinds = w.Kinds
	}
	if w.StepFree != nil {
		d.Wishes.StepFree = w.StepFree
	}
	d.Wishes.Can = append(d.Wishes.Can, w.Can...)
	d.Wishes.Bad = append(d.Wishes.Bad, w.Bad...)
	return !reflect.DeepEqual(had, d.Wishes)
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
	d.wishedFor(&s)
	return s
}

func (d *subscribeDraft) wishedFor(s *matching.Subscription) {
	w := &d.Wishes
	if w.Radius != nil {
		s.Radius = *w.Radius
	}
	if w.Slots != 0 || w.AnyTime {
		s.Slots = w.Slots
	}
	if w.Cadence != "" {
		s.Cadence = w.Cadence
	}
	if w.PerWeek != nil {
		s.PerWeek = *w.PerWeek
	}
	if w.Age != nil {
		s.Age = *w.Age
	}
	if len(w.Kinds) > 0 {
		s.Kinds = w.Kinds
	}
	if w.StepFree != nil {
		s.StepFree = *w.StepFree
	}
	for _, q := range w.Can {
		if !slices.Contains(s.Qualifications, q) {
			s.Qualifications = append(s.Qualifications, q)
		}
	}
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
	if !d.Me.Joined && !d.Told && len(d.Asked) <= 1 {
		r.Text += "\n" + w.T("join.consent")
	}
	return r
}

func (b *Book) parseWhere(d *subscribeDraft, in conversations.Input, env conversations.Env) bool {
	d.Told = true // with the question this answers
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
		if b.takeSubscription(d, in, env, qWhere) {
			return true
		}
		if name, ok := understanding.BarePlace(in.Said.Text); ok {
			d.Doubts = []understanding.Doubt{{Field: understanding.FieldPlace, Kind: understanding.UnknownPlace, Text: name}}
			return true
		}
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
	km, where := "", ""
	if d.Draft.Place != nil {
		where = d.Draft.Place.Name
	}
	if d.Wishes.Radius != nil {
		km = w.T("settings.choice.km", "KM", kilometres(*d.Wishes.Radius))
	}
	when, how := "", ""
	if d.Wishes.Slots != 0 {
		when = w.Slots(d.Wishes.Slots)
	}
	if d.Wishes.Cadence != "" {
		how = w.T("settings.cadence." + string(d.Wishes.Cadence))
	}
	r := text(w.T("join.interests", "Place", join(", ", where, km, when, how)))
	r.Choices = append(r.Choices, choice(w, "all", "choice.everything"))
	for _, c := range interests {
		if slices.Contains(env.Off, c) {
			continue
		}
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
	wishes := understanding.ReadWishes(in.Text(), env.Now)
	took := d.wish(&wishes)
	for part := range strings.FieldsFuncSeq(in.Text(), func(r rune) bool { return r == ',' || r == ';' || r == '+' || r == '&' || r == '/' }) {
		for word := range strings.SplitSeq(part, " und ") {
			if c, ok := channels.Pick(word, offered); ok && add(c.Key) {
				took = true
				continue
			}
			m := *in.Said
			m.Text = word
			for _, c := range b.topics(&m, env) {
				took = add("cat:"+string(c)) || took
			}
		}
	}
	return took
}

func (b *Book) hearSaved(d subscribeDraft, in conversations.Input, env conversations.Env) conversations.Turn[subscribeDraft] {
	w := b.say(env)
	r := b.saved(in.Fact, env)
	if bad, ok := b.impossible(d.Wishes.Bad, env); ok {
		r.Text += "\n" + bad.Text
	}
	if s, ok := in.Fact.(SubscriptionSaved); ok && s.First && !slices.Contains(d.Asked, qWhere) && !slices.Contains(d.Asked, allStep) {
		r.Text += "\n" + w.T("join.consent_given")
	}
	return conversations.Turn[subscribeDraft]{Data: d, End: true, Say: []channels.Reply{r}}
}

// saved says in one message what a new subscription is about.
func (b *Book) saved(fact conversations.Fact, env conversations.Env) channels.Reply {
	w := b.say(env)
	var r channels.Reply
	switch fact := fact.(type) {
	case SubscriptionSaved:
		s := fact.Subscription
		r.Text = w.T("join.done", "Place", s.Place.Name, "KM", kilometres(s.Radius), "About", aboutOf(w, s.Categories), "When", w.Slots(s.Slots))
		r.Text += " " + w.T("join.cadence."+string(s.Cadence), "Count", fact.PerWeek)
		if fact.Matches > 0 {
			r.Text += "\n" + w.T("join.matches", "Count", fact.Matches)
		}
		r.Text += nearerLine(w, fact.Nearer, s.Place.Name)
		if fact.First {
			r.Text += "\n" + w.T("join.change")
		}
	case Refused:
		r.Text = w.T("refused." + string(fact.Why))
	}
	return r
}
