package understanding

import (
	"slices"
	"strconv"
)

// tally is a number of people that somebody named.
type tally struct {
	low, high   int
	first, last int // tokens
	noun        string
	rule        string
	inside      bool // in brackets
}

// readPeople reads how many helpers are wanted or offered.
func (r *Reader) readPeople(m *message, out *Reading) {
	if out.Intent != Need && out.Intent != Offer {
		r.readGroup(m, out)
		return
	}
	for i, p := range []part{m.body, m.subj} {
		q := &counter{m: m, p: p, tp: m.timeParser(r, p), intent: out.Intent}
		cs := q.counts()
		if len(cs) == 0 {
			if i == 0 && q.vague {
				out.Doubts = append(out.Doubts, Doubt{Field: FieldHelpers, Kind: Vague})
			}
			continue
		}
		low, high := q.total(cs)
		if high > 500 || high < 1 {
			out.Doubts = append(out.Doubts, Doubt{Field: FieldHelpers, Kind: OutOfRange, Text: strconv.Itoa(high)})
			return
		}
		out.Draft.Helpers = &high
		if low < high {
			out.Draft.HelpersMin = &low
		}
		f := Found{Field: FieldHelpers, Rule: cs[0].rule, Confidence: 0.9, Value: strconv.Itoa(high), From: -1, To: -1}
		if i == 0 {
			f.From, f.To = p.span(cs[0].first, cs[len(cs)-1].last)
		}
		out.Found = append(out.Found, f)
		return
	}
}

type counter struct {
	m      *message
	p      part
	tp     *timeParser
	intent Intent
	vague  bool
	cased  int // 1 if there are capitals, -1 if not, 0 if not looked for
	post   int // token behind the last numbered post, 0 if there is none

	counted int // token behind the last people counted, 0 if there are none
}

func (q *counter) tok(i int) token { return q.tp.tok(i) }

// person tells what kind of people a token begins to name, and the last token of the name.
func (q *counter) person(i int) (role, group, target bool, last int) {
	last = i
	thing := false
	for _, h := range q.p.hits[q.p.from(i):] {
		if h.first != i {
			break
		}
		if h.table == "people" && h.value == "thing" || h.table == "things" {
			thing = true
		}
		if h.table != "people" {
			continue
		}
		switch h.value {
		case "role":
			role, last = true, max(last, h.last)
		case "group":
			group, last = true, max(last, h.last)
		case "target":
			target, last = true, max(last, h.last)
		}
	}
	if !role && !group && !target && !thing {
		role = q.agent(i)
	}
	if next := q.tok(last + 1); q.tok(i).is("frau", "herr", "herrn") && last == i && next.upper && next.kind == wordToken {
		return false, false, false, i // a name
	}
	return role, group, target, last
}

// lower tells that the message is written without capitals.
func (q *counter) lower() bool {
	if q.cased != 0 {
		return q.cased < 0
	}
	q.cased = -1
	for _, t := range q.p.ts {
		if t.upper && t.kind == wordToken && !q.p.cue("greeting", 0) {
			q.cased = 1
			return false
		}
	}
	return true
}

func (q *counter) counts() []tally {
	var out []tally
	for i := 0; i < len(q.p.ts); i++ {
		c, ok := q.at(i)
		if !ok {
			continue
		}
		if i = c.last; q.already(c) {
			continue
		}
		out = append(out, c)
		q.counted = c.last + 1
	}
	if len(out) == 0 && q.intent == Need {
		out = q.bareRoles()
	}
	return out
}

func (q *counter) at(i int) (tally, bool) {
	if c, ok := q.together(i); ok {
		return c, true
	}
	if c, ok := q.one(i); ok {
		return c, true
	}
	if c, ok := q.behind(i); ok {
		return c, true
	}
	if q.tok(i).is("ein", "a") && q.tok(i+1).is("paar", "few", "couple") {
		return tally{}, false
	}
	if q.tok(i).is("paar", "couple", "einige", "mehrere", "some", "several", "viele", "few") {
		if n, ok := q.noun(i+1, 2); ok && q.countsAs(n, i) {
			q.vague = true
		}
		return tally{}, false
	}
	if c, ok := q.fixed(i); ok {
		return c, true
	}
	return q.numbered(i)
}

// numbered reads "5 Leute", "6-7 fleißige Helfer", "zwei Tenöre", "einen Bass", "sieben statt fünf Leute".
func (q *counter) numbered(i int) (tally, bool) {
	n, ok := q.tp.number(i)
	t := q.tok(i)
	if t.is("nen", "ne") || t.is("a", "an") && q.m.lang == "en" {
		n, ok = 1, true
	}
	if !ok || n < 1 || n > 100000 || q.notCount(i) {
		return tally{}, false
	}
	_, more := q.tp.number(i + 2)
	article := !(more && q.tok(i+1).is("bis", "oder") && t.is("ein", "eine", "einen", "one")) && t.is("nen", "ne", "ein", "eine", "einen", "eins", "a", "an", "one", "bir") && t.kind == wordToken
	if t.is("einer", "einem", "on") {
		return tally{}, false
	}
	c := tally{low: n, high: n, first: i, rule: "number before people"}
	k := i + 1
	if d, head := q.tok(k), q.tok(k+1); d.is("-") && d.glued && head.glued && head.kind == wordToken {
		return tally{}, false // "12-Tonner", "6-köpfig"
	}
	k = q.upTo(&c, k, article)
	reach := 3
	if article {
		reach = 4
	}
	switch {
	case t.kind == wordToken && !article && n > 1 && q.tok(i-1).is("insgesamt", "zusammen", "total") && q.roleBefore(i):
		c.last, c.rule = i, "altogether"
		return c, true
	case q.tok(k).is("stueck", "stk") && q.roleBefore(i):
		c.last, c.rule = k, "pieces behind people"
		return c, true
	}
	j, ok := q.noun(k, reach)
	if !ok {
		if last, ok := q.governed(c.first, k, article); ok {
			c.last, c.rule, c.noun = last, "number that is wanted", q.tok(last).norm
			return c, true
		}
		return q.numberedPlaces(c, k, article)
	}
	if article && (!q.wanted(i) || q.intent == Offer) {
		return tally{}, false
	}
	if !q.countsAs(j, i) && !q.goesOn(i) {
		last, ok := q.governed(c.first, k, article)
		if _, group, _, _ := q.person(j); !group || !q.teamSought(i) && (!ok || last < j) {
			return tally{}, false
		}
	}
	_, _, _, c.last = q.person(j)
	c.noun, c.inside = q.tok(j).norm, q.inBrackets(i)
	if article {
		c.rule = "article before a role"
		c.last = q.alternatives(c.last)
	}
	return c, true
}

// roleBefore tells that people were named without a number earlier in the sentence.
func (q *counter) roleBefore(i int) bool {
	for j := max(0, i-16); j < i; j++ {
		if role, _, _, _ := q.person(j); role && q.p.sentence[j] == q.p.sentence[i] {
			return true
		}
	}
	return false
}

// alternatives passes "oder einen Betreuer", "/ einen neuen Kassenprüfer" behind a single person.
func (q *counter) alternatives(last int) int {
	k := last + 1
	if !q.tok(k).is("oder", "/", "bzw", "or") {
		return last
	}
	k++
	if q.tok(k).is(".") {
		k++
	}
	if q.tok(k).is("ein", "eine", "einen") {
		k++
	}
	if j, ok := q.noun(k, 3); ok {
		_, _, _, l := q.person(j)
		return l
	}
	return last
}

// notCount tells numbers that stand in a date, an age, an ordinal or behind a word that makes them something else.
func (q *counter) notCount(i int) bool {
	t, prev, next := q.tok(i), q.tok(i-1), q.tok(i+1)
	if t.kind == numberToken && next.is(".") && next.glued || t.glued && prev.is(".", ":", ",", "/", "§") && i > 1 && q.tok(i-2).kind == numberToken {
		return true
	}
	if q.intent == Need && (prev.is("aus") || prev.is("sind", "are", "re") && (q.tok(i-2).is("wir", "we", "'")) || prev.is("we're") || prev.is("und") && q.tok(i-3).is("zwischen") && q.p.dated(i)) || prev.is("nach", "seit", "trotz", "wegen", "ab", "fuer", "mit", "von", "vom", "unserer", "unseren", "unsere", "unser", "aller", "alle", "der", "den", "klasse", "jahrgang", "ueber", "nr", "tel", "uber") {
		switch {
		case prev.is("fuer", "von") && q.tok(i-2).is("team", "kuechenteam", "gruppe"), prev.is("alle", "mit", "unsere", "von", "der", "den") && q.intent == Offer:
			return false
		case prev.is("ueber"):
			return !q.joy(i)
		case prev.is("mit"):
			return !q.teamSought(i)
		}
		return true
	}
	return prev.is("bis", "max", "maximal", "for") && q.intent == Offer || prev.is("for") && q.tok(i-2).norm != "looking"
}

// noun finds the noun that a number counts: adjectives may stand between.
func (q *counter) noun(k, reach int) (int, bool) {
	for j := k; j <= k+reach && j < len(q.p.ts); j++ {
		t := q.tok(j)
		role, group, target, last := q.person(j)
		if d, head := q.tok(last+1), q.tok(last+2); d.is("-") && d.glued && head.kind == wordToken && head.glued && head.upper {
			if r, g, _, _ := q.person(last + 2); !r && !g {
				return 0, false // "Tanzpartner-Pool"
			}
		}
		if role || group || target {
			if adj := q.tok(j + 1); t.is("ehrenamtliche", "freiwillige", "ehrenamtlichen", "freiwilligen") && adj.kind == wordToken {
				if r, g, _, _ := q.person(j + 1); r || g {
					return j + 1, true
				}
			}
			return j, true
		}
		switch {
		case t.is("-") && t.glued, t.is("."), t.is(",") && j > k && adjective(q.tok(j-1)), t.is("(", ")") && j > k:
			continue
		case t.kind != wordToken, q.measure(j):
			return 0, false
		case t.upper && q.tok(j+1).is("-") && q.tok(j+1).glued:
			continue
		case t.upper && !q.startsCompound(j):
			return 0, false
		case q.m.lang == "en" && !t.upper && j < k+2 && !t.is("for", "to", "on", "in", "at", "and", "of", "from", "hours", "pm", "am", "is", "who", "with", "by", "per"):
		case !t.upper && !adjective(t):
			return 0, false
		}
	}
	return 0, false
}

// startsCompound allows "PC-Helfer" and, in English, "sound engineer".
func (q *counter) startsCompound(j int) bool {
	return q.tok(j+1).is("-") || q.m.lang == "en" || q.tok(j).caps
}

// adjective guesses from the ending, and knows the little words that may stand before a noun.
func adjective(t token) bool {
	if t.is("mehr", "more", "noch", "weitere", "strong", "female", "male", "further", "extra", "good", "able", "experienced", "friendly", "nette", "local", "or", "other", "new", "sound", "motivated", "and", "handwerklich", "technisch", "gut", "sehr", "paar", "bis", "zwei", "of", "flexible", "student", "adult", "ganz", "liebe", "young") {
		return true
	}
	if t.is("uhr", "euro", "stunde", "stunden", "woche", "wochen", "minuten", "kinder", "seite", "runde", "halbe", "ganze", "tage", "klassen", "der", "die", "aber", "ueber", "oder", "unter", "hier", "jede", "alle", "suche", "habe", "gerne", "bitte", "ohne", "heute", "unser", "aber", "oder", "immer", "dann", "ihre", "euer", "eure", "mein", "dein", "keine", "dieser", "diese", "tage", "aller", "jeder", "wegen", "gegen", "neben", "waren", "haben", "sind", "seite", "mitte", "ende", "eine", "einen", "schoene") {
		return false
	}
	n := len(t.norm)
	return n >= 4 && (t.norm[n-1] == 'e' || t.norm[n-2:] == "en" || t.norm[n-2:] == "er" || t.norm[n-2:] == "es") && !t.upper
}

// countsAs tells whether people of that kind are the ones wanted or offered.
func (q *counter) countsAs(j, number int) bool {
	role, group, target, _ := q.person(j)
	if q.intent == Offer {
		return group || role
	}
	if !role {
		return false
	}
	if !target {
		return true
	}
	return q.wanted(number)
}

// wanted tells that a word of wanting stands in the same sentence before the number, or right behind it.
func (q *counter) wanted(i int) bool {
	for _, h := range q.p.hits[q.p.from(i-40):] {
		if h.first > i+9 {
			break
		}
		if h.table == "intents" && h.value == "need" && q.p.sentence[h.first] == q.p.sentence[i] && i-h.last < 32 && h.first-i < 9 {
			return true
		}
	}
	if j := q.p.among(max(0, i-9), i, "haben", "habt"); q.p.among(i, i+5, "genuegt", "genuegen", "reicht", "reichen", "langt", "langen", "klasse", "willkommen") > 0 || j >= 0 && q.tok(j+1).is("sie", "ihr") && q.p.sentence[j] == q.p.sentence[i] {
		return true
	}
	return q.tok(i-1).is(":", "fehlt", "fehlen", "noch", "sucht", "suchen", "braucht", "brauche", "need", "und", "sowie")
}

func (q *counter) inBrackets(i int) bool {
	for j := i - 1; j >= 0 && j > i-8; j-- {
		switch {
		case q.tok(j).is(")"):
			return false
		case q.tok(j).is("("):
			return true
		}
	}
	return false
}

// numberedPlaces reads "3 in der Küche, 5 im Service" where people are wanted.
func (q *counter) numberedPlaces(c tally, k int, article bool) (tally, bool) {
	prev := q.tok(c.first - 1)
	if q.tok(k).is("am") && q.m.lang == "en" {
		return tally{}, false
	}
	if article || q.intent != Need || !q.tok(k).is("in", "im", "am", "an", "fuer", "fuers", "zum", "zur", "beim", "auf", "als", "hinter", "vor") || c.high > 60 {
		return tally{}, false
	}
	if !(q.listed(c.first) && q.counted > 0) && !prev.is(":", ",", "und", "and", "noch", "brauchen", "suchen", "gesucht", "dringend", "&", "+", "braucht", "sucht", "je", "plus", "jeweils", "ausserdem", "dazu", "zusaetzlich", "sowie", "weitere", "fehlen", "need") ||
		!(q.listed(c.first) && q.counted > 0) && !q.wanted(c.first) && !(q.post > 0 && c.first-q.post < 16) && !q.goesOn(c.first) {
		return tally{}, false
	}
	if _, ok := q.tp.class(k+1, "hourunit"); ok || q.tp.counted(k) {
		return tally{}, false
	}
	for n, r := range q.tp.ts[k+1 : min(k+3, len(q.tp.ts))] {
		if r.kind == numberToken && n == 0 || r.is("monat", "woche", "jahr", "stunde") {
			return tally{}, false
		}
	}
	c.last, c.rule, q.post = k, "number before a post", k
	return c, true
}

// total adds the roles of a need; an offer has one number.
func (q *counter) total(cs []tally) (low, high int) {
	if q.intent == Offer {
		best := cs[0]
		for _, c := range cs[1:] {
			if best.inside && !c.inside || c.rule == "together" && best.rule != "together" {
				best = c
			}
		}
		return best.low, best.high
	}
	var kept []tally
	cs = q.sought(cs)
	for _, c := range cs {
		if q.altogether(c) {
			return c.low, c.high // "zwei Schichten zu je drei Leuten, insgesamt sechs Personen"
		}
	}
	for _, c := range cs {
		if n := len(kept); n > 0 && c.inside && kept[n-1].rule == "article before a role" && c.first-kept[n-1].last <= 2 {
			kept[n-1] = c // "ein Team (3 Personen)"
			continue
		}
		same := slices.ContainsFunc(kept, func(k tally) bool {
			return k.high == c.high && k.noun == c.noun && c.noun != "" || k.noun == c.noun && c.noun != "" && q.p.sentence[k.first] != q.p.sentence[c.first]
		})
		if same || len(kept) > 0 && !q.adds(kept[len(kept)-1], c) {
			continue
		}
		kept = append(kept, c)
	}
	rest := 0
	for _, c := range kept[1:] {
		rest += c.high
	}
	if len(kept) > 2 && rest == kept[0].high {
		kept = kept[:1]
	}
	for _, c := range kept {
		n := q.posts(c)
		low, high = low+n*c.low, high+n*c.high
	}
	return low, high
}

// adds tells whether a further number is a further role and not the same people again.
func (q *counter) adds(prev, c tally) bool {
	if q.p.sentence[prev.first] == q.p.sentence[c.first] || c.rule == "number before a post" || q.listed(prev.first) && q.listed(c.first) {
		return true
	}
	for j := c.first - 6; j <= c.last+5; j++ {
		if j >= 0 && j < len(q.p.ts) && q.p.sentence[j] == q.p.sentence[c.first] && q.tok(j).is("ausserdem", "zusaetzlich", "sowie", "too", "also", "plus", "dazu", "auch", "weitere", "weiterhin", "zudem") {
			return true
		}
	}
	return false
}

// readGroup reads the size of a team in searches and subscriptions.
func (r *Reader) readGroup(m *message, out *Reading) {
	q := &counter{m: m, p: m.body, tp: m.timeParser(r, m.body), intent: Offer}
	for i := range m.body.ts {
		c, ok := q.at(i)
		if !ok && q.tok(i-1).is("von") {
			q.intent = Need
			c, ok = q.numbered(i)
			q.intent = Offer
		}
		if ok && c.high > 1 {
			out.Draft.GroupMin, out.Draft.GroupMax = c.low, c.high
			return
		}
	}
}
