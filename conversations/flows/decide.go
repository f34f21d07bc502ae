package flows

import (
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

type decision struct {
	Answer string `json:"answer"`
	Accept bool   `json:"accept"`
}

// decide is opened by "/decide yes <answer>" and "/decide no <answer>" by the one who posted.
func (b *Book) decide() conversations.Runner {
	return conversations.Run(conversations.Flow[decision]{
		Name: Decide, Version: 1, Start: "settled",
		Open: func(o conversations.Opening, _ conversations.Env) conversations.Turn[decision] {
			word, id, _ := strings.Cut(o.Args, " ")
			d := decision{Answer: id, Accept: word == "yes"}
			return conversations.Turn[decision]{Data: d, Next: "settled", Do: []conversations.Command{Settle{Answer: id, Accept: d.Accept}}}
		},
		Steps: map[string]conversations.Step[decision]{"settled": {Hear: b.hearSettled}},
	})
}

func (b *Book) hearSettled(d decision, in conversations.Input, env conversations.Env) conversations.Turn[decision] {
	w := b.say(env)
	var r channels.Reply
	switch fact := in.Fact.(type) {
	case Refused:
		r = text(w.T("refused." + string(fact.Why)))
	case Settled:
		key := "decide.declined"
		if fact.Before.Takes() {
			key = "decide.freed"
		}
		if fact.Answer.State == matching.Accepted {
			key = "decide.accepted"
		}
		if fact.Answer.State == matching.Waiting {
			key = "decide.full"
		}
		if fact.Kept {
			key = "decide.kept"
		}
		r = text(w.T(forKind(w, key, &fact.Posting), "Name", nameOr(w, fact.Name), "Title", title(w, &fact.Posting), "Count", fact.Free))
		r.Thread = "posting:" + fact.Posting.ID
		if p := &fact.Posting; !p.Dated() && fact.Answer.State == matching.Accepted && p.Kind == matching.Need {
			r.Text += " " + w.T("decide.enough")
			r = menu(channels.Reply{Text: r.Text, Thread: r.Thread, Choices: []channels.Choice{
				choice(w, "/"+Mine+" done "+p.ID, "decide.choice.enough"), choice(w, "/"+Roster+" list "+p.ID, "decide.choice.more"),
			}})
		}
	}
	return conversations.Turn[decision]{Data: d, End: true, Say: []channels.Reply{r}}
}

func nameOr(w wording.Words, name string) string {
	if name == "" {
		return w.T("somebody")
	}
	return name
}

// forKind is the key for what is said about offers where that has words of its own.
func forKind(w wording.Words, key string, p *matching.Posting) string {
	if own := key + "_offer"; p.Kind == matching.Offer && w.Has(own) {
		return own
	}
	return key
}
