package understanding

// dayMonth is one date as it was written; zero parts were not said.
type dayMonth struct{ d, m, y int }

// dates reads a date or a list or range of dates: "12.12.", "5./6.3.", "vom 3. bis 5.6.", "28./29.11.",
// "9. und 10. Januar", "June 3-5", "2027-03-05". A lead word ("ab", "bis", "zum") becomes the bound.
func (p *timeParser) dates(i int) (atom, bool) {
	a := atom{kind: dayAtom, first: i, week: anyWeek, rule: "date"}
	j := p.dateLead(i, &a)
	list, ends, conj, ok := p.dateList(j)
	if !ok {
		return p.dayOfMonth(a, j)
	}
	if p.tok(j-1).is("-") && p.tok(j-1).glued && p.tok(j-2).kind == numberToken {
		return a, false // the end of something numeric
	}
	a.last = ends[len(ends)-1] - 1
	a.yearly = list[len(list)-1].y == 0
	p.resolveList(&a, list, conj)
	if len(a.spans) == 0 {
		p.doubt(NoSuchDay, i, a.last)
		a.kind, a.role = flexAtom, pastTime
		return a, true
	}
	return a, true
}

// dayOfMonth reads "am 24." and "am 24. oder 25." without a month: the next such day.
func (p *timeParser) dayOfMonth(a atom, j int) (atom, bool) {
	if !p.tok(j-1).is("am", "den", "dem", "vom", "zum") && !(p.tok(j-1).is("der") && len(p.atoms) > 0 && p.atoms[len(p.atoms)-1].weekdaysOnly()) || p.tok(j).kind != numberToken {
		return a, false
	}
	for {
		t, dot := p.tok(j), p.tok(j+1)
		if t.kind != numberToken || t.val < 1 || t.val > 31 || !dot.is(".") || !dot.glued || dot.to > dot.from+1 {
			return a, len(a.spans) > 0
		}
		next := p.tok(j + 2)
		if next.kind == wordToken && (next.upper || adjective(next)) || next.kind == numberToken {
			return a, false
		}
		y, m, _ := p.today.date()
		for k := range 13 {
			if c := civilOf(y, m+k, t.val); c >= p.today && c.day() == t.val {
				a.spans = append(a.spans, days{c, c})
				break
			}
		}
		a.last, a.rule, a.yearly = j+1, "day of the month", true
		k, c := p.conjunction(j + 2)
		if c == "" || c == "-" || p.tok(k).kind != numberToken {
			return a, true
		}
		a.either = a.either || c == "|"
		j = k
	}
}

func (p *timeParser) dateLead(i int, a *atom) int {
	j := i
	for ; j < i+3; j++ {
		t := p.tok(j)
		switch {
		case t.is("zum", "z") && a.bound == untilThen:
		case t.is("ab", "from", "starting", "since", "seit", "zum", "beginning", "z"):
			a.bound = fromThen
		case t.is("bis", "until", "till", "by", "spaetestens"):
			a.bound = untilThen
		case t.is("den", "dem", "der", "the", "am", "on", "vom", "von", "between", "zwischen", "zu", "einschliesslich"):
		default:
			return j
		}
	}
	return j
}

// dateList reads date (conjunction date)*; the last one must name its month.
func (p *timeParser) dateList(j int) (list []dayMonth, ends []int, conj []string, ok bool) {
	d, next, ok := p.oneDate(j)
	if !ok {
		return nil, nil, nil, false
	}
	list, ends = append(list, d), append(ends, next)
	for {
		k, c := p.conjunction(next)
		if c == "" {
			break
		}
		k = p.skipWeekday(k)
		d, after, ok := p.oneDate(k)
		if !ok {
			break
		}
		list, ends, conj, next = append(list, d), append(ends, after), append(conj, c), after
	}
	for len(list) > 0 && list[len(list)-1].m == 0 {
		list, ends = list[:len(list)-1], ends[:len(ends)-1]
	}
	if len(list) == 0 {
		return nil, nil, nil, false
	}
	return list, ends, conj[:len(list)-1], true
}

// skipWeekday passes "Mi," and "den" before a date.
func (p *timeParser) skipWeekday(k int) int {
	_, full := p.class(k, "weekday")
	_, short := p.class(k, "short")
	if full || short {
		k++
		for p.tok(k).is(",", ".") {
			k++
		}
	}
	for p.tok(k).is("am", "den", "dem", "the", "zum", "on", "vom") {
		k++
	}
	return k
}

// conjunction reads what joins two days: "-" for a range, "+" for a list, "|" for alternatives.
func (p *timeParser) conjunction(k int) (int, string) {
	t := p.tok(k)
	switch {
	case t.is("-", "bis", "through", "until", "till", "to"):
		k++
		if p.tok(k).is("zum", "einschliesslich", "den") {
			k++
		}
		return k, "-"
	case t.is("und", "u", "and", "&", "+", "/", "sowie"):
		k++
		if p.tok(k).is(".") && p.tok(k-1).is("u") {
			k++
		}
		return k, "+"
	case t.is("auf") && p.tok(k+1).is("den", "dem"):
		return k + 2, "night"
	case t.is(","):
		k++
		if p.tok(k).is("und", "and") {
			k++
		}
		return k, "+"
	case t.is("oder", "or"):
		return k + 1, "|"
	}
	return k, ""
}

// oneDate reads one date; "3." alone is a day whose month must follow in the list.
func (p *timeParser) oneDate(j int) (dayMonth, int, bool) {
	t := p.tok(j)
	if t.kind == wordToken {
		return p.wordDate(j)
	}
	if t.kind != numberToken {
		return dayMonth{}, j, false
	}
	if len(t.norm) == 4 && t.val >= 1990 && t.val <= 2100 && p.tok(j+1).is("-") && p.tok(j+3).is("-") && p.tok(j+2).kind == numberToken && p.tok(j+4).kind == numberToken && p.tok(j+1).glued {
		return dayMonth{p.tok(j + 4).val, p.tok(j + 2).val, t.val}, j + 5, true
	}
	if t.val < 1 || t.val > 31 || len(t.norm) > 2 || (j > 0 && t.glued && p.tok(j-1).is(":", "§", "#")) {
		return dayMonth{}, j, false
	}
	if d, next, ok := p.numericDate(j); ok {
		return d, next, true
	}
	k := j + 1
	if p.tok(k).is(".", "th", "st", "nd", "rd") && p.tok(k).glued {
		k++
	}
	for p.tok(k).is("of", "de", "im", "in") && k < j+4 && !p.tok(k-1).is("im", "in") {
		if _, ok := p.month(k + 1); !ok {
			break
		}
		k++
	}
	if m, ok := p.spokenMonth(k); ok && k == j+2 {
		y, next := p.year(k + 1)
		return dayMonth{t.val, m, y}, next, true
	}
	if m, ok := p.month(k); ok && !(p.tok(k).is("mar", "may", "mart") && p.lang == "de" && p.tok(k).is("may")) {
		next := k + 1
		if p.tok(next).is(".") && p.tok(next).glued && len(p.tok(k).norm) <= 4 {
			next++
		}
		y, next := p.year(next)
		return dayMonth{t.val, m, y}, next, true
	}
	if k == j+2 && p.tok(j+1).is(".") {
		return dayMonth{d: t.val}, k, true
	}
	if p.listFollows(j + 1) {
		return dayMonth{d: t.val}, j + 1, true
	}
	return dayMonth{}, j, false
}

// listFollows tells that a bare number is the first day of "3-5 June", "9 und 10 januar", "28/29.11.".
func (p *timeParser) listFollows(k int) bool {
	next, c := p.conjunction(k)
	if c == "" || p.tok(next).kind != numberToken || p.tok(next).val > 31 || len(p.tok(next).norm) > 2 {
		return false
	}
	if p.tok(k).is("/") {
		_, _, ok := p.numericDate(next)
		if ok {
			return true
		}
	}
	n := next + 1
	if p.tok(n).is(".", "th", "st", "nd", "rd") {
		n++
	}
	_, ok := p.month(n)
	return ok
}

// numericDate reads 5.12., 5.12.26, 05.12.2026, 5/12/2026, 5. 12.
func (p *timeParser) numericDate(j int) (dayMonth, int, bool) {
	sep, m := p.tok(j+1), p.tok(j+2)
	if m.kind != numberToken || len(m.norm) > 2 || m.val < 1 || m.val > 12 || !sep.glued {
		return dayMonth{}, j, false
	}
	d := p.tok(j).val
	switch sep.norm {
	case ".":
		dot := p.tok(j + 3)
		if dot.is(".") && dot.glued {
			y, next := p.year(j + 4)
			return dayMonth{d, m.val, y}, next, true
		}
		if !m.glued || p.notDate(j, m) {
			return dayMonth{}, j, false
		}
		return dayMonth{d, m.val, 0}, j + 3, true
	case "/":
		if s := p.tok(j + 3); s.is("/") && s.glued && m.glued {
			if y, next := p.year(j + 4); y != 0 {
				return dayMonth{d, m.val, y}, next, true
			}
		}
	}
	return dayMonth{}, j, false
}

// notDate tells that "9.30"-like digits without a closing dot are a time or a quantity.
func (p *timeParser) notDate(j int, m token) bool {
	t := p.tok(j + 3)
	if _, ok := p.class(j+3, "hourunit"); ok || p.counted(j+3) || t.is("am", "pm", "€", "%") && t.glued || t.is("km", "euro", "eur", "std", "stunden", "t", "m", "kg") {
		return true
	}
	prev := p.tok(j - 1)
	if prev.is("am", "den", "dem", "vom", "zum", "der", "on", "ab", ",", "bis", "/", "+", "und", "-", "(") {
		return len(m.norm) == 2 && prev.is("ab", "bis", "-", "um") && m.val%5 == 0
	}
	_, wd := p.class(j-1, "weekday")
	_, sh := p.class(j-1, "short")
	return !wd && !sh && !(len(m.norm) == 2 && len(p.tok(j).norm) == 2 && m.val%15 != 0 && m.val != 10)
}

// spokenMonth reads the month of "siebten vierten" and "siebter 4.".
func (p *timeParser) spokenMonth(k int) (int, bool) {
	m, ok := p.class(k, "ordinal")
	if t := p.tok(k); !ok && t.kind == numberToken && p.tok(k+1).is(".") && p.tok(k+1).glued && p.tok(k-1).kind == wordToken {
		m, ok = t.val, true
	}
	if _, _, _, weekday := p.weekdayAt(k+1, true); weekday || p.tok(k+1).upper && p.tok(k+1).kind == wordToken {
		return 0, false
	}
	return m, ok && m >= 1 && m <= 12
}

func (p *timeParser) month(k int) (int, bool) {
	if m, ok := p.class(k, "month"); ok {
		return m, true
	}
	return p.class(k, "shortmonth")
}

// year reads "2027", "'27" and, glued to a date, "27".
func (p *timeParser) year(k int) (int, int) {
	t := p.tok(k)
	if t.is(",") && p.tok(k+1).kind == numberToken && len(p.tok(k+1).norm) == 4 {
		k++
		t = p.tok(k)
	}
	switch {
	case t.kind != numberToken:
		return 0, k
	case len(t.norm) == 4 && t.val >= 1990 && t.val <= 2100:
		return t.val, k + 1
	case len(t.norm) == 2 && t.glued && t.val >= 20 && t.val < 50 && !p.tok(k+1).is(":") && p.tok(k-1).is("."):
		return 2000 + t.val, k + 1
	}
	return 0, k
}

// wordDate reads "June 12", "12th of June" written out, "ersten mai".
func (p *timeParser) wordDate(j int) (dayMonth, int, bool) {
	if m, ok := p.month(j); ok && p.tok(j+1).kind == numberToken && p.tok(j+1).val >= 1 && p.tok(j+1).val <= 31 && len(p.tok(j+1).norm) <= 2 && !p.tok(j+2).is(":", "uhr", "h") {
		if p.tok(j).is("may", "mar", "march") && !p.tok(j).upper && p.lang != "en" {
			return dayMonth{}, j, false
		}
		next := j + 2
		if p.tok(next).is("th", "st", "nd", "rd") && p.tok(next).glued {
			next++
		}
		if p.tok(next).is("-") && p.tok(next+1).kind == numberToken && p.tok(next+1).val <= 31 && p.lang == "en" {
			return dayMonth{p.tok(j + 1).val, m, 0}, next, true
		}
		y, next := p.year(next)
		return dayMonth{p.tok(j + 1).val, m, y}, next, true
	}
	d, ok := p.class(j, "ordinal")
	if !ok || d < 1 {
		return dayMonth{}, j, false
	}
	k := j + 1
	if p.tok(k).is("of") {
		k++
	}
	if m, ok := p.month(k); ok {
		y, next := p.year(k + 1)
		return dayMonth{d, m, y}, next, true
	}
	if m, ok := p.spokenMonth(k); ok {
		if p.tok(k+1).is(".") && p.tok(k).kind == numberToken {
			k++
		}
		y, next := p.year(k + 1)
		return dayMonth{d, m, y}, next, true
	}
	if _, c := p.conjunction(k); c != "" && p.tok(k).is("und", "bis", "and", "to") {
		return dayMonth{d: d}, k, true
	}
	return dayMonth{}, j, false
}

// resolveList gives the dates their months, years and ranges.
func (p *timeParser) resolveList(a *atom, list []dayMonth, conj []string) {
	for i := len(list) - 2; i >= 0; i-- {
		if list[i].m == 0 {
			list[i].m = list[i+1].m
			if conj[i] == "-" && list[i].d > list[i+1].d {
				return
			}
		}
		if list[i].y == 0 && list[i+1].y != 0 {
			list[i].y = list[i+1].y
			if list[i].m > list[i+1].m || list[i].m == list[i+1].m && list[i].d > list[i+1].d {
				list[i].y--
			}
		}
	}
	var prev civil
	for i, d := range list {
		c, ok := p.resolveDay(d, prev)
		if !ok {
			return
		}
		switch {
		case i > 0 && conj[i-1] == "night":
			a.part = "night" // "in der Nacht vom 24. auf den 25.": the evening counts
		case i > 0 && conj[i-1] == "-":
			s := &a.spans[len(a.spans)-1]
			if c < s.first && a.yearly {
				c = civilOf(c.year()+1, c.month(), c.day())
			}
			if c < s.first {
				a.spans = nil
				return
			}
			s.last = c
		default:
			a.either = a.either || i > 0 && conj[i-1] == "|"
			a.spans = append(a.spans, days{c, c})
		}
		prev = c
	}
	if s := a.spans[0]; a.yearly && len(list) == 2 && s.first < p.today && s.last >= p.today {
		a.bound = exactly
	}
}

// resolveDay finds the next such day; within a list it follows the one before.
func (p *timeParser) resolveDay(d dayMonth, prev civil) (civil, bool) {
	if !validDay(d.d, d.m, d.y) {
		return 0, false
	}
	if d.y != 0 {
		return civilOf(d.y, d.m, d.d), true
	}
	from := p.today
	if prev != 0 {
		from = prev
	}
	for y := from.year(); y < from.year()+9; y++ {
		if validDay(d.d, d.m, y) {
			if c := civilOf(y, d.m, d.d); c >= from {
				return c, true
			}
		}
	}
	return 0, false
}

func (p *timeParser) doubt(k DoubtKind, first, last int) {
	p.odd = append(p.odd, Doubt{Field: FieldTime, Kind: k, Text: p.text(first, last)})
}

// text is the folded wording of a range of tokens, for doubts.
func (p *timeParser) text(first, last int) string {
	s := ""
	for i := first; i <= last && i < len(p.ts); i++ {
		if s != "" && !p.ts[i].glued {
			s += " "
		}
		s += p.ts[i].norm
	}
	return s
}
