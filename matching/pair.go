package matching

import (
	"slices"
	"strings"
	"time"
)

// Pair is how a need and an offer fit each other.
type Pair struct {
	OK      bool
	KM      float64
	Score   float64  // comparable between pairs
	Reasons []Reason // why, best first
	Need    int      // index of the date of the need on which they meet
	Offer   int      // index of the date of the offer
}

// Bounds of a meeting of a need and an offer.
const (
	pairLooks = 35 * 24 * time.Hour // dates looked ahead of recurring ones
	pairMeets = 30 * time.Minute    // they share at least so much time, or all of the shorter one
)

// Meet compares a need and an offer at a time, in the zone of the need's front: whether what is offered is what is
// needed, near enough, at a time that both have. fold brings words into a form in which they can be compared.
func Meet(need, offer *Posting, now time.Time, zone *time.Location, fold func(string) string) Pair {
	switch {
	case need.Kind != Need || offer.Kind != Offer, need.State != Open || offer.State != Open,
		need.Author != "" && need.Author == offer.Author, need.Organisation != "" && need.Organisation == offer.Organisation,
		need.Place.Point.IsZero() || offer.Place.Point.IsZero(),
		offer.MinAge > 0 && need.MinAge > 0 && need.MinAge < offer.MinAge:
		return Pair{}
	}
	if len(need.Languages) > 0 && len(offer.Languages) > 0 && !anyOf(need.Languages, offer.Languages) {
		return Pair{}
	}
	p := Pair{KM: DistanceKM(need.Place.Point, offer.Place.Point)}
	within := offer.Radius
	if within <= 0 {
		within = DefaultRadius
	}
	if p.KM > within {
		return Pair{}
	}
	about := sameMatter(need, offer, fold)
	if about == 0 {
		return Pair{}
	}
	slots, ok := p.meet(need, offer, now, zone)
	if !ok {
		return Pair{}
	}
	p.OK, p.Score = true, about/(1+p.KM/5)
	p.Reasons = []Reason{{Kind: Near, KM: ToldKM(p.KM)}}
	if slots != 0 {
		p.Reasons = append(p.Reasons, Reason{Kind: AtThatTime, Slots: slots})
	}
	return p
}

// sameMatter is how much what is offered is what is needed: 0 for not at all, 1 for the very thing.
func sameMatter(need, offer *Posting, fold func(string) string) float64 {
	for _, a := range need.Things {
		for _, b := range offer.Things {
			if fold(a) == fold(b) {
				return 1
			}
		}
	}
	if names(offer, need.Things, fold) || names(need, offer.Things, fold) {
		return 0.9
	}
	if need.Category == ResourcesLending || offer.Category == ResourcesLending && len(offer.Things) > 0 {
		return 0 // another thing than the one that is lent
	}
	task := slices.ContainsFunc(need.Tasks, func(t Task) bool { return t != Lend && slices.Contains(offer.Tasks, t) })
	same := need.Category == offer.Category && need.Category != OtherCategory
	switch {
	case task && same:
		return 1
	case task && slices.Contains(need.Tasks, Drive) && slices.Contains(offer.Tasks, Drive): // whoever drives, drives for any cause
		return 0.8
	case task && sharedWord(need.Title, offer.Title, fold):
		return 0.7
	case same && (len(need.Tasks) == 0 || len(offer.Tasks) == 0):
		return 0.5
	}
	return 0
}

// names tells whether the title of a posting names one of the things.
func names(p *Posting, things []string, fold func(string) string) bool {
	title := fold(p.Title)
	return slices.ContainsFunc(things, func(x string) bool { x = fold(x); return len(x) > 3 && strings.Contains(title, x) })
}

// sharedWord tells whether two titles have a word of some length in common.
func sharedWord(a, b string, fold func(string) string) bool {
	words := strings.Fields(fold(a))
	return slices.ContainsFunc(strings.Fields(fold(b)), func(w string) bool { return len(w) > 4 && slices.Contains(words, w) })
}

// meet finds the first dates at which both are there. Whatever is undated or flexible fits any time.
func (p *Pair) meet(need, offer *Posting, now time.Time, zone *time.Location) (Slots, bool) {
	until := now.Add(pairLooks)
	ns, os := need.Occurrences(now, until, zone), offer.Occurrences(now, until, zone)
	switch {
	case need.Dated() && len(ns) == 0 && len(need.Occurrences(now, time.Time{}, zone)) == 0,
		offer.Dated() && len(os) == 0 && len(offer.Occurrences(now, time.Time{}, zone)) == 0:
		return 0, false // over
	case !need.Dated() || !offer.Dated() || need.Flexible || offer.Flexible:
		return 0, true
	}
	for _, n := range ns {
		for _, o := range os {
			if overlap(n, o) {
				p.Need, p.Offer = dateIndex(need, n), dateIndex(offer, o)
				return SpanSlots(n, zone) & SpanSlots(o, zone), true
			}
		}
	}
	return 0, false
}

func overlap(a, b Span) bool {
	from, until := a.Start, a.endOrHour()
	if b.Start.After(from) {
		from = b.Start
	}
	if end := b.endOrHour(); end.Before(until) {
		until = end
	}
	shorter := min(a.endOrHour().Sub(a.Start), b.endOrHour().Sub(b.Start), pairMeets)
	return until.Sub(from) >= shorter && until.After(from)
}

// dateIndex is the position of a date among those of a posting, 0 for one that recurs.
func dateIndex(p *Posting, d Span) int {
	return max(0, slices.IndexFunc(p.Dates, func(x Span) bool { return x.Start.Equal(d.Start) }))
}
