package places

import (
	"cmp"
	"slices"
	"strings"

	"ehrenamt/matching"
)

// judge decides which hits are places. Names that are nothing else count at once; words count by
// what stands beside them, and last by the places they are listed with.
func (s *scan) judge() {
	for i := range s.hits {
		h := &s.hits[i]
		switch {
		case h.rule == ByPostcode || h.rule == ByDistrict:
			h.ok = true
		case s.g.lexicon.titles[s.before(h.first)]:
		case h.rule == ByLandmark:
			s.judgeLandmark(i)
		case !h.word:
			h.ok = true
			h.cue = h.cue || s.cueBefore(h.first) || s.g.lexicon.halfCues[s.before(h.first)]
		}
		if h.ok {
			s.note(h)
		}
	}
	for i := range s.hits {
		if h := &s.hits[i]; h.word && !h.ok && h.rule == ByName {
			s.judgeWord(i)
		}
	}
	for i := range s.hits {
		s.judgeListed(i, i-1)
	}
	for i := len(s.hits) - 1; i >= 0; i-- {
		s.judgeListed(i, i+1)
	}
}

// note remembers the municipalities that are named for certain.
func (s *scan) note(h *hit) {
	for _, id := range h.ids {
		if p := &s.g.places[id]; p.kind == municipality || p.kind == city {
			s.named[p.official] = true
		} else if h.rule == ByDistrict {
			s.named[p.of] = true
		}
	}
	if h.zip > 0 {
		s.named[s.g.table.zips[h.zip-1].name] = true
	}
}

// judgeWord decides on a name that is also an ordinary word.
func (s *scan) judgeWord(i int) {
	h := &s.hits[i]
	if s.g.lexicon.titles[s.before(h.first)] || s.gapBefore(h.first+1) == "-" || s.gapBefore(h.first) == "-" {
		return
	}
	if s.otherwise(h) {
		return
	}
	switch {
	case s.cueBefore(h.first) && s.gapBefore(h.first) == " " && s.spelt(h):
		h.cue = true
	case s.halfCue(h):
		h.cue = true
	case s.besidePostcode(i):
		h.cue = true
	case s.withArticle(h):
		h.cue = true
	case s.atVenue(h):
		h.cue, h.weak = true, true
	case s.alone(h):
		h.weak = true
	default:
		return
	}
	h.ok = true
}

// otherwise tells whether the words beside a name make it the ordinary word, or whether it is a
// district too far away to be meant by its bare name.
func (s *scan) otherwise(h *hit) bool {
	next := s.after(h.first + 1)
	if s.g.lexicon.verbAfter[next] && s.gapBefore(h.first+1) == " " || s.isSaying(s.tokens[h.first].key, s.before(h.first), next) {
		return true
	}
	const near = 12 // km
	if s.home.IsZero() || s.homely(h) {
		return false
	}
	return !slices.ContainsFunc(h.ids, func(id int32) bool {
		p := &s.g.places[id]
		return p.kind != district || matching.DistanceKM(p.point, s.home.Point) <= near
	})
}

// spelt tells whether a word is written as a name would be: with a capital, unless the text has none
// or the word before it leaves no doubt.
func (s *scan) spelt(h *hit) bool {
	b := s.before(h.first)
	return s.tokens[h.first].upper || s.quiet || b == "raum" || b == "naehe" || b == "stadt" || b == "in"
}

// halfCue tells whether a word such as "bei" makes this name a place.
func (s *scan) halfCue(h *hit) bool {
	b := s.before(h.first)
	if s.gapBefore(h.first) != " " || !s.tokens[h.first].upper && !s.quiet {
		return false
	}
	if b == "bei" || b == "at" || b == "near" {
		return !s.g.lexicon.notWithHalf[s.tokens[h.first].key]
	}
	far := s.before(h.first - 1)
	switch b {
	case "um":
		return far == "rund" || far == "km" || far == "kilometer" || far == "umkreis"
	case "zwischen":
		return true
	case "von":
		return far == "naehe" || far == "umgebung" || far == "raum" || s.after(h.first+1) == "nach" || s.after(h.first+1) == "bis"
	}
	return false
}

// isSaying tells whether the words beside a name make it the ordinary word.
func (s *scan) isSaying(key, before, next string) bool {
	switch key {
	case "halle":
		return next != "" && (len(next) <= 2 && next != "am" && next != "an" && next != "in" && next != "um" && next != "ab" && next != "so" && next != "zu")
	case "brand":
		return before == "in" && (strings.HasPrefix(next, "gesetz") || strings.HasPrefix(next, "setz") ||
			strings.HasPrefix(next, "gest") || strings.HasPrefix(next, "steck") || strings.HasPrefix(next, "ger"))
	case "essen":
		return next == "trinken" || next == "ausgeben" || next == "kochen" || next == "verteilen" || before == "nach" && next == "bitte"
	case "lage":
		return next == "sein" || next == "versetzen" || before == "nach"
	case "alpen":
		return next == "verein"
	case "kalk", "eisern", "werden", "gießen", "giessen", "singen", "wenden", "senden":
		return before == "in" && next == "von"
	case "wetter":
		return before == "nach" || before == "bei" || before == "aus"
	}
	return false
}

// besidePostcode tells whether a postcode of one of the hit's municipalities stands beside it.
func (s *scan) besidePostcode(i int) bool {
	beside := func(j int, gap string) bool {
		if j < 0 || j >= len(s.hits) || s.hits[j].zip == 0 || strings.Trim(gap, " ,(-\n") != "" || len(gap) > 3 {
			return false
		}
		name := s.g.table.zips[s.hits[j].zip-1].name
		return slices.ContainsFunc(s.hits[i].ids, func(id int32) bool {
			return s.g.places[id].official == name || s.g.places[id].of == name
		})
	}
	h := &s.hits[i]
	return beside(i-1, s.gapBefore(h.first)) && s.hits[i-1].first == h.first-1 ||
		beside(i+1, s.gapBefore(h.first+1)) && s.hits[i+1].first == h.first+1
}

// homely tells whether one of the places lies in the municipality at home or in one that the text
// names.
func (s *scan) homely(h *hit) bool {
	return slices.ContainsFunc(h.ids, func(id int32) bool {
		p := &s.g.places[id]
		if p.kind == district {
			return p.of == s.home.Municipality && p.of != "" || s.named[p.of]
		}
		return p.official == s.home.Municipality
	})
}

// withArticle tells whether a district that carries an article stands with one: "in der Altstadt".
func (s *scan) withArticle(h *hit) bool {
	if !s.homely(h) || !s.g.lexicon.articles[s.before(h.first)] || s.gapBefore(h.first) != " " {
		return false
	}
	return slices.ContainsFunc(h.ids, func(id int32) bool { return s.g.places[id].article })
}

// atVenue tells whether the word before is something that stands in a place: "Turnhalle Brand". For
// municipalities other than home it must be something that a municipality has: "Feuerwehr Wenden".
func (s *scan) atVenue(h *hit) bool {
	if h.first == 0 || s.gapBefore(h.first) != " " || !s.quiet && (!s.tokens[h.first].upper || !s.tokens[h.first-1].upper) {
		return false
	}
	b, lex := s.before(h.first), &s.g.lexicon
	ends := func(end string) bool { return strings.HasSuffix(b, end) }
	if s.homely(h) && (lex.clubs[b] || slices.ContainsFunc(lex.venues, ends)) {
		return true
	}
	return !s.quiet && slices.ContainsFunc(lex.bodies, ends) && slices.ContainsFunc(h.ids, func(id int32) bool {
		return s.g.places[id].kind == municipality
	}) && (b != "tafel" || !lex.notWithHalf[s.tokens[h.first].key])
}

// alone tells whether a name stands by itself, as in "Jugendarbeit, Brand" or as the whole text.
// Names of municipalities must end the line; those not at home must be the whole text.
func (s *scan) alone(h *hit) bool {
	if len(s.tokens) == h.words {
		return true
	}
	if !s.homely(h) || !s.tokens[h.first].upper && !s.quiet {
		return false
	}
	starts := h.first == 0 || strings.ContainsAny(s.gapBefore(h.first), ",;:(|/\n•·–") || strings.Contains(s.gapBefore(h.first), " - ")
	ends := s.lineEnds(h.first + h.words)
	if slices.ContainsFunc(h.ids, func(id int32) bool { return s.g.places[id].kind == district }) {
		gap := s.gapBefore(h.first + h.words)
		ends = ends || strings.ContainsAny(gap, ",;:)|/•·–!") || strings.Contains(gap, " - ")
	}
	if next := h.first + h.words; s.g.lexicon.joins[s.after(next)] && s.hitAt(next+1) {
		ends = true // "…, Brand oder Forst"
	}
	return starts && ends && (h.first > 0 || ends && !s.lineEnds(h.first+h.words))
}

// hitAt tells whether a name at home begins with a token.
func (s *scan) hitAt(i int) bool {
	at, found := slices.BinarySearchFunc(s.hits, i, func(h hit, i int) int { return cmp.Compare(h.first, i) })
	return found && len(s.hits[at].ids) > 0 && s.homely(&s.hits[at])
}

// lineEnds tells whether nothing but marks stand between a token and the end of the line before it.
func (s *scan) lineEnds(i int) bool {
	return i >= len(s.tokens) || strings.Contains(s.gapBefore(i), "\n") || strings.Contains(s.gapBefore(i), ". ")
}

// judgeListed accepts a word that is joined to an accepted place: "Brand oder Forst".
func (s *scan) judgeListed(i, j int) {
	if j < 0 || j >= len(s.hits) {
		return
	}
	h, o := &s.hits[i], &s.hits[j]
	if h.ok || !o.ok || !h.word || o.zip > 0 || !s.tokens[h.first].upper && !s.quiet || s.g.lexicon.titles[s.before(h.first)] || s.otherwise(h) {
		return
	}
	left, right := o, h
	if i < j {
		left, right = h, o
	}
	end := left.first + left.words
	gap := strings.TrimSpace(s.gapBefore(end))
	comma := end == right.first && (gap == "," || gap == "/" || gap == "+" || gap == "&")
	joined := end+1 == right.first && s.g.lexicon.joins[s.tokens[end].key] && gap == ""
	if (joined || comma && o.cue) && s.gapBefore(right.first) != "-" {
		h.ok, h.weak, h.cue = true, true, o.cue
	}
}

// judgeLandmark accepts a landmark unless another municipality stands before it: "Köln Hbf".
func (s *scan) judgeLandmark(i int) {
	h := &s.hits[i]
	if i > 0 {
		o := &s.hits[i-1]
		if o.ok && o.first+o.words >= h.first-1 && o.rule != ByLandmark && len(o.ids) > 0 {
			p := &s.g.places[o.ids[0]]
			if p.official != s.home.Municipality && p.of != s.home.Municipality {
				return
			}
		}
	}
	if n := h.first + h.words; i+1 < len(s.hits) && s.hits[i+1].first == n && s.gapBefore(n) == " " && len(s.hits[i+1].ids) > 0 &&
		!s.homely(&s.hits[i+1]) {
		return // "Rathaus Würselen"
	}
	h.cue = s.cueBefore(h.first) || s.g.lexicon.articles[s.before(h.first)]
	h.ok = h.cue || !s.g.places[h.ids[0]].word
}
