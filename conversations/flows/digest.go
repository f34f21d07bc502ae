package flows

import (
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// DigestItem is one posting that a digest tells of.
type DigestItem struct {
	Posting matching.Posting `json:"posting"`
	Date    *matching.Span   `json:"date,omitempty"` // that fits; none where times are by agreement
	KM      float64          `json:"km"`
}

// tellDigest tells of several postings at once. A number or a tap shows one, with the ways to answer it.
func (b *Book) tellDigest(n Piece, env conversations.Env) channels.Reply {
	w := b.say(env)
	lines := []string{w.T("digest.intro", "Count", len(n.Items)), w.T("digest.hint", "Count", len(n.Items))}
	r := channels.Reply{Title: w.T("digest.title"), Text: strings.Join(lines, "\n"), Private: true, Thread: "digest"}
	for i := range n.Items {
		x := &n.Items[i]
		h := matching.Hit{Posting: x.Posting, KM: x.KM}
		if x.Date != nil {
			h.Dates = []matching.Span{*x.Date}
		}
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Show + " " + x.Posting.ID, Label: lineText(w, lineOf(w, &h), env)})
	}
	return menu(r)
}
