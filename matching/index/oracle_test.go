package index

import (
	"flag"
	"fmt"
	"iter"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"ehrenamt/matching"
)

// soak tells whether the long form of a test is wanted.
func soak() bool { return os.Getenv("EHRENAMT_SOAK") == "1" }

// deepen makes property tests look at millions of cases if the long form is wanted.
func deepen(t *testing.T, checks string) {
	if soak() {
		if err := flag.Set("rapid.checks", checks); err != nil {
			t.Fatal(err)
		}
	}
}

func sequence(es []Entry) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range es {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// oracle is the definition of a match: every entry, one after the other.
func oracle(es map[string]Entry, q Query) map[string]float64 {
	out := map[string]float64{}
	for id, e := range es {
		kinds := e.Kinds
		if kinds == 0 {
			kinds = kindBit(matching.Need)
		}
		kind := kindBit(q.Kind)
		if q.Kind == "" {
			kind = kindBit(matching.Need)
		}
		km := matching.DistanceKM(e.Point, q.Point)
		switch {
		case kinds&kind == 0,
			q.Categories != 0 && e.Categories != 0 && q.Categories&e.Categories == 0,
			q.Slots != 0 && e.Slots != 0 && q.Slots&e.Slots == 0,
			q.Languages != 0 && e.Languages != 0 && q.Languages&e.Languages == 0,
			e.Qualifications&q.Required != q.Required,
			e.State&q.Without != 0,
			!(e.Radius >= 0),
			!(km <= max(e.Radius, q.Reach)):
		default:
			out[id] = km
		}
	}
	return out
}

// agree compares what the index finds with the oracle, ids and ingredients.
func agree(t interface{ Fatalf(string, ...any) }, x *Subscriptions, es map[string]Entry, q Query) {
	want := oracle(es, q)
	got := x.Match(q, nil)
	seen := map[string]bool{}
	for _, c := range got {
		id := x.ID(c.Key)
		km, ok := want[id]
		if !ok || seen[id] {
			t.Fatalf("%q found, again %v, expected %v; %+v for %+v", id, seen[id], ok, es[id], q)
		}
		seen[id] = true
		if math.Abs(c.KM-km) > 1e-4*km+1e-3 {
			t.Fatalf("%q at %v km, is at %v", id, c.KM, km)
		}
		e := es[id]
		common := q.Slots & e.Slots
		if e.Slots == 0 {
			common = q.Slots
		}
		if c.Slots != common || c.AnyTime != (e.Slots == 0) || c.AnyCategory != (e.Categories == 0) {
			t.Fatalf("%q comes with %+v, is %+v", id, c, e)
		}
	}
	for id := range want {
		if !seen[id] {
			t.Fatalf("%q not found: %+v for %+v", id, es[id], q)
		}
	}
}

// town draws points that are near each other in awkward places.
func town(t *rapid.T) func(name string) matching.Point {
	centre := rapid.SampledFrom([]matching.Point{
		{Lat: 50.7753, Lon: 6.0839}, {Lat: 0, Lon: 0}, {Lat: 89.9, Lon: 10}, {Lat: -90, Lon: 0}, {Lat: 10, Lon: 179.99},
		{Lat: -45, Lon: -180}, {Lat: 78, Lon: 15}, {Lat: 60, Lon: 30},
	}).Draw(t, "centre")
	width := rapid.SampledFrom([]float64{0, 1e-7, 0.01, 0.3, 3, 90}).Draw(t, "width")
	grid := rapid.Bool().Draw(t, "on cell borders")
	return func(name string) matching.Point {
		p := centre
		p.Lat += rapid.Float64Range(-1, 1).Draw(t, name) * width
		p.Lon += rapid.Float64Range(-1, 1).Draw(t, name) * width
		if grid {
			p.Lat = math.Round((p.Lat+90)/180*65536)/65536*180 - 90
			p.Lon = math.Round((p.Lon+180)/360*65536)/65536*360 - 180
		}
		p.Lat = min(90, max(-90, p.Lat))
		if p.Lon > 180 {
			p.Lon -= 360
		}
		if p.Lon < -180 {
			p.Lon += 360
		}
		return p
	}
}

func drawEntry(t *rapid.T, id string, point matching.Point, others []matching.Point) Entry {
	e := Entry{ID: id, Point: point}
	switch rapid.IntRange(0, 5).Draw(t, "radius kind") {
	case 0:
		e.Radius = rapid.SampledFrom([]float64{0, 200, 4, 8, 15, 30, 1e-9, 500, 5000, 20016, math.Inf(1), -1}).Draw(t, "radius")
	case 1:
		if len(others) > 0 { // exactly at the border
			e.Radius = matching.DistanceKM(point, rapid.SampledFrom(others).Draw(t, "at border of"))
		}
	default:
		e.Radius = rapid.Float64Range(0, 40).Draw(t, "radius")
	}
	e.Categories = uint32(few(t, "categories", 24))
	e.Slots = matching.Slots(few(t, "slots", 28))
	e.Qualifications = few(t, "qualifications", 38)
	e.Kinds = uint8(rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "kinds"))
	if rapid.IntRange(0, 3).Draw(t, "speaks") == 0 {
		e.Languages = uint32(few(t, "languages", 32))
	}
	e.State = State(rapid.SampledFrom([]int{0, 0, 0, 1, 2, 4, 7}).Draw(t, "state"))
	return e
}

// few draws small sets, often none and now and then all.
func few(t *rapid.T, name string, n int) uint64 {
	switch k := rapid.IntRange(0, 9).Draw(t, name); {
	case k < 3:
		return 0
	case k == 9:
		return 1<<n - 1
	default:
		var m uint64
		for range k {
			m |= 1 << rapid.IntRange(0, n-1).Draw(t, name)
		}
		return m
	}
}

func drawQuery(t *rapid.T, point matching.Point) Query {
	q := Query{Point: point, Without: State(rapid.SampledFrom([]int{7, 7, 0, 1, 6}).Draw(t, "without"))}
	q.Kind = rapid.SampledFrom([]matching.Kind{"", matching.Need, matching.Offer}).Draw(t, "kind")
	if rapid.IntRange(0, 4).Draw(t, "about something") > 0 {
		q.Categories = 1 << rapid.IntRange(0, 23).Draw(t, "category")
	}
	if rapid.IntRange(0, 5).Draw(t, "about more") == 0 {
		q.Categories |= uint32(few(t, "categories", 24))
	}
	if rapid.Bool().Draw(t, "at a time") {
		q.Slots = 1<<rapid.IntRange(0, 27).Draw(t, "slot") | matching.Slots(few(t, "slots", 28))
	}
	if rapid.Bool().Draw(t, "qualified") {
		q.Required = 1 << rapid.IntRange(0, 37).Draw(t, "required")
	}
	if rapid.IntRange(0, 5).Draw(t, "in a language") == 0 {
		q.Languages = uint32(few(t, "languages", 32))
	}
	if rapid.IntRange(0, 4).Draw(t, "reach") == 0 {
		q.Reach = rapid.SampledFrom([]float64{1, 30, 200, 900}).Draw(t, "km")
	}
	return q
}

func drawID(t *rapid.T, i int) string {
	switch rapid.IntRange(0, 4).Draw(t, "id") {
	case 0:
		return fmt.Sprintf("%08x-0000-7000-8000-%012x", i*77, i)
	case 1:
		return "s" + strconv.Itoa(i)
	case 2:
		return fmt.Sprintf("a subscription with a long name, number %d", i)
	default:
		return strconv.Itoa(i)
	}
}

// TestMatchesEqualBruteForce builds, changes and asks. A case of the count is one subscription looked
// at by one query.
func TestMatchesEqualBruteForce(t *testing.T) {
	deepen(t, "5000")
	cases := 0
	rapid.Check(t, func(t *rapid.T) {
		at := town(t)
		es := map[string]Entry{}
		var ids []string
		var points []matching.Point
		x := New()
		n := rapid.SampledFrom([]int{0, 1, 20, 100, 700}).Draw(t, "subscriptions")
		template := make([]Entry, 0, 8)
		for range min(n, 8) {
			template = append(template, drawEntry(t, "", at("point"), points))
			points = append(points, template[len(template)-1].Point)
		}
		var list []Entry
		for i := range n {
			e := template[i%len(template)]
			e.ID = drawID(t, i)
			e.Point = shake(e.Point, i)
			list = append(list, e)
			es[e.ID] = e
			ids = append(ids, e.ID)
		}
		if rapid.Bool().Draw(t, "built at once") {
			var err error
			if x, err = Build(sequence(list), 2); err != nil {
				t.Fatalf("build: %v", err)
			}
		} else {
			for _, e := range list {
				if !x.Put(e) {
					t.Fatalf("%q refused", e.ID)
				}
			}
		}
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range 3 {
				p := at("query point")
				if len(list) > 0 && rapid.Bool().Draw(t, "near somebody") {
					p = rapid.SampledFrom(list).Draw(t, "somebody").Point
				}
				agree(t, x, es, drawQuery(t, p))
				cases += len(es)
			}
			changeSome(t, x, es, ids, at, points)
		}
		if x.Len() != len(es) {
			t.Fatalf("%d subscriptions, expected %d", x.Len(), len(es))
		}
	})
	t.Logf("%d cases", cases)
}

// shake moves points apart a little, so that a template makes a crowd.
func shake(p matching.Point, i int) matching.Point {
	p.Lat = min(90, max(-90, p.Lat+float64(i%7)*1e-4))
	return p
}

func changeSome(t *rapid.T, x *Subscriptions, es map[string]Entry, ids []string, at func(string) matching.Point, points []matching.Point) {
	if len(ids) == 0 {
		return
	}
	for range rapid.IntRange(0, 60).Draw(t, "changes") {
		id := rapid.SampledFrom(ids).Draw(t, "who")
		old, there := es[id]
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			if x.Remove(id, old.Revision) != there {
				t.Fatalf("removal of %q", id)
			}
			delete(es, id)
		case 1:
			s, on := State(rapid.IntRange(1, 7).Draw(t, "state")), rapid.Bool().Draw(t, "on")
			if x.SetState(id, s, on) != there {
				t.Fatalf("state of %q", id)
			}
			if there {
				old.State = old.State&^s | s*State(b2i(on))
				es[id] = old
			}
		default:
			e := drawEntry(t, id, at("new point"), points)
			e.Revision = max(old.Revision, x.removedAt(x.names.key(id))) + 1
			if !x.Put(e) {
				t.Fatalf("%q refused", id)
			}
			if there {
				e.State = e.State&Paused | old.State&^Paused
			}
			es[id] = e
		}
	}
	for _, id := range ids {
		e, ok := x.Get(id)
		want, there := es[id]
		if ok != there {
			t.Fatalf("%q there: %v, expected %v", id, ok, there)
		}
		if there && (e.Point != want.Point || e.Categories != want.Categories || e.Slots != want.Slots || e.Revision != want.Revision || e.State != want.State) {
			t.Fatalf("%q is %+v, expected %+v", id, e, want)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestACrowdStaysExactThroughManyChanges moves thousands through splits, joins and new groups.
func TestACrowdStaysExactThroughManyChanges(t *testing.T) {
	n, rounds := 20000, 3
	if soak() {
		n, rounds = 200000, 40
	}
	r := newRandom(7)
	es := map[string]Entry{}
	var list []Entry
	for i := range n {
		e := r.entry(strconv.Itoa(i))
		list = append(list, e)
		es[e.ID] = e
	}
	x, err := Build(sequence(list), 2)
	if err != nil {
		t.Fatal(err)
	}
	revision := int64(1)
	for round := range rounds {
		for range n {
			id := strconv.Itoa(r.IntN(n + n/10))
			old, there := es[id]
			switch k := r.IntN(20); {
			case k == 0:
				x.SetState(id, Resting, true)
				if there {
					old.State |= Resting
					es[id] = old
				}
			case k < 9 && round%2 == 1:
				x.Remove(id, old.Revision)
				delete(es, id)
			default:
				e := r.entry(id)
				revision++
				e.Revision = revision
				if !x.Put(e) {
					t.Fatalf("%q refused", id)
				}
				e.State = old.State &^ Paused
				es[id] = e
			}
		}
		for range 40 {
			agree(t, x, es, r.query())
		}
	}
	t.Logf("%d live in %d segments, %d freed", len(es), len(x.homes), len(x.free))
	if used := len(x.homes) - len(x.free); used > len(es)/100+100 {
		t.Errorf("%d segments for %d subscriptions", used, len(es))
	}
}

func TestTheHighestRevisionOfAnIDWins(t *testing.T) {
	a := Entry{ID: "a", Point: matching.Point{Lat: 1, Lon: 1}, Radius: 1, Revision: 3}
	old := a
	old.Revision, old.Radius = 2, 9
	far := a
	far.Revision, far.Radius = 1<<40, 7
	for name, list := range map[string][]Entry{"old last": {a, old}, "old first": {old, a}} {
		x, _ := Build(sequence(list), 2)
		if e, _ := x.Get("a"); e.Radius != 1 || x.Len() != 1 {
			t.Errorf("%s: %+v", name, e)
		}
		if x.Put(old) {
			t.Errorf("%s: an older revision was taken", name)
		}
		if !x.Put(far) || x.Put(a) {
			t.Errorf("%s: revisions beyond 32 bits", name)
		}
		if x.Remove("a", 5) || !x.Remove("a", 1<<40) || x.Put(far) {
			t.Errorf("%s: removal", name)
		}
		x.Forget()
		if x.Put(a) {
			t.Errorf("%s: forgotten at once", name)
		}
		x.Forget()
		if !x.Put(a) {
			t.Errorf("%s: never forgotten", name)
		}
	}
}

func TestAnErrorOfTheRowsStopsBuilding(t *testing.T) {
	broken := fmt.Errorf("broken")
	_, err := Build(func(yield func(Entry, error) bool) {
		for i := range 10000 {
			if !yield(Entry{ID: strconv.Itoa(i)}, nil) {
				return
			}
		}
		yield(Entry{}, broken)
	}, 2)
	if err == nil {
		t.Fatal("built from broken rows")
	}
}

func TestIDsSurviveTheirKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var n names
		ids := rapid.SliceOfNDistinct(rapid.OneOf(
			rapid.String(), rapid.StringMatching(`[0-9]{1,20}`), rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
		), 1, 50, rapid.ID).Draw(t, "ids")
		keys := map[Key]string{}
		for _, id := range ids {
			k := n.key(id)
			if other, ok := keys[k]; ok {
				t.Fatalf("%q and %q share a key", id, other)
			}
			keys[k] = id
		}
		for k, id := range keys {
			if n.id(k) != id {
				t.Fatalf("%q came back as %q", id, n.id(k))
			}
			if again, ok := n.known(id); !ok || again != k {
				t.Fatalf("%q has two keys", id)
			}
		}
	})
}

func TestTransposingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a [64]uint64
		for i := range a {
			a[i] = rapid.Uint64().Draw(t, "word")
		}
		b := a
		transpose(&b)
		for r := range 64 {
			for c := range 64 {
				if a[r]>>c&1 != b[c]>>r&1 {
					t.Fatalf("bit %d of word %d", c, r)
				}
			}
		}
	})
}

func TestARadixSortSorts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOf(rapid.Uint64Range(0, 1<<63-1)).Draw(t, "numbers")
		got := radixSort(slices.Clone(a), numberBits, 36)
		slices.SortStableFunc(a, func(x, y uint64) int {
			return int(int64(x>>numberBits) - int64(y>>numberBits))
		})
		if !slices.Equal(a, got) {
			t.Fatal("not sorted")
		}
	})
}
