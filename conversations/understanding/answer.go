package understanding

import "strings"

// condition reads what somebody attaches to a yes or no: "ja, aber erst ab 16 Uhr", "wir kommen zu dritt",
// "nur bis 17 Uhr", "leider nicht". Hours fall on the day of the draft answered, else on today.
func (r *Reader) condition(m *message) Condition {
	var c Condition
	p := m.body
	tp := m.timeParser(r, p)
	day := civilAt(m.req.Now)
	zone := m.req.Now.Location()
	if b := m.req.Base; b != nil && !b.Start.IsZero() {
		day = civilAt(b.Start.T.In(zone))
	}
	for _, a := range tp.parse() {
		if a.kind != clockAtom {
			continue
		}
		if a.start >= 0 {
			t := Moment{T: day.at(a.start, zone)}
			if r.leaves(tp, a) {
				c.Until = t
			} else if c.From.IsZero() {
				c.From = t
			}
		}
		if a.end >= 0 {
			c.Until = Moment{T: day.at(a.end, zone)}
		}
	}
	if n, ok := fromBare(tp); ok && c.From.IsZero() && c.Until.IsZero() {
		c.From = Moment{T: day.at(n*60, zone)}
	}
	c.Yes, c.No = p.any("cues", "yes"), p.any("cues", "refuse")
	if c.No {
		c.Yes = false
	}
	c.Party = r.partyOf(m, tp)
	if !c.No && (c.Party > 0 || !c.From.IsZero() || !c.Until.IsZero()) {
		c.Yes = true
	}
	c.Note = note(p)
	return c
}

// fromBare reads "erst ab 16" where no unit is said.
func fromBare(tp *timeParser) (int, bool) {
	for i := range tp.ts {
		n, ok := tp.number(i)
		if next := tp.tok(i + 1); ok && n >= 6 && n <= 22 && tp.tok(i-1).is("ab", "from") && next.kind != wordToken && next.kind != numberToken && !(next.is(".", ":") && next.glued && tp.tok(i+2).kind == numberToken) {
			return n, true
		}
	}
	return 0, false
}

// leaves tells "muss um 17 Uhr weg" from an hour of coming.
func (r *Reader) leaves(tp *timeParser, a atom) bool {
	for j := a.first - 3; j <= a.last+4; j++ {
		if tp.tok(j).is("weg", "gehen", "los", "leave", "heim", "heimgehen", "spaetestens") {
			return true
		}
	}
	return false
}

// partyOf is how many come: "zu dritt", "wir sind 4", "ich bringe meine Freundin mit", "+1".
func (r *Reader) partyOf(m *message, tp *timeParser) int {
	q := &counter{m: m, p: m.body, tp: tp, intent: Offer}
	for i, t := range m.body.ts {
		if c, ok := q.together(i); ok && c.high > 1 && c.high < 100 {
			return c.high
		}
		n, ok := tp.number(i)
		if t.is("kommt", "comes", "coming") && m.body.among(i+1, i+4, "mit", "too", "along", "auch") > 0 && m.body.among(max(0, i-3), i, "meine", "mein", "my") >= 0 {
			return 2
		}
		if ok && n > 0 && n < 20 && m.body.before(i, 1).is("mit", "with", "und", "and", "plus") && m.body.after(i, 1).is("freunden", "freundinnen", "freunde", "friends", "kollegen", "kolleginnen", "kumpels", "kindern", "bekannten", "mates", "colleagues", "freund", "freundin", "friend") {
			return n + 1
		}
		if ok && t.kind == numberToken && m.body.before(i, 1).is("+") && n < 20 {
			return n + 1
		}
		if ok && n > 1 && n < 100 && !tp.counted(i+1) && m.body.before(i, 1).is("mit", "kommen", "sind", "with", "bringing") && !m.body.after(i, 1).is("uhr", ":", ".", "h", "-") {
			return n
		}
		if ok && n > 1 && n < 100 && m.body.after(i, 1).is("personen", "leute", "leuten", "people", "mann") {
			return n
		}
		if t.is("bringe", "bring", "bringing") && (m.body.after(i, 1).is("meine", "meinen", "mein", "noch", "my", "einen", "eine", "a") || m.body.after(i, 1).is("jemanden")) {
			if n, ok := tp.number(i + 2); ok && n > 1 {
				return n + 1
			}
			return 2
		}
	}
	return 0
}

// note is what remains behind the yes or no.
func note(p part) string {
	text := strings.Join(strings.Fields(p.text), " ")
	for _, h := range p.of("cues") {
		if (h.value == "yes" || h.value == "refuse") && h.first == firstWord(p) && h.last+1 < len(p.ts) {
			text = strings.Join(strings.Fields(p.text[p.ts[h.last+1].from:]), " ")
			break
		}
	}
	return strings.TrimLeft(text, ",.!:;- ")
}

// conditional tells that a message without a form is an answer to something shown.
func (m *message) conditional(c Condition) bool {
	first := firstWord(m.body)
	if m.body.words() > 20 || first >= len(m.body.ts) {
		return false
	}
	begins := m.body.cue("yes", first) || m.body.cue("refuse", first)
	return begins && (!c.From.IsZero() || !c.Until.IsZero() || c.Party > 0 || m.body.words() > 1 && c.Note != "" && m.body.any("cues", "but"))
}
