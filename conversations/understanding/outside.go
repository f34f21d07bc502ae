package understanding

import (
	"regexp"
	"strings"

	"ehrenamt/channels"
)

// Outside is what somebody who posted says about people who did not come by way of the exchange: "noch zwei haben am
// Telefon zugesagt", "nur noch 2 frei", "wir sind voll".
type Outside struct {
	By   int  // so many more, or fewer if negative
	Free int  // so many places are left, with Left
	Left bool // Free was said
}

const outsidePeople = `(?:\s+(?:leute|helfer|helferinnen|helfende|menschen|personen|plaetze|andere|weitere|people|helpers|places|others|more))*`

var (
	outsideFull = regexp.MustCompile(`^(?:(?:wir|jetzt|sind|ist|alles|alle|schon|inzwischen|leider|we|are|all|now|its|it|is)\s+)*(?:voll|ausgebucht|voll besetzt|komplett|besetzt|plaetze vergeben|plaetze weg|keine plaetze mehr(?: frei)?|kein platz mehr(?: frei)?|full|taken)$`)
	outsideLeft = regexp.MustCompile(`^(?:(?:es|sind|ist|wir|haben|jetzt|nur|noch|bitte|there|are|is|only|we|have)\s+)*?(?:nur|only|noch|sind|ist|haben|have|are|is)\s+(?:noch\s+|nur\s+|still\s+|only\s+)*(\pL+|\d{1,3})(?:\s+(?:plaetze|platz|places|place))?\s+(?:frei|uebrig|free|left|open)$`)
	outsideMore = regexp.MustCompile(`^(?:(?:es|haben|hat|wir|jetzt|schon|auch|there|we|have)\s+)*(?:noch\s+|another\s+)?(\pL+|\d{1,3})` + outsidePeople +
		`\s+(?:haben|hat|have|has)\s+(?:(?:sich|mir|uns|bei|schon|auch|am|im|per|ueber|auf|dem|der|den|telefon|telefonisch|mail|whatsapp|verein|so|persoenlich|direkt|privat|already|by|on|the|phone|told|us|in|person|also)\s+)*(?:zugesagt|gemeldet|angemeldet|angerufen|said yes|signed up|agreed|called)(?:\s+(?:am|on|by|per)(?:\s+(?:the|dem))?\s+(?:telefon|phone))?$`)
	outsideBack = regexp.MustCompile(`^(?:(?:von|den|denen|am|vom|telefon|leider)\s+)*(?:(\pL+|\d{1,3})` + outsidePeople + `)\s+(?:von|vom|of)\s+(?:(?:den|denen|am|draussen|ausserhalb|telefon|the|on|phone|outside|ones)\s+)+(?:haben|hat|have|has)\s+(?:wieder\s+)?(?:abgesagt|cancelled)$`)
)

// ReadOutside reads what was given away elsewhere. A sentence with more in it is none.
func ReadOutside(text string) (Outside, bool) {
	t := channels.Fold(text)
	if len(t) > 100 {
		return Outside{}, false
	}
	if outsideFull.MatchString(t) {
		return Outside{Left: true}, true
	}
	if m := outsideLeft.FindStringSubmatch(t); m != nil {
		if m[1] == "nichts" || m[1] == "kein" || m[1] == "nothing" || m[1] == "keine" {
			return Outside{Left: true}, true
		}
		if n, ok := smallNumber(m[1]); ok {
			return Outside{Free: n, Left: true}, true
		}
	}
	if m := outsideMore.FindStringSubmatch(t); m != nil {
		if n, ok := smallNumber(m[1]); ok {
			return Outside{By: n}, true
		}
	}
	if m := outsideBack.FindStringSubmatch(t); m != nil {
		if n, ok := smallNumber(m[1]); ok {
			return Outside{By: -n}, true
		}
	}
	return Outside{}, false
}

// toAll begins a message to everybody who comes.
var toAll = regexp.MustCompile(`(?is)^\s*(?:nachricht\s+|info\s+|message\s+)?(?:an|to)\s+(?:alle(?:\s+(?:helfenden|helfer|zusagenden|die\s+kommen))?|all|everyone|everybody)\s*[:,–-]\s*(.*)$`)

// ReadToAll reads "an alle: …"; said is what is to be passed on, which may be nothing.
func ReadToAll(text string) (said string, ok bool) {
	m := toAll.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	return strings.TrimSpace(m[1]), true
}

var (
	absence = regexp.MustCompile(`\b(?:kann|koennen|schaffe?s?|schaffen)\b.*\bnicht\b|\bnicht\s+(?:dabei|da|kommen)\b|\b(?:bin|sind)\b.*\b(?:weg|verreist|krank|im urlaub|verhindert|nicht da)\b|\b(?:falle|fallen)\b.*\baus\b|\bmuss\b.*\babsagen\b|\bcant\b|\bcannot\b|\bcan t\b|\b(?:i m|im|i am|we are)\s+(?:away|ill|sick|on holiday)\b|\bwont make it\b|\b(?:wont|won t|not) be able to (?:come|make it|help|join|be there|attend)\b|\bunable to (?:come|make it|help|join|attend)\b|\bi (?:have to|must|need to) cancel\b`)
	dropped = regexp.MustCompile(`\b(?:faellt|fallen|fallt)\b.*\b(?:aus|weg)\b|\bfindet\b.*\bnicht\s+statt\b|\b(?:ist|sind|wird|wurde)\b.*\babgesagt\b|\b(?:is|are)\s+(?:cancelled|canceled|off)\b|` +
		`\bwir\b.*\b(?:muessen|sagen)\b.*\b(?:absagen|abblasen|ab)\b|^(?:bitte |das |es |den termin |die aktion |alles )+(?:absagen|abblasen|streichen)\b|\bwird nichts\b|\bwe (?:have|need) to (?:cancel|call)\b|^(?:please )?cancel (?:it|this|that|the event)\b`)
	moved = regexp.MustCompile(`\b(?:verschieb|verleg|aender)\w*\b.*\b(?:termin|uhrzeit|zeit|datum|tag|beginn|anfang)\b|\b(?:termin|uhrzeit|zeit|datum|tag|beginn|anfang)\b.*\b(?:verschieb|verleg|aender)\w*|\b(?:move|change|reschedule)\b.*\b(?:date|time|day|start)\b`)
)

// ReadAbsence tells whether somebody says that they cannot come at a time: "am Dienstag kann ich nicht", "im August
// bin ich weg". The time itself is read as everywhere.
func ReadAbsence(text string) bool {
	t := channels.Fold(text)
	return len(t) <= 200 && absence.MatchString(t)
}

// ReadMoved tells whether somebody wants to change when something takes place: "können wir die Uhrzeit ändern?".
func ReadMoved(text string) bool {
	t := channels.Fold(text)
	return len(t) <= 120 && moved.MatchString(t)
}

// ReadDropped tells whether somebody says that something does not take place: "am 1.12. fällt es aus".
func ReadDropped(text string) bool {
	t := channels.Fold(text)
	return len(t) <= 120 && dropped.MatchString(t)
}
