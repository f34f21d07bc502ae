package understanding

// clockTime is one time of the day as it was written.
type clockTime struct {
	min      int // after midnight
	next     int // token behind it
	strong   bool
	meridiem int // 0 not said, 1 am, 2 pm
	word     bool
	dotted   bool // "9.30": may be a date
}

// clockAt reads "14", "14:30", "9.30 Uhr", "18h", "5pm", "halb neun", "viertel vor zehn", "noon".
func (p *timeParser) clockAt(i int) (clockTime, bool) {
	if c, ok := p.spokenClock(i); ok {
		return c, true
	}
	n, ok := p.number(i)
	t := p.tok(i)
	if !ok || n > 24 || (t.kind == numberToken && len(t.norm) > 2) || (t.kind == wordToken && (t.is("ein", "einen", "einem", "einer", "eine", "on", "alti", "bu", "bes"))) {
		return clockTime{}, false
	}
	c := clockTime{min: n * 60, next: i + 1, word: t.kind == wordToken}
	if t.kind == numberToken {
		c = p.minutesBehind(c, i)
	}
	c = p.unitBehind(c)
	if c.min > 24*60 {
		return clockTime{}, false
	}
	return c, true
}

// minutesBehind reads ":30", ".30" and "h30".
func (p *timeParser) minutesBehind(c clockTime, i int) clockTime {
	sep, m := p.tok(i+1), p.tok(i+2)
	if !sep.glued || !m.glued || m.kind != numberToken || len(m.norm) != 2 || m.val > 59 {
		return c
	}
	switch sep.norm {
	case ":":
		c.strong = true
	case ".":
		if dot := p.tok(i + 3); dot.norm == "." && dot.glued && (p.tok(i+4).kind == numberToken && p.tok(i+4).glued) {
			return c // a date with its year
		}
		c.dotted = m.val <= 12 && m.val > 0
	case "h":
		c.strong = true
	default:
		return c
	}
	c.min += m.val
	c.next = i + 3
	return c
}

// unitBehind reads "Uhr", "Uhr 30", "h", "am", "p.m.", "o'clock".
func (p *timeParser) unitBehind(c clockTime) clockTime {
	i := c.next
	if p.tok(i).is("o") && p.tok(i+1).is("'") && p.tok(i+2).is("clock") {
		c.next, c.strong = i+3, true
		return c
	}
	if _, ok := p.class(i, "hourunit"); ok {
		c.strong, c.dotted = true, false
		c.next = i + 1
		if m := p.tok(i + 1); m.kind == numberToken && len(m.norm) == 2 && m.val < 60 && c.min%60 == 0 && p.tok(i).is("uhr") &&
			!p.counted(i+2) && !p.tok(i+2).is(".", ":", "-") {
			c.min += m.val
			c.next = i + 2
		}
		return c
	}
	return p.meridiem(c)
}

func (p *timeParser) meridiem(c clockTime) clockTime {
	i, which := c.next, 0
	t := p.tok(i)
	switch {
	case t.is("pm"):
		which = 2
	case t.is("am") && (t.glued || p.lang == "en" || p.tok(i+1).kind == newlineToken || p.tok(i+1).is(".", ",", "!", ")")):
		which = 1
	case t.is("p", "a") && p.tok(i+1).is(".") && p.tok(i+2).is("m"):
		if which = 1; t.is("p") {
			which = 2
		}
		i += 2
		if p.tok(i+1).is(".") && p.tok(i+1).glued {
			i++
		}
	}
	if which == 0 || c.min >= 13*60 {
		return c
	}
	c.meridiem, c.strong, c.dotted, c.next = which, true, false, i+1
	h := c.min / 60 % 12
	if which == 2 {
		h += 12
	}
	c.min = h*60 + c.min%60
	return c
}

// spokenClock reads times in words.
func (p *timeParser) spokenClock(i int) (clockTime, bool) {
	t := p.tok(i)
	hour := func(j int) (int, bool) {
		n, ok := p.number(j)
		return n, ok && n >= 1 && n <= 24
	}
	done := func(min, next int) (clockTime, bool) {
		c := p.unitBehind(clockTime{min: min, next: next, strong: true, word: true})
		return c, true
	}
	switch {
	case t.is("noon", "mittag") && p.tok(i-1).is("at", "from", "until", "till", "to", "noon", "by"):
		return done(12*60, i+1)
	case t.is("midnight", "mitternacht"):
		return done(24*60, i+1)
	case t.is("halb"):
		if n, ok := hour(i + 1); ok && n <= 12 {
			return done(p.byDay(n*60-30, i), i+2)
		}
	case t.is("half") && p.tok(i+1).is("past"):
		if n, ok := hour(i + 2); ok {
			return done(p.byDay(n*60+30, i), i+3)
		}
	case t.is("dreiviertel"):
		if n, ok := hour(i + 1); ok && n <= 12 {
			return done(p.byDay(n*60-15, i), i+2)
		}
	case t.is("viertel", "quarter"):
		if n, ok := hour(i + 2); ok {
			switch {
			case p.tok(i+1).is("vor", "to"):
				return done(p.byDay(n*60-15, i), i+3)
			case p.tok(i+1).is("nach", "past"):
				return done(p.byDay(n*60+15, i), i+3)
			}
		}
		if n, ok := hour(i + 1); ok && n <= 12 && t.is("viertel") {
			return done(n*60-45, i+2)
		}
	}
	return p.minutesTo(i)
}

// byDay puts spoken hours below half past six into the afternoon, unless the night or the early morning is named.
func (p *timeParser) byDay(min, i int) int {
	if min >= 6*60+30 || min < 0 {
		return min
	}
	for j := i - 3; j < i+6; j++ {
		if p.tok(j).is("frueh", "morgens", "nachts", "nacht", "am", "night", "morning") && !(p.tok(j).is("am") && p.lang != "en") {
			return min
		}
	}
	return min + 12*60
}

// minutesTo reads "zehn vor acht", "5 nach halb 9", "twenty past six".
func (p *timeParser) minutesTo(i int) (clockTime, bool) {
	m, ok := p.number(i)
	if !ok || (m != 5 && m != 10 && m != 20 && m != 25) {
		return clockTime{}, false
	}
	j := i + 1
	if p.tok(j).is("minuten", "min", "minutes") {
		j++
	}
	sign := 1
	switch {
	case p.tok(j).is("vor", "to"):
		sign = -1
		if p.tok(j).is("to") && p.lang != "en" || p.tok(j).is("to") && p.tok(i).kind == numberToken {
			return clockTime{}, false
		}
	case p.tok(j).is("nach", "past"):
	default:
		return clockTime{}, false
	}
	base := 0
	if p.tok(j + 1).is("halb") {
		j, base = j+1, -30
	}
	n, ok := p.number(j + 1)
	if !ok || n < 1 || n > 12 {
		return clockTime{}, false
	}
	c := p.unitBehind(clockTime{min: p.byDay(n*60+base+sign*m, i), next: j + 2, strong: true, word: true})
	return c, true
}

// counted tells that what stands at i makes the number before it a quantity.
func (p *timeParser) counted(i int) bool {
	t := p.tok(i)
	switch {
	case t.kind == punctToken:
		return t.is("%", "€", "$", "°") || (t.is("-") && t.glued && p.tok(i+1).glued && p.tok(i+1).kind == wordToken)
	case t.kind != wordToken:
		return false
	}
	if t.is("zeit", "time", "uhr") {
		return false
	}
	for _, w := range t.time {
		switch w.class {
		case "weekday", "habit", "hourunit", "day", "part", "parthabit", "short", "until", "at", "from":
			return false
		case "dayunit", "week", "monthunit", "yearunit", "month", "shortmonth":
			return true
		}
	}
	_, q := p.class(i, "counted")
	return q || t.upper && !t.caps && p.tok(i-1).kind == numberToken
}
