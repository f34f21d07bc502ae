package understanding

import (
	"slices"
	"strings"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

// readPlace takes the first place named in the body, else in the subject, else in the signature.
func (r *Reader) readPlace(m *message, out *Reading) {
	if r.gazetteer() == nil {
		return
	}
	found := r.beyondNames(m, r.gazetteer().Find(m.body.text, m.req.Front))
	where := "body"
	if len(found) == 0 {
		found = r.tail(m)
	}
	if len(found) == 0 {
		found, where = r.gazetteer().Find(m.subj.text, m.req.Front), "subject"
	}
	if len(found) == 0 {
		found, where = r.signPlaces(m), "signature"
	}
	if len(found) == 0 {
		return
	}
	text := m.body.text
	if where == "subject" {
		text = m.subj.text
	} else if where == "signature" {
		text = m.sign.text
	}
	best := bestPlace(found, text)
	d := &out.Draft
	for _, f := range append([]places.Match{best}, found...) {
		if !slices.ContainsFunc(d.Places, func(p matching.Place) bool { return p.Name == f.Place.Name && p.Postcode == f.Place.Postcode }) {
			d.Places = append(d.Places, f.Place)
		}
	}
	d.Place = &d.Places[0]
	d.PlaceNamed = best.Named
	if best.Ambiguous {
		out.Doubts = append(out.Doubts, Doubt{Field: FieldPlace, Kind: AmbiguousPlace, Text: best.Named})
	}
	f := Found{Field: FieldPlace, From: -1, To: -1, Rule: string(best.Rule), Confidence: placeConfidence(best), Value: best.Named}
	if where == "body" {
		f.From, f.To = best.Start, best.End
	} else {
		f.Rule += " in the " + where
	}
	out.Found = append(out.Found, f)
}

// beyondNames puts places within the name of an organisation last ("Die Tafel Aachen sucht … in Brand") where
// another one is named; a municipality named beside its own district tells nothing more.
func (r *Reader) beyondNames(m *message, found []places.Match) []places.Match {
	rest := []byte(m.body.text)
	var named []places.Match
	for _, f := range found {
		if m.body.inOrganisation(f.Start) {
			named = append(named, f)
			for i := f.Start; i < f.End; i++ {
				rest[i] = ' '
			}
		}
	}
	if len(named) == 0 {
		return found
	}
	var others []places.Match
	for _, f := range r.gazetteer().Find(string(rest), m.req.Front) {
		wider := slices.ContainsFunc(named, func(n places.Match) bool {
			return !n.Ambiguous && n.Place.District != "" && f.Place.District == "" && f.Place.Postcode == "" && f.Place.Municipality == n.Place.Municipality
		})
		if !wider && f.Rule != places.ByAdjective && (f.Cue || !f.Ambiguous) {
			others = append(others, f)
		}
	}
	if len(others) == 0 {
		return found
	}
	return others
}

// inOrganisation tells that the words right before a position name an organisation: "Turnverein Brand", "TV 1910 Brand".
func (p part) inOrganisation(at int) bool {
	for i, t := range p.ts {
		if t.from != at {
			continue
		}
		for j := i - 1; j >= max(0, i-2); j-- {
			b := p.ts[j]
			if b.kind == numberToken || b.is("-", ".") {
				continue
			}
			return b.kind == wordToken && p.organisation(j)
		}
	}
	return false
}

// organisation tells that a word is the kind of a body: "Tafel", "Turnverein", "Gesamtschule".
func (p part) organisation(i int) bool {
	for _, h := range p.of("actors") {
		if h.first <= i && h.last >= i && h.value != "person" && !strings.HasSuffix(h.word, "*") {
			return true
		}
	}
	return false
}

// tail reads a place that stands by itself at the end of a message: "… Zeit für Jugendarbeit, Brand oder Forst".
func (r *Reader) tail(m *message) []places.Match {
	ts := m.body.ts
	last := len(ts) - 1
	for last >= 0 && ts[last].kind != wordToken {
		last--
	}
	first := last
	for first > 0 && last-first < 4 && ts[first-1].kind == wordToken && ts[first-1].from < ts[first].from {
		first--
	}
	if first < 1 || last-first > 3 || ts[first-1].kind == wordToken || ts[first-1].kind == numberToken || ts[first-1].is("\"", "-", "'") {
		return nil
	}
	end := first
	for end < last && !ts[end+1].is("oder", "und", "bzw") {
		end++
	}
	if end < last-2 {
		return nil
	}
	from, to := ts[first].from, ts[end].to
	name := m.body.text[from:to]
	for _, p := range r.gazetteer().LookupNear(name, m.req.Front) {
		if m.req.Front.Point.IsZero() || matching.DistanceKM(p.Point, m.req.Front.Point) < 40 {
			named := name
			if p.District != "" && foldWord(p.District) == foldWord(name) {
				named = p.District
			}
			return []places.Match{{Place: p, Named: named, Start: from, End: to, Rule: places.ByName, Cue: true}}
		}
	}
	return nil
}

func placeConfidence(m places.Match) float64 {
	switch {
	case m.Ambiguous:
		return 0.5
	case m.Rule == places.ByTypo:
		return 0.7
	case m.Rule == places.ByAdjective:
		return 0.8
	}
	return 0.95
}

// bestPlace prefers what is named outright to adjectives and landmarks; among equals the first counts.
func bestPlace(found []places.Match, text string) places.Match {
	rank := func(m places.Match) int {
		r := 0
		switch m.Rule {
		case places.ByAdjective:
			r = 2
		case places.ByTypo:
			r = 1
		case places.ByLandmark:
			r = 3
		}
		if m.Ambiguous && !m.Cue {
			r++
		}
		if before := strings.Fields(text[:m.Start]); len(before) > 0 {
			switch strings.ToLower(before[len(before)-1]) {
			case "gg", "gegen", "vs", "vs.", "gg.":
				r += 3 // the other team
			case "aus", "von", "from":
				if rest := strings.ToLower(text[m.End:]); strings.HasPrefix(rest, " nach ") || strings.HasPrefix(rest, " to ") {
					r += 3 // "aus Bonn nach Aachen gezogen"
				}
			}
		}
		return r
	}
	best := found[0]
	for _, f := range found[1:] {
		if rank(f) < rank(best) {
			best = f
		}
	}
	return withPostcode(best, found)
}

// withPostcode joins a name and a postcode of the same municipality that stand apart.
func withPostcode(best places.Match, found []places.Match) places.Match {
	for _, f := range found {
		if best.Named != "" && best.Place.Postcode == "" && f.Rule == places.ByPostcode && f.Named == "" && f.Place.Municipality == best.Place.Municipality {
			best.Place.Postcode = f.Place.Postcode
			return best
		}
		if best.Named == "" && f.Named != "" && f.Place.Municipality == best.Place.Municipality && f.Rule != places.ByAdjective {
			named := f
			named.Place.Postcode = best.Place.Postcode
			return named
		}
	}
	return best
}

// signPlaces finds the municipality in a signature, without its postcode, which is the sender's.
func (r *Reader) signPlaces(m *message) []places.Match {
	var out []places.Match
	for _, f := range r.gazetteer().Find(m.sign.text, m.req.Front) {
		if f.Named == "" || f.Ambiguous && !f.Cue || strings.TrimSpace(f.Named) == "" {
			continue
		}
		f.Place.Postcode = ""
		out = append(out, f)
	}
	return out
}
