package channeltest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ehrenamt/channels"
)

// silent requires that an error tells nothing it must not tell.
func silent(t T, s *Subject, err error, to channels.Address, text string) {
	t.Helper()
	if err == nil {
		return
	}
	forbidden := append([]string{}, s.Secrets...)
	if len(to.ID) > 3 {
		forbidden = append(forbidden, to.ID)
	}
	if len(text) > 3 {
		forbidden = append(forbidden, text)
	}
	for _, f := range forbidden {
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), f) {
				t.Errorf("an error tells a token, an address or a text (%d characters of it)", len(f))
				return
			}
		}
	}
}

// send sends and obeys RetryAfter, as the service does.
func send(t T, ctx context.Context, s *Subject, c channels.Channel, key string, r channels.Reply) string {
	t.Helper()
	for {
		ref, err := c.Send(ctx, key, s.To, r)
		var wait *channels.RetryAfter
		if errors.As(err, &wait) {
			silent(t, s, err, s.To, r.Text)
			select {
			case <-time.After(wait.Wait):
				continue
			case <-ctx.Done():
			}
		}
		if err != nil {
			t.Fatalf("sending %s: %v", key, err)
		}
		return ref
	}
}

func arrived(t T, ctx context.Context, s *Subject, n int) []Arrival {
	t.Helper()
	got, err := s.Arrived(ctx, n)
	if err != nil {
		t.Fatalf("waiting for %d messages at the other side: %v", n, err)
	}
	if len(got) < n {
		t.Fatalf("%d messages at the other side, want %d", len(got), n)
	}
	return got
}

// squeeze drops white space, which networks may change where they break lines.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func replyArrives(t T, s *Subject) {
	ctx := bounded(t, s)
	r := channels.Reply{
		Text:    "Für wen schreibst du?",
		Choices: []channels.Choice{{Key: "v", Label: "Verein"}, {Key: "p", Label: "Privat"}, {Key: "f", Label: "Firma"}},
		Prompt:  "q1",
	}
	if ref := send(t, ctx, s, s.Channel, "reply-1", r); ref == "" {
		t.Errorf("no reference of the sent message")
	}
	a := arrived(t, ctx, s, 1)[0]
	if !strings.Contains(squeeze(a.Text), squeeze(r.Text)) {
		t.Errorf("arrived %q, want it to contain the text", a.Text)
	}
	for _, c := range r.Choices {
		if !strings.Contains(a.Text+"\n"+strings.Join(a.Buttons, "\n"), c.Label) {
			t.Errorf("the choice %q did not arrive", c.Label)
		}
	}
}

func textIsNotMarkup(t T, s *Subject) {
	ctx := bounded(t, s)
	text := "5 < 7 & <b>nicht fett</b> *auch nicht* _hier_ [so](http://x.example) `code` &amp; ❤️ \"Zitat\""
	send(t, ctx, s, s.Channel, "markup-1", channels.Reply{Text: text})
	if got := arrived(t, ctx, s, 1)[0].Text; !strings.Contains(squeeze(got), squeeze(text)) {
		t.Errorf("arrived %q, want %q", got, text)
	}
}

func longTextArrivesWhole(t T, s *Subject) {
	ctx := bounded(t, s)
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "Zeile %03d mit Umlauten äöü und 🙂 <%d>\n", i, i)
	}
	send(t, ctx, s, s.Channel, "long-1", channels.Reply{Text: b.String()})
	want := squeeze(b.String())
	var got string
	for n := 1; ; n++ { // the network may need several messages
		got = ""
		for _, a := range arrived(t, ctx, s, n) {
			got += squeeze(a.Text)
		}
		if strings.Contains(got, want) {
			return
		}
	}
}

func repliesKeepOrder(t T, s *Subject) {
	const n = 5
	ctx := bounded(t, s)
	for i := range n {
		send(t, ctx, s, s.Channel, fmt.Sprintf("order-%d", i), channels.Reply{Text: fmt.Sprintf("Antwort Nummer %d", i)})
	}
	for i, a := range arrived(t, ctx, s, n) {
		if !strings.Contains(a.Text, fmt.Sprintf("Antwort Nummer %d", i)) {
			t.Errorf("at place %d arrived %q", i, a.Text)
		}
	}
}

func endedContextSendsNothing(t T, s *Subject) {
	ctx := bounded(t, s)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.Channel.Send(ended, "ended-1", s.To, channels.Reply{Text: "kommt nicht"})
	if err == nil || errors.Is(err, channels.ErrUndeliverable) || errors.Is(err, channels.ErrUncertain) {
		t.Errorf("sending with an ended context gave %v, want a temporary error", err)
	}
	silent(t, s, err, s.To, "kommt nicht")
	send(t, ctx, s, s.Channel, "ended-2", channels.Reply{Text: "kommt an"})
	if got := arrived(t, ctx, s, 1); len(got) != 1 || !strings.Contains(got[0].Text, "kommt an") {
		t.Errorf("arrived %v, want the second message alone", got)
	}
}

func concurrentSends(t T, s *Subject) {
	const n = 8
	ctx := bounded(t, s)
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			for {
				_, err := s.Channel.Send(ctx, fmt.Sprintf("many-%d", i), s.To, channels.Reply{Text: fmt.Sprintf("gleichzeitig %d.", i)})
				var wait *channels.RetryAfter
				if errors.As(err, &wait) {
					select {
					case <-time.After(wait.Wait):
						continue
					case <-ctx.Done():
					}
				}
				errs[i] = err
				return
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("sending from %d goroutines: %v", n, err)
	}
	all := ""
	for _, a := range arrived(t, ctx, s, n) {
		all += a.Text + "\n"
	}
	for i := range n {
		if want := fmt.Sprintf("gleichzeitig %d.", i); strings.Count(all, want) != 1 {
			t.Errorf("%q arrived %d times, want once", want, strings.Count(all, want))
		}
	}
}

func goneIsGone(t T, s *Subject) {
	_, err := s.Channel.Send(bounded(t, s), "gone-1", s.Gone, channels.Reply{Text: "an niemanden"})
	if !errors.Is(err, channels.ErrGone) || !errors.Is(err, channels.ErrUndeliverable) || errors.Is(err, channels.ErrUncertain) {
		t.Errorf("sending to a vanished address gave %v, want gone", err)
	}
	silent(t, s, err, s.Gone, "an niemanden")
}

func downIsTemporary(t T, s *Subject) {
	const text = "kommt beim zweiten Mal"
	ctx := bounded(t, s)
	s.Fault(Down)
	_, err := s.Channel.Send(ctx, "down-1", s.To, channels.Reply{Text: text})
	if err == nil || errors.Is(err, channels.ErrUndeliverable) || errors.Is(err, channels.ErrUncertain) {
		t.Errorf("sending during an outage gave %v, want a temporary error", err)
	}
	silent(t, s, err, s.To, text)
	s.Fault(Healthy)
	send(t, ctx, s, s.Channel, "down-1", channels.Reply{Text: text})
	send(t, ctx, s, s.Channel, "down-2", channels.Reply{Text: "danach"})
	if got := arrived(t, ctx, s, 2); len(got) != 2 {
		t.Errorf("%d messages arrived, want the repeated one once and the one after it", len(got))
	}
}

func lostIsUncertain(t T, s *Subject) {
	const text = "ist vielleicht angekommen"
	ctx := bounded(t, s)
	s.Fault(Lost)
	_, err := s.Channel.Send(ctx, "lost-1", s.To, channels.Reply{Text: text})
	if !errors.Is(err, channels.ErrUncertain) || errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("a connection lost after the effect gave %v, want uncertain", err)
	}
	silent(t, s, err, s.To, text)
	s.Fault(Healthy)
	if n := strings.Count(fmt.Sprint(arrived(t, ctx, s, 1)), text); n != 1 {
		t.Errorf("the message arrived %d times, want once: one Send is one attempt", n)
	}
}

func refusedIsUndeliverable(t T, s *Subject) {
	const text = "wird nicht genommen"
	s.Fault(Refused)
	_, err := s.Channel.Send(bounded(t, s), "refused-1", s.To, channels.Reply{Text: text})
	if !errors.Is(err, channels.ErrUndeliverable) || errors.Is(err, channels.ErrGone) || errors.Is(err, channels.ErrUncertain) {
		t.Errorf("a refused message gave %v, want undeliverable and not gone", err)
	}
	silent(t, s, err, s.To, text)
	s.Fault(Healthy)
}

func throttledSaysHowLong(t T, s *Subject) {
	const text = "etwas später bitte"
	s.Fault(Throttled)
	_, err := s.Channel.Send(bounded(t, s), "throttled-1", s.To, channels.Reply{Text: text})
	var wait *channels.RetryAfter
	if !errors.As(err, &wait) || wait.Wait <= 0 || errors.Is(err, channels.ErrUndeliverable) || errors.Is(err, channels.ErrUncertain) {
		t.Errorf("throttling gave %v, want RetryAfter with a time", err)
	}
	silent(t, s, err, s.To, text)
	s.Fault(Healthy)
}

func garbledIsNotFinal(t T, s *Subject) {
	const text = "trifft auf Unsinn"
	ctx := bounded(t, s)
	s.Fault(Garbled)
	_, err := s.Channel.Send(ctx, "garbled-1", s.To, channels.Reply{Text: text})
	if err == nil || errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("a nonsensical answer gave %v, want an error that allows a repeat", err)
	}
	silent(t, s, err, s.To, text)
	s.Fault(Healthy)
	send(t, ctx, s, s.Channel, "garbled-1", channels.Reply{Text: text})
}

func editChanges(t T, s *Subject) {
	ctx := bounded(t, s)
	ref := send(t, ctx, s, s.Channel, "edit-1", channels.Reply{Text: "Noch drei Plätze", Choices: []channels.Choice{{Key: "a", Label: "Ich komme"}}})
	editor := s.Channel.(channels.Editor)
	changed := channels.Reply{Text: "Besetzt, danke!"}
	for range 2 { // the second time it already says so
		if err := editor.Edit(ctx, s.To, ref, changed); err != nil {
			t.Fatalf("editing: %v", err)
		}
	}
	got := arrived(t, ctx, s, 1)
	if len(got) != 1 || !strings.Contains(got[0].Text, changed.Text) || strings.Contains(got[0].Text, "Noch drei") {
		t.Errorf("after the edit the other side shows %v", got)
	}
	if len(got) == 1 && len(got[0].Buttons) > 0 {
		t.Errorf("after the edit the buttons %v are still there", got[0].Buttons)
	}
}
