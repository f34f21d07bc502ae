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

// PublishConsent is the version of the text people agree to by publishing.
const PublishConsent = "publish-1"

// postDraft is a posting on its way.
type postDraft struct {
	trail
	Draft        understanding.Draft   `json:"draft"`
	Posting      matching.Posting      `json:"posting,omitzero"` // the one being changed
	Actor        matching.Actor        `json:"actor,omitempty"`
	Organisation string                `json:"organisation,omitempty"`
	Carrier      string                `json:"carrier,omitempty"`
	ForWhom      bool                  `json:"for_whom,omitempty"` // it is settled for whom
	AnyTime      bool                  `json:"any_time,omitempty"`
	AnyNumber    bool                  `json:"any_number,omitempty"`
	Doubts       []understanding.Doubt `json:"doubts,omitempty"`
	Heard        bool                  `json:"heard,omitempty"` // something was said to begin with
	Me           Me                    `json:"me,omitzero"`
}

// The questions of a posting, by the names of their steps.
const (
	qWhat    = "what"
	qPlace   = "place"
	qWhen    = "when"
	qHelpers = "helpers"
	qCarrier = "carrier"
	qName    = "carrier_name"
)

func (b *Book) post() conversations.Runner {
	f := &form[postDraft, *postDraft]{book: b, name: Post, version: 1}
	f.questions = []question[postDraft]{
		{qWhat, b.postNeedsWhat, b.askWhat, b.parseWhat},
		{qPlace, postNeedsPlace, b.askPostPlace, b.parsePostPlace},
		{qWhen, postNeedsWhen, b.askWhen, b.parseWhen},
		{qHelpers, postNeedsHelpers, b.askHelpers, b.parseHelpers},
		{qCarrier, postNeedsCarrier, b.askCarrier, b.parseCarrier},
		{qName, postNeedsName, b.askCarrierName, b.parseCarrierName},
	}
	f.take = b.takePost
	f.review = question[postDraft]{name: reviewStep, ask: b.askReview}
	f.decide = b.decidePost(f)
	f.open = b.openPost
	f.steps = map[string]conversations.Step[postDraft]{
		"me": {Hear: func(d postDraft, in conversations.Input, env conversations.Env) conversations.Turn[postDraft] {
			if me, ok := in.Fact.(Me); ok {
				d.Me = me
				d.settleCarrier()
			}
			return f.next(d, env)
		}},
		"published": {Hear: b.hearPublished(f)},
		"edit":      {Ask: b.askEdit, Hear: b.hearEdit(f)},
	}
	f.topic = func(d postDraft, _ conversations.Env) string { return d.Draft.Title }
	return conversations.Run(f.flow())
}

// openPost begins with what was said, and asks who is speaking before it asks anything else.
func (b *Book) openPost(o conversations.Opening, env conversations.Env) conversations.Turn[postDraft] {
	var d postDraft
	switch kind, _, _ := strings.Cut(o.Args, " "); kind {
	case string(matching.Offer):
		d.Draft.Kind = matching.Offer
	default:
		d.Draft.Kind = matching.Need
	}
	if o.Said != nil && o.Said.Text != "" && o.Said.Kind != channels.Press && !strings.HasPrefix(o.Said.Text, "/") {
		b.takePost(&d, conversations.Input{Said: o.Said}, env, "")
	}
	return conversations.Turn[postDraft]{Data: d, Next: "me", Do: []conversations.Command{WhoAmI{}}}
}

// settleCarrier answers "für wen?" from what was said and from what is known.
func (d *postDraft) settleCarrier() {
	if d.ForWhom {
		return
	}
	if d.Draft.Actor == matching.Person {
		d.Actor, d.ForWhom = matching.Person, true
		return
	}
	if d.Draft.Carrier != "" {
		for _, o := range d.Me.Organisations {
			if channels.Fold(o.Name) == channels.Fold(d.Draft.Carrier) {
				d.Organisation, d.Carrier, d.Actor, d.ForWhom = o.ID, o.Name, o.Actor, true
				return
			}
		}
		if a := d.Draft.Actor; a != "" && a != matching.UnknownActor {
			d.Carrier, d.Actor, d.ForWhom = d.Draft.Carrier, a, true
		}
		return
	}
	for _, o := range d.Me.Organisations {
		if len(d.Me.Organisations) == 1 || o.ID == d.Me.Last {
			d.Organisation, d.Carrier, d.Actor, d.ForWhom = o.ID, o.Name, o.Actor, true
			return
		}
	}
}

// takePost reads a message into the draft. What was there stays unless it is corrected.
func (b *Book) takePost(d *postDraft, in conversations.Input, env conversations.Env, expect string) bool {
	if in.Said == nil || strings.TrimSpace(in.Said.Text) == "" {
		return false
	}
	var base *understanding.Draft
	if d.Heard {
		base = &d.Draft
	}
	kind := understanding.Intent(d.Draft.Kind)
	r := b.read(in.Said, env, fieldOf(expect), base, kind)
	if base != nil && len(r.Changed) == 0 && len(r.Doubts) == 0 {
		return false
	}
	was := d.Draft.Kind
	d.Draft, d.Doubts, d.Heard = r.Draft, r.Doubts, true
	if d.Draft.Kind == "" {
		d.Draft.Kind = was
	}
	if base == nil {
		return len(r.Found) > 0 || d.Draft.Title != ""
	}
	if slices.Contains(r.Changed, understanding.FieldCarrier) || slices.Contains(r.Changed, understanding.FieldActor) {
		d.ForWhom = false
		d.settleCarrier()
	}
	return true
}

func fieldOf(question string) understanding.Field {
	switch question {
	case qPlace:
		return understanding.FieldPlace
	case qWhen:
		return understanding.FieldTime
	case qHelpers:
		return understanding.FieldHelpers
	case qCarrier, qName:
		return understanding.FieldCarrier
	}
	return understanding.FieldNone
}

func (d *postDraft) doubt(f ...understanding.Field) (understanding.Doubt, bool) {
	for _, x := range d.Doubts {
		if slices.Contains(f, x.Field) {
			return x, true
		}
	}
	return understanding.Doubt{}, false
}

func (d *postDraft) settle(f ...understanding.Field) {
	d.Doubts = slices.DeleteFunc(d.Doubts, func(x understanding.Doubt) bool { return slices.Contains(f, x.Field) })
}

// posting is what the draft comes to.
func (d *postDraft) posting(env conversations.Env) matching.Posting {
	p := d.Posting
	x := d.Draft
	p.Kind, p.Title, p.Description, p.Category, p.Tasks = x.Kind, x.Title, x.Description, x.Category, x.Tasks
	if p.Category == "" {
		p.Category = matching.OtherCategory
	}
	if x.Place != nil {
		p.Place = *x.Place
	}
	p.Dates, p.Recurrence, p.Flexible = x.Dates, x.Recurrence, x.Flexible
	p.Places, p.PlacesMin = 0, 0
	if x.Helpers != nil && !d.AnyNumber {
		p.Places = *x.Helpers
	}
	if x.HelpersMin != nil {
		p.PlacesMin = *x.HelpersMin
	}
	p.Required, p.Welcome = x.Required, x.Welcome
	if x.MinAge != nil {
		p.MinAge = *x.MinAge
	}
	if x.Radius != nil {
		p.Radius = *x.Radius
	}
	p.Things, p.GroupMin, p.GroupMax = x.Things, x.GroupMin, x.GroupMax
	if x.StepFree {
		yes := true
		p.Accessible = &yes
	}
	p.Actor, p.Organisation, p.Carrier = d.Actor, d.Organisation, d.Carrier
	if p.Front == "" {
		p.Front = env.Front
	}
	p.AutoAccept = p.Kind == matching.Need && p.Dated() && len(p.Required) == 0 && p.MinAge == 0
	return p
}

// decidePost performs what was picked under the summary.
func (b *Book) decidePost(f *form[postDraft, *postDraft]) func(postDraft, conversations.Input, conversations.Env) (conversations.Turn[postDraft], bool) {
	return func(d postDraft, in conversations.Input, env conversations.Env) (conversations.Turn[postDraft], bool) {
		w := b.say(env)
		switch in.Picked {
		case "publish":
			cmd := Publish{Posting: d.posting(env), Consent: PublishConsent}
			if d.Organisation == "" && d.Actor != matching.Person {
				cmd.Carrier = d.Carrier
			}
			return conversations.Turn[postDraft]{Data: d, Next: "published", Do: []conversations.Command{cmd}}, true
		case "change":
			return conversations.Turn[postDraft]{Data: d, Next: "edit"}, true
		case "discard":
			return conversations.Turn[postDraft]{Data: d, End: true, Say: []channels.Reply{text(w.T("post.discarded"))}}, true
		}
		return conversations.Turn[postDraft]{}, false
	}
}

// hearPublished tells what became of the posting.
func (b *Book) hearPublished(f *form[postDraft, *postDraft]) func(postDraft, conversations.Input, conversations.Env) conversations.Turn[postDraft] {
	return func(d postDraft, in conversations.Input, env conversations.Env) conversations.Turn[postDraft] {
		w := b.say(env)
		switch fact := in.Fact.(type) {
		case Published:
			return conversations.Turn[postDraft]{Data: d, End: true, Say: []channels.Reply{b.publishedReply(fact, env)}}
		case Refused:
			if fact.Why == TakenName {
				d.ForWhom, d.Carrier, d.Draft.Carrier, d.Actor = false, "", "", ""
				return f.next(d, env, text(w.T("refused.taken_name")))
			}
			return conversations.Turn[postDraft]{Data: d, End: true, Say: []channels.Reply{text(w.T("refused." + string(fact.Why)))}}
		}
		return f.next(d, env)
	}
}

func (b *Book) publishedReply(fact Published, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := fact.Posting
	var said string
	switch {
	case fact.Waits:
		said = w.T("post.waits")
	case !fact.New && fact.Accepted > 0:
		said = w.T("post.changed_told", "Count", fact.Accepted)
	case !fact.New:
		said = w.T("post.changed")
	case fact.Asked > 0:
		said = w.T("post.published", "Count", fact.Asked)
	default:
		said = w.T("post.published_none")
	}
	r := channels.Reply{Text: said + "\n" + w.T("post.code", "Code", p.Code), Thread: "posting:" + p.ID}
	r.Choices = []channels.Choice{choice(w, "/"+Show+" "+p.ID, "choice.show")}
	return r
}

// askEdit asks what should be different.
func (b *Book) askEdit(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("post.edit"))
	for _, q := range []string{qWhat, qWhen, qPlace, qHelpers, qCarrier} {
		r.Choices = append(r.Choices, choice(w, q, "post.edit."+q))
	}
	r.Choices = append(r.Choices, choice(w, "ready", "post.edit.ready"))
	return r
}

func (b *Book) hearEdit(f *form[postDraft, *postDraft]) func(postDraft, conversations.Input, conversations.Env) conversations.Turn[postDraft] {
	return func(d postDraft, in conversations.Input, env conversations.Env) conversations.Turn[postDraft] {
		switch {
		case in.Said == nil || in.Word == conversations.Back || in.Picked == "ready":
			return f.next(d, env)
		case in.Picked != "":
			d.Force = in.Picked
			return f.next(d, env)
		case b.takePost(&d, in, env, ""):
			return f.next(d, env)
		}
		return conversations.Turn[postDraft]{Data: d, Missed: true}
	}
}

// askReview shows what was understood.
func (b *Book) askReview(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := d.posting(env)
	if p.Carrier == "" && p.Actor == matching.Person {
		p.Carrier = w.T("card.private")
	}
	r := channels.Reply{
		Title:   title(w, &p),
		Text:    w.T("post.understood") + "\n" + indent(card(w, &p, env)) + "\n" + w.T("post.publish"),
		Choices: []channels.Choice{choice(w, "publish", "choice.yes"), choice(w, "change", "choice.change"), choice(w, "discard", "choice.discard")},
	}
	return r
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }

// understood is the summary that goes before the first question, so that people see at once what was read.
func (b *Book) understood(d postDraft, env conversations.Env) string {
	if len(d.Asked) > 1 || !d.Heard || d.Draft.Title == "" {
		return ""
	}
	w := b.say(env)
	p := d.posting(env)
	return w.T("post.understood") + "\n" + indent(card(w, &p, env)) + "\n"
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }
