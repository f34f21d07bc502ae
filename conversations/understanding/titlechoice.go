package understanding

import "strings"

// emptyNouns say nothing about what is to be done.
const emptyNouns = " helfer helfern helferin helferinnen helfende helferaufruf hilfe hilfen unterstuetzung anfrage anfragen gesuch gesuche gesucht aufruf bitte suche mithilfe" +
	" ehrenamt ehrenamtliche ehrenamtlicher ehrenamtlichen freiwillige freiwilligen leute leuten personen person menschen team verstaerkung nachricht frage fragen angebot info infos" +
	" dringend benoetigt brauchen wir wer hat zeit kann noch neue neuer hallo volunteers volunteer helpers helper help wanted needed request enquiry people offer support" +
	" verfuegung beispiel glueck zeit not teil schluss voraus interesse rueckfragen bedarf regen wetter dank weg gruss anfang ende start beginn preis kontakt thema ort uns mir euch ihnen" +
	" termin termine woche wochen monat monate stunde stunden tag tage jahr jahre vormittag nachmittag abend morgen mittag wochenende uhr folgende example free charge us me you them" +
	" hand haende haenden kraefte verein organisation einrichtung huefte krankenhaus klinik rollstuhl einsamkeit guinea iran irak somalia tus tsv ttc vfl djk "

// englishStops end a phrase of English, whose nouns no capital marks.
const englishStops = " on at this next from to with who that which is are in every each for until till by tomorrow tmrw tonight today please we you i need needs can may must be as or so but if near around between not have has will would" +
	" monday tuesday wednesday thursday friday saturday sunday sat sun mon tue wed thu fri "

// isAny tells whether a word is in a list written with blanks around each.
func (t token) isAny(list string) bool { return strings.Contains(list, " "+t.norm+" ") }

// titleFromSubject takes the subject where it says something besides that help is wanted.
func (m *message) titleFromSubject() string {
	s := subjectOf(m.req.Subject)
	if at := strings.Index(s, ": "); at > 0 && at < 18 && len(s)-at > 12 {
		s = s[at+2:]
	}
	if len(s) < 4 {
		return ""
	}
	p := m.subj
	for i, t := range p.ts {
		if t.kind != wordToken || len(t.norm) < 4 || t.isAny(emptyNouns) || p.placeOrDay(i) || p.organisation(i) {
			continue
		}
		if t.upper && i > 0 && len(t.norm) >= 6 && p.words() <= 3 && !p.ts[i-1].is("aus", "von", "in", "from", "an") {
			return strings.Trim(s, "!? .-–")
		}
		for _, h := range p.hits {
			if h.first <= i && h.last >= i && (h.table == "categories" || h.table == "tasks" || h.table == "people" && h.value == "role" || h.table == "things") {
				return strings.Trim(s, "!? .-–")
			}
		}
	}
	return ""
}

// titleFromTask weighs what may name the work: the phrase behind "zum", "beim", "für", a task, a thing or a cause. What
// is offered stands first in an offer; a word of no lexicon counts only where the sentence makes it a doing.
func (m *message) titleFromTask(intent Intent, lends bool) string {
	best, top := "", 0.0
	take := func(s string, weight float64) {
		if s != "" && weight > top {
			best, top = s, weight
		}
	}
	if s := m.titleFromHits(lends); s != "" {
		take(s, map[bool]float64{true: 4.5, false: 3.2}[intent == Offer])
	}
	p := m.body
	for i, t := range p.ts {
		weight, ok := p.leads(i)
		if !ok || i+1 >= len(p.ts) {
			continue
		}
		s, known := p.phrase(i + 1)
		switch {
		case s == "" || p.person(i+1):
		case known:
			take(s, 4)
		case strings.HasSuffix(strings.ToLower(strings.Fields(s)[0]), "en") || t.is("zum", "beim", "fuers"):
			take(s, weight)
		case p.ts[i+1].is("den", "die", "das", "unser", "unsere", "unseren", "einen", "eine", "the", "our"):
			take(s, 2)
		}
	}
	if p.english {
		take(p.englishDoing(), 4.2)
	}
	if best != "" {
		return best
	}
	for _, table := range []string{"tasks", "categories"} {
		for _, h := range p.of(table) {
			if word := p.ts[h.first]; !p.somebody(h) && !p.organisation(h.first) && h.value != "lend" && (word.upper || strings.HasSuffix(word.norm, "en")) {
				return capital(p.raw(h.first, h.last))
			}
		}
	}
	if s := m.titleFromRole(); s != "" {
		return s
	}
	for i, t := range p.ts {
		if p.cue("deed", i) && strings.HasSuffix(t.norm, "en") && !t.is("machen", "gehen", "geben", "helfen") {
			return capital(p.raw(i, i))
		}
	}
	return ""
}

// englishDoing reads what is done behind "to", "can": "run game stations", "build raised beds".
func (p part) englishDoing() string {
	for i := 1; i < len(p.ts); i++ {
		if !p.ts[i-1].is("to", "can", "could") || !p.cue("deed", i) && !p.ts[i].is("move", "carry", "set", "walk", "sort", "serve", "clean", "paint", "look", "take") || p.ts[i].is("help", "volunteer", "do", "give", "spend", "join", "offer") {
			continue
		}
		last := i
		for j := i + 1; j < min(i+6, len(p.ts)) && p.sentence[j] == p.sentence[i]; j++ {
			if t := p.ts[j]; t.kind != wordToken || t.isAny(englishStops) {
				break
			}
			last = j
		}
		if last > i {
			return capital(p.raw(i, last))
		}
	}
	return ""
}

// leads tells how strongly a word announces the work that comes behind it.
func (p part) leads(i int) (float64, bool) {
	t := p.ts[i]
	switch {
	case i == 0 && !t.is("fuer", "zum", "beim", "zur"):
		return 0, false
	case t.is("zum", "beim", "fuers"):
		return 3.5, true
	case t.is("fuer", "zur", "for"):
		return 3, true
	case t.is("bei", "at", "with"):
		return 2.5, true
	}
	return 0, false
}

// person tells that the next noun is somebody, who is no work.
func (p part) person(i int) bool {
	for j := i; j < min(i+3, len(p.ts)); j++ {
		if p.has("people", "target", j, j) || p.has("people", "role", j, j) || p.has("people", "group", j, j) || p.cue("person", j) || p.has("people", "one", j, j) {
			return true
		}
	}
	return false
}

// titleFromRole takes the role that is wanted: "Kassenwartin", "Schiedsrichter".
func (m *message) titleFromRole() string {
	p := m.body
	for _, h := range p.of("people") {
		if h.value == "role" && !p.ts[h.first].isAny(emptyNouns) && p.ts[h.first].upper {
			return capital(p.raw(h.first, h.last))
		}
	}
	return ""
}

// titleFromHits is the first noun phrase that begins with a task, a thing or a cause.
func (m *message) titleFromHits(lends bool) string {
	p, order := m.body, []string{"tasks", "categories", "things"}
	if lends {
		order = []string{"things", "tasks", "categories"}
	}
	for _, table := range order {
		for _, h := range p.of(table) {
			if (p.ts[h.first].upper || p.english) && h.value != "lend" && !p.somebody(h) {
				if s, known := p.phrase(h.first); s != "" && known {
					return s
				}
			}
		}
	}
	return ""
}
