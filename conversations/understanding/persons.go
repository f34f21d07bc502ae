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
		return x.is("kann", "koennte", "hat", "haette", "will", "mag", "moechte", "wuerde", "can", "could", "is", "does", "would", "ob", "falls", "wenn", "waere", "has", "weiss", "kennt", "leiht", "ist", "verleiht", "hilft", "koennt")
	}
	switch {
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
	case t.is("jemand", "someone", "somebody") && q.p.among(i+1, i+8, "gesucht", "wanted", "needed", "gebraucht") > 0:
		return c, true
	case t.is("jemand", "jmd", "someone", "somebody") && asked(prev) || t.is("jemand", "jmd") && prev.is("mir", "uns", "mal", "heute", "morgen") && asked(before):
		return c, q.helpAsked(i)
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
	case number && n > 1 && q.tok(i+1).is("of") && q.tok(i+2).is("us"):
		return done(n, i+2)
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
