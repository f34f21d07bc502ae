package bot

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
)

// Limit is how often something may happen within a time. The time begins at multiples of its length since 1970 UTC.
type Limit struct {
	Most   int
	Within time.Duration
}

// Limits is everything that is bounded so that nobody can wear others down: what is counted is a row, so that a restart
// forgives nothing. Whoever comes to a limit is told, and when they can go on; what they began waits for them.
type Limits struct {
	Messages        Limit // heard from one address in a chat
	Mails           Limit // answered to one person by mail; two machines cannot write to each other for ever
	Postings        Limit // new ones of a person, from an address, and of an organisation nobody knows yet
	PostingsTrusted Limit // new ones of an organisation that goes straight out
	Answers         Limit // yeses of a person
	Passed          Limit // messages of a person that are passed on
	ToAll           Limit // messages to everybody who comes to one posting
	Subscriptions   Limit // new ones of a person
	Invitations     Limit // codes by which a person invites into organisations
	AskIns          Limit // wishes of a person to be let into organisations
	Reports         Limit // reports and complaints of a person
	Exports         Limit // copies of everything about a person
	Links           Limit // codes handed out to a person by which a second address becomes theirs
	Codes           Limit // codes of any kind tried by a person, and from an address
	Guesses         Limit // codes of postings that lead to nothing, by a person and from an address
	Asks            Limit // mails that ask for a first confirmation, to one address
	AsksDomain      Limit // the same, to all addresses of a domain
	AsksPerson      Limit // the same, named by one person
	Confirmations   Limit // mails that ask for a confirmation, to an address that has confirmed before
	Pairs           Limit // people shown to one another, each
	Claims          Limit // mails that ask whether somebody takes over what a list names them for
}

// DefaultLimits are those where nobody says otherwise: more than people need, and less than whoever misuses them does.
func DefaultLimits() Limits {
	const hour, day = time.Hour, 24 * time.Hour
	return Limits{
		Messages:        Limit{120, time.Minute},
		Mails:           Limit{12, hour},
		Postings:        Limit{5, day},
		PostingsTrusted: Limit{20, day},
		Answers:         Limit{20, day},
		Passed:          Limit{60, hour},
		ToAll:           Limit{3, day},
		Subscriptions:   Limit{20, day},
		Invitations:     Limit{10, day},
		AskIns:          Limit{5, day},
		Reports:         Limit{5, day},
		Exports:         Limit{3, day},
		Links:           Limit{10, day},
		Codes:           Limit{10, hour},
		Guesses:         Limit{30, hour},
		Asks:            Limit{1, day},
		AsksDomain:      Limit{30, hour},
		AsksPerson:      Limit{5, day},
		Confirmations:   Limit{12, day},
		Pairs:           Limit{3, day},
		Claims:          Limit{1, 7 * day},
	}
}

// filled takes the default for every limit that says nothing.
func (l Limits) filled() Limits {
	all, rest := reflect.ValueOf(&l).Elem(), reflect.ValueOf(DefaultLimits())
	for i := range all.NumField() {
		if all.Field(i).IsZero() {
			all.Field(i).Set(rest.Field(i))
		}
	}
	return l
}

// tooMany is a limit that was reached. As the error of a command it becomes the refusal of it; whoever returns it has
// changed nothing yet.
type tooMany struct{ again time.Time }

func (tooMany) Error() string { return "a limit is reached" }

// again is when a limit begins anew.
func (l Limit) again(now time.Time) time.Time {
	return time.UnixMilli(now.UnixMilli() - now.UnixMilli()%l.Within.Milliseconds()).Add(l.Within)
}

// count counts something once for each key and tells whether all of them are within the limit.
func (t *turn) count(ctx context.Context, l Limit, keys ...string) (bool, error) {
	return t.bump(ctx, l, 1, keys)
}

// reached tells whether a limit is reached for one of the keys, and counts nothing.
func (t *turn) reached(ctx context.Context, l Limit, keys ...string) (bool, error) {
	l.Most--
	ok, err := t.bump(ctx, l, 0, keys)
	return !ok, err
}

func (t *turn) bump(ctx context.Context, l Limit, by int, keys []string) (bool, error) {
	within := true
	for _, key := range keys {
		n, err := t.tx.Counters.Bump(ctx, key, l.Within, t.now, by)
		if err != nil {
			return false, fmt.Errorf("counter: %w", err)
		}
		within = within && n <= l.Most
	}
	return within, nil
}

// limit counts something and fails with tooMany where that is beyond the limit.
func (t *turn) limit(ctx context.Context, l Limit, keys ...string) error {
	ok, err := t.count(ctx, l, keys...)
	if err == nil && !ok {
		err = tooMany{l.again(t.now)}
	}
	return err
}

// ofBoth are the keys by which something is counted for the person and for the address they write from: nobody begins
// anew by having themselves deleted, or by adding an address.
func ofBoth(what string, k *talk) []string {
	return []string{what + ":" + k.person.ID, what + "@:" + k.addr.String()}
}

// flooded tells whether an address writes more than anybody does; it is told so once, and what comes then is not heard.
func (t *turn) flooded(ctx context.Context, k *talk, m *channels.Message) (bool, error) {
	l, key := t.b.Limits.Messages, "messages:"+m.From.String()
	if m.From.Channel == "email" {
		if m.Kind == channels.Press { // a link works once, and no machine presses it
			return false, nil
		}
		l, key = t.b.Limits.Mails, "answers:"+k.person.ID
	}
	n, err := t.tx.Counters.Bump(ctx, key, l.Within, t.now, 1)
	if err != nil {
		return false, fmt.Errorf("counter: %w", err)
	}
	if n == l.Most+1 && m.Group == "" {
		k.say = append(k.say, t.b.Book.TooFast(l.again(t.now), k.env))
		return true, t.close(ctx, k)
	}
	return n > l.Most, nil
}

// refusedFor makes a refusal of a limit that was reached.
func refusedFor(much tooMany) flows.Refused {
	return flows.Refused{Why: flows.TooMany, Again: much.again}
}
