package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// confided is what only those accepted may know of a posting.
func confided(p *matching.Posting) []string {
	var all []string
	for _, s := range []string{p.Address, p.Private, p.Contact} {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// aboutDetails is the subject of what is said to somebody with such details in it, so that it can be taken back.
func aboutDetails(a *matching.Answer) string { return "private:" + a.Posting + ":" + a.Person }

// confide notes that what is said to this person in this turn has such details in it.
func (t *turn) confide(k *talk, fact flows.Responded) {
	if len(confided(&fact.Posting)) == 0 {
		return
	}
	for _, g := range fact.Given {
		if expected(g.Answer.State) {
			k.about = aboutDetails(&g.Answer)
			return
		}
	}
}

// takeDetailsBack takes out of messages what somebody may no longer know: where the network allows it by an edit;
// where it does not, the person is asked to forget it.
func (t *turn) takeDetailsBack(ctx context.Context, p *matching.Posting, a *matching.Answer) error {
	secrets := confided(p)
	answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	if slices.ContainsFunc(answers, func(x matching.Answer) bool { return x.Person == a.Person && expected(x.State) }) {
		return nil // they come on another date
	}
	for _, subject := range []string{aboutDetails(a), aboutReminder(a.ID)} {
		if _, err := t.tx.Outbox.Cancel(ctx, subject, storage.Must); err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		if len(secrets) == 0 {
			continue
		}
		ds, err := t.tx.Sent.About(ctx, subject, storage.Delivered, storage.Sending)
		if err != nil {
			return fmt.Errorf("sent: %w", err)
		}
		for _, d := range ds {
			if err := t.takeBackOne(ctx, d, a, secrets); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeBackOne edits one message, or notes that it cannot be.
func (t *turn) takeBackOne(ctx context.Context, d storage.Delivery, a *matching.Answer, secrets []string) error {
	text := d.Reply.Text
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "—")
	}
	if text == d.Reply.Text || d.Edit != "" {
		return nil
	}
	account, _ := t.b.account(d.To.Channel, d.To.Account)
	_, edits := account.Channel.(channels.Editor)
	if !edits || d.Ref == "" {
		t.plainly(a.ID)
		return nil
	}
	edited := d
	edited.Key, edited.Edit, edited.Subject = "taken:"+d.Key, d.Ref, ""
	edited.Reply.Text, edited.Reply.Choices, edited.Reply.Invite, edited.Reply.Files = text, nil, nil, nil
	edited.Class, edited.Priority, edited.Created, edited.Due = storage.Must, storage.UrgentPriority, t.now, t.now
	edited.Until = t.now.AddDate(0, 0, 2) // a network does not let old messages be edited
	t.out[d.To.Channel+":"+d.To.Account] = true
	return t.tx.Outbox.Enqueue(ctx, edited)
}

// plainly notes that the person has to be told to forget what was confided.
func (t *turn) plainly(answer string) {
	if t.unedited == nil {
		t.unedited = map[string]bool{}
	}
	t.unedited[answer] = true
}

// answered is respond, with what is confided or has to be forgotten because of it.
func (t *turn) answered(ctx context.Context, k *talk, c flows.Respond) (conversations.Fact, error) {
	fact, err := t.respond(ctx, k, c)
	if r, ok := fact.(flows.Responded); ok && err == nil {
		t.confide(k, r)
		for _, g := range r.Given {
			r.Forget = r.Forget || t.unedited[g.Answer.ID]
		}
		fact = r
		if c.Yes {
			err = t.stirred(ctx, k)
		}
	}
	return fact, err
}

// stirred takes back "stopp" as far as the person themselves begins something new: they hear of that, but of no posting
// they did not ask for, because their subscriptions stay stopped.
func (t *turn) stirred(ctx context.Context, k *talk) error {
	if !k.person.Stopped {
		return nil
	}
	k.person.Stopped = false
	if err := t.tx.People.SavePerson(ctx, &k.person); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	return nil
}
