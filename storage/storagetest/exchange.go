package storagetest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

func (b *bench) post(p matching.Posting) matching.Posting {
	b.Helper()
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		c := p
		defer func() { p = c }()
		return tx.Postings.SavePosting(ctx, &c, b.now)
	})
	return p
}

func postings(b *bench) {
	p := b.post(need("ac", "p"))
	if p.ID == "" || p.Revision != 1 || !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{10}$`).MatchString(p.Code) {
		b.Errorf("id %q, revision %d, code %q", p.ID, p.Revision, p.Code)
	}
	wrong := strings.ToLower(strings.NewReplacer("1", "l", "0", "o").Replace(p.Code[:5] + "-" + p.Code[5:]))
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for what, get := range map[string]func() (matching.Posting, error){
			"by id":   func() (matching.Posting, error) { return tx.Postings.Posting(ctx, p.ID) },
			"locked":  func() (matching.Posting, error) { return tx.Postings.LockPosting(ctx, p.ID) },
			"by code": func() (matching.Posting, error) { return tx.Postings.PostingByCode(ctx, wrong) },
		} {
			got, err := get()
			if err != nil {
				return err
			}
			b.equal(what, got, p)
		}
		_, err := tx.Postings.PostingByCode(ctx, "0000000000")
		b.is("unknown code", err, storage.ErrNotFound)
		_, err = tx.Postings.LockPosting(ctx, "x")
		b.is("unknown", err, storage.ErrNotFound)
		return nil
	})
	old := p
	p.State, p.Places = matching.Filled, 5
	p = b.post(p)
	b.equal("revision", p.Revision, 2)
	for what, bad := range map[string]matching.Posting{"save an old one": old, "insert again": {ID: p.ID}, "a code of another": {Code: p.Code}} {
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			c := bad
			return tx.Postings.SavePosting(ctx, &c, b.now)
		})
		b.is(what, err, storage.ErrConflict)
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		cs, err := tx.Changes.After(ctx, 0, 9)
		var got []string
		for _, c := range cs {
			got = append(got, fmt.Sprintln(c.Kind, c.ID == p.ID, c.Revision, c.Gone))
		}
		b.equal("changes", got, []string{"posting true 1 false\n", "posting true 2 false\n"})
		return err
	})
}

func postingLists(b *bench) {
	far := need("dn", "q")
	far.Place.Point, far.Kind, far.Created = matching.Point{Lat: 50.80, Lon: 6.48}, matching.Offer, b.after(time.Minute)
	near := need("ac", "p")
	near.Title, near.Organisation = "Nah", "o"
	undated := need("ac", "p")
	undated.Title, undated.Dates, undated.State, undated.Created = "Ohne Datum", nil, matching.Draft, b.after(time.Hour)
	far.Title = "Fern"
	for _, p := range []matching.Posting{near, far, undated} {
		b.post(p)
	}
	for want, q := range map[string]storage.PostingQuery{
		"Ohne Datum, Fern, Nah": {},
		"Ohne Datum, Fern":      {Limit: 2},
		"Ohne Datum, Nah":       {Front: "ac", Author: "p"},
		"Nah":                   {Near: near.Place.Point, Within: 20, States: []matching.PostingState{matching.Open, matching.Filled, matching.Done}},
		"Fern":                  {Kind: matching.Offer, CreatedFrom: far.Created, CreatedBefore: far.Created.Add(time.Millisecond)},
		"Fern, Nah":             {EndsBefore: near.Dates[0].End.Add(time.Second)},
		"":                      {EndsBefore: near.Dates[0].End, Organisation: "o"},
	} {
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			ps, err := tx.Postings.ListPostings(ctx, q)
			var titles []string
			for _, p := range ps {
				titles = append(titles, p.Title)
			}
			b.equal(fmt.Sprintf("%+v", q), strings.Join(titles, ", "), want)
			return err
		})
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		n := 0
		for p, err := range tx.Postings.StreamPostings(ctx) {
			if err != nil {
				return err
			}
			if _, err := tx.Postings.Posting(ctx, p.ID); err != nil { // other calls between two of them
				return err
			}
			n++
		}
		b.equal("visible", n, 2)
		return nil
	})
}

func subscription(person string, lat, lon, radius float64) matching.Subscription {
	return matching.Subscription{Person: person, Front: "ac", Place: matching.Place{Name: "Brand", Point: matching.Point{Lat: lat, Lon: lon}}, Radius: radius,
		Categories: []matching.Category{matching.Sport, matching.EventsFestivals}, Kinds: []matching.Kind{matching.Need, matching.Offer},
		Slots: 5, Qualifications: []matching.Qualification{matching.FirstAid}, Languages: []string{"de", "tr"}, Cadence: matching.AtOnce}
}

func (b *bench) subscribe(s matching.Subscription) matching.Subscription {
	b.Helper()
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		c := s
		defer func() { s = c }()
		return tx.Subscriptions.SaveSubscription(ctx, &c, b.now)
	})
	return s
}

func subscriptions(b *bench) {
	s := b.subscribe(subscription("p", 50.74, 6.16, 5))
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Subscriptions.Subscription(ctx, s.ID)
		b.equal("subscription", got, s)
		if err != nil {
			return err
		}
		_, err = tx.Subscriptions.Subscription(ctx, "x")
		b.is("unknown", err, storage.ErrNotFound)
		return nil
	})
	old := s
	s.PausedUntil = b.after(time.Hour)
	s = b.subscribe(s)
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Subscriptions.SaveSubscription(ctx, &old, b.now)
	})
	b.is("save an old one", err, storage.ErrConflict)
	b.subscribe(subscription("q", 50.74, 6.16, 5))
	s.Stopped = true
	s = b.subscribe(s)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		mine, err := tx.Subscriptions.OfSubscriber(ctx, "p")
		b.equal("of subscriber", mine, []matching.Subscription{s})
		if err != nil {
			return err
		}
		return tx.Subscriptions.RemoveSubscription(ctx, s.ID, b.now)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		mine, err := tx.Subscriptions.OfSubscriber(ctx, "p")
		b.equal("of subscriber", len(mine), 0)
		if err != nil {
			return err
		}
		cs, err := tx.Changes.After(ctx, 0, 99)
		var got []string
		for _, c := range cs {
			if c.ID == s.ID {
				got = append(got, fmt.Sprintln(c.Kind, c.Revision, c.Gone))
			}
		}
		b.equal("changes", got, []string{"subscription 1 false\n", "subscription 2 false\n", "subscription 3 true\n", "subscription 4 true\n"})
		return err
	})
	err = b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Subscriptions.RemoveSubscription(ctx, s.ID, b.now)
	})
	b.is("remove twice", err, storage.ErrNotFound)
}

// neighbours writes four subscriptions: one for sport and festivals near, one far, one for everything near, one stopped.
func (b *bench) neighbours() (near, far, every matching.Subscription) {
	near = b.subscribe(subscription("p", 50.74, 6.16, 5))
	far = b.subscribe(subscription("q", 50.80, 6.48, 10))
	every = subscription("q", 50.74, 6.17, 3)
	every.Categories = nil
	every = b.subscribe(every)
	stopped := subscription("q", 50.74, 6.16, 5)
	stopped.Stopped = true
	b.subscribe(stopped)
	return near, far, every
}

func subscriptionsAround(b *bench) {
	near, far, every := b.neighbours()
	around := func(p matching.Point, c matching.Category, limit int) (ids []string) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			found, err := tx.Subscriptions.Around(ctx, p, c, limit)
			for _, x := range found {
				ids = append(ids, x.ID)
			}
			slices.Sort(ids)
			return err
		})
		return ids
	}
	sorted := func(ids ...string) []string { slices.Sort(ids); return ids }
	brand := near.Place.Point
	b.equal("sport in Brand", around(brand, matching.Sport, 9), sorted(near.ID, every.ID))
	b.equal("all of them", around(brand, matching.Sport, 0), sorted(near.ID, every.ID))
	b.equal("one of them", len(around(brand, matching.Sport, 1)), 1)
	b.equal("animals in Brand", around(brand, matching.Animals, 9), []string{every.ID})
	b.equal("just inside", around(matching.Point{Lat: brand.Lat + 4.9/111.2, Lon: brand.Lon}, matching.Sport, 9), []string{near.ID})
	b.equal("just outside", around(matching.Point{Lat: brand.Lat + 5.1/111.2, Lon: brand.Lon}, matching.Sport, 9), []string{})
	b.equal("far", around(far.Place.Point, matching.Sport, 9), []string{far.ID})
	farther := func(km, factor float64) (ids []string) {
		b.Helper()
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			p := matching.Point{Lat: brand.Lat - km/111.2, Lon: brand.Lon}
			found, err := tx.Farther.FartherAround(ctx, p, matching.Animals, factor, 9)
			for _, x := range found {
				ids = append(ids, x.ID)
			}
			return err
		})
		return ids
	}
	b.equal("not beyond what was wished for", farther(0, 1.5), []string{})
	b.equal("a little beyond", farther(-4, 1.5), []string{every.ID})
	b.equal("too far beyond", farther(-4.6, 1.5), []string{})
	b.equal("by a larger factor", farther(-4.6, 2), []string{every.ID})
}

func subscriptionStreams(b *bench) {
	near, _, _ := b.neighbours()
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		n := 0
		for s, err := range tx.Subscriptions.StreamSubscriptions(ctx) {
			if err != nil {
				return err
			}
			if _, err := tx.Subscriptions.Subscription(ctx, s.ID); err != nil { // other calls between two of them
				return err
			}
			n++
		}
		b.equal("subscriptions", n, 4)
		rows := 0
		for r, err := range tx.Positions.StreamPositions(ctx) {
			if err != nil {
				return err
			}
			rows++
			if r.ID == near.ID {
				b.equal("row", r, matching.SubscriptionRow{ID: near.ID, Revision: 1, Point: near.Place.Point, Radius: 5,
					Categories: matching.CategoryMask(near.Categories), Kinds: near.Kinds, Slots: 5,
					Qualifications: matching.QualificationMask(near.Qualifications), Languages: near.Languages})
			}
		}
		b.equal("rows", rows, 4)
		return nil
	})
}

func changes(b *bench) {
	for i := range 3 {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			p := need("ac", "p")
			return tx.Postings.SavePosting(ctx, &p, b.after(time.Duration(i)*time.Minute))
		})
	}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		all, err := tx.Changes.After(ctx, 0, 99)
		if err != nil || len(all) != 3 {
			b.Fatal(all, err)
		}
		two, err := tx.Changes.After(ctx, all[0].Seq, 1)
		b.equal("after the first, one", two, all[1:2])
		if err != nil {
			return err
		}
		last, err := tx.Changes.LastSeq(ctx)
		b.equal("last", last, all[2].Seq)
		if err != nil {
			return err
		}
		for at, want := range map[time.Time]int64{b.after(-time.Minute): 0, b.now: all[0].Seq, b.after(90 * time.Second): all[1].Seq} {
			seq, err := tx.Changes.Since(ctx, at)
			if err != nil {
				return err
			}
			b.equal("since", seq, want)
		}
		n, err := tx.Changes.ForgetChanges(ctx, b.after(time.Minute))
		b.equal("forgotten", n, 1)
		return err
	})
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
		p := need("ac", "p")
		if err := tx.Postings.SavePosting(ctx, &p, b.now); err != nil {
			return err
		}
		return errOops
	})
	b.is("update", err, errOops)
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		cs, err := tx.Changes.After(ctx, 0, 99)
		b.equal("changes", len(cs), 2)
		return err
	})
}

func (b *bench) answer(a matching.Answer) matching.Answer {
	b.Helper()
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		c := a
		defer func() { a = c }()
		return tx.Answers.SaveAnswer(ctx, &c)
	})
	return a
}

func answers(b *bench) {
	posting := b.post(need("ac", "author"))
	a := b.answer(matching.Answer{Posting: posting.ID, Person: "p", Address: "console:bot:p", State: matching.Interested, Party: 2, Note: "erst ab 16 Uhr", Created: b.now, Changed: b.now})
	other := b.answer(matching.Answer{Posting: posting.ID, Date: 1, Person: "p", State: matching.Interested, Created: b.after(time.Minute)})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		for _, get := range []func() (matching.Answer, error){
			func() (matching.Answer, error) { return tx.Answers.Answer(ctx, a.ID) },
			func() (matching.Answer, error) { return tx.Answers.FindAnswer(ctx, posting.ID, 0, "p") },
		} {
			got, err := get()
			if err != nil {
				return err
			}
			b.equal("answer", got, a)
		}
		_, err := tx.Answers.FindAnswer(ctx, posting.ID, 2, "p")
		b.is("another date", err, storage.ErrNotFound)
		of, err := tx.Answers.OfPosting(ctx, posting.ID)
		b.equal("of posting", of, []matching.Answer{a, other})
		if err != nil {
			return err
		}
		of, err = tx.Answers.OfAnswerer(ctx, "p")
		b.equal("of answerer", of, []matching.Answer{other, a})
		return err
	})
	old := a
	a.State = matching.Accepted
	a = b.answer(a)
	for what, bad := range map[string]matching.Answer{"save an old one": old, "the same date again": {Posting: posting.ID, Person: "p"}} {
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { c := bad; return tx.Answers.SaveAnswer(ctx, &c) })
		b.is(what, err, storage.ErrConflict)
	}
	b.Run("pseudonymise", func(t *testing.T) {
		run := func(before time.Time, want int) {
			t.Helper()
			b.do(func(ctx context.Context, tx *storage.Tx) error {
				n, err := tx.Answers.Pseudonymise(ctx, before)
				b.equal("pseudonymised", n, want)
				return err
			})
		}
		run(posting.Dates[0].End, 0)
		run(posting.Dates[0].End.Add(time.Second), 2)
		run(posting.Dates[0].End.Add(time.Second), 0)
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			got, err := tx.Answers.Answer(ctx, a.ID)
			if got.Person == "p" || got.Person == "" || got.Note != "" || got.Address != "" || got.State != matching.Accepted || got.Party != 2 {
				t.Errorf("answer: %+v", got)
			}
			return err
		})
	})
}

func alerts(b *bench) {
	raise := func(person, posting string, at time.Time, want bool) {
		b.Helper()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			fresh, err := tx.Alerts.Raise(ctx, &storage.Alert{Person: person, Posting: posting, Subscription: "s", Front: "ac", Wave: 1, Delivery: "k-" + person, Yes: 0.25, At: at, Heard: 0.5, KM: 3.5, Inclined: 0.125, Rested: time.Minute})
			b.equal("fresh", fresh, want)
			return err
		})
	}
	raise("p", "1", b.now, true)
	raise("p", "1", b.now, false)
	raise("q", "1", b.after(time.Minute), true)
	raise("p", "2", b.after(time.Hour), true)
	set := func(posting string, state storage.AlertState, at time.Time) error {
		return b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			return tx.Alerts.SetAlert(ctx, "p", posting, state, at)
		})
	}
	for _, err := range []error{set("1", storage.AlertSent, b.after(time.Second)), set("1", storage.AlertNo, b.after(time.Minute)), set("2", storage.AlertDropped, b.now)} {
		if err != nil {
			b.Error(err)
		}
	}
	b.is("unknown", set("3", storage.AlertSent, b.now), storage.ErrNotFound)
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		of, err := tx.Alerts.AlertsOf(ctx, "1")
		if len(of) != 2 || of[0].Person != "p" || of[1].State != storage.AlertQueued {
			b.Fatalf("alerts: %+v", of)
		}
		a := of[0]
		b.equal("alert", []any{a.Subscription, a.Front, a.Wave, a.State, a.Delivery, a.Yes, a.At, a.Answered},
			[]any{"s", "ac", 1, storage.AlertNo, "k-p", 0.25, b.now, b.after(time.Minute)})
		b.equal("what it rested on", []any{a.Heard, a.KM, a.Inclined, a.Rested, a.Digest}, []any{0.5, 3.5, 0.125, time.Minute, ""})
		if err != nil {
			return err
		}
		to, err := tx.Alerts.AlertsTo(ctx, "p", b.after(time.Minute))
		b.equal("since", len(to), 1)
		if err != nil {
			return err
		}
		many := []string{"p", "q"}
		for i := range 1000 {
			many = append(many, fmt.Sprint("nobody", i))
		}
		n, err := tx.Alerts.AlertTimes(ctx, many, b.now)
		b.equal("people told", len(n), 2)
		b.equal("alerts of p", len(n["p"]), 1)
		b.equal("alerts of q", len(n["q"]), 1)
		if err != nil {
			return err
		}
		n, err = tx.Alerts.AlertTimes(ctx, nil, b.now)
		b.equal("alerts of nobody", len(n), 0)
		return err
	})
}
