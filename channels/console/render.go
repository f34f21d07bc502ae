package console

import (
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/term"

	"ehrenamt/channels"
)

// ForTerminal tells whether colours suit f, and how wide it is: false and 0 unless f is a terminal. The variable
// NO_COLOR (https://no-color.org) switches colours off.
func ForTerminal(f *os.File) (color bool, width int) {
	if !term.IsTerminal(int(f.Fd())) {
		return false, 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		width = 0
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", width
}

// split takes the name off the beginning of a line. Names are letters, digits, '.', '-' and '_'.
func split(line string) (who, text string) {
	text = strings.TrimSpace(strings.ToValidUTF8(line, "\uFFFD"))
	rest, ok := strings.CutPrefix(text, "@")
	if !ok {
		return "", text
	}
	end := strings.IndexFunc(rest, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r)
	})
	if end < 0 {
		end = len(rest)
	}
	who = strings.TrimRight(rest[:end], ".-_")
	if who == "" {
		return "", text
	}
	return strings.ToLower(who), strings.TrimSpace(strings.TrimPrefix(rest[len(who):], ":"))
}

// render is everything a reply shows, unframed.
func (o Options) render(r channels.Reply) string {
	var b strings.Builder
	before, after, said := channels.CutTitle(channels.Plain(r), r.Title)
	if !said {
		after = "\n" + after
	}
	if r.Title == "" {
		after = channels.Plain(r)
	}
	b.WriteString(clean(before) + o.paint("1", clean(r.Title)) + clean(after))
	for _, f := range r.Files {
		fmt.Fprintf(&b, "\n+ %s (%d kB)", clean(f.Name), (len(f.Data)+1023)/1024)
	}
	if e := r.Invite; e != nil {
		fmt.Fprintf(&b, "\n+ %s (%s)", clean(e.Summary), e.Start.Format("2006-01-02 15:04 MST"))
	}
	return strings.Trim(b.String(), "\n")
}

// clean removes what would command the terminal instead of being read.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// frame puts the person's name and a sign before the text; further lines are set under the first.
func (o Options) frame(who, sign, text string) string {
	head := clean(who)
	indent := strings.Repeat(" ", uniseg.StringWidth(head))
	room := 0
	if o.Width > 0 {
		room = max(o.Width-uniseg.StringWidth(head)-3, 20)
	}
	var b strings.Builder
	b.WriteString(o.paint(hue(who), head))
	for i, line := range lines(text, room) {
		if i > 0 {
			b.WriteString(indent)
		}
		b.WriteString(" " + sign)
		if line != "" {
			b.WriteString(" " + line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// lines breaks a text at its line ends and, if room is given, between words; what follows a break is indented as
// its line was, two columns more after a number.
func lines(text string, room int) []string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " ")
		if room == 0 || uniseg.StringWidth(line) <= room {
			all = append(all, line)
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		hang := indent
		if head, _, ok := strings.Cut(line[len(indent):], ") "); ok && len(head) < 3 {
			hang += strings.Repeat(" ", len(head)+2)
		}
		row := indent
		for word := range strings.FieldsSeq(line) {
			switch {
			case strings.TrimSpace(row) == "":
				row += word
			case uniseg.StringWidth(row)+1+uniseg.StringWidth(word) <= room:
				row += " " + word
			default:
				all = append(all, row)
				row = hang + word
			}
		}
		all = append(all, row)
	}
	return all
}

func (o Options) paint(code, s string) string {
	if !o.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// hue gives every name one of six colours, always the same.
func hue(who string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(who))
	return fmt.Sprint(31 + h.Sum32()%6)
}
