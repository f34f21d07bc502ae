package flows

import (
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// entry is opened by "/entry <posting or code>" and hands out a posting as a calendar file.
func (b *Book) entry() conversations.Runner {
	return conversations.Run(conversations.Flow[look]{
		Name: EntryFlow, Version: 1, Start: "made",
		Open: func(o conversations.Opening, _ conversations.Env) conversations.Turn[look] {
			d := look{Posting: strings.TrimSpace(o.Args)}
			return conversations.Turn[look]{Data: d, Next: "made", Do: []conversations.Command{CalendarEntry{Posting: d.Posting}}}
		},
		Steps: map[string]conversations.Step[look]{"made": {Hear: b.hearEntry}},
	})
}

func (b *Book) hearEntry(d look, in conversations.Input, env conversations.Env) conversations.Turn[look] {
	w := b.say(env)
	r := text(w.T("refused.unknown"))
	switch fact := in.Fact.(type) {
	case Entry:
		f := fact.File
		f.Name = w.T("entry.file")
		r = channels.Reply{Text: w.T("entry.here", "Title", title(w, &fact.Posting)), Files: []channels.FileInfo{f}, Thread: "posting:" + fact.Posting.ID}
	case Refused:
		r = text(w.T("refused." + string(fact.Why)))
	}
	return conversations.Turn[look]{Data: d, End: true, Say: []channels.Reply{r}}
}

// CategoryName names a category for whoever is spoken to.
func (b *Book) CategoryName(c matching.Category, env conversations.Env) string {
	return b.say(env).Category(c)
}
