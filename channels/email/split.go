package email

import (
	"regexp"
	"strconv"
	"strings"
)

// splitter takes the text of one mail apart.
type splitter struct {
	reply   bool   // it answers another mail
	forward bool   // its subject says that it passes something on
	name    string // display name of the sender, for a signature that is only the name
}

// parts is a mail taken apart.
type parts struct {
	text, signature, forwarded string
	answers                    map[int]string
	quote, doubtful            bool
	marked                     bool // the structure of HTML told where something begins
}

// block is a run of lines of one kind.
type block struct {
	quote bool
	lines []string
}

// split takes lines apart: what is new, what is quoted, what is passed on, what is a signature.
func (s *splitter) split(lines []string) parts {
	var p parts
	blocks, forwarded := s.blocks(lines, &p)
	if forwarded != nil {
		p.forwarded = joinLines(forwarded)
	}
	var fresh []int
	for i, b := range blocks {
		if b.quote {
			p.quote = true
		} else if !allEmpty(b.lines) {
			fresh = append(fresh, i)
		}
	}
	var signatures []string
	for n, i := range fresh {
		if n != 0 && n != len(fresh)-1 {
			continue
		}
		text, sign, doubt := s.signature(blocks[i].lines)
		blocks[i].lines = text
		p.doubtful = p.doubtful || doubt
		if j := joinLines(sign); j != "" {
			signatures = append(signatures, j)
		}
	}
	p.signature = strings.Join(signatures, "\n\n")
	p.answers = answers(blocks, s.reply || p.quote)
	var texts []string
	for _, b := range blocks {
		if t := joinLines(b.lines); !b.quote && t != "" {
			texts = append(texts, t)
		}
	}
	p.text = strings.Join(texts, "\n\n")
	if p.quote && seeBelow.MatchString(p.text) {
		p.doubtful = true
	}
	return p
}

// seeBelow is how people announce that they wrote inside the quoted text.
var seeBelow = regexp.MustCompile(`(?i)\b(siehe unten|s\. ?u\.|in rot|in blau|farbig|im text|weiter unten|inline|see below|in red|in your text|unten eingefügt)\b`)

// blocks cuts the lines into runs of new and quoted text, up to a forwarded part.
func (s *splitter) blocks(lines []string, p *parts) (out []block, forwarded []string) {
	add := func(quote bool, l ...string) {
		if len(l) == 0 {
			return
		}
		if n := len(out); n > 0 && out[n-1].quote == quote {
			out[n-1].lines = append(out[n-1].lines, l...)
			return
		}
		out = append(out, block{quote, append([]string(nil), l...)})
	}
	for i := 0; i < len(lines); {
		l := lines[i]
		if markOf(l) == markQuote {
			p.marked = true
			end := regionEnd(lines, i)
			region := lines[i+1 : end]
			if body, ok := s.passedOn(region); ok {
				if allEmpty(body) {
					body = lines[min(end+1, len(lines)):]
				}
				return out, plainForward(body)
			}
			add(true, region...)
			i = end + 1
			continue
		}
		if markOf(l) == markSign {
			p.marked = true
		}
		if _, q := quoted(l); q && !groupwise.MatchString(l) {
			end := quotedRun(lines, i)
			if body, ok := s.passedOn(unquoteAll(lines[i:end])); ok {
				return out, plainForward(body)
			}
			add(true, unquoteAll(lines[i:end])...)
			i = end
			continue
		}
		if b, ok := s.boundaryAt(lines, i); ok {
			p.marked = p.marked || markOf(l) == markTail
			switch {
			case b.forward && b.toEnd:
				return out, plainForward(lines[min(b.body, len(lines)):])
			case b.toEnd:
				add(true, lines[i:]...)
				return out, nil
			}
			add(true, lines[i:b.body]...)
			i = b.body
			continue
		}
		add(false, l)
		i++
	}
	return out, nil
}

// passedOn tells whether a quoted region is a forwarded mail, and returns its text.
func (s *splitter) passedOn(region []string) ([]string, bool) {
	k := nextFilled(region, 0)
	if k >= len(region) {
		return nil, false
	}
	if forwardLine.MatchString(region[k]) {
		return region[min(s.afterHeader(region, k+1), len(region)):], true
	}
	if !s.forward {
		return nil, false
	}
	if originalLine.MatchString(region[k]) || ruleLine.MatchString(region[k]) {
		return region[min(s.afterHeader(region, k+1), len(region)):], true
	}
	if end, ok := headerBlock(region, k, false); ok {
		return region[end:], true
	}
	return nil, false
}

// plainForward takes a common level of quotes off a forwarded text.
func plainForward(lines []string) []string {
	some := false
	for _, l := range lines {
		if l == "" || isMark(l) {
			continue
		}
		if _, q := quoted(l); !q {
			return lines
		}
		some = true
	}
	if some {
		return unquoteAll(lines)
	}
	return lines
}

// regionEnd finds the end mark that belongs to the quote mark at i.
func regionEnd(lines []string, i int) int {
	depth := 0
	for j := i; j < len(lines); j++ {
		switch markOf(lines[j]) {
		case markQuote:
			depth++
		case markQuoteEnd:
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return len(lines)
}

// quotedRun finds the end of a run of quoted lines. Clients that wrap quoted lines leave a piece
// without ">"; a short one right between two quoted lines belongs to the quote.
func quotedRun(lines []string, i int) int {
	end := i
	for j := i; j < len(lines); j++ {
		if _, q := quoted(lines[j]); q {
			end = j + 1
			continue
		}
		if lines[j] == "" && j+1 < len(lines) {
			if _, q := quoted(lines[j+1]); q {
				continue
			}
		}
		if j == end && wrapped(lines, j) {
			continue
		}
		break
	}
	return end
}

// wrapped tells whether line j is the rest of the long quoted line before it.
func wrapped(lines []string, j int) bool {
	if j == 0 || j+1 >= len(lines) || lines[j] == "" || isMark(lines[j]) {
		return false
	}
	before, q := quoted(lines[j-1])
	if _, next := quoted(lines[j+1]); !q || !next {
		return false
	}
	first := strings.SplitN(lines[j], " ", 2)[0]
	return len([]rune(lines[j-1])) >= 60 && len([]rune(lines[j])) <= 24 && !endsSentence(before) &&
		len([]rune(lines[j-1]))+len([]rune(first)) >= 68
}

func endsSentence(l string) bool {
	l = strings.TrimRight(l, ` "')»“*`)
	return l == "" || strings.ContainsAny(l[len(l)-1:], ".?!:;")
}

var (
	numbered = regexp.MustCompile(`^\s{0,4}(?:(?i:frage|zu|punkt|antwort|question|answer|ad|nr\.?)\s+)?[(#]?(\d{1,2})\s?[.):/]+[)]?(?:\s+|$)(.*)$`)
	keycap   = regexp.MustCompile(`^\s{0,4}(\d)\x{FE0F}?\x{20E3}\s*(.*)$`)
	inOne    = regexp.MustCompile(`(?:^|[\s,;])[(]?(\d{1,2})[.)]\s`)
	dashed   = regexp.MustCompile(`^\s{0,4}(\d{1,2})\s?[-–=]\s?(\S.*)$`)
)

// startsMonth tells "März ab 10 Uhr": then the number before it was a day.
func startsMonth(s string) bool {
	word, _, _ := strings.Cut(folded(s), " ")
	switch word {
	case "januar", "jan", "februar", "feb", "maerz", "mrz", "april", "apr", "mai", "juni", "jun", "juli", "jul", "august", "aug",
		"september", "sept", "sep", "oktober", "okt", "november", "nov", "dezember", "dez", "january", "february", "march", "may",
		"june", "july", "october", "oct", "december", "dec":
		return true
	}
	return false
}

// number reads "1. Samstag", "2) …", "Zu 3: …".
func number(l string) (int, string, bool) {
	if !strings.ContainsAny(l[:min(len(l), 20)], "0123456789") {
		return 0, "", false
	}
	for _, re := range []*regexp.Regexp{numbered, keycap} {
		if m := re.FindStringSubmatch(l); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n, strings.TrimSpace(m[2]), n > 0 && n < 60 && !startsMonth(m[2])
		}
	}
	return 0, "", false
}

// answers finds which question each new piece answers: by its own number, or by standing under a
// quoted question. Numbers are the question's own where it has one, else its place among those answered.
func answers(blocks []block, reply bool) map[int]string {
	out := map[int]string{}
	if !reply {
		return out
	}
	if interleaved(blocks, out); len(out) > 0 {
		return out
	}
	for _, b := range blocks {
		if !b.quote {
			listed(b.lines, out)
		}
	}
	return out
}

// listed reads numbered answers. Lines behind a number belong to it until an empty line or the next number.
func listed(lines []string, out map[int]string) {
	last, open := 0, false
	for _, l := range lines {
		n, text, ok := number(l)
		if !ok && (last > 0 || dashedStart(lines)) {
			if m := dashed.FindStringSubmatch(l); m != nil {
				n, _ = strconv.Atoi(m[1])
				text, ok = m[2], n == last+1
			}
		}
		switch {
		case ok && n > last && n <= last+20:
			if several := inOne.FindAllStringSubmatchIndex(l, 20); len(several) > 1 && inline(l, several, out) > 0 {
				last, open = maxKey(out), true
				continue
			}
			out[n], last, open = text, n, true
		case l == "":
			open = open && out[last] == ""
		case open && !isMark(l):
			out[last] = strings.TrimSpace(out[last] + "\n" + strings.TrimSpace(l))
		}
	}
	for n, t := range out {
		if t == "" {
			delete(out, n)
		}
	}
}

func maxKey(m map[int]string) int {
	n := 0
	for k := range m {
		n = max(n, k)
	}
	return n
}

// dashedStart tells whether the lines hold at least "1 - …" and "2 - …".
func dashedStart(lines []string) bool {
	want := 1
	for _, l := range lines {
		if m := dashed.FindStringSubmatch(l); m != nil && m[1] == strconv.Itoa(want) {
			want++
		}
	}
	return want > 2
}

// inline reads "1. ja 2. um drei 3. fünf" on one line and returns how many it found.
func inline(l string, at [][]int, out map[int]string) int {
	first, _ := strconv.Atoi(l[at[0][2]:at[0][3]])
	for k, m := range at {
		if n, _ := strconv.Atoi(l[m[2]:m[3]]); n != first+k {
			return 0
		}
	}
	for k, m := range at {
		end := len(l)
		if k+1 < len(at) {
			end = at[k+1][0]
		}
		out[first+k] = strings.Trim(l[m[1]:end], " ,;")
	}
	return len(at)
}

// interleaved reads answers written under the quoted questions.
func interleaved(blocks []block, out map[int]string) {
	pieces := 0
	for i, b := range blocks {
		if !b.quote && i > 0 && joinLines(b.lines) != "" {
			pieces++
		}
	}
	count, asked := 0, []string(nil)
	for i, b := range blocks {
		if b.quote {
			asked = b.lines
			continue
		}
		text := joinLines(b.lines)
		if i == 0 || text == "" || asked == nil {
			continue
		}
		n, own := questionNumber(asked)
		if pieces < 2 && !(own && i < len(blocks)-1) && !(own && numberedLines(asked) == 1) {
			return
		}
		if _, _, ok := number(b.lines[nextFilled(b.lines, 0)]); ok && pieces < 2 {
			return
		}
		count++
		if !own || out[n] != "" {
			n = count
		}
		for out[n] != "" {
			n++
		}
		out[n], asked = text, nil
	}
}

// questionNumber is the number of the last question in quoted lines.
func questionNumber(lines []string) (int, bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		l := lines[i]
		for {
			inner, q := quoted(l)
			if !q {
				break
			}
			l = inner
		}
		if n, _, ok := number(l); ok {
			return n, true
		}
	}
	return 0, false
}

func numberedLines(lines []string) int {
	n := 0
	for _, l := range lines {
		if _, _, ok := number(l); ok {
			n++
		}
	}
	return n
}
