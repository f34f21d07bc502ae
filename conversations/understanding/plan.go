package understanding

import (
	"time"

	"ehrenamt/matching"
)

// recurring resolves a rhythm: its bounds, its hours, its first occurrence.
func (q *planner) recurring(r *rhythm) {
	start := q.limits(r)
	clock, end, dur := q.hours(r.atom, nil)
	if !r.workload() {
		q.out.rrule = r.text(q.upper)
	}
	if (r.unit == "MONTHLY" || r.unit == "WEEKLY") && len(r.wds) == 0 && start == 0 {
		if q.lower > q.p.today { // "ab Januar einmal die Woche"
			q.set(days{q.lower, q.lower}, -1, -1, 0)
		}
		return
	}
	if start == 0 {
		from := q.p.today + 1
		if q.lower > q.p.today {
			from = q.lower
		} else if clock >= 0 && r.unit == "DAILY" && clock > q.now.Hour()*60+q.now.Minute() && q.lower != 0 {
			from = q.p.today
		}
		first, ok := r.firstOn(from)
		if !ok {
			return
		}
		start = first
	}
	if q.upper != 0 && start > q.upper {
		return
	}
	q.set(days{start, start}, clock, end, dur)
}

// workload tells "zweimal die Woche", which says how much is to be done and not on which days.
func (r *rhythm) workload() bool {
	return r.unit == "WEEKLY" && len(r.wds) == 0 && r.atom != nil && r.atom.kind == recurAtom && r.atom.minutes > 0
}

// limits reads from when to when a rhythm lasts, and the first day if one is named.
func (q *planner) limits(r *rhythm) (first civil) {
	exact := false // days were named from the first to the last
	for _, a := range q.days {
		if !a.dated() {
			if a.bound == untilThen && len(a.wds) > 0 {
				continue
			}
			continue
		}
		s := a.spans[0]
		last := a.spans[len(a.spans)-1].last
		switch {
		case a.bound == fromThen:
			q.lower = s.first
		case a.bound == untilThen:
			q.upper = last
		case a.wide && q.p.firstTime(a, q.sentence):
			q.lower = s.first
		case a.wide || last-s.first > 6:
			if a.wide && exact {
				continue
			}
			exact = exact || !a.wide
			q.lower, q.upper = s.first, last
		case r.matches(s.first):
			if first == 0 {
				first = s.first
			}
		case first == 0 && q.p.cueNear(a, q.sentence, "begin", 4, 2):
			q.lower = s.first
		default:
			continue
		}
		q.use(a)
	}
	if first != 0 && (q.upper != 0 && first > q.upper || q.lower > first) {
		q.lower, q.upper = 0, 0 // the period is that of something else: "spielt im Juni, erste Probe am 1. März"
	}
	return first
}

func (r *rhythm) matches(c civil) bool {
	for _, w := range r.wds {
		if c.weekday() == w && len(r.nth) == 0 {
			return true
		}
	}
	return false
}

// hours picks the hours of a day among the clock times: those in its sentence, else those of no other day.
func (q *planner) hours(day *atom, others []*atom) (start, end, dur int) {
	start, end, dur = -1, -1, 0
	var mine []*atom
	for _, c := range q.clocks {
		if q.owner(c, others) == nil || q.owner(c, others) == day {
			mine = append(mine, c)
		}
	}
	for i, c := range mine {
		switch {
		case start < 0 && c.start >= 0 && !(q.isEnd(c) && i == 0 && len(mine) > 1):
			if q.isEnd(c) && c.end < 0 {
				end = c.start
				q.use(c)
				continue
			}
			start = c.start
			if end < 0 {
				end = c.end
			}
			if c.bare && c.end < 0 && day != nil && day.part == "" {
				start = q.doubtfulHour(c)
			}
			q.use(c)
		case end < 0 && c.start < 0 && c.end >= 0:
			if end = c.end; c.spoken {
				end = halfDay(start, end)
			}
			q.use(c)
		case end < 0 && start >= 0 && c.start >= 0 && c.end < 0 && q.isEnd(c):
			if end = c.start; c.spoken {
				end = halfDay(start, end)
			}
			q.use(c)
		}
	}
	if end < 0 && start >= 0 {
		dur = q.duration()
	}
	if day != nil && start >= 0 && start < 12*60 && (day.part == "afternoon" || day.part == "evening") && start <= 11*60 && start >= 60 {
		start += 12 * 60
		if end >= 0 && end <= 12*60 && end+12*60 > start {
			end += 12 * 60
		}
	}
	return start, end, dur
}

// doubtfulHour keeps "um 5 Uhr" that may be the afternoon from being shown as certain.
func (q *planner) doubtfulHour(c *atom) int {
	for _, a := range q.p.atoms {
		if a.kind == partAtom || a.part != "" {
			return c.start
		}
	}
	q.out.doubts = append(q.out.doubts, Doubt{Field: FieldStart, Kind: SeveralReadings, Text: q.p.text(c.first, c.last)})
	return -1
}

func (q *planner) isEnd(c *atom) bool {
	if c.start < 0 || c.end >= 0 {
		return false
	}
	for j := c.first - 1; j >= max(0, c.first-4) && !q.p.tok(j).is(",", ";", "."); j-- {
		if _, begins := q.p.class(j, "begin"); begins && q.sentence[j] == q.sentence[c.first] || q.p.tok(j).is("startet", "faengt", "starts") {
			return false
		}
	}
	for j := c.last + 1; j <= c.last+6 && j < len(q.p.ts) && q.sentence[j] == q.sentence[c.first]; j++ {
		t := q.p.tok(j)
		if t.is(",", ".", "und", "and") || t.kind == numberToken {
			break
		}
		if t.is("durch") && (q.p.tok(j+1).is("sein", "sind", ".", "\n", ",") || q.p.tok(j-1).is("wir", "alle", "ihr", "alles")) {
			return true
		}
		if t.is("wieder") && q.p.tok(j+1).is("da", "hier", "daheim", "zuhause", "zu", "am", "in") {
			return true
		}
		if _, ok := q.p.class(j, "ending"); ok && !t.is("aus") || t.is("aus") && q.p.tok(j-1).is("ist") {
			return true
		}
	}
	for j := c.last; j >= c.first-4 && j >= 0 && q.sentence[j] == q.sentence[c.first]; j-- {
		t := q.p.tok(j)
		if j < c.first && (t.is(",", ";") || t.kind == numberToken) {
			break
		}
		if t.is("ende", "schluss", "endet", "ends", "end", "feierabend", "rueckkehr", "rueckfahrt", "zurueck") || t.is("ankunft") && c != q.clocks[0] {
			return true
		}
	}
	return false
}

// owner is the day that a clock time belongs to: the one before it in its sentence, else the one behind it.
func (q *planner) owner(c *atom, others []*atom) *atom {
	if len(others) < 2 {
		return nil
	}
	var before, behind *atom
	for _, d := range others {
		if q.sentence[d.first] != q.sentence[c.first] {
			continue
		}
		if d.last < c.first && (before == nil || d.last > before.last) {
			before = d
		} else if d.first > c.last && (behind == nil || d.first < behind.first) {
			behind = d
		}
	}
	if before != nil {
		if behind != nil && behind.first-c.last <= 2 && c.first-before.last > 4 {
			return behind
		}
		return before
	}
	if behind != nil {
		return behind
	}
	for _, d := range others {
		if d.last < c.first && (before == nil || d.last > before.last) {
			before = d
		}
	}
	return before
}

func (q *planner) duration() int {
	for i := range q.p.atoms {
		if a := &q.p.atoms[i]; a.kind == spanAtom && a.role == eventTime && a.minutes > 0 && a.minutes <= 16*60 {
			q.use(a)
			return a.minutes
		}
	}
	return 0
}

// set fills start, end and the spans from days, hours and a duration.
func (q *planner) set(s days, clock, end, dur int) {
	if clock < 0 {
		q.out.start = Moment{T: s.first.at(0, q.zone), DateOnly: true}
		if s.last > s.first {
			q.out.end = Moment{T: s.last.at(0, q.zone), DateOnly: true}
		}
		if end >= 0 && s.last == s.first && q.intent != Search {
			q.out.end = Moment{T: s.last.at(end, q.zone)}
		}
		q.out.dates = append(q.out.dates, matching.Span{Start: s.first.at(0, q.zone), End: (s.last + 1).at(0, q.zone), AllDay: true})
		return
	}
	q.out.start = Moment{T: s.first.at(clock, q.zone)}
	switch {
	case end >= 0:
		q.out.end = Moment{T: q.endOn(s.last, clock, end)}
	case dur > 0 && s.first == s.last:
		q.out.end = Moment{T: q.out.start.T.Add(time.Duration(dur) * time.Minute)}
	case s.last > s.first:
		q.out.end = Moment{T: s.last.at(0, q.zone), DateOnly: true}
	}
	for d := s.first; d <= s.last && d < s.first+60; d++ {
		q.addSpan(d, clock, end, dur)
	}
}

func (q *planner) addSpan(d civil, clock, end, dur int) {
	span := matching.Span{Start: d.at(clock, q.zone)}
	if end >= 0 {
		span.End = q.endOn(d, clock, end)
	} else if dur > 0 {
		span.End = span.Start.Add(time.Duration(dur) * time.Minute)
	}
	q.out.dates = append(q.out.dates, span)
}

func (q *planner) endOn(d civil, clock, end int) time.Time {
	if end <= clock {
		d++
	}
	return d.at(end, q.zone)
}
