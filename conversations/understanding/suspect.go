package understanding

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"ehrenamt/channels"
)

// Suspicion is something about a text that an editor should look at before others do.
type Suspicion string

// The suspicions. The first ones are no reason to hold what somebody trusted writes; the others are signs of fraud.
const (
	Linked    Suspicion = "link"      // a link
	Numbered  Suspicion = "number"    // a telephone number
	Mailed    Suspicion = "address"   // a mail address
	Paid      Suspicion = "money"     // sums, wages
	Shouted   Suspicion = "shouting"  // capitals and exclamation marks
	Advance   Suspicion = "advance"   // money ahead: transfers, vouchers, deposits to strangers
	Coined    Suspicion = "crypto"    // crypto currencies, trading
	Documents Suspicion = "documents" // copies of identity cards, bank data, codes
	Elsewhere Suspicion = "elsewhere" // "WhatsApp me": away from where anybody could look
	Adult     Suspicion = "adult"     // offers of another kind
)

// Grave tells whether a suspicion holds up everybody's text, whoever wrote it.
func (s Suspicion) Grave() bool {
	switch s {
	case Advance, Coined, Documents, Elsewhere, Adult:
		return true
	}
	return false
}

var (
	aLink    = regexp.MustCompile(`(?i)\b(https?://|www\.)\S+|\b[a-z0-9][a-z0-9-]*\.(de|com|org|net|info|eu|io|me|app|ru|xyz|top|shop|online|site|link|ly)(/\S*)?\b`)
	aMail    = regexp.MustCompile(`(?i)[\w.+-]+\s?(@|\(at\)|\[at\])\s?[\w-]+(\.|\s?\(dot\)\s?)[a-z]{2,}`)
	aNumber  = regexp.MustCompile(`(?:\+|00)\s?[1-9]\d?[\d\s()/-]{7,}\d|\b0[1-9]\d{1,4}[\s/()-]{0,3}\d[\d\s/-]{4,}\d`)
	aSum     = regexp.MustCompile(`(?i)\d\s*(€|eur\b|euro|usd\b|\$)|(€|\$)\s*\d|\b(stundenlohn|bezahlung|honorar|verdienst|nebenverdienst|gehalt|vergütung|bar auf die hand|gegen bezahlung|wage|salary|earn money)\b`)
	elsewher = regexp.MustCompile(`(?i)\b(whats\s?app|wa\.me|signal|telegram|t\.me|viber|wechat|snapchat|instagram|insta|facebook|messenger|discord|tiktok)\b`)
)

// money ahead in a sentence of folded words, with a few words between what belongs together.
var moneyAhead = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:vorab|vorher|voraus|vorweg|zuerst|beforehand|upfront|in advance)\b(?: [^ ]+){0,6}? (?:ueberweis|einzahl|bezahl|transfer|paypal|pay)`),
	regexp.MustCompile(`\b(?:ueberweis\w*|einzahl\w*|bezahl\w*|transfer|pay)(?: [^ ]+){0,6}? (?:vorab|vorher|voraus|vorweg|beforehand|upfront|in advance)\b`),
	regexp.MustCompile(`\b(?:vorab|vorher|voraus|vorweg|zuerst|beforehand|upfront)\b(?: [^ ]+){0,4}? (?:euro|eur|usd|dollar)\b(?: [^ ]+){0,4}? (?:zahl|schick|send|mitbring)`),
	regexp.MustCompile(`\bgutschein\w*(?: [^ ]+){0,3}? (?:kauf|besorg)`),
}

// ways of asking for it, folded: a text that has all words of one line in a row.
var (
	advance = foldLines("western union", "moneygram", "paysafe", "paysafecard", "gutscheinkarte", "guthabenkarte", "geschenkkarte", "gift card",
		"steam karte", "google play karte", "vorkasse", "vorab ueberweis", "vorher ueberweis", "im voraus ueberweis", "kaution ueberweis",
		"anzahlung", "gebuehr vorab", "bearbeitungsgebuehr", "anmeldegebuehr", "aktivierungsgebuehr", "paypal freunde", "geld auslegen", "geld leihen",
		"leih mir geld", "spende ueberweis", "bitte ueberweis", "pay in advance", "advance payment", "upfront fee", "send money", "wire transfer",
		"pakete annehmen", "pakete weiterleiten", "konto zur verfuegung", "dein konto nutzen", "ihr konto nutzen", "schnelles geld", "leicht verdientes geld",
		"von zu hause geld verdienen", "finanzagent")
	crypto = foldLines("bitcoin", "btc", "ethereum", "krypto", "crypto", "usdt", "wallet", "trading", "forex", "binance", "investiere", "rendite garantiert",
		"garantierte rendite", "passives einkommen", "passive income", "nft")
	documents = foldLines("ausweis kopie", "ausweiskopie", "kopie deines ausweises", "kopie des ausweises", "kopie ihres ausweises", "foto deines ausweises",
		"foto des ausweises", "foto vom ausweis", "ausweis schicken", "ausweis senden", "personalausweis schicken", "personalausweis senden", "ausweisfoto",
		"reisepass schicken", "kopie des reisepasses", "iban schicken", "iban senden", "deine iban", "bankdaten", "kontodaten", "kreditkarte",
		"kreditkartennummer", "tan schicken", "tan senden", "passwort schicken", "sozialversicherungsnummer", "steuer id", "postident", "videoident",
		"verifizierungscode", "bestaetigungscode schicken", "copy of your id", "copy of your passport", "bank details", "credit card number")
	away  = foldLines("schreib mir auf", "schreibt mir auf", "schreib mich an auf", "melde dich auf", "meldet euch auf", "kontakt nur ueber", "nur ueber", "add me", "message me", "text me", "dm me", "pn an mich")
	adult = foldLines("erotik", "erotisch", "taschengeld treffen", "tg treffen", "escort", "sex", "nackt", "aktmodell", "sugar daddy", "sugardaddy")
)

// Suspicions reads what everybody would see of a posting, and what only people accepted would.
func Suspicions(public, private string) []Suspicion {
	var out []Suspicion
	add := func(s Suspicion, there bool) {
		if there && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	mails := aMail.MatchString(public)
	add(Mailed, mails)
	add(Linked, aLink.MatchString(aMail.ReplaceAllString(public, " ")))
	add(Numbered, aNumber.MatchString(public))
	add(Paid, aSum.MatchString(public))
	add(Shouted, shouted(public))
	all := public + "\n" + private
	said := folded(all)
	add(Advance, has(said, advance) || slices.ContainsFunc(moneyAhead, func(r *regexp.Regexp) bool { return r.MatchString(said) }))
	add(Coined, has(said, crypto))
	add(Documents, has(said, documents))
	add(Elsewhere, elsewher.MatchString(all) && (has(said, away) || aNumber.MatchString(all) || strings.Contains(all, "@")) ||
		has(said, away) && aNumber.MatchString(public))
	add(Adult, has(said, adult))
	return out
}

// folded is a text as words of plain letters between blanks, ä as ae; letters of other alphabets that look like ours
// are read as ours, so that nobody hides a word behind them.
func folded(s string) string {
	s = lookAlikes.Replace(strings.ToLower(s))
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "-", " ").Replace(s)
	return " " + strings.Join(strings.Fields(channels.Fold(s)), " ") + " "
}

func foldLines(lines ...string) []string {
	for i, l := range lines {
		lines[i] = strings.TrimSpace(folded(l))
	}
	return lines
}

// has tells whether one of the phrases stands in a text at the beginning of a word; short ones as a word of their own.
func has(said string, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool {
		if len(p) <= 4 {
			return strings.Contains(said, " "+p+" ")
		}
		return strings.Contains(said, " "+p)
	})
}

// shouted tells whether most of a longer text is in capitals, or it has four exclamation marks.
func shouted(s string) bool {
	upper, letters := 0, 0
	for _, r := range s {
		l, u := strings.ToLower(string(r)), strings.ToUpper(string(r))
		if l == u {
			continue
		}
		if letters++; string(r) == u {
			upper++
		}
	}
	return letters >= 30 && upper*10 > letters*6 || strings.Count(s, "!") >= 4
}

// NearName tells whether people may take one name for the other although it is not the same: one letter more, less,
// another or swapped, the same words in another order, or letters that look alike in print.
func NearName(a, b string) bool {
	x, y := nameCore(a), nameCore(b)
	if x == "" || y == "" || x == y {
		return false
	}
	if numbers(a) != numbers(b) { // "Grundschule 5" and "Grundschule 6" are two
		return false
	}
	print := strings.NewReplacer("rn", "m", "vv", "w", "1", "l", "i", "l")
	if print.Replace(x) == print.Replace(y) {
		return true
	}
	p, q := strings.Fields(channels.Fold(a)), strings.Fields(channels.Fold(b))
	slices.Sort(p)
	slices.Sort(q)
	if len(p) > 1 && slices.Equal(p, q) {
		return true
	}
	shorter := min(len([]rune(x)), len([]rune(y)))
	return shorter >= 6 && oneSlip([]rune(x), []rune(y))
}

// numbers are the numbers in a name: words that end in a digit.
func numbers(name string) string {
	var out []string
	for _, w := range strings.Fields(channels.Fold(name)) {
		if unicode.IsDigit(rune(w[len(w)-1])) {
			out = append(out, strings.TrimLeftFunc(w, unicode.IsLetter))
		}
	}
	return strings.Join(out, " ")
}

// oneSlip tells whether one letter was put in, left out, replaced, or swapped with the next.
func oneSlip(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(b) > len(a):
		return slices.Equal(a[i:], b[i+1:])
	case i == len(a), slices.Equal(a[i+1:], b[i+1:]):
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}
