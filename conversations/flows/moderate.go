package flows

import (
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// MaxReason is how long a reason, a question or an answer between editor and author may be, in characters.
const MaxReason = 500

// reviewDraft is a posting being judged, or talked about between editor and author.
type reviewDraft struct {
	Posting  string `json:"posting,omitempty"`
	Revision int64  `json:"revision,omitempty"`
	Reply    bool   `json:"reply,omitempty"` // the author answers
}

type reviewTurn = conversations.Turn[reviewDraft]

// reasons are what postings are mostly rejected for; anything else is written.
var reasons = []string{"incomplete", "not_voluntary", "double", "unsuitable"}

// moderate is opened by "/moderate yes <posting> <revision>", "no …", "ask …" and "look …" by an editor, by
// "reply <posting>" by the author, and by "said" with the code that makes an editor, or nothing.
func (b *Book) moderate() conversations.Runner {
	return conversations.Run(conversations.Flow[reviewDraft]{
		Name: Moderate, Version: 1, Start: "told", Open: b.openModerate,
		Steps: map[string]conversations.Step[reviewDraft]{
			"told":   {Hear: b.hearJudged},
			"reason": {Ask: b.askReason, Hear: b.hearReason},
			"text":   {Ask: b.askText, Hear: b.hearText},
		},
	})
}

func (b *Book) openModerate(o conversations.Opening, _ conversations.Env) reviewTurn {
	verb, args, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	id, revision, _ := strings.Cut(args, " ")
	d := reviewDraft{Posting: id}
	d.Revision, _ = strconv.ParseInt(revision, 10, 64)
	do := func(cmd conversations.Command) reviewTurn {
		return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
	}
	switch verb {
	case "yes":
		return do(Judge{Posting: id, Revision: d.Revision, Approve: true})
	case "no":
		return reviewTurn{Data: d, Next: "reason"}
	case "ask", "reply":
		d.Reply = verb == "reply"
		return reviewTurn{Data: d, Next: "text"}
	case "look":
		return do(LookAtReview{Posting: id})
	case "report":
		return do(LookAtReport{Report: id})
	case "handled", "close":
		return do(HandleReport{Report: id, Close: verb == "close"})
	}
	if args = strings.TrimSpace(args); args != "" {
		return do(BecomeEditor{Code: args})
	}
	return do(Queue{})
}

func (b *Book) askReason(_ reviewDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("review.reason"))
	for _, k := range reasons {
		r.Choices = append(r.Choices, choice(w, k, "review.reasons."+k))
	}
	return r
}

func (b *Book) hearReason(d reviewDraft, in conversations.Input, env conversations.Env) reviewTurn {
	w := b.say(env)
	reason := clip(strings.TrimSpace(in.Text()), MaxReason)
	for _, k := range reasons {
		if in.Picked == k {
			reason = w.T("review.reasons." + k)
			if in.Rest != "" {
				reason += ": " + clip(in.Rest, MaxReason)
			}
		}
	}
	switch {
	case in.Word == conversations.Back:
		return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtReview{Posting: d.Posting}}}
	case in.Said == nil || !wordy(reason):
		return reviewTurn{Data: d, Missed: true}
	}
	return reviewTurn{Data: d, Next: "told", Do: []conversations.Command{Judge{Posting: d.Posting, Revision: d.Revision, Reason: reason}}}
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
		if f.Left == 0 {
			said += " " + w.T("review.trusted", args...)
		}
		return end(text(said))
	case AskedBack:
		return end(text(w.T("review.asked", "Title", title(w, &f.Posting))))
	case RepliedBack:
		return end(text(w.T("review.replied")))
	case UnderReview:
		return end(b.reviewCard("review.intro", f.Posting, f.Name, env))
	case Queued:
		return end(queueReply(w, f))
	case ReportSeen:
		return end(reportReply(w, f))
	case EditorNow:
		r := text(w.T("review.editor_now", "Front", f.Front, "Count", f.Waiting))
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

// queueReply lists what waits for an editor: reports first.
func queueReply(w wording.Words, f Queued) channels.Reply {
	n := len(f.Postings) + len(f.Reports)
	r := text(w.T("review.queue", "Count", n))
	if n == 0 {
		r = text(w.T("review.queue_empty"))
	}
	for _, x := range f.Reports {
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Moderate + " report " + x.ID, Label: clip(w.T("review.report_about", "Name", nameOr(w, x.About), "Title", title(w, &x.Posting)), 60)})
	}
	for _, p := range f.Postings {
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Moderate + " look " + p.ID, Label: clip(join(" · ", p.Carrier, title(w, &p)), 60)})
	}
	r.Choices = r.Choices[:min(len(r.Choices), 10)]
	return r
}

// reportReply shows a report, or says that it is handled.
func reportReply(w wording.Words, f ReportSeen) channels.Reply {
	switch {
	case f.Closed:
		return text(w.T("review.report_closed"))
	case f.Handled:
		return text(w.T("review.report_handled"))
	}
	r := text(w.T("news.reported", "Name", nameOr(w, f.Reporter), "Title", title(w, &f.Posting), "Text", f.Text))
	r.Choices = []channels.Choice{
		choice(w, "/"+Moderate+" handled "+f.ID, "review.choice.handled"), choice(w, "/"+Moderate+" close "+f.ID, "review.choice.close_thread"),
	}
	return r
}

// reviewCard shows a posting that waits to an editor, with all they have to know to judge it.
func (b *Book) reviewCard(intro string, p matching.Posting, name string, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{
		Title: w.T("review.title", "Title", title(w, &p)), Thread: "review:" + p.ID, Private: true,
		Text: w.T(intro, "Name", nameOr(w, name), "Carrier", p.Carrier) + "\n" + indent(card(w, &p, env)),
	}
	if p.Description != "" && channels.Fold(p.Description) != channels.Fold(p.Title) {
		r.Text += "\n\n" + clip(p.Description, 400)
	}
	r.Text += onlyAcceptedLines(w, &p)
	at := p.ID + " " + strconv.FormatInt(p.Revision, 10)
	r.Choices = []channels.Choice{
		choice(w, "/"+Moderate+" yes "+at, "review.choice.approve"),
		choice(w, "/"+Moderate+" no "+at, "review.choice.reject"),
		choice(w, "/"+Moderate+" ask "+at, "review.choice.ask"),
	}
	return r
}

// tellReview says what happened to a posting on its way through the review, or to the membership of an
// organisation; ok is false for other news.
func (b *Book) tellReview(n Piece, env conversations.Env) (r channels.Reply, ok bool) {
	w := b.say(env)
	p := &n.Posting
	args := []any{"Title", title(w, p), "Name", nameOr(w, n.Name), "Text", n.Text, "Organisation", n.Organisation.Name, "Count", n.Taken}
	r = channels.Reply{Text: w.T("news."+string(n.Kind), args...), Private: true, Thread: "org:" + n.Organisation.ID}
	if p.ID != "" {
		r.Thread = "posting:" + p.ID
	}
	switch n.Kind {
	case NewsReview, NewsReplied:
		r = b.reviewCard("news."+string(n.Kind), *p, n.Name, env)
		if n.Kind == NewsReplied {
			r.Text = w.T("news.replied", args...) + "\n\n" + r.Text[strings.IndexByte(r.Text, '\n')+1:]
		}
	case NewsReviewed:
		r.Text = w.T("news.reviewed_"+string(p.State), args...)
		r.Thread = "review:" + p.ID
	case NewsApproved:
		r.Choices = []channels.Choice{choice(w, "/"+Mine+" show "+p.ID, "choice.show")}
	case NewsRejected:
		r.Choices = []channels.Choice{choice(w, "/"+Post+" change "+p.ID, "choice.change"), choice(w, "/"+Mine+" withdraw "+p.ID, "mine.choice.withdraw")}
	case NewsAsked:
		r.Choices = []channels.Choice{
			choice(w, "/"+Moderate+" reply "+p.ID, "review.choice.reply"), choice(w, "/"+Post+" change "+p.ID, "choice.change"),
		}
	case NewsAsksIn:
		at := n.Organisation.ID + " " + n.Person
		r.Choices = []channels.Choice{choice(w, "/"+Org+" admit "+at, "org.choice.admit"), choice(w, "/"+Org+" refuse "+at, "org.choice.refuse")}
	case NewsLetIn, NewsNotLetIn, NewsDismissed, NewsHeir, NewsJoined:
	default:
		return r, false
	}
	return r, true
}

// shownPrivate is how much of each is shown in a summary, in characters.
const shownPrivate = 150

// onlyAcceptedLines is what only people accepted learn, for those who may see it anyway.
func onlyAcceptedLines(w wording.Words, p *matching.Posting) string {
	s := ""
	for _, part := range []struct{ key, value string }{{"answer.address", p.Address}, {"answer.private", p.Private}, {"answer.contact", p.Contact}} {
		if part.value != "" {
			s += "\n" + w.T(part.key, "Value", clip(part.value, shownPrivate))
		}
	}
	if s != "" {
		s = "\n" + w.T("card.only_accepted") + s
	}
	return s
}
