package understanding

import "slices"

// assignRoles looks at the words around each phrase.
func (p *timeParser) assignRoles(sentence []int) {
	for i := range p.atoms {
		a := &p.atoms[i]
		if a.role != eventTime {
			continue
		}
		switch {
		case a.kind == dayAtom && p.contrasted(i, sentence):
			a.role = pastTime
		case a.kind == dayAtom && (p.takenBack(i) || p.excepted(a) || p.statedAgain(i)):
			a.role = pastTime
		case a.kind == dayAtom && (p.atHand(a) || a.wide && p.cueNear(a, sentence, "effort", 4, 3) && p.otherDay(i)):
			a.role = sideTime
		case a.kind == dayAtom && a.bound == fromThen && p.cueNear(a, sentence, "reply", 4, 4):
			a.role = sideTime
		case (a.kind == dayAtom || a.kind == nowAtom || a.kind == clockAtom) && p.isDeadline(a, sentence):
			a.role = deadlineTime
		case p.cueNear(a, sentence, "side", 5, 3):
			a.role = sideTime
		case a.kind == dayAtom && p.cueNear(a, sentence, "over", 4, 4) && !p.cueNear(a, sentence, "ahead", 8, 8):
			a.role = pastTime
		case a.kind == spanAtom && p.cueNear(a, sentence, "effort", 6, 3):
			a.role = sideTime
		case a.dated() && a.spans[len(a.spans)-1].last < p.today:
			if a.role = pastTime; !a.yearly {
				p.doubt(InThePast, a.first, a.last)
			}
		}
	}
}

// contrasted tells that a time stands in the part of a sentence that "aber" sets aside: "Samstag brauchen wir
// keine Helfer mehr, aber …".
func (p *timeParser) contrasted(i int, sentence []int) bool {
	a, but, not := &p.atoms[i], -1, false
	for j := a.last + 1; j < len(p.ts) && sentence[j] == sentence[a.first]; j++ {
		if p.tok(j).is("aber", "sondern", "but", "dafuer", "stattdessen") {
			but = j
			break
		}
	}
	for j := max(0, a.first-8); but > 0 && j < but; j++ {
		if sentence[j] == sentence[a.first] && p.tok(j).is("kein", "keine", "keinen", "nicht", "abgesagt", "aus", "no", "not") {
			not = true
		}
	}
	return not && slices.ContainsFunc(p.atoms[i+1:], func(b atom) bool { return b.kind == dayAtom && b.first > but })
}

// statedAgain tells that a day reckoned from a feast is said again as a date: "am Samstag nach Ostern, also am 10. April".
func (p *timeParser) statedAgain(i int) bool {
	a := p.atoms[i]
	return a.rule == "beside a feast" && slices.ContainsFunc(p.atoms[i+1:], func(b atom) bool {
		return b.kind == dayAtom && b.dated() && !b.wide && b.bound == exactly && b.first-a.last < 12
	})
}

// excepted tells that a day is named as the one that is not meant: "nur nicht am 15.8.", "außer am 3. Mai".
func (p *timeParser) excepted(a *atom) bool {
	prev := p.tok(a.first - 1)
	if a.rule == "month" && a.wide && p.tok(a.first).is("vom") && a.last-a.first <= 2 {
		return true // "ein Führungszeugnis vom Januar"
	}
	return a.dated() && (prev.is("ausser", "except") || prev.is("nicht", "not") && p.tok(a.first-2).is("nur", "aber", "bloss", "leider", "just", ",", "(", "."))
}

// atHand tells that a feast is only spoken of: "der Aschermittwoch ist da", "Weihnachten steht vor der Tür".
func (p *timeParser) atHand(a *atom) bool {
	next, after := p.tok(a.last+1), p.tok(a.last+2)
	return holidayRule(a) && (next.is("ist") && after.is("da", "vorbei", "vorueber", "schon", "nah") || next.is("naht", "kommt", "rueckt") || next.is("steht") && after.is("vor", "an"))
}

// otherDay tells that the message names other days, too.
func (p *timeParser) otherDay(i int) bool {
	for j := range p.atoms {
		if b := &p.atoms[j]; j != i && b.kind == dayAtom && b.role == eventTime && (b.dated() || len(b.wds) > 0) {
			return true
		}
	}
	return false
}

// firstTime tells that a period is when something begins: "das erste Mal im Oktober", "Beginn wäre im Mai".
func (p *timeParser) firstTime(a *atom, sentence []int) bool {
	for j := max(0, a.first-5); j < a.first; j++ {
		if sentence[j] == sentence[a.first] && (p.tok(j).is("mal", "male") && p.tok(j-1).is("erste", "ersten", "erstes") || p.tok(j).is("beginn", "start", "los", "startet", "beginnt", "beginnend", "starting", "erstmals", "erstmalig")) {
			return true
		}
	}
	return false
}

// takenBack tells that the writer corrects a day in the next breath: "Montag, ach ne, Dienstag".
func (p *timeParser) takenBack(i int) bool {
	for _, b := range p.atoms[i+1:] {
		if b.kind != dayAtom {
			continue
		}
		for j := p.atoms[i].last + 1; j < b.first && b.first-p.atoms[i].last < 16; j++ {
			if _, ok := p.class(j, "oops"); ok {
				return true
			}
		}
		return false
	}
	return false
}

// isDeadline tells "bitte bis 20.12. melden" and "Anmeldeschluss 5.5." from the end of the work.
func (p *timeParser) isDeadline(a *atom, sentence []int) bool {
	if p.cueNear(a, sentence, "closing", 3, 1) {
		return true
	}
	if a.bound != untilThen && !p.tok(a.first-1).is("bis", "spaetestens", "by") {
		return false
	}
	return p.cueNear(a, sentence, "reply", 9, 7)
}

// cueNear looks for a word of a class within so many tokens before and behind, in the same sentence.
func (p *timeParser) cueNear(a *atom, sentence []int, class string, before, behind int) bool {
	for j := max(0, a.first-before); j <= a.last+behind && j < len(p.ts); j++ {
		if sentence[j] != sentence[a.first] {
			continue
		}
		if _, ok := p.class(j, class); ok {
			return true
		}
	}
	return false
}

// sentences numbers the sentence of each token. A dot ends one only before a capital or at the end of a line.
func sentences(ts []token) []int {
	out := make([]int, len(ts))
	n := 0
	for i, t := range ts {
		out[i] = n
		switch {
		case t.kind == newlineToken, t.is("!", "?", ";"):
			n++
		case t.is(".") && i > 0 && ts[i-1].is("uhr") && i+1 < len(ts) && !ts[i+1].glued && ts[i+1].kind == numberToken:
			n++
		case t.is(".") && i+1 < len(ts) && !ts[i+1].glued && i > 0:
			prev, next := ts[i-1], ts[i+1]
			if next.kind == wordToken && next.upper && prev.kind == wordToken && (len(prev.norm) > 3 || prev.is("uhr")) {
				n++
			}
		}
	}
	return out
}
