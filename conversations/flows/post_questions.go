package flows

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// MaxTitle is how long a title may be, in characters.
const MaxTitle = 80

// MaxHelpers is how many people one posting may ask for.
const MaxHelpers = 500

func (b *Book) postNeedsWhat(d postDraft, _ conversations.Env) bool {
	return d.Draft.Title == ""
}

func (b *Book) askWhat(d postDraft, env conversations.Env) channels.Reply {
	return text(b.say(env).T("post.ask.what." + string(d.Draft.Kind)))
}

// parseWhat takes any words as what it is about, once nothing else could be made of them.
func (b *Book) parseWhat(d *postDraft, in conversations.Input, env conversations.Env) bool {
	if in.Said == nil || in.Picked != "" {
		return false
	}
	t := strings.TrimSpace(unlabelled(in.Said).Text)
	if t == "" {
		return false
	}
	forced := d.Force == qWhat
	if !forced {
		b.takePost(d, in, env, qWhat)
	}
	if forced && utf8.RuneCountInString(d.Draft.Description) <= shortMessage {
		d.Draft.Description = ""
	}
	if d.Draft.Title == "" || forced {
		if !wordy(t) || vague(b.say(env), t) {
			return false
		}
		d.Draft.Title, d.Clipped, d.Heard = b.headed(firstLine(t), env), false, true
		d.bound()
	}
	if d.Draft.Description == "" {
		d.Draft.Description = clip(t, MaxDescription)
	}
	return true
}

// wordy tells whether there is something to read at all.
func wordy(s string) bool { return utf8.RuneCountInString(channels.Fold(s)) >= 3 }

// vague tells whether words answer no question about what: "egal", "weiß nicht", "noch offen".
func vague(w wording.Words, said string) bool {
	_, ok := channels.Pick(said, []channels.Choice{choice(w, "any", "choice.any_number"), choice(w, "open", "choice.any_time")})
	return ok
}

// headed is what words are about: "fürs Sommerfest" is the Sommerfest.
func (b *Book) headed(said string, env conversations.Env) string {
	for _, x := range splitWords(b.say(env).T("say.for_what")) {
		if len(said) > len(x)+3 && strings.EqualFold(said[:len(x)], x) && said[len(x)] == ' ' {
			said = strings.TrimSpace(said[len(x):])
			break
		}
	}
	return upper(said)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}

// clip shortens at a word.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)[:n-1]
	cut := string(r)
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.;:") + "…"
}

func postNeedsPlace(d postDraft, _ conversations.Env) bool {
	x, doubt := d.doubt(understanding.FieldPlace)
	if doubt && x.Kind == understanding.AmbiguousPlace && len(d.Draft.Places) < 2 {
		doubt = false // there is nothing to choose between; the summary shows it
	}
	return d.Draft.Place == nil || doubt
}

func (b *Book) askPostPlace(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Ask: channels.AskLocation}
	x, ok := d.doubt(understanding.FieldPlace)
	switch {
	case ok && x.Kind == understanding.AmbiguousPlace && len(d.Draft.Places) > 1:
		r.Text = w.T("post.ask.which_place", "Place", clip(x.Text, 60))
		for i, p := range d.Draft.Places[:min(6, len(d.Draft.Places))] {
			r.Choices = append(r.Choices, channels.Choice{Key: "place:" + strconv.Itoa(i), Label: placeLabel(p)})
		}
	case ok && x.Kind == understanding.UnknownPlace && x.Text != "":
		r.Text = w.T("post.ask.unknown_place", "Place", clip(x.Text, 60))
	default:
		r.Text = w.T("post.ask.place")
		if env.Place.Name != "" {
			r.Choices = append(r.Choices, channels.Choice{Key: "front", Label: env.Place.Name})
		}
	}
	r.Text = b.understood(d, env) + r.Text
	return r
}

func placeLabel(p matching.Place) string {
	if p.Municipality != "" && !strings.Contains(p.Name, p.Municipality) {
		return p.Name + " (" + p.Municipality + ")"
	}
	return p.Name
}

func (b *Book) parsePostPlace(d *postDraft, in conversations.Input, env conversations.Env) bool {
	p, ok := b.pickedPlace(in, env, d.Draft.Places)
	if !ok {
		if in.Picked != "" {
			return false
		}
		d.settle(understanding.FieldPlace)
		r := b.read(in.Said, env, understanding.FieldPlace, nil, understanding.Intent(d.Draft.Kind))
		if r.Draft.Place == nil || !b.takePost(d, in, env, qPlace) {
			d.Doubts = append(d.Doubts, doubtsAbout(r.Doubts, understanding.FieldPlace)...)
			if len(r.Draft.Places) > 1 {
				d.Draft.Places = r.Draft.Places
				return true
			}
			return false
		}
		return true
	}
	d.Draft.Place, d.Draft.PlaceNamed, d.Draft.Places = &p, p.Name, []matching.Place{p}
	d.settle(understanding.FieldPlace)
	return true
}

func doubtsAbout(ds []understanding.Doubt, f understanding.Field) []understanding.Doubt {
	return slices.DeleteFunc(slices.Clone(ds), func(x understanding.Doubt) bool { return x.Field != f })
}

// pickedPlace reads a place from a choice or a shared location.
func (b *Book) pickedPlace(in conversations.Input, env conversations.Env, among []matching.Place) (matching.Place, bool) {
	if in.Said != nil && in.Said.Point != nil {
		at := matching.Point{Lat: in.Said.Point.Lat, Lon: in.Said.Point.Lon}
		if !at.Valid() {
			return matching.Place{}, false
		}
		p := b.places.Nearest(at)
		p.Point = matching.Snap(at)
		return p, true
	}
	if in.Picked == "front" {
		return env.Place, true
	}
	if i, ok := strings.CutPrefix(in.Picked, "place:"); ok && atoi(i) < len(among) {
		return among[atoi(i)], true
	}
	return matching.Place{}, false
}

var timeFields = []understanding.Field{
	understanding.FieldTime, understanding.FieldStart, understanding.FieldEnd, understanding.FieldRecurrence,
}

func postNeedsWhen(d postDraft, env conversations.Env) bool {
	if _, doubt := d.doubt(timeFields...); doubt {
		return true
	}
	if d.over(env) {
		return true
	}
	if _, ok := d.lends(); ok {
		return false
	}
	return len(d.Draft.Dates) == 0 && d.Draft.Recurrence == "" && !d.Draft.Flexible && !d.AnyTime
}

func (b *Book) askWhen(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	x, ok := d.doubt(timeFields...)
	r := text(w.T("post.ask.when." + string(d.Draft.Kind)))
	if ok {
		if key := "doubt." + string(x.Kind); w.Has(key) {
			r.Text = w.T(key, "Said", clip(x.Text, 60))
		}
		for i, v := range x.Values {
			if i == 4 {
				break
			}
			label := w.Day(v.T.In(env.Zone), env.Now)
			if !v.DateOnly {
				label += ", " + w.Clock(v.T.In(env.Zone))
			}
			r.Choices = append(r.Choices, channels.Choice{Key: "when:" + strconv.Itoa(i), Label: label})
		}
	} else {
		r.Choices = []channels.Choice{choice(w, "open", "choice.any_time")}
		if d.over(env) {
			r.Text = w.T("post.ask.when_over")
		}
	}
	r.Text = b.understood(d, env) + r.Text
	return r
}

func (b *Book) parseWhen(d *postDraft, in conversations.Input, env conversations.Env) bool {
	switch {
	case in.Picked == "open":
		d.AnyTime, d.Draft.Flexible = true, true
		d.Draft.Dates, d.Draft.Recurrence = nil, ""
		d.settle(timeFields...)
		return true
	case strings.HasPrefix(in.Picked, "when:"):
		x, ok := d.doubt(timeFields...)
		i := atoi(strings.TrimPrefix(in.Picked, "when:"))
		if !ok || i >= len(x.Values) {
			return false
		}
		d.moveTo(x.Values[i], env)
		d.settle(timeFields...)
		return true
	case in.Picked != "":
		return false
	}
	before := d.Doubts
	d.settle(timeFields...)
	if !b.takePost(d, in, env, qWhen) {
		d.Doubts = before
		return false
	}
	return true
}

// moveTo puts the draft on the day that was chosen; hours already said are kept.
func (d *postDraft) moveTo(m understanding.Moment, env conversations.Env) {
	t := m.T.In(env.Zone)
	if m.DateOnly && !d.Draft.Start.IsZero() && !d.Draft.Start.DateOnly {
		old := d.Draft.Start.T.In(env.Zone)
		day := func(x understanding.Moment) understanding.Moment {
			if x.IsZero() {
				return x
			}
			u := x.T.In(env.Zone)
			shift := int(u.Sub(old).Hours()) / 24
			x.T = timeOn(t.AddDate(0, 0, shift), u)
			return x
		}
		d.Draft.End = day(d.Draft.End)
		d.Draft.Start = day(d.Draft.Start)
	} else {
		d.Draft.Start, d.Draft.End = m, understanding.Moment{}
	}
	d.Draft.Dates = []matching.Span{spanOf(d.Draft.Start, d.Draft.End)}
}

func postNeedsHelpers(d postDraft, _ conversations.Env) bool {
	if _, doubt := d.doubt(understanding.FieldHelpers); doubt {
		return true
	}
	return d.Draft.Kind == matching.Need && d.Draft.Helpers == nil && !d.AnyNumber && len(d.Draft.Things) == 0
}

func (b *Book) askHelpers(d postDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("post.ask.helpers"))
	if x, ok := d.doubt(understanding.FieldHelpers); ok && w.Has("doubt.helpers_"+string(x.Kind)) {
		r.Text = w.T("doubt.helpers_"+string(x.Kind), "Said", clip(x.Text, 60), "Max", MaxHelpers)
	}
	for n := 1; n <= 5; n++ {
		r.Choices = append(r.Choices, channels.Choice{Key: "n:" + strconv.Itoa(n), Label: strconv.Itoa(n)})
	}
	r.Text = b.understood(d, env) + r.Text
	return r
}

// parseHelpers takes a bare number as the number of people; the buttons say the same as their numbers.
func (b *Book) parseHelpers(d *postDraft, in conversations.Input, env conversations.Env) bool {
	n := -1
	typed := in.Said != nil && in.Said.Kind != channels.Press
	if v, err := strconv.Atoi(strings.TrimSpace(in.Text())); err == nil && typed {
		n = v
	} else if v, ok := strings.CutPrefix(in.Picked, "n:"); ok {
		n = atoi(v)
	}
	_, any := channels.Pick(in.Text(), []channels.Choice{choice(b.say(env), "any", "choice.any_number")})
	switch {
	case any && n < 0:
		d.AnyNumber, d.Draft.Helpers = true, nil
	case n >= 1 && n <= MaxHelpers:
		d.AnyNumber, d.Draft.Helpers, d.Draft.HelpersMin = false, &n, nil
	case n >= 0:
		d.settle(understanding.FieldHelpers)
		d.Doubts = append(d.Doubts, understanding.Doubt{Field: understanding.FieldHelpers, Kind: understanding.OutOfRange, Text: strconv.Itoa(n)})
		return true
	default:
		return false
	}
	d.settle(understanding.FieldHelpers)
	return true
}
