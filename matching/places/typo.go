package places

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"ehrenamt/matching"
)

// shortestMisspelt is the number of letters from which a name is recognised with one letter wrong.
const shortestMisspelt = 6

// indexMisspellings enters a name under itself and under everything that one deleted letter leaves
// of it, so that one wrong, missing, additional or swapped letter is found with a few look-ups.
func (g *Gazetteer) indexMisspellings(i int32) {
	p := &g.places[i]
	if p.word || p.kind == county {
		return
	}
	names := append([]string{spoken(p.official)}, p.aliases...)
	for _, n := range names {
		key := keyOf(n)
		if utf8.RuneCountInString(n) < shortestMisspelt || key[0] > 0x7f || strings.Contains(key, " ") {
			continue
		}
		for d := range deletions(key) {
			if !slices.Contains(g.near[d], i) {
				g.near[d] = append(g.near[d], i)
			}
		}
	}
}

// deletions yields the key and the key less one letter, each once.
func deletions(key string) func(func(string) bool) {
	return func(yield func(string) bool) {
		if !yield(key) {
			return
		}
		for i := range len(key) {
			if i > 0 && key[i] == key[i-1] {
				continue
			}
			if !yield(key[:i] + key[i+1:]) {
				return
			}
		}
	}
}

// misspelt finds the places whose name differs from the key by one letter wrong, missing, too many
// or swapped with its neighbour. What is an ordinary word is never a misspelling.
func (g *Gazetteer) misspelt(key string) []int32 {
	if len(key) < shortestMisspelt-1 || len(key) > 40 || key[0] > 0x7f || g.lexicon.ordinary[key] {
		return nil
	}
	var found []int32
	for d := range deletions(key) {
		for _, i := range g.near[d] {
			if !slices.Contains(found, i) && g.nearName(i, key) {
				found = append(found, i)
			}
		}
	}
	return found
}

func (g *Gazetteer) nearName(i int32, key string) bool {
	p := &g.places[i]
	if oneApart(keyOf(spoken(p.official)), key) {
		return true
	}
	return slices.ContainsFunc(p.aliases, func(a string) bool {
		return utf8.RuneCountInString(a) >= shortestMisspelt && oneApart(keyOf(a), key)
	})
}

// oneApart tells whether one insertion, deletion, replacement or swap of neighbours makes b of a
// (Damerau-Levenshtein distance of exactly one).
func oneApart(a, b string) bool {
	if a == b || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) > len(b):
		return a[i+1:] == b[i:]
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// roughKM is the distance on a flat map, right to a few per cent within a few hundred km.
func roughKM(a, b matching.Point) float64 {
	const perDegree = math.Pi / 180 * matching.EarthRadiusKM
	y := (a.Lat - b.Lat) * perDegree
	x := (a.Lon - b.Lon) * perDegree * math.Cos(a.Lat*math.Pi/180)
	return math.Hypot(x, y)
}
