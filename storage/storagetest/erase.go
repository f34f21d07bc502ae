package storagetest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// Marker is in everything that Fill writes about a person and in nothing else.
const Marker = "Quittenmus"

// Fill writes something about a person into everything that may hold something personal, and returns their id.
func Fill(ctx context.Context, s storage.Store, now time.Time) (string, error) {
	p := storage.Person{Front: "ac", Name: Marker, Place: matching.Place{Name: Marker}, Created: now, Extra: json.RawMessage(`"` + Marker + `"`)}
	me := console(strings.ToLower(Marker))
	err := s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		p.ID, p.Rev = "", 0
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		steps := append(fillMessages(tx, p.ID, me, now), fillExchange(tx, p.ID, now)...)
		steps = append(steps, fillModeration(tx, p.ID, now)...)
		for _, step := range steps {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return p.ID, err
}

func fillMessages(tx *storage.Tx, id string, me channels.Address, now time.Time) []func(context.Context) error {
	data := json.RawMessage(`"` + Marker + `"`)
	delivery := func(key string) storage.Delivery {
		return storage.Delivery{Key: key + Marker, Person: id, To: me, Class: storage.Must, Subject: "person:" + Marker, Reply: channels.Reply{Text: Marker}, Created: now}
	}
	return []func(context.Context) error{
		func(ctx context.Context) error {
			return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: me, Person: id, State: storage.AddressOpen, Created: now})
		},
		func(ctx context.Context) error {
			_, err := tx.Inbox.Accept(ctx, storage.Arrival{Channel: me.Channel, Account: me.Account, ID: me.ID + ":1", Dedupe: Marker, From: me, Text: Marker, Raw: []byte(Marker), At: now})
			return err
		},
		func(ctx context.Context) error {
			_, err := tx.Inbox.Fail(ctx, me.Channel, me.Account, me.ID+":1", now)
			return err
		},
		func(ctx context.Context) error {
			return tx.Conversations.Save(ctx, me, conversations.State{Frames: []conversations.Frame{{Flow: "x", Answers: data, Touched: now}}})
		},
		func(ctx context.Context) error {
			return tx.Shown.Put(ctx, storage.Shown{ID: "S", Address: me, Person: id, Prompt: Marker, Choices: []channels.Choice{{Key: Marker, Label: Marker}}, Delivery: Marker, At: now})
		},
		func(ctx context.Context) error {
			return tx.Tokens.PutToken(ctx, Marker, storage.Token{Kind: "link", Subject: Marker, Person: id, Data: data, Uses: 1})
		},
		func(ctx context.Context) error {
			return tx.Timers.SetTimer(ctx, storage.Timer{Key: Marker, Kind: "k", Subject: Marker, Address: me, Due: now, Data: data})
		},
		func(ctx context.Context) error {
			return tx.Audit.Append(ctx, storage.Entry{Front: "ac", Actor: id, Action: "x", Subject: id, Detail: data, At: now})
		},
		func(ctx context.Context) error {
			_, err := tx.Counters.Bump(ctx, Marker, time.Hour, now, 1)
			return err
		},
		func(ctx context.Context) error { return tx.Outbox.Enqueue(ctx, delivery("a"), delivery("b")) },
		func(ctx context.Context) error {
			ds, err := tx.Outbox.Claim(ctx, storage.Claim{Channel: me.Channel, Account: me.Account, Now: now, Lease: time.Minute, Limit: 1, MaxPriority: -1})
			if err != nil || len(ds) == 0 {
				return err
			}
			return tx.Outbox.Settle(ctx, storage.Outcome{ID: ds[0].ID, Fence: ds[0].Fence, State: storage.Delivered, Ref: Marker, At: now})
		},
		func(ctx context.Context) error {
			return tx.Consents.Grant(ctx, storage.Consent{Person: id, Front: "ac", Kind: "alerts", Version: "1", At: now})
		},
	}
}

func fillExchange(tx *storage.Tx, id string, now time.Time) []func(context.Context) error {
	p := need("ac", id)
	p.Title, p.Description, p.Carrier, p.Place.Name, p.Address, p.Private, p.Contact = Marker, Marker, Marker, Marker, Marker, Marker, Marker
	foreign := need("ac", "somebody")
	own := matching.Subscription{Person: id, Front: "ac", Place: matching.Place{Name: Marker, Point: matching.Point{Lat: 50, Lon: 6}}, Radius: 5}
	save := func(ctx context.Context) error { return tx.Postings.SavePosting(ctx, &p, now) }
	return []func(context.Context) error{
		save, save,
		func(ctx context.Context) error { return tx.Postings.SavePosting(ctx, &foreign, now) },
		func(ctx context.Context) error { return tx.Subscriptions.SaveSubscription(ctx, &own, now) },
		func(ctx context.Context) error {
			return tx.Answers.SaveAnswer(ctx, &matching.Answer{Posting: foreign.ID, Person: id, Address: Marker, Note: Marker, State: matching.Accepted, Party: 1, Created: now})
		},
		func(ctx context.Context) error {
			_, err := tx.Alerts.Raise(ctx, &storage.Alert{Person: id, Posting: foreign.ID, Delivery: Marker, At: now})
			return err
		},
		func(ctx context.Context) error {
			return tx.Records.AddRecords(ctx, storage.Record{Person: id, Calls: 1, Heard: 1, Yes: 1})
		},
		func(ctx context.Context) error {
			return tx.Members.Join(ctx, storage.Member{Organisation: "o", Person: id, Role: storage.Owner, Since: now})
		},
		func(ctx context.Context) error { return fillCare(ctx, tx, id, now) },
		func(ctx context.Context) error {
			return tx.Fronts.SaveFront(ctx, &storage.Front{ID: "ac", Name: "Aachen", Editors: []string{id, "other"}})
		},
	}
}

func erasing(b *bench) {
	id, err := Fill(b.ctx, b.s, b.now)
	if err != nil {
		b.Fatal(err)
	}
	me := console(strings.ToLower(Marker))
	b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.People.ErasePerson(ctx, id, b.now) })
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.People.Person(ctx, id)
		b.is("person", err, storage.ErrNotFound)
		_, err = tx.Addresses.Owner(ctx, me)
		b.is("address", err, storage.ErrNotFound)
		erased, err := tx.Addresses.Erased(ctx, me)
		b.equal("erased", erased, true)
		if err != nil {
			return err
		}
		st, err := tx.Conversations.Load(ctx, me)
		b.equal("conversation", st.Rev, 0)
		if err != nil {
			return err
		}
		if err := b.nothingOf(ctx, tx, id, me); err != nil {
			return err
		}
		f, err := tx.Fronts.Front(ctx, "ac")
		b.equal("editors", f.Editors, []string{"other"})
		return err
	})
	b.Run("who comes back with a backup is found, who came back is not", func(t *testing.T) {
		returned := func(want ...string) {
			b.see(func(ctx context.Context, tx *storage.Tx) error {
				ids, err := tx.People.Returned(ctx, 9)
				b.equal("returned", ids, want)
				return err
			})
		}
		returned()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: me, Person: "back", State: storage.AddressOpen, Created: b.now})
		})
		returned()
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: me, Person: "back", State: storage.AddressOpen, Created: b.now.Add(-time.Hour)})
		})
		returned("back")
		b.do(func(ctx context.Context, tx *storage.Tx) error { // the room is left as it was found
			return tx.Addresses.MoveAddress(ctx, me, console("elsewhere"))
		})
	})
	b.Run("repeats stay harmless", func(t *testing.T) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			fresh, err := tx.Inbox.Accept(ctx, storage.Arrival{Channel: me.Channel, Account: me.Account, ID: me.ID + ":1", From: me, At: b.now})
			b.equal("fresh", fresh, false)
			return err
		})
	})
	b.Run("the answer still counts", func(t *testing.T) {
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			open, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: "somebody"})
			if err != nil || len(open) != 1 {
				t.Fatal(open, err)
			}
			of, err := tx.Answers.OfPosting(ctx, open[0].ID)
			if len(of) != 1 || of[0].State != matching.Accepted || of[0].Person == id || of[0].Note != "" || of[0].Address != "" {
				t.Errorf("answers: %+v", of)
			}
			return err
		})
	})
}

// nothingOf checks that nothing is found by the person or the address.
func (b *bench) nothingOf(ctx context.Context, tx *storage.Tx, id string, me channels.Address) error {
	b.Helper()
	for what, n := range map[string]func() (int, error){
		"answers":       func() (int, error) { x, err := tx.Answers.OfAnswerer(ctx, id); return len(x), err },
		"alerts":        func() (int, error) { x, err := tx.Alerts.AlertsTo(ctx, id, time.Time{}); return len(x), err },
		"subscriptions": func() (int, error) { x, err := tx.Subscriptions.OfSubscriber(ctx, id); return len(x), err },
		"records":       func() (int, error) { x, err := tx.Records.RecordsOf(ctx, []string{id}); return len(x), err },
		"consents":      func() (int, error) { x, err := tx.Consents.OfConsenter(ctx, id); return len(x), err },
		"members":       func() (int, error) { x, err := tx.Members.OfMember(ctx, id); return len(x), err },
		"shown":         func() (int, error) { x, err := tx.Shown.Latest(ctx, me, 9); return len(x), err },
		"deliveries":    func() (int, error) { x, err := tx.Sent.OfPerson(ctx, id); return len(x), err },
		"audit":         func() (int, error) { x, err := tx.Audit.Entries(ctx, "", id, 9); return len(x), err },
		"postings": func() (int, error) {
			x, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: id})
			return len(x), err
		},
	} {
		got, err := n()
		if err != nil {
			return err
		}
		b.equal(what, got, 0)
	}
	return nil
}

func merging(b *bench) {
	keep, gone := b.person("anna"), b.person("anna-mail")
	shared, own := b.post(need("ac", gone.ID)), b.post(need("ac", "x"))
	for _, a := range []matching.Answer{{Posting: shared.ID, Person: keep.ID, Note: "kept"}, {Posting: shared.ID, Person: gone.ID}, {Posting: own.ID, Person: gone.ID}} {
		b.answer(a)
	}
	s := b.subscribe(subscription(gone.ID, 50, 6, 5))
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for _, x := range [][2]string{{keep.ID, shared.ID}, {gone.ID, shared.ID}, {gone.ID, own.ID}} {
			if _, err := tx.Alerts.Raise(ctx, &storage.Alert{Person: x[0], Posting: x[1], At: b.now}); err != nil {
				return err
			}
		}
		for i, person := range []string{keep.ID, gone.ID} {
			if err := tx.Consents.Grant(ctx, storage.Consent{Person: person, Front: []string{"ac", "dn"}[i], Kind: "alerts", Version: "1", At: b.now}); err != nil {
				return err
			}
			if err := tx.Members.Join(ctx, storage.Member{Organisation: "o", Person: person, Since: b.now}); err != nil {
				return err
			}
		}
		for i, person := range []string{keep.ID, gone.ID} {
			if err := tx.Records.AddRecords(ctx, storage.Record{Person: person, Calls: 1, Heard: 2, Yes: 1}); err != nil {
				return err
			}
			if err := tx.Records.SetServed(ctx, person, b.after(time.Duration(i)*time.Hour)); err != nil {
				return err
			}
		}
		return tx.People.MergePersons(ctx, keep.ID, gone.ID, b.now)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.People.Person(ctx, gone.ID)
		b.is("gone", err, storage.ErrNotFound)
		for what, n := range map[string]struct {
			want int
			get  func() (int, error)
		}{
			"addresses": {2, func() (int, error) { x, err := tx.Addresses.OfOwner(ctx, keep.ID); return len(x), err }},
			"answers":   {2, func() (int, error) { x, err := tx.Answers.OfAnswerer(ctx, keep.ID); return len(x), err }},
			"alerts":    {2, func() (int, error) { x, err := tx.Alerts.AlertsTo(ctx, keep.ID, time.Time{}); return len(x), err }},
			"consents":  {2, func() (int, error) { x, err := tx.Consents.OfConsenter(ctx, keep.ID); return len(x), err }},
			"members":   {1, func() (int, error) { x, err := tx.Members.OfMember(ctx, keep.ID); return len(x), err }},
		} {
			got, err := n.get()
			if err != nil {
				return err
			}
			b.equal(what, got, n.want)
		}
		rs, err := tx.Records.RecordsOf(ctx, []string{keep.ID, gone.ID})
		b.equal("records", rs, map[string]storage.Record{keep.ID: {Person: keep.ID, Calls: 2, Heard: 4, Yes: 2, Served: b.after(time.Hour)}})
		if err != nil {
			return err
		}
		a, err := tx.Answers.FindAnswer(ctx, shared.ID, 0, keep.ID)
		b.equal("what both answered", a.Note, "kept")
		if err != nil {
			return err
		}
		p, err := tx.Postings.Posting(ctx, shared.ID)
		b.equal("author", []any{p.Author, p.Revision}, []any{keep.ID, 2})
		if err != nil {
			return err
		}
		sub, err := tx.Subscriptions.Subscription(ctx, s.ID)
		b.equal("subscription", []any{sub.Person, sub.Revision}, []any{keep.ID, 2})
		return err
	})
}
