package understanding

// typos finds the word of time that was meant by a misspelt one. Only long words are mended, and only
// where one letter is wrong, missing, doubled or two have changed places.
type typos struct {
	known   map[string]bool
	deletes map[string]string // a word less one letter → the word, "" where several fit
}

func newTypos(t *timeTables) typos {
	y := typos{known: map[string]bool{}, deletes: map[string]string{}}
	for w, ms := range t.words {
		y.known[w] = true
		for _, m := range ms {
			switch m.class {
			case "weekday", "habit", "month", "part", "parthabit", "day", "weekend", "typo":
				if len(w) >= 6 && w[0] < 0x80 {
					y.enter(w)
				}
			}
		}
	}
	return y
}

func (y typos) enter(w string) {
	put := func(k string) {
		if old, ok := y.deletes[k]; ok && old != w {
			y.deletes[k] = ""
		} else {
			y.deletes[k] = w
		}
	}
	put(w)
	for i := range len(w) {
		put(w[:i] + w[i+1:])
	}
}

// mend returns the word meant.
func (y typos) mend(w string) (string, bool) {
	if len(w) < 6 || len(w) > 14 || y.known[w] || w[0] >= 0x80 {
		return "", false
	}
	if m := y.deletes[w]; m != "" && oneOff(w, m) {
		return m, true
	}
	for i := range len(w) {
		if m := y.deletes[w[:i]+w[i+1:]]; m != "" && oneOff(w, m) {
			return m, true
		}
	}
	return "", false
}

// oneOff tells that two words differ by one change, insertion, deletion or swap, the first letter being the same
// or swapped with the second.
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
	case len(x)+len(z) == 1, len(x) == 1 && len(z) == 1:
		return true
	}
	return len(x) == 2 && len(z) == 2 && x[0] == z[1] && x[1] == z[0]
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
