package places

import (
	"math"
	"slices"
	"strings"

	"ehrenamt/matching"
)

// Rule says by which rule a place was recognised.
type Rule string

// The rules, from the surest to the weakest.
const (
	ByPostcode  Rule = "postcode"  // a postcode, alone or with the name beside it
	ByDistrict  Rule = "district"  // municipality and district together: "Aachen-Brand"
	ByName      Rule = "name"      // a name
	ByLandmark  Rule = "landmark"  // a landmark of the municipality at home
	ByAdjective Rule = "adjective" // a form of the name: "Aachener", "Kölns"
	ByTypo      Rule = "typo"      // a name with one letter wrong
)

// Match is a place found in a text.
type Match struct {
	Place      matching.Place
	Named      string           // what the text names, in the nominative and rightly spelt: "Brand", "Aachen-Brand"; "" for a bare postcode
	Start, End int              // bytes of the text
	Cue        bool             // a word beside it says that a place is meant
	Ambiguous  bool             // may be another place, another word or a misspelling: better asked
	Rule       Rule             //
	Others     []matching.Place // the other places of that name, likeliest first
}

// maxFind is the number of bytes of a text that are searched.
const maxFind = 64 << 10

// Find finds the places that a text names, in the order of the text. Home is where the reader of the
// text is at home, usually the municipality of a front: among several places of one name those at
// home and nearby come first, and names of its districts that are also ordinary words need less to
// be recognised. The zero Place means no home. Names that are also words, such as Wenden or Brand,
// are found only where something beside them says that a place is meant.
func (g *Gazetteer) Find(text string, home matching.Place) []Match {
	if len(text) > maxFind {
		text = text[:maxFind]
	}
	s := &scan{g: g, text: text, home: home, tokens: tokenise(text), named: map[string]bool{}}
	s.quiet = !slices.ContainsFunc(s.tokens, func(t token) bool { return t.upper })
	for i := 0; i < len(s.tokens); {
		h := s.at(i)
		if h.words == 0 {
			i++
			continue
		}
		s.hits = append(s.hits, h)
		i += h.words
	}
	s.judge()
	return s.matches()
}

// hit is a name in the text that may turn out to be a place.
type hit struct {
	first, words int // tokens
	ids          []int32
	zip          int32 // index + 1 of the postcode
	rule         Rule
	word         bool // an ordinary word too
	cue          bool
	weak         bool // the cue is a guess
	ok           bool
	named        string
}

// scan is one run of Find.
type scan struct {
	g      *Gazetteer
	text   string
	home   matching.Place
	tokens []token
	hits   []hit
	named  map[string]bool // official names of municipalities in the text
	quiet  bool            // the text has no capitals at all
}

// at looks for a name that begins with a token.
func (s *scan) at(i int) hit {
	t := &s.tokens[i]
	if t.digits {
		return s.postcodeAt(i)
	}
	if h := s.nameAt(i); h.words > 0 {
		return s.withDistrict(h)
	}
	if id, ok := s.g.inflected(t.key); ok && s.formFits(id, i) && !s.streetAfter(i+1) && !s.insideAddress(i) && (t.upper || s.quiet) {
		rule := ByAdjective
		if t.key[0] > 0x7f {
			rule = ByName
		}
		return hit{first: i, words: 1, ids: []int32{id}, rule: rule, named: s.g.label(id, 1)}
	}
	return s.typoAt(i)
}

// formFits tells whether a form of a name may be meant: those of districts, "Brander", only at home.
func (s *scan) formFits(id int32, i int) bool {
	p := &s.g.places[id]
	return !s.g.lexicon.titles[s.before(i)] && (p.kind != district || p.of == s.home.Municipality)
}

// nameAt looks for the longest name that begins with a token.
func (s *scan) nameAt(i int) hit {
	most := s.g.words[s.tokens[i].key]
	if most == 0 || s.insideAddress(i) {
		return hit{}
	}
	key := s.tokens[i].key
	keys := []string{key}
	for n := 1; n < most && i+n < len(s.tokens) && s.joined(i+n-1); n++ {
		key += " " + s.tokens[i+n].key
		keys = append(keys, key)
	}
	for n := len(keys); n > 0; n-- {
		ids := s.known(expandSaint(keys[n-1]))
		if len(ids) == 0 {
			continue
		}
		h := hit{first: i, words: n, ids: ids, rule: ByName}
		h.word = n == 1 && slices.ContainsFunc(ids, func(id int32) bool { return s.g.places[id].word })
		if s.g.places[ids[0]].small && n == 1 && (!s.tokens[i].upper || s.g.lexicon.verbAfter[s.after(i+1)]) {
			h.word = true
		}
		if s.g.places[ids[0]].kind == landmark {
			h.rule = ByLandmark
		}
		if s.g.lexicon.streets[s.after(i+n)] && s.gapBefore(i+n) == "-" {
			return hit{} // "Düren-Straße"
		}
		return h
	}
	return hit{}
}

// known are the places of a key that may be found in running text: no villages, and landmarks only
// of the municipality at home.
func (s *scan) known(key string) []int32 {
	all := s.g.byKey[key]
	usable := func(id int32) bool {
		p := &s.g.places[id]
		return p.kind != village && (p.kind != landmark || p.of == s.home.Municipality && s.home.Municipality != "")
	}
	for i, id := range all {
		if usable(id) {
			continue
		}
		kept := slices.Clone(all[:i])
		for _, id := range all[i+1:] {
			if usable(id) {
				kept = append(kept, id)
			}
		}
		return kept
	}
	return all
}

// withDistrict makes one hit of a municipality and the district that follows it.
func (s *scan) withDistrict(h hit) hit {
	next := h.first + h.words
	if next >= len(s.tokens) || !slices.Contains([]string{" ", "-", "–", " - ", " – ", "/", " (", ", "}, s.gapBefore(next)) {
		return h
	}
	d := s.nameAt(next)
	if d.words == 0 {
		return h
	}
	for _, id := range d.ids {
		p := &s.g.places[id]
		if p.kind != district {
			continue
		}
		if s.gapBefore(next) == ", " && (p.word || !s.lineEnds(next+d.words)) {
			continue
		}
		for _, m := range h.ids {
			if s.g.places[m].official == p.of && (!p.word || s.tokens[next].upper || s.quiet || !s.tokens[h.first].upper) {
				return hit{first: h.first, words: h.words + d.words, ids: []int32{id}, rule: ByDistrict, cue: true, named: s.g.label(m, h.words) + "-" + p.name}
			}
		}
	}
	return h
}

func (s *scan) typoAt(i int) hit {
	t := &s.tokens[i]
	if t.runes < shortestMisspelt-1 || s.insideAddress(i) || s.g.lexicon.titles[s.before(i)] {
		return hit{}
	}
	cue := s.cueBefore(i)
	least := shortestMisspelt + 1
	switch {
	case cue && (t.upper || s.quiet):
		least = shortestMisspelt - 1
	case !t.upper && !s.quiet:
		least = shortestMisspelt + 2
	}
	if t.runes < least {
		return hit{}
	}
	var ids []int32
	for _, id := range s.g.misspelt(t.key) {
		if p := &s.g.places[id]; p.kind == district && cue && s.around(p) || p.kind != district && (cue || keyOf(p.name)[0] == t.key[0]) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || s.streetAfter(i+1) {
		return hit{}
	}
	ids = s.g.ranked(ids, s.home, nil)[:1]
	return hit{first: i, words: 1, ids: ids, rule: ByTypo, cue: cue, weak: true, named: s.g.label(ids[0], 1)}
}

// around tells whether a place lies so near the home that it may be meant without its municipality.
func (s *scan) around(p *place) bool {
	const near = 25 // km
	return !s.home.IsZero() && (p.of == s.home.Municipality || matching.DistanceKM(p.point, s.home.Point) < near)
}

// inflected finds the place of "Aachener", "Kölns", "Ешвайлері".
func (g *Gazetteer) inflected(key string) (int32, bool) {
	if i, ok := g.forms[key]; ok {
		return i, true
	}
	if len(key) == 0 || key[0] < 0x80 {
		return 0, false
	}
	runes := []rune(key)
	for cut := 1; cut <= 3 && len(runes)-cut >= 4; cut++ {
		if i, ok := g.stems[string(runes[:len(runes)-cut])]; ok {
			return i, true
		}
	}
	return 0, false
}

// label is how a text calls a place with so many words, without the municipality of a district.
func (g *Gazetteer) label(i int32, words int) string {
	if words > 1 {
		return g.places[i].name
	}
	return spoken(g.places[i].official)
}

// matches turns the hits that stood the test into what Find returns.
func (s *scan) matches() []Match {
	var out []Match
	for i := range s.hits {
		h := &s.hits[i]
		if !h.ok {
			continue
		}
		m := Match{
			Start: s.tokens[h.first].start, End: s.tokens[h.first+h.words-1].end,
			Named: h.named, Cue: h.cue, Rule: h.rule,
		}
		m.End = s.closed(m.Start, m.End)
		if h.zip > 0 {
			m.Place, _ = s.g.Postcode(s.g.table.zips[h.zip-1].code)
			if h.named != "" && h.named != m.Place.Municipality {
				m.Place.Name, m.Place.Municipality = h.named, h.named
			}
		}
		if len(h.ids) > 0 {
			s.fill(&m, h)
		}
		out = append(out, m)
	}
	return s.merge(out)
}

// fill enters the place of a named hit.
func (s *scan) fill(m *Match, h *hit) {
	ids := s.g.ranked(h.ids, s.home, s.named)
	m.Place = s.g.as(ids[0])
	if m.Named == "" {
		m.Named = s.g.label(ids[0], h.words)
	}
	m.Others = s.g.all(ids[1:])
	m.Ambiguous = h.weak || len(ids) > 1 && !s.clear(ids)
}

// clear tells whether the first of several places of a name is meant beyond doubt.
func (s *scan) clear(ids []int32) bool {
	const doubt, near, far = 2.5, 25, 60 // km from home
	if !s.home.Point.IsZero() {
		first := matching.DistanceKM(s.g.places[ids[0]].point, s.home.Point)
		next := math.Inf(1)
		for _, id := range ids[1:] {
			next = min(next, matching.DistanceKM(s.g.places[id].point, s.home.Point))
		}
		if first < near && next > far {
			return true
		}
		if first > near && next < near {
			return false
		}
	}
	return s.g.rank(ids[0], s.home, s.named)-s.g.rank(ids[1], s.home, s.named) > doubt
}

// closed moves an end behind the bracket that the span has opened: "Mülheim (Ruhr)".
func (s *scan) closed(start, end int) int {
	if strings.LastIndexByte(s.text[start:end], '(') > strings.LastIndexByte(s.text[start:end], ')') &&
		end < len(s.text) && s.text[end] == ')' {
		return end + 1
	}
	return end
}

// merge makes one match of a postcode and the name of its municipality beside it.
func (s *scan) merge(in []Match) []Match {
	out := in[:0]
	for _, m := range in {
		if n := len(out); n > 0 {
			last := &out[n-1]
			gap := s.text[last.End:m.Start]
			beside := len(gap) <= 3 && strings.Trim(gap, " ,(-–\n") == ""
			if beside && (last.Rule == ByPostcode) != (m.Rule == ByPostcode) && last.Place.Municipality == m.Place.Municipality {
				code, name := *last, m
				if m.Rule == ByPostcode {
					code, name = m, *last
				}
				joint := code
				joint.Place.Name, joint.Place.District = name.Place.Name, name.Place.District
				if name.Place.District != "" {
					joint.Place.Point, joint.Place.Extent = name.Place.Point, name.Place.Extent
				}
				joint.Named, joint.Cue = name.Named, true
				joint.Start, joint.End = last.Start, s.closed(last.Start, m.End)
				*last = joint
				continue
			}
		}
		out = append(out, m)
	}
	return out
}
