package bot

import (
	"context"
	"slices"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// pass gives what a quiet flow made nothing of to whatever is below it.
func (t *turn) pass(ctx context.Context, k *talk, m channels.Message) error {
	below := k.state.Frames[:len(k.state.Frames)-1]
	return t.follow(ctx, k, t.b.Book.Route(&m, below, nil, "", k.env), m)
}

// hush ends whatever listens quietly: one that does is enough.
func (t *turn) hush(k *talk) {
	k.state.Frames = slices.DeleteFunc(k.state.Frames, func(f conversations.Frame) bool {
		r := t.b.Book.Runner(f.Flow)
		return r != nil && r.Quiet()
	})
}

// askAgain repeats the open question after something was said beside it.
func (t *turn) askAgain(k *talk) {
	if n := len(k.state.Frames); n > 0 && k.asked == "" {
		f := k.state.Frames[n-1]
		if r := t.b.Book.Runner(f.Flow); r != nil && !r.Quiet() {
			if q, ok := r.Ask(f, k.env); ok {
				// The choices of what was said at home would make two questions of it.
				k.say[len(k.say)-1].Choices = nil
				k.say, k.asked = append(k.say, q), f.Flow
			}
		}
	}
}

// expire drops frames nobody went on with in time.
func (t *turn) expire(k *talk) {
	kept := k.state.Frames[:0]
	for _, f := range k.state.Frames {
		if r := t.b.Book.Runner(f.Flow); r != nil && t.now.Sub(f.Touched) <= r.Idle() {
			kept = append(kept, f)
		}
	}
	k.state.Frames = kept
}
