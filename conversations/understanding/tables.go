package understanding

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tables are all lexicons of one reader.
type tables struct {
	time     *timeTables
	scan     *scanner
	verbs    verbs
	evidence weighing

	right      []string // every word of every pattern
	vocabulary []string // the single words among the patterns
}

// lexiconFiles are scanned for together; the file's name is the table of its entries.
var lexiconFiles = []string{"categories", "things", "tasks", "qualifications", "actors", "intents", "people", "cues", "languages", "frames"}

func loadTables() (*tables, error) {
	tt, err := loadTimeTables()
	if err != nil {
		return nil, err
	}
	t := &tables{time: tt, scan: newScanner()}
	if t.verbs, err = loadVerbs(); err != nil {
		return nil, err
	}
	if t.evidence, err = loadWeighing(); err != nil {
		return nil, err
	}
	for _, name := range lexiconFiles {
		rs, err := rows(name+".tsv", 3)
		if err != nil {
			return nil, err
		}
		for _, r := range rs {
			weight, err := strconv.ParseFloat(r[1], 64)
			if err != nil {
				return nil, fmt.Errorf("lexicon %s: weight %q: %w", name, r[1], err)
			}
			for _, w := range strings.Split(r[2], "|") {
				w = strings.TrimSpace(w)
				if w == "" || !utf8.ValidString(w) {
					return nil, fmt.Errorf("lexicon %s: empty pattern for %s", name, r[0])
				}
				ts := tokenize(strings.Trim(w, "*"))
				if len(ts) == 1 && ts[0].kind == wordToken && !strings.HasPrefix(w, "*") {
					t.vocabulary = append(t.vocabulary, ts[0].norm)
				}
				for _, x := range ts {
					t.right = append(t.right, x.norm)
				}
				t.scan.add(w, &entry{table: name, value: r[0], weight: weight, word: w})
			}
		}
	}
	return t, nil
}
