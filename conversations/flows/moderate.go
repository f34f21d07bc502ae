package flows

import (
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// MaxReason is how long a reason, a question or an answer between editor and author may be, in characters.
const MaxReason = 500

// reviewDraft is something being judged, or talked about between editor and author.
type reviewDraft struct {
	Posting  string  `json:"posting,omitempty"`
	Revision int64   `json:"revision,omitempty"`
	Reply    bool    `json:"reply,omitempty"` // the author answers
	Case     string  `json:"case,omitempty"`
	Verdict  Verdict `json:"verdict,omitempty"` // that a reason is asked for
	Then     string  `json:"then,omitempty"`    // the step to go to once it is known that they may decide
}

type reviewTurn = conversations.Turn[reviewDraft]

// reasons are what postings are mostly rejected for; anything else is written.
var reasons = []string{"incomplete", "not_voluntary", "double", "unsuitable"}

// moderate is opened by "/moderate yes <posting> <revision>", "no …", "ask …" and "look …" by an editor, by "case <id>",
// "verdict <what> <case>", "merge <posting> <into>", "blocked" and "unblock <person>", by "reply <posting>" by the author,
// and by "said" with the code that makes an editor, or nothing.
func (b *Book) moderate() conversations.Runner {
	return conversations.Run(conversations.Flow[reviewDraft]{
		Name: Moderate, Version: 1, Start: "told", Open: b.openModerate,
		Steps: map[string]conversations.Step[reviewDraft]{
			"told":   {Hear: b.hearJudged},
			"reason": {Ask: b.askReason, Hear: b.hearReason},
			"text":   {Ask: b.askText, Hear: b.hearText},
			"mend":   {Ask: b.askMend, Hear: b.hearMend},
		},
	})
}

func (b *Book) openModerate(o conversations.Opening, env conversations.Env) reviewTurn {
	verb, args, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	id, rest, _ := strings.Cut(args, " ")
	d := reviewDraft{Posting: id}
	d.Revision, _ = strconv.ParseInt(rest, 10, 64)
	first := func(step string, cmd conversations.Command) reviewTurn {
		d.Then = step
		return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
	}
	do := func(cmd conversations.Command) reviewTurn {
		return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
	}
	switch verb {
	case "yes":
		return do(Judge{Posting: id, Revision: d.Revision, Approve: true})
	case "no":
		return first("reason", LookAtReview{Posting: id})
	case "ask":
		return first("text", LookAtReview{Posting: id})
	case "reply":
		d.Reply = true
		return reviewTurn{Data: d, Next: "text"}
	case "mend":
		return reviewTurn{Data: d, Next: "mend"}
	case "look":
		return do(LookAtReview{Posting: id})
	case "case":
		return do(LookAtCase{Case: id})
	case "merge":
		return do(Merge{Posting: id, Into: rest})
	case "blocked":
		return do(LookAtBlocked{})
	case "unblock":
		return do(Unblock{Person: id})
	case "verdict":
		d = reviewDraft{Case: rest, Verdict: Verdict(id)}
		if d.Verdict == Fine || d.Verdict == Reversed {
			return do(DecideCase{Case: rest, Verdict: d.Verdict})
		}
		return first("reason", LookAtCase{Case: rest})
	}
	args = strings.TrimSpace(args)
	if among(channels.Fold(b.say(env).T("review.say.blocked")), []string{channels.Fold(args)}) && args != "" {
		return do(LookAtBlocked{})
	}
	if args != "" {
		return do(BecomeEditor{Code: args})
	}
	return do(Queue{})
}

func (b *Book) askReason(d reviewDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	if d.Verdict != "" && d.Verdict != Down {
		return text(w.T("review.reason_for." + string(d.Verdict)))
	}
	r := text(w.T("review.reason"))
	for _, k := range reasons {
		r.Choices = append(r.Choices, choice(w, k, "review.reasons."+k))
	}
	return r
}

func (b *Book) hearReason(d reviewDraft, in conversations.Input, env conversations.Env) reviewTurn {
	w := b.say(env)
	reason := clip(strings.TrimSuffix(strings.TrimSpace(in.Text()), "."), MaxReason) // it is quoted within a sentence
	for _, k := range reasons {
		if in.Picked == k {
			reason = w.T("review.reasons." + k)
			if in.Rest != "" {
				reason += ": " + clip(in.Rest, MaxReason)
			}
		}
	}
	var back, cmd conversations.Command = LookAtReview{Posting: d.Posting}, Judge{Posting: d.Posting, Revision: d.Revision, Reason: reason}
	if d.Case != "" {
		back, cmd = LookAtCase{Case: d.Case}, DecideCase{Case: d.Case, Verdict: d.Verdict, Reason: reason}
	}
	switch {
	case in.Word == conversations.Back:
		return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{back}}
	case in.Said == nil || !wordy(reason):
		return reviewTurn{Data: d, Missed: true}
	}
	return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
}

func (b *Book) askText(d reviewDraft, env conversations.Env) channels.Reply {
	if d.Reply {
		return text(b.say(env).T("review.reply"))
	}
	return text(b.say(env).T("review.ask"))
}

func (b *Book) hearText(d reviewDraft, in conversations.Input, _ conversations.Env) reviewTurn {
	said := clip(strings.TrimSpace(in.Text()), MaxReason)
	switch {
	case in.Word == conversations.Back && !d.Reply:
		return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtReview{Posting: d.Posting}}}
	case in.Said == nil || in.Word == conversations.Back || !wordy(said):
		return reviewTurn{Data: d, Missed: true}
	}
	var cmd conversations.Command = AskBack{Posting: d.Posting, Text: said}
	if d.Reply {
		cmd = ReplyBack{Posting: d.Posting, Text: said}
	}
	return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
}

// askMend asks how a text shall read; everything else is changed as its author would.
func (b *Book) askMend(d reviewDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("review.mend"))
	r.Choices = []channels.Choice{choice(w, "none", "review.choice.no_text"), choice(w, "/"+Post+" change "+d.Posting, "review.choice.rest")}
	return r
}

func (b *Book) hearMend(d reviewDraft, in conversations.Input, _ conversations.Env) reviewTurn {
	said := clip(strings.TrimSpace(in.Text()), MaxDescription)
	switch {
	case in.Word == conversations.Back:
		return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtReview{Posting: d.Posting}}}
	case in.Picked == "none":
		said = ""
	case in.Said == nil || !wordy(said):
		return reviewTurn{Data: d, Missed: true}
	}
	return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{Reword{Posting: d.Posting, Text: said}}}
}

func (b *Book) hearJudged(d reviewDraft, in conversations.Input, env conversations.Env) reviewTurn {
	w := b.say(env)
	end := func(r channels.Reply) reviewTurn {
		return reviewTurn{Data: d, End: true, Say: []channels.Reply{menu(r)}}
	}
	switch f := in.Fact.(type) {
	case Judged:
		args := []any{"Title", title(w, &f.Posting), "Count", f.Asked, "Carrier", f.Posting.Carrier, "Left", f.Left}
		if f.Posting.State == matching.Rejected {
			return end(text(w.T("review.rejected", args...)))
		}
		said := w.T("review.approved", args...)
		if f.Left == 0 && f.Posting.Organisation != "" {
			said += " " + w.T("review.trusted", args...)
		}
		return end(text(said))
	case Published:
		return end(b.publishedReply(f, env))
	case AskedBack:
		return end(text(w.T("review.asked", "Title", title(w, &f.Posting))))
	case RepliedBack:
		return end(text(w.T("review.replied")))
	case UnderReview:
		if step := d.Then; step != "" {
			d.Then = ""
			return reviewTurn{Data: d, Next: step}
		}
		return end(b.waitingCard("review.intro", f.Waiting, env))
	case CaseDecided:
		return end(text(w.T("review.decided."+string(f.Kind)+"_"+string(f.Verdict), "Title", title(w, &f.Posting), "About", nameOr(w, f.About))))
	case MergedPostings:
		return end(text(w.T("review.merged", "Title", title(w, &f.Posting), "Into", title(w, &f.Into), "Count", f.Moved)))
	case BlockedPeople:
		return end(b.blockedList(f, env))
	case Unblocked:
		return end(text(w.T("review.unblocked", "Name", nameOr(w, f.Name))))
	case Queued:
		return end(b.queueList(f, env))
	case EditorNow:
		r := text(w.T("review.editor_now", "Front", f.Front, "Count", f.Waiting))
		if f.Front == "" {
			r = text(w.T("review.operator_now"))
		}
		if f.Waiting > 0 {
			r.Choices = []channels.Choice{choice(w, "/"+Moderate, "review.choice.queue")}
		}
		return end(r)
	case Refused:
		r := b.refusal(f, env)
		if f.Why == Outdated {
			r.Choices = []channels.Choice{choice(w, "/"+Moderate+" look "+d.Posting, "review.choice.look")}
		}
		return end(r)
	}
	return reviewTurn{Data: d, End: true}
}
