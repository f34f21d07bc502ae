package email

import (
	"regexp"
	"strings"

	"ehrenamt/channels"
)

// What announces a quoted or forwarded mail, as the clients in use write it.
var (
	originalLine = regexp.MustCompile(`(?i)^[\s*]*[-_=]{2,}\s*(ursprüngliche[ -]?(nachricht|mail|e-mail)|urspr\. nachricht|original[ -]?(message|nachricht|mail|e-mail|text)|reply message|antwortnachricht|message d['’]origine|messaggio originale|mensaje original|oorspronkelijk bericht|reply to message|wiadomość oryginalna|orijinal mesaj|исходное сообщение)[^-_=]{0,80}[-_=]*`)
	forwardLine  = regexp.MustCompile(`(?i)^[\s*]*([-_=]{2,}\s*(weitergeleitete (nachricht|mail|e-mail)|forwarded (message|mail)|weitergeleitet von [^-]{1,80}|forwarded by [^-]{1,80}|message transféré|messaggio inoltrato|mensaje reenviado|doorgestuurd bericht|weitergeleitete nachricht von [^-]{1,80})\s*[-_=]{2,}|(anfang der weitergeleiteten (nachricht|e-mail)|begin forwarded message|début du message (transféré|réexpédié)|inizio messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht|weitergeleitete nachricht) ?:\*?$)`)
	notesLine    = regexp.MustCompile(`(?i)^-{2,}[^-].{2,120}(schrieb|wrote|geschrieben|hat am)\b.{0,60}-{2,}$`)
	forwardTopic = regexp.MustCompile(`(?i)^\s*(\[[^\]]{1,40}\]\s*)?(wg|fw|fwd|wtr|wtrlt|tr|rv|enc|doorst|weitergeleitet|weiterleitung|i)\s*(\[\d+\])?:`)
	replyTopic   = regexp.MustCompile(`(?i)^\s*(\[[^\]]{1,40}\]\s*)?(re|aw|antw|antwort|sv|ref|rép|odp|ynt|r)\s*(\[\d+\])?:`)
	writes       = regexp.MustCompile(`(?i)(\bschrieb\b|\bgeschrieben\b|\bwrote\b|\bwrites\b|\bschreibt\b|a écrit|ha scritto|escribió|\bschreef\b|napisał|\byazdı\b|написал|skrev\b|^zitat von\b|^quoting\b|^citando\b)`)
	opening      = regexp.MustCompile(`(?i)^["'*(]*(am|on|le|il|el|op|em|den|at|dnia|zitat|quoting|mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|\d{1,2}[./]|\d{4}-)\b`)
	clockOrDate  = regexp.MustCompile(`\d{1,2}[:.]\d{2}|\d{4}|\d{1,2}[./]\d{1,2}`)
	groupwise    = regexp.MustCompile(`^>>> ?\S.{2,200}\d.{0,20}>>>\s*$`)
	ruleLine     = regexp.MustCompile(`^[\s>]*[_\-=*]{8,}\s*$`)
)

// maxAttribution is how many lines "Am … schrieb …:" may be wrapped over.
const maxAttribution = 5

// attribution reads "Am 12.03.26 um 10:15 schrieb X <x@y>:" at line i. It returns how many lines it
// takes; sure is false if only a quote behind it would make it one.
func attribution(lines []string, i int) (n int, sure bool) {
	first := strings.TrimSpace(lines[i])
	if first == "" || len(first) > 400 {
		return 0, false
	}
	if notesLine.MatchString(first) {
		return 1, true
	}
	if !strings.Contains(first, ":") && !opening.MatchString(first) && !writes.MatchString(first) && !strings.Contains(first, "@") {
		return 0, false
	}
	joined := ""
	for k := 0; k < maxAttribution && i+k < len(lines); k++ {
		l := strings.Trim(lines[i+k], " *\t")
		if l == "" || isMark(l) {
			return 0, false
		}
		if k > 0 && strings.HasPrefix(l, ">") {
			return 0, false
		}
		joined = strings.TrimSpace(joined + " " + l)
		if len(joined) > 600 {
			return 0, false
		}
		if !strings.HasSuffix(joined, ":") {
			continue
		}
		if !writes.MatchString(joined) {
			if strings.Contains(joined, "@") && clockOrDate.MatchString(joined) {
				return k + 1, false
			}
			continue
		}
		if k > 0 && !opening.MatchString(first) && !writes.MatchString(first) && !strings.Contains(first, "@") {
			return 0, false
		}
		strong := clockOrDate.MatchString(joined) && (strings.Contains(joined, "@") || opening.MatchString(joined) || strings.Contains(joined, "schrieb am"))
		return k + 1, strong && len(strings.Fields(joined)) <= 45
	}
	return 0, false
}

// label reads "Von: …" and its like: f(rom), d(ate), t(o), s(ubject), o(ther), or 0.
func label(l string) (class byte, value string) {
	l = strings.TrimLeft(l, " *\t|")
	i := strings.IndexByte(l, ':')
	if i < 1 || i > 28 {
		return 0, ""
	}
	name := strings.ToLower(strings.Trim(l[:i], " *\t\u00a0"))
	value = strings.Trim(l[i+1:], " *\t")
	switch name {
	case "von", "from", "de", "da", "van", "absender", "od", "kimden", "fra", "från", "от":
		return 'f', value
	case "gesendet", "sent", "datum", "date", "envoyé", "inviato", "verzonden", "enviado", "fecha", "data", "gesendet am",
		"gesendet um", "wysłano", "sendt", "skickat", "дата", "отправлено", "gönderildi", "envoyé le", "date d'envoi", "received", "empfangen":
		return 'd', value
	case "an", "to", "à", "a", "aan", "para", "empfänger", "do", "til", "till", "кому", "kime", "per", "pour":
		return 't', value
	case "betreff", "subject", "objet", "oggetto", "onderwerp", "asunto", "betr", "temat", "emne", "ämne", "тема", "konu", "thema":
		return 's', value
	case "cc", "kopie", "bcc", "antwort an", "antwort-an", "reply-to", "wichtigkeit", "importance", "priorität", "anlagen", "anhang", "anhänge", "attachments",
		"organisation", "organization", "message-id", "newsgroups", "sensitivity", "vertraulichkeit", "pièces jointes", "allegati", "sender", "kopie (cc)":
		return 'o', value
	}
	return 0, ""
}

// headerBlock reads the header of a quoted mail that begins at line i, and returns the line behind it.
func headerBlock(lines []string, i int, announced bool) (end int, ok bool) {
	seen := map[byte]bool{}
	count, j := 0, i
	var last byte
	empty := false // the last label had no value yet
	for j < len(lines) && j < i+60 {
		l := lines[j]
		if l == "" || isMark(l) {
			k := nextFilled(lines, j)
			if k >= len(lines) || k > j+2 {
				break
			}
			if c, _ := label(lines[k]); c == 0 || seen[c] && c != 'o' {
				break
			}
			j = k
			continue
		}
		c, v := label(l)
		switch {
		case c == 'f' && !announced && v != "" && v[0] >= '0' && v[0] <= '9':
			return i, false // "Von: 14 Uhr" is no sender
		case c != 0 && (c == 'o' || !seen[c]):
			seen[c], last, empty = true, c, v == ""
			count++
		case count == 0:
			return i, false
		case empty:
			empty = false
		case (last == 't' || last == 'o' || last == 'f') && len(l) < 400 && strings.Contains(l, "@"), last == 's' && len(lines[j-1]) > 60 && !replyLike(l) && count >= 4 && strings.HasPrefix(l, " "):
		default:
			return j, enough(seen, count, announced)
		}
		j++
	}
	return j, enough(seen, count, announced)
}

func replyLike(l string) bool { return strings.HasSuffix(l, ",") || strings.HasSuffix(l, "!") }

func enough(seen map[byte]bool, count int, announced bool) bool {
	if announced {
		return count >= 2 && (seen['f'] || seen['s'] || seen['d'])
	}
	return count >= 3 && seen['f'] && (seen['d'] || seen['s']) || count >= 4 && seen['d'] && seen['s']
}

// boundary is where something that was not newly written begins.
type boundary struct {
	start, body int  // first line of the announcement, first line of the text
	forward     bool // passed on rather than quoted
	toEnd       bool // it reaches to the end of the mail; else only the announcement itself is known
}

// boundaryAt looks for a boundary at line i.
func (s *splitter) boundaryAt(lines []string, i int) (boundary, bool) {
	l := lines[i]
	b := boundary{start: i, body: i + 1, toEnd: true, forward: s.forward}
	switch {
	case l == "":
		return b, false
	case markOf(l) == markTail:
		if end, ok := headerBlock(lines, nextFilled(lines, i), true); ok {
			b.body = end
		}
		return b, true
	case announces(l) && forwardLine.MatchString(l):
		b.forward = true
		b.body = s.afterHeader(lines, i+1)
		return b, true
	case groupwise.MatchString(l):
		return b, true
	case announces(l) && originalLine.MatchString(l):
		b.body = s.afterHeader(lines, i+1)
		return b, true
	case announces(l) && ruleLine.MatchString(l):
		k := nextFilled(lines, i+1)
		if end, ok := headerBlock(lines, k, false); ok && k <= i+4 {
			b.body = end
			return b, true
		}
		return b, false
	}
	if end, ok := headerBlock(lines, i, false); ok {
		b.body = end
		return b, true
	}
	n, sure := attribution(lines, i)
	if n == 0 && strings.Contains(l, "@") && len(l) < 200 && clockOrDate.MatchString(l) {
		n = 1 // who and when, with neither verb nor colon: only a quote right behind it makes it one
	}
	if n > 0 {
		k := nextFilled(lines, i+n)
		b.body, b.forward = i+n, false
		if k < len(lines) {
			if _, q := quoted(lines[k]); q && k <= i+n+2 {
				b.toEnd = false
				return b, true
			}
		}
		return b, sure
	}
	return b, false
}

// announces sorts out, cheaply, the lines that cannot begin a quoted or forwarded mail.
func announces(l string) bool {
	t := strings.TrimLeft(l, " \t*")
	return t == "" || strings.IndexByte("-_=>*", t[0]) >= 0 || strings.HasSuffix(strings.TrimRight(l, "* "), ":") || len(t) < len(l)
}

// afterHeader skips the header block behind an announcement, and a lead-in such as "Max schrieb am …:".
func (s *splitter) afterHeader(lines []string, i int) int {
	k := nextFilled(lines, i)
	if end, ok := headerBlock(lines, k, true); ok {
		return end
	}
	if k < len(lines) {
		if rest, q := quoted(lines[k]); q {
			un := unquoteAll(lines[k:])
			if end, ok := headerBlock(un, nextFilled(un, 0), true); ok && rest != "" {
				return k + end
			}
		}
	}
	return i
}

// unquoteAll takes one level of ">" off the lines.
func unquoteAll(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i], _ = quoted(l)
	}
	return out
}

// folded is channels.Fold, the form in which words are compared.
func folded(s string) string { return channels.Fold(s) }
