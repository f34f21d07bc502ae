package understanding

import "strings"

// holiday reads a feast, and school holidays ("in den Osterferien", "bis zu den Sommerferien").
func (p *timeParser) holiday(i int) (atom, bool) {
	j, b := i, exactly
	prep := false
	for ; j < i+4; j++ {
		t := p.tok(j)
		switch {
		case t.is("bis", "until", "till", "by"):
			b, prep = untilThen, true
		case t.is("ab", "seit", "from"):
			b, prep = fromThen, true
		case t.is("an", "am", "zu", "zum", "zur", "ueber", "uebers", "um", "in", "im", "on", "at", "for", "over", "fuer", "fuers", "vor", "nach", "den", "dem", "der", "die", "this", "dieses", "diesen", "waehrend", "during", "the", "naechstes", "kommenden", "vom", "von", "bei"):
			prep = prep || !t.is("den", "dem", "der", "die", "the")
		default:
			goto named
		}
	}
named:
	if a, ok := p.schoolHoliday(i, j, b); ok {
		return a, true
	}
	h, ok := p.feast[j]
	if !ok || h.weight == 1 && !prep || p.tok(j-1).is("nach") && h.weight == 1 {
		return atom{}, false
	}
	if p.tok(j-1).is("kirchengemeinde", "pfarrgemeinde", "pfarrei", "pfarre", "gemeinde", "kirche", "kapelle", "pfarrkirche", "kindergarten", "kita", "familienzentrum", "haus") || p.tok(j-1).is("christi", "mariae") && p.tok(j-2).is("kirchengemeinde", "pfarrgemeinde", "pfarrei", "pfarre", "gemeinde", "kirche", "kapelle", "pfarrkirche") {
		return atom{}, false // "Kirchengemeinde Christi Himmelfahrt"
	}
	if k := p.tok(h.last + 1); h.weight == 1 && (k.is("-") && k.glued || k.kind == wordToken && k.upper && !k.caps && p.tok(h.last).upper && k.glued) {
		return atom{}, false // "Nikolaus-Markt"
	}
	a := atom{kind: dayAtom, first: i, last: h.last, week: anyWeek, rule: "holiday " + h.word, bound: b, yearly: true}
	if p.tok(i).is("seit", "since") || p.tok(j-1).is("seit", "since") {
		a.role = pastTime
	}
	y, next := p.year(h.last + 1)
	if y == 0 {
		first, last, _ := feast(h.value, p.today.year())
		y = p.today.year()
		if last < p.today {
			y++
		}
		_ = first
	} else {
		a.last, a.yearly = next-1, false
	}
	first, last, err := feast(h.value, y)
	if err != nil {
		return atom{}, false
	}
	a.spans = []days{{first, last}}
	if b == untilThen {
		a.spans[0].last = first
	}
	a.wide = last-first > 6
	if p.tok(i).is("vor", "before") {
		a.rule, a.wide = "vague", true
	}
	return a, true
}

func (p *timeParser) schoolHoliday(i, j int, b bound) (atom, bool) {
	name, ok := p.named(j, "holidays")
	last := j
	if n := p.tok(j + 1); ok && p.tok(j).is("easter", "summer", "autumn", "fall", "christmas") {
		if !n.is("holidays", "break", "vacation") {
			return atom{}, false
		}
		last = j + 1
	}
	week := 0
	if n, isOrd := p.class(j, "ordinal"); !ok && isOrd && (p.tok(j+1).is("woche", "ferienwoche", "wochen") || strings.HasSuffix(p.tok(j+1).norm, "ferienwoche")) {
		for k := j + 2; k < j+5; k++ {
			if name, ok = p.named(k, "holidays"); ok {
				week, last = n, k
				break
			}
		}
		if feast, cut := cutSuffix(p.tok(j+1).norm, "ferienwoche"); cut {
			for _, w := range p.tab.words[feast+"ferien"] {
				if w.class == "holidays" {
					name, ok, week, last = w.text, true, n, j+1
				}
			}
		}
		if !ok && p.tok(j+1).is("ferienwoche") {
			name, ok, week, last = p.nextSchoolHoliday(), true, n, j+1
		}
	}
	if !ok {
		return atom{}, false
	}
	for _, h := range p.tab.school {
		if h.name != name || h.last < p.today {
			continue
		}
		if y, next := p.year(last + 1); y != 0 {
			if h.first.year() != y {
				continue
			}
			last = next - 1
		}
		a := atom{kind: dayAtom, first: i, last: last, week: anyWeek, rule: "school holidays", bound: b, spans: []days{{h.first, h.last}}, wide: true}
		p.aroundHolidays(&a, h, week)
		return a, true
	}
	return atom{}, false
}

// aroundHolidays reads "bis zu den", "nach den" and "in der ersten Woche der" before holidays.
func (p *timeParser) aroundHolidays(a *atom, h schoolHoliday, week int) {
	lead := p.tok(a.first)
	switch {
	case a.bound == untilThen || lead.is("vor", "before"):
		a.bound = untilThen
		a.spans = []days{{h.first - 1, h.first - 1}}
	case lead.is("nach", "after"):
		first := h.last + 1
		for first.weekday() > 5 {
			first++
		}
		a.bound, a.spans = fromThen, []days{{first, first}}
	case week > 0:
		first := h.first.monday() + civil(7*(week-1))
		a.spans = []days{{max(first, h.first), min(first+4, h.last)}}
	case week < 0:
		a.spans = []days{{h.last.monday(), h.last}}
	}
}

// nextSchoolHoliday names the holidays that are running or come next.
func (p *timeParser) nextSchoolHoliday() string {
	for _, h := range p.tab.school {
		if h.last >= p.today && h.name != "pentecost" {
			return h.name
		}
	}
	return ""
}

// nthDay reads "jeden 3. Samstag im Monat", "jeden ersten und dritten Donnerstag", "am letzten Samstag im
// Februar", "every second Tuesday of the month", "(erster Mittwoch)", "am ersten Maiwochenende".
func (p *timeParser) nthDay(i int) (atom, bool) {
	j, every := i, false
	for ; j < i+3; j++ {
		t := p.tok(j)
		if _, ok := p.class(j, "every"); ok {
			every = true
		} else if !t.is("am", "an", "on", "the", "den", "dem", "der", "einmal", "ab", "vom", "von") {
			break
		}
	}
	nth, next := p.ordinals(j)
	if len(nth) == 0 {
		return atom{}, false
	}
	a := atom{kind: dayAtom, first: i, week: anyWeek, rule: "nth weekday"}
	if b, ok := p.nthWeekend(a, nth, next); ok {
		return b, true
	}
	wd, habit, after, ok := p.weekdayAt(next, true)
	if !ok || p.tok(next).kind != wordToken {
		return atom{}, false
	}
	a.wds, a.last = []int{wd}, after-1
	for {
		k, c := p.conjunction(after)
		wd, _, n, ok := p.weekdayAt(k, true)
		if c != "+" || !ok || p.dateBehind(n) || p.tok(k).kind != wordToken {
			break
		}
		a.wds, after, a.last = append(a.wds, wd), n, n-1
	}
	monthly, m, y, k := p.ofMonth(after)
	switch {
	case m > 0:
		a.last = k - 1
		return p.nthIn(a, nth[0], m, y)
	case monthly:
		a.last = k - 1
		a.nth, a.habit = nth, true
	case p.monthlyBefore(i):
		a.nth, a.habit = nth, true
	case !every && !habit:
		return atom{}, false
	case p.tok(j-1).is("der", "the"):
		a.nth, a.habit = nth, true
	case len(nth) == 1 && nth[0] == 2 && !p.tok(j).is("2"):
		a.habit, a.every, a.rule = true, 2, "every second weekday"
	case len(nth) == 1 && nth[0] == 2:
		a.habit, a.every, a.rule = true, 2, "every 2nd weekday"
	default:
		a.nth, a.habit = nth, true
	}
	return a, true
}

// ordinals reads "3.", "ersten und dritten", "2. und 4.", "1./3.", "last".
func (p *timeParser) ordinals(j int) ([]int, int) {
	var nth []int
	for {
		n, ok := p.class(j, "ordinal")
		next := j + 1
		if t := p.tok(j); !ok && t.kind == numberToken && t.val >= 1 && t.val <= 5 {
			if d := p.tok(j + 1); d.is(".", "st", "nd", "rd", "th") && d.glued {
				n, next, ok = t.val, j+2, true
			} else if p.tok(j + 1).is("/") {
				n, next, ok = t.val, j+1, true
			}
		}
		if !ok || n > 5 {
			return nth, j
		}
		nth = append(nth, n)
		t := p.tok(next)
		if !t.is("und", "u", "and", "&", "+", "/", ",", "oder") {
			return nth, next
		}
		j = next + 1
		if p.tok(j).is("am", "jeden", "den", "the", "und") {
			j++
		}
	}
}

// ofMonth reads "im Monat", "of every month" (monthly) and "im Februar", "of May 2027" (a month).
func (p *timeParser) ofMonth(k int) (monthly bool, m, y, next int) {
	t := p.tok(k)
	if !t.is("im", "in", "of", "des", "eines", "jeden", "pro", "each", "every", "a", "/", "je", "dem") {
		return false, 0, 0, k
	}
	k++
	if p.tok(k).is("jedem", "jeden", "each", "every", "the", "a", "eines") {
		k++
	}
	if _, ok := p.class(k, "monthunit"); ok || p.tok(k).is("monats") {
		return true, 0, 0, k + 1
	}
	if m, ok := p.month(k); ok {
		y, next := p.year(k + 1)
		return false, m, y, next
	}
	return false, 0, 0, k
}

// monthlyBefore tells that "einmal im Monat" or "monatlich" was said shortly before.
func (p *timeParser) monthlyBefore(int) bool {
	for _, a := range p.atoms {
		if a.kind == recurAtom && a.unit == "MONTHLY" {
			return true
		}
	}
	return false
}

func (p *timeParser) nthIn(a atom, n, m, y int) (atom, bool) {
	for try := range 2 {
		year := y
		if year == 0 {
			year = p.today.year() + try
		}
		c, ok := nthWeekday(year, m, n, a.wds[0])
		if ok && (c >= p.today || y != 0) {
			a.spans, a.yearly = []days{{c, c}}, y == 0
			if len(a.wds) == 2 && a.wds[1] == a.wds[0]%7+1 {
				a.spans[0].last++
			}
			a.wds = nil
			return a, true
		}
	}
	return a, false
}

// nthWeekend reads "ersten Maiwochenende", "zweiten Wochenende im Mai", "letzten Wochenende im Monat".
func (p *timeParser) nthWeekend(a atom, nth []int, k int) (atom, bool) {
	m, y, next := 0, 0, k+1
	t := p.tok(k)
	if name, ok := cutSuffix(t.norm, "wochenende"); ok && t.kind == wordToken {
		for _, w := range p.tab.words[name] {
			if w.class == "month" || w.class == "shortmonth" {
				m = w.val
			}
		}
	}
	_, weekend := p.class(k, "weekend")
	if m == 0 && weekend {
		var monthly bool
		monthly, m, y, next = p.ofMonth(k + 1)
		if monthly {
			a.wds, a.nth, a.habit, a.last = []int{6, 7}, nth, true, next-1
			return a, true
		}
	} else if m != 0 {
		y, next = p.year(k + 1)
	}
	if m == 0 {
		return a, false
	}
	a.wds, a.last = []int{6, 7}, next-1
	return p.nthIn(a, nth[0], m, y)
}

func cutSuffix(s, suffix string) (string, bool) {
	if len(s) <= len(suffix) || s[len(s)-len(suffix):] != suffix {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}

// recurrence reads rhythms without weekdays: "alle zwei Wochen", "14-tägig", "täglich", "einmal im Monat".
func (p *timeParser) recurrence(i int) (atom, bool) {
	a := atom{kind: recurAtom, first: i, every: 1, week: anyWeek, rule: "rhythm"}
	t := p.tok(i)
	done := func(unit string, every, last int) (atom, bool) {
		a.unit, a.every, a.last = unit, every, last
		return a, true
	}
	switch {
	case t.is("taeglich", "daily", "tgl", "taegl", "щодня"):
		a.unit, a.every, a.last = "DAILY", 1, i
		return p.butNot(a), true
	case t.is("woechentlich", "weekly", "щотижня"):
		return done("WEEKLY", 1, i)
	case t.is("monatlich", "monthly"):
		return done("MONTHLY", 1, i)
	case t.is("zweiwoechentlich", "zweiwoechig", "vierzehntaegig", "vierzehntaegig", "fortnightly", "biweekly", "zweiwoechentliche"):
		return done("WEEKLY", 2, i)
	case t.kind == numberToken && p.tok(i+1).is("-") && p.tok(i+2).is("taegig", "taegigen", "taegiger"):
		return done("WEEKLY", max(1, t.val/7), i+2)
	case t.kind == numberToken && p.tok(i+1).is("taegig"):
		return done("WEEKLY", max(1, t.val/7), i+1)
	case t.is("alle", "every", "all"):
		n, ok := p.number(i + 1)
		if t.is("every") && p.tok(i+1).is("other", "second") {
			n, ok = 2, true
		}
		if ok && n > 0 && n < 53 {
			if _, w := p.class(i+2, "week"); w {
				return done("WEEKLY", n, i+2)
			}
			if _, d := p.class(i+2, "dayunit"); d && n%7 == 0 {
				return done("WEEKLY", n/7, i+2)
			}
			if _, m := p.class(i+2, "monthunit"); m {
				return done("MONTHLY", n, i+2)
			}
		}
	}
	if a, ok := p.everyUnit(a); ok {
		return a, true
	}
	return p.times(a)
}

// everyUnit reads "jeden Tag", "jede Woche", "jeden Monat", "every day", "jede zweite Woche", "werktags".
func (p *timeParser) everyUnit(a atom) (atom, bool) {
	i := a.first
	if _, ok := p.class(i, "weekdays"); ok {
		a.kind, a.wds, a.ranged, a.habit, a.last, a.rule = dayAtom, []int{1, 2, 3, 4, 5}, true, true, i, "working days"
		return a, true
	}
	if (p.tok(i).is("unter") || p.tok(i).is("in") || p.tok(i).is("during")) && p.tok(i+1).is("der", "the") && p.tok(i+2).is("woche", "week") && !p.tok(i).is("in") {
		a.kind, a.wds, a.ranged, a.habit, a.last, a.rule = dayAtom, []int{1, 2, 3, 4, 5}, true, true, i+2, "working days"
		return a, true
	}
	if _, ok := p.class(i, "every"); !ok || p.tok(i).is("jeweils", "her", "immer", "stets", "regelmaessig", "jew") {
		return a, false
	}
	k, n := i+1, 1
	if p.tok(k).is("zweite", "zweiten", "second", "other", "andere") {
		k, n = k+1, 2
	}
	a.every, a.last = n, k
	if _, ok := p.class(k, "week"); ok && !p.tok(k).is("wo") {
		a.unit = "WEEKLY"
		return a, true
	}
	if _, ok := p.class(k, "monthunit"); ok && !p.tok(k).is("ay") {
		a.unit = "MONTHLY"
		return a, true
	}
	if _, ok := p.class(k, "dayunit"); ok {
		a.unit = "DAILY"
		return p.butNot(a), true
	}
	if part, ok := p.named(k, "part"); ok && part != "noon" {
		a.unit, a.part = "DAILY", part
		return a, true
	}
	return a, false
}

// times reads "einmal pro Woche", "1x die Woche", "zweimal im Monat", "once a week".
func (p *timeParser) times(a atom) (atom, bool) {
	i := a.first
	t := p.tok(i)
	n, k := 0, i+1
	switch {
	case t.is("einmal", "once"):
		n = 1
	case t.is("zweimal", "twice"):
		n = 2
	case t.is("dreimal"):
		n = 3
	case t.kind == numberToken && p.tok(i+1).is("x", "mal") && t.val < 8:
		n, k = t.val, i+2
	case t.kind == numberToken && t.val < 8 && p.tok(i+1).is("-") && p.tok(i+2).kind == numberToken && p.tok(i+3).is("x", "mal"):
		n, k = p.tok(i+2).val, i+4
	}
	if n == 0 {
		return a, false
	}
	if p.tok(k).is("pro", "die", "in", "im", "a", "per", "je", "/", "jede") {
		k++
		if p.tok(k).is("der") {
			k++
		}
	}
	a.last = k
	_, w := p.class(k, "week")
	_, m := p.class(k, "monthunit")
	switch {
	case w || p.tok(k).is("woechentlich"):
		a.unit = "WEEKLY"
	case m || p.tok(k).is("monatlich", "mtl", "monthly"):
		a.unit = "MONTHLY"
	default:
		return a, false
	}
	a.minutes = n // how often
	return a, true
}

// partOfDay reads "abends", "am Vormittag", "in the evening", "morgen früh"'s second word.
func (p *timeParser) partOfDay(i int) (atom, bool) {
	a := atom{kind: partAtom, first: i, last: i, rule: "part of day"}
	if part, ok := p.named(i, "parthabit"); ok {
		a.part, a.habit = part, true
		return a, true
	}
	j := i
	for p.tok(j).is("am", "in", "the", "im", "an", "den", "dem") && j < i+2 {
		j++
	}
	part, ok := p.named(j, "part")
	if !ok || p.tok(j).is("morgen", "mittag") && j == i || p.tok(j-1).is("guten", "good", "schoenen", "schoener", "guter") {
		return a, false
	}
	prev, near := p.before(i)
	if j == i && !p.tok(j).is("tonight", "forenoon") && !(near && (prev.kind == dayAtom || prev.kind == clockAtom)) && !p.loose {
		return a, false
	}
	a.part, a.last = part, j
	return a, true
}
