package understanding

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"ehrenamt/matching"
)

// readCategory weighs the words of each cause. The subject counts more, words of the sender less.
func (r *Reader) readCategory(m *message, out *Reading) {
	if out.Intent == Other {
		return
	}
	score := map[string]float64{}
	best := map[string]hit{}
	m.addWords(m.body.without(out), 1, score, best)
	m.addWords(m.subj, 1.2, score, best)
	known := maps.Clone(score)
	m.addWords(m.sign, 0.35, score, best)
	for name, s := range score {
		if known[name] > 0 && s > known[name] {
			score[name] += s - known[name] // the sender bears out what the text says
		}
	}
	m.weighThings(score, out.Intent)
	m.weighSense(score, out)
	name, top := "", 0.0
	for _, c := range matching.Categories {
		if s := score[string(c)]; s > top+1e-9 {
			name, top = string(c), s
		}
	}
	least := 1.5
	if out.Intent == Search || out.Intent == Subscribe {
		least = 2.4
	}
	if top < least {
		if out.Intent == Need || out.Intent == Offer {
			out.Draft.Category = matching.OtherCategory
		}
	} else {
		out.Draft.Category = matching.Category(name)
		h := best[name]
		f := Found{Field: FieldCategory, From: -1, To: -1, Rule: h.ruleWord(), Confidence: confidenceOf(score, name), Value: name}
		if h.entry != nil && h.last < len(m.body.ts) && m.body.text != "" && slices.ContainsFunc(m.body.hits, func(x hit) bool { return x == h }) {
			f.From, f.To = m.body.span(h.first, h.last)
		}
		out.Found = append(out.Found, f)
	}
	if out.Intent == Search || out.Intent == Subscribe {
		out.Draft.Categories = alsoNamed(score, out.Draft.Category)
	}
	out.Draft.Tasks = m.tasks()
	if out.Draft.Category == matching.ResourcesLending {
		out.Draft.Things = m.things()
	}
}

// alsoNamed lists the causes about as clearly named as the first.
func alsoNamed(score map[string]float64, first matching.Category) []matching.Category {
	if first == "" || first == matching.OtherCategory {
		return nil
	}
	out := []matching.Category{first}
	for _, c := range matching.Categories {
		if c != first && score[string(c)] >= 3.5 && score[string(c)] >= 0.6*score[string(first)] {
			out = append(out, c)
		}
	}
	return out
}

func (h hit) ruleWord() string {
	if h.entry == nil {
		return "kind of actor"
	}
	return h.word
}

func confidenceOf(score map[string]float64, name string) float64 {
	second := 0.0
	for k, v := range score {
		if k != name {
			second = max(second, v)
		}
	}
	return 0.5 + 0.5*(score[name]-second)/(score[name]+0.01)
}

// addWords counts each word once for a category, with the heaviest pattern that covers it.
func (m *message) addWords(p part, factor float64, score map[string]float64, best map[string]hit) {
	type at struct {
		value string
		token int
	}
	heaviest := map[at]hit{}
	none := map[int]bool{}
	for _, h := range p.of("categories") {
		for j := h.first; h.value == "none" && j <= h.last; j++ {
			none[j] = true
		}
	}
	for _, h := range p.of("categories") {
		if none[h.first] {
			continue
		}
		k := at{h.value, h.first}
		if old, ok := heaviest[k]; !ok || h.weight > old.weight {
			heaviest[k] = h
		}
	}
	seen := map[string]float64{}
	keys := make([]at, 0, len(heaviest))
	for k := range heaviest {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i].token < keys[j].token || keys[i].token == keys[j].token && keys[i].value < keys[j].value
	})
	for _, k := range keys {
		h := heaviest[k]
		w := h.weight * factor
		if p.venue(h) || p.trade(h) {
			w *= 0.25
		}
		if p.english && p.ts[h.first].norm == "it" && h.first == h.last {
			continue // the pronoun
		}
		word := p.ts[h.first].norm + "/" + h.value
		if seen[word] > 0 {
			w *= 0.15
		}
		seen[word] = w
		// further words of the same cause add less and less
		score[h.value] += w / (1 + 0.35*score[h.value]/4)
		if b, ok := best[h.value]; !ok || h.weight*factor > b.weight {
			best[h.value] = h
		}
	}
}

// without leaves out words that are the place itself: "Weiden" is no tree where it is the town.
func (p part) without(out *Reading) part {
	for _, f := range out.Found {
		if f.Field != FieldPlace || f.From < 0 {
			continue
		}
		kept := make([]hit, 0, len(p.hits))
		for _, h := range p.hits {
			if h.table != "categories" || p.ts[h.first].from < f.From || p.ts[h.last].to > f.To {
				kept = append(kept, h)
			}
		}
		p.hits = kept
	}
	return p
}

// venue tells that a word only names where something takes place: "in der Turnhalle", "am Pfarrheim".
func (p part) venue(h hit) bool {
	t := p.ts[h.last].norm
	for _, end := range []string{"halle", "pfarrheim", "vereinsheim", "gemeindehaus", "rathaus", "saal", "sportplatz", "parkplatz", "aula", "schulhof", "strasse", "gelaende", "gemeindezentrum", "buergerhaus", "clubhouse", "schuetzenheim", "jugendheim", "sportpark", "stadion", "kirche", "museum", "theater", "dom"} {
		if strings.HasSuffix(t, end) && h.first > 0 {
			for j := h.first - 1; j >= max(0, h.first-2); j-- {
				if p.ts[j].is("in", "im", "am", "an", "auf", "beim", "at", "vor", "treffpunkt", "ort", ",", "neben", "hinter") && (end != "kirche" && end != "museum" && end != "theater" || p.ts[j].is("an", "vor", "neben", "hinter")) {
					return true
				}
			}
		}
	}
	if p.ts[h.last].is("krankenhaus", "klinik", "hospital") && p.before(h.first, 1).is("ins", "im", "in", "die", "der", "aus", "to", "the") && p.among(max(0, h.first-12), h.first, "ich", "muss", "komme", "liege", "war", "i", "my") >= 0 {
		return true // the writer's own way there
	}
	if h.first > 0 && (p.ts[h.first-1].is("aus", "from") || p.ts[h.first-1].is("bin", "als", "i'm") && !p.organisation(h.first)) {
		return true
	}
	for j := h.first - 1; j >= max(0, h.first-3); j-- {
		if p.ts[j].is("turnhalle", "aula", "sporthalle", "raeumen", "saal", "treffpunkt", "neben", "gegenueber") {
			return true
		}
	}
	return false
}

// trade tells that a word is part of the name of a firm: "Dachdeckerbetrieb", "Gärtnerei Müller" do not say what help is for.
func (p part) trade(h hit) bool {
	for _, a := range p.of("actors") {
		if a.value == "company" && a.first <= h.first && a.last >= h.last && h.value != "corporate_volunteering" {
			return true
		}
	}
	return false
}

// weighThings makes lending what it is only where a thing is meant.
func (m *message) weighThings(score map[string]float64, intent Intent) {
	thing := 0.0
	for _, p := range []part{m.body, m.subj} {
		for _, h := range p.of("things") {
			if m.offersPeople(p, h) || p.area(h) || intent == Offer && p.venue(h) {
				continue
			}
			thing = max(thing, h.weight)
		}
	}
	lend := score["resources_lending"]
	if intent == Offer && m.givesMoney() {
		score["resources_lending"] = max(lend, 7)
		return
	}
	switch {
	case lend > 0 && thing > 0:
		score["resources_lending"] = lend + 2*thing + 2
	case lend > 0 && intent == Need && m.body.among(0, len(m.body.ts)-1, "borrow", "leihen", "ausleihen", "leiht", "verleiht", "verleihen", "lend") >= 0:
		score["resources_lending"] = lend + 4
	case lend > 0:
		score["resources_lending"] = lend * 0.8
	case thing >= 3 && intent == Offer && m.gives():
		score["resources_lending"] = thing + 4
	case thing >= 3 && (intent == Need || intent == Search) && m.wantsThing():
		score["resources_lending"] = thing + 4
	}
}

// givesMoney tells "500 € … spenden".
func (m *message) givesMoney() bool {
	ts, last := m.body, len(m.body.ts)-1
	return ts.among(0, last, "€", "euro", "eur", "geld", "geldspende", "money") >= 0 &&
		ts.among(0, last, "spenden", "spende", "uebergeben", "donate", "weitergeben", "stiften", "sponsern", "zugutekommen", "geldspende") >= 0
}

// area tells "Raum Simmerath", which is no room.
func (p part) area(h hit) bool {
	next := p.after(h.last, 1)
	return p.ts[h.first].is("raum") && next.kind == wordToken && next.upper && !p.before(h.first, 1).is("ein", "einen", "unser", "unseren", "der", "den", "kleinen", "eigenen", "grossen", "freien")
}

func (m *message) offersPeople(p part, h hit) bool {
	return h.last+1 < len(p.ts) && p.ts[h.last+1].is("-") && p.ts[h.last+1].glued
}

// gives tells "zur Verfügung", "bereit", "frei", "geben ab".
func (m *message) gives() bool {
	for _, t := range m.body.ts {
		if t.is("verfuegung", "bereit", "bereitstellen", "frei", "ab", "umsonst", "kostenlos", "kostenfrei", "gratis", "stellt", "nutzen", "unentgeltlich", "verleihe", "donate", "free", "abgeben", "lend", "holen", "abholen", "mitnehmen", "borrow", "oeffnet", "oeffnen", "miete") {
			return true
		}
	}
	return false
}

// wantsThing tells that a thing is looked for, and no people: "suchen einen Raum", "braucht jemand noch".
func (m *message) wantsThing() bool {
	p := m.body
	for _, h := range p.of("things") {
		for j := max(0, h.first-7); j < h.first; j++ {
			if p.sentence[j] == p.sentence[h.first] && p.ts[j].is("suchen", "suche", "sucht", "brauchen", "braucht", "brauche", "leihen", "need", "needs", "hat", "looking", "benoetigen", "gesucht", "borrow", "leiht", "have") {
				if p.among(j, h.first, "hilfe", "help", "unterstuetzung", "jemand", "jemanden", "jmd", "someone", "wer") >= 0 && !p.ts[j].is("leihen", "leiht", "borrow", "hat", "have") {
					continue
				}
				return !p.any("people", "role") || p.ts[j].is("leihen", "leiht", "borrow")
			}
		}
		if h.last+1 < len(p.ts) && p.ts[h.last+1].is("gesucht", "benoetigt", "wanted") {
			return true
		}
	}
	return false
}

// weighSense adds what no single word says.
func (m *message) weighSense(score map[string]float64, out *Reading) {
	if score["corporate_volunteering"] > 0 && out.Intent != Offer && out.Intent != Subscribe {
		score["corporate_volunteering"] *= 0.3
	}
	if score["events_festivals"] > 0 && (score["church_religion"] >= 4 || score["culture_music"] >= 6) {
		score["events_festivals"] *= 0.8
	}
	if out.Intent == Offer && out.Draft.Helpers != nil && *out.Draft.Helpers >= 5 && m.fromCompany() {
		score["corporate_volunteering"] += 4
	}
	if score["food_rescue"] > 0 || score["refugees_integration"] > 0 || score["health_care"] > 4 || score["neighbourhood_help"] > 4 {
		score["transport_driving"] *= 0.7
	}
	if score["administration_board"] > 0 {
		score["environment_nature"] *= 0.6
	}
}

func (m *message) fromCompany() bool {
	for _, p := range []part{m.body, m.subj, m.sign} {
		for _, h := range p.of("actors") {
			if h.value == "company" && h.weight >= 4 {
				return true
			}
		}
	}
	return false
}

// tasks lists what is to be done, clearest first, at most three.
func (m *message) tasks() []matching.Task {
	score := map[matching.Task]float64{}
	for i, p := range []part{m.body, m.subj} {
		for _, h := range p.of("tasks") {
			score[matching.Task(h.value)] += h.weight * (1 + 0.2*float64(i))
		}
	}
	var out []matching.Task
	for _, t := range matching.Tasks {
		if score[t] > 0 {
			out = append(out, t)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return score[out[i]] > score[out[j]] })
	return out[:min(3, len(out))]
}

func (m *message) things() []string {
	var out []string
	for _, p := range []part{m.body, m.subj} {
		for _, h := range p.of("things") {
			if !slices.Contains(out, h.value) {
				out = append(out, h.value)
			}
		}
	}
	return out
}
