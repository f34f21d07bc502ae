package bot_test

import (
	"context"
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
	"ehrenamt/storage"
)

// seedTown publishes what is looked for and offered in a week in Aachen: days are counted from monday.
func (w *world) seedTown() {
	w.t.Helper()
	g, err := places.Default()
	if err != nil {
		w.t.Fatal(err)
	}
	town := aachen(w.t)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, 23+day, hour, 0, 0, 0, berlin()) }
	type post struct {
		title, carrier, place string
		category              matching.Category
		day, from, to         int
		places                int
	}
	posts := []post{
		{"Basteln mit Grundschulkindern", "OGS Brand", "Brand", matching.ChildrenYouth, 5, 10, 13, 2},
		{"Vorlesestunde in der Bücherei", "Bücherei Brand", "Brand", matching.ChildrenYouth, 6, 15, 16, 1},
		{"Aufbau Winterbasar", "TV Brand", "Brand", matching.EventsFestivals, 5, 14, 18, 5},
		{"Spazieren mit Tierheimhunden", "Tierheim", "Eilendorf", matching.Animals, 5, 9, 12, 4},
		{"Kaffee ausschenken im Seniorentreff", "Caritas", "Burtscheid", matching.Seniors, 1, 14, 17, 2},
		{"Kleiderkammer sortieren", "Café Plattform", "Aachen", matching.SocialPoverty, 0, 15, 17, 3},
		{"Lebensmittel retten", "Tafel Aachen", "Aachen", matching.FoodRescue, 0, 16, 20, 2},
		{"Deutsch üben im Café", "Welthaus", "Aachen", matching.RefugeesIntegration, 2, 18, 20, 6},
		{"Bäume pflanzen im Aachener Wald", "BUND", "Aachen", matching.EnvironmentNature, 12, 10, 15, 20},
		{"Trikots waschen", "Alemannia-Jugend", "Eilendorf", matching.Sport, 3, 17, 19, 1},
		{"Laternen aufhängen", "Bürgerverein", "Kornelimünster", matching.EventsFestivals, 4, 16, 18, 4},
		{"Hausaufgabenhilfe", "OT Josefshaus", "Aachen", matching.ChildrenYouth, -1, 0, 0, 2},
	}
	err = w.store.Update(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		author := storage.Person{Front: "aachen", Name: "Toni", Created: monday, Active: monday}
		if err := tx.People.Create(ctx, &author); err != nil {
			return err
		}
		for i, x := range posts {
			p := matching.Posting{
				Front: "aachen", Author: author.ID, Carrier: x.carrier, Actor: matching.Club, Kind: matching.Need, State: matching.Open,
				Title: x.title, Category: x.category, Place: g.Find(x.place, town)[0].Place, Places: x.places, AutoAccept: true,
				Created: monday.Add(-time.Duration(i) * time.Hour), Published: monday.Add(-time.Duration(i) * time.Hour),
			}
			if x.day >= 0 {
				p.Dates = []matching.Span{{Start: at(x.day, x.from), End: at(x.day, x.to)}}
			}
			if err := tx.Postings.SavePosting(ctx, &p, monday); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
