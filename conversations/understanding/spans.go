package understanding

// duration reads "ca. 3 Std.", "4-5 std", "zwei bis drei Stunden", "ne Stunde", "2 1/2 Stunden", "90 Minuten".
func (p *timeParser) duration(i int) (atom, bool) {
	a := atom{kind: spanAtom, first: i, rule: "duration"}
	if min, k, ok := p.wholeHours(i); ok {
		a.minutes, a.last = min, k
		return a, true
	}
	min, k, ok := p.amount(i)
	if !ok {
		return a, false
	}
	if t := p.tok(k); t.is("-", "bis", "to", "oder", "or") {
		if m, n, ok := p.amount(k + 1); ok {
			min, k = m, n
		}
	}
	unit, ok := p.timeUnit(k, i)
	if !ok {
		return a, false
	}
	a.minutes = min * unit / 60
	a.last = k
	if p.tok(k+1).is(".") && p.tok(k).is("std", "stdn", "min", "h") && p.tok(k+1).glued {
		a.last++
	}
	if a.minutes <= 0 || a.minutes > 24*60 {
		a.role = sideTime
	}
	n := a.last + 1
	if _, w := p.class(n+1, "week"); p.tok(n).is("pro", "die", "in", "im", "per", "a", "/", "je", "jede") && (w || p.tok(n+1).is("monat", "month", "jahr", "year", "tag", "der", "monats")) || p.tok(n).is("woechentlich", "monatlich", "weekly") {
		a.role, a.rule = sideTime, "workload"
	}
	if p.tok(i-1).is("woechentlich", "monatlich", "insgesamt") {
		a.role = sideTime
	}
	return a, true
}

// wholeHours reads durations of one word: "eine Dreiviertelstunde", "ein Viertelstündchen", "halbe Stunde".
func (p *timeParser) wholeHours(i int) (min, last int, ok bool) {
	for p.tok(i).is("eine", "einer", "ne", "ner", "ein", "gute", "knappe", "etwa", "ca", "so") && last < 3 {
		i, last = i+1, last+1
	}
	switch t := p.tok(i); {
	case t.is("dreiviertelstunde", "dreiviertelstuendchen"):
		return 45, i, true
	case t.is("viertelstunde", "viertelstuendchen"):
		return 15, i, true
	case t.is("halbe", "halben", "halbes", "halb") && p.tok(i+1).is("stunde", "stuendchen"):
		return 30, i + 1, true
	case t.is("stuendchen"):
		return 60, i, true
	}
	return 0, 0, false
}

// amount reads a number of units in sixtieths: "3" is 180, "2,5" 150, "anderthalb" 90, "eine halbe" 30.
func (p *timeParser) amount(i int) (int, int, bool) {
	t := p.tok(i)
	switch {
	case t.is("anderthalb", "eineinhalb"):
		return 90, i + 1, true
	case t.is("zweieinhalb"):
		return 150, i + 1, true
	case t.is("dreieinhalb"):
		return 210, i + 1, true
	case t.is("ne", "ner", "'ne") || t.is("eine", "einer", "an", "a", "one", "half") || t.is("½"):
		if p.tok(i+1).is("halbe", "halben", "half") {
			return 30, i + 2, true
		}
		if t.is("half") && p.tok(i+1).is("an") || t.is("½") {
			return 30, i + 2, true
		}
		if p.tok(i + 1).is("dreiviertel") {
			return 45, i + 2, true
		}
		return 60, i + 1, true
	}
	n, ok := p.number(i)
	if !ok || n > 600 || n == 0 {
		return 0, i, false
	}
	k := i + 1
	switch {
	case p.tok(k).is(",", ".") && p.tok(k).glued && p.tok(k+1).glued && p.tok(k+1).kind == numberToken && len(p.tok(k+1).norm) == 1:
		return n*60 + p.tok(k+1).val*6, k + 2, true
	case p.tok(k).is("1") && p.tok(k+1).is("/") && p.tok(k+2).is("2"):
		return n*60 + 30, k + 3, true
	case p.tok(k).is("½"):
		return n*60 + 30, k + 1, true
	}
	return n * 60, k, true
}

// timeUnit is the minutes of a unit; "3h" is a duration only with a cue, "18h" a time.
func (p *timeParser) timeUnit(k, i int) (int, bool) {
	t := p.tok(k)
	switch {
	case t.is("stunde", "stunden", "std", "stdn", "stuendchen", "hour", "hours", "hrs", "hr", "saat", "години", "годин"):
		if t.is("saat") && p.tok(k+1).kind == numberToken {
			return 0, false
		}
		return 60, true
	case t.is("minute", "minuten", "min", "minutes", "mins"):
		return 1, true
	case t.is("h") && t.glued && p.durationCue(i) && !p.tok(i-1).is("von", "um"):
		return 60, true
	}
	return 0, false
}

// flexible reads "nach Absprache", "Termin flexibel", "jederzeit", "by arrangement".
func (p *timeParser) flexible(i int) (atom, bool) {
	a := atom{kind: flexAtom, first: i, last: i, rule: "flexible"}
	t, n := p.tok(i), p.tok(i+1)
	switch {
	case t.is("nach") && n.is("absprache", "vereinbarung", "ruecksprache", "belieben"), t.is("in") && n.is("absprache"), t.is("by", "upon") && n.is("arrangement", "agreement"):
		a.last = i + 1
	case t.is("flexibel", "flexible", "jederzeit", "anytime", "irgendwann", "zeitunabhaengig", "wann") && (!t.is("wann") || n.is("ihr", "sie", "du") && p.tok(i+2).is("wollt", "wollen", "willst", "koennt", "moegt", "zeit")):
	case t.is("freie") && n.is("zeiteinteilung"):
		a.last = i + 1
	case t.is("vereinbaren", "vereinbart", "absprechen", "abgesprochen", "bestimmen", "bestimmt", "abstimmen") && p.flexCue(i):
	case t.is("sprechen") && p.tok(i+2).is("ab") && p.flexCue(i):
	case t.is("ist", "sind") && n.is("egal") && p.flexCue(i):
		a.last = i + 1
	default:
		return a, false
	}
	return a, true
}

func (p *timeParser) flexCue(i int) bool {
	for j := i - 6; j < i; j++ {
		if p.tok(j).is("termin", "termine", "zeit", "zeiten", "uhrzeit", "wochentag", "zeitpunkt", "wann", "tag", "datum") {
			return true
		}
	}
	return false
}

// join merges neighbours that are one thing: a weekday beside its date, a part of the day beside its day.
func (p *timeParser) join() {
	out := p.atoms[:0]
	for _, a := range p.atoms {
		if len(out) == 0 {
			out = append(out, a)
			continue
		}
		prev := &out[len(out)-1]
		switch {
		case a.kind == dayAtom && prev.kind == dayAtom && p.touching(prev, &a) && p.oneDay(prev, &a):
		case a.kind == partAtom && prev.kind == dayAtom && !prev.wide && p.touching(prev, &a) && prev.part == "":
			prev.part, prev.last = a.part, a.last
			prev.habit = prev.habit || a.habit && !p.once(prev) && prev.weekdaysOnly() && prev.bound == exactly && prev.rule != "this weekday" && !p.tok(prev.first).is("am")
		default:
			out = append(out, a)
		}
	}
	p.atoms = out
}

// touching tells that only marks and articles stand between two atoms.
func (p *timeParser) touching(a, b *atom) bool {
	if b.first-a.last > 4 {
		return false
	}
	for j := a.last + 1; j < b.first; j++ {
		if !p.tok(j).is(",", "(", ")", "den", "dem", "der", "the", ".", "am", "-", ":", "on", "zum", "vom") {
			return false
		}
	}
	return true
}

// oneDay merges a weekday with the date it stands beside; where they disagree it says so.
func (p *timeParser) oneDay(a, b *atom) bool {
	day, date := a, b
	if a.dated() {
		day, date = b, a
	}
	if !day.weekdaysOnly() || day.role != eventTime || !date.dated() || day.habit || len(day.nth) > 0 || date.wide && !holidayRule(date) {
		return false
	}
	merged := *date
	merged.first, merged.last = a.first, b.last
	if day.part != "" {
		merged.part = day.part
	}
	if day.bound != exactly {
		merged.bound = day.bound
	}
	if date.bound == exactly && !p.agree(day, &merged) {
		if holidayRule(date) {
			return false
		}
		p.odd = append(p.odd, Doubt{Field: FieldTime, Kind: WeekdayDisagrees, Text: p.text(merged.first, merged.last)})
		merged.role, merged.rule = pastTime, "weekday disagrees"
	}
	*a = merged
	return true
}

func holidayRule(a *atom) bool { return len(a.rule) > 7 && a.rule[:7] == "holiday" }

// agree checks weekdays against dates; within a feast of several days the weekdays choose.
func (p *timeParser) agree(day, date *atom) bool {
	if holidayRule(date) && len(date.spans) == 1 {
		s := date.spans[0]
		if len(day.wds) > 1 || s.last > s.first {
			first := s.first.next(day.wds[0])
			last := first
			for _, w := range day.wds[1:] {
				last = last.next(w)
			}
			if first > s.last {
				first -= 7
				last -= 7
			}
			date.spans = []days{{first, last}}
			return true
		}
		return s.first.weekday() == day.wds[0]
	}
	if len(day.wds) == 1 {
		return date.spans[0].first.weekday() == day.wds[0]
	}
	if day.rule == "weekend" || day.rule == "this weekend" {
		for _, s := range date.spans {
			if s.first.weekday() < 5 {
				return false
			}
		}
		return true
	}
	want := map[int]bool{}
	for _, w := range day.wds {
		want[w] = true
	}
	for _, s := range date.spans {
		if !want[s.first.weekday()] || !want[s.last.weekday()] {
			return false
		}
	}
	return true
}

// once tells "Mittwoch bis Freitag mittags", days of one week; "Mo-Fr vormittags" and "Montag bis Freitag" are every week.
func (p *timeParser) once(a *atom) bool {
	_, spelled := p.class(a.last, "weekday")
	return spelled && a.ranged && len(a.wds) < 5 && a.wds[0] != 1 && !p.tok(a.first).is("immer", "jeweils", "jeden")
}
