package places_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

// referenceFolder is the folder of reference data beside the repository, "" where there is none: the
// checks below then have nothing to loop over.
func referenceFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	for _, beside := range []string{"../shared/places", "../../shared/places"} {
		folder := filepath.Join(dir, beside)
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
	}
	return ""
}

// referenceRows reads a table of the reference folder, without its heading.
func referenceRows(t *testing.T, name string) [][]string {
	t.Helper()
	folder := referenceFolder(t)
	if folder == "" {
		return nil
	}
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = '\t'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestEveryMunicipalityIsWhereTheReferenceHasIt(t *testing.T) {
	g := defaultGazetteer(t)
	owners := map[string][]string{}
	rows := referenceRows(t, "nrw_places.tsv")
	for _, row := range rows {
		for code := range strings.FieldsSeq(row[8]) {
			owners[code] = append(owners[code], row[0])
		}
	}
	for _, row := range rows {
		lat, err1 := strconv.ParseFloat(row[2], 64)
		lon, err2 := strconv.ParseFloat(row[3], 64)
		if err1 != nil || err2 != nil {
			t.Fatal(row)
		}
		at := matching.Point{Lat: lat, Lon: lon}
		for name := range strings.SplitSeq(row[0]+";"+row[9], ";") {
			if name == "" {
				continue
			}
			found := g.LookupNear(name, matching.Place{Point: at})
			i := slices.IndexFunc(found, func(p matching.Place) bool { return p.Municipality == row[0] && p.District == "" })
			if i < 0 {
				t.Errorf("%s: found %v", name, found)
				continue
			}
			if d := matching.DistanceKM(found[i].Point, at); d > 3 {
				t.Errorf("%s lies %.1f km off", name, d)
			}
		}
		for code := range strings.FieldsSeq(row[8]) {
			p, ok := g.Postcode(code)
			if !ok || !slices.Contains(owners[code], p.Municipality) {
				t.Errorf("%s of %s: %+v", code, row[0], p)
			}
			if d := matching.DistanceKM(p.Point, at); d > 25 {
				t.Errorf("%s of %s lies %.1f km off", code, row[0], d)
			}
		}
	}
}

func TestEveryDistrictOfAachenIsKnown(t *testing.T) {
	g := defaultGazetteer(t)
	words := ambiguousNames(t)
	for _, row := range referenceRows(t, "aachen_districts.tsv") {
		found := g.Lookup("Aachen-" + row[0])
		if len(found) != 1 || found[0].Municipality != "Aachen" || found[0].District != row[0] {
			t.Errorf("%s: %v", row[0], found)
			continue
		}
		home := homeOf(t, g, "Aachen")
		text := "Wir kennen " + row[0] + " gut."
		word := row[3] == "yes" || slices.Contains(words, row[0])
		if got := g.Find(text, home); word && len(got) > 0 || !word && len(got) != 1 {
			t.Errorf("%q: %v", text, got)
		}
		if got := g.Find("Wir treffen uns in "+row[0]+".", home); len(got) != 1 || got[0].Place.District != row[0] {
			t.Errorf("in %s: %v", row[0], got)
		}
	}
}

func TestEveryAmbiguousNameOfTheReferenceIsGuarded(t *testing.T) {
	g := defaultGazetteer(t)
	for _, word := range ambiguousNames(t) {
		for _, home := range []string{"", "Aachen"} {
			for _, s := range []string{word + " Sie bitte.", "So ein " + word + " ist selten.", "Viele " + strings.ToLower(word) + " hier"} {
				if got := g.Find(s, homeOf(t, g, home)); len(got) > 0 {
					t.Errorf("%q: %v", s, got)
				}
			}
		}
	}
}

// ambiguousNames are the names of the reference that are also words.
func ambiguousNames(t *testing.T) (words []string) {
	t.Helper()
	folder := referenceFolder(t)
	if folder == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(folder, "nrw_ambiguous_names.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			words = append(words, strings.Fields(line)...)
		}
	}
	return words
}

func TestThePostalFileOfTheReferenceIsImported(t *testing.T) {
	folder := referenceFolder(t)
	var files []string
	if folder != "" {
		files = append(files, filepath.Join(folder, "geonames_postal_DE.zip"))
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		in, _, err := places.OpenPostal(f, info.Size())
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		rows, bulk, _, bad := tally(t, in)
		if len(rows) < 16000 || bulk < 6000 || len(bad) > 0 {
			t.Errorf("rows %d, bulk-mail %d, bad %d", len(rows), bulk, len(bad))
		}
		more := defaultGazetteer(t).With(rows)
		for _, firm := range []string{"HUK-Coburg", "Hilti", "Deutsche Bank AG"} {
			if found := more.Lookup(firm); len(found) > 0 {
				t.Errorf("%s: %v", firm, found)
			}
		}
		plain := defaultGazetteer(t)
		for _, row := range referenceRows(t, "nrw_places.tsv") {
			was, _ := plain.Postcode(row[1])
			if is, ok := more.Postcode(row[1]); !ok || is != was {
				t.Errorf("%s of %s became %+v", row[1], row[0], is)
			}
		}
	}
}
