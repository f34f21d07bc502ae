// Package channeltest is the contract that every Channel keeps, as tests: Exercise
// runs them against any adapter, and Fake is the smallest Channel that passes. It
// knows no network; the adapter's test supplies the other side as a Subject.
package channeltest

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
)

// Fault is what the network does to sending.
type Fault int

// The faults a Subject may be able to produce.
const (
	Healthy   Fault = iota // everything works again
	Down                   // no connection comes about; nothing is handed over
	Lost                   // the message takes effect, then the connection dies before the answer
	Refused                // the network refuses the message itself for good, the address stays good
	Throttled              // the network asks to wait
	Garbled                // the network answers nonsense, such as a proxy's error page, without effect
)

// Arrival is one message as the person at the other side sees it now, edits included.
type Arrival struct {
	Ref     string   // the network's reference, if the other side can tell
	Text    string   // everything readable, title and numbered choices included
	Buttons []string // labels of buttons
}

// Subject is one Channel with the other side of its network. Every check gets a new one.
type Subject struct {
	Channel channels.Channel
	// Restart returns another Channel of the same account on the same network, as after the end of the
	// process. It is called after Receive of the one before returned.
	Restart func() channels.Channel
	// To is a person who can be reached, and who writes when Say is called.
	To channels.Address
	// Say lets that person write; it returns when the network has the message, heard or not.
	Say func(ctx context.Context, text string) error
	// Arrived waits until at least n messages reached the person and returns all of them in order.
	Arrived func(ctx context.Context, n int) ([]Arrival, error)

	// Everything below is optional; checks that need what is missing do not run.

	Gone    channels.Address              // an address the network refuses for good
	Fault   func(Fault)                   // from now on sending meets this fault
	Faults  []Fault                       // those that Fault can produce
	Outage  func(down bool)               // down: cuts what is connected and refuses new connections
	Denied  func() channels.Channel       // a Channel whose credentials are refused for good
	Secrets []string                      // tokens and passwords that no error may show
	Same    func(said, heard string) bool // default: equal but for outer white space
	// Patience is how long anything may take before it counts as never; default 20 s.
	Patience time.Duration
}

// T is what a check needs of *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// check is one sentence of the contract.
type check struct {
	name  string
	needs func(*Subject) bool
	run   func(T, *Subject)
}

// Exercise runs the contract. newSubject is called once for each check; what it opens it closes by t.Cleanup.
func Exercise(t *testing.T, newSubject func(t *testing.T) *Subject) {
	t.Helper()
	for _, c := range contract() {
		t.Run(c.name, func(t *testing.T) {
			s := newSubject(t)
			if c.needs != nil && !c.needs(s) {
				t.Log("does not apply: the network of this channel has no such thing")
				return
			}
			c.run(t, s)
		})
	}
}

func contract() []check {
	can := func(f Fault) func(*Subject) bool {
		return func(s *Subject) bool {
			for _, x := range s.Faults {
				if x == f {
					return s.Fault != nil
				}
			}
			return false
		}
	}
	return []check{
		{"the name is the address's channel", nil, nameIsChannel},
		{"messages are heard in order, one at a time, each with an identity", nil, hearsInOrder},
		{"after an error the same message comes again, before any later one", nil, repeatsAfterError},
		{"what was not handled comes again after a restart", nil, unhandledComesAgain},
		{"what was handled does not come again after a restart", nil, handledStaysHandled},
		{"nothing is lost over many restarts", nil, nothingLostOverRestarts},
		{"receive returns nil when its context ends while idle", nil, endsIdle},
		{"receive returns nil when its context ends between repeats", nil, endsBetweenRepeats},
		{"receive outlives an outage", func(s *Subject) bool { return s.Outage != nil }, outlivesOutage},
		{"refused credentials end receive with an error without secrets", func(s *Subject) bool { return s.Denied != nil }, deniedEnds},
		{"a reply arrives with its text and its choices", nil, replyArrives},
		{"nothing in a text is taken for markup", nil, textIsNotMarkup},
		{"a very long text arrives whole", nil, longTextArrivesWhole},
		{"replies sent one after the other arrive in order", nil, repliesKeepOrder},
		{"an ended context sends nothing", nil, endedContextSendsNothing},
		{"several can send at once", nil, concurrentSends},
		{"a vanished address is reported as gone", func(s *Subject) bool { return s.Gone.ID != "" }, goneIsGone},
		{"an outage is temporary and the repeat arrives once", can(Down), downIsTemporary},
		{"a connection lost after the effect is uncertain", can(Lost), lostIsUncertain},
		{"a refused message is undeliverable, its address is not gone", can(Refused), refusedIsUndeliverable},
		{"throttling says how long to wait", can(Throttled), throttledSaysHowLong},
		{"a nonsensical answer is never final", can(Garbled), garbledIsNotFinal},
		{"an edit changes what was sent and may be repeated", func(s *Subject) bool { _, ok := s.Channel.(channels.Editor); return ok }, editChanges},
	}
}

func (s *Subject) patience() time.Duration {
	if s.Patience > 0 {
		return s.Patience
	}
	return 20 * time.Second
}

func (s *Subject) same(said, heard string) bool {
	if s.Same != nil {
		return s.Same(said, heard)
	}
	return strings.TrimSpace(said) == strings.TrimSpace(heard)
}

// bounded is a context that ends when patience does or the check is over.
func bounded(t T, s *Subject) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), s.patience())
	t.Cleanup(cancel)
	return ctx
}

func say(t T, ctx context.Context, s *Subject, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err := s.Say(ctx, text); err != nil {
			t.Fatalf("saying %q at the other side: %v", text, err)
		}
	}
}
