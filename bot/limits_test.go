package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
)

// TestNobodyPostsWithoutEnd: five postings a day and person; the sixth is refused kindly, and goes the next day.
func TestNobodyPostsWithoutEnd(t *testing.T) {
	w := newWorld(t, false)
	tasks := []string{"Umzug", "Einkaufen", "Vorlesen", "Laubharken", "Kuchenbacken", "Fensterputzen"}
	for i, task := range tasks {
		w.net.heard = nil
		w.play("paul", fmt.Sprintf("Ich suche Samstag %d Uhr 2 Leute zum %s in Brand", 9+i, task))
		if i == 0 {
			w.play("paul", "privat")
		}
		w.net.heard = nil
		w.play("paul", "ja")
		got := w.heardBy("paul")
		if published := strings.Contains(got, "Veröffentlicht"); published != (i < 5) {
			t.Errorf("posting %d: %s", i+1, got)
		}
	}
	if err := w.Wait(t.Context(), w.now.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.net.heard = nil
	w.play("paul", "ja")
	if got := w.heardBy("paul"); !strings.Contains(got, "Veröffentlicht") {
		t.Errorf("the next day: %s", got)
	}
}

// TestWorkingHours knows weekends and the holidays of each state.
func TestWorkingHours(t *testing.T) {
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, berlin())
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		name, state, from string
		work              time.Duration
		want              string
	}{
		{"within a day", "NW", "2026-11-23 10:00", 4 * time.Hour, "2026-11-23 14:00"},
		{"over night", "NW", "2026-11-23 15:00", 4 * time.Hour, "2026-11-24 11:00"},
		{"before work", "NW", "2026-11-23 06:00", 4 * time.Hour, "2026-11-23 13:00"},
		{"over a weekend", "NW", "2026-11-27 16:00", 4 * time.Hour, "2026-11-30 12:00"},
		{"on a Sunday", "NW", "2026-11-29 12:00", 4 * time.Hour, "2026-11-30 13:00"},
		{"three days of work", "NW", "2026-11-23 10:00", 24 * time.Hour, "2026-11-26 10:00"},
		{"over Christmas", "NW", "2026-12-24 16:00", 4 * time.Hour, "2026-12-28 12:00"},
		{"Corpus Christi is one in NRW", "NW", "2027-05-26 16:00", 4 * time.Hour, "2027-05-28 12:00"},
		{"and none in Berlin", "BE", "2027-05-26 16:00", 4 * time.Hour, "2027-05-27 12:00"},
		{"a state nobody named", "", "2027-05-26 16:00", 4 * time.Hour, "2027-05-28 12:00"},
		{"the night the clock goes forward", "NW", "2027-03-26 16:00", 4 * time.Hour, "2027-03-30 13:00"}, // from Good Friday over Easter Monday
	} {
		if got := bot.WorkingAfter(c.state, at(c.from), c.work); !got.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
