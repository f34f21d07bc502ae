package flows

import (
	"slices"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// pointed is a message that only points to one of the choices shown, as if its number had been written: "das zweite",
// "the second one", "das mit den Hunden" for one of the postings in a list. Others stay as they are.
func (b *Book) pointed(m *channels.Message, choices []channels.Choice, env conversations.Env) *channels.Message {
	words := strings.Fields(channels.Fold(m.Text))
	if len(words) == 0 || len(choices) == 0 {
		return m
	}
	if _, _, ok := channels.PickPrefix(m.Text, choices); ok {
		return m
	}
	w := b.say(env)
	if i := slices.IndexFunc(choices, func(c channels.Choice) bool { return c.Label == w.T("choice.yes") }); i >= 0 && b.grants(m.Text, env) {
		granted := *m
		granted.Text = strconv.Itoa(i + 1)
		return &granted
	}
	if len(words) > 9 {
		return m
	}
	if len(choices) == 1 {
		if _, ok := channels.Pick(m.Text, []channels.Choice{choice(w, "yes", "choice.yes")}); !ok {
			return m
		}
		only := *m
		only.Text = "1"
		return &only
	}
	if i := b.agreed(words, choices, env); i >= 0 {
		agreed := *m
		agreed.Text = strconv.Itoa(i + 1)
		return &agreed
	}
	around := foldedWords(w.T("say.pointing"))
	rest := slices.DeleteFunc(slices.Clone(words), func(x string) bool { return slices.Contains(around, x) })
	at := -1
	if len(rest) == 1 {
		for i, forms := range splitWords(w.T("say.ordinals")) {
			if slices.Contains(foldedWords(forms), rest[0]) {
				at = i
			}
		}
	}
	points := foldedWords(w.T("say.pointing_at"))
	if at < 0 && len(rest) > 0 && slices.ContainsFunc(words, func(x string) bool { return slices.Contains(points, x) }) {
		at = titled(rest, choices)
	}
	if at < 0 || at >= len(choices) {
		return m
	}
	picked := *m
	picked.Text = strconv.Itoa(at + 1)
	return &picked
}

// agreed is the choice that each of a few words means, or no more than that all is well: "klar, passt"; -1 if there is none.
func (b *Book) agreed(words []string, choices []channels.Choice, env conversations.Env) int {
	at := -1
	if len(words) < 2 || len(words) > 5 {
		return at
	}
	nods := foldedWords(b.say(env).T("say.nods"))
	for _, word := range words {
		if digits(word) {
			return -1
		}
		c, ok := channels.Pick(word, choices)
		i := slices.IndexFunc(choices, func(x channels.Choice) bool { return ok && x.Key == c.Key })
		switch {
		case i < 0 && !slices.Contains(nods, word), i >= 0 && at >= 0 && i != at:
			return -1
		case i >= 0:
			at = i
		}
	}
	return at
}

// grants tells whether a whole message, however polite, says no more than yes: "Guten Tag, ja, das ist soweit richtig, vielen
// Dank. Bitte veröffentlichen Sie es so."
func (b *Book) grants(said string, env conversations.Env) bool {
	w := b.say(env)
	words := strings.Fields(b.withoutHello(said, env))
	yes := foldedWords(w.T("choice.yes") + " " + strings.ReplaceAll(w.T("choice.yes.words"), ",", " ") + " " + w.T("say.granted"))
	around := slices.Concat(foldedWords(w.T("say.nods")), foldedWords(w.T("say.granting")))
	bare := foldedWords(w.T("choice.yes") + " " + w.T("say.granted"))
	return len(words) > 0 && len(words) <= 30 && slices.ContainsFunc(words, func(x string) bool { return slices.Contains(bare, x) }) &&
		!slices.ContainsFunc(words, func(x string) bool { return !slices.Contains(yes, x) && !slices.Contains(around, x) })
}

// titled is the one posting among choices whose title has all of the words; -1 if there is none or more than one.
func titled(words []string, choices []channels.Choice) int {
	at := -1
	for i, c := range choices {
		if !strings.HasPrefix(c.Key, "/"+Show+" ") {
			continue
		}
		title := strings.Fields(channels.Fold(c.Label))
		if slices.ContainsFunc(words, func(x string) bool {
			return len(x) < 4 || !slices.ContainsFunc(title, func(y string) bool { return names(y, x) })
		}) {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

// names tells whether a word is a word of a title, the beginning of one, or the end of a long compound: "Hunden" of "Tierheimhunden".
func names(ofTitle, word string) bool {
	return strings.HasPrefix(ofTitle, word) || bent(word, ofTitle) || strings.HasSuffix(ofTitle, word) && len(ofTitle) >= len(word)+4
}

func foldedWords(s string) []string { return strings.Fields(channels.Fold(s)) }
