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
	Said   string `json:"said,omitempty"` // before the calendar entry that goes with it
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
		if d.Said != "" {
			r = text(d.Said)
		}
	case LoanFile:
		fact.File.Name = w.T("entry.file")
		r = channels.Reply{Text: d.Said, Files: []channels.FileInfo{fact.File}, Thread: "posting:" + fact.Posting.ID}
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
		r = text(w.T(forKind(w, key, &fact.Posting), "Name", nameOr(w, fact.Name), "Title", title(w, &fact.Posting), "Count", fact.Free,
			"When", whenOf(w, &fact.Posting, []int{fact.Answer.Date}, env)))
		r.Thread = "posting:" + fact.Posting.ID
		if t, ok := b.agreedLoan(d, r, fact, env); ok {
			return t
		}
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
	if own := key + "_lent"; p.Lent() && w.Has(own) {
		return own
	}
	if own := key + "_offer"; p.Kind == matching.Offer && w.Has(own) {
		return own
	}
	return key
}

// agreedLoan gives whoever lends something the entry for their calendar: in a mail the file itself, in a chat a button.
func (b *Book) agreedLoan(d decision, r channels.Reply, fact Settled, env conversations.Env) (conversations.Turn[decision], bool) {
	w, p := b.say(env), &fact.Posting
	if !p.Lent() || fact.Answer.State != matching.Accepted || fact.Kept {
		return conversations.Turn[decision]{}, false
	}
	if env.AskAll {
		d.Said = r.Text
		return conversations.Turn[decision]{Data: d, Next: "settled", Do: []conversations.Command{LoanEntry{Posting: p.ID, Answer: fact.Answer.ID}}}, true
	}
	r.Choices = []channels.Choice{choice(w, "/"+Lend+" file "+p.ID+" "+fact.Answer.ID, "choice.entry"), choice(w, "/"+Lend+" cal "+p.ID, "lend.choice.calendar")}
	return conversations.Turn[decision]{Data: d, End: true, Say: []channels.Reply{menu(r)}}, true
}
