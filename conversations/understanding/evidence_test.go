package understanding

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// lesson is one message with what it is for.
type lesson struct {
	seen   evidence
	intent int
	weight float64
	fresh  bool // no rule was written with this message in view
	text   string
}

// lessons are all messages in the repository, and the shared ones where they lie beside it.
func lessons(t testing.TB, r *Reader) []lesson {
	t.Helper()
	var out []lesson
	add := func(req Request, intent string, weight float64, fresh bool) {
		i := slices.Index(intentOrder[:], Intent(intent))
		if i < 0 {
			t.Fatalf("intent %q", intent)
		}
		out = append(out, lesson{r.evidence(r.message(req)), i, weight, fresh, req.Text})
	}
	sets := developmentSets(t)
	if more := os.Getenv("EHRENAMT_LESSONS"); more != "" {
		sets[filepath.Base(more)] = samples(t, more)
	}
	names := make([]string, 0, len(sets))
	for name := range sets {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fresh := name >= "blind3.jsonl" && name < "blind9.jsonl" || strings.HasPrefix(name, "strangers") // written before the rules were changed for them
		for _, g := range sets[name] {
			w := 1.0
			if fresh {
				w = 2
			}
			add(Request{Text: g.Text, Subject: g.Subject, Channel: g.Channel}, g.Gold.Intent, w, fresh)
		}
	}
	files, err := filepath.Glob(filepath.Join("testdata", "intents*.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(f)
		for sc.Scan() {
			if intent, text, ok := strings.Cut(sc.Text(), "\t"); ok {
				add(Request{Text: text, Channel: "telegram"}, intent, 2, true)
			}
		}
		f.Close()
	}
	return out
}

// fit finds weights for the observations made in the lessons, most of them zero.
func fit(ls []lesson, l1, l2 float64, rounds int) weighing {
	count := map[string]int{}
	for _, l := range ls {
		for f := range l.seen {
			count[f.String()]++
		}
	}
	var names []string
	for f, n := range count {
		if n >= 3 && (n >= 5 || !strings.HasPrefix(f, "word ")) {
			names = append(names, f)
		}
	}
	sort.Strings(names)
	index := map[string]int{}
	for i, f := range names {
		index[f] = i
	}
	type cell struct {
		f int
		v float64
	}
	rows := make([][]cell, len(ls))
	total := 0.0
	for i, l := range ls {
		total += l.weight
		for f, v := range l.seen {
			if k, ok := index[f.String()]; ok {
				rows[i] = append(rows[i], cell{k, float64(v) / hundred})
			}
		}
		slices.SortFunc(rows[i], func(a, b cell) int { return a.f - b.f })
	}
	w, sum := make([][5]float64, len(names)), make([][5]float64, len(names))
	for range rounds {
		grad := make([][5]float64, len(names))
		for i, l := range ls {
			var z [5]float64
			for _, c := range rows[i] {
				for k := range z {
					z[k] += w[c.f][k] * c.v
				}
			}
			p := softmax(z)
			p[l.intent]--
			for _, c := range rows[i] {
				for k := range p {
					grad[c.f][k] += l.weight * p[k] * c.v / total
				}
			}
		}
		for f := range w {
			for k := range w[f] {
				g := grad[f][k] + l2*w[f][k]
				sum[f][k] += g * g
				step := 0.15 / (1e-4 + math.Sqrt(sum[f][k]))
				x := w[f][k] - step*g
				shrink := step * l1
				if names[f] == "always" {
					shrink = 0
				}
				switch {
				case x > shrink:
					x -= shrink
				case x < -shrink:
					x += shrink
				default:
					x = 0
				}
				w[f][k] = x
			}
		}
	}
	out := weighing{}
	for f, name := range names {
		var x [5]int
		some := false
		for k := range x {
			x[k] = int(math.Round(w[f][k] * hundred))
			some = some || x[k] != 0
		}
		if some {
			out[observationOf(name)] = x
		}
	}
	return out
}

// macro is the macro-F1 of what was judged, right of all.
func macro(confused [5][5]float64) float64 {
	sum, n := 0.0, 0.0
	for k := range confused {
		tp, gold, said := confused[k][k], 0.0, 0.0
		for j := range confused {
			gold += confused[k][j]
			said += confused[j][k]
		}
		if gold > 0 {
			n++
			sum += 2 * tp / (gold + said)
		}
	}
	return sum / n
}

func argmax(p [5]float64) int { return slices.Index(p[:], slices.Max(p[:])) }

// TestEvidenceIsFitted writes lexicon/evidence.tsv anew with EHRENAMT_FIT=1, and shows what to expect of new
// messages: each tenth of the fresh ones judged by weights that have not seen it.
func TestEvidenceIsFitted(t *testing.T) {
	if os.Getenv("EHRENAMT_FIT") == "" {
		return
	}
	r := newReader(t)
	ls := lessons(t, r)
	num := func(name string, or float64) float64 {
		if v, err := strconv.ParseFloat(os.Getenv(name), 64); err == nil {
			return v
		}
		return or
	}
	l1, l2, rounds := num("L1", 0.0004), num("L2", 0.0004), int(num("ROUNDS", 300))
	const folds = 10
	var confused [5][5]float64
	for k := range folds {
		var train, test []lesson
		n := 0
		for _, l := range ls {
			if l.fresh {
				n++
				if n%folds == k {
					test = append(test, l)
					continue
				}
			}
			train = append(train, l)
		}
		w := fit(train, l1, l2, rounds)
		for _, l := range test {
			p := w.judge(l.seen)
			confused[l.intent][argmax(p)]++
			if argmax(p) != l.intent && os.Getenv("SHOW") != "" {
				t.Logf("%s read as %s %.2f: %s", intentOrder[l.intent], intentOrder[argmax(p)], p[argmax(p)], strings.ReplaceAll(l.text, "\n", " "))
			}
		}
	}
	t.Logf("cross-validated macro-F1 %.3f %v", macro(confused), confused)
	w := fit(ls, l1, l2, rounds)
	table := map[string][5]int{}
	names := make([]string, 0, len(w))
	for o, x := range w {
		table[o.String()] = x
		names = append(names, o.String())
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString("# What an observation about a message says for and against each intent: observation, need, offer, subscribe, search, other.\n")
	b.WriteString("# Written by EHRENAMT_FIT=1 go test -run EvidenceIsFitted from the messages in testdata (and those of EHRENAMT_LESSONS); classes of words are those of frames.tsv.\n")
	for _, f := range names {
		b.WriteString(f)
		for _, x := range table[f] {
			fmt.Fprintf(&b, "\t%s", strconv.FormatFloat(float64(x)/hundred, 'f', -1, 64))
		}
		b.WriteByte('\n')
	}
	if os.Getenv("DRY") == "" {
		if err := os.WriteFile(filepath.Join("lexicon", "evidence.tsv"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d observations", len(names))
}
