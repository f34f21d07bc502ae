package understanding

import "strings"

// shaped adds what the build of a whole sentence tells, whatever its words: "könnte mir da wer helfen", "anyone free to …",
// "… übrig, wer kann es abholen", "unsere Azubis sollen … mitarbeiten", "looking for something useful to do".
func (m *message) shaped(s scores) {
	p := m.body
	for first := 0; first < len(p.ts); {
		last := first
		for last+1 < len(p.ts) && p.sentence[last+1] == p.sentence[first] {
			last++
		}
		m.shapedSentence(s, first, last)
		first = last + 1
	}
	if m.toFetch() {
		s["offer"] += 4.5
	}
	m.suffixes(s)
}

// suffixes reads what Turkish says with the ends of its verbs: "yapabilirim" (I can), "edebilir mi" (can one), "ihtiyacımız" (our need).
func (m *message) suffixes(s scores) {
	for i, t := range m.body.ts {
		if m.lang != "tr" || t.kind != wordToken {
			continue
		}
		switch {
		case strings.HasSuffix(t.norm, "bilirim"), strings.HasSuffix(t.norm, "biliriz"):
			s["offer"] += 5
		case strings.HasPrefix(t.norm, "ihtiyac"), strings.HasSuffix(t.norm, "bilir") && m.body.after(i, 1).is("mi", "misiniz", "misin"):
			s["need"] += 5
		}
	}
}

// toFetch tells that something is left and waits to be fetched, be it two sentences later: "sind noch 40 Portionen da. Abholung bis 21 Uhr".
func (m *message) toFetch() bool {
	p := m.body
	fetch := p.among(0, len(p.ts)-1, "abholung", "abholen", "abzuholen", "selbstabholer", "selbstabholung", "abgeholt", "collection", "pickup")
	if fetch < 0 || p.among(0, len(p.ts)-1, "suchen", "suche", "brauchen", "brauche", "gesucht", "fehlt", "fehlen", "need", "fahrer", "leihen", "bitte", "gebraucht") >= 0 && p.among(0, len(p.ts)-1, "abzugeben", "verschenken", "uebrig", "geben") < 0 {
		return false
	}
	for i := range p.ts {
		if p.ts[i].is("uebrig", "abzugeben", "rum", "herum", "da", "left", "verschenken", "vergeben") && p.among(max(0, i-14), i, "noch", "sind", "ist", "stehen", "steht", "liegen", "haben", "are", "wir") >= 0 {
			return true
		}
	}
	return false
}

// noLonger tells "wir benötigen die zwölf Helfer nicht mehr", "the helpers are no longer needed".
func (p part) noLonger(first, last int) bool {
	verb := p.among(first, last, "benoetigen", "brauchen", "brauche", "suchen", "suche", "benoetigt", "gebraucht", "need")
	for i := first; verb >= 0 && i < last; i++ {
		if p.ts[i].is("nicht", "keine", "keinen", "niemanden") && p.among(i+1, min(last, i+3), "mehr") > 0 || p.ts[i].is("no") && p.ts[i+1].is("longer") {
			return p.among(i, last, "aber", "sondern", "but", "dafuer", "noch") < 0
		}
	}
	return false
}

// vacancy tells "haben noch drei Plätze für Teamer frei".
func (p part) vacancy(first, last int) bool {
	spot := p.among(first, last, "plaetze", "platz", "posten", "stellen", "stelle", "schichten", "spots", "places")
	if spot < 0 || p.among(spot, last, "fuer", "for") < 0 || p.among(first, last, "frei", "offen", "unbesetzt", "free", "open", "left") < 0 {
		return false
	}
	for _, h := range p.of("people") {
		if h.value == "role" && h.first > spot && h.last <= last {
			return true
		}
	}
	return false
}

func (m *message) shapedSentence(s scores, first, last int) {
	p := m.body
	switch {
	case p.noLonger(first, last):
		s["other:cancel"] += 7
		s["need"] -= 3
	case p.begs(first, last), m.begsAnyone(first, last), p.wouldLikePeople(first, last), p.vacancy(first, last):
		s["need"] += 6
	case p.leftover(first, last) || p.free(first, last):
		s["offer"] += 6
	case p.joinsIn(first, last):
		s["offer"] += 4.5
	case p.wantsSomethingToDo(first, last):
		s["search"] += 7
		s["need"] -= 3.5
	case p.groupAtWork(first, last):
		s["offer"] += 4.5
	}
	if p.seeksPeople(first, last) && !m.seeksTask(first) {
		s["need"] += 3
	}
	if p.saysI(first, last) {
		s["offer"] += 3.5
	}
}

// seeksPeople tells "suchen wir zwei Vorlesende", whatever else the writer wants to do.
func (p part) seeksPeople(first, last int) bool {
	verb := p.among(first, last, "suchen", "sucht", "brauchen", "braucht", "benoetigen", "benoetigt", "fehlen", "need", "needs")
	if verb < 0 || p.among(first, last, "wenn", "sobald", "falls", "kein", "keine", "keinen", "nicht", "wer", "who", "when", "if", "no", "?", "ich", "welche", "irgendwo") >= 0 {
		return false
	}
	for j := verb + 1; j <= min(last, verb+9); j++ {
		if p.has("people", "role", j, j) {
			return true
		}
	}
	return false
}

// free tells that others may have or use something: "gemeinnützige Vereine dürfen … holen", "clubs are welcome to borrow it".
func (p part) free(first, last int) bool {
	may := p.among(first, last, "duerfen", "koennen", "welcome", "may", "darf")
	if may < 0 || p.among(first, last, "vereine", "vereinen", "gemeinnuetzige", "einrichtungen", "initiativen", "organisationen", "clubs", "charities", "associations", "schulen", "kitas", "ihr", "gruppen") < 0 {
		return false
	}
	return p.among(may, last, "holen", "abholen", "mitnehmen", "ausleihen", "leihen", "nutzen", "benutzen", "haben", "borrow", "use", "have", "take", "collect") >= 0 && p.among(first, last, "wir", "we", "uns") < may &&
		p.among(first, last, "brauchen", "suchen", "need", "?") < 0
}

// joinsIn tells that somebody lends a hand wherever it is wanted: "unser Kegelclub packt … irgendwo mit an".
func (p part) joinsIn(first, last int) bool {
	verb := p.among(first, last, "packt", "packen", "packe", "hilft", "helfen", "helfe", "macht", "machen", "mache")
	return verb >= 0 && p.among(verb, last, "irgendwo", "gern", "gerne", "ueberall") >= 0 && p.among(first, last, "mit", "bei", "beim", "aus") >= 0 &&
		p.among(first, last, "wer", "jemand", "?", "uns", "mir", "suchen", "suche", "wo", "wenn", "wuerde", "was") < 0
}

// saysI tells that a sentence or clause leaves out the writer, who does something for others: "Gebe … Kurs", "bin neu hier, kann …".
func (p part) saysI(first, last int) bool {
	if p.among(first, last, "?", "wer", "jemand", "jmd", "ich", "suche", "such", "brauche", "nicht", "leider") >= 0 {
		return false
	}
	for i := first; i <= last; i++ {
		if p.ts[i].kind != wordToken {
			continue
		}
		if p.ts[i].is("gebe", "biete", "leite", "unterrichte", "verleihe", "verschenke", "spende", "baue", "repariere", "koche", "backe", "fahre", "uebersetze", "begleite", "uebernehme", "mache", "naehe", "spiele", "schneide") {
			return true
		}
		break
	}
	for i := first + 1; i <= min(last, first+8); i++ {
		doing := p.ts[i-1].kind == wordToken && strings.HasSuffix(p.ts[i-1].norm, "t") && !p.ts[i-1].upper && len(p.ts[i-1].norm) > 3
		if doing && p.ts[i].is("gern", "gerne") && p.among(first, last, "sucht", "braucht", "gesucht", "wir", "uns", "bitte", "nicht", "wird", "euch", "ihr") < 0 {
			return true
		}
	}
	self := p.among(first, last, "bin", "hab", "habe")
	can := p.among(first, last, "kann", "koennte")
	return self >= 0 && can > first && p.ts[can-1].is(",", ".", "und", "u", "-") && can < last && !p.ts[can+1].is("wer", "man", "ich", "mir", "uns", "er", "sie", "es")
}

// among is the first token of a range that is one of the words, or -1.
func (p part) among(first, last int, words ...string) int {
	for i := first; i <= last && i < len(p.ts); i++ {
		if p.ts[i].is(words...) {
			return i
		}
	}
	return -1
}

// begs tells that somebody, no matter who, is asked to do something for the writer.
func (p part) begs(first, last int) bool {
	who := p.among(first, last, "wer", "jemand", "jmd", "irgendwer", "irgendjemand", "anyone", "anybody", "someone", "somebody", "хтось", "biri")
	if who < 0 || p.among(first, last, "wenn", "sobald", "falls", "whenever", "if", "bescheid", "sucht", "braucht", "needs", "looking", "nicht", "warum", "wieso", "sagen", "tell", "ob", "whether", "erklaeren") >= 0 {
		return false
	}
	if p.ts[who].is("anyone", "anybody", "someone", "somebody") {
		for i := who + 1; i <= min(last, who+4); i++ {
			if p.ts[i].is("free", "available", "able", "around", "willing", "keen", "up", "spare", "fancy", "help", "lend") {
				return true
			}
		}
	}
	if p.among(first, last, "?") >= 0 && p.among(max(first, who-8), who, "kann", "koennte", "wuerde", "mag") >= 0 &&
		p.among(who, last, "helfen", "mithelfen", "aushelfen", "einspringen", "uebernehmen", "unterstuetzen", "anpacken") > 0 {
		return true
	}
	if p.among(first, last, "mir", "uns", "me", "us", "мені", "нам", "bana", "bize") < 0 {
		return false
	}
	asks := p.among(max(first, who-6), min(last, who+2), "kann", "koennte", "wuerde", "mag", "moechte", "haette", "can", "could", "would", "hilft", "helps", "will", "koennt") >= 0
	for i := first; asks && i <= last; i++ {
		if p.cue("deed", i) || strings.Contains(p.ts[i].norm, "helf") || strings.Contains(p.ts[i].norm, "hilf") || p.ts[i].is("hand", "leihen", "unter") {
			return true
		}
	}
	return false
}

// begsAnyone tells that it is asked whether somebody could do something, to nobody's name: "ob da mal jemand vorbeikommen könnte",
// "Could two strong people give me a hand?".
func (m *message) begsAnyone(first, last int) bool {
	p := m.body
	if p.among(first, last, "wenn", "sobald", "falls", "whenever", "if", "bescheid", "sucht", "braucht", "needs", "looking", "sagen", "tell", "erklaeren", "weiss", "knows", "versichert") >= 0 {
		return false
	}
	could := p.among(first, last, "koennte", "koennten", "kann", "can", "could", "would", "wuerde", "mag", "moechte")
	if could < 0 {
		return false
	}
	who := p.among(first, last, "jemand", "jmd", "wer", "irgendwer", "irgendjemand", "someone", "somebody", "anyone", "anybody")
	if who < 0 && p.among(first, last, "me", "us", "mir", "uns") >= 0 && p.among(first, last, "?") >= 0 {
		for _, h := range p.of("people") {
			if h.value == "role" && h.first > could && h.first < could+5 && h.last <= last {
				who = h.first
			}
		}
	}
	if who < 0 || who-could > 12 || could-who > 14 {
		return false
	}
	for i := first; i <= last; i++ {
		if strings.HasPrefix(m.tab.verbs[p.ts[i].norm], "do inf") || p.ts[i].is("vorbeikommen", "kommen", "come", "hand", "helfen", "rueberkommen", "mitkommen") {
			return true
		}
	}
	return false
}

// wouldLikePeople tells "dafür hätten wir gern zwei geduldige Menschen".
func (p part) wouldLikePeople(first, last int) bool {
	had := p.among(first, last, "haetten", "haette", "wuenschen", "wuenschten")
	if had < 0 || p.among(had, min(last, had+4), "gern", "gerne", "uns", "mir") < 0 || p.among(had-1, had+2, "wir", "ich") < 0 {
		return false
	}
	for _, h := range p.of("people") {
		if (h.value == "role" || h.value == "one") && h.first > had && h.last <= last {
			return true
		}
	}
	return false
}

// leftover tells that something is given to whoever fetches it.
func (p part) leftover(first, last int) bool {
	rest := p.among(first, last, "uebrig", "uebriggeblieben", "ueberzaehlig", "ueberzaehlige", "leftover", "leftovers", "ausgemustert", "ausrangiert", "ausrangierte", "ausgemusterte", "surplus")
	return rest >= 0 && p.among(first, last, "abholen", "abgeholt", "abgeben", "gebrauchen", "nehmen", "haben", "abzugeben", "weitergeben", "spenden", "verschenken", "abnehmen", "collect", "take", "pick", "fetch", "wer", "who", "anyone", "give") >= 0
}

// wantsSomethingToDo tells "looking for something meaningful to do" from a need.
func (p part) wantsSomethingToDo(first, last int) bool {
	look := p.among(first, last, "looking", "searching", "look")
	if look < 0 {
		return false
	}
	what := p.among(look, min(last, look+5), "something", "anything", "somewhere", "way", "ways", "opportunity", "opportunities", "place", "places", "chance")
	return what > 0 && p.among(what, last, "do", "volunteer", "volunteering", "help", "helpful", "useful", "meaningful", "contribute", "involved") > 0 &&
		p.among(what, last, "us", "our") < 0
}

// groupAtWork tells that a group of the writer's is to work somewhere: "unsere Azubis sollen … mitarbeiten".
func (p part) groupAtWork(first, last int) bool {
	group := -1
	for _, h := range p.of("people") {
		if h.value == "group" && h.first >= first && h.last <= last && (group < 0 || h.first < group) {
			group = h.first
		}
	}
	if group < 0 || p.among(max(first, group-3), group, "fuer", "for", "suchen", "brauchen", "mit", "with", "unseren", "den") >= 0 || p.any("people", "role") && p.among(0, len(p.ts)-1, "suchen", "brauchen", "gesucht", "need", "braucht", "sucht") >= 0 {
		return false
	}
	modal := p.among(group, min(last, group+8), "sollen", "wollen", "moechten", "wuerden", "koennen", "koennten", "duerfen", "would", "want", "could", "can", "wish")
	if modal < 0 {
		return false
	}
	for i := modal; i <= last; i++ {
		if p.cue("deed", i) || p.ts[i].is("mitarbeiten", "arbeiten", "work", "einsetzen") {
			return true
		}
	}
	return false
}

// conditional tells that a word of need stands behind "wenn", "sobald": it is then what somebody else might write.
func (p part) conditional(h hit) bool {
	word := h.word
	if !strings.HasPrefix(word, "such") && !strings.HasPrefix(word, "gesucht") && !strings.HasPrefix(word, "brauch") && !strings.HasPrefix(word, "gebraucht") &&
		!strings.HasPrefix(word, "need") && !strings.HasPrefix(word, "benoetig") && !strings.HasPrefix(word, "wird gesucht") && !strings.HasPrefix(word, "looking") {
		return false
	}
	for j := h.first - 1; j >= max(0, h.first-12) && p.sentence[j] == p.sentence[h.first]; j-- {
		if p.ts[j].is(",", ":") {
			return false
		}
		if p.ts[j].is("wenn", "sobald", "falls", "whenever", "when", "if", "sofern") {
			return p.among(j, h.first, "wir", "we", "ihr", "sie") < 0
		}
	}
	return false
}
