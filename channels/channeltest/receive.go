package channeltest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"ehrenamt/channels"
)

// ear runs Receive and hands each message to the check, which answers it.
type ear struct {
	heard  chan channels.Message
	answer chan error
	done   chan error
	stop   context.CancelFunc
	within atomic.Int32
	clash  atomic.Bool
}

var errNotNow = errors.New("not handled: the check said so")

func listen(t T, s *Subject, c channels.Channel, cursor string) *ear {
	ctx, stop := context.WithCancel(context.Background())
	e := &ear{
		heard:  make(chan channels.Message),
		answer: make(chan error),
		done:   make(chan error, 1),
		stop:   stop,
	}
	go func() {
		e.done <- c.Receive(ctx, cursor, func(hctx context.Context, m channels.Message) error {
			if e.within.Add(1) > 1 {
				e.clash.Store(true)
			}
			defer e.within.Add(-1)
			select {
			case e.heard <- m:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case err := <-e.answer:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	t.Cleanup(stop)
	return e
}

// next waits for a message; it stays unanswered.
func (e *ear) next(t T, s *Subject) channels.Message {
	t.Helper()
	select {
	case m := <-e.heard:
		return m
	case err := <-e.done:
		e.done <- err
		t.Fatalf("receive returned (%v) while a message was expected", err)
	case <-time.After(s.patience()):
		t.Fatalf("no message was heard within %v", s.patience())
	}
	return channels.Message{}
}

// take waits for a message and answers it.
func (e *ear) take(t T, s *Subject, err error) channels.Message {
	t.Helper()
	m := e.next(t, s)
	e.answer <- err
	return m
}

// end stops Receive and requires that it returns nil.
func (e *ear) end(t T, s *Subject) {
	t.Helper()
	e.stop()
	select {
	case err := <-e.done:
		if err != nil {
			t.Errorf("receive returned %v after its context ended, want nil", err)
		}
	case <-time.After(s.patience()):
		t.Fatalf("receive did not return within %v after its context ended", s.patience())
	}
	if e.clash.Load() {
		t.Errorf("hear was called again before the call before had returned")
	}
}

func nameIsChannel(t T, s *Subject) {
	if s.Channel.Name() == "" || s.Channel.Name() != s.To.Channel {
		t.Errorf("Name is %q and the address says %q", s.Channel.Name(), s.To.Channel)
	}
}

func hearsInOrder(t T, s *Subject) {
	ctx := bounded(t, s)
	e := listen(t, s, s.Channel, "")
	texts := []string{"eins", "Wir suchen am Samstag 3 Leute (14–18 Uhr)", "Grüße & <b>mehr</b> 🙂", "vier"}
	say(t, ctx, s, texts...)
	seen := map[string]bool{}
	for _, want := range texts {
		m := e.take(t, s, nil)
		switch {
		case m.Kind != channels.Text:
			t.Errorf("kind is %q, want text", m.Kind)
		case !s.same(want, m.Text):
			t.Errorf("heard %q, want %q", m.Text, want)
		case m.From != s.To:
			t.Errorf("the sender is not the person who wrote")
		case m.ID == "" || seen[m.ID]:
			t.Errorf("message id %q is empty or was used before", m.ID)
		case m.Sent.IsZero():
			t.Errorf("the message does not say when it was sent")
		}
		seen[m.ID] = true
	}
	e.end(t, s)
}

func repeatsAfterError(t T, s *Subject) {
	ctx := bounded(t, s)
	e := listen(t, s, s.Channel, "")
	say(t, ctx, s, "erste", "zweite")
	first := e.take(t, s, errNotNow)
	for range 2 {
		again := e.take(t, s, errNotNow)
		if again.ID != first.ID || again.Text != first.Text || again.Cursor != first.Cursor {
			t.Errorf("after an error another message came: %q %q", again.ID, again.Text)
		}
	}
	if m := e.take(t, s, nil); m.ID != first.ID {
		t.Errorf("after three errors another message came: %q", m.Text)
	}
	if m := e.take(t, s, nil); m.ID == first.ID || !s.same("zweite", m.Text) {
		t.Errorf("after the first was handled came %q, want the second", m.Text)
	}
	e.end(t, s)
}

func unhandledComesAgain(t T, s *Subject) {
	ctx := bounded(t, s)
	e := listen(t, s, s.Channel, "")
	say(t, ctx, s, "eins", "zwei", "drei")
	one := e.take(t, s, nil)
	two := e.next(t, s)
	e.end(t, s) // hear returns an error, as a process that dies leaves it

	e = listen(t, s, s.Restart(), one.Cursor)
	m := e.take(t, s, nil)
	if m.ID == one.ID { // a repeat is allowed where the acknowledgement was cut off
		m = e.take(t, s, nil)
	}
	if m.ID != two.ID || !s.same("zwei", m.Text) {
		t.Errorf("after the restart came %q, want the unhandled one under its old identity", m.Text)
	}
	if m := e.take(t, s, nil); !s.same("drei", m.Text) {
		t.Errorf("then came %q, want the last one", m.Text)
	}
	e.end(t, s)
}

func handledStaysHandled(t T, s *Subject) {
	ctx := bounded(t, s)
	e := listen(t, s, s.Channel, "")
	say(t, ctx, s, "eins", "zwei")
	e.take(t, s, nil)
	two := e.take(t, s, nil)
	say(t, ctx, s, "drei")
	three := e.take(t, s, nil) // offered only after two is acknowledged or on its way
	say(t, ctx, s, "vier")
	four := e.next(t, s)
	e.end(t, s)

	e = listen(t, s, s.Restart(), three.Cursor)
	m := e.take(t, s, nil)
	if m.ID == two.ID {
		t.Errorf("a message handled two messages ago came again")
	}
	if m.ID == three.ID && three.Cursor != "" {
		t.Errorf("a message before the cursor came again")
	}
	if m.ID == three.ID {
		m = e.take(t, s, nil)
	}
	if m.ID != four.ID {
		t.Errorf("after the restart came %q, want %q", m.Text, four.Text)
	}
	e.end(t, s)
}

func nothingLostOverRestarts(t T, s *Subject) {
	const rounds, each = 4, 3
	ctx := bounded(t, s)
	heard := map[string]string{}
	texts := map[string]bool{}
	c, cursor := s.Channel, ""
	for round := range rounds {
		for i := range each {
			say(t, ctx, s, fmt.Sprintf("Nachricht %d von Runde %d", i, round))
		}
		e := listen(t, s, c, cursor)
		for fresh := 0; fresh < each-1; { // one is left over each time, and dies half way
			m := e.take(t, s, nil)
			if heard[m.ID] == "" {
				fresh++
			}
			heard[m.ID], texts[strings.TrimSpace(m.Text)] = m.Text, true
			cursor = m.Cursor
		}
		e.next(t, s)
		e.end(t, s)
		c = s.Restart()
	}
	e := listen(t, s, c, cursor)
	for len(heard) < rounds*each {
		m := e.take(t, s, nil)
		heard[m.ID], texts[strings.TrimSpace(m.Text)] = m.Text, true
	}
	e.end(t, s)
	if len(texts) != rounds*each {
		t.Errorf("%d different texts under %d identities, want %d", len(texts), len(heard), rounds*each)
	}
}

func endsIdle(t T, s *Subject) {
	ctx := bounded(t, s)
	e := listen(t, s, s.Channel, "")
	say(t, ctx, s, "da")
	e.take(t, s, nil)
	e.end(t, s)
	e = listen(t, s, s.Restart(), "")
	e.end(t, s) // at once, perhaps before the first connection
}

func endsBetweenRepeats(t T, s *Subject) {
	ctx := bounded(t, s)
	e := listen(t, s, s.Channel, "")
	say(t, ctx, s, "da")
	e.take(t, s, errNotNow)
	e.end(t, s)
}

func outlivesOutage(t T, s *Subject) {
	ctx := bounded(t, s)
	e := listen(t, s, s.Channel, "")
	say(t, ctx, s, "vorher")
	before := e.take(t, s, nil)
	s.Outage(true)
	s.Outage(false)
	say(t, ctx, s, "nachher")
	m := e.take(t, s, nil)
	if m.ID == before.ID {
		m = e.take(t, s, nil)
	}
	if !s.same("nachher", m.Text) {
		t.Errorf("after the outage came %q", m.Text)
	}
	s.Outage(true)
	e.end(t, s)
	s.Outage(false)

	s.Outage(true)
	e = listen(t, s, s.Restart(), m.Cursor) // the network may be down when we start
	s.Outage(false)
	say(t, ctx, s, "nach dem Start")
	again := e.take(t, s, nil)
	if again.ID == m.ID {
		again = e.take(t, s, nil)
	}
	if !s.same("nach dem Start", again.Text) {
		t.Errorf("after a start during an outage came %q", again.Text)
	}
	e.end(t, s)
}

func deniedEnds(t T, s *Subject) {
	e := listen(t, s, s.Denied(), "")
	select {
	case err := <-e.done:
		if err == nil {
			t.Errorf("receive returned nil although its credentials are refused")
		} else {
			silent(t, s, err, channels.Address{}, "")
		}
	case <-e.heard:
		t.Errorf("a message was heard although the credentials are refused")
	case <-time.After(s.patience()):
		t.Errorf("receive goes on although its credentials are refused (waited %s)", strconv.Quote(s.patience().String()))
	}
}
