package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// invite makes a code by which others can join.
func (t *turn) invite(ctx context.Context, k *talk, c flows.Invite) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, true)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if err := t.limit(ctx, t.b.Limits.Invitations, ofBoth("invite", k)...); err != nil {
		return nil, err
	}
	code, err := newCode(t.b.Rand)
	if err != nil {
		return nil, err
	}
	tok := storage.Token{
		Kind: inviteToken, Subject: "org:" + m.org.ID, Person: k.person.ID, Expires: t.now.AddDate(0, 0, inviteDays), Uses: inviteUses,
	}
	if err := t.tx.Tokens.PutToken(ctx, code, tok); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if err := t.audit(ctx, k, "invited", "org:"+m.org.ID); err != nil {
		return nil, err
	}
	return flows.Invited{Organisation: named(&m.org), Code: spacedCode(code), Link: t.link(k, "o_"+code), Days: inviteDays, Uses: inviteUses}, nil
}

// enter joins an organisation by a code. An invitation of somebody who no longer leads it is void.
func (t *turn) enter(ctx context.Context, k *talk, c flows.Enter) (conversations.Fact, error) {
	tok, why, err := t.redeem(ctx, k, inviteToken, c.Code)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	id := strings.TrimPrefix(tok.Subject, "org:")
	o, err := t.tx.Organisations.Organisation(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.BadCode)
	}
	if err != nil {
		return nil, fmt.Errorf("organisation: %w", err)
	}
	ms, err := t.tx.Members.OfOrganisation(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	stillLeads := false
	for _, m := range ms {
		if m.Person == k.person.ID {
			return flows.Entered{Organisation: named(&o), Before: true}, nil
		}
		stillLeads = stillLeads || m.Person == tok.Person && m.Role == storage.Owner
	}
	if !stillLeads {
		return refused(flows.BadCode)
	}
	if _, err := t.tx.Tokens.Take(ctx, inviteToken, plainCode(c.Code), t.now); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if err := t.join(ctx, k.person.ID, &o); err != nil {
		return nil, err
	}
	piece := flows.Piece{Kind: flows.NewsJoined, Organisation: named(&o), Name: k.person.Name}
	if _, err := t.tell(ctx, tok.Person, "", piece, urgent("org:"+o.ID)); err != nil {
		return nil, err
	}
	return flows.Entered{Organisation: named(&o)}, t.audit(ctx, k, "joined", "org:"+o.ID)
}

func (t *turn) join(ctx context.Context, person string, o *storage.Organisation) error {
	if err := t.tx.Members.Join(ctx, storage.Member{Organisation: o.ID, Person: person, Role: storage.Helps, Since: t.now}); err != nil {
		return fmt.Errorf("member: %w", err)
	}
	return nil
}

// askIn asks everybody who leads an organisation to let the person in. A request stays open for a while; one
// that is open is not put again.
func (t *turn) askIn(ctx context.Context, k *talk, c flows.AskIn) (conversations.Fact, error) {
	o, err := t.tx.Organisations.Organisation(ctx, c.Organisation)
	if errors.Is(err, storage.ErrNotFound) || err == nil && o.Front != k.front.ID {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("organisation: %w", err)
	}
	ms, err := t.tx.Members.OfOrganisation(ctx, o.ID)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	asked := flows.AskedIn{Organisation: named(&o)}
	secret := o.ID + " " + k.person.ID
	_, err = t.tx.Tokens.Peek(ctx, askInToken, secret, t.now)
	open := err == nil
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("token: %w", err)
	}
	if slices.ContainsFunc(ms, func(m storage.Member) bool { return m.Person == k.person.ID }) {
		return flows.Entered{Organisation: named(&o), Before: true}, nil
	}
	if !open {
		if err := t.limit(ctx, t.b.Limits.AskIns, ofBoth("ask-in", k)...); err != nil {
			return nil, err
		}
	}
	for _, m := range ms {
		if m.Role != storage.Owner {
			continue
		}
		if open {
			asked.Told++
			continue
		}
		piece := flows.Piece{Kind: flows.NewsAsksIn, Organisation: named(&o), Person: k.person.ID, Name: k.person.Name}
		told, err := t.tell(ctx, m.Person, "", piece, urgent("org:"+o.ID))
		if err != nil {
			return nil, err
		}
		if told {
			asked.Told++
		}
	}
	if asked.Told == 0 || open {
		return asked, nil
	}
	tok := storage.Token{Kind: askInToken, Subject: "org:" + o.ID, Person: k.person.ID, Expires: t.now.AddDate(0, 0, askInDays), Uses: 1}
	if err := t.tx.Tokens.PutToken(ctx, secret, tok); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return asked, nil
}

// admit lets somebody in who asked, or does not. Without a request nobody is let in.
func (t *turn) admit(ctx context.Context, k *talk, c flows.Admit) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, true)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	tok, err := t.tx.Tokens.Take(ctx, askInToken, c.Organisation+" "+c.Person, t.now)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Already)
	}
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	c.Person = tok.Person // who may have become one with another since they asked
	name, err := t.nameOf(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	if _, in := m.member(c.Person); in { // came in by a code meanwhile
		return refused(flows.Already)
	}
	piece := flows.Piece{Kind: flows.NewsNotLetIn, Organisation: named(&m.org)}
	if c.Yes {
		piece.Kind = flows.NewsLetIn
		if err := t.join(ctx, c.Person, &m.org); err != nil {
			return nil, err
		}
	}
	// Their draft may be waiting for it: it is shown again behind the news.
	if _, err := t.beginFor(ctx, c.Person, flows.News, flows.Told(piece)); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	return flows.Admitted{Organisation: named(&m.org), Name: name, Yes: c.Yes}, t.audit(ctx, k, "admitted", "org:"+m.org.ID)
}
