package understanding

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// verbs tell what a finite or infinite form of a verb does: "do:inf", "do:me" (ich fahre), "do:he" (fährt).
type verbs map[string]string

func loadVerbs() (verbs, error) {
	rs, err := rows("verbs.tsv", 3)
	if err != nil {
		return nil, err
	}
	v := verbs{}
	enter := func(form, class string) {
		if _, ok := v[form]; !ok && form != "" {
			v[form] = class
		}
	}
	for _, r := range rs {
		for _, w := range strings.Split(r[2], "|") {
			inf, he, _ := strings.Cut(strings.TrimSpace(w), "/")
			enter(inf, r[0]+" inf")
			enter(he, r[0]+" he")
			stem, german := strings.CutSuffix(inf, "en")
			if !german {
				if stem, german = strings.CutSuffix(inf, "n"); !german {
					continue
				}
			}
			enter(stem+"e", r[0]+" me")
			if strings.HasSuffix(stem, "el") || strings.HasSuffix(stem, "er") {
				enter(stem[:len(stem)-2]+stem[len(stem)-1:]+"e", r[0]+" me")
			}
			if strings.HasSuffix(stem, "t") || strings.HasSuffix(stem, "d") || strings.HasSuffix(stem, "n") && !strings.HasSuffix(inf, "rn") {
				enter(stem+"et", r[0]+" he")
			}
			enter(stem+"t", r[0]+" he")
			if strings.HasPrefix(inf, "auf") || strings.HasPrefix(inf, "aus") || strings.HasPrefix(inf, "mit") || strings.HasPrefix(inf, "ein") {
				enter(inf[:3]+"zu"+inf[3:], r[0]+" inf")
			}
		}
	}
	return v, nil
}

// observation is something seen in a message: a class of words, of the first words, of the subject, or one class before another.
type observation struct{ what, a, b string }

// String is the observation as it is written in lexicon/evidence.tsv.
func (o observation) String() string {
	if o.what == before {
		return o.a + " > " + o.b
	}
	return strings.TrimSpace(o.what + " " + o.a)
}

const before = ">" // of observations: a stands before b in a sentence

func observationOf(s string) observation {
	if a, b, ok := strings.Cut(s, " > "); ok {
		return observation{before, a, b}
	}
	what, a, _ := strings.Cut(s, " ")
	return observation{what: what, a: a}
}

// hundred is what values and weights are multiplied by, so that their sums do not depend on an order.
const hundred = 100

// weighing is the table of evidence: what each observation says for and against each intent, in hundredths.
type weighing map[observation][5]int

// intents in the order of the columns of lexicon/evidence.tsv.
var intentOrder = [5]Intent{Need, Offer, Subscribe, Search, Other}

func loadWeighing() (weighing, error) {
	rs, err := rows("evidence.tsv", 6)
	if err != nil {
		return nil, err
	}
	w := weighing{}
	for _, r := range rs {
		var x [5]int
		for i := range x {
			v, err := strconv.ParseFloat(r[i+1], 64)
			if err != nil {
				return nil, fmt.Errorf("lexicon evidence: %s: %w", r[0], err)
			}
			x[i] = int(math.Round(v * hundred))
		}
		w[observationOf(r[0])] = x
	}
	return w, nil
}

// judge adds the evidence up and returns how likely each intent is.
func (w weighing) judge(seen evidence) [5]float64 {
	var sum [5]int
	for o, v := range seen {
		if x, ok := w[o]; ok {
			for i := range sum {
				sum[i] += x[i] * v
			}
		}
	}
	var z [5]float64
	for i := range sum {
		z[i] = float64(sum[i]) / (hundred * hundred)
	}
	return softmax(z)
}

func softmax(z [5]float64) [5]float64 {
	top, sum := slices.Max(z[:]), 0.0
	for i := range z {
		z[i] = math.Exp(z[i] - top)
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
	return z
}

// sight is a class of words at a token.
type sight struct {
	class string
	token int
}

// sights are the classes of words of a part, in the order of the text.
func (r *Reader) sights(m *message, p part) []sight {
	var out []sight
	for _, h := range p.hits {
		switch {
		case h.table == "frames":
			out = append(out, sight{h.value, h.first})
		case h.table == "people" && (h.value == "role" || h.value == "group"):
			out = append(out, sight{h.value, h.first})
		case h.table == "actors" && h.weight >= 3:
			out = append(out, sight{"body " + h.value, h.first})
		case h.table == "things":
			out = append(out, sight{"thing", h.first})
		case h.table == "categories" && h.weight >= 3.5:
			out = append(out, sight{"cause", h.first})
		}
	}
	q := &counter{m: m, p: p, tp: m.timeParser(r, p)}
	for i, t := range p.ts {
		switch {
		case t.is("?"):
			out = append(out, sight{"?", i})
		case t.is("!"):
			out = append(out, sight{"!", i})
		case t.kind == numberToken && t.val > 1 && t.val < 100 && i+1 < len(p.ts) && p.ts[i+1].kind == wordToken && !p.ts[i+1].is("uhr", "h", "km", "euro", "jahre"):
			out = append(out, sight{"number", i})
		case t.kind == wordToken:
			if q.agent(i) && (i <= firstWord(p)+1 || p.sentence[i-1] != p.sentence[i] || p.ts[i-1].is(",", ":", "und", "/")) {
				out = append(out, sight{"somebody", i})
			}
			if c, ok := r.tab.verbs[t.norm]; ok && (!t.upper || i <= firstWord(p) || p.sentence[i-1] != p.sentence[i] || p.ts[i-1].kind == punctToken) {
				out = append(out, sight{c, i})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b sight) int { return a.token - b.token })
	return slices.Compact(out)
}

const nearby = 12 // tokens within which two classes of words have to do with each other

// evidence is everything about a message that tells what it is for, with how strongly it was seen, in hundredths.
type evidence map[observation]int

func (e evidence) see(what, a string) { e[observation{what: what, a: a}] = hundred }

// evidence looks at the cues and classes of words of a message and at their order.
func (r *Reader) evidence(m *message) evidence {
	seen := make(evidence, 128)
	seen.see("always", "")
	s := scores{}
	m.weigh(m.body, 1, s)
	m.weigh(m.subj, 0.8, s)
	m.said(s)
	m.shaped(s)
	m.wishes(s)
	cue := func(k string, v float64) {
		seen[observation{what: "cue", a: k}] = int(math.Round(min(3, v/4) * hundred))
	}
	for k, v := range s {
		cue(k, v)
	}
	_, none := s.other()
	cue("other", none)
	body := r.sights(m, m.body)
	for i, a := range body {
		seen.see("has", a.class)
		for _, b := range body[i+1:] {
			if m.body.sentence[a.token] != m.body.sentence[b.token] || b.token-a.token > nearby {
				break
			}
			if a.class != b.class {
				seen[observation{before, a.class, b.class}] = hundred
			}
		}
	}
	for _, t := range m.body.ts {
		if t.kind == wordToken {
			seen.see("word", t.norm)
		}
	}
	first := firstWord(m.body)
	for _, a := range body {
		if a.token <= first+1 {
			seen.see("first", a.class)
		}
	}
	for _, a := range r.sights(m, m.subj) {
		seen.see("subject", a.class)
	}
	switch n := m.body.words(); {
	case n <= 3:
		seen.see("words", "0-3")
	case n <= 7:
		seen.see("words", "4-7")
	case n > 20:
		seen.see("words", "21-")
	}
	m.seeWhole(seen)
	return seen
}

// seeWhole notes what a message has somewhere.
func (m *message) seeWhole(seen evidence) {
	if m.dayNamed() {
		seen.see("has", "day")
	}
	if m.body.possessed() {
		seen.see("has", "own skill")
	}
	if m.sign.words() > 0 {
		seen.see("has", "signature")
	}
}

// possessed tells that the writer says what they can or are: "hab Lkw-Schein und Staplerschein", "bin Rettungsschwimmerin".
func (p part) possessed() bool {
	for _, h := range p.of("qualifications") {
		for n := 1; n <= 6; n++ {
			t := p.before(h.first, n)
			if t.is("hab", "habe", "besitze", "bin", "have", "i'm", "got", "war") && !p.before(h.first, n-1).is("keinen", "keine", "kein", "no") && p.sentence[h.first] == p.sentence[max(0, h.first-n)] {
				return true
			}
		}
		if p.after(h.last, 1).is("hab", "habe") || p.after(h.last, 2).is("hab", "habe") && p.after(h.last, 3).is("ich") {
			return true
		}
	}
	return false
}
