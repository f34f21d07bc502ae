package bot_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Things people may say at any moment, sensible or not.
var sayings = []string{
	"/start", "hallo", "1", "2", "3", "7", "0", "ja", "nein", "ok", "👍", "abbrechen", "zurück", "hilfe", "start", "/hilfe", "/datenschutz", "/export", "/löschen", "lösch mich", "ja, alles löschen", "was weißt du über mich", "Weiter", "verwerfen",
	"/melden", "/beschwerde", "melden", "ich möchte mich beschweren", "/redaktion gesperrt", "was wartet", "/impressum", "/bedingungen", "/meine", "/suche", "/einstellungen", "/verein", "/gibtesnicht", "/export", "/loeschen", "/redaktion", "/verein", "/abo", "/zeig XXXXXXXXXX", "wie letztes Mal", "noch zwei mehr", "merken", "nur samstags",
	"auf Englisch bitte", "sag Sie zu mir", "Umkreis 3 km", "pausier bis 1.3.", "weniger davon", "Kalender", "was ist am Wochenende in Aachen los", "Brand", "52064", "Aachen", "12345", "Atlantis", "Samstag 14 Uhr", "morgen",
	"31. Februar", "gestern", "5 Leute", "10000 Leute", "0 Leute", "egal", "alles", "Tiere, Sport", "2, 5", "TV Brand", "1, TV Brand",
	"Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", "Ich suche jeden Dienstag um 16 Uhr jemanden zum Vorlesen in Burtscheid",
	"We need two people on Sunday at 10 am to bake cakes in Aachen", "Ich biete samstags meinen Transporter an, 52070",
	"Sag mir Bescheid, wenn samstags in Brand etwas mit Kindern ist, höchstens 5 km", "nein, Sonntag", "es sind doch 6", "nicht in Brand, in Eilendorf",
	"ja, aber erst ab 16 Uhr", "wir kommen zu dritt", "doch nicht", "ändern", "verwerfen", "Radius -1 km", "Umkreis 5000 km", "stopp",
	"wie letztes Mal", "Wie letztes Mal, aber Sonntag und 4 Leute", "noch zwei mehr", "meine Einträge", "/redaktion", "/verein ABCD-EFGH-JKMN", "/verein {code}",
	"/nachricht", "/message", "/stunden", "meine Stunden", "3 Stunden", "Ja, ich komme", "Ja, ich war da", "Nicht alle", "Antworten", "Melden", "Blockieren", "Kontakt teilen", "0241 123456", "Ruf mich an: null eins sieben eins zwei drei vier", "anna@web.de", "Wann soll ich da sein?",
	"was passt zu mir?", "/fuermich", "täglich gesammelt bitte", "sag mir wöchentlich Bescheid, wenn in Brand was los ist", "Ich biete freitags meinen Transporter an, Brand", "Wir suchen Freitag 15–17 Uhr einen Transporter in Brand",
	"Treffpunkt: Schulhof, Tor 2", "Kontakt: Frau Meier", "Treffpunkt", "Verlassen", "Einladen", "/nochmal", "für die Initiative Ringofen",
	"/liste", "an alle: Bitte pünktlich", "an alle:", "an alle: 0171 2345678", "noch zwei haben am Telefon zugesagt", "nur noch 2 frei", "wir sind voll",
	"am Samstag kann ich nicht", "ich kann nicht kommen", "im August bin ich weg", "am Samstag fällt es aus", "1 und 2", "alle", "immer", "wir kommen zu zweit", "trotzdem",
	"Wir suchen jeden Dienstag 16–18 Uhr 3 bis 4 Leute zum Vorlesen in Brand", "Wir suchen Samstag und Sonntag 10–14 Uhr 2 Leute zum Aufbau in Brand",
	"/verleih", "Wir verleihen unseren Transporter in Brand", "Unser Verein verleiht 10 Bierbänke in Brand, nur am Wochenende, ohne Rückfrage", "am Samstag von 9 bis 15 Uhr", "nächste Woche Dienstag vormittags", "3 Stück am Sonntag",
	"am 12.12. um 9 Uhr", "bis 15 Uhr", "in den Osterferien nicht", "nur werktags 8-17", "jederzeit", "Zeit sperren", "Anfragen", "Auf die Warteliste dafür", "Kalender",
	"/verbinden", "/adressen", "/trennen", "/verbinden {code}", "{code}", "verbinden", "connect my email", "anna@post.example", "/verbinden ABCD-2345", "meine Mail verbinden: anna@post.example",
	"", "   ", "🎉🎉🎉", "\x00\x01\x02", "‮umgekehrt", "Wenden Sie sich an das Büro", "Приветствую", "مرحبا", "<b>fett</b> & {{.Name}} %s",
	strings.Repeat("sehr lang ", 500), "'; DROP TABLE postings; --", "1. Brand\n2. Samstag 10 Uhr\n3. 4", "/", "@", "2️⃣", "(2)", "2.",
}

// said is what somebody says that looks like a template of ours.
const said = "{{.Name}} %s"

// limits of a reply, in characters: one message at most 600 but for lists and summaries.
const longest = 1500

// TestNobodyEverGetsStuck lets people say anything, press anything and wait any time, at random. Nobody is ever
// met with silence, nothing panics, no message is parked, and "abbrechen" always leads out.
func TestNobodyEverGetsStuck(t *testing.T) {
	turns := 20000
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		turns = 1000000
	}
	for _, mail := range []bool{false, true} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("mail=%v seed=%d", mail, seed), func(t *testing.T) {
				t.Parallel()
				walk(t, newWorld(t, mail), rand.New(rand.NewPCG(seed, 7)), turns/8)
			})
		}
	}
}

func walk(t *testing.T, w *world, r *rand.Rand, turns int) {
	who := []string{"anna", "ben", "chris", "derya", "emil"}
	ctx := t.Context()
	var story []string
	w.appoint("emil") // so that postings of new organisations wait for somebody
	for range turns {
		p := who[r.IntN(len(who))]
		var err error
		did := ""
		switch n := r.IntN(20); {
		case n == 0:
			d := time.Duration(r.IntN(40*60)) * time.Minute
			did, err = "waits "+d.String(), w.Wait(ctx, w.now.Add(d))
			p = ""
		case n < 8 && len(w.net.last[p]) > 0:
			cs := w.net.last[p]
			c := cs[r.IntN(len(cs))]
			did, err = "presses "+c.Label, w.Press(ctx, p, c.Label)
		case n == 8:
			did, err = "shares", w.Share(ctx, p, 50.7+r.Float64()/5, 6+r.Float64()/5)
		case n == 9:
			did, err = "sends", w.Send(ctx, p, []string{"photo", "voice", "sticker", "contact"}[r.IntN(4)])
		default:
			s := sayings[r.IntN(len(sayings))]
			did, err = "says "+s, w.Say(ctx, p, s)
		}
		story = append(story, p+" "+did)
		tail := strings.Join(story[max(0, len(story)-12):], "\n")
		if err != nil || w.fail > 0 {
			t.Fatalf("after\n%s\n%v", tail, err)
		}
		heard, _ := w.Heard(ctx)
		answered := p == ""
		for _, h := range heard {
			answered = answered || h.Who == p
			if strings.TrimSpace(h.Text) == "" {
				t.Fatalf("an empty message after\n%s", tail)
			}
			if n := utf8.RuneCountInString(h.Text); n > longest {
				t.Fatalf("%d characters after\n%s\n%s", n, tail, h.Text)
			}
			if strings.Contains(h.Text, "<no value>") || strings.Contains(strings.ReplaceAll(h.Text, said, ""), "{{.") {
				t.Fatalf("a template shows after\n%s\n%s", tail, h.Text)
			}
		}
		if !answered {
			t.Fatalf("silence after\n%s", tail)
		}
	}
	for _, p := range who {
		if err := w.Say(ctx, p, "abbrechen"); err != nil {
			t.Fatal(err)
		}
		for n := 0; ; n++ { // one for each conversation that was interrupted
			if err := w.Say(ctx, p, "abbrechen"); err != nil {
				t.Fatal(err)
			}
			heard, _ := w.Heard(ctx)
			if len(heard) > 0 && nothingOpen(heard[len(heard)-1].Text) {
				break
			}
			if n > 6 {
				t.Fatalf("%s cannot get out: %v", p, heard)
			}
		}
	}
}

// nothingOpen tells whether a text says, in one of our languages and registers, that nothing is left to leave, or that
// an editor has blocked whoever reads it.
func nothingOpen(text string) bool {
	return strings.Contains(text, "nichts mehr annehmen") || strings.Contains(text, "cannot accept anything more") || strings.Contains(text, "nichts offen") || strings.Contains(text, "Nothing is open")
}
