package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/channeltest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// screen is an output that can be waited for and made to fail.
type screen struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
	broken  int // bytes still taken before every write fails; -1: all
}

func newScreen() *screen { return &screen{changed: make(chan struct{}), broken: -1} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { close(s.changed); s.changed = make(chan struct{}) }()
	if s.broken >= 0 && len(p) > s.broken {
		s.text.Write(p[:s.broken])
		return s.broken, errors.New("terminal closed")
	}
	return s.text.Write(p)
}

func (s *screen) messages(who string) []channeltest.Arrival {
	var all []channeltest.Arrival
	for _, line := range strings.Split(s.text.String(), "\n") {
		switch {
		case strings.HasPrefix(line, who+" < "):
			all = append(all, channeltest.Arrival{Text: line[len(who)+3:]})
		case strings.HasPrefix(line, who+" ~ "):
			all = []channeltest.Arrival{{Text: line[len(who)+3:]}} // tests edit the only message
		case len(all) > 0 && strings.TrimSpace(line) != "":
			all[len(all)-1].Text += "\n" + strings.TrimPrefix(strings.TrimSpace(line), "< ")
		}
	}
	return all
}

func (s *screen) arrived(ctx context.Context, who string, n int) ([]channeltest.Arrival, error) {
	for {
		s.mu.Lock()
		all, changed := s.messages(who), s.changed
		s.mu.Unlock()
		if len(all) >= n {
			return all, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return all, ctx.Err()
		}
	}
}

func TestConsoleKeepsTheContract(t *testing.T) {
	channeltest.Exercise(t, func(t *testing.T) *channeltest.Subject {
		in, keyboard := io.Pipe()
		t.Cleanup(func() { _ = keyboard.Close() })
		typed := make(chan string, 100)
		go func() {
			for line := range typed {
				_, _ = io.WriteString(keyboard, line)
			}
		}()
		t.Cleanup(func() { close(typed) })
		out := newScreen()
		c := New(Options{In: in, Out: out, Now: func() time.Time { return noon }, Pause: time.Millisecond})
		return &channeltest.Subject{
			Channel: c,
			Restart: func() channels.Channel { return c }, // a terminal ends with its process
			To:      c.Address("anna"),
			Say: func(_ context.Context, text string) error {
				typed <- "@anna " + text + "\n"
				return nil
			},
			Arrived: func(ctx context.Context, n int) ([]channeltest.Arrival, error) { return out.arrived(ctx, "anna", n) },
			Fault: func(f channeltest.Fault) {
				out.mu.Lock()
				defer out.mu.Unlock()
				out.broken = map[channeltest.Fault]int{channeltest.Healthy: -1, channeltest.Down: 0}[f]
			},
			Faults: []channeltest.Fault{channeltest.Down},
		}
	})
}

func heard(t *testing.T, c *Console) []channels.Message {
	t.Helper()
	var all []channels.Message
	if err := c.Receive(t.Context(), "", func(_ context.Context, m channels.Message) error {
		all = append(all, m)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLinesBelongToWhoeverIsNamed(t *testing.T) {
	in := "hallo\n@Anna 1\nnoch etwas\n@turnverein: Wir suchen 3 Leute\n@bernd\nich bin dran\n\n@ allein\n/start p_ABC\nohne Ende"
	c := New(Options{In: strings.NewReader(in), Out: io.Discard, Now: func() time.Time { return noon }, Run: "r"})
	var got []string
	all := heard(t, c)
	for _, m := range all {
		got = append(got, m.From.ID+": "+m.Text)
	}
	want := "ich: hallo|anna: 1|anna: noch etwas|turnverein: Wir suchen 3 Leute|bernd: ich bin dran|bernd: @ allein|bernd: /start p_ABC|bernd: ohne Ende"
	if strings.Join(got, "|") != want {
		t.Errorf("heard\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
	if m := all[6]; m.Start != "p_ABC" {
		t.Errorf("the parameter of /start is %q", m.Start)
	}
}

func TestStarPressesTheButtonOfTheNewestQuestion(t *testing.T) {
	in := "@anna *2\n*ja\n@bernd *1\n@anna *7\n*50.776, 6.084\n*91,0\n"
	c := New(Options{In: strings.NewReader(in), Out: io.Discard, Now: func() time.Time { return noon }})
	r := channels.Reply{Text: "Stimmt das?", Prompt: "q", Choices: []channels.Choice{{Key: "h1", Label: "Ja"}, {Key: "h2", Label: "Nein"}}}
	ref, err := c.Send(t.Context(), "k", c.Address("anna"), r)
	if err != nil {
		t.Fatal(err)
	}
	all := heard(t, c)
	for i, want := range []struct {
		kind   channels.Kind
		handle string
		text   string
	}{
		{channels.Press, "h2", ""},
		{channels.Press, "h1", ""},
		{channels.Text, "", "*1"}, // bernd was not asked
		{channels.Text, "", "*7"},
		{channels.Location, "", ""},
		{channels.Text, "", "*91,0"},
	} {
		if m := all[i]; m.Kind != want.kind || m.Handle != want.handle || m.Text != want.text {
			t.Errorf("line %d: %s %q %q, want %s %q %q", i+1, m.Kind, m.Handle, m.Text, want.kind, want.handle, want.text)
		}
	}
	if all[0].Ref != ref || all[0].Prompt != "q" {
		t.Errorf("the press names message %q and prompt %q", all[0].Ref, all[0].Prompt)
	}
	if p := all[4].Point; p == nil || *p != (channels.Point{Lat: 50.776, Lon: 6.084}) {
		t.Errorf("the place is %v", p)
	}
}

func TestOutputIsFramedWrappedAndHarmless(t *testing.T) {
	r := channels.Reply{
		Title:   "Helfen",
		Text:    "Sommerfest\x1b[2J in Brand, Samstag von vierzehn bis achtzehn Uhr\n  Treffpunkt: am Markt",
		Choices: []channels.Choice{{Key: "a", Label: "Ich komme und bringe noch jemanden mit"}, {Key: "b", Label: "Mehr", URL: "https://x.example"}},
		Files:   []channels.FileInfo{{Name: "termin.ics", Data: make([]byte, 1500)}},
	}
	for _, tc := range []struct {
		name  string
		o     Options
		wants string
	}{
		{"without a width", Options{}, "anna < Helfen\n" +
			"     < Sommerfest[2J in Brand, Samstag von vierzehn bis achtzehn Uhr\n" +
			"     <   Treffpunkt: am Markt\n" +
			"     < 1) Ich komme und bringe noch jemanden mit\n" +
			"     < 2) Mehr https://x.example\n" +
			"     < + termin.ics (2 kB)\n"},
		{"forty columns", Options{Width: 40}, "anna < Helfen\n" +
			"     < Sommerfest[2J in Brand, Samstag\n" +
			"     < von vierzehn bis achtzehn Uhr\n" +
			"     <   Treffpunkt: am Markt\n" +
			"     < 1) Ich komme und bringe noch\n" +
			"     <    jemanden mit\n" +
			"     < 2) Mehr https://x.example\n" +
			"     < + termin.ics (2 kB)\n"},
	} {
		var out bytes.Buffer
		tc.o.Out, tc.o.In, tc.o.Now = &out, strings.NewReader(""), func() time.Time { return noon }
		c := New(tc.o)
		if _, err := c.Send(t.Context(), "k", c.Address("anna"), r); err != nil {
			t.Fatal(err)
		}
		if out.String() != tc.wants {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, out.String(), tc.wants)
		}
	}
}

func TestEchoAndColoursAreOptional(t *testing.T) {
	var out bytes.Buffer
	c := New(Options{In: strings.NewReader("@anna hallo\n"), Out: &out, Now: func() time.Time { return noon }, Echo: true, Color: true})
	heard(t, c)
	if got := out.String(); !strings.Contains(got, "anna\x1b[0m > hallo\n") {
		t.Errorf("echo is %q", got)
	}
}

func TestHalfAWrittenReplyIsUncertain(t *testing.T) {
	out := newScreen()
	out.broken = 5
	c := New(Options{In: strings.NewReader(""), Out: out, Now: func() time.Time { return noon }})
	if _, err := c.Send(t.Context(), "k", c.Address("anna"), channels.Reply{Text: "lang genug"}); !errors.Is(err, channels.ErrUncertain) {
		t.Errorf("got %v, want uncertain", err)
	}
}

func TestEditingWhatWasNeverSentIsRefused(t *testing.T) {
	c := New(Options{In: strings.NewReader(""), Out: io.Discard, Now: func() time.Time { return noon }})
	if err := c.Edit(t.Context(), c.Address("anna"), "9", channels.Reply{Text: "x"}); !errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("got %v, want undeliverable", err)
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"@anna 1", "@", "@@x", "*2", "*50,6", "@ä: *", "\x1b[2J", "\xff", "/start a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var out bytes.Buffer
		c := New(Options{In: strings.NewReader(line), Out: &out, Now: func() time.Time { return noon }, Echo: true, Width: 30})
		for _, m := range heard(t, c) {
			if m.From.ID == "" || strings.ContainsAny(m.From.ID, " \n@*") {
				t.Errorf("%q was said by %q", line, m.From.ID)
			}
		}
		if strings.ContainsAny(out.String(), "\x1b\x07\r") {
			t.Errorf("%q reached the terminal as %q", line, out.String())
		}
	})
}
