package flows

import (
	"strings"

	"ehrenamt/channels"
)

// entries are the commands of the menu, in the order in which they are shown; there are a name and a sentence for each
// in every language.
var entries = []string{"help_out", "need", "offer", "search", "for_me", "mine", "list", "lend", "message", "hours", "group", "settings", "connect", "help", "privacy", "stop"}

// Menu is the menu of commands in a language, as everybody sees it or with what editors have besides.
func (b *Book) Menu(lang, register string, editor bool) []channels.Command {
	w := b.catalog.For(lang, register)
	names := entries
	if editor {
		names = append([]string{"editor"}, entries...)
	}
	var menu []channels.Command
	for _, n := range names {
		menu = append(menu, channels.Command{Name: w.T("menu." + n + ".name"), Description: w.T("menu." + n + ".text")})
	}
	return menu
}

// Profile is what is said of the bot of a front before anybody writes to it.
func (b *Book) Profile(lang, register, front string) channels.Profile {
	w := b.catalog.For(lang, register)
	name := front
	if !strings.Contains(channels.Fold(front), "ehrenamt") {
		name = w.T("profile.name", "Front", front)
	}
	return channels.Profile{
		Name: name, Description: w.T("profile.description", "Front", front), About: w.T("profile.about", "Front", front),
	}
}
