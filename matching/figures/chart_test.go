package figures_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"ehrenamt/matching/figures"
)

func TestThePicture(t *testing.T) {
	w := figures.Words{
		Title: "Aachen · Oktober 2026", Parts: "Gesuche nach Bereichen", Foot: "Angaben unter 5 werden nicht gezeigt.",
		Tiles: [][3]string{{"Gesuche", "128", "im September 96"}, {"Plätze besetzt", "81 %", "412 von 508"}, {"Zeit bis besetzt", "3 Std. 10 Min.", "im September 5 Std."}, {"Aktive Menschen", "1.204", "unter 5 im September und noch viel mehr Text"}},
		Bars:  []figures.Bar{{Label: "Sport und Bewegung", Value: 40, Percent: 90, Note: "40 · 90 % besetzt"}, {Label: "Politik und politische Interessenvertretung mit sehr langem Namen", Value: 6, Percent: -1, Note: "6"}, {Label: "Kirche", Value: 0, Note: "unter 5"}},
	}
	for _, bars := range [][]figures.Bar{nil, w.Bars} {
		w.Bars = bars
		raw, err := figures.Chart(w, figures.PNG)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil || img.Bounds().Dx() != 1080 {
			t.Fatalf("%v %v", err, img.Bounds())
		}
		if dir := os.Getenv("EHRENAMT_PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "figures.png"), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		vector, err := figures.Chart(w, figures.SVG)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			XMLName xml.Name
		}
		if err := xml.Unmarshal(vector, &doc); err != nil || doc.XMLName.Local != "svg" {
			t.Errorf("%v %v", err, doc)
		}
	}
}
