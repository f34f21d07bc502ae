package places

import (
	"cmp"
	"slices"
	"strings"

	"ehrenamt/matching"
)

// Lookup finds the places of a name that somebody gave as an answer: "Aachen", "52078", "in Brand",
// "Aachen-Brand", "st. augustin", "Würslen". All that carry the name are returned, the likeliest
// first; nothing means that no place is called so.
func (g *Gazetteer) Lookup(name string) []matching.Place { return g.LookupNear(name, matching.Place{}) }

// LookupNear is Lookup for somebody at home in a place: what lies there or near comes first.
func (g *Gazetteer) LookupNear(name string, home matching.Place) []matching.Place {
	const longest = 200
	if len(name) > longest {
		return nil
	}
	tokens := tokenise(name)
	for len(tokens) > 0 {
		if found := g.lookup(name, tokens, home); len(found) > 0 {
			return found
		}
		if !g.lexicon.lead[tokens[0].key] {
			return nil
		}
		tokens = tokens[1:]
	}
	return nil
}

func (g *Gazetteer) lookup(text string, tokens []token, home matching.Place) []matching.Place {
	if tokens[0].digits && isPostcode(tokens[0].key) {
		z, ok := g.Postcode(tokens[0].key)
		if !ok {
			return nil
		}
		if len(tokens) > 1 {
			for _, p := range g.lookup(text, tokens[1:], z) {
				if p.Municipality == z.Municipality {
					p.Postcode = z.Postcode
					return []matching.Place{p}
				}
			}
		}
		return []matching.Place{z}
	}
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.key
	}
	if ids := g.byKey[expandSaint(strings.Join(words, " "))]; len(ids) > 0 {
		return g.all(g.ranked(ids, home, nil))
	}
	for cut := 1; cut < len(words); cut++ {
		left, right := expandSaint(strings.Join(words[:cut], " ")), expandSaint(strings.Join(words[cut:], " "))
		if d, ok := g.districtOf(left, right); ok {
			return []matching.Place{g.as(d)}
		}
		if d, ok := g.districtOf(right, left); ok {
			return []matching.Place{g.as(d)}
		}
	}
	if last := words[len(words)-1]; len(words) > 1 && isPostcode(last) {
		return g.lookup(text, append([]token{tokens[len(tokens)-1]}, tokens[:len(tokens)-1]...), home)
	}
	if len(words) > 1 {
		return nil
	}
	if i, ok := g.inflected(words[0]); ok {
		return []matching.Place{g.as(i)}
	}
	return g.all(g.ranked(g.misspelt(words[0]), home, nil))
}

// districtOf finds the district with one name in the municipality with another.
func (g *Gazetteer) districtOf(municipality, name string) (int32, bool) {
	for _, d := range g.byKey[name] {
		if g.places[d].kind != district {
			continue
		}
		for _, m := range g.byKey[municipality] {
			if g.places[m].official == g.places[d].of {
				return d, true
			}
		}
	}
	return 0, false
}

func (g *Gazetteer) all(ids []int32) []matching.Place {
	out := make([]matching.Place, len(ids))
	for i, id := range ids {
		out[i] = g.as(id)
	}
	return out
}

// Postcode is the place of a delivery postcode: the municipality's name, the postcode's own centre.
func (g *Gazetteer) Postcode(code string) (matching.Place, bool) {
	i, ok := g.zips[strings.TrimSpace(code)]
	if !ok {
		return matching.Place{}, false
	}
	const reach = 2.5 // km
	z := &g.table.zips[i]
	name := spoken(z.name)
	for _, id := range g.byKey[keyOf(z.name)] {
		if p := &g.places[id]; p.official == z.name {
			name = p.name
			break
		}
	}
	return matching.Place{Name: name, Municipality: z.name, Postcode: z.code, Point: z.point, Extent: reach}, true
}

// ranked orders the places of one name: at home first, then what the text names besides, then the
// larger and the nearer.
func (g *Gazetteer) ranked(ids []int32, home matching.Place, named map[string]bool) []int32 {
	if len(ids) < 2 {
		return ids
	}
	ids = slices.Clone(ids)
	slices.SortStableFunc(ids, func(a, b int32) int {
		return cmp.Compare(g.rank(b, home, named), g.rank(a, home, named))
	})
	return ids
}

// rank is how likely a place is meant by its name; only the order of the values means something.
func (g *Gazetteer) rank(i int32, home matching.Place, named map[string]bool) float64 {
	p := &g.places[i]
	r := float64(p.class)
	switch p.kind {
	case county:
		r = 3
	case district:
		r = 1
	case village:
		r = 0
	}
	if named[p.of] && p.kind == district {
		r += 50
	}
	if home.IsZero() {
		return r
	}
	if m := p.of; home.Municipality != "" && (m == home.Municipality || m == "" && p.official == home.Municipality) {
		r += 100
	}
	if !home.Point.IsZero() {
		r -= min(matching.DistanceKM(p.point, home.Point), 200) / 60
	}
	return r
}

// Nearest names the place at a point, for somebody who shared a position: the district or the
// municipality, with the point itself. Far from every known place the name is empty.
func (g *Gazetteer) Nearest(at matching.Point) matching.Place {
	const (
		known    = 30.0 // km around a postcode's centre within which a name means something
		district = 2.0  // km around a district's centre that go by its name
	)
	out := matching.Place{Point: at}
	if !at.Valid() {
		return matching.Place{}
	}
	best, zipAt := known, -1
	for i := range g.table.zips {
		if d := roughKM(at, g.table.zips[i].point); d < best {
			best, zipAt = d, i
		}
	}
	if zipAt < 0 {
		return out
	}
	z, _ := g.Postcode(g.table.zips[zipAt].code)
	out.Name, out.Municipality = z.Name, z.Municipality
	g.nearestDistrict(&out, district, best)
	return out
}

// nearestDistrict makes a municipality more exact where a district is at least as near as the
// postcode that gave it.
func (g *Gazetteer) nearestDistrict(out *matching.Place, within, zipKM float64) {
	best := within
	for i := range g.table.places {
		p := &g.table.places[i]
		if p.kind != district || p.of != out.Municipality && zipKM < 1 {
			continue
		}
		if d := roughKM(out.Point, p.point); d < best && (p.of == out.Municipality || d < zipKM/2) {
			best = d
			found := g.as(int32(i))
			out.Name, out.Municipality, out.District = found.Name, found.Municipality, found.District
		}
	}
}
