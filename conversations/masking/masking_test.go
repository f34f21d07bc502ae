package masking_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ehrenamt/conversations/masking"
)

func TestWhatPeopleCouldBeReachedByIsHidden(t *testing.T) {
	for said, kind := range map[string]masking.Kind{
		"Ruf mich an: 0171 2345678":                       masking.Number,
		"+49 (0) 241 / 12 34 56 7":                        masking.Number,
		"0241-1234567 ab 18 Uhr":                          masking.Number,
		"0 1 7 1 2 3 4 5 6 7 8":                           masking.Number,
		"0171.234.56.78":                                  masking.Number,
		"0171,234,5678":                                   masking.Number,
		"0171\n2345678":                                   masking.Number,
		"null eins sieben eins zwei drei vier fünf sechs": masking.Number,
		"Null-Eins-Sieben-Eins, zwei drei vier":           masking.Number,
		"nulleinssiebeneins zweidreivier":                 masking.Number,
		"null171 zwei34 fünf678":                          masking.Number,
		"zero one seven one two three four":               masking.Number,
		"0171 zwei drei vier fünf":                        masking.Number,
		"０１７１ ２３４５６７８":                                    masking.Number,
		"٠١٧١٢٣٤٥٦٧٨":                                     masking.Number,
		"0️⃣1️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣":                        masking.Number,
		"01\u200b71 23\u200b45\u200b678":                  masking.Number,
		"O171 2345678":                                    masking.Number,
		"Tel. 4711":                                       masking.Number,
		"meine Handynummer ist 12 34 56":                  masking.Number,
		"DE89 3704 0044 0532 0130 00":                     masking.Number,
		"anna@web.de":                                     masking.Mail,
		"anna.meier+x @ web . de":                         masking.Mail,
		"anna (at) web (punkt) de":                        masking.Mail,
		"anna[at]web.de":                                  masking.Mail,
		"anna at web punkt de":                            masking.Mail,
		"anna punkt meier ät gmx punkt net":               masking.Mail,
		"anna klammeraffe gmx.net":                        masking.Mail,
		"schreib an anna bei gmail":                       masking.Mail,
		"ＡＮＮＡ＠ＷＥＢ．ＤＥ":                                     masking.Mail,
		"Schau auf https://example.org/x?y=1 nach":        masking.Link,
		"www.tv-brand.de":                                 masking.Link,
		"tv-brand.de/kontakt":                             masking.Link,
		"tv-brand punkt de":                               masking.Link,
		"w w w . brand . de":                              masking.Link,
		"t.me/anna_b":                                     masking.Link,
		"wa.me/491712345":                                 masking.Link,
		"bit.ly/3xYz":                                     masking.Link,
		"Ich bin @anna_b auf Telegram":                    masking.Handle,
		"Insta: annab":                                    masking.Handle,
		"auf Instagram heiße ich anna_aachen":             masking.Handle,
		"Threema ABCD1234":                                masking.Handle,
		"Meine Nummer: null eins fünf zwo, dann acht acht neun vier": masking.Number,
	} {
		got, kinds := masking.Hide(said)
		if !slices.Contains(kinds, kind) || !strings.Contains(got, masking.Hidden) {
			t.Errorf("%q became %q, hidden: %v, want %s", said, got, kinds, kind)
		}
		for _, secret := range []string{"2345678", "anna@", "web.de", "tv-brand.de", "anna_b", "zwei drei vier"} {
			if strings.Contains(strings.ToLower(got), secret) {
				t.Errorf("%q shows %q", got, secret)
			}
		}
	}
}

func TestOrdinaryWordsPassAsTheyAre(t *testing.T) {
	for _, said := range []string{
		"Bis Samstag, 28.11.2026 um 14:00 Uhr!",
		"Sa 28.11. 14-18 Uhr, Treffpunkt Schulhof",
		"Vom 28.11.–30.11. bin ich weg",
		"Kirchstraße 14, 52064 Aachen, zweiter Stock",
		"Wir sind zu dritt, zwei Erwachsene und ein Kind (7)",
		"Um 10, 12, 14 oder 16 Uhr",
		"Es kommen 120 Gäste, wir haben 1.200 € dafür",
		"z.B. Kuchen, u.a. Marmor – bzw. was du magst",
		"Ich nehme Bus 25 bis Brand, dann 3 Minuten zu Fuß.",
		"Kannst du eine Bohrmaschine mitbringen? Danke!!! 😀",
		"zwei, drei oder vier Stunden",
		"Der Punkt ist: es geht um Kinder von 6–10.",
		"We meet at the church. Bring boots.",
		"Treffen am Tor 2.Ich warte dort",
		"2026/2027 machen wir weiter",
		"½ Stunde reicht … oder?",
		"",
	} {
		if got, kinds := masking.Hide(said); got != said || kinds != nil {
			t.Errorf("%q became %q, hidden: %v", said, got, kinds)
		}
	}
}

func TestLongTextsAreGoneThroughAFewTimesOnly(t *testing.T) {
	for _, s := range []string{"1 ", "a@", "null ", "a.", "a at ", "insta: ", "www.", "@a", "0171 2345678 ", "x@y.de@", "(at)", " punkt de", "((("} {
		got, _ := masking.Hide(strings.Repeat(s, 2<<20/len(s)))
		if len(got) > 4*masking.Max {
			t.Errorf("%q: %d bytes are left", s, len(got))
		}
	}
}

func FuzzHide(f *testing.F) {
	for _, s := range []string{"0171 2345678", "anna@web.de", "null eins zwei drei vier fünf", "\x00\xff", "a@b", "@@@", strings.Repeat("1 ", 99)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, kinds := masking.Hide(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		if again, more := masking.Hide(got); again != got || more != nil {
			t.Fatalf("hidden twice: %q, then %q", got, again)
		}
		if (len(kinds) > 0) != (strings.Count(got, masking.Hidden) > strings.Count(s, masking.Hidden)) && !strings.Contains(s, "•") {
			t.Fatalf("%q: %v, %q", s, kinds, got)
		}
	})
}
