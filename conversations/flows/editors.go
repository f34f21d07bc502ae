package flows

import (
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// Editorial tells whether a command is the one of editors, in any language.
func Editorial(command string) bool { return commands[command][0] == Moderate }

// GroupWish is what an editor wants of a group chat.
type GroupWish string

// The wishes.
const (
	GroupNothing GroupWish = ""
	GroupHere    GroupWish = "here" // what waits is shown there
	GroupGone    GroupWish = "gone" // it no longer is
)

// GroupWish reads what stands behind the command of editors in a group.
func (b *Book) GroupWish(args string, env conversations.Env) GroupWish {
	w := b.say(env)
	for _, wish := range []GroupWish{GroupHere, GroupGone} {
		if slices.Contains(splitWords(w.T("review.say."+string(wish))), strings.TrimSpace(channels.Fold(args))) {
			return wish
		}
	}
	return GroupNothing
}

// KeptOut tells whoever is blocked why, and what they can do.
func (b *Book) KeptOut(front, reason string, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("home.kept_out", "Front", front, "Reason", reason))
	r.Choices = []channels.Choice{choice(w, "/"+ReportFlow+" decisions", "review.choice.complain")}
	return menu(r)
}
