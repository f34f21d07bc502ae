package channeltest

import (
	"context"
	"slices"

	"ehrenamt/channels"
)

// Sent returns everything sent so far, in order.
func (f *Fake) Sent() []Sent {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	return slices.Clone(f.net.sent)
}

// To returns what was sent to one person.
func (f *Fake) To(id string) []Sent {
	return slices.DeleteFunc(f.Sent(), func(s Sent) bool { return s.To.ID != id })
}

// Until waits until done is true; it is asked at once and after every change of the network: something pushed,
// acknowledged, sent or edited.
func (f *Fake) Until(ctx context.Context, done func() bool) error {
	for {
		f.net.mu.Lock()
		changed := f.net.changed
		f.net.mu.Unlock()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Arrived waits until at least n messages were sent to one person and returns all of them.
func (f *Fake) Arrived(ctx context.Context, id string, n int) ([]Sent, error) {
	err := f.Until(ctx, func() bool { return len(f.To(id)) >= n })
	return f.To(id), err
}

// Handled waits until everything pushed so far has been acknowledged.
func (f *Fake) Handled(ctx context.Context) error {
	return f.Until(ctx, func() bool {
		f.net.mu.Lock()
		defer f.net.mu.Unlock()
		return f.net.acked >= len(f.net.queue)
	})
}

// Waiting is the number of pushed messages that were not acknowledged.
func (f *Fake) Waiting() int {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	return len(f.net.queue) - f.net.acked
}

// Noticed returns the presses that were acknowledged.
func (f *Fake) Noticed() []channels.Message {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	return slices.Clone(f.net.noticed)
}

// Commands returns the menu last set for a language.
func (f *Fake) Commands(lang string) []channels.Command {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	return slices.Clone(f.net.commands[lang])
}

// FailNext lets the next sends fail, one for each error; nil lets one succeed.
func (f *Fake) FailNext(errs ...error) {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	f.net.failing = append(f.net.failing, errs...)
}

// FailAll lets every send fail with err until it is called with nil.
func (f *Fake) FailAll(err error) {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	f.net.fault = err
}

// Leave makes an address gone, or there again.
func (f *Fake) Leave(id string, gone bool) {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	f.net.gone[id] = gone
}

// Down stops receiving and lets every send fail with a temporary error, or ends that.
func (f *Fake) Down(down bool) {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	f.net.down = down
	f.net.fault = nil
	if down {
		f.net.fault = errDown
	}
	f.net.wake()
}
