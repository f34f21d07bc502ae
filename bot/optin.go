package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// mayAsk tells whether a mail that asks for a confirmation may go to an address nobody has proved to be theirs, so that
// nobody can have strangers written to, and counts it; by is who named the address, "" if it wrote itself.
func (t *turn) mayAsk(ctx context.Context, to channels.Address, by string) (flows.Refusal, error) {
	_, domain, _ := strings.Cut(to.ID, "@")
	for _, c := range []struct {
		key string
		l   Limit
		why flows.Refusal
	}{
		{"asks-by:" + by, t.b.Limits.AsksPerson, flows.TooMany},
		{"asks:" + to.String(), t.b.Limits.Asks, flows.Today},
		{"asks-domain:" + domain, t.b.Limits.AsksDomain, flows.TooMany},
	} {
		if c.key == "asks-by:" {
			continue
		}
		if ok, err := t.count(ctx, c.l, c.key); err != nil || !ok {
			return c.why, err
		}
	}
	return "", nil
}

// confirmLink is the page on which a code is confirmed, "" where there are no pages.
func (t *turn) confirmLink(code string) string {
	if t.b.PublicURL == "" {
		return ""
	}
	return strings.TrimRight(t.b.PublicURL, "/") + "/c/" + code
}

// linkMail writes to an address that somebody says is theirs, and asks there. What it answers does not tell whether
// the address is known.
func (t *turn) linkMail(ctx context.Context, k *talk, c flows.LinkMail) (conversations.Fact, error) {
	to, why := t.mailbox(k, c.To)
	if why != "" {
		return refused(why)
	}
	rec, err := t.tx.Addresses.Owner(ctx, to)
	if err == nil && rec.Person == k.person.ID {
		return refused(flows.AlreadyMine)
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("address: %w", err)
	}
	if why, err := t.mayAsk(ctx, to, k.person.ID); err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	code, err := newCode(t.b.Rand)
	if err != nil {
		return nil, err
	}
	if err := t.putLink(ctx, linkMailToken, code, k.person.ID, linkData{At: k.addr, To: to}); err != nil {
		return nil, err
	}
	there := &talk{addr: to, front: k.front, env: k.env} // of nobody yet
	r := t.b.Book.LinkMailTo(k.addr.Channel, spacedCode(code), t.confirmLink(code), k.env)
	if err := t.send(ctx, there, r, storage.Must, storage.UrgentPriority, ""); err != nil {
		return nil, err
	}
	return flows.LinkMailed{To: to.ID}, t.audit(ctx, k, "link-mailed", k.person.ID)
}

// mailbox is a mail address on the mailbox of the front that somebody talks to.
func (t *turn) mailbox(k *talk, id string) (channels.Address, flows.Refusal) {
	id = strings.ToLower(strings.TrimSpace(id))
	for _, a := range t.accountsOf(k.front.ID) {
		if a.Channel.Name() != "email" {
			continue
		}
		if p, ok := a.Channel.(channels.Postbox); ok && strings.EqualFold(p.Mailbox(), id) || len(id) > 254 {
			return channels.Address{}, flows.BadMail
		}
		return channels.Address{Channel: "email", Account: a.Account, ID: id}, ""
	}
	return channels.Address{}, flows.NoMail
}

// askOptIn asks at a mailbox whether alerts may be sent there.
func (t *turn) askOptIn(ctx context.Context, k *talk, rec storage.AddressRecord) (flows.Refusal, error) {
	if why, err := t.mayAsk(ctx, rec.Address, k.person.ID); err != nil || why != "" {
		return why, err
	}
	code, err := newCode(t.b.Rand)
	if err != nil {
		return "", err
	}
	if err := t.putLink(ctx, optInToken, code, k.person.ID, linkData{At: k.addr, To: rec.Address}); err != nil {
		return "", err
	}
	return "", t.sayAt(ctx, rec, func(env conversations.Env) channels.Reply {
		return t.b.Book.OptInMail(spacedCode(code), t.confirmLink(code), env)
	})
}

// agreed records that the owner of a mail address agreed to alerts there, when, and to which words.
func (t *turn) agreed(ctx context.Context, rec *storage.AddressRecord, lang, wording string) error {
	rec.State, rec.Cause = storage.AddressOpen, ""
	if rec.Agreed.IsZero() {
		rec.Agreed, rec.Wording = t.now, wording
	}
	if err := t.tx.Addresses.SaveAddress(ctx, *rec); err != nil {
		return fmt.Errorf("address: %w", err)
	}
	c := storage.Consent{Person: rec.Person, Front: rec.Front, Kind: "mail", Version: wording, Lang: lang, At: t.now}
	if err := t.tx.Consents.Grant(ctx, c); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	return nil
}

// agreedHere records that somebody who subscribes by mail agrees to alerts there: what they write is proved to be theirs.
func (t *turn) agreedHere(ctx context.Context, k *talk, wording string) error {
	if k.addr.Channel != "email" {
		return nil
	}
	rec, err := t.tx.Addresses.Owner(ctx, k.addr)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	return t.agreed(ctx, &rec, k.env.Lang, wording)
}

// mailed uses a code that was sent to a mail address: whoever has it reads what is sent there. ok is false if there is
// no such code, or from is another address than it was sent to.
func (t *turn) mailed(ctx context.Context, code string, from *channels.Address) (said *channels.Reply, ok bool, err error) {
	for _, kind := range []string{linkMailToken, optInToken} {
		tok, err := t.tx.Tokens.Peek(ctx, kind, code, t.now)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, false, fmt.Errorf("token: %w", err)
		}
		var d linkData
		if err := json.Unmarshal(tok.Data, &d); err != nil {
			return nil, false, fmt.Errorf("link: %w", err)
		}
		if from != nil && *from != d.To {
			return nil, false, nil
		}
		if err := t.useUp(ctx, kind, code, tok); err != nil {
			return nil, false, err
		}
		if kind == optInToken {
			said, err = t.optedIn(ctx, tok.Person, d)
		} else {
			said, err = t.mailLinked(ctx, tok.Person, d)
		}
		return said, true, err
	}
	return nil, false, nil
}

// useUp takes a code, and remembers that it was used.
func (t *turn) useUp(ctx context.Context, kind, code string, tok storage.Token) error {
	if _, err := t.tx.Tokens.Take(ctx, kind, code, t.now); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	done := storage.Token{Kind: confirmedToken, Subject: tok.Subject, Person: tok.Person, Expires: t.now.Add(30 * 24 * time.Hour), Uses: -1}
	if err := t.tx.Tokens.PutToken(ctx, code, done); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	return nil
}

// mailLinked makes a mail address that was named and has confirmed it the person's, with whatever is there already.
func (t *turn) mailLinked(ctx context.Context, person string, d linkData) (*channels.Reply, error) {
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil // they have left meanwhile
	}
	if err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	rec, err := t.tx.Addresses.Owner(ctx, d.To)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		rec = storage.AddressRecord{Address: d.To, Front: p.Front, Created: t.now}
	case err != nil:
		return nil, fmt.Errorf("address: %w", err)
	case rec.Person != p.ID:
		if err := t.unite(ctx, &p, rec.Person); err != nil {
			return nil, err
		}
	}
	rec.Person = p.ID
	if err := t.agreed(ctx, &rec, p.Lang, flows.MailConsent); err != nil {
		return nil, err
	}
	if asked, err := t.tx.Addresses.Owner(ctx, d.At); err == nil && asked.Person == p.ID {
		if err := t.sayAt(ctx, asked, func(env conversations.Env) channels.Reply { return t.b.Book.LinkedTo(shownAddress(rec), env) }); err != nil {
			return nil, err
		}
	} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("address: %w", err)
	}
	k, err := t.talkTo(ctx, p, rec.Address, rec.Front)
	if err != nil {
		return nil, err
	}
	r := t.b.Book.LinkedTo(flows.AddressOf{Channel: d.At.Channel}, k.env)
	return &r, nil
}

// optedIn lets alerts go to a mail address from now on.
func (t *turn) optedIn(ctx context.Context, person string, d linkData) (*channels.Reply, error) {
	rec, err := t.tx.Addresses.Owner(ctx, d.To)
	if errors.Is(err, storage.ErrNotFound) || err == nil && rec.Person != person {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	p, err := t.tx.People.Person(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	if err := t.agreed(ctx, &rec, p.Lang, flows.MailConsent); err != nil {
		return nil, err
	}
	p.Preferred = rec.Address.String()
	if err := t.tx.People.SavePerson(ctx, &p); err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	k, err := t.talkTo(ctx, p, rec.Address, rec.Front)
	if err != nil {
		return nil, err
	}
	r := t.b.Book.LinkSaid("optin_done", k.env)
	return &r, nil
}

// mailedBack uses a code that came back in an answer to the mail it was sent in.
func (t *turn) mailedBack(ctx context.Context, k *talk, m *channels.Message) (bool, error) {
	if m.From.Channel != "email" {
		return false, nil
	}
	for _, word := range codeInText.FindAllString(m.Text+" "+m.Subject, 5) {
		said, ok, err := t.mailed(ctx, plainCode(word), &m.From)
		if err != nil {
			return false, err
		}
		if !ok {
			continue
		}
		rec, err := t.tx.Addresses.Owner(ctx, m.From) // it may have become somebody else's
		if err != nil {
			return false, fmt.Errorf("address: %w", err)
		}
		p, err := t.tx.People.Person(ctx, rec.Person)
		if err != nil {
			return false, fmt.Errorf("person: %w", err)
		}
		there, err := t.talkTo(ctx, p, m.From, rec.Front)
		if err != nil || said == nil {
			return true, err
		}
		there.say = append(there.say, *said)
		return true, t.close(ctx, there)
	}
	return false, nil
}
