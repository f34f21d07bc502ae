package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// exportRows is how many rows of each sort a copy holds.
const exportRows = 5000

// performPrivacy does what is asked for about what is known of a person; ok is false for other commands.
func (t *turn) performPrivacy(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch cmd.(type) {
	case flows.Export:
		fact, err = t.beginExport(ctx, k)
	case flows.ErasureOf:
		fact, err = t.erasureOf(ctx, k)
	case flows.Erase:
		fact, err = t.erase(ctx, k)
	case flows.Stay:
		fact, err = flows.Stayed{}, nil // writing at all has made them active
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// beginExport leaves the work to a timer: it may take longer than a turn should.
func (t *turn) beginExport(ctx context.Context, k *talk) (conversations.Fact, error) {
	if err := t.limit(ctx, t.b.Limits.Exports, "export:"+k.person.ID); err != nil {
		return nil, err
	}
	tm := storage.Timer{Key: "export:" + k.person.ID, Kind: "export", Subject: "person:" + k.person.ID, Address: k.addr, Due: t.now}
	if err := t.timer(ctx, tm); err != nil {
		return nil, fmt.Errorf("timer: %w", err)
	}
	return flows.ExportBegun{}, t.audit(ctx, k, "exported", k.person.ID)
}

// export puts everything about a person together and sends it to the address that asked, if it is still theirs.
func (t *turn) export(ctx context.Context, tm storage.Timer, person string) error {
	rec, err := t.tx.Addresses.Owner(ctx, tm.Address)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if person, err = t.tx.Unions.WhoIs(ctx, person); err != nil || rec.Person != person {
		return err
	}
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	k, err := t.talkTo(ctx, p, tm.Address, rec.Front)
	if err != nil {
		return err
	}
	e, err := t.everything(ctx, k)
	if err != nil {
		return err
	}
	r, err := t.b.Book.Hand(e, k.env)
	if err != nil {
		return err
	}
	return t.send(ctx, k, r, storage.Must, storage.ReplyPriority, "person:"+person)
}

// everything gathers what is known about the person of k.
func (t *turn) everything(ctx context.Context, k *talk) (flows.Everything, error) {
	e := flows.Everything{Made: t.now.UTC()}
	var err error
	if e.Person, err = known(&k.person); err != nil {
		return e, err
	}
	for _, gather := range []func(context.Context, string, *flows.Everything) error{
		t.knownAddresses, t.knownConsents, t.knownMemberships, t.knownPostings, t.knownAnswers, t.knownCare, t.knownAlerts, t.knownMessages,
	} {
		if err := gather(ctx, k.person.ID, &e); err != nil {
			return e, err
		}
	}
	if e.Subscriptions, err = t.tx.Subscriptions.OfSubscriber(ctx, k.person.ID); err != nil {
		return e, fmt.Errorf("subscriptions: %w", err)
	}
	return e, nil
}

func known(p *storage.Person) (flows.KnownPerson, error) {
	k := flows.KnownPerson{
		ID: p.ID, Front: p.Front, Name: p.Name, Language: p.Lang, Register: p.Register, Place: p.Place, Radius: p.Radius, Age: p.Age,
		Qualifications: p.Qualifications, Languages: p.Languages, PerWeek: p.PerWeek, PerDay: p.PerDay, QuietFrom: p.QuietFrom,
		QuietTo: p.QuietTo, PausedUntil: p.PausedUntil, Stopped: p.Stopped, Created: p.Created, Active: p.Active,
	}
	if len(p.Extra) > 0 {
		if err := json.Unmarshal(p.Extra, &k.Noted); err != nil {
			return k, fmt.Errorf("extra: %w", err)
		}
	}
	return k, nil
}

func (t *turn) knownAddresses(ctx context.Context, person string, e *flows.Everything) error {
	all, err := t.tx.Addresses.OfOwner(ctx, person)
	if err != nil {
		return fmt.Errorf("addresses: %w", err)
	}
	for _, r := range all {
		e.Addresses = append(e.Addresses, flows.KnownAddress{
			Channel: r.Address.Channel, Address: r.Address.ID, State: string(r.State), Cause: r.Cause, Since: r.Created, Last: r.Last,
			Agreed: r.Agreed, Wording: r.Wording,
		})
	}
	return nil
}

func (t *turn) knownConsents(ctx context.Context, person string, e *flows.Everything) error {
	all, err := t.tx.Consents.OfConsenter(ctx, person)
	if err != nil {
		return fmt.Errorf("consents: %w", err)
	}
	for _, c := range all {
		e.Consents = append(e.Consents, flows.KnownConsent{
			Kind: c.Kind, Version: c.Version, Front: c.Front, Language: c.Lang, At: c.At, Withdrawn: c.Withdrawn,
		})
	}
	return nil
}

func (t *turn) knownMemberships(ctx context.Context, person string, e *flows.Everything) error {
	all, err := t.tx.Members.OfMember(ctx, person)
	if err != nil {
		return fmt.Errorf("members: %w", err)
	}
	for _, m := range all {
		o, err := t.tx.Organisations.Organisation(ctx, m.Organisation)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("organisation: %w", err)
		}
		e.Memberships = append(e.Memberships, flows.KnownMembership{Organisation: m.Organisation, Name: o.Name, Role: string(m.Role), Since: m.Since})
	}
	return nil
}

func (t *turn) knownPostings(ctx context.Context, person string, e *flows.Everything) (err error) {
	if e.Postings, err = t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: person, Limit: exportRows}); err != nil {
		return fmt.Errorf("postings: %w", err)
	}
	return nil
}

func (t *turn) knownAnswers(ctx context.Context, person string, e *flows.Everything) error {
	all, err := t.tx.Answers.OfAnswerer(ctx, person)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	for _, a := range all {
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("posting: %w", err)
		}
		known := flows.KnownAnswer{Answer: a, Title: p.Title}
		if d, ok := p.Planned(a.Date, t.zone(ctx, &p)); ok {
			known.When = []matching.Span{d}
		}
		e.Answers = append(e.Answers, known)
	}
	return nil
}

func (t *turn) knownAlerts(ctx context.Context, person string, e *flows.Everything) error {
	all, err := t.tx.Alerts.AlertsTo(ctx, person, time.Time{})
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	for _, a := range all {
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("posting: %w", err)
		}
		e.Alerts = append(e.Alerts, flows.KnownAlert{Posting: a.Posting, Title: p.Title, State: string(a.State), At: a.At, Answered: a.Answered})
	}
	return nil
}

func (t *turn) knownMessages(ctx context.Context, person string, e *flows.Everything) error {
	all, err := t.tx.Sent.OfPerson(ctx, person)
	if err != nil {
		return fmt.Errorf("sent: %w", err)
	}
	for _, d := range all {
		if d.Reply.Text != "" {
			e.Sent = append(e.Sent, flows.KnownMessage{At: d.Created, Text: d.Reply.Text})
		}
	}
	return nil
}

func (t *turn) knownCare(ctx context.Context, person string, e *flows.Everything) error {
	title := func(posting string) string {
		p, err := t.tx.Postings.Posting(ctx, posting)
		if err != nil {
			return ""
		}
		return p.Title
	}
	visits, err := t.tx.Visits.OfVisitor(ctx, person)
	if err != nil {
		return fmt.Errorf("visits: %w", err)
	}
	for _, v := range visits {
		e.Visits = append(e.Visits, flows.KnownVisit{
			Title: title(v.Posting), At: v.At, Minutes: v.Minutes, ByPerson: string(v.ByPerson), ByPoster: string(v.ByPoster), Feels: v.PersonFeels,
		})
	}
	threads, err := t.tx.Threads.ThreadsOf(ctx, person, nil, 1000)
	if err != nil {
		return fmt.Errorf("threads: %w", err)
	}
	for _, x := range threads {
		contact := x.PosterContact
		if x.Person == person {
			contact = x.PersonContact
		}
		if contact != "" {
			e.Contacts = append(e.Contacts, flows.KnownContact{Title: title(x.Posting), Contact: contact})
		}
	}
	return nil
}
