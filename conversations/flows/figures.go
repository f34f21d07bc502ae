package flows

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
	"ehrenamt/matching/figures"
)

// LookAtFigures asks for the figures of a month: the one given, else so many months from now (-1: the last one).
type LookAtFigures struct {
	Month time.Time
	Ago   int
}

// FiguresComing tells that they come as a message of their own.
type FiguresComing struct{}

// figures is opened by "/figures", with "now" or a month ("2026-10") behind it.
func (b *Book) figures() conversations.Runner {
	return conversations.Run(conversations.Flow[struct{}]{
		Name: Figures, Version: 1, Start: "told",
		Open: func(o conversations.Opening, env conversations.Env) conversations.Turn[struct{}] {
			ask := LookAtFigures{Ago: -1}
			said := strings.ToLower(strings.TrimSpace(o.Args))
			if m, err := time.ParseInLocation("2006-01", said, env.Zone); err == nil {
				ask.Month = m
			} else if said != "" {
				ask.Ago = 0
			}
			return conversations.Turn[struct{}]{Next: "told", Do: []conversations.Command{ask}}
		},
		Steps: map[string]conversations.Step[struct{}]{"told": {Hear: func(_ struct{}, in conversations.Input, env conversations.Env) conversations.Turn[struct{}] {
			r := text(b.say(env).T("figures.coming"))
			if no, ok := in.Fact.(Refused); ok {
				r = b.refusal(no, env)
			}
			return conversations.Turn[struct{}]{End: true, Say: []channels.Reply{r}}
		}}},
	})
}

// Figures tells editors how a month was, beside the one before it: in words, as a table and as a picture.
func (b *Book) Figures(r, before figures.Report, front string, env conversations.Env) (channels.Reply, error) {
	w := b.say(env)
	f := figured{w: w, p: message.NewPrinter(language.Make(w.Lang))}
	name := f.month(r.From)
	picture, err := figures.Chart(f.words(&r, &before, front), figures.PNG)
	if err != nil {
		return channels.Reply{}, err
	}
	table, err := f.table(&r)
	if err != nil {
		return channels.Reply{}, err
	}
	file := w.T("figures.file") + "-" + r.From.Format("2006-01")
	return channels.Reply{
		Title: w.T("figures.title", "Month", name, "Front", front), Text: strings.Join(f.lines(&r, &before, front), "\n"), Private: true, Thread: "figures",
		Files: []channels.FileInfo{
			{Name: file + ".png", Type: "image/png", Size: int64(len(picture)), Data: picture},
			{Name: file + ".csv", Type: "text/csv", Size: int64(len(table)), Data: table},
		},
	}, nil
}

// FiguresPicture draws figures in the language of a front.
func (b *Book) FiguresPicture(r, before figures.Report, front, lang, format string) ([]byte, error) {
	w := b.catalog.For(lang, "")
	f := figured{w: w, p: message.NewPrinter(language.Make(w.Lang))}
	return figures.Chart(f.words(&r, &before, front), format)
}

// figured says figures in a language.
type figured struct {
	w wording.Words
	p *message.Printer
}

func (f figured) month(t time.Time) string {
	return fmt.Sprintf("%s %d", f.w.T(fmt.Sprintf("month.%d", t.Month())), t.Year())
}

func (f figured) count(c figures.Count) string {
	if c.Hidden {
		return f.w.T("figures.few")
	}
	return f.p.Sprint(number.Decimal(c.N))
}

func (f figured) percent(s *figures.Share) string {
	if s == nil {
		return f.w.T("figures.none")
	}
	return f.p.Sprint(number.Decimal(s.Percent, number.MaxFractionDigits(0))) + " %"
}

// span says a time in the unit that fits it.
func (f figured) span(s figures.Span) string {
	switch {
	case !s.Told:
		return f.w.T("figures.none")
	case s.Minutes < 100:
		return f.w.T("figures.minutes", "Count", max(1, int(s.Minutes+0.5)))
	case s.Minutes < 48*60:
		return f.w.T("figures.hours", "Count", int(s.Minutes/60+0.5))
	}
	return f.w.T("figures.days", "Count", int(s.Minutes/60/24+0.5))
}

func (f figured) lines(r, before *figures.Report, front string) []string {
	w := f.w
	last := func(s string) string {
		return " (" + w.T("figures.before", "Month", w.T(fmt.Sprintf("month.%d", before.From.Month())), "Value", s) + ")"
	}
	ls := []string{
		w.T("figures.title", "Month", f.month(r.From), "Front", front),
		w.T("figures.needs") + ": " + f.count(r.Needs) + last(f.count(before.Needs)),
		w.T("figures.offers") + ": " + f.count(r.Offers) + last(f.count(before.Offers)),
		w.T("figures.filled") + ": " + f.percent(r.Filled) + last(f.percent(before.Filled)),
		w.T("figures.first") + ": " + f.span(r.FirstAnswer),
		w.T("figures.full") + ": " + f.span(r.Full),
		w.T("figures.reply") + ": " + f.span(r.Reply),
	}
	if r.PerFilled > 0 {
		ls = append(ls, w.T("figures.alerts")+": "+f.alerts(&r.Times))
	}
	return append(ls,
		w.T("figures.people")+": "+f.count(r.People)+last(f.count(before.People)),
		w.T("figures.subscribers")+": "+f.count(r.Subscribers),
		w.T("figures.foot"))
}

// words are those of the picture.
func (f figured) words(r, before *figures.Report, front string) figures.Words {
	w := f.w
	last := func(s string) string {
		return w.T("figures.before", "Month", w.T(fmt.Sprintf("month.%d", before.From.Month())), "Value", s)
	}
	share := ""
	if r.Filled != nil {
		share = w.T("figures.of", "Filled", f.p.Sprint(number.Decimal(r.Filled.Filled)), "Places", f.p.Sprint(number.Decimal(r.Filled.Places)))
	}
	out := figures.Words{
		Title: front + " · " + f.month(r.From), Parts: w.T("figures.parts"), Foot: w.T("figures.foot"),
		Tiles: [][3]string{
			{w.T("figures.needs"), f.count(r.Needs), last(f.count(before.Needs))},
			{w.T("figures.filled"), f.percent(r.Filled), share},
			{w.T("figures.full"), f.span(r.Full), last(f.span(before.Full))},
			{w.T("figures.people"), f.count(r.People), last(f.count(before.People))},
			{w.T("figures.offers"), f.count(r.Offers), last(f.count(before.Offers))},
			{w.T("figures.first"), f.span(r.FirstAnswer), last(f.span(before.FirstAnswer))},
			{w.T("figures.reply"), f.span(r.Reply), last(f.span(before.Reply))},
			{w.T("figures.subscribers"), f.count(r.Subscribers), w.T("figures.alerts_short", "Value", f.alerts(&r.Times))},
		},
	}
	for _, l := range r.Areas {
		b := figures.Bar{Label: w.T("area." + l.Key), Value: l.Needs.N, Percent: -1, Note: f.count(l.Needs)}
		if l.Filled != nil {
			b.Percent = l.Filled.Percent
			b.Note += " · " + w.T("figures.share", "Percent", f.percent(l.Filled))
		}
		out.Bars = append(out.Bars, b)
	}
	return out
}

// times are the columns of how soon things went.
func (f figured) times(t *figures.Times) []string {
	return []string{f.span(t.FirstAnswer), f.span(t.Full), f.span(t.Reply), f.alerts(t), f.count(t.People)}
}

func (f figured) alerts(t *figures.Times) string {
	if t.PerFilled == 0 {
		return f.w.T("figures.none")
	}
	return f.p.Sprint(number.Decimal(t.PerFilled, number.MaxFractionDigits(1)))
}

// table is everything as a spreadsheet reads it.
func (f figured) table(r *figures.Report) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteString("\ufeff") // without it Excel reads no umlauts
	out := csv.NewWriter(&buf)
	out.Comma = ';'
	w := f.w
	rows := [][]string{{w.T("figures.column.part"), w.T("figures.column.name"), w.T("figures.needs"), w.T("figures.offers"), w.T("figures.filled"),
		w.T("figures.first"), w.T("figures.full"), w.T("figures.reply"), w.T("figures.alerts"), w.T("figures.people")}}
	rows = append(rows, append([]string{w.T("figures.column.all"), "", f.count(r.Needs), f.count(r.Offers), f.percent(r.Filled)}, f.times(&r.Times)...))
	for _, part := range []struct {
		name  string
		lines []figures.Line
		label func(string) string
	}{
		{w.T("figures.column.area"), r.Areas, func(k string) string { return w.T("area." + k) }},
		{w.T("figures.column.category"), r.Categories, func(k string) string { return w.Category(matching.Category(k)) }},
		{w.T("figures.column.district"), r.Districts, func(k string) string {
			if k == figures.Outside {
				return w.T("figures.outside")
			}
			return k
		}},
	} {
		for _, l := range part.lines {
			rows = append(rows, []string{part.name, part.label(l.Key), f.count(l.Needs), f.count(l.Offers), f.percent(l.Filled)})
			last := len(rows) - 1
			rows[last] = append(rows[last], f.times(&l.Times)...)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	return buf.Bytes(), nil
}
