package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// unite makes another person part of keep: what belongs to either belongs to keep, once, and the stricter of two wishes
// holds. Whoever was counted twice is counted once, and the place goes on.
func (t *turn) unite(ctx context.Context, keep *storage.Person, gone string) error {
	other, err := t.tx.People.Person(ctx, gone)
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if err := t.alertOnce(ctx, keep.ID, gone); err != nil {
		return err
	}
	twice, err := t.answeredTwice(ctx, keep.ID, gone)
	if err != nil {
		return err
	}
	if err := t.tx.People.MergePersons(ctx, keep.ID, gone, t.now); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	if err := together(keep, &other); err != nil {
		return err
	}
	if err := t.tx.People.SavePerson(ctx, keep); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if err := t.uniteSubscriptions(ctx, keep); err != nil {
		return err
	}
	own, err := t.ownAnswers(ctx, keep)
	if err != nil {
		return err
	}
	for _, a := range append(twice, own...) {
		if err := t.placeAgain(ctx, keep, a); err != nil {
			return err
		}
	}
	if err := t.unwanted(ctx, keep); err != nil {
		return err
	}
	t.b.fronts.forget() // one of them may have been an editor
	t.menus = true
	return t.tx.Audit.Append(ctx, storage.Entry{Front: keep.Front, Actor: keep.ID, Action: "linked", Subject: keep.ID, At: t.now})
}

// alertOnce withdraws one of two alerts to the same posting where it has not been sent yet.
func (t *turn) alertOnce(ctx context.Context, keep, gone string) error {
	ours, err := t.tx.Alerts.AlertsTo(ctx, keep, t.now.AddDate(0, 0, -14))
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	theirs, err := t.tx.Alerts.AlertsTo(ctx, gone, t.now.AddDate(0, 0, -14))
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	had := map[string]storage.Alert{}
	for _, a := range ours {
		had[a.Posting] = a
	}
	for _, a := range theirs {
		b, both := had[a.Posting]
		if !both {
			continue
		}
		loser := a
		if a.State != storage.AlertQueued {
			loser = b
		}
		if loser.State == storage.AlertQueued {
			if err := t.recall(ctx, loser.Delivery); err != nil {
				return err
			}
		}
	}
	return nil
}

// answeredTwice finds what both take a place of.
func (t *turn) answeredTwice(ctx context.Context, keep, gone string) ([]matching.Answer, error) {
	ours, err := t.tx.Answers.OfAnswerer(ctx, keep)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	theirs, err := t.tx.Answers.OfAnswerer(ctx, gone)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	type date struct {
		posting string
		date    int
	}
	taken := map[date]bool{}
	for _, a := range ours {
		taken[date{a.Posting, a.Date}] = a.State.Takes()
	}
	return slices.DeleteFunc(theirs, func(a matching.Answer) bool { return !a.State.Takes() || !taken[date{a.Posting, a.Date}] }), nil
}

// ownAnswers takes back what somebody answered to a private posting that turns out to be their own, and returns those
// that took a place.
func (t *turn) ownAnswers(ctx context.Context, p *storage.Person) ([]matching.Answer, error) {
	all, err := t.tx.Answers.OfAnswerer(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	var took []matching.Answer
	for _, a := range all {
		if !a.State.Live() {
			continue
		}
		x, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) || err == nil && (x.Organisation != "" || x.Author != p.ID) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		if a.State.Takes() {
			took = append(took, a)
		}
		a.State, a.Changed = matching.Cancelled, t.now
		if err := t.tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
	}
	return took, nil
}

// placeAgain tells whoever posted that a place is free because two who came are one, and gives it to the next.
func (t *turn) placeAgain(ctx context.Context, p *storage.Person, a matching.Answer) error {
	x, err := t.tx.Postings.LockPosting(ctx, a.Posting)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if !x.State.Visible() || t.over(ctx, &x, a.Date) {
		return nil
	}
	if mine, err := t.mayActFor(ctx, p.ID, &x); err != nil {
		return err
	} else if !mine {
		if err := t.tellPoster(ctx, &x, flows.Piece{Kind: flows.NewsDoubled, Posting: x, Answer: a, Name: p.Name, Date: a.Date}); err != nil {
			return err
		}
	}
	t.stir(x.ID, true)
	_, err = t.even(ctx, &x)
	return err
}

// uniteSubscriptions leaves every wish once, and lets what holds for all hold for those that are new, too.
func (t *turn) uniteSubscriptions(ctx context.Context, p *storage.Person) error {
	all, err := t.tx.Subscriptions.OfSubscriber(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	var kept []matching.Subscription
	var muted []string
	for _, s := range all {
		muted = append(muted, s.Muted...)
	}
	slices.Sort(muted)
	muted = slices.Compact(muted)
	for _, s := range all {
		if i := slices.IndexFunc(kept, func(x matching.Subscription) bool { return alike(&x, &s) }); i >= 0 {
			kept[i].Stopped = kept[i].Stopped || s.Stopped
			if s.PausedUntil.After(kept[i].PausedUntil) {
				kept[i].PausedUntil = s.PausedUntil
			}
			if err := t.tx.Subscriptions.RemoveSubscription(ctx, s.ID, t.now); err != nil {
				return fmt.Errorf("subscription: %w", err)
			}
			continue
		}
		kept = append(kept, s)
	}
	for _, s := range kept {
		s.Stopped = s.Stopped || p.Stopped
		s.Muted, s.PerWeek, s.PerDay, s.Age = muted, fewer(s.PerWeek, p.PerWeek, matching.DefaultPerWeek), fewer(s.PerDay, p.PerDay, matching.DefaultPerDay), p.Age
		if err := t.tx.Subscriptions.SaveSubscription(ctx, &s, t.now); err != nil {
			return fmt.Errorf("subscription: %w", err)
		}
	}
	return nil
}

// fewer is the smaller of two limits, 0 standing for the usual one.
func fewer(a, b, usual int) int {
	if a == 0 && b == 0 {
		return 0
	}
	return min(cmp.Or(a, usual), cmp.Or(b, usual))
}

// together takes what other is into p: what p does not say, and the stricter of two wishes.
func together(p, other *storage.Person) error {
	p.Name, p.Lang, p.Register = cmp.Or(p.Name, other.Name), cmp.Or(p.Lang, other.Lang), cmp.Or(p.Register, other.Register)
	if p.Place.IsZero() {
		p.Place = other.Place
	}
	p.Radius = cmp.Or(p.Radius, other.Radius)
	if p.Age == 0 || other.Age > 0 && other.Age < p.Age { // whoever is too young on one side is
		p.Age = other.Age
	}
	p.Qualifications = union(p.Qualifications, other.Qualifications)
	p.Languages = union(p.Languages, other.Languages)
	p.PerWeek, p.PerDay = fewer(p.PerWeek, other.PerWeek, matching.DefaultPerWeek), fewer(p.PerDay, other.PerDay, matching.DefaultPerDay)
	p.QuietFrom, p.QuietTo = quieter(p.QuietFrom, p.QuietTo, other.QuietFrom, other.QuietTo)
	if other.PausedUntil.After(p.PausedUntil) {
		p.PausedUntil = other.PausedUntil
	}
	p.Stopped = p.Stopped || other.Stopped
	p.BlockedBy, p.Preferred = cmp.Or(p.BlockedBy, other.BlockedBy), cmp.Or(p.Preferred, other.Preferred)
	if other.Created.Before(p.Created) {
		p.Created = other.Created
	}
	if other.Active.After(p.Active) {
		p.Active = other.Active
	}
	return uniteExtra(p, other)
}

func uniteExtra(p, other *storage.Person) error {
	all := map[string]json.RawMessage{}
	for _, raw := range []json.RawMessage{other.Extra, p.Extra} {
		var x map[string]json.RawMessage
		if len(raw) == 0 {
			continue
		}
		if err := json.Unmarshal(raw, &x); err != nil {
			return fmt.Errorf("extra: %w", err)
		}
		maps.Copy(all, x)
	}
	if len(all) == 0 {
		return nil
	}
	var err error
	p.Extra, err = json.Marshal(all)
	return err
}

func union[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// quieter is a quiet time that contains both, as long as an hour a day is left; else the longer one. Two that are the
// usual ones stay so.
func quieter(from, to, from2, to2 int) (int, int) {
	if from == to && from2 == to2 {
		return from, to
	}
	if from == to {
		from, to = matching.QuietFrom, matching.QuietTo
	}
	if from2 == to2 {
		from2, to2 = matching.QuietFrom, matching.QuietTo
	}
	const day = 24 * 60
	length := func(from, to int) int { return ((to-from)%day + day) % day }
	best, most := [2]int{from, to}, length(from, to)
	if l := length(from2, to2); l > most {
		best, most = [2]int{from2, to2}, l
	}
	covers := func(a, b int) bool {
		l := length(a, b)
		for _, x := range [][2]int{{from, to}, {from2, to2}} {
			if length(a, x[0])+length(x[0], x[1]) > l {
				return false
			}
		}
		return true
	}
	shortest := day
	for _, a := range []int{from, from2} {
		for _, b := range []int{to, to2} {
			if l := length(a, b); l >= most && l < shortest && day-l >= leastAwake && covers(a, b) {
				best, shortest = [2]int{a, b}, l
			}
		}
	}
	return best[0], best[1]
}
