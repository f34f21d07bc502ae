package flows

import (
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// Board is a posting as a public channel shows it: with a link that opens a conversation about it while it needs
// people, and how it ended afterwards. p is what everybody may know, Posting.Public.
func (b *Book) Board(p matching.Posting, link string, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Text: card(w, &p, env), Lang: env.Lang}
	switch p.State {
	case matching.Open:
		if link == "" {
			r.Text += "\n" + w.T("board.code", "Code", p.Code)
			break
		}
		r.Choices = []channels.Choice{{Label: w.T("board.join"), URL: link}}
	case matching.Filled, matching.Done:
		r.Text = w.T("board.filled") + "\n\n" + r.Text
	case matching.Withdrawn:
		r.Text = w.T("board.withdrawn") + "\n\n" + r.Text
	default:
		r.Text = w.T("board.over") + "\n\n" + r.Text
	}
	return r
}
