package storagetest

import (
	"context"
	"encoding/json"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// person creates a person with an address.
func (b *bench) person(name string) storage.Person {
	b.Helper()
	p := storage.Person{Front: "ac", Name: name, Lang: "de", Created: b.now, Active: b.now, Extra: json.RawMessage(`{"x":1}`),
		Place: matching.Place{Name: "Aachen-Brand"}, Radius: 5, Age: 30, Qualifications: []matching.Qualification{matching.FirstAid}}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		p.ID = ""
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: console(name), Person: p.ID, Front: "ac", State: storage.AddressOpen, Created: b.now, Last: b.now})
	})
	return p
}

func people(b *bench) {
	p := b.person("anna")
	if p.ID == "" || p.Rev != 1 {
		b.Errorf("created with id %q, rev %d", p.ID, p.Rev)
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.People.Person(ctx, p.ID)
		b.equal("person", got, p)
		if err != nil {
			return err
		}
		_, err = tx.People.Person(ctx, "nobody")
		b.is("unknown", err, storage.ErrNotFound)
		return nil
	})
	old := p
	p.Name, p.Active = "Anne", b.after(time.Hour)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		c := p
		defer func() { p.Rev = c.Rev }()
		return tx.People.SavePerson(ctx, &c)
	})
	b.equal("rev", p.Rev, 2)
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { return tx.People.SavePerson(ctx, &old) })
	b.is("save an old one", err, storage.ErrConflict)
	b.equal("rev of the old one", old.Rev, 1)
	q := b.person("berta")
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.People.Person(ctx, p.ID)
		b.equal("saved", got, p)
		if err != nil {
			return err
		}
		ids, err := tx.People.InactiveSince(ctx, b.after(time.Second), 9)
		b.equal("inactive", ids, []string{q.ID})
		return err
	})
	for what, err := range map[string]error{
		"erase": b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { return tx.People.ErasePerson(ctx, "nobody", b.now) }),
		"merge": b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			return tx.People.MergePersons(ctx, p.ID, "nobody", b.now)
		}),
	} {
		b.is(what, err, storage.ErrNotFound)
	}
}

func addresses(b *bench) {
	r := storage.AddressRecord{Address: console("anna"), Person: "p", Front: "ac", State: storage.AddressUnconfirmed, Created: b.now}
	save := func() {
		b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.Addresses.SaveAddress(ctx, r) })
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			got, err := tx.Addresses.Owner(ctx, r.Address)
			b.equal("owner", got, r)
			return err
		})
	}
	save()
	r.State, r.Cause, r.Soft, r.Last, r.Person = storage.AddressClosed, "blocked", 2, b.after(time.Hour), "q"
	save()
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Addresses.Owner(ctx, channels.Address{Channel: "console", Account: "other", ID: "anna"})
		b.is("of another account", err, storage.ErrNotFound)
		mine, err := tx.Addresses.OfOwner(ctx, "q")
		b.equal("of owner", mine, []storage.AddressRecord{r})
		if err != nil {
			return err
		}
		mine, err = tx.Addresses.OfOwner(ctx, "p")
		b.equal("of the former owner", len(mine), 0)
		if err != nil {
			return err
		}
		erased, err := tx.Addresses.Erased(ctx, r.Address)
		b.equal("erased", erased, false)
		return err
	})
}

func moving(b *bench) {
	p := b.person("group")
	from, to := console("group"), console("supergroup")
	own := func(d *storage.Delivery) { d.Person = p.ID }
	b.enqueue(b.delivery("sent", "group", own), b.delivery("waiting", "group"))
	b.settle(b.claim(b.now, 1), storage.Delivered)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Conversations.Save(ctx, from, conversations.State{Lang: "de"}); err != nil {
			return err
		}
		if err := tx.Shown.Put(ctx, storage.Shown{ID: "S", Address: from, At: b.now}); err != nil {
			return err
		}
		if err := tx.Timers.SetTimer(ctx, storage.Timer{Key: "t", Address: from, Due: b.now}); err != nil {
			return err
		}
		return tx.Addresses.MoveAddress(ctx, from, to)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Addresses.Owner(ctx, from)
		b.is("the old address", err, storage.ErrNotFound)
		r, err := tx.Addresses.Owner(ctx, to)
		b.equal("owner", []any{r.Person, r.Address}, []any{p.ID, to})
		if err != nil {
			return err
		}
		s, err := tx.Conversations.Load(ctx, to)
		b.equal("conversation", s.Lang, "de")
		if err != nil {
			return err
		}
		s, err = tx.Conversations.Load(ctx, from)
		b.equal("conversation at the old address", s.Rev, 0)
		if err != nil {
			return err
		}
		shown, err := tx.Shown.Latest(ctx, to, 9)
		if len(shown) != 1 || shown[0].Address != to {
			b.Errorf("shown: %v", shown)
		}
		if err != nil {
			return err
		}
		d, err := tx.Sent.ByRef(ctx, to, "ref-sent")
		b.equal("by reference", []any{d.Key, d.To}, []any{"sent", to})
		return err
	})
	got := b.claim(b.now, 9)
	b.claimed(got, "waiting")
	b.equal("to", got[0].To, to)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		ts, err := tx.Timers.TakeDue(ctx, b.now, 9)
		if len(ts) != 1 || ts[0].Address != to {
			b.Errorf("timers: %v", ts)
		}
		return err
	})
}

func consents(b *bench) {
	grant := func(front, version string, at time.Time) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			return tx.Consents.Grant(ctx, storage.Consent{Person: "p", Front: front, Kind: "alerts", Version: version, Lang: "de", At: at})
		})
	}
	grant("ac", "1", b.now)
	grant("ac", "1", b.after(time.Hour)) // holds already
	grant("dn", "1", b.now)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		return tx.Consents.Withdraw(ctx, "p", "ac", "alerts", b.after(2*time.Hour))
	})
	grant("ac", "2", b.after(3*time.Hour))
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		cs, err := tx.Consents.OfConsenter(ctx, "p")
		b.equal("consents", cs, []storage.Consent{
			{Person: "p", Front: "ac", Kind: "alerts", Version: "1", Lang: "de", At: b.now, Withdrawn: b.after(2 * time.Hour)},
			{Person: "p", Front: "dn", Kind: "alerts", Version: "1", Lang: "de", At: b.now},
			{Person: "p", Front: "ac", Kind: "alerts", Version: "2", Lang: "de", At: b.after(3 * time.Hour)},
		})
		return err
	})
}

func fronts(b *bench) {
	f := storage.Front{ID: "dn", Name: "Düren", Zone: "Europe/Berlin", Languages: []string{"de"}, Editors: []string{"p"},
		Accounts: []string{"console:dn", "email:dn@x"}, Extra: json.RawMessage(`{}`)}
	g := storage.Front{ID: "ac", Name: "Aachen", Accounts: []string{"console:ac"}}
	for _, x := range []*storage.Front{&f, &g} {
		b.do(func(ctx context.Context, tx *storage.Tx) error { x.Rev = 0; return tx.Fronts.SaveFront(ctx, x) })
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Fronts.FrontOf(ctx, "email", "dn@x")
		b.equal("front of an account", got, f)
		if err != nil {
			return err
		}
		_, err = tx.Fronts.FrontOf(ctx, "console", "x")
		b.is("unknown account", err, storage.ErrNotFound)
		_, err = tx.Fronts.Front(ctx, "x")
		b.is("unknown", err, storage.ErrNotFound)
		all, err := tx.Fronts.AllFronts(ctx)
		b.equal("all", all, []storage.Front{g, f})
		return err
	})
	old := f
	f.Accounts, f.Suspended = []string{"console:dn"}, true
	b.do(func(ctx context.Context, tx *storage.Tx) error { f.Rev = old.Rev; return tx.Fronts.SaveFront(ctx, &f) })
	for what, bad := range map[string]storage.Front{"save an old one": old, "insert again": {ID: "ac"}, "an account of another": {ID: "x", Accounts: []string{"console:ac"}}} {
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { c := bad; return tx.Fronts.SaveFront(ctx, &c) })
		b.is(what, err, storage.ErrConflict)
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Fronts.FrontOf(ctx, "email", "dn@x")
		b.is("an account given up", err, storage.ErrNotFound)
		got, err := tx.Fronts.Front(ctx, "dn")
		b.equal("front", got, f)
		return err
	})
}

func organisations(b *bench) {
	o := storage.Organisation{Front: "ac", Name: "Turnverein  Düren e.V.", Actor: matching.Club, Profile: json.RawMessage(`{"web":"x"}`), Created: b.now}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		o.Rev, o.ID = 0, ""
		return tx.Organisations.SaveOrganisation(ctx, &o)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		for name, want := range map[string]int{"turnverein düren e. v.": 1, "TURNVEREIN DÜREN E V": 1, "Turnverein Du\u0308ren e.V.": 1, "Turnverein": 0, "": 0} {
			found, err := tx.Organisations.Named(ctx, "ac", name)
			if err != nil {
				return err
			}
			b.equal("named "+name, len(found), want)
		}
		found, err := tx.Organisations.Named(ctx, "dn", o.Name)
		b.equal("of another front", len(found), 0)
		if err != nil {
			return err
		}
		all, err := tx.Organisations.OfFront(ctx, "ac")
		b.equal("of front", all, []storage.Organisation{o})
		return err
	})
	old := o
	o.Verified, o.Good = true, 3
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		o.Rev = old.Rev
		return tx.Organisations.SaveOrganisation(ctx, &o)
	})
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { return tx.Organisations.SaveOrganisation(ctx, &old) })
	b.is("save an old one", err, storage.ErrConflict)
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Organisations.Organisation(ctx, o.ID)
		b.equal("organisation", got, o)
		return err
	})
}

func members(b *bench) {
	member := func(person string, role storage.Role, since time.Time) storage.Member {
		return storage.Member{Organisation: "o", Person: person, Role: role, Since: since}
	}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for _, m := range []storage.Member{
			member("p", storage.Helps, b.now), member("q", storage.Owner, b.after(time.Second)), member("p", storage.Owner, b.after(time.Hour)),
		} {
			if err := tx.Members.Join(ctx, m); err != nil {
				return err
			}
		}
		ms, err := tx.Members.OfOrganisation(ctx, "o")
		b.equal("members", ms, []storage.Member{member("p", storage.Owner, b.now), member("q", storage.Owner, b.after(time.Second))})
		if err != nil {
			return err
		}
		if err := tx.Members.Leave(ctx, "o", "p"); err != nil {
			return err
		}
		ms, err = tx.Members.OfMember(ctx, "p")
		b.equal("after leaving", len(ms), 0)
		return err
	})
}
