package understanding

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"ehrenamt/matching"
)

// timing is everything a message says about when.
type timing struct {
	start, end Moment
	dates      []matching.Span
	rrule      string
	flexible   bool
	deadline   time.Time
	until      time.Time // "ich habe bis 18 Uhr Zeit"
	slots      matching.Slots
	cadence    string
	doubts     []Doubt
	used       []atom
}

// planner puts the phrases of one message together.
type planner struct {
	p        *timeParser
	intent   Intent
	now      time.Time
	zone     *time.Location
	sentence []int
	out      timing

	days   []*atom // named days that count
	clocks []*atom
	lower  civil // of a recurrence, 0 if not said
	upper  civil
}

func (p *timeParser) plan(intent Intent, now time.Time, sentence []int) timing {
	q := &planner{p: p, intent: intent, now: now, zone: now.Location(), sentence: sentence}
	p.assignRoles(sentence)
	q.out.doubts = p.odd
	q.sort()
	if intent == Subscribe {
		q.rhythmOfSubscription()
	} else if r := q.rhythm(); r != nil {
		q.recurring(r)
	} else {
		q.once()
	}
	q.fillSlots()
	return q.out
}

// sort takes out what is no time of the event.
func (q *planner) sort() {
	for i := range q.p.atoms {
		a := &q.p.atoms[i]
		switch {
		case a.role == deadlineTime:
			if a.dated() {
				s := a.spans[len(a.spans)-1]
				q.out.deadline = (s.last + 1).at(0, q.zone)
			} else if len(a.wds) == 1 {
				q.out.deadline = (q.p.today.next(a.wds[0]) + 1).at(0, q.zone)
			}
		case a.role != eventTime:
		case a.kind == flexAtom:
			q.out.flexible = true
			q.use(a)
		case a.kind == clockAtom:
			q.clocks = append(q.clocks, a)
		case a.kind == dayAtom:
			if a.rule == "vague" || a.wide && a.rule == "about a month" || a.bound == fromThen && q.p.among(a, "mitte", "mid") || a.wide && a.rule == "relative day" {
				q.out.doubts = append(q.out.doubts, Doubt{Field: FieldStart, Kind: Vague, Text: q.p.text(a.first, a.last)})
				continue
			}
			q.days = append(q.days, a)
		}
	}
	q.narrow()
	if len(q.days) == 0 {
		q.sideDays()
	}
}

// narrow lets weekdays choose among the days of a range or weekend named beside them, and drops days that
// are named twice.
func (q *planner) narrow() {
	drop := map[*atom]bool{}
	for i, a := range q.days {
		var inside []*atom
		for j, b := range q.days {
			switch {
			case i == j || drop[a] || drop[b]:
			case i < j && a.dated() && b.dated() && !a.wide && !b.wide && slices.Equal(merged(slices.Clone(a.spans)), merged(slices.Clone(b.spans))):
				drop[a] = true
			case a.weekdaysOnly() && !a.habit && len(a.wds) == 1 && a.week == anyWeek && q.sameDay(a, b):
				drop[a] = true
			case b.weekdaysOnly() && !b.habit && b.week == anyWeek && b.rule != "weekend" && b.rule != "this weekend":
				if a.weekdaysOnly() && (a.rule == "weekend" || a.rule == "this weekend") && !a.habit && subset(b.wds, a.wds) {
					drop[a] = true
				} else if short := a.dated() && len(a.spans) == 1 && a.spans[0].last > a.spans[0].first && a.spans[0].last-a.spans[0].first < 7; short && a.bound == exactly {
					inside = append(inside, b)
				}
			}
		}
		if len(inside) > 0 && q.choose(a, inside) {
			for _, b := range inside {
				drop[b] = true
			}
		}
	}
	q.days = slices.DeleteFunc(q.days, func(a *atom) bool { return drop[a] || q.generally(a) })
}

// generally tells that the working days are only those on which something is not, or a frame for days named by themselves:
// "unter der Woche wenig genutzt", "not during the week".
func (q *planner) generally(a *atom) bool {
	if a.rule != "working days" {
		return false
	}
	for j := max(0, a.first-5); j < a.first; j++ {
		if q.sentence[j] == q.sentence[a.first] && q.p.tok(j).is("nicht", "kein", "keine", "keinen", "nie", "not", "t", "don't", "dont", "no", "never", "wenig", "kaum") {
			return true
		}
	}
	return slices.ContainsFunc(q.days, func(b *atom) bool {
		return b != a && b.weekdaysOnly() && b.rule != "working days" && subset(b.wds, []int{1, 2, 3, 4, 5})
	})
}

// sameDay tells "am Samstag vor Muttertag (8. Mai)": a date in the sentence falls on the weekday named.
func (q *planner) sameDay(a, b *atom) bool {
	return b.dated() && !b.wide && b.bound == exactly && len(b.spans) == 1 && b.spans[0].first.weekday() == a.wds[0] &&
		b.spans[0].first == b.spans[0].last && q.sentence[a.first] == q.sentence[b.first] && b.first-a.last < 8 && b.first > a.last
}

func subset(a, b []int) bool {
	return !slices.ContainsFunc(a, func(x int) bool { return !slices.Contains(b, x) })
}

// choose keeps those days of a range that fall on the weekdays.
func (q *planner) choose(a *atom, named []*atom) bool {
	var wds []int
	for _, b := range named {
		wds = append(wds, b.wds...)
		if b.part != "" && a.part == "" {
			a.part = b.part
		}
	}
	var kept []days
	for c := a.spans[0].first; c <= a.spans[0].last; c++ {
		if slices.Contains(wds, c.weekday()) {
			kept = append(kept, days{c, c})
		}
	}
	if len(kept) == 0 {
		return false
	}
	a.spans, a.wide = merged(kept), false
	return true
}

// sideDays lets a second appointment count where no other day is named.
func (q *planner) sideDays() {
	for i := range q.p.atoms {
		a := &q.p.atoms[i]
		if a.role == sideTime && a.kind == dayAtom && a.habit {
			q.days = append(q.days, a)
		}
	}
	for i := range q.p.atoms {
		if a := &q.p.atoms[i]; len(q.days) > 0 && a.role == sideTime && a.kind == clockAtom && q.sentence[a.first] == q.sentence[q.days[0].first] {
			q.clocks = append(q.clocks, a)
		}
	}
}

// among tells that one of the words stands within a phrase.
func (p *timeParser) among(a *atom, words ...string) bool {
	return slices.ContainsFunc(p.ts[a.first:a.last+1], func(t token) bool { return t.is(words...) })
}

func (q *planner) use(a *atom) { q.out.used = append(q.out.used, *a) }

// rhythm decides whether the message speaks of something that happens again and again.
type rhythm struct {
	unit  string
	every int
	wds   []int
	nth   []int
	atom  *atom
}

func (q *planner) rhythm() *rhythm {
	r := &rhythm{every: 1}
	for i := range q.p.atoms {
		a := &q.p.atoms[i]
		if a.kind != recurAtom || a.role != eventTime {
			continue
		}
		if a.unit == "DAILY" && a.part != "" {
			r.unit, r.atom = "DAILY", a
		} else if r.unit == "" || a.every > r.every {
			r.unit, r.every, r.atom = a.unit, a.every, a
		}
	}
	for _, a := range q.days {
		if !q.habitual(a, r.unit != "") {
			continue
		}
		if len(a.nth) > 0 {
			r.unit, r.nth = "MONTHLY", a.nth
		} else if r.unit == "" || r.unit == "MONTHLY" && len(r.nth) == 0 && a.habit {
			r.unit = "WEEKLY"
		}
		if a.every > r.every {
			r.every = a.every
		}
		for _, w := range a.wds {
			if !slices.Contains(r.wds, w) {
				r.wds = append(r.wds, w)
			}
		}
		if r.atom == nil || r.atom.kind == recurAtom {
			r.atom = a
		}
		q.use(a)
	}
	if r.unit == "" || r.unit == "DAILY" && q.singleDay() {
		return nil
	}
	if r.unit == "DAILY" && len(r.wds) == 0 && q.fewDays() {
		return nil
	}
	if len(r.wds) == 0 && r.unit == "WEEKLY" && q.singleDay() && r.every == 1 {
		return nil
	}
	if r.atom.kind == recurAtom {
		q.use(r.atom)
	}
	if r.unit == "DAILY" && len(r.wds) > 0 {
		r.unit = "WEEKLY"
	}
	slices.Sort(r.wds)
	if r.unit == "WEEKLY" && q.listed(r.wds) {
		q.days = slices.DeleteFunc(q.days, func(a *atom) bool { return !a.dated() })
		return nil
	}
	return r
}

// listed tells "samstags am 6.2., 20.2. und 6.3.": the days are named one by one and make no rhythm.
func (q *planner) listed(wds []int) bool {
	n := 0
	for _, a := range q.days {
		for _, s := range a.spans {
			if a.bound != exactly || a.wide || s.first != s.last || !slices.Contains(wds, s.first.weekday()) {
				return false
			}
			n++
		}
	}
	return n >= 2
}

// singleDay tells that all days named are single dates.
func (q *planner) singleDay() bool {
	n := 0
	for _, a := range q.days {
		if a.dated() && !a.wide && a.bound == exactly {
			if a.spans[len(a.spans)-1].last != a.spans[0].first {
				return false
			}
			n++
		}
	}
	return n > 0
}

// fewDays tells that "täglich" speaks of each day of a range short enough to be one event.
func (q *planner) fewDays() bool {
	return len(q.days) == 1 && q.days[0].dated() && !q.days[0].wide && q.days[0].bound == exactly &&
		q.days[0].spans[len(q.days[0].spans)-1].last-q.days[0].spans[0].first < 10
}

// habitual tells that weekdays mean every week.
func (q *planner) habitual(a *atom, rhythmSaid bool) bool {
	if !a.weekdaysOnly() {
		return false
	}
	if a.rule == "working days" && q.out.flexible && len(q.clocks) == 0 && q.bounds(fromThen) {
		return false
	}
	if a.habit || rhythmSaid {
		return true
	}
	if a.week != anyWeek || a.plus != 0 || a.rule == "this weekday" || a.rule == "this weekend" || a.rule == "weekend" || a.rule == "nth weekday" {
		return a.rule == "nth weekday"
	}
	for _, b := range q.days {
		if b.dated() && !b.wide && b.bound == exactly {
			return false
		}
	}
	separate := len(a.wds) > 1 && !adjacent(a.wds)
	long := len(a.wds) >= 4
	on := q.p.tok(a.first).is("am", "on", "diesen", "this")
	switch q.intent {
	case Offer:
		if len(q.weekdayAtoms()) > 1 {
			return true
		}
		return separate || long || len(a.wds) > 2 || a.part != "" && !on
	case Search, Other:
		return long
	}
	return long || len(a.wds) > 2 && !on || separate && !on && !a.either || q.bounded() && len(a.wds) == 1 && !on && false
}

func (q *planner) weekdayAtoms() (out []*atom) {
	for _, a := range q.days {
		if a.weekdaysOnly() && a.rule == "weekday" {
			out = append(out, a)
		}
	}
	return out
}

// bounds tells that some day is a limit of that sort.
func (q *planner) bounds(b bound) bool {
	return slices.ContainsFunc(q.days, func(a *atom) bool { return a.bound == b && a.dated() })
}

// bounded tells that a longer period is named within which something happens.
func (q *planner) bounded() bool {
	for _, a := range q.days {
		if a.wide || a.dated() && a.spans[0].last-a.spans[0].first > 6 {
			return true
		}
	}
	return false
}

func adjacent(wds []int) bool {
	for i := 1; i < len(wds); i++ {
		if wds[i] != wds[i-1]%7+1 {
			return false
		}
	}
	return true
}

// rruleDay is the name of a weekday, 1 to 7 from Monday.
func rruleDay(w int) string { return []string{"", "MO", "TU", "WE", "TH", "FR", "SA", "SU"}[w] }

// text is the RRULE.
func (r *rhythm) text(until civil) string {
	s := "FREQ=" + r.unit
	if r.every > 1 {
		s += fmt.Sprintf(";INTERVAL=%d", r.every)
	}
	var by []string
	for _, w := range r.wds {
		if len(r.nth) == 0 {
			by = append(by, rruleDay(w))
		}
		for _, n := range r.nth {
			by = append(by, fmt.Sprintf("%d%s", n, rruleDay(w)))
		}
	}
	if len(by) > 0 {
		s += ";BYDAY=" + strings.Join(by, ",")
	}
	if until != 0 {
		y, m, d := until.date()
		s += fmt.Sprintf(";UNTIL=%04d%02d%02d", y, m, d)
	}
	return s
}

// firstOn is the first day of the rhythm at or after a day.
func (r *rhythm) firstOn(from civil) (civil, bool) {
	if r.unit == "DAILY" {
		return from, true
	}
	if len(r.wds) == 0 {
		return 0, false
	}
	opt, err := rrule.StrToROption(r.text(0))
	if err != nil {
		return 0, false
	}
	opt.Interval = 1 // the phase is not known: the first week counts
	opt.Dtstart = from.at(0, time.UTC)
	opt.Count = 1
	rule, err := rrule.NewRRule(*opt)
	if err != nil {
		return 0, false
	}
	all := rule.All()
	if len(all) == 0 {
		return 0, false
	}
	return civilAt(all[0]), true
}
