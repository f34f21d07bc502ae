// Package masking hides in a text by what somebody could be reached outside the exchange: numbers, mail addresses,
// links and names on other networks, also where they are spelled out to slip through. It is pure and knows nothing of
// who writes to whom. It never touches clocks, stores or networks, and speaks to nobody.
package masking

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Kind is what was hidden.
type Kind string

// The kinds.
const (
	Number Kind = "number"
	Mail   Kind = "mail"
	Link   Kind = "link"
	Handle Kind = "handle"
)

// Hidden stands for what was hidden, in every language.
const Hidden = "•••"

// Max is how much of a text is looked at, in bytes; whatever is behind it is cut off.
const Max = 8 << 10

// Hide returns the text without what people could be reached by, and what kinds of it there were, each once. A text in
// which there was nothing comes back as it is.
func Hide(text string) (string, []Kind) {
	text = clipped(text)
	var kinds []Kind
	for range passes { // hiding one thing may bring the ends of another together
		plain := flatten(text)
		found := find(plain)
		if len(found) == 0 {
			break
		}
		text = without(plain, found, &kinds)
	}
	return text, kinds
}

func clipped(text string) string {
	if len(text) <= Max {
		return text
	}
	cut := Max
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// passes is how often a text is gone through at most.
const passes = 10

// without is s with what was found replaced, in order of where it begins.
func without(s string, found []span, kinds *[]Kind) string {
	var b strings.Builder
	at := 0
	for _, x := range found {
		if x.to <= at {
			continue // it is hidden with something else
		}
		if !slices.Contains(*kinds, x.kind) {
			*kinds = append(*kinds, x.kind)
		}
		if x.from >= at {
			b.WriteString(s[at:x.from])
			b.WriteString(Hidden)
		}
		at = max(at, x.to)
	}
	b.WriteString(s[at:])
	return b.String()
}

// flatten makes alike what looks alike: full-width and foreign digits, and characters nobody sees are dropped.
func flatten(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.Is(unicode.Cf, r), r == '\u20e3', r >= '\ufe00' && r <= '\ufe0f', unicode.IsControl(r), r == utf8.RuneError:
			return -1
		case r > '9' && unicode.Is(unicode.Nd, r):
			return '0' + digitValue(r)
		}
		return r
	}, norm.NFKC.String(strings.ToValidUTF8(text, "")))
}

// digitValue is the value of a decimal digit: Unicode keeps those of a script in rows of ten.
func digitValue(r rune) rune {
	n := rune(0)
	for n < 9 && unicode.Is(unicode.Nd, r-n-1) {
		n++
	}
	return n % 10
}

type span struct {
	from, to int
	kind     Kind
}

func find(s string) []span {
	var all []span
	for _, p := range patterns() {
		for _, m := range p.re.FindAllStringSubmatchIndex(s, -1) {
			from, to := m[0], m[1]
			if len(m) > 2 && m[2] >= 0 {
				from, to = m[2], m[3]
			}
			all = append(all, span{from, to, p.kind})
		}
	}
	all = append(all, numbers(s)...)
	all = append(all, spelled(s)...)
	all = slices.DeleteFunc(all, func(x span) bool { return !strings.ContainsFunc(s[x.from:x.to], telling) })
	slices.SortStableFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	return all
}

// telling is a character that says something; what has none is hidden already.
func telling(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

type pattern struct {
	kind Kind
	re   *regexp.Regexp // the first group is hidden where there is one
}

const (
	word      = `[\p{L}\p{N}_%+\-]+`
	local     = word + `(?:(?:\.|\s+(?:punkt|dot|unterstrich|underscore)\s+)` + word + `)*`
	dot       = `(?:\s*(?:\(\s*(?:dot|punkt|\.)\s*\)|\[\s*(?:dot|punkt|\.)\s*\]|\{\s*(?:dot|punkt|\.)\s*\})\s*|\s+(?:dot|punkt)\s+|\.|\s+\.\s*)`
	domain    = `[\p{L}\p{N}\-]+(?:` + dot + `[\p{L}\p{N}\-]+)*`
	bracketAt = `\s*(?:\(\s*(?:at|ät|@|a)\s*\)|\[\s*(?:at|ät|@|a)\s*\]|\{\s*(?:at|ät|@|a)\s*\}|<\s*(?:at|ät)\s*>)\s*`
	saidAt    = `\s+(?:at|ät|klammeraffe|affenschwanz|et-zeichen)\s+`
	providers = `(?:g\s?mail|google\s?mail|gmx|web(?:\.|\s+punkt\s+)de|outlook|hotmail|yahoo|icloud|posteo|proton(?:mail)?|t-online|freenet|mailbox|aol|live)`
	endings   = `(?:de|DE|com|COM|org|ORG|net|NET|info|INFO|eu|EU|nrw|io|at|ch|be|nl|fr|uk|app|xyz|gg|link|online|site|shop|club|dev|page|email|ly)`
	networks  = `(?:instagram|insta|telegram|tg|signal|snapchat|snap|whatsapp|discord|facebook|fb|threema|skype|tiktok|twitter|linkedin|xing|wechat|viber|matrix)`
)

// mailPatterns, linkPatterns and handlePatterns are compiled once; they never change.
var (
	mailPatterns = compile(Mail,
		`(?i)`+local+`\s*@\s*`+domain,
		`(?i)`+local+bracketAt+domain,
		`(?i)`+local+saidAt+`[\p{L}\p{N}\-]+(?:`+dot+`[\p{L}\p{N}\-]{2,})+`,
		`(?i)`+local+`\s+(?:bei|at|ät)\s+`+providers+`(?:`+dot+`\p{L}{2,})?`)
	linkPatterns = compile(Link,
		`(?i)\b(?:https?|ftp|hxxps?|mailto|tel|sms|tg|whatsapp)\s*:\s*(?:/\s*/)?\s*\S+`,
		`(?i)\bw\s?w\s?w\s*(?:\.|\s+punkt\s+|\s+dot\s+)\s*\S+`,
		`(?:[\p{L}\p{N}][\p{L}\p{N}\-]*\.)+`+endings+`(?:\b[/:?#]\S*|\b)`,
		`(?i)[\p{L}\p{N}\-]+(?:\s+(?:punkt|dot)\s+|\s*[(\[]\s*(?:punkt|dot|\.)\s*[)\]]\s*)(?:de|com|org|net|info|eu|io|me|nrw)\b`,
		`[\p{L}\p{N}\-]+\.\p{Ll}{2,}/\S+`,
		`(?i)\b(?:wa|t|paypal|linktr|fb|m)\.(?:me|ee)\b\S*`)
	handlePatterns = compile(Handle,
		`(?:^|[^\p{L}\p{N}@])(@\s?[\p{L}\p{N}_.\-]{2,})`,
		`(?i)\b`+networks+`\b(?:[\s\-]*(?:name|id|handle|account|profil|nick|user|nutzer|kennung))?\s*[:=]\s*(\S+)`,
		`(?i)\b`+networks+`\b\s+(?:\p{L}+\s+){0,3}(\S*\p{L}\S*[\d_]\S*)`,
		`(?i)\bthreema\b\P{L}{0,3}(?:id\P{L}{0,3})?([A-Z0-9]{8})\b`)
)

func compile(kind Kind, exprs ...string) []pattern {
	all := make([]pattern, len(exprs))
	for i, e := range exprs {
		all[i] = pattern{kind, regexp.MustCompile(e)}
	}
	return all
}

func patterns() []pattern { return slices.Concat(mailPatterns, linkPatterns, handlePatterns) }
