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

// MaxPrivate is how long each of what only accepted people learn may be, in characters.
const MaxPrivate = 400

// Questions that are asked only when somebody wants to change the answer.
const (
	qAddress    = "address"
	qPrivate    = "private"
	qContact    = "contact"
	qConditions = "conditions"
)

// furtherQuestions are never open by themselves.
func (b *Book) furtherQuestions() []question[postDraft] {
	never := func(postDraft, conversations.Env) bool { return false }
	var qs []question[postDraft]
	for _, name := range []string{qAddress, qPrivate, qContact} {
		qs = append(qs, question[postDraft]{
			name, never,
			func(_ postDraft, env conversations.Env) channels.Reply { return text(b.say(env).T("post.ask." + name)) },
			func(d *postDraft, in conversations.Input, env conversations.Env) bool {
				return b.parsePrivate(d, in, env, name)
			},
		})
	}
	return append(qs, question[postDraft]{qConditions, never, b.askConditions, b.parseConditions})
}

// parsePrivate takes any words as the answer; "nichts" takes away what was there.
func (b *Book) parsePrivate(d *postDraft, in conversations.Input, env conversations.Env, name string) bool {
	if in.Said == nil || in.Picked != "" {
		return false
	}
	if d.takeLabels(in.Said.Text) {
		return true
	}
	said := strings.TrimSpace(in.Text())
	if said == "" {
		return false
	}
	if _, none := channels.Pick(said, []channels.Choice{choice(b.say(env), "none", "choice.nothing")}); none {
		said = ""
	}
	said = clip(said, MaxPrivate)
	switch name {
	case qAddress:
		d.Posting.Address = said
	case qPrivate:
		d.Posting.Private = said
	case qContact:
		d.Posting.Contact = said
	}
	return true
}

// takeLabels takes "Treffpunkt: …" and the like into what only accepted people learn.
func (d *postDraft) takeLabels(said string) bool {
	labels, _ := understanding.ReadLabels(said)
	for label, value := range labels {
		value = clip(value, MaxPrivate)
		switch label {
		case understanding.LabelAddress:
			d.Posting.Address = value
		case understanding.LabelPrivate:
			d.Posting.Private = value
		case understanding.LabelContact:
			d.Posting.Contact = value
		}
	}
	return len(labels) > 0
}

// takeAside takes what can be said at any question and is never the answer to one: "Treffpunkt: …" and
// "noch zwei mehr".
func (d *postDraft) takeAside(said string) bool {
	_, rest := understanding.ReadLabels(said)
	return rest == "" && d.takeLabels(said) || d.Heard && d.takeResize(said)
}

// unlabelled is a message without what only accepted people may learn, so that nothing of it is published.
func unlabelled(said *channels.Message) *channels.Message {
	if said == nil {
		return nil
	}
	labels, rest := understanding.ReadLabels(said.Text)
	if len(labels) == 0 {
		return said
	}
	m := *said
	m.Text = rest
	return &m
}

// conditions are those that can be picked; anything else is written.
var conditions = []string{
	"age:16", "age:18", "need:" + string(matching.DrivingLicenceB), "need:" + string(matching.FirstAid), "need:" + string(matching.PoliceClearance),
	"access:yes", "access:no", "clear",
}

func (b *Book) askConditions(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("post.ask.conditions"))
	for _, key := range conditions {
		kind, value, _ := strings.Cut(key, ":")
		c := channels.Choice{Key: key}
		switch kind {
		case "age":
			c.Label = w.T("card.min_age", "Age", value)
		case "need":
			c.Label = w.Qualification(matching.Qualification(value))
		case "access":
			c = choice(w, key, "post.access."+value)
		default:
			c = choice(w, key, "post.no_conditions")
		}
		r.Choices = append(r.Choices, c)
	}
	return r
}

// parseConditions takes a picked condition; picking a qualification again takes it away.
func (b *Book) parseConditions(d *postDraft, in conversations.Input, env conversations.Env) bool {
	kind, value, _ := strings.Cut(in.Picked, ":")
	x := &d.Draft
	switch kind {
	case "age":
		n := atoi(value)
		x.MinAge = &n
	case "need":
		q := matching.Qualification(value)
		if i := slices.Index(x.Required, q); i >= 0 {
			x.Required = slices.Delete(slices.Clone(x.Required), i, i+1)
		} else {
			x.Required = append(slices.Clone(x.Required), q)
			x.Welcome = slices.DeleteFunc(slices.Clone(x.Welcome), func(o matching.Qualification) bool { return o == q })
		}
	case "access":
		yes := value == "yes"
		d.Posting.Accessible, x.StepFree = &yes, yes
	case "clear":
		x.MinAge, x.Required, x.Welcome = nil, nil, nil
	default:
		if n, err := strconv.Atoi(strings.TrimSpace(in.Text())); err == nil && n >= 1 && n <= 99 {
			x.MinAge = &n
			return true
		}
		return false // takePost reads it as a correction
	}
	d.bound()
	_ = env
	return true
}
