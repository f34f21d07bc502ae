package flows

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
)

// reopen begins the form on a posting that exists: "change <posting>" to change it, "again [<posting>]" to
// have the same once more. What was said beside it is taken once the posting is known.
func (b *Book) reopen(o conversations.Opening) (postTurn, bool) {
	verb, id, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	var d postDraft
	if o.Said != nil && o.Said.Kind != channels.Press {
		if rest, ok := understanding.ReadAgain(o.Said.Text); ok {
			d.Rest = rest
		}
	}
	switch verb {
	case "change":
		if o.Said != nil && o.Said.Kind != channels.Press && !strings.HasPrefix(o.Said.Text, "/") {
			d.Rest = o.Said.Text // said as a correction of it
			if m := addressed.FindStringSubmatch(d.Rest); m != nil {
				d.Rest = m[1] + ": " + m[2]
			}
		}
		return postTurn{Data: d, Next: "reopened", Do: []conversations.Command{TakeUp{Posting: id}}}, true
	case "again":
		return postTurn{Data: d, Next: "reopened", Do: []conversations.Command{LastPosting{Posting: id}}}, true
	}
	return postTurn{}, false
}

// addressed reads "die Adresse ist …" as what it says of the meeting point.
var addressed = regexp.MustCompile(`(?i)^(?:und |and )?(?:die |der |unser |unsere |the |our )?(?:genaue |exact )?(adresse|anschrift|treffpunkt|address|meeting point) (?:ist|lautet|is)\s+(.+)$`)

// hearReopened fills the form with the posting that was asked for.
func (b *Book) hearReopened(f *form[postDraft, *postDraft]) func(postDraft, conversations.Input, conversations.Env) postTurn {
	return func(d postDraft, in conversations.Input, env conversations.Env) postTurn {
		rest := d.Rest
		d.Rest = ""
		switch fact := in.Fact.(type) {
		case TakenUp:
			d.Me = fact.Me
			d.fill(fact.Posting, env)
			p := fact.Posting
			w := b.say(env)
			if rest != "" && b.takePost(&d, conversations.Input{Said: &channels.Message{Kind: channels.Text, Text: rest}}, env, "") {
				return f.next(d, env)
			}
			t := f.next(d, env, text(w.T("post.now")+"\n"+indent(card(w, &p, env)+onlyAcceptedLines(w, &p))))
			if t.Next == reviewStep {
				t.Next = "edit"
			}
			return t
		case Repeated:
			d.Me = fact.Me
			p := fact.Posting
			p.Dates = comingWeek(p.Dates, env)
			p.ID, p.Code, p.State, p.Revision, p.External, p.Reason = "", "", "", 0, 0, ""
			p.Created, p.Published, p.Lease = time.Time{}, time.Time{}, time.Time{}
			d.fill(fact.Posting, env)
			before := d.Draft
			d.fill(p, env)
			d.outdate(&before)
			d.Again = true
			if rest != "" {
				said := conversations.Input{Said: &channels.Message{Kind: channels.Text, Text: rest}}
				b.takePost(&d, said, env, "")
			}
		case Refused:
			r := b.refusal(fact, env)
			if fact.Why == NothingLast {
				d.Draft.Kind = matching.Need
				return f.next(d, env, r)
			}
			return postTurn{Data: d, End: true, Say: []channels.Reply{r}}
		}
		return f.next(d, env)
	}
}

// Concerns tells whether an open conversation is about a posting that exists: a change of it under way.
func (b *Book) Concerns(f conversations.Frame, posting string) bool {
	var d postDraft
	return f.Flow == Post && json.Unmarshal(f.Answers, &d) == nil && d.Posting.ID == posting
}

// comingWeek moves dates by whole weeks, so that the first lies ahead again on the same weekday and hour.
func comingWeek(dates []matching.Span, env conversations.Env) []matching.Span {
	if len(dates) == 0 {
		return nil
	}
	days := 7
	for !dates[0].Start.In(env.Zone).AddDate(0, 0, days).After(env.Now) {
		days += 7
	}
	moved := make([]matching.Span, len(dates))
	for i, s := range dates {
		s.Start = s.Start.In(env.Zone).AddDate(0, 0, days)
		if !s.End.IsZero() {
			s.End = s.End.In(env.Zone).AddDate(0, 0, days)
		}
		moved[i] = s
	}
	return moved
}

// fill takes a posting into the draft, so that every question of it is answered.
func (d *postDraft) fill(p matching.Posting, env conversations.Env) {
	d.Posting, d.Heard, d.ForWhom = p, true, true
	d.Actor, d.Organisation, d.Carrier = p.Actor, p.Organisation, p.Carrier
	d.AnyTime, d.AnyNumber = len(p.Dates) == 0, p.Places == 0
	x := understanding.Draft{
		Kind: p.Kind, Actor: p.Actor, Carrier: p.Carrier, Category: p.Category, Tasks: p.Tasks, Title: p.Title, Description: p.Description,
		Dates: p.Dates, Recurrence: p.Recurrence, Flexible: p.Flexible, Required: p.Required, Welcome: p.Welcome, Things: p.Things,
		GroupMin: p.GroupMin, GroupMax: p.GroupMax, StepFree: p.Accessible != nil && *p.Accessible,
	}
	if !p.Place.IsZero() {
		place := p.Place
		x.Place, x.PlaceNamed, x.Places = &place, place.Name, []matching.Place{place}
	}
	if n := len(p.Dates); n > 0 {
		x.Start, x.End = momentsOf(p.Dates[0], p.Dates[n-1], env.Zone)
	}
	for _, n := range []struct {
		value int
		field **int
	}{{p.Places, &x.Helpers}, {p.PlacesMin, &x.HelpersMin}, {p.MinAge, &x.MinAge}} {
		if v := n.value; v > 0 {
			*n.field = &v
		}
	}
	if r := p.Radius; r > 0 {
		x.Radius = &r
	}
	d.Draft = x
}

// momentsOf is spanOf backwards, for the first and the last of several spans.
func momentsOf(first, last matching.Span, zone *time.Location) (start, end understanding.Moment) {
	start = understanding.Moment{T: first.Start.In(zone), DateOnly: first.AllDay}
	if last.End.IsZero() {
		return start, end
	}
	end = understanding.Moment{T: last.End.In(zone), DateOnly: last.AllDay}
	if last.AllDay {
		end.T = end.T.AddDate(0, 0, -1)
	}
	return start, end
}

// over tells whether every date of the draft is in the past by now.
func (d *postDraft) over(env conversations.Env) bool {
	if d.Draft.Recurrence != "" || len(d.Draft.Dates) == 0 {
		return false
	}
	for _, s := range d.Draft.Dates {
		if s.Until().After(env.Now) {
			return false
		}
	}
	return true
}

// resize reads "noch zwei mehr".
func (b *Book) resize(said string) (understanding.Resize, bool) {
	return understanding.ReadResize(said)
}

// takeResize applies "noch zwei mehr" and "es sind doch 6" to the draft.
func (d *postDraft) takeResize(said string) bool {
	r, ok := understanding.ReadResize(said)
	if !ok || d.Draft.Kind != matching.Need {
		return false
	}
	before := d.Draft
	defer d.outdate(&before)
	n := r.To
	if r.By != 0 {
		if d.Draft.Helpers == nil {
			return false
		}
		n = *d.Draft.Helpers + r.By
	}
	d.Draft.Helpers, d.Draft.HelpersMin, d.AnyNumber = &n, nil, false
	d.settle(understanding.FieldHelpers)
	d.bound()
	return true
}

// shortMessage is how long a description may be, in characters, to be no more than what its fields say.
const shortMessage = 160

// outdate drops the words in which something was first said once the draft says something else: they would
// contradict it. Longer ones tell more than that, and stay.
func (d *postDraft) outdate(before *understanding.Draft) {
	x := &d.Draft
	corrected := len(before.Dates) > 0 && !slices.EqualFunc(before.Dates, x.Dates, func(a, b matching.Span) bool {
		return a.Start.Equal(b.Start) && a.End.Equal(b.End)
	})
	corrected = corrected || before.Place != nil && x.Place != nil && before.Place.Point != x.Place.Point
	corrected = corrected || before.Helpers != nil && (x.Helpers == nil || *x.Helpers != *before.Helpers)
	if corrected && utf8.RuneCountInString(x.Description) <= shortMessage {
		x.Description = ""
	}
}

// MaxDescription is how much of what was written is kept with a posting, in characters.
const MaxDescription = 2000

// bound keeps what was read within what can be published; what cannot be is asked.
func (d *postDraft) bound() {
	x := &d.Draft
	if n := x.Helpers; n != nil && (*n < 1 || *n > MaxHelpers) {
		d.settle(understanding.FieldHelpers)
		d.Doubts = append(d.Doubts, understanding.Doubt{Field: understanding.FieldHelpers, Kind: understanding.OutOfRange, Text: itoa(*n)})
		x.Helpers, x.HelpersMin = nil, nil
	}
	if utf8.RuneCountInString(x.Title) > MaxTitle {
		x.Title, d.Clipped = clip(x.Title, MaxTitle), true
	}
	x.Description = clip(x.Description, MaxDescription)
	if utf8.RuneCountInString(x.Carrier) > MaxTitle {
		x.Carrier = clip(x.Carrier, MaxTitle)
	}
}
