package places_test

import (
	"bytes"
	"strings"
	"testing"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

func TestLookup(t *testing.T) {
	g := defaultGazetteer(t)
	for _, c := range []struct{ name, given, want string }{
		{"a name", "Aachen", "Aachen"},
		{"a name without capitals", "aachen", "Aachen"},
		{"a name in capitals", "KÖLN", "Köln"},
		{"a name with spaces around", "  Düren \n", "Düren"},
		{"umlauts written out", "Wuerselen", "Würselen"},
		{"a sharp s written out", "Vettweiss", "Vettweiß"},
		{"an answer in words", "ich wohne in Wenden", "Wenden"},
		{"with the word for town", "Stadt Essen", "Essen"},
		{"with the word near", "Nähe Hamm", "Hamm"},
		{"an official name", "Stolberg (Rhld.)", "Stolberg"},
		{"a short name", "Mülheim", "Mülheim an der Ruhr"},
		{"a name that another has too", "Frankfurt/Oder", "Frankfurt (Oder)"},
		{"a name with its landscape", "Minden in Westfalen", "Minden"},
		{"a county", "Kreis Heinsberg", "Kreis Heinsberg"},
		{"a district", "Brand", "Aachen-Brand"},
		{"a district with its municipality", "Aachen-Brand", "Aachen-Brand"},
		{"a district before its municipality", "Brand, Aachen", "Aachen-Brand"},
		{"a district of a neighbour", "Kohlscheid", "Herzogenrath-Kohlscheid"},
		{"a saint", "St.Augustin", "Sankt Augustin"},
		{"a saint in full", "sankt augustin", "Sankt Augustin"},
		{"a postcode", "52078", "Aachen"},
		{"a postcode with a name", "52078 Aachen-Brand", "Aachen-Brand"},
		{"a name with a postcode", "Aachen 52078", "Aachen"},
		{"a postcode elsewhere", "80331", "München"},
		{"a village elsewhere", "Wittlich", "Wittlich"},
		{"one wrong letter", "Würsalen", "Würselen"},
		{"one missing letter", "Achen", "Aachen"},
		{"an adjective", "Aachener", "Aachen"},
		{"English", "near Cologne", "Köln"},
		{"Cyrillic", "Аахен", "Aachen"},
		{"nothing", "", ""},
		{"marks only", "?!", ""},
		{"no place", "irgendwo", ""},
		{"a postcode that does not exist", "00000", ""},
		{"too many digits", "520781", ""},
		{"very much text", strings.Repeat("Aachen ", 500), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if found := g.Lookup(c.given); len(found) > 0 {
				got = found[0].Name
			}
			if got != c.want {
				t.Errorf("%q: got %q, want %q", c.given, got, c.want)
			}
		})
	}
}

func TestLookupGivesAllPlacesOfAName(t *testing.T) {
	g := defaultGazetteer(t)
	names := func(list []matching.Place) string {
		var out []string
		for _, p := range list {
			out = append(out, p.Name)
		}
		return strings.Join(out, ", ")
	}
	if got := names(g.Lookup("Oberkassel")); !strings.Contains(got, "Düsseldorf-Oberkassel") || !strings.Contains(got, "Bonn-Oberkassel") {
		t.Errorf("Oberkassel: %s", got)
	}
	bonn := g.Lookup("Bonn")[0]
	if got := g.LookupNear("Oberkassel", bonn)[0].Name; got != "Bonn-Oberkassel" {
		t.Errorf("Oberkassel in Bonn: %s", got)
	}
	if got := names(g.Lookup("Halle")); !strings.Contains(got, "Halle (Saale)") || !strings.Contains(got, "Halle (Westf.)") {
		t.Errorf("Halle: %s", got)
	}
}

func TestTownsAreThoseOfTheDirectory(t *testing.T) {
	g := defaultGazetteer(t)
	towns := g.Towns()
	if len(towns) != 396 {
		t.Fatalf("%d municipalities", len(towns))
	}
	cities, keys := 0, map[string]bool{}
	for _, town := range towns {
		if len(town.AGS) != 8 || !strings.HasPrefix(town.AGS, "05") || keys[town.AGS] || len(town.Postcodes) == 0 || town.Class < 1 {
			t.Errorf("%+v", town)
		}
		keys[town.AGS] = true
		if town.City {
			cities++
		}
		if found, ok := g.Town(town.Official); !ok || found.AGS != town.AGS {
			t.Errorf("%s: %+v", town.Official, found)
		}
		for _, code := range town.Postcodes {
			if _, ok := g.Postcode(code); !ok {
				t.Errorf("%s of %s is not known", code, town.Name)
			}
		}
	}
	if cities != 272 {
		t.Errorf("%d cities", cities)
	}
	if p, ok := g.Town("stolberg"); !ok || p.AGS != "05334032" || p.Name != "Stolberg" {
		t.Errorf("stolberg: %+v", p)
	}
}

func TestNearestNamesASharedPosition(t *testing.T) {
	g := defaultGazetteer(t)
	for _, c := range []struct {
		name         string
		at           matching.Point
		want, county string
	}{
		{"in Aachen's Brand", matching.Point{Lat: 50.749, Lon: 6.166}, "Aachen-Brand", "Aachen"},
		{"in Kohlscheid", matching.Point{Lat: 50.833, Lon: 6.095}, "Herzogenrath-Kohlscheid", "Herzogenrath"},
		{"in Cologne's Ehrenfeld", matching.Point{Lat: 50.951, Lon: 6.918}, "Köln-Ehrenfeld", "Köln"},
		{"in Monschau", matching.Point{Lat: 50.555, Lon: 6.24}, "Monschau", "Monschau"},
		{"in the middle of the sea", matching.Point{Lat: 55, Lon: 4}, "", ""},
		{"nowhere", matching.Point{Lat: 500, Lon: 4}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := g.Nearest(c.at)
			if got.Name != c.want || got.Municipality != c.county {
				t.Errorf("got %+v", got)
			}
			if c.at.Valid() && got.Point != c.at {
				t.Errorf("the position moved to %v", got.Point)
			}
		})
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	g := defaultGazetteer(t)
	var packed bytes.Buffer
	if err := g.Write(&packed); err != nil {
		t.Fatal(err)
	}
	again, err := places.Load(&packed)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := places.Default()
	if err != nil {
		t.Fatal(err)
	}
	p1, z1 := plain.Size()
	p2, z2 := again.Size()
	if p1 != p2 || z1 != z2 {
		t.Errorf("%d places and %d postcodes became %d and %d", p1, z1, p2, z2)
	}
	for _, name := range []string{"Aachen-Brand", "Halle", "52078", "M'gladbach", "Kreis Düren", "in der Soers", "Siegen"} {
		want, got := plain.Lookup(name), again.Lookup(name)
		if len(want) == 0 || len(got) != len(want) || got[0] != want[0] {
			t.Errorf("%s: %v became %v", name, want, got)
		}
	}
}

func TestLoadRefusesWhatIsNoTable(t *testing.T) {
	const head = "# places 1\n"
	for name, text := range map[string]string{
		"nothing":               "",
		"another file":          "hello\nworld\n",
		"half a line":           head + "m\tAachen\t50.7\n",
		"a place off the globe": head + "m\tAachen\t150.77\t6.08\t6\t\t05334002\t52062\t\n",
		"a place not a number":  head + "m\tAachen\tNaN\t6.08\t6\t\t05334002\t52062\t\n",
		"a nameless place":      head + "m\t\t50.77\t6.08\t6\t\t05334002\t52062\t\n",
		"a lost district":       head + "d\tBrand\t50.77\t6.08\t6\t\t\t\t\n",
		"an unknown sort":       head + "q\tAachen\t50.77\t6.08\t6\t\t05334002\t52062\t\n",
		"a class too large":     head + "m\tAachen\t50.77\t6.08\t9\t\t05334002\t52062\t\n",
		"a short postcode":      head + "z\t5206\t50.77\t6.08\tAachen\n",
		"a broken archive":      "\x1f\x8b\x08\x00broken",
	} {
		if _, err := places.Load(strings.NewReader(text)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("# places 1\nm\tAachen\t50.77\t6.08\t6\tw\t05334002\t52062 52064\tAken;Aix\nz\t52062\t50.77\t6.08\tAachen\n"))
	f.Add([]byte("# places 1\nd\tBrand\t50.77\t6.08\t1\twa\tAachen\t\t\n"))
	f.Add([]byte("\x1f\x8b\x08\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := places.Load(bytes.NewReader(data))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := g.Write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := places.Load(&out)
		if err != nil {
			t.Fatalf("what was written is not read again: %v", err)
		}
		p1, z1 := g.Size()
		if p2, z2 := again.Size(); p1 != p2 || z1 != z2 {
			t.Fatalf("%d, %d became %d, %d", p1, z1, p2, z2)
		}
	})
}
