package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// profile is what an organisation says about itself.
type profile struct {
	About   string `json:"about,omitempty"`
	Release bool   `json:"release,omitempty"` // places of people who do not say that they come are given away
}

func profileOf(o *storage.Organisation) profile {
	var p profile
	if len(o.Profile) == 0 || json.Unmarshal(o.Profile, &p) != nil {
		return profile{}
	}
	return p
}

func about(o *storage.Organisation) string { return profileOf(o).About }

func saveProfile(ctx context.Context, tx *storage.Tx, o *storage.Organisation, p profile) (err error) {
	if o.Profile, err = json.Marshal(p); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if err := tx.Organisations.SaveOrganisation(ctx, o); err != nil {
		return fmt.Errorf("organisation: %w", err)
	}
	return nil
}

func named(o *storage.Organisation) flows.OrganisationOf {
	return flows.OrganisationOf{ID: o.ID, Name: o.Name, Actor: o.Actor}
}

// running are the states of postings that are not over.
var running = []matching.PostingState{matching.Review, matching.Rejected, matching.Open, matching.Filled}

// performOrganised does what is asked for about organisations; ok is false for other commands.
func (t *turn) performOrganised(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.MyOrganisations:
		me, e := t.me(ctx, k)
		fact, err = flows.Organisations{All: me.Organisations}, e
	case flows.LookAtOrganisation:
		fact, err = t.lookAtOrganisation(ctx, k, c)
	case flows.Invite:
		fact, err = t.invite(ctx, k, c)
	case flows.Enter:
		fact, err = t.enter(ctx, k, c)
	case flows.AskIn:
		fact, err = t.askIn(ctx, k, c)
	case flows.Admit:
		fact, err = t.admit(ctx, k, c)
	case flows.Promote:
		fact, err = t.promote(ctx, k, c)
	case flows.Dismiss:
		fact, err = t.dismiss(ctx, k, c)
	case flows.Leave:
		fact, err = t.leave(ctx, k, c)
	case flows.Describe:
		fact, err = t.describe(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// membership is an organisation with everybody who acts for it, as one of them sees it.
type membership struct {
	org     storage.Organisation
	members []storage.Member
	self    storage.Member
}

// belongs loads an organisation for somebody who acts for it; owner asks for somebody who leads it. A
// refusal is returned for everybody else, and does not tell whether there is such an organisation.
func (t *turn) belongs(ctx context.Context, k *talk, id string, owner bool) (membership, flows.Refusal, error) {
	o, err := t.tx.Organisations.Organisation(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return membership{}, flows.NotMember, nil
	}
	if err != nil {
		return membership{}, "", fmt.Errorf("organisation: %w", err)
	}
	ms, err := t.tx.Members.OfOrganisation(ctx, id)
	if err != nil {
		return membership{}, "", fmt.Errorf("members: %w", err)
	}
	i := slices.IndexFunc(ms, func(m storage.Member) bool { return m.Person == k.person.ID })
	if i < 0 {
		return membership{}, flows.NotMember, nil
	}
	if owner && ms[i].Role != storage.Owner {
		return membership{}, flows.NotOwner, nil
	}
	return membership{org: o, members: ms, self: ms[i]}, "", nil
}

// member finds a member by person.
func (m membership) member(person string) (storage.Member, bool) {
	i := slices.IndexFunc(m.members, func(x storage.Member) bool { return x.Person == person })
	if i < 0 {
		return storage.Member{}, false
	}
	return m.members[i], true
}

func (t *turn) lookAtOrganisation(ctx context.Context, k *talk, c flows.LookAtOrganisation) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, false)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	seen := flows.OrganisationSeen{
		Organisation: named(&m.org), Owner: m.self.Role == storage.Owner, About: about(&m.org), Trusted: trusted(k.front, &m.org),
	}
	for _, x := range m.members {
		name, err := t.nameOf(ctx, x.Person)
		if err != nil {
			return nil, err
		}
		seen.Members = append(seen.Members, flows.MemberOf{Person: x.Person, Name: name, Owner: x.Role == storage.Owner, Self: x.Person == k.person.ID})
	}
	ps, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Organisation: m.org.ID, States: running})
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	seen.Running, seen.Release = len(ps), profileOf(&m.org).Release
	if seen.TeamHours, err = t.teamHours(ctx, m.org.ID); err != nil {
		return nil, err
	}
	replies, err := t.punctual(ctx, m.org.ID)
	seen.Asked, seen.Replied, seen.After = replies.Asked, replies.Replied, replies.Median
	return seen, err
}

// nameOf is the first name of a person, "" where they are gone.
func (t *turn) nameOf(ctx context.Context, person string) (string, error) {
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("person: %w", err)
	}
	return p.Name, nil
}

func (t *turn) promote(ctx context.Context, k *talk, c flows.Promote) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, true)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if c.Person, err = t.tx.Unions.WhoIs(ctx, c.Person); err != nil {
		return nil, fmt.Errorf("who is: %w", err)
	}
	x, ok := m.member(c.Person)
	switch {
	case !ok:
		return refused(flows.Unknown)
	case x.Role == storage.Owner:
		return refused(flows.Already)
	}
	x.Role = storage.Owner
	if err := t.tx.Members.Join(ctx, x); err != nil {
		return nil, fmt.Errorf("member: %w", err)
	}
	return t.memberChanged(ctx, k, m, x, flows.NewsHeir, true)
}

func (t *turn) dismiss(ctx context.Context, k *talk, c flows.Dismiss) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, true)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if c.Person, err = t.tx.Unions.WhoIs(ctx, c.Person); err != nil {
		return nil, fmt.Errorf("who is: %w", err)
	}
	x, ok := m.member(c.Person)
	if !ok || x.Person == k.person.ID {
		return refused(flows.Unknown)
	}
	if err := t.tx.Members.Leave(ctx, m.org.ID, x.Person); err != nil {
		return nil, fmt.Errorf("member: %w", err)
	}
	return t.memberChanged(ctx, k, m, x, flows.NewsDismissed, false)
}

func (t *turn) memberChanged(ctx context.Context, k *talk, m membership, x storage.Member, news flows.PieceKind, owner bool) (conversations.Fact, error) {
	name, err := t.nameOf(ctx, x.Person)
	if err != nil {
		return nil, err
	}
	piece := flows.Piece{Kind: news, Organisation: named(&m.org), Name: k.person.Name}
	if _, err := t.tell(ctx, x.Person, "", piece, urgent("org:"+m.org.ID)); err != nil {
		return nil, err
	}
	if err := t.audit(ctx, k, "member-"+string(news), "org:"+m.org.ID); err != nil {
		return nil, err
	}
	return flows.MemberChanged{Organisation: named(&m.org), Name: name, Owner: owner}, nil
}

// leave ends the person's own membership. Where nobody who leads it would be left, whoever has been there
// longest does from now on; where nobody at all would be left it asks first, and then takes everything back.
func (t *turn) leave(ctx context.Context, k *talk, c flows.Leave) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, false)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	left := flows.Left{Organisation: named(&m.org)}
	others := slices.DeleteFunc(slices.Clone(m.members), func(x storage.Member) bool { return x.Person == k.person.ID })
	if len(others) == 0 {
		ps, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Organisation: m.org.ID, States: running})
		if err != nil {
			return nil, fmt.Errorf("postings: %w", err)
		}
		if !c.Anyway {
			return flows.WouldBeEmpty{Organisation: named(&m.org), Running: len(ps)}, nil
		}
		for i := range ps {
			if _, err := t.takeBack(ctx, &ps[i]); err != nil {
				return nil, err
			}
		}
		left.Withdrawn = len(ps)
		if err := t.tellDeserted(ctx, k, &m.org, len(ps)); err != nil {
			return nil, err
		}
		if _, err := t.tx.Tokens.Revoke(ctx, inviteToken, "org:"+m.org.ID); err != nil {
			return nil, fmt.Errorf("tokens: %w", err)
		}
	}
	led := func(x storage.Member) bool { return x.Role == storage.Owner }
	if len(others) > 0 && !slices.ContainsFunc(others, led) {
		heir := others[0]
		heir.Role = storage.Owner
		if err := t.tx.Members.Join(ctx, heir); err != nil {
			return nil, fmt.Errorf("member: %w", err)
		}
		fact, err := t.memberChanged(ctx, k, m, heir, flows.NewsHeir, true)
		if err != nil {
			return nil, err
		}
		if changed, ok := fact.(flows.MemberChanged); ok {
			left.Heir = changed.Name
		}
	}
	if err := t.tx.Members.Leave(ctx, m.org.ID, k.person.ID); err != nil {
		return nil, fmt.Errorf("member: %w", err)
	}
	// Of two who leave at the same time one has to look again at who is left.
	if err := t.tx.Organisations.SaveOrganisation(ctx, &m.org); err != nil {
		return nil, fmt.Errorf("organisation: %w", err)
	}
	return left, t.audit(ctx, k, "member-left", "org:"+m.org.ID)
}

func (t *turn) describe(ctx context.Context, k *talk, c flows.Describe) (conversations.Fact, error) {
	m, why, err := t.belongs(ctx, k, c.Organisation, true)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	text := strings.TrimSpace(c.Text)
	if len([]rune(text)) > flows.MaxAbout {
		return refused(flows.TooMany)
	}
	x := profileOf(&m.org)
	x.About = text
	if err := saveProfile(ctx, t.tx, &m.org, x); err != nil {
		return nil, err
	}
	return flows.Described{Organisation: named(&m.org)}, nil
}

// link is a link that opens a conversation on the network of the talk with start said, "" if there is none.
func (t *turn) link(k *talk, start string) string {
	account, _ := t.b.account(k.addr.Channel, k.addr.Account)
	if l, ok := account.Channel.(channels.Linker); ok {
		return l.Link(start)
	}
	return ""
}
