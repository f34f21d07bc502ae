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

// takeSearch reads what a message says about what is looked for; false if it says nothing. fresh is the
// message that begins the search: words in it that mean nothing else are looked for in the postings.
func (b *Book) takeSearch(d *searchDraft, said *channels.Message, env conversations.Env, fresh bool) bool {
	if said.Point != nil {
		p, ok := b.pickedPlace(conversations.Input{Said: said}, env, nil)
		if !ok {
			return false
		}
		d.at(p)
		d.Passing = true
		return true
	}
	if strings.TrimSpace(said.Text) == "" {
		return false
	}
	wishes := understanding.ReadWishes(said.Text, env.Now)
	spare := understanding.ReadSpare(said.Text, env.Now)
	r := b.read(said, env, understanding.FieldNone, nil, understanding.Search)
	took := d.wished(&wishes)
	took = d.timed(r, spare, wishes, env) || took
	if p := r.Draft.Place; p != nil {
		d.at(*p)
		d.Places = nil
		d.Passing = spare.Here || !spare.Until.IsZero()
		took = true
	} else if len(r.Draft.Places) > 1 {
		d.Places, d.Query.Near, took = r.Draft.Places, matching.Point{}, true
	} else if ds := doubtsAbout(r.Doubts, understanding.FieldPlace); len(ds) > 0 {
		d.Doubts, d.Query.Near, took = append(d.Doubts, ds...), matching.Point{}, true
	}
	if name, ok := understanding.NamedPlace(said.Text); ok && !took {
		d.Doubts = append(d.Doubts, understanding.Doubt{Field: understanding.FieldPlace, Kind: understanding.UnknownPlace, Text: name})
		d.Query.Near, took = matching.Point{}, true
	}
	if cs := b.topics(said, env); len(cs) > 0 {
		d.Query.Categories = withTopics(d.Query.Categories, cs, wishes.Topics)
		took = true
	}
	if len(r.Draft.Required) > 0 {
		d.Query.Qualifications, took = r.Draft.Required, true
	}
	d.lent(said.Text, r, &wishes)
	if words := b.leftover(said.Text, r, env); len(words) > 0 && len(d.Query.Categories) == 0 && (fresh || !took) {
		if fresh || len(words) <= 2 {
			d.Query.Words = words
			took = true
		}
	}
	return took || fresh
}

// wished takes over what can be said in the same words to a subscription.
func (d *searchDraft) wished(w *understanding.Wishes) bool {
	q := &d.Query
	took := false
	if w.Radius != nil {
		q.Radius, took = *w.Radius, true
	}
	if w.AnyTime {
		q.From, q.Until, q.Slots, q.Inside, took = time.Time{}, time.Time{}, 0, false, true
	}
	if w.Slots != 0 {
		q.Slots, took = w.Slots, true
	}
	if w.NotSlots != 0 {
		if q.Slots == 0 {
			q.Slots = matching.AllSlots
		}
		q.Slots, took = q.Slots&^w.NotSlots, true
	}
	if len(w.Kinds) > 0 {
		q.Kinds, took = w.Kinds, true
	}
	if len(w.Can) > 0 {
		q.Qualifications, took = w.Can, true
	}
	if w.StepFree != nil {
		q.StepFree, took = *w.StepFree, true
	}
	if w.Age != nil {
		q.Age, took = *w.Age, true
	}
	if w.AllTopics {
		q.Categories, took = nil, true
	}
	d.Doubts = nil
	for _, x := range w.Bad {
		if x.Field == understanding.FieldRadius || x.Field == understanding.FieldAge {
			d.Doubts, took = append(d.Doubts, x), true
		}
	}
	return took
}

// timed reads when: a window of days, parts of the day, or until when somebody has time.
func (d *searchDraft) timed(r understanding.Reading, spare understanding.Spare, w understanding.Wishes, env conversations.Env) bool {
	q := &d.Query
	until := spare.Until
	if until.IsZero() {
		until = r.Until
	}
	if !until.IsZero() && until.After(env.Now) {
		q.From, q.Until, q.Inside, q.Slots = env.Now, until, true, 0
		d.Passing = d.Passing || spare.Here
		return true
	}
	if r.Draft.Recurrence != "" || (w.Slots != 0 || w.NotSlots != 0) && len(r.Draft.Dates) == 0 {
		if w.Slots == 0 && w.NotSlots == 0 && r.Draft.Slots != 0 {
			q.Slots = r.Draft.Slots
			return true
		}
		return w.Slots != 0
	}
	from, to := time.Time{}, time.Time{}
	for _, s := range r.Draft.Dates {
		if s.Start.IsZero() {
			continue
		}
		if from.IsZero() || s.Start.Before(from) {
			from = s.Start
		}
		end := s.End
		if end.IsZero() {
			end = midnight(s.Start.In(env.Zone)).AddDate(0, 0, 1)
		}
		if end.After(to) {
			to = end
		}
	}
	switch {
	case !from.IsZero() && to.After(env.Now):
		q.From, q.Until, q.Inside, d.View = from, to, false, listView
		if w.Slots == 0 && w.NotSlots == 0 {
			q.Slots = r.Draft.Slots
		}
	case r.Draft.Slots != 0:
		q.Slots = r.Draft.Slots
	default:
		return false
	}
	return true
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// topics are the categories a text names: as the reader reads it, and by their names, each of which may be
// bent ("Tieren").
func (b *Book) topics(said *channels.Message, env conversations.Env) []matching.Category {
	var cs []matching.Category
	add := func(c matching.Category) {
		if c != "" && c != matching.OtherCategory && !slices.Contains(cs, c) {
			cs = append(cs, c)
		}
	}
	words := strings.Fields(channels.Fold(said.Text))
	w := b.say(env)
	for _, c := range matching.Categories {
		if c == matching.OtherCategory {
			continue
		}
		for name := range strings.FieldsSeq(channels.Fold(w.Category(c))) {
			if len(name) >= 5 && slices.ContainsFunc(words, func(s string) bool { return bent(s, name) }) {
				add(c)
				break
			}
		}
	}
	if len(cs) == 0 {
		add(b.read(said, env, understanding.FieldCategory, nil, understanding.Search).Draft.Category)
	}
	return cs
}

// bent tells whether a word is a name, or a form of it by at most two letters.
func bent(word, name string) bool {
	if strings.HasPrefix(word, name) {
		return len(word) <= len(name)+2
	}
	return strings.HasPrefix(name, word) && len(word) >= 5 && len(word) >= len(name)-2
}

func withTopics(had, named []matching.Category, how understanding.TopicMode) []matching.Category {
	switch how {
	case understanding.TopicsToo:
		out := slices.Clone(had)
		for _, c := range named {
			if len(had) > 0 && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		return out
	case understanding.TopicsWithout:
		if len(had) == 0 {
			had = matching.Categories
		}
		return slices.DeleteFunc(slices.Clone(had), func(c matching.Category) bool { return slices.Contains(named, c) })
	}
	return named
}

// leftover are the words of a text that nothing was made of and that are worth looking for.
func (b *Book) leftover(said string, r understanding.Reading, env conversations.Env) []string {
	used := []byte(said)
	for _, f := range r.Found {
		if f.From < 0 || f.To > len(used) || f.Field == understanding.FieldTitle || f.Field == understanding.FieldIntent {
			continue
		}
		for i := f.From; i < f.To; i++ {
			used[i] = ' '
		}
	}
	wishes := understanding.ReadWishes(string(used), env.Now)
	var common []string
	for _, lang := range b.Languages() { // whatever language they are spoken to in
		if w := b.catalog.For(lang, ""); w.Has("search.common") {
			common = append(common, foldedWords(w.T("search.common"))...)
		}
	}
	var out []string
	for word := range strings.FieldsSeq(channels.Fold(wishes.Rest)) {
		if len(word) >= 4 && len(out) < 5 && !slices.Contains(common, word) && !slices.Contains(out, word) && !digits(word) {
			out = append(out, word)
		}
	}
	return out
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// lent looks among offers, too, where something is looked for that people lend.
func (d *searchDraft) lent(said string, r understanding.Reading, w *understanding.Wishes) {
	q := &d.Query
	if len(w.Kinds) > 0 || len(q.Kinds) > 0 {
		return
	}
	thing := len(r.Draft.Things) > 0 || understanding.Borrows(said)
	if !thing && !slices.Contains(q.Categories, matching.ResourcesLending) {
		return
	}
	q.Kinds = []matching.Kind{matching.Need, matching.Offer}
	if len(q.Categories) > 0 && !slices.Contains(q.Categories, matching.ResourcesLending) {
		q.Categories = append(slices.Clone(q.Categories), matching.ResourcesLending)
	}
}
