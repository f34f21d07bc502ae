package understanding

// relative reads days seen from today: "heute Abend", "morgen früh", "in drei Tagen", "nächste Woche",
// "ab sofort".
func (p *timeParser) relative(i int) (atom, bool) {
	if a, ok := p.eve(i); ok {
		return a, true
	}
	a := atom{kind: dayAtom, first: i, last: i, week: anyWeek, rule: "relative day"}
	j := i
	for ; p.tok(j).is("ab", "from", "bis", "until", "by", "seit", "fuer", "for", "schon", "noch") && j < i+2; j++ {
		switch p.tok(j).norm {
		case "ab", "from":
			a.bound = fromThen
		case "bis", "until", "by":
			a.bound = untilThen
		case "seit":
			a.role = pastTime
		}
	}
	if n, ok := p.class(j, "day"); ok && p.dayWord(j) {
		a.spans, a.last = []days{{p.today + civil(n), p.today + civil(n)}}, j
		if p.tok(j).is("tonight") {
			a.part = "evening"
		}
		if n < 0 {
			a.role = pastTime
		}
		p.partBehind(&a)
		if b, ok := p.inDays(a, a.last+1); ok && !p.tok(a.last+1).is("heute") {
			plus := b.spans[0].first - p.today
			a.last = b.last
			a.spans[0] = days{a.spans[0].first + plus, a.spans[0].first + plus}
		}
		return a, true
	}
	if p.tok(j).is("tonight") {
		a.spans, a.part, a.last = []days{{p.today, p.today}}, "evening", j
		return a, true
	}
	if p.tok(j).is("this") && p.tok(j+1).is("evening", "afternoon", "morning") {
		part, _ := p.named(j+1, "part")
		a.spans, a.part, a.last = []days{{p.today, p.today}}, part, j+1
		return a, true
	}
	if b, ok := p.now(a, j); ok {
		return b, true
	}
	if b, ok := p.inDays(a, j); ok {
		return b, true
	}
	return p.weekOrMonth(a, j)
}

// eve reads "am Vorabend", "am Tag davor", "the day before" beside a day named earlier, which is then not the day of the work.
func (p *timeParser) eve(i int) (atom, bool) {
	t, next := p.tok(i), p.tok(i+1)
	a := atom{kind: dayAtom, first: i, last: i, week: anyWeek, rule: "day before"}
	switch {
	case t.is("vorabend"), t.is("vorabends"):
		a.part = "evening"
	case t.is("vortag", "vortags"):
	case t.is("tag", "tags", "day", "night") && next.is("davor", "zuvor", "vorher", "before"):
		a.last++
		if t.is("night") {
			a.part = "evening"
		}
	case t.is("abend", "evening") && next.is("davor", "zuvor", "vorher", "before"):
		a.last++
		a.part = "evening"
	default:
		return a, false
	}
	for k := len(p.atoms) - 1; k >= 0; k-- {
		b := &p.atoms[k]
		if b.kind == dayAtom && b.dated() && b.bound == exactly && b.role == eventTime {
			day := b.spans[0].first - 1
			a.spans, a.yearly, b.role = []days{{day, day}}, b.yearly, sideTime
			for l := range p.atoms[:k] {
				if c := &p.atoms[l]; c.kind == dayAtom && c.dated() && c.spans[0].first == day+1 {
					c.role = sideTime
				}
			}
			return a, true
		}
	}
	return a, false
}

// closingDay reads "bis Jahresende", "bis zum Ende des Monats", "until the end of the year".
func (p *timeParser) closingDay(a atom, k int) (atom, bool) {
	if a.bound != untilThen {
		return a, false
	}
	for p.tok(k).is("zum", "the") {
		k++
	}
	t, unit := p.tok(k), p.tok(k)
	switch {
	case t.is("jahresende", "monatsende"):
	case t.is("ende", "end") && p.tok(k+1).is("des", "vom", "of") && p.tok(k+2).is("jahres", "monats", "jahr", "the"):
		k += 2
		if p.tok(k).is("the") {
			k++
		}
		unit = p.tok(k)
	default:
		return a, false
	}
	switch {
	case unit.is("jahresende", "jahres", "jahr", "year"):
		a.spans = []days{{civilOf(p.today.year(), 12, 31), civilOf(p.today.year(), 12, 31)}}
	case unit.is("monatsende", "monats", "month"):
		last := civilOf(p.today.year(), p.today.month()+1, 0)
		a.spans = []days{{last, last}}
	default:
		return a, false
	}
	a.last, a.rule = k, "end of a period"
	return a, true
}

// dayWord keeps "Guten Morgen", "am Morgen" and "Morgen zusammen" from being tomorrow.
func (p *timeParser) dayWord(j int) bool {
	t, prev := p.tok(j), p.tok(j-1)
	if t.is("heute", "heut", "today", "bugün", "bugun") {
		return !p.tok(j+1).is("schon") || true
	}
	if !t.is("morgen") {
		return true
	}
	if prev.is("guten", "am", "jeden", "schoenen", "gutn", "den", "diesen", "jedem", "einen", "good", "guden") {
		return false
	}
	if n := p.tok(j + 1); !p.loose && (prev.kind == newlineToken || j == 0) && (n.is("zusammen", "allerseits", "an", "liebe", "lieber", "leute", "ihr", "!", ",") || n.kind == newlineToken) {
		return false
	}
	if _, ok := p.class(j-1, "weekday"); ok {
		return false
	}
	_, ok := p.class(j-1, "day")
	return !ok
}

// partBehind reads the part of the day after a day.
func (p *timeParser) partBehind(a *atom) {
	k := a.last + 1
	if part, ok := p.named(k, "part"); ok {
		a.part, a.last = part, k
	} else if part, ok := p.named(k, "parthabit"); ok && !a.habit {
		a.part, a.last = part, k
	}
}

// now reads "ab sofort", "sofort", "JETZT", "asap", "right now".
func (p *timeParser) now(a atom, j int) (atom, bool) {
	t := p.tok(j)
	switch {
	case t.is("sofort", "umgehend", "immediately", "asap", "sofortiger", "şimdi", "негайно"):
		a.last = j
		if p.tok(j - 1).is("per") {
			a.bound = fromThen
		}
	case t.is("jetzt") && (t.caps || p.tok(j+1).is("gleich", "sofort", "!")) || t.is("now") && (t.caps || p.tok(j-1).is("right")):
		a.last = j
	case t.is("gleich") && p.tok(j-1).is("jetzt"):
		a.last = j
	default:
		return a, false
	}
	a.kind, a.spans, a.rule = nowAtom, []days{{p.today, p.today}}, "at once"
	return a, true
}

// inDays reads "in drei Tagen", "in zwei Wochen", "in 14 Tagen", "in a week".
func (p *timeParser) inDays(a atom, j int) (atom, bool) {
	if !p.tok(j).is("in", "heute") {
		return a, false
	}
	n, ok := p.number(j + 1)
	if p.tok(j + 1).is("a") {
		n, ok = 1, true
	}
	if !ok || n > 60 || n < 1 || p.tok(j-1).is("einmal", "pro", "zweimal", "x", "mal", "stunden", "std", "dreimal") {
		return a, false
	}
	_, week := p.class(j+2, "week")
	_, day := p.class(j+2, "dayunit")
	switch {
	case week:
		n *= 7
	case !day || n > 30:
		return a, false
	}
	a.last, a.spans = j+2, []days{{p.today + civil(n), p.today + civil(n)}}
	if week {
		// "in two weeks" is a week, not a day
		a.wide = true
	}
	return a, true
}

// daysAhead is "die nächsten drei Tage".
func (p *timeParser) daysAhead(a atom, n, last int) atom {
	a.spans, a.last, a.rule, a.wide = []days{{p.today + 1, p.today + civil(n)}}, last, "next days", true
	return a
}

// weekOrMonth reads "nächste Woche", "diese Woche", "nächsten Monat".
func (p *timeParser) weekOrMonth(a atom, j int) (atom, bool) {
	k := j
	for p.tok(k).is("in", "im", "der", "den", "dem", "for", "fuer", "die", "on") && k < j+2 {
		k++
	}
	if b, ok := p.closingDay(a, j); ok {
		return b, true
	}
	_, this := p.class(k, "this")
	_, past := p.class(k, "past")
	_, second := p.class(k, "second")
	if !this && !past && !second {
		return a, false
	}
	w := p.tok(k)
	near := w.is("diese", "dieser", "diesen", "diesem", "dieses", "this", "bu")
	_, week := p.class(k+1, "week")
	_, month := p.class(k+1, "monthunit")
	if n, ok := p.number(k + 1); ok && this && !near && n > 1 && n < 30 {
		if _, days := p.class(k+2, "dayunit"); days {
			return p.daysAhead(a, n, k+2), true
		}
	}
	switch {
	case week && !p.tok(k+1).is("wo", "wochen", "weeks"):
		n := 1
		if near {
			n = 0
		}
		if second {
			n = 2
		}
		first := p.today.monday() + civil(7*n)
		a.spans, a.wide = []days{{max(first, p.today), first + 6}}, true
		if past && !this {
			a.role = pastTime
		}
	case month && !p.tok(k+1).is("ay", "monate", "months"):
		m := p.today.month()
		if !near {
			m++
		}
		first := civilOf(p.today.year(), m, 1)
		last := civilOf(p.today.year(), m+1, 0)
		a.spans, a.wide = []days{{max(first, p.today), last}}, true
		if past && !this {
			a.role = pastTime
		}
	default:
		return a, false
	}
	a.last, a.rule = k+1, "week or month"
	if week {
		p.dayOfThatWeek(&a, k+2)
	}
	return a, true
}

// dayOfThatWeek reads the days behind a week: "nächste Woche Dienstag", "next week on Tuesday and Friday".
func (p *timeParser) dayOfThatWeek(a *atom, n int) {
	for p.tok(n).is("am", "on", ",", "den") {
		n++
	}
	wd, habit, next, ok := p.weekdayAt(n, p.tok(n).upper)
	if !ok || habit {
		return
	}
	monday := a.spans[0].last.monday()
	c := monday + civil(wd-1)
	if c < p.today {
		return
	}
	a.spans, a.wide, a.last, a.wds = []days{{c, c}}, false, next-1, nil
	for {
		k, cj := p.conjunction(next)
		wd, _, n, ok := p.weekdayAt(k, true)
		if cj == "" || !ok || p.tok(k).kind != wordToken {
			return
		}
		d := monday + civil(wd-1)
		if cj == "-" && d > c {
			a.spans[len(a.spans)-1].last = d
		} else {
			a.spans = append(a.spans, days{d, d})
		}
		next, a.last = n, n-1
	}
}

// weekend reads "am Wochenende", "dieses WE", "Wochenende 28./29.11.", "jedes Wochenende", "an Wochenenden".
func (p *timeParser) weekend(i int) (atom, bool) {
	a := atom{kind: dayAtom, first: i, week: anyWeek, rule: "weekend"}
	j := i
	plural := false
	for ; j < i+5; j++ {
		t := p.tok(j)
		_, every := p.class(j, "every")
		_, this := p.class(j, "this")
		_, second := p.class(j, "second")
		switch {
		case every:
			a.habit = !t.is("jeweils", "jew")
		case second:
			a.plus = 1
		case this:
			a.rule = "this weekend"
		case t.is("letztes", "letzten", "vergangenes", "vergangenen", "last", "voriges"):
			a.role = pastTime
		case t.is("an"):
			plural = true
		case t.is("meist", "meistens", "hauptsaechlich", "mostly"):
			a.habit = true
		case t.is("am", "on", "at", "uebers", "ueber", "the", "das", "den", "vom", "ein", "einem", "in", "fuer", "for", "im", "zum", "hafta"):
		case t.is("ab"):
			a.bound = fromThen
		default:
			goto end
		}
	}
end:
	t := p.tok(j)
	if _, ok := p.class(j, "weekend"); !ok {
		if m, ok := cutSuffix(t.norm, "wochenende"); ok && t.kind == wordToken {
			for _, w := range p.tab.words[m] {
				if w.class == "month" {
					return atom{}, false
				}
			}
		}
		return atom{}, false
	}
	if t.is("we") && !t.caps && (p.lang != "de" || j == i) || t.is("sonu") && !p.tok(j-1).is("hafta") {
		return atom{}, false
	}
	if t.is("w") {
		return atom{}, false
	}
	a.wds, a.last = []int{6, 7}, j
	a.ranged = true
	a.habit = a.habit || t.is("wochenends", "weekends") || t.is("wochenenden") && (plural || !p.tok(j+1).is("vom", "im")) || t.is("sonlari")
	if p.tok(j+1).is("immer", "regelmaessig") {
		a.habit = true
	}
	return a, true
}

// period reads months and what is built from them: "im Juni", "ab Februar", "von Mai bis September 2027",
// "bis Ende März", "im Juli oder August".
func (p *timeParser) period(i int) (atom, bool) {
	a := atom{kind: dayAtom, first: i, week: anyWeek, rule: "month", wide: true, yearly: true}
	j, lead, edge := p.periodLead(i, &a)
	if _, season := p.class(j, "season"); season && lead {
		a.last, a.rule = j, "vague"
		return a, true
	}
	m, ok := p.class(j, "month")
	if !ok {
		m, ok = p.class(j, "shortmonth")
		ok = ok && (p.tok(j).upper || p.tok(j+1).is("."))
	}
	if !ok || !lead && !p.tok(j).upper || p.tok(j).is("mart", "ocak", "may", "march", "on") && !p.tok(j).upper || p.tok(j).is("may") && p.lang == "de" {
		return atom{}, false
	}
	y, next := p.year(j + 1)
	if !lead && y == 0 && !p.wholeMonth(next) {
		return atom{}, false
	}
	a.yearly = y == 0
	vague := edge != "" && a.bound == exactly && p.tok(j-1).is(edge)
	first, last, next, edge := p.monthList(&a, m, y, next, edge)
	a.last = next - 1
	switch edge {
	case "anfang", "early", "beginning":
		last = first + 9
	case "mitte", "mid":
		first, last = first+9, first+19
	case "ende", "late", "end":
		first = last
		if a.bound != untilThen {
			first = last - 9
		}
	}
	if vague {
		a.rule = "about a month"
	}
	if a.bound == untilThen && edge == "" {
		first = last
	}
	a.spans = []days{{first, last}}
	return a, true
}

// wholeMonth tells that a month without a word before it is meant as a time: "Juni bis August", "Dezember noch Termine frei".
func (p *timeParser) wholeMonth(next int) bool {
	if k, c := p.conjunction(next); c != "" {
		if _, ok := p.class(k, "month"); ok {
			return true
		}
	}
	for k := next; k < next+4; k++ {
		if p.tok(k).is("termine", "frei", "plaetze", "available") && p.tok(next).is("noch", "sind", "habe", "haben", "termine", "frei", "still") {
			return true
		}
	}
	return false
}

// periodLead reads the words before a month.
func (p *timeParser) periodLead(i int, a *atom) (j int, lead bool, edge string) {
	for j = i; j < i+4; j++ {
		t := p.tok(j)
		switch {
		case t.is("ab", "starting", "since", "seit", "zum"):
			a.bound, lead = fromThen, true
			if t.is("seit", "since") {
				a.role = pastTime
			}
		case t.is("bis", "until", "till", "by"):
			a.bound, lead = untilThen, true
		case t.is("im", "in", "von", "vom", "from", "fuer", "for", "jeden", "during", "between", "zwischen", "kommenden", "naechsten", "this", "next"):
			lead = true
		case t.is("anfang", "mitte", "ende", "early", "mid", "late", "end", "beginning"):
			edge, lead = t.norm, true
		case t.is("of"):
		default:
			return j, lead, edge
		}
	}
	return j, lead, edge
}

// monthList reads further months behind the first: "von Mai bis September", "im Juli oder August".
func (p *timeParser) monthList(a *atom, m, y, next int, edge string) (first, last civil, end int, endEdge string) {
	first, last = p.monthDays(m, y)
	for {
		k, c := p.conjunction(next)
		inner := ""
		if p.tok(k).is("ende", "mitte", "end", "anfang") {
			inner = p.tok(k).norm
			k++
		}
		m2, ok := p.class(k, "month")
		if c == "" || !ok {
			return first, last, next, edge
		}
		y2, n2 := p.year(k + 1)
		if y2 != 0 && y == 0 {
			first, _ = p.monthDays(m, y2)
			if m > m2 {
				first, _ = p.monthDays(m, y2-1)
			}
		}
		if y2 == 0 {
			y2 = first.year()
			if m2 < m {
				y2++
			}
		}
		_, last = p.monthDays(m2, y2)
		a.either = a.either || c == "|"
		next, edge = n2, ""
		switch inner {
		case "anfang":
			last = civilOf(y2, m2, 10)
		case "mitte":
			last = civilOf(y2, m2, 15)
		}
	}
}

// monthDays are the days of the next such month.
func (p *timeParser) monthDays(m, y int) (civil, civil) {
	if y == 0 {
		y = p.today.year()
		if m < p.today.month() {
			y++
		}
	}
	return civilOf(y, m, 1), civilOf(y, m+1, 0)
}
