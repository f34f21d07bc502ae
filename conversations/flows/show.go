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

type look struct {
	Posting string `json:"posting"`
	Asked   string `json:"asked,omitempty"` // what somebody wanted to know about it
}

// show is opened by "/show <posting or code>" and shows the card of a posting, and by "asked <posting>" with a question about
// it.
func (b *Book) show() conversations.Runner {
	return conversations.Run(conversations.Flow[look]{
		Name: Show, Version: 1, Start: "seen",
		Open: func(o conversations.Opening, _ conversations.Env) conversations.Turn[look] {
			d := look{Posting: strings.TrimSpace(o.Args)}
			if id, ok := strings.CutPrefix(d.Posting, "asked "); ok && o.Said != nil {
				d.Posting, d.Asked = id, o.Said.Text
			}
			return conversations.Turn[look]{Data: d, Next: "seen", Do: []conversations.Command{LookAt{Posting: d.Posting}}}
		},
		Steps: map[string]conversations.Step[look]{"seen": {Hear: b.hearSeen}},
	})
}

func (b *Book) hearSeen(d look, in conversations.Input, env conversations.Env) conversations.Turn[look] {
	w := b.say(env)
	r := text(w.T("refused.unknown"))
	if no, ok := in.Fact.(Refused); ok {
		r = b.refusal(no, env)
	}
	if fact, ok := in.Fact.(Seen); ok {
		p := &fact.Posting
		r = channels.Reply{Title: title(w, p), Text: card(w, p, env), Thread: "posting:" + p.ID}
		if fact.KM >= 0 {
			r.Text += "\n" + w.Distance(fact.KM)
		}
		if p.State != matching.Open {
			r.Text += "\n" + w.T("state."+string(p.State))
		}
		if p.Description != "" && channels.Fold(p.Description) != channels.Fold(p.Title) {
			r.Text += "\n\n" + clip(p.Description, 400)
		}
		if fact.About != "" {
			r.Text += "\n\n" + w.T("card.about", "Carrier", p.Carrier, "About", fact.About)
		}
		r.Text += b.ownStanding(fact.Own, env)
		if slices.ContainsFunc(fact.Own, func(o ThingAnswer) bool {
			return o.Answer.State == matching.Accepted || o.Answer.State == matching.Confirmed
		}) {
			r.Text += b.onlyAccepted(p, env)
		}
		if !fact.Mine && p.State.Visible() {
			r.Choices = b.ownChoices(p, fact.Own, env)
		}
		if fact.Mine && p.Lent() {
			r.Choices = append(r.Choices, choice(w, "/"+Lend+" cal "+p.ID, "lend.choice.calendar"))
		}
		if p.State.Visible() && p.Dated() {
			r.Choices = append(r.Choices, choice(w, "/"+EntryFlow+" "+p.ID, "choice.entry"))
		}
		if !fact.Mine && p.State.Visible() {
			r.Choices = append(r.Choices, choice(w, "/"+ReportFlow+" posting "+p.ID, "report.choice.report"))
		}
		r.Text += "\n" + w.T("post.code", "Code", p.Code)
		if d.Asked != "" && !fact.Mine {
			r = b.askedAbout(d, fact, r, env)
		}
	}
	return conversations.Turn[look]{Data: d, End: true, Say: []channels.Reply{r}}
}

// ownStanding says how what somebody answered stands, a line for each date.
func (b *Book) ownStanding(own []ThingAnswer, env conversations.Env) string {
	w := b.say(env)
	s := ""
	for i, o := range own {
		if i == shownAnswers {
			return s + "\n" + w.T("mine.and_more", "Count", len(own)-i)
		}
		if i == 0 {
			s += "\n"
		}
		when := ""
		if several(&o.Posting, env) {
			when = whenOf(w, &o.Posting, []int{o.Answer.Date}, env)
		}
		s += "\n" + w.T("card.standing", "When", when, "State", b.answerState(o, env))
	}
	return s
}

// ownChoices are the ways on for somebody who sees a posting: to answer it, or to change what they answered.
func (b *Book) ownChoices(p *matching.Posting, own []ThingAnswer, env conversations.Env) []channels.Choice {
	w := b.say(env)
	next, _ := p.Next(env.Now, env.Zone)
	if len(own) == 0 {
		return answerChoices(b, p, next.Key, env)
	}
	many, every := several(p, env), false
	var out, write []channels.Choice
	answered := map[string]bool{}
	for _, o := range own {
		a := &o.Answer
		at := p.ID + " " + itoa(a.Date)
		off := choice(w, "/"+Answer+" no "+at, "choice.cancel_answer")
		if many && a.Date != matching.EveryDate {
			off = choice(w, "/"+Answer+" no "+at, "answer.choice.off", "When", whenOf(w, p, []int{a.Date}, env))
		}
		switch a.State {
		case matching.Offered:
			out = append(out, choice(w, "/"+Answer+" yes "+at, "news.choice.take"), off)
		case matching.Accepted, matching.Confirmed:
			out = append(out, off)
			if write == nil {
				write = writeTo(w, a.ID, p.Carrier)
			}
		case matching.Interested, matching.Waiting:
			out = append(out, off)
		case matching.Declined: // only the other side could change that
		default:
			continue
		}
		answered["/"+Answer+" yes "+at] = true
		every = every || a.Date == matching.EveryDate && a.State.Takes()
	}
	if every {
		return append(out, write...)
	}
	for _, c := range answerChoices(b, p, next.Key, env) { // what is not answered yet
		yes := strings.HasPrefix(c.Key, "/"+Answer+" yes ") || strings.HasPrefix(c.Key, "/"+Answer+" dates ")
		if yes && !answered[c.Key] && (many || len(out) == 0) && (len(answered) == 0 || !strings.Contains(c.Key, ",")) {
			out = append(out, c)
		}
	}
	return append(out, write...)
}

// several tells whether there is more than one date to choose from.
func several(p *matching.Posting, env conversations.Env) bool {
	return p.Recurrence != "" && p.Dated() || len(p.Occurrences(env.Now, time.Time{}, env.Zone)) > 1
}

// datesOffered is how many dates of a posting have a button of their own.
const datesOffered = 4

// dateChoices are a yes to each of the next dates of a posting with several, and to all of them.
func dateChoices(b *Book, p *matching.Posting, env conversations.Env) []channels.Choice {
	w := b.say(env)
	dates := p.Occurrences(env.Now, time.Time{}, env.Zone)
	shown := datesOffered
	if p.Recurrence != "" {
		shown = 2
	}
	var out []channels.Choice
	for i, d := range dates {
		if i == shown {
			break
		}
		out = append(out, dateChoice(w, "/"+Answer+" yes "+p.ID+" "+itoa(d.Key), w.ShortWhen(d, env.Zone), d, env))
	}
	var keys []string
	for _, d := range dates {
		keys = append(keys, itoa(d.Key))
	}
	switch {
	case p.Recurrence != "" && p.Kind == matching.Need:
		out = append(out, choice(w, "/"+Answer+" yes "+p.ID+" "+itoa(matching.EveryDate), "answer.choice.every", "Rule", w.Recurrence(p.Recurrence)))
	case len(dates) > 1 && len(dates) <= shown:
		out = append(out, choice(w, "/"+Answer+" yes "+p.ID+" "+strings.Join(keys, ","), "answer.choice.all"))
	}
	if len(dates) > shown {
		out = append(out, choice(w, "/"+Answer+" dates "+p.ID, "answer.choice.other"))
	}
	return out
}

// moment is a time today as a clock, else with its day.
func moment(w wording.Words, at time.Time, env conversations.Env) string {
	at = at.In(env.Zone)
	if midnight(at).Equal(midnight(env.Now.In(env.Zone))) {
		return w.Clock(at)
	}
	return w.ShortDay(at) + ", " + w.Clock(at)
}

// answerChoices are the ways to answer a posting with one tap or word.
func answerChoices(b *Book, p *matching.Posting, date int, env conversations.Env) []channels.Choice {
	w := b.say(env)
	at := p.ID + " " + strconv.Itoa(date)
	yes := "choice.i_come"
	if p.Kind == matching.Offer {
		yes = "choice.i_want"
	}
	if p.Lent() {
		return []channels.Choice{
			choice(w, "/"+Answer+" yes "+p.ID, "choice.i_borrow"), choice(w, "/"+Answer+" no "+p.ID, "choice.not_now"), choice(w, "/"+Answer+" never "+p.ID, "choice.never"),
		}
	}
	if several(p, env) {
		return append(dateChoices(b, p, env),
			choice(w, "/"+Answer+" no "+p.ID, "choice.not_now"), choice(w, "/"+Answer+" never "+p.ID, "choice.never"))
	}
	if p.State == matching.Filled && p.Kind == matching.Need {
		yes = "choice.i_wait"
	}
	return []channels.Choice{
		choice(w, "/"+Answer+" yes "+at, yes),
		choice(w, "/"+Answer+" no "+at, "choice.not_now"),
		choice(w, "/"+Answer+" never "+at, "choice.never"),
	}
}
