package bot

import (
	"context"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
)

// Leading back to what was interrupted.
const (
	awayTurns = 1             // messages to something else from which on it is asked whether to go on
	awayTime  = 6 * time.Hour // silence after which a message that makes no sense may be meant for something else
)

// away counts, for every interrupted conversation, the messages that went to something else.
func (k *talk) away() {
	for i := 0; i < len(k.state.Frames)-1; i++ {
		k.state.Frames[i].Away++
	}
}

// leadBack asks whether to go on with the topmost conversation, if it has a topic and was left for long enough
// that its bare question would come out of nowhere. It tells whether it did.
func (t *turn) leadBack(ctx context.Context, k *talk, r conversations.Runner, f conversations.Frame, long bool) (bool, error) {
	topic := r.Topic(f, k.env)
	if topic == "" || f.Flow == flows.Return || !long {
		return false, nil
	}
	return true, t.begin(ctx, k, flows.Return, conversations.Opening{Args: topic})
}

// through lets the conversation below hear what was no answer to the question whether to go on with it.
func (t *turn) through(ctx context.Context, k *talk, in conversations.Input) error {
	k.state.Frames = k.state.Frames[:len(k.state.Frames)-1]
	if len(k.state.Frames) == 0 {
		k.say = append(k.say, t.b.Book.At("lost", k.env))
		return nil
	}
	f := &k.state.Frames[len(k.state.Frames)-1]
	f.Away, f.Touched = 0, t.now
	if r := t.b.Book.Runner(f.Flow); r != nil {
		if q, ok := r.Ask(*f, k.env); ok {
			if c, rest, ok := channels.PickPrefix(in.Text(), q.Choices); ok {
				in.Picked, in.Rest = c.Key, rest
			}
		}
	}
	return t.resume(ctx, k, in)
}

// dropBelow removes the conversation under the present one.
func (t *turn) dropBelow(k *talk) conversations.Fact {
	if n := len(k.state.Frames); n > 1 {
		k.state.Frames = append(k.state.Frames[:n-2], k.state.Frames[n-1])
	}
	return flows.Dropped{}
}

// resumeBelow leads back to the conversation that was interrupted: at once with its question where it was left
// for a moment only, else by asking whether to go on with it.
func (t *turn) resumeBelow(ctx context.Context, k *talk) error {
	for n := len(k.state.Frames); n > 0; n = len(k.state.Frames) {
		f := k.state.Frames[n-1]
		r := t.b.Book.Runner(f.Flow)
		if r != nil {
			if r.Quiet() {
				return nil
			}
			if led, err := t.leadBack(ctx, k, r, f, f.Away >= awayTurns); led || err != nil {
				return err
			}
			if _, ok := r.Ask(f, k.env); ok {
				if topic := r.Topic(f, k.env); topic != "" {
					k.say = append(k.say, t.b.Book.Again(topic, k.env))
				}
				t.askTop(k)
				return nil
			}
		}
		k.state.Frames = k.state.Frames[:n-1]
	}
	return nil
}

// askTop asks the question of the topmost conversation.
func (t *turn) askTop(k *talk) {
	n := len(k.state.Frames)
	if n == 0 {
		return
	}
	f := &k.state.Frames[n-1]
	if r := t.b.Book.Runner(f.Flow); r != nil {
		if q, ok := r.Ask(*f, k.env); ok {
			k.say, k.asked, f.Away = append(k.say, q), f.Flow, 0
		}
	}
}
