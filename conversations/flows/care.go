package flows

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// Care is the flow of what follows a match: saying that one comes, how it was, and that something still holds.
const Care = "care"

// careDraft is what is being told.
type careDraft struct {
	Answer string `json:"answer,omitempty"`
	Title  string `json:"title,omitempty"`
}

type careTurn = conversations.Turn[careDraft]

// care is opened by "/care coming <answer>", "yes", "no" and "hours <answer>", "feels <answer> <how>", by those who
// posted with "all", "some", "rest" and "none <posting> <date>", "felt <posting> <date> <how>" and "missing <answer>",
// by "renew <posting>", "release <organisation> on", and by "sum".
func (b *Book) care() conversations.Runner {
	return conversations.Run(conversations.Flow[careDraft]{
		Name: Care, Version: 1, Start: "told", Open: b.openCare,
		Steps: map[string]conversations.Step[careDraft]{
			"told":  {Hear: b.hearCared},
			"hours": {Ask: b.askHours, Hear: b.hearHours},
		},
	})
}

func (b *Book) openCare(o conversations.Opening, _ conversations.Env) careTurn {
	args := append(strings.Fields(o.Args), "", "", "", "")
	verb, id := args[0], args[1]
	d := careDraft{Answer: id}
	var cmd conversations.Command = MyHours{}
	switch verb {
	case "coming":
		cmd = ConfirmComing{Answer: id}
	case "yes", "no":
		cmd = SayVisit{Answer: id, Came: verb == "yes"}
	case "feels":
		cmd = SayVisit{Answer: id, Feels: oneOf(args[2], "yes", "maybe", "no")}
	case "hours":
		return careTurn{Data: d, Next: "hours"}
	case "missing":
		cmd = SayWhoCame{Answer: id, Said: Missing}
	case "all", "some", "rest", "none":
		cmd = SayWhoCame{Posting: id, Date: atoi(args[2]), Said: SaidOfAll(verb)}
	case "felt":
		cmd = SayWhoCame{Posting: id, Date: atoi(args[2]), Said: Felt, Feels: oneOf(args[3], "good", "fair", "poor")}
	case "renew":
		cmd = Renew{Posting: id}
	case "release":
		cmd = SetRelease{Organisation: id, On: args[2] == "on"}
	}
	return careTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
}

func oneOf(s string, all ...string) string {
	for _, x := range all {
		if s == x {
			return s
		}
	}
	return all[0]
}

func (b *Book) hearCared(d careDraft, in conversations.Input, env conversations.Env) careTurn {
	w := b.say(env)
	end := func(r channels.Reply) careTurn { return careTurn{Data: d, End: true, Say: []channels.Reply{menu(r)}} }
	switch f := in.Fact.(type) {
	case Responded:
		return end(b.respondedReply(answerDraft{Word: "yes"}, f, env))
	case VisitSaid:
		return end(visitReply(w, f))
	case WhoCame:
		return end(whoCameReply(w, f))
	case Hours:
		r := channels.Reply{Text: b.hours(f, hoursListed, env), Private: true}
		if f.Record != nil {
			record := *f.Record
			record.Name = w.T("care.record_file")
			r.Files = []channels.FileInfo{record}
		}
		return end(r)
	case Renewed:
		key := "care.renewed"
		if f.Again {
			key = "care.renewed_again"
		}
		return end(text(w.T(key, "Title", title(w, &f.Posting), "Day", w.Day(f.Posting.Lease.In(env.Zone), env.Now), "Count", f.Asked)))
	case ReleaseSet:
		key := "care.release_off"
		if f.On {
			key = "care.release_on"
		}
		return end(text(w.T(key, "Organisation", f.Organisation.Name)))
	case Refused:
		return end(b.refusal(f, env))
	}
	return careTurn{Data: d, End: true}
}

// visitReply thanks whoever said that they came, and asks the one question.
func visitReply(w wording.Words, f VisitSaid) channels.Reply {
	args := []any{"Title", title(w, &f.Posting), "Carrier", f.Posting.Carrier, "Hours", hoursOf(w, f.Minutes)}
	switch {
	case f.Feels != "":
		return text(w.T("care.felt_"+f.Feels, args...))
	case f.Disputed:
		return text(w.T("care.disputed", args...))
	case f.Answer.State != matching.Attended:
		return text(w.T("care.not_there", args...))
	}
	key := "care.was_there"
	if f.Minutes == 0 {
		key = "care.was_there_undated"
	}
	r := text(w.T(key, args...))
	for _, how := range []string{"yes", "maybe", "no"} {
		r.Choices = append(r.Choices, choice(w, "/"+Care+" feels "+f.Answer.ID+" "+how, "care.choice.again_"+how))
	}
	r.Choices = append(r.Choices, choice(w, "/"+Care+" hours "+f.Answer.ID, "care.choice.hours"))
	return r
}

// whoCameReply thanks those who posted, and asks whatever is still open.
func whoCameReply(w wording.Words, f WhoCame) channels.Reply {
	at := f.Posting.ID + " " + strconv.Itoa(f.Date)
	args := []any{"Title", title(w, &f.Posting), "Count", f.Came}
	switch {
	case f.Said == NotHeld:
		return text(w.T("care.not_held", args...))
	case f.Said == Felt:
		return text(w.T("care.felt", args...))
	case (f.Said == SomeCame || f.Said == Missing) && len(f.Left) > 0:
		key := "care.who_not"
		if f.Said == Missing {
			key = "care.who_else"
		}
		r := text(w.T(key, args...))
		for i, g := range f.Left {
			if i == 8 {
				break
			}
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + Care + " missing " + g.Answer, Label: nameOr(w, g.Name)})
		}
		r.Choices = append(r.Choices, choice(w, "/"+Care+" rest "+at, "care.choice.rest"))
		return r
	}
	r := text(w.T("care.all_came", args...))
	for _, how := range []string{"good", "fair", "poor"} {
		r.Choices = append(r.Choices, choice(w, "/"+Care+" felt "+at+" "+how, "care.choice."+how))
	}
	return r
}

func (b *Book) askHours(_ careDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("care.ask_hours"))
}

var hoursSaid = regexp.MustCompile(`^\D*(\d{1,2})(?:[.,:](\d{1,2}))?\s*(m\p{L}*)?`)

func (b *Book) hearHours(d careDraft, in conversations.Input, _ conversations.Env) careTurn {
	m := hoursSaid.FindStringSubmatch(strings.ToLower(in.Text()))
	if in.Said == nil || m == nil {
		return careTurn{Data: d, Missed: true}
	}
	minutes := 60 * atoi(m[1])
	switch {
	case m[3] != "":
		minutes = atoi(m[1])
	case m[2] != "" && strings.Contains(m[0], ":"):
		minutes += min(atoi(m[2]), 59)
	case m[2] != "":
		part, _ := strconv.ParseFloat("0."+m[2], 64)
		minutes += int(math.Round(60 * part))
	}
	if minutes < 5 || minutes > 24*60 {
		return careTurn{Data: d, Missed: true}
	}
	return careTurn{Data: d, Next: "told", Do: []conversations.Command{SayVisit{Answer: d.Answer, Minutes: minutes}}}
}

// hoursOf says a time in hours: "2 Stunden", "90 Minuten".
func hoursOf(w wording.Words, minutes int) string {
	if minutes%60 == 0 {
		return w.T("care.hours", "Count", minutes/60)
	}
	if minutes < 60 {
		return w.T("care.minutes", "Count", minutes)
	}
	return w.T("care.hours_minutes", "Hours", minutes/60, "Minutes", minutes%60)
}

// hoursListed is how many visits a record lists.
const hoursListed = 12

// hours is a record of what somebody gave.
func (b *Book) hours(f Hours, listed int, env conversations.Env) string {
	w := b.say(env)
	if len(f.Visits) == 0 {
		return w.T("care.no_hours")
	}
	lines := []string{w.T("care.sum", "Name", f.Name, "Hours", hoursOf(w, f.Minutes))}
	for i, v := range f.Visits {
		if i == listed {
			lines = append(lines, w.T("care.sum_more", "Count", len(f.Visits)-i))
			break
		}
		key := "care.line"
		if v.Confirmed {
			key = "care.line_confirmed"
		}
		lines = append(lines, w.T(key, "Day", w.ShortDay(v.At.In(env.Zone))+strconv.Itoa(v.At.In(env.Zone).Year()), "Title", join(" · ", title(w, &v.Posting), v.Posting.Carrier), "Hours", hoursOf(w, v.Minutes)))
	}
	if f.Confirmed > 0 {
		lines = append(lines, w.T("care.confirmed", "Hours", hoursOf(w, f.Confirmed)))
	}
	return strings.Join(lines, "\n")
}

// HoursRecord is a record of all that somebody gave, to be shown to others: with the day and the front it was issued by.
func (b *Book) HoursRecord(f Hours, env conversations.Env) string {
	w := b.say(env)
	day := env.Now.In(env.Zone)
	return b.hours(f, len(f.Visits)+1, env) + "\n\n" + w.T("care.issued", "Front", env.Place.Name, "Day", w.ShortDay(day)+strconv.Itoa(day.Year()))
}

// tellCare says what follows a match; ok is false for other news.
func (b *Book) tellCare(n Piece, env conversations.Env) (r channels.Reply, ok bool) {
	w := b.say(env)
	p, id := &n.Posting, n.Answer.ID
	when := whenOf(w, p, []int{n.Date}, env)
	names := w.List(n.Names)
	args := []any{"Title", title(w, p), "When", when, "Place", p.Place.Name, "Carrier", p.Carrier, "Name", nameOr(w, n.Name), "Names", names, "Count", n.Taken, "Hours", hoursOf(w, n.Taken), "Note", n.Answer.Note}
	key := "news." + string(n.Kind)
	if n.Kind == NewsComing && !n.First {
		key = "news.coming_again"
	}
	r = channels.Reply{Thread: "posting:" + p.ID, Subject: careSubject(w, &n, env), Private: true}
	care := func(args, word string) channels.Choice { return choice(w, "/"+Care+" "+args, "care.choice."+word) }
	off := choice(w, "/"+Answer+" no "+p.ID+" "+strconv.Itoa(n.Date), "choice.cancel_answer")
	at := p.ID + " " + strconv.Itoa(n.Date)
	switch n.Kind {
	case NewsComing:
		r.Choices = []channels.Choice{care("coming "+id, strings.TrimPrefix(forKind(w, "care.choice.coming", p), "care.choice.")), off}
	case NewsSoon:
		r.Choices = append([]channels.Choice{off}, writeTo(w, id, p.Carrier)...)
	case NewsReleased:
		r.Choices = []channels.Choice{choice(w, "/"+Answer+" yes "+at, "care.choice.still")}
		if !n.Answer.State.Live() {
			r.Invite = event(w, p, &n.Answer, env)
		}
	case NewsNudge:
		r.Choices = append([]channels.Choice{choice(w, "/"+Decide+" yes "+id, "choice.accept"), choice(w, "/"+Decide+" no "+id, "choice.decline")}, askTo(w, id)...)
	case NewsSilent:
		r.Choices = []channels.Choice{choice(w, "/"+Show+" "+p.ID, "choice.show")}
	case NewsOthers:
		if len(n.Others) == 0 {
			key = "news.others_none"
		}
		for i := range n.Others {
			o := &n.Others[i]
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + Show + " " + o.ID, Label: clip(join(" · ", title(w, o), w.Dates(o, env.Now, env.Zone)), 60)})
		}
		off.Label = w.T("care.choice.take_back")
		r.Choices = append(r.Choices, off)
	case NewsStillOn:
		args = append(args, "Day", w.Day(p.Lease.In(env.Zone), env.Now))
		r.Choices = []channels.Choice{care("renew "+p.ID, "renew"), choice(w, "/"+Mine+" done "+p.ID, "care.choice.no_longer"), choice(w, "/"+Post+" change "+p.ID, "choice.change")}
	case NewsExpired:
		r.Choices = []channels.Choice{care("renew "+p.ID, "show_again")}
	case NewsNoLonger, NewsSilentLeft, NewsFetched, NewsBack:
	case NewsReturn:
		r.Choices = writeTo(w, id, p.Carrier)
	case NewsDeserted:
		args = append(args, "Organisation", n.Organisation.Name)
	case NewsWereYou:
		r.Choices = []channels.Choice{care("yes "+id, "was_there"), care("no "+id, "was_not")}
	case NewsWasDone:
		r.Choices = []channels.Choice{care("all "+at, "all"), care("some "+at, "some"), care("none "+at, "none")}
	case NewsNobody:
		r.Choices = []channels.Choice{choice(w, "/"+Post+" again "+p.ID, "care.choice.once_more")}
	case NewsThanks:
		if !n.First {
			key += "_only"
			break
		}
		for _, how := range []string{"yes", "maybe", "no"} {
			r.Choices = append(r.Choices, care("feels "+id+" "+how, "again_"+how))
		}
	case NewsMissed:
		r.Choices = []channels.Choice{care("no "+id, "right"), care("yes "+id, "was_there_after_all")}
	default:
		return r, false
	}
	r.Text = w.T(forKind(w, key, p), args...)
	if n.Kind == NewsSoon {
		r.Text += b.onlyAccepted(p, env)
	}
	return menu(r), true
}

// Result says in a line of a digest how something went that somebody was asked about.
func (b *Book) Result(p *matching.Posting, n int, env conversations.Env) string {
	w := b.say(env)
	return w.T(forKind(w, "care.result", p), "Title", title(w, p), "Carrier", p.Carrier, "Count", n)
}
