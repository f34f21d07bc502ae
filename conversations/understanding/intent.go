package understanding

import "strings"

// scores are the weights of the intents, and of the ways of being none.
type scores map[string]float64

// other is the strongest way of being no posting.
func (s scores) other() (string, float64) {
	best, weight := "", 0.0
	for k, v := range s {
		if strings.HasPrefix(k, "other:") && (v > weight || v == weight && k < best) {
			best, weight = k, v
		}
	}
	return strings.TrimPrefix(best, "other:"), weight
}

// weigh adds up the cues of a part; each value counts a token once and a pattern once.
func (m *message) weigh(p part, factor float64, s scores) {
	seen := map[string]bool{}
	type at struct {
		value string
		token int
	}
	covered := map[at]float64{}
	for _, h := range p.of("intents") {
		if seen[h.word] || m.excluded(p, h) {
			continue
		}
		seen[h.word] = true
		w := h.weight
		for i := h.first; i <= h.last; i++ {
			if old := covered[at{h.value, i}]; old > 0 {
				w = min(w, max(0, h.weight-old))
			}
		}
		for i := h.first; i <= h.last; i++ {
			covered[at{h.value, i}] = max(covered[at{h.value, i}], h.weight)
		}
		s[h.value] += w * factor
	}
}

// excluded drops cues that their surroundings turn: negated needs, "sagt Bescheid, wenn ihr könnt", "wo kann ich mich melden".
func (m *message) excluded(p part, h hit) bool {
	after := func(n int) token {
		if h.last+n < len(p.ts) {
			return p.ts[h.last+n]
		}
		return token{}
	}
	before := func(n int) token {
		if h.first-n >= 0 {
			return p.ts[h.first-n]
		}
		return token{}
	}
	switch h.value {
	case "need":
		if strings.HasPrefix(h.word, "wer ") || strings.HasPrefix(h.word, "who ") {
			return p.among(h.last, h.last+3, "sagen", "verraten", "erklaeren", "beantworten", "weiss", "tell", "knows", "explain") >= 0
		}
		if p.conditional(h) {
			return true
		}
		if after(1).is("kein", "keine", "keinen", "niemanden", "nicht") || before(1).is("mehr", "nicht", "nix") && (before(2).is("nicht") || before(1).is("nicht")) {
			return true
		}
		for n := 1; n <= 4; n++ {
			if before(n).is("keine", "keinen") && p.sentence[h.first] == p.sentence[max(0, h.first-n)] {
				return true
			}
		}
		return strings.HasPrefix(h.word, "such") && before(1).is("wer", "jemand", "wenn") || (h.word == "braucht" || h.word == "sucht") && (before(1).is("wer", "jemand", "irgendwer", "wenn", "sobald") || before(2).is("wenn", "sobald", "jemand"))
	case "subscribe":
		for n := 1; n <= 8; n++ {
			if after(n).is("ihr", "du") && h.word != "abo" {
				return !after(n+1).is("was", "etwas", "neue", "neues", "neue", "mal", "hilfe", "einsaetze", "leute", "helfer")
			}
			if after(n).is("koennt", "kannst", "mitmachst", "mitmacht", "you") && n <= 6 {
				return true
			}
		}
	case "offer":
		return after(1).is("wissen", "erfahren", "fragen", "know", "informiert", "be") && !after(2).is("helping", "able")
	case "search":
		for n := 1; n <= 3; n++ {
			if after(n).is("melden", "anmelden", "registrieren", "erreichen", "aendern", "loeschen", "sehen", "change", "hochladen", "sign") {
				return true
			}
		}
		return h.word == "sucht jemand" && after(1).is("der", "die")
	case "other:spam":
		return h.word == "20 %" && !after(1).is("rabatt")
	}
	return false
}

// said adds what only the build of a sentence tells: "hätte … Zeit", "ich möchte … helfen".
func (m *message) said(s scores) {
	p := m.body
	for i, t := range p.ts {
		if t.kind != wordToken {
			continue
		}
		subject := token{}
		if i > 0 {
			subject = p.ts[i-1]
		}
		next := token{}
		if i+1 < len(p.ts) {
			next = p.ts[i+1]
		}
		asked := subject.is("wer", "jemand", "jmd", "die", "der", "ihr", "du", "was", "wo", "sie", "man", "wie", "who", "das", "sich", "anyone", "someone", "anybody", "you", "somebody", "please", "that", "they", "it") || next.is("jemand", "jmd", "mir", "uns", "wer", "ihr", "du", "man", "sie", "sich", "you", "anyone", "someone", "somebody", "i")
		asked = asked && !(next.is("wir", "ich") && !p.asked(i))
		switch {
		case t.is("haette", "haetten", "habe", "hab", "haben", "have", "hat", "has") && !asked && !(subject.is("wir") && s["need"] >= 3):
			for j := i + 1; j < len(p.ts) && j < i+19 && p.sentence[j] == p.sentence[i]; j++ {
				if p.ts[j].is("zeit", "frei", "lust", "bock", "time", "kapazitaet", "freien", "freie", "leer", "verleihen", "uebrig", "luft", "spare", "free", "kapazitaeten") {
					s["offer"] += 4
					break
				}
			}
		case i <= firstWord(p) && t.is("kann", "koennte", "haette", "wuerde", "moechte", "can", "could") && !next.is("wer", "jemand", "jmd", "uns", "mir", "man", "ich", "irgendwer", "einer", "ihr", "du", "sie", "i", "you", "anyone", "someone", "we", "wir", "this", "der", "die", "das") && !p.asked(i):
			s["offer"] += 3
		case p.cue("modal", i) && !asked:
			mine := subject.is("ich", "i", "я", "ben") || next.is("ich") || s["need"] < 3
			for j := i + 1; mine && j < len(p.ts) && j < i+26 && p.sentence[j] == p.sentence[i]; j++ {
				if p.cue("deed", j) || strings.HasPrefix(m.tab.verbs[p.ts[j].norm], "do inf") {
					s["offer"] += 3
					break
				}
				if p.ts[j].is("wissen", "erfahren", "know", "informiert", "informed", "nicht", "leider", "kein", "keine", "not", "nie") {
					mine = false
				}
			}
			if mine && (subject.is("ich", "i") || m.personOnly()) && s["offer"] < 2.5 && !p.asked(i) {
				s["offer"] += 2.5
			}
		case t.is("gibt", "geben", "stelle", "stellen", "stellt", "biete", "bietet", "bieten", "gebe", "stehen", "steht", "stehe") && (!asked || next.is("sich")):
			for j := i + 1; j < len(p.ts) && j < i+30 && p.sentence[j] == p.sentence[i]; j++ {
				if p.ts[j].is("ab", "bereit", "an") && (j+1 == len(p.ts) || p.ts[j+1].kind != wordToken && p.ts[j+1].kind != numberToken) || p.ts[j].is("verfuegung") {
					s["offer"] += 3.5
					break
				}
			}
		case t.is("sucht", "suchen") && m.seeksTask(i):
			s["offer"] += 6
			s["need"] -= 2
		case t.is("suche", "such", "suchen", "looking") && (t.is("suche", "such") || subject.is("ich")):
			for j := i + 1; j < len(p.ts) && j < i+9 && p.sentence[j] == p.sentence[i]; j++ {
				if p.has("cues", "ehrenamt", j, j+2) && !p.ts[j].is("hilfe") && !p.has("people", "one", i+1, j) {
					s["search"] += 5
					break
				}
			}
		}
	}
}

// seeksTask tells "unsere Abteilung sucht ein Projekt": what is sought is something to do.
func (m *message) seeksTask(i int) bool {
	p := m.body
	for j := i + 1; j < len(p.ts) && j < i+10 && p.sentence[j] == p.sentence[i]; j++ {
		if p.ts[j].is("projekt", "einsatz", "einsatzstelle", "einsatzstellen", "aufgabe", "betaetigung", "engagement", "einsatzort", "auftrittsmoeglichkeit", "wirkungskreis", "betaetigungsfeld") || p.ts[j].is("verein") && !p.any("cues", "person") && p.ts[i].is("sucht") {
			return true
		}
		if p.cue("deed", j) || p.has("people", "role", j, j) || p.has("people", "one", j, j) {
			return false
		}
	}
	return false
}

// wishes adds "… Bescheid … wenn … mir" and questions for what there is, however they are worded.
func (m *message) wishes(s scores) {
	p := m.body
	me := func(i int) bool {
		for j := max(0, i-9); j < len(p.ts) && j < i+7; j++ {
			if p.ts[j].is("mir", "mich", "me", "uns", "us", "bana", "мене", "мені", "ich", "i", "we", "wir", "my", "our", "unser", "unsere") {
				return true
			}
		}
		return false
	}
	for i := range p.ts {
		if !p.cue("notify", i) || s["subscribe"] >= 7 || !me(i) && i > 2 {
			continue
		}
		if p.among(max(0, i-10), i+10, "kuenftig", "zukuenftig", "fortan", "regelmaessig", "regularly", "future") >= 0 && s["need"] < 6 && me(i) {
			s["subscribe"] += 7.5
			break
		}
		for j := max(0, i-10); j < len(p.ts) && j < i+16; j++ {
			if p.sentence[j] != p.sentence[i] || !p.cue("whenever", j) {
				continue
			}
			if k := p.ts[min(j+1, len(p.ts)-1)]; k.is("ihr", "du", "sie", "you", "fragen", "noch") || j+2 < len(p.ts) && p.ts[j+2].is("you", "ihr", "du") {
				break
			}
			if p.ts[j].is("wenn", "sobald", "falls", "when", "whenever", "if", "olursa", "коли", "якщо", "sofern") && s["need"] < 6 || s["need"] < 3 {
				s["subscribe"] += 5
				break
			}
		}
	}
	if s["search"] >= 4.5 || s["need"] >= 6 || s["offer"] >= 3 {
		return
	}
	for i := range p.ts {
		start := i == 0 || p.sentence[i-1] != p.sentence[i] || i == firstWord(p) || p.ts[i-1].is(",")
		if !start || !p.cue("asking", i) || !m.cause() || p.ts[i].is("wer", "who", "hat", "is", "suche") {
			continue
		}
		if p.ts[i].is("zeig", "zeigt", "zeige", "show", "list", "finde", "gesuche", "angebote", "einsaetze") || p.asked(i) {
			s["search"] += 4.5
			return
		}
	}
}

// asked tells that the sentence of a token ends in a question mark, or the message has no marks at all.
func (p part) asked(i int) bool {
	for j := i; j < len(p.ts) && p.sentence[j] == p.sentence[i]; j++ {
		if p.ts[j].is("?") {
			return true
		}
	}
	return false
}

// cause tells that the message names something people volunteer for.
func (m *message) cause() bool {
	for _, h := range m.body.hits {
		if h.table == "categories" && h.weight >= 4 || h.table == "cues" && h.value == "ehrenamt" || h.table == "people" && h.value == "role" {
			return true
		}
	}
	return false
}

// intent decides what a message is for, and how surely.
func (r *Reader) intent(m *message) (Intent, float64) {
	if m.body.words() == 0 && m.subj.words() == 0 {
		return Other, 1
	}
	p := r.tab.evidence.judge(r.evidence(m))
	best := 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	return intentOrder[best], p[best]
}

func (m *message) personOnly() bool { return m.body.any("cues", "person") && !m.body.any("cues", "we") }

// dayNamed looks for a weekday, a relative day or a clock time.
func (m *message) dayNamed() bool {
	tp := m.tp
	for i := range m.body.ts {
		for _, class := range []string{"weekday", "habit", "day", "hourunit", "month"} {
			if _, ok := tp.class(i, class); ok {
				return true
			}
		}
		if t := m.body.ts[i]; t.kind == numberToken && m.body.after(i, 1).is(".", ":") && m.body.after(i, 2).kind == numberToken {
			return true
		}
	}
	return false
}
