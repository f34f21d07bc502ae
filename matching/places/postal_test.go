package places_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"ehrenamt/matching/places"
)

const rawPostal = "DE\t54518\tMinheim\tRheinland-Pfalz\tRP\t\t00\tLandkreis Bernkastel-Wittlich\t07231\t49.8649\t6.9433\t4\r\n" +
	"DE\t54518\tNiersbach\tRheinland-Pfalz\tRP\t\t00\tLandkreis Bernkastel-Wittlich\t07231\t49.9333\t6.75\t4\n" +
	"\n" +
	"DE\t52045\tHUK-Coburg\tNordrhein-Westfalen\t07\tRegierungsbezirk Köln\t053\tStädteregion Aachen\t05334\t50.7717\t6.0851\t4\n" +
	"DE\t52085\tAachener Muster GmbH & Co. KG\tNordrhein-Westfalen\tNW\tRegierungsbezirk Köln\t053\tStädteregion Aachen\t05334\t50.77\t6.08\t4\n" +
	"AT\t1010\tWien, Innere Stadt\tWien\t09\tWien\t900\tWien\t90001\t48.2077\t16.3705\t4\n" +
	"DE\t5206\tAachen\tNordrhein-Westfalen\tNW\t\t\t\t\t50.77\t6.08\t4\n" +
	"DE\t52062\tAachen\tNordrhein-Westfalen\tNW\t\t\t\t\t95.77\t6.08\t4\n" +
	"DE\t52062\n" +
	"DE\t52062\tAachen\tNordrhein-Westfalen\tNW\tRegierungsbezirk Köln\t053\tStädteregion Aachen\t05334\t50.776\t6.0872\t4"

const csvPostal = "\ufeffcountry_code,zipcode,place,state,state_code,province,province_code,community,community_code,latitude,longitude\n" +
	"DE,54518,Minheim,Rheinland-Pfalz,RP,,00,Landkreis Bernkastel-Wittlich,07231,49.8649,6.9433\n" +
	"DE,52062,\"Aachen, Mitte\",Nordrhein-Westfalen,NW,Regierungsbezirk Köln,053,Städteregion Aachen,05334,50.776,6.0872\n" +
	"DE,10875,Daimler Insurance Services GmbH,Baden-Württemberg,01,Regierungsbezirk Stuttgart,081,Stadtkreis Stuttgart,08111,48.8103,9.1807\n"

// tally reads a postal file to its end.
func tally(t *testing.T, r io.Reader) (rows []places.Row, bulk, foreign int, bad []int) {
	t.Helper()
	for row, err := range places.ParsePostal(r) {
		var line *places.LineError
		switch {
		case err == nil:
			rows = append(rows, row)
		case !errors.As(err, &line):
			t.Fatal(err)
		case errors.Is(err, places.ErrBulkMail):
			bulk++
		case errors.Is(err, places.ErrForeign):
			foreign++
		default:
			bad = append(bad, line.Line)
		}
	}
	return rows, bulk, foreign, bad
}

func TestParsePostalReadsTheRawForm(t *testing.T) {
	rows, bulk, foreign, bad := tally(t, strings.NewReader(rawPostal))
	if len(rows) != 3 || bulk != 2 || foreign != 1 || len(bad) != 3 || bad[0] != 7 || bad[2] != 9 {
		t.Fatalf("rows %v, bulk %d, foreign %d, bad %v", rows, bulk, foreign, bad)
	}
	if r := rows[0]; r.Postcode != "54518" || r.Place != "Minheim" || r.StateCode != "RP" || r.Point.Lat != 49.8649 {
		t.Errorf("first row %+v", r)
	}
	if r := rows[2]; r.Place != "Aachen" || r.County != "Städteregion Aachen" {
		t.Errorf("last row, without an end of line: %+v", r)
	}
}

func TestParsePostalReadsACSVByItsHeading(t *testing.T) {
	rows, bulk, _, bad := tally(t, strings.NewReader(csvPostal))
	if len(rows) != 2 || bulk != 1 || len(bad) != 0 {
		t.Fatalf("rows %v, bulk %d, bad %v", rows, bulk, bad)
	}
	if rows[1].Place != "Aachen, Mitte" || rows[1].Point.Lon != 6.0872 {
		t.Errorf("quoted row %+v", rows[1])
	}
	semicolons := "Ort;PLZ;lat;lon\nAachen;52062;50.77;6.08\n"
	if rows, _, _, bad := tally(t, strings.NewReader(semicolons)); len(rows) != 1 || len(bad) != 0 {
		t.Errorf("semicolons: rows %v, bad %v", rows, bad)
	}
}

func TestParsePostalGoesOnBehindALineThatIsTooLong(t *testing.T) {
	text := strings.Repeat("x", 200<<10) + "\n" + rawPostal
	rows, _, _, bad := tally(t, strings.NewReader(text))
	if len(rows) != 3 || len(bad) != 4 || bad[0] != 1 {
		t.Errorf("rows %v, bad %v", rows, bad)
	}
}

func TestParsePostalTellsWhenReadingFails(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(rawPostal+"\n"), brokenReader{})
	var last error
	for _, err := range places.ParsePostal(broken) {
		last = err
	}
	if !errors.Is(last, errBroken) {
		t.Errorf("got %v", last)
	}
}

var errBroken = errors.New("broken")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestParsePostalStopsWhenItsReaderDoes(t *testing.T) {
	n := 0
	for range places.ParsePostal(strings.NewReader(rawPostal)) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestOpenPostalUnpacks(t *testing.T) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for name, text := range map[string]string{"readme.txt": "read me", "DE.txt": rawPostal, "x.json": "{}"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"packed": packed.Bytes(), "plain": []byte(rawPostal)} {
		in, size, err := places.OpenPostal(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if rows, _, _, _ := tally(t, in); len(rows) != 3 || size != int64(len(rawPostal)) {
			t.Errorf("%s: %d rows, size %d", name, len(rows), size)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
	for name, data := range map[string][]byte{"nothing in it": emptyZip(t), "broken": []byte("PK\x03\x04broken")} {
		if _, _, err := places.OpenPostal(bytes.NewReader(data), int64(len(data))); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func emptyZip(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if _, err := w.Create("x.json"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWithAddsPlacesAndKeepsOurOwn(t *testing.T) {
	g := defaultGazetteer(t)
	text := rawPostal + "\n" +
		"DE\t52062\tEntenhausen\tNordrhein-Westfalen\tNW\t\t\t\t\t50.9\t6.3\t4\n" +
		"DE\t99998\tNeudorf am Testsee\tThüringen\tTH\t\t\t\t\t51.2\t10.6\t4\n"
	rows, _, _, _ := tally(t, strings.NewReader(text))
	more := g.With(rows)
	was, _ := g.Postcode("52062")
	is, ok := more.Postcode("52062")
	if !ok || is != was {
		t.Errorf("our own postcode became %+v", is)
	}
	if p, ok := more.Postcode("99998"); !ok || p.Name != "Neudorf am Testsee" {
		t.Errorf("a new postcode: %+v", p)
	}
	for _, name := range []string{"Entenhausen", "Neudorf am Testsee", "Niersbach"} {
		if len(more.Lookup(name)) == 0 {
			t.Errorf("%s is not known", name)
		}
	}
	if found := more.Find("am Elisenbrunnen", more.Lookup("Aachen")[0]); len(found) != 1 {
		t.Errorf("the landmarks are lost: %v", found)
	}
	if len(g.Lookup("Entenhausen")) != 0 {
		t.Error("the old gazetteer has changed")
	}
}

func FuzzParsePostal(f *testing.F) {
	f.Add([]byte(rawPostal))
	f.Add([]byte(csvPostal))
	f.Add([]byte("PLZ;Ort;lat;lon\n\"52062;A\n52062;\"\"\";50;6\n"))
	f.Add([]byte("DE\t52062\t\xff\tx\tx\t\t\t\t\tNaN\t1e999\t"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := bytes.Count(data, []byte("\n")) + 1
		seen := 0
		for row, err := range places.ParsePostal(bytes.NewReader(data)) {
			if seen++; seen > lines {
				t.Fatalf("%d results of %d lines", seen, lines)
			}
			var line *places.LineError
			if err != nil {
				if !errors.As(err, &line) {
					t.Fatal(err)
				}
				continue
			}
			if len(row.Postcode) != 5 || row.Place == "" || !row.Point.Valid() || row.Point.IsZero() || strings.ContainsAny(row.Place, "\t\n") {
				t.Fatalf("row %+v", row)
			}
		}
	})
}
