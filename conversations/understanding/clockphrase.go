package understanding

import "strings"

// clock reads one clock phrase: a range ("14-18 Uhr", "von 9.30 bis 13", "22 Uhr bis Sa 6 Uhr"),
// a beginning ("ab 14 Uhr", "um neun") or an end ("bis 18 Uhr").
func (p *timeParser) clock(i int) (atom, bool) {
	a := atom{kind: clockAtom, first: i, start: -1, end: -1}
	j, lead := p.clockLead(i)
	if lead == "until" {
		return p.clockUntil(a, j)
	}
	c, ok := p.clockAt(j)
	if !ok {
		return a, false
	}
	if b, ok := p.clockRange(a, c, lead); ok {
		return b, true
	}
	if lead == "between" || !p.single(c, i, j, lead) {
		return a, false
	}
	a.start, a.last, a.strong = p.afternoon(c, lead), c.next-1, c.strong
	if lead == "from" {
		a.bound = fromThen
	}
	a.spoken = c.word
	a.bare = c.meridiem == 0 && (c.min < 6*60 || c.word && c.min < 6*60+30)
	a.rule = "clock"
	return a, true
}

// clockLead reads the words before a time.
func (p *timeParser) clockLead(i int) (int, string) {
	lead := ""
	for j := i; j < i+4; j++ {
		t := p.tok(j)
		switch {
		case t.is("zwischen", "between", "arasi", "zw"):
			lead = "between"
		case t.is("von", "from", "vom", "з"):
			lead = "range"
		case t.is("ab", "starting", "since", "seit"):
			lead = "from"
		case t.is("bis", "until", "till", "til", "до"):
			lead = "until"
		case t.is("um", "gegen", "at", "o", "о", "saat", "в", "uhr", "start", "beginn", "treffpunkt", "treffen", "los", "abfahrt", "start:", "ende"):
			if lead == "" {
				lead = "at"
			}
		case t.is("ca", "circa", "etwa", "ungefaehr", "so", "about", "around", "kurz", "spaetestens", "ca.", "c", "puenktlich") || (t.is(".", ":") && p.tok(j-1).is("ca", "zw", "beginn", "start", "treffpunkt", "ende")):
		default:
			return j, lead
		}
	}
	return i + 4, lead
}

func (p *timeParser) clockUntil(a atom, j int) (atom, bool) {
	c, ok := p.clockAt(j)
	if !ok || c.dotted || p.counted(c.next) || (p.tok(c.next).is(".") && !c.strong && p.tok(c.next).glued && p.tok(c.next+1).kind == numberToken) {
		return a, false
	}
	if !c.strong && !p.loose {
		prev, near := p.before(a.first)
		if !near || prev.kind != clockAtom && prev.kind != dayAtom && prev.kind != partAtom || p.tok(c.next).is(".") && p.tok(j).kind == numberToken && c.next < len(p.ts)-1 && p.tok(c.next+1).glued {
			return a, false
		}
	}
	a.end, a.last, a.bound, a.strong, a.rule = p.afternoon(c, "until"), c.next-1, untilThen, c.strong, "clock until"
	a.spoken = c.word
	return a, true
}

// before is the last atom if it stands right before token i, with at most marks and little words between.
func (p *timeParser) before(i int) (atom, bool) {
	if len(p.atoms) == 0 {
		return atom{}, false
	}
	a := p.atoms[len(p.atoms)-1]
	if i-a.last > 4 {
		return a, false
	}
	for j := a.last + 1; j < i; j++ {
		t := p.tok(j)
		if t.kind == numberToken || t.is("!", "?", ";") || t.kind == wordToken && !t.is("von", "from", "um", "at", "ab", "jeweils", "immer", "jew", "und", "ca", "the", "den", "je", "zwischen", "between", "dann", "uhr") {
			return a, false
		}
	}
	return a, true
}

// clockRange reads what follows a first time: a dash or "bis", and a second one, perhaps on another day.
func (p *timeParser) clockRange(a atom, c clockTime, lead string) (atom, bool) {
	j := c.next
	t := p.tok(j)
	switch {
	case t.is("-") || t.is("bis", "until", "till", "til", "to", "до"):
	case lead == "between" && t.is("und", "and", "u", "&"):
	case t.is("ile") && p.among(&atom{first: j, last: min(j+4, len(p.ts)-1)}, "arasi", "arasinda"):
	case t.is("'") && p.tok(j+1).is("den", "dan", "ten", "tan"):
		j++
	default:
		return a, false
	}
	j++
	for p.tok(j).is("ca", "etwa", "circa", "about", "gegen", "max", "spaetestens", "um", "maximal") || (p.tok(j).is(".") && p.tok(j-1).is("ca", "max")) {
		j++
	}
	day, j := p.dayInRange(j)
	d, ok := p.clockAt(j)
	if !ok || (d.dotted && !c.strong && c.dotted) {
		return a, false
	}
	if !p.rangeHolds(a, c, d, lead, day != nil) {
		return a, false
	}
	a.start, a.end, a.last, a.endDay, a.rule = c.min, d.min, d.next-1, day, "clock range"
	if p.tok(d.next).is("arasi", "arasinda") {
		a.last++
	}
	a.strong = c.strong || d.strong
	if day == nil {
		a.start, a.end = shareMeridiem(c, d, p.lang)
		if part, _ := p.partAt(d.next); d.word && d.meridiem == 0 && part != "morning" && part != "night" {
			a.end = halfDay(a.start, a.end)
		}
		if part, ok := p.partAt(d.next); ok && (part == "afternoon" || part == "evening") && a.start < 12*60 && a.end <= 12*60 && a.end > a.start {
			a.start, a.end = a.start+12*60, a.end+12*60
		}
	}
	return a, true
}

// halfDay makes an end said in words, "von halb sechs bis halb acht", one behind its start: the clock on the wall has twelve hours.
func halfDay(start, end int) int {
	if end <= start && end < 12*60 && end+12*60 > start && start < 20*60 {
		return end + 12*60
	}
	return end
}

// partAt is the part of the day that a token names.
func (p *timeParser) partAt(i int) (string, bool) {
	if part, ok := p.named(i, "parthabit"); ok {
		return part, true
	}
	return p.named(i, "part")
}

// dayInRange reads the day before the second time of "Fr 22 Uhr bis Sa 6 Uhr".
func (p *timeParser) dayInRange(j int) (*atom, int) {
	if k := p.skipWeekday(j); k > j {
		if a, ok := p.dates(k); ok && len(a.spans) == 1 {
			k = a.last + 1
			for p.tok(k).is(",", "um", "at") {
				k++
			}
			return &a, k
		}
	}
	for _, read := range []func(*timeParser, int) (atom, bool){(*timeParser).dates, (*timeParser).weekdayList, (*timeParser).relative} {
		if a, ok := read(p, j); ok && !a.wide && len(a.wds) <= 1 && len(a.spans) <= 1 && !a.habit {
			k := a.last + 1
			for p.tok(k).is(",", "um", "frueh", "at") {
				k++
			}
			return &a, k
		}
	}
	if n, ok := p.class(j, "short"); ok {
		if _, ok := p.clockAt(j + 1); ok {
			return &atom{kind: dayAtom, first: j, last: j, wds: []int{n}, week: anyWeek}, j + 1
		}
	}
	return nil, j
}

// rangeHolds decides whether two numbers with a dash are times.
func (p *timeParser) rangeHolds(a atom, c, d clockTime, lead string, otherDay bool) bool {
	if !d.strong && p.counted(d.next) && !(lead == "between" && p.onDay(a.first) && !p.people(d.next)) || (p.tok(d.next).is(".") && !d.strong && p.tok(d.next).glued && p.tok(d.next+1).kind == numberToken && p.tok(d.next+1).glued) {
		return false
	}
	if c.strong || d.strong {
		return true
	}
	for j := a.first - 1; j >= a.first-3; j-- {
		if p.tok(j).is("kinder", "kindern", "kids", "children", "jugendliche", "jugendlichen", "maedchen", "jungen", "jungs", "alter", "aged", "alte", "teilnehmer", "schueler", "schuelern") {
			return false // their ages
		}
	}
	if p.tok(d.next).is(".") && p.tok(d.next+1).is("klasse", "klassen", "januar", "februar", "maerz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember") {
		return false
	}
	if _, isMonth := p.class(d.next, "month"); isMonth {
		return false
	}
	if lead == "range" && c.word && d.word && p.onDay(a.first) && !p.counted(d.next) {
		return true
	}
	if p.loose || otherDay || d.min > c.min && p.pairOfRanges(d.next) {
		return true
	}
	dots := func(x clockTime) bool { return x.min%60 != 0 }
	if dots(c) || dots(d) {
		return true
	}
	if prev, near := p.before(a.first); near && (prev.kind == dayAtom || prev.kind == partAtom || prev.kind == recurAtom || prev.kind == clockAtom) {
		return d.min > c.min && (c.min >= 6*60 || prev.part == "morning" && c.min >= 4*60) || p.lang == "en"
	}
	if p.tok(a.first-1).is("schicht", "schichten", "shift", "dienst", "spaetschicht", "fruehschicht") && d.min > c.min && c.min >= 6*60 && p.dayNear(a.first) {
		return true
	}
	return (lead == "range" || lead == "between") && d.min > c.min && c.min >= 6*60 && p.dayNear(a.first)
}

// onDay tells that a day stands right before: "montags zwischen 9 und 11 Einkäufe erledigen" names hours.
func (p *timeParser) onDay(i int) bool {
	prev, near := p.before(i)
	return near && prev.kind == dayAtom
}

func (p *timeParser) people(i int) bool {
	if p.tok(i).is("leute", "leuten", "personen", "menschen", "helfer", "haende", "kinder", "freiwillige", "ehrenamtliche", "mann", "people", "volunteers") {
		return true
	}
	return strings.HasSuffix(p.tok(i).norm, "innen") || strings.HasSuffix(p.tok(i).norm, "helfer") || strings.HasSuffix(p.tok(i).norm, "kraefte")
}

// dayNear tells whether a day was named earlier in the message.
func (p *timeParser) dayNear(int) bool {
	for _, a := range p.atoms {
		if a.kind == dayAtom || a.kind == recurAtom {
			return true
		}
	}
	return false
}

// shareMeridiem makes "3-6 pm", "11am-3" and "from 10 to 1" what they mean.
func shareMeridiem(c, d clockTime, lang string) (int, int) {
	a, b := c.min, d.min
	if c.meridiem == 0 && d.meridiem == 2 && a < 12*60 && a+12*60 < b {
		a += 12 * 60
	}
	if lang == "en" && c.meridiem == 0 && d.meridiem == 0 && b <= 12*60 && !(c.min%60 != 0 && c.min >= 13*60) {
		if a < 7*60 && a > 0 && a < b {
			return a + 12*60, b + 12*60
		}
		if b <= a {
			return a, b + 12*60
		}
	}
	if c.meridiem != 0 && d.meridiem == 0 && b <= a && b < 12*60 {
		b += 12 * 60
	}
	return a, b
}

// single decides whether one number is a time.
func (p *timeParser) single(c clockTime, i, j int, lead string) bool {
	if !c.strong && p.counted(c.next) {
		return false
	}
	if c.strong {
		return !(p.tok(c.next-1).is("h") && c.min <= 5*60 && p.durationCue(i))
	}
	if c.dotted {
		return lead == "at" && !p.tok(c.next).is(".")
	}
	if c.min%60 != 0 {
		return lead != "" || p.adjacentDay(i)
	}
	if p.tok(c.next).is(".", ",") && p.tok(c.next).glued && p.tok(c.next+1).kind == numberToken && p.tok(c.next+1).glued {
		return false
	}
	switch lead {
	case "at":
		return p.tok(j-1).is("um", "gegen", "at", "о", "o", "saat", "start", "beginn", "ca", "so", "etwa", "treffen", "treffpunkt", ":", "in") && !p.tok(j-1).is("so", "etwa", "ca") || p.loose
	case "from":
		return p.fromIsClock(c, i, j)
	case "range":
		return p.tok(i).is("from") && p.fromIsClock(c, i, j)
	}
	return p.loose && j == 0
}

// fromIsClock tells "dienstags ab 16" and "ab neun" from "ab 18!" (years of age).
func (p *timeParser) fromIsClock(c clockTime, i, j int) bool {
	if p.tok(i).is("seit", "since") {
		return false
	}
	if p.adjacentDay(i) {
		return true
	}
	if p.tok(c.next).is(".") && p.tok(j).kind == numberToken {
		return false // "ab 5." is a date
	}
	return c.min >= 6*60 && (c.word && c.min <= 12*60 || p.loose || c.min <= 13*60 && p.dayNear(i))
}

// adjacentDay tells that the token before i ends a day or a part of one.
func (p *timeParser) adjacentDay(i int) bool {
	if len(p.atoms) == 0 {
		return false
	}
	a := p.atoms[len(p.atoms)-1]
	return a.last == i-1 && (a.kind == dayAtom || a.kind == partAtom || a.kind == recurAtom)
}

// afternoon reads an English "at 5" as five in the afternoon, and any hour as its part of the day says.
func (p *timeParser) afternoon(c clockTime, lead string) int {
	if c.meridiem != 0 || c.min > 12*60 {
		return c.min
	}
	if c.min == 12*60 && (p.tok(c.next).is("nachts") || p.tok(c.next).is("nacht")) {
		return 24 * 60
	}
	if n := len(p.atoms); n > 0 && lead == "at" && c.min >= 60 {
		if prev := p.atoms[n-1]; prev.kind == partAtom && (prev.part == "afternoon" || prev.part == "evening") && c.next-prev.last <= 5 {
			return c.min + 12*60
		}
	}
	if part, ok := p.named(c.next, "part"); ok && (part == "afternoon" || part == "evening") && !p.tok(c.next).is("morgen") {
		return c.min + 12*60
	}
	if c.min == 12*60 {
		return c.min
	}
	if part, ok := p.named(c.next, "parthabit"); ok && (part == "afternoon" || part == "evening") {
		return c.min + 12*60
	}
	if p.tok(c.next).is("in") && p.tok(c.next+1).is("the") && p.tok(c.next+2).is("afternoon", "evening") {
		return c.min + 12*60
	}
	if p.lang == "en" && lead == "at" && !c.strong && c.min < 8*60 {
		return c.min + 12*60
	}
	return c.min
}

func (p *timeParser) durationCue(i int) bool {
	for j := i - 1; j >= i-3; j-- {
		if p.tok(j).is("dauer", "dauert", "fuer", "etwa", "ca", "circa", "about", "for", "takes", "lasts", "je", "insgesamt", "max", "maximal", "mindestens", "jeweils", "ungefaehr", "rund") {
			return true
		}
	}
	return false
}

// pairOfRanges tells that a second range with its unit follows: "8 bis 10 und 18 bis 20 Uhr".
func (p *timeParser) pairOfRanges(i int) bool {
	if !p.tok(i).is("und", "u", "&", "and", "sowie", "oder") {
		return false
	}
	c, ok := p.clockAt(i + 1)
	if !ok || !p.tok(c.next).is("-", "bis", "to", "until") {
		return false
	}
	d, ok := p.clockAt(c.next + 1)
	return ok && d.strong
}
