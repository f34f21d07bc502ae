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

// DigestNote is something that is not worth a message of its own.
type DigestNote struct {
	Kind    string `json:"kind"` // "result": how a posting went that the person was asked about
	Title   string `json:"title"`
	Carrier string `json:"carrier,omitempty"`
	Count   int    `json:"count,omitempty"` // how many came
}

// tellDigest tells of several postings at once. A number or a tap shows one, with the ways to answer it.
func (b *Book) tellDigest(n Piece, env conversations.Env) channels.Reply {
	w := b.say(env)
	var lines []string
	for _, x := range n.Notes {
		lines = append(lines, w.T("digest.note."+x.Kind, "Title", clip(x.Title, 60), "Carrier", x.Carrier, "Count", x.Count))
	}
	if len(n.Items) > 0 {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, w.T("digest.intro", "Count", len(n.Items)), w.T("digest.hint", "Count", len(n.Items)))
	}
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
