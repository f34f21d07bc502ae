package understanding

import (
	"sort"
	"strings"
	"unicode"
)

// part is one stretch of text with what the lexicons find in it.
type part struct {
	text     string
	ts       []token
	sentence []int
	english  bool
	hits     []hit
	cues     map[cueAt]bool // tokens at which a cue begins
}

type cueAt struct {
	value string
	token int
}

// cue tells whether a cue of one kind begins at a token.
func (p part) cue(value string, i int) bool { return p.cues[cueAt{value, i}] }

// message is one request, taken apart.
type message struct {
	req   Request
	body  part // what was newly written, without greeting lines' trimmings, quotation and signature
	subj  part
	sign  part // signature
	lang  string
	plain bool
	tab   *tables
	tp    *timeParser // looks words of time up in the body
}

func (r *Reader) part(text string) part {
	p := part{text: text, ts: softWrap(text, r.fixTypos(tokenize(text)))}
	for i := range p.ts {
		if p.ts[i].kind == wordToken {
			p.ts[i].time = r.tab.time.words[p.ts[i].norm]
		}
	}
	p.sentence = sentences(p.ts)
	p.hits = r.tab.scan.find(flatten(p.ts))
	p.cues = map[cueAt]bool{}
	for _, h := range p.hits {
		if h.table == "cues" {
			p.cues[cueAt{h.value, h.first}] = true
		}
	}
	return p
}

// softWrap drops line ends inside a paragraph of wrapped mail.
func softWrap(text string, ts []token) []token {
	out := ts[:0]
	lineStart := 0
	for _, t := range ts {
		if t.kind == newlineToken {
			long := t.from-lineStart >= 55
			rest := strings.TrimLeft(text[t.to:], " \t")
			lineStart = t.to
			if long && rest != "" && !strings.ContainsAny(rest[:1], "\n\r-*•>–") && !unicode.IsDigit(rune(rest[0])) && !strings.HasSuffix(strings.TrimRight(text[:t.from], " \r"), ".") {
				continue
			}
		}
		out = append(out, t)
	}
	return out
}

// of lists the hits of one table.
func (p part) of(table string) []hit {
	var out []hit
	for _, h := range p.hits {
		if h.table == table {
			out = append(out, h)
		}
	}
	return out
}

// has tells whether a cue of one kind stands between two tokens, inclusive.
func (p part) has(table, value string, first, last int) bool {
	for _, h := range p.hits[p.from(first):] {
		if h.first > last {
			break
		}
		if h.table == table && h.value == value && h.last <= last {
			return true
		}
	}
	return false
}

// from is the index of the first hit that begins at or behind a token.
func (p part) from(i int) int {
	return sort.Search(len(p.hits), func(k int) bool { return p.hits[k].first >= i })
}

// any tells whether a cue of one kind stands anywhere.
func (p part) any(table, value string) bool { return p.has(table, value, 0, len(p.ts)) }

// clause is the range of tokens around i that no full stop, semicolon or bracket divides.
func (p part) clause(i int) (int, int) {
	first, last := i, i
	for first > 0 && p.sentence[first-1] == p.sentence[i] && !p.ts[first-1].is("(", ")", ";", ":") {
		first--
	}
	for last+1 < len(p.ts) && p.sentence[last+1] == p.sentence[i] && !p.ts[last+1].is("(", ")", ";") {
		last++
	}
	return first, last
}

// span is the place of a range of tokens in the text.
func (p part) span(first, last int) (int, int) {
	if first < 0 || last >= len(p.ts) || first > last {
		return -1, -1
	}
	return p.ts[first].from, p.ts[last].to
}

func (p part) words() int {
	n := 0
	for _, t := range p.ts {
		if t.kind == wordToken {
			n++
		}
	}
	return n
}

// language decides by the small words and by the alphabet.
func (m *message) language(said string) (string, bool) {
	score := map[string]float64{}
	for _, p := range []part{m.body, m.subj} {
		for _, h := range p.of("languages") {
			score[h.value] += h.weight
		}
	}
	letters, cyrillic := 0, 0
	for _, r := range m.body.text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Cyrillic, r) {
				cyrillic++
			}
		}
	}
	best := ""
	switch {
	case cyrillic*3 > letters:
		best = "uk"
	case score["tr"] >= 1.5 && score["tr"] > score["de"] && score["tr"] > score["en"]:
		best = "tr"
	case score["en"] > score["de"]:
		best = "en"
	case score["de"] > 0:
		best = "de"
	case said == "en" || said == "tr" || said == "uk":
		best = said
	default:
		best = "de"
	}
	return best, best == "de" && m.plainGerman()
}

// plainGerman recognises the short main clauses of plain language.
func (m *message) plainGerman() bool {
	n, dots := m.body.words(), 0
	for _, t := range m.body.ts {
		if t.is(".", "!", "?") {
			dots++
		}
	}
	return dots >= 4 && n/dots <= 6
}
