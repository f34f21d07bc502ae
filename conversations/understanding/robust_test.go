package understanding

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
)

// goldSample is one line of a development set.
type goldSample struct {
	Sample
	Gold struct {
		Intent         string           `json:"intent"`
		IntentAlt      []string         `json:"intent_alt"`
		Actor          string           `json:"actor"`
		ActorAlt       []string         `json:"actor_alt"`
		Category       *string          `json:"category"`
		CategoryAlt    []*string        `json:"category_alt"`
		Start          *string          `json:"start"`
		StartAlt       []*string        `json:"start_alt"`
		StartByRule    bool             `json:"start_by_rule"`
		Daypart        string           `json:"daypart"`
		Recurrence     *string          `json:"recurrence"`
		RecurrenceAlt  []*string        `json:"recurrence_alt"`
		Helpers        *int             `json:"helpers"`
		HelpersMin     *int             `json:"helpers_min"`
		Qualifications []string         `json:"qualifications"`
		Optional       []string         `json:"qualifications_optional"`
		Place          *json.RawMessage `json:"place"`
	} `json:"gold"`
}

// developmentSets are those in the repository, and the shared one where it lies beside it.
func developmentSets(t testing.TB) map[string][]goldSample {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]goldSample{}
	own, err := filepath.Glob(filepath.Join("testdata", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, own...) {
		out[filepath.Base(name)] = samples(t, name)
	}
	return out
}

func samples(t testing.TB, name string) []goldSample {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []goldSample
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var g goldSample
		if err := json.Unmarshal(sc.Bytes(), &g); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, g)
	}
	return out
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func anyOf[T comparable](p *T, gold *T, alts []*T) bool {
	if same(p, gold) {
		return true
	}
	for _, a := range alts {
		if same(p, a) {
			return true
		}
	}
	return false
}

// floor is what is kept of a field. The sets blind3 and later, and those of strangers, were measured before any rule was changed for them and
// then read only for classes of errors.
func floor(set, field string) float64 {
	if set == "strangers7.jsonl" { // hardly learnt from: it stands for messages nobody has seen
		return map[string]float64{"intent": 0.95, "actor": 0.92, "category": 0.85, "recurrence": 0.93, "start": 0.92, "helpers": 0.92, "qualifications": 0.9, "title": 1}[field]
	}
	if strings.HasPrefix(set, "strangers") {
		return map[string]float64{"intent": 0.97, "actor": 0.92, "category": 0.95, "recurrence": 0.93, "start": 0.92, "helpers": 0.92, "qualifications": 0.92, "title": 1}[field]
	}
	if set >= "blind3.jsonl" && set < "blind9.jsonl" {
		return map[string]float64{"intent": 0.97, "actor": 0.93, "category": 0.87, "recurrence": 0.94, "start": 0.92, "helpers": 0.92, "qualifications": 0.92, "title": 1}[field]
	}
	return map[string]float64{"intent": 0.97, "actor": 0.96, "category": 0.95, "recurrence": 0.96, "start": 0.96, "helpers": 0.96, "qualifications": 0.96, "title": 1}[field]
}

// TestDevelopmentSets keeps what has been reached; score.py beside the shared set is the full measure.
func TestDevelopmentSets(t *testing.T) {
	r := newReader(t)
	front := aachen(t, r)
	for name, set := range developmentSets(t) {
		n := map[string]int{}
		wrong := map[string]int{}
		check := func(field, id string, ok bool) {
			n[field]++
			if !ok {
				wrong[field]++
				t.Logf("%s %s %s", name, id, field)
			}
		}
		for _, g := range set {
			now, err := time.Parse(time.RFC3339, g.ReferenceTime)
			if err != nil {
				t.Fatal(err)
			}
			p := r.Predict(g.Sample, now.In(berlin(t)), front)
			check("intent", g.ID, p.Intent == g.Gold.Intent || strings.Contains(strings.Join(g.Gold.IntentAlt, " "), p.Intent))
			if g.Gold.Intent == "other" {
				continue
			}
			check("actor", g.ID, p.Actor == g.Gold.Actor || strings.Contains(strings.Join(g.Gold.ActorAlt, " "), p.Actor))
			check("category", g.ID, anyOf(p.Category, g.Gold.Category, g.Gold.CategoryAlt))
			check("recurrence", g.ID, anyOf(p.Recurrence, g.Gold.Recurrence, g.Gold.RecurrenceAlt))
			if !g.Gold.StartByRule && g.Gold.Daypart == "" {
				check("start", g.ID, anyOf(p.Start, g.Gold.Start, g.Gold.StartAlt))
			}
			inRange := p.Helpers != nil && g.Gold.HelpersMin != nil && *p.Helpers >= *g.Gold.HelpersMin && *p.Helpers <= *g.Gold.Helpers
			check("helpers", g.ID, same(p.Helpers, g.Gold.Helpers) || inRange)
			check("qualifications", g.ID, covers(p.Qualifications, g.Gold.Qualifications, g.Gold.Optional))
			check("title", g.ID, p.Title == "" || len([]rune(p.Title)) <= 60 && !r.text.phone.MatchString(p.Title))
		}
		for field := range n {
			if got, limit := 1-float64(wrong[field])/float64(n[field]), floor(name, field); got < limit {
				t.Errorf("%s %s: %.3f, at least %.2f", name, field, got, limit)
			}
		}
	}
}

func covers(got, want, optional []string) bool {
	has := func(xs []string, x string) bool { return strings.Contains(" "+strings.Join(xs, " ")+" ", " "+x+" ") }
	for _, x := range got {
		if !has(want, x) {
			return false
		}
	}
	for _, x := range want {
		if !has(got, x) && !has(optional, x) {
			return false
		}
	}
	return true
}

// change is one thing that must not change the reading.
type change struct {
	name string
	do   func(string, *rand.Rand) string
}

func changes() []change {
	umlauts := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss")
	return []change{
		{"umlauts written out", func(s string, _ *rand.Rand) string { return umlauts.Replace(s) }},
		{"lower case", func(s string, _ *rand.Rand) string { return strings.ToLower(s) }},
		{"a signature added", func(s string, _ *rand.Rand) string {
			return s + "\n\n-- \nM. Mustermann\nTel. 0241 47110815\nMobil +49 151 23456789"
		}},
		{"a quotation added", func(s string, _ *rand.Rand) string {
			return s + "\n\nAm 03.05.2026 um 08:15 schrieb Ehrenamt:\n> Bitte nennen Sie noch 7 Helfer am 9.9. in Köln, ab 12 Uhr.\n> Danke"
		}},
		{"one typo", typo},
	}
}

// typo swaps or doubles or drops one letter inside one long word.
func typo(s string, rnd *rand.Rand) string {
	rs := []rune(s)
	var at []int
	for i := 2; i+2 < len(rs); i++ {
		inside := true
		for j := i - 2; j <= i+2; j++ {
			inside = inside && unicode.IsLower(rs[j])
		}
		if inside {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return s
	}
	i := at[rnd.IntN(len(at))]
	switch rnd.IntN(3) {
	case 0:
		rs[i], rs[i+1] = rs[i+1], rs[i]
	case 1:
		rs = append(rs[:i], append([]rune{rs[i]}, rs[i:]...)...)
	default:
		rs = append(rs[:i], rs[i+1:]...)
	}
	return string(rs)
}

// TestReadingsSurviveHowPeopleWrite compares field by field the reading of each message with that of the same
// message written otherwise.
func TestReadingsSurviveHowPeopleWrite(t *testing.T) {
	r := newReader(t)
	front := aachen(t, r)
	rnd := rand.New(rand.NewPCG(7, 7))
	for _, c := range changes() {
		fields, differ := 0, 0
		for name, set := range developmentSets(t) {
			for _, g := range set {
				now, err := time.Parse(time.RFC3339, g.ReferenceTime)
				if err != nil {
					t.Fatal(err)
				}
				now = now.In(berlin(t))
				was := r.Predict(g.Sample, now, front)
				s := g.Sample
				s.Text = c.do(s.Text, rnd)
				is := r.Predict(s, now, front)
				for field, ok := range map[string]bool{
					"intent": was.Intent == is.Intent, "actor": was.Actor == is.Actor, "category": same(was.Category, is.Category),
					"start": same(was.Start, is.Start), "end": same(was.End, is.End), "recurrence": same(was.Recurrence, is.Recurrence),
					"helpers": same(was.Helpers, is.Helpers), "min_age": same(was.MinAge, is.MinAge), "radius": same(was.RadiusKM, is.RadiusKM),
					"qualifications": strings.Join(was.Qualifications, ",") == strings.Join(is.Qualifications, ","),
					"place":          (was.Place == nil) == (is.Place == nil),
				} {
					fields++
					if !ok {
						differ++
						t.Logf("%s %s %s: %s: %.90q", name, g.ID, c.name, field, s.Text)
					}
				}
			}
		}
		share := 1 - float64(differ)/float64(fields)
		t.Logf("%s: %.4f of %d fields the same", c.name, share, fields)
		if share < 0.98 {
			t.Errorf("%s: %.4f of the fields the same, at least 0.98", c.name, share)
		}
	}
}
