package bot_test

import (
	"fmt"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/matching"
	"ehrenamt/matching/listings"
)

// BenchmarkImport brings 20,000 entries of 4,000 organisations into a durable store on disk, and then the same again.
func BenchmarkImport(b *testing.B) {
	towns := []string{"Aachen", "Köln", "Düren", "Eschweiler", "Stolberg", "Bonn", "Herzogenrath", "Jülich"}
	what := []string{"Lesepatin für die Grundschule", "Aufbau beim Sommerfest", "Fahrdienst zur Tafel", "Müllsammeln im Wald", "Computerkurs für Ältere"}
	for b.Loop() {
		w := newWorldAt(b, b.TempDir()+"/e.db", false, 1)
		list := make([]listings.Listing, 20000)
		for i := range list {
			start := w.now.AddDate(0, 0, 7+i%200)
			list[i] = listings.Listing{
				Line: i + 2, ExternalID: fmt.Sprint(i), Kind: matching.Need, Actor: matching.Club, Title: fmt.Sprintf("%s %d", what[i%len(what)], i),
				Description: "Wir freuen uns über jede helfende Hand, Vorkenntnisse sind nicht nötig.", Organisation: fmt.Sprintf("Verein %d", i%4000),
				Place: towns[i%len(towns)], Dates: []matching.Span{{Start: start, End: start.Add(3 * time.Hour)}}, Helpers: 1 + i%9,
			}
		}
		for _, want := range []bot.ImportOutcome{bot.ImportedNew, bot.ImportedUnchanged} {
			began := time.Now()
			im, err := w.bot.NewImporter(b.Context(), "aachen", false)
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; i < len(list); i += 250 {
				results, err := im.Take(b.Context(), list[i:i+250])
				if err != nil {
					b.Fatal(err)
				}
				for _, x := range results {
					if x.Outcome != want {
						b.Fatalf("line %d: %s %s", x.Line, x.Outcome, x.Column)
					}
				}
			}
			b.ReportMetric(time.Since(began).Seconds(), "s-"+string(want))
		}
	}
}
