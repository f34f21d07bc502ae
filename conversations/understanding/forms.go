package understanding

import (
	"slices"
	"strings"
	"time"

	"ehrenamt/matching"
)

// form reads an answer to a question of a form, or a correction of what it showed: the message is read as the
// form's kind, and what it says replaces what the draft said.
func (r *Reader) form(m *message) Reading {
	out := Reading{Lang: m.lang, Plain: m.plain, Intent: m.kind(), IntentConfidence: 1}
	var base Draft
	if m.req.Base != nil {
		base = *m.req.Base
	}
	said := Reading{Intent: out.Intent}
	f := &formReader{r: r, m: m, base: base, out: &out, said: &said}
	r.readPeople(m, &said)
	r.readQualifications(m, &said)
	r.readAge(m, &said)
	r.readRadius(m, &said)
	r.readCategory(m, &said)
	r.readActor(m, &said)
	f.place()
	f.time()
	f.numbers()
	f.merge()
	f.words()
	out.Draft = f.base
	out.Doubts = append(out.Doubts, said.Doubts...)
	for _, x := range said.Found {
		if slices.Contains(out.Changed, x.Field) || x.Field == FieldTime {
			out.Found = append(out.Found, x)
		}
	}
	return out
}

// kind is the intent of the form that is filled.
func (m *message) kind() Intent {
	switch {
	case m.req.Kind != "":
		return m.req.Kind
	case m.req.Base != nil && m.req.Base.Kind == matching.Offer:
		return Offer
	}
	return Need
}

type formReader struct {
	r    *Reader
	m    *message
	base Draft
	said *Reading
	out  *Reading
}

func (f *formReader) changed(x Field) {
	if !slices.Contains(f.out.Changed, x) {
		f.out.Changed = append(f.out.Changed, x)
	}
}

// place looks an answer up as a whole when a place was asked for; in a correction the place that is not
// negated counts ("nicht in Brand, in Eilendorf").
func (f *formReader) place() {
	r, m := f.r, f.m
	if r.gazetteer() == nil {
		return
	}
	if m.req.Expect == FieldPlace {
		text := strings.TrimSpace(m.req.Text)
		if found := r.gazetteer().LookupNear(text, m.req.Front); len(found) > 0 {
			f.setPlaces(found)
			if len(found) > 1 && found[0].Name == found[1].Name {
				f.out.Doubts = append(f.out.Doubts, Doubt{Field: FieldPlace, Kind: AmbiguousPlace, Text: text})
			}
			return
		}
	}
	var keep []matching.Place
	named := ""
	for _, x := range r.gazetteer().Find(m.body.text, m.req.Front) {
		if m.negatedAt(x.Start) {
			continue
		}
		if len(keep) == 0 {
			named = x.Named
		}
		keep = append(keep, x.Place)
	}
	if len(keep) > 0 {
		f.setPlaces(keep)
		f.base.PlaceNamed = named
		return
	}
	if m.req.Expect == FieldPlace {
		f.out.Doubts = append(f.out.Doubts, Doubt{Field: FieldPlace, Kind: UnknownPlace, Text: strings.TrimSpace(m.req.Text)})
	}
}

func (f *formReader) setPlaces(found []matching.Place) {
	f.base.Places = found
	p := found[0]
	f.base.Place, f.base.PlaceNamed = &p, p.Name
	f.changed(FieldPlace)
}

// negatedAt tells that "nicht" or "statt" stands right before a byte of the text.
func (m *message) negatedAt(from int) bool {
	for i, t := range m.body.ts {
		if t.from < from {
			continue
		}
		for j := i - 1; j >= max(0, i-3); j-- {
			if m.body.ts[j].is(",", ".", "sondern", "but", "dafuer", "stattdessen") {
				return false
			}
			if m.body.ts[j].is("nicht", "statt", "not", "kein", "instead") {
				return true
			}
		}
		return false
	}
	return false
}

// time reads days and hours; what is missing in a correction stays as it was.
func (f *formReader) time() {
	m := f.m
	tp := m.timeParser(f.r, m.body)
	tp.loose = m.req.Expect == FieldTime || m.req.Expect == FieldStart || m.req.Expect == FieldEnd || m.req.Expect == FieldSlots || m.req.Expect == FieldRecurrence
	atoms := tp.parse()
	intent := f.out.Intent
	t := tp.plan(intent, m.req.Now, m.body.sentence)
	f.out.Doubts = append(f.out.Doubts, t.doubts...)
	if t.slots != 0 && (intent == Subscribe || m.req.Expect == FieldSlots) {
		f.base.Slots = t.slots
		f.changed(FieldSlots)
	}
	if t.cadence != "" {
		f.out.Cadence = t.cadence
	}
	if t.flexible && t.start.IsZero() {
		f.base.Flexible = true
		f.changed(FieldFlexible)
	}
	if !t.deadline.IsZero() {
		f.base.Deadline = t.deadline
		f.changed(FieldDeadline)
	}
	clock, end := clocksIn(atoms)
	switch {
	case m.req.Expect == FieldEnd && (clock >= 0 || end >= 0) && t.start.IsZero():
		f.endAt(max(clock, end))
	case f.shifted(tp):
	case !t.start.IsZero() || !t.end.IsZero():
		f.newDay(t, atoms)
	case t.rrule != "":
		f.base.Recurrence = t.rrule
		f.changed(FieldTime)
	case (clock >= 0 || end >= 0) && !f.base.Start.IsZero():
		f.newHours(clock, end, tp)
	}
}

// clocksIn are the first start and end among the clock times.
func clocksIn(atoms []atom) (start, end int) {
	start, end = -1, -1
	for _, a := range atoms {
		if a.kind == clockAtom && a.role != pastTime {
			if start < 0 && a.start >= 0 {
				start = a.start
			}
			if end < 0 && a.end >= 0 {
				end = a.end
			}
		}
	}
	return start, end
}

// newDay takes over a new day; hours that are not said again stay, and so does a weekly rhythm on another day.
func (f *formReader) newDay(t timing, atoms []atom) {
	old := f.base
	f.base.Start, f.base.End, f.base.Dates = t.start, t.end, t.dates
	f.base.Recurrence = t.rrule
	if t.rrule == "" && strings.HasPrefix(old.Recurrence, "FREQ=WEEKLY") && t.start.DateOnly && len(t.dates) == 1 && t.end.IsZero() {
		f.base.Recurrence = otherDay(old.Recurrence, t.start.T.Weekday())
	}
	f.changed(FieldTime)
	if !t.start.DateOnly || old.Start.IsZero() || old.Start.DateOnly || !t.end.IsZero() && !t.end.DateOnly {
		return
	}
	day := t.start.T
	h, min, _ := old.Start.T.Clock()
	for _, a := range atoms {
		if !within(a.part, h) {
			return // "morgen früh" instead of the afternoon
		}
	}
	f.base.Start = Moment{T: time.Date(day.Year(), day.Month(), day.Day(), h, min, 0, 0, day.Location())}
	span := matching.Span{Start: f.base.Start.T}
	if !old.End.IsZero() && !old.End.DateOnly && old.End.T.Sub(old.Start.T) < 24*time.Hour {
		f.base.End = Moment{T: atClock(f.base.Start.T, old.End.T)}
		span.End = f.base.End.T
	}
	f.base.Dates = []matching.Span{span}
}

// atClock is the next moment after start at the wall time of another.
func atClock(start, other time.Time) time.Time {
	h, min, _ := other.In(start.Location()).Clock()
	e := time.Date(start.Year(), start.Month(), start.Day(), h, min, 0, 0, start.Location())
	if !e.After(start) {
		e = time.Date(start.Year(), start.Month(), start.Day()+1, h, min, 0, 0, start.Location())
	}
	return e
}

// otherDay puts another weekday into a weekly rhythm.
func otherDay(rule string, d time.Weekday) string {
	parts := strings.Split(rule, ";")
	for i, p := range parts {
		if strings.HasPrefix(p, "BYDAY=") {
			parts[i] = "BYDAY=" + rruleDay((int(d)+6)%7+1)
		}
	}
	return strings.Join(parts, ";")
}

// newHours keeps the days and changes the hours.
func (f *formReader) newHours(clock, end int, tp *timeParser) {
	start := f.base.Start.T
	day := civilAt(start)
	if clock >= 0 {
		f.base.Start = Moment{T: day.at(clock, start.Location())}
		f.base.End = Moment{}
	}
	if end >= 0 && !f.base.Start.DateOnly {
		last := day
		if e := day.at(end, start.Location()); !e.After(f.base.Start.T) {
			last++
		}
		f.base.End = Moment{T: last.at(end, start.Location())}
	}
	f.base.Dates = []matching.Span{{Start: f.base.Start.T, End: f.base.End.T, AllDay: f.base.Start.DateOnly}}
	if f.base.Start.DateOnly {
		f.base.Dates[0].End = (day + 1).at(0, start.Location())
	}
	f.changed(FieldTime)
}

func (f *formReader) endAt(min int) {
	if f.base.Start.IsZero() || f.base.Start.DateOnly {
		return
	}
	day := civilAt(f.base.Start.T)
	e := day.at(min, f.base.Start.T.Location())
	if !e.After(f.base.Start.T) {
		e = (day + 1).at(min, f.base.Start.T.Location())
	}
	f.base.End = Moment{T: e}
	if len(f.base.Dates) > 0 {
		f.base.Dates[0].End = e
	}
	f.changed(FieldEnd)
}

// within tells whether an hour lies in a part of the day, as far as one was named.
func within(part string, hour int) bool {
	switch part {
	case "morning", "forenoon":
		return hour < 13
	case "afternoon":
		return hour >= 11 && hour < 19
	case "evening":
		return hour >= 16
	}
	return true
}

// shifted reads "eine Stunde später", "30 Minuten früher": start and end move together.
func (f *formReader) shifted(tp *timeParser) bool {
	if f.base.Start.IsZero() || f.base.Start.DateOnly {
		return false
	}
	for i := range tp.ts {
		sign := time.Duration(1)
		switch {
		case tp.tok(i).is("spaeter", "later"):
		case tp.tok(i).is("frueher", "eher", "earlier"):
			sign = -1
		default:
			continue
		}
		n, ok := tp.number(i - 2)
		unit, by := tp.tok(i-1), time.Duration(0)
		switch {
		case unit.is("stunde", "stunden", "std", "h", "hour", "hours"):
			by = time.Hour
		case unit.is("minuten", "min", "minute", "minutes"):
			by = time.Minute
		}
		if half := tp.tok(i - 2); half.is("halbe", "half") || half.is("an", "a") && tp.tok(i-3).is("half") {
			n, ok, by = 30, by == time.Hour, time.Minute
		} else if half.is("an", "a") {
			n, ok = 1, true
		}
		if !ok || by == 0 || n > 600 {
			return false
		}
		move := sign * time.Duration(n) * by
		f.base.Start.T = f.base.Start.T.Add(move)
		if !f.base.End.IsZero() && !f.base.End.DateOnly {
			f.base.End.T = f.base.End.T.Add(move)
		}
		f.base.Dates = slices.Clone(f.base.Dates)
		for k := range f.base.Dates {
			d := &f.base.Dates[k]
			if d.AllDay {
				continue
			}
			d.Start = d.Start.Add(move)
			if !d.End.IsZero() {
				d.End = d.End.Add(move)
			}
		}
		f.changed(FieldTime)
		return true
	}
	return false
}

// numbers reads bare numbers: an answer to the question, or "es sind doch 6" in a correction.
func (f *formReader) numbers() {
	m, p := f.m, f.m.body
	tp := m.timeParser(f.r, p)
	switch m.req.Expect {
	case FieldRadius:
		if f.said.Draft.Radius == nil {
			f.bareRadius(tp)
		}
		return
	case FieldMinAge:
		for i := range p.ts {
			if n, ok := tp.number(i); ok && n > 0 {
				f.said.Draft.MinAge = &n
				if n > 99 {
					f.out.Doubts = append(f.out.Doubts, Doubt{Field: FieldMinAge, Kind: OutOfRange, Text: p.ts[i].norm})
				}
				return
			}
		}
		return
	}
	if f.said.Draft.Helpers != nil || m.req.Expect != FieldHelpers && m.req.Expect != FieldGroup && m.req.Base == nil {
		return
	}
	f.barePeople(tp)
}

func (f *formReader) bareRadius(tp *timeParser) {
	for i, t := range f.m.body.ts {
		n, ok := tp.number(i)
		if !ok {
			continue
		}
		km := float64(n)
		if tp.tok(i-1).is("-") && t.glued {
			km = -km
		}
		if km <= 0 || km > matching.MaxRadius {
			f.out.Doubts = append(f.out.Doubts, Doubt{Field: FieldRadius, Kind: OutOfRange, Text: t.norm})
		}
		f.said.Draft.Radius = &km
		return
	}
}

// barePeople reads "5", "5-6", "zu dritt", "es sind doch 6", "6 statt 5".
func (f *formReader) barePeople(tp *timeParser) {
	p, expected := f.m.body, f.m.req.Expect == FieldHelpers || f.m.req.Expect == FieldGroup
	for _, h := range p.of("people") {
		if h.value == "few" && expected {
			f.out.Doubts = append(f.out.Doubts, Doubt{Field: FieldHelpers, Kind: Vague, Text: p.raw(h.first, h.last)})
			return
		}
	}
	q := &counter{m: f.m, p: p, tp: tp, intent: Offer}
	for i, t := range p.ts {
		if !expected && timed(tp, i) || tp.tok(i+1).is("sind", "ist", "are") && tp.tok(i+2).is("zu", "too", "nicht") {
			continue
		}
		if n, ok := q.party(i); ok {
			f.setHelpers(n, n)
			return
		}
		n, ok := tp.number(i)
		if !ok || t.is("ein", "eine", "einen", "on") && !expected || f.m.negatedAt(t.from) || tp.tok(i+1).is(".", ":", "uhr", "km", "h", "%", "euro") && tp.tok(i+1).kind != newlineToken && !(tp.tok(i+1).is(".") && i+2 >= len(p.ts)) {
			continue
		}
		if t.glued && tp.tok(i-1).is("-", ".", ":", "/") {
			if tp.tok(i-1).is("-") && tp.tok(i-2).kind != numberToken && expected {
				f.out.Doubts = append(f.out.Doubts, Doubt{Field: FieldHelpers, Kind: OutOfRange, Text: "-" + t.norm})
			}
			return
		}
		if age := f.said.Draft.MinAge; age != nil && *age == n {
			continue // "ab 16 statt 18 Jahren"
		}
		lead := tp.tok(i - 1)
		if !expected && !lead.is("fehlen", "insgesamt", "eigentlich", "muessen", "sollen", "sollten", "zusammen", "total", "bitte", "besser", "braeuchten", "suchen", "wir", "genau", "mindestens", "hoechstens", "maximal", "max", ":", "statt", "it", "mach", "macht", "machen", "mache", "nimm", "sind", "waeren", "brauchen", "doch", "nur", "jetzt", "auf", "sogar", "need", "only", "lieber", "eher", "reichen", "are", "it's", "noch", "sondern", "also", "nein", ",", "actually", "better", "but") && !tp.tok(i+1).is("statt", "reichen", "instead", "draus", "daraus", "bitte", "waeren", "sein", "werden", "genuegen") {
			continue
		}
		high := n
		if tp.tok(i+1).is("-", "bis", "oder", "to") {
			if h, ok := tp.number(i + 2); ok && h > n {
				high = h
			}
		}
		f.setHelpers(n, high)
		return
	}
}

// timed tells that a token is part of an hour or a day, which counts nobody.
func timed(tp *timeParser, i int) bool {
	if tp.atoms == nil {
		if tp.parse(); tp.atoms == nil {
			tp.atoms = []atom{} // there are none: that is known now
		}
	}
	return slices.ContainsFunc(tp.atoms, func(a atom) bool {
		return a.first <= i && a.last >= i && (a.kind == clockAtom || a.kind == dayAtom || a.kind == spanAtom)
	})
}

func (f *formReader) setHelpers(low, high int) {
	if high < 1 || high > 500 {
		f.out.Doubts = append(f.out.Doubts, Doubt{Field: FieldHelpers, Kind: OutOfRange})
		return
	}
	f.said.Draft.Helpers = &high
	if low < high {
		f.said.Draft.HelpersMin = &low
	}
}
