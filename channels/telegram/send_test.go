package telegram

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"ehrenamt/channels"
	"ehrenamt/channels/telegram/telegramtest"
)

// unpaced is a bench whose bot sends as fast as it can, and that bot.
func unpaced(t *testing.T) (*bench, *Bot) {
	b := newBench(t, telegramtest.Options{Limits: telegramtest.Limits{Off: true}})
	b.o.Pace.PerSecond = -1
	b.o.Words.ShareLocation = func(lang string) string { return "Standort " + lang }
	return b, New(b.o)
}

func mustSend(t *testing.T, b *Bot, to int64, r channels.Reply) string {
	t.Helper()
	ref, err := b.Send(t.Context(), "k", chatAddress("aachen", to), r)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestRefusalsAreTemporaryFinalOrTheEndOfAnAddress(t *testing.T) {
	type class struct{ gone, undeliverable, uncertain bool }
	temporary, final, gone := class{}, class{undeliverable: true}, class{gone: true, undeliverable: true}
	for _, tc := range []struct {
		code int
		text string
		want class
	}{
		{403, "Forbidden: bot was blocked by the user", gone},
		{403, "Forbidden: user is deactivated", gone},
		{403, "Forbidden: bot was kicked from the supergroup chat", gone},
		{403, "Forbidden: bot is not a member of the channel chat", gone},
		{403, "Forbidden: the group chat was deleted", gone},
		{403, "Forbidden: bot can't send messages to the user", temporary},
		{403, "Forbidden: something new", temporary},
		{403, "Forbidden: bot can't send messages to bots", final},
		{400, "Bad Request: chat not found", gone},
		{400, "Bad Request: message is too long", final},
		{400, "Bad Request: can't parse entities: Unsupported start tag", final},
		{400, "Bad Request: something new", final},
		{401, "Unauthorized", temporary},
		{404, "Not Found", temporary},
		{409, "Conflict: terminated by other getUpdates request", temporary},
		{500, "Internal Server Error", temporary},
		{0, "<html>nonsense</html>", class{uncertain: true}},
	} {
		b, bot := unpaced(t)
		b.fake.Fail(func(string) (telegramtest.Failure, bool) {
			return telegramtest.Failure{Code: tc.code, Text: tc.text}, true
		})
		_, err := bot.Send(t.Context(), "k", chatAddress("aachen", 7), channels.Reply{Text: "x"})
		got := class{errors.Is(err, channels.ErrGone), errors.Is(err, channels.ErrUndeliverable), errors.Is(err, channels.ErrUncertain)}
		if err == nil || got != tc.want {
			t.Errorf("%d %s: %v is %+v, want %+v", tc.code, tc.text, err, got, tc.want)
		}
	}
}

func TestAGroupThatMovedIsReportedWithItsNewAddress(t *testing.T) {
	b, bot := unpaced(t)
	b.fake.User(7).In(-5, 0).Meet().Upgrade(-1005)
	_, err := bot.Send(t.Context(), "k", chatAddress("aachen", -5), channels.Reply{Text: "x"})
	var moved *channels.MovedError
	if !errors.As(err, &moved) || moved.To != chatAddress("aachen", -1005) {
		t.Errorf("got %v", err)
	}
	if _, err := bot.Send(t.Context(), "k", moved.To, channels.Reply{Text: "x"}); err != nil {
		t.Errorf("sending to the new address: %v", err)
	}
}

func TestALocationIsAskedForWithAButtonThatGoesAwayAgain(t *testing.T) {
	b, bot := unpaced(t)
	u := b.fake.User(7).Meet()
	mustSend(t, bot, 7, channels.Reply{Text: "Wo?", Ask: channels.AskLocation, Lang: "de", Choices: choicesOf("Aachen", "Überall")})
	k := u.Keyboard()
	if len(k) != 2 || !k[0][0].Location || k[0][0].Text != "Standort de" || k[1][1].Text != "Überall" {
		t.Errorf("keyboard %+v", k)
	}
	mustSend(t, bot, 7, channels.Reply{Text: "Stimmt das?", Choices: choicesOf("Ja")})
	mustSend(t, bot, 7, channels.Reply{Text: "Danke"})
	if k := u.Keyboard(); k != nil {
		t.Errorf("the keyboard still stands: %+v", k)
	}
	mustSend(t, bot, 7, channels.Reply{Text: "Noch etwas"})
	if sent := b.fake.To(7); sent[3].Removes {
		t.Errorf("a keyboard was removed twice")
	}
	b.fake.User(7).In(-5, 0).Meet()
	mustSend(t, bot, -5, channels.Reply{Text: "Wo?", Ask: channels.AskLocation, Choices: choicesOf("Aachen")})
	if s := b.fake.To(-5)[0]; s.Keyboard != nil || len(s.Labels()) != 1 {
		t.Errorf("a group was shown %+v", s)
	}
}

func TestChoicesThatCannotBeButtonsAreListedWithTheirNumbers(t *testing.T) {
	b, bot := unpaced(t)
	b.fake.User(7).Meet()
	var many []channels.Choice
	for i := range 12 {
		many = append(many, channels.Choice{Key: fmt.Sprint("h", i), Label: fmt.Sprint("Angebot ", i+1)})
	}
	mustSend(t, bot, 7, channels.Reply{Text: "Welches?", Choices: many})
	if s := b.fake.To(7)[0]; len(s.Buttons) != 0 || !strings.Contains(s.Text, "\n12) Angebot 12") {
		t.Errorf("twelve are shown as %+v", s)
	}
	mustSend(t, bot, 7, channels.Reply{Text: "Wohin?", Choices: []channels.Choice{
		{Key: "a", Label: "Seite", URL: "https://ehrenamt.example/p"},
		{Key: strings.Repeat("x", 65), Label: "Zu lang"},
		{Key: "c", Label: "Gut"},
	}})
	s := b.fake.To(7)[1]
	if got := strings.Join(s.Labels(), "|"); got != "1) Seite|3) Gut" || !strings.Contains(s.Text, "2) Zu lang") {
		t.Errorf("buttons %q, text %q", got, s.Text)
	}
	if s.Buttons[0][0].URL == "" || s.Buttons[0][0].Data != "" {
		t.Errorf("a link became %+v", s.Buttons[0][0])
	}
	mustSend(t, bot, 7, channels.Reply{Choices: choicesOf("Nur", "Knöpfe")})
	if s := b.fake.To(7)[2]; s.Text == "" || len(s.Labels()) != 2 {
		t.Errorf("buttons without a text became %+v", s)
	}
}

func TestAFailureInTheMiddleOfALongReplyRepeatsNoPiece(t *testing.T) {
	b, bot := unpaced(t)
	b.fake.User(7).Meet()
	calls := 0
	b.fake.Fail(func(method string) (telegramtest.Failure, bool) {
		calls++
		return telegramtest.Failure{Code: 500, Text: "Internal Server Error"}, calls == 2
	})
	r := channels.Reply{Text: strings.Repeat("Zeile mit Wörtern\n", 600), Choices: choicesOf("Ja")}
	if _, err := bot.Send(t.Context(), "lang", chatAddress("aachen", 7), r); err == nil {
		t.Fatal("the second piece did not fail")
	}
	ref, err := bot.Send(t.Context(), "lang", chatAddress("aachen", 7), r)
	if err != nil {
		t.Fatal(err)
	}
	sent := b.fake.To(7)
	if len(sent) != 3 || strings.Count(ref, ",") != 2 || len(sent[0].Labels())+len(sent[1].Labels()) != 0 || len(sent[2].Labels()) != 1 {
		t.Errorf("%d pieces, reference %q", len(sent), ref)
	}
	if err := bot.Edit(t.Context(), chatAddress("aachen", 7), ref, channels.Reply{Text: "kurz"}); err != nil {
		t.Fatal(err)
	}
	if sent := b.fake.To(7); len(sent) != 1 || sent[0].Text != "kurz" {
		t.Errorf("after the edit stand %d messages", len(sent))
	}
	if err := bot.Edit(t.Context(), chatAddress("aachen", 7), "1", r); !errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("an edit that does not fit: %v", err)
	}
}

func TestAnAlertIsEditedInPlace(t *testing.T) {
	b, bot := unpaced(t)
	b.fake.User(7).Meet()
	ref := mustSend(t, bot, 7, channels.Reply{Title: "Aufbau", Text: "Kommst du?", Choices: choicesOf("Ja", "Nein")})
	full := channels.Reply{Title: "Aufbau", Text: "Besetzt, danke."}
	for range 2 {
		if err := bot.Edit(t.Context(), chatAddress("aachen", 7), ref, full); err != nil {
			t.Fatal(err)
		}
	}
	if s := b.fake.To(7); len(s) != 1 || s[0].HTML != "<b>Aufbau</b>\nBesetzt, danke." || len(s[0].Labels()) != 0 {
		t.Errorf("shown: %+v", s)
	}
	for _, ref := range []string{"", "x", "99"} {
		if err := bot.Edit(t.Context(), chatAddress("aachen", 7), ref, full); !errors.Is(err, channels.ErrUndeliverable) {
			t.Errorf("reference %q: %v", ref, err)
		}
	}
}

func TestFilesAndCalendarEntriesAreDocuments(t *testing.T) {
	b, bot := unpaced(t)
	b.fake.User(7).Meet()
	start := time.Date(2026, 11, 28, 13, 0, 0, 0, time.UTC)
	ref := mustSend(t, bot, 7, channels.Reply{
		Text:  "Bis Samstag!",
		Files: []channels.FileInfo{{Name: "plan.png", Type: "image/png", Data: []byte("png")}},
		Invite: &channels.Event{UID: "p1@ehrenamt\r\nX-EVIL:1", Start: start, End: start.Add(4 * time.Hour), Summary: "Aufbau, Zelt; Brand",
			Location: "Markt\r\nATTENDEE:x", RRule: "FREQ=WEEKLY\r\nX-EVIL:2", Description: "Mit \\ und\nZeile"},
	})
	sent := b.fake.To(7)
	if len(sent) != 3 || sent[1].Document != "plan.png" || sent[2].Document != "aufbau-zelt-brand.ics" || strings.Contains(ref, ",") {
		t.Fatalf("sent %+v, reference %q", sent, ref)
	}
	raw := string(sent[2].Data)
	cal, err := ics.ParseCalendar(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	at, err := cal.Events()[0].GetStartAt()
	if err != nil || !at.Equal(start) {
		t.Errorf("starts %v, %v", at, err)
	}
	if strings.Contains(raw, "\nX-EVIL") || strings.Contains(raw, "\nATTENDEE") || strings.Count(raw, "\n") != strings.Count(raw, "\r\n") {
		t.Errorf("not as RFC 5545 wants it:\n%s", raw)
	}
	mustSend(t, bot, 7, channels.Reply{Text: "x", Files: []channels.FileInfo{{Name: "leer.txt"}}})
	if n := len(b.fake.To(7)); n != 4 {
		t.Errorf("an empty file changed the number of messages to %d", n)
	}
	if _, err := bot.Send(t.Context(), "k", chatAddress("aachen", 7), channels.Reply{}); !errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("nothing to send: %v", err)
	}
}

func TestPersonalRepliesStayOutOfGroups(t *testing.T) {
	b, bot := unpaced(t)
	b.fake.User(7).In(-5, 0).Meet()
	if _, err := bot.Send(t.Context(), "k", chatAddress("aachen", -5), channels.Reply{Text: "x", Private: true}); !errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("got %v", err)
	}
	if _, err := bot.Send(t.Context(), "k", channels.Address{Channel: Name, Account: "aachen", ID: "-5/45"}, channels.Reply{Text: "ins Thema"}); err != nil {
		t.Fatal(err)
	}
	if s := b.fake.To(-5); len(s) != 1 || s[0].Topic != 45 {
		t.Errorf("sent %+v", s)
	}
	for _, to := range []channels.Address{{Channel: Name, ID: "anna"}, {Channel: "email", ID: "7"}, {}} {
		if _, err := bot.Send(t.Context(), "k", to, channels.Reply{Text: "x"}); !errors.Is(err, channels.ErrUndeliverable) {
			t.Errorf("an address of another kind: %v", err)
		}
	}
}

func TestAPublicChannelIsReachedByItsName(t *testing.T) {
	b, bot := unpaced(t)
	id := b.fake.Channel("ehrenamt_aachen")
	to := channels.Address{Channel: Name, Account: "aachen", ID: "@ehrenamt_aachen"}
	ref, err := bot.Send(t.Context(), "k", to, channels.Reply{Text: "Gesucht", Ask: channels.AskLocation})
	if err != nil {
		t.Fatal(err)
	}
	if err := bot.Edit(t.Context(), to, ref, channels.Reply{Text: "Besetzt"}); err != nil {
		t.Fatal(err)
	}
	if s := b.fake.To(id); len(s) != 1 || s[0].Text != "Besetzt" || s[0].Keyboard != nil {
		t.Errorf("the channel shows %+v", s)
	}
	if _, err := bot.Send(t.Context(), "k", to, channels.Reply{Text: "x", Private: true}); !errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("something personal: %v", err)
	}
	to.ID = "@nobody"
	if _, err := bot.Send(t.Context(), "k", to, channels.Reply{Text: "x"}); !errors.Is(err, channels.ErrGone) {
		t.Errorf("an unknown channel: %v", err)
	}
}

func TestMenusAndProfiles(t *testing.T) {
	b, bot := unpaced(t)
	ctx := t.Context()
	if err := bot.SetCommands(ctx, "de-DE", []channels.Command{{Name: "/Über_uns", Description: "Wer wir sind"}, {Name: "hilfe", Description: strings.Repeat("lang ", 90)}}); err != nil {
		t.Fatal(err)
	}
	if got := b.fake.Commands("", "de"); !strings.Contains(got, `"ueber_uns"`) || !strings.Contains(got, "…") {
		t.Errorf("menu %s", got)
	}
	if err := bot.SetMenu(ctx, chatAddress("aachen", 7), "", []channels.Command{{Name: "freigeben", Description: "Freigeben"}}); err != nil {
		t.Fatal(err)
	}
	if b.fake.Commands(`{"type":"chat","chat_id":7}`, "") == "" {
		t.Errorf("no menu for the editor's chat")
	}
	if err := bot.SetCommands(ctx, "", []channels.Command{{Name: "日本"}}); !errors.Is(err, channels.ErrUndeliverable) {
		t.Errorf("an impossible command: %v", err)
	}
	p := channels.Profile{Lang: "de", Name: "Ehrenamt Aachen", Description: strings.Repeat("ä", 600), About: "Helfen"}
	for range 3 {
		if err := bot.SetProfile(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.fake.Calls("setMyName") + b.fake.Calls("setMyDescription") + b.fake.Calls("setMyShortDescription"); n != 3 {
		t.Errorf("%d changes of three texts set three times", n)
	}
	if b.fake.Profile("name", "de") != "Ehrenamt Aachen" {
		t.Errorf("name %q", b.fake.Profile("name", "de"))
	}
}

func TestCheckSaysHowTheBotStands(t *testing.T) {
	b, bot := unpaced(t)
	said := fmt.Sprint(bot.Check(t.Context()))
	if !strings.Contains(said, "@ehrenamt_bot") || !strings.Contains(said, "no menu") || strings.Contains(said, string(Bad)) {
		t.Errorf("findings %s", said)
	}
	o := b.o
	o.Token = "1:wrong"
	if f := New(o).Check(t.Context()); len(f) != 1 || f[0].Level != Bad || f[0].What != "token" {
		t.Errorf("findings with a wrong token %+v", f)
	}
	o = b.o
	o.Webhook = Webhook{URL: "https://ehrenamt.example/hook", Secret: "x"}
	if said := fmt.Sprint(New(o).Check(t.Context())); !strings.Contains(said, "not set yet") {
		t.Errorf("findings %s", said)
	}
	b.cable.cut.Store(true)
	b.cable.CloseIdleConnections()
	if f := bot.Check(t.Context()); len(f) != 1 || f[0].Level != Bad || strings.Contains(fmt.Sprint(f), token) {
		t.Errorf("findings without a network %+v", f)
	}
}
