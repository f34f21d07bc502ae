package flows

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// question is one thing a form wants to know.
type question[D any] struct {
	name string
	open func(d D, env conversations.Env) bool // has to be asked
	ask  func(d D, env conversations.Env) channels.Reply
	// parse takes an answer into the draft; false if it made no sense of it.
	parse func(d *D, in conversations.Input, env conversations.Env) bool
}

// trail is what every draft keeps of the questions asked, for "zurück".
type trail struct {
	Asked []string `json:"asked,omitempty"`
	Force string   `json:"force,omitempty"` // ask this one although it is answered
	Sure  bool     `json:"sure,omitempty"`  // "ja" was said along: done as soon as nothing is open, without a summary
}

func (t *trail) path() *trail { return t }

type trailed[D any] interface {
	*D
	path() *trail
}

// form is a typed draft and its questions. A message may answer the question, any other one, or correct
// what was said before; whatever is still open is asked next, one at a time in a chat and all at once by mail.
type form[D any, P trailed[D]] struct {
	book      *Book
	name      string
	version   int
	questions []question[D]
	// take reads a whole message into the draft, as the answer to the question named expect if it is one;
	// false if it found nothing in it.
	take func(d P, in conversations.Input, env conversations.Env, expect string) bool
	// review shows the draft when nothing is open. Its step is named "review".
	review question[D]
	// steps are further ones that hear facts or lead out.
	steps map[string]conversations.Step[D]
	open  func(o conversations.Opening, env conversations.Env) conversations.Turn[D]
	topic func(D, conversations.Env) string
	// intro is what questions begin with where something was understood before; together they say it once.
	intro func(D, conversations.Env) string
	// wide names questions that take any words at all, so that words without a number are not meant for them.
	wide []string
	// sure tells whether a draft may be done without a summary by whoever says "ja" along with an answer; by mail that saves
	// writing once more. hint says so, and yes is the choice of the review that it stands for.
	sure      func(D, conversations.Env) bool
	hint, yes string
	// then leads to the next step; nil means next. Forms without a review use it to finish.
	then func(d D, env conversations.Env, say ...channels.Reply) conversations.Turn[D]
	// decide is told the choice picked at the review.
	decide func(d D, in conversations.Input, env conversations.Env) (conversations.Turn[D], bool)
}

const (
	reviewStep = "review"
	allStep    = "all"
)

func (f *form[D, P]) flow() conversations.Flow[D] {
	steps := map[string]conversations.Step[D]{
		reviewStep: {Ask: f.review.ask, Hear: f.hearReview},
		allStep:    {Ask: f.askAll, Hear: f.hearAll},
	}
	for _, q := range f.questions {
		steps[q.name] = conversations.Step[D]{Ask: f.hinted(q.ask), Hear: func(d D, in conversations.Input, env conversations.Env) conversations.Turn[D] {
			return f.hear(q, d, in, env)
		}}
	}
	for name, s := range f.steps {
		steps[name] = s
	}
	return conversations.Flow[D]{
		Name: f.name, Version: f.version, Start: f.questions[0].name, Open: f.open, Steps: steps, Topic: f.topic,
	}
}

// next is the turn to whatever is still open.
func (f *form[D, P]) next(d D, env conversations.Env, say ...channels.Reply) conversations.Turn[D] {
	t := P(&d).path()
	step := reviewStep
	if open := f.openQuestions(d, env); env.AskAll && len(open) > 1 && t.Force == "" {
		step = allStep
	} else if len(open) > 0 {
		step = open[0]
	}
	if n := len(t.Asked); n == 0 || t.Asked[n-1] != step {
		t.Asked = append(t.Asked, step)
	}
	if len(t.Asked) > 20 {
		t.Asked = t.Asked[len(t.Asked)-20:]
	}
	return conversations.Turn[D]{Data: d, Next: step, Say: say}
}

func (f *form[D, P]) openQuestions(d D, env conversations.Env) []string {
	t := P(&d).path()
	if t.Force != "" {
		return []string{t.Force}
	}
	var open []string
	for _, q := range f.questions {
		if q.open(d, env) {
			open = append(open, q.name)
		}
	}
	return open
}

// hear takes the answer to one question.
func (f *form[D, P]) hear(q question[D], d D, in conversations.Input, env conversations.Env) conversations.Turn[D] {
	if in.Said == nil {
		return f.next(d, env)
	}
	if in.Word == conversations.Back {
		return f.back(d, env)
	}
	p := P(&d)
	in = f.hearSure(p, in, env)
	if q.parse(p, in, env) || f.take(p, in, env, q.name) {
		p.path().Force = ""
		return f.onward(d, env)
	}
	return conversations.Turn[D]{Data: d, Missed: true}
}

func (f *form[D, P]) onward(d D, env conversations.Env) conversations.Turn[D] {
	if f.then != nil {
		return f.then(d, env)
	}
	if t := P(&d).path(); t.Sure && len(f.openQuestions(d, env)) == 0 {
		if turn, ok := f.decide(d, conversations.Input{Picked: f.yes}, env); ok {
			return turn
		}
	}
	return f.next(d, env)
}

// maySure tells whether "ja" may be said along now.
func (f *form[D, P]) maySure(d D, env conversations.Env) bool {
	return env.AskAll && f.sure != nil && f.sure(d, env) && P(&d).path().Force == ""
}

// hinted says behind a question that "ja" may be said along.
func (f *form[D, P]) hinted(ask func(D, conversations.Env) channels.Reply) func(D, conversations.Env) channels.Reply {
	return func(d D, env conversations.Env) channels.Reply {
		r := ask(d, env)
		if f.maySure(d, env) {
			r.Text += "\n" + f.book.say(env).T(f.hint)
		}
		return r
	}
}

// hearSure takes a "ja" off the end or the beginning of an answer.
func (f *form[D, P]) hearSure(d P, in conversations.Input, env conversations.Env) conversations.Input {
	if !f.maySure(*d, env) || in.Said.Kind != channels.Text {
		return in
	}
	off := func(s string) (string, bool) { return f.book.withoutYes(s, env) }
	text, sure := off(in.Said.Text)
	if !sure || text == "" {
		return in
	}
	m := *in.Said
	m.Text, m.Answers = text, maps.Clone(m.Answers)
	for n, said := range m.Answers {
		if rest, ok := off(said); ok {
			m.Answers[n] = rest
		}
	}
	d.path().Sure = true
	in.Said = &m
	if in.Picked != "" {
		in.Rest, _ = off(in.Rest)
	}
	return in
}

// withoutYes takes what only says yes off the end of words, or off their beginning; sure is false where nothing does.
func (b *Book) withoutYes(s string, env conversations.Env) (rest string, sure bool) {
	s = strings.TrimRight(s, " .!\n\t")
	yes := func(said string) bool {
		_, ok := channels.Pick(said, []channels.Choice{choice(b.say(env), "yes", "choice.yes")})
		return ok || b.grants(said, env)
	}
	if i := strings.LastIndexAny(s, ",;.!\n"); i > 0 && yes(s[i+1:]) {
		return strings.TrimRight(s[:i], " ,;.!\n\t"), true
	}
	if i := strings.IndexAny(s, ";.!\n"); i > 0 && b.grants(s[:i], env) {
		return strings.TrimSpace(s[i+1:]), true
	}
	return s, false
}

// back asks the question before the present one again.
func (f *form[D, P]) back(d D, env conversations.Env) conversations.Turn[D] {
	t := P(&d).path()
	if len(t.Asked) < 2 {
		return conversations.Turn[D]{Data: d, Say: []channels.Reply{text(f.book.say(env).T("form.first"))}}
	}
	t.Asked = t.Asked[:len(t.Asked)-1]
	last := t.Asked[len(t.Asked)-1]
	t.Force = ""
	if last != reviewStep && last != allStep {
		t.Force = last
	}
	return conversations.Turn[D]{Data: d, Next: last}
}

// hearReview hears the answer to the summary: a choice, or a correction in free words.
func (f *form[D, P]) hearReview(d D, in conversations.Input, env conversations.Env) conversations.Turn[D] {
	if in.Said == nil {
		return f.next(d, env)
	}
	if in.Word == conversations.Back {
		return f.back(d, env)
	}
	if in.Picked != "" {
		if t, ok := f.decide(d, in, env); ok {
			return t
		}
	}
	if p := P(&d); f.take(p, f.hearSure(p, in, env), env, "") {
		return f.onward(d, env)
	}
	return conversations.Turn[D]{Data: d, Missed: true}
}

// askAll puts every open question into one numbered message.
func (f *form[D, P]) askAll(d D, env conversations.Env) channels.Reply {
	w := f.book.say(env)
	var b strings.Builder
	intro := ""
	if f.intro != nil {
		intro = f.intro(d, env)
	}
	if b.WriteString(intro); intro != "" {
		b.WriteString("\n")
	}
	b.WriteString(w.T("form.all"))
	n := 0
	var ask channels.Ask
	wide := false
	for _, q := range f.questions {
		if !q.open(d, env) {
			continue
		}
		n++
		r := q.ask(d, env)
		if wide = wide || slices.Contains(f.wide, q.name); r.Ask != "" {
			ask = r.Ask
		}
		question, more, long := strings.Cut(strings.TrimPrefix(r.Text, intro), "\n")
		b.WriteString("\n" + strconv.Itoa(n) + ". " + question)
		var labels []string
		for _, c := range r.Choices {
			labels = append(labels, c.Label)
		}
		if len(labels) > 0 {
			b.WriteString(" (" + strings.Join(labels, " / ") + ")")
		}
		if long {
			b.WriteString("\n" + more)
		}
	}
	if f.maySure(d, env) {
		b.WriteString("\n" + w.T(f.hint))
	}
	if wide {
		ask = channels.AskNothing // a whole new message may be the answer
	}
	return channels.Reply{Text: b.String(), Title: w.T("form.all.title"), Ask: ask}
}

// hearAll takes answers to several questions: by number, in any order, or in prose.
func (f *form[D, P]) hearAll(d D, in conversations.Input, env conversations.Env) conversations.Turn[D] {
	if in.Said == nil {
		return f.next(d, env)
	}
	if in.Word == conversations.Back {
		return f.back(d, env)
	}
	p := P(&d)
	in = f.hearSure(p, in, env)
	took := false
	answers := numbered(in)
	n := 0
	open := f.openQuestions(d, env)
	for _, q := range f.questions {
		if !slices.Contains(open, q.name) {
			continue
		}
		n++
		said, ok := answers[n]
		if !ok {
			continue
		}
		m := *in.Said
		m.Text, m.Answers = said, nil
		one := conversations.Input{Said: &m}
		if c, rest, ok := channels.PickPrefix(said, q.ask(d, env).Choices); ok {
			one.Picked, one.Rest = c.Key, rest
		}
		if q.parse(p, one, env) || f.take(p, one, env, q.name) {
			took = true
		}
	}
	if len(answers) == 0 {
		before := d
		took = f.take(p, in, env, "")
		took = f.hearUnnumbered(before, p, in, env, open) || took
	}
	if !took {
		return conversations.Turn[D]{Data: d, Missed: true}
	}
	return f.onward(d, env)
}

// hearUnnumbered finds the questions that words without a number answer: the whole, a line, or what stands between commas.
// A piece answers one question alone; what was read from it before, on the draft as it was then, counts.
func (f *form[D, P]) hearUnnumbered(before D, d P, in conversations.Input, env conversations.Env, open []string) (took bool) {
	pieces := []string{in.Said.Text}
	for _, cut := range []string{"\n", ";,\n"} {
		pieces = append(pieces, strings.FieldsFunc(in.Said.Text, func(c rune) bool { return strings.ContainsRune(cut, c) })...)
	}
	used := map[string]bool{"": true}
	for _, said := range pieces {
		m, copied := *in.Said, before
		if m.Text, m.Answers = strings.TrimSpace(said), nil; m.Text == "" || !f.take(&copied, conversations.Input{Said: &m}, env, "") {
			continue
		}
		for _, q := range f.questions {
			used[m.Text] = used[m.Text] || slices.Contains(open, q.name) && !q.open(copied, env) && !q.open(*d, env)
		}
	}
	for _, q := range f.questions {
		if !slices.Contains(open, q.name) || slices.Contains(f.wide, q.name) || !q.open(*d, env) {
			continue
		}
		choices := q.ask(*d, env).Choices
		for _, said := range pieces {
			m := *in.Said
			if m.Text, m.Answers = strings.TrimSpace(said), nil; used[m.Text] {
				continue
			}
			one := conversations.Input{Said: &m}
			if c, rest, ok := channels.PickPrefix(m.Text, choices); ok && meant(m.Text, rest, c) {
				one.Picked, one.Rest = c.Key, rest
			}
			if q.parse(d, one, env) {
				took, used[m.Text] = true, true
				break
			}
		}
	}
	return took
}

// meant tells whether a choice was named, or numbered with something behind it: a bare number may be any answer.
func meant(said, rest string, c channels.Choice) bool {
	named := strings.TrimLeft(said, "(#[ ")
	byNumber := named != "" && named[0] >= '0' && named[0] <= '9'
	_, err := strconv.Atoi(c.Label)
	return !byNumber || rest != "" && err != nil
}

// numbered reads "1. Samstag 14 Uhr" lines, where the network has not done so already. Lines without a
// number belong to the answer before them.
func numbered(in conversations.Input) map[int]string {
	if len(in.Said.Answers) > 0 {
		return in.Said.Answers
	}
	out := map[int]string{}
	last := 0
	for line := range strings.Lines(in.Said.Text) {
		line = strings.TrimSpace(line)
		i := 0
		for i < len(line) && line[i] >= '0' && line[i] <= '9' {
			i++
		}
		if i > 0 && i <= 2 && i+1 < len(line) && (line[i] == '.' || line[i] == ')' || line[i] == ':') && line[i+1] == ' ' {
			last, _ = strconv.Atoi(line[:i])
			out[last] = strings.TrimSpace(line[i+1:])
			continue
		}
		if last > 0 && line != "" {
			out[last] += " " + line
		}
	}
	return out
}

// splitWords reads a list of words as the wording files write it: separated by commas.
func splitWords(s string) []string {
	var ws []string
	for w := range strings.SplitSeq(s, ",") {
		if w = strings.TrimSpace(w); w != "" {
			ws = append(ws, w)
		}
	}
	return ws
}
