package understanding

import (
	"slices"
	"strings"

	"ehrenamt/matching"
)

// merge takes over what was said.
func (f *formReader) merge() {
	d := &f.said.Draft
	if d.Helpers != nil {
		f.base.Helpers, f.base.HelpersMin = d.Helpers, d.HelpersMin
		f.changed(FieldHelpers)
	}
	if d.MinAge != nil {
		f.base.MinAge = d.MinAge
		f.changed(FieldMinAge)
	}
	if d.Radius != nil {
		f.base.Radius = d.Radius
		f.changed(FieldRadius)
	}
	if d.GroupMax > 0 {
		f.base.GroupMin, f.base.GroupMax = d.GroupMin, d.GroupMax
		f.changed(FieldGroup)
	}
	f.mergeQualifications(d)
	strong := d.Category != "" && d.Category != matching.OtherCategory
	if strong && (f.m.req.Expect == FieldCategory || f.base.Category == "" && f.m.req.Base == nil || f.out.Intent == Subscribe || f.out.Intent == Search) {
		f.base.Category, f.base.Categories, f.base.Tasks = d.Category, d.Categories, d.Tasks
		f.changed(FieldCategory)
	}
	if f.m.req.Expect == FieldActor && d.Actor != matching.UnknownActor && d.Actor != "" {
		f.base.Actor = d.Actor
		f.changed(FieldActor)
	}
}

// mergeQualifications adds what is named, and removes what is said not to be needed.
func (f *formReader) mergeQualifications(d *Draft) {
	p := f.m.body
	for _, h := range outermost(p.of("qualifications")) {
		q := matching.Qualification(h.value)
		if p.notAsked(h) && (slices.Contains(f.base.Required, q) || slices.Contains(f.base.Welcome, q)) {
			is := func(x matching.Qualification) bool { return x == q }
			f.base.Required = slices.DeleteFunc(slices.Clone(f.base.Required), is)
			f.base.Welcome = slices.DeleteFunc(slices.Clone(f.base.Welcome), is)
			f.changed(FieldQualifications)
		}
	}
	if f.m.req.Expect == FieldQualifications && len(d.Required)+len(d.Welcome) == 0 && p.any("cues", "not") {
		f.base.Required, f.base.Welcome = nil, nil
		f.changed(FieldQualifications)
	}
	for _, q := range d.Required {
		f.base.Welcome = slices.DeleteFunc(slices.Clone(f.base.Welcome), func(x matching.Qualification) bool { return x == q })
		if !slices.Contains(f.base.Required, q) {
			f.base.Required = append(slices.Clone(f.base.Required), q)
			f.changed(FieldQualifications)
		}
	}
	for _, q := range d.Welcome {
		f.base.Required = slices.DeleteFunc(slices.Clone(f.base.Required), func(x matching.Qualification) bool { return x == q })
		if !slices.Contains(f.base.Welcome, q) {
			f.base.Welcome = append(slices.Clone(f.base.Welcome), q)
			f.changed(FieldQualifications)
		}
	}
}

// words takes the answer itself where words were asked for.
func (f *formReader) words() {
	text := f.r.text.clean(strings.TrimSpace(f.m.body.text))
	if text == "" {
		return
	}
	switch f.m.req.Expect {
	case FieldTitle:
		f.base.Title = short(f.r.text.link.ReplaceAllString(strings.ReplaceAll(text, "\n", " "), ""))
		f.changed(FieldTitle)
	case FieldCarrier:
		f.base.Carrier = carrierAnswer(text)
		f.changed(FieldCarrier)
		if f.base.Actor == "" || f.base.Actor == matching.UnknownActor {
			f.base.Actor = f.said.Draft.Actor
		}
	case FieldThings:
		f.base.Things = []string{short(strings.ReplaceAll(text, "\n", " "))}
		f.changed(FieldThings)
	}
}

// carrierAnswer strips "wir sind der", "für den", "ich schreibe für" from a name.
func carrierAnswer(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for {
		first, rest, ok := strings.Cut(s, " ")
		switch foldWord(strings.Trim(first, ",.:")) {
		case "wir", "sind", "fuer", "der", "die", "das", "den", "dem", "vom", "von", "ich", "schreibe", "bin", "for", "the", "we", "are", "beim", "bei", "i'm", "from", "im", "namen", "des", "unser", "unsere", "unseren":
		default:
			return strings.TrimRight(short(s), ".! ")
		}
		if !ok {
			return short(s)
		}
		s = rest
	}
}
