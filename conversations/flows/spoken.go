package flows

import (
	"strconv"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
)

// spoken routes what is said about things that exist already: "wie letztes Mal", "noch zwei mehr", "meine
// Einträge". While a question is open it only takes what cannot be an answer to it.
func (b *Book) spoken(m *channels.Message, frames []conversations.Frame, waits bool, env conversations.Env) (Way, bool) {
	if _, ok := understanding.ReadAgain(m.Text); ok {
		if top := len(frames) - 1; !waits || frames[top].Flow == Post && frames[top].Step == qWhat {
			return Way{Frame: -1, Open: Post, Args: "again"}, true
		}
	}
	if waits {
		return Way{}, false
	}
	if r, ok := understanding.ReadResize(m.Text); ok {
		return Way{Frame: -1, Open: Mine, Args: "resize - " + strconv.Itoa(r.By) + " " + strconv.Itoa(r.To)}, true
	}
	w, said := b.say(env), channels.Fold(m.Text)
	for _, to := range []struct{ key, flow, args string }{{"say.mine", Mine, "list"}, {"say.organisations", Org, "list"}} {
		for _, words := range splitWords(w.T(to.key)) {
			if channels.Fold(words) == said {
				return Way{Frame: -1, Open: to.flow, Args: to.args}, true
			}
		}
	}
	return Way{}, false
}
