package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// Kinds of tokens by which addresses become one person's.
const (
	linkToken     = "link"      // handed out as a short code: whoever says it asks to be Person
	linkAskToken  = "link-ask"  // not handed out: Person is asked whether the one who said the code is them
	linkMailToken = "link-mail" // sent to an address that Person said is theirs
	optInToken    = "opt-in"    // sent to an address of Person's to which alerts may not go yet
)

// linkHours is how long a code connects addresses.
const linkHours = 24

// linkData is what such a token knows beside the person.
type linkData struct {
	At channels.Address `json:"at"`           // where the code was asked for
	To channels.Address `json:"to,omitzero"`  // the other address
	By string           `json:"by,omitempty"` // whose that was
}

// performLink does what is asked for about addresses; ok is false for other commands.
func (t *turn) performLink(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.LookAtAddresses:
		fact, err = t.addresses(ctx, k)
	case flows.LinkBegin:
		fact, err = t.linkBegin(ctx, k)
	case flows.LinkMail:
		fact, err = t.linkMail(ctx, k, c)
	case flows.LinkCode:
		fact, err = t.linkCode(ctx, k, c)
	case flows.LinkAnswer:
		fact, err = t.linkAnswer(ctx, k, c)
	case flows.Detach:
		fact, err = t.detach(ctx, k, c)
	case flows.Prefer:
		fact, err = t.prefer(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// newLinkCode makes a code of eight characters with a digit and a letter among them: 40 random bits, which give
// nothing away by themselves, for the side that made the code is asked.
func newLinkCode(random io.Reader) (string, error) {
	for {
		code, err := newCode(random)
		if err != nil {
			return "", err
		}
		if code = code[:8]; strings.ContainsAny(code, codeAlphabet[:10]) && strings.ContainsAny(code, codeAlphabet[10:]) {
			return code, nil
		}
	}
}

// linkBegin hands out a code. An older one of the same person is void from then on.
func (t *turn) linkBegin(ctx context.Context, k *talk) (conversations.Fact, error) {
	if err := t.limit(ctx, t.b.Limits.Links, "link:"+k.person.ID); err != nil {
		return nil, err
	}
	code, err := newLinkCode(t.b.Rand)
	if err != nil {
		return nil, err
	}
	subject := "person:" + k.person.ID
	if _, err := t.tx.Tokens.Revoke(ctx, linkToken, subject); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if err := t.putLink(ctx, linkToken, code, k.person.ID, linkData{At: k.addr}); err != nil {
		return nil, err
	}
	begun := flows.LinkBegun{Code: code[:4] + "-" + code[4:], Hours: linkHours}
	for _, a := range t.accountsOf(k.front.ID) {
		if a.Channel.Name() == k.addr.Channel {
			continue
		}
		way := flows.LinkWay{Channel: a.Channel.Name()}
		switch c := a.Channel.(type) {
		case channels.Postbox:
			way.Link = c.Mailbox()
		case channels.Linker:
			way.Link = c.Link("l_" + code)
		}
		begun.Ways = append(begun.Ways, way)
	}
	return begun, t.audit(ctx, k, "link-begun", k.person.ID)
}

func (t *turn) putLink(ctx context.Context, kind, secret, person string, d linkData) error {
	data, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	tok := storage.Token{Kind: kind, Subject: "person:" + person, Person: person, Data: data, Expires: t.now.Add(linkHours * time.Hour), Uses: 1}
	if kind == linkMailToken || kind == optInToken {
		tok.Expires = t.now.Add(confirmWithin)
	}
	if err := t.tx.Tokens.PutToken(ctx, secret, tok); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	return nil
}

// linkCode uses a code. It changes nothing yet: the side that made it is asked. Whoever has something to lose here is
// told before what it would mean, for the code may have been slipped to them.
func (t *turn) linkCode(ctx context.Context, k *talk, c flows.LinkCode) (conversations.Fact, error) {
	tok, why, err := t.redeem(ctx, k, linkToken, c.Code)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	var d linkData
	if err := json.Unmarshal(tok.Data, &d); err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	if tok.Person == k.person.ID {
		return refused(flows.OwnCode)
	}
	rec, err := t.tx.Addresses.Owner(ctx, d.At)
	if errors.Is(err, storage.ErrNotFound) || err == nil && rec.Person != tok.Person {
		return refused(flows.BadCode)
	}
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	name, err := t.nameOf(ctx, tok.Person)
	if err != nil {
		return nil, err
	}
	other := flows.AddressOf{Channel: d.At.Channel, Name: name}
	if !c.Sure {
		if some, err := t.hasAnything(ctx, k.person.ID); err != nil || some {
			return flows.LinkSure{Other: other}, err
		}
	}
	if _, err := t.tx.Tokens.Take(ctx, linkToken, plainCode(c.Code), t.now); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	secret, err := t.b.handle()
	if err != nil {
		return nil, err
	}
	if err := t.putLink(ctx, linkAskToken, secret, tok.Person, linkData{At: d.At, To: k.addr, By: k.person.ID}); err != nil {
		return nil, err
	}
	here := flows.AddressOf{Channel: k.addr.Channel, Name: k.person.Name}
	if k.addr.Channel == "email" {
		here.Name = masked(k.addr.ID)
	}
	if err := t.beginAt(ctx, rec, flows.Link, flows.LinkAsk(secret, here)); err != nil {
		return nil, err
	}
	return flows.LinkAsked{Other: other}, t.audit(ctx, k, "link-asked", tok.Person)
}

// masked is a mail address that its owner knows again and nobody else learns.
func masked(address string) string {
	name, domain, _ := strings.Cut(address, "@")
	for _, r := range name {
		return string(r) + "…@" + domain
	}
	return "…@" + domain
}

// beginAt opens a flow at one address.
func (t *turn) beginAt(ctx context.Context, rec storage.AddressRecord, flow string, o conversations.Opening) error {
	p, err := t.tx.People.Person(ctx, rec.Person)
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	k, err := t.talkTo(ctx, p, rec.Address, rec.Front)
	if err != nil {
		return err
	}
	if err := t.begin(ctx, k, flow, o); err != nil {
		return err
	}
	return t.close(ctx, k)
}

// hasAnything tells whether somebody would lose something if another acted as them.
func (t *turn) hasAnything(ctx context.Context, person string) (bool, error) {
	for _, count := range []func() (int, error){
		func() (int, error) { x, err := t.tx.Subscriptions.OfSubscriber(ctx, person); return len(x), err },
		func() (int, error) { x, err := t.tx.Members.OfMember(ctx, person); return len(x), err },
		func() (int, error) { x, err := t.tx.Answers.OfAnswerer(ctx, person); return len(x), err },
		func() (int, error) {
			x, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: person, Limit: 1})
			return len(x), err
		},
		func() (int, error) { return t.editorships(ctx, person) },
	} {
		if n, err := count(); err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// editorships counts the fronts somebody is an editor of.
func (t *turn) editorships(ctx context.Context, person string) (n int, err error) {
	all, err := t.tx.Fronts.AllFronts(ctx)
	if err != nil {
		return 0, fmt.Errorf("fronts: %w", err)
	}
	for _, f := range all {
		for _, e := range f.Editors {
			if e == person {
				n++
			}
		}
	}
	return n, nil
}

// linkAnswer makes two persons one, or leaves them two, as the side that made the code says.
func (t *turn) linkAnswer(ctx context.Context, k *talk, c flows.LinkAnswer) (conversations.Fact, error) {
	tok, err := t.tx.Tokens.Take(ctx, linkAskToken, c.Secret, t.now)
	if errors.Is(err, storage.ErrNotFound) || err == nil && tok.Person != k.person.ID {
		return refused(flows.BadCode)
	}
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	var d linkData
	if err := json.Unmarshal(tok.Data, &d); err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	rec, err := t.tx.Addresses.Owner(ctx, d.To)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.BadCode)
	}
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	by, err := t.tx.Unions.WhoIs(ctx, d.By)
	if err != nil {
		return nil, fmt.Errorf("who is: %w", err)
	}
	switch {
	case rec.Person == k.person.ID:
		return refused(flows.AlreadyMine)
	case rec.Person != by: // it belongs to somebody else by now
		return refused(flows.BadCode)
	}
	if !c.Yes {
		if err := t.sayAt(ctx, rec, func(env conversations.Env) channels.Reply { return t.b.Book.LinkSaid("denied_there", env) }); err != nil {
			return nil, err
		}
		return flows.LinkDenied{}, t.audit(ctx, k, "link-denied", k.person.ID)
	}
	if err := t.unite(ctx, &k.person, rec.Person); err != nil {
		return nil, err
	}
	rec.Person = k.person.ID
	here := flows.AddressOf{Channel: k.addr.Channel}
	if err := t.sayAt(ctx, rec, func(env conversations.Env) channels.Reply { return t.b.Book.LinkedTo(here, env) }); err != nil {
		return nil, err
	}
	linked := flows.Linked{Other: shownAddress(rec), Stopped: k.person.Stopped}
	if to, ok, err := t.reachFor(ctx, k.person.ID, storage.Nice); err != nil {
		return nil, err
	} else if ok {
		linked.Alerts = shownAddress(to)
		linked.Alerts.Here = to.Address == k.addr
	}
	return linked, nil
}

// sayAt says something at one address.
func (t *turn) sayAt(ctx context.Context, rec storage.AddressRecord, say func(conversations.Env) channels.Reply) error {
	p, err := t.tx.People.Person(ctx, rec.Person)
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	k, err := t.talkTo(ctx, p, rec.Address, rec.Front)
	if err != nil {
		return err
	}
	return t.send(ctx, k, say(k.env), storage.Must, storage.ReplyPriority, "")
}

// shownAddress is an address as its owner sees it.
func shownAddress(r storage.AddressRecord) flows.AddressOf {
	a := flows.AddressOf{Key: r.Address.String(), Channel: r.Address.Channel, Closed: r.State == storage.AddressClosed}
	if r.Address.Channel == "email" {
		a.Name = r.Address.ID
	}
	return a
}
