// Package console is the network of one terminal: several people write as lines of
// one input and are answered as lines of one output. It serves for trying things
// out and for stories played from a file. It stores nothing and opens nothing but
// the reader and writer it is given.
//
// A line is said by the person named at its beginning ("@anna Ich komme"), else by
// the one who spoke last; "@anna" alone changes who speaks. "*2" presses the second
// button of the newest question to that person, "*Ja" the one labelled so, and
// "*50.776,6.084" shares a place.
package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"ehrenamt/channels"
)

// Name is the network's name in addresses.
const Name = "console"

// maxLine is the length in bytes from which a line is cut.
const maxLine = 1 << 20

// Options say how a Console reads and writes. Only In, Out and Now are needed.
type Options struct {
	In      io.Reader
	Out     io.Writer
	Now     func() time.Time
	Account string        // the Account of its addresses
	Speaker string        // who speaks before anybody was named; default "ich"
	Run     string        // makes message ids of this run unlike those of earlier ones; default: the time of New
	Echo    bool          // print what people say, for input that nobody sees being typed
	Color   bool          // paint names and titles with ANSI colours
	Width   int           // columns after which lines break between words; 0 never
	Pause   time.Duration // between two offers of a message that was not handled; default 100 ms
}

// Console is one terminal.
type Console struct {
	o      Options
	reader sync.Once
	lines  chan string // closed at the end of the input

	hearing sync.Mutex // held by the running Receive
	pending *channels.Message
	serial  int
	speaker string

	mu    sync.Mutex // guards what follows, and Out
	sent  int
	asked map[string]question         // the newest question to each person
	shown map[string]channels.Address // to whom each ref was sent
}

type question struct {
	ref   string
	reply channels.Reply
}

// nobody is who speaks before anybody was named.
const nobody = "ich"

// name is how the present speaker would like to be called: "Anna" for "anna".
func (c *Console) name() string {
	if c.speaker == nobody {
		return ""
	}
	r, n := utf8.DecodeRuneInString(c.speaker)
	return string(unicode.ToUpper(r)) + c.speaker[n:]
}

// New returns a Console.
func New(o Options) *Console {
	if o.Speaker == "" {
		o.Speaker = nobody
	}
	if o.Run == "" {
		o.Run = strconv.FormatInt(o.Now().UnixNano(), 36)
	}
	if o.Pause <= 0 {
		o.Pause = 100 * time.Millisecond
	}
	return &Console{
		o:       o,
		lines:   make(chan string),
		speaker: o.Speaker,
		asked:   map[string]question{},
		shown:   map[string]channels.Address{},
	}
}

// Name implements channels.Channel.
func (c *Console) Name() string { return Name }

// Address is the address of a person at this terminal.
func (c *Console) Address(name string) channels.Address {
	return channels.Address{Channel: Name, Account: c.o.Account, ID: strings.ToLower(name)}
}

// read passes on lines until the input ends. It lives as long as the input does: a blocked read of a terminal
// cannot be ended.
func (c *Console) read() {
	defer close(c.lines)
	r := bufio.NewReader(c.o.In)
	for {
		var line []byte
		for {
			part, err := r.ReadSlice('\n')
			if room := maxLine - len(line); room > 0 {
				line = append(line, part[:min(len(part), room)]...)
			}
			if err == nil {
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				if len(line) > 0 {
					c.lines <- string(line)
				}
				return
			}
		}
		c.lines <- string(line)
	}
}

// Receive implements channels.Channel. It also returns nil when the input ends. The terminal cannot repeat
// anything, so the Console itself keeps the one message that is not yet handled; cursor is not used.
func (c *Console) Receive(ctx context.Context, _ string, hear func(context.Context, channels.Message) error) error {
	c.hearing.Lock()
	defer c.hearing.Unlock()
	c.reader.Do(func() { go c.read() })
	for ctx.Err() == nil {
		if c.pending == nil {
			select {
			case <-ctx.Done():
				return nil
			case line, open := <-c.lines:
				if !open {
					return nil
				}
				c.pending = c.understand(line)
			}
			continue
		}
		if err := hear(ctx, *c.pending); err != nil {
			pause(ctx, c.o.Pause)
			continue
		}
		c.pending = nil
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// understand turns a line into a message, or into nil if nothing was said.
func (c *Console) understand(line string) *channels.Message {
	who, text := split(line)
	if who != "" {
		c.speaker = who
	}
	if text == "" {
		return nil
	}
	c.serial++
	from := c.Address(c.speaker)
	m := &channels.Message{
		ID:    c.o.Run + "." + strconv.Itoa(c.serial),
		Kind:  channels.Text,
		From:  from,
		Name:  c.name(),
		Text:  text,
		Trust: channels.Authenticated,
		Sent:  c.o.Now(),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if payload, ok := strings.CutPrefix(text, "/start "); ok {
		m.Start = strings.TrimSpace(payload)
	}
	if said, ok := strings.CutPrefix(text, "*"); ok {
		c.press(m, strings.TrimSpace(said))
	}
	if c.o.Echo {
		// The echo is a courtesy to whoever watches; what was said is heard even if it cannot be shown.
		_, _ = io.WriteString(c.o.Out, c.o.frame(from.ID, ">", clean(text)))
	}
	return m
}

// press makes m a press or a location; what is neither stays text, so that it is answered and not swallowed.
func (c *Console) press(m *channels.Message, said string) {
	if q, ok := c.asked[m.From.ID]; ok {
		if choice, ok := channels.Pick(said, q.reply.Choices); ok && choice.URL == "" {
			m.Kind, m.Handle, m.Prompt, m.Ref, m.Text = channels.Press, choice.Key, q.reply.Prompt, q.ref, ""
			return
		}
	}
	if p, ok := point(said); ok {
		m.Kind, m.Point, m.Text = channels.Location, &p, ""
	}
}

func point(s string) (channels.Point, bool) {
	a, b, ok := strings.Cut(s, ",")
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lon, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if !ok || err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		return channels.Point{}, false
	}
	return channels.Point{Lat: lat, Lon: lon}, true
}

// Send implements channels.Channel.
func (c *Console) Send(ctx context.Context, _ string, to channels.Address, r channels.Reply) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.write(ctx, to, "<", r); err != nil {
		return "", fmt.Errorf("console: send: %w", err)
	}
	c.sent++
	ref := strconv.Itoa(c.sent)
	c.shown[ref] = to
	if len(r.Choices) > 0 {
		c.asked[to.ID] = question{ref, r}
	}
	return ref, nil
}

// Edit implements channels.Editor by saying the new text beneath, marked with "~".
func (c *Console) Edit(ctx context.Context, to channels.Address, ref string, r channels.Reply) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shown[ref] != to {
		return fmt.Errorf("console: edit: no such message: %w", channels.ErrUndeliverable)
	}
	if q, ok := c.asked[to.ID]; ok && q.ref == ref {
		if len(r.Choices) == 0 {
			delete(c.asked, to.ID)
		} else {
			c.asked[to.ID] = question{ref, r}
		}
	}
	if err := c.write(ctx, to, "~", r); err != nil {
		return fmt.Errorf("console: edit: %w", err)
	}
	return nil
}

func (c *Console) write(ctx context.Context, to channels.Address, sign string, r channels.Reply) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n, err := io.WriteString(c.o.Out, c.o.frame(to.ID, sign, c.o.render(r)))
	if err != nil && n > 0 {
		return fmt.Errorf("%w: %w", channels.ErrUncertain, err)
	}
	return err
}
