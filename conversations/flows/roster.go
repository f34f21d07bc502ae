package flows

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// rosterDraft is something being done about who comes to a posting of mine.
type rosterDraft struct {
	Verb    string `json:"verb,omitempty"`
	Posting string `json:"posting,omitempty"`
	Date    int    `json:"date,omitempty"`
	By      int    `json:"by,omitempty"`
	Free    int    `json:"free,omitempty"`
	Left    bool   `json:"left,omitempty"`
	Said    string `json:"said,omitempty"`
}

type rosterTurn = conversations.Turn[rosterDraft]

// roster is opened by "/roster list|dates <posting>", "date|out|off|move|anyway <posting> <key>",
// "outside <posting> <key> b<by>|f<free>", and, with words, by "all <posting>" and "dropped <posting>". A posting
// may be "-" for the one that is running.
func (b *Book) roster() conversations.Runner {
	return conversations.Run(conversations.Flow[rosterDraft]{
		Name: Roster, Version: 1, Start: "told", Open: b.openRoster,
		Steps: map[string]conversations.Step[rosterDraft]{
			"told":  {Hear: b.hearRoster},
			"text":  {Ask: b.askToAll, Hear: b.hearToAll},
			"when":  {Ask: b.askMove, Hear: b.hearMove},
			"sure":  {Ask: b.askOut, Hear: b.hearOut},
			"named": {Hear: b.hearNamed},
		},
	})
}

func (b *Book) openRoster(o conversations.Opening, _ conversations.Env) rosterTurn {
	parts := append(strings.Fields(o.Args), "", "", "", "")
	d := rosterDraft{Verb: parts[0], Posting: parts[1], Date: NoDate}
	if d.Posting == "-" {
		d.Posting = ""
	}
	if parts[2] != "" && parts[2] != "-" {
		d.Date = atoi(parts[2])
	}
	if by, ok := strings.CutPrefix(parts[3], "b"); ok {
		d.By = atoi(by)
	}
	if free, ok := strings.CutPrefix(parts[3], "f"); ok {
		d.Free, d.Left = atoi(free), true
	}
	if o.Said != nil && o.Said.Text != "" && o.Said.Kind != channels.Press && !strings.HasPrefix(o.Said.Text, "/") {
		d.Said = strings.TrimSpace(o.Said.Text)
	}
	return d.do()
}

// do asks for what the verb stands for.
func (d rosterDraft) do() rosterTurn {
	do := func(cmd conversations.Command) rosterTurn {
		return rosterTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
	}
	switch d.Verb {
	case "all":
		if said, ok := understanding.ReadToAll(d.Said); ok {
			d.Said = said
		}
		if d.Said == "" {
			return rosterTurn{Data: d, Next: "text"}
		}
		return do(ToAll{Posting: d.Posting, Text: d.Said})
	case "outside":
		return do(GiveAway{Posting: d.Posting, Date: d.Date, By: d.By, Free: d.Free, Left: d.Left})
	case "anyway":
		return do(HoldAnyway{Posting: d.Posting, Date: d.Date})
	case "off":
		return do(LeaveOut{Posting: d.Posting, Date: d.Date})
	case "out":
		return rosterTurn{Data: d, Next: "sure"}
	case "move":
		return rosterTurn{Data: d, Next: "when"}
	case "dropped":
		return rosterTurn{Data: d, Next: "named", Do: []conversations.Command{ListWho{Posting: d.Posting}}}
	}
	return do(ListWho{Posting: d.Posting}) // list, dates, date
}

func (b *Book) askToAll(_ rosterDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("roster.text"))
}

func (b *Book) hearToAll(d rosterDraft, in conversations.Input, _ conversations.Env) rosterTurn {
	if in.Word == conversations.Back {
		return rosterTurn{Data: d, Next: "told", Do: []conversations.Command{ListWho{Posting: d.Posting}}}
	}
	if d.Said = strings.TrimSpace(in.Text()); d.Said == "" {
		return rosterTurn{Data: d, Missed: true}
	}
	return d.do()
}

func (b *Book) askMove(_ rosterDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("roster.when"))
}

// hearMove reads where a date is moved to.
func (b *Book) hearMove(d rosterDraft, in conversations.Input, env conversations.Env) rosterTurn {
	if in.Word == conversations.Back {
		d.Verb = "dates"
		return d.do()
	}
	if in.Said == nil || in.Text() == "" {
		return rosterTurn{Data: d, Missed: true}
	}
	r := b.read(in.Said, env, understanding.FieldTime, nil, "")
	if len(r.Draft.Dates) != 1 || r.Draft.Recurrence != "" {
		return rosterTurn{Data: d, Missed: true}
	}
	return rosterTurn{Data: d, Next: "told", Do: []conversations.Command{MoveDate{Posting: d.Posting, Date: d.Date, To: r.Draft.Dates[0]}}}
}

func (b *Book) askOut(_ rosterDraft, env conversations.Env) channels.Reply {
	return b.sure("roster.out_sure", env)
}

func (b *Book) hearOut(d rosterDraft, in conversations.Input, _ conversations.Env) rosterTurn {
	switch {
	case in.Word == conversations.Back || in.Picked == "no":
		d.Verb = "dates"
		return d.do()
	case in.Picked == "yes":
		return rosterTurn{Data: d, Next: "told", Do: []conversations.Command{LeaveOut{Posting: d.Posting, Date: d.Date}}}
	}
	return rosterTurn{Data: d, Missed: true}
}

// hearNamed finds the date that is said to fall out.
func (b *Book) hearNamed(d rosterDraft, in conversations.Input, env conversations.Env) rosterTurn {
	who, ok := in.Fact.(Who)
	if !ok {
		return b.hearRoster(d, in, env)
	}
	d.Posting = who.Posting.ID
	var dates []OpenDate
	for _, x := range who.Dates {
		dates = append(dates, OpenDate{Date: x.Date})
	}
	keys := b.datesNamed(d.Said, dates, false, env)
	if len(keys) == 0 && len(dates) == 1 {
		keys = []int{dates[0].Date.Key}
	}
	if len(keys) != 1 {
		d.Verb = "dates"
		return b.hearRoster(d, in, env)
	}
	d.Date = keys[0]
	return rosterTurn{Data: d, Next: "sure", Say: []channels.Reply{text(whenOf(b.say(env), &who.Posting, keys, env) + ": " + title(b.say(env), &who.Posting))}}
}

func (b *Book) hearRoster(d rosterDraft, in conversations.Input, env conversations.Env) rosterTurn {
	w := b.say(env)
	end := func(r channels.Reply) rosterTurn {
		return rosterTurn{Data: d, End: true, Say: []channels.Reply{menu(r)}}
	}
	about := func(p *matching.Posting, key string, pairs ...any) channels.Reply {
		r := text(w.T("roster."+key, append([]any{"Title", title(w, p)}, pairs...)...))
		r.Thread = "posting:" + p.ID
		return r
	}
	switch f := in.Fact.(type) {
	case Who:
		switch {
		case d.Verb == "date":
			return end(b.rosterDate(d, f, env))
		case d.Verb == "dates" || d.Verb == "dropped":
			return end(b.rosterDates(f, env))
		}
		return end(b.rosterList(f, env))
	case ToldAll:
		return end(about(&f.Posting, "told_all", "Count", f.Count))
	case GivenAway:
		return end(b.givenAway(f, env))
	case DateChanged:
		key := "moved"
		if f.Out {
			key = "left_out"
		}
		return end(about(&f.Posting, key, "Count", f.Told, "When", w.When(f.Date, env.Now, env.Zone)))
	case HeldAnyway:
		return end(about(&f.Posting, "anyway", "When", w.When(f.Date, env.Now, env.Zone)))
	case Withdrew:
		return end(text(w.T("mine.withdrew", "Title", title(w, &f.Posting), "Places", f.Posting.Places, "Count", f.Told)))
	case WhichPosting:
		return end(b.rosterWhich(d, f, env))
	case WhichDate:
		r := about(&f.Posting, "which_date")
		for _, x := range f.Dates {
			r.Choices = append(r.Choices, dateChoice(w, d.key(f.Posting.ID, x.Date.Key), w.ShortWhen(x.Date, env.Zone), x.Date, env))
		}
		return end(r)
	case Refused:
		if w.Has("roster.refused." + string(f.Why)) {
			return end(text(w.T("roster.refused." + string(f.Why))))
		}
		return end(b.refusal(f, env))
	}
	return rosterTurn{Data: d, End: true}
}

// key opens the same again, for a posting and a date.
func (d rosterDraft) key(posting string, date int) string {
	key := "/" + Roster + " " + d.Verb + " " + posting
	if date != NoDate {
		key += " " + itoa(date)
	} else {
		key += " -"
	}
	switch {
	case d.Verb == "outside" && d.Left:
		key += " f" + itoa(d.Free)
	case d.Verb == "outside":
		key += " b" + itoa(d.By)
	}
	if d.Said != "" {
		key += "\n" + d.Said
	}
	return key
}

func (b *Book) rosterWhich(d rosterDraft, f WhichPosting, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("mine.which"))
	for i, p := range f.Postings {
		if i == 6 {
			break
		}
		r.Choices = append(r.Choices, channels.Choice{Key: d.key(p.ID, d.Date), Label: clip(short(w, &p, env), 60)})
	}
	return r
}

func (b *Book) givenAway(f GivenAway, env conversations.Env) channels.Reply {
	w := b.say(env)
	key := "outside"
	switch {
	case f.Clipped && f.Free == 0:
		key = "outside_clipped"
	case f.Free == 0:
		key = "outside_full"
	}
	r := text(w.T("roster."+key, "Title", title(w, &f.Posting), "When", w.When(f.Date, env.Now, env.Zone), "Count", f.Free))
	r.Thread = "posting:" + f.Posting.ID
	if f.Outside != f.Was {
		undo := rosterDraft{Verb: "outside", By: f.Was - f.Outside}
		c := choice(w, undo.key(f.Posting.ID, f.Date.Key), "roster.choice.undo")
		r.Choices = []channels.Choice{c}
	}
	return r
}

// rosterMax is how many characters of a list are said; longer ones come as a file.
const rosterMax = 900

// rosterList says who comes, date by date.
func (b *Book) rosterList(f Who, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &f.Posting
	r := channels.Reply{Title: title(w, p), Thread: "posting:" + p.ID, Private: true}
	lines := []string{w.T("roster.head", "Title", title(w, p))}
	short := slices.Clone(lines)
	people := 0
	for _, x := range f.Dates {
		head := b.rosterHead(x, env)
		lines, short = append(lines, head), append(short, head)
		for _, who := range x.People {
			lines = append(lines, "– "+b.rosterPerson(who, env))
			people++
		}
	}
	if r.Text = strings.Join(lines, "\n"); people == 0 {
		r.Text += "\n" + w.T("roster.nobody")
	}
	if len(f.Regulars) > 0 {
		var names []string
		for _, n := range f.Regulars {
			names = append(names, nameOr(w, n))
		}
		r.Text += "\n" + w.T("roster.wait_regular", "Names", w.List(names))
	}
	if utf8.RuneCountInString(r.Text) > rosterMax {
		r.Text = strings.Join(short[:min(len(short), 20)], "\n") + "\n" + w.T("roster.as_file")
		r.Files = []channels.FileInfo{b.rosterFile(f, env)}
	}
	if people > 0 {
		r.Choices = append(r.Choices, choice(w, "/"+Roster+" all "+p.ID, "roster.choice.all"))
	}
	if p.Dated() && p.State.Visible() {
		r.Choices = append(r.Choices, choice(w, "/"+Roster+" dates "+p.ID, "roster.choice.dates"))
	}
	return r
}

func (b *Book) rosterHead(x WhoDate, env conversations.Env) string {
	w := b.say(env)
	when := w.T("date.none")
	if !x.Date.IsZero() {
		when = w.ShortWhen(x.Date, env.Zone)
	}
	key := "roster.date"
	if x.Places == 0 {
		key = "roster.date_any"
	}
	head := w.T(key, "When", when, "Taken", x.Taken, "Places", x.Places)
	if x.Outside > 0 {
		head += " " + w.T("roster.of_them_outside", "Count", x.Outside)
	}
	return head
}

func (b *Book) rosterPerson(x WhoComes, env conversations.Env) string {
	w := b.say(env)
	s := nameOr(w, x.Name)
	if x.Party > 1 {
		s += " " + partyOf(w, x.Party)
	}
	var more []string
	if x.Every {
		more = append(more, w.T("roster.every"))
	}
	switch {
	case x.Asked:
		more = append(more, w.T("roster.asked"))
	case x.State != matching.Accepted:
		more = append(more, w.T("export.state."+string(x.State)))
	}
	if x.Note != "" {
		more = append(more, "„"+clip(x.Note, 60)+"“")
	}
	if len(more) > 0 {
		s += " (" + strings.Join(more, ", ") + ")"
	}
	return s
}

// rosterFile is the list as a table. No cell begins like a formula.
func (b *Book) rosterFile(f Who, env conversations.Env) channels.FileInfo {
	w := b.say(env)
	var out bytes.Buffer
	out.WriteString("\uFEFF") // spreadsheets else guess the letters wrong
	c := csv.NewWriter(&out)
	c.Comma, c.UseCRLF = ';', true
	row := func(cells ...string) {
		for i, s := range cells {
			if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
				cells[i] = "'" + s
			}
		}
		_ = c.Write(cells) // to memory
	}
	row(splitWords(w.T("roster.columns"))...)
	for _, x := range f.Dates {
		when := ""
		if !x.Date.IsZero() {
			when = w.ShortWhen(x.Date, env.Zone)
		}
		for _, who := range x.People {
			row(when, nameOr(w, who.Name), itoa(who.Party), w.T("export.state."+string(who.State)), who.Note)
		}
	}
	c.Flush()
	return channels.FileInfo{Name: w.T("roster.file"), Type: "text/csv", Data: out.Bytes(), Size: int64(out.Len())}
}

// rosterDates lets one choose a date to do something about.
func (b *Book) rosterDates(f Who, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("roster.which_date", "Title", title(w, &f.Posting)))
	for i, x := range f.Dates {
		if i == 8 {
			break
		}
		r.Choices = append(r.Choices, dateChoice(w, "/"+Roster+" date "+f.Posting.ID+" "+itoa(x.Date.Key), b.rosterHead(x, env), x.Date, env))
	}
	return r
}

// rosterDate shows one date, and what can be done about it.
func (b *Book) rosterDate(d rosterDraft, f Who, env conversations.Env) channels.Reply {
	w := b.say(env)
	for _, x := range f.Dates {
		if x.Date.Key != d.Date {
			continue
		}
		f.Dates = []WhoDate{x}
		r := b.rosterList(f, env)
		at := f.Posting.ID + " " + itoa(d.Date)
		r.Choices = []channels.Choice{
			choice(w, "/"+Roster+" out "+at, "roster.choice.out"), choice(w, "/"+Roster+" move "+at, "roster.choice.move"),
		}
		if x.Places > x.Taken {
			r.Choices = append(r.Choices, choice(w, "/"+Roster+" outside "+at+" b1", "roster.choice.outside"))
		}
		return r
	}
	return text(w.T("refused.gone"))
}
