package understanding

import (
	"regexp"
	"strings"
)

// mailRules recognise the lines that mail programs add.
type mailRules struct {
	forwardLine, quoteIntro, headerLine, fromLine, signDash, sentFrom *regexp.Regexp
}

func newMailRules() mailRules {
	return mailRules{
		forwardLine: regexp.MustCompile(`(?i)^[-_*\s>]*(weitergeleitete nachricht|weitergeleitete mail|ursprüngliche nachricht|originalnachricht|original message|forwarded message|begin forwarded message|anfang der weitergeleiteten nachricht)`),
		quoteIntro:  regexp.MustCompile(`(?i)^\s*>*\s*((am|on|le)\s.{3,120}\s(schrieb|wrote|hat\s.{0,60}geschrieben)\b.*|.{3,120}\s(schrieb|wrote)(\s+am\s.{3,60})?)\s*:?\s*$`),
		headerLine:  regexp.MustCompile(`(?i)^[\s>*]*(von|from|datum|date|gesendet|sent|an|to|cc|betreff|subject|antwort an|reply-to)\s*:.{0,300}$`),
		fromLine:    regexp.MustCompile(`(?i)^[\s>*]*(von|from)\s*:`),
		signDash:    regexp.MustCompile(`^(--|—|__+)\s*$`),
		sentFrom:    regexp.MustCompile(`(?i)^(gesendet von|von meinem|sent from|diese nachricht wurde von meinem|get outlook)`),
	}
}

// line is one line of a text with its place.
type line struct {
	from, to int
	text     string
}

func linesOf(s string) []line {
	var out []line
	for at := 0; at <= len(s); {
		end := strings.IndexByte(s[at:], '\n')
		if end < 0 {
			out = append(out, line{at, len(s), s[at:]})
			break
		}
		out = append(out, line{at, at + end, s[at : at+end]})
		at += end + 1
	}
	return out
}

// trimmed are the parts of a text: what is to be read, and the signature, both as the text with the
// rest blanked out so that places in it stay the same.
func (r *Reader) trimmed(text string, mail bool) (body, sign string) {
	ls := linesOf(text)
	keep := make([]byte, len(ls)) // 'b' body, 's' signature, 0 nothing
	end, forward := len(ls), -1
	for i, l := range ls {
		t := strings.TrimSpace(l.text)
		switch {
		case r.mail.forwardLine.MatchString(t):
			forward = i
		case i > 0 && r.mail.quoteIntro.MatchString(t), r.mail.headerLine.MatchString(t) && i+1 < len(ls) && r.mail.headerLine.MatchString(strings.TrimSpace(ls[i+1].text)) && i > 0:
		default:
			continue
		}
		end = i
		break
	}
	if forward >= 0 && r.onlyPoints(join(ls[:forward])) {
		start := forward + 1
		for start < len(ls) && (strings.TrimSpace(ls[start].text) == "" || r.mail.headerLine.MatchString(ls[start].text)) {
			if r.mail.fromLine.MatchString(ls[start].text) {
				keep[start] = 's' // who wrote what is forwarded
			}
			start++
		}
		r.divide(ls, keep, start, r.quoteEnd(ls, start), true)
	} else {
		r.divide(ls, keep, 0, end, mail)
	}
	return blank(text, ls, keep, 'b'), blank(text, ls, keep, 's')
}

// quoteEnd is the line where a forwarded message itself begins to quote.
func (r *Reader) quoteEnd(ls []line, start int) int {
	for i := start; i < len(ls); i++ {
		t := strings.TrimSpace(ls[i].text)
		if r.mail.forwardLine.MatchString(t) || r.mail.quoteIntro.MatchString(t) && !strings.HasPrefix(t, ">") {
			return i
		}
	}
	return len(ls)
}

// divide marks body and signature among the lines from start to end; quoted lines are left out unless
// all of a forwarded text is quoted.
func (r *Reader) divide(ls []line, keep []byte, start, end int, mail bool) {
	quoted := func(l line) bool { return strings.HasPrefix(strings.TrimSpace(l.text), ">") }
	all := true
	for i := start; i < end; i++ {
		if strings.TrimSpace(ls[i].text) != "" && !quoted(ls[i]) {
			all = false
		}
	}
	mark := byte('b')
	sig := r.signature(ls, start, end, mail)
	for i := start; i < end; i++ {
		if r.mail.signDash.MatchString(ls[i].text) && i > start || i == sig {
			mark = 's'
		}
		if r.mail.sentFrom.MatchString(strings.TrimSpace(ls[i].text)) || quoted(ls[i]) && !all {
			continue
		}
		keep[i] = mark
	}
}

// signature is the first line of the signature, or end.
func (r *Reader) signature(ls []line, start, end int, mail bool) int {
	last := end
	for last > start && strings.TrimSpace(ls[last-1].text) == "" {
		last--
	}
	for i := max(start+1, last-9); i < last; i++ {
		t := strings.TrimSpace(ls[i].text)
		if len(t) <= 60 && r.closing(t) {
			return i
		}
	}
	if !mail {
		return end
	}
	// a last block of short lines without a sentence
	first := last
	for first > start && strings.TrimSpace(ls[first-1].text) != "" {
		first--
	}
	if first <= start || last-first > 5 {
		return end
	}
	for i := first; i < last; i++ {
		t := strings.TrimSpace(ls[i].text)
		if len(t) > 70 || strings.HasSuffix(t, "?") || strings.HasSuffix(t, "!") || strings.HasSuffix(t, ".") && !strings.HasSuffix(t, "V.") && len(strings.Fields(t)) > 4 || len(strings.Fields(t)) > 8 {
			return end
		}
	}
	return first
}

// closing tells that a short line is a formula before a signature.
func (r *Reader) closing(t string) bool {
	ts := tokenize(t)
	for _, h := range r.tab.scan.find(flatten(ts)) {
		if h.table == "cues" && h.value == "closing" && h.first == 0 {
			rest := 0
			for _, t := range ts[h.last+1:] {
				if t.kind == wordToken {
					rest++
				}
			}
			return rest == 0 || rest <= 5 && h.last > 0 || rest <= 4 && (strings.HasPrefix(t, "Gruß") || len(h.word) <= 3 || strings.Contains(t, ",")) || rest <= 2
		}
	}
	return false
}

// onlyPoints tells that the new text above a forwarded message asks for nothing itself.
func (r *Reader) onlyPoints(s string) bool {
	ts := tokenize(s)
	words, points, asks := 0, false, 0.0
	for _, t := range ts {
		if t.kind == wordToken {
			words++
		}
	}
	for _, h := range r.tab.scan.find(flatten(ts)) {
		switch {
		case h.table == "cues" && h.value == "pointer":
			points = true
		case h.table == "intents" && (h.value == "need" || h.value == "offer"):
			asks += h.weight
		}
	}
	return words <= 6 || points && (words <= 60 && asks < 6) || words <= 25 && asks < 3
}

func join(ls []line) string {
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	return b.String()
}

// blank is the text with all lines but those of one mark turned into spaces.
func blank(text string, ls []line, keep []byte, mark byte) string {
	b := []byte(text)
	for i, l := range ls {
		if keep[i] == mark {
			continue
		}
		for j := l.from; j < l.to; j++ {
			b[j] = ' '
		}
	}
	return string(b)
}
