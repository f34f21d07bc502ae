package understanding

import (
	"slices"
	"time"

	"ehrenamt/matching"
)

// once resolves a message about certain days.
func (q *planner) once() {
	main, more := q.mainDays()
	if main == nil {
		q.undated()
		return
	}
	others := append([]*atom{main}, more...)
	q.use(main)
	start, end, dur := q.hours(main, others)
	if len(main.spans) == 0 && q.weekdaysOver(main, start) {
		return
	}
	spans := q.resolve(main, start)
	if len(spans) == 0 {
		return
	}
	if m := merged(slices.Clone(spans)); len(m) == 1 || main.ranged {
		spans = m // days with a gap are dates of their own
	}
	if q.intent == Search && start < 0 && end >= 0 {
		q.out.until = spans[0].last.at(end, q.zone)
	}
	if main.bound == untilThen {
		q.endOnly(spans[len(spans)-1].last, end)
		return
	}
	if main.wide && (main.bound == fromThen || q.p.cueNear(main, q.sentence, "begin", 3, 1)) {
		spans[0].last = spans[0].first
	}
	if q.over(spans[0], start) {
		q.p.doubt(InThePast, main.first, main.last)
		q.out.doubts = q.p.odd
		return
	}
	if c := q.endDay(spans[0].first); c != 0 && len(spans) == 1 {
		q.acrossDays(spans[0].first, c, start, end)
		return
	}
	q.set(spans[0], start, end, dur)
	for _, s := range spans[1:] {
		q.further(s, start, end, dur)
	}
	q.moreDays(main, more, others, start, end)
	q.until(more)
	q.farAhead(main)
}

// mainDays picks the days meant and lists the further ones.
func (q *planner) mainDays() (*atom, []*atom) {
	rank := func(a *atom) int {
		r := 0
		switch {
		case a.bound == untilThen:
			r = 40
		case a.wide:
			r = 20
		}
		switch {
		case a.bound == fromThen && a.wide:
			r = 25
		case a.bound == fromThen && r == 0:
			r = -1
		case a.rule == "weekend" || a.rule == "this weekend":
			r++
		case holidayRule(a) && a.spans[0].last > a.spans[0].first:
			r += 2
		}
		return r
	}
	var main *atom
	for _, a := range q.days {
		if main == nil || rank(a) < rank(main) {
			main = a
		}
	}
	if main == nil || main.bound == untilThen {
		for i := range q.p.atoms {
			if a := &q.p.atoms[i]; a.kind == nowAtom && a.role == eventTime && q.intent != Search {
				main = a
				break
			}
		}
	}
	for _, c := range q.clocks {
		if c.endDay != nil {
			if d := q.owner(c, q.days); d != nil {
				main = d
			}
		}
	}
	var more []*atom
	for _, a := range q.days {
		if a != main {
			more = append(more, a)
		}
	}
	return main, more
}

// weekdaysOver guards a weekday that is today and whose hour has passed; next week is meant then.
func (q *planner) weekdaysOver(*atom, int) bool { return false }

// resolve gives the days of an atom as ranges.
func (q *planner) resolve(a *atom, clock int) []days {
	if a.dated() {
		return slices.Clone(a.spans)
	}
	today := q.p.today
	now := q.now.Hour()*60 + q.now.Minute()
	weekend := a.rule == "weekend" || a.rule == "this weekend"
	var out []days
	for i, w := range a.wds {
		c := today.next(w)
		if i > 0 {
			c = out[len(out)-1].last.next(w)
		} else if c == today && !(clock > now) && !(weekend && a.rule != "weekend") && !(weekend && w == 6) {
			c += 7
		}
		if a.week != anyWeek {
			d := today.monday() + civil(7*a.week+w-1)
			out = append(out, days{d, d})
			continue
		}
		if i == 0 {
			c += civil(7 * a.plus)
			if weekend && today.weekday() == 7 && a.rule == "this weekend" && !q.p.hasNext(a) {
				return []days{{today, today}}
			}
			if weekend && q.p.hasNext(a) && today.weekday() >= 6 && c == today {
				c += 7
			}
			if q.p.hasNext(a) && !weekend && a.plus == 0 && c-today < 7 && w > today.weekday() {
				q.out.doubts = append(q.out.doubts, Doubt{Field: FieldStart, Kind: SeveralReadings, Text: q.p.text(a.first, a.last),
					Values: []Moment{{T: c.at(0, q.zone), DateOnly: true}, {T: (c + 7).at(0, q.zone), DateOnly: true}}})
			}
		}
		out = append(out, days{c, c})
	}
	if a.either {
		return out[:1]
	}
	return out
}

// hasNext tells "nächsten Samstag" from "diesen" and "kommenden".
func (p *timeParser) hasNext(a *atom) bool {
	for i := a.first; i <= a.last; i++ {
		if p.tok(i).is("naechsten", "naechster", "naechste", "naechstes", "naechstem", "next", "nae", "naechst") {
			return true
		}
	}
	return false
}

// merged joins neighbouring days to ranges.
func merged(spans []days) []days {
	out := spans[:1:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.first == last.last+1 {
			last.last = s.last
		} else {
			out = append(out, s)
		}
	}
	return out
}

func (q *planner) over(s days, clock int) bool {
	if s.last < q.p.today {
		return true
	}
	now := q.now.Hour()*60 + q.now.Minute()
	return s.last == q.p.today && s.first == s.last && clock >= 0 && clock < now-60
}

// endDay is the day a range of hours ends on, if one was named.
func (q *planner) endDay(from civil) civil {
	for _, c := range q.clocks {
		if c.endDay == nil {
			continue
		}
		if c.endDay.dated() {
			return c.endDay.spans[0].first
		}
		if len(c.endDay.wds) == 1 {
			return (from).next(c.endDay.wds[0])
		}
	}
	return 0
}

func (q *planner) acrossDays(first, last civil, start, end int) {
	if last < first || start < 0 || end < 0 {
		q.set(days{first, first}, start, -1, 0)
		return
	}
	q.out.start, q.out.end = Moment{T: first.at(start, q.zone)}, Moment{T: last.at(end, q.zone)}
	if !q.out.end.T.After(q.out.start.T) {
		q.out.end = Moment{}
		q.out.doubts = append(q.out.doubts, Doubt{Field: FieldEnd, Kind: EndBeforeStart})
	}
	q.out.dates = append(q.out.dates, matching.Span{Start: q.out.start.T, End: q.out.end.T})
}

// further adds separate dates; start and end stay those of the first.
func (q *planner) further(s days, start, end, dur int) {
	keepStart, keepEnd := q.out.start, q.out.end
	q.set(s, start, end, dur)
	q.out.start, q.out.end = keepStart, keepEnd
}

// moreDays adds days named later: the next day with the same hours prolongs the first, others are dates of their own.
func (q *planner) moreDays(main *atom, more, others []*atom, start, end int) {
	if q.intent == Search {
		return
	}
	for _, a := range more {
		if a.wide || a.bound != exactly || a.habit || a.role != eventTime || a.either {
			continue
		}
		if holidayRule(a) || q.p.cueNear(a, q.sentence, "effort", 5, 4) {
			continue
		}
		s, e, dur := q.hours(a, others)
		spans := q.resolve(a, s)
		if len(spans) == 0 || spans[0].first <= q.lastDay() {
			continue
		}
		if s < 0 && e < 0 && q.sentence[a.first] != q.sentence[main.first] {
			continue
		}
		first := len(q.out.dates)
		q.further(spans[0], s, e, dur)
		if spans[0].first == q.lastDayBefore(first)+1 && s == start && e == end && s >= 0 {
			q.out.end = Moment{T: q.out.dates[len(q.out.dates)-1].End}
		}
		q.use(a)
	}
}

func (q *planner) lastDay() civil { return q.lastDayBefore(len(q.out.dates)) }

func (q *planner) lastDayBefore(n int) civil {
	if n == 0 {
		return 0
	}
	return civilAt(q.out.dates[n-1].Start)
}

// until adds an end that is named apart from the start: "ab 5. Mai … bis 9. Mai".
func (q *planner) until(more []*atom) {
	for _, a := range more {
		ends := a.bound == untilThen || a.dated() && q.out.start.DateOnly && q.p.cueNear(a, q.sentence, "ending", 5, 2)
		if ends && (a.dated() || len(a.wds) == 1) && q.out.end.IsZero() && len(q.out.dates) == 1 {
			c := q.p.today
			if a.dated() {
				c = a.spans[len(a.spans)-1].last
			} else {
				c = civilAt(q.out.start.T).next(a.wds[0])
			}
			if c <= civilAt(q.out.start.T) {
				continue
			}
			q.out.end = Moment{T: c.at(0, q.zone), DateOnly: true}
			if d := &q.out.dates[0]; d.AllDay {
				d.End = (c + 1).at(0, q.zone)
			}
			q.use(a)
		}
	}
}

// farAhead asks back when the next such day is most of a year away.
func (q *planner) farAhead(main *atom) {
	if main.yearly && !holidayRule(main) && civilAt(q.out.start.T)-q.p.today > 305 {
		q.out.doubts = append(q.out.doubts, Doubt{Field: FieldStart, Kind: FarAhead, Text: q.p.text(main.first, main.last)})
	}
}

func (q *planner) endOnly(c civil, clock int) {
	if clock >= 0 {
		q.out.end = Moment{T: c.at(clock, q.zone)}
		q.out.dates = append(q.out.dates, matching.Span{End: q.out.end.T})
		return
	}
	q.out.end = Moment{T: c.at(0, q.zone), DateOnly: true}
	q.out.dates = append(q.out.dates, matching.Span{End: (c + 1).at(0, q.zone), AllDay: true})
}

// undated reads hours without a day: "bis 18 Uhr Zeit" in a search; a need "um 20 Uhr" stays undated.
func (q *planner) undated() {
	if q.intent == Offer && len(q.clocks) == 1 && q.clocks[0].start >= q.now.Hour()*60+q.now.Minute() && q.hereNow() {
		q.set(days{q.p.today, q.p.today}, q.clocks[0].start, q.clocks[0].end, q.duration())
		q.use(q.clocks[0])
	}
	for _, c := range q.clocks {
		if q.intent == Search && c.end >= 0 {
			q.out.until = q.p.today.at(c.end, q.zone)
			if !q.out.until.After(q.now) {
				q.out.until = time.Time{}
			}
			q.use(c)
		}
	}
}

// hereNow tells that somebody writes from where they are: "bin grad am Elisenbrunnen".
func (q *planner) hereNow() bool {
	for i, t := range q.p.ts {
		if t.is("grad", "gerade", "jetzt", "currently", "now") || t.is("right") && q.p.tok(i+1).is("now") {
			return true
		}
	}
	return false
}

// rhythmOfSubscription keeps weekdays and the first day; how often a digest comes is a cadence.
func (q *planner) rhythmOfSubscription() {
	r := &rhythm{unit: "WEEKLY", every: 1}
	for i := range q.p.atoms {
		if a := &q.p.atoms[i]; a.kind == recurAtom {
			switch a.unit {
			case "DAILY":
				q.out.cadence = "daily"
			case "WEEKLY":
				q.out.cadence = "weekly"
			}
		}
	}
	for _, a := range q.days {
		switch {
		case len(a.wds) > 0 && !a.dated() && q.digest(a):
			q.out.cadence = "weekly"
		case len(a.wds) > 0 && !a.dated():
			for _, w := range a.wds {
				if !slices.Contains(r.wds, w) {
					r.wds = append(r.wds, w)
				}
			}
			q.use(a)
		case a.dated() && a.bound != untilThen:
			s := a.spans[0]
			if a.bound == fromThen {
				s.last = s.first
			}
			q.set(s, -1, -1, 0)
			q.use(a)
		}
	}
	if len(r.wds) > 0 {
		slices.Sort(r.wds)
		q.out.rrule = r.text(0)
	}
}

// digest tells that a day is when news are wanted: "one summary every Friday", "immer freitags eine Liste".
func (q *planner) digest(a *atom) bool {
	for j := max(0, a.first-5); j <= a.last+5 && j < len(q.p.ts); j++ {
		if q.sentence[j] == q.sentence[a.first] && q.p.tok(j).is("gesammelt", "gebuendelt", "summary", "digest", "zusammenfassung", "liste", "uebersicht", "newsletter", "report", "roundup", "sammelmail", "list", "overview") {
			return a.habit
		}
	}
	return false
}

// fillSlots turns weekdays, parts of the day and hours into times of the week.
func (q *planner) fillSlots() {
	var wds []int
	parts := map[string]bool{}
	for _, a := range q.days {
		if !a.dated() {
			wds = append(wds, a.wds...)
		}
		if a.part != "" {
			parts[a.part] = true
		}
	}
	for i := range q.p.atoms {
		if a := &q.p.atoms[i]; (a.kind == partAtom || a.kind == recurAtom) && a.part != "" && a.role == eventTime {
			parts[a.part] = true
		}
	}
	if len(wds) == 0 && len(parts) == 0 {
		return
	}
	if len(wds) == 0 {
		wds = []int{1, 2, 3, 4, 5, 6, 7}
	}
	for _, w := range wds {
		day := time.Weekday(w % 7)
		n := q.out.slots
		for part := range parts {
			q.out.slots |= partSlot(day, part)
		}
		if q.out.slots == n && len(parts) == 0 {
			q.out.slots |= q.clockSlots(day)
		}
	}
}

func partSlot(d time.Weekday, part string) matching.Slots {
	switch part {
	case "morning":
		return matching.SlotOf(d, matching.Morning)
	case "noon":
		return matching.SlotOf(d, matching.Morning) | matching.SlotOf(d, matching.Afternoon)
	case "afternoon":
		return matching.SlotOf(d, matching.Afternoon)
	case "evening":
		return matching.SlotOf(d, matching.Evening)
	case "night":
		return matching.SlotOf(d, matching.Night)
	}
	return 0
}

// clockSlots are the parts of a day that the hours named touch, or the whole day but the night.
func (q *planner) clockSlots(d time.Weekday) matching.Slots {
	var s matching.Slots
	base := q.p.today.next((int(d)+6)%7 + 1)
	for _, c := range q.clocks {
		switch {
		case c.start >= 0 && c.end >= 0:
			s |= matching.SlotsBetween(base.at(c.start, time.UTC), base.at(max(c.end, c.start), time.UTC))
		case c.start >= 0 && c.bound == fromThen:
			s |= matching.SlotsBetween(base.at(c.start, time.UTC), base.at(max(22*60, c.start), time.UTC))
		case c.start >= 0:
			s |= matching.SlotAt(base.at(c.start, time.UTC))
		}
	}
	if s == 0 {
		return matching.SlotOf(d, matching.Morning) | matching.SlotOf(d, matching.Afternoon) | matching.SlotOf(d, matching.Evening)
	}
	return s
}
