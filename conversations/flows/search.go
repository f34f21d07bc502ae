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

// searchDraft is a search and what it found. It holds what was found as it was then, so that pages do not
// shift under the reader.
type searchDraft struct {
	Query   matching.Query        `json:"query"`
	Place   string                `json:"place,omitempty"`   // the name of the place looked around
	ForMe   bool                  `json:"for_me,omitempty"`  // whatever fits what they have subscribed to
	Passing bool                  `json:"passing,omitempty"` // they are there just now: the position is not kept
	Wide    bool                  `json:"wide,omitempty"`    // nobody named a place: the whole municipality
	Hits    []hitLine             `json:"hits,omitempty"`
	Total   int                   `json:"total,omitempty"`
	Page    int                   `json:"page,omitempty"`
	View    string                `json:"view,omitempty"` // listView, calendar views
	Days    []dayLine             `json:"days,omitempty"`
	Unfound []string              `json:"unfound,omitempty"` // words that nothing has in it
	Places  []matching.Place      `json:"places,omitempty"`  // the name fits several
	Doubts  []understanding.Doubt `json:"doubts,omitempty"`
	Basis   []Known               `json:"basis,omitempty"`   // of a passing search: what it goes on with
	Asked   bool                  `json:"asked,omitempty"`   // refined at least once
	Willing string                `json:"willing,omitempty"` // what was said by whoever would like to do something
	Me      Me                    `json:"me,omitzero"`
}

// hitLine is a hit as a line of a list needs it.
type hitLine struct {
	ID    string         `json:"id"`
	Kind  matching.Kind  `json:"kind"`
	Title string         `json:"title"`
	Place string         `json:"place"`
	KM    int            `json:"km"` // as told; < 0: not known
	Date  *matching.Span `json:"date,omitempty"`
	More  int            `json:"more,omitempty"` // further dates
}

const (
	pageSize    = 5
	maxChoices  = 10 // more of them no telephone shows as buttons
	widerRadius = 25.0
)

// search is opened by "/search" with or without words, by a question in free words, and by a shared location.
func (b *Book) search() conversations.Runner {
	return conversations.Run(conversations.Flow[searchDraft]{
		Name: Search, Version: 1, Start: "list", Quiet: true, Idle: 24 * time.Hour,
		Open: b.openSearch,
		Steps: map[string]conversations.Step[searchDraft]{
			"me":    {Hear: b.hearSearcher},
			"where": {Ask: b.askSearchPlace, Hear: b.hearSearchPlace},
			"found": {Hear: b.hearFound},
			"list":  {Ask: b.showFound, Hear: b.hearSearch},
			"home":  {Ask: b.askHome, Hear: b.hearHome},
			"saved": {Hear: b.hearRemembered},
			"topic": {Ask: b.askTopic, Hear: b.hearTopic},
		},
	})
}

func (b *Book) openSearch(o conversations.Opening, env conversations.Env) conversations.Turn[searchDraft] {
	d := searchDraft{View: listView}
	args := strings.TrimSpace(o.Args)
	if view, ok := strings.CutPrefix(args, "view "); ok {
		d.View, args = viewOf(view), ""
	}
	if args == "willing" {
		args = ""
		if o.Said != nil {
			d.Willing = clip(o.Said.Text, 2000)
		}
	}
	if args == "for me" {
		return conversations.Turn[searchDraft]{Data: searchDraft{View: listView, ForMe: true}, Next: "me", Do: []conversations.Command{WhoAmI{}}}
	}
	if o.Said != nil {
		m := *o.Said
		if strings.HasPrefix(strings.TrimSpace(m.Text), "/") || m.Kind == channels.Press {
			m.Text = args
		}
		if m.Text != "" || m.Point != nil {
			b.takeSearch(&d, &m, env, true)
		}
	}
	return conversations.Turn[searchDraft]{Data: d, Next: "me", Do: []conversations.Command{WhoAmI{}}}
}

// hearSearcher fills in what nobody said: the place they live at, else the municipality of the front.
func (b *Book) hearSearcher(d searchDraft, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	d.Me, _ = in.Fact.(Me)
	d.Query.Except = env.Person
	d.ForMe = d.ForMe && d.Me.Joined // else all that is around
	if len(d.Me.Subscriptions) > 0 && d.Query.Age == 0 {
		d.Query.Age = d.Me.Subscriptions[0].Age
	}
	if d.Query.Near.IsZero() && (len(d.Places) > 1 || hasDoubt(d.Doubts, understanding.UnknownPlace)) {
		return conversations.Turn[searchDraft]{Data: d, Next: "where"}
	}
	return b.find(b.placed(d, env), env)
}

// placed gives a search a place and a radius.
func (b *Book) placed(d searchDraft, env conversations.Env) searchDraft {
	if d.Query.Near.IsZero() {
		p := d.Me.Place
		if p.Point.IsZero() {
			p, d.Wide = env.Place, true
		}
		d.Query.Near, d.Place = p.Point, p.Name
	}
	if d.Query.Radius == 0 {
		d.Query.Radius = matching.DefaultRadius
		if d.Wide {
			d.Query.Radius = max(d.Query.Radius, env.Place.Extent)
		}
	}
	return d
}

// find asks for what fits now. A position that is only passing goes along and is not kept.
func (b *Book) find(d searchDraft, env conversations.Env) conversations.Turn[searchDraft] {
	cmd := Find{Query: d.Query, ForMe: d.ForMe}
	if d.View != listView {
		cmd.Query.From, cmd.Query.Until = viewWindow(d.View, env.Now)
		cmd.Query.Inside = false
	}
	if d.Passing && d.Query.Near.IsZero() {
		cmd.Among = d.Basis
	}
	if d.Passing {
		cmd.Around = d.Basis == nil
		d.Query.Near = matching.Point{}
	}
	return conversations.Turn[searchDraft]{Data: d, Next: "found", Do: []conversations.Command{cmd}}
}

// hearFound takes what was found over.
func (b *Book) hearFound(d searchDraft, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	fact, _ := in.Fact.(Found)
	w := b.say(env)
	hits := fact.Hits
	if d.Passing && d.Basis == nil {
		d.Basis = append([]Known{}, fact.Around...)
	}
	d.Unfound, d.Total, d.Page = nil, fact.Total, 0
	if words := d.Query.Words; len(words) > 0 {
		with := slices.DeleteFunc(slices.Clone(hits), func(h matching.Hit) bool { return h.Words == 0 })
		switch {
		case len(with) > 0:
			hits, d.Total = with, len(with)
		case len(d.Query.Categories) == 0:
			d.Unfound = words
		}
		d.Query.Words = nil
		if len(with) > 0 {
			d.Query.Words = words
		}
	}
	if d.View == listView {
		d.Days = nil
		d.Hits = make([]hitLine, 0, len(hits))
		for i := range hits {
			d.Hits = append(d.Hits, lineOf(w, &hits[i]))
		}
	} else {
		from, until := viewWindow(d.View, env.Now)
		d.Days = dayLines(w, hits, from, until, env)
	}
	return conversations.Turn[searchDraft]{Data: d, Next: "list"}
}

func hasDoubt(ds []understanding.Doubt, k understanding.DoubtKind) bool {
	return slices.ContainsFunc(ds, func(x understanding.Doubt) bool { return x.Kind == k })
}

// askSearchPlace asks again for a place that is not known or that there are several of.
func (b *Book) askSearchPlace(d searchDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Ask: channels.AskLocation, Text: w.T("search.where")}
	for _, x := range d.Doubts {
		if x.Kind == understanding.UnknownPlace {
			r.Text = w.T("join.unknown_place", "Place", x.Text)
		}
	}
	if len(d.Places) > 1 {
		r.Text = w.T("join.which_place")
		r.Choices = placeChoices(d.Places)
	} else if env.Place.Name != "" {
		r.Choices = []channels.Choice{{Key: "front", Label: w.T("join.somewhere_in", "Place", env.Place.Name)}}
	}
	return r
}

func (b *Book) hearSearchPlace(d searchDraft, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	if in.Said == nil {
		return conversations.Turn[searchDraft]{Data: d}
	}
	if p, ok := b.pickedPlace(in, env, d.Places); ok {
		d.at(p)
		d.Passing = d.Passing || in.Said.Point != nil
		return b.find(b.placed(d, env), env)
	}
	if in.Picked == "" && in.Word == conversations.NoWord && b.takeSearch(&d, in.Said, env, false) {
		if d.Query.Near.IsZero() && (len(d.Places) > 1 || hasDoubt(d.Doubts, understanding.UnknownPlace)) {
			return conversations.Turn[searchDraft]{Data: d}
		}
		return b.find(b.placed(d, env), env)
	}
	return conversations.Turn[searchDraft]{Data: d, Say: []channels.Reply{b.Missed(env)}}
}

// at looks around a place from now on.
func (d *searchDraft) at(p matching.Place) {
	d.Query.Near, d.Place, d.Wide, d.Places, d.Doubts = p.Point, p.Name, false, nil, nil
	d.Basis = nil
}

// hearSearch hears what is said to a list or a calendar: a choice, or how it should be instead.
func (b *Book) hearSearch(d searchDraft, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	if in.Said == nil {
		return conversations.Turn[searchDraft]{Data: d}
	}
	if in.Word == conversations.Back {
		return b.searchBack(d, env)
	}
	key := in.Picked
	if key == "" && in.Said.Point == nil {
		if c, ok := channels.Pick(in.Said.Text, b.refinements(d, env)); ok {
			key = c.Key
		}
	}
	if key != "" {
		return b.refine(d, key, in, env)
	}
	before := d
	d.ForMe = false
	if !b.takeSearch(&d, in.Said, env, false) {
		return conversations.Turn[searchDraft]{Data: before, Missed: true}
	}
	d.Asked = true
	if bad, ok := b.impossible(d.Doubts, env); ok {
		before.Asked = true
		return conversations.Turn[searchDraft]{Data: before, Say: []channels.Reply{bad}, Mute: true}
	}
	if d.Query.Near.IsZero() && (len(d.Places) > 1 || hasDoubt(d.Doubts, understanding.UnknownPlace)) {
		return conversations.Turn[searchDraft]{Data: d, Next: "where"}
	}
	return b.find(d, env)
}

// searchBack goes back by a page, or from the calendar to the list.
func (b *Book) searchBack(d searchDraft, env conversations.Env) conversations.Turn[searchDraft] {
	switch {
	case d.View != listView:
		d.View = listView
		return b.find(d, env)
	case d.Page > 0:
		d.Page--
	}
	return conversations.Turn[searchDraft]{Data: d}
}

// refine follows a choice.
func (b *Book) refine(d searchDraft, key string, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	name, arg, _ := strings.Cut(key, ":")
	d.Asked = true
	d.ForMe = d.ForMe && name == "more"
	switch name {
	case "more":
		if (d.Page+1)*pageSize < len(d.Hits) {
			d.Page++
		}
		return conversations.Turn[searchDraft]{Data: d}
	case "topic":
		return conversations.Turn[searchDraft]{Data: d, Next: "topic"}
	case "remember":
		return b.remember(d, env)
	case "radius":
		d.Query.Radius = float64(atoi(arg))
	case "weekend":
		d.Query.From, d.Query.Until = viewWindow(weekendView, env.Now)
		d.Query.Slots, d.Query.Inside, d.View = 0, false, listView
	case "any_time":
		d.Query.From, d.Query.Until, d.Query.Slots, d.Query.Inside, d.View = time.Time{}, time.Time{}, 0, false, listView
	case "any_topic":
		d.Query.Categories, d.Query.Qualifications, d.Query.Words = nil, nil, nil
	case "view":
		d.View = viewOf(arg)
	case "day":
		day, err := time.ParseInLocation(time.DateOnly, arg, env.Zone)
		if err != nil {
			return conversations.Turn[searchDraft]{Data: d, Missed: true}
		}
		d.Query.From, d.Query.Until, d.View = day, day.AddDate(0, 0, 1), listView
	case "cat":
		return b.hearTopic(d, in, env)
	default:
		return conversations.Turn[searchDraft]{Data: d, Missed: true}
	}
	return b.find(d, env)
}

// remember makes a subscription of the search. Whoever has none yet is asked for the place, with what they
// agree to; a place that is only passing is not taken.
func (b *Book) remember(d searchDraft, env conversations.Env) conversations.Turn[searchDraft] {
	if !d.Me.Joined {
		return conversations.Turn[searchDraft]{Data: d, Next: "home"}
	}
	p := matching.Place{Name: d.Place, Point: d.Query.Near}
	if d.Passing || d.Wide {
		p = d.Me.Place
	}
	return b.rememberAt(d, p, env)
}

func (b *Book) rememberAt(d searchDraft, p matching.Place, env conversations.Env) conversations.Turn[searchDraft] {
	q := d.Query
	p.Point = matching.Snap(p.Point)
	s := matching.Subscription{
		Front: env.Front, Person: env.Person, Radius: min(max(q.Radius, 1), matching.MaxRadius), Categories: q.Categories, Kinds: q.Kinds,
		Slots: q.Slots, StepFree: q.StepFree, Cadence: matching.AtOnce, Place: p,
	}
	if len(s.Kinds) == 0 {
		s.Kinds = []matching.Kind{matching.Need}
	}
	if s.Slots == 0 && !q.Inside {
		s.Slots = slotsOfWindow(q.From, q.Until)
	}
	return conversations.Turn[searchDraft]{
		Data: d, Next: "saved", Do: []conversations.Command{SaveSubscription{Subscription: s, Consent: JoinConsent}},
	}
}

// askHome asks where to look out in future, and says what one agrees to.
func (b *Book) askHome(d searchDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := channels.Reply{Ask: channels.AskLocation, Text: w.T("join.where") + "\n" + w.T("join.consent")}
	if d.Place != "" && !d.Passing && !d.Wide {
		r.Choices = append(r.Choices, channels.Choice{Key: "here", Label: d.Place})
	}
	if env.Place.Name != "" && env.Place.Name != d.Place {
		r.Choices = append(r.Choices, channels.Choice{Key: "front", Label: w.T("join.somewhere_in", "Place", env.Place.Name)})
	}
	return r
}

func (b *Book) hearHome(d searchDraft, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	if in.Said == nil || in.Word == conversations.Back {
		return conversations.Turn[searchDraft]{Data: d, Next: "list"}
	}
	if in.Picked == "here" {
		return b.rememberAt(d, matching.Place{Name: d.Place, Point: d.Query.Near}, env)
	}
	p, ok := b.pickedPlace(in, env, nil)
	if !ok && in.Picked == "" {
		if r := b.read(in.Said, env, understanding.FieldPlace, nil, understanding.Subscribe); r.Draft.Place != nil {
			p, ok = *r.Draft.Place, true
		}
	}
	if !ok {
		if w := understanding.ReadWishes(in.Said.Text, env.Now); d.wished(&w) {
			return conversations.Turn[searchDraft]{Data: d}
		}
		return conversations.Turn[searchDraft]{Data: d, Say: []channels.Reply{b.Missed(env)}}
	}
	return b.rememberAt(d, p, env)
}

func (b *Book) hearRemembered(d searchDraft, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	return conversations.Turn[searchDraft]{Data: d, End: true, Say: []channels.Reply{b.saved(in.Fact, env)}}
}

// slotsOfWindow are the daytimes of up to three days: who looked for a weekend wants to hear of weekends.
func slotsOfWindow(from, until time.Time) matching.Slots {
	if from.IsZero() || until.Sub(from) > 3*24*time.Hour {
		return 0
	}
	return matching.SpanSlots(matching.Span{Start: from, End: until, AllDay: true}, from.Location())
}

// askTopic offers topics.
func (b *Book) askTopic(_ searchDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	r := text(w.T("search.topic"))
	r.Choices = append(r.Choices, choice(w, "any_topic", "choice.everything"))
	for _, c := range interests {
		r.Choices = append(r.Choices, channels.Choice{Key: "cat:" + string(c), Label: w.Category(c)})
	}
	return r
}

func (b *Book) hearTopic(d searchDraft, in conversations.Input, env conversations.Env) conversations.Turn[searchDraft] {
	if in.Said == nil || in.Word == conversations.Back {
		return conversations.Turn[searchDraft]{Data: d, Next: "list"}
	}
	switch c, ok := strings.CutPrefix(in.Picked, "cat:"); {
	case in.Picked == "any_topic":
		d.Query.Categories = nil
	case ok:
		d.Query.Categories = []matching.Category{matching.Category(c)}
	default:
		cs := b.topics(in.Said, env)
		if len(cs) == 0 {
			if in.Picked == "" && b.takeSearch(&d, in.Said, env, false) {
				return b.find(d, env)
			}
			return conversations.Turn[searchDraft]{Data: d, Say: []channels.Reply{b.Missed(env)}}
		}
		d.Query.Categories = cs
	}
	return b.find(d, env)
}
