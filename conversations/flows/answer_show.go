package flows

import (
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// attached tells whether a yes has a condition that the other side has to decide about. How many come is none.
func (b *Book) attached(said string, c understanding.Condition, env conversations.Env) bool {
	if !c.From.IsZero() || !c.Until.IsZero() || strings.Contains(said, "?") {
		return true
	}
	words := strings.Fields(channels.Fold(said))
	return slices.ContainsFunc(splitWords(b.say(env).T("say.condition")), func(x string) bool {
		return slices.Contains(words, channels.Fold(x))
	})
}

// saysYes tells whether words begin like a yes to somebody who is looked for, or hold one of several words.
func (b *Book) saysYes(said string, env conversations.Env) bool {
	w, words := b.say(env), strings.Fields(channels.Fold(said))
	if len(words) > 20 {
		return false
	}
	return slices.ContainsFunc(append(splitWords(w.T("choice.i_come.words")), w.T("choice.i_come")), func(x string) bool {
		yes := strings.Fields(channels.Fold(x))
		if len(yes) > 1 && containsWords(words, yes) {
			return true
		}
		return len(yes) > 0 && len(yes) <= len(words) && slices.Equal(words[:len(yes)], yes)
	})
}

// butNot are the dates that words name but for those they take back: "am Samstag gern, am Sonntag leider nicht". ok is
// false where they do not do both.
func (b *Book) butNot(said string, dates []OpenDate, env conversations.Env) (come []int, ok bool) {
	var not []int
	for _, clause := range strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(",;.!\n", r) }) {
		named := b.datesNamed(clause, dates, false, env)
		words := strings.Fields(channels.Fold(clause))
		if slices.ContainsFunc(splitWords(b.say(env).T("say.not")), func(x string) bool { return slices.Contains(words, channels.Fold(x)) }) {
			not = append(not, named...)
		} else {
			come = append(come, named...)
		}
	}
	come = slices.DeleteFunc(come, func(k int) bool { return slices.Contains(not, k) })
	return come, len(come) > 0 && len(not) > 0
}

// dateChoice is a choice that can be made by the name of its day, too.
func dateChoice(w wording.Words, key, label string, d matching.Span, env conversations.Env) channels.Choice {
	return channels.Choice{Key: key, Label: label, Words: dayNames(w, d, env)}
}

// datesNamed are the dates that words name: a weekday, a day, all of them.
func (b *Book) datesNamed(said string, dates []OpenDate, every bool, env conversations.Env) []int {
	if len(dates) == 0 {
		return nil
	}
	w := b.say(env)
	words := strings.Fields(channels.Fold(said))
	one := func(key string) bool {
		return slices.ContainsFunc(splitWords(w.T(key)), func(x string) bool {
			return containsWords(words, strings.Fields(channels.Fold(x)))
		})
	}
	if every && one("say.every_date") {
		return []int{matching.EveryDate}
	}
	var out []int
	if len(dates) > 1 && one("say.all_dates") {
		for _, o := range dates {
			out = append(out, o.Date.Key)
		}
		return out
	}
	seen := map[string]bool{}
	for _, o := range dates {
		for _, name := range dayNames(w, o.Date, env) {
			if seen[name] && !strings.ContainsAny(name, "0123456789") {
				continue // "Dienstag" is the next one
			}
			if containsWords(words, strings.Fields(channels.Fold(name))) {
				out = append(out, o.Date.Key)
				seen[name] = true
				break
			}
		}
	}
	return out
}

// dayNames are the words that name the day of a date.
func dayNames(w wording.Words, d matching.Span, env conversations.Env) []string {
	day := d.Start.In(env.Zone)
	n := itoa(int(day.Weekday()))
	names := []string{
		itoa(day.Day()) + ". " + itoa(int(day.Month())) + ".", itoa(day.Day()) + "." + itoa(int(day.Month())) + ".",
		itoa(day.Day()) + ". " + w.T("month."+itoa(int(day.Month()))), w.T("month."+itoa(int(day.Month()))) + " " + itoa(day.Day()),
		w.T("weekday." + n), w.T("weekday."+n) + "s", w.T("weekday_short." + n),
	}
	today := env.Now.In(env.Zone)
	switch {
	case midnight(today).Equal(midnight(day)):
		names = append(names, splitWords(w.T("say.today"))...)
	case midnight(today.AddDate(0, 0, 1)).Equal(midnight(day)):
		names = append(names, splitWords(w.T("say.tomorrow"))...)
	}
	return names
}

// containsWords tells whether words stand somewhere in a text one after the other.
func containsWords(text, words []string) bool {
	if len(words) == 0 {
		return false
	}
	for i := range text {
		if len(text)-i >= len(words) && slices.Equal(text[i:i+len(words)], words) {
			return true
		}
	}
	return false
}

// whenOf says a date of a posting, several of them, or all of a series.
func whenOf(w wording.Words, p *matching.Posting, keys []int, env conversations.Env) string {
	if !p.Timed() {
		return ""
	}
	var spans []matching.Span
	for _, key := range keys {
		if key == matching.EveryDate {
			return w.Recurrence(p.Recurrence)
		}
		d, ok := p.On(key, env.Zone)
		if !ok {
			if d, ok = p.Planned(key, env.Zone); !ok {
				continue
			}
		}
		spans = append(spans, d)
	}
	if len(spans) == 1 {
		return w.When(spans[0], env.Now, env.Zone)
	}
	var parts []string
	for i, d := range spans {
		if i == shownDates {
			parts = append(parts, w.T("date.more", "Count", len(spans)-i))
			break
		}
		parts = append(parts, w.ShortWhen(d, env.Zone))
	}
	return strings.Join(parts, "; ")
}

// keysOf are the keys of dates that were answered, as a choice carries them.
func keysOf(given []Given) string {
	var keys []int
	for _, g := range given {
		keys = append(keys, g.Key)
	}
	return keyList(keys)
}

func keyList(keys []int) string {
	var parts []string
	for _, k := range keys {
		parts = append(parts, itoa(k))
	}
	return strings.Join(parts, ",")
}

// whenShort names the dates that were answered as shortly as possible.
func whenShort(w wording.Words, given []Given, env conversations.Env) string {
	var days []string
	for _, g := range given {
		days = append(days, w.ShortDay(g.Date.Start.In(env.Zone)))
	}
	return strings.Join(days, ", ")
}

// partyOf says how many come together: "zu dritt".
func partyOf(w wording.Words, n int) string {
	if key := "party." + itoa(n); w.Has(key) {
		return w.T(key)
	}
	return w.T("party.many", "Count", n)
}

// respondedReply says what became of an answer, date by date where the dates differ.
func (b *Book) respondedReply(d answerDraft, fact Responded, env conversations.Env) channels.Reply {
	w := b.say(env)
	p := &fact.Posting
	groups := map[string][]Given{}
	var order []string
	for _, g := range fact.Given {
		key := givenKey(d, g)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], g)
	}
	r := channels.Reply{Thread: "posting:" + p.ID, Subject: subject(w, p, fact.Given[0].Key, env)}
	several := len(order) > 1
	var said []string
	for _, key := range order {
		gs := groups[key]
		said = append(said, b.givenText(d, key, gs, fact, env))
		r.Choices = append(r.Choices, b.givenChoices(key, gs, p, several, env)...)
	}
	r.Text = strings.Join(said, "\n\n")
	if _, ok := groups["accepted"]; ok {
		r.Text += b.onlyAccepted(p, env)
	}
	if gs := slices.Concat(groups["accepted"], groups["accepted_already"], groups["kept"]); len(gs) == 1 {
		r.Invite = event(w, p, &gs[0].Answer, env)
	} else if len(gs) > 1 {
		r.Files = append(r.Files, b.eventsOf(p, gs, env)...)
	}
	if gs := groups["away"]; len(gs) > 0 { // of a series; the newest answer knows all of them
		r.Invite = event(w, p, &gs[len(gs)-1].Answer, env)
	}
	if gs := groups["cancelled"]; len(gs) > 1 {
		r.Files = append(r.Files, b.eventsOf(p, gs, env)...)
	} else if len(gs) == 1 && len(fact.Given) == 1 && gs[0].Before.Takes() && gs[0].Before != matching.Offered {
		r.Invite = event(w, p, &gs[0].Answer, env)
	}
	if len(groups["open"]) > 0 {
		return menu(r)
	}
	if len(groups["accepted"]) > 0 && len(fact.Given) == 1 {
		for i, o := range fact.Others {
			if i == 3 {
				break
			}
			label := w.T("answer.choice.too", "When", w.ShortWhen(o.Date, env.Zone))
			r.Choices = append(r.Choices, channels.Choice{Key: "/" + Answer + " yes " + p.ID + " " + itoa(o.Date.Key), Label: label})
		}
	}
	return r
}

// givenKey is what is to be said about the answer to one date.
func givenKey(d answerDraft, g Given) string {
	had := g.Before == matching.Accepted || g.Before == matching.Confirmed
	switch {
	case g.Free > 0 || g.Answer.State == "":
		return "open"
	case g.Away:
		return "away"
	case g.Answer.Pending:
		return "pending"
	}
	switch g.Answer.State {
	case matching.Accepted, matching.Confirmed:
		if had && g.Kept {
			return "kept"
		}
		if had && d.Word != "no" {
			return "accepted_already"
		}
		return "accepted"
	case matching.Waiting:
		if g.Key == matching.EveryDate {
			return "waiting_every"
		}
		return "waiting"
	case matching.Cancelled:
		if g.Before == matching.Cancelled {
			return "cancelled_already"
		}
		return "cancelled"
	case matching.Interested, matching.Offered:
		return string(g.Answer.State)
	}
	if d.Word == "never" {
		return "never"
	}
	return "refused"
}

func (b *Book) givenText(d answerDraft, key string, gs []Given, fact Responded, env conversations.Env) string {
	w := b.say(env)
	p := &fact.Posting
	var keys []int
	for _, g := range gs {
		keys = append(keys, g.Key)
	}
	g := gs[0]
	args := []any{
		"Title", title(w, p), "When", whenOf(w, p, keys, env), "Carrier", p.Carrier, "Name", fact.Name, "Count", g.Ahead, "Rank", g.Ahead + 1,
		"Party", partyOf(w, g.Party), "Free", g.Free, "FreeParty", partyOf(w, g.Free),
	}
	switch {
	case key == "never":
		return w.T("answer.never", "Category", w.Category(p.Category))
	case key == "open" && g.Free == 1:
		return w.T("answer.open_one", args...)
	case key == "accepted" && g.Key == matching.EveryDate:
		return w.T("answer.accepted_every", args...)
	case key == "accepted" && g.Answer.Party > 1 && p.Kind == matching.Need:
		return w.T("answer.accepted_party", append(args, "Party", partyOf(w, g.Answer.Party))...)
	case key == "accepted_already" && fact.Again:
		key = "coming"
	case key == "accepted_already" && g.Answer.Party > 1 && p.Kind == matching.Need:
		return w.T("answer.accepted_party", append(args, "Party", partyOf(w, g.Answer.Party))...)
	case key == "offered":
		key = "accepted"
	case key == "accepted_already" && fact.Again:
		key = "coming"
	case key == "cancelled" && fact.Forget:
		return w.T(forKind(w, "answer.cancelled", p), args...) + " " + w.T("answer.details_gone")
	case key == "interested" && p.Imported:
		return w.T(forKind(w, "answer.interested", p), args...) + " " + w.T("answer.unclaimed")
	}
	return w.T(forKind(w, "answer."+key, p), args...)
}

// givenChoices are the ways on from an answer.
func (b *Book) givenChoices(key string, gs []Given, p *matching.Posting, several bool, env conversations.Env) []channels.Choice {
	w := b.say(env)
	at := p.ID + " " + keysOf(gs)
	switch key {
	case "accepted", "accepted_already", "kept", "pending", "interested", "waiting", "offered":
		if p.Lent() {
			return b.lentChoices(key, gs[0], at, p, env)
		}
		if several { // one for each
			return []channels.Choice{choice(w, "/"+Answer+" no "+at, "answer.choice.off", "When", whenShort(w, gs, env))}
		}
		off := []channels.Choice{choice(w, "/"+Answer+" no "+at, "choice.cancel_answer")}
		if key == "accepted" || key == "accepted_already" {
			off = append(off, writeTo(w, gs[0].Answer.ID, p.Carrier)...)
		}
		return off
	case "waiting_every":
		return []channels.Choice{
			choice(w, "/"+Answer+" dates "+p.ID, "answer.choice.single"), choice(w, "/"+Answer+" no "+at, "choice.cancel_answer"),
		}
	case "open":
		g := gs[0]
		return []channels.Choice{
			choice(w, "/"+Answer+" yes "+at+" p"+itoa(g.Free), "answer.choice.fewer", "Party", partyOf(w, g.Free), "Count", g.Free),
			choice(w, "/"+Answer+" yes "+at+" p"+itoa(g.Party)+" w", "answer.choice.wait", "Party", partyOf(w, g.Party)),
			choice(w, "/"+Answer+" no "+at, "answer.choice.not_then"),
		}
	}
	return nil
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

// Unsure asks somebody again whose calendar says that they might come.
func (b *Book) Unsure(p *matching.Posting, date int, env conversations.Env) channels.Reply {
	w := b.say(env)
	at := p.ID + " " + itoa(date)
	return channels.Reply{
		Title: title(w, p), Subject: subject(w, p, date, env), Text: w.T("answer.unsure", "Title", title(w, p)), Thread: "posting:" + p.ID, Private: true,
		Choices: []channels.Choice{choice(w, "/"+Answer+" yes "+at, "choice.i_come"), choice(w, "/"+Answer+" no "+at, "choice.not_now")},
	}
}
