package flows

import (
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// answerDraft is an answer to a posting being given. Almost always it is over in the turn it began in.
type answerDraft struct {
	Posting string `json:"posting"`
	Date    int    `json:"date,omitempty"`
	Word    string `json:"word,omitempty"` // yes, no, never, said, cancel
	Party   int    `json:"party,omitempty"`
	Note    string `json:"note,omitempty"`
}

// answer is opened by "/answer yes <posting> [date]", by "no" and "never", by "contact <posting> <date> <title of one's
// own posting>", and by "said" with free words.
func (b *Book) answer() conversations.Runner {
	return conversations.Run(conversations.Flow[answerDraft]{
		Name: Answer, Version: 1, Start: "hear",
		Open: b.openAnswer,
		Steps: map[string]conversations.Step[answerDraft]{
			"hear":  {Hear: b.hearResponded},
			"which": {Ask: b.askWhich, Hear: b.hearWhich},
		},
	})
}

func (b *Book) openAnswer(o conversations.Opening, env conversations.Env) conversations.Turn[answerDraft] {
	parts := strings.Fields(o.Args)
	var d answerDraft
	if len(parts) > 0 {
		d.Word = parts[0]
	}
	if len(parts) > 1 {
		d.Posting = parts[1]
	}
	if len(parts) > 2 {
		d.Date = atoi(parts[2])
	}
	if d.Word == "contact" { // with one's own posting: the other side decides
		_, mine, _ := strings.Cut(o.Args, " "+strconv.Itoa(d.Date)+" ")
		d.Word, d.Note = "yes", b.say(env).T("answer.contact_note", "Title", clip(strings.TrimSpace(mine), 60))
	}
	if d.Word == "said" && o.Said != nil {
		return b.readAnswer(d, o.Said, env)
	}
	return respond(d)
}

// readAnswer reads free words about a posting: "ja, aber erst ab 16 Uhr", "wir kommen zu dritt".
func (b *Book) readAnswer(d answerDraft, said *channels.Message, env conversations.Env) conversations.Turn[answerDraft] {
	c := b.read(said, env, understanding.FieldNone, nil, understanding.Answer).Condition
	d.Party, d.Note = c.Party, clip(c.Note, 300)
	switch {
	case c.No:
		d.Word = "no"
	case c.Yes || c.Party > 0:
		d.Word = "yes"
	default:
		d.Note = clip(strings.TrimSpace(said.Text), 300)
		return conversations.Turn[answerDraft]{Data: d, Next: "which"}
	}
	return respond(d)
}

func respond(d answerDraft) conversations.Turn[answerDraft] {
	cmd := Respond{Posting: d.Posting, Date: d.Date, Yes: d.Word == "yes", Never: d.Word == "never", Party: max(1, d.Party), Note: d.Note}
	return conversations.Turn[answerDraft]{Data: d, Next: "hear", Do: []conversations.Command{cmd}}
}

// askWhich asks what free words about an alert were meant to be.
func (b *Book) askWhich(d answerDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{
		Text:    w.T("answer.which", "Said", clip(d.Note, 80)),
		Choices: []channels.Choice{choice(w, "yes", "answer.yes_with_note"), choice(w, "no", "answer.no")},
	}
}

func (b *Book) hearWhich(d answerDraft, in conversations.Input, env conversations.Env) conversations.Turn[answerDraft] {
	if in.Picked == "yes" || in.Picked == "no" {
		d.Word = in.Picked
		return respond(d)
	}
	if in.Said != nil && in.Text() != "" && in.Picked == "" {
		if t := b.readAnswer(d, in.Said, env); t.Next == "hear" {
			return t
		}
	}
	return conversations.Turn[answerDraft]{Data: d, Missed: true}
}

func (b *Book) hearResponded(d answerDraft, in conversations.Input, env conversations.Env) conversations.Turn[answerDraft] {
	end := func(r channels.Reply) conversations.Turn[answerDraft] {
		return conversations.Turn[answerDraft]{Data: d, End: true, Say: []channels.Reply{r}}
	}
	switch fact := in.Fact.(type) {
	case Refused:
		return end(text(b.say(env).T("refused." + string(fact.Why))))
	case Responded:
		return end(b.respondedReply(d, fact, env))
	}
	return conversations.Turn[answerDraft]{Data: d, End: true}
}

func (b *Book) respondedReply(d answerDraft, fact Responded, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &fact.Posting
	when := ""
	if fact.Answer.Date < len(p.Dates) {
		when = w.When(p.Dates[fact.Answer.Date], env.Now, env.Zone)
	}
	args := []any{"Title", title(w, p), "When", when, "Carrier", p.Carrier, "Name", fact.Name, "Count", fact.Ahead}
	r := channels.Reply{Thread: "posting:" + p.ID, Subject: subject(w, p, fact.Answer.Date, env)}
	held := fact.Before == matching.Accepted || fact.Before == matching.Confirmed
	off := choice(w, "/"+Answer+" no "+p.ID+" "+strconv.Itoa(fact.Answer.Date), "choice.cancel_answer")
	switch fact.Answer.State {
	case matching.Accepted, matching.Confirmed:
		key := "answer.accepted"
		if fact.Again {
			key = "answer.coming"
		} else if held {
			key = "answer.accepted_already"
		}
		r.Text = w.T(forKind(w, key, p), args...)
		r.Text += b.onlyAccepted(p, env)
		r.Choices = append([]channels.Choice{off}, writeTo(w, fact.Answer.ID, p.Carrier)...)
		r.Invite = event(w, p, &fact.Answer, env)
	case matching.Interested:
		r.Text = w.T(forKind(w, "answer.interested", p), args...)
		if p.Imported {
			r.Text += " " + w.T("answer.unclaimed")
		}
		r.Choices = []channels.Choice{off}
	case matching.Waiting, matching.Offered:
		r.Text = w.T(forKind(w, "answer.waiting", p), args...)
		r.Choices = []channels.Choice{off}
	case matching.Cancelled:
		r.Text = w.T(forKind(w, "answer.cancelled", p), args...)
		if fact.Forget {
			r.Text += " " + w.T("answer.details_gone")
		}
		if held {
			r.Invite = event(w, p, &fact.Answer, env)
		}
	default:
		r.Text = w.T("answer.refused", args...)
		if d.Word == "never" {
			r.Text = w.T("answer.never", "Category", w.Category(p.Category))
		}
	}
	return r
}

// Unsure asks somebody again whose calendar says that they might come.
func (b *Book) Unsure(p *matching.Posting, date int, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{
		Title: title(w, p), Subject: subject(w, p, date, env), Text: w.T("answer.unsure", "Title", title(w, p)), Thread: "posting:" + p.ID, Private: true,
		Choices: answerChoices(b, p, date, env)[:2],
	}
}

// onlyAccepted is what people learn once they are accepted.
func (b *Book) onlyAccepted(p *matching.Posting, env conversations.Env) string {
	w := b.say(env)
	s := ""
	for _, part := range []struct{ key, value string }{{"answer.address", p.Address}, {"answer.private", p.Private}, {"answer.contact", p.Contact}} {
		if part.value != "" {
			s += "\n" + w.T(part.key, "Value", part.value)
		}
	}
	return s
}
