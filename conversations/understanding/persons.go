package understanding

import "slices"

// one reads "jemanden" and, as an object, "jemand", "wen", "someone".
func (q *counter) one(i int) (tally, bool) {
	t := q.tok(i)
	c := tally{low: 1, high: 1, first: i, last: i, noun: "jemand", rule: "somebody"}
	if q.intent != Need {
		return c, false
	}
	prev, before := q.tok(i-1), q.tok(i-2)
	asked := func(x token) bool {
		return x.is("kann", "koennte", "hat", "haette", "will", "mag", "moechte", "wuerde", "can", "could", "is", "does", "would", "ob", "falls", "wenn", "waere", "has", "weiss", "kennt", "leiht", "ist", "verleiht", "hilft", "koennt", "kommt", "schaut", "findet", "geht", "springt", "guckt")
	}
	switch {
	case t.is("einer") && q.askedFor(i, asked) && !q.tok(i+1).upper && q.tok(i+1).kind == wordToken:
		return c, true
	case t.is("jemanden", "jmdn", "jemandn"):
		return c, !asked(prev) || q.tok(i).is("jemanden")
	case t.is("волонтера", "перекладача", "водія", "помічника", "людину"):
		return c, prev.is("шукаємо", "потрібен", "шукаю", "одного") || before.is("шукаємо")
	case t.is("водій", "перекладач", "волонтер", "помічник") && prev.is("потрібен", "потрібна", "шукаємо"):
		return c, true
	case t.is("couple") && q.tok(i+1).is("who", "that", "to"):
		return tally{low: 2, high: 2, first: i, last: i, noun: "couple", rule: "somebody"}, true
	case t.is("birini", "birisini"):
		return c, true
	case t.is("jemand", "someone", "somebody") && q.inSentence(i, q.p.among(i+1, i+8, "gesucht", "wanted", "needed", "gebraucht")):
		return c, true
	case t.is("einen", "eine", "one") && q.alone(i):
		return c, true
	case t.is("einer", "einem") && q.tok(i+1).is("person", "kraft", "menschen", "freiwilligen") && prev.is("nach", "um"):
		c.last = i + 1
		return c, true
	case t.is("jemand", "jmd", "someone", "somebody") && q.askedFor(i, asked):
		return c, !q.thingAsked(i) || q.helpAsked(i)
	case t.is("wen"):
		if q.tok(i+1).is("der", "die", ",") && prev.is("such", "suche", "suchen", "sucht", "brauch", "brauche", "brauchen", "braucht", "find", "finde") {
			return c, true
		}
		return c, prev.is("noch", "nochmal", "wieder", "mal", "gern", "gerne", "uns", "mir", "suchen", "suche", "sucht", "braucht", "brauchen", "brauche", "wir", "dringend")
	case t.is("jemand", "jmd", "someone", "somebody"):
		if i == 0 || asked(prev) || asked(before) && !prev.is("brauche", "brauchen") || q.tok(i+1).is("bock", "lust", "zeit", "free", "da", "hier") || prev.kind != wordToken && !prev.is("\n") && q.p.sentence[i] != q.p.sentence[max(0, i-1)] {
			return c, false
		}
		return c, q.wanted(i)
	}
	return c, false
}

// together reads "zu dritt", "wir zwei", "meine Freundin und ich", "14 of us", "wir sind 3".
func (q *counter) together(i int) (tally, bool) {
	if q.intent != Offer {
		return tally{}, false
	}
	t := q.tok(i)
	c := tally{first: i, rule: "together"}
	done := func(n, last int) (tally, bool) {
		c.low, c.high, c.last = n, n, last
		return c, true
	}
	if n, ok := q.party(i); ok {
		return done(n, i+1)
	}
	n, number := q.tp.number(i)
	switch {
	case t.is("ich", "i") && q.tok(i+1).is("+", "und", "&", "and") && q.tok(i+2).is("meine", "my"):
		if n, ok := q.tp.number(i + 3); ok && n > 1 && n < 10 {
			return done(n+1, i+4)
		}
		return done(2, i+2)
	case t.is("ehepaar", "paerchen", "ehepaerchen", "couple"):
		return done(2, i)
	case number && n > 1 && n < 20 && t.kind == wordToken && q.tok(i-1).is("meine", "my") && q.tok(i+2).is("und", "and") && q.tok(i+3).is("ich", "i"):
		return done(n+1, i+3)
	case number && n > 1 && n < 100 && q.tok(i-1).is("(") && q.tok(i+1).is(")") && q.tok(i-2).is("wg", "band", "team", "gruppe", "chor", "truppe", "clique", "mannschaft", "kollegium", "freundeskreis"):
		return done(n, i)
	case number && n > 1 && (q.tok(i+1).is("of") && q.tok(i+2).is("us") || q.tok(i+1).is("von") && q.tok(i+2).is("uns")) && !q.tok(i+3).is("are", "have", "sind", "haben", "love"):
		return done(n, i+2)
	case number && n > 1 && n < 100 && q.tok(i-1).is("of", "von", "aus") && q.tok(i-2).is("team", "group", "gruppe", "truppe", "band", "crew"):
		return done(n, i)
	case number && n > 1 && n < 20 && (q.tok(i-1).is("wir", "uns") || q.tok(i-1).is("we") && q.m.lang == "en") && !q.tp.counted(i+1) && !q.tok(i+1).is(".", ":", "/", "-"):
		if _, ok := q.noun(i+1, 2); !ok {
			return done(n, i)
		}
	case number && n > 1 && n < 100 && (q.tok(i-2).is("wir") && q.tok(i-1).is("sind", "waeren") || q.tok(i-2).is("we") && q.tok(i-1).is("are")):
		if _, ok := q.noun(i+1, 2); !ok && !q.tp.counted(i+1) {
			return done(n, i)
		}
	case t.is("und", "and", "ve", "&", "та", "і") && q.tok(i+1).is("ich", "i", "ben", "я", "me"):
		if !q.tok(i-1).is(",", ".") {
			return done(2, i+1)
		}
	case t.is("ich", "me", "ben", "i", "я") && q.tok(i+1).is("und", "and", "ve", "та") && q.tok(i+2).is("mein", "meine", "my", "esim", "arkadasim", "mich"):
		return done(2, i+2)
	}
	return c, false
}

// party reads "zu dritt".
func (q *counter) party(i int) (int, bool) {
	if !q.tok(i).is("zu") {
		return 0, false
	}
	n := slices.Index([]string{"", "", "zweit", "dritt", "viert", "fuenft", "sechst", "siebt", "acht", "neunt", "zehnt"}, q.tok(i+1).norm)
	return n, n > 0 && q.tok(i+1).kind == wordToken
}

// alone tells that an article stands for somebody named before: "unser Kassierer hört auf, wir suchen einen neuen".
func (q *counter) alone(i int) bool {
	k := i + 1
	if q.tok(k).is("neuen", "neue", "anderen", "andere", "weiteren", "weitere") {
		k++
	}
	end := q.tok(k)
	if !(end.is(".", "!", ",") || end.kind == newlineToken) || q.p.among(max(0, i-4), i-1, "suchen", "suche", "sucht", "brauchen", "brauche", "braucht", "need") < 0 {
		return false
	}
	for j := i - 1; j >= max(0, i-20); j-- {
		if role, _, _, _ := q.person(j); role {
			return true
		}
	}
	return false
}

// inSentence tells that a token was found and stands in the sentence of another.
func (q *counter) inSentence(i, found int) bool {
	return found >= 0 && q.p.sentence[found] == q.p.sentence[i]
}

// askedFor tells that a question for somebody began shortly before: "könnte uns am 1. Mai vormittags jemand …".
func (q *counter) askedFor(i int, asked func(token) bool) bool {
	for j := i - 1; j >= max(0, i-9) && q.p.sentence[j] == q.p.sentence[i]; j-- {
		t := q.tok(j)
		switch {
		case t.is("wenn") && q.p.among(max(0, j-4), j, "schoen", "toll", "super", "klasse", "gut", "nett", "prima") >= 0:
			return true
		case t.is("weiss", "kennt", "leiht", "verleiht", "falls", "wenn", "sobald", ",", "wer", "knows", "if"):
			return false
		case t.is("hat", "haette", "has", "habt"):
			return q.p.among(i, i+14, "zeit", "time") >= 0
		case t.is("ob") || asked(t):
			return true
		}
	}
	return false
}

// thingAsked tells that somebody is asked for a thing or a word of advice, and not for a hand.
func (q *counter) thingAsked(i int) bool {
	last := i
	for last+1 < len(q.p.ts) && q.p.sentence[last+1] == q.p.sentence[i] {
		last++
	}
	if q.p.among(i, last, "leihen", "ausleihen", "verleihen", "borrow", "lend", "abzugeben", "uebrig", "bock", "lust", "idee", "ideen", "tipp", "tipps", "erfahrung", "sagen", "erklaeren", "nummer", "tell") >= 0 {
		return true
	}
	for _, h := range q.p.of("things") {
		if h.first > i && h.last <= last && h.first <= i+6 && q.tok(i-1).is("hat", "haette", "has", "have") {
			return true
		}
	}
	return false
}

// helpAsked tells that a question for somebody asks for one helper, "kann jemand beim Aufräumen helfen?", and not for
// a thing or for whoever likes.
func (q *counter) helpAsked(i int) bool {
	for j := i + 1; j < len(q.p.ts) && j < i+20 && q.p.sentence[j] == q.p.sentence[i]; j++ {
		if q.tok(j).is("helfen", "mithelfen", "aushelfen", "unterstuetzen", "begleiten", "uebernehmen", "einspringen", "help") {
			return true
		}
	}
	return false
}

// joy tells "würden uns über zwei Nachfolger freuen".
func (q *counter) joy(i int) bool {
	return q.intent == Need && q.p.among(max(0, i-7), i+9, "freuen", "freut", "freue", "gefreut") >= 0
}

// teamSought tells that a body is wanted with its people: "suchen ein Unternehmen, das mit 15 Beschäftigten kommt".
func (q *counter) teamSought(i int) bool {
	if q.intent != Need {
		return false
	}
	for j := max(0, i-18); j < i; j++ {
		if q.tok(j).is("unternehmen", "firma", "betrieb", "firmenteam", "company", "business", "klasse", "reisegruppe", "truppe") && q.p.sentence[j] == q.p.sentence[i] && q.p.among(max(0, j-6), j, "suchen", "sucht", "suche", "brauchen", "gesucht", "wuenschen", "looking") >= 0 {
			return true
		}
	}
	return false
}

// goesOn tells that people were counted earlier in the sentence and the list of them goes on: "… und drei die mit anpacken".
func (q *counter) goesOn(i int) bool {
	return q.counted > 0 && q.p.sentence[q.counted-1] == q.p.sentence[i] && q.tok(i-1).is("und", "u", "&", "+", "and", ",", "sowie", "plus", "dazu", "ausserdem", "zusaetzlich", "noch")
}

// listed tells that a token begins a line, behind its dash or dot.
func (q *counter) listed(i int) bool {
	prev := q.tok(i - 1)
	if prev.is("-", "*", "~", "•", "+") || q.tok(i-2).is("-", "*", "~") && !prev.glued {
		prev = q.tok(i - 2)
	}
	return prev.kind == newlineToken && i > 1
}

// already tells that people are there, and not wanted: "haben wir 30 Helfende gewonnen", "sind schon vier Leute dabei".
func (q *counter) already(c tally) bool {
	if q.intent != Need {
		return false
	}
	if q.tok(c.first-1).is("hat", "haben", "betreuen", "betreut", "versorgen", "versorgt", "leben", "wohnen", "erwarten", "begleiten", "pflegen", "hatten", "have", "has") && q.p.among(c.last+1, c.last+8, "gefehlt", "zu") < 0 && c.rule != "somebody" ||
		q.weAre(c.first) {
		return true
	}
	there := -1
	for j := c.last + 1; j <= c.last+7 && j < len(q.p.ts) && q.p.sentence[j] == q.p.sentence[c.last]; j++ {
		if q.tok(j).is("aufgehoert", "aufhoeren", "gekuendigt", "verabschiedet", "weggezogen", "verstorben", "verlassen", "quit", "retired") {
			return true // those who are gone
		}
		if q.tok(j).is("gewonnen", "gefunden", "zugesagt", "beisammen", "angemeldet", "eingeteilt", "eingeplant", "vorhanden", "dabei", "found", "confirmed", "signed") {
			there = j
			break
		}
		if q.tok(j).is(",", ";", ":", "(", "aber", "und", "but") {
			return false
		}
	}
	have := q.p.among(max(0, c.first-5), c.first, "haben", "hat", "habe", "sind", "hatten", "schon", "bereits", "have", "already") >= 0
	return there > 0 && have && q.p.among(max(0, c.first-5), c.first, "suchen", "brauchen", "fehlen", "gern", "gerne") < 0
}

// weAre tells how many the writers are themselves: "wir sind so um die 35 Leute".
func (q *counter) weAre(i int) bool {
	j := i - 1
	for q.tok(j).is("so", "um", "die", "rund", "etwa", "ca", "circa", "ungefaehr", "insgesamt", "knapp", "gut", "about", "around", "nur", "bisher", "zurzeit") && j > i-5 {
		j--
	}
	return q.tok(j).is("sind", "are") && (q.tok(j-1).is("wir", "we") || q.tok(j+1).norm != q.tok(i).norm && q.tok(j-2).is("wir"))
}

// existing tells that people of a kind are asked for by asking whether they exist: "Gibt es zwei Kavaliere, die …?".
func (q *counter) existing(first, noun int) bool {
	ask := q.p.among(max(0, first-4), first, "gibt", "gibts", "gaebe", "finden", "there")
	return ask >= 0 && q.p.sentence[ask] == q.p.sentence[first] && q.tok(noun+1).is(",", "who") && (q.tok(noun+1).is("who") || q.tok(noun+2).is("die", "der", "who"))
}

// measure tells that a token is a unit of time, so that the number before it counts no people.
func (q *counter) measure(j int) bool {
	return q.tok(j).is("jahre", "jahren", "jahr", "years", "monate", "monaten", "wochen", "tage", "tagen", "stunden", "minuten", "stunde", "uhr", "euro", "km", "meter", "mal", "prozent")
}

// vacant reads "14 Plätze offen", "noch 3 Plätze für Teamer frei" where people are wanted.
func (q *counter) vacant(first, k int) (int, bool) {
	if q.intent != Need || !q.tok(k).is("plaetze", "posten", "stellen", "aemter", "places", "spots", "positions", "slots") {
		return 0, false
	}
	if q.p.among(max(0, first-8), first, "frei", "offen", "unbesetzt", "vakant") >= 0 {
		return k, true
	}
	for j := k + 1; j < k+9 && j < len(q.p.ts) && q.p.sentence[j] == q.p.sentence[first]; j++ {
		if q.tok(j).is("offen", "frei", "unbesetzt", "besetzen", "vakant", "open", "left", "free", "vacant", "fill") {
			return k, true
		}
		if role, _, _, _ := q.person(j); role && q.tok(j-1).is("fuer", "for") {
			return j, true
		}
	}
	return 0, false
}

// upTo reads the upper end of a range, "bis zu 7", and passes "statt fünf". It returns the token behind.
func (q *counter) upTo(c *tally, k int, article bool) int {
	if s := q.tok(k); s.is("-", "bis", "to", "oder", "or", "/") && !article {
		if s.is("bis") && q.tok(k+1).is("zu", "max") {
			k++
		}
		if h, ok := q.tp.number(k + 1); ok && h > c.low && h < 2000 && !q.tok(k+1).is("ein", "eine", "einen") {
			c.high, k = h, k+2
		}
	} else if s.is("statt", "anstatt", "instead") {
		for last := k + 4; k < last; {
			k++
			if _, ok := q.tp.number(k); ok {
				return k + 1
			}
		}
	}
	return k
}

// fixed reads numbers whose wording says enough: "zwei Dutzend", "half a dozen", "two of you", "14 Plätze offen".
func (q *counter) fixed(i int) (tally, bool) {
	n, ok := q.tp.number(i)
	done := func(n, last int, rule string) (tally, bool) {
		return tally{low: n, high: n, first: i, last: last, rule: rule}, true
	}
	t, next := q.tok(i), q.tok(i+1)
	switch {
	case t.is("halbes", "half") && (next.is("dutzend") || q.tok(i+2).is("dozen")):
		return done(6, i+2, "dozens")
	case !ok || n < 2 || q.notCount(i):
		return tally{}, false
	case next.is("dutzend", "dozen"):
		return done(12*n, i+1, "dozens")
	case q.intent == Need && n < 12 && next.is("of", "von") && q.tok(i+2).is("you", "euch"):
		return done(n, i+2, "some of those who read")
	}
	if last, ok := q.vacant(i, i+1); ok {
		return done(n, last, "vacant places")
	}
	return tally{}, false
}

// sought keeps those counted where the sentence says that they are wanted, if there are any: "zwölf Mütter lernen …
// Deshalb suchen wir eine Person".
func (q *counter) sought(cs []tally) []tally {
	said := map[int]bool{} // sentences
	for _, c := range cs {
		vague := c.rule == "number before people" || c.rule == "article before a role"
		if !vague || q.listed(c.first) || q.joy(c.first) || q.wanted(c.first) && !q.tok(c.first-1).is(":") {
			said[q.p.sentence[c.first]] = true
		}
	}
	var out []tally
	for _, c := range cs {
		if said[q.p.sentence[c.first]] {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return cs
	}
	return out
}
