package bot_test

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzConversation lets one person say a sequence of lines, whatever they are: every one is answered, none is
// parked, and "abbrechen" leads out.
func FuzzConversation(f *testing.F) {
	for _, s := range sayings {
		f.Add(s)
	}
	f.Add("Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand\n1, TV Brand\nändern\n2\nSonntag\nja")
	f.Add("/start\n1\n52064\n2, 5 und Tiere")
	f.Add("/suche Samstag Brand\n1\nzurück")
	f.Fuzz(func(t *testing.T, script string) {
		w := newWorld(t, len(script)%2 == 1)
		lines := strings.Split(script, "\n")
		for _, line := range append(lines[:min(len(lines), 12)], "abbrechen", "abbrechen", "abbrechen", "abbrechen", "abbrechen") {
			if err := w.Say(t.Context(), "anna", line); err != nil {
				t.Fatal(err)
			}
			heard, _ := w.Heard(t.Context())
			if len(heard) == 0 || w.fail > 0 {
				t.Fatalf("after %q: %d messages, %d failures", line, len(heard), w.fail)
			}
			for _, h := range heard {
				if strings.TrimSpace(h.Text) == "" || !utf8.ValidString(h.Text) {
					t.Fatalf("after %q: %q", line, h.Text)
				}
			}
		}
	})
}
