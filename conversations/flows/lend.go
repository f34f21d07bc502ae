package flows

import (
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// Lend is the flow in which those who lend something look at its calendar and change it.
const Lend = "lend"

// lendDraft is a calendar that is looked at.
type lendDraft struct {
	Posting string     `json:"posting,omitempty"`
	Said    string     `json:"said,omitempty"` // to be done with the thing once it is clear which one
	Loans   *Loans     `json:"loans,omitempty"`
	Undo    SetLending `json:"undo,omitzero"`
	From    time.Time  `json:"from,omitzero"`
}

type lendTurn = conversations.Turn[lendDraft]

// lend is opened by "/lend" and "/lend cal <posting>", by "said" with words about when a thing may be had, by "block" and
// "hours <posting>", "auto <posting> on", "file <posting> <answer>".
func (b *Book) lend() conversations.Runner {
	return conversations.Run(conversations.Flow[lendDraft]{
		Name: Lend, Version: 1, Start: "told", Quiet: true, Idle: 24 * time.Hour, Open: b.openLend,
		Steps: map[string]conversations.Step[lendDraft]{
			"told":  {Hear: b.hearLend},
			"shown": {Ask: b.askCalendar, Hear: b.hearCalendar},
			"block": {Ask: b.askBlocked, Hear: b.hearCalendar},
			"hours": {Ask: b.askOpening, Hear: b.hearCalendar},
		},
	})
}

func (b *Book) openLend(o conversations.Opening, env conversations.Env) lendTurn {
	parts := append(strings.Fields(o.Args), "", "", "")
	d := lendDraft{Posting: parts[1]}
	do := func(cmd conversations.Command) lendTurn {
		return lendTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
	}
	switch parts[0] {
	case "block", "hours":
		return lendTurn{Data: d, Next: parts[0]}
	case "auto":
		on := parts[2] == "on"
		return do(SetLending{Posting: d.Posting, Auto: &on})
	case "always":
		return do(SetLending{Posting: d.Posting, Always: true})
	case "file":
		return do(LoanEntry{Posting: d.Posting, Answer: parts[2]})
	case "mine":
		return do(LoanEntry{Answer: parts[1]})
	case "said":
		if o.Said != nil {
			d.Said = clip(strings.TrimSpace(o.Said.Text), 300)
		}
		d.Posting = ""
	case "cal":
		if parts[2] != "" {
			d.From = time.Unix(int64(atoi(parts[2])), 0)
		}
	default:
		d.Posting = ""
	}
	return do(LookAtLoans{Posting: d.Posting, From: d.From})
}

func (b *Book) hearLend(d lendDraft, in conversations.Input, env conversations.Env) lendTurn {
	w := b.say(env)
	end := func(r channels.Reply) lendTurn { return lendTurn{Data: d, End: true, Say: []channels.Reply{menu(r)}} }
	switch f := in.Fact.(type) {
	case Loans:
		d.Loans, d.Posting = &f, f.Posting.ID
		if said := d.Said; said != "" {
			d.Said = ""
			if cmd, ok := b.openingSaid(said, d, env); ok {
				return lendTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
			}
		}
		return lendTurn{Data: d, Next: "shown"}
	case LendingSet:
		if d.Loans != nil {
			d.Loans.Posting = f.Posting
		}
		d.Posting = f.Posting.ID
		return lendTurn{Data: d, Next: "shown", Mute: true, Say: []channels.Reply{menu(b.lendingSet(f, env))}}
	case LoanFile:
		file := f.File
		file.Name = w.T("entry.file")
		return end(channels.Reply{Text: w.T("entry.here", "Title", title(w, &f.Posting)), Files: []channels.FileInfo{file}, Thread: "posting:" + f.Posting.ID})
	case WhichPosting:
		r := text(w.T("lend.which"))
		for i, p := range f.Postings {
			if i == 6 {
				break
			}
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + Lend + " cal " + p.ID, Label: clip(title(w, &p), 60)})
		}
		return end(r)
	case Refused:
		if f.Why == NothingLast {
			return end(channels.Reply{Text: w.T("lend.nothing"), Choices: []channels.Choice{choice(w, "/"+Post+" offer", "home.choice.offer")}})
		}
		return end(b.refusal(f, env))
	}
	return lendTurn{Data: d, End: true}
}

// askCalendar shows a calendar: when the thing may be had, who has it when, and what is blocked.
func (b *Book) askCalendar(d lendDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	if d.Loans == nil {
		return text(w.T("lend.anything_else"))
	}
	p := &d.Loans.Posting
	r := channels.Reply{Title: title(w, p), Thread: "posting:" + p.ID, Private: true}
	lines := []string{w.T("lend.calendar", "Title", title(w, p)), b.openingLine(p, env)}
	if p.AutoAccept {
		lines[1] += " " + w.T("lend.auto_on")
	}
	type line struct {
		at   time.Time
		said string
	}
	var all []line
	for _, l := range d.Loans.Loans {
		key := "lend.line_" + string(l.State)
		if !w.Has(key) {
			key = "lend.line"
		}
		all = append(all, line{l.Date.Start, w.T(key, "When", w.LentTime(l.Date, env.Zone), "Name", nameOr(w, l.Name), "Count", l.Pieces)})
	}
	for i, s := range p.Lending.Blocked {
		if s.Until().After(env.Now) && i < takenShown {
			all = append(all, line{s.Start, w.T("lend.line_blocked", "When", w.LentTime(s, env.Zone))})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	for _, l := range all {
		lines = append(lines, "– "+l.said)
	}
	if len(all) == 0 {
		lines = append(lines, w.T("lend.empty"))
	}
	r.Text = strings.Join(lines, "\n")
	add := func(args, word string) { r.Choices = append(r.Choices, choice(w, "/"+Lend+" "+args, word)) }
	if !d.Loans.More.IsZero() {
		add("cal "+p.ID+" "+itoa(int(d.Loans.More.Unix())), "lend.choice.more")
	}
	add("block "+p.ID, "lend.choice.block")
	add("hours "+p.ID, "lend.choice.hours")
	if p.AutoAccept {
		add("auto "+p.ID+" off", "lend.choice.auto_off")
	} else {
		add("auto "+p.ID+" on", "lend.choice.auto_on")
	}
	if slices.ContainsFunc(d.Loans.Loans, func(l LoanLine) bool { return l.State == matching.Accepted || l.State == matching.Confirmed }) {
		add("file "+p.ID, "choice.entry")
	}
	return r
}

func (b *Book) openingLine(p *matching.Posting, env conversations.Env) string {
	w := b.say(env)
	if hours := w.Opening(p.Lending); hours != "" {
		return w.T("lend.only", "Hours", hours)
	}
	return w.T("lend.always")
}

func (b *Book) askBlocked(_ lendDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("lend.ask_block"))
}

func (b *Book) askOpening(d lendDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("lend.ask_hours"))
	r.Choices = []channels.Choice{choice(w, "/"+Lend+" always "+d.Posting, "lend.choice.always")}
	return r
}

// hearCalendar takes what is said about when the thing may be had.
func (b *Book) hearCalendar(d lendDraft, in conversations.Input, env conversations.Env) lendTurn {
	if in.Word == conversations.Back {
		return lendTurn{Data: d, Next: "told", Do: []conversations.Command{LookAtLoans{Posting: d.Posting}}}
	}
	if in.Said == nil || in.Text() == "" || in.Picked != "" {
		return lendTurn{Data: d, Missed: true}
	}
	cmd, ok := b.openingSaid(clip(strings.TrimSpace(in.Text()), 300), d, env)
	if !ok {
		return lendTurn{Data: d, Missed: true}
	}
	return lendTurn{Data: d, Next: "told", Do: []conversations.Command{cmd}}
}

// openingSaid reads what is to be set of a calendar; ok is false where nothing was said about it. Where times to block
// were asked for a bare time is one.
func (b *Book) openingSaid(said string, d lendDraft, env conversations.Env) (SetLending, bool) {
	cmd := SetLending{Posting: d.Posting}
	m := &channels.Message{Text: said, Kind: channels.Text}
	r := b.read(m, env, understanding.FieldTime, nil, understanding.Need)
	o := understanding.ReadOpening(said, r.Draft.Recurrence)
	span, timed := matching.Span{}, false
	if r.Draft.Recurrence == "" {
		span, timed = b.timeWanted(said, env)
	}
	if timed && span.End.IsZero() {
		span.End = midnight(span.Start).AddDate(0, 0, 1)
	}
	switch {
	case o.Always:
		cmd.Always = true
	case len(o.Hours) > 0:
		cmd.Hours = o.Hours
	case len(o.Without) > 0:
		cmd.Hours = without(d, o.Without)
	case o.Free && timed:
		cmd.Unblock = span
	case timed:
		cmd.Block = span
	default:
		return cmd, false
	}
	return cmd, true
}

// without leaves days out of the hours there are.
func without(d lendDraft, days []matching.Hours) []matching.Hours {
	if d.Loans == nil || len(d.Loans.Posting.Lending.Hours) == 0 {
		return days
	}
	var out []matching.Hours
	for _, h := range d.Loans.Posting.Lending.Hours {
		if h.Days &= days[0].Days; h.Days != 0 {
			out = append(out, h)
		}
	}
	return out
}

// lendingSet tells what was set, and what within it is agreed already.
func (b *Book) lendingSet(f LendingSet, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &f.Posting
	r := channels.Reply{Thread: "posting:" + p.ID, Private: true}
	see := choice(w, "/"+Lend+" cal "+p.ID, "lend.choice.calendar")
	switch s := f.Set; {
	case !s.Block.Start.IsZero():
		r.Text = w.T("lend.blocked", "When", w.LentTime(s.Block, env.Zone), "Title", title(w, p))
		for i, c := range f.Clash {
			if i == 0 {
				r.Text += "\n" + w.T("lend.clash")
			}
			if i == takenShown {
				break
			}
			when := w.LentTime(c.Date, env.Zone)
			r.Text += "\n– " + w.T("lend.line", "When", when, "Name", nameOr(w, c.Name), "Count", c.Pieces)
			r.Choices = append(r.Choices, choice(w, "/"+Decide+" no "+c.Answer, "lend.choice.off", "Name", nameOr(w, c.Name), "When", when))
		}
	case !s.Unblock.Start.IsZero() && f.Freed == 0:
		r.Text = w.T("lend.was_free", "When", w.LentTime(s.Unblock, env.Zone))
	case !s.Unblock.Start.IsZero():
		r.Text = w.T("lend.unblocked", "When", w.LentTime(s.Unblock, env.Zone))
	case s.Auto != nil && *s.Auto:
		r.Text = w.T("lend.auto_set")
	case s.Auto != nil:
		r.Text = w.T("lend.auto_unset")
	default:
		r.Text = w.T("lend.hours_set", "Title", title(w, p), "Hours", b.openingLine(p, env))
	}
	r.Choices = append(r.Choices, see)
	return r
}

// outbidReply tells somebody that their time was given to somebody else, and offers others.
func (b *Book) outbidReply(n Piece, env conversations.Env) (string, []channels.Choice) {
	f := NotFree{Posting: n.Posting, Party: n.Answer.Seats(), Nearest: n.Nearest}
	f.Wanted, _ = n.Posting.On(n.Answer.Date, env.Zone)
	w := b.say(env)
	f.Before = w.T("lend.you_wait")
	said, choices := b.notFree(&f, env)
	choices = slices.DeleteFunc(choices, func(c channels.Choice) bool { return strings.HasSuffix(c.Key, " w") })
	off := choice(w, "/"+Answer+" no "+n.Posting.ID+" "+itoa(n.Answer.Date), "choice.cancel_answer")
	return said, append(choices, off)
}
