package understanding

import (
	"slices"
	"strings"
)

// compoundDay splits "samstagnachmittag", "freitagabends" and "samstagvormittags".
func (p *timeParser) compoundDay(i int) (wd int, part string, habit, ok bool) {
	t := p.tok(i)
	if t.kind != wordToken || len(t.norm) < 10 {
		return 0, "", false, false
	}
	at := strings.Index(t.norm, "tag")
	stem, rest := "", ""
	switch {
	case at > 0:
		stem, rest = t.norm[:at+3], t.norm[at+3:]
	case strings.HasPrefix(t.norm, "mittwoch"):
		stem, rest = "mittwoch", t.norm[8:]
	case strings.HasPrefix(t.norm, "sonnabend"):
		stem, rest = "sonnabend", t.norm[9:]
	}
	for _, w := range p.tab.words[stem] {
		if w.class == "weekday" {
			wd = w.val
		}
	}
	if wd == 0 || rest == "" {
		return 0, "", false, false
	}
	for _, w := range p.tab.words[rest] {
		switch w.class {
		case "part":
			return wd, w.text, false, true
		case "parthabit":
			return wd, w.text, true, true
		}
	}
	return 0, "", false, false
}

// weekdayAt reads one weekday. Short forms need company, which cue tells.
func (p *timeParser) weekdayAt(i int, cue bool) (wd int, habit bool, next int, ok bool) {
	if n, ok := p.class(i, "weekday"); ok {
		return n, false, i + 1, true
	}
	if n, ok := p.class(i, "habit"); ok {
		return n, true, i + 1, true
	}
	if n, _, h, ok := p.compoundDay(i); ok {
		return n, h, i + 1, true
	}
	n, ok := p.class(i, "short")
	if !ok {
		return 0, false, i, false
	}
	next = i + 1
	if p.tok(next).is(".") && p.tok(next).glued && p.tok(i).kind == wordToken && len(p.tok(i).norm) <= 4 {
		next++
	}
	if p.tok(next).is("'") && p.tok(next+1).is("s") {
		next += 2
	}
	if cue || p.shortHolds(i, next) {
		return n, false, next, true
	}
	return 0, false, i, false
}

// shortHolds decides whether "So", "Mi", "do", "sat" is a weekday here.
func (p *timeParser) shortHolds(i, next int) bool {
	t, prev := p.tok(i), p.tok(i-1)
	if p.lang == "en" && t.is("so", "do", "di", "mi", "mo", "fr", "sa") && !t.upper {
		return false
	}
	j := next
	for p.tok(j).is(",", "den", "(", "dem", "der", "the", ".") || p.tok(j).is(":") && !p.tok(j).glued {
		j++
	}
	if d, _, ok := p.oneDate(j); ok && (d.m != 0 || p.tok(j+1).is(".") && p.tok(j+1).glued) {
		return true
	}
	if prev.is("am") && t.is("do", "sa") {
		return true
	}
	every := prev.is("jeden", "jd", "jede", "jedem", "every", "each", "this", "next", "immer", "naechsten", "kommenden", "diesen")
	if every || prev.is("am", "on", "ab", "von", "bis") && (t.upper || !t.is("so", "do", "die", "sa")) {
		return prev.norm != "bis" && prev.norm != "von" && prev.norm != "ab" || p.joined(next) || p.tok(j).kind == numberToken || t.upper
	}
	if _, ok := p.named(j, "parthabit"); ok {
		return t.upper || !t.is("so", "do")
	}
	if part, ok := p.named(j, "part"); ok && part != "" && !p.tok(j).is("morgen", "frueh") {
		return t.upper || !t.is("so")
	}
	if p.joined(next) {
		return t.upper || !t.is("so", "do", "sun", "sat", "mon", "die") || prev.is("(", ",") || p.tok(next).glued
	}
	if c, ok := p.clockAt(j); ok {
		if c.strong && !p.counted(c.next) {
			return t.upper || !t.is("so", "do")
		}
		d := p.tok(c.next)
		if d.is("-") && p.tok(c.next+1).kind == numberToken && (t.upper || !t.is("so", "die", "sun", "mon")) {
			e, ok := p.clockAt(c.next + 1)
			return ok && !p.counted(e.next)
		}
	}
	if p.tok(j).is("ab", "um", "von", "gegen", "from", "at") && p.tok(j+1).kind == numberToken {
		return t.upper || !t.is("so")
	}
	return p.loose && i == 0
}

// joined tells that another weekday stands behind a joint: "mo-fr", "Di oder Do", "Sa/So".
func (p *timeParser) joined(next int) bool {
	k, c := p.conjunction(next)
	if c == "" || c == "+" && p.tok(next).is(",") && !p.tok(next).glued {
		return false
	}
	if p.tok(k).is("am") {
		k++
	}
	_, a := p.class(k, "short")
	_, b := p.class(k, "weekday")
	_, d := p.class(k, "habit")
	return (a && !p.tok(k).is("so", "die") || a && (p.tok(k).upper || p.tok(k).glued)) || b || d
}

// weekdayList reads weekdays with what belongs to them: "am Sa/So", "jeden Mittwoch und Freitag",
// "von Montag bis Donnerstag", "nächste Woche Dienstag", "Dienstag in einer Woche".
func (p *timeParser) weekdayList(i int) (atom, bool) {
	a := atom{kind: dayAtom, first: i, week: anyWeek, rule: "weekday"}
	j := p.weekdayLead(i, &a)
	wd, habit, next, ok := p.weekdayAt(j, j > i && p.tok(j-1).is("jeden", "jd", "every", "naechsten", "kommenden", "diesen"))
	if !ok {
		return a, false
	}
	_, part, _, _ := p.compoundDay(j)
	a.part, a.habit, a.wds = part, a.habit || habit, []int{wd}
	for {
		k, c := p.conjunction(next)
		if c == "" {
			break
		}
		for p.tok(k).is("am", "den", "jeden", "immer", "on", "auch") {
			k++
		}
		wd, habit, after, ok := p.weekdayAt(k, p.joined(next))
		if !ok || p.dateBehind(after) && c == "+" && p.tok(next).is(",") {
			break
		}
		if c == "-" {
			a.ranged = true
			for d := a.wds[len(a.wds)-1]%7 + 1; d != wd; d = d%7 + 1 {
				a.wds = append(a.wds, d)
			}
		}
		a.either = a.either || c == "|"
		if !slices.Contains(a.wds, wd) {
			a.wds = append(a.wds, wd)
		}
		a.habit, next = a.habit || habit, after
	}
	if wd, after, ok := p.hyphened(next); ok {
		a.wds, a.habit, next = append(a.wds, wd), true, after
	}
	a.last = next - 1
	p.weekdayTail(&a)
	return a, true
}

// dateBehind tells that a date follows, so that the weekday before it belongs to that.
func (p *timeParser) dateBehind(k int) bool {
	for p.tok(k).is(",", "den", "dem", "the", "(") {
		k++
	}
	d, _, ok := p.oneDate(k)
	return ok && d.m != 0
}

// weekdayLead reads "jeden", "am nächsten", "kommenden", "letzten", "ab", "bis".
func (p *timeParser) weekdayLead(i int, a *atom) int {
	j := i
	for ; j < i+5; j++ {
		t := p.tok(j)
		_, every := p.class(j, "every")
		_, this := p.class(j, "this")
		_, second := p.class(j, "second")
		switch {
		case every && !t.is("jeweils", "her", "regelmaessig", "jew"):
			a.habit = true
		case t.is("jeweils", "jew", "regelmaessig"):
		case t.is("andere", "anderen", "other", "second") && p.tok(j-1).is("jeden", "every", "jede"):
			a.every = 2
		case second:
			a.plus = 1
		case this:
			a.rule = "this weekday"
		case t.is("letzten", "last", "vergangenen", "vorigen", "letzter"):
			if _, _, _, ok := p.weekdayAt(j+1, true); ok && p.tok(j-1).norm != "jeden" && p.tok(j-1).norm != "am" && p.tok(j-1).norm != "every" && p.tok(j-1).norm != "immer" {
				a.role = pastTime
				continue
			}
			return j
		case t.is("ab", "from", "starting"):
			a.bound = fromThen
		case t.is("by") && p.tok(j-1).is("drop", "come", "stop", "pop", "dropping", "coming"):
		case t.is("bis", "until", "till", "by", "spaetestens"):
			a.bound = untilThen
		case t.is(".") && p.tok(j-1).is("jd", "jed") && t.glued:
		case t.is("ausser", "except", "nicht") && j == i:
			a.role = pastTime
		case t.is("am", "an", "on", "den", "dem", "der", "the", "von", "vom", "zum", "at", "zwischen", "meist", "meistens", "в", "у", "во", "по"):
		default:
			return j
		}
	}
	return j
}

// weekdayTail reads "nächster Woche", "in einer Woche", "in 14 Tagen" behind a weekday.
func (p *timeParser) weekdayTail(a *atom) {
	k := a.last + 1
	if p.tok(k).is("guenleri") {
		a.habit, a.last = true, k
		return
	}
	_, this := p.class(k, "this")
	if _, week := p.class(k+1, "week"); this && week && !p.tok(k).is("this", "diese", "dieser") {
		a.week, a.last = 1, k+1
		return
	}
	if p.tok(k).is("in") {
		n, ok := p.number(k + 1)
		if _, week := p.class(k+2, "week"); ok && week && n < 9 {
			a.plus, a.last = n, k+2
		} else if ok && p.tok(k+2).is("tagen", "days") && n%7 <= 1 && n < 30 {
			a.plus, a.last = n/7, k+2
		}
	}
}
