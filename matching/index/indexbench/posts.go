package indexbench

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/index/search"
	"ehrenamt/matching/index/words"
)

// Searching is the outcome of measuring the search. Times are in microseconds, those of the calmest of
// Rounds rounds; Equal compares with brute force, on Compared queries of each kind.
type Searching struct {
	Postings int              `json:"postings"`
	Queries  int              `json:"queries"`
	Rounds   int              `json:"rounds"`
	Build    float64          `json:"build_s"`
	Bytes    float64          `json:"bytes_per_posting"`
	Kinds    map[string]*Kind `json:"searches"`
	Compared int              `json:"compared"`
	Equal    bool             `json:"equal"`
}

// Kind is one kind of query.
type Kind struct {
	Mean   float64 `json:"mean_us"`
	P50    float64 `json:"p50_us"`
	P99    float64 `json:"p99_us"`
	Calm   float64 `json:"calm_p50_us"` // each query from its own calmest round
	Allocs float64 `json:"allocs"`
	First  float64 `json:"first_p50_us"` // the first time each query is asked
	Hits   int     `json:"hits"`
	Equal  bool    `json:"equal"`
}

const (
	postingsNow = 1_795_000_000 // a moment in November 2026
	secondsADay = 24 * 3600
)

var (
	heads     = strings.Fields("fest hilfe betreuung dienst garten kurs training markt werkstatt treff lauf turnier ausflug aktion begleitung verein schule haus platz stand spende chor bühne küche laden bücherei fahrt pflege unterricht reparatur")
	modifiers = strings.Fields("Sommer Winter Kinder Jugend Senioren Nachbarschafts Schul Sport Musik Tier Umwelt Stadt Dorf Gemeinde Flüchtlings Fahrrad Computer Sprach Lebensmittel Weihnachts Oster Straßen Fußball Schwimm Wander Koch Garten Wald Bürger Vereins")
	plain     = strings.Fields("Aufbau Abbau Helfer Helferinnen gesucht Samstag Vormittag Nachmittag Getränke Kuchen Zelt Tische tragen fahren lesen vorlesen kochen putzen malen singen spielen reparieren begleiten einkaufen übersetzen trainieren Wochenende Team Freude Erfahrung willkommen Kinder Menschen helping garden reading children cleaning music weekend volunteers")
)

// posts makes up postings and queries.
type posts struct {
	*rand.Rand
	country *country
	names   []string // words that few postings have
}

func newPosts(seed uint64) *posts {
	r := rand.New(rand.NewPCG(seed, 5))
	p := &posts{Rand: r, country: newCountry(rand.New(rand.NewPCG(seed, 1)))}
	syllables := strings.Fields("ber ling hau sen dorf mer tal bach klo ster win rad en kel ro mi la so ne ga tu fi")
	for range 20000 {
		var b strings.Builder
		for range 3 + r.IntN(2) {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		p.names = append(p.names, b.String())
	}
	return p
}

func (p *posts) compound() string {
	return modifiers[p.IntN(len(modifiers))] + heads[p.IntN(len(heads))]
}

func (p *posts) doc(id int) search.Doc {
	d := search.Doc{
		ID: strconv.Itoa(id), Point: p.country.home(p.Rand), Kind: matching.Kinds[min(1, p.IntN(5)/4)], Category: uint8(p.IntN(categoryCount)),
		Revision: 1,
	}
	if p.IntN(3) > 0 {
		d.Slots = matching.Slots(some(p.Rand, slotCount, 1, 2))
	}
	if p.IntN(4) == 0 {
		d.Required = 1 << p.IntN(qualificationCount)
	}
	if p.IntN(5) > 0 {
		from := int64(postingsNow + p.IntN(60*24)*3600)
		for range 1 + p.IntN(8)/7 {
			d.Dates = append(d.Dates, search.Span{From: from, To: from + int64(2+p.IntN(4))*3600})
			from += 7 * secondsADay
		}
	}
	text := []string{p.compound()}
	for range 5 + p.IntN(6) {
		text = append(text, plain[p.IntN(len(plain))])
	}
	text = append(text, p.compound(), p.names[p.IntN(len(p.names))])
	d.Text = strings.Join(text, " ")
	return d
}

// Docs makes up n open postings with two titles, common words and a name each.
func Docs(seed uint64, n int) iter.Seq2[search.Doc, error] {
	return func(yield func(search.Doc, error) bool) {
		p := newPosts(seed)
		for i := range n {
			if !yield(p.doc(i+1), nil) {
				return
			}
		}
	}
}

// searches are the kinds of query measured.
func (p *posts) searches(n int) map[string][]search.Query {
	out := map[string][]search.Query{}
	for range n {
		q := search.Query{Now: postingsNow, Point: p.country.home(p.Rand), Limit: 10}
		add := func(name string, change func(*search.Query)) {
			c := q
			change(&c)
			out[name] = append(out[name], c)
		}
		category := uint32(1) << p.IntN(categoryCount)
		text := p.text()
		add("nearest", func(q *search.Query) { q.Order = search.Nearest })
		add("nearest_category", func(q *search.Query) { q.Order, q.Categories = search.Nearest, category })
		add("best", func(*search.Query) {})
		add("best_category", func(q *search.Query) { q.Categories = category })
		add("words", func(q *search.Query) { q.Words = text })
		add("words_nearest", func(q *search.Query) { q.Words, q.Order = text, search.Nearest })
	}
	return out
}

// text is what somebody types: a common word, a compound, a part of one, or a name, perhaps mistyped.
func (p *posts) text() string {
	switch p.IntN(5) {
	case 0:
		return heads[p.IntN(len(heads))]
	case 1:
		return p.compound() + " " + plain[p.IntN(len(plain))]
	case 2:
		name := p.names[p.IntN(len(p.names))]
		k := 1 + p.IntN(len(name)-2)
		return name[:k] + name[k+1:]
	case 3:
		return p.names[p.IntN(len(p.names))]
	default:
		return plain[p.IntN(len(plain))] + " " + plain[p.IntN(len(plain))]
	}
}

// Search builds an index of n made-up postings and measures every kind of query. compare is how many
// queries of each kind brute force answers, too.
func Search(seed uint64, n, queries, rounds, compare, workers int, now func() time.Time, say func(string)) (*Searching, error) {
	docs := slices.Collect(func(yield func(search.Doc) bool) {
		for d := range Docs(seed, n) {
			if !yield(d) {
				return
			}
		}
	})
	s := &Searching{Postings: n, Queries: queries, Rounds: rounds, Kinds: map[string]*Kind{}, Compared: min(compare, queries), Equal: true}
	before := heap()
	began := now()
	x, err := search.Build(func(yield func(search.Doc, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}, workers)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	s.Build = now().Sub(began).Seconds()
	s.Bytes = max(0, heap()-before) / float64(max(1, n))
	say(fmt.Sprintf("built %d postings in %.2f s", n, s.Build))
	brute := newBrutePosts(docs)
	kinds := newPosts(seed + 1).searches(queries)
	for _, name := range slices.Sorted(keys(kinds)) {
		qs := kinds[name]
		k := &Kind{Equal: true}
		var hits []search.Hit
		ask := func(i int) { hits, _ = x.Search(qs[i], hits[:0]) }
		k.First = calmest(now, 1, len(qs), ask).p50
		t := calmest(now, rounds, len(qs), ask)
		k.Mean, k.P50, k.P99, k.Calm = t.mean, t.p50, t.p99, t.calmP50
		i := 0
		k.Allocs = testing.AllocsPerRun(min(200, len(qs)), func() { ask(i % len(qs)); i++ })
		for i := range qs {
			ask(i)
			k.Hits += len(hits)
		}
		for i := range min(compare, len(qs)) {
			ask(i)
			k.Equal = k.Equal && brute.same(&qs[i], hits)
		}
		s.Equal = s.Equal && k.Equal
		s.Kinds[name] = k
		say(fmt.Sprintf("%s: p50 %.1f µs", name, k.P50))
	}
	runtime.KeepAlive(x)
	return s, nil
}

func keys[V any](m map[string]V) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// brutePosts looks through all postings from end to end.
type brutePosts struct {
	docs  []search.Doc
	words []words.Word
	of    [][]uint32 // words of each posting
}

func newBrutePosts(docs []search.Doc) *brutePosts {
	b := &brutePosts{docs: docs}
	at := map[string]uint32{}
	for i := range docs {
		var of []uint32
		for _, w := range words.Distinct(docs[i].Text) {
			n, ok := at[w]
			if !ok {
				n = uint32(len(b.words))
				at[w] = n
				b.words = append(b.words, words.New(w))
			}
			of = append(of, n)
		}
		b.of = append(b.of, of)
	}
	return b
}

// kin is the weight of every word for a word of the query, typing errors only where nothing else is.
func (b *brutePosts) kin(w words.Word) []float64 {
	out := make([]float64, len(b.words))
	any := false
	for i, t := range b.words {
		out[i] = words.Compare(w, t).Weight()
		any = any || out[i] > 0
	}
	if !any {
		for i, t := range b.words {
			if words.Mistyped(w, t) {
				out[i] = words.Typo.Weight()
			}
		}
	}
	return out
}

// same tells whether hits are what brute force finds, in its order.
func (b *brutePosts) same(q *search.Query, hits []search.Hit) bool {
	var kin [][]float64
	if q.Words != "" {
		for _, w := range words.Distinct(q.Words) {
			kin = append(kin, b.kin(words.New(w)))
		}
	}
	type result struct {
		cost float64
		id   string
	}
	var top []result
	for i := range b.docs {
		cost, ok := b.cost(q, i, kin)
		if !ok || len(top) == q.Limit && cost > top[len(top)-1].cost {
			continue
		}
		r := result{cost, b.docs[i].ID}
		k, _ := slices.BinarySearchFunc(top, r, func(a, b result) int {
			if a.cost != b.cost {
				if a.cost < b.cost {
					return -1
				}
				return 1
			}
			return strings.Compare(a.id, b.id)
		})
		top = slices.Insert(top, k, r)
		top = top[:min(len(top), q.Limit)]
	}
	return slices.EqualFunc(top, hits, func(r result, h search.Hit) bool { return r.id == h.ID })
}

func (b *brutePosts) cost(q *search.Query, i int, kin [][]float64) (float64, bool) {
	d := &b.docs[i]
	if q.Categories != 0 && q.Categories>>d.Category&1 == 0 {
		return 0, false
	}
	have, text := 0, 0.0
	for _, weight := range kin {
		best := 0.0
		for _, w := range b.of[i] {
			best = max(best, weight[w])
		}
		if best > 0 {
			have++
			text += best
		}
	}
	if have < len(kin) && (q.Order == search.Nearest || have < (len(kin)+1)/2) {
		return 0, false
	}
	soon, ahead := 0.3, len(d.Dates) == 0
	for _, s := range d.Dates {
		if s.To > q.Now {
			ahead = true
			soon = 1 / (1 + float64(max(0, s.From-q.Now))/(7*secondsADay))
			break
		}
	}
	km := matching.DistanceKM(q.Point, d.Point)
	switch {
	case !ahead:
		return 0, false
	case q.Order == search.Nearest:
		return km, true
	case len(kin) == 0:
		return 1 - (0.7*(1/(1+km/5)) + 0.3*soon + 0*0), true
	default:
		return 1 - (0.4*(1/(1+km/5)) + 0.2*soon + 0.4*(text/float64(len(kin)))), true
	}
}
