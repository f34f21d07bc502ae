package bot_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/matching/figures"
	"ehrenamt/storage"
)

// busy fills November with postings and answers.
func (w *world) busy(n int) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for i := range n {
			at := time.Date(2026, 11, 2+i%10, 9, 0, 0, 0, berlin())
			p := matching.Posting{
				Front: "aachen", Author: fmt.Sprint("author", i), Kind: matching.Need, Title: "Aufbau", Category: matching.Categories[i%2],
				Place: aachen(w.t), Places: 2, State: matching.Filled, Created: at, Published: at, FilledAt: at.Add(3 * time.Hour),
				Dates: []matching.Span{{Start: at.AddDate(0, 0, 3), End: at.AddDate(0, 0, 3).Add(time.Hour)}},
			}
			if err := tx.Postings.SavePosting(ctx, &p, at); err != nil {
				return err
			}
			for j := range 2 {
				a := matching.Answer{Posting: p.ID, Person: fmt.Sprint("person", j), State: matching.Accepted, Party: 1, Created: at.Add(time.Duration(30+j) * time.Minute), Changed: at}
				if err := tx.Answers.SaveAnswer(ctx, &a); err != nil {
					return err
				}
				if err := tx.Replies.AskReply(ctx, storage.Reply{Answer: a.ID, Carrier: "o", Asked: a.Created}); err != nil {
					return err
				}
				if err := tx.Replies.NoteReply(ctx, a.ID, a.Created.Add(time.Duration(2+j)*time.Hour)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestFiguresOfAMonth(t *testing.T) {
	w := newWorld(t, false)
	w.busy(12)
	var r figures.Report
	w.view(func(ctx context.Context, tx *storage.Tx) (err error) {
		from := time.Date(2026, 11, 1, 0, 0, 0, 0, berlin())
		r, err = bot.FiguresOf(ctx, tx, "aachen", from, from.AddDate(0, 1, 0))
		return err
	})
	if r.Needs.N != 12 || r.Filled == nil || r.Filled.Percent != 100 || r.FirstAnswer.Minutes != 30 || r.Full.Minutes != 180 || r.People.N != 14 || r.Reply.Minutes != 150 || r.Reply.Of != 24 {
		t.Errorf("%+v %+v", r, r.Filled)
	}
	if len(r.Categories) != 2 || r.Categories[0].Needs.N != 6 || r.Categories[0].Reply.Of != 12 || r.Categories[0].People.N != 8 || len(r.Areas) != 2 {
		t.Errorf("%+v %+v", r.Categories, r.Areas)
	}
}

func TestEditorsAreToldTheFigures(t *testing.T) {
	w := newWorld(t, false)
	w.appoint("edda")
	w.busy(12)
	last := func(who string) (text string) {
		all, _ := w.Heard(t.Context())
		for _, h := range all {
			if h.Who == who {
				text += h.Text + "\n"
			}
		}
		return text
	}
	w.play("vera", "/zahlen jetzt")
	if said := last("vera"); strings.Contains(said, "Gesuche: 12") || strings.Contains(said, ".png") {
		t.Errorf("told to somebody who is no editor: %s", said)
	}
	w.play("edda", "/zahlen jetzt")
	said := last("edda")
	for _, part := range []string{"November 2026 in Aachen", "Gesuche: 12 (Oktober: 0)", "100 %", "30 Minuten", "3 Stunden", "Wartezeit auf eine Zusage: 3 Stunden", "zahlen-2026-11.png", "zahlen-2026-11.csv"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q is missing in\n%s", part, said)
		}
	}
	w.play("edda", "/zahlen 2027-01")
	if said := last("edda"); strings.Contains(said, ".png") {
		t.Errorf("figures of the future: %s", said)
	}
	// By themselves once, on the first day of the month, at nine.
	if err := w.Wait(t.Context(), time.Date(2026, 12, 3, 12, 0, 0, 0, berlin())); err != nil {
		t.Fatal(err)
	}
	if said := last("edda"); strings.Count(said, "November 2026 in Aachen") != 1 {
		t.Errorf("told\n%s", said)
	}
}

func TestTheTableIsOneForASpreadsheet(t *testing.T) {
	book, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	row := figures.Row{Kind: matching.Need, Category: matching.Sport, District: "Aachen; \"Brand\"", Places: 1}
	r := figures.Make([]figures.Row{row, row, row, row, row}, 0)
	r.From = monday
	for _, lang := range book.Languages() {
		reply, err := book.Figures(r, figures.Report{From: monday}, "Aachen", conversations.Env{Lang: lang, Now: monday, Zone: berlin()})
		if err != nil {
			t.Fatal(err)
		}
		c := csv.NewReader(strings.NewReader(string(reply.Files[1].Data)))
		c.Comma = ';'
		rows, err := c.ReadAll()
		if err != nil || len(rows) < 5 || rows[len(rows)-1][1] != row.District || len(reply.Text) > 700 {
			t.Errorf("%s: %v %v", lang, err, rows)
		}
	}
}
