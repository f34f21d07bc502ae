package understanding

import (
	"bytes"
	"slices"
	"strings"
)

// entry is one pattern of a lexicon: which table, which value, and how much it weighs.
type entry struct {
	table  string
	value  string
	weight float64
	word   string // the pattern as written, the name of the rule
}

// hit is a pattern found in a message, as a range of tokens.
type hit struct {
	*entry
	first, last int // tokens, inclusive
	at          int // byte in the folded text
}

// scanner finds all patterns of all lexicons in one pass. Patterns are words or parts of words
// ("*fest", "vorles*", "*kinder*") and sequences of them.
type scanner struct {
	nodes []node
}

type node struct {
	keys []byte
	next []int32
	ends []*entry
}

func newScanner() *scanner { return &scanner{nodes: make([]node, 1, 1<<14)} }

// add enters a pattern. It is folded and split the way messages are.
func (s *scanner) add(pattern string, e *entry) {
	p := strings.TrimSpace(pattern)
	open, shut := strings.HasPrefix(p, "*"), strings.HasSuffix(p, "*")
	p = strings.Trim(p, "*")
	key := flatten(tokenize(p)).text
	if open {
		key = key[1:]
	}
	if shut {
		key = key[:len(key)-1]
	}
	at := int32(0)
	for i := 0; i < len(key); i++ {
		at = s.child(at, key[i])
	}
	s.nodes[at].ends = append(s.nodes[at].ends, e)
}

func (s *scanner) child(at int32, c byte) int32 {
	n := &s.nodes[at]
	if i := slices.Index(n.keys, c); i >= 0 {
		return n.next[i]
	}
	id := int32(len(s.nodes))
	n.keys = append(n.keys, c)
	n.next = append(n.next, id)
	s.nodes = append(s.nodes, node{})
	return id
}

// flat is a message as one line of folded words with single spaces around each, and the token of each byte.
type flat struct {
	text  string
	owner []int32
}

func flatten(ts []token) flat {
	n := 2
	for _, t := range ts {
		n += len(t.norm) + 1
	}
	b := make([]byte, 0, n)
	own := make([]int32, 0, n)
	b, own = append(b, ' '), append(own, 0)
	for i, t := range ts {
		w := t.norm
		switch {
		case t.kind == newlineToken:
			w = "."
		case t.norm == "-" || t.norm == "~" || t.norm == "\"" || t.norm == "(" || t.norm == ")":
			continue
		}
		for j := 0; j < len(w); j++ {
			b, own = append(b, w[j]), append(own, int32(i))
		}
		b, own = append(b, ' '), append(own, int32(i))
	}
	return flat{string(b), own}
}

func (s *scanner) find(f flat) []hit {
	out := make([]hit, 0, 64)
	for i := range len(f.text) {
		at := int32(0)
		for j := i; j < len(f.text); j++ {
			n := &s.nodes[at]
			k := bytes.IndexByte(n.keys, f.text[j])
			if k < 0 {
				break
			}
			at = n.next[k]
			for _, e := range s.nodes[at].ends {
				first, last := i, j
				if f.text[first] == ' ' && first < j {
					first++
				}
				if f.text[last] == ' ' && last > first {
					last--
				}
				out = append(out, hit{e, int(f.owner[first]), int(f.owner[last]), first})
			}
		}
	}
	return out
}
