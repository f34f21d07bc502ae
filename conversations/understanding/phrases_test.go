package understanding

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// phrasesIn reads a table of one sentence a line with what is to be read in it before the tab.
func phrasesIn(t *testing.T, name string, each func(gold, text string)) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for sc := bufio.NewScanner(f); sc.Scan(); n++ {
		gold, text, ok := strings.Cut(sc.Text(), "\t")
		if !ok {
			t.Fatalf("%s: line %d has no tab", name, n+1)
		}
		each(gold, text)
	}
	if n == 0 {
		t.Fatalf("%s is empty", name)
	}
}

// TestSingleSentences reads helpers, qualifications and causes of sentences that name little else.
func TestSingleSentences(t *testing.T) {
	r := newReader(t)
	now, front := wednesday(t), aachen(t, r)
	read := func(text string) Prediction {
		return PredictionOf("", r.Read(Request{Text: text, Now: now, Front: front}))
	}
	n, right := map[string]float64{}, map[string]float64{}
	check := func(what, gold, got, text string) {
		n[what]++
		if gold == got {
			right[what]++
		} else {
			t.Logf("%s: %q instead of %q: %s", what, got, gold, text)
		}
	}
	phrasesIn(t, "helpers.tsv", func(gold, text string) {
		got := 0
		if p := read(text); p.Helpers != nil {
			got = *p.Helpers
		}
		check("helpers", gold, strconv.Itoa(got), text)
	})
	phrasesIn(t, "qualifications.tsv", func(gold, text string) {
		want := strings.Split(gold, ",")
		slices.Sort(want)
		check("qualifications", strings.Join(want, ","), strings.Join(read(text).Qualifications, ","), text)
	})
	phrasesIn(t, "categories.tsv", func(gold, text string) {
		got := ""
		if p := read(text); p.Category != nil {
			got = *p.Category
		}
		check("category", gold, got, text)
	})
	for what, least := range map[string]float64{"helpers": 0.86, "qualifications": 0.93, "category": 0.87} {
		if share := right[what] / n[what]; share < least {
			t.Errorf("%s: %.3f right, at least %.2f", what, share, least)
		}
	}
}
