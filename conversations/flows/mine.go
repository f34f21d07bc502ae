package flows

import (
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
)

// mineDraft is something being done with what is one's own.
type mineDraft struct {
	Posting string `json:"posting,omitempty"`
	By      int    `json:"by,omitempty"`
	To      int    `json:"to,omitempty"`
}

type mineTurn = conversations.Turn[mineDraft]

// mine is opened by "/mine list", "show <posting>", "answer <posting> <date>", "withdraw <posting>",
// "done <posting>" and "resize <posting or -> <by> <to>".
func (b *Book) mine() conversations.Runner {
	hear := func(d mineDraft, in conversations.Input, env conversations.Env) mineTurn {
		return b.hearMine(d, in.Fact, env)
	}
	return conversations.Run(conversations.Flow[mineDraft]{
		Name: Mine, Version: 1, Start: "told", Open: b.openMine,
		Steps: map[string]conversations.Step[mineDraft]{
			"told":     {Hear: hear},
			"withdraw": {Ask: b.askWithdraw, Hear: b.hearWithdraw},
			"number":   {Ask: b.askNumber, Hear: b.hearNumber},
		},
	})
}

func (b *Book) openMine(o conversations.Opening, _ conversations.Env) mineTurn {
	verb, args, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	parts := append(strings.Fields(args), "", "", "")
	d := mineDraft{Posting: parts[0]}
	do := func(cmd conversations.Command) mineTurn {
		return mineTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
	}
	switch verb {
	case "show":
		return do(LookAtMine{Posting: d.Posting})
	case "withdraw", "number":
		return mineTurn{Data: d, Next: verb}
	case "done":
		return do(Finish{Posting: d.Posting})
	case "resize":
		if d.Posting == "-" {
			d.Posting = ""
		}
		d.By, d.To = atoi(parts[1]), atoi(parts[2])
		return do(Enlarge{Posting: d.Posting, By: d.By, To: d.To})
	}
	return do(MyThings{})
}

func (b *Book) askWithdraw(_ mineDraft, env conversations.Env) channels.Reply {
	return b.sure("mine.withdraw_sure", env)
}

func (b *Book) hearWithdraw(d mineDraft, in conversations.Input, env conversations.Env) mineTurn {
	switch {
	case in.Word == conversations.Back || in.Picked == "no":
		return mineTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtMine{Posting: d.Posting}}}
	case in.Picked == "yes":
		return mineTurn{Data: d, Next: "told", Do: []conversations.Command{Withdraw{Posting: d.Posting}}}
	}
	return mineTurn{Data: d, Missed: true}
}

func (b *Book) askNumber(_ mineDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("mine.number"))
	for n := 1; n <= 3; n++ {
		r.Choices = append(r.Choices, channels.Choice{Key: "by:" + strconv.Itoa(n), Label: w.T("mine.more", "Count", n)})
	}
	return r
}

// hearNumber takes a button as so many more, and a number that is written as the new one.
func (b *Book) hearNumber(d mineDraft, in conversations.Input, env conversations.Env) mineTurn {
	said := strings.TrimSpace(in.Text())
	n, err := strconv.Atoi(said)
	by, more := strings.CutPrefix(in.Picked, "by:")
	change, changed := b.resize(said)
	switch {
	case in.Word == conversations.Back:
		return mineTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtMine{Posting: d.Posting}}}
	case err == nil && in.Said != nil && in.Said.Kind != channels.Press:
		d.By, d.To = 0, n
		if n < 1 {
			return mineTurn{Data: d, Mute: true, Say: []channels.Reply{b.refusal(Refused{Why: Unsuitable}, env)}}
		}
	case more:
		d.By, d.To = atoi(by), 0
	case changed:
		d.By, d.To = change.By, change.To
	default:
		return mineTurn{Data: d, Missed: true}
	}
	return mineTurn{Data: d, Next: "told", Do: []conversations.Command{Enlarge{Posting: d.Posting, By: d.By, To: d.To}}}
}

func (b *Book) hearMine(d mineDraft, fact conversations.Fact, env conversations.Env) mineTurn {
	w := b.say(env)
	end := func(r channels.Reply) mineTurn { return mineTurn{Data: d, End: true, Say: []channels.Reply{menu(r)}} }
	about := func(key string, p *matching.Posting, pairs ...any) mineTurn {
		r := text(w.T("mine."+key, append([]any{"Title", title(w, p), "Places", p.Places}, pairs...)...))
		r.Thread = "posting:" + p.ID
		return end(r)
	}
	switch f := fact.(type) {
	case Things:
		return end(b.things(f, env))
	case MineSeen:
		return end(b.mineCard(f, env))
	case Withdrew:
		return about("withdrew", &f.Posting, "Count", f.Told)
	case Finished:
		return about(strings.TrimPrefix(forKind(w, "mine.finished", &f.Posting), "mine."), &f.Posting)
	case Enlarged:
		if f.Asked > 0 {
			return about("enlarged_asked", &f.Posting, "Count", f.Asked)
		}
		return about("enlarged", &f.Posting)
	case WhichPosting:
		r := text(w.T("mine.which"))
		for i, p := range f.Postings {
			if i == 6 {
				break
			}
			key := "/" + Mine + " resize " + p.ID + " " + strconv.Itoa(d.By) + " " + strconv.Itoa(d.To)
			r.Choices = append(r.Choices, channels.Choice{Key: key, Label: clip(short(w, &p, env), 60)})
		}
		return end(r)
	case Refused:
		return end(b.refusal(f, env))
	}
	return mineTurn{Data: d, End: true}
}

// How many of each are listed: together they stay within what one message may be.
const (
	shownPostings      = 5
	shownAnswers       = 4
	shownSubscriptions = 2
	shownCategories    = 3
)

// things lists what is mine, each with its state, and a choice for each posting and answer.
func (b *Book) things(f Things, env conversations.Env) channels.Reply {
	w := b.say(env)
	var r channels.Reply
	var parts []string
	if len(f.Postings) > 0 {
		lines := []string{w.T("mine.postings")}
		for i, t := range f.Postings {
			if i == shownPostings {
				lines = append(lines, w.T("mine.and_more", "Count", len(f.Postings)-i))
				break
			}
			lines = append(lines, "– "+short(w, &t.Posting, env)+": "+b.standing(t, env))
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + Mine + " show " + t.Posting.ID, Label: b.thingLabel(&t.Posting, env)})
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	if len(f.Answers) > 0 {
		lines := []string{w.T("mine.answers")}
		for i, a := range f.Answers {
			if i == shownAnswers {
				lines = append(lines, w.T("mine.and_more", "Count", len(f.Answers)-i))
				break
			}
			lines = append(lines, "– "+shortOn(w, &a.Posting, a.Answer.Date, env)+": "+b.answerState(a, env))
			r.Choices = append(r.Choices, channels.Choice{
				Key:   "/" + Answer + " no " + a.Posting.ID + " " + strconv.Itoa(a.Answer.Date),
				Label: w.T("mine.choice.not_after_all", "Title", b.answerLabel(a, env)),
			})
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	if len(f.Subscriptions) > 0 {
		lines := []string{w.T("mine.subscriptions")}
		for i, s := range f.Subscriptions {
			if i == shownSubscriptions {
				lines = append(lines, w.T("mine.and_more", "Count", len(f.Subscriptions)-i))
				break
			}
			lines = append(lines, "– "+b.subscriptionLine(s, env))
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	if len(parts) == 0 {
		r.Text = w.T("mine.nothing")
		r.Choices = b.At("greet", env).Choices
		return r
	}
	r.Text = strings.Join(parts, "\n\n")
	if len(f.Postings) > 0 {
		r.Text += "\n\n" + w.T("mine.pick", "Count", len(f.Postings))
	}
	return r
}

// thingLabel tells a posting from others of the same title.
func (b *Book) thingLabel(p *matching.Posting, env conversations.Env) string {
	w := b.say(env)
	day := ""
	if n := len(p.Dates); n > 0 {
		d, ok := p.Next(env.Now, env.Zone)
		if !ok {
			d = p.Dates[n-1]
		}
		day = w.ShortDay(d.Start.In(env.Zone))
	}
	return join(", ", clip(title(w, p), 40), day)
}

func (b *Book) subscriptionLine(s matching.Subscription, env conversations.Env) string {
	w := b.say(env)
	about := w.T("join.about_everything")
	if n := len(s.Categories); n > shownCategories+1 {
		about = w.T("mine.categories", "Categories", w.Categories(s.Categories[:shownCategories]), "Count", n-shownCategories)
	} else if n > 0 {
		about = w.Categories(s.Categories)
	}
	line := w.T("mine.subscription", "Place", s.Place.Name, "KM", strconv.FormatFloat(s.Radius, 'f', -1, 64), "About", about)
	if s.Stopped || env.Now.Before(s.PausedUntil) {
		line += " " + w.T("mine.paused")
	}
	return line
}

// standing says in a few words how a posting stands.
func (b *Book) standing(t ThingPosting, env conversations.Env) string {
	w := b.say(env)
	p := &t.Posting
	said := w.T(forKind(w, "mine.state."+string(p.State), p))
	if p.State == matching.Open {
		switch {
		case p.Kind == matching.Offer && t.Taken == 0:
			said = w.T("mine.state.offered")
		case p.Kind == matching.Need && t.Places > 0:
			said = w.T("mine.taken", "Taken", t.Taken, "Places", t.Places)
		case t.Taken > 0:
			said = w.T("mine.taken_any", "Count", t.Taken)
		}
	}
	if t.Asking > 0 && p.State.Visible() {
		said += ", " + w.T("mine.asking", "Count", t.Asking)
	}
	return said
}

// mineCard shows one posting of mine with how it stands and what can be done.
func (b *Book) mineCard(f MineSeen, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &f.Posting
	r := channels.Reply{Title: title(w, p), Thread: "posting:" + p.ID, Private: true}
	r.Text = card(w, p, env) + onlyAcceptedLines(w, p) + "\n\n" + w.T("mine.standing", "State", b.standing(f.ThingPosting, env))
	if f.Told > 0 {
		r.Text += "\n" + w.T("mine.funnel", "Count", f.Told, "Yes", f.Taken, "No", f.No)
	}
	if said := b.outlook(f, env); said != "" {
		r.Text += "\n" + said
	}
	if len(f.Comrades) > 0 {
		r.Text += "\n" + w.T("mine.with", "Names", w.List(f.Comrades))
	}
	if f.Waiting > 0 {
		r.Text += "\n" + w.T("mine.waiting", "Count", f.Waiting)
	}
	if p.Reason != "" && p.State == matching.Rejected {
		r.Text += "\n" + w.T("mine.reason", "Text", p.Reason)
	}
	r.Text += "\n" + w.T("post.code", "Code", p.Code)
	add := func(key, word string) { r.Choices = append(r.Choices, choice(w, key+" "+p.ID, word)) }
	if f.CanChange {
		add("/"+Post+" change", "choice.change")
		if p.Kind == matching.Need && (p.State.Visible() || p.State == matching.Review) && p.Places > 0 {
			add("/"+Mine+" number", "mine.choice.number")
		}
		if p.State.Visible() && p.Lent() {
			add("/"+Lend+" cal", "lend.choice.calendar")
		} else if p.State.Visible() && f.Taken+f.Asking+f.Waiting > 0 {
			add("/"+Roster+" list", "roster.choice.who")
		}
		if p.State.Visible() && several(p, env) {
			add("/"+Roster+" dates", "roster.choice.dates")
		}
		if f.CanFinish {
			add("/"+Mine+" done", forKind(w, "mine.choice.done", p))
		}
		add("/"+Mine+" withdraw", "mine.choice.withdraw")
	}
	add("/"+Post+" again", "mine.choice.again")
	return r
}

// answerState says in a few words where an answer of mine stands.
func (b *Book) answerState(a ThingAnswer, env conversations.Env) string {
	w := b.say(env)
	said := w.T(forKind(w, "mine.answer."+string(a.Answer.State), &a.Posting))
	switch {
	case a.Answer.State == matching.Waiting:
		return w.T("mine.rank", "Rank", a.Ahead+1)
	case a.Answer.State == matching.Offered:
		return w.T("mine.held", "Until", w.Clock(a.Answer.HeldTill.In(env.Zone)))
	case a.Answer.Party > 1 && a.Posting.Lent():
		return said + " (×" + itoa(a.Answer.Party) + ")"
	case a.Answer.Party > 1:
		return said + " (" + partyOf(w, a.Answer.Party) + ")"
	}
	return said
}

// answerLabel tells an answer of mine from others, by its date.
func (b *Book) answerLabel(a ThingAnswer, env conversations.Env) string {
	w := b.say(env)
	if a.Answer.Date == matching.EveryDate {
		return join(", ", clip(title(w, &a.Posting), 40), w.Recurrence(a.Posting.Recurrence))
	}
	d, ok := a.Posting.On(a.Answer.Date, env.Zone)
	if !ok {
		return b.thingLabel(&a.Posting, env)
	}
	if a.Posting.Lent() {
		return join(", ", clip(title(w, &a.Posting), 30), w.LentTime(d, env.Zone))
	}
	return join(", ", clip(title(w, &a.Posting), 40), w.ShortDay(d.Start.In(env.Zone)))
}

// outlook says when a posting is to be full, and once it is, how true that was.
func (b *Book) outlook(f MineSeen, env conversations.Env) string {
	w := b.say(env)
	switch {
	case f.By.IsZero():
		return ""
	case !f.Filled.IsZero():
		return w.T("mine.was_full", "By", moment(w, f.By, env), "When", moment(w, f.Filled, env))
	case f.Posting.State == matching.Open && env.Now.Before(f.By):
		return w.T("mine.full_by", "When", moment(w, f.By, env), "Kept", f.Kept)
	case f.Posting.State == matching.Open:
		return w.T("mine.late", "When", moment(w, f.By, env))
	}
	return ""
}
