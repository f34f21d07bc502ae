package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/transcript"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// pledged is a world in which Anna has said yes to something of Vera's at that time.
func pledged(t *testing.T, said time.Time, d matching.Span) *world {
	t.Helper()
	w := newWorld(t, false)
	w.pledge(t, said, d)
	return w
}

// pledge lets Anna say yes to something of Vera's.
func (w *world) pledge(t *testing.T, said time.Time, d matching.Span) {
	t.Helper()
	w.now = said
	ctx := t.Context()
	for _, who := range []string{"anna", "vera"} {
		if err := w.Say(ctx, who, "hallo"); err != nil {
			t.Fatal(err)
		}
	}
	p := matching.Posting{
		Actor: matching.Person, Kind: matching.Need, Title: "Aufbau", Category: matching.Categories[0], Place: aachen(t), Places: 1, AutoAccept: true,
		Dates: []matching.Span{d}, Address: "Ringstraße 5", Private: "hinten klingeln",
	}
	fact, err := w.bot.Perform(ctx, w.address("vera"), flows.Publish{Posting: p})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say(ctx, "anna", "/zeig "+fact.(flows.Published).Posting.Code); err != nil {
		t.Fatal(err)
	}
	if err := w.Press(ctx, "anna", "Ich komme"); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Heard(ctx)
}

func (w *world) address(who string) channels.Address {
	return channels.Address{Channel: w.channel, Account: w.account, ID: who}
}

// hears notes when somebody is told what, on the clock of Aachen, while time passes.
func (w *world) hears(ctx context.Context, t *testing.T, who string, until time.Time) []string {
	t.Helper()
	var all []string
	for w.now.Before(until) {
		next := w.now.Add(15 * time.Minute).Truncate(15 * time.Minute)
		if err := w.Wait(ctx, next); err != nil {
			t.Fatal(err)
		}
		heard, _ := w.Heard(ctx)
		for _, h := range heard {
			if h.Who == who {
				all = append(all, w.now.In(berlin()).Format("Mon 02.01. 15:04 ")+begins(h))
			}
		}
	}
	return all
}

func begins(h transcript.Heard) string {
	line, _, _ := strings.Cut(h.Text, "\n")
	first, _, _ := strings.Cut(line, ":")
	first, _, _ = strings.Cut(first, "?")
	return first
}

func wall(day string, hour, minute int) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, day, berlin())
	if err != nil {
		panic(err)
	}
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, berlin())
}

func TestRemindersComeOnceAtTheRightWallTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		said       time.Time
		start, end time.Time
		want       []string
	}{
		"the clock goes back in the night before": {
			wall("2026-10-20", 10, 0), wall("2026-10-25", 14, 0), wall("2026-10-25", 18, 0),
			[]string{"Sat 24.10. 12:00 Kommst du", "Sat 24.10. 18:00 Noch einmal kurz gefragt", "Sun 25.10. 12:00 Gleich geht es los", "Sun 25.10. 19:00 Wie war es"},
		},
		"the clock goes forward in the night before": {
			wall("2027-03-20", 10, 0), wall("2027-03-28", 14, 0), wall("2027-03-28", 18, 0),
			[]string{"Sat 27.03. 12:00 Kommst du", "Sat 27.03. 18:00 Noch einmal kurz gefragt", "Sun 28.03. 12:00 Gleich geht es los", "Sun 28.03. 19:00 Wie war es"},
		},
		"the clock goes forward on the day before, and it begins on Monday at nine": {
			wall("2027-03-20", 10, 0), wall("2027-03-29", 9, 0), wall("2027-03-29", 12, 0),
			[]string{"Sun 28.03. 12:00 Kommst du", "Sun 28.03. 18:00 Noch einmal kurz gefragt", "Mon 29.03. 08:00 Gleich geht es los", "Mon 29.03. 13:00 Wie war es"},
		},
		"it begins while everybody sleeps": {
			wall("2026-11-20", 10, 0), wall("2026-11-28", 6, 0), wall("2026-11-28", 8, 0),
			[]string{"Fri 27.11. 12:00 Kommst du", "Fri 27.11. 18:00 Noch einmal kurz gefragt", "Fri 27.11. 20:45 Gleich geht es los", "Sat 28.11. 09:00 Wie war es"},
		},
		"it ends late": {
			wall("2026-11-20", 10, 0), wall("2026-11-28", 19, 0), wall("2026-11-28", 23, 0),
			[]string{"Fri 27.11. 12:00 Kommst du", "Fri 27.11. 18:00 Noch einmal kurz gefragt", "Sat 28.11. 17:00 Gleich geht es los", "Sun 29.11. 08:00 Wie war es"},
		},
		"whoever has just said yes is not asked": {
			wall("2026-11-27", 9, 0), wall("2026-11-28", 14, 0), wall("2026-11-28", 15, 0),
			[]string{"Sat 28.11. 12:00 Gleich geht es los", "Sat 28.11. 16:00 Wie war es"},
		},
		"whoever says yes an hour before knows where": {
			wall("2026-11-28", 13, 0), wall("2026-11-28", 14, 0), wall("2026-11-28", 15, 0),
			[]string{"Sat 28.11. 16:00 Wie war es"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := pledged(t, c.said, matching.Span{Start: c.start, End: c.end})
			if err := w.Wait(t.Context(), c.start.Add(-40*time.Hour)); err != nil {
				t.Fatal(err)
			}
			got := w.hears(t.Context(), t, "anna", c.end.Add(12*time.Hour))
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// Three days in which nothing runs cost one message: the latest that still makes sense.
func TestAnOutageCostsOneCatchUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		back time.Time // before that, nothing ran for three days; it begins on Saturday at 14
		want []string
	}{
		"back on the evening before": {wall("2026-11-27", 19, 30), []string{"Fri 27.11. 19:30 Kommst du", "Sat 28.11. 12:00 Gleich geht es los"}},
		"back in the night":          {wall("2026-11-28", 3, 0), []string{"Sat 28.11. 08:00 Kommst du", "Sat 28.11. 12:00 Gleich geht es los"}},
		"back an hour before":        {wall("2026-11-28", 13, 0), []string{"Sat 28.11. 13:00 Gleich geht es los"}},
		"back while it is on":        {wall("2026-11-28", 15, 0), nil},
	} {
		for _, only := range []string{"everything", "the network"} {
			t.Run(name+", without "+only, func(t *testing.T) {
				t.Parallel()
				ctx := t.Context()
				w := pledged(t, wall("2026-11-20", 10, 0), matching.Span{Start: wall("2026-11-28", 14, 0), End: wall("2026-11-28", 18, 0)})
				if err := w.Wait(ctx, c.back.Add(-72*time.Hour)); err != nil {
					t.Fatal(err)
				}
				if only == "everything" {
					w.now = c.back
				} else {
					w.net.fail = fmt.Errorf("network is down")
					if err := w.Wait(ctx, c.back); err != nil {
						t.Fatal(err)
					}
					w.net.fail = nil
				}
				got := w.hears(ctx, t, "anna", wall("2026-11-28", 18, 0))
				if len(got) != len(c.want) {
					t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
				for i := range got {
					if got[i][18:] != c.want[i][18:] || got[i][:6] != c.want[i][:6] {
						t.Errorf("got %q, want %q", got[i], c.want[i])
					}
				}
			})
		}
	}
}

func TestWhoeverTakesItBackHearsNoMoreOfIt(t *testing.T) {
	t.Parallel()
	for name, undo := range map[string]func(w *world) error{
		"cancelled": func(w *world) error { return w.Press(t.Context(), "anna", "Doch nicht") },
		"stopped":   func(w *world) error { return w.Say(t.Context(), "anna", "stopp") },
		"withdrawn": func(w *world) error {
			_, err := w.bot.Perform(t.Context(), w.address("vera"), flows.Withdraw{Posting: w.posting(t)})
			return err
		},
		"deleted": func(w *world) error {
			if err := w.Say(t.Context(), "anna", "/löschen"); err != nil {
				return err
			}
			return w.Say(t.Context(), "anna", "ja, alles löschen")
		},
	} {
		for _, when := range []time.Time{wall("2026-11-26", 9, 0), wall("2026-11-27", 12, 30), wall("2026-11-28", 12, 30)} {
			ctx := t.Context()
			w := pledged(t, wall("2026-11-20", 10, 0), matching.Span{Start: wall("2026-11-28", 14, 0), End: wall("2026-11-28", 18, 0)})
			if err := w.Wait(ctx, when); err != nil {
				t.Fatal(err)
			}
			if err := undo(w); err != nil {
				t.Fatal(name, err)
			}
			if err := w.settle(ctx); err != nil {
				t.Fatal(err)
			}
			_, _ = w.Heard(ctx)
			if got := w.hears(ctx, t, "anna", wall("2026-11-29", 12, 0)); len(got) > 0 {
				t.Errorf("%s at %s, then told: %v", name, when, got)
			}
		}
	}
}

// posting is the only one there is.
func (w *world) posting(t testing.TB) string {
	t.Helper()
	var id string
	err := w.store.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{})
		if len(ps) != 1 {
			return fmt.Errorf("%d postings: %w", len(ps), err)
		}
		id = ps[0].ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
