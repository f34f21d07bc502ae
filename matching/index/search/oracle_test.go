package search

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"ehrenamt/matching"
	"ehrenamt/matching/index/words"
)

func sequence(ds []Doc) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, d := range ds {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// oracle orders all postings that fit, one by one, by definition.
func oracle(ds map[string]Doc, q Query) []found {
	qs := []words.Word{}
	if q.Words != "" {
		for _, w := range words.Distinct(q.Words) {
			qs = append(qs, words.New(w))
		}
	}
	texts := map[string][]words.Word{}
	for id, d := range ds {
		for _, w := range words.Distinct(d.Text) {
			texts[id] = append(texts[id], words.New(w))
		}
	}
	typo := make([]bool, len(qs))
	for i, w := range qs {
		typo[i] = true
		for id := range ds {
			for _, t := range texts[id] {
				if words.Compare(w, t) > words.None {
					typo[i] = false
				}
			}
		}
	}
	var out []found
	for id, d := range ds {
		if f, ok := judge(&d, q, qs, typo, texts[id]); ok {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b found) int { return cmp.Or(cmp.Compare(a.cost, b.cost), strings.Compare(a.id, b.id)) })
	return out
}

func judge(d *Doc, q Query, qs []words.Word, typo []bool, text []words.Word) (found, bool) {
	s := scratch{q: q, place: !q.Point.IsZero(), words: qs}
	km := 0.0
	if s.place {
		km = matching.DistanceKM(q.Point, d.Point)
	}
	have, sum := 0, 0.0
	for i, w := range qs {
		best := words.None
		for _, t := range text {
			k := words.Compare(w, t)
			if k == words.None && typo[i] && words.Mistyped(w, t) {
				k = words.Typo
			}
			best = max(best, k)
		}
		if best > words.None {
			have++
			sum += best.Weight()
		}
	}
	need := len(qs)
	if q.Order == Best {
		need = (len(qs) + 1) / 2
	}
	switch {
	case q.Kind != "" && q.Kind != d.Kind,
		q.Categories != 0 && q.Categories>>d.Category&1 == 0,
		q.Slots != 0 && d.Slots != 0 && q.Slots&d.Slots == 0,
		d.Required&q.Required != q.Required,
		q.Fitting && d.Required&^q.Have != 0,
		q.Radius > 0 && km > q.Radius,
		have < need,
		!d.during(q.Now, q.From, q.To):
		return found{}, false
	}
	f := found{km: km, id: d.ID, rev: d.Revision}
	start, soon := int64(undatedStart), undatedSoon
	if n, ok := d.next(q.Now); ok {
		start, soon = n.From, soonness(n.From, q.Now)
		f.start = n.From
	}
	average := 0.0
	if len(qs) > 0 {
		average = sum / float64(len(qs))
	}
	f.cost = s.cost(km, start, soon, average)
	return f, true
}

var vocabulary = strings.Fields(`Sommerfest Fest Feste Gemeindefest Aufbau Abbau Helfer Helferin Kinder Kinderbetreuung Betreuung
	Garten Schulgarten Gartenarbeit Transport Sport Sportverein Häuser Haus Straße Strasse cleaning cleaned Manifest Hunde
	Hundausführen Weihnachtsmarkt Markt fahren Fahrer Somerfest Umzug zog`)

func drawText(t *rapid.T, name string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, most).Draw(t, name), " ")
}

const day = 24 * 3600

func drawDoc(t *rapid.T, id string, wide float64) Doc {
	d := Doc{
		ID: id, Kind: rapid.SampledFrom(matching.Kinds).Draw(t, "kind"), Category: uint8(rapid.IntRange(0, 23).Draw(t, "category")),
		Point: matching.Point{
			Lat: 50.7 + wide*rapid.Float64Range(-1, 1).Draw(t, "lat"), Lon: 6.1 + wide*rapid.Float64Range(-1, 1).Draw(t, "lon"),
		},
		Text: drawText(t, "text", 5),
	}
	if rapid.Bool().Draw(t, "at certain times") {
		d.Slots = 1<<rapid.IntRange(0, 27).Draw(t, "slot") | 1<<rapid.IntRange(0, 27).Draw(t, "slot")
	}
	if rapid.IntRange(0, 3).Draw(t, "asks") == 0 {
		d.Required = 1<<rapid.IntRange(0, 37).Draw(t, "qualification") | 1
	}
	from := int64(rapid.IntRange(-10, 40).Draw(t, "day")) * day
	for range rapid.IntRange(0, 3).Draw(t, "dates") {
		d.Dates = append(d.Dates, Span{from, from + int64(rapid.IntRange(0, 2*day).Draw(t, "length"))})
		from += int64(rapid.IntRange(0, 9).Draw(t, "gap")) * day
	}
	return d
}

func drawQuery(t *rapid.T) Query {
	q := Query{
		Now: int64(rapid.IntRange(0, 20).Draw(t, "now")) * day / 2, Order: Order(rapid.IntRange(0, 2).Draw(t, "order")),
		Limit: rapid.SampledFrom([]int{0, 1, 3, 10, 50}).Draw(t, "limit"),
	}
	if rapid.IntRange(0, 5).Draw(t, "with place") > 0 {
		q.Point = matching.Point{Lat: 50.7 + rapid.Float64Range(-1, 1).Draw(t, "lat"), Lon: 6.1 + rapid.Float64Range(-1, 1).Draw(t, "lon")}
		q.Radius = rapid.SampledFrom([]float64{0, 0, 5, 50, 200}).Draw(t, "radius")
	}
	maybe := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, name) == 0 }
	if maybe("kind") {
		q.Kind = rapid.SampledFrom(matching.Kinds).Draw(t, "kind")
	}
	if maybe("categories") {
		q.Categories = rapid.Uint32Range(1, 1<<24-1).Draw(t, "categories")
	}
	if maybe("slots") {
		q.Slots = matching.Slots(rapid.Uint32Range(1, uint32(matching.AllSlots)).Draw(t, "slots"))
	}
	if maybe("frame") {
		q.From = int64(rapid.IntRange(0, 30).Draw(t, "from")) * day
		q.To = q.From + int64(rapid.IntRange(0, 9).Draw(t, "length"))*day
	}
	if maybe("fitting") {
		q.Fitting, q.Have = true, rapid.Uint64().Draw(t, "have")
	}
	if rapid.IntRange(0, 9).Draw(t, "requiring") == 0 {
		q.Required = 1
	}
	if maybe("words") {
		q.Words = drawText(t, "words", 3)
		if rapid.Bool().Draw(t, "mistyped") {
			q.Words = strings.Replace(q.Words, "e", "", 1)
		}
	}
	return q
}

func TestSearchesEqualBruteForcePageByPage(t *testing.T) {
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		if err := flag.Set("rapid.checks", "5000"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.SampledFrom([]float64{0, 0.01, 1}).Draw(t, "width")
		ds := map[string]Doc{}
		var list []Doc
		n := rapid.SampledFrom([]int{0, 1, 10, 60, 400}).Draw(t, "postings")
		templates := make([]Doc, 0, 16)
		for range min(n, 16) {
			templates = append(templates, drawDoc(t, "", wide))
		}
		for i := range n {
			d := templates[i%len(templates)]
			d.ID = fmt.Sprint("p", i)
			d.Point.Lat += float64(i%11) * 0.001
			list = append(list, d)
			ds[d.ID] = d
		}
		x, err := Build(sequence(list), 2)
		if err != nil {
			t.Fatal(err)
		}
		for round := range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range 2 {
				pages(t, x, ds, drawQuery(t))
			}
			for range rapid.IntRange(0, 30).Draw(t, "changes") {
				id := fmt.Sprint("p", rapid.IntRange(0, n+5).Draw(t, "which"))
				old, there := ds[id]
				if rapid.IntRange(0, 2).Draw(t, "change") == 0 {
					if x.Remove(id, old.Revision) != there {
						t.Fatalf("removal of %s", id)
					}
					delete(ds, id)
					continue
				}
				d := drawDoc(t, id, wide)
				d.Revision = int64(round*1000 + len(ds) + 1000 + int(old.Revision))
				if x.Put(d) == 1 {
					ds[id] = d
				} else if there {
					t.Fatalf("%s refused", id)
				}
			}
		}
		if x.Len() != len(ds) {
			t.Fatalf("%d postings, expected %d", x.Len(), len(ds))
		}
	})
}

// pages turns all pages of a query and compares them with the oracle's order.
func pages(t *rapid.T, x *Postings, ds map[string]Doc, q Query) {
	want := oracle(ds, q)
	days := []int64{q.Now, q.Now + day, q.Now + 2*day, q.Now + 9*day}
	counts := make([]int, len(days)-1)
	for k := range counts {
		for _, f := range want {
			d := ds[f.id]
			from := max(days[k], q.Now, q.From)
			if q.To == 0 || q.To > from {
				for _, s := range d.Dates {
					to := days[k+1]
					if q.To != 0 {
						to = min(to, q.To)
					}
					if s.To > from && s.From < to && to > from {
						counts[k]++
						break
					}
				}
			}
		}
	}
	if got := x.Calendar(q, days); !slices.Equal(got, counts) {
		t.Fatalf("calendar %v, expected %v for %+v", got, counts, q)
	}
	at := 0
	for {
		hits, next := x.Search(q, nil)
		for _, h := range hits {
			if at >= len(want) || h.ID != want[at].id || h.KM != want[at].km || h.Start != want[at].start {
				t.Fatalf("place %d is %+v, expected %+v for %+v", at, h, want[min(at, len(want)-1)], q)
			}
			at++
		}
		if !next.Set {
			break
		}
		again, err := ParseCursor(next.String())
		if err != nil || again != next {
			t.Fatalf("cursor %+v came back as %+v: %v", next, again, err)
		}
		q.After = next
	}
	if at != len(want) {
		t.Fatalf("%d found, expected %d for %+v", at, len(want), q)
	}
}

func TestATitleIsFoundByItsPartsAndDespiteATypo(t *testing.T) {
	x := New()
	x.Put(Doc{ID: "1", Text: "Aufbau beim Sommerfest in Brand", Kind: matching.Need},
		Doc{ID: "2", Text: "Transport von Tischen zum Möbellager", Kind: matching.Need},
		Doc{ID: "3", Text: "Helping hands for refugees", Kind: matching.Need})
	for query, want := range map[string]string{
		"Fest": "1", "feste": "1", "Sommer": "1", "Somerfest": "1", "Sommerfets": "1", "SOMMERFESTE": "1", "aufbau sommerfest": "1",
		"Sport": "", "Möbel": "2", "moebel": "2", "Tisch": "2", "helped": "3", "refugee": "3", "refugess": "3",
	} {
		hits, _ := x.Search(Query{Words: query, Order: Nearest}, nil)
		got := ""
		for _, h := range hits {
			got += h.ID
		}
		if got != want {
			t.Errorf("%s finds %q, expected %q", query, got, want)
		}
	}
}

func TestReadersSeeBatchesWhole(t *testing.T) {
	x := New()
	batch := func(rev int64) []Doc {
		var ds []Doc
		for i := range 20 {
			ds = append(ds, Doc{ID: fmt.Sprint(i), Kind: matching.Need, Revision: rev, Point: matching.Point{Lat: 50, Lon: 6 + float64(rev%7)}})
		}
		return ds
	}
	x.Put(batch(0)...)
	var done atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !done.Load() {
				hits, _ := x.Search(Query{Limit: 100, Order: Nearest, Point: matching.Point{Lat: 50, Lon: 6}}, nil)
				if len(hits) != 20 || hits[0].KM != hits[19].KM {
					t.Errorf("%d found", len(hits))
				}
			}
		})
	}
	for rev := range int64(3000) {
		x.Put(batch(rev)...)
	}
	done.Store(true)
	wg.Wait()
	if n := len(*x.list.Load()); n > 6 {
		t.Errorf("%d parts for 20 postings", n)
	}
}

func TestOldRevisionsChangeNothing(t *testing.T) {
	x := New()
	if x.Put(Doc{ID: "a", Revision: 2}, Doc{ID: "a", Revision: 1}) != 1 || x.Put(Doc{ID: "a", Revision: 1}) != 0 {
		t.Error("an older revision was taken")
	}
	if x.Remove("a", 1) || !x.Remove("a", 2) || x.Put(Doc{ID: "a", Revision: 2}) != 0 {
		t.Error("removal")
	}
	x.Forget()
	x.Forget()
	if x.Put(Doc{ID: "a", Revision: 2}) != 1 {
		t.Error("never forgotten")
	}
	if _, err := Build(func(yield func(Doc, error) bool) { yield(Doc{}, context.Canceled) }, 1); err == nil {
		t.Error("built from broken rows")
	}
}

// TestASearchAllocatesLittle asks every kind of query again and again.
func TestASearchAllocatesLittle(t *testing.T) {
	var list []Doc
	for i := range 20000 {
		list = append(list, Doc{
			ID: fmt.Sprint(i), Kind: matching.Need, Category: uint8(i % 24), Point: matching.Point{Lat: 50 + float64(i%173)/100, Lon: 6 + float64(i%91)/50},
			Dates: []Span{{int64(i % 60 * day), int64(i%60*day + 3600)}}, Text: vocabulary[i%len(vocabulary)] + " " + vocabulary[i/7%len(vocabulary)],
		})
	}
	x, _ := Build(sequence(list), 2)
	p := matching.Point{Lat: 50.7, Lon: 6.4}
	for name, q := range map[string]Query{
		"nearest": {Point: p, Order: Nearest}, "best": {Point: p}, "soonest": {Point: p, Order: Soonest, Radius: 20},
		"words": {Point: p, Words: "Fest Aufbau"}, "all words": {Point: p, Words: "Fest Helfer", Order: Nearest},
	} {
		var out []Hit
		s := new(scratch) // not from the pool, which the race detector empties
		if n := testing.AllocsPerRun(100, func() { out, _ = x.search(s, q, out[:0]) }); n > 3 {
			t.Errorf("%s: %v allocations", name, n)
		}
		if len(out) == 0 {
			t.Errorf("%s finds nothing", name)
		}
	}
}

// TestANearestSearchLooksAtFewRows counts work instead of time.
func TestANearestSearchLooksAtFewRows(t *testing.T) {
	var list []Doc
	for i := range 100000 {
		list = append(list, Doc{ID: fmt.Sprint(i), Kind: matching.Need, Point: matching.Point{Lat: 48 + float64(i%1009)/200, Lon: 6 + float64(i*7%1013)/200}})
	}
	x, _ := Build(sequence(list), 2)
	s := new(scratch)
	s.reset(Query{Point: matching.Point{Lat: 50, Lon: 8}, Order: Nearest}, nil)
	v := (*x.list.Load())[0]
	s.p.compile(s, &v)
	s.part(&v)
	worst := s.worst()
	near := 0
	for i := range v.part.segs {
		if s.offer(&v.part.segs[i], 0) <= worst {
			near++
		}
	}
	if near > 12 {
		t.Errorf("%d of %d segments could hold one of the ten nearest", near, len(v.part.segs))
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add("AAAA")
	f.Add(Cursor{Now: 5, Cost: 0.25, ID: "x", Set: true}.String())
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCursor(s)
		if err != nil || !c.Set {
			return
		}
		if again, err := ParseCursor(c.String()); err != nil || again != c {
			t.Fatalf("%q: %+v, again %+v, %v", s, c, again, err)
		}
	})
}
