package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rsc.io/qr"

	"ehrenamt/channels/web/face"
)

// boardView is what the pages of a front show. Words are looked up as T "web.board.…".
type boardView struct {
	Front   Front
	Base    string // where its pages are, without a slash at the end
	Lang    string
	Title   string
	Current string // which page it is
	Style   template.CSS
	Colours template.CSS
	Others  []other // the same page in other languages
	words   func(lang, key string, args map[string]any) string

	Wish       wish
	Categories []option
	Postings   []Posting
	Total      int
	Counted    string
	More, Less string

	Posting    *Posting
	Paragraphs [][]string
	Version    string
	Mailto     template.URL
	QR         *picture

	Fronts []Front
	Weeks  [][]day
	Days   []day
	Names  []string // of the days of a week
}

// option is one of several things to choose from.
type option struct {
	Value, Label string
	Selected     bool
}

// day is a day of the calendar.
type day struct {
	ID, Label, Number, Month string
	Today, Past              bool
	Postings                 []dated
}

// dated is a posting on a day.
type dated struct {
	When string
	Posting
}

func (b *board) view(r *http.Request, f Front, base string) *boardView {
	langs := f.Langs
	if len(langs) == 0 {
		langs = b.site.cfg.Langs
	}
	v := &boardView{Front: f, Base: base, Lang: b.site.langOf(r, "", langs), words: b.site.cfg.Words}
	for _, l := range langs {
		if l == v.Lang {
			continue
		}
		q := r.URL.Query()
		q.Set("l", l)
		v.Others = append(v.Others, other{l, v.words(l, "web.language", nil), r.URL.EscapedPath() + "?" + q.Encode()})
	}
	return v
}

// T says a word of the page.
func (v *boardView) T(key string) string { return v.say("web.board." + key) }

func (v *boardView) say(key string, pairs ...any) string {
	args := map[string]any{"front": v.Front.Name, "place": v.Front.Place}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return v.words(v.Lang, key, args)
}

// Link is the address of a page of the front in the language that is read.
func (v *boardView) Link(path string) string {
	at := v.Base + path
	if at == "" {
		at = "/"
	}
	if len(v.Front.Langs) > 0 && v.Lang != v.Front.Langs[0] {
		at += "?l=" + url.QueryEscape(v.Lang)
	}
	return at
}

// Has tells whether the front has a text of its own.
func (v *boardView) Has(kind string) bool {
	for _, k := range v.Front.Texts {
		if k == kind {
			return true
		}
	}
	return false
}

// Own tells whether the language that is read is the front's first one.
func (v *boardView) Own() bool { return len(v.Front.Langs) == 0 || v.Lang == v.Front.Langs[0] }

// PageOf is where the pages of another front are.
func (v *boardView) PageOf(f Front) string {
	if f.Own && f.Page != "" {
		return f.Page
	}
	return "/f/" + url.PathEscape(f.ID)
}

// Colours of pages whose front has none, and the grounds of the style sheet that are hardest to read links on.
const (
	ourAccent  = "#0b5c3b"
	softGround = "#eceae4"
	darkSoft   = "#262b30"
	darkGround = "#14171a"
)

// colours are those of a front as a style sheet: links get darker, and in the dark lighter, until they can be read.
func colours(accent, ink string) template.CSS {
	a, words, err := face.Pair(accent, ink)
	if err != nil {
		a, words, _ = face.Pair(ourAccent, "")
	}
	light := readable(a, softGround, func(v uint8) uint8 { return uint8(int(v) * 15 / 16) })
	dark := readable(a, darkSoft, func(v uint8) uint8 { return uint8(min(255, int(v)+(255-int(v))/8+1)) })
	return template.CSS(fmt.Sprintf(":root{--accent:%s;--ink:%s;--link:%s}@media (prefers-color-scheme:dark){:root{--link:%s;--on:%s}}", //nolint:gosec // made of colours alone
		a, words, light, dark, darkGround))
}

// readable is the first shade of a colour that can be read on a ground.
func readable(c face.Colour, ground string, shade func(uint8) uint8) face.Colour {
	g, err := face.ParseColour(ground)
	for range 80 {
		if err != nil || face.Contrast(c, g) >= face.Readable+0.1 {
			break
		}
		c = face.Colour{R: shade(c.R), G: shade(c.G), B: shade(c.B)}
	}
	return c
}

// picture is a code that telephones read, as a path of squares.
type picture struct {
	Size int
	Path string
}

// code2D is a QR code (ISO/IEC 18004) of an address; nil where there is none.
func code2D(text string) *picture {
	if text == "" {
		return nil
	}
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil
	}
	const quiet = 4 // modules around it
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
		}
	}
	return &picture{Size: c.Size + 2*quiet, Path: b.String()}
}

// weeksShown is how far the calendar looks ahead.
const weeksShown = 6

func (b *board) calendar(w http.ResponseWriter, r *http.Request, v *boardView) error {
	all, err := b.listed(r, v.Front.ID, v.Lang)
	if err != nil {
		return err
	}
	now := b.now()
	for i := range all {
		if len(all[i].Dates) > 0 {
			now = now.In(all[i].Dates[0].Start.Location())
			break
		}
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, now.Location())
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	on := map[string][]dated{}
	for _, p := range all {
		for _, d := range p.Dates {
			id := d.Start.Format(time.DateOnly)
			on[id] = append(on[id], dated{d.When, p})
		}
	}
	for i := range weeksShown * 7 {
		at := monday.AddDate(0, 0, i)
		id := at.Format(time.DateOnly)
		d := day{ID: "d" + id, Number: fmt.Sprint(at.Day()), Past: at.Before(today), Today: at.Equal(today), Postings: on[id]}
		args := []any{"weekday", v.say(fmt.Sprintf("weekday.%d", int(at.Weekday()))), "day", at.Day(), "month", v.say(fmt.Sprintf("month.%d", int(at.Month())))}
		d.Label = v.say("web.board.day", args...)
		if at.Day() == 1 || i == 0 {
			d.Month = v.say(fmt.Sprintf("month.%d", int(at.Month())))
		}
		if i%7 == 0 {
			v.Weeks = append(v.Weeks, nil)
		}
		v.Weeks[len(v.Weeks)-1] = append(v.Weeks[len(v.Weeks)-1], d)
		if len(d.Postings) > 0 && !d.Past {
			v.Days = append(v.Days, d)
		}
		if i < 7 {
			v.Names = append(v.Names, v.say(fmt.Sprintf("weekday_short.%d", int(at.Weekday()))))
		}
	}
	v.Title, v.Current = v.say("web.board.calendar"), "calendar"
	b.write(w, r, http.StatusOK, "calendar", v)
	return nil
}

// cardOf is what the card of a posting is made of.
type cardOf struct {
	V    *boardView
	P    Posting
	When string
	at   time.Time
}

// With is the card of a posting, with its next date.
func (v *boardView) With(p Posting) cardOf {
	c := cardOf{V: v, P: p, When: p.When}
	if n := len(p.Dates); n > 0 {
		c.When, c.at = p.Dates[0].When, p.Dates[0].Start
		if n > 1 {
			c.When += " " + v.say("web.board.and_more", "Count", n-1)
		}
	}
	return c
}

// On is the card of a posting on one of its dates.
func (v *boardView) On(d dated) cardOf { return cardOf{V: v, P: d.Posting, When: d.When} }

// leaf is a day as a leaf of a calendar.
type leaf struct{ Weekday, Number, Month string }

// Leaf is the day of the next date; nil where there is none.
func (c cardOf) Leaf() *leaf {
	if c.at.IsZero() {
		return nil
	}
	month := []rune(c.V.say(fmt.Sprintf("month.%d", int(c.at.Month()))))
	return &leaf{
		Weekday: c.V.say(fmt.Sprintf("weekday_short.%d", int(c.at.Weekday()))), Number: fmt.Sprint(c.at.Day()), Month: string(month[:min(3, len(month))]),
	}
}

// Summary is the beginning of the description.
func (c cardOf) Summary() string {
	const most = 140
	r := []rune(strings.Join(strings.Fields(c.P.Description), " "))
	if len(r) <= most {
		return string(r)
	}
	cut := string(r[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + " …"
}
