package telegram

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ehrenamt/channels"
)

var at = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func testBot() *Bot {
	b := New(Options{Account: "aachen", Token: token, Now: func() time.Time { return at }, Log: quiet()})
	b.username = "ehrenamt_bot"
	return b
}

func readJSON(t *testing.T, raw string) (channels.Message, bool) {
	t.Helper()
	u, err := parseUpdate([]byte(raw))
	if err != nil || u.raw != nil {
		t.Fatalf("%s cannot be read: %v", raw, err)
	}
	return testBot().read(u, at)
}

const (
	fromAnna = `"from":{"id":7,"first_name":"Anna","language_code":"de"}`
	private  = `"message_id":5,"date":1795000000,"chat":{"id":7,"type":"private"},` + fromAnna
	inGroup  = `"message_id":5,"date":1795000000,"chat":{"id":-1001,"type":"supergroup"},` + fromAnna
)

func TestEverythingSomebodyDoesBecomesAMessage(t *testing.T) {
	for _, tc := range []struct{ name, update, want string }{
		{"a text", `"message":{` + private + `,"text":"Hallo"}`, `text "Hallo"`},
		{"a deep link", `"message":{` + private + `,"text":"/start p_ABC-1"}`, `text "/start p_ABC-1" start=p_ABC-1`},
		{"a start without anything", `"message":{` + private + `,"text":"/start"}`, `text "/start"`},
		{"a start with a forbidden parameter", `"message":{` + private + `,"text":"/start p ABC"}`, `text "/start p ABC"`},
		{"a correction", `"edited_message":{` + private + `,"edit_date":1795000009,"text":"Hallo!"}`, `edit "Hallo!" original`},
		{"a place", `"message":{` + private + `,"location":{"latitude":50.5,"longitude":6.25}}`, `location "" 50.5,6.25`},
		{"the place where Greenwich meets the equator", `"message":{` + private + `,"location":{"latitude":0,"longitude":0}}`, `location "" 0,0`},
		{"a venue", `"message":{` + private + `,"location":{"latitude":50.5,"longitude":6.25},"venue":{"title":"Markt"}}`, `location "Markt" 50.5,6.25`},
		{"a contact", `"message":{` + private + `,"contact":{"phone_number":"+49241","first_name":"B"}}`, `contact ""`},
		{"a picture with words", `"message":{` + private + `,"caption":"schaut","photo":[{"file_size":1},{"file_size":9}]}`, `file "schaut" photo.jpg:9`},
		{"a voice message", `"message":{` + private + `,"voice":{"mime_type":"audio/ogg","file_size":3}}`, `file "" voice.ogg:3`},
		{"a document", `"message":{` + private + `,"document":{"file_name":"a.pdf","mime_type":"application/pdf","file_size":2}}`, `file "" a.pdf:2`},
		{"a moving picture, which is a document too", `"message":{` + private + `,"animation":{"file_size":2},"document":{"file_size":2}}`, `file "" animation.mp4:2`},
		{"a sticker", `"message":{` + private + `,"sticker":{"emoji":"👍"}}`, `sticker "👍"`},
		{"something that is not invented yet", `"message":{` + private + `,"hologram":{"x":1}}`, `sticker ""`},
		{"a button", `"callback_query":{"id":"99","from":{"id":7,"first_name":"Anna"},"data":"h1","message":{` + private + `}}`, `press "" handle=h1 ref=5`},
		{"a button of a message that is too old to be shown", `"callback_query":{"id":"99","from":{"id":7},"data":"h1","message":{"message_id":5,"date":0,"chat":{"id":7,"type":"private"}}}`, `press "" handle=h1 ref=5`},
		{"a button without a message", `"callback_query":{"id":"99","from":{"id":7},"data":"h1","inline_message_id":"x"}`, `press "" handle=h1`},
		{"a reply", `"message":{` + private + `,"text":"ja","reply_to_message":{"message_id":3,"chat":{"id":7,"type":"private"},"date":1}}`, `text "ja" ref=3`},
		{"a block", `"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"date":1795000000,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}`, `blocked ""`},
		{"an unblock", `"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"date":1795000000,"old_chat_member":{"status":"kicked"},"new_chat_member":{"status":"member"}}`, `unblocked ""`},
		{"made an editor of a group", `"my_chat_member":{"chat":{"id":-1,"type":"group"},"from":{"id":7},"date":1795000000,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"administrator"}}`, ``},
		{"talk in a group", `"message":{` + inGroup + `,"text":"wer kommt?"}`, ``},
		{"a place in a group", `"message":{` + inGroup + `,"location":{"latitude":1,"longitude":2}}`, ``},
		{"our name in a group", `"message":{` + inGroup + `,"text":"@Ehrenamt_Bot wir suchen 3 Leute"}`, `text "wir suchen 3 Leute" group=-1001 mention`},
		{"our name at the end", `"message":{` + inGroup + `,"text":"wir suchen, @ehrenamt_bot"}`, `text "wir suchen," group=-1001 mention`},
		{"another name that begins like ours", `"message":{` + inGroup + `,"text":"@ehrenamt_bot2 hallo"}`, ``},
		{"a command in a group", `"message":{` + inGroup + `,"text":"/hilfe"}`, `text "/hilfe" group=-1001`},
		{"our command", `"message":{` + inGroup + `,"text":"/hilfe@ehrenamt_bot jetzt"}`, `text "/hilfe jetzt" group=-1001 mention`},
		{"another bot's command", `"message":{` + inGroup + `,"text":"/hilfe@other_bot"}`, ``},
		{"an answer to us in a group", `"message":{` + inGroup + `,"text":"2","reply_to_message":{"message_id":3,"date":1,"chat":{"id":-1001},"from":{"id":123456,"is_bot":true}}}`, `text "2" ref=3 group=-1001 mention`},
		{"an answer to somebody else in a group", `"message":{` + inGroup + `,"text":"2","reply_to_message":{"message_id":3,"date":1,"chat":{"id":-1001},"from":{"id":9}}}`, ``},
		{"a button in a group", `"callback_query":{"id":"98","from":{"id":7},"data":"h1","message":{` + inGroup + `}}`, `press "" handle=h1 ref=5 group=-1001`},
		{"our name in a topic", `"message":{` + inGroup + `,"message_thread_id":45,"is_topic_message":true,"text":"@ehrenamt_bot hi"}`, `text "hi" group=-1001/45 mention`},
		{"a group that moved", `"message":{` + inGroup + `,"migrate_to_chat_id":-1002}`, `moved "-1002" group=-1001`},
		{"another bot", `"message":{"message_id":5,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":8,"is_bot":true},"text":"x"}`, ``},
		{"a channel's post", `"channel_post":{"message_id":5,"date":1,"chat":{"id":-5,"type":"channel"},"text":"x"}`, ``},
		{"a pin", `"message":{` + private + `,"pinned_message":{"message_id":1}}`, ``},
		{"a live position moving on", `"edited_message":{` + private + `,"edit_date":1795000009,"location":{"latitude":1,"longitude":2}}`, ``},
	} {
		m, ok := readJSON(t, `{"update_id":1,`+tc.update+`}`)
		if got := brief(m, ok); got != tc.want {
			t.Errorf("%s: %s\nwant %s", tc.name, got, tc.want)
		}
		if ok && (m.ID == "" || m.Sent.IsZero() || m.From.Account != "aachen" || m.Trust != channels.Authenticated) {
			t.Errorf("%s: id, time, account or trust is missing", tc.name)
		}
	}
}

func brief(m channels.Message, ok bool) string {
	if !ok {
		return ""
	}
	s := fmt.Sprintf("%s %q", m.Kind, m.Text)
	add := func(name, value string) {
		if value != "" {
			s += " " + name + "=" + value
		}
	}
	add("start", m.Start)
	add("handle", m.Handle)
	add("ref", m.Ref)
	add("group", m.Group)
	if m.Original != "" {
		s += " original"
	}
	if m.Mention {
		s += " mention"
	}
	if m.Point != nil {
		s += fmt.Sprintf(" %g,%g", m.Point.Lat, m.Point.Lon)
	}
	for _, f := range m.Files {
		s += fmt.Sprintf(" %s:%d", f.Name, f.Size)
	}
	return s
}

func TestIdentitiesTellNothingAndAreEachTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for _, raw := range []string{
		`"message":{` + private + `,"text":"a"}`,
		`"edited_message":{` + private + `,"edit_date":9,"text":"b"}`,
		`"edited_message":{` + private + `,"edit_date":9,"text":"c"}`,
		`"message":{` + strings.Replace(private, `"message_id":5`, `"message_id":6`, 1) + `,"text":"a"}`,
		`"callback_query":{"id":"5","from":{"id":7},"data":"h1"}`,
		`"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"date":5,"new_chat_member":{"status":"kicked"}}`,
	} {
		m, _ := readJSON(t, `{"update_id":1,`+raw+`}`)
		again, _ := readJSON(t, `{"update_id":900,`+raw+`}`)
		if m.ID != again.ID {
			t.Errorf("%s: another identity under another update number", raw)
		}
		if before, ok := seen[m.ID]; ok {
			t.Errorf("the same identity for\n%s\n%s", before, raw)
		}
		seen[m.ID] = raw
	}
	first, _ := readJSON(t, `{"update_id":1,"message":{`+private+`,"text":"a"}}`)
	edit, _ := readJSON(t, `{"update_id":2,"edited_message":{`+private+`,"edit_date":9,"text":"b"}}`)
	if edit.Original != first.ID {
		t.Errorf("an edit does not name the message it changes")
	}
	other := New(Options{Account: "dueren", Token: "654321:x", Now: time.Now, Log: quiet()})
	u, _ := parseUpdate([]byte(`{"update_id":1,"message":{` + private + `,"text":"a"}}`))
	if m, _ := other.read(u, at); m.ID == first.ID {
		t.Errorf("two bots give the same identity to different messages")
	}
}

func TestAnUpdateThatCannotBeReadKeepsItsNumber(t *testing.T) {
	u, err := parseUpdate([]byte(`{"update_id":12,"message":"nonsense"}`))
	if err != nil || u.ID != 12 || u.raw == nil {
		t.Errorf("got %+v, %v", u, err)
	}
	if _, err := parseUpdate([]byte(`{"update_id":{}}`)); err == nil {
		t.Errorf("an update without a number was taken")
	}
}

func FuzzUpdate(f *testing.F) {
	f.Add([]byte(`{"update_id":1,"message":{` + private + `,"text":"/start p_1"}}`))
	f.Add([]byte(`{"update_id":1,"message":{` + inGroup + `,"text":"@ehrenamt_bot ä @EHRENAMT_BOT","entities":[{"type":"mention","offset":-3,"length":99}]}}`))
	f.Add([]byte(`{"update_id":1,"callback_query":{"id":"5","from":{"id":7},"data":"h1"}}`))
	f.Add([]byte(`{"update_id":1,"my_chat_member":{"chat":{"id":7},"new_chat_member":{"status":"kicked"}}}`))
	f.Add([]byte(`{"update_id":1,"message":{` + private + `,"location":{"latitude":1e308,"longitude":-1e308}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		u, err := parseUpdate(raw)
		if err != nil {
			return
		}
		m, ok := testBot().read(u, at)
		if !ok {
			return
		}
		again, _ := testBot().read(u, at)
		if m.ID == "" || m.ID != again.ID || m.From.ID == "" || m.Kind == "" {
			t.Errorf("no lasting identity, sender or kind: %+v", m)
		}
		if m.Group != "" && m.Kind == channels.Text && !m.Mention && !strings.HasPrefix(m.Text, "/") {
			t.Errorf("talk of a group was heard: %q", m.Text)
		}
		if m.Point != nil && !(m.Point.Lat >= -90 && m.Point.Lat <= 90 && m.Point.Lon >= -180 && m.Point.Lon <= 180) {
			t.Errorf("not on earth: %v", *m.Point)
		}
		if !utf8.ValidString(m.Text) {
			t.Errorf("text is not UTF-8")
		}
		if _, err := json.Marshal(m); err != nil {
			t.Errorf("cannot be kept: %v", err)
		}
	})
}

func FuzzDeepLink(f *testing.F) {
	for _, s := range []string{"/start p_ABC", "/start", "/start  t_x ", "/start ä", "/start " + strings.Repeat("a", 65), "/start a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := start(text)
		if len(got) > 64 || strings.ContainsFunc(got, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
		}) {
			t.Errorf("%q gives %q", text, got)
		}
		if got != "" && !strings.HasSuffix(strings.TrimSpace(text), got) {
			t.Errorf("%q gives %q", text, got)
		}
	})
}
