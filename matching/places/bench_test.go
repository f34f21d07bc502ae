package places_test

import (
	"runtime"
	"strings"
	"testing"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

// letter is 2 KB of an ordinary mail.
func letter() string {
	const part = `Sehr geehrte Damen und Herren, die Katholische Grundschule in Burtscheid sucht ab dem 12. Januar
ehrenamtliche Vorlesepatinnen und Vorlesepaten. Benötigt werden vier Personen, die jeweils dienstags von 11:45 bis
12:30 Uhr mit kleinen Gruppen lesen. Wenden Sie sich bitte an Frau Brand, Aachener Straße 12, 52064 Aachen, oder an
den Förderverein in Würselen. Ein erweitertes Führungszeugnis ist Voraussetzung, die Kosten übernehmen wir gern. `
	return strings.Repeat(part, 5)[:2048]
}

func BenchmarkFind2KB(b *testing.B) {
	g := defaultGazetteer(b)
	home := homeOf(b, g, "Aachen")
	text := letter()
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if len(g.Find(text, home)) == 0 {
			b.Fatal("nothing found")
		}
	}
}

func BenchmarkDefault(b *testing.B) {
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var g *places.Gazetteer
	for b.Loop() {
		var err error
		if g, err = places.Default(); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
	runtime.KeepAlive(g)
}

func BenchmarkNearest(b *testing.B) {
	g := defaultGazetteer(b)
	for b.Loop() {
		if g.Nearest(matching.Point{Lat: 50.75, Lon: 6.16}).Name == "" {
			b.Fatal("nothing near")
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	g := defaultGazetteer(b)
	for b.Loop() {
		if len(g.Lookup("Würsellen")) == 0 {
			b.Fatal("nothing found")
		}
	}
}
