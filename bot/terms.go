package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// termsConsent is the kind of consent to the terms of a front.
const termsConsent = "terms"

// performTerms does what is asked for about the texts of a front; ok is false for other commands.
func (t *turn) performTerms(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.LookAtText:
		fact, err = t.lookAtText(ctx, k, c)
	case flows.Agree:
		err = t.consent(ctx, k, termsConsent, "terms")
		fact = flows.Agreed{}
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// lookAtText finds the text of the front that is in force. A front that has none of its own has those of the program.
func (t *turn) lookAtText(ctx context.Context, k *talk, c flows.LookAtText) (conversations.Fact, error) {
	version := k.front.Texts[c.Kind]
	if version == "" {
		return flows.FrontText{Kind: c.Kind, Front: k.front.Name}, nil
	}
	x, err := t.tx.Texts.TextOf(ctx, k.front.ID, c.Kind, version, k.env.Lang)
	if errors.Is(err, storage.ErrNotFound) {
		return flows.FrontText{Kind: c.Kind, Front: k.front.Name}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	return flows.FrontText{Kind: c.Kind, Front: k.front.Name, Words: x.Text, Version: x.Version}, nil
}

// agreesTo tells whether somebody has agreed to the terms of a front as they are now: to anything there since they were
// put to everybody.
func (t *turn) agreesTo(ctx context.Context, person string, f storage.Front) (bool, error) {
	if f.AskedFrom.IsZero() {
		return true, nil
	}
	all, err := t.tx.Consents.OfConsenter(ctx, person)
	if err != nil {
		return false, fmt.Errorf("consents: %w", err)
	}
	return slices.ContainsFunc(all, func(c storage.Consent) bool {
		return c.Front == f.ID && c.Withdrawn.IsZero() && !c.At.Before(f.AskedFrom)
	}), nil
}

// unwelcome tells whether somebody may not be alerted at a front: they are kept out there, or have not agreed to its
// new terms. They are asked once; until they have answered nothing further comes by itself.
func (t *turn) unwelcome(ctx context.Context, person *storage.Person, rec storage.AddressRecord, f storage.Front) (bool, error) {
	if _, blocked, err := t.blockedAt(ctx, f.ID, person.ID, rec.Address); err != nil || blocked {
		return true, err
	}
	ok, err := t.agreesTo(ctx, person.ID, f)
	if err != nil || ok {
		return false, err
	}
	key := "terms:" + f.ID + ":" + f.Asks + ":" + person.ID
	_, err = t.tell(ctx, person.ID, key, flows.Piece{Kind: flows.NewsTerms, Name: f.Name}, urgent("person:"+person.ID))
	return true, err
}
