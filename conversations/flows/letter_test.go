package flows

import (
	"strings"
	"testing"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

func TestASubjectSaysWhenWhereAndWhatWithinFortyCharacters(t *testing.T) {
	words, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, berlin) }
	env := conversations.Env{Now: at(23, 10), Zone: berlin, Place: matching.Place{Name: "Aachen"}}
	for _, x := range []struct {
		name, place, title string
		span               matching.Span
		dated              bool
		want               string
	}{
		{"in a part of town", "Aachen-Brand", "Aufbau Sommerfest", matching.Span{Start: at(28, 14), End: at(28, 18)}, true, "Sa 28.11. 14 Uhr, Brand: Aufbau Sommerfest"},
		{"in the town", "Aachen", "Aufbau", matching.Span{Start: at(28, 14)}, true, "Sa 28.11. 14 Uhr, Aachen: Aufbau"},
		{"all day", "Aachen-Brand", "Aufbau", matching.Span{Start: at(28, 0), End: at(29, 0), AllDay: true}, true, "Sa 28.11., Brand: Aufbau"},
		{"without a time", "Aachen-Brand", "Vorlesen", matching.Span{}, false, "Brand: Vorlesen"},
		{"a place with a long name", "Herzogenrath-Kohlscheid", "Aufbau", matching.Span{Start: at(28, 14)}, true, "Sa 28.11. 14 Uhr, Kohlscheid: Aufbau"},
		{"a place of one long word", "Donaudampfschifffahrtshausen", "Aufbau", matching.Span{Start: at(28, 14)}, true, "Sa 28.11. 14 Uhr, Donaudampfsch…: Aufbau"},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := matching.Posting{Title: x.title, Place: matching.Place{Name: x.place}}
			if x.dated {
				p.Dates = []matching.Span{x.span}
			}
			got := subject(words.For("de", ""), &p, 0, env)
			if got != x.want {
				t.Errorf("%q, want %q", got, x.want)
			}
			first := string([]rune(got + strings.Repeat(" ", 40))[:40])
			if !strings.Contains(first, x.title[:3]) {
				t.Errorf("the first 40 characters do not say what: %q", first)
			}
		})
	}
}

func TestOnlyEntriesOfOursNameAnAnswer(t *testing.T) {
	for uid, want := range map[string]string{"abc" + eventMark: "abc", "abc": "", "": "", eventMark + "x": "", "040000008200E00074C5B7101A82E008": ""} {
		if got := AnswerOfEvent(uid); got != want {
			t.Errorf("%q names %q, want %q", uid, got, want)
		}
	}
}
