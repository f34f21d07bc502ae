package bot_test

import (
	"context"
	"strings"
	"testing"

	"ehrenamt/bot"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// TestTheNearerFrontIsNamed: whoever writes to a front about a place that is another one's is told so once, and it works
// all the same; of one's own area, and of fronts that rest or are no nearer, nothing is said.
func TestTheNearerFrontIsNamed(t *testing.T) {
	w := newWorld(t, false)
	dueren := matching.Place{Name: "Düren", Municipality: "Düren", Point: matching.Point{Lat: 50.80, Lon: 6.48}, Extent: 6}
	set := func(rests bool) {
		t.Helper()
		err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			f, err := tx.Fronts.Front(ctx, "dueren")
			if err != nil {
				f = storage.Front{ID: "dueren", Name: "Düren hilft", Zone: "Europe/Berlin", Languages: []string{"de"}, Place: dueren}
			}
			f.Page, f.Suspended, f.Towns = "https://dueren.example", rests, []string{"Düren", "Kreuzau"}
			return tx.Fronts.SaveFront(ctx, &f)
		})
		if err != nil {
			t.Fatal(err)
		}
		w.bot.ForgetFronts()
	}
	told := func(who string, lines ...string) string {
		t.Helper()
		all := ""
		for _, l := range lines {
			w.play(who, l)
			heard, err := w.Heard(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range heard {
				all += h.Text + "\n"
			}
		}
		return all
	}
	set(false)
	const wanted = "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in "
	if got := told("vera", wanted+"Düren", "2", "ja"); !strings.Contains(got, "Düren hilft (https://dueren.example)") || !strings.Contains(got, "Veröffentlicht") {
		t.Errorf("a posting: %s", got)
	}
	if got := told("mia", "Sag mir Bescheid, wenn in Kreuzau etwas mit Kindern ist", "ja", "1"); !strings.Contains(got, "Düren hilft") {
		t.Errorf("a subscription: %s", got)
	}
	if got := told("willi", wanted+"Brand", "2", "ja"); strings.Contains(got, "Düren hilft") || !strings.Contains(got, "Veröffentlicht") {
		t.Errorf("at home: %s", got)
	}
	if got := told("uwe", wanted+"Köln", "2", "ja"); strings.Contains(got, "Veröffentlicht") && !strings.Contains(got, "Düren hilft") {
		t.Errorf("much nearer to Düren than to Aachen: %s", got)
	}
	set(true)
	if got := told("lena", wanted+"Düren", "2", "ja"); strings.Contains(got, "Düren hilft") {
		t.Errorf("it rests: %s", got)
	}
}

// TestFiguresTellWhatLiesOutside counts what is in none of the municipalities of the area apart.
func TestFiguresTellWhatLiesOutside(t *testing.T) {
	w := newWorld(t, false)
	err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, "aachen")
		if err != nil {
			return err
		}
		f.Towns = []string{"Aachen", "Würselen"}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return err
		}
		for i, town := range []string{"Aachen", "Würselen", "Düren"} {
			for range 6 + i {
				p := matching.Posting{
					Front: "aachen", Author: "p", Kind: matching.Need, State: matching.Open, Title: "x", Category: matching.Sport, Created: w.now, Published: w.now,
					Place: matching.Place{Name: town, Municipality: town, Point: matching.Point{Lat: 50.8, Lon: 6.1}},
				}
				if err := tx.Postings.SavePosting(ctx, &p, w.now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		r, err := bot.FiguresOf(ctx, tx, "aachen", w.now.AddDate(0, 0, -1), w.now.AddDate(0, 0, 1))
		if err != nil {
			return err
		}
		got := map[string]int{}
		for _, l := range r.Districts {
			got[l.Key] = l.Needs.N
		}
		if len(got) != 3 || got["Aachen"] != 6 || got["Würselen"] != 7 || got["-"] != 8 {
			t.Errorf("%v", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
