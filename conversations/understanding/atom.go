package understanding

type atomKind uint8

const (
	dayAtom   atomKind = iota // dates, weekdays, periods
	clockAtom                 // times of the day
	partAtom                  // parts of the day
	spanAtom                  // durations
	recurAtom                 // "alle zwei Wochen", "täglich"
	flexAtom                  // "nach Absprache"
	nowAtom                   // "jetzt", "ab sofort"
)

// days is an inclusive range of days.
type days struct{ first, last civil }

// bound says which side of a time an atom limits.
type bound uint8

const (
	exactly bound = iota
	fromThen
	untilThen
)

// atom is one phrase of time.
type atom struct {
	kind        atomKind
	first, last int // tokens, inclusive
	rule        string
	bound       bound
	role        role

	// days
	spans  []days // resolved dates, in the order said
	wds    []int  // weekdays named, 1 = Monday
	ranged bool   // wds is "from … to …"
	habit  bool   // "montags", "jeden Montag"
	week   int    // weeks from this one for weekdays ("nächste Woche Dienstag"); anyWeek if not said
	plus   int    // weeks added to the next such weekday ("Samstag in einer Woche")
	wide   bool   // a period in which something happens, not the days themselves
	yearly bool   // the year was not said
	either bool   // alternatives: "24. oder 25."
	nth    []int  // "jeden 1. und 3. Montag im Monat"
	unit   string // recurAtom: DAILY, WEEKLY, MONTHLY
	every  int    // interval

	// clock: minutes after midnight, -1 if not said
	start, end int
	endDay     *atom
	strong     bool
	bare       bool // hour below 7 that may mean the afternoon
	spoken     bool // in words: "um sechs"

	part    string // morning, noon, afternoon, evening, night
	minutes int    // spanAtom
}

// anyWeek marks weekdays that name no week.
const anyWeek = -99

// role says what a time phrase is for, as its surroundings tell.
type role uint8

const (
	eventTime    role = iota
	deadlineTime      // for answering
	pastTime          // over, or background
	sideTime          // another appointment: a course, a rehearsal, somebody's shift
)

func (a *atom) dated() bool { return len(a.spans) > 0 }

// weekdaysOnly tells that an atom names weekdays and no dates.
func (a *atom) weekdaysOnly() bool { return a.kind == dayAtom && len(a.spans) == 0 && len(a.wds) > 0 }

// timeParser reads the phrases of time in one message.
type timeParser struct {
	ts    []token
	tab   *timeTables
	today civil
	lang  string
	feast map[int]hit // holidays by their first token
	atoms []atom
	odd   []Doubt
	loose bool // bare answers in a form: numbers are times
}

func (p *timeParser) tok(i int) token {
	if i < 0 || i >= len(p.ts) {
		return token{kind: newlineToken, norm: "\n"}
	}
	return p.ts[i]
}

// class looks a token up as a word of time of one class.
func (p *timeParser) class(i int, class string) (int, bool) {
	if i < 0 || i >= len(p.ts) || p.ts[i].kind != wordToken {
		return 0, false
	}
	for _, w := range p.ts[i].time {
		if w.class == class {
			return w.val, true
		}
	}
	return 0, false
}

func (p *timeParser) named(i int, class string) (string, bool) {
	if i < 0 || i >= len(p.ts) || p.ts[i].kind != wordToken {
		return "", false
	}
	for _, w := range p.ts[i].time {
		if w.class == class {
			return w.text, true
		}
	}
	return "", false
}

// number reads digits or a number word; the ones that are also articles ("eine") count as 1.
func (p *timeParser) number(i int) (int, bool) {
	t := p.tok(i)
	if t.kind == numberToken && t.val >= 0 {
		return t.val, true
	}
	return p.class(i, "number")
}

// maxAtoms is how many phrases of time are read; no message about one thing has more.
const maxAtoms = 120

func (p *timeParser) parse() []atom {
	p.feast = map[int]hit{}
	for _, h := range p.tab.holidays.find(flatten(p.ts)) {
		if old, ok := p.feast[h.first]; !ok || h.last > old.last {
			p.feast[h.first] = h
		}
	}
	for i := 0; i < len(p.ts) && len(p.atoms) < maxAtoms; {
		a, ok := p.at(i)
		if !ok {
			i++
			continue
		}
		p.atoms = append(p.atoms, a)
		i = max(a.last, i) + 1
	}
	p.join()
	return p.atoms
}

// at reads the phrase that begins at token i, the more exact forms first.
func (p *timeParser) at(i int) (atom, bool) {
	if p.ts[i].kind == newlineToken {
		return atom{}, false
	}
	for _, rule := range []func(*timeParser, int) (atom, bool){
		(*timeParser).besideFeast, (*timeParser).calendarWeek, (*timeParser).holiday, (*timeParser).nthDay, (*timeParser).recurrence, (*timeParser).flexible,
		(*timeParser).duration, (*timeParser).clock, (*timeParser).dates, (*timeParser).weekend,
		(*timeParser).weekdayList, (*timeParser).relative, (*timeParser).period, (*timeParser).partOfDay,
	} {
		if a, ok := rule(p, i); ok {
			return a, true
		}
	}
	return atom{}, false
}
