package understanding

import (
	"slices"
	"strings"

	"ehrenamt/matching"
)

// readQualifications reads what one has to be able to do, what is welcome, and what is expressly not needed.
func (r *Reader) readQualifications(m *message, out *Reading) {
	if out.Intent == Other {
		return
	}
	seen := map[matching.Qualification]bool{}
	for i, p := range []part{m.body, m.subj} {
		for _, h := range outermost(p.of("qualifications")) {
			if h.value == "other_licence" {
				continue // a licence to drive what no id stands for
			}
			q := matching.Qualification(h.value)
			if iso, ok := strings.CutPrefix(h.value, "lang:"); ok {
				if !p.speaks(h, m.lang) {
					continue
				}
				q = matching.Language(iso)
			}
			if id, ok := strings.CutPrefix(h.value, "know:"); ok {
				if first, last := p.clause(h.first); !p.has("cues", "know", max(first, h.first-6), min(last, h.last+6)) {
					continue
				}
				q = matching.Qualification(id)
			}
			if h.value == "with:trainer_licence" {
				if p.among(0, len(p.ts)-1, "trainer", "trainerin", "uebungsleiter", "uebungsleiterin", "uebungsleitung", "coach") < 0 {
					continue
				}
				q = matching.Qualification("trainer_licence")
			}
			if id, ok := strings.CutPrefix(h.value, "want:"); ok {
				if !p.sought(h, out.Intent) {
					continue
				}
				q = matching.Qualification(id)
			}
			if seen[q] || p.notAsked(h) || p.notYet(h) || m.aboutIt(p, h, out.Intent) {
				continue
			}
			seen[q] = true
			d := &out.Draft
			if p.optional(h) && out.Intent == Need {
				d.Welcome = append(d.Welcome, q)
			} else {
				d.Required = append(d.Required, q)
			}
			f := Found{Field: FieldQualifications, From: -1, To: -1, Rule: h.word, Confidence: 0.9, Value: string(q)}
			if i == 0 {
				f.From, f.To = p.span(h.first, h.last)
			}
			out.Found = append(out.Found, f)
		}
	}
}

// outermost drops hits that lie inside longer ones of another meaning: "Lkw-Führerschein" is no "Führerschein".
func outermost(hits []hit) []hit {
	var out []hit
	for _, h := range hits {
		covered := slices.ContainsFunc(hits, func(o hit) bool {
			return o.first <= h.first && o.last >= h.last && o.last-o.first > h.last-h.first && o.value != h.value
		})
		nearC := h.value == "driving_licence_b" && slices.ContainsFunc(hits, func(o hit) bool {
			return o.value == "driving_licence_c" && o.first-h.last <= 5 && h.first-o.last <= 5
		})
		if !covered && !nearC {
			out = append(out, h)
		}
	}
	return out
}

// speaks tells that a language is spoken by the helpers, and not taught or asked for otherwise.
func (p part) speaks(h hit, lang string) bool {
	first, last := p.clause(h.first)
	if h.value == "lang:sign" || strings.Contains(h.word, "kenntnisse") || strings.Contains(h.word, "sprach") || strings.Contains(h.word, "dolmetsch") || strings.Contains(h.word, "partner") || strings.Contains(h.word, " ") {
		return true
	}
	if h.value == "lang:de" && p.practised(h, first) || p.poorly(h) {
		return false
	}
	if p.wanted(h) || p.after(h.last, 1).is("-") && p.after(h.last, 2).is("und", "oder", "bzw", "and", "or") && strings.HasSuffix(p.after(h.last, 3).norm, "kenntnissen") || p.after(h.last, 1).is("-") && strings.HasSuffix(p.after(h.last, 3).norm, "kenntnisse") {
		return true
	}
	if h.value == "lang:en" && lang == "en" && p.has("cues", "lesson", first, last) && !(p.before(h.first, 1).is("in") && !p.before(h.first, 2).is("lessons", "course")) {
		return false
	}
	if p.cue("speak", h.last+1) || p.before(h.first, 1).is("in", "auf") && p.among(max(first, h.first-8), h.first, "explain", "explains", "teach", "talk", "chat", "erklaeren", "erklaert", "reden", "unterhalten", "vorlesen", "beraten") >= 0 {
		return true
	}
	for j := max(first, h.first-3); j < h.first; j++ {
		if p.cue("lesson", j) {
			return false
		}
	}
	return p.has("cues", "speak", first, last)
}

// wanted tells that a language is asked for or had by what stands beside it: "good English is a must", "fließendes Polnisch".
func (p part) wanted(h hit) bool {
	if p.before(h.first, 1).is("good", "fluent", "decent", "some", "basic", "gutes", "gute", "guten", "gutem", "fliessend", "fliessendes", "fliessendem", "sicheres", "perfektes", "etwas", "solides", "bisschen", "little") || p.before(h.first, 2).is("good", "gutes", "gutem", "gute") {
		return true
	}
	if p.before(h.first, 1).is("both") || p.before(h.first, 3).is("both", "sowohl") {
		return true
	}
	if p.before(h.first, 1).is("and", "und", "or", "oder", ",", "/") && p.before(h.first, 3).is("good", "fluent", "gutes", "gutem", "fliessend", "some") {
		return true
	}
	for n := 1; n <= 7; n++ {
		t := p.after(h.last, n)
		if t.is("must", "plus", "required", "helpful", "welcome", "noetig", "erforderlich", "erwuenscht", "hilfreich", "vorteil", "pflicht", "notwendig", "willkommen", "essential", "reicht", "voraussetzung", "muss") {
			return !p.after(h.last, n-1).is("nicht", "not")
		}
		if t.is(".", ";", "!", "?") || n > 1 && t.is(",") {
			break
		}
	}
	return false
}

// poorly tells that somebody hardly speaks a language yet: "mein Deutsch ist noch klein", "my German is still A1".
func (p part) poorly(h hit) bool {
	if p.among(max(0, h.first-4), h.first, "hardly", "barely", "kaum") >= 0 {
		return true
	}
	if !p.before(h.first, 1).is("mein", "my", "meine", "benim", "моя") && !p.before(h.first, 1).is("kein", "wenig", "no", "little", "kaum") {
		return false
	}
	if p.before(h.first, 1).is("kein", "wenig", "no", "little", "kaum") {
		return true
	}
	for n := 1; n <= 5; n++ {
		if p.after(h.last, n).is("nicht", "klein", "schlecht", "schlechtes", "schwach", "wenig", "zero", "bad", "poor", "basic", "limited", "not", "a1", "a2", "a", "terrible", "t", "beginner", "anfaenger", "null", "still") {
			return true
		}
		if p.after(h.last, n).is(".", ",", "but", "aber") {
			return false
		}
	}
	return false
}

// practised tells "mit Geflüchteten Deutsch sprechen": German is what is done, not what is asked for.
func (p part) practised(h hit, first int) bool {
	with := false
	for j := max(first, h.first-8); j < h.first; j++ {
		with = with || p.ts[j].is("mit", "with")
		if p.ts[j].is("besser", "richtig", "better") {
			return true
		}
	}
	for j := h.first + 1; j <= h.first+2 && j < len(p.ts); j++ {
		if p.ts[j].is("lernen", "ueben", "sprechen", "uebt", "lernt", "practice") && (with || p.ts[j].is("lernen", "ueben", "lernt", "uebt")) {
			return true
		}
	}
	return false
}

// notAsked tells that a qualification is expressly not needed: "keine … nötig", "ohne Führerschein".
func (p part) notAsked(h hit) bool {
	first, last := p.clause(h.first)
	for j := h.first - 1; j >= max(first, h.first-4); j-- {
		if p.ts[j].is(",", "und", "aber", "oder") && j < h.first-1 {
			break
		}
		if p.ts[j].is("kein", "keine", "keinen", "keinerlei", "ohne", "no", "without", "nicht") {
			for k := h.last + 1; k <= min(last, h.last+8); k++ {
				if p.ts[k].is("muss", "bedingung", "problem") && k <= h.last+4 || p.ts[j].is("ohne", "without") && p.ts[k].is("nicht", "nichts", "niemand", "keiner", "no", "not", "kein", "leider") {
					return false
				}
			}
			return true
		}
	}
	if p.after(h.last, 1).is("?") && p.after(h.last, 2).is("nicht", "nein", "brauchst", "braucht") || h.value == "own_car" && p.after(h.last, 1).is("nicht", "leider", "keins") {
		return true
	}
	if verb := p.among(h.last+1, min(last, h.last+5), "verlangen", "fordern", "erwarten", "voraussetzen", "braucht", "brauchst", "brauchen", "benoetigt", "muss", "muessen", "need"); verb > 0 && p.among(verb, min(last, verb+4), "nicht", "keiner", "niemand", "not") > 0 && !p.divided(h.last, verb) {
		return true
	}
	for _, c := range p.hits {
		if c.table == "cues" && c.value == "unneeded" && c.first > h.last && c.first <= h.last+7 && p.sentence[c.first] == p.sentence[h.first] && !p.divided(h.last, c.first) {
			return true
		}
	}
	return h.last+2 < len(p.ts) && p.ts[h.last+1].is("yet") || h.last+2 < len(p.ts) && p.ts[h.first].norm != "" && p.negatedBefore(h)
}

func (p part) negatedBefore(h hit) bool {
	return h.first > 0 && p.ts[h.first-1].is("no", "kein", "keine", "keinen")
}

// divided tells that a semicolon or a new main clause stands between two tokens.
func (p part) divided(a, b int) bool {
	for j := a + 1; j < b; j++ {
		if p.ts[j].is(";", ".", "aber", "sondern") {
			return true
		}
	}
	return false
}

// aboutIt tells that a word names the activity or the sender instead of a qualification.
func (m *message) aboutIt(p part, h hit, intent Intent) bool {
	after := token{}
	if h.last+1 < len(p.ts) {
		after = p.ts[h.last+1]
	}
	switch h.value {
	case "craft_skills", "medical", "it_skills":
		for _, end := range []string{"betrieb", "betriebe", "firma", "innung", "meisterbetrieb", "gmbh", "schule", "markt", "bedarf", "verein", "werkstatt", "haus", "praxis"} {
			if strings.HasSuffix(p.ts[h.last].norm, end) && h.first == h.last {
				return true
			}
		}
	case "first_aid":
		return intent == Need && p.isFor(h) && p.ts[h.last].is("kurs", "kurse", "kursen", "hilfe", "aid") && (after.is("kurs", "kurse", "course", "training", "schulung", "-") || p.ts[h.last].is("kurs"))
	case "teaching":
		if intent == Need && strings.Contains(p.ts[h.first].norm, "lehrer") && p.before(h.first, 1).is("unsere", "unserer", "unseren", "die", "den", "our", "the") {
			return true
		}
		if intent == Need && p.ts[h.first].is("lehrer", "lehrerin", "teacher", "lehrern", "lehrerinnen", "teachers") {
			prev := token{}
			if h.first > 0 {
				prev = p.ts[h.first-1]
			}
			return prev.is("und", "die", "der", "unsere", "unser", "den", "our")
		}
	case "food_hygiene":
		return after.is("organisieren")
	}
	return false
}

// notYet tells that somebody is still to get a qualification: "will die Juleica machen".
func (p part) notYet(h hit) bool {
	wish := p.among(max(0, h.first-4), h.first, "will", "moechte", "wuerde", "wollen", "moechten", "want", "plane") >= 0
	return wish && p.among(h.last+1, h.last+2, "machen", "erwerben", "ablegen", "nachholen", "absolvieren") >= 0
}

// isFor tells that a word says what helpers are wanted for: "Helfer für unseren Erste-Hilfe-Kurs".
func (p part) isFor(h hit) bool {
	for n := 1; n <= 3; n++ {
		if p.before(h.first, n).is("fuer", "fuers", "for", "beim", "bei") {
			return true
		}
	}
	return false
}

// sought tells that somebody of a profession is wanted, or writes: "Arzt gesucht", "we need a doctor", "ich bin Ärztin".
func (p part) sought(h hit, intent Intent) bool {
	if p.after(h.last, 1).is("gesucht", "wanted", "needed", "benoetigt") || p.after(h.last, 1).is("oder", "or") && p.after(h.last, 3).is("gesucht", "wanted", "needed", "fuer", "for") {
		return true
	}
	for n := 1; n <= 4; n++ {
		t := p.before(h.first, n)
		if t.is("zum", "beim", "zur", "to", "the", "for", "fuer", "vom", "im") {
			return false
		}
		if intent == Need && t.is("suchen", "sucht", "suche", "brauchen", "braucht", "benoetigen", "need", "needs", "gesucht", "fehlt", "fehlen", "looking") || intent != Need && t.is("bin", "als", "i'm", "am", "war") {
			return true
		}
	}
	return false
}

// optional tells that a qualification is only welcome.
func (p part) optional(h hit) bool {
	first, last := p.clause(h.first)
	for _, c := range p.hits {
		if c.table != "cues" || c.value != "optional" || c.first < first || c.last > last {
			continue
		}
		if c.first > h.last && c.first-h.last <= 9 && !p.divided(h.last, c.first) || h.first > c.last && h.first-c.last <= 5 && !p.divided(c.last, h.first) {
			return true
		}
	}
	return false
}
