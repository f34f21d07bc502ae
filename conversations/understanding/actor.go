package understanding

import (
	"strings"

	"ehrenamt/matching"
)

// readActor decides who writes, and finds the name of an organisation.
func (r *Reader) readActor(m *message, out *Reading) {
	score := map[string]float64{}
	best := map[string]hit{}
	bestIn := map[string]part{}
	for _, p := range []part{m.body, m.subj, m.sign} {
		for _, h := range p.of("actors") {
			w := h.weight * m.voice(p, h, out.Intent)
			if w > score[h.value] {
				best[h.value], bestIn[h.value] = h, p
				score[h.value] = w
			}
		}
	}
	name, top := "unknown", 0.0
	for _, a := range []string{"school", "company", "initiative", "club"} {
		if score[a] > top {
			name, top = a, score[a]
		}
	}
	person := m.personScore(out.Intent)
	if out.Intent == Offer && top >= 1.8 && person < 2.4 && top < 2.4 {
		top = 2.4
	}
	if out.Intent == Need && top >= 1.1 && top < 2.4 && person < 2 && m.body.any("cues", "we") {
		top = 2.4 // "beim TTC … suchen wir"
	}
	if top < 2.4 || person > top {
		if person >= 2 {
			name = "person"
		} else if top < 2.4 {
			name = "unknown"
		}
	}
	if out.Intent == Search && !m.body.any("cues", "we") && m.sign.words() == 0 {
		name = "person" // a body that is asked about does not write
	}
	if name == "unknown" && (out.Intent == Subscribe || out.Intent == Search || out.Intent == Offer) {
		name = "person"
	}
	out.Draft.Actor = matching.Actor(name)
	f := Found{Field: FieldActor, From: -1, To: -1, Rule: "who speaks", Confidence: 0.6, Value: name}
	if h, ok := best[name]; ok && name != "unknown" {
		p := bestIn[name]
		f.Rule, f.Confidence = h.word, min(0.95, 0.5+top/12)
		if p.text == m.body.text {
			f.From, f.To = p.span(h.first, h.last)
		}
		out.Draft.Carrier = m.carrier(p, h)
	}
	if name != "unknown" {
		out.Found = append(out.Found, f)
	}
}

// voice is how surely a word for an organisation names the one that writes.
func (m *message) voice(p part, h hit, intent Intent) float64 {
	if p.text == m.sign.text && m.sign.text != m.body.text && strings.TrimSpace(m.sign.text) != "" && len(p.ts) == len(m.sign.ts) && len(m.sign.ts) > 0 && p.ts[0].from == m.sign.ts[0].from {
		return 1.15
	}
	v := 0.8
	prev, before, third := p.before(h.first, 1), p.before(h.first, 2), p.before(h.first, 3)
	switch {
	case prev.is("fuer", "an", "to", "for", "in", "bei", "beim", "im", "am", "einer", "einem", "gemeinnuetzigen", "mehrere", "von", "anderen", "irgendeinem", "vom", "bis", "zum", "zur", "your", "eure", "euer", "dem", "welche", "eurem") && !before.is("wir", "ich", "uns"):
		v = 0.35
		if prev.is("bei", "in", "an") && p.after(h.last, 1).is("sucht", "suchen", "braucht") {
			v = 0.7
		}
	case prev.is("der", "des", "the", "einer", "einem") && before.is("fuer", "in", "bei", "an", "auf", "aula", "turnhalle", "halle", "saal", "raeumen", "of", "at", "vor", "neben", "nach", "heimgarten"):
		v = 0.3
	case prev.is("der", "des") && before.kind == wordToken && before.upper && !before.is("wir"):
		v = 0.6
	}
	if prev.is("unser", "unsere", "unserer", "unserem", "unseren", "unseres", "our", "wir", "als", "derneğimiz", "hier") || before.is("unser", "unsere", "unserem", "our", "wir", "als", "unserer") || before.is("sind", "are") || third.is("wir", "sind") && prev.is("der", "die", "das", "ein", "eine", "vom") {
		v = 1.2
		if prev.is("bei", "an") {
			v = 1
		}
	}
	if w, ok := m.muted(p, h, intent); ok {
		return w
	}
	if p.signed(h) {
		return 1.3
	}
	if third.is("sind") || p.before(h.first, 4).is("sind") && p.before(h.first, 5).is("wir") {
		v = max(v, 1.2)
	}
	if strings.HasPrefix(h.word, "our ") || strings.HasPrefix(h.word, "unser") {
		v = 1.2
	}
	if prev.is("vom", "von") && before.is("wir", "hier", "ich") {
		v = 1.2
	}
	for n := 2; n <= 5; n++ {
		if w := p.before(h.first, n); w.is("wir", "we") && p.before(h.first, n-1).is(",", "sind", "are", "als", "vom", "von") {
			v = max(v, 1.2)
		}
	}
	if intent == Offer && (prev.is("eines", "eurem", "eurer", "kleinen", "kleiner", "kleines", "local") || before.is("eines", "einem", "einer", "fuer", "euren")) && v < 1 {
		v = min(v, 0.35) // those who are to have it
	}
	v = p.acting(h, v)
	if intent == Offer && v == 0.8 {
		v = 0.5 // those who are to have it
	}
	if before.is("namen", "auftrag") || third.is("namen", "auftrag") {
		v = 1.3
	}
	if intent == Search || intent == Subscribe {
		v = p.overheard(h, v)
	}
	return v
}

// overheard lowers the voice of bodies somebody only asks or wants to hear about.
func (p part) overheard(h hit, v float64) float64 {
	if v < 1.15 {
		v *= 0.4
	}
	for n := 1; n <= 8; n++ {
		if p.before(h.first, n).is("wenn", "sobald", "falls", "when", "whenever", "if") {
			v = 0.2
		}
	}
	if t := p.after(h.last, 1); t.is("braucht", "sucht", "suchen", "needs") || p.before(h.first, 1).is("welche", "wenn", "sobald") || p.before(h.first, 2).is("wenn", "sobald", "when", "whenever") {
		v = 0.2
	}
	return v
}

// muted tells bodies that do not speak themselves: whom one greets, what one is or looks for, classes that are no classes.
func (m *message) muted(p part, h hit, intent Intent) (float64, bool) {
	prev, before := p.before(h.first, 1), p.before(h.first, 2)
	if prev.is("vom", "des", "der") && p.after(h.last, 1).is("sucht", "suchen", "braucht", "bietet", "benoetigt") {
		return 1, true
	}
	if prev.is("liebe", "lieber", "dear", "geehrte") {
		return 0, true
	}
	if prev.is("bin", "i'm") || before.is("bin") && prev.is("selbst", "ein", "eine", "noch", "gerade", "seit", "azubi", "student", "studentin", "im") {
		return 0.2, true
	}
	if (strings.HasPrefix(h.word, "azubi") || strings.HasPrefix(h.word, "auszubildend")) && !prev.is("unsere", "unserer", "unseren", "our", "meine", "meiner") && !before.is("unsere", "unserer", "unseren", "our") {
		return 0.4, true
	}
	if h.word == "klasse" && (prev.is("waere", "waeren", "fuehrerschein", "fs", "schein", "kl", "echt", "richtig", "super") || p.after(h.last, 1).is("b", "c", "be", "c1", "ce", "!", ",") && !prev.is("unsere", "unserer", "der", "die", "meine", "meiner")) {
		return 0, true
	}
	if p.lookedFor(h) || intent == Offer && prev.is("ein", "eine", "irgendein", "irgendeine", "any", "a") && p.among(h.last+1, h.last+5, "braucht", "sucht", "gebrauchen", "needs", "moechte", "will") > 0 && before.is("wenn", "falls", "sobald", "hier", "if", "irgendwo", "should", "sollte") {
		return 0.2, true
	}
	return 0, false
}

// signed tells that a body stands alone behind the last sentence: "… Euer Helferkreis Asyl", "LG die KG".
func (p part) signed(h hit) bool {
	if len(p.ts)-h.last > 8 || h.first == 0 {
		return false
	}
	lead := p.before(h.first, 1)
	if !lead.is("euer", "eure", "eures", "der", "die", "das", "ihr", "ihre", "your", "lg", "vg", "gruss", "gruesse", "-", "~", "\n", ".", "!", "?") && !(lead.kind == wordToken && lead.upper) {
		return false
	}
	first := h.first
	for first > 0 && p.sentence[first-1] == p.sentence[h.first] && p.ts[first-1].kind != newlineToken {
		first--
	}
	if first == 0 || h.first-first > 4 {
		return false
	}
	for j := first; j < len(p.ts); j++ {
		if t := p.ts[j]; t.is("sucht", "suchen", "braucht", "brauchen", "bietet", "wir", "ich", "hat", "ist", "sind", "kann", "freut", "?") {
			return false
		}
	}
	return true
}

// lookedFor tells that a body is itself what is looked for: "Wir suchen ein Unternehmen, das …".
func (p part) lookedFor(h hit) bool {
	if h.first <= 1 && p.among(h.last+1, h.last+5, "gesucht", "wanted") > 0 && p.after(h.last, 1).is("fuer", "gesucht", "mit", "zum", "for", "wanted") {
		return true
	}
	for n := 1; n <= 4; n++ {
		t := p.before(h.first, n)
		if t.is("suchen", "suche", "sucht", "looking") && p.sentence[h.first] == p.sentence[max(0, h.first-n)] {
			return p.before(h.first, 1).is("ein", "eine", "einen", "einem", "for", "a", "netten", "nette", "passende", "passenden", "anderen", "weitere")
		}
	}
	return false
}

// acting raises the voice of what does something in the sentence, or stands at the beginning or end.
func (p part) acting(h hit, v float64) float64 {
	for n := 1; n <= 7; n++ {
		t := p.after(h.last, n)
		if t.is(".", "!", "?", "\n", ",") {
			break
		}
		if v > 0.5 && t.is("sucht", "suchen", "braucht", "bietet", "brauchen", "benoetigt", "sucht:", "needs", "seeks", "veranstaltet", "organisiert", "laedt", "stellt", "gibt", "plant", "arıyor", "ariyor", "bräuchte", "braeuchte", "needs", "richtet", "verschenkt", "moechte", "is", "kann", "would", "hat", "spielt") {
			v = max(v, 1.15)
			break
		}
	}
	if h.first <= 1 || p.after(h.last, 1).is(":") && h.first < 5 {
		v = max(v, 1.1)
	}
	if p.before(h.first, 1).kind == newlineToken && h.first > 0 && len(p.ts)-h.last < 12 {
		v = max(v, 1.1)
	}
	return v
}

// cueWord tells whether a word stands anywhere.
func (p part) cueWord(w string) bool {
	for _, t := range p.ts {
		if t.is(w) {
			return true
		}
	}
	return false
}

func (p part) before(i, n int) token {
	if i-n < 0 {
		return token{kind: newlineToken, norm: "\n"}
	}
	return p.ts[i-n]
}

func (p part) after(i, n int) token {
	if i+n >= len(p.ts) {
		return token{kind: newlineToken, norm: "\n"}
	}
	return p.ts[i+n]
}

// personScore weighs what says that somebody writes for themselves.
func (m *message) personScore(intent Intent) float64 {
	s := 0.0
	for i, t := range m.body.ts {
		switch {
		case t.is("ich", "meine", "mein", "meiner", "meinem", "meinen", "i", "my", "ben", "я", "benim", "мене", "opa", "oma") && !(t.is("i") && m.lang != "en"):
			s += 2
		case t.is("mir", "mich", "me", "мені"):
			s++
		case t.is("familie") && m.body.after(i, 1).upper && i > len(m.body.ts)-6 && m.body.before(i, 1).is("lg", "vg", "gruesse", "gruss", "eure", "ihre", "\n", "von"):
			s += 3
		case m.lang == "tr" && (strings.HasSuffix(t.norm, "yorum") || t.is("oglum", "kizim", "annem", "babam", "esim", "cocugum", "kardesim", "istiyorum")):
			s += 2
		case t.is("шукаю", "живу", "можу", "хочу", "маю", "розмовляю", "працюю"):
			s += 2
		case i == 0 && t.is("suche", "biete", "brauche", "hab", "habe", "bin", "moechte", "hätte", "haette", "kann", "wuerde", "will", "muss", "verschenke", "spreche", "lese", "lerne", "gebe", "helfe", "kenne", "repariere", "backe", "koche", "spiele", "arbeite", "fahre", "wohne", "studiere", "interessiere", "stricke", "singe", "unterrichte", "verleihe", "uebersetze", "naehe", "ich") && !m.body.after(i, 1).is("wer", "jemand", "jmd", "uns", "mir", "man", "irgendwer", "einer", "ihr"):
			s += 3
		case t.is("suche", "biete", "brauche", "haette", "verschenke", "verleihe") && m.body.before(i, 1).norm != "wer":
			s += 1.5
		}
	}
	if m.body.any("cues", "job") {
		s += 1.5
	}
	if intent == Offer {
		s += 1
		for i, t := range m.body.ts {
			if t.is("wir", "we") && (m.body.after(i, 1).is("zwei", "sind", "are", "beide", "two", "drei", "'") || m.body.after(i, 2).is("zu", "studis", "freunde")) {
				s += 1.5
			}
			if t.is("studis", "rentner", "ehepaar", "paerchen", "freundin", "students") {
				s++
			}
		}
	}
	if intent == Subscribe || intent == Search {
		s += 1.5
		if m.body.any("cues", "person") && !m.body.any("cues", "we") {
			s += 2
		}
	}
	for i, t := range m.body.ts {
		if t.is("familie", "wg") && m.body.before(i, 1).is("unsere", "unser", "als", "eine", "(") || t.is("tochter", "sohn", "mann", "frau", "oma", "opa", "mutter", "vater", "husband", "wife", "mum", "daughter", "son") && m.body.before(i, 1).is("meine", "meiner", "meinen", "mein", "meinem", "my") {
			s += 2.5
			break
		}
	}
	if intent == Offer && m.profession() {
		s += 2.5
	}
	if intent == Need && (m.body.cueWord("mir") || m.body.cueWord("mich")) {
		s++
	}
	if intent == Need && m.body.any("cues", "we") && !m.body.any("cues", "person") {
		s -= 1.5
	}
	if i := m.body.among(1, len(m.body.ts)-1, "namen", "auftrag"); i > 0 && m.body.before(i, 1).is("im") {
		s -= 2
	}
	return min(s, 4.2)
}

// profession tells that the writer stands at the beginning as what they are: "Imker zeigt Kita-Gruppen sein Bienenhaus".
func (m *message) profession() bool {
	q := &counter{m: m, p: m.body, tp: m.tp}
	first := firstWord(m.body)
	for i := first; i < min(len(m.body.ts), first+8); i++ {
		begins := i == first || m.body.sentence[i] != m.body.sentence[i-1]
		if begins && q.agent(i) && !m.body.after(i, 1).is("-") && m.tab.verbs[m.body.ts[i].norm] == "" {
			return true
		}
	}
	return false
}

// carrier is the name of the organisation as written, with the words that belong to it.
func (m *message) carrier(p part, h hit) string {
	first, last := h.first, h.last
	for first > 0 && first > h.first-3 {
		t := p.ts[first-1]
		if t.kind == wordToken && t.upper && p.sentence[first-1] == p.sentence[h.first] && !t.is("der", "die", "das", "unser", "unsere", "wir", "hallo", "ihr", "ihre", "the", "our", "der", "moin", "hi", "liebe") || t.is("-") && t.glued {
			first--
			continue
		}
		break
	}
	for last+1 < len(p.ts) && last < h.last+6 {
		t := p.ts[last+1]
		if p.sentence[last+1] != p.sentence[h.last] && !t.is(".") || t.kind == newlineToken {
			break
		}
		if t.kind == wordToken && (t.upper || t.is("e", "v", "ev", "von", "und", "der", "e.v")) || t.is("-", ".") && t.glued && last+2 < len(p.ts) && p.ts[last+2].glued || t.is(".") && (p.ts[last].is("e", "v", "st") && !p.ts[last].upper || p.ts[last].is("v", "st")) {
			last++
			continue
		}
		break
	}
	for last > h.last && p.ts[last].is("von", "und", "der") {
		last--
	}
	a, b := p.span(first, last)
	if a < 0 {
		return ""
	}
	name := strings.Join(strings.Fields(p.text[a:b]), " ")
	if first == last && !p.ts[first].caps || len(name) > 80 || p.ts[first].is("unser", "unsere", "unserer", "unserem", "our", "my", "meine", "mein") {
		return "" // "Unsere Klasse" names nobody
	}
	return name
}
