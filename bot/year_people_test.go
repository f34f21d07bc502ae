package bot_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
)

// says lets somebody write something, where they are.
func (y *year) says(who, text string, then func()) error {
	return y.saysAt(who, y.address(who), text, then)
}

func (y *year) saysAt(who string, at channels.Address, text string, then func()) error {
	m := y.message(who, at, channels.Text)
	y.note("%s (%s): %s", who, at.Channel, text)
	m.Text = text
	return y.hear(m, then)
}

// message is one of somebody's.
func (y *year) message(who string, at channels.Address, kind channels.Kind) channels.Message {
	y.n++
	return channels.Message{ID: strconv.Itoa(y.n), Kind: kind, From: at, Name: strings.ToUpper(who), Trust: channels.Authenticated, Sent: y.now}
}

// hear lets the exchange hear something; then is what is different from that very moment on.
func (y *year) hear(m channels.Message, then func()) error {
	y.owed[whose(m.From)]++
	if then != nil {
		then()
	}
	if err := y.bot.Hear(y.t.Context(), m); err != nil {
		return err
	}
	y.tick()
	return nil
}

// presses lets somebody choose what they were shown: by a button, in a mail by its link or in words.
func (y *year) presses(s sentMessage, c channels.Choice) error {
	y.note("%s presses %s (%s)", s.who, c.Label, s.at.Channel)
	y.deeds[c.Label]++
	if s.at.Channel != "email" {
		m := y.message(s.who, s.at, channels.Press)
		m.Handle = c.Key
		return y.hear(m, nil)
	}
	if y.r.IntN(2) == 0 {
		y.owed[s.who]++
		if _, _, err := y.bot.AnswerByLink(y.t.Context(), c.Key); err != nil {
			return err
		}
		y.tick()
		return nil
	}
	m := y.message(s.who, s.at, channels.Text)
	m.Text, m.Ref = c.Label, s.ref
	return y.hear(m, nil)
}

// ways are how people react to a message: by how it begins (or what is in it), which button, and how often of a hundred.
var ways = []struct {
	about   string
	buttons []string
	often   []int
}{
	{"Kann das so raus", []string{"Freigeben", "Ablehnen"}, []int{90, 5}},
	{"Warum nicht?", []string{"#"}, []int{90}},
	{"Wann bist du dabei?", []string{"^", "Alle Termine", "*Immer", "!1 und 2", "Diesmal nicht", "Nie so etwas"}, []int{8, 4, 6, 5, 20, 1}},
	{"Welche Termine", []string{"^", "!1 und 2"}, []int{50, 20}},
	{"Zu welchem", []string{"^"}, []int{50}},
	{"hat sich etwas geändert", []string{"Passt", "Leider nicht"}, []int{60, 15}},
	{"ob die Änderung", []string{"Platz behalten", "Platz freigeben"}, []int{30, 30}},
	{"Da wird jemand", []string{"Ich komme", "Diesmal nicht", "Nie so etwas", "!ja, aber erst ab 16 Uhr", "!wir kommen zu zweit", "!wir kommen zu dritt"}, []int{14, 20, 1, 3, 2, 1}},
	{"würde gern mitmachen", []string{"Annehmen", "Absagen", "Erst etwas fragen", "!Hast du ein Auto?"}, []int{40, 10, 10, 5}},
	{"wartet noch auf eine Antwort", []string{"Annehmen", "Absagen"}, []int{40, 10}},
	{"Du bist dabei", []string{"Doch nicht", "*schreiben"}, []int{8, 12}},
	{"Gute Nachricht", []string{"Doch nicht"}, []int{8}},
	{"Ein Platz ist frei", []string{"Ja, ich komme", "Doch nicht"}, []int{40, 20}},
	{"auf der Warteliste", []string{"Doch nicht"}, []int{10}},
	{"abgemeldet", []string{"Doch dabei", "!doch, ich komme"}, []int{8, 4}},
	{"Kommst du", []string{"Ja, ich komme", "Doch nicht"}, []int{60, 8}},
	{"Noch einmal kurz", []string{"Ja, ich komme", "Doch nicht"}, []int{60, 10}},
	{"Gleich geht", []string{"Doch nicht"}, []int{4}},
	{"Wie war es?", []string{"Ja, ich war da", "Ich war nicht da"}, []int{50, 8}},
	{"Waren alle da", []string{"Ja, alle waren da", "Nicht alle", "Ist ausgefallen"}, []int{40, 25, 4}},
	{"Wer war nicht da", []string{"#", "Alle anderen waren da"}, []int{60, 20}},
	{"hat sich notiert", []string{"Stimmt", "Doch, ich war da"}, []int{40, 30}},
	{"schreibt zu „", []string{"!Danke, bis dann!", "!Ruf an: 0171 2345678", "!null eins sieben eins zwei drei vier fünf", "!schreib an p@web.de", "!siehe tv-brand.de oder insta: insta_x1", "Kontakt teilen", "Melden", "Gespräch beenden"}, []int{20, 8, 6, 6, 6, 8, 3, 3}},
	{"Was soll ich", []string{"!Wann soll ich da sein?", "!Meine Nummer ist 0171 23 45 678", "abbrechen"}, []int{50, 30, 5}},
	{"von dir haben?", []string{"!0171 2345678", "Lieber nicht"}, []int{60, 10}},
	{"Kontakte austauschen", []string{"Meinen auch teilen"}, []int{40}},
	{"Was ist passiert", []string{"Nur melden"}, []int{90}},
	{"enden? Dann kommt", []string{"Ja, beenden"}, []int{90}},
	{"noch aktuell?", []string{"Ja, noch aktuell", "Nein, erledigt"}, []int{50, 10}},
	{"zeige ich nicht mehr", []string{"Wieder zeigen"}, []int{20}},
	{"noch nicht gemeldet", []string{"#", "Anfrage zurücknehmen"}, []int{30, 20}},
	{"Platz bei „", []string{"Doch dabei"}, []int{30}},
}

// react lets whoever is told something think about it.
func (y *year) react(m sentMessage) {
	if y.ids[m.who] == "" {
		return
	}
	switch y.r.IntN(600) { // amid everything
	case 0:
		y.later(time.Minute, m.who, func() error { return y.whenThere(m.who, y.stops) })
	case 1:
		y.later(time.Minute, m.who, func() error { return y.whenThere(m.who, y.leaves) })
	}
	for _, w := range ways {
		if !strings.Contains(m.r.Text, w.about) {
			continue
		}
		dice := y.r.IntN(100)
		for i, often := range w.often {
			if dice -= often; dice < 0 {
				y.reactBy(m, w.buttons[i])
				return
			}
		}
		return
	}
}

func (y *year) whenThere(who string, do func(string) error) error {
	if y.ids[who] == "" || who == y.editor {
		return nil
	}
	return do(who)
}

// reactBy presses a button, or writes what begins with "!", after a while. "#" is any button, "^" the first, "*x" one with
// x in it.
func (y *year) reactBy(m sentMessage, what string) {
	wait := time.Duration(math.Exp(y.r.NormFloat64()*1.2)*12) * time.Minute
	if what == "!1 und 2" || what == "Alle Termine" {
		y.deeds["several"]++
	}
	if text, ok := strings.CutPrefix(what, "!"); ok || what == "abbrechen" {
		y.later(wait, m.who, func() error {
			if y.ids[m.who] == "" || y.silent[m.who] {
				return nil
			}
			s := y.message(m.who, m.at, channels.Text)
			y.note("%s (%s): %s", m.who, m.at.Channel, text)
			if s.Text = text; m.at.Channel == "email" {
				s.Ref = m.ref
			}
			return y.hear(s, nil)
		})
		return
	}
	any := y.r.IntN(max(1, len(m.r.Choices)))
	for i, c := range m.r.Choices {
		part, like := strings.CutPrefix(what, "*")
		if c.Label != what && (!like || !strings.Contains(c.Label, part)) && (what != "#" || i != any) && (what != "^" || i > 0) {
			continue
		}
		y.later(wait, m.who, func() error {
			if y.ids[m.who] == "" {
				return nil
			}
			if slices.Contains([]string{"Ich komme", "Ja, ich komme", "Doch dabei", "Alle Termine", "Passt"}, c.Label) || what == "^" || like && part == "Immer" {
				y.silent[m.who] = false // whoever says yes to something wants to hear of it
			}
			return y.presses(m, c)
		})
		return
	}
}
