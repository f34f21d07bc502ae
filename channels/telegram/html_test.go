package telegram

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ehrenamt/channels"
	"ehrenamt/channels/telegram/telegramtest"
)

// squeeze drops what splitting may drop.
func squeeze(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }), "")
}

func checkPieces(t interface{ Errorf(string, ...any) }, title, text string, limit int) {
	whole := compose(title, text)
	got := ""
	for _, piece := range whole.split(limit) {
		shown, err := telegramtest.ParseHTML(piece.HTML())
		if err != nil {
			t.Errorf("Telegram refuses %q: %v", piece.HTML(), err)
		}
		if n := telegramtest.Units(shown); n > limit {
			t.Errorf("a piece has %d units, at most %d are allowed", n, limit)
		}
		if strings.TrimFunc(shown, unicode.IsSpace) == "" {
			t.Errorf("an empty piece: %q", piece.HTML())
		}
		got += shown
	}
	if squeeze(got) != squeeze(whole.String()) {
		t.Errorf("the pieces show\n%q\nwant\n%q", got, whole.String())
	}
}

func TestEveryTextIsCorrectAndWholeMarkup(t *testing.T) {
	letters := []rune("ab <>&\"'\n\näß🙂👨‍👩‍👧é\u0301\x00\x07.;#x\u200d")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.OneOf(rapid.SampledFrom(letters), rapid.Rune()), 0, 300, -1).Draw(t, "text")
		title := rapid.StringOfN(rapid.SampledFrom(letters), 0, 30, -1).Draw(t, "title")
		limit := rapid.IntRange(20, 400).Draw(t, "limit")
		checkPieces(t, title, text, limit)
	})
}

func FuzzRender(f *testing.F) {
	f.Add("Titel", "5 < 7 & <b>x</b>", 40)
	f.Add("", strings.Repeat("🙂", 50), 21)
	f.Add("a", "a\nb", 4096)
	f.Add("\xff", "&amp;lt;\u202e", 30)
	f.Fuzz(func(t *testing.T, title, text string, limit int) {
		checkPieces(t, title, text, 20+(limit&0xfff))
	})
}

func TestPiecesEndWhereAReaderWouldPause(t *testing.T) {
	text := strings.Repeat("Ein Satz mit Wörtern. ", 10) + "\n\nZweiter Absatz " + strings.Repeat("wort ", 20)
	pieces := compose("", text).split(240)
	if len(pieces) != 2 || !strings.HasPrefix(pieces[1].String(), "Zweiter Absatz") {
		t.Errorf("split into %q", pieces)
	}
	family := strings.Repeat("👨‍👩‍👧", 30)
	for _, p := range compose("", family).split(50) {
		if strings.HasPrefix(p.String(), "\u200d") || strings.HasSuffix(p.String(), "\u200d") || len(p.String())%len("👨‍👩‍👧") != 0 {
			t.Errorf("a family was torn apart: %q", p.String())
		}
	}
}

func TestATitleStandsInBoldAndOnce(t *testing.T) {
	for _, tc := range []struct{ title, text, want string }{
		{"", "Text", "Text"},
		{"Titel <1>", "Text", "<b>Titel &lt;1&gt;</b>\nText"},
		{"Titel", "Titel\nText", "<b>Titel</b>\nText"},
		{"Titel", "Titelseite", "<b>Titel</b>\nTitelseite"},
		{"Titel", "", "<b>Titel</b>"},
	} {
		if got := compose(tc.title, tc.text).HTML(); got != tc.want {
			t.Errorf("%q above %q is %q, want %q", tc.title, tc.text, got, tc.want)
		}
	}
}

func choicesOf(labels ...string) []channels.Choice {
	var all []channels.Choice
	for i, l := range labels {
		all = append(all, channels.Choice{Key: "h" + string(rune('a'+i)), Label: l})
	}
	return all
}

func TestButtonsAreLaidOutByTheirLabels(t *testing.T) {
	ten := strings.Split("1234567890", "")
	long := "Ich komme und bringe noch eine Freundin mit" // 43 columns
	middle := "Ich komme etwas später"                    // 22 columns
	for _, tc := range []struct {
		name   string
		labels []string
		rows   string
		list   bool
	}{
		{"none", nil, "", false},
		{"two short ones share a row", []string{"Ja", "Nein"}, "2", false},
		{"three", []string{"Ja", "Nein", "Vielleicht"}, "2 1", false},
		{"a longer one has a row of its own", []string{middle, "Ja", "Nein"}, "1 2", false},
		{"a very long one is in the text as well", []string{long, "Nein"}, "1 1", true},
		{"ten", ten, "2 2 2 2 2", false},
		{"ten of middle length", strings.Split(strings.Repeat(middle+"|", 9)+middle, "|"), "2 2 2 2 2", true},
		{"six of middle length", strings.Split(strings.Repeat(middle+"|", 5)+middle, "|"), "1 1 1 1 2", true},
		{"eleven are a list", append(ten, "11"), "", true},
	} {
		o := lay(choicesOf(tc.labels...), inlineAble)
		var rows []string
		n := 0
		for _, r := range o.rows {
			rows = append(rows, string(rune('0'+len(r))))
			n += len(r)
		}
		if got := strings.Join(rows, " "); got != tc.rows || o.list != tc.list {
			t.Errorf("%s: rows %q list %v, want %q %v", tc.name, got, o.list, tc.rows, tc.list)
		}
		if len(o.rows) > 0 && n != len(tc.labels) {
			t.Errorf("%s: %d buttons for %d choices", tc.name, n, len(tc.labels))
		}
	}
}

func TestEveryChoiceCanBeReachedAndEveryKeyboardIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 14).Draw(t, "n")
		var choices []channels.Choice
		for range n {
			c := channels.Choice{
				Key:   rapid.StringN(0, 80, 80).Draw(t, "key"),
				Label: rapid.StringN(0, 50, -1).Draw(t, "label"),
			}
			if rapid.Bool().Draw(t, "link") {
				c.URL = rapid.SampledFrom([]string{"https://x.example/1", "javascript:alert(1)", "x", "tg://resolve?domain=x"}).Draw(t, "url")
			}
			choices = append(choices, c)
		}
		o := lay(choices, inlineAble)
		if len(o.rows) > maxRows {
			t.Errorf("%d rows", len(o.rows))
		}
		shown := 0
		for _, row := range o.rows {
			if len(row) > 2 {
				t.Errorf("%d buttons in a row", len(row))
			}
			shown += len(row)
		}
		if shown < n && !o.list {
			t.Errorf("%d of %d choices are neither button nor listed", n-shown, n)
		}
	})
}
