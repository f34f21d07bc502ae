package understanding

import (
	"slices"
	"strings"
)

// calendarWeek reads "KW 50", "in der 50. Kalenderwoche", "KW 48/49": the days of the next such weeks.
func (p *timeParser) calendarWeek(i int) (atom, bool) {
	a := atom{kind: dayAtom, first: i, week: anyWeek, rule: "calendar week", wide: true, yearly: true}
	j := i
	for ; p.tok(j).is("in", "der", "die", "ab", "bis", "zur", "week") && j < i+3; j++ {
		switch p.tok(j).norm {
		case "ab":
			a.bound = fromThen
		case "bis":
			a.bound = untilThen
		}
	}
	named := func(k int) bool { return p.tok(k).is("kw", "kalenderwoche", "kalenderwochen") }
	n, last := 0, 0
	switch t := p.tok(j); {
	case named(j) && p.tok(j+1).kind == numberToken:
		n, last = p.tok(j+1).val, j+1
	case t.kind == numberToken && named(j+1):
		n, last = t.val, j+1
	case t.kind == numberToken && p.tok(j+1).is(".") && named(j+2):
		n, last = t.val, j+2
	}
	if n < 1 || n > 53 {
		return a, false
	}
	to := n
	if named(j) && p.tok(last+1).is("/", "-", "und", "bis", "+") && p.tok(last+2).kind == numberToken && p.tok(last+2).val > n && p.tok(last+2).val <= 53 {
		to, last = p.tok(last+2).val, last+2
	}
	y, next := p.year(last + 1)
	a.yearly = y == 0
	if y == 0 {
		if y, next = p.today.year(), last+1; firstWeek(y)+civil(7*n) <= p.today.monday() {
			y++
		}
	}
	first := firstWeek(y) + civil(7*(n-1))
	a.spans, a.last = []days{{max(first, p.today), firstWeek(y) + civil(7*to) - 1}}, next-1
	return a, true
}

// firstWeek is the Monday of the week that holds the fourth of January.
func firstWeek(y int) civil { return civilOf(y, 1, 4).monday() }

// besideFeast reads "am Samstag nach Dreikönig", "Sonntag vor Karneval".
func (p *timeParser) besideFeast(i int) (atom, bool) {
	j := i
	for p.tok(j).is("am", "der", "den", "dem", "on", "the") && j < i+2 {
		j++
	}
	wd, habit, k, ok := p.weekdayAt(j, true)
	if !ok || habit || p.tok(i-1).is("any", "every", "jeden", "jeder", "jedem", "each", "alle") || p.tok(j).kind != wordToken || !p.tok(k).is("nach", "vor", "after", "before") {
		return atom{}, false
	}
	after := p.tok(k).is("nach", "after")
	for k++; p.tok(k).is("dem", "den", "der", "the"); k++ {
	}
	h, ok := p.feast[k]
	if !ok {
		return atom{}, false
	}
	for y := p.today.year(); y < p.today.year()+2; y++ {
		first, last, err := feast(h.value, y)
		if err != nil {
			return atom{}, false
		}
		day := (last + 1).next(wd)
		if !after {
			if day = (first - 7).next(wd); day == first {
				day -= 7
			}
		}
		if day >= p.today {
			return atom{kind: dayAtom, first: i, last: h.last, week: anyWeek, rule: "beside a feast", yearly: true, spans: []days{{day, day}}}, true
		}
	}
	return atom{}, false
}

// butNot takes days from "jeden Tag": "jeden Tag außer Sonntag", "täglich außer mo und mi".
func (p *timeParser) butNot(a atom) atom {
	k := a.last + 1
	if p.tok(k).is(",", "(") {
		k++
	}
	if a.unit != "DAILY" || !p.tok(k).is("ausser", "except", "but") {
		return a
	}
	for k++; p.tok(k).is("am", "an", "on", "not", "den"); k++ {
	}
	var off []int
	for {
		wd, _, next, ok := p.weekdayAt(k, true)
		if !ok {
			break
		}
		off, a.last = append(off, wd), next-1
		if k = next; p.tok(k).is("und", "and", ",", "/", "u", "&") {
			k++
		}
	}
	if len(off) == 0 {
		return a
	}
	a.kind, a.habit, a.rule = dayAtom, true, "every day but some"
	for wd := 1; wd <= 7; wd++ {
		if !slices.Contains(off, wd) {
			a.wds = append(a.wds, wd)
		}
	}
	return a
}

// hyphened reads the second day of "Dienstags- und Donnerstagstour".
func (p *timeParser) hyphened(next int) (wd, after int, ok bool) {
	if !p.tok(next).is("-") || !p.tok(next).glued || !p.tok(next+1).is("und", "oder", "u", "&", "bzw") {
		return 0, 0, false
	}
	t := p.tok(next + 2)
	for stem, ws := range p.tab.words {
		if len(stem) > 5 && strings.HasPrefix(t.norm, stem) {
			for _, w := range ws {
				if w.class == "weekday" {
					return w.val, next + 3, true
				}
			}
		}
	}
	return 0, 0, false
}
