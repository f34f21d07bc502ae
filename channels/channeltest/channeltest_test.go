package channeltest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
)

func subjectOf(f *Fake, wrap func(*Fake) channels.Channel) *Subject {
	f.Leave("fort@example.org", true)
	return &Subject{
		Channel: wrap(f),
		Restart: func() channels.Channel { return wrap(f.Restart()) },
		To:      f.Address("anna@example.org"),
		Say: func(_ context.Context, text string) error {
			f.Say("anna@example.org", text)
			return nil
		},
		Arrived: func(ctx context.Context, n int) ([]Arrival, error) {
			sent, err := f.Arrived(ctx, "anna@example.org", n)
			var all []Arrival
			for _, s := range sent {
				a := Arrival{Ref: s.Ref, Text: s.Reply.Text}
				for _, c := range s.Reply.Choices {
					a.Buttons = append(a.Buttons, c.Label)
				}
				all = append(all, a)
			}
			return all, err
		},
		Gone: f.Address("fort@example.org"),
		Fault: func(x Fault) {
			f.FailAll(map[Fault]error{
				Healthy: nil, Down: errDown, Garbled: errors.New("nonsense"),
				Lost:      fmt.Errorf("cut off: %w", channels.ErrUncertain),
				Refused:   fmt.Errorf("refused: %w", channels.ErrUndeliverable),
				Throttled: &channels.RetryAfter{Wait: time.Millisecond, Err: errors.New("too many")},
			}[x])
		},
		Faults: []Fault{Down, Lost, Refused, Throttled, Garbled},
		Outage: f.Down,
		Denied: func() channels.Channel {
			return &broken{Fake: f, receive: func(*Fake, context.Context, string, func(context.Context, channels.Message) error) error {
				return errors.New("unauthorized")
			}}
		},
		Secrets: []string{"hush-hush"},
	}
}

func plain(f *Fake) channels.Channel { return f }

func TestFakeKeepsTheContract(t *testing.T) {
	Exercise(t, func(*testing.T) *Subject { return subjectOf(NewFake("fake", "bot"), plain) })
}

// recorder is a T that remembers whether a check failed.
type recorder struct {
	failed   bool
	cleanups []func()
}

func (r *recorder) Helper()               {}
func (r *recorder) Cleanup(f func())      { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }

// broken breaks one promise of the Fake.
type broken struct {
	*Fake
	receive func(f *Fake, ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error
	send    func(f *Fake, ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error)
	edit    func(f *Fake, ctx context.Context, to channels.Address, ref string, r channels.Reply) error
	name    string
}

func (b *broken) Name() string {
	if b.name != "" {
		return b.name
	}
	return b.Fake.Name()
}

func (b *broken) Receive(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	if b.receive != nil {
		return b.receive(b.Fake, ctx, cursor, hear)
	}
	return b.Fake.Receive(ctx, cursor, hear)
}

func (b *broken) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	if b.send != nil {
		return b.send(b.Fake, ctx, key, to, r)
	}
	return b.Fake.Send(ctx, key, to, r)
}

func (b *broken) Edit(ctx context.Context, to channels.Address, ref string, r channels.Reply) error {
	if b.edit != nil {
		return b.edit(b.Fake, ctx, to, ref, r)
	}
	return b.Fake.Edit(ctx, to, ref, r)
}

// hearing returns a receive that changes what hear is called with or returns.
func hearing(with func(hear func(context.Context, channels.Message) error) func(context.Context, channels.Message) error) *broken {
	return &broken{receive: func(f *Fake, ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
		return f.Receive(ctx, cursor, with(hear))
	}}
}

// failing returns a send that turns every error into another one.
func failing(into func(err error, to channels.Address, r channels.Reply) error) *broken {
	return &broken{send: func(f *Fake, ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
		ref, err := f.Send(ctx, key, to, r)
		if err != nil {
			err = into(err, to, r)
		}
		return ref, err
	}}
}

type hearFunc = func(context.Context, channels.Message) error

// mutants are the channels that Exercise has to find out.
func mutants() map[string]*broken {
	all := deafMutants()
	maps.Copy(all, muteMutants())
	return all
}

func deafMutants() map[string]*broken {
	return map[string]*broken{
		"has another name": {name: "other"},
		"acknowledges whatever hear returns": hearing(func(hear hearFunc) hearFunc {
			return func(ctx context.Context, m channels.Message) error { _ = hear(ctx, m); return nil }
		}),
		"gives repeats another identity": hearing(func(hear hearFunc) hearFunc {
			n := 0
			return func(ctx context.Context, m channels.Message) error {
				n++
				m.ID = fmt.Sprint(m.ID, "-", n)
				return hear(ctx, m)
			}
		}),
		"hears two at once": hearing(func(hear hearFunc) hearFunc {
			return func(ctx context.Context, m channels.Message) error {
				go func() { _ = hear(ctx, m) }()
				return hear(ctx, m)
			}
		}),
		"begins again at every start": {receive: func(f *Fake, ctx context.Context, _ string, hear func(context.Context, channels.Message) error) error {
			return f.Receive(ctx, "0", hear)
		}},
		"ends with the context's error": {receive: func(f *Fake, ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
			_ = f.Receive(ctx, cursor, hear)
			return ctx.Err()
		}},
		"gives up after an error": {receive: func(f *Fake, ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
			ctx, cancel := context.WithCancel(ctx)
			return f.Receive(ctx, cursor, func(ctx context.Context, m channels.Message) error {
				err := hear(ctx, m)
				if err != nil {
					cancel()
				}
				return err
			})
		}},
	}
}

func muteMutants() map[string]*broken {
	return map[string]*broken{
		"returns no reference": {send: func(f *Fake, ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
			_, err := f.Send(ctx, key, to, r)
			return "", err
		}},
		"drops choices": {send: func(f *Fake, ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
			r.Choices = nil
			return f.Send(ctx, key, to, r)
		}},
		"cuts long texts": {send: func(f *Fake, ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
			r.Text = r.Text[:min(len(r.Text), 4096)]
			return f.Send(ctx, key, to, r)
		}},
		"strips tags": {send: func(f *Fake, ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
			r.Text = strings.NewReplacer("<b>", "", "</b>", "").Replace(r.Text)
			return f.Send(ctx, key, to, r)
		}},
		"sends after the context ended": {send: func(f *Fake, _ context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
			return f.Send(context.Background(), key, to, r)
		}},
		"tells the token": failing(func(err error, _ channels.Address, _ channels.Reply) error {
			return fmt.Errorf("POST /bothush-hush/: %w", err)
		}),
		"tells the address": failing(func(err error, to channels.Address, _ channels.Reply) error {
			return fmt.Errorf("to %s: %w", to.ID, err)
		}),
		"tells the text":          failing(func(err error, _ channels.Address, r channels.Reply) error { return fmt.Errorf("%s: %w", r.Text, err) }),
		"calls everything final":  failing(func(err error, _ channels.Address, _ channels.Reply) error { return channels.ErrUndeliverable }),
		"calls everything unsure": failing(func(err error, _ channels.Address, _ channels.Reply) error { return channels.ErrUncertain }),
		"calls nothing unsure":    failing(func(error, channels.Address, channels.Reply) error { return errors.New("failed") }),
		"repeats by itself": {send: func(f *Fake, ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
			ref, err := f.Send(ctx, key, to, r)
			if errors.Is(err, channels.ErrUncertain) {
				_, err = f.Send(ctx, key, to, r)
			}
			return ref, err
		}},
		"edits nothing": {edit: func(*Fake, context.Context, channels.Address, string, channels.Reply) error { return nil }},
		"edits once only": {edit: func(f *Fake, ctx context.Context, to channels.Address, ref string, r channels.Reply) error {
			if f.Sent()[0].Edits > 0 {
				return errors.New("message is not modified")
			}
			return f.Edit(ctx, to, ref, r)
		}},
	}
}

func TestExerciseFindsBrokenChannels(t *testing.T) {
	for name, mutant := range mutants() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range contract() {
				s := subjectOf(NewFake("fake", "bot"), func(f *Fake) channels.Channel {
					b := *mutant
					b.Fake = f
					return &b
				})
				s.Patience = 300 * time.Millisecond
				rec := &recorder{}
				done := make(chan struct{})
				go func() {
					defer close(done)
					c.run(rec, s)
				}()
				<-done
				for _, f := range rec.cleanups {
					f()
				}
				if rec.failed {
					return
				}
			}
			t.Errorf("a channel that %s passed every check", name)
		})
	}
}

func TestPressNeedsAButtonThatWasOffered(t *testing.T) {
	f := NewFake("fake", "bot")
	if _, ok := f.Press("anna", "Ja"); ok {
		t.Error("pressed a button that was never offered")
	}
	r := channels.Reply{Text: "Stimmt das?", Choices: []channels.Choice{{Key: "h1", Label: "Ja"}}}
	ref, err := f.Send(t.Context(), "k", f.Address("anna"), r)
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := f.Press("anna", "Ja"); !ok || m.Handle != "h1" || m.Ref != ref || m.Kind != channels.Press {
		t.Errorf("pressed %+v, want handle h1 on %s", m, ref)
	}
}
