package places

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"ehrenamt/matching"
)

//go:embed data/*.tsv
var embedded embed.FS

// Gazetteer knows places by name, by postcode and by position. It never changes once it is made and
// may be used by any number of goroutines.
type Gazetteer struct {
	table   table
	places  []place            // those of the table, the villages of the postcodes, the landmarks
	byKey   map[string][]int32 // folded name → places
	words   map[string]int     // first word of a name → most words of such a name
	forms   map[string]int32   // "aachener", "aachens" → place
	stems   map[string]int32   // names in Cyrillic letters, to which endings may be added
	zips    map[string]int32   // postcode → index in table.zips
	near    map[string][]int32 // a name less one letter → places, for misspellings
	lexicon lexicon
}

// Landmark is a point that people of a municipality name without naming the municipality.
type Landmark struct {
	Name         string
	Municipality string
	Aliases      []string
	Point        matching.Point
	Word         bool // also an ordinary word, such as Dom: found only behind "am", "beim", "im" and the like
}

// Default is the gazetteer that comes with the program. Making it takes some tens of milliseconds:
// make it once and hand it on.
func Default() (*Gazetteer, error) {
	f, err := embedded.Open("data/places.tsv")
	if err != nil {
		return nil, fmt.Errorf("embedded places: %w", err)
	}
	defer f.Close()
	return Load(f)
}

// Load reads a gazetteer that Write has written, packed or not.
func Load(r io.Reader) (*Gazetteer, error) {
	t, err := readTable(r)
	if err != nil {
		return nil, err
	}
	return newGazetteer(*t, nil), nil
}

// Write writes everything but the landmarks, for Load.
func (g *Gazetteer) Write(w io.Writer) error { return g.table.write(w) }

// WithLandmarks is the same gazetteer with landmarks, which Find accepts only where their
// municipality is at home.
func (g *Gazetteer) WithLandmarks(marks []Landmark) *Gazetteer {
	places := make([]place, 0, len(marks))
	for _, m := range marks {
		places = append(places, place{
			name: m.Name, official: m.Name, of: m.Municipality, aliases: m.Aliases, point: m.Point, kind: landmark, word: m.Word,
		})
	}
	for i := range g.places {
		if g.places[i].kind == landmark {
			places = append(places, g.places[i])
		}
	}
	return newGazetteer(g.table, places)
}

// Size is the number of places and of postcodes.
func (g *Gazetteer) Size() (places, postcodes int) { return len(g.places), len(g.zips) }

func newGazetteer(t table, marks []place) *Gazetteer {
	g := &Gazetteer{
		table:   t,
		byKey:   make(map[string][]int32, 3*len(t.places)+len(t.zips)),
		words:   make(map[string]int, 2*len(t.places)),
		forms:   map[string]int32{},
		stems:   map[string]int32{},
		zips:    make(map[string]int32, len(t.zips)),
		near:    map[string][]int32{},
		lexicon: newLexicon(),
	}
	g.places = slices.Concat(t.places, marks)
	for i := range g.places {
		g.index(int32(i))
	}
	g.tellApart()
	g.indexZips()
	return g
}

// tellApart gives those towns their official name whose short one would be taken for another:
// "Frankfurt (Oder)".
func (g *Gazetteer) tellApart() {
	for i := range g.places {
		p := &g.places[i]
		if p.kind != municipality && p.kind != city || p.name == p.official {
			continue
		}
		if slices.ContainsFunc(g.byKey[keyOf(p.name)], func(j int32) bool {
			return j != int32(i) && (g.places[j].kind == municipality || g.places[j].kind == city)
		}) {
			p.name = p.official
		}
	}
}

// index enters one place under all its names.
func (g *Gazetteer) index(i int32) {
	p := &g.places[i]
	for _, name := range append([]string{p.name, p.official}, p.aliases...) {
		key := keyOf(name)
		if key == "" {
			continue
		}
		g.enter(key, i)
		if key[0] > 0x7f {
			g.stems[key] = i
		}
	}
	g.enter(keyOf(spoken(p.official)), i)
	if p.kind == village || p.kind == landmark {
		return
	}
	g.indexForms(i)
	g.indexMisspellings(i)
}

func (g *Gazetteer) enter(key string, i int32) {
	if slices.Contains(g.byKey[key], i) {
		return
	}
	g.byKey[key] = append(g.byKey[key], i)
	first, rest, _ := strings.Cut(key, " ")
	n := 1
	if rest != "" {
		n = 2 + strings.Count(rest, " ")
	}
	if g.places[i].kind != village {
		g.words[first] = max(g.words[first], n)
	}
	if first == "sankt" {
		g.words["st"] = max(g.words["st"], n)
	}
}

// indexForms enters what grammar makes of a name: "Aachener", "Solinger", "Aachens".
func (g *Gazetteer) indexForms(i int32) {
	p := &g.places[i]
	key := keyOf(spoken(p.official))
	if p.word && p.kind != district || p.kind == county || strings.Contains(key, " ") {
		return
	}
	var forms []string
	if p.kind != district {
		forms = append(forms, key+"s")
	}
	switch {
	case strings.HasSuffix(key, "ingen"), key == "bremen", key == "emden":
		forms = append(forms, key[:len(key)-2]+"er")
	case strings.HasSuffix(key, "e"):
		forms = append(forms, key+"r")
	case key == "muenster" || key == "hannover":
		forms = append(forms, key+"aner")
	case key == "muenchen" || key == "dresden":
		forms = append(forms, key[:len(key)-2]+"ner")
	case !strings.HasSuffix(key, "er"):
		forms = append(forms, key+"er")
	}
	for _, f := range forms {
		if _, taken := g.forms[f]; !taken && !g.lexicon.ordinary[f] && len(g.byKey[f]) == 0 {
			g.forms[f] = i
		}
	}
}

// indexZips enters the postcodes, and as villages the names that only they know.
func (g *Gazetteer) indexZips() {
	const sameVillage = 25      // km: names farther apart are two places
	keys := map[string]string{} // most names have many postcodes
	for i := range g.table.zips {
		z := &g.table.zips[i]
		if _, more := g.zips[z.code]; !more {
			g.zips[z.code] = int32(i)
		}
		key, ok := keys[z.name]
		if !ok {
			key = keyOf(z.name)
			keys[z.name] = key
		}
		known := slices.ContainsFunc(g.byKey[key], func(j int32) bool {
			p := &g.places[j]
			return p.kind != village || matching.DistanceKM(p.point, z.point) < sameVillage
		})
		if known || key == "" {
			continue
		}
		g.places = append(g.places, place{name: z.name, official: z.name, point: z.point, class: 1, kind: village, postcodes: []string{z.code}})
		g.enter(key, int32(len(g.places)-1))
		if short := keyOf(spoken(z.name)); short != key {
			g.enter(short, int32(len(g.places)-1))
		}
	}
}

// as is what the rest of the program sees of a place.
func (g *Gazetteer) as(i int32) matching.Place {
	p := &g.places[i]
	out := matching.Place{Name: p.name, Municipality: p.official, Point: p.point, Extent: p.extent()}
	switch p.kind {
	case county:
		out.Municipality = ""
	case district:
		out.Name = spoken(p.of) + "-" + p.name
		out.Municipality, out.District = p.of, p.name
	case landmark:
		out.Municipality = p.of
	}
	if len(p.postcodes) == 1 && p.kind != county {
		out.Postcode = p.postcodes[0]
	}
	return out
}

// extent is the usual radius in km of a place of that sort and size.
func (p *place) extent() float64 {
	switch p.kind {
	case landmark:
		return 0.3
	case district:
		return 1.5
	case county:
		return 25
	case village:
		return 3
	}
	return [...]float64{4, 4, 5, 6, 7, 8, 10, 12}[min(p.class, 7)]
}
