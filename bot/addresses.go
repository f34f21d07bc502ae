package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// addresses lists where the person is reached.
func (t *turn) addresses(ctx context.Context, k *talk) (flows.Addresses, error) {
	all, err := t.tx.Addresses.OfOwner(ctx, k.person.ID)
	if err != nil {
		return flows.Addresses{}, fmt.Errorf("addresses: %w", err)
	}
	to, ok, err := t.reachFor(ctx, k.person.ID, storage.Nice)
	if err != nil {
		return flows.Addresses{}, err
	}
	var out flows.Addresses
	for _, r := range all {
		a := shownAddress(r)
		a.Here, a.Alerts = r.Address == k.addr, ok && r.Address == to.Address && !k.person.Stopped
		out.All = append(out.All, a)
	}
	return out, nil
}

// ours tells whether an address is on an account of this process.
func (t *turn) ours(a channels.Address) bool {
	_, ok := t.b.account(a.Channel, a.Account)
	return ok
}

// accountsOf are the accounts on which a front can be written to.
func (t *turn) accountsOf(front string) []Account {
	var all []Account
	for _, n := range t.b.lines.list() {
		if n.Front == front || n.Front == "" {
			all = append(all, n.Account)
		}
	}
	return all
}

// reach is where a person is written to: the open address they used last.
func (t *turn) reach(ctx context.Context, person string) (storage.AddressRecord, bool, error) {
	return t.reachFor(ctx, person, storage.Must)
}

// reachFor is where a person is sent what is of that class. Alerts go to the address they prefer, else to the one used
// last, and by mail only where its owner agreed to that; where they have blocked us there, they go nowhere else.
func (t *turn) reachFor(ctx context.Context, person string, class storage.Class) (storage.AddressRecord, bool, error) {
	return t.reachOn(ctx, person, "", class)
}

// reachOn is reachFor, but an address on the given network comes before others.
func (t *turn) reachOn(ctx context.Context, person, channel string, class storage.Class) (storage.AddressRecord, bool, error) {
	all, err := t.tx.Addresses.OfOwner(ctx, person)
	if err != nil {
		return storage.AddressRecord{}, false, fmt.Errorf("addresses: %w", err)
	}
	all = slices.DeleteFunc(all, func(r storage.AddressRecord) bool {
		return r.State == storage.AddressUnconfirmed || !t.ours(r.Address) || class == storage.Nice && r.Address.Channel == "email" && r.Agreed.IsZero()
	})
	preferred := ""
	if class == storage.Nice && len(all) > 1 {
		p, err := t.tx.People.Person(ctx, person)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return storage.AddressRecord{}, false, fmt.Errorf("person: %w", err)
		}
		preferred = p.Preferred
	}
	first := func(r storage.AddressRecord) int {
		switch {
		case channel != "" && r.Address.Channel == channel:
			return 0
		case preferred != "" && r.Address.String() == preferred:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b storage.AddressRecord) int {
		return cmp.Or(first(a)-first(b), b.Last.Compare(a.Last))
	})
	for i, r := range all {
		if r.State == storage.AddressOpen {
			return r, true, nil
		}
		if class == storage.Nice && i == 0 && r.Cause == string(channels.Blocked) {
			break
		}
	}
	return storage.AddressRecord{}, false, nil
}

// ownAddress is an address of the person by its key.
func (t *turn) ownAddress(ctx context.Context, person, key string) (storage.AddressRecord, int, error) {
	all, err := t.tx.Addresses.OfOwner(ctx, person)
	if err != nil {
		return storage.AddressRecord{}, 0, fmt.Errorf("addresses: %w", err)
	}
	i := slices.IndexFunc(all, func(r storage.AddressRecord) bool { return r.Address.String() == key })
	if i < 0 {
		return storage.AddressRecord{}, len(all), storage.ErrNotFound
	}
	return all[i], len(all), nil
}

// prefer sends alerts to an address from now on. A mailbox that is not written from right now is asked first.
func (t *turn) prefer(ctx context.Context, k *talk, c flows.Prefer) (conversations.Fact, error) {
	rec, _, err := t.ownAddress(ctx, k.person.ID, c.Key)
	if errors.Is(err, storage.ErrNotFound) || err == nil && rec.State != storage.AddressOpen {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, err
	}
	shown := shownAddress(rec)
	shown.Here = rec.Address == k.addr
	if rec.Address.Channel == "email" && rec.Agreed.IsZero() {
		if !shown.Here {
			if why, err := t.askOptIn(ctx, k, rec); err != nil || why != "" {
				return flows.Refused{Why: why}, err
			}
			return flows.Preferred{Address: shown, Confirm: true}, nil
		}
		if err := t.agreed(ctx, &rec, k.env.Lang, flows.MailConsent); err != nil {
			return nil, err
		}
	}
	k.person.Preferred = c.Key
	if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	return flows.Preferred{Address: shown}, nil
}

// detach takes an address from the person, and says so there. The last one cannot go.
func (t *turn) detach(ctx context.Context, k *talk, c flows.Detach) (conversations.Fact, error) {
	rec, n, err := t.ownAddress(ctx, k.person.ID, c.Key)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, err
	}
	if n < 2 {
		return refused(flows.LastAddress)
	}
	if kept, err := t.keptOut(ctx, k, rec); err != nil || kept {
		return flows.Refused{Why: flows.NotAllowed}, err
	}
	if k.person.Preferred == c.Key {
		k.person.Preferred = ""
		if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
			return nil, fmt.Errorf("person: %w", err)
		}
	}
	if err := t.hushed(ctx, k.person.ID, rec.Address); err != nil { // alerts among them are then known not to have come
		return nil, err
	}
	if err := t.tx.Unions.Detach(ctx, rec.Address); err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	if err := t.audit(ctx, k, "detached", k.person.ID); err != nil {
		return nil, err
	}
	shown := shownAddress(rec)
	if shown.Here = rec.Address == k.addr; shown.Here {
		k.erased = true // what is still said here is said to an address of nobody
		return flows.Detached{Address: shown}, nil
	}
	if rec.State == storage.AddressOpen && t.ours(rec.Address) {
		there, err := t.talkTo(ctx, k.person, rec.Address, rec.Front)
		if err != nil {
			return nil, err
		}
		if err := t.farewell(ctx, there, t.b.Book.LinkSaid("left", there.env)); err != nil {
			return nil, err
		}
	}
	return flows.Detached{Address: shown}, nil
}

// keptOut tells whether somebody is blocked: nobody gets around that by leaving an address behind.
func (t *turn) keptOut(ctx context.Context, k *talk, rec storage.AddressRecord) (bool, error) {
	for _, front := range []string{k.front.ID, rec.Front, k.person.Front} {
		_, err := t.tx.Blocks.Blocked(ctx, front, k.person.ID, rec.Address, t.now)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return false, fmt.Errorf("blocked: %w", err)
		}
	}
	return false, nil
}

// elsewhere sends what could not be delivered to another address of the same person, once.
func (t *turn) elsewhere(ctx context.Context, d storage.Delivery) error {
	if d.Class != storage.Must || d.Person == "" || d.Edit != "" || d.Key == "" || d.Reply.Text == "" || onItsWay(d.Key) {
		return nil
	}
	who, err := t.tx.Unions.WhoIs(ctx, d.Person)
	if err != nil {
		return fmt.Errorf("who is: %w", err)
	}
	all, err := t.tx.Addresses.OfOwner(ctx, who)
	if err != nil {
		return fmt.Errorf("addresses: %w", err)
	}
	slices.SortStableFunc(all, func(a, b storage.AddressRecord) int { return b.Last.Compare(a.Last) })
	for _, r := range all {
		if r.State != storage.AddressOpen || r.Address == d.To || !t.ours(r.Address) {
			continue
		}
		p, err := t.tx.People.Person(ctx, who)
		if err != nil {
			return fmt.Errorf("person: %w", err)
		}
		k, err := t.talkTo(ctx, p, r.Address, r.Front)
		if err != nil {
			return err
		}
		reply := d.Reply
		if reply.Choices, err = t.unwired(ctx, reply.Choices); err != nil {
			return err
		}
		return t.sendAs(ctx, k, d.Key+otherWay, reply, storage.Delivery{Class: d.Class, Priority: d.Priority, Rank: d.Rank, Subject: d.Subject})
	}
	return nil
}

// unwired are choices as they were before they became handles. Those of a question that a conversation elsewhere waits
// for mean nothing here.
func (t *turn) unwired(ctx context.Context, cs []channels.Choice) ([]channels.Choice, error) {
	if len(cs) == 0 {
		return nil, nil
	}
	id, _, _ := strings.Cut(cs[0].Key, ".")
	s, err := t.tx.Shown.Get(ctx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && s.Flow != "" {
		return nil, nil
	}
	return s.Choices, err
}

// otherWay ends the key of what goes to another address than it was meant for.
const otherWay = "~2"

func onItsWay(key string) bool { return strings.HasSuffix(key, otherWay) }
