package flows

import (
	"regexp"
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
	Guessed      bool                  `json:"guessed,omitempty"`  // who speaks is a guess of the reader
	AnyTime      bool                  `json:"any_time,omitempty"`
	AnyNumber    bool                  `json:"any_number,omitempty"`
	Doubts       []understanding.Doubt `json:"doubts,omitempty"`
	Heard        bool                  `json:"heard,omitempty"` // something was said to begin with
	Me           Me                    `json:"me,omitzero"`
	Rest         string                `json:"rest,omitempty"`    // said beside "wie letztes Mal"
	Again        bool                  `json:"again,omitempty"`   // "wie letztes Mal"
	Clipped      bool                  `json:"clipped,omitempty"` // the title was too long
	Said         string                `json:"said,omitempty"`    // what was taken last
	Taken        OrganisationOf        `json:"taken,omitzero"`    // has the name that was given
}

// carried reads a last line that says for whom it is, as forms and signatures do: "Verein: Liederkranz Brand".
var carried = regexp.MustCompile(`(?i)(?:^|[.!?\n]\s*)(verein|organisation|veranstalter|träger|firma|schule|initiative)\s*:\s*([^\n.:]{2,60}?)\.?\s*$`)

type postTurn = conversations.Turn[postDraft]

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
	f.questions = append(f.questions, b.furtherQuestions()...)
	f.take, f.intro, f.wide = b.takePost, b.understood, []string{qWhat, qName}
	f.sure, f.hint, f.yes = func(d postDraft, _ conversations.Env) bool { return d.Posting.ID == "" }, "post.sure", "publish"
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
		"reopened":  {Hear: b.hearReopened(f)},
		"taken":     {Ask: b.askTaken, Hear: b.hearTaken(f)},
	}
	f.topic = func(d postDraft, _ conversations.Env) string { return d.Draft.Title }
	return conversations.Run(f.flow())
}

// openPost begins with what was said, and asks who is speaking before it asks anything else.
func (b *Book) openPost(o conversations.Opening, env conversations.Env) conversations.Turn[postDraft] {
	if t, ok := b.reopen(o); ok {
		return t
	}
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

// takePost reads a message into the draft. What was there stays unless it is corrected.
func (b *Book) takePost(d *postDraft, in conversations.Input, env conversations.Env, expect string) bool {
	if in.Said == nil || strings.TrimSpace(in.Said.Text) == "" {
		return false
	}
	if (expect == qCarrier || expect == qName) && b.noName(firstLine(in.Said.Text), env) {
		return false
	}
	if (expect == qCarrier || expect == qName) && clocked.MatchString(in.Said.Text) {
		expect = ""
	}
	if len(in.Said.Text) > 20 && in.Said.Text == d.Said {
		return true // the same once more: nothing changes
	}
	if q, ok := b.editNamed(in.Said.Text, env); ok && d.Heard && expect == "" {
		d.Force = q
		return true
	}
	took := d.takeLabels(in.Said.Text)
	took = d.takeTerms(in.Said.Text) || took
	defer d.takeTerms(in.Said.Text) // what is lent or who comes may be known only now
	said := unlabelled(in.Said)
	if strings.TrimSpace(said.Text) == "" {
		return took
	}
	if d.Heard && d.takeResize(said.Text) {
		return true
	}
	var base *understanding.Draft
	if d.Heard {
		base = &d.Draft
	}
	kind := understanding.Intent(d.Draft.Kind)
	r := b.read(said, env, fieldOf(expect), base, kind)
	if base != nil && expect == "" && aboutNames(r) && b.takeCarrier(d, said, env) {
		return true
	}
	if base != nil && len(r.Changed) == 0 && len(r.Doubts) == 0 {
		return took
	}
	d.Said = in.Said.Text
	before := d.Draft
	defer d.outdate(&before)
	was := d.Draft.Kind
	d.Draft, d.Doubts, d.Heard = r.Draft, r.Doubts, true
	if d.Draft.Kind == "" {
		d.Draft.Kind = was
	}
	d.Clipped = false
	d.keepEnd(&before, env)
	if m := carried.FindStringSubmatch(said.Text); m != nil && base == nil {
		d.Draft.Carrier = strings.TrimSpace(m[2])
		if a := map[string]matching.Actor{"verein": matching.Club, "firma": matching.Company, "schule": matching.School, "initiative": matching.Initiative}[channels.Fold(m[1])]; a != "" {
			d.Draft.Actor = a
		}
	}
	if expect == qPlace && len(r.Changed) > 0 && r.Draft.Place == nil {
		d.Doubts = placeAside(d.Doubts, said.Text)
	}
	if slices.Contains(r.Changed, understanding.FieldHelpers) {
		d.AnyNumber = false
	}
	d.takeGroup(said.Text)
	d.bound()
	if base == nil {
		d.Guessed = guessed(r, understanding.FieldActor)
		return took || len(r.Found) > 0 || d.Draft.Title != ""
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
	case qConditions:
		return understanding.FieldQualifications
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
	p.Dates, p.Recurrence, p.Flexible = slices.Clone(x.Dates), x.Recurrence, x.Flexible
	for i := range p.Dates {
		if p.Dates[i].Start.IsZero() { // only the end was said: from now on
			p.Dates[i].Start = env.Now
		}
	}
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
	d.lend(&p)
	return p
}

// decidePost performs what was picked under the summary.
func (b *Book) decidePost(f *form[postDraft, *postDraft]) func(postDraft, conversations.Input, conversations.Env) (conversations.Turn[postDraft], bool) {
	return func(d postDraft, in conversations.Input, env conversations.Env) (conversations.Turn[postDraft], bool) {
		w := b.say(env)
		switch in.Picked {
		case "publish":
			if d.over(env) {
				return f.next(d, env), true
			}
			cmd := Publish{Posting: d.posting(env), Consent: PublishConsent}
			if d.Organisation == "" && d.Actor != matching.Person {
				cmd.Carrier = d.Carrier
			}
			return conversations.Turn[postDraft]{Data: d, Next: "published", Do: []conversations.Command{cmd}}, true
		case "change":
			if in.Rest != "" { // "nein, Sonntag"
				if said := rest(in); b.takePost(&d, said, env, "") {
					return f.next(d, env), true
				}
			}
			return conversations.Turn[postDraft]{Data: d, Next: "edit"}, true
		case "discard":
			key := "post.discarded"
			if d.Posting.ID != "" {
				key = "post.kept"
			}
			return conversations.Turn[postDraft]{Data: d, End: true, Say: []channels.Reply{text(w.T(key))}}, true
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
			return conversations.Turn[postDraft]{Data: d, End: true, Say: []channels.Reply{b.seen(d, b.publishedReply(fact, env), &fact, env)}}
		case Refused:
			return b.notPublished(f, d, fact, env)
		case AskedIn:
			key := "org.asked_draft"
			if fact.Told == 0 {
				key = "org.asked_nobody"
			}
			d.Organisation, d.Carrier, d.Actor = fact.Organisation.ID, fact.Organisation.Name, fact.Organisation.Actor
			return f.next(d, env, text(w.T(key, "Organisation", fact.Organisation.Name)))
		}
		return f.next(d, env)
	}
}

// seen shows what was published to whoever has not seen the summary.
func (b *Book) seen(d postDraft, r channels.Reply, fact *Published, env conversations.Env) channels.Reply {
	if d.Sure {
		w := b.say(env)
		r.Text = w.T("post.understood") + "\n" + indent(card(w, &fact.Posting, env)) + "\n" + r.Text
	}
	return r
}

func (b *Book) publishedReply(fact Published, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := fact.Posting
	var said string
	switch {
	case fact.Edited:
		said = w.T("post.edited")
	case fact.Waits:
		said = w.T("post.waits")
		if fact.Check {
			said = w.T("post.waits_check")
		}
		if !fact.New {
			said = w.T("post.waits_again")
		}
	case !fact.New && fact.Accepted > 0:
		said = w.T("post.changed_told", "Count", fact.Accepted)
	case !fact.New:
		said = w.T("post.changed")
	case fact.Asked > 0:
		said = w.T("post.published", "Count", fact.Asked)
	case fact.Quiet:
		said = w.T("post.published_quiet")
	case fact.Later:
		said = w.T("post.published_later")
	case fact.Digests > 0:
		said = w.T("post.published_digests", "Count", fact.Digests)
	default:
		said = w.T("post.published_none")
	}
	if fact.New && !fact.By.IsZero() {
		said += " " + w.T("post.by", "When", moment(w, fact.By, env))
	}
	if fact.New {
		said += nearerLine(w, fact.Nearer, p.Place.Name)
	}
	if fact.New && p.Lent() {
		said += "\n" + w.T("post.lent")
	}
	r := channels.Reply{Text: said + "\n" + w.T("post.code", "Code", p.Code), Thread: "posting:" + p.ID}
	if fact.Edited {
		return text(said)
	}
	r.Choices = []channels.Choice{choice(w, "/"+Mine+" show "+p.ID, "choice.show")}
	return r
}

// askEdit asks what should be different.
func (b *Book) askEdit(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("post.edit"))
	for _, q := range edits() {
		if q == qHelpers && d.Draft.Kind == matching.Offer {
			continue
		}
		r.Choices = append(r.Choices, choice(w, q, "post.edit."+q))
	}
	r.Choices = append(r.Choices, choice(w, "ready", "post.edit.ready"))
	return r
}

// edits are the questions that can be asked again, as they are offered.
func edits() []string {
	return []string{qWhat, qWhen, qPlace, qHelpers, qCarrier, qAddress, qPrivate, qContact, qConditions}
}

// editNamed is the question that was named instead of answered: "Treffpunkt" below the summary.
func (b *Book) editNamed(said string, env conversations.Env) (string, bool) {
	w, named := b.say(env), channels.Fold(said)
	for _, q := range edits() {
		if channels.Fold(w.T("post.edit."+q)) == named {
			return q, true
		}
	}
	return "", false
}

func (b *Book) hearEdit(f *form[postDraft, *postDraft]) func(postDraft, conversations.Input, conversations.Env) conversations.Turn[postDraft] {
	return func(d postDraft, in conversations.Input, env conversations.Env) conversations.Turn[postDraft] {
		switch {
		case in.Said == nil || in.Word == conversations.Back || in.Picked == "ready":
			return f.next(d, env)
		case in.Picked != "" && in.Rest != "" && b.takePost(&d, rest(in), env, in.Picked):
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
	intro, question := "post.understood", "post.publish"
	switch {
	case d.Posting.ID != "":
		intro, question = "post.changing", "post.save"
	case d.Again:
		intro = "post.again"
	}
	said := w.T(intro) + "\n" + indent(card(w, &p, env)+onlyAcceptedLines(w, &p)) + "\n" + b.termsHint(&p, env)
	if d.Clipped {
		said += w.T("post.clipped", "Max", MaxTitle) + "\n"
	}
	r := channels.Reply{
		Title:   title(w, &p),
		Text:    said + w.T(question),
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

// rest is what was said behind a choice, as if it had been said alone.
func rest(in conversations.Input) conversations.Input {
	m := *in.Said
	m.Text = in.Rest
	return conversations.Input{Said: &m}
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

func itoa(n int) string { return strconv.Itoa(n) }

// keepEnd keeps the end of the only date where a correction names another beginning on the same day before it and says
// nothing of the end.
func (d *postDraft) keepEnd(before *understanding.Draft, env conversations.Env) {
	if len(before.Dates) != 1 || len(d.Draft.Dates) != 1 {
		return
	}
	was, is := before.Dates[0], &d.Draft.Dates[0]
	sameDay := midnight(was.Start.In(env.Zone)).Equal(midnight(is.Start.In(env.Zone)))
	if was.AllDay || is.AllDay || was.End.IsZero() || !is.End.IsZero() || !sameDay || !is.Start.Before(was.End) {
		return
	}
	is.End = was.End
	d.Draft.End = understanding.Moment{T: was.End}
}
