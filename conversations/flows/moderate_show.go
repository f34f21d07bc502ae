package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// queueShown is how much of what waits is listed; the oldest comes first.
const queueShown = 10

// queueList lists what waits, and since when.
func (b *Book) queueList(f Queued, env conversations.Env) channels.Reply {
	w := b.say(env)
	if len(f.All) == 0 {
		return text(w.T("review.queue_empty"))
	}
	r := text(w.T("review.queue", "Count", len(f.All)))
	for i, x := range f.All {
		if i == queueShown {
			r.Text += " " + w.T("review.queue_more", "Count", len(f.All)-i)
			break
		}
		what := join(" · ", x.Posting.Carrier, title(w, &x.Posting))
		if x.Posting.ID == "" || x.Person {
			what = nameOr(w, x.About)
		}
		if x.Kind != CasePosting {
			what = w.T("review.kind."+string(x.Kind)) + ": " + what
		}
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Moderate + " case " + x.Case, Label: clip(what, 40) + " · " + since(w, x.Since, env)})
	}
	return r
}

// since says for how long something has waited.
func since(w wording.Words, at time.Time, env conversations.Env) string {
	d := env.Now.Sub(at)
	switch {
	case d < time.Hour:
		return w.T("review.since.minutes", "Count", max(1, int(d.Minutes())))
	case d < 24*time.Hour:
		return w.T("review.since.hours", "Count", int(d.Hours()))
	}
	return w.T("review.since.days", "Count", int(d.Hours()/24))
}

// waitingCard shows anything that waits to an editor, with all they have to know to decide. In a group nothing of it
// is personal.
func (b *Book) waitingCard(intro string, x Waiting, env conversations.Env) channels.Reply {
	if env.Group {
		x.Name, x.Posting = "", x.Posting.Public()
		if x.Person {
			x.About, x.Text = "", ""
		}
	}
	var r channels.Reply
	switch x.Kind {
	case CaseOrganisation:
		r = b.lookalikeCard(x, env)
	case CaseReport:
		r = b.reportCard(x, env)
	case CaseComplaint:
		r = b.complaintCard(x, env)
	default:
		r = b.reviewCard(intro, x, env)
	}
	if x.Late {
		r.Text = b.say(env).T("review.late", "Since", since(b.say(env), x.Since, env)) + "\n\n" + r.Text
	}
	r.Private, r.Thread = !env.Group, "case:"+x.Case
	return r
}

// reviewCard shows a posting that waits.
func (b *Book) reviewCard(intro string, x Waiting, env conversations.Env) channels.Reply {
	w, p := b.say(env), &x.Posting
	key := intro
	switch {
	case p.Carrier == "":
		key = intro + "_private"
	case intro == "news.review" && !slices.Contains(x.Why, "first"):
		key = "review.intro_known"
	}
	r := channels.Reply{
		Title: w.T("review.title", "Title", title(w, p)),
		Text:  w.T(key, "Name", nameOr(w, x.Name), "Carrier", p.Carrier) + "\n" + b.whole(p, env) + whyLines(w, x),
	}
	at := p.ID + " " + strconv.FormatInt(p.Revision, 10)
	r.Choices = []channels.Choice{
		choice(w, "/"+Moderate+" yes "+at, "review.choice.approve"),
		choice(w, "/"+Moderate+" no "+at, "review.choice.reject"),
		choice(w, "/"+Moderate+" ask "+at, "review.choice.ask"),
		b.mendChoice(w, p),
	}
	for i := range x.Like {
		label := clip(w.T("review.choice.merge", "Title", title(w, &x.Like[i])), 60)
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Moderate + " merge " + p.ID + " " + x.Like[i].ID, Label: label})
	}
	return r
}

// mendChoice leads to the text of a posting, where it has one, else to the rest of it.
func (b *Book) mendChoice(w wording.Words, p *matching.Posting) channels.Choice {
	if p.Description == "" || channels.Fold(p.Description) == channels.Fold(p.Title) {
		return choice(w, "/"+Post+" change "+p.ID, "review.choice.edit")
	}
	return choice(w, "/"+Moderate+" mend "+p.ID, "review.choice.edit")
}

// whole is a posting with everything in it, as far as it is told.
func (b *Book) whole(p *matching.Posting, env conversations.Env) string {
	w := b.say(env)
	s := indent(card(w, p, env))
	if p.Description != "" && channels.Fold(p.Description) != channels.Fold(p.Title) {
		s += "\n\n" + clip(p.Description, 400)
	}
	return s + onlyAcceptedLines(w, p)
}

// whyLines say what drew attention to something.
func whyLines(w wording.Words, x Waiting) string {
	var lines []string
	for _, why := range x.Why {
		code, detail, _ := strings.Cut(why, ":")
		if code == "first" { // said before
			continue
		}
		lines = append(lines, "– "+w.T("review.why."+code, "Name", detail))
	}
	for i := range x.Like {
		lines = append(lines, "– "+w.T("review.why.double", "Title", title(w, &x.Like[i]), "Carrier", x.Like[i].Carrier, "Code", x.Like[i].Code))
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n\n" + w.T("review.why_intro") + "\n" + strings.Join(lines, "\n")
}

func (b *Book) lookalikeCard(x Waiting, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{
		Title: w.T("review.title_case", "Kind", w.T("review.kind.organisation"), "Title", x.About),
		Text:  w.T("review.organisation", "Organisation", x.About, "Name", nameOr(w, x.Name)) + whyLines(w, x),
	}
	r.Choices = []channels.Choice{
		choice(w, "/"+Moderate+" verdict "+string(Fine)+" "+x.Case, "review.choice.organisation_fine"),
		choice(w, "/"+Moderate+" verdict "+string(Rejected)+" "+x.Case, "review.choice.reject"),
	}
	return r
}

func (b *Book) reportCard(x Waiting, env conversations.Env) channels.Reply {
	w := b.say(env)
	ground := ""
	if len(x.Why) > 0 {
		ground = w.T("report.grounds." + x.Why[0])
	}
	key := "review.report_posting"
	switch {
	case x.Thread:
		key = "review.report_thread"
	case x.Person:
		key = "review.report_person"
	}
	r := channels.Reply{
		Title: w.T("review.title_case", "Kind", w.T("review.kind.report"), "Title", ground),
		Text:  w.T(key, "Name", nameOr(w, x.Name), "About", nameOr(w, x.About), "Ground", ground, "Text", x.Text, "Title", title(w, &x.Posting)),
	}
	if x.Posting.ID != "" && !x.Thread {
		r.Text += "\n\n" + b.whole(&x.Posting, env)
	}
	if env.Group && x.Person {
		r.Choices = []channels.Choice{choice(w, "/"+Moderate+" case "+x.Case, "review.choice.look")}
		return r
	}
	verdict := func(v Verdict, label string) {
		r.Choices = append(r.Choices, choice(w, "/"+Moderate+" verdict "+string(v)+" "+x.Case, label))
	}
	verdict(Fine, "review.choice.report_fine")
	if x.Posting.ID != "" && !x.Person {
		verdict(Down, "review.choice.down")
		r.Choices = append(r.Choices, b.mendChoice(w, &x.Posting))
	}
	if x.Thread {
		verdict(Ended, "review.choice.end_thread")
	}
	verdict(Block, "review.choice.block")
	return r
}

func (b *Book) complaintCard(x Waiting, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{
		Title: w.T("review.kind.complaint"),
		Text: w.T("review.complaint", "Name", nameOr(w, x.Name), "Verdict", w.T("report.verdict."+string(x.Verdict)),
			"Reason", x.Reason, "Text", x.Text, "Title", x.About),
	}
	if x.Before != "" && !env.Group {
		r.Text += "\n\n" + w.T("review.complaint_before", "Text", x.Before)
	}
	if x.Own {
		r.Text += "\n" + w.T("review.complaint_own")
	}
	if x.Posting.ID != "" {
		r.Text += "\n\n" + b.whole(&x.Posting, env)
	}
	r.Choices = []channels.Choice{
		choice(w, "/"+Moderate+" verdict "+string(Reversed)+" "+x.Case, "review.choice.reversed"),
		choice(w, "/"+Moderate+" verdict "+string(Upheld)+" "+x.Case, "review.choice.upheld"),
	}
	return r
}

func (b *Book) blockedList(f BlockedPeople, env conversations.Env) channels.Reply {
	w := b.say(env)
	if len(f.All) == 0 {
		return text(w.T("review.blocked_none"))
	}
	r := text(w.T("review.blocked"))
	for _, p := range f.All {
		label := w.T("review.choice.unblock", "Name", nameOr(w, p.Name), "Reason", p.Reason, "Since", since(w, p.Since, env))
		r.Choices = append(r.Choices, channels.Choice{Key: "/" + Moderate + " unblock " + p.Person, Label: clip(label, 60)})
	}
	return r
}

// tellReview says what happened on the way through the hands of editors, or to the membership of an organisation; ok
// is false for other news.
func (b *Book) tellReview(n Piece, env conversations.Env) (r channels.Reply, ok bool) {
	w := b.say(env)
	p := &n.Posting
	args := []any{"Title", title(w, p), "Name", nameOr(w, n.Name), "Text", n.Text, "Organisation", n.Organisation.Name, "Count", n.Taken, "Code", p.Code}
	say := func() channels.Reply { // not all of them have a sentence of that name
		r := channels.Reply{Text: w.T("news."+string(n.Kind), args...), Private: true, Thread: "org:" + n.Organisation.ID}
		if p.ID != "" {
			r.Thread = "posting:" + p.ID
		}
		return r
	}
	switch n.Kind {
	case NewsReview:
		return b.waitingCard("news.review", n.waiting(), env), true
	case NewsReplied:
		r = b.waitingCard("news.review", n.waiting(), env)
		r.Text = w.T("news.replied", args...) + "\n\n" + r.Text[strings.IndexByte(r.Text, '\n')+1:]
		return r, true
	case NewsReviewed:
		r = channels.Reply{Private: true, Thread: "case:" + n.Waiting.Case}
		if n.Waiting.Kind == CasePosting {
			r.Text = w.T("news.reviewed_"+string(p.State), args...)
		} else {
			r.Text = w.T("news.case_decided", args...)
		}
		return r, true
	case NewsApproved:
		r = say()
		r.Choices = []channels.Choice{choice(w, "/"+Mine+" show "+p.ID, "choice.show")}
	case NewsRejected, NewsDown:
		r = say()
		r.Choices = []channels.Choice{choice(w, "/"+Post+" change "+p.ID, "choice.change"), choice(w, "/"+Mine+" withdraw "+p.ID, "mine.choice.withdraw")}
		b.explain(&r, n, env)
	case NewsBlocked, NewsOrganisationRejected, NewsThreadEnded:
		r = say()
		b.explain(&r, n, env)
	case NewsAsked:
		r = say()
		r.Choices = []channels.Choice{
			choice(w, "/"+Moderate+" reply "+p.ID, "review.choice.reply"), choice(w, "/"+Post+" change "+p.ID, "choice.change"),
		}
	case NewsEdited:
		r = say()
		r.Choices = []channels.Choice{choice(w, "/"+Mine+" show "+p.ID, "choice.show"), choice(w, "/"+Post+" change "+p.ID, "choice.change")}
	case NewsReportDecided:
		r = say()
		r.Text = w.T("news.report_"+string(n.Waiting.Verdict), args...)
		if n.Waiting.Case != "" {
			r.Text += " " + w.T("review.redress")
			r.Choices = []channels.Choice{choice(w, "/"+ReportFlow+" complain "+n.Waiting.Case, "review.choice.complain")}
		}
	case NewsComplaintDecided:
		r = say()
		r.Text = w.T("news.complaint_"+string(n.Waiting.Verdict), args...)
	case NewsUnheard:
		r = say()
		r.Choices = []channels.Choice{choice(w, "/"+Moderate, "review.choice.queue")}
	case NewsAsksIn:
		r = say()
		at := n.Organisation.ID + " " + n.Person
		r.Choices = []channels.Choice{choice(w, "/"+Org+" admit "+at, "org.choice.admit"), choice(w, "/"+Org+" refuse "+at, "org.choice.refuse")}
	case NewsLetIn, NewsNotLetIn, NewsDismissed, NewsHeir, NewsJoined, NewsUnblocked, NewsMerged, NewsNoEditors:
		r = say()
	default:
		return r, false
	}
	return r, true
}

// explain adds what a statement of reasons has to say besides the reason itself (DSA, article 17): how it came to
// attention, that people decided, and what can be done about it.
func (b *Book) explain(r *channels.Reply, n Piece, env conversations.Env) {
	w := b.say(env)
	how := "own"
	switch {
	case n.Waiting.Kind == CaseReport:
		how = "report"
	case slices.Equal(n.Waiting.Why, []string{"first"}):
		how = "first"
	case len(n.Waiting.Why) > 0:
		how = "check"
	}
	r.Text += "\n\n" + w.T("review.how."+how) + " " + w.T("review.redress")
	r.Choices = append(r.Choices, choice(w, "/"+ReportFlow+" complain "+n.Waiting.Case, "review.choice.complain"))
}

// waiting is what the editor is shown: news carry the posting as it is now.
func (n Piece) waiting() Waiting {
	x := n.Waiting
	if n.Posting.ID != "" {
		x.Posting = n.Posting
	}
	if x.Name == "" {
		x.Name = n.Name
	}
	return x
}

// Diff lists what is different between two versions of a posting, as anybody may see it.
func (b *Book) Diff(old, now matching.Posting, env conversations.Env) []string {
	w := b.say(env)
	var lines []string
	for _, x := range []struct{ key, before, after string }{
		{"what", title(w, &old), title(w, &now)},
		{"when", w.Dates(&old, env.Now, env.Zone), w.Dates(&now, env.Now, env.Zone)},
		{"place", old.Place.Name, now.Place.Name},
		{"helpers", strconv.Itoa(old.Places), strconv.Itoa(now.Places)},
		{"category", w.Category(old.Category), w.Category(now.Category)},
		{"conditions", w.Qualifications(old.Required), w.Qualifications(now.Required)},
		{"age", strconv.Itoa(old.MinAge), strconv.Itoa(now.MinAge)},
		{"text", clip(old.Description, 120), clip(now.Description, 120)},
		{"address", old.Address, now.Address},
		{"private", old.Private, now.Private},
		{"contact", old.Contact, now.Contact},
	} {
		if x.before != x.after {
			lines = append(lines, w.T("review.diff", "What", w.T("review.field."+x.key), "Before", orDash(x.before), "After", orDash(x.after)))
		}
	}
	return lines
}

func orDash(s string) string {
	if s == "" || s == "0" {
		return "–"
	}
	return s
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
