// Package conversations says what a conversation is: a flow of typed steps, a turn,
// the state between two turns, and the few words that always work. It is pure: it
// has no clock, no store and no network, and it writes no sentence; flows in its
// sub-packages do, with the words they are given.
package conversations

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// Env is what a turn may know beside the state, fixed before the turn.
type Env struct {
	Now      time.Time      // in Zone
	Zone     *time.Location // of the front
	Lang     string         // of the person: "de", "en" …
	Register string         // "du", "sie", "leicht"; "" where a language has one only
	Front    string         // id of the front
	Place    matching.Place // municipality of the front
	Person   string         // id of the person
	Address  channels.Address
	Name     string                       // first name of the person, "" if not known
	Native   string                       // first language of the front
	AskAll   bool                         // ask everything that is missing at once (mail)
	Group    bool                         // in a group chat: nothing personal
	Minimal  bool                         // of postings title and code alone may be said here, of people nothing
	Page     string                       // where the pages of the front are, "" if there are none
	Off      []matching.Category          // categories the front does not offer
	Renamed  map[matching.Category]string // what the front calls them, in Native
}

// Fact is the outcome of a Command, a struct. Facts live for one transaction and are never stored.
type Fact any

// Command is something a flow wants done in the transaction that saves the turn, a struct. Rights are
// checked where it is performed.
type Command any

// Input is what a step hears: exactly one of Said, Fact and Timer is set.
type Input struct {
	Said   *channels.Message
	Picked string    // with Said: the key of the choice that was meant, "" if none
	Rest   string    // with Picked: what was said after it ("1, TV Brand")
	Word   Universal // with Said: Back, the only universal word that flows hear
	Fact   Fact
	Timer  string
}

// Text is what was written, "" for anything else.
func (in Input) Text() string {
	if in.Said == nil {
		return ""
	}
	return in.Said.Text
}

// Opening is why a flow begins.
type Opening struct {
	Said *channels.Message // the message that led here, nil when somebody else's command did
	Args string            // from a button, a deep link or a command: "yes 01J…"
	Data json.RawMessage   // from a command of another conversation
}

// Turn is what a step does with what it heard.
type Turn[D any] struct {
	Data D
	Next string // "" stays at the step, and asks again
	End  bool
	Say  []channels.Reply
	Do   []Command            // performed in the saving transaction; each outcome returns as Input.Fact to the step Next
	Wake map[string]time.Time // named timers of this conversation; a zero time removes one
	Mute bool                 // stay at the step without asking again (Say has said it all)
	// Missed means that nothing of what was said made sense here: it may be meant for another flow,
	// otherwise the person is told so and the question is asked again.
	Missed bool
}

// Step is one question of a flow, and what it makes of the answer. Ask may be nil for steps that only
// hear facts.
type Step[D any] struct {
	Ask  func(D, Env) channels.Reply
	Hear func(D, Input, Env) Turn[D]
}

// Flow is a typed, pure reducer. Hear of a step gets everything that is said while the step is open,
// but for the universal words.
type Flow[D any] struct {
	Name    string
	Version int
	Start   string
	Open    func(Opening, Env) Turn[D] // nil: begin at Start with the zero D
	Steps   map[string]Step[D]
	// Upgrade brings the data of an older version into the present one and names the step to go on at.
	Upgrade func(from int, step string, data json.RawMessage) (string, D, error)
	// Topic names what the conversation is about, for "Wir waren bei …"; nil or "": not worth returning to.
	Topic func(D, Env) string
	// Idle is how long an unfinished conversation is kept; 0 means DefaultIdle.
	Idle time.Duration
	// Quiet flows have shown something and go on listening, but insist on no answer: they are not asked again
	// after something else came between, and whatever was shown since is meant first.
	Quiet bool
}

// DefaultIdle is how long an unfinished conversation is kept.
const DefaultIdle = 7 * 24 * time.Hour

// Frame is the saved state of one flow.
type Frame struct {
	Flow    string          `json:"flow"`
	Version int             `json:"version"`
	Step    string          `json:"step"`
	Answers json.RawMessage `json:"answers"`
	Touched time.Time       `json:"touched"`
	Away    int             `json:"away,omitempty"` // messages that went to something else since it was interrupted
}

// State is the conversation with one address: the open flow last, those it interrupted before it.
type State struct {
	Rev    int64     `json:"rev"`
	Frames []Frame   `json:"frames,omitempty"`
	Lang   string    `json:"lang,omitempty"` // told by the network or by what was written here, not chosen
	Seen   time.Time `json:"seen,omitzero"`
	Heard  *Heard    `json:"heard,omitempty"` // the newest text, until something else happens here
}

// Heard is the newest text and what was open before it, so that it can be corrected.
type Heard struct {
	ID     string  `json:"id"`
	Sum    string  `json:"sum"` // of its text
	Frames []Frame `json:"frames,omitempty"`
	Done   bool    `json:"done,omitempty"` // it had an effect, and cannot be said again
}

// MaxFrames is how many interrupted conversations are kept; the oldest is dropped first.
const MaxFrames = 4

// Errors of Resume.
var (
	ErrNewer   = errors.New("state is newer than the program")
	ErrUnknown = errors.New("no such flow or step")
)

// Outcome is a turn with its flow's type gone.
type Outcome struct {
	Frame  Frame
	End    bool
	Say    []channels.Reply // ends with the question of the step, unless commands have to be done first
	Do     []Command
	Wake   map[string]time.Time
	Asked  bool // the last of Say is a question this frame waits for
	Missed bool
}

// Offer is a set of choices that was shown, as a router needs it: newest first, the words as they stood there.
type Offer struct {
	ID      string
	Flow    string // the flow that waits for the answer; "" where every choice opens one
	Prompt  string
	Choices []channels.Choice
	Ref     string // the network's reference of the message, "" if not known
	At      time.Time
}

// Runner is a flow with its type gone.
type Runner interface {
	Name() string
	Open(Opening, Env) (Outcome, error)
	Resume(Frame, Input, Env) (Outcome, error)
	Topic(Frame, Env) string
	Ask(Frame, Env) (channels.Reply, bool)
	Idle() time.Duration
	Quiet() bool
}

// Run makes a Runner of a flow.
func Run[D any](f Flow[D]) Runner { return runner[D]{f} }

type runner[D any] struct{ flow Flow[D] }

func (r runner[D]) Name() string { return r.flow.Name }

func (r runner[D]) Quiet() bool { return r.flow.Quiet }

func (r runner[D]) Idle() time.Duration {
	if r.flow.Idle == 0 {
		return DefaultIdle
	}
	return r.flow.Idle
}

func (r runner[D]) Open(o Opening, env Env) (Outcome, error) {
	if r.flow.Open == nil {
		var d D
		return r.outcome(r.flow.Start, Turn[D]{Data: d, Next: r.flow.Start}, env)
	}
	t := r.flow.Open(o, env)
	if t.Next == "" {
		t.Next = r.flow.Start
	}
	return r.outcome(r.flow.Start, t, env)
}

func (r runner[D]) Resume(f Frame, in Input, env Env) (Outcome, error) {
	step, d, err := r.load(f)
	if err != nil {
		return Outcome{}, err
	}
	s, ok := r.flow.Steps[step]
	if !ok {
		return Outcome{}, fmt.Errorf("step %s of %s: %w", step, r.flow.Name, ErrUnknown)
	}
	return r.outcome(step, s.Hear(d, in, env), env)
}

func (r runner[D]) Topic(f Frame, env Env) string {
	_, d, err := r.load(f)
	if err != nil || r.flow.Topic == nil {
		return ""
	}
	return r.flow.Topic(d, env)
}

func (r runner[D]) Ask(f Frame, env Env) (channels.Reply, bool) {
	step, d, err := r.load(f)
	if err != nil {
		return channels.Reply{}, false
	}
	return r.ask(step, d, env)
}

func (r runner[D]) load(f Frame) (string, D, error) {
	var d D
	switch {
	case f.Version > r.flow.Version:
		return "", d, fmt.Errorf("%s version %d: %w", r.flow.Name, f.Version, ErrNewer)
	case f.Version < r.flow.Version:
		if r.flow.Upgrade == nil {
			return "", d, fmt.Errorf("%s version %d: %w", r.flow.Name, f.Version, ErrUnknown)
		}
		return r.flow.Upgrade(f.Version, f.Step, f.Answers)
	}
	if err := json.Unmarshal(f.Answers, &d); err != nil {
		return "", d, fmt.Errorf("answers of %s: %w", r.flow.Name, err)
	}
	return f.Step, d, nil
}

func (r runner[D]) ask(step string, d D, env Env) (channels.Reply, bool) {
	s, ok := r.flow.Steps[step]
	if !ok || s.Ask == nil {
		return channels.Reply{}, false
	}
	q := s.Ask(d, env)
	if q.Prompt == "" {
		q.Prompt = channels.PromptOf(q)
	}
	return q, true
}

func (r runner[D]) outcome(at string, t Turn[D], env Env) (Outcome, error) {
	step := t.Next
	if step == "" {
		step = at
	}
	if _, ok := r.flow.Steps[step]; !ok && !t.End {
		return Outcome{}, fmt.Errorf("step %s of %s: %w", step, r.flow.Name, ErrUnknown)
	}
	data, err := json.Marshal(t.Data)
	if err != nil {
		return Outcome{}, fmt.Errorf("answers of %s: %w", r.flow.Name, err)
	}
	o := Outcome{
		Frame: Frame{Flow: r.flow.Name, Version: r.flow.Version, Step: step, Answers: data, Touched: env.Now},
		End:   t.End, Say: t.Say, Do: t.Do, Wake: t.Wake, Missed: t.Missed,
	}
	if !t.End && !t.Mute && len(t.Do) == 0 {
		if q, ok := r.ask(step, t.Data, env); ok {
			o.Say, o.Asked = append(o.Say, q), true
		}
	}
	return o, nil
}
