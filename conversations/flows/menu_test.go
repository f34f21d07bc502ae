package flows

import (
	"strings"
	"testing"

	"ehrenamt/conversations/wording"
)

func TestEveryEntryOfTheMenuWorksAndReadsInEveryVoice(t *testing.T) {
	words, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := New(words, nil, nil)
	for _, voice := range words.Voices() {
		lang, register, _ := strings.Cut(voice, "-")
		for _, c := range b.Menu(lang, register, true) {
			if _, ok := commands[c.Name]; !ok {
				t.Errorf("%s: /%s leads nowhere", voice, c.Name)
			}
			if c.Description == "" || strings.HasPrefix(c.Description, "menu.") || len([]rune(c.Description)) > 40 {
				t.Errorf("%s: /%s is described as %q", voice, c.Name, c.Description)
			}
		}
		p := b.Profile(lang, register, "Aachen")
		if !strings.HasSuffix(p.Name, " Aachen") || strings.HasPrefix(p.About, "profile.") || len([]rune(p.About)) > 120 || len([]rune(p.Description)) > 512 {
			t.Errorf("%s: %+v", voice, p)
		}
	}
	if general, editors := b.Menu("de", "", false), b.Menu("de", "", true); len(editors) != len(general)+1 || editors[0].Name != "redaktion" {
		t.Errorf("editors see %v", editors)
	}
	if p := b.Profile("de", "", "Ehrenamt Aachen"); p.Name != "Ehrenamt Aachen" {
		t.Errorf("named %q", p.Name)
	}
}
