package places

import (
	"slices"
	"strings"
)

// Town is what the table knows of a municipality of North Rhine-Westphalia.
type Town struct {
	Name      string // as people say it
	Official  string // with what the directory puts in brackets; matching.Place.Municipality
	AGS       string // official municipality key, eight digits
	City      bool   // a Stadt, not a Gemeinde
	Class     int    // of population: 1 below 10,000, 2 below 20,000, then 50, 100, 250, 500 thousand, 7
	Postcodes []string
}

// Towns are the municipalities of North Rhine-Westphalia in the order of their keys.
func (g *Gazetteer) Towns() []Town {
	var out []Town
	for i := range g.table.places {
		if p := &g.table.places[i]; p.kind == municipality {
			out = append(out, p.town())
		}
	}
	slices.SortStableFunc(out, func(a, b Town) int { return strings.Compare(a.AGS, b.AGS) })
	return out
}

// Town is the municipality of North Rhine-Westphalia with a name, official or not.
func (g *Gazetteer) Town(name string) (Town, bool) {
	for _, id := range g.byKey[keyOf(name)] {
		if p := &g.places[id]; p.kind == municipality {
			return p.town(), true
		}
	}
	return Town{}, false
}

func (p *place) town() Town {
	return Town{
		Name: p.name, Official: p.official, AGS: p.ags, City: !p.rural, Class: int(p.class), Postcodes: slices.Clone(p.postcodes),
	}
}
