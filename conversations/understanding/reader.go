package understanding

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

// Reader understands messages. It may be used by any number of goroutines; but for the places it knows it never changes.
type Reader struct {
	tab   *tables
	mail  mailRules
	text  textRules
	known atomic.Pointer[places.Gazetteer]
	typos typos
}

// New loads the lexicons, which takes some milliseconds. Without a gazetteer no places are found.
func New(g *places.Gazetteer) (*Reader, error) {
	t, err := loadTables()
	if err != nil {
		return nil, fmt.Errorf("understanding: %w", err)
	}
	r := &Reader{tab: t, mail: newMailRules(), text: newTextRules(), typos: newTypos(t)}
	r.SetPlaces(g)
	return r, nil
}

// SetPlaces lets the reader know other places from now on: landmarks came or went.
func (r *Reader) SetPlaces(g *places.Gazetteer) { r.known.Store(g) }

// gazetteer is what the reader knows of places, nil for nothing.
func (r *Reader) gazetteer() *places.Gazetteer { return r.known.Load() }

// Read understands one message.
func (r *Reader) Read(req Request) Reading {
	m := r.message(req)
	if req.Kind == Answer {
		return Reading{Lang: m.lang, Plain: m.plain, Intent: Answer, IntentConfidence: 1, Condition: r.condition(m)}
	}
	if req.Expect != FieldNone || req.Base != nil {
		return r.form(m)
	}
	out := Reading{Lang: m.lang, Plain: m.plain}
	intent, conf := r.intent(m)
	out.Intent, out.IntentConfidence = intent, conf
	if (intent == Other || conf < 0.8) && m.body.words() <= 20 {
		if c := r.condition(m); m.conditional(c) {
			out.Intent, out.Condition = Answer, c
			return out
		}
	}
	if req.Kind != "" {
		out.Intent, out.IntentConfidence = req.Kind, 1
	}
	r.fill(m, &out)
	return out
}

func (r *Reader) message(req Request) *message {
	if len(req.Text) > maxText {
		req.Text = strings.ToValidUTF8(req.Text[:maxText], "")
	}
	m := &message{req: req, tab: r.tab}
	body, sign := r.trimmed(req.Text, req.Channel == "email" || req.Subject != "")
	m.body, m.sign, m.subj = r.part(body), r.part(sign), r.part(subjectOf(req.Subject))
	m.lang, m.plain = m.language(req.Lang)
	m.body.english = m.lang == "en"
	m.tp = m.timeParser(r, m.body)
	return m
}

// fill reads every field of a message whose intent is known.
func (r *Reader) fill(m *message, out *Reading) {
	d := &out.Draft
	switch out.Intent {
	case Need:
		d.Kind = matching.Need
	case Offer:
		d.Kind = matching.Offer
	}
	r.readTime(m, out)
	r.readPlace(m, out)
	r.readPeople(m, out)
	r.readQualifications(m, out)
	r.readCategory(m, out)
	r.readActor(m, out)
	r.readRadius(m, out)
	r.readAge(m, out)
	r.readTitle(m, out)
	if d.Category == matching.ResourcesLending && (out.Intent == Offer || !out.ruledBy(FieldHelpers, "altogether", "vacant places")) {
		d.Helpers, d.HelpersMin = nil, nil // things are counted, not people
	}
}

func (m *message) timeParser(r *Reader, p part) *timeParser {
	now := m.req.Now
	return &timeParser{ts: p.ts, tab: r.tab.time, today: civilAt(now), lang: m.lang}
}

// readTime reads the body, and the subject where the body names no day.
func (r *Reader) readTime(m *message, out *Reading) {
	tp := m.timeParser(r, m.body)
	atoms := tp.parse()
	p := m.body
	if !hasDay(atoms) && len(m.subj.ts) > 0 {
		sp := m.timeParser(r, m.subj)
		if hasDay(sp.parse()) {
			joined := r.part(m.subj.text + "\n" + m.body.text)
			jp := m.timeParser(r, joined)
			jp.parse()
			tp, p = jp, joined
		}
	}
	t := tp.plan(out.Intent, m.req.Now, p.sentence)
	d := &out.Draft
	d.Start, d.End, d.Dates, d.Recurrence = t.start, t.end, t.dates, t.rrule
	d.Flexible, d.Deadline, d.Slots = t.flexible, t.deadline, t.slots
	out.Until, out.Cadence = t.until, t.cadence
	out.Doubts = append(out.Doubts, t.doubts...)
	for _, a := range t.used {
		f := Found{Field: FieldTime, From: -1, To: -1, Rule: a.rule, Confidence: 0.95, Value: tp.text(a.first, a.last)}
		if p.text == m.body.text {
			f.From, f.To = p.span(a.first, a.last)
		}
		switch a.kind {
		case flexAtom:
			f.Field = FieldFlexible
		case recurAtom:
			f.Field = FieldRecurrence
		}
		out.Found = append(out.Found, f)
	}
}

func hasDay(atoms []atom) bool {
	for _, a := range atoms {
		if a.kind == dayAtom && a.role == eventTime || a.kind == recurAtom {
			return true
		}
	}
	return false
}

// ruledBy tells that a field was found by one of the rules.
func (r *Reading) ruledBy(field Field, rules ...string) bool {
	return slices.ContainsFunc(r.Found, func(f Found) bool { return f.Field == field && slices.Contains(rules, f.Rule) })
}
