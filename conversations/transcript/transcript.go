// Package transcript reads conversations written down as people would see them, plays
// them in a World and writes down what really was said, so that a test can compare. It
// knows nothing of bots, stores and networks: the World is what a test makes it.
//
// A line begins with what it is:
//
//	# a remark, kept as it is
//	! @anna          from here on Anna speaks (the first line of every story names somebody)
//	! 2 h            time passes: any duration of Go or whole days ("3 days")
//	! monday 09:00   time passes until then, local
//	> said           by the one who speaks; "> @ben said" by somebody else, once
//	* 2              pressed, by number or label; "* @ben Ja" by somebody else
//	~ 50.77,6.08     a place shared
//	? photo          something sent that is no text
//	< answered       to the one who speaks; "< @ben …" to somebody else
//	=                the end: nothing more may be waiting to be said
//
// Further lines of a text begin with the same sign and four blanks.
package transcript

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Step is one line of a story that does something.
type Step struct {
	Sign byte // one of # ! > * ~ ? =
	Who  string
	Text string
	Line int
}

// Story is what is done; what was answered is found out by playing it.
type Story struct{ Steps []Step }

// Heard is something that was said to somebody.
type Heard struct {
	Who     string
	Text    string
	Edited  bool
	Choices []string
}

// World is where a story is played. Every method returns after everything that follows from it has happened.
type World interface {
	Say(ctx context.Context, who, text string) error
	Press(ctx context.Context, who, choice string) error
	Share(ctx context.Context, who string, lat, lon float64) error
	Send(ctx context.Context, who, kind string) error
	// Wait lets time pass, doing what becomes due on the way.
	Wait(ctx context.Context, until time.Time) error
	Now() time.Time
	// Heard returns what was said since it was last asked, in order.
	Heard(ctx context.Context) ([]Heard, error)
}

// continued begins the further lines of a text.
const continued = "    "

// Parse reads a story; answers in it are skipped.
func Parse(r io.Reader) (Story, error) {
	var s Story
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if strings.TrimSpace(line) == "" {
			continue
		}
		sign := line[0]
		if !strings.ContainsRune("#!>*~?=<", rune(sign)) {
			return s, fmt.Errorf("line %d: no such sign %q", n, sign)
		}
		if sign == '<' {
			continue
		}
		rest := strings.TrimPrefix(line[1:], " ")
		if last := len(s.Steps) - 1; sign == '>' && (strings.HasPrefix(line[1:], continued) || strings.TrimSpace(rest) == "") && last >= 0 && s.Steps[last].Sign == '>' {
			s.Steps[last].Text += "\n" + strings.TrimPrefix(strings.TrimRight(line[1:], " "), continued)
			continue
		}
		st := Step{Sign: sign, Text: rest, Line: n}
		if sign != '#' && strings.HasPrefix(rest, "@") {
			who, text, _ := strings.Cut(rest[1:], " ")
			st.Who, st.Text = who, text
		}
		s.Steps = append(s.Steps, st)
	}
	return s, sc.Err()
}

// Play plays a story and returns it as it really went.
func Play(ctx context.Context, s Story, w World) (string, error) {
	p := player{w: w}
	for _, st := range s.Steps {
		if err := p.step(ctx, st); err != nil {
			return p.out.String(), fmt.Errorf("line %d: %w", st.Line, err)
		}
	}
	return p.out.String(), nil
}

type player struct {
	w     World
	who   string
	out   strings.Builder
	begun bool
}

func (p *player) step(ctx context.Context, st Step) error {
	who := p.who
	if st.Who != "" {
		who = st.Who
	}
	p.echo(st)
	var err error
	switch st.Sign {
	case '!':
		if st.Who != "" {
			p.who = st.Who
			return nil
		}
		var until time.Time
		if until, err = moment(p.w.Now(), st.Text); err == nil {
			err = p.w.Wait(ctx, until)
		}
	case '>':
		err = p.w.Say(ctx, who, st.Text)
	case '*':
		err = p.w.Press(ctx, who, st.Text)
	case '?':
		err = p.w.Send(ctx, who, st.Text)
	case '~':
		var lat, lon float64
		if _, err = fmt.Sscanf(st.Text, "%f,%f", &lat, &lon); err == nil {
			err = p.w.Share(ctx, who, lat, lon)
		}
	}
	if err != nil {
		return err
	}
	said, err := p.w.Heard(ctx)
	for _, h := range said {
		p.heard(h)
	}
	return err
}

func (p *player) echo(st Step) {
	if st.Sign == '!' || st.Sign == '#' {
		if p.begun && st.Who != "" {
			p.out.WriteByte('\n')
		}
	}
	p.begun = true
	text := st.Text
	if st.Who != "" {
		text = strings.TrimSpace("@" + st.Who + " " + text)
	}
	p.write(st.Sign, text)
}

func (p *player) heard(h Heard) {
	text := h.Text
	if h.Edited {
		text = "(edited) " + text
	}
	if h.Who != p.who {
		text = "@" + h.Who + " " + text
	}
	for i, c := range h.Choices {
		text += "\n" + strconv.Itoa(i+1) + ") " + c
	}
	p.write('<', text)
}

func (p *player) write(sign byte, text string) {
	for i, line := range strings.Split(text, "\n") {
		p.out.WriteByte(sign)
		switch {
		case i > 0 && line != "":
			p.out.WriteString(continued + line)
		case line != "":
			p.out.WriteString(" " + line)
		}
		p.out.WriteByte('\n')
	}
}

// moment reads how far time goes on: a duration, days, or the next such weekday and time.
func moment(now time.Time, text string) (time.Time, error) {
	t := strings.ToLower(strings.TrimSpace(text))
	if n, ok := strings.CutSuffix(strings.TrimSuffix(t, "s"), " day"); ok {
		days, err := strconv.Atoi(n)
		return now.AddDate(0, 0, days), err
	}
	if d, err := time.ParseDuration(strings.ReplaceAll(t, " ", "")); err == nil {
		return now.Add(d), nil
	}
	name, clock, _ := strings.Cut(t, " ")
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return now, fmt.Errorf("no such time: %q", text)
	}
	for d := range 8 {
		day := now.AddDate(0, 0, d)
		when := time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
		if strings.ToLower(day.Weekday().String()) == name && when.After(now) {
			return when, nil
		}
	}
	return now, fmt.Errorf("no such time: %q", text)
}
