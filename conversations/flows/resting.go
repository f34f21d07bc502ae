package flows

import (
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// Resting tells whoever writes to a front that is suspended what holds, and where else there is something. What they
// have promised they can take back.
func (b *Book) Resting(front string, neighbours []string, promised []matching.Posting, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("home.resting", "Front", front))
	if len(neighbours) > 0 {
		r.Text += " " + w.T("home.resting_near", "Fronts", w.List(neighbours))
	}
	for i := range promised {
		c := channels.Choice{Key: "/" + Answer + " no " + promised[i].ID, Label: w.T("home.resting_cancel", "Title", short(w, &promised[i], env))}
		if len(promised) == 1 {
			c.Words = splitWords(w.T("choice.cancel_answer.words"))
		}
		r.Choices = append(r.Choices, c)
	}
	return menu(r)
}
