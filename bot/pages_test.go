package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ehrenamt/bot"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// TestPagesShowWhatIsForEverybody: open postings of the front and its surroundings are shown, with nothing private in
// them; what waits, was taken back or belongs to a front that rests is not there, by its code neither.
func TestPagesShowWhatIsForEverybody(t *testing.T) {
	w := newWorld(t, false)
	codes := map[matching.PostingState]string{}
	save := func(state matching.PostingState, front string) string {
		t.Helper()
		p := matching.Posting{
			Front: front, Author: "Geheimnis", Kind: matching.Need, State: state, Title: "Aufbau " + string(state), Description: "Mit Suppe.", Category: matching.Sport,
			Place: aachen(t), Places: 5, Created: w.now, Published: w.now, Address: "Geheimnis 1", Private: "Geheimnis 2", Contact: "Geheimnis 3", Reason: "Geheimnis 4",
			Dates: []matching.Span{{Start: w.now.AddDate(0, 0, 5), End: w.now.AddDate(0, 0, 5).Add(1)}},
		}
		err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return tx.Postings.SavePosting(ctx, &p, w.now) })
		if err != nil {
			t.Fatal(err)
		}
		return p.Code
	}
	for _, state := range matching.PostingStates {
		codes[state] = save(state, "aachen")
	}
	setFront := func(id string, set func(*storage.Front)) {
		t.Helper()
		err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			f, err := tx.Fronts.Front(ctx, id)
			if errors.Is(err, storage.ErrNotFound) {
				f, err = storage.Front{ID: id, Name: id, Zone: "Europe/Berlin", Languages: []string{"de"}, Place: aachen(t)}, nil
			}
			if err != nil {
				return err
			}
			set(&f)
			return tx.Fronts.SaveFront(ctx, &f)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	setFront("herzogenrath", func(f *storage.Front) { f.Page = "https://Mitmachen.Example" })
	other := save(matching.Open, "herzogenrath")
	all, err := w.bot.Listed(t.Context(), "aachen", "de")
	if err != nil || len(all) != 2 || strings.Contains(fmt.Sprintf("%+v", all), "Geheimnis") {
		t.Fatalf("%+v, %v", all, err)
	}
	for state, code := range codes {
		p, err := w.bot.ShownPosting(t.Context(), "aachen", code, "de")
		if shown := err == nil; shown != state.Visible() || !shown && !errors.Is(err, bot.ErrNoPage) || strings.Contains(fmt.Sprintf("%+v", p), "Geheimnis") {
			t.Errorf("%s: %+v, %v", state, p, err)
		}
	}
	if ics, err := w.bot.PostingCalendar(t.Context(), "aachen", codes[matching.Open], "de"); err != nil || strings.Contains(string(ics), "Geheimnis") || !strings.Contains(string(ics), "BEGIN:VEVENT") {
		t.Errorf("%s, %v", ics, err)
	}
	if f, err := w.bot.FrontPage(t.Context(), "", "mitmachen.example"); err != nil || f.ID != "herzogenrath" || !f.Own {
		t.Errorf("%+v, %v", f, err)
	}
	for _, host := range []string{"", "elsewhere.example"} {
		if _, err := w.bot.FrontPage(t.Context(), "", host); !errors.Is(err, bot.ErrNoPage) {
			t.Errorf("host %q: %v", host, err)
		}
	}
	setFront("herzogenrath", func(f *storage.Front) { f.Suspended = true })
	w.bot.ForgetFronts()
	if _, err := w.bot.ShownPosting(t.Context(), "aachen", other, "de"); !errors.Is(err, bot.ErrNoPage) {
		t.Errorf("a posting of a front that rests: %v", err)
	}
	if _, err := w.bot.Listed(t.Context(), "herzogenrath", "de"); !errors.Is(err, bot.ErrNoPage) {
		t.Errorf("a front that rests: %v", err)
	}
	if pages, err := w.bot.FrontPages(t.Context()); err != nil || len(pages) != 1 {
		t.Errorf("%+v, %v", pages, err)
	}
}
