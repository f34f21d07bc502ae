package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/storage"
)

// Kinds of tokens that stand for a message whose sender was not proved.
const (
	confirmToken   = "confirm"   // the message waits
	confirmedToken = "confirmed" // it was confirmed: a second click is told so
)

// confirmWithin is how long a message may be confirmed.
const confirmWithin = 3 * 24 * time.Hour

// proved tells whether a message may change anything. A word that only ends things needs no proof.
func proved(m *channels.Message) bool {
	return m.Trust >= channels.Authenticated || conversations.UniversalOf(m.Text) == conversations.Stop
}

// confirmFirst keeps a message whose sender is not proved, and asks the owner of the address whether it is theirs:
// by a link, or by the code in an answer. Nothing else happens until then.
func (t *turn) confirmFirst(ctx context.Context, k *talk, m channels.Message) error {
	if done, err := t.confirmedByCode(ctx, k, m); done || err != nil {
		return err
	}
	if may, err := t.mayConfirm(ctx, k, m); err != nil || !may {
		return err
	}
	code, err := newCode(t.b.Rand)
	if err != nil {
		return err
	}
	m.Raw, m.Files = nil, nil
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	token := storage.Token{Kind: confirmToken, Subject: "person:" + k.person.ID, Person: k.person.ID, Data: data, Expires: t.now.Add(confirmWithin), Uses: 1}
	if err := t.tx.Tokens.PutToken(ctx, code, token); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	k.say = append(k.say, t.b.Book.Confirm(code, t.confirmLink(code), k.env))
	return t.close(ctx, k)
}

var codeInText = regexp.MustCompile(`\b[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}\b`)

// confirmedByCode hears the waiting message if this one contains its code, which was sent to the address alone.
func (t *turn) confirmedByCode(ctx context.Context, k *talk, m channels.Message) (bool, error) {
	for _, word := range codeInText.FindAllString(m.Text+" "+m.Subject, 5) {
		code := plainCode(word)
		token, err := t.tx.Tokens.Peek(ctx, confirmToken, code, t.now)
		if errors.Is(err, storage.ErrNotFound) || err == nil && token.Person != k.person.ID {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("token: %w", err)
		}
		return true, t.confirmed(ctx, code, token)
	}
	return false, nil
}

// confirmed uses the token up and hears its message as one that is proved.
func (t *turn) confirmed(ctx context.Context, code string, token storage.Token) error {
	if err := t.useUp(ctx, confirmToken, code, token); err != nil {
		return err
	}
	var m channels.Message
	if err := json.Unmarshal(token.Data, &m); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	m.Trust = channels.Authenticated
	rec, err := t.tx.Addresses.Owner(ctx, m.From)
	if errors.Is(err, storage.ErrNotFound) {
		return t.hear(ctx, m) // the address has left its person: it begins anew
	}
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if rec.State != storage.AddressUnconfirmed {
		return t.hear(ctx, m)
	}
	rec.State = storage.AddressOpen
	if err := t.tx.Addresses.SaveAddress(ctx, rec); err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if err := t.hear(ctx, m); err != nil {
		return err
	}
	return t.waited(ctx, rec.Person)
}

// mayConfirm tells whether a mail that asks for a confirmation may go out. An address that has never confirmed anything
// gets one a day, whoever writes in its name; what comes meanwhile waits for that one.
func (t *turn) mayConfirm(ctx context.Context, k *talk, m channels.Message) (bool, error) {
	rec, err := t.tx.Addresses.Owner(ctx, m.From)
	if err != nil {
		return false, fmt.Errorf("address: %w", err)
	}
	if m.From.Channel != "email" || rec.State != storage.AddressUnconfirmed {
		ok, err := t.count(ctx, t.b.Limits.Confirmations, "confirms:"+m.From.String())
		if err != nil || !ok {
			return false, err
		}
		return t.count(ctx, t.b.Limits.Mails, "answers:"+k.person.ID)
	}
	why, err := t.mayAsk(ctx, m.From, "")
	if err != nil || why == "" {
		return err == nil, err
	}
	return false, t.wait(ctx, k, m)
}

// What waits for the first confirmation of an address.
const (
	waitingNote = "waiting"
	waitingMax  = 5
)

// wait keeps a message until the address is confirmed.
func (t *turn) wait(ctx context.Context, k *talk, m channels.Message) error {
	var kept []channels.Message
	if err := noted(&k.person, waitingNote, &kept); err != nil || len(kept) >= waitingMax {
		return err
	}
	m.Raw, m.Files = nil, nil
	if _, err := note(&k.person, waitingNote, append(kept, m)); err != nil {
		return err
	}
	if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	return nil
}

// waited hears what waited for the first confirmation. None of it was confirmed itself: anybody could have sent it.
func (t *turn) waited(ctx context.Context, person string) error {
	p, err := t.tx.People.Person(ctx, person)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // the message was the wish to be forgotten
	}
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	var kept []channels.Message
	if err := noted(&p, waitingNote, &kept); err != nil || len(kept) == 0 {
		return err
	}
	if _, err := note(&p, waitingNote, []channels.Message{}); err != nil {
		return err
	}
	if err := t.tx.People.SavePerson(ctx, &p); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	for _, m := range kept {
		if err := t.hear(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// Used is what became of a link.
type Used string

// The outcomes of using a link.
const (
	UsedNow     Used = "done"
	UsedBefore  Used = "already"
	UsedUnknown Used = "unknown"
)

// Confirm uses the code of a link in a mail: the message it stands for is heard now.
func (b *Bot) Confirm(ctx context.Context, code string) (Used, error) {
	code = plainCode(code)
	used := UsedUnknown
	t, err := b.change(ctx, func(ctx context.Context, t *turn) error {
		tx := t.tx
		used = UsedUnknown
		token, err := tx.Tokens.Peek(ctx, confirmToken, code, t.now)
		if err == nil {
			used = UsedNow
			return t.confirmed(ctx, code, token)
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if _, ok, err := t.mailed(ctx, code, nil); err != nil || ok {
			used = UsedNow
			return err
		}
		if _, err := tx.Tokens.Peek(ctx, confirmedToken, code, t.now); err == nil {
			used = UsedBefore
		} else if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		return nil
	})
	if err != nil {
		return UsedUnknown, fmt.Errorf("confirm: %w", err)
	}
	b.after(t)
	return used, nil
}
