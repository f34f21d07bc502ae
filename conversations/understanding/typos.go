package understanding

import (
	"bytes"
	"slices"
	"strings"
)

// typos finds the word that was meant by a misspelt one. Only long words that mean nothing to any lexicon are
// mended, and only where one letter is missing, too many or wrong, or two have changed places.
type typos struct {
	known   map[string]bool   // words that are right as they are
	sure    map[string]string // a word of time less one letter → the word, "" where several fit
	deletes map[string]string // the same for all words of the lexicons
	scan    *scanner
}

const leastTypo = 6 // letters a word must have to be mended

func newTypos(t *tables) typos {
	y := typos{known: map[string]bool{}, sure: map[string]string{}, deletes: map[string]string{}, scan: t.scan}
	for w, ms := range t.time.words {
		y.known[w] = true
		for _, m := range ms {
			switch m.class {
			case "weekday", "habit", "month", "part", "parthabit", "day", "weekend", "holidays", "typo":
				enter(y.sure, w)
			}
		}
	}
	for _, w := range slices.Concat(t.right, t.time.right) {
		y.known[w] = true
	}
	for _, w := range t.vocabulary {
		enter(y.deletes, w)
	}
	for _, w := range t.time.feasts {
		y.known[w] = true
		enter(y.sure, w)
	}
	return y
}

func enter(deletes map[string]string, w string) {
	if len(w) < 5 || w[0] >= 0x80 || strings.Contains(w, " ") {
		return
	}
	put := func(k string) {
		if old, ok := deletes[k]; ok && old != w {
			deletes[k] = ""
		} else {
			deletes[k] = w
		}
	}
	put(w)
	for i := 1; i < len(w); i++ {
		put(w[:i] + w[i+1:])
	}
}

// mend returns the word meant.
func (y typos) mend(w string) (string, bool) {
	if len(w) < 4 || len(w) > 24 || y.known[w] || w[0] >= 0x80 {
		return "", false
	}
	if m, ok := nearest(y.sure, w); ok {
		return m, true
	}
	if len(w) < leastTypo || y.scan.means(w, 3) {
		return "", false
	}
	if m, ok := nearest(y.deletes, w); ok && !inflected(w, m) {
		return m, true
	}
	return y.compound(w)
}

// inflected tells that two words differ in their ending only, as forms of one word do.
func inflected(a, b string) bool {
	n := min(len(a), len(b)) - 2
	return a[:n] == b[:n]
}

// nearest looks a word up with one letter more, less, changed or swapped.
func nearest(deletes map[string]string, w string) (string, bool) {
	if m := deletes[w]; m != "" && oneOff(w, m) {
		return m, true
	}
	if len(w) < 5 {
		return "", false
	}
	var buf [24]byte
	for i := 1; i < len(w); i++ {
		v := append(append(buf[:0], w[:i]...), w[i+1:]...)
		if m := deletes[string(v)]; m != "" && oneOff(w, m) {
			return m, true
		}
	}
	return "", false
}

// compound tries a swap back, a letter out or a doubled letter in, and takes what holds a long word of a lexicon.
func (y typos) compound(w string) (string, bool) {
	if len(w) < 8 {
		return "", false
	}
	b := []byte(w)
	for i := 1; i+1 < len(b); i++ {
		if b[i] != b[i+1] {
			b[i], b[i+1] = b[i+1], b[i]
			if v := string(b); y.scan.means(v, leastTypo) {
				return v, true
			}
			b[i], b[i+1] = b[i+1], b[i]
		}
		if b[i] == b[i-1] {
			if v := w[:i] + w[i+1:]; y.scan.means(v, leastTypo) {
				return v, true
			}
		}
	}
	return "", false
}

// oneOff tells that two words differ by one change, insertion, deletion or swap behind the first letter.
func oneOff(a, b string) bool {
	if a == b {
		return true
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && j < len(b)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	x, z := a[i:len(a)-j], b[i:len(b)-j]
	switch {
	case i == 0 && !(len(x) == 2 && len(z) == 2):
		return false
	case len(x)+len(z) == 1:
		return true
	case len(x) == 1 && len(z) == 1:
		return len(a) > 6 // a letter for another makes short words into others
	}
	return len(x) == 2 && len(z) == 2 && x[0] == z[1] && x[1] == z[0]
}

// means tells whether a word holds a pattern of at least so many letters.
func (s *scanner) means(w string, least int) bool {
	key := " " + w + " "
	for i := range len(key) {
		at := int32(0)
		for j := i; j < len(key); j++ {
			n := &s.nodes[at]
			k := bytes.IndexByte(n.keys, key[j])
			if k < 0 {
				break
			}
			at = n.next[k]
			if j-i+1 >= least && len(s.nodes[at].ends) > 0 {
				return true
			}
		}
	}
	return false
}

func (r *Reader) fixTypos(ts []token) []token {
	for i := range ts {
		if ts[i].kind == wordToken {
			if m, ok := r.typos.mend(ts[i].norm); ok {
				ts[i].norm = m
			}
		}
	}
	return ts
}
