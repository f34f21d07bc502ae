package conversations

import (
	"strings"

	"ehrenamt/channels"
)

// Universal is a word that works anywhere, in any step.
type Universal string

// The universal words.
const (
	NoWord Universal = ""
	Cancel Universal = "cancel" // leave what is open
	Back   Universal = "back"   // one question back
	Help   Universal = "help"   // what is possible here and now
	Stop   Universal = "stop"   // no more messages at all
	Start  Universal = "start"  // greet, or begin
)

var universal = map[string]Universal{
	"abbrechen": Cancel, "abbruch": Cancel, "cancel": Cancel, "abort": Cancel, "vergiss es": Cancel, "forget it": Cancel,
	"iptal": Cancel, "скасувати": Cancel,
	"zurueck": Back, "zurück": Back, "back": Back, "geri": Back, "назад": Back,
	"hilfe": Help, "help": Help, "yardim": Help, "допомога": Help,
	"stopp": Stop, "stop": Stop, "abmelden": Stop, "unsubscribe": Stop, "abbestellen": Stop, "dur": Stop, "стоп": Stop,
	"start": Start, "/start": Start,
}

// UniversalOf recognises a universal word: alone, with a slash before it or punctuation behind it.
// In mail the first line counts for Stop, so that "STOPP" above a quoted text works.
func UniversalOf(text string) Universal {
	t := strings.TrimSpace(text)
	if u, ok := universal[channels.Fold(commandWord(t))]; ok {
		return u
	}
	first, _, more := strings.Cut(t, "\n")
	if more && universal[channels.Fold(first)] == Stop {
		return Stop
	}
	return NoWord
}

// commandWord drops what a network adds to a command: the slash, and in groups the name of the bot.
func commandWord(t string) string {
	if !strings.HasPrefix(t, "/") {
		return t
	}
	t = t[1:]
	if i := strings.IndexByte(t, '@'); i > 0 {
		t = t[:i]
	}
	return t
}

// SplitCommand reads "/meine 2" or "/meine@bot 2" as "meine" and "2"; ok is false without the slash.
func SplitCommand(text string) (name, args string, ok bool) {
	t := strings.TrimSpace(text)
	if !strings.HasPrefix(t, "/") || len(t) < 2 {
		return "", "", false
	}
	word, rest, _ := strings.Cut(t[1:], " ")
	if i := strings.IndexAny(word, "\n\t"); i > 0 {
		word, rest = word[:i], word[i+1:]+" "+rest
	}
	if i := strings.IndexByte(word, '@'); i > 0 {
		word = word[:i]
	}
	return strings.ToLower(word), strings.TrimSpace(rest), true
}
