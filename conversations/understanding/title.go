package understanding

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"ehrenamt/matching"
)

const maxTitle = 60

func subjectOf(s string) string {
	for {
		t := strings.TrimSpace(s)
		cut := false
		for _, p := range []string{"AW:", "Re:", "RE:", "Aw:", "Fwd:", "FWD:", "WG:", "Wg:", "Fw:", "FW:", "Antw:", "Antwort:", "re:", "fwd:", "aw:", "wg:"} {
			if rest, ok := strings.CutPrefix(t, p); ok {
				t, cut = rest, true
			}
		}
		s = t
		if !cut {
			return strings.TrimSpace(s)
		}
	}
}

// textRules recognise what no title or description may show.
type textRules struct{ phone, label, mail, link, name *regexp.Regexp }

func newTextRules() textRules {
	return textRules{
		phone: regexp.MustCompile(`(\+|00|\(?0)[1-9][\d\s/().\-]{5,18}\d`),
		label: regexp.MustCompile(`(?i)(tel|fon|telefon|mobil|handy|fax|whatsapp|phone|call)\s*\.?\s*:?\s*$`),
		mail:  regexp.MustCompile(`[\w.+\-]+@[\w\-]+(\.[\w\-]+)+`),
		name:  regexp.MustCompile(`\b(Frau|Herrn?|Familie|Fam\.|Dr\.|Mrs?\.?|Ms\.?)\s+(Dr\.\s+)?\p{Lu}[\p{L}\-]+`),
		link:  regexp.MustCompile(`https?://\S+|www\.\S+`),
	}
}

// clean removes phone numbers and mail addresses, and brings white space in order.
func (t textRules) clean(s string) string {
	if strings.Contains(s, "@") {
		s = t.mail.ReplaceAllString(s, "")
	}
	for {
		at := t.phone.FindStringIndex(s)
		if at == nil {
			break
		}
		before := s[:at[0]]
		tail := max(0, len(before)-16)
		if l := t.label.FindStringIndex(before[tail:]); l != nil {
			before = before[:tail+l[0]]
		}
		s = before + " " + s[at[1]:]
	}
	var b strings.Builder
	blank := 0
	for _, l := range strings.Split(s, "\n") {
		l = strings.Join(strings.Fields(l), " ")
		l = strings.TrimRight(l, " :,")
		if l == "" || l == "Tel." || l == "Tel" || l == "Mobil" {
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteString(map[bool]string{true: "\n\n", false: "\n"}[blank > 0])
		}
		blank = 0
		b.WriteString(l)
	}
	return b.String()
}

// readTitle builds the title and the description.
func (r *Reader) readTitle(m *message, out *Reading) {
	if out.Intent != Need && out.Intent != Offer {
		return
	}
	out.Draft.Description = r.text.clean(m.withoutGreeting())
	title, rule := m.titleFromSubject(), "subject"
	if title == "" {
		title, rule = m.titleFromTask(out.Intent, out.Draft.Category == matching.ResourcesLending), "noun phrase"
	}
	title = strings.Trim(r.text.clean(r.text.name.ReplaceAllString(r.text.link.ReplaceAllString(title, ""), "")), "!? .-–,\"„“")
	if title == "" {
		return
	}
	out.Draft.Title = short(title)
	out.Found = append(out.Found, Found{Field: FieldTitle, From: -1, To: -1, Rule: rule, Confidence: 0.7, Value: out.Draft.Title})
}

// withoutGreeting is the body without a first line that only greets.
func (m *message) withoutGreeting() string {
	s := strings.TrimSpace(m.body.text)
	first, rest, more := strings.Cut(s, "\n")
	if len(first) <= 60 && more && m.body.cue("greeting", firstWord(m.body)) && (strings.HasSuffix(strings.TrimSpace(first), ",") || strings.HasSuffix(strings.TrimSpace(first), "!")) {
		s = strings.TrimSpace(rest)
	}
	return s
}

func firstWord(p part) int {
	for i, t := range p.ts {
		if t.kind == wordToken {
			return i
		}
	}
	return 0
}

// somebody tells that a hit names the sender or a relative and makes no title.
func (p part) somebody(h hit) bool {
	return p.cue("job", h.first) || p.cue("person", h.first) || p.has("people", "target", h.first, h.last) || p.has("cues", "person", h.first, h.last)
}

func (p part) raw(first, last int) string {
	a, b := p.span(first, last)
	if a < 0 {
		return ""
	}
	return strings.Join(strings.Fields(p.text[a:b]), " ")
}

// phrase reads a noun phrase, "Aufbau beim Sommerfest", and tells whether it holds a word of some task or cause.
func (p part) phrase(i int) (string, bool) {
	first := i
	for first < len(p.ts) && p.ts[first].is("das", "den", "die", "der", "dem", "unser", "unsere", "unseren", "unserem", "unserer", "ein", "eine", "einen", "einem", "einer", "the", "our", "a", "an", "meine", "mein", "meinen", "my", "seine", "ihre") {
		first++
	}
	last, nouns, known := first, 0, false
	for j := first; j < len(p.ts) && j < first+9; j++ {
		t := p.ts[j]
		if p.sentence[j] != p.sentence[i] || t.kind == numberToken || t.is(",", "(", ")", ":", ";", "!", "?", ".", "\n", "~") {
			break
		}
		if p.english && t.isAny(englishStops) {
			break
		}
		if t.kind == wordToken && !t.upper && !p.english && !t.is("und", "beim", "vom", "von", "der", "des", "unseres", "unserer", "im", "am", "an", "fuer", "zum", "zur", "bei", "in", "the", "of", "and", "at", "our", "for", "&") && !(j+1 < len(p.ts) && adjective(t) && !t.is("noch", "mehr", "zwei", "bis") && p.ts[j+1].upper) {
			if !(nouns == 0 && strings.HasSuffix(t.norm, "en")) {
				break
			}
		}
		if t.kind == wordToken && (t.upper || nouns == 0 || p.english) {
			if p.placeOrDay(j) || nouns == 0 && (p.organisation(j) || t.isAny(emptyNouns)) {
				break
			}
			nouns++
			last = j
			for _, h := range p.hits {
				if h.first <= j && h.last >= j && (h.table == "tasks" || h.table == "categories" || h.table == "things") {
					known = true
				}
			}
		}
	}
	if nouns == 0 || p.english && p.organisation(last) {
		return "", false
	}
	s := p.raw(first, last)
	for _, r := range [][2]string{{" unseres ", " beim "}, {" unserer ", " bei der "}, {" our ", " the "}} {
		s = strings.Replace(s, r[0], r[1], 1)
	}
	if strings.Contains(s, " beim ") && strings.HasSuffix(s, "sts") {
		s = s[:len(s)-1]
	}
	return capital(s), known
}

// placeOrDay keeps weekdays, months and places out of titles.
func (p part) placeOrDay(j int) bool {
	t := p.ts[j]
	if j > 0 && p.ts[j-1].is("in", "aus", "nach", "near") && t.upper {
		return true
	}
	return strings.HasSuffix(t.norm, "tag") && len(t.norm) < 12 && t.is("montag", "dienstag", "donnerstag", "freitag", "samstag", "sonntag") || t.is("mittwoch", "saturday", "sunday", "friday", "monday", "tuesday", "wednesday", "thursday", "uhr")
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// short cuts at a word within the limit.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= maxTitle {
		return s
	}
	rs := []rune(s)[:maxTitle]
	cut := strings.LastIndex(string(rs), " ")
	if cut < 20 {
		return string(rs)
	}
	return strings.TrimRight(string(rs)[:cut], " ,-–:")
}
