package search

import (
	"bytes"
	"index/suffixarray"
	"slices"
	"sort"
	"sync"

	"ehrenamt/matching/index/words"
)

// text is the words of a part's postings: which words there are, and who has them.
type text struct {
	rows     int
	words    []words.Word
	postings [][]uint32 // by word: rows in order
	of       []uint32   // the words of row i are of[at[i]:at[i+1]]
	at       []uint32
	byText   map[string]uint32
	byGerman map[string][]uint32
	byStem   map[string][]uint32
	alphabet []rune
	stems    []string // distinct German stems in the order of joined
	starts   []int    // of the stems in joined
	joined   *suffixarray.Index

	mu    sync.RWMutex
	cache map[cacheKey]*matches
	size  int
}

type cacheKey struct {
	word string
	typo bool
}

// matches is where a word of a query is found. It never changes.
type matches struct {
	rows []uint32        // in order, with kin; nil if there are many
	kin  []words.Kinship // of rows
	best words.Kinship   // of any row
	sets [4][]uint64     // by kinship: rows as bits; nil if there are none or few
}

// Rows are listed one by one up to fewRows, and what is found is remembered up to cacheBytes.
const (
	fewRows    = 512
	cacheBytes = 48 << 20
)

func newText(lists [][]string) *text {
	t := &text{
		rows: len(lists), byText: map[string]uint32{}, byGerman: map[string][]uint32{}, byStem: map[string][]uint32{},
		at: make([]uint32, len(lists)+1), cache: map[cacheKey]*matches{},
	}
	for i, list := range lists {
		for _, w := range list {
			n, ok := t.byText[w]
			if !ok {
				n = t.learn(w)
			}
			if p := t.postings[n]; len(p) == 0 || p[len(p)-1] != uint32(i) {
				t.postings[n] = append(p, uint32(i))
				t.of = append(t.of, n)
			}
		}
		t.at[i+1] = uint32(len(t.of))
	}
	letters := map[rune]bool{}
	var joined []byte
	for stem := range t.byGerman {
		t.stems = append(t.stems, stem)
	}
	slices.Sort(t.stems)
	for _, stem := range t.stems {
		t.starts = append(t.starts, len(joined))
		joined = append(append(joined, stem...), 0)
	}
	for _, w := range t.words {
		for _, r := range w.Text {
			letters[r] = true
		}
	}
	for r := range letters {
		t.alphabet = append(t.alphabet, r)
	}
	slices.Sort(t.alphabet)
	t.joined = suffixarray.New(joined)
	return t
}

func (t *text) learn(w string) uint32 {
	n := uint32(len(t.words))
	word := words.New(w)
	t.words = append(t.words, word)
	t.postings = append(t.postings, nil)
	t.byText[w] = n
	t.byGerman[word.German] = append(t.byGerman[word.German], n)
	t.byStem[word.Stem] = append(t.byStem[word.Stem], n)
	return n
}

func (t *text) wordsOf(i int) []string {
	var out []string
	for _, n := range t.of[t.at[i]:t.at[i+1]] {
		out = append(out, t.words[n].Text)
	}
	return out
}

// find looks a word up, with or without typing errors.
func (t *text) find(q *words.Word, typo bool) *matches {
	k := cacheKey{q.Text, typo}
	t.mu.RLock()
	m := t.cache[k]
	t.mu.RUnlock()
	if m != nil {
		return m
	}
	m = t.gather(t.kin(q, typo))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size > cacheBytes {
		clear(t.cache)
		t.size = 0
	}
	t.cache[k] = m
	t.size += len(m.rows)*12 + 200
	for _, s := range m.sets {
		t.size += len(s) * 8
	}
	return m
}

// kin lists the words of the part that are kin to the word.
func (t *text) kin(q *words.Word, typo bool) map[uint32]words.Kinship {
	out := map[uint32]words.Kinship{}
	add := func(k words.Kinship, ns ...uint32) {
		for _, n := range ns {
			out[n] = max(out[n], k)
		}
	}
	if n, ok := t.byText[q.Text]; ok {
		add(words.Same, n)
	}
	add(words.Same, t.byGerman[q.German]...)
	add(words.Same, t.byStem[q.Stem]...)
	part := []byte(q.German)
	if len(part) > 0 && !bytes.Contains(part, []byte{0}) {
		for _, at := range t.joined.Lookup(part, -1) {
			i := sort.SearchInts(t.starts, at+1) - 1
			if words.PartOf(q.German, t.stems[i]) {
				add(words.Part, t.byGerman[t.stems[i]]...)
			}
		}
	}
	if typo {
		words.Typos(q.Text, t.alphabet, func(v []byte) {
			if n, ok := t.byText[string(v)]; ok {
				add(words.Typo, n)
			}
		})
		words.Typos(q.German, t.alphabet, func(v []byte) { add(words.Typo, t.byGerman[string(v)]...) })
	}
	return out
}

// gather lists the rows that have one of the words.
func (t *text) gather(kin map[uint32]words.Kinship) *matches {
	total := 0
	m := &matches{}
	for n, k := range kin {
		total += len(t.postings[n])
		m.best = max(m.best, k)
	}
	if total > fewRows {
		for n, k := range kin {
			if m.sets[k] == nil {
				m.sets[k] = make([]uint64, (t.rows+63)/64+segmentWords)
			}
			for _, r := range t.postings[n] {
				m.sets[k][r>>6] |= 1 << (r & 63)
			}
		}
		return m
	}
	best := make(map[uint32]words.Kinship, total)
	for n, k := range kin {
		for _, r := range t.postings[n] {
			best[r] = max(best[r], k)
		}
	}
	m.rows = make([]uint32, 0, len(best))
	for r := range best {
		m.rows = append(m.rows, r)
	}
	slices.Sort(m.rows)
	for _, r := range m.rows {
		m.kin = append(m.kin, best[r])
	}
	return m
}

// of is the kinship of a row.
func (m *matches) of(row int) words.Kinship {
	if m.rows != nil {
		if i, ok := slices.BinarySearch(m.rows, uint32(row)); ok {
			return m.kin[i]
		}
		return words.None
	}
	for k := words.Same; k > words.None; k-- {
		if s := m.sets[k]; s != nil && s[row>>6]>>(row&63)&1 != 0 {
			return k
		}
	}
	return words.None
}

// mark sets the bits of all rows found.
func (m *matches) mark(set []uint64) {
	for _, r := range m.rows {
		set[r>>6] |= 1 << (r & 63)
	}
	for _, s := range m.sets {
		for i, w := range s[:min(len(s), len(set))] {
			set[i] |= w
		}
	}
}

// anyone tells whether a row found lives.
func (m *matches) anyone(live []uint64) bool {
	for _, r := range m.rows {
		if live[r>>6]>>(r&63)&1 != 0 {
			return true
		}
	}
	for _, s := range m.sets {
		for i, w := range s[:min(len(s), len(live))] {
			if w&live[i] != 0 {
				return true
			}
		}
	}
	return false
}
