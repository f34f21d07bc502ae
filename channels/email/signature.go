package email

import (
	"regexp"
	"strings"
	"unicode"
)

// How people and their clients end a mail.
var (
	closing = regexp.MustCompile(`(?i)^\W{0,3}(` +
		`(mit|viele|liebe|beste|schöne|herzliche|sonnige|freundliche|sportliche|ganz liebe|ganz herzliche|kollegiale|bunte|allerbeste|vielen dank und|besten|lieben|schönen|herzlichen|danke und|mit besten|mit lieben|mit herzlichen|mit vielen|mit sportlichen|mit den besten|mit schönem?|tausend|glück auf und|musikalische|solidarische|ehrenamtliche|winterliche|weihnachtliche|adventliche|frohe|nachbarschaftliche|feuchtfröhliche|kameradschaftliche|mit freundlichem|mit freundlichen|mit kameradschaftlichen|mit solidarischen|mit kollegialen|1000)\s+([\p{L}-]+\s+){0,3}(gr(ü|ue)(ß|ss)(e|en)?|gru(ß|ss)|gruessen)` +
		`|(es |so )?gr(ü|ue)(ß|ss)(t|en)( (dich|euch|sie|herzlich|freundlich|ganz|lieb))*|mfg|m\. ?f\. ?g\.?|lg|l\.g\.|vg|v\.g\.|bg|hg|glg|ganz lg|vlg|sg|gru(ß|ss)|gr(ü|ue)(ß|ss)e|gr(ü|ue)(ß|ss)le|hochachtungsvoll|herzlichst|herzlich|alles (liebe|gute)|beste wünsche|bis (dann|bald|samstag|sonntag|morgen|später)|schönen (tag|abend|gruß)( noch)?|schönes wochenende|ein schönes wochenende|gut pfad|glück auf|mit sportlichem gru(ß|ss)|gut holz|dein[e]?|euer|eure|ihr[e]?|horrido|freundschaft` +
		`|(best|kind|kindest|warm|warmest|with kind|with best|many|with warm|friendly) (regards|wishes)|regards|best|all the best|cheers|thanks|many thanks|thank you|thanks a lot|thanks again|thx|yours|yours (sincerely|faithfully|truly)|sincerely( yours)?|respectfully|take care|love|br|kr|rgds|brgds` +
		`|cordialement|bien (à vous|cordialement)|met vriendelijke groet(en)?|mvg|groetjes|saludos|cordiali saluti|pozdrawiam|saygılarımla` +
		`|danke|dankeschön|vielen dank|besten dank|herzlichen dank|danke (schön|vorab|dir|euch|ihnen|im voraus|sehr)|vielen (lieben )?dank (im voraus|vorab))` +
		`(\s+(aus|vom|von|an (alle|euch|dich|sie|das|die)|in|und|für|noch|from|and|zurück|auch|allen|alle|euch|dir|ihnen|nach|im|in advance|vorab|bis)\b.{0,50})?[\s,.!;:)–-]*$`)
	// thanking is a closing only when a name follows: alone it is part of what is said.
	thanking   = regexp.MustCompile(`(?i)^\W{0,3}(danke|dankeschön|vielen|besten dank|herzlichen dank|thanks|many thanks|thank you|thx|best$|love$|bis |schönen (tag|abend)|schönes|ein schönes|alles|dein|euer|eure|ihr|herzlich|take care|regards$|freundschaft)`)
	closedName = regexp.MustCompile(`^\W{0,3}(?i:(lg|vg|mfg|glg|bg|hg|vlg|gru(ß|ss)|gr(ü|ue)(ß|ss)e|(ganz )?(liebe|viele|beste|herzliche|schöne|lieben|besten|schönen|freundliche) gr(ü|u)(ß|ss)e?|mit freundlichen gr(ü|u)(ß|ss)en|best regards|kind regards|regards|cheers|best wishes|danke und (lg|vg|gru(ß|ss)|liebe grüße|viele grüße)|vielen dank und (lg|vg|viele grüße|liebe grüße)|danke|thanks)[\s,.!–-]+)\p{Lu}[\p{L}.'-]*(\s+((und|&|u\.|and|von|van|de|vom|der|des|aus)\s+)?\p{Lu}[\p{L}.'-]*){0,4}[\s.!]*$`)
	closedLow  = regexp.MustCompile(`(?i)^\W{0,3}((lg|vg|mfg|glg|bg|hg|vlg|gru(ß|ss)|(liebe|viele|beste|herzliche|schöne|lieben) gr(ü|u)(ß|ss)e?)[\s,.!–-]+)[\p{L}-]{2,20}(\s(und|&)\s[\p{L}-]{2,20})?[\s.!]*$`)
	yours      = regexp.MustCompile(`(?i:^\W{0,3}(euer|eure|dein|deine|ihr|ihre)\s+)\p{Lu}[\p{L}.'-]*(\s+((und|vom|von|der|des|aus|&)\s+)?[\p{Lu}\d][\p{L}.'-]*){0,4}[\s.!]*$`)
	inlineEnd  = regexp.MustCompile(`^(.{2,}[.!?)…])\s+((?:(?:Danke|Vielen Dank|Besten Dank|Dank|Thanks)(?:,| und| and)\s+)?(?:LG|VG|MfG|GLG|BG|HG|Lg|lg|Vg|mfg|vg|Gruß|Grüße|Liebe Grüße|Viele Grüße|Beste Grüße|Herzliche Grüße|Schöne Grüße|Lieben Gruß|viele Grüße|liebe Grüße|Mit freundlichen Grüßen|Mit freundlichem Gruß|Best regards|Best wishes|Kind regards|Cheers|Regards)[\s,]*(?:\p{Lu}[\p{L}.'-]*(?:\s+(?:(?:und|and|&|von)\s+)?\p{Lu}[\p{L}.'-]*){0,3})?[.!]?)$`)
	sentFrom   = regexp.MustCompile(`(?i)^\W{0,3}(` +
		`((von|aus) (meinem|meiner|mein)[ /]|vom ).{2,40}(gesendet|geschickt|geschrieben|verschickt|versendet)|(gesendet|geschickt|verschickt|geschrieben|gesandt|versandt) (von|mit|über|via|aus|vom) .{2,80}|(von|aus) (outlook|gmail|yahoo|gmx|web\.de|mail|thunderbird)[^,]{0,30} (gesendet|geschickt|verschickt)|diese (nachricht|e-?mail|mail) wurde (von|mit|über|vom) .{2,90} (gesendet|verschickt|geschrieben|versendet)|diese nachricht wurde .{0,60}(gmx|web\.de|1&1).{0,60}|holen sie sich outlook für .{2,30}|(get|hol dir|laden sie|holen sie sich) outlook (for|für) .{2,30}|outlook für (ios|android) (beziehen|herunterladen)|outlook (for|für) (ios|android).{0,60}` +
		`|sent (from|with|via|using|by) .{2,80}|(send|sendt|envoyé|inviato|enviado|verzonden) (from|fra|de|depuis|da|desde|vanaf|met|mit) .{2,60}|this message was sent (from|with|by) .{2,60}|von unterwegs( gesendet)?|unterwegs gesendet|mobil gesendet|kurz und mobil.{0,60}|excuse (my )?(brevity|typos).{0,60}|entschuldigen sie bitte (die|meine) kürze.{0,40}|bitte entschuldige[n]?( sie)? .{0,40}(kürze|tippfehler).{0,40}|yahoo mail( auf|:| on) .{0,60}|virenfrei\. ?www\.avast\.com.*|diese e-mail wurde von avast.{0,80}|diktiert.{0,60}|dictated .{0,60}|per (siri|spracheingabe) diktiert.{0,40}` +
		`)[\s.!]*(<?https?://\S+>?)?[\s.]*$`)
	disclaimer = regexp.MustCompile(`(?i)(diese (e-?mail|nachricht|information)[^.]{0,60} (enthält|kann|können|ist|und etwaige|sowie|einschließlich)|vertrauliche (und|oder|informationen)|rechtlich geschützte|this (e-?mail|message|communication)[^.]{0,80} (is|may|contains?|and any)|confidentiality notice|disclaimer|haftungsausschluss|denken sie an die umwelt|umwelt.{0,40}ausdruck|think before (you )?print|consider the environment|bitte prüfen sie.{0,40}ausgedruckt|datenschutzhinweis|hinweise zum datenschutz|informationen zum datenschutz|wichtiger hinweis:|vertraulichkeitshinweis|amtsgericht [\p{Lu}]|vereinsregister|registergericht|ust-?id)`)
	contact    = regexp.MustCompile(`(?i)(^|\W)(tel(efon)?|fon|phone|mobil(e|telefon)?|handy|fax|telefax|mob|cell|t|m|f|e-?mail|mail|web|internet|www|iban|bic)\s?[.:|]|https?://|\bwww\.|\S+@\S+\.\w|^\+?[\d][\d\s/().–-]{6,}$|\b\d{5} \p{Lu}|(straße|strasse|str\.|platz|weg|allee|gasse|ring) \d+|e\. ?v\.|ggmbh|gmbh|\bamtsgericht\b|vorstand|vorsitzende|geschäftsführ|i\. ?a\.|i\. ?v\.|p\. ?p\.`)
	onBehalf   = regexp.MustCompile(`(?i)^(i\. ?a\.|i\. ?v\.|ppa\.|im auftrag|in vertretung)(\s|$)`)
	postScript = regexp.MustCompile(`^(?i:p\.?\s?s\.?|p\.?p\.?s\.?|nachtrag|n\.?b\.?)\s?[:.,–-]|^PS\s`)
	delimiter  = regexp.MustCompile(`^(--|—|––|-- -|__|--=20)$`)
)

// signature cuts a new text into what was said and how it was signed. doubt is set when the cut rests
// on the look of the lines alone.
func (s *splitter) signature(lines []string) (text, sign []string, doubt bool) {
	if t, sg, ok := markedSignature(lines); ok {
		t2, sg2, d := s.signature(t)
		return t2, append(append(sg2, ""), withoutDelimiters(sg)...), d
	}
	end := lastFilled(lines)
	at := end
	for i := 0; i < end; i++ {
		if delimiter.MatchString(strings.TrimSpace(lines[i])) && (lines[i] != "__" || end-i < 12) {
			at = i
			break
		}
		if ruleLine.MatchString(lines[i]) && contacts(lines[i+1:end]) >= 2 && end-i < 30 {
			at = i
			break
		}
	}
	at = trailing(lines, at, func(l string) bool { return sentFrom.MatchString(l) })
	at = s.disclaimed(lines, at)
	at, ps, doubt := s.closingAt(lines, at)
	text = append([]string(nil), lines[:at]...)
	sign = lines[at:end]
	if ps != nil {
		text = append(append(text, ""), lines[ps[0]:ps[1]]...)
		sign = append(append([]string(nil), lines[at:ps[0]]...), lines[ps[1]:end]...)
	}
	sign = withoutDelimiters(sign)
	if allEmpty(sign) {
		if t, sg, ok := inlineClosing(text); ok {
			return t, sg, doubt
		}
	}
	return text, sign, doubt
}

// withoutDelimiters empties the lines that only announce a signature.
func withoutDelimiters(lines []string) []string {
	out := append([]string(nil), lines...)
	for i, l := range out {
		if delimiter.MatchString(strings.TrimSpace(l)) || ruleLine.MatchString(l) {
			out[i] = ""
		}
	}
	return out
}

// markedSignature takes out what HTML marks as the signature.
func markedSignature(lines []string) (text, sign []string, ok bool) {
	start := -1
	for i, l := range lines {
		if markOf(l) == markSign {
			start = i
			break
		}
	}
	if start < 0 {
		return nil, nil, false
	}
	end := start + 1
	for end < len(lines) && markOf(lines[end]) != markSignEnd {
		end++
	}
	text = append(text, lines[:start]...)
	if n := lastFilled(text); n > 0 && delimiter.MatchString(strings.TrimSpace(text[n-1])) {
		text = text[:n-1]
	}
	if end+1 < len(lines) {
		text = append(text, lines[end+1:]...)
	}
	return text, lines[start+1 : min(end, len(lines))], true
}

// lastFilled is the number of lines up to the last that is not empty.
func lastFilled(lines []string) int {
	n := len(lines)
	for n > 0 && (lines[n-1] == "" || isMark(lines[n-1])) {
		n--
	}
	return n
}

// trailing moves the end up over lines that match, wrapped over two lines at most.
func trailing(lines []string, at int, match func(string) bool) int {
	for {
		n := lastFilled(lines[:at])
		if n == 0 {
			return at
		}
		switch l := strings.TrimSpace(lines[n-1]); {
		case len(l) < 200 && match(l):
			at = n - 1
		case n > 1 && lines[n-2] != "" && len(l)+len(lines[n-2]) < 200 && match(strings.TrimSpace(lines[n-2])+" "+l):
			at = n - 2
		default:
			return at
		}
	}
}

// disclaimed moves the end up over the last paragraphs where they are legal small print.
func (s *splitter) disclaimed(lines []string, at int) int {
	for range 12 {
		n := lastFilled(lines[:at])
		start := n
		for start > 0 && lines[start-1] != "" && n-start < 25 {
			start--
		}
		if n == 0 || start == 0 || !disclaimer.MatchString(strings.Join(lines[start:n], " ")) {
			return at
		}
		if closing.MatchString(strings.TrimSpace(lines[start])) {
			return at
		}
		at = start
	}
	return at
}

// closingAt finds "Viele Grüße" with a name behind it, and a postscript behind that.
func (s *splitter) closingAt(lines []string, at int) (start int, ps []int, doubt bool) {
	end := lastFilled(lines[:at])
	for i := max(0, end-60); i < end; i++ {
		l := strings.TrimSpace(lines[i])
		if l == "" || len(l) > 90 {
			continue
		}
		if !s.closes(lines, i, end) {
			continue
		}
		for j := i + 1; j < end; j++ {
			if postScript.MatchString(lines[j]) {
				return i, []int{j, at}, false
			}
		}
		return i, nil, false
	}
	if i, ok := s.loneName(lines, end); ok {
		return i, nil, false
	}
	if i, ok := contactBlock(lines, end); ok {
		return i, nil, true
	}
	return at, nil, false
}

// closes tells whether line i ends the mail: a formula, and nothing but names and contact lines after it.
func (s *splitter) closes(lines []string, i, end int) bool {
	l := strings.TrimSpace(lines[i])
	switch {
	case closedName.MatchString(l), closedLow.MatchString(l):
		return i == end-1 || s.signedOff(lines[i+1:end])
	case yours.MatchString(l):
		return !allEmpty(lines[:i]) && (i == 0 || lines[i-1] == "") && (i == end-1 || contacts(lines[i+1:end]) > 0 && s.signedOff(lines[i+1:end]))
	case onBehalf.MatchString(l) && len(l) < 60:
		return s.signedOff(lines[i+1 : end])
	case !closing.MatchString(l), len(strings.Fields(l)) >= 6 && strings.HasSuffix(l, "."):
		return false
	}
	rest := lines[i+1 : end]
	k := nextFilled(rest, 0)
	if k >= len(rest) {
		return !thanking.MatchString(l) || len(lines[:i]) > 0 && !allEmpty(lines[:i]) && strings.HasSuffix(l, ",")
	}
	if thanking.MatchString(l) {
		return nameLike(rest[k]) && s.signedOff(rest[k:]) && !postScript.MatchString(rest[k])
	}
	return postScript.MatchString(rest[k]) || s.signedOff(rest)
}

// signedOff tells whether lines look like what follows a closing formula.
func (s *splitter) signedOff(rest []string) bool {
	k := nextFilled(rest, 0)
	if k >= len(rest) {
		return true
	}
	l := rest[k]
	if nameLike(l) || contact.MatchString(l) || onBehalf.MatchString(l) || closing.MatchString(l) || isMark(l) {
		return !prose(rest[k+1:])
	}
	return s.isSender(l) || len(strings.Fields(l)) <= 8 && contacts(rest) >= 1 && !prose(rest)
}

// prose tells whether sentences follow that are no small print: then the formula closed nothing.
func prose(rest []string) bool {
	for _, p := range paragraphs(rest) {
		if postScript.MatchString(p) {
			return false
		}
		if disclaimer.MatchString(p) {
			return false
		}
		words := strings.Fields(p)
		if len(words) >= 6 && strings.HasSuffix(p, "?") && !contact.MatchString(p) {
			return true
		}
	}
	return false
}

func paragraphs(lines []string) []string {
	var out []string
	open := false
	for _, l := range lines {
		switch {
		case l == "" || isMark(l):
			open = false
		case open:
			out[len(out)-1] += " " + strings.TrimSpace(l)
		default:
			out = append(out, strings.TrimSpace(l))
			open = true
		}
	}
	return out
}

// nameLike tells whether a line could be a person or a body: few words, no sentence.
func nameLike(l string) bool {
	l = strings.Trim(strings.TrimSpace(l), "*_/ ")
	words := strings.Fields(l)
	if len(words) == 0 || len(words) > 8 || len(l) > 70 || strings.HasSuffix(l, "?") || strings.HasSuffix(l, ":") {
		return false
	}
	upper := 0
	for _, w := range words {
		r := []rune(strings.TrimLeft(w, `("„`))
		if len(r) == 0 {
			continue
		}
		if unicode.IsUpper(r[0]) || !unicode.IsLetter(r[0]) {
			upper++
		}
	}
	return len(words) <= 2 && !strings.HasSuffix(l, ".") || upper*2 >= len(words)
}

// isSender tells whether a line is the sender's own name or a part of it, initials included.
func (s *splitter) isSender(l string) bool {
	said, names := strings.Fields(folded(l)), strings.Fields(folded(s.name))
	if len(said) == 0 || len(said) > 4 {
		return false
	}
	whole := len(said) == 1 && strings.HasSuffix(strings.TrimSpace(l), ".")
	for _, w := range said {
		hit := false
		for _, n := range names {
			hit = hit || w == n || len(w) == 1 && strings.HasPrefix(n, w)
			whole = whole || w == n && len(w) > 1
		}
		if !hit {
			return false
		}
	}
	return whole
}

// loneName finds the sender's name as the last paragraph, with or without ways to reach them below it.
func (s *splitter) loneName(lines []string, end int) (int, bool) {
	at := end - 1
	for at > 0 && end-at <= 8 && !s.isSender(lines[at]) && contact.MatchString(lines[at]) {
		at--
	}
	if at < 1 || allEmpty(lines[:at]) || !s.isSender(lines[at]) {
		return 0, false
	}
	before := strings.TrimSpace(lines[at-1])
	return at, before == "" || endsSentence(before)
}

func contacts(lines []string) int {
	n := 0
	for _, l := range lines {
		if contact.MatchString(l) {
			n++
		}
	}
	return n
}

// contactBlock finds a last paragraph of a name and ways to reach it, without a formula before it.
func contactBlock(lines []string, end int) (int, bool) {
	start := end
	for start > 0 && lines[start-1] != "" && !isMark(lines[start-1]) {
		start--
	}
	n := end - start
	if start == 0 || n < 3 || n > 14 || allEmpty(lines[:start]) || strings.HasSuffix(lines[lastFilled(lines[:start])-1], ":") {
		return 0, false
	}
	for _, l := range lines[start:end] {
		if len(strings.Fields(l)) > 9 || number2(l) {
			return 0, false
		}
	}
	return start, nameLike(lines[start]) && contacts(lines[start:end]) >= 2 && contacts(lines[start:end])*2 >= n
}

func number2(l string) bool { _, _, ok := number(l); return ok }

// inlineClosing cuts "Ich komme gern. LG Anna".
func inlineClosing(lines []string) (text, sign []string, ok bool) {
	n := lastFilled(lines)
	if n == 0 || len(lines[n-1]) > 400 {
		return nil, nil, false
	}
	m := inlineEnd.FindStringSubmatch(lines[n-1])
	if m == nil {
		return nil, nil, false
	}
	return append(append([]string(nil), lines[:n-1]...), m[1]), []string{m[2]}, true
}
