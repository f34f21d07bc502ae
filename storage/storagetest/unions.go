package storagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// couple is two persons with everything two persons can have, made at random.
type couple struct {
	*bench
	r          *rand.Rand
	n          int
	keep, gone storage.Person
	postings   []matching.Posting
	answers    map[string][]matching.Answer // by posting
	alerts     map[string][]storage.Alert   // by posting
	roles      map[string][]storage.Role    // by organisation
	addresses  []channels.Address
	tokens     []string
	many       map[string]int // of what is kept of both
}

func (c *couple) key(what string) string { return fmt.Sprintf("%s-%d-%d", what, c.n, c.r.IntN(1<<40)) }

func (c *couple) some(most int, make func()) int {
	n := c.r.IntN(most + 1)
	for range n {
		make()
	}
	return n
}

func newCouple(b *bench, n int) *couple {
	c := &couple{bench: b, r: rand.New(rand.NewPCG(uint64(n), 77)), n: n, answers: map[string][]matching.Answer{}, alerts: map[string][]storage.Alert{},
		roles: map[string][]storage.Role{}, many: map[string]int{}}
	c.keep, c.gone = b.person(c.key("keep")), b.person(c.key("gone"))
	both := []string{c.keep.ID, c.gone.ID}
	for _, author := range []string{"x", "x", "x", c.keep.ID, c.gone.ID} {
		p := b.post(need("ac", author))
		c.postings = append(c.postings, p)
		for _, person := range both {
			c.some(1, func() {
				a := matching.Answer{Posting: p.ID, Person: person, Note: c.key("note"), State: matching.AnswerStates[c.r.IntN(len(matching.AnswerStates))],
					Party: 1 + c.r.IntN(3), Changed: b.after(time.Duration(c.r.IntN(100)) * time.Minute)}
				c.answers[p.ID] = append(c.answers[p.ID], b.answer(a))
			})
			c.some(1, func() { c.alert(person, p.ID) })
		}
	}
	for _, person := range both {
		c.belongings(person)
	}
	return c
}

func (c *couple) alert(person, posting string) {
	states := []storage.AlertState{storage.AlertQueued, storage.AlertSent, storage.AlertUncertain, storage.AlertDropped, storage.AlertYes, storage.AlertNo, storage.AlertNever}
	a := storage.Alert{Person: person, Posting: posting, State: states[c.r.IntN(len(states))], Delivery: c.key("alert"), At: c.now}
	c.do(func(ctx context.Context, tx *storage.Tx) error { _, err := tx.Alerts.Raise(ctx, &a); return err })
	c.alerts[posting] = append(c.alerts[posting], a)
}

func (c *couple) belongings(person string) {
	add := func(what string, most int, make func(ctx context.Context, tx *storage.Tx) error) {
		c.many[what] += c.some(most, func() { c.do(make) })
	}
	c.many["subscriptions"] += c.some(2, func() { c.subscribe(subscription(person, 50, 6, float64(5+c.r.IntN(9)))) })
	add("addresses", 2, func(ctx context.Context, tx *storage.Tx) error {
		a := console(c.key("address"))
		c.addresses = append(c.addresses, a)
		if err := tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: a, Person: person, State: storage.AddressOpen, Created: c.now}); err != nil {
			return err
		}
		if err := tx.Timers.SetTimer(ctx, storage.Timer{Key: c.key("timer"), Kind: "k", Subject: a.ID, Address: a, Due: c.now}); err != nil {
			return err
		}
		return tx.Conversations.Save(ctx, a, conversations.State{Frames: []conversations.Frame{{Flow: "post", Answers: json.RawMessage(`"` + a.ID + `"`), Touched: c.now}}})
	})
	add("consents", 3, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Consents.Grant(ctx, storage.Consent{Person: person, Front: c.key("front"), Kind: "join", Version: "1", At: c.now})
	})
	add("deliveries", 3, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Outbox.Enqueue(ctx, storage.Delivery{Key: c.key("delivery"), Person: person, To: console("to" + person), Class: storage.Nice, Created: c.now})
	})
	add("audit", 2, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Audit.Append(ctx, storage.Entry{Front: "ac", Actor: "somebody", Action: "x", Subject: person, At: c.now})
	})
	add("tokens", 2, func(ctx context.Context, tx *storage.Tx) error {
		secret := c.key("secret")
		c.tokens = append(c.tokens, secret)
		return tx.Tokens.PutToken(ctx, secret, storage.Token{Kind: "invite", Subject: "o", Person: person, Uses: 1})
	})
	for _, o := range []string{"o1", "o2", "o3"} {
		c.some(1, func() {
			role := []storage.Role{storage.Owner, storage.Helps}[c.r.IntN(2)]
			o := fmt.Sprint(o, "-", c.n)
			c.roles[o] = append(c.roles[o], role)
			c.do(func(ctx context.Context, tx *storage.Tx) error {
				return tx.Members.Join(ctx, storage.Member{Organisation: o, Person: person, Role: role, Since: c.now})
			})
		})
	}
}

// check looks for what was lost or doubled by the merge.
func (c *couple) check(ctx context.Context, tx *storage.Tx) error {
	id := c.keep.ID
	c.many["addresses"] += 2 // which they were made with
	for what, n := range map[string]func() (int, error){
		"addresses":     func() (int, error) { x, err := tx.Addresses.OfOwner(ctx, id); return len(x), err },
		"subscriptions": func() (int, error) { x, err := tx.Subscriptions.OfSubscriber(ctx, id); return len(x), err },
		"consents":      func() (int, error) { x, err := tx.Consents.OfConsenter(ctx, id); return len(x), err },
		"deliveries":    func() (int, error) { x, err := tx.Sent.OfPerson(ctx, id); return len(x), err },
		"audit":         func() (int, error) { x, err := tx.Audit.Entries(ctx, "", id, 99); return len(x), err },
	} {
		got, err := n()
		if err != nil {
			return err
		}
		c.equal(what, got, c.many[what])
	}
	for _, a := range c.addresses {
		s, err := tx.Conversations.Load(ctx, a)
		if err != nil {
			return err
		}
		if len(s.Frames) != 1 {
			c.Errorf("the conversation at %s has %d frames", a.ID, len(s.Frames))
		}
	}
	for _, secret := range c.tokens {
		k, err := tx.Tokens.Peek(ctx, "invite", secret, c.now)
		c.equal("person of a token", k.Person, id)
		if err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context, *storage.Tx) error{c.checkAnswers, c.checkAlerts, c.checkMembers, c.checkPostings} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func (c *couple) checkAnswers(ctx context.Context, tx *storage.Tx) error {
	for _, p := range c.postings {
		had := c.answers[p.ID]
		got, err := tx.Answers.OfPosting(ctx, p.ID)
		if err != nil {
			return err
		}
		c.equal("answers to a posting", len(got), min(len(had), 1))
		for _, a := range got {
			one, takes, live := false, false, false
			for _, h := range had {
				one = one || h.ID == a.ID && h.Note == a.Note && h.State == a.State && h.Party == a.Party
				takes, live = takes || h.State.Takes(), live || h.State.Live()
			}
			if !one || a.Person != c.keep.ID || takes != a.State.Takes() || live && !a.State.Live() && !a.State.Takes() {
				c.Errorf("of the answers %+v there is left %+v", had, a)
			}
		}
	}
	return nil
}

func (c *couple) checkAlerts(ctx context.Context, tx *storage.Tx) error {
	answered := func(s storage.AlertState) bool {
		return s == storage.AlertYes || s == storage.AlertNo || s == storage.AlertNever
	}
	arrived := func(s storage.AlertState) bool {
		return answered(s) || s == storage.AlertSent || s == storage.AlertUncertain
	}
	for _, p := range c.postings {
		had := c.alerts[p.ID]
		got, err := tx.Alerts.AlertsOf(ctx, p.ID)
		if err != nil {
			return err
		}
		c.equal("alerts to a posting", len(got), min(len(had), 1))
		for _, a := range got {
			one, some, came := false, false, false
			for _, h := range had {
				one = one || h.ID == a.ID && h.Delivery == a.Delivery && h.State == a.State
				some, came = some || answered(h.State), came || arrived(h.State)
			}
			if !one || a.Person != c.keep.ID || some != answered(a.State) || came != arrived(a.State) {
				c.Errorf("of the alerts %+v there is left %+v", had, a)
			}
		}
		again := storage.Alert{Person: c.keep.ID, Posting: p.ID, At: c.now}
		if fresh, err := tx.Alerts.Raise(ctx, &again); err != nil || fresh == (len(had) > 0) {
			c.Errorf("an alert may be raised again: %v, %v; there were %d", fresh, err, len(had))
		}
	}
	return nil
}

func (c *couple) checkMembers(ctx context.Context, tx *storage.Tx) error {
	for o, roles := range c.roles {
		ms, err := tx.Members.OfOrganisation(ctx, o)
		if err != nil {
			return err
		}
		want := storage.Helps
		for _, r := range roles {
			if r == storage.Owner {
				want = r
			}
		}
		c.equal("members", ms, []storage.Member{{Organisation: o, Person: c.keep.ID, Role: want, Since: c.now}})
	}
	return nil
}

func (c *couple) checkPostings(ctx context.Context, tx *storage.Tx) error {
	for _, p := range c.postings {
		got, err := tx.Postings.LockPosting(ctx, p.ID)
		if err != nil {
			return err
		}
		author := "x"
		if p.Author != "x" {
			author = c.keep.ID
		}
		c.equal("author", got.Author, author)
		if err := tx.Postings.SavePosting(ctx, &got, c.now); err != nil { // and it can go on being changed
			return err
		}
	}
	return nil
}

// mergingAnything merges persons who have anything: nothing is lost, nothing doubled, no alert raised twice.
func mergingAnything(b *bench) {
	rounds := 12
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		rounds = 500
	}
	for n := range rounds {
		b.Run(fmt.Sprint("couple ", n), func(*testing.T) {
			c := newCouple(b, n)
			b.do(func(ctx context.Context, tx *storage.Tx) error {
				return tx.People.MergePersons(ctx, c.keep.ID, c.gone.ID, b.now)
			})
			b.do(func(ctx context.Context, tx *storage.Tx) error {
				who, err := tx.Unions.WhoIs(ctx, c.gone.ID)
				b.equal("who is it", who, c.keep.ID)
				if err != nil {
					return err
				}
				if _, err = tx.People.Person(ctx, c.gone.ID); err == nil {
					b.Error("there are still two")
				}
				return c.check(ctx, tx)
			})
		})
	}
}

// unions is about who is who after one merge and another, and about an address that leaves.
func unions(b *bench) {
	one, two, three := b.person("one"), b.person("two"), b.person("three")
	who := func(want ...string) {
		b.see(func(ctx context.Context, tx *storage.Tx) error {
			for i, p := range []storage.Person{one, two, three} {
				id, err := tx.Unions.WhoIs(ctx, p.ID)
				b.equal("who is "+p.Name, id, want[i])
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	merge := func(keep, gone string) {
		b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.People.MergePersons(ctx, keep, gone, b.now) })
	}
	who(one.ID, two.ID, three.ID)
	merge(two.ID, one.ID)
	who(two.ID, two.ID, three.ID)
	merge(three.ID, two.ID)
	who(three.ID, three.ID, three.ID)
	for what, pair := range map[string][2]string{"gone already": {three.ID, one.ID}, "nobody there": {one.ID, three.ID}} {
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			return tx.People.MergePersons(ctx, pair[0], pair[1], b.now)
		})
		b.is(what, err, storage.ErrNotFound)
	}
	b.detaching(three.ID)
}

func (b *bench) detaching(owner string) {
	a := console("leaves")
	mine := func(d *storage.Delivery) { d.Person = owner }
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: a, Person: owner, State: storage.AddressOpen, Agreed: b.now, Wording: "mail-1", Created: b.now}); err != nil {
			return err
		}
		if err := tx.Conversations.Save(ctx, a, conversations.State{Frames: []conversations.Frame{{Flow: "x"}}}); err != nil {
			return err
		}
		if err := tx.Shown.Put(ctx, storage.Shown{ID: "L", Address: a, Person: owner, At: b.now}); err != nil {
			return err
		}
		return tx.Timers.SetTimer(ctx, storage.Timer{Key: "leaves", Subject: "s", Address: a, Due: b.now})
	})
	b.enqueue(b.delivery("to-it", "leaves", mine), b.delivery("to-others", "stays", mine))
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.Addresses.Owner(ctx, a)
		b.equal("agreed", []any{r.Agreed, r.Wording}, []any{b.now, "mail-1"})
		if err != nil {
			return err
		}
		return tx.Unions.Detach(ctx, a)
	})
	b.state("to-it", storage.Dropped)
	b.state("to-others", storage.Queued)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Addresses.Owner(ctx, a)
		b.is("owner", err, storage.ErrNotFound)
		b.is("again", tx.Unions.Detach(ctx, a), storage.ErrNotFound)
		s, err := tx.Conversations.Load(ctx, a)
		b.equal("conversation", len(s.Frames), 0)
		if err != nil {
			return err
		}
		shown, err := tx.Shown.Latest(ctx, a, 9)
		b.equal("shown", len(shown), 0)
		if err != nil {
			return err
		}
		next, err := tx.Timers.NextTimer(ctx)
		b.equal("timers", next.IsZero(), true)
		return err
	})
}
