package understanding_test

import (
	"testing"

	"ehrenamt/conversations/understanding"
)

func TestSpareTimeIsRead(t *testing.T) {
	for _, c := range []struct {
		said, until string
		here        bool
	}{
		{"Ich habe bis 18 Uhr Zeit, bin am Elisenbrunnen", "2026-11-23 18:00", true},
		{"bin gerade in Brand und habe noch Zeit bis 12:30 Uhr", "2026-11-23 12:30", true},
		{"Hab bis 6 noch Zeit", "2026-11-23 18:00", false},
		{"ich habe zwei Stunden Zeit", "2026-11-23 12:00", false},
		{"I'm free until 5 pm, I'm at the cathedral", "2026-11-23 17:00", true},
		{"hab 2 stunden Zeit, bin in Burtscheid", "2026-11-23 12:00", true},
		{"Wir suchen bis Freitag 3 Leute", "", false},
		{"Ich habe samstags Zeit", "", false},
		{"bis 99 Uhr Zeit", "", false},
	} {
		s := understanding.ReadSpare(c.said, wishesNow())
		got := ""
		if !s.Until.IsZero() {
			got = s.Until.Format("2006-01-02 15:04")
		}
		if got != c.until || s.Here != c.here {
			t.Errorf("%s: got %q %v, want %q %v", c.said, got, s.Here, c.until, c.here)
		}
	}
}
