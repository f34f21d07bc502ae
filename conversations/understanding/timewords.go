package understanding

import (
	"bufio"
	"embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed lexicon/*.tsv
var lexicons embed.FS

// rows reads one table: tab-separated cells, "#" comments.
func rows(name string, cells int) ([][]string, error) {
	f, err := lexicons.Open("lexicon/" + name)
	if err != nil {
		return nil, fmt.Errorf("lexicon %s: %w", name, err)
	}
	defer f.Close()
	var out [][]string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimRight(sc.Text(), "\r\n ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != cells {
			return nil, fmt.Errorf("lexicon %s line %d: %d cells instead of %d", name, n, len(c), cells)
		}
		out = append(out, c)
	}
	return out, sc.Err()
}

// timeWord is one meaning of a word of time.
type timeWord struct {
	class string
	val   int
	text  string // of classes whose values are names
}

// timeTables are the words and facts of the time grammar.
type timeTables struct {
	words    map[string][]timeWord
	holidays *scanner
	school   []schoolHoliday
	feasts   []string // holidays of one word
	right    []string // every word of their names
}

type schoolHoliday struct {
	first, last civil
	name        string
}

func loadTimeTables() (*timeTables, error) {
	t := &timeTables{words: map[string][]timeWord{}, holidays: newScanner()}
	rs, err := rows("time.tsv", 3)
	if err != nil {
		return nil, err
	}
	for _, r := range rs {
		v, err := strconv.Atoi(r[1])
		if err != nil {
			v = 0
		}
		for _, w := range strings.Fields(r[2]) {
			k := foldWord(w)
			t.words[k] = append(t.words[k], timeWord{r[0], v, r[1]})
		}
	}
	if rs, err = rows("holidays.tsv", 2); err != nil {
		return nil, err
	}
	for _, r := range rs {
		if _, _, err := feast(r[0], 2027); err != nil {
			return nil, fmt.Errorf("lexicon holidays.tsv: %w", err)
		}
		for _, w := range strings.Split(r[1], "|") {
			w = strings.TrimSpace(w)
			e := &entry{table: "holiday", value: r[0], word: w}
			if strings.HasPrefix(w, "!") {
				w, e.weight = w[1:], 1
			}
			ts := tokenize(w)
			if len(ts) == 1 && !strings.Contains(w, "*") {
				t.feasts = append(t.feasts, ts[0].norm)
			}
			for _, x := range ts {
				t.right = append(t.right, x.norm)
			}
			t.holidays.add(w, e)
		}
	}
	if rs, err = rows("school_holidays.tsv", 3); err != nil {
		return nil, err
	}
	for _, r := range rs {
		a, err1 := isoDay(r[0])
		b, err2 := isoDay(r[1])
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("lexicon school_holidays.tsv: %q", r)
		}
		t.school = append(t.school, schoolHoliday{a, b, r[2]})
	}
	return t, nil
}

func isoDay(s string) (civil, error) {
	var y, m, d int
	if _, err := fmt.Sscanf(s, "%d-%d-%d", &y, &m, &d); err != nil {
		return 0, fmt.Errorf("day %q: %w", s, err)
	}
	return civilOf(y, m, d), nil
}

// feast is the range of days of a holiday rule in a year.
func feast(rule string, y int) (civil, civil, error) {
	if a, b, ok := strings.Cut(rule, ".."); ok {
		b = strings.TrimPrefix(b, ".") // "d 24.12...d 26.12."
		first, _, err := feast(a, y)
		if err != nil {
			return 0, 0, err
		}
		last, _, err := feast(b, y)
		return first, last, err
	}
	var c civil
	switch rule[0] {
	case 'e':
		n := 0
		if len(rule) > 1 {
			v, err := strconv.Atoi(rule[1:])
			if err != nil {
				return 0, 0, fmt.Errorf("rule %q: %w", rule, err)
			}
			n = v
		}
		c = easter(y) + civil(n)
	case 'a':
		if len(rule) < 2 || rule[1] < '1' || rule[1] > '4' {
			return 0, 0, fmt.Errorf("rule %q", rule)
		}
		c = advent(y, int(rule[1]-'0'))
		if len(rule) > 2 {
			v, err := strconv.Atoi(rule[2:])
			if err != nil {
				return 0, 0, fmt.Errorf("rule %q: %w", rule, err)
			}
			c += civil(v)
		}
	case 'd':
		var d, m int
		if _, err := fmt.Sscanf(rule, "d %d.%d", &d, &m); err != nil {
			return 0, 0, fmt.Errorf("rule %q: %w", rule, err)
		}
		c = civilOf(y, m, d)
	case 'n':
		var n, wd, m int
		if _, err := fmt.Sscanf(rule, "n %d %d %d", &n, &wd, &m); err != nil {
			return 0, 0, fmt.Errorf("rule %q: %w", rule, err)
		}
		c, _ = nthWeekday(y, m, n, wd)
	default:
		return 0, 0, fmt.Errorf("rule %q", rule)
	}
	return c, c, nil
}
