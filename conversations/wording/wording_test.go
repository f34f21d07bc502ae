package wording

import "testing"

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
