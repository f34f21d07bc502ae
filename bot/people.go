package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// open loads whoever wrote, or makes them known.
func (t *turn) open(ctx context.Context, m channels.Message) (*talk, error) {
	account, ok := t.b.account(m.From.Channel, m.From.Account)
	if !ok {
		return nil, fmt.Errorf("account %s of %s is not configured", m.From.Account, m.From.Channel)
	}
	front, chosen, err := t.frontMeant(ctx, account, &m)
	if err != nil {
		return nil, err
	}
	rec, err := t.tx.Addresses.Owner(ctx, m.From)
	var p storage.Person
	switch {
	case errors.Is(err, storage.ErrNotFound):
		p = storage.Person{Front: front, Name: firstName(m.Name), Lang: t.language(m.Lang), Created: t.now, Active: t.now}
		if err := t.tx.People.Create(ctx, &p); err != nil {
			return nil, fmt.Errorf("person: %w", err)
		}
		rec = storage.AddressRecord{Address: m.From, Person: p.ID, Front: front, State: storage.AddressOpen, Last: t.now, Created: t.now}
		if m.Trust < channels.Authenticated {
			rec.State = storage.AddressUnconfirmed
		}
		if err := t.tx.Addresses.SaveAddress(ctx, rec); err != nil {
			return nil, fmt.Errorf("address: %w", err)
		}
	case err != nil:
		return nil, fmt.Errorf("address: %w", err)
	default:
		if p, err = t.tx.People.Person(ctx, rec.Person); err != nil {
			return nil, fmt.Errorf("person: %w", err)
		}
		if chosen && rec.Front != front {
			rec.Front = front
			if err := t.tx.Addresses.SaveAddress(ctx, rec); err != nil {
				return nil, fmt.Errorf("address: %w", err)
			}
		}
		if err := t.seen(ctx, &p, rec); err != nil {
			return nil, err
		}
	}
	k, err := t.talkTo(ctx, p, m.From, rec.Front)
	if err != nil {
		return nil, err
	}
	k.letter = m.Letter
	if p.Created.Equal(t.now) && k.state.Lang == "" {
		k.state.Lang = p.Lang // told by the network, not chosen
	}
	return k, nil
}

// frontMeant is the front somebody speaks to: that of the account, or on one that serves several the front of the link
// they came by, which is their choice. Whoever comes without one is received by the first.
func (t *turn) frontMeant(ctx context.Context, account Account, m *channels.Message) (front string, chosen bool, err error) {
	if account.Front != "" {
		return account.Front, false, nil
	}
	if id, ok := strings.CutPrefix(m.Start, "t_"); ok {
		f, err := t.tx.Fronts.Front(ctx, id)
		if err == nil {
			return f.ID, true, nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return "", false, fmt.Errorf("front: %w", err)
		}
	}
	all, err := t.tx.Fronts.AllFronts(ctx)
	if err != nil {
		return "", false, fmt.Errorf("fronts: %w", err)
	}
	if len(all) == 0 {
		return "", false, fmt.Errorf("front: %w", storage.ErrNotFound)
	}
	return all[0].ID, false, nil
}

// seen notes that an address is in use, at most once an hour.
func (t *turn) seen(ctx context.Context, p *storage.Person, rec storage.AddressRecord) error {
	if recent, err := t.recently(ctx, p, rec); err != nil {
		return err
	} else if rec.State == storage.AddressClosed || !recent {
		if rec.State == storage.AddressClosed {
			rec.State, rec.Cause = storage.AddressOpen, ""
		}
		rec.Last, rec.Soft = t.now, 0
		if err := t.tx.Addresses.SaveAddress(ctx, rec); err != nil {
			return fmt.Errorf("address: %w", err)
		}
	}
	if t.now.Sub(p.Active) > time.Hour {
		p.Active = t.now
		if err := t.tx.People.SavePerson(ctx, p); err != nil {
			return fmt.Errorf("person: %w", err)
		}
	}
	return nil
}

// recently tells whether it is noted well enough that an address is the one used last.
func (t *turn) recently(ctx context.Context, p *storage.Person, rec storage.AddressRecord) (bool, error) {
	if t.now.Sub(rec.Last) > time.Hour {
		return false, nil
	}
	all, err := t.tx.Addresses.OfOwner(ctx, p.ID)
	if err != nil {
		return false, fmt.Errorf("addresses: %w", err)
	}
	return !slices.ContainsFunc(all, func(r storage.AddressRecord) bool { return r.Address != rec.Address && !r.Last.Before(rec.Last) }), nil
}

// talkTo loads the conversation with a person at an address.
func (t *turn) talkTo(ctx context.Context, p storage.Person, a channels.Address, frontID string) (*talk, error) {
	if account, ok := t.b.account(a.Channel, a.Account); ok && account.Front != "" {
		frontID = account.Front
	}
	f, err := t.b.fronts.front(ctx, t.tx, frontID)
	if err != nil {
		return nil, err
	}
	k := &talk{addr: a, person: p, front: f}
	if k.state, err = t.tx.Conversations.Load(ctx, a); err != nil {
		return nil, fmt.Errorf("conversation: %w", err)
	}
	t.setEnv(k)
	return k, nil
}

func (t *turn) setEnv(k *talk) {
	lang, register := k.person.Lang, k.person.Register
	if lang == "" && len(k.front.Languages) > 0 {
		lang = k.front.Languages[0]
	}
	if register == "" {
		register = k.front.Register
	}
	z := t.b.fronts.zone(k.front)
	native := ""
	if len(k.front.Languages) > 0 {
		native = k.front.Languages[0]
	}
	account, _ := t.b.account(k.addr.Channel, k.addr.Account)
	k.env = conversations.Env{
		Now: t.now.In(z), Zone: z, Lang: lang, Register: register, Front: k.front.ID, Place: k.front.Place,
		Person: k.person.ID, Address: k.addr, Name: k.person.Name, Native: native,
		AskAll: account.AskAll, Minimal: k.addr.Channel == telegramNetwork && k.front.Telegram == storage.TelegramMinimal,
		Page: k.front.Page, Off: k.front.Off, Renamed: k.front.Renamed,
	}
}

// inTheirTongue goes on in the language somebody clearly writes in, as long as they chose none.
func (t *turn) inTheirTongue(ctx context.Context, k *talk, m *channels.Message) error {
	if m.Kind != channels.Text || k.person.Lang != "" && k.person.Lang != k.state.Lang {
		return nil
	}
	lang, ok := t.b.Book.SpokenIn(m.Text, k.env)
	if !ok {
		return nil
	}
	k.person.Lang, k.state.Lang = lang, lang
	if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	t.setEnv(k)
	return nil
}

// language is one of those there are words for, or "" for the front's.
func (t *turn) language(network string) string {
	lang, _, _ := strings.Cut(strings.ToLower(network), "-")
	for _, l := range t.b.Book.Languages() {
		if l == lang {
			return l
		}
	}
	return ""
}

func firstName(display string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(display), " ")
	if r := []rune(first); len(r) > 40 {
		return string(r[:40])
	}
	return first
}

// tell says a piece of news to a person where they are reached. key makes a repeat harmless; "" takes a fresh one. It
// returns false if nobody can be reached.
func (t *turn) tell(ctx context.Context, person, key string, piece flows.Piece, d storage.Delivery) (bool, error) {
	return t.tellOn(ctx, person, "", key, piece, d)
}

// tellOn is tell, on the given network where the person has an open address on it. Whoever has said "stopp" is told
// nothing that did not follow from what they write.
func (t *turn) tellOn(ctx context.Context, person, channel, key string, piece flows.Piece, d storage.Delivery) (bool, error) {
	rec, ok, err := t.reachOn(ctx, person, channel, d.Class)
	if err != nil || !ok {
		return false, err
	}
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("person: %w", err)
	}
	if p.Stopped && d.Edit == "" {
		return false, nil
	}
	if piece.Kind == flows.NewsAccepted && len(confided(&piece.Posting)) > 0 {
		d.Subject = aboutDetails(&piece.Answer)
	}
	k, err := t.talkTo(ctx, p, rec.Address, rec.Front)
	if err != nil {
		return false, err
	}
	if k.env.Minimal {
		piece = lessOf(piece).(flows.Piece)
	}
	r := t.b.Book.Tell(piece, k.env)
	if key == "" {
		return true, t.send(ctx, k, r, d.Class, d.Priority, d.Subject)
	}
	return true, t.sendAs(ctx, k, key, r, d)
}

// softBounces in a row close an address.
const softBounces = 5

// network takes what the network reports about an address.
func (t *turn) network(ctx context.Context, m channels.Message) error {
	rec, err := t.tx.Addresses.Owner(ctx, m.From)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if m.Kind == channels.Failure || m.Kind == channels.Bounced {
		if sent, err := t.sentThere(ctx, m); err != nil || !sent {
			return err
		}
	}
	switch m.Kind {
	case channels.Moved:
		to := m.From
		to.ID = m.Text
		return t.tx.Addresses.MoveAddress(ctx, m.From, to)
	case channels.Unblocked:
		rec.State, rec.Cause = storage.AddressOpen, ""
	case channels.Blocked, channels.Failure:
		rec.State, rec.Cause = storage.AddressClosed, string(m.Kind)
		if err := t.hushed(ctx, rec.Person, rec.Address); err != nil { // it must not come when they open it again
			return err
		}
	case channels.Bounced:
		if rec.Soft++; rec.Soft >= softBounces {
			rec.State, rec.Cause = storage.AddressClosed, string(m.Kind)
		}
	}
	if err := t.tx.Addresses.SaveAddress(ctx, rec); err != nil {
		return fmt.Errorf("address: %w", err)
	}
	return t.returned(ctx, m)
}

// returned sends what came back to another address of the same person, if they have one.
func (t *turn) returned(ctx context.Context, m channels.Message) error {
	if m.Kind != channels.Failure && m.Kind != channels.Bounced || m.Ref == "" {
		return nil
	}
	d, err := t.tx.Sent.ByRef(ctx, m.From, m.Ref)
	if errors.Is(err, storage.ErrNotFound) || err == nil && t.now.Sub(d.Created) > giveUp {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sent: %w", err)
	}
	return t.elsewhere(ctx, d)
}

// sentThere tells whether the message that a report says to have failed was one of ours to that very address. Reports
// can be written by anybody: one that names something else closes nothing.
func (t *turn) sentThere(ctx context.Context, m channels.Message) (bool, error) {
	_, err := t.tx.Sent.ByRef(ctx, m.From, m.Ref)
	if errors.Is(err, storage.ErrNotFound) || m.Ref == "" {
		t.b.Log.Warn("a report of failure about nothing we sent there", "channel", m.From.Channel, "account", m.From.Account)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("sent: %w", err)
	}
	return true, nil
}

// apologise tells the sender of a parked message that it is kept and somebody looks at it.
func (t *turn) apologise(ctx context.Context, m channels.Message) error {
	if m.Group != "" || m.Kind == channels.Auto {
		return nil
	}
	k, err := t.open(ctx, m)
	if err != nil {
		return err
	}
	k.say = []channels.Reply{t.b.Book.At("broken", k.env)}
	return t.send(ctx, k, k.say[0], storage.Must, storage.ReplyPriority, "")
}

// me is what the exchange knows about the person, for flows.
func (t *turn) me(ctx context.Context, k *talk) (flows.Me, error) {
	me := flows.Me{Name: k.person.Name, Place: k.person.Place}
	if err := noted(&k.person, lastCarrier, &me.Last); err != nil {
		return me, err
	}
	members, err := t.tx.Members.OfMember(ctx, k.person.ID)
	if err != nil {
		return me, fmt.Errorf("members: %w", err)
	}
	for _, m := range members {
		o, err := t.tx.Organisations.Organisation(ctx, m.Organisation)
		if err != nil {
			return me, fmt.Errorf("organisation: %w", err)
		}
		me.Organisations = append(me.Organisations, flows.OrganisationOf{ID: o.ID, Name: o.Name, Actor: o.Actor})
	}
	if me.Subscriptions, err = t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID); err != nil {
		return me, fmt.Errorf("subscriptions: %w", err)
	}
	me.Joined = len(me.Subscriptions) > 0
	return me, nil
}

// mayActFor tells whether the person may do something with a posting of theirs or of their organisation. Whoever
// has left an organisation may not, even where they wrote it.
func (t *turn) mayActFor(ctx context.Context, person string, p *matching.Posting) (bool, error) {
	if p.Organisation == "" {
		return p.Author == person, nil
	}
	members, err := t.tx.Members.OfOrganisation(ctx, p.Organisation)
	if err != nil {
		return false, fmt.Errorf("members: %w", err)
	}
	for _, m := range members {
		if m.Person == person {
			return true, nil
		}
	}
	return false, nil
}
