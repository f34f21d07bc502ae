package flows

import (
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
)

// ReportFlow is the flow in which something is reported to the editors, or a decision of theirs complained about.
const ReportFlow = "report"

// reportDraft is a report or a complaint on its way.
type reportDraft struct {
	Posting string            `json:"posting,omitempty"`
	Answer  string            `json:"answer,omitempty"`
	Other   string            `json:"other,omitempty"` // of a thread
	Ground  Ground            `json:"ground,omitempty"`
	Text    string            `json:"text,omitempty"`
	Case    string            `json:"case,omitempty"` // a complaint about that decision
	Offered []channels.Choice `json:"offered,omitempty"`
}

type reportTurn = conversations.Turn[reportDraft]

// report is opened by "/report posting <id>", "person <answer>", "said [code]", "complain <case>" and "decisions".
func (b *Book) report() conversations.Runner {
	return conversations.Run(conversations.Flow[reportDraft]{
		Name: ReportFlow, Version: 1, Start: "told", Open: b.openReport,
		Steps: map[string]conversations.Step[reportDraft]{
			"told":   {Hear: b.hearReported},
			"what":   {Ask: b.askReportWhat, Hear: b.hearReportWhat},
			"ground": {Ask: b.askGround, Hear: b.hearGround},
			"thread": {Ask: b.askThread, Hear: b.hearThread},
			"text":   {Ask: b.askReportText, Hear: b.hearReportText},
			"sure":   {Ask: b.askReportSure, Hear: b.hearReportSure},
		},
	})
}

func (b *Book) openReport(o conversations.Opening, _ conversations.Env) reportTurn {
	verb, rest, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	rest = strings.TrimSpace(rest)
	switch {
	case verb == "posting":
		return reportTurn{Data: reportDraft{Posting: rest}, Next: "ground"}
	case verb == "person":
		return reportTurn{Data: reportDraft{Answer: rest}, Next: "ground"}
	case verb == "complain":
		return reportTurn{Data: reportDraft{Case: rest}, Next: "text"}
	case verb == "decisions":
		return reportTurn{Next: "told", Do: []conversations.Command{LookAtDecisions{}}}
	case rest != "":
		return reportTurn{Data: reportDraft{Posting: rest}, Next: "ground"}
	}
	return reportTurn{Next: "told", Do: []conversations.Command{LookAtReportable{}}}
}

func (b *Book) askReportWhat(d reportDraft, env conversations.Env) channels.Reply {
	r := text(b.say(env).T("report.what"))
	r.Choices = d.Offered
	return r
}

func (b *Book) hearReportWhat(d reportDraft, in conversations.Input, _ conversations.Env) reportTurn {
	kind, id, _ := strings.Cut(in.Picked, " ")
	switch {
	case in.Said == nil || in.Word == conversations.Back:
		return reportTurn{Data: d, Missed: true}
	case kind == "posting":
		return reportTurn{Data: reportDraft{Posting: id}, Next: "ground"}
	case kind == "person":
		return reportTurn{Data: reportDraft{Answer: id}, Next: "ground"}
	case kind == "thread":
		i := slices.IndexFunc(d.Offered, func(c channels.Choice) bool { return c.Key == in.Picked })
		return reportTurn{Data: reportDraft{Answer: id, Other: d.Offered[max(0, i)].Label}, Next: "thread"}
	}
	for word := range strings.FieldsSeq(in.Text()) {
		if word = strings.Trim(word, ".,:;„“\""); len(word) == 10 {
			return reportTurn{Data: reportDraft{Posting: word}, Next: "ground"}
		}
	}
	return reportTurn{Data: d, Missed: true}
}

func (b *Book) askThread(d reportDraft, env conversations.Env) channels.Reply {
	return b.askReport(relayDraft{Other: d.Other}, env)
}

func (b *Book) hearThread(d reportDraft, in conversations.Input, env conversations.Env) reportTurn {
	x := b.hearReport(relayDraft{Answer: d.Answer}, in, env)
	return reportTurn{Data: d, Next: x.Next, Do: x.Do, Missed: x.Missed}
}

func (b *Book) askGround(_ reportDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("report.ground"))
	for _, g := range grounds {
		r.Choices = append(r.Choices, choice(w, string(g), "report.grounds."+string(g)))
	}
	return r
}

func (b *Book) hearGround(d reportDraft, in conversations.Input, _ conversations.Env) reportTurn {
	if in.Said == nil || in.Word == conversations.Back {
		return reportTurn{Data: d, Missed: true}
	}
	for _, g := range grounds {
		if in.Picked == string(g) {
			d.Ground = g
			if wordy(in.Rest) {
				d.Text = clip(in.Rest, MaxReason)
				return reportTurn{Data: d, Next: "sure"}
			}
			return reportTurn{Data: d, Next: "text"}
		}
	}
	if said := clip(strings.TrimSpace(in.Text()), MaxReason); len([]rune(said)) > 12 { // they tell it right away
		d.Ground, d.Text = "other", said
		return reportTurn{Data: d, Next: "sure"}
	}
	return reportTurn{Data: d, Missed: true}
}

func (b *Book) askReportText(d reportDraft, env conversations.Env) channels.Reply {
	if d.Case != "" {
		return text(b.say(env).T("report.complaint"))
	}
	return text(b.say(env).T("report.text"))
}

func (b *Book) hearReportText(d reportDraft, in conversations.Input, _ conversations.Env) reportTurn {
	said := clip(strings.TrimSpace(in.Text()), MaxReason)
	switch {
	case in.Word == conversations.Back && d.Case == "":
		return reportTurn{Data: d, Next: "ground"}
	case in.Said == nil || in.Word == conversations.Back || !wordy(said):
		return reportTurn{Data: d, Missed: true}
	}
	d.Text = said
	if d.Case != "" {
		return reportTurn{Data: d, Next: "told", Do: []conversations.Command{Complain{Case: d.Case, Text: said}}}
	}
	return reportTurn{Data: d, Next: "sure"}
}

func (b *Book) askReportSure(d reportDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("report.sure", "Ground", w.T("report.grounds."+string(d.Ground)), "Text", d.Text))
	r.Choices = []channels.Choice{choice(w, "yes", "report.choice.send"), choice(w, "no", "report.choice.drop")}
	return r
}

func (b *Book) hearReportSure(d reportDraft, in conversations.Input, env conversations.Env) reportTurn {
	switch {
	case in.Word == conversations.Back:
		return reportTurn{Data: d, Next: "text"}
	case in.Picked == "yes":
		return reportTurn{Data: d, Next: "told", Do: []conversations.Command{Report{Posting: d.Posting, Answer: d.Answer, Ground: d.Ground, Text: d.Text}}}
	case in.Picked == "no":
		return reportTurn{Data: d, End: true, Say: []channels.Reply{text(b.say(env).T("report.dropped"))}}
	}
	return reportTurn{Data: d, Missed: true}
}

func (b *Book) hearReported(d reportDraft, in conversations.Input, env conversations.Env) reportTurn {
	w := b.say(env)
	end := func(r channels.Reply) reportTurn {
		return reportTurn{Data: d, End: true, Say: []channels.Reply{menu(r)}}
	}
	switch f := in.Fact.(type) {
	case Reportable:
		for _, p := range f.Postings {
			d.Offered = append(d.Offered, channels.Choice{Key: "posting " + p.ID, Label: clip(short(w, &p, env), 60)})
		}
		for _, p := range f.People {
			d.Offered = append(d.Offered, channels.Choice{Key: "person " + p.Answer, Label: clip(w.T("report.person", "Name", nameOr(w, p.Name), "Title", p.Title), 60)})
		}
		for _, p := range f.Threads {
			d.Offered = append(d.Offered, channels.Choice{Key: "thread " + p.Answer, Label: clip(w.T("report.person", "Name", nameOr(w, p.Name), "Title", p.Title), 60)})
		}
		return reportTurn{Data: d, Next: "what"}
	case Reported:
		if f.Before {
			return end(text(w.T("report.before")))
		}
		return end(text(w.T("report.done")))
	case ThreadReported:
		return end(b.threadReported(f, env))
	case Complained:
		if f.Before {
			return end(text(w.T("report.complained_before")))
		}
		return end(text(w.T("report.complained")))
	case Decisions:
		if len(f.All) == 0 {
			return end(text(w.T("report.no_decisions")))
		}
		if len(f.All) == 1 {
			d.Case = f.All[0].Case
			return reportTurn{Data: d, Next: "text", Say: []channels.Reply{text(decisionLine(w, f.All[0], env))}}
		}
		r := text(w.T("report.decisions"))
		for _, x := range f.All {
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + ReportFlow + " complain " + x.Case, Label: clip(decisionLine(w, x, env), 60)})
		}
		return end(r)
	case Refused:
		return end(b.refusal(f, env))
	}
	return reportTurn{Data: d, End: true}
}

// decisionLine names a decision in one line.
func decisionLine(w wording.Words, x Decision, env conversations.Env) string {
	return join(" · ", w.T("report.verdict."+string(x.Verdict)), x.Title, x.At.In(env.Zone).Format("2.1."))
}
