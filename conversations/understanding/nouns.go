package understanding

import (
	"slices"
	"strconv"
	"strings"
)

// agent guesses from its build that a noun names somebody who does something: "Maskenbildner", "Kuratorinnen",
// "Dirigentin". Words known as things, and names of places as in "Aachener Vereine", are not.
func (q *counter) agent(i int) bool {
	t := q.tok(i)
	if t.kind != wordToken || len(t.norm) < 6 || !t.upper && !q.lower() && q.m.lang != "en" {
		return false
	}
	english := q.m.lang == "en"
	for _, end := range []string{"innen", "isten", "enten", "anten", "oren", "eure", "euren", "logen", "kraft", "kraefte", "kraeften", "leute", "leuten", "ist", "ers", "ists", "ians", "eers", "wart", "warte", "hilfen"} {
		if strings.HasSuffix(t.norm, end) {
			return t.upper || !adjective(t) || english && strings.HasSuffix(end, "s")
		}
	}
	switch {
	case strings.HasSuffix(t.norm, "in"):
		return !english && t.upper && !placeOrThing(t.norm)
	case strings.HasSuffix(t.norm, "er"), strings.HasSuffix(t.norm, "ern") && t.upper:
		next := q.tok(i + 1)
		name := next.kind == wordToken && next.upper && !english && t.upper // "Dürener Frauen"
		return (t.upper || !adjective(t)) && !placeOrThing(t.norm) && !name
	}
	return english && (strings.HasSuffix(t.norm, "man") || strings.HasSuffix(t.norm, "men") || strings.HasSuffix(t.norm, "ant")) && !placeOrThing(t.norm)
}

// placeOrThing knows the nouns that end like those of people and are none.
func placeOrThing(w string) bool {
	for _, end := range []string{"zimmer", "fenster", "lager", "theater", "wetter", "wasser", "feuer", "mitglieder", "nummer", "meter", "computer", "container", "transporter", "anhaenger", "turnier", "klavier",
		"papier", "quartier", "viertel", "verein", "schein", "wein", "stein", "termin", "silvester", "semester", "center", "kinder", "haeuser", "buecher", "raeder", "kleider", "tember", "vember", "zember", "tober",
		"sommer", "winter", "koffer", "drucker", "medizin", "magazin"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	switch w {
	case "bilder", "laender", "felder", "lieder", "mutter", "vater", "bruder", "schwester", "tochter", "muster", "keller", "teller", "koerper", "poster", "flyer", "ordner", "laster", "roller", "kuehler", "becher",
		"messer", "schilder", "lichter", "bretter", "blaetter", "faecher", "berlin", "kamin", "benzin", "vitamin", "latein", "allein", "beamer", "newsletter", "dinner", "number", "weather", "never", "other",
		"after", "order", "paper", "letter", "corner", "together", "whether", "later", "under", "over", "summer", "immer", "unser", "unter", "ueber", "hinter", "weiter", "dauer", "trauer", "mauer", "leider", "wieder",
		"immerhin", "hierhin", "dorthin", "mithin", "ohnehin", "weiterhin", "rechner", "einander", "dieser", "jeder", "zucker", "butter", "ruder", "wunder", "alter", "eimer", "hammer", "kammer", "sender", "kalender",
		"ufer", "opfer", "kupfer", "fehler", "ordern", "kosten", "gestern", "ostern", "sondern", "foerdern", "erinnern", "kuemmern", "liefern", "feiern":
		return true
	}
	return false
}

// wanting are the words that make what stands beside them wanted.
func (q *counter) wanting(t token) bool {
	return t.is("suchen", "sucht", "suche", "such", "brauchen", "braucht", "brauche", "braeuchten", "braeuchte", "benoetigen", "benoetigt", "fehlen", "fehlt", "gesucht", "gebraucht", "need", "needs", "needed",
		"wanted", "looking", "seek", "seeking", "benoetigt", "mangelt", "wuenschen", "wuenscht", "gern", "gerne", "vermissen", "bruche", "soeke", "arıyoruz", "ariyorum", "ariyoruz", "erbeten", "требуется", "шукаємо", "потрібно", "потрібні")
}

// governed tells that a number is itself what is wanted, whatever the noun: "fehlen noch drei fleißige Bienchen",
// "15 Wanderfreunde gesucht", "suchen zwei, die mit anpacken". It returns the last token.
func (q *counter) governed(first, k int, article bool) (int, bool) {
	if q.intent != Need {
		return 0, false
	}
	noun := -1
	if q.tok(k).is("die", "who") && !article && (q.goesOn(first) || q.wanting(q.tok(first-1)) || q.tok(first-1).is("noch")) {
		return k - 1, true
	}
	for j := k; j < k+4; j++ {
		t := q.tok(j)
		if t.is(",") && j == k && q.tok(j+1).is("die", "der", "who") {
			noun = k
			break
		}
		if t.is("-") && t.glued {
			continue
		}
		if t.kind != wordToken || q.unit(j) {
			return 0, false
		}
		if t.upper || q.lower() && !adjective(t) || q.m.lang == "en" && q.tok(j+1).kind != wordToken || q.m.lang == "en" && q.tok(j+1).is("for", "to", "at", "on", "in", "who", "from", "with", "needed", "wanted", "and") {
			noun = j
			break
		}
	}
	if noun < 0 || article && !q.tok(k).is(",") {
		return 0, false // "einen Anhänger": with an article only a person counts
	}
	if q.existing(first, noun) || q.tok(k).is(",") && noun == k && q.goesOn(first) {
		return noun, true
	}
	for j := first - 1; j >= max(0, first-7) && q.p.sentence[j] == q.p.sentence[first]; j-- {
		t := q.tok(j)
		if q.wanting(t) {
			return noun, true
		}
		if t.is("fuer", "mit", "von", "bei", "aus", "for", "with", "als", "um", "ab", ",", ":", "(", "je") || t.kind == wordToken && t.upper && j < first-1 && q.tok(j).kind == wordToken && !q.tok(j).is("wir") {
			break
		}
	}
	for j := noun + 1; j < noun+9 && j < len(q.p.ts) && q.p.sentence[j] == q.p.sentence[first]; j++ {
		if q.tok(j).is("gesucht", "benoetigt", "gebraucht", "needed", "wanted", "erbeten", "gebrauchen", "unterbringen", "freuen") {
			return noun, true
		}
		if q.tok(j).is(",", "und", "mit") {
			break
		}
	}
	return 0, false
}

// unit tells that a token is a thing, a measure or those who are to be helped, so that a number before it counts no helpers.
func (q *counter) unit(j int) bool {
	if _, ok := q.tp.class(j, "counted"); ok || q.tok(j).is("%", "€", "$", "°") {
		return true
	}
	if _, ok := q.tp.class(j, "hourunit"); ok {
		return true
	}
	for _, class := range []string{"month", "shortmonth", "weekday", "habit", "dayunit", "week", "monthunit", "yearunit", "weekend", "part"} {
		if _, ok := q.tp.class(j, class); ok {
			return true
		}
	}
	for _, h := range q.p.hits[q.p.from(j):] {
		if h.first != j {
			break
		}
		if h.table == "things" || h.table == "people" && (h.value == "thing" || h.value == "target") {
			return true
		}
	}
	t := q.tok(j)
	for _, end := range []string{"chen", "lein", "wagen", "bett", "betten", "ung", "ungen", "heit", "keit", "tisch", "tische", "stuehle", "maschine", "maschinen", "gerät", "geraete", "karten", "bilder", "platten", "zelte"} {
		if strings.HasSuffix(t.norm, end) && !t.is("bienchen", "leutchen", "heinzelmaennchen", "maennchen", "maedchen", "frauchen", "herrchen", "engelchen", "wichtelchen", "unterstuetzung", "vertretung", "begleitung", "betreuung", "leitung") {
			return true
		}
	}
	return placeOrThing(t.norm) || t.is("uhr", "euro", "eur", "km", "kg", "prozent", "jahr", "jahre", "jahren", "stunde", "stunden", "std", "stueck", "mal", "tage", "tagen", "wochen", "monate", "minuten", "autos", "raeume",
		"touren", "fahrten", "schichten", "termine", "abende", "nachmittage", "vormittage", "gruppen", "klassen", "standorte", "stationen", "euros", "cents", "uhren", "meter", "plaetze", "betten", "baelle", "hours", "times", "weeks", "days",
		"months", "minutes", "shifts", "pm", "am", "years", "posten", "staende", "stellen", "ende", "wochenende", "orte", "strassen", "spenden", "kuchen", "torten", "kartons", "kisten", "zelte", "sitze")
}

// altogether tells that a number is a sum: "insgesamt sechs Personen", "6 in total".
func (q *counter) altogether(c tally) bool {
	for _, j := range []int{c.first - 1, c.first - 2, c.last + 1, c.last + 2} {
		if j >= 0 && j < len(q.p.ts) && q.p.sentence[j] == q.p.sentence[c.first] && q.tok(j).is("insgesamt", "zusammen", "total", "altogether", "gesamt", "macht") {
			return true
		}
	}
	return false
}

// posts is how many times a number counts: "je zwei Personen für Einlass und Garderobe" are four.
func (q *counter) posts(c tally) int {
	if !q.tok(c.first-1).is("je", "jeweils") {
		return 1
	}
	pair := func(from, to int) bool {
		n := 0
		for j := max(0, from); j < to && j < len(q.p.ts) && q.p.sentence[j] == q.p.sentence[c.first]; j++ {
			if q.tok(j).is("und", "&", "u") && q.tok(j+1).kind == wordToken && (q.tok(j+1).upper || q.lower()) && !q.day(j+1) && !q.tok(j+1).is("mo", "di", "mi", "do", "fr", "sa", "so") {
				n++
			}
		}
		return n == 1
	}
	if q.tok(c.last+1).is("fuer", "an", "am", "in", "im", "bei", "beim", "zum", "fuers") && pair(c.last+1, c.last+8) || pair(c.first-14, c.first) {
		return 2
	}
	return 1
}

// day tells that a token is a day of the week.
func (q *counter) day(j int) bool {
	_, ok := q.tp.class(j, "weekday")
	return ok
}

// behind reads a number that follows the people: "noch Leute, so 5 Stück", "Helfer gesucht, ca. 4", "Leute (3)".
func (q *counter) behind(i int) (tally, bool) {
	if q.intent != Need || !q.tok(i).is("so", "ca", "circa", "etwa", "ungefaehr", "zirka", "mindestens", "wenigstens", "insgesamt") || q.tok(i).upper || i == 0 {
		return tally{}, false
	}
	k := i + 1
	for k < i+4 && q.tok(k).is("ca", "circa", ".", "etwa") {
		k++
	}
	n, ok := q.tp.number(k)
	if !ok || n < 1 || n > 100 {
		return tally{}, false
	}
	c := tally{low: n, high: n, first: k, last: k, rule: "number behind people"}
	if h, ok := q.tp.number(k + 2); ok && q.tok(k+1).is("-", "bis") && h > n && h < 100 {
		c.high, c.last = h, k+2
	}
	end := q.tok(c.last + 1)
	if end.is("stueck", "stk", "mann", "leute") {
		c.last++
	} else if end.kind == wordToken || end.kind == numberToken || end.is(":", ".") && q.tok(c.last+2).kind == numberToken {
		return tally{}, false
	}
	for j := i - 1; j >= max(0, i-24); j-- {
		if role, _, _, _ := q.person(j); role {
			return c, true
		}
	}
	return tally{}, false
}

// singular tells that a noun names one person; of "Helfer" nobody knows.
func singular(t token) bool {
	if t.is("person", "leihoma", "leihopa", "nikolaus", "koch", "weihnachtsmann", "vertretung", "aushilfe", "hausmeister", "bass", "tenor", "sopran", "bariton", "patin", "oma", "opa", "pate", "dj", "couple") {
		return true
	}
	for _, end := range []string{"wart", "ist", "dent", "ator", "mann", "kraft", "leitung", "meister"} {
		if strings.HasSuffix(t.norm, end) && len(t.norm) > len(end)+2 && t.upper {
			return true
		}
	}
	return strings.HasSuffix(t.norm, "in") && len(t.norm) > 6 && t.upper
}

// dated tells that a day of the month stands before a token in its sentence, so that "zwischen 9 und 12" are hours.
func (p part) dated(i int) bool {
	for j := i - 1; j > 0 && p.sentence[j] == p.sentence[i]; j-- {
		if p.ts[j].is(".") && p.ts[j].glued && p.ts[j-1].kind == numberToken {
			return true
		}
	}
	return false
}

// soughtBehind tells that "gesucht" ends the sentence or line after a noun: "Hausmeister für unser Pfarrheim dringend gesucht!".
func (q *counter) soughtBehind(last int) bool {
	for j := last + 1; j < last+12 && j < len(q.p.ts) && q.p.sentence[j] == q.p.sentence[last]; j++ {
		if q.tok(j).is("gesucht", "benoetigt", "wanted", "needed") {
			return true
		}
		if q.tok(j).is(",", "und", ":") {
			return false
		}
	}
	return false
}

// bareRoles reads "Fahrer/in gesucht", "Grillhelfer gesucht (3)" and "Parcourshelfer (8), Leute für den Grill (2)".
func (q *counter) bareRoles() []tally {
	var out []tally
	for i := range q.p.ts {
		role, _, _, last := q.person(i)
		if !role {
			continue
		}
		if n, at, ok := q.bracketed(i, last); ok {
			out = append(out, tally{low: n, high: n, first: i, last: at, noun: strconv.Itoa(i), rule: "number behind people"})
			continue
		}
		if len(out) > 0 {
			continue
		}
		if n, ok := q.unnumbered(i, last); ok {
			return []tally{{low: n, high: n, first: i, last: last, rule: "role in the singular"}}
		}
	}
	return out
}

// bracketed reads the number behind a role: "(3)", ": 3", "x3".
func (q *counter) bracketed(i, last int) (n, at int, ok bool) {
	if q.agentOnly(i) || q.tok(i).is("frau", "herr", "dame", "oma", "opa", "mutter", "vater", "nachbarin", "mann") || q.tok(i-1).is("meine", "meiner", "mein", "meinen", "my", "unsere", "unserer") {
		return 0, 0, false
	}
	for k := last + 1; k < last+5; k++ {
		if role, _, _, _ := q.person(k); role {
			break
		}
		if q.tok(k).is("meine", "meinen", "unsere", "unseren", "my", "our") {
			break // "Oma für meine Zwillinge (2)"
		}
		if s := q.tok(k); s.is("(", ":", "x") && q.tok(k+1).kind == numberToken && q.tok(k+1).val > 0 && q.tok(k+1).val < 200 {
			if e := q.tok(k + 2); e.is(")", ",") || e.kind == newlineToken {
				return q.tok(k + 1).val, k + 1, true
			}
		}
	}
	return 0, 0, false
}

// unnumbered counts roles that stand in the singular: "Kassenwart gesucht", "Vorsitzende/r und Jugendwart/in".
func (q *counter) unnumbered(i, last int) (int, bool) {
	t, lead := q.tok(i), q.tok(i-1)
	if lead.is("-") && lead.glued {
		lead = q.tok(i - 3) // "Ersatz-Oma"
	}
	if adjective(lead) {
		lead = q.tok(i - 2)
	}
	one := singular(t)
	switch {
	case one && (q.soughtBehind(last) && !adjective(q.tok(i-1)) || q.tok(i-1).is(":") && q.tok(i-2).is("gesucht")):
		return 1, true
	case (t.slashIn || one && lead.is("sucht", "suche", "suchen", "brauche", "braucht", "brauchen", "gesucht", ":")) && q.wanted(i):
	default:
		return 0, false
	}
	n := 1
	for k := last + 1; t.slashIn && k < last+9 && k < len(q.p.ts) && q.p.sentence[k] == q.p.sentence[i]; k++ {
		if q.tok(k).slashIn && q.tok(k).upper {
			n++
		}
	}
	return n, true
}

// agentOnly tells that a noun was only guessed to be somebody.
func (q *counter) agentOnly(i int) bool {
	return !slices.ContainsFunc(q.p.hits[q.p.from(i):min(q.p.from(i+1), len(q.p.hits))], func(h hit) bool { return h.table == "people" })
}
