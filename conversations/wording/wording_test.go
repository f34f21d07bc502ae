package wording

import (
	"slices"
	"testing"
	"time"

	"ehrenamt/matching"
)

func TestEveryFileLoadsAndSpeaks(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	w := c.For("de", "")
	for _, k := range []string{"home.greet", "choice.yes.words", "post.edit.what", "form.all.title", "post.ask.what.need", "ordinal.-1", "weekday.0", "slots.part.night"} {
		if !w.Has(k) {
			t.Errorf("no words for %q", k)
		}
	}
	if got := w.T("post.published", "Count", 24); got == "post.published" {
		t.Error(got)
	}
	if got, want := w.T("card.need", "Count", 1, "Title", "Aufbau"), "Gesucht: 1 Person · Aufbau"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnglishTimesReadAsPeopleSayThem(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	w := c.For("en", "")
	zone := time.UTC
	day := func(h, m int) time.Time { return time.Date(2026, 11, 28, h, m, 0, 0, zone) }
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, zone)
	for _, x := range []struct {
		span matching.Span
		want string
	}{
		{matching.Span{Start: day(14, 0), End: day(18, 0)}, "Saturday, 28 November, 2–6 pm"},
		{matching.Span{Start: day(10, 30), End: day(14, 0)}, "Saturday, 28 November, 10:30 am–2 pm"},
		{matching.Span{Start: day(9, 0), End: day(11, 45)}, "Saturday, 28 November, 9–11:45 am"},
		{matching.Span{Start: day(16, 0)}, "Saturday, 28 November, from 4 pm"},
		{matching.Span{Start: day(12, 0), End: day(13, 0)}, "Saturday, 28 November, 12–1 pm"},
	} {
		if got := w.When(x.span, now, zone); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}

func TestNearlyEverythingIsNamedByWhatIsMissing(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	w := c.For("de", "")
	for want, cs := range map[string][]matching.Category{
		"alles":                         matching.Categories,
		"alles außer Kinder und Jugend": slices.DeleteFunc(slices.Clone(matching.Categories), func(c matching.Category) bool { return c == matching.ChildrenYouth }),
		"Tiere und Sport":               {matching.Animals, matching.Sport},
	} {
		if got := w.Categories(cs); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
