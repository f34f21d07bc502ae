package bot_test

import (
	"math"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
)

// says lets somebody write something.
func (y *year) says(who, text string, then func()) error {
	y.note("%s: %s", who, text)
	y.n++
	m := channels.Message{
		ID: strconv.Itoa(y.n), Kind: channels.Text, From: y.address(who), Text: text, Name: strings.ToUpper(who), Trust: channels.Authenticated, Sent: y.now,
	}
	y.owed[who]++
	if then != nil {
		then()
	}
	if err := y.bot.Hear(y.t.Context(), m); err != nil {
		return err
	}
	y.tick()
	return nil
}

func (y *year) presses(who string, c channels.Choice) error {
	y.note("%s presses %s", who, c.Label)
	y.owed[who]++
	y.n++
	m := channels.Message{
		ID: strconv.Itoa(y.n), Kind: channels.Press, From: y.address(who), Handle: c.Key, Name: strings.ToUpper(who), Trust: channels.Authenticated, Sent: y.now,
	}
	if err := y.bot.Hear(y.t.Context(), m); err != nil {
		return err
	}
	y.tick()
	return nil
}

// ways are how people react to a message: by how it begins (or what is in it), which button, and how often of a hundred.
var ways = []struct {
	about   string
	buttons []string
	often   []int
}{
	{"Da wird jemand", []string{"Ich komme", "Diesmal nicht", "Nie so etwas", "!ja, aber erst ab 16 Uhr", "!wir kommen zu zweit"}, []int{14, 20, 1, 3, 1}},
	{"würde gern mitmachen", []string{"Annehmen", "Absagen", "Erst etwas fragen", "!Hast du ein Auto?"}, []int{40, 10, 10, 5}},
	{"wartet noch auf eine Antwort", []string{"Annehmen", "Absagen"}, []int{40, 10}},
	{"Du bist dabei", []string{"Doch nicht", "*schreiben"}, []int{8, 12}},
	{"Gute Nachricht", []string{"Doch nicht"}, []int{8}},
	{"Ein Platz ist frei", []string{"Doch nicht"}, []int{20}},
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

// reactBy presses a button, or writes what begins with "!", after a while. "#" is any button, "*x" one with x in it.
func (y *year) reactBy(m sentMessage, what string) {
	wait := time.Duration(math.Exp(y.r.NormFloat64()*1.2)*12) * time.Minute
	if text, ok := strings.CutPrefix(what, "!"); ok || what == "abbrechen" {
		y.later(wait, m.who, func() error {
			if y.ids[m.who] == "" || y.silent[m.who] {
				return nil
			}
			return y.says(m.who, text, nil)
		})
		return
	}
	for i, c := range m.r.Choices {
		if part, ok := strings.CutPrefix(what, "*"); c.Label == what || ok && strings.Contains(c.Label, part) || what == "#" && i == y.r.IntN(len(m.r.Choices)) {
			y.later(wait, m.who, func() error {
				if y.ids[m.who] == "" {
					return nil
				}
				if c.Label == "Ich komme" || c.Label == "Doch dabei" { // whoever says yes to something wants to hear of it
					y.silent[m.who] = false
				}
				return y.presses(m.who, c)
			})
			return
		}
	}
}
